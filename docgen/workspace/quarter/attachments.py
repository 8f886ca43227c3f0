"""What goes to the upper level beside the figures: the signed scan, the printed table, a workbook that recomputes it.

Source: forms.md §8.9, C1. The printed table is an ordinary paper of the catalogue; its signed scan is the one that
intake has filed, or the file that was given when the signing was entered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.store import paper_object, table_object
from docgen.engine.table_book import write_table
from docgen.workspace.office.objects import issued_path
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from archive.registry import Tx
    from archive.registry.paper_states import PaperRecord
    from archive.registry.tables import TableRecord
    from docgen.workspace.office.opened import Office
    from forms.quarter.table import PeriodTable

FORM = "C1"
SIGNED = "signed-"


def attachments(office: Office, record: TableRecord, table: PeriodTable) -> dict[str, bytes]:
    """Return path in the package → content."""
    held = table_object(record.uid)
    found = {
        f"signed/{path}": office.store.read(held, path) for path in office.store.paths(held) if path.startswith(SIGNED)
    }
    with office.registry.read() as tx:
        paper = _printed(tx, record)
    if paper is not None:
        found["printed/C1.pdf"] = office.store.read(paper_object(paper.uid), issued_path(paper.version, "pdf"))
    title, unit = office.title_of(FORM), office.settings.unit_name
    found["printed/C1.xlsx"] = write_table(table, office.profile.quarter, title=title, unit=unit)
    return found


def signed_scan(office: Office, record: TableRecord) -> bytes:
    """Return the scan of the signed C1 of a table as intake has filed it; empty when there is none."""
    with office.registry.read() as tx:
        paper = _printed(tx, record)
    if paper is None or not paper.signed_version:
        return b""
    held = paper_object(paper.uid)
    prefix = f"{SIGNED}v{paper.signed_version}-"
    paths = [p for p in office.store.paths(held) if p.startswith(prefix) and p.endswith(".pdf")]
    return office.store.read(held, paths[-1]) if paths else b""


def _printed(tx: Tx, record: TableRecord) -> PaperRecord | None:
    """Return the paper that prints this version of a table; the newest of several."""
    period = record.period
    wanted = {"period_from": period.from_on, "period_to": period.to_on, "table_version": record.version}
    for paper in reversed(tx.papers.in_village(record.unit_uid, FORM)):
        if not paper.version or paper.status in {PaperStatus.VOID, PaperStatus.REPLACED}:
            continue
        values = tx.papers.version(paper.uid, paper.version).values
        if all(values.get(name) == value for name, value in wanted.items()):
            return paper
    return None
