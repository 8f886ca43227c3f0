"""Pictures of a docx as PDF images: JPEG and plain PNG as they are, everything else unpacked and packed again."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError

from docgen.engine.press.pdf_file import reference

if TYPE_CHECKING:
    from docgen.engine.press.pdf_file import PdfFile

_MAX_PIXELS = 40_000_000
_PNG = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1}
"""By PNG colour type: grey, RGB, palette."""


@lru_cache(maxsize=64)
def is_drawable(data: bytes) -> bool:
    """Whether the bytes are a picture that `add_image` can embed."""
    if _plain_png(data) is not None:
        return True
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return picture.width * picture.height <= _MAX_PIXELS and picture.format not in {"WMF", "EMF"}
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False


def add_image(file: PdfFile, data: bytes) -> int:
    """Add a picture; return the number of its object."""
    plain = _plain_png(data)
    if plain is not None:
        return _add_png(file, plain)
    with Image.open(io.BytesIO(data)) as picture:
        base = {
            "Type": b"/XObject",
            "Subtype": b"/Image",
            "Width": b"%d" % picture.width,
            "Height": b"%d" % picture.height,
            "BitsPerComponent": b"8",
        }
        if picture.format == "JPEG" and picture.mode in {"L", "RGB"}:
            entries = base | {"ColorSpace": _space(picture), "Filter": b"/DCTDecode"}
            return file.add_stream(data, entries, packed=False)
        if picture.mode in {"LA", "PA", "RGBA"} or "transparency" in picture.info:
            full = picture.convert("RGBA")
            alpha = full.getchannel("A")
            if file.is_opaque:
                ground = Image.new("RGBA", full.size, "white")
                pixels = Image.alpha_composite(ground, full).convert("RGB")
            else:
                base["SMask"] = reference(file.add_stream(alpha.tobytes(), base | {"ColorSpace": _space(alpha)}))
                pixels = full.convert("RGB")
        else:
            pixels = picture.convert("L" if picture.mode in {"1", "L"} else "RGB")
        return file.add_stream(pixels.tobytes(), base | {"ColorSpace": _space(pixels)})


def _space(picture: Image.Image) -> bytes:
    return b"/DeviceGray" if picture.mode == "L" else b"/DeviceRGB"


@dataclass(frozen=True, slots=True)
class _Png:
    """A PNG whose pixels a PDF can hold as they are packed (ISO 32000-1 §7.4.4.4)."""

    width: int
    height: int
    depth: int
    color: int
    palette: bytes
    pixels: bytes


@lru_cache(maxsize=64)
def _plain_png(data: bytes) -> _Png | None:
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
    if color not in _CHANNELS or depth > 8 or any(rest) or not 0 < width * height <= _MAX_PIXELS:
        return None
    row = (width * depth * _CHANNELS[color] + 7) // 8 + 1
    unpacker = zlib.decompressobj()
    try:
        if len(unpacker.decompress(pixels, row * height + 1)) != row * height or (color == 3 and len(palette) % 3):
            return None
    except zlib.error:
        return None
    return _Png(width, height, depth, color, palette, pixels)


def _add_png(file: PdfFile, png: _Png) -> int:
    space = {0: b"/DeviceGray", 2: b"/DeviceRGB"}.get(png.color)
    if space is None:
        space = b"[/Indexed /DeviceRGB %d <%b>]" % (len(png.palette) // 3 - 1, png.palette.hex().encode("ascii"))
    channels = _CHANNELS[png.color]
    colors = b"/Colors %d" % channels if channels > 1 else b""
    entries = {
        "Subtype": b"/Image",
        "Width": b"%d" % png.width,
        "Height": b"%d" % png.height,
        "BitsPerComponent": b"%d" % png.depth,
        "ColorSpace": space,
        "Filter": b"/FlateDecode",
        "DecodeParms": b"<</Predictor 15%b/BitsPerComponent %d/Columns %d>>" % (colors, png.depth, png.width),
    }
    return file.add_stream(png.pixels, entries, packed=False)
