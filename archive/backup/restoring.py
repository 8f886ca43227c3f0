"""Bringing back what a backup holds: everything proved first, then unpacked, never over anything that is there."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from archive import dump
from archive.backup.bags import check_payload
from archive.backup.errors import BackupDamagedError, RestoreTargetError
from archive.backup.freezing import REGISTRY
from archive.backup.generations import TAKEN, Generation
from archive.backup.volumes import members
from archive.disk import translated
from archive.registry import Registry, sqlite_url
from archive.store import layout

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path
    from typing import BinaryIO

MARK = "restore.json"
"""Stands in a folder while a backup is being restored into it; says which one and how far it has come."""
_SAFE = re.compile(r"[^\x00-\x1f\\:*?\"<>|]+")
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreReport:
    """What was brought back."""

    generations: int
    volumes: int
    files: int
    taken_at: str
    """When the newest generation was taken; RFC 3339."""


def check_backup(found: Sequence[Generation], progress: Callable[[int, str], None] | None = None) -> int:
    """Read every byte of every generation and compare; return the bytes read.

    Raises:
        BackupDamagedError: names the first file that is not what was written.
    """
    size = 0
    for number, generation in enumerate(found, start=1):
        size += check_payload(generation.folder, generation.bag)
        if progress:
            progress(number, generation.folder.name)
    return size


def claim(folder: Path, found: Sequence[Generation]) -> set[str]:
    """Take an empty folder for a restore, or take up one that was cut off; return the volumes done already.

    Raises:
        RestoreTargetError: something else is in the folder.
    """
    seal = found[-1].bag.seal
    with translated(folder):
        folder.mkdir(parents=True, exist_ok=True)
        mark = folder / MARK
        if all(entry.name == mark.with_suffix(".part").name for entry in folder.iterdir()):
            _note(mark, {"seal": seal, "done": []})
            return set()
        try:
            said = json.loads(mark.read_text("ascii"))
        except (OSError, ValueError):
            raise RestoreTargetError(folder.name) from None
        if said.get("seal") != seal:
            raise RestoreTargetError(folder.name)
        return set(said["done"])


def restore_store(
    found: Sequence[Generation],
    folder: Path,
    keys: Sequence[str],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> RestoreReport:
    """Unpack the store into a folder that was claimed; what was unpacked before is left.

    Args:
        found: The generations, oldest first; proved by `check_backup`.
        folder: The office folder.
        keys: Open sealed volumes.
        progress: Called with volumes done and volumes in all.

    Raises:
        BackupKeyError: no key opens them.
        BackupDamagedError: a volume holds what no backup of ours holds.
    """
    done = claim(folder, found)
    volumes = [(generation, volume) for generation in found for volume in generation.volumes]
    files = 0
    anew = {generation.number: _anew(generation) for generation in found}
    with translated(folder):
        for path, data in layout.ROOT_FILES.items():
            _write(folder / "store" / path, data)
        for number, (generation, volume) in enumerate(volumes, start=1):
            name = f"{generation.folder.name}/data/{volume}"
            if name not in done:
                for object_id in anew[generation.number].get(volume, ()):
                    shutil.rmtree(folder / "store" / layout.object_path(object_id), ignore_errors=True)
                files += _unpack(generation, volume, folder, keys, "store/")
                _sync()
                done.add(name)
                _note(folder / MARK, {"seal": found[-1].bag.seal, "done": sorted(done)})
            if progress:
                progress(number, len(volumes))
    return RestoreReport(generations=len(found), volumes=len(volumes), files=files, taken_at=found[-1].bag.value(TAKEN))


def _anew(generation: Generation) -> dict[str, list[str]]:
    """Return, by volume, the objects of a later generation that begin anew: what was there before is not theirs."""
    by_volume: dict[str, list[str]] = {}
    for piece in generation.pieces() if generation.number > 1 else ():
        if piece.first == 1:
            by_volume.setdefault(piece.volume, []).append(piece.object_id)
    return by_volume


def unpack_office(generation: Generation, target: Path, keys: Sequence[str]) -> None:
    """Unpack registry and settings of a generation into a folder of its own."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    _unpack(generation, generation.office, target, keys, "")


def restore_registry(unpacked: Path, url: str, spare: Path) -> None:
    """Make the registry of an unpacked office at an address, whichever database either is on.

    Args:
        unpacked: From `unpack_office`.
        url: Where the registry is to be; nothing may be there.
        spare: A file name that is free, for the moment of changing databases.

    Raises:
        RegistryExistsError: a registry is there.
        RegistryBrokenError: what was unpacked is none.
    """
    packed = unpacked / REGISTRY
    if not packed.is_file():
        dump.load(url, (unpacked / dump.INDEX).read_bytes(), lambda path: (unpacked / path).read_bytes())
        return
    with gzip.open(packed, "rb") as source, spare.open("wb") as target:
        shutil.copyfileobj(source, target, _BLOCK)
        target.flush()
        os.fsync(target.fileno())
    if url.startswith("sqlite"):
        Registry.adopt(spare, url)
        return
    with Registry.open(sqlite_url(spare)) as registry, registry.read() as tx:
        chunks = {chunk.path: chunk for chunk in dump.dump(tx.connection)}
        index = dump.index_of(tx.connection, [(c.table, c.number, c.rows) for c in chunks.values()], tx.now)
    dump.load(url, index, lambda path: chunks[path].data)
    spare.unlink()


def unpack_objects(
    found: Sequence[Generation], wanted: Collection[str], target: Path, keys: Sequence[str]
) -> frozenset[str]:
    """Unpack some objects of the store below a folder; return those that were found.

    Only the volumes that hold them are read.
    """
    there: set[str] = set()
    prefixes = {f"store/{layout.object_path(object_id)}/" for object_id in wanted}
    for generation in found:
        pieces = [piece for piece in generation.pieces() if piece.object_id in wanted]
        there |= {piece.object_id for piece in pieces}
        for piece in pieces:
            if piece.first == 1:
                shutil.rmtree(target / "store" / layout.object_path(piece.object_id), ignore_errors=True)
        for volume in sorted({piece.volume for piece in pieces}):
            name = f"{generation.folder.name}/data/{volume}"
            with members(generation.folder / "data" / volume, keys, name=name) as stream:
                for path, _, content in stream:
                    if any(path.startswith(prefix) for prefix in prefixes):
                        _write(_place(target, path, name), content)
    return frozenset(there)


def _unpack(generation: Generation, volume: str, target: Path, keys: Sequence[str], only: str) -> int:
    name = f"{generation.folder.name}/data/{volume}"
    count = 0
    with members(generation.folder / "data" / volume, keys, name=name) as stream:
        for path, _, content in stream:
            if not path.startswith(only):
                raise BackupDamagedError(name)
            _write(_place(target, path, name), content)
            count += 1
    return count


def _place(target: Path, path: str, volume: str) -> Path:
    """Return where a member goes, always below the target, on any system."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or any(p in {"..", "."} or not _SAFE.fullmatch(p) for p in parts):
        raise BackupDamagedError(volume)
    return target.joinpath(*parts)


def _write(path: Path, data: bytes | BinaryIO) -> None:
    try:
        file = path.open("wb")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("wb")
    with file:
        if isinstance(data, bytes):
            file.write(data)
        else:
            shutil.copyfileobj(data, file, _BLOCK)
        if not hasattr(os, "sync"):  # Windows: each file by itself; elsewhere all together, once a volume
            file.flush()
            os.fsync(file.fileno())


def _sync() -> None:
    if hasattr(os, "sync"):
        os.sync()


def _note(mark: Path, said: dict[str, object]) -> None:
    new = mark.with_suffix(".part")
    with new.open("w", encoding="ascii") as file:
        json.dump(said, file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(mark)
