"""The registry at one moment, for as long as a backup takes, while people go on working with it."""

from __future__ import annotations

import gzip
import secrets
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from archive.registry import Registry, sqlite_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archive.registry import Tx

REGISTRY = "registry.db.gz"
"""A registry that is a file, packed."""


@contextmanager
def frozen(registry: Registry, work: Path) -> Iterator[tuple[Tx, Path | None]]:
    """Give the registry at one moment, and its file packed where it is one (SQLite)."""
    folder = work / f"backup-{secrets.token_hex(4)}"
    folder.mkdir()
    try:
        copy = folder / "registry.db"
        if not registry.copy_to(copy):
            with registry.read() as tx:  # a server keeps the moment for as long as this takes
                yield tx, None
            return
        packed = folder / REGISTRY
        with copy.open("rb") as source, gzip.GzipFile(packed, "wb", compresslevel=1, mtime=0) as target:
            shutil.copyfileobj(source, target, 1 << 20)
        with Registry.open(sqlite_url(copy)) as held, held.read() as tx:
            yield tx, packed
    finally:
        shutil.rmtree(folder, ignore_errors=True)
