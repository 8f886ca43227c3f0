"""收件归档: signed scans come back, each complete paper goes to the archive, the rest to the desk.

Order for every file (product.md, invariant 2): the bytes as received go to the store and are read
back by digest; then papers, one by one, store before registry; a file leaves `inbox/` last, when
every page of it is recorded. Doing the same file again finds what was done and goes on.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from archive.intake.derive import DerivedPage, derive_pdf
from archive.intake.stack import AssembledPaper, IssuedPaper, PaperState, sort_stack
from archive.intake.taking import TakenScan, take_scan
from archive.registry.scans import PageState, ScanPage
from archive.store import paper_object, scan_object
from docgen.workspace import desk as desk_words
from docgen.workspace.duties import open_duties
from docgen.workspace.layouts import text_runs
from docgen.workspace.objects import layout_path, sha512, signed_path
from docgen.workspace.reports import DeskItem, FiledPaper, FiledScan, FilingReport
from forms.enums import PaperStatus
from forms.errors import AppError, UnreadableScanError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from archive.intake.marks import PageRead
    from archive.intake.taking import SpooledPage
    from archive.registry import Tx
    from docgen.workspace.core import Workspace

DONE = (PaperStatus.SIGNED, PaperStatus.ARCHIVED)


class StoreMismatchError(AppError):
    """What was read back from the store is not what was written."""

    code = "store.mismatch"
    exit_code = 7

    def __init__(self, name: str) -> None:
        super().__init__(f"“{name}”存入档案后校验不一致，可能是磁盘故障。原文件没有动，请换一块磁盘后再试。")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A page that was read, with its picture."""

    read: PageRead
    picture: SpooledPage | None


class FilingDesk:
    """Takes scans in."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace

    def file_inbox(
        self, *, signed_on: date | None = None, progress: Callable[[int, int], None] | None = None
    ) -> FilingReport:
        """File everything in `inbox/`; each file leaves it only when all of it is recorded."""
        inbox = self._ws.folder / "inbox"
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
        with self._ws.registry.read() as tx:
            return tuple(desk_words.shown(tx, item) for item in tx.scans.desk())

    def _file(
        self,
        paths: list[Path],
        *,
        signed_on: date | None,
        progress: Callable[[int, int], None] | None,
        is_inbox: bool,
    ) -> FilingReport:
        results = self._resume(paths, signed_on)
        for done, path in enumerate(paths):
            if progress:
                progress(done, len(paths))
            before = _digest(path)
            try:
                results.append(self._file_one(path, signed_on))
            except UnreadableScanError as error:
                # one bad file never stops the others; it stays where it is
                results.append(
                    FiledScan(name=path.name, error=str(error), error_code=error.code, exit_code=error.exit_code)
                )
                continue
            if is_inbox and _digest(path) == before:  # else the copier was still at it; the next filing takes it
                with contextlib.suppress(PermissionError):  # another program holds it: known by then, and removed
                    path.unlink()
        self._ws.finding.catch_up()
        return FilingReport(scans=tuple(results))

    def _resume(self, paths: list[Path], signed_on: date | None) -> list[FiledScan]:
        """Go on with files that a crash interrupted after their bytes were stored.

        A file that is still among `paths` is left to its turn.
        """
        with self._ws.registry.read() as tx:
            unfinished = tx.scans.unfinished()
        if not unfinished:
            return []
        coming = {_digest(path) for path in paths}
        results = []
        for stack in unfinished:
            if stack.sha256 in coming:
                continue
            object_id = scan_object(stack.sha256)
            inner = next(p for p in self._ws.store.paths(object_id) if p.startswith("original."))
            with tempfile.TemporaryDirectory(prefix="resume-", dir=self._ws.folder / "work") as name:
                copy = Path(name) / inner
                copy.write_bytes(self._ws.store.read(object_id, inner))
                results.append(self._file_one(copy, signed_on))
        return results

    def _file_one(self, path: Path, signed_on: date | None) -> FiledScan:
        digest = _digest(path)
        if digest:
            with self._ws.registry.read() as tx:
                stack = tx.scans.stack(digest)
                if stack is not None and len(tx.scans.pages(digest)) == stack.page_count:
                    return FiledScan(name=path.name, pages=stack.page_count, known=True)
        with tempfile.TemporaryDirectory(prefix="scan-", dir=self._ws.folder / "work") as name:
            spool = Path(name)
            taken = take_scan(path, self._ws.secret, spool)
            self._keep_original(path, taken)
            pages = [_Page(read=p.read, picture=p.spooled) for p in taken.pages]
            return self._sort(taken, pages, spool, signed_on)

    def _keep_original(self, path: Path, taken: TakenScan) -> None:
        """Put the bytes as received into the store, read them back, record them."""
        head = taken.head
        object_id = scan_object(head.sha256)
        inner = f"original.{head.kind}"
        self._ws.store.put(
            object_id, {inner: path}, message="收到扫描件", user=self._ws.actor.name, at=self._ws.now
        )  # fmt: skip
        if hashlib.sha256(self._ws.store.read(object_id, inner)).hexdigest() != head.sha256:
            raise StoreMismatchError(head.name)
        with self._ws.registry.begin() as tx:
            is_new = tx.scans.receive(
                head.sha256, name=head.name, size=head.size, page_count=head.pages, by=self._ws.actor.name
            )
            if is_new:
                tx.audit.append("scan.receive", actor=self._ws.actor.name, subject=head.sha256, pages=head.pages)

    def _sort(self, taken: TakenScan, pages: list[_Page], spool: Path, signed_on: date | None) -> FiledScan:
        sha256 = taken.head.sha256
        with self._ws.registry.read() as tx:
            titles = self._titles(tx)
            first = sort_stack([p.read for p in pages], lambda mark_id: _issued(tx, mark_id, titles))
            wanted = {paper.mark_id for paper in first.papers if not paper.is_complete}
            earlier = self._waiting(tx, wanted, sha256, spool)
            pages += earlier
            stack = first if not earlier else sort_stack([p.read for p in pages], lambda m: _issued(tx, m, titles))
        pictures = {(p.read.scan, p.read.index): p.picture for p in pages}
        filed: list[FiledPaper] = []
        for paper in stack.papers:
            if paper.is_complete:
                filed += self._archive(paper, pictures, signed_on)
        desk: list[DeskItem] = []
        with self._ws.registry.begin() as tx:
            for paper in stack.papers:
                desk += self._settle(tx, paper)
            for blank in stack.blanks:
                tx.scans.save_page(_page_row(blank, PageState.BLANK))
            for stranger in stack.strangers:
                tx.scans.save_page(_page_row(stranger.read, PageState.DESK))
                item = tx.scans.put_on_desk(
                    stranger.read.scan, stranger.read.index, code=stranger.reason.value, message=stranger.message
                )
                desk.append(desk_words.shown(tx, item))
        return FiledScan(
            name=taken.head.name,
            pages=taken.head.pages,
            filed=tuple(filed),
            desk=tuple(desk),
            blanks=len(stack.blanks),
        )

    def _titles(self, tx: Tx) -> Callable[[str], str]:
        def title(paper_uid: str) -> str:
            paper = tx.papers.get(paper_uid)
            return f"{self._ws.title_of(paper.form_code)} {paper.document_number or paper.uid}"

        return title

    def _waiting(self, tx: Tx, marks: Iterable[str], sha256: str, spool: Path) -> list[_Page]:
        """Read again the pages of earlier scans that wait for the rest of these papers."""
        wanted: dict[str, set[int]] = {}
        for mark_id in marks:
            for page in tx.scans.waiting(mark_id):
                if page.sha256 != sha256:
                    wanted.setdefault(page.sha256, set()).add(page.page_index)
        found: list[_Page] = []
        for earlier, indexes in wanted.items():
            object_id = scan_object(earlier)
            inner = next(p for p in self._ws.store.paths(object_id) if p.startswith("original."))
            copy = spool / f"{earlier[:16]}-{inner}"
            copy.write_bytes(self._ws.store.read(object_id, inner))
            taken = take_scan(copy, self._ws.secret, spool)
            found += [_Page(read=p.read, picture=p.spooled) for p in taken.pages if p.read.index in indexes]
        return found

    def _archive(
        self,
        paper: AssembledPaper,
        pictures: dict[tuple[str, int], SpooledPage | None],
        signed_on: date | None,
    ) -> list[FiledPaper]:
        """Store one complete paper, then register it; each further copy is kept beside the first."""
        with self._ws.registry.read() as tx:
            found = tx.papers.by_mark(paper.mark_id)
            assert found is not None, "sort_stack only returns papers that are registered"
            record, version = found
            subject = str(tx.people.get(record.child_uid).child.person.name) if record.child_uid else ""
        object_id = paper_object(record.uid)
        runs = text_runs(self._ws.store.read(object_id, layout_path(version.version)))
        spec = self._ws.library.get(record.form_code)
        title = self._ws.title_of(record.form_code)
        filed: list[FiledPaper] = []
        for reads in (paper.pages, *paper.copies):
            derived: list[DerivedPage] = []
            for read in reads:
                picture = pictures[read.scan, read.index]
                assert picture is not None, "a page whose mark was read has a picture"
                page = read.mark.page if read.mark else 0
                derived.append(DerivedPage(source=picture, read=read, text=runs[page - 1] if page <= len(runs) else ()))
            pdf = derive_pdf(derived, title=title)
            path = signed_path(version.version, sha512(pdf))
            is_known = path in version.digests
            files: dict[str, bytes] = {}
            if not is_known:
                files = {path: pdf, path.removesuffix(".pdf") + ".json": _origin(reads)}
                self._ws.store.put(
                    object_id,
                    files,
                    message="收回签字件",
                    user=self._ws.actor.name,
                    at=self._ws.now,
                )
            with self._ws.registry.begin() as tx:
                is_rescan = version.status in DONE or bool(filed)
                if not is_known:
                    digests = {name: sha512(data) for name, data in files.items()}
                    tx.papers.add_files(record.uid, version.version, digests)
                    tx.audit.append(
                        "paper.file", actor=self._ws.actor.name, subject=record.uid, version=version.version
                    )
                now = tx.papers.version(record.uid, version.version)
                if now.status not in DONE:
                    tx.papers.set_status(record.uid, version.version, PaperStatus.ARCHIVED, signed_on=signed_on)
                    open_duties(tx, spec, record, version.values, signed_on or self._ws.today)
                for read in reads:
                    tx.scans.save_page(_page_row(read, PageState.FILED))
            outcome = (
                "以前收过同样的页，没有变化" if is_known else "又一份扫描件，与先前的一并保存" if is_rescan else "归档"
            )
            filed.append(
                FiledPaper(
                    uid=record.uid,
                    form_code=record.form_code,
                    title=title,
                    number=str(record.document_number or ""),
                    subject=subject,
                    version=version.version,
                    pages=len(reads),
                    outcome=outcome,
                )
            )
        return filed

    def _settle(self, tx: Tx, paper: AssembledPaper) -> list[DeskItem]:
        """Record where the pages of one paper stand now; say what is missing."""
        for read in paper.repeated:
            tx.scans.save_page(_page_row(read, PageState.DUPLICATE))
        if paper.is_complete:
            desk_words.resolve_missing(tx, paper)
            return []
        for read in paper.pages:
            tx.scans.save_page(_page_row(read, PageState.WAITING))
        return [desk_words.shown(tx, desk_words.put_missing(tx, paper))]


def _issued(tx: Tx, mark_id: str, title: Callable[[str], str]) -> IssuedPaper | None:
    found = tx.papers.by_mark(mark_id)
    if found is None:
        return None
    record, version = found
    state = PaperState.OUT
    if version.status is PaperStatus.VOID:
        state = PaperState.VOID
    elif version.status is PaperStatus.REPLACED and not version.filed_at:
        state = PaperState.REPLACED
    return IssuedPaper(mark_id=mark_id, pages=version.pages, state=state, title=title(record.uid))


def _page_row(read: PageRead, state: PageState) -> ScanPage:
    mark = read.mark
    return ScanPage(
        sha256=read.scan,
        page_index=read.index,
        state=state,
        mark_id=mark.mark_id if mark else "",
        page=mark.page if mark else 0,
        rotation=read.turns % 4 * 90,
    )


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file, empty when it cannot be read (the reader says why)."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _origin(reads: Sequence[PageRead]) -> bytes:
    """Say which pages of which scans a signed file was put together from."""
    pages = [{"scan": r.scan, "page_index": r.index, "page": r.mark.page if r.mark else 0} for r in reads]
    return (json.dumps(pages, indent=1, sort_keys=True) + "\n").encode("ascii")
