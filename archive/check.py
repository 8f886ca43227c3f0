"""检查: proves that the archive is whole, and names every place where it is not.

Source: OCFL 1.1 §3–§4 (validation codes, ``ocfl.E…``), DA/T 70 (真实 完整 可用 安全). Nothing is
changed and nothing is taken on trust: inventories are proved by their sidecars, files by the
inventories, the registry's digests by both. Findings are collected, never raised.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from archive import dialect
from archive.disk import digest_of
from archive.store import (
    disposal_object,
    layout,
    paper_object,
    registry_object,
    roster_object,
    scan_object,
    table_object,
    transfer_object,
)
from archive.store.inventory import sidecar_bytes
from archive.store.objects import proved
from forms.problems import Problem, Where
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from archive.registry import Registry, Tx
    from archive.store import Store
    from archive.store.inventory import Inventory

_BATCH = 256

Progress = Callable[[int, str], None]
"""Called with the number of objects checked so far and the id of the last."""


class Level(IntEnum):
    """How far to look."""

    STRUCTURE = 1
    """Folders, inventories, sidecars."""
    COMPLETENESS = 2
    """Also: every file there, none too many."""
    FIXITY = 3
    """Also: every byte, by SHA-512."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a check found and how much it looked at."""

    problems: tuple[Problem, ...]
    objects: int
    files: int
    """Content files looked at."""
    size: int
    """Their bytes."""
    level: Level

    @property
    def is_whole(self) -> bool:
        """Nothing was found that blocks."""
        return not any(p.blocking for p in self.problems)


@dataclass(slots=True)
class _Seen:
    objects: int = 0
    files: int = 0
    size: int = 0


def check_archive(
    store: Store, registry: Registry, *, level: Level = Level.FIXITY, progress: Progress | None = None
) -> Report:
    """Check the store, the registry, and each against the other.

    Args:
        store: The store.
        registry: The registry.
        level: How far to look into the store.
        progress: Told after each object.
    """
    seen = _Seen()
    problems = list(_store(store.root, level, seen, progress, store.hold))
    if level is Level.FIXITY and registry.is_decayed():
        decayed = "登记库文件的内容变了，而没有人写过它，多半是磁盘损坏。请用备份恢复（docgen restore）。"
        problems.append(_problem("registry.decayed", decayed, registry.name))
    with registry.read() as tx:
        problems += check_registry(tx)
        problems += check_agreement(store, tx)
    return Report(problems=tuple(problems), objects=seen.objects, files=seen.files, size=seen.size, level=level)


def check_store(root: Path, *, level: Level = Level.FIXITY, progress: Progress | None = None) -> Report:
    """Check a storage root by itself.

    Args:
        root: The storage root.
        level: How far to look.
        progress: Told after each object.
    """
    seen = _Seen()
    problems = tuple(_store(root, level, seen, progress, nullcontext))
    return Report(problems=problems, objects=seen.objects, files=seen.files, size=seen.size, level=level)


def check_registry(tx: Tx) -> tuple[Problem, ...]:
    """Check the registry by itself: the database's own check, and the chain of acts."""
    problems: list[Problem] = []
    if not dialect.is_sound(tx.connection):
        problems.append(_problem("registry.integrity", "登记库的数据库结构有损坏。请用备份恢复。", "registry"))
    return (*problems, *tx.audit.verify())


def check_agreement(store: Store, tx: Tx) -> tuple[Problem, ...]:
    """Compare store and registry both ways; digests by the inventories, without reading content."""
    problems: list[Problem] = []
    gone = tx.disposals.gone()
    known: set[str] = {registry_object(), *gone}
    problems += _disposals(store, tx)
    for uid, versions in tx.papers.bound_files().items():
        if paper_object(uid) not in gone:
            known.add(paper_object(uid))
            problems += _paper(store, paper_object(uid), versions)
    for transfer in tx.transfers.all():
        known.add(transfer_object(transfer.uid))
    for disposal in tx.disposals.all():
        known.add(disposal_object(disposal.uid))
    known |= {roster_object(head.uid) for head in tx.rosters.versions()}
    problems += _rosters(store, tx)
    for table in tx.tables.all():
        known.add(table_object(table.uid))
        if not store.exists(table_object(table.uid)):
            problems.append(
                _problem("agreement.table-missing", "登记过的汇总表在库房里没有。", table_object(table.uid))
            )
    for stack in tx.scans.stacks():
        known.add(scan_object(stack.sha256))
        if scan_object(stack.sha256) not in gone and not store.exists(scan_object(stack.sha256)):
            problems.append(
                _problem("agreement.scan-missing", "登记过的扫描件在库房里没有原件。", scan_object(stack.sha256))
            )
    problems.extend(
        _unrecorded(object_id)
        for object_id in store.objects()
        if object_id.startswith("urn:docgen:") and object_id not in known
    )
    return tuple(problems)


def _rosters(store: Store, tx: Tx) -> Iterator[Problem]:
    """A roster frozen here is in the store with the bytes it was frozen with; one that was sent lies in its package."""
    for head in tx.rosters.versions(own_only=True):
        object_id = roster_object(head.uid)
        inventory = proved(store.root / layout.object_path(object_id))
        if inventory is None:
            yield _problem("agreement.roster-missing", "登记过的名册在库房里没有，或者打不开。", object_id)
        elif head.digest not in inventory.manifest:
            yield _problem("agreement.digest", "库房里的名册与登记的摘要不一致。", object_id)


def _disposals(store: Store, tx: Tx) -> Iterator[Problem]:
    """What was destroyed is gone, and the certificate says so (forms.md REF-19)."""
    for disposal in tx.disposals.all():
        certificate = disposal_object(disposal.uid)
        inventory = proved(store.root / layout.object_path(certificate))
        if inventory is None or disposal.certificate not in inventory.manifest:
            yield _problem("agreement.certificate", "登记过的销毁没有清册，或者清册被换过。", certificate)
        for object_id in tx.disposals.objects(disposal.uid):
            if disposal.finished_at is not None and store.exists(object_id):
                yield _problem("agreement.destroyed", "登记为已销毁的一件还在库房里。", object_id)


def _paper(store: Store, object_id: str, versions: list[tuple[int, PaperStatus, dict[str, str]]]) -> Iterator[Problem]:
    inventory = proved(store.root / layout.object_path(object_id))
    if inventory is None:
        yield _problem("agreement.paper-missing", "登记过的文书在库房里没有，或者打不开。", object_id)
        return
    held = {(path, digest) for version in inventory.versions for path, digest in version.state.items()}
    paths = {path for path, _ in held}
    recorded: set[tuple[str, str]] = set()
    for version, status, digests in versions:
        recorded |= digests.items()
        for path, digest in digests.items():
            if path not in paths:
                yield _problem("agreement.file-missing", "登记过的文件在库房里没有。", f"{object_id}/{path}")
            elif (path, digest) not in held:
                yield _problem("agreement.digest", "库房里的文件与登记的摘要不一致。", f"{object_id}/{path}")
        done = status in {PaperStatus.SIGNED, PaperStatus.ARCHIVED}
        if done and not any(path.startswith(f"signed-v{version}-") for path in digests):
            yield _problem(
                "agreement.unsigned", f"第 {version} 版登记为已签，但没有签署后的扫描件（REF-22）。", object_id
            )
    for path, _ in sorted(inventory.state.items() - recorded):
        if path.startswith(("issued-v", "signed-v", "readings-v")):
            yield _unrecorded(f"{object_id}/{path}")


def _unrecorded(path: str) -> Problem:
    return _problem(
        "agreement.unrecorded",
        "库房里有一件没有登记（多半是办理中途断电留下的），不影响使用；重新办理后即可对上。",
        path,
        blocking=False,
    )


def _store(
    root: Path, level: Level, seen: _Seen, progress: Progress | None, hold: Callable[[], AbstractContextManager[None]]
) -> Iterator[Problem]:
    yield from _root(root)
    folders = []
    for bucket in sorted(p for p in root.iterdir() if p.is_dir() and layout.is_bucket(p.name)):
        entries = sorted(bucket.iterdir())
        if not entries:
            yield _problem("ocfl.E073", "库房里有空文件夹。", _name(root, bucket))
        for entry in entries:
            if entry.is_dir():
                folders.append(entry)
            else:
                yield _problem("ocfl.E072", "库房里有不属于任何一件的文件。", _name(root, entry))
    with ThreadPoolExecutor(2) as pool:  # hashing and reading both let go of the interpreter
        # a batch at a time: what is handed to the pool all at once is held in memory all at once
        for start in range(0, len(folders), _BATCH):
            batch = folders[start : start + _BATCH]
            for folder, findings in zip(batch, pool.map(lambda f: check_object(root, f, level), batch), strict=True):
                problems, files, size = findings
                if problems:  # a writer may have been at it: look again while none is
                    with hold():
                        problems, files, size = check_object(root, folder, level)
                seen.objects += 1
                seen.files += files
                seen.size += size
                yield from problems
                if progress is not None:
                    progress(seen.objects, layout.object_id(folder))


def _root(root: Path) -> Iterator[Problem]:
    for path, expected in layout.ROOT_FILES.items():
        file = root / path
        if not file.is_file():
            yield _problem("ocfl.E069", "库房开头的标志或说明文件不见了。", path)
        elif file.read_bytes() != expected:
            yield _problem("ocfl.E080", "库房开头的标志或说明文件被改动过。", path)
    expected_top = {path.split("/")[0] for path in layout.ROOT_FILES}
    for entry in sorted(root.iterdir()):
        if entry.name not in expected_top and not (entry.is_dir() and layout.is_bucket(entry.name)):
            yield _problem("ocfl.E072", "库房里有不属于任何一件的文件或文件夹。", _name(root, entry))
    extensions = root / "extensions"
    known = {root / path for path in layout.ROOT_FILES} | {extensions / layout.LAYOUT}
    for entry in sorted(extensions.rglob("*")):
        if entry not in known:
            yield _problem("ocfl.E067", "库房的说明文件夹里有多余的内容。", _name(root, entry))


def check_object(root: Path, folder: Path, level: Level) -> tuple[list[Problem], int, int]:
    """Check one object; return findings, number of files and bytes."""
    name = _name(root, folder)
    inventory = proved(folder)
    problems = list(_marks(folder, name))
    if inventory is None:
        problems += _unproved(folder, name, "")
        return problems, 0, 0
    if layout.object_path(inventory.object_id) != name:
        problems.append(_problem("ocfl.E037", "清单里的标识与所在文件夹不符。", name))
    problems += _versions(folder, name, inventory)
    if level is Level.STRUCTURE:
        return problems, 0, 0
    found, empty = _walk(folder)
    problems += _completeness(name, inventory, found)
    problems += [_problem("ocfl.E024", "有一个空文件夹。", f"{name}/{path}") for path in empty]
    size = 0
    for digest, path in inventory.manifest.items():
        if path not in found:
            continue
        size += (folder / path).stat().st_size
        if level is Level.FIXITY:
            problems += _fixity(folder / path, digest, f"{name}/{path}")
    return problems, len(inventory.manifest), size


def _fixity(file: Path, digest: str, name: str) -> Iterator[Problem]:
    try:
        if digest_of(file) != digest:
            yield _problem("ocfl.E092", "文件内容与入库时不一致，已损坏。", name)
    except OSError:
        yield _problem("store.unreadable", "文件读不出来，磁盘可能有坏道。", name)


def _marks(folder: Path, name: str) -> Iterator[Problem]:
    mark = folder / layout.OBJECT_MARK
    if not mark.is_file():
        yield _problem("ocfl.E003", "这一件的标志文件不见了。", f"{name}/{layout.OBJECT_MARK}")
    elif mark.read_bytes() != layout.OBJECT_MARK_BYTES:
        yield _problem("ocfl.E007", "这一件的标志文件被改动过。", f"{name}/{layout.OBJECT_MARK}")


def _unproved(folder: Path, name: str, below: str) -> Iterator[Problem]:
    """Say why an inventory is not proved."""
    inventory, sidecar = folder / below / layout.INVENTORY, folder / below / layout.SIDECAR
    prefix = f"{name}/{below}/" if below else f"{name}/"
    if not inventory.is_file():
        yield _problem("ocfl.E063", "清单文件不见了。", prefix + layout.INVENTORY)
    elif not sidecar.is_file():
        yield _problem("ocfl.E058", "清单的摘要文件不见了。", prefix + layout.SIDECAR)
    elif sidecar.read_bytes() != sidecar_bytes(inventory.read_bytes()):
        yield _problem("ocfl.E060", "清单与它的摘要对不上，两者之一被改动过。", prefix + layout.INVENTORY)
    else:
        yield _problem("ocfl.E034", "清单的内容不是本系统写下的样子。", prefix + layout.INVENTORY)


def _versions(folder: Path, name: str, inventory: Inventory) -> Iterator[Problem]:
    for number in range(1, inventory.head + 1):
        below = f"v{number}"
        if not (folder / below).is_dir():
            yield _problem("ocfl.E046", f"第 {number} 版的文件夹不见了。", f"{name}/{below}")
            continue
        older = proved(folder / below)
        if older is None:
            yield from _unproved(folder, name, below)
        elif older.object_id != inventory.object_id or older.versions != inventory.versions[:number]:
            yield _problem(
                "ocfl.E066", f"第 {number} 版的清单与现在的清单记载不同。", f"{name}/{below}/{layout.INVENTORY}"
            )
        elif number == inventory.head and older != inventory:
            yield _problem("ocfl.E064", "最新一版的清单与总清单不同。", f"{name}/{below}/{layout.INVENTORY}")


def _completeness(name: str, inventory: Inventory, found: set[str]) -> Iterator[Problem]:
    versions = [f"v{n}" for n in range(1, inventory.head + 1)]
    own = {layout.OBJECT_MARK, layout.INVENTORY, layout.SIDECAR}
    own |= {f"{version}/{file}" for version in versions for file in (layout.INVENTORY, layout.SIDECAR)}
    content = set(inventory.manifest.values())
    for path in sorted(content - found):
        yield _problem("ocfl.E092", "清单里有的文件不见了。", f"{name}/{path}")
    for path in sorted(found - content - own):
        code = "ocfl.E001" if "/" not in path else "ocfl.E023" if "/content/" in path else "ocfl.E015"
        yield _problem(code, "有一个清单里没有的文件。", f"{name}/{path}")


def _walk(folder: Path) -> tuple[set[str], list[str]]:
    """Return the files and the empty folders below a folder, relative to it, with ``/``."""
    files: set[str] = set()
    empty: list[str] = []
    for where, folders, names in os.walk(folder):
        below = Path(where).relative_to(folder).as_posix()
        prefix = "" if below == "." else f"{below}/"
        files.update(prefix + name for name in names)
        if not folders and not names:
            empty.append(below)
    return files, sorted(empty)


def _name(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


def _problem(code: str, message: str, path: str, *, blocking: bool = True) -> Problem:
    return Problem(code=code, message=message, where=Where(sheet=path, subject=path), blocking=blocking)
