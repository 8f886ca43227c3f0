"""Rosters frozen: any town keeps every identity, and every figure is its list."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from archive.registry import Registry, new_uid, sqlite_url
from forms.people import Carer, Person
from forms.profiles.region import RegionProfile
from forms.quarter.columns import columns
from forms.quarter.frozen_roster import FrozenRoster
from forms.quarter.identities import IDENTITIES
from forms.quarter.period import Period
from forms.values.blank import Blank
from forms.values.enums import (
    AwayPattern,
    CareActual,
    CareQuality,
    Relation,
    Relief,
    Schooling,
)
from forms.values.names_and_numbers import PersonName

if TYPE_CHECKING:
    from archive.registry import Tx

from tests.docgen.workspace.quarter.sample_year import (
    LONGLI,
    NOW,
    QUARTER,
    VILLAGES,
    Kid,
    check,
    day_of,
    enter,
    file_signed,
    freeze,
    kid,
    kids,
    on_day,
    played,
    table_of,
)

PLENTY = settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@PLENTY
@given(everybody=st.lists(kids(), max_size=7))
def test_any_town_keeps_every_identity_and_every_figure_is_its_list(
    everybody: list[Kid], empty: Path, tmp_path: Path
) -> None:
    with Registry.open(sqlite_url(Path(shutil.copy(empty, tmp_path / "registry.db"))), clock=lambda: NOW) as registry:
        with registry.begin() as tx:
            for number, kid in enumerate(everybody):
                enter(tx, number, kid)
            before = freeze(tx, Period.quarter(2026, 2))
            first = check(tx, before).total.figures
            roster = freeze(tx, QUARTER, before)
            figures = check(tx, roster).total.figures
        expected = played(everybody, QUARTER)
        assert {n: figures[n].reported for n in ("KA1", "KA2", "KA3", "KA4")} == {
            n: expected[n] for n in ("KA1", "KA2", "KA3", "KA4")
        }
        assert first["KA4"].reported == figures["KA1"].reported
        assert first["KD5"].reported == figures["KD1"].reported
        assert first["KC6"].reported == figures["KC6s"].reported
        again = FrozenRoster.from_bytes(roster.to_bytes())
        assert again == roster
        assert again.to_bytes() == roster.to_bytes()


@PLENTY
@given(everybody=st.lists(kids(), max_size=6), last=st.integers(20, 340), first=st.integers(1, 200))
def test_any_span_of_days_is_counted_exactly(
    everybody: list[Kid], first: int, last: int, empty: Path, tmp_path: Path
) -> None:
    period = Period(from_on=on_day(min(first, last)), to_on=on_day(last))
    url = sqlite_url(Path(shutil.copy(empty, tmp_path / "registry.db")))
    with Registry.open(url, clock=lambda: NOW) as registry, registry.begin() as tx:
        for number, kid in enumerate(everybody):
            enter(tx, number, kid)
        figures = check(tx, freeze(tx, period)).total.figures
    expected = played(everybody, period)
    names = ("KA1", "KA2", "KA3", "KA4")
    assert {n: figures[n].reported for n in names} == {n: expected[n] for n in names}
    if isinstance(figures["KE5"].reported, int):
        assert figures["KE5"].reported == expected["KE5"]


def test_a_child_that_turns_sixteen_in_the_period_leaves_the_day_after(tx: Tx) -> None:
    enter(tx, 0, kid(birth=date(2010, 8, 15)))
    figures = check(tx, roster := freeze(tx, QUARTER)).total.figures
    assert [figures[n].reported for n in ("KA1", "KA3", "KA3c", "KA4")] == [1, 1, 1, 0]
    (behind,) = tx.rosters.behind(roster.head.uid, "KA3c")
    assert (behind.on, behind.label) == (date(2026, 8, 16), "年满16周岁")


def test_a_child_that_comes_back_counts_twice_in_flows_and_once_in_stocks(tx: Tx) -> None:
    steps = ((day_of(date(2026, 7, 10)), "leave"), (day_of(date(2026, 9, 1)), VILLAGES[0]))
    enter(tx, 0, kid(steps=steps))
    figures = check(tx, freeze(tx, QUARTER)).total.figures
    assert [figures[n].reported for n in ("KA1", "KA2", "KA3", "KA4")] == [1, 1, 1, 1]


def test_a_move_between_villages_counts_in_both_and_not_in_the_town(tx: Tx) -> None:
    enter(tx, 0, kid(steps=((day_of(date(2026, 8, 3)), VILLAGES[1]),)))
    table = check(tx, freeze(tx, QUARTER))
    by_name = {r.unit_name: r.figures for r in table.rows}
    assert [by_name["平山村"][n].reported for n in ("KA1", "KA3", "KA3h", "KA4")] == [1, 1, 1, 0]
    assert [by_name["大坝村"][n].reported for n in ("KA1", "KA2", "KA4")] == [0, 1, 1]
    assert [table.total.figures[n].reported for n in ("KA1", "KA2", "KA3", "KA4")] == [1, 0, 0, 1]
    assert {(a.column, a.delta) for a in table.adjustments} == {("KA2", -1), ("KA3", -1), ("KA3h", -1)}


def test_the_edition_of_eight_months_is_not_the_sum_of_quarters(tx: Tx) -> None:
    march, may = day_of(date(2026, 3, 3)), day_of(date(2026, 5, 5))
    enter(tx, 0, kid(start=None, steps=((march, VILLAGES[0]), (may, "leave"))))
    enter(tx, 1, kid(start=VILLAGES[1], reported=(day_of(date(2026, 2, 2)), day_of(date(2026, 7, 7)))))
    quarters = [Period.quarter(2026, 1), Period.quarter(2026, 2)]
    months = Period.parse("2026-07-01..2026-08-31")
    parts, opening = [], None
    for period in (*quarters, months):
        opening = freeze(tx, period, opening)
        parts.append(check(tx, opening).total.figures)
    whole = check(tx, freeze(tx, Period.parse("2026-01-01..2026-08-31"))).total.figures
    assert [whole[n].reported for n in ("KA1", "KA2", "KA3", "KA4")] == [1, 1, 1, 1]
    assert sum(int(p["KA4"].reported) for p in parts) == 4 != whole["KA4"].reported  # stocks never add up
    assert whole["KC1"].reported == 2
    assert whole["KC2"].reported == 1 != sum(int(p["KC2"].reported) for p in parts)  # a child counted once


def test_what_is_filed_after_freezing_waits_for_the_next_version(tx: Tx) -> None:
    enter(tx, 0, kid(visits=(day_of(date(2026, 8, 8)),)))
    first = freeze(tx, QUARTER)
    uid = first.children[0].uid
    when = datetime.combine(date(2026, 9, 9), time(10))
    file_signed(tx, "C3", uid, date(2026, 9, 9), {"visited_at": when, "mode": "入户"})
    assert check(tx, first).total.figures["KG3"].reported == 1
    second = freeze(tx, QUARTER, version=2)
    assert check(tx, second).total.figures["KG3"].reported == 2
    assert tx.rosters.load(first.head.uid).to_bytes() == first.to_bytes()


def test_an_unsigned_paper_counts_nowhere(tx: Tx) -> None:
    enter(tx, 0, kid())
    uid = tx.people.all()[0].uid
    paper = tx.papers.new(form_code="D3", issuer_uid="TOWN000000", by="张敏", child_uid=uid)
    values = {"ordered_on": date(2026, 8, 8)}
    tx.papers.new_version(
        paper.uid, values=values, mark_id=new_uid(), pages=1, digests={}, made_on=date(2026, 8, 8), made_by="张敏"
    )
    assert check(tx, freeze(tx, QUARTER)).total.figures["KB1"].reported == 0


def test_a_confirmation_for_another_carer_or_run_out_is_not_in_force(tx: Tx) -> None:
    signed = day_of(date(2026, 8, 1))
    enter(tx, 0, kid(signed_on=signed))
    enter(tx, 1, kid(signed_on=day_of(date(2026, 5, 1))))  # ran out on 30 July
    enter(tx, 2, kid(signed_on=signed))
    changed = next(r for r in tx.people.all() if str(r.child.person.name).startswith("孙"))
    other = Carer(person=Person(name=PersonName.parse("孙爷爷"), birth=date(1958, 3, 3)), relation=Relation.GRANDFATHER)
    tx.people.save(replace(changed, carer=other), source="变动", on=date(2026, 9, 1))
    figures = check(tx, freeze(tx, QUARTER)).total.figures
    assert [figures[n].reported for n in ("KB4", "KB5", "KB9", "KB7")] == [3, 1, 2, 2]


def test_value_nought_dash_and_not_collected_stay_apart(tx: Tx) -> None:
    enter(tx, 0, kid(pupil=False))
    table = check(tx, roster := freeze(tx, QUARTER))
    (row,) = roster.children
    assert (row.facts["gender"], row.facts["schooling"]) == ("男", "未采集")
    assert table.total.figures["KF4"].reported is Blank.NOT_COLLECTED
    assert table.total.figures["KA7c"].reported is Blank.NOT_COLLECTED
    assert table.total.figures["KA7n"].reported == 1
    assert table.total.figures["KB1"].reported == 0
    empty_village = next(r for r in table.rows if r.unit_name == "上寨村")
    assert empty_village.figures["KF4"].reported == 0  # nobody there: nothing was left unasked
    rules = replace(LONGLI, quarter=RegionProfile.load("yubei").quarter).quarter
    assert rules.silent(columns()["KH4"]) is Blank.NOT_APPLICABLE


def test_what_was_collected_after_the_last_day_fills_a_gap_and_changes_nothing_known(tx: Tx) -> None:
    enter(tx, 0, kid(pupil=False))
    known = tx.people.all()[0]
    later = replace(known.child, schooling=Schooling.JUNIOR, hukou_registered=False, relief=(Relief.NONE,))
    tx.people.save(replace(known, child=later), source="补采", on=date(2026, 10, 6))
    figures = check(tx, freeze(tx, QUARTER)).total.figures
    assert figures["KA7d"].reported == 1  # was unknown on the last day
    assert figures["KA8b"].reported == 0  # was 是 on the last day
    assert figures["KF4"].reported == 0


def test_a_child_nobody_can_entrust_leaves_the_roll_for_another(tx: Tx) -> None:
    enter(tx, 0, kid())
    known = tx.people.all()[0]
    changed = replace(known.child, away_pattern=AwayPattern.BOTH_INCAPABLE)
    tx.people.save(replace(known, child=changed), source="核实", on=date(2026, 8, 20))
    figures = check(tx, freeze(tx, QUARTER)).total.figures
    assert [figures[n].reported for n in ("KA1", "KA3", "KA3e", "KA4")] == [1, 1, 1, 0]


def test_a_suspected_dropout_counts_from_the_written_report_on(tx: Tx) -> None:
    enter(tx, 0, kid())
    uid = tx.people.all()[0].uid
    file_signed(tx, "E2", uid, date(2026, 6, 20), {"kind": "疑似辍学"})
    assert check(tx, freeze(tx, Period.quarter(2026, 2))).total.figures["KD5"].reported == 0
    row = {"name": tx.people.all()[0].child.person.name}
    file_signed(tx, "E5", uid, date(2026, 7, 3), {"pupils": (row,)})
    file_signed(tx, "E6", uid, date(2026, 7, 9), {})
    figures = check(tx, freeze(tx, QUARTER)).total.figures
    assert [figures[f"KD{n}"].reported for n in (1, 2, 3, 4, 5, 6, 7)] == [0, 1, 0, 0, 1, 1, 1]


def test_contradictions_of_the_register_are_found_by_the_identities_that_cross_blocks(tx: Tx) -> None:
    enter(tx, 0, kid(dropout=(day_of(date(2026, 8, 1)),)))  # registered as 辍学, in the register still at school
    known = tx.people.all()[0]
    wrong = replace(known.child, care_actual=CareActual.NOBODY, care_quality=CareQuality.GOOD)
    tx.people.save(replace(known, child=wrong), source="名单", on=date(2026, 8, 2))
    codes = {p.code for p in table_of(tx, freeze(tx, QUARTER)).problems}
    assert {"R-05", "R-13"} <= codes
    assert codes <= set(IDENTITIES)
