"""汇总表: the figures of frozen rosters as the rows and the total of a table.

Source: forms.md §8. What must stay true: nothing here counts people; a figure comes from the aggregations or is a
blank that says why there is none; the total is the sum of the rows and the listed adjustments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms.quarter.columns import columns, unknown_of
from forms.quarter.identities import Ledger, check_figures
from forms.quarter.table import Adjustment, Figure, PeriodTable, UnitRow
from forms.values.blank import Blank

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from archive.registry import Tx
    from forms.people import Unit
    from forms.quarter.columns import QuarterRules
    from forms.quarter.frozen_roster import RosterVersion
    from forms.values.enums import UnitKind

INNER_MOVE = "在本镇村（居）之间迁移，全镇不算新增和退出"


def figures_of(counted: Mapping[str, int], rules: QuarterRules) -> dict[str, Figure]:
    """Return the cells of one unit, — and 未采集 where nobody counted, in the printed order."""
    found: dict[str, Figure] = {}
    for block in rules.blocks():
        for column in block.columns:
            value: int | Blank | None = rules.silent(column)
            unknown = unknown_of(column)
            if value is None and unknown and counted[unknown] == counted["KA4"] > 0:
                value = Blank.NOT_COLLECTED  # nobody was asked: not the same as nobody
            found[column.id] = Figure(column=column.id, reported=counted[column.id] if value is None else value)
    return found


def town_table(
    tx: Tx,
    head: RosterVersion,
    rules: QuarterRules,
    villages: tuple[Unit, ...],
    *,
    village_kind: UnitKind,
    previous_to: date | None,
) -> PeriodTable:
    """Return the table of one frozen roster, village by village.

    Args:
        tx: The registry.
        head: The roster.
        rules: The region's.
        villages: Shown even when nothing is counted there.
        village_kind: Level of the rows.
        previous_to: Last day of the unit's table before this one.
    """
    by_unit = tx.rosters.count([head], by_unit=True)
    whole = tx.rosters.count([head])[head.unit_uid]
    names = tx.rosters.unit_names(head.uid) | {v.uid: v.short or v.name for v in villages}
    order = [v.uid for v in villages if v.uid in names]
    order += sorted(uid for uid in by_unit if uid not in order)
    nothing = dict.fromkeys(whole, 0)
    rows = tuple(
        UnitRow(
            unit_uid=uid,
            unit_name=names.get(uid, uid),
            level=village_kind,
            version=head.version,
            figures=figures_of(by_unit.get(uid, nothing), rules),
        )
        for uid in order
    )
    total = UnitRow(
        unit_uid=head.unit_uid,
        unit_name=head.unit_name,
        level=head.level,
        version=head.version,
        figures=figures_of(whole, rules),
    )
    return PeriodTable(
        unit_uid=head.unit_uid,
        unit_name=head.unit_name,
        level=head.level,
        period=head.period,
        version=head.version,
        roster_version=head.uid,
        made_on=head.made_at.date(),
        rows=rows,
        total=total,
        adjustments=adjustments(total, rows, head.unit_name),
        problems=tuple(
            problem
            for row, counted in ((total, whole), *((r, by_unit.get(r.unit_uid, nothing)) for r in rows))
            for problem in check_figures(_ledger(row, counted, rules, head, previous_to if row is total else None))
        ),
        correction=head.reason,
    )


def adjustments(total: UnitRow, rows: tuple[UnitRow, ...], unit_name: str) -> tuple[Adjustment, ...]:
    """Return by how much the total of each column differs from its rows: moves between them."""
    found = []
    for name in columns():
        whole = total.figures.get(name)
        if whole is None or isinstance(whole.reported, Blank):
            continue
        added = sum(f.reported for r in rows if (f := r.figures.get(name)) and not isinstance(f.reported, Blank))
        if added != whole.reported:
            found.append(
                Adjustment(column=name, delta=whole.reported - added, unit_name=unit_name, reason=INNER_MOVE)
            )  # fmt: skip
    return tuple(found)


def _ledger(
    row: UnitRow, counted: Mapping[str, int], rules: QuarterRules, head: RosterVersion, previous_to: date | None
) -> Ledger:
    return Ledger(
        figures={name: figure.reported for name, figure in row.figures.items()},
        rules=rules,
        unit=row.unit_name,
        counted=counted,
        period=head.period,
        previous_to=previous_to,
    )
