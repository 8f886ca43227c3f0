"""A page for a person's eyes: upright as far as known, small enough for a screen, nothing else in the file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from archive.intake.picture import Picture

LONG_SIDE = 1400
"""Pixels: the small print of an A4 page can just be read."""

_QUALITY = 70


def page_image(picture: Picture, turns: int = 0, *, long_side: int = LONG_SIDE) -> bytes:
    """Return a page as a JPEG.

    Args:
        picture: The page.
        turns: Clockwise quarter turns that bring it upright.
        long_side: Pixels of the longer side at most.
    """
    longest = max(picture.width, picture.height)
    reduce = next((k for k in (8, 4, 2) if longest // k >= long_side), 1)
    image = Image.fromarray(np.rot90(picture.colour(reduce), -turns % 4))
    image.thumbnail((long_side, long_side))
    target = io.BytesIO()
    image.save(target, "JPEG", quality=_QUALITY, optimize=True)
    return target.getvalue()
