"""Charts of a report: what a leader would rather see than read, taken from the table and the quarters before it.

Source: forms.md §6 C2, C5, §8. Every number is one of the table's; a unit that did not report has a gap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms.computed.summary_paper import unit_labels
from forms.quarter.chart import Chart, ChartKind
from forms.quarter.columns import columns, partitions
from forms.values.blank import Blank

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from forms.cases.case import Case
    from forms.cases.facts import Row, Value
    from forms.quarter.period import Period
    from forms.quarter.table import PeriodTable, UnitRow

NC = Blank.NOT_COLLECTED
QUARTERS = 8
BANDS = ("KA6a", "KA6b", "KA6c")
CARE = {
    "KA12a": "（外）祖父母",
    "KA12b": "亲戚朋友",
    "KA12c": "无人监护",
    "KA12d": "另一方无监护能力",
    "KA12n": "未采集",
}
MANY_UNITS = 30
"""More units than a page shows: then the totals alone."""


def charts_of(table: PeriodTable, earlier: Sequence[PeriodTable] = ()) -> tuple[Chart, ...]:
    """Return the charts of a report, those without any number left out."""
    return tuple(chart for chart in _charts(table, earlier) if chart.has_numbers)


def _charts(table: PeriodTable, earlier: Sequence[PeriodTable]) -> Iterator[Chart]:
    total, when = table.total, f"{table.period.to_on.year}年{table.period.to_on.month}月末"
    yield Chart(
        title=f"{when}各年龄段男女儿童数",
        kind=ChartKind.BARS,
        unit="人",
        series=("男", "女"),
        categories=tuple(columns()[band].title for band in BANDS),
        numbers=tuple((number_of(total, f"{band}m"), number_of(total, f"{band}f")) for band in BANDS),
    )
    schooling = {name: columns()[name].title for p in partitions() if "KA7a" in p.parts for name in p.parts}
    yield _by_unit(table, f"{when}各单位儿童就学情况", schooling | {"KA7n": "未采集"})
    yield _by_unit(table, f"{when}各单位儿童实际照护情况", CARE)
    units = _units(table)
    yield Chart(
        title=f"{when}应签和已签责任确认书",
        kind=ChartKind.BARS,
        unit="份",
        series=("应签", "已签"),
        categories=_names(units),
        numbers=tuple((number_of(unit, "KB4"), number_of(unit, "KB5")) for unit in units),
    )
    yield from _change(table, earlier)


def _by_unit(table: PeriodTable, title: str, names: dict[str, str]) -> Chart:
    """Return parts of a whole, a bar for each unit; parts that nobody has are left out."""
    units = _units(table)
    used = [name for name in names if any(number_of(unit, name) for unit in units)] or list(names)
    return Chart(
        title=title,
        kind=ChartKind.STACK,
        unit="人",
        series=tuple(names[name] for name in used),
        categories=_names(units),
        numbers=tuple(tuple(number_of(unit, name) for name in used) for unit in units),
    )


def _change(table: PeriodTable, earlier: Sequence[PeriodTable]) -> Iterator[Chart]:
    """Yield the change over the quarters; stocks and flows stand apart, and no quarter that is missing is 0."""
    if not table.period.is_quarter:
        return
    known = {t.period: t for t in (*earlier, table) if t.period.is_quarter and t.period <= table.period}
    periods = [table.period]
    while len(periods) < QUARTERS:
        periods.append(periods[-1].quarter_before())
    periods.reverse()
    while periods and periods[0] not in known:
        periods.pop(0)
    if len(periods) < 2:
        return
    for title, kind, shown in (
        (
            "期末在册、受托照护和已签确认书",
            ChartKind.LINES,
            {"KA4": "期末在册", "KB4": "有人受托照护", "KB5": "已签确认书"},
        ),
        ("本期新增和退出", ChartKind.BARS, {"KA2": "新增", "KA3": "退出"}),
    ):
        yield Chart(
            title=f"近{len(periods)}个季度{title}",
            kind=kind,
            unit="人",
            series=tuple(shown.values()),
            categories=tuple(_quarter(period) for period in periods),
            numbers=tuple(
                tuple(number_of(known[p].total, name) if p in known else None for name in shown) for p in periods
            ),
        )


def _quarter(period: Period) -> str:
    return f"{period.from_on.year}年{(period.from_on.month + 2) // 3}季"


def _units(table: PeriodTable) -> tuple[UnitRow, ...]:
    return table.rows if 0 < len(table.rows) <= MANY_UNITS else (table.total,)


def _names(units: Sequence[UnitRow]) -> tuple[str, ...]:
    return tuple(label.replace("|", " ") for label in unit_labels(units).values())


def number_of(unit: UnitRow, name: str) -> int | None:
    """Return the adopted figure; ``None`` where there is no number."""
    figure = unit.figures.get(name)
    return figure.adopted if figure is not None and isinstance(figure.adopted, int) else None


def _computed(case: Case) -> Value:
    table = case.facts.period_table
    if table is None:
        return NC
    rows: list[Row] = [
        {"title": chart.title, "picture": chart.to_lines()} for chart in charts_of(table, case.facts.earlier_tables)
    ]
    return tuple(rows) or NC


COMPUTED = {"table_charts": lambda case, _field: _computed(case)}
"""Suggestions of the reports C2, C5, C5a."""
