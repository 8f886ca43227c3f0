"""Footnotes and endnotes: their numbers, and the room they take at the foot of a page.

Source: ECMA-376 part 1 §17.11; where it is silent LibreOffice: a note begins on the page of its mark with at
least two lines and goes on at the foot of the next one; endnotes stand on pages of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.engine.press.laid.fragments import Fragment, number
from docgen.engine.press.model.blocks import PageField, Paragraph, Section
from docgen.engine.press.model.drawings import NOTE_ANCHOR
from docgen.engine.press.model.notes import FOOTNOTE, bookmark_of
from docgen.engine.press.model.numerals import number_text
from docgen.engine.press.pages.columns import Column, Lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from docgen.engine.press.laid.sheet import Sheet
    from docgen.engine.press.model.blocks import Block
    from docgen.engine.press.model.notes import Notes
    from docgen.engine.press.setting.paragraphs import LaidParagraph


APART = 6.2
"""Points between text and notes: a tenth of a centimetre, a thin line, the same again."""

_RULE = 0.5
_SHARE = 0.25
"""Of the text's width: length of the line above the notes."""

_END_MARGIN = 72 / 2.54 * 2
"""Of the pages with endnotes."""


def note_keys(laid: LaidParagraph, start: int, stop: int) -> list[str]:
    """Return the footnotes whose marks stand on some lines of a paragraph."""
    begin = bookmark_of(FOOTNOTE)
    size = len(NOTE_ANCHOR)
    return [name[size:] for line in laid.lines[start:stop] for name in line.bookmarks if name.startswith(begin)]


def _numbered_in(blocks: Iterable[Block]) -> Iterator[str]:
    """Give the notes that are numbered; those with a mark of the writer's own are not counted."""
    for block in blocks:
        if isinstance(block, Paragraph):
            if block.notes:
                yield from (p.kind for p in block.pieces if isinstance(p, PageField) and p.kind in block.notes)
        else:
            for row in block.rows:
                for cell in row.cells:
                    yield from _numbered_in(cell.blocks)


def labels_of(blocks: Iterable[Block], notes: Notes) -> dict[str, str]:
    """Return the number of each note, counted through the document."""
    counts = {kind: style.first for kind, style in notes.styles.items()}
    labels: dict[str, str] = {}
    for block in blocks:
        for key in _numbered_in((block,)):
            kind = key.partition(" ")[0]
            if key not in labels and kind in counts:
                labels[key] = number_text(counts[kind], notes.styles[kind].numbers)
                counts[kind] += 1
        if isinstance(block, Paragraph) and block.section is not None:
            counts |= {kind: style.first for kind, style in notes.styles.items() if style.restart == "eachSect"}
    return labels


def page_labels(notes: Notes | None, sheets: Iterable[Sheet], known: Mapping[str, str]) -> dict[str, str]:
    """Return the numbers of footnotes that are counted on each page anew; none where they are not."""
    style = notes.styles.get(FOOTNOTE) if notes is not None else None
    if style is None or style.restart != "eachPage":
        return {}
    return {
        key: number_text(at, style.numbers)
        for sheet in sheets
        for at, key in enumerate((key for key in sheet.called if key in known), style.first)
    }


@dataclass(slots=True)
class NoteArea:
    """The notes at the foot of one page."""

    columns: list[Column] = field(default_factory=list)
    height: float = 0.0
    """With the line above them."""

    def add(self, column: Column, room: float) -> tuple[float, Column | None]:
        """Add a note, or as much of it as there is room for.

        Args:
            column: The note.
            room: Points left on the page.

        Returns:
            The points it takes, and the rest of it for the next page.
        """
        apart = 0.0 if self.columns else APART
        head, rest = column, None
        if column.height + apart > room + 0.05:
            head, rest = column.split(room - apart)
            if not head.parts:
                return 0.0, column
        self.columns.append(head)
        taken = head.height + apart
        self.height += taken
        return taken, rest if rest is not None and rest.parts else None

    def draw(self, sheet: Sheet, x: float, width: float, bottom: float) -> None:
        """Draw the line and the notes above the foot of the text area."""
        if not self.columns:
            return
        top = bottom - self.height
        line = number(width * _SHARE)
        sheet.place(Fragment(f"{number(_RULE)} w 0 0 m {line} 0 l S", 0.0), x, top + APART / 2)
        y = top + APART
        for column in self.columns:
            column.draw(sheet, x, y)
            y += column.height


def least_height(column: Column) -> float:
    """Return the room a note needs to begin on a page: its first two lines."""
    first = column.parts[0] if column.parts else None
    if not isinstance(first, Lines):
        return column.first_height
    return first.before + first.paragraph.height(first.start, min(first.start + 2, first.stop))


def end_section(last: Section) -> Section:
    """Return the settings of the pages that endnotes stand on: no heads, no feet."""
    none: dict[str, tuple[Block, ...]] = {"default": (), "first": (), "even": ()}
    return Section(
        width=last.width,
        height=last.height,
        top=_END_MARGIN,
        bottom=_END_MARGIN,
        left=_END_MARGIN,
        right=_END_MARGIN,
        headers=none,
        footers=none,
    )
