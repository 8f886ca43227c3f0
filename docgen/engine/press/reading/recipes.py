"""A paragraph's XML without its words: read once, then filled with the words of each record.

What a template gives and a record does not change (looks, tabs, fields) is the recipe; the texts of
`w:t` are its slots. A paragraph that needs more than text put in its place has no recipe and is parsed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from docgen.engine.press.model.blocks import Paragraph, Picture, Text
from docgen.engine.press.model.pictures import is_drawable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docgen.engine.press.model.blocks import Piece
    from docgen.engine.press.model.formats import ParagraphFormat, RunFormat

_TEXT = re.compile(rb"(<w:t(?: [^<>]*)?>)([^<]*)</w:t>")
_ENTITY = re.compile(r"&(#?[a-zA-Z0-9]+);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "#34": '"', "#39": "'"}
_ODD = re.compile("[\t\r\n]")
_FIRST = 0xE000
_MOST = 0x1800
"""Slots are marked by characters of the private area while a recipe is made."""

_PRESERVED = b'xml:space="preserve"'

Skeleton: TypeAlias = "tuple[bytes, ...]"


@dataclass(frozen=True, slots=True)
class _Slots:
    """Text of one look: numbers are slots, everything else stands as it is."""

    parts: tuple[int | str, ...]
    look: RunFormat


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything of a paragraph but its words."""

    format: ParagraphFormat
    items: tuple[_Slots | Piece, ...]
    mark: RunFormat
    base: RunFormat
    mark_has_style: bool
    has_page_fields: bool
    undrawn: frozenset[str]
    lost: frozenset[str]
    preserved: tuple[bool, ...]
    """By slot: white space at the ends counts."""

    has_pictures: bool

    def fill(self, texts: Sequence[str], media: Callable[[str], bytes], *, passes: bool) -> Paragraph | None:
        """Return the paragraph with these texts; ``None`` when a picture cannot be drawn.

        Args:
            texts: One for each slot.
            media: Bytes of a picture by its relationship.
            passes: Nothing is to be remembered of it.
        """
        pieces: list[Piece] = []
        for item in self.items:
            if isinstance(item, _Slots):
                text = "".join([texts[part] if isinstance(part, int) else part for part in item.parts])
                last = pieces[-1] if pieces else None
                if isinstance(last, Text) and last.format is item.look:
                    pieces[-1] = Text(last.text + text, item.look)
                elif text:
                    pieces.append(Text(text, item.look))
            elif isinstance(item, Picture):
                data = media(item.relation)
                if not is_drawable(data):
                    return None
                pieces.append(Picture(data, item.width, item.height, item.relation, description=item.description))
            else:
                pieces.append(item)
        return Paragraph(
            format=self.format,
            pieces=tuple(pieces),
            mark=self.mark,
            base=self.base,
            mark_has_style=self.mark_has_style,
            has_page_fields=self.has_page_fields,
            undrawn=self.undrawn,
            lost=self.lost,
            passes=passes,
        )


def part_texts(raw: bytes) -> tuple[Skeleton, tuple[bytes, ...]]:
    """Part XML into what stays and the texts of its `w:t`."""
    parts = _TEXT.split(raw)
    texts = tuple(parts[2::3])
    del parts[2::3]
    return tuple(parts), texts


def joined(skeleton: Skeleton, texts: Sequence[bytes]) -> bytes:
    """Return the XML that `part_texts` parted."""
    out = [skeleton[0]]
    for i, text in enumerate(texts):
        out += (skeleton[2 * i + 1], text, b"</w:t>", skeleton[2 * i + 2])
    return b"".join(out)


def plain(texts: Sequence[bytes], recipe: Recipe) -> list[str] | None:
    """Return texts as they are read; ``None`` when one needs the parser."""
    found: list[str] = []
    for raw, is_preserved in zip(texts, recipe.preserved, strict=True):
        text = raw.decode("utf-8")
        if "&" in text:
            names = _ENTITY.findall(text)
            if len(names) != text.count("&") or not all(name in _ENTITIES for name in names):
                return None
            text = _ENTITY.sub(lambda match: _ENTITIES[match[1]], text)
        if _ODD.search(text):
            return None
        found.append(text if is_preserved else text.strip(" "))
    return found


def marked(skeleton: Skeleton) -> bytes | None:
    """Return the paragraph with a sign in every slot; ``None`` when it has too many."""
    count = len(skeleton) // 2
    return None if count > _MOST else joined(skeleton, [chr(_FIRST + i).encode() for i in range(count)])


def recipe_of(made: Paragraph, skeleton: Skeleton) -> Recipe | None:
    """Return the recipe behind a paragraph read from `marked` XML; ``None`` when it has none."""
    has_pictures = any(b"blip" in part or b"imagedata" in part for part in skeleton)
    if made.section is not None or made.has_drawings or made.notes or (made.lost and has_pictures):
        return None
    items = tuple(_slots(piece) if isinstance(piece, Text) else piece for piece in made.pieces)
    return Recipe(
        format=made.format,
        items=items,
        mark=made.mark,
        base=made.base,
        mark_has_style=made.mark_has_style,
        has_page_fields=made.has_page_fields,
        undrawn=made.undrawn,
        lost=made.lost,
        preserved=tuple(_PRESERVED in tag for tag in skeleton[1::2]),
        has_pictures=has_pictures,
    )


def _slots(piece: Text) -> _Slots:
    parts: list[int | str] = []
    for char in piece.text:
        if _FIRST <= ord(char) < _FIRST + _MOST:
            parts.append(ord(char) - _FIRST)
        elif parts and isinstance(parts[-1], str):
            parts[-1] += char
        else:
            parts.append(char)
    return _Slots(tuple(parts), piece.format)
