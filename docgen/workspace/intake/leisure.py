"""What a watch does while nothing comes: signed scans are compared, and foreign pages read if wished.

A little at a time, so that the next scan does not wait; never a reason for the watch to stop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.workspace.intake.comparing import compare_scan, not_compared
from docgen.workspace.intake.watching import Event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.workspace.intake.comparing import SignedScan
    from docgen.workspace.intake.recognising import TextDesk
    from docgen.workspace.office.opened import Office

PAGES = 2
"""Foreign pages read at a time; 5 s each on an idle core."""


class Leisure:
    """One watch's leisure."""

    def __init__(self, office: Office, *, reading: TextDesk | None = None) -> None:
        """Prepare.

        Args:
            office: The open office.
            reading: Reads what is printed on the pages of the desk, too.
        """
        self._office = office
        self._reading = reading
        self._tried: set[SignedScan] = set()
        """Scans that cannot be compared are not tried again by this watch."""

    def spend(self) -> Iterator[Event]:
        """Compare one signed scan; when all are compared, read a few pages."""
        scan = next((scan for scan in not_compared(self._office) if scan not in self._tried), None)
        if scan is not None:
            self._tried.add(scan)
            yield from self._compare(scan)
        elif self._reading is not None:
            self._reading.read(most=PAGES)

    def _compare(self, scan: SignedScan) -> Iterator[Event]:
        try:
            found = compare_scan(self._office, scan)
        except Exception as error:  # noqa: BLE001  a scan that cannot be compared must not stop the watch
            reason = f"（{type(error).__name__}）"
            yield Event(sentence=f"文书 {scan.uid} 的签字件没能与签发时比对{reason}，请人工核对。", is_trouble=True)
            return
        if found.differences:
            yield Event(sentence=f"{found.summary}放在待办桌面（docgen intake desk）。", is_trouble=True)
