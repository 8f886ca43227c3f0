"""The dropout chain and the holiday list beyond one case a rule: what closes what, who is named, who is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from forms.catalogue.library import FormLibrary
from forms.computed.school import absence_days, open_dropout, pupils_reported
from forms.law.calendar import WorkingCalendar
from forms.people import Staff, Unit
from forms.profiles.region import RegionProfile
from forms.rules import RULES
from forms.values.enums import Custody, Flag, PaperStatus, PersonStatus, Schooling, UnitKind
from forms.values.names_and_numbers import PersonName

if TYPE_CHECKING:
    from pathlib import Path

SCHOOL = Unit(uid="s1", kind=UnitKind.SCHOOL, name="平山小学", short="平山小学")


def facts_of_school(kit: Any, *papers: Any, **changes: Any) -> Any:
    return kit.facts(office=SCHOOL, school=SCHOOL, papers=papers, head=Staff(name="岑秀芳", post="校长"), **changes)


def paper(kit: Any, code: str, uid: str = "", **changes: Any) -> Any:
    known = {"signed_on": date(2026, 11, 11), "carer_uid": "", "values": {}, **changes}
    return kit.paper(code, **({"uid": uid} if uid else {}), **known)


def registered(kit: Any, **values: Any) -> Any:
    return paper(kit, "E2", values={"last_day": date(2026, 11, 2), "completed_ce": False, **values})


def codes(problems: Any) -> set[str]:
    return {p.code for p in problems if p.blocking}


def test_only_a_signed_return_that_names_it_closes_a_registration(kit: Any) -> None:
    mine = registered(kit)
    back = paper(kit, "E8", values={"dropout_ref": mine.ref})
    other = paper(kit, "E8", values={"dropout_ref": replace(mine.ref, uid="another")})
    unsigned = replace(back, status=PaperStatus.ISSUED)
    assert open_dropout((mine,)) == mine
    assert open_dropout((back, mine)) is None
    assert open_dropout((other, mine)) == mine
    assert open_dropout((unsigned, mine)) == mine
    assert open_dropout((paper(kit, "E2", status=PaperStatus.ISSUED),)) is None


def test_attempts_are_numbered_on_by_what_is_signed(kit: Any) -> None:
    known = facts_of_school(kit, paper(kit, "E3", "b"), paper(kit, "E3", "a"), registered(kit))
    assert kit.fill("E3", facts=known).values["attempt_no"] == 3
    unsigned = facts_of_school(kit, paper(kit, "E3", "a", status=PaperStatus.ISSUED), registered(kit))
    assert kit.fill("E3", facts=unsigned).values["attempt_no"] == 1


@pytest.mark.parametrize(("today", "back", "days"), [(3, None, 1), (10, None, 8), (10, 5, 2), (10, 20, 8)])
def test_the_first_day_of_absence_counts_and_the_day_of_return_does_not(today: int, back: int, days: int) -> None:
    returned = date(2026, 11, back) if back else None
    assert absence_days(date(2026, 11, 3), date(2026, 11, today), returned) == days


def test_whoever_is_out_of_school_for_good_is_not_registered_as_a_dropout(kit: Any) -> None:
    record = kit.with_child(child={"schooling": Schooling.NOT_IN_SCHOOL}).record
    known = replace(facts_of_school(kit), record=record)
    assert "E2-COMPLETED" in codes(kit.fill("E2", {"last_day": "2026-11-02"}, facts=known).problems)


def test_the_statutory_recipient_of_a_report_cannot_be_removed_in_any_way(kit: Any) -> None:
    spec = kit.library.get("E5")
    assert [c.key for c in spec.copies_for(("town",)).copies] == ["education", "town"]
    tried = [paper(kit, "E3", f"e3-{n}", values={"mode": "入户"}) for n in range(3)]
    known = facts_of_school(kit, *tried, registered(kit, marked_on=date(2026, 11, 20)))
    typed = {"support": "已资助。", "requests": "责令送学", "contact": "岑秀芳|0854-0000111", "principal": "岑秀芳"}
    assert codes(kit.fill("E5", typed, facts=known).problems) == set()
    for to in ("龙里县洗马镇人民政府", "龙里县民政局"):
        assert codes(kit.fill("E5", {**typed, "to": to}, facts=known).problems) == {"REF-18"}
    without = replace(kit.profile, recipients={**kit.profile.recipients, "E5": ("town",)})
    again = replace(kit, profile=without)
    assert "REF-18" in codes(again.fill("E5", typed, facts=known).problems)


def test_a_report_may_go_first_when_nobody_can_be_found_but_not_by_the_filler_alone(kit: Any) -> None:
    found = kit.fill("E5", facts=facts_of_school(kit, registered(kit))).problems
    (refusal,) = (p for p in found if p.code == "REF-23")
    assert "教育部门" in refusal.override


@pytest.mark.parametrize("key", ["longli", "qinzhou", "shouxian", "wuhai", "yubei"])
def test_the_roll_is_marked_first_where_the_plan_says_so(kit: Any, key: str) -> None:
    profile = RegionProfile.load(key)
    own = replace(kit, profile=profile, library=FormLibrary.load(profile=profile))
    tried = [paper(kit, "E3", f"e3-{n}", values={"mode": "入户"}) for n in range(3)]
    found = codes(own.fill("E5", facts=facts_of_school(kit, *tried, registered(kit))).problems)
    assert ("E5-MARKED" in found) == (key in {"longli", "qinzhou"})
    values = own.fill("E5", facts=facts_of_school(kit, *tried, registered(kit))).values
    assert values["to"] == profile.organ("education", kit.today).name


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({}, "石大山、李秋月"),
        ({"status": PersonStatus.DEAD}, "李秋月"),
        ({"status": PersonStatus.LOST}, "李秋月"),
        ({"parent": {"capable": False}}, "李秋月"),
        ({"parent": {"custody": Custody.MOTHER}}, "李秋月"),
    ],
)
def test_an_order_names_both_parents_unless_one_cannot_be_called_upon(
    kit: Any, changes: dict[str, Any], named: str
) -> None:
    record = kit.with_parent("father", **changes).record
    known = kit.facts(record=record, papers=(paper(kit, "E5", values={"support": "已资助。"}), registered(kit)))
    assert str(kit.fill("E6", facts=known).values["parents"]) == named


def test_the_day_to_obey_an_order_follows_the_calendar_of_the_office(kit: Any, tmp_path: Path) -> None:
    usual = kit.fill("E6", facts=facts_of_school(kit)).values["due_on"]
    (tmp_path / "calendar.toml").write_text(
        f'[[year]]\nyear = {usual.year}\nsource = "通知"\noff = ["{usual}"]\nwork = []\n', "utf-8"
    )
    own = replace(facts_of_school(kit), calendar=WorkingCalendar.load(tmp_path))
    assert kit.fill("E6", facts=own).values["due_on"] > usual


def test_neither_school_nor_village_orders(kit: Any) -> None:
    known = kit.facts(papers=(paper(kit, "E5", values={"support": "已资助。"}), registered(kit)))
    village = Unit(kind=UnitKind.VILLAGE, name="洗马镇平山村村民委员会")
    for office in (SCHOOL, village):
        assert "REF-11" in codes(kit.fill("E6", facts=replace(known, office=office)).problems)
    for office in (known.town, Unit(kind=UnitKind.EDUCATION, name="龙里县教育局")):
        found = codes(kit.fill("E6", facts=replace(known, office=office)).problems)
        assert not found & {"REF-11", "E6-ISSUER"}


def test_an_order_against_leave_that_was_granted_is_refused(kit: Any) -> None:
    known = kit.facts(papers=(paper(kit, "E5"), registered(kit, leave_ref="龙教批〔2026〕3号")))
    assert "E6-BASIS" in codes(kit.fill("E6", facts=known).problems)


@pytest.mark.parametrize("column", ["receiver", "picked_by"])
def test_nobody_with_a_record_of_harm_receives_a_child_for_the_holiday(kit: Any, column: str) -> None:
    other = kit.person("other", date(1980, 1, 1), sequence=41, flags=(Flag.ABUSE,))
    known = replace(facts_of_school(kit, flagged=(other,)), record=None, roster=(kit.record(),))
    typed = {"holiday": "寒假", "from_on": "2027-01-20", "to_on": "2027-02-22"}
    for name, refused in ((kit.names["other"], True), ("罗晓芸", False)):
        found = codes(kit.fill("E9", {**typed, f"rows.1.{column}": name}, facts=known).problems)
        assert ("REF-29" in found) == refused


def test_a_holiday_list_holds_the_pupils_of_the_school_and_nobody_else(kit: Any) -> None:
    elsewhere = replace(kit.record(), child=replace(kit.record().child, school="花京小学"))
    known = replace(facts_of_school(kit), record=None, roster=(kit.record(), elsewhere))
    values = kit.fill("E9", {"from_on": "2027-01-20", "to_on": "2027-02-22"}, facts=known).values
    assert values["total"] == 1


def test_a_report_of_one_pupil_counts_one(kit: Any) -> None:
    days = date(2026, 10, 1), date(2026, 12, 31)
    for day, count in ((days[0], 1), (days[1], 1), (date(2026, 9, 30), 0)):
        letter = paper(kit, "E5", "one", values={"pupils": ({"name": "石小满"},)}, signed_on=day)
        assert pupils_reported((letter,), *days) == count


def test_reports_are_counted_by_pupils_and_not_by_letters(kit: Any) -> None:
    names = [{"name": PersonName.parse(n)} for n in ("石小满", "石小暑", "罗小山")]
    letters = (
        paper(kit, "E5", "one", values={"pupils": tuple(names[:2])}),
        paper(kit, "E5", "two", values={"pupils": (names[2],)}),
        paper(kit, "E5", "three", values={"pupils": (names[0],)}, status=PaperStatus.ISSUED),
        paper(kit, "E5", "late", values={"pupils": (names[0],)}, signed_on=date(2027, 1, 3)),
    )
    assert pupils_reported(letters, date(2026, 10, 1), date(2026, 12, 31)) == 3


def test_every_rule_of_the_family_says_on_what_it_rests() -> None:
    mine = [rule for code, rule in RULES.items() if code[:2] in {"E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E9"}]
    assert len(mine) > 15
    assert all(rule.citations for rule in mine)
    assert {str(c) for c in RULES["REF-23"].citations} == {"未成年人保护法 第二十八条"}


def test_a_talk_that_has_not_taken_place_is_not_recorded(kit: Any) -> None:
    late = {"at": "2026-11-24 15:00", "mode": "电话"}  # tomorrow
    assert "E3-DATES" in codes(kit.fill("E3", late, facts=facts_of_school(kit, registered(kit))).problems)
