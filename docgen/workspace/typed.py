"""What a clerk types: pairs for one paper, or a sheet with one row a child."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.engine.sheets import read_sheet
from forms.errors import DataError
from forms.spec import UnknownFieldError
from forms.values import IdNumber, PersonName, ValueParseError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from forms.people import ChildRecord
    from forms.sheet import Row
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
class TypedValues:
    """Texts from a sheet, by form and child."""

    rows: Mapping[tuple[str, str], Mapping[str, str]]
    """(form code, child uid) → field identifier → text."""

    def of(self, form_code: str, child_uid: str) -> Mapping[str, str]:
        """Return what the sheet says for one paper; empty when it has no row."""
        return self.rows.get((form_code, child_uid), {})


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
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for path in paths:
        for key, texts in read_values_sheet(path, specs, records).rows.items():
            rows.setdefault(key, {}).update(texts)
    return TypedValues(rows=rows)


def read_values_sheet(path: Path, specs: Sequence[FormSpec], records: Sequence[ChildRecord]) -> TypedValues:
    """Read a sheet whose columns are fields and whose rows are children.

    The head is the first row that names the child and at least one field. A row is placed by uid,
    else by ID number, else by a name that only one of the children has.

    Raises:
        UnreadableSheetError: not a sheet.
        ValuesSheetError: no head, an unknown column, a row nobody fits.
    """
    for sheet in read_sheet(path):
        for number, row in enumerate(sheet.rows):
            heads = {cell.column: _plain(cell.text) for cell in row.cells if cell.text.strip()}
            if len(heads) > 1 and set(heads.values()) & (_NAMES | _IDS | _UIDS):
                return _Reader(path.name, heads, specs, records).read(sheet.rows[number + 1 :])
    raise ValuesSheetError(
        path.name, "里没有找到表头。请在一行里写“儿童姓名”或“公民身份号码”，后面各列写要填的栏目名。"
    )


class _Reader:
    """Places the rows below one head."""

    def __init__(
        self, name: str, heads: Mapping[int, str], specs: Sequence[FormSpec], records: Sequence[ChildRecord]
    ) -> None:
        self._name = name
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
        placed: dict[tuple[str, str], dict[str, str]] = {}
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
                for code, field in targets:
                    if texts[column]:
                        placed.setdefault((code, uid), {})[field] = texts[column]
        if lost:
            raise ValuesSheetError(
                self._name,
                f"第 {'、'.join(lost)} 行对不上要办的儿童（没有这个人，或者同名需要写公民身份号码）。请核对后再试。",
            )
        return TypedValues(rows=placed)

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
    """Return the identifier of a field given by identifier or title; ``field.column`` for part of one.

    Empty when the form has none of that name.
    """
    wanted = _plain(name)
    head, _, tail = wanted.partition(".")
    for field in spec.fields:
        if field.system or head not in {field.name, _plain(field.title)}:
            continue
        if not tail:
            return field.name
        for column in field.columns:
            if tail in {column.name, _plain(column.title)}:
                return f"{field.name}.{column.name}"
    return ""


def _plain(text: str) -> str:
    return re.sub(r"[\s*\uff0a]+", "", text).replace("．", ".")
