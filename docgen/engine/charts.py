"""Charts (图) of a report, drawn with the fonts of the papers.

Read without colour as well: colours are those of Okabe and Ito, told apart by people who see no red or green;
every series has its own hatching or its own marker and dashes; every number stands beside what it measures.
"""

from __future__ import annotations

import io
import threading
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Literal

from docgen.engine.press.errors import MissingGlyphError
from docgen.engine.press.fonts.book import FontBook
from docgen.engine.render.pictures import Picture
from forms.quarter.chart import Chart, ChartKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_FAMILY = "黑体"
_MM = 1 / 25.4
_INK = "#222222"
_GRID = "#D0D0D0"
_COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999")
"""M. Okabe, K. Ito: Color Universal Design (2008), the darker ones first."""

_HATCHES = ("", "////", "....", "xxxx", "\\\\\\\\", "++++", "oo", "---")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
_DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)), (0, (8, 2)))
_ROW_MM = 5.2
"""Height of a bar with the room around it."""

_MANY = 8
"""Categories from which on bars lie, so that their names are read without turning the head."""

_LOCK = threading.Lock()
"""matplotlib keeps fonts and settings for the whole process."""


def draw_chart(
    chart: Chart, fonts: FontBook, *, width_mm: float = 150.0, kind: Literal["png", "pdf"] = "png", dpi: int = 220
) -> bytes:
    """Draw a chart.

    Args:
        chart: What is shown.
        fonts: The book the papers are printed from.
        width_mm: Width; the height follows from what is shown (`height_mm`).
        kind: ``png`` for a paper, ``pdf`` for lines that can be enlarged.
        dpi: Dots an inch of a ``png``.

    Returns:
        The file; equal charts give equal bytes.

    Raises:
        MissingGlyphError: A character that no font has.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    families = _families(chart, fonts)
    settings: Any = {
        "font.family": list(families),
        "font.size": 9,
        "axes.unicode_minus": False,
        "hatch.linewidth": 0.6,
        "text.color": _INK,
        "axes.edgecolor": _INK,
        "axes.labelcolor": _INK,
        "xtick.color": _INK,
        "ytick.color": _INK,
        "pdf.fonttype": 3,
    }
    with _LOCK, mpl.rc_context(settings):
        figure = Figure(figsize=(width_mm * _MM, height_mm(chart) * _MM), layout="constrained")
        axes = figure.add_subplot()
        _DRAWERS[chart.kind](chart, axes)
        _frame(axes, lies=_lies(chart))
        _legend(chart, figure)
        out = io.BytesIO()
        told: dict[str, Any] = {"Software": None} if kind == "png" else {"CreationDate": None, "Producer": None}
        figure.savefig(out, format=kind, dpi=dpi, metadata=told)
    return out.getvalue()


@lru_cache(maxsize=32)
def chart_picture(lines: tuple[str, ...], width_mm: float = 150.0) -> Picture:
    """Draw a chart that stands in a report as lines, with the fonts that come with the installation.

    Raises:
        ValueError: The lines are no chart.
        MissingGlyphError: A character that no font has.
    """
    chart = Chart.from_lines(lines)
    return Picture.mm(draw_chart(chart, _book(), width_mm=width_mm), width=width_mm, height=height_mm(chart))


@cache
def _book() -> FontBook:
    return FontBook.default()


def height_mm(chart: Chart) -> float:
    """Return the height of a chart: bars that lie need room for each, others are as high as half a page's text."""
    if not _lies(chart):
        return 68.0
    bars = 1 if chart.kind is ChartKind.STACK else len(chart.series)
    return min(200.0, 22.0 + len(chart.categories) * (2.5 + _ROW_MM * max(1.0, 0.7 * bars)))


def _lies(chart: Chart) -> bool:
    if chart.kind is ChartKind.LINES:
        return False
    return len(chart.categories) >= _MANY or chart.kind is ChartKind.STACK


def _families(chart: Chart, fonts: FontBook) -> tuple[str, ...]:
    """Make the faces of the papers known to matplotlib; return their families, the first face first."""
    typeface = fonts.typeface(_FAMILY)
    texts = (chart.title, chart.unit, "未报", *chart.series, *chart.categories)
    missing = {char: text for text in texts for char in text if typeface.draw(char) is None}
    if missing:
        raise MissingGlyphError(chart.title, missing=missing)
    # of a collection matplotlib reads the first face only, so another one of it is left to the faces behind
    return tuple(_known(str(face.font.path)) for face in typeface.chain if face.font.index == 0)


@lru_cache(maxsize=16)
def _known(path: str) -> str:
    from matplotlib.font_manager import FontProperties, fontManager

    with _LOCK:
        fontManager.addfont(path)
        return FontProperties(fname=path).get_name()


def _stack(chart: Chart, axes: Axes) -> None:
    """Draw parts of a whole as one lying bar for each category, with the whole at its end."""
    places = range(len(chart.categories))
    starts = [0] * len(chart.categories)
    longest = max((sum(n or 0 for n in row) for row in chart.numbers), default=0) or 1
    for k, name in enumerate(chart.series):
        lengths = [row[k] or 0 for row in chart.numbers]
        axes.barh(places, lengths, left=starts, height=0.66, label=name, **_bar_look(k))
        for place, start, length in zip(places, starts, lengths, strict=True):
            if length / longest > 0.045:
                _inside(axes, start + length / 2, place, str(length))
        starts = [start + length for start, length in zip(starts, lengths, strict=True)]
    for place, row, end in zip(places, chart.numbers, starts, strict=True):
        text = "未报" if all(n is None for n in row) else str(end)
        axes.annotate(text, (end, place), (3, 0), textcoords="offset points", va="center", fontsize=8)
    axes.set_yticks(list(places), list(chart.categories))
    axes.set_xlim(0, longest * 1.09)
    axes.invert_yaxis()


def _bars(chart: Chart, axes: Axes) -> None:
    """Draw series beside each other; they lie where there are many categories."""
    lies, count = _lies(chart), len(chart.series)
    thick = 0.78 / count
    largest = max((n for row in chart.numbers for n in row if n is not None), default=0) or 1
    for k, name in enumerate(chart.series):
        places = [c + (k - (count - 1) / 2) * thick for c in range(len(chart.categories))]
        lengths = [row[k] or 0 for row in chart.numbers]
        draw = axes.barh if lies else axes.bar
        draw(places, lengths, thick * 0.92, label=name, **_bar_look(k))
        for place, row in zip(places, chart.numbers, strict=True):
            text, end = ("未报", 0) if row[k] is None else (str(row[k]), row[k] or 0)
            at, shift = ((end, place), (3, 0)) if lies else ((place, end), (0, 2))
            how: dict[str, Any] = {"va": "center"} if lies else {"ha": "center", "va": "bottom"}
            axes.annotate(text, at, shift, textcoords="offset points", fontsize=8, **how)
    ticks, names = list(range(len(chart.categories))), list(chart.categories)
    if lies:
        axes.set_yticks(ticks, names)
        axes.set_xlim(0, largest * 1.09)
        axes.invert_yaxis()
    else:
        axes.set_xticks(ticks, names)
        axes.set_ylim(0, largest * 1.14)


def _lines(chart: Chart, axes: Axes) -> None:
    """Draw series over time; a period without a number leaves a gap in the line."""
    places = list(range(len(chart.categories)))
    largest = max((n for row in chart.numbers for n in row if n is not None), default=0) or 1
    for k, name in enumerate(chart.series):
        values = [float("nan") if row[k] is None else float(row[k] or 0) for row in chart.numbers]
        look: dict[str, Any] = {"color": _COLORS[k % 8], "marker": _MARKERS[k % 8], "linestyle": _DASHES[k % 8]}
        axes.plot(places, values, label=name, linewidth=1.6, markersize=4.5, **look)
    for place, row in zip(places, chart.numbers, strict=True):
        _label_points(axes, place, [n for n in row if n is not None], largest)
    for place, row in zip(places, chart.numbers, strict=True):
        if all(n is None for n in row):
            axes.annotate("未报", (place, 0), (0, 3), textcoords="offset points", ha="center", fontsize=7.5)
    axes.set_xticks(places, list(chart.categories))
    axes.set_xlim(-0.4, len(places) - 0.6)
    axes.set_ylim(0, largest * 1.16)


def _label_points(axes: Axes, place: int, numbers: list[int], largest: int) -> None:
    """Write the numbers of one period: the highest above its point, one close below another beneath its own."""
    above: int | None = None
    for number in sorted(set(numbers), reverse=True):
        is_close = above is not None and (above - number) / largest < 0.09
        shift, how = ((0, -5), "top") if is_close else ((0, 4), "bottom")
        axes.annotate(
            str(number), (place, number), shift, textcoords="offset points", ha="center", va=how, fontsize=7.5
        )
        above = number


_DRAWERS = {ChartKind.STACK: _stack, ChartKind.BARS: _bars, ChartKind.LINES: _lines}


def _bar_look(k: int) -> dict[str, Any]:
    return {"color": _COLORS[k % 8], "hatch": _HATCHES[k % 8], "edgecolor": _INK, "linewidth": 0.6}


def _inside(axes: Axes, x: float, y: float, text: str) -> None:
    """Write a number on a bar so that hatching does not swallow it."""
    box = {"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none", "alpha": 0.9}
    axes.text(x, y, text, ha="center", va="center", fontsize=7.5, bbox=box)


def _frame(axes: Axes, *, lies: bool) -> None:
    from matplotlib.ticker import MaxNLocator

    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axis = axes.xaxis if lies else axes.yaxis
    axis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axis.grid(visible=True, color=_GRID, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.tick_params(length=2)


def _legend(chart: Chart, figure: Figure) -> None:
    """Put the unit above the chart, and what its series are where the title does not say it."""
    axes = figure.axes[0]
    axes.set_title(f"单位：{chart.unit}", loc="right", fontsize=8)
    if len(chart.series) > 1 or chart.kind is ChartKind.STACK:
        figure.legend(
            *axes.get_legend_handles_labels(),
            loc="outside upper left",
            ncols=_columns(chart.series),
            frameon=False,
            fontsize=8,
            handlelength=2.4,
            columnspacing=1.2,
        )


def _columns(series: Sequence[str]) -> int:
    """Return how many names stand beside each other: lines of nearly equal length, fifty-two characters at most."""
    longest = max(len(name) for name in series) + 4.5
    lines = -(-len(series) // max(1, int(52 // longest)))
    return -(-len(series) // lines)
