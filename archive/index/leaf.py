"""One segment as arrays: postings by token, columns whole, deleted documents as a mask."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from whoosh.util.numeric import byte_to_length

from archive.index.buffers import open_storage, view_of
from archive.index.codec import NONE_FOUND, PlainTermsReader
from archive.index.manifest import IndexDamagedError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from pathlib import Path

    from numpy.typing import NDArray
    from whoosh.codec.whoosh3 import W3Segment

    from archive.index.codec import Counts, Numbers


class Labels(NamedTuple):
    """A column of few values: for each document the place of its value in ``values``."""

    codes: NDArray[np.uint16]
    values: tuple[str, ...]


class _Strings(NamedTuple):
    view: memoryview
    starts: NDArray[np.int64]


class Leaf:
    """A segment that is read; never changes, except that `with_deletions` gives a copy with more deleted."""

    def __init__(self, folder: Path, segment: W3Segment) -> None:
        """Open the segment's file; the seal was checked before."""
        self.segment = segment
        self.size: int = segment.doc_count_all()
        self._storage = open_storage(folder / segment.make_filename(".seg"))
        self.terms: PlainTermsReader = segment.codec().terms_reader(self._storage, segment)
        self._labels: dict[str, Labels] = {}
        self._numbers: dict[str, NDArray[Any]] = {}
        self._strings: dict[str, _Strings] = {}
        self._accepted: dict[tuple[str, Hashable], NDArray[np.bool_]] = {}
        self.live = _live(segment)

    @property
    def segment_id(self) -> str:
        """Whoosh's name of the segment."""
        return str(self.segment.segment_id())

    def with_deletions(self, segment: W3Segment) -> Leaf:
        """Return this leaf with the deletions of a newer state of the same segment; the file stays shared."""
        copy = object.__new__(Leaf)
        copy.__dict__.update(self.__dict__)
        copy.segment = segment
        copy.live = _live(segment)
        return copy

    def close(self) -> None:
        """Let go of the file."""
        self._labels.clear()
        self._numbers.clear()
        self._strings.clear()
        self._accepted.clear()
        del self.terms
        self._storage.close()

    # postings

    def postings(self, field: str, token: str) -> tuple[Numbers, Counts | None]:
        """Return the documents that hold a token, deleted ones included, and how often (None: once each)."""
        return self.terms.postings(field, token.encode())

    def documents(self, field: str, token: str) -> Numbers:
        """Return the documents that hold a token, deleted ones included."""
        return self.terms.postings(field, token.encode())[0]

    def frequency(self, field: str, token: str) -> int:
        """Return how many documents hold a token, deleted ones included."""
        return self.terms.doc_frequency(field, token.encode())

    def documents_from(self, field: str, prefix: str) -> Numbers:
        """Return the documents that hold any token with a prefix."""
        return union([documents for documents, _ in self.terms.postings_from(field, prefix.encode())], self.size)

    # columns

    def _view(self, column: str) -> memoryview | None:
        name = f"{self.segment_id}.{column}.col"
        if not self._storage.file_exists(name):
            return None
        return view_of(self._storage.open_file(name))

    def numbers(self, column: str, dtype: str) -> NDArray[Any]:
        """Return a numeric column whole; documents after its end have 0."""
        known = self._numbers.get(column)
        if known is None:
            view = self._view(column)
            known = np.zeros(self.size, dtype=dtype.lstrip(">"))
            if view is not None:
                stored = np.frombuffer(view, dtype=dtype)
                known[: len(stored)] = stored
            self._numbers[column] = known
        return known

    def days(self) -> NDArray[np.uint32]:
        """Return each document's day as 20260301."""
        return self.numbers("c_day", ">u4")

    def ties(self) -> NDArray[np.uint64]:
        """Return each document's place among equals."""
        return self.numbers("c_tie", ">u8")

    def lengths(self) -> NDArray[np.float32]:
        """Return the number of tokens of each body, as exact as Whoosh keeps it in one byte."""
        known = self._numbers.get("lengths")
        if known is None:
            known = _length_table()[self.numbers("_body_len", "u1")]
            self._numbers["lengths"] = known
        return known

    def total_length(self) -> int:
        """Return the number of body tokens in the segment, deleted documents included."""
        return int(vars(self.segment)["_fieldlengths"].get("body", 0))

    def labels(self, column: str) -> Labels:
        """Return a column of few values."""
        known = self._labels.get(column)
        if known is None:
            known = self._labels[column] = self._read_labels(column)
        return known

    def _read_labels(self, column: str) -> Labels:
        view = self._view(column)
        if view is None:
            return Labels(np.zeros(self.size, dtype=np.uint16), ("",))
        dtype = {"B": "u1", "H": ">u2"}[chr(view[-1])]
        at = self.size * np.dtype(dtype).itemsize
        codes = np.frombuffer(view, dtype=dtype, count=self.size).astype(np.uint16)
        count, at = _varint(view, at)
        values: list[str] = []
        for _ in range(count):
            size, at = _varint(view, at)
            values.append(bytes(view[at : at + size]).decode())
            at += size
        return Labels(codes, tuple(values))

    def accepted(self, column: str, key: Hashable, accepts: Callable[[str], bool]) -> NDArray[np.bool_]:
        """Tell for each value of a label column whether it is accepted; remembered under ``key``."""
        known = self._accepted.get((column, key))
        if known is None:
            values = self.labels(column).values
            known = np.fromiter(map(accepts, values), dtype=np.bool_, count=len(values))
            if len(self._accepted) >= _MOST_REMEMBERED:
                self._accepted.clear()
            self._accepted[column, key] = known
        return known

    def bytes_of(self, column: str, document: int) -> bytes:
        """Return one document's value of a column of texts."""
        strings = self._strings.get(column)
        if strings is None:
            strings = self._strings[column] = self._read_strings(column)
        return bytes(strings.view[strings.starts[document] : strings.starts[document + 1]])

    def which_hold(self, column: str, needle: bytes, documents: Numbers) -> list[int]:
        """Return the places in ``documents`` whose value of a column of texts holds the bytes ``needle``."""
        self.bytes_of(column, 0)  # the starts are read on first use
        starts = self._strings[column].starts + self._storage.range(f"{self.segment_id}.{column}.col")[0]
        begin, end = starts[documents].tolist(), starts[documents + 1].tolist()
        whole = self._storage.whole
        return [at for at, (a, b) in enumerate(zip(begin, end, strict=True)) if needle in whole[a:b]]

    def _read_strings(self, column: str) -> _Strings:
        view = self._view(column)
        starts = np.zeros(self.size + 1, dtype=np.int64)
        if view is None:
            return _Strings(memoryview(b""), starts)
        end = len(view) - 1
        code = chr(view[end])
        begin = end - self.size * _ITEM_SIZES[code]
        lengths = np.frombuffer(view[begin:end], dtype=f">u{_ITEM_SIZES[code]}")
        np.cumsum(lengths, out=starts[1:])
        if starts[-1] > begin:
            raise IndexDamagedError(f"{self.segment_id} 的 {column} 列长度不符")
        return _Strings(view, starts)


_MOST_REMEMBERED = 256
_ITEM_SIZES = {"B": 1, "H": 2, "i": 4, "I": 4, "q": 8}


def _live(segment: W3Segment) -> NDArray[np.bool_] | None:
    """Return which documents are not deleted; None where none is."""
    if not segment.deleted_count():
        return None
    mask = np.ones(segment.doc_count_all(), dtype=np.bool_)
    mask[np.fromiter(segment.deleted_docs(), dtype=np.int64)] = False
    return mask


@lru_cache(maxsize=1)
def _length_table() -> NDArray[np.float32]:
    return np.array([byte_to_length(code) or 0 for code in range(256)], dtype=np.float32)


def _varint(view: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = view[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def intersect(left: Numbers, right: Numbers) -> Numbers:
    """Return what two rising arrays share."""
    if len(left) > len(right):
        left, right = right, left
    if not len(left):
        return NONE_FOUND
    at = np.searchsorted(right, left)
    at[at == len(right)] = len(right) - 1
    shared: Numbers = left[right[at] == left]
    return shared


def contains(sorted_numbers: Numbers, wanted: Numbers) -> NDArray[np.bool_]:
    """Tell for each of ``wanted`` whether it is in a rising array."""
    if not len(sorted_numbers):
        return np.zeros(len(wanted), dtype=np.bool_)
    at = np.searchsorted(sorted_numbers, wanted)
    at[at == len(sorted_numbers)] = len(sorted_numbers) - 1
    there: NDArray[np.bool_] = sorted_numbers[at] == wanted
    return there


def union(parts: list[Numbers], size: int) -> Numbers:
    """Return the rising array of what is in any part; ``size`` is the number of documents there are."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return NONE_FOUND
    if len(parts) == 1:
        return parts[0]
    if sum(map(len, parts)) > size // 64:
        mask = np.zeros(size, dtype=np.bool_)
        for part in parts:
            mask[part] = True
        return np.flatnonzero(mask).astype(np.uint32)
    return np.unique(np.concatenate(parts))
