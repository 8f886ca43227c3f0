"""Blocks under each other in one column: a cell, a header, a note, a text box.

Source: ECMA-376 part 1 §17.3.1.33 (spacing), §17.4.66 (tc: a cell ends with a paragraph).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from docgen.engine.press.laid.obstacles import is_in_the_way
from docgen.engine.press.model.blocks import Bookmark, Paragraph, Table
from docgen.engine.press.pages.columns import Column, Lines
from docgen.engine.press.pages.joining import joined
from docgen.engine.press.pages.parting import Rows
from docgen.engine.press.pages.places import inner_obstacles
from docgen.engine.press.pages.spacing import spaces
from docgen.engine.press.setting.beside import Beside

if TYPE_CHECKING:
    from docgen.engine.press.laid.obstacles import Obstacle
    from docgen.engine.press.model.blocks import Block
    from docgen.engine.press.model.document import Document
    from docgen.engine.press.pages.columns import Part
    from docgen.engine.press.pages.tables import LaidTable
    from docgen.engine.press.setting.paragraphs import LaidParagraph


class SetsBlocks(Protocol):
    """Lays out each of the blocks: `setter.Setter`."""

    document: Document

    def passes_over(self, block: Block) -> bool:
        """Whether a block takes no room."""

    def is_on_grid(self, paragraph: Paragraph) -> bool:
        """Whether the lines of a paragraph take whole steps."""

    def table(self, table: Table, width: float, *, in_table: bool) -> LaidTable:
        """Lay out a table; ``in_table``: of a cell."""

    def paragraph(
        self, paragraph: Paragraph, width: float, *, in_table: bool, numbers: dict[str, str] | None
    ) -> LaidParagraph:
        """Lay out a paragraph."""

    def beside(
        self,
        paragraph: Paragraph,
        width: float,
        beside: Beside,
        *,
        again: LaidParagraph,
        in_table: bool,
        numbers: dict[str, str] | None,
    ) -> LaidParagraph:
        """Lay out a paragraph again, around what stands in its way."""


def stack(
    setter: SetsBlocks,
    blocks: tuple[Block, ...],
    width: float,
    *,
    in_table: bool,
    numbers: dict[str, str] | None,
    is_running: bool,
) -> Column:
    """Lay out blocks under each other.

    Args:
        setter: Lays out each of them.
        blocks: Paragraphs and tables.
        width: Of the column, in points.
        in_table: It is a cell.
        numbers: Texts for page fields.
        is_running: It is a header or footer.
    """
    parts: list[Part] = []
    last = len(blocks) - 1
    kept = y = reach = 0.0
    met: list[Obstacle] = []
    for i, block in enumerate(joined(blocks) if last > 0 else blocks):
        if i < last and setter.passes_over(block):
            continue
        if isinstance(block, Table):
            laid_table = setter.table(block, width, in_table=in_table)
            parts.append(Rows(laid_table, laid_table.rows))
            y += parts[-1].height
            kept = 0.0
            continue
        laid = setter.paragraph(block, width, in_table=in_table, numbers=numbers)
        if in_table and 0 < i == last and isinstance(blocks[i - 1], Table) and _holds_nothing(block):
            if setter.is_on_grid(block):
                parts.append(Lines(laid, 0, len(laid.lines), 0.0, 0.0))
            continue  # what a cell has to end with takes no room under a table, or one step
        above, below = blocks[i - 1] if i else None, blocks[i + 1] if i < last else None
        before, after = spaces(block.format, laid, above, below)
        if block.format.before_auto and not i:
            before = 0.0
        if block.format.after_auto and i == last:
            after = 0.0
        before, kept = max(0.0, before - kept), 0.0 if setter.document.settings.adds_spacing else after
        if i < last:
            after += laid.tail
        elif in_table or is_running:
            after += laid.cell_tail
        if laid.hung:
            own, deep = inner_obstacles(laid, before, y)
            met, reach = met + own, max(reach, deep)
        if met and is_in_the_way(met, 0.0, width, y + before):
            beside = Beside(met, 0.0, width, y + before, before)
            laid = setter.beside(block, width, beside, again=laid, in_table=in_table, numbers=numbers)
            before += beside.skipped
        parts.append(Lines(laid, 0, len(laid.lines), before, after))
        if in_table and reach:
            y += parts[-1].height
            if i == last and reach > y:  # a cell holds its drawings
                parts[-1] = Lines(laid, 0, len(laid.lines), before, after + reach - y)
        elif met or in_table:
            y += parts[-1].height
    return Column.of(parts)


def _holds_nothing(paragraph: Paragraph) -> bool:
    """Whether there is nothing in a paragraph but places of bookmarks."""
    return paragraph.format.numbering is None and all(isinstance(piece, Bookmark) for piece in paragraph.pieces)
