"""What the fixtures of the rules of entrusting leave open: the day before, the other carer, the other reason."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from forms.catalogue.rule_coverage import fixture_names
from forms.people import Carer
from forms.values.blank import Blank
from forms.values.enums import (
    AssessmentResult,
    Custody,
    Relation,
    Screening,
    SignMode,
)

if TYPE_CHECKING:
    from forms.problems import Problem

Problems = Iterable["Problem"]
CASES: dict[str, Any] = runpy.run_path(str(Path(__file__).parent / "cases_core.py"))
made: Callable[..., Problems] = CASES["made"]
_with_assessment, _signature, _with_confirmation, _aged = (
    CASES[name] for name in ("_with_assessment", "_signature", "_with_confirmation", "_aged")
)


def test_a_flag_of_the_law_is_never_open_to_override(kit: Any) -> None:
    for code in ("REF-01", "REF-03", "REF-04", "REF-05", "REF-07", "REF-08", "REF-09", "REF-22"):
        triggers: Callable[[Any], Problems] = CASES[fixture_names(code)[0]]
        assert all(not p.override for p in triggers(kit) if p.code == code)


@pytest.mark.parametrize("result", [AssessmentResult.FAILED, AssessmentResult.CONDITIONAL, Blank.NOT_COLLECTED])
def test_only_a_passed_assessment_unlocks_the_confirmation(result: Any, kit: Any) -> None:
    found = [p for p in made(kit, "A1", facts=_with_assessment(kit, result=result)) if p.code == "REF-06"]
    assert len(found) == 1
    assert bool(found[0].override) == (result is not AssessmentResult.FAILED)


def test_an_assessment_counts_only_when_its_scan_is_filed(kit: Any) -> None:
    from forms.values.enums import PaperStatus

    facts = kit.facts(papers=(kit.assessment(status=PaperStatus.ISSUED, signed_on=None), kit.opinion()))
    assert "REF-06" in {p.code for p in made(kit, "A1", facts=facts)}


def test_an_assessment_of_another_carer_does_not_count(kit: Any) -> None:
    facts = kit.facts(papers=(kit.assessment(carer_uid="uid-other"), kit.opinion()))
    assert "REF-06" in {p.code for p in made(kit, "A1", facts=facts)}


def test_an_assessment_is_valid_on_the_day_a_year_after_its_signing_and_not_later(kit: Any) -> None:
    facts = kit.facts(
        papers=(kit.assessment(signed_on=date(2025, 11, 23), values={"valid_to": date(2030, 1, 1)}), kit.opinion())
    )
    assert "REF-06" not in {p.code for p in made(kit, "A1", facts=facts)}
    assert "REF-06" in {p.code for p in made(kit, "A1", facts=facts, today=date(2026, 11, 24))}


def test_a_screening_still_open_blocks_signing(kit: Any) -> None:
    lines = kit.screening(Screening.CLEAR, Screening.CLEAR, Screening.PENDING, Screening.CLEAR)
    found = [p for p in made(kit, "A1", facts=_with_assessment(kit, screening=lines)) if p.code == "REF-01"]
    assert [p.where.field for p in found] == ["screening"]
    assert found[0].blocking


@pytest.mark.parametrize(
    ("custody", "reason", "is_refused"),
    [
        (Custody.FATHER, "离异由一方直接抚养", False),
        (Custody.SHARED, "离异由一方直接抚养", True),
        (Custody.FATHER, "死亡", True),
    ],
)
def test_the_reason_for_one_signature_must_agree_with_custody(
    custody: Custody,
    reason: str,
    is_refused: bool,  # noqa: FBT001
    kit: Any,
) -> None:
    record = kit.with_parent("mother", parent={"custody": custody}).record
    facts = kit.facts(record=replace(record, father=replace(record.father, custody=custody)))
    codes = {p.code for p in made(kit, "A1", {"single_parent_reason": reason}, facts=facts)}
    assert ("REF-26" in codes) == is_refused


def test_a_signing_date_may_not_lie_before_the_version_or_in_the_future(kit: Any) -> None:
    for day in (date(2026, 11, 19), date(2026, 11, 24)):
        assert [p.code for p in kit.signed("A1", _signature(signed_on=day))] == ["REF-25"]
    assert kit.signed("A1", _signature(signed_on=date(2026, 11, 20))) == ()


def test_a_refusal_to_sign_needs_two_witnesses_and_a_reason(kit: Any) -> None:
    refusal = _signature(mode=SignMode.REFUSED, witnesses=("罗晓芸",), note="不愿签")
    assert [p.code for p in kit.signed("A1", refusal)] == ["REF-25"]
    assert kit.signed("A1", replace(refusal, witnesses=("罗晓芸", "陆远航"))) == ()


def test_a_name_that_is_not_the_partys_counts_as_written_by_another(kit: Any) -> None:
    assert [p.code for p in kit.signed("A1", _signature(name="石秋菊"))] == ["REF-25"]


def test_a_deed_signed_before_its_confirmation_is_refused(kit: Any) -> None:
    facts = _with_confirmation(kit)
    assert [p.code for p in kit.signed("A2", _signature(signed_on=date(2026, 11, 21)), facts=facts)] == ["REF-27"]
    assert kit.signed("A2", _signature(signed_on=date(2026, 11, 22)), facts=facts) == ()


def test_a_carer_over_60_is_noted_with_a_child_under_3_only(kit: Any) -> None:
    carer = date(1965, 1, 1)
    under, of_three = date(2023, 11, 24), date(2023, 11, 23)
    assert "WRN-01" in {p.code for p in made(kit, "A1", facts=_aged(kit, carer, under))}
    assert "WRN-01" not in {p.code for p in made(kit, "A1", facts=_aged(kit, carer, of_three))}


def test_the_same_person_as_parent_and_carer_is_found_by_number_whatever_the_relation_says(kit: Any) -> None:
    record = kit.record()
    carer = Carer(person=replace(record.mother.person, uid="uid-else"), relation=Relation.SISTER, lives_with_child=True)
    codes = {p.code for p in made(kit, "A1", facts=kit.facts(record=replace(record, carer=carer)))}
    assert {"REF-07", "REF-14"} <= codes


def test_the_carer_as_only_emergency_contact_is_refused(kit: Any) -> None:
    facts = kit.facts(record=replace(kit.record(), emergency_contact=Blank.NOT_COLLECTED))
    typed = {"emergency_contact": "王桂兰|祖母|13900000002"}
    assert "REF-07" in {p.code for p in made(kit, "A1", typed, facts=facts)}


@pytest.mark.parametrize("code", ["A1", "A2"])
def test_a_refusal_about_a_carer_nobody_has_named_says_so(code: str, kit: Any) -> None:
    facts = kit.facts(record=replace(kit.record(), carer=Blank.NOT_COLLECTED), papers=())
    messages = [p.message for p in made(kit, code, facts=facts) if p.code in {"REF-01", "REF-06", "REF-27"}]
    assert messages
    for message in messages:
        assert "被委托人（还没有写明是谁）" in message
