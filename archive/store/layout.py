"""Where things lie in the storage root: OCFL 1.1 with layout extension 0003.

Source: OCFL 1.1 §4 (storage root), extension 0003-hash-and-id-n-tuple-storage-layout: an object's
folder is named by its percent-encoded id, under three hex digits of the id's SHA-256. A person can
therefore find an object without this program; a folder holds about one object in 4096.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from pathlib import Path

ROOT_MARK = "0=ocfl_1.1"
OBJECT_MARK = "0=ocfl_object_1.1"
INVENTORY = "inventory.json"
SIDECAR = "inventory.json.sha512"
LAYOUT = "0003-hash-and-id-n-tuple-storage-layout"
_TUPLE = 3


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=2).encode() + b"\n"


ROOT_FILES: dict[str, bytes] = {
    ROOT_MARK: b"ocfl_1.1\n",
    "ocfl_layout.json": _json(
        {
            "extension": LAYOUT,
            "description": "对象标识的 SHA-256 前三位为一级目录，其下以对象标识（百分号编码）为目录名",
        }
    ),
    f"extensions/{LAYOUT}/config.json": _json(
        {"extensionName": LAYOUT, "digestAlgorithm": "sha256", "tupleSize": _TUPLE, "numberOfTuples": 1}
    ),
}
"""The files of the root itself, byte for byte; nothing else may stand outside the objects."""

OBJECT_MARK_BYTES = b"ocfl_object_1.1\n"

_FORBIDDEN = re.compile(r'[<>:"\\|?*\x00-\x1f\x7f]')


def object_path(object_id: str) -> str:
    """Return the folder of an object relative to the root, with ``/``.

    Raises:
        ValueError: the id would need the long form of the layout, which we never use.
    """
    name = "".join(c if re.fullmatch(r"[A-Za-z0-9_-]", c) else _percent(c) for c in object_id)
    if not 1 <= len(name) <= 100:
        raise ValueError("an object id has 1 to 100 characters when percent-encoded")
    return f"{hashlib.sha256(object_id.encode()).hexdigest()[:_TUPLE]}/{name}"


def object_id(folder: Path) -> str:
    """Return the id of the object in a folder, by its name."""
    return id_of(folder.name)


def id_of(name: str) -> str:
    """Return the id of the object whose folder has a name."""
    return unquote(name)


def is_bucket(name: str) -> bool:
    """Tell the folders that hold objects from `extensions` and from strangers."""
    return re.fullmatch(rf"[0-9a-f]{{{_TUPLE}}}", name) is not None


def logical(path: str) -> str:
    """Return a logical path that every file system can hold.

    Raises:
        ValueError: empty, absolute, climbing, not NFC, or with a character Windows refuses.
    """
    parts = path.split("/")
    if (
        any(part in {"", ".", ".."} or part[-1] in ". " for part in parts)
        or _FORBIDDEN.search(path)
        or path != unicodedata.normalize("NFC", path)
    ):
        raise ValueError(f"not a logical path: {path!r}")
    return path


def _percent(char: str) -> str:
    return "".join(f"%{byte:02x}" for byte in char.encode())
