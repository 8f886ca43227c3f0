"""Sections of several columns: filled, and made equally high before a section that goes on on the same page.

Source: ECMA-376 part 1 §17.6.4; that columns are balanced there, and only there, is LibreOffice's rule, and Word's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.engine.press.pages.strips import Strips

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.engine.press.model.blocks import Section
    from docgen.engine.press.pages.cursor import Cursor

_STEP = 0.1
"""Points by which columns may be higher than they need to be."""


def fill_columns(cursor: Cursor, section: Section, fill: Callable[[], None], *, balances: bool) -> None:
    """Fill the columns of a section; what follows goes below the longest of them.

    Args:
        cursor: Where the section begins.
        section: Its settings.
        fill: Puts its blocks on the pages, which may be done again.
        balances: Those on its last page are made equally high.
    """
    stand = cursor.stand()
    strips = _filled(cursor, section, fill, None)
    if balances:
        last, low, high = len(cursor.sheets) - 1, 0.0, strips.foot - strips.begin
        while high - low > _STEP:
            middle = (low + high) / 2
            cursor.come_back(stand)
            _filled(cursor, section, fill, (last, middle))
            if len(cursor.sheets) - 1 == last:
                high = middle
            else:
                low = middle
        cursor.come_back(stand)
        strips = _filled(cursor, section, fill, (last, high))
    strips.rule(cursor.sheet)
    cursor.y, cursor.kept = strips.foot, strips.kept
    cursor.strips = None
    cursor.open_page()


def _filled(cursor: Cursor, section: Section, fill: Callable[[], None], limit: tuple[int, float] | None) -> Strips:
    """Fill the columns, on one page no higher than a limit."""
    cursor.strips = strips = Strips(section, cursor.y, limit)
    strips.bound(cursor.sheet, len(cursor.sheets) - 1)
    fill()
    cursor.close_column()
    return strips
