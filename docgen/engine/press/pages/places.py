"""Drawings put in their places on a page, with the lines they are bound to.

Source: ECMA-376 part 1 §20.4.3 (places); where it is silent LibreOffice, which counts from the top of a
paragraph with the space before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.engine.press.laid.obstacles import Obstacle

if TYPE_CHECKING:
    from docgen.engine.press.laid.sheet import Sheet
    from docgen.engine.press.model.drawings import Position
    from docgen.engine.press.setting.hung import Hung
    from docgen.engine.press.setting.paragraphs import LaidParagraph

_OWN = frozenset({"column", "character", "paragraph", "line"})
"""What a place can be counted from without knowing the page."""


def place_hung(
    sheet: Sheet, laid: LaidParagraph, lines: tuple[int, int], *, x: float, top: float, y: float, clears: bool = False
) -> None:
    """Put the drawings of some lines of a paragraph on a page.

    Args:
        sheet: The page.
        laid: The paragraph.
        lines: First line that stands there, and the one after the last.
        x: Left edge of its column.
        top: Where the paragraph begins, with the space before it.
        y: Top of the first of the lines.
        clears: Text on the page keeps away from them.
    """
    start, stop = lines
    for hung in laid.hung:
        if not start <= hung.line < stop:
            continue
        down = y + (laid.height(start, hung.line + 1) - laid.lines[hung.line].height if hung.line > start else 0.0)
        if hung.floating is None:
            hung.drawing.draw(sheet, x + hung.x, down + hung.y)
            continue
        whole = top, y - top + laid.height(start, len(laid.lines))
        left, upper = spot(sheet, hung, x, whole, (down, laid.lines[hung.line].height))
        (kept, sheet.placed), (events, sheet.events) = (sheet.placed, []), (sheet.events, [])
        hung.drawing.draw(sheet, left, upper)
        layer = sheet.behind if hung.floating.is_behind else sheet.front
        layer.append((hung.floating.order, sheet.placed))
        sheet.placed, sheet.events = kept, events
        around = obstacle(hung, left, upper) if clears else None
        if around is not None:
            sheet.obstacles.append(around)
            sheet.settled.append(around.owner)
            if around.top < top:
                sheet.late.append(around)


def spot(
    sheet: Sheet, hung: Hung, x: float, paragraph: tuple[float, float], line: tuple[float, float]
) -> tuple[float, float]:
    """Return the upper left corner of a drawing with a place of its own.

    Args:
        sheet: The page.
        hung: The drawing.
        x: Left edge of its column.
        paragraph: Top and height of its paragraph.
        line: Top and height of its line.
    """
    floating, section = hung.floating, sheet.section
    assert floating is not None
    body = section.body_width
    is_odd = sheet.number % 2 == 1
    across = {
        "page": (0.0, section.width),
        "margin": (section.left, body),
        "leftMargin": (0.0, section.left),
        "rightMargin": (section.width - section.right, section.right),
    }
    across["insideMargin"] = across["leftMargin" if is_odd else "rightMargin"]
    across["outsideMargin"] = across["rightMargin" if is_odd else "leftMargin"]
    below = section.height - abs(section.bottom)
    down = {
        "page": (0.0, section.height),
        "margin": (sheet.top, sheet.bottom - sheet.top),
        "topMargin": (0.0, abs(section.top)),
        "bottomMargin": (below, section.height - below),
        "line": line,
    }
    drawing = hung.drawing
    left = _along(
        floating.horizontal, across.get(floating.horizontal.origin, (x, hung.column)), drawing.width, is_odd=is_odd
    )
    top = _along(floating.vertical, down.get(floating.vertical.origin, paragraph), drawing.height, is_odd=is_odd)
    if hung.owner is not None:
        before = next((o for o in sheet.obstacles if o.owner is hung.owner), None)
        if before is not None:  # text before it was moved by it
            return before.left + floating.distances[3], before.top + floating.distances[0]
    if floating.is_frame:
        left = max(0.0, min(left, section.width - drawing.width))
        top = max(0.0, min(top, section.height - drawing.height))
    return left, top


def _along(position: Position, room: tuple[float, float], size: float, *, is_odd: bool) -> float:
    start, extent = room
    align = position.align
    if align in {"inside", "outside"}:
        align = "left" if (align == "inside") == is_odd else "right"
    if align == "center":
        return start + (extent - size) / 2
    if align in {"right", "bottom"}:
        return start + extent - size
    return start if align else start + position.offset


def inner_obstacles(laid: LaidParagraph, before: float, y: float) -> tuple[list[Obstacle], float]:
    """Return what stands in the way of a cell's text, and how far down its drawings reach.

    Args:
        laid: A paragraph with drawings; counted are those whose places follow from it alone.
        before: Space before its lines.
        y: Its top, from the top of the cell's content.
    """
    found: list[Obstacle] = []
    reach = 0.0
    for hung in laid.hung:
        floating = hung.floating
        if floating is None or floating.horizontal.origin not in _OWN or floating.vertical.origin not in _OWN:
            continue
        left = _along(floating.horizontal, (0.0, hung.column), hung.drawing.width, is_odd=True)
        top = _along(floating.vertical, (y, before + laid.height(0, len(laid.lines))), hung.drawing.height, is_odd=True)
        reach = max(reach, top + hung.drawing.height)
        around = obstacle(hung, left, top)
        found += [around] if around is not None else []
    return found, reach


def obstacle(hung: Hung, left: float, top: float) -> Obstacle | None:
    """Return what text has to keep away from; ``None`` for a drawing over or under the text."""
    floating = hung.floating
    if floating is None or floating.wrap == "none":
        return None
    above, right, below, before = floating.distances
    return Obstacle(
        left=left - before,
        top=top - above,
        right=left + hung.drawing.width + right,
        bottom=top + hung.drawing.height + below,
        is_full=floating.wrap == "topAndBottom",
        sides=floating.sides,
        is_frame=floating.is_frame,
        owner=hung.owner,
    )
