"""Visits, verification and reports: what follows a visit, figures that agree, reports that name nobody.

Sources: 未成年人保护法 第十一条、第四十三条; 个人信息保护法 第六条; forms.md §6 C2–C6, §8, §11 WRN-16, §13.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from forms.computed.reports import BLOCKS, longest_gap, quarter_of, summary
from forms.law.sources import cite
from forms.law.time import print_date
from forms.rules.base import Finding, Rule
from forms.rules.care_more import flagged_as
from forms.values.blank import Blank, is_value
from forms.values.names_and_numbers import PersonName, ValueParseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from forms.cases.case import Case

_TEXTS = ("work_done", "examples", "problems", "next_steps", "overview", "measures", "results", "plan", "summary")
_NUMBER = re.compile(
    r"[^\d，。；、：！？（）\n]{0,8}?(?:为|是|共|有|达|计|累计)?\s*(\d{1,7})\s*(?:名|人次|人|份|起|次|户|件|条)"
)
_MOMENTS = ("期末", "本期", "期初")
_SIGNS = re.compile(r"伤|淤|烫|殴|打骂|虐待|性侵|猥亵|饥饿|恐惧|自残|自杀")
_NO_SIGN = re.compile(
    r"(?:无|没有|未见|未发现)[^，。；]{0,8}(?:伤|淤|烫|殴|打骂|虐待|性侵|猥亵|饥饿|恐惧|自残|自杀)[^，。；]{0,6}"
)


def _prose(case: Case) -> Iterator[tuple[str, str, str]]:
    """Yield field, title and text of everything a report says in its own words."""
    for name in _TEXTS:
        field = case.spec.find_field(name)
        if field is not None and case.text(name):
            yield name, field.title, case.text(name)
    for row in case.rows("duties"):
        text = row.get("work_done", "")
        if is_value(text) and text:
            yield "duties", str(row.get("heading", "")), str(text)
    efforts = case.value("efforts")
    if isinstance(efforts, tuple):
        yield "efforts", case.spec.field("efforts").title, "".join(str(line) for line in efforts)


def wrn_16(case: Case) -> Iterator[Finding]:
    """A number beside the name of a figure is that figure (WRN-16; refused in reports under C2)."""
    known = _figures(case)
    for field, title, text in _prose(case):
        plain = re.sub(r"\s", "", text)
        for name, amounts in known.items():
            for met in re.finditer(re.escape(name), plain):
                found = _NUMBER.match(plain, met.end())
                said = plain[max(0, met.start() - 2) : met.start()]
                right = [amounts[said]] if said in amounts else list(amounts.values())
                if found is not None and int(found[1]) not in right:
                    message = (
                        f"“{title}”里写“{name}”{found[1]}，汇总表里是{'、'.join(map(str, right))}。"
                        "请按汇总表更正；汇总表有误的，先更正汇总表。"
                    )
                    yield Finding(message=message, field=field)
    if case.spec.code == "E5":
        yield from _attempt_count(case)


def _figures(case: Case) -> dict[str, dict[str, int]]:
    """Return the figures by name, each by the moment it is of: 失学辍学 at 期初 and at 期末 are two."""
    found: dict[str, dict[str, int]] = {}
    for row in case.rows("figures"):
        title, amount = str(row.get("title", "")), row.get("amount")
        moment = title[:2] if title[:2] in _MOMENTS else ""
        if _plain(title) and isinstance(amount, int):
            found.setdefault(_plain(title), {})[moment] = amount
    return found


def _plain(title: str) -> str:
    return re.sub(r"^(?:期末|本期|期初)|（.*?）|\s", "", title)


def _attempt_count(case: Case) -> Iterator[Finding]:
    """The attempts told are those counted, pupil by pupil."""
    efforts = case.value("efforts")
    lines = len(efforts) if isinstance(efforts, tuple) else 0
    for row in case.rows("pupils"):
        number = row.get("attempts")
        if isinstance(number, int) and lines and number != lines:
            message = f"学生名单里写劝返{number}次，劝返经过写了{lines}次。请核对，两处应当一致。"
            yield Finding(message=message, field="efforts", blocking=False)


def duties_told(case: Case) -> Iterator[Finding]:
    """Each of the five duties is told, under the headings of the plan."""
    wanted, rows = case.profile.five_duties, case.rows("duties")
    given = [str(row.get("heading", "")) for row in rows]
    missing = [heading for heading in wanted if heading not in given]
    if rows and missing:
        message = f"没有写到{'、'.join(f'“{m}”' for m in missing)}。五项责任的标题由地区方案给出，缺一不可。"
        yield Finding(message=message, field="duties")
    if case.text("problems") in {"无", "无。", "没有"} and case.value("no_problems_confirmed") is not True:
        message = "“存在问题”写的是“无”。确实没有的，请主要负责同志确认后，把“已确认没有问题”写成“是”。"
        yield Finding(message=message, field="problems")


def names_nobody(case: Case) -> Iterator[Finding]:
    """A report names no child, no family and no place below the town."""
    people = set()
    for record in case.facts.roster:
        for person in (
            record.child.person,
            *(p.person for p in (record.father, record.mother, record.carer) if not isinstance(p, Blank)),
        ):
            people.add(str(person.name))
    places = {
        place for unit in (case.facts.village,) if unit.uid != case.facts.town.uid for place in (unit.short, unit.name)
    }
    for field, title, text in _prose(case):
        for name in sorted(people):
            if len(name) > 1 and name in text:
                message = f"“{title}”里写了“{name}”。报告不写儿童和家长的姓名，请删去。"
                yield Finding(message=message, field=field)
        for place in sorted(p for p in places if p):
            if place in text:
                message = f"“{title}”里写了“{place}”。报告不写镇以下的地名，请删去。"
                yield Finding(message=message, field=field)


def report_period(case: Case) -> Iterator[Finding]:
    """A period begins before it ends; that of a quarterly report is the quarter of its table."""
    first, last = case.day("period_from"), case.day("period_to")
    if first is None or last is None:
        return
    if last <= first:
        message = f"报告期止{print_date(last)}不晚于报告期起{print_date(first)}。请更正。"
        yield Finding(message=message, field="period_to")
        return
    paper = summary(case)
    theirs = (paper.values.get("period_from"), paper.values.get("period_to")) if paper is not None else None
    if case.facts.period_table is not None:
        theirs = (case.facts.period_table.period.from_on, case.facts.period_table.period.to_on)
    if case.spec.code == "C2" and theirs is not None and theirs != (first, last):
        message = f"报告期是{print_date(first)}至{print_date(last)}，与汇总表的报告期不一致。请改成一致。"
        yield Finding(message=message, field="period_from")
    elif case.spec.code == "C2" and theirs is None and (first, last) != quarter_of(first):
        message = f"报告期{print_date(first)}至{print_date(last)}不是一个季度。专项报告请用总结报告（C5）。"
        yield Finding(message=message, field="period_from", blocking=False)


def harm_seen(case: Case) -> Iterator[Finding]:
    """What looks like harm is reported at once and not only noted."""
    text = _NO_SIGN.sub("", case.text("wellbeing"))
    found = _SIGNS.search(text)
    if found is not None and case.value("suspicious") is False:
        message = f"“身心状况”里写到“{found[0]}”，“是否疑似受到侵害”写的是“否”。请核实；疑似的应当立即报告（D1）。"
        yield Finding(message=message, field="wellbeing")
    if case.value("suspicious") is True and not any(p.form_code == "D1" for p in case.facts.papers):
        message = f"{case.child_name}疑似受到侵害。请立即报告公安机关，24小时内填写强制报告表（D1）。"
        yield Finding(message=message, field="suspicious")


def visit_counts(case: Case) -> Iterator[Finding]:
    """Only a visit at home counts as the quarterly check."""
    mode = case.text("mode")
    if case.text("visit_kind") == "季度核查" and mode and mode != "入户":
        message = f"走访方式是“{mode}”，不能算作季度核查。请入户，或者把走访类型改为“月度联系”等。"
        yield Finding(message=message, field="mode")


def next_visit(case: Case) -> Iterator[Finding]:
    """The next visit follows the risk, and no visit lies in the future."""
    at, due = case.value("visited_at"), case.day("next_due")
    if isinstance(at, datetime) and at.date() > case.today:
        yield Finding(message=f"走访时间{print_date(at.date())}还没有到。请更正。", field="visited_at")
        return
    risk = case.text("risk")
    if due is None or not risk or not isinstance(at, datetime):
        return
    last = at.date() + timedelta(days=longest_gap(case, risk))
    if not at.date() < due <= last:
        message = f"风险等级“{risk}”的，下次走访应当在{print_date(last)}以前。现在写的是{print_date(due)}，请提前。"
        yield Finding(message=message, field="next_due")


def visitors(case: Case) -> Iterator[Finding]:
    """Two go where the risk is high; nobody goes who is flagged (X-09)."""
    if case.text("risk") == "高" and case.has("visited_at") and not case.text("other_visitors"):
        message = "风险等级高的，走访至少两人。请写明其他走访人。"
        yield Finding(message=message, field="other_visitors", blocking=False)
    for name in ("visitor", "other_visitors"):
        for part in re.split(r"[、，,\s]+", case.text(name)):
            try:
                found = flagged_as(case, PersonName.parse(part)) if part else None
            except ValueParseError:
                continue
            if found is not None:
                message = (
                    f"走访人{part}与有记录的人（{found[1].value}）同名。确是同一人的，不能走访儿童；只是同名的，"
                    "请换写工作证号。"
                )
                yield Finding(message=message, field=name)


def own_block(case: Case) -> Iterator[Finding]:
    """Each department verifies its own columns."""
    block, kind = case.text("block")[:1], case.facts.office.kind
    letters = BLOCKS.get(kind, ())
    if block and letters and block not in letters:
        message = f"{case.facts.office.name}只核实{'、'.join(letters)}部分，不能核实{block}部分。"
        yield Finding(message=message, field="block")
    for number, row in enumerate(case.rows("rows"), start=1):
        cell = str(row.get("cell", ""))
        if block and cell and not cell.startswith(f"K{block}"):
            message = f"第{number}行的{cell}不属于{block}部分。请删去，或者另做一张。"
            yield Finding(message=message, field="rows", row=number)


def difference(case: Case) -> Iterator[Finding]:
    """The difference is what remains, and has a reason."""
    for number, row in enumerate(case.rows("rows"), start=1):
        reported, verified, diff = row.get("reported"), row.get("verified"), row.get("diff")
        if not isinstance(reported, int) or not isinstance(verified, int):
            continue
        if isinstance(diff, int) and diff != verified - reported:
            message = f"第{number}行的差异写{diff}，核实数减报送数是{verified - reported}。请更正。"
            yield Finding(message=message, field="rows", row=number)
        if verified != reported and isinstance(row.get("reason", Blank.NOT_COLLECTED), Blank):
            message = f"第{number}行核实数与报送数不同，没有写差异原因。请写明。"
            yield Finding(message=message, field="rows", row=number)


def children_named(case: Case) -> Iterator[Finding]:
    """Where persons are counted, every difference is a child."""
    children = [str(row.get("cell", "")) for row in case.rows("children")]
    for number, row in enumerate(case.rows("rows"), start=1):
        reported, verified, cell = row.get("reported"), row.get("verified"), str(row.get("cell", ""))
        if not isinstance(reported, int) or not isinstance(verified, int) or reported == verified:
            continue
        if cell in _PERSONS and children.count(cell) < abs(verified - reported):
            message = (
                f"第{number}行{cell}相差{abs(verified - reported)}人，涉及儿童只列了{children.count(cell)}人。"
                "请逐人列出。"
            )
            yield Finding(message=message, field="children", row=number)


_PERSONS = frozenset(
    {"KC2", "KC5", "KC5a", "KC5b", "KC5c", "KC5d", "KC6", "KC8", "KC13", "KD1", "KD2", "KD3", "KD4", "KD5"}
    | {"KD6", "KD8", "KD9", "KE1", "KE2", "KE3", "KE4", "KE5", "KE6"}
)
"""Columns of §8 that count persons; X-12: KD6 counts pupils, not letters."""


def materials_listed(case: Case) -> Iterator[Finding]:
    """Nothing is listed twice, and what is signed is sent, not a draft."""
    seen: dict[str, int] = {}
    for number, row in enumerate(case.rows("materials"), start=1):
        key = f"{row.get('title', '')}{row.get('number', '')}"
        if key in seen:
            message = f"第{number}行和第{seen[key]}行是同一份材料。请删去一行。"
            yield Finding(message=message, field="materials", row=number)
        seen.setdefault(key, number)
        text = str(row.get("number", ""))
        paper = next((p for p in case.facts.papers if text and p.document_number == text), None)
        if paper is not None and not paper.is_done:
            message = f"第{number}行{row.get('title', '')}（{text}）还没有签字归档，不能报送。请先收回签字件。"
            yield Finding(message=message, field="materials", row=number)


_OFFICE = cite("office")
RULES = (
    Rule(
        code="WRN-16",
        title="正文里的数字要与汇总表一致。",
        citations=(cite("plan_longli"), _OFFICE),
        check=wrn_16,
    ),
    Rule(
        code="C2-DUTIES",
        title="五项责任逐项写明；“无问题”要经确认。",
        citations=(cite("plan_longli"),),
        check=duties_told,
    ),
    Rule(
        code="C2-NAMES",
        title="报告不写姓名和镇以下的地名。",
        citations=(cite("pipl", "第六条"), cite("pipl", "第二十八条")),
        check=names_nobody,
    ),
    Rule(code="REPORT-PERIOD", title="报告期起止；与汇总表一致。", citations=(_OFFICE,), check=report_period),
    Rule(
        code="C3-HARM",
        title="走访发现疑似侵害的，立即报告。",
        citations=(cite("minors", "第十一条"),),
        check=harm_seen,
        blocking=False,
    ),
    Rule(
        code="C3-MODE",
        title="只有入户才算季度核查。",
        citations=(cite("plan_wuhai"), cite("plan_shouxian"), _OFFICE),
        check=visit_counts,
    ),
    Rule(
        code="C3-NEXT",
        title="按风险等级确定下次走访。",
        citations=(cite("minors", "第四十三条"), _OFFICE),
        check=next_visit,
    ),
    Rule(
        code="C3-VISITORS",
        title="风险高的两人走访；有侵害等记录的人不得走访。",
        citations=(cite("minors", "第二十二条"), _OFFICE),
        check=visitors,
    ),
    Rule(code="C4-BLOCK", title="各部门只核实自己的栏。", citations=(cite("plan_longli"),), check=own_block),
    Rule(code="C4-DIFF", title="差异等于核实数减报送数，并有原因。", citations=(_OFFICE,), check=difference),
    Rule(
        code="C4-CHILDREN",
        title="数人的栏有差异的，逐人列出。",
        citations=(cite("plan_shouxian"), _OFFICE),
        check=children_named,
    ),
    Rule(code="C6-ITEMS", title="报送的材料不重复，都已经签字归档。", citations=(_OFFICE,), check=materials_listed),
)
