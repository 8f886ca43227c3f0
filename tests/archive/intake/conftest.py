"""Fixtures of intake: printed pages with marks, drawn here so that these tests need no press."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
import segno
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from archive.intake.geometry import A4_MM
from forms.marks import MARK_EDGE_MM, MARK_SIZE_MM, QR_MASK, PageMark, mark_id_from

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SECRET = bytes(range(32))


def _code(canvas: Canvas, payload: str, x: float, y: float, sheet: tuple[float, float]) -> None:
    symbol = segno.make(payload, error="M", version=1, mask=QR_MASK, boost_error=False, micro=False)
    module = MARK_SIZE_MM / len(symbol.matrix)
    for r, row in enumerate(symbol.matrix):
        for c, dark in enumerate(row):
            if dark:
                left, bottom = x + c * module, sheet[1] - y - (r + 1) * module
                canvas.rect(left * mm, bottom * mm, module * mm, module * mm, stroke=0, fill=1)


@pytest.fixture(scope="session")
def secret() -> bytes:
    return SECRET


@pytest.fixture(scope="session")
def print_pages() -> Callable[..., bytes]:
    """Return a printer: pages of codes (payloads top left, bottom right) over some lines of text."""

    def printed(pages: Sequence[tuple[str, str]], *, sheet: tuple[float, float] = A4_MM, text: bool = True) -> bytes:
        target = io.BytesIO()
        canvas = Canvas(target, pagesize=(sheet[0] * mm, sheet[1] * mm))
        far = sheet[0] - MARK_EDGE_MM - MARK_SIZE_MM, sheet[1] - MARK_EDGE_MM - MARK_SIZE_MM
        for number, (first, second) in enumerate(pages):
            if first:
                _code(canvas, first, MARK_EDGE_MM, MARK_EDGE_MM, sheet)
            if second:
                _code(canvas, second, *far, sheet)
            if text:
                canvas.setFont("Helvetica", 11)
                for line in range(14):
                    canvas.drawString(30 * mm, (sheet[1] - 50 - 9 * line) * mm, f"page {number} line {line} as printed")
            canvas.showPage()
        canvas.save()
        return target.getvalue()

    return printed


@pytest.fixture(scope="session")
def print_marked(print_pages: Callable[..., bytes], secret: bytes) -> Callable[..., bytes]:
    """Return a printer of papers: every page carries its mark twice."""

    def printed(marks: Sequence[PageMark | None], *, sheet: tuple[float, float] = A4_MM) -> bytes:
        payloads = [mark.payload(secret) if mark else "" for mark in marks]
        return print_pages([(payload, payload) for payload in payloads], sheet=sheet)

    return printed


@pytest.fixture(scope="session")
def marks_of() -> Callable[..., list[PageMark]]:
    """Return the marks of one paper: ``marks_of(number, pages)``."""

    def marks(number: int, pages: int) -> list[PageMark]:
        name = mark_id_from(number * 0x1234567 + 99)
        return [PageMark(mark_id=name, page=page, pages=pages) for page in range(1, pages + 1)]

    return marks
