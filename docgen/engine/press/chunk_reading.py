"""A part read by its bytes: blocks that were read before are found again, the rest is filled in or parsed.

Gives exactly what reading the parsed part gives; a part that cannot be cut is read that way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.engine.press.cutting import cut, cut_even, split_head
from docgen.engine.press.model import Cell, Table
from docgen.engine.press.ooxml import W, local
from docgen.engine.press.recipes import marked, part_texts, plain, recipe_of
from docgen.engine.press.table_reading import (
    RowLook,
    look_of_cell,
    make_cell,
    make_row,
    read_columns,
    read_row_look,
    read_table,
    table_look,
)

if TYPE_CHECKING:
    from docgen.engine.press.cutting import OpenPart
    from docgen.engine.press.model import Block, Frame, Paragraph, Row
    from docgen.engine.press.ooxml import Element
    from docgen.engine.press.reading import PartReader
    from docgen.engine.press.table_reading import TableLook

_BLOCKS = frozenset({b"p", b"tbl", b"sectPr"})
_IN_CELL = frozenset({b"p", b"tbl"})


class _UnusualError(Exception):
    """Not written the usual way: to be parsed."""


@dataclass(frozen=True, slots=True, eq=False)
class TableHead:
    """What stands before a table's first row."""

    look: TableLook
    frame: Frame


class ChunkReader:
    """Reads the content of one part."""

    def __init__(self, part: PartReader, opened: OpenPart) -> None:
        self.part = part
        self.reader = part.reader
        self.opened = opened

    def blocks(self, raw: bytes) -> tuple[tuple[Block, ...], bytes] | None:
        """Read the content of a body, header or footer.

        Returns:
            The blocks and the last `w:sectPr`; ``None`` when the part has to be parsed.
        """
        chunks = cut(raw, wanted=_BLOCKS)
        if chunks is None:
            return None
        section = chunks.pop()[1] if chunks and chunks[-1][0] == b"sectPr" else b""
        if any(name == b"sectPr" for name, _ in chunks):
            return None
        return tuple([self._block(name, chunk, "") for name, chunk in chunks]), section

    def parsed(self, chunk: bytes) -> Element:
        """Parse one element by itself."""
        root = self.part.package.parse(self.opened.wrapped(chunk))
        return root[0][0] if local(root) == "document" else root[0]

    def _block(self, name: bytes, chunk: bytes, table_style: str) -> Block:
        return self._paragraph(chunk, table_style) if name == b"p" else self._table(chunk)

    def _paragraph(self, raw: bytes, table_style: str) -> Paragraph:
        reader = self.reader
        key = (raw, table_style)
        found = reader.recall(key)
        if found is not None:
            return found
        made = self._filled(raw, table_style)
        if made is None:
            return self.part.paragraph(self.parsed(raw), table_style)
        if b"blip" not in raw and b"imagedata" not in raw:
            reader.remember(key, made)
        return made

    def _filled(self, raw: bytes, table_style: str) -> Paragraph | None:
        skeleton, texts = part_texts(raw)
        recipes, key = self.reader.recipes, (skeleton, table_style)
        if key not in recipes:
            sample = marked(skeleton)
            made = None if sample is None else self.part.paragraph(self.parsed(sample), table_style)
            recipes[key] = None if made is None else recipe_of(made, skeleton)
        recipe = recipes[key]
        if recipe is None:
            return None
        words = plain(texts, recipe)
        return None if words is None else recipe.fill(words, self.part.media)

    # tables

    def _table(self, raw: bytes) -> Table:
        try:
            return self._cut_table(raw)
        except _UnusualError:
            return read_table(self.parsed(raw), self.part)

    def _cut_table(self, raw: bytes) -> Table:
        parted = split_head(raw, b"tr")
        rows = cut_even(parted[1], b"tr") if parted else None
        if parted is None or rows is None:
            raise _UnusualError
        head = self._head(parted[0])
        made = tuple([self._row(row, head) for row in rows])
        needed = max((row.cells[-1].first_column + row.cells[-1].span for row in made if row.cells), default=0)
        if len(head.frame.columns) < needed or not all(head.frame.columns):
            raise _UnusualError
        look = head.look
        return Table(
            frame=head.frame,
            rows=made,
            align=look.align,
            indent=look.indent,
            left_margin=look.margins["left"],
            undrawn=look.undrawn,
            at_bottom=look.at_bottom,
        )

    def _head(self, raw: bytes) -> TableHead:
        heads = self.reader.heads
        found = heads.get(raw)
        if found is None:
            element = self.parsed(raw + b"</w:tbl>")
            direct = element.find(f"{W}tblPr")
            look, _ = table_look(direct, self.part)
            found = heads[raw] = TableHead(look, self.reader.frame(read_columns(element), look.borders))
        return found

    def _row(self, raw: bytes, head: TableHead) -> Row:
        reader = self.reader
        key = (raw, head)
        found = reader.cut_rows.get(key)
        if found is not None:
            return found
        parted = split_head(raw, b"tc", is_open=True)
        cells = cut_even(parted[1], b"tc") if parted else None
        if parted is None or cells is None:
            raise _UnusualError
        look = self._row_look(parted[0])
        column = look.skipped
        made: list[Cell] = []
        for cell in cells:
            made.append(self._cell(cell, head, column))
            column += made[-1].span
        row = make_row(made, look, reader)
        if b"blip" not in raw and b"imagedata" not in raw:
            reader.kept += len(raw)
            reader.cut_rows[key] = row
        return row

    def _row_look(self, raw: bytes) -> RowLook:
        looks = self.reader.row_looks
        found = looks.get(raw)
        if found is None:
            found = looks[raw] = read_row_look(self.parsed(raw + b"</w:tr>"))
        if found.is_deleted:
            raise _UnusualError
        return found

    def _cell(self, raw: bytes, head: TableHead, column: int) -> Cell:
        reader = self.reader
        key = (raw, head, column)
        found = reader.cut_cells.get(key)
        if found is not None:
            return found
        start = raw.find(b">") + 1
        properties = b""
        if raw.startswith(b"<w:tcPr", start):
            close = raw.find(b">", start) + 1
            end = close if raw[close - 2] == 0x2F else raw.find(b"</w:tcPr>", close) + 9
            properties, start = raw[start:end], end
        if b"tcPrChange" in properties:
            raise _UnusualError
        look_key = (properties, head)
        look = reader.cut_looks.get(look_key)
        if look is None:
            direct = self.parsed(properties) if properties else None
            look = reader.cut_looks[look_key] = look_of_cell(direct, head.look)
        blocks: tuple[Block, ...] = ()
        if not look.continues:
            blocks = self._in_cell(raw[start:], head.look.style_name)
        made = make_cell(look, column, blocks, self.part)
        if b"blip" not in raw and b"imagedata" not in raw:
            reader.kept += len(raw)
            reader.cut_cells[key] = made
        return made

    def _in_cell(self, raw: bytes, table_style: str) -> tuple[Block, ...]:
        if raw.startswith((b"<w:p>", b"<w:p ")) and raw.find(b"</w:p>") == len(raw) - 6:
            return (self._paragraph(raw, table_style),)
        chunks = cut(raw, wanted=_IN_CELL)
        if chunks is None:
            raise _UnusualError
        return tuple([self._block(name, chunk, table_style) for name, chunk in chunks])
