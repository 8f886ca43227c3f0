"""Computed suggestions of the papers around an entrustment and of the rosters beside B1.

Sources: forms.md §6 A3, A4, A6, A7, A9, A10, B3–B7; 未成年人保护法 第二十三条 (每周至少一次).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from forms.cases.facts import PaperRef
from forms.law.time import age_on, same_day
from forms.people import Carer
from forms.profiles.wording import in_words
from forms.values.blank import Blank, is_value
from forms.values.enums import AssessmentResult, Gender, PaperStatus, Schooling
from forms.values.names_and_numbers import IdNumber

if TYPE_CHECKING:
    from collections.abc import Callable

    from forms.cases.case import Case
    from forms.cases.facts import PaperFact, Row, Value
    from forms.people import Parent, Person
    from forms.spec import FieldSpec

NC = Blank.NOT_COLLECTED
GONE = frozenset({PaperStatus.VOID, PaperStatus.REPLACED})


def _care_scope(case: Case) -> Value:
    """Daily care as everybody entrusts it; the way to school only for children who go to one."""
    goes = case.value("schooling") in {Schooling.KINDERGARTEN, Schooling.PRIMARY, Schooling.JUNIOR}
    school = ("接送上下学",) if goes else ()
    meeting = ("参加家长会",) if goes else ()
    return ("生活照料", *school, "就医", *meeting)


def _supervisor_opinion(case: Case) -> Value:
    """Say that the carer was assessed and screened, once a signed assessment says so."""
    paper = case.done("A5")
    if paper is None or paper.values.get("result") is not AssessmentResult.PASSED or case.done("A8") is None:
        return NC
    number = f"（{paper.document_number}）" if paper.document_number else ""
    return f"已入户评估照护能力{number}，结论为合格；已核查有关违法及不良情形，并听取儿童意见，同意签订。"


def entrustment(case: Case) -> PaperFact | None:
    """Return the confirmation or agreement in force: signed, about the present carer, not run out; the newest.

    One that is printed and not signed yet is returned only when there is no signed one.
    """
    papers = [p for p in case.facts.papers if p.form_code in {"A1", "A3"} and p.status not in GONE]
    if case.carer_uid:
        papers = [p for p in papers if not p.carer_uid or p.carer_uid == case.carer_uid]
    papers = [p for p in papers if not _has_run_out(p, case.today)]
    return next((p for p in papers if p.is_done), papers[0] if papers else None)


def _has_run_out(paper: PaperFact, today: date) -> bool:
    last = paper.values.get("to_on")
    return isinstance(last, date) and last < today


def _of_entrustment(case: Case, name: str) -> Value:
    paper = entrustment(case)
    if paper is None:
        return NC
    return paper.ref if name == "ref" else paper.values.get(name, NC)


def _away(case: Case) -> tuple[tuple[str, Parent], ...]:
    """Return the parents who are away, with what the child calls them."""
    found = (("父亲", case.parent("father")), ("母亲", case.parent("mother")))
    return tuple((title, p) for title, p in found if p is not None and p.away is True)


def _work_info(case: Case) -> Value:
    return tuple(
        {
            "parent": title,
            "place": parent.work_place,
            "employer": parent.employer,
            "left_on": parent.left_on,
            "returns_on": parent.returns_on,
        }
        for title, parent in _away(case)
    )


def _contacts(case: Case) -> Value:
    """One line for each parent who is away, then the emergency contact as the alternative."""
    rows: list[Row] = [{"name": p.person.name, "relation": title, "phone": p.person.phones} for title, p in _away(case)]
    contact = case.record.emergency_contact if case.record else NC
    if not isinstance(contact, Blank):
        phone = NC if isinstance(contact.phone, Blank) else (contact.phone,)
        rows.append({"name": contact.name, "relation": contact.relation, "phone": phone})
    return tuple(rows)


def _pickup_persons(case: Case) -> Value:
    if case.carer is None:
        return NC
    person = case.carer.person
    tail = NC if isinstance(person.id_number, Blank) else person.id_number.text[-4:]
    row: Row = {
        "name": person.name,
        "relation": case.carer.relation,
        "id_tail": tail,
        "phone": person.phones,
        "photo": NC,
    }
    return (row,)


def _workers(case: Case) -> Value:
    return tuple(
        {
            "name": p.person.name,
            "role": title[0],
            "id_number": p.person.id_number,
            "phone": p.person.phones,
            "address": case.record.child.hukou_address if case.record else NC,
        }
        for title, p in _away(case)
    )


def _away_who(case: Case) -> Value:
    titles = [title[0] for title, _ in _away(case)]
    return NC if not titles else "双方" if len(titles) > 1 else titles[0]


def _of_away(case: Case, name: str) -> Value:
    """Return what all parents who are away have in common; NOT_COLLECTED when they differ."""
    known: set[Value] = {getattr(p, name) for _, p in _away(case)} - {NC}
    return known.pop() if len(known) == 1 else NC


def _children_left(case: Case) -> Value:
    records = () if case.record is None else (case.record, *case.facts.siblings)
    rows: list[Row] = []
    for record in records:
        carer = record.carer
        who = f"{carer.person.name}（{carer.relation}）" if isinstance(carer, Carer) else NC
        rows.append(
            {
                "name": record.child.person.name,
                "birth": record.child.person.birth,
                "carer": who,
                "carer_phone": carer.person.phones if isinstance(carer, Carer) else NC,
            }
        )
    return tuple(rows)


def _care_arrangement(case: Case) -> Value:
    """Only what the dossier proves: a signed entrustment, or a capable parent who is not away."""
    paper = entrustment(case)
    if paper is not None and paper.is_done:
        return case.spec.field("arrangement").options[1]
    home = [p for p in (case.parent("father"), case.parent("mother")) if p is not None and p.away is False]
    return "父母一方留家" if any(p.capable is True for p in home) else NC


def last_contact(case: Case) -> date | None:
    """Return the day of the last contact on the log; ``None`` when there is none."""
    days = [at.date() for row in case.rows("contact_log") if isinstance(at := row.get("at"), datetime)]
    return max((d for d in days if d <= case.today), default=None)


def _weeks_met(case: Case) -> Value:
    """Count the weeks, Monday to Sunday, in which both child and carer were reached (art 23)."""
    reached: dict[tuple[int, int], set[str]] = {}
    for row in case.rows("contact_log"):
        at, whom = row.get("at"), row.get("with_whom")
        if isinstance(at, datetime) and isinstance(whom, tuple):
            reached.setdefault(at.isocalendar()[:2], set()).update(str(w) for w in whom)
    wanted = set(case.spec.field("contact_log").column("with_whom").options)
    return sum(wanted <= whom for whom in reached.values())


def _term_name(case: Case) -> Value:
    """Name the school term of a day: autumn from August to January, spring after it."""
    day = case.today
    if 2 <= day.month <= 7:
        return f"{day.year}年春季学期"
    return f"{day.year if day.month > 7 else day.year - 1}年秋季学期"


def _gap_check(case: Case) -> Value:
    """Tell whether every day after the change has a responsible adult; NOT_COLLECTED while nothing is known."""
    kind = case.text("change_kind")
    if not kind:
        return NC
    if kind == "终止":
        return not isinstance(case.struct("handback_to").get("name", NC), Blank)
    if not kind.startswith("变更期限") and kind != "变更地址":
        day, new = case.day("effective_on"), case.value("new_ref")
        paper = next((p for p in case.facts.papers if isinstance(new, PaperRef) and p.uid == new.uid), None)
        first = paper.values.get("from_on") if paper is not None else None
        return isinstance(first, date) and day is not None and first <= day + timedelta(days=1)
    return True


def earlier_admonitions(case: Case) -> tuple[PaperFact, ...]:
    """Return the signed admonitions of the same person within the last six months, newest first."""
    since = same_day(case.today, months=-6)
    name = case.text("subject_name")
    return tuple(
        p
        for p in case.facts.papers
        if p.form_code == "A10"
        and p.is_done
        and (p.signed_on or p.made_on) >= since
        and name in {"", str(p.values.get("subject_name", ""))}
    )


def _escalate(case: Case) -> Value:
    return True if earlier_admonitions(case) else NC


def _subject_name(case: Case) -> Value:
    """Name the person admonished by the role chosen."""
    sides = {"父": "father", "母": "mother"}
    role = case.text("role")
    parent = case.parent(sides[role]) if role in sides else None
    if parent is not None:
        return parent.person.name
    return case.carer.person.name if case.carer is not None and role == case.spec.words.get("carer") else NC


def _parent_to_return(case: Case) -> Value:
    """Suggest the parent to whom the child goes back: the one who is at home and capable, if only one is."""
    if case.text("change_kind") != "终止":
        return NC
    home = [
        (side, p)
        for side, p in (("父", case.parent("father")), ("母", case.parent("mother")))
        if p is not None and p.away is False and p.capable is not False
    ]
    if len(home) != 1:
        return NC
    side, parent = home[0]
    return {"name": parent.person.name, "relation": side, "phone": parent.person.phones}


def _present_carer(case: Case) -> str:
    return case.carer.person.uid if case.carer is not None else ""


def _former(case: Case) -> PaperFact | None:
    """Return the signed paper that is changed: about an earlier carer when there is one, else the newest."""
    papers = [p for p in case.facts.papers if p.form_code in {"A1", "A3"} and p.is_done]
    others = [p for p in papers if p.carer_uid != _present_carer(case)]
    return next(iter([*others, *papers]), None)


def _of_former(case: Case, name: str) -> Value:
    """Return what the paper that is changed says of its carer; by now somebody else may be on record."""
    paper = _former(case)
    if paper is None:
        return NC
    return paper.ref if name == "ref" else paper.values.get(name, NC)


def _successor(case: Case) -> Value:
    """Return the newest paper about the present carer, signed or not, that is not the one that is changed."""
    old, carer = _former(case), _present_carer(case)
    for paper in case.facts.papers:
        is_mine = paper.form_code in {"A1", "A3"} and paper.status not in GONE and paper.carer_uid == carer
        if is_mine and (old is None or paper.uid != old.uid):
            return paper.ref
    return NC


def elder_risk(case: Case) -> Value:
    """Grade the risk of an elder: 高 from three items, or alone and not able to help oneself; 低 with none."""
    results = {str(row.get("item")): row.get("result") for row in case.rows("risk_items")}
    if not results or any(isinstance(r, Blank) for r in results.values()):
        return NC
    count = sum(r == "有" for r in results.values())
    helpless = results.get("独居") == "有" and case.text("self_care") in {"部分自理", "不能自理"}
    return "高" if count >= 3 or helpless else "中" if count else "低"


def _elder_visit_plan(case: Case) -> Value:
    every = {"高": "每周", "中": "每月", "低": "每季度"}.get(case.text("risk"))
    return {"every": every or NC, "visitor": case.facts.village.contact_name, "last_visit": NC}


def _children_of_person(case: Case) -> Value:
    return tuple(
        {
            "name": r.child.person.name,
            "birth": r.child.person.birth,
            "relation": r.carer.relation if isinstance(r.carer, Carer) else NC,
        }
        for r in case.facts.carer_children
    )


def _by_number(case: Case, name: str) -> IdNumber | None:
    number = case.value(name)
    return number if isinstance(number, IdNumber) else None


def _elder_gender(case: Case) -> Value:
    number = _by_number(case, "elder_id_number")
    return NC if number is None else Gender.MALE if number.is_male else Gender.FEMALE


def _elder_birth(case: Case) -> Value:
    number = _by_number(case, "elder_id_number")
    return NC if number is None else number.birth


def _family_members(case: Case) -> Value:
    """Parents and children of the family as the register knows them; 户主 first."""
    if case.record is None:
        return NC
    rows: list[Row] = []
    head = case.text("head_name")
    for title, parent in (("父", case.parent("father")), ("母", case.parent("mother"))):
        if parent is not None:
            is_head = str(parent.person.name) == head
            away = NC if isinstance(parent.away, Blank) else "外出" if parent.away else "在家"
            relation = "户主" if is_head else "配偶" if head else title
            rows.append(_member(parent.person, relation, case.today, away, parent))
    rows.sort(key=lambda row: row["relation"] != "户主")
    for record in (case.record, *case.facts.siblings):
        gender = record.child.person.gender
        kind = "子" if gender is Gender.MALE else "女" if gender is Gender.FEMALE else "子女"
        rows.append(_member(record.child.person, kind, case.today, "在家", None))
    return tuple(rows)


def _member(person: Person, relation: str, today: date, where: str | Blank, parent: Parent | None) -> Row:
    return {
        "name": person.name,
        "relation": relation,
        "id_number": person.id_number,
        "age": age_on(person.birth, today) if isinstance(person.birth, date) else NC,
        "where": where,
        "place": parent.work_place if parent else NC,
        "employer": parent.employer if parent else NC,
        "phone": person.phones,
    }


LISTS = {
    "事实无人监护留守儿童": "B5a",
    "失学辍学、不在学留守儿童": "B5b",
    "无户籍留守儿童": "B5c",
    "家庭生活困难、患重大疾病、残疾留守儿童": "B5d",
    "留守老人": "B3",
}
"""Kind of list that a letter passes on -> form of its roster (B5)."""
_RECIPIENTS: dict[str, tuple[str, ...]] = {
    "B5a": ("police", "health", "women", "town"),
    "B5b": ("education", "town"),
    "B5c": ("police", "town"),
    "B5d": ("human_resources", "health", "rural", "disabled", "town"),
    "B3": ("police", "health", "women", "town"),
}
_PASSED_ON = {"B3": "B5e"}
"""The elders' roster goes up as B3 and is passed on to the departments as the fifth list of B5."""
_REQUESTS = {
    "B5a": "对名册所列儿童，请公安机关责令父母返回或者确定被委托人，镇（街道）逐户落实照护，妇联开展家庭教育指导。",
    "B5b": "对名册所列儿童，请逐人核查就学情况，会同镇（街道）劝返复学。",
    "B5c": "对名册所列儿童，请逐人核查，依法办理户口登记；需要亲子鉴定的，告知办理办法。",
    "B5d": "对名册所列儿童，请按照职责逐人落实救助、医疗、康复和就业帮扶等政策。",
    "B3": "对名册所列老人，请按照职责落实探访、医疗和照料服务。",
}


def _letter_list(case: Case) -> str:
    return LISTS.get(case.text("list_kind"), "")


def _letter_recipients(case: Case) -> Value:
    """Name the units that receive a list, by their present names; the profile's own list goes before ours."""
    code = _letter_list(case)
    if not code:
        return NC
    keys = case.profile.recipients.get(_PASSED_ON.get(code, code), _RECIPIENTS[code])
    known = {o.key: o.name for o in case.profile.organs if o.is_valid_on(case.today)}
    known["town"] = f"各{case.profile.words.get('town', '镇（街道）')}"
    return tuple(known[key] for key in keys if key in known)


def _roster_of_kind(case: Case) -> PaperFact | None:
    code = _letter_list(case)
    return next((p for p in case.facts.papers if p.form_code == code and p.is_done), None)


def _roster_ref(case: Case) -> Value:
    paper = _roster_of_kind(case)
    return paper.ref if paper is not None else NC


def _roster_count(case: Case) -> Value:
    paper = _roster_of_kind(case)
    return paper.values.get("total", NC) if paper is not None else NC


def _quarter_span(case: Case) -> Value:
    first = date(case.today.year, (case.today.month - 1) // 3 * 3 + 1, 1)
    return {"first_day": first, "last_day": case.today}


def _reply_due(case: Case) -> Value:
    """15 working days, at least: three weeks; three days for children whom nobody cares for."""
    code = _letter_list(case)
    return case.today + timedelta(days=3 if code == "B5a" else 21) if code else NC


def _letter_request(case: Case) -> Value:
    code = _letter_list(case)
    return in_words(_REQUESTS[code], case.spec.words) if code else NC


def _office_contact(case: Case) -> Value:
    office = case.facts.office
    phone = NC if isinstance(office.contact_phone, Blank) else (office.contact_phone,)
    return {"name": office.contact_name if is_value(office.contact_name) else case.facts.filler.name, "phone": phone}


COMPUTED: dict[str, Callable[[Case, FieldSpec | None], Value]] = {
    "rows_total": lambda case, _: len(case.rows("rows")),
    "care_scope": lambda case, _: _care_scope(case),
    "medical_authority": lambda _case, _: {"emergency": True, "major": "须经父母同意", "phone_order": NC},
    "contact_plan": lambda _case, _: {"frequency": "每周至少一次", "day_time": NC, "means": NC},
    "entrustment_ref": lambda case, _: _of_entrustment(case, "ref"),
    "entrustment_from": lambda case, _: _of_entrustment(case, "from_on"),
    "entrustment_to": lambda case, _: _of_entrustment(case, "to_on"),
    "entrustment_place": lambda case, _: _of_entrustment(case, "care_address"),
    "work_info": lambda case, _: _work_info(case),
    "contacts": lambda case, _: _contacts(case),
    "pickup_persons": lambda case, _: _pickup_persons(case),
    "workers": lambda case, _: _workers(case),
    "away_who": lambda case, _: _away_who(case),
    "away_place": lambda case, _: _of_away(case, "work_place"),
    "away_employer": lambda case, _: _of_away(case, "employer"),
    "away_since": lambda case, _: _of_away(case, "left_on"),
    "away_until": lambda case, _: _of_away(case, "returns_on"),
    "children_left": lambda case, _: _children_left(case),
    "care_arrangement": lambda case, _: _care_arrangement(case),
    "term_name": lambda case, _: _term_name(case),
    "weeks_met": lambda case, _: _weeks_met(case),
    "last_contact": lambda case, _: last_contact(case) or NC,
    "gap_check": lambda case, _: _gap_check(case),
    "escalate": lambda case, _: _escalate(case),
    "subject_name": lambda case, _: _subject_name(case),
    "parent_to_return": lambda case, _: _parent_to_return(case),
    "former_entrustment": lambda case, _: _of_former(case, "ref"),
    "new_entrustment": lambda case, _: _successor(case),
    "former_carer_name": lambda case, _: _of_former(case, "carer_name"),
    "former_carer_relation": lambda case, _: _of_former(case, "carer_relation"),
    "former_carer_phone": lambda case, _: _of_former(case, "carer_phone"),
    "letter_recipients": lambda case, _: _letter_recipients(case),
    "roster_of_kind": lambda case, _: _roster_ref(case),
    "roster_count": lambda case, _: _roster_count(case),
    "quarter_span": lambda case, _: _quarter_span(case),
    "reply_due": lambda case, _: _reply_due(case),
    "letter_request": lambda case, _: _letter_request(case),
    "office_contact": lambda case, _: _office_contact(case),
    "family_members": lambda case, _: _family_members(case),
    "elder_risk": lambda case, _: elder_risk(case),
    "elder_visit_plan": lambda case, _: _elder_visit_plan(case),
    "children_of_person": lambda case, _: _children_of_person(case),
    "elder_gender": lambda case, _: _elder_gender(case),
    "elder_birth": lambda case, _: _elder_birth(case),
    "supervisor_opinion": lambda case, _: _supervisor_opinion(case),
}
