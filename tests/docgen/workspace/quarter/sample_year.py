"""A year in a town of three villages, played day by day, and an independent count of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from archive.registry import new_uid
from docgen.workspace.quarter.freezing import Freezer
from docgen.workspace.quarter.tabling import town_table
from forms.law.time import birthday
from forms.people import Carer, Child, ChildRecord, Person
from forms.profiles.region import RegionProfile
from forms.quarter.columns import columns
from forms.quarter.frozen_roster import FrozenRoster, RosterVersion
from forms.quarter.period import Period
from forms.values.blank import Blank
from forms.values.enums import (
    AwayPattern,
    Boarding,
    Gender,
    PaperStatus,
    Relation,
    Schooling,
    UnitKind,
)
from forms.values.names_and_numbers import PersonName

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archive.registry import Tx
    from forms.quarter.table import PeriodTable


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


def kid(**known: Any) -> Kid:
    plain: dict[str, Any] = {
        "birth": date(2016, 5, 5), "gender": Gender.MALE, "steps": (), "start": VILLAGES[0], "pupil": True,
        "cared": True, "visits": (), "dropout": (), "escorts": (), "signed_on": None, "reported": (),
    }  # fmt: skip
    return Kid(**plain | known)


def day_of(day: date) -> int:
    return (day - FIRST).days
