"""The rendering of one record: evaluates the tags of each part and guards what comes out."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any, Final, NoReturn

from lxml import etree

from docgen.engine.render.environment import STATE
from docgen.engine.render.errors import BadCharacterError, BadValueError
from docgen.engine.render.guard import (
    CONTROL,
    find_path,
    find_value,
    holds,
    refuse_none,
    refuse_text_between_rows,
    shown,
    translated,
)
from docgen.engine.render.part import ODD, CompiledPart, break_lines, parse_strictly
from docgen.engine.render.pictures import NotAPictureError, Picture, PictureStore, inline_markup
from docgen.engine.render.splice import Piece, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docxtpl import DocxTemplate
    from jinja2 import Template


_W: Final = {"w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main"}
_LAYOUT: Final = re.compile("[\t\n\a\f\r]")
_LEFT_OVER: Final = re.compile("[\a\f]")
_CUT_ENTITY: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9A-Fa-f]+);)")
_PREFIXES: Final = ["w", "r", "wp", "a", "pic", "m", "v", "o", "mc", "w14", "w15"]
_FRAGMENT: Final = f"<x {' '.join(f'xmlns:{p}={chr(34)}{p}{chr(34)}' for p in _PREFIXES)}>%s</x>"
_LEAVE_RUN: Final = "</w:t></w:r><w:r>"
_ENTER_RUN: Final = '</w:r><w:r><w:t xml:space="preserve">'
_LINK_MARK: Final = "docgen-link:"
_RELATION: Final = re.compile(r'\br:(?:id|embed|link)="([^"]*)"')
_TEXT_TAG: Final = re.compile(rb"<w:t(?: [^<>]*)?>[^<]*\Z")
_RUN_TAG: Final = re.compile(rb"<w:r(?: [^<>]*)?>(<w:rPr>(?:(?!<w:r[ >]).)*</w:rPr>)?")
_LINK: Final = re.compile(f'r:id="{_LINK_MARK}([^"]*)"')

_BEFORE_FIRST_DRAWING: Final = 1000
"""docxtpl numbers the drawings of a body from 1001."""


class SubdocumentMet(Exception):  # noqa: N818 - a fork in the road, not an error
    """A value is a docxtpl subdocument: only the template object that owns it can place it."""

    def __init__(self, owner: DocxTemplate) -> None:
        self.owner = owner
        super().__init__()


def link_to(address: str) -> str:
    """Return what `RichText.add(url_id=…)` takes for a link; its relationship is made on rendering."""
    return _LINK_MARK + html.escape(address)


class Run:
    """One record on its way through the parts of a template."""

    def __init__(
        self, context: Mapping[str, Any], *, template: str, patcher: DocxTemplate, store: PictureStore
    ) -> None:
        self.template = template
        self.store = store
        self._values = context
        self._patcher = patcher
        self._part: CompiledPart | None = None
        self._drawing = _BEFORE_FIRST_DRAWING
        self._pictures: set[str] = set()

    def _context(self) -> dict[str, Any]:
        """Return what the tags see; not kept, or every record would be a cycle that only the collector takes away."""
        return {**self._values, STATE: self}

    def finished(self, part: CompiledPart) -> bytes:
        """Return the part as bytes."""
        return plain(self.pieces(part))

    def pieces(self, part: CompiledPart) -> list[Piece | bytes]:
        """Evaluate the part's tags; return the template's own pieces and the record's bytes between them."""
        self._part = part
        self._drawing = _BEFORE_FIRST_DRAWING
        known = part.table.get
        as_it_is = part.is_plain
        out: list[Any] = []
        add = out.append
        try:
            for chunk in part.stream(part.template.new_context(self._context())):
                piece = known(chunk)
                if piece is not None:
                    add(piece)
                elif not ODD(chunk):
                    add(chunk.encode("utf-8"))
                elif chunk in self._pictures:
                    add(part.drawing(chunk))
                else:
                    judged = self._judged(chunk, out)
                    as_it_is = as_it_is and not _LAYOUT.search(judged)
                    add(judged.encode("utf-8"))
        except SubdocumentMet:
            raise
        except Exception as error:
            where = part.where(part.line_of(error))
            raise translated(error, template=self.template, where=where, values=self._values) from error
        if as_it_is:
            return out
        text = plain(out).decode("utf-8")
        return [self._whole(part, text).encode("utf-8")]

    def text(self, compiled: Template, where: str) -> str:
        """Evaluate tags that stand in plain text (document properties); the result is escaped for XML."""
        self._part = None
        try:
            chunks = list(compiled.root_render_func(compiled.new_context(self._context())))
            return "".join([self._judged(chunk, []) if ODD(chunk) else chunk for chunk in chunks])
        except Exception as error:
            raise translated(error, template=self.template, where=where, values=self._values) from error

    # -- what the filters ask for

    def picture(self, value: Picture) -> str:
        """Take the picture into the package; return markup that leaves the run's text and comes back to it."""
        part = self._part
        if part is None or part.links is None:
            raise BadValueError(self.template, name=self._name_of(value), why="是图片，不能放在脚注或文档属性里")
        links = part.links
        try:
            relation, measured = self.store.relate(links, value)
        except NotAPictureError as error:
            raise BadValueError(
                self.template, name=self._name_of(value), why="不是可用的图片（PNG、JPEG、GIF、BMP、TIFF）"
            ) from error
        drawing = inline_markup(
            measured=measured,
            relation=relation,
            drawing_id=self.drawing_id() if part.numbers_drawings else str(links.shape_id),
            shape_id=links.shape_id,
            indented=part.numbers_drawings,
            link=self.store.link(links, value.link) if value.link else "",
        )
        markup = f"{_LEAVE_RUN}{drawing}{_ENTER_RUN}"
        self._pictures.add(markup)
        return markup

    def drawing_id(self) -> str:
        """Return the next number of a drawing in this part."""
        self._drawing += 1
        return str(self._drawing)

    def none_value(self) -> NoReturn:
        """Refuse a value that is `None`."""
        refuse_none(self.template, self._values)

    def subdocument(self, value: Any) -> NoReturn:
        """Leave the fast road."""
        raise SubdocumentMet(value.tpl)

    def text_between_rows(self, value: object) -> NoReturn:
        """Refuse text where only rows or cells may stand."""
        refuse_text_between_rows(self.template, self._values, value)

    # -- guarding

    def _judged(self, chunk: str, before: Sequence[Piece | bytes]) -> str:
        """Return what may be written for an escaped value, or refuse it."""
        if CONTROL.search(chunk):
            raise self._refused(CONTROL)
        if "\r" in chunk:
            chunk = chunk.replace("\r\n", "\n").replace("\r", "\n")
        if "<" in chunk:
            chunk = self._linked(chunk)
            self._check_links(chunk)
            self._check_fragment(chunk)
            chunk = _beside_text(chunk, before)
        elif "&" in chunk and _CUT_ENTITY.search(chunk):
            raise BadValueError(self.template, name="", why="转义之后又被截断")
        return chunk

    def _linked(self, chunk: str) -> str:
        part = self._part
        if _LINK_MARK not in chunk or part is None or part.links is None:
            return chunk
        links = part.links
        return _LINK.sub(lambda match: f'r:id="{self.store.link(links, html.unescape(match[1]))}"', chunk)

    def _check_links(self, chunk: str) -> None:
        """Refuse a link whose relationship is not in the part: Word calls such a file damaged."""
        links = self._part.links if self._part else None
        for identifier in _RELATION.findall(chunk):
            if links is None or (identifier not in links.used and not self.store.has(links, identifier)):
                name = find_path(self._values, lambda value: getattr(value, "xml", None) == chunk)
                raise BadValueError(self.template, name=name, why="里的链接不属于这份模板（请用 link_to 生成）")

    def _check_fragment(self, chunk: str) -> None:
        """Refuse markup in a value (docxtpl's rich texts) that does not close what it opens."""
        try:
            etree.fromstring(_FRAGMENT % _LEFT_OVER.sub(" ", chunk))
        except etree.XMLSyntaxError as error:
            name = find_path(self._values, lambda value: getattr(value, "xml", None) == chunk)
            raise BadValueError(self.template, name=name, why="里的格式标记不完整") from error

    def _whole(self, part: CompiledPart, text: str) -> str:
        """Do what has to be done to the rendered part as a whole."""
        text = break_lines(text, self._patcher)
        if _LEFT_OVER.search(text):
            raise self._refused(_LEFT_OVER)
        if part.is_plain:
            return text
        tree = parse_strictly(text, template=self.template, part=part.name)
        if part.mends_tables:
            start, end = text.index("<w:body"), text.rindex("</w:body>") + len("</w:body>")
            body = tree.find("w:body", _W)
            assert body is not None, "the walk went through it"
            tree.replace(body, self._patcher.fix_tables(text[start:end]))
            text = text[: text.index("<w:document")] + etree.tostring(tree, encoding="unicode")
        return text

    def _refused(self, pattern: re.Pattern[str]) -> BadCharacterError:
        name = find_path(self._values, lambda value: holds(value, pattern))
        match = pattern.search(shown(find_value(self._values, lambda value: holds(value, pattern)) if name else ""))
        return BadCharacterError(self.template, name=name, character=match[0] if match else "\0")

    def _name_of(self, value: object) -> str:
        return find_path(self._values, lambda v: v is value)


def _beside_text(chunk: str, before: Sequence[Piece | bytes]) -> str:
    """Put runs that would land inside a run's text beside it.

    A rich text written as ``{{ x }}`` instead of ``{{r x }}`` ends up as a run within `w:t`, which Word does not show.
    """
    if not chunk.startswith("<w:r>"):
        return chunk
    text = b""
    for piece in reversed(before):
        text = (piece if isinstance(piece, bytes) else piece.data) + text
        if b"<w:r>" in text or b"<w:r " in text:
            break
    if not _TEXT_TAG.search(text):
        return chunk
    *_, run = _RUN_TAG.finditer(text)
    properties = (run[1] or b"").decode("utf-8")
    return f'</w:t></w:r>{chunk}<w:r>{properties}<w:t xml:space="preserve">'
