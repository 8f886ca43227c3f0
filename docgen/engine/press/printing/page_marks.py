"""The marks on a printed page: two codes, the same in readable digits, and what copy it is.

Source: `forms.marks` for payload and sizes. Codes stand top left and bottom right; the digits stand
on the outer side of each, so that the type area below 35 mm stays free.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.engine.press.fonts.codes import encode, plane_name
from docgen.engine.press.laid.fragments import number
from docgen.engine.press.printing.mark_code import MODULES, data_path, frame_path
from forms.marks import MARK_EDGE_MM, MARK_SIZE_MM, QUIET_MM

if TYPE_CHECKING:
    from docgen.engine.press.fonts.book import Face, Typeface
    from forms.marks import PageMark

_PT = 72 / 25.4
_DIGITS = 6.0
"""Size of the readable digits in points."""

_LABEL = 7.5
_LABEL_LEFT_MM = 28.0
_BASE_MM = QUIET_MM + 2.0
"""From the code to the base line of the digits below it."""


FRAME = "M"
"""Form with what is the same in every code; every page with marks needs it among its objects."""


class Marker:
    """Draws the marks and labels of one file."""

    def __init__(self, face: Typeface, used: dict[Face, set[str]]) -> None:
        self._face = face
        self._used = used
        self._labels: dict[str, str] = {}
        self._chars: dict[str, tuple[str, str, float]] = {}
        """Font, code and width in em of each character drawn."""

    @staticmethod
    def frame() -> str:
        """Return the operators of the form `FRAME`."""
        return frame_path()

    def mark(self, mark: PageMark, secret: bytes, size: tuple[float, float]) -> str:
        """Return the operators for both codes and their digits on a page of ``size`` points."""
        width, height = size
        path = data_path(mark.payload(secret))
        scale = f"{MARK_SIZE_MM * _PT / MODULES:.5f}"
        edge, side = MARK_EDGE_MM * _PT, MARK_SIZE_MM * _PT
        digits = mark.readable(secret)
        long = sum([self._char(char)[2] for char in digits]) * _DIGITS
        out = ["0 g"]
        for x, y in ((edge, height - edge - side), (width - edge - side, edge)):
            out.append(f"q {scale} 0 0 {scale} {number(x)} {number(y)} cm /{FRAME} Do {path} Q")
        above = height - edge + QUIET_MM * _PT + 1
        below = edge - _BASE_MM * _PT
        shown = self._shown(digits, _DIGITS)
        out.append(f"BT {number(edge)} {number(above)} Td {shown} ET")
        out.append(f"BT {number(width - edge - long)} {number(below)} Td {shown} ET")
        return " ".join(out)

    def label(self, label: str) -> str:
        """Return the operators for the line that says which copy this is, at the foot of the page."""
        found = self._labels.get(label)
        if found is None:
            x, y = _LABEL_LEFT_MM * _PT, (MARK_EDGE_MM - _BASE_MM) * _PT
            found = f"BT {number(x)} {number(y)} Td {self._shown(label, _LABEL)} ET"
            self._labels[label] = found
        return found

    def undrawable(self, label: str) -> str:
        """Return the characters of a label that no face has."""
        return "".join(char for char in label if self._face.draw(char) is None)

    def _char(self, char: str) -> tuple[str, str, float]:
        found = self._chars.get(char)
        if found is None:
            drawn = self._face.draw(char)
            assert drawn is not None, "labels are looked at by `undrawable` first"
            self._used.setdefault(drawn.face, set()).add(char)
            found = self._chars[char] = (plane_name(drawn.face, char), encode(char), drawn.width)
        return found

    def _shown(self, text: str, size: float) -> str:
        out: list[str] = []
        codes, font = "", ""
        for char in text:
            wanted, code, _ = self._char(char)
            if wanted != font:
                if codes:
                    out.append(f"<{codes}> Tj")
                out.append(f"/{wanted} {number(size)} Tf")
                codes, font = "", wanted
            codes += code
        return " ".join((*out, f"<{codes}> Tj"))
