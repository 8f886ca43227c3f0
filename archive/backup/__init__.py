"""备份: one consistent copy of an office beside it, made while people work, told apart from damage when read.

A backup folder holds generations ``0001 0002 …``. Each is a BagIt bag (RFC 8493) that never changes once
it stands there, and holds only what the ones before it do not: new objects and new versions of the store;
registry and settings always. Its payload is tar volumes, plain or sealed with age, so that tar, gzip and age
bring everything back without this program: unpack all volumes in order into one folder. Each bag names the
digest of the one before.

What must stay true: a generation appears by one rename when every byte of it was read back; the store's part
holds at least what the registry's part names; nothing damaged is copied as if it were good.
"""

from archive.backup.errors import (
    BackupDamagedError,
    BackupKeyError,
    BackupTargetError,
    NotABackupError,
    RestoreTargetError,
)
from archive.backup.generations import Generation, generations
from archive.backup.making import BackupReport, make_backup
from archive.backup.restoring import RestoreReport, restore_store
from archive.backup.sealing import new_key, open_key, seal_key

__all__ = [
    "BackupDamagedError",
    "BackupKeyError",
    "BackupReport",
    "BackupTargetError",
    "Generation",
    "NotABackupError",
    "RestoreReport",
    "RestoreTargetError",
    "generations",
    "make_backup",
    "new_key",
    "open_key",
    "restore_store",
    "seal_key",
]
