"""名册行: rows of the rosters B1 and B3 as the frozen version holds them.

Source: forms.md §6 B1, B3. The register may have changed since; what is printed is what was frozen, cell for cell.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from forms.errors import AppError
from forms.filling.field_input import parse_cell
from forms.filling.prefill import resolve
from forms.quarter.frozen_roster import DASH, UNKNOWN
from forms.values.blank import Blank

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from forms.cases.case import Case
    from forms.cases.facts import Cell, Row, Value
    from forms.quarter.frozen_roster import FrozenPerson, FrozenRoster
    from forms.spec import FieldSpec, FormSpec


def frozen_values(
    spec: FormSpec, values: Mapping[str, Value], roster: FrozenRoster, villages: Sequence[str], case: Case
) -> dict[str, Value]:
    """Return the values of a roster form with the frozen rows in place of the register's.

    Args:
        spec: B1 or B3.
        values: What was filled in besides.
        roster: The frozen version.
        villages: Uids in the order of the table's rows; people stand village by village, the oldest first.
        case: What totals are computed with.
    """
    people = roster.children if spec.code == "B1" else roster.elders
    order = {uid: place for place, uid in enumerate(villages)}
    present = sorted(
        (person for person in people if person.at_end),
        key=lambda p: (
            order.get(p.unit_uid, len(order)),
            p.details.get("child_birth") or p.details.get("elder_birth", ""),
            p.uid,
        ),
    )
    columns = spec.field("rows").columns
    rows = tuple(_row(columns, person, number) for number, person in enumerate(present, start=1))
    known: dict[str, Value] = {**values, "rows": rows}
    for field in spec.fields:
        if field.prefill.startswith("computed.") and field.name in {"total", "not_collected"}:
            known[field.name] = resolve(field.prefill, replace(case, values=known))
    if "total" in known:
        known["total"] = len(rows)
    return known


def _row(columns: tuple[FieldSpec, ...], person: FrozenPerson, number: int) -> Row:
    return {
        column.name: number if column.name == "no" else cell_of(column, person.details.get(column.name, UNKNOWN))
        for column in columns
    }


def cell_of(column: FieldSpec, text: str) -> Cell:
    """Return the typed value of a frozen cell; one that is no longer read as its type stays the text it was."""
    if text == DASH:
        return Blank.NOT_APPLICABLE
    if text in {UNKNOWN, ""}:
        return Blank.NOT_COLLECTED
    try:
        return parse_cell(column, text)
    except AppError:
        return text
