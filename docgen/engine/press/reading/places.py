"""Where a row or a cell stands in its table, and which of the style's special looks that gives it.

Source: ECMA-376 part 1 §17.7.6.6 (`w:tblStylePr`), §17.18.89 (its parts), §17.4.55 (`w:tblLook`), §17.7.6.5 and
§17.7.6.7 (sizes of bands). Later parts go over earlier ones in Word's order ([MS-OI29500] 2.1.252), which LibreOffice
shares; the standard has rows and columns the other way round. The place decides, not the `w:cnfStyle` written for it.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from docgen.engine.press.reading.ooxml import W, value
from docgen.engine.press.reading.styles import merge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.engine.press.reading.ooxml import Element
    from docgen.engine.press.reading.styles import TableStyle

_CORNERS = {
    ("lastRow", "firstCol"): "swCell",
    ("lastRow", "lastCol"): "seCell",
    ("firstRow", "lastCol"): "neCell",
    ("firstRow", "firstCol"): "nwCell",
}
_ROWS = ("band1Horz", "band2Horz", "lastRow", "firstRow")
_COLUMNS = ("band1Vert", "band2Vert", "lastCol", "firstCol")
_WHOLE = "wholeTable"
_ORDER = (_WHOLE, *_ROWS[:2], *_COLUMNS, *_ROWS[2:], *_CORNERS.values())

_WANTED = {"firstRow": 0x20, "lastRow": 0x40, "firstCol": 0x80, "lastCol": 0x100}
"""Parts by the bit of a `w:tblLook` that asks for them."""

_BANDS = {"band1Horz": 0x200, "band2Horz": 0x200, "band1Vert": 0x400, "band2Vert": 0x400}
"""Parts by the bit that forbids them."""

_ATTRIBUTES = {
    "firstRow": 0x20,
    "lastRow": 0x40,
    "firstColumn": 0x80,
    "lastColumn": 0x100,
    "noHBand": 0x200,
    "noVBand": 0x400,
}
_UNSAID = 0x4A0
"""First row, first column and bands of rows: LibreOffice has these where there is no `w:tblLook`."""

_ON = frozenset({"1", "true", "on"})


class Place(NamedTuple):
    """Where a row stands among the rows of its table, or a cell among those of its row."""

    part: str
    """Part of the style that it belongs to, as `firstRow` or `band2Vert`; empty for none."""

    begins: bool
    """It is the first of that part."""

    ends: bool
    is_first: bool
    """Of the whole table."""

    is_last: bool


class _Axis(NamedTuple):
    """The parts along rows or along columns; empty are those that nobody asks for."""

    first: str
    last: str
    bands: tuple[str, str]
    size: int

    def place(self, at: int, count: int, *, is_head: bool = False, is_open: bool = False) -> Place:
        """Return a place.

        Args:
            at: Its number, from 0.
            count: How many there are.
            is_head: It looks like the first one, wherever it stands.
            is_open: The last one does not end the table.
        """
        is_first, is_last = at == 0, at == count - 1
        part, begins, ends = "", True, True
        if self.first and (is_first or is_head):
            part = self.first
        elif self.last and is_last and not is_first and not is_open:
            part = self.last
        else:
            before = 1 if self.first else 0
            band, within = divmod(max(0, at - before), self.size)
            part = self.bands[band % 2]
            if part:
                follows = count - 2 if self.last and not is_open else count - 1
                begins, ends = within == 0, within == self.size - 1 or at == follows
        return Place(part, begins, ends, is_first, is_last)


class StylePlaces:
    """The special looks of a style that a table asks for; gives each cell the style of its place."""

    def __init__(self, style: TableStyle, asked: frozenset[str]) -> None:
        def bands(first: str, second: str) -> tuple[str, str]:
            drawn = asked & style.parts.keys()  # rows of bands that look alike are remembered as one
            return first if first in drawn else "", second if second in drawn else ""

        def single(name: str) -> str:
            return name if name in asked else ""

        rows, columns = style.bands
        self._style = style
        self._rows = _Axis(single("firstRow"), single("lastRow"), bands("band1Horz", "band2Horz"), rows)
        self._columns = _Axis(single("firstCol"), single("lastCol"), bands("band1Vert", "band2Vert"), columns)
        self._styles: dict[tuple[Place, Place], TableStyle] = {}

    def rows(self, headers: Sequence[bool]) -> list[Place]:
        """Return the places of a table's rows, given which of them are headers: those look like the first one."""
        count = len(headers)
        return [self._rows.place(i, count, is_head=is_head) for i, is_head in enumerate(headers)]

    def repeats(self, row: Place) -> bool:
        """Whether the style makes a row a header."""
        part = self._style.parts.get(row.part)
        return part is not None and part.repeats

    def style(self, row: Place, cell: int, count: int, *, is_open: bool) -> TableStyle:
        """Return the style of a cell, the same object for the same place.

        Args:
            row: Place of its row.
            cell: Its number in the row; cells are counted, not columns of the grid.
            count: How many cells the row has.
            is_open: Columns of the grid are left out behind the last one.
        """
        column = self._columns.place(cell, count, is_open=is_open)
        found = self._styles.get((row, column))
        if found is None:
            found = self._styles[row, column] = _over(self._style, row, column)
        return found


def places_of(style: TableStyle, look: Element | None) -> StylePlaces | None:
    """Return the places of a table with this `w:tblLook`; ``None`` where its style looks the same everywhere."""
    if not style.parts:
        return None
    asked = _asked(look)
    corners = {corner for pair, corner in _CORNERS.items() if asked.issuperset(pair)}
    return StylePlaces(style, asked) if style.parts.keys() & {*asked, *corners, _WHOLE} else None


def _asked(look: Element | None) -> frozenset[str]:
    """Return the parts that a `w:tblLook` asks for.

    As in Word its `w:val` counts where none of the other attributes is there ([MS-OI29500] 2.1.157).
    """
    said = {bit: text for name, bit in _ATTRIBUTES.items() if (text := value(look, name)) is not None}
    bits = _UNSAID if look is None else _bits(value(look))
    if said:
        bits = sum(bit for bit, text in said.items() if text in _ON)
    wanted = {part for part, bit in _WANTED.items() if bits & bit}
    return frozenset(wanted | {part for part, bit in _BANDS.items() if not bits & bit})


def _bits(text: str | None) -> int:
    try:
        return int(text or "0", 16)
    except ValueError:
        return 0


def _over(style: TableStyle, row: Place, column: Place) -> TableStyle:
    """Lay the special looks of a place over a style."""
    applied = {_WHOLE, row.part, column.part, _CORNERS.get((row.part, column.part), "")}
    cells, paragraph, run = list(style.cells), style.paragraph, style.run
    for name in _ORDER:
        part = style.parts.get(name) if name in applied else None
        if part is not None:
            cells += [_fitted(cell, _edges(name, row, column)) for cell in part.cells]
            paragraph, run = merge(paragraph, part.paragraph), merge(run, part.run)
    return replace(style, cells=tuple(cells), paragraph=paragraph, run=run)


def _edges(name: str, row: Place, column: Place) -> tuple[bool, bool, bool, bool]:
    """Return whether a cell stands at the upper, right, lower, left edge of a part."""
    if name in _ROWS:
        return row.begins, column.is_last, row.ends, column.is_first
    if name in _COLUMNS:
        return row.is_first, column.ends, row.is_last, column.begins
    if name == _WHOLE:
        return row.is_first, column.is_last, row.is_last, column.is_first
    return True, True, True, True


def _fitted(properties: Element, edges: tuple[bool, bool, bool, bool]) -> Element:
    """Return a part's `w:tcPr` with the lines of one cell: what lies inside the part is its insideH and insideV."""
    if properties.find(f"{W}tcBorders") is None:
        return properties
    made = deepcopy(properties)
    borders = made.find(f"{W}tcBorders")
    assert borders is not None  # it is a copy
    said = {child.tag: child for child in borders}
    borders[:] = []
    sides = (("top", "top", "insideH"), ("right", "end", "insideV"), ("bottom", "bottom", "insideH"))
    for (name, other, inner), is_outside in zip((*sides, ("left", "start", "insideV")), edges, strict=True):
        names = (W + name, W + other) if is_outside else (W + inner,)
        found = next((said[tag] for tag in names if tag in said), None)
        if found is not None:
            line = deepcopy(found)
            line.tag = W + name
            borders.append(line)
    return made
