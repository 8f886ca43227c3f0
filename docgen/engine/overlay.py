"""What is printed over a finished page: the 归档章 of six cells, running page numbers, a line of warning.

Source: DA/T 22—2015 §5.4.3 and its appendix (归档章: 45 × 16 mm, six equal cells: 全宗号, 年度, 件号 above,
机构（问题）, 保管期限, 页数 below; in the blank space at the top of the first page). The scanned image and
the issued page are never touched: an overlay is a page of its own that is laid over a copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from docgen.engine.press.fonts.codes import encode, plane_name
from docgen.engine.press.laid.fragments import number
from docgen.engine.press.printing.embed import add_faces
from docgen.engine.press.printing.pdf_file import PdfFile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.engine.press.fonts.book import Face, Typeface

_PT = 72 / 25.4
_STAMP_WIDTH, _STAMP_HEIGHT = 45.0, 16.0
_STAMP_TOP = 13.0
"""mm from the upper edge: between the edge and the type area, clear of the page mark at the left."""
_STAMP_RIGHT = 20.0
_STAMP_SIZE = 9.0
_NUMBER_TOP = 9.5
_NUMBER_SIZE = 10.0
_NOTE_SIZE = 7.0
_NOTE_LEFT = 36.0
_NOTE_LEADING = 3.4
_RULE = 0.8
"""Points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StampText:
    """What the six cells say."""

    fonds_number: str
    year: str
    item: str
    office_code: str
    """Empty where the scheme has none; the cell stays empty."""
    retention: str
    pages: str

    @property
    def cells(self) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
        """Upper and lower row, left to right."""
        return (self.fonds_number, self.year, self.item), (self.office_code, self.retention, self.pages)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayPage:
    """What goes over one page; an empty one changes nothing."""

    width_pt: float
    height_pt: float
    stamp: StampText | None = None
    page_number: str = ""
    """In the upper outer corner (DA/T 22—2015 §6.3: 正面右上角)."""
    notes: tuple[str, ...] = ()
    """At most two lines along the upper edge, left of the stamp."""

    @property
    def is_empty(self) -> bool:
        """Nothing would be drawn."""
        return self.stamp is None and not self.page_number and not self.notes


def write_overlay(pages: Sequence[OverlayPage], target: BinaryIO, *, typeface: Typeface, title: str = "") -> None:
    """Write overlays as a PDF, one page each; the same pages give the same bytes.

    Args:
        pages: In order.
        target: Open for writing.
        typeface: Of all texts.
        title: Of the file; no personal data.
    """
    pen = _Pen(typeface)
    file = PdfFile(target, title=title)
    for page in pages:
        file.add_page((page.width_pt, page.height_pt), pen.draw(page).encode("ascii"), {})
    add_faces(file, pen.used)
    file.finish()


class _Pen:
    """Writes texts and remembers the characters used of each face."""

    def __init__(self, typeface: Typeface) -> None:
        self._typeface = typeface
        self.used: dict[Face, set[str]] = {}

    def draw(self, page: OverlayPage) -> str:
        out = ["0 g 0 G"]
        if page.stamp is not None:
            out += self._stamp(page.stamp, page)
        if page.page_number:
            right = page.width_pt - _STAMP_RIGHT * _PT - self._width(page.page_number, _NUMBER_SIZE)
            out.append(self._text(page.page_number, right, page.height_pt - _NUMBER_TOP * _PT, _NUMBER_SIZE))
        for line, note in enumerate(page.notes):
            y = page.height_pt - (_NUMBER_TOP - 1 + line * _NOTE_LEADING) * _PT
            out.append(self._text(note, _NOTE_LEFT * _PT, y, _NOTE_SIZE))
        return " ".join(out) if len(out) > 1 else ""

    def _stamp(self, stamp: StampText, page: OverlayPage) -> list[str]:
        width, height = _STAMP_WIDTH * _PT, _STAMP_HEIGHT * _PT
        left = page.width_pt - _STAMP_RIGHT * _PT - width
        bottom = page.height_pt - _STAMP_TOP * _PT - height
        cell, row = width / 3, height / 2
        out = [
            f"q 0.75 0 0 RG {_RULE} w",  # red, as the rubber stamp is inked
            f"{number(left)} {number(bottom)} {number(width)} {number(height)} re",
            f"{number(left)} {number(bottom + row)} m {number(left + width)} {number(bottom + row)} l",
            *(
                f"{number(x)} {number(bottom)} m {number(x)} {number(bottom + height)} l"
                for x in (left + cell, left + 2 * cell)
            ),
            "S Q q 0.75 0 0 rg",
        ]
        for above, texts in enumerate(reversed(stamp.cells)):
            for column, text in enumerate(texts):
                if not text:
                    continue
                size = min(_STAMP_SIZE, _STAMP_SIZE * (cell - 3) / max(self._width(text, _STAMP_SIZE), 1))
                x = left + column * cell + (cell - self._width(text, size)) / 2
                y = bottom + above * row + (row - size * 0.72) / 2
                out.append(self._text(text, x, y, size))
        return [*out, "Q"]

    def _width(self, text: str, size: float) -> float:
        return sum(drawn.width for char in text if (drawn := self._typeface.draw(char)) is not None) * size

    def _text(self, text: str, x: float, y: float, size: float) -> str:
        out = [f"BT {number(x)} {number(y)} Td"]
        run, font = "", ""
        for char in text:
            drawn = self._typeface.draw(char)
            if drawn is None:
                continue
            self.used.setdefault(drawn.face, set()).add(char)
            wanted = plane_name(drawn.face, char)
            if wanted != font:
                if run:
                    out.append(f"<{encode(run)}> Tj")
                out.append(f"/{wanted} {number(size)} Tf")
                run, font = "", wanted
            run += char
        if run:
            out.append(f"<{encode(run)}> Tj")
        return " ".join((*out, "ET"))
