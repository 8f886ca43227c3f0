"""The tree of a tagged PDF: document, papers, headings, paragraphs, tables, figures, and the page contents of each.

Source: ISO 32000-1 §14.7.2 (structure elements), §14.7.4 (content items, parent tree), §14.8.4 (standard types),
§14.8.5 (attributes of tables and figures). Everything drawn belongs to one marked content, and each of these to one
element; running heads and feet, page marks, rules and backgrounds are artifacts (§14.8.2.2).

A paper's elements are written when it is finished; nothing of it is kept but its place in the tree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.engine.press.laid.fragments import number
from docgen.engine.press.printing.pdf_file import array, dictionary, reference, text
from docgen.engine.press.printing.rows import PaperPacker, RowPacker
from docgen.engine.press.printing.shapes import Shape, shape_of
from docgen.engine.press.printing.walk import PAGE, Element, Walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.engine.press.laid.fragments import Placed
    from docgen.engine.press.laid.paper import LaidPage
    from docgen.engine.press.printing.pdf_file import PdfFile

ARTIFACT = "/Artifact BMC"
RUNNING = "/Artifact<</Type/Pagination>>BDC"
"""Headers, footers, page marks."""

_ALT = "图片"
"""Of a picture that nobody described."""

_LEAVES = 64
"""Papers under one node of the parent tree."""

_KEPT_SHAPES = 500
_MOST_ALIKE = 4_000_000
"""Bytes of elements that wait for papers like theirs."""

_KEPT_ELEMENTS = 2_000
"""Longer papers are rarely alike."""


class Structure:
    """The tree of one file."""

    def __init__(self, file: PdfFile, *, is_stack: bool, known: dict[object, Shape]) -> None:
        self._file = file
        self._is_stack = is_stack
        """Several papers, each a section of the document."""

        self.root = file.reserve()
        self.document = file.reserve() if is_stack else 0
        self.packer = RowPacker(file)
        self._known = known
        """Shapes of papers of any file."""

        self._own: dict[object, Shape] = {}
        """Those of this file: what it looks like does not depend on the files before."""

        self._alike: dict[int, PaperPacker] = {}
        """By the identity of the shape, which `_own` keeps alive."""

        self._alike_size = 0

        self._papers: list[int] = []
        self._leaves: list[tuple[int, int, int]] = []
        """First and last key of each leaf of the parent tree, and its object."""

        self.next_key = 0
        """Key of the next page in the parent tree."""

    def paper(self) -> PaperTags:
        """Begin a paper."""
        return PaperTags(self, self._file, Element("Sect" if self._is_stack else "Document", None))

    def add(self, paper: int, first: int, last: int, leaf: int) -> None:
        """Take over a finished paper.

        Args:
            paper: Object of its element.
            first: Key of its first page in the parent tree.
            last: Of its last page.
            leaf: Object of the leaf for these.
        """
        self._papers.append(paper)
        self._leaves.append((first, last, leaf))

    def shape(self, key: object, elements: Sequence[Element], contents: Sequence[Sequence[Element]]) -> Shape:
        """Return the shape of a paper, which `key` tells; see `shape_of`."""
        found = self._own.get(key)
        if found is None:
            found = self._known.get(key) or shape_of(elements, contents)
            if len(elements) <= _KEPT_ELEMENTS:
                for kept in (self._own, self._known):
                    if len(kept) < _KEPT_SHAPES:
                        kept[key] = found
        return found

    def pack_alike(self, shape: Shape, first: int, values: Sequence[int]) -> bool:
        """Pack the other elements of a paper with those of papers like it; says whether that could be done."""
        if not self._is_stack or not self._file.packs_objects:
            return False
        packer = self._alike.get(id(shape))
        if packer is None:
            if not any(shape is one for one in self._own.values()):
                return False  # nothing will be like it
            packer = self._alike[id(shape)] = PaperPacker(self._file, shape.offsets, shape.width)
        packer.add([first + index for index, _ in shape.others], shape.line.fill(values))
        self._alike_size += shape.width
        if self._alike_size > _MOST_ALIKE:
            self._flush_alike()
        return True

    def _flush_alike(self) -> None:
        self._alike_size = 0
        for packer in self._alike.values():
            packer.flush()

    def finish(self) -> None:
        """Write what the papers hang from."""
        self.packer.flush()
        self._flush_alike()
        file = self._file
        document = self._papers[0] if self._papers else 0
        if self._is_stack:
            kids = array(reference(at) for at in self._papers)
            document = file.put(self.document, b"<</S/Document/P %d 0 R/K%b>>" % (self.root, kids))
        nodes = self._leaves
        while len(nodes) > _LEAVES:
            nodes = [self._node(nodes[at : at + _LEAVES]) for at in range(0, len(nodes), _LEAVES)]
        tree = file.add(dictionary({"Kids": array(reference(at) for _, _, at in nodes)}) if nodes else b"<</Nums[]>>")
        root = {"Type": b"/StructTreeRoot", "ParentTree": reference(tree), "ParentTreeNextKey": b"%d" % self.next_key}
        if document:
            root["K"] = reference(document)
        file.put(self.root, dictionary(root))
        file.set_root("StructTreeRoot", reference(self.root))
        file.set_root("MarkInfo", b"<</Marked true>>")

    def _node(self, nodes: list[tuple[int, int, int]]) -> tuple[int, int, int]:
        first, last = nodes[0][0], nodes[-1][1]
        kids = array(reference(at) for _, _, at in nodes)
        return first, last, self._file.add(b"<</Limits[%d %d]/Kids%b>>" % (first, last, kids))


class PaperTags:
    """The elements of one paper."""

    def __init__(self, structure: Structure, file: PdfFile, root: Element) -> None:
        self._structure = structure
        self._file = file
        self._root = root
        self._walk = Walk(root)
        self._objects: list[int] = []
        """Of the pages."""

        self._contents: list[list[Element]] = []
        """Elements of the marked contents of each page."""

    def page(self, page: LaidPage, at: int) -> PageTags:
        """Begin a page, whose object has the number ``at``."""
        tags = PageTags(self._walk, page, len(self._objects), self._structure.next_key + len(self._objects))
        self._objects.append(at)
        self._contents.append(tags.contents)
        return tags

    def finish(self) -> None:
        """Write the elements and the leaf of the parent tree."""
        structure, file, objects = self._structure, self._file, self._objects
        elements = [self._root]
        key: list[object] = [len(objects)]  # a page may hold nothing
        for one in elements:  # grows while it is read: the children of each element together
            key += (one.role, one.columns, one.rows, len(one.kids))
            for kid in one.kids:
                if isinstance(kid, int):
                    key.append(kid)
                else:
                    elements.append(kid)
                    key.append(-1)
        shape = structure.shape(tuple(key), elements, self._contents)
        first = file.reserve_run(shape.count)
        numbers = range(first, first + shape.count)
        given = [structure.document or structure.root, *objects]
        given += range(structure.next_key, structure.next_key + len(objects))
        given += [file.add_named(f"cell {told.decode()}", b"<</O/Table%b>>" % told) for told in shape.attributes]
        values = (*numbers, *given)
        structure.packer.add(first + 1, shape.rows.fill(values))
        if not structure.pack_alike(shape, first, values):
            for index, pattern in shape.others:
                file.put(first + index, pattern.fill(values))
        for figure in shape.figures:
            body = _figure(elements[figure.position], first + figure.parent, objects)
            file.put(first + figure.index, body)
        last = structure.next_key + len(objects) - 1
        structure.add(first, structure.next_key, last, first + shape.count - 1)
        structure.next_key = last + 1


class PageTags:
    """The marked contents of one page."""

    def __init__(self, walk: Walk, page: LaidPage, at: int, key: int) -> None:
        self._walk = walk
        self._base = at * PAGE
        self.key = key
        """In the parent tree."""

        self.targets = walk.targets(page)
        """Element of each piece of the page's content."""

        self.contents: list[Element] = []
        """Owners of the marked contents, in their order."""

    def begin(self, target: Element) -> str:
        """Return the operator that begins a marked content of an element."""
        count = len(self.contents)
        self.contents.append(target)
        target.kids.append(self._base + count)
        return f"/{target.role}<</MCID {count}>>BDC"

    def figures(self, piece: Placed, height: float) -> list[str]:
        """Return the operators that begin the pictures of a piece, on a page of a height."""
        out: list[str] = []
        for figure, made in zip(piece.fragment.figures, self._walk.figures.get(id(piece), ()), strict=False):
            x, y = piece.x + figure.x, height - piece.y - figure.y
            made.box = (x, y - figure.height, x + figure.width, y)
            out.append(self.begin(made))
        return out or [ARTIFACT] * len(piece.fragment.figures)  # in a table's head that is repeated


def _figure(one: Element, parent: int, pages: Sequence[int]) -> bytes:
    """Write a figure, which has a place and words of its own."""
    told = b""
    if one.box is not None:
        told = b"/A<</O/Layout/BBox[%b]>>" % " ".join(number(side) for side in one.box).encode("ascii")
    contents = [kid for kid in one.kids if isinstance(kid, int)]
    page = pages[contents[0] // PAGE]
    kids = b" ".join(b"%d" % (content % PAGE) for content in contents)
    return b"<</S/Figure/P %d 0 R/Pg %d 0 R/K[%b]/Alt%b%b>>" % (parent, page, kids, text(one.alt or _ALT), told)
