"""Fixtures of the archive: a store, a registry on SQLite (and on PostgreSQL where one is given), a small town."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

import pytest
import sqlalchemy as sa

from archive.index import Index, IndexDocument
from archive.query import parse_query
from archive.registry import Registry, sqlite_url
from archive.search import find_keys
from archive.store import Store
from forms.people import Carer, Child, ChildRecord, Parent, Person, Unit
from forms.values.enums import Relation, UnitKind
from forms.values.names_and_numbers import IdNumber, PersonName, Phone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from archive.registry import Tx

NOW = datetime(2026, 11, 5, 9, 30, tzinfo=UTC)
POSTGRES = os.environ.get("DOCGEN_TEST_POSTGRES", "")
"""Address of an empty PostgreSQL database; the registry's tests then run on it as well."""


class Place(NamedTuple):
    """A town with two villages."""

    town: Unit
    village: Unit
    other: Unit


def _database(name: str, template: str) -> str:
    """Make a database anew on the server, as a copy of another; return its address."""
    server = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    return sa.make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", *(["postgresql"] if POSTGRES else [])])
def registry_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a registry that is to be made."""
    return sqlite_url(tmp_path / "registry.db") if request.param == "sqlite" else _database("docgen_test", "template0")


@pytest.fixture(scope="session")
def empty_registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One new registry, copied for each test: making one runs every migration."""
    path = tmp_path_factory.mktemp("registry") / "registry.db"
    Registry.create(sqlite_url(path)).close()
    return path


@pytest.fixture(scope="session")
def empty_database() -> str:
    """The same on the server."""
    Registry.create(_database("docgen_empty", "template0")).close()
    return "docgen_empty"


@pytest.fixture
def registry(
    registry_url: str, empty_registry: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Registry]:
    if registry_url.startswith("sqlite"):
        shutil.copy(empty_registry, tmp_path / "registry.db")
    else:
        _database("docgen_test", request.getfixturevalue("empty_database"))
    with Registry.open(registry_url, clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture
def unguard() -> Callable[[Tx], None]:
    """Give the way of somebody who knows SQL: the triggers that keep rows are dropped."""

    def drop(tx: Tx) -> None:
        if tx.connection.dialect.name == "sqlite":
            query = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
            drop = 'DROP TRIGGER "{0}"'
        else:
            query = "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
            drop = 'DROP TRIGGER "{0}" ON {1}'
        for name, table in tx.connection.exec_driver_sql(query).all():
            tx.connection.exec_driver_sql(drop.format(name, table))

    return drop


@pytest.fixture
def place(registry: Registry) -> Place:
    with registry.begin() as tx:
        town = tx.units.save(Unit(kind=UnitKind.TOWN, name="洗马镇人民政府", short="洗马镇"))
        tx.units.set_owner(town.uid)
        village, other = (
            tx.units.save(Unit(kind=UnitKind.VILLAGE, name=f"洗马镇{name}村民委员会", short=name, parent_uid=town.uid))
            for name in ("平山村", "巴江村")
        )
    return Place(town, village, other)


@pytest.fixture
def child(place: Place) -> ChildRecord:
    """A boy with a father, a grandmother who cares for him, and nothing known of the mother."""
    return ChildRecord(
        child=Child(
            person=Person(
                name=PersonName("罗小山"),
                birth=date(2016, 2, 29),
                id_number=IdNumber.parse("522730201602290019"),
                address="平山村三组12号",
            ),
            village_uid=place.village.uid,
        ),
        father=Parent(person=Person(name=PersonName("罗大山"), phones=(Phone("13800000001"),)), away=True),
        carer=Carer(
            person=Person(name=PersonName("王桂花"), id_number=IdNumber.parse("522730195803050021")),
            relation=Relation.GRANDMOTHER,
        ),
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "store", work=tmp_path / "work")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the place of an index that is yet to be made."""
    return tmp_path / "index"


@pytest.fixture
def make_document() -> Callable[..., IndexDocument]:
    """Return what makes a paper as the index takes it, by its number."""

    def make(number: int, *, name: str = "张三", body: str = "不得脱离监护") -> IndexDocument:
        return IndexDocument(
            key=f"paper-{number}",
            kind="paper",
            child_uid=f"child-{number}",
            names=(name,),
            id_numbers=("522730201603051234",),
            document_number=f"洗民委照〔2026〕{number}号",
            unit_uid="unit",
            village_code="522730101001",
            village_name="平山村",
            form_code="A2",
            form_terms=("责任书",),
            status="已归档",
            day=date(2026, 3, 1),
            title="责任书",
            body=body,
        )

    return make


@pytest.fixture
def keys_of() -> Callable[[Index, str], set[str]]:
    """Return what asks an index and gives the keys of the papers found."""
    return lambda index, text: set(find_keys(index, parse_query(text), limit=1000).keys)
