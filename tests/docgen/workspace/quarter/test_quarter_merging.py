"""Rosters put together, for any rosters at all: each child once, every difference told, every identity kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.registry import Registry, new_uid, sqlite_url
from docgen.workspace.quarter.keys import Role
from docgen.workspace.quarter.merging import Reported, merge, tally
from docgen.workspace.quarter.recipients import MATCH, for_recipient, match_keys
from forms.quarter.columns import columns
from forms.quarter.frozen_roster import (
    CHILD_FACTS,
    NO,
    UNKNOWN,
    YES,
    FrozenEvent,
    FrozenPerson,
    FrozenRoster,
    RosterVersion,
)
from forms.quarter.identities import IDENTITIES, Ledger
from forms.quarter.period import Period
from forms.values.enums import UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

Q3 = Period.quarter(2026, 3)
UNITS = ("TOWNA00000", "TOWNB00000", "TOWNC00000")
KEPT = ("R-01", "R-02", "R-03", "R-04", "R-05", "R-09", "R-10", "R-11", "R-15", "R-16")
"""Identities that hold in every roster made below, and so must hold when they are put together."""
CHAINS = (
    ("dropout_before", "dropout", YES, "E2", "E8"),
    ("hukou_before", "hukou", NO, "hukou.found", "hukou.done"),
    ("custody_before", "custody", YES, "D11", "D11.ended"),
)


@dataclass(frozen=True)
class Stay:
    """One child in one unit: on the roll at the beginning or not, days of coming and going, days of three troubles."""

    child: int
    at_start: bool
    turns: tuple[int, ...]
    troubles: tuple[tuple[bool, tuple[int, ...]], ...]
    boy: bool
    visited: bool


stays = st.builds(
    Stay,
    child=st.integers(0, 5),
    at_start=st.booleans(),
    turns=st.lists(st.integers(0, 91), max_size=3, unique=True).map(lambda d: tuple(sorted(d))),
    troubles=st.tuples(
        *[st.tuples(st.booleans(), st.lists(st.integers(0, 91), max_size=1, unique=True).map(tuple))] * 3
    ),
    boy=st.booleans(),
    visited=st.booleans(),
)
counties = st.lists(
    st.lists(stays, max_size=5, unique_by=lambda s: s.child).map(
        lambda found: [s for s in found if s.at_start or s.turns]
    ),
    min_size=3,
    max_size=3,
)


def state(start: bool, turns: Sequence[int], day: int) -> bool:  # noqa: FBT001  reads as the timeline it is
    return start ^ (sum(t <= day for t in turns) % 2 == 1)


def event(kind: str, stay: Stay, unit: str, day: int, label: str = "") -> FrozenEvent:
    on = Q3.from_on + timedelta(days=day)
    return FrozenEvent(kind=kind, label=label, unit_uid=f"{unit}V", person_uid=f"P{stay.child}", on=on)


def chain(stay: Stay, number: int, unit: str) -> Iterator[FrozenEvent]:
    """Yield what a chain counts: trouble while on the roll."""
    _, _, _, more, less = CHAINS[number]
    start, turns = stay.troubles[number]
    before = had = stay.at_start and start
    if more == "D11":  # counted in persons: one beginning, and as many ends as the stock then asks for
        days = [d for d in range(92) if state(stay.at_start, stay.turns, d) and state(start, turns, d)]
        if days and not had:
            yield event(more, stay, unit, days[0], "近亲属")
        for _ in range((had or bool(days)) - (91 in days)):
            yield event(less, stay, unit, 90)
        return
    for day in range(92):
        now = state(stay.at_start, stay.turns, day) and state(start, turns, day)
        if now != before:
            yield event(more if now else less, stay, unit, day)
        before = now


def row(stay: Stay, unit: str) -> tuple[FrozenPerson, list[FrozenEvent]]:
    at_end = state(stay.at_start, stay.turns, 91)
    facts = dict.fromkeys(CHILD_FACTS, NO) | {
        "gender": "男" if stay.boy else "女",
        "band": "6-13",
        "schooling": "小学",
        "health": "健康",
        "boarding": "寄宿",
        "away": "父母双方外出务工",
        "care": "（外）祖父母",
        "quality": "较好",
        "carer": YES,
        "visited": YES if stay.visited else NO,
    }
    events: list[FrozenEvent] = []
    for number, (before, now, worth, _, _) in enumerate(CHAINS):
        start, turns = stay.troubles[number]
        other = NO if worth == YES else YES
        facts[before] = worth if stay.at_start and start else other
        facts[now] = worth if at_end and state(start, turns, 91) else other
        events += chain(stay, number, unit)
    if facts["dropout"] == YES:
        facts |= {"schooling": "辍学", "boarding": "—"}
    inside = stay.at_start
    for day in stay.turns:
        inside = not inside
        events.append(event("enter" if inside else "leave", stay, unit, day, "" if inside else "户籍迁出本辖区"))
    events.append(event("D1.child", stay, unit, 3))
    events += [event("C3", stay, unit, 5)] * stay.visited
    details = {
        "child_name": f"某{stay.child}",
        "child_id_number": f"52279920150101{stay.child:04}",
        "entered_on": UNKNOWN,
    }
    person = FrozenPerson(
        uid=f"P{stay.child}",
        unit_uid=f"{unit}V",
        start_unit_uid=f"{unit}V" if stay.at_start else "",
        at_start=stay.at_start,
        at_end=at_end,
        facts=facts,
        details=details,
    )
    return person, events


def head(unit: str) -> RosterVersion:
    return RosterVersion(
        uid=f"R{unit}",
        unit_uid=unit,
        unit_name=unit,
        level=UnitKind.TOWN,
        period=Q3,
        version=1,
        made_at=datetime(2026, 10, 1, tzinfo=UTC),
        made_by="某人",
    )


def reported(county: Sequence[Sequence[Stay]]) -> list[Reported]:
    found = []
    for unit, stays_of in zip(UNITS, county, strict=True):
        pairs = [row(stay, unit) for stay in stays_of]
        roster = FrozenRoster(
            head=head(unit),
            units={f"{unit}V": "某村"},
            children=tuple(p for p, _ in pairs),
            events=tuple(e for _, events in pairs for e in events),
        )
        found.append(Reported(unit_uid=unit, unit_name=unit, roster=roster))
    return found


def sums(found: Sequence[Reported]) -> Counter[str]:
    total: Counter[str] = Counter()
    for unit in found:
        total.update(tally(unit.roster.children, unit.roster.events))
    return total


def violated(figures: dict[str, int]) -> list[str]:
    return [p.code for code in KEPT for p in IDENTITIES[code].run(Ledger(figures=figures))]


@given(counties)
@settings(max_examples=120, deadline=None)
def test_the_sum_of_the_units_and_the_listed_differences_is_the_merged_roster(county: list[list[Stay]]) -> None:
    found = reported(county)
    merged, doubles = merge(found, head("COUNTY0000"))
    total = sums(found)
    for double in doubles:
        total.update(double.deltas)
    assert total == Counter(tally(merged.children, merged.events))


@given(counties)
@settings(max_examples=120, deadline=None)
def test_every_identity_that_holds_in_the_units_holds_in_the_merged_roster(county: list[list[Stay]]) -> None:
    found = reported(county)
    for unit in found:
        assert violated(tally(unit.roster.children, unit.roster.events)) == []
    merged, _ = merge(found, head("COUNTY0000"))
    assert violated(tally(merged.children, merged.events)) == []


@given(counties)
@settings(max_examples=80, deadline=None)
def test_every_child_stands_once_and_stands_if_it_stood_anywhere(county: list[list[Stay]]) -> None:
    merged, doubles = merge(reported(county), head("COUNTY0000"))
    numbers = [p.details["child_id_number"] for p in merged.children]
    assert len(numbers) == len(set(numbers))
    everywhere = Counter(s.child for unit in county for s in unit)
    assert len(numbers) == len(everywhere)
    assert len(doubles) == sum(n > 1 for n in everywhere.values())
    there = {s.child for unit in county for s in unit if state(s.at_start, s.turns, 91)}
    assert sum(p.at_end for p in merged.children) == len(there)
    for person in merged.children:
        assert person.unit_uid in UNITS


@given(counties)
@settings(max_examples=50, deadline=None)
def test_rosters_without_names_give_the_same_figures(county: list[list[Stay]]) -> None:
    from forms.profiles.region import RegionProfile
    from forms.quarter.table import PeriodTable, UnitRow

    total = UnitRow(unit_uid="", unit_name="", level=UnitKind.COUNTY)
    table = PeriodTable(
        unit_uid="", unit_name="", level=UnitKind.COUNTY, period=Q3, version=1, roster_version="",
        made_on=date(2026, 10, 1), rows=(), total=total,
    )  # fmt: skip
    profile = RegionProfile.load("longli")
    found = reported(county)
    bare = [replace(r, roster=for_recipient(table, r.roster, Role.PREFECTURE, profile)[1]) for r in found]
    assert all(set(p.details) <= {MATCH} for r in bare for p in r.roster.children)
    one, _ = merge(found, head("COUNTY0000"))
    other, doubles = merge(bare, head("COUNTY0000"))
    assert tally(one.children, one.events) == tally(other.children, other.events)
    assert all(d.name == "" for d in doubles)


@given(county=counties)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_counts_what_is_counted_here(county: list[list[Stay]], registry: Registry) -> None:
    found = reported(county)
    merged, _ = merge(found, head("COUNTY0000"))
    with registry.begin() as tx:
        for roster in (merged, *(r.roster for r in found)):
            place = new_uid()  # rosters stay for good: each example has units of its own
            tx.rosters.add(replace(roster, head=replace(roster.head, uid=new_uid(), unit_uid=place)))
            (version,) = tx.rosters.versions(unit_uid=place)
            counted = tx.rosters.count([version])[place]
            mine = tally(roster.children, roster.events)
            assert {n: mine[n] for n in counted} == counted


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    with Registry.create(sqlite_url(tmp_path / "registry.db")) as made:
        yield made


def stay(child: int = 0, *, at_start: bool = True, turns: tuple[int, ...] = ()) -> Stay:
    return Stay(child, at_start, turns, ((False, ()),) * 3, boy=True, visited=False)


def test_a_move_is_no_entry_and_no_exit_even_with_days_in_between() -> None:
    for entry in (20, 20 + 6):
        found = reported([[stay(turns=(20,))], [stay(at_start=False, turns=(entry,))], []])
        merged, (double,) = merge(found, head("COUNTY0000"))
        figures = tally(merged.children, merged.events)
        assert [figures[c] for c in ("KA1", "KA2", "KA3", "KA4")] == [1, 0, 0, 1]
        assert (double.is_move, double.kept_by, double.days_apart) == (True, UNITS[1], entry - 20)
        assert ("相差 6 天" in double.reason) is (entry != 20)


def test_who_left_for_another_reason_and_came_back_elsewhere_did_both() -> None:
    found = reported([[stay(turns=(20,))], [stay(at_start=False, turns=(60,))], []])
    events = found[0].roster.events
    back = tuple(replace(e, label="父母一方返回并有监护能力") if e.kind == "leave" else e for e in events)
    home = replace(found[0].roster, events=back)
    merged, _ = merge([replace(found[0], roster=home), *found[1:]], head("COUNTY0000"))
    figures = tally(merged.children, merged.events)
    assert [figures[c] for c in ("KA1", "KA2", "KA3", "KA4")] == [1, 1, 1, 1]


def with_details(found: Reported, **details: str) -> Reported:
    (person,) = found.roster.children
    return replace(found, roster=replace(found.roster, children=(replace(person, details=details),)))


NAMED = {"child_name": "王小山", "child_birth": "2016-02-29", "carer_name": "李桂花"}


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ({"child_id_number": "52279920160229001X"}, {"child_id_number": "52279920160229001x"}, True),
        ({"child_id_number": "52279920160229001X"}, {"child_id_number": "522799201602290028"}, False),
        (NAMED, NAMED, True),
        ({**NAMED, "child_id_number": "—"}, {**NAMED, "child_id_number": "522799201602290028"}, True),
        ({**NAMED, "child_id_number": "522799201602290036"}, {**NAMED, "child_id_number": "522799201602290028"}, False),
        (NAMED, {**NAMED, "carer_name": "张秀英"}, False),
        (NAMED, {**NAMED, "carer_name": "—", "father_name": "李桂花"}, True),
        (NAMED, {**NAMED, "child_birth": "2016-03-01"}, False),
        (NAMED, {**NAMED, "child_birth": "未采集"}, False),
        ({"child_name": "王小山"}, {"child_name": "王小山"}, False),
    ],
)  # fmt: skip
def test_the_same_child_is_known_by_number_or_by_name_birth_and_guardian(
    one: dict[str, str], other: dict[str, str], *, is_same: bool
) -> None:
    found = reported([[stay()], [stay()], []])
    merged, doubles = merge(
        [with_details(found[0], **one), with_details(found[1], **other), found[2]], head("COUNTY0000")
    )
    assert len(merged.children) == (1 if is_same else 2)
    assert len(doubles) == int(is_same)
    if is_same:
        both = all(len(d.get("child_id_number", "")) == 18 for d in (one, other))
        assert doubles[0].by_number is both


def test_one_without_a_number_never_joins_two_with_different_ones() -> None:
    found = reported([[stay()], [stay()], [stay()]])
    numbers = ("522799201602290036", "—", "522799201602290028")
    three = [with_details(r, **NAMED, child_id_number=number) for r, number in zip(found, numbers, strict=True)]
    merged, _ = merge(three, head("COUNTY0000"))
    assert len(merged.children) == 2


def test_a_digest_says_nothing_and_is_the_same_everywhere() -> None:
    keys = match_keys(NAMED | {"child_id_number": "52279920160229001X"})
    assert keys[0].startswith("id:")
    assert not any("王" in k or "522799" in k for k in keys)
    assert match_keys({MATCH: " ".join(keys)}) == keys


def test_every_column_that_is_counted_is_counted_here_too() -> None:
    assert set(tally([], [])) == set(columns())
