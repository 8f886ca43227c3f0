"""A backup is taken from and restored into whichever database the registry is on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from archive import schema
from archive.backup import generations, make_backup
from archive.backup.restoring import restore_registry, unpack_office
from archive.check import check_registry
from archive.registry import Registry, RegistryExistsError, sqlite_url

if TYPE_CHECKING:
    from pathlib import Path

    from archive.registry import Tx
    from archive.store import Store
    from forms.people import ChildRecord

AT = datetime(2026, 11, 6, 9, 30, tzinfo=UTC)


def rows_of(tx: Tx) -> dict[str, list[str]]:
    return {
        table.name: sorted(repr(tuple(row)) for row in tx.connection.execute(sa.select(table)))
        for table in schema.metadata.sorted_tables
        if table.name != "outbox"
    }


def test_a_registry_comes_back_from_its_backup_on_sqlite(
    registry: Registry, child: ChildRecord, store: Store, tmp_path: Path, registry_url: str
) -> None:
    with registry.begin() as tx:
        tx.people.save(child, source="名单", on=date(2026, 3, 10))
        tx.numbers.next("洗民委照", 2026)
        tx.audit.append("test", actor="张敏")
    work = tmp_path / "work"
    make_backup(tmp_path / "b", store=store, registry=registry, settings={}, work=work, recipients=(), now=AT)
    unpack_office(generations(tmp_path / "b")[0], tmp_path / "office", ())
    target = sqlite_url(tmp_path / "again.db")
    restore_registry(tmp_path / "office", target, tmp_path / "spare")
    with Registry.open(target) as again, again.begin() as after, registry.read() as before:
        assert rows_of(after) == rows_of(before)
        assert check_registry(after) == ()
        assert after.numbers.next("洗民委照", 2026).serial == 2
    with pytest.raises(RegistryExistsError):
        restore_registry(tmp_path / "office", registry_url, tmp_path / "spare")
