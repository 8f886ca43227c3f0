"""What a clerk is warned of before signing: WRN-01 to WRN-06 and WRN-12.

Sources: forms.md §11 (our own thresholds where none is given by law); 未成年人保护法 第二十三条.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from forms.computed.child_and_carer import same_person
from forms.law.time import age_on, birthday, period_end, print_date
from forms.people import Carer
from forms.rules.base import Finding
from forms.rules.signing import parents_of
from forms.values.blank import Blank, is_value
from forms.values.enums import ConsentMode, PersonStatus, Schooling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from forms.cases.case import Case

SOON = timedelta(days=30)
TERMS = (((2, 16), (6, 30)), ((9, 1), (12, 31)))
"""First and last day of the weeks that are school time everywhere; holidays around them vary."""
IN_SCHOOL = frozenset(
    {Schooling.KINDERGARTEN, Schooling.PRIMARY, Schooling.JUNIOR, Schooling.SENIOR, Schooling.VOCATIONAL}
)


def wrn_01(case: Case) -> Iterator[Finding]:
    """Carer of 70 or more, or over 60 with a child under 3."""
    birth = case.day("carer_birth")
    if birth is None:
        return
    age = age_on(birth, case.today)
    if age >= 70:
        message = f"{case.carer_name}今年{age}岁。请评估体力和健康，安排村（居）增加走访。"
        yield Finding(message=message, field="carer_birth")
    elif age > 60 and case.child_birth is not None and age_on(case.child_birth, case.today) < 3:
        message = f"{case.carer_name}今年{age}岁，独自照护未满3周岁的{case.child_name}。请确认有人帮手，并增加走访。"
        yield Finding(message=message, field="carer_birth")


def wrn_02(case: Case) -> Iterator[Finding]:
    """More than 3 children under one carer, or siblings under different carers."""
    load = case.number("carer_load")
    if load is not None and load > 3:
        message = f"{case.carer_name}同时照护{load}名儿童，超过3名。请核实能否照护得过来。"
        yield Finding(message=message, field="carer_load")
    split = [s for s in case.facts.siblings if _other_carer(case, s.carer)]
    if split:
        names = "、".join(str(s.child.person.name) for s in split)
        message = f"{case.child_name}和兄弟姐妹（{names}）由不同的人照护。请确认这样安排对儿童有利。"
        yield Finding(message=message, field="carer_name")


def _other_carer(case: Case, carer: Carer | Blank) -> bool:
    return isinstance(carer, Carer) and case.carer is not None and not same_person(carer.person, case.carer.person)


def wrn_03(case: Case) -> Iterator[Finding]:
    """Care address that is neither the carer's nor the child's recorded address."""
    place = _plain(case.text("care_address"))
    known = {"carer_address": "被委托人住址", "residence": "儿童现居住地"}
    differing = [
        title for name, title in known.items() if place and case.has(name) and _plain(case.text(name)) != place
    ]
    if differing:
        message = f"照护地点和{'、'.join(differing)}不一致。请核实儿童实际住在哪里。"
        yield Finding(message=message, field="care_address")


def _plain(address: str) -> str:
    return re.sub(r"[\s\u3000，,。、]", "", address)


def wrn_04(case: Case) -> Iterator[Finding]:
    """Period longer than 12 months, or ending inside a school term."""
    first, last = case.day("from_on"), case.day("to_on")
    if first is None or last is None:
        return
    if last > period_end(first, 12):
        message = f"委托期限到{print_date(last)}，超过12个月。建议一年一签，每年重新评估。"
        yield Finding(message=message, field="to_on")
    in_term = any(date(last.year, *start) <= last < date(last.year, *stop) for start, stop in TERMS)
    if in_term and case.value("schooling") in IN_SCHOOL:
        message = f"委托期限在学期中间（{print_date(last)}）结束。请提前落实之后由谁照护，避免影响上学。"
        yield Finding(message=message, field="to_on")


def wrn_05(case: Case) -> Iterator[Finding]:
    """Carer whose own elder record says 部分自理, 不能自理 or high risk."""
    for paper in case.facts.carer_papers:
        if paper.form_code != "B4" or not paper.is_done:
            continue
        care, risk = str(paper.values.get("self_care", "")), str(paper.values.get("risk", ""))
        if care in {"部分自理", "不能自理"} or risk == "高":
            shown = "、".join(t for t in (care, f"风险等级{risk}" if risk == "高" else "") if t)
            message = f"{case.carer_name}自己的老人登记表写的是“{shown}”。请重新评估能否照护儿童。"
            yield Finding(message=message, field="carer_name")
        return
    health = case.text("carer_health")
    if "部分自理" in health or "不能自理" in health:
        message = f"{case.carer_name}的健康状况写的是“{health}”。请重新评估能否照护儿童。"
        yield Finding(message=message, field="carer_health")


def wrn_06(case: Case) -> Iterator[Finding]:
    """Parent who cannot be reached, or consent by telephone of a parent without one."""
    modes = case.struct("parent_consent_mode")
    for side, title, parent in parents_of(case):
        if parent is None:
            continue
        name = parent.person.name
        if parent.person.status in {PersonStatus.LOST, PersonStatus.UNKNOWN}:
            message = f"{title}{name}的状态是“{parent.person.status}”。请继续联系，并写下联系的时间和结果。"
            yield Finding(message=message, field=f"{side}_status")
        by_phone = modes.get(side) is ConsentMode.BY_PHONE
        if by_phone and parent.person.phones is Blank.NOT_APPLICABLE:
            message = f"{title}{name}登记的是没有电话，同意方式却写“电话”。请核实后更正其中一处。"
            yield Finding(message=message, field="parent_consent_mode")
        elif by_phone:
            message = f"{title}{name}只是电话同意，文书仍是待签。请安排预签、邮寄或者视频见证后补签。"
            yield Finding(message=message, field="parent_consent_mode")
        elif parent.person.status is PersonStatus.REACHABLE and not is_value(parent.person.phones):
            message = f"{title}{name}没有登记电话。请补登号码，或者写明怎样联系。"
            yield Finding(message=message, field=f"{side}_phone")


def wrn_12(case: Case) -> Iterator[Finding]:
    """Document that expires within 30 days; child that turns 8, 14, 16 or 18 within 30 days."""
    last = case.day(case.spec.valid_until) if case.spec.valid_until else None
    if last is not None and case.today <= last <= case.today + SOON:
        days = (last - case.today).days
        message = f"这份文书{print_date(last)}到期，只剩{days}天。请确认期限，并准备续签。"
        yield Finding(message=message, field=case.spec.valid_until)
    if case.child_birth is None:
        return
    for age in (8, 14, 16, 18):
        day = birthday(case.child_birth, age)
        if case.today <= day <= case.today + SOON:
            message = f"{case.child_name}{print_date(day)}满{age}周岁。{_AFTER[age]}"
            yield Finding(message=message, field="child_birth")


_AFTER = {
    8: "满8周岁后视为能表达意愿，决定照护安排前要听取本人意见。",
    14: "请核对个人信息处理的同意方式。",
    16: "满16周岁的次日起退出留守儿童名册，委托照护的责任不因此结束。",
    18: "满18周岁后委托照护终止。",
}
