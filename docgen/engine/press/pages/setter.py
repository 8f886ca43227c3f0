"""The setting room of one template: paragraphs and tables laid out, remembered, counted.

Keeps what does not change from paper to paper; collects what one paper met on the way: characters
from other faces, characters nobody has, looks that are not drawn.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.engine.press.model.blocks import Frame, Paragraph, Section, Tab, Table, Text
from docgen.engine.press.model.formats import DOWN
from docgen.engine.press.model.notes import LABEL
from docgen.engine.press.pages.boxes import hang
from docgen.engine.press.pages.counting import Counting
from docgen.engine.press.pages.memory import Findings, Memory
from docgen.engine.press.pages.notes import labels_of
from docgen.engine.press.pages.ruling import edge_widths
from docgen.engine.press.pages.stacking import stack
from docgen.engine.press.pages.tables import lay_cell, lay_row, lay_table, lay_turned_cell
from docgen.engine.press.setting.across import Across
from docgen.engine.press.setting.paragraphs import LaidParagraph, Setting, lay_paragraph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docgen.engine.press.laid.obstacles import Obstacle
    from docgen.engine.press.model.blocks import Block, Cell, Piece, Row, TextFrame
    from docgen.engine.press.model.document import Document
    from docgen.engine.press.model.numbering import Counters, NumberingBook
    from docgen.engine.press.pages.columns import Column
    from docgen.engine.press.pages.tables import LaidCell, LaidRow, LaidTable
    from docgen.engine.press.setting.beside import Beside
    from docgen.engine.press.setting.paragraphs import Numbers, TypeCase

_SAME = 0.05
"""Points by which a grid may differ from the width said."""

_KEPT_RUNNING = 2_000


class Setter:
    """Lays out the blocks of one paper."""

    def __init__(self, document: Document, numbering: NumberingBook, case: TypeCase, memory: Memory) -> None:
        self.document = document
        self.numbering = numbering
        self.case = case
        self.memory = memory
        self._passing = Memory()
        """The same for what is read for this paper alone."""

        self.findings = Findings()
        self.numbers: dict[str, str] | None = None
        """Texts for page fields inside tables."""

        self.early: dict[int, list[Obstacle]] = {}
        """By page, what its text has to keep away from from the beginning."""

        self.moved: frozenset[object] = frozenset()
        """Tables beside the text that begin a page or column with their paragraph: no room could be made before it."""

        self._is_upright = False
        self.labels: dict[str, str] = {}
        """Numbers of footnotes and endnotes."""

        if document.notes is not None:
            self.labels = labels_of(document.blocks, document.notes)
            self.findings.lose(*document.notes.lost)
        self._counting = Counting()
        self._in_notes = Counting()
        self._noted = False
        """Something was reported since this was last set back."""

        self.enter(Section())

        memory.forget()

    def enter(self, section: Section) -> None:
        """Set by the grid of another section from here on."""
        self._section = section
        self._grid = (section.grid, section.grid_pitch, section.grid_extra)
        self._settings: dict[tuple[float, bool, bool], Setting] = {}
        if section.undrawn:
            self.findings.leave_out(*section.undrawn)

    @contextmanager
    def _off_grid(self) -> Iterator[None]:
        """Set what stands outside the body, on which LibreOffice lays no document grid."""
        outer = self._section, self._grid, self._settings
        self._section, self._grid, self._settings = replace(self._section, grid=""), ("", 0.0, 0.0), {}
        try:
            yield
        finally:
            self._section, self._grid, self._settings = outer

    @contextmanager
    def _counted(self, counting: Counting) -> Iterator[None]:
        """Let lists go on from elsewhere."""
        outer, self._counting = self._counting, counting
        try:
            yield
        finally:
            self._counting = outer

    def paragraph(
        self,
        paragraph: Paragraph,
        width: float,
        *,
        in_table: bool = False,
        numbers: dict[str, str] | None = None,
        again: LaidParagraph | None = None,
    ) -> LaidParagraph:
        """Lay out a paragraph.

        Args:
            paragraph: What is laid out.
            width: Of its column, in points.
            in_table: It stands in a cell.
            numbers: Texts for page fields.
            again: The same as it was laid out before; it keeps its automatic number.
        """
        if paragraph.has_drawings:
            return self._with_drawings(paragraph, width, in_table=in_table, numbers=numbers, again=again)
        form = paragraph.format
        setting = self._settings.get((width, in_table, form.snap_to_grid))
        if setting is None:
            setting = self._setting(width, in_table=in_table, snaps=form.snap_to_grid)
        if form.numbering or paragraph.has_page_fields or paragraph.notes:
            label = self._label(paragraph, again) if form.numbering else ()
            given = self._given(paragraph, numbers)
            key: tuple[object, ...] = (paragraph, setting, label, given)
        else:
            label, given, key = (), (), (paragraph, setting)
        kept = (self._passing if paragraph.passes else self.memory).paragraphs
        found = kept.get(key)
        if found is None:
            found = kept[key] = lay_paragraph(paragraph, setting, self.case, label=label, numbers=given)
        if found.fallbacks or found.missing or paragraph.undrawn or paragraph.lost:
            self._note(paragraph, found)
        return found

    def passes_over(self, block: Block) -> bool:
        """Whether a block is a hidden paragraph: it takes no room, but its number counts."""
        if not isinstance(block, Paragraph) or not block.is_hidden:
            return False
        if block.format.numbering:
            self._label(block)
        return True

    def _given(self, paragraph: Paragraph, numbers: dict[str, str] | None) -> Numbers:
        """Return the texts of a paragraph's fields: numbers of pages, and of the notes it calls."""
        given = tuple(numbers.items()) if numbers and paragraph.has_page_fields else ()
        return (*given, *((key, self.labels.get(key, "")) for key in paragraph.notes)) if paragraph.notes else given

    def note(self, key: str, width: float) -> Column:
        """Lay out a footnote or an endnote."""
        notes = self.document.notes
        blocks = notes.blocks.get(key, ()) if notes is not None else ()
        with self._off_grid(), self._counted(self._in_notes):
            return self._stack(blocks, width, in_table=False, numbers={LABEL: self.labels.get(key, "")})

    def _with_drawings(
        self,
        paragraph: Paragraph,
        width: float,
        *,
        in_table: bool,
        numbers: dict[str, str] | None,
        again: LaidParagraph | None,
        beside: Beside | Across | None = None,
    ) -> LaidParagraph:
        """Lay out a paragraph with its drawings, or one beside drawings; never remembered."""
        setting = self._setting(width, in_table=in_table, snaps=paragraph.format.snap_to_grid)
        label = self._label(paragraph, again) if paragraph.format.numbering else ()
        given = self._given(paragraph, numbers)
        laid = lay_paragraph(paragraph, setting, self.case, label=label, numbers=given, beside=beside)
        self._note(paragraph, laid)
        self._noted = True  # what a drawing met is told again
        if paragraph.has_drawings:
            begun = laid.begun = (again.begun if again is not None else None) or {}
            laid.hung = hang(paragraph, laid, width, lambda frame, wide: self._in_box(frame, wide, numbers, begun))
        return laid

    def beside(
        self,
        paragraph: Paragraph,
        width: float,
        beside: Beside,
        *,
        again: LaidParagraph,
        in_table: bool = False,
        numbers: dict[str, str] | None = None,
    ) -> LaidParagraph:
        """Lay out a paragraph again, around what stands in its way."""
        return self._with_drawings(paragraph, width, in_table=in_table, numbers=numbers, again=again, beside=beside)

    def across(
        self, paragraph: Paragraph, cuts: tuple[tuple[int, float], ...], width: float, *, again: LaidParagraph
    ) -> LaidParagraph:
        """Lay out a paragraph again that goes on in a column of another width; see `Across`."""
        widest = max(width, *(wide for _, wide in cuts))
        across = Across(cuts, width)
        return self._with_drawings(paragraph, widest, in_table=False, numbers=None, again=again, beside=across)

    def _turned(
        self, blocks: tuple[Block, ...], length: float, *, is_upright: bool, numbers: dict[str, str] | None
    ) -> Column:
        """Lay out text whose lines run up or down."""
        outer = self._settings, self._is_upright
        self._settings, self._is_upright = {}, is_upright
        found = self._stack(blocks, length, in_table=True, numbers=numbers)
        self._settings, self._is_upright = outer
        return found

    def _in_box(
        self, frame: TextFrame, width: float, numbers: dict[str, str] | None, begun: dict[TextFrame, Counters]
    ) -> Column:
        """Lay out a text box; where the lists stood before it is noted in ``begun``: it may be laid out again."""
        boxes = begun[frame].copied() if frame in begun else self._counting.boxes
        begun.setdefault(frame, boxes.copied())
        with self._off_grid(), self._counted(Counting(boxes, boxes)):
            if frame.direction:
                return self._turned(frame.blocks, width, is_upright=frame.direction == DOWN, numbers=numbers)
            return self._stack(frame.blocks, width, in_table=False, numbers=numbers)

    def is_on_grid(self, paragraph: Paragraph) -> bool:
        """Whether the lines of a paragraph take whole steps."""
        grid, pitch, _ = self._grid
        return bool(grid) and pitch > 0 and paragraph.format.snap_to_grid

    def _setting(self, width: float, *, in_table: bool, snaps: bool) -> Setting:
        section = self._section
        has_grid = bool(section.grid)
        key = (
            width,
            self.document.settings.default_tab,
            section.grid_pitch if has_grid else 0.0,
            self.document.settings.adds_spacing,
            section.grid_extra if has_grid and section.grid != "lines" and snaps else 0.0,
            self._is_upright,
            in_table,
        )
        found = self.memory.settings.get(key)
        if found is None:
            width, default_tab, pitch, adds_spacing, extra, is_upright, in_table = key
            found = Setting(
                width=width,
                default_tab=default_tab,
                pitch=pitch,
                adds_spacing=adds_spacing,
                extra=extra,
                is_upright=is_upright,
                in_table=in_table,
            )
            self.memory.settings[key] = found
        self._settings[width, in_table, snaps] = found
        return found

    def _note(self, paragraph: Paragraph, laid: LaidParagraph) -> None:
        self._noted = True
        findings = self.findings
        findings.leave_out(*paragraph.undrawn)
        findings.lose(*paragraph.lost)
        findings.fallbacks |= {(f.char, f.family): f for f in laid.fallbacks}
        for char, around in laid.missing:
            findings.missing.setdefault(char, around)

    def _label(self, paragraph: Paragraph, again: LaidParagraph | None = None) -> tuple[Piece, ...]:
        """Return the automatic number of a paragraph, which goes on by one, or stays where it is laid out again."""
        if again is not None:
            return again.label
        assert paragraph.format.numbering is not None
        number, at = paragraph.format.numbering
        level = self.numbering.level(number, at)
        if level is None:
            return ()
        text = self.numbering.next_label(number, at, self._counting.text)
        if not text:
            return ()
        look = self.numbering.look(level, paragraph.mark)
        after: tuple[Piece, ...] = ()
        if level.suffix == "tab":
            after = (Tab(look),)
        elif level.suffix == "space":
            after = (Text(" ", look),)
        return (Text(text, look), *after)

    def numbered_table(self, laid: LaidTable, width: float, numbers: dict[str, str]) -> LaidTable:
        """Lay out a table again that says which page it is on; its automatic numbers stay."""
        assert laid.begun is not None
        outer, self.numbers = self.numbers, numbers
        with self._counted(laid.begun.copied()):
            found = self.table(laid.table, width)
        self.numbers = outer
        return found

    def table(self, table: Table, width: float, *, in_table: bool = False) -> LaidTable:
        """Lay out a table that stands in the text; ``in_table``: of a cell."""
        if table.place is not None:
            self.findings.leave_out("表格的文字环绕")
        return self._table(table, width, in_table=in_table)

    def table_apart(self, table: Table, width: float, most: float) -> LaidTable | None:
        """Lay out a table that stands beside the text; ``None`` when it is higher than ``most``."""
        counting = self._counting.copied()
        with self._off_grid():
            found = self._table(table, width)
        if found.height <= most:
            return found
        self._counting = counting  # it will be laid out again
        return None

    def _table(self, table: Table, width: float, *, in_table: bool = False) -> LaidTable:
        if table.undrawn:
            self.findings.leave_out(*table.undrawn)
        frame = self._fitted(table.frame, table.width_in(width))
        if frame is not table.frame:
            table = replace(table, frame=frame)
        begun = self._counting.copied() if table.has_page_fields else None
        hangs = self.document.settings.hangs_tables and not in_table
        found = lay_table(table, width, self._row, hangs=hangs, rulings=self.memory.rulings)
        found.begun = begun
        return found

    def _fitted(self, frame: Frame, width: float) -> Frame:
        """Return a grid stretched to a width, the same object for the same."""
        size = sum(frame.columns)
        if not size or abs(size - width) < _SAME:
            return frame
        key = (frame, width)
        found = self.memory.frames.get(key)
        if found is None:
            columns = tuple(column * width / size for column in frame.columns)
            found = self.memory.frames[key] = Frame(columns, frame.borders)
        return found

    def _row(self, table: Table, row: Row, above: Row | None, places: tuple[float, ...]) -> LaidRow:
        lines = self._lines(table, row, above)
        if row.passes or not row.is_plain:
            return lay_row(row, places, lines, self._cell)
        key = (row, table.frame, self._grid, self._is_upright, lines)
        found = self.memory.rows.get(key)
        if found is None:
            self._noted = False
            found = lay_row(row, places, lines, self._cell)
            if not self._noted:
                self.memory.rows[key] = found
        return found

    def _lines(self, table: Table, row: Row, above: Row | None) -> tuple[float, float]:
        over, is_last = above.outline if above is not None else None, row is table.rows[-1]
        key = (row.outline, over, is_last, table.frame)
        found = self.memory.tops.get(key)
        if found is None:
            found = self.memory.tops[key] = edge_widths(
                row.outline.cells, over.cells if over is not None else None, dict(table.borders), is_last=is_last
            )
        return found

    def _cell(self, cell: Cell, left: float, right: float, *, is_free: bool) -> LaidCell:
        """Lay out a cell; one that is the same wherever it stands is laid out once for its place."""
        if cell.direction:
            return lay_turned_cell(cell, left, right, self.stack_in_cell, self._later(), is_free=is_free)
        if cell.passes or not cell.is_plain:
            return lay_cell(cell, left, right, self.stack_in_cell)
        key = (cell, left, right, self._grid, self._is_upright)
        found = self.memory.cells.get(key)
        if found is None:
            before, self._noted = self._noted, False
            found = lay_cell(cell, left, right, self.stack_in_cell)
            if not self._noted:
                self.memory.cells[key] = found
            self._noted |= before
        return found

    def _later(self) -> Callable[[Cell, float], Column]:
        """Return what lays out a turned cell as it is now: its length is known only when its row is placed."""
        section, grid, numbers, counting = self._section, self._grid, self.numbers, self._counting.copied()

        def later(cell: Cell, length: float) -> Column:
            outer = self._section, self._grid, self._settings, self.numbers
            self._section, self._grid, self._settings, self.numbers = section, grid, {}, numbers
            with self._counted(counting.copied()):
                found = self.stack_in_cell(cell, length)
            self._section, self._grid, self._settings, self.numbers = outer
            return found

        return later

    def stack_in_cell(self, cell: Cell, width: float) -> Column:
        """Lay out the content of a cell; of one whose lines run up or down at their length."""
        if cell.direction:
            return self._turned(cell.blocks, width, is_upright=cell.direction == DOWN, numbers=None)
        return self._stack(cell.blocks, width, in_table=True, numbers=None)

    def running(self, blocks: tuple[Block, ...], width: float, numbers: dict[str, str]) -> Column:
        """Lay out a header or footer."""
        told = numbers.items() if any(block.has_page_fields for block in blocks) else ()  # else it is the same for all
        key = (blocks, width, self.document.settings.adds_spacing, *told)
        kept = (self._passing if any(block.passes for block in blocks) else self.memory).running
        found = kept.get(key)
        if found is not None:
            return found
        self._noted = False
        with self._off_grid(), self._counted(Counting()):
            found = self._stack(blocks, width, in_table=False, numbers=numbers, is_running=True)
        if not self._noted and all(isinstance(block, Paragraph) for block in blocks):
            if len(kept) > _KEPT_RUNNING:
                kept.clear()
            kept[key] = found
        return found

    def _stack(
        self,
        blocks: tuple[Block, ...],
        width: float,
        *,
        in_table: bool,
        numbers: dict[str, str] | None,
        is_running: bool = False,
    ) -> Column:
        if numbers is None:
            return stack(self, blocks, width, in_table=in_table, numbers=self.numbers, is_running=is_running)
        outer, self.numbers = self.numbers, numbers
        found = stack(self, blocks, width, in_table=in_table, numbers=numbers, is_running=is_running)
        self.numbers = outer
        return found
