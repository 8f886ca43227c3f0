"""Papers about elders and families, copies that leave something out, an assessment for several children."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pypdfium2
import pytest

from archive.store import paper_object
from docgen.workspace.people.choosing import PersonNotFoundError
from docgen.workspace.people.gathering import facts_of_child, facts_of_village
from forms.cases.facts import as_rows
from forms.values.names_and_numbers import id_check_character

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from docgen.workspace import Workspace
    from docgen.workspace.papers.reports import MakeReport
    from tests.conftest import Hands

ELDER = {"老人姓名": "石老根", "老人公民身份号码": "", "现住地（村组）": "平山村一组"}


def number_of(workspace: Workspace, name: str) -> str:
    with workspace.registry.read() as tx:
        (person,) = tx.people.persons(name)
    return str(person.id_number)


def text_of(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]


def made(report: MakeReport) -> str:
    assert report.failed == (), [str(p) for f in report.failed for p in f.problems]
    return report.made[0].uid


def test_an_elder_the_register_knows_is_prefilled_and_filed_as_a_person(workspace: Workspace) -> None:
    uid = made(workspace.papers.make(["B4"], persons=["王桂花"]))
    with workspace.registry.read() as tx:
        record = tx.papers.get(uid)
        values = tx.papers.version(uid, 1).values
        (person,) = tx.people.persons("王桂花")
        village = tx.units.get(record.village_uid)
    assert record.child_uid == ""
    assert record.carer_uid == person.uid
    assert village.short == "平山村"
    assert values["elder_id_number"] == person.id_number
    children = {str(row["name"]) for row in as_rows(values["grandchildren_refs"])}
    assert "罗小水" in children


def test_an_elder_nobody_knows_is_entered_and_known_again(workspace: Workspace) -> None:
    first = "52279919500102051"
    typed = {**ELDER, "老人公民身份号码": first + id_check_character(first)}
    uid = made(workspace.papers.make(["B4"], village="平山村", typed=typed))
    with workspace.registry.read() as tx:
        (person,) = tx.people.persons("石老根")
        assert tx.papers.get(uid).carer_uid == person.uid
    again = workspace.papers.make(["B4"], village="平山村", typed=typed)
    assert (again.made, len(again.skipped)) == ((), 1)
    assert workspace.people.listing() == tuple(row for row in workspace.people.listing() if row.name != "石老根")


def test_nobody_of_that_name_is_said_so(workspace: Workspace) -> None:
    with pytest.raises(PersonNotFoundError, match="不存在的人"):
        workspace.papers.make(["B4"], persons=["不存在的人"])


def test_a_paper_about_a_person_is_not_printed_twice(workspace: Workspace) -> None:
    made(workspace.papers.make(["B4"], persons=["王桂花"]))
    again = workspace.papers.make(["B4"], persons=["王桂花"])
    assert again.made == ()
    assert len(again.skipped) == 1


def test_the_elders_roster_lists_the_registrations_of_the_village(workspace: Workspace) -> None:
    made(workspace.papers.make(["B4"], persons=["王桂花"]))
    uid = made(workspace.papers.make(["B3"], village="平山村"))
    with workspace.registry.read() as tx:
        values = tx.papers.version(uid, 1).values
    assert values["total"] == 1
    (row,) = as_rows(values["rows"])
    assert (str(row["elder_name"]), row["remark"]) == ("王桂花", "登记表待签")


def test_a_weak_elder_is_noted_on_the_side_of_the_child(hands: Hands, workspace: Workspace) -> None:
    report = workspace.papers.make(["B4"], persons=["王桂花"], typed={"自理能力": "部分自理"})
    assert made(report)
    hands.sign(report)
    found = hands.make(["A5"], "罗小山", dry_run=True)
    assert "WRN-05" in {p.code for p in found.made[0].problems}


def test_copies_for_other_offices_leave_out_what_they_do_not_need(workspace: Workspace) -> None:
    report = workspace.papers.make(["B1"], village="平山村")
    uid = made(report)
    paths = workspace.store.paths(paper_object(uid))
    assert {"issued-v1.pdf", "issued-v1-education.pdf", "issued-v1-police.pdf"} <= set(paths)
    assert not any("civil_affairs" in path for path in paths)
    carer = number_of(workspace, "王桂花")
    whole = "".join(text_of(workspace.store.read(paper_object(uid), "issued-v1.pdf")))
    shown = "".join(text_of(workspace.store.read(paper_object(uid), "issued-v1-education.pdf")))
    assert carer[:6] in whole.replace("\r\n", "")
    assert "（略）" in shown
    assert "（略）" not in whole
    assert carer not in "".join(shown.split())
    assert carer in "".join(whole.split())


def test_the_copies_sent_on_lie_last_in_the_stack_and_carry_no_marks(workspace: Workspace) -> None:
    report = workspace.papers.make(["B1"], village="平山村")
    assert report.stack is not None
    pages = text_of(report.stack.read_bytes())
    labelled = [k for k, page in enumerate(pages) if "复制件" in page]
    assert len(labelled) == 2
    assert labelled[-1] == len(pages) - 1
    assert min(labelled) > max(k for k, page in enumerate(pages) if "第 2 份，共 2 份" in page)


def test_a_reprint_prints_the_same_copies(workspace: Workspace) -> None:
    first = workspace.papers.make(["B1"], village="平山村")
    second = workspace.papers.make(["B1"], village="平山村", reprint=True)
    assert first.stack is not None
    assert second.stack is not None
    # a reader of PDF may part the cells otherwise; what is printed on each page is the same
    shown = [[sorted("".join(page.split())) for page in text_of(s.stack.read_bytes())] for s in (first, second)]  # type: ignore[union-attr]
    assert shown[0] == shown[1]


def test_one_assessment_counts_for_every_child_it_lists(
    hands: Hands, workspace: Workspace, assessed: Mapping[str, str]
) -> None:
    report = hands.make(["A5"], "罗小山", typed=assessed)
    hands.sign(report)
    with workspace.registry.read() as tx:
        known = {
            name: facts_of_child(tx, tx.people.get(hands.uid(name)), workspace.settings)
            for name in ("罗小山", "罗小水", "李思雨")
        }
    carer = known["罗小水"].record.carer.person.uid  # type: ignore[union-attr]
    assert known["罗小山"].done("A5", carer_uid=carer) is not None
    assert known["罗小水"].done("A5", carer_uid=carer) is not None, "a sibling in the same care is on the list"
    assert known["李思雨"].done("A5") is None


def test_a_village_brings_its_own_papers_for_the_rules_of_rosters(workspace: Workspace) -> None:
    made(workspace.papers.make(["B1"], village="平山村"))
    with workspace.registry.read() as tx:
        facts = facts_of_village(tx, tx.units.by_name("平山村"), workspace.settings)
    assert [p.form_code for p in facts.papers] == ["B1"]


def write(path: Path, rows: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(path)
    return path


def test_a_cell_that_holds_no_value_is_named_with_its_row_and_column(
    hands: Hands, workspace: Workspace, tmp_path: Path
) -> None:
    sheet = write(
        tmp_path / "填写.xlsx",
        [
            ["儿童姓名", "被劝诫人身份", "改正期限"],
            ["罗小水", "父", "2026年13月1日"],
            ["吉克·阿牛", "爸", "2026-12-10"],
        ],
    )
    report = workspace.papers.make(
        ["A10"], children=[hands.uid("罗小水"), hands.uid("吉克·阿牛")], values_sheets=[sheet]
    )
    places = [(p.where.row, p.where.column) for f in report.failed for p in f.problems if p.where.sheet]
    assert (2, "改正期限") in places
    assert (3, "被劝诫人身份") in places


def test_a_rule_broken_by_a_cell_names_the_cell(hands: Hands, workspace: Workspace, tmp_path: Path) -> None:
    sheet = write(tmp_path / "填写.xlsx", [["儿童姓名", "被劝诫人身份", "改正期限"], ["罗小水", "父", "2027-06-01"]])
    report = workspace.papers.make(["A10"], children=[hands.uid("罗小水")], values_sheets=[sheet])
    (problem,) = [p for p in report.failed[0].problems if p.code == "A10-LIMIT"]
    assert (problem.where.sheet, problem.where.row, problem.where.column) == ("填写.xlsx", 2, "改正期限")


def test_elders_come_a_row_each_from_a_sheet(workspace: Workspace, tmp_path: Path) -> None:
    sheet = write(
        tmp_path / "老人.xlsx",
        [
            ["老人姓名", "老人公民身份号码", "现住地（村组）", "居住状况"],
            ["王桂花", number_of(workspace, "王桂花"), "平山村一组12号", "与孙辈同住"],
            ["龙玉芬", number_of(workspace, "龙玉芬"), "平山村二组3号", "飞"],
        ],
    )
    report = workspace.papers.make(["B4"], village="平山村", values_sheets=[sheet])
    assert [m.subject for m in report.made] == ["王桂花"]
    assert [(p.where.row, p.where.column) for p in report.failed[0].problems if p.blocking] == [(3, "居住状况")]


def test_cells_of_a_roster_are_typed_by_row_and_found_again(workspace: Workspace, tmp_path: Path) -> None:
    sheet = write(
        tmp_path / "名册.xlsx", [["序号", "姓名", "处置要求", "风险等级"], [1, "杨春花", "尽快登记户口", "极高"]]
    )
    report = workspace.papers.make(["B5c"], village="平山村", values_sheets=[sheet])
    (problem,) = [p for p in report.failed[0].problems if p.blocking]
    assert (problem.where.row, problem.where.column) == (2, "风险等级")
    good = write(tmp_path / "名册2.xlsx", [["序号", "处置要求", "风险等级"], [1, "尽快登记户口", "高"]])
    uid = made(workspace.papers.make(["B5c"], village="平山村", values_sheets=[good]))
    with workspace.registry.read() as tx:
        (row,) = as_rows(tx.papers.version(uid, 1).values["rows"])
    assert (str(row["child_name"]), row["request"]) == ("杨春花", "尽快登记户口")
