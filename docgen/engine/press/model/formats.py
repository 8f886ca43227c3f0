"""Looks of characters and paragraphs, every style already applied.

Lengths are points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docgen.engine.press.model.drawings import FrameFormat

DOWN = "tbRl"
"""Lines run down, the next one stands to the left."""

UP = "btLr"
"""Lines run up, the next one stands to the right; all characters lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFormat:
    """How characters look."""

    east_asia: str = "宋体"
    latin: str = "Times New Roman"
    hint_east_asia: bool = False
    hangs: bool = True
    """Its Chinese signs may hang; not where its language is another one, or `zh-Hans` without a country."""

    kerns: bool = False
    """Latin letters are set closer by the face's table of pairs."""

    cuts_words: bool = False
    """Its Latin letters are said to be Chinese, Japanese or Korean: a line may end between any two."""

    size: float = 10.0
    bold: bool = False
    italic: bool = False
    underline: str = ""
    """ST_Underline without `none`; empty: no line."""

    strike: bool = False
    double_strike: bool = False
    color: str = ""
    """Six hexadecimal digits; empty: black."""

    background: str = ""
    rise: str = ""
    """`superscript`, `subscript` or empty."""

    position: float = 0.0
    spacing: float = 0.0
    scale: float = 1.0
    caps: bool = False
    small_caps: bool = False
    hidden: bool = False
    border: float = 0.0
    """Points that a line around the characters takes on every side, with its distance; 0: no line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TabStop:
    """One tab stop, from the left edge of the text column."""

    position: float
    kind: str = "left"
    leader: str = ""


_ROOMS: dict[str, tuple[int, float]] = (
    dict.fromkeys(("double", "doubleWave", "triple", "dashDotStroked"), (3, 0.0))
    | dict.fromkeys(("thick", "threeDEmboss", "threeDEngrave", "outset", "inset"), (2, 0.0))
    | dict.fromkeys(("thinThickMediumGap", "thickThinMediumGap", "thinThickThinMediumGap"), (2, 0.0))
    | dict.fromkeys(("thinThickSmallGap", "thickThinSmallGap", "thinThickThinSmallGap"), (1, 1.5))
    | dict.fromkeys(("thinThickLargeGap", "thickThinLargeGap", "thinThickThinLargeGap"), (1, 2.25))
)
"""By style, how many times its width a line takes, and the points of a gap that is always the same."""

LINE_STYLES = frozenset(_ROOMS) | {"single", "dotted", "dashed", "dotDash", "dotDotDash", "wave", "dashSmallGap"}
"""What a line may be; everything else that a border of a page can be is a row of pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Border:
    """One edge: width in points, colour as six digits."""

    style: str = "single"
    width: float = 0.5
    color: str = ""
    space: float = 0.0

    @property
    def room(self) -> float:
        """Points the line takes across, with the gaps between its parts."""
        if self.style == "dashSmallGap":
            return max(1.0, self.width)
        factor, gap = _ROOMS.get(self.style, (1, 0.0))
        return self.width * factor + gap


@dataclass(frozen=True, slots=True, kw_only=True)
class ParagraphFormat:
    """How lines are set."""

    align: str = "left"
    left: float = 0.0
    right: float = 0.0
    first: float = 0.0
    """Of the first line, negative when it hangs."""

    left_chars: float | None = None
    """In characters of the paragraph's size; goes before `left` where that says the same, or nothing."""

    right_chars: float | None = None
    first_chars: float | None = None
    before: float = 0.0
    after: float = 0.0
    before_auto: bool = False
    """As browsers give it, none at the beginning; where spacing is added up, as written in `before`."""

    after_auto: bool = False
    contextual: bool = False
    line: float = 1.0
    """A factor for `auto`, points for `exact` and `atLeast`."""

    line_rule: str = "auto"
    keep_next: bool = False
    keep_lines: bool = False
    widow_control: bool = True
    page_break_before: bool = False
    snap_to_grid: bool = True
    auto_space: bool = True
    kinsoku: bool = True
    hangs: bool = True
    """A comma or full stop may stand outside the right edge."""

    tabs: tuple[TabStop, ...] = ()
    numbering: tuple[str, int] | None = None
    """Numbering id and level from 0."""

    borders: tuple[tuple[str, Border], ...] = ()
    background: str = ""
    style: str = ""
    outline: int | None = None
    """Level of a heading, from 0; ``None``: no heading."""

    no_line_numbers: bool = False
    """Its lines are not counted where lines have numbers in the margin."""

    frame: FrameFormat | None = None
    """Stands in a frame together with those before and after it that have the same one."""
