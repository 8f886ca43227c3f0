"""Whatever is changed, cut, taken away or put into the archive behind its back is reported by its place."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import schema
from archive.check import Level, check_archive, check_store
from archive.registry import Registry, new_uid
from archive.store import Store, digest_of, layout, paper_object, scan_object
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from archive.registry import Tx

AT = datetime(2026, 11, 5, 9, 30, tzinfo=UTC)
ONE = paper_object("7K3M9Q2PA4")
HERE = layout.object_path(ONE)


@pytest.fixture
def full(store: Store) -> Store:
    """Two objects, one of them with three versions."""
    store.put(ONE, {"inputs.json": b"{}", "issued-v1.pdf": b"%PDF one"}, message="生成", user="张敏", at=AT)
    store.put(ONE, {"signed-v1-1.pdf": b"%PDF signed"}, message="签署", user="张敏", at=AT)
    store.put(ONE, {"inputs.json": b"[]", "text/v1.txt": b"x"}, message="更正", user="李强", at=AT)
    store.put(scan_object("0" * 64), {"stack.pdf": b"%PDF stack"}, message="收件", user="张敏", at=AT)
    return store


def files_of(root: Path) -> list[Path]:
    return sorted(p for p in root.rglob("*") if p.is_file())


def codes(root: Path, level: Level = Level.FIXITY) -> set[str]:
    return {p.code for p in check_store(root, level=level).problems}


def places(root: Path) -> str:
    return "\n".join(p.where.subject for p in check_store(root).problems)


def test_a_store_that_nobody_touched_is_whole(full: Store) -> None:
    report = check_store(full.root)
    assert report.problems == ()
    assert report.is_whole
    assert (report.objects, report.files) == (2, 6)
    assert report.size == sum(p.stat().st_size for p in full.root.rglob("content/**/*") if p.is_file())


def test_flipping_bytes_of_every_file_is_reported_at_its_place(full: Store) -> None:
    for file in files_of(full.root):
        data = file.read_bytes()
        name = file.relative_to(full.root).as_posix()
        for position in {0, len(data) // 2, len(data) - 1}:
            file.write_bytes(data[:position] + bytes([data[position] ^ 0xFF]) + data[position + 1 :])
            problems = check_store(full.root).problems
            assert problems, f"{name} at {position}"
            assert all(p.blocking for p in problems)
            near = name.removesuffix(".sha512") if name.startswith(HERE[:3]) else name
            assert any(p.where.subject.startswith(near.rsplit("/", 1)[0]) for p in problems)
        file.write_bytes(data)
    assert check_store(full.root).problems == ()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("kept")
    store = Store.create(folder / "store", work=folder / "work")
    store.put(ONE, {"a": b"some content of a paper", "b/c": b"more"}, message="生成", user="张敏", at=AT)
    store.put(ONE, {"a": b"other content"}, message="更正", user="张敏", at=AT)
    yield store
    shutil.rmtree(folder)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_change_of_any_byte_and_any_cut_is_reported(kept: Store, data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(files_of(kept.root)))
    before = file.read_bytes()
    position = data.draw(st.integers(0, len(before) - 1))
    if data.draw(st.booleans()):
        mask = data.draw(st.integers(1, 255))
        after = before[:position] + bytes([before[position] ^ mask]) + before[position + 1 :]
    else:
        after = before[:position]
    file.write_bytes(after)
    try:
        assert not check_store(kept.root).is_whole
    finally:
        file.write_bytes(before)
    assert check_store(kept.root).is_whole


def test_taking_any_file_away_is_reported(full: Store) -> None:
    for file in files_of(full.root):
        data = file.read_bytes()
        file.unlink()
        assert not check_store(full.root).is_whole, file.name
        file.write_bytes(data)


def test_taking_any_version_away_is_reported(full: Store) -> None:
    for version in ("v1", "v2", "v3"):
        folder = full.root / HERE / version
        folder.rename(full.root.parent / "away")
        assert "ocfl.E046" in codes(full.root, Level.STRUCTURE)
        (full.root.parent / "away").rename(folder)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("stray.txt", "ocfl.E072"),
        ("000/stray.txt", "ocfl.E072"),
        (f"{HERE}/stray.txt", "ocfl.E001"),
        (f"{HERE}/v1/stray.txt", "ocfl.E015"),
        (f"{HERE}/v1/content/stray.txt", "ocfl.E023"),
        (f"{HERE}/v9/content/stray.txt", "ocfl.E023"),
        ("extensions/stray.txt", "ocfl.E067"),
    ],
)
def test_a_file_too_many_is_reported_by_the_clause_it_breaks(full: Store, path: str, code: str) -> None:
    (full.root / path).parent.mkdir(parents=True, exist_ok=True)
    (full.root / path).write_bytes(b"x")
    assert code in codes(full.root)
    assert path in places(full.root)


@pytest.mark.parametrize(("path", "code"), [("000", "ocfl.E073"), (f"{HERE}/v1/content/empty", "ocfl.E024")])
def test_an_empty_folder_is_reported(full: Store, path: str, code: str) -> None:
    (full.root / path).mkdir()
    assert code in codes(full.root)


def test_an_older_state_put_back_is_reported(full: Store) -> None:
    """Inventory and sidecar of v2 are a valid pair; only the version folders give it away."""
    for name in (layout.INVENTORY, layout.SIDECAR):
        shutil.copy(full.root / HERE / "v2" / name, full.root / HERE / name)
    assert not check_store(full.root).is_whole


def test_an_object_in_the_wrong_folder_is_reported(full: Store) -> None:
    (full.root / HERE).rename(full.root / HERE.replace("PA4", "PA5"))
    assert "ocfl.E037" in codes(full.root, Level.STRUCTURE)


def test_each_level_looks_further_than_the_one_before(full: Store) -> None:
    content = full.root / HERE / "v1/content/issued-v1.pdf"
    content.write_bytes(b"%PDF two")
    assert codes(full.root, Level.COMPLETENESS) == set()
    assert codes(full.root, Level.FIXITY) == {"ocfl.E092"}
    content.unlink()
    assert codes(full.root, Level.STRUCTURE) == set()
    assert codes(full.root, Level.COMPLETENESS) == {"ocfl.E092"}


@pytest.fixture
def filed(store: Store, registry: Registry, place: object) -> tuple[Store, Registry, str]:
    """A signed paper and its stack, in the store and in the registry."""
    del place
    files = {"inputs.json": b"{}", "issued-v1.pdf": b"%PDF one"}
    signed = {"signed-v1-1.pdf": b"%PDF signed"}
    with registry.begin() as tx:
        paper = tx.papers.new(form_code="A1", issuer_uid=tx.units.owner().uid, by="张敏")
        store.put(paper_object(paper.uid), files | signed, message="生成", user="张敏", at=AT)
        tx.papers.new_version(
            paper.uid,
            values={},
            mark_id=new_uid(),
            pages=1,
            digests={p: digest_of(d) for p, d in files.items()},
            made_on=date(2026, 11, 5),
            made_by="张敏",
        )
        tx.papers.add_files(paper.uid, 1, {p: digest_of(d) for p, d in signed.items()})
        tx.papers.set_status(paper.uid, 1, PaperStatus.SIGNED, signed_on=date(2026, 11, 6))
        store.put(scan_object("1" * 64), {"stack.pdf": b"%PDF"}, message="收件", user="张敏", at=AT)
        tx.scans.receive("1" * 64, name="stack.pdf", size=4, page_count=1, by="张敏")
        tx.audit.append("paper.filed", actor="张敏", subject=paper.uid)
    return store, registry, paper.uid


def found(filed: tuple[Store, Registry, str]) -> set[str]:
    return {p.code for p in check_archive(filed[0], filed[1]).problems}


def test_store_and_registry_that_agree_are_whole(filed: tuple[Store, Registry, str]) -> None:
    assert found(filed) == set()


def test_a_registry_whose_file_changed_unwritten_is_reported_at_the_deepest_level_only(
    filed: tuple[Store, Registry, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, registry, _ = filed
    monkeypatch.setattr(Registry, "is_decayed", lambda _: True)
    assert "registry.decayed" in {p.code for p in check_archive(store, registry).problems}
    found = check_archive(store, registry, level=Level.COMPLETENESS).problems
    assert "registry.decayed" not in {p.code for p in found}


def test_a_paper_gone_from_the_store_is_reported(filed: tuple[Store, Registry, str]) -> None:
    store, _, uid = filed
    shutil.rmtree((store.root / layout.object_path(paper_object(uid))).parent)
    assert found(filed) == {"agreement.paper-missing"}


def test_a_stack_gone_from_the_store_is_reported(filed: tuple[Store, Registry, str]) -> None:
    shutil.rmtree((filed[0].root / layout.object_path(scan_object("1" * 64))).parent)
    assert found(filed) == {"agreement.scan-missing"}


def test_a_registered_digest_that_differs_is_reported(
    filed: tuple[Store, Registry, str], unguard: Callable[[Tx], None]
) -> None:
    with filed[1].begin() as tx:
        unguard(tx)
        tx.connection.execute(sa.update(schema.paper_files).values(sha512="0" * 128))
    assert "agreement.digest" in found(filed)


def test_a_registered_file_that_is_not_there_is_reported(filed: tuple[Store, Registry, str]) -> None:
    with filed[1].begin() as tx:
        tx.papers.add_files(filed[2], 1, {"signed-v1-2.pdf": "0" * 128})
    assert found(filed) == {"agreement.file-missing"}


def test_a_paper_registered_as_signed_without_a_scan_is_reported(
    filed: tuple[Store, Registry, str], unguard: Callable[[Tx], None]
) -> None:
    with filed[1].begin() as tx:
        unguard(tx)
        tx.connection.execute(sa.delete(schema.paper_files).where(schema.paper_files.c.path.startswith("signed")))
    assert "agreement.unsigned" in found(filed)


def test_what_the_registry_does_not_know_is_noted_without_alarm(filed: tuple[Store, Registry, str]) -> None:
    filed[0].put(ONE, {"issued-v1.pdf": b"x"}, message="生成", user="张敏", at=AT)
    filed[0].put(paper_object(filed[2]), {"signed-v1-2.pdf": b"x"}, message="生成", user="张敏", at=AT)
    report = check_archive(filed[0], filed[1])
    assert [p.code for p in report.problems] == ["agreement.unrecorded"] * 2
    assert report.is_whole


def test_a_broken_chain_of_acts_is_reported(filed: tuple[Store, Registry, str], unguard: Callable[[Tx], None]) -> None:
    with filed[1].begin() as tx:
        unguard(tx)
        tx.connection.execute(sa.update(schema.audit).values(actor="别人"))
    assert found(filed) == {"audit.hash"}
