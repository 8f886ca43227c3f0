"""A period's summary table (C1) as values: what was counted for each unit, column by column.

Computed by the archive from frozen rosters, printed, packed and rolled up by the desk. Nothing here is
ever typed: a verified value comes from the organ that verified it, with its paper (C4, R-17).
Source: forms.md §8.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from forms.problems import Problem
    from forms.quarter.period import Period
    from forms.values.blank import Blank
    from forms.values.enums import UnitKind


class TableState(StrEnum):
    """Where one unit's table stands (forms.md §8.9)."""

    NOT_REPORTED = "未报"
    MADE = "生成"
    REVIEWED = "复核"
    SIGNED = "签字盖章"
    SENT = "已报送"
    VERIFYING = "核实中"
    VERIFIED = "已核实"
    RETURNED = "退回更正"
    ADOPTED = "县级采用"
    LOCKED = "锁定"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One cell: what was counted, and what the verifying organ found."""

    column: str
    reported: int | Blank
    verified: int | Blank | None = None
    """None: nobody verified this cell; the reported value stands."""
    verified_by: str = ""

    @property
    def adopted(self) -> int | Blank:
        """Return the value that goes up: the verified one where there is one."""
        return self.reported if self.verified is None else self.verified


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """One line of the table: a village in a town's table, a town in a county's."""

    unit_uid: str
    unit_name: str
    level: UnitKind
    state: TableState = TableState.MADE
    version: int = 1
    received_on: date | None = None
    verified_on: date | None = None
    figures: Mapping[str, Figure] = field(default_factory=dict)
    """Empty when the unit has not reported: its cells are printed 未报, never 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A child counted once where two units reported it, or another listed change by the upper level."""

    column: str
    delta: int
    unit_name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodTable:
    """A whole table. The total is the sum of the rows' adopted figures and the adjustments."""

    unit_uid: str
    unit_name: str
    level: UnitKind
    period: Period
    version: int
    roster_version: str
    """Of a town: the frozen roster it was counted from. Of a county: empty."""
    made_on: date
    rows: tuple[UnitRow, ...]
    total: UnitRow
    adjustments: tuple[Adjustment, ...] = ()
    problems: tuple[Problem, ...] = ()
    correction: str = ""
    """Why there is a second version (更正说明)."""
