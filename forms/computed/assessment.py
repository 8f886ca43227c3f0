"""Computed suggestions of assessments, proposals and inquiries: D13, D13a, D14, D15.

Sources: forms.md §6 D13–D15; 民法典 第三十六条、第三十七条; 未成年人保护法 第九十一条至第九十三条.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from forms.cases.casefile import CaseRole
from forms.cases.parties import living_parents, matches
from forms.computed.protection import of_paper, ref_to
from forms.people import Carer, Parent
from forms.values.blank import Blank
from forms.values.enums import PersonStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from forms.cases.case import Case
    from forms.cases.facts import Row, Value
    from forms.spec import FieldSpec

NC = Blank.NOT_COLLECTED


def _participants(case: Case) -> Value:
    rows: list[Row] = [{"unit": case.facts.town.name, "name": case.facts.filler.name or NC}]
    for key in ("civil_affairs", "police"):
        organ = next((o for o in case.profile.organs if o.key == key and o.is_valid_on(case.today)), None)
        rows.append({"unit": organ.name if organ else NC, "name": NC})
    rows.append({"unit": case.facts.village.name, "name": case.facts.village.contact_name})
    return tuple(rows)


def suggested_risk(case: Case) -> str:
    """Return the grade that the three heads give together; empty while one of them is open."""
    grades = [case.struct(n).get("grade", NC) for n in ("safety", "guardianship", "health")]
    if any(isinstance(g, Blank) for g in grades):
        return ""
    worst = {"危险", "差", "需要干预"}
    if grades[0] == "危险" or sum(g in worst for g in grades) >= 2:
        return "高"
    return "中" if any(g in worst | {"有隐患", "一般", "需要关注"} for g in grades) else "低"


def _review_on(case: Case) -> Value:
    days = {"高": 30, "中": 60, "低": 90}.get(case.text("risk"))
    return case.today + timedelta(days=days) if days else NC


def _proposed_applicant(case: Case) -> Value:
    found = next((o.name for o in case.profile.organs if o.key == "civil_affairs" and o.is_valid_on(case.today)), "")
    return found or NC


def _proposal_copies(case: Case) -> Value:
    """Suggest who gets a copy of a proposal: civil affairs and the procuratorate, whom it is not addressed to."""
    organs = (o for o in case.profile.organs if o.is_valid_on(case.today))
    names = {o.key: o.name for o in organs if o.key in {"civil_affairs", "procuratorate"}}
    main = case.text("applicant") or names.get("civil_affairs", "")
    return "、".join(name for name in names.values() if name != main) or NC


def _respondents(case: Case) -> Value:
    """Suggest the parents who are perpetrators of the case; both parents when none is."""
    culprits = case.facts.case.all(CaseRole.PERPETRATOR) if case.facts.case else ()
    parents = living_parents(case)
    chosen = [p for p in parents if any(matches(p[1].person, c.person) for c in culprits)] or parents
    rows: list[Row] = [
        {
            "name": p.person.name,
            "relation": title,
            "id_number": p.person.id_number,
            "address": p.person.address,
        }
        for title, p in chosen
    ]
    return tuple(rows) or NC


_EDUCATION = {"A10": "劝诫", "D3": "责令返回", "D4": "训诫", "D5": "告诫"}
_EVIDENCE = {
    "D1": "强制报告表",
    "D2": "公安处置情况通报",
    "D3": "责令返回通知",
    "D4": "训诫书",
    "D5": "家庭暴力告诫书",
    "D6": "送达回证",
    "D8": "告诫查访记录",
    "D10": "人身安全保护令协助执行记录",
    "D11": "临时监护书面交接单",
    "D13": "调查评估报告",
    "A10": "劝诫记录",
    "A8": "听取儿童意见记录",
}


def _signed(case: Case, titles: dict[str, str]) -> list[tuple[date, str, str]]:
    """Return signed papers of the case as (day, title, number), oldest first."""
    found = [p for p in case.facts.papers if p.form_code in titles and p.is_done]
    rows = [(p.signed_on or p.made_on, titles[p.form_code], p.document_number) for p in found]
    return sorted(rows, key=lambda r: r[0])


def _education(case: Case) -> Value:
    rows: list[Row] = [
        {"on": on, "form": title, "number": number or NC} for on, title, number in _signed(case, _EDUCATION)
    ]
    return tuple(rows) or NC


def _evidence(case: Case) -> Value:
    rows: list[Row] = [
        {"title": title, "number": number or NC, "on": on} for on, title, number in _signed(case, _EVIDENCE)
    ]
    return tuple(rows) or NC


def _detained(case: Case) -> tuple[str, Parent] | None:
    typed = case.text("subject")
    parents = living_parents(case)
    if typed:
        return next((p for p in parents if str(p[1].person.name) == typed), None)
    return next((p for p in parents if p[1].person.status is PersonStatus.DETAINED), None)


def _of_detained(case: Case, name: str) -> Value:
    found = _detained(case)
    return getattr(found[1].person, name) if found else NC


def _children_of_detained(case: Case) -> Value:
    records = () if case.record is None else (case.record, *case.facts.siblings)
    rows: list[Row] = []
    for record in records:
        carer = record.carer
        rows.append(
            {
                "name": record.child.person.name,
                "gender": record.child.person.gender,
                "birth": record.child.person.birth,
                "where": record.child.person.address,
                "with_whom": str(carer.person.name) if isinstance(carer, Carer) else NC,
            }
        )
    return tuple(rows) or NC


def _other_parent(case: Case) -> Value:
    found = _detained(case)
    other = next((p for t, p in living_parents(case) if found is None or t != found[0]), None)
    if found is None or other is None:
        return NC
    return {
        "name": other.person.name,
        "reachable": other.person.status is PersonStatus.REACHABLE,
        "capable": other.capable,
        "phone": other.person.phones,
    }


def _detained_table() -> dict[str, Callable[[Case, FieldSpec | None], Value]]:
    def bound(name: str) -> Callable[[Case, FieldSpec | None], Value]:
        return lambda case, _: _of_detained(case, name)

    return {f"detained_{name}": bound(name) for name in ("name", "gender", "id_number", "address")}


COMPUTED: dict[str, Callable[[Case, FieldSpec | None], Value]] = {
    **_detained_table(),
    "assessment_source_ref": ref_to("D2", "C3", "D1"),
    "assessment_participants": lambda case, _: _participants(case),
    "risk": lambda case, _: suggested_risk(case) or NC,
    "review_on": lambda case, _: _review_on(case),
    "assessment_ref": ref_to("D13"),
    "assessment_conclusion": of_paper("conclusion", "D13"),
    "assessment_risk": of_paper("risk", "D13"),
    "plan_review_on": of_paper("review_on", "D13"),
    "proposed_applicant": lambda case, _: _proposed_applicant(case),
    "proposal_copies": lambda case, _: _proposal_copies(case),
    "civil_affairs_option": lambda _case, field: field.options[-1] if field else NC,
    "respondents": lambda case, _: _respondents(case),
    "education_given": lambda case, _: _education(case),
    "case_evidence": lambda case, _: _evidence(case),
    "support_continues": lambda _case, _: "监护人资格被撤销的，仍应当依法继续负担抚养费（民法典第三十七条）。",
    "office_phone": lambda case, _: case.facts.office.contact_phone,
    "children_of_detained": lambda case, _: _children_of_detained(case),
    "other_parent": lambda case, _: _other_parent(case),
}
