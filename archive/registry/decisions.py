"""待办的处理: what a person decided about a page on the desk; every decision is kept, an undone one too.

Beside it, what the desk asks of the registry to say whose a page may be: names and numbers of the
people of the office, light enough for a whole county.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  dataclass fields are read at run time
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import dialect
from archive.registry.scans import DeskItem, DeskItemNotFoundError
from archive.schema import children, desk_items, kin, papers, people, versions
from archive.schema_desk import desk_decisions
from archive.schema_kept import old_items, reference_codes
from forms.errors import RefusedError
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archive.registry.outbox import Outbox
    from archive.registry.scans import Scans


class DecisionKind(StrEnum):
    """What was decided."""

    ASSIGN = "assign"
    """The page is that page of that paper."""
    ATTACH = "attach"
    """The page is an enclosure: of a paper, or of a child's dossier."""
    DISCARD = "discard"
    """Nothing of ours; kept as received, used nowhere."""


class NothingToUndoError(RefusedError):
    """The desk item was not decided by a person, or has been undone."""

    code = "desk.nothing-to-undo"

    def __init__(self, item: int) -> None:
        super().__init__(
            f"待办第 {item} 项没有可以撤销的处理。请用 docgen intake desk --decided 看哪些是人工处理过的。"
        )


class EnclosureNumberedError(RefusedError):
    """An enclosure that has its 档号 cannot be taken back."""

    code = "desk.enclosure-numbered"

    def __init__(self, item: int) -> None:
        super().__init__(f"待办第 {item} 项归入的附件已经编了档号，不能撤销。请先用 docgen archive 作废它的档号。")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskDecision:
    """One decision."""

    pk: int
    item: int
    """Number of the desk item."""
    kind: DecisionKind
    sha256: str
    page_index: int | None
    """From 0; ``None``: the whole file."""
    mark_id: str
    """Of the paper version, for assigned pages."""
    page: int
    """Of the paper, from 1; 0 unless assigned."""
    paper_uid: str
    old_uid: str
    """The item an attached page became."""
    reason: str
    decided_at: datetime
    decided_by: str
    undone_at: datetime | None
    undone_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """Somebody whose name or number may stand on a page."""

    uid: str
    name: str
    id_number: str
    """Empty: not collected, or none."""
    children: tuple[str, ...]
    """Uids of the children in whose dossiers the page may belong; a child's own first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperOut:
    """A paper version that was printed and may come back."""

    uid: str
    form_code: str
    version: int
    mark_id: str
    pages: int
    child_uid: str
    village_uid: str
    number: str
    """Printed document number, or empty."""


class Decisions:
    """The desk's memory."""

    def __init__(self, connection: sa.Connection, now: datetime, scans: Scans, outbox: Outbox) -> None:
        self._connection = connection
        self._now = now
        self._scans = scans
        self._outbox = outbox

    def record(
        self,
        item: DeskItem,
        kind: DecisionKind,
        *,
        by: str,
        resolution: str,
        mark_id: str = "",
        page: int = 0,
        paper_uid: str = "",
        old_uid: str = "",
        reason: str = "",
    ) -> int:
        """Keep a decision and take the item off the desk; return the decision's number."""
        self._scans.resolve(item.id, resolution)
        row = {
            "item": item.id,
            "kind": kind.value,
            "sha256": item.sha256,
            "page_index": item.page_index,
            "mark_id": mark_id or None,
            "page": page,
            "paper_uid": paper_uid or None,
            "old_uid": old_uid or None,
            "reason": reason,
            "decided_at": self._now,
            "decided_by": by,
        }
        return dialect.insert(self._connection, desk_decisions, row)

    def standing(self, item: int) -> DeskDecision:
        """Return the decision about an item that has not been undone.

        Raises:
            NothingToUndoError: there is none.
        """
        found = self._where(desk_decisions.c.item == item, desk_decisions.c.undone_at.is_(None))
        if not found:
            raise NothingToUndoError(item)
        return found[-1]

    def all(self) -> tuple[DeskDecision, ...]:
        """Return every decision, oldest first."""
        return self._where()

    def assigned(self, mark_id: str) -> tuple[DeskDecision, ...]:
        """Return what persons said to be pages of a paper version and have not taken back."""
        return self._where(
            desk_decisions.c.mark_id == mark_id,
            desk_decisions.c.kind == DecisionKind.ASSIGN.value,
            desk_decisions.c.undone_at.is_(None),
        )

    def named_pages(self) -> dict[tuple[str, int], tuple[str, int]]:
        """Return what persons said of pages: file and place in it → mark of the paper version and its page."""
        standing = self._where(desk_decisions.c.kind == DecisionKind.ASSIGN.value, desk_decisions.c.undone_at.is_(None))
        return {(d.sha256, d.page_index): (d.mark_id, d.page) for d in standing if d.page_index is not None}

    def of_old(self, old_uid: str) -> DeskDecision | None:
        """Return the decision an enclosure came from."""
        return next(iter(self._where(desk_decisions.c.old_uid == old_uid)), None)

    def of_paper(self, paper_uid: str) -> tuple[DeskDecision, ...]:
        """Return the enclosures of a paper that stand."""
        return self._where(
            desk_decisions.c.paper_uid == paper_uid,
            desk_decisions.c.kind == DecisionKind.ATTACH.value,
            desk_decisions.c.undone_at.is_(None),
        )

    def undo(self, decision: DeskDecision, *, by: str) -> DeskItem:
        """Take a decision back and lay its item on the desk again; the caller puts the page where it was.

        Raises:
            EnclosureNumberedError: what it became has a 档号.
        """
        if decision.old_uid:
            self._forget_enclosure(decision)
        self._connection.execute(
            sa.update(desk_decisions)
            .where(desk_decisions.c.pk == decision.pk)
            .values(undone_at=self._now, undone_by=by)
        )
        self._connection.execute(
            sa.update(desk_items).where(desk_items.c.pk == decision.item).values(resolved_at=None, resolution=None)
        )
        return self.item(decision.item)

    def item(self, number: int) -> DeskItem:
        """Return a desk item, open or not.

        Raises:
            DeskItemNotFoundError: there never was one by that number.
        """
        found = self._scans.item(number)
        if found is None:
            raise DeskItemNotFoundError(number)
        return found

    def people(self) -> tuple[KnownPerson, ...]:
        """Return everybody the office knows, with the children they stand to."""
        of: dict[str, list[str]] = {}
        for child_uid, person_uid in self._connection.execute(
            sa.select(kin.c.child_uid, kin.c.person_uid).order_by(kin.c.child_uid)
        ):
            of.setdefault(person_uid, []).append(child_uid)
        own = set(self._connection.execute(sa.select(children.c.uid)).scalars())
        query = sa.select(people.c.uid, people.c.name, people.c.id_number).order_by(people.c.pk)
        return tuple(
            KnownPerson(
                uid=uid,
                name=name,
                id_number=number or "",
                children=tuple(dict.fromkeys([*([uid] if uid in own else []), *of.get(uid, ())])),
            )
            for uid, name, number in self._connection.execute(query)
        )

    def papers_out(self) -> tuple[PaperOut, ...]:
        """Return the newest version of every paper that waits for its signatures."""
        query = (
            sa.select(papers, versions.c.mark_id, versions.c.pages)
            .join(versions, sa.and_(versions.c.paper_uid == papers.c.uid, versions.c.version == papers.c.version))
            .where(versions.c.status == PaperStatus.ISSUED.value)
            .order_by(papers.c.pk)
        )
        return tuple(
            PaperOut(
                uid=row["uid"],
                form_code=row["form_code"],
                version=row["version"],
                mark_id=row["mark_id"],
                pages=row["pages"],
                child_uid=row["child_uid"] or "",
                village_uid=row["village_uid"] or "",
                number=f"{row['series']}〔{row['year']}〕{row['serial']}号" if row["series"] else "",
            )
            for row in dialect.rows(self._connection, query)
        )

    def enclosures_unread(self) -> tuple[tuple[str, str], ...]:
        """Return uid and scan of the enclosures whose text nobody has read."""
        query = (
            sa.select(old_items.c.uid, old_items.c.sha256)
            .where(old_items.c.uid.in_(sa.select(desk_decisions.c.old_uid)), old_items.c.has_text.is_(False))
            .order_by(old_items.c.pk)
        )
        return tuple((uid, sha256) for uid, sha256 in self._connection.execute(query))

    def enclosure_is_read(self, old_uid: str) -> None:
        """Record that the text of an enclosure is in the store, and owe it to the index."""
        self._connection.execute(sa.update(old_items).where(old_items.c.uid == old_uid).values(has_text=True))
        self._outbox.add("item", old_uid)

    def _forget_enclosure(self, decision: DeskDecision) -> None:
        """Take the item an attached page became out of the register; its bytes stay in the store."""
        codes = sa.select(reference_codes.c.code).where(reference_codes.c.old_uid == decision.old_uid)
        if self._connection.execute(codes).first() is not None:
            raise EnclosureNumberedError(decision.item)
        self._connection.execute(sa.delete(old_items).where(old_items.c.uid == decision.old_uid))
        self._outbox.add("item", decision.old_uid)

    def _where(self, *conditions: sa.ColumnElement[bool]) -> tuple[DeskDecision, ...]:
        query = sa.select(desk_decisions).where(*conditions).order_by(desk_decisions.c.pk)
        return tuple(_decision(row) for row in dialect.rows(self._connection, query))


def _decision(row: Mapping[str, Any]) -> DeskDecision:
    words = {key: row[key] or "" for key in ("mark_id", "paper_uid", "old_uid", "undone_by")}
    return DeskDecision(**{**row, **words, "kind": DecisionKind(row["kind"])})
