"""The watch: takes what is finished, once; survives everything that lies in the folder; waits and tries again."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from docgen.workspace.intake.filing import FilingDesk
from docgen.workspace.intake.watching import (
    FIRST_WAIT,
    LONGEST_WAIT,
    AlreadyWatchedError,
    Event,
    NoWatchFolderError,
    UnsafeWatchFolderError,
    Watch,
)
from forms.errors import DiskFullError, OfficeBusyError

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.workspace import Workspace
    from tests.conftest import Hands


def looks(watch: Watch, times: int = 2) -> list[Event]:
    return [event for _ in range(times) for event in watch.look()]


@pytest.fixture
def drop_folder(tmp_path: Path) -> Path:
    """Give the folder a copier drops its scans into."""
    folder = tmp_path / "复印机"
    folder.mkdir()
    return folder


def test_a_file_is_taken_when_two_looks_found_it_the_same(hands: Hands, workspace: Workspace) -> None:
    scan = hands.scan(hands.make(["A8"], "罗小山"))
    watch = Watch(workspace, workspace.filing)
    path = hands.drop("0001.pdf", scan[: len(scan) // 2])
    assert looks(watch, 1) == []
    path.write_bytes(scan)
    assert looks(watch, 1) == [], "it has grown since the last look"
    (event,) = looks(watch, 1)
    assert event.report is not None
    assert len(event.report.filed) == 1
    assert not path.exists()
    assert looks(watch, 3) == []


def test_the_same_bytes_are_never_read_twice_whatever_the_name(
    hands: Hands, workspace: Workspace, drop_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = hands.scan(hands.make(["A8"], "罗小山"))
    (drop_folder / "Scan_0001.pdf").write_bytes(scan)
    watch = Watch(workspace, workspace.filing, drop_folder)
    assert [len(e.report.filed) for e in looks(watch) if e.report] == [1]
    monkeypatch.setattr(FilingDesk, "_file_one", _never)
    (drop_folder / "Scan_0002.pdf").write_bytes(scan)
    assert looks(watch, 3) == []
    assert looks(Watch(workspace, workspace.filing, drop_folder), 3) == [], "nor by the next watch"
    assert len(list(drop_folder.iterdir())) == 2, "what is not ours to empty is left alone"


def _never(*_: Any) -> Any:
    raise AssertionError("read twice")


def test_a_copiers_folder_is_emptied_when_asked(hands: Hands, workspace: Workspace, drop_folder: Path) -> None:
    inner = drop_folder / "2026" / "11"
    inner.mkdir(parents=True)
    (inner / "Scan_0001.pdf").write_bytes(hands.scan(hands.make(["A8"], "罗小山")))
    (drop_folder / "Scan_0002.pdf.part").write_bytes(b"%PDF-1.4 half")
    (drop_folder / "Thumbs.db").write_bytes(b"x")
    assert len(looks(Watch(workspace, workspace.filing, drop_folder, takes_away=True), 3)) == 1
    assert sorted(p.name for p in drop_folder.rglob("*") if p.is_file()) == ["Scan_0002.pdf.part", "Thumbs.db"]


def test_whatever_lies_in_the_folder_the_next_file_is_taken(
    hands: Hands, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = hands.make(["A8"], "罗小山", "罗小水")
    hands.drop("0_名单.xlsx", b"PK\x03\x04 no scan")
    hands.drop("1_坏.pdf", b"%PDF-1.7 not one")
    hands.drop("2_空.pdf", b"")
    hands.drop("3_意外.pdf", b"%PDF-1.7 trips the program")
    hands.drop("9_好.pdf", hands.scan(report))
    honest = FilingDesk.file

    def trips(desk: FilingDesk, paths: list[Path], **how: Any) -> Any:
        if paths[0].name.startswith("3_"):
            raise RuntimeError("unforeseen")
        return honest(desk, paths, **how)

    monkeypatch.setattr(FilingDesk, "file", trips)
    watch = Watch(workspace, workspace.filing)
    events = looks(watch)
    assert [len(e.report.filed) for e in events if e.report and e.report.filed] == [2]
    assert sum(e.is_trouble or bool(e.report and e.report.exit_code) for e in events) == 3
    assert "RuntimeError" in " ".join(e.sentence for e in events)
    assert looks(watch, 3) == [], "what cannot be taken is said once"
    assert len(list((workspace.folder / "inbox").iterdir())) == 4, "and left where it is"


@pytest.mark.parametrize("error", [DiskFullError("store"), OfficeBusyError()])
def test_a_full_disk_makes_it_wait_and_try_again(
    hands: Hands, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    path = hands.drop("0001.pdf", hands.scan(hands.make(["A8"], "罗小山")))
    watch = Watch(workspace, workspace.filing)
    honest = FilingDesk.file
    waits = []

    def fails(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(FilingDesk, "file", fails)
    looks(watch, 1)
    for _ in range(7):
        (event,) = looks(watch, 1)
        assert event.is_trouble
        waits.append(watch.wait)
    assert waits == [FIRST_WAIT, 60.0, 120.0, 240.0, 480.0, LONGEST_WAIT, LONGEST_WAIT]
    assert path.exists()
    monkeypatch.setattr(FilingDesk, "file", honest)
    (event,) = looks(watch, 1)
    assert event.report is not None
    assert len(event.report.filed) == 1
    assert watch.wait == 0


def test_a_share_that_goes_away_is_waited_for(workspace: Workspace, drop_folder: Path) -> None:
    watch = Watch(workspace, workspace.filing, drop_folder)
    drop_folder.rmdir()
    (event,) = looks(watch, 1)
    assert event.is_trouble
    assert watch.wait == FIRST_WAIT
    drop_folder.mkdir()
    assert looks(watch, 1) == []


def test_one_watch_an_office_and_a_clean_end(hands: Hands, workspace: Workspace) -> None:
    hands.drop("0001.pdf", hands.scan(hands.make(["A8"], "罗小山")))
    told: list[Event] = []
    slept: list[float] = []
    idled: list[int] = []

    def idle() -> list[Event]:
        idled.append(len(slept))
        return [Event(sentence="闲时")]

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        with pytest.raises(AlreadyWatchedError):
            Watch(workspace, workspace.filing).run(every=1, tell=told.append, sleep=_never)
        if len(slept) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Watch(workspace, workspace.filing).run(every=10, tell=told.append, idle=idle, sleep=sleep)
    assert slept == [10, 10, 10]
    assert idled == [0, 2], "leisure is when nothing came"
    assert [event.report is not None for event in told] == [False, True, False]
    with pytest.raises(KeyboardInterrupt):
        Watch(workspace, workspace.filing).run(every=10, tell=told.append, sleep=_interrupt)


def _interrupt(_: float) -> None:
    raise KeyboardInterrupt


def test_the_archive_itself_is_not_watched(workspace: Workspace, tmp_path: Path) -> None:
    for folder in (workspace.folder, workspace.folder / "store", workspace.folder.parent):
        with pytest.raises(UnsafeWatchFolderError):
            Watch(workspace, workspace.filing, folder)
    with pytest.raises(NoWatchFolderError):
        Watch(workspace, workspace.filing, tmp_path / "没有")
    assert Watch(workspace, workspace.filing, workspace.folder / "inbox").folder.name == "inbox"


def test_the_lock_of_a_watch_that_was_killed_is_free(workspace: Workspace) -> None:
    held = (
        "import sys, time\n"
        "from filelock import FileLock\n"
        "lock = FileLock(sys.argv[1])\n"
        "lock.acquire(timeout=0)\n"
        "print('held', flush=True)\n"
        "time.sleep(60)\n"
    )
    lock = workspace.folder / "work" / "watch.lock"
    with subprocess.Popen([sys.executable, "-c", held, str(lock)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(AlreadyWatchedError):
            Watch(workspace, workspace.filing).run(every=1, tell=_never, sleep=_interrupt)
        other.kill()
        other.wait()
    with pytest.raises(KeyboardInterrupt):
        Watch(workspace, workspace.filing).run(every=1, tell=_never, sleep=_interrupt)
