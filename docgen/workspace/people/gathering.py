"""Facts gathered for one child or one village: what forms are prefilled from and rules look at."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from forms.cases.facts import Facts, as_rows
from forms.people import Unit
from forms.values.blank import Blank
from forms.values.enums import PaperStatus, UnitKind
from forms.values.names_and_numbers import IdNumber

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archive.registry import Tx
    from docgen.settings import OfficeSettings
    from forms.cases.facts import PaperFact
    from forms.people import ChildRecord, Person
    from forms.values.enums import Flag
    from forms.values.names_and_numbers import PersonName


def facts_of_child(tx: Tx, record: ChildRecord, settings: OfficeSettings) -> Facts:
    """Gather what is known around a child."""
    village = tx.units.get(record.child.village_uid)
    carer_children: tuple[ChildRecord, ...] = ()
    carer_papers: tuple[PaperFact, ...] = ()
    flags: tuple[tuple[PersonName, Flag], ...] = ()
    siblings = tx.people.siblings(record.uid)
    if not isinstance(record.carer, Blank):
        person = record.carer.person
        if person.uid:
            carer_children = tuple(r for r in tx.people.children_of_carer(person.uid) if r.uid != record.uid)
            carer_papers = tx.papers.facts_of_person(person.uid)
        if not isinstance(person.address, Blank):
            flags = tx.people.flags_at(person.address, besides=person.uid)
    return Facts(
        record=record,
        village=village,
        town=_town(tx, village),
        office=tx.units.owner(),
        school=_school(tx, record),
        papers=_with_receipts(tx, _with_shared(tx, record, (*siblings, *carer_children))),
        carer_children=carer_children,
        carer_papers=carer_papers,
        siblings=siblings,
        household_flags=flags,
        flagged=tx.people.flagged(),
        filler=settings.filler,
        reviewer=settings.reviewer,
        head=settings.head,
    )


def facts_of_village(tx: Tx, village: Unit, settings: OfficeSettings) -> Facts:
    """Gather what a roster of a village needs: its children on the roll, in order of entry."""
    kept = (village, *(tx.units.of_kind(UnitKind.VILLAGE, village.uid) if village.kind is UnitKind.TOWN else ()))
    roster = tuple(r for unit in kept for r in tx.people.in_village(unit.uid) if isinstance(r.child.left_on, Blank))
    return Facts(
        village=village,
        town=_town(tx, village),
        office=tx.units.owner(),
        papers=tx.papers.facts_of_unit(village.uid),
        roster=roster,
        elders=_elders(tx, village.uid),
        flagged=tx.people.flagged(),
        roster_papers={record.uid: tx.papers.facts(record.uid) for record in roster},
        filler=settings.filler,
        reviewer=settings.reviewer,
        head=settings.head,
    )


def facts_of_person(tx: Tx, person: Person, settings: OfficeSettings, village: Unit | None = None) -> Facts:
    """Gather what a paper about a person needs (B4, B6): the family and the children in the person's care.

    Args:
        tx: The registry.
        person: Known to the registry.
        settings: The office.
        village: Where the person belongs; by default the village of the family's children.
    """
    around = tx.people.around(person.uid)
    record = next((r for r in around if _is_parent(r, person.uid)), around[0] if around else None)
    if village is None:
        village = tx.units.get(record.child.village_uid) if record is not None else tx.units.owner()
    return Facts(
        record=record,
        person=person,
        village=village,
        town=_town(tx, village),
        office=tx.units.owner(),
        papers=tx.papers.facts_of_person(person.uid),
        carer_children=tx.people.children_of_carer(person.uid),
        siblings=tx.people.siblings(record.uid) if record is not None else (),
        filler=settings.filler,
        reviewer=settings.reviewer,
        head=settings.head,
    )


def _is_parent(record: ChildRecord, person_uid: str) -> bool:
    return any(not isinstance(p, Blank) and p.person.uid == person_uid for p in (record.father, record.mother))


def _with_shared(tx: Tx, record: ChildRecord, others: Iterable[ChildRecord]) -> tuple[PaperFact, ...]:
    """Return a child's papers with the assessments of other children that list this child too, newest first.

    One A5 may cover the children of a household (forms.md §6 A5, ``child_refs``).
    """
    shared = [
        paper
        for uid in dict.fromkeys(r.uid for r in others)
        for paper in tx.papers.facts(uid)
        if paper.form_code == "A5" and _lists(paper, record)
    ]
    own = tx.papers.facts(record.uid)
    return tuple(sorted((*own, *shared), key=lambda p: p.made_on, reverse=True)) if shared else own


def _with_receipts(tx: Tx, papers: tuple[PaperFact, ...]) -> tuple[PaperFact, ...]:
    """Put to the newest signed notice (A4) which of its originals have been received (WRN-07)."""
    notice = next((p for p in papers if p.form_code == "A4" and p.is_done), None)
    if notice is None:
        return papers
    known = replace(notice, receipts={c.recipient: c.received_on for c in tx.papers.copies(notice.uid, notice.version)})
    return tuple(known if p is notice else p for p in papers)


def _lists(paper: PaperFact, record: ChildRecord) -> bool:
    person = record.child.person
    for row in as_rows(paper.values.get("child_refs")):
        number, birth = row.get("id_number"), row.get("birth")
        if isinstance(number, IdNumber) and not isinstance(person.id_number, Blank):
            if number == person.id_number:
                return True
        elif row.get("name") == person.name and birth == person.birth and not isinstance(birth, Blank):
            return True
    return False


def _elders(tx: Tx, village_uid: str) -> tuple[PaperFact, ...]:
    """Return the registration in force of each elder of a village: the signed one, else the newest, oldest first."""
    gone = {PaperStatus.VOID, PaperStatus.REPLACED}
    found: dict[str, PaperFact] = {}
    for paper in tx.papers.facts_of_people("B4", village_uid):
        known = found.get(paper.carer_uid)
        if paper.status not in gone and (known is None or (paper.is_done and not known.is_done)):
            found[paper.carer_uid] = paper
    return tuple(reversed(found.values()))


def _town(tx: Tx, village: Unit) -> Unit:
    if village.parent_uid:
        return tx.units.get(village.parent_uid)
    return village if village.kind is UnitKind.TOWN else tx.units.owner()


def _school(tx: Tx, record: ChildRecord) -> Unit | None:
    name = record.child.school
    if isinstance(name, Blank):
        return None
    found = [unit for unit in tx.units.find(name) if unit.kind is UnitKind.SCHOOL]
    return found[0] if len(found) == 1 else Unit(kind=UnitKind.SCHOOL, name=name, short=name)
