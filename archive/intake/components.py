"""Connected marks in a small bilevel picture, without a library of its own for it.

Rows are cut into runs and runs that touch (diagonals too) are joined; a crop of a signature box
has some hundred runs, so plain Python is fast enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One connected mark; limits in pixels, the last ones not included."""

    area: int
    left: int
    top: int
    right: int
    bottom: int
    inside: int
    """How many of its pixels lie in the region asked about."""

    @property
    def width(self) -> int:
        """Pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels."""
        return self.bottom - self.top


def find_components(marks: NDArray[np.bool_], region: NDArray[np.bool_]) -> list[Component]:
    """Return the connected marks of a picture.

    Args:
        marks: Where something is.
        region: Of the same shape; `Component.inside` counts the pixels that lie in it.
    """
    rows, starts, stops = _runs(marks)
    parents = list(range(len(rows)))

    def root(run: int) -> int:
        while parents[run] != run:
            parents[run] = parents[parents[run]]
            run = parents[run]
        return run

    above = 0
    for run in range(len(rows)):
        while above < run and rows[above] < rows[run] - 1:
            above += 1
        other = above
        while other < run and rows[other] == rows[run] - 1 and starts[other] <= stops[run]:
            if stops[other] >= starts[run]:
                parents[root(other)] = root(run)
            other += 1
    covered = np.concatenate([np.zeros((region.shape[0], 1), np.int64), np.cumsum(region, axis=1)], axis=1)
    grouped: dict[int, list[int]] = {}
    for run in range(len(rows)):
        grouped.setdefault(root(run), []).append(run)
    return [
        Component(
            area=sum(stops[r] - starts[r] for r in runs),
            left=min(starts[r] for r in runs),
            top=rows[runs[0]],
            right=max(stops[r] for r in runs),
            bottom=rows[runs[-1]] + 1,
            inside=sum(int(covered[rows[r], stops[r]] - covered[rows[r], starts[r]]) for r in runs),
        )
        for runs in grouped.values()
    ]


def _runs(marks: NDArray[np.bool_]) -> tuple[list[int], list[int], list[int]]:
    """Return row, first column and column behind the last of every run, in reading order."""
    padded = np.zeros((marks.shape[0], marks.shape[1] + 2), np.int8)
    padded[:, 1:-1] = marks
    edges = np.diff(padded, axis=1)
    rows, starts = np.nonzero(edges == 1)
    _, stops = np.nonzero(edges == -1)
    return rows.tolist(), starts.tolist(), stops.tolist()
