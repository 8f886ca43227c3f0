"""Names as a pen writes them: the skeleton of a printed glyph, bent, slanted and drawn with a nib.

Only for the demonstration and for tests: no font with handwriting comes with the program, so
the strokes are won from the embedded sans-serif font by thinning (Zhang and Suen, 1984).
"""

from __future__ import annotations

import math
from functools import cache, lru_cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    import random

    from numpy.typing import NDArray

Stroke = tuple[tuple[float, float], ...]

_GLYPH_PIXELS = 96
_NEIGHBOURS = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
_SUPER = 3
"""Strokes are drawn so many times larger and reduced, which smooths their edges."""


@cache
def load_font(size: int, *, is_serif: bool = False) -> ImageFont.FreeTypeFont:
    """Return the embedded Chinese font at a size in pixels."""
    name = "NotoSerifSC-Regular.otf" if is_serif else "NotoSansSC-Regular.otf"
    with as_file(files("pylopdf_fonts_zh_cn") / name) as path:
        return ImageFont.truetype(path, size)


def draw_name(text: str, width: int, height: int, *, pixels_per_mm: float, rng: random.Random) -> Image.Image:
    """Write a name into a box.

    Args:
        text: The name; characters the font lacks are skipped.
        width: Pixels of the box.
        height: Pixels of the box.
        pixels_per_mm: For the width of the nib, 0.35 to 0.6 mm.
        rng: Makes every signature another.

    Returns:
        A mask (mode ``L``) of the box, 255 where ink lies.
    """
    big = Image.new("L", (width * _SUPER, height * _SUPER))
    pen = ImageDraw.Draw(big)
    size = min(height * rng.uniform(0.72, 0.92), width / (0.92 * max(len(text), 1) + 0.25))
    nib = rng.uniform(0.35, 0.6) * pixels_per_mm
    slant, rise = rng.uniform(0.05, 0.28), rng.uniform(-0.09, 0.04)
    x = rng.uniform(0.02, 0.12) * size + max(0.0, (width - size * 0.95 * len(text)) * rng.uniform(0.1, 0.6))
    y = (height - size) * rng.uniform(0.3, 0.7)
    for character in text:
        grow = rng.uniform(0.86, 1.1)
        warp = _Warp(rng)
        for stroke in glyph_strokes(character):
            points = [warp(u, v) for u, v in stroke]
            placed = [
                (x + (u + slant * (0.5 - v)) * size * grow, y + (v + rise * len(text) * 0.2) * size * grow)
                for u, v in points
            ]
            _stroke(pen, placed, nib, rng)
        x += size * rng.uniform(0.84, 0.98)
        y += rise * size * rng.uniform(0.2, 1.0)
    return big.resize((width, height), Image.Resampling.BOX)


@lru_cache(maxsize=2048)
def glyph_strokes(character: str) -> tuple[Stroke, ...]:
    """Return the strokes of a character in the unit square, y downwards, roughly in writing order."""
    mask = load_font(_GLYPH_PIXELS).getmask(character, mode="L")
    if not mask.size[0] or not mask.size[1]:
        return ()
    canvas = np.zeros((_GLYPH_PIXELS + 4, _GLYPH_PIXELS + 4), bool)
    pixels = np.asarray(mask, np.uint8).reshape(mask.size[1], mask.size[0])
    h, w = min(pixels.shape[0], _GLYPH_PIXELS), min(pixels.shape[1], _GLYPH_PIXELS)
    top, left = (canvas.shape[0] - h) // 2, (canvas.shape[1] - w) // 2
    canvas[top : top + h, left : left + w] = pixels[:h, :w] > 127
    paths = [_smooth(path) for path in _trace(_thin(canvas)) if len(path) >= 4]
    scale = canvas.shape[0]
    strokes = [tuple((c / scale, r / scale) for r, c in path) for path in paths]
    return tuple(sorted(strokes, key=lambda s: min(v for _, v in s) + 0.6 * min(u for u, _ in s)))


class _Warp:
    """A smooth random bending of the unit square: no two strokes stay parallel."""

    def __init__(self, rng: random.Random) -> None:
        self._waves = [
            (rng.uniform(0.01, 0.028), rng.uniform(3, 8), rng.uniform(3, 8), rng.uniform(0, 6.3)) for _ in range(4)
        ]
        self._turn = rng.uniform(-0.09, 0.09)

    def __call__(self, u: float, v: float) -> tuple[float, float]:
        du = sum(a * math.sin(p * u + q * v + f) for a, p, q, f in self._waves[:2])
        dv = sum(a * math.sin(p * v - q * u + f) for a, p, q, f in self._waves[2:])
        cu, cv = u - 0.5, v - 0.5
        return u + du - self._turn * cv, v + dv + self._turn * cu


def _stroke(pen: ImageDraw.ImageDraw, points: list[tuple[float, float]], nib: float, rng: random.Random) -> None:
    """Draw with pressure: full at the start, swelling, thin where the pen leaves."""
    count = len(points)
    swell = rng.uniform(0.0, 0.35)
    tail = rng.uniform(0.35, 0.8)
    last: tuple[float, float] | None = None
    for i, (x, y) in enumerate(points):
        t = i / max(count - 1, 1)
        pressure = (1 + swell * math.sin(math.pi * t)) * (1 - (1 - tail) * t**3)
        radius = max(0.5, nib * pressure * _SUPER / 2)
        px, py = x * _SUPER, y * _SUPER
        pen.ellipse((px - radius, py - radius, px + radius, py + radius), fill=255)
        if last:
            pen.line((*last, px, py), fill=255, width=max(1, round(2 * radius)))
        last = px, py


def _thin(shape: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Peel a shape to lines one pixel wide (Zhang and Suen)."""
    image = shape.copy()
    while True:
        removed = 0
        for step in (0, 1):
            p = np.pad(image, 1)
            n = [p[1 + r : p.shape[0] - 1 + r, 1 + c : p.shape[1] - 1 + c] for r, c in _NEIGHBOURS]
            around = np.sum(n, axis=0)
            rises = np.sum([~n[i] & n[(i + 1) % 8] for i in range(8)], axis=0)
            north, east, south, west = n[0], n[2], n[4], n[6]
            if step == 0:
                free = ~(north & east & south) & ~(east & south & west)
            else:
                free = ~(north & east & west) & ~(north & south & west)
            gone = image & (around >= 2) & (around <= 6) & (rises == 1) & free
            removed += int(gone.sum())
            image &= ~gone
        if not removed:
            return image


def _trace(lines: NDArray[np.bool_]) -> list[list[tuple[float, float]]]:
    """Follow the lines from ends and crossings; returns (row, column) paths."""
    left = {(int(r), int(c)) for r, c in zip(*np.nonzero(lines), strict=True)}

    def around(cell: tuple[int, int]) -> list[tuple[int, int]]:
        return [(cell[0] + r, cell[1] + c) for r, c in _NEIGHBOURS if (cell[0] + r, cell[1] + c) in left]

    starts = sorted(left, key=lambda cell: (len(around(cell)) != 1, cell[0] + 0.6 * cell[1]))
    paths = []
    for start in starts:
        if start not in left:
            continue
        path = [start]
        left.discard(start)
        while options := around(path[-1]):
            here, back = path[-1], path[max(0, len(path) - 6)]
            run = here[0] - back[0], here[1] - back[1]
            # go straight on at a crossing, as a pen does
            following = max(options, key=lambda o: (o[0] - here[0]) * run[0] + (o[1] - here[1]) * run[1])
            path.append(following)
            left.discard(following)
        paths.append([(float(r), float(c)) for r, c in path])
    return paths


def _smooth(path: list[tuple[float, float]]) -> list[tuple[float, float]]:
    points = np.array(path)
    for _ in range(3):
        middle = (points[:-2] + 2 * points[1:-1] + points[2:]) / 4
        points = np.vstack([points[:1], middle, points[-1:]])
    thinned = points[::2] if len(points) > 6 else points
    if len(points) % 2 == 0 and len(points) > 6:
        thinned = np.vstack([thinned, points[-1:]])
    return [(float(r), float(c)) for r, c in thinned]
