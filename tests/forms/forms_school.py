"""A filling of each form of the dropout chain, of visits and of reports that passes, and one that is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from forms.people import Staff, Unit
from forms.values.blank import Blank
from forms.values.enums import Schooling, UnitKind
from forms.values.names_and_numbers import PersonName, Phone

PHONE = Phone.parse("13800000088")
SCHOOL = Unit(
    uid="s1", kind=UnitKind.SCHOOL, name="平山小学", short="平山小学", contact_name="岑秀芳", contact_phone=PHONE
)
EDUCATION = Unit(uid="e1", kind=UnitKind.EDUCATION, name="龙里县教育局", contact_name="陶永", contact_phone=PHONE)
FIGURES = (
    {"cell": "KA4", "title": "期末在册留守儿童数", "amount": 126},
    {"cell": "KD1", "title": "期初失学辍学", "amount": 1},
    {"cell": "KD5", "title": "期末失学辍学", "amount": 2},
)
DUTIES = ("家庭监护责任", "强制报告责任", "控辍保学责任", "户籍登记责任", "兜底保障责任")
TOLD = {f"duties.{n}.work_done": f"已逐户落实{name}。" for n, name in enumerate(DUTIES, start=1)}
REPORT = {
    "problems": "个别家长联系不及时。",
    "next_steps": "加强走访。",
    "attachments": "汇总表（第1版）",
    "contact": "罗晓芸|13800000077",
}
LONG = {
    "period_from": "2026-01-01",
    "period_to": "2026-08-31",
    "overview": "工作平稳。",
    "measures": "逐户走访。",
    "problems": "个别家长联系不及时。",
    "plan": "加强走访。",
    "contact": "罗晓芸|13800000077",
}


def _school(kit: Any, *papers: Any, **changes: Any) -> Any:
    head = Staff(name="岑秀芳", post="校长")
    return kit.facts(office=SCHOOL, school=SCHOOL, papers=papers, head=head, **changes)


def _registered(kit: Any, **values: Any) -> Any:
    known = {
        "last_day": date(2026, 11, 2),
        "completed_ce": False,
        "reasons": ("厌学",),
        "whereabouts": "在家",
        "state": "劝返中",
        "marked_on": date(2026, 11, 20),
    }
    return kit.paper("E2", values=known | values, signed_on=date(2026, 11, 11), carer_uid="")


def _attempts(kit: Any, count: int) -> Any:
    people = (
        {"name": PersonName.parse("岑秀芳"), "unit": "平山小学"},
        {"name": PersonName.parse("韦小青"), "unit": "平山村"},
    )
    return tuple(
        kit.paper(
            "E3",
            values={
                "at": datetime(2026, 11, 11 + n, 15, 0),  # noqa: DTZ001  local time of the place
                "mode": "入户",
                "answer": "拒绝",
                "participants": people,
            },
            uid=f"paper-E3-{n}",
            signed_on=date(2026, 11, 11 + n),
            carer_uid="",
        )
        for n in range(count, 0, -1)
    )


def _reported(kit: Any) -> Any:
    values = {"support": "资助生活费，安排补课。"}
    return kit.paper("E5", values=values, signed_on=date(2026, 11, 20), carer_uid="")


def _unit(kit: Any, *papers: Any, **changes: Any) -> Any:
    return replace(kit.facts(papers=papers, **changes), record=None)


def _summary(kit: Any) -> Any:
    known = {"figures": FIGURES, "period_from": date(2026, 10, 1), "period_to": date(2026, 12, 31), "title": "汇总表"}
    return kit.paper("C1", values=known, carer_uid="")


def c2_passes(kit: Any) -> Any:
    return kit.fill("C2", {**TOLD, **REPORT}, facts=_unit(kit, _summary(kit)))


def c2_refuses(kit: Any) -> Any:
    wrong = {**TOLD, **REPORT, "duties.3.work_done": "失学辍学3人，均在劝返。"}
    return kit.fill("C2", wrong, facts=_unit(kit, _summary(kit)))


def c3_passes(kit: Any) -> Any:
    typed = {
        "visited_at": "2026-11-20 10:00",
        "mode": "入户",
        "seen": "儿童、被委托人",
        "changed": "无变化",
        "care_now": "较好",
        "wellbeing": "没有外伤，情绪平稳。",
        "suspicious": "否",
        "attendance": "正常",
        "home_safety": "正常",
        "contact": "每周有",
    }
    return kit.fill("C3", typed)


def c3_refuses(kit: Any) -> Any:
    return kit.fill("C3", {"visited_at": "2026-11-20 10:00", "mode": "电话", "visit_kind": "季度核查"})


def c4_passes(kit: Any) -> Any:
    typed = {"rows.1.verified": "1", "rows.2.verified": "2", "source": "全国学籍系统，2026-11-20查询"}
    return kit.fill("C4", typed, facts=_unit(kit, _summary(kit), office=EDUCATION))


def c4_refuses(kit: Any) -> Any:
    typed = {"rows.1.verified": "1", "rows.2.verified": "4", "source": "全国学籍系统，2026-11-20查询"}
    return kit.fill("C4", typed, facts=_unit(kit, _summary(kit), office=EDUCATION))


def c5_passes(kit: Any) -> Any:
    return kit.fill("C5", LONG, facts=_unit(kit, _summary(kit)))


def c5_refuses(kit: Any) -> Any:
    return kit.fill("C5", {**LONG, "overview": "期末在册留守儿童数130人。"}, facts=_unit(kit, _summary(kit)))


def c5a_passes(kit: Any) -> Any:
    return kit.fill("C5a", {**LONG, "period_to": "2026-12-31"}, facts=_unit(kit, _summary(kit)))


def c5a_refuses(kit: Any) -> Any:
    typed = {**LONG, "results": f"{kit.names['child']}一家生活改善。"}
    return kit.fill("C5a", typed, facts=_unit(kit, _summary(kit), roster=(kit.record(),)))


def c6_passes(kit: Any) -> Any:
    return kit.fill("C6", {"contact": "罗晓芸|13800000077"}, facts=_unit(kit, _summary(kit)))


def c6_refuses(kit: Any) -> Any:
    return kit.fill("C6", {"contact": "罗晓芸|13800000077"}, facts=_unit(kit))  # nothing to send


ABSENT = {"first_day": "2026-11-03", "reason": "无故", "contacts": "2026-11-03 9:10|父亲|电话|没有接"}


def e1_passes(kit: Any) -> Any:
    return kit.fill("E1", ABSENT, facts=_school(kit))


def e1_refuses(kit: Any) -> Any:
    return kit.fill("E1", ABSENT)  # the town does not keep the class's register


def e2_passes(kit: Any) -> Any:
    typed = {"last_day": "2026-11-02", "reasons": "厌学", "whereabouts": "在家", "first_contact.result": "没有接"}
    return kit.fill("E2", typed, facts=_school(kit))


def e2_refuses(kit: Any) -> Any:
    facts = replace(_school(kit), record=kit.with_child(child={"schooling": Schooling.NOT_IN_SCHOOL}).record)
    return kit.fill("E2", {"last_day": "2026-11-02"}, facts=facts)


def e3_passes(kit: Any) -> Any:
    return kit.fill("E3", facts=_school(kit, _registered(kit)))


def e3_refuses(kit: Any) -> Any:
    return kit.fill("E3", facts=_school(kit))  # nobody has registered the pupil


def e4_passes(kit: Any) -> Any:
    return kit.fill("E4", facts=_school(kit, _registered(kit)))


def e4_refuses(kit: Any) -> Any:
    return kit.fill("E4", {"absence": "责令立即返校。"}, facts=_school(kit, _registered(kit)))


TOLD_BY_SCHOOL = {"support": "资助生活费，安排补课。", "requests": "责令送学、资助"}


def e5_passes(kit: Any) -> Any:
    return kit.fill("E5", TOLD_BY_SCHOOL, facts=_school(kit, *_attempts(kit, 3), _registered(kit)))


def e5_refuses(kit: Any) -> Any:
    typed = {**TOLD_BY_SCHOOL, "to": "龙里县洗马镇人民政府"}  # the statutory recipient taken out
    return kit.fill("E5", typed, facts=_school(kit, *_attempts(kit, 3), _registered(kit)))


def e6_passes(kit: Any) -> Any:
    return kit.fill("E6", facts=kit.facts(papers=(_reported(kit), *_attempts(kit, 3), _registered(kit))))


def e6_refuses(kit: Any) -> Any:
    return kit.fill("E6", facts=_school(kit, _reported(kit), *_attempts(kit, 3), _registered(kit)))  # a school orders


ASK = {"asks": "龙里县公安局|协助查找监护人|2026-12-03", "contact": "罗晓芸|13800000077"}


def _ordered(kit: Any) -> Any:
    order = kit.paper("E6", values={"due_on": date(2026, 11, 22)}, signed_on=date(2026, 11, 21), carer_uid="")
    return kit.facts(papers=(order, _reported(kit), *_attempts(kit, 3), _registered(kit)))


def e7_passes(kit: Any) -> Any:
    return kit.fill("E7", ASK, facts=_ordered(kit))


def e7_refuses(kit: Any) -> Any:
    return kit.fill("E7", {**ASK, "subject": f"{kit.names['child']}辍学，需要配合。"}, facts=_ordered(kit))


def e8_passes(kit: Any) -> Any:
    typed = {"kind": "复学", "on": "2026-11-23", "proof": "在校证明", "placement": "四（1）班", "teacher": "陶永"}
    return kit.fill("E8", typed, facts=_school(kit, _registered(kit)))


def e8_refuses(kit: Any) -> Any:
    return kit.fill("E8", {"kind": "复学", "on": "2026-11-23"}, facts=_school(kit))  # nothing to close


HOLIDAY = {"holiday": "寒假", "from_on": "2027-01-20", "to_on": "2027-02-22"}


def e9_passes(kit: Any) -> Any:
    return kit.fill("E9", HOLIDAY, facts=replace(_school(kit), record=None, roster=(kit.record(),)))


def e9_refuses(kit: Any) -> Any:
    alone = kit.record(carer=Blank.NOT_APPLICABLE)
    return kit.fill("E9", HOLIDAY, facts=replace(_school(kit), record=None, roster=(alone,)))
