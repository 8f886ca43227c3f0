"""Who stands on a roster: a prefill path ``roster.<name>`` gives the entries, ``row.…`` looks into one.

Sources: forms.md §6 B1, B3, B5 (who belongs on which list), §7 X-02, X-04, X-05. An entry of a child brings
its own record; an elder is known by the registration form B4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping  # noqa: TC003
from dataclasses import dataclass, field, fields
from datetime import date
from typing import TYPE_CHECKING, Protocol

from forms.cases.facts import as_rows, as_struct
from forms.computed.child_and_carer import RosterRow, roster_rows
from forms.values.blank import Blank, is_value
from forms.values.enums import AwayPattern, CareActual, Health, Relief, Schooling
from forms.values.names_and_numbers import IdNumber

if TYPE_CHECKING:
    from forms.cases.case import Case
    from forms.cases.facts import Cell, PaperFact, Value
    from forms.people import Carer, ChildRecord, Parent

NC = Blank.NOT_COLLECTED
NA = Blank.NOT_APPLICABLE


class Entry(Protocol):
    """What every entry of a roster has."""

    @property
    def number(self) -> int:
        """Row, from 1 without gaps."""

    @property
    def record(self) -> ChildRecord | None:
        """The child; ``None`` for an elder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow(RosterRow):
    """One child on a list of 重点对象 (B5)."""

    parents: str | Blank
    """Name, place of work and telephone of both parents in one cell."""
    carer_contact: str | Blank
    out_kind: str | Blank
    """辍学 or 不在学, by 就学情况."""
    last_day: date | Blank
    """最后到校日 as the dropout registration says."""
    reasons: Cell
    attempts: int | Blank
    """Signed records of persuasion (E3)."""
    hardship: str | Blank
    focus: bool | Blank
    """重点关注: the last signed visit found the risk high."""
    teacher: Cell
    """责任教师 as the school's survey (B7) says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ElderRow:
    """One elder on the roster B3."""

    number: int
    record: ChildRecord | None = None
    paper: Mapping[str, Value] = field(default_factory=dict)
    """Values of the elder's registration B4."""
    children_count: int | Blank
    children_away: int | Blank
    contact_name: Cell
    contact_place: Cell
    contact_phone: Cell
    carer_name: Cell
    carer_relation: Cell
    carer_phone: Cell
    grandchildren: int
    """Children in whose signed confirmation or agreement the elder is the carer."""
    visitor: Cell
    last_visit: Cell
    remark: str | Blank


def is_unattended(record: ChildRecord) -> bool:
    """Tell whether nobody cares for a child: said so, or both parents away and 无 carer (X-02)."""
    child = record.child
    if isinstance(child.care_actual, CareActual):
        return child.care_actual is CareActual.NOBODY
    return record.carer is NA and child.away_pattern is AwayPattern.BOTH_AWAY


def is_out_of_school(record: ChildRecord) -> bool:
    """Tell whether a child belongs on B5b: 辍学 or 不在学."""
    return record.child.schooling in {Schooling.DROPPED_OUT, Schooling.NOT_IN_SCHOOL}


def has_no_hukou(record: ChildRecord) -> bool:
    """Tell whether a child belongs on B5c (X-04)."""
    return record.child.hukou_registered is False


def is_in_hardship(record: ChildRecord) -> bool:
    """Tell whether a child is a candidate for B5d: disabled, ill, or in receipt of relief (X-05)."""
    child = record.child
    relieved = isinstance(child.relief, tuple) and any(r is not Relief.NONE for r in child.relief)
    return child.health_primary in {Health.DISABLED, Health.ILL} or relieved


def _selected(case: Case, belongs: Callable[[ChildRecord], bool]) -> tuple[KeyRow, ...]:
    chosen = tuple(r for r in case.facts.roster if belongs(r))
    return tuple(_key_row(row, case) for row in roster_rows(case, chosen))


def _key_row(row: RosterRow, case: Case) -> KeyRow:
    done = [p for p in case.facts.roster_papers.get(row.record.uid, ()) if p.is_done]
    registration = next((p.values for p in done if p.form_code == "E2"), {})
    last_day, reasons = registration.get("last_day", NC), registration.get("reasons", NC)
    attempts = sum(p.form_code == "E3" for p in done)
    survey = next((p.values for p in done if p.form_code == "B7"), {})
    risk = next((p.values.get("risk") for p in done if p.form_code == "C3"), None)
    return KeyRow(
        **{f.name: getattr(row, f.name) for f in fields(RosterRow)},
        parents="；".join(filter(None, (_about(row.father, "父"), _about(row.mother, "母")))) or NC,
        carer_contact=_carer(row.carer),
        out_kind=str(row.child.schooling) if is_out_of_school(row.record) else NC,
        last_day=last_day if isinstance(last_day, date) else NC,
        reasons="、".join(str(r) for r in reasons) if isinstance(reasons, tuple) else NC,
        attempts=attempts if registration else NC,
        hardship=_hardship(row.record),
        focus=risk == "高" if isinstance(risk, str) else NC,
        teacher=survey.get("teacher", NC),  # type: ignore[arg-type]
    )


def _about(parent: Parent | Blank, title: str) -> str:
    if isinstance(parent, Blank):
        return f"{title}：—" if parent is NA else ""
    person = parent.person
    phones = "、".join(str(p) for p in person.phones) if isinstance(person.phones, tuple) else ""
    place = str(parent.work_place) if is_value(parent.work_place) else ""
    return " ".join(filter(None, (f"{title}：{person.name}", place, phones)))


def _carer(carer: Carer | Blank) -> str | Blank:
    if isinstance(carer, Blank):
        return carer
    phones = "、".join(str(p) for p in carer.person.phones) if isinstance(carer.person.phones, tuple) else ""
    return f"{carer.person.name} {phones}".strip()


def _hardship(record: ChildRecord) -> str | Blank:
    child = record.child
    kinds = [h.value for h in (Health.DISABLED, Health.ILL) if child.health_primary is h]
    if isinstance(child.relief, tuple) and any(r is not Relief.NONE for r in child.relief):
        kinds.append("家庭生活困难")
    return "、".join(kinds) or NC


def elder_rows(case: Case) -> tuple[ElderRow, ...]:
    """Return the elders of the village by their registrations, numbered from 1."""
    return tuple(_elder_row(number, paper, case) for number, paper in enumerate(case.facts.elders, start=1))


def _elder_row(number: int, paper: PaperFact, case: Case) -> ElderRow:
    values = paper.values
    children = as_rows(values.get("children_table"))
    away = [c for c in children if c.get("is_away") is True]
    first = (away or list(children) or [{}])[0]
    care, visits = as_struct(values.get("arrangement")), as_struct(values.get("visit_plan"))
    return ElderRow(
        number=number,
        paper=values,
        children_count=len(children) if children else NC,
        children_away=len(away) if children else NC,
        contact_name=first.get("name", NC),
        contact_place=first.get("work_place", NC),
        contact_phone=first.get("phone", NC),
        carer_name=care.get("name", NC),
        carer_relation=care.get("relation", NC),
        carer_phone=care.get("phone", NC),
        grandchildren=children_in_care(case, values.get("elder_id_number", NC), paper.carer_uid),
        visitor=visits.get("visitor", NC),
        last_visit=visits.get("last_visit", NC),
        remark=NC if paper.is_done else "登记表待签",
    )


def children_in_care(case: Case, number: Value, person_uid: str) -> int:
    """Count the children of the roster whose signed A1 or A3 names a person as carer."""
    count = 0
    for record in case.facts.roster:
        carer = record.carer
        if isinstance(carer, Blank):
            continue
        same = isinstance(number, IdNumber) and carer.person.id_number == number
        if not same and not (person_uid and carer.person.uid == person_uid):
            continue
        papers = case.facts.roster_papers.get(record.uid, ())
        count += any(p.is_done and p.form_code in {"A1", "A3"} for p in papers)
    return count


def _is_pupil(case: Case, record: ChildRecord) -> bool:
    """Tell whether a child goes to the school whose paper it is."""
    office = case.facts.office
    return is_value(record.child.school) and record.child.school in {office.name, office.short}


ROSTERS: dict[str, Callable[[Case], tuple[Entry, ...]]] = {
    "rows": roster_rows,
    "unattended": lambda case: _selected(case, is_unattended),
    "out_of_school": lambda case: _selected(case, is_out_of_school),
    "no_hukou": lambda case: _selected(case, has_no_hukou),
    "hardship": lambda case: _selected(case, is_in_hardship),
    "elders": elder_rows,
    "school_pupils": lambda case: _selected(case, lambda record: _is_pupil(case, record)),
}
ROW_TYPES: tuple[type, ...] = (RosterRow, KeyRow, ElderRow)
"""What an entry may be; a ``row.`` path must lead somewhere in one of them."""
