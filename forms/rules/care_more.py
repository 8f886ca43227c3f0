"""The papers around an entrustment: who may fetch a child, gaps in care, contact, admonition.

Sources: 未成年人保护法 第二十一条至第二十三条、第一百一十八条; 民法典 第九百三十三条、第九百三十四条; forms.md
§6 A3–A10, §7 X-01, X-09, §11 REF-29, WRN-07, WRN-08, WRN-10, WRN-17.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from forms.cases.facts import PaperRef
from forms.computed.care import earlier_admonitions, entrustment, last_contact
from forms.law.sources import cite
from forms.law.time import print_date
from forms.rules.base import Finding, Rule
from forms.rules.protection import receivers, takers
from forms.values.blank import Blank
from forms.values.enums import Flag
from forms.values.names_and_numbers import IdNumber, PersonName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from forms.cases.case import Case
    from forms.cases.facts import Cell, PaperFact, Row
    from forms.people import Person

HARM = (
    Flag.ABUSE,
    Flag.NEGLECT,
    Flag.ADDICTION,
    Flag.UNFIT,
    Flag.VIOLENCE_LETTER,
    Flag.PROTECTION_ORDER,
    Flag.UNDER_INVESTIGATION,
)
TWO_WEEKS, FOUR_WEEKS = timedelta(days=14), timedelta(days=28)
DEMAND_DAYS = 30
"""A10: how long the person may be given, at most."""


def flagged_as(case: Case, name: Cell, number: Cell = Blank.NOT_COLLECTED) -> tuple[Person, Flag] | None:
    """Return the person with a recorded harm that a name means; a number or its last four tells namesakes apart."""
    for person in case.facts.flagged:
        flag = next((f for f in person.flags if f in HARM), None)
        if flag is not None and isinstance(name, PersonName) and person.name == name and _may_be(person, number):
            return person, flag
    return None


def _may_be(person: Person, number: Cell) -> bool:
    known = person.id_number
    if isinstance(known, Blank) or isinstance(number, Blank) or not str(number).strip():
        return True
    return known.text.endswith(str(number).strip().upper()) if not isinstance(number, IdNumber) else known == number


def ref_29(case: Case) -> Iterator[Finding]:
    """Refuse a flagged person who would fetch or receive the child."""
    for name in ("pickup_persons", "receivers"):
        for number, row in enumerate(case.rows(name), start=1):
            found = flagged_as(case, row.get("name", ""), row.get("id_tail", row.get("id_number", "")))
            if found is not None:
                message = f"第{number}名接送人{found[0].name}有记录：{found[1].value}，不能接送儿童。请另写一人。"
                yield Finding(message=message, field=name)
    for number, row in enumerate(case.rows("rows"), start=1):
        for name, does in (("receiver", "接收"), ("picked_by", "接走")):
            found = flagged_as(case, row.get(name, ""))
            if found is not None:
                message = (
                    f"第{number}行{row.get('child_name', '')}的{does}人{found[0].name}有记录：{found[1].value}，"
                    f"不能{does}儿童。请另行安排。"
                )
                yield Finding(message=message, field="rows", row=number)
    yield from receivers(case)


def x_09(case: Case) -> Iterator[Finding]:
    """Refuse a flagged person as the new carer or as who takes the child back or in."""
    yield from takers(case)
    number = case.value("new_carer_id_number")
    known = number if isinstance(number, IdNumber) else Blank.NOT_COLLECTED
    taken: list[tuple[str, Cell, Cell]] = []
    if isinstance(case.value("new_carer"), PersonName):
        taken.append(("new_carer", PersonName.parse(case.text("new_carer")), known))
    taken.append(("handback_to", case.struct("handback_to").get("name", ""), Blank.NOT_COLLECTED))
    for field, name, digits in taken:
        found = flagged_as(case, name, digits)
        if found is not None:
            message = f"{found[0].name}有记录：{found[1].value}，不能照护或者接收儿童。请另行安排。"
            yield Finding(message=f"{message}只是同名的，请写公民身份号码。", field=field)


def x_01(case: Case) -> Iterator[Finding]:
    """Parents, carer, relation and address agree between the papers of one child."""
    paper = entrustment(case)
    if case.spec.find_field("entrustment_ref") is not None:
        own = case.value("entrustment_ref")
        if paper is None or not isinstance(own, PaperRef):
            who = f"{case.child_name}和{case.carer_called}"
            message = f"档案里没有{who}现行有效的确认书或者协议。请先办理A1（或A3），再告知。"
            yield Finding(message=message, field="entrustment_ref")
            return
        if not paper.is_done:
            message = (
                f"{paper.document_number or paper.form_code}的签字扫描件还没有归档。签字内容有变的，请重新生成告知书。"
            )
            yield Finding(message=message, field="entrustment_ref", blocking=False)
    yield from _differences(case, paper)
    for number, row in enumerate(case.rows("rows"), start=1):
        uid = str(row.get("child_uid", ""))
        signed = [p for p in case.facts.roster_papers.get(uid, ()) if p.is_done and p.form_code in {"A1", "A3"}]
        named = signed[0].values.get("carer_name") if signed else None
        listed = row.get("carer_name")
        if isinstance(named, PersonName) and isinstance(listed, PersonName) and named != listed:
            who = f"第{number}行{row.get('child_name', '')}"
            message = f"{who}的被委托人是{listed}，已签的确认书上是{named}。请先办理变更（A7）。"
            yield Finding(message=message, field="rows", row=number, blocking=False)


def _differences(case: Case, paper: PaperFact | None) -> Iterator[Finding]:
    if paper is None or not paper.is_done:
        return
    for name in ("carer_name", "carer_relation", "father_name", "mother_name"):
        here, there = case.value(name), paper.values.get(name, Blank.NOT_COLLECTED)
        if isinstance(here, Blank) or isinstance(there, Blank) or str(here) == str(there):
            continue
        title = field.title if (field := case.spec.find_field(name)) else name
        message = (
            f"“{title}”是{here}，已签的{paper.document_number or paper.form_code}上是{there}。"
            "请核实；确有变更的，办理A7。"
        )
        yield Finding(message=message, field=name, blocking=False)


NOTICE_COPIES = ("学校（幼儿园）存", "村（居）民委员会存")
"""Titles of the two copies of A4 that the law has receipts for (未成年人保护法 第二十三条)."""


def wrn_07(case: Case) -> Iterator[Finding]:
    """One of the two receipts of the notice is in, the other is not: on this paper, or in the registry."""
    notice = case.facts.done("A4")
    if notice is not None:
        known = {title: notice.receipts[title] for title in NOTICE_COPIES if title in notice.receipts}
        late = [title.removesuffix("存") for title, day in known.items() if day is None]
        if late and len(late) < len(known):
            message = f"书面告知{notice.document_number}只收到一份回执，“{'、'.join(late)}”的还没有收到。请催收后登记。"
            yield Finding(message=message)
    if case.spec.find_field("receipt_school") is None or case.value("receipt_school") is Blank.NOT_APPLICABLE:
        return
    has_school, has_village = _is_received(case.struct("receipt_school")), _is_received(case.struct("receipt_village"))
    if has_school != has_village:
        missing = "村（居）民委员会" if has_school else "学校（幼儿园）"
        message = f"只有一份签收，{missing}的回执还没有收到。请补齐后再算办结。"
        yield Finding(message=message, field="receipt_village" if has_school else "receipt_school")


def _is_received(receipt: Row) -> bool:
    return any(not isinstance(cell, Blank) for cell in receipt.values())


def wrn_08(case: Case) -> Iterator[Finding]:
    """The parent has left and nobody has been arranged for the child."""
    arrangement, left = case.value("arrangement"), case.day("leave_on")
    who = case.child_name
    if arrangement == "尚未落实":
        message = f"{who}的照护安排还没有落实。请在24小时内落实；儿童无人照护的，立即报告（D1）。"
        yield Finding(message=message, field="arrangement")
    elif isinstance(arrangement, Blank) and left is not None and left <= case.today:
        message = f"{who}的父母已经外出，照护安排没有写明。请核实由谁照护；没有落实的，在24小时内落实。"
        yield Finding(message=message, field="arrangement")
    for number, row in enumerate(case.rows("children_left"), start=1):
        if isinstance(row.get("carer", Blank.NOT_COLLECTED), Blank) and arrangement not in {"全部随行", "尚未落实"}:
            message = f"第{number}名留守子女{row.get('name', '')}没有写由谁照护。请写明照护人，或者写“另一方留家”。"
            yield Finding(message=message, field="children_left")


def wrn_10(case: Case) -> Iterator[Finding]:
    """No contact of a parent for two weeks; after four weeks the village admonishes."""
    for number, row in enumerate(case.rows("contact_log"), start=1):
        at = row.get("at")
        if isinstance(at, datetime) and at.date() > case.today:
            message = f"第{number}行的联系时间{print_date(at.date())}还没有到。请更正。"
            yield Finding(message=message, field="contact_log", blocking=True)
    last = last_contact(case)
    paper = entrustment(case)
    since = last or (paper.signed_on if paper is not None and paper.is_done else None)
    if since is None:
        return
    gap = case.today - since
    if gap > FOUR_WEEKS:
        message = f"从{print_date(since)}起已经{gap.days}天没有亲子联系。请联系父母，并办理劝诫（A10）。"
        yield Finding(message=message, field="contact_log")
    elif gap > TWO_WEEKS:
        message = f"从{print_date(since)}起已经{gap.days}天没有亲子联系，法律要求每周至少一次。请督促父母联系。"
        yield Finding(message=message, field="contact_log")


def wrn_17(case: Case) -> Iterator[Finding]:
    """The same telephone under people of different households."""
    record = case.record
    contact = record.emergency_contact if record is not None else Blank.NOT_COLLECTED
    if not isinstance(contact, Blank) and not isinstance(contact.phone, Blank) and case.carer is not None:
        phones = case.carer.person.phones
        if isinstance(phones, tuple) and contact.phone in phones and contact.name != case.carer.person.name:
            message = f"应急联系人{contact.name}和被委托人{case.carer.person.name}登记的是同一个电话。请核实后补登。"
            yield Finding(message=message, field="contacts" if case.spec.find_field("contacts") else "dest_contacts")
    families: dict[str, tuple[str, int]] = {}
    for number, row in enumerate(case.rows("rows"), start=1):
        family = f"{row.get('father_name', '')}、{row.get('mother_name', '')}"
        for side in ("father_phone", "mother_phone"):
            held = row.get(side)
            for phone in held if isinstance(held, tuple) else ():
                known, line = families.setdefault(str(phone), (family, number))
                if known != family:
                    message = f"第{number}行和第{line}行不是一家，父母登记了同一个电话。请核实。"
                    yield Finding(message=message, field="rows", row=number)


def no_gap(case: Case) -> Iterator[Finding]:
    """Refuse a change that leaves a day without a responsible adult, unless a signed handover covers it."""
    if case.value("gap_check") is True or case.done("D11") is not None:
        return
    ending = case.value("change_kind") == "终止"
    todo = (
        "请写明儿童交还给父母中的哪一方，或者交给哪位监护人"
        if ending
        else "请先办理新的被委托人的评估（A5）和确认书（A1或A3），起始日不晚于变更生效日的次日"
    )
    message = f"变更以后{case.child_name}会有一段时间没有人照护。{todo}；一时无人照护的，立即报告并办理临时监护交接。"
    yield Finding(message=message, field="gap_check")


def change_dates(case: Case) -> Iterator[Finding]:
    """Refuse a change that takes effect before the paper it changes."""
    old = case.value("old_ref")
    paper = next((p for p in case.facts.papers if isinstance(old, PaperRef) and p.uid == old.uid), None)
    if paper is None:
        message = f"档案里没有{case.child_name}现行有效、已经签字的委托文书，没有可以变更或者终止的。请核对。"
        yield Finding(message=message, field="old_ref")
        return
    first, day = paper.values.get("from_on"), case.day("effective_on")
    if isinstance(first, date) and day is not None and day < first:
        message = f"生效日期{print_date(day)}早于原委托的起始日{print_date(first)}。请更正。"
        yield Finding(message=message, field="effective_on")


def admonition_limits(case: Case) -> Iterator[Finding]:
    """Refuse a demand of more than 30 days; a second admonition within six months is reported to the police."""
    due = case.day("due_on")
    last = case.today + timedelta(days=DEMAND_DAYS)
    if due is not None and not case.today <= due <= last:
        message = f"要求的期限是{print_date(due)}。请写今天以后、{print_date(last)}以前（{DEMAND_DAYS}日内）的日期。"
        yield Finding(message=message, field="due_on")
    earlier = earlier_admonitions(case)
    if earlier and case.value("escalate") is False and not case.text("escalate_reason"):
        day = earlier[0].signed_on or earlier[0].made_on
        message = f"{print_date(day)}已经劝诫过一次，六个月内第二次应当上报公安机关。不上报的，请写明理由。"
        yield Finding(message=message, field="escalate")


def wrn_admonished_carer(case: Case) -> Iterator[Finding]:
    """A carer who is admonished twice is assessed again."""
    if case.text("role") == case.spec.words.get("carer", "被委托人") and earlier_admonitions(case):
        message = f"{case.text('subject_name')}已经是第二次被劝诫。请重新评估照护能力（A5），必要时另选被委托人。"
        yield Finding(message=message, field="role")


_OFFICE = cite("office")
RULES = (
    Rule(
        code="REF-29",
        title="有侵害、家庭暴力等记录的人不得接送、接收儿童。",
        citations=(cite("minors", "第二十一条"), cite("minors", "第二十二条")),
        check=ref_29,
    ),
    Rule(code="X-01", title="同一名儿童的各种文书，父母、被委托人要一致。", citations=(_OFFICE,), check=x_01),
    Rule(
        code="X-09",
        title="有侵害、家庭暴力等记录的人不得照护、接收儿童。",
        citations=(cite("minors", "第二十二条"), _OFFICE),
        check=x_09,
    ),
    Rule(
        code="A7-GAP",
        title="变更、终止委托不得出现监护空档。",
        citations=(cite("minors", "第二十一条"), cite("minors", "第二十二条"), cite("civil", "第九百三十四条")),
        check=no_gap,
    ),
    Rule(code="A7-DATES", title="变更生效日不早于原委托的起始日。", citations=(_OFFICE,), check=change_dates),
    Rule(
        code="A10-LIMIT",
        title="劝诫要求的期限不超过30日；六个月内第二次劝诫应当上报。",
        citations=(cite("minors", "第一百一十八条"), _OFFICE),
        check=admonition_limits,
    ),
    Rule(
        code="A10-CARER",
        title="被委托人两次被劝诫的，重新评估。",
        citations=(cite("minors", "第四十三条"), _OFFICE),
        check=wrn_admonished_carer,
        blocking=False,
    ),
    Rule(
        code="WRN-07",
        title="书面告知只收到一份回执。",
        citations=(cite("minors", "第二十三条"),),
        check=wrn_07,
        blocking=False,
    ),
    Rule(
        code="WRN-08",
        title="父母已经外出，照护没有落实。",
        citations=(cite("minors", "第二十一条"), cite("minors", "第二十二条")),
        check=wrn_08,
        blocking=False,
    ),
    Rule(
        code="WRN-10",
        title="两周没有亲子联系。",
        citations=(cite("minors", "第二十三条"),),
        check=wrn_10,
        blocking=False,
    ),
    Rule(
        code="WRN-17",
        title="不同家庭的人登记了同一个电话。",
        citations=(_OFFICE,),
        check=wrn_17,
        blocking=False,
    ),
)
