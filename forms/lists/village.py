"""A village's list (留守儿童名单): a sheet -> what each of its rows is, and a draft of each child.

Nothing is decided here about who is known already (`forms.lists.matching`) and nothing is saved. Every row
of the sheet appears exactly once in the result.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from forms.lists.headings import Heading, find_heading
from forms.lists.row_cells import RowCells
from forms.lists.row_reader import Draft, read_row
from forms.lists.rows import RowKind, first_village, row_kind, section_group, stated_total, village_in
from forms.problems import Problem, Where
from forms.values.blank import is_value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from forms.lists.sheet import Cell, Row, Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRow:
    """One row of the sheet."""

    number: int
    """As Excel counts it, from 1."""
    kind: RowKind
    draft: Draft | None = None
    """What a row of `RowKind.PERSON` says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageList:
    """One sheet as it was understood."""

    sheet: str
    heading: Heading | None
    """``None``: no heading with a column of names; the sheet is no list of people."""
    village: str = ""
    """The village in the title or else in the sheet's name; empty when neither names one."""
    rows: tuple[ListedRow, ...] = ()
    problems: tuple[Problem, ...] = ()
    """Findings about the sheet as a whole; none of them blocks."""

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """The rows that are people."""
        return tuple(r.draft for r in self.rows if r.draft)


def read_village_list(sheet: Sheet, *, today: date, told: Mapping[str, str] | None = None) -> VillageList:
    """Read a sheet.

    Args:
        sheet: As it came from the file.
        today: The day on which ages count.
        told: Column letter → field, where a clerk says what a column is.
    """
    heading = find_heading(sheet, told or {})
    if heading is None:
        return VillageList(
            sheet=sheet.name,
            heading=None,
            rows=tuple(ListedRow(number=r.number, kind=RowKind.NOTE if r.cells else RowKind.BLANK) for r in sheet.rows),
        )
    rows: list[ListedRow] = []
    above: dict[int, Cell] = {}
    group = section_village = ""
    stated: list[tuple[int, int]] = []
    for row in sheet.rows:
        kind = row_kind(row, heading)
        draft = None
        if kind is RowKind.SECTION:
            text = row.distinct_texts[0]
            group = section_group(text)
            section_village = village_in(text) or section_village
        elif kind is RowKind.TOTAL:
            total = stated_total(row)
            stated += [(row.number, total)] if total is not None else []
        elif kind is RowKind.PERSON:
            cells = RowCells(heading, row, above, sheet=sheet.name)
            above = cells.resolved
            draft = _in_section(read_row(cells, today=today), group=group, village=section_village)
        rows.append(ListedRow(number=row.number, kind=kind, draft=draft))
    titles = [t for r in sheet.rows[: heading.first_row - 1] for t in r.distinct_texts]
    people = sum(r.kind is RowKind.PERSON for r in rows)
    return VillageList(
        sheet=sheet.name,
        heading=heading,
        village=first_village([*titles, sheet.name]),
        rows=tuple(rows),
        problems=tuple(_about_sheet(sheet, heading, stated, people)),
    )


def _in_section(draft: Draft, *, group: str, village: str) -> Draft:
    """Give a row the group and village of the line it stands under, unless it names its own."""
    record = draft.record
    if record and group and not is_value(record.child.group):
        record = replace(record, child=replace(record.child, group=group))
    return replace(draft, record=record, village=draft.village or village)


def _about_sheet(sheet: Sheet, heading: Heading, stated: list[tuple[int, int]], people: int) -> list[Problem]:
    def problem(code: str, message: str, *, row: int = 0, column: str = "") -> Problem:
        where = Where(sheet=sheet.name, row=row, column=column)
        return Problem(code=code, message=message, where=where, blocking=False)

    out = [
        problem("column.unknown", f"第 {c.letter} 列“{c.heading}”没有认出是什么，这一列没有导入。", column=c.heading)
        for c in heading.unknown
        if _has_content(sheet, heading, c.number)
    ]
    out += [
        problem(
            "column.doubled",
            f"第 {second.letter} 列“{second.heading}”与第 {first.letter} 列是同一项，只导入第 {first.letter} 列。",
            column=second.heading,
        )
        for first, second in heading.doubled
    ]
    hidden_columns = [c for c in heading.known if c.number in sheet.hidden_columns]
    if hidden_columns:
        names = "、".join(f"{c.letter}（{c.heading}）" for c in hidden_columns)
        out.append(problem("column.hidden", f"隐藏的列 {names} 也导入了。请取消隐藏核对一遍。"))
    hidden_rows = [r.number for r in sheet.rows if r.hidden and r.cells and r.number > heading.last_row]
    if hidden_rows:
        numbers = "、".join(map(str, hidden_rows[:20])) + ("等" if len(hidden_rows) > 20 else "")
        out.append(problem("row.hidden", f"隐藏或被筛选掉的第 {numbers} 行也导入了。请取消隐藏核对一遍。"))
    out += [
        problem("total.differs", f"合计写的是 {total} 人，表里共有 {people} 行儿童。请核对有没有漏写或重复。", row=row)
        for row, total in stated
        if total != people and len(stated) == 1
    ]
    return out


def _has_content(sheet: Sheet, heading: Heading, column: int) -> bool:
    return any(_text(row, column) for row in sheet.rows[heading.last_row :])


def _text(row: Row, column: int) -> str:
    cell = row.cell(column)
    return cell.text if cell else ""
