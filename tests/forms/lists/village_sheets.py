"""Sheets of a village as the tests write them: one row, or many, under any headings."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from forms.lists.sheet import Cell, Raw, Row, Sheet
from forms.lists.village import read_village_list
from forms.people import Carer, ChildRecord, Parent
from forms.values.blank import Blank
from forms.values.names_and_numbers import id_check_character

if TYPE_CHECKING:
    from forms.lists.row_reader import Draft

TODAY = date(2026, 11, 21)
NC, NA = Blank.NOT_COLLECTED, Blank.NOT_APPLICABLE


def number_for(birth: str, serial: str = "001") -> str:
    first = f"522799{birth}{serial}"
    return first + id_check_character(first)


def sheet_of(*rows: list[Raw], name: str = "Sheet1") -> Sheet:
    """Return a sheet; an empty text is an empty cell, any other value keeps its raw form."""
    return Sheet(
        name=name,
        rows=tuple(
            Row(
                number=number,
                cells=tuple(
                    Cell(column=column, text=_text(value), raw=None if isinstance(value, str) else value)
                    for column, value in enumerate(row, 1)
                    if value not in {"", None}
                ),
            )
            for number, row in enumerate(rows, 1)
        ),
    )


def _text(value: Raw) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def draft_of(**cells: Raw) -> Draft:
    """Read one row; keys are headings, and the child has a name and a birth date unless they are given."""
    given_cells: dict[str, Raw] = {"姓名": "张小明", "出生日期": "2016.3.5", "性别": "男", **cells}
    read = read_village_list(sheet_of(["平山村名单"], list(given_cells), list(given_cells.values())), today=TODAY)
    return read.drafts[0]


def record_of(**cells: Raw) -> ChildRecord:
    draft = draft_of(**cells)
    assert draft.is_taken, draft.remarks
    assert draft.record is not None
    return draft.record


def codes(draft: Draft, *, blocking: bool | None = None) -> set[str]:
    return {r.problem.code for r in draft.remarks if blocking is None or r.problem.blocking is blocking}


def parent(record: ChildRecord, role: str) -> Parent:
    found = getattr(record, role)
    assert isinstance(found, Parent)
    return found


def carer(record: ChildRecord) -> Carer:
    assert isinstance(record.carer, Carer)
    return record.carer
