"""修复: damaged objects put right from a backup, file by file; what is damaged is moved aside, never deleted.

An object is built anew beside the old one, from the newest inventory that anything proves: each file from the
object itself where it is still good, else from the backup. So versions that came after the backup are kept.
What cannot be made whole is left as it is and named.
"""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.backup.restoring import unpack_objects
from archive.check import Level, check_object
from archive.disk import Staged, digest_of, sync_folder, translated
from archive.store import layout
from archive.store.objects import proved

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from archive.backup.generations import Generation
    from archive.store import Store
    from archive.store.inventory import Inventory
    from forms.problems import Problem


_MISSING = frozenset(
    f"agreement.{name}" for name in ("paper-missing", "scan-missing", "file-missing", "digest", "certificate")
)
"""Findings between store and registry that a backup can help with; what was destroyed stays destroyed."""


class UnrepairableError(Exception):
    """Neither the object nor the backup has what is needed; `args` says what, in Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """An object that was put right."""

    object_id: str
    taken: int
    """Files that came from the backup."""
    moved: str
    """Where the damaged copy is now, below the work folder; empty: there was none."""
    problems: tuple[Problem, ...]
    """What a check finds afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairReport:
    """What a repair did."""

    repaired: tuple[Repaired, ...]
    left: tuple[tuple[str, str], ...]
    """(object id, why) of what could not be made whole; it was not touched."""


def damaged_objects(problems: Iterable[Problem]) -> tuple[str, ...]:
    """Return the ids of the objects that findings of a check are about, those that block."""
    found: dict[str, None] = {}
    for problem in problems:
        place = problem.where.subject
        parts = place.split("/")
        if not problem.blocking or (problem.code.startswith("agreement.") and problem.code not in _MISSING):
            continue
        if layout.is_bucket(parts[0]) and len(parts) > 1 and "%3a" in parts[1]:
            found[layout.id_of(parts[1])] = None
        elif parts[0].startswith("urn:"):
            found[parts[0]] = None
    return tuple(found)


def repair_objects(
    store: Store, wanted: Collection[str], backup: Sequence[Generation], keys: Sequence[str], *, work: Path
) -> RepairReport:
    """Put objects right, one by one.

    Args:
        store: Whose objects.
        wanted: Their ids.
        backup: Where good copies are.
        keys: Open the backup, if it is sealed.
        work: Work folder of the office; damaged copies go to `damaged/` in it.

    Raises:
        BackupKeyError, BackupDamagedError: the backup cannot be used.
        OfficeBusyError: another process holds the store.
    """
    spare = work / f"repair-{secrets.token_hex(4)}"
    repaired, left = [], []
    try:
        with translated(store.root):
            spare.mkdir(parents=True)
            unpack_objects(backup, wanted, spare, keys)
            aside = work / "damaged" / secrets.token_hex(4)
            for number, object_id in enumerate(sorted(wanted)):
                with store.hold():
                    try:
                        repaired.append(_repair(store, object_id, spare, f"{number}", aside))
                    except UnrepairableError as error:
                        left.append((object_id, str(error)))
    finally:
        shutil.rmtree(spare, ignore_errors=True)
    return RepairReport(repaired=tuple(repaired), left=tuple(left))


def repair_root(store: Store, *, work: Path) -> tuple[str, ...]:
    """Write the root's own marks again where they are missing or changed; return which."""
    found = []
    with translated(store.root), store.hold():
        for path, data in layout.ROOT_FILES.items():
            target = store.root / path
            if target.is_file() and target.read_bytes() == data:
                continue
            stage = Staged(work / f"repair-{secrets.token_hex(4)}")
            stage.write("mark", data)
            stage.settle()
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists():
                aside = work / "damaged" / secrets.token_hex(4)
                aside.mkdir(parents=True)
                target.rename(aside / target.name)
            (stage.folder / "mark").rename(target)
            sync_folder(target.parent)
            stage.folder.rmdir()
            found.append(path)
    return tuple(found)


def _repair(store: Store, object_id: str, spare: Path, name: str, aside: Path) -> Repaired:
    where = layout.object_path(object_id)
    target = store.root / where
    from_backup = spare / "store" / where
    # a copy that was moved aside before the new one was in place, when the power went, is a source like any other
    copies = sorted(aside.parent.glob(f"*/{target.name}")) if aside.parent.is_dir() else []
    sources = [folder for folder in (target, *copies, from_backup) if folder.is_dir()]
    inventory = _newest(sources, object_id)
    if inventory is None:
        raise UnrepairableError("备份里没有这一件")
    stage = Staged(spare / f"new-{name}")
    try:
        taken = _build(stage, inventory, sources, from_backup)
        stage.settle()
    except BaseException:
        stage.close()
        raise
    moved = ""
    if target.is_dir():
        aside.mkdir(parents=True, exist_ok=True)
        target.rename(aside / target.name)
        moved = f"damaged/{aside.name}/{target.name}"
    target.parent.mkdir(exist_ok=True)
    stage.folder.rename(target)
    sync_folder(target.parent)
    sync_folder(store.root)
    problems, _, _ = check_object(store.root, target, Level.FIXITY)
    return Repaired(object_id=object_id, taken=taken, moved=moved, problems=tuple(problems))


def _newest(sources: Sequence[Path], object_id: str) -> Inventory | None:
    found: list[Inventory] = []
    for folder in sources:
        places = [folder, *(p for p in folder.iterdir() if p.is_dir() and p.name.startswith("v"))]
        found += [i for i in map(proved, places) if i is not None and i.object_id == object_id]
    return max(found, key=lambda inventory: inventory.head, default=None)


def _build(stage: Staged, inventory: Inventory, sources: Sequence[Path], backup: Path) -> int:
    """Fill the stage; return how many files came from the backup."""
    taken = 0
    for digest, path in sorted(inventory.manifest.items()):
        source = next((s / path for s in sources if _is(s / path, digest)), None)
        if source is None:
            raise UnrepairableError(f"“{path}”在备份里也没有好的一份")
        stage.write(path, source)
        taken += backup in source.parents
    for number in range(1, inventory.head + 1):
        below = f"v{number}"
        folder = next((s / below for s in sources if _fits(s / below, inventory, number)), None)
        if folder is None:
            raise UnrepairableError(f"“{below}/{layout.INVENTORY}”在备份里也没有好的一份")
        for name in (layout.INVENTORY, layout.SIDECAR):
            stage.write(f"{below}/{name}", folder / name)
            if number == inventory.head:
                stage.write(name, folder / name)
        taken += backup in folder.parents
    stage.write(layout.OBJECT_MARK, layout.OBJECT_MARK_BYTES)
    return taken


def _is(file: Path, digest: str) -> bool:
    try:
        return file.is_file() and digest_of(file) == digest
    except OSError:
        return False


def _fits(folder: Path, newest: Inventory, number: int) -> bool:
    there = proved(folder)
    return there is not None and there.object_id == newest.object_id and there.versions == newest.versions[:number]
