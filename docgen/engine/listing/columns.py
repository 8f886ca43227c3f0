"""Columns of a long table: their headings over several rows, and how wide each becomes on the sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from forms.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docgen.engine.listing.text import Scale

_SAMPLE = 400
"""Rows looked at for widths, evenly over the whole table."""


class TooNarrowError(DataError):
    """More columns than can be read on the sheet."""

    code = "listing.too-narrow"

    def __init__(self, *, columns: int, floor: float) -> None:
        self.columns = columns
        super().__init__(
            f"表格有 {columns} 栏，按最小字号 {floor:g} 磅也排不进纸宽，没有生成。"
            "请改用更大的纸张或横向，或者减少栏目。"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column."""

    heading: tuple[str, ...]
    """From the outermost group to the column's own name; neighbours under the same group share its cell."""

    align: str = "center"
    """`left`, `center` or `right`."""

    is_upright: bool = False
    """The heading runs downwards, a character a line."""

    has_total: bool = False
    """Numbers of this column are added up on every page and at the end."""

    width_mm: float | None = None
    """Fixed; ``None``: as the content asks."""


@dataclass(frozen=True, slots=True)
class HeadCell:
    """One cell of the heading."""

    text: str
    row: int
    column: int
    rows: int
    columns: int
    is_upright: bool


def head_cells(columns: Sequence[Column]) -> tuple[tuple[HeadCell, ...], int]:
    """Return the cells of the heading, merged, and how many rows they take."""
    depth = max((len(column.heading) for column in columns), default=0)
    found: list[HeadCell] = []
    for level in range(depth):
        start = 0
        while start < len(columns):
            path = columns[start].heading
            stop = start + 1
            if level < len(path) - 1:  # a group: it goes on while the path to it is the same
                while stop < len(columns) and _is_under(columns[stop].heading, path[: level + 1]):
                    stop += 1
            if level < len(path):
                is_leaf = level == len(path) - 1
                found.append(
                    HeadCell(
                        path[level],
                        level,
                        start,
                        depth - level if is_leaf else 1,
                        stop - start,
                        is_leaf and columns[start].is_upright,
                    )
                )
            start = stop
    return tuple(found), depth


def _is_under(path: tuple[str, ...], group: tuple[str, ...]) -> bool:
    return len(path) > len(group) and path[: len(group)] == group


def fit(
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    sums: Mapping[int, str],
    scale: Scale,
    *,
    room: float,
    padding: float,
    size: float,
    floor: float,
) -> tuple[tuple[float, ...], float]:
    """Return the widths of the columns in points and the size of type, as large as can be.

    Args:
        columns: The columns.
        rows: All rows; some of them are looked at.
        sums: Totals by column, in full.
        scale: Measures.
        room: Points that the table may take.
        padding: Points beside the text in each cell, both sides together.
        size: Wanted size of type in points.
        floor: The smallest that is still read.

    Raises:
        TooNarrowError: Even at the smallest size the longest words do not fit.
    """
    least, natural = _needs(columns, rows, scale)
    for i, total in sums.items():
        least[i], natural[i] = max(least[i], scale.width(total)), max(natural[i], scale.width(total))
    points = size
    while True:
        fixed = [0.0 if c.width_mm is None else c.width_mm * 72 / 25.4 for c in columns]
        needed = [have or need * points + padding for have, need in zip(fixed, least, strict=True)]
        lack = sum(needed) - room
        if lack <= 0 or points <= floor:
            break
        points = max(floor, points - 0.5)
    if lack > 0:
        raise TooNarrowError(columns=len(columns), floor=floor)
    wanted = [have or max(n, need * points + padding) for have, n, need in zip(fixed, needed, natural, strict=True)]
    return tuple(_share(needed, wanted, fixed, room)), points


def _needs(columns: Sequence[Column], rows: Sequence[Sequence[str]], scale: Scale) -> tuple[list[float], list[float]]:
    """Return for each column the width of its longest word and that of its longest text, in em."""
    step = max(1, len(rows) // _SAMPLE)
    sample = rows[::step]
    least, natural = [], []
    for i, column in enumerate(columns):
        name = column.heading[-1]
        least_here = 1.0 if column.is_upright else min(scale.least(name), 4.0)
        natural_here = 1.0 if column.is_upright else scale.width(name)
        for text in set("\n".join([row[i] for row in sample]).split("\n")):
            width = scale.width(text)
            natural_here = max(natural_here, width)
            if width > least_here:  # else none of its words is longer
                least_here = max(least_here, min(scale.least(text), 12.0))
        least.append(max(least_here, 1.0))
        natural.append(max(natural_here, 1.0))
    return least, natural


def _share(needed: list[float], wanted: list[float], fixed: list[float], room: float) -> list[float]:
    """Give each column what it needs, then share out the rest by what each would like."""
    rest = room - sum(needed)
    asks = [w - n for w, n in zip(wanted, needed, strict=True)]
    asked = sum(asks)
    if asked > rest:
        return [n + ask * rest / asked for n, ask in zip(needed, asks, strict=True)]
    free = [0.0 if have else 1.0 for have in fixed]
    spare = (rest - asked) / (sum(free) or 1.0)
    return [w + spare * f for w, f in zip(wanted, free, strict=True)]
