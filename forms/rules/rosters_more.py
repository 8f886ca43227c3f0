"""Rosters beside B1, the elders' papers, and who leaves a roster.

Sources: forms.md §6 B2–B7, §7 X-03, X-05, X-15, §11 REF-13, REF-15, WRN-13; 老年人权益保障法 第二条; 档案法 第二十一条.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from forms.cases.facts import PaperRef
from forms.computed.care import LISTS, elder_risk
from forms.computed.school import open_dropout
from forms.law.sources import cite
from forms.law.time import age_on, print_date, same_day
from forms.rules.base import Finding, Rule
from forms.values.blank import Blank, is_value
from forms.values.enums import Health, HukouKind, Schooling
from forms.values.names_and_numbers import IdNumber

if TYPE_CHECKING:
    from collections.abc import Iterator

    from forms.cases.case import Case
    from forms.cases.facts import PaperFact, Row

NC = Blank.NOT_COLLECTED
MOVES = ("随父母迁居", "户籍迁出本辖区")
"""Reasons of leaving a roster for another place's."""
_WHERE_TO = re.compile("[迁转](?:往|至|入|到)")


def _numbered(case: Case) -> Iterator[tuple[int, Row, str]]:
    for number, row in enumerate(case.rows("rows"), start=1):
        yield number, row, f"第{number}行{row.get('child_name', row.get('elder_name', ''))}"


def elder_age(case: Case) -> int:
    """Return the age from which somebody is an elder here: 60 unless the region says otherwise."""
    return case.profile.thresholds.get("elder_age", 60)


def ref_13(case: Case) -> Iterator[Finding]:
    """Refuse a second roster of a period whose roster is signed: what is signed is frozen, a new version is made."""
    signed = next(
        (
            p
            for p in case.facts.papers
            if p.form_code == case.spec.code and p.is_done and p.values.get("period") == case.value("period")
        ),
        None,
    )
    if signed is not None and case.has("period"):
        message = (
            f"{case.text('period')}的{case.spec.title}（{signed.document_number or signed.form_code}）已经签字归档，"
            "不能另做一份。确需更正的，用 --revise 出新版本，旧版本仍然保留。"
        )
        yield Finding(message=message, field="period")


def ref_15(case: Case) -> Iterator[Finding]:
    """Refuse an exit from the roster without reason, date and evidence."""
    names = ("exit_reason", "exit_on", "exit_evidence")
    given = [n for n in names if case.has(n)]
    if given and len(given) < len(names):
        left = "、".join(f"“{case.spec.field(n).title}”" for n in names if n not in given)
        message = f"{case.child_name}办理退出，还缺{left}。退出要有原因、日期和依据，缺一不可。"
        yield Finding(message=message, field=next(n for n in names if n not in given))


def x_15(case: Case) -> Iterator[Finding]:
    """A child who moves keeps the dossier: out of one roster and into the next on the same day."""
    if (
        case.text("exit_reason") in MOVES
        and case.has("exit_evidence")
        and not _WHERE_TO.search(case.text("exit_evidence"))
    ):
        message = (
            f"{case.child_name}因迁居退出，没有写明迁往哪里。请在“退出依据”里写“迁往××镇（街道）”，"
            "请迁入地以同一日期新增；档案随迁，两地合计人数不变。"
        )
        yield Finding(message=message, field="exit_evidence")
    left = next((p for p in case.facts.papers if _is_move(p)), None)
    entered = case.record.child.entered_on if case.record is not None else NC
    day = left.values.get("exit_on") if left is not None else None
    if left is not None and isinstance(day, date) and isinstance(entered, date) and day != entered:
        message = (
            f"{case.child_name}在迁出地{print_date(day)}退出，在本地{print_date(entered)}新增，不是同一天。"
            f"请核对登记表{left.document_number}后更正其中一处。"
        )
        yield Finding(message=message)


def definition(case: Case) -> Iterator[Finding]:
    """The region's plan wants 农村户口 and a child has another (forms.md §9.1, definition test)."""
    if not case.profile.definition.rural_hukou:
        return
    alone = (case.record,) if case.record is not None else ()
    for number, record in enumerate(case.facts.roster or alone, start=1):
        if record.child.hukou_kind is HukouKind.URBAN:
            message = (
                f"{record.child.person.name}登记的是{HukouKind.URBAN.value}，不符合{case.profile.name}方案的定义："
                f"{case.profile.definition.text}。请核实户口；确属城镇户口的，按困境儿童等其他类别办理。"
            )
            row = number if case.facts.roster else 0
            yield Finding(message=message, field="rows" if row else "", row=row)


def _is_move(paper: PaperFact) -> bool:
    return paper.form_code == "B2" and paper.is_done and str(paper.values.get("exit_reason", "")) in MOVES


def x_03(case: Case) -> Iterator[Finding]:
    """辍学 exactly when a dropout registration is open; 不在学 has none."""
    if case.record is not None and case.spec.find_field("schooling") is not None:
        yield from _schooling(case, case.child_name, case.value("schooling"), case.facts.papers, 0)
    for number, row, who in _numbered(case):
        state = row.get("schooling", row.get("kind", NC))
        yield from _schooling(case, who, state, case.facts.roster_papers.get(str(row.get("child_uid", "")), ()), number)


def _schooling(case: Case, who: str, state: object, papers: tuple[PaperFact, ...], row: int) -> Iterator[Finding]:
    known = [p for p in papers if p.form_code == "E2" and p.is_done]
    is_open = open_dropout(papers) is not None
    field = "rows" if row else "schooling"
    if case.spec.find_field(field) is None:
        return
    if state == Schooling.DROPPED_OUT and not is_open:
        message = f"{who}写的是“辍学”，档案里没有未办结的辍学登记（E2）。请学校登记，或者更正就学情况。"
        yield Finding(message=message, field=field, row=row)
    elif state == Schooling.NOT_IN_SCHOOL and known:
        message = f"{who}写的是“不在学”，却有辍学登记（E2）。没有完成义务教育的应当写“辍学”。"
        yield Finding(message=message, field=field, row=row)


def x_05(case: Case) -> Iterator[Finding]:
    """Disabled, ill or in hardship: a candidate for B5d; nobody else stands on it."""
    if case.value("health_primary") in {Health.DISABLED, Health.ILL}:
        state = case.text("health_primary")
        message = f"{case.child_name}的身体情况是“{state}”。请列入困难、患病、残疾儿童名册（B5d）。"
        yield Finding(message=message, field="health_primary")
    for number, row, who in _numbered(case):
        if "hardship" in row and not any(is_value(row.get(n, NC)) for n in ("hardship", "illness", "disability")):
            message = f"{who}没有写困难类型、病种或者残疾情况。不属于重点对象的，请删去。"
            yield Finding(message=message, field="rows", row=number)


def alone(case: Case) -> Iterator[Finding]:
    """Refuse to list a child whom no adult has seen for more than a day, unless the report D1 is filed."""
    cutoff = case.day("cutoff_on") or case.today
    for number, row, who in _numbered(case):
        seen, since = row.get("last_adult"), row.get("unattended_since")
        papers = case.facts.roster_papers.get(str(row.get("child_uid", "")), ())
        reported = any(p.form_code == "D1" for p in papers)
        if isinstance(seen, date) and (cutoff - seen).days > 1 and not reported:
            message = f"{who}最近一次见到成年人是{print_date(seen)}，超过24小时。请立即报告（D1），再列入名册。"
            yield Finding(message=message, field="rows", row=number)
        if isinstance(since, date) and since > cutoff:
            message = f"{who}的无人监护起始日{print_date(since)}晚于截止时点{print_date(cutoff)}。请更正。"
            yield Finding(message=message, field="rows", row=number)


def wrn_13(case: Case) -> Iterator[Finding]:
    """The number and the birth date or sex beside it do not agree."""
    for number, row, who in _numbered(case):
        digits = row.get("child_id_number", row.get("elder_id_number", NC))
        if not isinstance(digits, IdNumber):
            continue
        birth = row.get("child_birth", row.get("elder_birth", NC))
        gender = row.get("child_gender", row.get("elder_gender", NC))
        if isinstance(birth, date) and birth != digits.birth:
            message = f"{who}的出生日期是{print_date(birth)}，公民身份号码里是{print_date(digits.birth)}。"
            yield Finding(message=f"{message}请核对户口簿。", field="rows", row=number)
        if is_value(gender) and (str(gender) == "男") != digits.is_male:
            message = f"{who}的性别和公民身份号码不一致。请核对户口簿。"
            yield Finding(message=message, field="rows", row=number)


def roster_age(case: Case) -> Iterator[Finding]:
    """Refuse somebody younger than the law's elder on the elders' roster; more children away than there are."""
    cutoff, limit = case.day("cutoff_on") or case.today, elder_age(case)
    for number, row, who in _numbered(case):
        birth = row.get("elder_birth")
        if isinstance(birth, date) and age_on(birth, cutoff) < limit:
            message = f"{who}（{print_date(birth)}出生）在{print_date(cutoff)}未满{limit}周岁，不列入老人名册。请删去。"
            yield Finding(message=message, field="rows", row=number)
        total, away = row.get("children_count"), row.get("children_away")
        if isinstance(total, int) and isinstance(away, int) and away > total:
            message = f"{who}的外出子女数{away}多于子女数{total}。请更正。"
            yield Finding(message=message, field="rows", row=number)


def registration_age(case: Case) -> Iterator[Finding]:
    """Refuse the registration of somebody under 60."""
    birth, limit = case.day("elder_birth"), elder_age(case)
    if birth is not None and age_on(birth, case.today) < limit:
        message = f"{case.text('elder_name')}（{print_date(birth)}出生）未满{limit}周岁，不属于老年人。"
        yield Finding(message=f"{message}请核对出生日期。", field="elder_birth")


def nobody_home(case: Case) -> Iterator[Finding]:
    """Refuse when a capable child lives at home; note when the children left less than half a year ago."""
    for number, row in enumerate(case.rows("children_table"), start=1):
        if row.get("is_away") is False and row.get("can_care") is True:
            message = f"第{number}名子女{row.get('name', '')}在家并且能够照料，不属于留守老人。请核实后再登记。"
            yield Finding(message=message, field="children_table")
    since = case.day("since")
    months = case.profile.thresholds.get("elder_away_months", 6)
    if since is not None and same_day(since, months=months) > case.today:
        message = f"留守从{print_date(since)}起，还不满{months}个月。是否登记请按当地规定核实。"
        yield Finding(message=message, field="since", blocking=False)


def risk_grade(case: Case) -> Iterator[Finding]:
    """A grade that departs from what the items give needs a reason."""
    computed, written = elder_risk(case), case.value("risk")
    if isinstance(computed, Blank) or isinstance(written, Blank) or computed == written:
        return
    if not case.has("risk_reason"):
        message = f"按风险事项计算的等级是“{computed}”，写的是“{written}”。请写明调整理由，或者改回“{computed}”。"
        yield Finding(message=message, field="risk")


def family_on_roster(case: Case) -> Iterator[Finding]:
    """A child left behind in a family file who is no child of the register: to be entered (B6)."""
    known = {case.record.child.person.name} if case.record is not None else set()
    known |= {r.child.person.name for r in case.facts.siblings}
    for number, row in enumerate(case.rows("children_left"), start=1):
        name = row.get("name", NC)
        if is_value(name) and name not in known:
            message = f"第{number}名留守儿童{name}还没有进入名册。请办理基本情况登记表（B2）。"
            yield Finding(message=message, field="children_left")


def two_staff(case: Case) -> Iterator[Finding]:
    """Refuse the same person as leader and teacher responsible."""
    leader, teacher = case.text("leader"), case.text("teacher")
    if leader and leader == teacher:
        yield Finding(message=f"责任领导和责任教师都是{leader}。请写两个人。", field="teacher")


def letter_count(case: Case) -> Iterator[Finding]:
    """Refuse a letter whose number differs from its roster, or that encloses the roster of another kind."""
    own = case.value("roster_ref")
    paper = next((p for p in case.facts.papers if isinstance(own, PaperRef) and p.uid == own.uid), None)
    if paper is None:
        return
    total = paper.values.get("total")
    if isinstance(total, int) and case.number("people_count") not in {None, total}:
        message = f"函里写{case.number('people_count')}名，附件名册是{total}名。请更正，两处要一致。"
        yield Finding(message=message, field="people_count")
    wanted = LISTS.get(case.text("list_kind"))
    if wanted is not None and paper.form_code != wanted:
        message = f"函通报的是{case.text('list_kind')}，附件却是{paper.form_code}。请换成{wanted}的名册。"
        yield Finding(message=message, field="roster_ref")


_OFFICE = cite("office")
RULES = (
    Rule(
        code="REF-13",
        title="已经签字的名册冻结，不得改动，只能出新版本。",
        citations=(cite("archives", "第二十一条"), _OFFICE),
        check=ref_13,
    ),
    Rule(
        code="REF-15",
        title="退出名册要有原因、日期和依据。",
        citations=(cite("plan_shouxian"), _OFFICE),
        check=ref_15,
    ),
    Rule(
        code="X-03",
        title="辍学与未办结的辍学登记互为条件。",
        citations=(cite("minors", "第二十八条"), cite("minors", "第八十三条")),
        check=x_03,
        blocking=False,
    ),
    Rule(
        code="X-05",
        title="残疾、患病、困难儿童列入困难名册。",
        citations=(cite("minors", "第九十一条"), cite("plan_longli")),
        check=x_05,
        blocking=False,
    ),
    Rule(
        code="ROSTER-DEFINITION",
        title="名册只列符合本地方案定义的儿童：要求农村户口的，城镇户口儿童另行办理。",
        citations=(cite("plan_longli"),),
        check=definition,
        blocking=False,
    ),
    Rule(
        code="X-15",
        title="迁居的儿童档案随迁，迁出地退出和迁入地新增是同一天。",
        citations=(_OFFICE,),
        check=x_15,
        blocking=False,
    ),
    Rule(
        code="B5A-ALONE",
        title="超过24小时没有成年人照看的，先报告再列册。",
        citations=(cite("minors", "第十一条"), cite("minors", "第二十一条")),
        check=alone,
    ),
    Rule(
        code="B3-AGE",
        title="老人名册只列年满60周岁的人。",
        citations=(cite("elderly", "第二条"),),
        check=roster_age,
    ),
    Rule(
        code="B4-AGE",
        title="老人登记表只登记年满60周岁的人。",
        citations=(cite("elderly", "第二条"),),
        check=registration_age,
    ),
    Rule(
        code="B4-HOME",
        title="有能照料的子女在家的，不属于留守老人。",
        citations=(_OFFICE,),
        check=nobody_home,
    ),
    Rule(
        code="B4-RISK",
        title="风险等级与风险事项不符的，要写明理由。",
        citations=(cite("plan_shouxian"), _OFFICE),
        check=risk_grade,
    ),
    Rule(
        code="B6-ROSTER",
        title="家庭档案里的留守儿童要在名册上。",
        citations=(cite("plan_yubei"),),
        check=family_on_roster,
        blocking=False,
    ),
    Rule(
        code="B5-COUNT",
        title="通报函的人数、类别与附件名册一致。",
        citations=(cite("plan_longli"), _OFFICE),
        check=letter_count,
    ),
    Rule(code="B7-STAFF", title="责任领导和责任教师不是同一人。", citations=(cite("plan_yubei"),), check=two_staff),
    Rule(
        code="WRN-13",
        title="名册里的号码与出生日期、性别不一致。",
        citations=(cite("gb11643"), _OFFICE),
        check=wrn_13,
        blocking=False,
    ),
)
