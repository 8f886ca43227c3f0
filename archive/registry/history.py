"""What was known to hold when: each change of a person or an arrangement, never altered, never removed.

A row says “from `valid_from` on, this aspect of the subject is `state`” and when that was recorded.
What held on a day is therefore the statement recorded last among those whose `valid_from` is not
after that day; a back-dated correction overrules what was said before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive.registry import fields
from archive.schema import history
from forms.people import Carer, Child, ChildRecord, Parent, Person
from forms.values.blank import Blank

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime


class History:
    """The history of people and of who stands where to a child."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def add(self, subject: str, aspect: str, state: Mapping[str, Any] | None, *, valid_from: date, source: str) -> None:
        """Record a state; ``None`` says that there is nobody in this place (不适用)."""
        self._connection.execute(
            sa.insert(history).values(
                subject_uid=subject,
                aspect=aspect,
                valid_from=valid_from,
                recorded_at=self._now,
                source=source[:200],
                state=None if state is None else fields.jsonable(state),
            )
        )

    def record_on(self, child_uid: str, day: date, known_at: datetime | None = None) -> ChildRecord | None:
        """Return the child and the people around it as they were on a day; ``None`` before the first record.

        Args:
            child_uid: Whose record.
            day: The day the facts held.
            known_at: Leave out what was recorded later than this; everything by default.
        """
        state = self._state(child_uid, "child", day, known_at)
        person = self._person(child_uid, day, known_at)
        if state is None or person is None:
            return None
        child = Child(person=person, village_uid=state["village_uid"], **fields.from_row(state, fields.CHILD))
        contact = self._state(child_uid, "contact", day, known_at)
        return ChildRecord(
            child=child,
            father=self._parent(child_uid, "father", state, day, known_at),
            mother=self._parent(child_uid, "mother", state, day, known_at),
            carer=self._carer(child_uid, state, day, known_at),
            emergency_contact=_gap(state, "contact") if contact is None else fields.contact_from(contact),
        )

    def carer_on(self, child_uid: str, day: date, known_at: datetime | None = None) -> Carer | Blank:
        """Return who was the carer of a child on a day."""
        state = self._state(child_uid, "child", day, known_at)
        return Blank.NOT_COLLECTED if state is None else self._carer(child_uid, state, day, known_at)

    def _parent(
        self, child_uid: str, role: str, child: Mapping[str, Any], day: date, known_at: datetime | None
    ) -> Parent | Blank:
        state = self._state(child_uid, role, day, known_at)
        person = None if state is None else self._person(state["person_uid"], day, known_at)
        if state is None or person is None:
            return _gap(child, role)
        return Parent(person=person, **fields.from_row(state, fields.PARENT))

    def _carer(self, child_uid: str, child: Mapping[str, Any], day: date, known_at: datetime | None) -> Carer | Blank:
        state = self._state(child_uid, "carer", day, known_at)
        person = None if state is None else self._person(state["person_uid"], day, known_at)
        if state is None or person is None:
            return _gap(child, "carer")
        return Carer(person=person, **fields.from_row(state, fields.CARER))

    def _person(self, uid: str, day: date, known_at: datetime | None) -> Person | None:
        state = self._state(uid, "person", day, known_at)
        return None if state is None else fields.person_from(state | {"uid": uid})

    def _state(self, subject: str, aspect: str, day: date, known_at: datetime | None) -> fields.Row | None:
        query = sa.select(history.c.state).where(
            history.c.subject_uid == subject, history.c.aspect == aspect, history.c.valid_from <= day
        )
        if known_at is not None:
            query = query.where(history.c.recorded_at <= known_at)
        state = self._connection.execute(query.order_by(history.c.pk.desc()).limit(1)).scalar()
        return None if state is None else fields.unjsonable(state)


def _gap(child: Mapping[str, Any], role: str) -> Blank:
    return Blank.NOT_APPLICABLE if role in child["gaps"] else Blank.NOT_COLLECTED
