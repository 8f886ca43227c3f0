"""Invisible text over a scanned page: an empty font of our own, and text placed in mm.

The layer carries the text as issued, it does not say what the paper now says; whoever shows it
must say so. Source of the method: design/intake.md §5.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib.tables._g_l_y_f import Glyph

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archive.intake.pdf_writer import PdfObjects

POINTS_PER_MM = 72 / 25.4
_BLOCK = 100
"""Entries a ``bfchar`` block may hold (Adobe Technical Note 5014)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRun:
    """A piece of printed text on the issued page."""

    text: str
    x: float
    """mm from the left edge."""

    baseline: float
    """mm from the top edge."""

    width: float
    """mm."""

    size: float
    """Points."""


class TextFont:
    """The characters used in one file, numbered as they come."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def operators(self, runs: Iterable[TextRun], *, page_height: float) -> bytes:
        """Return the content stream that writes the runs invisibly with font ``/T``.

        Args:
            runs: The text.
            page_height: mm.
        """
        lines = [b"BT 3 Tr"]
        for run in runs:
            if not run.text or run.width <= 0 or run.size <= 0:
                continue
            codes = "".join(f"{self._numbers.setdefault(c, len(self._numbers) + 1):04X}" for c in run.text)
            stretch = 100 * run.width * POINTS_PER_MM / (len(run.text) * run.size)
            lines.append(
                b"/T %.2f Tf %.2f Tz 1 0 0 1 %.2f %.2f Tm <%b> Tj"
                % (
                    run.size,
                    stretch,
                    run.x * POINTS_PER_MM,
                    (page_height - run.baseline) * POINTS_PER_MM,
                    codes.encode(),
                )
            )
        lines.append(b"ET")
        return b"\n".join(lines) if len(lines) > 2 else b""

    def write(self, pdf: PdfObjects, number: int) -> None:
        """Put the font into the reserved object."""
        data = _empty_font()
        file = pdf.add_stream(b"/Length1 %d" % len(data), data)
        descriptor = pdf.add(
            b"<< /Type /FontDescriptor /FontName /Glyphless /Flags 4 /FontBBox [0 -120 1000 880] /ItalicAngle 0"
            b" /Ascent 880 /Descent -120 /CapHeight 880 /StemV 80 /FontFile2 %d 0 R >>" % file
        )
        glyphs = pdf.add_stream(b"", b"\x00\x00" + b"\x00\x01" * len(self._numbers))
        unicode_map = pdf.add_stream(b"", self._to_unicode())
        descendant = pdf.add(
            b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Glyphless"
            b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
            b" /FontDescriptor %d 0 R /DW 1000 /CIDToGIDMap %d 0 R >>" % (descriptor, glyphs)
        )
        pdf.put(
            number,
            b"<< /Type /Font /Subtype /Type0 /BaseFont /Glyphless /Encoding /Identity-H"
            b" /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>" % (descendant, unicode_map),
        )

    def _to_unicode(self) -> bytes:
        """Map every number to its character; beyond the BMP as a surrogate pair."""
        pairs = [
            f"<{number:04X}> <{c.encode('utf-16-be').hex().upper()}>".encode() for c, number in self._numbers.items()
        ]
        blocks = []
        for start in range(0, len(pairs), _BLOCK):
            block = pairs[start : start + _BLOCK]
            blocks.append(b"%d beginbfchar\n%b\nendbfchar" % (len(block), b"\n".join(block)))
        return (
            b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
            b"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
            b"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
            b"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
            + b"\n".join(blocks)
            + b"\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
        )


@cache
def _empty_font() -> bytes:
    """Build a TrueType font of two empty glyphs, one em wide."""
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "empty"])
    builder.setupCharacterMap({0x20: "empty"})
    builder.setupGlyf({".notdef": Glyph(), "empty": Glyph()})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "empty": (1000, 0)})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Glyphless", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost(keepGlyphNames=False)
    builder.updateHead(created=0, modified=0)
    builder.font.recalcTimestamp = False
    target = io.BytesIO()
    builder.save(target)
    return target.getvalue()
