"""The folder of old scans that is being taken over: what lies in it, read and never changed.

It may be a stick or a network drive that goes away: a folder that cannot be opened is named, a file that
changes while it is read is left for the next time.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SKIPPED = {"thumbs.db", "desktop.ini", ".ds_store"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OldFile:
    """A file as it was when its digest was made."""

    path: Path
    sha256: str = ""
    """Empty when it cannot be read."""
    size: int = 0
    """Bytes."""
    changed_ns: int = 0

    def is_unchanged(self) -> bool:
        """Tell whether the file still has the size and the time it had."""
        try:
            stat = self.path.stat()
        except OSError:
            return False
        return (stat.st_size, stat.st_mtime_ns) == (self.size, self.changed_ns)


def read_file(path: Path) -> OldFile:
    """Return a file with its digest."""
    try:
        stat = path.stat()
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return OldFile(path=path)
    return OldFile(path=path, sha256=sha256, size=stat.st_size, changed_ns=stat.st_mtime_ns)


def files_below(folder: Path, closed: list[Path]) -> Iterator[Path]:
    """Yield the files below a folder in a fixed order, one folder in memory at a time; links are not followed.

    Folders that cannot be opened are added to `closed`.
    """
    for where, folders, names in os.walk(folder, onerror=lambda error: closed.append(Path(error.filename))):
        folders.sort()
        for name in sorted(names):
            if not name.startswith((".", "~")) and name.lower() not in _SKIPPED:
                path = Path(where, name)
                if path.is_file() and not path.is_symlink():
                    yield path
