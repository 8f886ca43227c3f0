"""Objects of one length packed together: thousands of small ones that differ in little but their numbers.

An object stream (ISO 32000-1 §7.5.7) whose lines are all of one length is written as the difference of each line to
the one above. Where numbers count on from line to line the differences repeat, and an element of a structure tree
takes about two bytes instead of fifteen.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from docgen.engine.press.pdf_file import QUICK_LEVEL
from docgen.engine.press.predicting import differences

if TYPE_CHECKING:
    from docgen.engine.press.pdf_file import PdfFile

WIDTH = 50
"""Bytes of an object."""

_PER_STREAM = 4_000
"""Objects packed together; an index has two bytes."""

_PAIR = b"%07d %07d".ljust(WIDTH // 2 - 6)
_PAIRS = 2


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
        content = zlib.compress(differences(head + block, WIDTH), QUICK_LEVEL)
        entries = {
            "Type": b"/ObjStm",
            "N": b"%d" % len(numbers),
            "First": b"%d" % len(head),
            "DecodeParms": b"<</Predictor 12/Columns %d>>" % WIDTH,
            "Filter": b"/FlateDecode",
        }
        self._file.add_object_stream(content, entries, numbers)
