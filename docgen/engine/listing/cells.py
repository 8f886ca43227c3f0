"""Cells of one line: what shows the texts of a column, remembered; and the lines of text as a preview wants them."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from docgen.engine.press.laid.fragments import TextLine, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docgen.engine.listing.text import Scale

_SLIP = 1e-6
_KEPT = 5_000
"""Texts of a column that are remembered."""


class ColumnCells(dict[str, str]):
    """What shows the texts of one column, by the text; nothing where the column does not hold it on one line.

    This stands between the brackets of a `TJ` (ISO 32000-1 §9.4.3): the way from the left edge of the column to the
    text, the text, the way to the right edge. So a row is its cells one after the other. Ways are whole thousandths
    of an em, as a file says widths: nothing is left over that would add up.
    """

    def __init__(self, scale: Scale, size: float, *, left: float, right: float, padding: float, align: float) -> None:
        """Begin with none.

        Args:
            scale: Measures.
            size: Of type; points, like all that follows but the last.
            left: Edge of the column, from that of the table.
            right: Edge on the other side.
            padding: Beside a text.
            align: Share of what a text leaves free that is left of it.
        """
        super().__init__()
        self._scale = scale
        self._size = number(size)
        self._width = _thousandths(right / size) - _thousandths(left / size)
        self._padding = padding / size
        self._room = (right - left - 2 * padding) / size
        self._align = align
        self._ways: dict[float, tuple[str, str]] = {}
        """What stands before and behind a text, by its width in em; nothing for one that the column does not hold."""

    def __missing__(self, text: str) -> str:
        """Measure a text that is met for the first time."""
        if len(self) >= _KEPT:
            self.clear()
            self._ways.clear()
        width = self._scale.width(text)
        before, after = self._ways.get(width) or self._way(width)
        if after:
            shown = self._scale.shown(text, self._size) if text else " "  # two numbers are kept apart
            found = f"{before}{shown}{after}"
        else:
            found = ""
        self[text] = found
        return found

    def _way(self, width: float) -> tuple[str, str]:
        free = self._room - width
        found = "", ""
        if free >= -_SLIP:
            before = _thousandths(self._padding + free * self._align)
            found = f"{-before}", f"{before + _thousandths(width) - self._width} "
        self._ways[width] = found
        return found


def _thousandths(ems: float) -> int:
    return round(ems * 1000)


class LaterLines(Collection[TextLine]):
    """Lines of text that are made when somebody asks for them; a table that is only printed needs none."""

    def __init__(self, pieces: Iterable[Iterable[TextLine]]) -> None:
        """Take what gives the lines; every piece gives one at least."""
        self._pieces = tuple(pieces)

    @cached_property
    def _made(self) -> tuple[TextLine, ...]:
        return tuple(chain.from_iterable(self._pieces))

    def __bool__(self) -> bool:
        return bool(self._pieces)

    def __len__(self) -> int:
        return len(self._made)

    def __iter__(self) -> Iterator[TextLine]:
        return iter(self._made)

    def __contains__(self, line: object) -> bool:
        return line in self._made
