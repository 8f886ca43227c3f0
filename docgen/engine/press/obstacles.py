"""Text beside drawings: which stretches of a line are free, and lines poured into them.

Square wrapping as LibreOffice does it: a line stands beside everything that reaches into its height; text
on both sides of a drawing runs over it from left to right.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from docgen.engine.press.breaker import break_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docgen.engine.press.atoms import Atom
    from docgen.engine.press.breaker import BrokenLine, Measure
    from docgen.engine.press.lines import LineSize

_SLIP = 0.01
_LEAST = 15.0
"""Points of a stretch that text still stands in: what LibreOffice takes."""

_Free: TypeAlias = "list[tuple[float, float]]"


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


def is_in_the_way(obstacles: Sequence[Obstacle], left: float, right: float, top: float) -> bool:
    """Whether text of a column from a height on meets one of them."""
    return any(o.bottom > top + _SLIP and (o.is_full or (o.left < right and o.right > left)) for o in obstacles)


def free_stretches(
    obstacles: Sequence[Obstacle], left: float, right: float, top: float, height: float
) -> tuple[float, _Free]:
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


def _without(o: Obstacle, left: float, right: float) -> _Free:
    if o.right <= left or o.left >= right:
        return [(left, right)]
    sides: _Free = [(left, o.left), (o.right, right)]
    if o.sides == "left":
        return sides[:1]
    if o.sides == "right":
        return sides[1:]
    return [max(sides, key=lambda side: side[1] - side[0])] if o.sides == "largest" else sides


@dataclass(slots=True)
class Beside:
    """Pours one paragraph around obstacles; good for one place on one page."""

    obstacles: Sequence[Obstacle]
    left: float
    """Left edge of the column on the page."""

    width: float
    top: float
    """Where the first line would stand."""

    skipped: float = 0.0
    """Points from there to where it stands."""

    _leads: list[float] = field(default_factory=list)
    """From each line to the next."""

    def pour(
        self, atoms: Sequence[Atom], measure: Measure, size: Callable[[BrokenLine], LineSize], height: float
    ) -> tuple[list[BrokenLine], list[LineSize]]:
        """Return the lines and their sizes.

        Args:
            atoms: What is poured.
            measure: The paragraph's shape where nothing stands in the way.
            size: Gives the room that a line takes.
            height: Of its tallest line.
        """
        sizes: list[LineSize] = []
        leads: list[float] = []
        y = self.top
        row: _Free = []
        is_begun = False

        def edges(lines: Sequence[BrokenLine]) -> tuple[float, float]:
            nonlocal y, row, is_begun
            if lines:
                sizes.append(size(lines[-1]))
            if row and lines and lines[-1].ended_by == "wrap":
                leads.append(-sizes[-1].height)  # goes on beside the obstacle
            else:
                if sizes:
                    y += max(s.height + s.lead for s in sizes[-1:])
                found, row = free_stretches(self.obstacles, self.left, self.left + self.width, y, height)
                if is_begun:
                    leads.append(sizes[-1].lead + found - y)
                else:
                    self.skipped = found - y
                y, is_begun = found, True
            a, b = row.pop(0)
            return a - self.left, b - self.left

        lines = break_lines(atoms, measure, edges)
        sizes.append(size(lines[-1]))
        leads.append(sizes[-1].lead)
        return lines, [s._replace(lead=lead) for s, lead in zip(sizes, leads, strict=True)]
