"""What the index still owes: one row a change, written in the transaction of the change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archive.schema import outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One entry the index has to make again."""

    id: int
    """Growing, never used twice."""
    kind: str
    """``paper`` or ``child``."""
    uid: str


class Outbox:
    """Rows owed to the index; the same thing may stand in it several times."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def add(self, kind: str, uid: str) -> None:
        """Say that the index must look at something again."""
        self._connection.execute(sa.insert(outbox).values(kind=kind, uid=uid, added_at=self._now))

    def take(self, n: int) -> tuple[Owed, ...]:
        """Return the oldest rows; they stay until `done`."""
        query = sa.select(outbox.c.pk, outbox.c.kind, outbox.c.uid).order_by(outbox.c.pk).limit(n)
        return tuple(Owed(id=pk, kind=kind, uid=uid) for pk, kind, uid in self._connection.execute(query))

    def done(self, ids: Sequence[int]) -> None:
        """Remove rows that the index has committed."""
        for start in range(0, len(ids), 500):
            self._connection.execute(sa.delete(outbox).where(outbox.c.pk.in_(list(ids[start : start + 500]))))

    def count(self) -> int:
        """Return how many rows are owed."""
        return self._connection.execute(sa.select(sa.func.count()).select_from(outbox)).scalar_one()
