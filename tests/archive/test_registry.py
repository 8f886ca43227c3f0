"""The registry as a whole: made, opened, upgraded, rolled back; units, stacks, the desk, duties."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from datetime import date
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from archive import dialect, schema
from archive.dialect import RegistryUnwritableError
from archive.registry import Registry, RegistryBrokenError, RegistryExistsError, sqlite_url
from archive.registry.scans import DeskItemNotFoundError, PageState, ScanPage
from archive.registry.units import UnitNotFoundError
from archive.registry.upgrade import RegistryTooNewError, alembic_config
from forms.errors import DiskFullError, OfficeBusyError
from forms.people import Unit
from forms.values.blank import Blank
from forms.values.enums import UnitKind
from forms.values.names_and_numbers import Phone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from forms.people import ChildRecord

SHA = "a" * 64


class LetGoError(Exception):
    """Makes a transaction roll back."""


def fail_inside(registry: Registry) -> None:
    with registry.begin() as tx:
        tx.units.save(Unit(kind=UnitKind.TOWN, name="洗马镇人民政府"))
        raise LetGoError


def test_a_failed_transaction_leaves_nothing(registry: Registry) -> None:
    with pytest.raises(LetGoError):
        fail_inside(registry)
    with registry.read() as tx:
        assert tx.units.of_kind(UnitKind.TOWN) == ()


def write_while_reading(registry: Registry) -> None:
    with registry.read() as tx:
        tx.units.save(Unit(kind=UnitKind.TOWN, name="洗马镇人民政府"))


def test_a_reader_sees_one_state_and_cannot_write(registry: Registry) -> None:
    with pytest.raises((RegistryUnwritableError, sa.exc.DBAPIError)):
        write_while_reading(registry)
    with registry.read() as reader:
        assert reader.units.of_kind(UnitKind.TOWN) == ()
        with registry.begin() as writer:
            writer.units.save(Unit(kind=UnitKind.TOWN, name="洗马镇人民政府"))
        assert reader.units.of_kind(UnitKind.TOWN) == ()
    with registry.read() as reader:
        assert len(reader.units.of_kind(UnitKind.TOWN)) == 1


def test_the_migrations_make_exactly_the_tables_of_the_schema(registry: Registry) -> None:
    with registry.begin() as tx:
        context = MigrationContext.configure(tx.connection)
        assert compare_metadata(context, schema.metadata) == []
        script = ScriptDirectory.from_config(alembic_config(tx.connection))
        assert script.get_current_head() == schema.HEAD


def test_a_registry_is_not_made_twice(registry: Registry, registry_url: str) -> None:
    del registry
    with pytest.raises(RegistryExistsError):
        Registry.create(registry_url)


def test_what_was_written_is_there_after_opening_again(registry: Registry, registry_url: str) -> None:
    with registry.begin() as tx:
        tx.units.set_owner(tx.units.save(Unit(kind=UnitKind.TOWN, name="洗马镇人民政府")).uid)
    registry.close()
    with Registry.open(registry_url) as again, again.read() as tx:
        assert tx.units.owner().name == "洗马镇人民政府"


def test_a_registry_of_a_newer_program_is_left_alone(registry: Registry, registry_url: str) -> None:
    with registry.begin() as tx:
        tx.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(RegistryTooNewError):
        Registry.open(registry_url)


@pytest.mark.parametrize("content", [None, b"", b"not a database at all, " * 100])
def test_what_is_no_registry_is_named_as_such(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "registry.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RegistryBrokenError):
        Registry.open(sqlite_url(path))
    assert (path.read_bytes() if path.exists() else None) == content


def test_sqlite_forces_every_commit_to_the_disk(tmp_path: Path) -> None:
    with Registry.create(sqlite_url(tmp_path / "registry.db")) as registry, registry.read() as tx:
        asked = {
            name: tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        }
        assert asked == {"journal_mode": "wal", "synchronous": 2}
        assert tx.connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_second_writer_waits_and_then_is_told_that_the_office_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialect, "BUSY_TIMEOUT_MS", 50)
    url = sqlite_url(tmp_path / "registry.db")
    with Registry.create(url) as one, Registry.open(url) as two, one.begin():
        with pytest.raises(OfficeBusyError):
            fail_inside(two)
        with two.read() as tx:
            assert tx.units.of_kind(UnitKind.TOWN) == ()


def test_writers_in_threads_queue(registry: Registry) -> None:
    def take() -> None:
        for _ in range(10):
            with registry.begin() as tx:
                tx.numbers.next("洗", 2026)

    threads = [threading.Thread(target=take) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with registry.read() as tx:
        assert len(tx.numbers.given("洗", 2026)) == 30


def fill(registry: Registry) -> None:
    with registry.begin() as tx:
        for number in range(2000):
            tx.audit.append("test", actor="张敏", subject=f"s{number}")


def test_a_full_disk_keeps_what_was_committed(tmp_path: Path) -> None:
    with Registry.create(sqlite_url(tmp_path / "registry.db")) as registry:
        with registry.begin() as tx:
            tx.audit.append("test", actor="张敏")
        with registry.begin() as tx:  # the database's own limit stands in for the disk's
            pages = tx.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            tx.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 5}")
        with pytest.raises(DiskFullError):
            fill(registry)
        with registry.read() as tx:
            assert tx.audit.head()[0] == 1
            assert tx.audit.verify() == ()


def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(RegistryUnwritableError):
        Registry.create(sqlite_url(tmp_path / "gone" / "registry.db"))


def test_opening_an_up_to_date_registry_loads_no_migrations(tmp_path: Path) -> None:
    Registry.create(sqlite_url(tmp_path / "registry.db")).close()
    code = (
        "import sys; from archive.registry import Registry; "
        "Registry.open(sys.argv[1]).close(); print('alembic' in sys.modules)"
    )
    args = [sys.executable, "-c", code, sqlite_url(tmp_path / "registry.db")]
    assert subprocess.run(args, capture_output=True, text=True, check=True).stdout.strip() == "False"


def test_a_copied_file_is_the_same_registry(registry: Registry, tmp_path: Path, registry_url: str) -> None:
    if not registry_url.startswith("sqlite"):
        pytest.skip("a server's database is not copied as a file")
    with registry.begin() as tx:
        tx.numbers.next("洗", 2026)
    registry.close()
    shutil.copy(tmp_path / "registry.db", tmp_path / "copy.db")
    with Registry.open(sqlite_url(tmp_path / "copy.db")) as copy, copy.begin() as tx:
        assert tx.numbers.next("洗", 2026).serial == 2


def test_a_unit_is_found_by_full_short_and_beginning_of_name(registry: Registry) -> None:
    with registry.begin() as tx:
        town = tx.units.save(
            Unit(kind=UnitKind.TOWN, name="洗马镇人民政府", short="洗马镇", contact_phone=Phone("0854-5631234"))
        )
        one, two = (
            tx.units.save(
                Unit(
                    kind=UnitKind.VILLAGE,
                    name=f"洗马镇{n}村民委员会",
                    short=n,
                    parent_uid=town.uid,
                    address=Blank.NOT_APPLICABLE,
                )
            )
            for n in ("平山村", "平川村")
        )
        assert tx.units.by_name("平山村") == one
        assert tx.units.by_name("洗马镇平川村村民委员会") == two
        assert tx.units.by_name("平川") == two
        assert tx.units.by_name(" 洗马镇 ") == town
        with pytest.raises(UnitNotFoundError) as several:
            tx.units.by_name("平")
        assert several.value.candidates == (one.name, two.name)
        for nobody in ("", "龙", "%"):
            with pytest.raises(UnitNotFoundError):
                tx.units.by_name(nobody)
        assert tx.units.of_kind(UnitKind.VILLAGE, town.uid) == (one, two)
        assert tx.units.of_kind(UnitKind.VILLAGE, one.uid) == ()
        assert tx.units.save(Unit(kind=UnitKind.TOWN, name="洗马镇人民政府", short="洗马")).uid == town.uid
        assert tx.units.get(one.uid).address is Blank.NOT_APPLICABLE


def test_an_office_without_owner_says_so(registry: Registry) -> None:
    with registry.read() as tx, pytest.raises(UnitNotFoundError):
        tx.units.owner()


def receive(registry: Registry) -> None:
    with registry.begin() as tx:
        assert tx.scans.receive(SHA, name="扫描0001.pdf", size=3, page_count=3, by="张敏")
        for index, (mark, page, state) in enumerate(
            [("7K3M9Q2PA4", 2, PageState.WAITING), ("", 0, PageState.DESK), ("7K3M9Q2PA5", 1, PageState.FILED)]
        ):
            tx.scans.save_page(
                ScanPage(sha256=SHA, page_index=index, state=state, mark_id=mark, page=page, rotation=180)
            )


def test_the_same_file_again_is_not_new(registry: Registry) -> None:
    receive(registry)
    with registry.begin() as tx:
        assert not tx.scans.receive(SHA, name="另一个名字.pdf", size=3, page_count=3, by="李强")
        stack = tx.scans.stack(SHA)
        assert stack is not None
        assert (stack.name, stack.page_count) == ("扫描0001.pdf", 3)
        assert tx.scans.stacks() == (stack,)
        assert tx.scans.stack("b" * 64) is None


def test_pages_wait_for_the_rest_of_their_paper(registry: Registry) -> None:
    receive(registry)
    with registry.begin() as tx:
        (waiting,) = tx.scans.waiting("7K3M9Q2PA4")
        assert (waiting.page_index, waiting.page, waiting.rotation) == (0, 2, 180)
        assert tx.scans.waiting_marks() == ("7K3M9Q2PA4",)
        tx.scans.set_state([(SHA, 0)], PageState.FILED)
        assert tx.scans.waiting_marks() == ()
        assert [p.state for p in tx.scans.pages_of_mark("7K3M9Q2PA4")] == [PageState.FILED]
        assert sorted(p.page_index for p in tx.scans.pages(SHA)) == [0, 1, 2]


def test_what_lies_on_the_desk_stays_until_a_person_decides(registry: Registry) -> None:
    receive(registry)
    with registry.begin() as tx:
        item = tx.scans.put_on_desk(SHA, 1, code="intake.no-mark", message="没有读到页码标记。")
        assert tx.scans.put_on_desk(SHA, 1, code="intake.no-mark", message="没有读到页码标记。").id == item.id
        whole = tx.scans.put_on_desk(SHA, None, code="intake.unreadable", message="打不开。")
        assert [i.id for i in tx.scans.desk()] == [item.id, whole.id]
        tx.scans.resolve(item.id, "封面，不归档")
        assert [i.id for i in tx.scans.desk()] == [whole.id]
        with pytest.raises(DeskItemNotFoundError):
            tx.scans.resolve(item.id, "再次")


def test_an_open_duty_moves_and_a_done_one_stays_done(registry: Registry, child: ChildRecord) -> None:
    with registry.begin() as tx:
        uid = tx.people.save(child, source="desk", on=date(2026, 1, 1)).uid
        first = tx.duties.add("visit", child_uid=uid, due_on=date(2026, 9, 30))
        moved = tx.duties.add("visit", child_uid=uid, due_on=date(2026, 12, 31))
        assert (moved.id, moved.due_on) == (first.id, date(2026, 12, 31))
        tx.duties.done(first.id, date(2026, 12, 1))
        nxt = tx.duties.add("visit", child_uid=uid, due_on=date(2027, 3, 31))
        assert [d.id for d in tx.duties.open()] == [nxt.id]
        assert tx.duties.open(until=date(2027, 3, 30)) == ()
        assert [d.done_on for d in tx.duties.of_child(uid)] == [date(2026, 12, 1), None]


@pytest.mark.parametrize("spoil", [lambda d: d[:60_000], lambda d: d[:30_000] + bytes(8000) + d[38_000:]])
def test_a_torn_registry_is_noticed(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    from archive.check import check_registry

    path = tmp_path / "registry.db"
    with Registry.create(sqlite_url(path)) as registry:
        fill(registry)
    path.write_bytes(spoil(path.read_bytes()))
    try:
        with Registry.open(sqlite_url(path)) as registry, registry.read() as tx:
            found = {problem.code for problem in check_registry(tx)}
    except RegistryBrokenError:
        found = {"registry.integrity"}
    assert "registry.integrity" in found
