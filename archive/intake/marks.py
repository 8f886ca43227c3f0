"""One page read: which marks stand on it, how the sheet lies, whether it is blank.

The cascade of design/intake.md §0: reduced grey picture, then full size on max(R, G, B), which
makes red seals and fingerprints vanish, then the second decoder, then likeness to the codes that
are out, then every effort of the first decoder. What is decoded counts only when its keyed check
holds: decoders invent text on smudged pages. What is recognised by likeness is not checked by a
key and says so (`FoundMark.decoder`, `FoundMark.score`).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from archive.intake.decoders import decode, decode_with_tapir, has_second_decoder
from archive.intake.geometry import Corners, Place, Registration, register
from archive.intake.picture import DECODING_TROUBLE
from archive.intake.second_code import other_differs
from forms.marks import PAYLOAD_LENGTH, PREFIX, PageMark, parse_payload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive.intake.issued_set import IssuedSet
    from archive.intake.pages import PageSource
    from archive.intake.picture import Picture, Pixels

_REDUCED_LONG_SIDE = 1100
"""The reduced picture keeps at least so many pixels: A4 at 94 dpi, 2.6 pixels a module."""

BY_LIKENESS = "issued-set"
"""The step that compares with the codes that are out."""

BY_HAND = "person"
"""Not a step: a person said which page it is."""

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

    score: float | None = None
    """Correlation with the printed code, at most 1, when it was recognised by likeness."""

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

    is_contradicted: bool = False
    """One code was read, and where the other stands is a code that is not the same: two sheets at once."""

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
        return found.pop() if len(found) == 1 and not (self.alien_codes or self.is_contradicted) else None

    @property
    def skew(self) -> float:
        """Degrees, clockwise, within ±45; 0 when unknown."""
        return self.registration.skew if self.registration else 0.0


def read_page(page: PageSource, secret: bytes, issued: IssuedSet | None = None) -> PageRead:
    """Load one page and read it; a picture that cannot be decoded is a finding, not an error."""
    try:
        picture = page.load()
        return read_picture(picture, secret, scan=page.scan, index=page.index, issued=issued)
    except DECODING_TROUBLE:
        return PageRead(scan=page.scan, index=page.index, is_readable=False)


def read_picture(
    picture: Picture, secret: bytes, *, scan: str, index: int, issued: IssuedSet | None = None
) -> PageRead:
    """Read the marks of a picture.

    Args:
        picture: The page.
        secret: The office's secret the marks are signed with.
        scan: SHA-256 of the file.
        index: Place in the file, from 0.
        issued: What is out and may come back, for codes that no decoder reads.
    """
    found: dict[tuple[PageMark, int], FoundMark] = {}
    aliens: set[str] = set()
    blank, bright = False, None
    for step in _cascade(picture):
        if step.only_if_nothing and (found or aliens):
            continue
        if step.name == "second-decoder":
            bright = step.pixels
        if step.name == BY_LIKENESS:
            found |= {(f.mark, n): f for n, f in enumerate(_by_likeness(step.pixels, issued))}
        for text, corners in step.read():
            mark = parse_payload(text, secret)
            if mark is None:
                if len(text) == PAYLOAD_LENGTH and text.startswith(PREFIX):
                    aliens.add(text)
                continue
            key = mark, _cell(corners, picture)
            found.setdefault(key, FoundMark(mark=mark, corners=corners, decoder=step.name))
        if len(found) >= 2:
            break
        if step.name == "grey-reduced" and not found and not aliens and picture.is_whole and is_blank(step.pixels):
            blank = True
            break
    marks = tuple(found.values())
    is_contradicted = (
        bright is not None and len(marks) == 1 and other_differs(bright, marks[0].mark, marks[0].corners, secret)
    )
    registration, marks = _place(marks, (picture.width, picture.height))
    return PageRead(
        scan=scan,
        index=index,
        width=picture.width,
        height=picture.height,
        marks=marks,
        alien_codes=len(aliens),
        is_contradicted=is_contradicted,
        registration=registration,
        turns=registration.quarter_turns if registration else picture.turns,
        is_blank=blank,
        is_whole=picture.is_whole,
    )


def _by_likeness(bright: Pixels, issued: IssuedSet | None) -> Iterator[FoundMark]:
    match = issued.match(bright) if issued else None
    for corners in match.corners if match else ():
        assert match is not None
        yield FoundMark(mark=match.mark, corners=corners, decoder=BY_LIKENESS, score=round(match.score, 3))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One step of the cascade."""

    name: str
    pixels: Pixels
    factor: float = 1.0
    """How much smaller than the picture the pixels are."""

    only_if_nothing: bool = False
    """Not worth its time when one code has been read."""

    def read(self) -> Iterator[tuple[str, Corners]]:
        """Yield what the decoder of this step reads."""
        if self.name == "second-decoder":
            return decode_with_tapir(self.pixels)
        if self.name == BY_LIKENESS:
            return iter(())
        return decode(self.pixels, factor=self.factor, effort=self.name == "bright-full-hard")


def _cascade(picture: Picture) -> Iterator[_Step]:
    reduce = 1
    while reduce < 8 and max(picture.width, picture.height) // (reduce * 2) >= _REDUCED_LONG_SIDE:
        reduce *= 2
    reduced = picture.luma(reduce)
    factor = round(picture.width / reduced.shape[1])
    yield _Step(name="grey-reduced", pixels=reduced, factor=factor)
    if reduce > 1 and not picture.is_grey:
        yield _Step(name="bright-reduced", pixels=_brightest(picture.colour(reduce)), factor=factor)
    bright = reduced
    if not picture.is_grey:
        bright = _brightest(picture.colour())
    elif reduce > 1:
        bright = picture.luma()
    if bright is not reduced:  # the same pixels say nothing new
        yield _Step(name="bright-full", pixels=bright)
    yield _Step(name="second-decoder", pixels=bright)
    yield _Step(name=BY_LIKENESS, pixels=bright, only_if_nothing=True)
    yield _Step(name="bright-full-hard", pixels=bright, only_if_nothing=has_second_decoder())


def _brightest(colour: Pixels) -> Pixels:
    """Return max(R, G, B): red ink becomes paper."""
    return np.maximum(np.maximum(colour[..., 0], colour[..., 1]), colour[..., 2])


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
    placed = tuple(replace(f, place=place) for f, place in zip(marks, places, strict=False))
    return registration, placed + marks[2:]
