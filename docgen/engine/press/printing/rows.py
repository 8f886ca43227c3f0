"""Objects of one length packed together: thousands of small ones that differ in little but their numbers.

An object stream (ISO 32000-1 §7.5.7) whose lines are all of one length is written as the difference of each line to
the one above. Where numbers count on from line to line the differences repeat, and an element of a structure tree
takes about two bytes instead of fifteen.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from docgen.engine.press.printing.predicting import differences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.engine.press.printing.pdf_file import PdfFile

WIDTH = 50
"""Bytes of an object."""

_PER_STREAM = 4_000
"""Objects packed together; an index has two bytes."""

_LEVEL = 8
"""The best takes twice the time for a twentieth of the size."""

_PAIR = b"%07d %07d".ljust(WIDTH // 2 - 6)
_PAIRS = 2
_NUMBERS = b"%07d %07d "


_MOST = 4_000_000
"""Bytes of rows in memory."""


class PaperPacker:
    """Collects the objects of papers that are alike but for their numbers: a paper a line, its head of numbers another.

    What counts on from paper to paper is then nearly the same difference in every line.
    """

    def __init__(self, file: PdfFile, offsets: Sequence[int], width: int) -> None:
        self._file = file
        self._offsets = offsets
        """Of each object in a paper's line."""

        self.width = width
        self._numbers: list[int] = []
        self._lines: list[bytes] = []

    @property
    def size(self) -> int:
        """Bytes that wait."""
        return len(self._lines) * self.width

    def add(self, numbers: Sequence[int], line: bytes) -> None:
        """Add a paper.

        Args:
            numbers: Of its objects.
            line: The objects, `width` bytes.
        """
        if len(self._numbers) + len(numbers) > _PER_STREAM or self.size + self.width > _MOST:
            self.flush()
        self._numbers += numbers
        self._lines.append(line)

    def flush(self) -> None:
        """Write what waits."""
        numbers, self._numbers = self._numbers, []
        lines, self._lines = self._lines, []
        count = len(self._offsets)
        heads: list[bytes] = []
        for row in range(len(lines)):
            values = [0] * (2 * count)
            values[::2] = numbers[row * count : (row + 1) * count]
            values[1::2] = [row * self.width + offset for offset in self._offsets]
            heads.append((_NUMBERS * count % tuple(values)).ljust(self.width))
        if lines:
            _write(self._file, b"".join(heads), b"".join(lines), self.width, numbers)


def _write(file: PdfFile, head: bytes, block: bytes, width: int, numbers: Sequence[int]) -> None:
    entries = {
        "Type": b"/ObjStm",
        "N": b"%d" % len(numbers),
        "First": b"%d" % len(head),
        "DecodeParms": b"<</Predictor 12/Columns %d>>" % width,
        "Filter": b"/FlateDecode",
    }
    content = zlib.compress(differences(head + block, width), _LEVEL)
    file.add_object_stream(content, entries, numbers)


class RowPacker:
    """Collects objects of `WIDTH` bytes whose numbers follow each other; at most one stream of them is in memory."""

    def __init__(self, file: PdfFile) -> None:
        self._file = file
        self._numbers: list[int] = []
        self._blocks: list[bytes] = []

    def add(self, first: int, block: bytes) -> None:
        """Add objects.

        Args:
            first: Number of the first one.
            block: The objects.
        """
        for at in range(0, len(block), _PER_STREAM * WIDTH):
            part = block[at : at + _PER_STREAM * WIDTH]
            start, count = first + at // WIDTH, len(part) // WIDTH
            if not self._file.packs_objects:
                for i in range(count):
                    self._file.put(start + i, part[i * WIDTH : (i + 1) * WIDTH].rstrip())
                continue
            if len(self._numbers) + count > _PER_STREAM:
                self.flush()
            self._numbers += range(start, start + count)
            self._blocks.append(part)

    def flush(self) -> None:
        """Write what waits."""
        numbers, self._numbers = self._numbers, []
        block, self._blocks = b"".join(self._blocks), []
        if not numbers:
            return
        values = [0] * (2 * len(numbers))
        values[::2] = numbers
        values[1::2] = range(0, len(block), WIDTH)
        lines = -(-len(numbers) // _PAIRS)
        head = (_PAIR * len(numbers) % tuple(values)).ljust(lines * WIDTH)
        _write(self._file, head, block, WIDTH, numbers)
