"""模板源文件的语法: lines of text become paragraphs, tables and control lines.

The language is line-oriented so that a change of one clause is one line of a diff. Whatever is
not understood is an error with its line number; nothing is skipped. Lengths are in mm, sizes and
leading in points. The language is described for authors in `templates/source/README.md`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from docgen.engine.source.blocks import (
    SIZES,
    STYLES,
    Block,
    Cell,
    Control,
    Page,
    PageBreak,
    Paragraph,
    Row,
    Source,
    Style,
    Table,
)
from docgen.engine.source.letter import LETTER_PAGE, LETTER_STYLES, Letter
from forms.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class SourceError(TemplateError):
    """A line of a template source that cannot be understood."""

    code = "template.source"

    def __init__(self, name: str, line: int, why: str) -> None:
        self.name = name
        self.line = line
        super().__init__(f"模板源文件“{name}”第 {line} 行：{why}")


_STYLE_NUMBERS = {"size", "line", "before", "after", "indent", "left", "right"}
_PAGE_NUMBERS = {"top", "right", "bottom", "left", "footer"}
_ALIGNS = frozenset({"left", "center", "right", "both"})
_CELL_WORDS: dict[str, dict[str, Any]] = {
    "v": {"merge": "start"},
    "^": {"merge": "more"},
    "shade": {"shade": True},
    "plain": {"borders": False},
}
_TERM = re.compile(r"«([^»]*)»")
_BAR = re.compile(r"\|(?![^{]*\})")
"""A bar between cells; one inside a tag is a filter."""


def parse_source(text: str, *, name: str, wording: str, terms: Mapping[str, str]) -> Source:
    """Read a source for one wording.

    Args:
        text: The whole file.
        name: Shown in errors.
        wording: `plan_2016` or `law_2020`; chooses between ``@when`` parts.
        terms: What stands for ``«arrangement»`` and the other terms.

    Raises:
        SourceError: With the line, counted from 1.
    """
    return _Parser(name=name, wording=wording, terms=terms).parse(text)


@dataclass(slots=True)
class _Parser:
    """State while reading one file from top to bottom."""

    name: str
    wording: str
    terms: Mapping[str, str]
    page: Page = field(default_factory=Page)
    footer: str = ""
    even_footer: str = ""
    styles: dict[str, Style] = field(default_factory=lambda: dict(STYLES))
    blocks: list[Block] = field(default_factory=list)
    table: Table | None = None
    row: Row | None = None
    """Options given by ``@row`` for the next row."""
    number: int = 0

    directives: ClassVar[frozenset[str]] = frozenset(
        {"page", "footer", "style", "table", "if", "elif", "else", "endif", "for", "endfor", "break", "space", "letter"}
    )

    def fail(self, why: str) -> SourceError:
        return SourceError(self.name, self.number, why)

    def parse(self, text: str) -> Source:
        for line in self._lines(text):
            if line.startswith("|"):
                self._table_row(line)
            elif line.startswith("@"):
                word, _, rest = line[1:].partition(" ")
                self._directive(word, rest.strip())
            elif not line.strip():
                self._close_table()
            else:
                self._close_table()
                style = "subheading" if line.startswith("## ") else "heading" if line.startswith("# ") else "body"
                self.blocks.append(Paragraph(style=style, text=line.lstrip("# ").strip(), line=self.number))
        self._close_table()
        return Source(
            name=self.name,
            page=self.page,
            footer=self.footer,
            even_footer=self.even_footer,
            styles=self.styles,
            blocks=tuple(self.blocks),
        )

    def _lines(self, text: str) -> Iterator[str]:
        """Yield the lines of this wording with their terms put in; comments start with ``;``."""
        wanted: str | None = None
        for self.number, raw in enumerate(text.splitlines(), start=1):
            line = raw.rstrip()
            if line.startswith(";"):
                continue
            if line.startswith("@when "):
                wanted = line.removeprefix("@when ").strip()
                continue
            if line == "@end":
                if wanted is None:
                    raise self.fail("@end 前面没有 @when。")
                wanted = None
                continue
            if wanted is None or wanted == self.wording:
                yield _TERM.sub(self._term, line)
        if wanted is not None:
            raise self.fail("@when 没有用 @end 结束。")

    def _term(self, match: re.Match[str]) -> str:
        try:
            return self.terms[match[1]]
        except KeyError:
            raise self.fail(f"没有“{match[1]}”这个术语。可以用：{'、'.join(sorted(self.terms))}。") from None

    def _directive(self, word: str, rest: str) -> None:
        if word in {"row", "rows", "endrows", "columns"}:
            self._in_table(word, rest)
            return
        self._close_table()
        if word in self.directives:
            handlers: dict[str, Callable[[str], None]] = {
                "page": self._page,
                "style": self._style,
                "table": self._open_table,
                "space": self._space,
                "letter": self._letter,
            }
            if word in handlers:
                handlers[word](rest)
            elif word == "footer":
                self.footer = rest
            elif word == "break":
                self.blocks.append(PageBreak(line=self.number))
            else:
                self.blocks.append(Control(text=f"{word} {rest}".strip(), line=self.number))
        elif word in Letter.parts:
            try:
                made = Letter(self.number).part(word, rest)
            except ValueError as error:
                raise self.fail(f"@{word} {error}。") from None
            last = self.blocks[-1] if self.blocks else None
            if word == "remark" and isinstance(last, Table) and isinstance(made[0], Table):
                # one table, so that it stays on the page of the signature
                self.blocks[-1] = replace(last, rows=(*last.rows, *made[0].rows))
            else:
                self.blocks += made
        elif word in self.styles:
            self.blocks.append(Paragraph(style=word, text=rest, line=self.number))
        else:
            raise self.fail(f"不认识“@{word}”。")

    def _options(self, text: str) -> dict[str, str]:
        return dict(part.partition("=")[::2] for part in text.split())

    def _number(self, text: str) -> float:
        try:
            return float(text)
        except ValueError:
            raise self.fail(f"“{text}”应当是数字。") from None

    def _page(self, text: str) -> None:
        for key, value in self._options(text).items():
            if key in SIZES and not value:
                self.page = replace(self.page, size=key)
            elif key in {"landscape", "portrait"} and not value:
                self.page = replace(self.page, landscape=key == "landscape")
            elif key in _PAGE_NUMBERS:
                numbers: Any = {key: self._number(value)}
                self.page = replace(self.page, **numbers)
            else:
                raise self.fail(f"@page 不认识“{key}”。")

    def _letter(self, text: str) -> None:
        """Everything GB/T 9704—2012 lays down for a letter: margins, grid, page numbers, styles."""
        if text:
            raise self.fail("@letter 后面不写别的。")
        self.page = LETTER_PAGE
        self.footer = self.even_footer = "— {PAGE} —"
        self.styles |= LETTER_STYLES

    def _style(self, text: str) -> None:
        name, _, rest = text.partition(" ")
        if name not in self.styles:
            raise self.fail(f"没有“{name}”这个样式。可以用：{'、'.join(self.styles)}。")
        changes: dict[str, Any] = {}
        for key, value in self._options(rest).items():
            if key in _STYLE_NUMBERS:
                changes[key] = self._number(value)
            elif key in {"bold", "plain"} and not value:
                changes["bold"] = key == "bold"
            elif (key == "align" and value in _ALIGNS) or (key == "font" and value):
                changes[key] = value
            else:
                raise self.fail(f"@style 不认识“{key}”。")
        self.styles[name] = replace(self.styles[name], **changes)

    def _space(self, text: str) -> None:
        """An empty paragraph of so many mm."""
        points = round(self._number(text) * 72 / 25.4, 1)
        name = f"space{points:g}"
        self.styles[name] = replace(STYLES["space"], line=points)
        self.blocks.append(Paragraph(style=name, text="", line=self.number))

    def _open_table(self, text: str) -> None:
        widths: list[float] = []
        borders, keep, padding = True, False, 1.2
        for word in text.split():
            if word == "plain":
                borders = False
            elif word == "keep":
                keep = True
            elif word.startswith("padding="):
                padding = self._number(word.partition("=")[2])
            else:
                widths.append(self._number(word))
        if not widths or sum(widths) > self.page.text_width + 0.05:
            raise self.fail(f"表格各列共宽 {sum(widths):g} 毫米，版心宽 {self.page.text_width:g} 毫米。")
        self.table = Table(widths=tuple(widths), rows=(), borders=borders, keep=keep, padding=padding, line=self.number)

    def _close_table(self) -> None:
        if self.table is not None:
            if not self.table.rows:
                raise self.fail("@table 后面没有以 | 开头的行。")
            self.blocks.append(self.table)
            self.table = self.row = None

    def _in_table(self, word: str, rest: str) -> None:
        if self.table is None:
            raise self.fail(f"@{word} 只能用在表格里。")
        if word == "columns":
            widths = tuple(self._number(width) for width in rest.split())
            if abs(sum(widths) - sum(self.table.widths)) > 0.05:
                raise self.fail(f"这里各列共宽 {sum(widths):g} 毫米，表格宽 {sum(self.table.widths):g} 毫米。")
            self.table = replace(self.table, widths=widths)
        elif word == "row":
            row = Row(line=self.number)
            for part in rest.split():
                if part in {"head", "exact"}:
                    row = replace(row, head=part == "head" or row.head, exact=part == "exact" or row.exact)
                else:
                    row = replace(row, height=self._number(part))
            self.row = row
        else:
            control = "endfor" if word == "endrows" else rest
            if not re.match(r"(for|if|endfor|endif|else)\b", control):
                raise self.fail("@rows 后面应当是 for … in … 或 if …。")
            if word == "endrows" and rest:
                control = rest
            self.table = replace(self.table, rows=(*self.table.rows, Row(control=control, line=self.number)))

    def _table_row(self, line: str) -> None:
        if self.table is None:
            raise self.fail("以 | 开头的行前面没有 @table。")
        if not line.endswith("|") or len(line) < 3:
            raise self.fail("表格的行应当以 | 开头，并以 | 结束。")
        cells = tuple(self._cell(part) for part in _BAR.split(line[1:-1]))
        columns = sum(cell.span for cell in cells)
        if columns != len(self.table.widths):
            raise self.fail(f"这一行占 {columns} 列，表格有 {len(self.table.widths)} 列。")
        row = replace(self.row or Row(line=self.number), cells=cells, widths=self.table.widths, line=self.number)
        # the height given by @row holds until the next @row, "head" for one row only
        self.row = replace(row, cells=(), head=False) if self.row else None
        self.table = replace(self.table, rows=(*self.table.rows, row))

    def _cell(self, text: str) -> Cell:
        options, body = [], text.strip()
        if body.startswith("[") and "]" in body:
            inside, _, body = body[1:].partition("]")
            options, body = inside.split(), body.strip()
        cell = Cell(paragraphs=(), borders=self.table is not None and self.table.borders)
        if body.startswith("*") and not body.startswith("**"):
            cell, body = replace(cell, style="label"), body[1:].strip()
        for option in options:
            cell = self._cell_option(cell, option)
        return replace(cell, paragraphs=tuple(part.strip() for part in body.split("//")))

    def _cell_option(self, cell: Cell, option: str) -> Cell:
        changes: dict[str, Any]
        if option.isdigit():
            changes = {"span": int(option)}
        elif option in _ALIGNS:
            changes = {"align": option}
        elif option in {"top", "middle", "bottom"}:
            changes = {"valign": "center" if option == "middle" else option}
        elif option in self.styles:
            changes = {"style": option}
        elif option in _CELL_WORDS:
            changes = _CELL_WORDS[option]
        else:
            raise self.fail(f"单元格不认识“{option}”。")
        return replace(cell, **changes)
