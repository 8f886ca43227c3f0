"""Is there a signature, a fingerprint, a seal where the form asks for one (签名、捺印、盖章)?

Presence only, never identity. The printed page, drawn from the issued PDF, is laid over the scan
by the registration and taken away; what remains is what people added. When the scan cannot show
it – grey, cut off, unregistered – the answer is "cannot be told" and a person decides.
Source of the thresholds: design/intake.md §4, tried there on seeds held out.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import pypdfium2
from PIL import Image, ImageFilter

from archive.intake.components import Component, find_components

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from archive.intake.geometry import Registration
    from archive.intake.picture import Picture, Pixels

    Mask = NDArray[np.bool_]
    Values = NDArray[np.float32]

DPI = 150
_K = DPI / 25.4
"""Pixels per mm of everything looked at here."""

_INK_MM2, _INK_EXTENT_MM = 3.0, 6.0
_FAINT_INK_MM2 = 1.5
_SPILL_MM2, _EDGE_MM = 8.0, 1.2
_DOT_MM = 1.6
_FINGER_MM2, _FINGER_EXTENT_MM = 25.0, 8.0
_SEAL_MM2, _SEAL_EXTENT_MM, _SEAL_LONG_MM = 25.0, 15.0, 24.0
_FAINT_RED_MM2 = 8.0
_BLACK_FINGER_MM2 = 40.0
_MARGIN_MM = {"signature": 2.0, "fingerprint": 5.0, "seal": 14.0}
"""How far beyond its box each may lie: people do not stamp exactly."""

_REACH_ONE_CODE_MM, _REACH_MM = 5.0, 1.0
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


class Presence(StrEnum):
    """The answer."""

    FOUND = "found"
    NOT_FOUND = "not-found"
    CANNOT_TELL = "cannot-tell"

    @property
    def label(self) -> str:
        """Say it to the clerk."""
        return {"found": "有", "not-found": "没有", "cannot-tell": "看不清，请人工核对"}[self.value]


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
        ink = _ink(grey, printed) & ~red & ~_grown(printed < 200, 0.7)
        marks = _Marks(ink=ink, red=red, inner=_inner(ink.shape, _MARGIN_MM[kind]))
        if kind is Kind.SIGNATURE:
            presence, ink_mm2, red_mm2, extent = marks.signature()
        else:
            presence, ink_mm2, red_mm2, extent = marks.red_thing(kind, is_grey=self._is_grey)
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
        reach = _REACH_MM if self._fit.codes > 1 else _REACH_ONE_CODE_MM
        x, y = place.x - margin, place.y - margin
        w, h = place.width + 2 * margin, place.height + 2 * margin
        corners = [self._fit.to_picture(u, v) for u in (x, x + w) for v in (y, y + h)]
        slack = 3.0 * self._fit.scale
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
        a, b, c, d, e, f = self._fit.matrix
        r = self._reduce
        at = a * x + c * y + e, b * x + d * y + f
        matrix = (a / _K / r, c / _K / r, at[0] / r, b / _K / r, d / _K / r, at[1] / r)
        return self._colour.transform(
            (round(w * _K), round(h * _K)),
            Image.Transform.AFFINE,
            matrix,
            resample=Image.Resampling.BILINEAR,
            fillcolor=self._paper(),
        )

    def _paper(self) -> tuple[int, int, int]:
        thin = np.asarray(self._colour)[::32, ::32].reshape(-1, 3)
        r, g, b = (int(v) for v in np.percentile(thin, 75, axis=0))
        return r, g, b

    def _red(self, colour: Image.Image) -> Mask:
        """Tell red ink from paper and from black, relative to the paper's own tint."""
        smooth = np.asarray(colour.filter(ImageFilter.BoxBlur(1)), np.float32)
        redness = smooth[..., 0] - (smooth[..., 1] + smooth[..., 2]) / 2
        # a finger may cover most of its place, so the paper is read from the less red part
        low, paper = np.percentile(redness, [5, 30])
        found: Mask = (redness - paper > max(14.0, 3 * float(paper - low))) & (smooth[..., 0] > 80)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marks:
    """Ink and red of one place."""

    ink: Mask
    red: Mask
    inner: Mask
    """The box itself, without the margin."""

    def signature(self) -> tuple[Presence, float, float, float]:
        strokes = [c for c in find_components(self.ink, self.inner) if self._is_stroke(c)]
        area = sum(c.inside for c in strokes) / _K**2
        extent = (max(c.right for c in strokes) - min(c.left for c in strokes)) / _K if strokes else 0.0
        red = float((self.red & self.inner).sum()) / _K**2
        is_spill = area < _SPILL_MM2 and all(self._touches_edge(c) for c in strokes)
        if area >= _INK_MM2 and extent >= _INK_EXTENT_MM and not is_spill:
            return Presence.FOUND, area, red, extent
        if area >= _FAINT_INK_MM2 or red >= _FINGER_MM2:
            return Presence.CANNOT_TELL, area, red, extent
        return Presence.NOT_FOUND, area, red, extent

    def _is_stroke(self, c: Component) -> bool:
        """Leave out dust, streaks, remains of rules, and what mostly lies outside the box."""
        w, h = c.width / _K, c.height / _K
        if max(w, h) < _DOT_MM or c.inside < 0.4 * c.area:
            return False
        rows, columns = self.ink.shape
        is_line = (w < 0.7 and c.height > 0.6 * rows) or (h < 0.7 and c.width > 0.6 * columns)
        return not is_line

    def _touches_edge(self, c: Component) -> bool:
        """Tell whether a stroke ends where the box does: it may belong to the neighbour."""
        ys, xs = np.nonzero(self.inner)
        near = round(_EDGE_MM * _K)
        return bool(
            c.left <= xs[0] + near or c.top <= ys[0] + near or c.right > xs[-1] - near or c.bottom > ys[-1] - near
        )

    def red_thing(self, kind: Kind, *, is_grey: bool) -> tuple[Presence, float, float, float]:
        spots = [c for c in find_components(self.red, self.inner) if c.area >= 6]
        area = sum(c.area for c in spots) / _K**2
        width, height = _extent(self.red)
        if kind is Kind.SEAL:
            is_there = (
                area >= _SEAL_MM2 and min(width, height) >= _SEAL_EXTENT_MM and max(width, height) >= _SEAL_LONG_MM
            )
        else:
            is_there = area >= _FINGER_MM2 and min(width, height) >= _FINGER_EXTENT_MM
        strokes = [c for c in find_components(self.ink, self.inner) if max(c.width, c.height) > _DOT_MM * _K]
        ink = sum(c.area for c in strokes) / _K**2
        if is_there:
            return Presence.FOUND, ink, area, max(width, height)
        # red is grey on a grey scan, and some pads are black: something is there that a person must judge
        dark = sum(c.inside for c in strokes) / _K**2
        is_odd = area >= _FAINT_RED_MM2 or (is_grey and ink >= _FAINT_INK_MM2)
        is_odd |= kind is Kind.FINGERPRINT and dark >= _BLACK_FINGER_MM2
        return (Presence.CANNOT_TELL if is_odd else Presence.NOT_FOUND), ink, area, max(width, height)


def _ink(grey: Values, printed: Values) -> Mask:
    """Tell what is darker than the paper around it by a share of the page's own contrast."""
    paper = float(np.percentile(grey, 70))
    black = float(np.percentile(grey[printed < 100], 20)) if (printed < 100).sum() > 50 else 40.0
    blank = grey[printed > 250]
    noise = 1.48 * float(np.median(np.abs(blank - np.median(blank)))) if blank.size else 3.0
    return grey < paper - max(0.26 * (paper - black), 4 * noise)


def _grown(mask: Mask, mm: float) -> Mask:
    """Widen a mask by so much to every side."""
    for axis in (0, 1):
        wide = mask.copy()
        for step in range(1, round(mm * _K) + 1):
            ahead, behind = [slice(None)] * 2, [slice(None)] * 2
            ahead[axis], behind[axis] = slice(step, None), slice(None, -step)
            wide[tuple(ahead)] |= mask[tuple(behind)]
            wide[tuple(behind)] |= mask[tuple(ahead)]
        mask = wide
    return mask


def _inner(shape: tuple[int, ...], margin: float) -> Mask:
    edge = round(margin * _K)
    mask = np.zeros(shape, bool)
    mask[edge : shape[0] - edge, edge : shape[1] - edge] = True
    return mask


def _extent(mask: Mask) -> tuple[float, float]:
    """Width and height in mm without the outermost 3 % on every side."""
    ys, xs = np.nonzero(mask)
    if len(xs) < 20:
        return 0.0, 0.0
    (x0, x1), (y0, y1) = np.percentile(xs, [3, 97]), np.percentile(ys, [3, 97])
    return float(x1 - x0) / _K, float(y1 - y0) / _K


def _best_shift(wide: Values, printed: Values) -> tuple[int, int]:
    """Find where the printed piece lies in the wider cut of the scan, by correlation of the print."""
    free = wide.shape[0] - printed.shape[0], wide.shape[1] - printed.shape[1]
    middle = free[1] // 2, free[0] // 2
    template = 255 - printed
    if template.max() < 60:  # nothing printed here to hold on to
        return middle
    seen = np.clip(np.percentile(wide, 70) - wide, 0, None)
    template = template - template.mean()
    size = _fast(wide.shape[0]), _fast(wide.shape[1])
    spectrum = np.fft.rfft2(seen, size) * np.fft.rfft2(template, size).conj()
    fits = np.fft.irfft2(spectrum, size)[: free[0] + 1, : free[1] + 1]
    dy, dx = np.unravel_index(int(fits.argmax()), fits.shape)
    return int(dx), int(dy)


def _fast(length: int) -> int:
    """Return a length not shorter that the Fourier transform is quick with."""
    return min(m << k for m in (1, 3, 5, 9, 15) for k in range(16) if m << k >= length)
