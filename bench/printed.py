"""Printed pages for the benches: the project's own forms, laid out and marked by its own press.

The forms are printed as they stand in `templates`, with their placeholders; what matters here is
print, boxes and marks. No office and no people are needed.
"""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import pypdfium2

from docgen.engine.press import FontBook, Press, PrintJob
from forms.marks import PageMark, mark_id_from

if TYPE_CHECKING:
    from PIL import Image

    from docgen.engine.press import LaidPaper

SECRET = bytes(range(7, 39))
FORMS = ("A1", "A2", "A5", "A8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """One printed paper."""

    laid: LaidPaper
    marks: tuple[PageMark, ...]
    pdf: bytes

    def page(self, number: int, dpi: int) -> Image.Image:
        """Draw a page, from 0, in RGB."""
        document = pypdfium2.PdfDocument(self.pdf)
        try:
            image: Image.Image = document[number].render(scale=dpi / 72).to_pil().convert("RGB")
            return image
        finally:
            document.close()


@cache
def press() -> Press:
    """Return the press, fonts loaded once."""
    return Press(FontBook.default())


@cache
def lay_out(form_code: str) -> LaidPaper:
    """Lay a form out as it stands."""
    return press().lay_out((files("templates") / "law_2020" / f"{form_code}.docx").read_bytes(), name=form_code)


def print_paper(form_code: str, seed: int, *, secret: bytes = SECRET) -> Printed:
    """Print one paper of a form with marks of its own."""
    laid = lay_out(form_code)
    name = mark_id_from(random.Random(f"{form_code}/{seed}").getrandbits(50))
    marks = tuple(PageMark(mark_id=name, page=n, pages=len(laid.pages)) for n in range(1, len(laid.pages) + 1))
    target = io.BytesIO()
    job = PrintJob(paper=laid, marks=marks, secret=secret, copy_label="")
    press().write([job], target, title=form_code, duplex=False, progress=None)
    return Printed(laid=laid, marks=marks, pdf=target.getvalue())
