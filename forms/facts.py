"""Everything a form may be prefilled from and a rule may look at: gathered once, then pure.

Invariant: only papers whose scan is in the archive count as done (REF-22); `done` is the one
place that says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date  # noqa: TC003  part of the public annotations read at run time
from enum import StrEnum

from forms.blank import Blank
from forms.enums import Flag, PaperStatus
from forms.people import ChildRecord, Staff, Unit
from forms.values import DocumentNumber, IdNumber, PersonName, Phone, RegionCode

Scalar = str | int | bool | date | StrEnum | IdNumber | PersonName | Phone | RegionCode | DocumentNumber | Blank
Value = Scalar | tuple[Scalar, ...] | tuple[Mapping[str, Scalar], ...] | Mapping[str, Scalar]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFact:
    """An earlier paper about the same child."""

    uid: str
    form_code: str
    version: int
    status: PaperStatus
    document_number: str = ""
    made_on: date
    signed_on: date | None = None
    """Day of the last signature as filed; ``None`` while unsigned."""
    carer_uid: str = ""
    values: Mapping[str, Value]
    """What was filled in, by field identifier."""

    @property
    def is_done(self) -> bool:
        """Signed scan received (REF-22)."""
        return self.status in {PaperStatus.SIGNED, PaperStatus.ARCHIVED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known when a form is filled in."""

    record: ChildRecord | None = None
    """The child; ``None`` for rosters and other unit papers."""
    village: Unit
    town: Unit
    office: Unit
    """The unit that issues: the owner of the office folder."""
    school: Unit | None = None
    papers: tuple[PaperFact, ...] = ()
    """Newest first."""
    carer_children: tuple[ChildRecord, ...] = ()
    """Other children in the present care of the same carer."""
    siblings: tuple[ChildRecord, ...] = ()
    household_flags: tuple[tuple[PersonName, Flag], ...] = ()
    """Flags of other adults at the care address (REF-09)."""
    roster: tuple[ChildRecord, ...] = ()
    """Rows of a roster form, in printed order."""
    filler: Staff = Staff(name="")
    reviewer: Staff | None = None
    head: Staff | None = None

    def done(self, form_code: str) -> PaperFact | None:
        """Return the newest paper of a form whose signed scan is in the archive."""
        return next((p for p in self.papers if p.form_code == form_code and p.is_done), None)

    def newest(self, form_code: str) -> PaperFact | None:
        """Return the newest paper of a form, signed or not, void and replaced ones left out."""
        gone = {PaperStatus.VOID, PaperStatus.REPLACED}
        return next((p for p in self.papers if p.form_code == form_code and p.status not in gone), None)
