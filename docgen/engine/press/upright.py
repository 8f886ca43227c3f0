"""Text from top to bottom: lines set as usual and turned, with Chinese characters standing upright in them.

Source: ECMA-376 part 1 §17.18.93 (ST_TextDirection), §20.1.10.83 (ST_TextVerticalType); the way LibreOffice sets
them. Brackets and dashes lie with the line, commas and full stops stand at the upper right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.engine.press.codes import encode
from docgen.engine.press.fragments import Fragment, TextLine, fill_color, number, stroke_color

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.engine.press.atoms import Atom
    from docgen.engine.press.columns import Column
    from docgen.engine.press.fonts.book import Face
    from docgen.engine.press.fragments import Image
    from docgen.engine.press.pens import Pen, Stretch
    from docgen.engine.press.sheet import Placed, Sheet

DOWN = "tbRl"
"""Lines run down, the next one stands to the left."""

UP = "btLr"
"""Lines run up, the next one stands to the right; all characters lie."""

_BOLD = 0.03
_ABOVE = 0.88
"""Part of an em above the base line, in Chinese faces."""

_LYING = frozenset("（）《》〈〉「」『』【】〔〕〖〗—…～－“”‘’：；")
_CORNER = frozenset("，。、．")
_MOVED = 0.55
"""Em by which a sign goes from its lower left to its upper right."""

_TURNS = {DOWN: "0 -1 1 0 0 0 cm", UP: "0 1 -1 0 0 0 cm"}


def write_upright(
    atoms: Sequence[Atom], lefts: Sequence[float], extra: float, base: float, shown: list[tuple[Face, str]]
) -> str:
    """Return the operators of a line that is to be turned clockwise.

    Args:
        atoms: What stands on it.
        lefts: Where each begins.
        extra: Added after each character that may be spread.
        base: Base line, from the top.
        shown: Receives the characters used of each face.
    """
    out: list[str] = []
    for atom, left in zip(atoms, lefts, strict=True):
        if atom.word is None:
            continue
        x, spread = left, extra if atom.can_part else 0.0
        for stretch in atom.word.stretches:
            shown.append((stretch.face, stretch.text))
            step = stretch.width / len(stretch.text)
            lies = atom.kind or stretch.text in _LYING  # Latin letters do
            for char in stretch.text if not lies else (stretch.text,):
                out.append(_lying(stretch, atom.pen, x, base) if lies else _standing(char, stretch, atom.pen, x, base))
                x += (stretch.width if lies else step) + spread
    return " ".join(out)


def _lying(stretch: Stretch, pen: Pen, x: float, base: float) -> str:
    return _shown(stretch, pen, f"1 0 0 1 {number(x)} {number(pen.rise - base)}", stretch.codes)


def _standing(char: str, stretch: Stretch, pen: Pen, x: float, base: float) -> str:
    up, down = pen.east_heights
    size, step = pen.size, stretch.width / len(stretch.text)
    along = x + (step - size) / 2 + _ABOVE * size
    across = (up - down) / 2 - base - size / 2
    if char in _CORNER:
        along, across = along - _MOVED * size, across + _MOVED * size
    return _shown(stretch, pen, f"0 1 -1 0 {number(along)} {number(across)}", encode(char))


def _shown(stretch: Stretch, pen: Pen, matrix: str, codes: str) -> str:
    color = f"{fill_color(pen.look.color)} {stroke_color(pen.look.color)} " if pen.look.color else ""
    spacing = f"{pen.spacing:.3f} Tc " if pen.spacing else ""
    bold = f"2 Tr {number(pen.size * _BOLD)} w " if stretch.face in pen.stroked else ""
    text = f"[<{codes}>] TJ" if "<" in codes else f"<{codes}> Tj"  # pairs of letters may be kerned
    return f"q {color}BT /{stretch.resource} {number(pen.size)} Tf {spacing}{bold}{matrix} Tm {text} ET Q"


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
