"""Working days: the notices as data, an office's own years, and doubt where nothing is known."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.law.calendar import DayCount, WorkingCalendar
from forms.strict import BadDataFileError

if TYPE_CHECKING:
    from pathlib import Path

CALENDAR = WorkingCalendar.load()
KNOWN = st.dates(date(2023, 2, 1), date(2026, 11, 30))


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 10, 1), False),  # National Day, a Thursday
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # a Saturday worked in exchange
        (date(2026, 10, 11), False),  # a Sunday
        (date(2026, 2, 14), True),  # the Saturday before the Spring Festival
        (date(2026, 2, 23), False),  # its last day, a Monday
    ],
)
def test_a_day_is_worked_as_the_notice_of_its_year_says(day: date, *, worked: bool) -> None:
    assert CALENDAR.is_worked(day) is worked


def test_three_working_days_over_the_national_day_leave_the_holidays_out() -> None:
    counted = CALENDAR.after(date(2026, 9, 29), 3)
    assert counted.day == date(2026, 10, 9)
    assert counted.is_certain


def test_a_period_that_ends_on_a_holiday_ends_on_the_next_working_day() -> None:
    assert CALENDAR.worked_on_or_after(date(2026, 10, 3)).day == date(2026, 10, 8)


def test_a_year_nobody_has_entered_is_counted_by_weekdays_and_says_so() -> None:
    counted = CALENDAR.after(date(2026, 12, 30), 3)
    assert counted.day == date(2027, 1, 4)
    assert not counted.is_certain
    assert "calendar.toml" in counted.doubt


def test_an_office_adds_a_year_and_the_doubt_is_gone(tmp_path: Path) -> None:
    (tmp_path / "calendar.toml").write_text(
        '[[year]]\nyear = 2027\nsource = "通知"\noff = ["2027-01-01/2027-01-03"]\nwork = ["2027-01-09"]\n', "utf-8"
    )
    counted = WorkingCalendar.load(tmp_path).after(date(2026, 12, 30), 3)
    assert counted.day == date(2027, 1, 5)
    assert counted.is_certain
    assert not counted.doubt


def test_an_office_replaces_a_year_of_ours(tmp_path: Path) -> None:
    (tmp_path / "calendar.toml").write_text(
        '[[year]]\nyear = 2026\nsource = "地方通知"\noff = ["2026-04-20"]\n', "utf-8"
    )
    own = WorkingCalendar.load(tmp_path)
    assert not own.is_worked(date(2026, 4, 20))
    assert own.is_worked(date(2026, 10, 1))


@pytest.mark.parametrize(
    "text",
    ['off = ["2027-13-01"]', 'off = ["2026-12-31"]', 'off = ["2027-05-03/2027-05-01"]', 'work = ["2027-01-01"]'],
)
def test_a_calendar_that_cannot_be_meant_is_refused_by_name(tmp_path: Path, text: str) -> None:
    more = 'off = ["2027-01-01"]\n' if text.startswith("work") else ""
    (tmp_path / "calendar.toml").write_text(f'[[year]]\nyear = 2027\nsource = "通知"\n{more}{text}\n', "utf-8")
    with pytest.raises(BadDataFileError, match=r"calendar\.toml"):
        WorkingCalendar.load(tmp_path)


@given(KNOWN, st.integers(1, 20))
def test_between_a_day_and_the_last_of_a_period_lie_just_so_many_worked_days(start: date, count: int) -> None:
    last = CALENDAR.after(start, count).day
    assert CALENDAR.is_worked(last)
    between = [start + timedelta(days=n) for n in range(1, (last - start).days + 1)]
    assert sum(CALENDAR.is_worked(day) for day in between) == count


@given(KNOWN.filter(CALENDAR.is_worked), st.integers(1, 20))
def test_counting_back_undoes_counting_on(start: date, count: int) -> None:
    assert CALENDAR.after(CALENDAR.after(start, count).day, -count).day == start


@given(KNOWN, st.integers(-40, 400))
def test_calendar_days_are_never_moved(start: date, days: int) -> None:
    assert CALENDAR.count(start, days, DayCount.CALENDAR).day == start + timedelta(days=days)
