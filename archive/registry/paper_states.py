"""The life of a paper's version: which status may follow which, and what a paper looks like when read."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  dataclass fields are read at run time
from dataclasses import dataclass
from datetime import date, datetime  # noqa: TC003  the same

from forms.cases.facts import Signature, Value  # noqa: TC001  the same
from forms.errors import NotFoundError, RefusedError
from forms.values.enums import PaperStatus
from forms.values.names_and_numbers import DocumentNumber  # noqa: TC001  the same

_S = PaperStatus
MOVES: dict[PaperStatus, frozenset[PaperStatus]] = {
    _S.DRAFT: frozenset({_S.ISSUED, _S.VOID, _S.REPLACED}),
    _S.ISSUED: frozenset({_S.SIGNED, _S.ARCHIVED, _S.VOID, _S.REPLACED}),
    _S.SIGNED: frozenset({_S.ARCHIVED, _S.REPLACED}),
    _S.ARCHIVED: frozenset({_S.REPLACED}),
    _S.VOID: frozenset(),
    _S.REPLACED: frozenset(),
}
"""Legal moves. A signed version can only be archived or replaced by a later signed one."""


class PaperNotFoundError(NotFoundError):
    """No paper by that uid, number or mark."""

    code = "paper.not-found"

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"没有找到文书“{text}”。请核对编号或文号。")


class SignedVersionError(RefusedError):
    """A signed version is not changed."""

    code = "paper.signed"

    def __init__(self, paper_uid: str, version: int) -> None:
        self.paper_uid = paper_uid
        self.version = version
        super().__init__(f"文书 {paper_uid} 的第 {version} 版已经签署，不能改动或作废。如需更正，请另出新的一版。")


class UnsignedVersionError(RefusedError):
    """There is no signed scan of this version to read from."""

    code = "paper.unsigned"

    def __init__(self, paper_uid: str, version: int) -> None:
        self.paper_uid = paper_uid
        self.version = version
        super().__init__(f"文书 {paper_uid} 的第 {version} 版还没有收回签字的扫描件，不能录入。请先归档扫描件。")


class IllegalMoveError(RefusedError):
    """A status cannot follow another."""

    code = "paper.illegal-move"

    def __init__(self, old: PaperStatus, new: PaperStatus) -> None:
        self.old = old
        self.new = new
        super().__init__(f"文书现在是“{old.value}”，不能变为“{new.value}”。")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRecord:
    """A paper as registered."""

    uid: str
    form_code: str
    issuer_uid: str
    village_uid: str
    """Empty when it belongs to no village."""
    child_uid: str
    """Empty for rosters and other unit papers."""
    carer_uid: str
    document_number: DocumentNumber | None
    status: PaperStatus
    """Of the newest version."""
    version: int
    """The newest; 0 before the first."""
    signed_version: int
    """The version whose signed scan is in force; 0: none (REF-22)."""
    reference_code: str
    """档号; empty until archived."""
    created_at: datetime
    created_by: str

    @property
    def is_done(self) -> bool:
        """A signed scan is in the archive."""
        return self.signed_version > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a person read from a signed scan and typed in; never changed, a correction is a further one."""

    number: int
    """From 1 within the version."""
    at: datetime
    by: str
    signed_on: date | None
    """Day of the last signature; ``None``: this reading says nothing of it."""
    values: Mapping[str, Value]
    """Only the fields that were read."""
    signatures: tuple[Signature, ...]
    """Only the places that were read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRecord:
    """One version of a paper."""

    paper_uid: str
    version: int
    """From 1."""
    mark_id: str
    status: PaperStatus
    pages: int
    values: Mapping[str, Value]
    """As issued; what was read from the signed scan is in `known`."""
    digests: Mapping[str, str]
    """Logical path in the store → SHA-512 in hex."""
    wording: str
    prints: int
    """How often it was printed."""
    made_on: date
    made_at: datetime
    made_by: str
    signed_on: date | None
    """As entered at filing or, later, read from the scan."""
    filed_at: datetime | None
    readings: tuple[Reading, ...] = ()
    """Oldest first."""

    @property
    def known(self) -> Mapping[str, Value]:
        """The values as issued, with what was read from the signed scan, the newest reading counting."""
        return {
            name: value for part in (self.values, *(r.values for r in self.readings)) for name, value in part.items()
        }

    @property
    def signatures(self) -> tuple[Signature, ...]:
        """The signature places as read, the newest reading of each counting."""
        return tuple({s.role: s for reading in self.readings for s in reading.signatures}.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Outstanding:
    """A paper given out for signature that has not come back."""

    paper: PaperRecord
    version: VersionRecord
    days: int
    """Days since the date on the paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """An original and where it went."""

    number: int
    """From 1."""
    recipient: str
    received_on: date | None
    refused_reason: str
    """Empty unless the recipient refused it."""
