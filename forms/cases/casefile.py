"""案卷: one event of harm or neglect, the persons in it by role, and its papers.

Source: forms.md §5 (person → child by role; document → case) and §6 Part D. A person who may be
flagged, served or given a child (perpetrator, guardian, receiver) is a person of the register; the
reporter and the officers are known by what the paper needs of them and no more (§13).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003  dataclass fields are read at run time
from enum import StrEnum

from forms.people import Person  # noqa: TC001  the same
from forms.values.blank import Blank

NC = Blank.NOT_COLLECTED


class CaseRole(StrEnum):
    """Where somebody stands in a case."""

    VICTIM = "受害人"
    PERPETRATOR = "加害人"
    GUARDIAN = "其他监护人"
    """A guardian who is not the perpetrator: is served for the child."""
    RECEIVER = "接收人"
    """Takes the child in for the time being."""
    PROPOSED = "拟定监护人"
    WITNESS = "见证人"
    REPORTER = "报告人"
    OFFICER = "承办民警"


REGISTERED = frozenset({CaseRole.VICTIM, CaseRole.PERPETRATOR, CaseRole.GUARDIAN, CaseRole.RECEIVER, CaseRole.PROPOSED})
"""Roles whose holder is a row of the register of persons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePerson:
    """Somebody in a case."""

    role: CaseRole
    person: Person
    """For reporter, officer and witness only name and telephone; uid empty."""
    relation: str | Blank = NC
    """To the child."""
    unit: str | Blank = NC
    """Where the person works: unit of the reporter, station of the officer, employer of the perpetrator."""
    post: str | Blank = NC
    lives_with_child: bool | Blank = NC
    address_is_secret: bool = False
    """The address is never printed on a copy that another party may see (REF-20)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """送达: one copy handed to one party."""

    paper_uid: str
    form_code: str
    version: int
    copy_number: int
    recipient: str
    """Printed label of the copy."""
    role: CaseRole | None
    """The party, when it is one of the case."""
    method: str
    served_on: date
    receipt_uid: str = ""
    """The signed receipt (D6) that proves it; empty when only noted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """One case about one child (and its brothers and sisters)."""

    uid: str
    number: str = ""
    """案（事）件编号 as the police give it; empty until known."""
    title: str = ""
    child_uid: str
    """The child whose dossier the papers are in."""
    village_uid: str = ""
    opened_on: date
    closed_on: date | None = None
    people: tuple[CasePerson, ...] = ()
    """In the order they were entered."""
    papers: tuple[str, ...] = ()
    """Uids, in the order of making."""
    services: tuple[Service, ...] = ()

    def all(self, role: CaseRole) -> tuple[CasePerson, ...]:
        """Return everybody in a role."""
        return tuple(p for p in self.people if p.role is role)

    def one(self, role: CaseRole) -> CasePerson | None:
        """Return the first in a role, or ``None``."""
        return next((p for p in self.people if p.role is role), None)

    def named(self, name: str) -> CasePerson | None:
        """Return who has a name, or ``None``."""
        return next((p for p in self.people if str(p.person.name) == name), None)
