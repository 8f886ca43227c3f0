"""A part of a docx but for its words: planned once, filled with the words of each record.

Papers of one template differ in the texts of `w:t` and in hardly anything else. A plan says which of a part's
texts stand in which paragraph, cell and row; what was filled with the same texts before is the same object.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from docgen.engine.press.reading.recipes import joined, plain
from docgen.engine.press.reading.tables import make_cell, make_row, make_table, read_table

if TYPE_CHECKING:
    from docgen.engine.press.model.blocks import Block, Cell, Frame, Paragraph, Row, Table
    from docgen.engine.press.reading.chunks import Chunks
    from docgen.engine.press.reading.cutting import OpenPart
    from docgen.engine.press.reading.looks import CellLook, RowLook, TableLook
    from docgen.engine.press.reading.places import Place
    from docgen.engine.press.reading.recipes import Recipe, Skeleton
    from docgen.engine.press.reading.styles import TableStyle

_AT_ONCE = 64
"""Texts of a paragraph that are kept when they are met first; of more only what is met again."""

_COST = 400
"""Bytes that something kept takes beside its text."""

Texts: TypeAlias = "tuple[bytes, ...]"


@dataclass(slots=True, eq=False)
class ParagraphPlan:
    """A paragraph but for its words."""

    skeleton: Skeleton
    table_style: TableStyle | None
    recipe: Recipe | None
    """``None``: it has to be parsed."""

    _made: dict[Texts, Paragraph] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)

    def fill(self, texts: Texts, chunks: Chunks) -> Paragraph:
        """Return the paragraph with these texts."""
        found = self._made.get(texts)
        if found is not None:
            return found
        recipe = self.recipe
        words = None if recipe is None else plain(texts, recipe)
        if recipe is None or words is None:
            return self._parsed(texts, chunks)
        stays = not recipe.has_pictures and self._stays(texts)
        made = recipe.fill(words, chunks.part.media, passes=not stays)
        if made is None:
            return self._parsed(texts, chunks)
        if stays:
            self._made[texts] = made
            chunks.stock.kept += _COST + sum(map(len, texts))
        return made

    def _parsed(self, texts: Texts, chunks: Chunks) -> Paragraph:
        return chunks.part.paragraph(chunks.parsed(joined(self.skeleton, texts)), self.table_style)

    def _stays(self, texts: Texts) -> bool:
        """Whether these texts are worth keeping: what one record says of itself is not said again."""
        if len(self._made) < _AT_ONCE:
            return True
        sign = hash(texts)
        if sign in self._seen:
            return True
        self._seen.add(sign)
        return False


@dataclass(frozen=True, slots=True, eq=False)
class CellPlan:
    """A cell but for its words."""

    look: CellLook
    column: int
    parts: tuple[tuple[int, int, BlockPlan], ...]
    """First text, text after the last, plan of each block."""

    keeps_next: bool = False
    """Says so without blocks of its own."""

    _made: dict[Texts, Cell] = field(default_factory=dict)

    def fill(self, texts: Texts, chunks: Chunks) -> Cell:
        """Return the cell with these texts."""
        found = self._made.get(texts)
        if found is None:
            parts = self.parts
            if len(parts) == 1:
                blocks: tuple[Block, ...] = (parts[0][2].fill(texts, chunks),)
            else:
                blocks = tuple([plan.fill(texts[start:stop], chunks) for start, stop, plan in parts])
            found = make_cell(self.look, self.column, blocks, keeps_next=self.keeps_next)
            if not found.passes:
                self._made[texts] = found
                chunks.stock.kept += _COST
        return found


@dataclass(frozen=True, slots=True, eq=False)
class RowPlan:
    """A row but for its words."""

    look: RowLook
    cells: tuple[tuple[int, int, CellPlan], ...]
    width: int
    """Columns of the grid it reaches over."""

    _made: dict[Texts, Row] = field(default_factory=dict)

    def fill(self, texts: Texts, chunks: Chunks) -> Row:
        """Return the row with these texts."""
        found = self._made.get(texts)
        if found is None:
            cells = [plan.fill(texts[start:stop], chunks) for start, stop, plan in self.cells]
            found = make_row(cells, self.look, chunks.stock)
            if not found.passes:
                self._made[texts] = found
                chunks.stock.kept += _COST
        return found


@dataclass(frozen=True, slots=True, eq=False)
class TableHead:
    """What stands before a table's first row."""

    look: TableLook
    frame: Frame


@dataclass(frozen=True, slots=True, eq=False)
class TablePlan:
    """A table but for its words."""

    head: TableHead
    rows: tuple[tuple[int, int, RowPlan], ...]

    def fill(self, texts: Texts, chunks: Chunks) -> Table:
        """Return the table with these texts."""
        rows = tuple([plan.fill(texts[start:stop], chunks) for start, stop, plan in self.rows])
        return make_table(rows, self.head.look, self.head.frame)


@dataclass(frozen=True, slots=True, eq=False)
class ParsedTable:
    """A table written in an unusual way: parsed each time."""

    skeleton: Skeleton

    def fill(self, texts: Texts, chunks: Chunks) -> Table:
        """Return the table with these texts."""
        return read_table(chunks.parsed(joined(self.skeleton, texts)), chunks.stock, chunks.part.blocks)


BlockPlan: TypeAlias = "ParagraphPlan | TablePlan | ParsedTable"


@dataclass(frozen=True, slots=True, eq=False)
class PartPlan:
    """A body, header or footer but for its words."""

    opened: OpenPart
    blocks: tuple[tuple[int, int, BlockPlan], ...]
    section: bytes
    """The last `w:sectPr`; empty where there is none."""

    def fill(self, texts: Texts, chunks: Chunks) -> tuple[Block, ...]:
        """Return the blocks with these texts."""
        return tuple([plan.fill(texts[start:stop], chunks) for start, stop, plan in self.blocks])


@dataclass(frozen=True, slots=True)
class PlanBook:
    """All plans of one template, by the XML they were made of."""

    parts: dict[bytes, PartPlan | None] = field(default_factory=dict)
    """``None``: it has to be parsed."""

    paragraphs: dict[tuple[Skeleton, TableStyle | None], ParagraphPlan] = field(default_factory=dict)
    rows: dict[tuple[Skeleton, TableHead, Place | None], RowPlan] = field(default_factory=dict)
    heads: dict[bytes, TableHead] = field(default_factory=dict)
    row_looks: dict[bytes, RowLook] = field(default_factory=dict)
    cell_looks: dict[tuple[bytes, TableHead, TableStyle], CellLook] = field(default_factory=dict)

    def forget(self) -> None:
        """Forget everything that records bring."""
        for memory in (self.parts, self.paragraphs, self.rows):
            memory.clear()
