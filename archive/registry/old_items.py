"""旧档: files scanned before this program, known by the digest of their bytes, so that a run can be resumed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime  # noqa: TC003  dataclass fields are read at run time
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archive import dialect
from archive.registry.uids import new_uid
from archive.schema import children, people, person_terms
from archive.schema_kept import old_items
from forms.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from archive.registry.outbox import Outbox


class OldItemNotFoundError(NotFoundError):
    """No old item by that uid or digest."""

    code = "old-item.not-found"

    def __init__(self, uid: str) -> None:
        super().__init__(f"没有编号为“{uid}”的旧档。请核对后再试。")


@dataclass(frozen=True, slots=True, kw_only=True)
class OldItem:
    """One file taken over."""

    uid: str
    sha256: str
    title: str
    child_uid: str
    """Empty while nobody has said whose it is, and for papers of a whole village."""
    village_uid: str
    year: int | None
    made_on: date | None
    has_text: bool
    """Its text layer was kept and is searched."""
    reference_code: str
    adopted_at: datetime
    adopted_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedChild:
    """What is needed to tell whose an old file is."""

    uid: str
    village_uid: str
    birth: date | None


class OldItems:
    """The register of old files."""

    def __init__(self, connection: sa.Connection, now: datetime, outbox: Outbox) -> None:
        self._connection = connection
        self._now = now
        self._outbox = outbox

    def add(
        self,
        sha256: str,
        *,
        title: str,
        by: str,
        child_uid: str = "",
        village_uid: str = "",
        year: int | None = None,
        made_on: date | None = None,
        has_text: bool = False,
    ) -> OldItem:
        """Register a file; the same bytes again change nothing. Its stack must be received first."""
        row = {
            "uid": new_uid(),
            "sha256": sha256,
            "title": title,
            "child_uid": child_uid or None,
            "village_uid": village_uid or None,
            "year": year,
            "made_on": made_on,
            "has_text": has_text,
            "adopted_at": self._now,
            "adopted_by": by,
        }
        if dialect.add_if_absent(self._connection, old_items, row):
            self._outbox.add("item", str(row["uid"]))
        item = self.by_digest(sha256)
        assert item is not None
        return item

    def place(self, uid: str, *, child_uid: str, village_uid: str) -> OldItem:
        """Say whose it is."""
        self._connection.execute(
            sa.update(old_items).where(old_items.c.uid == uid).values(child_uid=child_uid, village_uid=village_uid)
        )
        self._outbox.add("item", uid)
        return self.get(uid)

    def get(self, uid: str) -> OldItem:
        """Return an old item.

        Raises:
            OldItemNotFoundError: no such uid.
        """
        found = self._where(old_items.c.uid == uid)
        if not found:
            raise OldItemNotFoundError(uid)
        return found[0]

    def by_uid(self, uid: str) -> OldItem | None:
        """Return an old item, or ``None``."""
        return next(iter(self._where(old_items.c.uid == uid)), None)

    def by_digest(self, sha256: str) -> OldItem | None:
        """Return the item made of these bytes, or ``None``."""
        return next(iter(self._where(old_items.c.sha256 == sha256)), None)

    def of_child(self, child_uid: str) -> tuple[OldItem, ...]:
        """Return a child's old items, oldest year first."""
        return self._where(old_items.c.child_uid == child_uid)

    def of_year(self, year: int) -> tuple[OldItem, ...]:
        """Return the old items of a year."""
        return self._where(old_items.c.year == year)

    def children_called(self, names: Sequence[str]) -> dict[str, tuple[NamedChild, ...]]:
        """Return the children who have, or once had, one of these names; by name."""
        found: dict[str, dict[str, NamedChild]] = {}
        columns = (people.c.uid, children.c.village_uid, people.c.birth)
        own = sa.select(people.c.name, *columns).join(children, children.c.uid == people.c.uid)
        other = (
            sa.select(person_terms.c.term, *columns)
            .join(people, people.c.uid == person_terms.c.person_uid)
            .join(children, children.c.uid == people.c.uid)
            .where(person_terms.c.kind == "alias")
        )
        for query, column in ((own, people.c.name), (other, person_terms.c.term)):
            for name, uid, village, birth in self._connection.execute(query.where(column.in_(list(names)))):
                found.setdefault(name, {})[uid] = NamedChild(uid=uid, village_uid=village, birth=birth)
        return {name: tuple(by_uid.values()) for name, by_uid in found.items()}

    def child_numbered(self, id_number: str) -> NamedChild | None:
        """Return the child of an identity number."""
        query = (
            sa.select(people.c.uid, children.c.village_uid, people.c.birth)
            .join(children, children.c.uid == people.c.uid)
            .where(people.c.id_number == id_number)
        )
        row = self._connection.execute(query).first()
        return NamedChild(uid=row[0], village_uid=row[1], birth=row[2]) if row else None

    def count(self) -> int:
        """Return how many there are."""
        return self._connection.execute(sa.select(sa.func.count()).select_from(old_items)).scalar_one()

    def uids(self) -> Iterator[str]:
        """Yield all uids in the order of taking over."""
        yield from self._connection.execute(sa.select(old_items.c.uid).order_by(old_items.c.pk)).scalars()

    def _where(self, condition: sa.ColumnElement[bool]) -> tuple[OldItem, ...]:
        query = sa.select(old_items).where(condition).order_by(old_items.c.year, old_items.c.made_on, old_items.c.pk)
        return tuple(_item(row) for row in dialect.rows(self._connection, query))


def _item(row: Mapping[str, Any]) -> OldItem:
    words = {key: row[key] or "" for key in ("child_uid", "village_uid", "reference_code")}
    return OldItem(**{key: value for key, value in row.items() if key != "pk"} | words)
