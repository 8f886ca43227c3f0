"""Text from top to bottom: lines set as usual and turned, with Chinese characters standing upright in them.

Source: ECMA-376 part 1 §17.18.93 (ST_TextDirection), §20.1.10.83 (ST_TextVerticalType); the way LibreOffice sets
them. Brackets and dashes lie with the line, commas and full stops stand at the upper right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.engine.press.fonts.codes import encode
from docgen.engine.press.laid.fragments import fill_color, number, stroke_color

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.engine.press.fonts.book import Face
    from docgen.engine.press.setting.atoms import Atom
    from docgen.engine.press.setting.pens import Pen
    from docgen.engine.press.setting.words import Stretch


_BOLD = 0.03
_ABOVE = 0.88
"""Part of an em above the base line, in Chinese faces."""

_LYING = frozenset("（）《》〈〉「」『』【】〔〕〖〗—…～－“”‘’：；")
_CORNER = frozenset("，。、．")
_MOVED = 0.55
"""Em by which a sign goes from its lower left to its upper right."""


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
    across = (up - down + pen.look.position) / 2 - base - size / 2
    if char in _CORNER:
        along, across = along - _MOVED * size, across + _MOVED * size
    return _shown(stretch, pen, f"0 1 -1 0 {number(along)} {number(across)}", encode(char))


def _shown(stretch: Stretch, pen: Pen, matrix: str, codes: str) -> str:
    color = f"{fill_color(pen.look.color)} {stroke_color(pen.look.color)} " if pen.look.color else ""
    spacing = f"{pen.spacing:.3f} Tc " if pen.spacing else ""
    bold = f"2 Tr {number(pen.size * _BOLD)} w " if stretch.face in pen.stroked else ""
    text = f"[<{codes}>] TJ" if "<" in codes else f"<{codes}> Tj"  # pairs of letters may be kerned
    font = pen.fonts.get(stretch.resource) or pen.font(stretch.resource)
    return f"q {color}BT {font} {spacing}{bold}{matrix} Tm {text} ET Q"
