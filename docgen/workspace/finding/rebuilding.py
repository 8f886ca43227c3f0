"""The index made anew or tidied in the background: a process of its own that outlives who asked for it.

``python -m docgen.workspace.finding FOLDER rebuild|tidy`` is that process. One at a time rebuilds, holding a lock; when
it fails it leaves a note, so that it is not begun again at every question. The note holds the code of the error and no
more. Tidying leaves no note: the next filing begins it again, and nothing waits for it.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import TYPE_CHECKING, Literal, TypeAlias

from filelock import FileLock, Timeout

from archive.index import TIDY_LOCK
from forms.errors import OfficeBusyError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Work: TypeAlias = Literal["rebuild", "tidy"]

_begun: list[subprocess.Popen[bytes]] = []
"""Kept so that nobody waits for them; they go on when this process ends."""


@contextlib.contextmanager
def only_one(index: Path) -> Iterator[None]:
    """Hold the lock of rebuilding an index folder.

    Raises:
        OfficeBusyError: it is being rebuilt already.
    """
    index.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(_lock(index), timeout=0):
            yield
            _note(index).unlink(missing_ok=True)
    except Timeout:
        raise OfficeBusyError from None


def is_running(index: Path, work: Work = "rebuild") -> bool:
    """Tell whether an index is being rebuilt or tidied right now, by any process."""
    lock = _lock(index, work)
    if not lock.exists():
        return False
    try:
        with FileLock(lock, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:
        return False


def failed(index: Path) -> str:
    """Return the code of the error in which the last rebuilding ended; empty if it did not."""
    try:
        return _note(index).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def note_failure(index: Path, why: str) -> None:
    """Leave the code of the error in which a rebuilding ended."""
    with contextlib.suppress(OSError):
        _note(index).write_text(why, encoding="utf-8")


def begin(office: Path, work: Work = "rebuild") -> bool:
    """Begin to rebuild or tidy an office's index in the background; tell whether that could be done."""
    _begun[:] = [process for process in _begun if process.poll() is None]
    if work == "tidy" and (_begun or is_running(office / "index", work)):
        return True
    try:
        _begun.append(
            subprocess.Popen(  # noqa: S603 - this program itself, on the folder that is open
                [sys.executable, "-m", __package__, str(office), work],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C in this window is not meant for it
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        )
    except OSError:
        return False
    return True


def wait_for_all() -> None:
    """Wait until what was begun here has ended."""
    while _begun:
        _begun.pop().wait()


def _lock(index: Path, work: Work = "rebuild") -> Path:
    return index / (TIDY_LOCK if work == "tidy" else "rebuild.lock")


def _note(index: Path) -> Path:
    return index / "rebuild.failed"
