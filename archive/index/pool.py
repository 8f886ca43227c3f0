"""Postings gathered for a new segment, sorted and written at once.

A document's tokens are turned into numbers by one dictionary look-up each; numbers, documents and counts are kept as
long rows and sorted when the segment is written. That is several times faster than Whoosh's own pool, which
sorts tuples on disk.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from archive.index.terms import FieldTerms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from archive.index.codec import Counts, Numbers

MOST_COUNTED = 255
"""A token that occurs more often in one document counts as this often."""

_WIDTHS: tuple[str, ...] = ("u1", "<u2", "<u4")
_HAS_COUNTS = 4


class FieldPool:
    """The postings of one field."""

    def __init__(self) -> None:
        self._numbers: defaultdict[str, int] = defaultdict()
        self._numbers.default_factory = self._numbers.__len__
        self._tokens = array("I")
        self._counts = array("B")
        self._counted = False
        self._documents: list[int] = []
        self._sizes: list[int] = []
        self._joined: list[tuple[NDArray[np.uint32], Numbers, Counts]] = []

    def add(self, document: int, tokens: Iterable[str]) -> int:
        """Take in a document's tokens, each once; return how many there are."""
        numbers = [*map(self._numbers.__getitem__, tokens)]
        self._tokens.extend(numbers)
        self._documents.append(document)
        self._sizes.append(len(numbers))
        if self._counted:
            self._counts.extend([1] * len(numbers))
        return len(numbers)

    def add_counted(self, document: int, tokens: Mapping[str, int]) -> int:
        """Take in a document's tokens with their counts; return the sum of the counts."""
        self._counted = True
        self.add_counts(tokens.values())
        self._tokens.extend([*map(self._numbers.__getitem__, tokens)])
        self._documents.append(document)
        self._sizes.append(len(tokens))
        return sum(tokens.values())

    def add_counts(self, counts: Iterable[int]) -> None:
        """Keep counts, cut off at `MOST_COUNTED`."""
        values = [*counts]
        try:
            self._counts.extend(values)
        except OverflowError:
            del self._counts[len(self._tokens) :]
            self._counts.extend([min(count, MOST_COUNTED) for count in values])

    def join(self, tokens: list[str], documents: Numbers, counts: Counts) -> None:
        """Take in postings of another segment, one token for each document, documents renumbered."""
        numbers = np.fromiter(map(self._numbers.__getitem__, tokens), dtype=np.uint32, count=len(tokens))
        self._joined.append((numbers, documents, counts))

    def _columns(self) -> tuple[NDArray[np.uint32], Numbers, Counts]:
        tokens = np.frombuffer(self._tokens, dtype=np.uint32) if self._tokens else np.empty(0, dtype=np.uint32)
        documents = np.repeat(np.array(self._documents, dtype=np.uint32), self._sizes)
        counts = np.frombuffer(self._counts, dtype=np.uint8) if self._counted and self._counts else None
        if counts is None:
            counts = np.ones(len(tokens), dtype=np.uint8)
        if not self._joined:
            return tokens, documents, counts
        numbers, places, weights = zip(*self._joined, strict=True)
        return (
            np.concatenate([tokens, *numbers]),
            np.concatenate([documents, *places]),
            np.concatenate([counts, *weights]),
        )

    def write(self, file: Any, start: int) -> tuple[FieldTerms, int]:
        """Write all blocks to the postings file from ``start``; return the dictionary and where they end."""
        tokens, documents, counts = self._columns()
        known = [token.encode() for token in self._numbers]
        order = sorted(range(len(known)), key=known.__getitem__)
        rank = np.empty(len(known), dtype=np.uint32)
        rank[order] = np.arange(len(known), dtype=np.uint32)
        row = np.lexsort((documents, rank[tokens]))
        tokens, documents, counts = rank[tokens][row], documents[row], counts[row]
        starts = np.flatnonzero(np.diff(tokens, prepend=np.uint32(0xFFFFFFFF)))
        stops = np.append(starts[1:], len(tokens))
        blocks, sizes = _blocks(documents, counts, starts, stops)
        data = b"".join(blocks)
        file.write(data)
        places = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64) + start
        held = tokens[starts]  # a token of which every document was deleted has none left
        field = FieldTerms(
            tokens=[known[order[n]] for n in held.tolist()],
            frequencies=(stops - starts).astype(np.uint32),
            firsts=documents[starts],
            most=np.maximum.reduceat(counts, starts) if len(starts) else counts,
            places=places,
        )
        return field, start + len(data)


def _blocks(
    documents: Numbers, counts: Counts, starts: NDArray[np.int64], stops: NDArray[np.int64]
) -> tuple[list[bytes], NDArray[np.int64]]:
    """Return the blocks of all tokens with more than one document, and the size of each token's block."""
    sizes = np.zeros(len(starts), dtype=np.int64)
    if not len(starts):
        return [], sizes
    gaps = np.diff(documents, append=documents[-1:])
    gaps[stops - 1] = 0  # from one token's last document to the next one's first
    largest = np.maximum.reduceat(gaps, starts)
    counted = np.maximum.reduceat(counts, starts) > 1
    widths = (largest >= 1 << 8).astype(np.int64) + (largest >= 1 << 16)
    rows = tuple(gaps.astype(width).tobytes() for width in _WIDTHS)
    count_row = counts.tobytes()
    blocks: list[bytes] = []
    several = np.flatnonzero(stops - starts > 1)
    for start, stop, width, has_counts in zip(
        starts[several].tolist(),
        stops[several].tolist(),
        widths[several].tolist(),
        counted[several].tolist(),
        strict=True,
    ):
        size = (1, 2, 4)[width]
        block = _HEADS[width, has_counts] + rows[width][start * size : (stop - 1) * size]
        blocks.append(block + count_row[start:stop] if has_counts else block)
    sizes[several] = [*map(len, blocks)]
    return blocks, sizes


_HEADS = {(width, counted): bytes((width | counted * _HAS_COUNTS,)) for width in range(3) for counted in (False, True)}


def decode(block: memoryview, *, first: int, size: int) -> tuple[Numbers, Counts | None]:
    """Return the documents of a block and, unless each is one, the counts.

    Args:
        block: What was written.
        first: The first document, from the dictionary.
        size: Number of documents, from the dictionary.
    """
    gaps = np.frombuffer(block, dtype=_WIDTHS[block[0] & 3], count=size - 1, offset=1)
    documents = np.empty(size, dtype=np.uint32)
    documents[0] = first
    documents[1:] = gaps
    np.cumsum(documents, dtype=np.uint32, out=documents)
    if not block[0] & _HAS_COUNTS:
        return documents, None
    return documents, np.frombuffer(block, dtype=np.uint8, count=size, offset=1 + gaps.nbytes)
