"""A page for a person's eyes: upright as far as known, small enough for a screen, nothing else in the file.

Pictures of pages that nobody has placed are decoded in a child process, like the file they came in: whoever
sent them may not be a friend.
"""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from archive.intake.guard import ChildDiedError, guarded
from archive.intake.limits import DEFAULT_LIMITS, Limits
from archive.intake.picture import DECODING_TROUBLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from archive.intake.picture import Picture
    from archive.intake.taking import SpooledPage

LONG_SIDE = 1400
"""Pixels: the small print of an A4 page can just be read."""

_QUALITY = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class PageImage:
    """One picture to be drawn."""

    source: SpooledPage
    target: Path
    """The JPEG; its folder exists."""
    turns: int = 0
    """Clockwise quarter turns that bring the page upright."""
    long_side: int = LONG_SIDE
    """Pixels of the longer side at most."""


def draw_pages(
    images: Sequence[PageImage], *, limits: Limits = DEFAULT_LIMITS, is_guarded: bool = True
) -> Iterator[bool]:
    """Draw pictures of pages; yield for each, in order, whether its file was written.

    Args:
        images: What is to be drawn.
        limits: What one of them may cost.
        is_guarded: Decode in a child process; one that kills it is not drawn.
    """
    left = list(images)
    while left:
        seen = 0
        with contextlib.suppress(ChildDiedError):
            for is_drawn in guarded(_draw, left, limits=limits) if is_guarded else _draw(left):
                yield is_drawn
                seen += 1
        if seen < len(left):
            yield False
            seen += 1
        left = left[seen:]


def _draw(images: Sequence[PageImage]) -> Iterator[bool]:
    for image in images:
        part = image.target.with_name(image.target.name + ".part")
        try:
            part.write_bytes(page_image(image.source.load(), image.turns, long_side=image.long_side))
            part.replace(image.target)
        except DECODING_TROUBLE:
            part.unlink(missing_ok=True)
            yield False
        else:
            yield True


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
