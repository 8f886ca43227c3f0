"""Reads sorted: complete papers, papers that wait for a page, doubles, strangers, blank backs.

The order of the pages in the stack never matters. What is certain is assembled; whatever
contradicts itself goes to the desk (待处理) with a reason, and no page is ever dropped: every
read comes back exactly once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archive.intake.marks import PageRead


class PaperState(StrEnum):
    """How the registry sees the paper version a mark belongs to."""

    OUT = "out"
    """Printed, waiting for its signatures; or filed before, then this is a rescan."""

    REPLACED = "replaced"
    """A newer version has been printed since."""

    VOID = "void"
    """作废."""

    DESTROYED = "destroyed"
    """Destroyed by two persons' decision (销毁)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedPaper:
    """What intake must know of a paper version that was printed."""

    mark_id: str
    pages: int
    state: PaperState = PaperState.OUT
    title: str = ""
    """For messages to the clerk: form and document number, no personal data."""


class StrangerReason(StrEnum):
    """Why a page could not be placed; the value is stored and shown in JSON."""

    NO_MARK = "no-mark"
    UNREADABLE = "unreadable"
    CUT_OFF = "cut-off"
    FOREIGN_OFFICE = "foreign-office"
    TWO_MARKS = "two-marks"
    UNKNOWN_MARK = "unknown-mark"
    PAGE_COUNT = "page-count"
    OLD_VERSION = "old-version"
    VOID = "void"
    DESTROYED = "destroyed"

    @property
    def label(self) -> str:
        """Say it to the clerk, with what to do."""
        return _REASONS[self]


_REASONS = {
    StrangerReason.NO_MARK: "没有读到本系统的页码标记。如果是本单位打印的文书，请摆正后重扫；如果是附件，请手工归入。",
    StrangerReason.UNREADABLE: "这一页的图像已经损坏，读不出来。请重新扫描这一页。",
    StrangerReason.CUT_OFF: "这一页的图像只有一部分，文件没有传完整。请重新扫描这一页。",
    StrangerReason.FOREIGN_OFFICE: "页码标记的校验不符，可能是其他单位打印的文书，或者标记被涂改。请人工核对。",
    StrangerReason.TWO_MARKS: "一页上读到两份文书的标记，可能是两张纸叠在一起扫描。请分开后重扫。",
    StrangerReason.UNKNOWN_MARK: "标记是本单位的，但登记簿里没有这份文书。请核对是否打印自另一台电脑或旧的备份。",
    StrangerReason.PAGE_COUNT: "标记上的总页数与登记的不一致。请人工核对。",
    StrangerReason.OLD_VERSION: "这是旧版本的文书，之后已经重新打印过新版本。请确认应以哪一版为准。",
    StrangerReason.VOID: "这份文书已经作废。请确认是否误签。",
    StrangerReason.DESTROYED: "这份文书已按销毁清册销毁，不能再归档。请把这份纸件交给鉴定、监销的两人处理。",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AssembledPaper:
    """One paper version put together."""

    issued: IssuedPaper
    pages: tuple[PageRead, ...]
    """The best read of each page that is there, in page order."""

    missing: tuple[int, ...] = ()
    """Page numbers, from 1, that the stack did not hold."""

    copies: tuple[tuple[PageRead, ...], ...] = ()
    """Further whole copies of the same version (一式多份), each in page order."""

    repeated: tuple[PageRead, ...] = ()
    """Single pages scanned again, beyond whole copies."""

    @property
    def mark_id(self) -> str:
        """Name of the paper version."""
        return self.issued.mark_id

    @property
    def is_complete(self) -> bool:
        """Every page is there."""
        return not self.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """A page that no paper can claim with certainty."""

    read: PageRead
    reason: StrangerReason

    @property
    def message(self) -> str:
        """The reason in Chinese."""
        return self.reason.label


@dataclass(frozen=True, slots=True, kw_only=True)
class SortedStack:
    """The stack, every page in exactly one place."""

    papers: tuple[AssembledPaper, ...] = ()
    """In the order their first page appears in the stack; complete and waiting ones."""

    strangers: tuple[Stranger, ...] = ()
    """In stack order."""

    blanks: tuple[PageRead, ...] = field(default=())
    """Blank backs: kept in the original, left out of what is derived."""


def sort_stack(reads: Sequence[PageRead], issued: Callable[[str], IssuedPaper | None]) -> SortedStack:
    """Put pages together.

    Args:
        reads: Pages of one or several scans, in the order they were scanned.
        issued: Looks a mark id up in the registry; ``None`` when it was never printed here.
    """
    papers: dict[str, IssuedPaper] = {}
    claimed: dict[str, list[PageRead]] = defaultdict(list)
    strangers: list[Stranger] = []
    blanks: list[PageRead] = []
    for read in reads:
        if read.is_blank:
            blanks.append(read)
            continue
        verdict = _claim(read, issued)
        if isinstance(verdict, StrangerReason):
            strangers.append(Stranger(read=read, reason=verdict))
        else:
            papers[verdict.mark_id] = verdict
            claimed[verdict.mark_id].append(read)
    return SortedStack(
        papers=tuple(_assemble(papers[mark_id], pages) for mark_id, pages in claimed.items()),
        strangers=tuple(strangers),
        blanks=tuple(blanks),
    )


def _claim(read: PageRead, issued: Callable[[str], IssuedPaper | None]) -> IssuedPaper | StrangerReason:
    if not read.is_readable:
        return StrangerReason.UNREADABLE
    if not read.is_whole:
        return StrangerReason.CUT_OFF
    if not read.marks:
        return StrangerReason.FOREIGN_OFFICE if read.alien_codes else StrangerReason.NO_MARK
    mark = read.mark
    if mark is None:
        return StrangerReason.TWO_MARKS
    paper = issued(mark.mark_id)
    if paper is None:
        return StrangerReason.UNKNOWN_MARK
    if paper.pages != mark.pages:
        return StrangerReason.PAGE_COUNT
    if paper.state is PaperState.REPLACED:
        return StrangerReason.OLD_VERSION
    if paper.state is PaperState.VOID:
        return StrangerReason.VOID
    if paper.state is PaperState.DESTROYED:
        return StrangerReason.DESTROYED
    return paper


def _assemble(paper: IssuedPaper, reads: Sequence[PageRead]) -> AssembledPaper:
    """Choose among doubled pages.

    When every page is there k times, the k-th appearances form the k-th copy: each copy carries
    its own signatures, so pages are not mixed between copies unless one is incomplete.
    """
    by_page: dict[int, list[PageRead]] = defaultdict(list)
    for read in reads:
        assert read.mark is not None
        by_page[read.mark.page].append(read)
    numbers = range(1, paper.pages + 1)
    missing = tuple(n for n in numbers if n not in by_page)
    counts = {len(found) for found in by_page.values()}
    if not missing and len(counts) == 1:
        copies = [tuple(by_page[n][k] for n in numbers) for k in range(counts.pop())]
        best = min(range(len(copies)), key=lambda k: (max(_badness(r) for r in copies[k]), k))
        first = copies.pop(best)
        return AssembledPaper(issued=paper, pages=first, copies=tuple(copies))
    pages, repeated = [], []
    for n in sorted(by_page):
        ranked = sorted(by_page[n], key=_badness)
        pages.append(ranked[0])
        repeated.extend(ranked[1:])
    return AssembledPaper(issued=paper, pages=tuple(pages), missing=missing, repeated=tuple(repeated))


def _badness(read: PageRead) -> tuple[int, bool, float]:
    """Order reads of the same page: both codes read, early decoder, close fit to the sheet."""
    hard = sum(f.decoder != "grey-reduced" for f in read.marks)
    fit = read.registration
    return -len(read.marks), fit is None, hard + (round(fit.residual_mm, 2) if fit else 0.0)
