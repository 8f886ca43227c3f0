"""One face inside a TrueType or OpenType file, mapped and never read as a whole.

Source: OpenType 1.9 (`head`, `hhea`, `hmtx`, `maxp`, `OS/2`, `cmap` formats 4 and 12, `name`).
A process start must not pay for fonts: the character map is expanded once and kept in the
user's cache folder as a plain array; everything else is a few bytes read from the mapped file.
"""

from __future__ import annotations

import mmap
import struct
from array import array
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from docgen.engine.press.fonts import cache

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CODE_POINTS = 0x32400
"""Characters looked at: planes 0 to 2 and the ideographs of plane 3 up to Extension H."""

_RESTRICTED = 0x0002
"""OS/2 fsType: the licence forbids embedding."""


class UnusableFontError(Exception):
    """A file that is no font, or one we cannot embed; the book leaves it out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FontNames:
    """What a face calls itself, in all its languages."""

    families: tuple[str, ...]
    post_script: str
    is_bold: bool
    is_italic: bool


class FontFile:
    """One face, identified by path and index; equal only to itself."""

    def __init__(self, path: Path, index: int = 0) -> None:
        self.path = path
        self.index = index
        try:
            with path.open("rb") as stream:
                self.data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise UnusableFontError(str(path)) from error
        try:
            self._read_directory()
        except (struct.error, IndexError, KeyError) as error:
            raise UnusableFontError(str(path)) from error

    def _read_directory(self) -> None:
        data, start = self.data, 0
        if data[:4] == b"ttcf":
            if self.index >= struct.unpack_from(">I", data, 8)[0]:
                raise UnusableFontError(str(self.path))
            start = struct.unpack_from(">I", data, 12 + 4 * self.index)[0]
        elif data[:4] not in {b"\0\1\0\0", b"OTTO", b"true"}:
            raise UnusableFontError(str(self.path))
        self.tables: dict[bytes, tuple[int, int]] = {}
        for i in range(struct.unpack_from(">H", data, start + 4)[0]):
            tag, _, offset, length = struct.unpack_from(">4sIII", data, start + 12 + 16 * i)
            if offset + length > len(data):
                raise UnusableFontError(str(self.path))
            self.tables[tag] = (offset, length)
        self.has_cff = b"CFF " in self.tables
        if not self.has_cff and b"glyf" not in self.tables:
            raise UnusableFontError(str(self.path))  # CFF2 and bitmap fonts
        head, hhea = self.tables[b"head"][0], self.tables[b"hhea"][0]
        self.units_per_em: int = struct.unpack_from(">H", data, head + 18)[0]
        if not 16 <= self.units_per_em <= 16384:
            raise UnusableFontError(str(self.path))
        self.bounds: tuple[int, int, int, int] = struct.unpack_from(">4h", data, head + 36)
        self.long_offsets = bool(struct.unpack_from(">h", data, head + 50)[0])
        self.glyph_count: int = struct.unpack_from(">H", data, self.tables[b"maxp"][0] + 4)[0]
        self.metric_count: int = struct.unpack_from(">H", data, hhea + 34)[0]
        ascent, descent, gap = struct.unpack_from(">3h", data, hhea + 4)
        if not ascent and not descent and b"OS/2" in self.tables:
            ascent, descent = struct.unpack_from(">HH", data, self.tables[b"OS/2"][0] + 74)
            descent, gap = -descent, 0
        self.ascent = ascent / self.units_per_em
        """Of the line, in em, with half of the line gap."""
        self.descent = -descent / self.units_per_em
        """Below the base line, in em, positive."""
        self.gap = gap / self.units_per_em

    @property
    def may_be_embedded(self) -> bool:
        """Whether the licence bits allow the face inside a document (OS/2 fsType)."""
        place = self.tables.get(b"OS/2")
        return place is None or struct.unpack_from(">H", self.data, place[0] + 8)[0] & 0x000F != _RESTRICTED

    @cached_property
    def names(self) -> FontNames:
        """Family and PostScript names from the `name` table."""
        families: dict[str, None] = {}
        post_script = self.path.stem
        for name_id, text in self._name_records():
            if name_id in {1, 16}:
                families[text] = None
            elif name_id == 6:
                post_script = text
        style = struct.unpack_from(">H", self.data, self.tables[b"head"][0] + 44)[0]
        return FontNames(
            families=tuple(families),
            post_script="".join(c for c in post_script if c.isascii() and (c.isalnum() or c in "-_")) or "Font",
            is_bold=bool(style & 1),
            is_italic=bool(style & 2),
        )

    def _name_records(self) -> Iterator[tuple[int, str]]:
        place = self.tables.get(b"name")
        if place is None:
            return
        start, length = place
        _, count, strings = struct.unpack_from(">3H", self.data, start)
        for i in range(min(count, (length - 6) // 12)):
            platform, _, _, name_id, size, offset = struct.unpack_from(">6H", self.data, start + 6 + 12 * i)
            raw = self.data[start + strings + offset : start + strings + offset + size]
            if platform in {0, 3}:
                yield name_id, raw.decode("utf-16-be", "replace")
            elif platform == 1 and raw.isascii():
                yield name_id, raw.decode("ascii")

    @cached_property
    def glyphs(self) -> array[int]:
        """Glyph number by code point; 0 where the face has none. `CODE_POINTS` long."""
        kept = cache.load_array(self.path, self.index, length=CODE_POINTS)
        if kept is None:
            kept = self._expand_character_map()
            cache.save_array(self.path, self.index, kept)
        return kept

    def _expand_character_map(self) -> array[int]:
        glyphs = array("H", bytes(2 * CODE_POINTS))
        start, length = self.tables[b"cmap"]
        table = self.data[start : start + length]
        best = (0, 0)
        for i in range(struct.unpack_from(">H", table, 2)[0]):
            platform, encoding, offset = struct.unpack_from(">HHI", table, 4 + 8 * i)
            kind = struct.unpack_from(">H", table, offset)[0]
            if platform in {0, 3} and kind in {4, 12} and (platform, encoding) != (3, 0):
                best = max(best, (kind, offset))
        kind, offset = best
        if kind == 12:
            for i in range(struct.unpack_from(">I", table, offset + 12)[0]):
                first, last, glyph = struct.unpack_from(">3I", table, offset + 16 + 12 * i)
                last = min(last, CODE_POINTS - 1)
                if first <= last:
                    run = [g if g < self.glyph_count else 0 for g in range(glyph, glyph + last - first + 1)]
                    glyphs[first : last + 1] = array("H", run)
        elif kind == 4:
            self._expand_segments(table, offset, glyphs)
        return glyphs

    def _expand_segments(self, table: bytes, offset: int, glyphs: array[int]) -> None:
        count = struct.unpack_from(">H", table, offset + 6)[0] // 2
        ends = offset + 14
        starts, deltas, ranges = (ends + 2 + 2 * count * k for k in (1, 2, 3))
        for i in range(count):
            last, first, delta, reach = (
                struct.unpack_from(">H", table, base + 2 * i)[0] for base in (ends, starts, deltas, ranges)
            )
            for code in range(first, min(last, 0xFFFE) + 1):
                if not reach:
                    glyph = (code + delta) & 0xFFFF
                else:
                    at = ranges + 2 * i + reach + 2 * (code - first)
                    glyph = struct.unpack_from(">H", table, at)[0] if at + 2 <= len(table) else 0
                    glyph = (glyph + delta) & 0xFFFF if glyph else 0
                glyphs[code] = glyph if glyph < self.glyph_count else 0

    @cached_property
    def advances(self) -> array[int]:
        """Advance widths by glyph, in font units."""
        start = self.tables[b"hmtx"][0]
        pairs = array("H")
        pairs.frombytes(self.data[start : start + 4 * self.metric_count])
        if struct.pack("=H", 1) == struct.pack("<H", 1):
            pairs.byteswap()
        widths = pairs[0::2]
        widths.extend(widths[-1:] * (self.glyph_count - len(widths)))
        return widths

    def glyph(self, char: str) -> int:
        """Return the glyph number of one character, 0 when there is none."""
        code = ord(char)
        return self.glyphs[code] if code < CODE_POINTS else 0

    def advance(self, glyph: int) -> float:
        """Return the width of a glyph in em."""
        return self.advances[glyph] / self.units_per_em

    def table(self, tag: bytes) -> bytes:
        """Return the bytes of one table."""
        start, length = self.tables[tag]
        return self.data[start : start + length]
