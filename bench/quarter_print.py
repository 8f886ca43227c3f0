"""What printing a period costs: the county's table on paper and as a workbook, its charts, a list of 10,000 rows.

``python -m bench.quarter_print --json``: CPU seconds, the best of three, without reading fonts for the first time.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from datetime import date
from typing import TYPE_CHECKING

from docgen.engine.charts import draw_chart
from docgen.engine.context import DocumentHead, build_context
from docgen.engine.listing import Column, lay_listing
from docgen.engine.press import FontBook, Press, PrintJob
from docgen.engine.render import compile_template
from docgen.engine.table_book import write_table
from docgen.engine.template import find_template
from forms.cases.facts import Facts
from forms.catalogue.library import FormLibrary
from forms.computed.summary_charts import charts_of
from forms.filling.fill import fill
from forms.people import Staff, Unit
from forms.profiles.region import RegionProfile
from forms.profiles.wording import LAW_2020
from forms.quarter.columns import columns
from forms.quarter.period import Period
from forms.quarter.table import Figure, PeriodTable, UnitRow
from forms.values.enums import UnitKind

if TYPE_CHECKING:
    from collections.abc import Callable

TOWNS = 12
ROWS = 10_000
DAY = date(2026, 10, 25)
LIST = (
    Column(heading=("序号",), width_mm=12),
    Column(heading=("儿童", "姓名")),
    Column(heading=("儿童", "住址"), align="left"),
    Column(heading=("走访次数",), has_total=True),
)


def county() -> PeriodTable:
    """Return a table of twelve towns."""
    rows = tuple(
        UnitRow(
            unit_uid=f"t{n}",
            unit_name=f"第{n}镇",
            level=UnitKind.TOWN,
            figures={c: Figure(column=c, reported=(n * 7 + k) % 60) for k, c in enumerate(columns())},
        )
        for n in range(1, TOWNS + 1)
    )
    sums = {c: sum(row.figures[c].reported for row in rows) for c in columns()}  # type: ignore[misc]
    total = {c: Figure(column=c, reported=value) for c, value in sums.items()}
    return PeriodTable(
        unit_uid="c",
        unit_name="龙里县",
        level=UnitKind.COUNTY,
        period=Period.parse("2026Q3"),
        version=1,
        roster_version="",
        made_on=DAY,
        rows=rows,
        total=UnitRow(unit_uid="c", unit_name="合计", level=UnitKind.COUNTY, figures=total),
    )


def on_paper(table: PeriodTable, press: Press) -> int:
    """Fill in C1, render, lay out and write it; return its pages."""
    office = Unit(kind=UnitKind.COUNTY, name="龙里县民政局", short="龙里县民政局")
    facts = Facts(
        village=office,
        town=office,
        office=office,
        period_table=table,
        filler=Staff(name="吴秋"),
        reviewer=Staff(name="罗文静"),
        head=Staff(name="陈立群"),
    )
    profile = RegionProfile.load("longli")
    spec = FormLibrary.load(profile=profile).get("C1")
    filled = fill(spec, facts, {}, today=DAY, profile=profile)
    head = DocumentHead(title=spec.title, number="", made_on=DAY, copies=2)
    context = build_context(spec, filled.values, facts, wording=LAW_2020, profile=profile, document=head)
    docx = compile_template(find_template("C1", LAW_2020.key).data, name="C1").render(context)
    return press.write([PrintJob(paper=press.lay_out(docx, name="C1"))], io.BytesIO())


def measure() -> dict[str, float | int]:
    """Return the figures by name."""
    press = Press(FontBook.default())
    table = county()
    charts = charts_of(table)
    pages = on_paper(table, press)
    draw_chart(charts[0], press.fonts)
    rows = [(n, f"罗小{n % 7}", f"平山村{n % 9}组{n}号", n % 5) for n in range(ROWS)]

    def listing() -> None:
        press.write([PrintJob(paper=lay_listing(press.fonts, LIST, rows, name="名单"))], io.BytesIO())

    return {
        "c1_pages": pages,
        "c1_s": _cost(lambda: on_paper(table, press)),
        "workbook_s": _cost(lambda: write_table(table, title="汇总表", unit="龙里县民政局")),
        "charts": len(charts),
        "charts_s": _cost(lambda: [draw_chart(chart, press.fonts) for chart in charts]),
        "listing_10k_s": _cost(listing),
    }


def _cost(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(3):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return round(best, 2)


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.quarter_print")
    parser.add_argument("--json", action="store_true", help="一个 JSON")
    options = parser.parse_args()
    figures = measure()
    text = json.dumps(figures) if options.json else "\n".join(f"{name}  {value}" for name, value in figures.items())
    sys.stdout.write(f"{text}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
