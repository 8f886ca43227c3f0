"""档号 as given out: once, in order within the lowest class, void ones kept.

Source: DA/T 22—2015 §5.4 (件号 continuous within the lowest class), forms.md §12.3. The counter, the
code and the item's own row change in one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archive import dialect
from archive.reference_code import LAST_ITEM, ClassFullError, ReferenceCode
from archive.schema import papers, versions
from archive.schema_kept import disposed_objects, old_items, reference_classes, reference_codes
from forms.errors import NotFoundError, RefusedError
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from archive.reference_code import ItemClass
    from archive.registry.outbox import Outbox


class CodeNotGivenError(NotFoundError):
    """A 档号 that was never given."""

    code = "reference-code.not-given"

    def __init__(self, text: str) -> None:
        super().__init__(f"没有编过档号“{text}”。请核对后再试。")


class CodeVoidError(RefusedError):
    """A 档号 that is void already."""

    code = "reference-code.void"

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"档号“{text}”已经作废（{reason}），保留不再使用。")


class HasCodeError(RefusedError):
    """The item has a 档号 already."""

    code = "reference-code.given"

    def __init__(self, uid: str, present: str) -> None:
        super().__init__(f"{uid} 已经有档号“{present}”，一件只编一个档号。编错的先作废，再重新编。")


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenCode:
    """A 档号 and what it was given to."""

    code: ReferenceCode
    paper_uid: str
    """Empty for an old item."""
    old_uid: str
    """Empty for a paper."""
    given_at: datetime
    given_by: str
    void_reason: str
    """Empty while it is good."""

    @property
    def uid(self) -> str:
        """Of the paper or the old item."""
        return self.paper_uid or self.old_uid


class Codes:
    """The office's 档号."""

    def __init__(self, connection: sa.Connection, now: datetime, outbox: Outbox) -> None:
        self._connection = connection
        self._now = now
        self._outbox = outbox

    def give(self, item_class: ItemClass, *, by: str, paper_uid: str = "", old_uid: str = "") -> ReferenceCode:
        """Give the next code of a class to a paper or an old item.

        Raises:
            HasCodeError: it has one.
            ClassFullError: the class has used its four digits.
        """
        table, uid = (papers, paper_uid) if paper_uid else (old_items, old_uid)
        present = self._connection.execute(sa.select(table.c.reference_code).where(table.c.uid == uid)).scalar()
        if present:
            raise HasCodeError(uid, present)
        name = str(item_class)
        dialect.add_if_absent(self._connection, reference_classes, {"name": name, "last": 0})
        item = self._connection.execute(
            sa.update(reference_classes)
            .where(reference_classes.c.name == name, reference_classes.c.last < LAST_ITEM)
            .values(last=reference_classes.c.last + 1)
            .returning(reference_classes.c.last)
        ).scalar()
        if item is None:
            raise ClassFullError(name)
        code = item_class.code(item)
        row = {"code": str(code), "class_name": name, "item": item, "given_at": self._now, "given_by": by}
        row |= {"paper_uid": paper_uid or None, "old_uid": old_uid or None}
        self._connection.execute(sa.insert(reference_codes).values(**row))
        self._connection.execute(sa.update(table).where(table.c.uid == uid).values(reference_code=str(code)))
        self._outbox.add("paper" if paper_uid else "item", uid)
        return code

    def void(self, code: ReferenceCode, reason: str) -> GivenCode:
        """Withdraw a code for good; its item has none afterwards and may be given another.

        Raises:
            CodeNotGivenError: it was never given.
            CodeVoidError: it is void already.
        """
        given = self.get(code)
        if given.void_reason:
            raise CodeVoidError(str(code), given.void_reason)
        self._connection.execute(
            sa.update(reference_codes)
            .where(reference_codes.c.code == str(code))
            .values(void_at=self._now, void_reason=reason or "未注明原因")
        )
        table = papers if given.paper_uid else old_items
        self._connection.execute(sa.update(table).where(table.c.uid == given.uid).values(reference_code=None))
        self._outbox.add("paper" if given.paper_uid else "item", given.uid)
        return given

    def get(self, code: ReferenceCode) -> GivenCode:
        """Return what a code was given to.

        Raises:
            CodeNotGivenError: it was never given.
        """
        query = sa.select(reference_codes).where(reference_codes.c.code == str(code))
        row = dialect.first(self._connection, query)
        if row is None:
            raise CodeNotGivenError(str(code))
        return _given(row)

    def of_year(self, year: int) -> tuple[GivenCode, ...]:
        """Return every code of a year, void ones included, by class and 件号."""
        return tuple(given for given in self.all() if given.code.item_class.year == year)

    def without(self, year: int) -> tuple[str, ...]:
        """Return the uids of archived papers and placed old items of a year that have no code, oldest first.

        The year is that of the signed version's date (forms.md §12.3: documents spanning years, date of
        signing). What was destroyed is not numbered any more.
        """
        day = sa.func.coalesce(versions.c.signed_on, versions.c.made_on)
        made = (
            sa.select(papers.c.uid)
            .join(
                versions, sa.and_(versions.c.paper_uid == papers.c.uid, versions.c.version == papers.c.signed_version)
            )
            .where(
                versions.c.status == PaperStatus.ARCHIVED.value,
                day.between(date(year, 1, 1), date(year, 12, 31)),
                papers.c.reference_code.is_(None),
                papers.c.uid.not_in(_gone(disposed_objects.c.paper_uid)),
            )
            .order_by(papers.c.pk)
        )
        old = (
            sa.select(old_items.c.uid)
            .where(
                old_items.c.year == year,
                old_items.c.reference_code.is_(None),
                old_items.c.child_uid.is_not(None) | old_items.c.village_uid.is_not(None),
                old_items.c.uid.not_in(_gone(disposed_objects.c.old_uid)),
            )
            .order_by(old_items.c.pk)
        )
        return (*self._connection.execute(made).scalars(), *self._connection.execute(old).scalars())

    def unplaced_old(self, year: int) -> tuple[str, ...]:
        """Return the uids of old items of a year of which nobody has said whose they are."""
        query = sa.select(old_items.c.uid).where(
            old_items.c.year == year, old_items.c.child_uid.is_(None), old_items.c.village_uid.is_(None)
        )
        return tuple(self._connection.execute(query).scalars())

    def all(self) -> tuple[GivenCode, ...]:
        """Return every code ever given, void ones included, by class and 件号."""
        query = sa.select(reference_codes).order_by(reference_codes.c.class_name, reference_codes.c.item)
        return tuple(_given(row) for row in dialect.rows(self._connection, query))


def _gone(column: sa.ColumnElement[str]) -> sa.Select[Any]:
    return sa.select(column).where(column.is_not(None))


def _given(row: Mapping[str, Any]) -> GivenCode:
    return GivenCode(
        code=ReferenceCode.parse(row["code"]),
        paper_uid=row["paper_uid"] or "",
        old_uid=row["old_uid"] or "",
        given_at=row["given_at"],
        given_by=row["given_by"],
        void_reason=row["void_reason"] or "",
    )
