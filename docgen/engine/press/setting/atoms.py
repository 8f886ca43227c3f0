"""A paragraph cut into what never breaks: Chinese characters, words, spaces, tabs, pictures.

Measured once for each paragraph; lines of any width are made from the same atoms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from docgen.engine.press.model.blocks import Bookmark, Break, PageField, Picture, Tab, Text
from docgen.engine.press.model.drawings import NOTE_ANCHOR
from docgen.engine.press.setting.breaking import (
    AMBIGUOUS,
    GAP,
    HAN,
    LATIN_RUN,
    SPACES,
    TOKEN,
    holds,
    is_east,
    is_ideograph,
    leans_east,
    may_part,
    words,
)
from docgen.engine.press.setting.scripts import LETTER, Scripts
from docgen.engine.press.setting.words import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.engine.press.laid.paper import Fallback
    from docgen.engine.press.model.blocks import Paragraph, Piece
    from docgen.engine.press.setting.pens import Pen, PenCase
    from docgen.engine.press.setting.words import Word

_FIGURE = re.compile(f"(?:(?!{LETTER.pattern}|[{HAN}])[^0-9 ])*[0-9]")
"""A figure before any letter."""


@dataclass(slots=True)
class Atom:
    """One unbreakable thing."""

    kind: Kind
    width: float
    pen: Pen
    word: Word | None = None
    picture: Picture | None = None
    may_start: bool = True
    """A line may begin here; beside a Chinese character only where Chinese rules hold (`breaker`)."""

    can_part: bool = False
    """A line may end between any two of its characters, which may be spread."""

    is_rest: bool = False
    """Goes on with the word before it."""

    gap: float = 0.0
    """Before it, when it follows its neighbour on the same line."""

    bookmarks: tuple[str, ...] = ()
    break_kind: str = ""

    @property
    def can_cut(self) -> bool:
        """Whether a line may end between any two of its characters, which are never spread."""
        return self.kind is Kind.LATIN and self.pen.look.cuts_words

    @property
    def heights(self) -> tuple[float, float]:
        """How far its line must reach above and below the base line, in points."""
        if self.picture is not None:
            return self.picture.height, 0.0
        is_east = self.kind is Kind.EAST or (self.word is not None and self.word.text[:1] == "\u3000")
        return self.pen.east_heights if is_east else self.pen.latin_heights


@dataclass(slots=True)
class Atoms:
    """A paragraph's atoms, and what was found while measuring."""

    items: list[Atom] = field(default_factory=list)
    fallbacks: dict[tuple[str, str], Fallback] = field(default_factory=dict)
    missing: list[tuple[str, str]] = field(default_factory=list)
    """Characters no face has, each with the text around it."""

    trailing_bookmarks: tuple[str, ...] = ()
    has_bookmarks: bool = False
    """Here or on one of the items."""


def cut(paragraph: Paragraph, case: PenCase, *, extra: float, label: Sequence[Piece], numbers: dict[str, str]) -> Atoms:
    """Cut a paragraph.

    Args:
        paragraph: What is cut.
        case: Where pens come from.
        extra: Points added to each character on a character grid.
        label: An automatic number with what follows it, before the first piece.
        numbers: Texts for page fields, by kind.
    """
    atoms = Atoms()
    items = atoms.items
    pieces = _pieces(paragraph, label, numbers)
    whole: str | None = None
    scripts: Scripts | None = None
    if any(isinstance(piece, Text) and LETTER.search(piece.text) for piece in pieces):
        whole = _whole(pieces)
        scripts = Scripts.of(whole, start=len(_whole(label)))
    at = 0
    pending: list[str] = []
    for piece in pieces:
        before = len(items)
        if isinstance(piece, Text):
            pen = case.pen(piece.format, extra)
            known = pen.tokens
            start = at
            for token in TOKEN.findall(piece.text):  # they leave nothing out
                is_latin = scripts is not None and _is_behind_letter(token, start, scripts)
                made = _behind_letter(token, pen) if is_latin else known.get(token)
                if made is None:
                    if token[0] in AMBIGUOUS:
                        whole = _whole(pieces) if whole is None else whole
                        east = piece.format.hint_east_asia or leans_east(whole, start, start + len(token))
                        is_latin = token[0] == "—" or (scripts is not None and scripts.is_latin(start))
                        word = pen.word(token, east=east, lettered=is_latin and not east)
                        made = ((Kind.EAST if east else Kind.LATIN, word, False),)
                    else:
                        made = pen.keep(token, _cut_token(token, pen))
                is_rest = False
                for kind, word, can_part in made:
                    items.append(Atom(kind, word.width, pen, word, None, is_rest, can_part, is_rest))
                    is_rest = True
                    if word.fallbacks or word.missing:
                        whole = _whole(pieces) if whole is None else whole
                        _note(atoms, word, whole, start)
                start += len(token)
            at += len(piece.text)
        elif isinstance(piece, Tab):
            items.append(Atom(Kind.TAB, 0.0, case.pen(piece.format, extra), break_kind=piece.stop))
            at += 1
        elif isinstance(piece, Break):
            items.append(Atom(Kind.BREAK, 0.0, case.pen(piece.format, extra), break_kind=piece.kind))
        elif isinstance(piece, Picture):
            items.append(Atom(Kind.PICTURE, piece.width, case.pen(paragraph.mark, extra), picture=piece))
        elif isinstance(piece, Bookmark):
            pending.append(piece.name)
            atoms.has_bookmarks = True
        if pending and len(items) > before:
            items[before].bookmarks = tuple(pending)
            pending.clear()
    atoms.trailing_bookmarks = tuple(pending)
    _join(items, has_gaps=paragraph.format.auto_space, kinsoku=paragraph.format.kinsoku)
    return atoms


def _pieces(paragraph: Paragraph, label: Sequence[Piece], numbers: dict[str, str]) -> Sequence[Piece]:
    """Return what a paragraph is cut from: its number, its pieces, page fields with their texts."""
    pieces: Sequence[Piece] = paragraph.pieces
    if paragraph.has_page_fields or paragraph.notes:
        pieces = [Text(numbers.get(p.kind, "0"), p.format) if isinstance(p, PageField) else p for p in pieces]
    if label:
        pieces = (*label, *pieces)
    return _without_seams(pieces) if len(pieces) > 1 else pieces


def _without_seams(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """Return pieces with no Latin words in two that look the same.

    Word parts a text wherever somebody typed in it, and says of each part anew whether it is Chinese. For letters that
    says nothing: their pairs are kerned, and their figures set, as in one piece.
    """
    if not any(_is_seam(last, here) for last, here in pairwise(pieces)):
        return pieces
    joined: list[Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        latin = LATIN_RUN.match(piece.text) if isinstance(piece, Text) and _is_seam(last, piece) else None
        if latin is None:
            joined.append(piece)
            continue
        assert isinstance(last, Text)
        assert isinstance(piece, Text)
        joined[-1] = Text(last.text + latin[0], last.format)
        if latin.end() < len(piece.text):
            joined.append(Text(piece.text[latin.end() :], piece.format))
    return joined


def _is_seam(last: Piece | None, here: Piece) -> bool:
    """Whether Latin letters meet in two pieces that differ in nothing one sees of letters."""
    return (
        isinstance(last, Text)
        and isinstance(here, Text)
        and last.text[-1:].isascii()
        and here.text[:1].isascii()
        and replace(last.format, hint_east_asia=here.format.hint_east_asia) == here.format
    )


def _whole(pieces: Sequence[Piece]) -> str:
    return "".join(p.text if isinstance(p, Text) else "\x00" if isinstance(p, Tab) else "" for p in pieces)


def _is_behind_letter(token: str, start: int, scripts: Scripts) -> bool:
    """Whether a token begins with figures, or signs and figures, that are Latin."""
    figure = _FIGURE.match(token)
    return figure is not None and scripts.is_latin(start + figure.end() - 1)


def _behind_letter(token: str, pen: Pen) -> tuple[tuple[Kind, Word, bool], ...]:
    """Return the atoms of a word whose figures are Latin before any letter of its own."""
    key = f"\0{token}"
    return pen.tokens.get(key) or pen.keep(key, _cut_token(token, pen, lettered=True))


def _cut_token(token: str, pen: Pen, *, lettered: bool = False) -> tuple[tuple[Kind, Word, bool], ...]:
    """Return the atoms of a token that is the same beside any neighbour: kind, word, whether it can be parted."""
    first = token[0]
    if first in SPACES:
        return ((Kind.SPACE, pen.word(token, east=token == "\u3000"), False),)  # noqa: S105  a piece of text
    if is_east(first):
        return ((Kind.EAST, pen.word(token, east=True), is_ideograph(first)),)
    made: list[tuple[Kind, Word, bool]] = []
    for word in words(token):
        made.append((Kind.LATIN, pen.word(word, east=False, lettered=lettered), False))
        lettered = lettered or LETTER.search(word) is not None
    return tuple(made)


def _note(atoms: Atoms, word: Word, text: str, start: int) -> None:
    for fallback in word.fallbacks:
        atoms.fallbacks[fallback.char, fallback.family] = fallback
    for char in word.missing:
        around = text[max(0, start - 8) : start + len(word.text) + 8].replace("\x00", " ")
        atoms.missing.append((char, around))


def _join(items: list[Atom], *, has_gaps: bool, kinsoku: bool) -> None:
    """Decide for each pair of neighbours whether a line may end between them, and their gap."""
    east, latin, space = Kind.EAST, Kind.LATIN, Kind.SPACE
    for last, here in pairwise(items):
        before, after, kind, last_kind = last.word, here.word, here.kind, last.kind
        if before is None or after is None:
            here.may_start = kind is not Kind.BREAK
        elif kind is space:
            here.may_start = False
        elif last_kind is space:
            here.may_start = True
        elif kind is latin and last_kind is latin:
            if here.is_rest and here.pen.look.kerns:
                here.gap = here.pen.kern(before.text[-1], after.text[0])
            if before.text[-1] in AMBIGUOUS or after.text[0] in AMBIGUOUS:
                here.may_start = not holds(before.text[-1], after.text[0])
            elif last.can_cut and here.can_cut:
                here.may_start = not (after.no_start or before.no_end)
            elif not here.is_rest:
                here.may_start = may_part(before.text[-2:], after.text[0])
        else:
            here.may_start = not kinsoku or not (after.no_start or before.no_end)
            if last_kind is not kind and has_gaps:
                ideograph, letter = (before.ends, after.begins) if last_kind is east else (after.begins, before.ends)
                if ideograph == 1 and letter == 2 and not _beside_note(last, here):
                    here.gap = GAP * max(last.pen.size, here.pen.size)


def _beside_note(last: Atom, here: Atom) -> bool:
    """Whether one of two neighbours is the mark of a note: they stand without a gap."""
    return any(name.startswith(NOTE_ANCHOR) for atom in (last, here) for name in atom.bookmarks)
