"""What of an object goes into a backup: whole versions, proved file by file, up to the one the registry knew.

A version folder never changes once it is there, so it can be copied while people work. The root inventory is
never read: the copy of it inside the newest version taken along says the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from archive.disk import digest_of
from archive.store import layout
from archive.store.objects import proved

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from archive.store.inventory import Inventory

SETTLED = timedelta(minutes=1)
"""A version that the registry does not know is in the making; after this long it is an orphan, and is kept."""


class DamagedSourceError(Exception):
    """A file of the store is not what its inventory says; `args` holds its path below the root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of an increment."""

    path: str
    """Below the storage root, with ``/``."""
    source: Path
    digest: str
    """SHA-512 in hex; empty: proved already, or a mark."""


def newest(folder: Path, above: int) -> int:
    """Return the number of an object's newest version; looks upwards from one that is known."""
    number = above
    while (folder / f"v{number + 1}").is_dir():
        number += 1
    return number


def inventory_digest(folder: Path, number: int) -> str:
    """Return the digest of a version's inventory, by its sidecar; empty when there is no such version."""
    try:
        return (folder / f"v{number}" / layout.SIDECAR).read_text("ascii", "replace").split(" ", 1)[0]
    except (FileNotFoundError, NotADirectoryError):
        return ""


def head_known(inventory: Inventory, known: Collection[tuple[str, str]], taken_at: datetime) -> int:
    """Return the version up to which an object belongs into a backup.

    Args:
        inventory: Of the newest version there is.
        known: (path, digest) of every file that the registry binds; empty: it does not know the object.
        taken_at: When the registry was copied.
    """
    missing = set(known)
    needed = 0
    settled = 0
    for number, version in enumerate(inventory.versions, start=1):
        if missing & set(version.state.items()):
            missing -= set(version.state.items())
            needed = number
        if datetime.fromisoformat(version.created) <= taken_at - SETTLED:
            settled = number
    return inventory.head if missing else max(needed, settled)


def parts_of(root: Path, object_id: str, first: int, head: int) -> Iterator[Part]:
    """Yield the files of versions `first` to `head` of an object, inventories proved.

    Raises:
        DamagedSourceError: an inventory is damaged or missing.
    """
    where = layout.object_path(object_id)
    folder = root / where
    for number in range(first, head + 1):
        if proved(folder / f"v{number}") is None:
            raise DamagedSourceError(f"{where}/v{number}/{layout.INVENTORY}")
    inventory = proved(folder / f"v{head}")
    assert inventory is not None, "proved just now"
    for digest, path in sorted(inventory.manifest.items(), key=lambda item: item[1]):
        if int(path[1:].split("/", 1)[0]) >= first:
            yield Part(path=f"{where}/{path}", source=folder / path, digest=digest)
    for number in range(first, head + 1):
        for name in (layout.INVENTORY, layout.SIDECAR):
            yield Part(path=f"{where}/v{number}/{name}", source=folder / f"v{number}" / name, digest="")
    for name in (layout.INVENTORY, layout.SIDECAR):
        yield Part(path=f"{where}/{name}", source=folder / f"v{head}" / name, digest="")
    yield Part(path=f"{where}/{layout.OBJECT_MARK}", source=folder / layout.OBJECT_MARK, digest="")


def check_parts(parts: Collection[Part]) -> None:
    """Read every content file once and compare, so that nothing damaged is copied.

    Raises:
        DamagedSourceError: names the first that is missing or damaged.
    """
    for part in parts:
        try:
            if part.digest and digest_of(part.source) != part.digest:
                raise DamagedSourceError(part.path)
        except OSError as error:
            raise DamagedSourceError(part.path) from error
