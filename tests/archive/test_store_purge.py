"""Taking an object out of the store: one rename, no trace in the root, carried through after a crash."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from archive.check import check_store
from archive.store import Store, StoredFileNotFoundError, layout, paper_object, staging

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 5, tzinfo=UTC)
ONE, TWO = paper_object("0000000001"), paper_object("0000000002")


@pytest.fixture
def filled(store: Store) -> Store:
    for object_id in (ONE, TWO):
        for number in (1, 2):
            store.put(object_id, {f"f{number}.txt": object_id.encode()}, message="m", user="u", at=NOW)
    return store


def test_a_purged_object_is_gone_and_the_rest_is_whole(filled: Store) -> None:
    assert filled.purge(ONE)
    assert not filled.exists(ONE)
    assert list(filled.objects()) == [TWO]
    with pytest.raises(StoredFileNotFoundError):
        filled.read(ONE, "f1.txt")
    assert filled.read(TWO, "f1.txt") == TWO.encode()
    assert check_store(filled.root).problems == ()


def test_purging_twice_is_purging_once(filled: Store) -> None:
    assert filled.purge(ONE)
    assert not filled.purge(ONE)


def test_no_byte_of_it_is_left_in_the_office(filled: Store, tmp_path: Path) -> None:
    filled.purge(ONE)
    left = [path for path in tmp_path.rglob("*") if path.is_file() and ONE.encode() in path.read_bytes()]
    assert left == []


def test_a_purge_broken_off_between_rename_and_deletion_is_finished_at_the_next_opening(
    filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCutError(Exception):
        pass

    def cut(folder: Path) -> None:
        raise PowerCutError(folder.name)

    with monkeypatch.context() as patch:
        patch.setattr(staging, "clear_purged", cut)
        with pytest.raises(PowerCutError):
            filled.purge(ONE)
    assert list((tmp_path / "work").glob("purge-*"))
    opened = Store.open(tmp_path / "store", work=tmp_path / "work")
    assert not list((tmp_path / "work").glob("purge-*"))
    assert not opened.exists(ONE)
    assert check_store(opened.root).problems == ()


def test_a_purge_broken_off_halfway_through_the_deletion_is_finished_too(filled: Store, tmp_path: Path) -> None:
    gone = tmp_path / "work" / "purge-0000000000000000"
    shutil.copytree(filled.root / layout.object_path(ONE), gone)
    (gone / "inventory.json").unlink()
    Store.open(tmp_path / "store", work=tmp_path / "work")
    assert not gone.exists()
    assert filled.exists(ONE)
