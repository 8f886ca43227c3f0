"""Tables of a docx to rows and cells on one grid.

Source: ECMA-376 part 1 §17.4 (tables), §17.4.17 (spans).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from lxml import etree

from docgen.engine.press.model.blocks import Cell, Paragraph, Row, Table
from docgen.engine.press.reading.looks import read_row_look, skipped_by, span_of
from docgen.engine.press.reading.ooxml import W, is_on, local, points, value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docgen.engine.press.model.blocks import Block, Frame
    from docgen.engine.press.reading.looks import CellLook, CellStyles, RowLook, TableLook
    from docgen.engine.press.reading.ooxml import Element
    from docgen.engine.press.reading.places import Place
    from docgen.engine.press.reading.stock import Stock
    from docgen.engine.press.reading.styles import TableStyle

Blocks: TypeAlias = "Callable[[Element, TableStyle | None], tuple[Block, ...]]"
"""Reads the blocks of an element, over the style of a cell."""


def read_table(element: Element, stock: Stock, read: Blocks) -> Table:
    """Read a `w:tbl`.

    Args:
        element: The table.
        stock: What is known of its template.
        read: Reads what stands in a cell, over the style of the cell.
    """
    direct = element.find(f"{W}tblPr")
    frame = etree.tostring(direct, with_tail=False) if direct is not None else b""
    look = stock.table_look(frame, direct)
    columns = read_columns(element)
    elements = list(_rows(element))
    reader = _RowReader(stock, read, look, frame)
    if look.places is None:
        rows = tuple(reader.read(row, None) for row in elements)
    else:
        places = look.places.rows([read_row_look(row).is_header for row in elements])
        rows = tuple(reader.read(row, place) for row, place in zip(elements, places, strict=True))
    needed = max((row.cells[-1].first_column + row.cells[-1].span for row in rows if row.cells), default=0)
    if len(columns) < needed or not all(columns):
        columns = _repair_grid(columns, needed, elements)
    return make_table(rows, look, stock.frame(columns, look.borders))


def make_table(rows: tuple[Row, ...], look: TableLook, frame: Frame) -> Table:
    """Return a table of rows."""
    return Table(
        frame=frame,
        rows=rows,
        align=look.align,
        indent=look.indent,
        left_margin=look.margins["left"],
        undrawn=look.undrawn,
        share=look.share,
        said_width=look.said_width,
        at_bottom=look.at_bottom,
        place=look.place,
    )


def read_columns(element: Element) -> tuple[float, ...]:
    """Return the widths of a `w:tbl`'s grid."""
    grid = element.find(f"{W}tblGrid")
    return tuple(points(column.get(f"{W}w")) for column in grid) if grid is not None else ()


def _rows(element: Element) -> Iterator[Element]:
    for child in element:
        if local(child) == "tr":
            if child.find(f"{W}trPr/{W}del") is None:
                yield child
        elif local(child) in {"sdt", "sdtContent", "customXml", "ins"}:
            yield from _rows(child)


def _cells(row: Element) -> Iterator[Element]:
    for child in row:
        if local(child) == "tc":
            yield child
        elif local(child) in {"sdt", "sdtContent", "customXml", "ins"}:
            yield from _cells(child)


def _joined(row: Element) -> list[tuple[Element, int]]:
    """Return the cells of a row, each with the columns of those that it reaches over (`w:hMerge`)."""
    found: list[tuple[Element, int]] = []
    for cell in _cells(row):
        merge = cell.find(f"{W}tcPr/{W}hMerge")
        if merge is not None and value(merge) != "restart" and found:
            start, more = found[-1]
            found[-1] = start, more + span_of(cell.find(f"{W}tcPr"))
        else:
            found.append((cell, 0))
    return found


def _repair_grid(columns: tuple[float, ...], needed: int, rows: list[Element]) -> tuple[float, ...]:
    """Return the grid completed from the cells' own widths."""
    found = [0.0] * needed
    for row in rows:
        at = skipped_by(row)
        for cell in _cells(row):
            span, size = span_of(cell.find(f"{W}tcPr")), points(value(cell.find(f"{W}tcPr/{W}tcW"), "w"))
            for i in range(at, at + span):
                found[i] = found[i] or size / span
            at += span
    kept = list(columns) + [0.0] * (needed - len(columns))
    return tuple(kept[i] or found[i] or 36.0 for i in range(needed))


class _RowReader:
    """Reads rows of one table."""

    def __init__(self, stock: Stock, read: Blocks, look: TableLook, frame: bytes) -> None:
        self.stock = stock
        self.read_blocks = read
        self.look = look
        self.frame = frame

    def read(self, element: Element, place: Place | None) -> Row:
        """Return the row, the same object for the same XML where it looks the same."""
        raw = etree.tostring(element, with_tail=False)
        key = (raw, self.frame, place)
        found = self.stock.rows.get(key)
        if found is None:
            found = self._read(element, place)
            if b"blip" not in raw and b"imagedata" not in raw:
                self.stock.rows[key] = found
        return found

    def _read(self, element: Element, place: Place | None) -> Row:
        look = self.look.row(place, read_row_look(element))
        cells: list[Cell] = []
        column = look.skipped
        joined = _joined(element)
        for i, (cell, more) in enumerate(joined):
            made = self._cell(cell, column, self.look.styles(place, i, look, len(joined)))
            if more:
                made = replace(made, span=made.span + more)
            column += made.span
            cells.append(made)
        return make_row(cells, look, self.stock)

    def _cell(self, element: Element, column: int, styles: CellStyles) -> Cell:
        properties = element.find(f"{W}tcPr")
        raw = etree.tostring(properties, with_tail=False) if properties is not None else b""
        style, text_style = styles
        look = self.stock.cell_look((raw, self.frame, style), properties, self.look)
        if look.continues:
            return make_cell(look, column, (), keeps_next=continued_keeps_next(element))
        return make_cell(look, column, self.read_blocks(element, text_style))


def make_row(cells: list[Cell], look: RowLook, stock: Stock) -> Row:
    """Put a row together: its cells have the largest margins above and below that one of them asks for."""
    top, bottom = (max((cell.margins[side] for cell in cells), default=0.0) for side in (0, 2))
    if any(cell.margins[0] != top or cell.margins[2] != bottom for cell in cells):
        cells = [replace(c, margins=(top, c.margins[1], bottom, c.margins[3])) for c in cells]
    outline = tuple((c.first_column, c.span, c.continues, c.starts_merge, c.borders, c.background) for c in cells)
    return Row(
        cells=tuple(cells),
        height=look.height,
        height_rule=look.height_rule,
        is_header=look.is_header,
        cannot_split=look.cannot_split,
        outline=stock.outline(outline),
        keep_next=bool(cells) and cells[0].keep_next,  # as LibreOffice has it: the first cell alone decides
        is_plain=all(cell.is_plain for cell in cells),
        passes=any(cell.passes for cell in cells),
    )


def continued_keeps_next(element: Element) -> bool:
    """Whether a cell continued from above, whose text counts for nothing, says that its row is kept with the next."""
    first = element.find(f"{W}p")
    return first is not None and is_on(first.find(f"{W}pPr/{W}keepNext"))


def make_cell(look: CellLook, column: int, blocks: tuple[Block, ...], *, keeps_next: bool = False) -> Cell:
    """Put a cell together; ``keeps_next``: it says so without blocks of its own."""
    first = blocks[0] if blocks else None
    return Cell(
        first_column=column,
        span=look.span,
        continues=look.continues,
        starts_merge=look.starts_merge,
        blocks=blocks,
        vertical=look.vertical,
        margins=look.margins,
        borders=look.borders,
        background=look.background,
        is_plain=not look.direction and all(_is_plain(block) for block in blocks),
        direction=look.direction,
        keep_next=keeps_next or (isinstance(first, Paragraph) and first.format.keep_next),
        passes=any(block.passes for block in blocks),
    )


def _is_plain(block: Block) -> bool:
    """Whether a block lays out the same wherever it stands, with nothing to report."""
    return (
        isinstance(block, Paragraph)
        and not block.format.numbering
        and not block.has_page_fields
        and not block.undrawn
        and not block.lost
        and not block.has_drawings
        and not block.notes
    )
