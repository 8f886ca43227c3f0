"""A frozen roster as a workbook: what the printed one says, row by row, its total a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.engine.printed import print_value
from docgen.engine.sheets.lists import ListSheet, write_lists
from forms.cases.facts import as_rows
from forms.spec import FieldType
from forms.values.blank import Blank

if TYPE_CHECKING:
    from collections.abc import Mapping

    from forms.cases.facts import Value
    from forms.quarter.period import Period
    from forms.spec import FieldSpec, FormSpec

_WIDTHS = {FieldType.INT: 6, FieldType.ID_NUMBER: 21, FieldType.ADDRESS: 26, FieldType.PHONES: 14, FieldType.DATE: 15}
"""Characters; every other column has `_WIDTH`."""
_WIDTH = 11


def roster_book(spec: FormSpec, values: Mapping[str, Value], period: Period, *, title: str, unit: str) -> bytes:
    """Return the workbook of a roster (B1, B3).

    Args:
        spec: The roster's form.
        values: As printed.
        period: Whose end the roster shows.
        title: As printed.
        unit: Who reports.
    """
    field = spec.find_field("rows")
    assert field is not None
    columns = [column for column in field.columns if column.printed]
    named = next(k for k, column in enumerate(columns, start=1) if column.type is FieldType.NAME)
    sheet = ListSheet(
        name=title,
        title=f"{title}　{unit}　{period.label}",
        head=tuple(column.title for column in columns),
        rows=[[_text(row.get(column.name), column) for column in columns] for row in as_rows(values["rows"])],
        widths=tuple(_WIDTHS.get(column.type, _WIDTH) for column in columns),
        counted=named,
    )
    return write_lists([sheet])


def _text(value: Value | None, column: FieldSpec) -> str:
    """Return the words of one cell; a screen has no pen, so what nobody asked is named."""
    return Blank.NOT_COLLECTED.value if value is None or value is Blank.NOT_COLLECTED else print_value(value, column)
