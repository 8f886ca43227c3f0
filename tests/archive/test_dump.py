"""The registry as text: loaded again it is the same registry, into either database, and what is old stays as it was."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from archive import dump, schema
from archive.check import check_registry
from archive.registry import Registry, RegistryBrokenError, RegistryExistsError, new_uid, sqlite_url
from forms.values.enums import Flag, PaperStatus

if TYPE_CHECKING:
    from pathlib import Path

    from archive.registry import Tx
    from forms.people import ChildRecord
    from forms.values.names_and_numbers import DocumentNumber

AT = datetime(2026, 11, 5, 9, 30, tzinfo=UTC)


@pytest.fixture
def full(registry: Registry, child: ChildRecord) -> Registry:
    """A registry with rows of most kinds, blanks of all kinds among them."""
    with registry.begin() as tx:
        uid = tx.people.save(child, source="名单", on=date(2026, 3, 10)).uid
        tx.people.flag(uid, next(iter(Flag)), "check")
        number: DocumentNumber | None = tx.numbers.next("洗民委照", 2026)
        owner = tx.units.owner().uid
        for status in (PaperStatus.ISSUED, PaperStatus.SIGNED):
            paper = tx.papers.new(form_code="A1", issuer_uid=owner, by="张敏", child_uid=uid, number=number)
            number = None
            tx.papers.new_version(
                paper.uid, values={"a": date(2026, 1, 1), "b": ("𬱖", 1, True)}, mark_id=new_uid(), pages=2,
                digests={"inputs-v1.json": "0" * 128}, made_on=date(2026, 11, 5), made_by="张敏",
            )  # fmt: skip
            tx.papers.set_copies(paper.uid, 1, ("村委会存",))
            tx.papers.set_status(paper.uid, 1, status)
        tx.papers.add_reading(paper.uid, 1, by="张敏", values={"c": "合格"}, signed_on=date(2026, 11, 6))
        tx.audit.append("test", actor="张敏")
        tx.scans.receive("a" * 64, name="扫描.pdf", size=3, page_count=3, by="张敏")
        tx.duties.add("visit", child_uid=uid, due_on=date(2026, 12, 31))
    return registry


def everything(tx: Tx) -> dict[str, list[str]]:
    return {
        table.name: sorted(repr(tuple(row)) for row in tx.connection.execute(sa.select(table)))
        for table in schema.metadata.sorted_tables
        if table.name != "outbox"
    }


def taken(registry: Registry) -> tuple[bytes, dict[str, bytes]]:
    with registry.read() as tx:
        chunks = list(dump.dump(tx.connection))
        index = dump.index_of(tx.connection, [(c.table, c.number, c.rows) for c in chunks], AT)
    return index, {c.path: c.data for c in chunks}


def test_a_dump_loaded_again_is_the_same_registry(full: Registry, tmp_path: Path) -> None:
    index, chunks = taken(full)
    url = sqlite_url(tmp_path / "again.db")
    dump.load(url, index, chunks.__getitem__)
    with Registry.open(url) as again, again.begin() as tx, full.read() as before:
        assert everything(tx) == everything(before)
        assert check_registry(tx) == ()
        assert tx.numbers.next("洗民委照", 2026).serial == 2
        tx.audit.append("test", actor="张敏")
        assert tx.audit.verify() == ()


def test_a_dump_of_an_unchanged_registry_is_the_same_bytes(full: Registry) -> None:
    assert taken(full) == taken(full)


def test_what_is_old_gives_the_same_chunk_when_something_new_comes(
    full: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dump, "_SPAN", 2)
    before = taken(full)[1]
    with full.begin() as tx:
        for _ in range(4):
            paper = tx.papers.new(form_code="A1", issuer_uid=tx.units.owner().uid, by="张敏")
            tx.papers.new_version(
                paper.uid, values={}, mark_id=new_uid(), pages=1, digests={"inputs-v1.json": "1" * 128},
                made_on=date(2026, 11, 6), made_by="张敏",
            )  # fmt: skip
    after = taken(full)[1]
    same = {path for path in before if after.get(path) == before[path]}
    assert {dump.chunk_path(t, 0) for t in ("papers", "versions", "paper_files", "people")} <= same
    assert dump.chunk_path("versions", 2) in after


def test_a_dump_is_not_loaded_over_a_registry(full: Registry, registry_url: str) -> None:
    index, chunks = taken(full)
    with pytest.raises(RegistryExistsError):
        dump.load(registry_url, index, chunks.__getitem__)


def test_a_chunk_with_a_row_missing_is_refused_by_name(full: Registry, tmp_path: Path) -> None:
    index, chunks = taken(full)
    said = json.loads(index)
    said["tables"]["papers"]["chunks"][0][1] += 1
    with pytest.raises(RegistryBrokenError, match="papers-00000"):
        dump.load(sqlite_url(tmp_path / "again.db"), json.dumps(said).encode(), chunks.__getitem__)
    with pytest.raises(RegistryBrokenError):
        Registry.open(sqlite_url(tmp_path / "again.db"))


def test_a_dump_moves_an_office_between_databases(full: Registry, registry_url: str, empty_registry: Path) -> None:
    """From whichever database the suite runs on to SQLite and, where there is a server, back again."""
    index, chunks = taken(full)
    full.close()
    if registry_url.startswith("sqlite"):
        target = sqlite_url(empty_registry.parent / "moved.db")
    else:
        engine = sa.create_engine(registry_url)
        with engine.begin() as connection:
            schema.metadata.drop_all(connection)
            connection.exec_driver_sql("DROP TABLE alembic_version")
        engine.dispose()
        target = registry_url
    dump.load(target, index, chunks.__getitem__)
    with Registry.open(target) as moved, moved.begin() as tx:
        assert len(tx.papers.all()) == 2
        paper = tx.papers.new(form_code="A1", issuer_uid=tx.units.owner().uid, by="张敏")
        assert paper.uid
    shutil.rmtree(empty_registry.parent / "moved.db", ignore_errors=True)
