"""Where the sheet lies in a picture, from the corners of the codes printed on it.

Codes stand at fixed places (`forms.marks`: 15 mm, 16 mm from the edges, top left and bottom
right) on A4 or A3, upright or landscape, so two of them give position, scale and rotation at once.
A flat-bed or feeder scan is a similarity: fitting only that is steadier than an affine map,
whose shear two codes on one diagonal cannot hold. A photo is seen in perspective: when the codes'
own shapes contradict the similarity, a homography is fitted, good near the diagonal and rough in
the other two corners until `archive.intake.alignment` has held the printed page against it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from forms.marks import MARK_EDGE_MM, MARK_SIZE_MM

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]
Place = Literal["top-left", "bottom-right"]

Matrix = NDArray[np.float64]

A4_MM = (210.0, 297.0)
A3_MM = (297.0, 420.0)
SHEETS_MM = (A4_MM, A4_MM[::-1], A3_MM[::-1], A3_MM)
MAX_RESIDUAL_MM = 2.0
"""Two codes farther from any sheet than this do not belong to one flat sheet."""

FLAT_MM = 0.35
"""Up to here the corners of two codes agree with a flat sheet; the most seen on scans was 0.25."""

_STEEPEST = 1.8
"""How much longer one side of a sheet may look than the opposite one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """The map from the sheet (mm, origin top left, y down) to the picture (pixels)."""

    scale: float
    """Pixels per mm."""

    rotation: float
    """Degrees the sheet is turned clockwise in the picture, -180 (left out) to 180."""

    dx: float
    dy: float
    """Pixels: where the top left corner of the sheet lies."""

    width_mm: float
    height_mm: float
    codes: int
    """How many codes it rests on; with one, the far corner may be several mm off."""

    residual_mm: float
    """Root mean square distance of the code corners from where they should be."""

    homography: tuple[float, ...] | None = None
    """Nine numbers, row by row, from mm to pixels, when the sheet is seen in perspective; the
    similarity then only says roughly where it lies."""

    is_refined: bool = False
    """The printed page was held against the picture."""

    @property
    def is_rough(self) -> bool:
        """Places far from the codes may be several mm off."""
        return not self.is_refined and (self.codes == 1 or self.homography is not None)

    @property
    def projective(self) -> Matrix:
        """The map as a 3 by 3 matrix from mm to pixels."""
        if self.homography is not None:
            return np.array(self.homography, np.float64).reshape(3, 3)
        a, b, c, d, e, f = self.matrix
        return np.array([[a, c, e], [b, d, f], [0, 0, 1]], np.float64)

    @property
    def matrix(self) -> tuple[float, float, float, float, float, float]:
        """``(a, b, c, d, e, f)`` with ``x = a*u + c*v + e`` and ``y = b*u + d*v + f`` for (u, v) in mm."""
        turn = math.radians(self.rotation)
        a, b = self.scale * math.cos(turn), self.scale * math.sin(turn)
        return a, b, -b, a, self.dx, self.dy

    def affine(self, tolerance_mm: float = 0.4) -> tuple[float, float, float, float, float, float] | None:
        """Return the map as `matrix` does, but exact, or ``None`` when no affine map comes so close."""
        if self.homography is None:
            return self.matrix
        places = np.array([(x, y) for x in np.linspace(0, self.width_mm, 4) for y in np.linspace(0, self.height_mm, 4)])
        seen = np.array([self.to_picture(x, y) for x, y in places.tolist()])
        rows = np.hstack([places, np.ones((len(places), 1))])
        solved = np.linalg.lstsq(rows, seen, rcond=None)[0]
        off = np.hypot(*(rows @ solved - seen).T) / self.scale
        if float(off.max()) > tolerance_mm:
            return None
        (a, b), (c, d), (e, f) = solved.tolist()
        return a, b, c, d, e, f

    @property
    def quarter_turns(self) -> int:
        """Clockwise quarter turns that bring the picture upright."""
        return round(-self.rotation / 90) % 4

    @property
    def skew(self) -> float:
        """Degrees left over after the quarter turns, clockwise, within ±45."""
        return (self.rotation + 45) % 90 - 45

    @property
    def dpi(self) -> float:
        """Resolution of the picture on the sheet."""
        return self.scale * 25.4

    def to_picture(self, x_mm: float, y_mm: float) -> Point:
        """Return the pixel of a place on the sheet."""
        return _map(self.projective, x_mm, y_mm)

    def to_sheet(self, x: float, y: float) -> Point:
        """Return the place on the sheet, in mm, of a pixel."""
        return _map(np.asarray(np.linalg.inv(self.projective), np.float64), x, y)


def _map(matrix: Matrix, x: float, y: float) -> Point:
    u, v, w = (matrix @ (x, y, 1.0)).tolist()
    return u / w, v / w


def code_corners(place: Place, sheet: Point = A4_MM) -> Corners:
    """Return the printed corners of a code in mm: top left, top right, bottom right, bottom left."""
    if place == "top-left":
        x, y = MARK_EDGE_MM, MARK_EDGE_MM
    else:
        x, y = sheet[0] - MARK_EDGE_MM - MARK_SIZE_MM, sheet[1] - MARK_EDGE_MM - MARK_SIZE_MM
    s = MARK_SIZE_MM
    return (x, y), (x + s, y), (x + s, y + s), (x, y + s)


def register(
    codes: Sequence[Corners], size: tuple[int, int], sheets: Sequence[Point] = SHEETS_MM
) -> tuple[Registration, tuple[Place, ...]] | None:
    """Find the sheet from the codes of one page.

    Args:
        codes: Corners in pixels, in the code's own order; one or two codes of the same mark.
        size: Width and height of the picture in pixels, which tells the two places apart when
            there is one code only.
        sheets: Width and height in mm of the sheets it may be; one when the paper is known.

    Returns:
        The registration and the place of each code, or ``None`` when no sheet fits.
    """
    best: tuple[float, Registration, tuple[Place, ...]] | None = None
    for sheet, places in _hypotheses(len(codes), sheets):
        printed = [p for place in places for p in code_corners(place, sheet)]
        found = [p for corners in codes for p in corners]
        fit = _similarity(printed, found, sheet, len(codes))
        off = fit.residual_mm if len(codes) > 1 else _distance_from_frame(fit, size)
        if len(codes) > 1 and off > FLAT_MM:
            fit, off = _in_perspective(fit, printed, found)
        if best is None or off < best[0]:
            best = off, fit, places
    if best is None or best[1].residual_mm > MAX_RESIDUAL_MM:
        return None
    return best[1], best[2]


def _hypotheses(codes: int, sheets: Sequence[Point]) -> Iterator[tuple[Point, tuple[Place, ...]]]:
    orders: tuple[tuple[Place, ...], ...]
    if codes == 1:
        orders = (("top-left",), ("bottom-right",))
    elif codes == 2:
        orders = (("top-left", "bottom-right"), ("bottom-right", "top-left"))
    else:
        return
    for sheet in sheets:
        for places in orders:
            yield sheet, places


def _in_perspective(fit: Registration, printed: Sequence[Point], found: Sequence[Point]) -> tuple[Registration, float]:
    """Try a homography; return it, or the similarity, and a residual by which sheets compare."""
    matrix = fit_homography(np.array(printed), np.array(found))
    if matrix is None or not is_sheet_like(matrix, fit.width_mm, fit.height_mm):
        return fit, fit.residual_mm
    seen = np.array([_map(matrix, *p) for p in printed])
    residual = float(np.sqrt(((seen - np.array(found)) ** 2).sum(1).mean())) / fit.scale
    if residual > 0.5 * fit.residual_mm:
        return fit, fit.residual_mm  # no better: the corners are just badly seen
    # of two sheets the flatter one is the likelier
    numbers = tuple(matrix.reshape(-1).tolist())
    return replace(fit, homography=numbers, residual_mm=residual), residual + 0.1 * fit.residual_mm


def fit_homography(
    printed: NDArray[np.float64], found: NDArray[np.float64], weights: NDArray[np.float64] | None = None
) -> Matrix | None:
    """Fit the projective map that takes points to points, least squares over normalised coordinates.

    Args:
        printed: n by 2, from which.
        found: n by 2, to which; at least four points, no three on a line.
        weights: How much each counts.
    """
    t, u = _normaliser(printed), _normaliser(found)
    ones = np.ones((len(printed), 1))
    p = np.hstack([printed, ones]) @ t.T
    q = np.hstack([found, ones]) @ u.T
    zero = np.zeros_like(p)
    rows = np.vstack([np.hstack([p, zero, -q[:, :1] * p]), np.hstack([zero, p, -q[:, 1:2] * p])])
    if weights is not None:
        rows = rows * np.concatenate([weights, weights])[:, None]
    try:
        solution = np.linalg.svd(rows)[2][-1].reshape(3, 3)
        matrix: Matrix = np.linalg.inv(u) @ solution @ t
    except np.linalg.LinAlgError:
        return None
    if abs(matrix[2, 2]) < 1e-12:
        return None
    return np.asarray(matrix / matrix[2, 2], np.float64)


def _normaliser(points: NDArray[np.float64]) -> Matrix:
    middle = points.mean(0)
    spread = float(np.sqrt(((points - middle) ** 2).sum(1).mean())) or 1.0
    k = math.sqrt(2) / spread
    return np.array([[k, 0, -k * middle[0]], [0, k, -k * middle[1]], [0, 0, 1]])


def is_sheet_like(matrix: Matrix, width: float, height: float) -> bool:
    """Tell whether the sheet a homography shows could be one on a table: convex, not mirrored, not too steep."""
    corners = np.array([(0, 0, 1), (width, 0, 1), (width, height, 1), (0, height, 1)], float) @ matrix.T
    if (corners[:, 2] <= 0.2).any():
        return False
    q = corners[:, :2] / corners[:, 2:]
    sides = np.roll(q, -1, axis=0) - q
    following = np.roll(sides, -1, axis=0)
    if (sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0] <= 0).any():
        return False
    top, right, bottom, left = np.hypot(sides[:, 0], sides[:, 1]).tolist()
    return all(1 / _STEEPEST < ratio < _STEEPEST for ratio in (top / bottom, left / right)) and (
        1 / _STEEPEST < (top + bottom) / (left + right) * height / width < _STEEPEST
    )


def _similarity(printed: Sequence[Point], found: Sequence[Point], sheet: Point, codes: int) -> Registration:
    """Least squares over complex numbers: ``found = turn * printed + shift``."""
    u = np.array([complex(*p) for p in printed])
    z = np.array([complex(*p) for p in found])
    du, dz = u - u.mean(), z - z.mean()
    turn = complex((dz * du.conj()).sum() / (du * du.conj()).sum())
    shift = complex(z.mean() - turn * u.mean())
    scale = max(abs(turn), 1e-9)
    residual = float(np.sqrt((np.abs(turn * u + shift - z) ** 2).mean())) / scale
    return Registration(
        scale=scale,
        rotation=math.degrees(math.atan2(turn.imag, turn.real)),
        dx=shift.real,
        dy=shift.imag,
        width_mm=sheet[0],
        height_mm=sheet[1],
        codes=codes,
        residual_mm=residual,
    )


def _distance_from_frame(fit: Registration, size: tuple[int, int]) -> float:
    """Sum of distances, in pixels, between the corners of the sheet's bounding box and the frame."""
    w, h = fit.width_mm, fit.height_mm
    corners = np.array([fit.to_picture(x, y) for x, y in ((0, 0), (w, 0), (w, h), (0, h))])
    low, high = corners.min(0), corners.max(0)
    return float(np.abs(low).sum() + np.abs(high - np.array(size)).sum())
