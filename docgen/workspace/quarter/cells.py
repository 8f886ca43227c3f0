"""What a frozen roster holds of a person: the facts that are counted and the cells that are printed.

Source: forms.md §6 B1, B3 (columns), §8.1–8.7 (computed from), V-DASH. A value, — and 未采集 stay three texts.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from forms.cases.facts import as_rows, as_struct
from forms.computed.rosters import is_in_hardship
from forms.law.time import protected_age_on
from forms.quarter.frozen_roster import DASH, NO, UNKNOWN, YES
from forms.values.blank import Blank, is_value
from forms.values.enums import PersonStatus, Relief, Schooling

if TYPE_CHECKING:
    from collections.abc import Mapping

    from forms.cases.facts import Value
    from forms.people import Carer, ChildRecord, Parent, Person

_PUPILS = frozenset({Schooling.PRIMARY, Schooling.JUNIOR})
_DISABILITY = (Relief.DISABILITY_LIVING, Relief.DISABILITY_CARE)


def cell(value: object) -> str:
    """Return a value as a roster holds it: days in ISO form, several joined by 、."""
    if value is Blank.NOT_APPLICABLE:
        return DASH
    if value is None or value is Blank.NOT_COLLECTED or value == "":
        return UNKNOWN
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, tuple):
        return "、".join(cell(v) for v in value) or UNKNOWN
    return str(value)


def yes(*, found: bool) -> str:
    """Return 是 or 否."""
    return YES if found else NO


def age_band(birth: date, cutoff: date) -> str:
    """Return the band of KA6 (V-BAND): by the age that protects, so that who is still on the roll is in a band."""
    age = protected_age_on(birth, cutoff)
    return "0-5" if age < 6 else "6-13" if age < 14 else "14-15"


def counted(record: ChildRecord, cutoff: date) -> dict[str, str]:
    """Return the facts that the register alone decides."""
    child, person = record.child, record.child.person
    relief = child.relief
    has = _reliefs(relief)
    pupil = child.schooling in _PUPILS
    gap = DASH if relief is Blank.NOT_APPLICABLE else UNKNOWN
    return {
        "gender": cell(person.gender),
        "band": age_band(person.birth, cutoff) if isinstance(person.birth, date) else cell(person.birth),
        "schooling": cell(child.schooling),
        "hukou": cell(child.hukou_registered),
        "health": cell(child.health_primary),
        "boarding": cell(child.boarding) if pupil or not is_value(child.schooling) else DASH,
        "away": cell(child.away_pattern),
        "care": cell(child.care_actual),
        "quality": cell(child.care_quality),
        "hardship": yes(found=is_in_hardship(record)) if has is not None or is_in_hardship(record) else UNKNOWN,
        "carer": yes(found=is_value(record.carer)) if record.carer is not Blank.NOT_COLLECTED else UNKNOWN,
        "poor": gap if has is None else yes(found=bool(has)),
        "low_income": gap if has is None else yes(found=Relief.MINIMUM_LIVING in has),
        "destitute": gap if has is None else yes(found=Relief.EXTREME_POVERTY in has),
        "allowance": gap if has is None else yes(found=any(r in has for r in _DISABILITY)),
        "orphan": gap if has is None else yes(found=Relief.ORPHAN in has),
    }


def _reliefs(relief: tuple[Relief, ...] | Blank) -> frozenset[Relief] | None:
    return None if isinstance(relief, Blank) else frozenset(relief) - {Relief.NONE}


def child_details(record: ChildRecord, *, confirmed_on: date | None, last_visit: date | None) -> dict[str, str]:
    """Return the printed cells of B1 by their identifiers; numbering is left to the printing."""
    child, person, carer = record.child, record.child.person, record.carer
    health = tuple(d for d in (child.disability, child.illness) if is_value(d))
    said: dict[str, object] = {
        "child_uid": record.uid,
        **_who("child", person),
        "child_ethnicity": person.ethnicity,
        "hukou_registered": child.hukou_registered,
        "hukou_address": child.hukou_address,
        "residence": person.address,
        "group": child.group,
        "health_primary": child.health_primary,
        "health_detail": health,
        "schooling": child.schooling,
        "school": child.school,
        "grade": child.grade,
        "boarding": child.boarding,
        **_parent("father", record.father),
        **_parent("mother", record.mother),
        "away_pattern": child.away_pattern,
        "care_actual": child.care_actual,
        **_carer(carer),
        "confirmed_on": confirmed_on,
        "care_quality": child.care_quality,
        "income_sources": child.income_sources,
        "relief": child.relief,
        "last_visit": last_visit,
        "entered_on": child.entered_on,
        "left_on": child.left_on,
        "exit_reason": child.exit_reason,
        "remark": child.remark,
    }
    return {name: cell(value) for name, value in said.items()}


def woman_details(person: Person, record: ChildRecord) -> dict[str, str]:
    """Return what is kept of a mother who stayed at home."""
    said = _who("woman", person) | {"residence": person.address, "phone": person.phones, "child_uid": record.uid}
    return {name: cell(value) for name, value in said.items()}


def elder_details(values: Mapping[str, Value]) -> dict[str, str]:
    """Return the printed cells of B3 that the signed registration B4 holds."""
    names = (
        "elder_name", "elder_gender", "elder_ethnicity", "elder_birth", "elder_id_number", "elder_phone",
        "hukou_address", "residence", "living", "health", "self_care", "income", "benefits", "risk",
    )  # fmt: skip
    said = {name: cell(values.get(name)) for name in names}
    rows = as_rows(values.get("children_table"))
    away = [row for row in rows if row.get("is_away") is True]
    contact = (away or list(rows) or [{}])[0]
    for name, key in (("contact_name", "name"), ("contact_place", "work_place"), ("contact_phone", "phone")):
        said[name] = cell(contact.get(key))
    said["children_count"] = str(len(rows)) if rows else UNKNOWN
    said["children_away"] = str(len(away)) if rows else UNKNOWN
    care, plan = as_struct(values.get("arrangement")), as_struct(values.get("visit_plan"))
    said |= {f"carer_{key}": cell(care.get(key)) for key in ("name", "relation", "phone")}
    return said | {key: cell(plan.get(key)) for key in ("visitor", "last_visit")}


def _who(prefix: str, person: Person) -> dict[str, object]:
    return {
        f"{prefix}_name": person.name,
        f"{prefix}_gender": person.gender,
        f"{prefix}_birth": person.birth,
        f"{prefix}_id_number": person.id_number,
    }


def _parent(side: str, parent: Parent | Blank) -> dict[str, object]:
    if isinstance(parent, Blank):
        return {f"{side}_name": parent, f"{side}_work_place": parent, f"{side}_phone": parent}
    gone = Blank.NOT_APPLICABLE if parent.person.status is PersonStatus.DEAD else None
    return {
        f"{side}_name": gone or parent.person.name,
        f"{side}_work_place": gone or parent.work_place,
        f"{side}_phone": gone or parent.person.phones,
    }


def _carer(carer: Carer | Blank) -> dict[str, object]:
    names = ("carer_name", "carer_relation", "carer_id_number", "carer_phone")
    if isinstance(carer, Blank):
        return dict.fromkeys(names, carer)
    person = carer.person
    return dict(zip(names, (person.name, carer.relation, person.id_number, person.phones), strict=True))
