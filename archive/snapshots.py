"""The registry kept in the store: an object of its own, a version a snapshot, so that the store alone is enough.

Source: design/product.md, “Three truths”. A snapshot is the dump of `archive.dump` and the office's settings.
Chunks that did not change are named again and not stored again, so that a snapshot costs about what is new.
"""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive import dump
from archive.disk import digest_of
from archive.store import DamagedObjectError, StoredFileNotFoundError, registry_object
from forms.errors import ArchiveBrokenError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from archive.registry import Registry
    from archive.store import Store

_OFFICE = "office/"


class NoSnapshotError(ArchiveBrokenError):
    """The store holds no snapshot of the registry that can be read."""

    code = "snapshot.missing"

    def __init__(self) -> None:
        super().__init__("库房里没有能用的登记库快照，不能只靠库房恢复。请用备份恢复（docgen restore）。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A snapshot in the store, every file of it proved readable."""

    version: int
    """Of the object in the store."""
    taken_at: datetime
    index: bytes
    settings: Mapping[str, bytes]
    """Path in the office folder → content, as far as it was kept."""


def take_snapshot(
    store: Store, registry: Registry, settings: Mapping[str, Path], *, work: Path, by: str, at: datetime
) -> int | None:
    """Put the registry as it is into the store.

    Args:
        store: Where to.
        registry: What.
        settings: Path in the office folder → file, of the settings to keep beside it.
        work: Folder for the moment's files.
        by: Who asks for it.
        at: When; aware.

    Returns:
        The version made; ``None`` when nothing has changed since the last one.
    """
    spare = work / f"snapshot-{secrets.token_hex(4)}"
    spare.mkdir()
    try:
        files: dict[str, Path] = {}
        chunks = []
        with registry.read() as tx:
            for chunk in dump.dump(tx.connection):
                files[chunk.path] = spare / f"{len(files)}"
                files[chunk.path].write_bytes(chunk.data)
                chunks.append((chunk.table, chunk.number, chunk.rows))
            index = dump.index_of(tx.connection, chunks, at)
        files |= {f"{_OFFICE}{path}": source for path, source in settings.items()}
        here = store.paths(registry_object()) if store.exists(registry_object()) else {}
        if here and all(here.get(path) == digest_of(source) for path, source in files.items()):
            return None
        content: dict[str, bytes | Path] = {**files, dump.INDEX: index}
        return store.put(registry_object(), content, message="登记库快照", user=by, at=at)
    finally:
        shutil.rmtree(spare, ignore_errors=True)


def newest_snapshot(store: Store) -> Snapshot:
    """Return the newest snapshot of which every file can be read.

    Raises:
        NoSnapshotError: there is none.
    """
    for version in range(store.head(registry_object()) if store.exists(registry_object()) else 0, 0, -1):
        try:
            index = store.read(registry_object(), dump.INDEX, version)
            for path in dump.paths_of(index):
                store.read(registry_object(), path, version)
            settings = dict(_settings(store, version))
        except (DamagedObjectError, StoredFileNotFoundError):
            continue
        return Snapshot(version=version, taken_at=dump.taken_at(index), index=index, settings=settings)
    raise NoSnapshotError


def load_snapshot(store: Store, snapshot: Snapshot, url: str) -> None:
    """Make a registry from a snapshot at an address where there is none."""
    dump.load(url, snapshot.index, lambda path: store.read(registry_object(), path, snapshot.version))


def last_taken(store: Store) -> datetime | None:
    """Return when the newest snapshot was taken, by its own word; ``None`` when there is none."""
    try:
        return dump.taken_at(store.read(registry_object(), dump.INDEX))
    except (DamagedObjectError, StoredFileNotFoundError):
        return None


def _settings(store: Store, version: int) -> Iterator[tuple[str, bytes]]:
    for path in store.paths(registry_object(), version):
        if path.startswith(_OFFICE):
            yield path.removeprefix(_OFFICE), store.read(registry_object(), path, version)
