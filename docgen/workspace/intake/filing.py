"""收件归档: signed scans come back, each complete paper goes to the archive, the rest to the desk.

Order for every file (product.md, invariant 2): the bytes as received go to the store and are read
back by digest; then papers, one by one, store before registry; a file leaves `inbox/` last, when
every page of it is recorded. Doing the same file again finds what was done and goes on.
"""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING

from archive.intake.limits import ScanTooHeavyError
from archive.intake.stack import AssembledPaper, IssuedPaper, PaperState, StrangerReason, sort_stack
from archive.intake.taking import TakenScan, take_scan
from archive.registry.scans import DeskItemNotFoundError, PageState
from archive.store import scan_object
from docgen.workspace.intake import desk_items as desk_words
from docgen.workspace.intake.archiving import Archiver, Decision, page_row
from docgen.workspace.intake.quarantine import quarantine
from docgen.workspace.intake.reports import DeskItem, FiledScan, FilingReport
from docgen.workspace.intake.rereading import ORIGINAL, QUARANTINE, ReadPage, Rereader, copy_original, spool
from forms.errors import AppError, RefusedError, UnreadableScanError
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from archive.intake.stack import Stranger
    from archive.registry import Tx
    from docgen.workspace.finding.desk import SearchDesk
    from docgen.workspace.intake.archiving import Archived
    from docgen.workspace.intake.reports import FiledPaper
    from docgen.workspace.office.opened import Office

DONE = (PaperStatus.SIGNED, PaperStatus.ARCHIVED)


class StoreMismatchError(AppError):
    """What was read back from the store is not what was written."""

    code = "store.mismatch"
    exit_code = 7

    def __init__(self, name: str) -> None:
        super().__init__(f"“{name}”存入档案后校验不一致，可能是磁盘故障。原文件没有动，请换一块磁盘后再试。")


class NotAcceptableError(RefusedError):
    """A desk item that cannot be settled by vouching for signatures."""

    code = "desk.not-acceptable"

    def __init__(self, item: int, *, is_unsigned: bool) -> None:
        why = "要写明由谁确认和理由" if is_unsigned else "不是签名的问题，不能这样确认"
        super().__init__(f"待办第 {item} 项{why}。请看清原因后再办。")


class FilingDesk:
    """Takes scans in."""

    def __init__(self, office: Office, *, finding: SearchDesk) -> None:
        self._office = office
        self._finding = finding
        self._archiver = Archiver(office)
        self._rereader = Rereader(office)

    def file_inbox(
        self, *, signed_on: date | None = None, progress: Callable[[int, int], None] | None = None
    ) -> FilingReport:
        """File everything in `inbox/`; each file leaves it only when all of it is recorded."""
        inbox = self._office.folder / "inbox"
        paths = sorted(p for p in inbox.rglob("*") if p.is_file() and not p.name.startswith((".", "~")))
        return self._file(paths, signed_on=signed_on, progress=progress, is_inbox=True)

    def file(
        self,
        paths: Sequence[Path],
        *,
        signed_on: date | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> FilingReport:
        """File scans from anywhere; the files themselves stay where they are.

        Args:
            paths: PDF, JPEG, PNG or TIFF files.
            signed_on: Day of the last signature, as read from the paper; ``None``: not entered yet.
            progress: Called with files done and files in all.
        """
        return self._file(list(paths), signed_on=signed_on, progress=progress, is_inbox=False)

    def desk(self) -> tuple[DeskItem, ...]:
        """Return what waits for a person, oldest first."""
        with self._office.registry.read() as tx:
            return tuple(desk_words.shown(tx, item) for item in tx.scans.desk())

    def accept(self, item: int, *, by: str, reason: str, signed_on: date | None = None) -> FilingReport:
        """File a paper whose signatures a person has looked at and vouches for.

        Args:
            item: Number of the desk item.
            by: Who decides, by name.
            reason: Why the paper counts as signed.
            signed_on: Day of the last signature.

        Raises:
            DeskItemNotFoundError: no such item.
            NotAcceptableError: the item is not about signatures, or name or reason is missing.
        """
        with self._office.registry.read() as tx:
            found = next((row for row in tx.scans.desk() if row.id == item), None)
            if found is None:
                raise DeskItemNotFoundError(item)
            if found.code != desk_words.UNSIGNED or not by.strip() or not reason.strip():
                raise NotAcceptableError(item, is_unsigned=found.code == desk_words.UNSIGNED)
            of_file = tx.scans.pages(found.sha256)
            mark_id = next(p.mark_id for p in of_file if p.page_index == found.page_index)
            wanted = {(p.sha256, p.page_index) for p in tx.scans.pages_of_mark(mark_id, PageState.DESK)}
            titles = self._titles(tx)
            with spool(self._office, "accept-") as folder:
                pages = self._rereader.again(wanted, folder)
                stack = sort_stack([p.read for p in pages], lambda m: _issued(tx, m, titles))
                pictures = {(p.read.scan, p.read.index): p.picture for p in pages}
                decision = Decision(by=by.strip(), reason=reason.strip())
                filed = [
                    paper
                    for assembled in stack.papers
                    for paper in self._archiver.archive(
                        assembled, pictures, signed_on=signed_on, decision=decision
                    ).filed
                ]
        with self._office.registry.begin() as tx:
            for assembled in stack.papers:
                desk_words.resolve_unsigned(tx, assembled, resolution=f"由{by.strip()}确认")
        desk_words.tidy(self._office)
        self._finding.catch_up()
        return FilingReport(scans=(FiledScan(name=f"待办第 {item} 项", pages=len(pages), filed=tuple(filed)),))

    def resettle(
        self, mark_id: str, *, signed_on: date | None = None, decision: Decision | None = None
    ) -> tuple[tuple[FiledPaper, ...], tuple[DeskItem, ...]]:
        """Put the waiting pages of a paper version together again, after a person moved one.

        Args:
            mark_id: The version.
            signed_on: Day of the last signature.
            decision: A person's word that the paper is signed.

        Returns:
            What was filed, and what lies on the desk about it now.
        """
        with spool(self._office, "resume-") as folder:
            with self._office.registry.read() as tx:
                titles = self._titles(tx)
                wanted = {(p.sha256, p.page_index) for p in tx.scans.waiting(mark_id)}
                pages = self._rereader.again(wanted, folder)
                stack = sort_stack([p.read for p in pages], lambda m: _issued(tx, m, titles))
            papers = [paper for paper in stack.papers if paper.mark_id == mark_id]
            pictures = {(p.read.scan, p.read.index): p.picture for p in pages}
            archived = {
                paper.mark_id: self._archiver.archive(paper, pictures, signed_on=signed_on, decision=decision)
                for paper in papers
                if paper.is_complete
            }
            with self._office.registry.begin() as tx:
                desk = [item for paper in papers for item in self._settle(tx, paper, archived.get(paper.mark_id))]
        return tuple(paper for outcome in archived.values() for paper in outcome.filed), tuple(desk)

    def _file(
        self,
        paths: list[Path],
        *,
        signed_on: date | None,
        progress: Callable[[int, int], None] | None,
        is_inbox: bool,
    ) -> FilingReport:
        results = self._resume(paths, signed_on)
        results += self._resume_decided()
        for done, path in enumerate(paths):
            if progress:
                progress(done, len(paths))
            before = _digest(path)
            try:
                results.append(self._file_one(path, signed_on))
            except UnreadableScanError as error:
                # one bad file never stops the others; it stays where it is, unless it is one that kills its reader
                if isinstance(error, ScanTooHeavyError) and before:
                    results.append(quarantine(self._office, path, before, error))
                else:
                    results.append(
                        FiledScan(name=path.name, error=str(error), error_code=error.code, exit_code=error.exit_code)
                    )
                    continue
            if is_inbox and _digest(path) == before:  # else the copier was still at it; the next filing takes it
                with contextlib.suppress(PermissionError):  # another program holds it: known by then, and removed
                    path.unlink()
        desk_words.tidy(self._office)
        self._finding.catch_up()
        return FilingReport(scans=tuple(results))

    def _resume(self, paths: list[Path], signed_on: date | None) -> list[FiledScan]:
        """Go on with files that a crash interrupted after their bytes were stored.

        A file that is still among `paths` is left to its turn.
        """
        with self._office.registry.read() as tx:
            unfinished = tx.scans.unfinished()
        if not unfinished:
            return []
        coming = {_digest(path) for path in paths}
        results = []
        for stack in unfinished:
            if stack.sha256 in coming:
                continue
            with spool(self._office, "resume-") as folder:
                copy = copy_original(self._office.store, stack.sha256, folder)
                results.append(self._file_one(copy, signed_on))
        return results

    def _resume_decided(self) -> list[FiledScan]:
        """Go on with papers of which a person moved a page just before a crash: whole now, or waiting unsaid."""
        with self._office.registry.read() as tx:
            said = {(i.sha256, i.page_index) for i in tx.scans.desk() if i.code == desk_words.MISSING_PAGES}
            unsettled = []
            for mark_id in tx.scans.waiting_marks():
                found, pages = tx.papers.by_mark(mark_id), tx.scans.waiting(mark_id)
                is_whole = found is not None and len({p.page for p in pages}) == found[1].pages
                if is_whole or not any((p.sha256, p.page_index) in said for p in pages):
                    unsettled.append(mark_id)
        results = []
        for mark_id in unsettled:
            filed, desk = self.resettle(mark_id)
            results.append(FiledScan(name="上次没有办完的页", filed=filed, desk=desk))
        return results

    def _file_one(self, path: Path, signed_on: date | None) -> FiledScan:
        digest = _digest(path)
        if digest:
            with self._office.registry.read() as tx:
                stack = tx.scans.stack(digest)
                is_sorted = stack is not None and len(tx.scans.pages(digest)) == stack.page_count
                if stack is not None and (is_sorted or tx.old.by_digest(digest)):
                    return FiledScan(name=path.name, pages=stack.page_count, known=True)
        with spool(self._office, "scan-") as folder:
            taken = take_scan(path, self._office.secret, folder, issued=self._rereader.out())
            self._keep_original(path, taken)
            pages = [ReadPage(read=p.read, picture=p.spooled) for p in taken.pages]
            return self._sort(taken, pages, folder, signed_on)

    def _keep_original(self, path: Path, taken: TakenScan) -> None:
        """Put the bytes as received into the store, read them back, record them."""
        head = taken.head
        object_id = scan_object(head.sha256)
        inner = f"{QUARANTINE if head.active else ORIGINAL}{head.kind}"
        self._office.store.put(
            object_id, {inner: path}, message="收到扫描件", user=self._office.actor.name, at=self._office.now
        )  # fmt: skip
        stored = hashlib.sha256()
        for chunk in self._office.store.chunks(object_id, inner):
            stored.update(chunk)
        if stored.hexdigest() != head.sha256:
            raise StoreMismatchError(head.name)
        with self._office.registry.begin() as tx:
            is_new = tx.scans.receive(
                head.sha256, name=head.name, size=head.size, page_count=head.pages, by=self._office.actor.name
            )
            if is_new:
                tx.audit.append("scan.receive", actor=self._office.actor.name, subject=head.sha256, pages=head.pages)

    def _sort(self, taken: TakenScan, pages: list[ReadPage], folder: Path, signed_on: date | None) -> FiledScan:
        sha256 = taken.head.sha256
        with self._office.registry.read() as tx:
            titles = self._titles(tx)
            first = sort_stack([p.read for p in pages], lambda mark_id: _issued(tx, mark_id, titles))
            wanted = {paper.mark_id for paper in first.papers if not paper.is_complete}
            earlier = self._waiting(tx, wanted, sha256, folder)
            pages += earlier
            stack = first if not earlier else sort_stack([p.read for p in pages], lambda m: _issued(tx, m, titles))
        pictures = {(p.read.scan, p.read.index): p.picture for p in pages}
        archived = {
            paper.mark_id: self._archiver.archive(paper, pictures, signed_on=signed_on)
            for paper in stack.papers
            if paper.is_complete
        }
        desk: list[DeskItem] = []
        strangers = []
        with self._office.registry.begin() as tx:
            if taken.head.active:
                desk.append(desk_words.shown(tx, desk_words.put_active(tx, sha256, taken.head.active)))
            for paper in stack.papers:
                desk += self._settle(tx, paper, archived.get(paper.mark_id))
            for blank in stack.blanks:
                tx.scans.save_page(page_row(blank, PageState.BLANK))
            for stranger in stack.strangers:
                tx.scans.save_page(page_row(stranger.read, PageState.DESK))
                item = tx.scans.put_on_desk(
                    stranger.read.scan,
                    stranger.read.index,
                    code=stranger.reason.value,
                    message=_why_strange(tx, stranger),
                )
                desk.append(desk_words.shown(tx, item))
                strangers.append((item.id, stranger.read))
        desk_words.keep_pictures(self._office.folder / "desk", strangers, pictures)
        return FiledScan(
            name=taken.head.name,
            pages=taken.head.pages,
            notes=(*taken.head.notes, *desk_words.doubled(stack)),
            filed=tuple(paper for outcome in archived.values() for paper in outcome.filed),
            desk=tuple(desk),
            blanks=len(stack.blanks),
        )

    def _titles(self, tx: Tx) -> Callable[[str], str]:
        def title(paper_uid: str) -> str:
            paper = tx.papers.get(paper_uid)
            return f"{self._office.title_of(paper.form_code)} {paper.document_number or paper.uid}"

        return title

    def _waiting(self, tx: Tx, marks: Iterable[str], sha256: str, folder: Path) -> list[ReadPage]:
        """Read again the pages of earlier scans that wait for the rest of these papers."""
        waiting = [page for mark_id in marks for page in tx.scans.waiting(mark_id)]
        return self._rereader.again({(p.sha256, p.page_index) for p in waiting if p.sha256 != sha256}, folder)

    def _settle(self, tx: Tx, paper: AssembledPaper, archived: Archived | None) -> list[DeskItem]:
        """Record where the pages of one paper stand now; say what is missing or doubtful."""
        for read in paper.repeated:
            tx.scans.save_page(page_row(read, PageState.DUPLICATE))
        if archived is None:
            for read in paper.pages:
                tx.scans.save_page(page_row(read, PageState.WAITING))
            return [desk_words.shown(tx, desk_words.put_missing(tx, paper))]
        desk_words.resolve_missing(tx, paper)
        if archived.filed:
            desk_words.resolve_unsigned(tx, paper)
        # what waited in an earlier scan and came again with the whole paper is a further scan of its page
        used = {(read.scan, read.index) for copy in (paper.pages, *paper.copies) for read in copy}
        left = [(p.sha256, p.page_index) for p in tx.scans.waiting(paper.mark_id)]
        tx.scans.set_state([page for page in left if page not in used], PageState.DUPLICATE)
        items = []
        for number, copy in enumerate(archived.doubtful):
            # beside a signed copy, or one that waits for a person already, it is only another copy
            is_shown = number == 0 and not archived.filed
            for read in copy.reads:
                tx.scans.save_page(page_row(read, PageState.DESK if is_shown else PageState.DUPLICATE))
            if is_shown:
                row = desk_words.put_unsigned(tx, paper, copy)
                desk_words.keep_crops(self._office.folder / "desk" / str(row.id), copy)
                items.append(desk_words.shown(tx, row))
        return items


def _issued(tx: Tx, mark_id: str, title: Callable[[str], str]) -> IssuedPaper | None:
    found = tx.papers.by_mark(mark_id)
    if found is None:
        return None
    record, version = found
    state = PaperState.OUT
    if tx.disposals.of_item(record.uid):
        state = PaperState.DESTROYED
    elif version.status is PaperStatus.VOID:
        state = PaperState.VOID
    elif version.status is PaperStatus.REPLACED and not version.filed_at:
        state = PaperState.REPLACED
    return IssuedPaper(mark_id=mark_id, pages=version.pages, state=state, title=title(record.uid))


def _why_strange(tx: Tx, stranger: Stranger) -> str:
    """Return why a page is nobody's; a copy of a destroyed paper with the number of the certificate."""
    found = tx.papers.by_mark(stranger.read.mark.mark_id) if stranger.read.mark else None
    if stranger.reason is not StrangerReason.DESTROYED or found is None:
        return stranger.message
    certificate = tx.disposals.of_item(found[0].uid)
    return f"{stranger.message}清册编号 {certificate}；两人决定销毁这份扫描件的，用 docgen archive dispose-copy。"


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file, empty when it cannot be read (the reader says why)."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
