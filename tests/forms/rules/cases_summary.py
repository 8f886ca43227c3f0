"""Cases of the rules of the summary table (forms/rules/summary.py)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from forms.people import Staff
from forms.quarter.period import Period
from forms.quarter.table import Figure, PeriodTable, UnitRow
from forms.values.enums import UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from forms.problems import Problem


def _table(**changes: Any) -> PeriodTable:
    figures = {"KA4": Figure(column="KA4", reported=5)}
    known: dict[str, Any] = {
        "unit_uid": "t1",
        "unit_name": "冠山街道",
        "level": UnitKind.TOWN,
        "period": Period.parse("2026Q3"),
        "version": 1,
        "roster_version": "2026Q3-1",
        "made_on": date(2026, 10, 8),
        "rows": (),
        "total": UnitRow(unit_uid="t1", unit_name="合计", level=UnitKind.TOWN, figures=figures),
    }
    return PeriodTable(**{**known, **changes})


def _made(kit: Any, table: PeriodTable | None, typed: dict[str, str] | None = None) -> Iterable[Problem]:
    people = {"filler": Staff(name="吴秋"), "reviewer": Staff(name="罗文静"), "head": Staff(name="陈立群")}
    facts = replace(kit.facts(), record=None, period_table=table, **people)
    problems: Iterable[Problem] = kit.fill("C1", typed or {}, facts=facts).problems
    return problems


def c1_table_triggers(kit: Any) -> Iterable[Problem]:
    return _made(kit, None)


def c1_table_passes(kit: Any) -> Iterable[Problem]:
    return _made(kit, _table())


def c1_names_triggers(kit: Any) -> Iterable[Problem]:
    return _made(kit, _table(), {"principal": "罗文静"})


def c1_names_passes(kit: Any) -> Iterable[Problem]:
    return _made(kit, _table(), {"principal": "韦国梁"})


def c1_correction_triggers(kit: Any) -> Iterable[Problem]:
    return _made(kit, _table(version=2))


def c1_correction_passes(kit: Any) -> Iterable[Problem]:
    return _made(kit, _table(version=2, correction="平山村补报一人。"))
