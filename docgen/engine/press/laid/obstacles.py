"""What stands in the way of text, and which stretches of a line it leaves free.

Square wrapping as LibreOffice does it: a line stands beside everything that reaches into its height; text
on both sides of a drawing runs over it from left to right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

_SLIP = 0.01
_LEAST = 15.0
"""Points of a stretch that text still stands in: what LibreOffice takes."""

Free: TypeAlias = "list[tuple[float, float]]"
"""Left and right edges of stretches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """A rectangle on the page that text keeps away from, its distances included."""

    left: float
    top: float
    right: float
    bottom: float
    is_full: bool
    """Nothing stands on either side of it."""

    sides: str = "bothSides"
    is_frame: bool = False
    """Blank paragraphs go below it only where nothing is left beside it, however narrow."""

    owner: object = None
    """Of one that keeps the place that it was given first."""


def for_blanks(obstacles: Sequence[Obstacle], left: float, right: float) -> list[Obstacle]:
    """Return what a blank paragraph of a column keeps away from."""
    return [o for o in obstacles if not o.is_frame or (o.left <= left + _SLIP and o.right >= right - _SLIP)]


def is_in_the_way(obstacles: Sequence[Obstacle], left: float, right: float, top: float) -> bool:
    """Whether text of a column from a height on meets one of them."""
    return any(o.bottom > top + _SLIP and (o.is_full or (o.left < right and o.right > left)) for o in obstacles)


def free_stretches(
    obstacles: Sequence[Obstacle], left: float, right: float, top: float, height: float
) -> tuple[float, Free]:
    """Return where a line of a height can stand, at ``top`` or below it, and its stretches there."""
    while True:
        met = [o for o in obstacles if o.top < top + height - _SLIP and o.bottom > top + _SLIP]
        full = [o.bottom for o in met if o.is_full]
        if full:
            top = max(full)
            continue
        free = [(left, right)]
        for o in met:
            free = [part for a, b in free for part in _without(o, a, b)]
        free = [(a, b) for a, b in free if b - a >= _LEAST]
        if free or not met:
            return top, free or [(left, right)]
        top = min(o.bottom for o in met)


def below(obstacles: Sequence[Obstacle], left: float, right: float, top: float) -> float:
    """Return where a table may begin, which stands beside nothing."""
    return max((o.bottom for o in obstacles if o.top <= top and is_in_the_way((o,), left, right, top)), default=top)


def _without(o: Obstacle, left: float, right: float) -> Free:
    if o.right <= left or o.left >= right:
        return [(left, right)]
    sides: Free = [(left, o.left), (o.right, right)]
    if o.sides == "left":
        return sides[:1]
    if o.sides == "right":
        return sides[1:]
    return [max(sides, key=lambda side: side[1] - side[0])] if o.sides == "largest" else sides
