"""What stands in a docx: paragraphs, tables, drawings and sections, which hold each other.

Lengths are points; the origin of a drawing is its upper left corner. Objects compare by identity: the reader gives
the same object for the same XML, and what is laid out once for an object is kept for the batch.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from docgen.engine.press.model.drawings import Outline, Position, TablePlace
    from docgen.engine.press.model.formats import Border, ParagraphFormat, RunFormat


@dataclass(frozen=True, slots=True)
class Text:
    """Characters of one look."""

    text: str
    format: RunFormat


@dataclass(frozen=True, slots=True)
class Tab:
    """A tabulator."""

    format: RunFormat
    stop: str = ""
    """Of one that knows where it goes: alignment, what it is relative to, leader."""


@dataclass(frozen=True, slots=True)
class Break:
    """A break: `line`, `page` or `column`."""

    kind: str
    format: RunFormat


@dataclass(frozen=True, slots=True)
class PageField:
    """A number known only when pages are: `PAGE`, `NUMPAGES` or `SECTIONPAGES`."""

    kind: str
    style: str
    format: RunFormat


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in the line: bytes as stored in the docx, size in points."""

    data: bytes
    width: float
    height: float
    relation: str = ""
    """Relationship it was found by."""

    drawing: Drawing | None = None
    """Drawn in the place of bytes: a shape, a text box, a picture that is cut or turned."""

    description: str = ""
    """What somebody who cannot see it is told."""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """The place of a bookmark's start."""

    name: str


Piece: TypeAlias = Text | Tab | Break | PageField | Picture | Bookmark


@dataclass(slots=True, kw_only=True, eq=False)
class Paragraph:
    """One paragraph."""

    format: ParagraphFormat
    pieces: tuple[Piece, ...]
    mark: RunFormat
    """Look of the paragraph mark: gives an empty paragraph its height."""

    base: RunFormat
    """Look that its styles give, without what is said of single runs: gives a line of blanks its height."""

    mark_has_style: bool = False
    """The look of its mark is a style's, in part at least."""

    has_page_fields: bool = False
    section: Section | None = None
    """Set when this paragraph ends a section."""

    undrawn: frozenset[str] = frozenset()
    """Looks that are left out, in words a clerk knows."""

    lost: frozenset[str] = frozenset()
    """Content that cannot be drawn at all."""

    passes: bool = False
    """Read for one paper: nothing of it is remembered for others."""

    notes: tuple[str, ...] = ()
    """Footnotes and endnotes that it calls: `footnote 3`."""

    floating: tuple[Floating, ...] = ()
    """Drawings bound to it; a bookmark `drawings.ANCHOR` and the number of each stands where it is bound."""

    has_drawings: bool = False
    """Any drawings, in the line or not."""

    @property
    def is_hidden(self) -> bool:
        """Whether its mark is hidden and nothing in it is seen: it takes no room; only its number counts."""
        if not self.mark.hidden or self.section is not None or self.has_drawings:
            return False
        return all(isinstance(piece, Bookmark) for piece in self.pieces)


@dataclass(slots=True, kw_only=True, eq=False)
class Cell:
    """One cell of a row; cells continued from above have no blocks of their own."""

    first_column: int
    span: int
    continues: bool
    """Lower part of a vertically merged cell."""

    starts_merge: bool
    blocks: tuple[Block, ...]
    vertical: str
    """`top`, `center` or `bottom`."""

    margins: tuple[float, float, float, float]
    """Top, right, bottom, left."""

    borders: tuple[tuple[str, Border | None], ...]
    """By edge; ``None`` for an edge explicitly without a line."""

    background: str = ""
    direction: str = ""
    """Of its lines, where they do not run from left to right: `tbRl` or `btLr`."""

    keep_next: bool = False
    """Its first paragraph is kept with the next, also that of one continued from above."""

    is_plain: bool = False
    """Laid out the same wherever it stands: no numbers, no nested tables, nothing to report."""

    passes: bool = False
    """Holds something that passes."""


CellOutline: TypeAlias = "tuple[int, int, bool, bool, tuple[tuple[str, Border | None], ...], str]"
"""First column, span, continues a merge, starts one, own edges, background."""


@dataclass(frozen=True, slots=True, eq=False)
class RowOutline:
    """Everything that decides how a row's lines are ruled; rows that differ in text share one."""

    cells: tuple[CellOutline, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Grid and lines of a table; tables that differ in their rows share one."""

    columns: tuple[float, ...]
    borders: tuple[tuple[str, Border], ...]


@dataclass(slots=True, kw_only=True, eq=False)
class Row:
    """One row of a table."""

    cells: tuple[Cell, ...]
    height: float
    height_rule: str
    """`auto`, `atLeast` or `exact`."""

    is_header: bool
    cannot_split: bool
    outline: RowOutline
    keep_next: bool = False
    is_plain: bool = False
    """All its cells are."""

    passes: bool = False
    """One of its cells does."""


@dataclass(slots=True, kw_only=True, eq=False)
class Table:
    """One table."""

    frame: Frame
    rows: tuple[Row, ...]
    align: str
    indent: float

    left_margin: float
    """Of an ordinary cell; older documents hang tables out by it."""

    undrawn: frozenset[str] = frozenset()
    share: float = 0.0
    """Of the width of its column, into which its grid is fitted."""

    said_width: float = 0.0
    """Points into which its grid is fitted where no share is said; 0: it is as wide as its grid."""

    at_bottom: bool = False
    """Stands at the foot of the text area of its page, wherever the text above it ends."""

    place: TablePlace | None = None
    """Where it stands when it leaves the text, which goes on beside it."""

    def width_in(self, column: float) -> float:
        """Return how wide it is in a column of a width."""
        return self.share * column or self.said_width or sum(self.columns)

    @property
    def passes(self) -> bool:
        """Whether one of its rows does."""
        return any(row.passes for row in self.rows)

    @property
    def has_page_fields(self) -> bool:
        """Whether something in it is known only when pages are."""
        return any(
            block.has_page_fields
            for row in self.rows
            if not row.is_plain
            for cell in row.cells
            for block in cell.blocks
        )

    @property
    def columns(self) -> tuple[float, ...]:
        """Widths of the grid's columns."""
        return self.frame.columns

    @property
    def borders(self) -> tuple[tuple[str, Border], ...]:
        """`top left bottom right insideH insideV`."""
        return self.frame.borders


Block: TypeAlias = Paragraph | Table


@dataclass(frozen=True, slots=True, kw_only=True)
class LineNumbers:
    """Numbers of lines in the margin."""

    step: int
    """Every how many lines a number stands."""

    first: int = 1
    distance: float
    """Points between a number and the text area."""

    restart: str = "newPage"
    """Where numbers begin again: `newPage`, `newSection`, or `continuous` for nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBorders:
    """Lines around a page."""

    edges: tuple[tuple[str, Border], ...]
    """By side: `top`, `left`, `bottom`, `right`."""

    from_page: bool = False
    """Their distance is that from the edge of the page, not from the text."""

    display: str = "allPages"
    """On which pages of the section: `allPages`, `firstPage` or `notFirstPage`."""


COLUMNS = "分栏"
"""What a clerk is told where columns are laid out as one."""


@dataclass(slots=True, kw_only=True, eq=False)
class Section:
    """Pages of one size, with their headers and footers."""

    width: float = 595.3
    height: float = 841.9
    top: float = 72.0
    bottom: float = 72.0
    left: float = 90.0
    right: float = 90.0
    header_distance: float = 36.0
    footer_distance: float = 36.0
    kind: str = "nextPage"
    grid: str = ""
    """`lines`, `linesAndChars`, `snapToChars` or empty."""

    grid_pitch: float = 0.0
    grid_lines: int = 0
    """Most lines of the grid on a page."""

    grid_extra: float = 0.0
    """Added to the width of each character on a grid with characters, in points."""

    title_page: bool = False
    first_number: int | None = None
    number_style: str = "decimal"
    line_numbers: LineNumbers | None = None
    vertical: str = "top"
    """Where text stands that leaves some of its page free: `top`, `center`, `bottom`, or `both` for spread."""

    borders: PageBorders | None = None
    headers: dict[str, tuple[Block, ...]] = field(default_factory=dict)
    """By `default`, `first`, `even`; a kind not named is taken from the section before."""

    footers: dict[str, tuple[Block, ...]] = field(default_factory=dict)
    columns: tuple[tuple[float, float], ...] = ()
    """Left edge, from that of the text area, and width of each, where there are several."""

    has_rules: bool = False
    """A line stands between the columns."""

    undrawn: frozenset[str] = frozenset()

    @property
    def body_width(self) -> float:
        """Width of the text area."""
        return self.width - self.left - self.right


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

    is_frame: bool = False
    """Text of the paper itself, paragraphs or a table: moved where it would run over the edge of its page."""
