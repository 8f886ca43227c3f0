"""A stretch of text looked for by the places of its rarest token and then compared, character by character.

The comparison goes over all places at once, one character of the stretch at a time; places that differ
drop out. Each text ends with a separator that no query contains, so no comparison leaves its document.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from archive.index.tokens import text_units
from archive.normal import SPLIT, WORD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from archive.index.plan import Place
    from archive.index.terms import Numbers


class Texts(Protocol):
    """The texts of a segment and the dictionary of their tokens, as `archive.index.leaf.Leaf` has them."""

    @property
    def size(self) -> int:
        """How many documents, deleted ones included."""

    @property
    def terms(self) -> Occurrences:
        """Where each token stands."""

    def frequency(self, field: str, token: str) -> int:
        """Return in how many documents a token stands."""

    def text_starts(self) -> NDArray[np.int64]:
        """Return where each document's text begins."""

    def text_units(self) -> NDArray[np.uint16]:
        """Return all texts end to end, as `text_units` makes them."""


class Occurrences(Protocol):
    """Where tokens stand."""

    def occurrences(self, field: str, token: bytes) -> tuple[Numbers, Numbers]:
        """Return document and place of each occurrence of a token."""

    def occurrences_from(self, field: str, prefix: bytes) -> tuple[Numbers, Numbers]:
        """Return the same of all tokens with a beginning."""


def standing(leaf: Texts, place: Place, among: Numbers | None = None) -> tuple[Numbers, Numbers]:
    """Return the documents whose text holds a stretch, deleted ones included, and how often.

    Args:
        leaf: The segment.
        place: The stretch.
        among: Only these documents are asked about, in rising order; None for all.
    """
    documents, places, before = _anchored(leaf, place)
    at = leaf.text_starts()[documents] + places - before
    if before:
        kept = places >= before
        documents, at = documents[kept], at[kept]
    if among is not None:
        kept = _flags(leaf.size, among)[documents]
        documents, at = documents[kept], at[kept]
    units = leaf.text_units()
    wanted = np.frombuffer(text_units(place.text), dtype="<u2").tolist()
    for step in (*range(before, len(wanted)), *range(before - 1, -1, -1)):
        if not len(at):
            break
        same = units[at + step] == wanted[step]
        if not same.all():
            documents, at = documents[same], at[same]
    if len(at) and place.has_edges:
        whole = np.ones(len(at), dtype=np.bool_)
        if WORD.match(place.text[0]):
            whole &= ~_is_word()[units[at - 1]]  # before the first document stands the last one's separator
        if WORD.match(place.text[-1]):
            whole &= ~_is_word()[units[at + len(wanted)]]
        documents = documents[whole]
    if not place.tokens:
        documents = np.sort(documents)  # the places of several tokens
    return _counted(documents)


def _anchored(leaf: Texts, place: Place) -> tuple[Numbers, NDArray[Any], int]:
    """Return document and place of each occurrence of the rarest token, and how far into the stretch it stands."""
    if not place.tokens:
        documents, places = leaf.terms.occurrences_from("body", place.first_character.encode())
        return documents, places, _offset(place.text, place.first_character)
    rarest = min(place.tokens, key=lambda token: leaf.frequency("body", token))
    documents, places = leaf.terms.occurrences("body", rarest.encode())
    return documents, places, _offset(place.text, rarest)


@lru_cache(maxsize=2048)
def _offset(text: str, token: str) -> int:
    """Return where a token of a text first stands in it, as `text_units` counts."""
    for run in SPLIT.finditer(text):
        at = run.start() if run[2] == token else text.find(token, run.start(), run.end()) if run[1] else -1
        if at >= 0:
            return len(text_units(text[:at])) // 2
    raise ValueError(f"the token is not of the text: {len(text)} characters")


def _flags(size: int, documents: Numbers) -> NDArray[np.bool_]:
    flags = np.zeros(size, dtype=np.bool_)
    flags[documents] = True
    return flags


@lru_cache(maxsize=1)
def _is_word() -> NDArray[np.bool_]:
    return np.fromiter((bool(WORD.match(chr(code))) for code in range(1 << 16)), dtype=np.bool_, count=1 << 16)


def _counted(documents: Numbers) -> tuple[Numbers, Numbers]:
    """Return each of a rising row once, and how often it stood there."""
    if not len(documents):
        return documents, documents
    first = np.ones(len(documents), dtype=np.bool_)
    np.not_equal(documents[1:], documents[:-1], out=first[1:])
    starts = np.flatnonzero(first)
    return documents[starts], np.diff(starts, append=len(documents)).astype(np.uint32)
