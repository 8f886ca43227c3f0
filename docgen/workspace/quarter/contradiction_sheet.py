"""The contradictions before a freeze on paper: one list for each village, to work through with a pen."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from docgen.engine.archive_sheets import lay_out_sheet
from docgen.engine.press import PrintJob
from docgen.workspace.office.outgoing import write_sheets
from forms.law.time import print_date

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from docgen.workspace.office.opened import Office
    from docgen.workspace.quarter.contradictions import Contradiction
    from forms.quarter.period import Period


def print_contradictions(office: Office, period: Period, found: Sequence[Contradiction]) -> Path | None:
    """Write the lists into `out/` as one PDF, each village beginning on a front side.

    Args:
        office: The open office.
        period: The period to be frozen.
        found: As `QuarterDesk.contradictions` gives them, sorted by village.

    Returns:
        The PDF; ``None`` when there is nothing to mend.
    """
    jobs = [
        PrintJob(paper=lay_out_sheet(office.press, "contradictions", _sheet(office, period, village, list(rows))))
        for village, rows in groupby(found, key=lambda c: c.village)
    ]
    if not jobs:
        return None
    return write_sheets(office, jobs, "矛盾清单", title="冻结名册前的矛盾清单")


def _sheet(office: Office, period: Period, village: str, rows: Sequence[Contradiction]) -> dict[str, object]:
    return {
        "village": village or "全镇",
        "period": period.label,
        "today": print_date(office.today),
        "count": len(rows),
        "blocking": sum(c.blocking for c in rows),
        "unit_name": office.settings.unit_name,
        "rows": [
            {
                "no": str(number),
                "kind": "必须更正" if c.blocking else "请核实",
                "message": f"{c.message}（{c.basis}）" if c.basis else c.message,
                "mend": c.mend,
            }
            for number, c in enumerate(rows, start=1)
        ],
    }
