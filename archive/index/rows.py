"""Rising arrays of documents, put together.

Two short ones, or a short and a long one, meet by looking each number up; two long ones by way of a mask as wide as
the segment, which reads and writes memory once instead of jumping about in it for every number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from archive.index.codec import NONE_FOUND

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from archive.index.terms import Counts, Numbers

_SPARSE = 64
"""With one number in so many, or fewer, a mask would be mostly empty."""

_LONGER = 16
"""A row so many times longer than the other is looked up in rather than spread out."""


def intersect(left: Numbers, right: Numbers) -> Numbers:
    """Return what two rising arrays share."""
    if len(left) > len(right):
        left, right = right, left
    return left[contains(right, left)] if len(left) else NONE_FOUND


def contains(sorted_numbers: Numbers, wanted: Numbers) -> NDArray[np.bool_]:
    """Tell for each of ``wanted``, which rises as well, whether it is in a rising array."""
    if not len(sorted_numbers) or not len(wanted):
        return np.zeros(len(wanted), dtype=np.bool_)
    if _are_many(sorted_numbers, wanted):
        mask = np.zeros(_width(sorted_numbers, wanted), dtype=np.bool_)
        mask[sorted_numbers] = True
        return mask[wanted]
    at = np.searchsorted(sorted_numbers, wanted)
    at[at == len(sorted_numbers)] = len(sorted_numbers) - 1
    there: NDArray[np.bool_] = sorted_numbers[at] == wanted
    return there


def places_of(numbers: Numbers, wanted: Numbers) -> NDArray[np.int64]:
    """Return the places in a rising array of those of ``wanted``, rising as well, that are in it."""
    if len(wanted) > _LONGER * len(numbers):  # few asked about many
        return np.flatnonzero(contains(wanted, numbers))
    at = np.searchsorted(numbers, wanted)
    inside = at < len(numbers)
    at, wanted = at[inside], wanted[inside]
    places: NDArray[np.int64] = at[numbers[at] == wanted]
    return places


def counted(documents: Numbers, counts: Counts | None, wanted: Numbers) -> NDArray[np.float32]:
    """Return how often each of ``wanted`` is counted.

    Args:
        documents: Those that were counted; rising, not empty.
        counts: How often; None: once each.
        wanted: Those asked about; rising.
    """
    if len(wanted) and _are_many(documents, wanted):
        spread = np.zeros(_width(documents, wanted), dtype=np.float32)
        spread[documents] = 1 if counts is None else counts
        found: NDArray[np.float32] = spread[wanted]
        return found
    at = np.searchsorted(documents, wanted)
    at[at == len(documents)] = 0
    there = documents[at] == wanted
    often: NDArray[np.float32] = there.astype(np.float32)
    if counts is not None:
        often *= counts[at]
    return often


def union(parts: list[Numbers], size: int) -> Numbers:
    """Return the rising array of what is in any part; ``size`` is the number of documents there are."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return NONE_FOUND
    if len(parts) == 1:
        return parts[0]
    if sum(map(len, parts)) > size // _SPARSE:
        mask = np.zeros(size, dtype=np.bool_)
        for part in parts:
            mask[part] = True
        return np.flatnonzero(mask).astype(np.uint32)
    together = np.concatenate(parts)
    together.sort()
    is_first = np.ones(len(together), dtype=np.bool_)
    np.not_equal(together[1:], together[:-1], out=is_first[1:])
    return together[is_first]


def _are_many(numbers: Numbers, wanted: Numbers) -> bool:
    """Tell whether two rising arrays, neither of them empty, are best met by a mask."""
    return len(numbers) < _LONGER * len(wanted) and _width(numbers, wanted) < _SPARSE * len(wanted)


def _width(numbers: Numbers, wanted: Numbers) -> int:
    return max(int(numbers[-1]), int(wanted[-1])) + 1
