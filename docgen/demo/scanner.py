"""Plays the office: the printed stack is signed, stamped and put through the copier (扫描).

Deterministic by seed. The result looks like what an office copier writes: one JPEG a page at
200 dpi inside a PDF, pages crooked, some upside down, the stack out of order. Nothing of the
printed file but its look goes into the scan.
"""

from __future__ import annotations

import io
import math
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pypdfium2
from PIL import Image, ImageChops, ImageFilter

from archive.intake.pdf_writer import PdfObjects
from docgen.demo.handwriting import draw_name
from docgen.demo.stamps import draw_fingerprint, draw_seal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_INKS = ((28, 28, 34), (24, 32, 96), (16, 22, 66), (38, 52, 140))
_RED = (206, 32, 38)
_NOISE_MARGIN = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class InkPlace:
    """A place on the printed page where somebody signs, prints a finger or stamps.

    The kind follows from the name the press gives the box: ``sign_…``, ``finger_…``, ``seal_…``.
    """

    name: str
    x: float
    """mm from the left."""

    y: float
    """mm from the top."""

    width: float
    """mm."""

    height: float
    """mm."""

    text: str = ""
    """The name that is signed, or the unit on the seal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copier:
    """How carelessly the stack is scanned."""

    dpi: int = 200
    quality: int = 75
    """JPEG quality, 1 to 95."""

    skew: float = 1.5
    """Degrees; every page is turned by up to so much to either side."""

    upside_down: float = 0.12
    """Share of the pages that go in the wrong way round."""

    is_shuffled: bool = True
    is_grey: bool = False
    noise: float = 5.0
    """Standard deviation in grey levels of 256."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedScan:
    """What the copier wrote, and the truth about it."""

    pdf: bytes
    order: tuple[int, ...]
    """For each page of the scan the page of the printed file, both from 0."""

    upside_down: tuple[bool, ...]
    """For each page of the scan."""


def play_scan(
    printed: bytes,
    places: Sequence[Sequence[InkPlace]] = (),
    *,
    seed: int,
    copier: Copier | None = None,
    order: Sequence[int] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> PlayedScan:
    """Sign, stamp and scan a printed file.

    Args:
        printed: The PDF that came out of the printer.
        places: For each of its pages what is written there; shorter than the file means nothing
            on the rest.
        seed: Same seed, same bytes.
        copier: How the copier works.
        order: Pages to scan, from 0, as they lie in the feeder; a page left out is lost, one
            given twice is scanned twice. Default is all of them.
        progress: Called after each page with the pages done and the pages in all.
    """
    copier = copier or Copier()
    rng = random.Random(seed)
    document = pypdfium2.PdfDocument(printed)
    try:
        stack = list(range(len(document)) if order is None else order)
        if copier.is_shuffled:
            rng.shuffle(stack)
        turned = tuple(rng.random() < copier.upside_down for _ in stack)
        noise = _Noise(copier.noise, seed)
        output = _CopierPdf(copier.dpi)
        for done, (number, is_turned) in enumerate(zip(stack, turned, strict=True), 1):
            # one generator a printed page: signing it does not depend on the order of the stack
            hand = random.Random(f"{seed}/{number}")
            paper = _print(document, number, copier.dpi)
            for place in places[number] if number < len(places) else ():
                _write(paper, place, copier.dpi / 25.4, hand)
            output.add(_scan(paper, copier, noise, rng, is_turned=is_turned))
            if progress:
                progress(done, len(stack))
        return PlayedScan(pdf=output.finish(), order=tuple(stack), upside_down=turned)
    finally:
        document.close()


def _print(document: pypdfium2.PdfDocument, number: int, dpi: int) -> Image.Image:
    page = document[number]
    bitmap = page.render(scale=dpi / 72, rev_byteorder=True)
    image: Image.Image = bitmap.to_pil().convert("RGB")
    bitmap.close()
    page.close()
    return image


def _write(paper: Image.Image, place: InkPlace, k: float, rng: random.Random) -> None:
    """Put ink on the paper; ``k`` is pixels per mm."""
    kind = place.name.partition("_")[0]
    if kind == "sign":
        mask = draw_name(place.text, round(place.width * k), round(place.height * k), pixels_per_mm=k, rng=rng)
        _ink(paper, mask, (place.x * k, place.y * k), rng.choice(_INKS), rng.uniform(0.82, 0.97))
        return
    if kind == "finger":
        mask, colour, drift = draw_fingerprint(pixels_per_mm=k, rng=rng), _RED, 2.0
    elif kind == "seal":
        mask, colour, drift = draw_seal(place.text, pixels_per_mm=k, rng=rng), _RED, 5.0
    else:
        return
    x = (place.x + place.width / 2 + rng.uniform(-drift, drift)) * k - mask.width / 2
    y = (place.y + place.height / 2 + rng.uniform(-drift, drift)) * k - mask.height / 2
    _ink(paper, mask, (x, y), colour, rng.uniform(0.72, 0.95))


def _ink(
    paper: Image.Image, mask: Image.Image, corner: tuple[float, float], colour: tuple[int, int, int], strength: float
) -> None:
    """Darken the paper as ink does: print under it stays visible."""
    left, top = round(corner[0]), round(corner[1])
    box = max(left, 0), max(top, 0), min(left + mask.width, paper.width), min(top + mask.height, paper.height)
    if box[0] >= box[2] or box[1] >= box[3]:
        return
    cut = mask.crop((box[0] - left, box[1] - top, box[2] - left, box[3] - top))
    cover = cut.point([round(v * strength) for v in range(256)])
    white = Image.new("RGB", cut.size, "white")
    white.paste(colour, (0, 0, *cut.size), cover)
    paper.paste(ImageChops.multiply(paper.crop(box), white), box[:2])


class _Noise:
    """Grain of the sensor, drawn once a scan and shifted from page to page."""

    def __init__(self, deviation: float, seed: int) -> None:
        self._deviation = deviation
        self._seed = seed
        self._sheet: Image.Image | None = None

    def over(self, image: Image.Image, rng: random.Random) -> Image.Image:
        if self._deviation <= 0:
            return image
        need = image.width + _NOISE_MARGIN, image.height + _NOISE_MARGIN
        if self._sheet is None or self._sheet.width < need[0] or self._sheet.height < need[1]:
            values = np.random.default_rng(self._seed).normal(128, self._deviation, (need[1], need[0]))
            self._sheet = Image.fromarray(values.clip(0, 255).astype(np.uint8)).filter(ImageFilter.BoxBlur(0.4))
        x, y = rng.randrange(_NOISE_MARGIN), rng.randrange(_NOISE_MARGIN)
        grain = self._sheet.crop((x, y, x + image.width, y + image.height))
        if image.mode == "RGB":
            grain = Image.merge("RGB", (grain, grain, grain))
        return ImageChops.add(image, grain, 1, -128)


def _scan(
    paper: Image.Image, copier: Copier, noise: _Noise, rng: random.Random, *, is_turned: bool
) -> tuple[bytes, int, int, int]:
    """Return the JPEG, its width and height in pixels and its components."""
    angle = rng.uniform(-copier.skew, copier.skew) + (180 if is_turned else 0)
    light = rng.uniform(0.95, 0.985)
    tint = light, light - 0.005, light - rng.uniform(0.012, 0.03)
    black = rng.uniform(18, 42)
    drift = rng.uniform(-1.5, 1.5) * copier.dpi / 25.4, rng.uniform(-1.5, 1.5) * copier.dpi / 25.4
    sheet = paper.convert("L") if copier.is_grey else paper
    # bilinear sampling at a slant is also the slight blur of the optics
    seen = sheet.transform(
        sheet.size,
        Image.Transform.AFFINE,
        _turning(angle, drift, sheet.size),
        resample=Image.Resampling.BILINEAR,
        fillcolor="white",
    )
    bands = len(seen.getbands())
    seen = seen.point([round(black + v * (tint[band] - black / 255)) for band in range(bands) for v in range(256)])
    seen = noise.over(seen, rng)
    target = io.BytesIO()
    seen.save(target, "JPEG", quality=copier.quality, dpi=(copier.dpi, copier.dpi))
    return target.getvalue(), seen.width, seen.height, bands


def _turning(
    angle: float, drift: tuple[float, float], size: tuple[int, int]
) -> tuple[float, float, float, float, float, float]:
    """Return the inverse map (output pixel to input pixel) of a turn about the middle."""
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    mx, my = size[0] / 2, size[1] / 2
    ox, oy = mx + drift[0], my + drift[1]
    return c, s, mx - c * ox - s * oy, -s, c, my + s * ox - c * oy


class _CopierPdf:
    """The way copiers write PDF: one image a page, page size from pixels and resolution."""

    def __init__(self, dpi: int) -> None:
        self._dpi = dpi
        self._pdf = PdfObjects()
        self._catalog, self._tree = self._pdf.reserve(), self._pdf.reserve()
        self._kids: list[int] = []

    def add(self, page: tuple[bytes, int, int, int]) -> None:
        jpeg, width, height, components = page
        space = b"/DeviceRGB" if components == 3 else b"/DeviceGray"
        image = self._pdf.add_stream(
            b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace %b /Filter /DCTDecode"
            % (width, height, space),
            jpeg,
            is_encoded=True,
        )
        w, h = width * 72 / self._dpi, height * 72 / self._dpi
        content = self._pdf.add_stream(b"", b"q %.4f 0 0 %.4f 0 0 cm /Im0 Do Q" % (w, h))
        self._kids.append(
            self._pdf.add(
                b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %.4f %.4f] /Contents %d 0 R"
                b" /Resources << /XObject << /Im0 %d 0 R >> >> >>" % (self._tree, w, h, content, image)
            )
        )

    def finish(self) -> bytes:
        kids = b" ".join(b"%d 0 R" % k for k in self._kids)
        self._pdf.put(self._tree, b"<< /Type /Pages /Count %d /Kids [%b] >>" % (len(self._kids), kids))
        self._pdf.put(self._catalog, b"<< /Type /Catalog /Pages %d 0 R >>" % self._tree)
        return self._pdf.finish(self._catalog)
