"""Laid papers to one PDF: every page in its place, one subset of each font, marks and labels.

Pages leave memory as they are made; the same papers give the same bytes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from docgen.engine.press.errors import MissingGlyphError
from docgen.engine.press.laid.fragments import number
from docgen.engine.press.printing.embed import add_faces
from docgen.engine.press.printing.page_marks import FRAME, Marker
from docgen.engine.press.printing.pdf_file import Level, PdfFile, dictionary, reference
from docgen.engine.press.printing.pictures import add_image
from docgen.engine.press.printing.structure import ARTIFACT, RUNNING, Structure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docgen.engine.press.fonts.book import Face, Typeface
    from docgen.engine.press.laid.fragments import Fragment, Placed
    from docgen.engine.press.laid.paper import LaidPage, LaidPaper
    from docgen.engine.press.printing.shapes import Shape
    from docgen.engine.press.printing.structure import PageTags
    from docgen.engine.press.printing.walk import Element
    from forms.marks import PageMark

_Key: TypeAlias = "str | tuple[tuple[float, str], ...]"
"""What a fragment draws: operators, or those of its parts with their places. Equal keys, equal looks."""

_Form: TypeAlias = tuple[str, int]
"""Name and number of a form."""

_WORTH = 2_000
"""Characters of operators saved from which on a form of its own pays."""

_STEP = 100
"""Papers of a stack begin at objects whose numbers end alike: what is said of them then differs in a digit or two."""

_KEPT_SPOTS = 20_000
_ANYWHERE = b"[-9999 -9999 9999 9999]"
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
    level: Level = Level.A2B,
    shapes: dict[object, Shape] | None = None,
) -> int:
    """Write papers one after the other.

    Args:
        jobs: In the order of printing.
        target: Open for writing; pages are written as they are made, so a file that was broken off is no PDF.
        fonts: Typeface of digits and labels.
        title: Of the file; no personal data unless the caller wants it there.
        duplex: Every job starts on a front side; an empty back is put in where needed.
        progress: Called after each job with how many are done, and of how many; what it raises stops the work.
        level: The standard that the file keeps.
        shapes: What is known of the structure of papers from files before; added to.

    Returns:
        Pages written, empty backs included.

    Raises:
        MissingGlyphError: A copy label has a character that no font has.
    """
    file = PdfFile(target, title=title, level=level)
    used: dict[Face, set[str]] = {}
    marker = Marker(fonts, used)
    for job in jobs:
        _check(job, marker)
    drawer = _Drawer(file, jobs, used)
    frame = drawer.frame(marker) if any(job.marks for job in jobs) else 0
    structure = Structure(file, is_stack=len(jobs) > 1, known={} if shapes is None else shapes)
    for done, job in enumerate(jobs, 1):
        paper = job.paper
        if duplex and file.page_count % 2:
            file.add_page(_size(paper.pages[0]), b"", {})
        label = marker.label(job.copy_label) if job.copy_label else ""
        if len(jobs) > 1:
            file.go_on_at(_STEP)
        tags = structure.paper()
        for i, page in enumerate(paper.pages):
            size = _size(page)
            running = [marker.mark(job.marks[i], job.secret, size)] if job.marks else []
            if label:
                running.append(label)
            number = file.reserve()
            page_tags = tags.page(page, number)
            out, objects = drawer.draw(page, page_tags, running)
            if job.marks:
                objects[FRAME] = frame
            keys = {"StructParents": b"%d" % page_tags.key}
            file.add_page(size, " ".join(out).encode("ascii"), objects, number=number, extra=keys)
        tags.finish()
        if progress is not None:
            progress(done, len(jobs))
    add_faces(file, used)
    structure.finish()
    file.finish()
    return file.page_count


def _check(job: PrintJob, marker: Marker) -> None:
    paper = job.paper
    assert all(page.art or page.kept is None for page in paper.pages), "read from JSON: cannot be printed"
    assert not job.marks or len(job.marks) == len(paper.pages)
    lacking = marker.undrawable(job.copy_label)
    if lacking:
        raise MissingGlyphError(paper.name, missing=dict.fromkeys(lacking, job.copy_label))


def _size(page: LaidPage) -> tuple[float, float]:
    return page.width_pt, page.height_pt


class _Drawer:
    """Draws pages; what stands in the file more than once becomes a form of its own (ISO 32000-1 §8.10)."""

    def __init__(self, file: PdfFile, jobs: Sequence[PrintJob], used: dict[Face, set[str]]) -> None:
        self._file = file
        self._used = used
        self._wholes: dict[int, _Key] = {}
        """Keys of fragments put together from others, by identity; the jobs keep them alive."""

        self._uses: Counter[_Key] = Counter()
        """How often each fragment is drawn."""

        self._count(jobs)
        self._forms: dict[_Key, _Form | None] = {}
        """Name and number of a fragment's form; ``None`` for one that is written out."""

        self._known: dict[int, _Form | None] = {}
        """The same by the identity of the fragment."""

        self._spots: dict[tuple[float, float], str] = {}
        """Operators that go to a place, which is the same in paper after paper."""

        self._images: dict[str, int] = {}

    def frame(self, marker: Marker) -> int:
        """Write the form that all page marks are drawn over; return its number."""
        entries = {"Subtype": b"/Form", "BBox": _ANYWHERE, "Resources": b"<<>>"}
        made = self._file.add_stream(marker.frame().encode("ascii"), entries)
        self._file.share(FRAME, made)
        return made

    def _count(self, jobs: Sequence[PrintJob]) -> None:
        times: Counter[int] = Counter()
        found: dict[int, Fragment] = {}
        for job in jobs:
            for page in job.paper.pages:
                fragments = {id(piece[2]): piece[2] for piece in page.art}
                found |= fragments
                times.update([id(piece[2]) for piece in page.art])
        uses = self._uses
        for at, fragment in found.items():
            if not fragment.parts:
                uses[fragment.operators] += times[at]
                continue
            key = self._wholes[at] = tuple([(down, part.operators) for down, part in fragment.parts])
            if key not in uses:
                uses.update([part[1] for part in key])
            uses[key] += times[at]

    def draw(self, page: LaidPage, tags: PageTags, running: list[str]) -> tuple[list[str], dict[str, int]]:
        """Draw a page.

        Args:
            page: What is drawn.
            tags: Takes the marked contents.
            running: Operators of marks and labels.

        Returns:
            The operators of the page, and the pictures and forms they call.
        """
        out: list[str] = []
        objects: dict[str, int] = {}
        height = page.height_pt
        start, stop, _ = page.scope
        self._run(page.art[:start], height, [], out, objects)
        last: Element | str | None = ""
        for piece, target in zip(page.art[start:stop], tags.targets, strict=True):
            x, y, fragment, _ = piece
            if fragment.rules or fragment.figures:
                if last != "":
                    out.append("EMC")
                self._mixed(piece, height, (tags, target), out, objects)
                last = ""
            elif fragment.operators or fragment.parts:
                if target is not last:
                    if last != "":
                        out.append("EMC")
                    out.append(ARTIFACT if target is None else tags.begin(target))
                    last = target
                self._place(fragment, x, height - y, out, objects)
        if last != "":
            out.append("EMC")
        self._run(page.art[stop:] if stop is not None else (), height, running, out, objects)
        return out, objects

    def _run(
        self, art: tuple[Placed, ...], height: float, more: list[str], out: list[str], objects: dict[str, int]
    ) -> None:
        """Draw a running head or foot."""
        drawn: list[str] = []
        for x, y, fragment, _ in art:
            self._whole(fragment, x, height - y, drawn, objects)
        drawn += more
        if drawn:
            out += (RUNNING, *drawn, "EMC")

    def _whole(self, fragment: Fragment, x: float, y: float, out: list[str], objects: dict[str, int]) -> None:
        """Draw everything of a fragment, whatever it means."""
        if fragment.rules:
            out.append(f"q 1 0 0 1 {x:.2f} {y:.2f} cm {fragment.rules} Q")
        self._place(fragment, x, y, out, objects)
        if fragment.figures:
            shown = " ".join(figure.operators for figure in fragment.figures)
            out.append(f"q 1 0 0 1 {x:.2f} {y:.2f} cm {shown} Q")
            for part in (fragment, *(part for _, part in fragment.parts)):
                objects |= self._pictures(part)

    def _mixed(
        self,
        piece: Placed,
        height: float,
        meaning: tuple[PageTags, Element | None],
        out: list[str],
        objects: dict[str, int],
    ) -> None:
        """Draw a fragment of several meanings on a page of a height."""
        fragment, (tags, target) = piece.fragment, meaning
        x, y = piece.x, height - piece.y
        if fragment.rules:
            out += (ARTIFACT, f"q 1 0 0 1 {x:.2f} {y:.2f} cm {fragment.rules} Q", "EMC")
        if fragment.operators or fragment.parts:
            out.append(ARTIFACT if target is None else tags.begin(target))
            self._place(fragment, x, y, out, objects)
            out.append("EMC")
        begins = tags.figures(piece, height) if fragment.figures else []
        for begin, figure in zip(begins, fragment.figures, strict=True):
            out += (begin, f"q 1 0 0 1 {x:.2f} {y:.2f} cm {figure.operators} Q", "EMC")
        if fragment.figures:
            for part in (fragment, *(part for _, part in fragment.parts)):
                objects |= self._pictures(part)

    def _place(self, fragment: Fragment, x: float, y: float, out: list[str], objects: dict[str, int]) -> None:
        at = id(fragment)
        form = self._known[at] if at in self._known else self._form_of(fragment)
        if form is not None:
            objects[form[0]] = form[1]
            out.append(f"{self._spots.get((x, y)) or self._spot(x, y)}/{form[0]} Do Q")
        elif fragment.parts:
            for down, part in fragment.parts:
                self._place(part, x, y - down, out, objects)
        elif fragment.operators:
            out.append(f"{self._spots.get((x, y)) or self._spot(x, y)}{fragment.operators} Q")
            if fragment.images:
                objects |= self._pictures(fragment)

    def _spot(self, x: float, y: float) -> str:
        if len(self._spots) >= _KEPT_SPOTS:
            self._spots.clear()
        made = self._spots[x, y] = f"q 1 0 0 1 {x:.2f} {y:.2f} cm "
        return made

    def _form_of(self, fragment: Fragment) -> _Form | None:
        """Return the form of a fragment that is met for the first time, where it has one."""
        key = self._wholes[id(fragment)] if fragment.parts else fragment.operators
        if key not in self._forms:
            for face, text in fragment.faces:
                self._used.setdefault(face, set()).update(text)
            self._forms[key] = self._form(fragment, self._uses[key])
        found = self._known[id(fragment)] = self._forms[key]
        return found

    def _form(self, fragment: Fragment, uses: int) -> _Form | None:
        """Write a form for a fragment where that is worth it."""
        operators = fragment.operators
        if fragment.parts and uses > 1:
            operators = " ".join(
                f"q 1 0 0 1 0 {number(-down)} cm {part.operators} Q" for down, part in fragment.parts if part.operators
            )
        if len(operators) * (uses - 1) < _WORTH:
            return None
        resources = reference(self._file.font_resources)
        pictures: dict[str, int] = {}
        for part in (fragment, *(part for _, part in fragment.parts)):
            pictures |= self._pictures(part)
        if pictures:
            named = dictionary({key: reference(at) for key, at in pictures.items()})
            resources = dictionary({"Font": reference(self._file.fonts_object), "XObject": named})
        entries = {"Subtype": b"/Form", "BBox": _ANYWHERE, "Resources": resources}
        name, made = f"X{self._file.shared_count}", self._file.add_stream(operators.encode("ascii"), entries)
        self._file.share(name, made)
        return name, made

    def _pictures(self, fragment: Fragment) -> dict[str, int]:
        for name, image in fragment.images:
            if name not in self._images:
                self._images[name] = add_image(self._file, image.data)
        return {name: self._images[name] for name, _ in fragment.images}
