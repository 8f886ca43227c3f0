"""Lines poured around what stands in their way."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.engine.press.laid.obstacles import free_stretches
from docgen.engine.press.setting.breaker import break_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docgen.engine.press.laid.obstacles import Free, Obstacle
    from docgen.engine.press.setting.atoms import Atom
    from docgen.engine.press.setting.breaker import BrokenLine
    from docgen.engine.press.setting.lines import LineSize
    from docgen.engine.press.setting.measure import Measure

_SLIP = 0.01


@dataclass(slots=True)
class Beside:
    """Pours one paragraph around obstacles; good for one place on one page."""

    obstacles: Sequence[Obstacle]
    left: float
    """Left edge of the column on the page."""

    width: float
    top: float
    """Where the first line would stand."""

    before: float = 0.0
    """Space above the paragraph, which is kept free below an obstacle, too."""

    skipped: float = 0.0
    """Points from there to where it stands."""

    _leads: list[float] = field(default_factory=list)
    """From each line to the next."""

    def pour(
        self,
        atoms: Sequence[Atom],
        measure: Measure,
        size: Callable[[BrokenLine], LineSize],
        tallest: LineSize,
        step: float,
    ) -> tuple[list[BrokenLine], list[LineSize]]:
        """Return the lines and their sizes.

        Args:
            atoms: What is poured.
            measure: The paragraph's shape where nothing stands in the way.
            size: Gives the room that a line takes.
            tallest: Room of its tallest line.
            step: Of the document grid, in whole steps of which lines go down; 0 without one.
        """
        sizes: list[LineSize] = []
        leads: list[float] = []
        y = self.top
        row: Free = []
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
                found, row = self._next(y, tallest, step, is_first=not is_begun)
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

    def _next(self, y: float, tallest: LineSize, step: float, *, is_first: bool) -> tuple[float, Free]:
        """Return where the next line stands, at ``y`` or below it, and its stretches there."""
        edges = self.left, self.left + self.width
        found, row = free_stretches(self.obstacles, *edges, y, tallest.height)
        moved = found - y
        if moved <= _SLIP:
            return found, row
        if is_first:
            moved += self.before
        if step:
            moved = math.ceil(moved / step - _SLIP) * step
        if is_first:
            moved += tallest.lead
        return free_stretches(self.obstacles, *edges, y + moved, tallest.height)
