"""One part of a docx (body, header, footer, notes) from its elements.

What the same XML said before is the same object again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from lxml import etree

from docgen.engine.press.model.blocks import Bookmark, PageField, Paragraph, Picture, Section
from docgen.engine.press.model.notes import LABEL, bookmark_of, keys_in
from docgen.engine.press.reading.drawings import Sources
from docgen.engine.press.reading.ooxml import W, local, value
from docgen.engine.press.reading.runs import RunReader
from docgen.engine.press.reading.sections import section_settings
from docgen.engine.press.reading.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docgen.engine.press.model.blocks import Block, Drawing
    from docgen.engine.press.reading.ooxml import Element, Package
    from docgen.engine.press.reading.properties import Settings
    from docgen.engine.press.reading.stock import Stock
    from docgen.engine.press.reading.styles import TableStyle

_NOTHING: Settings = {}

Relations: TypeAlias = "Mapping[str, tuple[str, str]]"


class PartReader:
    """Reads one part with its own relationships."""

    def __init__(self, stock: Stock, package: Package, part: str, running: Callable[[str], tuple[Block, ...]]) -> None:
        """Begin a part.

        Args:
            stock: What is known of its template.
            package: The docx.
            part: Name of the part.
            running: Reads the header or footer of a name.
        """
        self.stock = stock
        self.package = package
        self.relations: Relations = package.relations(part)
        self._running = running

    def media(self, relation: str) -> bytes:
        """Return the bytes of a picture by its relationship; empty where there is none."""
        kind, target = self.relations.get(relation, ("", ""))
        return self.package.read(target) if kind.endswith("/image") else b""

    def blocks(self, parent: Element, table_style: TableStyle | None = None) -> tuple[Block, ...]:
        """Read paragraphs and tables, looking through content controls."""
        found: list[Block] = []
        for child in parent:
            name = local(child)
            if name == "p":
                found.append(self.paragraph(child, table_style))
            elif name == "tbl":
                found.append(read_table(child, self.stock, self.blocks))
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
        look = self.stock.paragraph_look(paragraph.find(f"{W}pPr") if paragraph is not None else None, None)
        style = element.find(f".//{W}rPr/{W}rStyle")
        bare = etree.Element(f"{W}rPr")
        if style is not None:
            etree.SubElement(bare, f"{W}rStyle").set(f"{W}val", value(style) or "")
        label = PageField(LABEL, "", self.stock.run_look(bare, look)[0])
        return (
            replace(first, pieces=(Bookmark(bookmark_of("")), label, *first.pieces), has_page_fields=True),
            *blocks[1:],
        )

    def lost(self, what: str) -> Paragraph:
        """Return a paragraph that stands for content that cannot be drawn."""
        layers = self.stock.styles
        return Paragraph(
            format=layers.paragraph_format(style=""),
            pieces=(),
            mark=layers.run_format(_NOTHING),
            base=layers.run_format(_NOTHING),
            lost=frozenset({what}),
        )

    def paragraph(self, element: Element, table_style: TableStyle | None) -> Paragraph:
        """Read one paragraph; `table_style` lies under its own style."""
        raw = etree.tostring(element, with_tail=False)
        key = (raw, table_style)
        found = self.stock.recall(key)
        if found is not None:
            return found
        made = self._paragraph(element, table_style)
        if b"blip" not in raw and b"imagedata" not in raw and made.section is None:
            self.stock.remember(key, made)
        return made

    def _paragraph(self, element: Element, table_style: TableStyle | None) -> Paragraph:
        properties = element.find(f"{W}pPr")
        look = self.stock.paragraph_look(properties, table_style)
        sources = Sources(media=self.media, blocks=self._boxed, colors=self.stock.colors)
        runs = RunReader(lambda found: self.stock.run_look(found, look), sources)
        mark = runs.format(properties.find(f"{W}rPr") if properties is not None else None)
        runs.read(element)
        section = properties.find(f"{W}sectPr") if properties is not None else None
        drawings = _drawings(runs)
        return Paragraph(
            format=look.format,
            pieces=tuple(runs.pieces),
            mark=mark,
            base=self.stock.run_look(None, look)[0],
            mark_has_style=properties is not None and properties.find(f"{W}rPr/{W}rStyle") is not None,
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
        return Section() if element is None else self.settled(*section_settings(element))

    def settled(self, settings: dict[str, Any], references: tuple[tuple[str, str, str], ...]) -> Section:
        """Return a section with its headers and footers."""
        headers: dict[str, tuple[Block, ...]] = {}
        footers: dict[str, tuple[Block, ...]] = {}
        for which, kind, relation in references:
            _, target = self.relations.get(relation, ("", ""))
            into = headers if which == "headerReference" else footers
            into[kind] = self._running(target)
        return Section(**settings, headers=headers, footers=footers)


def _drawings(runs: RunReader) -> list[Drawing]:
    """Return everything drawn in a paragraph."""
    inside = (piece.drawing for piece in runs.pieces if isinstance(piece, Picture) and piece.drawing is not None)
    return [*(place.drawing for place in runs.floating), *inside]
