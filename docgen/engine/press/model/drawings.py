"""What drawings are made of that hold no text: outlines, and the places they are bound to.

Lengths are points; the origin of a drawing is its upper left corner. Source: ECMA-376 part 1 §20.1
(shapes), §20.4 (places and wrapping), part 4 §19.1 (VML).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Step: TypeAlias = "tuple[str, tuple[float, ...]]"
"""`m`, `l`, `c` with coordinates from 0 to 1 of the shape's width and height, or `h` (closes)."""

ANCHOR = "_\x00"
"""Beginning of the names of bookmarks that hold the place of drawings and notes in their text."""

NOTE_ANCHOR = ANCHOR + "n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A shape: where its line runs, and how it is filled."""

    steps: tuple[Step, ...]
    fill: str | None = None
    """Six digits, empty for black; ``None``: not filled."""

    stroke: str | None = None
    stroke_width: float = 0.75
    dashes: tuple[float, ...] = ()
    """In widths of the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place along one direction."""

    origin: str = "column"
    """`page margin column character paragraph line topMargin bottomMargin leftMargin rightMargin …`."""

    align: str = ""
    offset: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePlace:
    """A place of its own that a table has (`w:tblpPr`)."""

    horizontal: Position
    vertical: Position
    distances: tuple[float, float, float, float]
    """Kept free of text: top, right, bottom, left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameFormat:
    """A frame that paragraphs stand in (`w:framePr`)."""

    width: float
    """0: as wide as its text."""

    height: float
    is_exact: bool
    horizontal: Position
    vertical: Position
    wrap: str
    across: float
    """Kept free of text on its left and right."""

    down: float
