"""What the properties of tables, rows and cells say, over their styles.

Source: ECMA-376 part 1 §17.4 (tables), §17.4.39 and §17.4.66 (borders), §17.4.17 (spans).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docgen.engine.press.model.drawings import Position, TablePlace
from docgen.engine.press.model.formats import DOWN, UP
from docgen.engine.press.reading.ooxml import W, is_on, local, points, value, whole
from docgen.engine.press.reading.places import places_of
from docgen.engine.press.reading.properties import border, shading

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    from docgen.engine.press.model.formats import Border
    from docgen.engine.press.reading.ooxml import Element
    from docgen.engine.press.reading.places import Place, StylePlaces
    from docgen.engine.press.reading.styles import StyleBook, TableStyle

    CellStyles: TypeAlias = tuple[TableStyle, TableStyle | None]

_MARGIN = 5.4
"""Left and right margin of a cell where nothing is said: 0.19 cm, as Word and LibreOffice have it."""
_EDGES = {"start": "left", "end": "right"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLook:
    """What a `w:tblPr` and its style say."""

    style: TableStyle
    text_style: TableStyle | None
    """What lies under the styles of paragraphs; ``None`` where the table names no style."""

    places: StylePlaces | None
    """``None``: its style looks the same everywhere."""

    borders: tuple[tuple[str, Border], ...]
    margins: dict[str, float]
    align: str
    indent: float
    undrawn: frozenset[str]
    at_bottom: bool
    share: float
    said_width: float
    place: TablePlace | None

    def styles(self, row: Place | None, cell: int, row_look: RowLook, count: int) -> CellStyles:
        """Return the style of a cell and the one under its text; the same objects wherever it looks the same.

        Args:
            row: Place of its row.
            cell: Its number in the row.
            row_look: Look of the row.
            count: How many cells the row has.
        """
        if self.places is None or row is None:
            return self.style, self.text_style
        found = self.places.style(row, cell, count, is_open=row_look.left_out > 0)
        return found, found

    def row(self, place: Place | None, look: RowLook) -> RowLook:
        """Return the look of a row in its place: the style may make it a header."""
        if self.places is None or place is None or look.is_header or not self.places.repeats(place):
            return look
        return replace(look, is_header=True)


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

    left_out: int
    """Columns of the grid behind the last cell."""

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
    if spacing is not None and points(value(spacing, "w")):
        undrawn.add("单元格间距")
    align = value(_find(layers, "jc")) or value(place, "tblpXSpec") or "left"
    return TableLook(
        style=style,
        text_style=style if style_name else None,
        places=places_of(style, direct.find(f"{W}tblLook") if direct is not None else None),
        borders=tuple((name, edge) for name, edge in borders.items() if edge is not None),
        margins=margins,
        align={"start": "left", "end": "right"}.get(align, align),
        indent=points(value(indent, "w")) if value(indent, "type") in {None, "dxa"} else 0.0,
        undrawn=frozenset(undrawn),
        at_bottom=at_bottom,
        share=_share(_find(layers, "tblW")),
        said_width=_said_width(_find(layers, "tblW")),
        place=_place(place) if place is not None and not at_bottom else None,
    )


def _place(element: Element) -> TablePlace:
    """Read a `w:tblpPr` (§17.4.57)."""
    across, down = value(element, "horzAnchor") or "text", value(element, "vertAnchor") or "margin"
    sides = ("top", "right", "bottom", "left")
    top, right, bottom, left = (points(value(element, f"{side}FromText")) for side in sides)
    return TablePlace(
        horizontal=Position(
            origin="column" if across == "text" else across,
            align=value(element, "tblpXSpec") or "",
            offset=points(value(element, "tblpX")),
        ),
        vertical=Position(
            origin="paragraph" if down == "text" else down,
            align="" if down == "text" else value(element, "tblpYSpec") or "",
            offset=points(value(element, "tblpY")),
        ),
        distances=(top, right, bottom, left),
    )


def _share(width: Element | None) -> float:
    """Return a width in fiftieths of a percent, or in percents, as a share of the column; 0 for any other."""
    said = value(width, "w") or ""
    if said.endswith("%"):
        return max(0.0, float(said[:-1] or 0)) / 100 if said[:-1].replace(".", "", 1).isdigit() else 0.0
    return max(0, whole(said)) / 5000 if value(width, "type") == "pct" else 0.0


def _said_width(width: Element | None) -> float:
    """Return a width in twips as points; 0 for any other."""
    return max(0.0, points(value(width, "w"))) if value(width, "type") in {"dxa", None} else 0.0


def look_of_cell(direct: Element | None, table: TableLook, style: TableStyle) -> CellLook:
    """Read a `w:tcPr` over what its table and the style of its place say."""
    layers = (*style.cells, direct)
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
        left_out=whole(value(properties.find(f"{W}gridAfter"))) if properties is not None else 0,
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
