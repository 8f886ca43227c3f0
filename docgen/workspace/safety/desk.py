"""备份 and 快照: what makes an office survive its disk, and its registry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from archive.backup import BackupKeyError, BackupTargetError, make_backup, new_key, open_key, seal_key
from archive.backup.errors import NotABackupError
from archive.backup.generations import RECIPIENT, generations
from archive.backup.making import KEY
from archive.backup.sealing import recipients_of
from archive.snapshots import last_taken, take_snapshot
from docgen.settings import KEY_FILE, PARTNERS_FILE, SETTINGS_FILE, SIGNING_KEY_FILE
from docgen.workspace.office.reports import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from archive.backup import BackupReport as Made
    from docgen.workspace.office.opened import Office

OWN_FILES = (SETTINGS_FILE, KEY_FILE, SIGNING_KEY_FILE, PARTNERS_FILE)
"""Settings, the secret of the marks, the key packages are signed with, the offices whose packages are taken."""
OWN_FOLDERS = ("forms", "templates", "profiles")
"""Folders with the office's own files, kept in backups and snapshots beside the settings."""
SNAPSHOT_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupResult(Report):
    """Outcome of one backup."""

    folder: str
    generation: int
    objects: int
    size: int
    """Bytes."""
    is_sealed: bool
    damaged: tuple[str, ...]
    """Files of the store that could not be copied because they are damaged."""
    resumed: int

    @property
    def summary(self) -> str:
        """One line for a person."""
        how = "已加密" if self.is_sealed else "未加密"
        taken = f"，接着上次没有做完的 {self.resumed} 卷" if self.resumed else ""
        bad = f"；有 {len(self.damaged)} 个文件已损坏、没有备份，请先修复" if self.damaged else ""
        return (
            f"备份第 {self.generation:04} 次：新增 {self.objects} 件、{self.size / 1e6:.1f} MB"
            f"（{how}，已读回核对{taken}）{bad}。"
        )


def own_files(folder: Path) -> dict[str, Path]:
    """Return the office's settings, secrets, partners, forms, templates and profiles by path in the office folder."""
    found = {name: folder / name for name in OWN_FILES if (folder / name).is_file()}
    for name in OWN_FOLDERS:
        for path in sorted((folder / name).rglob("*")):
            if path.is_file():
                found[path.relative_to(folder).as_posix()] = path
    return found


class SafetyDesk:
    """Makes backups and snapshots of an open office."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def backup(
        self,
        target: Path,
        *,
        recipients: Sequence[str] = (),
        passphrase: str = "",
        plain: bool = False,
        progress: Callable[[int, str], None] | None = None,
    ) -> BackupResult:
        """Add what is new to a backup folder, while others go on working.

        A backup folder that is sealed stays sealed: without recipients, those of the last time count.

        Args:
            target: The backup folder.
            recipients: age recipients to seal for.
            passphrase: Makes a key, seals for it, and lays it beside the backup under this passphrase.
            plain: Leave it open, by express wish.
            progress: Called with objects copied and the id of the last.

        Raises:
            BackupKeyError: neither a recipient nor a passphrase nor `plain`, and no backup to go by.
            BackupTargetError: the folder holds something else.
            BackupDamagedError: an earlier generation is damaged, or what was written does not read back.
        """
        office = self._office
        chosen, key = _recipients(target, recipients, passphrase, plain=plain)
        self.snapshot()
        made = make_backup(
            target,
            store=office.store,
            registry=office.registry,
            settings=own_files(office.folder),
            work=office.folder / "work",
            recipients=chosen,
            now=office.now,
            key=key,
            progress=progress,
        )
        self._note(made)
        return BackupResult(
            folder=str(target),
            generation=made.number,
            objects=made.objects,
            size=made.size,
            is_sealed=bool(chosen),
            damaged=made.damaged,
            resumed=made.resumed,
        )

    @staticmethod
    def new_key(path: Path) -> str:
        """Write a new key file and return its recipient; never over a file that is there.

        Raises:
            BackupTargetError: there is a file.
        """
        recipient, secret = new_key()
        try:
            with path.open("xb") as file:
                file.write(secret)
        except FileExistsError:
            raise BackupTargetError(path.name, "已经存在") from None
        path.chmod(0o600)
        return recipient

    def snapshot(self) -> int | None:
        """Put the registry into the store; return the version made, ``None`` when nothing has changed."""
        office = self._office
        return take_snapshot(
            office.store,
            office.registry,
            own_files(office.folder),
            work=office.folder / "work",
            by=office.actor.name,
            at=office.now,
        )

    def snapshot_if_due(self) -> int | None:
        """Do so when the last one is older than a day, or there is none."""
        last = last_taken(self._office.store)
        if last is not None and self._office.now - last < SNAPSHOT_EVERY:
            return None
        return self.snapshot()

    def _note(self, made: Made) -> None:
        with self._office.registry.begin() as tx:
            tx.audit.append(
                "backup.make",
                actor=self._office.actor.name,
                subject=made.set_id,
                generation=made.number,
                objects=made.objects,
                damaged=len(made.damaged),
            )


def _recipients(
    target: Path, recipients: Sequence[str], passphrase: str, *, plain: bool
) -> tuple[tuple[str, ...], bytes]:
    """Return whom to seal for, and the key file to lay beside the backup, if one was made now."""
    if plain or recipients:
        return (() if plain else tuple(recipients)), b""
    kept = target / KEY
    if passphrase and kept.is_file():
        return recipients_of(open_key(kept.read_bytes(), passphrase)), b""
    if passphrase:
        recipient, secret = new_key()
        return (recipient,), seal_key(secret, passphrase)
    try:
        return generations(target)[-1].bag.values(RECIPIENT), b""
    except NotABackupError:
        why = "第一次备份要选定怎样加密：--recipient 公钥、--passphrase 口令，或者写明 --plain 不加密"
        raise BackupKeyError(why) from None


def shown_time(text: str) -> str:
    """Return a moment as a clerk reads it."""
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M")
