"""The structure trees of bound PDFs as one: each part a section of the volume, its pages' keys counted on.

A part without a tree (a scan) stays without one; then the volume does not claim to be tagged throughout
(ISO 32000-1 §14.7.1, `MarkInfo`), but what is there can be read. Source: ISO 32000-1 §14.7.4.4 (parent tree).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pypdf import PageObject, PdfReader, PdfWriter


def join_trees(writer: PdfWriter, parts: Sequence[tuple[PdfReader, range]]) -> None:
    """Give a volume the trees of its parts.

    Args:
        writer: The volume, its pages complete.
        parts: Each part, and its pages in the volume.
    """
    root = DictionaryObject({NameObject("/Type"): NameObject("/StructTreeRoot")})
    kids = ArrayObject()
    document = DictionaryObject({NameObject("/S"): NameObject("/Document"), NameObject("/K"): kids})
    top, whole = writer._add_object(root), writer._add_object(document)  # noqa: SLF001  pypdf has no public way
    document[NameObject("/P")] = top
    numbers = ArrayObject()
    is_whole = True
    for reader, pages in parts:
        tree = reader.root_object.get("/StructTreeRoot")
        if tree is None:
            is_whole = False
            continue
        own: Any = tree.get_object()
        copier = _Copier(
            writer, {_number(old): writer.pages[new] for old, new in zip(reader.pages, pages, strict=True)}
        )
        section = copier.copy(own.raw_get("/K"), whole)
        section.get_object()[NameObject("/S")] = NameObject("/Sect")
        kids.append(section)
        leaves = dict(_leaves(own["/ParentTree"]))
        for page, source in zip(pages, reader.pages, strict=True):
            key = source.get("/StructParents")  # pypdf leaves it out of a page it adds
            if key is None:
                continue
            writer.pages[page][NameObject("/StructParents")] = NumberObject(len(numbers) // 2)
            owners = leaves[int(key)].get_object()
            numbers += [NumberObject(len(numbers) // 2), ArrayObject(copier.made[one.idnum] for one in owners)]
    if not numbers:
        return
    root[NameObject("/K")] = whole
    root[NameObject("/ParentTree")] = DictionaryObject({NameObject("/Nums"): numbers})
    root[NameObject("/ParentTreeNextKey")] = NumberObject(len(numbers) // 2)
    writer.root_object[NameObject("/StructTreeRoot")] = top
    writer.root_object[NameObject("/MarkInfo")] = DictionaryObject({NameObject("/Marked"): BooleanObject(is_whole)})


class _Copier:
    """Copies the elements of one part, and nothing that they come from."""

    def __init__(self, writer: PdfWriter, pages: dict[int, Any]) -> None:
        self._writer = writer
        self._pages = pages
        self.made: dict[int, Any] = {}
        """References in the volume, by number in the part."""

    def copy(self, at: Any, parent: Any) -> Any:
        """Copy an element and everything below it; return its reference."""
        element = at.get_object()
        made = DictionaryObject({NameObject("/S"): NameObject(element["/S"]), NameObject("/P"): parent})
        reference = self.made[at.idnum] = self._writer._add_object(made)  # noqa: SLF001  pypdf has no public way
        if "/Pg" in element:
            made[NameObject("/Pg")] = self._page(element)
        if "/Alt" in element:
            made[NameObject("/Alt")] = TextStringObject(element["/Alt"])
        if "/A" in element:
            made[NameObject("/A")] = element["/A"].clone(self._writer)
        kids = element.get("/K")
        if isinstance(kids, ArrayObject):
            made[NameObject("/K")] = ArrayObject(self._kid(kid, reference) for kid in kids)
        elif kids is not None:
            made[NameObject("/K")] = self._kid(element.raw_get("/K"), reference)
        return reference

    def _kid(self, kid: Any, parent: Any) -> Any:
        if isinstance(kid, IndirectObject):
            return self.copy(kid, parent)
        if isinstance(kid, DictionaryObject):  # content on another page than the element's first
            return DictionaryObject(
                {
                    NameObject("/Type"): NameObject("/MCR"),
                    NameObject("/Pg"): self._page(kid),
                    NameObject("/MCID"): NumberObject(kid["/MCID"]),
                }
            )
        return NumberObject(kid)

    def _page(self, of: Any) -> Any:
        return self._pages[of.raw_get("/Pg").idnum].indirect_reference


def _number(page: PageObject) -> int:
    assert page.indirect_reference is not None
    return page.indirect_reference.idnum


def _leaves(node: Any) -> Iterator[tuple[int, Any]]:
    """Yield keys and values of a number tree (ISO 32000-1 §7.9.7)."""
    node = node.get_object()
    for kid in node.get("/Kids", ()):
        yield from _leaves(kid)
    entries = node.get("/Nums", ())
    for key, value in zip(entries[::2], entries[1::2], strict=True):
        yield int(key), value
