"""版面的零件: page, styles, paragraphs and tables of a template, between its source and its docx.

Lengths are in mm, sizes and leading in points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Align = Literal["left", "center", "right", "both"]
VerticalAlign = Literal["top", "center", "bottom"]
Merge = Literal["start", "more"]

SIZES = {"A4": (210.0, 297.0), "A3": (297.0, 420.0)}
"""Portrait width and height in mm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Sheet and margins in mm."""

    size: str = "A4"
    landscape: bool = False
    top: float = 36
    right: float = 26
    bottom: float = 36
    left: float = 28
    footer: float = 22
    """Distance of the footer's lower edge from the sheet's edge."""
    line_pitch: float = 0
    """Points between base lines of the document grid; 0: no grid."""
    character_pitch: float = 0
    """Points from one body character to the next on that grid."""

    @property
    def width(self) -> float:
        """Width of the sheet as it lies."""
        return SIZES[self.size][1 if self.landscape else 0]

    @property
    def height(self) -> float:
        """Height of the sheet as it lies."""
        return SIZES[self.size][0 if self.landscape else 1]

    @property
    def text_width(self) -> float:
        """Width between the margins."""
        return self.width - self.left - self.right


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """One named paragraph style; sizes in points."""

    font: str = "仿宋"
    size: float = 12
    line: float = 22
    """Exact leading; 0 for the font's own."""
    before: float = 0
    after: float = 0
    indent: float = 0
    """First-line indent in characters; negative: the other lines hang."""
    left: float = 0
    """Indent of every line in characters."""
    right: float = 0
    align: Align = "left"
    bold: bool = False
    keep_next: bool = False
    color: str = ""
    """Six hexadecimal digits; empty for black."""
    rule: float = 0
    """Width in points of a line under the paragraph, in its colour."""


OUTLINE: Mapping[str, int] = {"title": 0, "heading": 1, "subheading": 2}
"""Levels of headings, counted from 0: for the navigation of Word and the structure of the PDF."""

STYLES: Mapping[str, Style] = {
    "title": Style(font="宋体", size=20, line=30, after=4, align="center", bold=True, keep_next=True),
    "subtitle": Style(font="楷体", size=12, line=20, align="center", keep_next=True),
    "number": Style(size=11, line=18, align="right", keep_next=True),
    "heading": Style(font="黑体", size=12, line=22, indent=2, keep_next=True),
    "subheading": Style(font="楷体", size=12, line=22, indent=2, keep_next=True),
    "body": Style(indent=2, align="both"),
    "flush": Style(align="both"),
    "right": Style(align="right"),
    "center": Style(align="center"),
    "attachment": Style(font="黑体", size=10.5, line=13, keep_next=True),
    "small": Style(size=9.5, line=13),
    "note": Style(font="楷体", size=10.5, line=16, align="both"),
    "cell": Style(size=10.5, line=15),
    "label": Style(size=10.5, line=15, align="center"),
    "head": Style(font="黑体", size=9, line=12, align="center"),
    "footer": Style(font="宋体", size=9, line=12, align="center"),
    "space": Style(size=5, line=6),
}
"""Every style a source may use; a source changes one for itself with ``@style``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph: style and text with inline marks."""

    style: str
    text: str
    keep: bool = False
    """Stays on the page of what follows."""
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A template instruction on its own line: ``if x``, ``endif``, ``for r in rows.y``."""

    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBreak:
    """The next paragraph starts a page."""

    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a table."""

    paragraphs: tuple[str, ...]
    span: int = 1
    merge: Merge | None = None
    align: Align | None = None
    """``None``: as the style says."""
    valign: VerticalAlign = "center"
    style: str = "cell"
    borders: bool = True
    shade: bool = False
    over: float = 0
    """Width in points of a line over the cell in a table without borders."""
    under: float = 0
    """The same under it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row, or with `control` the template instruction around the rows that follow."""

    cells: tuple[Cell, ...] = ()
    widths: tuple[float, ...] = ()
    """Columns of this row in mm; ``@columns`` changes them within one table."""
    height: float = 0
    """mm; 0 for as high as the text."""
    exact: bool = False
    head: bool = False
    """Printed again on every page."""
    keep: bool = False
    """Stays on the page of the row, or of what follows the table."""
    control: str = ""
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns in mm and rows; rows may divide the same width differently."""

    widths: tuple[float, ...]
    """As of the row last read; together as wide in every row."""
    rows: tuple[Row, ...]
    borders: bool = True
    keep: bool = False
    """Never divided between pages (signature blocks)."""
    padding: float = 1.2
    """Space left and right of the text in a cell, mm."""
    at_bottom: bool = False
    """Stands at the foot of the type area of its page (版记)."""
    line: int

    def grid(self) -> tuple[float, ...]:
        """Return the left edges of all columns of all rows and the right edge, mm from the table's left."""
        edges = {0.0}
        for row in self.rows:
            for column in range(len(row.widths)):
                edges.add(round(sum(row.widths[: column + 1]), 2))
        return tuple(sorted(edges))


STYLE_TITLES: Mapping[str, str] = {
    "title": "文书标题",
    "subtitle": "文书副题",
    "number": "编号行",
    "heading": "条目标题",
    "subheading": "条目小标题",
    "body": "条款",
    "flush": "顶格文字",
    "right": "靠右文字",
    "center": "居中文字",
    "attachment": "附件号",
    "small": "表格小字",
    "note": "小字",
    "cell": "表格内容",
    "label": "表格栏目",
    "head": "表头",
    "footer": "页码",
    "end": "文末",
    "even_footer": "偶数页页码",
    "to": "主送机关",
    "closing": "结束语",
    "annex": "附件说明",
    "annex_more": "附件说明续",
    "remark": "附注",
    "reference": "发文字号",
    "reference_up": "上行文发文字号",
    "signer_up": "签发人",
    "red_line": "版头分隔线",
    "dated": "成文日期",
    "copies_to": "抄送机关",
    "printed_by": "印发机关",
    "printed_on": "印发日期",
}
"""What Word shows in its list of styles; none is a name that Word keeps for itself."""

Block = Paragraph | Control | PageBreak | Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One template before it becomes a docx."""

    name: str
    page: Page
    footer: str
    even_footer: str
    """Of even pages; empty: the same as of odd ones."""
    styles: Mapping[str, Style]
    blocks: tuple[Block, ...]
