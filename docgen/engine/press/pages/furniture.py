"""What stands around the text of a page: headers, footers and borders, and the room that they leave between them.

Source: ECMA-376 part 1 §17.6.10 (pgBorders), §17.10 (headers and footers).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.engine.press.model.numerals import number_text
from docgen.engine.press.pages.bordering import border_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.engine.press.laid.sheet import Sheet
    from docgen.engine.press.model.blocks import Block, Section
    from docgen.engine.press.model.document import Document
    from docgen.engine.press.pages.setter import Setter

_SLIP = 0.01
"""Points by which lengths that are equal may differ."""

_LEAST = 36.0
"""Points of text that headers and footers leave at least; else they are let into the text."""


class Furniture:
    """Headers and footers of one document."""

    def __init__(self, document: Document, setter: Setter) -> None:
        self.sections: list[Section] = []
        """Those begun so far: what one does not have it takes from those before."""

        self._document = document
        self._setter = setter
        self._heights: dict[tuple[int, str, str], float] = {}

    def area(self, sheet: Sheet) -> tuple[float, float, float]:
        """Return top and bottom of the text area, and the step of a grid that begins at the top of the page.

        A grid stands in the middle, and is the area then; in a document with notes LibreOffice begins it at the top.
        """
        section = self.sections[-1]
        top, bottom = self._edges(sheet, len(self.sections) - 1)
        if not section.grid or section.grid_pitch <= 0:
            return top, bottom, 0.0
        if self._document.notes is not None:
            return top, bottom, section.grid_pitch
        lines = min(int((bottom - top + _SLIP) / section.grid_pitch), section.grid_lines)
        spare = bottom - top - lines * section.grid_pitch if lines else 0.0
        return top + spare / 2, bottom - spare / 2, 0.0

    def _edges(self, sheet: Sheet, index: int) -> tuple[float, float]:
        """Return top and bottom of the room for text, moved by headers and footers that are too tall."""
        section, kind = self.sections[index], self._kind(sheet)
        top, bottom = abs(section.top), section.height - abs(section.bottom)
        if section.top >= 0 and self._running(index, kind, "headers"):
            top = max(top, section.header_distance + self._height(section, index, kind, "headers"))
        if section.bottom >= 0 and self._running(index, kind, "footers"):
            height = self._height(section, index, kind, "footers")
            bottom = min(bottom, section.height - section.footer_distance - height)
        if bottom - top <= _LEAST:
            top, bottom = abs(section.top), section.height - abs(section.bottom)
        return top, bottom

    def place(self, sheet: Sheet, sheets: Sequence[Sheet]) -> None:
        """Draw header and footer of one of all pages, now that they are counted."""
        section = sheet.section
        width = section.body_width
        same = [s for s in sheets if s.section_index == sheet.section_index]
        numbers = {
            "PAGE": number_text(sheet.number, section.number_style),
            "NUMPAGES": str(len(sheets)),
            "SECTIONPAGES": str(len(same)),
        }
        kind, body, events = self._kind(sheet), sheet.placed, sheet.events
        sheet.placed, sheet.events = [], []
        self._border(sheet)
        head = self._running(sheet.section_index, kind, "headers")
        if head:
            column = self._setter.running(head, width, numbers)
            sheet.draw_running(column, section.left, section.header_distance)
        start = len(sheet.placed)
        sheet.placed += body
        sheet.body = start, len(sheet.placed)
        foot = self._running(sheet.section_index, kind, "footers")
        if foot:
            column = self._setter.running(foot, width, numbers)
            sheet.draw_running(column, section.left, section.height - section.footer_distance - column.height)
        sheet.events = events  # tables in headers and footers are none of the content

    def _border(self, sheet: Sheet) -> None:
        """Draw the borders of a page: those of the section that begins it."""
        index = sheet.section_index
        section, kind = self.sections[index], self._kind(sheet)
        borders = section.borders
        if borders is None or borders.display == ("notFirstPage" if sheet.is_first_of_section else "firstPage"):
            return
        top, bottom = self._edges(sheet, index)
        if self._is_framed(index, kind, "headers"):
            top = section.header_distance
        if self._is_framed(index, kind, "footers"):
            bottom = section.height - section.footer_distance
        margins = {"top": top, "left": section.left, "bottom": section.height - bottom, "right": section.right}
        drawn, sheet.borders = border_page(borders, (section.width, section.height), margins)
        sheet.place(drawn, 0.0, 0.0)

    def _is_framed(self, index: int, kind: str, which: str) -> bool:
        """Whether there is a header or footer, and borders stand around it."""
        return which not in self._document.settings.unframed and bool(self._running(index, kind, which))

    def _kind(self, sheet: Sheet) -> str:
        if sheet.is_first_of_section and sheet.section.title_page:
            return "first"
        return "even" if self._document.settings.odd_and_even and sheet.number % 2 == 0 else "default"

    def _running(self, index: int, kind: str, which: str) -> tuple[Block, ...]:
        """Return a header or footer; what a section does not have it takes from the one before."""
        for section in reversed(self.sections[: index + 1]):
            found: dict[str, tuple[Block, ...]] = getattr(section, which)
            if kind in found:
                return found[kind]
        return ()

    def _height(self, section: Section, index: int, kind: str, which: str) -> float:
        key = (index, kind, which)
        if key not in self._heights:
            blocks = self._running(index, kind, which)
            width = section.body_width
            self._heights[key] = self._setter.running(blocks, width, {}).height if blocks else 0.0
        return self._heights[key]
