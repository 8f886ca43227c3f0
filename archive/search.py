"""Searching (检索): hits in a stable order, how many there are, what they spread over, and where they matched.

Whose papers may be seen is part of the query: what lies outside the scope is neither shown nor counted, nor does
it appear in a facet. Papers with a merely similar name come after all others.
"""

from __future__ import annotations

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
    from collections.abc import Callable, Mapping, Sequence

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


class _Found(NamedTuple):
    run: Run
    documents: Numbers
    near: NDArray[np.bool_]


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
    """
    plan = make_plan(query, scope.units)
    leaves = index.snapshot().leaves
    found: list[_Found] = []
    for leaf in leaves:
        run = Run(plan, leaf)
        exact = run.accepted()
        if plan.has_near:
            loose = run.accepted(near=True)
            found.append(_Found(run, loose, ~contains(exact, loose)))
        else:
            found.append(_Found(run, exact, np.zeros(len(exact), dtype=np.bool_)))
    places, scores = _ordered(found, sort, offset + limit)
    hits = tuple(
        _hit(found[segment], at, score, query, text_of)
        for (segment, at), score in zip(places[offset:], scores[offset:], strict=True)
    )
    return Hits(
        total=sum(len(part.documents) for part in found),
        near=sum(int(part.near.sum()) for part in found),
        hits=hits,
        facets=_facets(found) if facets else Facets(),
    )


def _ordered(found: list[_Found], sort: Sort, count: int) -> tuple[list[tuple[int, int]], list[float]]:
    """Return segment and place of the first ``count`` hits in order, with their scores."""
    if not any(len(part.documents) for part in found):
        return [], []
    plan = found[0].run.plan
    weigh = sort == "relevance" and bool(plan.wanted)
    collection = collection_of(plan, tuple(part.run.leaf for part in found)) if weigh else None
    keys: list[list[NDArray[Any]]] = [[], [], [], []]
    segments: list[NDArray[np.int64]] = []
    places: list[NDArray[np.int64]] = []
    for number, part in enumerate(found):
        size = len(part.documents)
        scores = part.run.scores(part.documents, collection) if collection else np.zeros(size)
        days = part.run.leaf.days()[part.documents]
        ties = part.run.leaf.ties()[part.documents]
        columns: tuple[NDArray[Any], ...] = (~part.near, scores, days, ties)
        chosen = first_places(columns, count)
        for known, column in zip(keys, columns, strict=True):
            known.append(column[chosen])
        segments.append(np.full(len(chosen), number))
        places.append(chosen)
    merged = [np.concatenate(known) for known in keys]
    order = first_places(merged, count)
    segment, place = np.concatenate(segments)[order], np.concatenate(places)[order]
    return list(zip(segment.tolist(), place.tolist(), strict=True)), merged[1][order].tolist()


def first_places(columns: Sequence[NDArray[Any]], count: int) -> NDArray[np.int64]:
    """Return the places of the ``count`` largest rows, largest first; later columns decide between equals.

    Only rows that can still be among them are looked at in the next column, so that a long
    row of hits is never sorted whole.
    """
    undecided = np.arange(len(columns[0]))
    chosen: list[NDArray[np.int64]] = []
    left = count
    for column in columns:
        if len(undecided) <= left or left <= 0:
            break
        values = column[undecided]
        cut = np.partition(values, len(values) - left)[len(values) - left]
        above = undecided[values > cut]
        chosen.append(above)
        left -= len(above)
        undecided = undecided[values == cut]
    rows = np.concatenate([*chosen, undecided]) if left > 0 else np.concatenate(chosen or [undecided[:0]])
    order = np.lexsort([column[rows] for column in reversed(columns)])[::-1]
    return rows[order][:count]


def _hit(part: _Found, at: int, score: float, query: Query, text_of: Callable[[str], str | None] | None) -> Hit:
    leaf = part.run.leaf
    document = int(part.documents[at])
    key = leaf.bytes_of("c_key", document).decode()
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
        is_near=bool(part.near[at]),
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
        years, numbers = np.unique(leaf.days()[documents] // 10_000, return_counts=True)
        for one, number in zip(years.tolist(), numbers.tolist(), strict=True):
            year[str(one)] += number
    return Facets(
        form=_most_first(form), village=_most_first(village), year=_most_first(year), status=_most_first(status)
    )


def _most_first(counter: Counter[str]) -> dict[str, int]:
    return dict(sorted(((k, n) for k, n in counter.items() if k), key=lambda pair: (-pair[1], pair[0])))
