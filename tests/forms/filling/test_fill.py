"""Filling in: what is known comes in, what is typed is read, what is missing is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.catalogue.library import FormLibrary
from forms.filling.fill import Override
from forms.values.blank import Blank
from forms.values.enums import (
    AssessmentResult,
    ConsentMode,
    EntrustReason,
    PaperStatus,
    PersonStatus,
    Relief,
    Screening,
    SingleParentReason,
)
from forms.values.names_and_numbers import PersonName, Phone

NC, NA = Blank.NOT_COLLECTED, Blank.NOT_APPLICABLE


def codes(filled: Any) -> set[str]:
    return {p.code for p in filled.problems}


def test_a_child_with_everything_in_place_gets_its_confirmation(kit: Any) -> None:
    filled = kit.fill("A1")
    assert filled.is_ready
    assert codes(filled) <= {"field.for-pen", "WRN-04"}
    assert filled.values["carer_name"] == PersonName.parse("王桂兰")
    assert filled.values["carer_load"] == 1
    assert filled.values["reason"] is EntrustReason.WORK
    assert (filled.values["from_on"], filled.values["to_on"]) == (date(2026, 11, 23), date(2027, 11, 22))
    assert str(filled.values["assessment_ref"]) == "洗民A5〔2026〕3号（2026年11月10日）"


@pytest.mark.parametrize("code", ["A1", "A2", "A5", "A8", "B1", "B2"])
def test_every_field_of_the_form_has_a_value_or_a_blank(code: str, kit: Any) -> None:
    filled = kit.fill(code)
    assert list(filled.values) == [f.name for f in kit.library.get(code).fields if not f.system]


def test_a_dead_parent_is_a_dash_and_not_a_gap(kit: Any) -> None:
    filled = kit.fill("A1", facts=kit.facts(record=replace(kit.record(), father=NA)))
    assert filled.is_ready
    assert filled.values["father_name"] is filled.values["father_phone"] is filled.values["father_work_place"] is NA
    assert filled.values["single_parent_reason"] is SingleParentReason.DEAD
    assert filled.values["parent_consent_mode"] == {"father": NA, "mother": NC}


def test_a_condition_on_something_unknown_leaves_room_for_the_pen(kit: Any) -> None:
    values = kit.fill("A1", facts=kit.with_child(child={"schooling": NC, "boarding": NC})).values
    assert values["schooling"] is values["boarding"] is NC


def test_a_condition_that_does_not_hold_prints_a_dash(kit: Any) -> None:
    assert kit.fill("A1").values["illness"] is NA


def test_what_comes_from_the_record_is_corrected_there(kit: Any) -> None:
    filled = kit.fill("A1", {"child_name": "石小暑"})
    assert filled.values["child_name"] == PersonName.parse("石小满")
    assert [(p.code, p.where.field) for p in filled.problems if p.blocking] == [("field.prefilled", "child_name")]


def test_typing_what_is_known_already_is_no_problem(kit: Any) -> None:
    assert kit.fill("A1", {"child_name": "石小满", "carer_phone": "138 0000 0032"}).is_ready


def test_what_nobody_knows_yet_may_be_typed(kit: Any) -> None:
    filled = kit.fill("A1", {"carer_education": "小学"})
    assert filled.values["carer_education"] == "小学"


def test_a_gap_in_what_is_always_required_stops_the_paper(kit: Any) -> None:
    filled = kit.fill("A1", facts=kit.with_carer(id_number=NC))
    assert [(p.code, p.where.field) for p in filled.problems if p.blocking] == [("field.required", "carer_id_number")]


def test_a_gap_that_a_pen_can_fill_is_only_noted(kit: Any) -> None:
    filled = kit.fill("A1", facts=kit.with_carer(phones=NC))
    assert filled.is_ready
    note = next(p for p in filled.problems if p.code == "field.for-pen")
    assert "联系电话" in note.message


def test_a_dash_is_no_answer_where_there_must_be_one(kit: Any) -> None:
    filled = kit.fill("A1", {"carer_id_number": "—"}, facts=kit.with_carer(id_number=NC))
    assert ("field.dash", "carer_id_number") in {(p.code, p.where.field) for p in filled.problems}


def test_a_name_the_form_does_not_have_is_said(kit: Any) -> None:
    filled = kit.fill("A1", {"carer_nmae": "王桂兰", "reason.x": "1", "title": "别的"})
    unknown = {p.where.field for p in filled.problems if p.code == "field.unknown"}
    assert unknown == {"carer_nmae", "reason.x", "title"}


def test_text_too_long_is_refused_and_never_cut(kit: Any) -> None:
    text = "雨" * 201
    filled = kit.fill("A1", {"reason": "患病", "reason_detail": text})
    assert "field.too-long" in codes(filled)
    assert kit.fill("A1", {"reason": "患病", "reason_detail": text[1:]}).values["reason_detail"] == text[1:]


@given(text=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_typed_text_arrives_character_for_character(kit: Any, text: str) -> None:
    value = kit.fill("A1", {"reason": "患病", "reason_detail": text}).values["reason_detail"]
    assert value == text or (isinstance(value, Blank) and set(text) <= set("—-–―－／/") | set("不适用未采集填待清楚"))


def test_cells_of_a_struct_are_typed_one_by_one(kit: Any) -> None:
    filled = kit.fill("A1", {"parent_consent_mode.father": "视频见证", "parent_consent_mode.mother": "邮寄"})
    assert filled.values["parent_consent_mode"] == {"father": ConsentMode.BY_VIDEO, "mother": ConsentMode.BY_POST}


def test_a_struct_is_typed_at_once(kit: Any) -> None:
    facts = kit.facts(record=replace(kit.record(), emergency_contact=NC))
    contact = kit.fill("A1", {"emergency_contact": "韦明远|叔叔|13900000001"}, facts=facts).values["emergency_contact"]
    assert contact == {"name": PersonName.parse("韦明远"), "relation": "叔叔", "phone": (Phone.parse("13900000001"),)}


def test_lines_of_a_fixed_table_are_answered_at_once_or_one_by_one(kit: Any) -> None:
    all_clear = kit.fill("A5", {"screening": "无"}).values["screening"]
    assert [row["result"] for row in all_clear] == [Screening.CLEAR] * 4
    assert [row["item"] for row in all_clear] == list(kit.library.get("A5").field("screening").items)
    one = kit.fill("A5", {"screening": "无", "screening.3.result": "有"}).values["screening"]
    assert [row["result"] for row in one] == [Screening.CLEAR, Screening.CLEAR, Screening.HIT, Screening.CLEAR]


def test_rows_of_an_open_table_grow_with_what_is_typed(kit: Any) -> None:
    typed = {"household": "石老根|丈夫|63|无；石小暑|孙女|9|无", "household.2.age": "10"}
    rows = kit.fill("A5", typed).values["household"]
    assert [(str(r["name"]), r["age"]) for r in rows] == [("石老根", 63), ("石小暑", 10)]


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ({"screening": "无、无"}, "table.rows"),
        ({"household.0.name": "石老根"}, "table.row"),
        ({"household.1.nmae": "石老根"}, "table.column"),
        ({"household": "石老根|丈夫|63|无|多"}, "table.cells"),
        ({"household.1.age": "一百五"}, "int.form"),
        ({"household.1.age": "150"}, "int.range"),
        ({"willing": "随便"}, "enum.unknown"),
        ({"visited_on": "26.11.1"}, "date.two-digit-year"),
        ({"bond_note": "一行\n两行"}, "field.line-break"),
        ({"bond_note": "铃\x07"}, "field.control"),
        ({"income_sources": "打工收入、抢"}, "enum.unknown"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(typed: dict[str, str], rule: str, kit: Any) -> None:
    filled = kit.fill("A5", typed)
    field = next(iter(typed)).split(".")[0]
    assert (rule, field) in {(p.code, p.where.field) for p in filled.problems if p.blocking}


def test_nothing_else_goes_with_none(kit: Any) -> None:
    facts = kit.with_child(child={"relief": NC})
    assert "multi.none-with-others" in codes(kit.fill("B2", {"relief": "无、低保"}, facts=facts))
    assert kit.fill("B2", {"relief": "低保，医疗救助"}, facts=facts).values["relief"] == (
        Relief.MINIMUM_LIVING,
        Relief.MEDICAL,
    )


def test_a_paper_is_named_by_its_number(kit: Any) -> None:
    facts = kit.facts(papers=(kit.paper("A3", values={}, uid="p3"), *kit.facts().papers))
    assert kit.fill("A8", {"for_ref": "洗民A3〔2026〕3号"}, facts=facts).values["for_ref"].uid == "p3"
    assert "paper-ref.unknown" in codes(kit.fill("A8", {"for_ref": "洗民A3〔2026〕4号"}, facts=facts))


def test_money_is_exact(kit: Any) -> None:
    cost = kit.fill("A2", {"living_cost": "￥800.50|每月|石大山|王桂兰"}).values["living_cost"]
    assert cost["amount"] == Decimal("800.50")


def test_an_emergency_may_be_let_pass_by_the_head_and_obliges_to_assess(kit: Any) -> None:
    facts = kit.facts(papers=(kit.opinion(),))
    typed = {"screening": "无"}
    override = Override(code="REF-06", by="杨立新（镇长）", reason="父母今晚离开，儿童无人照护")
    assert not kit.fill("A1", typed, facts=facts).is_ready
    filled = kit.fill("A1", typed, facts=facts, overrides=(override,))
    assert filled.is_ready
    assert [o.problem.code for o in filled.overridden] == ["REF-06"]
    assert [(f.code, f.due_on) for f in filled.followups] == [("REF-06", date(2026, 12, 8))]


@pytest.mark.parametrize(
    "override",
    [
        Override(code="REF-06", by="罗晓芸", reason="着急"),
        Override(code="REF-06", by="杨立新", reason=" "),
        Override(code="REF-06", by="", reason="着急"),
        Override(code="REF-05", by="杨立新", reason="着急"),
        Override(code="REF-01", by="杨立新", reason="着急"),
    ],
)
def test_an_override_without_right_reason_or_second_person_does_not_count(override: Override, kit: Any) -> None:
    filled = kit.fill("A1", {"screening": "无"}, facts=kit.facts(papers=()), overrides=(override,))
    assert not filled.is_ready
    assert filled.overridden == ()
    assert "override.refused" in codes(filled)


def test_a_failed_assessment_is_never_let_pass(kit: Any) -> None:
    failed = kit.assessment(values={"result": AssessmentResult.FAILED})
    override = Override(code="REF-06", by="杨立新", reason="着急")
    assert not kit.fill("A1", facts=kit.facts(papers=(failed, kit.opinion())), overrides=(override,)).is_ready


def test_a_16_year_old_carer_may_be_let_pass_a_15_year_old_never(kit: Any) -> None:
    override = Override(code="REF-02", by="杨立新", reason="以自己的劳动收入生活")
    for birth, is_ready in ((date(2010, 11, 22), True), (date(2010, 11, 23), False)):
        facts = kit.with_carer(birth=birth, id_number=kit.id_number(birth))
        assert kit.fill("A1", facts=facts, overrides=(override,)).is_ready is is_ready


def test_the_period_ends_with_the_planned_return_or_the_18th_birthday(kit: Any) -> None:
    facts = kit.with_parent("father", parent={"returns_on": date(2027, 2, 1)})
    assert kit.fill("A1", facts=facts).values["to_on"] == date(2027, 2, 1)
    assert kit.fill("A1", facts=kit.with_child(birth=date(2009, 3, 3))).values["to_on"] == date(2027, 3, 3)


def test_a_renewal_begins_where_the_signed_confirmation_ends(kit: Any) -> None:
    before = kit.paper("A1", values={"to_on": date(2026, 12, 31)})
    facts = kit.facts(papers=(before, kit.assessment(), kit.opinion()))
    assert kit.fill("A1", facts=facts).values["from_on"] == date(2027, 1, 1)


def test_a_deed_takes_parties_and_period_from_its_confirmation(kit: Any) -> None:
    first = kit.fill("A1", {"to_on": "2027-07-15"})
    confirmation = kit.paper("A1", values=dict(first.values), uid="c1", signed_on=None)
    filled = kit.fill("A2", facts=kit.facts(papers=(confirmation, kit.assessment(), kit.opinion())))
    assert filled.is_ready
    assert filled.values["confirmation_ref"].uid == "c1"
    assert filled.values["to_on"] == date(2027, 7, 15)


def test_a_child_without_hukou_needs_no_number(kit: Any) -> None:
    filled = kit.fill("A1", facts=kit.with_child(child={"hukou_registered": False}, id_number=NC))
    assert filled.is_ready
    assert filled.values["child_id_number"] is NA


def test_a_roster_row_is_the_child_as_the_record_has_it(kit: Any) -> None:
    record = kit.with_parent("father", status=PersonStatus.DEAD).record
    signed = kit.paper("A1", values={}, signed_on=date(2026, 11, 20))
    filled = kit.fill("B1", facts=kit.facts(record=None, roster=(record,), roster_papers={record.uid: (signed,)}))
    (row,) = filled.values["rows"]
    assert (row["no"], str(row["child_name"]), row["father_name"]) == (1, "石小满", NA)
    assert row["confirmed_on"] == date(2026, 11, 20)
    assert (filled.values["total"], filled.values["period"]) == (1, "2026年第四季度")


def test_a_confirmation_that_is_only_printed_leaves_the_roster_blank(kit: Any) -> None:
    printed = kit.paper("A1", values={}, status=PaperStatus.ISSUED)
    record = kit.record()
    filled = kit.fill("B1", facts=kit.facts(record=None, roster=(record,), roster_papers={record.uid: (printed,)}))
    assert filled.values["rows"][0]["confirmed_on"] is NC


def test_an_assessment_with_every_answer_clear_suggests_passed(kit: Any) -> None:
    typed = {
        "screening": "无",
        "willing": "自愿",
        "health_items": "良好|无|正常",
        "home_safety": "符合",
    }
    assert kit.fill("A5", typed).values["result"] is AssessmentResult.PASSED
    assert kit.fill("A5", {**typed, "home_safety.4.result": "有隐患"}).values["result"] is NC
    assert kit.fill("A5", {**typed, "screening.1.result": "有"}).values["result"] is AssessmentResult.FAILED


def test_an_unsigned_paper_named_as_a_basis_is_refused(kit: Any) -> None:
    printed = replace(kit.assessment(), status=PaperStatus.ISSUED, signed_on=None)
    facts = kit.facts(papers=(printed, kit.opinion()))
    filled = kit.fill("A1", {"assessment_ref": printed.document_number, "screening": "无"}, facts=facts)
    assert ("REF-22", "assessment_ref") in {(p.code, p.where.field) for p in filled.problems if p.blocking}


@pytest.mark.parametrize(
    ("typed", "is_refused"),
    [
        ({"from_on": "2026-11-22"}, True),
        ({"from_on": "2026-11-22", "late_signing": "是"}, False),
        ({"from_on": "2026-11-09", "late_signing": "是"}, False),
        ({"from_on": "2026-12-01", "to_on": "2026-12-01"}, True),
        ({"from_on": "2026-12-01", "to_on": "2026-12-02"}, False),
        ({"to_on": "2034-05-20"}, False),
        ({"to_on": "2034-05-21"}, True),
    ],
)
def test_dates_run_forward_and_end_with_childhood(typed: dict[str, str], is_refused: bool, kit: Any) -> None:  # noqa: FBT001
    assert ("X-10" in codes(kit.fill("A1", typed))) is is_refused


def test_a_child_of_29_february_is_on_the_roster_to_the_last_day_of_its_16th_year(kit: Any) -> None:
    facts = kit.facts(record=None, roster=(kit.with_child(birth=date(2008, 2, 29)).record,))
    assert "REF-12" not in codes(kit.fill("B1", {"cutoff_on": "2024-02-29"}, facts=facts))
    assert "REF-12" in codes(kit.fill("B1", {"cutoff_on": "2024-03-01"}, facts=facts))
    born = kit.facts(record=None, roster=(kit.with_child(birth=date(2012, 2, 29)).record,))
    assert "REF-12" not in codes(kit.fill("B1", {"cutoff_on": "2028-02-29"}, facts=born))


NAMES = [(s.code, f.name) for s in FormLibrary.load().all() for f in s.fields if not f.system]


@given(place=st.sampled_from(NAMES), text=st.text(max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
def test_whatever_is_typed_anywhere_gives_values_or_problems(place: tuple[str, str], text: str, kit: Any) -> None:
    code, name = place
    filled = kit.fill(code, {name: text})
    for problem in filled.problems:
        assert problem.message.endswith("。")
        assert problem.code
    assert set(filled.values) == {f.name for f in kit.library.get(code).fields if not f.system}


def test_problems_that_stop_the_paper_come_first(kit: Any) -> None:
    problems = kit.fill("A1", {"reason": "无"}, missing_glyphs={"石"}).problems
    assert [p.blocking for p in problems] == sorted((p.blocking for p in problems), reverse=True)
