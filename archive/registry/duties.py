"""What is due: a visit, a renewal, a report that a paper or a birthday brought with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003  dataclass fields are read at run time
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import dialect
from archive.schema import duties

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Something to be done by a day."""

    id: int
    kind: str
    """Stable name, ``visit``, ``renew``."""
    child_uid: str
    paper_uid: str
    """The paper it comes from; empty when none."""
    due_on: date
    done_on: date | None


class Duties:
    """The list of what is due."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, kind: str, *, child_uid: str, due_on: date, paper_uid: str = "") -> Duty:
        """Note a duty; an open one of the same kind, child and paper is moved to the new day."""
        same = sa.and_(
            duties.c.kind == kind,
            duties.c.child_uid == child_uid,
            duties.c.paper_uid == paper_uid if paper_uid else duties.c.paper_uid.is_(None),
            duties.c.done_on.is_(None),
        )
        pk = self._connection.execute(sa.select(duties.c.pk).where(same)).scalar()
        if pk is None:
            row = {"kind": kind, "child_uid": child_uid, "paper_uid": paper_uid or None, "due_on": due_on}
            pk = dialect.insert(self._connection, duties, row)
        else:
            self._connection.execute(sa.update(duties).where(duties.c.pk == pk).values(due_on=due_on))
        return self._where(duties.c.pk == pk)[0]

    def done(self, duty_id: int, on: date) -> None:
        """Tick a duty off."""
        self._connection.execute(sa.update(duties).where(duties.c.pk == duty_id).values(done_on=on))

    def open(self, *, until: date | None = None) -> tuple[Duty, ...]:
        """Return what is not done, the most urgent first; only what is due by a day if given."""
        condition = duties.c.done_on.is_(None)
        return self._where(condition if until is None else sa.and_(condition, duties.c.due_on <= until))

    def of_child(self, child_uid: str) -> tuple[Duty, ...]:
        """Return a child's duties, done ones included, by due day."""
        return self._where(duties.c.child_uid == child_uid)

    def _where(self, condition: sa.ColumnElement[bool]) -> tuple[Duty, ...]:
        query = sa.select(duties).where(condition).order_by(duties.c.due_on, duties.c.pk)
        return tuple(_duty(row) for row in dialect.rows(self._connection, query))


def _duty(row: Mapping[str, Any]) -> Duty:
    return Duty(
        id=row["pk"],
        kind=row["kind"],
        child_uid=row["child_uid"],
        paper_uid=row["paper_uid"] or "",
        due_on=row["due_on"],
        done_on=row["done_on"],
    )
