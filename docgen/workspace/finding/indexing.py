"""What the index is told of a paper and of a child; made from registry and store alone."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from archive.description import OLD_FORM
from archive.index import IndexDocument
from archive.store import StoredFileNotFoundError, paper_object, scan_object
from docgen.workspace.office.objects import text_path
from forms.errors import NotFoundError
from forms.profiles.wording import WORDINGS
from forms.values.blank import Blank, is_value
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from archive.registry import Tx
    from archive.registry.old_items import OldItem
    from docgen.workspace.office.opened import Office
    from forms.people import Child, ChildRecord, Person, Unit


UNPLACED = "未认定"
"""State of an old scan of which nobody has said whose it is."""

OLD_TEXT = "text.txt"
"""Logical path of an old scan's own text layer in its object."""


def child_document(tx: Tx, uid: str, today: date) -> IndexDocument:
    """Return the entry of a child: found by name, sound, number and place, before any paper exists."""
    record = tx.people.get(uid)
    village = tx.units.get(record.child.village_uid)
    people = _people(record)
    child = record.child
    return IndexDocument(
        key=uid,
        kind="child",
        child_uid=uid,
        names=_names(people),
        id_numbers=_id_numbers(people),
        phones=_phones(people),
        unit_uid=village.uid,
        village_code=village.code,
        village_name=village.short or village.name,
        status="",
        day=child.entered_on if is_value(child.entered_on) else today,
        title="儿童档案",
        body=_child_text(child),
    )


def paper_document(office: Office, tx: Tx, uid: str) -> IndexDocument | None:
    """Return the entry of a paper in its newest version; ``None`` before the first, and once it is destroyed."""
    paper = tx.papers.get(uid)
    if not paper.version or tx.disposals.of_item(uid):
        return None
    version = tx.papers.version(uid, paper.signed_version or paper.version)
    people = _people(tx.people.get(paper.child_uid)) if paper.child_uid else ()
    village = tx.units.get(paper.village_uid or paper.issuer_uid)
    return IndexDocument(
        key=uid,
        kind="paper",
        child_uid=paper.child_uid,
        names=_names(people),
        id_numbers=_id_numbers(people),
        phones=_phones(people),
        document_number=str(paper.document_number or ""),
        reference_code=paper.reference_code,
        unit_uid=village.uid,
        village_code=village.code,
        village_name=_place(village),
        form_code=paper.form_code,
        form_terms=_terms(office, paper.form_code),
        status=version.status.value,
        day=version.signed_on or version.made_on,
        title=office.title_of(paper.form_code),
        body=_text(office, uid, version.version),
    )


def paper_text(office: Office, tx: Tx, key: str) -> str | None:
    """Return the text of a paper's or an old scan's pages for the snippet; ``None`` for other entries."""
    paper = tx.papers.by_uid(key)
    if paper is not None:
        return _text(office, key, paper.signed_version or paper.version)
    old = tx.old.by_uid(key)
    return _old_text(office, old) if old and old.has_text else None


def old_document(office: Office, tx: Tx, uid: str) -> IndexDocument | None:
    """Return the entry of an old scan; ``None`` once it is destroyed, or was an enclosure and was taken back."""
    old = tx.old.by_uid(uid)
    if old is None or tx.disposals.of_item(uid):
        return None
    people = _people(tx.people.get(old.child_uid)) if old.child_uid else ()
    village = tx.units.get(old.village_uid) if old.village_uid else tx.units.owner()
    return IndexDocument(
        key=uid,
        kind="item",
        child_uid=old.child_uid,
        names=_names(people),
        id_numbers=_id_numbers(people),
        phones=(),
        reference_code=old.reference_code,
        unit_uid=village.uid,
        village_code=village.code,
        village_name=_place(village) if old.village_uid else "",
        form_code=OLD_FORM,
        form_terms=(OLD_FORM, "扫描件"),
        status=PaperStatus.ARCHIVED.value if old.child_uid or old.village_uid else UNPLACED,
        day=old.made_on or date(old.year or old.adopted_at.year, 1, 1),
        title=OLD_FORM,
        body=f"{old.title}\n{_old_text(office, old) if old.has_text else ''}",
    )


def _old_text(office: Office, old: OldItem) -> str:
    try:
        return office.store.read(scan_object(old.sha256), OLD_TEXT).decode("utf-8", "replace")
    except StoredFileNotFoundError:
        return ""


def _text(office: Office, uid: str, version: int) -> str:
    try:
        return office.store.read(paper_object(uid), text_path(version)).decode("utf-8", "replace")
    except StoredFileNotFoundError:
        return ""


def _terms(office: Office, code: str) -> tuple[str, ...]:
    try:
        spec = office.library.get(code)
    except NotFoundError:
        return (code,)  # a form the office has since removed
    return tuple(dict.fromkeys((code, *(spec.titles[key] for key in WORDINGS), *spec.aliases)))


def _place(unit: Unit) -> str:
    return unit.short or unit.name


def _people(record: ChildRecord) -> tuple[Person, ...]:
    parts = (record.father, record.mother, record.carer)
    return (record.child.person, *(part.person for part in parts if not isinstance(part, Blank)))


def _names(people: tuple[Person, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for p in people for name in (str(p.name), *p.aliases)))


def _id_numbers(people: tuple[Person, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(p.id_number) for p in people if is_value(p.id_number)))


def _phones(people: tuple[Person, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(phone) for p in people if is_value(p.phones) for phone in p.phones))


def _child_text(child: Child) -> str:
    parts = (child.person.address, child.hukou_address, child.school, child.grade, child.remark)
    return " ".join(str(part) for part in parts if is_value(part))
