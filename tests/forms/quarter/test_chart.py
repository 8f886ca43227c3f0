"""A chart is data: it is kept as lines and read back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.quarter.chart import Chart, ChartKind

names = st.text(st.characters(blacklist_characters="|\n", blacklist_categories=("Cs", "Cc")), max_size=8)


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    series = tuple(draw(st.lists(names, min_size=1, max_size=4)))
    categories = tuple(draw(st.lists(names, max_size=5)))
    number = st.none() | st.integers(0, 10**6)
    rows = tuple(tuple(draw(number) for _ in series) for _ in categories)
    kind = draw(st.sampled_from(ChartKind))
    return Chart(title=draw(names), kind=kind, unit="人", series=series, categories=categories, numbers=rows)


@given(charts())
def test_what_is_kept_is_read_back(chart: Chart) -> None:
    assert Chart.from_lines(chart.to_lines()) == chart


def test_nothing_reported_is_no_zero() -> None:
    chart = Chart(
        title="图", kind=ChartKind.BARS, unit="人", series=("甲",), categories=("一", "二"), numbers=((None,), (0,))
    )
    assert chart.to_lines()[2:] == ("一|未报", "二|0")
    assert chart.has_numbers
    assert not Chart.from_lines(chart.to_lines()[:3]).has_numbers


@pytest.mark.parametrize("lines", [(), ("bars|人|图",), ("pie|人|图", "|甲"), ("bars|人|图", "|甲", "一|1|2")])
def test_what_is_no_chart_is_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  whatever is wrong with it
        Chart.from_lines(lines)
