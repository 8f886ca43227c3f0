"""Numbers of lines in the margin of a page.

Counted are the lines of paragraphs in the body, empty ones too; not those of tables, frames, text boxes, notes,
headers and footers. Source: ECMA-376 part 1 §17.6.8 (lnNumType), §17.3.1.35 (suppressLineNumbers).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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


class Numbered(NamedTuple):
    """How far lines are numbered: the last number, and where it stands."""

    number: int = 0
    sheet: Sheet | None = None
    section: Section | None = None


class Margin:
    """Counts the lines of one document."""

    def __init__(self, setter: Setter) -> None:
        self._setter = setter
        self.at = Numbered()

    def count(self, sheet: Sheet, lines: Sequence[DrawnLine], left: float, y: float) -> None:
        """Give lines of a paragraph their numbers.

        Args:
            sheet: Their page, whose section has numbers.
            lines: The lines.
            left: Left edge of the text.
            y: Top of the first of them.
        """
        wanted = sheet.section.line_numbers
        assert wanted is not None
        count = wanted.first - 1 if self._begins(sheet, wanted) else self.at.number
        edge = left - wanted.distance
        goes_on = False
        for line in lines:
            if not goes_on:
                count += 1
                if not count % wanted.step:
                    drawn = self._drawn(count)
                    place = edge - drawn.width, y + line.base - drawn.base
                    sheet.margin.append(Placed(*place, drawn.fragment))
            goes_on = line.lead == -line.height  # beside a drawing, at the same height
            y += line.height + line.lead
        self.at = Numbered(count, sheet, sheet.section)

    def _begins(self, sheet: Sheet, wanted: LineNumbers) -> bool:
        """Whether numbers begin again with these lines."""
        if self.at.sheet is None:
            return True
        if wanted.restart == "newSection":
            return self.at.section is not sheet.section
        return wanted.restart == "newPage" and self.at.sheet is not sheet

    def _drawn(self, number: int) -> DrawnLine:
        """Return a number set by itself; remembered."""
        kept, look = self._setter.memory.line_numbers, self._setter.document.line_number_look
        found = kept.get(number)
        if found is None:
            found = kept[number] = Paragraph(format=_FORM, pieces=(Text(str(number), look),), mark=look, base=look)
        return self._setter.paragraph(found, _ROOM).lines[0]
