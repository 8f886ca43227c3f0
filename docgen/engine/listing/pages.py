"""Rows of a long table onto pages: one pass, in time linear in the rows.

The heading is drawn once and repeated; a page's rows are one piece of drawing. A row that is taller than a
page runs over it line by line; every other row stays whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from operator import getitem
from typing import TYPE_CHECKING, TypeAlias

from docgen.engine.listing.cells import ColumnCells, LaterLines
from docgen.engine.listing.columns import Column, HeadCell, fit, head_cells
from docgen.engine.listing.text import Scale
from docgen.engine.press.errors import MissingGlyphError
from docgen.engine.press.laid.fragments import Fragment, Placed, TextLine, number
from docgen.engine.press.laid.paper import LaidPage, LaidPaper
from docgen.engine.press.laid.tagging import Scope
from docgen.engine.press.uncollected import uncollected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docgen.engine.press.fonts.book import Face, FontBook

_PT = 72 / 25.4
_BASE = 0.38
"""From the middle of a line down to its base line, in em of the type."""

_KEPT = 100_000
"""Texts of several lines that are remembered while a table is set."""

Value: TypeAlias = "str | int | Decimal"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingStyle:
    """Sheet and type; millimetres and points."""

    width_mm: float = 297.0
    height_mm: float = 210.0
    top_mm: float = 20.0
    """With page marks 35 mm at least, like every paper."""

    bottom_mm: float = 20.0
    side_mm: float = 15.0
    family: str = "宋体"
    head_family: str = "黑体"
    size: float = 10.5
    floor: float = 7.0
    """The smallest type that a table may shrink to."""

    leading: float = 1.25
    padding: float = 2.0
    """Points on every side of a text."""

    line: float = 0.5
    page_total: str = "本页小计"
    grand_total: str = "合计"
    page_label: str = "第 {page} 页，共 {pages} 页"


def lay_listing(
    fonts: FontBook,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    *,
    name: str,
    title: str = "",
    notes: Sequence[str] = (),
    style: ListingStyle | None = None,
) -> LaidPaper:
    """Lay out a table.

    Args:
        fonts: Where the faces come from.
        columns: From left to right.
        rows: One value for each column; numbers of columns with totals are added up exactly.
        name: What messages call it; no personal data.
        title: Over the first page.
        notes: Lines under the title: unit, day, who made it.
        style: Sheet and type.

    Raises:
        TooNarrowError: Too many columns for the sheet.
        MissingGlyphError: A character that no font has.
    """
    with uncollected():
        return _laid(fonts, columns, list(rows), over=(name, title, notes), style=style or ListingStyle())


def _laid(
    fonts: FontBook,
    columns: Sequence[Column],
    values: Sequence[Sequence[Value]],
    *,
    over: tuple[str, str, Sequence[str]],
    style: ListingStyle,
) -> LaidPaper:
    name, title, notes = over
    assert all(len(row) == len(columns) for row in values)
    texts = [_texts(row) for row in values]
    sums = {i: sum((_amount(row[i]) for row in values), Decimal(0)) for i, c in enumerate(columns) if c.has_total}
    setter = _Setter(fonts, columns, texts, sums, style)
    setter.begin(title, notes)
    setter.fill(texts, values)
    pages = setter.finish()
    missing = setter.scale.missing | setter.head_scale.missing
    if missing:
        raise MissingGlyphError(name, missing=missing)
    fallbacks = setter.scale.fallbacks | setter.head_scale.fallbacks
    return LaidPaper(name=name, pages=pages, fallbacks=tuple(fallbacks.values()))


@dataclass(slots=True)
class _Sheet:
    """One page on its way."""

    top: float
    placed: list[Placed]
    operators: list[str] = field(default_factory=list)
    lines: list[Iterable[TextLine]] = field(default_factory=list)
    edges: list[float] = field(default_factory=list)
    """Lower edges of rows, from the top of the body."""

    sums: dict[int, Decimal] = field(default_factory=dict)
    last_x: float = 0.0
    last_y: float = 0.0


class _Setter:
    """Sets one table."""

    def __init__(
        self,
        fonts: FontBook,
        columns: Sequence[Column],
        texts: Sequence[Sequence[str]],
        sums: dict[int, Decimal],
        style: ListingStyle,
    ) -> None:
        self.style = style
        self.columns = columns
        self.scale = Scale(fonts.typeface(style.family))
        self.head_scale = Scale(fonts.typeface(style.head_family))
        self.width, self.height = style.width_mm * _PT, style.height_mm * _PT
        self.left, self.bottom = style.side_mm * _PT, self.height - style.bottom_mm * _PT
        self.padding = style.padding
        widths, self.size = fit(
            columns,
            texts,
            {i: str(total) for i, total in sums.items()},
            self.scale,
            room=self.width - 2 * self.left,
            padding=2 * style.padding,
            size=style.size,
            floor=style.floor,
        )
        self.edges = [0.0]
        for width in widths:
            self.edges.append(self.edges[-1] + width)
        self.rooms = [(width - 2 * style.padding) / self.size for width in widths]
        self.aligns = [{"left": 0.0, "right": 1.0}.get(column.align, 0.5) for column in columns]
        self._cells = [
            ColumnCells(self.scale, self.size, left=left, right=right, padding=self.padding, align=align)
            for left, right, align in zip(self.edges, self.edges[1:], self.aligns, strict=False)
        ]
        self._points = number(self.size)
        self.totals = list(sums)
        self.grand = sums
        self.leading = self.size * style.leading
        self.least = self.leading + 2 * style.padding
        self.head = self._head()
        self.sheets: list[_Sheet] = []
        self._wrapped: dict[tuple[str, int], list[str]] = {}
        self.foot = self._foot(style.page_total)
        """Height of a page's own total."""

    # pages

    def begin(self, title: str, notes: Sequence[str]) -> None:
        """Begin the first page under title and notes."""
        y = self.style.top_mm * _PT
        placed: list[Placed] = []
        for text, size in ((title, 16.0), *((note, self.style.size) for note in notes)):
            if text:
                placed.append(Placed(0.0, y, self._line(text, size, self.head_scale if size > 12 else self.scale)))
                y += size * 1.6
        self._open(y + (4.0 if placed else 0.0), placed)

    def _open(self, top: float, placed: list[Placed]) -> None:
        placed.append(Placed(self.left, top, self.head))
        self.sheets.append(_Sheet(top + self.head.height, placed, sums=dict.fromkeys(self.totals, Decimal(0))))

    @property
    def room(self) -> float:
        """Points left on the page, less what its own total needs."""
        sheet = self.sheets[-1]
        used = sheet.edges[-1] if sheet.edges else 0.0
        return self.bottom - sheet.top - used - self.foot

    def _turn(self) -> None:
        self._close()
        self._open(self.style.top_mm * _PT, [])

    def _close(self) -> None:
        """Draw the page's total and its lines."""
        sheet = self.sheets[-1]
        if self.totals:
            self._row(self._total_cells(self.style.page_total, sheet.sums))
        if sheet.edges:
            body = self._body(sheet)
            sheet.placed.append(Placed(self.left, sheet.top, body))
        sheet.operators, sheet.lines = [], []

    def _foot(self, label: str) -> float:
        if not self.totals:
            return 0.0
        return max(len(cell) for cell in self._total_cells(label, self.grand)) * self.leading + 2 * self.padding

    def _total_cells(self, label: str, sums: dict[int, Decimal]) -> list[list[str]]:
        texts = [str(sums[i]) if i in sums else "" for i in range(len(self.columns))]
        free = next((i for i in range(len(texts)) if not texts[i]), 0)
        texts[free] = f"{label} {texts[free]}".strip()
        return [self._lines(text, i) for i, text in enumerate(texts)]

    def finish(self) -> tuple[LaidPage, ...]:
        """Draw the last total and the page numbers; return the pages."""
        if self.totals:
            if self.room < self._foot(self.style.grand_total) and self.sheets[-1].edges:
                self._turn()
            sheet = self.sheets[-1]
            self._row(self._total_cells(self.style.page_total, sheet.sums))
            self._row(self._total_cells(self.style.grand_total, self.grand))
            sheet.placed.append(Placed(self.left, sheet.top, self._body(sheet)))
        else:
            self._close()
        count = len(self.sheets)
        for page, sheet in enumerate(self.sheets, 1):
            label = self.style.page_label.format(page=page, pages=count)
            y = self.bottom + (self.height - self.bottom) / 2 - self.style.size
            sheet.placed.append(Placed(0.0, y, self._line(label, 9.0, self.scale)))
        return tuple(
            LaidPage(
                width_pt=self.width,
                height_pt=self.height,
                art=tuple(sheet.placed),
                scope=Scope(1 if page else 0, len(sheet.placed) - 1),  # without the heading again and the page number
            )
            for page, sheet in enumerate(self.sheets)
        )

    # rows

    def fill(self, texts: Sequence[Sequence[str]], values: Sequence[Sequence[Value]]) -> None:
        """Put all rows on pages."""
        for row, given in zip(texts, values, strict=True):
            cells = list(map(getitem, self._cells, row))
            if all(cells):
                if self.least > self.room:
                    self._turn()
                self._plain_row(row, cells)
            else:
                self._tall_row([self._lines(text, i) for i, text in enumerate(row)])
            for i in self.totals:
                amount = _amount(given[i])
                self.sheets[-1].sums[i] += amount

    def _lines(self, text: str, column: int) -> list[str]:
        key = (text, column)
        found = self._wrapped.get(key)
        if found is None:
            self.scale.width(text.replace("\n", ""))  # every character is known before it is wrapped
            found = self._wrapped[key] = self.scale.wrap(text, self.rooms[column])
            if len(self._wrapped) > _KEPT:
                self._wrapped.clear()
        return found

    def _plain_row(self, row: Sequence[str], cells: Sequence[str]) -> None:
        """Draw a row of one line, the common case."""
        sheet = self.sheets[-1]
        top = sheet.edges[-1] if sheet.edges else 0.0
        sheet.edges.append(top + self.least)
        if any(row):
            self._show(sheet, "".join(cells), 0.0, top + self.padding)
            sheet.lines.append(self._lines_of(row, top + self.padding))

    def _lines_of(self, row: Sequence[str], y: float) -> Iterator[TextLine]:
        """Give the texts of a plain row."""
        for i, text in enumerate(row):
            if text:
                yield self._text_line(text, i, y, "\n")

    def _text_line(self, text: str, column: int, y: float, joint: str) -> TextLine:
        width = self.scale.width(text)
        x = self.edges[column] + self.padding + (self.rooms[column] - width) * self.size * self.aligns[column]
        return TextLine(text, x, y, width * self.size, self.leading, joint)

    def _tall_row(self, cells: list[list[str]]) -> None:
        """Draw a row of several lines, over several pages where it is taller than one."""
        while True:
            count = max(len(cell) for cell in cells)
            if count * self.leading + 2 * self.padding <= self.room + 1e-6:
                self._row(cells)
                return
            if self.sheets[-1].edges:
                self._turn()
                continue
            fitting = max(1, int((self.room - 2 * self.padding) / self.leading))
            self._row([cell[:fitting] for cell in cells])
            cells = [cell[fitting:] for cell in cells]

    def _row(self, cells: list[list[str]]) -> None:
        sheet, leading = self.sheets[-1], self.leading
        top = sheet.edges[-1] if sheet.edges else 0.0
        height = max(1, *(len(cell) for cell in cells)) * leading + 2 * self.padding
        sheet.edges.append(top + height)
        for i, cell in enumerate(cells):
            y = top + (height - len(cell) * leading) / 2
            for k, text in enumerate(cell):
                if text:
                    line = self._text_line(text, i, y, "\n" if k == len(cell) - 1 else "")
                    sheet.lines.append((line,))
                    self._show(sheet, self.scale.shown(text, self._points), line.x, y)
                y += leading

    def _show(self, sheet: _Sheet, shown: str, x: float, y: float) -> None:
        """Show texts from a place on, the upper edge of their line."""
        base = -(y + self.leading / 2 + _BASE * self.size)
        dx, dy = round(x - sheet.last_x, 2), round(base - sheet.last_y, 2)
        sheet.last_x, sheet.last_y = sheet.last_x + dx, sheet.last_y + dy
        sheet.operators.append(f"{number(dx)} {number(dy)} Td [{shown}]TJ")

    # pieces

    def _body(self, sheet: _Sheet) -> Fragment:
        height, width = sheet.edges[-1], self.edges[-1]
        rules = [f"0 {number(-y)} m {number(width)} {number(-y)} l" for y in sheet.edges]
        rules += [f"{number(x)} 0 m {number(x)} {number(-height)} l" for x in self.edges]
        font = f"BT /{self.scale.resource} {number(self.size)} Tf"
        operators = f"q {number(self.style.line)} w {' '.join(rules)} S Q {font} {' '.join(sheet.operators)} ET"
        return Fragment(operators, height, LaterLines(sheet.lines), (), _faces(self.scale))

    def _line(self, text: str, size: float, scale: Scale) -> Fragment:
        """Return a centred line over the whole width of the sheet."""
        long = scale.width(text) * size
        x, height = (self.width - long) / 2, size * 1.4
        base = -(height / 2 + _BASE * size)
        shown = scale.shown(text, number(size))
        operators = f"BT /{scale.resource} {number(size)} Tf {number(x)} {number(base)} Td [{shown}]TJ ET"
        return Fragment(operators, height, (TextLine(text, x, 0.0, long, height, "\n"),), (), _faces(scale))

    def _head(self) -> Fragment:
        cells, depth = head_cells(self.columns)
        scale, size, leading, padding = self.head_scale, self.size, self.leading, self.padding
        wrapped = [self._head_lines(cell) for cell in cells]
        heights = [0.0] * depth
        for extent in range(1, depth + 1):
            for cell, lines in zip(cells, wrapped, strict=True):
                if cell.rows == extent:
                    last = cell.row + extent - 1
                    need = len(lines) * leading + 2 * padding - sum(heights[cell.row : last])
                    heights[last] = max(heights[last], need)
        tops = [0.0]
        for height in heights:
            tops.append(tops[-1] + height)
        out, rules, texts = [f"BT /{scale.resource} {number(size)} Tf"], [], []
        last_x = last_y = 0.0
        for cell, lines in zip(cells, wrapped, strict=True):
            left, right = self.edges[cell.column], self.edges[cell.column + cell.columns]
            top, bottom = tops[cell.row], tops[cell.row + cell.rows]
            rules.append(f"{number(left)} {number(-bottom)} {number(right - left)} {number(bottom - top)} re")
            y = top + (bottom - top - len(lines) * leading) / 2
            for k, text in enumerate(lines):
                long = scale.width(text) * size
                x, base = (left + right - long) / 2, -(y + leading / 2 + _BASE * size)
                texts.append(TextLine(text, x, y, long, leading, "\n" if k == len(lines) - 1 else ""))
                out.append(f"{number(x - last_x)} {number(base - last_y)} Td [{scale.shown(text, number(size))}]TJ")
                last_x, last_y = last_x + round(x - last_x, 2), last_y + round(base - last_y, 2)
                y += leading
        operators = f"q {number(self.style.line)} w {' '.join(rules)} S Q {' '.join(out)} ET"
        return Fragment(operators, tops[-1], tuple(texts), (), _faces(scale))

    def _head_lines(self, cell: HeadCell) -> list[str]:
        self.head_scale.width(cell.text)
        if cell.is_upright:
            return [char for char in cell.text if char != " "]
        room = (self.edges[cell.column + cell.columns] - self.edges[cell.column] - 2 * self.padding) / self.size
        return self.head_scale.wrap(cell.text, room)


def _faces(scale: Scale) -> tuple[tuple[Face, str], ...]:
    return tuple((face, "".join(sorted(chars))) for face, chars in scale.faces.items())


def _texts(row: Sequence[Value]) -> list[str]:
    texts = [str(value) for value in row]
    if "".join(texts).isprintable():
        return texts
    return [text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ") for text in texts]


def _amount(value: Value) -> Decimal:
    return Decimal(0) if isinstance(value, str) else Decimal(value)
