"""PostScript outlines: a CID-keyed CFF font program with nothing but the glyphs asked for.

Source: Adobe Technical Notes 5176 (CFF) and 5177 (Type 2 charstrings). Subroutines are written
out in place, so that glyphs can be copied one by one and remembered between files; fontTools'
subsetter needs over a second for the same font, this needs milliseconds.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.engine.press.fonts.sfnt import UnusableFontError

if TYPE_CHECKING:
    from collections.abc import Sequence

_ESCAPE = 12
_STEMS = frozenset({1, 3, 18, 23})
_MASKS = frozenset({19, 20})
_FLEXES = frozenset({34, 35, 36, 37})
_PATHS = frozenset({4, 5, 6, 7, 8, 21, 22, 24, 25, 26, 27, 30, 31})
_CALL, _RETURN, _END, _CALL_GLOBAL = 10, 11, 14, 29
_FONT_MATRIX, _ROS, _CID_COUNT, _FD_ARRAY, _FD_SELECT = 1207, 1230, 1234, 1236, 1237
_FONT_BOX, _CHARSET, _CHAR_STRINGS, _PRIVATE, _SUBROUTINES = 5, 15, 17, 18, 19
_MAX_DEPTH = 10
_BLANK = 8
"""Bytes that a charstring without a path cannot exceed: a width, a call, and the end."""


@dataclass(frozen=True, slots=True)
class Outline:
    """One glyph without subroutine calls."""

    code: bytes
    has_ink: bool


class _Index:
    """An INDEX structure at ``start``; items are read on demand."""

    def __init__(self, data: memoryview, start: int) -> None:
        self.data = data
        self.count: int = struct.unpack_from(">H", data, start)[0]
        if not self.count:
            self.end = start + 2
            return
        self.size = data[start + 2]
        self.offsets = start + 3
        self.base = self.offsets + (self.count + 1) * self.size - 1
        self.end = self.base + self._offset(self.count)

    def _offset(self, i: int) -> int:
        at = self.offsets + i * self.size
        return int.from_bytes(self.data[at : at + self.size], "big")

    def __getitem__(self, i: int) -> bytes:
        if not 0 <= i < self.count:
            raise UnusableFontError("CFF index")
        return bytes(self.data[self.base + self._offset(i) : self.base + self._offset(i + 1)])

    @property
    def bias(self) -> int:
        """What is added to the number of a called subroutine."""
        return 107 if self.count < 1240 else 1131 if self.count < 33900 else 32768


def _number(code: bytes, at: int) -> tuple[int, int]:
    """Return the value of an integer operand and where it ends."""
    first = code[at]
    if first == 28:
        return struct.unpack_from(">h", code, at + 1)[0], at + 3
    if first <= 246:
        return first - 139, at + 1
    if first <= 250:
        return (first - 247) * 256 + code[at + 1] + 108, at + 2
    return -(first - 251) * 256 - code[at + 1] - 108, at + 2


def _dictionary(raw: bytes) -> dict[int, tuple[bytes, list[int]]]:
    """Read a DICT: operator (escaped ones + 1200) to its raw operands and their whole numbers."""
    found: dict[int, tuple[bytes, list[int]]] = {}
    at = begin = 0
    values: list[int] = []
    while at < len(raw):
        first = raw[at]
        if first == 29:
            values.append(struct.unpack_from(">i", raw, at + 1)[0])
            at += 5
        elif first == 30:  # real number: nibbles up to 0xF
            at += 1
            while raw[at] & 0x0F != 0x0F:
                at += 1
            at += 1
            values.append(0)
        elif first == 28 or first >= 32:
            value, at = _number(raw, at)
            values.append(value)
        else:
            operands = raw[begin:at]
            key = first
            if first == _ESCAPE:
                at += 1
                key = 1200 + raw[at]
            at += 1
            found[key] = (operands, values)
            begin, values = at, []
    return found


def _operator(key: int) -> bytes:
    return bytes((_ESCAPE, key - 1200)) if key >= 1200 else bytes((key,))


def _integer(value: int) -> bytes:
    return b"\x1d" + struct.pack(">i", value)


def _write_index(items: Sequence[bytes]) -> bytes:
    if not items:
        return b"\0\0"
    ends = [1]
    for item in items:
        ends.append(ends[-1] + len(item))
    size = 2 if ends[-1] < 0x10000 else 4
    offsets = struct.pack(f">{len(ends)}{'H' if size == 2 else 'I'}", *ends)
    return struct.pack(">HB", len(items), size) + offsets + b"".join(items)


class CffTable:
    """The `CFF ` table of one face."""

    def __init__(self, table: memoryview) -> None:
        try:
            self._read(table)
        except (struct.error, IndexError, KeyError) as error:
            raise UnusableFontError("CFF") from error

    def _read(self, table: memoryview) -> None:
        self.table = table
        names = _Index(table, table[2])
        tops = _Index(table, names.end)
        strings = _Index(table, tops.end)
        self.global_subroutines = _Index(table, strings.end)
        self.top = _dictionary(tops[0])
        self.char_strings = _Index(table, self.top[_CHAR_STRINGS][1][0])
        self.is_cid = _ROS in self.top
        if self.is_cid:
            fonts = _Index(table, self.top[_FD_ARRAY][1][0])
            self.fonts = [_dictionary(fonts[i]) for i in range(fonts.count)]
        else:
            self.fonts = [self.top]
        self.privates: list[bytes] = []
        self.subroutines: list[_Index | None] = []
        for font in self.fonts:
            size, start = font[_PRIVATE][1] if _PRIVATE in font else (0, 0)
            raw = bytes(table[start : start + size])
            entries = _dictionary(raw)
            local = entries.pop(_SUBROUTINES, None)
            self.subroutines.append(_Index(table, start + local[1][0]) if local else None)
            self.privates.append(b"".join(operands + _operator(key) for key, (operands, _) in entries.items()))
        self._selected = self._read_selection() if self.is_cid else bytes(self.char_strings.count)
        self._outlines: dict[int, Outline] = {}

    def _read_selection(self) -> bytes:
        start, count = self.top[_FD_SELECT][1][0], self.char_strings.count
        if self.table[start] == 0:
            return bytes(self.table[start + 1 : start + 1 + count])
        ranges = struct.unpack_from(">H", self.table, start + 1)[0]
        chosen = bytearray()
        for i in range(ranges):
            first, font, stop = struct.unpack_from(">HBH", self.table, start + 3 + 3 * i)
            chosen += bytes((font,)) * (stop - first)
        return bytes(chosen)

    def outline(self, glyph: int) -> Outline:
        """Return a glyph's charstring with its subroutines written out."""
        found = self._outlines.get(glyph)
        if found is None:
            writer = _Flattener(self.global_subroutines, self.subroutines[self._selected[glyph]])
            try:
                writer.run(self.char_strings[glyph], 0)
            except IndexError as error:
                raise UnusableFontError("charstring") from error
            found = self._outlines[glyph] = Outline(bytes(writer.out), writer.has_ink)
        return found

    def has_ink(self, glyph: int) -> bool:
        """Whether a glyph draws anything; only short charstrings need to be looked into."""
        return len(self.char_strings[glyph]) > _BLANK or self.outline(glyph).has_ink

    def subset(self, glyphs: Sequence[tuple[int, int]], *, name: str) -> bytes:
        """Return a CID-keyed CFF with these glyphs.

        Args:
            glyphs: Pairs of CID and glyph number, ascending by CID, without CID 0.
            name: PostScript name of the new font.
        """
        order = [0, *(glyph for _, glyph in glyphs)]
        used = sorted({self._selected[glyph] for glyph in order})
        new_font = {font: i for i, font in enumerate(used)}
        char_strings = _write_index([self.outline(glyph).code for glyph in order])
        selection = b"\0" + bytes(new_font[self._selected[glyph]] for glyph in order)
        charset = b"\0" + struct.pack(f">{len(glyphs)}H", *(cid for cid, _ in glyphs))
        strings = _write_index([b"Adobe", b"Identity"])
        matrix, box = (
            self.top[key][0] + _operator(key) if key in self.top else b"" for key in (_FONT_MATRIX, _FONT_BOX)
        )

        def top(charset_at: int, selection_at: int, glyphs_at: int, fonts_at: int) -> bytes:
            # predefined strings end at 390, so ours are 391 and 392
            ros = _integer(391) + _integer(392) + _integer(0) + _operator(_ROS)
            places = (
                (_CID_COUNT, 0x10000),
                (_CHARSET, charset_at),
                (_FD_SELECT, selection_at),
                (_CHAR_STRINGS, glyphs_at),
                (_FD_ARRAY, fonts_at),
            )
            body = b"".join(_integer(value) + _operator(key) for key, value in places)
            return _write_index([ros + matrix + box + body])

        head = b"\1\0\4\2" + _write_index([name.encode("ascii")])
        size = len(head) + len(top(0, 0, 0, 0)) + len(strings) + 2
        charset_at = size
        selection_at = charset_at + len(charset)
        glyphs_at = selection_at + len(selection)
        private_at = glyphs_at + len(char_strings)
        font_dicts, privates = [], b""
        for font in used:
            own_matrix = self.fonts[font].get(_FONT_MATRIX) if self.is_cid else None
            entry = own_matrix[0] + _operator(_FONT_MATRIX) if own_matrix else b""
            private = self.privates[font]
            entry += _integer(len(private)) + _integer(private_at + len(privates)) + _operator(_PRIVATE)
            font_dicts.append(entry)
            privates += private
        fonts_at = private_at + len(privates)
        return b"".join(
            (
                head,
                top(charset_at, selection_at, glyphs_at, fonts_at),
                strings,
                b"\0\0",
                charset,
                selection,
                char_strings,
                privates,
                _write_index(font_dicts),
            )
        )


class _Flattener:
    """Copies one charstring token by token, putting subroutines in the place of their calls."""

    def __init__(self, global_subroutines: _Index, local: _Index | None) -> None:
        self.calls = {_CALL: local, _CALL_GLOBAL: global_subroutines}
        self.out = bytearray()
        self.stack: list[bytes] = []
        self.hints = 0
        self.has_ink = False
        self.is_done = False

    def _flush(self, operator: bytes) -> None:
        for token in self.stack:
            self.out += token
        self.stack.clear()
        self.out += operator

    def run(self, code: bytes, depth: int) -> None:
        """Copy ``code``; numbers wait on the stack until their operator comes."""
        at, end = 0, len(code)
        while at < end and not self.is_done:
            first = code[at]
            if first >= 32 or first == 28:
                size = 1 if 32 <= first <= 246 else 2 if 32 <= first <= 254 else 3 if first == 28 else 5
                self.stack.append(code[at : at + size])
                at += size
                continue
            at += 1
            if first in self.calls:
                self._call(first, depth)
            elif first == _RETURN:
                return
            elif first in _MASKS:
                self.hints += len(self.stack) // 2
                size = (self.hints + 7) // 8
                self._flush(code[at - 1 : at + size])
                at += size
            elif first == _ESCAPE:
                if code[at] not in _FLEXES:  # arithmetic: withdrawn from the format, in no CJK font
                    raise UnusableFontError("charstring arithmetic")
                self._flush(code[at - 1 : at + 1])
                self.has_ink = True
                at += 1
            else:
                self._plain(first)

    def _plain(self, operator: int) -> None:
        if operator in _STEMS:
            self.hints += len(self.stack) // 2
        elif operator == _END:
            if len(self.stack) >= 4:  # an accent built from two glyphs of another encoding
                raise UnusableFontError("charstring seac")
            self.is_done = True
        elif operator in _PATHS:
            self.has_ink = True
        self._flush(bytes((operator,)))

    def _call(self, operator: int, depth: int) -> None:
        subroutines = self.calls[operator]
        token = self.stack.pop()
        if subroutines is None or depth >= _MAX_DEPTH or token[0] == 255:
            raise UnusableFontError("charstring call")
        self.run(subroutines[_number(token, 0)[0] + subroutines.bias], depth + 1)
