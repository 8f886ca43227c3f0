"""The inside of a paragraph: runs, fields, pictures and bookmarks to a flat row of pieces.

Source: ECMA-376 part 1 §17.3.3 (run content), §17.16 (fields), §17.13.6 (bookmarks), §20.4
(pictures). Text inserted by a tracked change is in; text deleted by one would be printed struck out
by a word processor, so somebody has to decide first. What cannot be drawn is named, never dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.engine.press.model.blocks import Bookmark, Break, Drawing, Floating, PageField, Picture, Tab, Text
from docgen.engine.press.model.drawings import ANCHOR
from docgen.engine.press.model.notes import bookmark_of
from docgen.engine.press.model.pictures import is_drawable
from docgen.engine.press.reading.drawings import DrawingReader, UndrawableError, description_of
from docgen.engine.press.reading.ooxml import R, W, is_on, local, value
from docgen.engine.press.reading.symbols import symbol_text
from docgen.engine.press.reading.vml import VmlReader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docgen.engine.press.model.blocks import Piece
    from docgen.engine.press.model.formats import RunFormat
    from docgen.engine.press.reading.drawings import Sources
    from docgen.engine.press.reading.ooxml import Element

_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_EMU = 12700
"""English Metric Units in a point."""

_WRAPPERS = frozenset(
    {"hyperlink", "ins", "moveTo", "smartTag", "sdt", "sdtContent", "customXml", "fldSimple", "dir", "bdo"}
)
_SILENT = frozenset(
    {
        "pPr", "rPr", "proofErr", "bookmarkEnd", "commentRangeStart", "commentRangeEnd",
        "permStart", "permEnd", "lastRenderedPageBreak", "annotationRef", "sdtPr", "sdtEndPr", "softHyphen",
        "customXmlPr", "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd",
        "commentReference", "delText", "delInstrText", "customXmlInsRangeStart", "customXmlInsRangeEnd",
        "smartTagPr", "yearLong", "dayLong", "monthLong",
    }
)  # fmt: skip
_LOST = {
    "object": "嵌入对象",
    "oMath": "公式",
    "oMathPara": "公式",
    "ruby": "拼音指南",
    "subDoc": "子文档",
    "altChunk": "外部文件",
    "contentPart": "墨迹",
    "control": "控件",
    "del": "没有接受或拒绝的修订",
    "moveFrom": "没有接受或拒绝的修订",
}
_ALIGNED = (("alignment", "left"), ("relativeTo", "margin"), ("leader", "none"))
"""What a tab says that knows where it goes."""

_PAGE_FIELDS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES"})


@dataclass(slots=True)
class _Field:
    """One open field; page fields are drawn by us, of all others the stored result is shown."""

    instruction: str = ""
    is_result: bool = False
    check_box: str = ""

    @property
    def kind(self) -> str:
        return (self.instruction.split() or [""])[0].upper()


@dataclass(slots=True)
class RunReader:
    """Reads one paragraph's content."""

    look: Callable[[Element | None], tuple[RunFormat, frozenset[str]]]
    """Look of a run with these properties, and what of it is not drawn."""

    sources: Sources
    """Where pictures and the text of boxes come from."""

    pieces: list[Piece] = field(default_factory=list)
    undrawn: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    floating: list[Floating] = field(default_factory=list)
    """Drawings with places of their own."""

    notes: list[str] = field(default_factory=list)
    """Footnotes and endnotes called."""

    has_label: bool = False
    """Says where the number of the note stands that it is in."""

    _fields: list[_Field] = field(default_factory=list)

    def format(self, properties: Element | None) -> RunFormat:
        """Return the look of a run with these properties."""
        look, undrawn = self.look(properties)
        self.undrawn |= undrawn
        return look

    def read(self, parent: Element) -> None:
        """Read the children of a paragraph or of something wrapped around runs."""
        for child in parent:
            name = local(child)
            if name == "r":
                self._run(child)
            elif name == "fldSimple":
                self._simple_field(child)
            elif name in _WRAPPERS:
                self.read(child)
            elif name == "bookmarkStart":
                self.pieces.append(Bookmark(value(child, "name") or ""))
            elif name == "AlternateContent":
                self._alternative(child, None)
            else:
                self._unknown(name)

    def _unknown(self, name: str) -> None:
        if name in _LOST:
            self.lost.add(_LOST[name])
        elif name and name not in _SILENT:
            self.lost.add(f"{name} 内容")

    @property
    def _is_hidden(self) -> bool:
        """Inside a field's instruction, or in the stored number of a page field."""
        return any(not f.is_result or f.kind in _PAGE_FIELDS for f in self._fields)

    def _simple_field(self, element: Element) -> None:
        words = (value(element, "instr") or "").split()
        if words and words[0].upper() in _PAGE_FIELDS:
            run = element.find(f".//{W}r")
            look = self.format(run.find(f"{W}rPr") if run is not None else None)
            self.pieces.append(PageField(words[0].upper(), _number_style(words), look))
        else:
            self.read(element)

    def _run(self, run: Element) -> None:
        look = self.format(run.find(f"{W}rPr"))
        for child in run:
            name = local(child)
            if name == "fldChar":
                self._field_mark(child, look)
            elif name == "instrText":
                if self._fields:
                    self._fields[-1].instruction += child.text or ""
            elif self._is_hidden or (look.hidden and name not in {"drawing", "pict"}):
                continue
            elif name == "t":
                self._text(child, look)
            else:
                self._content(name, child, look)

    def _text(self, child: Element, look: RunFormat) -> None:
        text = child.text or ""
        if child.get(_XML_SPACE) != "preserve":
            text = text.strip(" \t\r\n")
        text = text.replace("\r\n", " ").replace("\n", " ").replace("\r", " ")
        for i, part in enumerate(text.split("\t")):
            if i:
                self.pieces.append(Tab(look))
            if part:
                self._append(part, look)

    def _append(self, text: str, look: RunFormat) -> None:
        """Add text; neighbours of one look become one piece."""
        last = self.pieces[-1] if self.pieces else None
        if isinstance(last, Text) and last.format is look:
            self.pieces[-1] = Text(last.text + text, look)
        else:
            self.pieces.append(Text(text, look))

    def _content(self, name: str, child: Element, look: RunFormat) -> None:
        if name == "tab":
            self.pieces.append(Tab(look))
        elif name == "ptab":
            stop = (value(child, key) or default for key, default in _ALIGNED)
            self.pieces.append(Tab(look, " ".join(stop)))
        elif name in {"br", "cr"}:
            kind = value(child, "type") or "textWrapping"
            self.pieces.append(Break("line" if kind == "textWrapping" else kind, look))
        elif name == "noBreakHyphen":
            self._append("\u2011", look)
        elif name == "sym":
            text = symbol_text(value(child, "font") or "", value(child, "char") or "")
            if text:
                self._append(text, look)
            else:
                self.lost.add(f"{value(child, 'font')} 符号")
        elif name in {"footnoteReference", "endnoteReference"}:
            self._note(name.removesuffix("Reference"), child, look)
        elif name in {"footnoteRef", "endnoteRef"}:
            self.has_label = True
        elif name == "pgNum":
            self.pieces.append(PageField("PAGE", "", look))
        elif name == "drawing":
            self._drawing(child)
        elif name == "pict":
            self._vector_markup(child)
        elif name == "AlternateContent":
            self._alternative(child, look)
        else:
            self._unknown(name)

    def _note(self, kind: str, reference: Element, look: RunFormat) -> None:
        """A mark in the text; one of the writer's own is text that follows."""
        key = f"{kind} {value(reference, 'id')}"
        self.notes.append(key)
        self.pieces.append(Bookmark(bookmark_of(key)))
        if value(reference, "customMarkFollows") not in {"1", "true", "on"}:
            self.pieces.append(PageField(key, "", look))

    def _alternative(self, element: Element, look: RunFormat | None) -> None:
        """Of the offered forms the first one is the newest, and what Word draws; canvases have an older one."""
        choice = next((c for c in element if local(c) == "Choice" and _is_known(c)), None)
        if choice is None:
            choice = next((c for c in element if local(c) == "Fallback"), None)
        if choice is None:
            return
        if look is None:
            self.read(choice)
        else:
            for child in choice:
                self._content(local(child), child, look)

    def _field_mark(self, mark: Element, look: RunFormat) -> None:
        kind = value(mark, "fldCharType")
        if kind == "begin":
            box = mark.find(f"{W}ffData/{W}checkBox")
            opened = _Field()
            if box is not None:
                ticked = box.find(f"{W}checked")
                state = is_on(ticked) if ticked is not None else is_on(box.find(f"{W}default"))
                opened.check_box = "☑" if state else "☐"
            self._fields.append(opened)
        elif kind == "separate" and self._fields:
            self._fields[-1].is_result = True
        elif kind == "end" and self._fields:
            done = self._fields.pop()
            if self._is_hidden:
                return
            if done.kind in _PAGE_FIELDS:
                self.pieces.append(PageField(done.kind, _number_style(done.instruction.split()), look))
            elif done.check_box:
                self._append(done.check_box, look)

    def _drawing(self, element: Element) -> None:
        for place in element:
            extent, blip = place.find("{*}extent"), place.find(".//{*}blip")
            if local(place) == "inline" and extent is not None and blip is not None and _is_plain_picture(place):
                width, height = int(extent.get("cx", "0")) / _EMU, int(extent.get("cy", "0")) / _EMU
                self._picture(blip.get(f"{R}embed") or "", width, height, description_of(place))
                continue
            about = place.find("{*}docPr")
            if about is not None and about.get("hidden") in {"1", "true"}:
                continue
            reader = DrawingReader(self.sources, self.undrawn)
            try:
                self._drawn(reader.drawing(place) if local(place) == "inline" else reader.floating(place))
            except UndrawableError as error:
                self.lost.add(str(error))

    def _vector_markup(self, element: Element) -> None:
        """VML, as old documents have it."""
        try:
            for found in VmlReader(self.sources, self.undrawn).read(element):
                plain = found.items[0] if isinstance(found, Drawing) and len(found.items) == 1 else None
                if plain is not None and plain.picture and not (plain.rotation or any(plain.crop)):
                    self.pieces.append(
                        Picture(plain.picture, plain.width, plain.height, plain.relation, description=plain.description)
                    )
                else:
                    self._drawn(found)
        except UndrawableError as error:
            self.lost.add(str(error))

    def _drawn(self, found: Drawing | Floating) -> None:
        if isinstance(found, Drawing):
            self.pieces.append(Picture(b"", found.width, found.height, drawing=found))
        else:
            self.pieces.append(Bookmark(f"{ANCHOR}{len(self.floating)}"))
            self.floating.append(found)

    def _picture(self, relation: str, width: float, height: float, description: str = "") -> None:
        data = self.sources.media(relation)
        if data and width > 0 and height > 0 and is_drawable(data):
            self.pieces.append(Picture(data, width, height, relation, description=description))
        else:
            self.lost.add("找不到或打不开的图片")


def _number_style(words: list[str]) -> str:
    """Return the number format of a field's switch, as `w:numFmt` names it; empty for none."""
    known: Mapping[str, str] = {
        "roman": "lowerRoman",
        "ROMAN": "upperRoman",
        "CHINESENUM1": "chineseCounting",
        "CHINESENUM3": "chineseCountingThousand",
    }
    return next((known[word] for word in words if word in known), "")


def _is_plain_picture(place: Element) -> bool:
    """Whether all that is drawn is one picture, neither cut nor turned."""
    data = place.find(".//{*}graphicData")
    kinds = [local(child) for child in data] if data is not None else []
    if kinds != ["pic"] and kinds:
        return False
    frame, cut, line = (place.find(f".//{{*}}{name}") for name in ("xfrm", "srcRect", "ln"))
    is_turned = frame is not None and any(frame.get(name) not in {None, "0"} for name in ("rot", "flipH", "flipV"))
    is_cut = cut is not None and any(cut.get(side) not in {None, "0"} for side in "ltrb")
    return not (is_turned or is_cut or (line is not None and line.find("{*}noFill") is None and len(line)))


def _is_known(choice: Element) -> bool:
    """Whether we draw what the newer form asks for; drawing canvases are drawn from the older one."""
    return not set((choice.get("Requires") or "").split()) & {"wpc", "wpi", "cx", "cx1", "am3d", "aink"}
