"""Intents: what was about to be written to store and registry, so that a crash between them heals.

Order of issuing (product.md, “Three truths”): intent → store → registry → intent removed. At the
next opening, and before the next number is drawn, an intent whose version is in the store but not in
the registry is carried over into the registry from the object itself; one that reached neither is
forgotten. The recovery runs inside the write lock, so it waits for a process that is still at it. A version
that cannot be carried over (its number went to another paper, its people are not in this registry) was never
printed: it stays in the store unregistered, and the desk and the chain of acts say so.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.disk import sync_folder, translated
from archive.registry import ConflictError
from archive.store import paper_object
from docgen.workspace.office.objects import inputs_path, read_inputs
from forms.errors import AppError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archive.registry import Tx
    from docgen.workspace.office.opened import Office


ORPHAN = "paper.orphan"
"""A version in the store that was never printed and could not be registered."""


_DAY_S = 24 * 3600
_SPOOLS = ("scan-*", "resume-*", "accept-*", "*.part")
"""Folders of pages being read and files being written, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One paper version that is being issued."""

    paper_uid: str
    version: int

    def path(self, work: Path) -> Path:
        """Return where the intent lies."""
        return work / f"issue-{self.paper_uid}-{self.version}.intent"

    def write(self, work: Path) -> None:
        """Lay the intent down durably; it is there whole or not at all, whoever looks at the folder."""
        path = self.path(work)
        new = path.with_suffix(".part")
        with translated(work):
            with new.open("w", encoding="ascii", newline="\n") as file:
                json.dump({"paper": self.paper_uid, "version": self.version}, file)
                file.flush()
                os.fsync(file.fileno())
            new.replace(path)
            sync_folder(work)

    def clear(self, work: Path) -> None:
        """Take the intent away; the version is registered, or never will be."""
        self.path(work).unlink(missing_ok=True)


def intents(work: Path) -> Iterator[Intent]:
    """Yield what was begun; what cannot be read was never acted on and is removed."""
    for path in sorted(work.glob("issue-*.intent")):
        try:
            data = json.loads(path.read_text("ascii"))
            yield Intent(paper_uid=str(data["paper"]), version=int(data["version"]))
        except (ValueError, KeyError, TypeError):
            path.unlink(missing_ok=True)
        except FileNotFoundError:
            continue  # another process has just finished with it


def recover(office: Office) -> None:
    """Bring the registry up to the store for every intent left behind; clear what crashes left in `work/`."""
    _sweep(office.folder / "work")
    if not any(intents(office.folder / "work")):
        return  # opening an office to read takes no lock
    with office.registry.begin() as tx:
        settled = settle(office, tx)
    clear(office, settled)


def settle(office: Office, tx: Tx) -> tuple[Intent, ...]:
    """Carry over what a crash or a failure left, inside a write transaction; return what is settled.

    Whoever holds the write lock is the only one at work, so every intent found here was left behind.
    Without this before a number is drawn, a paper that is in the store only would lose its number to
    the next one. `clear` what is returned once the transaction is on the disk.
    """
    found = tuple(intents(office.folder / "work"))
    for intent in found:
        object_id = paper_object(intent.paper_uid)
        known = tx.papers.by_uid(intent.paper_uid)
        if known is not None and known.version >= intent.version:
            continue
        path = inputs_path(intent.version)
        if office.store.exists(object_id) and path in office.store.paths(object_id):
            _carry_over(office, tx, intent)
    return found


def _carry_over(office: Office, tx: Tx, intent: Intent) -> None:
    """Register a version from its object; what cannot be registered is said and left where it is."""
    number = ""
    try:
        inputs = read_inputs(office.store.read(paper_object(intent.paper_uid), inputs_path(intent.version)))
        number = str(inputs.number or "")
        with tx.savepoint():
            inputs.register(tx, office.store, is_recovered=True)
    except (AppError, ValueError, KeyError, TypeError, ConflictError):
        tx.audit.append("paper.orphan", actor=office.actor.name, subject=intent.paper_uid, version=intent.version)
        named = f"文号“{number}”" if number else "没有文号"
        tx.scans.put_paper_on_desk(
            intent.paper_uid,
            code=ORPHAN,
            message=f"库房里有一件没有登记的文书（{named}，第 {intent.version} 版）：办理中途断电，"
            "恢复时它的文号已给了别的文书，或者涉及的人和单位不在登记库里。它没有打印过，不作数；需要的话请重新生成。",
        )


def clear(office: Office, settled: tuple[Intent, ...]) -> None:
    """Take intents away that are settled."""
    for intent in settled:
        intent.clear(office.folder / "work")


def _sweep(work: Path) -> None:
    """Remove spooled pages and half-written prints of processes that died; a day old, nobody is at them."""
    for path in (p for pattern in _SPOOLS for p in work.glob(pattern)):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _DAY_S:
                _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
