"""汇总表 on paper (C1): a period's table as the rows, figures and notes that its form prints.

Sources: forms.md §6 C1, §8.8–8.9. Nothing here counts: every figure is the table's own. What must stay true: 0,
—, 未采集 and 未报 are four different texts; a page's total is that of the units on the page, the overall one is
the table's own total, and what lies between the two is listed as an adjustment.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from forms.law.time import print_date
from forms.quarter.columns import blocks, columns
from forms.quarter.table import TableState
from forms.values.blank import Blank
from forms.values.enums import UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from forms.cases.case import Case
    from forms.cases.facts import Row, Value
    from forms.quarter.table import Figure, PeriodTable, UnitRow

NC = Blank.NOT_COLLECTED
DASH, UNKNOWN = "—", "未采集"
NOT_REPORTED = TableState.NOT_REPORTED.value
PER_PAGE = 12
"""Units on a page of A4 across, with room for the page's total and the overall one."""
PAGE_TOTAL, ADJUSTED, TOTAL = "本页小计", "汇总调整", "合计"
_ABOVE = re.compile(r"^.+?[县区市](?=.+[镇乡道])")
_GOVERNMENT = re.compile(r"(?<=[镇乡])人民政府$|(?<=街道)办事处$")
LEVELS = {UnitKind.TOWN: "镇（街道）", UnitKind.COUNTY: "县（市、区）"}
KEY_FIGURES = (
    "KA4", "KA2", "KA3", "KA12c", "KA13c", "KB4", "KB5", "KB9", "KB7", "KB1", "KB2", "KC1", "KC4", "KC5", "KC11",
    "KD2", "KD3", "KD5", "KD6", "KE2", "KE3", "KE5", "KF1", "KF2", "KF6", "KG1", "KG2", "KG4", "KH4",
)  # fmt: skip
"""What a report tells, in the order of the five duties."""
TOLD_AS = {
    "KA2": "本期新增留守儿童",
    "KA3": "本期退出留守儿童",
    "KB4": "期末有人受托照护的儿童数",
    "KD2": "本期新发现失学辍学",
    "KE2": "本期新发现无户籍",
    "KE3": "本期办理户口登记",
    "KG1": "应走访的儿童数",
}
"""Titles said otherwise where a report stands apart from the table's groups, in words of either wording."""


def number_text(value: int | Blank) -> str:
    """Return what stands in a cell: a number, — or 未采集."""
    if isinstance(value, Blank):
        return DASH if value is Blank.NOT_APPLICABLE else UNKNOWN
    return str(value)


def figure_text(figure: Figure) -> str:
    """Return the value that goes up, with the reported one beside it where the verifying organ found another."""
    shown = number_text(figure.adopted)
    differs = figure.verified is not None and figure.verified != figure.reported
    return f"{shown}（报{number_text(figure.reported)}）" if differs else shown


def pages_of(rows: Sequence[UnitRow], per_page: int = PER_PAGE) -> tuple[tuple[UnitRow, ...], ...]:
    """Divide the units over pages of nearly equal length; one empty page when there are none."""
    count = max(1, -(-len(rows) // per_page))
    short, longer = divmod(len(rows), count)
    pages, start = [], 0
    for k in range(count):
        stop = start + short + (k < longer)
        pages.append(tuple(rows[start:stop]))
        start = stop
    return tuple(pages)


def summary_rows(table: PeriodTable, per_page: int = PER_PAGE) -> tuple[Row, ...]:
    """Return the printed rows: units page by page, the page's total where there are several, the overall total."""
    pages = pages_of(table.rows, per_page)
    labels = unit_labels(table.rows)
    out: list[Row] = []
    for page, units in enumerate(pages, 1):
        out += [{**_unit_row(unit, page), "unit": labels[unit.unit_uid]} for unit in units]
        if len(pages) > 1:
            cells = {column: number_text(subtotal(units, column)) for column in columns()}
            out.append(_row(page, PAGE_TOTAL, PAGE_TOTAL, cells))
    if table.adjustments:
        out.append(_row(len(pages), ADJUSTED, ADJUSTED, _deltas(table)))
    out.append(_row(len(pages), TOTAL, TOTAL, _cells(table.total)))
    return tuple(out)


def subtotal(units: Sequence[UnitRow], column: str) -> int | Blank:
    """Add up a column over units: those that did not report and cells without a value add nothing.

    Returns:
        The sum; the blank that all cells share where none of them holds a number.
    """
    found = [unit.figures[column].adopted for unit in units if column in unit.figures]
    numbers = [value for value in found if isinstance(value, int)]
    if numbers:
        return sum(numbers)
    return Blank.NOT_APPLICABLE if found and all(value is Blank.NOT_APPLICABLE for value in found) else NC


def unit_labels(rows: Sequence[UnitRow]) -> dict[str, str]:
    """Return by uid how units are called in a narrow column, 洗马镇; in full where two would be called the same."""
    short = {row.unit_uid: _GOVERNMENT.sub("", _ABOVE.sub("", row.unit_name)) for row in rows}
    return short if len(set(short.values())) == len(rows) else {row.unit_uid: row.unit_name for row in rows}


def _unit_row(unit: UnitRow, page: int) -> Row:
    is_village = unit.level is UnitKind.VILLAGE
    reported = unit.state is not TableState.NOT_REPORTED
    state = {
        "state": DASH if is_village and reported else unit.state.value,
        "version": str(unit.version) if reported and not is_village else DASH,
        "received_on": _short(unit.received_on),
        "verified_on": _short(unit.verified_on),
    }
    return {**_row(page, "单位", unit.unit_name, _cells(unit)), **state}


def _short(day: date | None) -> str:
    return DASH if day is None else f"{day.year}.{day.month}.{day.day}"


def _cells(unit: UnitRow) -> dict[str, str]:
    """Return the cells of one unit by column; all of them 未报 when it has not reported."""
    if unit.state is TableState.NOT_REPORTED or not unit.figures:
        return dict.fromkeys(columns(), NOT_REPORTED)
    return {c: figure_text(unit.figures[c]) if c in unit.figures else UNKNOWN for c in columns()}


def _deltas(table: PeriodTable) -> dict[str, str]:
    sums: dict[str, int] = {}
    for change in table.adjustments:
        sums[change.column] = sums.get(change.column, 0) + change.delta
    return {column: signed(sums[column]) if column in sums else "" for column in columns()}


def signed(delta: int) -> str:
    """Write a change with its sign: +2, -1, 0."""
    return f"{delta:+d}" if delta else "0"


def _row(page: int, kind: str, unit: str, cells: Mapping[str, str]) -> Row:
    state = dict.fromkeys(("state", "version", "received_on", "verified_on"), "")
    return {"page": page, "kind": kind, "unit": unit, **state, **{c.lower(): text for c, text in cells.items()}}


def summary_figures(table: PeriodTable, wanted: Sequence[str] = ()) -> tuple[Row, ...]:
    """Return the adopted totals that have a number, by column; of all columns unless some are named."""
    found: list[Row] = []
    for name in wanted or columns():
        figure = table.total.figures.get(name)
        if figure is not None and isinstance(figure.adopted, int):
            title = TOLD_AS.get(name, columns()[name].title)
            found.append({"cell": name, "title": title, "amount": figure.adopted})
    return tuple(found)


def summary_notes(table: PeriodTable) -> tuple[str, ...]:
    """Return what the table says about itself: who is missing, what was verified otherwise, what is to be checked."""
    return tuple(_notes(table))


def _notes(table: PeriodTable) -> Iterator[str]:
    missing = [unit.unit_name for unit in table.rows if unit.state is TableState.NOT_REPORTED]
    if missing:
        yield f"{'、'.join(missing)}没有报送，合计中不含{'这些单位' if len(missing) > 1 else '该单位'}的数。"
    returned = [unit.unit_name for unit in table.rows if unit.state is TableState.RETURNED]
    if returned:
        yield f"{'、'.join(returned)}的表已退回更正，用的是退回前的版本。"
    for unit in table.rows:
        changed = [f for f in unit.figures.values() if f.verified is not None and f.verified != f.reported]
        if changed:
            by = "、".join(dict.fromkeys(f.verified_by for f in changed if f.verified_by))
            cells = "、".join(f"{f.column} {figure_text(f)}" for f in changed)
            yield f"{unit.unit_name}经{by or '核实单位'}核实有不同：{cells}。"
    # what is wrong goes on paper, how to mend it is said where somebody can do so
    warnings = list(dict.fromkeys(f"{problem.message.partition('。')[0]}。" for problem in table.problems))
    yield from warnings[:8]
    if len(warnings) > 8:
        yield f"另有{len(warnings) - 8}条需要核对。"


VERIFIED_STATES = frozenset({TableState.VERIFIED, TableState.ADOPTED, TableState.LOCKED})


def verified_blocks(table: PeriodTable) -> dict[str, str]:
    """Return for each block whether it was verified, in the words of forms.md C1 (核实状态)."""
    reported = [unit for unit in table.rows if unit.state is not TableState.NOT_REPORTED]
    found = {}
    for block in blocks():
        cells = [unit.figures[c.id] for unit in reported for c in block.columns if c.id in unit.figures]
        differ = sum(f.verified is not None and f.verified != f.reported for f in cells)
        seen = any(f.verified is not None for f in cells)
        whole = bool(reported) and all(unit.state in VERIFIED_STATES for unit in reported)
        if differ:
            found[block.key] = f"已核实，{differ}个数有异议，用核实数"
        else:
            found[block.key] = "已核实" if whole or seen else "未核实"
    return found


def _table(case: Case) -> PeriodTable | None:
    return case.facts.period_table


def _of_table(case: Case, name: str) -> Value:
    table = _table(case)
    if table is None:
        return NC
    period = table.period
    known: dict[str, Value] = {
        "period": period.label,
        "from": period.from_on,
        "to": period.to_on,
        "level": LEVELS.get(table.level, table.level.value),
        "roster": f"{table.period.code} 第{table.version}版" if table.roster_version else Blank.NOT_APPLICABLE,
        "version": table.version,
        "correction": table.correction or (Blank.NOT_APPLICABLE if table.version == 1 else NC),
        "rows": summary_rows(table),
        "figures": summary_figures(table),
        "notes": summary_notes(table) or NC,
        "verified": {f"block_{key.lower()}": text for key, text in verified_blocks(table).items()},
        "adjustments": _adjustments(table) or NC,
    }
    return known[name]


def _adjustments(table: PeriodTable) -> tuple[Row, ...]:
    """Return a row for each reason: what one child that two units reported changes in every column."""
    found: dict[tuple[str, str], list[str]] = {}
    for change in table.adjustments:
        found.setdefault((change.unit_name, change.reason), []).append(f"{change.column} {signed(change.delta)}")
    return tuple({"unit": unit, "cells": "、".join(cells), "reason": reason} for (unit, reason), cells in found.items())


def table_name(table: PeriodTable) -> str:
    """Return how another paper names the table: period, version, day of making."""
    return f"{table.period.label}汇总表第{table.version}版（{print_date(table.made_on)}）"


_ANSWERS = (
    *("period", "from", "to", "level", "roster", "version"),
    *("correction", "rows", "figures", "notes", "adjustments", "verified"),
)
COMPUTED = {f"table_{name}": lambda case, _field, name=name: _of_table(case, name) for name in _ANSWERS}
"""Suggestions of C1, each an answer of the table the form is made for; 未采集 where there is none."""
