"""Rows of a table onto pages: those that fit, one that is parted, those that are repeated and kept together.

Source: ECMA-376 part 1 §17.4.6 (cantSplit), §17.4.78 (tblHeader), §17.3.1.14 (keepNext).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from docgen.engine.press.pages.keeping import SLIP, begun_rows, row_must_move
from docgen.engine.press.pages.parting import carry_merged, split_row

if TYPE_CHECKING:
    from docgen.engine.press.pages.cursor import Cursor
    from docgen.engine.press.pages.tables import LaidRow, LaidTable


class TableFiller:
    """Puts one table on the pages from where a cursor stands."""

    def __init__(self, cursor: Cursor, table: LaidTable, follows: float) -> None:
        """Begin with all rows waiting.

        Args:
            cursor: Where the table begins.
            table: Laid out.
            follows: Height of what must stand with its last row.
        """
        self._cursor = cursor
        self._table = table
        self._follows = follows
        self._head = sum(row.height for row in table.headers)
        self._waiting = list(table.rows)
        self._part: list[LaidRow] = []
        """Rows on the page, with those that are repeated."""

        self._height = 0.0
        """Of these."""

        self._is_fresh = True
        """Nothing but repeated rows stands in the part."""

        self._lets_go = cursor.is_free
        """The last row may leave the page with what it is kept with."""

    @property
    def _is_stuck(self) -> bool:
        """Whether the next row would stand no better on another page."""
        return self._is_fresh and self._cursor.is_stuck

    def run(self) -> None:
        """Place all rows."""
        cursor = self._cursor
        if self._leaves_heads_alone():
            cursor.go_on()
        cursor.is_free = not cursor.at_top  # rows alone leave whatever stands above their table
        while self._waiting:
            if self._fits():
                self._take()
                continue
            self._part_row()
            carry_merged(self._part, self._waiting)
            if self._waiting:
                self._turn()
        self._draw()
        cursor.y += sum(row.height for row in self._part) + (self._table.foot if self._part else 0.0)
        cursor.is_free = True

    def _leaves_heads_alone(self) -> bool:
        """Whether repeated rows would stand on the page without anything of the row under them."""
        cursor, headers = self._cursor, self._table.headers
        if not headers or cursor.at_top:
            return False
        rows = self._table.rows[len(headers) :]
        left = cursor.room - self._head
        needed = self._head + begun_rows(rows, cursor.space.whole, left, self._follows) + rows[0].foot
        return needed > cursor.room + SLIP and (rows[0].row.keep_next or needed <= cursor.space.whole)

    def _fits(self) -> bool:
        """Whether the next row stands whole on the page; its notes are then there, too."""
        cursor, row, stuck = self._cursor, self._waiting[0], self._is_stuck
        line = self._height + row.foot
        if line + row.height > cursor.room + SLIP:
            return False
        if row.row.keep_next:
            follows = self._follows if self._lets_go else 0.0
            if row_must_move(self._waiting, line, follows, cursor.space):
                return False
        return cursor.feet.take_row(cursor.sheet, row, cursor.y + line, must=stuck)

    def _take(self) -> None:
        row = self._waiting.pop(0)
        self._part.append(row)
        self._height += row.height
        self._is_fresh = False
        if not (row.row.keep_next or row.row.is_header):
            self._lets_go = self._cursor.is_free = True

    def _part_row(self) -> None:
        """Put on the page what it holds of the next row."""
        row, stuck = self._waiting[0], self._is_stuck
        line = max(row.foot, self._table.foot)  # a part of a row ends in the line under the table, too
        room = self._cursor.room - self._height - line
        whole = self._cursor.space.whole if len(self._table.rows) > 1 else math.inf  # a row alone goes on as one
        stays_whole = row.row.keep_next or row in self._table.headers
        parted = None if stays_whole and not stuck else split_row(row, room, whole=whole)
        if parted is None and stuck:
            parted = split_row(row, room, must=True)
            if parted is None:
                self._part.append(self._waiting.pop(0))  # what no page holds
        if parted is not None:
            self._part.append(parted[0])
            self._waiting[0] = parted[1]

    def _turn(self) -> None:
        """Go on on the next page, under the rows that are repeated where that holds a line under them, too."""
        self._draw()
        self._cursor.go_on()
        headers, row = self._table.headers, self._waiting[0]
        needed = self._head + (row.height if row.is_fixed else row.first) + row.foot
        repeats = bool(headers) and not row.row.is_header and needed <= self._cursor.room + SLIP
        self._part, self._height = (list(headers), self._head) if repeats else ([], 0.0)
        self._is_fresh, self._lets_go = True, False

    def _draw(self) -> None:
        cursor = self._cursor
        if self._part:
            self._table.draw(cursor.sheet, cursor.left + self._table.offset, cursor.y, self._part)
