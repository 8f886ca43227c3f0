"""What the demos are called with: one folder."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def folder_of(module: str, about: str, default: str, arguments: Sequence[str] | None = None) -> Path:
    """Return the folder a demo plays in.

    Args:
        module: Of the demo, as typed after ``python -m``.
        about: One Chinese sentence for ``--help``.
        default: Folder when none is given.
        arguments: What was typed; by default the command line.
    """
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=about, add_help=False)
    parser.add_argument("folder", metavar="文件夹", nargs="?", default=default, help=f"新建在哪里；不写是 {default}")
    parser.add_argument("-h", "--help", action="help", help="显示这段说明")
    folder: str = parser.parse_args(arguments).folder
    return Path(folder).resolve()
