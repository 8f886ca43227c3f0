"""What a check finds damaged is put right from a backup, and nothing else is touched or lost."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from archive.backup import generations, make_backup
from archive.check import check_store
from archive.repair import damaged_objects, repair_objects, repair_root
from archive.store import Store, layout, paper_object

if TYPE_CHECKING:
    from pathlib import Path

    from archive.registry import Registry

AT = datetime(2026, 11, 5, 9, 30, tzinfo=UTC)
LATER = datetime(2026, 11, 6, 9, 30, tzinfo=UTC)
ONE, TWO = paper_object("7K3M9Q2PA4"), paper_object("7K3M9Q2PA5")
HERE = layout.object_path(ONE)


@pytest.fixture
def backed(store: Store, registry: Registry, tmp_path: Path) -> Store:
    """Two objects in a backup, one of which got another version since."""
    for object_id in (ONE, TWO):
        store.put(object_id, {"inputs-v1.json": b"{}", "issued-v1.pdf": b"%PDF"}, message="生成", user="张敏", at=AT)
        store.put(object_id, {"signed-v1-1.pdf": b"%PDF signed"}, message="签署", user="张敏", at=AT)
    make_backup(
        tmp_path / "backup",
        store=store,
        registry=registry,
        settings={},
        work=tmp_path / "work",
        recipients=(),
        now=LATER,
    )
    store.put(ONE, {"signed-v1-2.pdf": b"%PDF again"}, message="签署", user="张敏", at=LATER)
    return store


def mend(store: Store, tmp_path: Path) -> list[str]:
    """Repair what a check finds; return where damaged copies went."""
    wanted = damaged_objects(check_store(store.root).problems)
    report = repair_objects(store, wanted, generations(tmp_path / "backup"), (), work=tmp_path / "work")
    assert report.left == ()
    assert all(done.problems == () for done in report.repaired)
    return [done.moved for done in report.repaired]


def content_of(store: Store) -> dict[str, bytes]:
    return {p.relative_to(store.root).as_posix(): p.read_bytes() for p in store.root.rglob("*") if p.is_file()}


def test_any_damaged_or_missing_file_comes_back_and_the_damaged_copy_is_kept(backed: Store, tmp_path: Path) -> None:
    good = content_of(backed)
    in_backup = [name for name in good if name.startswith((f"{HERE}/v1/", f"{HERE}/v2/"))]
    derived = [f"{HERE}/{name}" for name in (layout.INVENTORY, layout.SIDECAR, layout.OBJECT_MARK)]
    for name in [*in_backup, *derived]:
        for spoilt in (b"spoilt", None):
            file = backed.root / name
            file.unlink()
            if spoilt is not None:
                file.write_bytes(spoilt)
            (moved,) = mend(backed, tmp_path)
            assert content_of(backed) == good, name
            kept = tmp_path / "work" / moved / name.removeprefix(f"{HERE}/")
            assert (kept.read_bytes() if kept.exists() else None) == spoilt


def test_a_version_made_after_the_backup_survives_the_repair_of_an_older_one(backed: Store, tmp_path: Path) -> None:
    (backed.root / HERE / "v1" / "content" / "issued-v1.pdf").write_bytes(b"spoilt")
    mend(backed, tmp_path)
    assert backed.head(ONE) == 3
    assert backed.read(ONE, "signed-v1-2.pdf") == b"%PDF again"


def test_a_whole_object_that_is_gone_comes_back_as_the_backup_has_it(backed: Store, tmp_path: Path) -> None:
    shutil.rmtree((backed.root / layout.object_path(TWO)).parent)
    report = repair_objects(backed, [TWO], generations(tmp_path / "backup"), (), work=tmp_path / "work")
    assert [(done.object_id, done.moved, done.problems) for done in report.repaired] == [(TWO, "", ())]
    assert check_store(backed.root).problems == ()
    assert backed.read(TWO, "signed-v1-1.pdf") == b"%PDF signed"


def test_what_neither_has_is_named_and_left_as_it_is(backed: Store, tmp_path: Path) -> None:
    (backed.root / HERE / "v3" / "content" / "signed-v1-2.pdf").write_bytes(b"spoilt")
    before = content_of(backed)
    report = repair_objects(backed, [ONE], generations(tmp_path / "backup"), (), work=tmp_path / "work")
    assert report.repaired == ()
    assert [object_id for object_id, _ in report.left] == [ONE]
    assert "signed-v1-2.pdf" in report.left[0][1]
    assert content_of(backed) == before


def test_an_object_the_backup_never_had_is_left_as_it_is(backed: Store, tmp_path: Path) -> None:
    three = paper_object("7K3M9Q2PA6")
    backed.put(three, {"a": b"a"}, message="生成", user="张敏", at=LATER)
    (backed.root / layout.object_path(three) / "v1" / "content" / "a").unlink()
    report = repair_objects(backed, [three], generations(tmp_path / "backup"), (), work=tmp_path / "work")
    assert [object_id for object_id, _ in report.left] == [three]


def test_a_repair_cut_off_between_moving_and_placing_is_finished_by_the_next(backed: Store, tmp_path: Path) -> None:
    """The damaged copy, moved aside, still holds the version the backup does not have."""
    (backed.root / HERE / "v1" / "content" / "issued-v1.pdf").write_bytes(b"spoilt")
    aside = tmp_path / "work" / "damaged" / "00000000"
    aside.mkdir(parents=True)
    (backed.root / HERE).rename(aside / HERE.split("/")[1])
    report = repair_objects(backed, [ONE], generations(tmp_path / "backup"), (), work=tmp_path / "work")
    assert report.left == ()
    assert backed.head(ONE) == 3
    assert check_store(backed.root).problems == ()


def test_the_marks_of_the_root_are_written_again(backed: Store, tmp_path: Path) -> None:
    (backed.root / "ocfl_layout.json").write_bytes(b"x")
    (backed.root / layout.ROOT_MARK).unlink()
    assert set(repair_root(backed, work=tmp_path / "work")) == {"ocfl_layout.json", layout.ROOT_MARK}
    assert check_store(backed.root).problems == ()
    assert repair_root(backed, work=tmp_path / "work") == ()
    assert [p.read_bytes() for p in (tmp_path / "work" / "damaged").rglob("ocfl_layout.json")] == [b"x"]
