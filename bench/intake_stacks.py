"""Stacks with something wrong in them: is every fault reported, and nothing reported that is not there?

Each stack is a few papers of the office, scanned, with faults put in. Kinds of faults, with the keys that
``truth.json`` of a foreign grid gives them:

``missing``     ``mark``, ``page``: a page of a paper of which other pages are there
``doubled``     ``mark``, ``page``: a page that is there once more than it should be
``foreign``     ``index``: a page of another office, or without any code of ours
``old-version`` ``index``: a page of a version that has been replaced
``void``        ``index``: a page of a paper that was made void
``two-sheets``  ``index``: two sheets caught together
``unknown``     ``index``: a mark of ours that nobody issued
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from archive.intake.marks import read_picture
from archive.intake.picture import open_jpeg
from archive.intake.stack import IssuedPaper, PaperState, SortedStack, StrangerReason, sort_stack
from bench.intake_campaign import blank_pages, coded
from bench.intake_grid import Office, read_file, within
from bench.printed import SECRET
from bench.wear import Condition, Scanner, play
from forms.marks import PageMark, mark_id_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from archive.intake.marks import PageRead

    _Drawn = tuple[tuple[str, str] | None, str, PageMark | None]
    """Payloads of both codes, the fault the page is, the mark of a page that belongs here."""

KINDS = ("missing", "doubled", "foreign", "old-version", "void", "two-sheets", "unknown")
_REASONS = {
    "foreign": {StrangerReason.FOREIGN_OFFICE, StrangerReason.NO_MARK},
    "old-version": {StrangerReason.OLD_VERSION},
    "void": {StrangerReason.VOID},
    "two-sheets": {StrangerReason.TWO_MARKS},
    "unknown": {StrangerReason.UNKNOWN_MARK},
}
_SCANS = (
    Condition(name="stack, grey", group="stack", scanner=Scanner(dpi=150, grey=True, skew=3.0)),
    Condition(name="stack, turned", group="stack", scanner=Scanner(dpi=150, grey=True, skew=3.0, turn=2)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with a stack."""

    kind: str
    mark: str = ""
    page: int = 0
    index: int = -1
    """Place in the stack, from 0, of a page that is itself the fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Faults made and faults reported, by kind; reports without a fault; pages of several stacks."""

    made: Counter[str]
    reported: Counter[str]
    false: int = 0
    misfiled: int = 0
    """Strange pages that were put to a paper."""

    stacks: int = 0
    pages: int = 0

    @property
    def share(self) -> float | None:
        """Share of the faults that were reported."""
        return round(self.reported.total() / self.made.total(), 5) if self.made else None


def judge(stack: SortedStack, reads: Sequence[PageRead], faults: Iterable[Fault]) -> tuple[Counter[str], int]:
    """Return the faults a sorted stack reports, by kind, and how many of its reports are about nothing."""
    places = {id(read): index for index, read in enumerate(reads)}
    said: set[tuple[object, ...]] = set()
    for paper in stack.papers:
        said.update(("missing", paper.mark_id, page) for page in paper.missing)
        extra = [*paper.repeated, *(read for copy in paper.copies for read in copy)]
        said.update(("doubled", paper.mark_id, read.mark.page) for read in extra if read.mark)
    said.update(("stranger", places[id(s.read)], s.reason) for s in stack.strangers)
    reported: Counter[str] = Counter()
    for fault in faults:
        if fault.kind in _REASONS:
            fits = {thing for thing in said if thing[:2] == ("stranger", fault.index)}
            is_said = any(thing[2] in _REASONS[fault.kind] for thing in fits)
        else:
            fits = {thing for thing in said if thing == (fault.kind, fault.mark, fault.page)}
            is_said = bool(fits)
        said -= fits
        reported[fault.kind] += is_said
    return reported, len(said)


class OwnStacks:
    """Draws stacks from a seed: three papers of one to four pages each, one to four faults."""

    def __init__(self, seed: int = 5) -> None:
        rng = random.Random(f"stacks/{seed}")
        names = [(mark_id_from(rng.getrandbits(50)), rng.choice((1, 2, 2, 3, 4))) for _ in range(400)]
        states = (PaperState.OUT, PaperState.OUT, PaperState.OUT, PaperState.REPLACED, PaperState.VOID)
        papers = {
            name: IssuedPaper(mark_id=name, pages=pages, state=states[n % len(states)])
            for n, (name, pages) in enumerate(names)
        }
        self.office = Office.of(SECRET, papers)
        self._by_state = {s: [p for p in papers.values() if p.state is s] for s in PaperState}
        self._faces = blank_pages()
        self._seed = seed

    def draw(self, number: int) -> tuple[list[bytes], list[Fault]]:
        """Return the scanned pages of a stack in a shuffled order and what is wrong with it."""
        rng = random.Random(f"{self._seed}/{number}")
        chosen = rng.sample(self._by_state[PaperState.OUT], 3)
        pages: list[_Drawn] = [(self._codes(mark), "", mark) for paper in chosen for mark in _marks(paper)]
        faults: list[Fault] = []
        for kind in rng.sample(KINDS, rng.randint(1, 4)):
            self._spoil(kind, pages, faults, rng)
        rng.shuffle(pages)
        scans = []
        for index, (payloads, kind, _) in enumerate(pages):
            if kind:
                faults.append(Fault(kind=kind, index=index))
            face = self._faces[rng.randrange(len(self._faces))]
            page = coded(face, payloads) if payloads else face
            scans.append(play(rng.choice(_SCANS), page, f"{number}/{index}"))
        return scans, faults

    def _codes(self, mark: PageMark) -> tuple[str, str] | None:
        return (mark.payload(SECRET),) * 2

    def _spoil(
        self,
        kind: str,
        pages: list[_Drawn],
        faults: list[Fault],
        rng: random.Random,
    ) -> None:
        if kind in {"missing", "doubled"}:
            # the paper keeps another page, and no page suffers two faults
            taken = {fault.mark for fault in faults}
            fit = [p for p in pages if p[2] and p[2].pages > 1 and p[2].mark_id not in taken]
            if not fit:
                return
            page = rng.choice(fit)
            assert page[2] is not None
            faults.append(Fault(kind=kind, mark=page[2].mark_id, page=page[2].page))
            if kind == "missing":
                pages.remove(page)
            else:
                pages.append(page)
            return
        pages.append((self._strange(kind, rng), kind, None))

    def _strange(self, kind: str, rng: random.Random) -> tuple[str, str] | None:
        """Return the codes of a page that does not belong here."""
        fresh = PageMark(mark_id=mark_id_from(rng.getrandbits(50)), page=1, pages=2)
        if kind == "foreign":
            secret = rng.getrandbits(256).to_bytes(32, "big")
            return (fresh.payload(secret),) * 2 if rng.random() < 0.5 else None
        if kind == "unknown":
            return self._codes(fresh)
        if kind == "two-sheets":
            one, two = (_marks(paper)[0] for paper in rng.sample(self._by_state[PaperState.OUT], 2))
            return one.payload(SECRET), two.payload(SECRET)
        state = PaperState.VOID if kind == "void" else PaperState.REPLACED
        return self._codes(rng.choice(_marks(rng.choice(self._by_state[state]))))


def _marks(paper: IssuedPaper) -> list[PageMark]:
    return [PageMark(mark_id=paper.mark_id, page=n, pages=paper.pages) for n in range(1, paper.pages + 1)]


def own_outcome(count: int) -> Outcome:
    """Draw so many stacks, read and sort them, and count."""
    source = OwnStacks()

    def stacks() -> Iterator[tuple[list[PageRead], list[Fault]]]:
        for number in range(count):
            scans, faults = source.draw(number)
            reads = [
                read_picture(open_jpeg(s), SECRET, scan="0" * 64, index=n, issued=source.office.issued)
                for n, s in enumerate(scans)
            ]
            yield reads, faults

    return _outcome(source.office, stacks())


def foreign_outcome(folder: Path, office: Office, rows: Sequence[dict[str, Any]]) -> Outcome:
    """Do the same with the stacks of a folder made elsewhere."""

    def stacks() -> Iterator[tuple[list[PageRead], list[Fault]]]:
        for row in rows:
            pages = (read for name in row["files"] for read in read_file(within(folder, name), office))
            reads = [replace(read, index=index) for index, read in enumerate(pages)]
            yield reads, [Fault(**fault) for fault in row["faults"]]

    return _outcome(office, stacks())


def _outcome(office: Office, stacks: Iterator[tuple[list[PageRead], list[Fault]]]) -> Outcome:
    made: Counter[str] = Counter()
    reported: Counter[str] = Counter()
    false = misfiled = count = pages = 0
    for reads, faults in stacks:
        stack = sort_stack(reads, office.papers.get)
        found, about_nothing = judge(stack, reads, faults)
        strange = {id(reads[fault.index]) for fault in faults if fault.index >= 0}
        misfiled += sum(id(read) in strange for paper in stack.papers for read in paper.pages)
        made.update(fault.kind for fault in faults)
        reported += found
        false += about_nothing
        count += 1
        pages += len(reads)
    return Outcome(made=made, reported=reported, false=false, misfiled=misfiled, stacks=count, pages=pages)
