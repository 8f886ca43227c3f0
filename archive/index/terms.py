"""The dictionary of a segment: each field's tokens in order, and for each how often and where its postings lie.

Whoosh's own dictionary costs 79 bytes a token and is opened by unpickling. Here a field is a handful of arrays:
the first eight bytes of each token as a number (a binary search finds it; two ideographs fit), the rest
of longer tokens end to end, then frequency, first document and place of the postings; for a field whose tokens have
places in the text, how many occurrences stand before each token's own. The description of the arrays is JSON at
the end of the file. Numbers are little-endian.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TypeAlias

    from numpy.typing import NDArray

    Numbers: TypeAlias = NDArray[np.uint32]
    """Of documents, in rising order, or of places in a text."""

    Counts: TypeAlias = NDArray[np.unsignedinteger[Any]]
    """How often a token stands in each of them, as wide as the largest needs."""

MAGIC = b"DGTERMS2"
HEAD = 8
"""Bytes of a token that are compared as one number."""


class FieldTerms(NamedTuple):
    """What is written of one field; tokens rise strictly."""

    tokens: Sequence[bytes]
    frequencies: NDArray[np.uint32]
    firsts: NDArray[np.uint32]
    blocks: NDArray[np.int64]
    """Start of each token's block in the postings file, and the end of the last one."""

    occurrences: NDArray[np.int64] | None = None
    """How many occurrences stand before each token's first, and how many there are in all."""

    places: tuple[int, str] | None = None
    """Where in the postings file the place of each occurrence lies, and of what type."""


class Entry(NamedTuple):
    """What the dictionary knows of one token."""

    frequency: int
    first: int
    """First document."""

    start: int
    stop: int
    """Where the block lies in the postings file; nothing where there is but one document."""


def write_terms(file: Any, fields: dict[str, FieldTerms]) -> None:
    """Write the dictionary of a segment to an open file."""
    file.write(MAGIC)
    at = len(MAGIC)
    description: dict[str, Any] = {}
    for name, field in fields.items():
        tails = [token[HEAD:] for token in field.tokens]
        joined = b"".join(tails)
        heads = b"".join(token[:HEAD].ljust(HEAD, b"\0") for token in field.tokens)
        arrays: dict[str, NDArray[Any]] = {
            "heads": np.frombuffer(heads, dtype=">u8").astype("<u8"),
            "tail_stops": np.cumsum(np.fromiter(map(len, tails), dtype=np.int64, count=len(tails))).astype("<u4"),
            "frequencies": field.frequencies.astype("<u4"),
            "firsts": field.firsts.astype("<u4"),
            "blocks": _short(field.blocks),
        }
        if field.occurrences is not None:
            arrays["occurrences"] = _short(field.occurrences)
        lies: dict[str, Any] = {"places": field.places}
        for kind, array in arrays.items():
            data = array.tobytes()
            file.write(data)
            lies[kind] = [at, array.dtype.str, len(array)]
            at += len(data)
        file.write(joined)
        lies["tails"] = [at, len(joined)]
        at += len(joined)
        description[name] = lies
    tail = json.dumps(description).encode()
    file.write(tail)
    file.write(len(tail).to_bytes(4, "little"))


def _short(numbers: NDArray[np.int64]) -> NDArray[Any]:
    return numbers.astype("<u4" if numbers[-1] < 1 << 32 else "<u8")


class Terms:
    """One field's dictionary, read where it lies."""

    def __init__(self, view: memoryview, description: dict[str, Any]) -> None:
        """Describe the arrays; nothing is copied but what must be aligned for the search."""

        def array(kind: str) -> NDArray[Any]:
            at, dtype, size = description[kind]
            return np.frombuffer(view, dtype=dtype, count=size, offset=at)

        def row(kind: str) -> memoryview:  # one number of it is had faster than of an array
            at, dtype, size = description[kind]
            return view[at : at + size * int(dtype[-1])].cast("I" if dtype[-1] == "4" else "Q")

        self._heads = array("heads")
        self._ordered = row("heads")
        self._tail_stops = row("tail_stops")
        self.frequencies = array("frequencies")
        self.firsts = array("firsts")
        self._entries = (row("frequencies"), row("firsts"), row("blocks"))
        at, size = description["tails"]
        self._tails = view[at : at + size]
        self.occurrences = array("occurrences") if "occurrences" in description else None
        self.places: tuple[int, str] | None = description["places"]

    def __len__(self) -> int:
        return len(self._heads)

    def find(self, token: bytes) -> int:
        """Return the place of a token in the order of tokens, or -1."""
        ordered = self._ordered
        head = int.from_bytes(token[:HEAD].ljust(HEAD, b"\0"), "big")
        at = bisect_left(ordered, head)
        if at == len(ordered) or ordered[at] != head:
            return -1
        wanted = token[HEAD:]
        if self._tail(at) == wanted:
            return at
        stop = bisect_right(ordered, head, lo=at)
        at = bisect_left(range(stop), wanted, lo=at, key=self._tail)
        return at if at < stop and self._tail(at) == wanted else -1

    def span(self, prefix: bytes) -> range:
        """Return the places of the tokens that begin with at most eight bytes."""
        assert len(prefix) <= HEAD
        low = int.from_bytes(prefix.ljust(HEAD, b"\0"), "big")
        high = int.from_bytes(prefix.ljust(HEAD, b"\xff"), "big")
        start = bisect_left(self._ordered, low)
        return range(start, bisect_right(self._ordered, high, lo=start))

    def token(self, at: int) -> bytes:
        """Return the token at a place."""
        return self._ordered[at].to_bytes(HEAD, "big").rstrip(b"\0") + self._tail(at)

    def tokens(self) -> Iterator[bytes]:
        """Yield all tokens in order."""
        heads = self._heads.astype(">u8").tobytes()
        start = 0
        for at, stop in enumerate(self._tail_stops.tolist()):
            yield heads[at * HEAD : (at + 1) * HEAD].rstrip(b"\0") + bytes(self._tails[start:stop])
            start = stop

    def frequency(self, at: int) -> int:
        """Return in how many documents the token at a place is, deleted ones included."""
        return int(self._entries[0][at])

    def entry(self, at: int) -> Entry:
        """Return what is known of the token at a place."""
        frequencies, firsts, blocks = self._entries
        return Entry(frequencies[at], firsts[at], blocks[at], blocks[at + 1])

    def _tail(self, at: int) -> bytes:
        start = self._tail_stops[at - 1] if at else 0
        return bytes(self._tails[start : self._tail_stops[at]])


def read_terms(view: memoryview) -> dict[str, Terms]:
    """Open the dictionary of a segment, by field."""
    if bytes(view[: len(MAGIC)]) != MAGIC:
        raise ValueError("not a dictionary of terms")
    size = int.from_bytes(view[-4:], "little")
    description = json.loads(bytes(view[len(view) - 4 - size : len(view) - 4]))
    return {name: Terms(view, places) for name, places in description.items()}
