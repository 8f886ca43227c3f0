"""Rosters frozen from generated towns: every identity, every list, and a town played day by day as the oracle."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from archive.registry import Registry, new_uid, sqlite_url
from docgen.workspace.quarter.freezing import Freezer
from docgen.workspace.quarter.tabling import town_table
from forms.blank import Blank
from forms.casefile import CaseRole
from forms.columns import columns
from forms.enums import (
    AwayPattern,
    Boarding,
    CareActual,
    CareQuality,
    Gender,
    Health,
    PaperStatus,
    Relation,
    Relief,
    Schooling,
    UnitKind,
)
from forms.frozen_roster import FrozenRoster, RosterVersion
from forms.identities import IDENTITIES
from forms.legal_time import birthday
from forms.people import Carer, Child, ChildRecord, Parent, Person, Unit
from forms.period import Period
from forms.profile import RegionProfile
from forms.values import PersonName

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archive.registry import Tx
    from forms.period_table import PeriodTable

NOW = datetime(2026, 12, 31, 8, 0, tzinfo=UTC)
FIRST = date(2026, 1, 1)
VILLAGES = ("PINGSHAN00", "DABACUN000", "SHANGZHAI0")
QUARTER = Period.quarter(2026, 3)
LONGLI = RegionProfile.load("longli")
ONE_DAY = timedelta(days=1)
STRUCTURAL = ("R-01", "R-02", "R-03", "R-04", "R-07", "R-08", "R-09", "R-10", "R-11", "R-15", "R-16", "R-17")
"""Identities that hold whatever the register says; the others say that it contradicts itself."""


@dataclass(frozen=True)
class Kid:
    """What happens to one child in the year, day by day from 1 January; told late: only after it was over."""

    birth: date
    gender: Gender | Blank
    steps: tuple[tuple[int, str], ...]
    start: str | None
    pupil: bool
    cared: bool
    visits: tuple[int, ...]
    dropout: tuple[int, ...]
    escorts: tuple[tuple[int, int], ...]
    signed_on: int | None
    reported: tuple[int, ...]

    def days(self) -> Iterator[tuple[date, str | None, bool]]:
        """Yield each day of the year with the village on whose roll the child is and whether it has a hukou."""
        village, hukou = self.start, True
        by_day = {FIRST + timedelta(days=at): what for at, what in self.steps}
        limit = birthday(self.birth, 16)
        for number in range(-1, 365):
            day = FIRST + timedelta(days=number)
            what = by_day.get(day)
            if what == "leave":
                village = None
            elif what in VILLAGES:
                village = what
            elif what in {"no hukou", "hukou"}:
                hukou = what == "hukou"
            yield day, village if day <= limit else None, hukou


DAY = st.integers(1, 340)
GENDERS: tuple[Gender | Blank, ...] = (Gender.MALE, Gender.FEMALE, Blank.NOT_COLLECTED)


@st.composite
def kids(draw: st.DrawFn) -> Kid:
    days = sorted(draw(st.sets(DAY, max_size=5)))
    start = draw(st.sampled_from([*VILLAGES, None]))
    on_roll, steps = start is not None, []
    for day in days:
        options = ["leave", *VILLAGES, "no hukou", "hukou"] if on_roll else list(VILLAGES)
        what = draw(st.sampled_from(options))
        on_roll = what != "leave"
        steps.append((day, what))
    return Kid(
        birth=draw(st.dates(date(2010, 1, 1), date(2024, 12, 1))),
        gender=draw(st.sampled_from(GENDERS)),
        steps=tuple(steps),
        start=start,
        pupil=draw(st.booleans()),
        cared=draw(st.booleans()),
        visits=tuple(draw(st.lists(DAY, max_size=3))),
        dropout=tuple(sorted(draw(st.sets(DAY, max_size=4)))),
        escorts=tuple(draw(st.lists(st.tuples(DAY, st.integers(1, 200)), max_size=2))),
        signed_on=draw(st.none() | DAY),
        reported=tuple(draw(st.lists(DAY, max_size=2))),
    )


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "registry.db"
    with Registry.create(sqlite_url(path)) as registry, registry.begin() as tx:
        town = tx.units.save(Unit(uid="TOWN000000", kind=UnitKind.TOWN, name="洗马镇人民政府", short="洗马镇"))
        tx.units.set_owner(town.uid)
        for uid, name in zip(VILLAGES, ("平山村", "大坝村", "上寨村"), strict=True):
            unit = Unit(uid=uid, kind=UnitKind.VILLAGE, name=f"{name}民委员会", short=name, parent_uid=town.uid)
            tx.units.save(unit)
    return path


def on_day(at: int) -> date:
    return FIRST + timedelta(days=at)


def file_signed(tx: Tx, form: str, child: str, on: date, values: Mapping[str, Any], **known: Any) -> None:
    paper = tx.papers.new(form_code=form, issuer_uid="TOWN000000", by="张敏", child_uid=child, **known)
    tx.papers.new_version(paper.uid, values=values, mark_id=new_uid(), pages=1, digests={}, made_on=on, made_by="张敏")
    tx.papers.set_status(paper.uid, 1, PaperStatus.ARCHIVED, signed_on=on)


def enter(tx: Tx, number: int, kid: Kid) -> None:
    """Save a child step by step, as the office would hear of it, and file its papers."""
    name = "赵钱孙李周吴郑王"[number % 8]
    person = Person(
        name=PersonName.parse(f"{name}小{'一二三四五六七八'[number % 8]}"), gender=kid.gender, birth=kid.birth
    )
    carer = Carer(person=Person(name=PersonName.parse(f"{name}奶奶"), birth=date(1960, 1, 1 + number)),
                  relation=Relation.GRANDMOTHER)  # fmt: skip
    village = kid.start or next((what for _, what in kid.steps if what in VILLAGES), VILLAGES[0])
    entered = on_day(-30) if kid.start else None
    first = next((on_day(at) for at, what in kid.steps if what in VILLAGES), None)
    if entered is None and first is None:
        return
    child = Child(
        person=person,
        village_uid=village,
        hukou_registered=True,
        schooling=Schooling.PRIMARY if kid.pupil else Blank.NOT_COLLECTED,
        boarding=Boarding.DAY if kid.pupil else Blank.NOT_COLLECTED,
        away_pattern=AwayPattern.BOTH_AWAY,
        entered_on=entered or first or FIRST,
    )
    record = ChildRecord(child=child, carer=carer if kid.cared else Blank.NOT_APPLICABLE)
    uid = tx.people.save(record, source="名单", on=entered or first or FIRST).uid
    on_roll = kid.start is not None
    for at, what in kid.steps:
        day, known = on_day(at), tx.people.get(uid)
        if what == "leave":
            said: dict[str, Any] = {"left_on": day, "exit_reason": "随父母迁居"}
        elif what in {"no hukou", "hukou"}:
            said = {"hukou_registered": what == "hukou"}
        elif on_roll:
            said = {"village_uid": what}
        else:
            said = {"village_uid": what, "entered_on": day, "left_on": Blank.NOT_APPLICABLE}
            said["exit_reason"] = Blank.NOT_APPLICABLE
        on_roll = what != "leave"
        tx.people.save(replace(known, child=replace(known.child, **said)), source="变动", on=day)
    _papers(tx, uid, kid)


def _papers(tx: Tx, uid: str, kid: Kid) -> None:
    record = tx.people.get(uid)
    village = record.child.village_uid
    for at in kid.visits:
        file_signed(tx, "C3", uid, on_day(at), {"visited_at": datetime.combine(on_day(at), time(9)), "mode": "入户"})
    for place, at in enumerate(kid.dropout):
        if place % 2 == 0:
            file_signed(tx, "E2", uid, on_day(at), {"kind": "辍学", "marked_on": on_day(at)})
        else:
            file_signed(tx, "E8", uid, on_day(at), {"kind": "复学" if place == 1 else "出境", "on": on_day(at)})
    for at, length in kid.escorts:
        handed = datetime.combine(on_day(at), time(20))
        back = {"return": {"on": on_day(at + length)}} if at + length < 340 else {}
        file_signed(tx, "D11", uid, on_day(at), {"handed_at": handed, "receiver_kind": "近亲属", **back})
    for at in kid.reported:
        told = {"reported_at": datetime.combine(on_day(at), time(8))}
        report: dict[str, Any] = {"report_kind_primary": "失踪" if at % 2 else Blank.NOT_COLLECTED, "reported": told}
        file_signed(tx, "D1", uid, on_day(at), report, village_uid=village)
    if kid.signed_on is not None and not isinstance(record.carer, Blank):
        values: dict[str, Any] = {"confirmed_on": on_day(kid.signed_on), "to_on": on_day(kid.signed_on + 90)}
        file_signed(tx, "A1", uid, on_day(kid.signed_on), values, carer_uid=record.carer.person.uid)


def freeze(tx: Tx, period: Period, opening: FrozenRoster | None = None, version: int = 1) -> FrozenRoster:
    home = tx.units.owner()
    units = {u.uid: u.short for u in tx.units.of_kind(UnitKind.VILLAGE)}
    head = RosterVersion(
        uid=new_uid(), unit_uid=home.uid, unit_name=home.name, level=home.kind, period=period, version=version,
        made_at=NOW, made_by="张敏", opening_uid=opening.head.uid if opening else "",
    )  # fmt: skip
    roster = Freezer(tx, period, LONGLI, opening, home=home, units=units).roster(head)
    tx.rosters.add(roster)
    return roster


def table_of(tx: Tx, roster: FrozenRoster) -> PeriodTable:
    villages = tx.units.of_kind(UnitKind.VILLAGE)
    return town_table(
        tx, roster.head, LONGLI.quarter, villages, village_kind=UnitKind.VILLAGE, previous_to=None
    )  # fmt: skip


def recount(roster: FrozenRoster, unit: str = "") -> dict[str, int]:
    """Count every column by walking over people, which the program never does."""
    found: Counter[str] = Counter()
    for name, column in columns().items():
        how = column.count
        if how.is_of_events:
            events = [e for e in roster.events if e.kind == how.name and all(e.label in v for _, v in how.where)]
            events = [e for e in events if (e.unit_uid == unit if unit else not e.inner)]
            found[name] = len(events) if how.source == "events" else len({e.person_uid for e in events})
        elif "." in how.source:
            group, _, end = how.source.partition(".")
            for row in getattr(roster, group):
                place = row.unit_uid if end == "end" else row.start_unit_uid
                is_there = getattr(row, f"at_{end}") and (not unit or place == unit)
                found[name] += is_there and all(row.facts[fact] in values for fact, values in how.where)
    return found | Counter({n: found[c.count.name] for n, c in columns().items() if c.count.source == "same"})


def check(tx: Tx, roster: FrozenRoster) -> PeriodTable:
    """Assert everything that holds for any roster."""
    table = table_of(tx, roster)
    assert {p.code for p in table.problems}.isdisjoint(STRUCTURAL), [str(p) for p in table.problems]
    for row in (table.total, *table.rows):
        unit = "" if row is table.total else row.unit_uid
        plain = recount(roster, unit)
        for name, figure in row.figures.items():
            if isinstance(figure.reported, int):
                assert figure.reported == plain[name], name
            if figure.reported and isinstance(figure.reported, int):  # that noughts have no list: test_quarter_desk
                assert figure.reported == len(tx.rosters.behind(roster.head.uid, name, unit)), name
    changed = {a.column: a.delta for a in table.adjustments}
    for name, figure in table.total.figures.items():
        parts = [r.figures[name].reported for r in table.rows]
        if isinstance(figure.reported, int):
            added = sum(p for p in parts if isinstance(p, int))
            assert figure.reported == added + changed.get(name, 0), name
    return table


def played(everybody: list[Kid], period: Period) -> dict[str, int]:
    """Play the year day by day: who is on which roll, and every change between two days of the period."""
    found = Counter[str]()
    for kid in everybody:
        before: str | None = None
        missing = False
        for day, village, hukou in kid.days():
            if day in period:
                found["KA2"] += before is None and village is not None
                found["KA3"] += before is not None and village is None
                found["KE3"] += missing and village is not None and hukou
            elif day < period.from_on:
                found["KA1"] += village is not None if day + ONE_DAY == period.from_on else 0
            if day == period.to_on:
                found["KA4"] += village is not None
                found["KE5"] += village is not None and not hukou
            before, missing = village, village is not None and not hukou
    return found


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


@pytest.fixture
def tx(empty: Path, tmp_path: Path) -> Iterator[Tx]:
    url = sqlite_url(Path(shutil.copy(empty, tmp_path / "registry.db")))
    with Registry.open(url, clock=lambda: NOW) as registry, registry.begin() as opened:
        yield opened


def kid(**known: Any) -> Kid:
    plain: dict[str, Any] = {
        "birth": date(2016, 5, 5), "gender": Gender.MALE, "steps": (), "start": VILLAGES[0], "pupil": True,
        "cared": True, "visits": (), "dropout": (), "escorts": (), "signed_on": None, "reported": (),
    }  # fmt: skip
    return Kid(**plain | known)


def day_of(day: date) -> int:
    return (day - FIRST).days


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


AT = date(2026, 8, 8)
MORNING = datetime.combine(AT, time(9))
PAPERS: dict[str, tuple[str, dict[str, Any], dict[str, int]]] = {
    # what was signed → what it counts in; nothing else changes
    "parents ordered back": ("D3", {"ordered_on": AT}, {"KB1": 1}),
    "ordered in another quarter": ("D3", {"ordered_on": date(2026, 10, 1)}, {}),
    "both parents spoken to": (
        "D2",
        {"notified_on": AT, "measures": ("劝诫", "批评教育"), "parents_contact": (
            {"name": "赵大", "admonished": "接受"}, {"name": "李花", "admonished": "接受"},
            {"name": "赵二", "admonished": Blank.NOT_COLLECTED})},
        {"KC4": 1, "KB2": 2, "KC7a": 1},
    ),
    "punished and prosecuted": (
        "D2", {"notified_on": AT, "measures": ("治安处罚", "刑事立案")}, {"KC4": 1, "KC7b": 1, "KC7c": 1}
    ),
    "a parent came home": ("A6", {"filing_kind": "返乡", "returned_on": AT}, {"KB3": 1}),
    "a parent left": ("A6", {"filing_kind": "外出", "leave_on": AT}, {}),
    "the village admonished": ("A10", {"admonished_on": AT}, {"KB11": 1}),
    "a carer passed": ("A5", {"assessed_on": AT, "result": "合格"}, {"KB8a": 1}),
    "a carer failed": ("A5", {"assessed_on": AT, "result": "不合格"}, {"KB8b": 1}),
    "reported, its kind unsaid": ("D1", {"reported": {"reported_at": MORNING}}, {"KC1": 1, "KC2": 1, "KC3n": 1}),
    "reported, one kind ticked": (
        "D1", {"reported": {"reported_at": MORNING}, "report_kind": ("失踪",)}, {"KC1": 1, "KC2": 1, "KC3b": 1}
    ),
    "escorted and home again": (
        "D11",
        {"handed_at": MORNING, "receiver_kind": "村（居）民委员会", "return": {"on": date(2026, 8, 9)}},
        {"KC5": 1, "KC5b": 1, "KC6e": 1},
    ),
    "escorted and still away": (
        "D11", {"handed_at": MORNING, "receiver_kind": "儿童福利机构"}, {"KC5": 1, "KC5d": 1, "KC6": 1}
    ),
    "a detained parent's children": (
        "D15",
        {"asked_on": AT, "arrangement": "委托照护", "children": ({"name": "赵小一"}, {"name": "赵小二"})},
        {"KC8": 2},
    ),
    "a detained parent's child with the mother": (
        "D15", {"asked_on": AT, "arrangement": "无需安排", "children": ({"name": "赵小一"},)}, {}
    ),
    "reprimanded": ("D4", {"reprimanded_on": AT}, {"KC9": 1}),
    "guidance registered": ("D9", {"date": AT}, {"KC10": 1}),
    "visited after a warning, with counsel": (
        "D8", {"visited_at": MORNING, "help": ("心理疏导",)}, {"KC12": 1, "KG5": 1}
    ),
    "assessed": ("D13", {"assessed_on": AT}, {"KC13": 1}),
    "counsel planned": (
        "D13a", {"plan": ({"item": "心理疏导", "start_on": AT}, {"item": "法律援助", "start_on": AT})}, {"KG5": 1}
    ),
    "revocation proposed": ("D14", {"issued_on": AT}, {"KC14": 1}),
    "revoked": (
        "D14",
        {"issued_on": date(2026, 3, 3), "outcome": {"judgment": "2026年9月2日判决撤销监护人资格"}},
        {"KC15": 1},
    ),
    "revocation refused": (
        "D14", {"issued_on": date(2026, 3, 3), "outcome": {"judgment": "2026年9月2日驳回撤销申请"}}, {}
    ),
    "ordered back to school": ("E6", {}, {"KD7": 1}),
    "visited at home": ("C3", {"visited_at": MORNING, "mode": "入户"}, {"KG2": 1, "KG3": 1, "KG4": -1}),
    "visited by telephone": ("C3", {"visited_at": MORNING, "mode": "电话"}, {}),
    "signed, run out": ("A1", {"confirmed_on": AT, "to_on": date(2026, 9, 1)}, {"KB7": 1}),
}  # fmt: skip


@pytest.mark.parametrize("what", PAPERS)
def test_a_signed_paper_counts_in_its_columns_and_in_no_other(what: str, tx: Tx) -> None:
    enter(tx, 0, kid())
    uid = tx.people.all()[0].uid
    before = table_of(tx, freeze(tx, QUARTER)).total.figures
    form, values, expected = PAPERS[what]
    file_signed(tx, form, uid, AT, values, village_uid=VILLAGES[0])
    roster = freeze(tx, QUARTER, version=2)
    after = check(tx, roster).total.figures
    changed = {
        name: int(figure.reported) - int(before[name].reported)
        for name, figure in after.items()
        if isinstance(figure.reported, int) and figure.reported != before[name].reported
    }
    assert changed == expected
    for name in expected.keys() - {"KG4"}:
        assert {b.paper for b in tx.rosters.behind(roster.head.uid, name)} == {form}


def test_a_warning_letter_counts_on_the_day_it_was_served_on_the_perpetrator(tx: Tx) -> None:
    enter(tx, 0, kid())
    uid = tx.people.all()[0].uid
    file_signed(tx, "D5", uid, date(2026, 6, 28), {"warned_on": date(2026, 6, 28)})
    file_signed(tx, "D6", uid, date(2026, 7, 2), {})
    letter, receipt = (next(p.uid for p in tx.papers.all() if p.form_code == form) for form in ("D5", "D6"))
    tx.papers.set_copies(letter, 1, ("加害人", "受害人"))
    tx.cases.serve(letter, 1, 2, role=CaseRole.VICTIM, method="直接送达", on=date(2026, 6, 29), receipt_uid=receipt)
    tx.cases.serve(letter, 1, 1, role=CaseRole.PERPETRATOR, method="直接送达", on=date(2026, 7, 1))
    assert check(tx, freeze(tx, QUARTER)).total.figures["KC11"].reported == 0  # noted, not proven
    tx.cases.serve(letter, 1, 1, role=CaseRole.PERPETRATOR, method="直接送达", on=date(2026, 7, 1), receipt_uid=receipt)
    assert check(tx, freeze(tx, Period.quarter(2026, 2))).total.figures["KC11"].reported == 0
    assert check(tx, freeze(tx, QUARTER, version=2)).total.figures["KC11"].reported == 1
    assert tx.cases.proven("D5", CaseRole.PERPETRATOR, QUARTER.from_on, QUARTER.to_on) == 1


def test_children_handed_over_for_the_holidays_count_once_each(tx: Tx) -> None:
    enter(tx, 0, kid())
    enter(tx, 1, kid())
    uids = [r.uid for r in tx.people.all()]
    rows = tuple({"child_uid": uid} for uid in (*uids, "STRANGER00"))
    for _ in range(2):
        paper = tx.papers.new(form_code="E9", issuer_uid="TOWN000000", by="张敏", village_uid=VILLAGES[0])
        values: dict[str, Any] = {"from_on": date(2026, 7, 5), "rows": rows}
        tx.papers.new_version(
            paper.uid, values=values, mark_id=new_uid(), pages=1, digests={}, made_on=AT, made_by="张敏"
        )
        tx.papers.set_status(paper.uid, 1, PaperStatus.ARCHIVED, signed_on=AT)
    assert check(tx, freeze(tx, QUARTER)).total.figures["KG6"].reported == 2


def test_elders_stand_in_a_table_of_their_own_from_signed_registrations(tx: Tx) -> None:
    enter(tx, 0, kid())
    old = [Person(name=PersonName.parse(name), birth=date(1950, 1, 1 + n)) for n, name in enumerate(("罗福", "王寿"))]
    uids = [tx.people.note(person, source="B4", on=FIRST) for person in old]
    for uid, person, on, risk in zip(uids, old, (date(2026, 5, 5), date(2026, 8, 8)), ("高", "低"), strict=True):
        paper = tx.papers.new(
            form_code="B4", issuer_uid="TOWN000000", by="张敏", carer_uid=uid, village_uid=VILLAGES[1]
        )
        values: dict[str, Any] = {
            "elder_name": person.name, "risk": risk, "elder_gender": Gender.MALE,
            "visit_plan": {"visitor": "潘文海", "last_visit": date(2026, 8, 20)},
        }  # fmt: skip
        tx.papers.new_version(
            paper.uid, values=values, mark_id=new_uid(), pages=1, digests={}, made_on=on, made_by="张敏"
        )
        tx.papers.set_status(paper.uid, 1, PaperStatus.ARCHIVED, signed_on=on)
    roster = freeze(tx, QUARTER)
    figures = check(tx, roster).total.figures
    assert [figures[f"KH{n}"].reported for n in range(1, 7)] == [1, 1, 0, 2, 1, 2]
    assert figures["KA4"].reported == 1
    assert {p.uid for p in roster.elders}.isdisjoint(p.uid for p in roster.children)


def test_a_region_that_keeps_them_has_women_and_children_in_hardship_apart(tx: Tx) -> None:
    enter(tx, 0, kid())
    known = tx.people.all()[0]
    mother = Parent(person=Person(name=PersonName.parse("李秋月"), birth=date(1990, 2, 2)), away=False)
    father = Parent(person=Person(name=PersonName.parse("赵大山"), birth=date(1989, 2, 2)), away=True)
    ill = replace(known.child, health_primary=Health.ILL)
    tx.people.save(replace(known, child=ill, father=father, mother=mother), source="名单", on=FIRST)
    head = freeze(tx, QUARTER).head
    for key, group, name in (("shouxian", "women", "李秋月"), ("qinzhou", "hardship", "赵小一")):
        home, profile = tx.units.owner(), RegionProfile.load(key)
        units = {u.uid: u.short for u in tx.units.of_kind(UnitKind.VILLAGE)}
        roster = Freezer(tx, QUARTER, profile, None, home=home, units=units).roster(replace(head, profile=key))
        (row,) = getattr(roster, group)
        assert name in row.details.values()
        other = {"women": "hardship", "hardship": "women"}[group]
        assert getattr(roster, other) == ()
