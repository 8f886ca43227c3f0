"""The dictionary of a segment: each field's tokens in order, and for each how often and where its postings lie.

Whoosh's own dictionary costs 79 bytes a token and is opened by unpickling. Here a field is a handful of arrays:
the first eight bytes of each token as a number (a binary search finds it; two ideographs fit), the rest
of longer tokens end to end, then frequency, first document, largest count and place of the postings. The
description of the arrays is JSON at the end of the file. Numbers are little-endian.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

MAGIC = b"DGTERMS1"
HEAD = 8
"""Bytes of a token that are compared as one number."""

_ARRAYS = ("heads", "tail_stops", "frequencies", "firsts", "most", "places")


class FieldTerms(NamedTuple):
    """What is written of one field; tokens rise strictly."""

    tokens: Sequence[bytes]
    frequencies: NDArray[np.uint32]
    firsts: NDArray[np.uint32]
    most: NDArray[np.uint8]
    places: NDArray[np.int64]
    """Start of each token's block in the postings file, and the end of the last one."""


class Entry(NamedTuple):
    """What the dictionary knows of one token."""

    frequency: int
    first: int
    """First document."""

    most: int
    """Largest count in one document."""

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
            "most": field.most.astype("u1"),
            "places": field.places.astype("<u4" if field.places[-1] < 1 << 32 else "<u8"),
        }
        places: dict[str, Any] = {"size": len(field.tokens)}
        for kind in _ARRAYS:
            data = arrays[kind].tobytes()
            file.write(data)
            places[kind] = [at, arrays[kind].dtype.str, len(arrays[kind])]
            at += len(data)
        file.write(joined)
        places["tails"] = [at, len(joined)]
        at += len(joined)
        description[name] = places
    tail = json.dumps(description).encode()
    file.write(tail)
    file.write(len(tail).to_bytes(4, "little"))


class Terms:
    """One field's dictionary, read where it lies."""

    def __init__(self, view: memoryview, description: dict[str, Any]) -> None:
        """Describe the arrays; nothing is copied but what must be aligned for the search."""

        def array(kind: str) -> NDArray[Any]:
            at, dtype, size = description[kind]
            return np.frombuffer(view, dtype=dtype, count=size, offset=at)

        heads = array("heads")
        self._heads = heads if heads.flags.aligned else heads.copy()
        self._tail_stops = array("tail_stops")
        self.frequencies = array("frequencies")
        self.firsts = array("firsts")
        self.most = array("most")
        self._places = array("places")
        at, size = description["tails"]
        self._tails = view[at : at + size]
        self._has_tails = size > 0

    def __len__(self) -> int:
        return len(self._heads)

    def find(self, token: bytes) -> int:
        """Return the place of a token in the order of tokens, or -1."""
        head = np.uint64(int.from_bytes(token[:HEAD].ljust(HEAD, b"\0"), "big"))
        at = int(self._heads.searchsorted(head))
        if at == len(self._heads) or self._heads[at] != head:
            return -1
        if len(token) <= HEAD and not self._has_tails:
            return at
        wanted = token[HEAD:]
        if self._tail(at) == wanted:
            return at
        stop = int(self._heads.searchsorted(head, "right"))
        while at < stop:
            middle = (at + stop) // 2
            if self._tail(middle) < wanted:
                at = middle + 1
            else:
                stop = middle
        same = at < len(self._heads) and self._heads[at] == head and self._tail(at) == wanted
        return at if same else -1

    def span(self, prefix: bytes) -> range:
        """Return the places of the tokens that begin with at most eight bytes."""
        assert len(prefix) <= HEAD
        low = int.from_bytes(prefix.ljust(HEAD, b"\0"), "big")
        high = int.from_bytes(prefix.ljust(HEAD, b"\xff"), "big")
        start = int(self._heads.searchsorted(np.uint64(low)))
        return range(start, int(self._heads.searchsorted(np.uint64(high), "right")))

    def token(self, at: int) -> bytes:
        """Return the token at a place."""
        return int(self._heads[at]).to_bytes(HEAD, "big").rstrip(b"\0") + self._tail(at)

    def tokens(self) -> Iterator[bytes]:
        """Yield all tokens in order."""
        heads = self._heads.astype(">u8").tobytes()
        start = 0
        for at, stop in enumerate(self._tail_stops.tolist()):
            yield heads[at * HEAD : (at + 1) * HEAD].rstrip(b"\0") + bytes(self._tails[start:stop])
            start = stop

    def frequency(self, at: int) -> int:
        """Return in how many documents the token at a place is, deleted ones included."""
        return int(self.frequencies[at])

    def entry(self, at: int) -> Entry:
        """Return what is known of the token at a place."""
        return Entry(
            int(self.frequencies[at]),
            int(self.firsts[at]),
            int(self.most[at]),
            int(self._places[at]),
            int(self._places[at + 1]),
        )

    def _tail(self, at: int) -> bytes:
        start = int(self._tail_stops[at - 1]) if at else 0
        return bytes(self._tails[start : int(self._tail_stops[at])])


def read_terms(view: memoryview) -> dict[str, Terms]:
    """Open the dictionary of a segment, by field."""
    if bytes(view[: len(MAGIC)]) != MAGIC:
        raise ValueError("not a dictionary of terms")
    size = int.from_bytes(view[-4:], "little")
    description = json.loads(bytes(view[len(view) - 4 - size : len(view) - 4]))
    return {name: Terms(view, places) for name, places in description.items()}
