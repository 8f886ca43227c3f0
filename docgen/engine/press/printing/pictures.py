"""Pictures of a docx as PDF images: JPEG and plain PNG as they are, everything else unpacked and packed again."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image

from docgen.engine.press.model.pictures import CHANNELS, plain_png
from docgen.engine.press.printing.pdf_file import reference

if TYPE_CHECKING:
    from docgen.engine.press.model.pictures import PlainPng
    from docgen.engine.press.printing.pdf_file import PdfFile


def add_image(file: PdfFile, data: bytes) -> int:
    """Add a picture; return the number of its object."""
    plain = plain_png(data)
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


def _add_png(file: PdfFile, png: PlainPng) -> int:
    space = {0: b"/DeviceGray", 2: b"/DeviceRGB"}.get(png.color)
    if space is None:
        space = b"[/Indexed /DeviceRGB %d <%b>]" % (len(png.palette) // 3 - 1, png.palette.hex().encode("ascii"))
    channels = CHANNELS[png.color]
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
