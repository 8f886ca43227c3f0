"""Plans made of a part's bytes when its XML is new.

A plan gives exactly what reading the parsed part gives; a part that cannot be cut has none.
"""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING

from lxml import etree

from docgen.engine.press.reading.cutting import cut, cut_even, split_head
from docgen.engine.press.reading.looks import RowLook, look_of_cell, read_row_look
from docgen.engine.press.reading.ooxml import W
from docgen.engine.press.reading.plans import (
    CellPlan,
    ParagraphPlan,
    ParsedTable,
    PartPlan,
    RowPlan,
    TableHead,
    TablePlan,
)
from docgen.engine.press.reading.recipes import marked, part_texts, recipe_of
from docgen.engine.press.reading.tables import continued_keeps_next, read_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeVar

    from docgen.engine.press.reading.chunks import Chunks
    from docgen.engine.press.reading.looks import CellStyles
    from docgen.engine.press.reading.places import Place
    from docgen.engine.press.reading.plans import BlockPlan, PlanBook
    from docgen.engine.press.reading.styles import TableStyle

    C = TypeVar("C")
    P = TypeVar("P")

_BLOCKS = frozenset({b"p", b"tbl", b"sectPr"})
_IN_CELL = frozenset({b"p", b"tbl"})


class _UnusualError(Exception):
    """Not written the usual way: to be parsed."""


class Planner:
    """Plans one part."""

    def __init__(self, chunks: Chunks, book: PlanBook) -> None:
        self.chunks = chunks
        self.book = book

    def plan(self, raw: bytes, count: int) -> PartPlan | None:
        """Plan the content of a body, header or footer.

        Args:
            raw: The content.
            count: How many texts the part has.

        Returns:
            ``None`` when the part has to be parsed.
        """
        chunks = cut(raw, wanted=_BLOCKS) if b"<w:hMerge" not in raw else None
        if chunks is None:
            return None
        section = chunks.pop()[1] if chunks and chunks[-1][0] == b"sectPr" else b""
        if any(name == b"sectPr" for name, _ in chunks):
            return None
        blocks = _placed(chunks, lambda chunk: self._block(*chunk, None))
        if (blocks[-1][1] if blocks else 0) != count:
            return None  # texts where none are expected
        return PartPlan(self.chunks.opened.emptied(), blocks, section)

    def _block(self, name: bytes, chunk: bytes, table_style: TableStyle | None) -> tuple[int, BlockPlan]:
        return self._paragraph(chunk, table_style) if name == b"p" else self._table(chunk)

    def _paragraph(self, raw: bytes, table_style: TableStyle | None) -> tuple[int, ParagraphPlan]:
        skeleton, texts = part_texts(raw)
        plans, key = self.book.paragraphs, (skeleton, table_style)
        found = plans.get(key)
        if found is None:
            sample = marked(skeleton)
            made = None if sample is None else self.chunks.part.paragraph(self.chunks.parsed(sample), table_style)
            recipe = None if made is None else recipe_of(made, skeleton)
            found = plans[key] = ParagraphPlan(skeleton, table_style, recipe)
            self.chunks.stock.kept += len(raw)
        return len(texts), found

    # tables

    def _table(self, raw: bytes) -> tuple[int, BlockPlan]:
        skeleton, texts = part_texts(raw)
        try:
            return len(texts), self._cut_table(raw, len(texts))
        except _UnusualError:
            return len(texts), ParsedTable(skeleton)

    def _cut_table(self, raw: bytes, count: int) -> TablePlan:
        parted = split_head(raw, b"tr")
        cut_rows = cut_even(parted[1], b"tr") if parted else None
        if parted is None or cut_rows is None:
            raise _UnusualError
        head = self._head(parted[0])
        places = self._places(cut_rows, head)
        rows = _placed(zip(cut_rows, places, strict=False), lambda row: self._row(*row, head))
        columns = head.frame.columns
        if rows[-1][1] != count or len(columns) < max(plan.width for _, _, plan in rows) or not all(columns):
            raise _UnusualError
        return TablePlan(head, rows)

    def _head(self, raw: bytes) -> TableHead:
        heads = self.book.heads
        found = heads.get(raw)
        if found is None:
            element = self.chunks.parsed(raw + b"</w:tbl>")
            direct = element.find(f"{W}tblPr")
            key = etree.tostring(direct, with_tail=False) if direct is not None else b""
            look = self.chunks.stock.table_look(key, direct)
            found = heads[raw] = TableHead(look, self.chunks.stock.frame(read_columns(element), look.borders))
        return found

    def _places(self, rows: list[bytes], head: TableHead) -> Iterable[Place | None]:
        """Return where rows stand, as far as the table's style looks at it."""
        if head.look.places is None:
            return repeat(None)
        heads = [split_head(row, b"tc", is_open=True) for row in rows]
        return head.look.places.rows([parted is not None and self._row_look(parted[0]).is_header for parted in heads])

    def _row(self, raw: bytes, place: Place | None, head: TableHead) -> tuple[int, RowPlan]:
        skeleton, texts = part_texts(raw)
        plans, key = self.book.rows, (skeleton, head, place)
        found = plans.get(key)
        if found is None:
            found = plans[key] = self._cut_row(raw, place, head, len(texts))
            self.chunks.stock.kept += len(raw)
        return len(texts), found

    def _cut_row(self, raw: bytes, place: Place | None, head: TableHead, count: int) -> RowPlan:
        parted = split_head(raw, b"tc", is_open=True)
        cut_cells = cut_even(parted[1], b"tc") if parted else None
        if parted is None or cut_cells is None:
            raise _UnusualError
        look = head.look.row(place, self._row_look(parted[0]))
        column = look.skipped
        cells: list[tuple[int, int, CellPlan]] = []
        at = 0
        for i, cell in enumerate(cut_cells):
            size, plan = self._cell(cell, head, head.look.styles(place, i, look, len(cut_cells)), column)
            cells.append((at, at + size, plan))
            at += size
            column += plan.look.span
        if at != count:
            raise _UnusualError
        return RowPlan(look, tuple(cells), column if cells else 0)

    def _row_look(self, raw: bytes) -> RowLook:
        looks = self.book.row_looks
        found = looks.get(raw)
        if found is None:
            found = looks[raw] = read_row_look(self.chunks.parsed(raw + b"</w:tr>"))
        if found.is_deleted:
            raise _UnusualError
        return found

    def _cell(self, raw: bytes, head: TableHead, styles: CellStyles, column: int) -> tuple[int, CellPlan]:
        start = raw.find(b">") + 1
        properties = b""
        if raw.startswith(b"<w:tcPr", start):
            close = raw.find(b">", start) + 1
            end = close if raw[close - 2] == 0x2F else raw.find(b"</w:tcPr>", close) + 9
            properties, start = raw[start:end], end
        if b"tcPrChange" in properties:
            raise _UnusualError
        style, text_style = styles
        look_key = (properties, head, style)
        look = self.book.cell_looks.get(look_key)
        if look is None:
            direct = self.chunks.parsed(properties) if properties else None
            look = self.book.cell_looks[look_key] = look_of_cell(direct, head.look, style)
        if look.continues:
            keeps = b"<w:keepNext" in raw and continued_keeps_next(self.chunks.parsed(raw + b"</w:tc>"))
            return len(part_texts(raw)[1]), CellPlan(look, column, (), keeps)
        chunks = cut(raw[start:], wanted=_IN_CELL)
        if chunks is None:
            raise _UnusualError
        parts = _placed(chunks, lambda chunk: self._block(*chunk, text_style))
        return parts[-1][1] if parts else 0, CellPlan(look, column, parts)


def _placed(chunks: Iterable[C], plan: Callable[[C], tuple[int, P]]) -> tuple[tuple[int, int, P], ...]:
    """Plan chunks that stand one after the other; give each plan its first text and the text after its last."""
    found: list[tuple[int, int, P]] = []
    at = 0
    for chunk in chunks:
        size, made = plan(chunk)
        found.append((at, at + size, made))
        at += size
    return tuple(found)
