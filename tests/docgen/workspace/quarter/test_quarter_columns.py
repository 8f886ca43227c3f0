"""Which signed paper counts in which column, and in no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import pytest

from archive.registry import new_uid
from docgen.workspace.quarter.freezing import Freezer
from forms.cases.casefile import CaseRole
from forms.people import Parent, Person
from forms.profiles.region import RegionProfile
from forms.quarter.period import Period
from forms.values.blank import Blank
from forms.values.enums import (
    Gender,
    Health,
    PaperStatus,
    UnitKind,
)
from forms.values.names_and_numbers import PersonName

if TYPE_CHECKING:
    from archive.registry import Tx

from tests.docgen.workspace.quarter.sample_year import (
    FIRST,
    QUARTER,
    VILLAGES,
    check,
    enter,
    file_signed,
    freeze,
    kid,
    table_of,
)

AT = date(2026, 8, 8)
MORNING = datetime.combine(AT, time(9))
PAPERS: dict[str, tuple[str, dict[str, Any], dict[str, int]]] = {
    # what was signed → what it counts in; nothing else changes
    "parents ordered back": ("D3", {"ordered_on": AT}, {"KB1": 1}),
    "ordered in another quarter": ("D3", {"ordered_on": date(2026, 10, 1)}, {}),
    "both parents spoken to": (
        "D2",
        {"notified_on": AT, "measures": ("劝诫", "批评教育"), "parents_contact": (
            {"name": "赵大", "admonished": "接受"}, {"name": "李花", "admonished": "接受"},
            {"name": "赵二", "admonished": Blank.NOT_COLLECTED})},
        {"KC4": 1, "KB2": 2, "KC7a": 1},
    ),
    "punished and prosecuted": (
        "D2", {"notified_on": AT, "measures": ("治安处罚", "刑事立案")}, {"KC4": 1, "KC7b": 1, "KC7c": 1}
    ),
    "a parent came home": ("A6", {"filing_kind": "返乡", "returned_on": AT}, {"KB3": 1}),
    "a parent left": ("A6", {"filing_kind": "外出", "leave_on": AT}, {}),
    "the village admonished": ("A10", {"admonished_on": AT}, {"KB11": 1}),
    "a carer passed": ("A5", {"assessed_on": AT, "result": "合格"}, {"KB8a": 1}),
    "a carer failed": ("A5", {"assessed_on": AT, "result": "不合格"}, {"KB8b": 1}),
    "reported, its kind unsaid": ("D1", {"reported": {"reported_at": MORNING}}, {"KC1": 1, "KC2": 1, "KC3n": 1}),
    "reported, one kind ticked": (
        "D1", {"reported": {"reported_at": MORNING}, "report_kind": ("失踪",)}, {"KC1": 1, "KC2": 1, "KC3b": 1}
    ),
    "escorted and home again": (
        "D11",
        {"handed_at": MORNING, "receiver_kind": "村（居）民委员会", "return": {"on": date(2026, 8, 9)}},
        {"KC5": 1, "KC5b": 1, "KC6e": 1},
    ),
    "escorted and still away": (
        "D11", {"handed_at": MORNING, "receiver_kind": "儿童福利机构"}, {"KC5": 1, "KC5d": 1, "KC6": 1}
    ),
    "a detained parent's children": (
        "D15",
        {"asked_on": AT, "arrangement": "委托照护", "children": ({"name": "赵小一"}, {"name": "赵小二"})},
        {"KC8": 2},
    ),
    "a detained parent's child with the mother": (
        "D15", {"asked_on": AT, "arrangement": "无需安排", "children": ({"name": "赵小一"},)}, {}
    ),
    "reprimanded": ("D4", {"reprimanded_on": AT}, {"KC9": 1}),
    "guidance registered": ("D9", {"date": AT}, {"KC10": 1}),
    "visited after a warning, with counsel": (
        "D8", {"visited_at": MORNING, "help": ("心理疏导",)}, {"KC12": 1, "KG5": 1}
    ),
    "assessed": ("D13", {"assessed_on": AT}, {"KC13": 1}),
    "counsel planned": (
        "D13a", {"plan": ({"item": "心理疏导", "start_on": AT}, {"item": "法律援助", "start_on": AT})}, {"KG5": 1}
    ),
    "revocation proposed": ("D14", {"issued_on": AT}, {"KC14": 1}),
    "revoked": (
        "D14",
        {"issued_on": date(2026, 3, 3), "outcome": {"judgment": "2026年9月2日判决撤销监护人资格"}},
        {"KC15": 1},
    ),
    "revocation refused": (
        "D14", {"issued_on": date(2026, 3, 3), "outcome": {"judgment": "2026年9月2日驳回撤销申请"}}, {}
    ),
    "ordered back to school": ("E6", {}, {"KD7": 1}),
    "visited at home": ("C3", {"visited_at": MORNING, "mode": "入户"}, {"KG2": 1, "KG3": 1, "KG4": -1}),
    "visited by telephone": ("C3", {"visited_at": MORNING, "mode": "电话"}, {}),
    "signed, run out": ("A1", {"confirmed_on": AT, "to_on": date(2026, 9, 1)}, {"KB7": 1}),
}  # fmt: skip


@pytest.mark.parametrize("what", PAPERS)
def test_a_signed_paper_counts_in_its_columns_and_in_no_other(what: str, tx: Tx) -> None:
    enter(tx, 0, kid())
    uid = tx.people.all()[0].uid
    before = table_of(tx, freeze(tx, QUARTER)).total.figures
    form, values, expected = PAPERS[what]
    file_signed(tx, form, uid, AT, values, village_uid=VILLAGES[0])
    roster = freeze(tx, QUARTER, version=2)
    after = check(tx, roster).total.figures
    changed = {
        name: int(figure.reported) - int(before[name].reported)
        for name, figure in after.items()
        if isinstance(figure.reported, int) and figure.reported != before[name].reported
    }
    assert changed == expected
    for name in expected.keys() - {"KG4"}:
        assert {b.paper for b in tx.rosters.behind(roster.head.uid, name)} == {form}


def test_a_warning_letter_counts_on_the_day_it_was_served_on_the_perpetrator(tx: Tx) -> None:
    enter(tx, 0, kid())
    uid = tx.people.all()[0].uid
    file_signed(tx, "D5", uid, date(2026, 6, 28), {"warned_on": date(2026, 6, 28)})
    file_signed(tx, "D6", uid, date(2026, 7, 2), {})
    letter, receipt = (next(p.uid for p in tx.papers.all() if p.form_code == form) for form in ("D5", "D6"))
    tx.papers.set_copies(letter, 1, ("加害人", "受害人"))
    tx.cases.serve(letter, 1, 2, role=CaseRole.VICTIM, method="直接送达", on=date(2026, 6, 29), receipt_uid=receipt)
    tx.cases.serve(letter, 1, 1, role=CaseRole.PERPETRATOR, method="直接送达", on=date(2026, 7, 1))
    assert check(tx, freeze(tx, QUARTER)).total.figures["KC11"].reported == 0  # noted, not proven
    tx.cases.serve(letter, 1, 1, role=CaseRole.PERPETRATOR, method="直接送达", on=date(2026, 7, 1), receipt_uid=receipt)
    assert check(tx, freeze(tx, Period.quarter(2026, 2))).total.figures["KC11"].reported == 0
    assert check(tx, freeze(tx, QUARTER, version=2)).total.figures["KC11"].reported == 1
    assert tx.cases.proven("D5", CaseRole.PERPETRATOR, QUARTER.from_on, QUARTER.to_on) == 1


def test_children_handed_over_for_the_holidays_count_once_each(tx: Tx) -> None:
    enter(tx, 0, kid())
    enter(tx, 1, kid())
    uids = [r.uid for r in tx.people.all()]
    rows = tuple({"child_uid": uid} for uid in (*uids, "STRANGER00"))
    for _ in range(2):
        paper = tx.papers.new(form_code="E9", issuer_uid="TOWN000000", by="张敏", village_uid=VILLAGES[0])
        values: dict[str, Any] = {"from_on": date(2026, 7, 5), "rows": rows}
        tx.papers.new_version(
            paper.uid, values=values, mark_id=new_uid(), pages=1, digests={}, made_on=AT, made_by="张敏"
        )
        tx.papers.set_status(paper.uid, 1, PaperStatus.ARCHIVED, signed_on=AT)
    assert check(tx, freeze(tx, QUARTER)).total.figures["KG6"].reported == 2


def test_elders_stand_in_a_table_of_their_own_from_signed_registrations(tx: Tx) -> None:
    enter(tx, 0, kid())
    old = [Person(name=PersonName.parse(name), birth=date(1950, 1, 1 + n)) for n, name in enumerate(("罗福", "王寿"))]
    uids = [tx.people.note(person, source="B4", on=FIRST) for person in old]
    for uid, person, on, risk in zip(uids, old, (date(2026, 5, 5), date(2026, 8, 8)), ("高", "低"), strict=True):
        paper = tx.papers.new(
            form_code="B4", issuer_uid="TOWN000000", by="张敏", carer_uid=uid, village_uid=VILLAGES[1]
        )
        values: dict[str, Any] = {
            "elder_name": person.name, "risk": risk, "elder_gender": Gender.MALE,
            "visit_plan": {"visitor": "潘文海", "last_visit": date(2026, 8, 20)},
        }  # fmt: skip
        tx.papers.new_version(
            paper.uid, values=values, mark_id=new_uid(), pages=1, digests={}, made_on=on, made_by="张敏"
        )
        tx.papers.set_status(paper.uid, 1, PaperStatus.ARCHIVED, signed_on=on)
    roster = freeze(tx, QUARTER)
    figures = check(tx, roster).total.figures
    assert [figures[f"KH{n}"].reported for n in range(1, 7)] == [1, 1, 0, 2, 1, 2]
    assert figures["KA4"].reported == 1
    assert {p.uid for p in roster.elders}.isdisjoint(p.uid for p in roster.children)


def test_a_region_that_keeps_them_has_women_and_children_in_hardship_apart(tx: Tx) -> None:
    enter(tx, 0, kid())
    known = tx.people.all()[0]
    mother = Parent(person=Person(name=PersonName.parse("李秋月"), birth=date(1990, 2, 2)), away=False)
    father = Parent(person=Person(name=PersonName.parse("赵大山"), birth=date(1989, 2, 2)), away=True)
    ill = replace(known.child, health_primary=Health.ILL)
    tx.people.save(replace(known, child=ill, father=father, mother=mother), source="名单", on=FIRST)
    head = freeze(tx, QUARTER).head
    for key, group, name in (("shouxian", "women", "李秋月"), ("qinzhou", "hardship", "赵小一")):
        home, profile = tx.units.owner(), RegionProfile.load(key)
        units = {u.uid: u.short for u in tx.units.of_kind(UnitKind.VILLAGE)}
        roster = Freezer(tx, QUARTER, profile, None, home=home, units=units).roster(replace(head, profile=key))
        (row,) = getattr(roster, group)
        assert name in row.details.values()
        other = {"women": "hardship", "hardship": "women"}[group]
        assert getattr(roster, other) == ()
