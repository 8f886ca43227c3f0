"""Footnotes while pages are filled: whether a line fits with its notes, and what is left for the next page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.engine.press.model.notes import ENDNOTE, FOOTNOTE, keys_in
from docgen.engine.press.pages.notes import APART, NoteArea, least_height, note_keys

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docgen.engine.press.laid.sheet import Sheet
    from docgen.engine.press.model.blocks import Section
    from docgen.engine.press.model.document import Document
    from docgen.engine.press.pages.columns import Column
    from docgen.engine.press.pages.setter import Setter
    from docgen.engine.press.pages.tables import LaidRow
    from docgen.engine.press.setting.paragraphs import LaidParagraph

_SLIP = 0.05


class Feet:
    """The footnotes of one document."""

    def __init__(self, document: Document, setter: Setter) -> None:
        self.is_needed = document.notes is not None
        self.waiting: list[Column] = []
        """Notes, and rests of them, for the next page."""

        self._areas: dict[Sheet, NoteArea] = {}
        self._setter = setter
        self._columns: dict[tuple[str, float], Column] = {}

    def take_row(self, sheet: Sheet, row: LaidRow, y: float, *, must: bool) -> bool:
        """Put the notes of a row at the foot of the page, where they can begin there.

        Args:
            sheet: The page.
            row: A row that fits.
            y: Its top.
            must: It stands there in any case.
        """
        if not self.is_needed:
            return True
        keys = [key for cell in row.row.cells for key in keys_in(cell.blocks) if key.startswith(FOOTNOTE)]
        y += row.height
        if keys and not must and self.foot_with(sheet, keys, y, sheet.foot) is None:
            return False
        self._add_all(sheet, keys, y)
        return True

    def foot_with(self, sheet: Sheet, keys: Iterable[str], y: float, foot: float) -> float | None:
        """Return where the notes of a line begin on the page; ``None`` when they cannot begin there.

        Args:
            sheet: The page.
            keys: Notes of the line.
            y: Where the line ends.
            foot: Where the notes of lines above it begin.
        """
        apart = APART if sheet not in self._areas and foot == sheet.foot else 0.0
        for key in keys:
            column = self.column(key, sheet.section)
            if y > sheet.end_above(foot - apart - least_height(column)) + _SLIP:
                return None
            foot = max(y, foot - apart - column.height)
            apart = 0.0
        return foot

    def add_lines(self, sheet: Sheet, laid: LaidParagraph, lines: tuple[int, int], y: float) -> None:
        """Put the notes of some lines at the foot of a page that is filled down to ``y``."""
        if self.is_needed:
            self._add_all(sheet, note_keys(laid, *lines), y)

    def _add_all(self, sheet: Sheet, keys: Iterable[str], y: float) -> None:
        for key in keys:
            sheet.called.append(key)
            self._add(sheet, self.column(key, sheet.section), y)

    def carry(self, sheet: Sheet) -> None:
        """Begin a page with what the last one had no room for."""
        waiting, self.waiting = self.waiting, []
        for column in waiting:
            self._add(sheet, column, sheet.top)

    def _add(self, sheet: Sheet, column: Column, y: float) -> None:
        if self.waiting:
            self.waiting.append(column)
            return
        area = self._areas.get(sheet)
        if area is None:
            area = self._areas[sheet] = NoteArea()
        taken, rest = area.add(column, sheet.foot - y)
        sheet.foot -= taken
        sheet.bottom = min(sheet.bottom, sheet.end_above(sheet.foot))
        if rest is not None:
            self.waiting.append(rest)

    def height(self, sheet: Sheet) -> float:
        """Return the height of what stands at the foot of a page, with the line above it."""
        area = self._areas.get(sheet)
        return area.height if area is not None else 0.0

    def draw(self, sheet: Sheet) -> None:
        """Draw what stands at the foot of a page that is full."""
        area, section = self._areas.get(sheet), sheet.section
        if area is not None:
            area.draw(sheet, section.left, section.body_width, sheet.foot + area.height)

    def column(self, key: str, section: Section) -> Column:
        """Lay out a note at the width of a section; remembered for this paper."""
        width = section.body_width
        found = self._columns.get((key, width))
        if found is None:
            found = self._columns[key, width] = self._setter.note(key, width)
        return found

    def endnotes(self) -> list[str]:
        """Return the endnotes that are called, in their order."""
        return [key for key in self._setter.labels if key.startswith(ENDNOTE)]
