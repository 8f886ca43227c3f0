"""Intents: what was about to be written to store and registry, so that a crash between them heals.

Order of issuing (product.md, “Three truths”): intent → store → registry → intent removed. At the
next opening an intent whose version is in the store but not in the registry is carried over into
the registry from the object itself; one that reached neither is forgotten. The recovery runs
inside the write lock, so it waits for a process that is still at it.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.store import paper_object
from docgen.workspace.objects import inputs_path, read_inputs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docgen.workspace.core import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One paper version that is being issued."""

    paper_uid: str
    version: int

    def path(self, work: Path) -> Path:
        """Return where the intent lies."""
        return work / f"issue-{self.paper_uid}-{self.version}.intent"

    def write(self, work: Path) -> None:
        """Lay the intent down durably."""
        with self.path(work).open("w", encoding="ascii", newline="\n") as file:
            json.dump({"paper": self.paper_uid, "version": self.version}, file)
            file.flush()
            os.fsync(file.fileno())

    def clear(self, work: Path) -> None:
        """Take the intent away; the version is registered, or never will be."""
        self.path(work).unlink(missing_ok=True)


def intents(work: Path) -> Iterator[Intent]:
    """Yield what a crash left; a torn intent was never acted on and is removed."""
    for path in sorted(work.glob("issue-*.intent")):
        try:
            data = json.loads(path.read_text("ascii"))
            yield Intent(paper_uid=str(data["paper"]), version=int(data["version"]))
        except (ValueError, KeyError, TypeError):
            path.unlink(missing_ok=True)
        except FileNotFoundError:
            continue  # another process has just finished with it


def recover(workspace: Workspace) -> None:
    """Bring the registry up to the store for every intent left behind."""
    work = workspace.folder / "work"
    for intent in intents(work):
        object_id = paper_object(intent.paper_uid)
        with workspace.registry.begin() as tx:
            known = tx.papers.by_uid(intent.paper_uid)
            registered = known is not None and known.version >= intent.version
            stored = workspace.store.exists(object_id) and inputs_path(intent.version) in workspace.store.paths(
                object_id
            )
            if stored and not registered:
                inputs = read_inputs(workspace.store.read(object_id, inputs_path(intent.version)))
                inputs.register(tx, workspace.store, is_recovered=True)
        intent.clear(work)
