"""库房: what is archived, as an OCFL 1.1 storage root that can be read without this program.

Source: OCFL 1.1; docs/on-disk.md. What must stay true: a version, once there, is never changed;
`put` returns only when every byte is forced to the disk; a crash leaves nothing but folders in the
work area, which the next opening takes back or carries through. The interface is a few verbs over
(object id, path, bytes), so that a bucket can stand behind it as well as a folder.
"""

from __future__ import annotations

import contextlib
import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from filelock import FileLock, Timeout

from archive.disk import CHUNK, Staged, digest_of, settle, sync_folder, translated
from archive.store import layout
from archive.store.inventory import Inventory, sidecar_bytes
from archive.store.objects import proved
from archive.store.staging import (
    PREFIX,
    PURGED,
    clear_purged,
    finish,
    finish_all,
    new_stage,
    remove,
    write_intent,
)
from forms.errors import ArchiveBrokenError, NotFoundError, OfficeBusyError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

__all__ = [
    "DamagedObjectError",
    "Store",
    "StoreBrokenError",
    "StoreExistsError",
    "StoredFileNotFoundError",
    "digest_of",
    "disposal_object",
    "paper_object",
    "registry_object",
    "roster_object",
    "scan_object",
    "table_object",
    "transfer_object",
]

LOCK_TIMEOUT_S = 15.0


class StoreExistsError(RefusedError):
    """The folder for a new store is not empty."""

    code = "store.exists"

    def __init__(self, folder: str) -> None:
        super().__init__(f"“{folder}”里已经有内容，没有新建库房。")


class StoreBrokenError(ArchiveBrokenError):
    """The folder is not a store, or not one of ours."""

    code = "store.broken"

    def __init__(self, place: str) -> None:
        super().__init__(f"库房的标志文件“{place}”不见了或者已损坏，也可能不是本系统的库房。请用备份恢复后再试。")


class DamagedObjectError(ArchiveBrokenError):
    """Bytes in the store are not what the inventory says."""

    code = "store.damaged"

    def __init__(self, object_id: str, path: str) -> None:
        self.object_id = object_id
        self.path = path
        super().__init__(
            f"库房里 {object_id} 的“{path}”已损坏或不见了，没有使用。请用 docgen archive check 检查，用备份恢复。"
        )


class StoredFileNotFoundError(NotFoundError):
    """No such object, version or file."""

    code = "store.not-found"

    def __init__(self, object_id: str, path: str = "") -> None:
        self.object_id = object_id
        self.path = path
        super().__init__(f"库房里没有 {object_id}{f' 的“{path}”' if path else ''}。")


def paper_object(paper_uid: str) -> str:
    """Return the id of the object that keeps a paper."""
    return f"urn:docgen:paper:{paper_uid}"


def registry_object() -> str:
    """Return the id of the object that keeps the snapshots of the registry."""
    return "urn:docgen:registry"


def roster_object(uid: str) -> str:
    """Return the id of the object that keeps a frozen roster."""
    return f"urn:docgen:roster:{uid}"


def scan_object(sha256: str) -> str:
    """Return the id of the object that keeps a file as received."""
    return f"urn:docgen:scan:{sha256}"


def disposal_object(uid: str) -> str:
    """Return the id of the object that keeps the certificate of a disposal."""
    return f"urn:docgen:disposal:{uid}"


def transfer_object(uid: str) -> str:
    """Return the id of the object that keeps lists, report and receipt of a transfer."""
    return f"urn:docgen:transfer:{uid}"


def table_object(uid: str) -> str:
    """Return the id of the object that keeps a summary table: its file, signed scan and packages."""
    return f"urn:docgen:table:{uid}"


class Store:
    """An open store; nothing is held open between calls, so there is nothing to close."""

    def __init__(self, root: Path, *, work: Path) -> None:
        self.root = root
        self._work = work

    @classmethod
    def create(cls, root: Path, *, work: Path) -> Self:
        """Make an empty store.

        Args:
            root: Folder of the store; absent or empty.
            work: Folder for what is being written, on the same file system and outside `root`.

        Raises:
            StoreExistsError: `root` is not empty.
        """
        with translated(root):
            if root.is_dir() and any(root.iterdir()):
                raise StoreExistsError(root.name)
            root.parent.mkdir(parents=True, exist_ok=True)
            work.mkdir(parents=True, exist_ok=True)
            if root.is_dir():
                root.rmdir()
            stage = Staged(new_stage(work))
            for path, data in layout.ROOT_FILES.items():
                stage.write(path, data)
            stage.settle()
            stage.folder.rename(root)
            sync_folder(root.parent)
        return cls(root, work=work)

    @classmethod
    def open(cls, root: Path, *, work: Path) -> Self:
        """Open a store and carry through, or take back, what a crash interrupted.

        Raises:
            StoreBrokenError: `root` is not a store.
            OfficeBusyError: something is left over and another process holds the store.
        """
        store = cls(root, work=work)
        with translated(root):
            mark = root / layout.ROOT_MARK
            if not mark.is_file() or mark.read_bytes() != layout.ROOT_FILES[layout.ROOT_MARK]:
                raise StoreBrokenError(f"{root.name}/{layout.ROOT_MARK}")
            work.mkdir(parents=True, exist_ok=True)
            if store._leftovers():
                with store._locked():
                    store._recover()
        return store

    def put(self, object_id: str, files: Mapping[str, bytes | Path], *, message: str, user: str, at: datetime) -> int:
        """Add files to an object as its next version, or make the object.

        The new version is the old state with these files added or replaced. Bytes the object has
        already are not stored again; if nothing would change, no version is made.

        Args:
            object_id: Which object.
            files: Logical path with ``/`` → bytes, or a file to copy.
            message: Why, for the version's record; no personal data.
            user: Who.
            at: When; aware.

        Returns:
            The number of the newest version, from 1.

        Raises:
            DiskFullError: no room; the object is as before.
            OfficeBusyError: another process holds the store.
            DamagedObjectError: the object as it stands is damaged; it is left alone.
        """
        return self.put_all({object_id: files}, message=message, user=user, at=at)[object_id]

    def put_all(
        self, objects: Mapping[str, Mapping[str, bytes | Path]], *, message: str, user: str, at: datetime
    ) -> dict[str, int]:
        """Do `put` for several objects, forced to the disk together; a few dozen at most, for their files are open.

        When it fails, each object is either as before or has its new version whole.

        Args:
            objects: Object id → logical path → bytes, or a file to copy.
            message: Why.
            user: Who.
            at: When; aware.

        Returns:
            The number of the newest version of each.

        Raises:
            DiskFullError: no room.
            OfficeBusyError: another process holds the store.
            DamagedObjectError: an object as it stands is damaged; nothing was done.
        """
        said = {key: {layout.logical(path): data for path, data in files.items()} for key, files in objects.items()}
        digests = {key: {path: digest_of(data) for path, data in files.items()} for key, files in said.items()}
        heads: dict[str, int] = {}
        drafts: list[_Draft] = []
        with translated(self.root), self._locked():
            if self._leftovers():
                self._recover()
            for key, files in said.items():
                old = self._find(key)
                state = {**(old.state if old else {}), **digests[key]}
                if old is not None and state == old.state:
                    heads[key] = old.head
                    continue
                _refuse_file_as_folder(state)
                base = old or Inventory(object_id=key, manifest={}, versions=())
                new = base.with_version(state, message=message, user=user, at=at)
                added = {
                    path: (files[path], digest)
                    for path, digest in digests[key].items()
                    if new.manifest[digest] == f"v{new.head}/content/{path}" and digest not in base.manifest
                }
                drafts.append(_Draft(inventory=new, added=added))
                heads[key] = new.head
            self._write(drafts)
        return heads

    def read(self, object_id: str, path: str, version: int | None = None) -> bytes:
        """Return the bytes of a file, compared with their digest.

        Args:
            object_id: Which object.
            path: Logical path.
            version: Which version, from 1; the newest by default.

        Raises:
            StoredFileNotFoundError: no such object, version or file.
            DamagedObjectError: the bytes are not what was stored.
        """
        return b"".join(self.chunks(object_id, path, version))

    def chunks(self, object_id: str, path: str, version: int | None = None) -> Iterator[bytes]:
        """Yield the bytes of a file piece by piece, for files that memory should not hold; as `read` otherwise.

        What was yielded counts only when the last piece has come: the digest is compared then.
        """
        inventory = self._inventory(object_id)
        digest = self._state(inventory, version).get(path)
        if digest is None:
            raise StoredFileNotFoundError(object_id, path)
        proof = hashlib.sha512()
        try:
            with (self._folder(object_id) / inventory.manifest[digest]).open("rb") as file:
                while chunk := file.read(CHUNK):
                    proof.update(chunk)
                    yield chunk
        except FileNotFoundError:
            raise DamagedObjectError(object_id, path) from None
        except OSError:
            with translated(self.root):
                raise
        if proof.hexdigest() != digest:
            raise DamagedObjectError(object_id, path)

    def paths(self, object_id: str, version: int | None = None) -> Mapping[str, str]:
        """Return the logical paths of an object with the SHA-512 of each.

        Raises:
            StoredFileNotFoundError: no such object or version.
        """
        return dict(self._state(self._inventory(object_id), version))

    def head(self, object_id: str) -> int:
        """Return the number of the newest version; 0 when there is no such object."""
        inventory = self._find(object_id)
        return 0 if inventory is None else inventory.head

    def exists(self, object_id: str) -> bool:
        """Tell whether there is such an object."""
        return (self._folder(object_id) / layout.INVENTORY).is_file()

    def objects(self) -> Iterator[str]:
        """Yield the ids of all objects, in the order of their folders."""
        with translated(self.root):
            for bucket in sorted(p for p in self.root.iterdir() if layout.is_bucket(p.name)):
                for folder in sorted(bucket.iterdir()):
                    yield layout.object_id(folder)

    def purge(self, object_id: str) -> bool:
        """Take an object out of the store for good; tell whether it was there.

        Only for 销毁 (forms.md REF-19): the caller has a certificate in the store and the decision of two
        persons in the registry. The object disappears by one rename, then its bytes are deleted; a crash
        between leaves a folder in the work area that the next opening deletes.

        Raises:
            OfficeBusyError: another process holds the store.
            UnwritableFolderError: the bytes cannot be deleted.
        """
        with translated(self.root), self._locked():
            folder = self._folder(object_id)
            if not folder.is_dir():
                return False
            remove(self.root, folder, self._work)
        return True

    def hold(self) -> AbstractContextManager[None]:
        """Keep every writer away as long as the context lasts; for a second look at what seems wrong.

        Raises:
            OfficeBusyError: another process holds the store for too long.
        """
        return self._locked()

    def _folder(self, object_id: str) -> Path:
        return self.root / layout.object_path(object_id)

    def _inventory(self, object_id: str) -> Inventory:
        found = self._find(object_id)
        if found is None:
            raise StoredFileNotFoundError(object_id)
        return found

    def _find(self, object_id: str) -> Inventory | None:
        folder = self._folder(object_id)
        if not folder.is_dir():
            return None
        found = proved(folder)
        if found is None:
            with self._locked():  # another process may stand between the inventory and its sidecar
                self._recover()
                found = proved(folder)
        if found is None or found.object_id != object_id:
            raise DamagedObjectError(object_id, layout.INVENTORY)
        return found

    @staticmethod
    def _state(inventory: Inventory, version: int | None) -> Mapping[str, str]:
        if version is None:
            return inventory.state
        if not 1 <= version <= inventory.head:
            raise StoredFileNotFoundError(inventory.object_id, f"v{version}")
        return inventory.versions[version - 1].state

    def _write(self, drafts: Sequence[_Draft]) -> None:
        stages: list[Staged] = []
        try:
            for draft in drafts:
                stages.append(Staged(new_stage(self._work)))
                draft.stage(stages[-1])
            if stages:
                settle(stages)
                finish_all(self.root, [stage.folder for stage in stages])
        except BaseException:
            for stage in stages:
                stage.close()
            for stage in stages:
                with contextlib.suppress(OSError):  # what cannot be taken back now is taken back at the next opening
                    finish(self.root, stage.folder, forward=False)
            raise

    def _leftovers(self) -> list[Path]:
        return [*sorted(self._work.glob(f"{PREFIX}*")), *sorted(self._work.glob(f"{PURGED}*"))]

    def _recover(self) -> None:
        for folder in self._leftovers():
            if folder.name.startswith(PURGED):
                clear_purged(folder)
            else:
                finish(self.root, folder, forward=False)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = FileLock(self._work / "store.lock", timeout=LOCK_TIMEOUT_S, is_singleton=True)
        try:
            with lock:
                yield
        except Timeout:
            raise OfficeBusyError from None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """The next version of an object, about to be staged."""

    inventory: Inventory
    added: Mapping[str, tuple[bytes | Path, str]]
    """Logical path → content the object does not have yet, and its SHA-512."""

    def stage(self, stage: Staged) -> None:
        """Write intent, content and inventories."""
        new = self.inventory
        data = new.to_bytes()
        proof = sidecar_bytes(data)
        first = new.head == 1
        write_intent(stage, layout.object_path(new.object_id), new.head)
        version = f"object/v{new.head}" if first else "version"
        for path, (source, digest) in self.added.items():
            if stage.write(f"{version}/content/{path}", source) != digest:
                raise OSError("the file changed while it was copied")
        stage.write(f"{version}/{layout.INVENTORY}", data)
        stage.write(f"{version}/{layout.SIDECAR}", proof)
        if first:
            stage.write(f"object/{layout.OBJECT_MARK}", layout.OBJECT_MARK_BYTES)
        for name, content in ((layout.INVENTORY, data), (layout.SIDECAR, proof)):
            stage.write(f"object/{name}" if first else f"root/{name}", content)


def _refuse_file_as_folder(state: Mapping[str, str]) -> None:
    for path in state:
        parts = path.split("/")
        if any("/".join(parts[:n]) in state for n in range(1, len(parts))):
            raise ValueError(f"a file stands where a folder is needed: {path!r}")
