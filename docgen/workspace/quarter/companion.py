"""数据来源名单: who stands behind each figure of a table, printed beside it.

Source: forms.md §8 R-17, §13. What must stay true: under each figure stand as many lines as the figure says; names
are printed only where the office itself keeps the roster, and every such list is in the audit chain.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from docgen.engine.listing import Column, ListingStyle, lay_listing
from docgen.engine.press import PrintJob
from docgen.engine.source.summary import printed_parts
from docgen.workspace.office.outgoing import write_file
from forms.law.time import print_date
from forms.quarter.columns import columns

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from docgen.workspace.office.opened import Office
    from docgen.workspace.quarter.desk import QuarterDesk
    from forms.quarter.table import PeriodTable

HEADS = (
    Column(heading=("栏号",), width_mm=17),
    Column(heading=("指标",), align="left", width_mm=62),
    Column(heading=("第几项",), width_mm=14),
    Column(heading=("姓名",)),
    Column(heading=("单位",)),
    Column(heading=("依据的文书",), align="left"),
    Column(heading=("日期",), width_mm=32),
    Column(heading=("情形",), align="left"),
)
RECIPIENTS: Mapping[str, tuple[str, str]] = {
    "office": ("本单位", "ABCDEFGH"),
    "civil_affairs": ("民政部门", "ABCDEFGH"),
    "education": ("教育部门", "D"),
    "police": ("公安机关", "CE"),
}
"""Who may be given the list, and the blocks whose people it may see: those it receives by name or verifies (§8)."""
HIDDEN = "（略）"


def companion_rows(
    office: Office, quarter: QuarterDesk, table: PeriodTable, recipient: str = "office"
) -> list[tuple[str, ...]]:
    """Return a line for each person or event behind each figure that is not 0, column by column; one act in the chain.

    Args:
        office: The open office.
        quarter: Knows who stands behind a figure.
        table: Counted here from a frozen roster.
        recipient: One of `RECIPIENTS`; people and papers of blocks that are not its business are left out.
    """
    _, visible = RECIPIENTS[recipient]
    titles = {p.column.id: "：".join(p.path[1:]) for _, part in printed_parts(office.profile.quarter) for p in part}
    figures = table.total.figures
    counted = [n for n in columns() if n in figures and isinstance(figures[n].reported, int) and figures[n].reported]
    behind = quarter.behind_all(table.period, counted, version=table.version, recipient=recipient)
    rows: list[tuple[str, ...]] = []
    for name, found in behind.items():
        column = columns()[name]
        shows = column.block in visible
        rows += [
            (
                name,
                titles.get(name, column.title),
                f"{number}/{len(found)}",
                (one.person or "—") if shows else HIDDEN,
                one.unit,
                (one.paper or "名册") if shows else HIDDEN,
                print_date(one.on) if one.on else "—",
                one.label or "—",
            )
            for number, one in enumerate(found, start=1)
        ]
    return rows


def companion_sheet(
    office: Office, quarter: QuarterDesk, table: PeriodTable, folder: Path, *, recipient: str = "office"
) -> Path:
    """Write the list as a PDF of its own into `folder`."""
    press = office.press
    label = f"供{RECIPIENTS[recipient][0]}核对，含个人信息，不得转送"
    laid = lay_listing(
        press.fonts,
        HEADS,
        companion_rows(office, quarter, table, recipient),
        name="数据来源名单",
        title=f"{table.unit_name}{table.period.label}汇总表数据来源名单",
        notes=(f"第{table.version}版，{print_date(table.made_on)}。{label}。",),
        style=ListingStyle(size=9.5, floor=7.0, top_mm=22.0, bottom_mm=22.0),
    )
    out = io.BytesIO()
    press.write([PrintJob(paper=laid, copy_label=label)], out, title="数据来源名单")
    name = f"来源名单-{table.period.code}-v{table.version}-{recipient}.pdf"
    return write_file(folder / name, out.getvalue())
