"""What a screen reader gets of a PDF: its structure tree read with pypdf, and what PDF/UA would not allow.

Checked are the rules of ISO 14289-1 that need no eye: everything drawn is in a marked content or an artifact (§7.1),
none of them inside another, each marked content hangs in the tree exactly once and the parent tree says where, rows
hold cells and tables rows (§7.2), figures have words (§7.3), the language is known. ``python -m bench.tagged FILE``.
"""

from __future__ import annotations

import argparse
import io
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ContentStream, DictionaryObject, IndirectObject

_PAINTS = frozenset({b"Tj", b"TJ", b"'", b'"', b"Do", b"S", b"s", b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*", b"sh"})
_INSIDE = {
    "Document": {"Sect", "P", "H1", "H2", "H3", "H4", "H5", "H6", "Table", "Figure", "Note"},
    "Table": {"TR"},
    "TR": {"TH", "TD"},
}


@dataclass(slots=True)
class Node:
    """One element."""

    role: str
    kids: list[Node] = field(default_factory=list)
    contents: list[tuple[int, int]] = field(default_factory=list)
    """Page from 0 and number of each marked content of its own."""

    texts: list[str] = field(default_factory=list)
    columns: int = 1
    rows: int = 1
    alt: str = ""
    number: int = 0

    @property
    def text(self) -> str:
        """Everything shown in it, in order."""
        return "".join((*self.texts, *(kid.text for kid in self.kids)))

    def all(self, *roles: str) -> list[Node]:
        """Return the elements of some roles below this one, in reading order."""
        found = [self] if self.role in roles else []
        return found + [one for kid in self.kids for one in kid.all(*roles)]


@dataclass(slots=True)
class Tagged:
    """A tagged PDF."""

    root: Node
    faults: list[str]
    artifacts: list[str]
    """Text of the artifacts of each page."""


class _Page:
    """Marked contents of one page."""

    def __init__(self, page: Any, number: int) -> None:
        self.texts: dict[int, str] = {}
        self.artifact = ""
        self.faults: list[str] = []
        self._number = number
        self._inside: int | str | None = None
        """Number of the marked content at hand, ``artifact`` or nothing."""

        content = page.get_contents()
        if content is not None:
            self._read(content, page["/Resources"], page.pdf)

    def _read(self, content: Any, resources: Any, reader: Any) -> None:
        font = ""
        for operands, operator in ContentStream(content, reader).operations:
            if operator in {b"BDC", b"BMC"}:
                self._begin(operands)
            elif operator == b"EMC":
                self._inside = None
            elif operator == b"Tf":
                font = str(operands[0])
            elif operator in _PAINTS:
                if self._inside is None:
                    self.faults.append(f"page {self._number + 1}: {operator.decode()} outside marked content")
                if operator == b"Tj":
                    self._show(operands[0], font)
                elif operator == b"Do":
                    form = resources["/XObject"][operands[0]]
                    if form["/Subtype"] == "/Form":
                        self._read(form, form.get("/Resources", resources), reader)

    def _begin(self, operands: Any) -> None:
        if self._inside is not None:
            self.faults.append(f"page {self._number + 1}: marked content within marked content")
        if operands[0] == "/Artifact":
            self._inside = "artifact"
            return
        number = int(operands[1]["/MCID"])
        if number in self.texts:
            self.faults.append(f"page {self._number + 1}: marked content {number} twice")
        self.texts[number] = ""
        self._inside = number

    def _show(self, shown: Any, font: str) -> None:
        data = getattr(shown, "original_bytes", shown)
        plane = int(font.rpartition("P")[2]) if "P" in font else 0
        codes = [int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2)]
        text = "".join(chr((plane << 16) + code) for code in codes)
        if isinstance(self._inside, int):
            self.texts[self._inside] += text
        else:
            self.artifact += text


@dataclass(slots=True)
class _Reading:
    """Reads the elements."""

    numbers: dict[int, int]
    """Pages from 0 by their objects."""

    pages: list[_Page]
    faults: list[str]
    nodes: dict[int, Node] = field(default_factory=dict)

    def node(self, at: Any, parent: Any) -> Node:
        element = at.get_object()
        node = Node(str(element["/S"])[1:], number=at.idnum)
        if at.idnum in self.nodes:
            self.faults.append(f"element {at.idnum} hangs twice")
        self.nodes[at.idnum] = node
        if element.raw_get("/P") != parent:
            self.faults.append(f"element {at.idnum}: another parent")
        node.alt = str(element.get("/Alt", ""))
        told = element.get("/A", {})
        node.columns, node.rows = int(told.get("/ColSpan", 1)), int(told.get("/RowSpan", 1))
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, list) else [element.raw_get("/K")]:
            if isinstance(kid, IndirectObject):
                node.kids.append(self.node(kid, at))
                continue
            is_far = isinstance(kid, DictionaryObject)
            page = self.numbers[(kid if is_far else element).raw_get("/Pg").idnum]
            content = int(kid["/MCID"]) if is_far else int(kid)
            node.contents.append((page, content))
            node.texts.append(self.pages[page].texts.get(content, ""))
        return node


def read_tagged(pdf: bytes) -> Tagged:
    """Read the structure of a PDF that the press wrote."""
    reader = PdfReader(io.BytesIO(pdf))
    root = reader.root_object
    faults: list[str] = []
    if "/StructTreeRoot" not in root or not root.get("/MarkInfo", {}).get("/Marked"):
        return Tagged(root=Node("none"), faults=["not tagged"], artifacts=[])
    if root.get("/Lang") != "zh-CN":
        faults.append("no language")
    pages = [_Page(page, i) for i, page in enumerate(reader.pages)]
    numbers = {page.indirect_reference.idnum: i for i, page in enumerate(reader.pages) if page.indirect_reference}
    for page in pages:
        faults += page.faults
    tree: Any = root["/StructTreeRoot"]
    reading = _Reading(numbers, pages, faults)
    document = reading.node(tree.raw_get("/K"), tree.indirect_reference)
    nodes = reading.nodes
    met = Counter(content for node in nodes.values() for content in node.contents)
    there = Counter((i, content) for i, page in enumerate(pages) for content in page.texts)
    faults += [f"page {page + 1}: marked content {content} hangs {met[page, content]} times" for page, content in there
               if met[page, content] != 1]  # fmt: skip
    faults += [f"page {page + 1}: marked content {content} is not there" for page, content in met.keys() - there.keys()]
    faults += _parent_faults(reader, tree, nodes, pages)
    faults += _order_faults(document)
    return Tagged(root=document, faults=faults, artifacts=[page.artifact for page in pages])


def _parent_faults(reader: PdfReader, tree: Any, nodes: dict[int, Node], pages: list[_Page]) -> list[str]:
    faults: list[str] = []
    leaves: dict[int, Any] = {}
    waiting = [tree["/ParentTree"]]
    while waiting:
        node = waiting.pop().get_object()
        waiting += node.get("/Kids", [])
        entries = node.get("/Nums", [])
        leaves.update(zip(entries[::2], entries[1::2], strict=True))
    for i, page in enumerate(reader.pages):
        owners = leaves[int(str(page["/StructParents"]))].get_object() if "/StructParents" in page else []
        if len(owners) != len(pages[i].texts):
            faults.append(f"page {i + 1}: {len(owners)} parents for {len(pages[i].texts)} marked contents")
        for content, owner in enumerate(owners):
            if (i, content) not in nodes[owner.idnum].contents:
                faults.append(f"page {i + 1}: marked content {content} has another parent")
    return faults


def _order_faults(document: Node) -> list[str]:
    """Return what may not stand where it stands, and tables whose rows are not of one width."""
    faults: list[str] = []
    for node in document.all("Document", "Table", "TR"):
        faults += [f"{kid.role} in {node.role}" for kid in node.kids if kid.role not in _INSIDE[node.role]]
    for table in document.all("Table"):
        faults += _width_faults(table)
    faults += ["a figure without words" for figure in document.all("Figure") if not figure.alt]
    return faults


def _width_faults(table: Node) -> list[str]:
    hanging: list[int] = []
    widths: list[int] = []
    for row in table.kids:
        widths.append(sum(cell.columns for cell in row.kids) + sum(hanging[:1]))
        hanging = hanging[1:]
        for cell in row.kids:
            for below in range(cell.rows - 1):
                while len(hanging) <= below:
                    hanging.append(0)
                hanging[below] += cell.columns
    return [f"a table with rows of {sorted(set(widths))} columns"] if len(set(widths)) > 1 or any(hanging) else []


def show(node: Node, depth: int = 0) -> str:
    """Return the tree as indented lines."""
    own = "".join(node.texts)
    lines = [f"{'  ' * depth}{node.role}{' ' + node.alt if node.alt else ''}{': ' + own if own else ''}"]
    return "\n".join((*lines, *(show(kid, depth + 1) for kid in node.kids)))


def main() -> None:
    """Print the tree and what is wrong with it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    found = read_tagged(parser.parse_args().file.read_bytes())
    print(show(found.root))
    for fault in found.faults:
        print("!", fault)


if __name__ == "__main__":
    main()
