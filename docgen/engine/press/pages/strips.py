"""The columns of a section on the page that is being filled (分栏): text goes from one to the next.

Source: ECMA-376 part 1 §17.6.4 (`w:cols`), §17.6.3 (`w:col`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.engine.press.laid.fragments import Fragment, number
from docgen.engine.press.pages.keeping import SLIP

if TYPE_CHECKING:
    from docgen.engine.press.laid.sheet import Sheet
    from docgen.engine.press.model.blocks import Section

_RULE = 0.5
"""Points of a line between columns."""


@dataclass(slots=True, eq=False)
class Strips:
    """Columns beside each other, filled down to where each of them ends."""

    section: Section
    begin: float
    """Where they begin on the page: below what stands on it already."""

    limit: tuple[int, float] | None = None
    """Page, by its place among all pages, on which they are no higher than so many points."""

    lead: float = 0.0
    """Space before the first paragraph, below which all of them begin."""

    at: int = 0
    """Which of them is being filled."""

    foot: float = 0.0
    """Where the longest of them ends, with the space after its last paragraph."""

    kept: float = 0.0
    """That space, which the space before the next paragraph may share."""

    @property
    def top(self) -> float:
        """Where their text begins."""
        return self.begin + self.lead

    @property
    def left(self) -> float:
        """Left edge of the column on the page."""
        return self.section.left + self.section.columns[self.at][0]

    @property
    def width(self) -> float:
        """Width of the column."""
        return self.section.columns[self.at][1]

    @property
    def has_next(self) -> bool:
        """Whether another column of the page is left."""
        return self.at + 1 < len(self.section.columns)

    def space(self, y: float, before: float) -> float:
        """Return the space before a paragraph that counts: that of the very first one, for all columns alike.

        Args:
            y: Where the paragraph begins.
            before: The space as it would count in a single column.
        """
        if y > self.top + SLIP:
            return before
        if self.at:
            return 0.0
        self.lead = before
        return before

    def end(self, y: float, kept: float) -> None:
        """Note that the column ends at a height."""
        if y > self.foot:
            self.foot, self.kept = y, kept

    def begin_page(self, sheet: Sheet, index: int) -> None:
        """Go to the first column of a page."""
        self.at, self.foot, self.kept = 0, 0.0, 0.0
        self.begin, self.lead = sheet.top, 0.0
        self.bound(sheet, index)

    def bound(self, sheet: Sheet, index: int) -> None:
        """Let the page end where the columns may not be higher."""
        if self.limit is not None and self.limit[0] == index:
            sheet.bottom = min(sheet.bottom, self.begin + self.limit[1])

    def is_bound_on(self, index: int) -> bool:
        """Whether their height is limited on a page."""
        return self.limit is not None and self.limit[0] == index

    def rule(self, sheet: Sheet) -> None:
        """Draw the lines between the columns that were filled."""
        if not self.section.has_rules:
            return
        height = self.foot - self.kept - self.top
        columns = self.section.columns
        for k in range(self.at):
            x = (columns[k][0] + columns[k][1] + columns[k + 1][0]) / 2
            line = f"q {number(_RULE)} w 0 0 m 0 {number(-height)} l S Q"
            sheet.place(Fragment(line, height), self.section.left + x, self.top)
