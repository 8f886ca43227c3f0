"""Computed suggestions of reports, police papers and protection (Part D): the case's persons and papers.

Sources: forms.md §6 Part D; 未成年人保护法 第九十一条至第九十三条; 反家庭暴力法 第十六条、第十七条、第三十条.
What an earlier paper of the case said is offered again; nothing is judged here.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from forms.cases.casefile import CaseRole
from forms.cases.facts import PaperRef, as_struct
from forms.cases.parties import barred, entry, in_case, living_parents, matches, newest, served_on
from forms.law.time import same_day
from forms.values.blank import Blank, is_value
from forms.values.names_and_numbers import PersonName

if TYPE_CHECKING:
    from collections.abc import Callable

    from forms.cases.case import Case
    from forms.cases.facts import PaperFact, Row, Value
    from forms.people import Carer, Parent
    from forms.spec import FieldSpec

NC = Blank.NOT_COLLECTED
NA = Blank.NOT_APPLICABLE
VISIT_DAYS = 7
"""Days from the service of a 告诫书 to the first visit (公通字〔2024〕34号 leaves it to the police; ours)."""
_SHORT_PROHIBITION = "禁止对受害人及其相关近亲属实施任何形式的家庭暴力，禁止骚扰、跟踪和打击报复。"
_PARTIES = {
    "D5": ((CaseRole.PERPETRATOR, "加害人"), (CaseRole.VICTIM, "受害人一方")),
    "D4": ((None, "被训诫人"),),
    "D3": ((None, "被责令人"),),
}
"""Papers that are served, with the parties each goes to and what a receipt calls them."""
_NAME_FIELDS = {"D3": "parent_name", "D4": "subject_name"}


def _of_person(case: Case, role: CaseRole, name: str, position: int = 0) -> Value:
    found = entry(case, role, position)
    if found is None:
        return NC
    if name in {"relation", "unit", "post"}:
        return getattr(found, name)  # type: ignore[no-any-return]
    return getattr(found.person, name)  # type: ignore[no-any-return]


def _text_of_person(case: Case, role: CaseRole, name: str, position: int = 0) -> Value:
    value = _of_person(case, role, name, position)
    return value if isinstance(value, Blank) else str(value)


def of_paper(name: str, *codes: str) -> Callable[[Case, FieldSpec | None], Value]:
    """Return what the newest of these papers says in a field."""

    def say(case: Case, _: FieldSpec | None) -> Value:
        paper = newest(case, *codes)
        return paper.values.get(name, NC) if paper else NC

    return say


def ref_to(*codes: str, signed: bool = False) -> Callable[[Case, FieldSpec | None], Value]:
    """Return the newest of these papers, as one paper names another."""

    def say(case: Case, _: FieldSpec | None) -> Value:
        paper = newest(case, *codes)
        return paper.ref if paper is not None and (paper.is_done or not signed) else NC

    return say


def _reporter(case: Case) -> Value:
    found = entry(case, CaseRole.REPORTER)
    if found is not None:
        return {
            "unit": found.unit if is_value(found.unit) else case.facts.office.name,
            "name": found.person.name,
            "post": found.post,
            "phone": found.person.phones,
        }
    return {
        "unit": case.facts.office.name,
        "name": NC,
        "post": NC,
        "phone": NC,
    }


def _suspect(case: Case) -> Value:
    found = entry(case, CaseRole.PERPETRATOR)
    if found is None:
        return NC
    return {"name": str(found.person.name), "relation": found.relation, "whereabouts": found.person.address}


def _primary_kind(case: Case) -> Value:
    kinds = case.value("report_kind")
    return kinds[0] if isinstance(kinds, tuple) and len(kinds) == 1 and not isinstance(kinds[0], dict) else NC


def _number(case: Case) -> Value:
    return case.facts.case.number or NC if case.facts.case else NC


def _next_number(case: Case) -> Value:
    """Count signed papers of this form in the case: one that waits for its signature keeps its number."""
    return 1 + sum(p.is_done for p in in_case(case, case.spec.code))


def _children(case: Case) -> Value:
    victims = case.facts.case.all(CaseRole.VICTIM) if case.facts.case else ()
    rows: list[Row] = [
        {
            "name": v.person.name,
            "gender": v.person.gender,
            "birth": v.person.birth,
            "residence": v.person.address,
        }
        for v in victims
    ]
    return tuple(rows) or NC


def _phone_text(parent: Parent) -> Value:
    phones = parent.person.phones
    return phones if isinstance(phones, Blank) else "、".join(str(p) for p in phones)


def _parents_to_contact(case: Case, field: FieldSpec | None) -> Value:
    names = [c.name for c in field.columns] if field else []
    rows: list[Row] = []
    for title, parent in living_parents(case):
        known: dict[str, Value] = {
            "name": parent.person.name,
            "relation": title,
            "number": parent.person.phones if field and field.name == "parents" else _phone_text(parent),
            "place": parent.work_place,
        }
        rows.append({name: known.get(name, NC) for name in names})  # type: ignore[misc]
    return tuple(rows) or NC


def working_days(day: date, count: int) -> date:
    """Return the last of so many days from Monday to Friday after a day; holidays move it where the duty is kept."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def _child_at(case: Case) -> Value:
    paper = newest(case, "D11")
    if paper is not None:
        receiver = paper.values.get("receiver", NC)
        phone, place = paper.values.get("receiver_phone", NC), paper.values.get("receiver_address", NC)
        return {"place": place, "carer": receiver, "phone": phone}  # type: ignore[dict-item]
    return NC


def _interim(case: Case) -> Value:
    at = as_struct(_child_at(case)) or as_struct(of_paper("child_at", "D2")(case, None))
    return {"who": at.get("carer", NC), "where": at.get("place", NC)} if at else NC


def _interim_carer(case: Case) -> Value:
    return as_struct(_interim(case)).get("who", NC)


def _interim_measure(case: Case) -> Value:
    paper = newest(case, "D11")
    if paper is None:
        return NC
    return f"已由公安机关护送至{paper.values.get('receiver', '')}临时照料（{paper.ref}）。"


def _side(case: Case) -> tuple[str, Parent] | None:
    """Return the parent a paper to one parent is about: named on it, else the only one without such a paper."""
    typed = next((case.text(n) for n in ("parent_name", "subject_name", "subject") if case.has(n)), "")
    parents = living_parents(case)
    if typed:
        return next((p for p in parents if str(p[1].person.name) == typed), None)
    field = _NAME_FIELDS.get(case.spec.code, "subject")
    had = {str(p.values.get(field, "")) for p in in_case(case, case.spec.code) if p.is_done}
    left = [p for p in parents if str(p[1].person.name) not in had]
    away = [p for p in left if p[1].away is True]
    return next(iter(away or left), None)


def _of_side(case: Case, name: str) -> Value:
    side = _side(case)
    if side is None:
        return NC
    if name == "role":
        return side[0]
    if name == "place":
        return side[1].work_place if is_value(side[1].work_place) else side[1].person.address
    return getattr(side[1].person, name)  # type: ignore[no-any-return]


def _return_due(case: Case) -> Value:
    young = case.child_age is not None and case.child_age < 8
    return case.today + timedelta(days=1 if young else 3)


def _reprimand_text(case: Case) -> Value:
    name = case.child_name or "孩子"
    return (
        f"{name}还没有成年，照护好{name}是你的法定责任，外出务工也不能放下不管。你的做法使{name}处在没有人照护的危险里，"
        "违反了法律规定。现对你予以训诫：必须立即改正，按照下列要求把照护落实好，不得再让孩子处于无人照护的状态。"
    )


def _dv_relation(case: Case) -> Value:
    found = entry(case, CaseRole.PERPETRATOR)
    if found is None or isinstance(found.relation, Blank):
        return NC
    text = str(found.relation)
    grand = {"祖父", "祖母", "外祖父", "外祖母", "爷爷", "奶奶", "外公", "外婆"}
    if text in {"父亲", "父"}:
        return "父亲"
    if text in {"母亲", "母"}:
        return "母亲"
    if text in grand:
        return "祖父母、外祖父母"
    if text in {"兄", "姐", "弟", "妹", "哥哥", "姐姐"}:
        return "兄弟姐妹"
    if case.carer is not None and found.person.uid and case.carer.person.uid == found.person.uid:
        return case.spec.words.get("carer", "被委托人")
    return NC


def _lives(case: Case) -> Value:
    found = entry(case, CaseRole.PERPETRATOR)
    return found.lives_with_child if found else NC


def _victim_receiver(case: Case) -> tuple[Value, Value]:
    """Name who takes the victim's copy: a guardian who is not the perpetrator, the carer, else the village's post."""
    culprits = case.facts.case.all(CaseRole.PERPETRATOR) if case.facts.case else ()
    guardian = entry(case, CaseRole.GUARDIAN)
    if guardian is not None:
        return guardian.person.name, guardian.relation
    around: list[tuple[Value, Parent | Carer]] = [(title, parent) for title, parent in living_parents(case)]
    if case.carer is not None:
        around.append((case.carer.relation, case.carer))
    for relation, kin in around:
        if not any(matches(kin.person, c.person) for c in culprits) and not barred(kin.person.flags):
            return kin.person.name, str(relation) if is_value(relation) else NC
    contact = case.facts.village.contact_name
    return (contact, case.profile.post("village").printed or "村（居）工作人员") if is_value(contact) else (NC, NC)


def _to_serve(case: Case) -> tuple[PaperFact, CaseRole | None, str] | None:
    """Return what is to be served next, on whom, and what the receipt calls the party."""
    said = case.text("recipient_role")
    ref = case.value("doc_ref")
    receipts = in_case(case, "D6")
    for paper in in_case(case, *_PARTIES):
        if isinstance(ref, PaperRef) and paper.uid != ref.uid:
            continue
        for role, title in _PARTIES[paper.form_code]:
            there = [r for r in receipts if getattr(r.values.get("doc_ref"), "uid", "") == paper.uid]
            done = [r for r in there if r.values.get("recipient_role") == title and r.is_done]
            if said == title or (not said and not done):
                return paper, role, title
    return None


def _serve(case: Case, what: str) -> Value:
    found = _to_serve(case)
    if found is None:
        return NC
    paper, role, title = found
    if what == "ref":
        return paper.ref
    if what == "date":
        return paper.signed_on or paper.made_on
    if what == "role":
        return title
    if what == "title":
        said = paper.values.get("title", NC)
        return said if is_value(said) else NC
    if role is CaseRole.VICTIM:
        return _text(paper.values.get("victim_receiver", NC))
    if role is CaseRole.PERPETRATOR:
        return _text(paper.values.get("perpetrator_name", NC))
    return _text(paper.values.get(_NAME_FIELDS[paper.form_code], NC))


def _text(value: Value) -> Value:
    return value if isinstance(value, Blank) else str(value)


def _parties(case: Case) -> Value:
    """Name perpetrator and victim with their address in this village; a secret address stays out (REF-20)."""
    rows: list[Row] = []
    for role in (CaseRole.PERPETRATOR, CaseRole.VICTIM):
        for one in case.facts.case.all(role) if case.facts.case else ():
            address = NC if one.address_is_secret else one.person.address
            rows.append({"role": role.value, "name": one.person.name, "address": address})
    return tuple(rows) or NC


def _first_visit(case: Case) -> Value:
    paper = newest(case, "D5")
    start = served_on(case, paper, CaseRole.PERPETRATOR) if paper else None
    return (start or case.today) + timedelta(days=VISIT_DAYS)


def _visit_plan(case: Case) -> Value:
    first = case.day("first_visit_on") or _first_visit(case)
    assert isinstance(first, date)
    rows: list[Row] = [{"on": same_day(first, months=n), "visitors": NC} for n in range(4)]
    return tuple(rows)


def _visit_number(case: Case) -> Value:
    """Count the rounds: perpetrator and victim of one round have the same number."""
    role = case.text("role") or "加害人"
    done = [p for p in in_case(case, "D8") if p.is_done and str(p.values.get("role", "")) == role]
    return len(done) + 1


def _visited(case: Case) -> Value:
    role = CaseRole.VICTIM if case.text("role") == CaseRole.VICTIM.value else CaseRole.PERPETRATOR
    return _of_person(case, role, "name")


def _visitors(case: Case) -> Value:
    rows: list[Row] = []
    officer = entry(case, CaseRole.OFFICER)
    if officer is not None:
        rows.append({"name": officer.person.name, "unit": officer.unit if is_value(officer.unit) else "公安派出所"})
    contact = case.facts.village.contact_name
    if not isinstance(contact, Blank):
        rows.append({"name": PersonName(contact), "unit": case.facts.village.name})
    return tuple(rows) or NC


def _closing(case: Case) -> Value:
    """Go on until three months after the first visit; ending is a person's decision."""
    return case.spec.field("closing").options[0]


def _next_visit(case: Case) -> Value:
    if case.text("closing") not in {"", case.spec.field("closing").options[0]}:
        return NA
    return same_day(case.today, months=1)


def _protection_end(case: Case) -> Value:
    start = case.day("from_on")
    return same_day(start, months=6) if start else NC


def _protection_renewal(case: Case) -> Value:
    end = case.day("to_on")
    return end - timedelta(days=15) if end else NC


def _receiver_check(case: Case) -> Value:
    found = entry(case, CaseRole.RECEIVER)
    if found is None:
        return NC
    culprits = case.facts.case.all(CaseRole.PERPETRATOR) if case.facts.case else ()
    return {
        "not_suspect": not any(matches(found.person, c.person) for c in culprits),
        "no_record": not barred(found.person.flags),
        "checked_by": case.facts.filler.name or NC,
    }


def _next_contact(case: Case) -> Value:
    return datetime(case.today.year, case.today.month, case.today.day, 18, 0) + timedelta(days=1)  # noqa: DTZ001  local


def _facts_before(case: Case) -> Value:
    order = newest(case, "D3")
    return order.values.get("facts", NC) if order else NC


_ATTRIBUTES = ("name", "gender", "birth", "id_number", "address", "phones", "relation", "unit", "post")
_TEXT_NAMES = {CaseRole.RECEIVER, CaseRole.PROPOSED}
"""Roles that an institution may hold as well: their name is text on paper."""


def _persons() -> dict[str, Callable[[Case, FieldSpec | None], Value]]:
    table: dict[str, Callable[[Case, FieldSpec | None], Value]] = {}
    for role in (CaseRole.PERPETRATOR, CaseRole.RECEIVER, CaseRole.PROPOSED, CaseRole.OFFICER):
        for name in _ATTRIBUTES:
            say = _text_of_person if name == "name" and role in _TEXT_NAMES else _of_person
            table[f"case_{role.name.lower()}_{name}"] = _bound(say, role, name)
    table["case_officer_name"] = _bound(_text_of_person, CaseRole.OFFICER, "name")
    table["case_second_officer_name"] = _bound(_text_of_person, CaseRole.OFFICER, "name", 1)
    return table


def _bound(
    say: Callable[[Case, CaseRole, str, int], Value], role: CaseRole, name: str, position: int = 0
) -> Callable[[Case, FieldSpec | None], Value]:
    return lambda case, _: say(case, role, name, position)


def _sides() -> dict[str, Callable[[Case, FieldSpec | None], Value]]:
    def bound(name: str) -> Callable[[Case, FieldSpec | None], Value]:
        return lambda case, _: _of_side(case, name)

    return {
        f"order_parent_{name}": bound(name)
        for name in ("name", "role", "gender", "birth", "id_number", "phones", "address", "place")
    }


COMPUTED: dict[str, Callable[[Case, FieldSpec | None], Value]] = {
    **_persons(),
    **_sides(),
    "reporter": lambda case, _: _reporter(case),
    "suspect": lambda case, _: _suspect(case),
    "primary_report_kind": lambda case, _: _primary_kind(case),
    "case_number": lambda case, _: _number(case),
    "next_number": lambda case, _: _next_number(case),
    "case_children": lambda case, _: _children(case),
    "report_ref": ref_to("D1"),
    "child_at": lambda case, _: _child_at(case),
    "parents_to_contact": _parents_to_contact,
    "parents_with_numbers": _parents_to_contact,
    "working_days_5": lambda case, _: working_days(case.today, 5),
    "return_due": lambda case, _: _return_due(case),
    "interim_care": lambda case, _: _interim(case),
    "interim_carer": lambda case, _: _interim_carer(case),
    "interim_measure": lambda case, _: _interim_measure(case),
    "service_of_this": lambda _case, _: NC,
    "facts_before": lambda case, _: _facts_before(case),
    "reprimand_text": lambda case, _: _reprimand_text(case),
    "reprimand_demands": lambda case, _: (
        {"what": "返回照护儿童，或者依法委托有照护能力的人照护", "until": _return_due(case)},  # type: ignore[dict-item]
        {"what": "每周至少与儿童联系、交流一次", "until": same_day(case.today, months=3)},
    ),
    "no_guidance": lambda _case, _: {
        "ordered": False,
        **dict.fromkeys(("hours", "place", "provider", "from_on", "to_on"), NA),
    },
    "head_name": lambda case, _: case.facts.head.name if case.facts.head else NC,
    "dv_relation": lambda case, _: _dv_relation(case),
    "case_perpetrator_lives": lambda case, _: _lives(case),
    "victim_receiver_name": lambda case, _: _victim_receiver(case)[0],
    "victim_receiver_relation": lambda case, _: _victim_receiver(case)[1],
    "paper_to_serve": lambda case, _: _serve(case, "ref"),
    "title_to_serve": lambda case, _: _serve(case, "title"),
    "date_to_serve": lambda case, _: _serve(case, "date"),
    "service_role": lambda case, _: _serve(case, "role"),
    "service_recipient": lambda case, _: _serve(case, "recipient"),
    "warning_ref": ref_to("D5", signed=True),
    "case_parties": lambda case, _: _parties(case),
    "short_prohibition": lambda _case, _: (
        "禁止对受害人及其相关近亲属实施任何形式的家庭暴力，禁止骚扰、跟踪和打击报复。"
    ),
    "first_dv_visit": lambda case, _: _first_visit(case),
    "dv_visit_plan": lambda case, _: _visit_plan(case),
    "dv_visit_number": lambda case, _: _visit_number(case),
    "dv_visited": lambda case, _: _visited(case),
    "dv_visitors": lambda case, _: _visitors(case),
    "dv_closing": lambda case, _: _closing(case),
    "next_dv_visit": lambda case, _: _next_visit(case),
    "reprimand_ref": ref_to("D4"),
    "applicant_name": lambda case, _: case.child_name or NC,
    "protection_end": lambda case, _: _protection_end(case),
    "protection_renewal": lambda case, _: _protection_renewal(case),
    "receiver_check": lambda case, _: _receiver_check(case),
    "opinion_ref": ref_to("A8", signed=True),
    "next_contact": lambda case, _: _next_contact(case),
}
