"""The two corners a page must keep free for its marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms.marks import MARK_EDGE_MM, MARK_SIZE_MM, QUIET_MM
from forms.problems import Problem, Where

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docgen.engine.press.paper import LaidPage

_MM = 25.4 / 72
_INSIDE = 0.5
"""Millimetres of a line's rectangle that hold no ink."""


def zone_problems(pages: Sequence[LaidPage]) -> tuple[Problem, ...]:
    """Return a problem for each page on which text stands in a mark's quiet zone."""
    return tuple(_problems(pages))


def _problems(pages: Sequence[LaidPage]) -> Iterator[Problem]:
    near, far = MARK_EDGE_MM - QUIET_MM, MARK_EDGE_MM + MARK_SIZE_MM + QUIET_MM
    for i, page in enumerate(pages, 1):
        width, height = page.width_pt * _MM, page.height_pt * _MM
        for line in page.lines:
            left, right = line.x, line.x + line.width
            top, bottom = line.y + _INSIDE, line.y + line.height - _INSIDE
            upper = left < far and right > near and top < far and bottom > near
            lower = left < width - near and right > width - far and top < height - near and bottom > height - far
            if upper or lower:
                corner = "左上角" if upper else "右下角"
                yield Problem(
                    code="mark.zone",
                    message=f"第 {i} 页{corner}的文字压到了页码二维码的位置。请把模板的页边距留够 35 毫米。",
                    where=Where(subject=line.text[:12]),
                    blocking=False,
                )
                break
