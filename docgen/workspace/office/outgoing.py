"""Files for people, in `out/`: a fresh folder for each act, each file whole or not there.

Names carry the act and the moment, never a name or a number of a person.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from docgen.engine.press import PrintJob
    from docgen.workspace.office.opened import Office


def new_folder(office: Office, label: str) -> Path:
    """Make a folder in `out/` that did not exist."""
    name = f"{label}-{office.now:%Y%m%d-%H%M%S}"
    out = office.folder / "out"
    out.mkdir(exist_ok=True)
    folder, n = out / name, 2
    while True:
        try:
            folder.mkdir()
        except FileExistsError:
            folder, n = out / f"{name}-{n}", n + 1
        else:
            return folder


def new_path(office: Office, label: str, suffix: str) -> Path:
    """Return the path of a file in `out/` that does not exist."""
    name = f"{label}-{office.now:%Y%m%d-%H%M%S}"
    out = office.folder / "out"
    out.mkdir(exist_ok=True)
    path, n = out / f"{name}{suffix}", 2
    while path.exists():
        path, n = out / f"{name}-{n}{suffix}", n + 1
    return path


def write_file(path: Path, data: bytes) -> Path:
    """Write a file so that it is either whole on the disk or absent."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return path


def write_sheets(office: Office, jobs: Sequence[PrintJob], label: str, *, title: str) -> Path:
    """Print lists for people to one new PDF, each beginning on a front side.

    Args:
        office: The open office.
        jobs: At least one.
        label: What the file's name begins with.
        title: The PDF's title.
    """
    path = new_path(office, label, ".pdf")
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            office.press.write(jobs, file, title=title, duplex=True)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return path
