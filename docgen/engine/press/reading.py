"""docx to model: every paragraph and row read once for as long as its XML stays the same.

A village's papers share nearly all their XML. What belongs to the template (styles, numbering,
settings) makes a `Reader`; the reader keeps what it has read by the very bytes it was read from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from lxml import etree

from docgen.engine.press.chunk_reading import ChunkReader
from docgen.engine.press.colors import theme_colors
from docgen.engine.press.cutting import open_part
from docgen.engine.press.drawing_reading import Sources
from docgen.engine.press.frames import gather
from docgen.engine.press.model import Bookmark, Document, Frame, Outline, PageField, Paragraph, Picture, Section
from docgen.engine.press.notes import (
    ENDNOTE,
    FOOTNOTE,
    LABEL,
    Notes,
    bookmark_of,
    keys_in,
    note_elements,
    read_style,
)
from docgen.engine.press.numbering import NumberingBook
from docgen.engine.press.ooxml import R, W, is_on, local, points, value, whole
from docgen.engine.press.properties import paragraph_settings, run_settings
from docgen.engine.press.recipes import part_texts
from docgen.engine.press.runs import RunReader
from docgen.engine.press.styles import StyleBook, settings_flags
from docgen.engine.press.table_reading import read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docgen.engine.press.drawings import Drawing
    from docgen.engine.press.model import Block, Border, CellOutline, ParagraphFormat, Row, RunFormat
    from docgen.engine.press.notes import NoteStyle
    from docgen.engine.press.ooxml import Element, Package
    from docgen.engine.press.plans import ParagraphPlan, PartPlan, RowPlan, TableHead
    from docgen.engine.press.properties import Settings
    from docgen.engine.press.recipes import Skeleton
    from docgen.engine.press.table_reading import CellLook, RowLook, TableLook

_KEPT = 24 << 20
"""Bytes of XML by which things are remembered; beyond it they are forgotten and read again."""

_NOTHING: Settings = {}
_KINDS = ((FOOTNOTE, "脚注"), (ENDNOTE, "尾注"))

Relations: TypeAlias = "Mapping[str, tuple[str, str]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParagraphLook:
    """What a `w:pPr` says over its styles."""

    format: ParagraphFormat
    run: tuple[Settings, Settings]
    """Run settings of the table style and of the paragraph style."""

    style: str
    table_style: str
    undrawn: frozenset[str]


class Reader:
    """Reads documents of one template."""

    def __init__(self, package: Package) -> None:
        related = {kind.rpartition("/")[2]: part for kind, part in package.relations(package.main).values()}
        self.styles = StyleBook(package.xml(related.get("styles", "")), package.xml(related.get("theme", "")))
        self.colors = theme_colors(package.xml(related.get("theme", "")))
        self.numbering = NumberingBook(package.xml(related.get("numbering", "")), self.styles.theme)
        self.flags = settings_flags(package.xml(related.get("settings", "")))
        self.kept = 0
        """Bytes by which paragraphs, rows and cells are remembered."""

        self._paragraphs: dict[tuple[bytes, str], Paragraph] = {}
        self._parts: dict[bytes, tuple[Block, ...]] = {}
        self._plans: dict[bytes, PartPlan | None] = {}
        self.paragraph_plans: dict[tuple[Skeleton, str], ParagraphPlan] = {}
        self.row_plans: dict[tuple[Skeleton, TableHead], RowPlan] = {}
        self.heads: dict[bytes, TableHead] = {}
        self.row_looks: dict[bytes, RowLook] = {}
        self.cut_looks: dict[tuple[bytes, TableHead], CellLook] = {}
        self.rows: dict[tuple[bytes, bytes], Row] = {}
        self._frames: dict[tuple[object, ...], Frame] = {}
        self._outlines: dict[tuple[CellOutline, ...], Outline] = {}
        self._sections: dict[bytes, tuple[dict[str, Any], tuple[tuple[str, str, str], ...]]] = {}
        self._cells: dict[tuple[bytes, bytes], CellLook] = {}
        self._tables: dict[bytes, TableLook] = {}
        self._looks: dict[tuple[bytes, str, str], tuple[RunFormat, frozenset[str]]] = {}
        self._settings: dict[tuple[bytes, str], ParagraphLook] = {}

    @staticmethod
    def key(package: Package) -> tuple[bytes, ...]:
        """Return what tells one template's common parts from another's."""
        related = {kind.rpartition("/")[2]: part for kind, part in package.relations(package.main).values()}
        return tuple(package.packed(related.get(kind, "")) for kind in ("styles", "theme", "numbering", "settings"))

    def document(self, package: Package) -> Document:
        """Read the body with its headers and footers."""
        if self.kept > _KEPT:
            self.forget()
        odd_and_even, default_tab, hangs_tables, adds_spacing = self.flags
        part = _PartReader(self, package, package.main)
        raw = package.read(package.main)
        blocks, section = part.content(raw)
        return Document(
            blocks=blocks,
            last_section=section,
            odd_and_even=odd_and_even,
            default_tab=default_tab or 36.0,
            hangs_tables=hangs_tables,
            adds_spacing=adds_spacing,
            notes=self._notes(package, blocks) if b"noteReference" in raw else None,
        )

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
            part = _PartReader(self, package, name) if name else None
            for number, element in note_elements(package.xml(name) if name else None).items():
                key = f"{kind} {number}"
                if part is not None and key in called:
                    found[key] = part.note(element)
            styles[kind] = read_style(section, kind, settings)
        unknown = called - found.keys()
        lost = {f"找不到内容的{words}" for kind, words in _KINDS if any(key.startswith(kind) for key in unknown)}
        return Notes(blocks=found, styles=styles, lost=frozenset(lost))

    def forget(self) -> None:
        """Forget everything that records bring; what belongs to the template is small and stays."""
        self.kept = 0
        for memory in (self._paragraphs, self._parts, self.rows, self._plans, self.paragraph_plans, self.row_plans):
            memory.clear()

    def plan(self, skeleton: Skeleton, make: Callable[[], PartPlan | None]) -> PartPlan | None:
        """Return the plan of a part, made once for its XML without its texts."""
        key = b"\0".join(skeleton)
        if key in self._plans:
            return self._plans[key]
        made = make()
        if key.count(b"\0") == len(skeleton) - 1:
            self.kept += len(key)
            self._plans[key] = made
        return made

    def part(self, package: Package, name: str) -> tuple[Block, ...]:
        """Read a header or footer."""
        packed = package.packed(name)
        found = self._parts.get(packed)
        if found is None:
            raw = package.read(name)
            found = _PartReader(self, package, name).content(raw)[0] if raw else ()
            if b"blip" not in raw and b"imagedata" not in raw and not any(block.passes for block in found):
                self.kept += len(packed)
                self._parts[packed] = found
        return found

    def frame(self, columns: tuple[float, ...], borders: tuple[tuple[str, Border], ...]) -> Frame:
        """Return the one frame of all tables with this grid and these lines."""
        key = (columns, borders)
        found = self._frames.get(key)
        if found is None:
            found = self._frames[key] = Frame(columns, borders)
        return found

    def outline(self, cells: tuple[CellOutline, ...]) -> Outline:
        """Return the one outline of all rows that are ruled alike."""
        found = self._outlines.get(cells)
        if found is None:
            found = self._outlines[cells] = Outline(cells)
        return found

    def section_settings(
        self, raw: bytes, read: Callable[[], tuple[dict[str, Any], tuple[tuple[str, str, str], ...]]]
    ) -> tuple[dict[str, Any], tuple[tuple[str, str, str], ...]]:
        """Return what a `w:sectPr` says, and its headers and footers; read once for its XML."""
        found = self._sections.get(raw)
        if found is None:
            found = self._sections[raw] = read()
        return found

    def cell_look(self, key: tuple[bytes, bytes], read: Callable[[], CellLook]) -> CellLook:
        """Return what a `w:tcPr` says, read once for its XML."""
        found = self._cells.get(key)
        if found is None:
            found = self._cells[key] = read()
        return found

    def table_look(self, key: bytes, read: Callable[[], TableLook]) -> TableLook:
        """Return what a `w:tblPr` says, read once for its XML."""
        found = self._tables.get(key)
        if found is None:
            found = self._tables[key] = read()
        return found

    def run_look(self, properties: Element | None, base: ParagraphLook) -> tuple[RunFormat, frozenset[str]]:
        """Return the look of a run in a paragraph, and what of it is not drawn; read once for its XML."""
        raw = etree.tostring(properties, with_tail=False) if properties is not None else b""
        key = (raw, base.style, base.table_style)
        found = self._looks.get(key)
        if found is None:
            found = self._looks[key] = self._run_look(properties, base)
        return found

    def _run_look(self, properties: Element | None, base: ParagraphLook) -> tuple[RunFormat, frozenset[str]]:
        direct = run_settings(properties, self.styles.theme)
        character = properties.find(f"{W}rStyle") if properties is not None else None
        style = self.styles.run(value(character), "character") if character is not None else _NOTHING
        layers = (*base.run, style, direct)
        undrawn = frozenset(name for layer in layers for name in layer.get("undrawn", {}).values())
        return self.styles.run_format(*layers), undrawn

    def paragraph_look(self, properties: Element | None, table_style: str) -> ParagraphLook:
        """Return what a `w:pPr` says over its styles; read once for its XML."""
        raw = etree.tostring(properties, with_tail=False) if properties is not None else b""
        key = (raw, table_style)
        found = self._settings.get(key)
        if found is None:
            found = self._settings[key] = self._paragraph_look(properties, table_style)
        return found

    def _paragraph_look(self, properties: Element | None, table_style: str) -> ParagraphLook:
        styles = self.styles
        named = value(properties.find(f"{W}pStyle")) if properties is not None else None
        style = named or styles.default_style("paragraph")
        under = styles.table(table_style) if table_style else None
        own, direct = styles.paragraph(named), paragraph_settings(properties)
        number = str(direct.get("number_id", own.get("number_id", "0")))
        at: int = (own | direct).get("number_level", 0)
        level = self.numbering.paragraph_settings(number, at) if number != "0" else _NOTHING
        layers = [under.paragraph if under else _NOTHING, level, own, direct]
        if "number_id" in direct:  # numbering given directly goes before the style's indents
            layers[1:3] = own, level
        return ParagraphLook(
            format=styles.paragraph_format(*layers, style=style),
            run=(under.run if under else _NOTHING, styles.run(named, "paragraph")),
            style=named or "",
            table_style=table_style,
            undrawn=frozenset(name for layer in layers for name in layer.get("undrawn", {}).values()),
        )

    def remember(self, key: tuple[bytes, str], paragraph: Paragraph) -> None:
        """Keep a paragraph for its XML."""
        self.kept += len(key[0])
        self._paragraphs[key] = paragraph

    def recall(self, key: tuple[bytes, str]) -> Paragraph | None:
        """Return the paragraph kept for its XML."""
        return self._paragraphs.get(key)


class _PartReader:
    """Reads one part (body, header, footer) with its own relationships."""

    def __init__(self, reader: Reader, package: Package, part: str) -> None:
        self.reader = reader
        self.package = package
        self.relations: Relations = package.relations(part)

    def media(self, relation: str) -> bytes:
        kind, target = self.relations.get(relation, ("", ""))
        return self.package.read(target) if kind.endswith("/image") else b""

    def content(self, raw: bytes) -> tuple[tuple[Block, ...], Section]:
        """Read the whole part: what stands in it, and the last section of a body."""
        skeleton, texts = part_texts(raw)
        plan = self.reader.plan(skeleton, lambda: self._plan(raw, len(texts)))
        if plan is not None:
            chunks = ChunkReader(self, plan.opened)
            blocks, last = gather(plan.fill(texts, chunks)), plan.section
            if not last:
                return blocks, Section()
            settings = self.reader.section_settings(last, lambda: _section_settings(chunks.parsed(last)))
            return blocks, self._section(*settings)
        root = self.package.parse(raw) if raw else None
        body = root.find(f"{W}body") if root is not None and local(root) == "document" else root
        if body is None:
            return (), Section()
        return gather(self.blocks(body)), self.section(body.find(f"{W}sectPr"))

    def _plan(self, raw: bytes, count: int) -> PartPlan | None:
        opened = open_part(raw)
        return None if opened is None else ChunkReader(self, opened).plan(opened.inner, count)

    def blocks(self, parent: Element, table_style: str = "") -> tuple[Block, ...]:
        """Read paragraphs and tables, looking through content controls."""
        found: list[Block] = []
        for child in parent:
            name = local(child)
            if name == "p":
                found.append(self.paragraph(child, table_style))
            elif name == "tbl":
                found.append(read_table(child, self))
            elif name in {"sdt", "sdtContent", "customXml", "ins", "moveTo"}:
                found += self.blocks(child, table_style)
            elif name == "altChunk":
                found.append(self.lost("外部文件"))
        return tuple(found)

    def _boxed(self, element: Element) -> tuple[Block, ...]:
        """Read the content of a text box."""
        blocks = self.blocks(element)
        return (*blocks, self.lost("文本框里的脚注或尾注")) if any(keys_in(blocks)) else blocks

    def note(self, element: Element) -> tuple[Block, ...]:
        """Read a note; its number stands before everything else, in the style of the mark, not in its looks."""
        blocks = self.blocks(element)
        first = blocks[0] if blocks else None
        if element.find(f".//{W}footnoteRef") is None and element.find(f".//{W}endnoteRef") is None:
            return blocks
        if not isinstance(first, Paragraph):
            return blocks
        paragraph = element.find(f"{W}p")
        look = self.reader.paragraph_look(paragraph.find(f"{W}pPr") if paragraph is not None else None, "")
        style = element.find(f".//{W}rPr/{W}rStyle")
        bare = etree.Element(f"{W}rPr")
        if style is not None:
            etree.SubElement(bare, f"{W}rStyle").set(f"{W}val", value(style) or "")
        label = PageField(LABEL, "", self.reader.run_look(bare, look)[0])
        return (
            replace(first, pieces=(Bookmark(bookmark_of("")), label, *first.pieces), has_page_fields=True),
            *blocks[1:],
        )

    def lost(self, what: str) -> Paragraph:
        layers = self.reader.styles
        return Paragraph(
            format=layers.paragraph_format(style=""),
            pieces=(),
            mark=layers.run_format(_NOTHING),
            base=layers.run_format(_NOTHING),
            lost=frozenset({what}),
        )

    def paragraph(self, element: Element, table_style: str) -> Paragraph:
        """Read one paragraph; `table_style` lies under its own style."""
        raw = etree.tostring(element, with_tail=False)
        key = (raw, table_style)
        found = self.reader.recall(key)
        if found is not None:
            return found
        made = self._paragraph(element, table_style)
        if b"blip" not in raw and b"imagedata" not in raw and made.section is None:
            self.reader.remember(key, made)
        return made

    def _paragraph(self, element: Element, table_style: str) -> Paragraph:
        properties = element.find(f"{W}pPr")
        look = self.reader.paragraph_look(properties, table_style)
        sources = Sources(media=self.media, blocks=self._boxed, colors=self.reader.colors)
        runs = RunReader(lambda found: self.reader.run_look(found, look), sources)
        mark = runs.format(properties.find(f"{W}rPr") if properties is not None else None)
        runs.read(element)
        section = properties.find(f"{W}sectPr") if properties is not None else None
        drawings = _drawings(runs)
        return Paragraph(
            format=look.format,
            pieces=tuple(runs.pieces),
            mark=mark,
            base=self.reader.run_look(None, look)[0],
            has_page_fields=any(isinstance(piece, PageField) for piece in runs.pieces)
            or any(drawing.has_page_fields for drawing in drawings),
            section=self.section(section) if section is not None else None,
            undrawn=look.undrawn | runs.undrawn,
            lost=frozenset(runs.lost),
            notes=tuple(runs.notes),
            floating=tuple(runs.floating),
            has_drawings=bool(drawings),
            passes=any(item.picture for drawing in drawings for item in drawing.items),
        )

    def section(self, element: Element | None) -> Section:
        """Read a `w:sectPr`; what it does not say has Word's own defaults."""
        return Section() if element is None else self._section(*_section_settings(element))

    def _section(self, settings: dict[str, Any], references: tuple[tuple[str, str, str], ...]) -> Section:
        headers: dict[str, tuple[Block, ...]] = {}
        footers: dict[str, tuple[Block, ...]] = {}
        for which, kind, relation in references:
            _, target = self.relations.get(relation, ("", ""))
            into = headers if which == "headerReference" else footers
            into[kind] = self.reader.part(self.package, target)
        return Section(**settings, headers=headers, footers=footers)


def _drawings(runs: RunReader) -> list[Drawing]:
    """Return everything drawn in a paragraph."""
    inside = (piece.drawing for piece in runs.pieces if isinstance(piece, Picture) and piece.drawing is not None)
    return [*(place.drawing for place in runs.floating), *inside]


def _section_settings(element: Element) -> tuple[dict[str, Any], tuple[tuple[str, str, str], ...]]:
    """Return the settings of a `w:sectPr`, and which headers and footers it names."""
    size, margin, grid = (element.find(f"{W}{name}") for name in ("pgSz", "pgMar", "docGrid"))
    numbers, columns = element.find(f"{W}pgNumType"), element.find(f"{W}cols")
    references = tuple(
        (local(child), value(child, "type") or "default", child.get(f"{R}id") or "")
        for child in element
        if local(child) in {"headerReference", "footerReference"}
    )
    start = value(numbers, "start")
    undrawn = {
        words
        for name, words in (("pgBorders", "页面边框"), ("lnNumType", "行号"), ("textDirection", "竖排文字"))
        if (found := element.find(f"{W}{name}")) is not None and value(found) != "lrTb"
    }
    if columns is not None and (whole(value(columns, "num"), 1) > 1 or len(columns) > 1):
        undrawn.add("分栏")
    if value(element.find(f"{W}vAlign")) not in {None, "top"}:
        undrawn.add("页面垂直对齐")
    kind = value(grid, "type") or "" if grid is not None else ""
    settings: dict[str, Any] = {
        "width": points(value(size, "w"), 595.3),
        "height": points(value(size, "h"), 841.9),
        "top": points(value(margin, "top"), 72),
        "bottom": points(value(margin, "bottom"), 72),
        "left": points(value(margin, "left"), 90) + points(value(margin, "gutter")),
        "right": points(value(margin, "right"), 90),
        "header_distance": points(value(margin, "header"), 36),
        "footer_distance": points(value(margin, "footer"), 36),
        "kind": value(element.find(f"{W}type")) or "nextPage",
        "grid": "" if kind == "default" else kind,
        "grid_pitch": points(value(grid, "linePitch")),
        "grid_extra": whole(value(grid, "charSpace")) / 4096,
        "title_page": is_on(element.find(f"{W}titlePg")),
        "first_number": whole(start) if start is not None else None,
        "number_style": value(numbers, "fmt") or "decimal",
        "undrawn": frozenset(undrawn),
    }
    return settings, references


PartReader: TypeAlias = _PartReader
