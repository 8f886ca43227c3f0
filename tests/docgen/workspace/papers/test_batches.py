"""Large batches: stacks of bounded size, broken off and gone on with, a child that fails left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pypdf
import pytest

from bench.tagged import read_tagged
from docgen.engine.press import LaidPaper, MissingGlyphError
from docgen.workspace.papers import making
from docgen.workspace.papers.printing import print_stack

if TYPE_CHECKING:
    from docgen.engine.render import Rendered
    from docgen.workspace import Workspace
    from docgen.workspace.papers.reports import MakeReport

HEARD = {"询问时间": "2026-03-10", "能否表达意愿": "是", "儿童原话": "我愿意。", "态度": "同意"}
"""Answers of A8."""


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    """Let a stack hold two papers."""
    monkeypatch.setattr(making, "PAPERS_PER_STACK", 2)
    return 2


def make(workspace: Workspace, *, stop_at: int = 0) -> MakeReport:
    def progress(done: int, _: int) -> None:
        if stop_at and done == stop_at:
            raise KeyboardInterrupt

    return workspace.papers.make(["A8"], village="平山村", typed=HEARD, progress=progress)


def test_a_large_batch_is_printed_in_stacks_of_bounded_size(
    workspace: Workspace, small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []

    def counted(ws: Workspace, issued: list[object], *rest: object) -> object:
        sizes.append(len(issued))
        return print_stack(ws, issued, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("docgen.workspace.papers.printing.print_stack", counted)
    report = make(workspace)
    stacks = [report.stack, *(stack for stack, _ in report.more_stacks)]
    assert len(report.made) > 2 * small
    assert sum(sizes) == len(report.made)
    assert max(sizes) == small
    assert len(stacks) == len(sizes)
    assert sum(len(pypdf.PdfReader(stack).pages) for stack in stacks if stack) == report.sheets
    assert all(read_tagged(stack.read_bytes()).faults == [] for stack in stacks if stack)
    assert [str(stack.name).count("册") for stack in stacks if stack] == [1] * len(stacks)
    assert report.as_json()["more_stacks"][0]["stack"]


def test_a_batch_that_is_broken_off_goes_on_where_it_stopped(workspace: Workspace, small: int) -> None:
    whole = len(make_dry(workspace))
    with pytest.raises(KeyboardInterrupt):
        make(workspace, stop_at=3)
    assert not list((workspace.folder / "work").glob("*.part"))
    assert len(list((workspace.folder / "out").glob("*.pdf"))) == 1
    rest = make(workspace)
    assert len(rest.skipped) == small  # the stack that was finished
    assert len(rest.made) == whole - small  # the one that was issued, and those that were not
    assert make(workspace).made == ()
    with workspace.registry.read() as tx:
        assert {tx.papers.version(paper.uid, 1).prints for paper in tx.papers.all()} == {1}


def make_dry(workspace: Workspace) -> tuple[object, ...]:
    return workspace.papers.make(["A8"], village="平山村", typed=HEARD, dry_run=True).made


@pytest.mark.usefixtures("small")
def test_a_child_whose_paper_cannot_be_made_is_named_and_the_others_are_printed(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = len(make_dry(workspace))
    lay_out, calls = workspace.press.lay_out_rendered, [0]

    def failing(rendered: Rendered, *, name: str) -> LaidPaper:
        calls[0] += 1
        if calls[0] == 2:
            raise MissingGlyphError(name, missing={"龘": "龘"})
        return lay_out(rendered, name=name)

    with monkeypatch.context() as patch:
        patch.setattr(workspace.press, "lay_out_rendered", failing)
        report = make(workspace)
    assert len(report.made) == whole - 1
    (failed,) = report.failed
    assert failed.subject
    assert [problem.code for problem in failed.problems] == [MissingGlyphError.code]
    again = make(workspace)
    assert [made.subject for made in again.made] == [failed.subject]
    assert len(again.skipped) == whole - 1
