"""接收: a package from another office is proved, compared with what is here, and kept as it came.

Source: forms.md §8.9, C6, R-17. Order: signature and bytes, addressee, sender's level, period, version and its
predecessor, figures against the roster. What must stay true: a refused package changes nothing; a taken one lies in
the store byte for byte before its record can be seen; the same package twice is taken once.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from archive.registry import new_uid
from docgen.workspace.quarter.keys import Role
from docgen.workspace.quarter.package import MAX_BYTES, Package, PackageKind, Statement, open_package
from docgen.workspace.quarter.recipients import ORGANS, VERIFIERS, recipients_of, verifiers_of
from docgen.workspace.quarter.refusals import (
    BrokenChainError,
    ConflictingVersionError,
    InconsistentTableError,
    MissingFileError,
    NotOursError,
    PackageTooLargeError,
    ReplayedPackageError,
    WrongAddresseeError,
    WrongPeriodError,
    WrongSenderError,
)
from docgen.workspace.quarter.shelf import ROSTER_FILE, TABLE_FILE, TableShelf
from docgen.workspace.quarter.table_file import read_table, table_digest
from docgen.workspace.quarter.verifying import NotYourColumnError, read_verification
from forms.errors import AppError
from forms.quarter.columns import columns
from forms.quarter.frozen_roster import FrozenRoster
from forms.quarter.table import TableState
from forms.values.blank import Blank

if TYPE_CHECKING:
    from pathlib import Path

    from archive.registry import Tx
    from archive.registry.tables import TableRecord, VerifiedValue
    from docgen.workspace.office.opened import Office
    from docgen.workspace.quarter.sending import Sender
    from forms.people import Unit
    from forms.quarter.period import Period
    from forms.quarter.table import PeriodTable

_SENDERS: dict[tuple[PackageKind, Role], frozenset[Role]] = {
    # kind and own level: who may send it here
    (PackageKind.TABLE, Role.COUNTY): frozenset({Role.TOWN}),
    (PackageKind.TABLE, Role.EDUCATION): frozenset({Role.TOWN}),
    (PackageKind.TABLE, Role.POLICE): frozenset({Role.TOWN}),
    (PackageKind.TABLE, Role.PREFECTURE): frozenset({Role.COUNTY}),
    (PackageKind.VERIFICATION, Role.COUNTY): frozenset(VERIFIERS),
    (PackageKind.VERIFICATION, Role.TOWN): frozenset(VERIFIERS),
    (PackageKind.RETURN, Role.TOWN): frozenset({Role.COUNTY}),
    (PackageKind.RETURN, Role.COUNTY): frozenset({Role.PREFECTURE}),
    (PackageKind.RECEIPT, Role.TOWN): frozenset({Role.COUNTY, *VERIFIERS}),
    (PackageKind.RECEIPT, Role.COUNTY): frozenset({Role.PREFECTURE}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What came of a package."""

    kind: PackageKind
    sender: str
    unit: str
    period: Period
    version: int
    state: TableState
    is_repeat: bool
    """Taken before; nothing was changed now."""
    receipt: Path | None
    """The receipt to be given back, in `out/`."""

    @property
    def summary(self) -> str:
        """One line for a person."""
        what = f"{self.sender}的{self.kind.label}（{self.unit}{self.period.label}第 {self.version} 版）"
        if self.is_repeat:
            return f"这一份以前已经收过，没有重复登记：{what}。"
        return f"验包合格，已接收{what}，现在是“{self.state.value}”。"


class Receiver:
    """Takes packages."""

    def __init__(self, office: Office, shelf: TableShelf, sender: Sender) -> None:
        self._office = office
        self._shelf = shelf
        self._sender = sender

    def receive(self, path: Path, *, period: Period | None = None) -> Received:
        """Take a package; the file that came is left as it is.

        Args:
            path: The zip.
            period: The one expected, where the clerk says so.

        Raises:
            AppError: one of `docgen.workspace.quarter.refusals`; the refusal is in the audit chain.
        """
        office = self._office
        if path.stat().st_size > MAX_BYTES:
            raise PackageTooLargeError
        data = path.read_bytes()
        try:
            package = open_package(data, self._shelf.partners, name=path.name)
            self._check_way(package.statement, period)
            return self._take(package, data)
        except AppError as error:
            with office.registry.begin() as tx:
                digest = hashlib.sha256(data).hexdigest()
                tx.audit.append("table.refuse", actor=office.actor.name, subject=digest, code=error.code)
            raise

    def _check_way(self, said: Statement, period: Period | None) -> None:
        own = self._shelf.key.public
        if (said.recipient, said.recipient_role) != (own.unit, own.role):
            raise WrongAddresseeError(said.recipient, own.unit)
        if said.sender_role not in _SENDERS.get((said.kind, own.role), frozenset()):
            raise WrongSenderError(said.sender, said.kind.label)
        if period is not None and said.period != period:
            raise WrongPeriodError(said.period.label, period.label)

    def _take(self, package: Package, data: bytes) -> Received:
        office, said = self._office, package.statement
        with office.registry.begin() as tx:
            before = tx.tables.package(package.sha256)
            if said.kind is PackageKind.TABLE:
                record, is_new = self._table(tx, package)
            else:
                record, is_new = self._about(tx, said), before is None
            values = self._found(record, package) if said.kind is PackageKind.VERIFICATION else ()
            if is_new or before is None:
                self._keep(tx, record, package, data)
            if is_new and said.kind is not PackageKind.TABLE:
                record = self._answered(tx, record, package, values)
        receipt = self._sender.send_receipt(record, package).path if said.kind is PackageKind.TABLE else None
        return Received(
            kind=said.kind,
            sender=said.sender,
            unit=said.unit,
            period=said.period,
            version=said.version,
            state=record.state,
            is_repeat=not is_new,
            receipt=receipt,
        )

    def _keep(self, tx: Tx, record: TableRecord, package: Package, data: bytes) -> None:
        office, said = self._office, package.statement
        self._shelf.put(record.uid, {f"received-{package.sha256[:16]}.zip": data}, f"收到{said.kind.label}")
        tx.tables.add_package(
            record.uid,
            direction="received",
            kind=said.kind.value,
            party=said.sender,
            party_role=said.sender_role.value,
            sha256=package.sha256,
            by=office.actor.name,
            day=office.today,
        )
        tx.audit.append(
            f"table.receive-{said.kind.value}", actor=office.actor.name, subject=record.uid, sha256=package.sha256
        )

    # tables

    def _table(self, tx: Tx, package: Package) -> tuple[TableRecord, bool]:
        """Return the record of a table, entered unless it is there; tell whether it is new."""
        office, said = self._office, package.statement
        for path in (TABLE_FILE, ROSTER_FILE):
            if path not in package.files:
                raise MissingFileError(path)
        table = read_table(package.files[TABLE_FILE])
        roster = FrozenRoster.from_bytes(package.files[ROSTER_FILE])
        unit = self._shelf.unit(tx, said.sender, said.sender_role)
        for found in (table.period, roster.head.period):
            if found != said.period:
                raise WrongPeriodError(found.label, said.period.label)
        if (table.unit_name, table.version, said.unit) != (said.sender, said.version, said.sender):
            raise NotOursError(table.unit_name, table.version)
        known = tx.tables.versions(unit.uid, said.period)
        if known and said.version < known[-1].version:
            raise ReplayedPackageError(said.sender, said.version, known[-1].version)
        same = next((r for r in known if r.version == said.version), None)
        if same is not None:
            if same.digest != said.table:
                raise ConflictingVersionError(said.sender, said.version)
            return same, False
        if known and known[-1].version == said.version - 1 and known[-1].digest != said.previous:
            raise BrokenChainError(said.sender, said.version)
        roster_uid = ""
        if self._shelf.role not in VERIFIERS:
            if table_digest(package.files[TABLE_FILE]) != said.table:
                raise ConflictingVersionError(said.sender, said.version)
            roster_uid = self._roster(tx, unit, table, roster)
        record = tx.tables.add(
            unit_uid=unit.uid,
            level=unit.kind,
            period=said.period,
            version=said.version,
            roster_uid=roster_uid,
            digest=said.table,
            correction=table.correction,
            made_by=said.sender,
            state=TableState.SENT,
            by=office.actor.name,
            day=office.today,
            is_own=False,
        )
        self._shelf.put(record.uid, {path: package.files[path] for path in (TABLE_FILE, ROSTER_FILE)}, "汇总表")
        if not self._waits_for(tx, record):
            record = self._through(tx, record, TableState.VERIFYING, TableState.VERIFIED)
        return record, True

    def _roster(self, tx: Tx, unit: Unit, table: PeriodTable, roster: FrozenRoster) -> str:
        """Enter the roster under the unit's place in this directory, and count it again (R-17)."""
        head = replace(roster.head, uid=new_uid(), unit_uid=unit.uid, unit_name=unit.name, version=table.version)
        tx.rosters.add(replace(roster, head=head), is_own=False)
        counted = tx.rosters.count([head])[unit.uid]
        for name in columns():
            figure = table.total.figures.get(name)
            if figure is not None and not isinstance(figure.reported, Blank) and figure.reported != counted.get(name):
                raise InconsistentTableError(name, str(figure.reported), str(counted.get(name)))
        return head.uid

    # replies

    def _about(self, tx: Tx, said: Statement) -> TableRecord:
        """Return the table a reply is about: that unit, that version, those bytes."""
        found = [u for u in tx.units.find(said.unit) if u.name == said.unit]
        versions = tx.tables.versions(found[0].uid, said.period) if found else ()
        record = next((r for r in versions if r.version == said.version and r.digest == said.table), None)
        if record is None:
            raise NotOursError(said.unit, said.version)
        return record

    def _found(self, record: TableRecord, package: Package) -> tuple[VerifiedValue, ...]:
        """Return what an organ found, if it may say so of this table (R-17)."""
        said = package.statement
        own = {c.id for c in columns().values() if ORGANS[said.sender_role] in c.verify}
        figures = self._shelf.read(record).total.figures
        values = read_verification(package.files.get("verification.json", b""))
        for value in values:
            if value.column not in own:
                raise NotYourColumnError(value.column, said.sender_role, sorted(own))
            figure = figures.get(value.column)
            reported = None if figure is None or isinstance(figure.reported, Blank) else figure.reported
            if reported != value.reported:
                raise InconsistentTableError(value.column, str(value.reported), str(reported))
        return tuple(replace(v, organ=said.sender) for v in values)

    def _answered(
        self, tx: Tx, record: TableRecord, package: Package, values: tuple[VerifiedValue, ...]
    ) -> TableRecord:
        """Let a reply take effect on the table it is about."""
        kind = package.statement.kind
        if kind is PackageKind.RETURN:
            reason = package.files.get("reason.txt", b"").decode("utf-8", "replace").strip()
            back = record.state is TableState.RETURNED
            return record if back else self._through(tx, record, TableState.RETURNED, note=reason)
        if kind is PackageKind.RECEIPT:
            return self._receipted(tx, record)
        tx.tables.verify(record.uid, values)
        if record.is_own:
            return record
        if record.state is TableState.SENT:
            record = self._through(tx, record, TableState.VERIFYING)
        if record.state is TableState.VERIFYING and not self._waits_for(tx, record):
            record = self._through(tx, record, TableState.VERIFIED)
        return record

    def _waits_for(self, tx: Tx, record: TableRecord) -> set[str]:
        """Return which organs have not replied about a town's table."""
        if self._shelf.role is not Role.COUNTY:
            return set() if self._shelf.role is Role.PREFECTURE else {"own"}
        done = {p.party_role for p in tx.tables.packages(record.uid) if p.kind == PackageKind.VERIFICATION.value}
        return {role.value for role in verifiers_of(self._office.profile)} - done

    def _receipted(self, tx: Tx, record: TableRecord) -> TableRecord:
        """A table is sent when every recipient has confirmed it (C6)."""
        done = {p.party_role for p in tx.tables.packages(record.uid) if p.kind == PackageKind.RECEIPT.value}
        wanted = {role.value for role in recipients_of(self._office.profile, self._shelf.role)}
        if wanted <= done and record.state in {TableState.SIGNED, TableState.LOCKED}:
            return self._through(tx, record, TableState.SENT)
        return record

    def _through(self, tx: Tx, record: TableRecord, *states: TableState, note: str = "") -> TableRecord:
        for state in states:
            record = tx.tables.move(record.uid, state, by=self._office.actor.name, day=self._office.today, note=note)
        return record
