"""From a frozen roster to a package on its way: reviewed, signed, packed for each recipient, returned.

Source: forms.md §8.9, C1, C6, §13. What must stay true: what is packed is what was signed, byte for byte; nothing
unsigned leaves the office as signed; each recipient gets what it may see and a statement that names it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from archive.disk import digest_of
from archive.store import roster_object
from docgen.workspace.office.outgoing import new_path, write_file
from docgen.workspace.quarter.attachments import attachments
from docgen.workspace.quarter.keys import Role
from docgen.workspace.quarter.package import Package, PackageKind, Statement, pack
from docgen.workspace.quarter.recipients import VERIFIERS, for_recipient, recipients_of
from docgen.workspace.quarter.shelf import ROSTER_FILE, TABLE_FILE, TableShelf
from docgen.workspace.quarter.states import SamePersonError, check_leader, check_move
from docgen.workspace.quarter.table_file import table_bytes, table_digest
from docgen.workspace.quarter.verifying import verification_file
from forms.errors import DataError, RefusedError
from forms.problems import blocking
from forms.quarter.table import TableState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from archive.registry import Tx
    from archive.registry.tables import TableRecord
    from docgen.workspace.office.opened import Office
    from docgen.workspace.quarter.keys import PublicKey
    from forms.problems import Problem
    from forms.quarter.frozen_roster import FrozenRoster
    from forms.quarter.period import Period
    from forms.quarter.table import PeriodTable

_SCANS = {b"%PDF": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG": "png", b"II*\0": "tif", b"MM\0*": "tif"}


class TableBrokenError(DataError):
    """The figures contradict each other."""

    code = "table.broken"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(
            f"汇总表有 {len(problems)} 处勾稽关系不成立，不能复核。例如 {problems[0].code}：{problems[0].message}"
        )


class ChangedTableError(RefusedError):
    """The table counted now is not the one that was reviewed."""

    code = "table.changed"

    def __init__(self, period: Period) -> None:
        super().__init__(
            f"{period.label}的汇总表在复核以后有了变化（又收到或采用了新的报表），不能按旧的办理。"
            "请用 docgen quarter return 退回这一版，再重新复核。"
        )


class NoScanError(DataError):
    """The file given as the signed scan is none, or none was filed."""

    code = "table.scan"

    def __init__(self) -> None:
        super().__init__(
            "没有签字盖章的汇总表扫描件（PDF、JPG、PNG、TIFF），没有登记签字。"
            "请用 --scan 写明扫描件，或者先把签字的汇总表放进 inbox 归档。"
        )


class NotSignedError(RefusedError):
    """A table that nobody signed does not go out."""

    code = "table.unsigned"

    def __init__(self, period: Period, state: TableState) -> None:
        super().__init__(
            f"{period.label}的汇总表现在是“{state.value}”，还没有主要负责同志签字盖章的扫描件，不能报送（C1）。"
            "请先复核，再用 docgen quarter sign 登记。"
        )


class NotARecipientError(RefusedError):
    """The region's plan does not send the table there."""

    code = "table.recipient"

    def __init__(self, role: Role, known: tuple[Role, ...]) -> None:
        listed = "、".join(r.label for r in known) or "没有收件单位"
        super().__init__(f"按本地区的报送关系，汇总表不报{role.label}。应当报送：{listed}。")


class NoReasonError(DataError):
    """A table is returned without saying why."""

    code = "table.reason"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}要写明原因，用 --reason 填写，例如“KD5 与名册不符”。")


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPackage:
    """A package that lies ready in `out/`."""

    path: Path
    recipient: str
    kind: PackageKind
    unit: str
    version: int


class Sender:
    """Takes the office's own table through its steps."""

    def __init__(self, office: Office, shelf: TableShelf) -> None:
        self._office = office
        self._shelf = shelf

    def review(self, table: PeriodTable, *, made_by: str, merged: FrozenRoster | None = None) -> TableRecord:
        """Keep a table as reviewed by the person at the desk; from here on its bytes stay.

        Args:
            table: As counted now.
            made_by: Who filled it in.
            merged: Of an upper level: the roster behind it, put together from those received.

        Raises:
            TableBrokenError: an identity does not hold.
            SamePersonError: the reviewer filled it in.
            WrongStateError: this version was reviewed before.
        """
        office = self._office
        if broken := blocking(table.problems):
            raise TableBrokenError(broken)
        data = table_bytes(table)
        with office.registry.begin() as tx:
            owner = tx.units.owner()
            record = next((r for r in tx.tables.versions(owner.uid, table.period) if r.version == table.version), None)
            if made_by == office.actor.name:
                raise SamePersonError("复核人", "填表人")
            if record is None:
                roster_uid = self._enter(tx, merged) if merged else table.roster_version
                record = tx.tables.add(
                    unit_uid=owner.uid,
                    level=table.level,
                    period=table.period,
                    version=table.version,
                    roster_uid=roster_uid,
                    digest=table_digest(data),
                    correction=table.correction,
                    made_by=made_by,
                    state=TableState.MADE,
                    by=made_by,
                    day=table.made_on,
                )
                self._shelf.put(record.uid, {TABLE_FILE: data}, "汇总表")
                tx.tables.adjust(record.uid, table.adjustments)
            check_move(record, owner.name, TableState.REVIEWED)
            return self._step(tx, record, TableState.REVIEWED)

    def sign(self, record: TableRecord, data: bytes, *, leader: str, post: str) -> TableRecord:
        """Keep the scan of the signed and sealed table.

        Raises:
            NoScanError: the bytes are no scan.
            SamePersonError: the leader filled in or reviewed the table.
            NotPrincipalError: the leader is a deputy.
            WrongStateError: it was not reviewed.
        """
        kind = next((kind for mark, kind in _SCANS.items() if data.startswith(mark)), "")
        if not kind:
            raise NoScanError
        with self._office.registry.begin() as tx:
            check_move(record, tx.units.get(record.unit_uid).name, TableState.SIGNED)
            check_leader(record, leader, post)
            name = f"signed-{hashlib.sha256(data).hexdigest()[:16]}.{kind}"
            self._shelf.put(record.uid, {name: data}, "签字盖章的扫描件")
            tx.audit.append("table.sign", actor=self._office.actor.name, subject=record.uid, version=record.version)
            return tx.tables.move(record.uid, TableState.SIGNED, by=leader, day=self._office.today, note=post)

    def take_back(self, record: TableRecord, reason: str) -> TableRecord:
        """Return the office's own table to its filler: a new version takes its place.

        Raises:
            NoReasonError: no reason.
            WrongStateError: it is returned already.
        """
        if not reason.strip():
            raise NoReasonError("退回")
        with self._office.registry.begin() as tx:
            check_move(record, tx.units.get(record.unit_uid).name, TableState.RETURNED)
            return self._step(tx, record, TableState.RETURNED, note=reason.strip())

    def send_table(self, record: TableRecord, to: Role, *, unit: str = "") -> SentPackage:
        """Pack the office's own signed table for one recipient.

        Raises:
            NotSignedError: it is not signed, or an upper level has not locked it.
            NotARecipientError: the region does not send it there.
            PartnerNotFoundError: the recipient's key is not known.
        """
        office, shelf = self._office, self._shelf
        known = recipients_of(office.profile, shelf.role)
        if to not in known:
            raise NotARecipientError(to, known)
        ready = {TableState.LOCKED} if shelf.role is Role.COUNTY else {TableState.SIGNED}
        if record.state not in {*ready, TableState.SENT}:
            raise NotSignedError(record.period, record.state)
        partner = shelf.partners.of_role(to, unit).key
        with office.registry.read() as tx:
            roster = tx.rosters.load(record.roster_uid)
            before = [r for r in tx.tables.versions(record.unit_uid, record.period) if r.version < record.version]
            table, roster = for_recipient(shelf.read(record), roster, to, office.profile)
        payload = {TABLE_FILE: table_bytes(table), ROSTER_FILE: roster.to_bytes()}
        if to not in VERIFIERS:
            payload |= attachments(office, record, table)
        previous = before[-1].digest if before else ""
        return self.send(record, PackageKind.TABLE, partner, payload, unit=office.settings.unit_name, previous=previous)

    def send_verification(self, record: TableRecord, to: Role, *, unit: str) -> SentPackage:
        """Pack what this organ found, for the county or the town (C4).

        Raises:
            NotVerifiedError: a column is not verified yet.
            PartnerNotFoundError: the recipient's key is not known.
        """
        office, shelf = self._office, self._shelf
        with office.registry.read() as tx:
            name = tx.units.get(record.unit_uid).name
            data = verification_file(tx, record, shelf.read(record), shelf.role)
        partner = shelf.partners.of_role(to, unit if to is Role.TOWN else "").key
        made = self.send(record, PackageKind.VERIFICATION, partner, {"verification.json": data}, unit=name)
        with office.registry.begin() as tx:
            if tx.tables.get(record.uid).state is TableState.VERIFYING:
                self._step(tx, record, TableState.VERIFIED)
        return made

    def send_return(self, record: TableRecord, reason: str) -> SentPackage:
        """Return a unit's table for correction, with the reason.

        Raises:
            NoReasonError: no reason.
            WrongStateError: it is locked or returned already.
        """
        office = self._office
        if not reason.strip():
            raise NoReasonError("退回更正")
        with office.registry.read() as tx:
            name = tx.units.get(record.unit_uid).name
        check_move(record, name, TableState.RETURNED)
        partner = self._shelf.partners.by_unit(name)
        assert partner is not None, "a table came from it"
        made = self.send(
            record, PackageKind.RETURN, partner.key, {"reason.txt": f"{reason.strip()}\n".encode()}, unit=name
        )
        with office.registry.begin() as tx:
            self._step(tx, record, TableState.RETURNED, note=reason.strip())
        return made

    def send_receipt(self, record: TableRecord, package: Package) -> SentPackage:
        """Confirm to a sender that its table came (C6 签收)."""
        said = package.statement
        partner = self._shelf.partners.by_unit(said.sender)
        assert partner is not None, "its signature was proved"
        text = f"{self._office.actor.name}\n{self._office.today.isoformat()}\n{package.sha256}\n"
        return self.send(record, PackageKind.RECEIPT, partner.key, {"receipt.txt": text.encode()}, unit=said.unit)

    def send(
        self,
        record: TableRecord,
        kind: PackageKind,
        to: PublicKey,
        payload: Mapping[str, bytes],
        *,
        unit: str,
        previous: str = "",
    ) -> SentPackage:
        """Make a package about a table, keep it, and lay it in `out/`."""
        office = self._office
        key = self._shelf.key
        statement = Statement(
            kind=kind,
            sender=key.public.unit,
            sender_role=key.public.role,
            recipient=to.unit,
            recipient_role=to.role,
            unit=unit,
            period=record.period,
            version=record.version,
            table=record.digest,
            previous=previous,
            made_at=office.now,
        )
        data = pack(statement, payload, key, work=office.folder / "work")
        sha256 = hashlib.sha256(data).hexdigest()
        with office.registry.begin() as tx:
            if tx.tables.package(sha256, direction="sent") is None:
                self._shelf.put(record.uid, {f"sent-{sha256[:16]}.zip": data}, f"生成{kind.label}")
                tx.tables.add_package(
                    record.uid,
                    direction="sent",
                    kind=kind.value,
                    party=to.unit,
                    party_role=to.role.value,
                    sha256=sha256,
                    by=office.actor.name,
                    day=office.today,
                )
                tx.audit.append(f"table.send-{kind.value}", actor=office.actor.name, subject=record.uid, sha256=sha256)
        label = f"{kind.label}-{unit}-{record.period.code}-第{record.version}版-报{to.unit}"
        path = write_file(new_path(office, label.replace("..", "至"), ".zip"), data)
        return SentPackage(path=path, recipient=to.unit, kind=kind, unit=unit, version=record.version)

    def _enter(self, tx: Tx, roster: FrozenRoster) -> str:
        """Enter a merged roster as this office's own, so that every figure can be asked why."""
        office, data = self._office, roster.to_bytes()
        uid = roster.head.uid
        office.store.put(
            roster_object(uid), {ROSTER_FILE: data}, message="汇总名册", user=office.actor.name, at=office.now
        )
        tx.rosters.add(replace(roster, head=replace(roster.head, digest=digest_of(data))))
        return uid

    def _step(self, tx: Tx, record: TableRecord, state: TableState, *, note: str = "") -> TableRecord:
        office = self._office
        tx.audit.append("table.state", actor=office.actor.name, subject=record.uid, state=state.name)
        return tx.tables.move(record.uid, state, by=office.actor.name, day=office.today, note=note)
