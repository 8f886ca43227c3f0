"""恢复: an office out of a backup, into an empty folder, proved before a byte is written and after the last.

`office.toml` comes last: until then the folder is no office, and the same command goes on where it stopped.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.backup.errors import NotABackupError, RestoreTargetError
from archive.backup.generations import generations
from archive.backup.making import KEY
from archive.backup.restoring import (
    MARK,
    check_backup,
    claim,
    restore_registry,
    restore_store,
    unpack_office,
)
from archive.backup.sealing import open_key
from archive.disk import sync_folder
from archive.registry import Registry
from archive.store import Store
from docgen.settings import FOLDERS, SETTINGS_FILE, read_settings
from docgen.workspace.desks import Workspace
from docgen.workspace.office.opened import registry_url
from docgen.workspace.office.reports import Report, problems_json
from docgen.workspace.safety.desk import own_files, shown_time

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from docgen.workspace.safety.reports import CheckReport


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreResult(Report):
    """Outcome of one restore."""

    folder: str
    taken_at: str
    generations: int
    files: int
    check: CheckReport

    @property
    def summary(self) -> str:
        """What was done, and what nobody can know, for a person."""
        return (
            f"已恢复到“{self.folder}”：备份时间 {shown_time(self.taken_at)}，共 {self.generations} 次备份。"
            f"{self.check.summary}备份以后办理的文书不在里面；那以后发出过文号的，请对照纸面核实再编号。"
        )

    def as_json(self) -> dict[str, Any]:
        """Return a mapping of plain values."""
        return {
            "folder": self.folder,
            "taken_at": self.taken_at,
            "generations": self.generations,
            "files": self.files,
            "problems": problems_json(self.check.problems),
        }


def restore(
    backup: Path,
    folder: Path,
    *,
    identity: Path | None = None,
    passphrase: str = "",
    local: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> RestoreResult:
    """Bring an office back from a backup.

    Args:
        backup: The backup folder.
        folder: Where to; empty, or one in which this very restore was cut off.
        identity: The key file that opens a sealed backup; by default the one beside it, under a passphrase.
        passphrase: Opens the key file.
        local: Keep the registry in the folder, even if it was on a server.
        progress: Called with volumes done and volumes in all.

    Raises:
        NotABackupError: there is no backup.
        BackupDamagedError: a file of it is not what was written; nothing was restored.
        BackupKeyError: no key opens it.
        RestoreTargetError: the folder holds something.
        RegistryExistsError: the server that office.toml names holds a registry already.
    """
    found = generations(backup)
    if folder.is_dir() and (folder / SETTINGS_FILE).exists():
        raise RestoreTargetError(folder.name)
    keys = keys_of(backup, identity, passphrase)
    check_backup(found)
    claim(folder, found)
    spare = folder / "work" / "restore"
    unpacked = spare / "office"
    unpack_office(found[-1], unpacked, keys)  # first, so that a wrong key or a server in use is known at once
    if local:
        _without_server(unpacked / SETTINGS_FILE)
    url = read_settings(unpacked).registry_url or registry_url(folder)
    report = restore_store(found, folder, keys, progress=progress)
    _settle_registry(unpacked, folder, url, spare)
    for name in FOLDERS:
        (folder / name).mkdir(exist_ok=True)
    for path, source in own_files(unpacked).items():
        if path != SETTINGS_FILE:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / path)
    _purge(folder, url)
    (unpacked / SETTINGS_FILE).replace(folder / SETTINGS_FILE)
    sync_folder(folder)
    (folder / MARK).unlink()
    shutil.rmtree(spare, ignore_errors=True)
    with Workspace.open(folder) as workspace:
        workspace.finding.rebuild()
        check = workspace.checking.check()
        with workspace.registry.begin() as tx:
            tx.audit.append(
                "backup.restore",
                actor=workspace.actor.name,
                subject=found[-1].bag.value("Bag-Group-Identifier"),
                generation=len(found),
            )
    return RestoreResult(
        folder=str(folder), taken_at=report.taken_at, generations=len(found), files=report.files, check=check
    )


def keys_of(backup: Path, identity: Path | None, passphrase: str) -> tuple[str, ...]:
    """Return the keys that open a backup: from a key file, or from the one beside it under a passphrase.

    Raises:
        BackupKeyError: the file holds none, or the passphrase is not the one.
    """
    if identity is not None:
        try:
            return open_key(identity.read_bytes(), passphrase)
        except FileNotFoundError:
            raise NotABackupError(identity.name) from None
    kept = backup / KEY
    return open_key(kept.read_bytes(), passphrase) if passphrase and kept.is_file() else ()


def _settle_registry(unpacked: Path, folder: Path, url: str, spare: Path) -> None:
    """Make the registry once; a run that was cut off after this finds it there."""
    done = spare / "registry.done"
    if done.exists():
        return
    if url == registry_url(folder):
        for stray in folder.glob("registry.db*"):
            stray.unlink()  # from a run that was cut off in the middle of this
    restore_registry(unpacked, url, spare / "registry.part")
    done.touch()
    sync_folder(spare)


def _purge(folder: Path, url: str) -> None:
    """Take out again what was destroyed by decision before the backup's last run (forms.md REF-19)."""
    store = Store.open(folder / "store", work=folder / "work")
    with Registry.open(url) as registry, registry.read() as tx:
        for disposal in tx.disposals.all():
            if disposal.finished_at is not None:
                for object_id in tx.disposals.objects(disposal.uid):
                    store.purge(object_id)


def _without_server(settings: Path) -> None:
    """Let the office keep its registry in its own folder from now on."""
    text = settings.read_text("utf-8-sig")
    settings.write_text(re.sub(r"(?m)^(\s*url\s*=\s*).*$", r'\g<1>""', text), "utf-8", newline="\n")
