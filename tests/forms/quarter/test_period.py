"""Spans of days that tables speak about."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.quarter.period import Period, PeriodError

DAYS = st.dates(date(2010, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("typed", "code", "label", "last"),
    [
        ("2026Q3", "2026Q3", "2026年第三季度", date(2026, 9, 30)),
        ("2026年第四季度", "2026Q4", "2026年第四季度", date(2026, 12, 31)),
        ("2026", "2026", "2026年", date(2026, 12, 31)),
        ("2017-01-01..2017-08-31", "2017-01-01..2017-08-31", "2017年1月1日至8月31日", date(2017, 8, 31)),
        ("2026-07-01..2026-09-30", "2026Q3", "2026年第三季度", date(2026, 9, 30)),
        ("2025-12-01..2026-02-28", "2025-12-01..2026-02-28", "2025年12月1日至2026年2月28日", date(2026, 2, 28)),
    ],
)
def test_a_period_is_read_as_offices_write_it(typed: str, code: str, label: str, last: date) -> None:
    period = Period.parse(typed)
    assert (period.code, period.label, period.to_on) == (code, label, last)


@pytest.mark.parametrize("typed", ["", "2026Q5", "第三季度", "2026-02-30..2026-03-01", "2026-03-02..2026-03-01"])
def test_what_is_not_a_period_is_refused_with_the_three_ways_to_write_one(typed: str) -> None:
    with pytest.raises(PeriodError, match="2026Q3"):
        Period.parse(typed)


@given(first=DAYS, length=st.integers(0, 800))
def test_the_code_of_a_period_reads_back_as_the_same_period(first: date, length: int) -> None:
    period = Period(from_on=first, to_on=first + timedelta(days=length))
    assert Period.parse(period.code) == period
    assert period.from_on in period
    assert period.to_on in period
    assert period.to_on + timedelta(days=1) not in period


@given(year=st.integers(2010, 2040), number=st.integers(1, 4))
def test_quarters_follow_one_another_without_a_gap(year: int, number: int) -> None:
    quarter = Period.quarter(year, number)
    assert quarter.follows(quarter.quarter_before())


@given(first=DAYS, length=st.integers(0, 800))
def test_the_quarter_before_ends_before_and_none_lies_between(first: date, length: int) -> None:
    period = Period(from_on=first, to_on=first + timedelta(days=length))
    before = period.quarter_before()
    assert before.is_quarter
    assert before.to_on < first
    assert (first - before.to_on).days <= 92
