"""Everything a form may be prefilled from and a rule may look at: gathered once, then pure.

Invariant: only papers whose scan is in the archive count as done (REF-22); `done` is the one
place that says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from forms.cases.casefile import CaseFile  # noqa: TC001  dataclass fields are read at run time
from forms.law.calendar import WorkingCalendar
from forms.law.time import print_date
from forms.people import ChildRecord, Person, Staff, Unit
from forms.quarter.table import PeriodTable  # noqa: TC001  dataclass fields are read at run time
from forms.values.blank import Blank
from forms.values.enums import ConsentMode, Flag, PaperStatus, SignMode
from forms.values.names_and_numbers import DocumentNumber, IdNumber, PersonName, Phone, RegionCode


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRef:
    """Another paper, as one paper names it."""

    uid: str
    form_code: str
    document_number: str = ""
    signed_on: date | None = None

    def __str__(self) -> str:
        """The number and the day of signing; the form's code where there is no number yet."""
        number = self.document_number or self.form_code
        return f"{number}（{print_date(self.signed_on)}）" if self.signed_on else number


Scalar = (
    str
    | int
    | bool
    | date
    | Decimal
    | StrEnum
    | IdNumber
    | PersonName
    | Phone
    | RegionCode
    | DocumentNumber
    | PaperRef
    | Blank
)
Cell = Scalar | tuple[Scalar, ...]
Row = Mapping[str, Cell]
Value = Cell | Row | tuple[Row, ...]


def as_rows(value: object) -> tuple[Row, ...]:
    """Return the rows of a table value; empty for anything else."""
    return tuple(row for row in value if isinstance(row, Mapping)) if isinstance(value, tuple) else ()


def as_struct(value: object) -> Row:
    """Return the cells of a struct value; empty for anything else."""
    return value if isinstance(value, Mapping) else {}


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
    receipts: Mapping[str, date | None] = field(default_factory=dict)
    """Originals of a notice (A4) by the copy's title: day of the receipt on record, ``None`` while it is out."""

    @property
    def is_done(self) -> bool:
        """Signed scan received (REF-22)."""
        return self.status in {PaperStatus.SIGNED, PaperStatus.ARCHIVED}

    @property
    def ref(self) -> PaperRef:
        """How another paper names this one."""
        return PaperRef(
            uid=self.uid, form_code=self.form_code, document_number=self.document_number, signed_on=self.signed_on
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature place of a signed paper, as a person read it from the scan (G-SIGN)."""

    role: str
    """Role of the form's `SignerSpec`."""
    name: str
    """As written; empty for a fingerprint without a name."""
    written_by: str = ""
    """Who wrote it, when it was not the party; empty: the party."""
    mode: SignMode
    setting: ConsentMode | Blank = Blank.NOT_COLLECTED
    signed_on: date | Blank = Blank.NOT_COLLECTED
    witnesses: tuple[str, ...] = ()
    note: str = ""
    """Reason of a refusal, or who read the text aloud."""


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
    roster_papers: Mapping[str, tuple[PaperFact, ...]] = field(default_factory=dict)
    """Papers of each child on the roster by child uid, newest first."""
    carer_papers: tuple[PaperFact, ...] = ()
    """Papers that are about the carer as a person (B4 as an elder), newest first."""
    flagged: tuple[Person, ...] = ()
    """Everybody the registry holds something against that bars from children (REF-29, X-09)."""
    person: Person | None = None
    """Whom a paper about a person is about (B4, B6), when the registry knows them."""
    elders: tuple[PaperFact, ...] = ()
    """Registrations of the village's elders (B4), the version in force of each, in order of making."""
    case: CaseFile | None = None
    """The case a paper of Part D belongs to; `papers` then holds those of other cases no more."""
    calendar: WorkingCalendar = field(default_factory=WorkingCalendar.load)
    """The days worked here: the built-in years, and those of the office's own ``calendar.toml``."""
    period_table: PeriodTable | None = None
    """What a summary table or a report is about: the table of its period (C1, C2, C5)."""
    earlier_tables: tuple[PeriodTable, ...] = ()
    """Tables of the quarters before it, oldest first."""
    filler: Staff = field(default_factory=lambda: Staff(name=""))
    reviewer: Staff | None = None
    head: Staff | None = None

    def done(self, form_code: str, *, carer_uid: str = "") -> PaperFact | None:
        """Return the newest paper of a form whose signed scan is in the archive.

        Args:
            form_code: ``A5``.
            carer_uid: Only papers about this carer; those that name no carer pass.
        """
        return next(
            (p for p in self.papers if p.form_code == form_code and p.is_done and _is_about(p, carer_uid)), None
        )

    def newest(self, form_code: str, *, carer_uid: str = "") -> PaperFact | None:
        """Return the newest paper of a form, signed or not, void and replaced ones left out."""
        gone = {PaperStatus.VOID, PaperStatus.REPLACED}
        return next(
            (p for p in self.papers if p.form_code == form_code and p.status not in gone and _is_about(p, carer_uid)),
            None,
        )


def _is_about(paper: PaperFact, carer_uid: str) -> bool:
    return not carer_uid or not paper.carer_uid or paper.carer_uid == carer_uid
