"""A piece of a page: drawing operators with their own origin, and the text they show.

The origin is the upper left corner; x grows to the right, y downwards in all numbers here, while
operators have PDF's y. A fragment is made once and placed as often as its text occurs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

    from docgen.engine.press.fonts.book import Face
    from docgen.engine.press.laid.tagging import Figure, Tag


class TextLine(NamedTuple):
    """One line of text, from the fragment's origin, in points."""

    text: str
    x: float
    y: float
    width: float
    height: float
    joint: str
    """What stands between this line and the next: nothing, a space or a line feed."""


class Mark(NamedTuple):
    """A bookmark: the rectangle of the line or the cell that holds it, in points."""

    name: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Image:
    """A picture as stored in the docx."""

    data: bytes


@dataclass(slots=True, eq=False)
class Fragment:
    """Something drawn."""

    operators: str
    height: float
    lines: Collection[TextLine] = ()
    marks: tuple[Mark, ...] = ()
    faces: tuple[tuple[Face, str], ...] = ()
    """What is shown in each face, in any order."""

    images: tuple[tuple[str, Image], ...] = ()
    """Pictures by the name the operators call them."""

    parts: tuple[tuple[float, Fragment], ...] = ()
    """What it is put together from, each with its distance from the top; then there are no operators of its own."""

    rules: str = ""
    """Operators for lines and backgrounds that say nothing; under the rest."""

    figures: tuple[Figure, ...] = ()
    """Pictures, drawn over the rest."""


class Placed(NamedTuple):
    """A fragment with its upper left corner."""

    x: float
    y: float
    fragment: Fragment
    tag: Tag | None = None
    """What it is; ``None``: only looks, or cells of a row, whose places say enough."""


EMPTY = Fragment("", 0.0)


@lru_cache(maxsize=8192)  # the same places come again and again
def number(value: float) -> str:
    """Write a number for a content stream: two decimals, no more signs than needed."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def rectangle(x: float, y: float, width: float, height: float) -> str:
    """Return the operator for a rectangle whose upper left corner is given."""
    return f"{number(x)} {number(-y - height)} {number(width)} {number(height)} re"


def fill_color(color: str) -> str:
    """Return the operator that fills with a colour of six digits; empty is black."""
    return f"{_parts(color)} rg" if color else "0 g"


def stroke_color(color: str) -> str:
    """Return the operator that strokes with a colour of six digits; empty is black."""
    return f"{_parts(color)} RG" if color else "0 G"


def _parts(color: str) -> str:
    return " ".join(f"{int(color[i : i + 2], 16) / 255:.3g}" for i in (0, 2, 4))
