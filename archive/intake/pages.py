"""A scan file opened: what kind it is, how many pages, and each page as a picture on demand.

Source: design/intake.md §2 (when the JPEG inside a PDF may be taken as it is) and §7 (hard
inputs). Sizes are read before pixels, the kind is told by the first bytes and never by the
name, and nothing of the file but its page pictures ever leaves this module.
"""

from __future__ import annotations

import hashlib
import itertools
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, Self

from PIL import Image, ImageOps, ImageSequence

from archive.intake.limits import (
    DEFAULT_LIMITS,
    DamagedScanError,
    Limits,
    NotAScanError,
    ScanInUseError,
    ScanTooLargeError,
)
from archive.intake.pdf import PdfPages
from archive.intake.photos import heic_size, is_heic, open_heic
from archive.intake.picture import DECODING_TROUBLE, Picture, PictureStream, RasterPicture, open_jpeg
from forms.errors import EmptyScanError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

Kind = Literal["pdf", "jpeg", "png", "tiff", "heic"]
_HEAD = 1024
"""A PDF may have junk before its header; readers look within so many bytes."""


class PictureFile(Protocol):
    """What a kind of file must offer."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know about the state of the file, in Chinese."""

    def __len__(self) -> int: ...

    def load(self, index: int) -> Picture:
        """Return one page; `OSError` or `ValueError` when it cannot be decoded."""

    def close(self) -> None:
        """Release what is held."""


@dataclass(frozen=True, slots=True)
class PageSource:
    """One page of an open scan."""

    scan: str
    """SHA-256 of the file, hexadecimal."""

    index: int
    """Place in the file, from 0."""

    file: PictureFile

    def load(self) -> Picture:
        """Decode as far as needed.

        Raises:
            OSError: The picture is damaged beyond reading.
            ValueError: It is larger than the limits allow.
        """
        return self.file.load(self.index)

    def stream(self) -> PictureStream:
        """Return the image as a PDF can embed it."""
        return self.load().stream()


class Scan:
    """An open scan file; use it in a ``with`` block."""

    def __init__(self, *, name: str, sha256: str, size: int, kind: Kind, file: PictureFile) -> None:
        self.name = name
        """The file's name for messages, without its folder."""
        self.sha256 = sha256
        self.size = size
        """Bytes."""
        self.kind = kind
        self._file = file
        self.notes = file.notes
        self.pages = tuple(PageSource(sha256, index, file) for index in range(len(file)))

    def close(self) -> None:
        """Release the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_scan(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> Scan:
    """Open a PDF, JPEG, PNG, TIFF or HEIC as a sequence of pages.

    Pages are read from the disk and decoded one at a time, so that 2,000 of them need no more memory than one.

    Raises:
        EmptyScanError: No bytes, or no pages.
        EncryptedScanError: A PDF that asks for a password.
        UnreadableScanError: Not a scan, damaged beyond saving, or beyond the limits.
    """
    if not path.is_file():
        raise NotAScanError(path.name)
    size = path.stat().st_size
    if size == 0:
        raise EmptyScanError(path.name)
    if size > limits.file_bytes:
        raise ScanTooLargeError(path.name, what="文件太大", limit=f"{limits.file_bytes // 1024**2} MB")
    try:
        with path.open("rb") as opened:
            kind = kind_of(opened.read(_HEAD))
            opened.seek(0)
            sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise ScanInUseError(path.name) from error
    if kind is None:
        raise NotAScanError(path.name)
    file: PictureFile = PdfPages(path, limits=limits) if kind == "pdf" else _Pictures(path, kind=kind, limits=limits)
    if len(file) == 0:
        file.close()
        raise EmptyScanError(path.name)
    if len(file) > limits.pages:
        count = len(file)
        file.close()
        raise ScanTooLargeError(path.name, what=f"有 {count} 页", limit=f"{limits.pages} 页")
    return Scan(name=path.name, sha256=sha256, size=size, kind=kind, file=file)


def kind_of(data: bytes) -> Kind | None:
    """Tell the kind by the first bytes; ``None`` when it is none of ours."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith((b"II*\0", b"MM\0*")):
        return "tiff"
    if is_heic(data):
        return "heic"
    if b"%PDF-" in data[:_HEAD]:
        return "pdf"
    return None


def _megapixels(limits: Limits) -> str:
    return f"{limits.page_pixels // 1_000_000} 百万像素"


class _Pictures:
    """A picture file: one page, or the frames of a TIFF."""

    def __init__(self, path: Path, *, kind: Kind, limits: Limits) -> None:
        self._path = path
        self._kind = kind
        name = path.name
        self.notes: tuple[str, ...] = ()
        try:
            sizes = self._sizes(limits.pages)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise ScanTooLargeError(name, what="图像的像素太多", limit=_megapixels(limits)) from error
        except DECODING_TROUBLE as error:
            raise DamagedScanError(name) from error
        for width, height in sizes:
            if width * height > limits.page_pixels:
                raise ScanTooLargeError(name, what=f"图像有 {width}×{height} 像素", limit=_megapixels(limits))
        self._count = len(sizes)

    def _sizes(self, most: int) -> list[tuple[int, int]]:
        """Read the header of every frame, no pixels; stops one past the limit."""
        if self._kind == "heic":
            return [heic_size(self._path)]
        with warnings.catch_warnings():
            # the same refusal for a little too large and far too large
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(self._path, formats=(self._kind.upper(),)) as image:
                if self._kind != "tiff":
                    return [image.size]
                frames = itertools.islice(ImageSequence.Iterator(image), most + 1)
                return [frame.size for frame in frames]

    def __len__(self) -> int:
        return self._count

    def load(self, index: int) -> Picture:
        if self._kind == "jpeg":
            return open_jpeg(self._path.read_bytes())
        if self._kind == "heic":
            return RasterPicture(open_heic(self._path))
        with Image.open(self._path, formats=(self._kind.upper(),)) as image:
            image.seek(index)
            return RasterPicture(ImageOps.exif_transpose(image))

    def close(self) -> None:
        """Nothing is held between two pages."""
