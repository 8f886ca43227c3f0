"""Part D: who may issue, who is kept out, what the papers offer from the case and from earlier papers."""

from __future__ import annotations

import runpy
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from forms.catalogue.library import FormLibrary
from forms.people import Unit
from forms.profiles.wording import WORDINGS
from forms.values.enums import Flag, PaperStatus, UnitKind

_F = runpy.run_path(str(Path(__file__).parent.parent / "forms_protection.py"))
PART_D = [spec.code for spec in FormLibrary.load().all() if spec.code.startswith("D")]
POLICE_ONLY = ("D2", "D3", "D4", "D5", "D7", "D11", "D15")


def codes(filled: Any) -> set[str]:
    return {p.code for p in filled.problems if p.blocking}


@pytest.mark.parametrize("code", POLICE_ONLY)
@pytest.mark.parametrize("kind", [k for k in UnitKind if k is not UnitKind.POLICE])
def test_police_papers_are_issued_by_the_police_and_nobody_else(code: str, kind: UnitKind, kit: Any) -> None:
    facts = kit.police(office=Unit(uid="o", kind=kind, name="某单位"))
    assert "REF-11" in codes(kit.fill(code, facts=facts))


@pytest.mark.parametrize("code", PART_D)
def test_papers_of_cases_are_for_case_staff_and_belong_to_a_case(code: str) -> None:
    spec = FormLibrary.load().get(code)
    assert spec.restricted
    assert spec.subject.value == "case"
    assert "case" in {link.target for link in spec.links}


@pytest.mark.parametrize("wording", WORDINGS)
@pytest.mark.parametrize("code", PART_D)
def test_no_paper_prints_articles_of_the_penalty_law_or_a_way_of_appeal(code: str, wording: str) -> None:
    spec = FormLibrary.load(wording=WORDINGS[wording]).get(code)
    texts = [item for f in spec.fields for item in f.items] + [spec.purpose, spec.trigger]
    source = (Path(__file__).parents[3] / "templates" / "source" / f"{code}.txt").read_text("utf-8")
    texts += [line for line in source.splitlines() if not line.startswith(";")]
    joined = "\n".join(texts)
    assert "复议" not in joined
    assert "行政诉讼" not in joined
    assert "治安管理处罚法》第" not in joined
    assert not any(str(c).startswith("治安管理处罚法 第") for c in spec.sources)


def test_the_letter_says_who_what_happened_and_what_is_forbidden(kit: Any) -> None:
    values = kit.fill("D5", _F["LETTER"], facts=kit.police()).values
    assert str(values["perpetrator_name"]) == "石大山"
    assert values["perpetrator_id_number"] == kit.record().father.person.id_number
    assert values["relation"] == "父亲"
    assert values["facts"][0]["manner"] == "用衣架抽打"
    assert "禁止对受害人" in values["prohibition"][0]


def test_a_letter_without_the_prohibition_is_refused(kit: Any) -> None:
    typed = {**_F["LETTER"], "prohibition": "希望今后注意。"}
    assert "D5-CONTENT" in codes(kit.fill("D5", typed, facts=kit.police()))


def test_no_letter_where_the_police_notice_says_that_there_was_a_penalty(kit: Any) -> None:
    notice = kit.paper("D2", values={"measures": ("治安处罚",)}, carer_uid="")
    assert "REF-21" in codes(kit.fill("D5", _F["LETTER"], facts=kit.police(notice)))
    void = replace(notice, status=PaperStatus.VOID)
    assert "REF-21" not in codes(kit.fill("D5", _F["LETTER"], facts=kit.police(void)))


def test_a_carer_who_lives_with_the_child_may_be_warned(kit: Any) -> None:
    record = kit.record()
    carer = record.carer.person
    people = [p for p in kit.case_file().people if p.role.value != "加害人"]
    people.append(kit.case_person("加害人", str(carer.name), uid=carer.uid, relation="祖母", lives_with_child=True))
    facts = kit.police(case=kit.case_file(people=tuple(people)))
    filled = kit.fill("D5", {**_F["LETTER"], "perpetrator_id_number": str(carer.id_number)}, facts=facts)
    assert codes(filled) == set()
    assert str(filled.values["victim_receiver"]) == "石大山", "the carer's copy of the victim would go to the carer"


def test_the_victims_copy_goes_to_a_guardian_who_is_not_the_perpetrator(kit: Any) -> None:
    values = kit.fill("D5", _F["LETTER"], facts=kit.police()).values
    assert (str(values["victim_receiver"]), values["victim_receiver_relation"]) == ("李秋月", "母亲")
    typed = {**_F["LETTER"], "victim_receiver": "石大山"}
    assert "REF-28" in codes(kit.fill("D5", typed, facts=kit.police()))


def test_the_secret_address_of_the_victim_may_not_be_written_into_the_facts(kit: Any) -> None:
    people = tuple(
        replace(p, address_is_secret=True, person=replace(p.person, address="麻江县杏山镇安置点3号"))
        if p.role.value == "受害人"
        else p
        for p in kit.case_file().people
    )
    facts = kit.police(case=kit.case_file(people=people))
    typed = {**_F["LETTER"], "facts": "2026-11-17|麻江县杏山镇安置点3号|用衣架抽打|青紫"}
    assert "REF-20" in codes(kit.fill("D5", typed, facts=facts))
    assert "REF-20" not in codes(kit.fill("D5", _F["LETTER"], facts=facts))


def test_the_reporters_telephone_may_not_be_written_into_the_notice(kit: Any) -> None:
    typed = {**_F["DISPOSAL"], "facts": "报案人电话13700000001。"}
    assert "REF-20" in codes(kit.fill("D2", typed, facts=kit.police()))


@pytest.mark.parametrize("flag", [Flag.VIOLENCE_LETTER, Flag.PROTECTION_ORDER, Flag.UNDER_INVESTIGATION])
def test_nobody_with_a_record_of_harm_takes_a_child_in(flag: Flag, kit: Any) -> None:
    man = kit.case_person("接收人", "杨发财", uid="uid-bad", flags=(flag,))
    filled = kit.fill("D11", {**_F["HANDOVER"], "receiver": "杨发财"}, facts=kit.police(case=kit.case_file(man)))
    assert {"REF-16", "X-09"} <= codes(filled)


def test_a_flagged_stranger_of_the_same_name_anywhere_on_record_is_refused_too(kit: Any) -> None:
    somebody = kit.person("other", date(1980, 1, 1), sequence=41, flags=(Flag.VIOLENCE_LETTER,))
    facts = replace(kit.police(), flagged=(replace(somebody, name=type(somebody.name).parse("杨发财")),))
    filled = kit.fill("D11", {**_F["HANDOVER"], "receiver": "杨发财"}, facts=facts)
    assert "REF-16" in codes(filled)
    named = kit.fill(
        "D8", {"visitors": "杨发财|村委会；班永康|派出所"}, facts=replace(facts, papers=(_F["letter"](kit),))
    )
    assert "REF-29" in codes(named)


@pytest.mark.parametrize("flag", [Flag.VIOLENCE_LETTER, Flag.PROTECTION_ORDER])
def test_a_carer_named_in_a_letter_or_an_order_is_refused(flag: Flag, kit: Any) -> None:
    assert "REF-01" in codes(kit.fill("A1", facts=kit.with_carer(flags=(flag,))))


def test_the_report_says_why_it_came_late(kit: Any) -> None:
    late = {**_F["REPORT"], "reported": "2026-11-18 10:11|拨打110|洗马派出所|岑志远"}
    assert "X-10" in codes(kit.fill("D1", late, facts=kit.town()))
    reason = {**late, "reported.delay_reason": "送医途中没有信号"}
    assert codes(kit.fill("D1", reason, facts=kit.town())) == set()
    before = {**_F["REPORT"], "reported": "2026-11-18 08:00|拨打110|洗马派出所|岑志远"}
    assert "X-10" in codes(kit.fill("D1", before, facts=kit.town()))


def test_service_before_the_papers_own_day_is_refused(kit: Any) -> None:
    typed = {"served_at": "2026-11-18 15:00"}
    assert "X-10" in codes(kit.fill("D6", typed, facts=kit.police(_F["letter"](kit))))
    assert "X-10" not in codes(kit.fill("D6", {"served_at": "2026-11-19 09:00"}, facts=kit.police(_F["letter"](kit))))


def test_a_receipt_is_offered_for_each_party_in_turn(kit: Any) -> None:
    letter = _F["letter"](kit, values={"victim_receiver": "李秋月", "title": "家庭暴力告诫书"})
    first = kit.fill("D6", facts=kit.police(letter)).values
    assert (first["recipient_role"], first["recipient"]) == ("加害人", "石大山")
    done = kit.paper(
        "D6",
        uid="paper-D6",
        values={"doc_ref": letter.ref, "recipient_role": "加害人", "recipient": "石大山"},
        carer_uid="",
    )
    second = kit.fill("D6", facts=kit.police(done, letter)).values
    assert (second["recipient_role"], second["recipient"]) == ("受害人一方", "李秋月")
    assert second["doc_title"] == "家庭暴力告诫书"
    assert second["doc_date"] == date(2026, 11, 19)


def test_leaving_a_paper_needs_a_witness_or_a_recording(kit: Any) -> None:
    typed = {"serve_method": "留置送达", "served_at": "2026-11-20 09:00", "refusal": "拒收"}
    facts = kit.police(_F["letter"](kit))
    assert "D6-METHOD" in codes(kit.fill("D6", typed, facts=facts))
    assert "D6-METHOD" not in codes(kit.fill("D6", {**typed, "witnesses": "韦小青"}, facts=facts))
    assert "D6-METHOD" not in codes(kit.fill("D6", {**typed, "recording": "录2026-11"}, facts=facts))


def test_visits_are_planned_from_the_service_on_and_monthly(kit: Any) -> None:
    values = kit.fill("D7", facts=kit.police(_F["letter"](kit))).values
    assert values["first_visit_on"] == kit.today + timedelta(days=7)
    assert [row["on"] for row in values["plan"]] == [
        date(2026, 11, 30),
        date(2026, 12, 30),
        date(2027, 1, 30),
        date(2027, 2, 28),
    ]
    assert [row["role"] for row in values["persons"]] == ["加害人", "受害人"]


def test_the_village_notice_has_no_room_for_identity_numbers_injuries_or_the_reporter() -> None:
    names = {f.name for f in FormLibrary.load().get("D7").fields}
    names |= {c.name for f in FormLibrary.load().get("D7").fields for c in f.columns}
    assert not {n for n in names if "id_number" in n or n in {"injury", "health", "condition", "reporter"}}


def test_only_the_police_copy_of_a_report_shows_the_reporter() -> None:
    copies = FormLibrary.load().get("D1").copies
    assert [c.key for c in copies if "reporter" not in c.hide] == ["police"]
    assert [c.key for c in copies if c.statutory] == ["police"]


def test_the_police_stay_a_recipient_whatever_copies_a_profile_asks_for() -> None:
    spec = FormLibrary.load().get("D1").copies_for(("file",))
    assert "police" in {c.key for c in spec.copies}


def test_the_risk_follows_from_the_three_heads(kit: Any) -> None:
    facts = kit.town(kit.paper("D2", values={}, carer_uid=""), kit.opinion(carer_uid=""))
    assert kit.fill("D13", _F["ASSESSMENT"], facts=facts).values["risk"] == "中"
    danger = {**_F["ASSESSMENT"], "safety": "危险|父亲继续殴打"}
    filled = kit.fill("D13", danger, facts=facts)
    assert (filled.values["risk"], filled.values["review_on"]) == ("高", kit.today + timedelta(days=30))
    low = kit.fill("D13", {**danger, "risk": "低"}, facts=facts)
    assert "D13-RISK" in {p.code for p in low.problems}
    assert low.is_ready


def test_evidence_and_education_come_from_the_signed_papers_of_the_case(kit: Any) -> None:
    papers = (
        kit.paper("D13", values={}, carer_uid=""),
        kit.opinion(carer_uid=""),
        _F["letter"](kit),
        kit.paper("D4", values={}, carer_uid="", signed_on=date(2026, 11, 12)),
        kit.paper("D3", values={}, carer_uid="", status=PaperStatus.ISSUED),
    )
    typed = {k: v for k, v in _F["PROPOSAL"].items() if k != "evidence"}
    typed["plan_grounds"] = "将儿童置于无人监管的危险状态经教育不改"
    values = kit.fill("D14", typed, facts=kit.town(*papers)).values
    assert [row["form"] for row in values["education_given"]] == ["训诫", "告诫"]
    assert "责令返回通知" not in {row["title"] for row in values["evidence"]}
    assert {"训诫书", "家庭暴力告诫书", "调查评估报告"} <= {row["title"] for row in values["evidence"]}


def test_without_evidence_nothing_is_proposed(kit: Any) -> None:
    typed = {k: v for k, v in _F["PROPOSAL"].items() if k != "evidence"}
    assert "D14-GROUNDS" in codes(kit.fill("D14", typed, facts=kit.town()))


def test_a_young_child_may_wait_one_day_only(kit: Any) -> None:
    young = kit.with_child(birth=date(2019, 5, 20)).record
    older = kit.fill("D3", _F["ALONE"], facts=kit.police()).values
    younger = kit.fill("D3", _F["ALONE"], facts=kit.police(record=young)).values
    assert older["due_on"] == kit.today + timedelta(days=3)
    assert younger["due_on"] == kit.today + timedelta(days=1)


def test_each_parent_has_a_notice_of_their_own(kit: Any) -> None:
    first = kit.fill("D3", _F["ALONE"], facts=kit.police()).values
    assert (str(first["parent_name"]), first["parent_role"]) == ("石大山", "父亲")
    done = kit.paper("D3", values={"parent_name": first["parent_name"]}, carer_uid="")
    second = kit.fill("D3", _F["ALONE"], facts=kit.police(done)).values
    assert (str(second["parent_name"]), second["parent_role"]) == ("李秋月", "母亲")
    named = kit.fill("D3", {**_F["ALONE"], "parent_name": "李秋月"}, facts=kit.police()).values
    assert named["parent_role"] == "母亲"
