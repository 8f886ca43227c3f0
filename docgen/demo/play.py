"""The hands of the demo: who signs where on the printed stack, and which originals go to the copier.

Everything it knows it asks the workspace for, as a stranger would who holds the printed papers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.store import paper_object
from docgen.demo.scanner import Copier, InkPlace, play_scan
from docgen.engine.press import LaidPaper
from docgen.workspace.office.objects import layout_path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from docgen.engine.press import Box
    from docgen.workspace import Workspace
    from docgen.workspace.papers.reports import MadePaper, MakeReport
    from forms.cases.facts import Value

OFFICERS = {"village": "潘文海", "town": "龙秀英", "assessor": "潘文海", "asker": "潘文海", "recorder": "潘文海"}
"""Invented names of those who sign for the units."""


def signed_and_scanned(
    workspace: Workspace,
    report: MakeReport,
    *,
    seed: int,
    copier: Copier | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> bytes:
    """Return the scan of one signed original of every paper in a stack, shuffled as in a feeder."""
    assert report.stack is not None
    places: list[Sequence[InkPlace]] = []
    scanned: list[int] = []
    for made in report.made:
        inks = inks_of(workspace, made)
        for copy in range(max(made.copies, 1)):
            if copy == 0:
                scanned += range(len(places), len(places) + made.pages)
            places += inks
            places += [()] * (made.pages % 2)  # blank back: the next original begins on a front side
    return play_scan(
        report.stack.read_bytes(), places, seed=seed, copier=copier or Copier(), order=scanned, progress=progress
    ).pdf


def inks_of(workspace: Workspace, made: MadePaper) -> list[list[InkPlace]]:
    """Return for each page of a paper who signs, prints a finger or stamps where; every place is filled."""
    laid = LaidPaper.from_json(workspace.store.read(paper_object(made.uid), layout_path(made.version)))
    with workspace.registry.read() as tx:
        record = tx.papers.get(made.uid)
        values = tx.papers.version(made.uid, made.version).values
        village = tx.units.get(record.village_uid).name if record.village_uid else ""
        town = tx.units.owner().name
        issuer = tx.units.get(record.issuer_uid).name
    names = {s.role: _name(values.get(s.name_field), s.role) for s in workspace.library.get(made.form_code).signers}
    # school, issuer, office … are the unit whose paper it is; a recipient's stamp is the village's here
    seals = {"village": village, "town": town, "recipient": village or town, "": issuer}
    return [[_ink(box, names, seals) for box in page.boxes] for page in laid.pages]


def drop_in_inbox(workspace: Workspace, name: str, scan: bytes) -> Path:
    """Put a scan where the copier puts it."""
    path = workspace.folder / "inbox" / name
    path.write_bytes(scan)
    return path


def _ink(box: Box, names: dict[str, str], seals: dict[str, str]) -> InkPlace:
    kind, _, role = box.name.partition("_")
    text = seals.get(role, seals[""]) if kind == "seal" else names.get(role, "")
    return InkPlace(name=box.name, x=box.x, y=box.y, width=box.width, height=box.height, text=text)


def _name(value: Value | None, role: str) -> str:
    text = "" if value is None else str(value)
    return text if text and text not in {"不适用", "未采集"} else OFFICERS.get(role, OFFICERS["village"])
