"""The store alone brings an office back: from the newest snapshot and from what the papers say of themselves."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from archive import schema
from archive.snapshots import NoSnapshotError, newest_snapshot
from archive.store import Store, layout, registry_object
from docgen.cli.root import run
from docgen.workspace.intake.withdrawing import withdraw
from docgen.workspace.recovery.rescue import RegistryWholeError, rescue
from forms.values.enums import PaperStatus
from forms.values.names_and_numbers import IdNumber, PersonName, id_check_character

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docgen.workspace import Workspace
    from tests.conftest import Hands, Town

DAY = date(2026, 11, 23)
LOST = {"outbox", "audit", "audit_head", "desk_items", "duties", "history", "stacks", "statements"}
"""What the store does not hold row for row: acts and moments since the snapshot."""

WITHOUT = {"pk", "prints", "signed_on"}
"""Running numbers; printings, of which the store knows nothing; the day, which a reading says again."""


def _said(row: sa.Row[Any]) -> str:
    return repr([json.dumps(value, sort_keys=True) if isinstance(value, dict) else value for value in row])


def rows_of(workspace: Workspace) -> dict[str, list[str]]:
    """Every row, moments left out: what is registered again is registered now."""
    with workspace.registry.read() as tx:
        found = {}
        for table in schema.metadata.sorted_tables:
            if table.name in LOST:
                continue
            columns = [c for c in table.columns if not isinstance(c.type, schema.UtcDateTime) and c.name not in WITHOUT]
            found[table.name] = sorted(_said(row) for row in tx.connection.execute(sa.select(*columns)))
    return found


@pytest.fixture
def only_the_store(tmp_path: Path) -> Callable[[Path], Path]:
    """Give the way to lose everything but the store."""

    def lose(office: Path) -> Path:
        return shutil.copytree(office / "store", tmp_path / "left" / "store").parent

    return lose


def test_everything_since_the_snapshot_comes_back_from_the_store_alone(
    hands: Hands,
    workspace: Workspace,
    assessed: dict[str, str],
    only_the_store: Callable[[Path], Path],
    open_office: Callable[[Path], Workspace],
) -> None:
    hands.make(["B2"], "罗小山")
    assert workspace.safety.snapshot() == 1
    made = hands.sign(hands.make(["A5"], "罗小山", typed=assessed), signed_on=DAY)
    hands.make(["B2", "A5"], "罗小水")
    workspace.recording.record(made[0].uid, typed={}, signed_on=DAY, signatures=[("assessor", "签名")])
    before = rows_of(workspace)
    workspace.close()

    left = only_the_store(workspace.folder)
    report = rescue(left)

    assert (report.snapshot_version, report.issued, report.scans, report.readings) == (1, 3, 1, 1)
    assert report.left == ()
    for name in ("office.toml", "office.key"):
        assert (left / name).read_bytes() == (workspace.folder / name).read_bytes()
    with open_office(left) as again:
        assert rows_of(again) == before
        assert again.checking.check().problems == ()
        assert again.finding.search("罗小山").total
        with again.registry.read() as tx:
            assert [row.action for row in tx.audit.rows()].count("registry.rescue") == 1
            assert tx.audit.verify() == ()
            version = tx.papers.version(made[0].uid, 1)
            assert version.status is PaperStatus.ARCHIVED
            assert version.signed_on == DAY


def test_a_filing_taken_back_since_the_snapshot_is_taken_back_again(
    hands: Hands,
    workspace: Workspace,
    assessed: dict[str, str],
    only_the_store: Callable[[Path], Path],
    open_office: Callable[[Path], Workspace],
) -> None:
    (before,) = hands.sign(hands.make(["A5"], "罗小水", typed=assessed), signed_on=DAY)
    workspace.safety.snapshot()
    (after,) = hands.sign(hands.make(["A5"], "罗小山", typed=assessed), signed_on=DAY)
    for made in (before, after):
        with workspace.registry.begin() as tx:
            withdraw(workspace, tx, made.uid, reason="归错了")
    assert workspace.checking.check().problems == ()
    workspace.close()

    left = only_the_store(workspace.folder)
    assert rescue(left).left == ()
    with open_office(left) as again:
        for made in (before, after):
            with again.registry.read() as tx:
                paper, (taken,) = tx.papers.get(made.uid), tx.withdrawals.of(made.uid)
                version = tx.papers.version(made.uid, 1)
            assert (paper.status, paper.signed_version, version.filed_at) == (PaperStatus.ISSUED, 0, None)
            assert (taken.reason, taken.version) == ("归错了", 1)
            assert [path for path in version.digests if path.startswith("signed-v1-")]
        assert again.checking.check().problems == ()


def test_numbers_are_not_given_again_after_a_rescue(
    hands: Hands, workspace: Workspace, only_the_store: Callable[[Path], Path],
    open_office: Callable[[Path], Workspace], hands_of: Callable[[Workspace], Hands],
) -> None:  # fmt: skip
    workspace.safety.snapshot()
    first = hands.make(["B2"], "罗小山").made[0].number
    workspace.close()
    left = only_the_store(workspace.folder)
    rescue(left)
    with open_office(left) as again:
        assert hands_of(again).make(["B2"], "罗小水").made[0].number != first


def test_a_child_entered_after_the_snapshot_is_known_from_its_papers(
    hands: Hands, workspace: Workspace, town: Town, only_the_store: Callable[[Path], Path],
    open_office: Callable[[Path], Workspace],
) -> None:  # fmt: skip
    workspace.safety.snapshot()
    record = town.record("罗小山")
    number = "52273020160229005"
    person = replace(
        record.child.person,
        uid="",
        name=PersonName("龙新来"),
        id_number=IdNumber.parse(number + id_check_character(number)),
    )
    with workspace.registry.begin() as tx:
        saved = tx.people.save(replace(record, child=replace(record.child, person=person)), source="名单", on=DAY)
    made = hands.make(["B2"], "龙新来").made[0]
    workspace.close()
    left = only_the_store(workspace.folder)
    report = rescue(left)
    assert report.left == ()
    with open_office(left) as again, again.registry.read() as tx:
        assert tx.papers.get(made.uid).child_uid == saved.uid
        assert str(tx.people.get(saved.uid).child.person.name) == "龙新来"


def test_a_sound_registry_is_left_alone(office: Path, workspace: Workspace) -> None:
    workspace.safety.snapshot()
    workspace.close()
    before = (office / "registry.db").read_bytes()
    with pytest.raises(RegistryWholeError):
        rescue(office)
    assert (office / "registry.db").read_bytes() == before


@pytest.mark.parametrize("spoil", [b"", b"not a database", None])
def test_a_damaged_registry_is_moved_and_never_deleted(spoil: bytes | None, office: Path, workspace: Workspace) -> None:
    workspace.safety.snapshot()
    workspace.close()
    damaged = spoil
    if spoil is None:
        data = (office / "registry.db").read_bytes()
        damaged = data[:20_000] + bytes(8192) + data[28_192:]
    (office / "registry.db").write_bytes(damaged or b"")
    report = rescue(office)
    assert (office / report.moved / "registry.db").read_bytes() == damaged


def test_a_damaged_snapshot_is_passed_over_for_the_one_before(
    hands: Hands, workspace: Workspace, only_the_store: Callable[[Path], Path]
) -> None:
    workspace.safety.snapshot()
    hands.make(["B2"], "罗小山")
    assert workspace.safety.snapshot() == 2
    workspace.close()
    left = only_the_store(workspace.folder)
    store = Store.open(left / "store", work=left / "work")
    assert newest_snapshot(store).version == 2
    folder = left / "store" / layout.object_path(registry_object())
    next((folder / "v2" / "content" / "registry").glob("papers-*")).write_bytes(b"x")
    assert newest_snapshot(store).version == 1
    report = rescue(left)
    assert (report.snapshot_version, report.issued) == (1, 1)


def test_a_store_without_a_snapshot_says_so(workspace: Workspace, only_the_store: Callable[[Path], Path]) -> None:
    workspace.close()
    with pytest.raises(NoSnapshotError):
        rescue(only_the_store(workspace.folder))


def test_a_snapshot_costs_what_is_new_and_nothing_when_nothing_changed(hands: Hands, workspace: Workspace) -> None:
    assert workspace.safety.snapshot() == 1
    assert workspace.safety.snapshot() is None
    assert workspace.safety.snapshot_if_due() is None
    hands.make(["B2"], "罗小山")
    assert workspace.safety.snapshot() == 2
    folder = workspace.folder / "store" / layout.object_path(registry_object())
    first, second = ({p.name for p in (folder / v / "content").rglob("*") if p.is_file()} for v in ("v1", "v2"))
    assert "history-00000.jsonl.gz" in first
    assert "history-00000.jsonl.gz" not in second
    assert workspace.checking.check().problems == ()


def test_the_commands_snapshot_and_rescue(
    office: Path, workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.close()
    assert run(["--office", str(office), "office", "snapshot"]) == 0
    assert run(["office", "rescue", str(office)]) == 5
    (office / "registry.db").unlink()
    capsys.readouterr()
    assert run(["office", "rescue", str(office), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["left"] == []
    assert run(["--office", str(office), "office", "check"]) == 0
