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
    from collections.abc import Iterable

MIN_PIECE: Final = 96
"""Bytes from which a piece of the template is worth packing by itself."""

_MAX_GAP: Final = 256
"""Longest run between two pieces, in bytes, across which the second refers to the first."""

_MAX_FORMS: Final = 96
"""Packed forms kept for one piece."""

_STORED_MAX: Final = 160
"""Bytes up to which a run is stored as it is; beyond, packing it pays."""

_END: Final = b"\x03\x00"
"""An empty final block with fixed codes."""

_WINDOW: Final = 32_000


class Piece:
    """A stretch of the template's own text, as bytes and packed."""

    __slots__ = ("_forms", "data", "packs")

    def __init__(self, text: str, *, packs: bool) -> None:
        self.data = text.encode("utf-8")
        self.packs = packs and len(self.data) >= MIN_PIECE
        self._forms: dict[tuple[int, int], bytes] = {}

    def packed(self, before: Piece | None, gap: int) -> bytes:
        """Return the piece as deflate blocks ending on a byte, for a stream where `before` ended `gap` bytes ago."""
        if before is None or gap > _MAX_GAP:
            before, gap = None, 0
        key = (id(before), gap)
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


def splice(pieces: Iterable[Piece | bytes]) -> bytes:
    """Return a raw deflate stream of the pieces in order; `bytes` are what the record brought."""
    out: list[bytes] = []
    run: list[bytes] = []
    before: Piece | None = None
    for piece in pieces:
        if type(piece) is bytes:
            run.append(piece)
        elif piece.packs:  # type: ignore[union-attr]
            if run:
                text = b"".join(run)
                run.clear()
                gap = len(text)
                out.append(_fresh(text))
            else:
                gap = 0
            out.append(piece.packed(before, gap))  # type: ignore[union-attr]
            before = piece  # type: ignore[assignment]
        else:
            run.append(piece.data)  # type: ignore[union-attr]
    if run:
        out.append(_fresh(b"".join(run)))
    out.append(_END)
    return b"".join(out)


def _fresh(text: bytes) -> bytes:
    size = len(text)
    if size <= _STORED_MAX:
        return struct.pack("<BHH", 0, size, size ^ 0xFFFF) + text if size else b""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15, 9 if size > 4096 else 5)
    return packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH)
