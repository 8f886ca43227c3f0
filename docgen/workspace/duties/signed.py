"""A version becomes signed: its status, the duties it opens and closes, and its effects, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.workspace.duties.effects import apply_effects
from docgen.workspace.duties.opening import Clock, open_duties
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from datetime import date

    from archive.registry import Tx
    from archive.registry.paper_states import PaperRecord, VersionRecord
    from docgen.workspace.office.opened import Office


def mark_signed(office: Office, tx: Tx, paper: PaperRecord, version: VersionRecord, *, signed_on: date | None) -> None:
    """Record that the signed scan of a version is in the archive, and all that follows from it.

    Args:
        office: The open office.
        tx: The transaction that files it.
        paper: The paper.
        version: The version that was signed.
        signed_on: Day of the last signature; ``None`` while nobody has typed it in: today counts.
    """
    tx.papers.set_status(paper.uid, version.version, PaperStatus.ARCHIVED, signed_on=signed_on)
    day = signed_on or office.today
    spec = office.library.get(paper.form_code)
    open_duties(tx, spec, paper, version.values, day, clock=Clock.of(office))
    apply_effects(
        tx,
        office.library,
        paper,
        version.values,
        signed_on=signed_on,
        today=office.today,
        actor=office.actor.name,
    )
