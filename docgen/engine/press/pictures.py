"""Pictures of a docx as PDF images: JPEG as it is, everything else unpacked and packed again."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError
from reportlab.pdfbase.pdfdoc import PDFName

from docgen.engine.press.pdf_objects import KeptStream

if TYPE_CHECKING:
    from reportlab.pdfbase.pdfdoc import PDFDocument, PDFObjectReference

_MAX_PIXELS = 40_000_000


def is_drawable(data: bytes) -> bool:
    """Whether the bytes are a picture that `add_image` can embed."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return picture.width * picture.height <= _MAX_PIXELS and picture.format not in {"WMF", "EMF"}
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return False


def add_image(document: PDFDocument, name: str, data: bytes) -> PDFObjectReference:
    """Add a picture once; ``name`` is its name in the page resources."""
    with Image.open(io.BytesIO(data)) as picture:
        base = {
            "Type": PDFName("XObject"),
            "Subtype": PDFName("Image"),
            "Width": picture.width,
            "Height": picture.height,
            "BitsPerComponent": 8,
        }
        if picture.format == "JPEG" and picture.mode in {"L", "RGB"}:
            space = PDFName("DeviceGray" if picture.mode == "L" else "DeviceRGB")
            stream = KeptStream(data, packed=False, **base, ColorSpace=space, Filter=PDFName("DCTDecode"))
            return document.Reference(stream, name)
        extra: dict[str, object] = {}
        if picture.mode in {"LA", "PA", "RGBA"} or "transparency" in picture.info:
            full = picture.convert("RGBA")
            mask = KeptStream(full.getchannel("A").tobytes(), **base, ColorSpace=PDFName("DeviceGray"))
            extra["SMask"] = document.Reference(mask, f"{name}.mask")
            pixels = full.convert("RGB")
        else:
            pixels = picture.convert("L" if picture.mode in {"1", "L"} else "RGB")
        space = PDFName("DeviceGray" if pixels.mode == "L" else "DeviceRGB")
        return document.Reference(KeptStream(pixels.tobytes(), **base, ColorSpace=space, **extra), name)
