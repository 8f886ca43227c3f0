"""Tables laid out: heights of rows, cells merged over rows.

Source: ECMA-376 part 1 §17.4. Widths are those of the grid: Word writes there what it has drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from docgen.engine.press.laid.tagging import Cut
from docgen.engine.press.pages.columns import Column, natural_length
from docgen.engine.press.pages.ruling import rule
from docgen.engine.press.pages.turned import Turned

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docgen.engine.press.laid.fragments import Fragment, Placed
    from docgen.engine.press.laid.sheet import Sheet
    from docgen.engine.press.model.blocks import Cell, Row, Table
    from docgen.engine.press.pages.counting import Counting

_ENDLESS = 10_000.0
"""Points that no line fills."""

_KEPT_RULINGS = 2_000


@dataclass(slots=True, eq=False)
class LaidCell:
    """A cell with its content at the width it has."""

    cell: Cell
    x: float
    width: float
    column: Column

    stack: Callable[[Cell, float], Column] | None = None
    """Sets its lines, which run up or down, at a length known only when the row is placed."""

    _flat: tuple[float, float, tuple[Placed, ...]] | None = field(default=None, init=False)

    def flat(self, top: float, height: float) -> tuple[Placed, ...]:
        """Return what a plain cell places in a row, from the row's corner; remembered for rows of one height.

        Args:
            top: Width of the line above the row.
            height: Of the row.
        """
        if self._flat is None or self._flat[0] != top or self._flat[1] != height:
            found: list[Placed] = []
            margins = self.cell.margins
            down = top + margins[0] + self.shift(height - top - margins[0] - margins[2], self.column.height)
            self.column.flatten(found, self.x + margins[3], down)
            self._flat = top, height, tuple(found)
        return self._flat[2]

    @property
    def height(self) -> float:
        """Height that content and margins need."""
        return self.cell.margins[0] + self.column.height + self.cell.margins[2]

    def draw_turned(self, sheet: Sheet, x: float, y: float, room: float) -> Column:
        """Set and draw lines that run up or down in a room; return them."""
        assert self.stack is not None
        column = self.stack(self.cell, room)
        wide = self.width - self.cell.margins[1] - self.cell.margins[3]
        turned = Turned(column, self.cell.direction, wide, room, self.cell.vertical)
        turned.draw(sheet, x + self.x + self.cell.margins[3], y)
        return column

    def shift(self, room: float, height: float) -> float:
        """Return how far down content of a height stands in its room."""
        if self.cell.vertical == "top":
            return 0.0
        slack = max(0.0, room - height)
        return slack / 2 if self.cell.vertical == "center" else slack if self.cell.vertical == "bottom" else 0.0


@dataclass(slots=True, eq=False)
class LaidRow:
    """A row with its height."""

    row: Row
    cells: tuple[LaidCell, ...]
    height: float
    is_fixed: bool
    """Exact height: never parted."""

    top: float = 0.0
    """Width of the line above it, which belongs to its height; its cells begin below the line."""

    foot: float = 0.0
    """Width of the line under it where it is the last row of a page."""

    said: float = 0.0
    """Height that it is said to have at least, without what stands on pages before."""

    natural: float = 0.0
    """Height without what it was given for a merged cell."""

    resumes: bool = False
    """The rest of a row whose first part stands on the page before."""

    _flat: tuple[tuple[Placed, ...], tuple[LaidCell, ...], tuple[int, ...]] | None = field(default=None, init=False)

    @property
    def flat(self) -> tuple[tuple[Placed, ...], tuple[LaidCell, ...], tuple[int, ...]]:
        """Everything in plain cells of this row alone, from its corner; the cells left over; the cell of each piece."""
        if self._flat is None:
            found: list[Placed] = []
            others: list[LaidCell] = []
            owners: list[int] = []
            for i, cell in enumerate(self.cells):
                own = cell.cell
                if not own.is_plain or own.continues or own.starts_merge or cell.column.bookmarks:
                    others.append(cell)
                    continue
                placed = cell.flat(self.top, self.height)
                found += placed
                owners += [i] * len(placed)
            self._flat = tuple(found), tuple(others), tuple(owners)
        return self._flat

    @property
    def first(self) -> float:
        """Height that keeps one line of every cell together."""
        firsts = [
            c.cell.margins[0] + c.column.first_height + c.cell.margins[2] for c in self.cells if not c.cell.continues
        ]
        return self.top + max(firsts) if firsts else self.height

    @property
    def least(self) -> float:
        """Height that a page must have left for the row to be parted.

        One line of every cell; of a row with a least height and a line under it all but the last of the paragraphs that
        this height holds whole, where they stand in it, of the first cell that it does not hold and of those before it;
        and that height when it holds everything. As LibreOffice was seen to do: a tall box with a word in it goes to
        the next page whole. Cells merged over rows do not count.
        """
        if not self.said or self.is_fixed or not self.foot:
            return self.first
        needed = self.first
        for cell in self.cells:
            if cell.cell.continues or cell.cell.starts_merge:
                continue
            above, below = self.top + cell.cell.margins[0], cell.cell.margins[2]
            room = self.said - above - below
            held = cell.column.held(room)
            if held:
                without_last = held[-2] if len(held) > 1 else 0.0
                needed = max(needed, above + cell.shift(room, held[-1]) + without_last)
            if len(held) < len(cell.column.parts):
                return needed
        return max(needed, self.natural)

    @property
    def start(self) -> float:
        """Height that a page must have left for the row to begin on it."""
        return min(self.height, self.least) if self.can_split else self.height

    @property
    def can_split(self) -> bool:
        """Whether the end of a page may run through the row."""
        return not self.is_fixed and not self.row.cannot_split and any(len(c.column.parts) for c in self.cells)


@dataclass(slots=True, eq=False)
class LaidTable:
    """A table with its rows."""

    table: Table
    rows: list[LaidRow]
    offset: float
    """Left edge from the column's left edge."""

    rulings: dict[tuple[object, ...], Fragment]
    begun: Counting | None = None
    """Where lists stood before one that is laid out again, since it says which page it is on."""

    @property
    def foot(self) -> float:
        """Width of the line under the last row."""
        return self.rows[-1].foot if self.rows else 0.0

    @property
    def height(self) -> float:
        """Height of all its rows, with the line under the last one."""
        return sum(row.height for row in self.rows) + self.foot

    @property
    def headers(self) -> list[LaidRow]:
        """Rows repeated on every page: those marked so from the first one on."""
        found: list[LaidRow] = []
        for row in self.rows:
            if not row.row.is_header:
                break
            found.append(row)
        return found if len(found) < len(self.rows) else []

    def draw(self, sheet: Sheet, x: float, y: float, rows: Sequence[LaidRow]) -> None:
        """Draw rows that stand together on one page.

        Args:
            sheet: The page.
            x: Left edge.
            y: Upper edge.
            rows: What is drawn.
        """
        sheet.cut(Cut.TABLE, self)
        sheet.place(self._ruling(rows), x, y)
        tops = [y]
        for row in rows:
            tops.append(tops[-1] + row.height)
        for i, row in enumerate(rows):
            flat, others, _ = row.flat
            sheet.cut(Cut.ROW, row)
            sheet.place_all(flat, x, tops[i])
            for cell in others:
                if cell.cell.continues and not cell.cell.starts_merge:
                    continue
                stop = self.merge_end(rows, i, cell) if cell.cell.starts_merge else i + 1
                column, top = cell.column, row.top + cell.cell.margins[0]
                room = tops[stop] - tops[i] - top - cell.cell.margins[2]
                sheet.cut(Cut.CELL, cell)
                if cell.stack is not None:
                    column = cell.draw_turned(sheet, x, tops[i] + top, room)
                else:
                    down = cell.shift(room, column.height)
                    column.draw(sheet, x + cell.x + cell.cell.margins[3], tops[i] + top + down)
                if column.bookmarks:
                    sheet.mark(set(column.bookmarks), x + cell.x, tops[i], cell.width, tops[stop] - tops[i])
        sheet.cut(Cut.END)

    @staticmethod
    def merge_end(rows: Sequence[LaidRow], start: int, cell: LaidCell) -> int:
        """Return the row after the last one that a merged cell reaches into."""
        stop = start + 1
        while stop < len(rows) and any(
            c.cell.continues and c.cell.first_column == cell.cell.first_column for c in rows[stop].cells
        ):
            stop += 1
        return stop

    def _ruling(self, rows: Sequence[LaidRow]) -> Fragment:
        frame = self.table.frame
        heights = tuple([round(row.height, 2) for row in rows])
        key = (frame, tuple([row.row.outline for row in rows]), heights)
        found = self.rulings.get(key)
        if found is None:
            if len(self.rulings) > _KEPT_RULINGS:
                self.rulings.clear()
            outlines = tuple(row.row.outline.cells for row in rows)
            found = self.rulings[key] = rule(frame.columns, outlines, heights, frame.borders)
        return found


def lay_table(
    table: Table,
    width: float,
    lay: Callable[[Table, Row, Row | None, tuple[float, ...]], LaidRow],
    *,
    hangs: bool,
    rulings: dict[tuple[object, ...], Fragment],
) -> LaidTable:
    """Lay out a table in a column of ``width`` points.

    Args:
        table: What is laid out.
        width: Of the column it stands in.
        lay: Lays out a row, given the row above it and the edges of the grid's columns; `lay_row` or a memory of it.
        hangs: The table's text, not its edge, is in line with the text around it.
        rulings: Where drawn lines are kept for tables of the same outline.
    """
    places = [0.0]
    for column in table.columns:
        places.append(places[-1] + column)
    edges = tuple(places)
    rows = [lay(table, row, above, edges) for above, row in zip((None, *table.rows), table.rows, strict=False)]
    stretch_merges(rows)
    slack = width - places[-1]
    offset = {"center": slack / 2, "right": slack}.get(table.align)
    if offset is None:  # one that could not leave the text begins where the text does
        offset = 0.0 if table.place is not None else table.indent - (table.left_margin if hangs else 0.0)
    return LaidTable(table, rows, offset, rulings)


class LaysCell(Protocol):
    """Lays out a cell between two edges of the grid."""

    def __call__(self, cell: Cell, left: float, right: float, *, is_free: bool) -> LaidCell:
        """Lay it out; ``is_free``: its row is as high as it needs to be."""


def lay_row(row: Row, places: tuple[float, ...], lines: tuple[float, float], lay: LaysCell) -> LaidRow:
    """Lay out one row.

    Args:
        row: What is laid out.
        places: Edges of the grid's columns.
        lines: Width of the line above the row, by which it grows, and of the line that would end a page under it.
        lay: Lays out a cell: `lay_cell` or a memory of it.
    """
    last, is_free = len(places) - 1, not row.height
    cells = tuple(
        [
            lay(c, places[min(c.first_column, last)], places[min(c.first_column + c.span, last)], is_free=is_free)
            for c in row.cells
        ]
    )
    content = max((c.height for c in cells if not c.cell.continues and not c.cell.starts_merge), default=0.0)
    top, foot = lines
    fixed = row.height_rule == "exact"
    height = row.height if fixed else max(row.height, content + top)
    return LaidRow(row, cells, height, fixed, top, foot, said=row.height, natural=height)


def lay_cell(cell: Cell, left: float, right: float, stack: Callable[[Cell, float], Column]) -> LaidCell:
    """Lay out one cell between two edges.

    Args:
        cell: What is laid out.
        left: Edge of the grid.
        right: The other one.
        stack: Lays out a cell's content at a width.
    """
    inner = max(1.0, right - left - cell.margins[1] - cell.margins[3])
    return LaidCell(cell, left, right - left, stack(cell, inner))


def lay_turned_cell(
    cell: Cell,
    left: float,
    right: float,
    stack: Callable[[Cell, float], Column],
    later: Callable[[Cell, float], Column],
    *,
    is_free: bool,
) -> LaidCell:
    """Lay out one cell whose lines run up or down.

    Args:
        cell: What is laid out.
        left: Edge of the grid.
        right: The other one.
        stack: Lays out a cell's content at a length; its automatic numbers go on.
        later: The same when the row is placed; the numbers stay.
        is_free: Its row is as high as it needs to be.
    """
    length = natural_length(stack(cell, _ENDLESS))
    return LaidCell(cell, left, right - left, Column((), length if is_free and not cell.starts_merge else 0.0), later)


def stretch_merges(rows: list[LaidRow]) -> None:
    """Give the last row of a merged cell what the cell needs beyond its rows."""
    for i, row in enumerate(rows):
        for cell in row.cells:
            if not cell.cell.starts_merge:
                continue
            stop = LaidTable.merge_end(rows, i, cell)
            lack = row.top + cell.height - sum(r.height for r in rows[i:stop])
            last = rows[stop - 1]
            if lack > 0 and not last.is_fixed:
                rows[stop - 1] = replace(last, height=last.height + lack)
