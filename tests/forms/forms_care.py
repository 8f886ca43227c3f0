"""A filling of each form of the families A and B that passes, and one that is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from forms.people import Unit
from forms.values.blank import Blank
from forms.values.enums import CareActual, Flag, Health, Relation, Schooling, UnitKind
from forms.values.names_and_numbers import PersonName

WILLING = {
    "visited_on": "2026-11-20",
    "willing": "自愿",
    "health_items": "良好|无|正常",
    "screening": "无",
    "screening_source": "本人陈述",
    "screening_on": "2026-11-20",
    "household": "石老根|丈夫|62|无",
    "income_sources": "种养殖业",
    "load": "1|0|0|",
    "bond": "亲密",
}


def _entrusted(kit: Any, code: str = "A1", **values: Any) -> Any:
    known = {
        "carer_name": PersonName.parse(kit.names["carer"]),
        "carer_relation": Relation.GRANDMOTHER,
        "from_on": date(2026, 11, 12),
        "to_on": date(2027, 11, 11),
        "care_address": "洗马镇平山村上寨组8号",
    }
    return kit.paper(code, values={**known, **values}, document_number=f"洗民委照〔2026〕{code[1]}号")


def _facts(kit: Any, *papers: Any, **changes: Any) -> Any:
    return kit.facts(papers=(*papers, kit.assessment(), kit.opinion()), **changes)


def _roster(kit: Any, *records: Any, **changes: Any) -> Any:
    return kit.facts(record=None, papers=changes.pop("papers", ()), roster=records, **changes)


def _child(kit: Any, **changes: Any) -> Any:
    record = kit.record()
    return replace(record, child=replace(record.child, **changes))


def a1_passes(kit: Any) -> Any:
    return kit.fill("A1")


def a1_refuses(kit: Any) -> Any:
    return kit.fill("A1", facts=kit.with_carer(flags=(Flag.VIOLENCE_LETTER,)))


def a2_passes(kit: Any) -> Any:
    confirmation = kit.paper("A1", values=kit.fill("A1").values)
    return kit.fill("A2", facts=_facts(kit, confirmation))


def a2_refuses(kit: Any) -> Any:
    return kit.fill("A2")  # no confirmation


def a3_passes(kit: Any) -> Any:
    return kit.fill("A3", {"paid": "无偿"})


def a3_refuses(kit: Any) -> Any:
    return kit.fill("A3", {"visit_plan": "甲方不再承担抚养费，监护责任转移给乙方。"})


def a4_passes(kit: Any) -> Any:
    return kit.fill("A4", facts=_facts(kit, _entrusted(kit)))


def a4_refuses(kit: Any) -> Any:
    return kit.fill("A4")  # nothing to notify of


def a5_passes(kit: Any) -> Any:
    return kit.fill("A5", WILLING)


def a5_refuses(kit: Any) -> Any:
    return kit.fill("A5", {**WILLING, "screening": "有；无；无；无", "result": "合格"})


def a6_passes(kit: Any) -> Any:
    return kit.fill("A6")


def a6_refuses(kit: Any) -> Any:
    return kit.fill("A6", {"worker.1.id_number": "110105194912310021"})


def a7_passes(kit: Any) -> Any:
    typed = {"change_kind": "终止", "reason": "父母返回", "handback_to": "李秋月|母|13800000022"}
    return kit.fill("A7", typed, facts=_facts(kit, _entrusted(kit)))


def a7_refuses(kit: Any) -> Any:
    return kit.fill("A7", {"change_kind": "终止", "reason": "一方提出解除"}, facts=_facts(kit, _entrusted(kit)))


def a8_passes(kit: Any) -> Any:
    return kit.fill("A8")


def a8_refuses(kit: Any) -> Any:
    return kit.fill("A8", {"asked_by": kit.names["carer"]})


def a9_passes(kit: Any) -> Any:
    return kit.fill("A9")


def a9_refuses(kit: Any) -> Any:
    return kit.fill("A9", {"contact_log": "2026-11-24 19:30|父|儿童|视频|20"})  # tomorrow


def a10_passes(kit: Any) -> Any:
    return kit.fill("A10", {"role": "父", "due_on": "2026-12-10"})


def a10_refuses(kit: Any) -> Any:
    return kit.fill("A10", {"role": "父", "due_on": "2027-01-10"})


def b1_passes(kit: Any) -> Any:
    return kit.fill("B1", facts=_roster(kit, kit.record()))


def b1_refuses(kit: Any) -> Any:
    return kit.fill("B1", facts=_roster(kit, kit.record(), kit.record()))  # the same child twice


def b2_passes(kit: Any) -> Any:
    return kit.fill("B2")


def b2_refuses(kit: Any) -> Any:
    return kit.fill("B2", {"exit_reason": "年满16周岁"})


def _elder(kit: Any, birth: date) -> dict[str, str]:
    return {"elder_name": "石老根", "elder_id_number": str(kit.id_number(birth, sequence=51)), "residence": "平山村"}


def b3_passes(kit: Any) -> Any:
    registration = kit.fill("B4", _elder(kit, date(1950, 1, 2)), facts=_roster(kit))
    elder = kit.paper("B4", values=registration.values, carer_uid="uid-elder")
    return kit.fill("B3", facts=_roster(kit, elders=(elder,)))


def b3_refuses(kit: Any) -> Any:
    return kit.fill("B3", {"rows.1.elder_name": "石老根", "rows.1.elder_birth": "1970-01-01"}, facts=_roster(kit))


def b4_passes(kit: Any) -> Any:
    return kit.fill("B4", _elder(kit, date(1950, 1, 2)), facts=_roster(kit))


def b4_refuses(kit: Any) -> Any:
    return kit.fill("B4", _elder(kit, date(1980, 1, 2)), facts=_roster(kit))


def _letter(kit: Any, **changes: Any) -> Any:
    office = Unit(uid="c1", kind=UnitKind.COUNTY, name="龙里县民政局")
    roster = kit.paper("B5c", values={"total": 3}, carer_uid="")
    return kit.fill(
        "B5", {"list_kind": "无户籍留守儿童"}, facts=_roster(kit, papers=(roster,), office=office, **changes)
    )


def b5_passes(kit: Any) -> Any:
    return _letter(kit)


def b5_refuses(kit: Any) -> Any:
    return kit.fill("B5", {"list_kind": "无户籍留守儿童"}, facts=_roster(kit))  # a town may not issue it


def b5a_passes(kit: Any) -> Any:
    record = replace(_child(kit, care_actual=CareActual.NOBODY), carer=Blank.NOT_APPLICABLE)
    return kit.fill("B5a", facts=_roster(kit, record))


def b5a_refuses(kit: Any) -> Any:
    record = _child(kit, care_actual=CareActual.NOBODY)
    return kit.fill("B5a", {"rows.1.last_adult": "2026-11-01"}, facts=_roster(kit, record))


def b5b_passes(kit: Any) -> Any:
    return kit.fill("B5b", facts=_roster(kit, _child(kit, schooling=Schooling.DROPPED_OUT)))


def b5b_refuses(kit: Any) -> Any:
    born = date(2010, 1, 1)  # 16 since January
    person = replace(kit.child_person(), birth=born, id_number=kit.id_number(born, sequence=11))
    return kit.fill("B5b", facts=_roster(kit, _child(kit, schooling=Schooling.DROPPED_OUT, person=person)))


def b5c_passes(kit: Any) -> Any:
    person = kit.child_person(id_number=Blank.NOT_COLLECTED)
    return kit.fill("B5c", facts=_roster(kit, _child(kit, hukou_registered=False, person=person)))


def b5c_refuses(kit: Any) -> Any:
    return kit.fill("B5c", facts=_roster(kit, _child(kit, hukou_registered=False)))  # with a number all the same


def b5d_passes(kit: Any) -> Any:
    record = _child(kit, health_primary=Health.ILL, illness="先天性心脏病")
    return kit.fill("B5d", facts=_roster(kit, record))


def b5d_refuses(kit: Any) -> Any:
    record = _child(kit, health_primary=Health.ILL, illness="先天性心脏病")
    return kit.fill("B5d", facts=_roster(kit, record, record))


def b6_passes(kit: Any) -> Any:
    return kit.fill("B6", {"head_name": "石大山"})


def b6_refuses(kit: Any) -> Any:
    return kit.fill("B6")  # no head of household


def b7_passes(kit: Any) -> Any:
    return kit.fill("B7", facts=_facts(kit, _entrusted(kit)))


def b7_refuses(kit: Any) -> Any:
    return kit.fill("B7", {"leader": "王芳", "teacher": "王芳"})
