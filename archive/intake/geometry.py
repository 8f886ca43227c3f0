"""Where the sheet lies in a picture, from the corners of the codes printed on it.

Codes stand at fixed places (`forms.marks`: 15 mm, 16 mm from the edges, top left and bottom
right) on A4, upright or landscape, so two of them give position, scale and rotation at once.
A flat-bed or feeder scan is a similarity: fitting only that is steadier than an affine map,
whose shear two codes on one diagonal cannot hold.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from forms.marks import MARK_EDGE_MM, MARK_SIZE_MM

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]
Place = Literal["top-left", "bottom-right"]

A4_MM = (210.0, 297.0)
SHEETS_MM = (A4_MM, (297.0, 210.0))
MAX_RESIDUAL_MM = 2.0
"""Two codes farther from any sheet than this do not belong to one flat sheet."""


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

    @property
    def matrix(self) -> tuple[float, float, float, float, float, float]:
        """``(a, b, c, d, e, f)`` with ``x = a*u + c*v + e`` and ``y = b*u + d*v + f`` for (u, v) in mm."""
        turn = math.radians(self.rotation)
        a, b = self.scale * math.cos(turn), self.scale * math.sin(turn)
        return a, b, -b, a, self.dx, self.dy

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
        a, b, c, d, e, f = self.matrix
        return a * x_mm + c * y_mm + e, b * x_mm + d * y_mm + f

    def to_sheet(self, x: float, y: float) -> Point:
        """Return the place on the sheet, in mm, of a pixel."""
        a, b, c, d, e, f = self.matrix
        det = a * d - b * c
        return (d * (x - e) - c * (y - f)) / det, (a * (y - f) - b * (x - e)) / det


def code_corners(place: Place, sheet: Point = A4_MM) -> Corners:
    """Return the printed corners of a code in mm: top left, top right, bottom right, bottom left."""
    if place == "top-left":
        x, y = MARK_EDGE_MM, MARK_EDGE_MM
    else:
        x, y = sheet[0] - MARK_EDGE_MM - MARK_SIZE_MM, sheet[1] - MARK_EDGE_MM - MARK_SIZE_MM
    s = MARK_SIZE_MM
    return (x, y), (x + s, y), (x + s, y + s), (x, y + s)


def register(codes: Sequence[Corners], size: tuple[int, int]) -> tuple[Registration, tuple[Place, ...]] | None:
    """Find the sheet from the codes of one page.

    Args:
        codes: Corners in pixels, in the code's own order; one or two codes of the same mark.
        size: Width and height of the picture in pixels, which tells the two places apart when
            there is one code only.

    Returns:
        The registration and the place of each code, or ``None`` when no sheet fits.
    """
    best: tuple[float, Registration, tuple[Place, ...]] | None = None
    for sheet, places in _hypotheses(len(codes)):
        printed = [p for place in places for p in code_corners(place, sheet)]
        found = [p for corners in codes for p in corners]
        fit = _similarity(printed, found, sheet, len(codes))
        off = fit.residual_mm if len(codes) > 1 else _distance_from_frame(fit, size)
        if best is None or off < best[0]:
            best = off, fit, places
    if best is None or best[1].residual_mm > MAX_RESIDUAL_MM:
        return None
    return best[1], best[2]


def _hypotheses(codes: int) -> Iterator[tuple[Point, tuple[Place, ...]]]:
    orders: tuple[tuple[Place, ...], ...]
    if codes == 1:
        orders = (("top-left",), ("bottom-right",))
    elif codes == 2:
        orders = (("top-left", "bottom-right"), ("bottom-right", "top-left"))
    else:
        return
    for sheet in SHEETS_MM:
        for places in orders:
            yield sheet, places


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
