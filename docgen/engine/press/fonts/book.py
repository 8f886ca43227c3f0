"""The font book: a family name and a character in, the face that draws it out.

Default are the two open faces that come with the installation, so that one paper looks the same
on every desk; an office may allow the machine's own fonts or give a folder. A character is
searched along a chain; what no face has is told by `None` and becomes a refusal, never a blank.
"""

from __future__ import annotations

import unicodedata
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from docgen.engine.press.fonts import installed as machine
from docgen.engine.press.fonts.cff import CffTable
from docgen.engine.press.fonts.names import RARE_PLANES, Kind, normal, relatives, stand_in
from docgen.engine.press.fonts.sfnt import FontFile, UnusableFontError
from docgen.engine.press.fonts.shaping import Shaping
from docgen.engine.press.fonts.truetype import glyph_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

COMPOSED = {"☐": "□", "☑": "□", "☒": "□"}
"""Tick boxes few fonts have: the square is the font's, the tick is drawn over it."""

DASH = "—"
HALF_DASH, LONE_DASH = "\ud800", "\ud801"
"""Codes, which no text can hold, of a dash an em wide: one that meets the next (——), and one alone."""

DRAWN_AS = COMPOSED | {HALF_DASH: "─", LONE_DASH: "―"}
"""Characters whose outline a face may have under another one's code."""

READ_AS = {HALF_DASH: DASH, LONE_DASH: DASH}
"""What is found again in a file for codes of our own."""

_NEEDS_SHAPING = (
    (0x0590, 0x08FF),  # Hebrew, Arabic and their neighbours
    (0x0900, 0x109F),  # Indic scripts, Thai, Lao, Tibetan, Burmese
    (0x1780, 0x18AF),  # Khmer, Mongolian
    (0xA840, 0xA87F),  # Phags-pa
    (0xFB1D, 0xFDFF),
    (0xFE70, 0xFEFE),
)
"""Scripts whose letters change with their neighbours; setting them letter by letter is wrong."""


class Face:
    """A font file in use: its outlines are read when the first character is drawn."""

    def __init__(self, font: FontFile) -> None:
        self.font = font
        self.resource = f"F{zlib.crc32(f'{font.names.post_script}|{font.index}'.encode()):08x}"
        """Name in a page's resources: the same in every process, so that files are reproducible."""

    @cached_property
    def outlines(self) -> CffTable | None:
        """The PostScript outlines; ``None`` for TrueType."""
        if not self.font.has_cff:
            return None
        start, length = self.font.tables[b"CFF "]
        return CffTable(memoryview(self.font.data)[start : start + length])

    @cached_property
    def shaping(self) -> Shaping:
        """How its Latin letters stand beside each other."""
        return Shaping(self.font)

    def draws(self, char: str) -> bool:
        """Whether the face has the character, and ink for it where ink is due."""
        glyph = self.font.glyph(char)
        if not glyph:
            return False
        if unicodedata.category(char) == "Zs":
            return True
        if self.outlines is not None:
            return self.outlines.has_ink(glyph)
        return bool(glyph_bytes(self.font, glyph))


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """How one character of a typeface is drawn."""

    face: Face
    width: float
    """Advance in em."""

    is_fallback: bool
    """Not from the typeface's first face."""


class Typeface:
    """One family as the documents name it, with its chain of faces."""

    def __init__(self, family: str, chain: Sequence[Face], *, synthetic_bold: bool, synthetic_italic: bool) -> None:
        self.family = family
        self.chain = tuple(chain)
        self.synthetic_bold = synthetic_bold
        self.synthetic_italic = synthetic_italic
        self.ascent = self.chain[0].font.ascent + self.chain[0].font.gap / 2
        self.descent = self.chain[0].font.descent + self.chain[0].font.gap / 2
        self._drawn: dict[str, Drawn | None] = {}

    def draw(self, char: str) -> Drawn | None:
        """Return how a character is drawn; ``None`` when no face has it."""
        try:
            return self._drawn[char]
        except KeyError:
            found = self._drawn[char] = self._search(char)
            return found

    def draw_dash(self, code: str) -> Drawn | None:
        """Return how a dash is drawn in Chinese: an em wide; ``None`` where the face's own is so, or it has no other.

        Source: GB/T 15834—2011 §5.1.5 (a dash takes two characters and is not parted).
        """
        usual, wide = self.draw(DASH), self.draw(DRAWN_AS[code])
        if usual is None or wide is None or wide.face is not usual.face or usual.width >= wide.width or wide.width != 1:
            return None
        return wide

    def _search(self, char: str) -> Drawn | None:
        code = ord(char)
        if any(first <= code <= last for first, last in _NEEDS_SHAPING):
            return None
        for wanted in dict.fromkeys((char, COMPOSED.get(char, char))):
            for face in self.chain:
                if face.draws(wanted):
                    width = face.font.advance(face.font.glyph(wanted))
                    return Drawn(face=face, width=width, is_fallback=face is not self.chain[0])
        return None


class FontBook:
    """Typefaces by name."""

    def __init__(self, *, serif: Path, sans: Path, faces: Iterable[machine.InstalledFace] = ()) -> None:
        self._open = {Kind.SERIF: serif, Kind.SANS: sans}
        self._by_family: dict[str, list[machine.InstalledFace]] = {}
        for face in faces:
            for family in face.families:
                self._by_family.setdefault(normal(family), []).append(face)
        self._faces: dict[tuple[Path, int], Face] = {}
        self._typefaces: dict[tuple[str, bool, bool], Typeface] = {}

    @classmethod
    def default(cls, *, installed: bool = False, folders: Sequence[Path] = ()) -> FontBook:
        """Return the book of the open faces.

        Args:
            installed: Also look among the machine's own fonts, by name. Papers then depend on the
                machine they were made on.
            folders: Folders with fonts of the office's own, looked at before the machine's.
        """
        import pylopdf_fonts_zh_cn as package

        places = (*folders, *(machine.system_folders() if installed else ()))
        return cls(serif=package.serif_path(), sans=package.sans_path(), faces=machine.scan(places) if places else ())

    def typeface(self, family: str, *, bold: bool = False, italic: bool = False) -> Typeface:
        """Return the typeface for a family name as it stands in a document."""
        key = (family, bold, italic)
        found = self._typefaces.get(key)
        if found is None:
            found = self._typefaces[key] = self._compose(family, bold=bold, italic=italic)
        return found

    def _compose(self, family: str, *, bold: bool, italic: bool) -> Typeface:
        kind, is_heavy = stand_in(family)
        own = self._best(relatives(family), bold=bold, italic=italic)
        chain = [self._face(own.path, own.index)] if own else []
        first, second = (Kind.SERIF, Kind.SANS) if kind is Kind.SERIF else (Kind.SANS, Kind.SERIF)
        chain += [self._face(self._open[first], 0), self._face(self._open[second], 0)]
        for name in RARE_PLANES:
            rare = self._best((normal(name),), bold=False, italic=False)
            if rare:
                chain.append(self._face(rare.path, rare.index))
        return Typeface(
            family,
            list(dict.fromkeys(chain)),
            synthetic_bold=(bold and not own.is_bold) if own else (bold or is_heavy),
            synthetic_italic=italic and not (own and own.is_italic),
        )

    def _best(self, families: Iterable[str], *, bold: bool, italic: bool) -> machine.InstalledFace | None:
        for family in families:
            faces = self._by_family.get(family)
            if faces:
                return min(faces, key=lambda face: (face.is_bold != bold) + (face.is_italic != italic))
        return None

    def _face(self, path: Path, index: int) -> Face:
        found = self._faces.get((path, index))
        if found is None:
            found = self._faces[path, index] = Face(FontFile(path, index))
        return found


__all__ = [
    "COMPOSED",
    "DASH",
    "DRAWN_AS",
    "HALF_DASH",
    "LONE_DASH",
    "READ_AS",
    "Drawn",
    "Face",
    "FontBook",
    "Typeface",
    "UnusableFontError",
]
