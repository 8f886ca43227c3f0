"""公文格式: the parts of a letter, report or notice as GB/T 9704—2012 sets them.

``@letter`` sets the page: type area 156 × 225 mm, 22 lines of 28 characters, page numbers outside.
Each further directive becomes ordinary paragraphs and tables, so that the press and Word need to know
nothing of letters. Lengths are in mm, sizes in points, indents in characters.

The page number of an odd page stands two characters from the margin and not one: the standard's place
is taken by the page mark in the lower right corner.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from docgen.engine.source.blocks import Block, Cell, Control, Page, Paragraph, Row, Style, Table

if TYPE_CHECKING:
    from collections.abc import Callable

WIDTH, HEIGHT = 156.0, 225.0
LINES, CHARACTERS = 22, 28
LINE = 28.95
"""Points: 225 mm in 22 lines, rounded down to whole twentieths."""
CHARACTER = 156 * 72 / 25.4 / 28
"""Points from one character of 16 pt to the next, so that a line holds 28."""
BODY, SMALL, TITLE = 16.0, 14.0, 22.0
"""3号, 4号, 2号."""
THICK, THIN, RED = 1.0, 0.75, 1.25
"""0.35 mm, 0.25 mm; the red line under the head 0.44 mm."""
HEAD_DOWN = 35 * 72 / 25.4
"""From the top of the type area to the issuer's name."""
_RED = "E60012"
_HEADS = ((9, 42), (11, 36), (13, 31), (16, 26), (99, 21))
"""Longest name for a size of the issuer's name."""
_DATES = {9: 114.3, 10: 121.6, 11: 131.0}
"""Characters of a printed date → its width in points on the grid, digits and the spaces around them counted."""

LETTER_PAGE = Page(
    top=37,
    right=26,
    bottom=35,
    left=28,
    footer=25.2,  # the dashes beside the number lie 7 mm below the type area
    line_pitch=LINE,
    character_pitch=CHARACTER,
)


def _date_centre(characters: int) -> float:
    """Return how far from the right margin the middle of a date lies that ends four characters from it, in points."""
    return 4 * CHARACTER + _DATES[characters] / 2


def _signed(characters: int) -> Style:
    """Return the style of the issuer's name over a date: its line is as wide as it takes to be centred over it."""
    indent = SIGNED_WIDTH * 72 / 25.4 - 2 * _date_centre(characters)
    return Style(size=BODY, line=LINE, align="center", left=indent / BODY, keep_next=True)


SIGNED_WIDTH = 100.0
LETTER_STYLES = {
    **{
        f"head{size}": Style(
            font="方正小标宋简体", size=size, line=size * 1.1, before=HEAD_DOWN, align="center", color=_RED
        )
        for _, size in _HEADS
    },
    "title": Style(font="方正小标宋简体", size=TITLE, line=33, align="center", keep_next=True),
    "body": Style(size=BODY, line=LINE, indent=2, align="both"),
    "flush": Style(size=BODY, line=LINE, align="both"),
    "heading": Style(font="黑体", size=BODY, line=LINE, indent=2, keep_next=True),
    "subheading": Style(font="楷体", size=BODY, line=LINE, indent=2, keep_next=True),
    "space_title": Style(size=5, line=2 * LINE, keep_next=True),
    "space_line": Style(size=5, line=LINE, keep_next=True),
    "to": Style(size=BODY, line=LINE, before=LINE, align="both"),
    "reference": Style(size=BODY, line=LINE, before=2 * LINE, align="center"),
    "reference_up": Style(size=BODY, line=LINE, left=1),
    "signer_up": Style(font="楷体", size=BODY, line=LINE, align="right", right=1),
    "red_line": Style(size=1, line=7.5, color=_RED, rule=RED),
    "closing": Style(size=BODY, line=LINE, indent=2, align="both", keep_next=True),
    "annex": Style(size=BODY, line=LINE, left=5, indent=-3, align="both", keep_next=True),
    "annex_more": Style(size=BODY, line=LINE, left=6.5, indent=-1.5, align="both", keep_next=True),
    "remark": Style(size=BODY, line=LINE, indent=2, align="both"),
    **{f"signed{n}": _signed(n) for n in _DATES},
    "signed_long": Style(size=BODY, line=LINE, align="right", right=1, keep_next=True),
    "dated": Style(size=BODY, line=LINE, align="right", right=4),
    "sign_label": Style(size=BODY, line=LINE),
    "cell": Style(size=12, line=18),
    "label": Style(font="黑体", size=12, line=18, align="center"),
    "copies_to": Style(size=SMALL, line=LINE, left=4, indent=-3, right=1, align="both"),
    "printed_by": Style(size=SMALL, line=LINE, left=1),
    "printed_on": Style(size=SMALL, line=LINE, align="right", right=1),
    "footer": Style(font="宋体", size=SMALL, line=17, align="right", right=2),
    "even_footer": Style(font="宋体", size=SMALL, line=17, left=1),
}
"""What a letter sets otherwise than a form, and its own styles."""


class Letter:
    """Turns one directive into blocks."""

    parts: ClassVar[frozenset[str]] = frozenset(
        {"redhead", "reference", "headline", "to", "annexes", "signed", "remark", "imprint"}
    )

    def __init__(self, line: int) -> None:
        self._line = line

    def part(self, word: str, rest: str) -> list[Block]:
        """Return the blocks of a directive.

        Raises:
            ValueError: Something it needs is not written.
        """
        makers: dict[str, Callable[[str], list[Block]]] = {
            "redhead": self._redhead,
            "reference": self._reference,
            "headline": self._headline,
            "to": lambda text: [self._paragraph("to", text)],
            "annexes": self._annexes,
            "signed": self._signed,
            "remark": self._remark,
            "imprint": self._imprint,
        }
        return makers[word](rest)

    def _paragraph(self, style: str, text: str) -> Paragraph:
        return Paragraph(style=style, text=text, line=self._line)

    def _control(self, text: str) -> Control:
        return Control(text=text, line=self._line)

    def _redhead(self, rest: str) -> list[Block]:
        """``@redhead fill_unit 文件``: issuer's name in red, as large as one line allows."""
        name, _, after = rest.partition(" ")
        if not name:
            raise ValueError("后面要写发文机关的项目名")
        blocks: list[Block] = []
        extra = len(after)
        for place, (longest, size) in enumerate(_HEADS):
            word = "if" if not place else "elif"
            last = place == len(_HEADS) - 1
            blocks.append(self._control("else" if last else f"{word} {name}|length <= {longest - extra}"))
            blocks.append(self._paragraph(f"head{size}", f"{{{name}}}{after}"))
        return [*blocks, self._control("endif")]

    def _reference(self, rest: str) -> list[Block]:
        """``@reference {doc.number}`` centred; with `` | {principal} principal`` the leader signs beside it."""
        number, bar, signer = rest.partition("|")
        line = self._paragraph("red_line", "")
        if not bar:
            return [self._paragraph("reference", number.strip()), line]
        found = re.fullmatch(r"\s*(\{\w+\})\s+([a-z_]+)\s*", signer)
        if found is None:
            raise ValueError("竖线后面写签发人的项目和签字位置，例如“{principal} principal”")
        # over the printed name two lines are free: there the leader signs
        left, right = 76.0, WIDTH - 76.0
        high = 3 * LINE * 25.4 / 72
        cells = (
            Cell(paragraphs=(number.strip(),), valign="bottom", style="reference_up", borders=False),
            Cell(
                paragraphs=(f"签发人：{found[1]}{{sign:{found[2]}}}",),
                valign="bottom",
                style="signer_up",
                borders=False,
            ),
        )
        row = Row(cells=cells, widths=(left, right), height=high, exact=True, line=self._line)
        table = Table(widths=(left, right), rows=(row,), borders=False, padding=0, line=self._line)
        return [table, line]

    def _headline(self, rest: str) -> list[Block]:
        """``@headline one//two``: the title, two lines under the red line, each part a line of its own."""
        if not rest:
            raise ValueError("后面要写标题")
        return [
            self._paragraph("space_title", ""),
            *(self._paragraph("title", part.strip()) for part in rest.split("//")),
        ]

    def _annexes(self, rest: str) -> list[Block]:
        """``@annexes attachments``: 附件说明 from a field of lines, numbered when there are several."""
        name = rest.strip()
        if not name:
            raise ValueError("后面要写附件清单的项目名")
        return [
            self._control(f"for line in {name}"),
            self._control("if loop.length == 1"),
            self._paragraph("space_line", ""),
            self._paragraph("annex", "附件：{{ line }}"),
            self._control("elif loop.first"),
            self._paragraph("space_line", ""),
            self._paragraph("annex", "附件：1．{{ line }}"),
            self._control("else"),
            self._paragraph("annex_more", "{{ loop.index }}．{{ line }}"),
            self._control("endif"),
            self._control("endfor"),
        ]

    def _signed(self, rest: str) -> list[Block]:
        """``@signed fill_unit fill_date seal=school sign=head label=校长``: the name centred over the date, sealed."""
        names, options = [], {}
        for word in rest.split():
            key, mark, value = word.partition("=")
            if mark:
                options[key] = value
            else:
                names.append(word)
        if len(names) != 2 or not set(options) <= {"seal", "sign", "label"}:
            raise ValueError("写成“署名项目 日期项目 seal=单位 [sign=位置 label=栏目]”")
        issuer, day = names
        seal = f"{{seal:{options['seal']}}}" if "seal" in options else ""
        parts = [seal, ""]
        widest = (2 * _date_centre(10)) // BODY
        parts += [f"{{%p if {issuer}|length > {widest:.0f} %}}", f"@signed_long {{{issuer}}}"]
        for characters in sorted(_DATES):
            parts += [f"{{%p elif {day}|length == {characters} %}}", f"@signed{characters} {{{issuer}}}"]
        parts += ["{%p else %}", f"@signed10 {{{issuer}}}", "{%p endif %}", f"@dated {{{day}:day}}"]
        left = WIDTH - SIGNED_WIDTH
        sign = Cell(paragraphs=("",), borders=False, style="sign_label")
        if "sign" in options:
            label = options.get("label", "负责人")
            sign = Cell(
                paragraphs=("", f"{label}（签名）：", f"{{sign:{options['sign']}}}"),
                borders=False,
                style="sign_label",
                valign="top",
            )
        place = Cell(paragraphs=tuple(parts), borders=False, style="dated", valign="top")
        row = Row(cells=(sign, place), widths=(left, SIGNED_WIDTH), line=self._line)
        return [Table(widths=(left, SIGNED_WIDTH), rows=(row,), borders=False, keep=True, padding=0, line=self._line)]

    def _remark(self, rest: str) -> list[Block]:
        """``@remark （联系人：…）``: stays with the signature above it."""
        if not rest:
            raise ValueError("后面要写附注")
        widths = (WIDTH,)
        cell = Cell(paragraphs=(rest,), borders=False, style="remark")
        row = Row(cells=(cell,), widths=widths, line=self._line)
        return [Table(widths=widths, rows=(row,), borders=False, keep=True, padding=0, line=self._line)]

    def _imprint(self, rest: str) -> list[Block]:
        """``@imprint copies_to | printed_by | fill_date``: 抄送, 印发机关, 印发日期 at the foot of the last page."""
        parts = [part.strip() for part in rest.split("|")]
        if len(parts) != 3 or not all(parts[1:]):
            raise ValueError("写成“抄送项目 | 印发机关项目 | 日期项目”，没有抄送的第一格空着")
        copies, by, on = parts
        half = WIDTH / 2
        widths = (half, half)

        def last(over: float) -> Row:
            return Row(
                cells=(
                    Cell(paragraphs=(f"{{{by}}}",), style="printed_by", borders=False, over=over, under=THICK),
                    Cell(paragraphs=(f"{{{on}}}印发",), style="printed_on", borders=False, over=over, under=THICK),
                ),
                widths=widths,
                line=self._line,
            )

        rows: tuple[Row, ...] = (last(THICK),)
        if copies:
            cell = Cell(paragraphs=(f"抄送：{{{copies}}}。",), span=2, style="copies_to", borders=False, over=THICK)
            rows = (
                Row(control=f"if {copies}", line=self._line),
                Row(cells=(cell,), widths=widths, line=self._line),
                last(THIN),
                Row(control="else", line=self._line),
                last(THICK),
                Row(control="endif", line=self._line),
            )
        return [Table(widths=widths, rows=rows, borders=False, keep=True, padding=0, at_bottom=True, line=self._line)]
