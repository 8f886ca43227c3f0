"""Where the text of a page stands that leaves some of it free.

Source: ECMA-376 part 1 §17.6.23 (vAlign), §17.18.101 (ST_VerticalJc). LibreOffice leaves all text at the top; this is
Word's way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.engine.press.laid.fragments import Placed
    from docgen.engine.press.laid.sheet import Sheet

_SLIP = 0.05
"""Points by which what follows may reach into what comes before it."""


def stand(sheet: Sheet, *, is_full: bool) -> bool:
    """Move the text of a page down to where its section wants it.

    Args:
        sheet: The page, without header and footer.
        is_full: What follows had no room on it: only then is text spread (`both`).

    Returns:
        Whether it stands there; text beside drawings with places of their own stays at the top.
    """
    if sheet.behind or sheet.front or sheet.obstacles:
        return False
    blocks = _blocks(sheet)
    slack = sheet.bottom - max([bottom for _, bottom in blocks], default=sheet.bottom)
    if slack <= 0:
        return True
    vertical = sheet.section.vertical
    if vertical != "both":
        _move(sheet, lambda _: slack if vertical == "bottom" else slack / 2)
    elif is_full and len(blocks) > 1:
        share = slack / (len(blocks) - 1)
        _move(sheet, lambda y: share * max(0, sum(top <= y for top, _ in blocks) - 1))
    return True


def _blocks(sheet: Sheet) -> list[tuple[float, float]]:
    """Return top and bottom of paragraphs and tables: of all that stands beside each other together."""
    found: list[tuple[float, float]] = []
    for top, bottom in sorted((piece.y, piece.y + piece.fragment.height) for piece in sheet.placed):
        if found and top < found[-1][1] - _SLIP:
            found[-1] = found[-1][0], max(found[-1][1], bottom)
        else:
            found.append((top, bottom))
    return found


def _move(sheet: Sheet, down: Callable[[float], float]) -> None:
    """Move everything by what is given for the middle of each piece."""

    def moved(piece: Placed) -> Placed:
        return piece._replace(y=piece.y + down(piece.y + piece.fragment.height / 2))

    sheet.placed = [moved(piece) for piece in sheet.placed]
    sheet.margin = [moved(piece) for piece in sheet.margin]
    sheet.marks = [mark._replace(y=mark.y + down(mark.y + mark.height / 2)) for mark in sheet.marks]
