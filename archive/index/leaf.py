"""One segment as arrays: postings by token, columns whole, deleted documents as a mask."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from whoosh.util.numeric import byte_to_length

from archive.index.buffers import open_storage, view_of
from archive.index.manifest import IndexDamagedError
from archive.index.phrase import standing
from archive.index.schema import TIE_BITS
from archive.index.tokens import SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from pathlib import Path

    from numpy.typing import NDArray
    from whoosh.codec.whoosh3 import W3Segment

    from archive.index.codec import PlainTermsReader
    from archive.index.plan import Place
    from archive.index.terms import Counts, Numbers


YEAR = "year"
"""A column of labels made from the days."""


class Labels(NamedTuple):
    """A column of few values: for each document the place of its value in ``values``."""

    codes: NDArray[np.uint16]
    values: tuple[str, ...]


class _Strings(NamedTuple):
    view: memoryview
    starts: NDArray[np.int64]
    edges: memoryview
    """Of ``starts``."""


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
        self._unpacked = _Kept()
        self._order_view: memoryview | None = None
        self._damping: dict[float, NDArray[np.float32]] = {}
        self.gone = _gone(segment)
        self.live = _live(self.gone, self.size)

    @property
    def segment_id(self) -> str:
        """Whoosh's name of the segment."""
        return str(self.segment.segment_id())

    def with_deletions(self, segment: W3Segment) -> Leaf:
        """Return this leaf with the deletions of a newer state of the same segment; the file stays shared."""
        copy = object.__new__(Leaf)
        copy.__dict__.update(self.__dict__)
        copy.segment = segment
        copy.gone = _gone(segment)
        copy.live = _live(copy.gone, copy.size)
        return copy

    def close(self) -> None:
        """Let go of the file."""
        self._labels.clear()
        self._numbers.clear()
        self._strings.clear()
        self._accepted.clear()
        self._unpacked.clear()
        del self.terms
        self._storage.close()

    # postings

    def postings(self, field: str, token: str) -> tuple[Numbers, Counts | None]:
        """Return the documents that hold a token, deleted ones included, and how often (None: once each)."""
        known = self._unpacked.get((field, token))
        if known is None:
            known = self.terms.postings(field, token.encode())
            self._unpacked.keep((field, token), known)
        return known

    def documents(self, field: str, token: str) -> Numbers:
        """Return the documents that hold a token, deleted ones included."""
        return self.postings(field, token)[0]

    def standing(self, place: Place) -> tuple[Numbers, Counts | None]:
        """Return the documents whose text holds a stretch, deleted ones included, and how often (None: once each)."""
        if not place.verified and len(place.tokens) == 1:
            return self.postings("body", place.tokens[0])
        known = self._unpacked.get(("", place.text))
        if known is None:
            known = standing(self, place)
            self._unpacked.keep(("", place.text), known)
        return known

    def frequency(self, field: str, token: str) -> int:
        """Return how many documents hold a token, deleted ones included."""
        return self.terms.doc_frequency(field, token.encode())

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

    def order(self) -> NDArray[np.uint64]:
        """Return a number for each document that sorts by day, then by place among equals."""
        known = self._numbers.get("order")
        if known is None:
            known = self.days().astype(np.uint64) << np.uint64(TIE_BITS) | self.numbers("c_tie", ">u8")
            self._numbers["order"] = known
        return known

    def order_view(self) -> memoryview:
        """Return `order` so that one number of it is had quickly."""
        if self._order_view is None:
            self._order_view = self.order().data
        return self._order_view

    def damping(self, average: float, share: float, strength: float) -> NDArray[np.float32]:
        """Return what BM25 adds to each count for the length of its body, known as exactly as Whoosh keeps it.

        Args:
            average: Length of a body on average, in tokens; the last one asked for is remembered.
            share: BM25's b.
            strength: BM25's k1.
        """
        known = self._damping.get(average)
        if known is None:
            lengths = _length_table()[self.numbers("_body_len", "u1")]
            known = (strength * (1 - share + share / average * lengths)).astype(np.float32)
            self._damping.clear()
            self._damping[average] = known
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
        if column == YEAR:
            years = self.days() // 10_000
            first = int(years.min(initial=years[0] if self.size else 0))
            codes = (years - first).astype(np.uint16)
            return Labels(codes, tuple(map(str, range(first, first + int(codes.max(initial=0)) + 1))))
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
        edges = strings.edges
        return bytes(strings.view[edges[document] : edges[document + 1]])

    def key(self, document: int) -> str:
        """Return one document's key."""
        return self.bytes_of("c_key", document).decode()

    def text(self, document: int) -> str:
        """Return the folded text of one document, its parts on lines."""
        return self.bytes_of("c_text", document).decode("utf-16-le").rstrip(SEPARATOR)

    def text_units(self) -> NDArray[np.uint16]:
        """Return all texts end to end, as `archive.index.tokens.text_units` gives them."""
        known = self._numbers.get("units")
        if known is None:
            self.bytes_of("c_text", 0)
            strings = self._strings["c_text"]
            known = np.frombuffer(strings.view, dtype="<u2", count=int(strings.starts[-1]) // 2)
            self._numbers["units"] = known
        return known

    def text_starts(self) -> NDArray[np.int64]:
        """Return where each document's text begins in `text_units`."""
        known = self._numbers.get("text_starts")
        if known is None:
            self.bytes_of("c_text", 0)
            known = self._numbers["text_starts"] = self._strings["c_text"].starts >> 1
        return known

    def _read_strings(self, column: str) -> _Strings:
        view = self._view(column)
        starts = np.zeros(self.size + 1, dtype=np.int64)
        if view is None:
            return _Strings(memoryview(b""), starts, starts.data)
        end = len(view) - 1
        code = chr(view[end])
        begin = end - self.size * _ITEM_SIZES[code]
        lengths = np.frombuffer(view[begin:end], dtype=f">u{_ITEM_SIZES[code]}")
        np.cumsum(lengths, out=starts[1:])
        if starts[-1] > begin:
            raise IndexDamagedError(f"{self.segment_id} 的 {column} 列长度不符")
        return _Strings(view, starts, starts.data)


class _Kept(dict[tuple[str, str], "tuple[Numbers, Counts | None]"]):
    """What was unpacked, so that it need not be again.

    When it grows too large the long rows are forgotten, which are few and fill it soon; the short ones, of names and
    numbers, only when they alone are too many.
    """

    def __init__(self) -> None:
        super().__init__()
        self._size = 0

    def keep(self, name: tuple[str, str], value: tuple[Numbers, Counts | None]) -> None:
        """Remember a row."""
        size = len(value[0]) + _ROW
        if self._size + size > _MOST_UNPACKED:
            short = {key: row for key, row in self.items() if len(row[0]) <= _SHORT}
            self.clear()
            self._size = sum(len(row[0]) + _ROW for row in short.values())
            if self._size > _MOST_UNPACKED // 2:
                self._size = 0
            else:
                self.update(short)
        self._size += size
        self[name] = value


_ROW = 50
_SHORT = 1000
"""Documents of a row that is kept longest."""

_MOST_UNPACKED = 2_000_000
"""Documents remembered for each segment, some eight bytes each; a row counts for `_ROW` more."""

_MOST_REMEMBERED = 256
_ITEM_SIZES = {"B": 1, "H": 2, "i": 4, "I": 4, "q": 8}


def _gone(segment: W3Segment) -> Numbers:
    """Return the deleted documents, rising."""
    return np.sort(np.fromiter(segment.deleted_docs(), dtype=np.uint32))


def _live(gone: Numbers, size: int) -> NDArray[np.bool_] | None:
    """Return which documents are not deleted; None where none is."""
    if not len(gone):
        return None
    mask = np.ones(size, dtype=np.bool_)
    mask[gone] = False
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
