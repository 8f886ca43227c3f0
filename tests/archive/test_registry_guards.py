"""The database itself refuses to change or delete what was given out, signed or said; old registries are upgraded."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic import command

from archive import dialect, schema
from archive.check import check_registry
from archive.dialect import KeptRowError
from archive.registry import Registry, new_uid
from archive.registry.upgrade import alembic_config
from forms.people import Unit
from forms.values.enums import PaperStatus, UnitKind

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def kept(registry: Registry, place: object) -> Registry:
    """A void number, a number in use, a paper with a signed and an unsigned version, a reading, a receipt, an act."""
    del place
    with registry.begin() as tx:
        tx.numbers.void(tx.numbers.next("洗民委照", 2026), "写错")
        number = tx.numbers.next("洗民委照", 2026)
        paper = tx.papers.new(form_code="A5", issuer_uid=tx.units.owner().uid, by="张敏", number=number)
        for version in (1, 2):
            tx.papers.new_version(
                paper.uid,
                values={"result": "合格"},
                mark_id=new_uid(),
                pages=1,
                digests={f"inputs-v{version}.json": "0" * 128},
                made_on=date(2026, 11, 5),
                made_by="张敏",
            )
            if version == 1:
                tx.papers.set_status(paper.uid, 1, PaperStatus.SIGNED)
        tx.papers.set_copies(paper.uid, 1, ("村委会存",))
        tx.papers.receive_copy(paper.uid, 1, 1, on=date(2026, 11, 6))
        tx.papers.add_reading(paper.uid, 1, by="张敏", values={}, signatures=(), signed_on=date(2026, 11, 5))
        tx.audit.append("test", actor="张敏")
    return registry


def run(registry: Registry, statement: sa.Update | sa.Delete) -> None:
    with registry.begin() as tx:
        assert tx.connection.execute(statement).rowcount


T = schema
FORBIDDEN: dict[str, sa.Update | sa.Delete] = {
    "an act is changed": sa.update(T.audit).values(actor="别人"),
    "an act is deleted": sa.delete(T.audit),
    "a number is deleted": sa.delete(T.numbers),
    "a number is given another serial": sa.update(T.numbers).values(serial=9),
    "a void number is made good": sa.update(T.numbers)
    .where(T.numbers.c.serial == 1)
    .values(void_at=None, void_reason=None),
    "a counter goes back": sa.update(T.number_series).values(last=1),
    "a counter is deleted": sa.delete(T.number_series),
    "a signed version gets other values": sa.update(T.versions).values({"values": {}}),
    "a version gets another mark": sa.update(T.versions).where(T.versions.c.version == 2).values(mark_id="0000000000"),
    "a signed version gets another day": sa.update(T.versions)
    .where(T.versions.c.version == 1)
    .values(signed_on=date(2026, 1, 1)),
    "a signed version is unsigned": sa.update(T.versions)
    .where(T.versions.c.version == 1)
    .values(status=PaperStatus.ISSUED.value),
    "a signed version is void": sa.update(T.versions)
    .where(T.versions.c.version == 1)
    .values(status=PaperStatus.VOID.value),
    "a version is deleted": sa.delete(T.versions),
    "a paper forgets that it is signed": sa.update(T.papers).values(signed_version=0),
    "a paper changes its number": sa.update(T.papers).values(serial=1),
    "a paper is deleted": sa.delete(T.papers),
    "a file is bound to other bytes": sa.update(T.paper_files).values(sha512="1" * 128),
    "a file is let go": sa.delete(T.paper_files),
    "a reading is changed": sa.update(T.readings).values(read_by="别人"),
    "a reading is deleted": sa.delete(T.readings),
    "a receipt is changed": sa.update(T.receipts).values(received_on=date(2026, 1, 1)),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_database_refuses_that(what: str, kept: Registry) -> None:
    with pytest.raises(KeptRowError):
        run(kept, FORBIDDEN[what])


ALLOWED: dict[str, sa.Update] = {
    "a signed version is archived": sa.update(T.versions)
    .where(T.versions.c.version == 1)
    .values(status=PaperStatus.ARCHIVED.value),
    "a signed version is replaced": sa.update(T.versions)
    .where(T.versions.c.version == 1)
    .values(status=PaperStatus.REPLACED.value),
    "a signed version is printed again": sa.update(T.versions).values(prints=T.versions.c.prints + 1),
    "an unsigned version is void": sa.update(T.versions)
    .where(T.versions.c.version == 2)
    .values(status=PaperStatus.VOID.value),
    "a number becomes void": sa.update(T.numbers)
    .where(T.numbers.c.serial == 2)
    .values(void_at=datetime(2026, 11, 6, tzinfo=UTC), void_reason="作废"),
}


@pytest.mark.parametrize("what", ALLOWED)
def test_the_database_does_not_stand_in_the_way_of(what: str, kept: Registry) -> None:
    run(kept, ALLOWED[what])


def test_every_table_worth_keeping_is_guarded_against_both(registry: Registry) -> None:
    """A later revision that copies a table on SQLite loses its triggers; then this test says so."""
    with registry.read() as tx:
        if tx.connection.dialect.name == "sqlite":
            query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'keep_%'"
        else:
            query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'keep_%'"
        found = set(tx.connection.execute(sa.text(query)).scalars())
    tables = {
        "audit", "numbers", "number_series", "papers", "versions", "paper_files", "readings", "receipts",
        "reference_codes", "disposals", "disposed_objects", "keepings", "transfers", "transfer_items",
        "withdrawals", "desk_decisions", "roster_versions", "roster_children", "roster_elders", "roster_women",
        "roster_hardship", "roster_details", "roster_units", "roster_events", "period_tables", "table_events",
        "table_packages", "table_verified", "table_adjustments",
    }  # fmt: skip
    both = {f"keep_{table}_{event}" for table in tables for event in ("update", "delete")}
    assert found == both | {"keep_versions_said", "keep_readings_said", "keep_versions_state", "keep_papers_signed"}


def test_a_first_registry_with_data_is_upgraded_and_keeps_everything(registry_url: str) -> None:
    engine = dialect.engine_for(sa.make_url(registry_url))
    stack = {"sha256": "a" * 64, "name": "扫描.pdf", "size": 1, "page_count": 1, "received_by": "张敏"}
    item = {"sha256": "a" * 64, "page_index": 0, "code": "no-mark", "message": "没有读到标记。"}
    now = datetime(2026, 11, 5)  # noqa: DTZ001  as revision 0001 wrote it
    with dialect.connect(engine, write=True, alter=True) as connection, connection.begin():
        command.upgrade(alembic_config(connection), "0001")
        old = sa.MetaData()
        old.reflect(connection)
        connection.execute(sa.insert(old.tables["stacks"]).values(**stack, received_at=now))
        connection.execute(sa.insert(old.tables["desk_items"]).values(**item, put_at=now))
        unit = {"uid": "0000000001", "kind": UnitKind.TOWN.value, "name": "洗马镇人民政府", "short": "", "code": ""}
        connection.execute(sa.insert(old.tables["units"]).values(**unit, gaps=[]))
    engine.dispose()
    with Registry.open(registry_url) as registry, registry.begin() as tx:
        (row,) = tx.scans.desk()
        assert (row.sha256, row.page_index, row.code, row.paper_uid) == ("a" * 64, 0, "no-mark", "")
        assert tx.units.save(Unit(kind=UnitKind.TOWN, name="洗马镇人民政府")).uid == "0000000001"
        assert check_registry(tx) == ()
        if tx.connection.dialect.name == "sqlite":
            assert tx.connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_keys_that_lead_nowhere_stop_an_upgrade(registry_url: str) -> None:
    if not registry_url.startswith("sqlite"):
        pytest.skip("PostgreSQL never lets such a row in")
    engine = dialect.engine_for(sa.make_url(registry_url))
    with dialect.connect(engine, write=True, alter=True) as connection, connection.begin():
        command.upgrade(alembic_config(connection), "0001")
        connection.exec_driver_sql(
            "INSERT INTO desk_items (sha256, code, message, put_at) VALUES ('b', 'x', 'x', '2026-11-05 00:00:00')"
        )
    engine.dispose()
    with pytest.raises(dialect.RegistryBrokenError):
        Registry.open(registry_url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "0001"
    engine.dispose()


def test_the_guards_can_only_be_passed_by_dropping_them(kept: Registry, unguard: Callable[..., None]) -> None:
    with kept.begin() as tx:
        unguard(tx)
        tx.connection.execute(sa.update(schema.audit).values(actor="别人"))
        assert [p.code for p in tx.audit.verify()] == ["audit.hash"]
