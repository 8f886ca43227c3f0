"""Facts gathered for one child or one village: what forms are prefilled from and rules look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms.blank import Blank
from forms.enums import UnitKind
from forms.facts import Facts
from forms.people import Unit

if TYPE_CHECKING:
    from archive.registry import Tx
    from docgen.settings import OfficeSettings
    from forms.enums import Flag
    from forms.people import ChildRecord
    from forms.values import PersonName


def facts_of_child(tx: Tx, record: ChildRecord, settings: OfficeSettings) -> Facts:
    """Gather what is known around a child."""
    village = tx.units.get(record.child.village_uid)
    carer_children: tuple[ChildRecord, ...] = ()
    flags: tuple[tuple[PersonName, Flag], ...] = ()
    if not isinstance(record.carer, Blank):
        person = record.carer.person
        if person.uid:
            carer_children = tuple(r for r in tx.people.children_of_carer(person.uid) if r.uid != record.uid)
        if not isinstance(person.address, Blank):
            flags = tx.people.flags_at(person.address, besides=person.uid)
    return Facts(
        record=record,
        village=village,
        town=_town(tx, village),
        office=tx.units.owner(),
        school=_school(tx, record),
        papers=tx.papers.facts(record.uid),
        carer_children=carer_children,
        siblings=tx.people.siblings(record.uid),
        household_flags=flags,
        filler=settings.filler,
        reviewer=settings.reviewer,
        head=settings.head,
    )


def facts_of_village(tx: Tx, village: Unit, settings: OfficeSettings) -> Facts:
    """Gather what a roster of a village needs: its children on the roll, in order of entry."""
    roster = tuple(r for r in tx.people.in_village(village.uid) if isinstance(r.child.left_on, Blank))
    return Facts(
        village=village,
        town=_town(tx, village),
        office=tx.units.owner(),
        roster=roster,
        roster_papers={record.uid: tx.papers.facts(record.uid) for record in roster},
        filler=settings.filler,
        reviewer=settings.reviewer,
        head=settings.head,
    )


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
