"""A segment's file read where it lies, without copying it into memory first.

Whoosh 3.54.0 (and 2.7.4 alike) maps a compound segment into memory and then copies every part of it into a
`BytesIO` when the part is opened: a second and a gigabyte for an index of 100,000 papers. Here the parts stay
views of the map. Nothing of Whoosh is patched: the two classes below stand where its own would.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.structfile import BufferFile, StructFile

if TYPE_CHECKING:
    from mmap import mmap
    from pathlib import Path


class _ViewFile(io.RawIOBase):
    """A memory view with a position."""

    def __init__(self, view: memoryview) -> None:
        super().__init__()
        self._view = view
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._view)}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, target: Any) -> int:
        part = self._view[self._at : self._at + len(target)]
        target[: len(part)] = part
        self._at += len(part)
        return len(part)


class ViewBuffer(BufferFile):
    """Whoosh's `BufferFile` without its copy."""

    def __init__(self, view: memoryview, name: str | None = None) -> None:
        self._buf = view
        self._name = name
        self.file: Any = _ViewFile(view)
        self.onclose = None
        self.is_real = False
        self.is_closed = False


class ViewStorage(CompoundStorage):
    """Whoosh's `CompoundStorage` whose parts are views."""

    def open_file(self, name: str, *_: Any, **__: Any) -> StructFile:
        """Open one part of the segment."""
        start, size = self.range(name)
        assert self._source is not None
        return ViewBuffer(memoryview(self._source)[start : start + size], name=name)

    @property
    def whole(self) -> mmap:
        """The map of the whole file; a slice of it is bytes at once."""
        assert self._source is not None
        return self._source

    def pickled_stretches(self) -> list[tuple[int, int]]:
        """Return start and size of every stretch of the file that Whoosh unpickles when it opens a segment."""
        where_the_directory_lies = (0, 12)
        return [where_the_directory_lies, (self._diroffset, self._dirlength)]


def view_of(file: Any) -> memoryview:
    """Return the bytes of one part of a segment, opened by us or by Whoosh's own reader."""
    held = file._buf  # noqa: SLF001 - Whoosh offers no other way to it
    assert isinstance(held, memoryview)
    return held


def open_storage(path: Path) -> ViewStorage:
    """Map a compound segment's file."""
    return ViewStorage(StructFile(path.open("rb"), name=path.name))
