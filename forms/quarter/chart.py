"""A chart (图) as data: what is counted for whom, without a picture; kept with a report's other values.

The lines of `Chart.to_lines` stand in a field of type ``chart``; whoever draws them again years later gets the
same chart. A gap is a gap (未报, 未采集), never a column of nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

_BAR = "|"
_GAP = "未报"


class ChartKind(StrEnum):
    """How the numbers are shown."""

    BARS = "bars"
    """Beside each other: series against series within a category."""

    STACK = "stack"
    """On top of each other: parts of a whole, a bar for each category."""

    LINES = "lines"
    """Over time: categories are periods, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Numbers by category and series."""

    title: str
    kind: ChartKind
    unit: str
    """What is counted: 人, 份."""

    series: tuple[str, ...]
    categories: tuple[str, ...]
    numbers: tuple[tuple[int | None, ...], ...]
    """For each category one number a series; ``None``: not reported or not collected."""

    def __post_init__(self) -> None:
        assert len(self.numbers) == len(self.categories)
        assert all(len(row) == len(self.series) for row in self.numbers)
        assert not any(
            mark in text for text in (self.title, self.unit, *self.series, *self.categories) for mark in "|\n"
        )

    @property
    def has_numbers(self) -> bool:
        """Tell whether there is anything to draw."""
        return any(number is not None for row in self.numbers for number in row)

    def to_lines(self) -> tuple[str, ...]:
        """Write the chart as lines of text: kind, unit and title, the series, then a line a category."""
        rows = [
            _BAR.join((name, *(_GAP if number is None else str(number) for number in row)))
            for name, row in zip(self.categories, self.numbers, strict=True)
        ]
        return (_BAR.join((self.kind.value, self.unit, self.title)), _BAR.join(("", *self.series)), *rows)

    @classmethod
    def from_lines(cls, lines: Sequence[str]) -> Self:
        """Read what `to_lines` wrote.

        Raises:
            ValueError: The lines are no chart.
        """
        if len(lines) < 2:
            raise ValueError("a chart has two lines at least")
        kind, unit, title = lines[0].split(_BAR)
        series = tuple(lines[1].split(_BAR)[1:])
        rows = [line.split(_BAR) for line in lines[2:]]
        if any(len(row) != len(series) + 1 for row in rows):
            raise ValueError("a row of a chart has a number for each series")
        return cls(
            title=title,
            kind=ChartKind(kind),
            unit=unit,
            series=series,
            categories=tuple(row[0] for row in rows),
            numbers=tuple(tuple(None if cell == _GAP else int(cell) for cell in row[1:]) for row in rows),
        )
