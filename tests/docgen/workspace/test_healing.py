"""What a crash left between store and registry is healed at the next opening, with the same number and marks."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any

import pytest

from archive.registry import Registry, sqlite_url
from archive.store import Store, paper_object
from docgen.workspace.office.objects import Inputs, read_inputs
from docgen.workspace.papers.journal import Intent
from forms.errors import DiskFullError
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docgen.workspace import Workspace
    from tests.conftest import Hands


class PowerCutError(BaseException):
    """Nothing after it runs, as nothing runs after a power cut."""


def cut_before_registering(*_: Any, **__: Any) -> None:
    raise PowerCutError


@pytest.fixture
def cut(office: Path, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an office of which the power went after a paper reached the store and before it was registered."""
    with monkeypatch.context() as patch:
        patch.setattr(Inputs, "register", cut_before_registering)
        with pytest.raises(PowerCutError):
            hands.make(["A5"], "罗小山")
    hands.workspace.close()
    return office


def test_a_paper_in_the_store_only_is_registered_with_its_number_and_mark(
    cut: Path, open_office: Callable[[Path], Workspace], hands_of: Callable[[Workspace], Hands]
) -> None:
    with Registry.open(sqlite_url(cut / "registry.db")) as registry, registry.read() as tx:
        assert tx.papers.all() == ()
    store = Store.open(cut / "store", work=cut / "work")
    (object_id,) = store.objects()
    inputs = read_inputs(store.read(object_id, "inputs-v1.json"))
    with open_office(cut) as workspace:
        assert list((cut / "work").glob("*.intent")) == []
        with workspace.registry.read() as tx:
            (paper,) = tx.papers.all()
            version = tx.papers.version(paper.uid, 1)
            acts = [row.action for row in tx.audit.rows(subject=paper.uid)]
            copies = [c.recipient for c in tx.papers.copies(paper.uid, 1)]
        assert (paper.uid, paper.document_number, version.mark_id) == (
            inputs.paper_uid,
            inputs.number,
            inputs.mark_id,
        )
        assert dict(version.values) == dict(inputs.values)
        assert version.digests == store.paths(object_id)
        assert (version.status, version.prints, copies) == (PaperStatus.ISSUED, 0, list(inputs.copies))
        assert acts == ["paper.recover"]
        hands = hands_of(workspace)
        other = hands.make(["A5"], "罗小水").made[0]
        assert other.number == "洗民评估〔2026〕2号"
        report = hands.make(["A5"], "罗小山")
        assert [m.number for m in report.made] == ["洗民评估〔2026〕1号"], "it was never printed, so it is printed now"
        assert len(hands.file("1.pdf", hands.scan(report)).filed) == 1
        assert workspace.checking.check().problems == ()


def test_healing_twice_is_healing_once(cut: Path, open_office: Callable[[Path], Workspace]) -> None:
    intent = next((cut / "work").glob("*.intent"))
    left = intent.read_bytes()
    with open_office(cut) as workspace, workspace.registry.read() as tx:
        before = tx.papers.all(), tx.audit.head()
    intent.write_bytes(left)
    with open_office(cut) as workspace, workspace.registry.read() as tx:
        assert (tx.papers.all(), tx.audit.head()) == before


def test_a_window_that_was_open_all_the_time_heals_before_it_draws_a_number(
    cut: Path, open_office: Callable[[Path], Workspace], hands_of: Callable[[Workspace], Hands]
) -> None:
    intent = next((cut / "work").glob("*.intent"))
    left, name = intent.read_bytes(), intent.name
    intent.unlink()
    with open_office(cut) as other_window:
        (cut / "work" / name).write_bytes(left)  # as if the first window died only now
        made = hands_of(other_window).make(["A5"], "罗小水").made[0]
        assert made.number == "洗民评估〔2026〕2号"
        assert {r.number: r.subject for r in other_window.papers.listing()} == {
            "洗民评估〔2026〕1号": "罗小山",
            "洗民评估〔2026〕2号": "罗小水",
        }


def test_a_paper_that_reached_neither_is_forgotten_and_its_number_given_again(
    office: Path,
    hands: Hands,
    open_office: Callable[[Path], Workspace],
    hands_of: Callable[[Workspace], Hands],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Store, "put", cut_before_registering)
        with pytest.raises(PowerCutError):
            hands.make(["A5"], "罗小山")
    hands.workspace.close()
    assert len(list((office / "work").glob("*.intent"))) == 1
    with open_office(office) as workspace:
        assert list((office / "work").glob("*.intent")) == []
        assert workspace.papers.listing() == ()
        assert hands_of(workspace).make(["A5"], "罗小山").made[0].number == "洗民评估〔2026〕1号"
        assert workspace.checking.check().problems == ()


def test_a_second_version_in_the_store_only_is_registered_too(
    office: Path, hands: Hands, open_office: Callable[[Path], Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    (first,) = hands.make(["A8"], "罗小水").made
    with monkeypatch.context() as patch:
        patch.setattr(Inputs, "register", cut_before_registering)
        with pytest.raises(PowerCutError):
            hands.make(["A8"], "罗小水", revise=True, typed={"询问地点": "学校"})
    hands.workspace.close()
    with open_office(office) as workspace, workspace.registry.read() as tx:
        versions = tx.papers.versions(first.uid)
        assert [(v.version, v.status) for v in versions] == [
            (1, PaperStatus.REPLACED),
            (2, PaperStatus.ISSUED),
        ]
        assert versions[1].values["asked_place"] == "学校"


def test_a_revision_after_an_unhealed_revision_is_the_third_version(
    hands: Hands, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands.make(["A8"], "罗小水")
    with monkeypatch.context() as patch:
        patch.setattr(Inputs, "register", cut_before_registering)
        with pytest.raises(PowerCutError):
            hands.make(["A8"], "罗小水", revise=True)
    (made,) = hands.make(["A8"], "罗小水", revise=True).made
    assert made.version == 3
    assert workspace.checking.check().problems == ()


@pytest.mark.parametrize("content", [b"", b"{", b'{"paper": 1}', b"\xff\xfe", b"[]"])
def test_a_torn_intent_is_removed_and_stops_nobody(
    content: bytes, office: Path, open_office: Callable[[Path], Workspace]
) -> None:
    torn = office / "work" / "issue-AAAAAAAAAA-1.intent"
    torn.write_bytes(content)
    with open_office(office) as workspace:
        assert workspace.papers.listing() == ()
    assert not torn.exists()


def test_an_object_that_was_damaged_meanwhile_is_named_at_the_desk_and_stops_nobody(
    cut: Path, open_office: Callable[[Path], Workspace], hands_of: Callable[[Workspace], Hands]
) -> None:
    path = next((cut / "store").rglob("inputs-v1.json"))
    path.write_bytes(path.read_bytes()[:-9])
    with open_office(cut) as workspace:
        assert workspace.papers.listing() == ()
        assert [item.code for item in workspace.filing.desk()] == ["paper.orphan"]
        assert len(hands_of(workspace).make(["A5"], "罗小水").made) == 1
        assert workspace.checking.check().is_broken, "the damage itself stays to be seen"


class FullDisk:
    """Lets so many bytes through to the disk and then none."""

    def __init__(self, calls: int) -> None:
        self.left = calls

    def __call__(self, _: int) -> None:
        self.left -= 1
        if self.left < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_disk_that_fills_up_at_any_moment_of_making_loses_nothing(
    hands: Hands, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = failures = 0
    for calls in range(60):
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", FullDisk(calls))
            try:
                hands.make(["A8"], "罗小山", "罗小水")
                done = calls
            except DiskFullError:
                failures += 1
        if done:
            break
    else:
        pytest.fail("it never got through")
    assert failures > 10, "the disk filled up at many different moments"
    numbers = sorted(r.number for r in workspace.papers.listing())
    assert numbers == ["洗民听意〔2026〕1号", "洗民听意〔2026〕2号"]
    assert workspace.checking.check().problems == ()
    assert [p for p in (workspace.folder / "work").iterdir() if p.is_dir() or p.suffix == ".intent"] == []


def test_a_disk_that_fills_up_at_any_moment_of_filing_loses_nothing(
    hands: Hands, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = hands.make(["A8"], "罗小山", "罗小水")
    scan = hands.scan(report, dpi=110)
    path = hands.drop("1.pdf", scan)
    failures = 0
    for calls in range(0, 90, 3):
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", FullDisk(calls))
            try:
                filed = workspace.filing.file_inbox()
                break
            except DiskFullError:
                failures += 1
                assert path.read_bytes() == scan
    else:
        pytest.fail("it never got through")
    assert failures > 5
    assert not path.exists()
    assert len(filed.filed) <= 2
    assert {r.status for r in workspace.papers.listing()} == {"已归档"}
    for made in report.made:
        assert len([p for p in workspace.store.paths(paper_object(made.uid)) if p.endswith(".pdf")]) == 2
    assert workspace.checking.check().problems == ()


def test_an_intent_is_never_seen_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFullError):
        Intent(paper_uid="AAAAAAAAAA", version=1).write(tmp_path)
    assert list(tmp_path.glob("*.intent")) == []


def test_what_crashes_left_in_the_work_folder_goes_after_a_day(
    office: Path, open_office: Callable[[Path], Workspace]
) -> None:
    old, fresh = office / "work" / "scan-old", office / "work" / "scan-fresh"
    for folder in (old, fresh):
        folder.mkdir()
        (folder / "0.image").write_bytes(b"x")
    half = office / "work" / "20261101-A8.pdf.part"
    half.write_bytes(b"%PDF")
    for path in (old, half):
        os.utime(path, (0, 0))
    open_office(office).close()
    assert (old.exists(), half.exists(), fresh.exists()) == (False, False, True)
