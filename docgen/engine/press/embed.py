"""Fonts inside a PDF: one Type0 font for each face and plane of Unicode.

Source: ISO 32000-1 §9.7 (composite fonts), §9.10.3 (ToUnicode). The character code is the code
point within its plane, so text needs no state while it is laid out, and every code maps back to
exactly one character, beyond the BMP by its surrogate pair.
"""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFString

from docgen.engine.press.fonts import truetype
from docgen.engine.press.fonts.book import COMPOSED
from docgen.engine.press.pdf_objects import KeptStream

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reportlab.pdfbase.pdfdoc import PDFObjectReference

    from docgen.engine.press.fonts.book import Face
    from docgen.engine.press.pdf_objects import ArchiveCanvas

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


def add_font(canvas: ArchiveCanvas, face: Face, resource: str, chars: Iterable[str]) -> PDFObjectReference:
    """Add the font program, metrics and character map for characters of one plane.

    Args:
        canvas: Where the objects go.
        face: Where the outlines come from.
        resource: Name of the font in the page resources; makes object names unique.
        chars: All characters drawn with it, of one plane.
    """
    wanted = sorted(set(chars))
    codes = [ord(char) & 0xFFFF for char in wanted]
    glyphs = [face.font.glyph(char) or face.font.glyph(COMPOSED.get(char, char)) for char in wanted]
    identity = hashlib.blake2b(f"{resource}{codes}".encode(), digest_size=6).digest()
    tag = "".join(chr(65 + byte % 26) for byte in identity)
    name = f"{tag}+{face.font.names.post_script}"
    extra: dict[str, object] = {}
    if face.outlines is not None:
        pairs = [(code, glyph) for code, glyph in zip(codes, glyphs, strict=True) if code]
        program = KeptStream(face.outlines.subset(pairs, name=name), {"Subtype": PDFName("CIDFontType0C")})
        kind, key = "CIDFontType0", "FontFile3"
    else:
        data, new = truetype.subset(face.font, glyphs)
        program = KeptStream(data, {"Length1": len(data)})
        mapped = bytearray(2 * (max(codes, default=0) + 1))
        for code, glyph in zip(codes, glyphs, strict=True):
            struct.pack_into(">H", mapped, 2 * code, new[glyph])
        to_glyph = canvas.register(KeptStream(bytes(mapped)), f"{resource}.map")
        kind, key = "CIDFontType2", "FontFile2"
        extra["CIDToGIDMap"] = to_glyph
    descriptor = _descriptor(face, name) | {key: canvas.register(program, f"{resource}.program")}
    descendant = PDFDictionary(
        {
            "Type": PDFName("Font"),
            "Subtype": PDFName(kind),
            "BaseFont": PDFName(name),
            "CIDSystemInfo": PDFDictionary(
                {"Registry": PDFString("Adobe"), "Ordering": PDFString("Identity"), "Supplement": 0}
            ),
            "FontDescriptor": canvas.register(PDFDictionary(descriptor), f"{resource}.descriptor"),
            "DW": 1000,
            "W": _widths(face, codes, glyphs),
            **extra,
        }
    )
    font = PDFDictionary(
        {
            "Type": PDFName("Font"),
            "Subtype": PDFName("Type0"),
            "BaseFont": PDFName(f"{name}-Identity-H" if kind == "CIDFontType0" else name),
            "Encoding": PDFName("Identity-H"),
            "DescendantFonts": PDFArray([canvas.register(descendant, f"{resource}.descendant")]),
            "ToUnicode": canvas.register(KeptStream(_to_unicode(wanted)), f"{resource}.unicode"),
        }
    )
    return canvas.register(font, f"{resource}.font")


def _descriptor(face: Face, name: str) -> dict[str, object]:
    font = face.font
    scale = 1000 / font.units_per_em
    return {
        "Type": PDFName("FontDescriptor"),
        "FontName": PDFName(name),
        "Flags": 4,
        "FontBBox": PDFArray([round(side * scale) for side in font.bounds]),
        "ItalicAngle": 0,
        "Ascent": round(font.ascent * 1000),
        "Descent": round(-font.descent * 1000),
        "CapHeight": 700,
        "StemV": 80,
    }


def _widths(face: Face, codes: list[int], glyphs: list[int]) -> PDFArray:
    """Return the `W` array: runs of codes with their widths, those of a full em left out."""
    widths: list[object] = []
    run: list[int] = []
    first = -2
    for code, glyph in zip(codes, glyphs, strict=True):
        width = round(face.font.advance(glyph) * 1000)
        if width == 1000:
            continue
        if run and code == first + len(run):
            run.append(width)
            continue
        if run:
            widths += [first, PDFArray(run)]
        first, run = code, [width]
    if run:
        widths += [first, PDFArray(run)]
    return PDFArray(widths)


def _to_unicode(chars: list[str]) -> bytes:
    out = [_MAP_HEAD]
    for start in range(0, len(chars), 100):
        block = chars[start : start + 100]
        lines = "".join(f"<{ord(c) & 0xFFFF:04X}> <{c.encode('utf-16-be').hex().upper()}>\n" for c in block)
        out.append(f"{len(block)} beginbfchar\n{lines}endbfchar\n".encode())
    return b"".join((*out, _MAP_TAIL))
