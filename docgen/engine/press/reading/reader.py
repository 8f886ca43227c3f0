"""docx to model: planned when its XML is new, filled with its texts when only they are.

What belongs to the template (styles, numbering, settings) makes a `Reader`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.engine.press.model.blocks import Section
from docgen.engine.press.model.document import Document
from docgen.engine.press.model.notes import ENDNOTE, FOOTNOTE, Notes, keys_in
from docgen.engine.press.reading.chunks import Chunks
from docgen.engine.press.reading.cutting import open_part
from docgen.engine.press.reading.frames import gather
from docgen.engine.press.reading.notes import note_elements, read_style
from docgen.engine.press.reading.ooxml import W, local
from docgen.engine.press.reading.parts import PartReader
from docgen.engine.press.reading.planning import Planner
from docgen.engine.press.reading.plans import PlanBook
from docgen.engine.press.reading.recipes import part_texts
from docgen.engine.press.reading.stock import Stock

if TYPE_CHECKING:
    from docgen.engine.press.model.blocks import Block
    from docgen.engine.press.model.notes import NoteStyle
    from docgen.engine.press.model.numbering import NumberingBook
    from docgen.engine.press.reading.ooxml import Package
    from docgen.engine.press.reading.plans import PartPlan
    from docgen.engine.press.reading.recipes import Skeleton

_KEPT = 24 << 20
"""Bytes of XML by which things are remembered; beyond it they are forgotten and read again."""

_KINDS = ((FOOTNOTE, "脚注"), (ENDNOTE, "尾注"))


class Reader:
    """Reads documents of one template."""

    def __init__(self, package: Package) -> None:
        self._stock = Stock(package)
        self._plans = PlanBook()
        self._running: dict[bytes, tuple[Block, ...]] = {}
        """Headers and footers, by their packed bytes."""

    @property
    def numbering(self) -> NumberingBook:
        """The template's lists."""
        return self._stock.numbering

    @staticmethod
    def key(package: Package) -> tuple[bytes, ...]:
        """Return what tells one template's common parts from another's."""
        related = {kind.rpartition("/")[2]: part for kind, part in package.relations(package.main).values()}
        return tuple(package.packed(related.get(kind, "")) for kind in ("styles", "theme", "numbering", "settings"))

    def document(self, package: Package) -> Document:
        """Read the body with its headers and footers."""
        if self._stock.kept > _KEPT:
            self._forget()
        part = self._reader(package, package.main)
        raw = package.read(package.main)
        blocks, section = self._content(part, raw)
        return Document(
            blocks=blocks,
            last_section=section,
            settings=self._stock.settings,
            line_number_look=self._stock.line_number_look,
            notes=self._notes(package, blocks) if b"noteReference" in raw else None,
        )

    def _forget(self) -> None:
        self._stock.forget()
        self._plans.forget()
        self._running.clear()

    def _reader(self, package: Package, name: str) -> PartReader:
        return PartReader(self._stock, package, name, lambda target: self._header(package, target))

    def _header(self, package: Package, name: str) -> tuple[Block, ...]:
        """Read a header or footer."""
        packed = package.packed(name)
        found = self._running.get(packed)
        if found is None:
            raw = package.read(name)
            found = self._content(self._reader(package, name), raw)[0] if raw else ()
            if b"blip" not in raw and b"imagedata" not in raw and not any(block.passes for block in found):
                self._stock.kept += len(packed)
                self._running[packed] = found
        return found

    def _content(self, part: PartReader, raw: bytes) -> tuple[tuple[Block, ...], Section]:
        """Read a whole part: what stands in it, and the last section of a body."""
        skeleton, texts = part_texts(raw)
        plan = self._plan(part, skeleton, raw, len(texts))
        if plan is not None:
            chunks = Chunks(part, plan.opened)
            blocks, last = gather(plan.fill(texts, chunks)), plan.section
            if not last:
                return blocks, Section()
            return blocks, part.settled(*self._stock.section_settings(last, chunks.parsed))
        root = part.package.parse(raw) if raw else None
        body = root.find(f"{W}body") if root is not None and local(root) == "document" else root
        if body is None:
            return (), Section()
        return gather(part.blocks(body)), part.section(body.find(f"{W}sectPr"))

    def _plan(self, part: PartReader, skeleton: Skeleton, raw: bytes, count: int) -> PartPlan | None:
        """Return the plan of a part, made once for its XML without its texts."""
        plans, key = self._plans.parts, b"\0".join(skeleton)
        if key in plans:
            return plans[key]
        opened = open_part(raw)
        made = None if opened is None else Planner(Chunks(part, opened), self._plans).plan(opened.inner, count)
        if key.count(b"\0") == len(skeleton) - 1:
            self._stock.kept += len(key)
            plans[key] = made
        return made

    def _notes(self, package: Package, blocks: tuple[Block, ...]) -> Notes | None:
        """Read the notes that the body calls."""
        called = set(keys_in(blocks))
        if not called:
            return None
        related = {kind.rpartition("/")[2]: part for kind, part in package.relations(package.main).values()}
        settings = package.xml(related.get("settings", ""))
        body = package.xml(package.main)
        section = next(body.iter(f"{W}sectPr"), None) if body is not None else None
        found: dict[str, tuple[Block, ...]] = {}
        styles: dict[str, NoteStyle] = {}
        for kind, _ in _KINDS:
            name = related.get(f"{kind}s", "")
            part = self._reader(package, name) if name else None
            for number, element in note_elements(package.xml(name) if name else None).items():
                key = f"{kind} {number}"
                if part is not None and key in called:
                    found[key] = part.note(element)
            styles[kind] = read_style(section, kind, settings)
        unknown = called - found.keys()
        lost = {f"找不到内容的{words}" for kind, words in _KINDS if any(key.startswith(kind) for key in unknown)}
        return Notes(blocks=found, styles=styles, lost=frozenset(lost))
