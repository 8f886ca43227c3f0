"""Frozen rosters of several units put together to one, each child once (去重).

Source: forms.md §8.9, X-15, B1 (match by ID number; without number by name, birth and a parent or carer). Pure. What
must stay true: the merged roster obeys the identities as each roster does; nothing of a child reported once changes;
every figure that differs from the sum of the units is told by the doubles, column by column.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docgen.workspace.quarter.recipients import match_keys
from forms.quarter.columns import columns, resolve
from forms.quarter.frozen_roster import NO, UNKNOWN, YES, FrozenEvent, FrozenPerson, FrozenRoster

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from forms.quarter.columns import Column
    from forms.quarter.frozen_roster import RosterVersion

_MOVED_AWAY = ("户籍迁出本辖区", "重复登记")
"""Reasons of leaving that are a move when the child appears elsewhere in the same period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """One unit's roster, with the name it goes by here."""

    unit_uid: str
    unit_name: str
    roster: FrozenRoster


@dataclass(frozen=True, slots=True, kw_only=True)
class Double:
    """A child that several units reported, and how it was resolved."""

    person_uid: str
    """In the merged roster."""
    name: str
    """Empty where rosters came without names."""
    units: tuple[str, ...]
    """Names of the units, the one that keeps the child last."""
    kept_by: str
    is_move: bool
    """It left one unit and entered the other; else both have it at the end."""
    by_number: bool
    """Recognised by the ID number; else by name, birth and a parent or carer."""
    days_apart: int
    """Between leaving and entering, of a move; 0 when on the same day."""
    deltas: Mapping[str, int]
    """Column → what counting it once changes in the sum of the units."""

    @property
    def reason(self) -> str:
        """How it was resolved, without a name."""
        known = "公民身份号码相同" if self.by_number else "姓名、出生日期和监护人相同"
        others = "、".join(self.units[:-1])
        if not self.is_move:
            return f"同一儿童{others}和{self.kept_by}都在册（{known}），按登记较晚的{self.kept_by}计一次（X-15）"
        late = f"；两地登记的日期相差 {self.days_apart} 天，请核对" if self.days_apart else ""
        return f"同一儿童由{others}迁往{self.kept_by}（{known}），合计不算新增和退出（X-15）{late}"


@dataclass(slots=True)
class _Member:
    """One unit's row of a child, with what happened to it there."""

    unit: Reported
    row: FrozenPerson
    events: list[FrozenEvent] = field(default_factory=list)

    @property
    def entered(self) -> str:
        """Day of entry as far as known; later wins."""
        days = [e.on.isoformat() for e in self.events if e.kind == "enter" and not e.inner]
        said = self.row.details.get("entered_on", "")
        return max([*days, said if said[:1].isdigit() else ""])


def merge(reported: Sequence[Reported], head: RosterVersion) -> tuple[FrozenRoster, tuple[Double, ...]]:
    """Return one roster of all units and the children that more than one unit reported.

    Args:
        reported: One roster of each unit; units are the rows of the new roster.
        head: Of the new roster.
    """
    members = _members(reported)
    children: list[FrozenPerson] = []
    events: list[FrozenEvent] = []
    doubles: list[Double] = []
    for group in _groups(members):
        if len({m.unit.unit_uid for m in group}) == 1:
            for m in group:
                row, mine = _alone(m)
                children.append(row)
                events += mine
            continue
        row, mine, double = _resolved(group)
        children.append(row)
        events += mine
        doubles.append(double)
    known = {(m.unit.unit_uid, m.row.uid) for m in members}
    events += [_moved(e, r) for r in reported for e in r.roster.events if (r.unit_uid, e.person_uid) not in known]
    merged = FrozenRoster(
        head=head,
        units={r.unit_uid: r.unit_name for r in reported},
        children=tuple(sorted(children, key=lambda p: (p.unit_uid, p.uid))),
        elders=_others(reported, "elders"),
        women=_others(reported, "women"),
        hardship=_others(reported, "hardship"),
        events=tuple(sorted(events, key=lambda e: (e.kind, e.on, e.unit_uid, e.person_uid, e.paper_uid))),
    )
    return merged, tuple(doubles)


def tally(children: Iterable[FrozenPerson], events: Iterable[FrozenEvent]) -> dict[str, int]:
    """Count the columns of some children without a database; for the few that are doubles, and as a second opinion."""
    people, acts = list(children), list(events)
    return {c.id: _number(resolve(c), people, acts) for c in columns().values()}


def _number(column: Column, people: Sequence[FrozenPerson], acts: Sequence[FrozenEvent]) -> int:
    how = column.count
    if how.is_of_events:
        found = [e for e in acts if e.kind == how.name and all(e.label in values for _, values in how.where)]
        return len({e.person_uid for e in found}) if how.source == "persons" else sum(not e.inner for e in found)
    if how.source not in {"children.start", "children.end"}:
        return 0
    at = "at_start" if how.source == "children.start" else "at_end"
    return sum(getattr(p, at) and all(p.facts.get(f) in values for f, values in how.where) for p in people)


def _members(reported: Sequence[Reported]) -> list[_Member]:
    found: list[_Member] = []
    for unit in reported:
        mine: dict[str, _Member] = {p.uid: _Member(unit=unit, row=p) for p in unit.roster.children}
        for event in unit.roster.events:
            if event.person_uid in mine:
                mine[event.person_uid].events.append(event)
        found += mine.values()
    return found


def _groups(members: Sequence[_Member]) -> list[list[_Member]]:
    """Put rows of one child together: by ID number, and those without one by name, birth and guardian."""
    leader = list(range(len(members)))
    numbers: dict[int, str] = {}

    def find(at: int) -> int:
        while leader[at] != at:
            leader[at] = leader[leader[at]]
            at = leader[at]
        return at

    def join(one: int, other: int) -> None:
        a, b = find(one), find(other)
        if a != b and not (numbers.get(a) and numbers.get(b) and numbers[a] != numbers[b]):
            leader[max(a, b)] = min(a, b)
            numbers[min(a, b)] = numbers.get(a) or numbers.get(b) or ""

    by_key: dict[str, list[int]] = defaultdict(list)
    for at, member in enumerate(members):
        keys = match_keys(member.row.details)
        numbers[at] = next((k for k in keys if k.startswith("id:")), "")
        for key in keys:
            by_key[key].append(at)
    for prefix in ("id:", "nb:"):  # the surer key first
        for key, found in by_key.items():
            if key.startswith(prefix):
                for other in found[1:]:
                    join(found[0], other)
    groups: dict[int, list[_Member]] = defaultdict(list)
    for at, member in enumerate(members):
        groups[find(at)].append(member)
    return list(groups.values())


def _alone(member: _Member) -> tuple[FrozenPerson, list[FrozenEvent]]:
    row, unit = member.row, member.unit.unit_uid
    kept = replace(
        row, uid=_uid(member.unit, row.uid), unit_uid=unit, start_unit_uid=unit if row.at_start else "", facts=row.facts
    )
    return kept, [_moved(e, member.unit) for e in member.events]


def _resolved(group: list[_Member]) -> tuple[FrozenPerson, list[FrozenEvent], Double]:
    keeper = max(group, key=lambda m: (m.row.at_end, m.entered))
    others = [m for m in group if m is not keeper]
    start = keeper if keeper.row.at_start else next((m for m in others if m.row.at_start), None)
    uid = _uid(keeper.unit, keeper.row.uid)
    at_start = start is not None
    facts = dict(keeper.row.facts)
    if any(m.row.facts.get("visited") == YES for m in group):
        facts["visited"] = YES
    gone: set[int] = set()
    began = {id(m) for m in group}
    inner, days_apart = _transitions(group, ("enter",), ("leave",), began, bridges=_MOVED_AWAY)
    for chain in _CHAINS:
        drop, first = _chained(group, keeper, start, chain)
        gone |= drop
        if chain.before in facts:
            facts[chain.before] = _before(facts[chain.before], start, chain, first=first)
    row = replace(
        keeper.row,
        uid=uid,
        unit_uid=keeper.unit.unit_uid,
        start_unit_uid=start.unit.unit_uid if start else "",
        at_start=at_start,
        facts=facts,
    )
    kept = [
        replace(_moved(e, m.unit), person_uid=uid, inner=e.inner or id(e) in inner)
        for m in group
        for e in m.events
        if id(e) not in gone
    ]
    names = {k for m in group for k in match_keys(m.row.details) if k.startswith("id:")}
    double = Double(
        person_uid=uid,
        name=next(
            (n for m in (keeper, *others) if (n := m.row.details.get("child_name", "")) not in {"", UNKNOWN}), ""
        ),
        units=(*dict.fromkeys(m.unit.unit_name for m in others), keeper.unit.unit_name),
        kept_by=keeper.unit.unit_name,
        is_move=sum(m.row.at_end for m in group) < 2,
        by_number=bool(names) and all(any(k in names for k in match_keys(m.row.details)) for m in group),
        days_apart=days_apart,
        deltas=_deltas(row, kept, group),
    )
    return row, kept, double


@dataclass(frozen=True, slots=True)
class _Chain:
    """A stock with what adds to it and what takes from it (R-10, R-11)."""

    before: str
    now: str
    worth: str
    more: tuple[str, ...]
    less: tuple[str, ...]
    once: bool = False
    """What adds is counted in persons: each child at most once in the period."""


_CHAINS = (
    _Chain("dropout_before", "dropout", YES, ("E2",), ("E8", "E8.other")),
    _Chain("hukou_before", "hukou", NO, ("hukou.found",), ("hukou.done", "hukou.other")),
    _Chain("custody_before", "custody", YES, ("D11",), ("D11.ended",), once=True),
)


def _chained(group: Sequence[_Member], keeper: _Member, start: _Member | None, chain: _Chain) -> tuple[set[int], bool]:
    """Return the events of a chain that fall away, and whether the child is in its stock at the beginning."""
    worth, kinds = chain.worth, (*chain.more, *chain.less)
    first = start is not None and start.row.facts.get(chain.before) == worth
    last = keeper.row.at_end and keeper.row.facts.get(chain.now) == worth
    if chain.once:
        drop, fits = _once(group, chain, first=first, last=last)
    else:
        began = {id(m) for m in group if m.row.facts.get(chain.before) == worth}
        drop, _ = _transitions(group, chain.more, chain.less, began)
        fits = first + _net(group, chain.more, chain.less, drop) == last
    if fits:
        return drop, first
    # the units contradict each other: the keeper's own story is told, which holds in itself
    others = {id(e) for m in group if m is not keeper for e in m.events if e.kind in kinds}
    return others, keeper.row.at_start and keeper.row.facts.get(chain.before) == worth


def _once(group: Sequence[_Member], chain: _Chain, *, first: bool, last: bool) -> tuple[set[int], bool]:
    """Keep one beginning and as many ends as the stock asks for; tell whether there are that many."""
    events = sorted((e for m in group for e in m.events if not e.inner), key=lambda e: e.on)
    begun = [e for e in events if e.kind in chain.more]
    ended = [e for e in events if e.kind in chain.less]
    wanted = first + bool(begun) - last
    dropped = {id(e) for e in (*begun[1:], *ended[max(wanted, 0) :])}
    return dropped, 0 <= wanted <= len(ended)


def _before(own: str, start: _Member | None, chain: _Chain, *, first: bool) -> str:
    """Return a fact as of the beginning for the merged row, so that the chain begins where it was found to."""
    worth = chain.worth
    said = start.row.facts.get(chain.before, own) if start is not None else own
    if (said == worth) == first:
        return said
    return worth if first else (NO if worth == YES else YES)


def _transitions(
    group: Sequence[_Member],
    more: tuple[str, ...],
    less: tuple[str, ...],
    began: AbstractSet[int],
    *,
    bridges: tuple[str, ...] = (),
) -> tuple[set[int], int]:
    """Return the events that change nothing once the units are seen as one, and how many days a move left open.

    The child counts as long as it counts anywhere; an event stands when the first unit begins to count it or the
    last one ceases to. A move with days in between is one move, if the reason of leaving says so.
    """
    counted = {id(m): m.row.at_start and id(m) in began for m in group}
    ordered = sorted(
        ((e, m) for m in group for e in m.events if e.kind in (*more, *less) and not e.inner),
        key=lambda pair: (pair[0].on, pair[0].kind in less),
    )
    dropped: set[int] = set()
    left: FrozenEvent | None = None
    apart = 0
    for event, member in ordered:
        before = any(counted.values())
        counted[id(member)] = event.kind in more
        if any(counted.values()) == before:
            dropped.add(id(event))
        elif event.kind in less:
            left = event if event.label in bridges else None
        elif left is not None:
            dropped |= {id(left), id(event)}
            apart = max(apart, (event.on - left.on).days)
            left = None
    return dropped, apart


def _net(group: Sequence[_Member], more: tuple[str, ...], less: tuple[str, ...], dropped: set[int]) -> int:
    kept = [e for m in group for e in m.events if id(e) not in dropped and not e.inner]
    return sum(e.kind in more for e in kept) - sum(e.kind in less for e in kept)


def _deltas(row: FrozenPerson, events: Sequence[FrozenEvent], group: Sequence[_Member]) -> dict[str, int]:
    once = tally([row], events)
    by_unit: dict[str, list[_Member]] = defaultdict(list)
    for member in group:
        by_unit[member.unit.unit_uid].append(member)
    sums: dict[str, int] = dict.fromkeys(once, 0)
    for mine in by_unit.values():
        for name, number in tally((m.row for m in mine), (e for m in mine for e in m.events)).items():
            sums[name] += number
    return {name: once[name] - sums[name] for name in once if once[name] != sums[name]}


def _others(reported: Sequence[Reported], group: str) -> tuple[FrozenPerson, ...]:
    rows = [
        replace(p, uid=_uid(r, p.uid), unit_uid=r.unit_uid, start_unit_uid=r.unit_uid if p.at_start else "")
        for r in reported
        for p in getattr(r.roster, group)
    ]
    return tuple(sorted(rows, key=lambda p: (p.unit_uid, p.uid)))


def _moved(event: FrozenEvent, unit: Reported) -> FrozenEvent:
    """Return an event as one of the unit that reported it."""
    person = _uid(unit, event.person_uid) if event.person_uid else ""
    return replace(event, unit_uid=unit.unit_uid, person_uid=person)


def _uid(unit: Reported, uid: str) -> str:
    """Return the uid of somebody else's row here: no two offices draw the same one for two people."""
    return f"{unit.unit_uid}.{uid}"
