"""Rows of persons: the same person once, however many children it stands around.

A person is known again by uid, by 公民身份号码 under a name it is known by, or by name with the same
birth date or a telephone in common, as long as no two ID numbers contradict; an adult is never
taken for a child of the register except by number. A number under a strange name is refused: it is
a slip of the pen more often than a new name. What is newly said replaces what was known; 未采集
never wipes anything out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import dialect
from archive.registry import fields
from archive.registry.uids import new_uid
from archive.schema import children, people, person_terms
from forms.errors import RefusedError
from forms.values.blank import Blank
from forms.values.enums import PersonStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from archive.registry.history import History
    from forms.people import Person


class DuplicateIdNumberError(RefusedError):
    """One ID number for two people."""

    code = "person.duplicate-id-number"

    def __init__(self, name: str, other: str) -> None:
        self.name = name
        self.other = other
        super().__init__(f"“{name}”的公民身份号码已登记在“{other}”名下，没有保存。请对照户口簿核对是谁的号码。")


class Persons:
    """Finds and writes persons for the records around a child."""

    def __init__(self, connection: sa.Connection, history: History) -> None:
        self._connection = connection
        self._history = history

    def row(self, uid: str) -> fields.Row | None:
        """Return the columns of a person."""
        return self._first(people.c.uid == uid)

    def match(self, person: Person, current: str = "") -> str:
        """Return the uid of the person meant; empty when it is nobody known.

        Args:
            person: What is said about the person.
            current: Uid of who stands in this place now.

        Raises:
            DuplicateIdNumberError: the ID number is that of somebody with another name.
        """
        if person.uid:
            return person.uid
        number = "" if isinstance(person.id_number, Blank) else person.id_number.text
        row = self._first(people.c.id_number == number) if number else None
        if row is not None:
            names = {row["name"], *row["aliases"]}
            if row["uid"] != current and names.isdisjoint({person.name.text, *person.aliases}):
                raise DuplicateIdNumberError(person.name.text, row["name"])
            return str(row["uid"])
        row = self.row(current) if current else None
        if row and row["name"] == person.name.text and _agree(row, number):
            return current
        phones = () if isinstance(person.phones, Blank) else person.phones
        same: list[sa.ColumnElement[bool]] = [sa.false()]
        if not isinstance(person.birth, Blank):
            same.append(people.c.birth == person.birth)
        if phones:
            texts = [p.text for p in phones]
            held = sa.select(person_terms.c.person_uid).where(
                person_terms.c.kind == "phone", person_terms.c.term.in_(texts)
            )
            same.append(people.c.uid.in_(held))
        query = sa.select(people).where(
            people.c.name == person.name.text,
            sa.or_(*same),
            people.c.uid.not_in(sa.select(children.c.uid)),
        )
        rows = dialect.rows(self._connection, query.order_by(people.c.pk))
        return next((str(r["uid"]) for r in rows if _agree(r, number)), "")

    def write(self, person: Person, uid: str, *, says_status: bool, on: date, source: str) -> str:
        """Add or change a person and its history; return the uid.

        Args:
            person: What is said.
            uid: From `match`; empty for somebody new.
            says_status: Whether the status was asked for (a parent), or is only the default.
            on: Day from which this holds.
            source: Where it was said.

        Raises:
            DuplicateIdNumberError: the ID number is somebody else's.
        """
        said = fields.person_row(person)
        old = self.row(uid) if uid else None
        self._refuse_duplicate(said, uid)
        if old is None:
            uid = uid or new_uid()
            new = said
            self._connection.execute(sa.insert(people).values(uid=uid, **new))
        else:
            new = _merged(old, said, says_status=says_status)
            if all(old[key] == value for key, value in new.items()):
                return uid
            self._connection.execute(sa.update(people).where(people.c.uid == uid).values(**new))
        self._write_terms(uid, new)
        self._history.add(uid, "person", new, valid_from=on, source=source)
        return uid

    def _refuse_duplicate(self, said: Mapping[str, Any], uid: str) -> None:
        if said["id_number"] is None:
            return
        owner = self._first(people.c.id_number == said["id_number"])
        if owner is not None and owner["uid"] != uid:
            raise DuplicateIdNumberError(said["name"], owner["name"])

    def _write_terms(self, uid: str, row: Mapping[str, Any]) -> None:
        terms = {("alias", text) for text in row["aliases"]} | {("phone", text) for text in row["phones"] or ()}
        if row["id_number"]:
            terms.add(("last4", row["id_number"][-4:]))
        self._connection.execute(sa.delete(person_terms).where(person_terms.c.person_uid == uid))
        if terms:
            self._connection.execute(
                sa.insert(person_terms), [{"person_uid": uid, "kind": k, "term": t[:100]} for k, t in sorted(terms)]
            )

    def _first(self, condition: sa.ColumnElement[bool]) -> fields.Row | None:
        return dialect.first(self._connection, sa.select(people).where(condition))


def _merged(old: Mapping[str, Any], said: Mapping[str, Any], *, says_status: bool) -> fields.Row:
    new = fields.merge(dict(old), dict(said), fields.PERSON)
    new["name"] = said["name"]
    former = [old["name"]] if old["name"] != said["name"] else []
    new["aliases"] = _union([*old["aliases"], *former], said["aliases"], without=said["name"])
    keeps = not says_status and said["status"] == PersonStatus.REACHABLE.value
    new["status"] = old["status"] if keeps else said["status"]
    return new


def _union(first: Iterable[str], second: Iterable[str], *, without: str) -> list[str]:
    return [text for text in dict.fromkeys([*first, *second]) if text != without]


def _agree(row: Mapping[str, Any], number: str) -> bool:
    return not number or row["id_number"] is None or row["id_number"] == number
