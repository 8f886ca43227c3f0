"""What a clerk types: pairs for one paper, or a sheet with one row a child."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docgen.engine.sheets import read_sheet
from forms.errors import DataError
from forms.filling.field_input import parse_cell, parse_field
from forms.problems import Problem, Where
from forms.spec import FieldType, Subject, UnknownFieldError
from forms.values.names_and_numbers import IdNumber, PersonName, ValueParseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from forms.lists.sheet import Row
    from forms.people import ChildRecord
    from forms.spec import FormSpec

_NAMES = {"儿童姓名", "姓名"}
_IDS = {"公民身份号码", "身份证号", "身份证号码", "儿童身份证号"}
_UIDS = {"儿童档案编号", "档案编号", "编号"}
_IGNORED = {"序号", "备注", "村名", "村（居）"}
"""Columns a clerk adds for herself."""


class ValuesSheetError(DataError):
    """A sheet of values cannot be placed."""

    code = "values-sheet"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"“{name}”{why}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedRow:
    """What one row of a sheet says for one paper, and where each text stands."""

    texts: Mapping[str, str]
    """Field identifier, or ``field.column``, → text."""
    places: Mapping[str, Where]
    """The same names → the cell."""
    faults: tuple[Problem, ...] = ()
    """Cells that hold no value of their field; their texts are left out."""

    def located(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Return findings about fields that were typed in the sheet with the cell they come from."""
        return tuple(replace(p, where=self._cell(p.where)) for p in problems)

    def _cell(self, where: Where) -> Where:
        prefix = f"{where.field}.{where.row}." if where.row else f"{where.field}."
        found = next((at for name, at in self.places.items() if name == where.field or name.startswith(prefix)), None)
        if found is None or not where.field:
            return where
        column = where.column if where.row else found.column
        return replace(where, sheet=found.sheet, row=found.row, column=column)


EMPTY = TypedRow(texts={}, places={})


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedValues:
    """Texts from a sheet: by form and child, by form for the rows of a list."""

    rows: Mapping[tuple[str, str], TypedRow]
    """(form code, child uid) → the row of that child."""
    lists: Mapping[str, tuple[TypedRow, ...]]
    """Form code → for a paper about a person one row a paper, for a roster one entry with all of its rows."""

    def of(self, form_code: str, child_uid: str) -> TypedRow:
        """Return what the sheet says for one child's paper; empty when it has no row."""
        return self.rows.get((form_code, child_uid), EMPTY)


def check_names(specs: Sequence[FormSpec], typed: Mapping[str, str]) -> None:
    """Refuse a name that no field of any of the forms has, before the first paper is made.

    Raises:
        UnknownFieldError: says which.
    """
    for name in typed:
        if not any(find_field(spec, name) for spec in specs):
            raise UnknownFieldError("、".join(spec.code for spec in specs), name)


def typed_for(spec: FormSpec, typed: Mapping[str, str]) -> dict[str, str]:
    """Return the pairs that belong to a form, titles turned into identifiers."""
    return {field: text for name, text in typed.items() if (field := find_field(spec, name))}


def read_values_sheets(paths: Sequence[Path], specs: Sequence[FormSpec], records: Sequence[ChildRecord]) -> TypedValues:
    """Read several sheets as one; of two texts for the same field the later sheet's counts.

    Raises:
        UnreadableSheetError: not a sheet.
        ValuesSheetError: see `read_values_sheet`.
    """
    rows: dict[tuple[str, str], TypedRow] = {}
    lists: dict[str, tuple[TypedRow, ...]] = {}
    for path in paths:
        read = read_values_sheet(path, specs, records)
        for key, row in read.rows.items():
            rows[key] = _joined(rows.get(key, EMPTY), row)
        for code, more in read.lists.items():
            known = lists.get(code, ())
            joins = known and more and any(s.code == code and is_roster(s) for s in specs)
            lists[code] = (_joined(known[0], more[0]),) if joins else (*known, *more)
    return TypedValues(rows=rows, lists=lists)


def _joined(first: TypedRow, later: TypedRow) -> TypedRow:
    return TypedRow(
        texts={**first.texts, **later.texts},
        places={**first.places, **later.places},
        faults=(*first.faults, *later.faults),
    )


def read_values_sheet(path: Path, specs: Sequence[FormSpec], records: Sequence[ChildRecord]) -> TypedValues:
    """Read a sheet whose columns are fields and whose rows are children.

    The head is the first row that names the child and at least one field. A row is placed by uid,
    else by ID number, else by a name that only one of the children has.

    Raises:
        UnreadableSheetError: not a sheet.
        ValuesSheetError: no head, an unknown column, a row nobody fits.
    """
    listed = [spec for spec in specs if spec.subject not in {Subject.CHILD, Subject.CASE}]
    if len(listed) == len(specs):
        return TypedValues(rows={}, lists={spec.code: read_list(path, spec) for spec in listed})
    for sheet in read_sheet(path):
        for number, row in enumerate(sheet.rows):
            heads = {cell.column: _plain(cell.text) for cell in row.cells if cell.text.strip()}
            if len(heads) > 1 and set(heads.values()) & (_NAMES | _IDS | _UIDS):
                return _Reader(path.name, heads, specs, records).read(sheet.rows[number + 1 :])
    raise ValuesSheetError(
        path.name, "里没有找到表头。请在一行里写“儿童姓名”或“公民身份号码”，后面各列写要填的栏目名。"
    )


class _Collected:
    """The texts of one paper while a sheet is read."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._places: dict[str, Where] = {}
        self._faults: list[Problem] = []

    def put(self, spec: FormSpec, name: str, text: str, at: Where) -> None:
        """Take one cell, or note why its text is no value of the field."""
        fault = fault_in(spec, name, text)
        if fault is not None:
            where = replace(at, field=name.split(".", 1)[0])
            self._faults.append(Problem(code=fault.rule, message=str(fault), where=where))
            return
        self._texts[name] = text
        self._places[name] = at

    def row(self) -> TypedRow:
        """Return what was taken."""
        return TypedRow(texts=self._texts, places=self._places, faults=tuple(self._faults))


def fault_in(spec: FormSpec, name: str, text: str) -> ValueParseError | None:
    """Return why a text is no value of a field, a part of one (``field.column``) or a cell (``rows.3.column``)."""
    parts = name.split(".")
    field = spec.field(parts[0])
    if field.type is FieldType.PAPER_REF:
        return None  # looked up among the papers of the child
    try:
        if len(parts) > 1:
            parse_cell(field.column(parts[-1]), text)
        else:
            parse_field(field, text)
    except ValueParseError as error:
        return error
    return None


def read_list(path: Path, spec: FormSpec) -> tuple[TypedRow, ...]:
    """Read a sheet of a form that is not about one child: a paper a row, or the rows of a roster.

    The head is the first row that names two fields of the form. In a roster the column 序号 says which
    row of the printed list is meant; without it they are counted from 1.

    Raises:
        UnreadableSheetError: not a sheet.
        ValuesSheetError: no head, or an unknown column.
    """

    def field_of(head: str) -> str:
        return find_field(spec, f"rows.{head}") if is_roster(spec) else find_field(spec, head)

    for sheet in read_sheet(path):
        for at, row in enumerate(sheet.rows):
            heads = {cell.column: _plain(cell.text) for cell in row.cells if cell.text.strip()}
            fields = {column: field_of(head) for column, head in heads.items()}
            if sum(bool(f) for f in fields.values()) < 2:
                continue
            unknown = [heads[c] for c, f in fields.items() if not f and heads[c] not in _IGNORED | _UIDS]
            if unknown:
                raise ValuesSheetError(path.name, f"的这些列在 {spec.code} 里没有：{'、'.join(unknown)}。请改正。")
            return _listed(path.name, spec, heads, fields, sheet.rows[at + 1 :])
    raise ValuesSheetError(path.name, f"里没有找到 {spec.code} 的表头。请用 docgen form sheet {spec.code} 生成填写表。")


def is_roster(spec: FormSpec) -> bool:
    """Tell whether a form is a list whose rows are people of a village."""
    return spec.subject is Subject.UNIT and spec.find_field("rows") is not None


def _listed(
    name: str, spec: FormSpec, heads: Mapping[int, str], fields: Mapping[int, str], rows: Sequence[Row]
) -> tuple[TypedRow, ...]:
    numbers = [column for column, field in fields.items() if field in {"rows.no", "no"} or heads[column] == "序号"]
    found: list[_Collected] = []
    count = 0
    for row in rows:
        texts = {c: row.text(c).strip() for c, field in fields.items() if field and c not in numbers}
        if not any(texts.values()):
            continue
        count += 1
        if not found or not is_roster(spec):
            found.append(_Collected())
        said = next((row.text(c).strip() for c in numbers if row.text(c).strip().isdigit()), "")
        line = int(said) if said else count
        for column, text in texts.items():
            field = fields[column].replace("rows.", f"rows.{line}.", 1) if is_roster(spec) else fields[column]
            if text:
                found[-1].put(spec, field, text, Where(sheet=name, row=row.number, column=heads[column]))
    return tuple(part.row() for part in found)


class _Reader:
    """Places the rows below one head."""

    def __init__(
        self, name: str, heads: Mapping[int, str], specs: Sequence[FormSpec], records: Sequence[ChildRecord]
    ) -> None:
        self._name = name
        self._heads = heads
        self._specs = specs
        self._records = records
        self._who = {column: head for column, head in heads.items() if head in _NAMES | _IDS | _UIDS}
        self._fields: dict[int, list[tuple[str, str]]] = {}
        """Column → (form code, field) of every form that has the field."""
        unknown = []
        for column, head in heads.items():
            if column in self._who or head in _IGNORED:
                continue
            found = [(spec.code, field) for spec in specs if (field := find_field(spec, head))]
            if found:
                self._fields[column] = found
            else:
                unknown.append(head)
        if unknown:
            codes = "、".join(spec.code for spec in specs)
            raise ValuesSheetError(
                name, f"的这些列在 {codes} 里没有：{'、'.join(unknown)}。请改成表上的栏目名，或删去这些列。"
            )

    def read(self, rows: Sequence[Row]) -> TypedValues:
        """Return the texts of all rows, by form and child."""
        placed: dict[tuple[str, str], _Collected] = {}
        lost = []
        for row in rows:
            who = {head: row.text(column).strip() for column, head in self._who.items()}
            texts = {column: row.text(column).strip() for column in self._fields}
            if not any(who.values()) or not any(texts.values()):
                continue
            uid = self._place(who)
            if not uid:
                lost.append(str(row.number))
                continue
            for column, targets in self._fields.items():
                at = Where(sheet=self._name, row=row.number, column=self._heads[column])
                for code, field in targets:
                    if texts[column]:
                        spec = next(s for s in self._specs if s.code == code)
                        placed.setdefault((code, uid), _Collected()).put(spec, field, texts[column], at)
        if lost:
            raise ValuesSheetError(
                self._name,
                f"第 {'、'.join(lost)} 行对不上要办的儿童（没有这个人，或者同名需要写公民身份号码）。请核对后再试。",
            )
        return TypedValues(rows={key: found.row() for key, found in placed.items()}, lists={})

    def _place(self, who: Mapping[str, str]) -> str:
        for head, text in who.items():
            if head in _UIDS and text:
                return next((r.uid for r in self._records if r.uid == text), "")
        for head, text in who.items():
            if head in _IDS and text:
                try:
                    number = IdNumber.parse(text)
                except ValueParseError:
                    return ""
                return next((r.uid for r in self._records if r.child.person.id_number == number), "")
        text = next((text for head, text in who.items() if head in _NAMES and text), "")
        try:
            name = PersonName.parse(text)
        except ValueParseError:
            return ""
        found = [r.uid for r in self._records if r.child.person.name == name]
        return found[0] if len(found) == 1 else ""


def find_field(spec: FormSpec, name: str) -> str:
    """Return the identifier of a field given by identifier or title; ``field.column`` or ``field.2.column`` for part.

    Empty when the form has none of that name.
    """
    wanted = _plain(name)
    head, _, tail = wanted.partition(".")
    number, _, rest = tail.partition(".")
    row, tail = (f"{number}.", rest) if number.isdecimal() and rest else ("", tail)
    for field in spec.fields:
        if field.system or head not in {field.name, _plain(field.title)}:
            continue
        if not tail:
            return field.name
        for column in field.columns:
            if tail in {column.name, _plain(column.title)}:
                return f"{field.name}.{row}{column.name}"
    return ""


def _plain(text: str) -> str:
    return re.sub(r"[\s*\uff0a]+", "", text).replace("．", ".")
