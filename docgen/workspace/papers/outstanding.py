"""未收回的文书: what was printed and has not come back, and the reminder list (催收单) for each village.

The list goes to the village on paper, so it holds what is needed to find the household and nothing else:
no identity number, no telephone.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from docgen.engine.archive_sheets import lay_out_sheet
from docgen.engine.press import PrintJob
from docgen.workspace.office.outgoing import write_sheets
from docgen.workspace.papers.reports import PaperRow
from forms.errors import NotFoundError
from forms.law.time import print_date
from forms.spec import Subject

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archive.registry import Tx
    from archive.registry.paper_states import PaperRecord, VersionRecord
    from docgen.workspace.office.opened import Office

_OF_ONE_PERSON = frozenset({Subject.CHILD, Subject.PERSON})

_VILLAGE_KNOWS = frozenset({"A8"})
"""Restricted papers that the village's own children's officer writes; only the title is on the list."""


def paper_row(office: Office, tx: Tx, paper: PaperRecord, version: VersionRecord) -> PaperRow:
    """Return a paper as lists show it."""
    about = tx.people.person(paper.child_uid or paper.carer_uid) if paper.child_uid or paper.carer_uid else None
    name = str(about.name) if about else "—"
    village = tx.units.get(paper.village_uid) if paper.village_uid else None
    return PaperRow(
        uid=paper.uid,
        number=str(paper.document_number or ""),
        form_code=paper.form_code,
        title=office.title_of(paper.form_code),
        subject=name,
        village=(village.short or village.name) if village else "",
        made_on=version.made_on.isoformat(),
        version=str(version.version),
        prints=str(version.prints),
        status=version.status.value,
        days=str((office.today - version.made_on).days),
    )


def outstanding(office: Office, *, village: str | None = None, days: int = 0) -> tuple[PaperRow, ...]:
    """Return what was printed and has not come back; see `PaperDesk.outstanding`."""
    with office.registry.read() as tx:
        uid = tx.units.by_name(village).uid if village else None
        found = [row for row in tx.papers.outstanding(office.today, village_uid=uid) if not days or row.days >= days]
        rows = [paper_row(office, tx, row.paper, row.version) for row in found]
    return tuple(sorted(rows, key=lambda row: (row.village, -int(row.days), row.form_code, row.number, row.uid)))


def print_reminders(office: Office, rows: Sequence[PaperRow]) -> tuple[Path | None, int]:
    """Write the reminder lists into `out/`, one for each village, each on sheets of its own.

    Only papers about one person whom the village can call on are told. Rosters and papers of the office are its own
    business, papers of cases and others that not everybody may know of must not go from hand to hand.

    Args:
        office: The open office.
        rows: As `outstanding` gives them.

    Returns:
        The PDF, ``None`` when nothing may be on it; and how many papers were left out.
    """
    told = [row for row in rows if _may_be_told(office, row.form_code)]
    left_out = len(rows) - len(told)
    if not told:
        return None, left_out
    jobs = [
        PrintJob(paper=lay_out_sheet(office.press, "reminder", _list(office, village, list(of_village))))
        for village, of_village in groupby(told, key=lambda row: row.village)
    ]
    return write_sheets(office, jobs, "催收单", title="签字件催收单"), left_out


def _may_be_told(office: Office, form_code: str) -> bool:
    try:
        spec = office.library.get(form_code)
    except NotFoundError:  # a form the office has since removed: nobody can say what it tells
        return False
    return spec.subject in _OF_ONE_PERSON and (not spec.restricted or spec.code in _VILLAGE_KNOWS)


def _list(office: Office, village: str, rows: Sequence[PaperRow]) -> dict[str, object]:
    return {
        "village": village or office.settings.unit_name,
        "today": print_date(office.today),
        "count": len(rows),
        "longest": max(int(row.days) for row in rows),
        "unit_name": office.settings.unit_name,
        "rows": [
            {
                "no": str(number),
                "title": row.title,
                "number": row.number or row.uid,
                "subject": row.subject,
                "day": row.made_on.replace("-", "."),
                "days": row.days,
            }
            for number, row in enumerate(rows, start=1)
        ],
    }
