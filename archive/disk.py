"""Writing that lasts: every byte and every directory entry forced to the disk before it counts.

Source: style §3.8; POSIX fsync(2). A directory cannot be forced on Windows, where NTFS journals
its entries by itself, so that step is left out there.
"""

from __future__ import annotations

import errno
import hashlib
import os
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, BinaryIO

from forms.errors import AppError, DiskFullError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHUNK = 1 << 20


class UnwritableFolderError(AppError):
    """A folder of the office cannot be written or reached: read-only, no rights, drive gone."""

    code = "disk.unwritable"
    exit_code = 16

    def __init__(self, folder: str) -> None:
        self.folder = folder
        super().__init__(
            f"“{folder}”打不开或无法写入，没有做任何改动。请检查磁盘或网络盘是否连接好、文件夹是否只读，然后再试一次。"
        )


def is_disk_full(error: OSError) -> bool:
    """Tell a full disk or a used-up quota from other faults of the file system."""
    return error.errno in {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


@contextmanager
def translated(folder: Path) -> Iterator[None]:
    """Turn faults of the file system into errors a clerk can act on.

    Raises:
        DiskFullError: the disk is full.
        UnwritableFolderError: any other fault.
    """
    try:
        yield
    except OSError as error:
        raise (DiskFullError if is_disk_full(error) else UnwritableFolderError)(folder.name) from error


def sync_folder(folder: Path) -> None:
    """Force the entries of a folder to the disk."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest_of(data: bytes | Path) -> str:
    """Return the SHA-512 of bytes or of a file's content, in lower-case hex."""
    if isinstance(data, bytes):
        return hashlib.sha512(data).hexdigest()
    with data.open("rb") as file:
        return hashlib.file_digest(file, "sha512").hexdigest()


class Staged:
    """A folder being filled: files are written at once and forced to the disk together.

    Forcing them together costs little more than forcing one: the first call takes the file system's
    journal along.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open = ExitStack()
        self._files: list[BinaryIO] = []
        self._folders: dict[Path, None] = {folder: None}
        folder.mkdir()

    def write(self, path: str, data: bytes | Path) -> str:
        """Write a file at a relative path with ``/``; return the SHA-512 of what was written."""
        target = self.folder / path
        for parent in reversed([p for p in target.parents if p != self.folder and self.folder in p.parents]):
            if parent not in self._folders:
                parent.mkdir()
                self._folders[parent] = None
        digest = hashlib.sha512()
        file: BinaryIO = self._open.enter_context(target.open("xb"))
        self._files.append(file)
        if isinstance(data, bytes):
            digest.update(data)
            file.write(data)
        else:
            with data.open("rb") as source:
                while chunk := source.read(CHUNK):
                    digest.update(chunk)
                    file.write(chunk)
        file.flush()
        return digest.hexdigest()

    def settle(self) -> None:
        """Force everything to the disk, files before the folders that name them."""
        for file in self._files:
            os.fsync(file.fileno())
        self.close()
        for folder in reversed(self._folders):
            sync_folder(folder)
        sync_folder(self.folder.parent)

    def close(self) -> None:
        """Close the files without forcing them."""
        self._files.clear()
        self._open.close()
