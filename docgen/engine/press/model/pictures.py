"""Pictures of a docx: which of them a PDF can hold, and which as they are."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, UnidentifiedImageError

_MAX_PIXELS = 40_000_000
_PNG = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1}
"""By PNG colour type: grey, RGB, palette."""


@lru_cache(maxsize=64)
def is_drawable(data: bytes) -> bool:
    """Whether the bytes are a picture that `add_image` can embed."""
    if plain_png(data) is not None:
        return True
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return picture.width * picture.height <= _MAX_PIXELS and picture.format not in {"WMF", "EMF"}
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False


@dataclass(frozen=True, slots=True)
class PlainPng:
    """A PNG whose pixels a PDF can hold as they are packed (ISO 32000-1 §7.4.4.4)."""

    width: int
    height: int
    depth: int
    color: int
    palette: bytes
    pixels: bytes


@lru_cache(maxsize=64)
def plain_png(data: bytes) -> PlainPng | None:
    """Read a PNG without transparency or interlacing; ``None`` for all others and for damaged ones."""
    if not data.startswith(_PNG):
        return None
    at, head, palette, pixels = len(_PNG), b"", b"", b""
    while at + 12 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + size]
        if len(body) != size or data[at + 8 + size : at + 12 + size] != zlib.crc32(kind + body).to_bytes(4, "big"):
            return None
        at += 12 + size
        if kind == b"IHDR":
            head = body
        elif kind == b"PLTE":
            palette = body
        elif kind == b"IDAT":
            pixels += body
        elif kind == b"tRNS":
            return None
        elif kind == b"IEND":
            break
    if len(head) != 13:
        return None
    width, height, depth, color, *rest = struct.unpack(">IIBBBBB", head)
    if color not in CHANNELS or depth > 8 or any(rest) or not 0 < width * height <= _MAX_PIXELS:
        return None
    row = (width * depth * CHANNELS[color] + 7) // 8 + 1
    unpacker = zlib.decompressobj()
    try:
        if len(unpacker.decompress(pixels, row * height + 1)) != row * height or (color == 3 and len(palette) % 3):
            return None
    except zlib.error:
        return None
    return PlainPng(width, height, depth, color, palette, pixels)
