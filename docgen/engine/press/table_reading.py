"""Tables of a docx to rows and cells on one grid, styles and margins applied.

Source: ECMA-376 part 1 §17.4 (tables), §17.4.39 and §17.4.66 (borders), §17.4.17 (spans).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from docgen.engine.press.model import Cell, Paragraph, Row, Table
from docgen.engine.press.ooxml import W, is_on, local, points, value, whole
from docgen.engine.press.properties import border, shading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docgen.engine.press.model import Block, Border
    from docgen.engine.press.ooxml import Element
    from docgen.engine.press.reading import PartReader
    from docgen.engine.press.styles import TableStyle

_EDGES = {"start": "left", "end": "right"}
_MARGIN = 5.4
"""Left and right margin of a cell where nothing is said: 0.19 cm, as Word and LibreOffice have it."""


def _edges(element: Element | None) -> dict[str, Border | None]:
    return {} if element is None else {_EDGES.get(local(edge), local(edge)): border(edge) for edge in element}


def _margins(element: Element | None) -> dict[str, float]:
    if element is None:
        return {}
    return {_EDGES.get(local(side), local(side)): points(value(side, "w")) for side in element}


def _find(parents: Iterable[Element | None], name: str) -> Element | None:
    """Return the last element of that name: the youngest style, or what is set directly."""
    found = None
    for parent in parents:
        child = parent.find(W + name) if parent is not None else None
        found = child if child is not None else found
    return found


def read_table(element: Element, part: PartReader) -> Table:
    """Read a `w:tbl`."""
    direct = element.find(f"{W}tblPr")
    style_name = (value(direct.find(f"{W}tblStyle")) if direct is not None else None) or ""
    style = part.reader.styles.table(style_name)
    layers = (*style.properties, direct)
    borders: dict[str, Border | None] = {}
    margins = {"top": 0.0, "right": _MARGIN, "bottom": 0.0, "left": _MARGIN}
    for layer in layers:
        borders |= _edges(layer.find(f"{W}tblBorders") if layer is not None else None)
        margins |= _margins(layer.find(f"{W}tblCellMar") if layer is not None else None)
    grid = element.find(f"{W}tblGrid")
    widths = tuple(points(value(column, "w")) for column in grid) if grid is not None else ()
    rows = [r for r in _rows(element)]
    widths = _repair_grid(widths, rows)
    frame = etree.tostring(direct, with_tail=False) if direct is not None else b""
    frame += repr(widths).encode()
    made = tuple(_Row(part, style, style_name, margins, frame, row).read() for row in rows)
    indent = _find(layers, "tblInd")
    undrawn = {"表格文字环绕"} if direct is not None and direct.find(f"{W}tblpPr") is not None else set[str]()
    if style.parts:
        undrawn |= _conditional(style, direct)
    spacing = _find(layers, "tblCellSpacing")
    if spacing is not None and points(value(spacing, "w")):
        undrawn.add("单元格间距")
    align = value(_find(layers, "jc")) or "left"
    return Table(
        columns=widths,
        rows=made,
        align={"start": "left", "end": "right"}.get(align, align),
        indent=points(value(indent, "w")) if value(indent, "type") in {None, "dxa"} else 0.0,
        borders=tuple((name, edge) for name, edge in borders.items() if edge is not None),
        left_margin=margins["left"],
        undrawn=frozenset(undrawn),
    )


def _conditional(style: TableStyle, direct: Element | None) -> set[str]:
    """Tell whether a style's special look of first rows and the like is asked for."""
    look = direct.find(f"{W}tblLook") if direct is not None else None
    bits = int(value(look) or "0", 16) if look is not None and value(look) else 0
    for kind, name, bit in (
        ("firstRow", "firstRow", 0x20),
        ("lastRow", "lastRow", 0x40),
        ("firstCol", "firstColumn", 0x80),
        ("lastCol", "lastColumn", 0x100),
    ):
        asked = value(look, name)
        if (asked in {"1", "true", "on"} or (asked is None and bits & bit)) and any(p == kind for p, _ in style.parts):
            return {"表格样式的首行、首列等特殊格式"}
    return set()


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


def _repair_grid(widths: tuple[float, ...], rows: list[Element]) -> tuple[float, ...]:
    """Return grid columns; from the cells' own widths where the grid is missing or too short."""
    needed = max((sum(_span(cell) for cell in _cells(row)) + _skipped(row) for row in rows), default=0)
    if len(widths) >= needed and all(width > 0 for width in widths[:needed]):
        return widths
    found = [0.0] * needed
    for row in rows:
        at = _skipped(row)
        for cell in _cells(row):
            span, size = _span(cell), points(value(cell.find(f"{W}tcPr/{W}tcW"), "w"))
            for i in range(at, at + span):
                found[i] = found[i] or size / span
            at += span
    kept = list(widths) + [0.0] * (needed - len(widths))
    return tuple(kept[i] or found[i] or 36.0 for i in range(needed))


def _span(cell: Element) -> int:
    return max(1, whole(value(cell.find(f"{W}tcPr/{W}gridSpan")), 1))


def _skipped(row: Element) -> int:
    return whole(value(row.find(f"{W}trPr/{W}gridBefore")))


class _Row:
    """Reads one row."""

    def __init__(
        self,
        part: PartReader,
        style: TableStyle,
        style_name: str,
        margins: dict[str, float],
        frame: bytes,
        element: Element,
    ) -> None:
        self.part = part
        self.style = style
        self.style_name = style_name
        self.margins = margins
        self.frame = frame
        self.element = element

    def read(self) -> Row:
        raw = etree.tostring(self.element, with_tail=False)
        key = (raw, self.frame)
        found = self.part.reader.rows.get(key)
        if found is None:
            found = self._read()
            if b"blip" not in raw and b"imagedata" not in raw:
                self.part.reader.rows[key] = found
        return found

    def _read(self) -> Row:
        properties = self.element.find(f"{W}trPr")
        height = properties.find(f"{W}trHeight") if properties is not None else None
        cells: list[Cell] = []
        column = _skipped(self.element)
        for cell in _cells(self.element):
            made = self._cell(cell, column)
            column += made.span
            cells.append(made)
        rule = value(height, "hRule") or ("atLeast" if height is not None else "auto")
        return Row(
            cells=tuple(cells),
            height=points(value(height)),
            height_rule=rule,
            is_header=is_on(properties.find(f"{W}tblHeader")) if properties is not None else False,
            cannot_split=is_on(properties.find(f"{W}cantSplit")) if properties is not None else False,
            outline=tuple(
                (c.first_column, c.span, c.continues, c.starts_merge, c.borders, c.background) for c in cells
            ),
            keep_next=_keeps_next(cells),
        )

    def _cell(self, element: Element, column: int) -> Cell:
        direct = element.find(f"{W}tcPr")
        layers = (*self.style.cells, direct)
        margins = dict(self.margins)
        borders: dict[str, Border | None] = {}
        background = ""
        for layer in layers:
            if layer is None:
                continue
            margins |= _margins(layer.find(f"{W}tcMar"))
            borders |= _edges(layer.find(f"{W}tcBorders"))
            fill = shading(layer.find(f"{W}shd"))
            background = background if fill is None else fill
        merge = _find(layers, "vMerge")
        continues = merge is not None and value(merge) != "restart"
        blocks: tuple[Block, ...] = () if continues else self.part.blocks(element, self.style_name)
        direction = value(_find(layers, "textDirection")) or "lrTb"
        if direction not in {"lrTb", "lrTbV", "tb"}:
            blocks = (*blocks, self.part.lost("单元格竖排文字"))
        return Cell(
            first_column=column,
            span=_span(element),
            continues=continues,
            starts_merge=merge is not None and not continues,
            blocks=blocks,
            vertical=value(_find(layers, "vAlign")) or "top",
            margins=(margins["top"], margins["right"], margins["bottom"], margins["left"]),
            borders=tuple(sorted(borders.items())),
            background=background,
            no_wrap=is_on(_find(layers, "noWrap")),
        )


def _keeps_next(cells: list[Cell]) -> bool:
    paragraphs = [b for cell in cells for b in cell.blocks[:1] if isinstance(b, Paragraph)]
    return bool(paragraphs) and all(p.format.keep_next for p in paragraphs)
