"""Searching without the index: names, identity numbers, 文号 and 档号 straight from the registry.

Used while the index is damaged, absent or being rebuilt. What the registry cannot answer – text, pinyin, parts of
names – is named in the answer, so that nobody takes a short list for the whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from archive.index.schema import day_number, tie_number
from archive.normal import fold
from archive.query import Aim, document_number_key
from archive.search import EVERYTHING, Facets, Hit, Hits, Scope
from archive.snippets import Snippet

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from archive.query import Clause, Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What the registry knows of a paper or child; the fields are those of `archive.index.IndexDocument`."""

    key: str
    kind: str
    unit_uid: str
    village_code: str
    village_name: str
    form_code: str
    status: str
    day: date


class Lookups(Protocol):
    """What the registry is asked; each gives papers and children alike."""

    def by_name(self, name: str) -> Iterable[Listed]:
        """Those with a person of exactly this name."""

    def by_id_number(self, number: str) -> Iterable[Listed]:
        """Those with a person of this 公民身份号码."""

    def by_document_number(self, number: str) -> Iterable[Listed]:
        """The paper with this 文号, written with 〔〕."""

    def by_reference_code(self, code: str) -> Iterable[Listed]:
        """What has this 档号."""


def search_registry(
    lookups: Lookups, query: Query, *, scope: Scope = EVERYTHING, limit: int = 20, offset: int = 0
) -> Hits:
    """Answer what can be answered without the index; ``not_searched`` tells the rest.

    A query with no name or number in it finds nothing here: the registry is not read through.
    """
    found: dict[str, Listed] | None = None
    filters: list[Clause] = []
    skipped: list[str] = []
    for clause in query.clauses:
        if clause.aim in {Aim.STATUS, Aim.DAY, Aim.FORM, Aim.VILLAGE}:
            filters.append(clause)
            continue
        rows = None if clause.negated else _look_up(lookups, clause)
        if rows is None:
            skipped.append(clause.text)
            continue
        met = {row.key: row for row in rows}
        found = met if found is None else {key: row for key, row in found.items() if key in met}
    if found is None:
        return Hits(
            total=0,
            near=0,
            hits=(),
            facets=Facets(),
            from_registry=True,
            not_searched=tuple(clause.text for clause in query.clauses),
        )
    kept = [
        row
        for row in found.values()
        if (scope.units is None or row.unit_uid in scope.units)
        and all(_passes(row, clause) != clause.negated for clause in filters)
    ]
    kept.sort(key=lambda row: (row.day, tie_number(row.key)), reverse=True)
    return Hits(
        total=len(kept),
        near=0,
        hits=tuple(map(_hit, kept[offset : offset + limit])),
        facets=Facets(),
        from_registry=True,
        not_searched=tuple(skipped),
    )


def _look_up(lookups: Lookups, clause: Clause) -> Iterable[Listed] | None:
    """Return what the registry has for a clause, None where it cannot be asked."""
    if clause.aim in {Aim.WORD, Aim.NAME}:
        return lookups.by_name(clause.text)
    if clause.aim in {Aim.ID_NUMBER, Aim.DIGITS} and re.fullmatch(r"\d{17}[\dx]", clause.folded):
        return lookups.by_id_number(clause.folded.upper())
    if clause.aim is Aim.REFERENCE_CODE:
        return lookups.by_reference_code(clause.folded)
    if clause.aim in {Aim.NUMBER, Aim.DOCUMENT_NUMBER}:
        key = document_number_key(clause.text)
        return lookups.by_document_number(key.replace("(", "〔").replace(")", "〕") if key else clause.text)
    return None


def _passes(row: Listed, clause: Clause) -> bool:
    match clause.aim:
        case Aim.STATUS:
            return row.status in {status.value for status in clause.statuses}
        case Aim.DAY:
            return clause.first <= row.day <= clause.last
        case Aim.FORM:
            return fold(row.form_code) == clause.folded
        case _:
            return clause.folded in fold(row.village_name) or row.village_code.startswith(clause.folded)


def _hit(row: Listed) -> Hit:
    return Hit(
        key=row.key,
        kind=row.kind,
        score=0.0,
        is_near=False,
        day=day_number(row.day.year, row.day.month, row.day.day),
        form_code=row.form_code,
        village_code=row.village_code,
        village_name=row.village_name,
        status=row.status,
        unit_uid=row.unit_uid,
        snippet=Snippet(text=""),
    )
