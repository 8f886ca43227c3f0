"""Items (件) as the archive describes them, made from registry, forms and the unit's own table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.description import OLD_FORM, ArchivalItem, Origin
from archive.reference_code import ItemClass, ReferenceCode
from archive.store import paper_object, scan_object
from forms.errors import NotFoundError
from forms.values.names_and_numbers import ValueParseError

if TYPE_CHECKING:
    from archive.registry import Tx
    from archive.registry.old_items import OldItem
    from archive.registry.paper_states import PaperRecord
    from docgen.workspace.office.opened import Office

SUGGESTED = "D30"
"""Kept so long until the unit has a table (forms.md §12.3)."""


class ItemNotFoundError(NotFoundError):
    """Nothing in the archive by that 档号, uid or number."""

    code = "item.not-found"

    def __init__(self, text: str) -> None:
        super().__init__(f"档案里没有“{text}”这一件。请写档号、文号或编号，可以先用 docgen search 查找。")


class Describer:
    """Describes items; names of units and forms are looked up once."""

    def __init__(self, office: Office, tx: Tx) -> None:
        self._office = office
        self._tx = tx
        self._units: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def paper(self, paper: PaperRecord) -> ArchivalItem:
        """Describe a paper by its signed version, or by its newest while none is signed."""
        version = self._tx.papers.version(paper.uid, paper.signed_version or paper.version)
        try:
            spec = self._office.library.get(paper.form_code)
            title, suggested = self._office.title_of(paper.form_code), spec.retention
            restricted, order = spec.restricted, spec.dossier_order
        except NotFoundError:  # a form the office has since removed
            title, suggested, restricted, order = paper.form_code, SUGGESTED, False, 0
        retention, is_set = self.retention(paper.form_code, suggested)
        whose = self._name(paper.child_uid) or self._unit(paper.village_uid)
        day = version.signed_on or version.made_on
        return ArchivalItem(
            uid=paper.uid,
            origin=Origin.PAPER,
            object_id=paper_object(paper.uid),
            form_code=paper.form_code,
            code=_code(paper.reference_code),
            number=str(paper.document_number or ""),
            responsible=self._unit(paper.issuer_uid),
            title=f"{title}[{whose}]" if whose else title,
            plain_title=title,
            day=day,
            year=day.year,
            pages=version.pages,
            retention=retention,
            retention_is_set=is_set,
            restricted=restricted,
            child_uid=paper.child_uid,
            village_uid=paper.village_uid,
            version=paper.signed_version,
            order=order,
        )

    def old(self, old: OldItem) -> ArchivalItem:
        """Describe an old scan."""
        retention, is_set = self.retention(OLD_FORM, SUGGESTED)
        stack = self._tx.scans.stack(old.sha256)
        year = old.made_on.year if old.made_on else old.year or old.adopted_at.year
        return ArchivalItem(
            uid=old.uid,
            origin=Origin.OLD,
            object_id=scan_object(old.sha256),
            form_code=OLD_FORM,
            code=_code(old.reference_code),
            number="",
            responsible=self._unit(old.village_uid),
            title=f"[{old.title}]",
            plain_title="[旧档扫描件]",
            day=old.made_on,
            year=year,
            pages=stack.page_count if stack else 0,
            retention=retention,
            retention_is_set=is_set,
            restricted=False,
            child_uid=old.child_uid,
            village_uid=old.village_uid,
            version=0,
            order=0,
        )

    def by_uid(self, uid: str) -> ArchivalItem | None:
        """Describe whatever has this uid."""
        paper = self._tx.papers.by_uid(uid)
        if paper is not None:
            return self.paper(paper) if paper.version else None
        old = self._tx.old.by_uid(uid)
        return self.old(old) if old else None

    def find(self, text: str) -> ArchivalItem:
        """Describe the item of a 档号, 文号 or uid.

        Raises:
            ItemNotFoundError: there is none.
        """
        from forms.values.names_and_numbers import DocumentNumber

        found = None
        try:
            given = self._tx.codes.get(ReferenceCode.parse(text))
            found = None if given.void_reason else self.by_uid(given.uid)
        except (ValueParseError, NotFoundError):
            try:
                paper = self._tx.papers.by_number(DocumentNumber.parse(text))
                found = self.paper(paper) if paper and paper.version else None
            except ValueParseError:
                found = self.by_uid(text.strip())
        if found is None:
            raise ItemNotFoundError(text)
        return found

    def retention(self, form_code: str, suggested: str) -> tuple[str, bool]:
        """Return how long papers of a form are kept, and whether the unit has decided so."""
        scheme = self._office.settings.archive
        own = scheme.retention.get(form_code) or scheme.retention_period
        return (own, True) if own else (suggested or SUGGESTED, False)

    def item_class(self, item: ArchivalItem) -> ItemClass:
        """Return the class an item is numbered in."""
        scheme = self._office.settings.archive
        return ItemClass(
            fonds_number=scheme.fonds_number,
            category_code=scheme.category_code,
            year=item.year,
            retention=item.retention,
            office_code=scheme.office_code,
        )

    def _unit(self, uid: str) -> str:
        if uid and uid not in self._units:
            self._units[uid] = self._tx.units.get(uid).name
        return self._units.get(uid, "")

    def _name(self, child_uid: str) -> str:
        if child_uid and child_uid not in self._names:
            self._names[child_uid] = str(self._tx.people.get(child_uid).child.person.name)
        return self._names.get(child_uid, "")


def _code(text: str) -> ReferenceCode | None:
    return ReferenceCode.parse(text) if text else None
