"""The shape a paragraph is poured into, and where its tabs go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.engine.press.model.formats import TabStop
from docgen.engine.press.setting.words import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.engine.press.setting.atoms import Atom

SLIP = 0.01
"""Points a line may be too long by: rounding of widths, nothing a reader sees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """The shape a paragraph is poured into, in points from the left edge of its column."""

    left: float
    right: float
    """Right edge, not the indent."""

    first: float
    """Left edge of the first line."""

    tabs: tuple[TabStop, ...]
    default_tab: float
    hangs: bool = False
    """A sign of punctuation may stand outside the right edge."""

    column: float = 0.0
    """Width of the column, indents included."""


def tab_width(items: Sequence[Atom], at: int, x: float, measure: Measure) -> float:
    """Return the width of a tab that stands at ``x``."""
    if items[at].break_kind:
        return _aligned_width(items, at, x, measure)
    stops = measure.tabs
    if measure.first < measure.left:  # a hanging indent is a tab stop
        stops = tuple(sorted((*stops, TabStop(position=measure.left)), key=lambda stop: stop.position))
    for stop in stops:
        if stop.position <= x + SLIP or stop.kind == "bar":
            continue
        if stop.kind == "right":
            return max(0.0, min(stop.position, max(measure.right, x)) - _until(items, at + 1) - x)
        if stop.kind == "center":
            return max(0.0, stop.position - _until(items, at + 1) / 2 - x)
        if stop.kind == "decimal":
            return max(0.0, stop.position - _until(items, at + 1, point=True) - x)
        return stop.position - x
    return (int((x + SLIP) / measure.default_tab) + 1) * measure.default_tab - x


def _aligned_width(items: Sequence[Atom], at: int, x: float, measure: Measure) -> float:
    """Return the width of a tab that says itself where it goes (ECMA-376 part 1 §17.3.3.23)."""
    align, origin, _ = items[at].break_kind.split(" ")
    left, right = (measure.left, measure.right) if origin == "indent" else (0.0, measure.column)
    right = min(right, measure.right)
    rest = _until(items, at + 1)
    goal = {"center": (left + right - rest) / 2, "right": right - rest}.get(align, left)
    return max(0.0, goal - x)


def leader_of(x: float, measure: Measure, stop: str = "") -> str:
    """Return the leader of the tab stop that a tab at ``x`` goes to; empty for none."""
    if stop:
        leader = stop.rpartition(" ")[2]
        return "" if leader == "none" else leader
    return next((stop.leader for stop in measure.tabs if stop.position > x + SLIP and stop.kind != "bar"), "")


def _until(items: Sequence[Atom], at: int, *, point: bool = False) -> float:
    """Return the width up to the next tab or break, or up to a decimal point."""
    width = 0.0
    for atom in items[at:]:
        if atom.kind in {Kind.TAB, Kind.BREAK}:
            break
        if point and atom.word is not None and "." in atom.word.text:
            return width + atom.gap + atom.pen.word(atom.word.text.partition(".")[0], east=False).width
        width += atom.gap + atom.width
    return width
