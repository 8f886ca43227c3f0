"""在册: on which days a child stood on the roll, in which village, and why it left.

Source: forms.md §8.8 pitfalls 2 and 3, V-AGE, §3.1 ``exit_reason``, X-15. Pure: a child's statements in, days out.
Entry and exit are dated by what was said of them, not by when it was said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from forms.law.time import birthday
from forms.quarter.frozen_roster import UNKNOWN
from forms.values.enums import AwayPattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

RETURNED = "父母一方返回并有监护能力"
OF_AGE = "年满16周岁"
NOT_LEFT_BEHIND = "转为困境儿童/由机构监护"
MOVED = "迁往本镇其他村（居）"
OTHER = "其他"
_REASONS = {
    RETURNED: ("返回", "返乡", "回家"),
    "随父母迁居": ("随父", "随母", "随迁"),
    OF_AGE: ("16周岁", "十六周岁", "满16", "超龄"),
    "户籍迁出本辖区": ("迁出", "迁往", "转出"),
    NOT_LEFT_BEHIND: ("困境", "机构", "福利院"),
    "死亡": ("死亡", "去世", "亡故"),
    "重复登记": ("重复",),
}
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """One stay on the roll."""

    from_on: date
    until: date | None
    """First day not on the roll any more; ``None``: still there."""
    reason: str = ""

    def __contains__(self, day: date) -> bool:
        return self.from_on <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A stock gains or loses one on a day; the places are villages, ``None``: not counted."""

    on: date
    old: str | None
    new: str | None


def reason_label(text: str | None) -> str:
    """Return the sub-heading of KA3 that a written reason belongs under."""
    if not text:
        return UNKNOWN
    if text in _REASONS:
        return text
    return next((label for label, marks in _REASONS.items() if any(m in text for m in marks)), OTHER)


def spells(said: Sequence[tuple[date, Any]], birth: date | None, under_age: int) -> tuple[Spell, ...]:
    """Return a child's stays on the roll, oldest first.

    A statement that gives another day of entry after the child had left is a new stay; otherwise it corrects the
    stay it speaks of. Of age from the day after the birthday (民法典 第二百零一条).

    Args:
        said: Statements about the child in the order they were recorded, with the day from which each holds.
        birth: Day of birth, if known.
        under_age: The age at which the roll is left.
    """
    found: list[Spell] = []
    for valid_from, state in said:
        if state is None:
            continue
        entered, left = state["entered_on"], state["left_on"]
        reason = state["exit_reason"] or ""
        last = found[-1] if found else None
        if last is None:
            found.append(Spell(from_on=entered or valid_from, until=left, reason=reason))
            continue
        reopened = last.until is not None and left is None
        start = entered or (max(valid_from, last.until or valid_from) if reopened else last.from_on)
        if last.until is not None and start >= last.until and start != last.from_on:
            found.append(Spell(from_on=start, until=left, reason=reason))
        else:
            found[-1] = Spell(from_on=start, until=left, reason=reason)
    if birth is None:
        return tuple(s for s in found if s.until is None or s.from_on < s.until)
    last_day = birthday(birth, under_age) + _ONE_DAY
    cut = (
        Spell(from_on=s.from_on, until=last_day, reason=OF_AGE) if s.until is None or last_day < s.until else s
        for s in found
    )
    return tuple(s for s in cut if s.until is None or s.from_on < s.until)


class Roll:
    """Where one child stood on the roll, day by day."""

    def __init__(self, stays: Sequence[Spell], state: Callable[[date], Any]) -> None:
        """`state` gives the child's state on a day; before anything was recorded, as it was recorded first."""
        self._stays = stays
        self.state = state

    def place(self, day: date) -> str | None:
        """Return the village on whose roll the child stands; ``None``: on none."""
        if not any(day in stay for stay in self._stays):
            return None
        state = self.state(day)
        if state["away_pattern"] == AwayPattern.BOTH_INCAPABLE.value:  # not left-behind
            return None
        return str(state["village_uid"])

    def reason(self, day: date) -> str:
        """Return under which heading a child that is off the roll from this day on has left it."""
        stay = next((s for s in reversed(self._stays) if s.until is not None and s.until <= day), None)
        ended = stay is not None and not any(day in s for s in self._stays)
        if stay is not None and ended:
            return reason_label(stay.reason)
        return NOT_LEFT_BEHIND if any(day in s for s in self._stays) else OTHER

    def days(self) -> set[date]:
        """Return the days on which a stay begins or ends."""
        return {s.from_on for s in self._stays} | {s.until for s in self._stays if s.until is not None}


def walk(
    place: Callable[[date], str | None], *, start: str | None, days: Iterable[date], first: date, last: date
) -> Iterator[Change]:
    """Yield every change of a stock between the day before a period and its last day.

    Whatever differs from how the period before ended shows on the first day: what became known late counts now
    (pitfall 5), and the stock at the end is always that at the start with the changes.
    """
    now = start
    for day in sorted({first, *(d for d in days if first <= d <= last)}):
        new = place(day)
        if new != now:
            yield Change(on=day, old=now, new=new)
            now = new
