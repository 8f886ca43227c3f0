"""Is there a signature, a fingerprint, a seal where the form asks for one (签名、捺印、盖章)?

Presence only, never identity. The printed page, drawn from the issued PDF, is laid over the scan
by the registration and taken away; what remains is what people added. When the scan cannot show
it – grey, cut off, unregistered – the answer is "cannot be told" and a person decides.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import pypdfium2
from PIL import Image, ImageFilter

from archive.intake.judging import DPI, PIXELS_PER_MM, Marks, Presence, grown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from archive.intake.geometry import Registration
    from archive.intake.picture import Picture, Pixels

    Mask = NDArray[np.bool_]
    Values = NDArray[np.float32]

_K = PIXELS_PER_MM
_MARGIN_MM = {"signature": 12.0, "fingerprint": 12.0, "seal": 18.0}
"""How far beyond its box each may lie: people do not stamp exactly."""

_REACH_ROUGH_MM, _REACH_MM = 5.0, 1.0
_COLOUR_SPREAD = 6.0
"""Grey levels between the channels that a colour scan shows somewhere and a grey one nowhere."""


class Kind(StrEnum):
    """What a form asks for."""

    SIGNATURE = "signature"
    FINGERPRINT = "fingerprint"
    SEAL = "seal"

    @classmethod
    def of_box(cls, name: str) -> Kind | None:
        """Read the kind from the name of a box: ``sign_…``, ``finger_…``, ``seal_…``."""
        return {"sign": cls.SIGNATURE, "finger": cls.FINGERPRINT, "seal": cls.SEAL}.get(name.partition("_")[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A box of the issued layout, in mm from the top left corner of the sheet."""

    name: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was seen in one place, with the evidence."""

    name: str
    kind: Kind
    presence: Presence
    ink_mm2: float = 0.0
    """Dark or blue, added by hand."""

    red_mm2: float = 0.0
    extent_mm: float = 0.0
    """Of what decided."""

    crop: bytes = b""
    """JPEG of the place, upright, for a person to look at; empty when nothing could be cut out."""


def draw_printed(pdf: bytes, page: int) -> Pixels:
    """Draw a page (from 0) of an issued PDF in grey, as `PageInk` wants it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        bitmap = document[page].render(scale=DPI / 72, grayscale=True)
        return np.array(bitmap.to_pil().convert("L"))
    finally:
        document.close()


class PageInk:
    """One scanned page, decoded once, looked at in several places."""

    def __init__(self, picture: Picture, registration: Registration | None, printed: Pixels) -> None:
        """Decode the page.

        Args:
            picture: The scan.
            registration: Where the sheet lies in it; ``None`` makes every answer "cannot be told".
            printed: The page as issued, from `draw_printed`.
        """
        self._fit = registration
        self._printed = Image.fromarray(printed)
        if registration is None:
            return
        reduce = 2 if registration.dpi >= 1.9 * DPI and picture.is_whole else 1
        colour = picture.colour(reduce)
        self._reduce = round(picture.width / colour.shape[1])
        self._colour = Image.fromarray(colour)
        thin = colour[::8, ::8].astype(np.int16)
        self._is_grey = float(np.percentile(thin.max(2) - thin.min(2), 99.9)) < _COLOUR_SPREAD
        self._is_whole = picture.is_whole
        r, g, b = (int(v) for v in np.percentile(colour[::32, ::32].reshape(-1, 3), 75, axis=0))
        self._paper = r, g, b

    def look(self, place: Place) -> Finding:
        """Tell what is in a place.

        Raises:
            ValueError: The place's name does not say what belongs there.
        """
        kind = Kind.of_box(place.name)
        if kind is None:
            raise ValueError(place.name)
        if self._fit is None or not self._is_whole:
            return Finding(name=place.name, kind=kind, presence=Presence.CANNOT_TELL)
        seen = self._cut(place, _MARGIN_MM[kind])
        if seen is None:
            return Finding(name=place.name, kind=kind, presence=Presence.CANNOT_TELL)
        colour, printed = seen
        grey = np.asarray(colour.convert("L"), np.float32)
        red = self._red(colour)
        ink = _ink(grey, printed) & ~red & ~grown(printed < 200, 0.7)
        margin = _MARGIN_MM[kind]
        marks = Marks(ink=ink, red=red, inner=_inner(ink.shape, margin), margin=margin)
        if kind is Kind.SIGNATURE:
            presence, ink_mm2, red_mm2, extent = marks.signature(is_grey=self._is_grey)
        elif kind is Kind.FINGERPRINT:
            presence, ink_mm2, red_mm2, extent = marks.fingerprint(is_grey=self._is_grey)
        else:
            presence, ink_mm2, red_mm2, extent = marks.seal(is_grey=self._is_grey)
        target = io.BytesIO()
        colour.save(target, "JPEG", quality=80)
        return Finding(
            name=place.name,
            kind=kind,
            presence=presence,
            ink_mm2=round(ink_mm2, 1),
            red_mm2=round(red_mm2, 1),
            extent_mm=round(extent, 1),
            crop=target.getvalue(),
        )

    def _cut(self, place: Place, margin: float) -> tuple[Image.Image, Values] | None:
        """Return the place upright from the scan and from the printed page, the same size."""
        assert self._fit is not None
        reach = _REACH_ROUGH_MM if self._fit.is_rough else _REACH_MM
        x, y = place.x - margin, place.y - margin
        w, h = place.width + 2 * margin, place.height + 2 * margin
        across, down = (place.x, place.x + place.width), (place.y, place.y + place.height)
        corners = [self._fit.to_picture(u, v) for u in across for v in down]
        slack = self._fit.scale
        limit = self._colour.width * self._reduce, self._colour.height * self._reduce
        if any(not (-slack <= px <= limit[0] + slack and -slack <= py <= limit[1] + slack) for px, py in corners):
            return None
        wide = self._warp(x - reach, y - reach, w + 2 * reach, h + 2 * reach)
        size = round(w * _K), round(h * _K)
        left, top = round(x * _K), round(y * _K)
        # beyond the edge of the sheet nothing is printed
        sheet = Image.new("L", size, 255)
        sheet.paste(self._printed, (-left, -top))
        printed = np.asarray(sheet, np.float32)
        dx, dy = _best_shift(np.asarray(wide.convert("L"), np.float32), printed)
        return wide.crop((dx, dy, dx + size[0], dy + size[1])), printed

    def _warp(self, x: float, y: float, w: float, h: float) -> Image.Image:
        assert self._fit is not None
        r = self._reduce
        shift = np.array([[1 / _K, 0, x], [0, 1 / _K, y], [0, 0, 1]])
        matrix = np.diag([1 / r, 1 / r, 1]) @ self._fit.projective @ shift
        matrix /= matrix[2, 2]
        numbers = matrix.reshape(-1)[:8].tolist()
        return self._colour.transform(
            (round(w * _K), round(h * _K)),
            Image.Transform.PERSPECTIVE if self._fit.homography else Image.Transform.AFFINE,
            numbers if self._fit.homography else numbers[:6],
            resample=Image.Resampling.BILINEAR,
            fillcolor=self._paper,
        )

    def _red(self, colour: Image.Image) -> Mask:
        """Tell red ink from paper and from black, relative to the paper's own tint."""
        smooth = np.asarray(colour.filter(ImageFilter.BoxBlur(1)), np.float32)
        redness = np.asarray(smooth[..., 0] - (smooth[..., 1] + smooth[..., 2]) / 2, np.float32)
        # a finger may cover most of its place, so the paper is read from the less red part
        low, paper = np.percentile(_thin(redness), [5, 30])
        found: Mask = (redness - paper > max(14.0, 3 * float(paper - low))) & (smooth[..., 0] > 80)
        return found


def _ink(grey: Values, printed: Values) -> Mask:
    """Tell what is darker than the paper around it by a share of the page's own contrast."""
    paper = float(np.percentile(_thin(grey), 70))
    black = float(np.percentile(grey[printed < 100], 20)) if (printed < 100).sum() > 50 else 40.0
    blank = _thin(grey)[_thin(printed) > 250]
    noise = 1.48 * float(np.median(np.abs(blank - np.median(blank)))) if blank.size else 3.0
    return grey < paper - max(0.26 * (paper - black), 4 * noise)


def _thin(values: Values) -> Values:
    """Leave out pixels that tell nothing new of how light the paper is; sorting them all costs most."""
    return values[::3, ::3]


def _inner(shape: tuple[int, ...], margin: float) -> Mask:
    edge = round(margin * _K)
    mask = np.zeros(shape, bool)
    mask[edge : shape[0] - edge, edge : shape[1] - edge] = True
    return mask


def _best_shift(wide: Values, printed: Values) -> tuple[int, int]:
    """Find where the printed piece lies in the wider cut of the scan, by correlation of the print."""
    free = wide.shape[0] - printed.shape[0], wide.shape[1] - printed.shape[1]
    middle = free[1] // 2, free[0] // 2
    template = 255 - printed
    if template.max() < 60:  # nothing printed here to hold on to
        return middle
    seen = np.clip(float(np.percentile(_thin(wide), 70)) - wide, 0, None)
    template = template - template.mean()
    size = _fast(wide.shape[0]), _fast(wide.shape[1])
    spectrum = np.fft.rfft2(seen, size) * np.fft.rfft2(template, size).conj()
    fits = np.fft.irfft2(spectrum, size)[: free[0] + 1, : free[1] + 1]
    dy, dx = np.unravel_index(int(fits.argmax()), fits.shape)
    return int(dx), int(dy)


def _fast(length: int) -> int:
    """Return a length not shorter that the Fourier transform is quick with."""
    return min(m << k for m in (1, 3, 5, 9, 15) for k in range(16) if m << k >= length)
