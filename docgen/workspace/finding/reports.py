"""What a search reports back."""

from __future__ import annotations

from dataclasses import dataclass

from docgen.workspace.office.reports import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPaper(Report):
    """One hit."""

    key: str
    kind: str
    """``paper`` or ``child``."""
    form_code: str
    title: str
    number: str
    subject: str
    child_uid: str
    village: str
    day: str
    status: str
    score: float
    is_near: bool
    """The name is merely similar."""
    snippet: str
    marks: tuple[tuple[int, int], ...]
    """Start and stop of each met place in `snippet`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult(Report):
    """Outcome of one search."""

    query: str
    total: int
    hits: tuple[FoundPaper, ...]
    facets: dict[str, dict[str, int]]
    notice: str = ""
    """Said when the index could not be used."""
