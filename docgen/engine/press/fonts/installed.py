"""Fonts installed on this machine: which faces there are, found by any name they carry.

Only looked at when the settings allow it: the same paper must come out the same on every desk
unless an office decides otherwise. The list is cached by path, size and time of each file.
"""

from __future__ import annotations

import os
import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.engine.press.fonts import cache
from docgen.engine.press.fonts.sfnt import FontFile, UnusableFontError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ENDINGS = frozenset({".ttf", ".otf", ".ttc", ".otc"})
_LIST = "installed-1.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledFace:
    """One face of one file."""

    path: Path
    index: int
    families: tuple[str, ...]
    is_bold: bool
    is_italic: bool


def system_folders() -> tuple[Path, ...]:
    """Return the folders in which Windows, macOS or Linux keeps fonts, the user's own included."""
    home = Path.home()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", str(home / "AppData" / "Local"))
        return (
            Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts",
            Path(local) / "Microsoft" / "Windows" / "Fonts",
        )
    if sys.platform == "darwin":
        return (Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library" / "Fonts")
    return (
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        home / ".local" / "share" / "fonts",
        home / ".fonts",
    )


def scan(folders: Iterable[Path]) -> tuple[InstalledFace, ...]:
    """Return every face in these folders that may be embedded, in a stable order."""
    known = cache.load_json(_LIST)
    kept: dict[str, Any] = known if isinstance(known, dict) else {}
    seen: dict[str, Any] = {}
    faces: list[InstalledFace] = []
    for path in sorted(_files(folders)):
        try:
            about = path.stat()
        except OSError:
            continue
        key = f"{path}|{about.st_size}|{about.st_mtime_ns}"
        rows = kept.get(key)
        try:
            found = _from_rows(path, rows)
        except (TypeError, ValueError, KeyError):
            rows = _read(path)
            found = _from_rows(path, rows)
        seen[key] = rows
        faces += found
    if any(key not in kept for key in seen):
        cache.save_json(_LIST, kept | seen)
    return tuple(faces)


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        for root, _, names in os.walk(folder):
            for name in names:
                if Path(name).suffix.lower() in _ENDINGS:
                    yield Path(root, name)


def _from_rows(path: Path, rows: Any) -> list[InstalledFace]:
    return [
        InstalledFace(
            path=path,
            index=int(row["index"]),
            families=tuple(str(name) for name in row["families"]),
            is_bold=bool(row["bold"]),
            is_italic=bool(row["italic"]),
        )
        for row in rows
    ]


def _read(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for index in range(_face_count(path)):
        try:
            font = FontFile(path, index)
            names = font.names
        except (UnusableFontError, struct.error):
            continue
        if font.may_be_embedded and names.families:
            rows.append({"index": index, "families": names.families, "bold": names.is_bold, "italic": names.is_italic})
    return rows


def _face_count(path: Path) -> int:
    try:
        with path.open("rb") as stream:
            head = stream.read(12)
    except OSError:
        return 0
    return int(min(struct.unpack(">I", head[8:12])[0], 64)) if head[:4] == b"ttcf" and len(head) == 12 else 1
