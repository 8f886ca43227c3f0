"""Frames (`w:framePr`): paragraphs that leave the text and stand at a place of their own.

Source: ECMA-376 part 1 §17.3.1.11; templates after GB/T 9704 have page numbers and imprints in them. As in
LibreOffice a frame is bound to the paragraph after it, and in a table it is an ordinary paragraph.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.engine.press.model.blocks import Bookmark, Drawing, Floating, Item, Paragraph, TextFrame
from docgen.engine.press.model.drawings import ANCHOR

if TYPE_CHECKING:
    from docgen.engine.press.model.blocks import Block
    from docgen.engine.press.model.drawings import FrameFormat

_WORDS = frozenset({"图文框"})


def gather(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return the blocks of a part with those in frames bound to what follows."""
    if not any(isinstance(block, Paragraph) and block.format.frame is not None for block in blocks):
        return blocks
    found: list[Block] = []
    frames: list[list[Paragraph]] = []
    for block in blocks:
        if not isinstance(block, Paragraph):
            found.append(block)  # a frame before a table is bound to what follows the table
            continue
        frame = block.format.frame
        if frame is None:
            found.append(_bound(block, frames))
            frames = []
        elif block.section is not None or block.notes:
            found.append(_left(block))
        elif frames and frames[-1][0].format.frame == frame:
            frames[-1].append(block)
        else:
            frames.append([block])
    found += (_left(paragraph) for paragraphs in frames for paragraph in paragraphs)
    return tuple(found)


def _left(paragraph: Paragraph) -> Paragraph:
    """Return a paragraph that stays in the text though it should not, which is told."""
    return replace(paragraph, undrawn=paragraph.undrawn | _WORDS)


def _bound(paragraph: Paragraph, frames: list[list[Paragraph]]) -> Paragraph:
    if not frames:
        return paragraph
    count = len(paragraph.floating)
    places = tuple(Bookmark(f"{ANCHOR}{count + i}") for i in range(len(frames)))
    inside = [p for paragraphs in frames for p in paragraphs]
    return replace(
        paragraph,
        pieces=(*places, *paragraph.pieces),
        floating=(*paragraph.floating, *(_floating(paragraphs) for paragraphs in frames)),
        has_drawings=True,
        has_page_fields=paragraph.has_page_fields or any(p.has_page_fields for p in inside),
        passes=paragraph.passes or any(p.passes for p in inside),
    )


def _floating(paragraphs: list[Paragraph]) -> Floating:
    frame: FrameFormat | None = paragraphs[0].format.frame
    assert frame is not None
    text = TextFrame(
        blocks=tuple(paragraphs),
        insets=(0.0, 0.0, 0.0, 0.0),
        grows=not frame.is_exact,
        least=frame.height,
        shrinks=not frame.width,
    )
    item = Item(width=frame.width, height=frame.height, text=text)
    return Floating(
        drawing=Drawing(width=frame.width, height=frame.height, items=(item,)),
        horizontal=frame.horizontal,
        vertical=frame.vertical,
        wrap=frame.wrap,
        distances=(frame.down, frame.across, frame.down, frame.across),
        is_frame=True,
    )
