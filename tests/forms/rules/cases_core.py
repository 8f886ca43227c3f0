"""Cases of the rules of entrusting (forms/rules: care, consistency, identity, notes, signing)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from forms.cases.facts import Signature
from forms.people import Staff, Unit
from forms.values.blank import Blank
from forms.values.enums import (
    AwayPattern,
    ConsentMode,
    Flag,
    PersonStatus,
    Preference,
    Relation,
    SignMode,
    UnitKind,
)
from forms.values.names_and_numbers import PersonName

if TYPE_CHECKING:
    from forms.problems import Problem

Problems = Iterable["Problem"]
OTHER = PersonName.parse("韦明远")


def made(kit: Any, code: str, typed: dict[str, str] | None = None, **changes: Any) -> Problems:
    problems: Problems = kit.fill(code, typed, **changes).problems
    return problems


def ref_01_triggers(kit: Any) -> Problems:
    return made(kit, "A1", facts=kit.with_carer(flags=(Flag.VIOLENCE_LETTER,)))


def ref_01_passes(kit: Any) -> Problems:
    return made(kit, "A1", facts=kit.with_carer(flags=(Flag.INFECTIOUS,)))


def ref_02_triggers(kit: Any) -> Problems:
    birthday = kit.today.replace(year=kit.today.year - 18)  # the 18th birthday itself: not yet 18
    return made(kit, "A1", facts=kit.with_carer(birth=birthday, id_number=kit.id_number(birthday)))


def ref_02_passes(kit: Any) -> Problems:
    birthday = kit.today.replace(year=kit.today.year - 18, day=kit.today.day - 1)  # 18 since yesterday
    return made(kit, "A1", facts=kit.with_carer(birth=birthday, id_number=kit.id_number(birthday)))


def _with_assessment(kit: Any, **values: Any) -> Any:
    return kit.facts(papers=(kit.assessment(values=values), kit.opinion()))


def ref_03_triggers(kit: Any) -> Problems:
    return made(kit, "A1", facts=_with_assessment(kit, health_items={"infectious": "有", "mental": "正常"}))


def ref_03_passes(kit: Any) -> Problems:
    return made(kit, "A1", facts=_with_assessment(kit, health_items={"infectious": "无", "mental": "已治疗稳定"}))


def ref_04_triggers(kit: Any) -> Problems:
    return made(kit, "A1", {"reason": "无"})


def ref_04_passes(kit: Any) -> Problems:
    return made(kit, "A1", {"reason": "其他正当理由", "reason_detail": "父亲住院手术，母亲陪护"})


def _of_age(kit: Any, birth: date) -> Any:
    return replace(kit.with_child(birth=birth), papers=(kit.assessment(),))


def ref_05_triggers(kit: Any) -> Problems:
    return made(kit, "A1", facts=_of_age(kit, date(2018, 11, 22)))  # 8 since yesterday, no record


def ref_05_passes(kit: Any) -> Problems:
    # the 8th birthday itself: a reminder, no refusal
    return [p for p in made(kit, "A1", facts=_of_age(kit, date(2018, 11, 23))) if p.blocking]


def ref_05_asker_triggers(kit: Any) -> Problems:
    return made(kit, "A8", {"asked_by": kit.names["carer"]})


def ref_05_asker_passes(kit: Any) -> Problems:
    return made(kit, "A8", {"asked_by": "罗晓芸"})


def ref_06_triggers(kit: Any) -> Problems:
    return made(kit, "A1", facts=_with_assessment(kit, valid_to=date(2026, 11, 22)))


def ref_06_passes(kit: Any) -> Problems:
    return made(kit, "A1", facts=_with_assessment(kit, valid_to=date(2026, 11, 23)))


def ref_07_triggers(kit: Any) -> Problems:
    record = kit.record()
    return made(
        kit, "A1", facts=kit.facts(record=replace(record, carer=replace(record.carer, relation=Relation.MOTHER)))
    )


def ref_07_passes(kit: Any) -> Problems:
    record = kit.record()
    return made(
        kit, "A1", facts=kit.facts(record=replace(record, carer=replace(record.carer, relation=Relation.SISTER)))
    )


def _without_parents(kit: Any, father: PersonStatus, mother: PersonStatus) -> Any:
    record = kit.with_parent("father", status=father).record
    new = replace(record.mother, person=replace(record.mother.person, status=mother))
    return kit.facts(
        record=replace(record, mother=new, child=replace(record.child, away_pattern=AwayPattern.BOTH_AWAY))
    )


def ref_08_triggers(kit: Any) -> Problems:
    return made(kit, "A1", facts=_without_parents(kit, PersonStatus.DEAD, PersonStatus.LOST))


def ref_08_passes(kit: Any) -> Problems:
    # a detained parent can still entrust, in writing
    return made(kit, "A1", facts=_without_parents(kit, PersonStatus.DEAD, PersonStatus.DETAINED))


def ref_09_triggers(kit: Any) -> Problems:
    return made(kit, "A1", facts=kit.facts(household_flags=((OTHER, Flag.UNDER_INVESTIGATION),)))


def ref_09_passes(kit: Any) -> Problems:
    return made(kit, "A1", facts=kit.facts(household_flags=((OTHER, Flag.INFECTIOUS),)))


def ref_10_triggers(kit: Any) -> Problems:
    return made(kit, "A2", {"dispute": "委托期间监护权转移给被委托人。"})


def ref_10_passes(kit: Any) -> Problems:
    return made(kit, "A2", {"dispute": "先由村民委员会调解。"})


def ref_11_triggers(kit: Any) -> Problems:
    return made(kit, "A1", facts=kit.facts(office=Unit(kind=UnitKind.SCHOOL, name="平山小学")))


def ref_11_passes(kit: Any) -> Problems:
    return made(kit, "A1", facts=kit.facts(office=Unit(kind=UnitKind.VILLAGE, name="平山村村民委员会")))


def _roster(kit: Any, *records: Any, **changes: Any) -> Any:
    return kit.facts(record=None, roster=records, **changes)


def ref_12_triggers(kit: Any) -> Problems:
    record = kit.with_child(birth=date(2010, 11, 22)).record
    return made(kit, "B1", {"cutoff_on": "2026-11-23"}, facts=_roster(kit, record))


def ref_12_passes(kit: Any) -> Problems:
    record = kit.with_child(birth=date(2010, 11, 23)).record  # the 16th birthday itself
    return made(kit, "B1", {"cutoff_on": "2026-11-23"}, facts=_roster(kit, record))


def _without_number(kit: Any) -> Any:
    return kit.with_child(id_number=Blank.NOT_COLLECTED)


def ref_14_triggers(kit: Any) -> Problems:
    return made(kit, "A1", {"child_id_number": "11010519491231002Y"}, facts=_without_number(kit))


def ref_14_passes(kit: Any) -> Problems:
    # the second vector of V-ID: check character right, born 1880, so a doubt and no refusal
    found = made(kit, "A1", {"child_id_number": "440524188001010014"}, facts=_without_number(kit))
    return [p for p in found if p.blocking]


def ref_17_triggers(kit: Any) -> Problems:
    return made(kit, "A2", {"dispute": "按《民法通则》处理。"})


def ref_17_passes(kit: Any) -> Problems:
    return made(kit, "A2", {"dispute": "按《民法典》处理；用工问题按《劳动合同法》处理。"})


def ref_22_triggers(kit: Any) -> Problems:
    return made(kit, "A1", {"confirmed_on": "2026-11-23"})


def ref_22_passes(kit: Any) -> Problems:
    return made(kit, "A1", {"confirmed_on": ""})


def _signature(**changes: Any) -> Signature:
    known: dict[str, Any] = {
        "role": "mother",
        "name": "李秋月",
        "mode": SignMode.SIGNATURE_FINGERPRINT,
        "setting": ConsentMode.IN_PERSON,
        "signed_on": date(2026, 11, 21),
    }
    return Signature(**{**known, **changes})


def ref_25_triggers(kit: Any) -> Problems:
    found: Problems = kit.signed(
        "A1", _signature(written_by="韦小青", mode=SignMode.FINGERPRINT, witnesses=("罗晓芸",), note="在外")
    )
    return found


def ref_25_passes(kit: Any) -> Problems:
    found: Problems = kit.signed(
        "A1",
        _signature(
            written_by="石秋菊", mode=SignMode.FINGERPRINT, witnesses=("罗晓芸",), note="不会写字，石秋菊代写姓名"
        ),
    )
    return found


def ref_26_triggers(kit: Any) -> Problems:
    return made(kit, "A1", {"single_parent_reason": "失联"})


def ref_26_passes(kit: Any) -> Problems:
    return made(kit, "A1", facts=kit.with_parent("father", status=PersonStatus.LOST))


def _with_confirmation(kit: Any, **values: Any) -> Any:
    kept = dict(kit.fill("A1").values)
    confirmation = kit.paper("A1", values={**kept, **values}, signed_on=date(2026, 11, 22))
    return kit.facts(papers=(confirmation, kit.assessment(), kit.opinion()))


def ref_27_triggers(kit: Any) -> Problems:
    return made(kit, "A2", {"to_on": "2027-07-15"}, facts=_with_confirmation(kit, to_on=date(2027, 7, 16)))


def ref_27_passes(kit: Any) -> Problems:
    return made(kit, "A2", {"to_on": "2027-07-15"}, facts=_with_confirmation(kit, to_on=date(2027, 7, 15)))


def v_id_match_triggers(kit: Any) -> Problems:
    return made(
        kit,
        "A1",
        facts=kit.with_child(birth=date(2016, 5, 21), id_number=kit.id_number(date(2016, 5, 20), sequence=11)),
    )


def v_id_match_passes(kit: Any) -> Problems:
    return made(kit, "A1", facts=kit.with_child(birth=date(2016, 2, 29)))


def x_02_triggers(kit: Any) -> Problems:
    return made(kit, "B2", facts=kit.facts(record=kit.record(carer=Blank.NOT_APPLICABLE)))


def x_02_passes(kit: Any) -> Problems:
    return made(kit, "B2")


def x_04_triggers(kit: Any) -> Problems:
    return made(kit, "B2", facts=kit.with_child(child={"hukou_registered": False}))


def x_04_passes(kit: Any) -> Problems:
    return made(kit, "B2", facts=kit.with_child(child={"hukou_registered": False}, id_number=Blank.NOT_APPLICABLE))


def _registered(kit: Any, **values: Any) -> Any:
    return kit.facts(papers=(kit.paper("B2", values=values), kit.assessment(), kit.opinion()))


def x_06_triggers(kit: Any) -> Problems:
    return made(kit, "A1", facts=_registered(kit, grandmother_name=Blank.NOT_APPLICABLE))


def x_06_passes(kit: Any) -> Problems:
    return made(kit, "A1", facts=_registered(kit, maternal_grandmother_name=Blank.NOT_APPLICABLE))


def x_07_triggers(kit: Any) -> Problems:
    return made(kit, "B2", facts=_without_parents(kit, PersonStatus.DEAD, PersonStatus.DEAD))


def x_07_passes(kit: Any) -> Problems:
    return made(kit, "B2", facts=_without_parents(kit, PersonStatus.DEAD, PersonStatus.REACHABLE))


def x_08_triggers(kit: Any) -> Problems:
    return made(kit, "B2", facts=_without_parents(kit, PersonStatus.DEAD, PersonStatus.UNKNOWN))


def x_08_passes(kit: Any) -> Problems:
    return made(kit, "B2", facts=_without_parents(kit, PersonStatus.DEAD, PersonStatus.LOST))


def x_10_triggers(kit: Any) -> Problems:
    return made(kit, "A1", {"from_on": "2026-11-22"})


def x_10_passes(kit: Any) -> Problems:
    return made(kit, "A1", {"from_on": "2026-11-23"})


def _sibling(kit: Any, **changes: Any) -> Any:
    other = kit.child_person(uid="uid-sister", name=PersonName.parse("石小暑"), **changes)
    return replace(kit.record(), child=replace(kit.record().child, person=other))


def x_14_triggers(kit: Any) -> Problems:
    return made(kit, "B2", facts=kit.facts(siblings=(_sibling(kit, address="龙山镇水苔村2组"),)))


def x_14_passes(kit: Any) -> Problems:
    return made(kit, "B2", facts=kit.facts(siblings=(_sibling(kit),)))


def a1_duties_triggers(kit: Any) -> Problems:
    return made(kit, "A1", {"duties_ack": "1、2、3、4、5、6、7"})


def a1_duties_passes(kit: Any) -> Problems:
    return made(kit, "A1", {"duties_ack": "1、2、3、4、5、6、7、8"})


def a5_result_triggers(kit: Any) -> Problems:
    return made(kit, "A5", {"screening": "无、无、有、无", "result": "合格"})


def a5_result_passes(kit: Any) -> Problems:
    return made(kit, "A5", {"screening": "无、无、有、无", "result": "不合格"})


def b2_pattern_triggers(kit: Any) -> Problems:
    return made(kit, "B2", {"both_away": "是", "one_away_other_incapable": "是"})


def b2_pattern_passes(kit: Any) -> Problems:
    return made(kit, "B2", {"both_away": "是", "one_away_other_incapable": "否"})


def roster_duplicate_triggers(kit: Any) -> Problems:
    again = _sibling(kit)  # another uid, the same ID number
    return made(kit, "B1", facts=_roster(kit, kit.record(), again))


def roster_duplicate_passes(kit: Any) -> Problems:
    sister = _sibling(kit, id_number=kit.id_number(date(2016, 5, 20), sequence=13))
    return made(kit, "B1", facts=_roster(kit, kit.record(), sister))


def roster_gaps_triggers(kit: Any) -> Problems:
    return made(kit, "B1", facts=_roster(kit, kit.with_child(ethnicity=Blank.NOT_COLLECTED).record))


def roster_gaps_passes(kit: Any) -> Problems:
    return made(kit, "B1", facts=_roster(kit, kit.record()))


def _aged(kit: Any, carer: date, child: date = date(2016, 5, 20)) -> Any:
    record = kit.with_carer(birth=carer, id_number=kit.id_number(carer)).record
    young = kit.with_child(birth=child).record.child
    return kit.facts(record=replace(record, child=young))


def wrn_01_triggers(kit: Any) -> Problems:
    return made(kit, "A1", facts=_aged(kit, date(1956, 11, 23)))  # 70 today


def wrn_01_passes(kit: Any) -> Problems:
    return made(kit, "A1", facts=_aged(kit, date(1956, 11, 24)))


def _several(kit: Any, others: int) -> Any:
    records = []
    for number in range(others):
        other = kit.child_person(uid=f"uid-{number}", name=PersonName.parse("石小暑"))
        records.append(replace(kit.record(), child=replace(kit.record().child, person=other)))
    return kit.facts(carer_children=tuple(records))


def wrn_02_triggers(kit: Any) -> Problems:
    return made(kit, "A1", facts=_several(kit, 3))


def wrn_02_passes(kit: Any) -> Problems:
    return made(kit, "A1", facts=_several(kit, 2))


def wrn_03_triggers(kit: Any) -> Problems:
    return made(kit, "A1", {"care_address": "洗马镇平山村下寨组1号"})


def wrn_03_passes(kit: Any) -> Problems:
    return made(kit, "A1", {"care_address": "洗马镇 平山村 上寨组8号"})


def wrn_04_triggers(kit: Any) -> Problems:
    return made(kit, "A1", {"to_on": "2027-06-29"})  # the last week of term


def wrn_04_passes(kit: Any) -> Problems:
    return made(kit, "A1", {"to_on": "2027-06-30"})


def _elder(kit: Any, **values: Any) -> Any:
    return kit.facts(carer_papers=(kit.paper("B4", values=values),))


def wrn_05_triggers(kit: Any) -> Problems:
    return made(kit, "A1", facts=_elder(kit, self_care="部分自理", risk="低"))


def wrn_05_passes(kit: Any) -> Problems:
    return made(kit, "A1", facts=_elder(kit, self_care="自理", risk="中"))


def wrn_06_triggers(kit: Any) -> Problems:
    typed = {"parent_consent_mode.mother": "电话"}
    return made(kit, "A1", typed, facts=kit.with_parent("mother", phones=Blank.NOT_APPLICABLE))


def wrn_06_passes(kit: Any) -> Problems:
    return made(kit, "A1", {"parent_consent_mode.mother": "视频见证"})


def _opinion_of(kit: Any, preference: Preference) -> Any:
    return kit.facts(papers=(kit.assessment(), kit.opinion(values={"preference": preference})))


def wrn_09_triggers(kit: Any) -> Problems:
    return made(kit, "A1", facts=_opinion_of(kit, Preference.DISAGREES))


def wrn_09_passes(kit: Any) -> Problems:
    return made(kit, "A1", facts=_opinion_of(kit, Preference.UNCLEAR))


def wrn_12_triggers(kit: Any) -> Problems:
    return made(kit, "A1", {"to_on": "2026-12-23"})  # 30 days


def wrn_12_passes(kit: Any) -> Problems:
    return made(kit, "A1", {"to_on": "2026-12-24"})


def wrn_14_triggers(kit: Any) -> Problems:
    return made(kit, "A1", missing_glyphs={"满"})


def wrn_14_passes(kit: Any) -> Problems:
    return made(kit, "A1", missing_glyphs={"𬱖"})


def wrn_15_triggers(kit: Any) -> Problems:
    return made(kit, "B2", facts=kit.facts(reviewer=Staff(name="罗晓芸")))


def wrn_15_passes(kit: Any) -> Problems:
    return made(kit, "B2")
