"""A storage root of somebody else: its declaration, its layout, what stands between the objects, every object."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

from archive.check import Level, Report
from archive.foreign.findings import finding
from archive.foreign.object import check_object, objects_below
from forms.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from forms.problems import Problem

_MARK = re.compile(r"0=ocfl_(\d+\.\d+)")


class NotAStorageRootError(NotFoundError):
    """There is no such folder."""

    code = "ocfl.missing"

    def __init__(self, folder: str) -> None:
        super().__init__(f"没有找到文件夹“{folder}”。请核对 OCFL 存储根（或单个对象）的位置。")


def check_root(
    root: Path, *, level: Level = Level.FIXITY, progress: Callable[[int, str], None] | None = None
) -> Report:
    """Check a storage root, or a single object, by the specification.

    Args:
        root: The folder.
        level: Below `FIXITY`, content is not read.
        progress: Called with objects done and the place of the last.

    Raises:
        NotAStorageRootError: there is no such folder.
    """
    if not root.is_dir():
        raise NotAStorageRootError(root.name)
    problems: list[Problem] = []
    is_object = any(p.name.startswith("0=ocfl_object_") for p in root.iterdir())
    spec = ""
    if not is_object:
        spec, found = _root(root)
        problems += found
    objects = files = size = 0
    for folder in objects_below(root):
        name = folder.relative_to(root).as_posix() if folder != root else root.name
        seen = check_object(folder, name=name, fixity=level is Level.FIXITY)
        problems += seen.problems
        if spec and seen.spec > spec:
            problems.append(finding("E081", name))
        objects, files, size = objects + 1, files + seen.files, size + seen.size
        if progress:
            progress(objects, name)
    return Report(problems=tuple(problems), objects=objects, files=files, size=size, level=level)


def _root(root: Path) -> tuple[str, list[Problem]]:
    found: list[Problem] = []
    marks = [p for p in root.iterdir() if p.is_file() and p.name.startswith("0=")]
    match = _MARK.fullmatch(marks[0].name) if len(marks) == 1 else None
    if match is None:
        found.append(finding("E069", "."))
    elif marks[0].read_bytes() != f"{marks[0].name[2:]}\n".encode():
        found.append(finding("E080", marks[0].name))
    found += _layout(root / "ocfl_layout.json")
    extensions = root / "extensions"
    for entry in sorted(extensions.iterdir()) if extensions.is_dir() else ():
        if entry.is_file():
            found.append(finding("E067", f"extensions/{entry.name}"))
    found += _between(root)
    return (match[1] if match else ""), found


def _layout(file: Path) -> Iterator[Problem]:
    if not file.is_file():
        return
    try:
        said: Any = json.loads(file.read_bytes())
    except ValueError:
        yield finding("E071", file.name)
        return
    if not isinstance(said, dict) or not {"extension", "description"} <= said.keys():
        yield finding("E070", file.name)


def _between(root: Path) -> Iterator[Problem]:
    """Folders above the objects hold folders only, and none of them is empty."""
    for where, folders, names in os.walk(root):
        folders.sort()
        if any(name.startswith("0=ocfl_object_") for name in names):
            folders.clear()
            continue
        below = os.path.relpath(where, root).replace(os.sep, "/")
        if below == ".":
            if "extensions" in folders:
                folders.remove("extensions")
            continue  # text files for people may stand in the root itself
        for name in sorted(names):
            yield finding("E072", f"{below}/{name}")
        if not folders and not names:
            yield finding("E073", below)
