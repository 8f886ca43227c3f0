"""Drawings laid out: shapes and pictures as operators, text boxes as columns of their own."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from docgen.engine.press.laid.fragments import Fragment, Image, fill_color, number, rectangle, stroke_color
from docgen.engine.press.laid.tagging import Figure
from docgen.engine.press.model.drawings import ANCHOR
from docgen.engine.press.pages.columns import Column, natural_length
from docgen.engine.press.pages.turned import Turned
from docgen.engine.press.setting.hung import Hung

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.engine.press.laid.sheet import Sheet
    from docgen.engine.press.model.blocks import Drawing, Item, Paragraph, TextFrame
    from docgen.engine.press.model.drawings import Outline
    from docgen.engine.press.setting.paragraphs import LaidParagraph

_Part: TypeAlias = "tuple[float, float, Fragment | Column | Turned]"


@dataclass(frozen=True, slots=True, eq=False)
class LaidDrawing:
    """A drawing with its text set."""

    width: float
    height: float
    parts: tuple[_Part, ...]

    def draw(self, sheet: Sheet, x: float, y: float) -> None:
        """Put it on a page."""
        for dx, dy, part in self.parts:
            if isinstance(part, (Column, Turned)):
                part.draw(sheet, x + dx, y + dy)
            else:
                sheet.place(part, x + dx, y + dy)


def hang(
    paragraph: Paragraph, laid: LaidParagraph, column: float, stack: Callable[[TextFrame, float], Column]
) -> tuple[Hung, ...]:
    """Lay out the drawings of a paragraph, each with the line it goes with.

    Args:
        paragraph: Whose drawings they are.
        laid: The paragraph, laid out.
        column: Width of its column.
        stack: Sets the text of a box at a width.
    """
    found = [
        Hung(line=i, drawing=lay_drawing(drawing, column, stack), column=column, x=x, y=y)
        for i, line in enumerate(laid.lines)
        for drawing, x, y in line.spots
    ]
    for k, floating in enumerate(paragraph.floating):
        name = f"{ANCHOR}{k}"
        at = next((i for i, line in enumerate(laid.lines) if name in line.bookmarks), 0)
        drawing = lay_drawing(floating.drawing, column, stack)
        found.append(Hung(line=at, drawing=drawing, column=column, floating=floating))
    return tuple(found)


def lay_drawing(drawing: Drawing, column: float, stack: Callable[[TextFrame, float], Column]) -> LaidDrawing:
    """Lay out a drawing.

    Args:
        drawing: What is laid out.
        column: Width of the column it stands in: that of a rule.
        stack: Sets the text of a box at a width.
    """
    parts: list[_Part] = []
    width, height = drawing.width or column, drawing.height
    for item in drawing.items:
        wide, high = item.width or width, item.height
        content: Column | None = None
        text = item.text
        if text is not None:
            top, right, bottom, left = text.insets
            content = stack(text, max(1.0, (high - top - bottom) if text.direction else (wide - left - right)))
            if text.shrinks and not item.width:
                wide = min(wide, natural_length(content) + left + right)
                content = stack(text, max(1.0, wide - left - right))
                width = wide
            if text.grows and not text.direction:
                high = max(content.height + top + bottom, text.least)
                height = max(height, item.y + high) if len(drawing.items) > 1 else high
        art = _art(item, wide, high)
        if art.operators or art.figures:
            parts.append((item.x, item.y, art))
        if text is not None and content is not None and text.direction:
            room = max(0.0, wide - left - right), max(0.0, high - top - bottom)
            parts.append((item.x + left, item.y + top, Turned(content, text.direction, *room, text.vertical)))
        elif text is not None and content is not None:
            slack = max(0.0, high - top - bottom - content.height)
            down = {"center": slack / 2, "bottom": slack}.get(text.vertical, 0.0)
            parts.append((item.x + left, item.y + top + down, content))
    return LaidDrawing(width, height, tuple(parts))


def _art(item: Item, width: float, height: float) -> Fragment:
    out: list[str] = []
    images: tuple[tuple[str, Image], ...] = ()
    if item.picture:
        name = "I" + hashlib.blake2b(item.picture, digest_size=8).hexdigest()
        images = ((name, Image(item.picture)),)
        out.append(_picture(item, width, height, name))
    if item.outline is not None:
        out.append(_path(item.outline, width, height))
    operators = " ".join(part for part in out if part)
    if operators and (item.rotation or any(item.flips)):
        middle = number(width / 2), number(-height / 2)
        back = number(-width / 2), number(height / 2)
        turn = math.radians(item.rotation)
        cosine, sine = math.cos(turn), math.sin(turn)
        across, down = (-1 if item.flips[0] else 1), (-1 if item.flips[1] else 1)
        matrix = " ".join(f"{v:.5f}" for v in (cosine * across, -sine * across, sine * down, cosine * down))
        operators = f"q 1 0 0 1 {middle[0]} {middle[1]} cm {matrix} 0 0 cm 1 0 0 1 {back[0]} {back[1]} cm {operators} Q"
    if operators and (item.picture or item.description):
        figure = Figure(operators, 0.0, 0.0, width, height, item.description)
        return Fragment("", height, images=images, figures=(figure,))
    return Fragment(operators, height, images=images)


def _picture(item: Item, width: float, height: float, name: str) -> str:
    top, right, bottom, left = item.crop
    wide, high = width / (1 - left - right), height / (1 - top - bottom)
    placed = f"{number(wide)} 0 0 {number(high)} {number(-left * wide)} {number(top * high - high)} cm /{name} Do"
    clip = f"{rectangle(0, 0, width, height)} W n " if any(item.crop) else ""
    return f"q {clip}{placed} Q"


def _path(outline: Outline, width: float, height: float) -> str:
    if outline.fill is None and outline.stroke is None:
        return ""
    steps = []
    for sign, points in outline.steps:
        at = (number(-v * height if i % 2 else v * width) for i, v in enumerate(points))
        steps.append(" ".join((*at, sign)))
    out = ["q"]
    if outline.fill is not None:
        out.append(fill_color(outline.fill))
    if outline.stroke is not None:
        out += [stroke_color(outline.stroke), f"{number(outline.stroke_width)} w"]
        if outline.dashes:
            out.append(f"[{' '.join(number(v * outline.stroke_width) for v in outline.dashes)}] 0 d")
    both = outline.fill is not None and outline.stroke is not None
    return " ".join((*out, *steps, "B" if both else "f" if outline.stroke is None else "S", "Q"))
