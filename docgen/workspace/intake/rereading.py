"""Pages of stored scans read once more: those that wait for others of their paper, those on the desk.

What a person said of a page counts more than what the reader finds on it: `Rereader.again` puts the
named page in the place of the read one (`archive.intake.marks.BY_HAND`), and the evidence says so.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from archive.disk import translated
from archive.intake.marks import BY_HAND, FoundMark
from archive.intake.taking import take_scan
from archive.store import scan_object
from forms.marks import PageMark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archive.intake.marks import PageRead
    from archive.intake.taking import SpooledPage
    from archive.store import Store
    from docgen.workspace.office.opened import Office

_NOWHERE = ((0.0, 0.0), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0))
"""Corners of a code that nobody read."""

ORIGINAL, QUARANTINE = "original.", "quarantine."
"""How the bytes as received begin in a scan's object; those of suspicious files stand under the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """A page that was read, with its picture."""

    read: PageRead
    picture: SpooledPage | None


@contextmanager
def spool(office: Office, prefix: str) -> Iterator[Path]:
    """Give an empty folder for pages being read, gone afterwards.

    Raises:
        DiskFullError: the disk is full.
        UnwritableFolderError: the office's folder cannot be written, or is not there any more.
    """
    work = office.folder / "work"
    with translated(work):
        folder = tempfile.TemporaryDirectory(prefix=prefix, dir=work, ignore_cleanup_errors=True)
    with folder as name:
        yield Path(name)


def copy_original(store: Store, sha256: str, folder: Path) -> Path:
    """Copy a scan as received out of the store, piece by piece; return the copy."""
    object_id = scan_object(sha256)
    inner = next(p for p in store.paths(object_id) if p.startswith((ORIGINAL, QUARANTINE)))
    copy = folder / f"{sha256[:16]}.{inner.partition('.')[2]}"
    with copy.open("wb") as file:
        file.writelines(store.chunks(object_id, inner))
    return copy


class Rereader:
    """Reads stored pages again."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def out(self) -> tuple[tuple[str, int], ...]:
        """Return the marks of what is out and may come back."""
        with self._office.registry.read() as tx:
            return tx.papers.marks_out()

    def again(self, wanted: Iterable[tuple[str, int]], spool: Path) -> list[ReadPage]:
        """Read pages of stored scans once more.

        Args:
            wanted: File and place in it, from 0.
            spool: An existing folder for the pictures; the caller removes it.
        """
        by_scan: dict[str, set[int]] = {}
        for scan, index in wanted:
            by_scan.setdefault(scan, set()).add(index)
        if not by_scan:
            return []
        with self._office.registry.read() as tx:
            named = tx.desk.named_pages()
            papers = {mark_id: tx.papers.by_mark(mark_id) for mark_id, _ in named.values()}
        pages = {mark_id: paper[1].pages for mark_id, paper in papers.items() if paper}
        found: list[ReadPage] = []
        for scan, indexes in by_scan.items():
            copy = copy_original(self._office.store, scan, spool)
            taken = take_scan(copy, self._office.secret, spool, issued=self.out(), only=indexes)
            for page in taken.pages:
                said = named.get((scan, page.read.index))
                read = page.read if said is None else _named(page.read, *said, pages=pages[said[0]])
                found.append(ReadPage(read=read, picture=page.spooled))
        return found


def _named(read: PageRead, mark_id: str, page: int, *, pages: int) -> PageRead:
    """Return a read that says what a person said."""
    mark = PageMark(mark_id=mark_id, page=page, pages=pages)
    found = FoundMark(mark=mark, corners=_NOWHERE, decoder=BY_HAND)
    return replace(read, marks=(found,), alien_codes=0, is_contradicted=False, is_blank=False)
