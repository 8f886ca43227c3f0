"""What differs between SQLite and PostgreSQL, all of it, so that nothing else has to know.

SQLite runs in WAL mode with `synchronous=FULL`: a commit that returned is on the disk. Python's
driver would begin transactions by its own rules (and end them before DDL), so it is told not to;
a write transaction begins with `BEGIN IMMEDIATE`, so two writers queue instead of failing halfway.
"""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from forms.errors import AppError, ArchiveBrokenError, DiskFullError, OfficeBusyError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

BUSY_TIMEOUT_MS = 15_000
_WRITE = "docgen_write"
_ALTER = "docgen_alter"


class RegistryBrokenError(ArchiveBrokenError):
    """The registry's file is damaged or no registry at all."""

    code = "registry.broken"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"登记库“{name}”已损坏或不是登记库，没有做任何改动。请用备份恢复后再试。")


class RegistryUnwritableError(AppError):
    """The registry cannot be written or reached: read-only disk, folder gone."""

    code = "registry.unwritable"
    exit_code = 16

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"登记库“{name}”打不开或无法写入。请检查磁盘、网络盘是否连接好，文件夹是否只读，然后再试一次。"
        )


class KeptRowError(RefusedError):
    """The database refused to change or delete what was given out, signed or said."""

    code = "registry.kept"

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(
            "已经签署、发出或记录的内容不能改动、不能删除，登记库拒绝了这次操作。如需更正，请另出新版或另记一条。"
        )


def engine_for(url: sa.URL) -> sa.Engine:
    """Return an engine for a registry's address, set up for its kind of database."""
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url, pool_pre_ping=True)
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, record: object) -> None:
        del record
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "cache_size = -32768",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        options = connection.get_execution_options()
        write = options.get(_WRITE, False)
        # a table that is altered by copying is dropped for a moment; those that point to it must not mind
        connection.exec_driver_sql(f"PRAGMA foreign_keys = {'OFF' if options.get(_ALTER, False) else 'ON'}")
        connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if write else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def has_file(url: sa.URL) -> bool:
    """Tell whether a registry's address leads to a database: for SQLite, a file that begins as one."""
    if url.get_backend_name() != "sqlite":
        return True
    path = Path(url.database or "")
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def connect(engine: sa.Engine, *, write: bool, alter: bool = False) -> sa.Connection:
    """Return a connection whose next transaction writes, or only reads, or alters the tables themselves."""
    connection = engine.connect()
    if engine.dialect.name == "postgresql":
        level = "READ COMMITTED" if write else "REPEATABLE READ"  # a reader sees one state, as in SQLite
        return connection.execution_options(postgresql_readonly=not write, isolation_level=level)
    return connection.execution_options(**{_WRITE: write, _ALTER: alter})


def add_if_absent(connection: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> bool:
    """Insert a row unless its key is there already; tell whether it was inserted."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    key = next(iter(table.primary_key.columns))  # asked back, because drivers count such rows differently
    return connection.execute(make(table).values(**row).on_conflict_do_nothing().returning(key)).first() is not None


def rows(connection: sa.Connection, query: sa.Select[Any]) -> list[dict[str, Any]]:
    """Return the rows of a query by column name."""
    return [dict(row) for row in connection.execute(query).mappings()]


def first(connection: sa.Connection, query: sa.Select[Any]) -> dict[str, Any] | None:
    """Return the first row of a query by column name."""
    return next(iter(rows(connection, query)), None)


def insert(connection: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> int:
    """Insert a row into a table with a key made by the database; return the key."""
    key = connection.execute(sa.insert(table).values(**row)).inserted_primary_key
    assert key is not None
    return int(key[0])


def set_counter(connection: sa.Connection, table: sa.Table) -> None:
    """Let the database's own counter go on after rows that were inserted with their keys."""
    if connection.dialect.name == "postgresql" and "pk" in table.primary_key.columns:
        counter = sa.func.pg_get_serial_sequence(table.name, "pk")
        last = sa.select(sa.func.max(table.c.pk)).scalar_subquery()
        connection.execute(sa.select(sa.func.setval(counter, sa.func.coalesce(last, 1), last.is_not(None))))


def copy_file(url: sa.URL, target: Path) -> bool:
    """Copy a SQLite registry while others write, by SQLite's own means; tell whether it was one.

    The copy is one state of the whole registry and is checked page by page before this returns.

    Raises:
        RegistryBrokenError: the registry, or the copy, is damaged.
    """
    if url.get_backend_name() != "sqlite":
        return False
    source = sqlite3.connect(url.database or "", timeout=BUSY_TIMEOUT_MS / 1000)
    copy = sqlite3.connect(target)
    try:
        source.backup(copy)  # all pages at once: one state, and writers go on beside it (WAL)
        copy.execute("PRAGMA journal_mode = DELETE").close()
        if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise RegistryBrokenError(Path(url.database or "").name)
    except sqlite3.DatabaseError as error:
        raise RegistryBrokenError(Path(url.database or "").name) from error
    finally:
        copy.close()
        source.close()
    return True


def is_sound(connection: sa.Connection) -> bool:
    """Run the database's own check; PostgreSQL checks its pages as it reads them."""
    if connection.dialect.name != "sqlite":
        return True
    checks = (connection.exec_driver_sql(f"PRAGMA {name}").first() for name in ("integrity_check", "foreign_key_check"))
    return all(row is None or row[0] == "ok" for row in checks)


def translate(error: sa.exc.DBAPIError, name: str) -> AppError | None:
    """Return the error a clerk can understand, or ``None`` when the cause is not the machine's."""
    original = error.orig
    kept = re.match(r"docgen\.keep (\w+)", str(original))
    if kept:
        return KeptRowError(kept[1])
    if isinstance(original, sqlite3.Error):
        code = getattr(original, "sqlite_errorcode", 0) & 0xFF
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return OfficeBusyError()
        if code == sqlite3.SQLITE_FULL:
            return DiskFullError(name)
        if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            return RegistryBrokenError(name)
        if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM}:
            return RegistryUnwritableError(name)
        return None
    state = getattr(original, "sqlstate", "") or ""
    if state in {"55P03", "57014"}:
        return OfficeBusyError()
    if state == "53100":
        return DiskFullError(name)
    return RegistryUnwritableError(name) if error.connection_invalidated else None
