"""A look made ready to write with: faces, size, rise, and the width of every word met so far."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from docgen.engine.press.fonts.book import DASH, HALF_DASH, LONE_DASH
from docgen.engine.press.laid.fragments import number
from docgen.engine.press.laid.paper import Fallback
from docgen.engine.press.setting.breaking import NO_END, NO_START, is_ideograph
from docgen.engine.press.setting.scripts import LETTER
from docgen.engine.press.setting.words import Stretch, Word

if TYPE_CHECKING:
    from docgen.engine.press.fonts.book import Face, FontBook, Typeface
    from docgen.engine.press.model.formats import RunFormat
    from docgen.engine.press.setting.words import Kind

_KEPT = 20_000
"""Words of one look that are remembered."""

_RAISED = 0.58
"""Size of raised and lowered characters as LibreOffice has it; they reach as far as those beside them."""

_SMALL = 0.8
"""Size of small capitals as LibreOffice has it; their line is as high as one of capitals."""

_SIXTHS = 120
"""Sixths of a twip in a point."""


def in_twips(ascent: float, descent: float, size: float) -> tuple[float, float]:
    """Return how far a face of a size in points reaches above and below its base line, in points.

    Word processors reckon in twips, LibreOffice from sixths of a twip: over the lines of a page half a
    twip each is what a page break turns on.

    Args:
        ascent: In em.
        descent: In em.
        size: In points.
    """
    up, down = (math.floor(part * size * _SIXTHS + 0.5) for part in (ascent, descent))
    above, whole = math.floor(up / 6 + 0.5), math.floor((up + down) / 6 + 0.5)
    return above / 20, (whole - above) / 20


_Drawn: TypeAlias = "tuple[Face, float, int, Fallback | None]"
"""A character: face, advance in points, plane of Unicode, and the fallback that it is."""


class Pen:
    """One look on one kind of grid."""

    def __init__(self, look: RunFormat, book: FontBook, extra: float) -> None:
        self.look = look
        self.east = book.typeface(look.east_asia, bold=look.bold, italic=look.italic)
        self.latin = book.typeface(look.latin, bold=look.bold, italic=look.italic)
        self.size = look.size * (_RAISED if look.rise else 1.0)
        reach = {"superscript": self.latin.ascent, "subscript": -self.latin.descent}.get(look.rise, 0.0)
        self.rise = reach * (1 - _RAISED) * look.size + look.position
        self.spacing = look.spacing + extra
        self.small: Pen | None = None
        """Draws the lower-case letters of a look with small capitals."""

        if look.small_caps and not look.caps:
            self.small = Pen(replace(look, size=look.size * _SMALL, caps=True), book, extra)
        self.stroked = frozenset(
            face for typeface in (self.east, self.latin) if typeface.synthetic_bold for face in typeface.chain
        )
        """Faces that have no bold of their own."""

        self.east_heights = self._heights(self.east)
        """How far a line must reach above and below its base line, in points."""

        self.latin_heights = self._heights(self.latin)
        self.is_decorated = bool(look.underline or look.strike or look.double_strike or look.background or look.border)
        self.is_slanted = self.east.synthetic_italic or self.latin.synthetic_italic
        self.tokens: dict[str, tuple[tuple[Kind, Word, bool], ...]] = {}
        """What `atoms.cut` made of a token."""

        self.fonts: dict[str, str] = {}
        """Operator that takes this pen up, by font."""

        self._words: tuple[dict[str, Word], ...] = ({}, {}, {})
        """Words of the Latin face, of the Chinese one, and of the Latin one beside letters."""

        self._chars: tuple[dict[str, _Drawn | None], ...] = ({}, {})

    def _heights(self, face: Typeface) -> tuple[float, float]:
        """Return the room above and below the base line: raised letters need that of others, too, as in LibreOffice."""
        look = self.look
        up, down = in_twips(face.ascent, face.descent, look.size)
        return up + max(0.0, look.position) + look.border, down + max(0.0, -look.position) + look.border

    def typeface(self, *, east: bool) -> Typeface:
        """Return the Chinese or the Latin face."""
        return self.east if east else self.latin

    def word(self, text: str, *, east: bool, lettered: bool = False) -> Word:
        """Measure a word; remembered.

        Args:
            text: The word.
            east: It is set in the Chinese face.
            lettered: Its figures are Latin before any letter of its own, too, so that they are of one width.
        """
        words = self._words[2 if lettered else east]
        found = words.get(text)
        if found is None:
            if len(words) > _KEPT:
                words.clear()
            measure = self._measure if self.small is None else self._measure_small_capitals
            found = words[text] = measure(text, east=east, lettered=lettered)
        return found

    def font(self, resource: str) -> str:
        """Return the operator that takes this pen up with a font; remembered."""
        found = self.fonts[resource] = f"/{resource} {number(self.size)} Tf"
        return found

    def kern(self, before: str, after: str) -> float:
        """Return by how many points two Latin signs stand closer (less than 0) or further than alone."""
        both, first, second = (self.word(text, east=False, lettered=True) for text in (before + after, before, after))
        return both.width - first.width - second.width

    def keep(self, token: str, made: tuple[tuple[Kind, Word, bool], ...]) -> tuple[tuple[Kind, Word, bool], ...]:
        """Remember what was made of a token; gives it back."""
        if len(self.tokens) > _KEPT:
            self.tokens.clear()
        self.tokens[token] = made
        return made

    def _measure_small_capitals(self, word: str, *, east: bool, lettered: bool) -> Word:
        """Measure a word whose lower-case letters are small capitals."""
        assert self.small is not None
        parts: list[Word] = []
        for is_small, chars in groupby(word, key=_has_capital):
            text = "".join(chars)
            if not is_small:
                parts.append(self._measure(text, east=east, lettered=lettered))
                continue
            part = self.small.word(text, east=east, lettered=lettered)
            stretches = [replace(one, resource=f"{one.resource} {number(self.small.size)}") for one in part.stretches]
            for small, one in zip(stretches, part.stretches, strict=True):
                self.fonts[small.resource] = self.small.font(one.resource)
            parts.append(replace(part, stretches=tuple(stretches)))
        return Word(
            "".join(part.text for part in parts),
            sum(part.width for part in parts),
            tuple(stretch for part in parts for stretch in part.stretches),
            tuple(fallback for part in parts for fallback in part.fallbacks),
            "".join(part.missing for part in parts),
            parts[0].no_start,
            parts[-1].no_end,
            parts[0].begins,
            parts[-1].ends,
            lettered,
            word,
        )

    def _measure(self, word: str, *, east: bool, lettered: bool) -> Word:
        shown = word.upper() if self.look.caps else word
        chars = self._chars[east]
        stretches: list[Stretch] = []
        fallbacks: list[Fallback] = []
        missing = ""
        begun, whole = "", 0.0
        face: Face | None = None
        plane = 0
        width = 0.0
        text = shown
        if east and DASH in shown and HALF_DASH not in shown and LONE_DASH not in shown:
            dashes = {code: self._dash(code) for code in (HALF_DASH, LONE_DASH)}
            if None not in dashes.values():
                chars = chars | dashes
                text = shown.replace(DASH + DASH, HALF_DASH + HALF_DASH).replace(DASH, LONE_DASH)
        for char in text:
            try:
                drawn = chars[char]
            except KeyError:
                drawn = chars[char] = self._char(char, east=east)
            if drawn is None:
                missing += char
                continue
            of, advance, its_plane, fallback = drawn
            if fallback is not None:
                fallbacks.append(fallback)
            if of is not face or its_plane != plane:
                if face is not None:
                    stretches.append(Stretch.of(face, begun, width))
                face, plane, begun, width = of, its_plane, "", 0.0
            begun += char
            width += advance
            whole += advance
        if face is not None:
            stretches.append(Stretch.of(face, begun, width))
        if not east and (lettered or self.look.kerns or LETTER.search(shown)):
            stretches = [self._shaped(stretch, lettered=lettered) for stretch in stretches]
            whole = sum([stretch.width for stretch in stretches])
        first, last = shown[:1], shown[-1:]
        return Word(
            shown,
            whole,
            tuple(stretches),
            tuple(fallbacks),
            missing,
            first in NO_START,
            last in NO_END,
            _side(first, east=east),
            _side(last, east=east),
            lettered,
        )

    def _shaped(self, stretch: Stretch, *, lettered: bool) -> Stretch:
        """Set letters as the face wants them beside each other."""
        face, look, text = stretch.face, self.look, stretch.text
        letter = None if lettered else LETTER.search(text)
        latin = 0 if lettered else letter.start() if letter is not None else len(text)
        steps = face.shaping.steps(
            text, pairs=look.kerns, latin=latin, ligatures=latin < len(text) and not look.spacing
        )
        if steps is None:
            return stretch
        width = stretch.width + sum(steps) / face.font.units_per_em * self.size * look.scale
        return Stretch.of(face, stretch.text, width, steps)

    def _dash(self, code: str) -> _Drawn | None:
        """Return a dash an em wide; ``None`` where it is drawn as it stands."""
        drawn, usual = self.east.draw_dash(code), self._char(DASH, east=True)
        if drawn is None or usual is None:
            return None
        return drawn.face, (drawn.width * self.size + self.spacing) * self.look.scale, 0, usual[3]

    def _char(self, char: str, *, east: bool) -> _Drawn | None:
        typeface = self.typeface(east=east)
        drawn = typeface.draw(char)
        if drawn is None:
            return None
        name = drawn.face.font.names.post_script
        fallback = Fallback(char=char, family=typeface.family, face=name) if drawn.is_fallback else None
        return drawn.face, (drawn.width * self.size + self.spacing) * self.look.scale, ord(char) >> 16, fallback


@cache
def _has_capital(char: str) -> bool:
    """Whether a character is a lower-case letter of a single capital."""
    return len(char.upper()) == 1 and char.upper() != char


@cache
def _side(char: str, *, east: bool) -> int:
    """Return which letters a word begins or ends with; numbers that are one sign go with those before them."""
    return 1 if char and (is_ideograph(char) or (east and char.isalnum())) else 2 if char.isalnum() else 0


class PenCase:
    """All pens in use."""

    def __init__(self, book: FontBook) -> None:
        self.book = book
        self._pens: dict[tuple[RunFormat, float], Pen] = {}
        self._near: dict[int, tuple[RunFormat, float, Pen]] = {}
        """The same by the identity of the look asked for last, which costs no hash of all it says."""

    def pen(self, look: RunFormat, extra: float = 0.0) -> Pen:
        """Return the pen for a look; `extra` points are added to each character (character grid)."""
        near = self._near.get(id(look))
        if near is not None and near[0] is look and near[1] == extra:
            return near[2]
        key = (look, extra)
        found = self._pens.get(key)
        if found is None:
            found = self._pens[key] = Pen(look, self.book, extra)
        if len(self._near) > _KEPT:
            self._near.clear()
        self._near[id(look)] = (look, extra, found)
        return found
