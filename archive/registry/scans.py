"""What came in from the scanner: files by the digest of their bytes, their pages, what waits at the desk.

A page is in one state: filed with its paper, waiting for the other pages of it, at the desk for a
person to look at, blank, or a duplicate: a further scan of a filed one, or one that a person set
aside. No page is ever dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  dataclass fields are read at run time
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import dialect
from archive.schema import desk_items, scan_pages, stacks
from archive.schema_kept import old_items
from archive.store import scan_object
from forms.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class PageState(StrEnum):
    """Where a scanned page stands."""

    FILED = "filed"
    WAITING = "waiting"
    DESK = "desk"
    BLANK = "blank"
    DUPLICATE = "duplicate"


class DeskItemNotFoundError(NotFoundError):
    """No such item at the desk."""

    code = "desk.not-found"

    def __init__(self, item: int) -> None:
        super().__init__(f"待办桌面上没有第 {item} 项，可能已经办过。请用 docgen intake desk 重新列出后再试。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A file as received."""

    sha256: str
    name: str
    size: int
    """Bytes."""
    page_count: int
    received_at: datetime
    received_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanPage:
    """One page of a stack."""

    sha256: str
    page_index: int
    """From 0 in the file."""
    state: PageState
    mark_id: str = ""
    """Empty: no mark was read."""
    page: int = 0
    """Page of the paper, from 1; 0 without a mark."""
    rotation: int = 0
    """Degrees clockwise that bring it upright: 0, 90, 180, 270."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskItem:
    """Something a person has to look at."""

    id: int
    sha256: str
    """The scan; empty for an item about a paper."""
    paper_uid: str
    """The paper; empty for an item about a scan."""
    page_index: int | None
    """From 0; ``None``: the whole file."""
    code: str
    """Stable name of the reason."""
    message: str
    """The reason in Chinese."""
    put_at: datetime
    resolved_at: datetime | None
    resolution: str


class Scans:
    """Stacks, pages and the desk."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def receive(self, sha256: str, *, name: str, size: int, page_count: int, by: str) -> bool:
        """Record a file; tell whether it is new. The same bytes again change nothing."""
        row = {
            "sha256": sha256,
            "name": name,
            "size": size,
            "page_count": page_count,
            "received_at": self._now,
            "received_by": by,
        }
        return dialect.add_if_absent(self._connection, stacks, row)

    def stack(self, sha256: str) -> Stack | None:
        """Return a received file."""
        row = dialect.first(self._connection, sa.select(stacks).where(stacks.c.sha256 == sha256))
        return None if row is None else Stack(**{k: v for k, v in row.items() if k != "pk"})

    def stacks(self) -> tuple[Stack, ...]:
        """Return all received files in the order they came."""
        rows = dialect.rows(self._connection, sa.select(stacks).order_by(stacks.c.pk))
        return tuple(Stack(**{k: v for k, v in row.items() if k != "pk"}) for row in rows)

    def unfinished(self) -> tuple[Stack, ...]:
        """Return received files of which some page is not recorded yet: a crash came between.

        Files taken over from before (`OldItems`) are kept whole, their pages are never recorded.
        """
        recorded = (
            sa.select(sa.func.count())
            .select_from(scan_pages)
            .where(scan_pages.c.sha256 == stacks.c.sha256)
            .scalar_subquery()
        )
        is_whole = sa.exists().where(old_items.c.sha256 == stacks.c.sha256)
        query = sa.select(stacks).where(recorded < stacks.c.page_count, ~is_whole).order_by(stacks.c.pk)
        return tuple(
            Stack(**{k: v for k, v in row.items() if k != "pk"}) for row in dialect.rows(self._connection, query)
        )

    def bound_to(self, object_ids: Sequence[str]) -> dict[str, frozenset[tuple[str, str]]]:
        """Return what is bound to the scans among some objects of the store.

        A scan is bound by its own name and not by a file, so a known one is left out like every object
        that is no scan; one the registry does not know is bound to nothing.
        """
        head = scan_object("")
        shas = {object_id.removeprefix(head) for object_id in object_ids if object_id.startswith(head)}
        known = set(self._connection.execute(sa.select(stacks.c.sha256).where(stacks.c.sha256.in_(shas))).scalars())
        return {scan_object(sha256): frozenset() for sha256 in shas - known}

    def save_page(self, page: ScanPage) -> None:
        """Record a page of a received file, or where it stands now."""
        row: dict[str, Any] = {
            "state": page.state.value,
            "mark_id": page.mark_id or None,
            "page": page.page,
            "rotation": page.rotation,
        }
        key = {"sha256": page.sha256, "page_index": page.page_index}
        if not dialect.add_if_absent(self._connection, scan_pages, key | row):
            self._connection.execute(
                sa.update(scan_pages)
                .where(scan_pages.c.sha256 == page.sha256, scan_pages.c.page_index == page.page_index)
                .values(**row)
            )

    def set_state(self, pages: Iterable[tuple[str, int]], state: PageState) -> None:
        """Move pages, given by file and index, to a state."""
        for sha256, index in pages:
            self._connection.execute(
                sa.update(scan_pages)
                .where(scan_pages.c.sha256 == sha256, scan_pages.c.page_index == index)
                .values(state=state.value)
            )

    def pages(self, sha256: str) -> tuple[ScanPage, ...]:
        """Return the pages of a file in order."""
        return self._pages(scan_pages.c.sha256 == sha256)

    def pages_of_mark(self, mark_id: str, state: PageState | None = None) -> tuple[ScanPage, ...]:
        """Return the scanned pages that carry a mark, by page and then by arrival."""
        condition = scan_pages.c.mark_id == mark_id
        return self._pages(condition if state is None else sa.and_(condition, scan_pages.c.state == state.value))

    def waiting(self, mark_id: str) -> tuple[ScanPage, ...]:
        """Return the pages of a paper that wait for the rest of it."""
        return self.pages_of_mark(mark_id, PageState.WAITING)

    def waiting_marks(self) -> tuple[str, ...]:
        """Return the marks of which some pages wait."""
        query = (
            sa.select(scan_pages.c.mark_id)
            .where(scan_pages.c.state == "waiting", scan_pages.c.mark_id.is_not(None))
            .distinct()
            .order_by(scan_pages.c.mark_id)
        )
        return tuple(self._connection.execute(query).scalars())

    def put_on_desk(self, sha256: str, page_index: int | None, *, code: str, message: str) -> DeskItem:
        """Lay a page or a whole file before a person; an open item for the same reason stays one."""
        page = desk_items.c.page_index.is_(None) if page_index is None else desk_items.c.page_index == page_index
        same = sa.and_(
            desk_items.c.sha256 == sha256, page, desk_items.c.code == code, desk_items.c.resolved_at.is_(None)
        )
        found = self._desk(same)
        if found:
            return found[0]
        row = {
            "sha256": sha256,
            "page_index": page_index,
            "code": code,
            "message": message,
            "put_at": self._now,
        }
        pk = dialect.insert(self._connection, desk_items, row)
        return self._desk(desk_items.c.pk == pk)[0]

    def put_paper_on_desk(self, paper_uid: str, *, code: str, message: str) -> DeskItem:
        """Lay a paper before a person, registered or not; an open item for the same reason stays one."""
        same = sa.and_(
            desk_items.c.paper_uid == paper_uid, desk_items.c.code == code, desk_items.c.resolved_at.is_(None)
        )
        found = self._desk(same)
        if found:
            return found[0]
        row = {"paper_uid": paper_uid, "code": code, "message": message, "put_at": self._now}
        pk = dialect.insert(self._connection, desk_items, row)
        return self._desk(desk_items.c.pk == pk)[0]

    def desk(self) -> tuple[DeskItem, ...]:
        """Return what waits for a person, oldest first."""
        return self._desk(desk_items.c.resolved_at.is_(None))

    def item(self, number: int) -> DeskItem | None:
        """Return an item, open or not."""
        return next(iter(self._desk(desk_items.c.pk == number)), None)

    def resolve(self, item: int, resolution: str) -> None:
        """Take an item off the desk and keep what was decided.

        Raises:
            DeskItemNotFoundError: no open item by that number.
        """
        changed = self._connection.execute(
            sa.update(desk_items)
            .where(desk_items.c.pk == item, desk_items.c.resolved_at.is_(None))
            .values(resolved_at=self._now, resolution=resolution)
        ).rowcount
        if not changed:
            raise DeskItemNotFoundError(item)

    def _pages(self, condition: sa.ColumnElement[bool]) -> tuple[ScanPage, ...]:
        query = (
            sa.select(scan_pages)
            .join(stacks, stacks.c.sha256 == scan_pages.c.sha256)
            .where(condition)
            .order_by(scan_pages.c.page, stacks.c.pk, scan_pages.c.page_index)
        )
        rows = dialect.rows(self._connection, query)
        return tuple(
            ScanPage(**{**row, "mark_id": row["mark_id"] or "", "state": PageState(row["state"])}) for row in rows
        )

    def _desk(self, condition: sa.ColumnElement[bool]) -> tuple[DeskItem, ...]:
        rows = dialect.rows(self._connection, sa.select(desk_items).where(condition).order_by(desk_items.c.pk))
        return tuple(_item(row) for row in rows)


def _item(row: Mapping[str, Any]) -> DeskItem:
    return DeskItem(
        id=row["pk"],
        sha256=row["sha256"] or "",
        paper_uid=row["paper_uid"] or "",
        **{k: row[k] for k in ("page_index", "code", "message", "put_at", "resolved_at")},
        resolution=row["resolution"] or "",
    )
