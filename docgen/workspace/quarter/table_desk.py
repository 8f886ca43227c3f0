"""报送: an office's side of the chain – review, sign, pack, receive, verify, adopt, return, roll up, lock.

Source: forms.md §8.9. One facade over the steps, for the command line and later a web desk; it never prints or asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.registry.tables import TableNotFoundError
from archive.store import table_object
from docgen.workspace.office.outgoing import new_path, write_file
from docgen.workspace.quarter.attachments import signed_scan
from docgen.workspace.quarter.keys import Partner, PublicKey, Role
from docgen.workspace.quarter.received_list import received_list
from docgen.workspace.quarter.receiving import Received, Receiver
from docgen.workspace.quarter.recipients import VERIFIERS
from docgen.workspace.quarter.rolling_up import Rolled, RollUp
from docgen.workspace.quarter.sending import ChangedTableError, NoReasonError, Sender, SentPackage
from docgen.workspace.quarter.shelf import ROSTER_FILE, TableShelf
from docgen.workspace.quarter.states import check_move
from docgen.workspace.quarter.verifying import Verifier
from forms.errors import RefusedError
from forms.quarter.frozen_roster import FrozenRoster
from forms.quarter.table import TableState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archive.registry import Tx
    from archive.registry.tables import TablePackage, TableRecord, VerifiedValue
    from docgen.workspace.office.opened import Office
    from docgen.workspace.quarter.desk import QuarterDesk
    from docgen.workspace.quarter.keys import SigningKey
    from forms.quarter.period import Period
    from forms.quarter.table import PeriodTable


class StillOpenError(RefusedError):
    """Units below have reported and are not adopted, or have not reported at all."""

    code = "table.open"

    def __init__(self, waiting: Sequence[str], missing: Sequence[str]) -> None:
        if waiting:
            super().__init__(f"{'、'.join(waiting)}已报未采用，不能锁定。请先核实采用，或者退回更正。")
        else:
            super().__init__(
                f"{'、'.join(missing)}未报，不能锁定。"
                "确实要在缺报的情况下锁定的，用 --reason 写明原因，汇总表上照印“未报”。"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class TableStatus:
    """One version of one unit's table and all that happened to it."""

    unit: str
    record: TableRecord
    packages: tuple[TablePackage, ...]
    verified: tuple[VerifiedValue, ...]


class TableDesk:
    """What an office does with tables, own and received."""

    def __init__(self, office: Office, *, quarter: QuarterDesk) -> None:
        self._office = office
        self._quarter = quarter
        self.shelf = TableShelf(office)
        self._sender = Sender(office, self.shelf)
        self._receiver = Receiver(office, self.shelf, self._sender)
        self._verifier = Verifier(office, self.shelf)
        self._roll_up = RollUp(office, self.shelf)

    # keys

    def make_key(self, role: Role | None = None) -> SigningKey:
        """Return the office's key, drawn for a level when there is none."""
        return self.shelf.make_key(role or self.shelf.likely_role())

    def export_key(self) -> Path:
        """Write the public key as a file for other offices; return where it lies."""
        key = self.shelf.key.public
        return write_file(new_path(self._office, f"公钥-{key.unit}", ".json"), key.to_bytes())

    def add_partner(self, key: PublicKey, *, fingerprint: str, replace: bool = False) -> Partner:
        """Put an office on the list after its digits were compared, and into the directory of units.

        Raises:
            FingerprintError: the digits differ.
            PartnerChangedError: the unit is known with another key.
        """
        office = self._office
        partner = self.shelf.partners.add(
            key, fingerprint=fingerprint, by=office.actor.name, on=office.today, replace=replace
        )
        with office.registry.begin() as tx:
            self.shelf.unit(tx, key.unit, key.role)
            tx.audit.append("key.trust", actor=office.actor.name, subject=key.key.hex(), role=key.role.value)
        return partner

    # the own table

    def table(self, period: Period) -> PeriodTable:
        """Return the office's own table as it stands: counted from its roster, or rolled up.

        Raises:
            RosterNotFoundError: nothing is frozen for the period.
            NothingReportedError: nothing is adopted.
        """
        if self.shelf.role in {Role.COUNTY, Role.PREFECTURE}:
            return self.roll_up(period).table
        return self._quarter.table(period)

    def roll_up(self, period: Period) -> Rolled:
        """Return what the units below add up to now; nothing is kept.

        Raises:
            WrongRoleError: no unit reports to this office.
            NothingReportedError: nothing is adopted.
        """
        with self._office.registry.read() as tx:
            version, _ = self._next(tx, period)
            return self._roll_up.roll(tx, period, version=version)

    def review(self, period: Period, *, reason: str = "") -> TableRecord:
        """Let the person at the desk review the office's own table; from here on its bytes stay.

        Args:
            period: Which.
            reason: Why there is another version of a rolled-up table.

        Raises:
            SamePersonError: the reviewer filled it in.
            TableBrokenError: an identity does not hold.
            WrongStateError: it was reviewed before.
            NoReasonError: another version without a reason.
        """
        office = self._office
        if self.shelf.role not in {Role.COUNTY, Role.PREFECTURE}:
            self.shelf.must_be("复核", Role.TOWN)
            made_by = self._quarter.versions(period)[-1].made_by if self._quarter.versions(period) else ""
            return self._sender.review(self._quarter.table(period), made_by=made_by)
        with office.registry.read() as tx:
            version, is_new = self._next(tx, period)
            if not is_new:
                record = tx.tables.newest(tx.units.owner().uid, period)
                assert record is not None
                check_move(record, office.settings.unit_name, TableState.REVIEWED)
            if version > 1 and not reason.strip():
                raise NoReasonError("出新的一版")
            rolled = self._roll_up.roll(tx, period, version=version, reason=reason.strip())
        return self._sender.review(rolled.table, made_by=office.settings.filler.name or "经办人", merged=rolled.roster)

    def sign(self, period: Period, scan: Path | None = None, *, leader: str = "", post: str = "") -> TableRecord:
        """Keep the scan of the signed table; the leader is the head in office.toml unless named.

        Args:
            period: Which.
            scan: The file; without one, the scan of the printed table (C1) that intake has filed.
            leader: Who signed.
            post: Of the leader.

        Raises:
            NoScanError: the file is no scan, or none was filed.
            SamePersonError: the leader filled in or reviewed the table.
            NotPrincipalError: the leader is a deputy.
            WrongStateError: it was not reviewed.
        """
        head = self._office.settings.head
        name, post = (leader, post) if leader or head is None else (head.name, post or head.post)
        record = self.own(period)
        data = scan.read_bytes() if scan else signed_scan(self._office, record)
        return self._sender.sign(record, data, leader=name, post=post)

    def pack(self, period: Period, to: Role, *, unit: str = "", version: int | None = None) -> SentPackage:
        """Make the package for one recipient: the own table, or what this organ found about a unit's table.

        Args:
            period: Which.
            to: Level of the recipient.
            unit: Of a verifying organ: whose table; else which of several recipients.
            version: Of the unit's table; the newest by default.

        Raises:
            NotSignedError: the own table is not signed.
            NotVerifiedError: a column is not verified yet.
            NotARecipientError: the region does not send it there.
            PartnerNotFoundError: the recipient's key is not known.
        """
        if self.shelf.role in VERIFIERS:
            record = self.of_unit(unit, period, version)
            with self._office.registry.read() as tx:
                name = tx.units.get(record.unit_uid).name
            return self._sender.send_verification(record, to, unit=name)
        return self._sender.send_table(self.own(period, version), to, unit=unit)

    def own(self, period: Period, version: int | None = None) -> TableRecord:
        """Return the record of the own table.

        Raises:
            TableNotFoundError: it was not reviewed yet.
        """
        with self._office.registry.read() as tx:
            return self.shelf.find(tx, "", period, version)

    # others' tables

    def receive(self, path: Path, *, period: Period | None = None) -> Received:
        """Take a package from another office; see `Receiver.receive`."""
        return self._receiver.receive(path, period=period)

    def of_unit(self, unit: str, period: Period, version: int | None = None) -> TableRecord:
        """Return the record of a unit's table; without a name, of the only one that came.

        Raises:
            TableNotFoundError: none came, or several and none is named.
        """
        with self._office.registry.read() as tx:
            if unit:
                return self.shelf.find(tx, unit, period, version)
            found = tx.tables.all(period, is_own=False)
            if len({r.unit_uid for r in found}) != 1:
                raise TableNotFoundError(f"{period.label}（请写明是哪个单位）")
            return found[-1]

    def verify(
        self,
        record: TableRecord,
        column: str,
        verified: int,
        *,
        reason: str = "",
        note: str = "",
        source: str,
        children: Sequence[str] = (),
    ) -> VerifiedValue:
        """Enter what this organ found for one column; see `Verifier.verify`."""
        return self._verifier.verify(
            record, column, verified, reason=reason, note=note, source=source, children=children
        )  # fmt: skip

    def agree(self, record: TableRecord, *, source: str) -> tuple[str, ...]:
        """Confirm every column not entered yet; see `Verifier.agree`."""
        return self._verifier.agree(record, source=source)

    def roster_list(self, record: TableRecord) -> Path:
        """Write the roster that came with a unit's table as a workbook; return where it lies."""
        office = self._office
        roster = FrozenRoster.from_bytes(office.store.read(table_object(record.uid), ROSTER_FILE))
        with office.registry.begin() as tx:
            tx.audit.append("table.list", actor=office.actor.name, subject=record.uid, rows=len(roster.children))
        path = new_path(office, f"名册-{roster.head.unit_name}-第{record.version}版", ".xlsx")
        return write_file(path, received_list(roster))

    def adopt(self, period: Period, unit: str = "") -> tuple[str, ...]:
        """Adopt a unit's verified table, or all that are verified; return whose.

        Raises:
            WrongStateError: the named one is not verified.
            WrongRoleError: this office adopts nothing.
        """
        office = self._office
        self.shelf.must_be("采用", Role.COUNTY, Role.PREFECTURE)
        with office.registry.begin() as tx:
            if unit:
                chosen = [self.shelf.find(tx, unit, period)]
            else:
                newest = {r.unit_uid: r for r in tx.tables.all(period, is_own=False)}
                chosen = [r for r in newest.values() if r.state is TableState.VERIFIED]
            names = []
            for record in chosen:
                names.append(tx.units.get(record.unit_uid).name)
                check_move(record, names[-1], TableState.ADOPTED)
                self._move(tx, record, TableState.ADOPTED)
        return tuple(names)

    def return_table(self, period: Period, unit: str = "", *, reason: str) -> SentPackage | None:
        """Return a unit's table for correction and make the package that says so; without a unit, the own one.

        Raises:
            NoReasonError: no reason.
            WrongStateError: it is locked or returned already.
        """
        if not unit:
            self._sender.take_back(self.own(period), reason)
            return None
        self.shelf.must_be("退回下级的报表", Role.COUNTY, Role.PREFECTURE)
        return self._sender.send_return(self.of_unit(unit, period), reason)

    def lock(self, period: Period, *, reason: str = "") -> TableRecord:
        """Lock the own rolled-up table and the tables in it.

        Args:
            period: Which.
            reason: Why it is locked although a unit has not reported.

        Raises:
            StillOpenError: a unit's table is not adopted, or one has not reported and no reason is given.
            ChangedTableError: something changed since the review.
            WrongStateError: the own table is not signed.
        """
        office = self._office
        self.shelf.must_be("锁定", Role.COUNTY, Role.PREFECTURE)
        record = self.own(period)
        with office.registry.begin() as tx:
            check_move(record, office.settings.unit_name, TableState.LOCKED)
            rolled = self._roll_up.roll(tx, period, version=record.version)
            if rolled.waiting or (rolled.missing and not reason.strip()):
                raise StillOpenError(rolled.waiting, rolled.missing)
            kept = self.shelf.read(record)
            if (kept.rows, kept.total.figures, kept.adjustments) != (
                rolled.table.rows,
                rolled.table.total.figures,
                rolled.table.adjustments,
            ):
                raise ChangedTableError(period)
            for unit_uid in {row.unit_uid for row in rolled.table.rows if row.figures}:
                below = tx.tables.newest(unit_uid, period)
                if below is not None and below.state is TableState.ADOPTED:
                    self._move(tx, below, TableState.LOCKED)
            return self._move(tx, record, TableState.LOCKED, note=reason.strip())

    # looking

    def states(self, period: Period | None = None) -> tuple[TableStatus, ...]:
        """Return every version of every table with what happened to it, own first."""
        with self._office.registry.read() as tx:
            found = sorted(tx.tables.all(period), key=lambda r: (not r.is_own, r.period, r.unit_uid, r.version))
            return tuple(
                TableStatus(
                    unit=tx.units.get(r.unit_uid).name,
                    record=r,
                    packages=tx.tables.packages(r.uid),
                    verified=tx.tables.verified(r.uid),
                )
                for r in found
            )

    def shown(self, record: TableRecord) -> PeriodTable:
        """Return a table as it was made or came, with what was verified beside it; replaced versions too."""
        with self._office.registry.read() as tx:
            return self.shelf.with_verified(tx, record)

    def _next(self, tx: Tx, period: Period) -> tuple[int, bool]:
        """Return the version that a table rolled up now would be, and whether that is a new one."""
        last = tx.tables.newest(tx.units.owner().uid, period)
        if last is None:
            return 1, True
        ended = last.state in {TableState.RETURNED, TableState.LOCKED, TableState.SENT}
        return last.version + ended, ended

    def _move(self, tx: Tx, record: TableRecord, state: TableState, *, note: str = "") -> TableRecord:
        office = self._office
        tx.audit.append("table.state", actor=office.actor.name, subject=record.uid, state=state.name)
        return tx.tables.move(record.uid, state, by=office.actor.name, day=office.today, note=note)
