"""本办公文件夹里的单位: villages, schools, stations, with whom to ask for and how to reach them.

What stands here is printed on every paper that names the unit (forms.md §4 G-VILLAGE … G-POLICE).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docgen.workspace.office.issuers import kind_of
from docgen.workspace.office.reports import Report
from forms.errors import DataError, RefusedError
from forms.people import Unit
from forms.values.blank import is_value
from forms.values.enums import UnitKind
from forms.values.names_and_numbers import Phone, ValueParseError
from forms.values.parse import parse_blank

if TYPE_CHECKING:
    from archive.registry import Tx
    from docgen.workspace.office.opened import Office


class UnitExistsError(RefusedError):
    """A unit of that name is there already."""

    code = "unit.exists"

    def __init__(self, name: str) -> None:
        super().__init__(f"已经有“{name}”这个单位，没有另建。要修改它，请去掉 --add。")


class UnitPhoneError(DataError):
    """Not a telephone."""

    code = "unit.phone"

    def __init__(self, text: str, why: str) -> None:
        super().__init__(f"单位电话“{text}”不能用：{why}没有修改。")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow(Report):
    """One unit, ready to print."""

    name: str
    short: str
    kind: str
    contact: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitChange:
    """What is typed for a unit; ``None`` leaves a thing as it is, an empty text or 无 says there is none."""

    contact: str | None = None
    phone: str | None = None
    address: str | None = None
    short: str | None = None

    @property
    def is_empty(self) -> bool:
        """Nothing is to be changed."""
        return (self.contact, self.phone, self.address, self.short) == (None, None, None, None)


class UnitDesk:
    """Shows and changes the units of the office."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def listing(self, name: str = "") -> tuple[UnitRow, ...]:
        """Return every unit, or the one of a name.

        Raises:
            NotFoundError: no unit, or several, of that name.
        """
        with self._office.registry.read() as tx:
            every = (unit for kind in UnitKind for unit in tx.units.of_kind(kind))
            units = (tx.units.by_name(name),) if name else tuple(every)
        return tuple(_row(unit) for unit in units)

    def change(self, name: str, change: UnitChange) -> UnitRow:
        """Change a unit.

        Raises:
            NotFoundError: no unit, or several, of that name.
            UnitPhoneError: not a telephone.
        """
        with self._office.registry.begin() as tx:
            return self._save(tx, tx.units.by_name(name), change, "unit.change")

    def add(self, name: str, change: UnitChange) -> UnitRow:
        """Add a unit below this office; its kind follows from its name.

        Raises:
            UnitExistsError: there is one of that name.
            UnitPhoneError: not a telephone.
        """
        with self._office.registry.begin() as tx:
            if any(unit.name == name.strip() for unit in tx.units.find(name.strip())):
                raise UnitExistsError(name)
            unit = Unit(kind=kind_of(name), name=name.strip(), parent_uid=tx.units.owner().uid)
            return self._save(tx, unit, change, "unit.add")

    def _save(self, tx: Tx, unit: Unit, change: UnitChange, act: str) -> UnitRow:
        if change.contact is not None:
            unit = replace(unit, contact_name=parse_blank(change.contact) or change.contact.strip())
        if change.address is not None:
            unit = replace(unit, address=parse_blank(change.address) or change.address.strip())
        if change.short is not None:
            unit = replace(unit, short=change.short.strip())
        if change.phone is not None:
            try:
                phone = parse_blank(change.phone) or Phone.parse(change.phone)
            except ValueParseError as error:
                raise UnitPhoneError(change.phone, str(error)) from None
            unit = replace(unit, contact_phone=phone)
        saved = tx.units.save(unit)
        tx.audit.append(act, actor=self._office.actor.name, subject=saved.uid)
        return _row(saved)


def _row(unit: Unit) -> UnitRow:
    def said(value: object) -> str:
        return str(value) if is_value(value) else ""

    return UnitRow(
        name=unit.name,
        short=unit.short,
        kind=unit.kind.value,
        contact=said(unit.contact_name),
        phone=said(unit.contact_phone),
        address=said(unit.address),
    )
