"""封记: the digest of the registry's file as it lay when it was closed, beside it, to tell decay from work.

SQLite proves its own structure and nothing of what the rows say: a bit that flips in a name is a different name. When
the last connection has closed, the whole file is digested into ``registry.db.seal`` together with its size and
time. Work changes the time, decay does not: a file of the sealed size and time that has other bytes is damaged. After
a crash the seal is merely out of date and says nothing. A database on a server has none; its files are the server's.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa


def seal(url: sa.URL) -> None:
    """Write the seal of a registry that this process has just closed; nothing where others have it open."""
    file = _file(url)
    if file is None or file.with_name(file.name + "-wal").exists():
        return
    with contextlib.suppress(OSError):  # a folder that cannot be written needs no newer seal
        before = _stated(file)
        if _sealed(file)[:2] == before:
            return
        digest = _digest(file)
        if _stated(file) != before:
            return
        draft = _seal_file(file).with_name(f"{file.name}.seal.tmp")
        draft.write_text(json.dumps([*before, digest]), encoding="utf-8")
        draft.replace(_seal_file(file))


def is_decayed(url: sa.URL) -> bool:
    """Tell whether the registry's file has other bytes than when it was sealed, though nobody wrote to it."""
    file = _file(url)
    if file is None:
        return False
    try:
        size, time, digest = _sealed(file)
        return (size, time) == _stated(file) and digest != _digest(file)
    except OSError:
        return False


def _file(url: sa.URL) -> Path | None:
    is_file = url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}
    return Path(url.database or "") if is_file and Path(url.database or "").is_file() else None


def _seal_file(file: Path) -> Path:
    return file.with_name(f"{file.name}.seal")


def _stated(file: Path) -> tuple[int, int]:
    stat = file.stat()
    return stat.st_size, stat.st_mtime_ns


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha512").hexdigest()


def _sealed(file: Path) -> tuple[int, int, str]:
    """Return size, time and digest of the seal; nothing that fits any file where there is none."""
    try:
        size, time, digest = json.loads(_seal_file(file).read_bytes())
        return int(size), int(time), str(digest)
    except (OSError, ValueError, TypeError):
        return -1, -1, ""
