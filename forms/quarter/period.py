"""The span of days a table speaks about: a quarter, a year, or any dates a notice names.

Source: forms.md §6 C1 (“a period is any date range, not only a quarter”), R-18.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from forms.errors import AppError


class PeriodError(AppError):
    """A period that cannot be understood."""

    code = "period-unknown"
    exit_code = 2

    def __init__(self, text: str) -> None:
        super().__init__(
            f"看不懂统计区间“{text}”。请写成 2026Q3（季度）、2026（全年），或 2017-01-01..2017-08-31（任意起止日期）。"
        )


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Period:
    """Both days belong to it; stocks are taken on `to_on`, flows counted from `from_on` to `to_on`."""

    from_on: date
    to_on: date

    def __post_init__(self) -> None:
        if self.from_on > self.to_on:
            raise PeriodError(f"{self.from_on}..{self.to_on}")

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read 2026Q3, 2026年第三季度, 2026 or 2017-01-01..2017-08-31."""
        plain = text.strip().upper()
        if found := re.fullmatch(r"(\d{4})(?:Q|年第?)([1-4一二三四])(?:季度)?", plain):
            year, number = int(found[1]), "一二三四".find(found[2]) + 1 or int(found[2])
            return cls.quarter(year, number)
        if found := re.fullmatch(r"(\d{4})年?", plain):
            return cls(from_on=date(int(found[1]), 1, 1), to_on=date(int(found[1]), 12, 31))
        if found := re.fullmatch(r"(\d{4}-\d{2}-\d{2})(?:\.\.|…|—|至)(\d{4}-\d{2}-\d{2})", plain):
            try:
                return cls(from_on=date.fromisoformat(found[1]), to_on=date.fromisoformat(found[2]))
            except ValueError:
                raise PeriodError(text) from None
        raise PeriodError(text)

    @classmethod
    def quarter(cls, year: int, number: int) -> Period:
        """Return a quarter of a year, 1 to 4."""
        end = date(year + number // 4, number * 3 % 12 + 1, 1) - timedelta(days=1)
        return cls(from_on=date(year, number * 3 - 2, 1), to_on=end)

    @property
    def code(self) -> str:
        """How it is typed and stored: 2026Q3, 2026, 2017-01-01..2017-08-31."""
        year = self.from_on.year
        for number in (1, 2, 3, 4):
            if self == Period.quarter(year, number):
                return f"{year}Q{number}"
        if (self.from_on, self.to_on) == (date(year, 1, 1), date(year, 12, 31)):
            return str(year)
        return f"{self.from_on}..{self.to_on}"

    @property
    def label(self) -> str:
        """How it is printed: 2026年第三季度, 2026年, 2017年1月1日至8月31日."""
        code = self.code
        if "Q" in code:
            return f"{self.from_on.year}年第{'一二三四'[int(code[-1]) - 1]}季度"
        if ".." not in code:
            return f"{code}年"
        first, last = self.from_on, self.to_on
        year = "" if first.year == last.year else f"{last.year}年"
        return f"{first.year}年{first.month}月{first.day}日至{year}{last.month}月{last.day}日"

    @property
    def is_quarter(self) -> bool:
        """Tell a calendar quarter from a special edition."""
        return "Q" in self.code

    def __contains__(self, day: date) -> bool:
        return self.from_on <= day <= self.to_on

    def follows(self, other: Period) -> bool:
        """Tell whether this period begins on the day after the other ends (R-18)."""
        return self.from_on == other.to_on + timedelta(days=1)

    def quarter_before(self) -> Period:
        """Return the calendar quarter that ended last before this period begins."""
        before = self.from_on - timedelta(days=1)
        last = Period.quarter(before.year, (before.month + 2) // 3)
        if last.to_on < self.from_on:
            return last
        start = last.from_on - timedelta(days=1)
        return Period.quarter(start.year, (start.month + 2) // 3)
