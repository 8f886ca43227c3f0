"""Borders around a page.

Source: ECMA-376 part 1 §17.6.10 (pgBorders); for ends without a corner and lines that would run off the page,
LibreOffice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.engine.press.laid.fragments import Fragment
from docgen.engine.press.pages.ruling import lines_across, path, stroked

if TYPE_CHECKING:
    from docgen.engine.press.laid.sheet import Rectangle
    from docgen.engine.press.model.blocks import PageBorders
    from docgen.engine.press.model.formats import Border

_MOST = 2
"""Lines that a border has at most."""


def border_page(
    borders: PageBorders, page: tuple[float, float], margins: dict[str, float]
) -> tuple[Fragment, list[Rectangle]]:
    """Return the lines around a page, from its upper left corner, and where each of them lies.

    Args:
        borders: What they are.
        page: Its width and height.
        margins: By side, from the edge of the page to what the lines keep away from; there a line ends that meets none.
    """
    (width, height), edges = page, dict(borders.edges)
    out: list[str] = []
    places: list[Rectangle] = []
    for ring in range(_MOST):
        inset = margins | {side: _inset(edge, borders, margins[side], ring) for side, edge in edges.items()}
        left, top, right, bottom = inset["left"], inset["top"], width - inset["right"], height - inset["bottom"]
        across = {"left": left, "top": top, "right": right, "bottom": bottom}
        for side, edge in edges.items():
            if ring >= len(lines_across(edge)):
                continue
            is_level, at = side in {"top", "bottom"}, across[side]
            first, last = (left, right) if is_level else (top, bottom)
            out.append(stroked(edge, [path(first, last, at, level=is_level)]))
            places.append((first, at, last - first, 0.0) if is_level else (at, first, 0.0, last - first))
    return Fragment(" ".join(out), height), places


def _inset(edge: Border, borders: PageBorders, margin: float, ring: int) -> float:
    """Return how far from the edge of the page a border's line lies; of its lines the one so many from outside."""
    outer = edge.space if borders.from_page else max(0.0, margin - edge.space - edge.room)
    lines = lines_across(edge)
    return outer + edge.room / 2 + lines[min(ring, len(lines) - 1)]
