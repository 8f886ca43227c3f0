"""What the properties of tables, rows and cells say, over their styles.

Source: ECMA-376 part 1 §17.4 (tables), §17.4.39 and §17.4.66 (borders), §17.4.17 (spans).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.engine.press.model.formats import DOWN, UP
from docgen.engine.press.reading.ooxml import W, is_on, local, points, value, whole
from docgen.engine.press.reading.properties import border, shading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docgen.engine.press.model.formats import Border
    from docgen.engine.press.reading.ooxml import Element
    from docgen.engine.press.reading.styles import StyleBook, TableStyle

_MARGIN = 5.4
"""Left and right margin of a cell where nothing is said: 0.19 cm, as Word and LibreOffice have it."""
_EDGES = {"start": "left", "end": "right"}


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


def read_table_look(direct: Element | None, styles: StyleBook) -> TableLook:
    """Read a `w:tblPr` over its style."""
    style_name = (value(direct.find(f"{W}tblStyle")) if direct is not None else None) or ""
    style = styles.table(style_name)
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
        span=span_of(direct),
        continues=continues,
        starts_merge=merge is not None and not continues,
        vertical=value(_find(layers, "vAlign")) or "top",
        margins=(margins["top"], margins["right"], margins["bottom"], margins["left"]),
        borders=tuple(sorted(borders.items())),
        background=background,
        direction={"tbRl": DOWN, "tbRlV": DOWN, "rl": DOWN, "btLr": UP}.get(direction, ""),
    )


def read_row_look(element: Element) -> RowLook:
    """Read the properties of a `w:tr`."""
    properties = element.find(f"{W}trPr")
    height = properties.find(f"{W}trHeight") if properties is not None else None
    return RowLook(
        height=points(value(height)),
        height_rule=value(height, "hRule") or ("atLeast" if height is not None else "auto"),
        is_header=is_on(properties.find(f"{W}tblHeader")) if properties is not None else False,
        cannot_split=is_on(properties.find(f"{W}cantSplit")) if properties is not None else False,
        skipped=skipped_by(element),
        is_deleted=properties is not None and properties.find(f"{W}del") is not None,
    )


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


def span_of(properties: Element | None) -> int:
    """Return how many columns of the grid a cell takes."""
    found = properties.find(f"{W}gridSpan") if properties is not None else None
    return max(1, whole(value(found), 1)) if found is not None else 1


def skipped_by(row: Element) -> int:
    """Return how many columns of the grid stand before a row's first cell."""
    return whole(value(row.find(f"{W}trPr/{W}gridBefore")))
