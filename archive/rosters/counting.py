"""The figures of C1 as aggregations over frozen rows: the database counts, nothing here walks over people.

Source: forms.md §8. One pass over the rows of the rosters for all stocks, one over the events, one short one for
each column that counts distinct persons. The same for one town by village and for a province by town.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive.schema_rosters import roster_children, roster_elders, roster_events
from forms.quarter.columns import columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from forms.quarter.columns import Column

_CHUNK = 500
"""Versions in one IN list; every database takes this many."""
_PEOPLE = {"children": roster_children, "elders": roster_elders}

Figures = dict[tuple[int, str], dict[str, int]]
"""Version and unit (empty: the whole version) → column → number; a number that is 0 may be absent."""


def count(connection: sa.Connection, versions: Sequence[int], *, by_unit: bool) -> Figures:
    """Count every column of some frozen rosters.

    Args:
        connection: The registry.
        versions: Keys of the roster versions.
        by_unit: A figure for each village of each roster; else one for each roster, in which a move
            between its own villages is neither an entry nor an exit (X-15).
    """
    figures: Figures = defaultdict(dict)
    for start in range(0, len(versions), _CHUNK):
        chosen = list(versions[start : start + _CHUNK])
        for source in ("children.end", "children.start", "elders.end", "elders.start"):
            _people(connection, source, chosen, figures, by_unit=by_unit)
        _events(connection, chosen, figures, by_unit=by_unit)
        for column in columns().values():
            if column.count.source == "persons":
                _persons(connection, column, chosen, figures, by_unit=by_unit)
    for column in columns().values():
        if column.count.source == "same":
            for row in figures.values():
                row[column.id] = row.get(column.count.name, 0)
    return dict(figures)


def conditions(column: Column) -> list[sa.ColumnElement[bool]]:
    """Return what a row must fulfil to be counted in a column, version and unit aside."""
    how = column.count
    if how.is_of_events:
        wanted = [roster_events.c.kind == how.name]
        return wanted + [roster_events.c.label.in_(values) for _, values in how.where]
    table, end = table_of(column)
    return [table.c[end] == 1, *_facts(table, column)]


def table_of(column: Column) -> tuple[sa.Table, str]:
    """Return the table of people a column is counted in, and its mark for the day."""
    group, _, end = column.count.source.partition(".")
    return _PEOPLE[group], f"at_{end}"


def unit_of(column: Column) -> sa.Column[Any]:
    """Return the column that says in which village a row counts."""
    if column.count.is_of_events:
        return roster_events.c.unit_uid
    table, end = table_of(column)
    return table.c.start_unit_uid if end == "at_start" else table.c.unit_uid


def _facts(table: sa.Table, column: Column) -> list[sa.ColumnElement[bool]]:
    return [
        table.c[fact] == values[0] if len(values) == 1 else table.c[fact].in_(values)
        for fact, values in column.count.where
    ]


def _people(connection: sa.Connection, source: str, chosen: list[int], figures: Figures, *, by_unit: bool) -> None:
    wanted = [c for c in columns().values() if c.count.source == source]
    table, end = table_of(wanted[0])
    sums = [
        sa.func.sum(sa.case((sa.and_(*facts), 1), else_=0)) if (facts := _facts(table, c)) else sa.func.count()
        for c in wanted
    ]
    keys = _keys(table, unit_of(wanted[0]), by_unit=by_unit)
    query = sa.select(*keys, *sums).where(table.c.version_pk.in_(chosen), table.c[end] == 1).group_by(*keys)
    for version, *row in connection.execute(query):
        unit = row.pop(0) if by_unit else ""
        figures[version, unit].update({c.id: int(n) for c, n in zip(wanted, row, strict=True) if n})


def _events(connection: sa.Connection, chosen: list[int], figures: Figures, *, by_unit: bool) -> None:
    wanted: dict[str, list[Column]] = defaultdict(list)
    for column in columns().values():
        if column.count.source == "events":
            wanted[column.count.name].append(column)
    table = roster_events
    keys = _keys(table, table.c.unit_uid, by_unit=by_unit)
    query = sa.select(*keys, table.c.kind, table.c.label, sa.func.count()).where(
        table.c.version_pk.in_(chosen), table.c.kind.in_(sorted(wanted))
    )
    if not by_unit:
        query = query.where(table.c.is_inner == 0)
    for version, *row in connection.execute(query.group_by(*keys, table.c.kind, table.c.label)):
        unit = row.pop(0) if by_unit else ""
        kind, label, number = row
        figure = figures[version, unit]
        for column in wanted[kind]:
            if all(label in values for _, values in column.count.where):
                figure[column.id] = figure.get(column.id, 0) + int(number)


def _persons(connection: sa.Connection, column: Column, chosen: list[int], figures: Figures, *, by_unit: bool) -> None:
    table = roster_events
    keys = _keys(table, table.c.unit_uid, by_unit=by_unit)
    query = (
        sa.select(*keys, sa.func.count(sa.distinct(table.c.person_uid)))
        .where(table.c.version_pk.in_(chosen), *conditions(column))
        .group_by(*keys)
    )
    if not by_unit:
        query = query.where(table.c.is_inner == 0)
    for version, *row in connection.execute(query):
        figures[version, row[0] if by_unit else ""][column.id] = int(row[-1])


def _keys(table: sa.Table, unit: sa.Column[Any], *, by_unit: bool) -> Iterable[sa.Column[Any]]:
    return (table.c.version_pk, unit) if by_unit else (table.c.version_pk,)
