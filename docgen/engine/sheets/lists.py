"""Lists of the archive as xlsx: plain texts under a head that stays on every printed page."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.worksheet.worksheet import Worksheet

_THIN = Side(style="thin")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))
EPOCH = datetime(1980, 1, 1)  # noqa: DTZ001  zip and xlsx know no zones; the same rows give the same bytes
"""The day that everything written here is made on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSheet:
    """One sheet: a title line, a head, rows."""

    name: str
    title: str
    head: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    widths: tuple[int, ...]
    """Characters, one for each column."""
    landscape: bool = True
    counted: int | None = None
    """Column, from 1, whose filled cells a last row counts; the row is a formula, so that it follows changes."""


def write_lists(sheets: Sequence[ListSheet]) -> bytes:
    """Return a workbook; equal sheets give equal bytes.

    Every cell is text: a name that begins with “=” is a name and no formula, and codes keep their
    leading zeros.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator = "docgen"
    book.properties.created = book.properties.modified = EPOCH
    for number, sheet in enumerate(sheets, start=1):
        page = book.create_sheet(sheet.name.translate(_FORBIDDEN)[:31] or f"{number}")
        page.append([sheet.title])
        page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(sheet.head))
        page["A1"].font = Font(bold=True, size=14)
        page["A1"].alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        page.row_dimensions[1].height = 36
        for row, texts in enumerate((sheet.head, *sheet.rows), start=2):
            for column, text in enumerate(texts, start=1):
                cell = page.cell(row=row, column=column)
                cell.value = text
                cell.data_type = "s"
                cell.number_format = "@"
                cell.border = _BORDER
                cell.font = Font(bold=row == 2, size=10)
                cell.alignment = Alignment(horizontal="center" if row == 2 else None, vertical="center", wrap_text=True)
        if sheet.counted is not None:
            _write_count(page, sheet.counted, len(sheet.rows))
        for column, width in enumerate(sheet.widths, start=1):
            page.column_dimensions[page.cell(row=2, column=column).column_letter].width = width
        page.print_title_rows = "1:2"
        page.freeze_panes = "A3"
        page.page_setup.orientation = "landscape" if sheet.landscape else "portrait"
        page.page_setup.paperSize = 9  # A4
        page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
        page.sheet_properties.pageSetUpPr.fitToPage = True
    out = io.BytesIO()
    book.save(out)
    return without_clock(out.getvalue())


def _write_count(page: Worksheet, column: int, rows: int) -> None:
    """Write the last row: 合计 and the number of rows."""
    last = rows + 3
    letter = get_column_letter(column)
    page.cell(row=last, column=1, value="合计")
    page.cell(row=last, column=column, value=f"=COUNTA({letter}3:{letter}{last - 1})" if rows else 0)
    for at in (1, column):
        page.cell(row=last, column=at).font = Font(bold=True, size=10)
        page.cell(row=last, column=at).border = _BORDER


def without_clock(data: bytes) -> bytes:
    """Return the same package with the day of the zip's making taken out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, date_time=EPOCH.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            content = old.read(name)
            if name == "docProps/core.xml":  # openpyxl writes the moment of saving, whatever it was told
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>1980-01-01T00:00:00Z", content)
            new.writestr(entry, content)
    return out.getvalue()
