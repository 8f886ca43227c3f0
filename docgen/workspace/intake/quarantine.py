"""隔离: a file that killed its reader is kept as it came, under a name that nothing opens, and shown.

It leaves the inbox, so that the next filing does not die of it again; the registry knows its digest,
so that the same bytes are not looked at a second time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.store import scan_object
from docgen.workspace.intake.desk_items import put_quarantined, shown
from docgen.workspace.intake.reports import FiledScan
from docgen.workspace.intake.rereading import QUARANTINE

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.workspace.office.opened import Office
    from forms.errors import UnreadableScanError


def quarantine(office: Office, path: Path, sha256: str, error: UnreadableScanError) -> FiledScan:
    """Keep a file that must not be opened again.

    Args:
        office: The open office.
        path: The file; left where it is.
        sha256: Its digest.
        error: What its reader died of.
    """
    by = office.actor.name
    office.store.put(
        scan_object(sha256), {f"{QUARANTINE}bin": path}, message="隔离保存", user=by, at=office.now
    )  # fmt: skip
    with office.registry.begin() as tx:
        if tx.scans.receive(sha256, name=path.name, size=path.stat().st_size, page_count=0, by=by):
            tx.audit.append("scan.quarantine", actor=by, subject=sha256, reason=error.code)
        item = put_quarantined(tx, sha256)
        return FiledScan(
            name=path.name,
            desk=(shown(tx, item),),
            error=str(error),
            error_code=error.code,
            exit_code=error.exit_code,
        )
