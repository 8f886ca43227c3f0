"""Why a backup cannot be made, read or restored."""

from __future__ import annotations

from forms.errors import ArchiveBrokenError, NotFoundError, RefusedError


class NotABackupError(NotFoundError):
    """The folder holds no backup."""

    code = "backup.missing"

    def __init__(self, folder: str) -> None:
        super().__init__(f"“{folder}”里没有完整的备份。请核对文件夹；备份中途停下的，再运行一次 docgen backup。")


class BackupDamagedError(ArchiveBrokenError):
    """Bytes of a backup are not what was written."""

    code = "backup.damaged"

    def __init__(self, name: str) -> None:
        self.name = name
        """Path within the backup folder."""
        super().__init__(f"备份里的“{name}”缺失、损坏或被改动过，没有使用。请换一份备份再试。")


class BackupTargetError(RefusedError):
    """The folder cannot take a backup of this office."""

    code = "backup.target"

    def __init__(self, folder: str, why: str) -> None:
        super().__init__(f"“{folder}”{why}，没有写入。请换一个空文件夹，或者这个单位以前的备份文件夹。")


class BackupKeyError(RefusedError):
    """No key, or not the key, for a sealed backup."""

    code = "backup.key"

    def __init__(self, why: str) -> None:
        super().__init__(f"{why}。请用制作备份时的密钥文件（--identity）或口令再试。")


class RestoreTargetError(RefusedError):
    """A backup is restored into an empty folder only."""

    code = "restore.target"

    def __init__(self, folder: str) -> None:
        super().__init__(f"“{folder}”里已经有内容，没有恢复，也没有改动它。请换一个空文件夹。")
