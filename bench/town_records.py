"""Children of the demo's town as the register holds them: dead parents, no hukou, rare characters among them."""

from __future__ import annotations

from itertools import count, islice
from typing import TYPE_CHECKING

from docgen.demo.town import SEED, make_town, schooling
from forms.people import Carer, Child, ChildRecord, Contact, Parent, Person
from forms.values.blank import Blank
from forms.values.enums import AwayPattern, Boarding, Gender, Health, PersonStatus, Relation, Schooling
from forms.values.names_and_numbers import IdNumber, PersonName, Phone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.demo.town import Adult, Family, Kid

_RELATIONS = {
    "奶奶": Relation.GRANDMOTHER,
    "爷爷": Relation.GRANDFATHER,
    "外婆": Relation.MATERNAL_GRANDMOTHER,
    "外公": Relation.MATERNAL_GRANDFATHER,
}
_CONTACT = Contact(name=PersonName.parse("韦明远"), relation="邻居", phone=Phone.parse("19900009001"))


def town_records(number: int) -> tuple[ChildRecord, ...]:
    """Return so many children of the sample town, and of towns of the same kind when it has fewer."""
    return tuple(islice(_children(), number))


def _children() -> Iterator[ChildRecord]:
    for seed in count(SEED):
        for village in make_town(seed):
            for family, kid in village.kids:
                yield _record(family, kid, f"{seed}-{kid.name}-{kid.birth}")


def _record(family: Family, kid: Kid, uid: str) -> ChildRecord:
    school, grade, stage = schooling(kid.birth)
    at_school = stage in {"小学", "初中"}
    child = Child(
        person=Person(
            uid=uid,
            name=PersonName.parse(kid.name),
            gender=Gender.FEMALE if kid.is_girl else Gender.MALE,
            ethnicity=family.ethnicity,
            birth=kid.birth,
            id_number=IdNumber.parse(kid.id_number) if kid.id_number else Blank.NOT_APPLICABLE,
            phones=Blank.NOT_APPLICABLE,
            address=family.address,
        ),
        village_uid="v1",
        hukou_registered=bool(kid.id_number),
        hukou_address=family.address if kid.id_number else Blank.NOT_APPLICABLE,
        health_primary=Health.HEALTHY,
        schooling=Schooling(stage),
        school=school or Blank.NOT_APPLICABLE,
        grade=grade or Blank.NOT_APPLICABLE,
        boarding=Boarding.DAY if at_school else Blank.NOT_APPLICABLE,
        away_pattern=AwayPattern.BOTH_AWAY,
    )
    carer = Carer(
        person=_person(family.carer, address=family.address),
        relation=_RELATIONS.get(family.relation, Relation.UNCLE_AUNT),
        lives_with_child=True,
    )
    return ChildRecord(
        child=child,
        father=_parent(family.father, family.father_place),
        mother=_parent(family.mother, family.mother_place),
        carer=carer,
        emergency_contact=_CONTACT,
    )


def _parent(adult: Adult | None, place: str) -> Parent | Blank:
    if adult is None:
        return Blank.NOT_APPLICABLE
    return Parent(person=_person(adult), away=True, work_place=place, capable=True)


def _person(adult: Adult, *, address: str = "") -> Person:
    return Person(
        uid=f"{adult.name}-{adult.birth}",
        name=PersonName.parse(adult.name),
        gender=Gender.FEMALE if adult.is_woman else Gender.MALE,
        birth=adult.birth,
        id_number=IdNumber.parse(adult.id_number),
        phones=tuple(Phone.parse(text) for text in adult.phones),
        address=address or Blank.NOT_COLLECTED,
        status=PersonStatus.REACHABLE,
        health="健康",
    )
