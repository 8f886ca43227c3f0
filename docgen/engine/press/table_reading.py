"""Tables of a docx to rows and cells on one grid, styles and margins applied.

Source: ECMA-376 part 1 §17.4 (tables), §17.4.39 and §17.4.66 (borders), §17.4.17 (spans).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from docgen.engine.press.model import Cell, Paragraph, Row, Table
from docgen.engine.press.ooxml import W, is_on, local, points, value, whole
from docgen.engine.press.properties import border, shading
from docgen.engine.press.upright import DOWN, UP

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docgen.engine.press.model import Block, Border
    from docgen.engine.press.ooxml import Element
    from docgen.engine.press.reading import PartReader, Reader
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
    look, frame = table_look(element.find(f"{W}tblPr"), part)
    columns = read_columns(element)
    elements = list(_rows(element))
    rows = tuple(_RowReader(part, look, frame).read(row) for row in elements)
    needed = max((row.cells[-1].first_column + row.cells[-1].span for row in rows if row.cells), default=0)
    if len(columns) < needed or not all(columns):
        columns = _repair_grid(columns, needed, elements)
    return Table(
        frame=part.reader.frame(columns, look.borders),
        rows=rows,
        align=look.align,
        indent=look.indent,
        left_margin=look.margins["left"],
        undrawn=look.undrawn,
        share=look.share,
        at_bottom=look.at_bottom,
    )


def table_look(direct: Element | None, part: PartReader) -> tuple[TableLook, bytes]:
    """Return what a `w:tblPr` and its style say, and the bytes it is known by."""
    raw = etree.tostring(direct, with_tail=False) if direct is not None else b""
    return part.reader.table_look(raw, lambda: _read_look(direct, part)), raw


def read_columns(element: Element) -> tuple[float, ...]:
    """Return the widths of a `w:tbl`'s grid."""
    grid = element.find(f"{W}tblGrid")
    return tuple(points(column.get(f"{W}w")) for column in grid) if grid is not None else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLook:
    """What a `w:tblPr` and its style say."""

    style: TableStyle
    style_name: str
    borders: tuple[tuple[str, Border], ...]
    margins: dict[str, float]
    align: str
    indent: float
    undrawn: frozenset[str]
    at_bottom: bool
    share: float


def _read_look(direct: Element | None, part: PartReader) -> TableLook:
    style_name = (value(direct.find(f"{W}tblStyle")) if direct is not None else None) or ""
    style = part.reader.styles.table(style_name)
    layers = (*style.properties, direct)
    borders: dict[str, Border | None] = {}
    margins = {"top": 0.0, "right": _MARGIN, "bottom": 0.0, "left": _MARGIN}
    for layer in layers:
        borders |= _edges(layer.find(f"{W}tblBorders") if layer is not None else None)
        margins |= _margins(layer.find(f"{W}tblCellMar") if layer is not None else None)
    indent, spacing = _find(layers, "tblInd"), _find(layers, "tblCellSpacing")
    undrawn = set[str]()
    place = direct.find(f"{W}tblpPr") if direct is not None else None
    at_bottom = value(place, "vertAnchor") == "margin" and value(place, "tblpYSpec") == "bottom"
    if place is not None and not at_bottom:
        undrawn.add("表格的文字环绕")
    if style.parts:
        undrawn |= _conditional(style, direct)
    if spacing is not None and points(value(spacing, "w")):
        undrawn.add("单元格间距")
    align = value(_find(layers, "jc")) or "left"
    return TableLook(
        style=style,
        style_name=style_name,
        borders=tuple((name, edge) for name, edge in borders.items() if edge is not None),
        margins=margins,
        align={"start": "left", "end": "right"}.get(align, align),
        indent=points(value(indent, "w")) if value(indent, "type") in {None, "dxa"} else 0.0,
        undrawn=frozenset(undrawn),
        at_bottom=at_bottom,
        share=_share(_find(layers, "tblW")),
    )


def _share(width: Element | None) -> float:
    """Return a width in fiftieths of a percent, or in percents, as a share of the column; 0 for any other."""
    said = value(width, "w") or ""
    if said.endswith("%"):
        return max(0.0, float(said[:-1] or 0)) / 100 if said[:-1].replace(".", "", 1).isdigit() else 0.0
    return max(0, whole(said)) / 5000 if value(width, "type") == "pct" else 0.0


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


def _repair_grid(columns: tuple[float, ...], needed: int, rows: list[Element]) -> tuple[float, ...]:
    """Return the grid completed from the cells' own widths."""
    found = [0.0] * needed
    for row in rows:
        at = _skipped(row)
        for cell in _cells(row):
            span, size = _span(cell.find(f"{W}tcPr")), points(value(cell.find(f"{W}tcPr/{W}tcW"), "w"))
            for i in range(at, at + span):
                found[i] = found[i] or size / span
            at += span
    kept = list(columns) + [0.0] * (needed - len(columns))
    return tuple(kept[i] or found[i] or 36.0 for i in range(needed))


def _span(properties: Element | None) -> int:
    found = properties.find(f"{W}gridSpan") if properties is not None else None
    return max(1, whole(value(found), 1)) if found is not None else 1


def _skipped(row: Element) -> int:
    return whole(value(row.find(f"{W}trPr/{W}gridBefore")))


@dataclass(frozen=True, slots=True, kw_only=True)
class CellLook:
    """What a `w:tcPr` says, over the table's style and margins."""

    span: int
    continues: bool
    starts_merge: bool
    vertical: str
    margins: tuple[float, float, float, float]
    borders: tuple[tuple[str, Border | None], ...]
    background: str
    direction: str
    """Empty, `tbRl` or `btLr`."""


class _RowReader:
    """Reads rows of one table."""

    def __init__(self, part: PartReader, look: TableLook, frame: bytes) -> None:
        self.part = part
        self.look = look
        self.frame = frame

    def read(self, element: Element) -> Row:
        """Return the row, the same object for the same XML."""
        raw = etree.tostring(element, with_tail=False)
        key = (raw, self.frame)
        found = self.part.reader.rows.get(key)
        if found is None:
            found = self._read(element)
            if b"blip" not in raw and b"imagedata" not in raw:
                self.part.reader.rows[key] = found
        return found

    def _read(self, element: Element) -> Row:
        look = read_row_look(element)
        cells: list[Cell] = []
        column = look.skipped
        for cell in _cells(element):
            made = self._cell(cell, column)
            column += made.span
            cells.append(made)
        return make_row(cells, look, self.part.reader)

    def _cell(self, element: Element, column: int) -> Cell:
        properties = element.find(f"{W}tcPr")
        raw = etree.tostring(properties, with_tail=False) if properties is not None else b""
        look = self.part.reader.cell_look((raw, self.frame), lambda: look_of_cell(properties, self.look))
        blocks: tuple[Block, ...] = () if look.continues else self.part.blocks(element, self.look.style_name)
        return make_cell(look, column, blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowLook:
    """What a `w:trPr` says."""

    height: float
    height_rule: str
    is_header: bool
    cannot_split: bool
    skipped: int
    """Columns of the grid before the first cell."""

    is_deleted: bool
    """By a tracked change."""


def read_row_look(element: Element) -> RowLook:
    """Read the properties of a `w:tr`."""
    properties = element.find(f"{W}trPr")
    height = properties.find(f"{W}trHeight") if properties is not None else None
    return RowLook(
        height=points(value(height)),
        height_rule=value(height, "hRule") or ("atLeast" if height is not None else "auto"),
        is_header=is_on(properties.find(f"{W}tblHeader")) if properties is not None else False,
        cannot_split=is_on(properties.find(f"{W}cantSplit")) if properties is not None else False,
        skipped=_skipped(element),
        is_deleted=properties is not None and properties.find(f"{W}del") is not None,
    )


def make_row(cells: list[Cell], look: RowLook, reader: Reader) -> Row:
    """Put a row together."""
    outline = tuple((c.first_column, c.span, c.continues, c.starts_merge, c.borders, c.background) for c in cells)
    return Row(
        cells=tuple(cells),
        height=look.height,
        height_rule=look.height_rule,
        is_header=look.is_header,
        cannot_split=look.cannot_split,
        outline=reader.outline(outline),
        keep_next=_keeps_next(cells),
        is_plain=all(cell.is_plain for cell in cells),
        passes=any(cell.passes for cell in cells),
    )


def make_cell(look: CellLook, column: int, blocks: tuple[Block, ...]) -> Cell:
    """Put a cell together."""
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
        passes=any(block.passes for block in blocks),
    )


def look_of_cell(direct: Element | None, table: TableLook) -> CellLook:
    """Read a `w:tcPr` over what its table says."""
    layers = (*table.style.cells, direct)
    margins = dict(table.margins)
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
    direction = value(_find(layers, "textDirection")) or "lrTb"
    return CellLook(
        span=_span(direct),
        continues=continues,
        starts_merge=merge is not None and not continues,
        vertical=value(_find(layers, "vAlign")) or "top",
        margins=(margins["top"], margins["right"], margins["bottom"], margins["left"]),
        borders=tuple(sorted(borders.items())),
        background=background,
        direction={"tbRl": DOWN, "tbRlV": DOWN, "rl": DOWN, "btLr": UP}.get(direction, ""),
    )


def _keeps_next(cells: list[Cell]) -> bool:
    paragraphs = [b for cell in cells for b in cell.blocks[:1] if isinstance(b, Paragraph)]
    return bool(paragraphs) and all(p.format.keep_next for p in paragraphs)


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
