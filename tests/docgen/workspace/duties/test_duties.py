"""What is due: from signed papers, from papers not signed yet, from days that run out, from the region's rhythm."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from docgen.cli.root import run
from docgen.settings import write_settings
from docgen.workspace import Actor, Workspace
from docgen.workspace.duties.desk import DutyNotFoundError
from docgen.workspace.duties.opening import Clock, opened_by
from docgen.workspace.duties.signed import mark_signed
from forms.catalogue.library import FormLibrary
from forms.law.calendar import WorkingCalendar
from forms.profiles.region import RegionProfile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docgen.settings import OfficeSettings
    from tests.conftest import Hands

SCHOOL = "洗马镇中心小学"
CHINA = timezone(timedelta(hours=8))
ABSENT = {"first_day": "2026-11-16", "reason": "无故"}


@pytest.fixture
def school_office(
    town_office: Path, tmp_path: Path, office_settings: OfficeSettings
) -> Iterator[Callable[[date], Workspace]]:
    """Give the town's office, which also prints for the school, on any day."""
    folder = Path(shutil.copytree(town_office, tmp_path / "office"))
    (folder / "office.toml").unlink()
    write_settings(folder, replace(office_settings, issuers={SCHOOL: "洗小"}))
    opened: list[Workspace] = []

    def on(day: date) -> Workspace:
        while opened:
            opened.pop().close()
        now = datetime(day.year, day.month, day.day, 9, tzinfo=CHINA)
        opened.append(Workspace.open(folder, actor=Actor(name="潘文海"), clock=lambda: now))
        return opened[-1]

    yield on
    while opened:
        opened.pop().close()


def absent(workspace: Workspace, **typed: str) -> str:
    report = workspace.papers.make(["E1"], children=["吉克·阿牛"], issuer=SCHOOL, typed={**ABSENT, **typed})
    assert not report.failed, report.failed
    return report.made[0].uid


def signed(workspace: Workspace, uid: str, on: date) -> None:
    with workspace.registry.begin() as tx:
        paper = tx.papers.get(uid)
        mark_signed(workspace, tx, paper, tx.papers.version(uid, paper.version), signed_on=on)


def titles(workspace: Workspace, **how: Any) -> dict[str, str]:
    return {row.title: row.due_on for row in workspace.duties.listing(**how)}


def test_persuasion_is_due_on_the_eighth_day_although_the_register_is_not_signed_yet(school_office: Any) -> None:
    workspace = school_office(date(2026, 11, 16))
    absent(workspace)
    assert titles(workspace, child="吉克·阿牛")["组织劝返"] == "2026-11-23"


def test_a_child_who_is_excused_is_not_persuaded(school_office: Any) -> None:
    workspace = school_office(date(2026, 11, 16))
    absent(workspace, excused="是", reason="病假")
    assert "组织劝返" not in titles(workspace, child="吉克·阿牛")


def test_a_duty_of_a_signed_paper_has_a_number_and_can_be_ticked_off(school_office: Any) -> None:
    workspace = school_office(date(2026, 11, 16))
    signed(workspace, absent(workspace), date(2026, 11, 16))
    (row,) = (r for r in workspace.duties.listing(child="吉克·阿牛") if r.title == "组织劝返")
    assert (row.form_code, row.who, row.village) == ("E3", SCHOOL, "平山村")
    assert workspace.duties.done(row.id).title == "组织劝返"
    assert "组织劝返" not in titles(workspace, child="吉克·阿牛")
    with pytest.raises(DutyNotFoundError, match=row.id):
        workspace.duties.done(row.id)


def test_what_is_past_its_day_is_overdue_and_comes_first(school_office: Any) -> None:
    signed(school_office(date(2026, 11, 16)), absent(school_office(date(2026, 11, 16))), date(2026, 11, 16))
    workspace = school_office(date(2026, 11, 26))
    (row,) = (r for r in workspace.duties.listing(overdue=True) if r.title == "组织劝返")
    assert row.days == -3
    assert all(r.is_overdue for r in workspace.duties.listing(overdue=True))
    assert [r.due_on for r in workspace.duties.listing()] == sorted(r.due_on for r in workspace.duties.listing())


def test_a_village_sees_its_own_children_and_nothing_of_the_office(school_office: Any) -> None:
    workspace = school_office(date(2026, 12, 5))
    assert {r.village for r in workspace.duties.listing(village="大坝村")} == {"大坝村"}
    assert any(r.who == workspace.settings.unit_name and r.form_code == "C2" for r in workspace.duties.listing())


def test_every_child_is_to_be_visited_before_the_quarter_ends(school_office: Any) -> None:
    workspace = school_office(date(2026, 12, 5))
    assert titles(workspace, child="周浩然") == {"本季度入户核查": "2026-12-31"}
    assert titles(school_office(date(2026, 11, 1)), child="周浩然") == {}  # more than a month ahead


def test_a_visit_of_this_quarter_answers_the_rhythm_and_opens_the_next_one(school_office: Any) -> None:
    workspace = school_office(date(2026, 12, 5))
    seen = {"visited_at": "2026-12-05 08:30", "mode": "入户", "care_now": "较好", "contact": "每周有"}
    report = workspace.papers.make(["C3"], children=["周浩然"], typed=seen)
    assert not report.failed, report.failed
    signed(workspace, report.made[0].uid, date(2026, 12, 5))
    assert titles(workspace, child="周浩然") == {"入户走访": "2027-03-07"}  # 92 days: nothing was found


def test_a_confirmation_about_to_run_out_is_renewed(loop_office: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(loop_office, tmp_path / "late"))
    later = datetime(2027, 11, 10, 9, tzinfo=CHINA)
    with Workspace.open(folder, actor=Actor(name="潘文海"), clock=lambda: later) as workspace:
        rows = [r for r in workspace.duties.listing(village="平山村") if r.form_code == "A1"]
    assert [(r.title, r.child) for r in rows] == [("委托期满前续签或交还父母", "罗小山")]


def test_a_duty_that_repeats_comes_again_when_it_is_ticked_off(loop_office: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(loop_office, tmp_path / "again"))
    later = datetime(2026, 12, 10, 9, tzinfo=CHINA)
    with Workspace.open(folder, actor=Actor(name="潘文海"), clock=lambda: later) as workspace:
        (row,) = (r for r in workspace.duties.listing(village="平山村") if r.form_code == "A9")
        workspace.duties.done(row.id)
        (again,) = (r for r in workspace.duties.listing(village="平山村") if r.form_code == "A9")
    assert again.due_on == "2026-12-24"


def test_working_days_leave_the_holidays_out_and_a_region_may_only_be_earlier() -> None:
    library, profile = FormLibrary.load(), RegionProfile.load("longli")
    clock = Clock(calendar=WorkingCalendar.load(), profile=profile)
    (duty,) = (d for d in library.get("E2").opens if d.duty == "persuade")
    assert clock.due(duty, date(2026, 9, 30)).day == date(2026, 10, 10)  # three working days over the National Day
    (absence,) = (d for d in library.get("E1").opens if d.duty == "persuade")
    for days, due in ((3, date(2026, 11, 19)), (30, date(2026, 11, 23))):
        earlier = replace(profile, thresholds={**profile.thresholds, "absence_days": days})
        assert Clock(calendar=WorkingCalendar.load(), profile=earlier).due(absence, date(2026, 11, 16)).day == due


def test_a_list_opens_a_duty_for_each_of_its_children() -> None:
    spec = FormLibrary.load().get("E9")
    rows = ({"child_uid": "a", "focus": True}, {"child_uid": "b", "focus": False})
    values: dict[str, Any] = {"rows": rows, "from_on": date(2027, 1, 20), "to_on": date(2027, 2, 22)}
    found = [(child, d.duty, start) for child, d, start in opened_by(spec, "", values, date(2027, 1, 18))]
    assert found == [
        ("a", "holiday_visit", date(2027, 1, 20)),
        ("a", "holiday_return", date(2027, 2, 22)),
        ("b", "holiday_return", date(2027, 2, 22)),
    ]


def test_a_day_beyond_the_entered_holidays_says_so(school_office: Any) -> None:
    workspace = school_office(date(2026, 12, 30))
    with workspace.registry.begin() as tx:
        uid = tx.people.find("周浩然")[0].uid
        tx.duties.add("dropout_reply", child_uid=uid, due_on=date(2027, 1, 14))
    (row,) = (r for r in workspace.duties.listing(child="周浩然") if r.title.startswith("教育部门"))
    assert "2027年的节假日安排还没有录入" in row.doubt
    assert row.who == "龙里县教育局"


def test_the_commands_list_and_tick_off(hands: Hands, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    folder = str(hands.workspace.folder)
    with hands.workspace.registry.begin() as tx:
        duty = tx.duties.add("REF-06", child_uid=hands.uid("周浩然"), due_on=date(2026, 1, 5))
    assert run(["--office", folder, "duty", "list", "--overdue", "--json"]) == 0
    (row,) = json.loads(capfdbinary.readouterr().out)
    assert (row["id"], row["title"], row["form_code"]) == (str(duty.id), "补做照护能力评估", "A5")
    assert run(["--office", folder, "duty", "done", str(duty.id)]) == 0
    assert "已办结：周浩然" in capfdbinary.readouterr().out.decode()
    assert run(["--office", folder, "duty", "done", "4711"]) == 4
    assert "4711" in capfdbinary.readouterr().err.decode()
