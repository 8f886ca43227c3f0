"""What is worth keeping between two starts: character maps and the list of installed faces.

Lies in the user's cache folder and may be deleted at any time. A file that is damaged, of another
version or of another font is ignored and made again; a folder that cannot be written is no fault.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import zlib
from array import array
from functools import cache as once
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

_MAGIC = b"DGF1"


@once
def folder() -> Path:
    """Return the folder for font caches; made on first writing."""
    return user_cache_path("docgen", appauthor=False) / "fonts"


def _name_of(path: Path, index: int) -> str:
    about = path.stat()
    identity = f"{path.resolve()}|{about.st_size}|{about.st_mtime_ns}|{index}|{sys.byteorder}"
    return hashlib.blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def load_array(path: Path, index: int, *, length: int) -> array[int] | None:
    """Return the array kept for a face, or ``None`` when there is none that can be trusted."""
    try:
        raw = (folder() / f"{_name_of(path, index)}.map").read_bytes()
    except OSError:
        return None
    body = raw[8:]
    if raw[:4] != _MAGIC or len(body) != 2 * length or zlib.crc32(body) != int.from_bytes(raw[4:8], "big"):
        return None
    found = array("H")
    found.frombytes(body)
    return found


def save_array(path: Path, index: int, values: array[int]) -> None:
    """Keep an array for a face."""
    body = values.tobytes()
    _write(f"{_name_of(path, index)}.map", _MAGIC + zlib.crc32(body).to_bytes(4, "big") + body)


def load_json(name: str) -> Any:
    """Return a kept JSON value, or ``None``."""
    try:
        return json.loads((folder() / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def save_json(name: str, value: Any) -> None:
    """Keep a JSON value."""
    _write(name, json.dumps(value, ensure_ascii=False).encode("utf-8"))


def _write(name: str, content: bytes) -> None:
    temporary = ""
    try:
        folder().mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder(), prefix=".new-")
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(temporary).replace(folder() / name)
    except OSError:
        # a cache that cannot be kept costs milliseconds, nothing else
        if temporary:
            Path(temporary).unlink(missing_ok=True)
