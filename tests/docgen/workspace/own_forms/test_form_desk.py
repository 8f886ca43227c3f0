"""An office's own form started, checked and used; the sheet of a form written, filled in and read back."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from docgen.cli.root import run
from docgen.coverage import CATALOGUE, NoTestsError, coverage
from docgen.workspace.own_forms.desk import BadCodeError, FormDesk, FormExistsError, NoSourceError
from docgen.workspace.papers.form_sheet import FIRST, LISTS, SECOND, sheet_columns, write_sheet
from forms.catalogue.library import FormLibrary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docgen.workspace import Workspace
    from tests.conftest import Hands


def codes(problems: Any) -> set[str]:
    return {p.code for p in problems}


def test_a_new_form_is_whole_from_the_start_and_can_be_printed(
    office: Path, open_office: Callable[[Path], Workspace]
) -> None:
    with open_office(office) as workspace:
        toml, source, docx = FormDesk(workspace).new("Z1", "入户谈话记录")
    assert toml.name == "Z1.toml"
    assert source.read_text("utf-8").startswith("; Z1 入户谈话记录")
    assert docx.read_bytes()[:2] == b"PK"
    with open_office(office) as workspace:
        assert FormDesk(workspace).check("Z1") == ()
        uid = workspace.people.listing()[0].uid
        report = workspace.papers.make(["Z1"], children=[uid], typed={"事项": "谈心"})
        assert report.failed == ()
        assert report.made[0].title == "入户谈话记录"


@pytest.mark.parametrize("code", ["z1", "1Z", "Z/1", "Z" * 9, "Z1.x", ""])
def test_a_code_that_names_no_file_is_refused(code: str, workspace: Workspace) -> None:
    with pytest.raises(BadCodeError):
        FormDesk(workspace).new(code, "表")


def test_a_form_that_is_there_is_not_started_anew(workspace: Workspace) -> None:
    with pytest.raises(FormExistsError):
        FormDesk(workspace).new("A1", "另一张确认书")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("{matter}", "{mater}", "template.unknown-name"),
        ("| *事项 | {matter} |\n", "", "template.field-not-printed"),
        ("{sign:handler}", "", "template.no-place"),
        ("@title {doc.title}", "@title {doc.title}\n被委托人对儿童造成的一切损害承担连带责任。", "REF-10"),
        ("@title {doc.title}", "@title {doc.title}\n依照《民法通则》办理。", "REF-17"),
    ],
)
def test_what_is_wrong_with_an_own_template_is_found(
    old: str, new: str, code: str, office: Path, open_office: Callable[[Path], Workspace]
) -> None:
    with open_office(office) as workspace:
        _, source, _ = FormDesk(workspace).new("Z1", "入户谈话记录")
    text = source.read_text("utf-8")
    assert old in text
    source.write_text(text.replace(old, new), "utf-8")
    with open_office(office) as workspace:
        desk = FormDesk(workspace)
        desk.build("Z1")
        assert code in codes(desk.check("Z1"))
        assert code in codes(desk.check_file(office / "templates" / "Z1.docx"))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('type = "long_text"', 'type = "langtext"', "data-file"),
        ("[[signers]]", "[[signer]]", "data-file"),
        ('purpose = "入户谈话记录。"', 'purpose = "监护责任转移给被委托人。"', "REF-10"),
    ],
)
def test_what_is_wrong_with_an_own_form_is_found(
    old: str, new: str, code: str, office: Path, open_office: Callable[[Path], Workspace]
) -> None:
    with open_office(office) as workspace:
        desk = FormDesk(workspace)
        toml, _, _ = desk.new("Z1", "入户谈话记录")
        text = toml.read_text("utf-8")
        assert old in text
        toml.write_text(text.replace(old, new), "utf-8")
        assert any(found.startswith(code) or "file" in found for found in codes(desk.check("Z1")))
        assert codes(desk.check_file(toml))


def test_a_form_that_nobody_signs_is_found(office: Path, open_office: Callable[[Path], Workspace]) -> None:
    with open_office(office) as workspace:
        desk = FormDesk(workspace)
        toml, _, _ = desk.new("Z1", "入户谈话记录")
        text = toml.read_text("utf-8")
        start = text.index("[[signers]]")
        end = text.index("[[", start + 2)
        toml.write_text(text[:start] + text[end:], "utf-8")
        assert "form.no-signer" in codes(desk.check_file(toml))


def test_a_form_without_text_cannot_be_built(workspace: Workspace) -> None:
    with pytest.raises(NoSourceError):
        FormDesk(workspace).build("Z9")


@pytest.mark.parametrize("code", [spec.code for spec in FormLibrary.load().all()])
def test_every_form_has_a_sheet_whose_columns_lead_to_its_fields(
    code: str, town_workspace: Workspace, tmp_path: Path
) -> None:
    spec = town_workspace.library.get(code)
    target = tmp_path / "表.xlsx"
    write_sheet(town_workspace, spec, target, "平山村")
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == [FIRST, SECOND, LISTS]
    heads = [cell.value for cell in book[FIRST][1]]
    assert heads == [column.head for column in sheet_columns(spec)]
    assert len(set(heads)) == len(heads)
    explained = [row[0].value for row in book[SECOND].iter_rows(min_row=5)]
    assert explained == heads


@pytest.fixture(scope="module")
def town_workspace(town_office: Path, tmp_path_factory: Any, open_office: Callable[[Path], Workspace]) -> Any:
    folder = shutil.copytree(town_office, tmp_path_factory.mktemp("sheets") / "office")
    with open_office(folder) as opened:
        yield opened


def test_a_sheet_offers_closed_sets_and_checks_numbers_and_days(town_workspace: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "表.xlsx"
    write_sheet(town_workspace, town_workspace.library.get("A7"), target)
    sheet = openpyxl.load_workbook(target)[FIRST]
    heads = {cell.value: get_column_letter(at) for at, cell in enumerate(sheet[1], start=1)}
    checks = {str(v.sqref).split(":")[0]: v for v in sheet.data_validations.dataValidation}
    kind = checks[f"{heads['变更类型']}2"]
    assert (kind.type, kind.showErrorMessage) == ("list", True)
    assert checks[f"{heads['生效日期']}2"].type == "date"
    number = checks[f"{heads['新被委托人公民身份号码']}2"]
    assert number.type == "custom"
    assert len(number.formula1) <= 255
    options = openpyxl.load_workbook(target)[LISTS]
    assert options.sheet_state == "hidden"
    assert [options.cell(row=row, column=1).value for row in (2, 3, 18)] == [7, 9, 2]


def test_a_sheet_filled_in_is_read_back_without_change(hands: Hands, workspace: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "表.xlsx"
    spec = workspace.library.get("A10")
    assert write_sheet(workspace, spec, target, "平山村") == 10
    book = openpyxl.load_workbook(target)
    sheet = book[FIRST]
    heads = {cell.value: at for at, cell in enumerate(sheet[1], start=1)}
    rows = {row[1].value: at for at, row in enumerate(sheet.iter_rows(min_row=2), start=2) if row[1].value}
    row = rows["罗小水"]
    for head, text in {
        "被劝诫人身份": "父",
        "改正期限": "2026-12-10",
        "违反的职责": "其他",
        "违反的其他职责": "不接电话",
    }.items():
        sheet.cell(row=row, column=heads[head], value=text)
    book.save(target)
    report = workspace.papers.make(["A10"], children=[hands.uid("罗小水")], values_sheets=[target])
    assert report.failed == ()
    with workspace.registry.read() as tx:
        values = tx.papers.version(report.made[0].uid, 1).values
    assert str(values["due_on"]) == "2026-12-10"
    assert values["breach_other"] == "不接电话"


def test_the_sheet_of_a_roster_shows_its_entries(town_workspace: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "表.xlsx"
    assert write_sheet(town_workspace, town_workspace.library.get("B5c"), target, "平山村") == 1
    sheet = openpyxl.load_workbook(target)[FIRST]
    assert [cell.value for cell in sheet[2]][:2] == ["1", "杨春花"]


def test_coverage_has_a_row_for_every_code_of_the_catalogue() -> None:
    rows = {row.code: row for row in coverage()}
    assert set(CATALOGUE) <= set(rows)
    for code in ("A1", "A3", "A10", "B3", "B5", "B5d", "B7"):
        assert rows[code].missing == ()


def test_coverage_without_tests_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NoTestsError):
        coverage(tmp_path)
    assert run(["form", "coverage", "--tests", str(tmp_path)]) == NoTestsError.exit_code
    assert "没有找到测试文件夹" in capsys.readouterr().err


def test_the_commands_of_forms(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--office", str(office), "form", "new", "Z1", "--title", "谈话记录"]) == 0
    assert run(["--office", str(office), "form", "check", "Z1"]) == 0
    assert "没有发现问题" in capsys.readouterr().out
    assert run(["--office", str(office), "form", "build", "Z1"]) == 0
    assert run(["--office", str(office), "form", "sheet", "A5", "--village", "平山村"]) == 0
    assert (office / "out" / "A5-填写表-平山村.xlsx").is_file()
    assert run(["form", "coverage"]) in {0, 3}
    assert "A10" in capsys.readouterr().out
