"""撤回: a filed scan taken back, because it was filed by mistake; the paper is out again.

Nothing is deleted: the scan stays in the store, and who withdrew it, when and why stays here. The
database itself lets a signed version go back to 已生成待签 only when a withdrawal stands behind it
(revision 0006). What has been built on the filing is not pulled away: then a new version is the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime  # noqa: TC003  dataclass fields are read at run time
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archive import dialect
from archive.registry.papers import DONE
from archive.schema import duties, papers, versions
from archive.schema_kept import withdrawals
from forms.errors import RefusedError
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from archive.registry.outbox import Outbox
    from archive.registry.papers import Papers


class NotWithdrawableError(RefusedError):
    """Something rests on the filing."""

    code = "paper.not-withdrawable"

    def __init__(self, paper_uid: str, why: str) -> None:
        self.paper_uid = paper_uid
        super().__init__(f"文书 {paper_uid} 的归档不能撤回：{why}。如需更正，请另出新的一版。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """One filing taken back."""

    paper_uid: str
    version: int
    filed_at: datetime
    signed_on: date | None
    withdrawn_at: datetime
    withdrawn_by: str
    reason: str


class Withdrawals:
    """Filings taken back."""

    def __init__(self, connection: sa.Connection, now: datetime, outbox: Outbox, register: Papers) -> None:
        self._connection = connection
        self._now = now
        self._outbox = outbox
        self._papers = register

    def withdraw(self, paper_uid: str, *, by: str, reason: str) -> Withdrawal:
        """Take the filing of a paper's signed version back; its duties that are not done go with it.

        Args:
            paper_uid: Which paper.
            by: Who decides, by name.
            reason: Why, in words.

        Raises:
            NotWithdrawableError: not filed, or something rests on it: a reading, a 档号, an earlier
                signed version that it replaced, a newer version.
        """
        paper = self._papers.get(paper_uid)
        if not paper.signed_version:
            raise NotWithdrawableError(paper_uid, "它还没有归档")
        version = self._papers.version(paper_uid, paper.signed_version)
        if version.filed_at is None or version.status not in DONE:
            raise NotWithdrawableError(paper_uid, "它已经被别的版本取代")
        if paper.reference_code:
            raise NotWithdrawableError(paper_uid, "已经编了档号")
        if version.readings:
            raise NotWithdrawableError(paper_uid, "已经按纸面录入过内容")
        if paper.version != version.version:
            raise NotWithdrawableError(paper_uid, "之后又生成了新的一版")
        if any(v.filed_at is not None for v in self._papers.versions(paper_uid) if v.version < version.version):
            raise NotWithdrawableError(paper_uid, "它已经取代了更早签署的一版")
        row = {
            "paper_uid": paper_uid,
            "version": version.version,
            "filed_at": version.filed_at,
            "signed_on": version.signed_on,
            "withdrawn_at": self._now,
            "withdrawn_by": by,
            "reason": reason,
        }
        self._connection.execute(sa.insert(withdrawals).values(**row))
        # the paper first: the guard of its row looks for the filing in the version
        out = PaperStatus.ISSUED.value
        self._connection.execute(
            sa.update(papers).where(papers.c.uid == paper_uid).values(signed_version=0, status=out)
        )
        self._connection.execute(
            sa.update(versions)
            .where(versions.c.paper_uid == paper_uid, versions.c.version == version.version)
            .values(status=out, filed_at=None, signed_on=None)
        )
        self._connection.execute(sa.delete(duties).where(duties.c.paper_uid == paper_uid, duties.c.done_on.is_(None)))
        self._outbox.add("paper", paper_uid)
        return self.of(paper_uid)[-1]

    def of(self, paper_uid: str) -> tuple[Withdrawal, ...]:
        """Return what was taken back of a paper, oldest first."""
        query = (
            sa.select(withdrawals)
            .where(withdrawals.c.paper_uid == paper_uid)
            .order_by(withdrawals.c.withdrawn_at, withdrawals.c.version)
        )
        return tuple(Withdrawal(**row) for row in dialect.rows(self._connection, query))
