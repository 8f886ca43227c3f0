"""``python -m docgen.demo.dropout [FOLDER]``: a pupil stays away, is fetched back, and every paper of it is filed.

forms.md §6 Part E: E1 on the first day, persuasion from the eighth, E2, three E3, the school's report E5 to
two recipients, the roll marked, the order E6, the request E7, the return E8.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from docgen.demo.arguments import folder_of
from docgen.demo.story import SCHOOL, Story, StoryError
from forms.values.enums import Schooling

if TYPE_CHECKING:
    from docgen.workspace.papers.reports import MadePaper

FIRST = date(2026, 9, 7)
"""The first day away, a Monday."""
PRINCIPAL = "陶志明"
CONTACT = f"{PRINCIPAL}|0854-0000199"
HOME = "班主任岑秀芳|洗马镇初级中学|班主任；潘文海|平山村村民委员会|儿童主任"


def play(story: Story, uid: str, school: str = SCHOOL) -> dict[str, MadePaper]:
    """Tell the story of one pupil.

    Args:
        story: On the first day of absence.
        uid: The child.
        school: Full name of the pupil's school, one of the office's issuers.

    Returns:
        The papers by form code; of E3 the last.

    Raises:
        StoryError: something was refused, or let pass, that must not be.
    """
    papers: dict[str, MadePaper] = {}
    _away(story, uid, school, papers)
    _persuaded(story, uid, school, papers)
    _reported(story, uid, school, papers)
    _ordered(story, uid, school, papers)
    _back(story, uid, school, papers)
    return papers


def _away(story: Story, uid: str, school: str, papers: dict[str, MadePaper]) -> None:
    story.turn_to(FIRST, "没有请假，没有到校")
    absent = {
        "first_day": FIRST.isoformat(),
        "lessons": "6",
        "reason": "无故",
        "contacts": f"{FIRST.isoformat()} 8:30|父亲|电话|没有接；{FIRST.isoformat()} 17:40|祖母|家访|说去县城亲戚家",
        "teacher": "岑秀芳",
    }
    papers["E1"] = story.make("E1", uid, absent, issuer=school)
    if "组织劝返" not in story.duties(uid):
        raise StoryError("the eighth day is not on the list")
    story.turn_to(date(2026, 9, 14), "第八天：组织劝返")
    story.sign("E1", uid=uid, typed=absent, issuer=school, revise=True)
    story.refused("E3", uid, issuer=school)
    left = {
        "last_day": "2026-09-04",
        "kind": "疑似辍学",
        "reasons": "厌学、外出务工",
        "whereabouts": "县城亲戚家，打算外出打工",
        "student_number": "G522799201300000001",
        "teacher": "岑秀芳",
        "academic_office": "莫光明",
        "principal": PRINCIPAL,
    }
    (papers["E2"],) = story.sign("E2", uid=uid, typed=left, issuer=school)


def _persuaded(story: Story, uid: str, school: str, papers: dict[str, MadePaper]) -> None:
    talks = (
        (date(2026, 9, 15), "电话", "学校", "父", "犹豫"),
        (date(2026, 9, 17), "入户", "平山村家中", "学生、被委托人", "拒绝"),
        (date(2026, 9, 22), "入户", "平山村家中", "学生、母", "拒绝"),
    )
    for number, (day, mode, place, whom, answer) in enumerate(talks, start=1):
        story.turn_to(day, f"第{number}次劝返")
        talk = {
            "at": f"{day.isoformat()} 15:00",
            "place": place,
            "mode": mode,
            "visitor": "岑秀芳",
            "participants": HOME,
            "spoken_with": whom,
            "reason": "厌学",
            "offers": "减免伙食费，安排老师补课，每周送到校门口。",
            "answer": answer,
            "next": "再次入户" if number < 3 else "书面报告教育部门",
        }
        if number == 3:
            story.refused("E5", uid, _report(), issuer=school)  # the phone call and one visit are filed, not three
        (papers["E3"],) = story.sign("E3", uid=uid, typed=talk, issuer=school)
    if "书面报告教育部门和镇（街道）" not in story.duties(uid):
        raise StoryError("the report is not due")


def _report(**changes: str) -> dict[str, str]:
    return {
        "support": "已减免伙食费，安排结对老师补课。",
        "requests": "责令送学、入户、公安协助查找",
        "contact": CONTACT,
        "principal": PRINCIPAL,
        **changes,
    }


def _reported(story: Story, uid: str, school: str, papers: dict[str, MadePaper]) -> None:
    story.turn_to(date(2026, 9, 24), "学籍标识，书面报告")
    marked = _report(marked="2026-09-24")
    town = story.workspace.settings.town_name
    story.refused("E5", uid, {**marked, "to": town}, issuer=school)  # REF-18
    story.refused("E6", uid)  # nobody has reported yet
    (papers["E5"],) = story.sign("E5", uid=uid, typed=marked, issuer=school)
    for recipient in ("教育部门", "镇（街道）"):
        story.receipt(papers["E5"], recipient)
    if story.record(uid).child.schooling is not Schooling.DROPPED_OUT:
        raise StoryError("the roll does not say 辍学")
    story.say("  档案里的就学情况已改为：辍学")


def _ordered(story: Story, uid: str, school: str, papers: dict[str, MadePaper]) -> None:
    story.turn_to(date(2026, 9, 28), "责令限期复学")
    for nobody in (school, "龙里县冠山街道办事处"):
        story.refused("E6", uid, {"school_contact": CONTACT}, issuer=nobody)
    (papers["E6"],) = story.sign("E6", uid=uid, typed={"school_contact": CONTACT})
    for copy in ("父亲存", "母亲存"):
        story.receipt(papers["E6"], copy)
    story.turn_to(date(2026, 10, 15), "期满仍未复学，提请县人民政府协调")
    ask = {
        "asks": "龙里县公安局|协助查找学生下落|2026-10-23；龙里县人力资源和社会保障局|查处招用童工|2026-10-23",
        "due_on": "2026-10-26",
        "contact": "潘文海|0854-0000111",
    }
    name = str(story.record(uid).child.person.name)
    story.refused("E7", uid, {**ask, "subject": f"{name}经责令仍未复学，需要配合。"})
    (papers["E7"],) = story.sign("E7", uid=uid, typed=ask)


def _back(story: Story, uid: str, school: str, papers: dict[str, MadePaper]) -> None:
    story.turn_to(date(2026, 10, 20), "学生返校，销号")
    back = {
        "kind": "复学",
        "on": "2026-10-20",
        "proof": "在校证明",
        "stage": "初中",
        "placement": "原班，住校",
        "teacher": "岑秀芳",
        "principal": PRINCIPAL,
    }
    (papers["E8"],) = story.sign("E8", uid=uid, typed=back, issuer=school)
    left = story.duties(uid)
    if any(word in title for title in left for word in ("劝返", "书面报告", "责令", "协调")):
        raise StoryError(f"still open: {left}")
    if story.record(uid).child.schooling is not Schooling.JUNIOR:
        raise StoryError("the roll does not say 初中")
    story.say("  档案里的就学情况：初中；与辍学有关的事项都已消去。")


ABOUT = "演示控辍保学：缺勤、登记、劝返、书面报告、责令、协调、复学。"


def main() -> None:
    """Play the story in a folder."""
    folder = folder_of(
        "docgen.demo.dropout", "演示控辍保学：缺勤、登记、劝返、书面报告、责令、协调、复学。", "demo-dropout"
    )
    with Story.begin(folder, FIRST) as story:
        pupils = story.workspace.people.listing()
        uid = next(row.uid for row in pupils if story.record(row.uid).child.school == SCHOOL)
        play(story, uid)
        story.say(f"看看整个档案：docgen --office {folder.name} dossier show {story.record(uid).child.person.name}")


if __name__ == "__main__":
    main()
