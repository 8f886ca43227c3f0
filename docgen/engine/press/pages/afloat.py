"""Tables that leave the text (`w:tblpPr`): text goes on beside them, as beside a drawing.

Source: ECMA-376 part 1 §17.4.57. Which tables do so is LibreOffice's rule: those beside which there is room for
text, and those that go up. Others are ordinary tables, and so are those that no page holds, that no paragraph
follows, that call notes or say which page they are on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docgen.engine.press.model.blocks import Drawing, Floating, Paragraph, Table
from docgen.engine.press.model.notes import keys_in
from docgen.engine.press.pages.keeping import SLIP, Item
from docgen.engine.press.setting.hung import Hung

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.engine.press.laid.sheet import Sheet
    from docgen.engine.press.model.blocks import Block, Section
    from docgen.engine.press.model.drawings import Position
    from docgen.engine.press.pages.setter import Setter
    from docgen.engine.press.pages.tables import LaidTable

_LEAST = 4.69 / 25.4 * 72
"""Points that text needs beside a table with its distances."""


@dataclass(slots=True, eq=False)
class FloatingTable:
    """A table that is put in its place whole."""

    table: LaidTable

    @property
    def width(self) -> float:
        """Points across."""
        return sum(self.table.table.columns)

    @property
    def height(self) -> float:
        """Points down."""
        return self.table.height

    def draw(self, sheet: Sheet, x: float, y: float) -> None:
        """Put it on a page with its upper left corner at a place."""
        self.table.draw(sheet, x, y, self.table.rows)


def lay_items(blocks: Sequence[Block], section: Section, setter: Setter, width: float, most: float) -> list[Item]:
    """Lay out the blocks of a section, tables that leave the text with the paragraph that they go with.

    Args:
        blocks: Of the section.
        section: Its settings.
        setter: Lays out one.
        width: Of its columns.
        most: Height of its text area.
    """
    found: list[Item] = []
    waiting: list[Hung] = []
    leaving = _leaving(blocks, section, width)
    for block in blocks:
        if setter.passes_over(block):
            continue
        if isinstance(block, Table):
            laid = setter.table_apart(block, width, most) if block in leaving else None
            if laid is not None:
                waiting.append(_hung(block, laid, width, waiting))
            else:
                found.append(Item(block, width, table=setter.table(block, width)))
            continue
        paragraph = setter.paragraph(block, width)
        item = Item(block, width, paragraph=paragraph, afloat=tuple(waiting))
        if waiting:
            item.paragraph = item.holding(paragraph)
            waiting = []
        found.append(item)
    return found


def _leaving(blocks: Sequence[Block], section: Section, width: float) -> frozenset[Table]:
    """Return the tables that leave the text as far as can be told before they are laid out."""
    if not any(isinstance(block, Table) and block.place is not None for block in blocks):
        return frozenset()
    found: set[Table] = set()
    is_followed = False
    for block in reversed(blocks):
        if isinstance(block, Paragraph):
            is_followed |= not block.is_hidden
        elif is_followed and block.place is not None and _has_room(block, section, width):
            found.add(block)
        else:
            is_followed = False
    return frozenset(found)


def _has_room(table: Table, section: Section, width: float) -> bool:
    """Whether a table is one that leaves the text, and can be put in a place whole."""
    place = table.place
    assert place is not None
    if table.has_page_fields or any(keys_in((table,))):
        return False
    size = table.width_in(width)
    across, down = place.horizontal, place.vertical
    needed = size + place.distances[1] + place.distances[3] + _LEAST + SLIP
    if across.origin == "page":
        is_low = down.origin == "page" and not down.align and down.offset > section.height - abs(section.bottom)
        return not is_low and needed < section.width - min(section.left, section.right)
    return down.offset < 0 or bool(section.columns) or needed < section.body_width


def _hung(owner: Table, laid: LaidTable, width: float, before: Sequence[Hung]) -> Hung:
    """Return a table as a drawing that goes with a paragraph, below those already bound to it that it would cover.

    Args:
        owner: The table as it was read: what it asks for is noted for this object.
        laid: The table.
        width: Of its column.
        before: Bound to the same paragraph.
    """
    table, drawing = laid.table, FloatingTable(laid)
    place = table.place
    assert place is not None
    across, down = place.horizontal, place.vertical
    if not across.align:  # the text of its cells, not its edge, stands where it says
        edge = dict(table.borders).get("left")
        hangs = table.left_margin + (edge.width / 2 if edge is not None else 0.0)
        across = replace(across, offset=across.offset - hangs)
    for other in before:
        down = _below(other, drawing, across, down)
    floating = Floating(
        drawing=Drawing(width=drawing.width, height=drawing.height, items=()),
        horizontal=across,
        vertical=down,
        wrap="square",
        distances=place.distances,
        is_frame=True,
    )
    return Hung(line=0, drawing=drawing, column=width, floating=floating, owner=owner)


def _below(other: Hung, drawing: FloatingTable, across: Position, down: Position) -> Position:
    """Return the place of a table below another one that it would cover."""
    own = other.floating
    assert own is not None
    if down.align or down.origin != own.vertical.origin or across.origin != own.horizontal.origin:
        return down
    x = own.horizontal
    covers = x.align == across.align and (
        bool(x.align) or (across.offset < x.offset + other.drawing.width and x.offset < across.offset + drawing.width)
    )
    foot = own.vertical.offset + other.drawing.height + own.distances[2]
    return replace(down, offset=max(down.offset, foot)) if covers else down
