"""What a recipient may see: its columns of the table, and of the roster no more than it needs to check them.

Source: forms.md §13 (minimum view), §8.9 (who verifies which block), B1, C4; 个人信息保护法 第六条、第二十八条.
The county's civil affairs gets the originals. Education and police get the columns they verify, the facts and
events behind these, and of each child what finds it in their own system; whether they get every child of the roll or
only those behind a figure is the region's decision (recipients of B1). The prefecture gets no name and no number:
each row carries digests by which a child reported twice is recognised.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.workspace.quarter.keys import Role
from docgen.workspace.quarter.table_file import part_of
from forms.quarter.columns import columns, resolve
from forms.quarter.frozen_roster import DASH, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from forms.profiles.region import RegionProfile
    from forms.quarter.columns import Column
    from forms.quarter.frozen_roster import FrozenPerson, FrozenRoster
    from forms.quarter.table import PeriodTable

ORGANS = {Role.COUNTY: "civil_affairs", Role.EDUCATION: "education", Role.POLICE: "police"}
"""How the profiles name the recipients of a town's papers."""
VERIFIERS = (Role.EDUCATION, Role.POLICE)
_NAMED = ("child_name", "child_gender", "child_birth", "child_id_number")
DETAILS: Mapping[Role, tuple[str, ...]] = {
    Role.EDUCATION: (*_NAMED, "schooling", "school", "grade", "boarding"),
    Role.POLICE: (*_NAMED, "hukou_registered", "hukou_address", "residence", "father_name", "mother_name"),
}
"""Cells of B1 that the verifying organs see."""
MATCH = "match"
"""Cell of a row without name: digests by which the same child is recognised, joined by a blank."""
_GUARDIANS = ("father_name", "mother_name", "carer_name")
_PERSON_EVENTS = frozenset({"E2", "E8", "E8.other", "hukou.found", "hukou.done", "hukou.other"})


def recipients_of(profile: RegionProfile, role: Role) -> tuple[Role, ...]:
    """Return who gets a unit's table: the upper level first, then the organs that verify."""
    if role is Role.COUNTY:
        return (Role.PREFECTURE,)
    if role is not Role.TOWN:
        return ()
    organs = profile.recipients.get("C1") or profile.recipients.get("B1") or ()
    return (Role.COUNTY, *(r for r in VERIFIERS if ORGANS[r] in organs))


def verifiers_of(profile: RegionProfile) -> tuple[Role, ...]:
    """Return which organs verify the towns' tables in this region."""
    return recipients_of(profile, Role.TOWN)[1:]


def columns_of(role: Role) -> frozenset[str]:
    """Return the columns a recipient sees; an organ sees those it verifies."""
    if role in VERIFIERS:
        return frozenset(c.id for c in columns().values() if ORGANS[role] in c.verify)
    return frozenset(columns())


def counts_persons(column: Column) -> bool:
    """Tell whether a column counts persons, so that a difference is a matter of persons (C4)."""
    how = resolve(column).count
    return how.source in {"persons", "children.start", "children.end"} or (
        how.source == "events" and how.name in _PERSON_EVENTS
    )


def for_recipient(
    table: PeriodTable, roster: FrozenRoster, role: Role, profile: RegionProfile
) -> tuple[PeriodTable, FrozenRoster]:
    """Return table and roster as a recipient may see them."""
    if role is Role.COUNTY:
        return table, roster
    if role is Role.PREFECTURE:
        return table, _nameless(roster)
    seen = columns_of(role)
    return part_of(table, seen), _part(roster, seen, role, profile)


def _part(roster: FrozenRoster, seen: frozenset[str], role: Role, profile: RegionProfile) -> FrozenRoster:
    wanted = [resolve(columns()[c]) for c in sorted(seen)]
    facts = {fact for c in wanted if not c.count.is_of_events for fact, _ in c.count.where}
    kinds = {c.count.name for c in wanted if c.count.is_of_events} | {columns()[c].ground for c in seen}
    events = tuple(e for e in roster.events if e.kind in kinds)
    people = roster.children
    if ORGANS[role] not in profile.recipients.get("B1", ()):
        behind = {e.person_uid for e in events} | {p.uid for p in people if _is_behind(p, wanted)}
        people = tuple(p for p in people if p.uid in behind)
    return replace(
        roster,
        children=tuple(
            replace(
                p,
                facts={k: v for k, v in p.facts.items() if k in facts},
                details={k: v for k, v in p.details.items() if k in DETAILS[role]},
            )
            for p in people
        ),
        elders=(),
        women=(),
        hardship=(),
        events=events,
    )


def _is_behind(person: FrozenPerson, wanted: list[Column]) -> bool:
    """Tell whether a row is counted in one of the columns."""
    return any(
        c.count.where
        and c.count.source in {"children.start", "children.end"}
        and (person.at_start if c.count.source == "children.start" else person.at_end)
        and all(person.facts.get(fact) in values for fact, values in c.count.where)
        for c in wanted
    )


def _nameless(roster: FrozenRoster) -> FrozenRoster:
    def bare(people: tuple[FrozenPerson, ...]) -> tuple[FrozenPerson, ...]:
        return tuple(replace(p, details={}) for p in people)

    return replace(
        roster,
        children=tuple(replace(p, details={MATCH: " ".join(match_keys(p.details))}) for p in roster.children),
        elders=bare(roster.elders),
        women=(),
        hardship=(),
        events=tuple(replace(e, person_name="", paper="") for e in roster.events),
    )


def match_keys(details: Mapping[str, str]) -> tuple[str, ...]:
    """Return the digests by which the same child is recognised, the one of the ID number first.

    Source: B1 (match by ID number; without number by name, birth and a parent or carer). A digest of an ID number
    can be found again by trying all numbers, so a row with digests is still personal data (个人信息保护法 第七十三条).
    """
    if MATCH in details:
        return tuple(details[MATCH].split())

    def known(name: str) -> str:
        text = details.get(name, "")
        return "" if text in {"", DASH, UNKNOWN} else text

    keys = [f"id:{_digest(number.upper())}"] if (number := known("child_id_number")) else []
    name, birth = known("child_name"), known("child_birth")
    if name and birth:
        keys += [f"nb:{_digest(name, birth, guardian)}" for key in _GUARDIANS if (guardian := known(key))]
    return tuple(dict.fromkeys(keys))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
