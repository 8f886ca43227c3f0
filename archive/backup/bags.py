"""A bag (BagIt 1.0, RFC 8493) whose every byte is accounted for: payload by manifest, tag files by tagmanifest.

What is read is compared with what would be written, byte for byte, so that no change in a tag file passes,
not even one that a lenient reader would forgive. Names are ASCII without percent signs, because readers of
bags do not agree on how to write those.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.backup.errors import BackupDamagedError
from archive.disk import Staged, digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_TAGS = ("bag-info.txt", "bagit.txt", "manifest-sha512.txt")
TAGMANIFEST = "tagmanifest-sha512.txt"
_LINE = re.compile(r"([0-9a-f]{128})  (data/[A-Za-z0-9._/-]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bag:
    """The tag files of a bag, found whole."""

    payload: Mapping[str, str]
    """Path below ``data/`` → SHA-512 in hex."""
    info: tuple[tuple[str, str], ...]
    seal: str
    """SHA-512 of the tagmanifest: stands for every byte of the bag."""

    def values(self, key: str) -> tuple[str, ...]:
        """Return what bag-info says under a label, in order."""
        return tuple(value for label, value in self.info if label == key)

    def value(self, key: str) -> str:
        """Return the first of them, empty when there is none."""
        return next(iter(self.values(key)), "")


def write_tags(folder: Path, payload: Mapping[str, str], info: Sequence[tuple[str, str]], *, spare: Path) -> str:
    """Write the tag files beside a payload that is there already; return the bag's seal.

    Args:
        folder: The bag.
        payload: Path below ``data/`` → SHA-512 in hex.
        info: Labels and values of bag-info.txt.
        spare: A folder name on the same disk that is free; used for the moment of writing.
    """
    files = {
        "bagit.txt": DECLARATION,
        "bag-info.txt": "".join(f"{label}: {value}\n" for label, value in info).encode(),
        "manifest-sha512.txt": _manifest({f"data/{path}": digest for path, digest in payload.items()}),
    }
    files[TAGMANIFEST] = _manifest({name: digest_of(data) for name, data in files.items()})
    stage = Staged(spare)
    for name, data in files.items():
        stage.write(name, data)
    stage.settle()
    for name in files:
        (spare / name).replace(folder / name)
    spare.rmdir()
    return digest_of(files[TAGMANIFEST])


def read_tags(folder: Path) -> Bag:
    """Read the tag files of a bag and prove them.

    Raises:
        BackupDamagedError: one is missing or is not what was written.
    """
    try:
        files = {name: (folder / name).read_bytes() for name in (*_TAGS, TAGMANIFEST)}
    except OSError as error:
        name = getattr(error, "filename", "") or str(folder)
        raise BackupDamagedError(f"{folder.name}/{str(name).replace(chr(92), '/').rsplit('/', 1)[-1]}") from error
    listed = dict(line.split("  ", 1)[::-1] for line in _text(files[TAGMANIFEST]).splitlines() if "  " in line)
    for name in _TAGS:
        if listed.get(name) != digest_of(files[name]):
            raise BackupDamagedError(f"{folder.name}/{name}")
    if files[TAGMANIFEST] != _manifest({name: digest_of(files[name]) for name in _TAGS}):
        raise BackupDamagedError(f"{folder.name}/{TAGMANIFEST}")
    payload = {}
    for line in _text(files["manifest-sha512.txt"]).splitlines():
        match = _LINE.fullmatch(line)
        if match is None or ".." in match[2]:
            raise BackupDamagedError(f"{folder.name}/manifest-sha512.txt")
        payload[match[2].removeprefix("data/")] = match[1]
    pairs = [line.partition(": ") for line in _text(files["bag-info.txt"]).splitlines()]
    return Bag(
        payload=payload, info=tuple((label, value) for label, _, value in pairs), seal=digest_of(files[TAGMANIFEST])
    )


def check_payload(folder: Path, bag: Bag) -> int:
    """Read every file of the payload and compare; return the bytes read.

    Raises:
        BackupDamagedError: names the first that is missing, changed, or too many.
    """
    size = 0
    for path, digest in sorted(bag.payload.items()):
        file = folder / "data" / path
        try:
            if digest_of(file) != digest:
                raise BackupDamagedError(f"{folder.name}/data/{path}")
        except OSError as error:
            raise BackupDamagedError(f"{folder.name}/data/{path}") from error
        size += file.stat().st_size
    for entry in sorted((folder / "data").rglob("*")):
        name = entry.relative_to(folder / "data").as_posix()
        if entry.is_file() and name not in bag.payload:
            raise BackupDamagedError(f"{folder.name}/data/{name}")
    return size


def _manifest(digests: Mapping[str, str]) -> bytes:
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(digests.items())).encode()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
