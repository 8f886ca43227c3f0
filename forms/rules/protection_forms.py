"""What single forms of Part D demand: who is reprimanded, how papers are served, terms, assessments, grounds.

Sources: 民法典 第三十六条至第三十八条; 未成年人保护法 第九十一条至第九十三条、第一百一十八条;
家庭教育促进法 第四十九条; 反家庭暴力法 第十七条、第三十条; 公安机关办理行政案件程序规定 第三十六条;
forms.md §6 D4–D14, §11 WRN-11.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from forms.cases.casefile import CaseRole
from forms.cases.parties import in_case, newest, recorded_flags, served_on
from forms.computed.assessment import suggested_risk
from forms.computed.protection import VISIT_DAYS
from forms.law.sources import cite
from forms.law.time import period_end, print_date, same_day
from forms.rules.base import Finding, Rule
from forms.values.blank import Blank, is_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from forms.cases.case import Case
    from forms.cases.facts import Row

NOTICE_DAYS = 60
"""公告送达 of police papers; the thirty days of the civil procedure law belong to courts."""
HIGH_RISK_DAYS = 30
_OFFICE = cite("office")
_COURT, _PROCURATORATE = "人民法院", "人民检察院"


def only_parents(case: Case) -> Iterator[Finding]:
    """Refuse to reprimand a carer: the law speaks of parents and other guardians only."""
    name = case.text("subject_name")
    parents = {str(p.person.name) for p in (case.parent("father"), case.parent("mother")) if p is not None}
    if case.carer is not None and name == str(case.carer.person.name) and name not in parents:
        message = f"{name}是被委托人，不是监护人，不适用训诫。可以由村（居）民委员会劝诫，或者变更被委托人。"
        yield Finding(message=message, field="subject_name")


def serve_method(case: Case) -> Iterator[Finding]:
    """Each way of serving has what it needs: a witness or a recording, consent, sixty days."""
    method = case.text("serve_method")
    if method == "留置送达" and not case.has("witnesses") and not case.has("recording"):
        message = "留置送达要有见证人，或者有录音录像。请填写其中一项。"
        yield Finding(message=message, field="witnesses", blocking=case.has("served_at"))
    if method.startswith("电子送达") and case.value("consent") is not True:
        yield Finding(message="电子送达要经受送达人同意。没有同意的，请改用别的方式。", field="consent")
    first, last = case.day("notice_from"), case.day("notice_to")
    if method == "公告送达":
        if first is None or last is None:
            yield Finding(message="公告送达要写明公告的起止日期。请补充。", field="notice_from")
        elif (last - first).days < NOTICE_DAYS:
            message = f"公告只有{(last - first).days}日。公安机关的文书，公告不少于{NOTICE_DAYS}日，请更正。"
            yield Finding(message=message, field="notice_to")
    if "代收" in method and case.value("substitute") is Blank.NOT_APPLICABLE:
        yield Finding(message="由他人代收的，要写明代收人、关系和理由。请补充。", field="substitute")


def heard_alone(case: Case) -> Iterator[Finding]:
    """A victim is visited alone."""
    if case.text("role") == CaseRole.VICTIM.value and case.value("alone") is False:
        message = "查访受害人应当单独谈话，加害人不在场。请补做一次单独查访，或者写明为什么不能。"
        yield Finding(message=message, field="alone")


def order_issuer(case: Case) -> Iterator[Finding]:
    """Each kind of order has its own issuers."""
    kind, issuer = case.text("kind"), case.text("issuer")
    wrong = ""
    if kind == "督促监护令" and "检察院" not in issuer:
        wrong = f"督促监护令由{_PROCURATORATE}发出"
    elif kind == "家庭教育（指导）令" and "法院" not in issuer:
        wrong = f"家庭教育令由{_COURT}发出"
    elif kind == "责令接受家庭教育指导令" and not any(w in issuer for w in ("公安", "派出所", "检察院", "法院")):
        wrong = f"责令接受家庭教育指导令由公安机关、{_PROCURATORATE}或者{_COURT}发出"
    if wrong and issuer:
        yield Finding(message=f"{wrong}，这里写的是“{issuer}”。请对照原件更正。", field="issuer")


def protection_term(case: Case) -> Iterator[Finding]:
    """A protection order holds six months at most."""
    first, last = case.day("from_on"), case.day("to_on")
    if first is not None and last is not None and last > same_day(first, months=6):
        message = f"人身安全保护令的有效期不超过6个月，最迟到{print_date(same_day(first, months=6))}。请对照裁定更正。"
        yield Finding(message=message, field="to_on")


def assessment_parties(case: Case) -> Iterator[Finding]:
    """At least town, civil affairs and police take part."""
    units = "、".join(str(row.get("unit", "")) for row in case.rows("participants"))
    if not case.rows("participants"):
        return
    needed = (
        ("镇（街道）", ("人民政府", "街道办", "管委", "社会事业")),
        ("民政部门", ("民政",)),
        ("公安机关", ("公安", "派出所")),
    )
    absent = [title for title, words in needed if not any(w in units for w in words)]
    if absent:
        message = f"参与单位里没有{'、'.join(absent)}。调查评估至少由镇（街道）、民政、公安共同进行，请补充。"
        yield Finding(message=message, field="participants")


def assessment_risk(case: Case) -> Iterator[Finding]:
    """High risk is reviewed within thirty days; a grade below what the heads give is noted."""
    risk, review = case.text("risk"), case.day("review_on")
    if risk == "高" and review is not None and (review - case.today).days > HIGH_RISK_DAYS:
        last = case.today + timedelta(days=HIGH_RISK_DAYS)
        message = f"风险等级高的，{HIGH_RISK_DAYS}日以内复查，最迟{print_date(last)}。"
        yield Finding(message=message, field="review_on")
    suggested = suggested_risk(case)
    order = ("低", "中", "高")
    if risk in order and suggested and order.index(risk) < order.index(suggested):
        message = f"按三项等级，风险等级应当是“{suggested}”，这里写的是“{risk}”。请核实，并在结论说明里写明理由。"
        yield Finding(message=message, field="risk", blocking=False)


def revocation_grounds(case: Case) -> Iterator[Finding]:
    """Evidence is never empty; the six months must be full; 经教育不改 needs the education."""
    if not _filled(case.rows("evidence")):
        yield Finding(message="没有证据不能提出撤销建议。请列出证据清单。", field="evidence")
    plans = case.value("plan_grounds")
    chosen = {str(p) for p in plans} if isinstance(plans, tuple) else set()
    if "拒不履行监护职责六个月以上导致生活无着" in chosen:
        first, last = case.day("from_on"), case.day("to_on")
        if first is None or last is None:
            yield Finding(message="以不履行监护职责为由的，要写明起止日期。请补充。", field="from_on")
        elif last < period_end(first, 6):
            message = (
                f"从{print_date(first)}到{print_date(last)}不满六个月，"
                f"满六个月是{print_date(period_end(first, 6))}。期限不到的，不能用这一情形。"
            )
            yield Finding(message=message, field="to_on")
    if "将儿童置于无人监管的危险状态经教育不改" in chosen and not _filled(case.rows("education_given")):
        message = "“经教育不改”要有教育的记录（劝诫、责令返回、训诫、告诫）。请列出日期和形式。"
        yield Finding(message=message, field="education_given")


def _filled(rows: tuple[Row, ...]) -> bool:
    return any(is_value(cell) for row in rows for cell in row.values())


def next_guardian(case: Case) -> Iterator[Finding]:
    """The guardian proposed is none of those to be removed, and clear of every record."""
    name = case.text("proposed")
    if not name:
        return
    if name in {str(row.get("name", "")) for row in case.rows("respondents")}:
        message = f"{name}是被申请撤销资格的人，不能同时作为拟定监护人。请另行确定。"
        yield Finding(message=message, field="proposed")
    for flag in recorded_flags(case, name):
        message = f"{name}有记录：{flag.value}，不能作为拟定监护人。请另行确定；只是同名的，请写公民身份号码。"
        yield Finding(message=message, field="proposed")


def visit_overdue(case: Case) -> Iterator[Finding]:
    """A visit after a 告诫书 comes later than it was due."""
    letter = newest(case, "D5")
    if letter is None or case.spec.find_field("visit_no") is None:
        return
    role = case.text("role")
    before = [p for p in in_case(case, "D8") if p.is_done and str(p.values.get("role", "")) == role]
    due = before[0].values.get("next_due") if before else None
    if not before:
        start = served_on(case, letter, CaseRole.PERPETRATOR) or letter.signed_on
        due = start + timedelta(days=VISIT_DAYS) if start is not None else None
    if isinstance(due, date) and case.today > due:
        message = f"对{role}的查访应当在{print_date(due)}以前进行，已经超期{(case.today - due).days}天。请尽快查访。"
        yield Finding(message=message, field="visit_no")


RULES = (
    Rule(
        code="D4-PARENT",
        title="训诫只对父母和其他监护人，被委托人不适用。",
        citations=(cite("minors", "第一百一十八条"), cite("family_edu", "第四十九条")),
        check=only_parents,
    ),
    Rule(
        code="D6-METHOD",
        title="每种送达方式各有要件：见证人或者录音录像、同意、公告60日。",
        citations=(cite("police_procedure", "第三十六条"),),
        check=serve_method,
    ),
    Rule(
        code="D8-ALONE",
        title="查访受害人应当单独谈话。",
        citations=(cite("dv", "第十七条"), _OFFICE),
        check=heard_alone,
        blocking=False,
    ),
    Rule(
        code="D9-ISSUER",
        title="督促监护令、家庭教育令、责令接受家庭教育指导令各由有权的机关发出。",
        citations=(cite("minors", "第一百一十八条"), cite("family_edu", "第四十九条")),
        check=order_issuer,
    ),
    Rule(
        code="D10-TERM",
        title="人身安全保护令的有效期不超过六个月。",
        citations=(cite("dv", "第三十条"),),
        check=protection_term,
    ),
    Rule(
        code="D13-PARTIES",
        title="调查评估至少由镇（街道）、民政、公安共同进行。",
        citations=(cite("plan_wuhai"), cite("plan_shouxian")),
        check=assessment_parties,
    ),
    Rule(
        code="D13-RISK",
        title="风险等级高的，30日以内复查；等级不低于三项等级给出的。",
        citations=(_OFFICE,),
        check=assessment_risk,
    ),
    Rule(
        code="D14-GROUNDS",
        title="撤销建议要有证据；六个月要满；经教育不改要有教育记录。",
        citations=(cite("civil", "第三十六条"), cite("minors", "第一百零八条")),
        check=revocation_grounds,
    ),
    Rule(
        code="D14-PROPOSED",
        title="拟定监护人不能是被申请人，也不能有侵害、家庭暴力等记录。",
        citations=(cite("civil", "第二十七条"), cite("civil", "第三十二条"), cite("minors", "第二十二条")),
        check=next_guardian,
    ),
    Rule(
        code="WRN-11",
        title="查访超期。",
        citations=(cite("dv", "第十七条"), _OFFICE),
        check=visit_overdue,
        blocking=False,
    ),
)
