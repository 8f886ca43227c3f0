"""Papers (文书) and their versions: made, printed, signed, archived – and never altered once signed.

Source: forms.md §5 (links), G-HEAD (版本: a signed version is immutable), REF-13, REF-22.
A correction is a new version; the signed one before it stays what it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import dialect
from archive.registry.paper_states import (
    MOVES,
    IllegalMoveError,
    PaperNotFoundError,
    PaperRecord,
    Reading,
    SignedVersionError,
    UnsignedVersionError,
    VersionRecord,
)
from archive.registry.papers_reading import PapersReading
from archive.registry.uids import new_uid
from archive.registry.values import encode_signature, encode_values
from archive.schema import copies, paper_files, paper_links, paper_people, papers, readings, receipts, versions
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from archive.registry.outbox import Outbox
    from forms.cases.facts import Signature, Value
    from forms.values.names_and_numbers import DocumentNumber

DONE = (PaperStatus.SIGNED, PaperStatus.ARCHIVED)


class Papers(PapersReading):
    """The register of papers."""

    def __init__(self, connection: sa.Connection, now: datetime, outbox: Outbox) -> None:
        super().__init__(connection)
        self._now = now
        self._outbox = outbox

    def new(
        self,
        *,
        form_code: str,
        issuer_uid: str,
        by: str,
        uid: str = "",
        village_uid: str = "",
        child_uid: str = "",
        carer_uid: str = "",
        number: DocumentNumber | None = None,
    ) -> PaperRecord:
        """Register a paper without any version yet (草稿).

        Args:
            form_code: Which form.
            issuer_uid: The unit that issues it.
            by: Who makes it.
            uid: Made here when empty.
            village_uid: The village it belongs to, if any.
            child_uid: The child it is about; empty for rosters.
            carer_uid: The carer it names; kept so that an assessment counts for this carer only.
            number: From `Numbers.next`; ``None`` for papers without 文号.
        """
        uid = uid or new_uid()
        self._connection.execute(
            sa.insert(papers).values(
                uid=uid,
                form_code=form_code,
                issuer_uid=issuer_uid,
                village_uid=village_uid or None,
                child_uid=child_uid or None,
                carer_uid=carer_uid or None,
                series=number.series if number else None,
                year=number.year if number else None,
                serial=number.serial if number else None,
                status=PaperStatus.DRAFT.value,
                version=0,
                signed_version=0,
                created_at=self._now,
                created_by=by,
            )
        )
        if child_uid:
            self.name_person(uid, child_uid, "child")
        if carer_uid:
            self.name_person(uid, carer_uid, "carer")
        return self.get(uid)

    def new_version(
        self,
        paper_uid: str,
        *,
        values: Mapping[str, Value],
        mark_id: str,
        pages: int,
        digests: Mapping[str, str],
        made_on: date,
        made_by: str,
        wording: str = "",
    ) -> VersionRecord:
        """Issue the next version (已生成待签); an unsigned one before it becomes 被替代.

        Args:
            paper_uid: Which paper.
            values: What was filled in.
            mark_id: From `new_uid`; on every printed page.
            pages: Printed pages.
            digests: SHA-512 in hex of each file of this version in the paper's object in the store.
            made_on: The date on the paper.
            made_by: Who made it.
            wording: Wording profile it was printed with.

        Raises:
            IllegalMoveError: the paper is void.
        """
        paper = self.get(paper_uid)
        if paper.status is PaperStatus.VOID:
            raise IllegalMoveError(paper.status, PaperStatus.ISSUED)
        if paper.version and paper.status in {PaperStatus.DRAFT, PaperStatus.ISSUED}:
            self._put_status(paper_uid, paper.version, PaperStatus.REPLACED)
        version = paper.version + 1
        self._connection.execute(
            sa.insert(versions).values(
                paper_uid=paper_uid,
                version=version,
                mark_id=mark_id,
                status=PaperStatus.ISSUED.value,
                pages=pages,
                values=encode_values(values),
                wording=wording,
                prints=0,
                made_on=made_on,
                made_at=self._now,
                made_by=made_by,
            )
        )
        self._connection.execute(
            sa.update(papers).where(papers.c.uid == paper_uid).values(version=version, status=PaperStatus.ISSUED.value)
        )
        self.add_files(paper_uid, version, digests)
        self._outbox.add("paper", paper_uid)
        return self.version(paper_uid, version)

    def set_status(
        self, paper_uid: str, version: int, status: PaperStatus, *, signed_on: date | None = None
    ) -> VersionRecord:
        """Move a version to another status.

        When a version becomes signed, the signed version before it becomes 被替代. The same status
        again changes nothing.

        Args:
            paper_uid: Which paper.
            version: Which version.
            status: The new status.
            signed_on: Day of the last signature; only together with 已签待归档 or 已归档.

        Raises:
            SignedVersionError: the version is signed and the move would undo that.
            IllegalMoveError: any other move that does not exist.
        """
        old = self.version(paper_uid, version)
        if status is old.status:
            return old
        if status not in MOVES[old.status]:
            if old.status in DONE:
                raise SignedVersionError(paper_uid, version)
            raise IllegalMoveError(old.status, status)
        if status in DONE and old.status not in DONE:
            earlier = self.get(paper_uid).signed_version
            if earlier:
                self._put_status(paper_uid, earlier, PaperStatus.REPLACED)
            self._connection.execute(
                sa.update(versions).where(*_is(paper_uid, version)).values(signed_on=signed_on, filed_at=self._now)
            )
            self._connection.execute(sa.update(papers).where(papers.c.uid == paper_uid).values(signed_version=version))
        self._put_status(paper_uid, version, status)
        self._outbox.add("paper", paper_uid)
        return self.version(paper_uid, version)

    def add_files(self, paper_uid: str, version: int, digests: Mapping[str, str]) -> None:
        """Bind more files in the store to a version: a signed scan, a rescan.

        Args:
            paper_uid: Which paper.
            version: Which version.
            digests: Logical path → SHA-512 in hex.

        Raises:
            SignedVersionError: a path is bound to other bytes already.
        """
        known = self.version(paper_uid, version).digests
        for path, digest in digests.items():
            if path not in known:
                self._connection.execute(
                    sa.insert(paper_files).values(paper_uid=paper_uid, version=version, path=path, sha512=digest)
                )
            elif known[path] != digest:
                raise SignedVersionError(paper_uid, version)

    def add_reading(
        self,
        paper_uid: str,
        version: int,
        *,
        by: str,
        values: Mapping[str, Value],
        signatures: tuple[Signature, ...] = (),
        signed_on: date | None = None,
        at: datetime | None = None,
    ) -> Reading:
        """Keep what a person read from the signed scan of a version.

        Args:
            paper_uid: Which paper.
            version: Which version.
            by: Who read it.
            values: The fields that were read.
            signatures: The signature places that were read.
            signed_on: Day of the last signature.
            at: When it was read; now by default.

        Raises:
            UnsignedVersionError: there is no signed scan to read from.
        """
        old = self.version(paper_uid, version)
        if old.filed_at is None:
            raise UnsignedVersionError(paper_uid, version)
        row = {
            "paper_uid": paper_uid,
            "version": version,
            "reading": len(old.readings) + 1,
            "read_at": at or self._now,
            "read_by": by,
            "signed_on": signed_on,
            "values": encode_values(values),
            "signatures": [encode_signature(s) for s in signatures],
        }
        self._connection.execute(sa.insert(readings).values(**row))
        self._outbox.add("paper", paper_uid)
        return self.version(paper_uid, version).readings[-1]

    def count_print(self, paper_uid: str, version: int) -> int:
        """Count one more printing and return how many there are now."""
        row = self._connection.execute(
            sa.update(versions)
            .where(*_is(paper_uid, version))
            .values(prints=versions.c.prints + 1)
            .returning(versions.c.prints)
        ).first()
        if row is None:
            raise PaperNotFoundError(paper_uid)
        return int(row[0])

    def set_reference_code(self, paper_uid: str, code: str) -> None:
        """Give a paper its 档号, once.

        Raises:
            SignedVersionError: it has another one already.
        """
        paper = self.get(paper_uid)
        if paper.reference_code not in {"", code}:
            raise SignedVersionError(paper_uid, paper.version)
        self._connection.execute(sa.update(papers).where(papers.c.uid == paper_uid).values(reference_code=code))
        self._outbox.add("paper", paper_uid)

    def name_person(self, paper_uid: str, person_uid: str, role: str) -> None:
        """Record that a paper names a person in a role."""
        self._add_once(paper_people, {"paper_uid": paper_uid, "person_uid": person_uid, "role": role})

    def link(self, paper_uid: str, other_uid: str, kind: str) -> None:
        """Record how a paper refers to another.

        Args:
            paper_uid: The paper that refers.
            other_uid: The one referred to.
            kind: ``replaces answers rests_on follows annex_of for``.
        """
        self._add_once(paper_links, {"paper_uid": paper_uid, "other_uid": other_uid, "kind": kind})

    def set_copies(self, paper_uid: str, version: int, recipients: tuple[str, ...]) -> None:
        """Record who gets an original: copy 1, 2, … in this order; those recorded stay."""
        for number, recipient in enumerate(recipients, start=1):
            row = {"paper_uid": paper_uid, "version": version, "copy_number": number, "recipient": recipient}
            self._add_once(copies, row)

    def receive_copy(
        self, paper_uid: str, version: int, copy_number: int, *, on: date, refused_reason: str = ""
    ) -> None:
        """Record the receipt (回执) of a copy, or that it was refused."""
        row = {
            "paper_uid": paper_uid,
            "version": version,
            "copy_number": copy_number,
            "received_on": on,
            "refused_reason": refused_reason or None,
            "recorded_at": self._now,
        }
        self._add_once(receipts, row)

    def _put_status(self, paper_uid: str, version: int, status: PaperStatus) -> None:
        self._connection.execute(sa.update(versions).where(*_is(paper_uid, version)).values(status=status.value))
        self._connection.execute(
            sa.update(papers).where(papers.c.uid == paper_uid, papers.c.version == version).values(status=status.value)
        )

    def _add_once(self, table: sa.Table, row: dict[str, Any]) -> None:
        dialect.add_if_absent(self._connection, table, row)


def _is(paper_uid: str, version: int) -> tuple[sa.ColumnElement[bool], ...]:
    return versions.c.paper_uid == paper_uid, versions.c.version == version
