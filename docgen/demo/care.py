"""``python -m docgen.demo.care [FOLDER]``: parents leave, somebody cares, and somebody else after her.

forms.md §6 Part A: A6 when the parents leave, A5, A8, A1 with A2, A4 with two receipts, C3 visits, a change of
carer by A7 with its own A5, A8, A1, A2 and A4, and the renewal when the year is nearly over.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from docgen.demo.arguments import folder_of
from docgen.demo.story import Story, StoryError
from docgen.demo.town import COUNTY_CODE
from forms.people import Carer, Person
from forms.values.blank import Blank
from forms.values.enums import Gender, PaperStatus, Relation
from forms.values.names_and_numbers import IdNumber, PersonName, Phone, id_check_character

if TYPE_CHECKING:
    from docgen.workspace.papers.reports import MadePaper

FIRST = date(2026, 2, 24)
"""After the Spring Festival, when parents leave."""
ASSESSED = {
    "照护意愿": "自愿",
    "身体与精神状况": "良好|无|正常",
    "道德品质及违法记录核查": "无",
    "核查来源": "本人陈述、村（居）了解",
    "核查人": "龙秀英",
    "家庭成员及同住人": "老伴|丈夫|66|无",
    "住房与安全隐患": "；".join(["符合"] * 5 + ["不涉及", "符合", "符合"]),
    "经济来源": "种养殖业",
    "已有照护负担": "1|0|0|",
    "与儿童情感联系": "亲密",
    "教育与沟通能力": "能",
    "距学校、医疗点": "2公里|3公里",
    "结论": "合格",
}
HEARD = {
    "能否表达意愿": "是",
    "能否表达意愿的判断理由": "能说清自己和谁住、想和谁住。",
    "询问地点": "平山村家中",
    "是否单独听取": "是",
    "说明的选项": "由亲属照护；或者由母亲留家照护。",
    "儿童原话": "我愿意。",
    "态度": "同意",
}
SEEN = {
    "mode": "入户",
    "seen": "儿童、被委托人",
    "changed": "无变化",
    "care_now": "较好",
    "wellbeing": "没有外伤，情绪平稳。",
    "suspicious": "否",
    "attendance": "正常",
    "home_safety": "正常",
    "contact": "每周有",
}


def play(story: Story, uid: str) -> dict[str, MadePaper]:
    """Tell the story of one child.

    Args:
        story: On the day the parents are about to leave.
        uid: The child.

    Returns:
        The papers by form code, the newest of each; the first confirmation under ``A1 旧``.

    Raises:
        StoryError: something was refused, or let pass, that must not be.
    """
    papers: dict[str, MadePaper] = {}
    _entrusted(story, uid, papers)
    _visited(story, uid, papers)
    _changed(story, uid, papers)
    _renewed(story, uid, papers)
    return papers


def _entrusted(story: Story, uid: str, papers: dict[str, MadePaper]) -> None:
    story.turn_to(FIRST, "父母报告外出")
    gone = {"leave_on": "2026-03-02", "return_on": "2027-01-25"}
    (papers["A6"],) = story.sign("A6", uid=uid, typed=gone)
    story.refused("A1", uid)  # nobody has looked at the carer yet
    story.turn_to(date(2026, 2, 26), "评估，听取儿童意见")
    papers |= _looked_at(story, uid)
    story.turn_to(date(2026, 2, 27), "签订确认书、责任书，书面告知")
    papers["A1"], papers["A2"] = story.sign("A1", "A2", uid=uid)
    (papers["A4"],) = story.sign("A4", uid=uid)
    for recipient in ("学校", "村（居）"):
        story.receipt(papers["A4"], recipient)
    if any("书面告知" in title for title in story.duties(uid)):
        raise StoryError("the notice was given and is still due")


def _looked_at(story: Story, uid: str, **how: bool) -> dict[str, MadePaper]:
    day = story.days.today.isoformat()
    looked = {**ASSESSED, "入户日期": day, "核查日期": day}
    (assessment,) = story.sign("A5", uid=uid, typed=looked, **how)
    found = {"A5": assessment}
    if not how:
        (found["A8"],) = story.sign("A8", uid=uid, typed={**HEARD, "询问时间": day})
    return found


def _visited(story: Story, uid: str, papers: dict[str, MadePaper]) -> None:
    for day in (date(2026, 5, 20), date(2026, 8, 12)):
        story.turn_to(day, "入户走访")
        seen = {**SEEN, "visited_at": f"{day.isoformat()} 10:00"}
        (papers["C3"],) = story.sign("C3", uid=uid, typed=seen)
    wanted = (date(2026, 8, 12) + timedelta(days=92)).isoformat()
    rows = story.workspace.duties.listing(child=uid)
    if wanted not in {row.due_on for row in rows if row.form_code == "C3"}:
        raise StoryError("the next visit is not due by risk")


def _changed(story: Story, uid: str, papers: dict[str, MadePaper]) -> None:
    story.turn_to(date(2026, 9, 1), "原被委托人住院，改由姑姑照护")
    papers["A1 旧"] = papers["A1"]
    before = story.record(uid)
    aunt = _aunt(before.child.person.address)
    with story.workspace.registry.begin() as tx:
        tx.people.save(replace(before, carer=aunt), source="村里报告", on=story.days.today)
    change = {
        "change_kind": "变更被委托人",
        "reason": "被委托人丧失能力或者死亡",
        "new_carer": str(aunt.person.name),
        "new_carer_relation": "伯叔姑舅姨",
        "new_carer_id_number": str(aunt.person.id_number),
        "effective_on": "2026-09-03",
    }
    story.refused("A7", uid, change)  # a day without anybody: no new confirmation yet
    papers |= _looked_at(story, uid)
    story.turn_to(date(2026, 9, 3))
    papers["A1"], papers["A2"] = story.sign("A1", "A2", uid=uid)
    papers["A7"] = story.sign("A7", uid=uid, typed=change)[0]
    (papers["A4"],) = story.sign("A4", uid=uid, typed={"notice_kind": "变更告知"})
    for recipient in ("学校", "村（居）"):
        story.receipt(papers["A4"], recipient)
    with story.workspace.registry.read() as tx:
        old = tx.papers.get(papers["A1 旧"].uid)
        if tx.papers.version(old.uid, old.signed_version).status is not PaperStatus.REPLACED:
            raise StoryError("the confirmation of the first carer still holds")
    story.say(f"  {papers['A1 旧'].number} 已被 {papers['A1'].number} 替代")


def _aunt(address: str | Blank) -> Carer:
    birth = date(1984, 5, 6)
    first = f"{COUNTY_CODE}{birth:%Y%m%d}998"
    person = Person(
        name=PersonName.parse("罗春梅"),
        gender=Gender.FEMALE,
        ethnicity="布依族",
        birth=birth,
        id_number=IdNumber.parse(first + id_check_character(first)),
        phones=(Phone.parse("19900009998"),),
        address=address,
        health="健康",
    )
    return Carer(person=person, relation=Relation.UNCLE_AUNT, lives_with_child=True)


def _renewed(story: Story, uid: str, papers: dict[str, MadePaper]) -> None:
    with story.workspace.registry.read() as tx:
        last = tx.papers.version(papers["A1"].uid, papers["A1"].version).values["to_on"]
    assert isinstance(last, date)
    story.turn_to(last - timedelta(days=20), "期满之前续签")
    if not any("续签" in title for title in story.duties(uid)):
        raise StoryError("the renewal is not on the list")
    papers |= _looked_at(story, uid, revise=True)
    months = {"to_on": (last + timedelta(days=180)).isoformat()}
    papers["A1"], papers["A2"] = story.sign("A1", "A2", uid=uid, typed=months, revise=True)
    with story.workspace.registry.read() as tx:
        again = tx.papers.version(papers["A1"].uid, papers["A1"].version).values
    if again["from_on"] != last + timedelta(days=1):
        raise StoryError("the renewal does not begin where the first one ends")
    story.duties(uid)


ABOUT = "演示委托照护：外出备案、评估、确认、告知、走访、变更、续签。"


def main() -> None:
    """Play the story in a folder."""
    folder = folder_of("docgen.demo.care", ABOUT, "demo-care")
    with Story.begin(folder, FIRST) as story:
        children = story.workspace.people.listing()
        uid = next(row.uid for row in children if _is_ordinary(story, row.uid))
        play(story, uid)
        story.say(f"看看整个档案：docgen --office {folder.name} dossier show {story.record(uid).child.person.name}")


def _is_ordinary(story: Story, uid: str) -> bool:
    """Tell whether nothing about a child is odd: a number, both parents, a school, nobody else in the house."""
    record = story.record(uid)
    child = record.child
    known = (child.person.id_number, child.school, record.father, record.mother, record.carer)
    return not any(isinstance(v, Blank) for v in known) and not isinstance(child.person.birth, Blank)


if __name__ == "__main__":
    main()
