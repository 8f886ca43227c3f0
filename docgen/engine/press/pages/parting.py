"""Rows parted by the end of a page, as LibreOffice was seen to part them: single ones, nested ones, merged cells.

Source: ECMA-376 part 1 §17.4.6 (cantSplit), §17.4.84 (vMerge); where a page ends within a row is left open there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docgen.engine.press.pages.columns import Column, Ending, Lines
from docgen.engine.press.pages.tables import LaidTable, stretch_merges

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docgen.engine.press.laid.sheet import Sheet
    from docgen.engine.press.pages.columns import Part
    from docgen.engine.press.pages.tables import LaidCell, LaidRow

_SLIP = 0.05
_NOTHING = Column((), 0.0)
_Halves = tuple["LaidCell", "LaidCell"]
"""What stays of a cell, and what goes on."""


@dataclass(slots=True, eq=False)
class Rows:
    """Rows of a table inside a cell."""

    table: LaidTable
    rows: Sequence[LaidRow]

    @property
    def height(self) -> float:
        """Height of the rows."""
        return sum(row.height for row in self.rows) + (self.rows[-1].foot if self.rows else 0.0)

    @property
    def first_height(self) -> float:
        """Height of what the first row must have to begin."""
        return self.rows[0].start + self.rows[0].foot if self.rows else 0.0

    @property
    def below(self) -> float:
        """Nothing: the line under it counts with its rows."""
        return 0.0

    @property
    def length(self) -> float:
        """Width of the table."""
        return sum(self.table.table.columns)

    @property
    def bookmarks(self) -> Iterable[str]:
        """None: those in a table are the business of its cells."""
        return ()

    def draw(self, sheet: Sheet, x: float, y: float) -> None:
        """Place it."""
        self.table.draw(sheet, x + self.table.offset, y, self.rows)

    def split(self, room: float, ending: Ending = Ending.LINES) -> tuple[Part | None, Part | None]:
        """Part it between two rows or, in a cell, within one."""
        head: list[LaidRow] = []
        rest = list(self.rows)
        while rest and rest[0].height + rest[0].foot <= room + _SLIP:
            room -= rest[0].height
            head.append(rest.pop(0))
        parted = split_row(rest[0], room - rest[0].foot) if rest and ending is not Ending.LINES else None
        if parted is not None:
            head.append(parted[0])
            rest[0] = parted[1]
        carry_merged(head, rest)
        return replace(self, rows=head) if head else None, replace(self, rows=rest) if rest else None

    def resumed(self) -> Part:
        """Return itself: its rows stand on another page as they do on this one."""
        return self


def split_row(
    row: LaidRow, room: float, *, whole: float = math.inf, must: bool = False
) -> tuple[LaidRow, LaidRow] | None:
    """Part a row at the end of a page; ``None`` when it has to stay whole or not a line of it fits.

    Args:
        row: What is parted.
        room: Height left on the page.
        whole: Height of an empty page: a row that none holds is parted even where it should not be, if as much as that
            is met before the end of the page.
        must: It is alone on the page, so that moving it would not help.
    """
    must = must or has_to_part(row, room, whole)
    needed, may = (row.first, any(len(c.column.parts) for c in row.cells)) if must else (row.least, row.can_split)
    if not may or needed > room + _SLIP:
        return None
    ending = Ending.CELL if row.said <= room else Ending.TALL_CELL
    halves: Sequence[_Halves] = [_split_cell(cell, room - row.top, ending) for cell in row.cells]
    if ending is Ending.CELL and not must:
        halves = _taken_back(row, halves, room - row.top)
    heads, tails = zip(*halves, strict=True)
    if not any(cell.column.parts for cell in tails) and row.height <= row.natural + _SLIP:
        return None
    if not must and any(tail.column.parts and not head.column.parts for head, tail in zip(heads, tails, strict=True)):
        return None
    said = max(0.0, row.said - room)
    height = max(row.top + max(cell.height for cell in tails), said)
    upper = replace(row, cells=heads, height=room, natural=room)
    return upper, replace(row, cells=tails, height=height, natural=height, said=said, resumes=True)


def has_to_part(row: LaidRow, room: float, whole: float) -> bool:
    """Whether a row that should not be parted is, since as much of it as no page holds is met before the page ends."""
    return row.row.cannot_split and not row.is_fixed and _met(row, room) > whole + _SLIP


def _met(row: LaidRow, room: float) -> float:
    """Return the height of a row as far as LibreOffice has set it when it asks whether a page holds it.

    It sets cell after cell and leaves off behind the first paragraph that begins below the end of the page.
    """
    height = row.said
    for cell in row.cells:
        if cell.cell.continues or cell.cell.starts_merge:
            continue
        used = row.top + cell.cell.margins[0]
        for part in cell.column.parts:
            is_below = used > room
            used += part.height
            if is_below:
                return max(height, used)
        height = max(height, used + cell.cell.margins[2])
    return height


def _taken_back(row: LaidRow, halves: Sequence[_Halves], room: float) -> Sequence[_Halves]:
    """Return the cells with the last lines that go on only for the space under them on the page, where they come back.

    LibreOffice sets cell after cell; where a later one makes the row higher than it was so far, those before it are set
    again, and of a paragraph that is parted already the space under it no longer counts. A cell that is set again makes
    the row as high as can be, so that all are. What begins its cell and has others after it lost its line only when
    these had gone, after all cells, and stays without it.
    """
    again = [_set_again(cell, pair, room) for cell, pair in zip(row.cells, halves, strict=True)]
    height = 0.0
    for i, (head, _) in enumerate(halves):
        height = max(height, head.height)
        if again[i][0].height > head.height and any(_asked(*other, room) > height + _SLIP for other in halves[i + 1 :]):
            return again
    return halves


def _set_again(cell: LaidCell, halves: _Halves, room: float) -> _Halves:
    """Return a cell parted as though the space under a paragraph that is parted needed no room."""
    head, tail = (half.column.parts for half in halves)
    came_late = len(head) == 1 and len(tail) > 1
    return halves if came_late or not _is_cut(*halves) else _split_cell(cell, room, Ending.TALL_CELL)


def _asked(head: LaidCell, tail: LaidCell, room: float) -> float:
    """Return the height that a cell asks for while it is set: with the space under its last paragraph."""
    if _is_cut(head, tail) and len(tail.column.parts) == 1:
        return min(room, head.height + tail.column.parts[0].below)
    return head.height


def _is_cut(head: LaidCell, tail: LaidCell) -> bool:
    """Whether the page ends within a paragraph of the cell.

    A table that is parted is not: to part it again would double the work with each nesting.
    """
    above, below = head.column.parts, tail.column.parts
    return bool(above and below) and isinstance(above[-1], Lines) and above[-1].is_of(below[0])


def _split_cell(cell: LaidCell, room: float, ending: Ending) -> tuple[LaidCell, LaidCell]:
    """Part a cell; of one merged over rows nothing yet, since it may reach into rows above."""
    own = cell.cell
    if own.continues or own.starts_merge:
        return cell, replace(cell, cell=replace(own, continues=True, starts_merge=False), column=_NOTHING, stack=None)
    head, tail = cell.column.split(room - own.margins[0] - own.margins[2], ending)
    return replace(cell, cell=replace(own, vertical="top"), column=head), replace(cell, column=tail, stack=None)


def carry_merged(part: list[LaidRow], waiting: list[LaidRow]) -> None:
    """Part the merged cells that reach over the end of a page; what is left of them stretches the rows to come.

    What stands on the page is at the top of its cell, as in a parted row.

    Args:
        part: Rows on the page.
        waiting: Those after them.
    """
    if not part or not waiting:
        return
    reaching = [cell.cell.first_column for cell in waiting[0].cells if cell.cell.continues]
    rests = {column: _carry(part, column) for column in reaching}
    if not any(rests.values()):
        return
    cells = tuple(rests.get(cell.cell.first_column) or cell for cell in waiting[0].cells)
    waiting[0] = replace(waiting[0], cells=cells)
    stop = max(LaidTable.merge_end(waiting, 0, cell) for cell in waiting[0].cells if cell.cell.starts_merge)
    for i, row in enumerate(waiting[:stop]):
        if row.height > row.natural:
            waiting[i] = replace(row, height=row.natural)
    stretch_merges(waiting)


def _carry(part: list[LaidRow], column: int) -> LaidCell | None:
    """Part the merged cell that begins in a column of the grid; return what goes on, ``None`` where nothing does."""
    for i in reversed(range(len(part))):
        row = part[i]
        for k, cell in enumerate(row.cells):
            if cell.cell.first_column != column or not cell.cell.starts_merge:
                continue
            room = sum(r.height for r in part[i:]) - row.top - cell.cell.margins[0] - cell.cell.margins[2]
            if cell.stack is not None:
                return None
            head, tail = cell.column.split(room, Ending.CELL)
            top = replace(cell, cell=replace(cell.cell, vertical="top"), column=head)
            part[i] = replace(row, cells=(*row.cells[:k], top, *row.cells[k + 1 :]))
            return replace(cell, cell=replace(cell.cell, continues=True), column=tail) if tail.parts else None
    return None
