"""TrueType outlines: a font program with nothing but the glyphs asked for.

Source: OpenType 1.9 (`glyf`, `loca`, composite glyphs); ISO 32000-1 §9.9 names the tables a
CIDFontType2 program needs.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.engine.press.fonts.sfnt import FontFile

_WORDS, _SCALE, _MORE, _XY_SCALE, _MATRIX = 0x0001, 0x0008, 0x0020, 0x0040, 0x0080


def glyph_bytes(font: FontFile, glyph: int) -> bytes:
    """Return the outline of a glyph; empty for one without ink."""
    loca, glyf = font.tables[b"loca"][0], font.tables[b"glyf"][0]
    if font.long_offsets:
        first, stop = struct.unpack_from(">II", font.data, loca + 4 * glyph)
    else:
        first, stop = (2 * place for place in struct.unpack_from(">HH", font.data, loca + 2 * glyph))
    return font.data[glyf + first : glyf + stop]


def _metric(font: FontFile, glyph: int) -> bytes:
    start, count = font.tables[b"hmtx"][0], font.metric_count
    if glyph < count:
        return font.data[start + 4 * glyph : start + 4 * glyph + 4]
    bearing = start + 4 * count + 2 * (glyph - count)
    return font.data[start + 4 * count - 4 : start + 4 * count - 2] + font.data[bearing : bearing + 2]


def subset(font: FontFile, glyphs: Sequence[int]) -> tuple[bytes, dict[int, int]]:
    """Return the font program and the new number of each old glyph; 0 stays 0."""
    order, new = [0], {0: 0}
    for glyph in glyphs:
        if glyph not in new:
            new[glyph] = len(order)
            order.append(glyph)
    outlines, places = bytearray(), [0]
    at = 0
    while at < len(order):  # grows while parts of composite glyphs are met
        outline = glyph_bytes(font, order[at])
        if len(outline) >= 10 and outline[0] & 0x80:
            outline = _renumber_parts(outline, order, new)
        outlines += outline + bytes(-len(outline) % 4)
        places.append(len(outlines))
        at += 1
    head, hhea, maxp = (bytearray(font.table(tag)) for tag in (b"head", b"hhea", b"maxp"))
    struct.pack_into(">I", head, 8, 0)
    struct.pack_into(">h", head, 50, 1)
    struct.pack_into(">H", hhea, 34, len(order))
    struct.pack_into(">H", maxp, 4, len(order))
    tables = {
        b"glyf": bytes(outlines),
        b"head": bytes(head),
        b"hhea": bytes(hhea),
        b"hmtx": b"".join(_metric(font, glyph) for glyph in order),
        b"loca": struct.pack(f">{len(places)}I", *places),
        b"maxp": bytes(maxp),
    }
    tables |= {tag: font.table(tag) for tag in (b"cvt ", b"fpgm", b"prep") if tag in font.tables}
    return _assemble(tables), new


def _renumber_parts(outline: bytes, order: list[int], new: dict[int, int]) -> bytes:
    changed, at, flags = bytearray(outline), 10, _MORE
    while flags & _MORE:
        flags, part = struct.unpack_from(">HH", outline, at)
        if part not in new:
            new[part] = len(order)
            order.append(part)
        struct.pack_into(">H", changed, at + 2, new[part])
        at += 8 if flags & _WORDS else 6
        at += 2 if flags & _SCALE else 4 if flags & _XY_SCALE else 8 if flags & _MATRIX else 0
    return bytes(changed)


def _checksum(data: bytes) -> int:
    padded = data + bytes(-len(data) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF


def _assemble(tables: dict[bytes, bytes]) -> bytes:
    count = len(tables)
    power = count.bit_length() - 1
    directory = struct.pack(">IHHHH", 0x00010000, count, 16 << power, power, 16 * count - (16 << power))
    body, start = b"", 12 + 16 * count
    for tag in sorted(tables):
        data = tables[tag]
        directory += struct.pack(">4sIII", tag, _checksum(data), start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    # head.checkSumAdjustment makes the sum of the whole file the constant of the format
    whole = bytearray(directory + body)
    head_at = struct.unpack_from(">I", directory, 12 + 16 * sorted(tables).index(b"head") + 8)[0]
    struct.pack_into(">I", whole, head_at + 8, (0xB1B0AFBA - _checksum(bytes(whole))) & 0xFFFFFFFF)
    return bytes(whole)
