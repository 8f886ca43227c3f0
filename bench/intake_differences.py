"""The difference map tried: false alarms on pages nobody altered, and alterations found.

``python -m bench.intake_differences [--pages N]`` scans filled-in looking pages of the project's own forms in the
plain conditions of the grid, signed where they should be, and then the same pages with one thing altered.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw

from archive.intake.alignment import flatten, is_doubtful, refine
from archive.intake.differences import Difference, PrintedLine, compare_page
from archive.intake.judging import DPI
from archive.intake.marks import read_picture
from archive.intake.picture import open_jpeg
from archive.intake.presence import Place, draw_printed
from bench.printed import FORMS, SECRET, Printed, print_paper
from bench.wear import CONDITIONS, play
from docgen.demo.handwriting import draw_name
from docgen.demo.stamps import draw_fingerprint, draw_seal

if TYPE_CHECKING:
    from bench.wear import Condition

_PLAIN = tuple(
    c
    for c in CONDITIONS
    if c.group == "graded" and not c.spoil and not c.scanner.bilevel and c.scanner.noise < 10 and not c.scanner.blur
)
_PAPER_DPI = 200
_K = _PAPER_DPI / 25.4
_BLACK, _RED = (28, 28, 40), (200, 34, 40)
ALTERATIONS = ("written beside", "struck out", "scribbled out", "written over", "whited out")


def run(pages: int) -> dict[str, Any]:
    """Compare so many untouched pages and as many altered ones."""
    false: Counter[str] = Counter()
    by_condition: Counter[str] = Counter()
    made: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    faces = [(paper, n) for code in FORMS for paper in (print_paper(code, 5),) for n in range(len(paper.marks))]
    for number in range(pages):
        rng = random.Random(f"differences/{number}")
        paper, page = faces[number % len(faces)]
        condition = _PLAIN[number % len(_PLAIN)]
        image = paper.page(page, _PAPER_DPI)
        _sign(image, paper, page, rng)
        found = compared(paper, page, image, condition, f"{number}")
        false.update(d.change.value for d in found)
        if found:
            by_condition[condition.name] += 1
        what = ALTERATIONS[number % len(ALTERATIONS)]
        box = alter(image, paper, page, what, rng)
        made[what] += 1
        seen[what] += any(_touches(d, box) for d in compared(paper, page, image, condition, f"{number}/altered"))
    return {
        "pages": pages,
        "pages_with_false_alarm": by_condition.total(),
        "false_regions": dict(false),
        "false_by_condition": dict(by_condition),
        "altered": dict(made),
        "found": dict(seen),
    }


def compared(paper: Printed, page: int, image: Image.Image, condition: Condition, seed: str) -> tuple[Difference, ...]:
    """Scan a page and compare it with what was issued."""
    picture = open_jpeg(play(condition, image, seed))
    read = read_picture(picture, SECRET, scan="0" * 64, index=0)
    printed = draw_printed(paper.pdf, page)
    fit = read.registration
    if is_doubtful(fit, (read.width, read.height)):
        fit = refine(picture, fit, printed, (210.0, 297.0))
    assert fit is not None
    laid = paper.laid.pages[page]
    return compare_page(
        flatten(picture, fit, dpi=DPI),
        printed,
        places=[Place(name=b.name, x=b.x, y=b.y, width=b.width, height=b.height) for b in laid.boxes],
        lines=[PrintedLine(text=n.text, x=n.x, y=n.y, width=n.width, height=n.height) for n in laid.lines],
    )


def _sign(image: Image.Image, paper: Printed, page: int, rng: random.Random) -> None:
    for box in paper.laid.pages[page].boxes:
        kind = box.name.partition("_")[0]
        if rng.random() < 0.3:
            continue
        if kind == "sign":
            mask = draw_name("罗大山", round(box.width * _K), round(box.height * _K), pixels_per_mm=_K, rng=rng)
            image.paste(_BLACK, (round(box.x * _K), round(box.y * _K)), mask)
        else:
            mask = (draw_fingerprint if kind == "finger" else _stamp)(pixels_per_mm=_K, rng=rng)
            x, y = box.x + box.width / 2 + rng.uniform(-3, 3), box.y + box.height / 2 + rng.uniform(-3, 3)
            image.paste(_RED, (round(x * _K - mask.width / 2), round(y * _K - mask.height / 2)), mask)


def _stamp(*, pixels_per_mm: float, rng: random.Random) -> Image.Image:
    return draw_seal("洗马镇人民政府", pixels_per_mm=pixels_per_mm, rng=rng)


def alter(
    image: Image.Image, paper: Printed, page: int, what: str, rng: random.Random
) -> tuple[float, float, float, float]:
    """Alter a page in one way; return where, in mm."""
    lines = [n for n in paper.laid.pages[page].lines if n.width > 20 and n.y > 40 and n.x < 120 and len(n.text) > 5]
    boxes = paper.laid.pages[page].boxes
    far = [
        n for n in lines if all(n.y + n.height < b.y - 10 or n.y > b.y + b.height + 10 for b in boxes)
    ] or lines  # fmt: skip
    line = rng.choice(far)
    pen = ImageDraw.Draw(image)
    length = min(line.width - 2, rng.uniform(12, 30))
    left, middle = line.x + 1, line.y + line.height / 2
    if what == "written beside":
        mask = draw_name("以后再议", round(24 * _K), round(9 * _K), pixels_per_mm=_K, rng=rng)
        x, y = rng.uniform(150, 176), rng.uniform(4, 8)
        image.paste(_BLACK, (round(x * _K), round((y + 8) * _K)), mask)
        return x, y + 8, 24, 9
    if what == "struck out":
        points = [((left + length * s / 10) * _K, (middle + rng.uniform(-0.4, 0.4)) * _K) for s in range(11)]
        pen.line(points, fill=_BLACK, width=round(0.5 * _K), joint="curve")
    elif what == "scribbled out":
        points = [
            ((left + length * s / 30) * _K, (middle + (1.6 if s % 2 else -1.6) + rng.uniform(-0.3, 0.3)) * _K)
            for s in range(31)
        ]
        pen.line(points, fill=_BLACK, width=round(0.5 * _K), joint="curve")
    elif what == "written over":
        mask = draw_name("王桂花", round(length * _K), round(8 * _K), pixels_per_mm=_K, rng=rng)
        image.paste(_BLACK, (round(left * _K), round((middle - 4) * _K)), mask)
    else:
        length = min(length, 9)
        box = (left * _K, (line.y - 0.3) * _K, (left + length) * _K, (line.y + line.height + 0.3) * _K)
        pen.rectangle(box, fill=(255, 255, 255))
    return left, line.y, length, line.height


def _touches(d: Difference, box: tuple[float, float, float, float]) -> bool:
    x, y, w, h = box
    return d.x < x + w and x < d.x + d.width and d.y < y + h and y < d.y + d.height


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=200)
    print(json.dumps(run(parser.parse_args().pages), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
