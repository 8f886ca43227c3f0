"""HEIC, as telephones write photos: opened by pi-heif (optional extra ``scans``), one picture a file.

The sensor's turn is part of the file format (``irot``) and applied while decoding; the EXIF entry beside it
says the same thing a second time and is left alone. A burst holds several pictures: the main one counts.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from forms.errors import UnreadableScanError

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


class PhotoFormatError(UnreadableScanError):
    """The part that opens HEIC is not installed."""

    code = "scan.heic"

    def __init__(self, name: str) -> None:
        super().__init__(
            name,
            why="是手机的 HEIC 照片，这台电脑还没有安装打开它的组件",
            way_out="请在手机上改存为 JPEG 再放进来，或者让管理员安装 tongdang[scans]。",
        )


def is_heic(head: bytes) -> bool:
    """Tell a HEIC file by its first bytes."""
    return head[4:8] == b"ftyp" and head[8:12] in _BRANDS


def heic_size(path: Path) -> tuple[int, int]:
    """Return width and height as shown, no pixels decoded.

    Raises:
        PhotoFormatError: HEIC cannot be opened here.
        ValueError: it is damaged.
    """
    if find_spec("pi_heif") is None:
        raise PhotoFormatError(path.name)
    width, height = _heif(path).size
    return int(width), int(height)


def open_heic(path: Path) -> Image.Image:
    """Decode the main picture, upright as the telephone was held.

    Raises:
        ValueError: it is damaged.
    """
    image: Image.Image = _heif(path).to_pillow()
    return image


def _heif(path: Path) -> Any:
    # it has no types, and most computers get along without it
    return import_module("pi_heif").open_heif(path)
