"""A page being filled: fragments at their places, in points from the upper left corner."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol, TypeAlias

from docgen.engine.press.laid.fragments import Mark, Placed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docgen.engine.press.laid.fragments import Fragment
    from docgen.engine.press.laid.obstacles import Obstacle
    from docgen.engine.press.laid.tagging import Cut, Event, Tag
    from docgen.engine.press.model.blocks import Section


Layer: TypeAlias = tuple[int, list[Placed]]
"""One drawing, with its height over others."""

Rectangle: TypeAlias = tuple[float, float, float, float]
"""Upper left corner, width and height."""

_SLIP = 0.01
"""Points by which lengths that are equal may differ."""


def _flat(layers: list[Layer]) -> list[Placed]:
    """Return drawings in the order in which they lie over each other."""
    return [placed for _, group in sorted(layers, key=lambda layer: layer[0]) for placed in group]


class Drawn(Protocol):
    """Something laid out that knows how to put itself on a page."""

    def draw(self, sheet: Sheet, x: float, y: float) -> None:
        """Put it on a page with its upper left corner at a place."""


@dataclass(slots=True, eq=False)
class Sheet:
    """One page."""

    section: Section
    number: int
    """As printed, from the section's first number."""

    section_index: int
    is_first_of_section: bool
    top: float
    """Where the text area begins: lower than the margin under a tall header."""

    bottom: float
    """Where text ends: above the notes, after whole steps of the grid."""

    foot: float = 0.0
    """Where the notes begin, or the text area ends."""

    step: float = 0.0
    """Of a grid that begins at the top of the page; 0 where text may end anywhere above the foot."""

    is_forced: bool = False
    """Begun by a page break: the space before its first paragraph counts."""

    placed: list[Placed] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    """Tables, rows and cells, by the number of pieces before them."""

    body: tuple[int, int | None] = (0, None)
    """Which pieces are content; those before and after are headers and footers."""

    is_blank: bool = False
    """Without header, footer and page number."""

    behind: list[Layer] = field(default_factory=list)
    """Drawn under the text."""

    front: list[Layer] = field(default_factory=list)
    """Drawn over it."""

    obstacles: list[Obstacle] = field(default_factory=list)
    """What text keeps away from."""

    margin: list[Placed] = field(default_factory=list)
    """Numbers of lines: none of the content."""

    borders: list[Rectangle] = field(default_factory=list)
    """Lines around the page."""

    late: list[Obstacle] = field(default_factory=list)
    """Those that stand beside text placed before them."""

    settled: list[object] = field(default_factory=list)
    """Owners of obstacles that were put on it."""

    called: list[str] = field(default_factory=list)
    """Footnotes called on it."""

    @property
    def counts_space(self) -> bool:
        """Whether space before a paragraph at its top counts: not where the page before was full."""
        return self.is_first_of_section or self.is_forced

    def end_above(self, foot: float) -> float:
        """Return where text ends above a foot."""
        if not self.step:
            return foot
        return self.top + int(max(0.0, foot - self.top + _SLIP) / self.step) * self.step

    def copied(self) -> Sheet:
        """Return the page as it is now, to be gone back to."""
        copy = replace(self)
        copy.take(self)
        return copy

    def take(self, other: Sheet) -> None:
        """Become what another one is, whose lists stay its own."""
        self.bottom, self.foot, self.body = other.bottom, other.foot, other.body
        self.placed, self.marks, self.events = [*other.placed], [*other.marks], [*other.events]
        self.behind, self.front = [*other.behind], [*other.front]
        self.margin = [*other.margin]
        self.obstacles, self.late = [*other.obstacles], [*other.late]
        self.settled, self.called = [*other.settled], [*other.called]

    def place(self, fragment: Fragment, x: float, y: float, tag: Tag | None = None) -> None:
        """Put a fragment on the page."""
        self.placed.append(Placed(x, y, fragment, tag))
        if fragment.marks:
            self.marks += [Mark(m.name, x + m.x, y + m.y, m.width, m.height) for m in fragment.marks]

    def draw_running(self, column: Drawn, x: float, y: float) -> None:
        """Draw a header or footer with its drawings, none of which is content."""
        kept, self.behind, self.front = (self.behind, self.front), [], []
        column.draw(self, x, y)
        under, (start, stop) = _flat(self.behind), self.body
        count = len(under)
        self.placed = [*under, *self.placed, *_flat(self.front)]
        self.body = start + count, None if stop is None else stop + count
        self.behind, self.front = kept

    def finish(self) -> None:
        """Lay what is under the text, over it and beside it in one order."""
        if self.behind or self.front:
            start, stop = self.body
            foot = [] if stop is None else self.placed[stop:]
            under = _flat(self.behind)
            self.placed = [*self.placed[:start], *under, *self.placed[start:stop], *_flat(self.front)]
            self.body = start, len(self.placed)
            self.placed += foot
            self.events = [(at + len(under), cut, of) for at, cut, of in self.events]
            self.behind, self.front = [], []
        if self.margin:
            start, stop = self.body
            self.body = start, len(self.placed) if stop is None else stop
            self.placed += self.margin

    def place_all(self, parts: Iterable[Placed], x: float, y: float) -> None:
        """Put fragments without marks on the page, shifted by ``x`` and ``y``."""
        self.placed += [Placed(x + part[0], y + part[1], part[2], part[3]) for part in parts]

    def cut(self, what: Cut, of: object = None) -> None:
        """Note that a table, a row or a cell begins here, or that a table ends."""
        self.events.append((len(self.placed), what, of))

    def mark(self, names: set[str], x: float, y: float, width: float, height: float) -> None:
        """Give bookmarks the rectangle of the cell that holds them."""
        self.marks = [m for m in self.marks if m.name not in names]
        self.marks += (Mark(name, x, y, width, height) for name in sorted(names))
