"""Atoms to lines of a given width: which atoms stand on a line, and how far from its start.

Greedy, as word processors do it. A character that may not begin a line pulls its predecessor down
with it; a word longer than the line is cut where the line ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docgen.engine.press.setting.atoms import Atom
from docgen.engine.press.setting.breaking import HANGING, NO_END, NO_START, holds
from docgen.engine.press.setting.measure import SLIP, Measure, tab_width
from docgen.engine.press.setting.scripts import LETTER
from docgen.engine.press.setting.words import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docgen.engine.press.setting.pens import Pen


_LONG_PATH = 66
"""Characters back to which a blank is looked for before a path."""


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
    x, limit = measure.first, measure.right + SLIP
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
        self.limit = measure.right + SLIP
        self.at = 0

    def narrow(self, right: float) -> None:
        """Set the right edge of the lines to come."""
        self.measure = replace(self.measure, right=right)
        self.limit = right + SLIP

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
                    tab_width(items, at, x, self.measure),
                    atom.pen,
                    bookmarks=atom.bookmarks,
                    break_kind=atom.break_kind,
                )
            if place + atom.width <= self.limit or kind is space:
                pass
            elif at > begin and self._may_hang(at):
                line.hangs = True
            elif at > begin and self._has_parted_sign(at, self.limit - place):
                continue
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
        if sign.word is None or sign.word.text not in HANGING or not self._lets_hang(at):
            return False
        if at + 1 == len(self.items):
            return True
        following = self.items[at + 1]
        if following.word is None:
            return following.kind is not Kind.TAB
        return following.kind is Kind.SPACE or not following.word.no_start

    def _lets_hang(self, at: int, size: int = 0) -> bool:
        """Whether a sign that does not fit is of a look and a language whose signs hang."""
        return self.measure.hangs and self.items[at].pen.look.hangs and self._is_chinese(at, size)

    def _has_parted_sign(self, at: int, room: float) -> bool:
        """Part a Latin word where a sign in it hangs, as behind Chinese; return whether there was one."""
        atom = self.items[at]
        if atom.kind is not Kind.LATIN or atom.word is None or len(atom.word.text) < 2 or not self.measure.hangs:
            return False
        text, size = atom.word.text, _fitting(atom, room)
        if text[size] not in HANGING or not self._lets_hang(at, size):
            return False
        if text[size + 1 : size + 2] in NO_START:
            return False
        self._part(at, size or 1)
        return True

    def _is_chinese(self, at: int, size: int = 0) -> bool:
        """Whether Chinese rules hold for a character that does not fit: those of its letter, or of the last one before.

        Args:
            at: The atom with the character.
            size: Characters before it there.
        """
        items, atom = self.items, self.items[at]
        text = atom.word.text[: size + 1] if atom.word is not None else ""
        while True:
            if any(map(str.isalnum, text)):
                return atom.can_cut or (atom.kind is Kind.EAST and atom.pen.look.hangs)
            if not at:
                return atom.kind is not Kind.LATIN
            at -= 1
            atom = items[at]
            text = atom.word.text if atom.word is not None else ""

    def _may_start(self, at: int, *, is_chinese: bool) -> bool:
        """Whether a line may begin with an atom."""
        here, last = self.items[at], self.items[at - 1]
        if is_chinese or here.word is None or last.word is None or Kind.SPACE in {here.kind, last.kind}:
            return here.may_start
        if Kind.EAST not in {here.kind, last.kind}:
            return here.may_start
        following = here.word.text[1:2]
        if not following and at + 1 < len(self.items):
            word = self.items[at + 1].word
            following = word.text[0] if word is not None else ""
        return not holds(last.word.text[-1], here.word.text[0], following)

    def _portion(self, at: int, begin: int) -> int:
        """Return where the stretch of one look and one script begins in which an atom stands."""
        items = self.items
        while at > begin and _is_joined(items[at - 1], items[at]):
            at -= 1
        return at

    def _end_of_line(self, at: int, begin: int, room: float) -> int:
        """Return where the next line begins when the atom at ``at`` does not fit.

        ``at + 1`` means that the atom, or its first part after cutting, stands on this line.
        """
        items = self.items
        atom = items[at]
        size = _fitting(atom, room) if atom.word is not None and len(atom.word.text) > 1 else 0
        if atom.word is not None and size:
            cut = _cutting(atom.word.text, size) if atom.can_cut else size
            if (atom.can_part or atom.can_cut) and cut:
                self._part(at, cut)
                return at + 1
        if at == begin:
            if atom.word is not None and len(atom.word.text) > 1:
                self._part(at, max(1, size))
            return at + 1
        place = self._place(at, begin, size)
        if place >= 0:
            return place
        if size:
            self._part(at, size)  # the rest of a word that is longer than the line
            return at + 1
        return at

    def _place(self, at: int, begin: int, size: int) -> int:
        """Return where a line may begin at or before the character that does not fit; -1: nowhere.

        Each stretch of one look and one script looks for the place by the rules that hold for it. Where that lies in
        front of the stretch, the one before it looks anew, as though its last character did not fit.
        """
        items, full = self.items, at
        while True:
            first = self._portion(at, begin)
            is_chinese = self._is_chinese(at, size)
            back = at
            if self._is_loose(at) and not size:
                back -= 1  # a line that is full just behind a slash does not end there
            while back > begin and not self._may_start(back, is_chinese=is_chinese):
                back -= 1
                if _can_end_inside(items[back]):
                    if back >= first:
                        return self._part_last(back)
                    break
            else:
                if back == begin and begin and not self._may_start(begin, is_chinese=is_chinese):
                    back = -1
                elif back > begin and self._is_loose(back):
                    back = self._behind_slash(back, begin)
                if back > begin and back >= first:
                    return back
            if back < 0 or first == begin:
                return self._cut(at, begin, size) if at != full else -1
            at, size = first - 1, 0
            last = items[at]
            if last.kind is Kind.SPACE or self._may_hang(at):
                return first
            if _can_end_inside(last):
                at = self._part_last(at)
            elif last.word is not None:
                size = len(last.word.text) - 1

    def _cut(self, at: int, begin: int, size: int) -> int:
        """Begin the next line with a character that is taken not to fit; return its place."""
        if not size:
            return max(at, begin + 1)
        self._part(at, size)
        return at + 1

    def _part_last(self, at: int) -> int:
        """Part an atom before its last character; return the place of that."""
        word = self.items[at].word
        assert word is not None
        self._part(at, len(word.text) - 1)
        return at + 1

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
                return back + 1 if back + 1 >= begin else -1
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
        lettered = lettered or (not east and LETTER.search(text, 0, size) is not None)
        tail = atom.pen.word(text[size:], east=east, lettered=lettered)
        self.items[at : at + 1] = [
            Atom(
                atom.kind, head.width, atom.pen, head,
                may_start=atom.may_start, gap=atom.gap, bookmarks=atom.bookmarks, can_part=atom.can_part,
                is_rest=atom.is_rest,
            ),
            Atom(
                atom.kind, tail.width, atom.pen, tail,
                may_start=atom.can_part or atom.can_cut, can_part=atom.can_part,
            ),
        ]  # fmt: skip


def _can_end_inside(atom: Atom) -> bool:
    """Whether a line may end between any two characters of an atom."""
    return atom.word is not None and len(atom.word.text) > 1 and (atom.can_part or atom.can_cut)


def _is_latin(atom: Atom) -> bool:
    """Whether an atom is of the Latin script: of Latin signs even one that is drawn as Chinese."""
    return atom.kind is Kind.LATIN or (atom.word is not None and atom.word.text[0] < "\u0100")


def _is_joined(last: Atom, here: Atom) -> bool:
    """Whether two neighbours are of one look and one script."""
    if last.word is None or here.word is None:
        return False
    if Kind.SPACE not in {last.kind, here.kind} and _is_latin(last) is not _is_latin(here):
        return False
    looks = last.pen.look, here.pen.look
    return last.pen is here.pen or replace(looks[0], hint_east_asia=looks[1].hint_east_asia) == looks[1]


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
