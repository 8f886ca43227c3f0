"""Styles of a docx: what a style name means after its ancestors and the defaults are laid under it.

Source: ECMA-376 part 1 §17.7 (styles), §17.7.2 (order: defaults, table style, paragraph style,
character style, direct), §17.7.6 (table styles), §17.9 (numbering), §17.18.97 (theme fonts).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.engine.press.model.formats import ParagraphFormat, RunFormat
from docgen.engine.press.reading.ooxml import W, is_on, local, value, whole
from docgen.engine.press.reading.properties import TOGGLES, Settings, frame_format, paragraph_settings, run_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from docgen.engine.press.reading.ooxml import Element

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_PLAIN = Settings()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StylePart:
    """What a table style says about one part of a table (`w:tblStylePr`): its first row, a band of columns."""

    cells: tuple[Element, ...]
    """`w:tcPr` elements, the oldest ancestor first."""

    paragraph: Settings
    run: Settings
    repeats: bool
    """Its rows are headers."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TableStyle:
    """What a table style says about tables, cells and the text in them.

    A style is one object, by which everything read over it is remembered.
    """

    properties: tuple[Element, ...] = ()
    """`w:tblPr` elements, the oldest ancestor first."""

    cells: tuple[Element, ...] = ()
    """`w:tcPr` elements, the same."""

    paragraph: Settings = field(default_factory=Settings)
    run: Settings = field(default_factory=Settings)
    parts: Mapping[str, StylePart] = field(default_factory=dict)
    """Special looks of `firstRow`, `lastCol` and the like."""

    bands: tuple[int, int] = (1, 1)
    """Rows and columns of a band."""


def theme_fonts(root: Element | None) -> dict[str, str]:
    """Return the families behind `majorEastAsia`, `minorHAnsi` and the like."""
    found: dict[str, str] = {}
    if root is None:
        return found
    for size in ("major", "minor"):
        fonts = root.find(f".//{_A}{size}Font")
        if fonts is None:
            continue
        latin, east = fonts.find(f"{_A}latin"), fonts.find(f"{_A}ea")
        hans = [font.get("typeface", "") for font in fonts if font.get("script") == "Hans"]
        western = latin.get("typeface", "") if latin is not None else ""
        eastern = (east.get("typeface", "") if east is not None else "") or "".join(hans[:1])
        found |= {f"{size}Ascii": western, f"{size}HAnsi": western, f"{size}Bidi": "", f"{size}EastAsia": eastern}
    return found


def merge(under: Settings, over: Settings) -> Settings:
    """Lay settings over others; tab stops and names of undrawn things add up."""
    merged = under | over
    for key in ("tabs", "undrawn", "frame"):
        if key in under and key in over:
            merged[key] = under[key] | over[key]
    return merged


def _found(line: list[Element], name: str) -> tuple[Element, ...]:
    return tuple(found for element in line if (found := element.find(W + name)) is not None)


def _band(properties: Iterable[Element], axis: str) -> int:
    """Return how many rows or columns a band has."""
    sizes = [value(size) for p in properties if (size := p.find(f"{W}tblStyle{axis}BandSize")) is not None]
    return max(1, whole(sizes[-1], 1)) if sizes else 1


class StyleBook:
    """The styles of one `styles.xml` with its theme."""

    def __init__(self, styles: Element | None, theme: Element | None) -> None:
        self.theme: Mapping[str, str] = theme_fonts(theme)
        self._elements: dict[str, Element] = {}
        self._defaults: dict[str, str] = {}
        self.default_run = _PLAIN
        self.default_paragraph = _PLAIN
        for child in styles if styles is not None else ():
            name = local(child)
            if name == "docDefaults":
                self.default_run = run_settings(child.find(f"{W}rPrDefault/{W}rPr"), self.theme)
                self.default_paragraph = paragraph_settings(child.find(f"{W}pPrDefault/{W}pPr"))
            elif name == "style":
                self._elements[value(child, "styleId") or ""] = child
                if value(child, "default") in {"1", "true", "on"}:
                    self._defaults[value(child, "type") or "paragraph"] = value(child, "styleId") or ""
        self._runs: dict[str, Settings] = {}
        self._paragraphs: dict[str, Settings] = {}
        self._tables: dict[str, TableStyle] = {}
        self._run_formats: dict[tuple[object, ...], RunFormat] = {}

    def _line(self, style: str | None, kind: str) -> list[Element]:
        """Return the elements of a style and its ancestors, the oldest first."""
        line: list[Element] = []
        name = style if style in self._elements else self._defaults.get(kind)
        seen: set[str] = set()
        while name and name in self._elements and name not in seen:
            seen.add(name)
            element = self._elements[name]
            line.insert(0, element)
            name = value(element.find(f"{W}basedOn"))
        return line

    def default_style(self, kind: str) -> str:
        """Return the id of the style used where none is named."""
        return self._defaults.get(kind, "")

    def paragraph(self, style: str | None) -> Settings:
        """Return the paragraph settings of a paragraph style, without the document's defaults."""
        key = style or ""
        if key not in self._paragraphs:
            merged: Settings = {}
            for element in self._line(style, "paragraph"):
                merged = merge(merged, paragraph_settings(element.find(f"{W}pPr")))
            self._paragraphs[key] = merged
        return self._paragraphs[key]

    def run(self, style: str | None, kind: str) -> Settings:
        """Return the run settings of a `paragraph` or `character` style, without defaults."""
        if kind == "character" and style not in self._elements:
            return _PLAIN
        key = f"{kind}:{style}"
        if key not in self._runs:
            merged: Settings = {}
            for element in self._line(style, kind):
                merged = merge(merged, run_settings(element.find(f"{W}rPr"), self.theme))
            self._runs[key] = merged
        return self._runs[key]

    def look_named(self, name: str) -> RunFormat:
        """Return the look that a character style gives by itself; built-in names are the same in every language."""
        found = (
            style
            for style, element in self._elements.items()
            if value(element, "type") == "character" and value(element.find(f"{W}name")) == name
        )
        return self.run_format(_PLAIN, self.run(next(found, None), "character"), _PLAIN)

    def table(self, style: str | None) -> TableStyle:
        """Return a table style with its ancestors."""
        key = style or ""
        if key not in self._tables:
            line = self._line(style, "table")
            paragraph: Settings = {}
            run: Settings = {}
            for element in line:
                paragraph = merge(paragraph, paragraph_settings(element.find(f"{W}pPr")))
                run = merge(run, run_settings(element.find(f"{W}rPr"), self.theme))
            properties = _found(line, "tblPr")
            self._tables[key] = TableStyle(
                properties=properties,
                cells=_found(line, "tcPr"),
                paragraph=paragraph,
                run=run,
                parts=self._parts(line),
                bands=(_band(properties, "Row"), _band(properties, "Col")),
            )
        return self._tables[key]

    def _parts(self, line: list[Element]) -> dict[str, StylePart]:
        """Return the special looks of a table style, each with those of the same name of its ancestors under it."""
        said: dict[str, list[Element]] = {}
        for element in line:
            for part in element.findall(f"{W}tblStylePr"):
                said.setdefault(value(part, "type") or "", []).append(part)
        return {kind: self._part(elements) for kind, elements in said.items()}

    def _part(self, elements: list[Element]) -> StylePart:
        paragraph: Settings = {}
        run: Settings = {}
        for element in elements:
            paragraph = merge(paragraph, paragraph_settings(element.find(f"{W}pPr")))
            run = merge(run, run_settings(element.find(f"{W}rPr"), self.theme))
        repeats = [is_on(header) for e in elements if (header := e.find(f"{W}trPr/{W}tblHeader")) is not None]
        return StylePart(cells=_found(elements, "tcPr"), paragraph=paragraph, run=run, repeats=repeats[-1:] == [True])

    def run_format(self, *layers: Settings) -> RunFormat:
        """Return the look that these layers give over the document's defaults.

        The first two layers are the paragraph style's and the character style's; toggles set in
        both cancel each other. The last layer is direct formatting.
        """
        merged = dict(self.default_run)
        merged.pop("undrawn", None)
        toggled = dict.fromkeys(TOGGLES, False)
        for layer in layers[:-1]:
            for key, setting in layer.items():
                if key in toggled:
                    toggled[key] ^= bool(setting)
                elif key != "undrawn":
                    merged[key] = setting
        for key, setting in toggled.items():
            merged[key] = setting or bool(merged.get(key, False))
        merged |= {key: setting for key, setting in layers[-1].items() if key != "undrawn"}
        fingerprint = tuple(sorted(merged.items()))
        found = self._run_formats.get(fingerprint)
        if found is None:
            found = self._run_formats[fingerprint] = RunFormat(**merged)
        return found

    def paragraph_format(self, *layers: Settings, style: str) -> ParagraphFormat:
        """Return the setting that these layers give over the document's defaults."""
        merged = self.default_paragraph
        for layer in layers:
            merged = merge(merged, layer)
        chosen = dict(merged)
        chosen.pop("undrawn", None)
        stops = chosen.pop("tabs", {})
        if "frame" in chosen:
            chosen["frame"] = frame_format(chosen["frame"])
        chosen["tabs"] = tuple(stops[at] for at in sorted(stops) if stops[at] is not None)
        number, level = chosen.pop("number_id", "0"), chosen.pop("number_level", 0)
        chosen["numbering"] = (number, level) if number != "0" else None
        return ParagraphFormat(**chosen, style=style)
