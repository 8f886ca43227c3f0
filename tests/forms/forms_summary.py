"""A filling of the summary table that passes, and one that is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from forms.people import Staff
from forms.quarter.columns import columns
from forms.quarter.period import Period
from forms.quarter.table import Figure, PeriodTable, UnitRow
from forms.values.enums import UnitKind


def _table() -> PeriodTable:
    def row(uid: str, name: str, level: UnitKind, number: int) -> UnitRow:
        figures = {column: Figure(column=column, reported=number) for column in columns()}
        return UnitRow(unit_uid=uid, unit_name=name, level=level, figures=figures)

    return PeriodTable(
        unit_uid="t1",
        unit_name="冠山街道",
        level=UnitKind.TOWN,
        period=Period.parse("2026Q3"),
        version=1,
        roster_version="2026Q3-1",
        made_on=date(2026, 10, 8),
        rows=(row("v1", "平山村", UnitKind.VILLAGE, 2), row("v2", "大坝村", UnitKind.VILLAGE, 3)),
        total=row("t1", "合计", UnitKind.TOWN, 5),
    )


def _facts(kit: Any, **changes: Any) -> Any:
    people = {"filler": Staff(name="吴秋"), "reviewer": Staff(name="罗文静"), "head": Staff(name="陈立群")}
    return replace(kit.facts(), record=None, period_table=_table(), **people, **changes)


def c1_passes(kit: Any) -> Any:
    return kit.fill("C1", {}, facts=_facts(kit))


def c1_refuses(kit: Any) -> Any:
    return kit.fill("C1", {"reviewer": "吴秋"}, facts=_facts(kit))
