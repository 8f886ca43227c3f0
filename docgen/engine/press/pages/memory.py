"""What is kept between the papers of one template, and what one paper met on its way to the pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docgen.engine.press.laid.fragments import Fragment
    from docgen.engine.press.laid.paper import Fallback
    from docgen.engine.press.model.blocks import Frame, Paragraph
    from docgen.engine.press.pages.columns import Column
    from docgen.engine.press.pages.tables import LaidCell, LaidRow
    from docgen.engine.press.setting.paragraphs import LaidParagraph, Setting

_KEPT = 20_000
"""Paragraphs that are remembered."""


@dataclass(slots=True)
class Findings:
    """What one paper met."""

    fallbacks: dict[tuple[str, str], Fallback] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    """Characters no face has, with the text around the first of them."""

    undrawn: dict[str, None] = field(default_factory=dict)
    """Looks that are left out, in words a clerk knows."""

    lost: dict[str, None] = field(default_factory=dict)
    """Content that cannot be drawn at all, in the same words."""

    def leave_out(self, *looks: str) -> None:
        """Note that looks are not drawn."""
        self.undrawn |= dict.fromkeys(sorted(looks))

    def lose(self, *content: str) -> None:
        """Note that content cannot be drawn."""
        self.lost |= dict.fromkeys(sorted(content))


@dataclass(slots=True)
class Memory:
    """What is kept between papers of one template."""

    settings: dict[tuple[object, ...], Setting] = field(default_factory=dict)
    paragraphs: dict[tuple[object, ...], LaidParagraph] = field(default_factory=dict)
    """By paragraph, setting, and numbers where there are any."""

    cells: dict[tuple[object, ...], LaidCell] = field(default_factory=dict)
    """Plain cells without findings, by their places."""

    tops: dict[tuple[object, ...], tuple[float, float]] = field(default_factory=dict)
    """Widths of the lines above and below rows of one outline in tables of one frame."""

    frames: dict[tuple[Frame, float], Frame] = field(default_factory=dict)
    """Grids fitted into columns."""

    rulings: dict[tuple[object, ...], Fragment] = field(default_factory=dict)
    rows: dict[tuple[object, ...], LaidRow] = field(default_factory=dict)
    """Rows without numbers and findings, by row, grid and setting."""

    running: dict[tuple[object, ...], Column] = field(default_factory=dict)
    """Headers and footers without findings, by their blocks, setting and page numbers."""

    line_numbers: dict[int, Paragraph] = field(default_factory=dict)
    """Numbers in the margin, each a paragraph."""

    def forget(self) -> None:
        """Forget what records bring when it becomes too much; it is laid out again."""
        if len(self.paragraphs) > _KEPT:
            self.paragraphs.clear()
            self.rows.clear()
            self.cells.clear()
