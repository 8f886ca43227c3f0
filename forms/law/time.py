"""Ages, periods and calendar arithmetic as law counts them; the day is always passed in.

Sources: 民法典 第二百条至第二百零四条, 第一千二百五十九条; 法释〔2006〕1号 第二条.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta


def same_day(day: date, *, years: int = 0, months: int = 0) -> date:
    """Return the same-numbered day some years and months on, or that month's last day."""
    index = day.year * 12 + day.month - 1 + years * 12 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def period_end(first: date, months: int) -> date:
    """Return the last day of a period of whole months that starts with ``first`` and includes it.

    The day before the same-numbered day: 2026-03-01 for 12 months ends on 2027-02-28.
    """
    return same_day(first, months=months) - timedelta(days=1)


def age_on(birth: date, day: date) -> int:
    """Return the age in full years, common convention: reached on the birthday.

    Born on 29 February: the birthday in a common year is 28 February.
    """
    years = day.year - birth.year
    return years - (day < same_day(birth, years=years))


def protected_age_on(birth: date, day: date) -> int:
    """Return the age for thresholds that protect (8, 14, 16, 18): reached the day *after* the birthday.

    Source: 民法典 第二百零一条, 第二百零二条; the same rule in 法释〔2006〕1号 第二条.
    """
    return age_on(birth, day - timedelta(days=1))


def birthday(birth: date, age: int) -> date:
    """Return the day on which ``age`` full years are reached by the common convention."""
    return same_day(birth, years=age)


def print_date(day: date) -> str:
    """Return ``2026年11月5日``: Arabic numerals without leading zeros (GB/T 9704—2012)."""
    return f"{day.year}年{day.month}月{day.day}日"
