"""What the hits of a query spread over: how many fall to each form, village, year and status.

Each segment numbers the values of a column by itself. Here they get one number for the whole index, in the order
of their names, so that counting is adding up arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archive.index.leaf import YEAR
from archive.index.schema import WITHIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from archive.index.leaf import Leaf
    from archive.index.terms import Numbers

COLUMNS = {"form": ("c_form", 0), "village": ("c_village", 2), "year": (YEAR, 0), "status": ("c_status", 0)}
"""Facet -> column and which part of its values, counted from 0 with separators."""


class _Column(NamedTuple):
    names: list[str]
    numbers: list[NDArray[np.int64]]
    """For each segment the number of each of its own codes."""


class Spread:
    """The values of all segments of one generation."""

    def __init__(self, leaves: tuple[Leaf, ...]) -> None:
        """Take the segments; a column is looked at when it is first counted."""
        self._leaves = leaves
        self._columns: dict[str, _Column] = {}

    def count(self, facet: str, found: Iterable[tuple[int, Numbers | list[int]]]) -> dict[str, int]:
        """Return how many of the documents of each segment have each value, most first, then by name."""
        column = self._columns.get(facet)
        if column is None:
            column = self._columns[facet] = self._read(facet)
        name = COLUMNS[facet][0]
        total = np.zeros(len(column.names), dtype=np.int64)
        for segment, documents in found:
            codes, values = self._leaves[segment].labels(name)
            np.add.at(total, column.numbers[segment], np.bincount(codes[documents], minlength=len(values)))
        there = np.flatnonzero(total)
        order = there[np.argsort(-total[there], kind="stable")]
        names = column.names
        counts = dict(zip([names[at] for at in order.tolist()], total[order].tolist(), strict=True))
        counts.pop("", None)
        return counts

    def _read(self, facet: str) -> _Column:
        name, part = COLUMNS[facet]
        values = [[value.partition(WITHIN)[part] for value in leaf.labels(name).values] for leaf in self._leaves]
        names = sorted({value for own in values for value in own})
        number = {value: at for at, value in enumerate(names)}
        return _Column(names, [np.array([number[value] for value in own], dtype=np.int64) for own in values])
