"""Stays on the roll from what was said of a child, in whatever order it was said."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from docgen.workspace.quarter.cells import age_band
from docgen.workspace.quarter.roll import Roll, Spell, reason_label, spells, walk
from forms.law.time import protected_age_on

JUNE, JULY, AUGUST, OCTOBER = date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1), date(2026, 10, 1)
BORN = date(2016, 2, 29)


def said(entered: date | None, left: date | None = None, reason: str = "") -> dict[str, Any]:
    return {"entered_on": entered, "left_on": left, "exit_reason": reason, "away_pattern": None, "village_uid": "V"}


def test_a_stay_is_dated_by_what_was_said_and_not_by_when() -> None:
    told_late = [(OCTOBER, said(JUNE, AUGUST, "随父母迁居"))]
    assert spells(told_late, BORN, 16) == (Spell(from_on=JUNE, until=AUGUST, reason="随父母迁居"),)


def test_another_day_of_entry_after_leaving_is_a_new_stay_and_before_leaving_a_correction() -> None:
    back = [(JUNE, said(JUNE)), (JULY, said(JUNE, JULY)), (AUGUST, said(AUGUST))]
    assert [(s.from_on, s.until) for s in spells(back, None, 16)] == [(JUNE, JULY), (AUGUST, None)]
    corrected = [(JULY, said(JULY)), (AUGUST, said(JUNE))]
    assert [(s.from_on, s.until) for s in spells(corrected, None, 16)] == [(JUNE, None)]
    undone = [(JUNE, said(JUNE)), (JULY, said(JUNE, JULY)), (AUGUST, said(JUNE))]
    assert [(s.from_on, s.until) for s in spells(undone, None, 16)] == [(JUNE, None)]


def test_an_entry_without_a_day_counts_from_when_it_was_heard_of() -> None:
    assert spells([(JULY, said(None)), (AUGUST, said(None))], None, 16)[0].from_on == JULY


@given(birth=st.dates(date(2008, 1, 1), date(2012, 12, 31)), day=st.dates(date(2024, 1, 1), date(2028, 12, 31)))
def test_the_roll_is_left_exactly_when_the_age_that_protects_is_reached(birth: date, day: date) -> None:
    stays = spells([(date(2020, 1, 1), said(date(2020, 1, 1)))], birth, 16)
    on_roll = any(day in stay for stay in stays)
    assert on_roll == (protected_age_on(birth, day) < 16)
    if on_roll:
        assert age_band(birth, day) in {"6-13", "14-15"}


def test_bands_meet_at_the_day_after_the_birthday() -> None:
    assert [age_band(date(2020, 9, 30), d) for d in (date(2026, 9, 30), date(2026, 10, 1))] == ["0-5", "6-13"]
    assert [age_band(date(2012, 9, 30), d) for d in (date(2026, 9, 30), date(2026, 10, 1))] == ["6-13", "14-15"]


DAYS = st.lists(st.sampled_from(["a", "b", None]), min_size=1, max_size=40)


@given(places=DAYS, start=st.sampled_from(["a", "b", None]))
def test_a_walk_balances_whatever_happened(places: list[str | None], start: str | None) -> None:
    first = date(2026, 7, 1)
    last = first + timedelta(days=len(places) - 1)
    days = [first + timedelta(days=n) for n in range(len(places))]
    changes = list(walk(lambda d: places[(d - first).days], start=start, days=days, first=first, last=last))
    for unit in ("a", "b"):
        gained = sum(c.new == unit for c in changes) - sum(c.old == unit for c in changes)
        assert (start == unit) + gained == (places[-1] == unit)
    assert all(first <= c.on <= last and c.old != c.new for c in changes)


def test_a_child_nobody_can_entrust_is_on_no_roll_and_the_reason_says_where_it_went() -> None:
    state = said(JUNE) | {"away_pattern": "父母双方无监护能力"}
    roll = Roll(spells([(JUNE, state)], BORN, 16), lambda _: state)
    assert roll.place(JULY) is None
    assert roll.reason(JULY) == "转为困境儿童/由机构监护"


def test_reasons_written_freely_find_their_heading() -> None:
    assert reason_label("父母一方返回并有监护能力") == "父母一方返回并有监护能力"
    assert reason_label("母亲返乡照顾") == "父母一方返回并有监护能力"
    assert reason_label("户口迁出到外县") == "户籍迁出本辖区"
    assert reason_label("参军") == "其他"
    assert reason_label("") == "未采集"
