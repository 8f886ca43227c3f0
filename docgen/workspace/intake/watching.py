"""看守文件夹: the inbox, or the folder a copier drops its scans into, looked at again and again.

A file is taken when two looks found the same size and time of change and it can be opened; the same bytes
are never read twice, whatever the file is called. Nothing that lies in the folder may stop the watch; a full
disk or a busy registry makes it wait longer and try again. One watch an office, held by a lock.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from forms.errors import AppError, DiskFullError, NotFoundError, OfficeBusyError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from docgen.workspace.intake.filing import FilingDesk
    from docgen.workspace.intake.reports import FilingReport
    from docgen.workspace.office.opened import Office

LOCK = "watch.lock"
FIRST_WAIT, LONGEST_WAIT = 30.0, 600.0
"""Seconds to wait after the first failure that is not the file's, and at most; doubled each time."""

_CHUNK = 1 << 20
_BESIDE = (".", "~")
_UNFINISHED = {".part", ".tmp", ".crdownload", ".filepart"}
_SKIPPED = {"thumbs.db", "desktop.ini"}


class AlreadyWatchedError(RefusedError):
    """Another process watches for this office."""

    code = "watch.already"

    def __init__(self) -> None:
        super().__init__(
            "这个办公文件夹已经有一个看守程序在运行，没有再开一个。要换文件夹，请先在那个窗口按 Ctrl-C 停下。"
        )


class NoWatchFolderError(NotFoundError):
    """The folder to be watched is not there."""

    code = "watch.no-folder"

    def __init__(self, name: str) -> None:
        super().__init__(f"没有找到要看守的文件夹“{name}”。请检查复印机的共享文件夹是否连上。")


class UnsafeWatchFolderError(RefusedError):
    """The folder holds the archive itself."""

    code = "watch.unsafe-folder"

    def __init__(self, name: str) -> None:
        super().__init__(f"不能看守“{name}”：它和办公文件夹里的档案重叠，会把档案当成扫描件。请另选一个文件夹。")


@dataclass(frozen=True, slots=True)
class _Look:
    """What a file looked like."""

    size: int
    changed: int
    """Nanoseconds, as the file system tells them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something a person at the screen should see."""

    sentence: str
    report: FilingReport | None = None
    is_trouble: bool = False


@dataclass(slots=True)
class _Memory:
    """What this watch knows of the folder."""

    looks: dict[Path, _Look] = field(default_factory=dict)
    done: dict[Path, _Look] = field(default_factory=dict)
    """Files that were taken, or cannot be, as they were then."""


class Watch:
    """One watch over one folder."""

    def __init__(
        self, office: Office, filing: FilingDesk, folder: Path | None = None, *, takes_away: bool = False
    ) -> None:
        """Prepare.

        Args:
            office: The open office.
            filing: Takes the scans in.
            folder: The folder; ``None``: the office's inbox, which filed scans leave.
            takes_away: Filed scans leave another folder too.

        Raises:
            NoWatchFolderError: no such folder.
            UnsafeWatchFolderError: it holds the archive, or lies in it.
        """
        self._office = office
        self._filing = filing
        inbox = office.folder / "inbox"
        self.folder = inbox if folder is None else folder
        if not self.folder.is_dir():
            raise NoWatchFolderError(self.folder.name)
        here, home = self.folder.resolve(), office.folder.resolve()
        if here != inbox.resolve() and (here.is_relative_to(home) or home.is_relative_to(here)):
            raise UnsafeWatchFolderError(self.folder.name)
        self._takes_away = takes_away or here == inbox.resolve()
        self._memory = _Memory()
        self._wait = 0.0

    def run(
        self,
        *,
        every: float,
        tell: Callable[[Event], None],
        idle: Callable[[], Iterable[Event]] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Watch until interrupted.

        Args:
            every: Seconds between two looks.
            tell: Told what happened.
            idle: What to do while nothing comes, and what came of it; takes a few seconds at most.
            sleep: Waits; a test's ends the watch by raising `KeyboardInterrupt`.

        Raises:
            AlreadyWatchedError: another process watches.
        """
        lock = FileLock(self._office.folder / "work" / LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise AlreadyWatchedError from error
        try:
            while True:
                is_quiet = True
                for event in self.look():
                    tell(event)
                    is_quiet = False
                if is_quiet and idle is not None:
                    with contextlib.suppress(AppError):  # leisure work; the next look says what is wrong
                        for event in idle():
                            tell(event)
                sleep(max(every, self._wait))
        finally:
            lock.release()

    def look(self) -> Iterator[Event]:
        """Look once; take what has been stable since the last look, one file at a time."""
        try:
            ripe = self._ripe()
        except OSError as error:
            yield self._trouble(f"看不到文件夹（{type(error).__name__}），等一会儿再看。")
            return
        for path, look in ripe:
            try:
                report = self._take(path)
            except (DiskFullError, OfficeBusyError) as error:
                yield self._trouble(f"{error}稍后自动再试。")
                return  # the next file would fare no better
            except AppError as error:
                self._memory.done[path] = look
                yield Event(sentence=f"“{path.name}”没有收成：{error}", is_trouble=True)
                continue
            except Exception as error:  # noqa: BLE001  whatever it is, the other files are not to suffer
                self._memory.done[path] = look
                yield Event(
                    sentence=f"“{path.name}”没有收成，程序出了意外（{type(error).__name__}），文件没有动，"
                    "请单独用 docgen intake file 收它，并把提示告诉维护人员。",
                    is_trouble=True,
                )
                continue
            self._wait = 0.0
            self._memory.done[path] = look
            if report is not None:
                yield Event(sentence=report.summary, report=report)

    @property
    def wait(self) -> float:
        """Seconds to wait at least before the next look; 0 when all is well."""
        return self._wait

    def _trouble(self, sentence: str) -> Event:
        self._wait = min(max(FIRST_WAIT, 2 * self._wait), LONGEST_WAIT)
        return Event(sentence=sentence, is_trouble=True)

    def _ripe(self) -> list[tuple[Path, _Look]]:
        """Return the files that did not change between two looks and were not taken as they are."""
        seen: dict[Path, _Look] = {}
        for path in _files(self.folder):
            try:
                state = path.stat()
            except OSError:
                continue  # gone, or not to be seen just now
            seen[path] = _Look(state.st_size, state.st_mtime_ns)
        before, self._memory.looks = self._memory.looks, seen
        self._memory.done = {path: look for path, look in self._memory.done.items() if path in seen}
        return [
            (path, look)
            for path, look in seen.items()
            if before.get(path) == look and self._memory.done.get(path) != look and look.size > 0 and _opens(path)
        ]

    def _take(self, path: Path) -> FilingReport | None:
        """File one file; ``None`` when its bytes are known and nothing is to be said."""
        digest = _digest(path)
        is_known = self._knows(digest)
        if is_known and not self._takes_away:
            return None
        report = self._filing.file([path])
        if self._takes_away and not any(scan.error and not scan.desk for scan in report.scans) and self._knows(digest):
            self._take_away(path, digest)
        return None if is_known else report

    def _knows(self, digest: str) -> bool:
        """Tell whether every page of these bytes is recorded."""
        with self._office.registry.read() as tx:
            stack = tx.scans.stack(digest)
            return stack is not None and len(tx.scans.pages(digest)) == stack.page_count

    def _take_away(self, path: Path, digest: str) -> None:
        """Remove a file that is recorded, unless it has become another one meanwhile."""
        try:
            if _digest(path) == digest:
                path.unlink()
        except OSError:
            return  # another program holds it: known by then, and removed at a later look


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder in the order of their names; what programs leave beside is none."""
    for where, folders, names in os.walk(folder, onerror=_raise):
        folders[:] = sorted(name for name in folders if not name.startswith(_BESIDE))
        for name in sorted(names):
            path = Path(where, name)
            if name.startswith(_BESIDE) or name.lower() in _SKIPPED or path.suffix.lower() in _UNFINISHED:
                continue
            if path.is_file() and not path.is_symlink():
                yield path


def _raise(error: OSError) -> None:
    raise error


def _opens(path: Path) -> bool:
    """Tell whether the file can be read now: a copier on Windows keeps what it still writes locked."""
    try:
        with path.open("rb") as file:
            file.read(1)
    except OSError:
        return False
    return True


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
