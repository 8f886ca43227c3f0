"""The two corners a page must keep free for its marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms.marks import MARK_EDGE_MM, MARK_SIZE_MM, QUIET_MM
from forms.problems import Problem, Where

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docgen.engine.press.laid.paper import LaidPage

_PT = 72 / 25.4
_INSIDE = 0.5 * _PT
"""Points of a line's rectangle that hold no ink: half a millimetre."""

_NEAR = (MARK_EDGE_MM - QUIET_MM) * _PT
_FAR = (MARK_EDGE_MM + MARK_SIZE_MM + QUIET_MM) * _PT


def zone_problems(pages: Sequence[LaidPage]) -> tuple[Problem, ...]:
    """Return a problem for each page on which text, a picture or a border stands in a mark's quiet zone."""
    return tuple(_problems(pages))


def _corner(x: float, y: float, width: float, height: float, page: tuple[float, float]) -> str:
    """Return the corner whose mark a rectangle would touch; empty for none."""
    left, right, top, bottom = x, x + width, y + _INSIDE, y + height - _INSIDE
    if left < _FAR and right > _NEAR and top < _FAR and bottom > _NEAR:
        return "左上角"
    wide, high = page
    is_lower = left < wide - _NEAR and right > wide - _FAR and top < high - _NEAR and bottom > high - _FAR
    return "右下角" if is_lower else ""


def _problems(pages: Sequence[LaidPage]) -> Iterator[Problem]:
    for i, page in enumerate(pages, 1):
        met = next(_met(page), None)
        bordered = next((corner for place in page.borders if (corner := _corner(*place, _size(page)))), "")
        if met is not None:
            corner, what, subject = met
            yield Problem(
                code="mark.zone",
                message=f"第 {i} 页{corner}的{what}压到了页码二维码的位置。请把模板的页边距留够 35 毫米。",
                where=Where(subject=subject[:12]),
                blocking=False,
            )
        elif bordered:
            yield Problem(
                code="mark.zone",
                message=f"第 {i} 页{bordered}的页面边框压到了页码二维码的位置。请去掉页面边框，或者让它离开页角。",
                where=Where(subject="页面边框"),
                blocking=False,
            )


def _met(page: LaidPage) -> Iterator[tuple[str, str, str]]:
    """Give what of a page's content touches a mark: the corner, what it is, its text."""
    size = _size(page)
    for x, y, fragment, _ in page.art:
        if y >= _FAR and y + fragment.height <= page.height_pt - _FAR:
            continue  # nearly everything stands between the two corners
        for line in fragment.lines:
            corner = _corner(x + line.x, y + line.y, line.width, line.height, size)
            if corner:
                yield corner, "文字", line.text
        for figure in fragment.figures:
            corner = _corner(x + figure.x, y + figure.y, figure.width, figure.height, size)
            if corner:
                yield corner, "图片", "图片"


def _size(page: LaidPage) -> tuple[float, float]:
    return page.width_pt, page.height_pt
