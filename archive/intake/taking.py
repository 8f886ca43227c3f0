"""A file taken in: every page read, its picture laid aside, the file itself parsed only once.

The pictures go to a spool folder the caller owns, so that neither the desk nor the derived PDF
opens the unknown file again, and 2,000 pages need no more memory than one.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass, replace
from pathlib import Path  # noqa: TC003  dataclass fields are read at run time
from typing import TYPE_CHECKING

from archive.intake.active import active_content
from archive.intake.guard import ChildDiedError, guarded
from archive.intake.issued_set import IssuedSet
from archive.intake.limits import DEFAULT_LIMITS, Limits, ScanInUseError, ScanTooHeavyError
from archive.intake.marks import PageRead, read_picture
from archive.intake.pages import Kind, open_scan
from archive.intake.picture import DECODING_TROUBLE, JpegPicture, Picture, PictureStream, RasterPicture, open_group4
from forms.errors import DiskFullError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

_MAX_DEATHS = 3
"""So many pages of one file may kill the child before the file is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanHead:
    """What is known of the file before its pages."""

    name: str
    sha256: str
    size: int
    """Bytes."""

    kind: Kind
    pages: int
    notes: tuple[str, ...] = ()
    """What a person should know about the state of the file, in Chinese."""

    active: tuple[str, ...] = ()
    """What in it would act by itself when opened, in Chinese; see `archive.intake.active`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpooledPage:
    """A page's picture in the spool folder."""

    path: Path
    form: PictureStream
    """The stream without its bytes."""

    def stream(self) -> PictureStream:
        """Return the image as a PDF can embed it."""
        return replace(self.form, data=self.path.read_bytes())

    def load(self) -> Picture:
        """Return the picture, for looking at it again."""
        stream = self.stream()
        if stream.filter == "DCTDecode":
            return JpegPicture(stream.data, turns=stream.turns)
        return RasterPicture(open_group4(stream), turns=stream.turns)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenPage:
    """One page, read."""

    read: PageRead
    spooled: SpooledPage | None
    """``None`` when the picture could not be decoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenScan:
    """One file, read from first page to last."""

    head: ScanHead
    pages: tuple[TakenPage, ...]

    @property
    def reads(self) -> tuple[PageRead, ...]:
        """What `archive.intake.stack.sort_stack` wants."""
        return tuple(page.read for page in self.pages)


def take_scan(
    path: Path,
    secret: bytes,
    spool: Path,
    *,
    issued: Sequence[tuple[str, int]] = (),
    only: Collection[int] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    is_guarded: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> TakenScan:
    """Read every page of a scan file, or some of them.

    Args:
        path: The file, not changed.
        secret: The office's secret the marks are signed with.
        spool: An existing folder for the pictures; the caller removes it.
        issued: Mark id and pages of every paper version that is out, for codes that no decoder reads.
        only: Places of the pages wanted, from 0; ``None``: all of them.
        limits: What the file may cost.
        is_guarded: Parse in a child process; without, limits on size and count still hold.
        progress: Called after each page with the pages done and the pages in all.

    Raises:
        UnreadableScanError: And its subclasses; the file cannot be taken at all.
    """
    wanted = None if only is None else tuple(sorted(only))
    job = _Job(path=path, secret=secret, spool=spool, limits=limits, marks=tuple(issued), only=wanted)
    head: ScanHead | None = None
    pages: list[TakenPage] = []
    deaths = 0
    while True:
        start = len(pages)
        items = guarded(_read_all, job, start, limits=limits) if is_guarded else _read_all(job, start)
        is_open = False
        try:
            for item in items:
                if isinstance(item, ScanHead):
                    head, is_open = item, True
                    continue
                pages.append(item)
                if progress and head:
                    progress(len(pages), head.pages)
        except ChildDiedError as error:
            deaths += 1
            if head is None or not is_open or deaths > _MAX_DEATHS:
                raise ScanTooHeavyError(path.name) from error
            # the page after the last one that came back did it: leave it to a person and go on behind it
            index = len(pages) if wanted is None else wanted[len(pages)]
            lost = PageRead(scan=head.sha256, index=index, is_readable=False)
            pages.append(TakenPage(read=lost, spooled=None))
            if len(pages) < (head.pages if wanted is None else len(wanted)):
                continue
        assert head is not None
        return TakenScan(head=head, pages=tuple(pages))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """What the child needs to know."""

    path: Path
    secret: bytes
    spool: Path
    limits: Limits
    marks: tuple[tuple[str, int], ...]
    only: tuple[int, ...] | None


def _read_all(job: _Job, start: int) -> Iterator[ScanHead | TakenPage]:
    issued = IssuedSet(job.marks, job.secret)
    before = _state(job.path)
    with open_scan(job.path, limits=job.limits) as scan:
        yield ScanHead(
            name=scan.name,
            sha256=scan.sha256,
            size=scan.size,
            kind=scan.kind,
            pages=len(scan.pages),
            notes=scan.notes,
            active=active_content(job.path) if scan.kind == "pdf" and job.only is None else (),
        )
        pages = scan.pages if job.only is None else [scan.pages[n] for n in job.only if n < len(scan.pages)]
        for page in pages[start:]:
            try:
                picture = page.load()
                read = read_picture(picture, job.secret, scan=page.scan, index=page.index, issued=issued)
                stream = picture.stream()
            except DECODING_TROUBLE:
                yield TakenPage(read=PageRead(scan=page.scan, index=page.index, is_readable=False), spooled=None)
                continue
            target = job.spool / f"{scan.sha256[:16]}-{page.index:05}.image"
            try:
                target.write_bytes(stream.data)
            except OSError as error:
                if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                    raise DiskFullError(job.spool.name) from error
                raise
            yield TakenPage(read=read, spooled=SpooledPage(path=target, form=replace(stream, data=b"")))
    if _state(job.path) != before:  # pages of two states of the file belong together less than none
        raise ScanInUseError(job.path.name)


def _state(path: Path) -> tuple[int, int]:
    """Return size and time of the last change; a copier that is still writing changes one of them."""
    try:
        state = path.stat()
    except OSError:  # missing: the reader says so
        return -1, -1
    return state.st_size, state.st_mtime_ns
