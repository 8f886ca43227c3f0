"""Who stands behind a figure: the rows that were counted, each with its village, paper and day.

Source: forms.md §8.8 R-17. The conditions are those the figure was counted with, so that the list is as long as
the figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from archive.rosters.counting import conditions, table_of, unit_of
from archive.schema_rosters import roster_details, roster_events, roster_units
from forms.quarter.columns import Column, resolve
from forms.quarter.frozen_roster import UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """One person or event behind a figure."""

    person_uid: str
    person: str
    unit_uid: str
    unit: str
    """Name of the village."""
    paper_uid: str = ""
    paper: str = ""
    """Number of the paper; empty: it stands in the register alone."""
    on: date | None = None
    label: str = ""


def behind(connection: sa.Connection, version: int, column: Column, unit_uid: str = "") -> tuple[Behind, ...]:
    """Return what one figure of one roster counts, by village and name.

    Args:
        connection: The registry.
        version: Key of the roster version.
        column: Which column.
        unit_uid: Only this village; moves within the roster's own villages count only then.
    """
    column = resolve(column)
    if column.count.source == "none":
        return ()
    named = sa.select(roster_units.c.unit_uid, roster_units.c.name).where(roster_units.c.version_pk == version)
    names = dict(connection.execute(named).all())
    unit = unit_of(column)
    where = [*conditions(column), *([unit == unit_uid] if unit_uid else [])]
    rows = (
        _of_events(connection, version, column, where, names, inner=bool(unit_uid))
        if column.count.is_of_events
        else _of_people(connection, version, column, where, names)
    )
    return tuple(sorted(rows, key=lambda b: (b.unit, b.person, b.on or date.min, b.paper, b.person_uid)))


def _of_events(
    connection: sa.Connection,
    version: int,
    column: Column,
    where: list[sa.ColumnElement[bool]],
    names: dict[str, str],
    *,
    inner: bool,
) -> list[Behind]:
    table = roster_events
    query = sa.select(table).where(table.c.version_pk == version, *where)
    if not inner:
        query = query.where(table.c.is_inner == 0)
    rows = [
        Behind(
            person_uid=row["person_uid"],
            person=row["person_name"],
            unit_uid=row["unit_uid"],
            unit=names.get(row["unit_uid"], ""),
            paper_uid=row["paper_uid"],
            paper=row["paper"],
            on=row["happened_on"],
            label=row["label"],
        )
        for row in connection.execute(query.order_by(table.c.happened_on, table.c.seq)).mappings()
    ]
    if column.count.source == "persons":
        first: dict[str, Behind] = {}
        for row in rows:
            first.setdefault(row.person_uid, row)
        return list(first.values())
    return rows


def _of_people(
    connection: sa.Connection,
    version: int,
    column: Column,
    where: list[sa.ColumnElement[bool]],
    names: dict[str, str],
) -> list[Behind]:
    table, _ = table_of(column)
    group = column.count.source.partition(".")[0]
    same = sa.and_(
        roster_details.c.version_pk == table.c.version_pk,
        roster_details.c.person_uid == table.c.person_uid,
        roster_details.c.person_group == group,
    )
    query = (
        sa.select(table.c.person_uid, unit_of(column), roster_details.c.details)
        .outerjoin(roster_details, same)
        .where(table.c.version_pk == version, *where)
    )
    papers = _grounds(connection, version, column.ground)
    rows = []
    for uid, unit_uid, details in connection.execute(query):
        paper_uid, paper, on = papers.get(uid, ("", "", None))
        name = (details or {}).get("child_name") or (details or {}).get("elder_name") or UNKNOWN
        rows.append(
            Behind(
                person_uid=uid,
                person=name,
                unit_uid=unit_uid,
                unit=names.get(unit_uid, ""),
                paper_uid=paper_uid,
                paper=paper,
                on=on,
            )
        )
    return rows


def _grounds(connection: sa.Connection, version: int, kind: str) -> dict[str, tuple[str, str, date | None]]:
    """Return the newest paper of each person among the frozen events of a kind."""
    if not kind:
        return {}
    table = roster_events
    query = (
        sa.select(table.c.person_uid, table.c.paper_uid, table.c.paper, table.c.happened_on)
        .where(table.c.version_pk == version, table.c.kind == kind)
        .order_by(table.c.happened_on, table.c.seq)
    )
    return {uid: (paper_uid, paper, on) for uid, paper_uid, paper, on in connection.execute(query)}
