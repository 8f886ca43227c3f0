"""Blocks onto pages: sections, page breaks, paragraphs and tables over the ends of pages.

Source: ECMA-376 part 1 §17.3.1.23 (pageBreakBefore), §17.6 (sections).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.engine.press.laid.obstacles import below, for_blanks, is_in_the_way
from docgen.engine.press.model.blocks import COLUMNS, Bookmark, Break, Paragraph
from docgen.engine.press.model.notes import keys_in
from docgen.engine.press.pages.afloat import lay_items
from docgen.engine.press.pages.balancing import fill_columns
from docgen.engine.press.pages.cursor import Cursor
from docgen.engine.press.pages.joining import joined
from docgen.engine.press.pages.keeping import SLIP, Item, lead, must_move, spaces_of, stop_of_lines
from docgen.engine.press.pages.notes import end_section, note_keys
from docgen.engine.press.pages.places import obstacle, place_hung, spot
from docgen.engine.press.pages.standing import stand
from docgen.engine.press.pages.tabling import TableFiller
from docgen.engine.press.setting.beside import Beside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.engine.press.laid.sheet import Sheet
    from docgen.engine.press.model.blocks import Block, Piece, Section
    from docgen.engine.press.pages.tables import LaidTable
    from docgen.engine.press.setting.paragraphs import LaidParagraph

_PAGE_ENDS = frozenset({"page", "column"})


class Flow(Cursor):
    """Puts one document on pages."""

    def run(self) -> list[Sheet]:
        """Return the pages, complete."""
        blocks: list[Block] = []
        sections = [b.section for b in self.document.blocks if isinstance(b, Paragraph) and b.section is not None]
        sections.append(self.document.last_section)
        for block in self.document.blocks:
            blocks.append(block)
            if isinstance(block, Paragraph) and block.section is not None:
                turns = (
                    sections[len(self.sections) + 1].kind != "continuous"
                )  # the next section begins a page by itself
                pieces = _without_end(block.pieces, breaks=turns)
                is_empty = not pieces and len(blocks) > 1
                if is_empty:
                    blocks.pop()  # holds nothing but the section's settings
                elif len(pieces) < len(block.pieces):
                    blocks[-1] = replace(block, pieces=pieces, passes=True)
                self._section(self._started(block.section), blocks, turns=turns)
                if is_empty and turns and self.sheet.is_forced and not self.sheet.placed:
                    self.sheets.pop()  # a page break just before the end of a section
                    self.number -= 1
                blocks = []
        if blocks and isinstance(last := blocks[-1], Paragraph) and any(_turns(piece) for piece in last.pieces):
            blocks[-1] = replace(last, pieces=_without_end(last.pieces, breaks=True))  # else a blank sheet
        self._section(self.document.last_section, blocks)
        while self.feet.waiting:
            self.begin_page()
        self._place_endnotes()
        for i, sheet in enumerate(self.sheets):
            if sheet.section.vertical != "top":
                self._stand(i)
            self.feet.draw(sheet)
            if not sheet.is_blank:
                self.furniture.place(sheet, self.sheets)
            sheet.finish()
        return self.sheets

    def _stand(self, index: int) -> None:
        """Put the text of a page where its section wants it, on pages of one section without notes."""
        sheet, after = self.sheets[index], self.sheets[index + 1 : index + 2]
        is_plain = self.sections[sheet.section_index] is sheet.section and not self.feet.height(sheet)
        is_plain = is_plain and not sheet.section.columns
        is_full = any(not (next_one.is_forced or next_one.is_first_of_section) for next_one in after)
        if not (is_plain and stand(sheet, is_full=is_full)):
            self.setter.findings.leave_out("页面垂直对齐")

    def _started(self, section: Section) -> Section:
        """Return a section as it counts: a first one that says it goes on has no grid, as LibreOffice has it."""
        return section if self.sections or section.kind != "continuous" else replace(section, grid="")

    def _place_endnotes(self) -> None:
        """Put endnotes on pages of their own."""
        keys = self.feet.endnotes()
        if not keys:
            return
        section = end_section(self.document.last_section)
        self.sections.append(section)
        self.begin_page(first=True)
        self.setter.enter(section)
        for key in keys:
            rest = self.feet.column(key, section)
            while rest.parts:
                column, rest = rest.split(self.room)
                if not column.parts and self.at_top:
                    column, rest = rest, column  # what no page holds
                column.draw(self.sheet, section.left, self.y)
                self.y += column.height
                if rest.parts:
                    self.begin_page()

    def _section(self, section: Section, blocks: Sequence[Block], *, turns: bool = True) -> None:
        """Put a section on pages; ``turns``: the next one begins a page."""
        last = self.sections[-1] if self.sections else None
        self.sections.append(section)
        goes_on = (
            section.kind == "continuous"
            and last is not None
            and (last.width, last.height) == (section.width, section.height)
        )
        if goes_on:
            self.sheet.section = section
            self.open_page()
        else:
            if section.first_number is not None:
                self.number = section.first_number - 1
            self.begin_page(first=True)
            wanted = {"oddPage": 1, "evenPage": 0}.get(section.kind)
            if wanted is not None and self.sheet.number % 2 != wanted:
                self.sheet.is_blank = True
                self.begin_page(first=True)
        self.setter.enter(section)
        has_columns = bool(section.columns) and not self._refuses_columns(blocks)
        width = section.columns[0][1] if has_columns else section.body_width
        items = lay_items(joined(blocks), section, self.setter, width, self.sheet.bottom - self.sheet.top)
        if has_columns:
            balances = not turns and self.document.settings.balances_columns
            fill_columns(self, section, lambda: self._fill(items), balances=balances)
        else:
            self._fill(items)

    def _refuses_columns(self, blocks: Sequence[Block]) -> bool:
        """Whether blocks call notes, which would stand under all columns; it is told."""
        if not any(keys_in(blocks)):
            return False
        self.setter.findings.leave_out(COLUMNS)
        return True

    def _fill(self, items: Sequence[Item]) -> None:
        """Put the blocks of a section on the pages."""
        for i, item in enumerate(items):
            self.close_column()  # as it ends when the block begins the next one
            if item.table is not None:
                rows, table = item.table.rows, item.table
                if table.table.has_page_fields:
                    table = self.setter.numbered_table(table, item.width, self.numbers)
                follows = 0.0
                if rows and rows[-1].row.keep_next:
                    adds_spacing = self.document.settings.adds_spacing
                    height = self.sheet.section.height
                    follows = lead(items, i + 1, height, height, adds_spacing=adds_spacing)
                self._place_table(table, follows)
            else:
                self._place_paragraph(items, i)
                self.is_free = self.is_free or not item.keeps_next

    # paragraphs

    def _place_paragraph(self, items: Sequence[Item], i: int) -> None:
        block, laid, width = items[i].block, items[i].paragraph, items[i].width
        assert isinstance(block, Paragraph)
        assert laid is not None
        before, after = self._begin(items, i)
        if self.strips is not None and width != self.strips.width:
            width = self.strips.width
            laid = items[i].holding(self.setter.paragraph(block, width, again=laid))
        top, plain = self.y, laid
        if laid.hung or self.sheet.obstacles:
            laid, before = self._around(items[i], laid, width, before)
            if laid is not plain and self._must_move(items, i, before):
                self.go_on()
                top = self.y
                laid, before = self._around(items[i], plain, width, 0.0)
        if block.has_page_fields and laid is plain:
            laid = items[i].holding(self.setter.paragraph(block, width, numbers=self.numbers, again=laid))
        start, ended_by = 0, ""
        cuts: tuple[tuple[int, float], ...] = ()
        while start < (count := len(laid.lines)):
            stop, ended_by = self._fit(laid, start, before)
            if stop < count and not ended_by:
                stop = stop_of_lines(block.format, start, stop, count, self.space)
            if stop > start:
                self.y += before
                self._put(block, laid, (start, stop), top)
            start = stop
            before = laid.before if ended_by else 0.0  # what follows a page break is a paragraph of its own
            if start < count or ended_by:
                self.go_on(ended_by=ended_by)
                top = self.y
                if self.strips is not None and width != self.strips.width:
                    cuts, width = (*cuts, (start, width)), self.strips.width
                    laid = items[i].holding(self.setter.across(block, cuts, width, again=plain))
                elif not start:
                    laid, before = self._around(items[i], plain, width, 0.0)
        if ended_by == "column":
            self.y += laid.lines[-1].height  # an empty line is left of its paragraph
        if ended_by != "page":  # else its last line is on the page before
            self.y += after + laid.tail
            self.kept = 0.0 if self.document.settings.adds_spacing else after

    def _put(self, block: Paragraph, laid: LaidParagraph, lines: tuple[int, int], top: float) -> None:
        """Put lines of a paragraph on the page, with their numbers, their drawings and their notes.

        Args:
            block: The paragraph.
            laid: The same, laid out.
            lines: First of them, and the one after the last.
            top: Where the paragraph begins on this page, with the space before it.
        """
        start, stop = lines
        sheet, x = self.sheet, self.left
        sheet.place(laid.fragment(start, stop), x, self.y, laid.tag(start))
        if sheet.section.line_numbers is not None and not block.format.no_line_numbers:
            self.margin.count(sheet, laid.lines[start:stop], x, self.y)
        if laid.hung:
            place_hung(sheet, laid, lines, x=x, top=top, y=self.y, clears=True)
        self.y += laid.height(start, stop)
        self.feet.add_lines(sheet, laid, lines, self.y)

    def _begin(self, items: Sequence[Item], i: int) -> tuple[float, float]:
        """Go to the page where a paragraph begins; return the space before and after it."""
        block, laid = items[i].block, items[i].paragraph
        assert isinstance(block, Paragraph)
        assert laid is not None
        form = block.format
        before, after = spaces_of(items, i)
        before, self.kept = max(0.0, before - self.kept), 0.0
        if form.page_break_before and not self.at_top:
            self.begin_page(forced=True)
        elif self._must_move(items, i, before) or self._is_moved(items[i]):
            self.go_on()
        if self.at_top:  # whatever stands on the page before
            is_auto = form.before_auto and len(self.sheets) == 1
            before = laid.before if self.sheet.counts_space and not is_auto else 0.0
        if self.strips is not None:
            before = self.strips.space(self.y, before)
        return before, after

    def _is_moved(self, item: Item) -> bool:
        """Whether a table beside the text begins a page with its paragraph."""
        return bool(item.afloat) and not self.at_top and any(hung.owner in self.setter.moved for hung in item.afloat)

    def _must_move(self, items: Sequence[Item], i: int, before: float) -> bool:
        """Whether a heading would be left without what it stands over."""
        return items[i].keeps_next and must_move(
            items, i, before, self.space, adds_spacing=self.document.settings.adds_spacing
        )

    def _around(self, item: Item, laid: LaidParagraph, width: float, before: float) -> tuple[LaidParagraph, float]:
        """Lay a paragraph out around drawings; return it, and the space before it: more where it goes below one."""
        block = item.block
        assert isinstance(block, Paragraph)
        sheet, left = self.sheet, self.left
        whole = self.y, before + laid.height(0, len(laid.lines))
        own = (
            obstacle(hung, *spot(sheet, hung, left, whole, (self.y + before, 0.0)))
            for hung in laid.hung
            if hung.floating is not None
        )
        met = [*sheet.obstacles, *(o for o in own if o is not None)]
        if laid.is_blank:
            met = for_blanks(met, left, left + width)
        if not is_in_the_way(met, left, left + width, self.y + before):
            return laid, before
        beside = Beside(met, left, width, self.y + before, before)
        laid = item.holding(self.setter.beside(block, width, beside, again=laid, numbers=self.numbers))
        return laid, before + beside.skipped

    def _fit(self, laid: LaidParagraph, start: int, before: float) -> tuple[int, str]:
        """Return the first line that does not fit, and the break that ends the piece: `page`, `column` or none."""
        room, stop, foot = self.room - before, start, self.sheet.foot
        while stop < len(laid.lines):
            line = laid.lines[stop]
            is_last = stop + 1 == len(laid.lines)  # a paragraph of nothing but its break needs its room
            if line.height > room + SLIP and not (line.ended_by in _PAGE_ENDS and not line.text and not is_last):
                return stop, ""
            room -= line.height + line.lead
            if self.feet.is_needed and line.bookmarks:
                end = self.sheet.end_above(foot)
                raised = self.feet.foot_with(self.sheet, note_keys(laid, stop, stop + 1), end - room, foot)
                if raised is None:
                    return stop, ""
                room, foot = room - end + self.sheet.end_above(raised), raised
            stop += 1
            if line.ended_by in _PAGE_ENDS:
                return stop, line.ended_by
        return stop, ""

    # tables

    def _place_at_bottom(self, table: LaidTable) -> None:
        """Put a table at the foot of the text area; where pages are odd and even, of an even one.

        Text goes on where it stopped. Source: GB/T 9704—2012 §7.4, §7.5 (版记 closes the last, even
        page; when a blank page comes before it, neither of the two is numbered).
        """
        height = sum(row.height for row in table.rows) + table.foot
        by_parity = self.document.settings.odd_and_even
        if height > self.room + SLIP or (by_parity and self.sheet.number % 2):
            self.begin_page()
            if by_parity and self.sheet.number % 2:
                self.sheet.is_blank = True
                self.begin_page()
                self.sheet.is_blank = True
        left = self.sheet.section.left + table.offset
        table.draw(self.sheet, left, self.sheet.bottom - height, table.rows)

    def _place_table(self, table: LaidTable, follows: float = 0.0) -> None:
        """Place a table; ``follows``: height of what must stand with its last row."""
        self.kept = 0.0
        if table.table.at_bottom:
            self._place_at_bottom(table)
            return
        left = self.left + table.offset
        self.y = below(self.sheet.obstacles, left, left + sum(table.table.columns), self.y)
        TableFiller(self, table, follows).run()


def _without_end(pieces: tuple[Piece, ...], *, breaks: bool) -> tuple[Piece, ...]:
    """Return a section's last pieces without a break to its end, and without marks that stand there alone.

    Args:
        pieces: Of the paragraph that ends the section.
        breaks: The next section begins a page by itself.
    """
    held = [i for i, piece in enumerate(pieces) if not isinstance(piece, Bookmark)]
    while breaks and held and _turns(pieces[held[-1]]):
        pieces = pieces[: held.pop()]
    return pieces if held else ()


def _turns(piece: Piece) -> bool:
    """Whether a piece of text is a page break."""
    return isinstance(piece, Break) and piece.kind == "page"
