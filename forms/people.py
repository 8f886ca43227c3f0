"""People as this work knows them: the child, the parents, the carer, the unit. Frozen records.

Source: forms.md §4 (G-CHILD, G-PARENT, G-CARER, G-VILLAGE …). A field that can be absent is
`T | Blank`: 不适用 and 未采集 are told apart everywhere. Identifiers are those of the catalogue,
written in full (`id_number`, not `id_no`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003  dataclass fields are read at run time by the registry

from forms.values.blank import Blank
from forms.values.enums import (
    AwayPattern,
    Boarding,
    CareActual,
    CareQuality,
    Custody,
    Flag,
    Gender,
    Health,
    HukouKind,
    IdType,
    IncapableReason,
    IncomeSource,
    PersonStatus,
    Relation,
    Relief,
    Schooling,
    UnitKind,
)
from forms.values.names_and_numbers import IdNumber, PersonName, Phone  # noqa: TC001  the same

NC = Blank.NOT_COLLECTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Anybody: what is the same for child, parent and carer."""

    uid: str = ""
    """Internal, random, never derived from the ID number; empty before it is saved."""

    name: PersonName
    aliases: tuple[str, ...] = ()
    gender: Gender | Blank = NC
    ethnicity: str | Blank = NC
    birth: date | Blank = NC
    id_type: IdType | Blank = NC
    id_number: IdNumber | Blank = NC
    phones: tuple[Phone, ...] | Blank = NC
    """All numbers in the order given; NOT_APPLICABLE: has no telephone."""
    address: str | Blank = NC
    """现居住地 down to the group or house number."""
    status: PersonStatus = PersonStatus.REACHABLE
    health: str | Blank = NC
    education: str | Blank = NC
    occupation: str | Blank = NC
    flags: tuple[Flag, ...] = ()
    """What bars this person from care; set by papers and by recorded checks only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """留守儿童: the person and what the roster asks of a child."""

    person: Person
    village_uid: str
    """The unit that keeps the child."""
    group: str | Blank = NC
    """村民小组."""
    hukou_registered: bool | Blank = NC
    hukou_kind: HukouKind | Blank = NC
    hukou_address: str | Blank = NC
    health_primary: Health | Blank = NC
    disability: str | Blank = NC
    illness: str | Blank = NC
    schooling: Schooling | Blank = NC
    school: str | Blank = NC
    grade: str | Blank = NC
    school_class: str | Blank = NC
    student_number: str | Blank = NC
    boarding: Boarding | Blank = NC
    away_pattern: AwayPattern | Blank = NC
    care_actual: CareActual | Blank = NC
    care_quality: CareQuality | Blank = NC
    income_sources: tuple[IncomeSource, ...] | Blank = NC
    relief: tuple[Relief, ...] | Blank = NC
    entered_on: date | Blank = NC
    """在册 since."""
    left_on: date | Blank = Blank.NOT_APPLICABLE
    exit_reason: str | Blank = Blank.NOT_APPLICABLE
    remark: str | Blank = NC


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """父亲 or 母亲 of one child."""

    person: Person
    away: bool | Blank = NC
    work_place: str | Blank = NC
    employer: str | Blank = NC
    left_on: date | Blank = NC
    returns_on: date | Blank = NC
    capable: bool | Blank = NC
    incapable_reason: IncapableReason | Blank = NC
    custody: Custody | Blank = NC


@dataclass(frozen=True, slots=True, kw_only=True)
class Carer:
    """被委托人 of one child, present or proposed."""

    person: Person
    relation: Relation | Blank = NC
    lives_with_child: bool | Blank = NC


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """应急联系人."""

    name: PersonName
    relation: str | Blank = NC
    phone: Phone | Blank = NC


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildRecord:
    """One child with the people around it: the unit that is imported, saved and printed."""

    child: Child
    father: Parent | Blank = NC
    """NOT_APPLICABLE: deceased and nothing else known (V-DASH); a Person with status otherwise."""
    mother: Parent | Blank = NC
    carer: Carer | Blank = NC
    emergency_contact: Contact | Blank = NC

    @property
    def uid(self) -> str:
        """The child's uid."""
        return self.child.person.uid


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit that acts: village, town, school, police station, bureau."""

    uid: str = ""
    kind: UnitKind
    name: str
    """Full name as on the seal, e.g. 洗马镇平山村村民委员会."""
    short: str = ""
    """What clerks say: 平山村."""
    code: str = ""
    """Region code of 6, 9 or 12 digits; empty when unknown."""
    parent_uid: str = ""
    address: str | Blank = NC
    contact_name: str | Blank = NC
    """儿童主任, 儿童督导员 or whoever answers."""
    contact_phone: Phone | Blank = NC


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """A person who works here and is named on papers."""

    name: str
    post: str = ""
