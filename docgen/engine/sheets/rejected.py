"""A copy of a sheet with, beside each cell that could not be taken, the reason why.

The copy is what the clerk goes on with: corrected in place, it is imported again as it is. An .xlsx
keeps its look; a text table becomes an .xlsx whose cells are all text, so that Excel does not shorten
the ID numbers while they are being corrected.
"""

from __future__ import annotations

import errno
import io
import os
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill

from forms.errors import DiskFullError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from openpyxl.cell.cell import Cell as BookCell
    from openpyxl.worksheet.worksheet import Worksheet

    from forms.lists.sheet import Sheet

REASON_TITLE = "未导入原因"
DECISION_TITLE = "处理意见"
_AUTHOR = "导入检查"
_PAINT = PatternFill("solid", fgColor="FFF2CC")
_PAINT_CELL = PatternFill("solid", fgColor="F8CBAD")
_REBUILD_ABOVE = 2_000_000
"""Cells from which the copy is built anew from the values alone: openpyxl needs some 300 bytes a cell."""


class SheetInUseError(RefusedError):
    """The copy cannot be replaced because somebody has it open."""

    code = "sheet.in-use"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"“{name}”正被 Excel 或 WPS 占用，写不进去。名单还没有导入；请关闭它，再导入一次。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One reason, at one cell or for a whole row."""

    sheet: str
    row: int
    column: int
    """From 1; 0 for the row as a whole."""
    message: str


def write_rejected(
    target: Path, data: bytes, sheets: Sequence[Sheet], findings: Sequence[Finding], *, header_rows: Mapping[str, int]
) -> None:
    """Write the copy to ``target`` (.xlsx), replacing an earlier one in one step.

    Args:
        target: Where it goes; the folder exists.
        data: The file as it was read.
        sheets: The same file as `read_sheet` gave it.
        findings: In the order they shall be read.
        header_rows: Sheet name to the last row of its heading; the new columns get their titles there.

    Raises:
        SheetInUseError: ``target`` is open in a spreadsheet program.
        DiskFullError: no room for the copy.
    """
    book = _open(data, sheets)
    by_sheet: dict[str, list[Finding]] = {}
    for finding in findings:
        by_sheet.setdefault(finding.sheet, []).append(finding)
    for sheet in sheets:
        page = book[sheet.name] if sheet.name in book.sheetnames else book.worksheets[0]
        if sheet.name in header_rows:
            _mark(page, sheet, by_sheet.get(sheet.name, []), header_row=header_rows[sheet.name])
    buffer = io.BytesIO()
    book.save(buffer)
    part = target.with_name(target.name + ".part")
    try:
        part.write_bytes(buffer.getvalue())
        os.replace(part, target)  # noqa: PTH105  replaces on Windows too, where rename would not
    except PermissionError:
        part.unlink(missing_ok=True)
        raise SheetInUseError(target.name) from None
    except OSError as error:
        part.unlink(missing_ok=True)
        if error.errno == errno.ENOSPC:
            raise DiskFullError(target.parent.name) from None
        raise


def _open(data: bytes, sheets: Sequence[Sheet]) -> Workbook:
    if data.startswith(b"PK") and sum(len(s.rows) * s.width for s in sheets) < _REBUILD_ABOVE:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # see `docgen.engine.sheets.xlsx`
            return load_workbook(io.BytesIO(data))
    book = Workbook()
    for sheet in sheets:
        page = book.create_sheet(sheet.name[:31])
        for row in sheet.rows:
            for cell in row.cells:
                target = page.cell(row.number, cell.column, value=cell.text)
                target.number_format = "@"
                target.data_type = "s"
    book.remove(book.worksheets[0])
    return book


def _mark(page: Worksheet, sheet: Sheet, findings: Sequence[Finding], *, header_row: int) -> None:
    reason_column, decision_column = _extra_columns(page, sheet, header_row)
    rows: dict[int, list[Finding]] = {}
    for finding in findings:
        rows.setdefault(finding.row, []).append(finding)
    for number, found in rows.items():
        for column in range(1, decision_column + 1):
            _anchor(page, number, column).fill = _PAINT
        remarks: dict[str, list[str]] = {}
        for finding in found:
            if finding.column:
                place = _anchor(page, number, finding.column)
                place.fill = _PAINT_CELL
                remarks.setdefault(place.coordinate, []).append(finding.message)
        for address, messages in remarks.items():
            comment = Comment("\n".join(messages), _AUTHOR, height=120, width=320)
            page[address].comment = comment
        reason = page.cell(number, reason_column, value="\n".join(dict.fromkeys(f.message for f in found)))
        reason.data_type = "s"
        reason.alignment = Alignment(wrap_text=True, vertical="top")


def _extra_columns(page: Worksheet, sheet: Sheet, header_row: int) -> tuple[int, int]:
    """Find or add the two columns; reasons of an earlier import are wiped, decisions kept."""
    titles = {c.text: c.column for r in sheet.rows[:header_row] for c in r.cells}
    reason = titles.get(REASON_TITLE, sheet.width + 1)
    decision = titles.get(DECISION_TITLE, max(sheet.width, reason) + 1)
    for column, title, width in ((reason, REASON_TITLE, 60), (decision, DECISION_TITLE, 24)):
        head = _anchor(page, header_row, column)
        head.value = title
        head.font = Font(bold=True)
        head.fill = _PAINT_CELL
        page.column_dimensions[head.column_letter].width = width
    for row in sheet.rows[header_row:]:
        old = _anchor(page, row.number, reason)
        old.value = None
        for cell in row.cells:
            place = page.cell(row.number, cell.column)
            if not isinstance(place, MergedCell) and place.comment and place.comment.author == _AUTHOR:
                place.comment = None
    return reason, decision


def _anchor(page: Worksheet, row: int, column: int) -> BookCell:
    """Return the cell, or for a cell under a merged area the one that holds its content."""
    place = page.cell(row, column)
    if isinstance(place, MergedCell):
        for area in page.merged_cells.ranges:
            if place.coordinate in area:
                return page.cell(area.min_row, area.min_col)  # type: ignore[return-value]
    return place  # type: ignore[return-value]
