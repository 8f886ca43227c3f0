"""The sheet of every form: checked by Excel itself, and every wrong cell found again at its row and column."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from docgen.engine.printed import choices
from docgen.workspace.papers.form_sheet import FIRST, LISTS, SECOND, sheet_columns, write_sheet
from docgen.workspace.papers.typed import read_values_sheets
from docgen.workspace.people.gathering import facts_of_village
from forms.catalogue.library import FormLibrary
from forms.spec import FieldType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from docgen.workspace import Workspace
    from docgen.workspace.papers.form_sheet import SheetColumn

CODES = [spec.code for spec in FormLibrary.load().all()]
WRONG = {
    FieldType.DATE: "后天",
    FieldType.DATETIME: "后天",
    FieldType.ID_NUMBER: "110105194912310021",
    FieldType.INT: "几个",
    FieldType.MONEY: "不多",
    FieldType.BOOL: "也许",
    FieldType.PHONES: "12345",
}


CHECKS = {FieldType.ENUM: "list", FieldType.BOOL: "list", FieldType.DATE: "date", FieldType.ID_NUMBER: "custom"}


@pytest.fixture(scope="module")
def sheets(town_office: Path, tmp_path_factory: Any, open_office: Callable[[Path], Workspace]) -> Iterator[Workspace]:
    folder = shutil.copytree(town_office, tmp_path_factory.mktemp("sheets") / "office")
    with open_office(folder) as opened:
        yield opened


def wrong_text(column: SheetColumn) -> str:
    """Return a text that is no value of the column; empty where any text is one."""
    field = column.field
    if column.known or field.type in {FieldType.TABLE, FieldType.STRUCT}:
        return ""
    if field.type is FieldType.ENUM and choices(field):
        return "没有这一项"
    return WRONG.get(field.type, "")


@pytest.mark.parametrize("code", CODES)
def test_a_sheet_checks_itself_and_every_wrong_cell_is_said_with_its_row_and_column(
    code: str, sheets: Workspace, tmp_path: Path
) -> None:
    spec = sheets.library.get(code)
    target = tmp_path / "表.xlsx"
    write_sheet(sheets, spec, target, "平山村")
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == [FIRST, SECOND, LISTS]
    sheet = book[FIRST]
    columns = sheet_columns(spec)
    checked: dict[str, str] = {}
    for check in sheet.data_validations.dataValidation:
        assert check.showErrorMessage, "Excel refuses what the check does not let pass"
        checked |= {str(area).split(":")[0].rstrip("0123456789"): str(check.type) for area in str(check.sqref).split()}
    for at, column in enumerate(columns, start=1):
        wanted = CHECKS.get(column.field.type)
        if wanted and not column.known and (wanted != "list" or choices(column.field)):
            assert checked.get(get_column_letter(at)) == wanted, column.head
    wrong = {at: text for at, column in enumerate(columns, start=1) if (text := wrong_text(column))}
    for at, text in wrong.items():
        sheet.cell(row=2, column=at, value=text)
    book.save(target)
    with sheets.registry.read() as tx:
        records = facts_of_village(tx, tx.units.by_name("平山村"), sheets.settings).roster
    if not wrong:
        return  # a form of free text only
    read = read_values_sheets([target], [spec], records)
    rows = [*read.rows.values(), *(row for listed in read.lists.values() for row in listed)]
    faults = [p for row in rows for p in row.faults]
    assert {p.where.column for p in faults} == {columns[at - 1].head for at in wrong}
    assert {p.where.row for p in faults} == {2}
    assert all(p.message.endswith("。") and p.where.sheet for p in faults)
