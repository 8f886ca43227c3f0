"""Lines of a paragraph that goes on in a column of another width."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.engine.press.setting.breaker import break_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docgen.engine.press.setting.atoms import Atom
    from docgen.engine.press.setting.breaker import BrokenLine
    from docgen.engine.press.setting.lines import LineSize
    from docgen.engine.press.setting.measure import Measure


@dataclass(frozen=True, slots=True)
class Across:
    """Pours one paragraph into columns of several widths."""

    cuts: tuple[tuple[int, float], ...]
    """Line before which a column ends, and its width."""

    width: float
    """Of the column in which it goes on."""

    def pour(
        self,
        atoms: Sequence[Atom],
        measure: Measure,
        size: Callable[[BrokenLine], LineSize],
        _tallest: LineSize,
        _step: float,
    ) -> tuple[list[BrokenLine], list[LineSize]]:
        """Return the lines and their sizes; the measure is that of the widest column."""
        indent = measure.column - measure.right

        def edges(lines: Sequence[BrokenLine]) -> tuple[float, float]:
            wide = next((width for stop, width in self.cuts if len(lines) < stop), self.width)
            return -math.inf, wide - indent

        lines = break_lines(atoms, measure, edges)
        return lines, [size(line) for line in lines]
