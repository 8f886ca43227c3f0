"""Exceptions that stop a command; each owns its Chinese sentence, its stable code and its exit code.

Exit codes: 0 done, 1 unexpected, 2 usage (given by the command line), 3 data has blocking
problems, 4 not found, 5 refused in this state, 6 program missing, 7 archive not whole;
10 and above are one cause each. `docs/exit-codes.md` is generated from these classes.
"""

from __future__ import annotations

from typing import ClassVar


class AppError(Exception):
    """The command cannot go on. Subclasses build the sentence in a typed constructor."""

    code: ClassVar[str] = "unexpected"
    exit_code: ClassVar[int] = 1


class DataError(AppError):
    """The data has problems that block."""

    code = "data"
    exit_code = 3


class NotFoundError(AppError):
    """What was asked for does not exist."""

    code = "not-found"
    exit_code = 4


class RefusedError(AppError):
    """The state forbids it: already signed, number used, rule of law."""

    code = "refused"
    exit_code = 5


class MissingProgramError(AppError):
    """An external program is absent or too old."""

    code = "program.missing"
    exit_code = 6

    def __init__(self, program: str, *, needed_for: str, way_out: str) -> None:
        self.program = program
        super().__init__(f"没有找到 {program}，无法{needed_for}。{way_out}")


class ArchiveBrokenError(AppError):
    """The archive is not whole."""

    code = "archive.broken"
    exit_code = 7


class UnreadableSheetError(AppError):
    """A file given as a sheet is none, or cannot be opened."""

    code = "sheet.unreadable"
    exit_code = 10

    def __init__(self, name: str, *, why: str, way_out: str) -> None:
        self.name = name
        super().__init__(f"“{name}”{why}，没有导入任何内容。{way_out}")


class UnreadableScanError(AppError):
    """A file given as a scan cannot be read as pages."""

    code = "scan.unreadable"
    exit_code = 11

    def __init__(self, name: str, *, why: str, way_out: str) -> None:
        self.name = name
        super().__init__(f"“{name}”{why}，原文件没有动。{way_out}")


class EncryptedScanError(UnreadableScanError):
    """A PDF that asks for a password."""

    code = "scan.encrypted"
    exit_code = 12

    def __init__(self, name: str) -> None:
        super().__init__(name, why="加了密码，打不开", way_out="请在扫描软件里取消密码，重新保存后再放进来。")


class EmptyScanError(UnreadableScanError):
    """A scan file without bytes or without pages."""

    code = "scan.empty"
    exit_code = 13

    def __init__(self, name: str) -> None:
        super().__init__(name, why="里面没有任何页面", way_out="请检查扫描仪是否扫描成功，重新扫描后再放进来。")


class TemplateError(AppError):
    """A template cannot be used; the sentence says which and where."""

    code = "template.unusable"
    exit_code = 15


class DiskFullError(AppError):
    """The disk took no more bytes."""

    code = "disk.full"
    exit_code = 16

    def __init__(self, folder: str) -> None:
        super().__init__(
            f"磁盘空间不足，无法写入“{folder}”。已经办好的内容没有丢失；请清理磁盘后再运行一次同样的命令。"
        )


class NotAnOfficeError(AppError):
    """The folder is not an office folder."""

    code = "office.missing"
    exit_code = 18

    def __init__(self, folder: str) -> None:
        super().__init__(
            f"“{folder}”不是办公文件夹（里面没有 office.toml）。请用 docgen office init 新建，或用 --office 指明位置。"
        )


class OfficeBusyError(AppError):
    """Another process is writing to the office."""

    code = "office.busy"
    exit_code = 19

    def __init__(self) -> None:
        super().__init__("另一个窗口正在这个办公文件夹里办理业务，请等它完成后再试。")
