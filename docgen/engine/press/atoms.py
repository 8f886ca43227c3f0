"""A paragraph cut into what never breaks: Chinese characters, words, spaces, tabs, pictures.

Measured once for each paragraph; lines of any width are made from the same atoms.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from docgen.engine.press.breaking import (
    AMBIGUOUS,
    GAP,
    NO_END,
    NO_START,
    SPACES,
    TOKEN,
    is_east,
    is_ideograph,
    leans_east,
    words,
)
from docgen.engine.press.model import Bookmark, Break, PageField, Picture, Tab, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.engine.press.model import Paragraph, Piece
    from docgen.engine.press.pens import Fallback, Pen, PenCase, Word


class Kind(IntEnum):
    """What an atom is."""

    EAST = 0
    LATIN = 1
    SPACE = 2
    TAB = 3
    BREAK = 4
    PICTURE = 5


@dataclass(slots=True)
class Atom:
    """One unbreakable thing."""

    kind: Kind
    width: float
    pen: Pen
    word: Word | None = None
    picture: Picture | None = None
    may_start: bool = True
    """A line may begin here."""

    can_part: bool = False
    """A line may end between any two of its characters."""

    gap: float = 0.0
    """Before it, when it follows its neighbour on the same line."""

    bookmarks: tuple[str, ...] = ()
    break_kind: str = ""

    @property
    def is_east(self) -> bool:
        """Whether it is set in the Chinese face."""
        return self.kind is Kind.EAST or (self.word is not None and self.word.text[:1] == "\u3000")


@dataclass(slots=True)
class Atoms:
    """A paragraph's atoms, and what was found while measuring."""

    items: list[Atom] = field(default_factory=list)
    fallbacks: dict[tuple[str, str], Fallback] = field(default_factory=dict)
    missing: list[tuple[str, str]] = field(default_factory=list)
    """Characters no face has, each with the text around it."""

    trailing_bookmarks: tuple[str, ...] = ()


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
    pieces: list[Piece] = [
        Text(numbers.get(p.kind, "0"), p.format) if isinstance(p, PageField) else p for p in paragraph.pieces
    ]
    pieces[:0] = label
    whole = "".join(p.text if isinstance(p, Text) else "\x00" if isinstance(p, Tab) else "" for p in pieces)
    at = 0
    pending: list[str] = []
    for piece in pieces:
        before = len(atoms.items)
        if isinstance(piece, Text):
            _Cutter(case.pen(piece.format, extra), whole, at, atoms).cut(piece)
            at += len(piece.text)
        elif isinstance(piece, Tab):
            atoms.items.append(Atom(Kind.TAB, 0.0, case.pen(piece.format, extra)))
            at += 1
        elif isinstance(piece, Break):
            atoms.items.append(Atom(Kind.BREAK, 0.0, case.pen(piece.format, extra), break_kind=piece.kind))
        elif isinstance(piece, Picture):
            atoms.items.append(Atom(Kind.PICTURE, piece.width, case.pen(paragraph.mark, extra), picture=piece))
        elif isinstance(piece, Bookmark):
            pending.append(piece.name)
        if pending and len(atoms.items) > before:
            atoms.items[before].bookmarks = tuple(pending)
            pending.clear()
    atoms.trailing_bookmarks = tuple(pending)
    _join(atoms.items, has_gaps=paragraph.format.auto_space, kinsoku=paragraph.format.kinsoku)
    return atoms


@dataclass(slots=True)
class _Cutter:
    """Cuts one text piece; ``whole`` is the paragraph's text, which it begins at ``at`` of."""

    pen: Pen
    whole: str
    at: int
    atoms: Atoms

    def cut(self, piece: Text) -> None:
        """Add the atoms of a piece."""
        for found in TOKEN.finditer(piece.text):
            part, start = found[0], self.at + found.start()
            first = part[0]
            if first in SPACES:
                self._add(Kind.SPACE, part, start)
            elif is_east(first) or (first in AMBIGUOUS and self._leans_east(piece, start, start + len(part))):
                self._add(Kind.EAST, part, start)
            else:
                for i, word in enumerate(words(part)):
                    self._add(Kind.LATIN, word, start)
                    self.atoms.items[-1].may_start = i > 0

    def _leans_east(self, piece: Text, start: int, stop: int) -> bool:
        return piece.format.hint_east_asia or leans_east(self.whole, start, stop)

    def _add(self, kind: Kind, text: str, start: int) -> None:
        word = self.pen.word(text, east=kind is Kind.EAST or text == "\u3000")
        for fallback in word.fallbacks:
            self.atoms.fallbacks[fallback.char, fallback.family] = fallback
        for char in word.missing:
            around = self.whole[max(0, start - 8) : start + len(text) + 8].replace("\x00", " ")
            self.atoms.missing.append((char, around))
        can_part = kind is Kind.EAST and is_ideograph(text[0])
        self.atoms.items.append(Atom(kind, word.width, self.pen, word, can_part=can_part))


def _join(items: list[Atom], *, has_gaps: bool, kinsoku: bool) -> None:
    """Decide for each pair of neighbours whether a line may end between them, and their gap."""
    for last, here in pairwise(items):
        if last.word is None or here.word is None or not last.word.text or not here.word.text:
            here.may_start = here.kind is not Kind.BREAK
            continue
        end, start = last.word.text[-1], here.word.text[0]
        if here.kind is Kind.SPACE:
            here.may_start = False
        elif last.kind is Kind.SPACE:
            here.may_start = True
        elif last.kind is Kind.LATIN and here.kind is Kind.LATIN:
            pass  # parts of one word: decided where it was cut
        else:
            here.may_start = not kinsoku or (start not in NO_START and end not in NO_END)
            if has_gaps and last.kind != here.kind:
                ideograph, letter = (end, start) if last.kind is Kind.EAST else (start, end)
                if is_ideograph(ideograph) and letter.isalnum():
                    here.gap = GAP * max(last.pen.size, here.pen.size)
