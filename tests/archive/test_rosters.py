"""Frozen rosters in the registry: entered once, never changed, counted as they would be by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import schema
from archive.check import check_agreement
from archive.dialect import KeptRowError
from archive.disk import digest_of
from archive.registry.rosters import RosterExistsError, RosterNotFoundError, Rosters, UnknownColumnError
from archive.rosters.drafts import count_draft
from archive.store import Store, roster_object
from forms.quarter.columns import columns
from forms.quarter.frozen_roster import (
    CHILD_FACTS,
    ELDER_FACTS,
    EVENT_KINDS,
    FrozenEvent,
    FrozenPerson,
    FrozenRoster,
    RosterFileError,
    RosterVersion,
)
from forms.quarter.period import Period
from forms.values.enums import UnitKind

if TYPE_CHECKING:
    from pathlib import Path

    from archive.registry import Registry, Tx

AT = datetime(2026, 10, 8, 9, 0, tzinfo=UTC)
QUARTER = Period.quarter(2026, 3)
UNITS = ("PINGSHAN00", "DABACUN000")


def head(**known: Any) -> RosterVersion:
    plain: dict[str, Any] = {
        "uid": "ROSTER0001", "unit_uid": "TOWN000000", "unit_name": "洗马镇人民政府", "level": UnitKind.TOWN,
        "period": QUARTER, "version": 1, "made_at": AT, "made_by": "张敏", "profile": "longli",
    }  # fmt: skip
    return RosterVersion(**plain | known)


FACTS = {fact: sorted({v for c in columns().values() for f, vs in c.count.where if f == fact for v in vs} | {"—"})
         for fact in (*CHILD_FACTS, *ELDER_FACTS)}  # fmt: skip
LABELS = {
    kind: sorted({v for c in columns().values() if c.count.name == kind for _, vs in c.count.where for v in vs} | {""})
    for kind in EVENT_KINDS
}


def people(facts: tuple[str, ...], prefix: str) -> st.SearchStrategy[tuple[FrozenPerson, ...]]:
    one = st.builds(
        FrozenPerson,
        uid=st.integers(1, 60).map(lambda n: f"{prefix}{n:04}"),
        unit_uid=st.sampled_from(UNITS),
        start_unit_uid=st.sampled_from(UNITS),
        at_start=st.booleans(),
        at_end=st.booleans(),
        facts=st.fixed_dictionaries({fact: st.sampled_from(FACTS[fact]) for fact in facts}),
        details=st.just(
            {"child_name": "罗小山", "elder_name": "罗大爷", "health_detail": "未采集", "father_name": "—"}
        ),
    )
    return st.lists(one, max_size=12, unique_by=lambda p: p.uid).map(
        lambda rows: tuple(sorted(rows, key=lambda p: (p.unit_uid, p.uid)))
    )


def event(kind: str) -> st.SearchStrategy[FrozenEvent]:
    return st.builds(
        FrozenEvent,
        kind=st.just(kind),
        label=st.sampled_from(LABELS[kind]),
        unit_uid=st.sampled_from(UNITS),
        person_uid=st.integers(1, 4).map(lambda n: f"C{n:04}"),
        person_name=st.just("罗小山"),
        on=st.dates(date(2026, 7, 1), date(2026, 9, 30)),
        paper=st.just("洗民委照〔2026〕1号"),
        inner=st.booleans(),
    )


ROSTERS = st.builds(
    FrozenRoster,
    head=st.just(head()),
    units=st.just(dict(zip(UNITS, ("平山村", "大坝村"), strict=True))),
    children=people(CHILD_FACTS, "C"),
    elders=people(ELDER_FACTS, "E"),
    women=people((), "W"),
    hardship=people((), "H"),
    events=st.lists(st.sampled_from(EVENT_KINDS).flatmap(event), max_size=40).map(tuple),
)


def by_hand(roster: FrozenRoster, unit: str = "") -> dict[str, int]:
    """Count every column person by person."""
    found: dict[str, int] = {}
    for name, column in columns().items():
        how = column.count
        if how.is_of_events:
            events = [e for e in roster.events if e.kind == how.name and all(e.label in v for _, v in how.where)]
            chosen = [e for e in events if (e.unit_uid == unit if unit else not e.inner)]
            found[name] = len(chosen) if how.source == "events" else len({e.person_uid for e in chosen})
        elif "." in how.source:
            group, _, end = how.source.partition(".")
            found[name] = sum(
                getattr(p, f"at_{end}")
                and all(p.facts[fact] in values for fact, values in how.where)
                and (not unit or unit == (p.unit_uid if end == "end" else p.start_unit_uid))
                for p in getattr(roster, group)
            )
    return found | {n: found[c.count.name] for n, c in columns().items() if c.count.source == "same"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(roster=ROSTERS)
def test_the_database_counts_what_a_hand_counts(roster: FrozenRoster) -> None:
    whole = count_draft(roster, by_unit=False)["TOWN000000"]
    assert whole == by_hand(roster)
    villages = count_draft(roster)
    for unit in UNITS:
        plain = by_hand(roster, unit)
        assert {n: villages.get(unit, {}).get(n, 0) for n in plain} == plain


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(towns=st.lists(ROSTERS, min_size=2, max_size=4))
def test_a_county_is_the_sum_of_its_towns_whoever_froze_them(towns: list[FrozenRoster]) -> None:
    named = [
        replace(town, head=replace(town.head, uid=f"ROSTER{n:04}", unit_uid=f"TOWN{n:06}"))
        for n, town in enumerate(towns)
    ]
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        tables = [table for name, table in schema.metadata.tables.items() if name.startswith("roster_")]
        schema.metadata.create_all(connection, tables=tables)
        rosters = Rosters(connection, AT)
        heads = [rosters.add(town, is_own=False) for town in named]
        together = rosters.count(heads)
        alone = {head.unit_uid: rosters.count([head])[head.unit_uid] for head in heads}
    engine.dispose()
    assert together == alone == {town.head.unit_uid: by_hand(town) for town in named}
    county = {name: sum(row[name] for row in together.values()) for name in by_hand(named[0])}
    assert county == {name: sum(by_hand(town)[name] for town in named) for name in county}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(roster=ROSTERS)
def test_a_roster_reads_back_as_it_was_written(roster: FrozenRoster) -> None:
    data = roster.to_bytes()
    assert FrozenRoster.from_bytes(data) == roster
    assert FrozenRoster.from_bytes(data).to_bytes() == data


def small(**known: Any) -> FrozenRoster:
    facts = dict.fromkeys(CHILD_FACTS, "未采集") | {"gender": "男", "carer": "—"}
    child = FrozenPerson(
        uid="C0001", unit_uid=UNITS[0], start_unit_uid="", at_start=False, at_end=True, facts=facts,
        details={"child_name": "罗小山", "mother_name": "—", "school": "未采集"},
    )  # fmt: skip
    return FrozenRoster(head=head(**known), units={UNITS[0]: "平山村"}, children=(child,))


def test_a_value_a_dash_and_a_gap_stay_three_things_in_the_registry(registry: Registry) -> None:
    with registry.begin() as tx:
        tx.rosters.add(small())
    with registry.read() as tx:
        (child,) = tx.rosters.load("ROSTER0001").children
    assert (child.facts["gender"], child.facts["carer"], child.facts["quality"]) == ("男", "—", "未采集")
    assert (child.details["mother_name"], child.details["school"]) == ("—", "未采集")


def test_sums_over_towns_are_the_county_and_every_figure_is_its_list(registry: Registry) -> None:
    with registry.begin() as tx:
        heads = [
            tx.rosters.add(small(uid=f"ROSTER{n:04}", unit_uid=f"TOWN{n:06}", unit_name=f"第{n}镇"), is_own=False)
            for n in range(1, 4)
        ]
        figures = tx.rosters.count(heads)
        assert set(figures) == {"TOWN000001", "TOWN000002", "TOWN000003"}
        assert sum(row["KA4"] for row in figures.values()) == 3
        villages = tx.rosters.count(heads, by_unit=True)
        assert villages[UNITS[0]]["KA4"] == 3
        for name, number in figures["TOWN000002"].items():
            assert len(tx.rosters.behind("ROSTER0002", name)) == number
        assert tx.rosters.versions(own_only=True) == ()


def test_a_version_is_entered_once_and_the_next_beside_it(registry: Registry) -> None:
    with registry.begin() as tx:
        first = tx.rosters.add(small())
        with pytest.raises(RosterExistsError):
            tx.rosters.add(small(uid="ROSTER0009"))
        second = tx.rosters.add(small(uid="ROSTER0002", version=2, reason="补录"))
        assert tx.rosters.versions(unit_uid="TOWN000000", period=QUARTER) == (first, second)
        assert tx.rosters.newest("TOWN000000", QUARTER) == second
        assert tx.rosters.newest("TOWN000000", Period.quarter(2026, 2)) is None
        assert tx.rosters.ending_on("TOWN000000", date(2026, 9, 30)) == (first, second)
        assert tx.rosters.get("ROSTER0002").reason == "补录"
        with pytest.raises(RosterNotFoundError):
            tx.rosters.get("ROSTER9999")
        with pytest.raises(UnknownColumnError):
            tx.rosters.behind("ROSTER0001", "KZ1")


@pytest.mark.parametrize("table", ["roster_versions", "roster_children", "roster_details", "roster_units"])
@pytest.mark.parametrize("act", ["change", "delete"])
def test_the_database_refuses_to_touch_a_frozen_roster(table: str, act: str, registry: Registry) -> None:
    with registry.begin() as tx:
        tx.rosters.add(small())
    target = schema.metadata.tables[table]
    column = list(target.columns)[-1].name
    statement = sa.delete(target) if act == "delete" else sa.update(target).values({column: target.c[column]})
    with pytest.raises(KeptRowError), registry.begin() as tx:
        tx.connection.execute(statement)


@pytest.mark.parametrize("data", [b"", b"[]", b'{"format": 2}', b'{"format": 1, "head": {}}', b"\xff"])
def test_a_file_that_is_no_roster_is_refused(data: bytes) -> None:
    with pytest.raises(RosterFileError):
        FrozenRoster.from_bytes(data)


def test_the_check_finds_a_roster_that_is_gone_or_was_changed(registry: Registry, tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store", work=tmp_path / "work")
    data = small().to_bytes()

    def codes(tx: Tx) -> list[str]:
        return [p.code for p in check_agreement(store, tx)]

    with registry.begin() as tx:
        tx.rosters.add(FrozenRoster.from_bytes(data, digest=digest_of(data)))
        assert codes(tx) == ["agreement.roster-missing"]
        store.put(roster_object("ROSTER0001"), {"roster.json": data}, message="冻结", user="张敏", at=AT)
        assert codes(tx) == []
        other = replace(small(uid="ROSTER0002", version=2), units={})
        tx.rosters.add(replace(other, head=replace(other.head, digest="0" * 128)))
        store.put(roster_object("ROSTER0002"), {"roster.json": b"{}"}, message="冻结", user="张敏", at=AT)
        assert codes(tx) == ["agreement.digest"]
