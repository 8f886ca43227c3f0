"""What an import did, row by row: every row of the file is in it exactly once.

`lines()` is what a person reads, `as_json()` what a program reads.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from docgen.workspace.office.reports import Report, problems_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archive.registry.people import Change
    from forms.lists.rows import RowKind
    from forms.problems import Problem


class Outcome(StrEnum):
    """What became of a row; the value is what the report prints."""

    NEW = "新增"
    CHANGED = "有变化"
    UNCHANGED = "无变化"
    REJECTED = "未导入"
    NOT_A_PERSON = "不是儿童的行"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnReport(Report):
    """One column as it was understood."""

    letter: str
    heading: str
    field: str
    """Identifier; empty when the column was not understood."""
    label: str
    by_context: bool
    """Whose column it is was told by the column to its left only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReport:
    """One row."""

    sheet: str
    row: int
    """As Excel counts it, from 1."""
    kind: RowKind
    outcome: Outcome
    name: str = ""
    uid: str = ""
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()
    """Why it was not taken, and what was left out of a row that was."""

    def as_json(self) -> dict[str, Any]:
        """Return a mapping of plain values."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "kind": self.kind.name.lower(),
            "outcome": self.outcome.name.lower(),
            "name": self.name,
            "uid": self.uid,
            "changes": [{"field": c.field, "title": c.title, "old": c.old, "new": c.new} for c in self.changes],
            "problems": problems_json(self.problems),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetReport:
    """One sheet."""

    name: str
    village: str
    """The village the list is about; empty when the rows name theirs."""
    heading_rows: tuple[int, int] | None
    """First and last row of the heading; ``None`` for a sheet that is no list of people."""
    columns: tuple[ColumnReport, ...] = ()
    problems: tuple[Problem, ...] = ()
    """Findings about the sheet as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport(Report):
    """Outcome of one import."""

    file: str
    dry_run: bool
    sheets: tuple[SheetReport, ...]
    rows: tuple[RowReport, ...]
    new_villages: tuple[str, ...] = ()
    """Full names of the units that were added because the list names them."""
    rejected_file: Path | None = None
    """Copy of the list with the reasons beside the cells; ``None`` when there was nothing to say."""

    def of(self, outcome: Outcome) -> tuple[RowReport, ...]:
        """Return the rows of one outcome."""
        return tuple(r for r in self.rows if r.outcome is outcome)

    @property
    def rejected(self) -> tuple[RowReport, ...]:
        """The rows that were not taken."""
        return self.of(Outcome.REJECTED)

    @property
    def counts(self) -> dict[Outcome, int]:
        """Rows by outcome; they add up to all rows of all sheets."""
        found = Counter(r.outcome for r in self.rows)
        return {outcome: found[outcome] for outcome in Outcome}

    @property
    def summary(self) -> str:
        """One line for a person."""
        counts = "，".join(f"{outcome} {number}" for outcome, number in self.counts.items())
        kinds = Counter(r.kind for r in self.of(Outcome.NOT_A_PERSON))
        detail = f"（{'、'.join(f'{kind} {n}' for kind, n in kinds.items())}）" if kinds else ""
        return f"{'试导入，没有写入：' if self.dry_run else ''}共 {len(self.rows)} 行：{counts}{detail}。"

    def lines(self) -> Iterator[str]:
        """Yield the report as a person reads it."""
        yield f"名单“{self.file}”"
        for sheet in self.sheets:
            yield from self._sheet_lines(sheet)
        if self.new_villages:
            yield f"新登记的村（居）：{'、'.join(self.new_villages)}。名称与公章不一致的，请更正。"
        yield self.summary

    def _sheet_lines(self, sheet: SheetReport) -> Iterator[str]:
        if sheet.heading_rows is None:
            yield f"  工作表“{sheet.name}”：没有找到带“姓名”的表头，不是名单，没有导入。"
            return
        if any(p.code == "sheet.hidden" for p in sheet.problems):
            yield from (f"  {p.message}" for p in sheet.problems)
            return
        first, last = sheet.heading_rows
        where = f"第 {first} 行" if first == last else f"第 {first}—{last} 行"
        yield f"  工作表“{sheet.name}”：{sheet.village or '村名在各行'}，表头在{where}，认出的列："
        known = [
            f"{c.letter} {c.heading}→{c.label}{'（按左边一列判断）' if c.by_context else ''}"
            for c in sheet.columns
            if c.field
        ]
        yield f"    {'；'.join(known)}"
        yield from (f"    {p.message}" for p in sheet.problems)
        for row in self.rows:
            if row.sheet == sheet.name:
                yield from _row_lines(row)

    def as_json(self) -> dict[str, Any]:
        """Return a mapping of plain values."""
        return {
            "file": self.file,
            "dry_run": self.dry_run,
            "counts": {outcome.name.lower(): number for outcome, number in self.counts.items()},
            "sheets": [
                {
                    "name": s.name,
                    "village": s.village,
                    "heading_rows": list(s.heading_rows) if s.heading_rows else None,
                    "columns": [c.as_json() for c in s.columns],
                    "problems": problems_json(s.problems),
                }
                for s in self.sheets
            ],
            "rows": [r.as_json() for r in self.rows],
            "new_villages": list(self.new_villages),
            "rejected_file": str(self.rejected_file) if self.rejected_file else None,
        }


def _row_lines(row: RowReport) -> Iterator[str]:
    who = f"    第 {row.row} 行{row.name and ' '}{row.name}"
    if row.outcome is Outcome.REJECTED:
        reasons = [p for p in row.problems if p.blocking]
        yield f"{who}：未导入。{''.join(_said(p) for p in reasons)}"
    for change in row.changes:
        yield f"{who}：{change.title}由“{change.old or '未采集'}”改为“{change.new or '未采集'}”。"
    for problem in row.problems:
        if not problem.blocking:
            yield f"{who}：{_said(problem)}"


def _said(problem: Problem) -> str:
    column = problem.where.column
    return f"“{column}”{problem.message}" if column else problem.message
