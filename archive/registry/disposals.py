"""鉴定 and 销毁 as registered: what is kept longer, what is gone, who decided it, by which certificate.

Source: 档案法 第二十一条, 第二十二条; forms.md REF-19. What stays of a destroyed paper is that it was
there and was destroyed; what it said is taken out of the registry with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  dataclass fields are read at run time
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archive import dialect
from archive.schema import readings, scan_pages, stacks, versions
from archive.schema_cases import case_papers, case_people, cases, services
from archive.schema_kept import disposals, disposed_objects, keepings, old_items

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive.registry.outbox import Outbox

GONE = "已销毁"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisposedObject:
    """An object that leaves the store."""

    object_id: str
    paper_uid: str = ""
    old_uid: str = ""
    """Both empty: a stack of scans of which no paper is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposal:
    """One decision to destroy."""

    uid: str
    decided_at: datetime
    first_by: str
    second_by: str
    items: int
    certificate: str
    """SHA-512 of the certificate in the store."""
    finished_at: datetime | None
    """When the last object was out of the store; ``None``: still to be carried through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """A decision to keep an item longer."""

    until_year: int | None
    """``None``: for ever."""
    decided_at: datetime


class Disposals:
    """The register of appraisals that ended in destruction or in keeping longer."""

    def __init__(self, connection: sa.Connection, now: datetime, outbox: Outbox) -> None:
        self._connection = connection
        self._now = now
        self._outbox = outbox

    def decide(
        self,
        uid: str,
        *,
        first_by: str,
        second_by: str,
        certificate: str,
        items: int,
        objects: Sequence[DisposedObject],
    ) -> Disposal:
        """Register a decision, and take out of the registry what the papers said.

        The caller has put the certificate into the store and purges the objects afterwards.
        """
        row = {"uid": uid, "decided_at": self._now, "first_by": first_by, "second_by": second_by}
        self._connection.execute(sa.insert(disposals).values(**row, items=items, certificate=certificate))
        for gone in objects:
            self._connection.execute(
                sa.insert(disposed_objects).values(
                    object_id=gone.object_id,
                    disposal_uid=uid,
                    paper_uid=gone.paper_uid or None,
                    old_uid=gone.old_uid or None,
                )
            )
            self._forget(gone)
        self._forget_cases()
        return self.get(uid)

    def _forget(self, gone: DisposedObject) -> None:
        if gone.paper_uid:
            said = sa.update(versions).where(versions.c.paper_uid == gone.paper_uid)
            self._connection.execute(said.values(values={}))
            read = sa.update(readings).where(readings.c.paper_uid == gone.paper_uid)
            self._connection.execute(read.values(values={}, signatures=[]))
            self._connection.execute(sa.delete(services).where(services.c.paper_uid == gone.paper_uid))
            self._outbox.add("paper", gone.paper_uid)
            return
        sha256 = gone.object_id.rpartition(":")[2]
        self._connection.execute(sa.update(stacks).where(stacks.c.sha256 == sha256).values(name=GONE))
        if gone.old_uid:
            self._connection.execute(sa.update(old_items).where(old_items.c.uid == gone.old_uid).values(title=GONE))
            self._outbox.add("item", gone.old_uid)

    def _forget_cases(self) -> None:
        """Take out who stood in a case, and its title, once the last of its papers is destroyed.

        Source: 个人信息保护法 第四十七条 (delete when the time of keeping is over), 档案法 第二十一条. While one
        paper is left, the case is what makes it understood, and stays. The number and the days stay: the
        register of numbers has no gap, and they say nothing of anybody.
        """
        went = sa.select(disposed_objects.c.paper_uid).where(disposed_objects.c.paper_uid.is_not(None))
        papers_left = sa.select(case_papers.c.case_uid).where(case_papers.c.paper_uid.not_in(went))
        papers_gone = sa.select(case_papers.c.case_uid).where(case_papers.c.paper_uid.in_(went))
        over = sa.and_(cases.c.uid.in_(papers_gone), cases.c.uid.not_in(papers_left), cases.c.title != GONE)
        uids = self._connection.execute(sa.select(cases.c.uid).where(over)).scalars().all()
        self._connection.execute(sa.delete(case_people).where(case_people.c.case_uid.in_(uids)))
        self._connection.execute(sa.update(cases).where(cases.c.uid.in_(uids)).values(title=GONE))

    def keep(self, code: str, *, until_year: int | None, first_by: str, second_by: str) -> None:
        """Register that an item is kept longer."""
        row = {"code": code, "decided_at": self._now, "until_year": until_year}
        self._connection.execute(sa.insert(keepings).values(**row, first_by=first_by, second_by=second_by))

    def kept(self) -> dict[str, Keeping]:
        """Return the last decision to keep longer, by 档号."""
        query = sa.select(keepings).order_by(keepings.c.decided_at)
        return {
            row["code"]: Keeping(until_year=row["until_year"], decided_at=row["decided_at"])
            for row in dialect.rows(self._connection, query)
        }

    def get(self, uid: str) -> Disposal:
        """Return a disposal that is registered."""
        row = dialect.first(self._connection, sa.select(disposals).where(disposals.c.uid == uid))
        assert row is not None
        return Disposal(**row)

    def all(self) -> tuple[Disposal, ...]:
        """Return every disposal, oldest first."""
        query = sa.select(disposals).order_by(disposals.c.decided_at, disposals.c.uid)
        return tuple(Disposal(**row) for row in dialect.rows(self._connection, query))

    def unfinished(self) -> tuple[Disposal, ...]:
        """Return what was decided and not carried through."""
        return tuple(one for one in self.all() if one.finished_at is None)

    def objects(self, uid: str) -> tuple[str, ...]:
        """Return the ids of the objects a disposal takes out."""
        query = sa.select(disposed_objects.c.object_id).where(disposed_objects.c.disposal_uid == uid)
        return tuple(self._connection.execute(query.order_by(disposed_objects.c.object_id)).scalars())

    def gone(self) -> frozenset[str]:
        """Return the ids of all objects that were taken out, or are about to be."""
        return frozenset(self._connection.execute(sa.select(disposed_objects.c.object_id)).scalars())

    def gone_uids(self) -> frozenset[str]:
        """Return the uids of all papers and old items that were destroyed."""
        query = sa.select(sa.func.coalesce(disposed_objects.c.paper_uid, disposed_objects.c.old_uid))
        return frozenset(uid for uid in self._connection.execute(query).scalars() if uid)

    def of_item(self, uid: str) -> str:
        """Return the disposal by which a paper or old item went; empty while it is there."""
        query = sa.select(disposed_objects.c.disposal_uid).where(
            sa.or_(disposed_objects.c.paper_uid == uid, disposed_objects.c.old_uid == uid)
        )
        return self._connection.execute(query).scalar() or ""

    def finish(self, uid: str) -> None:
        """Register that every object of a disposal is out of the store."""
        self._connection.execute(
            sa.update(disposals)
            .where(disposals.c.uid == uid, disposals.c.finished_at.is_(None))
            .values(finished_at=self._now)
        )

    def scans_left_without(self, marks: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the stacks all of whose pages belong to these marks, and those that hold others' pages too.

        Pages of papers that were destroyed before count as these marks'. Blank pages belong to nobody; a page
        on the desk, or of a mark that is not named, keeps its stack.
        """
        touched = scan_pages.c.mark_id.in_(sorted(set(marks)))
        went = sa.select(versions.c.mark_id).join(
            disposed_objects, disposed_objects.c.paper_uid == versions.c.paper_uid
        )
        wanted = {*marks, *self._connection.execute(went).scalars()}
        stacks_touched = set(self._connection.execute(sa.select(scan_pages.c.sha256).where(touched)).scalars())
        free: list[str] = []
        held: list[str] = []
        for sha256 in sorted(stacks_touched):
            query = sa.select(scan_pages.c.state, scan_pages.c.mark_id).where(scan_pages.c.sha256 == sha256)
            rows = self._connection.execute(query).all()
            count = self._connection.execute(sa.select(stacks.c.page_count).where(stacks.c.sha256 == sha256)).scalar()
            ours = all(mark in wanted or state == "blank" for state, mark in rows)
            (free if ours and len(rows) == count else held).append(sha256)
        return tuple(free), tuple(held)
