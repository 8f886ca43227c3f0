"""Shapes known by name, as lines from 0 to 1 of their width and height; a polygon where that is enough.

Source: ECMA-376 part 1 §20.1.10.56 (ST_ShapeType) with the first settings of each shape.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docgen.engine.press.model.drawings import Step

_ROUND = 0.5523
"""Share of the radius at which the handles of a quarter of a circle stand."""

_CORNER = 0.16667


def _polygon(*points: tuple[float, float]) -> tuple[Step, ...]:
    return (("m", points[0]), *(("l", point) for point in points[1:]), ("h", ()))


def _open(*points: tuple[float, float]) -> tuple[Step, ...]:
    return _polygon(*points)[:-1]


def _ellipse() -> tuple[Step, ...]:
    k = _ROUND / 2
    return (
        ("m", (0.5, 0)),
        ("c", (0.5 + k, 0, 1, 0.5 - k, 1, 0.5)),
        ("c", (1, 0.5 + k, 0.5 + k, 1, 0.5, 1)),
        ("c", (0.5 - k, 1, 0, 0.5 + k, 0, 0.5)),
        ("c", (0, 0.5 - k, 0.5 - k, 0, 0.5, 0)),
        ("h", ()),
    )


def _rounded(width: float, height: float, share: float = _CORNER) -> tuple[Step, ...]:
    radius = min(width, height) * share
    a, b = (radius / width if width else 0.0), (radius / height if height else 0.0)
    p, q = a * (1 - _ROUND), b * (1 - _ROUND)
    return (
        ("m", (a, 0)),
        ("l", (1 - a, 0)),
        ("c", (1 - p, 0, 1, q, 1, b)),
        ("l", (1, 1 - b)),
        ("c", (1, 1 - q, 1 - p, 1, 1 - a, 1)),
        ("l", (a, 1)),
        ("c", (p, 1, 0, 1 - q, 0, 1 - b)),
        ("l", (0, b)),
        ("c", (0, q, p, 0, a, 0)),
        ("h", ()),
    )


def _star(corners: int) -> tuple[Step, ...]:
    """Return a star whose points touch the edges, as a seal has it."""
    inner = math.cos(2 * math.pi / corners) / math.cos(math.pi / corners) if corners > 4 else 0.4
    found = [
        (
            math.sin(math.pi * i / corners) * (inner if i % 2 else 1.0),
            -math.cos(math.pi * i / corners) * (inner if i % 2 else 1.0),
        )
        for i in range(2 * corners)
    ]
    left, right = min(x for x, _ in found), max(x for x, _ in found)
    top, bottom = min(y for _, y in found), max(y for _, y in found)
    return _polygon(*(((x - left) / (right - left), (y - top) / (bottom - top)) for x, y in found))


def _brace(width: float, height: float) -> tuple[Step, ...]:
    """Return a brace that opens to the right."""
    bend = min(width, height) * 0.08333 / height if height else 0.0
    return (
        ("m", (1, 0)),
        ("c", (1 - _ROUND / 2, 0, 0.5, bend * (1 - _ROUND), 0.5, bend)),
        ("l", (0.5, 0.5 - bend)),
        ("c", (0.5, 0.5 - bend * (1 - _ROUND), _ROUND / 2, 0.5, 0, 0.5)),
        ("c", (_ROUND / 2, 0.5, 0.5, 0.5 + bend * (1 - _ROUND), 0.5, 0.5 + bend)),
        ("l", (0.5, 1 - bend)),
        ("c", (0.5, 1 - bend * (1 - _ROUND), 1 - _ROUND / 2, 1, 1, 1)),
    )


def _bracket(width: float, height: float) -> tuple[Step, ...]:
    """Return a bracket that opens to the right."""
    bend = min(width, height) * 0.08333 / height if height else 0.0
    return (
        ("m", (1, 0)),
        ("c", (1 - _ROUND, 0, 0, bend * (1 - _ROUND), 0, bend)),
        ("l", (0, 1 - bend)),
        ("c", (0, 1 - bend * (1 - _ROUND), 1 - _ROUND, 1, 1, 1)),
    )


def _mirrored(steps: Sequence[Step]) -> tuple[Step, ...]:
    return tuple(
        (sign, tuple(1 - value if i % 2 == 0 else value for i, value in enumerate(points))) for sign, points in steps
    )


def _arrow(width: float, height: float) -> tuple[Step, ...]:
    """Return an arrow to the right."""
    head = 1 - min(width, height) * 0.5 / width if width else 0.5
    return _polygon((0, 0.25), (head, 0.25), (head, 0), (1, 0.5), (head, 1), (head, 0.75), (0, 0.75))


def _turned(width: float, height: float) -> tuple[Step, ...]:
    """Return an arrow downwards."""
    return tuple((sign, tuple(points[i ^ 1] for i in range(len(points)))) for sign, points in _arrow(height, width))


def _upwards(width: float, height: float) -> tuple[Step, ...]:
    return tuple(
        (sign, tuple(1 - value if i % 2 else value for i, value in enumerate(points)))
        for sign, points in _turned(width, height)
    )


_BOX = _polygon((0, 0), (1, 0), (1, 1), (0, 1))
_LINE = _open((0, 0), (1, 1))
_FIXED: dict[str, tuple[Step, ...]] = {
    **dict.fromkeys(("rect", "textBox", "flowChartProcess", "actionButtonBlank"), _BOX),
    **dict.fromkeys(("line", "straightConnector1", "lineInv"), _LINE),
    **dict.fromkeys(("ellipse", "flowChartConnector"), _ellipse()),
    **dict.fromkeys(("diamond", "flowChartDecision"), _polygon((0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5))),
    "triangle": _polygon((0.5, 0), (1, 1), (0, 1)),
    "rtTriangle": _polygon((0, 0), (1, 1), (0, 1)),
    "star5": _star(5),
    "star6": _star(6),
    "star8": _star(8),
}
_SIZED: dict[str, Callable[[float, float], tuple[Step, ...]]] = {
    "roundRect": _rounded,
    "flowChartAlternateProcess": _rounded,
    "flowChartTerminator": lambda width, height: _rounded(width, height, 0.5),
    "leftBrace": _brace,
    "rightBrace": lambda width, height: _mirrored(_brace(width, height)),
    "leftBracket": _bracket,
    "rightBracket": lambda width, height: _mirrored(_bracket(width, height)),
    "bracketPair": lambda width, height: (*_bracket(width, height), *_mirrored(_bracket(width, height))),
    "rightArrow": _arrow,
    "leftArrow": lambda width, height: _mirrored(_arrow(width, height)),
    "downArrow": _turned,
    "upArrow": _upwards,
}
OPEN = frozenset({"line", "straightConnector1", "lineInv", "leftBrace", "rightBrace", "leftBracket", "rightBracket"})
"""Shapes that are never filled."""


def steps_of(name: str, width: float, height: float) -> tuple[Step, ...] | None:
    """Return the line of a shape, ``None`` for one that we do not know."""
    if name in _SIZED:
        return _SIZED[name](width, height)
    return _FIXED.get(name)
