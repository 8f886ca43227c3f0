"""Drawings that go with the lines of a paragraph, laid out; `pages.places` puts them in their places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from docgen.engine.press.laid.sheet import Sheet
    from docgen.engine.press.model.blocks import Floating


class Art(Protocol):
    """A drawing laid out."""

    @property
    def width(self) -> float:
        """Points across."""

    @property
    def height(self) -> float:
        """Points down."""

    def draw(self, sheet: Sheet, x: float, y: float) -> None:
        """Put it on a page with its upper left corner at a place."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hung:
    """A drawing that goes with a line of a paragraph."""

    line: int
    drawing: Art
    column: float
    """Width of the column."""

    x: float = 0.0
    """Where it stands in its line; only of one without a place of its own."""

    y: float = 0.0
    floating: Floating | None = None
    owner: object = None
    """Of a drawing that keeps the place it was given when the paper is set once more, what it is made of."""
