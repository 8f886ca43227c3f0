"""The place on the pages where the next block goes: pages are begun here, and columns.

Source: ECMA-376 part 1 §17.6 (sections).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from docgen.engine.press.laid.sheet import Sheet
from docgen.engine.press.pages.feet import Feet
from docgen.engine.press.pages.furniture import Furniture
from docgen.engine.press.pages.keeping import SLIP, Room
from docgen.engine.press.pages.margin import Margin

if TYPE_CHECKING:
    from docgen.engine.press.model.document import Document
    from docgen.engine.press.pages.columns import Column
    from docgen.engine.press.pages.margin import Numbered
    from docgen.engine.press.pages.setter import Setter
    from docgen.engine.press.pages.strips import Strips


class Stand(NamedTuple):
    """How far pages were filled."""

    sheets: int
    y: float
    kept: float
    is_free: bool
    number: int
    sheet: Sheet
    waiting: list[Column]
    numbered: Numbered


class Cursor:
    """Where one document stands on its pages."""

    def __init__(self, document: Document, setter: Setter, *, total: int = 1) -> None:
        self.document = document
        self.setter = setter
        self.total = total
        """Pages assumed for NUMPAGES in the body."""

        self.feet = Feet(document, setter)
        self.sheets: list[Sheet] = []
        self.furniture = Furniture(document, setter)
        self.margin = Margin(setter)
        self.sections = self.furniture.sections
        self.strips: Strips | None = None
        """The columns of a section that has several."""

        self.y = 0.0
        self.number = 0
        """Of the page, as printed."""

        self.kept = 0.0
        """Space after the last paragraph that the space before the next one may share."""

        self.is_free = False
        """Something stands on the page, or in its column, that is not kept with the next."""

    @property
    def sheet(self) -> Sheet:
        """The page being filled."""
        return self.sheets[-1]

    @property
    def room(self) -> float:
        """Points left on the page."""
        return self.sheet.bottom - self.y

    @property
    def left(self) -> float:
        """Left edge of the text."""
        return self.sheet.section.left if self.strips is None else self.strips.left

    @property
    def space(self) -> Room:
        """The page, or its column, as far as it is filled."""
        sheet = self.sheet
        is_free = self.is_free or (self.at_top and not self.is_stuck)
        return Room(left=self.room, whole=sheet.bottom - sheet.top, is_empty=self.is_stuck, is_free=is_free)

    @property
    def numbers(self) -> dict[str, str]:
        """Texts of page fields on this page."""
        return {"PAGE": str(self.sheet.number), "NUMPAGES": str(self.total), "SECTIONPAGES": str(self.total)}

    @property
    def at_top(self) -> bool:
        """Whether nothing stands above on the page, or in its column."""
        return self.y <= self.sheet.top + SLIP

    @property
    def is_stuck(self) -> bool:
        """Whether no later page or column has more room."""
        strips = self.strips
        return self.at_top and (strips is None or not strips.is_bound_on(len(self.sheets) - 1))

    def begin_page(self, *, first: bool = False, forced: bool = False) -> None:
        """Begin a page.

        Args:
            first: Of its section.
            forced: By a page break.
        """
        section, index = self.sections[-1], len(self.sections) - 1
        if self.strips is not None:
            self.close_column()
            self.strips.rule(self.sheet)
        self.number += 1
        sheet = Sheet(
            section=section,
            number=self.number,
            section_index=index,
            is_first_of_section=first,
            top=0.0,
            bottom=section.height,
            is_forced=forced,
        )
        sheet.top, sheet.foot, sheet.step = self.furniture.area(sheet)
        sheet.bottom = sheet.end_above(sheet.foot)
        self.sheets.append(sheet)
        self.y, self.kept, self.is_free = sheet.top, 0.0, False
        sheet.obstacles += self.setter.early.get(len(self.sheets) - 1, ())
        self.feet.carry(sheet)
        if self.strips is not None:
            self.strips.begin_page(sheet, len(self.sheets) - 1)

    def open_page(self) -> None:
        """Let the page end where its section and its notes leave off."""
        self.sheet.bottom = self.sheet.end_above(self.sheet.foot)

    def go_on(self, *, ended_by: str = "") -> None:
        """Begin the next column, or the next page.

        Args:
            ended_by: Break in the text that ends this one: `page` or `column`; nothing where it is full.
        """
        strips = self.strips
        if strips is None or ended_by == "page" or not strips.has_next:
            self.begin_page(forced=bool(ended_by))
            return
        self.close_column()
        strips.at += 1
        self.y, self.kept, self.is_free = strips.top, 0.0, False

    def close_column(self) -> None:
        """Note where the column ends."""
        if self.strips is not None:
            self.strips.end(self.y, self.kept)

    def stand(self) -> Stand:
        """Return how far the pages are filled, to come back to."""
        return Stand(
            len(self.sheets),
            self.y,
            self.kept,
            self.is_free,
            self.number,
            self.sheet.copied(),
            list(self.feet.waiting),
            self.margin.at,
        )

    def come_back(self, stand: Stand) -> None:
        """Undo what was put on the pages since."""
        del self.sheets[stand.sheets :]
        self.y, self.kept, self.is_free, self.number = stand.y, stand.kept, stand.is_free, stand.number
        self.sheet.take(stand.sheet)
        self.feet.waiting = list(stand.waiting)
        self.margin.at = stand.numbered
