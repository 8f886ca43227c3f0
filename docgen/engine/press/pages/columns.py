"""Blocks under each other in a column: a cell's content, a header, a footer.

A column can be parted at a height between two lines, so that a row can run over two pages.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
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

    def split(self, room: float) -> tuple[Part | None, Part | None]:
        """Part it where no more than ``room`` is used above."""


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

    def split(self, room: float) -> tuple[Part | None, Part | None]:
        """Part it where no more than ``room`` is used above."""
        used, stop = self.before, self.start
        lines = self.paragraph.lines
        while stop < self.stop and used + lines[stop].height <= room + _SLIP:
            used += lines[stop].height + lines[stop].lead
            stop += 1
        if stop == self.stop:
            return replace(self, after=0.0), None
        if stop == self.start:
            return None, self
        return replace(self, stop=stop, after=0.0), replace(self, start=stop, before=0.0)


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

    def split(self, room: float) -> tuple[Column, Column]:
        """Part the column where no more than ``room`` is used above."""
        head: list[Part] = []
        for i, part in enumerate(self.parts):
            if part.height <= room + _SLIP:
                head.append(part)
                room -= part.height
                continue
            first, second = part.split(room)
            head += [first] if first else []
            rest = [second] if second else []
            return Column.of(head), Column.of([*rest, *self.parts[i + 1 :]])
        return self, Column((), 0.0)


def natural_length(column: Column) -> float:
    """Return the width that the lines of a column need."""
    return max([part.length for part in column.parts], default=0.0)
