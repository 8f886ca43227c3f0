"""The store keeps what it was given, in every version, in a form a stranger can validate (OCFL 1.1)."""

from __future__ import annotations

import errno
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ocfl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.check import check_store
from archive.disk import UnwritableFolderError, digest_of
from archive.store import (
    DamagedObjectError,
    Store,
    StoreBrokenError,
    StoredFileNotFoundError,
    StoreExistsError,
    layout,
    paper_object,
)
from forms.errors import DiskFullError

if TYPE_CHECKING:
    from collections.abc import Callable

AT = datetime(2026, 11, 5, 9, 30, tzinfo=UTC)
ONE = paper_object("7K3M9Q2PA4")


def put(store: Store, object_id: str, **files: bytes) -> int:
    named = {name.replace("__", "/").replace("_", "."): data for name, data in files.items()}
    return store.put(object_id, named, message="入库", user="张敏", at=AT)


def validated(root: Path) -> list[str]:
    """Return what ocfl-py has against a storage root and its objects: errors and warnings."""
    checker = ocfl.StorageRoot(root=str(root))
    passed = checker.validate(validate_objects=True, check_digests=True, log_warnings=True, log_errors=False)
    said = [message for _, message in checker.errors]
    said += [str(code) for code in checker.log.codes]
    if not passed or checker.good_objects != checker.num_objects:
        said.append("not valid")
    return said


def test_what_was_put_is_read_in_every_version(store: Store) -> None:
    assert put(store, ONE, inputs_json=b"1", issued__a_pdf=b"2") == 1
    assert put(store, ONE, inputs_json=b"3") == 2
    assert store.read(ONE, "inputs.json") == b"3"
    assert store.read(ONE, "inputs.json", 1) == b"1"
    assert store.read(ONE, "issued/a.pdf", 2) == b"2"
    assert store.paths(ONE) == {"inputs.json": digest_of(b"3"), "issued/a.pdf": digest_of(b"2")}
    assert store.head(ONE) == 2
    assert list(store.objects()) == [ONE]


def test_putting_the_same_again_makes_no_version(store: Store) -> None:
    put(store, ONE, a=b"1", b=b"2")
    assert put(store, ONE, a=b"1") == 1
    assert put(store, ONE, b=b"2", a=b"1") == 1


def test_bytes_that_are_there_already_are_not_stored_again(store: Store) -> None:
    put(store, ONE, a=b"same", b=b"same")
    put(store, ONE, c=b"same", d=b"new")
    content = sorted(p.relative_to(store.root).as_posix() for p in store.root.rglob("content/*"))
    assert [p.rsplit("/", 3)[-3:] for p in content] == [["v1", "content", "a"], ["v2", "content", "d"]]
    assert store.read(ONE, "c") == b"same"


def test_a_file_is_copied_and_stays_where_it_was(store: Store, tmp_path: Path) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF" + bytes(3_000_000))
    store.put(ONE, {"signed-v1-1.pdf": scan}, message="入库", user="张敏", at=AT)
    assert store.read(ONE, "signed-v1-1.pdf") == scan.read_bytes()


@pytest.mark.parametrize("path", ["", "/a", "a/", "../a", "a/../b", "a//b", "con:1", "a?", "e\u0301", "a\\b", "a."])
def test_a_path_that_some_file_system_could_not_hold_is_refused(store: Store, path: str) -> None:
    with pytest.raises(ValueError, match="logical path"):
        store.put(ONE, {path: b""}, message="", user="u", at=AT)


def test_a_file_cannot_stand_where_a_folder_is(store: Store) -> None:
    put(store, ONE, a=b"1")
    with pytest.raises(ValueError, match="folder"):
        put(store, ONE, a__b=b"2")
    assert store.head(ONE) == 1


def test_reading_what_is_not_there_says_so(store: Store) -> None:
    with pytest.raises(StoredFileNotFoundError):
        store.read(ONE, "a")
    put(store, ONE, a=b"1")
    with pytest.raises(StoredFileNotFoundError):
        store.read(ONE, "b")
    with pytest.raises(StoredFileNotFoundError):
        store.read(ONE, "a", 2)


def test_damaged_bytes_are_never_handed_out(store: Store) -> None:
    put(store, ONE, a=b"1")
    next(store.root.rglob("content/a")).write_bytes(b"2")
    with pytest.raises(DamagedObjectError):
        store.read(ONE, "a")


def test_a_file_read_in_pieces_is_whole_or_refused(store: Store) -> None:
    data = os.urandom(3_000_000)
    put(store, ONE, big=data)
    pieces = list(store.chunks(ONE, "big"))
    assert len(pieces) == 3
    assert b"".join(pieces) == data
    path = next(store.root.rglob("big"))
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(DamagedObjectError, match="big"):
        list(store.chunks(ONE, "big"))
    path.unlink()
    with pytest.raises(DamagedObjectError, match="big"):
        list(store.chunks(ONE, "big"))


def test_nothing_is_built_on_a_damaged_inventory(store: Store) -> None:
    put(store, ONE, a=b"1")
    inventory = store.root / layout.object_path(ONE) / layout.INVENTORY
    inventory.write_bytes(inventory.read_bytes().replace(b"7K3M9Q2PA4", b"7K3M9Q2PA5"))
    with pytest.raises(DamagedObjectError):
        put(store, ONE, b=b"2")
    assert not (inventory.parent / "v2").exists()


def test_a_folder_that_is_no_store_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(StoreBrokenError):
        Store.open(tmp_path, work=tmp_path / "work")


def test_a_store_is_not_made_over_something_else(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "letter.txt").write_text("x", encoding="utf-8")
    with pytest.raises(StoreExistsError):
        Store.create(tmp_path / "store", work=tmp_path / "work")


@pytest.mark.oracle
def test_an_independent_validator_finds_nothing(store: Store) -> None:
    for number in range(70):
        name = paper_object(f"{number:010d}")
        put(store, name, inputs_json=b"{}", issued_pdf=os.urandom(500))
        if number % 3 == 0:
            put(store, name, signed_pdf=os.urandom(500), description_json=b"{}")
    assert validated(store.root) == []


names = st.sampled_from(["a", "b", "c.pdf", "档案/甲.json", "x y", "z-1"])
contents = st.sampled_from([b"", b"1", b"2", b"same"])
puts = st.lists(
    st.tuples(
        st.sampled_from([ONE, paper_object("0000000001"), "urn:docgen:scan:" + "0" * 64]),
        st.dictionaries(names, contents, min_size=1, max_size=4),
    ),
    max_size=12,
)


@pytest.mark.oracle
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=puts)
def test_any_sequence_of_puts_reads_back_and_validates(
    steps: list[tuple[str, dict[str, bytes]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("property")
    store = Store.create(folder / "store", work=folder / "work")
    states: dict[str, list[dict[str, bytes]]] = {}
    for object_id, files in steps:
        versions = states.setdefault(object_id, [])
        state = {**(versions[-1] if versions else {}), **files}
        if not versions or state != versions[-1]:
            versions.append(state)
        assert store.put(object_id, files, message="m", user="张敏", at=AT) == len(versions)
    again = Store.open(folder / "store", work=folder / "work")
    assert set(again.objects()) == set(states)
    for object_id, versions in states.items():
        for number, state in enumerate(versions, start=1):
            assert {p: again.read(object_id, p, number) for p in again.paths(object_id, number)} == state
    assert validated(store.root) == []
    assert [p.name for p in (folder / "work").iterdir()] in ([], ["store.lock"])


def snapshot(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() if p.is_file() else b"" for p in root.rglob("*")}


def failing_after(monkeypatch: pytest.MonkeyPatch, calls: int, number: int) -> None:
    """Let the disk take so many forced writes and refuse every later one."""
    real, count = os.fsync, iter(range(1_000_000))

    def fsync(handle: int) -> None:
        if next(count) >= calls:
            raise OSError(number, "refused")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)


@pytest.mark.parametrize("calls", range(0, 24, 2))
@pytest.mark.parametrize("versions", [0, 1])
def test_a_full_disk_leaves_the_old_version_or_the_new_one_and_nothing_between(
    store: Store, monkeypatch: pytest.MonkeyPatch, calls: int, versions: int
) -> None:
    if versions:
        put(store, ONE, a=b"1")
    before = snapshot(store.root)
    with monkeypatch.context() as patch:
        failing_after(patch, calls, errno.ENOSPC)
        try:
            put(store, ONE, a=b"2", b=b"3")
        except DiskFullError:
            pass
        else:
            assert calls >= 10
    again = Store.open(store.root, work=store.root.parent / "work")
    if snapshot(store.root) != before:
        assert again.read(ONE, "a") == b"2"
        assert again.read(ONE, "b") == b"3"
    assert validated(store.root) == []
    assert put(again, ONE, a=b"2", b=b"3") == versions + 1


class PowerCutError(BaseException):
    """Everything stops, the cleaning up as well."""


@pytest.mark.parametrize("versions", [0, 1, 2])
def test_a_power_cut_at_any_step_leaves_the_old_version_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, versions: int
) -> None:
    """Cut at the first, second, third … call that changes the disk, until one put gets through."""
    outcomes = set()
    for step in range(200):
        store = Store.create(tmp_path / str(step) / "store", work=tmp_path / str(step) / "work")
        for version in range(versions):
            put(store, ONE, a=str(version).encode())
        with monkeypatch.context() as patch:
            cut_after(patch, step)
            try:
                put(store, ONE, a=b"new", b=b"other")
            except PowerCutError:
                acknowledged = False
            else:
                acknowledged = True
        again = Store.open(store.root, work=tmp_path / str(step) / "work")
        head = again.head(ONE)
        assert head in ({versions + 1} if acknowledged else {versions, versions + 1})
        if head:
            assert again.read(ONE, "a") == (b"new" if head > versions else str(versions - 1).encode())
        assert check_store(store.root).problems == ()
        assert [p.name for p in (tmp_path / str(step) / "work").iterdir() if p.is_dir()] == []
        assert put(again, ONE, a=b"new", b=b"other") == versions + 1
        outcomes.add((head, acknowledged))
        if acknowledged:
            break
    assert step > 15
    assert outcomes == {(versions, False), (versions + 1, False), (versions + 1, True)}


def test_several_objects_put_together_are_each_as_they_were_or_whole_after_a_power_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of three objects is there already and gets its second version."""
    ids = [paper_object(uid) for uid in ("7K3M9Q2PA4", "8K3M9Q2PA4", "9K3M9Q2PA4")]
    files = {object_id: {"a": object_id.encode(), "b": b"same"} for object_id in ids}
    seen = set()
    for step in range(200):
        store = Store.create(tmp_path / str(step) / "store", work=tmp_path / str(step) / "work")
        put(store, ids[1], a=b"old")
        with monkeypatch.context() as patch:
            cut_after(patch, step)
            try:
                heads = store.put_all(files, message="入库", user="张敏", at=AT)
            except PowerCutError:
                heads = {}
        again = Store.open(store.root, work=tmp_path / str(step) / "work")
        there = [again.head(object_id) for object_id in ids]
        assert (there[0] in {0, 1}, there[1] in {1, 2}, there[2] in {0, 1}) == (True, True, True)
        for object_id, head in zip(ids, there, strict=True):
            if head == (2 if object_id == ids[1] else 1):
                assert again.read(object_id, "a") == object_id.encode()
                assert again.read(object_id, "b") == b"same"
        assert check_store(store.root).problems == ()
        assert [p.name for p in (tmp_path / str(step) / "work").iterdir() if p.is_dir()] == []
        assert again.put_all(files, message="入库", user="张敏", at=AT) == dict(zip(ids, (1, 2, 1), strict=True))
        seen.add(tuple(there))
        if heads:
            break
    assert {(0, 1, 0), (1, 2, 1)} < seen


def test_putting_the_same_objects_together_again_changes_nothing(store: Store) -> None:
    files = {paper_object("7K3M9Q2PA4"): {"a": b"1"}, paper_object("8K3M9Q2PA4"): {"a": b"1"}}
    for _ in range(2):
        assert set(store.put_all(files, message="入库", user="张敏", at=AT).values()) == {1}
    before = snapshot(store.root)
    assert store.put_all({}, message="入库", user="张敏", at=AT) == {}
    assert snapshot(store.root) == before
    assert validated(store.root) == []


def cut_after(monkeypatch: pytest.MonkeyPatch, calls: int) -> None:
    left = iter(range(calls))

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if next(left, None) is None:
                raise PowerCutError
            return real(*args, **kwargs)

        return call

    for owner, name in ((os, "fsync"), (Path, "rename"), (Path, "replace"), (Path, "mkdir"), (shutil, "rmtree")):
        monkeypatch.setattr(owner, name, counted(getattr(owner, name)))


def test_a_disk_that_cannot_be_written_is_named(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_after(monkeypatch, 0, errno.EROFS)
    with pytest.raises(UnwritableFolderError):
        put(store, ONE, a=b"1")
    assert not store.exists(ONE)
