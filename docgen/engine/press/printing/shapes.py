"""The elements of a paper as bytes with room for numbers: made once for all papers of the same shape.

What changes from paper to paper are the numbers of objects; so a paper costs one formatting. Elements with one marked
content and nothing else, the great majority, are of one length and numbered as their contents follow each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.engine.press.printing.rows import WIDTH
from docgen.engine.press.printing.walk import PAGE, Element

if TYPE_CHECKING:
    from collections.abc import Sequence

_REFERENCE = b"%d 0 R"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Bytes with gaps, and which value stands in each: own objects, the parent, pages, their keys, attributes."""

    text: bytes
    slots: tuple[int, ...]

    def fill(self, values: Sequence[int]) -> bytes:
        """Return the bytes with their numbers."""
        return self.text % tuple([values[i] for i in self.slots])


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapedFigure:
    """A figure, which has a place and words of its own."""

    position: int
    """Among the elements as they are walked."""

    index: int
    parent: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shape:
    """Everything of a paper's elements but numbers, places and descriptions of figures."""

    count: int
    """Objects of its own: the paper, elements with one content, all others, the leaf of the parent tree."""

    rows: Pattern
    """Elements with one content, from index 1 on."""

    others: tuple[tuple[int, Pattern], ...]
    """With their indices, the leaf included."""

    line: Pattern
    """All of them together, every number of seven digits."""

    offsets: tuple[int, ...]
    """Where each of them stands in the line."""

    width: int
    """Bytes of the line."""

    figures: tuple[ShapedFigure, ...]
    attributes: tuple[bytes, ...]
    """Of cells."""


def shape_of(elements: Sequence[Element], contents: Sequence[Sequence[Element]]) -> Shape:
    """Return the shape of a paper.

    Args:
        elements: All of it, the paper first, the children of each together.
        contents: Elements of the marked contents of each page.
    """
    plain = sorted((one for one in elements[1:] if _is_plain(one)), key=_content)
    rest = [one for one in elements[1:] if not _is_plain(one)]
    for i, one in enumerate((elements[0], *plain, *rest)):
        one.index = i
    parents = {kid: one for one in elements for kid in one.kids if isinstance(kid, Element)}
    count = len(elements) + 1
    pages = count + 1
    keys = pages + len(contents)
    attributes: dict[bytes, int] = {}
    first = keys + len(contents)
    out: list[bytes] = []
    slots: list[int] = []
    for one in plain:
        content = _content(one)
        out.append(b"<</S/%-2b/P %%07d 0 R/Pg %%07d 0 R/K %4d>>" % (one.role.encode("ascii"), content % PAGE))
        slots += (parents[one].index, pages + content // PAGE)
    size = WIDTH - 2 * (len(b"%07d" % 0) - len(b"%07d"))
    rows = Pattern(text=b"".join([line.ljust(size) for line in out]), slots=tuple(slots))
    others: list[tuple[int, Pattern]] = []
    for one in (elements[0], *rest):
        if one.role == "Figure":
            continue
        slots = [parents[one].index if one in parents else count]
        text = b"<</S/%b/P %%d 0 R" % one.role.encode("ascii")
        told = attributes_of(one)
        if told:
            text += b"/A %d 0 R"
            slots.append(first + attributes.setdefault(told, len(attributes)))
        kids, more = _kids(one, pages)
        others.append((one.index, Pattern(text=text + kids + b">>", slots=(*slots, *more))))
    others.append((count - 1, _leaf(contents, keys)))
    figures = tuple(
        ShapedFigure(position=i, index=one.index, parent=parents[one].index)
        for i, one in enumerate(elements)
        if one.role == "Figure"
    )
    line, offsets, width = _line(others)
    return Shape(
        count=count,
        rows=rows,
        others=tuple(others),
        line=line,
        offsets=offsets,
        width=width,
        figures=figures,
        attributes=tuple(attributes),
    )


def _line(others: Sequence[tuple[int, Pattern]]) -> tuple[Pattern, tuple[int, ...], int]:
    """Return objects as one line of a length that is always the same, and where each of them stands in it."""
    parts: list[bytes] = []
    slots: list[int] = []
    offsets: list[int] = []
    at = 0
    for _, pattern in others:
        text = pattern.text.replace(b"%d", b"%07d") + b" "
        offsets.append(at)
        at += len(text) + (7 - len(b"%07d")) * len(pattern.slots)
        parts.append(text)
        slots += pattern.slots
    return Pattern(text=b"".join(parts), slots=tuple(slots)), tuple(offsets), at


def _content(one: Element) -> int:
    """Return the marked content that is all an element holds; below zero for any other element."""
    kid = one.kids[0] if len(one.kids) == 1 else None
    return kid if isinstance(kid, int) else -1


def _is_plain(one: Element) -> bool:
    return _content(one) >= 0 and one.role != "Figure" and not attributes_of(one)


def attributes_of(one: Element) -> bytes:
    """Return the attributes of a cell; empty for a plain one."""
    told = b"/Scope/Column" if one.role == "TH" else b""
    told += b"/ColSpan %d" % one.columns if one.columns > 1 else b""
    return told + (b"/RowSpan %d" % one.rows if one.rows > 1 else b"")


def _kids(one: Element, pages: int) -> tuple[bytes, list[int]]:
    """Return page and children of an element, and the values of their gaps."""
    page = next((kid // PAGE for kid in one.kids if isinstance(kid, int)), -1)
    shown: list[bytes] = []
    slots = [] if page < 0 else [pages + page]
    for kid in one.kids:
        if isinstance(kid, Element):
            shown.append(_REFERENCE)
            slots.append(kid.index)
        elif kid // PAGE == page:
            shown.append(b"%d" % (kid % PAGE))
        else:
            shown.append(b"<</Type/MCR/Pg %%d 0 R/MCID %d>>" % (kid % PAGE))
            slots.append(pages + kid // PAGE)
    where = b"" if page < 0 else b"/Pg %d 0 R"
    return where + (b"/K[" + b" ".join(shown) + b"]" if shown else b""), slots


def _leaf(contents: Sequence[Sequence[Element]], keys: int) -> Pattern:
    """Return the leaf of the parent tree for the pages of a paper."""
    slots = [keys, keys + len(contents) - 1]
    out: list[bytes] = []
    for page, owners in enumerate(contents):
        slots += (keys + page, *(one.index for one in owners))
        out.append(b"%d[" + b" ".join([_REFERENCE] * len(owners)) + b"]")
    return Pattern(text=b"<</Limits[%d %d]/Nums[" + b"".join(out) + b"]>>", slots=tuple(slots))
