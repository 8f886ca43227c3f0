"""Cases of the rules of rosters and registrations (forms/rules/rosters_more.py)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from forms.people import Unit
from forms.values.enums import CareActual, Gender, Health, HukouKind, Relief, Schooling, UnitKind
from forms.values.names_and_numbers import PersonName

if TYPE_CHECKING:
    from collections.abc import Iterable

    from forms.problems import Problem


def made(kit: Any, code: str, typed: dict[str, str] | None = None, **changes: Any) -> Iterable[Problem]:
    problems: Iterable[Problem] = kit.fill(code, typed, **changes).problems
    return problems


def _village(kit: Any, *records: Any, **changes: Any) -> Any:
    return kit.facts(record=None, papers=changes.pop("papers", ()), roster=records, **changes)


def _child(kit: Any, **changes: Any) -> Any:
    record = kit.record()
    return replace(record, child=replace(record.child, **changes))


def ref_13_triggers(kit: Any) -> Iterable[Problem]:
    signed = kit.paper("B1", values={"period": "2026年第四季度"})
    return made(kit, "B1", facts=_village(kit, kit.record(), papers=(signed,)))


def ref_13_passes(kit: Any) -> Iterable[Problem]:
    signed = kit.paper("B1", values={"period": "2026年第三季度"})
    return made(kit, "B1", facts=_village(kit, kit.record(), papers=(signed,)))


EXIT = {"exit_reason": "父母一方返回并有监护能力", "exit_on": "2026-11-20", "exit_evidence": "母亲返乡，入户核实"}


def ref_15_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "B2", {name: text for name, text in EXIT.items() if name != "exit_evidence"})


def ref_15_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "B2", EXIT)


MOVED = {"exit_reason": "随父母迁居", "exit_on": "2026-11-20", "exit_evidence": "迁往贵定县昌明镇"}


def x_15_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "B2", {**MOVED, "exit_evidence": "父母电话告知"})


def x_15_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "B2", MOVED)


def roster_definition_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "B1", facts=_village(kit, _child(kit, hukou_kind=HukouKind.URBAN)))


def roster_definition_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "B1", facts=_village(kit, _child(kit, hukou_kind=HukouKind.RURAL)))


def _came_from(kit: Any, left: date) -> Any:
    values = {"exit_reason": "户籍迁出本辖区", "exit_on": left}
    record = _child(kit, entered_on=date(2026, 11, 20))
    return kit.facts(record=record, papers=(kit.paper("B2", values=values, carer_uid=""),))


def x_15_day_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "B2", facts=_came_from(kit, date(2026, 11, 19)))


def x_15_day_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "B2", facts=_came_from(kit, date(2026, 11, 20)))


def x_03_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "B5b", facts=_village(kit, _child(kit, schooling=Schooling.DROPPED_OUT)))


def x_03_passes(kit: Any) -> Iterable[Problem]:
    registered = kit.paper("E2", values={"state": "劝返中"})
    papers = {"uid-child": (registered,)}
    return made(kit, "B5b", facts=_village(kit, _child(kit, schooling=Schooling.DROPPED_OUT), roster_papers=papers))


def x_05_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "B2", facts=kit.with_child(child={"health_primary": Health.ILL, "illness": "先天性心脏病"}))


def x_05_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "B5d", facts=_village(kit, _child(kit, relief=(Relief.MINIMUM_LIVING,))))


def _alone(kit: Any, seen: str) -> Iterable[Problem]:
    facts = _village(kit, _child(kit, care_actual=CareActual.NOBODY))
    return made(kit, "B5a", {"rows.1.last_adult": seen}, facts=facts)


def b5a_alone_triggers(kit: Any) -> Iterable[Problem]:
    return _alone(kit, "2026-11-21")


def b5a_alone_passes(kit: Any) -> Iterable[Problem]:
    return _alone(kit, "2026-11-22")


def _elder(kit: Any, birth: date) -> dict[str, str]:
    return {"elder_name": "石老根", "elder_id_number": str(kit.id_number(birth, sequence=51))}


def b3_age_triggers(kit: Any) -> Iterable[Problem]:
    typed = {f"rows.1.{name}": text for name, text in _elder(kit, date(1966, 11, 24)).items()}
    return made(kit, "B3", {**typed, "rows.1.elder_birth": "1966-11-24"}, facts=_village(kit))


def b3_age_passes(kit: Any) -> Iterable[Problem]:
    typed = {f"rows.1.{name}": text for name, text in _elder(kit, date(1966, 11, 23)).items()}
    return made(kit, "B3", {**typed, "rows.1.elder_birth": "1966-11-23"}, facts=_village(kit))


def b4_age_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "B4", _elder(kit, date(1966, 11, 24)), facts=_village(kit))


def b4_age_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "B4", _elder(kit, date(1966, 11, 23)), facts=_village(kit))


def b4_home_triggers(kit: Any) -> Iterable[Problem]:
    typed = {**_elder(kit, date(1950, 1, 2)), "children_table": "石大山|男|36|否|能"}
    return made(kit, "B4", typed, facts=_village(kit))


def b4_home_passes(kit: Any) -> Iterable[Problem]:
    # at home, and not able to care
    typed = {**_elder(kit, date(1950, 1, 2)), "children_table": "石大山|男|36|否|不能"}
    return made(kit, "B4", typed, facts=_village(kit))


def b4_risk_triggers(kit: Any) -> Iterable[Problem]:
    typed = {**_elder(kit, date(1950, 1, 2)), "risk_items": "有；有；有；无；无；无", "risk": "低"}
    return made(kit, "B4", typed, facts=_village(kit))


def b4_risk_passes(kit: Any) -> Iterable[Problem]:
    typed = {**_elder(kit, date(1950, 1, 2)), "risk_items": "有；有；有；无；无；无", "risk": "高"}
    return made(kit, "B4", typed, facts=_village(kit))


def b6_roster_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "B6", {"head_name": "石大山", "children_left": "韦小满|2017-01-02|祖母"})


def b6_roster_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "B6", {"head_name": "石大山", "children_left": "石小满|2016-05-20|祖母"})


def b7_staff_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "B7", {"leader": "李明", "teacher": "李明"})


def b7_staff_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "B7", {"leader": "李明", "teacher": "王芳"})


def _letter(kit: Any, code: str) -> Iterable[Problem]:
    office = Unit(uid="c1", kind=UnitKind.COUNTY, name="龙里县民政局")
    roster = kit.paper(code, values={"total": 3}, carer_uid="")
    facts = _village(kit, papers=(roster,), office=office)
    return made(kit, "B5", {"list_kind": "无户籍留守儿童", "roster_ref": roster.document_number}, facts=facts)


def b5_count_triggers(kit: Any) -> Iterable[Problem]:
    return _letter(kit, "B5a")


def b5_count_passes(kit: Any) -> Iterable[Problem]:
    return _letter(kit, "B5c")


def wrn_13_triggers(kit: Any) -> Iterable[Problem]:
    record = kit.record()
    person = replace(record.child.person, gender=Gender.FEMALE)
    return made(kit, "B1", facts=_village(kit, replace(record, child=replace(record.child, person=person))))


def wrn_13_passes(kit: Any) -> Iterable[Problem]:
    record = kit.record()
    person = replace(record.child.person, name=PersonName.parse("石小满"), gender=Gender.MALE)
    return made(kit, "B1", facts=_village(kit, replace(record, child=replace(record.child, person=person))))
