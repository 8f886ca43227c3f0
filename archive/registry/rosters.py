"""Frozen rosters (名册版本) in the registry: entered once, counted and proved, never changed.

Source: forms.md §8, REF-13. A roster comes from this office's own freeze or from a package another office sent;
both are counted by the same queries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import dialect
from archive.rosters import counting, proving
from archive.schema_rosters import GROUPS, roster_details, roster_events, roster_units, roster_versions
from forms.errors import NotFoundError, RefusedError
from forms.quarter.columns import columns
from forms.quarter.frozen_roster import FrozenEvent, FrozenPerson, FrozenRoster, RosterVersion
from forms.quarter.period import Period
from forms.values.enums import UnitKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from archive.rosters.proving import Behind

_BATCH = 2000


class RosterNotFoundError(NotFoundError):
    """No frozen roster of that period or uid."""

    code = "roster.not-found"

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"没有“{what}”的名册版本。请先用 docgen quarter freeze 冻结名册。")


class RosterExistsError(RefusedError):
    """That version of a unit's roster is there already."""

    code = "roster.exists"

    def __init__(self, head: RosterVersion) -> None:
        self.head = head
        super().__init__(f"{head.unit_name}的名册 {head.name}已经有了，没有改动。更正请另出一版并写明原因。")


class UnknownColumnError(NotFoundError):
    """The table has no such column."""

    code = "column.unknown"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"汇总表没有“{name}”这一栏。用 docgen quarter table 可以看到全部栏号，例如 KA4。")


class Rosters:
    """The register of frozen rosters."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def add(self, roster: FrozenRoster, *, is_own: bool = True) -> RosterVersion:
        """Enter a frozen roster; `head.digest` is that of its file.

        Raises:
            RosterExistsError: that unit, period and version is there.
        """
        head = roster.head
        if any(v.version == head.version for v in self.versions(unit_uid=head.unit_uid, period=head.period)):
            raise RosterExistsError(head)
        row = {
            "uid": head.uid,
            "unit_uid": head.unit_uid,
            "unit_name": head.unit_name,
            "level": head.level.value,
            "period_from": head.period.from_on,
            "period_to": head.period.to_on,
            "version": head.version,
            "made_at": head.made_at,
            "made_by": head.made_by,
            "reason": head.reason,
            "profile": head.profile,
            "opening_uid": head.opening_uid,
            "digest": head.digest,
            "is_own": is_own,
            "entered_at": self._now,
        }
        pk = dialect.insert(self._connection, roster_versions, row)
        units = [{"version_pk": pk, "unit_uid": uid, "name": name} for uid, name in sorted(roster.units.items())]
        self._insert(roster_units, units)
        for group, table in GROUPS.items():
            people: tuple[FrozenPerson, ...] = getattr(roster, group)
            self._insert(table, [_person_row(pk, p, with_facts=group in {"children", "elders"}) for p in people])
            self._insert(
                roster_details,
                [
                    {"version_pk": pk, "person_group": group, "person_uid": p.uid, "details": dict(p.details)}
                    for p in people
                ],
            )
        self._insert(roster_events, [_event_row(pk, seq, e) for seq, e in enumerate(roster.events, start=1)])
        return head

    def versions(
        self, *, unit_uid: str = "", period: Period | None = None, own_only: bool = False
    ) -> tuple[RosterVersion, ...]:
        """Return the heads, of one unit and one period if given, in the order of unit, period and version."""
        t = roster_versions
        query = sa.select(t)
        if unit_uid:
            query = query.where(t.c.unit_uid == unit_uid)
        if period is not None:
            query = query.where(t.c.period_from == period.from_on, t.c.period_to == period.to_on)
        if own_only:
            query = query.where(t.c.is_own)
        query = query.order_by(t.c.unit_uid, t.c.period_to, t.c.period_from, t.c.version)
        return tuple(_head(row) for row in dialect.rows(self._connection, query))

    def newest(self, unit_uid: str, period: Period) -> RosterVersion | None:
        """Return the last version of a unit's roster for a period."""
        found = self.versions(unit_uid=unit_uid, period=period)
        return found[-1] if found else None

    def ending_on(self, unit_uid: str, day: Any) -> tuple[RosterVersion, ...]:
        """Return the versions of a unit whose period ends on a day, newest last (R-18)."""
        return tuple(v for v in self.versions(unit_uid=unit_uid) if v.period.to_on == day)

    def get(self, uid: str) -> RosterVersion:
        """Return a head by uid.

        Raises:
            RosterNotFoundError: none.
        """
        return _head(self._row(uid))

    def is_own(self, uid: str) -> bool:
        """Tell whether this office froze it itself.

        Raises:
            RosterNotFoundError: none.
        """
        return bool(self._row(uid)["is_own"])

    def unit_names(self, uid: str) -> dict[str, str]:
        """Return the names of the villages a roster names, by uid.

        Raises:
            RosterNotFoundError: no such roster.
        """
        t = roster_units
        query = sa.select(t.c.unit_uid, t.c.name).where(t.c.version_pk == self._row(uid)["pk"])
        return dict(self._connection.execute(query).all())

    def load(self, uid: str) -> FrozenRoster:
        """Return a whole roster, people in the order of village and uid.

        Raises:
            RosterNotFoundError: none.
        """
        row = self._row(uid)
        pk = row["pk"]
        t = roster_events
        events = dialect.rows(self._connection, sa.select(t).where(t.c.version_pk == pk).order_by(t.c.seq))
        return FrozenRoster(
            head=_head(row),
            units=self.unit_names(uid),
            **{group: self._group(pk, group, table) for group, table in GROUPS.items()},
            events=tuple(_event(e) for e in events),
        )

    def count(self, versions: Sequence[RosterVersion], *, by_unit: bool = False) -> dict[str, dict[str, int]]:
        """Count every column of rosters of different units (or of one, village by village).

        Args:
            versions: One version of each unit that reports.
            by_unit: Figures by village; else by reporting unit.

        Returns:
            Figures by uid of the unit; every column that is counted at all has one, 0 where nothing is counted.
        """
        t = roster_versions
        keys: dict[int, str] = {}
        wanted = [v.uid for v in versions]
        for start in range(0, len(wanted), 500):
            query = sa.select(t.c.pk, t.c.unit_uid).where(t.c.uid.in_(wanted[start : start + 500]))
            keys |= dict(self._connection.execute(query).all())
        counted = [c.id for c in columns().values() if c.count.source != "none"]
        figures = counting.count(self._connection, sorted(keys), by_unit=by_unit)
        found: dict[str, dict[str, int]] = {} if by_unit else {uid: dict.fromkeys(counted, 0) for uid in keys.values()}
        for (pk, unit), row in figures.items():
            mine = found.setdefault(unit if by_unit else keys[pk], dict.fromkeys(counted, 0))
            for name, number in row.items():
                mine[name] += number
        return found

    def behind(self, uid: str, column: str, unit_uid: str = "") -> tuple[Behind, ...]:
        """Return who and what one figure counts.

        Raises:
            RosterNotFoundError: no such roster.
            UnknownColumnError: no such column.
        """
        if column not in columns():
            raise UnknownColumnError(column)
        return proving.behind(self._connection, self._row(uid)["pk"], columns()[column], unit_uid)

    def _row(self, uid: str) -> dict[str, Any]:
        row = dialect.first(self._connection, sa.select(roster_versions).where(roster_versions.c.uid == uid))
        if row is None:
            raise RosterNotFoundError(uid)
        return row

    def _insert(self, table: sa.Table, rows: list[dict[str, Any]]) -> None:
        for start in range(0, len(rows), _BATCH):
            self._connection.execute(sa.insert(table), rows[start : start + _BATCH])

    def _group(self, pk: int, group: str, table: sa.Table) -> tuple[FrozenPerson, ...]:
        d = roster_details
        same = sa.and_(
            d.c.version_pk == table.c.version_pk, d.c.person_uid == table.c.person_uid, d.c.person_group == group
        )
        query = sa.select(table, d.c.details).outerjoin(d, same).where(table.c.version_pk == pk)
        rows = dialect.rows(self._connection, query.order_by(table.c.unit_uid, table.c.person_uid))
        facts = [c.name for c in table.columns][6:]
        return tuple(
            FrozenPerson(
                uid=row["person_uid"],
                unit_uid=row["unit_uid"],
                start_unit_uid=row["start_unit_uid"],
                at_start=bool(row["at_start"]),
                at_end=bool(row["at_end"]),
                facts={fact: row[fact] for fact in facts},
                details=row["details"] or {},
            )
            for row in rows
        )


def _person_row(pk: int, person: FrozenPerson, *, with_facts: bool) -> dict[str, Any]:
    return {
        "version_pk": pk,
        "unit_uid": person.unit_uid,
        "person_uid": person.uid,
        "start_unit_uid": person.start_unit_uid,
        "at_start": int(person.at_start),
        "at_end": int(person.at_end),
        **(person.facts if with_facts else {}),
    }


def _event_row(pk: int, seq: int, event: FrozenEvent) -> dict[str, Any]:
    return {
        "version_pk": pk,
        "unit_uid": event.unit_uid,
        "kind": event.kind,
        "seq": seq,
        "label": event.label,
        "person_uid": event.person_uid,
        "person_name": event.person_name,
        "happened_on": event.on,
        "paper_uid": event.paper_uid,
        "paper": event.paper,
        "is_inner": int(event.inner),
    }


def _event(row: Mapping[str, Any]) -> FrozenEvent:
    return FrozenEvent(
        kind=row["kind"],
        label=row["label"],
        unit_uid=row["unit_uid"],
        person_uid=row["person_uid"],
        person_name=row["person_name"],
        on=row["happened_on"],
        paper_uid=row["paper_uid"],
        paper=row["paper"],
        inner=bool(row["is_inner"]),
    )


def _head(row: Mapping[str, Any]) -> RosterVersion:
    return RosterVersion(
        uid=row["uid"],
        unit_uid=row["unit_uid"],
        unit_name=row["unit_name"],
        level=UnitKind(row["level"]),
        period=Period(from_on=row["period_from"], to_on=row["period_to"]),
        version=row["version"],
        made_at=row["made_at"],
        made_by=row["made_by"],
        reason=row["reason"],
        profile=row["profile"],
        opening_uid=row["opening_uid"],
        digest=row["digest"],
    )
