"""The moment between staged and stored: carried through or taken back, never left in between.

A stage is one folder in the work area: ``intent.json`` (which object, which version) and either
``object/`` (a whole new object) or ``version/`` and ``root/`` (one more version and the inventory
that names it). All of it is forced to the disk before the first rename. A new object appears by one
rename. A new version appears by one rename, and from then on the object can only go forward: its
inventory is replaced, then the sidecar; both can be made again from the version's own copy.
"""

from __future__ import annotations

import json
import secrets
import shutil
from typing import TYPE_CHECKING

from archive.disk import Staged, sync_folder, sync_folders
from archive.store import layout

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PREFIX = "put-"
PURGED = "purge-"
"""Folders of objects that were taken out for good and are being deleted."""


def new_stage(work: Path) -> Path:
    """Return the name of a folder in the work area that does not exist yet."""
    return work / f"{PREFIX}{secrets.token_hex(8)}"


def write_intent(stage: Staged, object_path: str, version: int) -> None:
    """Say what the stage is for."""
    stage.write("intent.json", json.dumps({"object": object_path, "version": version}).encode())


def finish(root: Path, stage: Path, *, forward: bool = True) -> None:
    """Move a stage into the store, or clear up after one that was interrupted.

    Args:
        root: The storage root.
        stage: The stage's folder.
        forward: False: take back what has not been moved; what has been moved is carried through.
    """
    if forward:
        finish_all(root, [stage])
        return
    intent = _intent(stage)
    if intent is not None:
        target, version = root / intent[0], intent[1]
        if version > 1 and (target / f"v{version}").is_dir():
            _place_inventory(stage, target, version)
        elif target.parent.is_dir() and not any(target.parent.iterdir()):
            target.parent.rmdir()  # made for an object that did not come; an empty folder is a fault
    shutil.rmtree(stage)


def finish_all(root: Path, stages: Sequence[Path]) -> None:
    """Move stages into the store; new objects appear one by one, and are forced to the disk together."""
    touched: dict[Path, None] = {}
    for stage in stages:
        intent = _intent(stage)
        assert intent is not None, "a stage that is moved was forced to the disk with its intent"
        target, version = root / intent[0], intent[1]
        if version == 1:
            touched |= _place_object(root, stage / "object", target)
        else:
            (stage / "version").rename(target / f"v{version}")
            sync_folder(target)
            _place_inventory(stage, target, version)
    sync_folders(touched)
    for stage in stages:
        shutil.rmtree(stage)


def _place_object(root: Path, new: Path, target: Path) -> dict[Path, None]:
    """Move a new object to its place; return the folders whose entries changed."""
    touched = {target.parent: None}
    if not target.parent.is_dir():
        target.parent.mkdir()
        touched[root] = None
    if target.exists():
        raise FileExistsError(str(target))
    new.rename(target)
    return touched


def _place_inventory(stage: Path, target: Path, version: int) -> None:
    for name in (layout.INVENTORY, layout.SIDECAR):
        proved = (target / f"v{version}" / name).read_bytes()
        if (target / name).is_file() and (target / name).read_bytes() == proved:
            continue
        ready = stage / "root" / name
        if not ready.is_file() or ready.read_bytes() != proved:
            again = Staged(stage / f"again-{secrets.token_hex(4)}")
            again.write(name, proved)
            again.settle()
            ready = again.folder / name
        ready.replace(target / name)
    sync_folder(target)


def _intent(stage: Path) -> tuple[str, int] | None:
    """Read the intent; none was forced to the disk if it cannot be read, so nothing was moved."""
    try:
        data = json.loads((stage / "intent.json").read_bytes())
        return str(data["object"]), int(data["version"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def remove(root: Path, folder: Path, work: Path) -> None:
    """Take an object's folder out of the store by one rename, then delete what was in it."""
    gone = work / f"{PURGED}{secrets.token_hex(8)}"
    folder.rename(gone)
    sync_folder(folder.parent)
    sync_folder(work)
    if not any(folder.parent.iterdir()):
        folder.parent.rmdir()  # an empty folder is a fault
        sync_folder(root)
    clear_purged(gone)


def clear_purged(folder: Path) -> None:
    """Delete what was taken out; again and again until it is gone."""
    shutil.rmtree(folder)
