"""What must stand together on a page: a heading with its text, the lines of a paragraph, the rows of a table.

Source: ECMA-376 part 1 §17.3.1.14 (keepLines), §17.3.1.15 (keepNext), §17.3.1.44 (widowControl).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docgen.engine.press.model.blocks import Paragraph
from docgen.engine.press.pages.parting import has_to_part
from docgen.engine.press.pages.spacing import spaces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.engine.press.model.blocks import Block
    from docgen.engine.press.model.formats import ParagraphFormat
    from docgen.engine.press.pages.tables import LaidRow, LaidTable
    from docgen.engine.press.setting.hung import Hung
    from docgen.engine.press.setting.paragraphs import LaidParagraph

SLIP = 0.05
"""Points by which something may be too high for its room."""


@dataclass(slots=True, eq=False)
class Item:
    """A block laid out for its section."""

    block: Block
    width: float
    """Of the column that it was laid out in."""

    paragraph: LaidParagraph | None = None
    table: LaidTable | None = None
    afloat: tuple[Hung, ...] = ()
    """Tables beside the text that go with the paragraph."""

    def holding(self, laid: LaidParagraph) -> LaidParagraph:
        """Return the paragraph, laid out in whatever way, with the tables that go with it."""
        return replace(laid, hung=(*self.afloat, *laid.hung)) if self.afloat else laid

    @property
    def keeps_next(self) -> bool:
        """Whether it is a paragraph that stands with what follows it."""
        return isinstance(self.block, Paragraph) and self.block.format.keep_next


@dataclass(slots=True, kw_only=True, eq=False)
class Room:
    """A page as far as it is filled."""

    left: float
    """Points left on it."""

    whole: float
    """Points of an empty page."""

    is_empty: bool
    is_free: bool
    """Something stands on it that is not kept with the next."""


def stop_of_lines(form: ParagraphFormat, start: int, stop: int, count: int, room: Room) -> int:
    """Return where a page ends within a paragraph, so that no line is left alone.

    Args:
        form: Of the paragraph.
        start: First of its lines on the page.
        stop: First line that does not fit.
        count: How many it has.
        room: The page.
    """
    wanted = stop
    if form.keep_lines and start == 0:
        wanted = start
    elif form.widow_control:
        if count - wanted == 1:
            wanted -= 1
        if start == 0 and wanted - start < 2:
            wanted = start
    if wanted <= start and room.is_empty:
        return max(stop, start + 1)  # a page cannot stay empty
    return max(wanted, start)


def must_move(items: Sequence[Item], i: int, before: float, room: Room, *, adds_spacing: bool) -> bool:
    """Whether a paragraph that is kept with the next goes to the next page.

    As LibreOffice has it: it does when it does not stand there whole, and with whatever it is kept with when that does
    not fit, however high it is; but not when all that stands before it on the page is kept with it, too.

    Args:
        items: Of the section.
        i: The paragraph.
        before: Space before it.
        room: The page.
        adds_spacing: Spaces after and before are added up.
    """
    if room.is_empty:
        return False
    laid = items[i].paragraph
    assert laid is not None
    height = before + laid.height(0, len(laid.lines))
    if height > room.left + SLIP:
        return True
    if not (room.is_free and _is_kept(items, i)):
        return False
    after = spaces_of(items, i)[1]
    shared = 0.0 if adds_spacing else after
    height += after + laid.tail
    left = room.left - height
    return lead(items, i + 1, room.whole, left, shared=shared, adds_spacing=adds_spacing) > left + SLIP


def _is_kept(items: Sequence[Item], i: int) -> bool:
    """Whether a paragraph stands with what follows it: not where that begins a page or another section."""
    if not items[i].keeps_next or i + 1 == len(items):
        return False
    block = items[i + 1].block
    return not (isinstance(block, Paragraph) and block.format.page_break_before)


def spaces_of(items: Sequence[Item], i: int) -> tuple[float, float]:
    """Return the space before and after a paragraph of several items."""
    block, laid = items[i].block, items[i].paragraph
    assert isinstance(block, Paragraph)
    assert laid is not None
    above, below = (items[k].block if 0 <= k < len(items) else None for k in (i - 1, i + 1))
    return spaces(block.format, laid, above, below)


def lead(items: Sequence[Item], k: int, most: float, left: float, *, adds_spacing: bool, shared: float = 0.0) -> float:
    """Return the height of what must stand with whatever is kept with item ``k``; 0 at the end.

    Of a paragraph its first lines, of a table its first rows; what is itself kept with the next is
    taken whole, together with what the next asks for.

    Args:
        items: Of the section.
        k: The first that is looked at.
        most: Points that no page has: what is more is not looked at, however much is kept together.
        left: Points left on this one.
        adds_spacing: Spaces after and before are added up.
        shared: Points before it that are counted already.
    """
    height = 0.0
    for i in range(k, len(items)):
        if height > most + SLIP:
            break
        item = items[i]
        if item.table is not None:
            if item.table.table.at_bottom:
                return height  # stands where it stands
            headers, foot = item.table.headers, item.table.foot
            rows = item.table.rows[len(headers) :]
            height += sum(row.height for row in headers)
            height += begun_rows(rows, most, left - height) + foot
            if not all(row.row.keep_next for row in rows):
                return height
            shared = 0.0
            continue
        laid = item.paragraph
        assert laid is not None
        before, after = spaces_of(items, i)
        height += max(0.0, before - shared)
        if not _is_kept(items, i):
            return height + laid.height(0, _begun(item))
        height += laid.height(0, len(laid.lines)) + after + laid.tail
        shared = 0.0 if adds_spacing else after
    return height


def _begun(item: Item) -> int:
    """Return how many lines of a paragraph stand together at its beginning."""
    assert isinstance(item.block, Paragraph)
    assert item.paragraph is not None
    form, count = item.block.format, len(item.paragraph.lines)
    if form.keep_lines or form.keep_next:
        return count
    if not form.widow_control:
        return 1
    return count if count <= 3 else 2  # of three lines none may be left alone


def row_must_move(waiting: Sequence[LaidRow], height: float, follows: float, room: Room) -> bool:
    """Whether a row that fits goes to the next page with those it is kept with: as `must_move` has it for a paragraph.

    Args:
        waiting: The row and those after it.
        height: Of what stands on the page above it, and of the line that would end the part.
        follows: Height of what must stand with the table's last row.
        room: The page without that.
    """
    left = room.left - height
    return room.is_free and begun_rows(waiting, room.whole, left, follows) > left + SLIP


def begun_rows(rows: Sequence[LaidRow], whole: float, left: float, follows: float = 0.0) -> float:
    """Return the height of rows that are kept with each other and of the beginning of the next one.

    Args:
        rows: Those from the first of them on.
        whole: Points of an empty page.
        left: Points left on this one.
        follows: Height of what must stand with the last of all.
    """
    height = 0.0
    for row in rows:
        if not row.row.keep_next:
            return height + (row.first if has_to_part(row, left - height, whole) else row.start)
        height += row.height
    return height + follows
