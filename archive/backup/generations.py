"""The generations of a backup folder: found, proved, chained; and what of the store they hold together."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archive.backup.bags import Bag, read_tags
from archive.backup.errors import BackupDamagedError, NotABackupError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONTENTS = "contents.jsonl"
PART = ".part"
_NAME = re.compile(r"[0-9]{4,}")

PREVIOUS = "Docgen-Previous"
RECIPIENT = "Docgen-Recipient"
SET = "Bag-Group-Identifier"
TAKEN = "Docgen-Taken-At"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What a generation holds of one object: the versions that the ones before it do not."""

    object_id: str
    first: int
    """The first version held here, from 1."""
    head: int
    """The last version held here."""
    inventory: str
    """SHA-512 of the inventory of that version: tells an object made anew from a grown one."""
    volume: str
    """Path of the volume below ``data/``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One bag of a backup folder, its tag files proved."""

    folder: Path
    number: int
    bag: Bag

    @property
    def volumes(self) -> tuple[str, ...]:
        """Volumes of the store, in the order they are unpacked."""
        return tuple(sorted(path for path in self.bag.payload if path.startswith("store-")))

    @property
    def office(self) -> str:
        """The volume with registry and settings."""
        return next(path for path in self.bag.payload if path.startswith("office"))

    def pieces(self) -> Iterator[Piece]:
        """Yield what of the store is held here.

        Raises:
            BackupDamagedError: the list is not the one the bag was made with.
        """
        yield from (line for line in read_contents(self.folder / "data" / CONTENTS) if isinstance(line, Piece))


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A volume that was closed, in the list of contents."""

    volume: str
    sha512: str
    recipients: tuple[str, ...]
    """Whom it is sealed for."""


def generations(folder: Path) -> tuple[Generation, ...]:
    """Return the generations of a backup folder, oldest first, each proved and following the one before.

    Raises:
        NotABackupError: there is none.
        BackupDamagedError: a bag's tag files are damaged, or a bag is missing or was exchanged.
    """
    names = sorted(p.name for p in folder.iterdir() if _NAME.fullmatch(p.name)) if folder.is_dir() else []
    if not names:
        raise NotABackupError(folder.name)
    found: list[Generation] = []
    for number, name in enumerate(sorted(names, key=int), start=1):
        if int(name) != number:
            raise BackupDamagedError(f"{number:04}")
        bag = read_tags(folder / name)
        before = found[-1].bag if found else None
        if bag.value(PREVIOUS) != (before.seal if before else "") or (before and bag.value(SET) != before.value(SET)):
            raise BackupDamagedError(f"{number - 1:04}" if number > 1 else name)
        if not any(path.startswith("office") for path in bag.payload) or CONTENTS not in bag.payload:
            raise BackupDamagedError(name)
        found.append(Generation(folder=folder / name, number=number, bag=bag))
    return tuple(found)


def heads(found: tuple[Generation, ...]) -> dict[str, tuple[int, str]]:
    """Return the newest version held of each object, and the digest of its inventory."""
    held: dict[str, tuple[int, str]] = {}
    for generation in found:
        for piece in generation.pieces():
            held[piece.object_id] = (piece.head, piece.inventory)
    return held


def read_contents(path: Path) -> Iterator[Piece | Closed]:
    """Read a list of contents, as far as it was written; a torn last line is left out.

    Raises:
        BackupDamagedError: a line that is not the last cannot be read.
    """
    if not path.is_file():
        return
    with path.open(encoding="ascii") as file:
        for line in file:
            if not line.endswith("\n"):
                return
            try:
                said = json.loads(line)
                if "sha512" in said:
                    yield Closed(volume=said["volume"], sha512=said["sha512"], recipients=tuple(said["recipients"]))
                else:
                    yield Piece(
                        object_id=said["object"],
                        first=said["first"],
                        head=said["head"],
                        inventory=said["inventory"],
                        volume=said["volume"],
                    )
            except (ValueError, KeyError, TypeError) as error:
                raise BackupDamagedError(f"{path.parent.parent.name}/data/{CONTENTS}") from error


def line_of(entry: Piece | Closed) -> str:
    """Return an entry as a line of the list."""
    if isinstance(entry, Closed):
        said: dict[str, Any] = {"volume": entry.volume, "sha512": entry.sha512, "recipients": entry.recipients}
    else:
        said = {
            "object": entry.object_id,
            "first": entry.first,
            "head": entry.head,
            "inventory": entry.inventory,
            "volume": entry.volume,
        }
    return json.dumps(said) + "\n"
