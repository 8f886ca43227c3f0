"""Limits an unknown file is held to while it is parsed, and the refusals when it goes beyond them.

Source: design/intake.md §7. Sizes are read before pixels; a caller that cannot trust the file
parses it in a child process (`archive.intake.guard`), where the memory and time limits bite too.
"""

from __future__ import annotations

from dataclasses import dataclass

from forms.errors import UnreadableScanError


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one scan file may cost."""

    file_bytes: int = 2 * 1024**3
    pages: int = 2_000
    """An office copier's feeder takes 100 to 300 sheets at once."""

    page_pixels: int = 89_000_000
    """A4 at 600 dpi has 35 million, A3 at 600 dpi 70 million. Just under Pillow's own warning."""

    memory_bytes: int = 3 * 1024**3
    """Address space of the child process; enforced where the system has RLIMIT_AS."""

    page_seconds: float = 30.0
    """Wall and CPU time for one page; a normal page takes 0.01 to 0.2 s."""

    start_seconds: float = 60.0
    """Until a child process has opened the file: a cold disk loads the libraries slowly."""


DEFAULT_LIMITS = Limits()


class ScanTooLargeError(UnreadableScanError):
    """More bytes, pages or pixels than a scan can sensibly have."""

    code = "scan.too-large"

    def __init__(self, name: str, *, what: str, limit: str) -> None:
        super().__init__(name, why=f"{what}，超过了上限（{limit}）", way_out="请分成几份重新扫描后再放进来。")


class ScanInUseError(UnreadableScanError):
    """The system does not let us read it."""

    code = "scan.in-use"

    def __init__(self, name: str) -> None:
        super().__init__(
            name, why="暂时打不开，可能正被其他程序使用，或者没有读取权限", way_out="请关闭正在使用它的程序后再试。"
        )


class ScanTooHeavyError(UnreadableScanError):
    """Parsing took more memory or time than allowed, or crashed the parser."""

    code = "scan.too-heavy"

    def __init__(self, name: str) -> None:
        super().__init__(
            name, why="内部结构异常，打开它会耗尽内存或时间，已经停止", way_out="请用扫描仪重新扫描纸质原件后再放进来。"
        )


class NotAScanError(UnreadableScanError):
    """The file is no PDF and no picture."""

    code = "scan.not-a-scan"

    def __init__(self, name: str) -> None:
        super().__init__(
            name,
            why="不是扫描件（只认 PDF、JPEG、PNG、TIFF 和手机的 HEIC）",
            way_out="请确认放对了文件；如果是照片，请先存成 JPEG 再放进来。",
        )


class DamagedScanError(UnreadableScanError):
    """It begins like a scan but nothing in it can be read."""

    code = "scan.damaged"

    def __init__(self, name: str) -> None:
        super().__init__(name, why="已经损坏，一页也读不出来", way_out="请重新扫描，或者重新复制一次文件后再放进来。")
