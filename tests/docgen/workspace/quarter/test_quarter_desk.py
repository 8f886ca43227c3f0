"""The quarter at a town's desk: what contradicts itself, the freeze, the table, the list behind a figure."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click
import pytest

from archive.registry import new_uid
from archive.registry.rosters import RosterNotFoundError, UnknownColumnError
from archive.store import roster_object
from docgen.cli.root import COMMANDS, root
from docgen.workspace.people.desk import ListFromTheFutureError
from docgen.workspace.quarter.contradictions import FIX, MEND
from docgen.workspace.quarter.desk import ContradictionsError, CorrectionReasonError, PeriodOpenError
from forms.people import Carer
from forms.quarter.columns import Gaps, columns
from forms.quarter.period import Period
from forms.quarter.table import TableState
from forms.values.blank import Blank
from forms.values.enums import CareActual, CareQuality, Flag, PaperStatus, Schooling

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from docgen.workspace import Workspace
    from docgen.workspace.quarter.contradictions import Contradiction
    from forms.people import ChildRecord

QUARTER = Period.quarter(2026, 3)
JUNE = date(2026, 6, 1)


def change(workspace: Workspace, name: str, on: date = JUNE, **said: Any) -> ChildRecord:
    """Say something of the first child of a name."""
    with workspace.registry.begin() as tx:
        record = next(r for r in tx.people.all() if str(r.child.person.name) == name)
        tx.people.save(replace(record, child=replace(record.child, **said)), source="变动", on=on)
    return record


def signed(workspace: Workspace, form: str, child: str, on: date, **values: Any) -> str:
    """File a signed paper."""
    with workspace.registry.begin() as tx:
        owner = tx.units.owner()
        paper = tx.papers.new(form_code=form, issuer_uid=owner.uid, by="张敏", child_uid=child)
        tx.papers.new_version(
            paper.uid, values=values, mark_id=new_uid(), pages=1, digests={}, made_on=on, made_by="张敏"
        )
        tx.papers.set_status(paper.uid, 1, PaperStatus.ARCHIVED, signed_on=on)
    return paper.uid


def found(workspace: Workspace, code: str, period: Period = QUARTER) -> list[Contradiction]:
    return [c for c in workspace.quarter.contradictions(period) if c.code == code]


def with_rules(workspace: Workspace, **rules: Any) -> None:
    workspace.profile = replace(workspace.profile, quarter=replace(workspace.profile.quarter, **rules))


def test_the_page_goes_village_by_village_and_says_how_to_mend_each_thing(workspace: Workspace) -> None:
    change(workspace, "罗小水", schooling=Schooling.DROPPED_OUT)
    page = workspace.quarter.contradictions(QUARTER)
    assert [c.village for c in page] == sorted(c.village for c in page)
    for village in {c.village for c in page}:
        blocking = [c.blocking for c in page if c.village == village]
        assert blocking == sorted(blocking, reverse=True)
    assert all(c.mend and c.basis and c.message.endswith("。") for c in page)
    assert {c.who for c in found(workspace, "VISIT")} >= {"罗小山", "周浩然"}
    assert found(workspace, "VISIT")[0].mend.startswith("docgen make C3 --child ")


def test_a_dropout_in_the_register_without_a_registration_refuses_the_freeze(workspace: Workspace) -> None:
    record = change(workspace, "罗小水", schooling=Schooling.DROPPED_OUT)
    (problem,) = found(workspace, "X-03")
    assert problem.blocking
    assert problem.who == "罗小水"
    assert [c.blocking for c in found(workspace, "R-05")] == [True]
    with pytest.raises(ContradictionsError) as refused:
        workspace.quarter.freeze(QUARTER)
    assert "依据" in str(refused.value)
    assert workspace.quarter.versions() == ()
    signed(workspace, "E2", record.uid, date(2026, 7, 20), kind="辍学")
    assert found(workspace, "X-03") == []
    workspace.quarter.freeze(QUARTER)


def test_a_region_may_warn_where_others_refuse(workspace: Workspace) -> None:
    change(workspace, "罗小水", schooling=Schooling.DROPPED_OUT)
    with_rules(workspace, contradictions_warn=True)
    assert not any(c.blocking for c in workspace.quarter.contradictions(QUARTER))
    workspace.quarter.freeze(QUARTER)
    assert "R-05" in {p.code for p in workspace.quarter.table(QUARTER).problems}


def test_a_region_may_refuse_gaps(workspace: Workspace) -> None:
    assert {c.blocking for c in found(workspace, "GAP")} == {False}
    with_rules(workspace, gaps=Gaps.BLOCK)
    assert {c.blocking for c in found(workspace, "GAP")} == {True}
    with pytest.raises(ContradictionsError):
        workspace.quarter.freeze(QUARTER)


def test_the_same_child_twice_refuses_the_freeze(workspace: Workspace) -> None:
    with workspace.registry.begin() as tx:
        record = next(r for r in tx.people.all() if isinstance(r.child.person.id_number, Blank))
        tx.people.save(record, source="名单", on=JUNE)
        again = replace(record.child.person, uid="")
        twin = replace(record, child=replace(record.child, person=again, village_uid="DABACUN000"))
        new = replace(again, aliases=("小花",), uid=new_uid())
        tx.people.save(replace(twin, child=replace(twin.child, person=new)), source="名单", on=JUNE)
    (problem,) = found(workspace, "ROSTER-DUPLICATE")
    assert problem.blocking
    assert problem.who == str(record.child.person.name)


def test_care_that_nobody_gives_cannot_be_good(workspace: Workspace) -> None:
    change(workspace, "罗小水", care_actual=CareActual.NOBODY, care_quality=CareQuality.FAIR)
    problems = found(workspace, "R-13")
    assert {p.who for p in problems} == {"罗小水"}
    assert all(p.blocking for p in problems)


def test_an_unusual_age_and_a_flagged_carer_are_shown_and_do_not_block(workspace: Workspace) -> None:
    record = change(workspace, "罗小水", schooling=Schooling.JUNIOR)  # eight years old
    assert isinstance(record.carer, Carer)
    with workspace.registry.begin() as tx:
        tx.people.flag(record.carer.person.uid, Flag.ABUSE, "")
    assert [(c.who, c.blocking) for c in found(workspace, "R-14")] == [("罗小水", False)]
    flagged = found(workspace, "X-09")
    assert "罗小水" in {c.who for c in flagged}
    assert not any(c.blocking for c in flagged)


def test_a_period_that_has_not_ended_is_not_frozen(workspace: Workspace) -> None:
    with pytest.raises(PeriodOpenError):
        workspace.quarter.freeze(Period.quarter(2026, 4))


def test_a_frozen_roster_is_kept_in_the_store_and_a_correction_is_another_version(workspace: Workspace) -> None:
    first = workspace.quarter.freeze(QUARTER)
    kept = workspace.store.read(roster_object(first.uid), "roster.json")
    assert workspace.store.paths(roster_object(first.uid))["roster.json"] == first.digest
    with pytest.raises(CorrectionReasonError):
        workspace.quarter.freeze(QUARTER, reason="  ")
    change(workspace, "罗小水", left_on=date(2026, 8, 31), exit_reason="随父母迁居")
    second = workspace.quarter.freeze(QUARTER, reason="补录退出")
    assert (second.version, second.reason) == (2, "补录退出")
    assert workspace.quarter.table(QUARTER).total.figures["KA4"].reported == 11
    assert workspace.quarter.table(QUARTER).correction == "补录退出"
    assert workspace.quarter.table(QUARTER, version=1).total.figures["KA4"].reported == 12
    assert workspace.store.read(roster_object(first.uid), "roster.json") == kept
    assert not [p for p in workspace.checking.check().problems if p.blocking]


def test_every_figure_is_as_long_as_its_list_in_the_town_and_in_each_village(workspace: Workspace) -> None:
    record = change(workspace, "罗小水")
    at = datetime(2026, 8, 1, 9, 0)  # noqa: DTZ001  as a form holds it
    signed(workspace, "C3", record.uid, at.date(), visited_at=at, mode="入户")
    workspace.quarter.freeze(QUARTER)
    table = workspace.quarter.table(QUARTER)
    for name in columns():
        figure = table.total.figures[name].reported
        if isinstance(figure, int):
            assert len(workspace.quarter.why(QUARTER, name)) == figure
    (visit,) = workspace.quarter.why(QUARTER, "KG2", village="平山村")
    assert (visit.person, visit.paper, visit.on) == ("罗小水", "C3", at.date())
    assert workspace.quarter.why(QUARTER, "KG2", village="大坝村") == ()
    with workspace.registry.read() as tx:
        looks = [a.detail for a in tx.audit.rows(subject=table.roster_version) if a.action == "quarter.view"]
    assert looks[-1] == {"column": "KG2", "rows": 0}
    with pytest.raises(UnknownColumnError):
        workspace.quarter.why(QUARTER, "KX1")
    with pytest.raises(RosterNotFoundError):
        workspace.quarter.table(Period.quarter(2025, 1))


def test_the_next_quarter_begins_with_the_version_that_was_signed(workspace: Workspace) -> None:
    before = Period.quarter(2026, 2)
    signed_version = workspace.quarter.freeze(before)
    with workspace.registry.begin() as tx:
        record = tx.tables.add(
            unit_uid=signed_version.unit_uid,
            level=signed_version.level,
            period=before,
            version=1,
            roster_uid=signed_version.uid,
            digest="0" * 128,
            made_by="张敏",
            state=TableState.MADE,
            by="张敏",
            day=JUNE,
        )
        for state in (TableState.REVIEWED, TableState.SIGNED):
            tx.tables.move(record.uid, state, by="张敏", day=JUNE)
    change(workspace, "罗小水", left_on=date(2026, 6, 15), exit_reason="随父母迁居")
    workspace.quarter.freeze(before, reason="补录退出")
    head = workspace.quarter.freeze(QUARTER)
    assert head.opening_uid == signed_version.uid
    figures = workspace.quarter.table(QUARTER).total.figures
    assert [figures[n].reported for n in ("KA1", "KA3", "KA4")] == [12, 1, 11]  # told late, counted now


def test_a_paper_filed_after_its_quarter_was_frozen_is_named(workspace: Workspace) -> None:
    record = change(workspace, "罗小水")
    workspace.quarter.freeze(Period.quarter(2026, 2))
    later = workspace.now + timedelta(hours=1)
    workspace.registry._clock = lambda: later
    signed(workspace, "D3", record.uid, date(2026, 6, 20), ordered_on=date(2026, 6, 20))
    (late,) = found(workspace, "LATE")
    assert late.mend == "docgen quarter freeze 2026Q2 --reason 补录已签文书"
    assert not late.blocking


@pytest.fixture
def typed(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Give a way to type a command into the open office."""
    from click.testing import CliRunner

    from docgen.cli import common, quarter

    class Same:
        def __enter__(self) -> Workspace:
            return workspace

        def __exit__(self, *_: object) -> None:
            """The fixture closes it."""

    for module in (common, quarter):
        monkeypatch.setattr(module, "opened", lambda _: Same())
    return lambda *words: CliRunner().invoke(root, ["quarter", *words], prog_name="docgen")


def test_the_commands_go_from_contradictions_to_the_list_behind_a_figure(typed: Callable[..., Result]) -> None:
    shown = typed("contradictions", "--village", "大坝村")
    assert shown.exit_code == 0
    assert "怎样办：docgen make C3" in shown.stdout
    assert "平山村" not in shown.stdout
    rows = json.loads(typed("contradictions", "--json").stdout)
    assert {"village", "code", "message", "mend", "blocking"} <= rows[0].keys()
    assert "12 人" in typed("freeze", "2026Q3").stdout
    assert typed("freeze", "2026Q3").exit_code == 5
    assert "期末在册留守儿童数" in typed("table").stdout
    whole = json.loads(typed("table", "2026Q3", "--json").stdout)
    assert whole["total"]["KA4"] == 12
    assert whole["total"]["KE6"] is None
    behind = json.loads(typed("why", "ka5A", "--json").stdout)
    assert len(behind) == whole["total"]["KA5a"]
    assert "共 7 条" in typed("why", "KA5a").stdout
    assert typed("why", "KZ9").exit_code == 4
    assert typed("table", "2026Q7").exit_code == 2


def test_a_list_of_the_last_day_mends_what_the_freeze_sees(workspace: Workspace, tmp_path: Any) -> None:
    path = tmp_path / "平山村.csv"
    head = "姓名,身份证号,出生日期,就学情况,父亲,监护人,与儿童关系\n"
    number = next(r for r in workspace.people.listing() if r.name == "罗小水")
    with workspace.registry.read() as tx:
        known = tx.people.get(number.uid).child.person.id_number
    path.write_text(f"平山村留守儿童名单\n{head}罗小水,{known},2018.5.20,初中,罗大山,王桂花,奶奶\n", "utf-8")
    workspace.people.import_sheet(path, village="平山村", on=QUARTER.to_on)
    workspace.quarter.freeze(QUARTER)
    assert [b.person for b in workspace.quarter.why(QUARTER, "KA7d")] == ["罗小水"]


def test_a_list_cannot_show_a_day_that_has_not_come(workspace: Workspace, tmp_path: Any) -> None:
    path = tmp_path / "平山村.csv"
    path.write_text("平山村留守儿童名单\n姓名,出生日期,父亲,监护人\n罗小水,2018.5.20,罗大山,王桂花\n", "utf-8")
    with pytest.raises(ListFromTheFutureError):
        workspace.people.import_sheet(path, village="平山村", on=workspace.today + timedelta(days=1))


def test_what_is_to_be_typed_can_be_typed(workspace: Workspace) -> None:
    for way in (*MEND.values(), FIX):
        commands = re.findall(r"docgen ((?:[a-z]+ )?[A-Za-z0-9]+)", way)
        assert commands, way
        for command in commands:
            group, _, inner = command.partition(" ")
            assert group in COMMANDS
            if group == "make":
                assert workspace.library.get(inner).code == inner
            else:
                loaded = root.get_command(click.Context(root), group)
                assert isinstance(loaded, click.Group)
                assert inner in loaded.commands


def test_namesakes_are_told_apart_by_their_number(workspace: Workspace) -> None:
    mends = [c.mend for c in found(workspace, "VISIT") if c.who == "罗小山"]
    assert len(set(mends)) == 2
    assert not any("罗小山" in mend for mend in mends)
