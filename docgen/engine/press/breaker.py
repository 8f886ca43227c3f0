"""Atoms to lines of a given width: which atoms stand on a line, and how far from its start.

Greedy, as word processors do it. A character that may not begin a line pulls its predecessor down
with it; a word longer than the line is cut where the line ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.engine.press.atoms import Atom, Kind
from docgen.engine.press.model import TabStop

if TYPE_CHECKING:
    from collections.abc import Sequence

_SLIP = 0.01
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


@dataclass(slots=True)
class BrokenLine:
    """One line before it is drawn."""

    atoms: list[Atom]
    places: list[float]
    """Left edge of each atom, from the column's left edge."""

    start: float
    limit: float
    width: float
    """Without spaces at its end."""

    visible: int
    """Atoms before the spaces at its end."""

    is_last: bool
    """Last of its paragraph, or ended by a break: not justified."""

    ended_by: str
    """`wrap`, `end`, `line`, `page` or `column`."""

    last_tab: int = -1
    """Index of the last tab; what stands before it is never spread."""


def break_lines(atoms: Sequence[Atom], measure: Measure) -> list[BrokenLine]:
    """Return the lines; at least one, even of nothing."""
    items = list(atoms)
    lines: list[BrokenLine] = []
    at = 0
    while at < len(items) or not lines or lines[-1].ended_by == "line":
        start = measure.first if not lines else measure.left
        line, at = _fill(items, at, measure, start)
        lines.append(line)
        if at >= len(items) and line.ended_by != "line":
            break
    return lines


def _fill(items: list[Atom], begin: int, measure: Measure, start: float) -> tuple[BrokenLine, int]:
    """Fill one line from ``begin``; return it and where the next one begins."""
    places: list[float] = []
    x, limit, at, last_tab, ended = start, measure.right + _SLIP, begin, -1, "end"
    while at < len(items):
        atom = items[at]
        kind = atom.kind
        if kind is Kind.BREAK:
            ended = atom.break_kind
            break
        if kind is Kind.SPACE:
            places.append(x)
            x += atom.width
            at += 1
            continue
        width = atom.width
        if kind is Kind.TAB:
            width = _tab_width(items, at, x, measure)
        place = x + atom.gap if at > begin else x
        if place + width > limit:
            if at == begin and _cut_word(items, at, limit - place):
                continue
            if at > begin:
                back = at
                while back > begin and not items[back].may_start:
                    back -= 1
                at = back if back > begin else at
                ended = "wrap"
                break
        if kind is Kind.TAB:
            last_tab = at - begin
            items[at] = Atom(Kind.TAB, width, atom.pen, bookmarks=atom.bookmarks)
        places.append(place)
        x = place + width
        at += 1
    chosen = items[begin:at]
    del places[len(chosen) :]
    visible = len(chosen)
    while visible and chosen[visible - 1].kind is Kind.SPACE:
        visible -= 1
    width = places[visible - 1] + chosen[visible - 1].width - start if visible else 0.0
    following = at + 1 if ended not in {"wrap", "end"} else at
    line = BrokenLine(
        atoms=chosen,
        places=places,
        start=start,
        limit=measure.right,
        width=width,
        visible=visible,
        is_last=ended != "wrap",
        ended_by=ended,
        last_tab=last_tab if last_tab < len(chosen) else -1,
    )
    return line, following


def _cut_word(items: list[Atom], at: int, room: float) -> bool:
    """Cut the word at ``at`` so that its head fits; at least one character stays."""
    atom = items[at]
    if atom.word is None or len(atom.word.text) < 2:
        return False
    text, east = atom.word.text, atom.kind is Kind.EAST
    size = len(text) - 1
    while size > 1 and atom.pen.word(text[:size], east=east).width > room:
        size -= 1
    head, tail = atom.pen.word(text[:size], east=east), atom.pen.word(text[size:], east=east)
    items[at : at + 1] = [
        Atom(atom.kind, head.width, atom.pen, head, bookmarks=atom.bookmarks),
        Atom(atom.kind, tail.width, atom.pen, tail),
    ]
    return True


def _tab_width(items: Sequence[Atom], at: int, x: float, measure: Measure) -> float:
    stops = measure.tabs
    if measure.first < measure.left:  # a hanging indent is a tab stop
        stops = tuple(sorted((*stops, TabStop(position=measure.left)), key=lambda stop: stop.position))
    for stop in stops:
        if stop.position <= x + _SLIP or stop.kind == "bar":
            continue
        following = _until_next_tab(items, at + 1)
        if stop.kind == "right":
            return max(0.0, min(stop.position, max(measure.right, x)) - following - x)
        if stop.kind == "center":
            return max(0.0, stop.position - following / 2 - x)
        if stop.kind == "decimal":
            return max(0.0, stop.position - _until_point(items, at + 1) - x)
        return stop.position - x
    return (int((x + _SLIP) / measure.default_tab) + 1) * measure.default_tab - x


def leader_of(x: float, measure: Measure) -> str:
    """Return the leader of the tab stop that a tab at ``x`` goes to; empty for none."""
    return next((stop.leader for stop in measure.tabs if stop.position > x + _SLIP and stop.kind != "bar"), "")


def _until_next_tab(items: Sequence[Atom], at: int) -> float:
    width = 0.0
    for atom in items[at:]:
        if atom.kind in {Kind.TAB, Kind.BREAK}:
            break
        width += atom.gap + atom.width
    return width


def _until_point(items: Sequence[Atom], at: int) -> float:
    width = 0.0
    for atom in items[at:]:
        if atom.kind in {Kind.TAB, Kind.BREAK}:
            break
        if atom.word is not None and "." in atom.word.text:
            return width + atom.gap + atom.pen.word(atom.word.text.partition(".")[0], east=False).width
        width += atom.gap + atom.width
    return width
