"""A BagIt bag written once, forced to the disk, and proved by a validator that is not ours.

Source: RFC 8493 (BagIt 1.0). The bag is written under another name and renamed when it is whole.
`bagit.make_bag` is not used: it changes the working directory of the whole process and moves files
about; its validator does neither.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import bagit

from archive.disk import digest_of, sync_folder, translated
from archive.store.layout import logical
from forms.errors import ArchiveBrokenError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST = "manifest-sha512.txt"
TAG_MANIFEST = "tagmanifest-sha512.txt"
PART = ".part"


class BagExistsError(RefusedError):
    """There is a folder by that name already."""

    code = "bag.exists"

    def __init__(self, name: str) -> None:
        super().__init__(f"“{name}”已经存在，没有覆盖。请换一个位置，或者先移走它。")


class BagInvalidError(ArchiveBrokenError):
    """A bag is not what its manifests say."""

    code = "bag.invalid"

    def __init__(self, name: str, details: Iterable[str]) -> None:
        self.details = tuple(details)
        super().__init__(f"移交包“{name}”校验不合格，可能是磁盘或移动介质有故障，请换一处重新生成。")


@dataclass(frozen=True, slots=True, kw_only=True)
class BagSummary:
    """A bag that lies ready."""

    folder: Path
    files: int
    """Of the payload."""
    size: int
    """Bytes of the payload."""
    proof: str
    """SHA-512 of the tag manifest, which proves the manifest, which proves the payload."""


def write_bag(folder: Path, payload: Iterable[tuple[str, bytes]], info: Mapping[str, str]) -> BagSummary:
    """Write a bag; afterwards it is either whole, or there is none.

    Args:
        folder: The bag's folder; must not exist, its parent must.
        payload: Path below ``data/`` with ``/``, and bytes; taken one at a time.
        info: Lines of ``bag-info.txt`` besides those that are counted here.

    Raises:
        BagExistsError: the folder exists.
        BagInvalidError: what was written does not read back.
        DiskFullError: no room.
        UnwritableFolderError: the folder cannot be written.
    """
    if folder.exists():
        raise BagExistsError(folder.name)
    part = folder.with_name(folder.name + PART)
    with translated(folder.parent):
        if part.exists():
            shutil.rmtree(part)  # what an interrupted run left
        part.mkdir()
        try:
            manifest, size = [], 0
            for path, data in payload:
                manifest.append(f"{_write(part, f'data/{logical(path)}', data)}  data/{path}\n")
                size += len(data)
            info = {**info, "Payload-Oxum": f"{size}.{len(manifest)}", "Bag-Software-Agent": "docgen"}
            lines = "".join(f"{key}: {' '.join(value.split())}\n" for key, value in info.items())
            tags = {"bagit.txt": DECLARATION, "bag-info.txt": lines.encode(), MANIFEST: "".join(manifest).encode()}
            proofs = "".join(f"{_write(part, name, data)}  {name}\n" for name, data in tags.items()).encode()
            _write(part, TAG_MANIFEST, proofs)
            for where, _, _ in os.walk(part, topdown=False):
                sync_folder(Path(where))
            validate_bag(part)
            part.rename(folder)
            sync_folder(folder.parent)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
    return BagSummary(folder=folder, files=len(manifest), size=size, proof=digest_of(proofs))


def _write(root: Path, path: str, data: bytes) -> str:
    """Write one file and force it to the disk; a bag may hold more files than may be open at once."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return digest_of(data)


def validate_bag(folder: Path) -> None:
    """Prove a bag whole with bagit's own validator: every file, every byte, none too many.

    Raises:
        BagInvalidError: it is not.
    """
    try:
        bagit.Bag(str(folder)).validate()
    except bagit.BagError as error:
        details = getattr(error, "details", None) or []
        raise BagInvalidError(folder.name.removesuffix(PART), [str(one) for one in details] or [str(error)]) from error
