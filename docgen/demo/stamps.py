"""Red on paper: the round seal of a unit with its star, and fingerprints (捺印).

Only for the demonstration and for tests. Measures follow what is usual for towns: a seal 42 mm
across, a star of 14 mm, the name running round the upper rim.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from docgen.demo.handwriting import load_font

if TYPE_CHECKING:
    import random

SEAL_MM = 42.0
_STAR_MM = 14.0
_RIM_MM = 1.2
_SUPER_SEAL = 2


@lru_cache(maxsize=64)
def _clean_seal(unit: str, pixels_per_mm: float) -> Image.Image:
    k = pixels_per_mm * _SUPER_SEAL
    side = round(SEAL_MM * k)
    seal = Image.new("L", (side, side))
    pen = ImageDraw.Draw(seal)
    middle, radius = side / 2, side / 2 - 1
    pen.ellipse(
        (middle - radius, middle - radius, middle + radius, middle + radius), outline=255, width=round(_RIM_MM * k)
    )
    star = []
    for i in range(10):
        reach = _STAR_MM / 2 * k * (1 if i % 2 == 0 else 0.382)
        angle = math.pi * i / 5
        star.append((middle + reach * math.sin(angle), middle - reach * math.cos(angle)))
    pen.polygon(star, fill=255)
    count = max(len(unit), 1)
    span = math.radians(min(280, 26 * count))
    height = min(6.2, 2 * math.pi * 15 * (span / (2 * math.pi)) / count * 1.35)
    size = max(8, round(height * k))
    font = load_font(size, is_serif=True)
    for i, character in enumerate(unit):
        angle = -span / 2 + span * (i + 0.5) / count
        glyph = Image.new("L", (size, size + size // 3))
        ImageDraw.Draw(glyph).text(
            (size / 2, glyph.height / 2), character, font=font, fill=255, anchor="mm", stroke_width=2
        )
        glyph = glyph.resize((round(size * 0.74), glyph.height)).rotate(
            -math.degrees(angle), expand=True, resample=Image.Resampling.BICUBIC
        )
        reach = (SEAL_MM / 2 - _RIM_MM - 1.0) * k - size / 2
        x, y = middle + reach * math.sin(angle), middle - reach * math.cos(angle)
        corner = round(x - glyph.width / 2), round(y - glyph.height / 2)
        seal.paste(255, (*corner, corner[0] + glyph.width, corner[1] + glyph.height), glyph)
    return seal


def draw_seal(unit: str, *, pixels_per_mm: float, rng: random.Random) -> Image.Image:
    """Return a mask of the seal as it came off the pad: turned a little, unevenly inked.

    Args:
        unit: Name of the unit, written round the star.
        pixels_per_mm: Resolution of the paper.
        rng: Makes every impression another.
    """
    side = round(SEAL_MM * pixels_per_mm)
    turned = _clean_seal(unit, pixels_per_mm).rotate(rng.uniform(-9, 9), resample=Image.Resampling.BILINEAR)
    clean = np.asarray(turned.resize((side, side), Image.Resampling.BOX), np.float32)
    uneven = _cloud(side, side, cells=5, rng=rng) * 0.45 + _cloud(side, side, cells=40, rng=rng) * 0.35
    strength = np.clip(1.12 - uneven, 0.25, 1.0) * rng.uniform(0.75, 1.0)
    return Image.fromarray((clean * strength).astype(np.uint8))


def draw_fingerprint(*, pixels_per_mm: float, rng: random.Random) -> Image.Image:
    """Return a mask of a rolled fingertip: a whorl of ridges half a millimetre apart."""
    width_mm, height_mm = rng.uniform(13, 16), rng.uniform(18, 22)
    w, h = round(width_mm * pixels_per_mm), round(height_mm * pixels_per_mm)
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    u, v = (x / w - 0.5) * width_mm, (y / h - 0.5) * height_mm
    cu, cv = rng.uniform(-1, 1), rng.uniform(-2, 0.5)
    bend = (_cloud(h, w, cells=4, rng=rng) - 0.5) * 2.4
    distance = np.hypot((u - cu) * 1.25, (v - cv) * np.where(v > cv, 0.72, 1.0))
    spiral = np.arctan2(v - cv, u - cu) / (2 * np.pi) * 0.55 * rng.choice((-1, 0, 1, 2))
    ridges = 0.5 + 0.5 * np.sin(2 * np.pi * ((distance + bend * 0.5) / 0.55 + spiral))
    ridges = np.clip((ridges - 0.3) * 2.2, 0, 1)
    edge = np.clip((1 - np.hypot(u / (width_mm / 2), v / (height_mm / 2)) + (bend * 0.06)) * 9, 0, 1)
    patchy = np.clip(1.25 - _cloud(h, w, cells=7, rng=rng) * 0.7, 0.2, 1)
    mask = Image.fromarray((np.clip(ridges * 0.85 + 0.12, 0, 1) * edge * patchy * 255).astype(np.uint8))
    return mask.rotate(rng.uniform(-35, 35), expand=True, resample=Image.Resampling.BILINEAR)


def _cloud(h: int, w: int, *, cells: int, rng: random.Random) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Return smooth noise between 0 and 1."""
    coarse = np.random.default_rng(rng.getrandbits(32)).random((cells, cells), np.float32)
    image = Image.fromarray((coarse * 255).astype(np.uint8)).resize((w, h), Image.Resampling.BICUBIC)
    return np.asarray(image, np.float32) / np.float32(255)
