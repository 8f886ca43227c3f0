"""One fictitious child, ready to be entrusted, and how to change anything about it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from forms.cases.casefile import CaseFile, CasePerson, CaseRole
from forms.cases.facts import Facts, PaperFact
from forms.catalogue.library import FormLibrary
from forms.filling.fill import Filled, check_signatures, fill
from forms.people import Carer, Child, ChildRecord, Contact, Parent, Person, Staff, Unit
from forms.profiles.region import RegionProfile
from forms.profiles.wording import LAW_2020
from forms.values.blank import Blank
from forms.values.enums import (
    AssessmentResult,
    AwayPattern,
    Boarding,
    CareQuality,
    Custody,
    Gender,
    Health,
    IncomeSource,
    PaperStatus,
    Preference,
    Relation,
    Relief,
    Schooling,
    Screening,
    UnitKind,
    Willingness,
)
from forms.values.names_and_numbers import IdNumber, PersonName, Phone, id_check_character

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from forms.cases.facts import Signature, Value
    from forms.filling.fill import Override
    from forms.problems import Problem

TODAY = date(2026, 11, 23)
NAMES = {"child": "石小满", "father": "石大山", "mother": "李秋月", "carer": "王桂兰", "other": "韦明远"}


def id_number(birth: date, *, sequence: int = 12, region: str = "522730") -> IdNumber:
    """Return a number that passes its check: an odd sequence for men, an even one for women."""
    first = f"{region}{birth:%Y%m%d}{sequence:03d}"
    return IdNumber.parse(first + id_check_character(first))


def person(who: str, birth: date, *, sequence: int, **changes: Any) -> Person:
    known: dict[str, Any] = {
        "uid": f"uid-{who}",
        "name": PersonName.parse(NAMES[who]),
        "gender": Gender.MALE if sequence % 2 else Gender.FEMALE,
        "ethnicity": "布依族",
        "birth": birth,
        "id_number": id_number(birth, sequence=sequence),
        "phones": (Phone.parse(f"1380000{sequence:04d}"),),
        "address": "洗马镇平山村上寨组8号",
        "health": "健康",
    }
    return Person(**{**known, **changes})


def child_person(**changes: Any) -> Person:
    return person("child", date(2016, 5, 20), sequence=11, **{"phones": Blank.NOT_APPLICABLE, **changes})


def child_record(**changes: Any) -> ChildRecord:
    child = Child(
        person=child_person(),
        village_uid="v1",
        hukou_registered=True,
        hukou_address="洗马镇平山村上寨组",
        health_primary=Health.HEALTHY,
        schooling=Schooling.PRIMARY,
        school="平山小学",
        grade="四年级",
        boarding=Boarding.DAY,
        away_pattern=AwayPattern.BOTH_AWAY,
        care_quality=CareQuality.GOOD,
        income_sources=(IncomeSource.WAGES,),
        relief=(Relief.NONE,),
    )
    parents = {
        side: Parent(
            person=person(side, birth, sequence=sequence),
            away=True,
            work_place="广东省东莞市",
            capable=True,
            custody=Custody.SHARED,
        )
        for side, birth, sequence in (("father", date(1990, 3, 1), 21), ("mother", date(1991, 4, 2), 22))
    }
    carer = Carer(
        person=person("carer", date(1966, 8, 9), sequence=32),
        relation=Relation.GRANDMOTHER,
        lives_with_child=True,
    )
    contact = Contact(name=PersonName.parse("韦明远"), relation="叔叔", phone=Phone.parse("13900000001"))
    known: dict[str, Any] = {"child": child, **parents, "carer": carer, "emergency_contact": contact}
    return ChildRecord(**{**known, **changes})


def screening(*results: Screening) -> tuple[dict[str, Any], ...]:
    items = ("违法犯罪", "恶习", "怠于履行职责", "其他不适宜情形")
    return tuple({"item": i, "result": r} for i, r in zip(items, results or (Screening.CLEAR,) * 4, strict=True))


def assessment(**changes: Any) -> PaperFact:
    values: dict[str, Any] = {
        "carer_name": PersonName.parse(NAMES["carer"]),
        "result": AssessmentResult.PASSED,
        "screening": screening(),
        "screening_by": "韦小青",
        "screening_on": date(2026, 11, 10),
        "capacity_ok": True,
        "willing": Willingness.WILLING,
        "health_items": {"physical": "良好", "infectious": "无", "mental": "正常"},
        "household": ({"name": PersonName.parse("石老根"), "relation": "丈夫", "finding": Screening.CLEAR},),
        "valid_to": date(2027, 11, 10),
    }
    values.update(changes.pop("values", {}))
    return paper("A5", values=values, **changes)


def opinion(**changes: Any) -> PaperFact:
    values: dict[str, Any] = {
        "can_express": True,
        "preference": Preference.AGREES,
        "proposed_carer": PersonName.parse(NAMES["carer"]),
    }
    values.update(changes.pop("values", {}))
    return paper("A8", values=values, **changes)


def paper(code: str, *, values: Mapping[str, Any], **changes: Any) -> PaperFact:
    known: dict[str, Any] = {
        "uid": f"paper-{code}",
        "form_code": code,
        "version": 1,
        "status": PaperStatus.ARCHIVED,
        "document_number": f"洗民{code}〔2026〕3号",
        "made_on": date(2026, 11, 9),
        "signed_on": date(2026, 11, 10),
        "carer_uid": "uid-carer",
        "values": values,
    }
    return PaperFact(**{**known, **changes})


def known_facts(**changes: Any) -> Facts:
    village = Unit(
        uid="v1", kind=UnitKind.VILLAGE, name="洗马镇平山村村民委员会", short="平山村", contact_name="韦小青"
    )
    town = Unit(uid="t1", kind=UnitKind.TOWN, name="龙里县洗马镇人民政府", short="洗马镇")
    given: dict[str, Any] = {
        "record": child_record(),
        "village": village,
        "town": town,
        "office": town,
        "papers": (assessment(), opinion()),
        "filler": Staff(name="罗晓芸", post="民政办工作人员"),
        "reviewer": Staff(name="陆远航"),
        "head": Staff(name="杨立新"),
    }
    return Facts(**{**given, **changes})


def case_person(role: str, name: str, **changes: Any) -> CasePerson:
    known: dict[str, Any] = {"name": PersonName.parse(name), "phones": (Phone.parse("13900000077"),)}
    person_changes = {k: changes.pop(k) for k in tuple(changes) if k in Person.__slots__}
    return CasePerson(role=CaseRole(role), person=Person(**{**known, **person_changes}), **changes)


def case_file(*people: CasePerson, **changes: Any) -> CaseFile:
    """A case of violence by the father, who is at home; reported by a teacher, handled by two officers."""
    father = child_record().father
    assert isinstance(father, Parent)
    known: dict[str, Any] = {
        "uid": "case-1",
        "number": "洗公受案字〔2026〕7号",
        "title": "疑似家庭暴力",
        "child_uid": "uid-child",
        "village_uid": "v1",
        "opened_on": date(2026, 11, 18),
        "people": (
            CasePerson(role=CaseRole.VICTIM, person=child_person()),
            CasePerson(role=CaseRole.PERPETRATOR, person=father.person, relation="父亲", lives_with_child=True),
            case_person("报告人", "莫春燕", unit="平山小学", post="班主任", phones=(Phone.parse("13700000001"),)),
            case_person("承办民警", "岑志远", unit="洗马派出所"),
            case_person("承办民警", "班永康", unit="洗马派出所"),
            case_person("接收人", "韦明远", uid="uid-other", relation="叔叔", address="洗马镇平山村下寨组2号"),
            case_person("拟定监护人", "韦明远", uid="uid-other", relation="叔叔"),
            *people,
        ),
    }
    return CaseFile(**{**known, **changes})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """Everything above, for tests that cannot import each other."""

    library: FormLibrary
    profile: RegionProfile
    today: date = TODAY
    names: Mapping[str, str] = field(default_factory=lambda: NAMES)

    id_number = staticmethod(id_number)
    person = staticmethod(person)
    child_person = staticmethod(child_person)
    record = staticmethod(child_record)
    screening = staticmethod(screening)
    assessment = staticmethod(assessment)
    opinion = staticmethod(opinion)
    paper = staticmethod(paper)
    facts = staticmethod(known_facts)
    case_person = staticmethod(case_person)
    case_file = staticmethod(case_file)

    def fill(
        self,
        code: str,
        typed: Mapping[str, str] | None = None,
        *,
        facts: Facts | None = None,
        today: date | None = None,
        missing_glyphs: Container[str] = frozenset(),
        overrides: tuple[Override, ...] = (),
    ) -> Filled:
        """Fill a form for the child."""
        return fill(
            self.library.get(code),
            facts or known_facts(),
            typed or {},
            today=today or self.today,
            profile=self.profile,
            missing_glyphs=missing_glyphs,
            overrides=overrides,
        )

    def police(self, *papers: PaperFact, case: CaseFile | None = None, **changes: Any) -> Facts:
        """Return the facts of a case at the police station."""
        office = Unit(uid="p1", kind=UnitKind.POLICE, name="龙里县公安局洗马派出所", short="洗马派出所")
        known: dict[str, Any] = {"office": office, "case": case or case_file(), "papers": papers}
        return known_facts(**{**known, **changes})

    def town(self, *papers: PaperFact, case: CaseFile | None = None, **changes: Any) -> Facts:
        """Return the facts of a case at the town."""
        return known_facts(**{"case": case or case_file(), "papers": papers, **changes})

    def signed(
        self, code: str, *signatures: Signature, facts: Facts | None = None, values: Mapping[str, Value] | None = None
    ) -> tuple[Problem, ...]:
        """Check signatures as read from a scan."""
        known = facts or known_facts()
        return check_signatures(
            self.library.get(code),
            known,
            {**self.fill(code, facts=known).values, **(values or {})},
            signatures,
            today=self.today,
            made_on=date(2026, 11, 20),
            profile=self.profile,
        )

    def with_carer(self, **changes: Any) -> Facts:
        """Change the person who is the carer."""
        record = child_record()
        assert isinstance(record.carer, Carer)
        carer = replace(record.carer, person=replace(record.carer.person, **changes))
        return known_facts(record=replace(record, carer=carer))

    def with_parent(self, side: str, *, parent: Mapping[str, Any] | None = None, **changes: Any) -> Facts:
        """Change a parent, or the person the parent is."""
        record = child_record()
        old = record.father if side == "father" else record.mother
        assert isinstance(old, Parent)
        new = replace(old, person=replace(old.person, **changes), **(parent or {}))
        return known_facts(record=replace(record, father=new) if side == "father" else replace(record, mother=new))

    def with_child(self, *, child: Mapping[str, Any] | None = None, **changes: Any) -> Facts:
        """Change the child, or the person the child is; a new birth date brings its own number."""
        record = child_record()
        if isinstance(changes.get("birth"), date) and "id_number" not in changes:
            changes["id_number"] = id_number(changes["birth"], sequence=11)
        new = replace(record.child, person=replace(record.child.person, **changes), **(child or {}))
        return known_facts(record=replace(record, child=new))


@pytest.fixture(scope="session")
def kit() -> Kit:
    """A child, a town and the built-in forms of 龙里县 in the present law's words."""
    profile = RegionProfile.load("longli")
    return Kit(library=FormLibrary.load(wording=LAW_2020, profile=profile), profile=profile)
