"""填写表: an Excel sheet for a form, checked while it is typed, read back by `docgen make --values`.

The first sheet has a column for everything a clerk types and, for a village, a row for each child that is
on its roll; closed sets are drop-downs, ID numbers, dates and numbers are checked by Excel itself. The second
sheet explains every column. What the register knows is shown and not asked again.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from archive.disk import translated
from docgen.engine.printed import choices, print_value
from docgen.workspace.papers.typed import is_roster
from docgen.workspace.people.gathering import facts_of_village
from forms.cases.case import Case
from forms.cases.facts import as_rows
from forms.filling.fill import fill
from forms.rules import RULES, VALUE_RULES
from forms.spec import FieldSpec, FieldType, Required, Subject
from forms.values.blank import Blank

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from docgen.workspace.office.opened import Office
    from forms.cases.facts import Facts, Value
    from forms.people import ChildRecord
    from forms.spec import FormSpec

FIRST, SECOND, LISTS = "填写", "说明", "选项"
ROWS = 500
"""Rows below the head that drop-downs and checks cover."""
_HEAD = PatternFill("solid", fgColor="DDEBF7")
_KNOWN = PatternFill("solid", fgColor="EDEDED")
_NEEDED = Font(bold=True, color="C00000")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
"""GB 11643—1999 §A: weights of the first 17 digits."""
_SKIPPED = frozenset({FieldType.FILES, FieldType.CHART})


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetColumn:
    """One column of the sheet."""

    head: str
    """What stands in the first row and is read back: ``改正期限``, ``就医授权.重大治疗``."""
    field: FieldSpec
    """The field or the part of it, for its type, its choices and its help."""
    required: bool
    known: bool = False
    """Shown from the register; not read back."""


def sheet_columns(spec: FormSpec) -> tuple[SheetColumn, ...]:
    """Return the columns of a form's sheet, those that say who first."""
    if is_roster(spec):
        return tuple(_roster_columns(spec))
    return (*_who(spec), *_typed(spec))


def _who(spec: FormSpec) -> Iterator[SheetColumn]:
    if spec.subject in {Subject.CHILD, Subject.CASE}:
        for head, kind in (("儿童档案编号", FieldType.TEXT), ("儿童姓名", FieldType.NAME)):
            yield SheetColumn(head=head, field=FieldSpec(name="", title=head, type=kind), required=False, known=True)


def _typed(spec: FormSpec) -> Iterator[SheetColumn]:
    for field in spec.fields:
        is_known = bool(field.prefill) and not field.editable and not _is_asked(field, spec)
        if field.system or is_known or field.name == spec.signed_field or field.type in _SKIPPED:
            continue
        needed = field.required is Required.ALWAYS and not field.pen and not field.default
        if field.type is FieldType.STRUCT:
            for column in field.columns:
                head = f"{field.title}.{column.title}"
                yield SheetColumn(head=head, field=column, required=needed and column.required is Required.ALWAYS)
        else:
            yield SheetColumn(head=field.title, field=field, required=needed)


def _is_asked(field: FieldSpec, spec: FormSpec) -> bool:
    """Tell whether a field prefilled from a person is typed all the same: nobody may be known yet (B4)."""
    return spec.subject is Subject.PERSON and field.prefill.startswith(("person.", "child."))


def _roster_columns(spec: FormSpec) -> Iterator[SheetColumn]:
    for column in spec.field("rows").columns:
        if column.printed:
            is_number = column.name == "no"
            known = is_number or (bool(column.prefill) and not column.prefill.startswith("row.paper"))
            yield SheetColumn(head=column.title, field=column, required=column.required is Required.ALWAYS, known=known)


def write_sheet(office: Office, spec: FormSpec, target: Path, village: str | None = None) -> int:
    """Write the sheet of a form and return the rows that are there already.

    Args:
        office: The open office.
        spec: The form.
        target: The .xlsx; what is there is replaced.
        village: Rows of the children (or the entries of the roster) of this village.

    Raises:
        NotFoundError: no such village.
        UnwritableFolderError: the file cannot be written.
    """
    columns = sheet_columns(spec)
    rows = _rows(office, spec, columns, village) if village else []
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = FIRST
    _fill_in(first, columns, rows)
    _explain(book.create_sheet(SECOND), spec, columns)
    _check_cells(first, book.create_sheet(LISTS), columns)
    data = io.BytesIO()
    book.save(data)
    with translated(target):
        target.write_bytes(data.getvalue())
    return len(rows)


def _fill_in(sheet: Worksheet, columns: tuple[SheetColumn, ...], rows: list[list[str]]) -> None:
    for at, column in enumerate(columns, start=1):
        cell = sheet.cell(row=1, column=at, value=column.head)
        cell.font = _NEEDED if column.required else Font(bold=True)
        cell.fill = _HEAD
        cell.alignment = Alignment(wrap_text=True, horizontal="center", vertical="center")
        sheet.column_dimensions[get_column_letter(at)].width = _width(column)
        # numbers as text: Excel would shorten an ID number and turn 3-4 into a date
        style = "yyyy-mm-dd" if column.field.type is FieldType.DATE else "@"
        for row in range(2, max(len(rows), ROWS) + 2):
            sheet.cell(row=row, column=at).number_format = style
    for number, texts in enumerate(rows, start=2):
        for at, text in enumerate(texts, start=1):
            if text:
                cell = sheet.cell(row=number, column=at, value=text)
                if columns[at - 1].known:
                    cell.fill = _KNOWN
                    cell.protection = Protection(locked=True)
    sheet.freeze_panes = "C2" if columns[0].known else "A2"
    sheet.row_dimensions[1].height = 36


def _width(column: SheetColumn) -> float:
    if column.field.type in {FieldType.LONG_TEXT, FieldType.TABLE, FieldType.ADDRESS, FieldType.CLAUSES}:
        return 32
    return 22 if column.field.type in {FieldType.ID_NUMBER, FieldType.MULTI} else 15


def _rows(office: Office, spec: FormSpec, columns: tuple[SheetColumn, ...], village: str) -> list[list[str]]:
    with office.registry.read() as tx:
        facts = facts_of_village(tx, tx.units.by_name(village), office.settings)
    if is_roster(spec):
        return [[_shown(c.field, row) for c in columns] for row in _entries(office, spec, facts)]
    if spec.subject in {Subject.PERSON, Subject.UNIT}:
        return []
    return [_row_of(record, columns) for record in facts.roster]


def _row_of(record: ChildRecord, columns: tuple[SheetColumn, ...]) -> list[str]:
    known = {"儿童档案编号": record.uid, "儿童姓名": str(record.child.person.name)}
    return [known.get(column.head, "") if column.known else "" for column in columns]


def _entries(office: Office, spec: FormSpec, facts: Facts) -> tuple[Mapping[str, Value], ...]:
    filled = fill(spec, facts, {}, today=office.today, profile=office.profile)
    case = Case(spec=spec, facts=facts, values=filled.values, today=office.today, profile=office.profile)
    return as_rows(case.value("rows"))


def _shown(column: FieldSpec, row: Mapping[str, Value]) -> str:
    value = row.get(column.name, Blank.NOT_COLLECTED)
    return "" if value is Blank.NOT_COLLECTED else print_value(value, column)


def _explain(sheet: Worksheet, spec: FormSpec, columns: tuple[SheetColumn, ...]) -> None:
    sheet.append([f"{spec.code} {spec.title}：一行一份。红色的列必须填写，灰色的列来自登记库、不用改。"])
    sheet.append(
        ["填好以后：docgen make " + spec.code + " --village 村名 --values 本表.xlsx；有问题的会说明在哪一格。"]
    )
    sheet.append([])
    sheet.append(["列", "必填", "怎样填", "可选项", "检查"])
    for cell in sheet[4]:
        cell.font, cell.fill = Font(bold=True), _HEAD
    for column in columns:
        field = column.field
        offered = "、".join(choices(field)) if field.type is not FieldType.CHECKLIST else "；".join(field.items)
        checks = "；".join(dict.fromkeys(_check(code) for code in field.rules))
        needed = "不用填" if column.known else "必填" if column.required else ""
        sheet.append([column.head, needed, _how(field), offered, checks])
    for letter, width in zip("ABCDE", (26, 8, 60, 60, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows(min_row=5):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _check(code: str) -> str:
    return RULES[code].title if code in RULES else VALUE_RULES[code]


def _how(field: FieldSpec) -> str:
    """Return how to type a field: its own help, then what its type asks for."""
    return "".join(part for part in (field.help, _how_typed(field)) if part)


def _how_typed(field: FieldSpec) -> str:
    if field.type is FieldType.TABLE:
        names = [c.title for c in field.columns if not (field.items and c.name == "item")]
        if field.items:
            return f"共{len(field.items)}行，依次写{'、'.join(names)}，用“；”隔开；全部一样的写一个。"
        return f"每行写{'|'.join(names)}，格之间用“|”、行之间用“；”隔开。"
    plain = {
        FieldType.DATE: "写日期，例如 2026-12-01。",
        FieldType.DATETIME: "写到分钟，例如 2026-12-01 19:30。",
        FieldType.MULTI: "可以写几项，用“、”隔开。",
        FieldType.ID_NUMBER: "18位，最后一位可以是X。",
        FieldType.PHONES: "手机11位，座机带区号；几个号码用“、”隔开。",
        FieldType.PAPER_REF: "写文书编号。",
        FieldType.CLAUSES: "一行一条；不填的印标准条款。",
        FieldType.CHECKLIST: "写“全部”，或者写序号，用“、”隔开。",
    }
    return plain.get(field.type, f"最多{field.max_length}个字。" if field.max_length else "")


def _check_cells(sheet: Worksheet, lists: Worksheet, columns: tuple[SheetColumn, ...]) -> None:
    """Add drop-downs and checks; options and weights stand on a hidden sheet because Excel limits a list to 255."""
    lists.sheet_state = "hidden"
    lists.cell(row=1, column=1, value="GB 11643—1999")
    for row, weight in enumerate(_WEIGHTS, start=2):
        lists.cell(row=row, column=1, value=weight)
    used = 1
    for at, column in enumerate(columns, start=1):
        letter = get_column_letter(at)
        if column.known:
            continue
        check = _validation(column.field, letter)
        options = choices(column.field) if column.field.type in {FieldType.ENUM, FieldType.BOOL} else ()
        if options:
            used += 1
            place = get_column_letter(used)
            for row, option in enumerate((column.head, *options), start=1):
                lists.cell(row=row, column=used, value=option)
            check = DataValidation(type="list", formula1=f"'{LISTS}'!${place}$2:${place}${len(options) + 1}")
            check.error = f"请从下拉选项里选：{'、'.join(options)}"[:250]
        if check is not None:
            check.errorTitle, check.showErrorMessage, check.allow_blank = column.head[:30], True, True
            check.add(f"{letter}2:{letter}{ROWS + 1}")
            sheet.add_data_validation(check)


def _validation(field: FieldSpec, letter: str) -> DataValidation | None:
    cell = f"{letter}2"
    if field.type is FieldType.DATE:
        check = DataValidation(type="date", operator="between", formula1="DATE(1900,1,1)", formula2="DATE(2100,12,31)")
        check.error = "请写日期，例如 2026-12-01。"
    elif field.type is FieldType.ID_NUMBER:
        digits = f"MID({cell},ROW($1:$17),1)*'{LISTS}'!$A$2:$A$18"
        last = f'MID("10X98765432",MOD(SUMPRODUCT({digits}),11)+1,1)=UPPER(RIGHT({cell},1))'
        check = DataValidation(type="custom", formula1=f"AND(LEN({cell})=18,{last})")
        check.error = "公民身份号码应当是18位，最后一位校验码要对得上。请对照户口簿。"
    elif field.type is FieldType.INT:
        low, high = field.minimum if field.minimum is not None else 0, field.maximum or 100000
        check = DataValidation(type="whole", operator="between", formula1=str(low), formula2=str(high))
        check.error = f"请写{low}到{high}之间的整数。"
    elif field.type is FieldType.MONEY:
        check = DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0")
        check.error = "请写金额（元）。"
    elif field.max_length:
        check = DataValidation(type="textLength", operator="lessThanOrEqual", formula1=str(field.max_length))
        check.error = f"最多{field.max_length}个字。"
    else:
        return None
    return check
