"""Atoms to lines of a given width: which atoms stand on a line, and how far from its start.

Greedy, as word processors do it. A character that may not begin a line pulls its predecessor down
with it; a word longer than the line is cut where the line ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docgen.engine.press.model.formats import TabStop
from docgen.engine.press.setting.atoms import Atom
from docgen.engine.press.setting.breaking import GLUE, HANGING, NO_END, NO_START, is_ideograph
from docgen.engine.press.setting.words import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docgen.engine.press.setting.pens import Pen

_SLIP = 0.01
"""Points a line may be too long by: rounding of widths, nothing a reader sees."""


_LONG_PATH = 66
"""Characters back to which a blank is looked for before a path."""

_BLANK = frozenset({Kind.SPACE, Kind.BREAK})


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


@dataclass(slots=True)
class BrokenLine:
    """One line before it is drawn."""

    start: float
    limit: float
    atoms: list[Atom] = field(default_factory=list)
    places: list[float] = field(default_factory=list)
    """Left edge of each atom, from the column's left edge."""

    visible: int = 0
    """Atoms before the spaces at its end, and before a sign that hangs outside its edge."""

    ended_by: str = "end"
    """`wrap`, `end`, `line`, `page` or `column`."""

    hangs: bool = False
    """Its last sign stands outside the edge."""

    last_tab: int = -1
    """Index of the last tab; what stands before it is never spread."""

    end_pen: Pen | None = None
    """Look of the break that ends it."""

    @property
    def width(self) -> float:
        """Width without the spaces at its end."""
        if not self.visible:
            return 0.0
        return self.places[self.visible - 1] + self.atoms[self.visible - 1].width - self.start

    @property
    def is_last(self) -> bool:
        """Whether the line ends its paragraph, or ends by a break: it is not justified."""
        return self.ended_by != "wrap"


def break_lines(
    atoms: Sequence[Atom],
    measure: Measure,
    edges: Callable[[Sequence[BrokenLine]], tuple[float, float]] | None = None,
) -> list[BrokenLine]:
    """Return the lines; at least one, even of nothing.

    Args:
        atoms: What stands on them.
        measure: Their shape.
        edges: Given the lines so far, gives the edges between which the next one stands, where something is beside it.
    """
    only = _only_line(atoms, measure) if edges is None else None
    if only is not None:
        return [only]
    breaker = _Breaker(list(atoms), measure)
    lines: list[BrokenLine] = []
    while not lines or breaker.at < len(breaker.items) or lines[-1].ended_by == "line":
        is_first = not lines or lines[-1].ended_by in {"page", "column"}
        start = measure.first if is_first else measure.left
        if edges is not None:
            left, right = edges(lines)
            start = max(start, left)
            breaker.narrow(min(measure.right, right))
        lines.append(breaker.fill(start))
    return lines


def _only_line(atoms: Sequence[Atom], measure: Measure) -> BrokenLine | None:
    """Return the one line of words that all fit on it, as most cells have it; ``None`` where more has to be decided."""
    space = Kind.SPACE
    x, limit = measure.first, measure.right + _SLIP
    places: list[float] = []
    visible = 0
    for atom in atoms:
        if atom.word is None:
            return None
        if places:
            x += atom.gap
        places.append(x)
        x += atom.width
        if atom.kind is not space:
            if x > limit:
                return None
            visible = len(places)
    return BrokenLine(measure.first, measure.right, list(atoms), places, visible)


class _Breaker:
    """Goes through the atoms once; parts them where a line ends inside."""

    def __init__(self, items: list[Atom], measure: Measure) -> None:
        self.items = items
        self.measure = measure
        self.limit = measure.right + _SLIP
        self.at = 0

    def narrow(self, right: float) -> None:
        """Set the right edge of the lines to come."""
        self.measure = replace(self.measure, right=right)
        self.limit = right + _SLIP

    def fill(self, start: float) -> BrokenLine:
        """Fill one line and go on to the next."""
        items, begin, at, x = self.items, self.at, self.at, start
        line = BrokenLine(start, self.measure.right)
        places = line.places
        space, tab, brk = Kind.SPACE, Kind.TAB, Kind.BREAK
        following = -1
        while at < len(items):
            atom = items[at]
            kind = atom.kind
            if kind is brk:
                line.ended_by, following = atom.break_kind, at + 1
                line.end_pen = atom.pen
                break
            place = x + atom.gap if at > begin else x
            if kind is tab:
                atom = items[at] = Atom(
                    kind,
                    _tab_width(items, at, x, self.measure),
                    atom.pen,
                    bookmarks=atom.bookmarks,
                    break_kind=atom.break_kind,
                )
            if place + atom.width <= self.limit or kind is space:
                pass
            elif at > begin and self._may_hang(at):
                line.hangs = True
            else:
                stop = self._end_of_line(at, begin, self.limit - place)
                if stop == at + 1:  # the atom was parted, or there is no room for anything smaller
                    atom = items[at]
                elif stop >= 0:
                    line.ended_by, following = "wrap", stop
                    break
            if kind is tab:
                line.last_tab = at - begin
            places.append(place)
            x = place + atom.width
            at += 1
        self.at = following if following >= 0 else at
        line.atoms = items[begin : self.at if line.ended_by == "wrap" else at]
        del places[len(line.atoms) :]
        line.last_tab = min(line.last_tab, len(places) - 1)
        visible = len(places)
        while visible and line.atoms[visible - 1].kind is space:
            visible -= 1
        last = visible - 1
        if line.hangs and (last < 0 or places[last] + line.atoms[last].width <= self.limit):
            line.hangs = False  # the sign went to the next line with what follows it
        line.visible = visible - line.hangs
        return line

    def _may_hang(self, at: int) -> bool:
        """Whether a sign that does not fit may stand outside the edge: one, and where a line may end after it."""
        sign = self.items[at]
        if sign.word is None or sign.word.text not in HANGING or not (self.measure.hangs and sign.pen.look.hangs):
            return False
        if not self._is_chinese(at):
            return False
        if at + 1 == len(self.items):
            return True
        following = self.items[at + 1]
        return following.kind in _BLANK or (following.may_start and following.kind is not Kind.TAB)

    def _is_apart(self, at: int, room: float) -> bool:
        """Whether a Latin sign that does not fit stands behind Chinese: then only what may never be parted is not."""
        word, before = self.items[at].word, self.items[at - 1].word
        if word is None or before is None or self.items[at].kind is not Kind.LATIN or word.text[0].isalnum():
            return False
        is_free = word.text[0] not in NO_START | GLUE and before.text[-1] not in NO_END | GLUE
        return is_free and not _fitting(self.items[at], room) and self._is_chinese(at)

    def _is_chinese(self, at: int) -> bool:
        """Whether what stands before a sign is Chinese: signs between them belong to either."""
        while at:
            at -= 1
            word = self.items[at].word
            for char in reversed(word.text if word is not None else ""):
                if char.isalnum():
                    return is_ideograph(char)
        return True

    def _end_of_line(self, at: int, begin: int, room: float) -> int:
        """Return where the next line begins when the atom at ``at`` does not fit.

        ``at + 1`` means that the atom, or its first part after cutting, stands on this line.
        """
        items = self.items
        atom = items[at]
        if atom.word is not None and len(atom.word.text) > 1:
            size = _fitting(atom, room)
            if atom.can_cut:
                size = _cutting(atom.word.text, size)
            if (atom.can_part or atom.can_cut) and size:
                self._part(at, size)
                return at + 1
            if at == begin:
                self._part(at, max(1, size))
                return at + 1
        if at == begin:
            return at + 1
        if self._is_apart(at, room):
            return at
        back = at
        if self._is_loose(at) and not _fitting(atom, room):
            back -= 1  # a line that is full just behind a slash does not end there
        while back > begin and not items[back].may_start:
            before = items[back - 1]
            if (before.can_part or before.can_cut) and before.word is not None and len(before.word.text) > 1:
                self._part(back - 1, len(before.word.text) - 1)
                return back
            back -= 1
        if back > begin:
            place = self._behind_slash(back, begin) if self._is_loose(back) else back
            if place >= 0:
                return place
        if atom.word is not None and len(atom.word.text) > 1 and _fitting(atom, room):
            self._part(at, _fitting(atom, room))  # the rest of a word that is longer than the line
            return at + 1
        return at

    def _behind_slash(self, at: int, begin: int) -> int:
        """Return where the next line begins when no place is better than one behind a slash; -1: anywhere.

        A path stays whole: the last blank before it, up to 66 characters back, is the better place. Where that stands
        on a line before, the path is cut where the line is full.
        """
        items, back, passed = self.items, at, 0
        while back and passed < _LONG_PATH:
            back -= 1
            word = items[back].word
            if word is None or items[back].kind is Kind.SPACE:
                return back + 1 if back >= begin else -1
            passed += len(word.text)
        return at

    def _is_loose(self, at: int) -> bool:
        """Whether a line may begin here only when nothing else in the same Latin words offers itself."""
        before = self.items[at - 1].word
        return self.items[at].is_rest and before is not None and before.text.endswith("/")

    def _part(self, at: int, size: int) -> None:
        """Replace an atom by its first ``size`` characters and the rest."""
        atom = self.items[at]
        assert atom.word is not None
        text, east = atom.word.source, atom.kind is Kind.EAST
        lettered = atom.word.lettered
        head = atom.pen.word(text[:size], east=east, lettered=lettered)
        tail = atom.pen.word(text[size:], east=east, lettered=lettered)
        self.items[at : at + 1] = [
            Atom(
                atom.kind, head.width, atom.pen, head,
                may_start=atom.may_start, gap=atom.gap, bookmarks=atom.bookmarks, can_part=atom.can_part,
                is_rest=atom.is_rest,
            ),
            Atom(atom.kind, tail.width, atom.pen, tail, can_part=atom.can_part),
        ]  # fmt: skip


def _cutting(text: str, size: int) -> int:
    """Return where to cut a word so that no sign stands where it may not."""
    while size and (text[size] in NO_START or text[size - 1] in NO_END):
        size -= 1
    return size


def _fitting(atom: Atom, room: float) -> int:
    """Return how many characters of a word fit, fewer than all of them."""
    assert atom.word is not None
    text, east = atom.word.source, atom.kind is Kind.EAST
    if not atom.word.width:  # nothing of it is drawn: refused later
        return len(text) - 1
    lettered = atom.word.lettered
    size = min(len(text) - 1, max(0, int(room / atom.word.width * len(text)) + 1))
    while size and atom.pen.word(text[:size], east=east, lettered=lettered).width > room:
        size -= 1
    while size < len(text) - 1 and atom.pen.word(text[: size + 1], east=east, lettered=lettered).width <= room:
        size += 1
    return size


def _tab_width(items: Sequence[Atom], at: int, x: float, measure: Measure) -> float:
    if items[at].break_kind:
        return _aligned_width(items, at, x, measure)
    stops = measure.tabs
    if measure.first < measure.left:  # a hanging indent is a tab stop
        stops = tuple(sorted((*stops, TabStop(position=measure.left)), key=lambda stop: stop.position))
    for stop in stops:
        if stop.position <= x + _SLIP or stop.kind == "bar":
            continue
        if stop.kind == "right":
            return max(0.0, min(stop.position, max(measure.right, x)) - _until(items, at + 1) - x)
        if stop.kind == "center":
            return max(0.0, stop.position - _until(items, at + 1) / 2 - x)
        if stop.kind == "decimal":
            return max(0.0, stop.position - _until(items, at + 1, point=True) - x)
        return stop.position - x
    return (int((x + _SLIP) / measure.default_tab) + 1) * measure.default_tab - x


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
    return next((stop.leader for stop in measure.tabs if stop.position > x + _SLIP and stop.kind != "bar"), "")


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
