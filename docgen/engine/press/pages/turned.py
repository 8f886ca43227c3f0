"""Columns turned by a quarter: text from top to bottom or from bottom to top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.engine.press.laid.fragments import Fragment, TextLine, number
from docgen.engine.press.model.formats import DOWN, UP

if TYPE_CHECKING:
    from docgen.engine.press.laid.fragments import Image, Placed
    from docgen.engine.press.laid.sheet import Sheet
    from docgen.engine.press.pages.columns import Column

_TURNS = {DOWN: "0 -1 1 0 0 0 cm", UP: "0 1 -1 0 0 0 cm"}


@dataclass(frozen=True, slots=True, eq=False)
class Turned:
    """A column turned by a quarter."""

    column: Column
    """As long as its room is high."""

    direction: str
    width: float
    """Of its room on the page."""

    height: float
    vertical: str = "top"
    """Where the lines stand across: at the first edge, in the middle, at the other edge."""

    def draw(self, sheet: Sheet, x: float, y: float) -> None:
        """Put it on a page with its room's upper left corner at a place."""
        kept, marks, events = sheet.placed, sheet.marks, sheet.events
        sheet.placed, sheet.marks, sheet.events = [], [], []
        self.column.draw(sheet, 0.0, 0.0)
        found, sheet.placed, sheet.marks, sheet.events = sheet.placed, kept, marks, events
        slack = max(0.0, self.width - self.column.height)
        across = {"center": slack / 2, "bottom": slack}.get(self.vertical, 0.0)
        for part in found:
            if self.direction == DOWN:
                left, top = x + self.width - across - part.y, y + part.x
            else:
                left, top = x + across + part.y, y + self.height - part.x
            sheet.place(self._turned(part), left, top, part.tag)

    def _turned(self, part: Placed) -> Fragment:
        fragment = part.fragment
        images: dict[str, Image] = dict(fragment.images)
        inside = [fragment.rules, fragment.operators]
        for down, piece in fragment.parts:
            images |= dict(piece.images)
            inside.append(f"q 1 0 0 1 0 {number(-down)} cm {piece.operators} Q")
        inside += [f"q 1 0 0 1 0 0 cm {figure.operators} Q" for figure in fragment.figures]
        down_page = self.direction == DOWN
        lines = tuple(
            TextLine(
                line.text,
                -(line.y + line.height) if down_page else line.y,
                line.x if down_page else -(line.x + line.width),
                line.height,
                line.width,
                line.joint,
            )
            for line in fragment.lines
        )
        return Fragment(
            f"q {_TURNS[self.direction]} {' '.join(part for part in inside if part)} Q",
            max((line.y + line.height for line in lines), default=0.0),
            lines,
            (),
            fragment.faces,
            tuple(images.items()),
        )
