"""Blocks under each other in a column: a cell's content, a header, a footer.

A column can be parted at a height between two lines, so that a row can run over two pages.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol

from docgen.engine.press.laid.fragments import Placed
from docgen.engine.press.pages.places import place_hung

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docgen.engine.press.laid.sheet import Sheet
    from docgen.engine.press.setting.paragraphs import LaidParagraph

_SLIP = 0.05
_SPARE = 0.02
"""Points by which a frame is wider than its longest line."""


class Ending(Enum):
    """What counts where the end of a page parts a column."""

    LINES = auto()
    """Nothing but the lines."""

    CELL = auto()
    """As in a cell: the space after a paragraph that ends the page, and above that where the cell's last paragraph
    begins; the space before what begins the next page. Tables in it are parted within a row."""

    TALL_CELL = auto()
    """As in a cell of a row said to be taller than what is left: no space after a paragraph that holds anything."""


class Part(Protocol):
    """Something that stands in a column: lines of a paragraph, rows of a table."""

    @property
    def height(self) -> float:
        """Height with the space around."""

    @property
    def first_height(self) -> float:
        """Height of what must stand together at least."""

    @property
    def length(self) -> float:
        """Width that it needs at most."""

    @property
    def bookmarks(self) -> Iterable[str]:
        """Names of the bookmarks in it."""

    def draw(self, sheet: Sheet, x: float, y: float) -> None:
        """Place it."""

    def split(self, room: float, ending: Ending = Ending.LINES) -> tuple[Part | None, Part | None]:
        """Part it where no more than ``room`` is used above."""

    @property
    def below(self) -> float:
        """Height of what stands under it where it ends a cell."""

    def resumed(self) -> Part:
        """Return it as it begins the rest of a cell on another page."""


@dataclass(slots=True, eq=False)
class Lines:
    """Lines ``start`` to ``stop`` of a paragraph, with the space around them."""

    paragraph: LaidParagraph
    start: int
    stop: int
    before: float
    after: float

    @property
    def height(self) -> float:
        """Height with the space around."""
        return self.before + self.paragraph.height(self.start, self.stop) + self.after

    @property
    def first_height(self) -> float:
        """Height of the first line, with the space before it."""
        return self.before + self.paragraph.lines[self.start].height

    @property
    def below(self) -> float:
        """Height of what stands under it where it ends a cell: its space and its leading."""
        return self.paragraph.after + self.paragraph.cell_tail

    @property
    def length(self) -> float:
        """Width of the paragraph's longest line."""
        return max([line.width + _SPARE for line in self.paragraph.lines], default=0.0)

    @property
    def bookmarks(self) -> Iterable[str]:
        """Names of the bookmarks in the lines."""
        return [name for line in self.paragraph.lines[self.start : self.stop] for name in line.bookmarks]

    def draw(self, sheet: Sheet, x: float, y: float) -> None:
        """Place it."""
        sheet.place(self.paragraph.fragment(self.start, self.stop), x, y + self.before, self.paragraph.tag(self.start))
        if self.paragraph.hung:
            place_hung(sheet, self.paragraph, (self.start, self.stop), x=x, top=y, y=y + self.before)

    def flatten(self, into: list[Placed], x: float, y: float) -> None:
        """Add what `draw` would place."""
        laid = self.paragraph
        into.append(Placed(x, y + self.before, laid.fragment(self.start, self.stop), laid.tag(self.start)))

    def split(self, room: float, ending: Ending = Ending.LINES) -> tuple[Part | None, Part | None]:
        """Part it where no more than ``room`` is used above."""
        used, stop = self.before, self.start
        lines = self.paragraph.lines
        counts = ending is Ending.CELL or (ending is Ending.TALL_CELL and self.paragraph.is_blank)
        below = self.below if counts else 0.0
        while stop < self.stop:
            needed = lines[stop].height + (below if stop + 1 == self.stop else 0.0)
            if used + needed > room + _SLIP:
                break
            used += lines[stop].height + lines[stop].lead
            stop += 1
        if stop == self.stop:
            return replace(self, after=0.0), None
        if stop == self.start:
            return None, self
        return replace(self, stop=stop, after=0.0), replace(self, start=stop, before=0.0)

    def is_of(self, other: Part) -> bool:
        """Whether another part is of the same paragraph."""
        return isinstance(other, Lines) and other.paragraph is self.paragraph

    def resumed(self) -> Part:
        """Return it with its own space before it, even where its first lines stand on the page before."""
        return replace(self, before=self.paragraph.before)


@dataclass(slots=True, eq=False)
class Column:
    """Parts under each other."""

    parts: tuple[Part, ...]
    height: float
    bookmarks: frozenset[str] = frozenset()

    @classmethod
    def of(cls, parts: list[Part]) -> Column:
        """Stack parts."""
        if len(parts) == 1 and isinstance(parts[0], Lines) and not parts[0].paragraph.has_bookmarks:
            return cls(tuple(parts), parts[0].height)
        names = {name for part in parts for name in part.bookmarks}
        return cls(tuple(parts), sum(part.height for part in parts), frozenset(names))

    @property
    def first_height(self) -> float:
        """Height of what must stand together at least: the first line or row."""
        return self.parts[0].first_height if self.parts else 0.0

    def draw(self, sheet: Sheet, x: float, y: float) -> None:
        """Place everything."""
        for part in self.parts:
            part.draw(sheet, x, y)
            y += part.height

    def flatten(self, into: list[Placed], x: float, y: float) -> None:
        """Add what `draw` would place; only of paragraphs."""
        for part in self.parts:
            assert isinstance(part, Lines)
            part.flatten(into, x, y)
            y += part.height

    def split(self, room: float, ending: Ending = Ending.LINES) -> tuple[Column, Column]:
        """Part the column where no more than ``room`` is used above."""
        head: list[Part] = []
        for i, part in enumerate(self.parts):
            if part.height <= room + _SLIP:
                head.append(part)
                room -= part.height
                continue
            is_last = ending is not Ending.LINES and 0 < i == len(self.parts) - 1
            begins = not is_last or part.first_height + part.below <= room + _SLIP
            first, second = part.split(room, ending) if begins else (None, part)
            rest = [second, *self.parts[i + 1 :]] if second else list(self.parts[i + 1 :])
            if first:
                head.append(first)
            elif ending is Ending.CELL:
                head, rest = _ended(head, rest, room)
            if ending is not Ending.LINES and rest:
                rest[0] = rest[0].resumed()
            return Column.of(head), Column.of(rest)
        return self, Column((), 0.0)

    def held(self, room: float) -> list[float]:
        """Return where the parts that stand wholly in a room end, from the top and without the space after them."""
        found: list[float] = []
        used = 0.0
        for part in self.parts:
            whole, rest = part.split(room - used)
            if whole is None or rest is not None:
                break
            found.append(used + whole.height)
            used += part.height
        return found


def _ended(head: list[Part], rest: list[Part], room: float) -> tuple[list[Part], list[Part]]:
    """Return what stays and what goes where a part does not begin on the page: the one before it ends the page.

    Args:
        head: Parts that fit.
        rest: Those after them.
        room: Left under them.
    """
    if not head:
        alone, after = rest[0].split(room, Ending.TALL_CELL)  # a line alone needs no space after it
        return [alone] if alone else [], [*([after] if after else []), *rest[1:]]
    first, second = head[-1].split(room + head[-1].height, Ending.CELL)
    if second is None or (first is None and len(head) == 1):
        return head, rest
    return [*head[:-1], *([first] if first else [])], [second, *rest]


def natural_length(column: Column) -> float:
    """Return the width that the lines of a column need."""
    return max([part.length for part in column.parts], default=0.0)
