"""Sorting a stack: whatever is done to the pages, each comes back in exactly one place."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.intake.marks import FoundMark, PageRead
from archive.intake.stack import IssuedPaper, PaperState, SortedStack, StrangerReason, sort_stack
from forms.marks import PageMark, mark_id_from

CORNERS = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def read_of(index: int, *marks: PageMark, codes: int = 2, decoder: str = "grey-reduced", turns: int = 0) -> PageRead:
    found = tuple(
        FoundMark(mark=mark, corners=CORNERS, decoder=decoder) for mark in marks for _ in range(codes // len(marks))
    )
    return PageRead(scan="f" * 64, index=index, width=1654, height=2339, marks=found, turns=turns)


def renumbered(reads: list[PageRead]) -> list[PageRead]:
    return [replace(read, index=index) for index, read in enumerate(reads)]


def all_indices(stack: SortedStack) -> list[int]:
    kept = [r.index for p in stack.papers for r in (*p.pages, *p.repeated, *(r for c in p.copies for r in c))]
    return sorted(kept + [s.read.index for s in stack.strangers] + [b.index for b in stack.blanks])


@st.composite
def mutated_stacks(draw: st.DrawFn) -> tuple[dict[str, IssuedPaper], list[PageRead], dict[str, dict[int, int]]]:
    """A printed stack with pages dropped, doubled, turned and shuffled; the truth as counts per page."""
    rng = random.Random(draw(st.integers(0, 2**32)))
    sizes = draw(st.lists(st.integers(1, 6), min_size=1, max_size=8))
    issued: dict[str, IssuedPaper] = {}
    truth: dict[str, dict[int, int]] = {}
    reads: list[PageRead] = []
    for number, size in enumerate(sizes):
        name = mark_id_from(number * 1_000_003 + 17)
        issued[name] = IssuedPaper(mark_id=name, pages=size)
        counts = {page: draw(st.sampled_from([0, 1, 1, 1, 2, 3])) for page in range(1, size + 1)}
        truth[name] = counts
        for page, times in counts.items():
            mark = PageMark(mark_id=name, page=page, pages=size)
            for _ in range(times):
                codes, decoder = rng.choice([(2, "grey-reduced"), (1, "bright-full")])
                reads.append(read_of(0, mark, codes=codes, decoder=decoder, turns=rng.randrange(4)))
    reads += (
        [replace(read_of(0, reads[0].marks[0].mark), marks=()) for _ in range(draw(st.integers(0, 3)))] if reads else []
    )
    rng.shuffle(reads)
    return issued, renumbered(reads), truth


@given(mutated_stacks())
def test_any_shuffling_turning_doubling_and_dropping_gives_exactly_the_right_papers(
    case: tuple[dict[str, IssuedPaper], list[PageRead], dict[str, dict[int, int]]],
) -> None:
    issued, reads, truth = case
    stack = sort_stack(reads, issued.get)
    assert all_indices(stack) == list(range(len(reads)))
    assert {p.mark_id for p in stack.papers} == {name for name, counts in truth.items() if any(counts.values())}
    for paper in stack.papers:
        counts = truth[paper.mark_id]
        assert [r.mark.page for r in paper.pages if r.mark] == [n for n, times in counts.items() if times]
        assert paper.missing == tuple(n for n, times in counts.items() if not times)
        assert paper.is_complete == all(counts.values())
        doubled = [r.mark.page for r in paper.repeated if r.mark] + [
            r.mark.page for copy in paper.copies for r in copy if r.mark
        ]
        assert sorted(doubled) == sorted(n for n, times in counts.items() for _ in range(times - 1))
        for copy in paper.copies:
            assert [r.mark.page for r in copy if r.mark] == list(range(1, paper.issued.pages + 1))
        for best in paper.pages:
            rivals = [r for r in reads if r.mark == best.mark]
            if not paper.copies:
                assert len(best.marks) == max(len(r.marks) for r in rivals)


def test_whole_copies_keep_their_own_pages_together() -> None:
    name = mark_id_from(5)
    one, two = (PageMark(mark_id=name, page=page, pages=2) for page in (1, 2))
    reads = renumbered(
        [read_of(0, one), read_of(0, two, codes=1, decoder="bright-full"), read_of(0, one), read_of(0, two)]
    )
    (paper,) = sort_stack(reads, {name: IssuedPaper(mark_id=name, pages=2)}.get).papers
    assert [r.index for r in paper.pages] == [2, 3]
    assert [[r.index for r in copy] for copy in paper.copies] == [[0, 1]]
    assert paper.repeated == ()


def test_pages_of_two_scans_a_week_apart_make_one_paper() -> None:
    name = mark_id_from(8)
    first = read_of(0, PageMark(mark_id=name, page=1, pages=2))
    later = replace(read_of(0, PageMark(mark_id=name, page=2, pages=2)), scan="e" * 64)
    (paper,) = sort_stack([later, first], {name: IssuedPaper(mark_id=name, pages=2)}.get).papers
    assert paper.is_complete
    assert [r.scan[0] for r in paper.pages] == ["f", "e"]


MARK = PageMark(mark_id=mark_id_from(1), page=1, pages=1)
OTHER = PageMark(mark_id=mark_id_from(2), page=1, pages=1)


@pytest.mark.parametrize(
    ("read", "issued", "reason"),
    [
        (replace(read_of(0, MARK), marks=()), None, StrangerReason.NO_MARK),
        (replace(read_of(0, MARK), marks=(), alien_codes=1), None, StrangerReason.FOREIGN_OFFICE),
        (
            replace(read_of(0, MARK), is_readable=False),
            IssuedPaper(mark_id=MARK.mark_id, pages=1),
            StrangerReason.UNREADABLE,
        ),
        (replace(read_of(0, MARK), is_whole=False), IssuedPaper(mark_id=MARK.mark_id, pages=1), StrangerReason.CUT_OFF),
        (read_of(0, MARK, OTHER), IssuedPaper(mark_id=MARK.mark_id, pages=1), StrangerReason.TWO_MARKS),
        (
            replace(read_of(0, MARK), alien_codes=1),
            IssuedPaper(mark_id=MARK.mark_id, pages=1),
            StrangerReason.TWO_MARKS,
        ),
        (read_of(0, MARK), None, StrangerReason.UNKNOWN_MARK),
        (read_of(0, MARK), IssuedPaper(mark_id=MARK.mark_id, pages=2), StrangerReason.PAGE_COUNT),
        (
            read_of(0, MARK),
            IssuedPaper(mark_id=MARK.mark_id, pages=1, state=PaperState.REPLACED),
            StrangerReason.OLD_VERSION,
        ),
        (read_of(0, MARK), IssuedPaper(mark_id=MARK.mark_id, pages=1, state=PaperState.VOID), StrangerReason.VOID),
    ],
)
def test_a_page_no_paper_can_claim_goes_to_the_desk_with_its_reason(
    read: PageRead, issued: IssuedPaper | None, reason: StrangerReason
) -> None:
    stack = sort_stack([read], lambda _: issued)
    assert stack.papers == ()
    assert [(s.read, s.reason) for s in stack.strangers] == [(read, reason)]
    assert stack.strangers[0].message.endswith("。")


def test_a_blank_back_is_neither_paper_nor_stranger() -> None:
    blank = replace(read_of(3, MARK), marks=(), is_blank=True)
    assert sort_stack([blank], lambda _: None) == SortedStack(blanks=(blank,))


def test_every_reason_has_a_sentence_that_says_what_to_do() -> None:
    for reason in StrangerReason:
        assert reason.label.endswith("。")
        assert reason.label.count("。") >= 2
