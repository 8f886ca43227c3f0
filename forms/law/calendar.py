"""工作日历: which days are worked, from the yearly notices of the State Council as data.

Statutory holidays and the weekends worked in exchange cannot be computed (forms.md §10), so the days
stand in `holidays.toml`; an office adds a year, or replaces one, in its own ``calendar.toml``. For a
year in neither, Monday to Friday count as worked and every answer says that it is not certain.

Source: 民法典 第二百零一条至第二百零四条; 全国年节及纪念日放假办法.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from forms.law.time import same_day
from forms.strict import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from forms.strict import Table

CALENDAR_FILE = "calendar.toml"
_SATURDAY = 5
_DAY = timedelta(days=1)


class DayCount(StrEnum):
    """How days of a deadline are counted (V-PERIOD, forms.md §10)."""

    CALENDAR = "calendar"
    WORKING = "working"
    MONTHS = "months"


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """What one notice says about one year."""

    year: int
    source: str
    off: frozenset[date]
    """Days off, weekends among them or not."""
    work: frozenset[date]
    """Saturdays and Sundays that are worked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A day that was counted to."""

    day: date
    is_certain: bool
    """False: on the way lay a year whose holidays nobody has entered."""

    @property
    def doubt(self) -> str:
        """What to tell a person; empty when the day is certain."""
        if self.is_certain:
            return ""
        return f"{self.day.year}年的节假日安排还没有录入，这个日期按周一至周五推算；通知发布后请写入 {CALENDAR_FILE}。"


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The days worked, year by year."""

    years: Mapping[int, Year] = field(default_factory=dict)

    @classmethod
    def load(cls, office: Path | None = None) -> WorkingCalendar:
        """Read the built-in years, then those of an office folder.

        Args:
            office: The office folder; its ``calendar.toml`` need not be there.

        Raises:
            BadDataFileError: a file cannot be used.
        """
        years = dict(_built_in())
        own = office / CALENDAR_FILE if office is not None else None
        if own is not None and own.is_file():
            years |= {year.year: year for year in _read(own)}
        return cls(years)

    def knows(self, day: date) -> bool:
        """Tell whether the holidays of a day's year were entered."""
        return day.year in self.years

    def is_worked(self, day: date) -> bool:
        """Tell whether a day is worked; Monday to Friday where nothing is known."""
        year = self.years.get(day.year)
        if year is not None and day in year.work:
            return True
        return day.weekday() < _SATURDAY and (year is None or day not in year.off)

    def worked_on_or_after(self, day: date) -> Counted:
        """Return the day itself, or the next one that is worked (民法典 第二百零三条)."""
        start = day
        while not self.is_worked(day):
            day += _DAY
        return Counted(day=day, is_certain=self.knows(start) and self.knows(day))

    def after(self, day: date, count: int) -> Counted:
        """Return the last day of a period of working days.

        Args:
            day: From which is counted; itself not counted.
            count: Working days; negative counts back, 0 is the day itself.
        """
        step = _DAY if count >= 0 else -_DAY
        found, left, certain = day, abs(count), self.knows(day) or not count
        while left:
            found += step
            certain = certain and self.knows(found)
            left -= self.is_worked(found)
        return Counted(day=found, is_certain=certain)

    def count(self, day: date, number: int, unit: DayCount) -> Counted:
        """Return the last day of a period; calendar days and months are not moved for holidays.

        Args:
            day: From which is counted; itself not counted.
            number: How many days or months; may be negative.
            unit: What is counted.
        """
        if unit is DayCount.WORKING:
            return self.after(day, number)
        if unit is DayCount.MONTHS:
            return Counted(day=same_day(day, months=number), is_certain=True)
        return Counted(day=day + timedelta(days=number), is_certain=True)


@cache
def _built_in() -> Mapping[int, Year]:
    return {year.year: year for year in _read(files("forms.law").joinpath("holidays.toml"))}


def _read(file: Traversable) -> Iterator[Year]:
    table = read_toml(file)
    for entry in table.tables("year"):
        number = entry.number("year")
        year = Year(
            year=number,
            source=entry.text("source"),
            off=frozenset(_days(entry, "off", number)),
            work=frozenset(_days(entry, "work", number)),
        )
        entry.close()
        both = sorted(year.off & year.work)
        if both:
            raise entry.bad("work", f"里的 {both[0]} 在 off 里也有，一天不能既放假又上班")
        yield year
    table.close()


def _days(entry: Table, key: str, year: int) -> Iterator[date]:
    for text in entry.texts(key):
        first, mark, last = text.partition("/")
        try:
            start = date.fromisoformat(first.strip())
            stop = date.fromisoformat(last.strip()) if mark else start
        except ValueError:
            raise entry.bad(key, f"里的“{text}”不是日期，写成“{year}-10-01”或者“{year}-10-01/{year}-10-07”") from None
        if not start <= stop or {start.year, stop.year} != {year}:
            raise entry.bad(key, f"里的“{text}”不在 {year} 年里，或者起止颠倒；跨年的请分两年写")
        yield from (start + timedelta(days=n) for n in range((stop - start).days + 1))
