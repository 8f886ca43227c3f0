"""The tables an office holds, own and received: their files in the store, their records, the office's own key.

Source: forms.md §8.9. What must stay true: a table's file lies in the store before its record can be seen, and the
record names it by digest; whose table it is, is known by the unit's full name.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from archive.registry.tables import TableNotFoundError
from archive.store import table_object
from docgen.workspace.office.issuers import kind_of
from docgen.workspace.quarter.keys import Partners, Role, SigningKey
from docgen.workspace.quarter.recipients import VERIFIERS, columns_of
from docgen.workspace.quarter.table_file import read_table
from forms.errors import RefusedError
from forms.people import Unit
from forms.quarter.columns import columns
from forms.quarter.table import Figure, TableState
from forms.values.enums import UnitKind

if TYPE_CHECKING:
    from archive.registry import Tx
    from archive.registry.tables import TableRecord, VerifiedValue
    from docgen.workspace.office.opened import Office
    from forms.quarter.period import Period
    from forms.quarter.table import PeriodTable

TABLE_FILE, ROSTER_FILE = "table.json", "roster.json"


class WrongRoleError(RefusedError):
    """This step belongs to another level."""

    code = "table.role"

    def __init__(self, what: str, wanted: str, own: Role) -> None:
        super().__init__(f"{what}由{wanted}办理，本单位登记的是{own.label}。请在相应单位的办公文件夹里办理。")


class TableShelf:
    """What the steps of reporting share."""

    def __init__(self, office: Office) -> None:
        self._office = office

    @property
    def partners(self) -> Partners:
        """The offices this one knows."""
        return Partners(self._office.folder)

    @property
    def key(self) -> SigningKey:
        """The office's own key, drawn when it is first needed."""
        return SigningKey.open(self._office.folder) or self.make_key(self.likely_role())

    @property
    def role(self) -> Role:
        """Where this office stands: as its key says, and before it has one, as its name tells."""
        found = SigningKey.open(self._office.folder)
        return found.public.role if found else self.likely_role()

    def make_key(self, role: Role) -> SigningKey:
        """Draw the office's key for a level; one that is there stays."""
        office = self._office
        key = SigningKey.make(office.folder, unit=office.settings.unit_name, role=role)
        with office.registry.begin() as tx:
            tx.audit.append("key.make", actor=office.actor.name, subject=key.public.key.hex(), role=role.value)
        return key

    def likely_role(self) -> Role:
        """Return the level that the unit's name tells."""
        name = self._office.settings.unit_name
        kind = kind_of(name)
        if kind is UnitKind.COUNTY:
            above = re.search(r"(?:州|盟|地区)民政局$", name) or name == f"{self._office.profile.prefecture}民政局"
            return Role.PREFECTURE if above else Role.COUNTY
        return {UnitKind.EDUCATION: Role.EDUCATION, UnitKind.POLICE: Role.POLICE}.get(kind, Role.TOWN)

    def must_be(self, what: str, *roles: Role) -> Role:
        """Return the own level, if it is one of those a step belongs to.

        Raises:
            WrongRoleError: it is not.
        """
        own = self.role
        if own not in roles:
            raise WrongRoleError(what, "、".join(r.label for r in roles), own)
        return own

    def unit(self, tx: Tx, name: str, role: Role) -> Unit:
        """Return a unit of the directory by its full name, entered when it is new."""
        found = [u for u in tx.units.find(name) if u.name == name]
        return found[0] if found else tx.units.save(Unit(kind=role.kind, name=name, short=name))

    def find(self, tx: Tx, name: str, period: Period, version: int | None = None) -> TableRecord:
        """Return a table by a part of its unit's name; the own one where no name is given.

        Raises:
            TableNotFoundError: none, or none of that version.
            PartnerNotFoundError: no such unit, or several.
        """
        if not name:
            return self._chosen(tx, tx.units.owner(), period, version)
        upper = {Role.PREFECTURE: Role.COUNTY}.get(self.role, Role.TOWN)
        return self._chosen(tx, self.unit(tx, self.partners.of_role(upper, name).key.unit, upper), period, version)

    def _chosen(self, tx: Tx, unit: Unit, period: Period, version: int | None) -> TableRecord:
        found = [r for r in tx.tables.versions(unit.uid, period) if version in {None, r.version}]
        if not found:
            raise TableNotFoundError(f"{unit.name}{period.label}{f'第 {version} 版' if version else ''}")
        return found[-1]

    def official(self, period: Period, version: int | None = None) -> PeriodTable | None:
        """Return the table an upper level has reviewed; ``None`` in other offices, or before the review."""
        if self.role not in {Role.COUNTY, Role.PREFECTURE}:
            return None
        with self._office.registry.read() as tx:
            found = tx.tables.versions(tx.units.owner().uid, period)
            chosen = [r for r in found if version in {None, r.version}]
            return self.with_verified(tx, chosen[-1]) if chosen else None

    def put(self, uid: str, files: dict[str, bytes], message: str) -> None:
        """Put files beside a table in the store."""
        self._office.store.put(
            table_object(uid), files, message=message, user=self._office.actor.name, at=self._office.now
        )

    def read(self, record: TableRecord) -> PeriodTable:
        """Return a table as it was made or came."""
        return read_table(self._office.store.read(table_object(record.uid), TABLE_FILE))

    def with_verified(self, tx: Tx, record: TableRecord) -> PeriodTable:
        """Return a table with what the organs found beside what was reported (R-17)."""
        table = self.read(record)
        found = {v.column: v for v in tx.tables.verified(record.uid)}
        done = record.last(TableState.VERIFIED)
        total = replace(
            table.total,
            state=record.state,
            figures={c: _verified(f, found.get(c)) for c, f in table.total.figures.items()},
            received_on=None if record.is_own else record.events[0].day,
            verified_on=done.day if done and not record.is_own else None,
        )
        return replace(table, total=total)


def _verified(figure: Figure, value: VerifiedValue | None) -> Figure:
    if value is None:
        return figure
    return Figure(column=figure.column, reported=figure.reported, verified=value.verified, verified_by=value.organ)


def verifiable(role: Role) -> tuple[str, ...]:
    """Return the columns an organ verifies, in printed order: those that hold a number at all."""
    seen = columns_of(role) if role in VERIFIERS else frozenset()
    return tuple(c.id for c in columns().values() if c.id in seen and c.count.source != "none")
