"""Who did what to which uid: a chain in which no row can be changed or taken out unseen.

Each row's SHA-256 covers the one before it; the head row says where the chain ends, so a cut tail
shows too. A row holds uids, digests, codes and counts, never a name or a number of a person
(个人信息保护法 第五条, forms.md §13): `append` refuses anything else.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import dialect
from archive.schema import audit, audit_head
from forms.problems import Problem, Where

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

START = "0" * 64
_TOKEN = re.compile(r"[A-Za-z0-9:._/-]{0,200}")
_PERSONAL = re.compile(r"\d{17}[\dXx]|1[3-9]\d{9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One act."""

    seq: int
    """From 1, without gaps."""
    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, str | int]
    hash: str


class Audit:
    """The chain of acts."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def append(self, action: str, *, actor: str, subject: str = "", **detail: str | int) -> AuditRow:
        """Write an act to the end of the chain.

        Args:
            action: Stable name, ``paper.filed``.
            actor: Who did it, by the name used at the desk.
            subject: Uid or digest of what it was done to.
            detail: More uids, codes or counts; ASCII tokens or numbers only.

        Raises:
            ValueError: a value could be personal data; a programming error.
        """
        for value in (action, subject, *detail.values()):
            text = str(value)
            if not _TOKEN.fullmatch(text) or (isinstance(value, str) and _PERSONAL.fullmatch(text)):
                raise ValueError("the audit chain holds uids, codes and counts only")
        dialect.add_if_absent(self._connection, audit_head, {"one": 1, "seq": 0, "hash": START})
        # the update makes writers on a server queue here, so the chain never forks
        seq, before = self._connection.execute(
            sa.update(audit_head).values(seq=audit_head.c.seq + 1).returning(audit_head.c.seq, audit_head.c.hash)
        ).one()
        at = self._now.astimezone(UTC).isoformat()
        row = {"seq": seq, "at": at, "actor": actor, "action": action, "subject": subject, "detail": detail}
        digest = _link(before, row)
        self._connection.execute(sa.insert(audit).values(**row, hash=digest))
        self._connection.execute(sa.update(audit_head).values(hash=digest))
        return AuditRow(seq=seq, at=self._now, actor=actor, action=action, subject=subject, detail=detail, hash=digest)

    def rows(self, *, subject: str | None = None, after: int = 0) -> Iterator[AuditRow]:
        """Yield the acts in order, those on one subject if given."""
        query = sa.select(audit).where(audit.c.seq > after).order_by(audit.c.seq)
        if subject is not None:
            query = query.where(audit.c.subject == subject)
        for row in self._connection.execute(query).mappings():
            yield AuditRow(**{**row, "at": datetime.fromisoformat(row["at"])})

    def head(self) -> tuple[int, str]:
        """Return number and hash of the last act; worth printing and keeping elsewhere."""
        row = self._connection.execute(sa.select(audit_head.c.seq, audit_head.c.hash)).first()
        return (0, START) if row is None else (row[0], row[1])

    def verify(self) -> tuple[Problem, ...]:
        """Walk the chain and return what does not fit; codes ``audit.gap .hash .head``."""
        problems = []
        before, expected = START, 1
        for row in self._connection.execute(sa.select(audit).order_by(audit.c.seq)).mappings():
            if row["seq"] != expected:
                problems.append(
                    _problem("audit.gap", f"操作记录在第 {expected} 条处缺失或多出，请用备份核对。", expected)
                )
            if _link(before, row) != row["hash"]:
                problems.append(
                    _problem("audit.hash", f"操作记录第 {row['seq']} 条被改动过，请用备份核对。", row["seq"])
                )
            before, expected = row["hash"], row["seq"] + 1
        if self.head() != (expected - 1, before):
            problems.append(
                _problem("audit.head", "操作记录的末尾与登记的不一致，可能被截断，请用备份核对。", expected - 1)
            )
        return tuple(problems)


def _link(before: str, row: Mapping[Any, Any]) -> str:
    said = [row[key] for key in ("seq", "at", "actor", "action", "subject", "detail")]
    text = json.dumps([before, *said], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _problem(code: str, message: str, row: int) -> Problem:
    return Problem(code=code, message=message, where=Where(sheet="操作记录", row=row))
