"""The index of one office: opened, changed, read and rebuilt here and nowhere else.

Readers see one generation whole. A newer generation is noticed by the name of its table of contents; segments
whose id and deletions are unchanged are kept open, all others are opened anew. Whoosh's `refresh()` is never
called: in every release since 2.7.5 it brings deleted documents back.
"""

from __future__ import annotations

import contextlib
import errno
import threading
import time
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import TYPE_CHECKING, Self

from filelock import FileLock, Timeout
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex

from archive.index.joining import (
    delete_again,
    is_scattered,
    join_aside,
    leaves_to_tidy,
    workshop,
    writer_in,
)
from archive.index.leaf import Leaf
from archive.index.manifest import (
    NAME,
    IndexDamagedError,
    Seal,
    check_seal,
    latest_generation,
    old_seals,
    toc_name,
)
from archive.index.schema import fields_of, key_token, make_schema
from archive.index.spread import Spread
from archive.index.writer import JOINED_AT_ONCE, SealingWriter, publish
from forms.errors import DiskFullError, OfficeBusyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from whoosh.codec.whoosh3 import W3Segment

    from archive.index.document import IndexDocument

LOCK_WAIT_S = 20.0
REBUILD_BATCH = 50_000
"""Documents of one segment; gathering them takes some 400 MB."""

REBUILD_SEGMENTS = 4
"""Into no more a rebuild parts the documents, since every segment costs each search a look …"""

REBUILD_BATCH_MOST = 250_000
"""… unless gathering that many would take more than some 2 GB: who has a million papers has a server."""

TIDY_LOCK = "tidy.lock"
"""Held in the index folder by the process that tidies."""

_COARSEST_CLOCK_NS = 3_000_000_000


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One generation, open for reading."""

    generation: int
    watermark: int
    leaves: tuple[Leaf, ...]
    seal: Seal

    @property
    def size(self) -> int:
        """Documents in the segments, deleted ones included."""
        return sum(leaf.size for leaf in self.leaves)

    @cached_property
    def spread(self) -> Spread:
        """What hits can spread over."""
        return Spread(self.leaves)


class Index:
    """An open index folder."""

    def __init__(self, folder: Path, snapshot: Snapshot) -> None:
        """Use `create`, `open` or `rebuild` instead."""
        self._folder = folder
        self._snapshot = snapshot
        self._guard = threading.Lock()
        self._settled = -1

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Make an empty index with watermark 0; what is in the folder already is replaced."""
        return cls.rebuild(folder, ())

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open an index.

        Raises:
            IndexDamagedError: It is absent, foreign, of another version or not whole: rebuild it.
        """
        return cls(folder, _read(folder, None))

    @classmethod
    def rebuild(
        cls,
        folder: Path,
        documents: Iterable[IndexDocument],
        progress: Callable[[int], None] | None = None,
        *,
        watermark: int = 0,
        expected: int = 0,
    ) -> Self:
        """Make the index anew; the old one, if it is whole, stays readable until the new one is complete.

        Args:
            folder: The index folder; created if needed.
            documents: All there is, each key once.
            progress: Called with the number of documents done.
            watermark: The outbox entry up to which ``documents`` are current.
            expected: How many documents there are, about; very many come in larger segments.

        Raises:
            OfficeBusyError: Another process is writing to the index.
        """
        folder.mkdir(parents=True, exist_ok=True)
        with _writing(folder), workshop(folder / "rebuild") as aside:
            segments = _build(aside, documents, progress, batch_of(expected))
            _take_over(folder, aside, segments, segments, watermark=watermark)
        return cls.open(folder)

    @property
    def watermark(self) -> int:
        """The last outbox entry that the newest generation has taken in."""
        return self.snapshot().watermark

    def __len__(self) -> int:
        return sum(leaf.size if leaf.live is None else int(leaf.live.sum()) for leaf in self.snapshot().leaves)

    def keys(self) -> Iterator[str]:
        """Yield the key of every document, for comparing the index with what it was made from."""
        for leaf in self.snapshot().leaves:
            for document in range(leaf.size):
                if leaf.live is None or leaf.live[document]:
                    yield leaf.key(document)

    def snapshot(self) -> Snapshot:
        """Return the newest generation.

        Raises:
            IndexDamagedError: A newer generation has appeared and is not whole.
        """
        if self._may_be_old():
            with self._guard:
                if latest_generation(self._folder) != self._snapshot.generation:
                    self._snapshot = _read(self._folder, self._snapshot)
        return self._snapshot

    def _may_be_old(self) -> bool:
        """Tell whether the folder has changed since it was last listed.

        A commit changes the folder's own time. Times are coarse on some file systems, so a time is trusted only
        once it has been the same for longer than the coarsest of them counts.
        """
        try:
            changed = self._folder.stat().st_mtime_ns
        except OSError:
            return True
        if changed == self._settled:
            return False
        if (
            time.time_ns() - changed > _COARSEST_CLOCK_NS
            and latest_generation(self._folder) == self._snapshot.generation
        ):
            self._settled = changed
            return False
        return latest_generation(self._folder) != self._snapshot.generation

    def apply(self, add: Iterable[IndexDocument], remove: Iterable[str], watermark: int) -> None:
        """Take in changes: one commit, findable when this returns.

        Args:
            add: New documents and new states of known ones; of equal keys the last counts.
            remove: Keys to forget; unknown ones are passed over.
            watermark: The outbox entry up to which the index is now current; never goes back.

        Raises:
            OfficeBusyError: Another process is writing to the index.
            DiskFullError: Nothing was taken in.
        """
        added = {document.key: document for document in add}
        gone = added.keys() | set(remove)
        with _writing(self._folder):
            snapshot = self.snapshot()
            writer = SealingWriter(
                FileIndex(FileStorage(str(self._folder)), indexname=NAME),
                self._folder,
                watermark=max(watermark, snapshot.watermark),
                known=snapshot.seal.segments,
                join=JOINED_AT_ONCE,
            )
            try:
                base = 0
                for leaf in snapshot.leaves:
                    for key in gone:
                        for document in leaf.documents("key", key_token(key)):
                            writer.delete_document(base + int(document))
                    base += leaf.size
                for document in added.values():
                    writer.add_document(**fields_of(document))
                writer.finish()
            except BaseException:
                writer.abandon()
                raise
        self.snapshot()

    @property
    def is_scattered(self) -> bool:
        """Whether so many segments have gathered that `tidy` is worth while."""
        return is_scattered(self.snapshot().leaves)

    def tidy(self) -> bool:
        """Join segments that filing has left; it may take a minute, in which the index is read and changed as ever.

        Returns:
            Whether anything was joined: not if there is nothing to join, if another process is at it, or if what
            was joined has been replaced meanwhile.

        Raises:
            OfficeBusyError: Another process is writing to the index.
            DiskFullError: Nothing was joined.
        """
        folder = self._folder
        with _only_one(folder / TIDY_LOCK) as is_mine:
            before = leaves_to_tidy(self.snapshot().leaves) if is_mine else []
            if not before:
                return False
            with _disk_errors(folder), workshop(folder / "tidying") as aside:
                joined = join_aside(aside, folder, before)
                with _writing(folder):
                    snapshot = self.snapshot()
                    places = {leaf.segment_id: leaf for leaf in snapshot.leaves}
                    now = [places.pop(leaf.segment_id, None) for leaf in before]
                    if None in now:
                        return False
                    made = [joined] if joined else []
                    for segment in made:
                        delete_again(segment, before, [leaf for leaf in now if leaf])
                    segments = [leaf.segment for leaf in places.values()] + made
                    _take_over(folder, aside, made, segments, watermark=snapshot.watermark, seal=snapshot.seal)
        self.snapshot()
        return True

    @property
    def size_on_disk(self) -> int:
        """Bytes of the newest generation's segments."""
        return sum(segment.size for segment in self.snapshot().seal.segments)

    def check(self) -> None:
        """Read every byte of the index and compare it with the seal.

        Raises:
            IndexDamagedError: Some file differs; the sentence names it.
        """
        check_seal(self._folder, whole=True)

    def close(self) -> None:
        """Let go of the files; the index must not be used afterwards."""
        for leaf in self._snapshot.leaves:
            leaf.close()
        self._snapshot = Snapshot(generation=-2, watermark=0, leaves=(), seal=self._snapshot.seal)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextlib.contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        with FileLock(folder / "write.lock", timeout=LOCK_WAIT_S), _disk_errors(folder):
            yield
    except Timeout:
        raise OfficeBusyError from None


@contextlib.contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFullError(folder.name) from None
        raise


@contextlib.contextmanager
def _only_one(lock: Path) -> Iterator[bool]:
    """Hold a lock, or tell that another process holds it."""
    try:
        with FileLock(lock, timeout=0):
            yield True
    except Timeout:
        yield False


def _read(folder: Path, before: Snapshot | None) -> Snapshot:
    """Open the newest generation, keeping leaves that have not changed.

    A writer may finish between two looks and delete what was just read about; a few tries settle that.
    """
    for attempt in range(5):
        generation = latest_generation(folder)
        try:
            return _read_once(folder, before)
        except IndexDamagedError:
            if latest_generation(folder) == generation or attempt == 4:
                raise
    raise AssertionError


def _read_once(folder: Path, before: Snapshot | None) -> Snapshot:
    opened = {leaf.segment_id: leaf for leaf in before.leaves} if before else {}
    seal = check_seal(folder, known=frozenset(f"{segment_id}.seg" for segment_id in opened))
    try:
        toc = TOC.read(FileStorage(str(folder)), NAME, gen=seal.generation)
        leaves: list[Leaf] = []
        for segment in toc.segments:
            leaf = opened.get(segment.segment_id())
            if leaf is None:
                leaf = _open_leaf(folder, segment)
            elif leaf.segment.deleted_count() != segment.deleted_count():
                leaf = leaf.with_deletions(segment)
            leaves.append(leaf)
    except OSError:
        raise IndexDamagedError("有文件读不出来") from None
    return Snapshot(generation=seal.generation, watermark=seal.watermark, leaves=tuple(leaves), seal=seal)


def _open_leaf(folder: Path, segment: W3Segment) -> Leaf:
    try:
        return Leaf(folder, segment)
    except (ValueError, LookupError, TypeError):
        raise IndexDamagedError(f"{segment.make_filename('.seg')} 的内容读不通") from None


def batch_of(expected: int) -> int:
    """Return how many documents of so many a rebuild puts into one segment."""
    return max(REBUILD_BATCH, min(-(-expected // REBUILD_SEGMENTS), REBUILD_BATCH_MOST))


def _build(
    aside: Path, documents: Iterable[IndexDocument], progress: Callable[[int], None] | None, batch: int
) -> list[W3Segment]:
    rest = iter(documents)
    done = 0
    while first := next(rest, None):
        writer = writer_in(aside)
        try:
            for document in chain([first], islice(rest, batch - 1)):
                writer.add_document(**fields_of(document))
                done += 1
                if progress:
                    progress(done)
            writer.finish()
        except BaseException:
            writer.abandon()
            raise
    return list(TOC.read(FileStorage(str(aside)), NAME).segments)


def _take_over(
    folder: Path,
    aside: Path,
    made: list[W3Segment],
    segments: list[W3Segment],
    *,
    watermark: int,
    seal: Seal | None = None,
) -> None:
    """Publish a generation of segments, some of them made in a `workshop`, and sweep out what it replaces."""
    for segment in made:
        name = segment.make_filename(".seg")
        (aside / name).replace(folder / name)
    generation = latest_generation(folder) + 1
    known = {segment.name: segment for segment in seal.segments} if seal else {}
    publish(folder, make_schema(), segments, generation=generation, watermark=watermark, known=known)
    _sweep(folder, generation, {segment.make_filename(".seg") for segment in segments})


def _sweep(folder: Path, generation: int, kept: set[str]) -> None:
    """Delete what earlier generations left; files that are not of an index stay."""
    for path in folder.iterdir():
        stale = (path.suffix == ".toc" and path.name != toc_name(generation)) or (
            path.name.startswith(f"{NAME}_")
            and path.name not in kept
            and path.suffix != ".lock"
            and "LOCK" not in path.name
        )
        if stale:
            with contextlib.suppress(OSError):
                path.unlink()
    for path in list(old_seals(folder, generation)):
        with contextlib.suppress(OSError):
            path.unlink()
