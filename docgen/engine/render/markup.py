"""What can be proved about the markup of a template before any record is rendered.

A template is text and tags in turn; which text comes out depends on the record. This walk follows the XML through
every branch and loop. When each branch leaves the elements as it found them, every rendering is well formed as
long as the values are escaped, and no record needs to be parsed again. It also learns where each value stands
(so that bare text between runs can be wrapped) and whether the number of cells in a table may change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jinja2 import nodes

from docgen.engine.render.environment import AS_PARAGRAPH, AS_ROWS, AS_RUN

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME = re.compile(r"<\s*(/?)([^\s/>]+)")
_QUOTE_OR_END = re.compile("[\"'>]")
_GRID_SPAN = re.compile(r"""<w:gridSpan\b[^>]*?w:val=["'](\d+)["']""")
_VALUE = "\0"
"""Stands for a value inside a start tag while that tag is being read."""

_BLOCK_PARENTS = {"w:body", "w:tc", "w:txbxContent", "w:hdr", "w:ftr", "w:footnote", "w:endnote"}
_RUN_PARENTS = {"w:p", "w:hyperlink", "w:ins", "w:smartTag", "w:fldSimple"}
_TABLE_PARENTS = {"w:tbl", "w:tr"}


class UnprovenError(Exception):
    """The walk met markup it cannot vouch for."""


@dataclass(slots=True)
class _Row:
    conditional: bool
    cells: int = 0
    span: int = 0
    uncertain: bool = False


@dataclass(slots=True)
class _Table:
    depth: int
    columns: int = 0
    inner: int = 0
    """Most cells in a row of the tables inside."""

    rows: list[_Row] = field(default_factory=list)
    open_rows: list[_Row] = field(default_factory=list)


@dataclass(slots=True)
class Markup:
    """The findings on one part."""

    well_formed: bool = True
    """Every rendering is XML, whatever the record holds."""

    steady_tables: bool = True
    """No record can make a table's cells differ from its grid."""


class _Walk:
    def __init__(self) -> None:
        self.stack: list[str] = []
        self.tag = ""
        self.quote = ""
        self.depth = 0
        self.tables: list[_Table] = []
        self.steady = True

    # -- the walk over Jinja nodes

    def body(self, body: Sequence[nodes.Node]) -> None:
        for node in body:
            self.node(node)

    def node(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.Output):
            self.output(node)
        elif isinstance(node, nodes.If):
            self.branches([node.body, *(part.body for part in node.elif_), node.else_])
        elif isinstance(node, nodes.For):
            self.branches([node.body, node.else_, []])
        elif isinstance(node, (nodes.With, nodes.Block)):
            self.body(node.body)
        elif isinstance(node, (nodes.Assign, nodes.ExprStmt)):
            return
        elif isinstance(node, (nodes.Macro, nodes.AssignBlock, nodes.CallBlock, nodes.FilterBlock)):
            # captured text may be cut or changed by filters before it is written
            if any("<" in data.data or ">" in data.data for data in node.find_all(nodes.TemplateData)):
                raise UnprovenError
        else:
            raise UnprovenError

    def output(self, node: nodes.Output) -> None:
        for index, child in enumerate(node.nodes):
            if isinstance(child, nodes.TemplateData):
                self.text(child.data)
            elif self.tag:
                if not self.quote:
                    raise UnprovenError
                self.tag += _VALUE
            else:
                wrapped = self.wrapper()
                if wrapped:
                    node.nodes[index] = nodes.Filter(child, wrapped, [], [], None, None, lineno=child.lineno)

    def wrapper(self) -> str:
        parent = self.stack[-1] if self.stack else ""
        if parent in _RUN_PARENTS:
            return AS_RUN
        if parent in _BLOCK_PARENTS:
            return AS_PARAGRAPH
        return AS_ROWS if parent in _TABLE_PARENTS else ""

    def branches(self, bodies: Sequence[Sequence[nodes.Node]]) -> None:
        """Follow each body from the same point; all must end at one point."""
        row = self._open_row()
        seen = (row.cells, row.span) if row else None
        if row and (self.stack[-1:] == ["w:tr"] or self.tag.startswith("<w:gridSpan")):
            row.uncertain = True
        start = (list(self.stack), self.tag, self.quote)
        ends: list[tuple[list[str], str, str]] = []
        self.depth += 1
        tables = len(self.tables)
        for body in bodies:
            self.stack, self.tag, self.quote = list(start[0]), start[1], start[2]
            self.body(body)
            ends.append((self.stack, self.tag, self.quote))
            if len(self.tables) != tables:
                self.steady = False
                del self.tables[tables:]
        self.depth -= 1
        shapes = {(tuple(stack), _tag_name(tag), quote) for stack, tag, quote in ends}
        if len(shapes) != 1:
            raise UnprovenError
        now = self._open_row()
        if now is not row:
            self.steady = False
        elif row and (row.cells, row.span) != seen:
            row.uncertain = True

    def _open_row(self) -> _Row | None:
        if self.tables and self.tables[-1].open_rows:
            return self.tables[-1].open_rows[-1]
        return None

    # -- the walk over XML text

    def text(self, text: str) -> None:
        position = 0
        while position < len(text):
            if not self.tag:
                start = text.find("<", position)
                if start < 0:
                    return
                position = self._special(text, start)
                if position == start:
                    self.tag = "<"
                    position += 1
            elif self.quote:
                end = text.find(self.quote, position)
                if end < 0:
                    self.tag += text[position:]
                    return
                self.tag += text[position : end + 1]
                self.quote = ""
                position = end + 1
            else:
                match = _QUOTE_OR_END.search(text, position)
                if match is None:
                    self.tag += text[position:]
                    return
                self.tag += text[position : match.end()]
                position = match.end()
                if match[0] == ">":
                    tag, self.tag = self.tag, ""
                    self._complete(tag)
                else:
                    self.quote = match[0]

    def _special(self, text: str, start: int) -> int:
        """Return the end of a comment, instruction or CDATA at `start`, or `start` itself."""
        for opening, closing in (("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>")):
            if text.startswith(opening, start):
                end = text.find(closing, start + len(opening))
                if end < 0:
                    raise UnprovenError
                return end + len(closing)
        return start

    def _complete(self, tag: str) -> None:
        match = _NAME.match(tag)
        if match is None:
            raise UnprovenError
        name = match[2]
        if match[1]:
            if not self.stack or self.stack.pop() != name:
                raise UnprovenError
            self._closed(name)
            return
        self._opened(name, tag)
        if tag.endswith("/>"):
            self._closed(name)
        else:
            self.stack.append(name)

    # -- tables

    def _opened(self, name: str, tag: str) -> None:
        if name == "w:tbl":
            self.tables.append(_Table(self.depth))
        elif not self.tables:
            return
        elif name == "w:gridCol" and "w:tblGridChange" not in self.stack:
            self.tables[-1].columns += 1
        elif name == "w:tr":
            row = _Row(self.depth > self.tables[-1].depth)
            self.tables[-1].rows.append(row)
            self.tables[-1].open_rows.append(row)
        elif name == "w:tc" and self.tables[-1].open_rows and self.stack[-1] == "w:tr":
            row = self.tables[-1].open_rows[-1]
            row.cells += 1
            row.span += 1
        elif name == "w:gridSpan" and self.tables[-1].open_rows and "w:tcPrChange" not in self.stack:
            span = _GRID_SPAN.match(tag)
            row = self.tables[-1].open_rows[-1]
            if span is None:
                row.uncertain = True
            else:
                row.span += int(span[1]) - 1

    def _closed(self, name: str) -> None:
        if not self.tables:
            return
        if name == "w:tr" and self.tables[-1].open_rows:
            self.tables[-1].open_rows.pop()
        elif name == "w:tbl":
            table = self.tables.pop()
            rows = table.rows
            if (
                any(row.uncertain or row.cells > table.columns for row in rows)
                or table.inner > table.columns
                or not any(not row.conditional and row.span >= table.columns for row in rows)
            ) and table.columns:
                self.steady = False
            # docxtpl counts the rows of inner tables against the grid of each outer one, too
            widest = max([table.inner, *(row.cells for row in rows)])
            if self.tables:
                self.tables[-1].inner = max(self.tables[-1].inner, widest)


def _tag_name(tag: str) -> str:
    match = _NAME.match(tag)
    return match[0] if match else tag


def examine(template: nodes.Template) -> Markup:
    """Walk a parsed part, wrap misplaced text values in it, and say what is proved.

    Values are wrapped as far as the walk comes; a part that is not proved is parsed after every rendering.
    """
    walk = _Walk()
    try:
        walk.body(template.body)
    except UnprovenError:
        return Markup(well_formed=False, steady_tables=False)
    closed = not walk.stack and not walk.tag
    return Markup(well_formed=closed, steady_tables=closed and walk.steady)
