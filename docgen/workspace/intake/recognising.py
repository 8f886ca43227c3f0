"""文字识别, at leisure: what stands on the pages of the desk and on enclosures is read, kept and indexed.

Can be broken off at any time: pages that were read are passed over the next time. Never a part of filing.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from archive.intake.ocr import ENGINE, read_texts
from archive.intake.pictures import PageImage, draw_pages
from archive.intake.stack import StrangerReason
from archive.store import scan_object
from docgen.workspace.finding.indexing import OLD_TEXT
from docgen.workspace.intake.page_texts import encode_lines, page_text, read_pages, text_file
from docgen.workspace.intake.reports import RecognisedReport
from docgen.workspace.intake.rereading import Rereader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from docgen.workspace.finding.desk import SearchDesk
    from docgen.workspace.office.opened import Office

BATCH = 10
"""Pages read by one child process before what was read is put into the store."""

_LONG_SIDE = 2339
"""Pixels: A4 at 200 dpi."""

_READABLE = {reason.value for reason in StrangerReason} - {StrangerReason.UNREADABLE.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    sha256: str
    index: int


class TextDesk:
    """Reads what is not ours."""

    def __init__(self, office: Office, *, finding: SearchDesk) -> None:
        self._office = office
        self._finding = finding
        self._rereader = Rereader(office)

    def waiting(self) -> int:
        """Return how many pages have not been read."""
        return len(self._pages())

    def read(self, *, most: int = 0, progress: Callable[[int, int], None] | None = None) -> RecognisedReport:
        """Read pages that nobody has read.

        Args:
            most: At most so many pages; 0: all.
            progress: Called with pages done and pages in all.

        Raises:
            OcrMissingError: the engine is not installed.
        """
        pages = self._pages()
        pages = pages[:most] if most else pages
        done = texts = 0
        for batch in (pages[k : k + BATCH] for k in range(0, len(pages), BATCH)):
            if progress:
                progress(done, len(pages))
            texts += self._read(batch)
            done += len(batch)
        enclosures = self._enclosures()
        self._finding.catch_up()
        return RecognisedReport(pages=done, with_text=texts, enclosures=enclosures, left=self.waiting())

    def _pages(self) -> list[_Page]:
        """Return the pages to be read: those on the desk first, then those of enclosures."""
        with self._office.registry.read() as tx:
            wanted = [
                _Page(sha256=row.sha256, index=row.page_index)
                for row in tx.scans.desk()
                if row.code in _READABLE and row.page_index is not None
            ]
            unread = tx.desk.enclosures_unread()
            wanted += [_Page(sha256=sha, index=p.page_index) for _, sha in unread for p in tx.scans.pages(sha)]
        known = {sha: read_pages(self._office.store, sha) for sha in {page.sha256 for page in wanted}}
        return [page for page in wanted if page.index not in known[page.sha256]]

    def _read(self, batch: Sequence[_Page]) -> int:
        """Read a batch and keep it; return how many pages have text."""
        found: dict[str, dict[str, bytes | Path]] = {}
        with_text = 0
        with tempfile.TemporaryDirectory(prefix="resume-", dir=self._office.folder / "work") as name:
            drawn = list(self._draw(batch, Path(name)))
            for (page, _), read in zip(drawn, read_texts([path for _, path in drawn]), strict=True):
                found.setdefault(page.sha256, {})[text_file(page.index)] = encode_lines(
                    read.lines, engine=ENGINE, turns=read.turns
                )
                with_text += bool(read.lines)
        for page in batch:  # a picture that cannot be drawn has no text, and is not tried again
            found.setdefault(page.sha256, {}).setdefault(text_file(page.index), encode_lines((), engine=ENGINE))
        for sha256, files in found.items():
            self._office.store.put(
                scan_object(sha256), files, message="识别文字", user=self._office.actor.name, at=self._office.now
            )  # fmt: skip
        return with_text

    def _draw(self, batch: Sequence[_Page], spool: Path) -> Iterator[tuple[_Page, Path]]:
        """Draw each page as a picture of our own making; what cannot be drawn is left out."""
        taken = [p for p in self._rereader.again([(p.sha256, p.index) for p in batch], spool) if p.picture is not None]
        images = [
            PageImage(
                source=page.picture,
                target=spool / f"page-{page.read.scan[:16]}-{page.read.index:05}.jpg",
                turns=page.read.turns,
                long_side=_LONG_SIDE,
            )
            for page in taken
            if page.picture is not None
        ]
        for page, image, is_drawn in zip(taken, images, draw_pages(images), strict=True):
            if is_drawn:
                yield _Page(sha256=page.read.scan, index=page.read.index), image.target

    def _enclosures(self) -> int:
        """Give enclosures whose pages are all read their text, for the search."""
        count = 0
        with self._office.registry.read() as tx:
            unread = tx.desk.enclosures_unread()
            pages = {sha: len(tx.scans.pages(sha)) for _, sha in unread}
        for uid, sha256 in unread:
            done = read_pages(self._office.store, sha256)
            if len(done) < pages[sha256]:
                continue
            whole = "\f".join(page_text(self._office.store, sha256, index)[0] for index in sorted(done))
            self._office.store.put(
                scan_object(sha256),
                {OLD_TEXT: whole.encode()},
                message="识别文字",
                user=self._office.actor.name,
                at=self._office.now,
            )
            with self._office.registry.begin() as tx:
                tx.desk.enclosure_is_read(uid)
            count += 1
        return count
