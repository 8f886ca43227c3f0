"""Reading children back: a village in five queries, and finding by whatever a clerk has in hand."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import dialect
from archive.registry import fields
from archive.schema import children, contacts, kin, people, person_flags, person_terms, units
from forms.people import Carer, Child, ChildRecord, Parent, Person
from forms.values.blank import Blank
from forms.values.enums import Flag
from forms.values.names_and_numbers import IdNumber, PersonName, Phone, ValueParseError, half_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

_CHUNK = 500
"""Values in one IN list; every database takes this many."""


class PeopleReading:
    """Queries over children; `People` adds the writing."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def in_village(self, unit_uid: str) -> tuple[ChildRecord, ...]:
        """Return the children a village keeps, in the order of entry, those who left included."""
        return self._where(children.c.village_uid == unit_uid)

    def all(self) -> tuple[ChildRecord, ...]:
        """Return every child, in the order of entry."""
        return self._where(sa.true())

    def count(self) -> int:
        """Return the number of children."""
        return self._connection.execute(sa.select(sa.func.count()).select_from(children)).scalar_one()

    def find(self, text: str) -> tuple[ChildRecord, ...]:
        """Return the children a clerk may mean, in the order of entry.

        Looks at, and stops at the first that answers: 儿童档案编号, a whole ID number or telephone
        (also of a parent or carer: their children), the last four of an ID number, the name or an
        alias, a part of the name.
        """
        wanted = text.strip()
        if not wanted:
            return ()
        for uids in self._readings(wanted):
            found = self._where(children.c.uid.in_(uids))
            if found:
                return found
        return ()

    def by_id_number(self, number: IdNumber) -> ChildRecord | None:
        """Return the child with an ID number."""
        found = self._where(children.c.uid.in_(sa.select(people.c.uid).where(people.c.id_number == number.text)))
        return found[0] if found else None

    def person_by_id_number(self, number: IdNumber) -> Person | None:
        """Return anybody with an ID number."""
        return next(iter(self._people(people.c.id_number == number.text).values()), None)

    def person(self, uid: str) -> Person | None:
        """Return anybody by uid."""
        return self._people(people.c.uid == uid).get(uid)

    def persons(self, text: str) -> tuple[Person, ...]:
        """Return the people, children and adults, of an ID number, a uid, or a name or alias, by name."""
        plain = re.sub(r"[\s-]", "", half_width(text)).upper()
        known = self._people(sa.or_(people.c.uid == plain, people.c.id_number == plain))
        if not known:
            with contextlib.suppress(ValueParseError):
                name = PersonName.parse(text).text
                known = self._people(sa.or_(people.c.name == name, people.c.uid.in_(_with_term("alias", [name]))))
        return tuple(sorted(known.values(), key=lambda p: (p.name.text, p.uid)))

    def flagged(self) -> tuple[Person, ...]:
        """Return everybody something is recorded against, by name (REF-29, X-09)."""
        found = self._people(people.c.uid.in_(sa.select(person_flags.c.person_uid)))
        return tuple(sorted(found.values(), key=lambda p: (p.name.text, p.uid)))

    def around(self, person_uid: str) -> tuple[ChildRecord, ...]:
        """Return the children around whom a person stands, in the order of entry."""
        near = sa.select(kin.c.child_uid).where(kin.c.person_uid == person_uid)
        return self._where(sa.or_(children.c.uid == person_uid, children.c.uid.in_(near)))

    def by_name_birth(self, name: PersonName, birth: date, village_uid: str | None = None) -> tuple[ChildRecord, ...]:
        """Return the children of a name or alias who were born on a day, in one village if given."""
        named = sa.or_(people.c.name == name.text, people.c.uid.in_(_with_term("alias", [name.text])))
        uids = sa.select(people.c.uid).where(named, people.c.birth == birth)
        here = sa.true() if village_uid is None else children.c.village_uid == village_uid
        return self._where(sa.and_(children.c.uid.in_(uids), here))

    def by_name(self, name: PersonName, village_uid: str | None = None) -> tuple[ChildRecord, ...]:
        """Return the children of a name or alias, in one village if given."""
        uids = sa.select(people.c.uid).where(
            sa.or_(people.c.name == name.text, people.c.uid.in_(_with_term("alias", [name.text])))
        )
        here = sa.true() if village_uid is None else children.c.village_uid == village_uid
        return self._where(sa.and_(children.c.uid.in_(uids), here))

    def alike(self, person: Person) -> tuple[ChildRecord, ...]:
        """Return the children who share the ID number, the name or an alias, for the same-person check."""
        names = [person.name.text, *person.aliases]
        held = people.c.uid.in_(_with_term("alias", names))
        same: list[sa.ColumnElement[bool]] = [people.c.name.in_(names), held]
        if not isinstance(person.id_number, Blank):
            same.append(people.c.id_number == person.id_number.text)
        return self._where(children.c.uid.in_(sa.select(people.c.uid).where(sa.or_(*same))))

    def children_of_carer(self, person_uid: str) -> tuple[ChildRecord, ...]:
        """Return the children in the present care of a person."""
        uids = sa.select(kin.c.child_uid).where(kin.c.person_uid == person_uid, kin.c.role == "carer")
        return self._where(children.c.uid.in_(uids))

    def siblings(self, child_uid: str) -> tuple[ChildRecord, ...]:
        """Return the children who have the father or the mother in common with a child."""
        mine = sa.select(kin.c.person_uid).where(kin.c.child_uid == child_uid, kin.c.role != "carer")
        uids = sa.select(kin.c.child_uid).where(kin.c.person_uid.in_(mine), kin.c.role != "carer")
        return self._where(sa.and_(children.c.uid.in_(uids), children.c.uid != child_uid))

    def flags_at(self, address: str, *, besides: str = "") -> tuple[tuple[PersonName, Flag], ...]:
        """Return the flags of the people at an address, one person left out if given (REF-09)."""
        query = (
            sa.select(people.c.name, person_flags.c.flag)
            .join(person_flags, person_flags.c.person_uid == people.c.uid)
            .where(people.c.address == address, people.c.uid != besides)
            .distinct()
            .order_by(people.c.name, person_flags.c.flag)
        )
        return tuple((PersonName(name), Flag(flag)) for name, flag in self._connection.execute(query))

    def _readings(self, wanted: str) -> Iterable[sa.Select[tuple[str]]]:
        plain = re.sub(r"[\s-]", "", half_width(wanted)).upper()
        yield sa.select(children.c.uid).where(children.c.uid == plain)
        yield _around(sa.select(people.c.uid).where(people.c.id_number == plain))
        with contextlib.suppress(ValueParseError):
            yield _around(_with_term("phone", [Phone.parse(wanted).text]))
        if re.fullmatch(r"\d{3}[0-9X]", plain):
            yield _with_term("last4", [plain])
        try:
            name = PersonName.parse(wanted).text
        except ValueParseError:
            return
        yield sa.select(people.c.uid).where(
            sa.or_(people.c.name == name, people.c.uid.in_(_with_term("alias", [name])))
        )
        yield sa.select(people.c.uid).where(people.c.name.contains(name, autoescape=True))

    def _by_uids(self, uids: Sequence[str]) -> dict[str, ChildRecord]:
        found: dict[str, ChildRecord] = {}
        for start in range(0, len(uids), _CHUNK):
            chunk = list(uids[start : start + _CHUNK])
            found.update({r.uid: r for r in self._where(children.c.uid.in_(chunk))})
        return found

    def _where(self, condition: sa.ColumnElement[bool]) -> tuple[ChildRecord, ...]:
        rows = dialect.rows(self._connection, sa.select(children).where(condition).order_by(children.c.pk))
        if not rows:
            return ()
        uids = sa.select(children.c.uid).where(condition)
        around = dialect.rows(self._connection, sa.select(kin).where(kin.c.child_uid.in_(uids)))
        wanted = sa.union(uids, sa.select(kin.c.person_uid).where(kin.c.child_uid.in_(uids)))
        persons = self._people(people.c.uid.in_(wanted))
        places = {(row["child_uid"], row["role"]): row for row in around}
        talks = dialect.rows(self._connection, sa.select(contacts).where(contacts.c.child_uid.in_(uids)))
        contact = {row["child_uid"]: row for row in talks}
        return tuple(_record(row, persons, places, contact) for row in rows)

    def _people(self, condition: sa.ColumnElement[bool]) -> dict[str, Person]:
        rows = dialect.rows(self._connection, sa.select(people).where(condition))
        uids = sa.select(people.c.uid).where(condition)
        flags: dict[str, dict[Flag, None]] = {}
        flagged = (
            sa.select(person_flags.c.person_uid, person_flags.c.flag)
            .where(person_flags.c.person_uid.in_(uids))
            .order_by(person_flags.c.recorded_at, person_flags.c.flag)
        )
        for uid, flag in self._connection.execute(flagged):
            flags.setdefault(uid, {})[Flag(flag)] = None
        return {row["uid"]: fields.person_from(row, flags.get(row["uid"], ())) for row in rows}

    def _village_name(self, uid: str) -> str:
        return self._connection.execute(sa.select(units.c.short).where(units.c.uid == uid)).scalar() or ""


def _with_term(kind: str, terms: list[str]) -> sa.Select[tuple[str]]:
    return sa.select(person_terms.c.person_uid).where(person_terms.c.kind == kind, person_terms.c.term.in_(terms))


def _around(persons: sa.Select[tuple[str]]) -> sa.Select[tuple[str]]:
    """Children who are these persons, or around whom these persons stand."""
    near = sa.select(kin.c.child_uid).where(kin.c.person_uid.in_(persons))
    return sa.select(children.c.uid).where(sa.or_(children.c.uid.in_(persons), children.c.uid.in_(near)))


def _record(
    row: Mapping[str, Any],
    persons: Mapping[str, Person],
    places: Mapping[tuple[str, str], Mapping[str, Any]],
    contact: Mapping[str, Mapping[str, Any]],
) -> ChildRecord:
    uid = row["uid"]

    def gap(role: str) -> Blank:
        return Blank.NOT_APPLICABLE if role in row["gaps"] else Blank.NOT_COLLECTED

    def parent(role: str) -> Parent | Blank:
        place = places.get((uid, role))
        if place is None:
            return gap(role)
        return Parent(person=persons[place["person_uid"]], **fields.from_row(place, fields.PARENT))

    care = places.get((uid, "carer"))
    carer = gap("carer")
    return ChildRecord(
        child=Child(person=persons[uid], village_uid=row["village_uid"], **fields.from_row(row, fields.CHILD)),
        father=parent("father"),
        mother=parent("mother"),
        carer=carer
        if care is None
        else Carer(person=persons[care["person_uid"]], **fields.from_row(care, fields.CARER)),
        emergency_contact=fields.contact_from(contact[uid]) if uid in contact else gap("contact"),
    )
