"""Children and the people around them: saved whole, found by anything a clerk has in hand.

Source: forms.md §4, §5. What must stay true: saving the same record again changes nothing; every
change is in the history; a person who stands around several children is one row.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from typing import TYPE_CHECKING, Literal

import sqlalchemy as sa

from archive import dialect
from archive.registry import fields
from archive.registry.persons import DuplicateIdNumberError, Persons
from archive.registry.reading import PeopleReading
from archive.schema import children, contacts, kin, person_flags, statements
from forms.errors import NotFoundError
from forms.values.blank import Blank

if TYPE_CHECKING:
    from datetime import date, datetime

    from archive.registry.history import History
    from archive.registry.outbox import Outbox
    from forms.people import Carer, ChildRecord, Contact, Parent, Person
    from forms.values.enums import Flag

SHEET = "sheet:"
"""A source that begins so names a file by its content; the same row of it is taken once."""

_ROLES: dict[str, dict[str, fields.Reader]] = {"father": fields.PARENT, "mother": fields.PARENT, "carer": fields.CARER}
_NOTHING: fields.Row = dict.fromkeys((*fields.PARENT, *fields.CARER)) | {"gaps": []}


class ChildNotFoundError(NotFoundError):
    """No child by that uid."""

    code = "child.not-found"

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"没有找到儿童“{text}”的档案。请核对姓名、公民身份号码或档案编号。")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field that is different after a save."""

    field: str
    """``role.identifier``, e.g. ``carer.phones``."""
    title: str
    """The same in the words of the form: 被委托人联系电话."""
    old: str
    new: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What a save did."""

    uid: str
    outcome: Literal["created", "changed", "unchanged"]
    changes: tuple[Change, ...] = ()
    """Empty for a new child."""


class People(PeopleReading):
    """The register of children, written through whole records."""

    def __init__(self, connection: sa.Connection, now: datetime, history: History, outbox: Outbox) -> None:
        super().__init__(connection)
        self.history = history
        self._now = now
        self._outbox = outbox
        self._persons = Persons(connection, history)

    def save(self, record: ChildRecord, *, source: str, on: date) -> Saved:
        """Add or change a child and the people around it.

        A child without uid is known again by ID number, else by name (or alias), birth date and
        village. A field that is 未采集 leaves what is known; 不适用 and values replace it. Flags are
        not taken from records: see `flag`.

        Args:
            record: The child; uids inside may be empty.
            source: Who or what says so; ``sheet:<digest>`` for a row of a file.
            on: Day from which it holds.

        Raises:
            DuplicateIdNumberError: an ID number belongs to somebody else, or to somebody with another
                name; a new name for the same person needs the person's uid.
        """
        uid = record.uid or self._known(record)
        before = self._by_uids([uid]).get(uid) if uid else None
        digest = _digest(record) if source.startswith(SHEET) else ""
        if before is not None and digest and self._was_said(uid, source, digest):
            return Saved(uid=uid, outcome="unchanged")
        uid = self._persons.write(record.child.person, uid, says_status=False, on=on, source=source)
        self._write_child(uid, record, on, source)
        for role in _ROLES:
            self._write_role(uid, role, getattr(record, role), on, source)
        self._write_contact(uid, record.emergency_contact, on, source)
        if digest:
            row = {"child_uid": uid, "source": source, "digest": digest}
            dialect.add_if_absent(self._connection, statements, row)
        changes = self._changes(before, self.get(uid)) if before is not None else ()
        if before is None or changes:
            self._outbox.add("child", uid)
        outcome: Literal["created", "changed", "unchanged"] = (
            "created" if before is None else "changed" if changes else "unchanged"
        )
        return Saved(uid=uid, outcome=outcome, changes=changes)

    def get(self, child_uid: str) -> ChildRecord:
        """Return a child with the people around it.

        Raises:
            ChildNotFoundError: no such uid.
        """
        record = self._by_uids([child_uid]).get(child_uid)
        if record is None:
            raise ChildNotFoundError(child_uid)
        return record

    def known(self, person: Person) -> Person | None:
        """Return whom the register would take a person for; ``None`` when it knows nobody such.

        Raises:
            DuplicateIdNumberError: the ID number belongs to somebody else.
        """
        uid = self._persons.match(person)
        return self.person(uid) if uid else None

    def note(self, person: Person, *, source: str, on: date) -> str:
        """Keep a person a paper is about who stands around no child (an elder), and return the uid.

        Args:
            person: What the paper says; somebody known is known again, 未采集 leaves what is known.
            source: The paper.
            on: Day from which it holds.

        Raises:
            DuplicateIdNumberError: the ID number belongs to somebody else.
        """
        return self._persons.write(person, self._persons.match(person), says_status=False, on=on, source=source)

    def flag(self, person_uid: str, flag: Flag, source_paper: str) -> None:
        """Record what bars a person from care; once for each paper or check it rests on.

        Args:
            person_uid: Who.
            flag: What.
            source_paper: Uid of the paper, or a short name of the check.
        """
        row = {
            "person_uid": person_uid,
            "flag": flag.value,
            "source_paper": source_paper,
            "recorded_at": self._now,
        }
        dialect.add_if_absent(self._connection, person_flags, row)

    def _known(self, record: ChildRecord) -> str:
        person = record.child.person
        if not isinstance(person.id_number, Blank):
            uid = self._persons.match(dataclasses.replace(person, birth=Blank.NOT_COLLECTED, phones=()))
            if uid:
                return uid
        if isinstance(person.birth, Blank):
            return ""
        same = self.by_name_birth(person.name, person.birth, record.child.village_uid)
        fits = [r for r in same if _numbers_agree(r, record)]
        return fits[0].uid if len(fits) == 1 else ""

    def _write_child(self, uid: str, record: ChildRecord, on: date, source: str) -> None:
        said = fields.to_row(record.child, fields.CHILD)
        found = dialect.first(self._connection, sa.select(children).where(children.c.uid == uid))
        parts = {role: getattr(record, role) for role in _ROLES} | {"contact": record.emergency_contact}
        absent = [role for role, part in parts.items() if part is Blank.NOT_APPLICABLE]
        if found is None:
            new = said | {"village_uid": record.child.village_uid}
            new["gaps"] = [*new["gaps"], *absent]
            self._connection.execute(sa.insert(children).values(uid=uid, **new))
        else:
            new = fields.merge(dict(found), said, fields.CHILD) | {"village_uid": record.child.village_uid}
            kept = [r for r in found["gaps"] if r in parts and parts[r] is Blank.NOT_COLLECTED]
            new["gaps"] = [*new["gaps"], *(role for role in parts if role in absent or role in kept)]
            if all(found[key] == value for key, value in new.items()):
                return
            self._connection.execute(sa.update(children).where(children.c.uid == uid).values(**new))
        self.history.add(uid, "child", new, valid_from=on, source=source)

    def _write_role(self, uid: str, role: str, part: Parent | Carer | Blank, on: date, source: str) -> None:
        here = sa.and_(kin.c.child_uid == uid, kin.c.role == role)
        found = dialect.first(self._connection, sa.select(kin).where(here))
        if isinstance(part, Blank):
            if part is Blank.NOT_APPLICABLE and found is not None:
                self._connection.execute(sa.delete(kin).where(here))
                self.history.add(uid, role, None, valid_from=on, source=source)
            return
        readers = _ROLES[role]
        said = fields.to_row(part, readers)
        matched = self._persons.match(part.person, found["person_uid"] if found else "")
        if matched == uid:
            raise DuplicateIdNumberError(part.person.name.text, "该儿童本人")
        person = self._persons.write(part.person, matched, says_status=role != "carer", on=on, source=source)
        if found is None or found["person_uid"] != person:
            new = said | {"person_uid": person}
        else:
            new = fields.merge(dict(found), said, readers) | {"person_uid": person}
            if all(found[key] == value for key, value in new.items()):
                return
        if found is None:
            self._connection.execute(sa.insert(kin).values(child_uid=uid, role=role, **(_NOTHING | new)))
        else:
            self._connection.execute(sa.update(kin).where(here).values(**new))
        self.history.add(uid, role, new, valid_from=on, source=source)

    def _write_contact(self, uid: str, contact: Contact | Blank, on: date, source: str) -> None:
        here = contacts.c.child_uid == uid
        found = dialect.first(self._connection, sa.select(contacts).where(here))
        if isinstance(contact, Blank):
            if contact is Blank.NOT_APPLICABLE and found is not None:
                self._connection.execute(sa.delete(contacts).where(here))
                self.history.add(uid, "contact", None, valid_from=on, source=source)
            return
        new = fields.to_row(contact, fields.CONTACT)
        if found is not None and found["name"] == contact.name.text:
            new = fields.merge(dict(found), new, fields.CONTACT)
        new["name"] = contact.name.text
        if found is None:
            self._connection.execute(sa.insert(contacts).values(child_uid=uid, **new))
        elif any(found[key] != value for key, value in new.items()):
            self._connection.execute(sa.update(contacts).where(here).values(**new))
        else:
            return
        self.history.add(uid, "contact", new, valid_from=on, source=source)

    def _was_said(self, uid: str, source: str, digest: str) -> bool:
        query = sa.select(statements.c.digest).where(
            statements.c.child_uid == uid, statements.c.source == source, statements.c.digest == digest
        )
        return self._connection.execute(query).first() is not None

    def _changes(self, before: ChildRecord, after: ChildRecord) -> tuple[Change, ...]:
        old = fields.flat(before, self._village_name(before.child.village_uid))
        new = fields.flat(after, self._village_name(after.child.village_uid))
        return tuple(
            Change(field=key, title=_title(key), old=old.get(key, ""), new=new.get(key, ""))
            for key in dict.fromkeys([*old, *new])
            if old.get(key, "") != new.get(key, "")
        )


def _title(key: str) -> str:
    role, name = key.split(".")
    return fields.ROLES[role] + fields.TITLES[name]


def _numbers_agree(one: ChildRecord, other: ChildRecord) -> bool:
    first, second = one.child.person.id_number, other.child.person.id_number
    return isinstance(first, Blank) or isinstance(second, Blank) or first == second


def _digest(record: ChildRecord) -> str:
    """Digest of what a row says, uids left out: they are ours and not in the sheet."""
    text = repr(dataclasses.asdict(record))
    return hashlib.sha256(re.sub(r"'uid': '[^']*'", "'uid': ''", text).encode()).hexdigest()
