"""Cases: persons by role are persons of the register, papers belong to one case, a copy is served once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from archive.registry.cases import CaseNotFoundError
from archive.registry.disposals import DisposedObject
from archive.registry.persons import DuplicateIdNumberError
from archive.schema_cases import services
from archive.store import paper_object
from forms.cases.casefile import CasePerson, CaseRole
from forms.people import Person
from forms.values.enums import Flag
from forms.values.names_and_numbers import DocumentNumber, IdNumber, PersonName, Phone

if TYPE_CHECKING:
    from archive.registry import Registry, Tx
    from forms.people import ChildRecord

DAY = date(2026, 11, 5)
UNCLE = Person(
    name=PersonName("罗大伟"), id_number=IdNumber.parse("522730198505050019"), phones=(Phone("13800000009"),)
)


@pytest.fixture
def child_uid(registry: Registry, child: ChildRecord) -> str:
    with registry.begin() as tx:
        return tx.people.save(child, source="test", on=DAY).uid


def opened(tx: Tx, child_uid: str) -> str:
    village = tx.people.get(child_uid).child.village_uid
    return tx.cases.open(child_uid=child_uid, village_uid=village, on=DAY, by="罗警官", title="疑似家庭暴力")


def test_a_new_case_has_its_child_as_the_victim(registry: Registry, child_uid: str) -> None:
    with registry.begin() as tx:
        uid = opened(tx, child_uid)
        case = tx.cases.get(uid)
        assert [(p.role, p.person.uid) for p in case.people] == [(CaseRole.VICTIM, child_uid)]
        assert tx.cases.of_child(child_uid) == (case,)
        assert case.closed_on is None


def test_a_perpetrator_is_the_same_person_in_every_case(registry: Registry, child_uid: str) -> None:
    with registry.begin() as tx:
        first, second = opened(tx, child_uid), opened(tx, child_uid)
        one = tx.cases.put_person(first, CasePerson(role=CaseRole.PERPETRATOR, person=UNCLE, relation="叔叔"), on=DAY)
        tx.people.flag(one.person.uid, Flag.VIOLENCE_LETTER, "告诫书")
        two = tx.cases.put_person(second, CasePerson(role=CaseRole.PERPETRATOR, person=UNCLE), on=DAY)
        assert two.person.uid == one.person.uid
        assert two.person.flags == (Flag.VIOLENCE_LETTER,)
        assert [c.uid for c in tx.cases.of_person(one.person.uid)] == [first, second]


def test_the_carer_on_record_is_found_again_as_perpetrator(registry: Registry, child_uid: str) -> None:
    with registry.begin() as tx:
        carer = tx.people.get(child_uid).carer
        said = Person(name=PersonName("王桂花"), id_number=IdNumber.parse("522730195803050021"))
        entry = tx.cases.put_person(opened(tx, child_uid), CasePerson(role=CaseRole.PERPETRATOR, person=said), on=DAY)
        assert entry.person.uid == carer.person.uid  # type: ignore[union-attr]


def test_a_number_under_another_name_is_refused(registry: Registry, child_uid: str) -> None:
    with registry.begin() as tx:
        uid = opened(tx, child_uid)
        wrong = Person(name=PersonName("张三丰"), id_number=IdNumber.parse("522730195803050021"))
        with pytest.raises(DuplicateIdNumberError):
            tx.cases.put_person(uid, CasePerson(role=CaseRole.PERPETRATOR, person=wrong), on=DAY)


def test_the_reporter_is_known_to_the_case_and_to_nothing_else(registry: Registry, child_uid: str) -> None:
    reporter = CasePerson(
        role=CaseRole.REPORTER,
        person=Person(name=PersonName("莫老师"), phones=(Phone("13800000007"),)),
        unit="平山小学",
        post="班主任",
    )
    with registry.begin() as tx:
        uid = opened(tx, child_uid)
        assert tx.cases.put_person(uid, reporter, on=DAY) == reporter
        assert tx.people.find("13800000007") == ()
        tx.cases.put_person(uid, reporter, on=DAY)
        assert len(tx.cases.get(uid).people) == 2


def test_a_case_is_found_by_the_number_of_the_police(registry: Registry, child_uid: str) -> None:
    with registry.begin() as tx:
        uid = opened(tx, child_uid)
        tx.cases.set_number(uid, "洗公受案字〔2026〕7号")
        assert tx.cases.get("洗公受案字〔2026〕7号").uid == uid
        with pytest.raises(CaseNotFoundError):
            tx.cases.get("洗公受案字〔2026〕8号")
        tx.cases.close(uid, DAY)
        assert tx.cases.all(open_only=True) == ()
        assert len(tx.cases.all()) == 1


def letter(tx: Tx, child_uid: str, case_uid: str, serial: int) -> str:
    number = tx.numbers.next("洗公告诫", 2026)
    assert number == DocumentNumber(series="洗公告诫", year=2026, serial=serial)
    paper = tx.papers.new(
        form_code="D5", issuer_uid=tx.units.owner().uid, by="罗警官", child_uid=child_uid, number=number
    )
    tx.papers.new_version(
        paper.uid, values={}, mark_id=f"MARK{serial:06d}", pages=2, digests={}, made_on=DAY, made_by="罗警官"
    )
    tx.papers.set_copies(paper.uid, 1, ("加害人收执", "受害人收执", "公安机关存"))
    tx.cases.put_paper(case_uid, paper.uid)
    return paper.uid


def test_only_proven_service_on_the_perpetrator_is_counted_in_its_period(registry: Registry, child_uid: str) -> None:
    with registry.begin() as tx:
        case = opened(tx, child_uid)
        first, second, third = (letter(tx, child_uid, case, n) for n in (1, 2, 3))
        receipt = tx.papers.new(form_code="D6", issuer_uid=tx.units.owner().uid, by="罗警官", child_uid=child_uid).uid
        party, victim = CaseRole.PERPETRATOR, CaseRole.VICTIM
        tx.cases.serve(first, 1, 1, role=party, method="直接送达", on=DAY, receipt_uid=receipt)
        tx.cases.serve(first, 1, 2, role=victim, method="直接送达", on=DAY, receipt_uid=receipt)
        tx.cases.serve(second, 1, 1, role=party, method="直接送达", on=DAY)
        tx.cases.serve(third, 1, 1, role=party, method="留置送达", on=date(2027, 1, 2), receipt_uid=receipt)
        assert tx.cases.proven("D5", party, date(2026, 10, 1), date(2026, 12, 31)) == 1
        tx.cases.serve(second, 1, 1, role=party, method="直接送达", on=date(2026, 11, 9), receipt_uid=receipt)
        assert tx.cases.proven("D5", party, date(2026, 10, 1), date(2026, 12, 31)) == 2
        assert [s.served_on for s in tx.cases.served(second)] == [date(2026, 11, 9)]
        assert len(tx.cases.get(case).services) == 4


def test_a_proven_service_is_not_overwritten(registry: Registry, child_uid: str) -> None:
    with registry.begin() as tx:
        paper = letter(tx, child_uid, opened(tx, child_uid), 1)
        receipt = tx.papers.new(form_code="D6", issuer_uid=tx.units.owner().uid, by="罗警官", child_uid=child_uid).uid
        for on in (DAY, date(2026, 12, 1)):
            tx.cases.serve(paper, 1, 1, role=CaseRole.PERPETRATOR, method="直接送达", on=on, receipt_uid=receipt)
        assert [s.served_on for s in tx.cases.served(paper)] == [DAY]


def destroyed(tx: Tx, *papers: str) -> None:
    tx.disposals.decide(
        "disposal-" + papers[0],
        first_by="罗建国",
        second_by="龙秀英",
        certificate="0" * 128,
        items=len(papers),
        objects=[DisposedObject(object_id=paper_object(uid), paper_uid=uid) for uid in papers],
    )


def test_a_case_outlives_its_papers_by_its_number_and_days_only(registry: Registry, child_uid: str) -> None:
    """个人信息保护法 第四十七条: whose time of keeping is over is taken out, and not before."""
    with registry.begin() as tx:
        uid, other = opened(tx, child_uid), opened(tx, child_uid)
        reporter = CasePerson(
            role=CaseRole.REPORTER, person=Person(name=PersonName("韦老师"), phones=(Phone("13800000008"),))
        )
        for case in (uid, other):
            tx.cases.put_person(case, reporter, on=DAY)
        first, second = letter(tx, child_uid, uid, 1), letter(tx, child_uid, uid, 2)
        letter(tx, child_uid, other, 3)
        tx.cases.serve(first, 1, 1, role=CaseRole.PERPETRATOR, method="直接送达", on=DAY)
        number = tx.cases.get(uid).number
        destroyed(tx, first)
        assert len(tx.cases.get(uid).people) == 2
        assert tx.connection.execute(sa.select(sa.func.count()).select_from(services)).scalar() == 0
        destroyed(tx, second)
        gone, kept = tx.cases.get(uid), tx.cases.get(other)
        assert (gone.people, gone.title, gone.number, gone.opened_on) == ((), "已销毁", number, DAY)
        assert (len(kept.people), kept.title) == (2, "疑似家庭暴力")
