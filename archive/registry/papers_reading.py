"""Finding papers: by uid, mark, number, child, village, form, status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import dialect
from archive.registry.paper_states import Copy, Outstanding, PaperNotFoundError, PaperRecord, Reading, VersionRecord
from archive.registry.values import decode_signature, decode_values
from archive.schema import copies, paper_files, paper_links, paper_people, papers, readings, receipts, versions
from archive.store import paper_object
from forms.cases.facts import PaperFact
from forms.values.enums import PaperStatus
from forms.values.names_and_numbers import DocumentNumber

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date


class PapersReading:
    """Queries over papers; `Papers` adds the writing."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, uid: str) -> PaperRecord:
        """Return a paper.

        Raises:
            PaperNotFoundError: no such uid.
        """
        found = self._papers(papers.c.uid == uid)
        if not found:
            raise PaperNotFoundError(uid)
        return found[0]

    def by_uid(self, uid: str) -> PaperRecord | None:
        """Return a paper, or ``None``."""
        return next(iter(self._papers(papers.c.uid == uid)), None)

    def version(self, paper_uid: str, version: int) -> VersionRecord:
        """Return one version.

        Raises:
            PaperNotFoundError: no such paper or version.
        """
        found = self._versions(sa.and_(versions.c.paper_uid == paper_uid, versions.c.version == version))
        if not found:
            raise PaperNotFoundError(f"{paper_uid} 第 {version} 版")
        return found[0]

    def versions(self, paper_uid: str) -> tuple[VersionRecord, ...]:
        """Return the versions of a paper, oldest first."""
        return self._versions(versions.c.paper_uid == paper_uid)

    def by_mark(self, mark_id: str) -> tuple[PaperRecord, VersionRecord] | None:
        """Return the paper and version a printed page belongs to."""
        found = self._versions(versions.c.mark_id == mark_id)
        return (self.get(found[0].paper_uid), found[0]) if found else None

    def marks(self) -> tuple[str, ...]:
        """Return every mark ever given out, for matching damaged codes."""
        return tuple(self._connection.execute(sa.select(versions.c.mark_id).order_by(versions.c.made_at)).scalars())

    def marks_out(self) -> tuple[tuple[str, int], ...]:
        """Return mark and pages of every version that was given out and has not come back."""
        query = (
            sa.select(versions.c.mark_id, versions.c.pages)
            .where(versions.c.status == PaperStatus.ISSUED.value)
            .order_by(versions.c.made_at, versions.c.mark_id)
        )
        return tuple((mark_id, pages) for mark_id, pages in self._connection.execute(query))

    def not_compared(self) -> tuple[tuple[str, int, str], ...]:
        """Return uid, version and path of the signed scans that nobody has held against what was issued, newest first.

        Only those of the newest version of a paper; what it differs in is kept as ``compared-…`` beside ``signed-…``.
        """
        kept = paper_files.alias()
        stem = sa.func.replace(sa.func.replace(paper_files.c.path, "signed-", "compared-"), ".pdf", ".json")
        of_newest = sa.and_(papers.c.uid == paper_files.c.paper_uid, papers.c.version == paper_files.c.version)
        of_version = sa.and_(
            versions.c.paper_uid == paper_files.c.paper_uid, versions.c.version == paper_files.c.version
        )
        query = (
            sa.select(paper_files.c.paper_uid, paper_files.c.version, paper_files.c.path)
            .join(papers, of_newest)
            .join(versions, of_version)
            .where(
                paper_files.c.path.like("signed-v%.pdf"),
                ~sa.exists().where(kept.c.paper_uid == paper_files.c.paper_uid, kept.c.path == stem),
            )
            .order_by(versions.c.filed_at.desc(), paper_files.c.paper_uid, paper_files.c.path)
        )
        return tuple((uid, version, path) for uid, version, path in self._connection.execute(query))

    def by_number(self, number: DocumentNumber) -> PaperRecord | None:
        """Return the paper of a 文号."""
        found = self._papers(
            sa.and_(papers.c.series == number.series, papers.c.year == number.year, papers.c.serial == number.serial)
        )
        return found[0] if found else None

    def of_child(self, child_uid: str) -> tuple[PaperRecord, ...]:
        """Return the papers that are about or name a child, rosters included, in the order of making."""
        named = sa.select(paper_people.c.paper_uid).where(paper_people.c.person_uid == child_uid)
        return self._papers(sa.or_(papers.c.child_uid == child_uid, papers.c.uid.in_(named)))

    def latest(self, form_code: str, child_uid: str, carer_uid: str | None = None) -> PaperRecord | None:
        """Return a child's newest paper of a form that is not void or replaced, for one carer if given."""
        condition = sa.and_(
            papers.c.form_code == form_code,
            papers.c.child_uid == child_uid,
            papers.c.status.not_in([PaperStatus.VOID.value, PaperStatus.REPLACED.value]),
        )
        if carer_uid is not None:
            condition = sa.and_(condition, papers.c.carer_uid == carer_uid)
        found = self._papers(condition)
        return found[-1] if found else None

    def in_village(
        self, village_uid: str, form_code: str | None = None, status: PaperStatus | None = None
    ) -> tuple[PaperRecord, ...]:
        """Return a village's papers, of one form or status if given, in the order of making."""
        condition = papers.c.village_uid == village_uid
        if form_code is not None:
            condition = sa.and_(condition, papers.c.form_code == form_code)
        if status is not None:
            condition = sa.and_(condition, papers.c.status == status.value)
        return self._papers(condition)

    def all(self) -> tuple[PaperRecord, ...]:
        """Return every paper in the order of making."""
        return self._papers(sa.true())

    def count(self) -> int:
        """Return how many papers there are."""
        return self._connection.execute(sa.select(sa.func.count()).select_from(papers)).scalar_one()

    def uids(self) -> tuple[str, ...]:
        """Return the uids of all papers in the order they were made; light enough for a million."""
        return tuple(self._connection.execute(sa.select(papers.c.uid).order_by(papers.c.pk)).scalars())

    def outstanding(
        self, today: date, *, village_uid: str | None = None, form_code: str | None = None
    ) -> tuple[Outstanding, ...]:
        """Return what was given out for signature and has not come back, the oldest first."""
        condition = papers.c.status == PaperStatus.ISSUED.value
        if village_uid is not None:
            condition = sa.and_(condition, papers.c.village_uid == village_uid)
        if form_code is not None:
            condition = sa.and_(condition, papers.c.form_code == form_code)
        found = {p.uid: p for p in self._papers(condition)}
        query = sa.and_(
            versions.c.paper_uid.in_(sa.select(papers.c.uid).where(condition)),
            versions.c.status == PaperStatus.ISSUED.value,
        )
        rows = [
            Outstanding(paper=found[v.paper_uid], version=v, days=(today - v.made_on).days)
            for v in self._versions(query)
        ]
        return tuple(sorted(rows, key=lambda row: -row.days))

    def facts(self, child_uid: str) -> tuple[PaperFact, ...]:
        """Return a child's papers as the rules see them, newest first.

        A paper gives its newest version and, if that is another, the signed version in force.
        """
        return self._facts(papers.c.child_uid == child_uid)

    def facts_of_person(self, person_uid: str) -> tuple[PaperFact, ...]:
        """Return the papers about somebody as a person (B4, B6), newest first."""
        return self._facts(sa.and_(papers.c.child_uid.is_(None), papers.c.carer_uid == person_uid))

    def facts_of_unit(self, village_uid: str) -> tuple[PaperFact, ...]:
        """Return the papers about a unit (rosters, letters), newest first."""
        nobody = sa.and_(papers.c.child_uid.is_(None), papers.c.carer_uid.is_(None))
        return self._facts(sa.and_(nobody, papers.c.village_uid == village_uid))

    def facts_of_people(self, form_code: str, village_uid: str) -> tuple[PaperFact, ...]:
        """Return the papers of one form about the persons of a village, newest first."""
        about = sa.and_(papers.c.child_uid.is_(None), papers.c.carer_uid.is_not(None))
        return self._facts(sa.and_(about, papers.c.form_code == form_code, papers.c.village_uid == village_uid))

    def _facts(self, condition: sa.ColumnElement[bool]) -> tuple[PaperFact, ...]:
        uids = sa.select(papers.c.uid).where(condition)
        found = {p.uid: p for p in self._papers(condition)}
        facts = [
            _fact(found[v.paper_uid], v)
            for v in self._versions(versions.c.paper_uid.in_(uids))
            if v.version in {found[v.paper_uid].version, found[v.paper_uid].signed_version}
        ]
        return tuple(reversed(facts))

    def people(self, paper_uid: str) -> tuple[tuple[str, str], ...]:
        """Return the persons a paper names as (uid, role)."""
        query = sa.select(paper_people.c.person_uid, paper_people.c.role).where(paper_people.c.paper_uid == paper_uid)
        return tuple((uid, role) for uid, role in self._connection.execute(query.order_by(paper_people.c.role)))

    def links(self, paper_uid: str) -> tuple[tuple[str, str], ...]:
        """Return the papers this one refers to as (kind, uid)."""
        query = sa.select(paper_links.c.kind, paper_links.c.other_uid).where(paper_links.c.paper_uid == paper_uid)
        return tuple((kind, uid) for kind, uid in self._connection.execute(query.order_by(paper_links.c.kind)))

    def links_to(self, paper_uid: str) -> tuple[tuple[str, str], ...]:
        """Return the papers that refer to this one as (kind, uid)."""
        query = sa.select(paper_links.c.kind, paper_links.c.paper_uid).where(paper_links.c.other_uid == paper_uid)
        return tuple((kind, uid) for kind, uid in self._connection.execute(query.order_by(paper_links.c.kind)))

    def copies(self, paper_uid: str, version: int) -> tuple[Copy, ...]:
        """Return the originals of a version and where they went."""
        same = sa.and_(
            receipts.c.paper_uid == copies.c.paper_uid,
            receipts.c.version == copies.c.version,
            receipts.c.copy_number == copies.c.copy_number,
        )
        query = (
            sa.select(copies.c.copy_number, copies.c.recipient, receipts.c.received_on, receipts.c.refused_reason)
            .outerjoin(receipts, same)
            .where(copies.c.paper_uid == paper_uid, copies.c.version == version)
            .order_by(copies.c.copy_number)
        )
        return tuple(
            Copy(number=number, recipient=recipient, received_on=on, refused_reason=reason or "")
            for number, recipient, on, reason in self._connection.execute(query)
        )

    def bound_to(self, object_ids: Sequence[str]) -> dict[str, frozenset[tuple[str, str]]]:
        """Return (path, digest) of every file bound to the papers among some objects of the store.

        A paper the registry does not know is bound to nothing; objects that are no papers are left out.
        """
        head = paper_object("")
        uids = [object_id.removeprefix(head) for object_id in object_ids if object_id.startswith(head)]
        found: dict[str, set[tuple[str, str]]] = {uid: set() for uid in uids}
        for uid, _, path, digest in self._files(uids):
            found[uid].add((path, digest))
        return {paper_object(uid): frozenset(files) for uid, files in found.items()}

    def bound_files(self) -> dict[str, list[tuple[int, PaperStatus, dict[str, str]]]]:
        """Return, by paper, each version's number, status and digests by path; for the archive's check."""
        same = sa.and_(paper_files.c.paper_uid == versions.c.paper_uid, paper_files.c.version == versions.c.version)
        query = (
            sa.select(
                versions.c.paper_uid, versions.c.version, versions.c.status, paper_files.c.path, paper_files.c.sha512
            )
            .outerjoin(paper_files, same)
            .order_by(versions.c.paper_uid, versions.c.version)
        )
        found: dict[str, list[tuple[int, PaperStatus, dict[str, str]]]] = {}
        for uid, version, status, path, digest in self._connection.execute(query):
            rows = found.setdefault(uid, [])
            if not rows or rows[-1][0] != version:
                rows.append((version, PaperStatus(status), {}))
            if path is not None:
                rows[-1][2][path] = digest
        return found

    def _papers(self, condition: sa.ColumnElement[bool]) -> tuple[PaperRecord, ...]:
        rows = dialect.rows(self._connection, sa.select(papers).where(condition).order_by(papers.c.pk))
        return tuple(_paper(row) for row in rows)

    def _versions(self, condition: sa.ColumnElement[bool]) -> tuple[VersionRecord, ...]:
        query = (
            sa.select(versions)
            .join(papers, papers.c.uid == versions.c.paper_uid)
            .where(condition)
            .order_by(papers.c.pk, versions.c.version)
        )
        rows = dialect.rows(self._connection, query)
        files: dict[tuple[str, int], dict[str, str]] = {}
        for uid, version, path, digest in self._files({row["paper_uid"] for row in rows}):
            files.setdefault((uid, version), {})[path] = digest
        read = self._readings({row["paper_uid"] for row in rows if row["filed_at"] is not None})
        return tuple(
            _version(
                row, files.get((row["paper_uid"], row["version"]), {}), read.get((row["paper_uid"], row["version"]))
            )
            for row in rows
        )

    def _readings(self, uids: Iterable[str]) -> dict[tuple[str, int], list[Reading]]:
        found: dict[tuple[str, int], list[Reading]] = {}
        wanted = sorted(uids)
        for start in range(0, len(wanted), 500):
            chosen = readings.c.paper_uid.in_(wanted[start : start + 500])
            query = sa.select(readings).where(chosen).order_by(readings.c.reading)
            for row in dialect.rows(self._connection, query):
                found.setdefault((row["paper_uid"], row["version"]), []).append(_reading(row))
        return found

    def _files(self, uids: Iterable[str]) -> Iterable[tuple[str, int, str, str]]:
        wanted = sorted(uids)
        for start in range(0, len(wanted), 500):
            query = (
                sa.select(paper_files.c.paper_uid, paper_files.c.version, paper_files.c.path, paper_files.c.sha512)
                .where(paper_files.c.paper_uid.in_(wanted[start : start + 500]))
                .order_by(paper_files.c.path)
            )
            yield from self._connection.execute(query)


def _paper(row: Mapping[str, Any]) -> PaperRecord:
    number = None
    if row["serial"] is not None:
        number = DocumentNumber(series=row["series"], year=row["year"], serial=row["serial"])
    return PaperRecord(
        uid=row["uid"],
        form_code=row["form_code"],
        issuer_uid=row["issuer_uid"],
        village_uid=row["village_uid"] or "",
        child_uid=row["child_uid"] or "",
        carer_uid=row["carer_uid"] or "",
        document_number=number,
        status=PaperStatus(row["status"]),
        version=row["version"],
        signed_version=row["signed_version"],
        reference_code=row["reference_code"] or "",
        created_at=row["created_at"],
        created_by=row["created_by"],
    )


def _reading(row: Mapping[str, Any]) -> Reading:
    return Reading(
        number=row["reading"],
        at=row["read_at"],
        by=row["read_by"],
        signed_on=row["signed_on"],
        values=decode_values(row["values"]),
        signatures=tuple(decode_signature(s) for s in row["signatures"]),
    )


def _version(row: Mapping[str, Any], digests: Mapping[str, str], read: list[Reading] | None) -> VersionRecord:
    days = [reading.signed_on for reading in read or () if reading.signed_on is not None]
    return VersionRecord(
        paper_uid=row["paper_uid"],
        version=row["version"],
        mark_id=row["mark_id"],
        status=PaperStatus(row["status"]),
        pages=row["pages"],
        values=decode_values(row["values"]),
        digests=digests,
        wording=row["wording"],
        prints=row["prints"],
        made_on=row["made_on"],
        made_at=row["made_at"],
        made_by=row["made_by"],
        signed_on=days[-1] if days else row["signed_on"],
        filed_at=row["filed_at"],
        readings=tuple(read or ()),
    )


def _fact(paper: PaperRecord, version: VersionRecord) -> PaperFact:
    return PaperFact(
        uid=paper.uid,
        form_code=paper.form_code,
        version=version.version,
        status=version.status,
        document_number=str(paper.document_number or ""),
        made_on=version.made_on,
        signed_on=version.signed_on,
        carer_uid=paper.carer_uid,
        values=version.known,
    )
