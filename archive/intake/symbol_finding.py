"""Where a damaged code lies: the part common to all our symbols, looked for in the corners of a page.

First on a small picture, by correlation, in every way the page may have been held; then the best
places are refined at full size until the light and dark modules that are known stand out most.
Assumes that the picture is about the sheet (a scan, or a photo cut to it).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from archive.intake.geometry import A3_MM, A4_MM
from archive.intake.symbols import SIDE, fixed_modules
from forms.marks import MARK_EDGE_MM, MARK_SIZE_MM

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from archive.intake.geometry import Corners
    from archive.intake.picture import Pixels

    Values = NDArray[np.float32]

_COARSE = 2
"""Pixels a module in the first search."""

_FINE = 4.0
"""Pixels a module to which a larger picture is reduced before it is sampled."""

_REACH_MM = 22.0
"""How far from its place a code may lie: a sheet turned 5 degrees, laid 10 mm off."""

_TURNS = (-5.2, -2.6, 0.0, 2.6, 5.2)
_SCALES = (0.97, 1.03)
_SCALES_ASLANT = (0.85, 0.89, 0.93, 0.97, 1.01, 1.05, 1.09, 1.13, 1.17)
"""Of the far code of a sheet photographed aslant, by the near one's size."""

_PEAKS = 2
_POSES_ASLANT = 5
_LEAST_LIKENESS = 0.22
"""Correlation with the known modules; plain paper and print give 0.02 to 0.12, the worst codes 0.45."""

_LEAST_CONTRAST = 8.0
"""Grey levels between the light and the dark modules that are known."""

_WAYS: tuple[tuple[int, tuple[tuple[int, int], tuple[int, int]]], ...] = (
    (0, ((0, 0), (1, 1))),
    (180, ((1, 1), (0, 0))),
    (90, ((1, 0), (0, 1))),
    (270, ((0, 1), (1, 0))),
)
"""Degrees the page is turned clockwise, and the corners (right, bottom) of its first and second code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """A place where a code may be, read softly."""

    corners: Corners
    """Pixels of the picture."""

    modules: Values
    """441 values from -1 (light) to 1 (dark)."""

    contrast: float
    """Grey levels by which the known modules stand out."""


@dataclass(frozen=True, slots=True)
class _Pose:
    """A code in a picture: middle in pixels, pixels a module along both its sides."""

    x: float
    y: float
    across: complex
    down: complex


def find_symbols(bright: Pixels) -> Iterator[tuple[LookedAt, ...]]:
    """Yield, for each way the page may lie, the one or two places that look most like codes of ours."""
    for sheet in (A4_MM, A3_MM):
        module = max(bright.shape) / sheet[1] * MARK_SIZE_MM / SIDE  # pixels
        small = _resized(bright, _COARSE / module)
        fine_by = min(1.0, _FINE / module)
        fine = _resized(bright, fine_by).astype(np.float32)
        regions = {corner: _Region(small, corner) for corner in ((0, 0), (1, 0), (0, 1), (1, 1))}
        for turn, corners in _WAYS:
            places = []
            for corner in corners:
                poses = regions[corner].peaks(turn, module, bright.shape[1] / small.shape[1])
                refined = [_refined(fine, _scaled(pose, fine_by)) for pose in poses]
                seen = [looked for pose in refined if (looked := _sampled(fine, pose, fine_by)) is not None]
                if seen:
                    places.append(max(seen, key=lambda looked: looked.contrast))
            if places:
                yield tuple(places)


def find_beside(bright: Pixels, corners: Corners) -> LookedAt | None:
    """Return what looks most like the other code of a page whose first or second one was read.

    Args:
        bright: The page as max(R, G, B), full size.
        corners: Of the code that was read, in pixels.
    """
    (left, top), (right, down) = corners[0], corners[1]
    module = math.hypot(right - left, down - top) / SIDE
    turn = round(math.degrees(math.atan2(down - top, right - left)) / 90) * 90 % 360
    middle = sum(x for x, _ in corners) / 4, sum(y for _, y in corners) / 4
    own = int(middle[0] > bright.shape[1] / 2), int(middle[1] > bright.shape[0] / 2)
    pair = dict(_WAYS)[turn]
    if own not in pair:
        return None
    (other,) = (corner for corner in pair if corner != own)
    small, fine_by = _resized(bright, _COARSE / module), min(1.0, _FINE / module)
    fine = _resized(bright, fine_by).astype(np.float32)
    # several slants and sizes of one place, too: in perspective the likeliest may be a wrong one
    poses = _Region(small, other).peaks(
        turn, module, bright.shape[1] / small.shape[1], _SCALES_ASLANT, most=_POSES_ASLANT, apart=0.0
    )
    refined = [_refined(fine, _scaled(pose, fine_by)) for pose in poses]
    seen = [looked for pose in refined if (looked := _sampled(fine, pose, fine_by)) is not None]
    return max(seen, key=lambda looked: looked.contrast) if seen else None


def _resized(grey: Pixels, by: float) -> Pixels:
    if by == 1:
        return grey
    size = max(1, round(grey.shape[1] * by)), max(1, round(grey.shape[0] * by))
    how = Image.Resampling.BOX if by < 1 else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(grey).resize(size, how))


def _levelled(grey: Values) -> Values:
    """Return the picture as lighter or darker than its surroundings, within ±1.5."""
    size = 10 * _COARSE + 1
    mean = _box_mean(grey, size)
    spread = np.sqrt(np.maximum(_box_mean(grey * grey, size) - mean * mean, 0)) + 12.0
    return np.clip((grey - mean) / spread, -1.5, 1.5).astype(np.float32)


def _box_mean(values: Values, size: int) -> Values:
    half = size // 2
    total = np.pad(values.astype(np.float64), ((half + 1, half), (half + 1, half)), mode="edge").cumsum(0).cumsum(1)
    n = values.shape
    a, b = slice(size, size + n[0]), slice(size, size + n[1])
    c, d = slice(0, n[0]), slice(0, n[1])
    mean = (total[a, b] - total[c, b] - total[a, d] + total[c, d]) / size**2
    return np.asarray(mean, np.float32)


class _Region:
    """One corner of the small picture, transformed once."""

    def __init__(self, small: Pixels, corner: tuple[int, int]) -> None:
        per_mm = _COARSE * SIDE / MARK_SIZE_MM
        middle = (MARK_EDGE_MM + MARK_SIZE_MM / 2) * per_mm
        half = (_REACH_MM + MARK_SIZE_MM / 2) * per_mm
        spans = []
        for far, length in zip(corner, (small.shape[1], small.shape[0]), strict=True):
            at = length - middle if far else middle
            spans.append((max(0, round(at - half)), max(1, min(length, round(at + half)))))
        (self._x, right), (self._y, bottom) = spans
        region = small[self._y : bottom, self._x : right]
        self._shape = region.shape
        self._size = _fast(round(2 * half) + 1)
        self._spectrum = np.fft.rfft2(_levelled(region.astype(np.float32)), (self._size, self._size))

    def peaks(
        self,
        turn: int,
        module: float,
        factor: float,
        scales: Sequence[float] = _SCALES,
        *,
        most: int = _PEAKS,
        apart: float = 3.0,
    ) -> list[_Pose]:
        """Return the likeliest places of a code turned so far, in pixels of the large picture.

        Args:
            turn: Degrees clockwise.
            module: Pixels a module in the large picture.
            factor: How much larger that is.
            scales: Sizes looked for, by that module.
            most: Places returned.
            apart: Modules between two of them.
        """
        found: list[tuple[float, _Pose]] = []
        for scale in scales:
            templates, side = _template_spectra(turn, scale, self._size)
            everywhere = np.fft.irfft2(self._spectrum * templates, (self._size, self._size))
            for angle, whole in zip(_TURNS, everywhere, strict=True):
                fits = whole[: self._shape[0] - side + 1, : self._shape[1] - side + 1]
                if fits.size == 0 or fits.max() < _LEAST_LIKENESS:
                    continue
                row, column = np.unravel_index(int(fits.argmax()), fits.shape)
                x, y = (self._x + column + side / 2) * factor, (self._y + row + side / 2) * factor
                slant = math.radians(turn + angle)
                step = module * scale * complex(math.cos(slant), math.sin(slant))
                found.append((float(fits[row, column]), _Pose(float(x), float(y), step, step * 1j)))
        found.sort(key=lambda pair: -pair[0])
        chosen: list[_Pose] = []
        for _, pose in found:
            if all(math.hypot(pose.x - other.x, pose.y - other.y) >= apart * module for other in chosen):
                chosen.append(pose)
        return chosen[:most]


@lru_cache(maxsize=96)
def _template_spectra(turn: int, scale: float, size: int) -> tuple[NDArray[np.complex64], int]:
    """Return the conjugate spectra of the known modules in every slant, light +1 and dark -1, and their side."""
    spectra, side = [], 0
    for angle in _TURNS:
        template = _template(turn + angle, scale)
        side = len(template)
        # single precision is a thousand times finer than what one grey level changes
        spectra.append(np.fft.rfft2(template, (size, size)).conj().astype(np.complex64))
    return np.stack(spectra), side


def _template(angle: float, scale: float) -> NDArray[np.float64]:
    is_fixed, symbol = fixed_modules()
    known = np.where(is_fixed, 1.0 - 2.0 * symbol, 0.0)
    known[is_fixed] -= known[is_fixed].mean()
    side = math.ceil(SIDE * _COARSE * scale * 1.2)
    step = 1 / (_COARSE * scale)
    turn = math.radians(-angle)
    v, u = np.mgrid[0:side, 0:side] + 0.5 - side / 2
    column = (u * math.cos(turn) - v * math.sin(turn)) * step + SIDE / 2
    row = (u * math.sin(turn) + v * math.cos(turn)) * step + SIDE / 2
    inside = (column >= 0) & (column < SIDE) & (row >= 0) & (row < SIDE)
    template = np.zeros((side, side))
    template[inside] = known.reshape(SIDE, SIDE)[row[inside].astype(int), column[inside].astype(int)]
    return np.asarray(template / np.abs(template).sum())


def _scaled(pose: _Pose, by: float) -> _Pose:
    return _Pose(pose.x * by, pose.y * by, pose.across * by, pose.down * by)


@cache
def _grid() -> tuple[Values, Values]:
    """Return the middles of the modules, column and row, from the middle of the symbol."""
    rows, columns = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) + 0.5 - SIDE / 2
    return columns.reshape(-1), rows.reshape(-1)


def _refined(fine: Values, pose: _Pose) -> _Pose:
    """Move, turn and stretch a place, in ever smaller steps, until the known modules stand out most."""
    is_fixed, symbol = fixed_modules()
    columns, rows = (values[is_fixed] for values in _grid())
    sign = np.where(symbol[is_fixed] == 1, -1.0, 1.0).astype(np.float32)
    sign[sign > 0] /= (sign > 0).sum()
    sign[sign < 0] /= (sign < 0).sum()
    deltas = np.stack(np.meshgrid(*[(-1, 0, 1)] * 4, indexing="ij"), -1).reshape(-1, 4).astype(np.float64)
    module = abs(pose.across)
    values = np.array([pose.x, pose.y, pose.across.real, pose.across.imag, pose.down.real, pose.down.imag])
    for step in (0.8, 0.5, 0.3, 0.15, 0.08):
        # move by parts of a module; turn and stretch so that the corner moves as much
        moves = np.zeros((len(deltas), 6))
        moves[:, :2] = deltas[:, :2] * step * module
        across, down = complex(values[2], values[3]), complex(values[4], values[5])
        change = (deltas[:, 2] + 1j * deltas[:, 3]) * step / (SIDE / 2)
        moves[:, 2], moves[:, 3] = (across * change).real, (across * change).imag
        moves[:, 4], moves[:, 5] = (down * change).real, (down * change).imag
        values = _best_of(fine, values + moves, columns, rows, sign)
    for step in (0.3, 0.12):
        # a page in perspective: the two sides may change apart from each other
        moves = np.zeros((len(deltas), 6))
        moves[:, 2:] = deltas * step * module / (SIDE / 2)
        values = _best_of(fine, values + moves, columns, rows, sign)
    return _Pose(float(values[0]), float(values[1]), complex(*values[2:4]), complex(*values[4:6]))


def _best_of(
    fine: Values, poses: NDArray[np.float64], columns: Values, rows: Values, sign: Values
) -> NDArray[np.float64]:
    x = poses[:, :1] + poses[:, 2:3] * columns + poses[:, 4:5] * rows
    y = poses[:, 1:2] + poses[:, 3:4] * columns + poses[:, 5:6] * rows
    contrast = _at(fine, x, y) @ sign
    best: NDArray[np.float64] = poses[int(contrast.argmax())]
    return best


def _at(fine: Values, x: NDArray[np.floating], y: NDArray[np.floating]) -> Values:
    """Sample between pixels; outside is the nearest pixel."""
    x = np.clip(x - 0.5, 0, fine.shape[1] - 1.001)
    y = np.clip(y - 0.5, 0, fine.shape[0] - 1.001)
    left, top = x.astype(np.int64), y.astype(np.int64)
    u, v = (x - left).astype(np.float32), (y - top).astype(np.float32)
    flat, width = fine.reshape(-1), fine.shape[1]
    at = top * width + left
    upper = flat[at] * (1 - u) + flat[at + 1] * u
    lower = flat[at + width] * (1 - u) + flat[at + width + 1] * u
    return np.asarray(upper * (1 - v) + lower * v, np.float32)


def _sampled(fine: Values, pose: _Pose, scale: float) -> LookedAt | None:
    """Read all modules of a place; ``None`` when nothing of a code stands out there."""
    columns, rows = _grid()
    total = np.zeros(columns.shape, np.float32)
    spots = [(dx, dy) for dx in (-0.25, 0.0, 0.25) for dy in (-0.25, 0.0, 0.25)]
    for dx, dy in spots:
        x = pose.x + pose.across.real * (columns + dx) + pose.down.real * (rows + dy)
        y = pose.y + pose.across.imag * (columns + dx) + pose.down.imag * (rows + dy)
        total += _at(fine, x, y)
    seen = total / len(spots)
    is_fixed, symbol = fixed_modules()
    light = float(np.median(seen[is_fixed & (symbol == 0)]))
    dark = float(np.median(seen[is_fixed & (symbol == 1)]))
    if light - dark < _LEAST_CONTRAST:
        return None
    values = np.clip(((light + dark) / 2 - seen) / ((light - dark) / 2), -1, 1).astype(np.float32)
    middle, half = complex(pose.x, pose.y), SIDE / 2
    corners = ((-half, -half), (half, -half), (half, half), (-half, half))
    ends = [(middle + pose.across * u + pose.down * v) / scale for u, v in corners]
    a, b, c, d = ((end.real, end.imag) for end in ends)
    known = values[is_fixed] * np.where(symbol[is_fixed] == 1, 1, -1)
    return LookedAt(corners=(a, b, c, d), modules=values, contrast=float(known.mean()) * (light - dark))


def _fast(length: int) -> int:
    """Return a length not shorter that the Fourier transform is quick with."""
    return min(m << k for m in (1, 3, 5, 9, 15) for k in range(16) if m << k >= length)
