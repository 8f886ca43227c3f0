"""核实: what education and police found for the columns they verify, and the file they send back (C4).

Source: forms.md C4, §8.8 R-17, §8.9. What must stay true: an organ verifies its own columns only; a value that differs
from the reported one names its reason, its source and, where persons are counted, the persons; what was reported stays.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

from archive.registry.tables import VerifiedValue
from docgen.workspace.quarter.recipients import VERIFIERS, counts_persons
from docgen.workspace.quarter.shelf import TableShelf, verifiable
from docgen.workspace.quarter.states import check_move
from docgen.workspace.quarter.table_file import TableFileError
from forms.errors import DataError, RefusedError
from forms.law.sources import cite
from forms.quarter.columns import columns
from forms.quarter.table import TableState
from forms.values.blank import Blank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive.registry import Tx
    from archive.registry.tables import TableRecord
    from docgen.workspace.office.opened import Office
    from docgen.workspace.quarter.keys import Role
    from forms.quarter.table import PeriodTable

REASONS = ("重复", "漏报", "错报", "时点不同", "身份不符", "跨镇", "其他")
"""差异原因 of C4."""
FORMAT = 1


class NotYourColumnError(RefusedError):
    """A column that another organ verifies (R-17)."""

    code = "verify.column"

    def __init__(self, column: str, role: Role, own: Sequence[str]) -> None:
        super().__init__(
            f"{column} 不由{role.label}核实。汇总表的数只能由负责的部门核实更正（R-17、{cite('plan_longli')}），"
            f"可以核实的栏：{'、'.join(own) or '没有'}。"
        )


class VerifyReasonError(DataError):
    """A difference without its reason."""

    code = "verify.reason"

    def __init__(self, column: str) -> None:
        super().__init__(f"{column} 的核实数与报送数不同，要写明原因，--reason 可以写：{'、'.join(REASONS)}。")


class VerifySourceError(DataError):
    """Nothing says where the value comes from."""

    code = "verify.source"

    def __init__(self, column: str) -> None:
        super().__init__(
            f"{column} 没有写核实依据。请用 --source 写明系统和查询日期，例如“学籍系统，2026年10月9日查询”。"
        )


class VerifyChildrenError(DataError):
    """A difference in a number of persons without the persons."""

    code = "verify.children"

    def __init__(self, column: str, wanted: int, named: int) -> None:
        super().__init__(
            f"{column} 数的是人，相差 {wanted} 人，只写了 {named} 人。请用 --child 逐人写明（C4），可写多次。"
        )


class VerifyValueError(DataError):
    """Not a number of persons or things."""

    code = "verify.value"

    def __init__(self, column: str) -> None:
        super().__init__(f"{column} 的核实数应当是 0 或者正整数（R-16）。")


class NotVerifiedError(RefusedError):
    """Columns that nobody has verified yet."""

    code = "verify.open"

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(
            f"还有 {len(missing)} 栏没有核实：{'、'.join(missing)}。请逐栏核实；与报送数一致的，"
            "可以用 docgen quarter verify --agree 一次确认。"
        )


class Verifier:
    """Enters what an organ found."""

    def __init__(self, office: Office, shelf: TableShelf) -> None:
        self._office = office
        self._shelf = shelf

    def verify(
        self,
        record: TableRecord,
        column: str,
        verified: int,
        *,
        reason: str = "",
        note: str = "",
        source: str,
        children: Sequence[str] = (),
    ) -> VerifiedValue:
        """Enter the value of one column.

        Args:
            record: A unit's table that came to this organ.
            column: Which.
            verified: What was found.
            reason: One of `REASONS`, where it differs.
            note: In words.
            source: System asked and day.
            children: Persons behind a difference.

        Raises:
            WrongRoleError: this office verifies nothing.
            NotYourColumnError: another organ verifies it.
            VerifyValueError: negative.
            VerifyReasonError: it differs, and no reason is given.
            VerifySourceError: no source.
            VerifyChildrenError: it differs in persons who are not named.
            WrongStateError: the table was returned, or the reply is out.
        """
        role = self._shelf.must_be("核实", *VERIFIERS)
        own = verifiable(role)
        column = column.upper() if column.upper() in own else column
        if column not in own:
            raise NotYourColumnError(column, role, own)
        figure = self._shelf.read(record).total.figures.get(column)
        reported = None if figure is None or isinstance(figure.reported, Blank) else figure.reported
        if verified < 0:
            raise VerifyValueError(column)
        if not source.strip():
            raise VerifySourceError(column)
        if verified != reported and reason not in REASONS:
            raise VerifyReasonError(column)
        apart = abs(verified - (reported or 0))
        if apart > len(children) and counts_persons(columns()[column]):
            raise VerifyChildrenError(column, apart, len(children))
        value = VerifiedValue(
            column=column,
            organ=self._office.settings.unit_name,
            reported=reported,
            verified=verified,
            reason=reason,
            note=note,
            source=source.strip(),
            children=tuple(children),
            by=self._office.actor.name,
            day=self._office.today,
        )
        self._enter(record, [value])
        return value

    def agree(self, record: TableRecord, *, source: str) -> tuple[str, ...]:
        """Confirm every column not entered yet as it was reported; return which.

        Raises:
            WrongRoleError: this office verifies nothing.
            VerifySourceError: no source.
            WrongStateError: the table was returned, or the reply is out.
        """
        role = self._shelf.must_be("核实", *VERIFIERS)
        if not source.strip():
            raise VerifySourceError("这张表")
        with self._office.registry.read() as tx:
            done = {v.column for v in tx.tables.verified(record.uid)}
        figures = self._shelf.read(record).total.figures
        values = [
            VerifiedValue(
                column=name,
                organ=self._office.settings.unit_name,
                reported=value,
                verified=value,
                source=source.strip(),
                by=self._office.actor.name,
                day=self._office.today,
            )
            for name in verifiable(role)
            if name not in done and name in figures and not isinstance(value := figures[name].reported, Blank)
        ]
        self._enter(record, values)
        return tuple(v.column for v in values)

    def _enter(self, record: TableRecord, values: Sequence[VerifiedValue]) -> None:
        office = self._office
        with office.registry.begin() as tx:
            if record.state is not TableState.VERIFYING:
                check_move(record, tx.units.get(record.unit_uid).name, TableState.VERIFYING)
                tx.tables.move(record.uid, TableState.VERIFYING, by=office.actor.name, day=office.today)
            tx.tables.verify(record.uid, values)
            tx.audit.append("table.verify", actor=office.actor.name, subject=record.uid, cells=len(values))


def verification_file(tx: Tx, record: TableRecord, table: PeriodTable, role: Role) -> bytes:
    """Return what an organ sends back: every column it verifies, reported and verified beside each other.

    Raises:
        NotVerifiedError: a column that holds a number was not verified.
    """
    found = {v.column: v for v in tx.tables.verified(record.uid)}
    figures = table.total.figures
    missing = [
        name
        for name in verifiable(role)
        if name not in found and name in figures and not isinstance(figures[name].reported, Blank)
    ]
    if missing:
        raise NotVerifiedError(missing)
    rows = [asdict(found[name]) | {"day": found[name].day.isoformat()} for name in verifiable(role) if name in found]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows)
    return f'{{\n"format": {FORMAT},\n"values": [\n{lines}\n]\n}}\n'.encode()


def read_verification(data: bytes) -> tuple[VerifiedValue, ...]:
    """Read what an organ sent back.

    Raises:
        TableFileError: it is none, or of a newer program.
    """
    try:
        said = json.loads(data)
        if said["format"] != FORMAT:
            raise TableFileError
        values = tuple(
            VerifiedValue(**row | {"day": date.fromisoformat(row["day"]), "children": tuple(map(str, row["children"]))})
            for row in said["values"]
        )
    except (ValueError, KeyError, TypeError):
        raise TableFileError from None
    if any(type(v.verified) is not int or v.verified < 0 or v.column not in columns() for v in values):
        raise TableFileError
    return values
