"""Computed suggestions about the child, the carer and the time of care, and those that any form may name.

Pure functions of the case. A suggestion is made only where the facts settle it; otherwise the field
stays 未采集. Ages and periods are counted as `forms.law.time` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from forms.cases.conditions import UNREACHABLE, can_entrust, has_custody, parent_signs
from forms.law.time import birthday, period_end, protected_age_on, same_day
from forms.people import Carer, Child, ChildRecord, Parent
from forms.values.blank import Blank, is_value
from forms.values.enums import (
    AssessmentResult,
    AwayPattern,
    CareActual,
    EntrustReason,
    Flag,
    Gender,
    IdType,
    PersonStatus,
    Relation,
    Screening,
    SingleParentReason,
    Willingness,
)
from forms.values.names_and_numbers import IdNumber, PersonName

if TYPE_CHECKING:
    from collections.abc import Callable

    from forms.cases.case import Case
    from forms.cases.facts import Row, Value
    from forms.people import Person
    from forms.spec import FieldSpec
    from forms.values.enums import Flag as FlagType

NC = Blank.NOT_COLLECTED
NA = Blank.NOT_APPLICABLE
GRANDPARENTS = {
    "grandfather": Relation.GRANDFATHER,
    "grandmother": Relation.GRANDMOTHER,
    "maternal_grandfather": Relation.MATERNAL_GRANDFATHER,
    "maternal_grandmother": Relation.MATERNAL_GRANDMOTHER,
}
ART_22_FLAGS: tuple[FlagType, ...] = (
    Flag.ABUSE,
    Flag.ADDICTION,
    Flag.NEGLECT,
    Flag.UNFIT,
    Flag.VIOLENCE_LETTER,
    Flag.PROTECTION_ORDER,
)
"""未成年人保护法 第二十二条: grounds that bar a carer for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow:
    """One child as a roster shows it: the record and what only a roster asks."""

    number: int
    record: ChildRecord
    child: Child
    father: Parent | Blank
    mother: Parent | Blank
    carer: Carer | Blank
    father_name: PersonName | Blank
    """— when dead (V-DASH)."""
    mother_name: PersonName | Blank
    health_detail: str | Blank
    confirmed_on: date | Blank
    """Day of signing of the archived A1 (A3 where it stands for A1); never of an unsigned one."""
    village_contact: str | Blank
    last_visit: date | Blank
    remark: str | Blank


def roster_rows(case: Case, records: tuple[ChildRecord, ...] | None = None) -> tuple[RosterRow, ...]:
    """Return the rows of a roster, numbered from 1 without gaps; of these children only, if given."""
    chosen = case.facts.roster if records is None else records
    return tuple(_roster_row(number, record, case) for number, record in enumerate(chosen, start=1))


def _roster_row(number: int, record: ChildRecord, case: Case) -> RosterRow:
    child = record.child
    done = [p for p in case.facts.roster_papers.get(record.uid, ()) if p.is_done]
    confirmation = next((p for p in done if p.form_code in {"A1", "A3"}), None)
    visit = next((p.values.get("visited_at") for p in done if p.form_code == "C3"), None)
    details = [d for d in (child.disability, child.illness) if is_value(d)]
    village = case.facts.village
    contact = [str(c) for c in (village.contact_name, village.contact_phone) if is_value(c)]
    return RosterRow(
        number=number,
        record=record,
        child=child,
        father=record.father,
        mother=record.mother,
        carer=record.carer,
        father_name=_name_or_dash(record.father),
        mother_name=_name_or_dash(record.mother),
        health_detail="、".join(details) or NC,
        confirmed_on=confirmation.signed_on or NC if confirmation else NC,
        village_contact=" ".join(contact) or NC,
        last_visit=visit if isinstance(visit, date) else NC,
        remark=child.remark,
    )


def _name_or_dash(parent: Parent | Blank) -> PersonName | Blank:
    if isinstance(parent, Blank):
        return parent
    return NA if parent.person.status is PersonStatus.DEAD else parent.person.name


def _id_number(case: Case, name: str) -> IdNumber | None:
    number = case.value(name)
    return number if isinstance(number, IdNumber) else None


def _gender(case: Case, name: str) -> Value:
    number = _id_number(case, name)
    return NC if number is None else Gender.MALE if number.is_male else Gender.FEMALE


def _birth(case: Case, name: str) -> Value:
    number = _id_number(case, name)
    return NC if number is None else number.birth


def _id_type(case: Case) -> Value:
    number = _id_number(case, "child_id_number")
    if number is not None:
        return IdType.HMT_RESIDENCE if number.text[:2] in {"81", "82", "83"} else IdType.RESIDENT
    registered = case.record.child.hukou_registered if case.record else NC
    return IdType.NONE if registered is False else IdType.RESIDENT if registered is True else NC


def _hukou_registered(case: Case) -> Value:
    number = _id_number(case, "child_id_number")
    return NC if number is None or number.text[:2] in {"81", "82", "83"} else True


def _carer_load(case: Case) -> Value:
    if case.carer is None and not case.has("carer_name"):
        return NC
    others = {r.uid or str(r.child.person.name) for r in case.facts.carer_children}
    if case.record is not None:
        others.discard(case.record.uid or str(case.record.child.person.name))
    return len(others) + 1


def _reason(case: Case) -> Value:
    away = [case.value("father_away"), case.value("mother_away")]
    return EntrustReason.WORK if any(a is True for a in away) else NC


def away_pattern(case: Case) -> AwayPattern | None:
    """Return the pattern that the parents' own entries give, ``None`` when they do not settle it."""
    away = {side: case.value(f"{side}_away") is True for side in ("father", "mother")}
    unable = {side: can_entrust(case, side) is False for side in ("father", "mother")}
    if all(unable.values()):
        return AwayPattern.BOTH_INCAPABLE
    if all(away.values()):
        return AwayPattern.BOTH_AWAY
    if (away["father"] and unable["mother"]) or (away["mother"] and unable["father"]):
        return AwayPattern.ONE_AWAY
    return None


def _care_period_start(case: Case) -> Value:
    before = case.done("A1")
    last = before.values.get("to_on") if before else None
    if isinstance(last, date) and last >= case.today:
        return last + timedelta(days=1)  # a renewal begins where the signed one ends
    return case.today


def _care_period_end(case: Case) -> Value:
    start = case.day("from_on")
    if start is None:
        return NC
    ends = [period_end(start, 12)]
    ends += [d for d in (case.day("father_returns_on"), case.day("mother_returns_on")) if d is not None and d > start]
    if case.child_birth is not None and birthday(case.child_birth, 18) > start:
        ends.append(birthday(case.child_birth, 18))
    return min(ends)


def _emergency_contact(case: Case) -> Value:
    contact = case.record.emergency_contact if case.record else NC
    if isinstance(contact, Blank):
        return NC
    phone = (contact.phone,) if is_value(contact.phone) else NC
    return {"name": contact.name, "relation": contact.relation, "phone": phone}


def _consent(case: Case) -> Value:
    return {side: NA if parent_signs(case, side) is False else NC for side in ("father", "mother")}


def _single_parent_reason(case: Case) -> Value:
    signs = {side: parent_signs(case, side) for side in ("father", "mother")}
    absent = [side for side, does in signs.items() if does is False]
    if len(absent) != 1:
        return NC
    side = absent[0]
    status = case.value(f"{side}_status")
    if status in {PersonStatus.DEAD, NA}:
        return SingleParentReason.DEAD
    if status is PersonStatus.LOST:
        return SingleParentReason.LOST
    if case.value(f"{side}_capable") is False:
        return SingleParentReason.INCAPABLE
    return NC if has_custody(case, side) else SingleParentReason.CUSTODY


def _grandparent_name(case: Case, key: str) -> Value:
    carer = case.carer
    return carer.person.name if carer is not None and carer.relation is GRANDPARENTS[key] else NC


def _grandparent_birth(case: Case, key: str) -> Value:
    carer = case.carer
    return carer.person.birth if carer is not None and carer.relation is GRANDPARENTS[key] else NC


def _children_to_assess(case: Case) -> Value:
    if case.record is None:
        return NC
    together = [case.record]
    for sibling in case.facts.siblings:
        carer = sibling.carer
        if isinstance(carer, Carer) and case.carer is not None and same_person(carer.person, case.carer.person):
            together.append(sibling)
    return tuple(
        {
            "name": r.child.person.name,
            "birth": r.child.person.birth,
            "id_number": r.child.person.id_number,
            "relation": r.carer.relation if isinstance(r.carer, Carer) else NC,
        }
        for r in together
    )


def same_person(one: Person, other: Person) -> bool:
    """Tell whether two entries are the same person: by uid, by ID number, else by name and birth."""
    if one.uid and one.uid == other.uid:
        return True
    if is_value(one.id_number) and is_value(other.id_number):
        return one.id_number == other.id_number
    if one.uid and other.uid:
        return False
    return one.name == other.name and is_value(one.birth) and one.birth == other.birth


def _capacity_ok(case: Case) -> Value:
    if case.carer is not None and Flag.NO_CAPACITY in case.carer.person.flags:
        return False
    birth = case.day("carer_birth")
    return NC if birth is None else protected_age_on(birth, case.today) >= 18


def assessment_hits(case: Case) -> tuple[str, ...]:
    """Return what forces 不合格 on an assessment, in words; empty when nothing does."""
    hits = [str(row.get("item", "")) for row in case.rows("screening") if row.get("result") is Screening.HIT]
    if case.carer is not None:
        hits += [flag.value for flag in case.carer.person.flags if flag in ART_22_FLAGS]
    if case.value("capacity_ok") is False:
        hits.append("不具有完全民事行为能力")
    if case.value("willing") is Willingness.UNWILLING:
        hits.append("本人不愿照护")
    health = case.struct("health_items")
    if health.get("infectious") == "有":
        hits.append("患有严重传染性疾病")
    if health.get("mental") == "未经治疗的严重障碍":
        hits.append("有未经治疗的严重精神障碍")
    return tuple(dict.fromkeys(h for h in hits if h))


def _assessment_result(case: Case) -> Value:
    if assessment_hits(case):
        return AssessmentResult.FAILED
    lines = [row.get("result") for row in case.rows("screening")]
    health = case.struct("health_items")
    clear = (
        bool(lines)
        and all(line is Screening.CLEAR for line in lines)
        and case.value("willing") is Willingness.WILLING
        and case.value("capacity_ok") is True
        and health.get("infectious") == "无"
        and health.get("mental") in {"正常", "已治疗稳定"}
        and not any(row.get("result") == "有隐患" for row in case.rows("home_safety"))
    )
    return AssessmentResult.PASSED if clear else NC


def _total_score(case: Case) -> Value:
    points = [row.get("points") for row in case.rows("scores")]
    known = [p for p in points if isinstance(p, int)]
    return sum(known) if known and len(known) == len(points) else NC


def _blank_lines(field: FieldSpec) -> tuple[Row, ...]:
    return tuple({c.name: item if c.name == "item" else NC for c in field.columns} for item in field.items)


def _pattern_is(case: Case, pattern: AwayPattern) -> Value:
    known = case.record.child.away_pattern if case.record else NC
    found = known if isinstance(known, AwayPattern) else away_pattern(case)
    return NC if found is None else found is pattern


def _incapable_side(case: Case) -> Value:
    for side, name in (("father", "父亲"), ("mother", "母亲")):
        if case.value(f"{side}_capable") is False or case.value(f"{side}_status") in UNREACHABLE:
            return name
    return NC


def _has_carer(case: Case) -> Value:
    carer = case.record.carer if case.record else NC
    return True if isinstance(carer, Carer) else False if carer is NA else NC


def _care_actual(case: Case) -> Value:
    carer = case.record.carer if case.record else NC
    if isinstance(carer, Carer) and isinstance(carer.relation, Relation):
        grand = carer.relation in GRANDPARENTS.values()
        return CareActual.GRANDPARENTS if grand else CareActual.RELATIVES
    pattern = case.record.child.away_pattern if case.record else NC
    if carer is NA and pattern is AwayPattern.BOTH_AWAY:
        return CareActual.NOBODY
    if carer is NA and pattern is AwayPattern.ONE_AWAY:
        return CareActual.INCAPABLE_PARENT
    return NC


def _quarter_name(case: Case) -> Value:
    day = case.day("cutoff_on") or case.today
    return f"{day.year}年第{'一二三四'[(day.month - 1) // 3]}季度"


def _not_collected(case: Case) -> Value:
    columns = [c.name for c in case.spec.field("rows").columns if c.required.value != "optional"]
    return sum(row.get(name) is NC for row in case.rows("rows") for name in columns)


def _text_or_nc(text: str) -> Value:
    return text or NC


COMPUTED: dict[str, Callable[[Case, FieldSpec | None], Value]] = {
    "today": lambda case, _: case.today,
    "yes": lambda _case, _: True,
    "no": lambda _case, _: False,
    "all_items": lambda _case, field: field.items if field else NC,
    "blank_lines": lambda _case, field: _blank_lines(field) if field else NC,
    "screening_lines": lambda _case, field: _blank_lines(field) if field else NC,
    "first_option": lambda _case, field: field.options[0] if field else NC,
    "child_gender": lambda case, _: _gender(case, "child_id_number"),
    "child_birth": lambda case, _: _birth(case, "child_id_number"),
    "carer_gender": lambda case, _: _gender(case, "carer_id_number"),
    "carer_birth": lambda case, _: _birth(case, "carer_id_number"),
    "child_id_type": lambda case, _: _id_type(case),
    "hukou_registered": lambda case, _: _hukou_registered(case),
    "carer_load": lambda case, _: _carer_load(case),
    "reason": lambda case, _: _reason(case),
    "away_pattern": lambda case, _: away_pattern(case) or NC,
    "care_period_start": lambda case, _: _care_period_start(case),
    "care_period_end": lambda case, _: _care_period_end(case),
    "care_address": lambda case, _: case.value("carer_address"),
    "emergency_contact": lambda case, _: _emergency_contact(case),
    "parent_consent_mode": lambda case, _: _consent(case),
    "single_parent_reason": lambda case, _: _single_parent_reason(case),
    "village_post": lambda case, _: _text_or_nc(case.profile.post("village").printed),
    "town_post": lambda case, _: _text_or_nc(case.profile.post("town").printed),
    "village_contact": lambda case, _: case.facts.village.contact_name,
    "grandfather_name": lambda case, _: _grandparent_name(case, "grandfather"),
    "grandmother_name": lambda case, _: _grandparent_name(case, "grandmother"),
    "maternal_grandfather_name": lambda case, _: _grandparent_name(case, "maternal_grandfather"),
    "maternal_grandmother_name": lambda case, _: _grandparent_name(case, "maternal_grandmother"),
    "grandfather_birth": lambda case, _: _grandparent_birth(case, "grandfather"),
    "grandmother_birth": lambda case, _: _grandparent_birth(case, "grandmother"),
    "maternal_grandfather_birth": lambda case, _: _grandparent_birth(case, "maternal_grandfather"),
    "maternal_grandmother_birth": lambda case, _: _grandparent_birth(case, "maternal_grandmother"),
    "children_to_assess": lambda case, _: _children_to_assess(case),
    "filler_name": lambda case, _: _text_or_nc(case.facts.filler.name),
    "filler_post": lambda case, _: _text_or_nc(case.facts.filler.post),
    "reviewer_name": lambda case, _: _text_or_nc(case.facts.reviewer.name if case.facts.reviewer else ""),
    "capacity_ok": lambda case, _: _capacity_ok(case),
    "total_score": lambda case, _: _total_score(case),
    "assessment_result": lambda case, _: _assessment_result(case),
    "assessment_valid_to": lambda case, _: same_day(case.today, months=12),
    "can_express": lambda case, _: True if case.child_age is not None and case.child_age >= 8 else NC,
    "both_away": lambda case, _: _pattern_is(case, AwayPattern.BOTH_AWAY),
    "one_away_other_incapable": lambda case, _: _pattern_is(case, AwayPattern.ONE_AWAY),
    "incapable_side": lambda case, _: _incapable_side(case),
    "has_carer": lambda case, _: _has_carer(case),
    "care_actual": lambda case, _: _care_actual(case),
    "quarter_name": lambda case, _: _quarter_name(case),
    "dispute": lambda _case, _: "发生争议的，先由村（居）民委员会调解；调解不成的，依法向人民法院起诉。",
    "roster_total": lambda case, _: len(case.facts.roster),
    "roster_not_collected": lambda case, _: _not_collected(case),
}
