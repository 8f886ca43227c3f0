"""汇总: the tables of the units below put together to one, each child once.

Source: forms.md §8.9, §8.8 R-17, X-15. Rows are the units' own figures, reported and verified; the total is what the
received rosters count once every child is counted once, and each difference is a listed adjustment. A unit that has
not reported has no figures: 未报, never 0. The same code rolls towns up to a county and counties to a prefecture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from archive.registry import new_uid
from docgen.workspace.quarter.keys import Role
from docgen.workspace.quarter.merging import Double, Reported, merge
from docgen.workspace.quarter.tabling import figures_of
from forms.errors import RefusedError
from forms.problems import Problem, Where
from forms.quarter.columns import columns
from forms.quarter.frozen_roster import FrozenRoster, RosterVersion
from forms.quarter.identities import Ledger, check_figures
from forms.quarter.table import Adjustment, Figure, PeriodTable, TableState, UnitRow
from forms.values.blank import Blank

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archive.registry import Tx
    from archive.registry.tables import TableRecord
    from docgen.workspace.office.opened import Office
    from docgen.workspace.quarter.shelf import TableShelf
    from forms.people import Unit
    from forms.quarter.period import Period

COUNTED = frozenset({TableState.ADOPTED, TableState.LOCKED})
"""States in which a unit's table goes into the sum."""


class NothingReportedError(RefusedError):
    """No table of a unit below was adopted."""

    code = "table.nothing"

    def __init__(self, period: Period) -> None:
        super().__init__(
            f"{period.label}还没有采用任何一个单位的报表，不能汇总。请先接收、核实，再用 docgen quarter adopt 采用。"
        )


class RollUpError(RefusedError):
    """Rows and adjustments do not give the total; a fault of the program, never of the clerk."""

    code = "table.sum"

    def __init__(self, column: str) -> None:
        super().__init__(f"{column} 的各单位之和加调整不等于合计，没有汇总。请把这条提示交给维护人员。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolled:
    """A table put together, with what is behind it."""

    table: PeriodTable
    roster: FrozenRoster
    doubles: tuple[Double, ...]
    missing: tuple[str, ...]
    """Units that have not reported."""
    waiting: tuple[str, ...]
    """Units that have reported and are not adopted."""


class RollUp:
    """Puts the tables of the units below together."""

    def __init__(self, office: Office, shelf: TableShelf) -> None:
        self._office = office
        self._shelf = shelf

    def roll(self, tx: Tx, period: Period, *, version: int, reason: str = "") -> Rolled:
        """Return the table of a period as it stands now; nothing is kept.

        Raises:
            WrongRoleError: no unit reports to this office.
            NothingReportedError: nothing is adopted.
        """
        office = self._office
        role = self._shelf.must_be("汇总", Role.COUNTY, Role.PREFECTURE)
        owner = tx.units.owner()
        newest = {unit.uid: tx.tables.newest(unit.uid, period) for unit in self._units(tx, role, period)}
        units = [tx.units.get(uid) for uid in newest]
        counted = {uid: r for uid, r in newest.items() if r is not None and r.state in COUNTED}
        if not counted:
            raise NothingReportedError(period)
        names = {u.uid: u.name for u in units}
        head = RosterVersion(
            uid=new_uid(),
            unit_uid=owner.uid,
            unit_name=owner.name,
            level=role.kind,
            period=period,
            version=version,
            made_at=office.now,
            made_by=office.actor.name,
            reason=reason,
            profile=office.profile.key,
        )
        reported = [
            Reported(unit_uid=uid, unit_name=names[uid], roster=tx.rosters.load(record.roster_uid))
            for uid, record in counted.items()
        ]
        merged, doubles = merge(reported, head)
        rows = tuple(self._row(tx, unit, newest[unit.uid]) for unit in units)
        adjustments = tuple(
            Adjustment(column=name, delta=d.deltas[name], unit_name="、".join(d.units), reason=d.reason)
            for d in doubles
            for name in columns()
            if name in d.deltas
        )
        total = self._total(tx, owner, counted.values(), rows, adjustments)
        missing = tuple(names[uid] for uid, record in newest.items() if record is None)
        waiting = tuple(names[uid] for uid, record in newest.items() if record is not None and uid not in counted)
        table = PeriodTable(
            unit_uid=owner.uid,
            unit_name=owner.name,
            level=role.kind,
            period=period,
            version=version,
            roster_version="",
            made_on=office.today,
            rows=rows,
            total=replace(total, version=version),
            adjustments=adjustments,
            problems=(*self._problems(total, period), *self._opening(tx, total, period), *_gaps(rows)),
            correction=reason,
        )
        return Rolled(table=table, roster=merged, doubles=doubles, missing=missing, waiting=waiting)

    def _units(self, tx: Tx, role: Role, period: Period) -> list[Unit]:
        """Return the units that should report, in the order they were registered, then others that did."""
        below = Role.TOWN if role is Role.COUNTY else Role.COUNTY
        names = [p.key.unit for p in self._shelf.partners.current() if p.key.role is below]
        known = [u for name in names for u in tx.units.find(name) if u.name == name]
        seen = {u.uid for u in known}
        more = dict.fromkeys(r.unit_uid for r in tx.tables.all(period, is_own=False) if r.unit_uid not in seen)
        return [*known, *(tx.units.get(uid) for uid in more)]

    def _row(self, tx: Tx, unit: Unit, record: TableRecord | None) -> UnitRow:
        if record is None:
            return UnitRow(
                unit_uid=unit.uid, unit_name=unit.name, level=unit.kind, state=TableState.NOT_REPORTED, version=0
            )
        done = self._shelf.with_verified(tx, record).total
        return replace(
            done,
            unit_uid=unit.uid,
            unit_name=unit.name,
            level=unit.kind,
            state=TableState.ADOPTED if record.state in COUNTED else record.state,
            version=record.version,
            figures=done.figures if record.state in COUNTED else {},
        )

    def _total(
        self,
        tx: Tx,
        owner: Unit,
        counted: Iterable[TableRecord],
        rows: Sequence[UnitRow],
        adjustments: Sequence[Adjustment],
    ) -> UnitRow:
        """Count the received rosters, take the doubles off, and lay what was verified beside it."""
        found = tx.rosters.count([tx.rosters.get(record.roster_uid) for record in counted])
        sums: dict[str, int] = {}
        for row in found.values():
            for name, number in row.items():
                sums[name] = sums.get(name, 0) + number
        for one in adjustments:
            sums[one.column] += one.delta
        figures = figures_of(sums, self._office.profile.quarter)
        for name, figure in figures.items():
            cells = [row.figures[name] for row in rows if name in row.figures]
            listed = sum(a.delta for a in adjustments if a.column == name)
            said = sum(c.reported for c in cells if not isinstance(c.reported, Blank)) + listed
            if not isinstance(figure.reported, Blank) and said != figure.reported:
                raise RollUpError(name)
            figures[name] = _beside(figure, cells)
        return UnitRow(unit_uid=owner.uid, unit_name=owner.name, level=self._shelf.role.kind, figures=figures)

    def _problems(self, total: UnitRow, period: Period) -> tuple[Problem, ...]:
        """Return what violates an identity: of the reported figures, and, as a warning, of the verified ones."""
        rules = self._office.profile.quarter
        reported = {name: figure.reported for name, figure in total.figures.items()}
        adopted = {name: figure.adopted for name, figure in total.figures.items()}
        found = list(check_figures(Ledger(figures=reported, rules=rules, unit=total.unit_name, period=period)))
        known = {(p.code, p.where.column) for p in found}
        verified = check_figures(Ledger(figures=adopted, rules=rules, unit=total.unit_name, period=period))
        found += [
            replace(p, message=f"按核实数，{p.message}名册通过登记表（B2）更正后再冻结。", blocking=False)
            for p in verified
            if (p.code, p.where.column) not in known
        ]
        return tuple(found)

    def _opening(self, tx: Tx, total: UnitRow, period: Period) -> tuple[Problem, ...]:
        """Compare the stock at the beginning with the last locked table (KA1)."""
        before = [
            r
            for r in tx.tables.all(is_own=True)
            if r.period.to_on == period.from_on - timedelta(days=1) and r.last(TableState.LOCKED)
        ]
        start = total.figures["KA1"].reported
        if not before or isinstance(start, Blank):
            return ()
        end = self._shelf.read(before[-1]).total.figures["KA4"].reported
        if end == start:
            return ()
        message = (
            f"期初在册 {start} 人，上期锁定的期末在册是 {end} 人。请核对上期缺报、本期补报的单位和重复登记的处理。"
        )
        return (Problem(code="table.opening", message=message, where=Where(column="KA1"), blocking=False),)


def _beside(figure: Figure, cells: Sequence[Figure]) -> Figure:
    """Return a total with the verified value beside it, where an organ verified a row of it."""
    verified = [c for c in cells if c.verified is not None]
    if not verified:
        return figure
    changed = sum(_number(c.verified) - _number(c.reported) for c in verified)
    organs = "、".join(dict.fromkeys(name for c in verified for name in c.verified_by.split("、") if name))
    return replace(figure, verified=_number(figure.reported) + changed, verified_by=organs)


def _number(value: int | Blank | None) -> int:
    return value if isinstance(value, int) else 0


def _gaps(rows: Sequence[UnitRow]) -> tuple[Problem, ...]:
    """Name the units whose figures are not in the sum."""
    found = []
    for row in rows:
        if row.state is TableState.NOT_REPORTED:
            message = f"{row.unit_name}未报，合计里没有它的数。请催报。"
            found.append(
                Problem(code="table.unreported", message=message, where=Where(subject=row.unit_name), blocking=False)
            )
        elif not row.figures:
            message = f"{row.unit_name}的报表是“{row.state.value}”，还没有采用，合计里没有它的数。"
            found.append(
                Problem(code="table.waiting", message=message, where=Where(subject=row.unit_name), blocking=False)
            )
    return tuple(found)
