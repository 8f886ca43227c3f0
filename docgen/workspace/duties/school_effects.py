"""What a signed paper of the dropout chain changes in the child's record: 就学情况 by E5 and E8.

Source: forms.md §7 X-03 (辍学 exactly while a registration is open), §8.4 (only E8 reduces the number).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from forms.catalogue.spec_check import RECORDED

if TYPE_CHECKING:
    from datetime import date

    from archive.registry import Tx
    from archive.registry.paper_states import PaperRecord
    from forms.spec import EffectSpec


def record_child(tx: Tx, effect: EffectSpec, paper: PaperRecord, *, on: date) -> None:
    """Write what the effect says into the record of the child; nothing when a later paper has said otherwise.

    Args:
        tx: The transaction that files the paper.
        effect: What the form declares.
        paper: The signed paper.
        on: Day of signing, or of filing.
    """
    if not paper.child_uid or _is_overtaken(tx, paper):
        return
    record = tx.people.get(paper.child_uid)
    said: dict[str, Any] = {effect.field: RECORDED[effect.field](effect.flag)}
    changed = replace(record, child=replace(record.child, **said))
    if changed != record:
        tx.people.save(changed, source=f"{paper.form_code}:{paper.uid}", on=on)


def _is_overtaken(tx: Tx, paper: PaperRecord) -> bool:
    """Tell whether a paper of the same chain was signed after this one: a reading that comes late undoes nothing."""
    facts = tx.papers.facts(paper.child_uid)
    mine = next((p for p in facts if p.uid == paper.uid), None)
    if mine is None or mine.signed_on is None:
        return False
    chain = (p for p in facts if p.form_code in {"E5", "E8"} and p.uid != paper.uid and p.is_done)
    return any(p.signed_on is not None and p.signed_on > mine.signed_on for p in chain)
