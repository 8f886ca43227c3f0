"""Searching (检索): hits in a stable order, how many there are, what they spread over, and where they matched.

Whose papers may be seen is part of the query: what lies outside the scope is neither shown nor counted, nor does
it appear in a facet. Papers with a merely similar name come after all others.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from archive.index.leaf import contains
from archive.index.plan import make_plan
from archive.index.run import Run, collection_of
from archive.index.schema import WITHIN
from archive.snippets import Snippet, make_snippet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from archive.index import Index
    from archive.index.codec import Numbers
    from archive.query import Query

Sort = Literal["relevance", "date"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The units whose papers a user may see."""

    units: frozenset[str] | None
    """None means all; an empty set means nothing is found."""


EVERYTHING = Scope(units=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One paper or child found."""

    key: str
    kind: str
    score: float
    """Comparable within one answer only."""

    is_near: bool
    """The name is merely similar: one character missing, added, wrong or elsewhere."""

    day: int
    """20260301."""

    form_code: str
    village_code: str
    village_name: str
    status: str
    unit_uid: str
    snippet: Snippet


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """How many hits of all fall to each value, most first."""

    form: Mapping[str, int] = field(default_factory=dict)
    """By form code."""

    village: Mapping[str, int] = field(default_factory=dict)
    """By village name."""

    year: Mapping[str, int] = field(default_factory=dict)
    status: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """An answer."""

    total: int
    """All hits, similar names included, not only those shown."""

    near: int
    """How many of them have a merely similar name."""

    hits: tuple[Hit, ...]
    facets: Facets
    from_registry: bool = False
    """The index could not be used; only names, identity numbers and document numbers were looked up."""

    not_searched: tuple[str, ...] = ()
    """Parts of the query that could not be looked at without the index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """An answer for a program: only how many and which."""

    total: int
    near: int
    keys: tuple[str, ...]


class _Found(NamedTuple):
    run: Run
    documents: Numbers
    near: NDArray[np.bool_] | None
    """Which of the documents have a merely similar name; None for none."""

    def key(self, at: int) -> str:
        """Return the key of the document at a place."""
        return self.run.leaf.bytes_of("c_key", int(self.documents[at])).decode()


def find_keys(
    index: Index, query: Query, *, scope: Scope = EVERYTHING, limit: int = 20, offset: int = 0, sort: Sort = "relevance"
) -> Keys:
    """Find what a query asks for without describing it; arguments as for `search`."""
    with _doubting(index):
        found = _run(index, query, scope)
        places, _ = _ordered(found, sort, offset + limit)
        keys = tuple(found[segment].key(at) for segment, at in places[offset:])
    total, near = _counts(found)
    return Keys(total=total, near=near, keys=keys)


def search(
    index: Index,
    query: Query,
    *,
    scope: Scope = EVERYTHING,
    limit: int = 20,
    offset: int = 0,
    sort: Sort = "relevance",
    facets: bool = True,
    text_of: Callable[[str], str | None] | None = None,
) -> Hits:
    """Find what a query asks for.

    Args:
        index: Where.
        query: From `archive.query.parse_query`.
        scope: Whose papers may be seen.
        limit: Most hits to return; all are counted.
        offset: Hits to skip, for the next page.
        sort: Relevance (then newest first) or newest first; equals stay in the same order for ever.
        facets: Whether to count what the hits spread over.
        text_of: Gives the text of a page by key, for the snippet; without it the folded text is shown.

    Raises:
        IndexDamagedError: A file of the index is damaged; it must be rebuilt.
    """
    with _doubting(index):
        found = _run(index, query, scope)
        places, scores = _ordered(found, sort, offset + limit)
        hits = tuple(
            _hit(found[segment], at, score, query, text_of)
            for (segment, at), score in zip(places[offset:], scores[offset:], strict=True)
        )
        spread = _facets(found) if facets else Facets()
    total, near = _counts(found)
    return Hits(total=total, near=near, hits=hits, facets=spread)


@contextlib.contextmanager
def _doubting(index: Index) -> Iterator[None]:
    """Ask, when reading goes wrong, whether a damaged file is the cause; `IndexDamagedError` names it then."""
    try:
        yield
    except (LookupError, ValueError, ArithmeticError):
        index.check()
        raise


def _run(index: Index, query: Query, scope: Scope) -> list[_Found]:
    plan = make_plan(query, scope.units)
    found: list[_Found] = []
    for leaf in index.snapshot().leaves:
        run = Run(plan, leaf)
        exact = run.accepted()
        if plan.has_near:
            loose = run.accepted(near=True)
            near = None if len(loose) == len(exact) else ~contains(exact, loose)
            found.append(_Found(run, loose, near))
        else:
            found.append(_Found(run, exact, None))
    return found


def _counts(found: list[_Found]) -> tuple[int, int]:
    total = near = 0
    for part in found:
        total += len(part.documents)
        if part.near is not None:
            near += int(part.near.sum())
    return total, near


def _ordered(found: list[_Found], sort: Sort, count: int) -> tuple[list[tuple[int, int]], list[float]]:
    """Return segment and place of the first ``count`` hits in order, with their scores."""
    parts = [(number, part) for number, part in enumerate(found) if len(part.documents)]
    if not parts or count <= 0:
        return [], []
    plan = found[0].run.plan
    weigh = sort == "relevance" and bool(plan.wanted)
    collection = collection_of(plan, tuple(part.run.leaf for part in found)) if weigh else None
    mixed = any(part.near is not None for part in found)
    rows: list[list[NDArray[Any]]] = []
    places: list[NDArray[np.int64]] = []
    for _, part in parts:
        columns: list[NDArray[Any]] = []
        if mixed:
            columns.append(np.ones(len(part.documents), dtype=np.bool_) if part.near is None else ~part.near)
        if collection:
            columns.append(part.run.scores(part.documents, collection))
        columns += (part.run.leaf.days()[part.documents], part.run.leaf.ties()[part.documents])
        chosen = first_places(columns, count)
        rows.append([column[chosen] for column in columns])
        places.append(chosen)
    if len(parts) == 1:
        number, segments = parts[0][0], None
        joined, place = rows[0], places[0]
    else:
        segments = np.repeat([number for number, _ in parts], [len(chosen) for chosen in places])
        joined = [np.concatenate(column) for column in zip(*rows, strict=True)]
        order = first_places(joined, count)
        joined = [column[order] for column in joined]
        segments, place = segments[order], np.concatenate(places)[order]
    scores = joined[int(mixed)].tolist() if collection else [0.0] * len(place)
    owners = [number] * len(place) if segments is None else segments.tolist()
    return list(zip(owners, place.tolist(), strict=True)), scores


def first_places(columns: Sequence[NDArray[Any]], count: int) -> NDArray[np.int64]:
    """Return the places of the ``count`` largest rows, largest first; later columns decide between equals.

    Only rows that can still be among them are looked at in the next column, so that a long
    row of hits is never sorted whole.
    """
    size = len(columns[0])
    if size == 1:
        return _FIRST
    rows = None
    if size > count:
        rows = _still_possible(columns, count)
        columns = [column[rows] for column in columns]
    order = np.lexsort(columns[::-1])[::-1][:count]
    return order if rows is None else rows[order]


_FIRST = np.zeros(1, dtype=np.int64)


def _still_possible(columns: Sequence[NDArray[Any]], count: int) -> NDArray[np.int64]:
    """Return the places of at least the ``count`` largest rows, in no order."""
    undecided: NDArray[np.int64] | None = None
    chosen: list[NDArray[np.int64]] = []
    left = count
    for column in columns:
        values = column if undecided is None else column[undecided]
        if len(values) <= left:
            break
        cut = np.partition(values, len(values) - left)[len(values) - left]
        above, same = np.flatnonzero(values > cut), np.flatnonzero(values == cut)
        if undecided is not None:
            above, same = undecided[above], undecided[same]
        chosen.append(above)
        left -= len(above)
        undecided = same
    assert undecided is not None
    return np.concatenate([*chosen, undecided])


def _hit(part: _Found, at: int, score: float, query: Query, text_of: Callable[[str], str | None] | None) -> Hit:
    leaf = part.run.leaf
    document = int(part.documents[at])
    key = part.key(at)
    text = text_of(key) if text_of else None
    snippet = make_snippet(text, query) if text else Snippet(text="")
    if not snippet.marks:  # met in the title, the village or a form's other name
        folded = make_snippet(leaf.bytes_of("c_text", document).decode(), query)
        snippet = folded if folded.marks or not snippet.text else snippet
    label = {name: values[codes[document]] for name in _LABELS for codes, values in (leaf.labels(name),)}
    village_code, _, village_name = label["c_village"].partition(WITHIN)
    return Hit(
        key=key,
        kind=label["c_kind"],
        score=score,
        is_near=part.near is not None and bool(part.near[at]),
        day=int(leaf.days()[document]),
        form_code=label["c_form"].partition(WITHIN)[0],
        village_code=village_code,
        village_name=village_name,
        status=label["c_status"],
        unit_uid=label["c_unit"],
        snippet=snippet,
    )


_LABELS = ("c_kind", "c_form", "c_village", "c_status", "c_unit")


def _facets(found: list[_Found]) -> Facets:
    form: Counter[str] = Counter()
    village: Counter[str] = Counter()
    status: Counter[str] = Counter()
    year: Counter[str] = Counter()
    for leaf, documents in ((part.run.leaf, part.documents) for part in found):
        if not len(documents):
            continue
        for column, counter, part in (("c_form", form, 0), ("c_village", village, 2), ("c_status", status, 0)):
            codes, values = leaf.labels(column)
            counts = np.bincount(codes[documents], minlength=len(values))
            for code in np.flatnonzero(counts).tolist():
                counter[values[code].partition(WITHIN)[part]] += int(counts[code])
        counts = np.bincount(leaf.days()[documents] // 10_000)
        for one in np.flatnonzero(counts).tolist():
            year[str(one)] += int(counts[one])
    return Facets(
        form=_most_first(form), village=_most_first(village), year=_most_first(year), status=_most_first(status)
    )


def _most_first(counter: Counter[str]) -> dict[str, int]:
    return dict(sorted(((k, n) for k, n in counter.items() if k), key=lambda pair: (-pair[1], pair[0])))
