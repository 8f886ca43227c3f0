"""Numbers of lines in the margin of a page.

Counted are the lines of paragraphs in the body, empty ones too; not those of tables, frames, text boxes, notes,
headers and footers. Source: ECMA-376 part 1 §17.6.8 (lnNumType), §17.3.1.35 (suppressLineNumbers).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.engine.press.laid.fragments import Placed
from docgen.engine.press.model.blocks import Paragraph, Text
from docgen.engine.press.model.formats import ParagraphFormat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.engine.press.laid.sheet import Sheet
    from docgen.engine.press.model.blocks import LineNumbers, Section
    from docgen.engine.press.pages.setter import Setter
    from docgen.engine.press.setting.lines import DrawnLine

_ROOM = 144.0
"""Points in which a number stands on one line."""

_FORM = ParagraphFormat(snap_to_grid=False)


class Margin:
    """Counts the lines of one document."""

    def __init__(self, setter: Setter) -> None:
        self._setter = setter
        self._number = 0
        self._last: tuple[Sheet, Section] | None = None
        """Where the last line stands."""

    def count(self, sheet: Sheet, lines: Sequence[DrawnLine], y: float) -> None:
        """Give lines of a paragraph their numbers.

        Args:
            sheet: Their page, whose section has numbers.
            lines: The lines.
            y: Top of the first of them.
        """
        wanted = sheet.section.line_numbers
        assert wanted is not None
        if self._begins(sheet, wanted):
            self._number = wanted.first - 1
        self._last = sheet, sheet.section
        edge = sheet.section.left - wanted.distance
        goes_on = False
        for line in lines:
            if not goes_on:
                self._number += 1
                if not self._number % wanted.step:
                    drawn = self._drawn(self._number)
                    place = edge - drawn.width, y + line.base - drawn.base
                    sheet.margin.append(Placed(*place, drawn.fragment))
            goes_on = line.lead == -line.height  # beside a drawing, at the same height
            y += line.height + line.lead

    def _begins(self, sheet: Sheet, wanted: LineNumbers) -> bool:
        """Whether numbers begin again with these lines."""
        if self._last is None:
            return True
        page, section = self._last
        if wanted.restart == "newSection":
            return section is not sheet.section
        return wanted.restart == "newPage" and page is not sheet

    def _drawn(self, number: int) -> DrawnLine:
        """Return a number set by itself; remembered."""
        kept, look = self._setter.memory.line_numbers, self._setter.document.line_number_look
        found = kept.get(number)
        if found is None:
            found = kept[number] = Paragraph(format=_FORM, pieces=(Text(str(number), look),), mark=look, base=look)
        return self._setter.paragraph(found, _ROOM).lines[0]
