"""The press: a docx laid out on pages, laid papers written to one PDF.

What is drawn is what the docx says: the same XML goes to both. One press is used for a whole
batch, so that everything papers of one template share is done once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.engine.press.errors import MissingGlyphError, UnsupportedLayoutError
from docgen.engine.press.laid.paper import LaidPage, LaidPaper
from docgen.engine.press.laid.tagging import Scope
from docgen.engine.press.laid.zones import zone_problems
from docgen.engine.press.pages.flow import Flow
from docgen.engine.press.pages.memory import Memory
from docgen.engine.press.pages.notes import page_labels
from docgen.engine.press.pages.setter import Setter
from docgen.engine.press.printing.stack import MARK_FAMILY, write_stack
from docgen.engine.press.reading.ooxml import LoosePackage, ZippedPackage
from docgen.engine.press.reading.reader import Reader
from docgen.engine.press.setting.paragraphs import TypeCase
from docgen.engine.press.uncollected import uncollected
from forms.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import BinaryIO

    from docgen.engine.press.fonts.book import FontBook
    from docgen.engine.press.laid.obstacles import Obstacle
    from docgen.engine.press.laid.sheet import Sheet
    from docgen.engine.press.model.blocks import Block
    from docgen.engine.press.model.document import Document
    from docgen.engine.press.pages.memory import Findings
    from docgen.engine.press.printing.shapes import Shape
    from docgen.engine.press.printing.stack import PrintJob
    from docgen.engine.press.reading.ooxml import Package
    from docgen.engine.render import Rendered

_KEPT_TEMPLATES = 32
_ROUNDS = 3
"""How often a paper is set again for what only its pages tell: drawings beside earlier text, notes counted by page."""


class Press:
    """Lays out and prints; not to be shared between threads."""

    def __init__(self, fonts: FontBook) -> None:
        self.fonts = fonts
        self._case = TypeCase(fonts)
        self._shapes: dict[object, Shape] = {}
        self._readers: dict[tuple[bytes, ...], tuple[Reader, Memory]] = {}

    def lay_out(self, docx: bytes, *, name: str) -> LaidPaper:
        """Lay out a rendered docx.

        Args:
            docx: The file.
            name: What messages call it; no personal data.

        Raises:
            UnreadableDocxError: Not a docx, or damaged.
            MissingGlyphError: A character that no font here has.
            UnsupportedLayoutError: Content that would be lost.
        """
        return self._laid(ZippedPackage(docx, name=name), name)

    def lay_out_rendered(self, rendered: Rendered, *, name: str) -> LaidPaper:
        """Lay out what a template gave, without packing it; gives and raises what `lay_out` does for the docx."""
        return self._laid(LoosePackage(rendered.base, rendered.parts, name=name), name)

    def _laid(self, package: Package, name: str) -> LaidPaper:
        with uncollected():
            return self._paper(package, name)

    def _paper(self, package: Package, name: str) -> LaidPaper:
        sheets, findings = self._run(package)
        if findings.lost:
            raise UnsupportedLayoutError(name, what=tuple(findings.lost))
        if findings.missing:
            raise MissingGlyphError(name, missing=findings.missing)
        pages = tuple(_page(sheet) for sheet in sheets)
        return LaidPaper(
            name=name,
            pages=pages,
            fallbacks=tuple(findings.fallbacks.values()),
            problems=(*_undrawn(findings), *zone_problems(pages)),
        )

    def check(self, docx: bytes, *, name: str) -> tuple[Problem, ...]:
        """Return everything that speaks against a template, without stopping at the first."""
        sheets, findings = self._run(ZippedPackage(docx, name=name))
        lost = [str(UnsupportedLayoutError(name, what=tuple(findings.lost)))] if findings.lost else []
        missing = [str(MissingGlyphError(name, missing=findings.missing))] if findings.missing else []
        return (
            *(Problem(code=UnsupportedLayoutError.code, message=text) for text in lost),
            *(Problem(code=MissingGlyphError.code, message=text) for text in missing),
            *_undrawn(findings),
            *zone_problems(tuple(_page(sheet) for sheet in sheets)),
        )

    def write(
        self,
        jobs: Sequence[PrintJob],
        target: BinaryIO,
        *,
        title: str = "",
        duplex: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> int:
        """Write papers to one PDF; see `write_stack`."""
        typeface = self.fonts.typeface(MARK_FAMILY)
        with uncollected():
            return write_stack(
                jobs,
                target,
                fonts=typeface,
                title=title,
                duplex=duplex,
                progress=progress,
                shapes=self._shapes,
            )

    def _run(self, package: Package) -> tuple[list[Sheet], Findings]:
        key = Reader.key(package)
        if key not in self._readers:
            if len(self._readers) >= _KEPT_TEMPLATES:
                self._readers.clear()
            self._readers[key] = (Reader(package), Memory())
        reader, memory = self._readers[key]
        document = reader.document(package)
        total, rounds = 1, 0
        early: dict[int, list[Obstacle]] = {}
        moved: frozenset[object] = frozenset()
        labels: dict[str, str] = {}
        while True:
            setter = Setter(document, reader.numbering, self._case, memory)
            setter.early, setter.moved = early, moved
            setter.labels |= labels
            sheets = Flow(document, setter, total=total).run()
            late = {i: sheet.late for i, sheet in enumerate(sheets) if sheet.late and not (early or moved)}
            strays = _strays(early, sheets)
            found = page_labels(document.notes, sheets, setter.labels)
            if (late or strays or found != labels) and rounds < _ROUNDS:
                early = {i: [o for o in those if o.owner not in strays] for i, those in (early or late).items()}
                moved, labels, rounds = moved | strays, found, rounds + 1
                continue
            if len(sheets) == total or not _counts_pages(document) or len(sheets) < total:
                return sheets, setter.findings
            total = len(sheets)


def _strays(early: Mapping[int, Sequence[Obstacle]], sheets: Sequence[Sheet]) -> frozenset[object]:
    """Return what was to keep its place and went to another page, since text before it made room for it."""
    return frozenset(
        own.owner
        for i, those in early.items()
        for own in those
        if own.owner is not None and (i >= len(sheets) or own.owner not in sheets[i].settled)
    )


def _counts_pages(document: Document) -> bool:
    """Whether the body itself says how many pages there are, and has to be laid out again."""

    def within(blocks: Sequence[Block]) -> bool:
        return any(getattr(block, "has_page_fields", False) for block in blocks)

    return within(document.blocks)


def _undrawn(findings: Findings) -> list[Problem]:
    return [
        Problem(
            code="layout.undrawn",
            message=f"模板里的{what}打印时不会出现，请确认去掉后文书仍然正确。",
            blocking=False,
        )
        for what in findings.undrawn
    ]


def _page(sheet: Sheet) -> LaidPage:
    section = sheet.section
    return LaidPage(
        width_pt=section.width,
        height_pt=section.height,
        art=tuple(sheet.placed),
        marks=tuple(sheet.marks),
        scope=Scope(*sheet.body, tuple(sheet.events)),
        borders=tuple(sheet.borders),
    )
