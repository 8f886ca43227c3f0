"""The log of an unexpected error: where it happened, without anybody's data.

Exception texts can hold names and numbers, so only the class and the stack of file, line and
function are written.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import platformdirs


def write_crash(error: BaseException) -> Path | None:
    """Write the stack of ``error`` to the user's log folder and return the file; ``None`` when no folder takes it."""
    now = datetime.now(UTC)
    lines = [f"docgen {version('tongdang')}, Python {sys.version.split()[0]}, {sys.platform}, {now.isoformat()}"]
    current: BaseException | None = error
    while current is not None:
        lines.append(f"{type(current).__module__}.{type(current).__qualname__}")
        lines += [
            f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(current.__traceback__)
        ]
        current = current.__cause__ or current.__context__
    for folder in (Path(platformdirs.user_log_dir("docgen", appauthor=False)), Path(tempfile.gettempdir())):
        path = folder / f"crash-{now:%Y%m%d-%H%M%S-%f}.txt"
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(lines) + "\n", "utf-8")
            return path
    return None
