"""Words measured: what a pen makes of the text it is given."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Self

from docgen.engine.press.fonts.codes import encode, encode_apart, plane_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.engine.press.fonts.book import Face
    from docgen.engine.press.laid.paper import Fallback


class Kind(IntEnum):
    """What an atom is."""

    EAST = 0
    LATIN = 1
    SPACE = 2
    TAB = 3
    BREAK = 4
    PICTURE = 5


@dataclass(slots=True, eq=False)
class Stretch:
    """Characters of one face and one plane of Unicode within a word."""

    face: Face
    text: str
    width: float
    """In points, spacing and scaling included."""

    codes: str
    """The text as it stands in a content stream."""

    resource: str
    """Name of its font there; of small capitals with their size, by which the pen knows them."""

    @classmethod
    def of(cls, face: Face, text: str, width: float, steps: Sequence[int] | None = None) -> Self:
        """Make a stretch; ``steps``: what single advances grow by, in font units."""
        codes = encode(text) if steps is None else encode_apart(text, steps, face.font.units_per_em)
        return cls(face, text, width, codes, plane_name(face, text))


@dataclass(slots=True, eq=False)
class Word:
    """A word measured in one pen."""

    text: str
    width: float
    stretches: tuple[Stretch, ...]
    fallbacks: tuple[Fallback, ...]
    missing: str
    """Characters that no face has."""

    no_start: bool
    """May not begin a line."""

    no_end: bool
    """May not end one."""

    begins: int
    """0: a sign; 1: an ideograph; 2: a letter or digit: where two of them meet, a gap may be due."""

    ends: int
    lettered: bool = False
    """Its figures are of one width."""

    written: str = ""
    """As many characters as it stands in the docx, where it shows small capitals instead."""

    @property
    def source(self) -> str:
        """What a part of it is measured from."""
        return self.written or self.text
