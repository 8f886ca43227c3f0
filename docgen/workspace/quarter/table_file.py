"""A summary table as a file, `table.json`: the same bytes for the same table, so that its digest names it anywhere.

Source: forms.md §8. Numbers, — and 未采集 stay three things; a unit that did not report has no figures at all.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from forms.errors import DataError
from forms.problems import Problem, Where
from forms.quarter.columns import columns
from forms.quarter.period import Period, PeriodError
from forms.quarter.table import Adjustment, Figure, PeriodTable, TableState, UnitRow
from forms.values.blank import Blank
from forms.values.enums import UnitKind

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

FORMAT = 1


class TableFileError(DataError):
    """A table's file that cannot be read."""

    code = "table.file"

    def __init__(self) -> None:
        super().__init__("汇总表文件读不出来，没有采用。请向报送单位要一份重新生成的。")


def table_bytes(table: PeriodTable) -> bytes:
    """Return the file: JSON, one row of the table a line."""
    head = {
        "unit_uid": table.unit_uid,
        "unit_name": table.unit_name,
        "level": table.level.value,
        "period": table.period.code,
        "version": table.version,
        "roster_version": table.roster_version,
        "made_on": table.made_on.isoformat(),
        "correction": table.correction,
    }
    adjustments = [[a.column, a.delta, a.unit_name, a.reason] for a in table.adjustments]
    problems = [[p.code, p.message, p.where.column, p.blocking] for p in table.problems]
    parts = [
        f'"format": {FORMAT}',
        f'"head": {_line(head)}',
        _list("rows", [_row(row) for row in table.rows]),
        f'"total": {_line(_row(table.total))}',
        _list("adjustments", adjustments),
        _list("problems", problems),
    ]
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


def table_digest(data: bytes) -> str:
    """Return the SHA-512 of a table's file."""
    return hashlib.sha512(data).hexdigest()


def read_table(data: bytes) -> PeriodTable:
    """Read the file.

    Raises:
        TableFileError: it is none, or of a newer program.
    """
    try:
        said = json.loads(data)
        if said["format"] != FORMAT:
            raise TableFileError
        head = said["head"]
        return PeriodTable(
            **head
            | {
                "level": UnitKind(head["level"]),
                "period": Period.parse(head["period"]),
                "made_on": date.fromisoformat(head["made_on"]),
                "version": int(head["version"]),
            },
            rows=tuple(_read_row(row) for row in said["rows"]),
            total=_read_row(said["total"]),
            adjustments=tuple(
                Adjustment(column=str(c), delta=int(d), unit_name=str(u), reason=str(r))
                for c, d, u, r in said["adjustments"]
            ),
            problems=tuple(
                Problem(code=str(c), message=str(m), where=Where(column=str(w)), blocking=bool(b))
                for c, m, w, b in said["problems"]
            ),
        )
    except (ValueError, KeyError, TypeError, AttributeError, PeriodError):
        raise TableFileError from None


def part_of(table: PeriodTable, visible: Container[str]) -> PeriodTable:
    """Return a table with some columns only; findings about the others are left out with them."""

    def row(one: UnitRow) -> UnitRow:
        return replace(one, figures={c: f for c, f in one.figures.items() if c in visible})

    return replace(
        table,
        rows=tuple(row(one) for one in table.rows),
        total=row(table.total),
        adjustments=tuple(a for a in table.adjustments if a.column in visible),
        problems=tuple(p for p in table.problems if p.where.column in visible),
    )


def _row(row: UnitRow) -> dict[str, Any]:
    return {
        "unit_uid": row.unit_uid,
        "unit_name": row.unit_name,
        "level": row.level.value,
        "state": row.state.value,
        "version": row.version,
        "received_on": row.received_on.isoformat() if row.received_on else "",
        "verified_on": row.verified_on.isoformat() if row.verified_on else "",
        "figures": {c: _figure(row.figures[c]) for c in columns() if c in row.figures},
    }


def _figure(figure: Figure) -> Any:
    reported = _value(figure.reported)
    return reported if figure.verified is None else [reported, _value(figure.verified), figure.verified_by]


def _value(value: int | Blank) -> int | str:
    return value.value if isinstance(value, Blank) else value


def _read_row(said: Mapping[str, Any]) -> UnitRow:
    return UnitRow(
        unit_uid=str(said["unit_uid"]),
        unit_name=str(said["unit_name"]),
        level=UnitKind(said["level"]),
        state=TableState(said["state"]),
        version=int(said["version"]),
        received_on=date.fromisoformat(said["received_on"]) if said["received_on"] else None,
        verified_on=date.fromisoformat(said["verified_on"]) if said["verified_on"] else None,
        figures={str(c): _read_figure(str(c), f) for c, f in said["figures"].items()},
    )


def _read_figure(column: str, said: Any) -> Figure:
    if isinstance(said, list):
        reported, verified, by = said
        return Figure(column=column, reported=_read(reported), verified=_read(verified), verified_by=str(by))
    return Figure(column=column, reported=_read(said))


def _read(said: Any) -> int | Blank:
    if isinstance(said, bool) or (isinstance(said, int) and said < 0):
        raise TableFileError
    return said if isinstance(said, int) else Blank(said)


def _list(name: str, rows: list[Any]) -> str:
    return f'"{name}": [\n' + ",\n".join(_line(row) for row in rows) + "\n]"


def _line(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
