"""What the registry answers by name, 公民身份号码, 文号 and 档号 while the index is away."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from archive.description import OLD_FORM
from archive.fallback import Listed
from archive.reference_code import ReferenceCode
from docgen.workspace.finding.indexing import UNPLACED
from forms.errors import NotFoundError
from forms.values.blank import is_value
from forms.values.enums import PaperStatus
from forms.values.names_and_numbers import DocumentNumber, ValueParseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archive.registry import Tx
    from forms.people import ChildRecord


class RegisterLookups:
    """`archive.fallback.Lookups` over one transaction; the entries are those that the index has."""

    def __init__(self, tx: Tx, today: date) -> None:
        self._tx = tx
        self._today = today

    def by_name(self, name: str) -> Iterator[Listed]:
        """Yield the children around whom somebody of this name or alias stands, with their papers."""
        return self._around(name)

    def by_id_number(self, number: str) -> Iterator[Listed]:
        """Yield the children around whom the person of this number stands, with their papers."""
        return self._around(number)

    def by_document_number(self, number: str) -> Iterator[Listed]:
        """Yield the paper of a 文号."""
        try:
            paper = self._tx.papers.by_number(DocumentNumber.parse(number))
        except ValueParseError:
            return
        if paper is not None:
            yield from self._papers([paper.uid])

    def by_reference_code(self, code: str) -> Iterator[Listed]:
        """Yield the paper or old scan that has a 档号."""
        try:
            given = self._tx.codes.get(ReferenceCode.parse(code))
        except (ValueParseError, NotFoundError):
            return
        if not given.void_reason:
            yield from self._papers([given.paper_uid] if given.paper_uid else [])
            yield from self._old([given.old_uid] if given.old_uid else [])

    def _around(self, text: str) -> Iterator[Listed]:
        children: dict[str, ChildRecord] = {}
        for person in self._tx.people.persons(text):
            children.update({record.uid: record for record in self._tx.people.around(person.uid)})
        for uid, record in children.items():
            yield self._child(record)
            yield from self._papers(paper.uid for paper in self._tx.papers.of_child(uid))
            yield from self._old(old.uid for old in self._tx.old.of_child(uid))

    def _child(self, record: ChildRecord) -> Listed:
        village = self._tx.units.get(record.child.village_uid)
        return Listed(
            key=record.uid,
            kind="child",
            unit_uid=village.uid,
            village_code=village.code,
            village_name=village.short or village.name,
            form_code="",
            status="",
            day=record.child.entered_on if is_value(record.child.entered_on) else self._today,
        )

    def _papers(self, uids: Iterable[str]) -> Iterator[Listed]:
        for uid in uids:
            paper = self._tx.papers.get(uid)
            if not paper.version or self._tx.disposals.of_item(uid):
                continue
            version = self._tx.papers.version(uid, paper.signed_version or paper.version)
            village = self._tx.units.get(paper.village_uid or paper.issuer_uid)
            yield Listed(
                key=uid,
                kind="paper",
                unit_uid=village.uid,
                village_code=village.code,
                village_name=village.short or village.name,
                form_code=paper.form_code,
                status=version.status.value,
                day=version.signed_on or version.made_on,
            )

    def _old(self, uids: Iterable[str]) -> Iterator[Listed]:
        for uid in uids:
            old = self._tx.old.by_uid(uid)
            if old is None or self._tx.disposals.of_item(uid):
                continue
            village = self._tx.units.get(old.village_uid) if old.village_uid else self._tx.units.owner()
            yield Listed(
                key=uid,
                kind="item",
                unit_uid=village.uid,
                village_code=village.code,
                village_name=(village.short or village.name) if old.village_uid else "",
                form_code=OLD_FORM,
                status=PaperStatus.ARCHIVED.value if old.child_uid or old.village_uid else UNPLACED,
                day=old.made_on or date(old.year or old.adopted_at.year, 1, 1),
            )
