"""Who may be entrusted with a child, by whom and after what: REF-01 to REF-09.

Sources: 未成年人保护法 第十九条、第二十一条、第二十二条; 民法典 第十七条至第三十二条; forms.md §11.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from forms.cases.conditions import can_entrust
from forms.cases.facts import as_rows, as_struct
from forms.computed.child_and_carer import ART_22_FLAGS, same_person
from forms.law.time import print_date, protected_age_on, same_day
from forms.rules.base import Finding
from forms.values.blank import Blank
from forms.values.enums import AssessmentResult, AwayPattern, EntrustReason, Flag, Preference, Relation, Screening
from forms.values.names_and_numbers import PersonName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from forms.cases.case import Case
    from forms.cases.facts import PaperFact, Row
    from forms.people import Parent

HARM = (Flag.ABUSE, Flag.NEGLECT, Flag.VIOLENCE_LETTER, Flag.PROTECTION_ORDER, Flag.UNDER_INVESTIGATION)
"""Flags of anybody at the care address that bar it (REF-09)."""
CHOOSE = "请另选被委托人，或者由父母返回照护。"


def screening_lines(case: Case) -> tuple[Row, ...]:
    """Return the four lines of art 22(3) this paper rests on: its own, its confirmation's, or the assessment's."""
    own = case.rows("screening")
    papers = (case.newest("A1"), case.done("A5"))
    earlier = (as_rows(paper.values.get("screening")) for paper in papers if paper)
    return own or next((lines for lines in earlier if lines), ())


def ref_01(case: Case) -> Iterator[Finding]:
    """Refuse a carer with any ground of art 22(3); lines still being checked block signing too."""
    name = case.carer_called
    if case.carer is not None:
        for flag in case.carer.person.flags:
            if flag in ART_22_FLAGS:
                message = f"{name}有记录：{flag.value}。法律规定不得担任被委托人，没有例外。{CHOOSE}"
                yield Finding(message=message, field="carer_name")
    lines = screening_lines(case)
    for line in lines:
        if line.get("result") is Screening.HIT:
            message = f"核查{name}：“{line.get('item', '')}”一项为“有”，不得担任被委托人。{CHOOSE}"
            yield Finding(message=message, field="screening")
    open_lines = [line for line in lines if line.get("result") not in {Screening.HIT, Screening.CLEAR}]
    if open_lines or (not lines and case.spec.find_field("screening") is not None):
        count = len(open_lines) or 4
        message = f"对{name}的违法及不良情形核查还有{count}项没有结果。请核查清楚、逐项写“无”或“有”后再签。"
        yield Finding(message=message, field="screening")


def ref_02(case: Case) -> Iterator[Finding]:
    """Refuse a carer under 18 or without full capacity; 18 is reached the day after the birthday."""
    name = case.carer_called
    if case.carer is not None and Flag.NO_CAPACITY in case.carer.person.flags:
        yield Finding(message=f"{name}不具有完全民事行为能力，不能担任被委托人。{CHOOSE}", field="carer_name")
    birth = _carer_birth(case)
    if birth is not None:
        age = protected_age_on(birth, case.today)
        if age < 18:
            override = (
                "上一级负责人书面说明理由后可以放行，"
                "只限已满16周岁、以自己的劳动收入为主要生活来源的人（民法典第十八条第二款）。"
            )
            message = f"{name}未满18周岁（出生日期{print_date(birth)}），按本系统规则不能担任被委托人。{CHOOSE}"
            yield Finding(message=message, field="carer_birth", override=override if age >= 16 else "")
    assessment = case.done("A5")
    if assessment is not None and assessment.values.get("capacity_ok") is False:
        message = f"评估表记载{name}不具有完全民事行为能力，不能担任被委托人。{CHOOSE}"
        yield Finding(message=message, field="carer_name")


def _carer_birth(case: Case) -> date | None:
    birth = case.day("carer_birth")
    if birth is None and case.carer is not None and isinstance(case.carer.person.birth, date):
        birth = case.carer.person.birth
    return birth


def ref_03(case: Case) -> Iterator[Finding]:
    """Refuse a carer with a severe infectious disease or an untreated severe disorder."""
    name = case.carer_called
    if case.carer is not None and Flag.INFECTIOUS in case.carer.person.flags:
        message = f"{name}患有严重传染性疾病，不能照护儿童。{CHOOSE}"
        yield Finding(message=message, field="carer_health")
    assessment = case.done("A5")
    health = as_struct(assessment.values.get("health_items")) if assessment else {}
    if health.get("infectious") == "有":
        yield Finding(message=f"评估表记载{name}患有严重传染性疾病，不能照护儿童。{CHOOSE}", field="carer_health")
    if health.get("mental") == "未经治疗的严重障碍":
        message = f"评估表记载{name}有未经治疗的严重精神障碍，不能照护儿童。{CHOOSE}"
        yield Finding(message=message, field="carer_health")


def ref_04(case: Case) -> Iterator[Finding]:
    """Refuse entrusting without a proper reason."""
    reason = case.value("reason")
    if isinstance(reason, Blank) or reason is EntrustReason.NONE:
        message = (
            f"没有写明把{case.child_name}委托他人照护的正当理由。父母没有外出务工等正当理由的，应当自己照护；"
            "有理由的，请在“委托原因”里写明。"
        )
        yield Finding(message=message, field="reason")


def ref_05(case: Case) -> Iterator[Finding]:
    """Refuse without the signed record of the child's opinion, from 8 on; below 8 remind the recorder."""
    done = [p for p in case.facts.papers if p.form_code == "A8" and p.is_done]
    fitting = [p for p in done if _names_carer(p, case)]
    if fitting:
        return
    printed = next((p for p in case.facts.papers if p.form_code == "A8" and not p.is_done), None)
    if done:
        why = f"已归档的听取儿童意见记录问的不是{case.carer_called}"
    elif printed is not None:
        why = "听取儿童意见记录已经打印，签字扫描件还没有归档"
    else:
        why = "档案里没有听取儿童意见记录"
    age = case.child_age
    if age is not None and age < 8:
        message = f"{why}。{case.child_name}未满8周岁，由记录人判断能否表达意愿；能表达的，先听取意见再签。"
        yield Finding(message=message, field="child_opinion_ref", blocking=False)
        return
    message = f"{why}。确定被委托人之前要听取{case.child_name}的意见：请先办理A8并把签字扫描件归档。"
    yield Finding(message=message, field="child_opinion_ref")


def _names_carer(paper: PaperFact, case: Case) -> bool:
    if paper.carer_uid and case.carer_uid:
        return paper.carer_uid == case.carer_uid
    asked = paper.values.get("proposed_carer")
    return not isinstance(asked, PersonName) or str(asked) == case.carer_name


def ref_06(case: Case) -> Iterator[Finding]:
    """Refuse without a signed assessment of this carer for this child: 合格 and not older than 12 months."""
    name = case.carer_called
    emergency = "紧急情况下，镇（街道）主要负责人写明理由可以放行，并在15日内补做评估。"
    paper = case.done("A5")
    if paper is None:
        printed = any(p.form_code == "A5" and not p.is_done for p in case.facts.papers)
        others = any(p.form_code == "A5" and p.is_done for p in case.facts.papers)
        why = (
            "评估表已经打印，签字扫描件还没有归档"
            if printed
            else f"已归档的评估表评估的不是{name}"
            if others
            else "档案里没有评估表"
        )
        message = f"{why}，{name}还没有通过照护能力评估。请先办理A5，评估合格并归档后再签。"
        yield Finding(message=message, field="assessment_ref", override=emergency)
        return
    result = paper.values.get("result", Blank.NOT_COLLECTED)
    if result is AssessmentResult.FAILED:
        message = f"{name}的评估结论是“不合格”。{CHOOSE}"
        yield Finding(message=message, field="assessment_result")
    elif result is not AssessmentResult.PASSED:
        shown = "还没有录入" if isinstance(result, Blank) else f"是“{result}”"
        message = f"{name}的评估结论{shown}，不是“合格”。请改善后重新评估，或者把结论录入后再签。"
        yield Finding(message=message, field="assessment_result", override=emergency)
    last = _valid_until(paper)
    if last < case.today:
        message = f"{name}的评估表有效期到{print_date(last)}，已经过期。请重新评估后再签。"
        yield Finding(message=message, field="assessment_ref", override=emergency)


def _valid_until(paper: PaperFact) -> date:
    """Return the last valid day: as written, never later than 12 months after signing."""
    latest = same_day(paper.signed_on or paper.made_on, months=12)
    written = paper.values.get("valid_to")
    return min(written, latest) if isinstance(written, date) else latest


def ref_07(case: Case) -> Iterator[Finding]:
    """Refuse father or mother as carer, and the carer as the only emergency contact."""
    name = case.carer_called
    relation = case.value("carer_relation")
    parents = {"父亲": case.parent("father"), "母亲": case.parent("mother")}
    same = [title for title, p in parents.items() if p is not None and _is_carer(case, p)]
    if relation in {Relation.FATHER, Relation.MOTHER} or same:
        who = same[0] if same else "父亲" if relation is Relation.FATHER else "母亲"
        message = f"{name}是{case.child_name}的{who}，本来就是监护人，不能作为被委托人。请填写实际照护的其他成年人。"
        yield Finding(message=message, field="carer_relation")
    contact = case.struct("emergency_contact").get("name")
    if isinstance(contact, PersonName) and str(contact) == name:
        message = f"应急联系人只写了被委托人{name}本人。请再写一名被委托人以外的联系人。"
        yield Finding(message=message, field="emergency_contact")


def _is_carer(case: Case, parent: Parent) -> bool:
    if case.carer is not None and same_person(case.carer.person, parent.person):
        return True
    number = case.value("carer_id_number")
    return not isinstance(number, Blank) and number == parent.person.id_number


def ref_08(case: Case) -> Iterator[Finding]:
    """Refuse when no parent is able to entrust."""
    if case.value("away_pattern") is AwayPattern.BOTH_INCAPABLE or (
        can_entrust(case, "father") is False and can_entrust(case, "mother") is False
    ):
        message = (
            f"{case.child_name}的父母都已死亡、失联或者没有监护能力，没有人可以委托。"
            "请按孤儿、事实无人抚养儿童或者困境儿童办理，依法确定监护人。"
        )
        yield Finding(message=message, field="away_pattern")


def ref_09(case: Case) -> Iterator[Finding]:
    """Refuse when the carer or an adult at the care address is under investigation or flagged for harm."""
    if case.carer is not None and Flag.UNDER_INVESTIGATION in case.carer.person.flags:
        yield Finding(
            message=f"{case.carer_name}因涉嫌侵害未成年人正被调查，不能担任被委托人。{CHOOSE}", field="carer_name"
        )
    for name, flag in case.facts.household_flags:
        if flag in HARM:
            message = f"照护地点的同住人{name}有记录：{flag.value}。儿童不能安置在这里。请另选照护地点或者被委托人。"
            yield Finding(message=message, field="care_address")
    assessment = case.done("A5")
    for row in as_rows(assessment.values.get("household")) if assessment else ():
        if row.get("finding") in {Screening.HIT, Screening.PENDING}:
            state = "有不良情形" if row.get("finding") is Screening.HIT else "还没有核查清楚"
            message = f"评估表记载同住人{row.get('name', '')}{state}。请核查清楚，或者另选照护地点。"
            yield Finding(message=message, field="care_address")


def wrong_asker(case: Case) -> Iterator[Finding]:
    """Refuse an opinion asked by the carer, the parents or their relatives at the table."""
    asker = case.text("asked_by")
    close = {case.carer_name: "拟确定的被委托人"}
    for side, title in (("father", "父亲"), ("mother", "母亲")):
        parent = case.parent(side)
        if parent is not None:
            close[str(parent.person.name)] = f"儿童的{title}"
    if asker and asker in close:
        message = f"询问人{asker}是{close[asker]}，不能由本人询问儿童的意见。请换一名无利害关系的工作人员询问。"
        yield Finding(message=message, field="asked_by")


def child_disagrees(case: Case) -> Iterator[Finding]:
    """Warn that the child does not want the choice: the town must say why it is still best (WRN-09)."""
    preference, response = case.value("preference"), case.text("adult_response")
    if case.spec.find_field("preference") is None:
        paper = next(
            (p for p in case.facts.papers if p.form_code == "A8" and p.is_done and _names_carer(p, case)), None
        )
        preference = paper.values.get("preference", Blank.NOT_COLLECTED) if paper else Blank.NOT_COLLECTED
        response = str(paper.values.get("adult_response", "")) if paper else ""
    if preference in {Preference.DISAGREES, Preference.WANTS_OTHER}:
        todo = "" if response and response not in set(Blank) else "请在“采纳情况及理由”里写明为什么仍然这样安排。"
        message = f"{case.child_name}的态度是“{preference}”。{todo or '请再核对一次安排是否最有利于儿童。'}"
        yield Finding(message=message, field="preference")
