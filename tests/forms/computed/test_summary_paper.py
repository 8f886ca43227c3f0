"""The summary table on paper and in charts: four kinds of nothing, totals of pages, what a table says of itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.computed.summary_charts import charts_of
from forms.computed.summary_paper import (
    KEY_FIGURES,
    figure_text,
    pages_of,
    subtotal,
    summary_figures,
    summary_notes,
    summary_rows,
    unit_labels,
    verified_blocks,
)
from forms.problems import Problem
from forms.quarter.chart import ChartKind
from forms.quarter.columns import columns
from forms.quarter.period import Period
from forms.quarter.table import Adjustment, Figure, PeriodTable, TableState, UnitRow
from forms.values.blank import Blank
from forms.values.enums import UnitKind

NAMES = tuple(columns())
blanks = st.sampled_from(Blank)
cells = st.integers(0, 500) | blanks


def unit(name: str, values: dict[str, Any] | None = None, **changes: Any) -> UnitRow:
    given_values = dict.fromkeys(NAMES, 1) | (values or {})
    figures = {c: v if isinstance(v, Figure) else Figure(column=c, reported=v) for c, v in given_values.items()}
    known: dict[str, Any] = {"unit_uid": name, "unit_name": name, "level": UnitKind.TOWN, "figures": figures}
    return UnitRow(**{**known, **changes})


def table(*rows: UnitRow, **changes: Any) -> PeriodTable:
    sums = {c: sum(v for r in rows if c in r.figures and isinstance(v := r.figures[c].adopted, int)) for c in NAMES}
    known: dict[str, Any] = {
        "unit_uid": "c",
        "unit_name": "龙里县",
        "level": UnitKind.COUNTY,
        "period": Period.parse("2026Q3"),
        "version": 1,
        "roster_version": "",
        "made_on": date(2026, 10, 25),
        "rows": rows,
        "total": unit("合计", sums),
    }
    return PeriodTable(**{**known, **changes})


MISSING = unit("洗马镇", state=TableState.NOT_REPORTED, figures={})


def test_nothing_stands_on_paper_in_four_ways() -> None:
    values = {"KD1": 0, "KE6": Blank.NOT_COLLECTED, "KH5": Blank.NOT_APPLICABLE}
    one, other, *_ = summary_rows(table(unit("龙山镇", values), MISSING))
    assert [one[c] for c in ("kd1", "ke6", "kh5")] == ["0", "未采集", "—"]
    assert {other[c.lower()] for c in NAMES} == {"未报"}


@pytest.mark.parametrize(
    ("verified", "shown"),
    [(None, "12"), (12, "12"), (11, "11（报12）"), (Blank.NOT_COLLECTED, "未采集（报12）"), (0, "0（报12）")],
)
def test_a_verified_value_stands_beside_the_reported_one_where_they_differ(verified: Any, shown: str) -> None:
    assert figure_text(Figure(column="KD5", reported=12, verified=verified)) == shown


@given(st.lists(cells, max_size=60))
def test_totals_of_the_pages_add_up_to_that_of_all_units(values: list[int | Blank]) -> None:
    units = tuple(unit(f"{n}镇", {"KA4": value}) for n, value in enumerate(values))
    pages = pages_of(units)
    assert tuple(one for page in pages for one in page) == units
    assert all(len(page) <= 12 for page in pages)
    assert max(map(len, pages)) - min(map(len, pages)) <= 1
    numbers = [v for v in (subtotal(page, "KA4") for page in pages) if isinstance(v, int)]
    assert sum(numbers) == sum(v for v in values if isinstance(v, int))


@given(st.lists(blanks, min_size=1, max_size=5))
def test_units_without_any_number_have_no_total(values: list[Blank]) -> None:
    units = [unit("镇", {"KA4": value}) for value in values]
    expected = Blank.NOT_APPLICABLE if set(values) == {Blank.NOT_APPLICABLE} else Blank.NOT_COLLECTED
    assert subtotal(units, "KA4") is expected


def test_a_long_table_has_a_total_on_each_page_and_one_at_the_end() -> None:
    rows = summary_rows(table(*(unit(f"第{n}镇") for n in range(30))))
    assert [row["kind"] for row in rows].count("本页小计") == 3
    assert [row["kind"] for row in rows][-2:] == ["本页小计", "合计"]
    assert [row["ka4"] for row in rows if row["kind"] == "本页小计"] == ["10", "10", "10"]
    assert rows[-1]["ka4"] == "30"
    assert {row["kind"] for row in summary_rows(table(unit("龙山镇")))} == {"单位", "合计"}


def test_units_adjustments_and_total_add_up_on_paper() -> None:
    change = Adjustment(column="KA4", delta=-1, unit_name="龙山镇", reason="同一儿童在两镇登记")
    rows = summary_rows(table(unit("龙山镇"), unit("洗马镇"), adjustments=(change,), total=unit("合计", {"KA4": 1})))
    assert [(row["kind"], row["ka4"]) for row in rows] == [
        ("单位", "1"),
        ("单位", "1"),
        ("汇总调整", "-1"),
        ("合计", "1"),
    ]


def test_the_table_says_who_is_missing_and_what_was_verified_otherwise() -> None:
    verified = Figure(column="KD5", reported=12, verified=11, verified_by="龙里县教育局")
    warning = Problem(code="R-12", message="KD6 大于 KD1+KD2。", blocking=False)
    notes = "".join(summary_notes(table(unit("龙山镇", {"KD5": verified}), MISSING, problems=(warning, warning))))
    assert "洗马镇没有报送" in notes
    assert "龙山镇经龙里县教育局核实有不同：KD5 11（报12）" in notes
    assert notes.count("KD6 大于") == 1


def test_each_part_says_whether_it_was_verified() -> None:
    verified = Figure(column="KD5", reported=12, verified=11, verified_by="龙里县教育局")
    agreed = Figure(column="KE5", reported=3, verified=3, verified_by="龙里县公安局")
    states = verified_blocks(table(unit("龙山镇", {"KD5": verified, "KE5": agreed})))
    assert states["A"] == "未核实"
    assert states["D"].startswith("已核实，1个数有异议")
    assert states["E"] == "已核实"
    adopted = verified_blocks(table(unit("龙山镇", state=TableState.ADOPTED), MISSING))
    assert set(adopted.values()) == {"已核实"}


def test_a_report_tells_adopted_numbers_and_leaves_out_what_is_none() -> None:
    total = unit("合计", {"KD5": Figure(column="KD5", reported=12, verified=11), "KE5": Blank.NOT_COLLECTED})
    told = {row["cell"]: row["amount"] for row in summary_figures(table(total=total), KEY_FIGURES)}
    assert told["KD5"] == 11
    assert "KE5" not in told
    titles = [row["title"] for row in summary_figures(table(total=unit("合计")), KEY_FIGURES)]
    assert len(set(titles)) == len(KEY_FIGURES)


def test_charts_show_the_numbers_of_the_table_and_gaps_as_gaps() -> None:
    made = charts_of(table(unit("龙山镇", {"KA7c": 31}), MISSING))
    schooling = next(chart for chart in made if "就学" in chart.title)
    assert schooling.categories == ("龙山镇", "洗马镇")
    assert schooling.numbers[0][schooling.series.index("小学")] == 31
    assert set(schooling.numbers[1]) == {None}


def test_the_change_over_eight_quarters_leaves_a_missing_one_open() -> None:
    periods = [Period.parse(code) for code in ("2024Q1", "2025Q1", "2025Q3", "2026Q1", "2026Q2")]
    earlier = [replace(table(total=unit("合计", {"KA4": 10 + n})), period=p) for n, p in enumerate(periods)]
    lines = next(c for c in charts_of(table(total=unit("合计", {"KA4": 20})), earlier) if c.kind is ChartKind.LINES)
    assert lines.categories == (
        "2025年1季",
        "2025年2季",
        "2025年3季",
        "2025年4季",
        "2026年1季",
        "2026年2季",
        "2026年3季",
    )
    assert [row[0] for row in lines.numbers] == [11, None, 12, None, 13, 14, 20]
    assert not any(c.kind is ChartKind.LINES for c in charts_of(table()))


def test_a_special_edition_shows_no_quarters() -> None:
    special = table(period=Period.parse("2017-01-01..2017-08-31"))
    assert not any("季度" in chart.title for chart in charts_of(special, [table()]))


def test_units_are_called_by_their_short_names_where_no_two_are_the_same() -> None:
    names = ("龙里县洗马镇人民政府", "龙里县冠山街道办事处", "龙里县民政局")
    assert list(unit_labels([unit(name) for name in names]).values()) == ["洗马镇", "冠山街道", "龙里县民政局"]
    twins = ("龙里县平山镇人民政府", "贵定县平山镇人民政府")
    assert list(unit_labels([unit(name) for name in twins]).values()) == list(twins)


def test_what_is_printed_says_what_is_wrong_and_no_command() -> None:
    problem = Problem(code="R-11", message="KD5 不等于 KD1。请运行 docgen quarter why KD5。", blocking=False)
    assert summary_notes(table(problems=(problem,))) == ("KD5 不等于 KD1。",)
