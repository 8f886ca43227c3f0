"""People come in from village lists: whole or not at all, the same file twice changes nothing."""

from __future__ import annotations

import hashlib
import io
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook, load_workbook

from archive.registry import Registry, sqlite_url
from docgen.engine.sheets.rejected import DECISION_TITLE, REASON_TITLE
from docgen.workspace.people.desk import PeopleDesk
from docgen.workspace.people.import_report import ImportReport, Outcome
from forms.errors import UnreadableSheetError
from forms.people import Carer, ChildRecord, Parent, Unit
from forms.values.blank import Blank, is_value
from forms.values.enums import UnitKind
from forms.values.names_and_numbers import id_check_character
from tests.docgen.bare_office import BareOffice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD = [
    "姓名",
    "身份证号",
    "出生日期",
    "父亲",
    "父亲电话",
    "母亲",
    "监护人",
    "与儿童关系",
    "监护人电话",
    "监护人身份证号",
    "备注",
]


def number_for(birth: str, serial: str = "001") -> str:
    first = f"522799{birth}{serial}"
    return first + id_check_character(first)


ZHANG = [
    "张小明",
    number_for("20160305"),
    "2016.3.5",
    "张大",
    "19900000011",
    "李二",
    "李桂芳",
    "奶奶",
    "19900000012",
    number_for("19580101", "002"),
    "",
]
SISTER = ["张小红", number_for("20180305", "002"), "2018.3.5", "张大", "", "李二", "李桂芳", "奶奶", "", "", ""]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[BareOffice]:
    folder = tmp_path / "office"
    folder.mkdir()
    with Registry.create(sqlite_url(folder / "registry.db")) as registry:
        with registry.begin() as tx:
            county = tx.units.save(Unit(kind=UnitKind.COUNTY, name="龙里县民政局"))
            town = tx.units.save(Unit(kind=UnitKind.TOWN, name="龙里县洗马镇人民政府", parent_uid=county.uid))
            tx.units.set_owner(town.uid)
        yield BareOffice(folder=folder, registry=registry)


@pytest.fixture
def desk(office: BareOffice) -> PeopleDesk:
    return PeopleDesk(office)


def sheet(path: Path, *rows: list[Any], title: str = "平山村留守儿童名单", head: list[str] = HEAD) -> Path:
    book = Workbook()
    page = book.active
    assert page is not None
    page.append([title])
    page.append(head)
    for row in rows:
        page.append(row)
    book.save(path)
    return path


def changed(row: list[str], **cells: str) -> list[str]:
    return [cells.get(title, value) for title, value in zip(HEAD, row, strict=True)]


def state(office: BareOffice) -> tuple[ChildRecord, ...]:
    with office.registry.read() as tx:
        return tx.people.all()


def only(office: BareOffice, name: str) -> ChildRecord:
    return next(r for r in state(office) if str(r.child.person.name) == name)


def adult(record: ChildRecord, role: str) -> Parent | Carer:
    part = getattr(record, role)
    assert isinstance(part, Parent | Carer)
    return part


def outcomes(report: ImportReport) -> list[tuple[int, Outcome]]:
    return [(r.row, r.outcome) for r in report.rows]


def codes(report: ImportReport, row: int) -> set[str]:
    return {p.code for r in report.rows if r.row == row for p in r.problems}


# the same file, a changed file


def test_the_same_file_twice_changes_nothing(desk: PeopleDesk, office: BareOffice, tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", ZHANG, SISTER)
    first = desk.import_sheet(path)
    before = state(office)
    second = desk.import_sheet(path)
    assert [o for _n, o in outcomes(first)][2:] == [Outcome.NEW, Outcome.NEW]
    assert [o for _n, o in outcomes(second)][2:] == [Outcome.UNCHANGED, Outcome.UNCHANGED]
    assert state(office) == before


def test_another_file_that_says_the_same_changes_nothing(desk: PeopleDesk, office: BareOffice, tmp_path: Path) -> None:
    desk.import_sheet(sheet(tmp_path / "a.xlsx", ZHANG, SISTER))
    before = state(office)
    report = desk.import_sheet(sheet(tmp_path / "b.xlsx", SISTER, ZHANG, title="平山村 2026年第四季度名单"))
    assert {o for _n, o in outcomes(report)[2:]} == {Outcome.UNCHANGED}
    assert state(office) == before


def test_a_changed_row_shows_old_and_new(desk: PeopleDesk, office: BareOffice, tmp_path: Path) -> None:
    desk.import_sheet(sheet(tmp_path / "a.xlsx", ZHANG))
    report = desk.import_sheet(sheet(tmp_path / "b.xlsx", changed(ZHANG, 监护人电话="19900000099")))
    row = report.rows[2]
    assert row.outcome is Outcome.CHANGED
    assert [(c.field, c.old, c.new) for c in row.changes] == [("carer.phones", "19900000012", "19900000099")]
    assert any("19900000012" in line and "19900000099" in line for line in report.lines())
    assert len(state(office)) == 1


def test_an_empty_cell_wipes_nothing_out(desk: PeopleDesk, office: BareOffice, tmp_path: Path) -> None:
    desk.import_sheet(sheet(tmp_path / "a.xlsx", ZHANG))
    before = state(office)
    desk.import_sheet(sheet(tmp_path / "b.xlsx", changed(ZHANG, 监护人电话="", 父亲电话="", 母亲="")))
    assert state(office) == before


def test_a_number_that_was_missing_is_added_to_the_same_child(
    desk: PeopleDesk, office: BareOffice, tmp_path: Path
) -> None:
    desk.import_sheet(sheet(tmp_path / "a.xlsx", changed(ZHANG, 身份证号="")))
    report = desk.import_sheet(sheet(tmp_path / "b.xlsx", ZHANG))
    assert report.rows[2].outcome is Outcome.CHANGED
    assert "child.id_number" in {c.field for c in report.rows[2].changes}
    assert len(state(office)) == 1


def test_a_dry_run_writes_nothing(desk: PeopleDesk, office: BareOffice, tmp_path: Path) -> None:
    report = desk.import_sheet(sheet(tmp_path / "a.xlsx", ZHANG, ["李四", "", "", *[""] * 8]), dry_run=True)
    assert [o for _n, o in outcomes(report)][2:] == [Outcome.NEW, Outcome.REJECTED]
    assert state(office) == ()
    assert not (office.folder / "out").exists()
    with office.registry.read() as tx:
        assert tx.units.of_kind(UnitKind.VILLAGE) == ()


# who is who


def test_a_mother_and_a_grandmother_of_two_children_are_one_person_each(
    desk: PeopleDesk, office: BareOffice, tmp_path: Path
) -> None:
    desk.import_sheet(sheet(tmp_path / "a.xlsx", ZHANG, SISTER))
    first, second = only(office, "张小明"), only(office, "张小红")
    for role in ("father", "mother", "carer"):
        assert adult(first, role).person.uid == adult(second, role).person.uid
    with office.registry.read() as tx:
        assert [r.uid for r in tx.people.siblings(first.uid)] == [second.uid]


def test_people_of_one_name_in_different_families_stay_apart(
    desk: PeopleDesk, office: BareOffice, tmp_path: Path
) -> None:
    other = [
        "王五",
        number_for("20170101"),
        "",
        "张大",
        "19900000051",
        "赵六",
        "李桂芳",
        "姑姑",
        "19900000052",
        number_for("19600101", "004"),
        "",
    ]
    desk.import_sheet(sheet(tmp_path / "a.xlsx", ZHANG, other))
    for role in ("father", "carer"):
        assert adult(only(office, "张小明"), role).person.uid != adult(only(office, "王五"), role).person.uid


def test_telephones_of_one_adult_in_two_rows_are_put_together(
    desk: PeopleDesk, office: BareOffice, tmp_path: Path
) -> None:
    rows = [ZHANG, changed(SISTER, 监护人电话="0854-0000123")]
    desk.import_sheet(sheet(tmp_path / "a.xlsx", *rows))
    phones = adult(only(office, "张小红"), "carer").person.phones
    assert is_value(phones)
    assert [str(p) for p in phones] == ["19900000012", "0854-0000123"]
    before = state(office)
    report = desk.import_sheet(sheet(tmp_path / "b.xlsx", *rows, title="平山村"))
    assert state(office) == before
    assert report.counts[Outcome.CHANGED] == 0


def test_what_two_rows_say_differently_about_one_adult_is_shown_and_the_first_counts(
    desk: PeopleDesk, office: BareOffice, tmp_path: Path
) -> None:
    rows = [ZHANG, changed(SISTER, 监护人身份证号=number_for("19580101", "002"), 监护人电话="19900000012")]
    head = [*HEAD, "监护人健康状况"]
    report = desk.import_sheet(sheet(tmp_path / "a.xlsx", [*rows[0], "良好"], [*rows[1], "高血压"], head=head))
    assert codes(report, 4) == {"adult.differs"}
    assert adult(only(office, "张小红"), "carer").person.health == "良好"


def test_the_same_child_twice_in_a_list_is_taken_once(desk: PeopleDesk, office: BareOffice, tmp_path: Path) -> None:
    report = desk.import_sheet(sheet(tmp_path / "a.xlsx", ZHANG, SISTER, changed(ZHANG, 身份证号="", 备注="重复")))
    assert outcomes(report)[4] == (5, Outcome.REJECTED)
    assert codes(report, 5) >= {"duplicate.in-list"}
    assert len(state(office)) == 2


def test_the_same_child_in_two_villages_waits_for_a_decision(
    desk: PeopleDesk, office: BareOffice, tmp_path: Path
) -> None:
    desk.import_sheet(sheet(tmp_path / "a.xlsx", ZHANG))
    report = desk.import_sheet(sheet(tmp_path / "b.xlsx", ZHANG, title="大坝村名单"))
    assert report.rows[2].outcome is Outcome.REJECTED
    assert codes(report, 3) == {"match.likely"}
    assert len(state(office)) == 1
    head, decided = [*HEAD, DECISION_TITLE], [*ZHANG, "同一人，已迁入"]
    moved = desk.import_sheet(sheet(tmp_path / "c.xlsx", decided, title="大坝村名单", head=head))
    assert [c.field for c in moved.rows[2].changes] == ["child.village"]
    assert len(state(office)) == 1


def test_a_decision_that_it_is_somebody_else_makes_a_second_child(
    desk: PeopleDesk, office: BareOffice, tmp_path: Path
) -> None:
    desk.import_sheet(sheet(tmp_path / "a.xlsx", changed(ZHANG, 身份证号="")))
    twin = changed(
        ZHANG, 身份证号="", 父亲="赵一", 母亲="钱二", 父亲电话="", 监护人电话="", 监护人身份证号="", 监护人="孙三"
    )
    assert codes(desk.import_sheet(sheet(tmp_path / "b.xlsx", twin)), 3) >= {"match.likely"}
    path = sheet(tmp_path / "c.xlsx", [*twin, "另一人"], head=[*HEAD, DECISION_TITLE])
    assert desk.import_sheet(path).rows[2].outcome is Outcome.NEW
    assert len(state(office)) == 2


def test_one_number_never_becomes_two_people(desk: PeopleDesk, office: BareOffice, tmp_path: Path) -> None:
    desk.import_sheet(sheet(tmp_path / "a.xlsx", ZHANG))
    path = sheet(tmp_path / "b.xlsx", [*changed(ZHANG, 姓名="李四"), "另一人"], head=[*HEAD, DECISION_TITLE])
    report = desk.import_sheet(path)
    assert codes(report, 3) == {"match.likely"}
    assert len(state(office)) == 1


def test_a_nickname_does_not_rename_a_child(desk: PeopleDesk, office: BareOffice, tmp_path: Path) -> None:
    desk.import_sheet(sheet(tmp_path / "a.xlsx", changed(ZHANG, 姓名="张小明（小名：狗娃）")))
    report = desk.import_sheet(sheet(tmp_path / "b.xlsx", changed(ZHANG, 姓名="狗娃")))
    assert codes(report, 3) == {"name.alias"}
    assert str(state(office)[0].child.person.name) == "张小明"


def test_a_number_of_somebody_else_is_not_given_to_an_adult(
    desk: PeopleDesk, office: BareOffice, tmp_path: Path
) -> None:
    own = changed(ZHANG, 监护人身份证号=number_for("20160305"))
    report = desk.import_sheet(sheet(tmp_path / "a.xlsx", own))
    assert codes(report, 3) == {"id-number.of-another"}
    assert adult(only(office, "张小明"), "carer").person.id_number is Blank.NOT_COLLECTED
    stolen = changed(SISTER, 父亲="周八", 母亲="吴九", 监护人="郑十", 监护人身份证号=number_for("20160305"))
    report = desk.import_sheet(sheet(tmp_path / "b.xlsx", stolen))
    assert codes(report, 3) == {"id-number.of-another"}
    assert str(only(office, "张小明").child.person.id_number) == number_for("20160305")


# villages


def test_a_village_the_list_names_is_added_and_said(desk: PeopleDesk, office: BareOffice, tmp_path: Path) -> None:
    report = desk.import_sheet(sheet(tmp_path / "a.xlsx", ZHANG))
    assert report.new_villages == ("洗马镇平山村村民委员会",)
    with office.registry.read() as tx:
        (village,) = tx.units.of_kind(UnitKind.VILLAGE)
        assert (village.short, village.parent_uid) == ("平山村", tx.units.owner().uid)
    assert desk.import_sheet(sheet(tmp_path / "b.xlsx", SISTER)).new_villages == ()


def test_a_village_known_by_its_full_name_is_found(desk: PeopleDesk, office: BareOffice, tmp_path: Path) -> None:
    with office.registry.begin() as tx:
        tx.units.save(Unit(kind=UnitKind.VILLAGE, name="龙里县洗马镇平山村民委员会"))
    assert desk.import_sheet(sheet(tmp_path / "a.xlsx", ZHANG)).new_villages == ()


def test_rows_may_name_their_villages(desk: PeopleDesk, tmp_path: Path) -> None:
    head = [*HEAD, "所在村"]
    path = sheet(tmp_path / "a.xlsx", [*ZHANG, "平山村"], [*SISTER, "大新社区"], title="洗马镇名单", head=head)
    report = desk.import_sheet(path)
    assert report.new_villages == ("洗马镇平山村村民委员会", "洗马镇大新社区居民委员会")


def test_without_a_village_nothing_is_taken_until_one_is_named(desk: PeopleDesk, tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", ZHANG, title="留守儿童名单")
    assert codes(desk.import_sheet(path), 3) == {"village.missing"}
    assert codes(desk.import_sheet(path, village="那边"), 3) == {"village.unknown"}
    assert desk.import_sheet(path, village="平山村").rows[2].outcome is Outcome.NEW


def test_a_village_that_differs_from_the_title_is_said(desk: PeopleDesk, tmp_path: Path) -> None:
    report = desk.import_sheet(sheet(tmp_path / "a.xlsx", ZHANG), village="大坝村")
    assert [p.code for p in report.sheets[0].problems] == ["village.differs"]
    assert report.new_villages == ("洗马镇大坝村村民委员会",)


# what is not taken


def test_rows_not_taken_go_into_a_copy_that_can_be_corrected_and_imported(
    desk: PeopleDesk, office: BareOffice, tmp_path: Path
) -> None:
    wrong = changed(SISTER, 身份证号=number_for("20180305", "002")[:-1] + "?", 监护人电话="123456")
    report = desk.import_sheet(sheet(tmp_path / "平山村张小红.xlsx", ZHANG, wrong))
    assert report.rejected_file is not None
    assert report.rejected_file.parent == office.folder / "out"
    assert "张" not in report.rejected_file.name
    book = load_workbook(report.rejected_file)
    page = book.worksheets[0]
    assert [c.value for c in page[2]][-2:] == [REASON_TITLE, DECISION_TITLE]
    assert page["B4"].comment is not None
    assert page["I4"].comment is not None
    assert page["L3"].value is None
    assert "？" in str(page["L4"].value) or "?" in str(page["L4"].value)
    page["B4"], page["I4"] = SISTER[1], "19900000013"
    book.save(report.rejected_file)
    again = desk.import_sheet(report.rejected_file)
    assert [o for _n, o in outcomes(again)][2:] == [Outcome.UNCHANGED, Outcome.NEW]


def test_a_contradiction_is_taken_when_a_second_person_wrote_why(
    desk: PeopleDesk, office: BareOffice, tmp_path: Path
) -> None:
    odd = changed(ZHANG, 出生日期="2016.3.6")
    report = desk.import_sheet(sheet(tmp_path / "a.xlsx", odd))
    assert report.rows[2].outcome is Outcome.REJECTED
    assert report.rejected_file is not None
    book = load_workbook(report.rejected_file)
    book.worksheets[0]["M3"] = "户口簿登记如此，杨国平核实"
    book.save(report.rejected_file)
    assert desk.import_sheet(report.rejected_file).rows[2].outcome is Outcome.NEW
    assert only(office, "张小明").child.person.birth == date(2016, 3, 6)


def test_counts_add_up_to_all_rows(desk: PeopleDesk, tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", ZHANG, [], ["李四"], SISTER, ["合计", "", "3人"])
    report = desk.import_sheet(path)
    assert sum(report.counts.values()) == len(report.rows) == 7
    assert [r.row for r in report.rows] == list(range(1, 8))
    assert report.counts[Outcome.REJECTED] == 1
    assert "共 7 行" in report.summary


def test_progress_ends_with_all_rows(desk: PeopleDesk, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    desk.import_sheet(sheet(tmp_path / "a.xlsx", ZHANG), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_a_file_without_a_heading_is_refused(desk: PeopleDesk, office: BareOffice, tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", ["a", "b"], head=["甲", "乙", "丙"])
    with pytest.raises(UnreadableSheetError):
        desk.import_sheet(path)
    assert state(office) == ()


def test_a_failure_in_the_middle_leaves_nothing_behind(
    desk: PeopleDesk, office: BareOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from docgen.workspace.people.importing import Import

    def break_down(*_args: object) -> None:
        raise ConnectionAbortedError

    monkeypatch.setattr(Import, "_remember", break_down)
    with pytest.raises(ConnectionAbortedError):
        desk.import_sheet(sheet(tmp_path / "a.xlsx", ZHANG, SISTER))
    assert state(office) == ()


def test_the_act_is_recorded_without_personal_data(desk: PeopleDesk, office: BareOffice, tmp_path: Path) -> None:
    path = sheet(tmp_path / "张小明.xlsx", ZHANG)
    desk.import_sheet(path)
    with office.registry.read() as tx:
        (row,) = [r for r in tx.audit.rows() if r.action == "people.import"]
    assert row.subject == f"sheet:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    assert row.detail["new"] == 1
    assert "张" not in str(row.detail)


def test_the_list_masks_numbers(desk: PeopleDesk, tmp_path: Path) -> None:
    desk.import_sheet(sheet(tmp_path / "a.xlsx", ZHANG))
    (row,) = desk.listing("平山村")
    assert row.masked_id == "522799**********" + ZHANG[1][-2:]
    assert (row.name, row.carer, row.relation, row.birth) == ("张小明", "李桂芳", "祖母", "2016年3月5日")


def test_the_report_as_json_holds_every_row(desk: PeopleDesk, tmp_path: Path) -> None:
    import json

    report = desk.import_sheet(sheet(tmp_path / "a.xlsx", ZHANG, ["李四"]))
    data = json.loads(json.dumps(report.as_json(), ensure_ascii=False))
    assert data["counts"]["new"] == 1
    assert [r["outcome"] for r in data["rows"]] == ["not_a_person", "not_a_person", "new", "rejected"]
    assert data["rows"][3]["problems"][0]["code"]
    assert io.StringIO("\n".join(report.lines())).read()
