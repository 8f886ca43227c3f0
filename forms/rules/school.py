"""The dropout chain and the holiday list: who may ask, report and order, in which order, and who takes a child.

Sources: 未成年人保护法 第十一条、第二十一条、第二十二条、第二十八条、第八十三条; 义务教育法 第五条、
第十一条、第五十八条; 预防未成年人犯罪法 第三十五条; forms.md §6 E1–E9, §1.2 no. 3, §11 REF-18, REF-23, REF-24, REF-29.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from forms.cases.facts import PaperRef
from forms.computed.school import attempts, last_school_day, open_dropout
from forms.law.sources import cite
from forms.law.time import age_on, print_date
from forms.rules.base import Finding, Rule
from forms.values.blank import Blank, is_value
from forms.values.enums import PersonStatus, Schooling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from forms.cases.case import Case
    from forms.cases.facts import PaperFact

ATTEMPTS = 3
"""REF-23: attempts before a report, our default; the law asks for one at least."""
NOTICE_DAYS = 7
"""E4: the longest time a request gives."""
ORDER_DAYS = (7, 15)
"""E6: the usual time an order gives, from service."""
VISIT_DAYS = 7
"""E9: until the first visit of a child that needs watching."""
_COERCION = re.compile(r"责令|限期|处罚|罚款|强制|追究.{0,4}责任|否则")
_FINE = re.compile(r"罚款|\d+\s*元")
_GOVERNMENTS_ARTICLE = re.compile(r"义务教育法》?\s*第五十三条")
STARTING_AGE = 6


def contact_on_the_first_day(case: Case) -> Iterator[Finding]:
    """Somebody at home is asked on the very day."""
    first, rows = case.day("first_day"), case.rows("contacts")
    known = [row for row in rows if isinstance(row.get("at"), datetime)]
    if first is None or not known:
        return
    if not any(at.date() == first for row in known if isinstance(at := row.get("at"), datetime)):
        message = f"首个缺勤日{print_date(first)}当天没有联系记录。请写明当天怎样联系的；没有联系的，如实写明何时联系。"
        yield Finding(message=message, field="contacts")


def report_the_missing(case: Case) -> Iterator[Finding]:
    """A child whose whereabouts nobody knows is reported to the police at once."""
    escalated = case.value("escalated")
    told = isinstance(escalated, tuple) and "报警" in escalated
    if case.value("reason") == "联系不上" and not told:
        message = f"{case.child_name}联系不上、去向不明，应当立即报警，并填写强制报告（D1）。请在“升级处理”里选“报警”。"
        yield Finding(message=message, field="escalated")


def absence_dates(case: Case) -> Iterator[Finding]:
    """Dates of an absence run forward."""
    first, back = case.day("first_day"), case.day("back_on")
    if first is not None and first > case.today:
        yield Finding(message=f"首个缺勤日{print_date(first)}还没有到。请更正。", field="first_day")
    if first is not None and back is not None and back <= first:
        message = f"返校日{print_date(back)}不晚于首个缺勤日{print_date(first)}。请更正。"
        yield Finding(message=message, field="back_on")


def completed(case: Case) -> Iterator[Finding]:
    """Who has completed compulsory education, or has approved leave, has not dropped out."""
    if case.value("completed_ce") is True:
        message = f"{case.child_name}已经完成义务教育，不属于辍学，不能登记。就学情况请写“不在学”。"
        yield Finding(message=message, field="completed_ce")
    if case.value("schooling") == Schooling.NOT_IN_SCHOOL:
        message = (
            f"{case.child_name}的就学情况是“不在学”，不能同时登记辍学。没有完成义务教育的，请先把就学情况更正为“辍学”。"
        )
        yield Finding(message=message, field="schooling")
    if case.text("leave_ref"):
        message = f"{case.child_name}的延缓入学或者休学已经批准，不属于辍学。批准期满没有返校的，再登记。"
        yield Finding(message=message, field="leave_ref")


def dropout_dates(case: Case) -> Iterator[Finding]:
    """The last day at school lies in the past, and the roll is not marked before it."""
    last, marked = case.day("last_day"), case.day("marked_on")
    if last is not None and last > case.today:
        yield Finding(message=f"最后到校日{print_date(last)}还没有到。请更正。", field="last_day")
    if last is not None and marked is not None and not last <= marked <= case.today:
        message = f"学籍系统标识日期{print_date(marked)}应当在最后到校日以后、今天以前。请更正。"
        yield Finding(message=message, field="marked_on")


def attempt_dates(case: Case) -> Iterator[Finding]:
    """Attempts lie between the last day at school and the report (X-10)."""
    registration = open_dropout(case.facts.papers)
    if registration is None:
        message = f"{case.child_name}没有签字归档、尚未销号的辍学登记表（E2）。请先登记，再劝返。"
        yield Finding(message=message, field="dropout_ref")
        return
    at, last = case.value("at"), registration.values.get("last_day")
    if not isinstance(at, datetime):
        return
    if isinstance(last, date) and at.date() <= last:
        message = f"劝返时间{print_date(at.date())}不晚于最后到校日{print_date(last)}。请更正。"
        yield Finding(message=message, field="at")
    if at.date() > case.today:
        yield Finding(message=f"劝返时间{print_date(at.date())}还没有到。请更正。", field="at")
    report = case.done("E5")
    if report is not None and at.date() > (report.signed_on or report.made_on):
        message = (
            f"劝返时间晚于书面报告的日期{print_date(report.signed_on or report.made_on)}。"
            "报告以后的工作请写入提请协调报告（E7）。"
        )
        yield Finding(message=message, field="at", blocking=False)


def two_at_a_visit(case: Case) -> Iterator[Finding]:
    """A visit at home is paid by two at least."""
    people = [row for row in case.rows("participants") if is_value(row.get("name", Blank.NOT_COLLECTED))]
    if case.value("mode") == "入户" and people and len(people) < 2:
        message = "入户劝返至少两人参加，其中最好有村（居）或者镇（街道）的人员。请补充参加人员。"
        yield Finding(message=message, field="participants")


def promised_day(case: Case) -> Iterator[Finding]:
    """A promise has a day, not before the talk."""
    at, promised = case.value("at"), case.day("promised_on")
    if promised is not None and isinstance(at, datetime) and promised < at.date():
        message = f"承诺返校日期{print_date(promised)}早于劝返时间。请更正。"
        yield Finding(message=message, field="promised_on")


def request_tone(case: Case) -> Iterator[Finding]:
    """A school asks; only the authority orders."""
    for name in ("absence", "law", "help"):
        value = case.value(name)
        text = "".join(str(line) for line in value) if isinstance(value, tuple) else case.text(name)
        found = _COERCION.search(text)
        if found is not None:
            title = case.spec.field(name).title
            message = (
                f"“{title}”里写了“{found[0]}”。劝返复学通知书是学校的请求，责令只能由镇（街道）、县级教育部门作出。"
                "请改用商请的语气。"
            )
            yield Finding(message=message, field=name)


def request_days(case: Case) -> Iterator[Finding]:
    """The day asked for is within a week."""
    day, last = case.day("return_by"), case.today + timedelta(days=NOTICE_DAYS)
    if day is not None and not case.today < day <= last:
        message = f"请求返校日期是{print_date(day)}。请写明天以后、{print_date(last)}以前（{NOTICE_DAYS}日内）的日期。"
        yield Finding(message=message, field="return_by")


def ref_23(case: Case) -> Iterator[Finding]:
    """Refuse a report without registration and persuasion."""
    override = "校长和教育部门共同决定，限于学生去向不明、无法劝返的，写明理由。"
    if open_dropout(case.facts.papers) is None:
        message = f"{case.child_name}没有签字归档的辍学登记表（E2）。请先登记，再报告。"
        yield Finding(message=message, field="dropout_ref", override=override)
        return
    done = attempts(case)
    if not done:
        message = f"{case.child_name}还没有劝返记录（E3）。请先劝返并归档记录，再报告。"
        yield Finding(message=message, field="efforts", override=override)
        return
    if not any(p.values.get("mode") == "入户" for p in done):
        message = f"{len(done)}次劝返都不是入户。书面报告之前至少入户劝返一次。"
        yield Finding(message=message, field="efforts", override=override)
    if len(done) < ATTEMPTS:
        message = f"只有{len(done)}次劝返记录，一般应当劝返{ATTEMPTS}次。情况紧急的可以先报告，并写明理由。"
        yield Finding(message=message, field="efforts", blocking=False)
    if not any(_has_local_people(p) for p in done):
        message = "劝返记录里没有村（居）或者镇（街道）人员参加。请核对，或者补做一次。"
        yield Finding(message=message, field="efforts", blocking=False)


def _has_local_people(paper: PaperFact) -> bool:
    people = paper.values.get("participants", ())
    rows = people if isinstance(people, tuple) else ()
    words = re.compile(r"村|居委|社区|镇|乡|街道")
    return any(words.search(str(row.get("unit", ""))) for row in rows if isinstance(row, dict)) or not rows


def marked_before(case: Case) -> Iterator[Finding]:
    """Where the plan says so, the national roll is marked before the report; never after it."""
    day, needed = case.day("marked"), case.profile.thresholds.get("dropout_mark", 0) > 0
    if needed and day is None:
        message = f"本地方案要求先在全国学籍系统里标识，再书面报告。请标识后写明{case.child_name}的标识日期。"
        yield Finding(message=message, field="marked")
    if day is not None and day > (case.day("fill_date") or case.today):
        message = f"学籍系统标识日期{print_date(day)}晚于报告日期。请更正。"
        yield Finding(message=message, field="marked")


def still_out(case: Case) -> Iterator[Finding]:
    """Nobody is reported who is back."""
    registration, back = open_dropout(case.facts.papers), case.done("E8")
    if registration is None and back is not None:
        day = print_date(back.signed_on or back.made_on)
        message = f"{case.child_name}已于{day}复学或者销号，不能再报告。再次离校的，请重新登记（E2）。"
        yield Finding(message=message, field="dropout_ref")


def ordering_authority(case: Case) -> Iterator[Finding]:
    """义务教育法 58 names the township government and the county's education department, no 街道办事处."""
    office = case.facts.office
    if re.search(r"街道办事处$|^.*街道$", office.name):
        organ = next((o.name for o in case.profile.organs if o.key == "education" and o.is_valid_on(case.today)), "")
        message = (
            f"{office.name}不能责令限期复学：法律规定由乡镇人民政府或者县级教育部门作出。"
            f"请由{organ or '县级教育部门'}出具。"
        )
        yield Finding(message=message, field="fill_unit")


def order_basis(case: Case) -> Iterator[Finding]:
    """An order rests on the school's report; the child is of school age and has not finished school."""
    report = case.value("report_ref")
    if not isinstance(report, PaperRef):
        message = f"档案里没有学校关于{case.child_name}的书面报告（E5）。请收到并归档报告以后，再责令。"
        yield Finding(message=message, field="report_ref")
    if case.child_birth is not None and age_on(case.child_birth, case.today) < STARTING_AGE:
        message = f"{case.child_name}不满{STARTING_AGE}周岁，还没有到接受义务教育的年龄，不能责令。"
        yield Finding(message=message, field="child_birth")
    if case.value("completed_ce") is True:
        message = f"{case.child_name}已经完成义务教育，不能责令复学。"
        yield Finding(message=message, field="completed_ce")
    registration = open_dropout(case.facts.papers)
    leave = registration.values.get("leave_ref", Blank.NOT_COLLECTED) if registration is not None else None
    if leave is not None and is_value(leave) and str(leave):
        message = f"{case.child_name}的延缓入学或者休学已经批准（{leave}），不能责令。"
        yield Finding(message=message, field="report_ref")
    if isinstance(report, PaperRef) and registration is None:
        message = f"{case.child_name}的辍学登记已经销号，不能再责令。"
        yield Finding(message=message, field="report_ref")


def order_law(case: Case) -> Iterator[Finding]:
    """No fine without a law that gives one, and no article that binds governments held against parents."""
    for name in ("facts", "breach", "order", "consequence"):
        value = case.value(name)
        text = "".join(str(line) for line in value) if isinstance(value, tuple) else case.text(name)
        title = case.spec.field(name).title
        if _FINE.search(text):
            message = f"“{title}”里写了罚款或者金额。现行法律只规定批评教育、责令限期改正，没有罚款。请删去。"
            yield Finding(message=message, field=name)
        if _GOVERNMENTS_ARTICLE.search(text):
            message = f"“{title}”引用了义务教育法第五十三条，那一条约束的是政府，不是父母。请改引第五条、第十一条。"
            yield Finding(message=message, field=name)


def order_days(case: Case) -> Iterator[Finding]:
    """The day to obey lies after service and is neither too short nor too long (X-10)."""
    due, made = case.day("due_on"), case.day("fill_date") or case.today
    if due is None:
        return
    if due <= made:
        message = f"责令期限{print_date(due)}不晚于文书日期{print_date(made)}，父母来不及改正。请更正。"
        yield Finding(message=message, field="due_on")
        return
    days = (due - made).days
    if days < ORDER_DAYS[0] or days > 2 * ORDER_DAYS[1]:
        message = f"责令期限是{days}日，一般为{ORDER_DAYS[0]}日至{ORDER_DAYS[1]}日，从送达起算。请核对。"
        yield Finding(message=message, field="due_on", blocking=False)


def annex_count(case: Case) -> Iterator[Finding]:
    """The number in the report is the number of the annex, and the text names nobody."""
    rows, number = case.rows("pupils"), case.number("pupil_count")
    if number is not None and rows and len(rows) != number:
        message = f"正文写{number}人，限阅附件里有{len(rows)}人。请核对，两处应当一致。"
        yield Finding(message=message, field="pupil_count")
    text = case.text("subject")
    for row in rows:
        name = str(row.get("name", ""))
        if len(name) > 1 and name in text:
            message = f"事由里写了学生姓名“{name}”。姓名只写在限阅附件里，请从正文删去。"
            yield Finding(message=message, field="subject")


def coordination_days(case: Case) -> Iterator[Finding]:
    """What is asked for lies ahead, and nothing after the day proposed."""
    due = case.day("due_on")
    if due is not None and due <= case.today:
        yield Finding(message=f"建议完成时限{print_date(due)}已经过了。请更正。", field="due_on")
    for number, row in enumerate(case.rows("asks"), start=1):
        by_on = row.get("by_on")
        if due is not None and isinstance(by_on, date) and by_on > due:
            message = f"第{number}项的完成时限{print_date(by_on)}晚于建议完成时限{print_date(due)}。请更正。"
            yield Finding(message=message, field="asks")


def closing_date(case: Case) -> Iterator[Finding]:
    """A registration is closed after it was opened."""
    registration = open_dropout(case.facts.papers)
    if registration is None:
        message = f"{case.child_name}没有未办结的辍学登记（E2），没有可以销号的。请核对。"
        yield Finding(message=message, field="dropout_ref")
        return
    day, last = case.day("on"), last_school_day(case)
    if day is not None and last is not None and day <= last:
        message = f"日期{print_date(day)}不晚于最后到校日{print_date(last)}。请更正。"
        yield Finding(message=message, field="on")
    if day is not None and day > case.today:
        yield Finding(message=f"日期{print_date(day)}还没有到。学生返校以后再销号。", field="on")


def closing_proof(case: Case) -> Iterator[Finding]:
    """Anything but a return to this school needs its proof; a death agrees with the register."""
    kind = case.text("kind")
    if kind and kind != "复学" and not case.text("proof"):
        message = f"销号类型是“{kind}”，要有证明材料：转学的写转入学校的学籍证明，毕业的写证书，等等。请写明。"
        yield Finding(message=message, field="proof")
    dead = case.record is not None and case.record.child.person.status is PersonStatus.DEAD
    if kind == "死亡" and not dead:
        message = f"销号类型是“死亡”，档案里{case.child_name}不是这样登记的。请先核实并更正档案。"
        yield Finding(message=message, field="kind", blocking=False)


def ref_24(case: Case) -> Iterator[Finding]:
    """Refuse a child nobody takes for the holiday."""
    rows = case.rows("rows")
    if not rows:
        message = (
            f"{case.text('village_name')}没有在{case.text('school_name')}就读的留守儿童，不必做清单。请核对村名和学校。"
        )
        yield Finding(message=message, field="rows")
    for number, row in enumerate(rows, start=1):
        taken = [is_value(row.get(name, Blank.NOT_COLLECTED)) for name in ("receiver", "village_taker")]
        if not any(taken):
            message = (
                f"第{number}行{row.get('child_name', '')}没有接收的成年人。请写明谁接收；没有人接收的，"
                "写明村（居）由谁负责照看。"
            )
            yield Finding(message=message, field="rows", row=number)


def holiday_dates(case: Case) -> Iterator[Finding]:
    """A holiday begins before it ends; the first visit to a child to be watched comes within a week."""
    first, last = case.day("from_on"), case.day("to_on")
    if first is not None and last is not None and last <= first:
        message = f"开学日期{print_date(last)}不晚于放假日期{print_date(first)}。请更正。"
        yield Finding(message=message, field="to_on")
    for number, row in enumerate(case.rows("rows"), start=1):
        visit = row.get("first_visit")
        if first is None or row.get("focus") is not True:
            continue
        if isinstance(visit, date) and (visit - first).days > VISIT_DAYS:
            message = (
                f"第{number}行{row.get('child_name', '')}是重点关注，"
                f"首次走访{print_date(visit)}晚于放假后{VISIT_DAYS}日。请提前。"
            )
            yield Finding(message=message, field="rows", row=number)


def holiday_place(case: Case) -> Iterator[Finding]:
    """A child who spends the holiday elsewhere belongs on that village's list."""
    village = case.facts.village.short or case.facts.village.name
    for number, row in enumerate(case.rows("rows"), start=1):
        place = row.get("holiday_address", Blank.NOT_COLLECTED)
        if is_value(place) and village and village not in str(place):
            message = (
                f"第{number}行{row.get('child_name', '')}假期住在{place}，不在{village}。请改列到当地村（居）的清单，"
                "或者注明随父母在外。"
            )
            yield Finding(message=message, field="rows", row=number)


_OFFICE = cite("office")
_REPORT = (cite("minors", "第二十八条"),)
_SCHOOLING = (cite("compulsory_edu", "第五条"), cite("compulsory_edu", "第十一条"))
_ORDER = (cite("compulsory_edu", "第五十八条"), cite("minors", "第八十三条"))
RULES = (
    Rule(
        code="E1-CONTACT",
        title="首个缺勤日当天要联系家长。",
        citations=(*_REPORT, _OFFICE),
        check=contact_on_the_first_day,
        blocking=False,
    ),
    Rule(
        code="E1-POLICE",
        title="去向不明的学生要立即报警。",
        citations=(cite("prevent_crime", "第三十五条"), cite("minors", "第十一条")),
        check=report_the_missing,
    ),
    Rule(code="E1-DATES", title="缺勤日期先后。", citations=(_OFFICE,), check=absence_dates),
    Rule(
        code="E2-COMPLETED",
        title="已经完成义务教育、经批准延缓入学或者休学的，不登记辍学。",
        citations=(cite("compulsory_edu", "第十一条"), *_REPORT),
        check=completed,
    ),
    Rule(code="E2-DATES", title="最后到校日、标识日期先后。", citations=(_OFFICE,), check=dropout_dates),
    Rule(
        code="E3-DATES",
        title="劝返在辍学登记之后、书面报告之前。",
        citations=(*_REPORT, _OFFICE),
        check=attempt_dates,
    ),
    Rule(code="E3-PEOPLE", title="入户劝返至少两人。", citations=(_OFFICE,), check=two_at_a_visit),
    Rule(code="E3-PROMISE", title="承诺返校日期不早于劝返时间。", citations=(_OFFICE,), check=promised_day),
    Rule(
        code="E4-TONE",
        title="学校的通知书是请求，不得责令、处罚。",
        citations=_ORDER,
        check=request_tone,
    ),
    Rule(code="E4-DATE", title="请求返校日期在7日以内。", citations=(_OFFICE,), check=request_days),
    Rule(
        code="REF-23",
        title="没有辍学登记和劝返记录的，不得书面报告。",
        citations=_REPORT,
        check=ref_23,
    ),
    Rule(
        code="E5-MARKED",
        title="方案要求的，先在学籍系统标识再报告。",
        citations=(cite("plan_longli"), cite("plan_qinzhou")),
        check=marked_before,
    ),
    Rule(code="E5-STATE", title="已经复学、销号的不再报告。", citations=_REPORT, check=still_out),
    Rule(
        code="E6-ISSUER",
        title="责令复学由乡镇人民政府或者县级教育部门作出，街道办事处不能作出。",
        citations=_ORDER,
        check=ordering_authority,
    ),
    Rule(
        code="E6-BASIS",
        title="责令以学校书面报告为据，学生应当正在接受义务教育的年龄。",
        citations=(*_SCHOOLING, *_ORDER),
        check=order_basis,
    ),
    Rule(
        code="E6-LAW",
        title="责令不写罚款，不以约束政府的条款责备父母。",
        citations=(cite("compulsory_edu", "第五十三条"), cite("compulsory_edu", "第五十八条")),
        check=order_law,
    ),
    Rule(code="E6-DATE", title="责令期限在送达之后。", citations=(_OFFICE,), check=order_days),
    Rule(
        code="E7-COUNT",
        title="提请协调的人数与限阅附件一致，正文不写姓名。",
        citations=(cite("pipl", "第六条"), _OFFICE),
        check=annex_count,
    ),
    Rule(code="E7-DATE", title="提请协调的完成时限。", citations=(_OFFICE,), check=coordination_days),
    Rule(
        code="E8-DATE",
        title="销号以未办结的辍学登记为据，日期在最后到校日之后。",
        citations=(_OFFICE,),
        check=closing_date,
    ),
    Rule(
        code="E8-PROOF",
        title="复学以外的销号要有证明材料。",
        citations=(*_REPORT, _OFFICE),
        check=closing_proof,
    ),
    Rule(
        code="REF-24",
        title="假期交接清单上每名儿童都要有接收的成年人，或者村（居）负责的人。",
        citations=(cite("minors", "第二十一条"), cite("plan_yubei")),
        check=ref_24,
    ),
    Rule(code="E9-DATES", title="假期起止和首次走访日期。", citations=(_OFFICE,), check=holiday_dates),
    Rule(
        code="E9-PLACE",
        title="假期住在外村的，列入当地的清单。",
        citations=(cite("plan_yubei"), _OFFICE),
        check=holiday_place,
        blocking=False,
    ),
)
