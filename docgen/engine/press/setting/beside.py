"""Lines poured around what stands in their way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.engine.press.laid.obstacles import free_stretches
from docgen.engine.press.setting.breaker import break_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docgen.engine.press.laid.obstacles import Free, Obstacle
    from docgen.engine.press.setting.atoms import Atom
    from docgen.engine.press.setting.breaker import BrokenLine, Measure
    from docgen.engine.press.setting.lines import LineSize


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
