"""What paper goes through before it is a scan: ink, seals, folds, copiers, phones.

Each `Condition` is one way of spoiling a page and scanning it, drawn from a seed; the list
`CONDITIONS` is the project's own grid (design/intake.md §1 names the families). Everything is
played: real pens, toner and feeders were not to be had.
"""

from __future__ import annotations

import io
import math
import random
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from docgen.demo.handwriting import draw_name
from docgen.demo.stamps import draw_fingerprint, draw_seal
from forms.marks import MARK_EDGE_MM, MARK_SIZE_MM

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

PAPER_DPI = 300
"""Resolution pages are spoilt at unless told; scanning reduces it."""

cv2.setNumThreads(1)  # what is measured here is the time of one core

_BLACK, _BLUE, _LIGHT_BLUE, _RED = (30, 30, 34), (26, 36, 110), (60, 80, 170), (200, 34, 40)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanner:
    """How a page is scanned."""

    dpi: int = 200
    quality: int = 75
    skew: float = 1.5
    """Degrees to either side."""

    turn: int = 0
    """Quarter turns clockwise."""

    blur: float = 0.0
    """Standard deviation in pixels of the scan."""

    noise: float = 4.0
    streaks: int = 0
    grey: bool = False
    bilevel: bool = False
    black: float = 28.0
    """What black is scanned as, of 255."""

    light: float = 0.97
    perspective: float = 0.0
    """Share of the width by which corners move; above 0 it is a photo on a dark table."""

    shift_mm: float = 1.5
    scale: float = 1.0
    gloom: float = 0.0
    """How much darker one side of the light is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One cell of the grid."""

    name: str
    group: str
    """``graded``: 99.5 % must be found; ``both``: both codes written over; ``beyond``: for information."""

    scanner: Scanner = field(default_factory=Scanner)
    spoil: tuple[str, ...] = ()
    """Names of `SPOILERS`, done in this order."""


def play(condition: Condition, page: Image.Image, seed: str) -> bytes:
    """Spoil a printed A4 page and scan it.

    Args:
        condition: What is done to it.
        page: RGB, or grey for a scanner that sees no colour; at any resolution.
        seed: Other seed, other pens and other hands.

    Returns:
        The JPEG.
    """
    rng = random.Random(f"{condition.name}/{seed}")
    how = condition.scanner
    # print is grey, so that ink laid on a grey page is as dark as ink on a coloured one turned grey
    paper = page.convert("L") if (how.grey or how.bilevel) and page.mode != "L" else page.copy()
    for name in condition.spoil:
        SPOILERS[name](paper, rng)
    return _scan(paper, how, rng)


def _per_mm(paper: Image.Image) -> float:
    return min(paper.size) / 210


def _codes(paper: Image.Image) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the middles of both codes in pixels."""
    near = (MARK_EDGE_MM + MARK_SIZE_MM / 2) * _per_mm(paper)
    return (near, near), (paper.width - near, paper.height - near)


def _ink(paper: Image.Image, mask: Image.Image, middle: tuple[float, float], colour: tuple[int, int, int]) -> None:
    left, top = round(middle[0] - mask.width / 2), round(middle[1] - mask.height / 2)
    box = max(left, 0), max(top, 0), min(left + mask.width, paper.width), min(top + mask.height, paper.height)
    cut = mask.crop((box[0] - left, box[1] - top, box[2] - left, box[3] - top))
    white = Image.new(paper.mode, cut.size, "white")
    white.paste(_tone(paper, colour), (0, 0, *cut.size), cut)
    paper.paste(ImageChops.multiply(paper.crop(box), white), box[:2])


def _tone(paper: Image.Image, colour: tuple[int, int, int]) -> int | tuple[int, int, int]:
    """Return a colour as the paper's picture can hold it (luma after ITU-R BT.601, as Pillow converts)."""
    if paper.mode == "L":
        return round(sum(share * value for share, value in zip((0.299, 0.587, 0.114), colour, strict=True)))
    return colour


def _sign(paper: Image.Image, at: tuple[float, float], colour: tuple[int, int, int], rng: random.Random) -> None:
    """Sign right across a code, 45 mm wide as names are."""
    k = _per_mm(paper)
    name = rng.choice(("罗大山", "李秋月", "王桂花", "吴秀英"))
    mask = draw_name(name, round(46 * k), round(17 * k), pixels_per_mm=k, rng=rng)
    shift = rng.uniform(-8, 8) * k, rng.uniform(-3, 3) * k
    _ink(paper, mask.point([round(v * 0.95) for v in range(256)]), (at[0] + shift[0], at[1] + shift[1]), colour)


def _strokes(paper: Image.Image, at: tuple[float, float], count: int, rng: random.Random) -> None:
    """Cross a code with quick pen strokes."""
    k = _per_mm(paper)
    side = round(26 * k)
    mask = Image.new("L", (side, side))
    pen = ImageDraw.Draw(mask)
    for _ in range(count):
        points, angle = [], rng.uniform(0, math.pi)
        for step in range(24):
            along = (step / 23 - 0.5) * 22 * k
            wave = math.sin(step / 23 * rng.uniform(2, 7) + rng.uniform(0, 0.4)) * 4.5 * k
            points.append(
                (
                    side / 2 + along * math.cos(angle) - wave * math.sin(angle),
                    side / 2 + along * math.sin(angle) + wave * math.cos(angle),
                )
            )
        pen.line(points, fill=245, width=round(rng.uniform(0.45, 0.8) * k), joint="curve")
    _ink(paper, mask, (at[0] + rng.uniform(-2, 2) * k, at[1] + rng.uniform(-2, 2) * k), _BLACK)


def _one(act: Callable[[Image.Image, tuple[float, float], random.Random], None]) -> Callable[..., None]:
    def spoil(paper: Image.Image, rng: random.Random) -> None:
        act(paper, rng.choice(_codes(paper)), rng)

    return spoil


def _both(act: Callable[[Image.Image, tuple[float, float], random.Random], None]) -> Callable[..., None]:
    def spoil(paper: Image.Image, rng: random.Random) -> None:
        for at in _codes(paper):
            act(paper, at, rng)

    return spoil


def _seal(paper: Image.Image, at: tuple[float, float], rng: random.Random) -> None:
    k = _per_mm(paper)
    mask = draw_seal("龙里县洗马镇人民政府", pixels_per_mm=k, rng=rng)
    _ink(paper, mask, (at[0] + rng.uniform(-9, 9) * k, at[1] + rng.uniform(-9, 9) * k), _RED)


def _finger(paper: Image.Image, at: tuple[float, float], rng: random.Random) -> None:
    k = _per_mm(paper)
    mask = draw_fingerprint(pixels_per_mm=k, rng=rng)
    _ink(paper, mask, (at[0] + rng.uniform(-4, 4) * k, at[1] + rng.uniform(-4, 4) * k), _RED)


def _fold(paper: Image.Image, rng: random.Random) -> None:
    """Fold one marked corner over so that its code is hidden."""
    k = _per_mm(paper)
    pen, size = ImageDraw.Draw(paper), 46 * k
    w, h = paper.size
    if rng.random() < 0.5:
        pen.polygon([(0, 0), (size * 1.3, 0), (0, size * 1.3)], fill=_tone(paper, (224, 224, 220)))
    else:
        pen.polygon([(w, h), (w - size * 1.3, h), (w, h - size * 1.3)], fill=_tone(paper, (224, 224, 220)))


def _stain(paper: Image.Image, at: tuple[float, float], rng: random.Random) -> None:
    """Put a wet cup down."""
    k = _per_mm(paper)
    side = round(rng.uniform(60, 75) * k)
    mask = Image.new("L", (side, side))
    pen = ImageDraw.Draw(mask)
    pen.ellipse((0, 0, side - 1, side - 1), fill=60)
    pen.ellipse((2 * k, 2 * k, side - 2 * k, side - 2 * k), fill=38)
    _ink(paper, mask.filter(ImageFilter.GaussianBlur(k / 2)), at, (150, 110, 60))


def _staple(paper: Image.Image, rng: random.Random) -> None:
    k = _per_mm(paper)
    pen = ImageDraw.Draw(paper)
    for _ in range(2):
        x, y = rng.uniform(10, 40) * k, rng.uniform(10, 40) * k
        pen.line((x, y, x + 11 * k, y + rng.uniform(-3, 3) * k), fill=_tone(paper, (70, 70, 74)), width=round(0.6 * k))
    for y in (110 * k, 190 * k):
        pen.ellipse((9 * k, y, 15 * k, y + 6 * k), fill=_tone(paper, (40, 40, 40)))


def _recopy(paper: Image.Image, rng: random.Random) -> None:
    """Photocopy it on an old machine: hard black and white, specks."""
    grey = np.asarray(paper.convert("L").filter(ImageFilter.GaussianBlur(1.6)), np.float32)
    noise = np.random.default_rng(rng.getrandbits(32)).normal(0, 26, grey.shape)
    hard = np.where(grey + noise < 150, 25, 250).astype(np.uint8)
    paper.paste(Image.fromarray(hard).filter(ImageFilter.GaussianBlur(1.0)).convert(paper.mode))


def _wet(paper: Image.Image, rng: random.Random) -> None:
    """Crumple it: soft light and dark bands."""
    cells = np.random.default_rng(rng.getrandbits(32)).random((9, 7)).astype(np.float32)
    bands = Image.fromarray((cells * 90).astype(np.uint8)).resize(paper.size, Image.Resampling.BICUBIC)
    paper.paste(ImageChops.subtract(paper, bands if paper.mode == "L" else Image.merge("RGB", (bands, bands, bands))))


SPOILERS: dict[str, Callable[[Image.Image, random.Random], None]] = {
    "seal on one": _one(_seal),
    "seal on both": _both(_seal),
    "finger on one": _one(_finger),
    "finger on both": _both(_finger),
    "blue name on one": _one(lambda p, at, r: _sign(p, at, _BLUE, r)),
    "black name on one": _one(lambda p, at, r: _sign(p, at, _BLACK, r)),
    "blue name on both": _both(lambda p, at, r: _sign(p, at, _BLUE, r)),
    "light blue name on both": _both(lambda p, at, r: _sign(p, at, _LIGHT_BLUE, r)),
    "black name on both": _both(lambda p, at, r: _sign(p, at, _BLACK, r)),
    "stroke on one": _one(lambda p, at, r: _strokes(p, at, 1, r)),
    "strokes on one": _one(lambda p, at, r: _strokes(p, at, 3, r)),
    "stroke on both": _both(lambda p, at, r: _strokes(p, at, 1, r)),
    "strokes on both": _both(lambda p, at, r: _strokes(p, at, 3, r)),
    "heavy strokes on both": _both(lambda p, at, r: _strokes(p, at, 5, r)),
    "stain on one": _one(_stain),
    "fold": _fold,
    "staples": _staple,
    "recopied": _recopy,
    "crumpled": _wet,
}


def _graded(name: str, *spoil: str, **how: object) -> Condition:
    return Condition(name=name, group="graded", scanner=Scanner(**how), spoil=spoil)  # type: ignore[arg-type]


def _both_over(name: str, *spoil: str, **how: object) -> Condition:
    return Condition(name=name, group="both", scanner=Scanner(**how), spoil=spoil)  # type: ignore[arg-type]


def _beyond(name: str, *spoil: str, **how: object) -> Condition:
    return Condition(name=name, group="beyond", scanner=Scanner(**how), spoil=spoil)  # type: ignore[arg-type]


CONDITIONS: tuple[Condition, ...] = (
    *(_graded(f"{dpi} dpi", dpi=dpi) for dpi in (150, 200, 300)),
    *(_graded(f"{dpi} dpi, quality 30", dpi=dpi, quality=30) for dpi in (150, 200, 300)),
    *(_graded(f"turned {90 * turn}", turn=turn, skew=3.0) for turn in (1, 2, 3)),
    *(_graded(f"skew 5, turned {90 * turn}", turn=turn, skew=5.0, quality=30) for turn in (0, 1, 2, 3)),
    _graded("grey", grey=True),
    _graded("black and white", bilevel=True),
    _graded("faint toner", black=165.0),
    _graded("grey paper", light=0.78, black=60.0),
    _graded("noise", noise=18.0),
    _graded("blur", blur=1.2),
    _graded("reduced to 93 %", scale=0.93),
    _graded("laid 6 mm off", shift_mm=6.0),
    _graded("staples and holes", "staples"),
    _graded("crumpled", "crumpled"),
    _graded("recopied", "recopied"),
    _graded("stain", "stain on one"),
    _graded("folded corner", "fold", skew=3.0),
    _graded("seal on one", "seal on one"),
    _graded("seal on one, 150 dpi quality 30", "seal on one", dpi=150, quality=30, skew=5.0),
    _graded("finger on one", "finger on one", skew=3.0),
    _graded("blue name on one", "blue name on one", skew=3.0, turn=2),
    _graded("black name on one", "black name on one", skew=5.0, dpi=150, quality=30),
    _graded("stroke on one", "stroke on one", turn=1),
    _graded("strokes on one, grey", "strokes on one", grey=True, quality=30, skew=4.0),
    _graded("seal on one, grey", "seal on one", grey=True, turn=3),
    _both_over("blue names on both", "blue name on both"),
    _both_over("light blue names on both, 150 dpi", "light blue name on both", dpi=150, quality=50),
    _both_over("black names on both", "black name on both", skew=3.0),
    _both_over("black names on both, 150 dpi quality 30", "black name on both", dpi=150, quality=30, turn=2),
    _both_over("black names on both, 300 dpi", "black name on both", dpi=300, skew=5.0),
    _both_over("stroke on both", "stroke on both", turn=1, skew=3.0),
    _both_over("strokes on both", "strokes on both", skew=3.0),
    _both_over("strokes on both, turned", "strokes on both", turn=3, skew=4.0, quality=40),
    _both_over("seals on both, grey", "seal on both", grey=True),
    _both_over("fingers on both, grey", "finger on both", grey=True, turn=2),
    _beyond("100 dpi", dpi=100),
    _beyond("75 dpi", dpi=75),
    _beyond("quality 12, 150 dpi", dpi=150, quality=12),
    _beyond("blur 2.5", blur=2.5),
    _beyond("streaks", streaks=40),
    _beyond("heavy strokes on both", "heavy strokes on both", skew=2.0),
    _beyond("photo", perspective=0.03, blur=0.8, gloom=0.25, skew=3.0),
    _beyond("photo, steep", perspective=0.07, blur=1.0, gloom=0.35, skew=4.0),
    _beyond("photo, one name on a code", "black name on one", perspective=0.03, gloom=0.25),
    _beyond("worst office", dpi=100, blur=1.0, quality=40, black=120.0, skew=4.0),
)


def _scan(paper: Image.Image, how: Scanner, rng: random.Random) -> bytes:
    k = how.dpi / 25.4 / _per_mm(paper)
    size = round(paper.width * k), round(paper.height * k)
    turn = -math.radians(rng.uniform(-how.skew, how.skew))
    drift = [rng.uniform(-how.shift_mm, how.shift_mm) * how.dpi / 25.4 for _ in range(2)]
    sheet = paper
    if size != paper.size:
        sheet = paper.resize(size, Image.Resampling.BOX if k < 1 else Image.Resampling.BICUBIC)
    c, s = math.cos(turn) / how.scale, math.sin(turn) / how.scale
    mx, my = size[0] / 2, size[1] / 2
    ox, oy = mx + drift[0], my + drift[1]
    matrix: tuple[float, ...] = (c, -s, mx - c * ox + s * oy, s, c, my - s * ox - c * oy)
    background = _tone(paper, (255, 255, 255))
    if how.perspective:
        size, matrix = _photo(size, matrix, how.perspective, rng)
        background = _tone(paper, (92, 74, 60))
    seen = _moved(sheet, size, matrix, background)
    if how.turn:
        seen = seen.transpose(
            {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}[how.turn]
        )
    if how.blur:
        seen = seen.filter(ImageFilter.GaussianBlur(how.blur))
    levels = [round(how.black + value * (how.light - how.black / 255)) for value in range(256)]
    values = np.asarray(seen.point(levels * len(seen.getbands())))
    generator = np.random.default_rng(rng.getrandbits(32))
    if how.gloom or how.streaks:
        values = _lit(values, how, generator)
    if how.noise:
        grain = _grain(values.shape[0], values.shape[1], how.noise, rng)
        noisy = np.add(values, grain[..., None] if values.ndim == 3 else grain, dtype=np.int16)
        values = np.clip(noisy, 0, 255, out=noisy).astype(np.uint8)
    image = Image.fromarray(values)
    if how.bilevel:
        image = image.point([0] * 150 + [255] * 106)
    target = io.BytesIO()
    image.save(target, "JPEG", quality=how.quality, dpi=(how.dpi, how.dpi))
    return target.getvalue()


def _moved(
    sheet: Image.Image, size: tuple[int, int], matrix: tuple[float, ...], background: float | tuple[int, ...]
) -> Image.Image:
    """Do what Pillow's ``transform`` does, in a fifth of its time; OpenCV is there with the character recognition."""
    inverse = np.append(matrix, [0.0, 0.0, 1.0][len(matrix) - 6 :]).reshape(3, 3)
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])  # OpenCV counts from the middle of a pixel
    seen = cv2.warpPerspective(
        np.asarray(sheet),
        np.linalg.inv(half) @ inverse @ half,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=background,
    )
    return Image.fromarray(seen)


def _lit(values: NDArray[np.uint8], how: Scanner, generator: np.random.Generator) -> NDArray[np.uint8]:
    """Darken one side, and lay the scanner's streaks along the page."""
    width = values.shape[1]
    across = np.linspace(1, 1 - how.gloom, width, dtype=np.float32)
    for _ in range(how.streaks):
        at = generator.integers(0, width - 2)
        across[at : at + int(generator.integers(1, 3))] *= float(generator.uniform(0.3, 0.8))
    return np.asarray(values * (across[None, :, None] if values.ndim == 3 else across[None, :])).astype(np.uint8)


def _grain(height: int, width: int, noise: float, rng: random.Random) -> NDArray[np.int8]:
    """Return noise of a deviation, cut from one large sheet: drawing it anew costs more than the scan."""
    size = 4096
    sheet = _noise_sheet(size, noise)
    top, left = rng.randrange(size - min(height, size) + 1), rng.randrange(size - min(width, size) + 1)
    return sheet[top : top + height, left : left + width]


@cache
def _noise_sheet(size: int, noise: float) -> NDArray[np.int8]:
    drawn = np.random.default_rng(7).normal(0, noise, (size, size))
    return np.rint(drawn).clip(-128, 127).astype(np.int8)


def _photo(
    size: tuple[int, int], matrix: tuple[float, ...], share: float, rng: random.Random
) -> tuple[tuple[int, int], tuple[float, ...]]:
    """Put the sheet on a table a little larger and move its corners; return the inverse map's eight numbers."""
    w, h = round(size[0] * 1.06), round(size[1] * 1.06)
    shown = [(0.03 * w, 0.03 * h), (0.97 * w, 0.03 * h), (0.97 * w, 0.97 * h), (0.03 * w, 0.97 * h)]
    moved = [(x + rng.uniform(-share, share) * size[0], y + rng.uniform(-share, share) * size[0]) for x, y in shown]
    flat = [(0.0, 0.0), (size[0], 0.0), (size[0], size[1]), (0.0, size[1])]
    rows, right = [], []
    for (x, y), (u, v) in zip(moved, flat, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    solved = np.linalg.solve(np.array(rows, float), np.array(right, float))
    projective = np.append(solved, 1.0).reshape(3, 3)
    a, b, c, d, e, f = matrix
    whole = np.array([[a, b, c], [d, e, f], [0, 0, 1]]) @ projective
    whole /= whole[2, 2]
    return (w, h), tuple(whole.reshape(-1)[:8].tolist())
