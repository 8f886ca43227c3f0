"""Findings about data: collected, shown together, sorted as the clerk reads the page.

A problem never stops anything by itself; `blocking` says whether a paper may be made.
Tests and callers match on `code`, never on the sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from forms.law.sources import Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where a finding is: a cell of a sheet, a field of a form, or a whole paper."""

    sheet: str = ""
    row: int = 0
    """As Excel counts it, from 1; 0 when there is no row."""

    column: str = ""
    """The printed title of the column or field."""

    field: str = ""
    """The identifier of the field (`child_name`); empty when none."""

    subject: str = ""
    """Who or what it is about, in words a clerk knows; never logged."""

    def __str__(self) -> str:
        parts = [self.sheet and f"“{self.sheet}”", self.row and f"第 {self.row} 行", self.column and f"“{self.column}”"]
        return "".join(str(p) for p in parts if p)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One finding: stable code, place, sentence, law behind it."""

    code: str
    """Stable and documented: ``REF-06``, ``WRN-01``, ``id-number.check-digit``."""

    message: str
    """One Chinese sentence: what, and what to do. Ends with 。"""

    where: Where = Where()
    sources: tuple[Citation, ...] = ()
    blocking: bool = True
    """True: the paper is not made, the row is not taken."""

    override: str = ""
    """Who may override it and how, in Chinese; empty when nobody may."""

    def __str__(self) -> str:
        place = str(self.where)
        basis = f"（依据：{'、'.join(str(s) for s in self.sources)}）" if self.sources else ""
        return f"{place + '：' if place else ''}{self.message}{basis}"


def blocking(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems that block, in their order."""
    return tuple(p for p in problems if p.blocking)
