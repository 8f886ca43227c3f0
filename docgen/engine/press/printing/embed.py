"""Fonts inside a PDF: one Type0 font for each face and plane of Unicode.

Source: ISO 32000-1 §9.7 (composite fonts), §9.10.3 (ToUnicode). The character code is the code
point within its plane, so text needs no state while it is laid out, and every code maps back to
exactly one character, beyond the BMP by its surrogate pair.
"""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING

from docgen.engine.press.fonts import truetype
from docgen.engine.press.fonts.book import DRAWN_AS, READ_AS
from docgen.engine.press.printing.pdf_file import array, dictionary, name, reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from docgen.engine.press.fonts.book import Face
    from docgen.engine.press.printing.pdf_file import PdfFile

_MAP_HEAD = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
"""
_MAP_TAIL = b"""endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


def add_faces(file: PdfFile, used: Mapping[Face, set[str]]) -> None:
    """Add every face with the characters drawn with it, a font for each plane of Unicode."""
    for face in sorted(used, key=lambda one: one.resource):
        planes: dict[int, list[str]] = {}
        for char in sorted(used[face]):
            planes.setdefault(ord(char) >> 16, []).append(char)
        for plane, chars in planes.items():
            resource = f"{face.resource}P{plane}" if plane else face.resource
            file.add_font(resource, add_font(file, face, resource, chars))


def add_font(file: PdfFile, face: Face, resource: str, chars: Iterable[str]) -> int:
    """Add the font program, metrics and character map for characters of one plane; return the font's number.

    Args:
        file: Where the objects go.
        face: Where the outlines come from.
        resource: Name of the font in the page resources; makes the font's own name unique.
        chars: All characters drawn with it, of one plane.
    """
    wanted = sorted(set(chars))
    codes = [ord(char) & 0xFFFF for char in wanted]
    glyphs = [face.font.glyph(char) or face.font.glyph(DRAWN_AS.get(char, char)) for char in wanted]
    identity = hashlib.blake2b(f"{resource}{codes}".encode(), digest_size=6).digest()
    tag = "".join(chr(65 + byte % 26) for byte in identity)
    base = f"{tag}+{face.font.names.post_script}"
    extra: dict[str, bytes] = {}
    if face.outlines is not None:
        pairs = [(code, glyph) for code, glyph in zip(codes, glyphs, strict=True) if code]
        program = file.add_stream(face.outlines.subset(pairs, name=base), {"Subtype": b"/CIDFontType0C"})
        kind, key = "CIDFontType0", "FontFile3"
    else:
        data, new = truetype.subset(face.font, glyphs)
        program = file.add_stream(data, {"Length1": b"%d" % len(data)})
        mapped = bytearray(2 * (max(codes, default=0) + 1))
        for code, glyph in zip(codes, glyphs, strict=True):
            struct.pack_into(">H", mapped, 2 * code, new[glyph])
        extra["CIDToGIDMap"] = reference(file.add_stream(bytes(mapped)))
        kind, key = "CIDFontType2", "FontFile2"
    descriptor = _descriptor(face, base) | {key: reference(program)}
    if file.lists_codes:
        descriptor["CIDSet"] = reference(file.add_stream(_code_set(codes)))
    descendant = file.add(
        dictionary(
            {
                "Type": b"/Font",
                "Subtype": name(kind),
                "BaseFont": name(base),
                "CIDSystemInfo": b"<</Registry (Adobe)/Ordering (Identity)/Supplement 0>>",
                "FontDescriptor": reference(file.add(dictionary(descriptor))),
                "DW": b"1000",
                "W": _widths(face, codes, glyphs),
                **extra,
            }
        )
    )
    return file.add(
        dictionary(
            {
                "Type": b"/Font",
                "Subtype": b"/Type0",
                "BaseFont": name(f"{base}-Identity-H" if kind == "CIDFontType0" else base),
                "Encoding": b"/Identity-H",
                "DescendantFonts": array((reference(descendant),)),
                "ToUnicode": reference(file.add_stream(_to_unicode(wanted))),
            }
        )
    )


def _descriptor(face: Face, base: str) -> dict[str, bytes]:
    font = face.font
    scale = 1000 / font.units_per_em
    return {
        "Type": b"/FontDescriptor",
        "FontName": name(base),
        "Flags": b"4",
        "FontBBox": array(b"%d" % round(side * scale) for side in font.bounds),
        "ItalicAngle": b"0",
        "Ascent": b"%d" % round(font.ascent * 1000),
        "Descent": b"%d" % round(-font.descent * 1000),
        "CapHeight": b"700",
        "StemV": b"80",
    }


def _code_set(codes: list[int]) -> bytes:
    """Return the bits of the codes in the program, which the oldest level asks for (ISO 19005-1 §6.3.5)."""
    bits = bytearray(max(codes, default=0) // 8 + 1)
    for code in (0, *codes):
        bits[code >> 3] |= 0x80 >> (code & 7)
    return bytes(bits)


def _widths(face: Face, codes: list[int], glyphs: list[int]) -> bytes:
    """Return the `W` array: runs of codes with their widths, those of a full em left out."""
    widths: list[bytes] = []
    run: list[bytes] = []
    first = -2
    for code, glyph in zip(codes, glyphs, strict=True):
        width = round(face.font.advance(glyph) * 1000)
        if width == 1000:
            continue
        if run and code != first + len(run):
            widths += (b"%d" % first, array(run))
            run = []
        if not run:
            first = code
        run.append(b"%d" % width)
    if run:
        widths += (b"%d" % first, array(run))
    return array(widths)


def _to_unicode(chars: list[str]) -> bytes:
    out = [_MAP_HEAD]
    for start in range(0, len(chars), 100):
        block = chars[start : start + 100]
        read = [READ_AS.get(char, char) for char in block]
        lines = "".join(
            f"<{ord(c) & 0xFFFF:04X}> <{r.encode('utf-16-be').hex().upper()}>\n"
            for c, r in zip(block, read, strict=True)
        )
        out.append(f"{len(block)} beginbfchar\n{lines}endbfchar\n".encode())
    return b"".join((*out, _MAP_TAIL))
