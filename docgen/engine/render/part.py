"""One XML part of a template (body, header, footer, footnotes), compiled once and written per record.

docxtpl's `patch_xml` makes the text Jinja reads, so tags mean exactly what docxtpl says they mean. What docxtpl
does to the rendered text afterwards (its own escapes, drawing numbers, line breaks) is done here to the template's
own text at compile time, so that it can never touch a value.
"""

from __future__ import annotations

import itertools
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Template, TemplateAssertionError, nodes
from jinja2 import TemplateSyntaxError as JinjaSyntaxError
from lxml import etree

from docgen.engine.render import names
from docgen.engine.render.environment import DRAWING_ID, environment
from docgen.engine.render.errors import TemplateForbiddenError, TemplateMarkupError, TemplateSyntaxError
from docgen.engine.render.explain import in_chinese
from docgen.engine.render.markup import examine
from docgen.engine.render.splice import Piece

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docxtpl import DocxTemplate

    from docgen.engine.render.pictures import PartLinks

_UNESCAPES: Final = (("{_{", "{{"), ("}_}", "}}"), ("{_%", "{%"), ("%_}", "%}"))
_PARAGRAPH: Final = re.compile(r"<w:p(?: [^>]*)?>")
_LAYOUT: Final = re.compile("[\t\n\a\f]")
_MAX_DRAWINGS: Final = 32
_BETWEEN_TAGS: Final = re.compile(r">\s+<(?!/w:t>)")
_DRAWING: Final = re.compile(r"""(<wp:docPr\b[^>]*?\bid=)("[^"]*"|'[^']*')""")
_STRICT = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)

ODD: Final[Callable[[str], Any]] = re.compile("[\0-\x1f<&\ud800-\udfff\ufffe\uffff]").search
"""Finds what an escaped value rarely holds and what has to be looked at when it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSource:
    """A part before compilation."""

    name: str
    """Zip name, `word/document.xml`."""

    head: str
    """Text before what docxtpl patches, copied as it is."""

    xml: str
    """Text docxtpl patches."""

    tail: str
    numbers_drawings: bool
    """True for the body: docxtpl numbers its drawings afresh."""

    doubled_prefixes: bool = False
    """Two prefixes mean one namespace; lxml then chooses one anew while docxtpl puts the body back."""

    links: PartLinks | None
    """None for a part that can hold no picture (footnotes)."""


class CompiledPart:
    """A part ready to be written for any number of records."""

    __slots__ = (
        "_drawings",
        "_lines",
        "_numbers",
        "is_plain",
        "is_static",
        "links",
        "mends_tables",
        "name",
        "names",
        "numbers_drawings",
        "proved",
        "stream",
        "table",
        "template",
    )

    def __init__(self, source: PartSource, *, template: str, patcher: DocxTemplate) -> None:
        env = environment()
        patched = source.head + patcher.patch_xml(source.xml) + source.tail
        patched = re.sub(r"<w:p([ >])", r"\n<w:p\1", patched)
        self.name = source.name
        self.links = source.links
        self._lines = patched.split("\n")
        with self._complaints(template):
            tree = env.parse(patched)
        self.names = names.used_names(tree)
        self._forbid(tree, template)
        texts = list(tree.find_all(nodes.TemplateData))
        for data in texts:
            data.data = _settled(data.data)
        breaks = any(_LAYOUT.search(_BETWEEN_TAGS.sub("><", data.data)) for data in texts)
        self.is_static = all(
            isinstance(node, nodes.Output) and all(isinstance(child, nodes.TemplateData) for child in node.nodes)
            for node in tree.body
        )
        findings = examine(tree)
        self.proved = findings.well_formed
        self.mends_tables = source.numbers_drawings and (source.doubled_prefixes or not findings.steady_tables)
        self.is_plain = self.proved and not self.mends_tables and not breaks
        self.numbers_drawings = source.numbers_drawings
        if source.numbers_drawings:
            _number_drawings(tree)
        tree.set_environment(env)
        with self._complaints(template):
            code = env.compile(tree, filename=self._file)
        self.template = Template.from_code(env, code, env.make_globals(None))
        self.stream = self.template.root_render_func
        self._numbers = itertools.count(1)
        self.table: dict[str, Piece] = {}
        for text, looped in _pieces(tree.body, looped=False):
            known = self.table.get(text)
            again = looped or known is not None
            self.table[text] = Piece(text, number=next(self._numbers), looped=again)
        self._drawings: dict[str, Piece] = {}

    @contextmanager
    def _complaints(self, template: str) -> Iterator[None]:
        """Say Jinja's complaints in our words."""
        try:
            yield
        except TemplateAssertionError as error:
            what = in_chinese(error.message)
            raise TemplateForbiddenError(template, where=self.where(error.lineno), what=what) from error
        except JinjaSyntaxError as error:
            why = in_chinese(error.message)
            raise TemplateSyntaxError(template, where=self.where(error.lineno), why=why) from error

    @property
    def _file(self) -> str:
        return f"<{self.name}>"

    def drawing(self, markup: str) -> Piece:
        """Return the markup of a picture as a piece: only the bytes of the picture differ for most records."""
        piece = self._drawings.get(markup)
        if piece is None:
            piece = Piece(markup, number=next(self._numbers), looped=True)
            if len(self._drawings) < _MAX_DRAWINGS:
                self._drawings[markup] = piece
            else:
                piece.packs = False
        return piece

    def where(self, line: int | None) -> str:
        """Return the words around a line of the patched source, for a sentence."""
        if line is None or not 0 < line <= len(self._lines):
            return ""
        words = re.sub(r"<[^>]*>", "", self._lines[line - 1]).strip()
        return f"“{words[:60]}”处" if words else ""

    def line_of(self, error: BaseException) -> int | None:
        """Return the line of the patched source an error of the rendering comes from."""
        trace = error.__traceback__
        found = None
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self._file:
                found = self.template.get_corresponding_lineno(trace.tb_lineno)
            trace = trace.tb_next
        return found

    def _forbid(self, tree: nodes.Template, template: str) -> None:
        for kind, what in (
            (nodes.EvalContextModifier, "{% autoescape %}"),
            (nodes.Include, "{% include %}"),
            (nodes.Import, "{% import %}"),
            (nodes.FromImport, "{% from … import %}"),
            (nodes.Extends, "{% extends %}"),
        ):
            found = tree.find(kind)
            if found:
                raise TemplateForbiddenError(template, where=self.where(found.lineno), what=what)


def _settled(text: str) -> str:
    """Do to the template's own text what docxtpl does to the whole result."""
    text = re.sub(r"\n<w:p([ >])", r"<w:p\1", text)
    for written, meant in _UNESCAPES:
        text = text.replace(written, meant)
    return text


def _number_drawings(tree: nodes.Template) -> None:
    """Put our counter where the template's own drawings have their number."""
    for output in tree.find_all(nodes.Output):
        children: list[nodes.Expr] = []
        for child in output.nodes:
            if not isinstance(child, nodes.TemplateData) or "<wp:docPr" not in child.data:
                children.append(child)
                continue
            position = 0
            for match in _DRAWING.finditer(child.data):
                counter = nodes.Filter(nodes.Const(""), DRAWING_ID, [], [], None, None, lineno=child.lineno)
                children.append(nodes.TemplateData(child.data[position : match.end(1)] + '"', lineno=child.lineno))
                children.append(counter)
                position = match.end() - 1
            children.append(nodes.TemplateData(child.data[position:], lineno=child.lineno))
        output.nodes = children


def _pieces(body: list[nodes.Node], *, looped: bool) -> Iterator[tuple[str, bool]]:
    """Yield the texts the compiled template yields, and whether they may come more than once."""
    for node in body:
        if isinstance(node, nodes.Output):
            text = ""
            for child in node.nodes:
                if isinstance(child, nodes.TemplateData):
                    text += child.data
                else:
                    yield text, looped
                    text = ""
            yield text, looped
        else:
            again = looped or not isinstance(node, (nodes.If, nodes.With, nodes.Block))
            for field in ("body", "elif_", "else_"):
                yield from _pieces(getattr(node, field, []), looped=again)


def break_lines(xml: str, patcher: DocxTemplate) -> str:
    r"""Turn tabs, line ends, \a and \f inside runs into markup, as docxtpl does, touching only their paragraphs."""
    special = _LAYOUT.search(xml)
    if special is None:
        return xml
    out: list[str] = []
    position = copied = 0
    while special is not None:
        start = _PARAGRAPH.search(xml, position)
        if start is None:
            break
        end = xml.find("</w:p>", start.end())
        if end < 0:
            break
        end += len("</w:p>")
        position = end
        if special.start() < start.start():
            special = _LAYOUT.search(xml, start.start())
            if special is None:
                break
        if special.start() < end:
            out += (xml[copied : start.start()], patcher.resolve_listing(xml[start.start() : end]))
            copied = end
            special = _LAYOUT.search(xml, end)
    out.append(xml[copied:])
    return "".join(out)


def parse_strictly(xml: str, *, template: str, part: str) -> etree._Element:
    """Parse a rendered part; unlike docxtpl's parser this one does not drop what it cannot read."""
    try:
        return etree.fromstring(xml.encode("utf-8"), _STRICT)
    except etree.XMLSyntaxError as error:
        raise TemplateMarkupError(template, part=part) from error
