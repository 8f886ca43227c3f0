"""What a signed paper opens and closes: duties with their day, from the form's own declaration.

Days are counted as the form says: calendar days, months, or working days by the office's calendar. A
region's threshold may bring a day forward and never puts it off.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from forms.cases.conditions import NAMED, holds
from forms.cases.facts import PaperRef, as_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archive.registry import Tx
    from archive.registry.duties import Duty
    from archive.registry.paper_states import PaperRecord
    from docgen.workspace.office.opened import Office
    from forms.cases.facts import Value
    from forms.law.calendar import Counted, WorkingCalendar
    from forms.profiles.region import RegionProfile
    from forms.spec import DutySpec, FormSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How an office counts days."""

    calendar: WorkingCalendar
    profile: RegionProfile

    @classmethod
    def of(cls, office: Office) -> Clock:
        """Return the clock of an office: its calendar, its region's thresholds."""
        return cls(calendar=office.calendar, profile=office.profile)

    def due(self, duty: DutySpec, start: date) -> Counted:
        """Return the day by which a duty that runs from `start` is due."""
        days = duty.days
        if duty.threshold:
            days = min(days, self.profile.thresholds.get(duty.threshold, days))
        return self.calendar.count(start, days, duty.count)


def open_duties(
    tx: Tx, spec: FormSpec, paper: PaperRecord, values: Mapping[str, Value], signed_on: date, *, clock: Clock
) -> None:
    """Record the duties that a paper opens at signing, and tick off those it closes.

    Args:
        tx: The transaction that files the paper.
        spec: Its form.
        paper: The signed paper.
        values: What is known of its signed version.
        signed_on: Day of the last signature.
        clock: How days are counted.
    """
    if paper.child_uid:
        closing = [duty for duty in spec.closes if holds(duty.when, values) is not False]
        for duty in tx.duties.of_child(paper.child_uid):
            if duty.done_on is None and any(_closes(c, duty, values) for c in closing):
                tx.duties.done(duty.id, signed_on)
    move_duties(tx, spec, paper, values, signed_on, clock=clock)


def _closes(closing: DutySpec, duty: Duty, values: Mapping[str, Value]) -> bool:
    """Tell whether a duty is closed; one that names a paper in its field closes what that paper opened."""
    if duty.kind != closing.duty:
        return False
    ref = values.get(closing.field) if closing.field else None
    return not isinstance(ref, PaperRef) or ref.uid == duty.paper_uid


def move_duties(
    tx: Tx, spec: FormSpec, paper: PaperRecord, values: Mapping[str, Value], signed_on: date, *, clock: Clock
) -> None:
    """Record what a paper opens, counted from what is known of it now; what was done stays done."""
    for child_uid, opened, start in opened_by(spec, paper.child_uid, values, signed_on):
        known = tx.duties.of_child(child_uid)
        if any(d.kind == opened.duty and d.paper_uid == paper.uid and d.done_on is not None for d in known):
            continue
        due = clock.due(opened, start).day
        tx.duties.add(opened.duty, child_uid=child_uid, due_on=due, paper_uid=paper.uid)


def opened_by(
    spec: FormSpec, child_uid: str, values: Mapping[str, Value], signed_on: date
) -> Iterator[tuple[str, DutySpec, date]]:
    """Yield for each duty of a paper the child, the duty and the day it is counted from."""
    for opened in spec.opens:
        if opened.rows:
            for row in as_rows(values.get(opened.rows)):
                of_row = {**values, **row}
                start = _start(opened, of_row, signed_on)
                if start is not None and row.get("child_uid") and _is_due(opened, of_row):
                    yield str(row["child_uid"]), opened, start
        elif child_uid and _is_due(opened, values):
            start = _start(opened, values, signed_on)
            if start is not None:
                yield child_uid, opened, start


def _is_due(opened: DutySpec, values: Mapping[str, Value]) -> bool:
    return opened.when in NAMED or holds(opened.when, values) is True


def _start(opened: DutySpec, values: Mapping[str, Value], signed_on: date) -> date | None:
    """Return the day to count from; a duty that repeats runs from the signature while its own day is not known."""
    if not opened.field:
        return signed_on
    value = values.get(opened.field)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return signed_on + timedelta(days=opened.every) if opened.every else None
