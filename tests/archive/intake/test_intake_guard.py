"""The child process: what it yields, what it raises, and what happens when it runs wild."""

from __future__ import annotations

import hashlib
import importlib
import os
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from archive.intake.guard import ChildDiedError, guarded
from archive.intake.limits import DEFAULT_LIMITS, ScanInUseError, ScanTooLargeError
from archive.intake.taking import take_scan
from docgen.demo.scanner import play_scan
from forms.errors import DiskFullError, EmptyScanError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from forms.marks import PageMark

LIMITS = replace(DEFAULT_LIMITS, page_seconds=1.0)


WILD = """
import os, time
from archive.intake.limits import ScanTooLargeError

def counts(stop):
    yield from range(stop)

def refuses():
    yield 1
    raise ScanTooLargeError("x.pdf", what="有 9999 页", limit="2000 页")

def hangs():
    yield 1
    time.sleep(60)

def spins():
    yield 1
    while True:
        pass

def crashes():
    yield 1
    os._exit(134)

def breaks():
    yield 1
    raise ZeroDivisionError

def threads():
    yield os.environ.get("OPENBLAS_NUM_THREADS")

def eats():
    yield 1
    yield len(bytes(4 << 30))
"""


@pytest.fixture
def wild(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A module the child can import: test modules have no place on its path."""
    (tmp_path / "wild_producers.py").write_text(WILD, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("wild_producers")
    del sys.modules["wild_producers"]


def test_items_come_back_in_order_from_another_process(wild: Any) -> None:
    assert list(guarded(wild.counts, 5, limits=LIMITS)) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("said", "inherited"), [(None, "1"), ("2", "2")])
def test_a_child_leaves_the_other_cores_alone_unless_the_office_says_otherwise(
    wild: Any, monkeypatch: pytest.MonkeyPatch, said: str | None, inherited: str
) -> None:
    if said is None:
        monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    else:
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", said)
    assert list(guarded(wild.threads, limits=LIMITS)) == [inherited]
    assert os.environ.get("OPENBLAS_NUM_THREADS") == said


def test_a_refusal_comes_back_as_the_same_error(wild: Any) -> None:
    items = guarded(wild.refuses, limits=LIMITS)
    assert next(items) == 1
    with pytest.raises(ScanTooLargeError, match="有 9999 页") as caught:
        next(items)
    assert caught.value.name == "x.pdf"


@pytest.mark.kill
@pytest.mark.parametrize("produce", ["hangs", "spins", "crashes", "breaks"])
def test_a_child_that_runs_wild_is_ended_and_its_finished_items_are_kept(wild: Any, produce: str) -> None:
    items = guarded(getattr(wild, produce), limits=LIMITS)
    assert next(items) == 1
    started = time.monotonic()
    with pytest.raises(ChildDiedError):
        next(items)
    assert time.monotonic() - started < 10


@pytest.mark.kill
@pytest.mark.skipif(sys.platform == "win32", reason="no RLIMIT_AS there")
def test_a_child_gets_no_more_memory_than_allowed(wild: Any) -> None:
    items = guarded(wild.eats, limits=replace(LIMITS, memory_bytes=1024**3, page_seconds=20))
    assert next(items) == 1
    with pytest.raises(ChildDiedError):
        next(items)


def test_a_guarded_reading_equals_an_unguarded_one(
    tmp_path: Path, print_marked: Callable[..., bytes], marks_of: Callable[..., list[PageMark]], secret: bytes
) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(play_scan(print_marked(marks_of(1, 3)), seed=1).pdf)
    steps: list[tuple[int, int]] = []
    safe = take_scan(path, secret, tmp_path, progress=lambda done, total: steps.append((done, total)))
    assert steps == [(1, 3), (2, 3), (3, 3)]
    assert safe == take_scan(path, secret, tmp_path, is_guarded=False)
    assert [page.read.index for page in safe.pages] == [0, 1, 2]


def test_a_refused_file_is_refused_the_same_through_the_child(tmp_path: Path, secret: bytes) -> None:
    path = tmp_path / "empty.pdf"
    path.write_bytes(b"")
    with pytest.raises(EmptyScanError) as caught:
        take_scan(path, secret, tmp_path)
    assert caught.value.name == "empty.pdf"


def test_a_file_that_changes_while_it_is_read_is_left_for_later(
    tmp_path: Path, print_marked: Callable[..., bytes], marks_of: Callable[..., list[PageMark]], secret: bytes
) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(play_scan(print_marked(marks_of(1, 2)), seed=1).pdf)

    def copier_writes_on(done: int, _total: int) -> None:
        if done == 1:
            with path.open("ab") as file:
                file.write(b"%%EOF\n")

    with pytest.raises(ScanInUseError, match="正被其他程序使用"):
        take_scan(path, secret, tmp_path, is_guarded=False, progress=copier_writes_on)
    assert len(take_scan(path, secret, tmp_path, is_guarded=False).pages) == 2


def test_a_full_disk_is_said_as_such(
    tmp_path: Path, print_marked: Callable[..., bytes], marks_of: Callable[..., list[PageMark]], secret: bytes
) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(play_scan(print_marked(marks_of(1, 1)), seed=1).pdf)
    spool = tmp_path / "full"
    spool.mkdir()
    if not os.path.exists("/dev/full"):  # noqa: PTH110 - a device, not a file of ours
        pytest.skip("the system has no device that is always full")
    name = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    (spool / f"{name}-00000.image").symlink_to("/dev/full")
    with pytest.raises(DiskFullError):
        take_scan(path, secret, spool, is_guarded=False)
