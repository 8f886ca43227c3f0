"""Postings gathered for a new segment, sorted and written at once.

A document's tokens are turned into numbers by one dictionary look-up each. When the segment is written, token,
document and place of each occurrence are packed into one number and sorted as such: several times faster than
Whoosh's own pool, which sorts tuples on disk.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from archive.index.terms import FieldTerms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from archive.index.terms import Counts, Numbers

_WIDTHS: tuple[str, ...] = ("u1", "<u2", "<u4")
_SIZES = (1, 2, 4)
_HAS_COUNTS = 4
_COUNT_WIDTH = 3
_PACKED_BITS = 64


class FieldPool:
    """The postings of one field."""

    def __init__(self) -> None:
        self._numbers: defaultdict[str, int] = defaultdict()
        self._numbers.default_factory = self._numbers.__len__
        self._tokens = array("I")
        self._places = array("I")
        self._placed = False
        self._documents: list[int] = []
        self._sizes: list[int] = []
        self._joined: list[tuple[Numbers, Numbers, Numbers | None]] = []

    def add(self, document: int, tokens: Iterable[str]) -> None:
        """Take in a document's tokens, each once."""
        self._add(document, tokens)

    def add_placed(self, document: int, tokens: Sequence[str], places: Sequence[int]) -> int:
        """Take in all occurrences of a document's tokens with where each stands; return how many there are.

        Args:
            document: Its number; documents come in rising order.
            tokens: One for each occurrence.
            places: Rising for equal tokens.
        """
        self._placed = True
        self._places.extend(places)
        return self._add(document, tokens)

    def _add(self, document: int, tokens: Iterable[str]) -> int:
        numbers = [*map(self._numbers.__getitem__, tokens)]
        self._tokens.extend(numbers)
        self._documents.append(document)
        self._sizes.append(len(numbers))
        return len(numbers)

    def join(self, tokens: list[str], documents: Numbers, places: Numbers | None) -> None:
        """Take in postings of another segment, one token for each occurrence, documents renumbered."""
        numbers = np.fromiter(map(self._numbers.__getitem__, tokens), dtype=np.uint32, count=len(tokens))
        self._placed |= places is not None
        self._joined.append((numbers, documents, places))

    def _columns(self) -> tuple[Numbers, Numbers, Numbers]:
        """Return token, document and place of every occurrence."""
        tokens = np.frombuffer(self._tokens, dtype=np.uint32) if self._tokens else np.empty(0, dtype=np.uint32)
        documents = np.repeat(np.array(self._documents, dtype=np.uint32), self._sizes)
        places = np.frombuffer(self._places, dtype=np.uint32) if self._places else np.zeros(len(tokens), np.uint32)
        if not self._joined:
            return tokens, documents, places
        numbers, moved, stood = zip(*self._joined, strict=True)
        there = [np.zeros(len(n), np.uint32) if s is None else s for n, s in zip(numbers, stood, strict=True)]
        return (
            np.concatenate([tokens, *numbers]),
            np.concatenate([documents, *moved]),
            np.concatenate([places, *there]),
        )

    def write(self, file: Any, start: int) -> tuple[FieldTerms, int]:
        """Write blocks and places to the postings file from ``start``; return the dictionary and where they end."""
        known = [token.encode() for token in self._numbers]
        order = sorted(range(len(known)), key=known.__getitem__)
        rank = np.empty(len(known), dtype=np.uint32)
        rank[order] = np.arange(len(known), dtype=np.uint32)
        tokens, documents, places = self._columns()
        tokens, documents, places = _sorted(rank[tokens], documents, places)
        first = np.ones(len(tokens), dtype=np.bool_)  # of its token in its document
        first[1:] = (tokens[1:] != tokens[:-1]) | (documents[1:] != documents[:-1])
        postings = np.flatnonzero(first)
        counts = np.diff(postings, append=len(tokens)).astype(np.uint32)
        tokens, documents = tokens[postings], documents[postings]
        starts = np.flatnonzero(np.diff(tokens, prepend=np.uint32(0xFFFFFFFF)))
        stops = np.append(starts[1:], len(tokens))
        blocks, sizes = _blocks(documents, counts, starts, stops)
        data = b"".join(blocks)
        file.write(data)
        field = FieldTerms(
            # a token of which every document was deleted has none left
            tokens=[known[order[n]] for n in tokens[starts].tolist()],
            frequencies=(stops - starts).astype(np.uint32),
            firsts=documents[starts],
            blocks=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64) + start,
        )
        end = start + len(data)
        if self._placed:
            row = places.astype("<u2" if not len(places) or places.max() < 1 << 16 else "<u4")
            file.write(row.tobytes())
            before = np.append(postings, len(places))
            field = field._replace(occurrences=before[np.append(starts, len(postings))], places=(end, row.dtype.str))
            end += row.nbytes
        return field, end


def _sorted(tokens: Numbers, documents: Numbers, places: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Sort occurrences by token, document and place."""
    if not len(tokens):
        return tokens, documents, places
    bits = [int(column.max()).bit_length() for column in (tokens, documents, places)]
    if sum(bits) > _PACKED_BITS:
        row = np.lexsort((places, documents, tokens))
        return tokens[row], documents[row], places[row]
    packed = tokens.astype(np.uint64)
    packed <<= np.uint64(bits[1])
    packed |= documents
    packed <<= np.uint64(bits[2])
    packed |= places
    packed.sort()
    places = (packed & np.uint64((1 << bits[2]) - 1)).astype(np.uint32)
    packed >>= np.uint64(bits[2])
    documents = (packed & np.uint64((1 << bits[1]) - 1)).astype(np.uint32)
    packed >>= np.uint64(bits[1])
    return packed.astype(np.uint32), documents, places


def _blocks(
    documents: Numbers, counts: Numbers, starts: NDArray[np.int64], stops: NDArray[np.int64]
) -> tuple[list[bytes], NDArray[np.int64]]:
    """Return the blocks of all tokens with more than one document, and the size of each token's block."""
    sizes = np.zeros(len(starts), dtype=np.int64)
    if not len(starts):
        return [], sizes
    gaps = np.diff(documents, append=documents[-1:])
    gaps[stops - 1] = 0  # from one token's last document to the next one's first
    gap_widths = _width(np.maximum.reduceat(gaps, starts))
    most = np.maximum.reduceat(counts, starts)
    kinds = gap_widths | ((most > 1) * (_HAS_COUNTS | _width(most) << _COUNT_WIDTH))
    gap_rows = tuple(gaps.astype(width).tobytes() for width in _WIDTHS)
    count_rows = tuple(counts.astype(width).tobytes() for width in _WIDTHS)
    blocks: list[bytes] = []
    several = np.flatnonzero(stops - starts > 1)
    for start, stop, kind in zip(
        starts[several].tolist(), stops[several].tolist(), kinds[several].tolist(), strict=True
    ):
        size = _SIZES[kind & 3]
        block = _HEADS[kind] + gap_rows[kind & 3][start * size : (stop - 1) * size]
        if kind & _HAS_COUNTS:
            size = _SIZES[kind >> _COUNT_WIDTH]
            block += count_rows[kind >> _COUNT_WIDTH][start * size : stop * size]
        blocks.append(block)
    sizes[several] = [*map(len, blocks)]
    return blocks, sizes


_HEADS = [bytes((kind,)) for kind in range(32)]


def _width(largest: Numbers) -> NDArray[np.int64]:
    return (largest >= 1 << 8).astype(np.int64) + (largest >= 1 << 16)


def decode(block: memoryview, *, first: int, size: int) -> tuple[Numbers, Counts | None]:
    """Return the documents of a block and, unless each is one, the counts.

    Args:
        block: What was written.
        first: The first document, from the dictionary.
        size: Number of documents, from the dictionary.
    """
    kind = block[0]
    gaps = np.frombuffer(block, dtype=_WIDTHS[kind & 3], count=size - 1, offset=1)
    documents = np.empty(size, dtype=np.uint32)
    documents[0] = first
    documents[1:] = gaps
    np.cumsum(documents, dtype=np.uint32, out=documents)
    if not kind & _HAS_COUNTS:
        return documents, None
    return documents, np.frombuffer(block, dtype=_WIDTHS[kind >> _COUNT_WIDTH], count=size, offset=1 + gaps.nbytes)
