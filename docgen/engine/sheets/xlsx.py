"""Excel workbooks (.xlsx, .xlsm): values through openpyxl, layout through one streaming look at the XML.

openpyxl reads values row by row only when it does not build the sheet, and then knows neither merged
cells nor hidden rows; and lists from villages often carry a million formatted empty rows. So each sheet
is first looked through for where its content ends, what is merged, hidden or never calculated.
"""

from __future__ import annotations

import io
import posixpath
import warnings
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import IO, TYPE_CHECKING
from xml.etree import ElementTree as ET

from openpyxl import load_workbook
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string, get_column_letter, range_boundaries

from forms.errors import UnreadableSheetError
from forms.lists.sheet import Cell, CellState, Raw, Row, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openpyxl.workbook.workbook import Workbook

MAX_UNPACKED = 400 * 1024 * 1024
"""Bytes all parts may unpack to; a million formatted empty rows need about 100 MB."""
_MAX_PARTS = 2000
_MAX_ROWS = 200_000
_MAX_COLUMNS = 400
_MAX_CELLS = 4_000_000
_MAX_SPREAD = 50_000
"""Cells one merged area may cover before only its first cell is read."""

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_BROKEN = (
    zipfile.BadZipFile, zlib.error, ET.ParseError, EOFError, OSError, KeyError, ValueError, TypeError, IndexError,
    AttributeError, NotImplementedError, RuntimeError, AssertionError,
)  # fmt: skip
"""What zipfile, expat and openpyxl raise on damaged workbooks; each release of openpyxl has its own choice."""


@dataclass(slots=True)
class _Layout:
    """What openpyxl's streaming reader does not tell."""

    row: int = 0
    """The row last seen; rows may come without a number and then follow it."""
    last_row: int = 0
    last_column: int = 0
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """First column, first row, last column, last row."""
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    no_result: set[tuple[int, int]] = field(default_factory=set)
    """Row and column of formulas without a saved result."""


def read_xlsx(data: bytes, *, name: str) -> list[Sheet]:
    """Read every worksheet.

    Raises:
        UnreadableSheetError: not a workbook, damaged, or far larger than any list of people.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_package(package, name)
            parts = _sheet_parts(package)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # openpyxl warns of extensions that it leaves out; none holds values
                book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
                try:
                    return [
                        _read(book, title, _look_through(package, part, name), hidden=hidden)
                        for title, part, hidden in parts
                    ]
                finally:
                    book.close()
    except UnreadableSheetError:
        raise
    except _BROKEN:
        raise UnreadableSheetError(
            name,
            why="已经损坏，读不出来",
            way_out="请用 WPS 或 Excel 打开并另存为新的 .xlsx 文件；打不开时请向报送人重新要。",
        ) from None


def _check_package(package: zipfile.ZipFile, name: str) -> None:
    entries = package.infolist()
    names = {e.filename for e in entries}
    if any(e.flag_bits & 1 for e in entries):
        raise UnreadableSheetError(name, why="是加了密码的压缩包", way_out="请解压并取消密码后再导入。")
    if "xl/workbook.xml" not in names:
        kind = "Word 文档" if "word/document.xml" in names else "另一种格式的文件（例如压缩包或 .ods）"
        raise UnreadableSheetError(name, why=f"是{kind}，不是 .xlsx 表格", way_out="请另存为 .xlsx 或 .csv 后再导入。")
    unpacked = sum(e.file_size for e in entries)
    if unpacked > MAX_UNPACKED or len(entries) > _MAX_PARTS:
        raise UnreadableSheetError(
            name,
            why=f"解开后有 {unpacked // 1024 // 1024} MB，不像一份名单",
            way_out="请新建一个空表格，只把名单那一块复制进去，保存后再导入。",
        )
    for entry in entries:
        if entry.filename.endswith((".xml", ".rels")):
            with package.open(entry) as stream:
                if b"<!DOCTYPE" in stream.read(1024):
                    raise UnreadableSheetError(
                        name, why="含有不该有的内容定义", way_out="请另存为新的 .xlsx 文件再导入。"
                    )


def _sheet_parts(package: zipfile.ZipFile) -> list[tuple[str, str, bool]]:
    """Return title, part name and whether it is hidden, of each worksheet in the book's order."""
    relations = ET.fromstring(package.read("xl/_rels/workbook.xml.rels"))  # noqa: S314  see `_check_package`
    targets = {r.get("Id", ""): r.get("Target", "") for r in relations.iter(f"{_PACKAGE}Relationship")}
    workbook = ET.fromstring(package.read("xl/workbook.xml"))  # noqa: S314  the same
    out = []
    for sheet in workbook.iter(f"{_MAIN}sheet"):
        target = targets[sheet.get(_REL, "")]
        part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
        if "chartsheets/" not in part:
            out.append((sheet.get("name", ""), part, sheet.get("state", "visible") != "visible"))
    if not out:
        raise ValueError(_STRICT)
    return out


def _look_through(package: zipfile.ZipFile, part: str, name: str) -> _Layout:
    layout = _Layout()
    with package.open(part) as stream:
        for event in _events(stream):
            _note(layout, event)
            if layout.last_row > _MAX_ROWS or layout.last_column > _MAX_COLUMNS:
                raise UnreadableSheetError(
                    name,
                    why=f"内容延伸到第 {layout.last_row} 行、第 {layout.last_column} 列，不像一份名单",
                    way_out="请检查是否选错文件，或把表格按村拆开后再导入。",
                )
    if layout.last_row * layout.last_column > _MAX_CELLS:
        raise UnreadableSheetError(name, why="内容太多，不像一份名单", way_out="请把表格按村拆开后再导入。")
    return layout


def _events(stream: IO[bytes]) -> Iterator[ET.Element]:
    """Yield rows, columns and merged areas as they close, forgetting each at once."""
    parents: list[ET.Element] = []
    for event, element in ET.iterparse(stream, events=("start", "end")):  # noqa: S314  see `_check_package`
        if event == "start":
            parents.append(element)
            continue
        parents.pop()
        tag = element.tag.removeprefix(_MAIN)
        if tag in {"row", "col", "mergeCell"}:
            yield element
            if parents:
                parents[-1].remove(element)


def _note(layout: _Layout, element: ET.Element) -> None:
    tag = element.tag.removeprefix(_MAIN)
    if tag == "mergeCell":
        left, top, right, bottom = range_boundaries(element.get("ref", ""))
        if None not in (left, top, right, bottom):
            layout.merged.append((int(left or 1), int(top or 1), int(right or 1), int(bottom or 1)))
    elif tag == "col":
        if element.get("hidden") in {"1", "true"}:
            first, last = int(element.get("min", "1")), int(element.get("max", "1"))
            layout.hidden_columns.update(range(first, min(last, _MAX_COLUMNS) + 1))
    else:
        _note_row(layout, element)


def _note_row(layout: _Layout, element: ET.Element) -> None:
    number = layout.row = int(element.get("r") or layout.row + 1)
    if element.get("hidden") in {"1", "true"}:
        layout.hidden_rows.add(number)
    for position, cell in enumerate(element, 1):
        reference = cell.get("r")
        letters, row = coordinate_from_string(reference) if reference else (get_column_letter(position), number)
        column = column_index_from_string(letters)
        value = cell.find(f"{_MAIN}v")
        filled = (value is not None and bool(value.text)) or cell.find(f"{_MAIN}is") is not None
        formula = cell.find(f"{_MAIN}f") is not None
        if formula and not filled:
            layout.no_result.add((row, column))
        if filled or formula:
            layout.last_row, layout.last_column = max(layout.last_row, row), max(layout.last_column, column)


def _read(book: Workbook, title: str, layout: _Layout, *, hidden: bool) -> Sheet:
    if not layout.last_row:
        return Sheet(name=title, hidden=hidden)
    grid: dict[tuple[int, int], Cell] = {}
    values = book[title].iter_rows(max_row=layout.last_row, max_col=layout.last_column, values_only=True)
    for number, row in enumerate(values, 1):
        for column, value in enumerate(row, 1):
            cell = _cell(column, value, no_result=(number, column) in layout.no_result)
            if cell:
                grid[number, column] = cell
    _spread(grid, layout)
    by_row: dict[int, list[Cell]] = {}
    for (number, _column), cell in sorted(grid.items()):
        by_row.setdefault(number, []).append(cell)
    last = max(by_row, default=0)
    return Sheet(
        name=title,
        rows=tuple(
            Row(number=n, cells=tuple(by_row.get(n, ())), hidden=n in layout.hidden_rows) for n in range(1, last + 1)
        ),
        hidden=hidden,
        hidden_columns=frozenset(layout.hidden_columns),
    )


def _spread(grid: dict[tuple[int, int], Cell], layout: _Layout) -> None:
    """Give every cell under a merged area the text of its first cell, with the address it came from."""
    for left, top, right, bottom in layout.merged:
        first = grid.get((top, left))
        if first is None or (right - left + 1) * (bottom - top + 1) > _MAX_SPREAD:
            continue
        address = f"{get_column_letter(left)}{top}"
        for row in range(top, min(bottom, layout.last_row) + 1):
            for column in range(left, min(right, max(layout.last_column, left)) + 1):
                if (row, column) != (top, left):
                    grid[row, column] = Cell(
                        column=column, text=first.text, raw=first.raw, state=first.state, origin=address
                    )


def _cell(column: int, value: object, *, no_result: bool) -> Cell | None:
    if no_result:
        return Cell(column=column, text="", state=CellState.NO_RESULT)
    if value is None:
        return None
    text, raw = _text(value)
    if not text:
        return None
    fault = isinstance(value, str) and value in {"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"}
    return Cell(column=column, text=text, raw=raw, state=CellState.FAULT if fault else CellState.PLAIN)


def _text(value: object) -> tuple[str, Raw]:
    """Return what a clerk would read, and the value itself where the text is not all of it."""
    match value:
        case str():
            return value.strip(" \t\r\n\u3000\u200b\ufeff\xa0"), None
        case bool():
            return ("是" if value else "否"), value
        case int():
            return str(value), value
        case float():
            whole = value.is_integer() and abs(value) < 1e21
            return (str(int(value)) if whole else repr(value)), value
        case datetime():
            plain = value.replace(tzinfo=None)
            return (plain.date().isoformat() if plain.time() == time() else plain.isoformat(" ", "minutes")), plain
        case date():
            return value.isoformat(), value
        case time():
            return value.isoformat("minutes"), value
        case timedelta():
            return str(value), None
        case _:
            return str(value).strip(), None
