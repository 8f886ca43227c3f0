"""The invented people of the county of `docgen.demo.county`, and the settings of its offices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from docgen.settings import OfficeSettings
from forms.people import Carer, Child, ChildRecord, Parent, Person, Staff
from forms.profiles.region import RegionProfile
from forms.values.blank import Blank
from forms.values.enums import AwayPattern, Boarding, CareActual, CareQuality, Gender, Health, Relation, Schooling
from forms.values.names_and_numbers import IdNumber, PersonName, id_check_character

PRINCIPALS = "罗建国"
_SURNAMES = "罗陈王杨吴李张周刘莫岑韦"
_GIVEN = ("小山", "小水", "小云", "小雨")


def settings_of(name: str) -> OfficeSettings:
    """Return the settings of an office; the same three people work in all of them."""
    profile = RegionProfile.load("longli")
    return OfficeSettings(
        unit_name=name,
        town_name=name,
        profile=profile.key,
        wording=profile.wording,
        number_prefix="龙",
        filler=Staff(name="潘文海", post="经办人"),
        reviewer=Staff(name="龙秀英", post="复核人"),
        head=Staff(name=PRINCIPALS, post="主要负责人"),
    )


def child_of(family: int, place: int) -> ChildRecord:
    """Return an invented child; nobody has a number that begins with 522799."""
    surname = _SURNAMES[family % len(_SURNAMES)]
    birth = date(2014 + place, 1 + family % 12, 3 + place)
    serial = (family * 7 + place * 2) % 1000
    person = Person(
        name=PersonName.parse(f"{surname}{_GIVEN[place % 4]}{'甲乙丙丁戊己庚辛壬癸'[family % 10]}"),
        gender=Gender.MALE if serial % 2 else Gender.FEMALE,
        ethnicity="汉族",
        birth=birth,
        id_number=_number(birth, serial),
        address=f"一组{family + 1}号",
    )
    child = Child(
        person=person,
        village_uid="",
        hukou_registered=True,
        hukou_address=person.address,
        health_primary=Health.HEALTHY,
        schooling=Schooling.PRIMARY,
        school="中心小学",
        grade="二年级",
        boarding=Boarding.DAY,
        away_pattern=AwayPattern.BOTH_AWAY,
        care_actual=CareActual.GRANDPARENTS,
        care_quality=CareQuality.GOOD,
        relief=(),
        entered_on=date(2026, 3, 10),
    )
    father, mother = (
        Parent(
            person=_adult(f"{surname}{given}", 1988 + at, family * 13 + place * 3 + at),
            away=True,
            work_place="浙江省温州市",
        )
        for at, given in enumerate(("大山", "秋月"))
    )
    keeper = _adult(f"{surname}桂花", 1958, family * 13 + place * 3 + 2)
    return ChildRecord(
        child=child, father=father, mother=mother, carer=Carer(person=keeper, relation=Relation.GRANDMOTHER)
    )


def _adult(name: str, year: int, serial: int) -> Person:
    birth = date(year, 8, 9)
    woman = not name.endswith("大山")
    return Person(
        name=PersonName.parse(name),
        gender=Gender.FEMALE if woman else Gender.MALE,
        birth=birth,
        id_number=_number(birth, serial * 2 % 1000 // 2 * 2 + (not woman)),
    )


def _number(birth: date, serial: int) -> IdNumber:
    first = f"522799{birth:%Y%m%d}{serial:03d}"
    return IdNumber.parse(first + id_check_character(first))


def entered_on(record: ChildRecord, day: date) -> ChildRecord:
    """Return a child that came on to the roll on another day."""
    return replace(record, child=replace(record.child, entered_on=day))


def without_hukou(record: ChildRecord) -> ChildRecord:
    """Return a child that nobody has registered at birth."""
    person = replace(record.child.person, id_number=Blank.NOT_APPLICABLE)
    return replace(
        record, child=replace(record.child, person=person, hukou_registered=False, hukou_address=Blank.NOT_APPLICABLE)
    )
