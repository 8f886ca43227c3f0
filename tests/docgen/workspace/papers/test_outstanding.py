"""What was printed and has not come back: by village and days, on a list for the village; printed again by number."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pypdfium2
import pytest

from archive.registry.paper_states import PaperNotFoundError
from docgen.workspace import Workspace
from docgen.workspace.papers.outstanding import print_reminders
from docgen.workspace.papers.reprinting import NotReprintableError

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.workspace.papers.reports import PaperRow
    from tests.conftest import Hands


def text_of(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path)
    return ["".join(page.get_textpage().get_text_bounded().split()) for page in document]


def later(workspace: Workspace, days: int) -> Workspace:
    """Open the same office some days later."""
    now = workspace.now + timedelta(days=days)
    return Workspace.open(workspace.folder, clock=lambda: now)


def names(rows: tuple[PaperRow, ...]) -> list[str]:
    return [f"{row.village} {row.subject} {row.form_code} {row.days}" for row in rows]


def test_the_list_goes_by_village_and_then_by_days(hands: Hands, workspace: Workspace) -> None:
    hands.make(["A8"], "周浩然", "罗小水")
    with later(workspace, 10) as second:
        second.papers.make(["A8"], children=[hands.uid("吉克·阿牛")])
    with later(workspace, 15) as third:
        rows = third.papers.outstanding()
        assert names(rows) == ["大坝村 周浩然 A8 15", "平山村 罗小水 A8 15", "平山村 吉克·阿牛 A8 5"]
        assert names(third.papers.outstanding(village="平山村", days=14)) == ["平山村 罗小水 A8 15"]
        assert names(third.papers.outstanding(days=16)) == []


def test_each_village_gets_a_reminder_of_its_own_without_numbers_of_persons(hands: Hands, workspace: Workspace) -> None:
    made = hands.make(["A8"], "周浩然", "罗小水").made
    with later(workspace, 15) as after:
        path, left_out = print_reminders(after, after.papers.outstanding())
    assert path is not None
    assert left_out == 0
    assert path.parent == workspace.folder / "out"
    assert "周浩然" not in path.name
    pages = text_of(path)
    front = [page for page in pages if page]
    assert len(front) == 2
    assert pages.index(front[1]) % 2 == 0, "each village begins on a front side"
    for page, inside, outside, paper in zip(front, ("周浩然", "罗小水"), ("罗小水", "周浩然"), made, strict=True):
        assert "签字件催收单" in page
        assert inside in page
        assert outside not in page
        assert paper.number.replace(" ", "") in page
        assert "15" in page
    with workspace.registry.read() as tx:
        numbers = [str(r.child.person.id_number) for r in tx.people.all()]
    assert not any(number in page for number in numbers for page in pages)


def test_papers_of_cases_are_not_on_a_list_that_goes_from_hand_to_hand(hands: Hands, workspace: Workspace) -> None:
    hands.make(["A8"], "罗小水")
    rows = workspace.papers.outstanding()
    secret = type(rows[0])(**{**rows[0].as_json(), "form_code": "D5"})
    path, left_out = print_reminders(workspace, [secret, *rows])
    assert path is not None
    assert left_out == 1
    assert print_reminders(workspace, [secret]) == (None, 1)


def test_rosters_and_papers_of_the_office_are_listed_but_not_sent_to_the_village(
    hands: Hands, workspace: Workspace
) -> None:
    hands.make(["A8"], "罗小水")
    workspace.papers.make(["B1"], village="平山村")
    workspace.papers.make(["B4"], persons=["王桂花"])
    rows = workspace.papers.outstanding(village="平山村")
    assert {(row.form_code, row.subject) for row in rows} == {("A8", "罗小水"), ("B1", "—"), ("B4", "王桂花")}
    path, left_out = print_reminders(workspace, rows)
    assert path is not None
    assert left_out == 1
    (front,) = (page for page in text_of(path) if page)
    assert "罗小水" in front
    assert "王桂花" in front
    assert next(row.title for row in rows if row.form_code == "B1") not in front
    assert "共2份" in front
    assert [p.name for p in path.parent.glob("*.part")] == []


def test_a_paper_is_printed_again_by_its_number_and_nothing_else_changes(hands: Hands, workspace: Workspace) -> None:
    (made,) = hands.make(["A5"], "罗小山").made
    with workspace.registry.read() as tx:
        before = tx.papers.version(made.uid, 1)
    report = workspace.papers.reprint([made.number or made.uid])
    assert [(p.uid, p.number, p.version, p.copies) for p in report.made] == [
        (made.uid, made.number, made.version, made.copies)
    ]
    with workspace.registry.read() as tx:
        after = tx.papers.version(made.uid, 1)
        acts = [row.action for row in tx.audit.rows(subject=made.uid)]
    assert (after.prints, after.mark_id, after.digests) == (before.prints + 1, before.mark_id, before.digests)
    assert acts[-1] == "paper.reprint"
    assert len(tx_papers(workspace)) == 1
    filed = hands.file("补打的.pdf", hands.scan(report))
    assert [p.uid for p in filed.filed] == [made.uid], "a paper printed again comes back like the first"


def tx_papers(workspace: Workspace) -> list[str]:
    with workspace.registry.read() as tx:
        return [paper.uid for paper in tx.papers.all()]


def test_what_is_void_or_has_come_back_is_not_printed_again(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A8"], "罗小山", "罗小水")
    one, two = report.made
    hands.file("0001.pdf", hands.scan(report, hands.sides(report)[0][0]))
    workspace.papers.void(two.number or two.uid, reason="写错了")
    for paper in (one, two):
        with pytest.raises(NotReprintableError):
            workspace.papers.reprint([paper.number or paper.uid])
    with pytest.raises(PaperNotFoundError):
        workspace.papers.reprint(["洗民评估〔2020〕99号"])
