"""What filing a signed paper changes besides duties: a person is flagged, a copy is served, a case gets its number.

Source: forms.md §6 D5 (“person flag → REF-01/REF-09 for all present and future arrangements”), D6, D10. The
form declares the effects; each is done once, whatever is filed or read again.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from docgen.workspace.duties.care_effects import KINDS as CARE_KINDS
from docgen.workspace.duties.care_effects import apply_care_effect
from docgen.workspace.duties.school_effects import record_child
from forms.cases.casefile import CaseRole
from forms.cases.conditions import holds
from forms.cases.facts import PaperRef
from forms.values.blank import is_value
from forms.values.enums import Flag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archive.registry import Tx
    from archive.registry.paper_states import PaperRecord
    from forms.cases.casefile import CaseFile, CasePerson
    from forms.cases.facts import Value
    from forms.catalogue.library import FormLibrary
    from forms.spec import EffectSpec, FormSpec

REVIEW_DAYS = 3
"""Within how many days the care of every other child around a flagged person is looked at again."""
_PARTIES = {
    "加害人": ("perpetrator", CaseRole.PERPETRATOR),
    "受害人一方": ("victim", CaseRole.VICTIM),
    "被责令人": ("parents", None),
    "被训诫人": ("parents", None),
}
"""What a receipt calls a party → recipient of the copy, role in the case."""


def apply_effects(
    tx: Tx,
    library: FormLibrary,
    paper: PaperRecord,
    values: Mapping[str, Value],
    *,
    signed_on: date | None,
    today: date,
    actor: str,
) -> None:
    """Carry out what the form of a signed paper declares.

    Args:
        tx: The transaction that files the paper or takes a reading of it down.
        library: For the forms of papers that were served.
        paper: The signed paper.
        values: What is known of its signed version.
        signed_on: Day of the last signature; ``None`` while nobody has typed it in.
        today: The day of filing.
        actor: For the audit chain.
    """
    spec = library.get(paper.form_code)
    case = tx.cases.of_paper(paper.uid)
    for effect in spec.effects:
        if holds(effect.when, values) is not True:
            continue
        if effect.kind in CARE_KINDS:
            apply_care_effect(tx, effect, paper, values, on=signed_on or today, actor=actor)
        elif effect.kind == "flag" and case is not None:
            people = _meant(spec, CaseRole(effect.role), case, values)
            _flag(tx, Flag(effect.flag), people, case=case, paper=paper, on=signed_on or today, actor=actor)
        elif effect.kind == "serve":
            _serve(tx, library, effect, paper, values, signed_on=signed_on, actor=actor)
        elif effect.kind == "number" and case is not None and is_value(values.get(effect.field, "")):
            number = str(values.get(effect.field, ""))
            if number and number != case.number:
                tx.cases.set_number(case.uid, number)
        elif effect.kind == "record":
            record_child(tx, effect, paper, on=signed_on or today)
        elif effect.kind == "close" and case is not None and case.closed_on is None:
            tx.cases.close(case.uid, signed_on or today)


def _flag(
    tx: Tx,
    flag: Flag,
    people: tuple[CasePerson, ...],
    *,
    case: CaseFile,
    paper: PaperRecord,
    on: date,
    actor: str,
) -> None:
    for entry in people:
        uid = entry.person.uid
        if not uid:
            continue
        if flag not in entry.person.flags:
            tx.audit.append("person.flag", actor=actor, subject=uid, flag=flag.name, paper=paper.uid)
        tx.people.flag(uid, flag, paper.uid)
        tx.papers.name_person(paper.uid, uid, entry.role.name.lower())
        others = {r.uid for r in tx.people.children_of_carer(uid)}
        others |= {r.uid for r in tx.people.siblings(case.child_uid)} - {case.child_uid}
        for child_uid in sorted(others - {case.child_uid}):
            known = {d.kind for d in tx.duties.of_child(child_uid) if d.paper_uid == paper.uid}
            if "review_care" not in known:
                due = on + timedelta(days=REVIEW_DAYS)
                tx.duties.add("review_care", child_uid=child_uid, due_on=due, paper_uid=paper.uid)


def _meant(spec: FormSpec, role: CaseRole, case: CaseFile, values: Mapping[str, Value]) -> tuple[CasePerson, ...]:
    """Return whom of the role the paper names; all of the role when it names none."""
    names = {str(values.get(link.field)) for link in spec.links if link.target == "person" and link.field in values}
    of_role = case.all(role)
    return tuple(e for e in of_role if str(e.person.name) in names) or of_role


def _serve(
    tx: Tx,
    library: FormLibrary,
    effect: EffectSpec,
    receipt: PaperRecord,
    values: Mapping[str, Value],
    *,
    signed_on: date | None,
    actor: str,
) -> None:
    ref = values.get(effect.field)
    served = tx.papers.by_uid(ref.uid) if isinstance(ref, PaperRef) else None
    on = _served_on(values) or signed_on
    if served is None or on is None:
        return  # who typed nothing in yet: the reading of the receipt comes here again
    recipient, role = _PARTIES.get(str(values.get("recipient_role", "")), ("", None))
    version = served.signed_version or served.version
    number = copy_number(tx, library.get(served.form_code), served.uid, version, recipient)
    if not number:
        return
    refusal = values.get("refusal")
    tx.papers.receive_copy(
        served.uid, version, number, on=on, refused_reason=str(refusal) if refusal and is_value(refusal) else ""
    )
    tx.cases.serve(
        served.uid,
        version,
        number,
        role=role,
        method=str(values.get("serve_method", "")),
        on=on,
        receipt_uid=receipt.uid,
    )
    tx.audit.append("paper.serve", actor=actor, subject=served.uid, version=version, copy=number, receipt=receipt.uid)


def _served_on(values: Mapping[str, Value]) -> date | None:
    for name in ("served_at", "received_on"):
        value = values.get(name)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
    return None


def copy_number(tx: Tx, spec: FormSpec, paper_uid: str, version: int, recipient: str) -> int:
    """Return the number of the original that goes to a party; 0 when there is none.

    Args:
        tx: A transaction.
        spec: The form of the paper.
        paper_uid: The paper.
        version: Its version.
        recipient: ``perpetrator``, ``victim``, ``parents`` …; empty: the first copy with a receipt.
    """
    titles = {c.title for c in spec.copies if c.original and (c.recipient == recipient if recipient else c.receipt)}
    return next((c.number for c in tx.papers.copies(paper_uid, version) if c.recipient in titles), 0)
