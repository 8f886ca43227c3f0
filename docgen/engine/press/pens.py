"""A look made ready to write with: faces, size, rise, and the width of every word met so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docgen.engine.press.fonts.book import Face, FontBook, Typeface
    from docgen.engine.press.model import RunFormat

_RAISED = 0.65
"""Size of raised and lowered characters, as Word has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """A character that the asked family did not have."""

    char: str
    family: str
    face: str
    """PostScript name of the face that has it."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters of one face within a word."""

    face: Face
    text: str
    width: float
    """In points, spacing and scaling included."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word measured in one pen."""

    text: str
    width: float
    stretches: tuple[Stretch, ...]
    fallbacks: tuple[Fallback, ...]
    missing: str
    """Characters that no face has."""


class Pen:
    """One look on one kind of grid."""

    def __init__(self, look: RunFormat, book: FontBook, extra: float) -> None:
        self.look = look
        self.east = book.typeface(look.east_asia, bold=look.bold, italic=look.italic)
        self.latin = book.typeface(look.latin, bold=look.bold, italic=look.italic)
        self.size = look.size * (_RAISED if look.rise else 1.0)
        self.rise = {"superscript": 0.35, "subscript": -0.14}.get(look.rise, 0.0) * look.size + look.position
        self.spacing = look.spacing + extra
        self.capital = look.caps or look.small_caps
        self.stroked = frozenset(
            face for typeface in (self.east, self.latin) if typeface.synthetic_bold for face in typeface.chain
        )
        """Faces that have no bold of their own."""

        self.is_slanted = self.east.synthetic_italic or self.latin.synthetic_italic
        self._words: dict[tuple[str, bool], Word] = {}

    def typeface(self, *, east: bool) -> Typeface:
        """Return the Chinese or the Latin face."""
        return self.east if east else self.latin

    def heights(self, *, east: bool) -> tuple[float, float]:
        """Return how far a line must reach above and below its base line, in points."""
        face = self.typeface(east=east)
        return face.ascent * self.size + self.rise, face.descent * self.size - self.rise

    def word(self, text: str, *, east: bool) -> Word:
        """Measure a word; remembered."""
        key = (text, east)
        found = self._words.get(key)
        if found is None:
            if len(self._words) > 50_000:
                self._words.clear()
            found = self._words[key] = self._measure(text, east=east)
        return found

    def _measure(self, text: str, *, east: bool) -> Word:
        typeface = self.typeface(east=east)
        shown = text.upper() if self.capital else text
        stretches: list[Stretch] = []
        fallbacks: list[Fallback] = []
        missing = ""
        for char in shown:
            drawn = typeface.draw(char)
            if drawn is None:
                missing += char
                continue
            width = (drawn.width * self.size + self.spacing) * self.look.scale
            if drawn.is_fallback:
                fallbacks.append(Fallback(char=char, family=typeface.family, face=drawn.face.font.names.post_script))
            last = stretches[-1] if stretches else None
            if last is not None and last.face is drawn.face and ord(last.text[0]) >> 16 == ord(char) >> 16:
                stretches[-1] = Stretch(last.face, last.text + char, last.width + width)
            else:
                stretches.append(Stretch(drawn.face, char, width))
        return Word(shown, sum(s.width for s in stretches), tuple(stretches), tuple(fallbacks), missing)


class PenCase:
    """All pens in use."""

    def __init__(self, book: FontBook) -> None:
        self.book = book
        self._pens: dict[tuple[RunFormat, float], Pen] = {}

    def pen(self, look: RunFormat, extra: float = 0.0) -> Pen:
        """Return the pen for a look; `extra` points are added to each character (character grid)."""
        key = (look, extra)
        found = self._pens.get(key)
        if found is None:
            found = self._pens[key] = Pen(look, self.book, extra)
        return found
