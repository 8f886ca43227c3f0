"""The pieces of a paper's pages, one after the other, each to the element of the structure tree that it belongs to.

Source: ISO 32000-1 §14.8.4.3.4 (tables: rows of cells, of merged ones the first alone), §14.8.2.2 (a table's head
that is repeated on a later page is an artifact there).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.engine.press.laid.tagging import Cut, Tag
from docgen.engine.press.model.blocks import Paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.engine.press.laid.fragments import Placed
    from docgen.engine.press.laid.paper import LaidPage
    from docgen.engine.press.pages.tables import LaidCell, LaidRow, LaidTable

PAGE = 1 << 20
"""A marked content is known by its number and so many for each page of the paper before its own."""


class Element:
    """One element of the tree, while its paper is written; it does not know its parent, or papers would be cycles."""

    __slots__ = ("alt", "box", "columns", "index", "is_plain", "kids", "role", "rows")

    def __init__(self, role: str, parent: Element | None, *, columns: int = 1, rows: int = 1) -> None:
        self.role = role
        self.columns = columns
        """How many columns and rows a cell takes."""

        self.rows = rows
        self.kids: list[Element | int] = []
        """Elements and marked contents."""

        self.alt = ""
        self.box: tuple[float, float, float, float] | None = None
        """Of a figure on its page, as PDF counts."""

        self.is_plain = False
        """A cell that holds one paragraph, whose content is the cell's own."""

        self.index = 0
        """Among the elements of its paper."""

        if parent is not None:
            parent.kids.append(self)


class _Table:
    """A table on its way over pages."""

    __slots__ = ("_cells", "_index", "_last", "_resumes", "_row", "_turn", "element", "laid", "owners", "where")

    def __init__(self, laid: LaidTable, element: Element) -> None:
        self.laid = laid
        self.element = element
        self.where: Element | None = None
        """The cell whose pieces come; ``None`` in what is repeated."""

        self.owners: Iterator[int] = iter(())
        """Cells of the plain pieces that follow a row's beginning."""

        self._cells: dict[int, Element] = {}
        """By first column of the grid: the row at hand, and merged cells from above."""

        self._row: tuple[LaidCell, ...] = ()
        self._index = -1
        self._turn = -1
        """Rows of this page so far; below zero on the first page."""

    def turn(self) -> None:
        """Go on on another page."""
        self._turn = 0

    def row(self, row: LaidRow) -> None:
        """Begin a row, or go on with one that the end of a page parted."""
        self.where = None
        self.owners = iter(row.flat[2])
        if self._turn >= 0:
            headers = self.laid.headers
            if self._turn < len(headers) and row is headers[self._turn]:
                self._turn += 1
                self._row = ()
                return
            self._turn = len(self.laid.rows)
        self._row = row.cells
        if row.resumes:
            return
        self._index += 1
        role = "TH" if row.row.is_header else "TD"
        line = Element("TR", self.element)
        for cell in row.cells:
            own = cell.cell
            if own.continues and own.first_column in self._cells:
                continue
            rows = self.laid.merge_end(self.laid.rows, self._index, cell) - self._index if own.starts_merge else 1
            made = Element(role, line, columns=own.span, rows=rows)
            made.is_plain = len(own.blocks) == 1 and isinstance(own.blocks[0], Paragraph)
            self._cells[own.first_column] = made

    def cell(self, cell: LaidCell) -> None:
        """Begin a cell that is placed by itself."""
        self.where = self._cells[cell.cell.first_column] if self._row else None
        self.owners = iter(())

    @property
    def place(self) -> Element | None:
        """The cell of the next piece."""
        owner = next(self.owners, -1)
        if owner < 0:
            return self.where
        return self._cells[self._row[owner].cell.first_column] if self._row else None


class Walk:
    """Goes through the pages of one paper, in order."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self._tables: dict[int, _Table] = {}
        """By identity; the paper keeps them alive."""

        self._begun: dict[Tag, Element] = {}
        self.figures: dict[int, list[Element]] = {}
        """Pictures of a piece, by its identity."""

    def targets(self, page: LaidPage) -> list[Element | None]:
        """Return the element of each piece of the page's content; ``None`` for an artifact."""
        start, stop, events = page.scope
        art = page.art[start:stop]
        if not events:
            return [self._target(piece, self.root) for piece in art]
        found: list[Element | None] = []
        open_tables: list[_Table] = []
        at = 0
        for index, cut, of in events:
            self._fill(found, art[at:index], open_tables)
            at = index
            if cut is Cut.TABLE:
                open_tables.append(self._table(of, open_tables))
            elif cut is Cut.END:
                open_tables.pop()
            elif cut is Cut.ROW:
                open_tables[-1].row(of)
            else:
                open_tables[-1].cell(of)
        self._fill(found, art[at:], open_tables)
        return found

    def _fill(self, found: list[Element | None], pieces: tuple[Placed, ...], tables: list[_Table]) -> None:
        if tables:
            table = tables[-1]
            for piece in pieces:
                place = table.place if piece[3] is not None or piece[2].lines or piece[2].figures else None
                found.append(self._target(piece, place) if place is not None else None)
        else:
            found += [self._target(piece, self.root) for piece in pieces]

    def _table(self, laid: LaidTable, around: list[_Table]) -> _Table:
        known = self._tables.get(id(laid))
        if known is not None:
            known.turn()
            return known
        parent = (around[-1].where if around else self.root) or self.root
        made = self._tables[id(laid)] = _Table(laid, Element("Table", parent))
        return made

    def _target(self, piece: Placed, place: Element) -> Element | None:
        """Return the element of one piece that stands in a place."""
        found = self._of_text(piece, place)
        if piece[2].figures:
            made = [Element("Figure", place) for _ in piece[2].figures]
            for one, figure in zip(made, piece[2].figures, strict=True):
                one.alt = figure.alt
            self.figures[id(piece)] = made
        return found

    def _of_text(self, piece: Placed, place: Element) -> Element | None:
        _, _, fragment, tag = piece
        if not fragment.operators and not fragment.parts:
            return None  # nothing to be read
        if tag is None:
            if fragment.lines:
                return Element("P", place)
            return Element("Figure", place) if fragment.images else None
        if tag.rest_of is not None:
            found = self._begun.get(tag.rest_of)
            if found is not None:
                return found
        made = place if place.is_plain and tag.role == "P" else Element(tag.role, place)
        made.alt = tag.alt
        self._begun[tag.rest_of or tag] = made
        return made
