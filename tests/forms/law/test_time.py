"""Ages and periods as law counts them."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.law.time import age_on, birthday, period_end, print_date, protected_age_on, same_day

DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@pytest.mark.parametrize(
    ("birth", "day", "common", "protected"),
    [
        (date(2010, 3, 5), date(2026, 3, 4), 15, 15),
        (date(2010, 3, 5), date(2026, 3, 5), 16, 15),
        (date(2010, 3, 5), date(2026, 3, 6), 16, 16),
        (date(2016, 2, 29), date(2024, 2, 28), 7, 7),
        (date(2016, 2, 29), date(2024, 2, 29), 8, 7),
        (date(2016, 2, 29), date(2024, 3, 1), 8, 8),
        (date(2016, 2, 29), date(2025, 2, 28), 9, 8),
        (date(2016, 2, 29), date(2025, 3, 1), 9, 9),
        (date(2026, 1, 1), date(2026, 1, 1), 0, -1),
    ],
)
def test_an_age_that_protects_is_reached_the_day_after_the_birthday(
    birth: date, day: date, common: int, protected: int
) -> None:
    assert age_on(birth, day) == common
    assert protected_age_on(birth, day) == protected


@given(DAYS, st.integers(0, 100))
def test_the_birthday_is_the_first_day_of_an_age(birth: date, years: int) -> None:
    day = birthday(birth, years)
    assert age_on(birth, day) == years
    assert age_on(birth, day - timedelta(days=1)) == years - 1


@given(DAYS, st.integers(0, 2400))
def test_the_same_day_some_months_on_is_that_day_or_the_last_of_the_month(day: date, months: int) -> None:
    later = same_day(day, months=months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == min(day.day, calendar.monthrange(later.year, later.month)[1])


@given(DAYS, st.integers(1, 240))
def test_a_period_ends_the_day_before_the_same_day(first: date, months: int) -> None:
    assert period_end(first, months) + timedelta(days=1) == same_day(first, months=months)


def test_a_year_from_the_first_of_march_ends_on_the_last_of_february() -> None:
    assert period_end(date(2026, 3, 1), 12) == date(2027, 2, 28)
    assert period_end(date(2027, 3, 1), 12) == date(2028, 2, 29)


@given(st.dates(date(1000, 1, 1)))
def test_a_printed_date_has_no_leading_zeros(day: date) -> None:
    text = print_date(day)
    assert text == f"{day.year}年{day.month}月{day.day}日"
    assert "年0" not in text
    assert "月0" not in text
