"""What is drawn beside the text of a docx: pictures, shapes and text boxes, with the place they are bound to.

Lengths are points; the origin of a drawing is its upper left corner. Source: ECMA-376 part 1 §20.1
(shapes), §20.4 (places and wrapping), part 4 §19.1 (VML).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from docgen.engine.press.model import Block

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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TextFrame:
    """Text inside a shape."""

    blocks: tuple[Block, ...]
    insets: tuple[float, float, float, float] = (3.6, 7.2, 3.6, 7.2)
    """Top, right, bottom, left."""

    vertical: str = "top"
    grows: bool = False
    """The shape becomes as high as its text."""

    least: float = 0.0
    """What it is high at least, where it grows."""

    direction: str = ""
    """Of lines that do not run from left to right: `tbRl` or `btLr`."""

    shrinks: bool = False
    """The shape becomes as wide as its text, where it has no width."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Item:
    """One thing in a drawing."""

    x: float = 0.0
    y: float = 0.0
    width: float
    height: float
    rotation: float = 0.0
    """Degrees, clockwise, around the middle."""

    flips: tuple[bool, bool] = (False, False)
    """From left to right, from top to bottom."""

    picture: bytes = b""
    relation: str = ""
    """Relationship the picture was found by."""

    crop: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    """Shares of a picture that are cut off: top, right, bottom, left."""

    outline: Outline | None = None
    text: TextFrame | None = None
    description: str = ""
    """What somebody who cannot see it is told."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawing:
    """A picture, a shape or a group of them."""

    width: float
    height: float
    items: tuple[Item, ...]
    has_page_fields: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place along one direction."""

    origin: str = "column"
    """`page margin column character paragraph line topMargin bottomMargin leftMargin rightMargin …`."""

    align: str = ""
    offset: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Floating:
    """A drawing with a place of its own."""

    drawing: Drawing
    horizontal: Position
    vertical: Position
    wrap: str = "none"
    """`none`, `square` or `topAndBottom`."""

    sides: str = "bothSides"
    """Where text stands beside it: `bothSides left right largest`."""

    distances: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    """Kept free of text: top, right, bottom, left."""

    is_behind: bool = False
    order: int = 0
    """What is greater lies over what is smaller."""


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
