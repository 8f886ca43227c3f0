"""The marks on a printed page: two codes, the same in readable digits, and what copy it is.

Source: `forms.marks` for payload and sizes. Codes stand top left and bottom right; the digits stand
on the outer side of each, so that the type area below 35 mm stays free.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import segno

from docgen.engine.press.fragments import number
from docgen.engine.press.lines import encode, plane_name
from forms.marks import MARK_EDGE_MM, MARK_SIZE_MM, QR_MASK, QUIET_MM

if TYPE_CHECKING:
    from docgen.engine.press.fonts.book import Face, Typeface
    from forms.marks import PageMark

_PT = 72 / 25.4
_MODULES = 21
_DIGITS = 6.0
"""Size of the readable digits in points."""

_LABEL = 7.5
_LABEL_LEFT_MM = 28.0
_BASE_MM = QUIET_MM + 2.0
"""From the code to the base line of the digits below it."""


@lru_cache(maxsize=4096)
def code_path(payload: str) -> str:
    """Return operators that draw a code 21 units wide, origin at its lower left corner."""
    code = segno.make(payload, error="m", version=1, mask=QR_MASK, mode="alphanumeric", boost_error=False)
    out: list[str] = []
    for r, row in enumerate(code.matrix):
        at = 0
        while at < _MODULES:
            stop = at
            while stop < _MODULES and row[stop]:
                stop += 1
            if stop > at:
                out.append(f"{at} {_MODULES - 1 - r} {stop - at} 1 re")
            at = stop + 1
    return " ".join((*out, "f"))


def mark_operators(
    mark: PageMark, secret: bytes, size: tuple[float, float], face: Typeface, used: dict[Face, set[str]]
) -> str:
    """Return the operators for both codes and their digits on a page of ``size`` points."""
    width, height = size
    path = code_path(mark.payload(secret))
    scale = MARK_SIZE_MM * _PT / _MODULES
    edge, side = MARK_EDGE_MM * _PT, MARK_SIZE_MM * _PT
    digits = mark.readable(secret)
    long = _width(digits, face, _DIGITS)
    out = ["0 g"]
    for x, y in ((edge, height - edge - side), (width - edge - side, edge)):
        out.append(f"q {scale:.5f} 0 0 {scale:.5f} {number(x)} {number(y)} cm {path} Q")
    above = height - edge + QUIET_MM * _PT + 1
    below = edge - _BASE_MM * _PT
    out.append(_text(digits, (edge, above), _DIGITS, face, used))
    out.append(_text(digits, (width - edge - long, below), _DIGITS, face, used))
    return " ".join(out)


def label_operators(label: str, face: Typeface, used: dict[Face, set[str]]) -> str:
    """Return the operators for the line that says which copy this is, at the foot of the page."""
    y = (MARK_EDGE_MM - _BASE_MM) * _PT
    return _text(label, (_LABEL_LEFT_MM * _PT, y), _LABEL, face, used)


def undrawable(label: str, face: Typeface) -> str:
    """Return the characters of a label that no face has."""
    return "".join(char for char in label if face.draw(char) is None)


def _width(text: str, face: Typeface, size: float) -> float:
    return sum(drawn.width for char in text if (drawn := face.draw(char)) is not None) * size


def _text(text: str, place: tuple[float, float], size: float, typeface: Typeface, used: dict[Face, set[str]]) -> str:
    out = [f"BT {number(place[0])} {number(place[1])} Td"]
    run, font = "", ""
    for char in text:
        drawn = typeface.draw(char)
        assert drawn is not None
        used.setdefault(drawn.face, set()).add(char)
        wanted = plane_name(drawn.face, char)
        if wanted != font:
            if run:
                out.append(f"<{encode(run)}> Tj")
            out.append(f"/{wanted} {number(size)} Tf")
            run, font = "", wanted
        run += char
    return " ".join((*out, f"<{encode(run)}> Tj ET"))
