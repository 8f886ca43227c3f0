"""The persons and papers of a case: who is who, what bars somebody from a child, what the case holds already.

Sources: 未成年人保护法 第二十二条、第九十二条; 反家庭暴力法 第十六条、第二十九条; forms.md §7 X-09.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms.cases.casefile import CasePerson, CaseRole
from forms.values.blank import Blank
from forms.values.enums import Flag, PaperStatus, PersonStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from forms.cases.case import Case
    from forms.cases.facts import PaperFact
    from forms.people import Parent, Person

GONE = frozenset({PaperStatus.VOID, PaperStatus.REPLACED})
BARRED = (Flag.ABUSE, Flag.NEGLECT, Flag.VIOLENCE_LETTER, Flag.PROTECTION_ORDER, Flag.UNDER_INVESTIGATION)
"""Flags with which nobody takes, fetches or visits a child (X-09)."""


def barred(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    """Return which of a person's flags bar them."""
    return tuple(flag for flag in flags if flag in BARRED)


def matches(one: Person, other: Person) -> bool:
    """Tell whether two entries are the same person; a name alone is enough, because the safe answer is yes."""
    if one.uid and other.uid:
        return one.uid == other.uid
    if not isinstance(one.id_number, Blank) and not isinstance(other.id_number, Blank):
        return one.id_number == other.id_number
    return one.name == other.name


def known_as(case: Case, name: str) -> Iterator[Person]:
    """Yield everybody around the child and in the case who has a name."""
    record = case.record
    around = [record.father, record.mother, record.carer] if record is not None else []
    people = [kin.person for kin in around if not isinstance(kin, Blank)]
    people += [entry.person for entry in case.facts.case.people] if case.facts.case else []
    seen: set[str] = set()
    for person in people:
        key = person.uid or str(person.name)
        if str(person.name) == name and key not in seen:
            seen.add(key)
            yield person


def is_perpetrator(case: Case, name: str) -> bool:
    """Tell whether a name is that of a perpetrator of the case."""
    culprits = case.facts.case.all(CaseRole.PERPETRATOR) if case.facts.case else ()
    return any(str(entry.person.name) == name for entry in culprits)


def recorded_flags(case: Case, name: str) -> tuple[Flag, ...]:
    """Return what bars the person of a name: in the case, around the child, at the address, anywhere on record."""
    if not name:
        return ()
    found = [flag for person in known_as(case, name) for flag in barred(person.flags)]
    found += [flag for who, flag in case.facts.household_flags if str(who) == name and flag in BARRED]
    if not any(person.uid for person in known_as(case, name)):  # a stranger to the case: the name alone speaks
        found += [flag for p in case.facts.flagged if str(p.name) == name for flag in barred(p.flags)]
    return tuple(dict.fromkeys(found))


def in_case(case: Case, *codes: str) -> list[PaperFact]:
    """Return the case's papers of these forms that still hold, newest first."""
    return [p for p in case.facts.papers if p.form_code in codes and p.status not in GONE]


def newest(case: Case, *codes: str) -> PaperFact | None:
    """Return the newest of them, a signed one before one that is not."""
    found = in_case(case, *codes)
    return next((p for p in found if p.is_done), found[0] if found else None)


def entry(case: Case, role: CaseRole, position: int = 0) -> CasePerson | None:
    """Return somebody of the case, the first of the role unless another position is asked for."""
    found = case.facts.case.all(role) if case.facts.case else ()
    return found[position] if len(found) > position else None


def served_on(case: Case, paper: PaperFact, role: CaseRole) -> date | None:
    """Return the day a paper was served on a party of the case."""
    services = case.facts.case.services if case.facts.case else ()
    return next((s.served_on for s in services if s.paper_uid == paper.uid and s.role is role), None)


def living_parents(case: Case) -> tuple[tuple[str, Parent], ...]:
    """Return the parents who are not dead, with what the child calls them."""
    found = (("父亲", case.parent("father")), ("母亲", case.parent("mother")))
    return tuple((t, p) for t, p in found if p is not None and p.person.status is not PersonStatus.DEAD)
