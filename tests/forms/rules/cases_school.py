"""Cases of the rules of the dropout chain and the holiday list (forms/rules/school.py)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from forms.people import Staff, Unit
from forms.values.blank import Blank
from forms.values.enums import UnitKind
from forms.values.names_and_numbers import PersonName

if TYPE_CHECKING:
    from collections.abc import Iterable

    from forms.problems import Problem

SCHOOL = Unit(uid="s1", kind=UnitKind.SCHOOL, name="平山小学", short="平山小学", contact_name="岑秀芳")
LAST = date(2026, 11, 2)


def made(kit: Any, code: str, typed: dict[str, str] | None = None, **changes: Any) -> Iterable[Problem]:
    problems: Iterable[Problem] = kit.fill(code, typed, **changes).problems
    return problems


def _school(kit: Any, *papers: Any, **changes: Any) -> Any:
    return kit.facts(office=SCHOOL, school=SCHOOL, papers=papers, head=Staff(name="岑秀芳", post="校长"), **changes)


def _registered(kit: Any, **values: Any) -> Any:
    known = {"last_day": LAST, "completed_ce": False, "reasons": ("厌学",), "whereabouts": "在家", "state": "劝返中"}
    return kit.paper("E2", values=known | values, signed_on=date(2026, 11, 11), carer_uid="")


def _attempt(kit: Any, number: int, **values: Any) -> Any:
    people = (
        {"name": PersonName.parse("岑秀芳"), "unit": "平山小学"},
        {"name": PersonName.parse("韦小青"), "unit": "平山村"},
    )
    known = {"at": datetime(2026, 11, 11 + number, 15, 0), "mode": "入户", "answer": "拒绝", "participants": people}  # noqa: DTZ001
    return kit.paper(
        "E3", values=known | values, uid=f"paper-E3-{number}", signed_on=date(2026, 11, 11 + number), carer_uid=""
    )


def _attempts(kit: Any, count: int, **values: Any) -> Any:
    return tuple(_attempt(kit, n, **values) for n in range(count, 0, -1))


ABSENCE = {"first_day": "2026-11-03", "excused": "否", "reason": "无故"}


def e1_contact_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "E1", {**ABSENCE, "contacts": "2026-11-04 9:10|父亲|电话|没有接"}, facts=_school(kit))


def e1_contact_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "E1", {**ABSENCE, "contacts": "2026-11-03 9:10|父亲|电话|没有接"}, facts=_school(kit))


def e1_police_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "E1", {**ABSENCE, "reason": "联系不上", "escalated": "家访"}, facts=_school(kit))


def e1_police_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "E1", {**ABSENCE, "reason": "联系不上"}, facts=_school(kit))


def e1_dates_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "E1", {**ABSENCE, "back_on": "2026-11-03"}, facts=_school(kit))


def e1_dates_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "E1", {**ABSENCE, "back_on": "2026-11-04"}, facts=_school(kit))


def e2_completed_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "E2", {"last_day": "2026-11-02", "completed_ce": "是"}, facts=_school(kit))


def e2_completed_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "E2", {"last_day": "2026-11-02", "completed_ce": "否"}, facts=_school(kit))


def e2_dates_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "E2", {"last_day": "2026-11-02", "marked_on": "2026-11-01"}, facts=_school(kit))


def e2_dates_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "E2", {"last_day": "2026-11-02", "marked_on": "2026-11-02"}, facts=_school(kit))


def e3_dates_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "E3", {"at": "2026-11-02 15:00"}, facts=_school(kit, _registered(kit)))


def e3_dates_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "E3", {"at": "2026-11-03 15:00"}, facts=_school(kit, _registered(kit)))


VISIT = {"at": "2026-11-12 15:00", "mode": "入户"}


def e3_people_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "E3", {**VISIT, "participants": "岑秀芳|平山小学"}, facts=_school(kit, _registered(kit)))


def e3_people_passes(kit: Any) -> Iterable[Problem]:
    both = "岑秀芳|平山小学；韦小青|平山村"
    return made(kit, "E3", {**VISIT, "participants": both}, facts=_school(kit, _registered(kit)))


def e3_promise_triggers(kit: Any) -> Iterable[Problem]:
    typed = {**VISIT, "answer": "同意返校", "promised_on": "2026-11-11"}
    return made(kit, "E3", typed, facts=_school(kit, _registered(kit)))


def e3_promise_passes(kit: Any) -> Iterable[Problem]:
    typed = {**VISIT, "answer": "同意返校", "promised_on": "2026-11-12"}
    return made(kit, "E3", typed, facts=_school(kit, _registered(kit)))


def e4_tone_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "E4", {"help": "逾期不返校的，将依法处罚。"}, facts=_school(kit, _registered(kit)))


def e4_tone_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "E4", {"help": "学校安排补课，提供资助。"}, facts=_school(kit, _registered(kit)))


def e4_date_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "E4", {"return_by": "2026-12-01"}, facts=_school(kit, _registered(kit)))


def e4_date_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "E4", {"return_by": "2026-11-30"}, facts=_school(kit, _registered(kit)))


REPORT = {"support": "资助生活费，安排补课。", "requests": "责令送学", "marked": "2026-11-20"}


def ref_23_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "E5", REPORT, facts=_school(kit, *_attempts(kit, 3, mode="电话"), _registered(kit)))


def ref_23_passes(kit: Any) -> Iterable[Problem]:
    papers = (_attempt(kit, 3, mode="电话"), _attempt(kit, 2), _attempt(kit, 1, mode="电话"))
    return made(kit, "E5", REPORT, facts=_school(kit, *papers, _registered(kit)))


def e5_marked_triggers(kit: Any) -> Iterable[Problem]:
    without = {name: text for name, text in REPORT.items() if name != "marked"}
    return made(kit, "E5", without, facts=_school(kit, *_attempts(kit, 3), _registered(kit)))


def e5_marked_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "E5", REPORT, facts=_school(kit, *_attempts(kit, 3), _registered(kit)))


def _returned(kit: Any) -> Any:
    return kit.paper("E8", values={"dropout_ref": _registered(kit).ref}, signed_on=date(2026, 11, 20), carer_uid="")


def e5_state_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "E5", REPORT, facts=_school(kit, _returned(kit), *_attempts(kit, 3), _registered(kit)))


def e5_state_passes(kit: Any) -> Iterable[Problem]:
    again = replace(_registered(kit), uid="paper-E2-again")  # dropped out once more after the return
    return made(kit, "E5", REPORT, facts=_school(kit, again, _returned(kit), *_attempts(kit, 3), _registered(kit)))


def _reported(kit: Any) -> Any:
    values = {"support": "资助生活费，安排补课。"}
    return kit.paper("E5", values=values, signed_on=date(2026, 11, 20), carer_uid="")


def _order(kit: Any, *papers: Any, **changes: Any) -> Any:
    return kit.facts(papers=papers or (_reported(kit), *_attempts(kit, 3), _registered(kit)), **changes)


def e6_issuer_triggers(kit: Any) -> Iterable[Problem]:
    office = Unit(uid="t2", kind=UnitKind.TOWN, name="龙里县冠山街道办事处")
    return made(kit, "E6", facts=_order(kit, office=office))


def e6_issuer_passes(kit: Any) -> Iterable[Problem]:
    office = Unit(uid="e1", kind=UnitKind.EDUCATION, name="龙里县教育局")
    return made(kit, "E6", facts=_order(kit, office=office))


def e6_basis_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "E6", facts=_order(kit, *_attempts(kit, 3), _registered(kit)))


def e6_basis_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "E6", facts=_order(kit))


def e6_law_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "E6", {"consequence": "逾期不改正的，处500元罚款。"}, facts=_order(kit))


def e6_law_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "E6", {"consequence": "逾期不改正的，依法予以批评教育。"}, facts=_order(kit))


def e6_date_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "E6", {"due_on": "2026-11-23"}, facts=_order(kit))


def e6_date_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "E6", {"due_on": "2026-11-30"}, facts=_order(kit))


ASK = {"asks": "龙里县公安局|协助查找监护人|2026-12-03", "due_on": "2026-12-04"}


def e7_count_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "E7", {**ASK, "pupil_count": "2"}, facts=_order(kit))


def e7_count_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "E7", {**ASK, "pupil_count": "1"}, facts=_order(kit))


def e7_date_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "E7", {**ASK, "due_on": "2026-12-02"}, facts=_order(kit))


def e7_date_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "E7", {**ASK, "due_on": "2026-12-03"}, facts=_order(kit))


BACK = {"kind": "复学", "on": "2026-11-23", "proof": "在校证明"}


def e8_date_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "E8", {**BACK, "on": "2026-11-02"}, facts=_school(kit, _registered(kit)))


def e8_date_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "E8", {**BACK, "on": "2026-11-03"}, facts=_school(kit, _registered(kit)))


def e8_proof_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "E8", {"kind": "转入他校就读", "on": "2026-11-23"}, facts=_school(kit, _registered(kit)))


def e8_proof_passes(kit: Any) -> Iterable[Problem]:
    typed = {"kind": "转入他校就读", "on": "2026-11-23", "proof": "洗马中心小学学籍证明"}
    return made(kit, "E8", typed, facts=_school(kit, _registered(kit)))


HOLIDAY = {"holiday": "寒假", "from_on": "2027-01-20", "to_on": "2027-02-22"}


def _list(kit: Any, record: Any = None, **changes: Any) -> Any:
    roster = (record or kit.record(),)
    return replace(_school(kit, **changes), record=None, roster=roster)


def ref_24_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "E9", HOLIDAY, facts=_list(kit, kit.record(carer=Blank.NOT_APPLICABLE)))


def ref_24_passes(kit: Any) -> Iterable[Problem]:
    typed = {**HOLIDAY, "rows.1.village_taker": "韦小青"}
    return made(kit, "E9", typed, facts=_list(kit, kit.record(carer=Blank.NOT_APPLICABLE)))


def e9_dates_triggers(kit: Any) -> Iterable[Problem]:
    typed = {**HOLIDAY, "rows.1.focus": "是", "rows.1.first_visit": "2027-01-28"}
    return made(kit, "E9", typed, facts=_list(kit))


def e9_dates_passes(kit: Any) -> Iterable[Problem]:
    typed = {**HOLIDAY, "rows.1.focus": "是", "rows.1.first_visit": "2027-01-27"}
    return made(kit, "E9", typed, facts=_list(kit))


def e9_place_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "E9", {**HOLIDAY, "rows.1.holiday_address": "广东省东莞市"}, facts=_list(kit))


def e9_place_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "E9", {**HOLIDAY, "rows.1.holiday_address": "洗马镇平山村下寨组3号"}, facts=_list(kit))
