"""What must stand together on a page: a heading with its text, the lines of a paragraph, the rows of a table.

Source: ECMA-376 part 1 §17.3.1.14 (keepLines), §17.3.1.15 (keepNext), §17.3.1.44 (widowControl).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docgen.engine.press.model.blocks import Paragraph

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
    """Whether a heading would be left without what it stands over.

    Args:
        items: Of the section.
        i: The paragraph, which is kept with the next.
        before: Space before it.
        room: The page.
        adds_spacing: Spaces after and before are added up.
    """
    if room.is_empty:
        return False
    laid = items[i].paragraph
    assert laid is not None
    height = before + laid.height(0, len(laid.lines)) + laid.after + laid.tail
    height += lead(items, i + 1, shared=0.0 if adds_spacing else laid.after, adds_spacing=adds_spacing)
    return room.left + SLIP < height <= room.whole


def lead(items: Sequence[Item], k: int, *, adds_spacing: bool, shared: float = 0.0) -> float:
    """Return the height of what must stand with whatever is kept with item ``k``; 0 at the end.

    Of a paragraph its first lines, of a table its first rows; what is itself kept with the next is
    taken whole, together with what the next asks for. ``shared`` points before it are counted already.
    """
    height = 0.0
    for item in items[k:]:
        if item.table is not None:
            if item.table.table.at_bottom:
                return height  # stands where it stands
            headers = item.table.headers
            height += sum(row.height for row in headers)
            for row in item.table.rows[len(headers) :]:
                if not row.row.keep_next:
                    return height + row.start + item.table.foot
                height += row.height
            height += item.table.foot
            shared = 0.0
            continue
        laid = item.paragraph
        assert laid is not None
        if not item.keeps_next:
            size = min(2, len(laid.lines)) if len(laid.lines) != 3 else 3
            return height + max(0.0, laid.before - shared) + laid.height(0, size)
        height += max(0.0, laid.before - shared) + laid.height(0, len(laid.lines)) + laid.after + laid.tail
        shared = 0.0 if adds_spacing else laid.after
    return height


def row_must_move(
    waiting: Sequence[LaidRow], height: float, part: Sequence[LaidRow], follows: float, room: Room
) -> bool:
    """Whether a row that fits is kept with a following one, or with what follows the table, that does not.

    Args:
        waiting: The row, which is kept with the next, and those after it.
        height: Of the part before it, and of the line that would end the part.
        part: Rows already placed on this page.
        follows: Height of what must stand with the table's last row.
        room: The page without the part.
    """
    if room.is_empty and not part:
        return False
    need = height
    for row in waiting:
        need += row.height
        if not row.row.keep_next:
            break
    else:
        need += follows
    whole = need - height  # with the rows before it that are kept with it: what no page holds is not kept
    for row in reversed(part):
        if not row.row.keep_next:
            break
        whole += row.height
    return need > room.left + SLIP and whole <= room.whole
