"""Summary tables as they travel: versions, events, packages, verified values, adjustments; all of it only ever added.

Source: forms.md §8.9, C4, C6. Which moves are allowed is the desk's business; here nothing is lost or changed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import dialect
from archive.registry.uids import new_uid
from archive.schema_tables import period_tables, table_adjustments, table_events, table_packages, table_verified
from forms.errors import NotFoundError
from forms.quarter.period import Period
from forms.quarter.table import Adjustment, TableState
from forms.values.enums import UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime


class TableNotFoundError(NotFoundError):
    """No table of that unit, period or version."""

    code = "table.not-found"

    def __init__(self, what: str) -> None:
        super().__init__(f"没有“{what}”的汇总表。用 docgen quarter state 可以看到有哪些。")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableEvent:
    """One step of a table."""

    state: TableState
    by: str
    day: date
    note: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRecord:
    """One version of one unit's table."""

    uid: str
    unit_uid: str
    level: UnitKind
    period: Period
    version: int
    roster_uid: str
    """The frozen roster behind it; empty where only some blocks came."""
    digest: str
    """SHA-512 of the whole table's file."""
    correction: str
    made_by: str
    is_own: bool
    entered_at: datetime
    events: tuple[TableEvent, ...]
    """Oldest first; at least one."""

    @property
    def state(self) -> TableState:
        """Where it stands."""
        return self.events[-1].state

    def last(self, state: TableState) -> TableEvent | None:
        """Return the newest event that brought it into a state."""
        return next((e for e in reversed(self.events) if e.state is state), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePackage:
    """A package that was made or taken."""

    table_uid: str
    direction: str
    """``sent`` or ``received``."""
    kind: str
    party: str
    """The other unit."""
    party_role: str
    sha256: str
    by: str
    day: date
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedValue:
    """What an organ found for one cell (C4)."""

    column: str
    organ: str
    reported: int | None
    """``None``: the cell held no number."""
    verified: int
    reason: str = ""
    note: str = ""
    source: str = ""
    children: tuple[str, ...] = ()
    by: str
    day: date


class Tables:
    """The register of summary tables."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def add(
        self,
        *,
        unit_uid: str,
        level: UnitKind,
        period: Period,
        version: int,
        digest: str,
        made_by: str,
        state: TableState,
        by: str,
        day: date,
        roster_uid: str = "",
        correction: str = "",
        is_own: bool = True,
        note: str = "",
    ) -> TableRecord:
        """Enter a version of a table with its first event.

        Args:
            unit_uid: Whose table.
            level: Of that unit.
            period: What it speaks about.
            version: From 1; that unit, period and version must not be there.
            digest: SHA-512 of the whole table's file.
            made_by: Who filled it in.
            state: Where it stands.
            by: Who brought it there.
            day: When.
            roster_uid: The frozen roster behind it.
            correction: Why there is another version.
            is_own: This office's own.
            note: To the first event.
        """
        uid = new_uid()
        row = {
            "uid": uid,
            "unit_uid": unit_uid,
            "level": level.value,
            "period_from": period.from_on,
            "period_to": period.to_on,
            "version": version,
            "roster_uid": roster_uid,
            "digest": digest,
            "correction": correction,
            "made_by": made_by,
            "is_own": is_own,
            "entered_at": self._now,
        }
        dialect.insert(self._connection, period_tables, row)
        return self.move(uid, state, by=by, day=day, note=note)

    def move(self, uid: str, state: TableState, *, by: str, day: date, note: str = "") -> TableRecord:
        """Write that a table came into a state."""
        row = {"table_uid": uid, "state": state.value, "by": by, "day": day, "note": note, "at": self._now}
        dialect.insert(self._connection, table_events, row)
        return self.get(uid)

    def get(self, uid: str) -> TableRecord:
        """Return a table by uid.

        Raises:
            TableNotFoundError: none.
        """
        found = self._where(period_tables.c.uid == uid)
        if not found:
            raise TableNotFoundError(uid)
        return found[0]

    def versions(self, unit_uid: str, period: Period) -> tuple[TableRecord, ...]:
        """Return every version of a unit's table, oldest first."""
        return self._where(period_tables.c.unit_uid == unit_uid, *_of(period))

    def newest(self, unit_uid: str, period: Period) -> TableRecord | None:
        """Return the last version; ``None``: the unit has not reported."""
        found = self.versions(unit_uid, period)
        return found[-1] if found else None

    def all(self, period: Period | None = None, *, is_own: bool | None = None) -> tuple[TableRecord, ...]:
        """Return every version of every unit, of one period if given, in the order of unit and version."""
        where = [] if period is None else _of(period)
        if is_own is not None:
            where.append(period_tables.c.is_own == is_own)
        return self._where(*where)

    def add_package(
        self, uid: str, *, direction: str, kind: str, party: str, party_role: str, sha256: str, by: str, day: date
    ) -> None:
        """Write that a package about a table was made or taken."""
        row = {
            "table_uid": uid,
            "direction": direction,
            "kind": kind,
            "party": party,
            "party_role": party_role,
            "sha256": sha256,
            "by": by,
            "day": day,
            "at": self._now,
        }
        dialect.insert(self._connection, table_packages, row)

    def packages(self, uid: str) -> tuple[TablePackage, ...]:
        """Return the packages about a table, oldest first."""
        t = table_packages
        query = sa.select(t).where(t.c.table_uid == uid).order_by(t.c.pk)
        return tuple(_package(row) for row in dialect.rows(self._connection, query))

    def package(self, sha256: str, *, direction: str = "received") -> TablePackage | None:
        """Return a package by its SHA-256."""
        t = table_packages
        query = sa.select(t).where(t.c.sha256 == sha256, t.c.direction == direction)
        row = dialect.first(self._connection, query)
        return None if row is None else _package(row)

    def verify(self, uid: str, values: Iterable[VerifiedValue]) -> None:
        """Write what an organ found; of several entries for a cell the last one counts."""
        for value in values:
            row = asdict(value) | {"children": list(value.children), "table_uid": uid, "at": self._now}
            row["column_id"] = row.pop("column")
            dialect.insert(self._connection, table_verified, row)

    def verified(self, uid: str) -> tuple[VerifiedValue, ...]:
        """Return what counts for each column, in the order of entry."""
        t = table_verified
        found: dict[str, VerifiedValue] = {}
        for row in dialect.rows(self._connection, sa.select(t).where(t.c.table_uid == uid).order_by(t.c.pk)):
            column = row.pop("column_id")
            for name in ("pk", "table_uid", "at"):
                del row[name]
            found[column] = VerifiedValue(**row | {"column": column, "children": tuple(row["children"])})
        return tuple(found.values())

    def adjust(self, uid: str, adjustments: Iterable[Adjustment]) -> None:
        """Write the listed adjustments of an upper level's table."""
        for one in adjustments:
            row = asdict(one) | {"table_uid": uid, "at": self._now}
            row["column_id"] = row.pop("column")
            dialect.insert(self._connection, table_adjustments, row)

    def adjustments(self, uid: str) -> tuple[Adjustment, ...]:
        """Return the listed adjustments in their order."""
        t = table_adjustments
        rows = dialect.rows(self._connection, sa.select(t).where(t.c.table_uid == uid).order_by(t.c.pk))
        return tuple(
            Adjustment(column=r["column_id"], delta=r["delta"], unit_name=r["unit_name"], reason=r["reason"])
            for r in rows
        )

    def _where(self, *conditions: sa.ColumnElement[bool]) -> tuple[TableRecord, ...]:
        t, e = period_tables, table_events
        query = sa.select(t).where(*conditions).order_by(t.c.unit_uid, t.c.period_to, t.c.period_from, t.c.version)
        found = dialect.rows(self._connection, query)
        events: dict[str, list[TableEvent]] = {row["uid"]: [] for row in found}
        uids = list(events)
        for start in range(0, len(uids), 500):
            steps = sa.select(e).where(e.c.table_uid.in_(uids[start : start + 500])).order_by(e.c.pk)
            for row in dialect.rows(self._connection, steps):
                step = TableEvent(
                    state=TableState(row["state"]), by=row["by"], day=row["day"], note=row["note"], at=row["at"]
                )
                events[row["table_uid"]].append(step)
        return tuple(_record(row, events[row["uid"]]) for row in found)


def _of(period: Period) -> list[sa.ColumnElement[bool]]:
    return [period_tables.c.period_from == period.from_on, period_tables.c.period_to == period.to_on]


def _record(row: dict[str, Any], events: list[TableEvent]) -> TableRecord:
    return TableRecord(
        uid=row["uid"],
        unit_uid=row["unit_uid"],
        level=UnitKind(row["level"]),
        period=Period(from_on=row["period_from"], to_on=row["period_to"]),
        version=row["version"],
        roster_uid=row["roster_uid"],
        digest=row["digest"],
        correction=row["correction"],
        made_by=row["made_by"],
        is_own=row["is_own"],
        entered_at=row["entered_at"],
        events=tuple(events),
    )


def _package(row: dict[str, Any]) -> TablePackage:
    del row["pk"]
    return TablePackage(**row)
