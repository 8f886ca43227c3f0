"""What must agree between papers and people: X-02, X-06, X-07, X-08, X-10, X-14, and two forms' own checks.

Sources: forms.md §7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms.cases.conditions import can_entrust
from forms.computed.child_and_carer import GRANDPARENTS, assessment_hits, same_person
from forms.law.time import birthday, print_date, same_day
from forms.people import Carer
from forms.rules.base import Finding
from forms.rules.protection import dates_of_protection
from forms.spec import Subject
from forms.values.blank import Blank
from forms.values.enums import AssessmentResult, AwayPattern, CareActual, ConsentMode, IncomeSource, PersonStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from forms.cases.case import Case


def x_02(case: Case) -> Iterator[Finding]:
    """Nobody cares for the child exactly when there is no carer and no capable parent at home."""
    if case.value("both_away") is True and case.value("has_carer") is False:
        message = f"{case.child_name}的父母双方外出、又没有被委托人，属于事实无人监护。请立即报告，并列入无人监护名册。"
        yield Finding(message=message, field="has_carer", blocking=False)
    for number, row in enumerate(case.rows("rows"), start=1):
        nobody = row.get("care_actual") is CareActual.NOBODY
        named = not isinstance(row.get("carer_name", Blank.NOT_COLLECTED), Blank)
        if nobody and named:
            message = f"第{number}行{row.get('child_name', '')}写的是“无人监护”，却有被委托人。请核实后更正其中一处。"
            yield Finding(message=message, field="rows", row=number)
        elif nobody:
            message = f"第{number}行{row.get('child_name', '')}无人监护。请列入无人监护名册并立即报告。"
            yield Finding(message=message, field="rows", row=number, blocking=False)


def x_06(case: Case) -> Iterator[Finding]:
    """A grandparent recorded as deceased cannot be the carer."""
    relation = case.value("carer_relation")
    registration = case.facts.done("B2")
    for key, expected in GRANDPARENTS.items():
        name = f"{key}_name"
        known = case.value(name)
        if known is Blank.NOT_COLLECTED and registration is not None:
            known = registration.values.get(name, Blank.NOT_COLLECTED)
        if relation is expected and known is Blank.NOT_APPLICABLE:
            message = (
                f"被委托人{case.carer_name}写的是{expected}，登记表里{expected}是“—”（已去世）。"
                "请核对与儿童关系，或者更正登记表。"
            )
            yield Finding(message=message, field="carer_relation")
    if case.carer is not None and case.carer.person.status is PersonStatus.DEAD:
        yield Finding(message=f"被委托人{case.carer_name}登记为已死亡。请更正，或者另选被委托人。", field="carer_name")


def x_07(case: Case) -> Iterator[Finding]:
    """A child whose parents are both dead, unknown or incapable is not left-behind: route elsewhere."""
    pattern = case.value("away_pattern")
    if case.record is not None and isinstance(pattern, Blank):
        pattern = case.record.child.away_pattern
    unable = can_entrust(case, "father") is False and can_entrust(case, "mother") is False
    if unable or pattern is AwayPattern.BOTH_INCAPABLE:
        message = (
            f"{case.child_name}的父母都已死亡、失联或者没有监护能力，不属于留守儿童。"
            "请转为孤儿、事实无人抚养儿童或者困境儿童办理。"
        )
        yield Finding(message=message, field="father_status")


def x_08(case: Case) -> Iterator[Finding]:
    """Entries that contradict each other: wages of dead parents, consent by a telephone nobody has."""
    gone = {PersonStatus.DEAD, PersonStatus.UNKNOWN, Blank.NOT_APPLICABLE}
    income = case.value("income_sources")
    if (
        isinstance(income, tuple)
        and IncomeSource.WAGES in income
        and case.value("father_status") in gone
        and case.value("mother_status") in gone
    ):
        message = "父母都已死亡或者情况不详，家庭经济来源却有“打工收入”。请核实后更正其中一处。"
        yield Finding(message=message, field="income_sources")
    modes = case.struct("parent_consent_mode")
    for side, title in (("father", "父亲"), ("mother", "母亲")):
        if modes.get(side) is ConsentMode.BY_PHONE and case.value(f"{side}_phone") is Blank.NOT_APPLICABLE:
            message = f"{title}登记为没有电话，同意方式却是“电话”。请核实后更正其中一处。"
            yield Finding(message=message, field="parent_consent_mode")


def x_10(case: Case) -> Iterator[Finding]:
    """Dates run forward: assessment, then signing, then the period, unless 补签 is stated."""
    if case.spec.subject is Subject.CASE:
        yield from dates_of_protection(case)
        return
    first, last = case.day("from_on"), case.day("to_on")
    late = case.value("late_signing") is True
    if first is not None and not late:
        if first < case.today:
            message = (
                f"委托起始日{print_date(first)}早于今天，也就早于签字。"
                "请改为签字当天或以后；照护已经开始的，“是否补签”选“是”。"
            )
            yield Finding(message=message, field="from_on")
        assessment = case.done("A5")
        if assessment is not None and assessment.signed_on is not None and first < assessment.signed_on:
            message = (
                f"委托起始日{print_date(first)}早于评估表的签字日期{print_date(assessment.signed_on)}。"
                "请先评估、后委托；照护已经开始的，“是否补签”选“是”。"
            )
            yield Finding(message=message, field="from_on")
    if first is not None and last is not None and last <= first:
        message = f"委托终止日{print_date(last)}不晚于起始日{print_date(first)}。请更正。"
        yield Finding(message=message, field="to_on")
    if last is not None and case.child_birth is not None and last > birthday(case.child_birth, 18):
        message = f"委托终止日{print_date(last)}超过了{case.child_name}满18周岁的日子。请改为生日当天或以前。"
        yield Finding(message=message, field="to_on")
    for name in ("visited_on", "screening_on", "asked_at"):
        day = case.day(name)
        if day is not None and day > case.today:
            title = case.spec.field(name).title
            yield Finding(message=f"“{title}”写的是{print_date(day)}，还没有到。请更正。", field=name)


def x_14(case: Case) -> Iterator[Finding]:
    """Siblings with different carers or different addresses raise a note."""
    record = case.record
    if record is None:
        return
    for sibling in case.facts.siblings:
        name = sibling.child.person.name
        ours, theirs = record.child.person.address, sibling.child.person.address
        carers = record.carer, sibling.carer
        if not isinstance(ours, Blank) and not isinstance(theirs, Blank) and ours != theirs:
            message = f"{case.child_name}和{name}是兄弟姐妹，现居住地不同。请核实。"
            yield Finding(message=message, field="residence")
        elif (
            isinstance(carers[0], Carer)
            and isinstance(carers[1], Carer)
            and not same_person(carers[0].person, carers[1].person)
        ):
            message = f"{case.child_name}和{name}是兄弟姐妹，由不同的人照护。请核实。"
            yield Finding(message=message, field="carer_name")


def assessment_result(case: Case) -> Iterator[Finding]:
    """An art 22(3) hit forces 不合格 and is never edited upward; an assessment holds 12 months at most."""
    hits = assessment_hits(case)
    result = case.value("result")
    if hits and not isinstance(result, Blank) and result is not AssessmentResult.FAILED:
        message = f"有下列情形的，结论只能是“不合格”：{'；'.join(hits)}。请改为“不合格”。"
        yield Finding(message=message, field="result")
    last = case.day("valid_to")
    day = case.day(case.spec.signed_field) or case.today
    if last is not None and last > same_day(day, months=12):
        message = f"有效期到{print_date(last)}，超过了12个月。最迟写到{print_date(same_day(day, months=12))}。"
        yield Finding(message=message, field="valid_to")


def duties_ticked(case: Case) -> Iterator[Finding]:
    """Every duty of the confirmation must be acknowledged."""
    ticked = case.value("duties_ack")
    if not isinstance(ticked, tuple):
        return
    left = [item for item in case.spec.field("duties_ack").items if item not in ticked]
    if left:
        message = f"责任事项必须全部确认，还有{len(left)}项没有勾选：{'；'.join(left)}。"
        yield Finding(message=message, field="duties_ack")


def exactly_one_pattern(case: Case) -> Iterator[Finding]:
    """Exactly one of 双方外出 and 一方外出另一方无监护能力 is 是."""
    both, one = case.value("both_away"), case.value("one_away_other_incapable")
    if isinstance(both, Blank) or isinstance(one, Blank) or both != one:
        return
    state = "都是“是”" if both is True else "都是“否”"
    message = f"“父母双方同时外出”和“父母一方外出、另一方无监护能力”{state}。两项必须且只能有一项为“是”，请更正。"
    yield Finding(message=message, field="both_away")
