"""Pages to be identified: the project's own grid of conditions, or images and a truth made elsewhere.

A folder made elsewhere holds page images (JPEG, PNG, TIFF, HEIC, or one-page PDF) and ``truth.json``::

    {
      "secret": "0a1b…",                       the office's secret, hexadecimal
      "issued": [["ABCDEFGHJK", 3], …],        mark id and pages of every paper that is out
      "replaced": [["…", 2]], "void": [],      optional: known, but no longer valid
      "pages": [
        {"file": "0001.jpg", "mark": ["ABCDEFGHJK", 1, 3],   id, page from 1, pages; null: no mark of ours
         "group": "graded", "condition": "skew 5"}
      ],
      "stacks": [                              optional
        {"files": ["0001.jpg", …], "faults": [{"kind": "missing", "mark": "ABCDEFGHJK", "page": 2},
         {"kind": "foreign", "index": 4}]}
      ]
    }

``group`` is ``graded``, ``both`` (both codes written over) or ``beyond`` (for information). Kinds of faults
and their keys are listed in `bench.intake_stacks`. A stack's files may have several pages each; ``index`` counts
pages. File names are taken within the folder only.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from archive.intake.issued_set import IssuedSet
from archive.intake.marks import read_page
from archive.intake.pages import open_scan
from archive.intake.stack import IssuedPaper, PaperState, sort_stack
from bench.printed import FORMS, SECRET, print_paper
from bench.wear import CONDITIONS, PAPER_DPI, play
from forms.marks import PageMark, mark_id_from

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from archive.intake.marks import PageRead
    from bench.wear import Condition

GROUPS = ("graded", "both", "beyond")
_PAPERS = 3
"""Papers of each form that the own grid prints."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Whose pages they are, and what intake knows of them."""

    secret: bytes
    papers: dict[str, IssuedPaper]
    issued: IssuedSet

    @classmethod
    def of(cls, secret: bytes, papers: dict[str, IssuedPaper]) -> Office:
        """Count as out what is neither replaced nor void."""
        out = [(p.mark_id, p.pages) for p in papers.values() if p.state is PaperState.OUT]
        return cls(secret=secret, papers=papers, issued=IssuedSet(out, secret))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One page to be read."""

    path: Path
    mark: PageMark | None
    group: str
    condition: str


@dataclass(slots=True)
class Tally:
    """What became of the pages."""

    pages: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    misfiled: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    """Not identified, by condition."""

    decoders: Counter[str] = field(default_factory=Counter)
    """Which step of the cascade read it last."""

    _conditions: set[str] = field(default_factory=set)

    def note(self, sheet: Sheet, read: PageRead, office: Office) -> None:
        """Count one page."""
        is_right = read.mark == sheet.mark and (read.mark is not None or not read.marks)
        self.pages[sheet.group] += 1
        self._conditions.add(sheet.condition)
        self.right[sheet.group] += is_right
        filed = sort_stack([read], office.papers.get).papers
        self.misfiled += bool(filed) and read.mark != sheet.mark
        self.decoders[read.marks[-1].decoder if read.marks else "none"] += 1
        if not is_right:
            self.lost[sheet.condition] += 1

    @property
    def conditions(self) -> int:
        """How many different conditions there were."""
        return len(self._conditions)

    def share(self, group: str) -> float | None:
        """Return the share identified, or ``None`` when there was no such page."""
        return round(self.right[group] / self.pages[group], 5) if self.pages[group] else None


def own_grid(
    folder: Path, *, pages: int, beyond: bool, others: int = 3_000, dpi: int = PAPER_DPI
) -> tuple[Office, Callable[[], Iterator[Sheet]]]:
    """Return an office whose papers are out, and its pages in every condition, drawn as they are asked for.

    Args:
        folder: Where a page is written before it is read; one file, overwritten.
        pages: Pages a condition.
        beyond: The conditions for information too.
        others: Further papers that are out: the last step of the cascade compares with them.
        dpi: Resolution the paper is printed and spoilt at.
    """
    printed = [print_paper(code, seed) for code in FORMS for seed in range(_PAPERS)]
    rng = random.Random("grid")
    known = {p.marks[0].mark_id: len(p.marks) for p in printed}
    known |= {mark_id_from(rng.getrandbits(50)): rng.choice((1, 1, 2, 3, 4)) for _ in range(others)}
    office = Office.of(SECRET, {name: IssuedPaper(mark_id=name, pages=n) for name, n in known.items()})

    def sheets() -> Iterator[Sheet]:
        target = folder / "page.jpg"
        faces = [(paper, number) for paper in printed for number in range(len(paper.marks))][:: -(-12 // pages)]
        conditions = [c for c in CONDITIONS if beyond or c.group != "beyond"]
        wanted: dict[int, list[tuple[Condition, int]]] = {}
        for place, condition in enumerate(conditions):
            for nth in range(pages):
                # every condition on every face in turn; a face is drawn once, that is the dear part
                wanted.setdefault((place + nth * 7) % len(faces), []).append((condition, nth))
        for face, tasks in sorted(wanted.items()):
            paper, number = faces[face]
            image = paper.page(number, dpi)
            for condition, nth in tasks:
                target.write_bytes(play(condition, image, f"{face}/{nth}"))
                yield Sheet(path=target, mark=paper.marks[number], group=condition.group, condition=condition.name)

    return office, sheets


def foreign_grid(folder: Path) -> tuple[Office, Callable[[], Iterator[Sheet]], list[dict[str, Any]]]:
    """Return the same of a folder made elsewhere, and its stacks as they are written.

    Raises:
        ValueError: ``truth.json`` names a file outside the folder, or a group that is not known.
    """
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    papers: dict[str, IssuedPaper] = {}
    for key, state in (("issued", PaperState.OUT), ("replaced", PaperState.REPLACED), ("void", PaperState.VOID)):
        papers |= {name: IssuedPaper(mark_id=name, pages=pages, state=state) for name, pages in truth.get(key, ())}
    office = Office.of(bytes.fromhex(truth["secret"]), papers)

    def sheets() -> Iterator[Sheet]:
        for row in truth["pages"]:
            group = row.get("group", "graded")
            if group not in GROUPS:
                raise ValueError(group)
            mark = row.get("mark")
            yield Sheet(
                path=within(folder, row["file"]),
                mark=PageMark(mark_id=mark[0], page=mark[1], pages=mark[2]) if mark else None,
                group=group,
                condition=row.get("condition", group),
            )

    return office, sheets, truth.get("stacks", [])


def within(folder: Path, name: str) -> Path:
    """Return a file of the folder.

    Raises:
        ValueError: The name leads out of it.
    """
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(name)
    return path


def read_file(path: Path, office: Office) -> tuple[PageRead, ...]:
    """Read the pages of a file as intake does."""
    with open_scan(path) as scan:
        return tuple(read_page(page, office.secret, office.issued) for page in scan.pages)


def identify(office: Office, sheets: Iterator[Sheet]) -> Tally:
    """Read every page and count.

    Raises:
        ValueError: A file has more than one page.
    """
    tally = Tally()
    for sheet in sheets:
        read, *more = read_file(sheet.path, office)
        if more:
            raise ValueError(sheet.path.name)  # the truth speaks of one page
        tally.note(sheet, read, office)
    return tally
