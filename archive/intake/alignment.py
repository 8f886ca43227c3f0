"""The printed page held against the picture: a rough registration becomes exact, a missing one is found.

Two codes on a flat sheet say where it lies to a tenth of a millimetre; one code, a photo, or a page
that a person named do not. Then pieces of the issued page are looked for near where they should
be, and a homography is fitted through those that are found. Handwriting and seals cost a few
pieces, never the whole.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from archive.intake.geometry import Registration, fit_homography, is_sheet_like

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from archive.intake.picture import Picture, Pixels

    Values = NDArray[np.float32]

_K = 4.0
"""Pixels per mm of everything compared: 102 dpi."""

_PIECE_MM = 30.0
_STEP_MM = 22.0
_LEAST_PRINT = 0.02
"""Share of a piece that must be printed for it to be recognised."""

_LEAST_LIKENESS = 0.45
_LEAST_PIECES = 6
_LEAST_SHARE = 0.4
"""Of the printed pieces that must be found: the rest may be written over."""

_REACHES_MM = (9.0, 3.0, 1.2)
"""How far a piece is looked for, round by round."""

_OUTLIER_MM = 1.0
_WORST_MM = 0.7
"""Root mean square distance of the pieces from where they should be; played photos stay below 0.4."""

_SKEWS = (0.0, 3.0, -3.0)
"""Degrees tried when nothing is known of how the sheet lies."""

_FRAME_SHARE = 0.03
"""A scan is as large as its sheet; a picture larger or smaller by more is a photo, or reduced."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A piece of the printed page, found in the picture."""

    x: float
    y: float
    """Middle on the sheet, mm."""

    dx: float
    dy: float
    """How far off it was, mm."""

    likeness: float


def is_doubtful(registration: Registration | None, size: tuple[int, int]) -> bool:
    """Tell whether a registration from codes alone may be off by a millimetre and more.

    Args:
        registration: From the codes.
        size: Width and height of the picture in pixels.
    """
    if registration is None or registration.is_rough:
        return True
    if registration.is_refined:
        return False
    w, h = size if registration.quarter_turns % 2 == 0 else size[::-1]
    off = max(
        abs(w / registration.scale / registration.width_mm - 1),
        abs(h / registration.scale / registration.height_mm - 1),
    )
    return off > _FRAME_SHARE


def refine(
    picture: Picture, registration: Registration | None, printed: Pixels, sheet: tuple[float, float]
) -> Registration | None:
    """Register a page by its print.

    Args:
        picture: The scan or photo.
        registration: A first guess; ``None``: the sheet is assumed to fill the picture, any way up.
        printed: The page as issued, in grey, at any resolution.
        sheet: Its width and height in mm.

    Returns:
        An exact registration; the guess as it was when too little print was found, ``None`` when
        there was no guess.
    """
    page = _levelled(_scaled(printed, (round(sheet[0] * _K), round(sheet[1] * _K))))
    guesses = [registration] if registration else list(_framed(picture, sheet))
    reduce = 1
    while reduce < 8 and max(picture.width, picture.height) / (2 * reduce) >= max(sheet) * _K:
        reduce *= 2
    seen = picture.luma(reduce)
    best: tuple[float, Registration] | None = None
    for guess in guesses:
        result = _refined(seen, picture.width / seen.shape[1], guess, page)
        if result is not None and (best is None or result[0] > best[0]):
            best = result
    return best[1] if best else registration


def flatten(picture: Picture, registration: Registration, *, dpi: float, colour: bool = True) -> Pixels:
    """Return the sheet cut out of a picture, upright and exact, at a resolution."""
    reduce = 1
    while reduce < 8 and registration.dpi / (2 * reduce) >= dpi:
        reduce *= 2
    seen = picture.colour(reduce) if colour else picture.luma(reduce)
    factor = picture.width / seen.shape[1]
    paper = np.percentile(seen[::16, ::16].reshape(-1, seen.shape[2] if seen.ndim == 3 else 1), 75, axis=0)
    fill = tuple(int(v) for v in paper) if colour else int(paper[0])
    return _warped(seen, factor, registration, dpi / 25.4, fill)


def _framed(picture: Picture, sheet: tuple[float, float]) -> Iterator[Registration]:
    """Yield the sheet filling the picture in each way of holding it that fits the picture's shape."""
    for rotation, skew in itertools.product((0, 180, 90, -90), _SKEWS):
        w, h = sheet if rotation in {0, 180} else sheet[::-1]
        if (w > h) != (picture.width > picture.height):
            continue
        scale = min(picture.width / w, picture.height / h)
        turn = math.radians(rotation + skew)
        corner = complex(math.cos(turn), math.sin(turn)) * complex(sheet[0] / 2, sheet[1] / 2) * scale
        yield Registration(
            scale=scale,
            rotation=rotation + skew,
            dx=picture.width / 2 - corner.real,
            dy=picture.height / 2 - corner.imag,
            width_mm=sheet[0],
            height_mm=sheet[1],
            codes=0,
            residual_mm=0.0,
        )


def _refined(seen: Pixels, factor: float, guess: Registration, page: Values) -> tuple[float, Registration] | None:
    """Return how well it fits and the registration, or ``None`` when the print is not there."""
    fit = guess
    found: list[_Found] = []
    for reach in _REACHES_MM:
        flat = _levelled(_warped(seen, factor, fit, _K, 255).astype(np.float32))
        pieces = list(_pieces(page, flat, reach))
        found = [piece for piece in pieces if piece.likeness >= _LEAST_LIKENESS]
        if len(found) < _LEAST_PIECES:
            return None
        better = _fitted(fit, found)
        if better is None:
            return None
        fit = better
    if fit.residual_mm > _WORST_MM or len(found) < _LEAST_SHARE * len(pieces) or not _is_spread(found, pieces):
        return None
    likeness = sum(piece.likeness for piece in found)
    return likeness, replace(fit, is_refined=True)


def _is_spread(found: list[_Found], pieces: list[_Found]) -> bool:
    """Tell whether what was found reaches over the page as far as its print does."""
    for axis in ("x", "y"):
        all_of, some = ([getattr(piece, axis) for piece in group] for group in (pieces, found))
        if max(some) - min(some) < 0.6 * (max(all_of) - min(all_of)):
            return False
    return True


def _pieces(page: Values, flat: Values, reach_mm: float) -> Iterator[_Found]:
    side, step, reach = round(_PIECE_MM * _K), round(_STEP_MM * _K), round(reach_mm * _K)
    padded = np.pad(flat, reach)
    for top in range(0, page.shape[0] - side + 1, step):
        for left in range(0, page.shape[1] - side + 1, step):
            piece = page[top : top + side, left : left + side]
            if (piece > 0.5).mean() < _LEAST_PRINT:
                continue
            wide = padded[top : top + side + 2 * reach, left : left + side + 2 * reach]
            dx, dy, likeness = look_for(piece, wide)
            middle = left + side / 2, top + side / 2
            yield _Found(middle[0] / _K, middle[1] / _K, (dx - reach) / _K, (dy - reach) / _K, likeness)


def look_for(piece: Values, wide: Values) -> tuple[float, float, float]:
    """Return where a piece lies in a wider cut, in parts of a pixel, and the correlation there."""
    size = tuple(_fast(length) for length in wide.shape)
    free = wide.shape[0] - piece.shape[0] + 1, wide.shape[1] - piece.shape[1] + 1
    centred = piece - piece.mean()
    product = np.fft.irfft2(np.fft.rfft2(wide, size) * np.fft.rfft2(centred, size).conj(), size)[: free[0], : free[1]]
    energy = _window_variance(wide, piece.shape, free)
    likeness = product / np.sqrt(np.maximum(energy, 1e-3) * float((centred**2).sum()))
    row, column = (int(v) for v in np.unravel_index(int(likeness.argmax()), likeness.shape))
    return (
        column + _between(likeness[row, max(0, column - 1) : column + 2]),
        row + _between(likeness[max(0, row - 1) : row + 2, column]),
        float(likeness[row, column]),
    )


def _between(three: NDArray[np.floating]) -> float:
    """Return where between the pixels the top of a parabola through three values lies."""
    if len(three) != 3:
        return 0.0
    a, b, c = (float(v) for v in three)
    bend = a - 2 * b + c
    return 0.0 if bend >= 0 else float(np.clip(0.5 * (a - c) / bend, -0.5, 0.5))


def _window_variance(wide: Values, shape: tuple[int, ...], free: tuple[int, int]) -> NDArray[np.float64]:
    total, squares = (_windows(values, shape, free) for values in (wide, wide * wide))
    return squares - total**2 / (shape[0] * shape[1])


def _windows(values: Values, shape: tuple[int, ...], free: tuple[int, int]) -> NDArray[np.float64]:
    summed = np.pad(values.astype(np.float64).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    (h, w), (rows, columns) = shape, free
    down, right = slice(h, h + rows), slice(w, w + columns)
    return np.asarray(
        summed[down, right] - summed[:rows, right] - summed[down, :columns] + summed[:rows, :columns], np.float64
    )


def _fitted(fit: Registration, found: list[_Found]) -> Registration | None:
    """Fit a homography through the pieces, leaving out those that disagree with the rest."""
    printed = np.array([(p.x, p.y) for p in found])
    pictured = np.array([fit.to_picture(p.x + p.dx, p.y + p.dy) for p in found])
    weights = np.array([p.likeness for p in found])
    matrix = None
    for _ in range(6):
        matrix = fit_homography(printed, pictured, weights)
        if matrix is None:
            return None
        mapped = np.hstack([printed, np.ones((len(printed), 1))]) @ matrix.T
        if (mapped[:, 2] < 0.2).any():
            return None
        off = np.hypot(*(mapped[:, :2] / mapped[:, 2:] - pictured).T) / fit.scale
        limit = max(_OUTLIER_MM, 2.5 * float(np.median(off)))
        keep = off <= limit
        if keep.sum() < _LEAST_PIECES:
            return None
        weights = np.array([p.likeness for p in found]) * keep
    if matrix is None or not is_sheet_like(matrix, fit.width_mm, fit.height_mm):
        return None
    residual = float(np.sqrt((off[keep] ** 2).mean()))
    return replace(fit, homography=tuple(matrix.reshape(-1).tolist()), residual_mm=residual)


def _warped(seen: Pixels, factor: float, fit: Registration, k: float, fill: int | tuple[int, ...]) -> Pixels:
    """Draw the sheet upright at ``k`` pixels per mm from a picture that was reduced by ``factor``."""
    size = round(fit.width_mm * k), round(fit.height_mm * k)
    matrix = np.diag([1 / factor, 1 / factor, 1]) @ fit.projective @ np.diag([1 / k, 1 / k, 1])
    matrix /= matrix[2, 2]
    return np.asarray(
        Image.fromarray(seen).transform(
            size,
            Image.Transform.PERSPECTIVE,
            tuple(matrix.reshape(-1)[:8].tolist()),
            resample=Image.Resampling.BILINEAR,
            fillcolor=fill,
        )
    )


def _scaled(grey: Pixels, size: tuple[int, int]) -> Values:
    return np.asarray(Image.fromarray(grey).resize(size, Image.Resampling.BOX), np.float32)


def _levelled(grey: Values) -> Values:
    """Return how much darker than the paper around it each pixel is, within 0 and 1."""
    thin = Image.fromarray(grey.clip(0, 255).astype(np.uint8)).reduce(8)
    paper = np.asarray(thin.resize(grey.shape[::-1], Image.Resampling.BILINEAR), np.float32)
    paper = np.maximum(paper, float(np.percentile(paper, 60)) * 0.5)
    dark = (paper - grey).clip(0, None)
    strong = max(20.0, float(np.percentile(dark, 99)))
    return (dark / strong).clip(0, 1).astype(np.float32)


def _fast(length: int) -> int:
    """Return a length not shorter that the Fourier transform is quick with."""
    return min(m << k for m in (1, 3, 5, 9, 15) for k in range(16) if m << k >= length)
