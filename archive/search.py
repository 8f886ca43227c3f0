"""Searching (检索): hits in a stable order, how many there are, what they spread over, and where they matched.

Whose papers may be seen is part of the query: what lies outside the scope is neither shown nor counted, nor does
it appear in a facet. Papers with a merely similar name come after all others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archive.index.plan import make_plan
from archive.index.schema import WITHIN
from archive.index.spread import COLUMNS
from archive.ranking import Sort, answer
from archive.snippets import Snippet, make_snippet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from archive.index import Index
    from archive.index.leaf import Leaf
    from archive.query import Query
    from archive.ranking import Row

__all__ = ["EVERYTHING", "Facets", "Hit", "Hits", "Keys", "Scope", "Sort", "find_keys", "search"]


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


def find_keys(
    index: Index, query: Query, *, scope: Scope = EVERYTHING, limit: int = 20, offset: int = 0, sort: Sort = "relevance"
) -> Keys:
    """Find what a query asks for without describing it; arguments as for `search`."""
    try:
        leaves = index.snapshot().leaves
        found = answer(make_plan(query, scope.units), leaves, sort=sort, count=offset + limit)
        keys = tuple([leaves[segment].key(document) for _, _, _, segment, document in found.rows[offset:]])
    except _MAY_BE_DAMAGE:
        index.check()
        raise
    return Keys(total=found.total, near=found.near, keys=keys)


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
    try:
        snapshot = index.snapshot()
        found = answer(make_plan(query, scope.units), snapshot.leaves, sort=sort, count=offset + limit)
        hits = tuple([_hit(snapshot.leaves, row, query, text_of) for row in found.rows[offset:]])
        spread = Facets(**{name: snapshot.spread.count(name, found.found) for name in COLUMNS}) if facets else Facets()
    except _MAY_BE_DAMAGE:
        index.check()
        raise
    return Hits(total=found.total, near=found.near, hits=hits, facets=spread)


_MAY_BE_DAMAGE = (LookupError, ValueError, ArithmeticError)
"""What reading a damaged file may end in; `Index.check` raises `IndexDamagedError`, which names it, if one is."""


def _hit(leaves: tuple[Leaf, ...], row: Row, query: Query, text_of: Callable[[str], str | None] | None) -> Hit:
    is_exact, score, _, segment, document = row
    leaf = leaves[segment]
    key = leaf.key(document)
    text = text_of(key) if text_of else None
    snippet = make_snippet(text, query) if text else Snippet(text="")
    if not snippet.marks:  # met in the title, the village or a form's other name
        folded = make_snippet(leaf.text(document), query)
        snippet = folded if folded.marks or not snippet.text else snippet
    label = {name: values[codes[document]] for name in _LABELS for codes, values in (leaf.labels(name),)}
    village_code, _, village_name = label["c_village"].partition(WITHIN)
    return Hit(
        key=key,
        kind=label["c_kind"],
        score=score,
        is_near=not is_exact,
        day=int(leaf.days()[document]),
        form_code=label["c_form"].partition(WITHIN)[0],
        village_code=village_code,
        village_name=village_name,
        status=label["c_status"],
        unit_uid=label["c_unit"],
        snippet=snippet,
    )


_LABELS = ("c_kind", "c_form", "c_village", "c_status", "c_unit")
