"""Cases (案卷): opened, joined by persons and papers, closed; what was served on whom.

What must stay true: a perpetrator, guardian or receiver is a row of the register of persons, so that
a flag set by one case is seen by every other paper; a copy is served once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import dialect
from archive.registry.persons import Persons
from archive.registry.uids import new_uid
from archive.schema import copies, papers
from archive.schema_cases import case_papers, case_people, cases, services
from forms.cases.casefile import REGISTERED, CaseFile, CasePerson, CaseRole, Service
from forms.errors import NotFoundError
from forms.people import Person
from forms.values.blank import Blank
from forms.values.names_and_numbers import PersonName, Phone

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from archive.registry.history import History
    from archive.registry.people import People

NC = Blank.NOT_COLLECTED


class CaseNotFoundError(NotFoundError):
    """No case by that uid or number."""

    code = "case.not-found"

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"没有找到案卷“{text}”。用 docgen case list 可以查看全部案卷。")


class Cases:
    """The register of cases."""

    def __init__(self, connection: sa.Connection, now: datetime, history: History, people: People) -> None:
        self._connection = connection
        self._now = now
        self._persons = Persons(connection, history)
        self._people = people

    def open(self, *, child_uid: str, village_uid: str, on: date, by: str, number: str = "", title: str = "") -> str:
        """Open a case about a child, who is its first victim; return its uid."""
        uid = new_uid()
        self._connection.execute(
            sa.insert(cases).values(
                uid=uid,
                number=number,
                title=title,
                child_uid=child_uid,
                village_uid=village_uid or None,
                opened_on=on,
                opened_at=self._now,
                opened_by=by,
            )
        )
        child = self._people.person(child_uid)
        if child is not None:
            self.put_person(uid, CasePerson(role=CaseRole.VICTIM, person=child), on=on)
        return uid

    def get(self, text: str) -> CaseFile:
        """Return a case by uid or by the number the police gave it.

        Raises:
            CaseNotFoundError: none.
        """
        found = self._cases(sa.or_(cases.c.uid == text, sa.and_(cases.c.number == text, cases.c.number != "")))
        if not found:
            raise CaseNotFoundError(text)
        return found[-1]

    def has(self, uid: str) -> bool:
        """Tell whether there is a case of a uid."""
        return dialect.first(self._connection, sa.select(cases).where(cases.c.uid == uid)) is not None

    def of_child(self, child_uid: str) -> tuple[CaseFile, ...]:
        """Return the cases whose papers lie in a child's dossier or in which it is a victim, in order of opening."""
        victim = sa.select(case_people.c.case_uid).where(
            case_people.c.person_uid == child_uid, case_people.c.role == CaseRole.VICTIM.value
        )
        return self._cases(sa.or_(cases.c.child_uid == child_uid, cases.c.uid.in_(victim)))

    def of_person(self, person_uid: str) -> tuple[CaseFile, ...]:
        """Return the cases in which somebody has any role."""
        uids = sa.select(case_people.c.case_uid).where(case_people.c.person_uid == person_uid)
        return self._cases(cases.c.uid.in_(uids))

    def of_paper(self, paper_uid: str) -> CaseFile | None:
        """Return the case a paper belongs to."""
        uid = self._connection.execute(
            sa.select(case_papers.c.case_uid).where(case_papers.c.paper_uid == paper_uid)
        ).scalar()
        return self.get(uid) if uid else None

    def all(self, *, open_only: bool = False) -> tuple[CaseFile, ...]:
        """Return every case in order of opening."""
        return self._cases(cases.c.closed_on.is_(None) if open_only else sa.true())

    def set_number(self, uid: str, number: str) -> None:
        """Note the number the police gave."""
        self._connection.execute(sa.update(cases).where(cases.c.uid == uid).values(number=number))

    def close(self, uid: str, on: date) -> None:
        """Close a case."""
        self._connection.execute(sa.update(cases).where(cases.c.uid == uid).values(closed_on=on))

    def put_person(self, uid: str, entry: CasePerson, *, on: date) -> CasePerson:
        """Put somebody into a case, or change what the case says of them.

        A person of the register is found again by uid, ID number or name with birth or telephone, as
        everywhere; one nobody knows is added. Reporter, officer and witness stay in the case alone.

        Raises:
            DuplicateIdNumberError: the ID number is somebody else's.
        """
        person_uid = ""
        if entry.role in REGISTERED:
            said = entry.person
            known = self._persons.match(said)
            is_child = entry.role is CaseRole.VICTIM
            person_uid = (
                known
                if known and is_child  # what is known of a child comes from its record alone
                else self._persons.write(said, known, says_status=False, on=on, source=f"case:{uid}")
            )
        row = {
            "role": entry.role.value,
            "person_uid": person_uid or None,
            "name": str(entry.person.name),
            "phone": _phone(entry.person),
            "relation": _text(entry.relation),
            "unit": _text(entry.unit),
            "post": _text(entry.post),
            "lives_with_child": None if isinstance(entry.lives_with_child, Blank) else entry.lives_with_child,
            "address_is_secret": entry.address_is_secret,
        }
        here = sa.and_(
            case_people.c.case_uid == uid,
            case_people.c.role == entry.role.value,
            case_people.c.person_uid == person_uid if person_uid else case_people.c.name == row["name"],
        )
        if dialect.first(self._connection, sa.select(case_people).where(here)):
            self._connection.execute(sa.update(case_people).where(here).values(**row))
        else:
            last = self._connection.execute(
                sa.select(sa.func.max(case_people.c.position)).where(case_people.c.case_uid == uid)
            ).scalar()
            self._connection.execute(sa.insert(case_people).values(case_uid=uid, position=(last or 0) + 1, **row))
        return next(p for p in self.get(uid).people if p.role is entry.role and str(p.person.name) == row["name"])

    def put_paper(self, uid: str, paper_uid: str) -> None:
        """Put a paper into a case, once."""
        dialect.add_if_absent(self._connection, case_papers, {"paper_uid": paper_uid, "case_uid": uid})

    def serve(
        self,
        paper_uid: str,
        version: int,
        copy_number: int,
        *,
        role: CaseRole | None,
        method: str,
        on: date,
        receipt_uid: str = "",
    ) -> None:
        """Record that a copy was served; a signed receipt is added to what was only noted before."""
        row = {
            "paper_uid": paper_uid,
            "version": version,
            "copy_number": copy_number,
            "role": role.value if role else None,
            "method": method,
            "served_on": on,
            "receipt_uid": receipt_uid or None,
            "recorded_at": self._now,
        }
        if not dialect.add_if_absent(self._connection, services, row) and receipt_uid:
            here = sa.and_(
                services.c.paper_uid == paper_uid,
                services.c.version == version,
                services.c.copy_number == copy_number,
                services.c.receipt_uid.is_(None),
            )
            self._connection.execute(sa.update(services).where(here).values(**row))

    def served(self, paper_uid: str) -> tuple[Service, ...]:
        """Return what was served of one paper."""
        return self._services(services.c.paper_uid == paper_uid)

    def proven(self, form_code: str, role: CaseRole, first: date, last: date) -> int:
        """Count the papers of a form whose service on a party is proven by a signed receipt in a period (X-11)."""
        query = (
            sa.select(sa.func.count(sa.distinct(services.c.paper_uid)))
            .join(papers, papers.c.uid == services.c.paper_uid)
            .where(
                papers.c.form_code == form_code,
                services.c.role == role.value,
                services.c.receipt_uid.is_not(None),
                services.c.served_on.between(first, last),
            )
        )
        return int(self._connection.execute(query).scalar_one())

    def _cases(self, condition: sa.ColumnElement[bool]) -> tuple[CaseFile, ...]:
        rows = dialect.rows(self._connection, sa.select(cases).where(condition).order_by(cases.c.pk))
        return tuple(self._case(row) for row in rows)

    def _case(self, row: Mapping[str, Any]) -> CaseFile:
        uid = row["uid"]
        members = dialect.rows(
            self._connection,
            sa.select(case_people).where(case_people.c.case_uid == uid).order_by(case_people.c.position),
        )
        uids = tuple(
            self._connection.execute(
                sa.select(case_papers.c.paper_uid)
                .join(papers, papers.c.uid == case_papers.c.paper_uid)
                .where(case_papers.c.case_uid == uid)
                .order_by(papers.c.pk)
            ).scalars()
        )
        return CaseFile(
            uid=uid,
            number=row["number"],
            title=row["title"],
            child_uid=row["child_uid"],
            village_uid=row["village_uid"] or "",
            opened_on=row["opened_on"],
            closed_on=row["closed_on"],
            people=tuple(self._member(member) for member in members),
            papers=uids,
            services=self._services(services.c.paper_uid.in_(uids)) if uids else (),
        )

    def _member(self, row: Mapping[str, Any]) -> CasePerson:
        person = self._people.person(row["person_uid"]) if row["person_uid"] else None
        if person is None:
            phones = (Phone(row["phone"]),) if row["phone"] else NC
            person = Person(name=PersonName(row["name"]), phones=phones)
        return CasePerson(
            role=CaseRole(row["role"]),
            person=person,
            relation=_or_gap(row["relation"]),
            unit=_or_gap(row["unit"]),
            post=_or_gap(row["post"]),
            lives_with_child=_or_gap(row["lives_with_child"]),
            address_is_secret=row["address_is_secret"],
        )

    def _services(self, condition: sa.ColumnElement[bool]) -> tuple[Service, ...]:
        query = (
            sa.select(services, papers.c.form_code, copies.c.recipient)
            .join(papers, papers.c.uid == services.c.paper_uid)
            .join(
                copies,
                sa.and_(
                    copies.c.paper_uid == services.c.paper_uid,
                    copies.c.version == services.c.version,
                    copies.c.copy_number == services.c.copy_number,
                ),
            )
            .where(condition)
            .order_by(services.c.recorded_at, services.c.copy_number)
        )
        return tuple(
            Service(
                paper_uid=row["paper_uid"],
                form_code=row["form_code"],
                version=row["version"],
                copy_number=row["copy_number"],
                recipient=row["recipient"],
                role=CaseRole(row["role"]) if row["role"] else None,
                method=row["method"],
                served_on=row["served_on"],
                receipt_uid=row["receipt_uid"] or "",
            )
            for row in dialect.rows(self._connection, query)
        )


def _text(value: str | Blank) -> str | None:
    return None if isinstance(value, Blank) else value


def _or_gap(value: Any) -> Any:
    return NC if value is None else value


def _phone(person: Person) -> str | None:
    return None if isinstance(person.phones, Blank) or not person.phones else person.phones[0].text
