"""Misfiling, hunted: page reads by the hundred thousand, most of them made to be mistaken.

``python -m bench.intake_campaign --reads 100000 [--state FILE]``. A page counts as misfiled when the
whole cascade gives it a mark that is not printed on it, or one of two. Among the pages: own ones in every
condition of the grid, own ones that are no longer out, other offices' codes whole and damaged,
forged codes, two sheets caught together, one of their codes written over too, pages without codes.
With ``--state`` a run that is interrupted goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from archive.intake.issued_set import IssuedSet
from archive.intake.marks import read_picture
from archive.intake.picture import open_jpeg
from archive.intake.stack import IssuedPaper, sort_stack
from archive.intake.symbols import SIDE, modules_of
from bench.printed import FORMS, SECRET, print_paper
from bench.wear import CONDITIONS, play
from forms.marks import ALPHABET, MARK_EDGE_MM, MARK_SIZE_MM, PageMark, mark_id_from

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.wear import Condition

DPI = 150
OUT = 3_000
"""Papers of this office that are out."""

KINDS = {
    "own": 30,
    "own, both codes written over": 20,
    "own, no longer out, both codes written over": 10,
    "other office": 10,
    "other office, both codes written over": 15,
    "forged": 5,
    "two sheets": 5,
    "two sheets, one code written over": 5,
    "no code": 5,
}
_BOTH = tuple(c for c in CONDITIONS if c.group == "both") + tuple(c for c in CONDITIONS if c.name.startswith("heavy"))
_ONE_SHEET = tuple(c for c in CONDITIONS if c.group != "both")
_ONE_OVER = tuple(c for c in CONDITIONS if any(name.endswith("on one") for name in c.spoil))
_PLAIN = tuple(c for c in CONDITIONS if c.group == "graded" and not c.spoil)

_FOR_KIND = {"two sheets": _PLAIN, "two sheets, one code written over": _ONE_OVER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What is out and what is not."""

    out: tuple[PageMark, ...]
    back: tuple[PageMark, ...]
    """Once out: filed, replaced or void."""

    issued: IssuedSet
    papers: dict[str, IssuedPaper]


def make_office(seed: int, papers: int) -> Office:
    """Draw the marks of an office."""
    rng = random.Random(seed)

    def drawn(count: int) -> list[tuple[str, int]]:
        return [(mark_id_from(rng.getrandbits(50)), rng.choice((1, 1, 2, 3, 4))) for _ in range(count)]

    out, back = drawn(papers), drawn(papers // 2)
    return Office(
        out=tuple(_pages(out)),
        back=tuple(_pages(back)),
        issued=IssuedSet(out, SECRET),
        papers={name: IssuedPaper(mark_id=name, pages=pages) for name, pages in out + back},
    )


def _pages(marks: list[tuple[str, int]]) -> list[PageMark]:
    return [PageMark(mark_id=name, page=n, pages=pages) for name, pages in marks for n in range(1, pages + 1)]


@cache
def blank_pages() -> tuple[Image.Image, ...]:
    """Print the forms and take their codes off again: every read gets codes of its own."""
    pages = []
    for code in FORMS:
        paper = print_paper(code, 0)
        for number in range(len(paper.marks)):
            page = paper.page(number, DPI)
            for left, top, side in _places(page):
                page.paste((255, 255, 255), (left - 2, top - 2, left + side + 2, top + side + 2))
            pages.append(page)
    return tuple(pages)


@cache
def _blank_page(number: int, dpi: int) -> Image.Image:
    """Return one of them in grey, as fine as it will be scanned: reduced once and not for every read."""
    page = blank_pages()[number].convert("L")
    return page.resize((round(page.width * dpi / DPI), round(page.height * dpi / DPI)), Image.Resampling.BOX)


def _places(page: Image.Image) -> tuple[tuple[int, int, int], ...]:
    k = min(page.size) / 210
    side, near = round(MARK_SIZE_MM * k), round(MARK_EDGE_MM * k)
    return (near, near, side), (page.width - near - side, page.height - near - side, side)


def coded(page: Image.Image, payloads: tuple[str, str]) -> Image.Image:
    """Print codes on a page: top left, bottom right."""
    page = page.copy()
    printed = round(MARK_SIZE_MM * DPI / 25.4)
    for payload, (left, top, side) in zip(payloads, _places(page), strict=True):
        modules = modules_of([payload])[0].reshape(SIDE, SIDE)
        code = Image.fromarray((255 * (1 - modules)).astype(np.uint8))
        code = code.resize((printed, printed), Image.Resampling.NEAREST)
        page.paste(code.resize((side, side), Image.Resampling.BOX).convert(page.mode), (left, top))
    return page


def draw(kind: str, office: Office, rng: random.Random) -> tuple[tuple[str, str] | None, PageMark | None, bool]:
    """Return the codes to print, the mark that may be read (``None``: none may), and whether both are written over."""
    own = rng.choice(office.out)
    if kind.startswith("own, no longer"):
        own = rng.choice(office.back)
    if kind.startswith("own"):
        return (own.payload(SECRET),) * 2, own, "written over" in kind
    if kind == "no code":
        return None, None, False
    if kind.startswith("two sheets"):
        other = rng.choice([m for m in office.out[:50] if m.mark_id != own.mark_id])
        return (own.payload(SECRET), other.payload(SECRET)), None, False
    if kind == "forged":
        text = list(own.payload(SECRET))
        for place in rng.sample(range(1, len(text)), rng.choice((1, 1, 2))):
            text[place] = rng.choice([c for c in ALPHABET if c != text[place]])
        return ("".join(text),) * 2, None, rng.random() < 0.5
    secret = rng.getrandbits(256).to_bytes(32, "big")
    # another office may even have given the same mark id
    alien = PageMark(mark_id=mark_id_from(rng.getrandbits(50)), page=own.page, pages=own.pages)
    alien = own if rng.random() < 0.2 else alien
    return (alien.payload(secret),) * 2, None, "written over" in kind


def _cheap(condition: Condition, rng: random.Random) -> Condition:
    """Scan mostly in grey and at no more than 140 dpi: four times quicker, and harder to read."""
    dpi = min(condition.scanner.dpi, rng.choice((100, 120, 140)))
    if rng.random() < 0.05:
        return replace(condition, scanner=replace(condition.scanner, dpi=min(condition.scanner.dpi, 200)))
    return replace(condition, scanner=replace(condition.scanner, dpi=dpi, grey=True))


def kinds_of(seed: int, reads: int) -> list[str]:
    """Return the kind of each read; a longer campaign of the same seed begins with the same ones."""
    return random.Random(f"{seed}/kinds").choices(list(KINDS), list(KINDS.values()), k=reads)


def worn_page(kind: str, office: Office, seed: int, number: int) -> tuple[bytes, PageMark | None]:
    """Return one page of the campaign as a scanner would, and the mark that may be read (``None``: none may)."""
    rng, pages = random.Random(f"{seed}/{number}"), blank_pages()
    payloads, truth, is_over = draw(kind, office, rng)
    face = rng.randrange(len(pages))
    condition = _cheap(rng.choice(_BOTH if is_over else _FOR_KIND.get(kind, _ONE_SHEET)), rng)
    page = _blank_page(face, condition.scanner.dpi) if condition.scanner.grey else pages[face]
    return play(condition, coded(page, payloads) if payloads else page, str(number)), truth


def run(
    reads: int,
    *,
    seed: int = 1,
    papers: int = OUT,
    state: Path | None = None,
    progress: Callable[[int], None] | None = None,
) -> dict[str, Any]:
    """Read so many pages and count what came out of each kind: right, left to a person, misfiled.

    Args:
        reads: Pages.
        seed: Other seed, other pages.
        papers: Papers that are out.
        state: Kept and gone on with.
        progress: Called with the pages done.
    """
    office, kinds = make_office(seed, papers), kinds_of(seed, reads)
    done, counts, misfiled = 0, Counter[str](), list[int]()
    if state:
        state.parent.mkdir(parents=True, exist_ok=True)
        if state.exists():
            kept = json.loads(state.read_text("utf-8"))
            done, counts, misfiled = kept["reads"], Counter(kept["counts"]), kept.get("misfiled", [])
    started = time.process_time()
    for number in range(done, reads):
        jpeg, truth = worn_page(kinds[number], office, seed, number)
        read = read_picture(open_jpeg(jpeg), SECRET, scan="0" * 64, index=0, issued=office.issued)
        filed = sort_stack([read], office.papers.get).papers
        outcome = "left" if not filed else "right" if read.mark == truth else "misfiled"
        counts[f"{kinds[number]}: {outcome}"] += 1
        if outcome == "misfiled":
            misfiled.append(number)
        if state and (number % 500 == 499 or number == reads - 1):
            kept = {"reads": number + 1, "misfiled": misfiled, "counts": counts}
            state.write_text(json.dumps(kept, ensure_ascii=False), "utf-8")
        if progress:
            progress(number + 1)
    return {
        "reads": reads,
        "misfiled": len(misfiled),
        "misfiled_reads": misfiled,
        "cpu_ms_per_read": round(1000 * (time.process_time() - started) / max(reads - done, 1), 1),
        "counts": dict(sorted(counts.items())),
    }


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reads", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", type=Path, help="file to keep the counts in, to go on after an interruption")
    options = parser.parse_args()
    print(json.dumps(run(options.reads, seed=options.seed, state=options.state), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
