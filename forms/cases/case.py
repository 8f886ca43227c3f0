"""One paper being filled in: what is known, what was filled in so far, and the day it is looked at.

Conditions, computed suggestions and rules are all functions of a `Case`; none of them asks for more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from forms.cases.facts import as_rows, as_struct
from forms.law.time import protected_age_on
from forms.values.blank import Blank
from forms.values.names_and_numbers import PersonName, ValueParseError

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from forms.cases.facts import Facts, PaperFact, Row, Signature, Value
    from forms.people import Carer, ChildRecord, Parent
    from forms.profiles.region import RegionProfile
    from forms.spec import FormSpec

NO_GLYPHS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A form, the facts, the values, and the day."""

    spec: FormSpec
    facts: Facts
    values: Mapping[str, Value]
    today: date
    """The day the paper is made or looked at; ages and periods are counted on it."""
    profile: RegionProfile
    unread: Mapping[str, ValueParseError] = field(default_factory=dict)
    """Typed text that is no value of its field, by identifier."""
    missing_glyphs: Container[str] = NO_GLYPHS
    """Characters the print font lacks (WRN-14)."""
    signatures: tuple[Signature, ...] = ()
    """As read from the signed scan; empty while the paper is being made."""
    made_on: date | None = None
    """Day of the version that was signed; ``None`` while the paper is being made."""

    def value(self, name: str) -> Value:
        """Return what was filled in; NOT_COLLECTED for a field the form does not have."""
        return self.values.get(name, Blank.NOT_COLLECTED)

    def has(self, name: str) -> bool:
        """Tell whether a field holds a value and not a blank."""
        return not isinstance(self.value(name), Blank)

    def day(self, name: str) -> date | None:
        """Return a date field, ``None`` when blank."""
        value = self.value(name)
        return value if isinstance(value, date) else None

    def text(self, name: str) -> str:
        """Return a field as text, empty when blank."""
        value = self.value(name)
        return "" if isinstance(value, Blank) else str(value)

    def number(self, name: str) -> int | None:
        """Return a whole number, ``None`` when blank."""
        value = self.value(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def rows(self, name: str) -> tuple[Row, ...]:
        """Return the rows of a table, empty when blank."""
        return as_rows(self.value(name))

    def struct(self, name: str) -> Row:
        """Return a struct, empty when blank."""
        return as_struct(self.value(name))

    @property
    def record(self) -> ChildRecord | None:
        """The child with the people around it."""
        return self.facts.record

    @property
    def child_name(self) -> str:
        """For whom a problem is, in words."""
        return self.text("child_name") or (str(self.record.child.person.name) if self.record else "")

    @property
    def carer(self) -> Carer | None:
        """The carer on record."""
        carer = self.record.carer if self.record else Blank.NOT_COLLECTED
        return None if isinstance(carer, Blank) else carer

    @property
    def carer_name(self) -> str:
        """The carer on this paper, else on record."""
        return (
            self.text("carer_name")
            or self.text("proposed_carer")
            or (str(self.carer.person.name) if self.carer else "")
        )

    @property
    def carer_called(self) -> str:
        """The carer's name for a sentence; says so when nobody is named yet."""
        return self.carer_name or "被委托人（还没有写明是谁）"

    @property
    def carer_uid(self) -> str:
        """The carer's uid when the carer on this paper is the one on record."""
        if self.carer is None:
            return ""
        typed = self.value("carer_name")
        same = not isinstance(typed, PersonName) or typed == self.carer.person.name
        return self.carer.person.uid if same else ""

    def parent(self, side: str) -> Parent | None:
        """Return the father or mother on record."""
        if self.record is None:
            return None
        found = self.record.father if side == "father" else self.record.mother
        return None if isinstance(found, Blank) else found

    @property
    def child_birth(self) -> date | None:
        """The child's birth date, on the paper or on record."""
        known = self.day("child_birth")
        if known is None and self.record is not None:
            birth = self.record.child.person.birth
            known = birth if isinstance(birth, date) else None
        return known

    @property
    def child_age(self) -> int | None:
        """Age for thresholds that protect, on the day of the case."""
        return None if self.child_birth is None else protected_age_on(self.child_birth, self.today)

    def done(self, form_code: str) -> PaperFact | None:
        """Return the newest signed paper of a form about this child and carer."""
        return self.facts.done(form_code, carer_uid=self.carer_uid)

    def newest(self, form_code: str) -> PaperFact | None:
        """Return the newest paper of a form about this child and carer, signed or not."""
        return self.facts.newest(form_code, carer_uid=self.carer_uid)
