"""Footnotes and endnotes of a docx: what they say, how they are counted, which are called where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.engine.press.model.blocks import Paragraph
from docgen.engine.press.model.drawings import NOTE_ANCHOR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from docgen.engine.press.model.blocks import Block

FOOTNOTE = "footnote"
ENDNOTE = "endnote"
LABEL = "NOTE"
"""Kind of the field that stands for a note's own number."""


@dataclass(frozen=True, slots=True)
class NoteStyle:
    """How notes of one kind are counted."""

    numbers: str
    first: int = 1
    restart: str = "continuous"
    """Or `eachPage`, `eachSect`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """All notes of a document, by kind and id: `footnote 3`."""

    blocks: Mapping[str, tuple[Block, ...]] = field(default_factory=dict)
    styles: Mapping[str, NoteStyle] = field(default_factory=dict)
    lost: frozenset[str] = frozenset()


def bookmark_of(key: str) -> str:
    """Return the name of the bookmark before a mark in the text."""
    return f"{NOTE_ANCHOR}{key}"


def keys_in(blocks: Iterable[Block]) -> Iterator[str]:
    """Give the notes that blocks call, in the order of the text."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield from block.notes
        else:
            for row in block.rows:
                for cell in row.cells:
                    yield from keys_in(cell.blocks)
