"""The rosters of other persons: 留守老人 with their own flows, 留守妇女 and 困境儿童 where the region keeps them.

Source: forms.md §6 B3, B4, §8.7 block H, §9.1. Separate persons in separate tables: nobody here is counted among
the left-behind children for being here.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from archive.rosters.asof import changes
from docgen.workspace.quarter.cells import child_details, elder_details, woman_details
from docgen.workspace.quarter.roll import walk
from forms.computed.rosters import is_in_hardship
from forms.law.time import protected_age_on
from forms.quarter.frozen_roster import UNKNOWN, FrozenEvent, FrozenPerson
from forms.values.blank import Blank
from forms.values.enums import AwayPattern, PersonStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archive.rosters.asof import AsOf
    from docgen.workspace.quarter.signed_papers import PaperShelf, Signed
    from forms.people import ChildRecord, Person
    from forms.quarter.frozen_roster import FrozenRoster
    from forms.quarter.period import Period

_GONE = frozenset({PersonStatus.DEAD, PersonStatus.LOST})


def elders(
    asof: AsOf,
    shelf: PaperShelf,
    period: Period,
    *,
    opening: FrozenRoster | None,
    names: Mapping[str, str],
    home: str,
) -> tuple[list[FrozenPerson], list[FrozenEvent]]:
    """Return the elders by their signed registrations (B4), and what happened to them in the period.

    Args:
        asof: Everybody's history.
        shelf: Signed papers.
        period: Both days belong to it.
        opening: The roster of the period before.
        names: Of everybody in the register.
        home: Unit of an elder whose registration names no village.
    """
    opened = {p.uid: p.unit_uid for p in opening.elders if p.at_end} if opening else {}
    papers: dict[str, list[Signed]] = {}
    for paper in sorted(shelf.of("B4"), key=lambda p: p.on):
        if paper.person_uid:
            papers.setdefault(paper.person_uid, []).append(paper)
    rows: list[FrozenPerson] = []
    events: list[FrozenEvent] = []
    for uid, found in papers.items():
        before = (opened.get(uid) or "") if opening else None
        name = found[-1].text("elder_name") or names.get(uid, UNKNOWN)
        row, more = _elder(asof, period, found, uid=uid, name=name, before=before, home=home)
        rows += [row] if row else []
        events += more
    return rows, events


def _elder(
    asof: AsOf, period: Period, papers: Sequence[Signed], *, uid: str, name: str, before: str | None, home: str
) -> tuple[FrozenPerson | None, list[FrozenEvent]]:
    """Return one elder; `before` is the village of the roster before this one, empty: on none, ``None``: no roster."""

    def place(day: date) -> str | None:
        paper = next((p for p in reversed(papers) if p.on <= day), None)
        state = asof.state(uid, "person", day)
        dead = state is not None and state["status"] == PersonStatus.DEAD.value
        return (paper.village_uid or home) if paper is not None and not dead else None

    start = place(period.from_on - timedelta(days=1)) if before is None else before or None
    days = {*(p.on for p in papers), *changes(asof.statements(uid, "person"))}
    moves = list(walk(place, start=start, days=days, first=period.from_on, last=period.to_on))
    if start is None and not moves:
        return None, []
    places = [start, *(m.new for m in moves)]
    end, unit = places[-1], next((p for p in reversed(places) if p is not None), "")
    last = next((p for p in reversed(papers) if p.on <= period.to_on), papers[-1])

    def event(kind: str, on: date, where: str, paper: Signed | None = None, **more: object) -> FrozenEvent:
        number = {"paper_uid": paper.uid, "paper": paper.number} if paper else {}
        return FrozenEvent(kind=kind, unit_uid=where, person_uid=uid, person_name=name, on=on, **number, **more)  # type: ignore[arg-type]

    events: list[FrozenEvent] = []
    for move in moves:
        inner = move.old is not None and move.new is not None
        if move.old is not None:
            events.append(event("elder.leave", move.on, move.old, label="" if inner else "死亡", inner=inner))
        if move.new is not None:
            events.append(event("elder.enter", move.on, move.new, inner=inner))
    if end is not None:
        events.append(event("B4", last.on, unit, last))
    for day, paper in {p.day("visit_plan.last_visit"): p for p in papers}.items():
        if day is not None and day in period:
            events.append(event("elder.visit", day, unit, paper))
    details = elder_details(last.values)
    row = FrozenPerson(
        uid=uid,
        unit_uid=unit,
        start_unit_uid=start or "",
        at_start=start is not None,
        at_end=end is not None,
        facts={"gender": details["elder_gender"], "risk": details["risk"]},
        details=details,
    )
    return row, events


def women(asof: AsOf, period: Period, children: Sequence[FrozenPerson]) -> list[FrozenPerson]:
    """Return the mothers at home whose husband is away, as far as the children's records tell."""
    found: dict[str, FrozenPerson] = {}
    for row in children:
        record = asof.known_on(row.uid, period.to_on) if row.at_end else None
        mother = _mother_at_home(record) if record is not None else None
        if record is not None and mother is not None:
            found[mother.uid] = _present(mother.uid, row.unit_uid, woman_details(mother, record))
    return list(found.values())


def _mother_at_home(record: ChildRecord) -> Person | None:
    mother, father = record.mother, record.father
    if isinstance(mother, Blank) or isinstance(father, Blank) or mother.person.status in _GONE:
        return None
    return mother.person if mother.away is False and father.away is True and mother.person.uid else None


def hardship(asof: AsOf, period: Period) -> list[FrozenPerson]:
    """Return the 困境儿童 of the register, left-behind or not, each once."""
    rows = []
    for uid in asof.children():
        record = asof.known_on(uid, period.to_on)
        if record is None:
            continue
        child, birth = record.child, record.child.person.birth
        left = isinstance(child.left_on, date) and child.left_on <= period.to_on
        routed = child.away_pattern is AwayPattern.BOTH_INCAPABLE
        grown = isinstance(birth, date) and protected_age_on(birth, period.to_on) >= 18
        if not grown and (routed or (is_in_hardship(record) and not left)):
            details = child_details(record, confirmed_on=None, last_visit=None)
            rows.append(_present(uid, child.village_uid, details))
    return rows


def _present(uid: str, unit_uid: str, details: Mapping[str, str]) -> FrozenPerson:
    return FrozenPerson(
        uid=uid, unit_uid=unit_uid, start_unit_uid="", at_start=False, at_end=True, facts={}, details=details
    )
