"""Writing that lasts: every byte and every directory entry forced to the disk before it counts.

Source: style §3.8; POSIX fsync(2). A directory cannot be forced on Windows, where NTFS journals
its entries by itself, so that step is left out there.
"""

from __future__ import annotations

import errno
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, BinaryIO

from forms.errors import AppError, DiskFullError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

CHUNK = 1 << 20

_AT_ONCE = 8
"""Files forced to the disk at the same time."""


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

    They are forced at the same time, by several threads: a journalling file system then commits once for all
    of them, where one call after the other waits for a commit each.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open = ExitStack()
        self.files: list[BinaryIO] = []
        self.folders: dict[Path, None] = {folder: None}
        folder.mkdir()

    def write(self, path: str, data: bytes | Path) -> str:
        """Write a file at a relative path with ``/``; return the SHA-512 of what was written."""
        target = self.folder / path
        parent = self.folder
        for name in path.split("/")[:-1]:
            parent = parent / name
            if parent not in self.folders:
                parent.mkdir()
                self.folders[parent] = None
        digest = hashlib.sha512()
        file: BinaryIO = self._open.enter_context(target.open("xb"))
        self.files.append(file)
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
        settle([self])

    def close(self) -> None:
        """Close the files without forcing them."""
        self.files.clear()
        self._open.close()


def settle(stages: Sequence[Staged]) -> None:
    """Force what was staged to the disk, files before the folders that name them; then close the files."""
    handles = [file.fileno() for stage in stages for file in stage.files]
    folders = [folder for stage in stages for folder in stage.folders]
    with ThreadPoolExecutor(min(_AT_ONCE, len(folders))) as pool:
        for _ in pool.map(os.fsync, handles):
            pass  # a call that failed is raised here
        for stage in stages:
            stage.close()
        for _ in pool.map(sync_folder, dict.fromkeys([*folders, *(stage.folder.parent for stage in stages)])):
            pass


def sync_folders(folders: Iterable[Path]) -> None:
    """Force the entries of several folders to the disk."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(sync_folder, folders):
            pass
