"""A signed scan is held against the issued paper once; what differs is kept with it and shown."""

from __future__ import annotations

import io
import json
from functools import partial
from typing import TYPE_CHECKING

import pypdf
import pytest
from PIL import Image
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from archive.intake.differences import compare_paper
from archive.registry.paper_states import PaperNotFoundError
from archive.registry.scans import PageState
from archive.store import paper_object
from docgen.workspace.intake.comparing import NotSignedYetError, compare, compare_all, not_compared
from docgen.workspace.intake.deciding import NotAssignableError
from docgen.workspace.intake.desk_items import DIFFERENT
from docgen.workspace.intake.desk_views import decided, view
from docgen.workspace.intake.leisure import Leisure

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docgen.workspace import Workspace
    from docgen.workspace.papers.reports import MakeReport
    from tests.conftest import Hands


@pytest.fixture
def workspace(office: Path, open_office: Callable[[Path], Workspace]) -> Workspace:
    return open_office(office)


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw the scans here: what the child does is under test elsewhere, and starting one costs a second."""
    monkeypatch.setattr("docgen.workspace.intake.comparing.compare_paper", partial(compare_paper, is_guarded=False))


def scribbled(report: MakeReport) -> None:
    """Have somebody write over the first line of the first page of the stack before it is scanned."""
    assert report.stack is not None
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(210 * mm, 297 * mm))
    canvas.setLineWidth(0.5 * mm)
    for step in range(40):
        x = 60 + step
        canvas.line(x * mm, 262 * mm, (x + 1) * mm, (256 if step % 2 else 268) * mm)
    canvas.save()
    writer = pypdf.PdfWriter(clone_from=report.stack)
    writer.pages[0].merge_page(pypdf.PdfReader(target).pages[0])
    writer.write(report.stack)


def test_a_page_that_was_written_over_is_shown_and_an_untouched_paper_is_not(
    workspace: Workspace, hands_of: Callable[[Workspace], Hands]
) -> None:
    hands = hands_of(workspace)
    report = hands.make(["A8"], "罗小山", "罗小水")
    first, second = report.made
    with pytest.raises(NotSignedYetError):
        compare(workspace, first.number)
    scribbled(report)
    filed = hands.file("签字.pdf", hands.scan(report, dpi=150))
    assert len(filed.filed) == 2
    (spoilt,) = compare(workspace, first.number)
    assert spoilt.is_new
    assert spoilt.differences
    assert {d.page for d in spoilt.differences} == {1}
    assert all(25 < d.y + d.height / 2 < 45 and 50 < d.x + d.width / 2 < 110 for d in spoilt.differences)
    for d in spoilt.differences:
        with Image.open(workspace.folder / d.picture) as picture:
            assert picture.format == "JPEG"
        assert first.subject not in d.picture
    assert "对照纸质原件" in spoilt.summary
    (whole,) = compare(workspace, second.uid)
    assert whole.differences == ()
    assert "与签发时一致" in whole.summary
    # once for each scan, and the archive knows the result
    again = compare(workspace, first.number)
    assert [c.is_new for c in again] == [False]
    assert again[0].differences == spoilt.differences
    assert compare_all(workspace) == ()
    assert workspace.checking.check().problems == ()
    kept = [p for p in workspace.store.paths(paper_object(first.uid)) if p.startswith("compared-")]
    assert sum(p.endswith(".json") for p in kept) == 1
    (name,) = (p for p in kept if p.endswith(".json"))
    assert json.loads(workspace.store.read(paper_object(first.uid), name))["format"] == 1


@pytest.mark.usefixtures("in_this_process")
def test_at_leisure_what_was_filed_is_compared_and_what_differs_lies_on_the_desk_for_a_person(
    workspace: Workspace, hands_of: Callable[[Workspace], Hands]
) -> None:
    hands = hands_of(workspace)
    report = hands.make(["A8"], "罗小山", "罗小水")
    scribbled(report)
    hands.file("签字.pdf", hands.scan(report, dpi=150))
    assert len(not_compared(workspace)) == 2, "filing does not wait for it"
    assert workspace.filing.desk() == ()
    leisure = Leisure(workspace)
    told = [event for _ in range(3) for event in leisure.spend()]
    assert not_compared(workspace) == ()
    assert [event.is_trouble for event in told] == [True]
    assert report.made[0].number in told[0].sentence
    (item,) = workspace.filing.desk()
    assert item.code == "differs-from-issued"
    assert report.made[0].number in item.reason
    seen = view(workspace, int(item.uid))
    assert seen.crops
    assert seen.item.picture
    assert seen.commands == (f"docgen intake differences {report.made[0].number}", f"docgen intake discard {item.uid}")
    with pytest.raises(NotAssignableError):
        workspace.deciding.assign(int(item.uid), report.made[1].number, page=1)
    # seen to, and taken back: the filing is not touched by either
    before = pages_filed(workspace)
    assert "归档的扫描件不变" in workspace.deciding.discard(int(item.uid), reason="当事人当场更正").sentence
    assert workspace.filing.desk() == ()
    assert pages_filed(workspace) == before
    assert [row.resolution for row in decided(workspace)] == ["已核对改动"]
    workspace.deciding.undo(int(item.uid))
    assert [row.code for row in workspace.filing.desk()] == [DIFFERENT]
    assert pages_filed(workspace) == before
    assert workspace.checking.check().problems == ()


def pages_filed(workspace: Workspace) -> list[tuple[str, int]]:
    with workspace.registry.read() as tx:
        return [
            (stack.sha256, page.page_index)
            for stack in tx.scans.stacks()
            for page in tx.scans.pages(stack.sha256)
            if page.state is PageState.FILED
        ]


@pytest.mark.usefixtures("in_this_process")
def test_a_scan_that_cannot_be_compared_is_said_once_and_the_watch_goes_on(
    workspace: Workspace, hands_of: Callable[[Workspace], Hands], monkeypatch: pytest.MonkeyPatch
) -> None:
    hands = hands_of(workspace)
    hands.sign(hands.make(["A8"], "罗小山", "罗小水"))

    def broken(*_: object) -> None:
        raise ValueError

    with monkeypatch.context() as patch:
        patch.setattr("docgen.workspace.intake.comparing.compare_paper", broken)
        leisure = Leisure(workspace)
        told = [event.sentence for _ in range(4) for event in leisure.spend()]
    assert len(told) == 2
    assert all("人工核对" in sentence for sentence in told)
    assert [event for _ in range(2) for event in Leisure(workspace).spend()] == []
    assert not_compared(workspace) == ()


@pytest.mark.usefixtures("in_this_process")
def test_what_a_crash_left_half_compared_is_compared_again(
    workspace: Workspace, hands_of: Callable[[Workspace], Hands], monkeypatch: pytest.MonkeyPatch
) -> None:
    hands = hands_of(workspace)
    report = hands.make(["A8"], "罗小山")
    scribbled(report)
    hands.file("签字.pdf", hands.scan(report, dpi=150))

    class PowerCutError(Exception):
        pass

    def cut(*_: object) -> None:
        raise PowerCutError

    with monkeypatch.context() as patch:
        patch.setattr("docgen.workspace.intake.comparing.put_different", cut)
        with pytest.raises(PowerCutError):
            compare_all(workspace)
    (found,) = compare_all(workspace)
    assert found.is_new
    assert found.differences
    assert [row.code for row in workspace.filing.desk()] == [DIFFERENT]
    assert workspace.checking.check().problems == ()


@pytest.mark.usefixtures("in_this_process")
def test_everything_not_yet_compared_is_done_in_one_go(
    workspace: Workspace, hands_of: Callable[[Workspace], Hands]
) -> None:
    hands = hands_of(workspace)
    made = hands.sign(hands.make(["A8"], "罗小山", "罗小水"))
    steps: list[tuple[int, int]] = []
    found = compare_all(workspace, progress=lambda done, of: steps.append((done, of)))
    assert {one.uid for one in found} == {paper.uid for paper in made}
    assert steps == [(1, 2), (2, 2)]
    assert all(one.differences == () for one in found)


def test_a_paper_that_is_not_there_is_said_so(workspace: Workspace) -> None:
    with pytest.raises(PaperNotFoundError):
        compare(workspace, "洗民听意〔2026〕999号")
