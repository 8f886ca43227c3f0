"""The registry as text: every table in JSON lines, the same from SQLite and PostgreSQL, loaded into either.

Used where a file of one database is no good: the snapshots in the store, and backups of a server. The rows
of a table are cut into chunks by when their paper or person was entered, so that what is old gives the same
bytes in every dump and the store keeps it once. An index says which chunks make up a dump; a chunk it does
not name is of an older one. The format is described in docs/on-disk.md and is only ever added to.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import dialect, schema
from archive.registry import RegistryBrokenError, RegistryExistsError
from archive.registry.upgrade import build, revision_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

FORMAT = 1
INDEX = "registry.json"
_SPAN = 2000
"""How many keys make a chunk."""
_BATCH = 1000
_LEFT_OUT = frozenset({"outbox"})
"""What the index owes; after loading, the index is built anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A part of a table."""

    table: str
    number: int
    rows: int
    data: bytes
    """Gzip of UTF-8, one JSON array a line, values in the order of the index's columns."""

    @property
    def path(self) -> str:
        """Logical path of the chunk."""
        return chunk_path(self.table, self.number)


def chunk_path(table: str, number: int) -> str:
    """Return the path of a chunk within a dump."""
    return f"registry/{table}-{number:05}.jsonl.gz"


def dump(connection: sa.Connection) -> Iterator[Chunk]:
    """Yield the whole registry in chunks, tables before those that refer to them."""
    for table in schema.metadata.sorted_tables:
        if table.name in _LEFT_OUT:
            continue
        key = _key_of(table)
        order = [sa.literal_column("chunk"), *table.primary_key.columns]
        query = sa.select(key.label("chunk"), *table.columns).order_by(*order)
        result = connection.execution_options(yield_per=_BATCH).execute(query)
        for number, rows in groupby(result, key=lambda row: int(row[0])):
            lines = [json.dumps([_plain(v) for v in row[1:]], ensure_ascii=False) for row in rows]
            data = gzip.compress("".join(f"{line}\n" for line in lines).encode(), 6, mtime=0)
            yield Chunk(table=table.name, number=number, rows=len(lines), data=data)


def index_of(connection: sa.Connection, chunks: Sequence[tuple[str, int, int]], at: datetime) -> bytes:
    """Return the index of a dump.

    Args:
        connection: Gives the revision.
        chunks: Table, number and rows of each chunk, in the order of loading.
        at: When the dump was taken; aware.
    """
    tables: dict[str, dict[str, Any]] = {
        t.name: {"columns": [c.name for c in t.columns], "chunks": []}
        for t in schema.metadata.sorted_tables
        if t.name not in _LEFT_OUT
    }
    for name, number, rows in chunks:
        tables[name]["chunks"].append([number, rows])
    data = {"format": FORMAT, "revision": revision_of(connection), "taken_at": at.astimezone(UTC).isoformat()}
    return (json.dumps(data | {"tables": tables}, ensure_ascii=False, indent=1) + "\n").encode()


def paths_of(index: bytes) -> tuple[str, ...]:
    """Return the paths of the chunks that an index names."""
    tables = json.loads(index)["tables"]
    return tuple(chunk_path(name, number) for name, block in tables.items() for number, _ in block["chunks"])


def taken_at(index: bytes) -> datetime:
    """Return when a dump was taken."""
    return datetime.fromisoformat(json.loads(index)["taken_at"])


def load(url: str, index: bytes, read: Callable[[str], bytes]) -> None:
    """Make a registry from a dump, at the revision the dump was taken at.

    Args:
        url: An address without a registry.
        index: The bytes of `INDEX`.
        read: Gives the bytes of a chunk by its path.

    Raises:
        RegistryExistsError: there is a registry at the address; it is left alone.
        RegistryBrokenError: the dump does not hold together.
    """
    said = json.loads(index)
    if said["format"] != FORMAT:
        raise RegistryBrokenError(INDEX)
    engine = dialect.engine_for(sa.make_url(url))
    try:
        with dialect.connect(engine, write=True, alter=True) as connection, connection.begin():
            if revision_of(connection):
                raise RegistryExistsError(str(engine.url.database))
            build(connection, said["revision"])
            tables = sa.MetaData()
            tables.reflect(connection)
            for name, block in said["tables"].items():
                _load_table(connection, tables.tables[name], block, read)
            if not dialect.is_sound(connection):
                raise RegistryBrokenError(INDEX)
    finally:
        engine.dispose()


def _load_table(
    connection: sa.Connection, table: sa.Table, block: Mapping[str, Any], read: Callable[[str], bytes]
) -> None:
    columns = [table.columns[name] for name in block["columns"]]
    readers = [_reader(column) for column in columns]
    names = [column.name for column in columns]
    for number, count in block["chunks"]:
        lines = gzip.decompress(read(chunk_path(table.name, number))).decode().splitlines()
        if len(lines) != count:
            raise RegistryBrokenError(chunk_path(table.name, number))
        rows = [
            {name: reader(value) for name, reader, value in zip(names, readers, json.loads(line), strict=True)}
            for line in lines
        ]
        for start in range(0, len(rows), _BATCH):
            connection.execute(sa.insert(table), _parents_first(table, rows)[start : start + _BATCH])
    dialect.set_counter(connection, table)


def _parents_first(table: sa.Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Order the rows of a table that refers to itself; a server watches its keys row by row."""
    own = next((f for f in table.foreign_key_constraints if f.referred_table is table), None)
    if own is None:
        return rows
    (near,), far = own.column_keys, own.elements[0].column.name
    waiting, known, ordered = list(rows), {None}, []
    here = {row[far] for row in rows}
    while waiting:
        ready = [row for row in waiting if row[near] in known or row[near] not in here]
        if not ready:
            raise RegistryBrokenError(table.name)
        ordered += ready
        known |= {row[far] for row in ready}
        waiting = [row for row in waiting if row not in ready]
    return ordered


def _key_of(table: sa.Table) -> sa.ColumnElement[int]:
    """Return what a row is cut by: its own running number, or that of the paper or person it belongs to."""
    for name in ("pk", "seq"):
        if name in table.primary_key.columns:
            return table.columns[name] // _SPAN
    if "version_pk" in table.primary_key.columns:  # a frozen roster never changes: a chunk of its own
        return table.columns["version_pk"] + 0
    targets = {"papers": schema.papers, "versions": schema.papers, "copies": schema.papers}
    targets |= {"people": schema.people, "children": schema.people}
    for constraint in sorted(table.foreign_key_constraints, key=lambda c: c.referred_table.name, reverse=True):
        anchor = targets.get(constraint.referred_table.name)
        own = next((k for k in constraint.column_keys if k.endswith("_uid")), "")
        if anchor is not None and own in table.primary_key.columns:
            found = sa.select(anchor.c.pk // _SPAN).where(anchor.c.uid == table.columns[own])
            return sa.func.coalesce(found.scalar_subquery(), 0)
    return sa.literal(0)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _reader(column: sa.Column[Any]) -> Callable[[Any], Any]:
    kind = column.type
    if isinstance(kind, sa.JSON):
        column.type = type(kind)(none_as_null=True)
    if isinstance(kind, sa.DateTime):
        return lambda text: text and datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
    if isinstance(kind, sa.Date):
        return lambda text: text and date.fromisoformat(text)
    return lambda value: value
