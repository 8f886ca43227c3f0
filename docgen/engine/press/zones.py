"""The two corners a page must keep free for its marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms.marks import MARK_EDGE_MM, MARK_SIZE_MM, QUIET_MM
from forms.problems import Problem, Where

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docgen.engine.press.paper import LaidPage

_PT = 72 / 25.4
_INSIDE = 0.5 * _PT
"""Points of a line's rectangle that hold no ink: half a millimetre."""


def zone_problems(pages: Sequence[LaidPage]) -> tuple[Problem, ...]:
    """Return a problem for each page on which text stands in a mark's quiet zone."""
    return tuple(_problems(pages))


def _problems(pages: Sequence[LaidPage]) -> Iterator[Problem]:
    near, far = (MARK_EDGE_MM - QUIET_MM) * _PT, (MARK_EDGE_MM + MARK_SIZE_MM + QUIET_MM) * _PT
    for i, page in enumerate(pages, 1):
        width, height = page.width_pt, page.height_pt
        found = None
        for x, y, fragment, _ in page.art:
            if y >= far and y + fragment.height <= height - far:
                continue  # nearly everything stands between the two corners
            for line in fragment.lines:
                left, right = x + line.x, x + line.x + line.width
                top, bottom = y + line.y + _INSIDE, y + line.y + line.height - _INSIDE
                upper = left < far and right > near and top < far and bottom > near
                lower = left < width - near and right > width - far and top < height - near and bottom > height - far
                if (upper or lower) and found is None:
                    found = ("左上角" if upper else "右下角", line.text)
        if found is not None:
            yield Problem(
                code="mark.zone",
                message=f"第 {i} 页{found[0]}的文字压到了页码二维码的位置。请把模板的页边距留够 35 毫米。",
                where=Where(subject=found[1][:12]),
                blocking=False,
            )
