"""Who is known in one village, from row to row: children by what they share, one grandmother and not three.

A parent or carer is the same person when the ID number is the same; when the name is and the birth
date or a telephone too; or when the name is and the child is a brother or sister of a child that
person stands around already. Two ID numbers that differ always mean two people.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from forms.people import Carer, ChildRecord, Parent, Person
from forms.values.blank import Blank, is_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROLES = ("father", "mother", "carer")


def adults(record: ChildRecord) -> Iterator[tuple[str, Parent | Carer]]:
    """Yield role and place of each adult around a child, the emergency contact left out."""
    for role in ROLES:
        part = getattr(record, role)
        if isinstance(part, Parent | Carer):
            yield role, part


def with_adult(record: ChildRecord, role: str, person: Person) -> ChildRecord:
    """Return the record with another person in a role that is filled."""
    if role == "carer" and isinstance(record.carer, Carer):
        return replace(record, carer=replace(record.carer, person=person))
    if role == "father" and isinstance(record.father, Parent):
        return replace(record, father=replace(record.father, person=person))
    if role == "mother" and isinstance(record.mother, Parent):
        return replace(record, mother=replace(record.mother, person=person))
    raise ValueError(role)


def same_in_place(kept: ChildRecord | None, role: str, person: Person) -> Person | None:
    """Return who stands in the role already, if the name is the same and no ID number is against it."""
    part = getattr(kept, role) if kept else None
    if not isinstance(part, Parent | Carer) or part.person.name != person.name:
        return None
    return None if _differ(part.person.id_number, person.id_number) else part.person


class Kept:
    """The children of one village, found by name, alias or ID number without comparing each with each."""

    def __init__(self, records: Iterable[ChildRecord] = ()) -> None:
        self._records: dict[str, ChildRecord] = {}
        self._by_key: dict[str, dict[str, None]] = {}
        for record in records:
            self.add(record)

    def add(self, record: ChildRecord) -> None:
        """Add a child, or its present state."""
        self._records[record.uid] = record
        for key in _keys(record.child.person):
            self._by_key.setdefault(key, {})[record.uid] = None

    def remove(self, uid: str) -> None:
        """Take a child out that the village keeps no longer; nothing happens to one it never kept."""
        self._records.pop(uid, None)

    def alike(self, person: Person) -> list[ChildRecord]:
        """Return the children who share a name, an alias or the number, in the order of entry."""
        found = {uid: None for key in _keys(person) for uid in self._by_key.get(key, ())}
        return [self._records[uid] for uid in found if uid in self._records]


def _keys(person: Person) -> Iterator[str]:
    yield str(person.name)
    yield from person.aliases
    if is_value(person.id_number):
        yield person.id_number.text


@dataclass(frozen=True, slots=True)
class _Seen:
    person: Person
    record: ChildRecord


class Households:
    """The adults known so far, by name."""

    def __init__(self, records: Iterable[ChildRecord] = ()) -> None:
        self._by_name: dict[str, list[_Seen]] = {}
        for record in records:
            self.add(record)

    def add(self, record: ChildRecord) -> None:
        """Take note of a child that is kept, uids included."""
        for _role, part in adults(record):
            self._by_name.setdefault(str(part.person.name), []).append(_Seen(part.person, record))

    def known(self, person: Person, record: ChildRecord) -> Person | None:
        """Return the person meant, ``None`` when it is nobody known; the latest state counts.

        Args:
            person: An adult of the row.
            record: The whole row, to tell brothers and sisters by.
        """
        same = [s for s in self._by_name.get(str(person.name), ()) if not _differ(s.person.id_number, person.id_number)]
        for seen in reversed(same):
            if _equal(seen.person.id_number, person.id_number) or _equal(seen.person.birth, person.birth):
                return seen.person
            if _share(seen.person.phones, person.phones) or _are_siblings(seen.record, record):
                return seen.person
        return None


def _equal(one: object, other: object) -> bool:
    return not isinstance(one, Blank) and one == other


def _differ(one: object, other: object) -> bool:
    return not isinstance(one, Blank) and not isinstance(other, Blank) and one != other


def _share(one: tuple[object, ...] | Blank, other: tuple[object, ...] | Blank) -> bool:
    return is_value(one) and is_value(other) and bool(set(one) & set(other))


def _are_siblings(one: ChildRecord, other: ChildRecord) -> bool:
    """Both parents by name, and no ID number against it; one deceased parent leaves the other to decide."""
    pairs = [(one.father, other.father), (one.mother, other.mother)]
    agreeing = 0
    for mine, theirs in pairs:
        if isinstance(mine, Blank) or isinstance(theirs, Blank):
            if mine is not theirs:
                return False
            continue
        if mine.person.name != theirs.person.name or _differ(mine.person.id_number, theirs.person.id_number):
            return False
        agreeing += 1
    return agreeing == 2
