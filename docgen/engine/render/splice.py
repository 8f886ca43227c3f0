"""A deflate stream put together from pieces packed beforehand (RFC 1951).

Most of a paper's XML is the template's own text and is the same for every record. Each long piece of it is packed
once and ends on a byte boundary with nothing later referring back to it by a distance that could change; what the
record brings goes between as stored or freshly packed blocks. The result is an ordinary deflate stream.

A piece may refer back into the piece just before it, because only the value between them changes that distance:
the packed form is kept for each length of that value seen so far.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

MIN_PIECE: Final = 96
"""Bytes from which a piece of the template is worth packing by itself."""

_MAX_GAP: Final = 256
"""Longest run between two pieces, in bytes, across which the second refers to the first."""

_MAX_FORMS: Final = 96
"""Packed forms kept for one piece."""

_STORED_MAX: Final = 160
"""Bytes up to which a run is stored as it is; beyond, packing it pays."""

_STORED: Final = struct.Struct("<BHH")
"""Head of a stored block that starts on a byte: not the last, length, its complement (RFC 1951 §3.2.4)."""

_END: Final = b"\x03\x00"
"""An empty final block with fixed codes."""

_WINDOW: Final = 32_000


_MANY: Final = 600
"""Pieces of a part from which on those of loops are packed afresh: long tables shrink far better that way."""


class Piece:
    """A stretch of the template's own text, as bytes and packed."""

    __slots__ = ("_forms", "data", "looped", "number", "packs")

    def __init__(self, text: str, *, number: int, looped: bool = False) -> None:
        """Take the text.

        Args:
            text: Part of the XML.
            number: Different for each piece of a part, from 1.
            looped: Whether one record may bring it many times.
        """
        self.data = text.encode("utf-8")
        self.packs = len(self.data) >= MIN_PIECE
        self.looped = looped
        self.number = number
        self._forms: dict[int, bytes] = {}

    def packed(self, before: Piece | None, gap: int) -> bytes:
        """Return the piece as deflate blocks ending on a byte, for a stream where `before` ended `gap` bytes ago."""
        if before is None or gap > _MAX_GAP:
            before, gap = None, 0
        key = gap if before is None else (before.number << 16) + gap
        form = self._forms.get(key)
        if form is None:
            form = self._pack(before, gap)
            if len(self._forms) < _MAX_FORMS:
                self._forms[key] = form
        return form

    def _pack(self, before: Piece | None, gap: int) -> bytes:
        if before is None:
            packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
        else:
            # NUL never occurs in XML, so nothing can refer to the value that stands here
            history = (before.data + b"\0" * gap)[-_WINDOW:]
            packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, history)
        return packer.compress(self.data) + packer.flush(zlib.Z_FULL_FLUSH)


def splice(pieces: Sequence[Piece | bytes]) -> bytes:
    """Return a raw deflate stream of the pieces in order; `bytes` are what the record brought."""
    many = len(pieces) > _MANY
    out: list[bytes] = []
    run: list[bytes] = []
    before: Piece | None = None
    for piece in pieces:
        if isinstance(piece, bytes):
            run.append(piece)
        elif not piece.packs or (many and piece.looped):
            run.append(piece.data)
        else:
            gap = 0
            if run:
                text = b"".join(run)
                run.clear()
                gap = len(text)
                out.append(_fresh(text))
            out.append(piece.packed(before, gap))
            before = piece
    if run:
        out.append(_fresh(b"".join(run)))
    out.append(_END)
    return b"".join(out)


def plain(pieces: Sequence[Piece | bytes]) -> bytes:
    """Return the text of the pieces."""
    return b"".join([piece if isinstance(piece, bytes) else piece.data for piece in pieces])


def _fresh(text: bytes) -> bytes:
    size = len(text)
    if size <= _STORED_MAX:
        return _STORED.pack(0, size, size ^ 0xFFFF) + text if size else b""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15, 9 if size > 4096 else 5)
    return packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH)
