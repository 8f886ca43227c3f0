"""What a signed paper opens and closes: duties with their day, from the form's own declaration."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from forms.conditions import NAMED, holds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archive.registry import Tx
    from archive.registry.paper_states import PaperRecord
    from forms.facts import Value
    from forms.spec import FormSpec


def open_duties(tx: Tx, spec: FormSpec, paper: PaperRecord, values: Mapping[str, Value], signed_on: date) -> None:
    """Record the duties that a paper opens at signing, and tick off those it closes.

    Counted in calendar days; working days need the calendar of holidays.
    """
    if not paper.child_uid:
        return
    closed = {duty.duty for duty in spec.closes if holds(duty.when, values) is not False}
    for duty in tx.duties.of_child(paper.child_uid):
        if duty.done_on is None and duty.kind in closed:
            tx.duties.done(duty.id, signed_on)
    move_duties(tx, spec, paper, values, signed_on)


def move_duties(tx: Tx, spec: FormSpec, paper: PaperRecord, values: Mapping[str, Value], signed_on: date) -> None:
    """Record what a paper opens, counted from what is known of it now; what was done stays done."""
    if not paper.child_uid:
        return
    done = {d.kind for d in tx.duties.of_child(paper.child_uid) if d.paper_uid == paper.uid and d.done_on is not None}
    for opened in spec.opens:
        if opened.duty in done:
            continue
        if opened.when not in NAMED and holds(opened.when, values) is not True:
            continue
        start = values.get(opened.field) if opened.field else signed_on
        if isinstance(start, date):
            day = start.date() if isinstance(start, datetime) else start
            due = day + timedelta(days=opened.days)
            tx.duties.add(opened.duty, child_uid=paper.child_uid, due_on=due, paper_uid=paper.uid)
