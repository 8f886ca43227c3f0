"""What a signed paper about an entrustment changes: who is away, who no longer cares, what is replaced.

Source: forms.md §6 A6 (“ends `p_away`”, data to the register) and A7 (“old documents become 被替代; on an art 22(3)
ground the person flag is set and every other arrangement of that person goes to review”). Done again, each
changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from forms.cases.facts import PaperRef
from forms.values.blank import Blank
from forms.values.enums import Flag, PaperStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archive.registry import Tx
    from archive.registry.paper_states import PaperRecord
    from forms.cases.facts import Value
    from forms.people import Parent
    from forms.spec import EffectSpec

REVIEW_DAYS = 3
"""Within how many days the other children in the care of a flagged person are looked at again."""
KINDS = ("flag_carer", "away", "end_care", "replace")
NC = Blank.NOT_COLLECTED


def apply_care_effect(
    tx: Tx, effect: EffectSpec, paper: PaperRecord, values: Mapping[str, Value], *, on: date, actor: str
) -> None:
    """Carry out one of `KINDS`.

    Args:
        tx: The transaction that files the paper.
        effect: What the form declares.
        paper: The signed paper.
        values: What is known of its signed version.
        on: Day of signing, or of filing.
        actor: For the audit chain.
    """
    if not paper.child_uid:
        return
    if effect.kind == "away":
        _away(tx, paper, values, on)
    elif effect.kind == "end_care":
        _end_care(tx, paper, values, on)
    elif effect.kind == "replace":
        _replace(tx, values.get(effect.field), on, actor)
    elif effect.kind == "flag_carer":
        _flag_carer(tx, Flag(effect.flag), paper, on, actor)


def _away(tx: Tx, paper: PaperRecord, values: Mapping[str, Value], on: date) -> None:
    """Put down who left and where to, or who came back, for the child and for the children of the same parents."""
    who = str(values.get("away_who", ""))
    sides = {"父": ("father",), "母": ("mother",), "双方": ("father", "mother")}.get(who, ())
    is_back = str(values.get("filing_kind", "")) == "返乡"
    children = (tx.people.get(paper.child_uid), *tx.people.siblings(paper.child_uid))
    for record in children:
        changed = record
        for side in sides:
            parent = getattr(changed, side)
            if not isinstance(parent, Blank):
                new = _returned(parent, values) if is_back else _left(parent, values)
                changed = replace(changed, father=new) if side == "father" else replace(changed, mother=new)
        if changed != record:
            tx.people.save(changed, source=f"A6:{paper.uid}", on=on)


def _left(parent: Parent, values: Mapping[str, Value]) -> Parent:
    said: dict[str, object] = {"away": True}
    pairs = (("work_place", "dest"), ("employer", "employer"), ("left_on", "leave_on"), ("returns_on", "return_on"))
    for name, field in pairs:
        value = values.get(field, NC)
        if not isinstance(value, Blank):
            said[name] = value
    return replace(parent, **said)  # type: ignore[arg-type]


def _returned(parent: Parent, values: Mapping[str, Value]) -> Parent:
    day = values.get("returned_on", NC)
    gone = Blank.NOT_APPLICABLE
    return replace(
        parent, away=False, work_place=gone, employer=gone, returns_on=day if isinstance(day, date) else gone
    )


def _end_care(tx: Tx, paper: PaperRecord, values: Mapping[str, Value], on: date) -> None:
    """The child has no carer any more from the day it was handed back."""
    record = tx.people.get(paper.child_uid)
    if isinstance(record.carer, Blank):
        return
    if str(values.get("carer_name", "")) != str(record.carer.person.name):
        return  # somebody else cares by now: a scan that comes in late undoes nothing
    day = values.get("effective_on", NC)
    changed = replace(record, carer=Blank.NOT_APPLICABLE)
    tx.people.save(changed, source=f"A7:{paper.uid}", on=day if isinstance(day, date) else on)


def _replace(tx: Tx, ref: Value | None, on: date, actor: str) -> None:
    """Mark the paper that was changed or ended, and the deed that rests on it, as replaced; end their duties."""
    old = tx.papers.by_uid(ref.uid) if isinstance(ref, PaperRef) else None
    if old is None or not old.signed_version:
        return
    deeds = [p for p in tx.papers.of_child(old.child_uid) if p.signed_version and _rests_on(tx, p, old)]
    for paper in (old, *deeds):
        version = tx.papers.version(paper.uid, paper.signed_version)
        if version.status in {PaperStatus.SIGNED, PaperStatus.ARCHIVED}:
            tx.papers.set_status(paper.uid, version.version, PaperStatus.REPLACED)
            tx.audit.append("paper.replace", actor=actor, subject=paper.uid, version=version.version)
        for duty in tx.duties.of_child(old.child_uid):
            if duty.paper_uid == paper.uid and duty.done_on is None:
                tx.duties.done(duty.id, on)


def _rests_on(tx: Tx, paper: PaperRecord, old: PaperRecord) -> bool:
    ref = tx.papers.version(paper.uid, paper.signed_version).values.get("confirmation_ref")
    return isinstance(ref, PaperRef) and ref.uid == old.uid


def _flag_carer(tx: Tx, flag: Flag, paper: PaperRecord, on: date, actor: str) -> None:
    """Record what bars the carer for good, and have every other child in the same care looked at."""
    carer = tx.people.get(paper.child_uid).carer
    uid = paper.carer_uid or (carer.person.uid if not isinstance(carer, Blank) else "")
    if not uid:
        return
    known = tx.people.person(uid)
    if known is not None and flag not in known.flags:
        tx.audit.append("person.flag", actor=actor, subject=uid, flag=flag.name, paper=paper.uid)
    tx.people.flag(uid, flag, paper.uid)
    for record in tx.people.children_of_carer(uid):
        kinds = {d.kind for d in tx.duties.of_child(record.uid) if d.paper_uid == paper.uid}
        if record.uid != paper.child_uid and "review_care" not in kinds:
            due = on + timedelta(days=REVIEW_DAYS)
            tx.duties.add("review_care", child_uid=record.uid, due_on=due, paper_uid=paper.uid)
