"""A sheet as rows of cells that keep their place: what readers of files give and readers of lists take.

No file format is known here (`docgen.engine.sheets` reads files). Rows and columns count from 1, as
Excel shows them. A cell keeps the value the file held beside its text, because a number that passed
through a spreadsheet may have lost digits that its text no longer shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Raw = str | int | float | bool | date | datetime | time | None


class CellState(StrEnum):
    """Why the text of a cell may not be what the clerk sees."""

    PLAIN = "plain"
    NO_RESULT = "no-result"
    """A formula whose result was never saved."""
    FAULT = "fault"
    """Excel's own error value, e.g. ``#N/A``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell with something in it, or covered by a merged cell that has."""

    column: int
    """From 1."""
    text: str
    """As a clerk would read it, outer blanks dropped; whole numbers without ``.0``; dates as 2016-03-05."""
    raw: Raw = None
    """What the file held; ``None`` when the text is all there is."""
    state: CellState = CellState.PLAIN
    origin: str = ""
    """Address (``B5``) of the merged cell this text was spread from; empty for the cell's own text."""

    @property
    def letter(self) -> str:
        """Column letters as Excel shows them."""
        return column_letter(self.column)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row; only cells with content are listed, in column order."""

    number: int
    cells: tuple[Cell, ...] = ()
    hidden: bool = False

    def cell(self, column: int) -> Cell | None:
        """Return the cell in a column, ``None`` when it is empty."""
        return next((c for c in self.cells if c.column == column), None)

    def text(self, column: int) -> str:
        """Return the text in a column, empty when there is none."""
        found = self.cell(column)
        return found.text if found else ""

    @property
    def own_cells(self) -> tuple[Cell, ...]:
        """The cells whose content was written in this row, merged cells from above left out."""
        return tuple(
            c for c in self.cells if not c.origin or c.origin.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == str(self.number)
        )

    @property
    def distinct_texts(self) -> tuple[str, ...]:
        """The texts of the row, a merged cell counted once, in column order."""
        seen: dict[tuple[str, str], str] = {}
        for c in self.cells:
            if c.text:
                seen.setdefault((c.origin or f"{c.letter}{self.number}", c.text), c.text)
        return tuple(seen.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet from row 1 to its last row with content, empty rows included."""

    name: str
    rows: tuple[Row, ...] = ()
    hidden: bool = False
    hidden_columns: frozenset[int] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Nothing is written anywhere."""
        return not self.rows

    @property
    def width(self) -> int:
        """The last column with content, from 1; 0 for an empty sheet."""
        return max((r.cells[-1].column for r in self.rows if r.cells), default=0)

    def filled_rows(self) -> Iterator[Row]:
        """Yield the rows that hold something."""
        return (r for r in self.rows if r.cells)


def column_letter(column: int) -> str:
    """Return ``A`` for 1, ``AA`` for 27."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
