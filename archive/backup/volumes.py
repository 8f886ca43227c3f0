"""One volume of a backup: a tar file written and read as a stream, plain or sealed, hashed on the way."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import tarfile
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from archive.backup import sealing
from archive.backup.errors import BackupDamagedError, BackupKeyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

SEALED = ".age"


class _Hashed(io.RawIOBase):
    """A file that hashes what is written to it."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self.file = file
        self.hash = hashlib.sha512()
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        block = memoryview(data).cast("B")
        self.hash.update(block)
        self.file.write(block)
        self.size += len(block)
        return len(block)


class _Sink(io.RawIOBase):
    """Where the tar file goes; once it is dead, what is still flushed by others goes nowhere."""

    def __init__(self, target: BinaryIO | _Hashed) -> None:
        super().__init__()
        self.target = target
        self.is_dead = False

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if self.is_dead:
            return len(data)
        return self.target.write(data)


class _Worker(threading.Thread):
    """Runs one end of a pipe; what it raises is kept for the other end."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001  handed to the thread that waits
            self.error = error


class VolumeWriter:
    """A volume being written; `close` forces it to the disk."""

    def __init__(self, path: Path, recipients: Sequence[str]) -> None:
        self.path = path
        self._out = _Hashed(path.open("xb"))
        self._worker: _Worker | None = None
        self._pipe: BinaryIO | None = None
        target: BinaryIO | _Hashed = self._out
        if recipients:
            reading, writing = os.pipe()
            source = os.fdopen(reading, "rb")
            target = self._pipe = os.fdopen(writing, "wb", 1 << 16)
            self._worker = _Worker(lambda: _closing(source, lambda: sealing.seal(source, self._out, recipients)))  # type: ignore[arg-type]
        self._sink = _Sink(target)
        self._tar = tarfile.open(fileobj=self._sink, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115  closed in close()

    @property
    def size(self) -> int:
        """Bytes written so far, before sealing."""
        return self._tar.offset

    def add(self, name: str, data: bytes) -> None:
        """Add a file from memory."""
        self.add_stream(name, io.BytesIO(data), len(data))

    def add_stream(self, name: str, source: BinaryIO, size: int) -> None:
        """Add a file from an open one."""
        self._tar.addfile(_member(name, size), source)
        self._tar.members.clear()  # type: ignore[attr-defined]  # it would keep every name it ever wrote

    def close(self) -> tuple[str, int]:
        """Finish the volume; return its SHA-512 in hex and its bytes."""
        with contextlib.suppress(BrokenPipeError):  # the worker says why
            self._tar.close()
            if self._pipe is not None:
                self._pipe.close()
        if self._worker is not None:
            self._worker.join()
            if self._worker.error is not None:
                raise self._worker.error
        self._out.file.flush()
        os.fsync(self._out.file.fileno())
        self._out.file.close()
        return self._out.hash.hexdigest(), self._out.size

    def abandon(self) -> None:
        """Let go of everything; the file is of no use."""
        self._sink.is_dead = True
        self._tar.close()
        for part in (self._pipe, self._out.file):
            if part is not None:
                with contextlib.suppress(OSError):
                    part.close()
        if self._worker is not None:
            self._worker.join()


@contextmanager
def members(path: Path, keys: Sequence[str], *, name: str) -> Iterator[Iterator[tuple[str, int, BinaryIO]]]:
    """Open a volume as a stream of (name, size, file); each file is read before the next is asked for.

    Args:
        path: The volume.
        keys: Opens it, if it is sealed.
        name: What to call it in messages.

    Raises:
        BackupKeyError: it is sealed and no key opens it.
        BackupDamagedError: it is no whole tar file.
    """
    if path.suffix != SEALED:
        with path.open("rb") as file:
            yield _members(file, name, None)
        return
    if not keys:
        raise BackupKeyError("这份备份加了密")
    reading, writing = os.pipe()
    source, target = path.open("rb"), os.fdopen(writing, "wb", 1 << 16)
    worker = _Worker(lambda: _closing(target, lambda: sealing.unseal(source, target, keys)))
    with os.fdopen(reading, "rb") as file, source:
        try:
            yield _members(file, name, worker)
        finally:
            file.close()
            worker.join()


def _members(file: BinaryIO, name: str, worker: _Worker | None) -> Iterator[tuple[str, int, BinaryIO]]:
    try:
        with tarfile.open(fileobj=file, mode="r|") as tar:
            for member in tar:
                content = tar.extractfile(member)
                if content is None:
                    raise BackupDamagedError(name)
                yield member.name, member.size, content  # type: ignore[misc]
                tar.members.clear()  # type: ignore[attr-defined]  # the same when reading
        while file.read(1 << 16):  # the end of the seal is checked too
            pass
    except (tarfile.TarError, EOFError, OSError) as error:
        raise _cause(worker, name) from error
    if worker is not None:
        worker.join()
        if worker.error is not None:
            raise _cause(worker, name)


def _cause(worker: _Worker | None, name: str) -> Exception:
    if worker is not None:
        worker.join()
        if isinstance(worker.error, BackupKeyError):
            return worker.error
    return BackupDamagedError(name)


def _closing(end: BinaryIO, work: Callable[[], None]) -> None:
    try:
        work()
    finally:
        with contextlib.suppress(BrokenPipeError):  # the reader had enough
            end.close()


def _member(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size = size
    info.mode = 0o600
    return info
