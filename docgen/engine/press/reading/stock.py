"""What is known of one template: its styles and lists, and everything read of it that comes again.

A village's papers share nearly all their XML: paragraphs, rows and looks are kept by the very bytes they were read
from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from docgen.engine.press.model.blocks import Frame, RowOutline
from docgen.engine.press.reading.colors import theme_colors
from docgen.engine.press.reading.looks import look_of_cell, read_table_look
from docgen.engine.press.reading.numbering import read_numbering
from docgen.engine.press.reading.ooxml import W, value
from docgen.engine.press.reading.properties import paragraph_settings, run_settings
from docgen.engine.press.reading.sections import section_settings
from docgen.engine.press.reading.settings import read_settings
from docgen.engine.press.reading.styles import StyleBook

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.engine.press.model.blocks import CellOutline, Paragraph, Row
    from docgen.engine.press.model.formats import Border, ParagraphFormat, RunFormat
    from docgen.engine.press.reading.looks import CellLook, TableLook
    from docgen.engine.press.reading.ooxml import Element, Package
    from docgen.engine.press.reading.places import Place
    from docgen.engine.press.reading.properties import Settings
    from docgen.engine.press.reading.sections import SectionSettings
    from docgen.engine.press.reading.styles import TableStyle

_NOTHING: Settings = {}
_INDENTS = frozenset({"left", "left_chars", "first", "first_chars"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ParagraphLook:
    """What a `w:pPr` says over its styles."""

    format: ParagraphFormat
    run: tuple[Settings, Settings]
    """Run settings of the table style and of the paragraph style."""

    style: str
    table_style: TableStyle | None
    undrawn: frozenset[str]


class Stock:
    """Keeps what papers of one template have in common."""

    def __init__(self, package: Package) -> None:
        related = {kind.rpartition("/")[2]: part for kind, part in package.relations(package.main).values()}
        self.styles = StyleBook(package.xml(related.get("styles", "")), package.xml(related.get("theme", "")))
        self.colors = theme_colors(package.xml(related.get("theme", "")))
        self.numbering = read_numbering(package.xml(related.get("numbering", "")), self.styles.theme)
        self.settings = read_settings(package.xml(related.get("settings", "")))
        self.line_number_look = self.styles.look_named("line number")
        self.kept = 0
        """Bytes by which paragraphs, rows and cells are remembered."""

        self.rows: dict[tuple[bytes, bytes, Place | None], Row] = {}
        self._paragraphs: dict[tuple[bytes, TableStyle | None], Paragraph] = {}
        self._frames: dict[tuple[object, ...], Frame] = {}
        self._outlines: dict[tuple[CellOutline, ...], RowOutline] = {}
        self._sections: dict[bytes, SectionSettings] = {}
        self._cells: dict[tuple[bytes, bytes, TableStyle], CellLook] = {}
        self._tables: dict[bytes, TableLook] = {}
        self._looks: dict[tuple[bytes, str, TableStyle | None], tuple[RunFormat, frozenset[str]]] = {}
        self._paragraph_looks: dict[tuple[bytes, TableStyle | None], ParagraphLook] = {}

    def forget(self) -> None:
        """Forget everything that records bring; what belongs to the template is small and stays."""
        self.kept = 0
        self._paragraphs.clear()
        self.rows.clear()

    def frame(self, columns: tuple[float, ...], borders: tuple[tuple[str, Border], ...]) -> Frame:
        """Return the one frame of all tables with this grid and these lines."""
        key = (columns, borders)
        found = self._frames.get(key)
        if found is None:
            found = self._frames[key] = Frame(columns, borders)
        return found

    def outline(self, cells: tuple[CellOutline, ...]) -> RowOutline:
        """Return the one outline of all rows that are ruled alike."""
        found = self._outlines.get(cells)
        if found is None:
            found = self._outlines[cells] = RowOutline(cells)
        return found

    def section_settings(self, raw: bytes, parse: Callable[[bytes], Element]) -> SectionSettings:
        """Return what a `w:sectPr` says; read once for its XML."""
        found = self._sections.get(raw)
        if found is None:
            found = self._sections[raw] = section_settings(parse(raw))
        return found

    def cell_look(self, key: tuple[bytes, bytes, TableStyle], direct: Element | None, table: TableLook) -> CellLook:
        """Return what a `w:tcPr` says over what its table says; read once for the XML of both and the cell's style."""
        found = self._cells.get(key)
        if found is None:
            found = self._cells[key] = look_of_cell(direct, table, key[2])
        return found

    def table_look(self, key: bytes, direct: Element | None) -> TableLook:
        """Return what a `w:tblPr` says, read once for its XML."""
        found = self._tables.get(key)
        if found is None:
            found = self._tables[key] = read_table_look(direct, self.styles)
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

    def paragraph_look(self, properties: Element | None, table_style: TableStyle | None) -> ParagraphLook:
        """Return what a `w:pPr` says over its styles; read once for its XML."""
        raw = etree.tostring(properties, with_tail=False) if properties is not None else b""
        key = (raw, table_style)
        found = self._paragraph_looks.get(key)
        if found is None:
            found = self._paragraph_looks[key] = self._paragraph_look(properties, table_style)
        return found

    def _paragraph_look(self, properties: Element | None, under: TableStyle | None) -> ParagraphLook:
        styles = self.styles
        named = value(properties.find(f"{W}pStyle")) if properties is not None else None
        style = named or styles.default_style("paragraph")
        own, direct = styles.paragraph(named), paragraph_settings(properties)
        number = str(direct.get("number_id", own.get("number_id", "0")))
        at: int = (own | direct).get("number_level", 0)
        level = self.numbering.paragraph_settings(number, at) if number != "0" else _NOTHING
        layers = [under.paragraph if under else _NOTHING, level, own, direct]
        if "number_id" in direct:  # numbering given directly goes before the style's indents
            if self.numbering.level(number, at) is not None and not _INDENTS & level.keys():
                # a level that says no indent has none, as LibreOffice has it
                own = {key: setting for key, setting in own.items() if key not in _INDENTS}
            layers[1:3] = own, level
        return ParagraphLook(
            format=styles.paragraph_format(*layers, style=style),
            run=(under.run if under else _NOTHING, styles.run(named, "paragraph")),
            style=named or "",
            table_style=under,
            undrawn=frozenset(name for layer in layers for name in layer.get("undrawn", {}).values()),
        )

    def remember(self, key: tuple[bytes, TableStyle | None], paragraph: Paragraph) -> None:
        """Keep a paragraph for its XML."""
        self.kept += len(key[0])
        self._paragraphs[key] = paragraph

    def recall(self, key: tuple[bytes, TableStyle | None]) -> Paragraph | None:
        """Return the paragraph kept for its XML."""
        return self._paragraphs.get(key)
