"""Signatures and what they rest on: REF-10, REF-11, REF-17, REF-22, REF-25, REF-26, REF-27.

Sources: 民法典 第三十四条、第三十五条、第四百九十条、第一千零五十八条、第一千一百八十九条、第一千二百六十条;
未成年人保护法 第十一条、第二十二条; forms.md §2, §4 (G-SIGN), §11.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from forms.cases.conditions import can_entrust, has_custody, parent_signs
from forms.cases.facts import PaperRef
from forms.law.time import print_date
from forms.rules.base import Finding
from forms.rules.clauses import forbidden_clauses
from forms.spec import FieldType
from forms.values.blank import Blank, is_value
from forms.values.enums import Custody, PersonStatus, SignMode, SingleParentReason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from forms.cases.case import Case
    from forms.cases.facts import PaperFact, Signature
    from forms.people import Parent

SIDES = (("father", "父亲", "mother", "母亲"), ("mother", "母亲", "father", "父亲"))
_TEXTS = frozenset({FieldType.TEXT, FieldType.LONG_TEXT, FieldType.CLAUSES})


def _typed_texts(case: Case) -> Iterator[tuple[str, str]]:
    for field in case.spec.fields:
        value = case.value(field.name)
        if field.type in _TEXTS and not isinstance(value, Blank):
            for part in value if isinstance(value, tuple) else (value,):
                yield field.name, str(part)


def ref_10(case: Case) -> Iterator[Finding]:
    """Refuse clauses that pass guardianship on, free the parents, bind the carer jointly, or forbid reporting."""
    yield from _forbidden(case, "REF-10")
    if case.value("no_subdelegation") is False:
        message = "“不得转委托”不能写“否”：未经父母同意，被委托人不得把儿童转交他人照护。"
        yield Finding(message=message, field="no_subdelegation")


def _forbidden(case: Case, code: str) -> Iterator[Finding]:
    for name, text in _typed_texts(case):
        for problem in forbidden_clauses(text):
            if problem.code == code:
                yield Finding(message=problem.message, field=name)


def ref_11(case: Case) -> Iterator[Finding]:
    """Refuse an issuer that is not competent for this paper."""
    kind = case.facts.office.kind
    if kind not in case.spec.issuers:
        who = "、".join(k.value for k in case.spec.issuers)
        message = f"{case.spec.title}应当由{who}出具，{kind.value}不能出具。请转交有权的单位办理。"
        yield Finding(message=message)


def ref_17(case: Case) -> Iterator[Finding]:
    """Refuse text that cites repealed law."""
    yield from _forbidden(case, "REF-17")


def ref_22(case: Case) -> Iterator[Finding]:
    """Refuse to treat an unsigned paper as signed: as a basis, or by a signing date typed beforehand."""
    for field in case.spec.fields:
        value = case.value(field.name)
        if field.signed and isinstance(value, PaperRef):
            paper = next((p for p in case.facts.papers if p.uid == value.uid), None)
            if paper is None or not paper.is_done:
                number = value.document_number or value.form_code
                message = f"{number}的签字扫描件还没有归档，不能当作已经签字。请先把扫描件归档。"
                yield Finding(message=message, field=field.name)
    signed = case.spec.signed_field
    if signed and not case.signatures and case.day(signed) is not None:
        title = case.spec.field(signed).title
        message = f"“{title}”由签字人签字时用笔填写，不能预先打印。请留空，扫描归档时再录入。"
        yield Finding(message=message, field=signed)


def ref_25(case: Case) -> Iterator[Finding]:
    """Refuse signatures by others without mark, witness and reason, and a cadre signing for a parent."""
    staff = {case.facts.filler.name, *(s.name for s in (case.facts.reviewer, case.facts.head) if s)}
    staff |= {str(u.contact_name) for u in (case.facts.village, case.facts.town) if is_value(u.contact_name)}
    for signature in case.signatures:
        signer = next((s for s in case.spec.signers if s.role == signature.role), None)
        if signer is None:
            continue
        party = case.text(signer.name_field) if signer.name_field else ""
        who = f"“{signer.title}”{party}"
        yield from _by_another(case, signature, who=who, party=party, staff=staff - {""})
        yield from _day_of(case, signature, who=who)


def _by_another(case: Case, signature: Signature, *, who: str, party: str, staff: set[str]) -> Iterator[Finding]:
    field = case.spec.signed_field
    hand = signature.written_by or (signature.name if party and signature.name not in {"", party} else "")
    if hand and signature.role in {"father", "mother"} and hand in staff:
        message = (
            f"{who}的名字是工作人员{hand}代签的。工作人员不得代父母签字，请由本人签字，或者按预签、邮寄、视频见证办理。"
        )
        yield Finding(message=message, field=field)
    elif hand and not (signature.mode is SignMode.FINGERPRINT and signature.witnesses and signature.note):
        message = f"{who}由{hand}代签，缺少本人捺印、见证人或者理由。请本人重新签字，或者补齐三项。"
        yield Finding(message=message, field=field)
    elif signature.mode is SignMode.FINGERPRINT and not (signature.witnesses and signature.note):
        message = f"{who}只捺了指印，要有一名见证人签名，并写明谁宣读了内容。请补齐。"
        yield Finding(message=message, field=field)
    if signature.mode is SignMode.REFUSED and (len(signature.witnesses) < 2 or not signature.note):
        message = f"{who}拒绝签字，要有两名见证人并写明拒签理由。请补齐。"
        yield Finding(message=message, field=field)


def _day_of(case: Case, signature: Signature, *, who: str) -> Iterator[Finding]:
    field, day = case.spec.signed_field, signature.signed_on
    if isinstance(day, date) and day > case.today:
        yield Finding(message=f"{who}的签字日期{print_date(day)}还没有到。请对照纸面更正。", field=field)
    if isinstance(day, date) and case.made_on is not None and day < case.made_on:
        message = (
            f"{who}的签字日期{print_date(day)}早于这一版文书的生成日期{print_date(case.made_on)}。请对照纸面更正。"
        )
        yield Finding(message=message, field=field)


def ref_26(case: Case) -> Iterator[Finding]:
    """Refuse one parent's signature where the other can sign and raises the child, or the reason is untrue."""
    reason = case.value("single_parent_reason")
    signs = {side: parent_signs(case, side) for side in ("father", "mother")}
    both_can = signs["father"] is True and signs["mother"] is True
    if both_can and not isinstance(reason, Blank):
        message = (
            f"父母双方都能联系、都有抚养关系，不能只由一方签署（写的理由是“{reason}”）。"
            "请双方签字；一方在外的，可以预签、邮寄或者视频见证后补签。"
        )
        yield Finding(message=message, field="single_parent_reason")
        return
    for side, title, other, other_title in SIDES:
        if signs[side] is not False or signs[other] is False:
            continue
        if not isinstance(reason, SingleParentReason):
            message = f"只有{other_title}一方签署，没有写明{title}为什么不签。请填写“单方签署理由”并附依据。"
            yield Finding(message=message, field="single_parent_reason")
        elif not _reason_is_true(case, side, reason):
            message = f"单方签署理由“{reason}”和{title}的情况不符。请核对{title}的状态、监护能力和抚养关系后更正。"
            yield Finding(message=message, field="single_parent_reason")


def _reason_is_true(case: Case, side: str, reason: SingleParentReason) -> bool:
    status = case.value(f"{side}_status")
    if reason is SingleParentReason.DEAD:
        return status in {PersonStatus.DEAD, Blank.NOT_APPLICABLE}
    if reason is SingleParentReason.LOST:
        return status in {PersonStatus.LOST, PersonStatus.UNKNOWN}
    if reason is SingleParentReason.INCAPABLE:
        return can_entrust(case, side) is False or status is PersonStatus.DETAINED
    custody = {case.value("father_custody"), case.value("mother_custody")}
    return not has_custody(case, side) and bool(custody & {Custody.FATHER, Custody.MOTHER})


def ref_27(case: Case) -> Iterator[Finding]:
    """Refuse a deed without its confirmation, dated before it, or naming other parties or another period."""
    if case.spec.find_field("confirmation_ref") is None:
        return
    own = case.value("confirmation_ref")
    paper = next((p for p in case.facts.papers if isinstance(own, PaperRef) and p.uid == own.uid), None)
    if paper is None:
        message = f"档案里没有{case.child_name}和{case.carer_called}的确认书。请先办理A1，再办理责任书。"
        yield Finding(message=message, field="confirmation_ref")
        return
    if _carer_differs(case, paper):
        message = f"确认书上的被委托人和责任书上的{case.carer_called}不是同一个人。请先按现在的被委托人办理A1。"
        yield Finding(message=message, field="confirmation_ref")
    for name in ("from_on", "to_on"):
        ours, theirs = case.day(name), paper.values.get(name)
        if ours is not None and isinstance(theirs, date) and ours != theirs:
            title = case.spec.field(name).title
            message = f"“{title}”是{print_date(ours)}，确认书上是{print_date(theirs)}。两份文书的期限应当一致，请更正。"
            yield Finding(message=message, field=name)
    for side in ("father", "mother"):
        theirs = paper.values.get(f"{side}_name", Blank.NOT_COLLECTED)
        ours_name = case.value(f"{side}_name")
        if not isinstance(theirs, Blank) and not isinstance(ours_name, Blank) and theirs != ours_name:
            title = case.spec.field(f"{side}_name").title
            message = f"“{title}”和确认书上的不一致。请核对后按现在的情况重新办理A1。"
            yield Finding(message=message, field=f"{side}_name")
    confirmed = paper.signed_on
    dates = [s.signed_on for s in case.signatures if isinstance(s.signed_on, date)]
    if confirmed is not None and dates and min(dates) < confirmed:
        message = (
            f"责任书的签字日期{print_date(min(dates))}早于确认书的签字日期{print_date(confirmed)}。请对照纸面更正。"
        )
        yield Finding(message=message, field="signed_on")


def _carer_differs(case: Case, paper: PaperFact) -> bool:
    if paper.carer_uid and case.carer_uid:
        return paper.carer_uid != case.carer_uid
    named = paper.values.get("carer_name", Blank.NOT_COLLECTED)
    return not isinstance(named, Blank) and str(named) != case.carer_name


def parents_of(case: Case) -> tuple[tuple[str, str, Parent | None], ...]:
    """Return side, title and record of both parents."""
    return (("father", "父亲", case.parent("father")), ("mother", "母亲", case.parent("mother")))
