"""Signatures, fingerprints and seals on the project's forms: decided rightly, wrongly, or left to a person.

Seeds here are used nowhere else: no threshold was ever chosen by looking at these pages.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from archive.intake.judging import Presence
from archive.intake.marks import read_page
from archive.intake.pages import open_scan
from archive.intake.presence import PageInk, Place, draw_printed
from bench.printed import FORMS, SECRET, Printed, print_paper
from docgen.demo.scanner import Copier, InkPlace, play_scan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.engine.press import Box

_HELD_OUT = 900_000
_NAMES = ("罗大山", "李秋月", "王桂花", "吴秀英", "潘文海", "欧阳建国", "丁一")
_SEALS = ("洗马镇人民政府", "平山村村民委员会", "龙里县洗马镇中心小学")
_SIGNED = 0.45
"""Likelihood that a place is filled."""


@dataclass(slots=True)
class Decisions:
    """How places were decided, by kind (``sign``, ``finger``, ``seal``)."""

    asked: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    """Cannot be told: shown to a person."""

    @property
    def worst(self) -> float | None:
        """Return the largest share of wrong decisions of any kind."""
        shares = [self.wrong[kind] / self.asked[kind] for kind in self.asked]
        return round(max(shares), 5) if shares else None

    def as_json(self) -> dict[str, dict[str, int]]:
        """Return the counts."""
        return {
            kind: {"asked": n, "wrong": self.wrong[kind], "left_to_a_person": self.left[kind]}
            for kind, n in sorted(self.asked.items())
        }


def decide(papers: int, *, is_grey: bool = False) -> Decisions:
    """Sign so many papers at random, scan them, and compare what is found with what was put there."""
    decisions = Decisions()
    printed = {code: print_paper(code, 77) for code in FORMS}
    drawn = {code: [draw_printed(p.pdf, n) for n in range(len(p.marks))] for code, p in printed.items()}
    for number in range(papers):
        code = FORMS[number % len(FORMS)]
        paper = printed[code]
        rng = random.Random(f"{_HELD_OUT}/{number}")
        filled = _filled(paper, rng)
        copier = Copier(
            dpi=rng.choice((150, 200, 300)),
            quality=rng.choice((30, 50, 75)),
            skew=2.0,
            upside_down=0.2,
            is_shuffled=False,
            is_grey=is_grey,
            noise=rng.uniform(3, 9),
        )
        places = [
            [_ink(box.name, (box.x, box.y, box.width, box.height), rng) for box in page.boxes if box.name in filled]
            for page in paper.laid.pages
        ]
        asked = [n for n, page in enumerate(paper.laid.pages) if any(_is_place(box.name) for box in page.boxes)]
        scan = play_scan(paper.pdf, places, seed=_HELD_OUT + number, copier=copier, order=asked).pdf
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "scan.pdf"
            path.write_bytes(scan)
            with open_scan(path) as opened:
                for source, page in zip(opened.pages, asked, strict=True):
                    ink = PageInk(source.load(), read_page(source, SECRET).registration, drawn[code][page])
                    _compare(decisions, ink, paper.laid.pages[page].boxes, filled)
    return decisions


def _is_place(name: str) -> bool:
    return name.partition("_")[0] in {"sign", "finger", "seal"}


def _filled(paper: Printed, rng: random.Random) -> set[str]:
    names = [box.name for page in paper.laid.pages for box in page.boxes]
    return {name for name in names if rng.random() < _SIGNED}


def _ink(name: str, box: tuple[float, float, float, float], rng: random.Random) -> InkPlace:
    text = rng.choice(_SEALS if name.startswith("seal") else _NAMES)
    return InkPlace(name=name, x=box[0], y=box[1], width=box[2], height=box[3], text=text)


def _compare(decisions: Decisions, ink: PageInk, boxes: Sequence[Box], filled: set[str]) -> None:
    for box in boxes:
        if not _is_place(box.name):
            continue
        found = ink.look(Place(name=box.name, x=box.x, y=box.y, width=box.width, height=box.height)).presence
        kind = box.name.partition("_")[0]
        decisions.asked[kind] += 1
        if found is Presence.CANNOT_TELL:
            decisions.left[kind] += 1
        else:
            decisions.wrong[kind] += (found is Presence.FOUND) != (box.name in filled)
