"""Pictures of a docx as PDF images: JPEG as it is, everything else unpacked and packed again."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError
from reportlab.pdfbase.pdfdoc import PDFName

from docgen.engine.press.pdf_objects import KeptStream

if TYPE_CHECKING:
    from reportlab.pdfbase.pdfdoc import PDFObjectReference

    from docgen.engine.press.pdf_objects import ArchiveCanvas

_MAX_PIXELS = 40_000_000


def is_drawable(data: bytes) -> bool:
    """Whether the bytes are a picture that `add_image` can embed."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return picture.width * picture.height <= _MAX_PIXELS and picture.format not in {"WMF", "EMF"}
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return False


def add_image(canvas: ArchiveCanvas, name: str, data: bytes) -> PDFObjectReference:
    """Add a picture once; ``name`` is its name in the page resources."""
    with Image.open(io.BytesIO(data)) as picture:
        base: dict[str, object] = {
            "Type": PDFName("XObject"),
            "Subtype": PDFName("Image"),
            "Width": picture.width,
            "Height": picture.height,
            "BitsPerComponent": 8,
        }
        if picture.format == "JPEG" and picture.mode in {"L", "RGB"}:
            entries = base | {"ColorSpace": _space(picture), "Filter": PDFName("DCTDecode")}
            return canvas.register(KeptStream(data, entries, packed=False), name)
        if picture.mode in {"LA", "PA", "RGBA"} or "transparency" in picture.info:
            full = picture.convert("RGBA")
            alpha = full.getchannel("A")
            mask = KeptStream(alpha.tobytes(), base | {"ColorSpace": _space(alpha)})
            base["SMask"] = canvas.register(mask, f"{name}.mask")
            pixels = full.convert("RGB")
        else:
            pixels = picture.convert("L" if picture.mode in {"1", "L"} else "RGB")
        return canvas.register(KeptStream(pixels.tobytes(), base | {"ColorSpace": _space(pixels)}), name)


def _space(picture: Image.Image) -> object:
    return PDFName("DeviceGray" if picture.mode == "L" else "DeviceRGB")
