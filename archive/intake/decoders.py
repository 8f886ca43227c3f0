"""Codes out of pixels: zxing-cpp, and tapirscan where it is installed.

Only QR codes are looked for. What a decoder says is text and a place; whether it is a mark of
ours is for the keyed check. tapirscan (MIT or Apache-2.0, optional) reads codes with strokes
across them that zxing-cpp gives up on, at 10 to 60 ms a page.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import zxingcpp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive.intake.geometry import Corners
    from archive.intake.picture import Pixels

_QR_ONLY = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


def decode(pixels: Pixels, *, factor: float = 1.0, effort: bool = False) -> Iterator[tuple[str, Corners]]:
    """Yield text and corners of the codes zxing-cpp reads.

    Args:
        pixels: Grey values.
        factor: How much larger the picture is than these pixels; corners are given in its pixels.
        effort: Spare none.
    """
    for code in zxingcpp.read_barcodes(
        pixels,
        formats=_QR_ONLY,
        try_rotate=effort,
        try_downscale=effort,
        try_invert=False,
        text_mode=zxingcpp.TextMode.Plain,
    ):
        p = code.position
        a, b, c, d = ((q.x * factor, q.y * factor) for q in (p.top_left, p.top_right, p.bottom_right, p.bottom_left))
        yield code.text, (a, b, c, d)


def has_second_decoder() -> bool:
    """Tell whether tapirscan is installed and works here."""
    return _tapir() is not None


def decode_with_tapir(pixels: Pixels) -> Iterator[tuple[str, Corners]]:
    """Yield the same from tapirscan; nothing where it is not installed."""
    scanner = _tapir()
    if scanner is None:
        return
    for code in scanner.scan(np.ascontiguousarray(pixels)).barcodes:
        if len(code.polygon) == 4:  # the code's own order, as zxing-cpp gives it
            a, b, c, d = ((q.x, q.y) for q in code.polygon)
            yield code.text, (a, b, c, d)


@cache
def _tapir() -> Any:
    try:
        import tapirscan

        return tapirscan.Scanner(formats=["QRCode"], parallel=False)
    except (ImportError, OSError, RuntimeError):  # not installed, or no library for this processor
        return None
