"""Making one generation: the registry first, then what of the store is not in the backup yet, then the proof.

A run that was cut off leaves ``NNNN.part``; the next run keeps the volumes in it that were closed and goes on
from there with a new copy of the registry.
"""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from archive import dump
from archive.backup.bags import check_payload, read_tags, write_tags
from archive.backup.errors import BackupTargetError, NotABackupError
from archive.backup.freezing import REGISTRY, frozen
from archive.backup.generations import (
    CONTENTS,
    PART,
    PREVIOUS,
    RECIPIENT,
    SET,
    TAKEN,
    Closed,
    Generation,
    Piece,
    generations,
    heads,
    line_of,
    read_contents,
)
from archive.backup.increments import (
    DamagedSourceError,
    check_parts,
    head_known,
    inventory_digest,
    newest,
    parts_of,
)
from archive.backup.sealing import check_recipients
from archive.backup.volumes import SEALED, VolumeWriter
from archive.disk import digest_of, sync_folder, translated
from archive.store import layout
from archive.store.objects import proved
from forms.errors import OfficeBusyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from archive.registry import Registry, Tx
    from archive.store import Store

VOLUME_BYTES = 256 << 20
"""A volume is closed when it is at least this large; damage stays within one."""
_BATCH = 400
KEY = "key.age"
"""A key file under a passphrase, beside the generations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupReport:
    """What one run did."""

    number: int
    """Of the generation made, from 1."""
    set_id: str
    objects: int
    """Objects of which something was copied."""
    size: int
    """Bytes of the generation."""
    damaged: tuple[str, ...]
    """Files of the store that are damaged; their objects were not copied as they are now."""
    taken_at: datetime
    resumed: int
    """Volumes taken over from a run that was cut off."""


def make_backup(
    target: Path,
    *,
    store: Store,
    registry: Registry,
    settings: Mapping[str, Path],
    work: Path,
    recipients: Sequence[str],
    now: datetime,
    key: bytes = b"",
    progress: Callable[[int, str], None] | None = None,
) -> BackupReport:
    """Add a generation to a backup folder.

    Args:
        target: The backup folder; a new or empty one gets the first generation.
        store: What to copy.
        registry: What to copy; people go on working with it.
        settings: Path in the office folder → file, of everything else worth keeping.
        work: Folder for the moment's files, on the office's disk.
        recipients: Whom to seal for; empty: plain.
        now: The moment; aware.
        key: A key file under a passphrase to lay beside the first generation.
        progress: Called with the objects copied so far and the id of the last.

    Raises:
        BackupTargetError: the folder holds something else.
        BackupDamagedError: a generation before this one is damaged, or what was written does not read back.
        OfficeBusyError: a backup is being made.
    """
    check_recipients(recipients)
    with translated(target), _alone(work):
        target.mkdir(parents=True, exist_ok=True)
        before = _before(target)
        if key:
            _keep_key(target / KEY, key)
        run = _Run(target, before, tuple(recipients), now)
        with frozen(registry, work) as (tx, office_file):
            run.copy_store(store.root, tx, progress)
            run.write_office(tx, office_file, settings)
            acts = "{}-{}".format(*tx.audit.head())
        return run.finish(acts)


class _Run:
    """The generation in the making."""

    def __init__(
        self, target: Path, before: tuple[Generation, ...], recipients: tuple[str, ...], now: datetime
    ) -> None:
        self._target = target
        self._before = before
        self._recipients = recipients
        self._now = now.astimezone(UTC)
        self._part = target / f"{len(before) + 1:04}{PART}"
        self._data = self._part / "data"
        self._held = heads(before)
        self._digests: dict[str, str] = {}
        self._objects = 0
        self._damaged: list[str] = []
        self._volume: VolumeWriter | None = None
        self._waiting: list[Piece] = []
        self._take_over()
        self._resumed = len(self._digests)

    def copy_store(self, root: Path, tx: Tx, progress: Callable[[int, str], None] | None) -> None:
        """Copy what is new since the last generation, volume by volume."""
        try:
            changed = self._changed(root)
            while batch := list(islice(changed, _BATCH)):
                known = tx.papers.bound_to([uid for uid, _ in batch])
                known |= tx.scans.bound_to([uid for uid, _ in batch])
                for object_id, head in batch:
                    self._copy(root, object_id, head, known.get(object_id))
                    if progress:
                        progress(self._objects, object_id)
            self._close_volume()
        except BaseException:
            if self._volume is not None:
                self._volume.abandon()
            raise

    def write_office(self, tx: Tx, copied: Path | None, settings: Mapping[str, Path]) -> None:
        """Write the volume with registry and settings."""
        path = "office.tar" + (SEALED if self._recipients else "")
        (self._data / path).unlink(missing_ok=True)
        volume = VolumeWriter(self._data / path, self._recipients)
        try:
            for name, source in sorted(settings.items()):
                volume.add(name, source.read_bytes())
            if copied is not None:
                with copied.open("rb") as file:
                    volume.add_stream(REGISTRY, file, copied.stat().st_size)
            else:
                chunks = []
                for chunk in dump.dump(tx.connection):
                    volume.add(chunk.path, chunk.data)
                    chunks.append((chunk.table, chunk.number, chunk.rows))
                volume.add(dump.INDEX, dump.index_of(tx.connection, chunks, self._now))
        except BaseException:
            volume.abandon()
            raise
        self._digests[path] = volume.close()[0]

    def finish(self, acts: str) -> BackupReport:
        """Write the bag's own files, read everything back, and let the generation appear."""
        self._digests[CONTENTS] = digest_of(self._data / CONTENTS)
        size = sum((self._data / path).stat().st_size for path in self._digests)
        set_id = self._before[-1].bag.value(SET) if self._before else f"urn:docgen:backup:{secrets.token_hex(8)}"
        number = len(self._before) + 1
        info = [
            ("Bag-Software-Agent", "docgen"),
            ("Bagging-Date", self._now.date().isoformat()),
            ("External-Identifier", f"{set_id}:{number}"),
            (SET, set_id),
            ("Bag-Count", f"{number} of ?"),
            ("Payload-Oxum", f"{size}.{len(self._digests)}"),
            (TAKEN, self._now.isoformat()),
            ("Docgen-Acts", acts),
            *((RECIPIENT, text) for text in self._recipients),
            *([(PREVIOUS, self._before[-1].bag.seal)] if self._before else []),
        ]
        seal = write_tags(self._part, self._digests, info, spare=self._part / f"tags-{secrets.token_hex(4)}")
        sync_folder(self._data)
        sync_folder(self._part)
        bag = read_tags(self._part)
        assert bag.seal == seal
        check_payload(self._part, bag)
        done = self._part.with_suffix("")
        self._part.rename(done)
        sync_folder(self._target)
        return BackupReport(
            number=number,
            set_id=set_id,
            objects=self._objects,
            size=size,
            damaged=tuple(self._damaged),
            taken_at=self._now,
            resumed=self._resumed,
        )

    def _changed(self, root: Path) -> Iterator[tuple[str, int]]:
        for bucket in sorted(p for p in root.iterdir() if p.is_dir() and layout.is_bucket(p.name)):
            for folder in sorted(bucket.iterdir()):
                object_id = layout.object_id(folder)
                held, inventory = self._held.get(object_id, (0, ""))
                if held and inventory_digest(folder, held) != inventory:
                    held = 0  # taken out by decision and made anew since
                    del self._held[object_id]
                head = newest(folder, held)
                if head > held:
                    yield object_id, head

    def _copy(self, root: Path, object_id: str, there: int, known: frozenset[tuple[str, str]] | None) -> None:
        where = layout.object_path(object_id)
        inventory = proved(root / where / f"v{there}")
        if inventory is None:
            self._damaged.append(f"{where}/v{there}/{layout.INVENTORY}")
            return
        # objects of our own making, like the snapshots of the registry, are bound by nothing and always whole
        head = there if known is None else head_known(inventory, known, self._now)
        first = self._held.get(object_id, (0, ""))[0] + 1
        if head < first:
            return
        try:
            parts = list(parts_of(root, object_id, first, head))
            check_parts(parts)
        except DamagedSourceError as error:
            self._damaged.append(str(error))
            return
        volume = self._open_volume()
        for part in parts:
            with part.source.open("rb") as file:
                volume.add_stream(f"store/{part.path}", file, part.source.stat().st_size)
        said = inventory_digest(root / where, head)
        self._waiting.append(
            Piece(object_id=object_id, first=first, head=head, inventory=said, volume=volume.path.name)
        )
        self._held[object_id] = (head, said)
        self._objects += 1
        if volume.size >= VOLUME_BYTES:
            self._close_volume()

    def _open_volume(self) -> VolumeWriter:
        if self._volume is None:
            number = sum(path.startswith("store-") for path in self._digests) + 1
            name = f"store-{number:05}.tar" + (SEALED if self._recipients else "")
            (self._data / name).unlink(missing_ok=True)  # begun by a run that was cut off
            self._volume = VolumeWriter(self._data / name, self._recipients)
        return self._volume

    def _close_volume(self) -> None:
        if self._volume is None:
            return
        name = self._volume.path.name
        digest, _ = self._volume.close()
        self._volume = None
        self._digests[name] = digest
        with (self._data / CONTENTS).open("a", encoding="ascii", newline="\n") as file:
            file.writelines(map(line_of, self._waiting))
            file.write(line_of(Closed(volume=name, sha512=digest, recipients=self._recipients)))
            file.flush()
            os.fsync(file.fileno())
        self._waiting.clear()

    def _take_over(self) -> None:
        """Keep the closed volumes of a run that was cut off; forget the rest of it."""
        kept: list[Piece | Closed] = []
        pieces: list[Piece] = []
        for entry in read_contents(self._data / CONTENTS):
            if isinstance(entry, Piece):
                pieces.append(entry)
                continue
            volume = self._data / entry.volume
            if entry.recipients != self._recipients or not volume.is_file() or digest_of(volume) != entry.sha512:
                break
            kept += [*pieces, entry]
            self._digests[entry.volume] = entry.sha512
            self._held |= {piece.object_id: (piece.head, piece.inventory) for piece in pieces}
            self._objects += len(pieces)
            pieces = []
        if self._part.is_dir() and not kept:
            shutil.rmtree(self._part)
        self._data.mkdir(parents=True, exist_ok=True)
        with (self._data / CONTENTS).open("w", encoding="ascii", newline="\n") as file:
            file.writelines(map(line_of, kept))
        keep = {CONTENTS, *self._digests}
        for stray in self._part.rglob("*"):
            if stray.is_file() and not (stray.parent == self._data and stray.name in keep):
                stray.unlink()


def _keep_key(path: Path, key: bytes) -> None:
    """Lay the key down before anything is sealed for it."""
    with path.open("xb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def _before(target: Path) -> tuple[Generation, ...]:
    try:
        return generations(target)
    except NotABackupError:
        strangers = [p.name for p in target.iterdir() if p.name not in {f"0001{PART}", KEY}]
        if strangers:
            raise BackupTargetError(target.name, "里面有不属于备份的内容") from None
        return ()


@contextmanager
def _alone(work: Path) -> Iterator[None]:
    try:
        with FileLock(work / "backup.lock", timeout=0, is_singleton=True):
            yield
    except Timeout:
        raise OfficeBusyError from None
