"""登记库: people, papers, numbers, scans and acts of one office, in SQLite or PostgreSQL.

Source: design/product.md (“Three truths”). Everything is read and written inside a transaction that
sees one state of the whole registry::

    with Registry.open(url) as registry:
        with registry.begin() as tx:      # writes; all of it or nothing
            number = tx.numbers.next("洗民委照", 2026)
        with registry.read() as tx:       # reads only
            record = tx.people.get(uid)

A transaction that returned is on the disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa

from archive import dialect, schema
from archive.dialect import RegistryBrokenError
from archive.numbering import Numbers
from archive.registry.audit import Audit
from archive.registry.cases import Cases
from archive.registry.codes import Codes
from archive.registry.decisions import Decisions
from archive.registry.disposals import Disposals
from archive.registry.duties import Duties
from archive.registry.history import History
from archive.registry.notes import Notes
from archive.registry.old_items import OldItems
from archive.registry.outbox import Outbox
from archive.registry.papers import Papers
from archive.registry.people import People
from archive.registry.rosters import Rosters
from archive.registry.scans import Scans
from archive.registry.seal import is_decayed, seal
from archive.registry.tables import Tables
from archive.registry.transfers import Transfers
from archive.registry.uids import new_uid
from archive.registry.units import Units
from archive.registry.upgrade import revision_of, upgrade
from archive.registry.values import decode_values, encode_values
from archive.registry.withdrawals import Withdrawals
from forms.errors import RefusedError

if TYPE_CHECKING:
    from types import TracebackType

__all__ = [
    "ConflictError",
    "Registry",
    "RegistryBrokenError",
    "RegistryExistsError",
    "Tx",
    "decode_values",
    "encode_values",
    "new_uid",
]

Clock = Callable[[], datetime]


class RegistryExistsError(RefusedError):
    """There is a registry already."""

    code = "registry.exists"

    def __init__(self, name: str) -> None:
        super().__init__(f"“{name}”已经有登记库了，没有新建。")


def _now() -> datetime:
    return datetime.now(UTC)


class ConflictError(Exception):
    """What was to be written contradicts what is there: a number twice, a person nobody knows."""


class Tx:
    """One transaction: the parts of the registry on one connection, at one moment."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self.connection = connection
        self.now = now
        """The moment that everything written in this transaction carries; UTC."""
        self.history = History(connection, now)
        self.outbox = Outbox(connection, now)
        self.notes = Notes(connection)
        self.units = Units(connection)
        self.people = People(connection, now, self.history, self.outbox)
        self.papers = Papers(connection, now, self.outbox)
        self.numbers = Numbers(connection, now)
        self.scans = Scans(connection, now)
        self.audit = Audit(connection, now)
        self.duties = Duties(connection)
        self.cases = Cases(connection, now, self.history, self.people)
        self.old = OldItems(connection, now, self.outbox)
        self.codes = Codes(connection, now, self.outbox)
        self.disposals = Disposals(connection, now, self.outbox)
        self.transfers = Transfers(connection, now)
        self.tables = Tables(connection, now)
        self.withdrawals = Withdrawals(connection, now, self.outbox, self.papers)
        self.rosters = Rosters(connection, now)
        self.desk = Decisions(connection, now, self.scans, self.outbox)

    def index_keys(self) -> frozenset[str]:
        """Return what the index must hold: children, papers with a version, old items."""
        queries = (
            sa.select(schema.children.c.uid),
            sa.select(schema.papers.c.uid).where(schema.papers.c.version > 0),
            sa.select(schema.schema_kept.old_items.c.uid),
        )
        return frozenset(key for query in queries for key in self.connection.execute(query).scalars())

    def is_sound(self) -> bool:
        """Run the database's own check of everything in it."""
        return dialect.is_sound(self.connection)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Write all of a part or nothing of it; the rest of the transaction goes on.

        Raises:
            ConflictError: the database does not take it.
        """
        try:
            with self.connection.begin_nested():
                yield
        except sa.exc.IntegrityError as error:
            raise ConflictError from error


class Registry:
    """An open registry; close it, or use it in a `with`."""

    def __init__(self, engine: sa.Engine, *, clock: Clock = _now) -> None:
        self._engine = engine
        self._clock = clock

    @classmethod
    def create(cls, url: str, *, clock: Clock = _now) -> Self:
        """Make a new registry and open it.

        Args:
            url: ``sqlite:///…/registry.db`` or a PostgreSQL address; see `sqlite_url`.
            clock: Gives the present moment, aware.

        Raises:
            RegistryExistsError: there is one at this address.
        """
        registry = cls(dialect.engine_for(sa.make_url(url)), clock=clock)
        try:
            registry._make()
        except BaseException:
            registry.close()
            raise
        return registry

    @classmethod
    def open(cls, url: str, *, clock: Clock = _now) -> Self:
        """Open a registry, upgrading it to this program's revision.

        Raises:
            RegistryBrokenError: there is none, or it is damaged.
            RegistryTooNewError: a newer program wrote it.
        """
        parsed = sa.make_url(url)
        if not dialect.has_file(parsed):
            raise RegistryBrokenError(Path(parsed.database or "").name)
        registry = cls(dialect.engine_for(parsed), clock=clock)
        try:
            registry._bring_up_to_date()
        except BaseException:
            registry.close()
            raise
        return registry

    @staticmethod
    def adopt(file: Path, url: str) -> None:
        """Let a file that holds a registry stand at an address of SQLite where nothing stands yet.

        Raises:
            RegistryExistsError: something stands there.
            RegistryBrokenError: the file holds no registry, or a damaged one.
        """
        target = Path(sa.make_url(url).database or "")
        if target.exists():
            raise RegistryExistsError(target.name)
        with Registry.open(sqlite_url(file)) as registry, registry.read() as tx:
            if not dialect.is_sound(tx.connection):
                raise RegistryBrokenError(file.name)
        file.replace(target)

    @property
    def name(self) -> str:
        """File or database name, for messages."""
        return Path(self._engine.url.database or "").name

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        """Open a write transaction: committed at the end, rolled back on any exception.

        Raises:
            OfficeBusyError: another process has been writing for too long.
            DiskFullError: the disk took no more; nothing was written.
        """
        with self._connected(write=True) as connection:
            yield Tx(connection, self._clock())

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """Open a transaction that only reads, on one unchanging state."""
        with self._connected(write=False) as connection:
            yield Tx(connection, self._clock())

    def copy_to(self, target: Path) -> bool:
        """Copy the registry as it is at this moment into a file, where it is a file; tell whether it is.

        Raises:
            RegistryBrokenError: it is damaged.
        """
        return dialect.copy_file(self._engine.url, target)

    def close(self) -> None:
        """Let go of the database, and seal its file if nobody else has it open."""
        self._engine.dispose()
        seal(self._engine.url)

    def is_decayed(self) -> bool:
        """Tell whether the registry's file has changed though nobody wrote to it; reads all of it."""
        return is_decayed(self._engine.url)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _make(self) -> None:
        with self._connected(write=True, alter=True) as connection:
            if revision_of(connection):
                raise RegistryExistsError(self.name)
            upgrade(connection)

    def _bring_up_to_date(self) -> None:
        with self._connected(write=False) as connection:
            present = revision_of(connection)
        if not present:
            raise RegistryBrokenError(self.name)
        if present != schema.HEAD:
            with self._connected(write=True, alter=True) as connection:
                upgrade(connection)

    @contextmanager
    def _connected(self, *, write: bool, alter: bool = False) -> Iterator[sa.Connection]:
        try:
            with dialect.connect(self._engine, write=write, alter=alter) as connection, connection.begin():
                yield connection
        except sa.exc.DBAPIError as error:
            known = dialect.translate(error, self.name)
            if known is None:
                raise
            raise known from error


def sqlite_url(path: Path) -> str:
    """Return the address of a registry in a file."""
    return sa.URL.create("sqlite", database=str(path)).render_as_string()
