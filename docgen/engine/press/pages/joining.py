"""Paragraphs that follow each other in the same frame have one frame together.

Source: ECMA-376 part 1 §17.3.1.24 (pBdr: equal borders of consecutive paragraphs), §17.3.1.5 (between).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from docgen.engine.press.model.blocks import Paragraph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.engine.press.model.blocks import Block


def joined(blocks: Sequence[Block]) -> Sequence[Block]:
    """Return blocks with frames put together; the same blocks where there is nothing to join."""
    if not any(_are_alike(one, other) for one, other in pairwise(blocks)):
        return blocks
    meets = [False, *(_are_alike(one, other) for one, other in pairwise(blocks)), False]
    return [_open(block, above=meets[i], below=meets[i + 1]) for i, block in enumerate(blocks)]


def _are_alike(one: Block, other: Block) -> bool:
    if not isinstance(one, Paragraph) or not isinstance(other, Paragraph):
        return False
    a, b = one.format, other.format
    return bool(
        a.borders
        and a.borders == b.borders
        and (a.left, a.left_chars, a.right, a.right_chars) == (b.left, b.left_chars, b.right, b.right_chars)
        and not b.page_break_before
    )


def _open(block: Block, *, above: bool, below: bool) -> Block:
    """Return a paragraph without the lines that its neighbours take away."""
    if not isinstance(block, Paragraph) or not (above or below):
        return block
    borders = dict(block.format.borders)
    between = borders.pop("between", None)
    if above:
        borders.pop("top", None)
    if below:
        borders.pop("bottom", None)
        if between is not None:
            borders["bottom"] = between
    return replace(block, format=replace(block.format, borders=tuple(borders.items())), passes=True)
