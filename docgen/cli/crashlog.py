"""The log of an unexpected error: where it happened, without anybody's data.

Exception texts can hold names and numbers, so only the class and the stack of file, line and
function are written.
"""

from __future__ import annotations

import sys
import traceback
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import platformdirs


def write_crash(error: BaseException) -> Path:
    """Write the stack of ``error`` to the user's log folder and return the file."""
    folder = Path(platformdirs.user_log_dir("docgen", appauthor=False))
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    path = folder / f"crash-{now:%Y%m%d-%H%M%S-%f}.txt"
    lines = [f"docgen {version('tongdang')}, Python {sys.version.split()[0]}, {sys.platform}, {now.isoformat()}"]
    current: BaseException | None = error
    while current is not None:
        lines.append(f"{type(current).__module__}.{type(current).__qualname__}")
        lines += [
            f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(current.__traceback__)
        ]
        current = current.__cause__ or current.__context__
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path
