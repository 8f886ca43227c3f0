"""One page read: which marks stand on it, how the sheet lies, whether it is blank.

The cascade of design/intake.md §0: reduced grey picture, then full size on max(R, G, B), which
makes red seals and fingerprints vanish, then the same with every effort of the decoder. Only QR
codes are looked for and only a payload whose keyed check holds counts: decoders invent text on
smudged pages.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import zxingcpp

from archive.intake.geometry import Corners, Place, Registration, register
from archive.intake.picture import DECODING_TROUBLE
from forms.marks import PAYLOAD_LENGTH, PREFIX, PageMark, parse_payload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive.intake.pages import PageSource
    from archive.intake.picture import Picture, Pixels

_REDUCED_LONG_SIDE = 1100
"""The reduced picture keeps at least so many pixels: A4 at 94 dpi, 2.6 pixels a module."""

_QR_ONLY = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])

_BLANK_INK = 2e-4
"""Share of the page that may be dark on a blank one: dust, a staple hole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMark:
    """A mark that was read, and the evidence for it."""

    mark: PageMark
    corners: Corners
    """Pixels of the picture: the code's own top left, top right, bottom right, bottom left."""

    decoder: str
    """The step of the cascade that read it."""

    place: Place | None = None
    """Which of the two printed codes it is, once the sheet has been found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRead:
    """What intake knows about one page of one file."""

    scan: str
    """SHA-256 of the file, hexadecimal."""

    index: int
    """Place in the file, counted from 0."""

    width: int = 0
    height: int = 0
    marks: tuple[FoundMark, ...] = ()
    """Every code whose check held; two with the same mark on a good page."""

    alien_codes: int = 0
    """Codes shaped like ours whose check failed: another office's, or forged."""

    registration: Registration | None = None
    turns: int = 0
    """Clockwise quarter turns that bring the picture upright; without marks, what the file says."""

    is_blank: bool = False
    is_readable: bool = True
    """False when the picture could not be decoded at all."""

    is_whole: bool = True
    """False when the end of the picture is missing."""

    @property
    def mark(self) -> PageMark | None:
        """The one mark of the page; ``None`` when there is none, or two contradict each other."""
        found = {f.mark for f in self.marks}
        return found.pop() if len(found) == 1 and not self.alien_codes else None

    @property
    def skew(self) -> float:
        """Degrees, clockwise, within ±45; 0 when unknown."""
        return self.registration.skew if self.registration else 0.0


def read_page(page: PageSource, secret: bytes) -> PageRead:
    """Load one page and read it; a picture that cannot be decoded is a finding, not an error."""
    try:
        picture = page.load()
        return read_picture(picture, secret, scan=page.scan, index=page.index)
    except DECODING_TROUBLE:
        return PageRead(scan=page.scan, index=page.index, is_readable=False)


def read_picture(picture: Picture, secret: bytes, *, scan: str, index: int) -> PageRead:
    """Read the marks of a picture.

    Args:
        picture: The page.
        secret: The office's secret the marks are signed with.
        scan: SHA-256 of the file.
        index: Place in the file, from 0.
    """
    found: dict[tuple[PageMark, int], FoundMark] = {}
    aliens: set[str] = set()
    blank = False
    for decoder, pixels, factor, effort in _cascade(picture):
        for text, corners in _decode(pixels, factor=factor, effort=effort):
            mark = parse_payload(text, secret)
            if mark is None:
                if len(text) == PAYLOAD_LENGTH and text.startswith(PREFIX):
                    aliens.add(text)
                continue
            key = mark, _cell(corners, picture)
            found.setdefault(key, FoundMark(mark=mark, corners=corners, decoder=decoder))
        if len(found) >= 2:
            break
        if decoder == "grey-reduced" and not found and not aliens and picture.is_whole and is_blank(pixels):
            blank = True
            break
    marks = tuple(found.values())
    registration, marks = _place(marks, (picture.width, picture.height))
    return PageRead(
        scan=scan,
        index=index,
        width=picture.width,
        height=picture.height,
        marks=marks,
        alien_codes=len(aliens),
        registration=registration,
        turns=registration.quarter_turns if registration else picture.turns,
        is_blank=blank,
        is_whole=picture.is_whole,
    )


def is_blank(grey: Pixels) -> bool:
    """Tell whether a page carries nothing but paper, shadow at the rim, dust and scanner streaks.

    Careful on purpose: a lone signature or a faint line of print is not blank. Show-through from
    the other side stays below the threshold of 45 grey levels.
    """
    step = max(1, max(grey.shape) // 600)
    # the darkest pixel of each cell, so that a thin stroke survives the reduction
    rows, columns = grey.shape[0] // step * step, grey.shape[1] // step * step
    cells = functools.reduce(np.minimum, (grey[i:rows:step] for i in range(step)))
    cells = functools.reduce(np.minimum, (cells[:, i:columns:step] for i in range(step)))
    rim = max(2, round(0.03 * min(cells.shape)))
    inner = cells[rim:-rim, rim:-rim].astype(np.int16)
    if inner.size == 0:
        return False
    dark = inner < int(np.median(inner)) - 45
    streaks = dark.mean(0) > 0.9
    dark[:, streaks] = False
    return float(dark.mean()) < _BLANK_INK


def _cascade(picture: Picture) -> Iterator[tuple[str, Pixels, float, bool]]:
    """Yield the name of the step, the pixels, their reduction, and whether to spare no effort."""
    reduce = 1
    while reduce < 8 and max(picture.width, picture.height) // (reduce * 2) >= _REDUCED_LONG_SIDE:
        reduce *= 2
    reduced = picture.luma(reduce)
    factor = round(picture.width / reduced.shape[1])
    yield "grey-reduced", reduced, factor, False
    if reduce > 1:
        yield "bright-reduced", _brightest(picture.colour(reduce)), factor, False
    bright = _brightest(picture.colour())
    yield "bright-full", bright, 1.0, False
    yield "bright-full-hard", bright, 1.0, True


def _brightest(colour: Pixels) -> Pixels:
    """Return max(R, G, B): red ink becomes paper."""
    return np.maximum(np.maximum(colour[..., 0], colour[..., 1]), colour[..., 2])


def _decode(pixels: Pixels, *, factor: float, effort: bool) -> Iterator[tuple[str, Corners]]:
    for code in zxingcpp.read_barcodes(
        pixels,
        formats=_QR_ONLY,
        try_rotate=effort,
        try_downscale=effort,
        try_invert=False,
        text_mode=zxingcpp.TextMode.Plain,
    ):
        p = code.position
        corners = tuple((q.x * factor, q.y * factor) for q in (p.top_left, p.top_right, p.bottom_right, p.bottom_left))
        assert len(corners) == 4
        yield code.text, corners


def _cell(corners: Corners, picture: Picture) -> int:
    """Name the region of the picture a code lies in, so that two steps finding it count once."""
    x = sum(c[0] for c in corners) / 4 / max(picture.width, 1)
    y = sum(c[1] for c in corners) / 4 / max(picture.height, 1)
    return int(min(x, 0.999) * 2) + 2 * int(min(y, 0.999) * 2)


def _place(marks: tuple[FoundMark, ...], size: tuple[int, int]) -> tuple[Registration | None, tuple[FoundMark, ...]]:
    if not marks or len({f.mark for f in marks}) > 1:
        return None, marks
    fit = register([f.corners for f in marks[:2]], size)
    if fit is None:
        return None, marks
    registration, places = fit
    placed = tuple(
        FoundMark(mark=f.mark, corners=f.corners, decoder=f.decoder, place=place)
        for f, place in zip(marks, places, strict=False)
    )
    return registration, placed + marks[2:]
