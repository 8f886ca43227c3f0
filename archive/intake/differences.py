"""What the signed page shows and the issued one does not, or the other way round: shown to a person, never judged.

Both pages are drawn upright on the same sheet; what registration leaves is taken out piece by piece. Then ink
where nobody was asked to write, print that is written over, and print that is gone become regions with a
picture. Where the pen is expected – boxes for signatures, gaps in a line, empty cells, tick boxes – nothing
is reported. Source: design/intake.md §0 ("compare the scan with the issued page").
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import pypdfium2
from PIL import Image

from archive.intake.alignment import look_for
from archive.intake.components import Component, find_components
from archive.intake.guard import guarded
from archive.intake.judging import DPI, PIXELS_PER_MM, grown
from archive.intake.limits import DEFAULT_LIMITS
from archive.intake.presence import draw_printed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from archive.intake.picture import Pixels
    from archive.intake.presence import Place

    Mask = NDArray[np.bool_]
    Values = NDArray[np.float32]

_K = PIXELS_PER_MM
_TILE_MM, _REACH_MM = 35.0, 1.2
"""Pieces that are shifted for themselves, and how far: paper stretches, feeders slip."""

_LABEL_MM = 26.0, 16.0, 110.0, 7.0
"""Left edge, distance of the top from the foot of the sheet, width, height: here the press says which copy it
is, and the copy that is kept as issued may be another than the one that was scanned."""

_LIKE = 0.45
_EDGE_MM = 5.0
"""Shadows, torn edges and the next sheet show within so much of the edge."""

_ROOM_MM = {"sign": 6.0, "finger": 12.0, "seal": 20.0}
"""Beyond their boxes people sign, press and stamp so far."""

_ADDED_MM2, _ADDED_EXTENT_MM = 2.5, 5.0
_STRUCK_RUN_MM, _STRUCK_SHARE, _STRUCK_MM2 = 6.0, 0.6, 0.9
_STRUCK_DENSITY = 0.15
"""mm² of ink between the strokes of print on each mm of a line: the halo of print itself stays below 0.12."""

_LINE_DENSITY, _LINE_SHARE, _LINE_HALF_MM = 0.085, 0.7, 0.6
"""Less is enough when it lies along one line, as a pen stroke does and a halo does not."""

_GONE_MM2, _GONE_EXTENT_MM = 0.7, 1.8
_STREAK_MM = 45.0
_HOLE_MM = 9.0
_JOIN_MM = 1.2
"""Strokes so far apart on either side are one piece of writing."""

_GAP = re.compile(r"[\u3000 ]{2,}|[_＿]{2,}|[□☐]")
_COLOUR_SPREAD = 6.0


class Change(StrEnum):
    """What is different."""

    ADDED = "added"
    STRUCK = "struck"
    GONE = "gone"

    @property
    def label(self) -> str:
        """Say it to the clerk."""
        return {"added": "加写或沾污", "struck": "印字被划改", "gone": "印字缺失"}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedLine:
    """A line of print on the issued page, mm from the top left corner of the sheet."""

    text: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One region that differs, mm from the top left corner of the sheet."""

    change: Change
    x: float
    y: float
    width: float
    height: float
    ink_mm2: float
    """Of what was added, or of the print that is gone."""

    printed: str = ""
    """The line of print it touches, as issued."""

    crop: bytes = b""
    """JPEG of the region and a little around it, from the scan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedPage:
    """What is known of one page as it was issued."""

    places: tuple[Place, ...]
    lines: tuple[PrintedLine, ...]


def compare_paper(
    signed: bytes, printed: bytes, pages: Sequence[IssuedPage], *, is_guarded: bool = True
) -> Iterator[tuple[Difference, ...]]:
    """Yield the differences of each page.

    Args:
        signed: The derived file: every page upright on its own sheet.
        printed: The issued file.
        pages: Its layout, page by page.
        is_guarded: Draw the scan in a child process.

    Raises:
        ChildDiedError: Drawing it took too much.
    """
    if is_guarded:
        return guarded(_compare_paper, signed, printed, tuple(pages), limits=DEFAULT_LIMITS)
    return _compare_paper(signed, printed, pages)


def _compare_paper(signed: bytes, printed: bytes, pages: Sequence[IssuedPage]) -> Iterator[tuple[Difference, ...]]:
    document = pypdfium2.PdfDocument(signed)
    try:
        for number, page in enumerate(pages):
            bitmap = document[number].render(scale=DPI / 72, rev_byteorder=True)
            scan = np.array(bitmap.to_pil().convert("RGB"))
            bitmap.close()
            yield compare_page(scan, draw_printed(printed, number), places=page.places, lines=page.lines)
    finally:
        document.close()


def compare_page(
    scan: Pixels, printed: Pixels, *, places: Sequence[Place], lines: Sequence[PrintedLine]
) -> tuple[Difference, ...]:
    """Compare a page with what was issued.

    Args:
        scan: The sheet from the scan, upright, RGB, `archive.intake.judging.DPI`.
        printed: The page as issued, in grey, drawn alike.
        places: Boxes of the layout: ``sign_…``, ``finger_…``, ``seal_…``.
        lines: The lines of print.
    """
    rows, columns = min(scan.shape[0], printed.shape[0]), min(scan.shape[1], printed.shape[1])
    print_grey = printed[:rows, :columns].astype(np.float32)
    colour = _pieced(scan[:rows, :columns], print_grey)
    grey = colour @ np.array([0.299, 0.587, 0.114], np.float32)
    red, is_grey = _red(colour)
    paper, black, noise = _light(grey, print_grey)
    depth = paper - black
    dark = grey < paper - np.maximum(0.38 * depth, 4 * noise)
    faint = grey < paper - np.maximum(0.16 * depth, 2 * noise)
    pens = _pen_room(print_grey, places, lines)
    stamps = _boxes(print_grey.shape, [p for p in places if not p.name.startswith("sign_")])
    free = ~pens & ~(stamps if is_grey else stamps & red) & _inside(print_grey.shape)
    found = [
        *_struck(dark & free & ~grown(print_grey < 200, 0.25), lines),
        *_gone((print_grey < 110) & ~grown(faint, 0.45) & _inside(print_grey.shape), lines),
    ]
    found += _added(dark & free & ~grown(print_grey < 200, 0.5), found)
    picture = Image.fromarray(colour.clip(0, 255).astype(np.uint8))
    return tuple(
        replace(one, crop=_crop(picture, one)) for one in sorted(found, key=lambda d: (round(d.y), d.x))
    )  # fmt: skip


def _pieced(scan: Pixels, printed: Values) -> Values:
    """Lay the scan on the print piece by piece, each moved to where its print fits best."""
    size, reach = round(_TILE_MM * _K), round(_REACH_MM * _K)
    grey = 255 - scan.astype(np.float32).mean(2)
    grey = (grey - np.percentile(grey[::4, ::4], 40)).clip(0, None)
    ink = 255 - printed
    spots = [(top, left) for top in range(0, ink.shape[0], size) for left in range(0, ink.shape[1], size)]
    moves: dict[tuple[int, int], tuple[int, int]] = {}
    wide = np.pad(grey, reach)
    for top, left in spots:
        piece = ink[top : top + size, left : left + size]
        if (piece > 128).mean() < 0.01 or min(piece.shape) < 4 * reach:
            continue
        cut = wide[top : top + piece.shape[0] + 2 * reach, left : left + piece.shape[1] + 2 * reach]
        dx, dy, likeness = look_for(piece, cut)
        if likeness >= _LIKE:
            moves[top, left] = round(dx) - reach, round(dy) - reach
    middle = tuple(round(float(np.median([m[axis] for m in moves.values()]))) if moves else 0 for axis in (0, 1))
    edged = np.pad(scan, ((reach, reach), (reach, reach), (0, 0)), mode="edge").astype(np.float32)
    result = np.empty(scan.shape, np.float32)
    for top, left in spots:
        dx, dy = moves.get((top, left), middle)
        part = result[top : top + size, left : left + size]
        y, x = top + reach + dy, left + reach + dx
        part[:] = edged[y : y + part.shape[0], x : x + part.shape[1]]
    return result


def _light(grey: Values, printed: Values) -> tuple[Values, float, float]:
    """Return the light of the paper everywhere, that of black print, and the grain."""
    step = round(8 * _K)
    blocks = [
        [float(np.percentile(grey[y : y + step : 3, x : x + step : 3], 80)) for x in range(0, grey.shape[1], step)]
        for y in range(0, grey.shape[0], step)
    ]
    size = grey.shape[1], grey.shape[0]
    paper = np.asarray(Image.fromarray(np.array(blocks, np.float32)).resize(size, Image.Resampling.BILINEAR))
    ink = grey[printed < 60]
    black = float(np.percentile(ink, 20)) if ink.size > 200 else 40.0
    blank = (paper - grey)[::3, ::3][printed[::3, ::3] > 250]
    noise = 1.48 * float(np.median(np.abs(blank - np.median(blank)))) if blank.size else 3.0
    return paper, black, noise


def _red(colour: Values) -> tuple[Mask, bool]:
    """Tell red from black and paper; and whether the scan has no colours at all."""
    redness = colour[..., 0] - (colour[..., 1] + colour[..., 2]) / 2
    spread = float(np.percentile((colour.max(2) - colour.min(2))[::6, ::6], 99.9))
    tint = float(np.percentile(redness[::6, ::6], 40))
    return grown(redness - tint > 16.0, 0.3), spread < _COLOUR_SPREAD


def _inside(shape: tuple[int, ...]) -> Mask:
    edge = round(_EDGE_MM * _K)
    mask, label = np.zeros(shape, bool), np.zeros(shape, bool)
    mask[edge:-edge, edge:-edge] = True
    x, foot, width, height = _LABEL_MM
    _paint(label, x, shape[0] / _K - foot, width, height)
    return mask & ~label


def _boxes(shape: tuple[int, ...], places: Sequence[Place]) -> Mask:
    mask = np.zeros(shape, bool)
    for place in places:
        room = _ROOM_MM.get(place.name.partition("_")[0], 0.0)
        _paint(mask, place.x - room, place.y - room, place.width + 2 * room, place.height + 2 * room)
    return mask


def _paint(mask: Mask, x: float, y: float, width: float, height: float) -> None:
    top, left = max(0, round(y * _K)), max(0, round(x * _K))
    mask[top : max(0, round((y + height) * _K)), left : max(0, round((x + width) * _K))] = True


def _pen_room(printed: Values, places: Sequence[Place], lines: Sequence[PrintedLine]) -> Mask:
    """Return where people are meant to write."""
    mask = _boxes(printed.shape, [p for p in places if p.name.startswith("sign_")])
    for place in places:
        _paint(mask, place.x, place.y, place.width, place.height)
    for line in lines:
        pitch = line.width / max(len(line.text), 1)
        for gap in _GAP.finditer(line.text):
            if gap.start() == 0 and not gap.group().strip("\u3000 "):
                continue  # an indent
            # people write larger than print, and over the words 年, 月, 日 beside the gap
            left, right = line.x + gap.start() * pitch, line.x + gap.end() * pitch
            _paint(mask, left - 9.0, line.y - 4.0, right - left + 18.0, line.height + 8.0)
    for cell in _empty_cells(printed):
        mask[cell.top : cell.bottom, cell.left : cell.right] = True
    return mask


def _empty_cells(printed: Values) -> Iterator[Component]:
    """Yield ruled rectangles with nothing printed in them."""
    small = np.asarray(Image.fromarray(printed.clip(0, 255).astype(np.uint8)).reduce(2))
    white = small > 215
    for c in find_components(white, white):
        if c.left == 0 or c.top == 0 or min(c.width, c.height) < 2.5 * _K or c.width > 90 * _K:
            continue
        if c.area >= 0.96 * c.width * c.height:
            reach = round(1.5 * _K)
            yield replace(
                c,
                left=max(0, 2 * c.left - reach),
                top=max(0, 2 * c.top - reach),
                right=2 * c.right + reach,
                bottom=2 * c.bottom + reach,
            )


def _struck(extra: Mask, lines: Sequence[PrintedLine]) -> Iterator[Difference]:
    """Yield stretches of print with ink between its strokes, millimetre after millimetre."""
    step = round(_K)
    for line in lines:
        top, bottom = round((line.y + 0.1 * line.height) * _K), round((line.y + 0.9 * line.height) * _K)
        left, right = round(line.x * _K), round((line.x + line.width) * _K)
        band = extra[top:bottom, left:right]
        count = band.shape[1] // step
        if count < _STRUCK_RUN_MM or not band.any():
            continue
        ink = band[:, : count * step].reshape(band.shape[0], count, step).sum((0, 2))
        for start, stop in _runs(ink > 1):
            area = float(ink[start:stop].sum()) / _K**2
            if area < _STRUCK_MM2:
                continue
            density = area / (stop - start)
            part = band[:, start * step : stop * step]
            if density >= _STRUCK_DENSITY or (density >= _LINE_DENSITY and _along_a_line(part) >= _LINE_SHARE):
                yield Difference(
                    change=Change.STRUCK,
                    x=line.x + start,
                    y=line.y,
                    width=float(stop - start),
                    height=line.height,
                    ink_mm2=round(area, 1),
                    printed=line.text.strip(),
                )


def _along_a_line(ink: Mask) -> float:
    """Return the share of the ink that lies close to the straight line most of it lies along."""
    ys, xs = np.nonzero(ink)
    close = np.ones(len(xs), bool)
    off = np.zeros(len(xs))
    for _ in range(4):
        slope, height = np.polyfit(xs[close], ys[close], 1)
        off = np.abs(ys - slope * xs - height)
        close = off <= max(_LINE_HALF_MM * _K, float(np.percentile(off, 60)))
    return float((off <= _LINE_HALF_MM * _K).mean())


def _runs(hit: Mask) -> Iterator[tuple[int, int]]:
    """Yield the longest stretches in which most columns are hit, the ends always."""
    at, length = 0, len(hit)
    while at < length:
        best = 0
        if hit[at]:
            total = 0
            for stop in range(at, length):
                total += bool(hit[stop])
                size = stop + 1 - at
                if total < _STRUCK_SHARE * size - 2:
                    break
                if hit[stop] and size >= _STRUCK_RUN_MM and total >= _STRUCK_SHARE * size:
                    best = stop + 1
        if best:
            yield at, best
        at = best or at + 1


def _gone(lost: Mask, lines: Sequence[PrintedLine]) -> Iterator[Difference]:
    """Yield print of a line that the scan does not show."""
    for line in lines:
        top, left = max(0, round((line.y - 0.5) * _K)), max(0, round(line.x * _K))
        part = lost[top : round((line.y + line.height + 0.5) * _K), left : round((line.x + line.width) * _K)]
        if part.sum() < _GONE_MM2 * _K**2:
            continue
        for c in find_components(grown(part, 0.6), part):
            if c.inside >= _GONE_MM2 * _K**2 and min(c.width, c.height) >= _GONE_EXTENT_MM * _K:
                yield _difference(Change.GONE, c, c.inside, (left, top), line.text.strip())


def _added(extra: Mask, known: Sequence[Difference]) -> list[Difference]:
    """Return ink that is neither print nor where the pen belongs; what was reported before is left out."""
    found = []
    for c in find_components(grown(extra, _JOIN_MM), extra):
        core = (c.width - 2 * _JOIN_MM * _K) * (c.height - 2 * _JOIN_MM * _K)
        long, short = max(c.width, c.height) / _K, min(c.width, c.height) / _K
        if c.inside < _ADDED_MM2 * _K**2 or long < _ADDED_EXTENT_MM:
            continue
        if long > _STREAK_MM and short < 4.5:  # a streak of the glass, the edge of a fold
            continue
        if long < _HOLE_MM + 2 * _JOIN_MM and c.inside > 0.6 * core:  # a punch hole, a blot
            continue
        one = _difference(Change.ADDED, c, c.inside, (0, 0), "")
        if not any(_covers(other, one) for other in known):
            found.append(one)
    return found


def _covers(a: Difference, b: Difference) -> bool:
    """Tell whether most of the second lies in or close to the first."""
    slack = 1.5
    w = min(a.x + a.width + slack, b.x + b.width) - max(a.x - slack, b.x)
    h = min(a.y + a.height + slack, b.y + b.height) - max(a.y - slack, b.y)
    return w > 0 and h > 0 and w * h > 0.6 * b.width * b.height


def _difference(change: Change, c: Component, ink: int, origin: tuple[int, int], printed: str) -> Difference:
    return Difference(
        change=change,
        x=round((c.left + origin[0]) / _K, 1),
        y=round((c.top + origin[1]) / _K, 1),
        width=round(c.width / _K, 1),
        height=round(c.height / _K, 1),
        ink_mm2=round(ink / _K**2, 1),
        printed=printed,
    )


def _crop(picture: Image.Image, one: Difference) -> bytes:
    around = 6.0
    box = (
        max(0, round((one.x - around) * _K)),
        max(0, round((one.y - around) * _K)),
        min(picture.width, round((one.x + one.width + around) * _K)),
        min(picture.height, round((one.y + one.height + around) * _K)),
    )
    target = io.BytesIO()
    picture.crop(box).save(target, "JPEG", quality=80)
    return target.getvalue()
