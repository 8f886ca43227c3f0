"""WordprocessingML: a parsed source becomes the parts of a docx.

Source: ECMA-376 part 1 §17. Written by hand from a lean base, because the usual default template
carries 350 KB of styles that every paper would repeat. The same source gives the same bytes.
"""

from __future__ import annotations

import io
import math
import zipfile
from itertools import pairwise
from typing import TYPE_CHECKING

from lxml import etree

from docgen.engine.source.blocks import (
    OUTLINE,
    STYLE_TITLES,
    Cell,
    Control,
    Page,
    PageBreak,
    Row,
    Source,
    Style,
    Table,
)
from docgen.engine.source.grammar import SourceError
from docgen.engine.source.inline import PageCount, Place, Text, parse_inline
from docgen.engine.source.keeping import keep_together

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element as Element

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_LATIN = "Times New Roman"
_BORDER = {"val": "single", "sz": "6", "space": "0", "color": "auto"}
_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_OFFICE_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

_ALT_NAMES = {"仿宋": "FangSong", "楷体": "KaiTi", "宋体": "SimSun", "黑体": "SimHei"}


def _twips(mm: float) -> str:
    return str(round(mm * 1440 / 25.4))


def _points(points: float) -> str:
    """Points in twentieths."""
    return str(round(points * 20))


def _add(parent: Element, tag: str, attributes: Mapping[str, str] | None = None) -> Element:
    element = etree.SubElement(parent, f"{{{W}}}{tag}")
    for key, value in (attributes or {}).items():
        element.set(f"{{{W}}}{key}", value)
    return element


def _root(tag: str) -> Element:
    return etree.Element(f"{{{W}}}{tag}", nsmap={"w": W, "r": R})


def _fonts(properties: Element, east_asia: str) -> None:
    latin = "Arial" if east_asia == "黑体" else _LATIN
    # hint: quotation marks and dashes take the Chinese face
    _add(
        properties,
        "rFonts",
        {"ascii": latin, "hAnsi": latin, "eastAsia": east_asia, "cs": latin, "hint": "eastAsia"},
    )


def _size(properties: Element, points: float) -> None:
    half = str(round(points * 2))
    _add(properties, "sz", {"val": half})
    _add(properties, "szCs", {"val": half})


class DocxWriter:
    """Writes one source as a docx."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._bookmark = 0
        self._places: set[str] = set()

    def parts(self) -> dict[str, bytes]:
        """Return the parts by name, in the order they stand in the file."""
        elements = {
            "word/document.xml": self._document(),
            "word/styles.xml": _styles(self.source.styles, self.source.page.line_pitch),
            "word/settings.xml": _settings(odd_and_even=bool(self.source.even_footer)),
            "word/fontTable.xml": _font_table(self.source.styles),
            "word/footer1.xml": self._footer("footer", self.source.footer),
        }
        parts: tuple[str, ...] = _DOCUMENT_PARTS
        if self.source.even_footer:
            elements["word/footer2.xml"] = self._footer("even_footer", self.source.even_footer)
            parts = (*parts, "footer")
        return {
            "[Content_Types].xml": _content_types(parts),
            "_rels/.rels": _PACKAGE_RELATIONS,
            "docProps/core.xml": _CORE,
            "word/_rels/document.xml.rels": _document_relations(parts),
            **{name: _serialise(element) for name, element in elements.items()},
        }

    def write(self) -> bytes:
        """Return the docx; equal sources give equal bytes with the same zlib."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as package:
            for name, data in self.parts().items():
                entry = zipfile.ZipInfo(name, date_time=_EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.create_system = 0
                entry.external_attr = 0
                package.writestr(entry, data, compresslevel=9)
        return out.getvalue()

    # -- body ---------------------------------------------------------------------------------

    def _document(self) -> Element:
        root = _root("document")
        body = _add(root, "body")
        blocks = keep_together(self.source.blocks)
        starts_page = False
        for block in blocks:
            if isinstance(block, PageBreak):
                starts_page = True
                continue
            if isinstance(block, Table):
                if starts_page:
                    self._paragraph(body, "end", "", line=block.line, starts_page=True)
                self._table(body, block)
            elif isinstance(block, Control):
                self._paragraph(body, "body", f"{{%p {block.text} %}}", line=block.line)
            else:
                self._paragraph(
                    body, block.style, block.text, line=block.line, keep=block.keep, starts_page=starts_page
                )
            starts_page = False
        if blocks and isinstance(blocks[-1], Table):
            # Word wants a paragraph after the last table; this one takes one point
            self._paragraph(body, "end", "", line=0)
        self._section(body, self.source.page)
        return root

    def _section(self, body: Element, page: Page) -> None:
        section = _add(body, "sectPr")
        if self.source.footer:
            footer = _add(section, "footerReference", {"type": "default"})
            footer.set(f"{{{R}}}id", "rId4")
        if self.source.even_footer:
            footer = _add(section, "footerReference", {"type": "even"})
            footer.set(f"{{{R}}}id", "rId5")
        size = {"w": _twips(page.width), "h": _twips(page.height)}
        if page.landscape:
            size["orient"] = "landscape"
        _add(section, "pgSz", size)
        margins = {
            "top": page.top,
            "right": page.right,
            "bottom": page.bottom,
            "left": page.left,
            "header": 20,
            "footer": page.footer,
            "gutter": 0,
        }
        _add(section, "pgMar", {key: _twips(value) for key, value in margins.items()})
        if page.line_pitch:
            size_of_body = self.source.styles["body"].size
            grid = {"type": "linesAndChars", "linePitch": _points(page.line_pitch)}
            # 4096ths of a point on every character
            grid["charSpace"] = str(math.floor((page.character_pitch - size_of_body) * 4096))
            _add(section, "docGrid", grid)

    def _footer(self, style: str, text: str) -> Element:
        root = _root("ftr")
        self._paragraph(root, style, text, line=0)
        return root

    def _paragraph(
        self,
        parent: Element,
        style: str,
        text: str,
        *,
        line: int,
        align: str | None = None,
        keep: bool = False,
        starts_page: bool = False,
    ) -> None:
        paragraph = _add(parent, "p")
        properties = _add(paragraph, "pPr")
        _add(properties, "pStyle", {"val": style})
        if keep:
            _add(properties, "keepNext")
        if starts_page:
            _add(properties, "pageBreakBefore")
        if align:
            _add(properties, "jc", {"val": align})
        try:
            pieces = list(parse_inline(text))
        except ValueError as error:
            raise SourceError(self.source.name, line, f"{error}。") from None
        for piece in pieces:
            if isinstance(piece, Text):
                self._run(paragraph, piece)
            elif isinstance(piece, Place):
                self._place(paragraph, piece.name, line)
            elif isinstance(piece, PageCount):
                _field(paragraph, piece.instruction)

    def _run(self, paragraph: Element, piece: Text) -> None:
        run = _add(paragraph, "r")
        if piece.bold:
            _add(_add(run, "rPr"), "b")
        text = _add(run, "t")
        text.text = piece.text
        text.set(_XML_SPACE, "preserve")

    def _place(self, paragraph: Element, name: str, line: int) -> None:
        if name in self._places:
            raise SourceError(self.source.name, line, f"签章位置“{name}”出现了两次。")
        self._places.add(name)
        number = str(self._bookmark)
        self._bookmark += 1
        _add(paragraph, "bookmarkStart", {"id": number, "name": name})
        _add(paragraph, "bookmarkEnd", {"id": number})

    # -- tables -------------------------------------------------------------------------------

    def _table(self, body: Element, table: Table) -> None:
        element = _add(body, "tbl")
        properties = _add(element, "tblPr")
        if table.at_bottom:
            place = {"horzAnchor": "margin", "tblpXSpec": "center", "vertAnchor": "margin", "tblpYSpec": "bottom"}
            _add(properties, "tblpPr", place)
        _add(properties, "tblW", {"w": _twips(sum(table.widths)), "type": "dxa"})
        _add(properties, "jc", {"val": "center"})
        if table.borders:
            borders = _add(properties, "tblBorders")
            for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
                _add(borders, side, _BORDER)
        _add(properties, "tblLayout", {"type": "fixed"})
        margins = _add(properties, "tblCellMar")
        for side, mm in (("top", 0.0), ("left", table.padding), ("bottom", 0.0), ("right", table.padding)):
            _add(margins, side, {"w": _twips(mm), "type": "dxa"})
        grid = _add(element, "tblGrid")
        edges = table.grid()
        for left, right in pairwise(edges):
            _add(grid, "gridCol", {"w": _twips(right - left)})
        for row in table.rows:
            self._row(element, row, edges)

    def _row(self, element: Element, row: Row, edges: tuple[float, ...]) -> None:
        tr = _add(element, "tr")
        if row.control:
            cell = Cell(paragraphs=(f"{{%tr {row.control} %}}",))
            self._cell(tr, cell, edges[-1], len(edges) - 1, line=row.line)
            return
        properties = _add(tr, "trPr")
        _add(properties, "cantSplit")
        if row.height:
            _add(properties, "trHeight", {"val": _twips(row.height), "hRule": "exact" if row.exact else "atLeast"})
        if row.head:
            _add(properties, "tblHeader")
        column, left = 0, 0.0
        for cell in row.cells:
            column += cell.span
            right = round(sum(row.widths[:column]), 2)
            columns = edges.index(right) - edges.index(left)
            self._cell(tr, cell, right - left, columns, line=row.line, keep=row.keep)
            left = right

    def _cell(self, tr: Element, cell: Cell, width: float, columns: int, *, line: int, keep: bool = False) -> None:
        tc = _add(tr, "tc")
        properties = _add(tc, "tcPr")
        _add(properties, "tcW", {"w": _twips(width), "type": "dxa"})
        if columns > 1:
            _add(properties, "gridSpan", {"val": str(columns)})
        if cell.merge:
            _add(properties, "vMerge", {"val": "restart"} if cell.merge == "start" else {"val": "continue"})
        if not cell.borders:
            borders = _add(properties, "tcBorders")
            rules = {"top": cell.over, "bottom": cell.under}
            for side in ("top", "left", "bottom", "right"):
                _add(borders, side, _rule(rules.get(side, 0)))
        if cell.shade:
            _add(properties, "shd", {"val": "clear", "color": "auto", "fill": "EDEDED"})
        _add(properties, "vAlign", {"val": cell.valign})
        for text in cell.paragraphs or ("",):
            style, words = cell.style, text
            if text.startswith("@"):  # a paragraph with a style of its own
                style, _, words = text[1:].partition(" ")
            self._paragraph(tc, style, words, line=line, align=cell.align, keep=keep)


def _rule(points: float, color: str = "") -> dict[str, str]:
    """Return the attributes of a border of so many points; none for 0."""
    if not points:
        return {"val": "nil"}
    return {"val": "single", "sz": str(round(points * 8)), "space": "0", "color": color or "auto"}


def _field(paragraph: Element, instruction: str) -> None:
    """Write a page number as a complex field: begin, instruction, separator, shown value, end."""
    for kind, text in (("begin", ""), ("instr", f" {instruction} "), ("separate", ""), ("shown", "1"), ("end", "")):
        run = _add(paragraph, "r")
        if kind == "instr":
            element = _add(run, "instrText")
            element.text = text
            element.set(_XML_SPACE, "preserve")
        elif kind == "shown":
            _add(run, "t").text = text
        else:
            _add(run, "fldChar", {"fldCharType": kind})


# -- the other parts --------------------------------------------------------------------------


def _styles(styles: Mapping[str, Style], line_pitch: float) -> Element:
    root = _root("styles")
    defaults = _add(root, "docDefaults")
    run = _add(_add(defaults, "rPrDefault"), "rPr")
    _fonts(run, "仿宋")
    _size(run, 12)
    _add(run, "lang", {"val": "en-US", "eastAsia": "zh-CN"})
    _add(_add(_add(defaults, "pPrDefault"), "pPr"), "widowControl")
    normal = _add(root, "style", {"type": "paragraph", "default": "1", "styleId": "normal"})
    _add(normal, "name", {"val": "Normal"})
    table = _add(root, "style", {"type": "table", "default": "1", "styleId": "table"})
    _add(table, "name", {"val": "Normal Table"})
    for name, style in {**styles, "end": Style(size=1, line=1)}.items():
        _style(root, name, style, line_pitch)
    return root


def _style(root: Element, name: str, style: Style, line_pitch: float) -> None:
    element = _add(root, "style", {"type": "paragraph", "customStyle": "1", "styleId": name})
    _add(element, "name", {"val": STYLE_TITLES.get(name, f"空行{style.line:g}磅")})
    _add(element, "basedOn", {"val": "normal"})
    properties = _add(element, "pPr")
    if style.keep_next:
        _add(properties, "keepNext")
    if style.rule:
        _add(_add(properties, "pBdr"), "bottom", _rule(style.rule, style.color))
    if line_pitch and style.line and style.line != line_pitch:
        _add(properties, "snapToGrid", {"val": "0"})  # some programs put exact lines on the grid, too
    # Chinese rules: no 、 at a line's start, a quarter space beside Latin letters and digits
    spacing = {"before": _points(style.before), "after": _points(style.after)}
    if style.line:
        spacing |= {"line": _points(style.line), "lineRule": "exact"}
    _add(properties, "spacing", spacing)
    indents = _indents(style)
    if indents:
        _add(properties, "ind", indents)
    _add(properties, "jc", {"val": style.align})
    if name in OUTLINE:
        _add(properties, "outlineLvl", {"val": str(OUTLINE[name])})
    run = _add(element, "rPr")
    _fonts(run, style.font)
    if style.bold:
        _add(run, "b")
    if style.color:
        _add(run, "color", {"val": style.color})
    _size(run, style.size)


def _indents(style: Style) -> dict[str, str]:
    """Return the indents of a style, in hundredths of a character and in points for who does not know those."""
    found: dict[str, str] = {}
    first = "firstLine" if style.indent > 0 else "hanging"
    for name, characters in (("left", style.left), ("right", style.right), (first, abs(style.indent))):
        if characters:
            found[f"{name}Chars"] = str(round(characters * 100))
            found[name] = _points(characters * style.size)
    return found


def _settings(*, odd_and_even: bool) -> Element:
    root = _root("settings")
    _add(root, "zoom", {"percent": "100"})
    _add(root, "defaultTabStop", {"val": "420"})
    if odd_and_even:
        _add(root, "evenAndOddHeaders")
    _add(root, "characterSpacingControl", {"val": "compressPunctuation"})
    compat = _add(root, "compat")
    setting = {"name": "compatibilityMode", "uri": "http://schemas.microsoft.com/office/word", "val": "15"}
    _add(compat, "compatSetting", setting)
    return root


def _font_table(styles: Mapping[str, Style]) -> Element:
    root = _root("fonts")
    for name in sorted({"仿宋", *(style.font for style in styles.values())}):
        font = _add(root, "font", {"name": name})
        if name in _ALT_NAMES:
            _add(font, "altName", {"val": _ALT_NAMES[name]})
        _add(font, "charset", {"val": "86"})
        _add(font, "family", {"val": "modern" if name in {"黑体", "仿宋", "楷体"} else "auto"})
    return root


def _serialise(element: Element) -> bytes:
    return etree.tostring(element, xml_declaration=True, encoding="UTF-8", standalone=True)


_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_DOCUMENT_PARTS = ("styles", "settings", "fontTable", "footer")


def _relation(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{_OFFICE_RELATION}/{kind}" Target="{target}"/>'


def _override(part: str, kind: str) -> str:
    return f'<Override PartName="/word/{part}.xml" ContentType="{_CONTENT}.{kind}+xml"/>'


_CORE_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"
_CORE_RELATION = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
# without this part python-docx puts in one of its own, with its name and the clock's time
_CORE = (
    f"{_DECLARATION}<cp:coreProperties"
    ' xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:language>zh-CN</dc:language></cp:coreProperties>'
).encode()


_PACKAGE_RELATIONS = (
    f'{_DECLARATION}<Relationships xmlns="{_RELATIONS}">'
    f"{_relation(1, 'officeDocument', 'word/document.xml')}"
    f'<Relationship Id="rId2" Type="{_CORE_RELATION}" Target="docProps/core.xml"/></Relationships>'
).encode()


def _document_relations(parts: tuple[str, ...]) -> bytes:
    relations = (_relation(number, kind, f"{file}.xml") for number, (kind, file) in enumerate(_files(parts), start=1))
    return f'{_DECLARATION}<Relationships xmlns="{_RELATIONS}">{"".join(relations)}</Relationships>'.encode()


def _content_types(parts: tuple[str, ...]) -> bytes:
    return (
        f'{_DECLARATION}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/docProps/core.xml" ContentType="{_CORE_TYPE}"/>'
        + _override("document", "document.main")
        + "".join(_override(file, kind) for kind, file in _files(parts))
        + "</Types>"
    ).encode()


def _files(parts: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return kind and name of the parts beside the document; footers are numbered."""
    return [(kind, f"footer{parts[: n + 1].count(kind)}" if kind == "footer" else kind) for n, kind in enumerate(parts)]
