"""An office comes back from its backup as it was; what was changed or cut off is named and never used."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import bagit
import pytest
import sqlalchemy as sa

from archive import schema
from archive.backup import (
    BackupDamagedError,
    BackupKeyError,
    BackupTargetError,
    NotABackupError,
    RestoreTargetError,
    generations,
    making,
    open_key,
)
from archive.backup.volumes import VolumeWriter
from archive.check import check_store
from archive.store import layout, paper_object, registry_object
from docgen.cli.root import run
from docgen.workspace.recovery.restoring import restore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docgen.workspace import Workspace
    from tests.conftest import Hands


WORDS = "平山村的老枫树"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An office with signed papers and two generations of its backup, of which nothing may be changed."""

    office: Path
    backup: Path


def files_of(root: Path) -> dict[str, str]:
    return {
        p.relative_to(root).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(root.rglob("*"))
        if p.is_file()
    }


def rows_of(workspace: Workspace) -> dict[str, list[str]]:
    """Every row of the registry but the acts of backing up and restoring, and what the index owes."""
    with workspace.registry.read() as tx:
        return {
            table.name: sorted(repr(tuple(row)) for row in tx.connection.execute(sa.select(table)))
            for table in schema.metadata.sorted_tables
            if table.name not in {"outbox", "audit", "audit_head"}
        }


@pytest.fixture(scope="module")
def kept(
    loop_office: Path,
    tmp_path_factory: pytest.TempPathFactory,
    open_office: Callable[[Path], Workspace],
    hands_of: Callable[[Workspace], Hands],
) -> Kept:
    base = tmp_path_factory.mktemp("kept")
    office = Path(shutil.copytree(loop_office, base / "office"))
    (office / "templates" / "本单位.docx").write_bytes("自己的模板".encode())
    with open_office(office) as workspace:
        workspace.safety.backup(base / "backup", plain=True)
        hands_of(workspace).make(["B2"], "罗小山")
        workspace.safety.backup(base / "backup")
    return Kept(office=office, backup=base / "backup")


@pytest.fixture
def backup(kept: Kept, tmp_path: Path) -> Path:
    """A copy of the backup that a test may do anything to."""
    return Path(shutil.copytree(kept.backup, tmp_path / "backup"))


def test_an_office_comes_back_as_it_was(kept: Kept, tmp_path: Path, open_office: Callable[[Path], Workspace]) -> None:
    report = restore(kept.backup, tmp_path / "again")
    assert report.check.problems == ()
    assert (report.generations, report.check.objects) == (2, len(list((kept.office / "store").glob("???/*"))))
    assert files_of(tmp_path / "again" / "store") == files_of(kept.office / "store")
    for name in ("office.toml", "office.key", "templates/本单位.docx"):
        assert (tmp_path / "again" / name).read_bytes() == (kept.office / name).read_bytes()
    with open_office(kept.office) as before, open_office(tmp_path / "again") as after:
        assert rows_of(after) == rows_of(before)
        assert after.finding.search("罗小山").total == before.finding.search("罗小山").total
        with after.registry.read() as tx:
            assert tx.audit.verify() == ()
    assert not (tmp_path / "again" / "restore.json").exists()
    assert not (tmp_path / "again" / "work" / "restore").exists()


def test_every_generation_is_a_bag_to_somebody_elses_validator(kept: Kept) -> None:
    for generation in generations(kept.backup):
        assert bagit.Bag(str(generation.folder)).validate()


def test_the_second_generation_holds_only_what_is_new(kept: Kept) -> None:
    first, second = generations(kept.backup)
    new = {piece.object_id for piece in second.pieces()}
    assert len(new) == 2
    assert registry_object() in new
    assert [piece.first for piece in second.pieces() if piece.object_id == registry_object()] == [2]
    assert len(list(first.pieces())) > 8


def test_volumes_unpacked_in_order_are_the_store_without_this_program(kept: Kept, tmp_path: Path) -> None:
    for generation in generations(kept.backup):
        for volume in generation.volumes:
            shutil.unpack_archive(generation.folder / "data" / volume, tmp_path, filter="data")
    assert {p.code for p in check_store(tmp_path / "store").problems} == {"ocfl.E069"}  # only the root's own marks
    assert set(files_of(kept.office / "store")) - set(files_of(tmp_path / "store")) == set(layout.ROOT_FILES)


def test_backing_up_an_unchanged_office_copies_no_paper(
    kept: Kept, backup: Path, tmp_path: Path, open_office: Callable[[Path], Workspace]
) -> None:
    office = Path(shutil.copytree(kept.office, tmp_path / "office"))
    with open_office(office) as workspace:
        report = workspace.safety.backup(backup)
    pieces = {piece.object_id for piece in generations(backup)[-1].pieces()}
    assert (report.generation, pieces) == (3, {registry_object()})  # the act of the last backup is new


def test_any_byte_that_is_changed_anywhere_is_refused_by_name(kept: Kept, backup: Path, tmp_path: Path) -> None:
    for name in files_of(backup):
        file = backup / name
        data = file.read_bytes()
        for position in {0, len(data) // 3, len(data) - 1}:
            file.write_bytes(data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :])
            with pytest.raises(BackupDamagedError) as refused:
                restore(backup, tmp_path / "again")
            folder = name.split("/", 1)[0]
            assert refused.value.name.startswith(folder), (name, position)
            if "/data/" in name:
                assert refused.value.name == name
        file.write_bytes(data[: len(data) // 2])
        with pytest.raises(BackupDamagedError):
            restore(backup, tmp_path / "again")
        file.unlink()
        with pytest.raises(BackupDamagedError):
            restore(backup, tmp_path / "again")
        file.write_bytes(data)
    assert not (tmp_path / "again").exists()
    assert restore(backup, tmp_path / "again").check.problems == ()
    del kept


def test_a_file_too_many_a_missing_and_an_exchanged_generation_are_refused(
    backup: Path, tmp_path: Path, workspace: Workspace
) -> None:
    stray = backup / "0002" / "data" / "stray.txt"
    stray.write_bytes(b"x")
    with pytest.raises(BackupDamagedError, match="stray"):
        restore(backup, tmp_path / "again")
    stray.unlink()
    workspace.safety.backup(tmp_path / "other", plain=True)
    (backup / "0001").rename(tmp_path / "0001")
    with pytest.raises(BackupDamagedError, match="0001"):
        generations(backup)
    shutil.copytree(tmp_path / "other" / "0001", backup / "0001")
    with pytest.raises(BackupDamagedError, match="0001"):
        generations(backup)


def test_a_backup_is_restored_into_an_empty_folder_only(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "重要.txt").write_text("别动", "utf-8")
    with pytest.raises(RestoreTargetError):
        restore(kept.backup, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["重要.txt"]
    with pytest.raises(RestoreTargetError):
        restore(kept.backup, kept.office)
    with pytest.raises(NotABackupError):
        restore(tmp_path, tmp_path / "again")


def test_a_folder_with_other_things_takes_no_backup(workspace: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (target / "重要.txt").write_text("别动", "utf-8")
    with pytest.raises(BackupTargetError):
        workspace.safety.backup(target, plain=True)
    assert [p.name for p in target.iterdir()] == ["重要.txt"]


class PowerCutError(BaseException):
    """The process is gone."""


def steps(monkeypatch: pytest.MonkeyPatch, cut_at: int) -> Callable[[], int]:
    """Count every forced write and every rename; cut the power at one of them."""
    count = 0

    def step(real: Callable[..., object]) -> Callable[..., object]:
        def counted(*args: object, **how: object) -> object:
            nonlocal count
            count += 1
            if count == cut_at:
                raise PowerCutError
            return real(*args, **how)

        return counted

    monkeypatch.setattr(os, "fsync", step(os.fsync))
    monkeypatch.setattr(Path, "rename", step(Path.rename))
    monkeypatch.setattr(Path, "replace", step(Path.replace))
    return lambda: count


def every_step(monkeypatch: pytest.MonkeyPatch, work: Callable[[], object], *, most: int) -> Iterator[int]:
    """Run something again and again, the power cut a step later each time, until it comes through."""
    for cut_at in range(1, most):
        with monkeypatch.context() as patched:
            steps(patched, cut_at)
            try:
                work()
            except PowerCutError:
                yield cut_at
                continue
        return
    raise AssertionError("more steps than expected")


@pytest.mark.kill
def test_a_backup_cut_off_at_any_step_leaves_the_last_one_good_and_goes_on(
    kept: Kept, tmp_path: Path, open_office: Callable[[Path], Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "VOLUME_BYTES", 200_000)
    office = Path(shutil.copytree(kept.office, tmp_path / "office"))
    with open_office(office) as workspace:
        cuts = 0
        for _ in every_step(monkeypatch, lambda: workspace.safety.backup(tmp_path / "new", plain=True), most=80):
            cuts += 1
            with suppress(NotABackupError):
                assert len(generations(tmp_path / "new")) == 1  # only the rename was left to be forced
    assert cuts > 8
    assert not list((tmp_path / "new").glob("*.part"))
    assert restore(tmp_path / "new", tmp_path / "again").check.problems == ()


def test_a_run_that_was_cut_off_is_taken_up_with_its_closed_volumes(
    kept: Kept, tmp_path: Path, open_office: Callable[[Path], Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "VOLUME_BYTES", 1)
    office = Path(shutil.copytree(kept.office, tmp_path / "office"))
    closed = 0
    close = VolumeWriter.close

    def fail_at_the_fifth(self: VolumeWriter) -> tuple[str, int]:
        nonlocal closed
        closed += 1
        if closed == 5:
            raise OSError(28, "disk full")
        return close(self)

    with open_office(office) as workspace:
        with monkeypatch.context() as patched:
            patched.setattr(VolumeWriter, "close", fail_at_the_fifth)
            with pytest.raises(Exception, match="磁盘空间不足"):
                workspace.safety.backup(tmp_path / "new", plain=True)
        report = workspace.safety.backup(tmp_path / "new", plain=True)
    assert report.resumed == 4
    assert restore(tmp_path / "new", tmp_path / "again").check.problems == ()
    assert files_of(tmp_path / "again" / "store") == files_of(office / "store")


@pytest.mark.kill
def test_a_restore_cut_off_at_any_step_is_no_office_and_goes_on(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_office: Callable[[Path], Workspace]
) -> None:
    again = tmp_path / "again"
    cuts = []
    for cut_at in every_step(monkeypatch, lambda: restore(kept.backup, again), most=80):
        cuts.append(cut_at)
        if (again / "office.toml").exists():
            break  # from here on it is an office, and the rest is the index
    assert len(cuts) > 5
    with open_office(again) as workspace:
        workspace.finding.rebuild()
        assert workspace.checking.check().problems == ()
        with open_office(kept.office) as before:
            assert rows_of(workspace) == rows_of(before)


def test_what_is_filed_while_the_backup_runs_is_either_whole_or_left_for_the_next(
    hands: Hands, workspace: Workspace, tmp_path: Path
) -> None:
    hands.make(["B2"], "罗小山")
    made = []

    def meanwhile(done: int, _: str) -> None:
        if done == 1:
            made.append(hands.make(["B2"], "罗小水").made[0].uid)

    workspace.safety.backup(tmp_path / "backup", plain=True, progress=meanwhile)
    first = restore(tmp_path / "backup", tmp_path / "first")
    assert first.check.problems == ()
    held = {piece.object_id for piece in generations(tmp_path / "backup")[0].pieces()}
    assert paper_object(made[0]) not in held
    workspace.safety.backup(tmp_path / "backup")
    assert restore(tmp_path / "backup", tmp_path / "second").check.problems == ()
    held = {piece.object_id for piece in generations(tmp_path / "backup")[1].pieces()}
    assert paper_object(made[0]) in held


def test_an_object_that_was_taken_out_and_made_anew_is_copied_anew(
    kept: Kept, backup: Path, tmp_path: Path, open_office: Callable[[Path], Workspace]
) -> None:
    """As a disposal does with the snapshots of the registry: fewer versions than the backup holds."""
    office = Path(shutil.copytree(kept.office, tmp_path / "office"))
    with open_office(office) as workspace:
        assert workspace.store.head(registry_object()) == 2
        workspace.store.purge(registry_object())
        workspace.safety.backup(backup)
        assert workspace.store.head(registry_object()) == 1
    (piece,) = generations(backup)[-1].pieces()
    assert (piece.object_id, piece.first, piece.head) == (registry_object(), 1, 1)
    assert restore(backup, tmp_path / "again").check.problems == ()
    assert files_of(tmp_path / "again" / "store") == files_of(office / "store")


def test_damage_in_the_store_is_named_and_not_copied_as_if_it_were_good(
    kept: Kept, tmp_path: Path, open_office: Callable[[Path], Workspace]
) -> None:
    office = Path(shutil.copytree(kept.office, tmp_path / "office"))
    victim = next((office / "store").rglob("issued-v1.pdf"))
    victim.write_bytes(b"%PDF other")
    with open_office(office) as workspace:
        report = workspace.safety.backup(tmp_path / "new", plain=True)
    assert report.damaged == (victim.relative_to(office / "store").as_posix(),)
    assert layout.object_id(victim.parents[2]) not in {p.object_id for p in generations(tmp_path / "new")[0].pieces()}


def test_a_sealed_backup_opens_with_its_key_and_with_no_other(
    kept: Kept, tmp_path: Path, open_office: Callable[[Path], Workspace]
) -> None:
    office = Path(shutil.copytree(kept.office, tmp_path / "office"))
    with open_office(office) as workspace:
        recipient = workspace.safety.new_key(tmp_path / "key.txt")
        workspace.safety.new_key(tmp_path / "other.txt")
        with pytest.raises(BackupTargetError):
            workspace.safety.new_key(tmp_path / "key.txt")
        workspace.safety.backup(tmp_path / "sealed", recipients=[recipient])
        again = workspace.safety.backup(tmp_path / "sealed")  # whom to seal for is remembered, the key is not here
    assert again.is_sealed
    payload = b"".join(p.read_bytes() for p in (tmp_path / "sealed").rglob("*.age"))
    for secret in ("罗小山".encode(), b"%PDF", b"SQLite format"):
        assert secret not in payload
    with pytest.raises(BackupKeyError):
        restore(tmp_path / "sealed", tmp_path / "again")
    with pytest.raises(BackupKeyError):
        restore(tmp_path / "sealed", tmp_path / "again", identity=tmp_path / "other.txt")
    report = restore(tmp_path / "sealed", tmp_path / "again", identity=tmp_path / "key.txt")
    assert report.check.problems == ()


def test_a_passphrase_opens_what_it_sealed_and_is_not_needed_for_the_next_run(
    kept: Kept, tmp_path: Path, open_office: Callable[[Path], Workspace]
) -> None:
    office = Path(shutil.copytree(kept.office, tmp_path / "office"))
    with open_office(office) as workspace:
        workspace.safety.backup(tmp_path / "sealed", passphrase=WORDS)
        workspace.safety.backup(tmp_path / "sealed")
    with pytest.raises(BackupKeyError):
        restore(tmp_path / "sealed", tmp_path / "again", passphrase=WORDS[1:])
    report = restore(tmp_path / "sealed", tmp_path / "again", passphrase=WORDS)
    assert (report.generations, report.check.problems) == (2, ())


def test_a_first_sealed_run_that_was_cut_off_is_taken_up_with_the_same_key(
    office: Path, tmp_path: Path, open_office: Callable[[Path], Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key is on the disk before anything is sealed for it, and is asked for again, never made again."""
    made: list[bytes] = []

    def under_words(key: bytes, words: str) -> bytes:  # what scrypt makes slow is not what is tested here
        made.append(key)
        return words.encode() + b"|" + key

    def opened(data: bytes, words: str = "") -> tuple[str, ...]:
        return open_key(data.removeprefix(words.encode() + b"|"))

    monkeypatch.setattr("docgen.workspace.safety.desk.seal_key", under_words)
    monkeypatch.setattr("docgen.workspace.safety.desk.open_key", opened)
    with open_office(office) as workspace:
        with monkeypatch.context() as patched:
            patched.setattr(making, "check_payload", lambda *_: (_ for _ in ()).throw(PowerCutError))
            with pytest.raises(PowerCutError):
                workspace.safety.backup(tmp_path / "sealed", passphrase=WORDS)
        report = workspace.safety.backup(tmp_path / "sealed", passphrase=WORDS)
    assert (len(made), report.resumed) == (1, 1)
    (tmp_path / "key.txt").write_bytes(made[0])
    assert restore(tmp_path / "sealed", tmp_path / "again", identity=tmp_path / "key.txt").check.problems == ()


def test_the_first_backup_asks_for_a_decision(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(BackupKeyError, match="--plain"):
        workspace.safety.backup(tmp_path / "backup")
    with pytest.raises(BackupKeyError, match="age1"):
        workspace.safety.backup(tmp_path / "backup", recipients=["not a key"])


def test_the_commands_say_what_they_did(office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = ["--office", str(office)]
    assert run([*base, "backup", str(tmp_path / "b")]) == 5
    assert run([*base, "backup", str(tmp_path / "b"), "--plain", "--json"]) == 0
    out = capsys.readouterr().out
    assert json.loads(out)["generation"] == 1
    assert run(["restore", str(tmp_path / "b"), str(tmp_path / "again")]) == 0
    assert "已恢复" in capsys.readouterr().out
    assert run(["--office", str(tmp_path / "again"), "office", "check"]) == 0
    assert run([*base, "backup", str(tmp_path / "c"), "--new-key", str(tmp_path / "k")]) == 0
    assert run(["restore", str(tmp_path / "c"), str(tmp_path / "more"), "--identity", str(tmp_path / "k")]) == 0
    assert run([*base, "backup", str(tmp_path / "d"), "--plain", "--passphrase"]) == 2
