"""Reports, police papers, handing a child over: REF-16, REF-18, REF-20, REF-21, REF-28, D5-CONTENT.

Sources: 未成年人保护法 第十一条、第九十二条、第九十三条; 反家庭暴力法 第五条、第十四条、第十六条、第十七条、第三十七条;
forms.md §6 D1–D11, §11. No sentence here tells how a penalty is appealed: a 告诫书 is guidance, not a penalty.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

from forms.cases.casefile import CaseRole
from forms.cases.facts import PaperRef, as_rows, as_struct
from forms.cases.parties import in_case, is_perpetrator, newest, recorded_flags, served_on
from forms.law.sources import cite
from forms.law.time import print_date
from forms.rules.base import Finding, Rule
from forms.spec import FieldType
from forms.values.blank import Blank, is_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from forms.cases.case import Case

STATUTORY = {"D1": ("police", "公安机关"), "E5": ("education", "教育部门")}
"""Recipients a statute names: 未成年人保护法 第十一条, 第二十八条."""
DELAY_HOURS = 2
"""From finding to reporting without a reason; the law says 立即, the number is ours."""
_FREE = frozenset({FieldType.TEXT, FieldType.LONG_TEXT, FieldType.CLAUSES})
_CLOSE = frozenset({"父亲", "母亲", "祖父母、外祖父母", "兄弟姐妹", "其他家庭成员"})


def ref_16(case: Case) -> Iterator[Finding]:
    """Refuse to hand a child to the alleged perpetrator, or to anybody whose check is not clear."""
    name = case.text("receiver")
    if not name:
        return
    if is_perpetrator(case, name):
        message = f"{name}是本案的加害人，不能把{case.child_name}交给他（她）。请另选接收方。"
        yield Finding(message=message, field="receiver")
    check = case.struct("receiver_check")
    if check.get("not_suspect") is False or check.get("no_record") is False:
        message = f"接收方{name}的核查结果不清白，不能接收{case.child_name}。请另选接收方。"
        yield Finding(message=message, field="receiver_check")
    for flag in recorded_flags(case, name):
        message = f"{name}有记录：{flag.value}，不能接收儿童。请另选接收方；只是同名的，请写公民身份号码。"
        yield Finding(message=message, field="receiver")


def receivers(case: Case) -> Iterator[Finding]:
    """Refuse a flagged person as visitor (REF-29) of a household with a child."""
    for number, row in enumerate(case.rows("visitors"), start=1):
        name = str(row.get("name", "")) if is_value(row.get("name", Blank.NOT_COLLECTED)) else ""
        for flag in recorded_flags(case, name):
            message = f"第{number}名查访人{name}有记录：{flag.value}，不能查访儿童家庭。请另派一人。"
            yield Finding(message=message, field="visitors")


def takers(case: Case) -> Iterator[Finding]:
    """Refuse a flagged person as receiver or as the carer a detained parent wishes (X-09)."""
    for field in ("receiver", "wish"):
        name = case.text(field)
        for flag in recorded_flags(case, name) if name else ():
            message = f"{name}有记录：{flag.value}，不能照护或者接收儿童。请另行安排；只是同名的，请写公民身份号码。"
            yield Finding(message=message, field=field)


def ref_18(case: Case) -> Iterator[Finding]:
    """Refuse to leave out a recipient that the statute names."""
    code = case.spec.code
    key, title = STATUTORY.get(code, ("", ""))
    if not key:
        return
    wanted = case.profile.copies.get(code)
    named = case.profile.recipients.get(code)
    if not any(c.recipient == key for c in case.spec.copies):
        yield Finding(message=f"{case.spec.title}没有送{title}的一份。法律规定必须送{title}，不能取消。")
    elif (wanted and key not in {c.recipient for c in case.spec.copies if c.key in wanted}) or (
        named and key not in named
    ):
        message = f"地区方案“{case.profile.name}”取消了送{title}的一份。法律规定必须送{title}，请改正方案文件。"
        yield Finding(message=message)
    named_as = case.text("to")
    if code == "E5" and named_as and not re.search(r"教育|教委", named_as):
        message = f"主送写的是“{named_as}”。学校的书面报告依法必须送{title}，不能改送或者取消；镇（街道）写在“抄送”里。"
        yield Finding(message=message, field="to")


def ref_20(case: Case) -> Iterator[Finding]:
    """Refuse text that gives the reporter or a secret address away, and copies that show the reporter."""
    if case.spec.find_field("reporter") is not None:
        for copy in case.spec.copies:
            if copy.recipient != "police" and "reporter" not in copy.hide:
                yield Finding(message=f"“{copy.title}”的一份会印出报告人。报告人的身份只能出现在送公安机关的一份上。")
    secrets = _secrets(case)
    for field, text in _free_texts(case):
        for secret, why in secrets:
            if secret in text:
                title = case.spec.field(field).title
                yield Finding(message=f"“{title}”里写出了{why}。请删去后再生成。", field=field)


def _secrets(case: Case) -> tuple[tuple[str, str], ...]:
    """Return texts that may stand in no free text, with what they are."""
    found: dict[str, str] = {}
    file = case.facts.case
    for entry in file.all(CaseRole.REPORTER) if file else ():
        found[str(entry.person.name)] = "报告人的姓名"
        phones = entry.person.phones
        found.update((str(p), "报告人的电话") for p in (phones if isinstance(phones, tuple) else ()))
    reporter = case.struct("reporter")
    if is_value(reporter.get("name", Blank.NOT_COLLECTED)):
        found[str(reporter["name"])] = "报告人的姓名"
    for entry in file.all(CaseRole.VICTIM) if file else ():
        if entry.address_is_secret and is_value(entry.person.address):
            found[str(entry.person.address)] = "受害人保密的住址"
    return tuple(found.items())


def _free_texts(case: Case) -> Iterator[tuple[str, str]]:
    for field in case.spec.fields:
        value = case.value(field.name)
        if field.name == "reporter" or isinstance(value, Blank):
            continue
        if field.type in _FREE:
            yield field.name, "".join(map(str, value)) if isinstance(value, tuple) else str(value)
        rows = (as_struct(value),) if field.type is FieldType.STRUCT else as_rows(value)
        texts = [c.name for c in field.columns if c.type in _FREE]
        for row in rows:
            yield field.name, "".join(str(row[n]) for n in texts if is_value(row.get(n, Blank.NOT_COLLECTED)))


def ref_21(case: Case) -> Iterator[Finding]:
    """Refuse a 告诫书 where a penalty or criminal case applies, or where it is no family and no shared household."""
    disposal = case.text("disposal")
    if disposal and not disposal.startswith("情节较轻"):
        message = f"情节认定为“{disposal}”的，应当依法处罚或者立案，不能以告诫书代替。请改办相应手续。"
        yield Finding(message=message, field="disposal")
    for paper in in_case(case, "D2"):
        measures = paper.values.get("measures")
        hard = [str(m) for m in (measures if isinstance(measures, tuple) else ()) if str(m) in {"治安处罚", "刑事立案"}]
        if hard:
            message = f"本案的处置情况通报（{paper.ref}）写明已{'、'.join(hard)}，同一事实不再出具告诫书。请核实。"
            yield Finding(message=message, field="disposal")
    relation = case.text("relation")
    together = case.value("lives_together")
    if relation and relation not in _CLOSE and together is not True:
        message = (
            f"{case.text('perpetrator_name')}与受害人的关系是“{relation}”，没有写明共同生活。告诫书只适用于家庭成员之间，"
            "或者家庭成员以外共同生活的人之间。请核实关系；不属于的，依法另行处理。"
        )
        yield Finding(message=message, field="relation")


def warning_content(case: Case) -> Iterator[Finding]:
    """Refuse a 告诫书 without what article 16 demands: who, the facts, the prohibition."""
    needed = (
        ("perpetrator_name", "加害人的身份信息（姓名）"),
        ("perpetrator_id_number", "加害人的身份信息（公民身份号码）"),
        ("facts", "家庭暴力的事实陈述"),
        ("prohibition", "禁止加害人实施家庭暴力的内容"),
    )
    for name, title in needed:
        if not case.has(name) or case.value(name) == ():
            yield Finding(message=f"告诫书应当写明{title}（反家庭暴力法第十六条）。请补充。", field=name)
    said = "".join(str(line) for line in _lines(case, "prohibition"))
    if said and not ("禁止" in said and "家庭暴力" in said):
        message = "“禁止内容”里没有写明禁止实施家庭暴力。请保留这一条（反家庭暴力法第十六条）。"
        yield Finding(message=message, field="prohibition")
    for number, row in enumerate(case.rows("facts"), start=1):
        day = row.get("on")
        if isinstance(day, date) and day > case.today:
            yield Finding(message=f"第{number}次家庭暴力的时间{print_date(day)}还没有到。请更正。", field="facts")
    if any("复议" in t or "行政诉讼" in t for _, t in _free_texts(case)):
        message = "告诫书是行政指导，不是处罚，不写行政复议、行政诉讼的内容。请删去。"
        yield Finding(message=message)


def _lines(case: Case, name: str) -> tuple[object, ...]:
    value = case.value(name)
    return value if isinstance(value, tuple) else ()


def ref_28(case: Case) -> Iterator[Finding]:
    """Refuse to serve the victim through the perpetrator, or the perpetrator through the victim."""
    receiver = case.text("victim_receiver")
    if receiver and is_perpetrator(case, receiver):
        message = f"受害人一份的收件人{receiver}是加害人。请送交不是加害人的监护人、其他近亲属或者村（居）儿童主任。"
        yield Finding(message=message, field="victim_receiver")
    role = case.text("recipient_role")
    substitute = case.struct("substitute").get("name", Blank.NOT_COLLECTED)
    hand = str(substitute) if is_value(substitute) else ""
    takes = hand or case.text("recipient")
    field = "substitute" if hand else "recipient"
    if role == "受害人一方" and takes and is_perpetrator(case, takes):
        message = f"受害人的一份不能由加害人{takes}签收、代收。请直接送交受害人一方。"
        yield Finding(message=message, field=field)
    file = case.facts.case
    victims = {str(v.person.name) for v in file.all(CaseRole.VICTIM)} if file else set()
    if role == "加害人" and takes in victims:
        message = f"加害人的一份不能由受害人{takes}签收、代收。请直接送交加害人，或者由其他成年家属代收。"
        yield Finding(message=message, field=field)


def dates_of_protection(case: Case) -> Iterator[Finding]:
    """Dates of Part D run forward (X-10)."""
    yield from _report_dates(case)
    served, document = case.value("served_at"), case.day("doc_date")
    if isinstance(served, datetime) and document is not None and served.date() < document:
        message = f"送达时间{print_date(served.date())}早于文书日期{print_date(document)}。请对照回证更正。"
        yield Finding(message=message, field="served_at")
    visited = case.value("visited_at")
    ref = case.value("warning_ref")
    paper = newest(case, "D5")
    if isinstance(visited, datetime) and isinstance(ref, PaperRef) and paper is not None:
        first = served_on(case, paper, CaseRole.PERPETRATOR) or paper.signed_on
        if first is not None and visited.date() < first:
            message = f"查访时间{print_date(visited.date())}早于告诫书送达的日期{print_date(first)}。请更正。"
            yield Finding(message=message, field="visited_at")
    yield from _spans(case)
    for name in ("served_at", "visited_at", "handed_at"):
        at = case.value(name)
        if isinstance(at, datetime) and at.date() > case.today:
            title = case.spec.field(name).title
            yield Finding(message=f"“{title}”写的是{print_date(at.date())}，还没有到。请更正。", field=name)


def _report_dates(case: Case) -> Iterator[Finding]:
    found, reported = case.struct("found").get("found_at"), case.struct("reported").get("reported_at")
    if isinstance(found, datetime) and found.date() > case.today:
        yield Finding(message=f"发现时间{print_date(found.date())}还没有到。请更正。", field="found")
    if not isinstance(found, datetime) or not isinstance(reported, datetime):
        return
    if reported < found:
        yield Finding(message="报告时间早于发现时间。请更正其中一处。", field="reported")
    hours = (reported - found).total_seconds() / 3600
    if hours > DELAY_HOURS and not is_value(case.struct("reported").get("delay_reason", Blank.NOT_COLLECTED)):
        message = f"从发现到报告超过了{DELAY_HOURS}小时。法律要求立即报告，请写明迟延原因。"
        yield Finding(message=message, field="reported")


def _spans(case: Case) -> Iterator[Finding]:
    pairs = (("from_on", "to_on"), ("notice_from", "notice_to"), ("date", "from_on"))
    for first, last in pairs:
        if case.spec.code not in {"D6", "D9", "D10", "D14"}:
            return
        one, other = case.day(first), case.day(last)
        if one is not None and other is not None and other < one:
            titles = case.spec.field(first).title, case.spec.field(last).title
            yield Finding(message=f"“{titles[1]}”早于“{titles[0]}”。请更正。", field=last)


RULES = (
    Rule(
        code="REF-16",
        title="不得把儿童交给涉嫌侵害的人或者有不得照护记录的人。",
        citations=(cite("minors", "第九十二条"), cite("minors", "第九十三条")),
        check=ref_16,
    ),
    Rule(
        code="REF-18",
        title="强制报告必须送公安机关，辍学报告必须送教育部门，不能取消。",
        citations=(cite("minors", "第十一条"), cite("minors", "第二十八条")),
        check=ref_18,
    ),
    Rule(
        code="REF-20",
        title="报告人身份、受害人保密住址不得出现在不需要的一份上。",
        citations=(cite("dv", "第五条"), cite("dv", "第十四条"), cite("pipl", "第六条"), cite("pipl", "第二十八条")),
        check=ref_20,
    ),
    Rule(
        code="REF-21",
        title="应当处罚、立案的，或者不是家庭成员也不共同生活的，不得出具告诫书。",
        citations=(cite("dv", "第十六条"), cite("dv", "第三十七条")),
        check=ref_21,
    ),
    Rule(
        code="REF-28",
        title="受害人的一份不得经加害人转交，加害人的一份不得由受害人代收。",
        citations=(cite("dv", "第五条"), cite("dv", "第十六条"), cite("dv", "第十七条")),
        check=ref_28,
    ),
    Rule(
        code="D5-CONTENT",
        title="告诫书应当包括加害人的身份信息、家庭暴力的事实陈述、禁止加害人实施家庭暴力等内容。",
        citations=(cite("dv", "第十六条"),),
        check=warning_content,
    ),
)
