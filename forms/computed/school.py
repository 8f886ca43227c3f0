"""Computed suggestions of the papers of the dropout chain and of the holiday list (forms.md §6 E1–E9).

Days of absence are calendar days (forms.md §14 no. 9: not settled; a region may say otherwise by its
threshold ``absence_days``, never above 7).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from forms.cases.conditions import is_ordered
from forms.cases.facts import as_rows, as_struct
from forms.law.time import age_on, print_date
from forms.profiles.region import UnknownOrganError
from forms.values.blank import Blank, is_value
from forms.values.enums import Health, PaperStatus, Schooling, UnitKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from forms.cases.case import Case
    from forms.cases.facts import PaperFact, Row, Value
    from forms.people import Parent
    from forms.spec import FieldSpec

NC = Blank.NOT_COLLECTED
GONE = frozenset({PaperStatus.VOID, PaperStatus.REPLACED})
ABSENCE_DAYS = 7
"""More than a week of absence: the eighth day (forms.md E1); a region may act earlier."""
ORDER_DAYS = 15
"""E6: the longest usual time to obey, from the day of the order."""
WAYS = {"education": "教育部门", "town": "镇（街道）"}


def absence_threshold(case: Case) -> int:
    """Return after how many calendar days of absence persuasion begins; never more than a week."""
    return min(case.profile.thresholds.get("absence_days", ABSENCE_DAYS), ABSENCE_DAYS)


def absence_days(first: date, today: date, back: date | None = None) -> int:
    """Return the days of absence, the first one counted, up to the day before the return or until today."""
    last = today if back is None or back > today else back - timedelta(days=1)
    return max((last - first).days + 1, 0)


def open_dropout(papers: Sequence[PaperFact]) -> PaperFact | None:
    """Return the signed registration (E2) that no later signed confirmation (E8) closes; the newest.

    Args:
        papers: Of one child, newest first.
    """
    registration = next((p for p in papers if p.form_code == "E2" and p.is_done), None)
    if registration is None or str(registration.values.get("state", "")) in {"已复学", "已销号"}:
        return None
    closing = next((p for p in papers if p.form_code == "E8" and p.is_done), None)
    if closing is not None and _names(closing, "dropout_ref", registration):
        return None
    return registration


def attempts(case: Case) -> tuple[PaperFact, ...]:
    """Return the signed records of persuasion (E3) since the open registration, the first one first."""
    registration = open_dropout(case.facts.papers)
    if registration is None:
        return ()
    found = [
        p
        for p in case.facts.papers
        if p.form_code == "E3" and p.is_done and _names(p, "dropout_ref", registration, unless_silent=True)
    ]
    return tuple(reversed(found))


def pupils_reported(papers: Sequence[PaperFact], first: date, last: date) -> int:
    """Count the pupils of the signed reports (E5) of a period, both days counted: pupils, not letters (X-12)."""
    signed = [p for p in papers if p.form_code == "E5" and p.is_done and p.signed_on is not None]
    of_period = [p for p in signed if p.signed_on is not None and first <= p.signed_on <= last]
    return sum(len(as_rows(p.values.get("pupils"))) for p in of_period)


def _names(paper: PaperFact, field: str, other: PaperFact, *, unless_silent: bool = False) -> bool:
    ref = paper.values.get(field, NC)
    if isinstance(ref, Blank):
        return unless_silent
    return getattr(ref, "uid", "") == other.uid


def last_school_day(case: Case) -> date | None:
    """Return the last day at school by the registration, else by the alert of absence."""
    registration = open_dropout(case.facts.papers) or case.newest("E2")
    known = registration.values.get("last_day") if registration is not None else None
    if isinstance(known, date):
        return known
    alert = case.newest("E1")
    first = alert.values.get("first_day") if alert is not None else None
    return first - timedelta(days=1) if isinstance(first, date) else None


def _absence_days(case: Case) -> Value:
    first = case.day("first_day")
    return NC if first is None else absence_days(first, case.today, case.day("back_on"))


def _escalated(case: Case) -> Value:
    days = case.number("days")
    if case.value("excused") is not False or days is None:
        return NC
    if case.value("reason") == "联系不上":
        return ("报警",)
    return ("劝返",) if days > absence_threshold(case) else ("家访",) if days > 1 else NC


def _days_since_last(case: Case) -> Value:
    last = case.day("last_day") or last_school_day(case)
    return NC if last is None else max((case.today - last).days, 0)


def _groups(case: Case) -> Value:
    if case.record is None:
        return NC
    disabled = ("残疾儿童",) if case.record.child.health_primary is Health.DISABLED else ()
    return ("留守儿童", *disabled)


def _first_contact(case: Case) -> Value:
    alert = case.newest("E1")
    rows = alert.values.get("contacts", ()) if alert is not None else ()
    first = rows[0] if isinstance(rows, tuple) and rows else None
    row = as_struct(first)
    return {name: row.get(name, NC) for name in ("at", "whom", "result")} if row else NC


def _attempt_number(case: Case) -> Value:
    return len(attempts(case)) + 1


def _organ(case: Case, key: str) -> Value:
    try:
        return case.profile.organ(key, case.today).name
    except UnknownOrganError:
        return NC


def _printing_office(case: Case) -> Value:
    office = case.facts.office
    keeps_office = office.kind in {UnitKind.TOWN, UnitKind.COUNTY, UnitKind.EDUCATION}
    return f"{office.name}办公室" if keeps_office and not office.name.endswith("办公室") else office.name


def _principal(case: Case) -> Value:
    """Name the head of the school only when the paper is the head's own unit's."""
    head = case.facts.head
    return head.name if head is not None and case.facts.office.kind is UnitKind.SCHOOL and "校" in head.post else NC


def parents_line(case: Case) -> str:
    """Return the parents with their telephones: ``父亲石大山（1380…）``."""
    return "；".join(filter(None, (_parent(case.parent(side), title) for side, title in _SIDES)))


_SIDES = (("father", "父亲"), ("mother", "母亲"))


def _parent(parent: Parent | None, title: str) -> str:
    if parent is None:
        return ""
    phones = parent.person.phones
    numbers = "、".join(str(p) for p in phones) if isinstance(phones, tuple) else ""
    return f"{title}{parent.person.name}（{numbers}）" if numbers else f"{title}{parent.person.name}"


def _carer_name(case: Case) -> str:
    return str(case.carer.person.name) if case.carer is not None else ""


def _class_of(case: Case) -> str:
    child = case.record.child if case.record is not None else None
    parts = (child.grade, child.school_class) if child is not None else ()
    return "".join(str(p) for p in parts if is_value(p))


def _pupils(case: Case) -> Value:
    record, registration = case.record, open_dropout(case.facts.papers)
    if record is None:
        return NC
    values = registration.values if registration is not None else {}
    last = last_school_day(case)
    reasons = values.get("reasons", NC)
    child = record.child
    row: Row = {
        "name": child.person.name,
        "gender": child.person.gender,
        "birth": child.person.birth,
        "student_number": values.get("student_number", child.student_number),  # type: ignore[dict-item]
        "school_class": _class_of(case) or NC,
        "address": child.person.address,
        "parents": parents_line(case) or NC,
        "carer": _carer_name(case) or NC,
        "last_day": last or NC,
        "days": NC if last is None else (case.today - last).days,
        "reasons": "、".join(str(r) for r in reasons) if isinstance(reasons, tuple) else NC,
        "whereabouts": values.get("whereabouts", NC),  # type: ignore[dict-item]
        "attempts": len(attempts(case)),
        "marked_on": values.get("marked_on", NC),  # type: ignore[dict-item]
    }
    return (row,)


def _summary(case: Case) -> Value:
    registration, last = open_dropout(case.facts.papers), last_school_day(case)
    if registration is None or last is None:
        return NC
    number = f"（登记表{registration.document_number}）" if registration.document_number else ""
    day = registration.signed_on or registration.made_on
    return f"学校已于{print_date(day)}办理辍学登记{number}，并会同村（居）、镇（街道）逐次劝返。"


def _persuasion_lines(case: Case) -> Value:
    lines = []
    for number, paper in enumerate(attempts(case), start=1):
        at, mode = paper.values.get("at", NC), paper.values.get("mode", NC)
        day = at if isinstance(at, date) else paper.signed_on or paper.made_on
        answer = paper.values.get("answer", NC)
        how = f"{mode}劝返" if is_value(mode) else "劝返"
        said = f"，答复：{answer}" if is_value(answer) else ""
        lines.append(f"{print_date(day)}第{number}次{how}{said}；")
    return (*lines[:-1], f"{lines[-1][:-1]}。") if lines else NC


def _attachments(case: Case) -> Value:
    registration, tried = open_dropout(case.facts.papers), len(attempts(case))
    lines = [] if registration is None else ["辍学学生登记表"]
    lines += [f"劝返记录（{tried}份）"] if tried else []
    lines += ["劝返复学通知书及回执"] if case.done("E4") is not None else []
    return tuple(lines) or NC


def _school_contact(case: Case) -> Value:
    school = case.facts.office if case.facts.office.kind is UnitKind.SCHOOL else case.facts.school
    if school is None or isinstance(school.contact_name, Blank):
        return NC
    phones = NC if isinstance(school.contact_phone, Blank) else (school.contact_phone,)
    return {"name": school.contact_name, "phone": phones}


def _office_contact(case: Case) -> Value:
    office = case.facts.office
    name = office.contact_name if is_value(office.contact_name) else case.facts.filler.name or NC
    phones = NC if isinstance(office.contact_phone, Blank) else (office.contact_phone,)
    return {"name": name, "phone": phones} if is_value(name) else NC


def _addressees(case: Case) -> Value:
    named = [p for side, _ in _SIDES if is_ordered(case, side) and (p := case.parent(side)) is not None]
    names = [str(p.person.name) for p in named]
    names += [_carer_name(case)] if _carer_name(case) else []
    return "、".join(dict.fromkeys(names)) or NC


def _ordered_parents(case: Case) -> Value:
    names = [str(p.person.name) for side, _ in _SIDES if is_ordered(case, side) and (p := case.parent(side))]
    return "、".join(names) or NC


def _absence_text(case: Case) -> Value:
    last = last_school_day(case)
    if last is None:
        return NC
    days = (case.today - last).days
    return f"您的孩子自{print_date(last)}以后没有到校上课，至今已{days}天，没有办理请假手续。"


def _return_by(case: Case) -> Value:
    """A week on, or the last working day before it when that is a day off."""
    day = case.today + timedelta(days=7)
    calendar = case.facts.calendar
    while not calendar.is_worked(day) and day > case.today + timedelta(days=1):
        day -= timedelta(days=1)
    return day


def _order_facts(case: Case) -> Value:
    report, last = case.done("E5"), last_school_day(case)
    if report is None or last is None or case.record is None:
        return NC
    school = str(case.record.child.school) if is_value(case.record.child.school) else "学校"
    tried = len(attempts(case))
    number = f"（{report.document_number}）" if report.document_number else ""
    return (
        f"{school}学生{case.child_name}自{print_date(last)}以后没有到校。学校先后{tried}次劝返，仍未返校，"
        f"已于{print_date(report.signed_on or report.made_on)}书面报告{number}。"
    )


def _order_text(case: Case) -> Value:
    school = case.text("order_school") or _pupil_school(case)
    if isinstance(school, Blank):
        return NC
    return f"送{case.child_name}到{school}报到复学，并保证其接受完义务教育。"


def _order_due(case: Case) -> date:
    return case.facts.calendar.worked_on_or_after(case.today + timedelta(days=ORDER_DAYS)).day


def _pupil_school(case: Case) -> Value:
    child = case.record.child if case.record is not None else None
    return child.school if child is not None else NC


def _completed(case: Case) -> Value:
    registration = open_dropout(case.facts.papers)
    return registration.values.get("completed_ce", NC) if registration is not None else NC


def _coordination_subject(case: Case) -> Value:
    order = case.done("E6")
    if order is None:
        return NC
    due = order.values.get("due_on")
    until = f"，期限至{print_date(due)}" if isinstance(due, date) else ""
    number = f"（{order.document_number}）" if order.document_number else ""
    return f"学校多次劝返无效，我单位已依法责令其监护人限期送学{number}{until}，期满仍未复学，需要有关部门配合。"


def _annex_pupils(case: Case) -> Value:
    record, registration = case.record, open_dropout(case.facts.papers)
    if record is None:
        return NC
    school = str(record.child.school) if is_value(record.child.school) else ""
    row: Row = {
        "name": record.child.person.name,
        "gender": record.child.person.gender,
        "birth": record.child.person.birth,
        "school_class": f"{school}{_class_of(case)}" or NC,
        "registration": str(registration.ref) if registration is not None else NC,
        "note": f"劝返{len(attempts(case))}次",
    }
    return (row,)


def _measures(case: Case) -> Value:
    """List what was done, by the signed papers."""
    lines = []
    registration = open_dropout(case.facts.papers)
    if registration is not None:
        lines.append(f"{_day(registration)}登记辍学{_number(registration)}")
    tried = attempts(case)
    if tried:
        lines.append(f"{_day(tried[0])}至{_day(tried[-1])}劝返{len(tried)}次")
    for code, words in (("E4", "书面通知监护人"), ("E5", "学校书面报告"), ("E6", "责令监护人限期送学")):
        paper = case.done(code)
        if paper is not None:
            lines.append(f"{_day(paper)}{words}{_number(paper)}")
    return tuple(f"{line}；" for line in lines[:-1]) + tuple(f"{line}。" for line in lines[-1:]) or NC


def _day(paper: PaperFact) -> str:
    return print_date(paper.signed_on or paper.made_on)


def _number(paper: PaperFact) -> str:
    return f"（{paper.document_number}）" if paper.document_number else ""


def _stage(case: Case) -> Value:
    child = case.record.child if case.record is not None else None
    if child is None:
        return NC
    if child.schooling in {Schooling.PRIMARY, Schooling.JUNIOR}:
        return str(child.schooling)
    grade = str(child.grade) if is_value(child.grade) else ""
    if grade[:1] in "一二三四五六" and grade:
        return "小学"
    if grade[:1] in "七八九初" and grade:
        return "初中"
    return NC if case.child_birth is None else "小学" if age_on(case.child_birth, case.today) < 12 else "初中"


def _holiday(case: Case) -> Value:
    day = case.day("from_on") or case.today
    return "暑假" if 6 <= day.month <= 8 else "寒假" if day.month in {12, 1, 2} else NC


COMPUTED: dict[str, Callable[[Case, FieldSpec | None], Value]] = {
    "absence_days": lambda case, _: _absence_days(case),
    "absence_escalated": lambda case, _: _escalated(case),
    "last_school_day": lambda case, _: last_school_day(case) or NC,
    "days_since_last": lambda case, _: _days_since_last(case),
    "dropout_groups": lambda case, _: _groups(case),
    "first_contact": lambda case, _: _first_contact(case),
    "open_dropout": lambda case, _: p.ref if (p := open_dropout(case.facts.papers)) else NC,
    "attempt_no": lambda case, _: _attempt_number(case),
    "education_organ": lambda case, _: _organ(case, "education"),
    "government_organ": lambda case, _: _organ(case, "government"),
    "town_organ": lambda case, _: case.facts.town.name,
    "printing_office": lambda case, _: _printing_office(case),
    "principal_name": lambda case, _: _principal(case),
    "pupils": lambda case, _: _pupils(case),
    "dropout_summary": lambda case, _: _summary(case),
    "persuasion_lines": lambda case, _: _persuasion_lines(case),
    "dropout_attachments": lambda case, _: _attachments(case),
    "school_contact_row": lambda case, _: _school_contact(case),
    "office_contact_row": lambda case, _: _office_contact(case),
    "notice_addressees": lambda case, _: _addressees(case),
    "absence_text": lambda case, _: _absence_text(case),
    "school_help": lambda _case, _: "学校将按规定落实资助政策，安排教师补课和心理辅导；上下学有困难的，请与学校联系。",
    "return_by": lambda case, _: _return_by(case),
    "ordered_parents": lambda case, _: _ordered_parents(case),
    "order_facts": lambda case, _: _order_facts(case),
    "order_text": lambda case, _: _order_text(case),
    "order_due": lambda case, _: _order_due(case),
    "order_consequence": lambda _case, _: "逾期不改正的，将依法予以批评教育，并会同有关部门依照法律规定处理。",
    "order_remedy": lambda _case, _: (
        "对本通知有异议的，可以向我单位陈述、申辩，也可以依法申请行政复议或者提起行政诉讼。"
    ),
    "pupil_school": lambda case, _: _pupil_school(case),
    "completed_ce": lambda case, _: _completed(case),
    "coordination_subject": lambda case, _: _coordination_subject(case),
    "coordination_due": lambda case, _: case.facts.calendar.after(case.today, 10).day,
    "annex_pupils": lambda case, _: _annex_pupils(case),
    "measures_taken": lambda case, _: _measures(case),
    "one": lambda _case, _: 1,
    "stage_by_age": lambda case, _: _stage(case),
    "holiday_name": lambda case, _: _holiday(case),
}
