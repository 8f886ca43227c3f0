"""Laid papers to one PDF: every page in its place, one subset of each font, marks and labels.

Memory is bounded by the packed pages; the same papers give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from docgen.engine.press.embed import add_font
from docgen.engine.press.errors import MissingGlyphError
from docgen.engine.press.fragments import number
from docgen.engine.press.page_marks import label_operators, mark_operators, undrawable
from docgen.engine.press.pdf_objects import ArchiveCanvas
from docgen.engine.press.pictures import add_image

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reportlab.pdfbase.pdfdoc import PDFObjectReference

    from docgen.engine.press.fonts.book import Face, Typeface
    from docgen.engine.press.paper import LaidPage, LaidPaper
    from forms.marks import PageMark

MARK_FAMILY = "黑体"
"""Family of the readable digits and copy labels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintJob:
    """One copy of one paper."""

    paper: LaidPaper
    marks: tuple[PageMark, ...] = ()
    """One for each page, or none at all."""

    secret: bytes = b""
    """The office's key for the check in the marks."""

    copy_label: str = ""
    """Which copy this is and for whom, at the foot of every page."""


def write_stack(
    jobs: Sequence[PrintJob],
    target: BinaryIO,
    *,
    fonts: Typeface,
    title: str,
    duplex: bool,
    progress: Callable[[int, int], None] | None,
) -> int:
    """Write papers one after the other.

    Args:
        jobs: In the order of printing.
        target: Open for writing; nothing is written before the last page is done.
        fonts: Typeface of digits and labels.
        title: Of the file; no personal data unless the caller wants it there.
        duplex: Every job starts on a front side; an empty back is put in where needed.
        progress: Called after each job with how many are done, and of how many.

    Returns:
        Pages written, empty backs included.

    Raises:
        MissingGlyphError: A copy label has a character that no font has.
    """
    canvas = ArchiveCanvas(target, title=title)
    used: dict[Face, set[str]] = {}
    images: dict[str, PDFObjectReference] = {}
    seen: set[int] = set()
    count = 0
    for done, job in enumerate(jobs, 1):
        paper = job.paper
        assert all(page.art or not page.lines for page in paper.pages), "read from JSON: cannot be printed"
        assert not job.marks or len(job.marks) == len(paper.pages)
        lacking = undrawable(job.copy_label, fonts)
        if lacking:
            raise MissingGlyphError(paper.name, missing=dict.fromkeys(lacking, job.copy_label))
        if duplex and count % 2:
            canvas.add_page(_size(paper.pages[0]), b"", {})
            count += 1
        for i, page in enumerate(paper.pages):
            size = _size(page)
            out = [_page_operators(page, used, seen)]
            if job.marks:
                out.append(mark_operators(job.marks[i], job.secret, size, fonts, used))
            if job.copy_label:
                out.append(label_operators(job.copy_label, fonts, used))
            own = _images(page, canvas, images)
            canvas.add_page(size, " ".join(out).encode("ascii"), own)
            count += 1
        if progress is not None:
            progress(done, len(jobs))
    _embed(canvas, used)
    canvas.finish()
    return count


def _size(page: LaidPage) -> tuple[float, float]:
    return page.width_pt, page.height_pt


def _page_operators(page: LaidPage, used: dict[Face, set[str]], seen: set[int]) -> str:
    out: list[str] = []
    height = page.height_pt
    for placed in page.art:
        fragment = placed.fragment
        if fragment.operators:
            out.append(f"q 1 0 0 1 {number(placed.x)} {number(height - placed.y)} cm {fragment.operators} Q")
        faces = fragment.faces
        if faces and id(faces) not in seen:
            seen.add(id(faces))
            for face, chars in faces:
                used.setdefault(face, set()).update(chars)
    return " ".join(out)


def _images(
    page: LaidPage, canvas: ArchiveCanvas, images: dict[str, PDFObjectReference]
) -> dict[str, PDFObjectReference]:
    own: dict[str, PDFObjectReference] = {}
    for placed in page.art:
        for name, image in placed.fragment.images:
            if name not in images:
                images[name] = add_image(canvas, name, image.data)
            own[name] = images[name]
    return own


def _embed(canvas: ArchiveCanvas, used: dict[Face, set[str]]) -> None:
    for face in sorted(used, key=lambda one: one.resource):
        planes: dict[int, list[str]] = {}
        for char in sorted(used[face]):
            planes.setdefault(ord(char) >> 16, []).append(char)
        for plane, chars in planes.items():
            resource = f"{face.resource}P{plane}" if plane else face.resource
            canvas.add_font(resource, add_font(canvas, face, resource, chars))
