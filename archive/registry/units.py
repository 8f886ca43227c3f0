"""单位: who acts – village, town, school, police, bureau – and which of them owns the office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import dialect
from archive.registry import fields
from archive.registry.uids import new_uid
from archive.schema import settings, units
from forms.errors import NotFoundError
from forms.people import Unit
from forms.values.enums import UnitKind
from forms.values.names_and_numbers import Phone

if TYPE_CHECKING:
    from collections.abc import Mapping

_READERS: dict[str, fields.Reader] = {"address": str, "contact_name": str, "contact_phone": Phone}


class UnitNotFoundError(NotFoundError):
    """No unit by that name, or several."""

    code = "unit.not-found"

    def __init__(self, text: str, candidates: tuple[str, ...] = ()) -> None:
        self.text = text
        self.candidates = candidates
        if candidates:
            super().__init__(f"有几个单位都叫“{text}”：{'、'.join(candidates)}。请写全称。")
        else:
            super().__init__(f"没有登记过单位“{text}”。请核对名称，或先登记这个单位。")


class Units:
    """The directory of units."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def save(self, unit: Unit) -> Unit:
        """Add or change a unit; one without uid is known again by its full name."""
        row = fields.to_row(unit, _READERS) | {
            "kind": unit.kind.value,
            "name": unit.name,
            "short": unit.short,
            "code": unit.code,
            "parent_uid": unit.parent_uid or None,
        }
        uid = (
            unit.uid or self._connection.execute(sa.select(units.c.uid).where(units.c.name == unit.name)).scalar() or ""
        )
        if uid and self._connection.execute(sa.update(units).where(units.c.uid == uid).values(**row)).rowcount:
            return self.get(uid)
        uid = uid or new_uid()
        self._connection.execute(sa.insert(units).values(uid=uid, **row))
        return self.get(uid)

    def get(self, uid: str) -> Unit:
        """Return a unit.

        Raises:
            UnitNotFoundError: no such uid.
        """
        row = dialect.first(self._connection, sa.select(units).where(units.c.uid == uid))
        if row is None:
            raise UnitNotFoundError(uid)
        return _unit(row)

    def find(self, text: str) -> tuple[Unit, ...]:
        """Return the units a name may mean: full or short name exactly, else those that begin with it."""
        exact = self._where(sa.or_(units.c.name == text, units.c.short == text))
        if exact or not text:
            return exact
        return self._where(
            sa.or_(units.c.name.startswith(text, autoescape=True), units.c.short.startswith(text, autoescape=True))
        )

    def by_name(self, text: str) -> Unit:
        """Return the one unit of a full name, a short name, or a beginning that only one unit has.

        Raises:
            UnitNotFoundError: none, or several; `candidates` holds the full names of several.
        """
        found = self.find(text.strip())
        if len(found) != 1:
            raise UnitNotFoundError(text.strip(), tuple(u.name for u in found))
        return found[0]

    def of_kind(self, kind: UnitKind, parent_uid: str | None = None) -> tuple[Unit, ...]:
        """Return the units of a kind, those under one parent if given, in the order of entry."""
        condition = units.c.kind == kind.value
        return self._where(condition if parent_uid is None else sa.and_(condition, units.c.parent_uid == parent_uid))

    def owner(self) -> Unit:
        """Return the unit whose office this is.

        Raises:
            UnitNotFoundError: `set_owner` was never called.
        """
        uid = self._connection.execute(sa.select(settings.c.value).where(settings.c.key == "owner")).scalar()
        return self.get(uid or "")

    def set_owner(self, uid: str) -> None:
        """Say whose office this is."""
        unit = self.get(uid)
        changed = self._connection.execute(
            sa.update(settings).where(settings.c.key == "owner").values(value=unit.uid)
        ).rowcount
        if not changed:
            self._connection.execute(sa.insert(settings).values(key="owner", value=unit.uid))

    def _where(self, condition: sa.ColumnElement[bool]) -> tuple[Unit, ...]:
        rows = dialect.rows(self._connection, sa.select(units).where(condition).order_by(units.c.pk))
        return tuple(_unit(row) for row in rows)


def _unit(row: Mapping[str, Any]) -> Unit:
    return Unit(
        uid=row["uid"],
        kind=UnitKind(row["kind"]),
        name=row["name"],
        short=row["short"],
        code=row["code"],
        parent_uid=row["parent_uid"] or "",
        **fields.from_row(row, _READERS),
    )
