"""How postings lie on disk: Whoosh's own term index and columns, one plain block of numbers for each term.

Whoosh 3's blocks of 128 pickled numbers cost most of a query's time, and a pickle runs what it is told.
Here a term of one document has no block at all (its document and count stand in the term's entry); any other
has one: a byte that tells the widths, the gaps between document numbers, and, where some count exceeds
one, a count for each. Numbers are little-endian. Tried with whoosh3 3.54.0; the contract is in
``tests/archive/test_index_codec.py``. A class named here is named in the index on disk: rename nothing
without raising `archive.index.manifest.FORMAT`.
"""

# ruff: noqa: SLF001 - Whoosh offers no other way to these

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np
from whoosh.codec.whoosh3 import W3Codec, W3TermInfo, W3TermsReader
from whoosh.matching.mcore import ListMatcher
from whoosh.reading import TermNotFound

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    Numbers: TypeAlias = NDArray[np.uint32]
    Counts: TypeAlias = NDArray[np.uint8]

MOST_COUNTED = 255
"""A term that occurs more often in one document counts as this often."""

_ENTRY = struct.Struct("!BfIBBfIIqi")
"""A term's entry: flags, total weight, documents, two lengths, largest weight, first and last document, place, size."""

_WIDTHS: tuple[str, ...] = ("u1", "<u2", "<u4")
_HAS_COUNTS = 4
NONE_FOUND: Numbers = np.empty(0, dtype=np.uint32)


def encode(documents: Numbers, counts: Counts) -> bytes:
    """Return the block of a term's postings; ``documents`` rises strictly and has at least two entries."""
    gaps = np.diff(documents)
    largest = int(gaps.max())
    width = 0 if largest < 1 << 8 else 1 if largest < 1 << 16 else 2
    counted = bool((counts > 1).any())
    head = bytes((width | (_HAS_COUNTS if counted else 0),))
    return head + gaps.astype(_WIDTHS[width]).tobytes() + (counts.tobytes() if counted else b"")


def decode(block: bytes | memoryview, *, first: int, size: int) -> tuple[Numbers, Counts | None]:
    """Return the documents of a block and, unless each is one, the counts.

    Args:
        block: What `encode` wrote.
        first: The first document, from the term's entry.
        size: Number of documents, from the term's entry.
    """
    width = _WIDTHS[block[0] & 3]
    gaps = np.frombuffer(block, dtype=width, count=size - 1, offset=1)
    documents = np.empty(size, dtype=np.uint32)
    documents[0] = first
    np.cumsum(gaps, dtype=np.uint32, out=documents[1:])
    documents[1:] += np.uint32(first)
    if not block[0] & _HAS_COUNTS:
        return documents, None
    return documents, np.frombuffer(block, dtype=np.uint8, count=size, offset=1 + gaps.nbytes)


class PlainPostingsWriter:
    """What Whoosh's field writer feeds one posting at a time."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._documents: list[int] = []
        self._counts: list[int] = []
        self._info: Any = None
        self._lengths = (0, 0)

    def start_postings(self, _format: Any, info: Any) -> None:
        """Begin a term."""
        self._info = info
        self._documents = []
        self._counts = []
        self._lengths = (0, 0)

    def add_posting(self, document: int, weight: float, _value: bytes, length: int | None = None) -> None:
        """Take one posting; documents come in rising order."""
        self._documents.append(document)
        self._counts.append(min(int(weight), MOST_COUNTED))
        if length:
            low, high = self._lengths
            self._lengths = (min(low or length, length), max(high, length))

    def finish_postings(self) -> Any:
        """Write the block and return the term's entry."""
        info = self._info
        info._weight = float(sum(self._counts))
        info._df = len(self._documents)
        info._minlength, info._maxlength = self._lengths
        info._maxweight = float(max(self._counts))
        info._minid, info._maxid = self._documents[0], self._documents[-1]
        start = self._file.tell()
        if len(self._documents) > 1:
            self._file.write(encode(np.array(self._documents, dtype=np.uint32), np.array(self._counts, dtype=np.uint8)))
        info.set_extent(start, self._file.tell() - start)
        return info


class PlainTermsReader(W3TermsReader):
    """Whoosh's term index, with whole postings as arrays beside its own way of stepping through them."""

    def postings(self, field: str, token: bytes) -> tuple[Numbers, Counts | None]:
        """Return the documents that hold a token and how often (None: once each); deleted ones included."""
        try:
            place, size = self._range_for_key(field, token)
        except KeyError:
            return NONE_FOUND, None
        return self._at(self._dbfile.get(place, size))

    def _at(self, entry: bytes) -> tuple[Numbers, Counts | None]:
        _, _, size, _, _, most, first, _, place, length = _ENTRY.unpack(entry)
        if size == 1:
            counts = np.array([most], dtype=np.uint8) if most > 1 else None
            return np.array([first], dtype=np.uint32), counts
        return decode(self._postfile.get(place, length), first=first, size=size)

    def frequency_of(self, field: str, token: bytes) -> int:
        """Return in how many documents a token is, deleted ones included."""
        try:
            return int(self.doc_frequency(field, token))
        except KeyError:
            return 0

    def tokens_from(self, field: str, prefix: bytes) -> list[bytes]:
        """Return the tokens of a field that start with ``prefix``, in order."""
        found: list[bytes] = []
        for name, token in self.terms_from(field, prefix):
            if name != field or not token.startswith(prefix):
                break
            found.append(token)
        return found

    def matcher(self, fieldname: str, tbytes: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        """Step through postings as Whoosh does; its merging and its own searcher need this."""
        documents, counts = self.postings(fieldname, tbytes)
        if not len(documents):
            raise TermNotFound(f"No term {fieldname}:{tbytes!r}")
        weights = [1.0] * len(documents) if counts is None else counts.astype(float).tolist()
        info = W3TermInfo.from_bytes(self._tindex[self._keycoder(fieldname, tbytes)])
        return ListMatcher(
            documents.tolist(),
            weights,
            [b""] * len(documents),
            format_,
            scorer=scorer,
            term=(fieldname, tbytes),
            terminfo=info,
        )


class PlainCodec(W3Codec):
    """Whoosh 3's codec with plain blocks of postings."""

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> PlainPostingsWriter:  # noqa: FBT001, FBT002 - Whoosh's signature
        """Return what writes postings; vectors, which would need byte ids, are not used here."""
        assert not byteids
        return PlainPostingsWriter(dbfile)

    def terms_reader(self, storage: Any, segment: Any) -> PlainTermsReader:
        """Open a segment's terms."""
        name = segment.make_filename(self.TERMS_EXT)
        return PlainTermsReader(
            self, storage.open_file(name), storage.file_length(name), segment.open_file(storage, self.POSTS_EXT)
        )
