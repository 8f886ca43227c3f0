"""Children and the people around them: saved once, changed visibly, found by anything, remembered as they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.registry import Registry
from archive.registry.people import ChildNotFoundError
from archive.registry.persons import DuplicateIdNumberError
from forms.people import Carer, Child, ChildRecord, Contact, Parent, Person
from forms.values import enums
from forms.values.blank import Blank
from forms.values.names_and_numbers import IdNumber, PersonName, Phone

if TYPE_CHECKING:
    from archive.registry.people import Saved

Part = TypeVar("Part", Parent | Blank, Carer | Blank)
FIRST = date(2026, 1, 1)
NC, NA = Blank.NOT_COLLECTED, Blank.NOT_APPLICABLE


def save(registry: Registry, record: ChildRecord, *, source: str = "desk", on: date = FIRST) -> Saved:
    with registry.begin() as tx:
        return tx.people.save(record, source=source, on=on)


def get(registry: Registry, uid: str) -> ChildRecord:
    with registry.read() as tx:
        return tx.people.get(uid)


def sibling(record: ChildRecord, name: str = "罗小川", number: str = "522730201805050015") -> ChildRecord:
    person = Person(name=PersonName(name), id_number=IdNumber.parse(number))
    return replace(record, child=replace(record.child, person=person))


def without_uids(record: ChildRecord) -> ChildRecord:
    def bare(part: Part) -> Part:
        return part if isinstance(part, Blank) else replace(part, person=replace(part.person, uid=""))

    child = replace(record.child, person=replace(record.child.person, uid=""))
    return replace(
        record, child=child, father=bare(record.father), mother=bare(record.mother), carer=bare(record.carer)
    )


def test_a_record_comes_back_as_it_was_saved(registry: Registry, child: ChildRecord) -> None:
    saved = save(registry, child)
    assert saved.outcome == "created"
    assert without_uids(get(registry, saved.uid)) == child


def test_saving_the_same_again_changes_nothing(registry: Registry, child: ChildRecord) -> None:
    first = save(registry, child)
    with registry.begin() as tx:
        tx.outbox.done([owed.id for owed in tx.outbox.take(100)])
    again = save(registry, child)
    assert (again.uid, again.outcome, again.changes) == (first.uid, "unchanged", ())
    assert save(registry, get(registry, first.uid)).outcome == "unchanged"
    with registry.read() as tx:
        assert tx.outbox.count() == 0
        assert tx.people.count() == 1


def test_a_change_is_told_in_the_words_of_the_form(registry: Registry, child: ChildRecord) -> None:
    uid = save(registry, child).uid
    assert isinstance(child.father, Parent)
    father = replace(
        child.father, work_place="广东省东莞市", person=replace(child.father.person, status=enums.PersonStatus.LOST)
    )
    changed = save(registry, replace(child, father=father))
    assert (changed.uid, changed.outcome) == (uid, "changed")
    assert {(c.field, c.title, c.old, c.new) for c in changed.changes} == {
        ("father.work_place", "父亲务工地点", "", "广东省东莞市"),
        ("father.status", "父亲状态", "在世可联系", "失联"),
    }


def test_what_is_not_collected_wipes_nothing_out_and_not_applicable_does(
    registry: Registry, child: ChildRecord
) -> None:
    uid = save(registry, child).uid
    save(
        registry,
        ChildRecord(child=Child(person=replace(child.child.person, address=NC), village_uid=child.child.village_uid)),
    )
    assert without_uids(get(registry, uid)) == child
    save(registry, replace(child, carer=NA, child=replace(child.child, person=replace(child.child.person, address=NA))))
    after = get(registry, uid)
    assert after.carer is NA
    assert after.child.person.address is NA
    assert after.mother is NC


def test_the_row_of_a_sheet_is_taken_once_even_when_siblings_contradict(registry: Registry, child: ChildRecord) -> None:
    """Two rows give the same grandmother two telephones; the file again must not swing her to and fro."""
    assert isinstance(child.carer, Carer)
    rows = []
    for record, phone in ((child, "13800000002"), (sibling(child), "13800000003")):
        carer = replace(child.carer, person=replace(child.carer.person, phones=(Phone(phone),)))
        rows.append(replace(record, carer=carer))
    assert [save(registry, row, source="sheet:0a").outcome for row in rows] == ["created", "created"]
    assert [save(registry, row, source="sheet:0a").outcome for row in rows] == ["unchanged", "unchanged"]


def test_people_with_the_same_id_number_are_one_person(registry: Registry, child: ChildRecord) -> None:
    one, two = save(registry, child).uid, save(registry, sibling(child)).uid
    first, second = get(registry, one), get(registry, two)
    assert isinstance(first.carer, Carer)
    assert isinstance(second.carer, Carer)
    assert first.carer.person.uid == second.carer.person.uid
    with registry.read() as tx:
        assert [r.uid for r in tx.people.children_of_carer(first.carer.person.uid)] == [one, two]


def test_parents_of_one_name_and_telephone_make_siblings(registry: Registry, child: ChildRecord) -> None:
    one, two = save(registry, child).uid, save(registry, sibling(child)).uid
    assert isinstance(child.father, Parent)
    other = replace(child.father, person=replace(child.father.person, phones=(Phone("13800000009"),)))
    three = save(registry, replace(sibling(child, "罗小河", "522730201602290035"), father=other)).uid
    with registry.read() as tx:
        assert [r.uid for r in tx.people.siblings(one)] == [two]
        assert tx.people.siblings(three) == ()


def test_a_child_is_known_again_by_name_birth_and_village_until_numbers_contradict(
    registry: Registry, child: ChildRecord
) -> None:
    unregistered = replace(child, child=replace(child.child, person=replace(child.child.person, id_number=NC)))
    uid = save(registry, unregistered).uid
    assert save(registry, child).uid == uid
    other = replace(child.child.person, id_number=IdNumber.parse("522730201602290035"))
    assert save(registry, replace(child, child=replace(child.child, person=other))).uid != uid


def test_an_id_number_belongs_to_one_person(registry: Registry, child: ChildRecord) -> None:
    save(registry, child)
    uid = save(registry, sibling(child)).uid
    stolen = replace(get(registry, uid).child.person, id_number=child.child.person.id_number)
    with pytest.raises(DuplicateIdNumberError):
        save(registry, replace(child, child=replace(child.child, person=stolen)))
    assert get(registry, uid).child.person.id_number == IdNumber.parse("522730201805050015")


def test_an_id_number_under_a_strange_name_is_refused_and_merges_nobody(registry: Registry, child: ChildRecord) -> None:
    uid = save(registry, child).uid
    with pytest.raises(DuplicateIdNumberError):
        save(registry, sibling(child, "罗小川", "522730201602290019"))
    assert isinstance(child.father, Parent)
    for number in ("522730201602290019", "522730195803050021"):
        father = replace(child.father, person=replace(child.father.person, id_number=IdNumber.parse(number)))
        with pytest.raises(DuplicateIdNumberError):
            save(registry, replace(sibling(child), father=father))
    with registry.read() as tx:
        assert [r.uid for r in tx.people.all()] == [uid]
        assert without_uids(tx.people.get(uid)) == child


def test_a_father_of_the_same_name_and_telephone_is_not_taken_for_the_child(
    registry: Registry, child: ChildRecord
) -> None:
    phones = (Phone("13800000001"),)
    boy = replace(child.child, person=replace(child.child.person, phones=phones))
    father = Parent(person=Person(name=child.child.person.name, phones=phones))
    record = get(registry, save(registry, replace(child, child=boy, father=father)).uid)
    assert isinstance(record.father, Parent)
    assert record.father.person.uid != record.uid


def test_a_new_name_keeps_the_old_one_as_an_alias(registry: Registry, child: ChildRecord) -> None:
    uid = save(registry, child).uid
    renamed = replace(child.child.person, uid=uid, name=PersonName("罗晓山"))
    save(registry, replace(child, child=replace(child.child, person=renamed)))
    after = get(registry, uid).child.person
    assert (after.name.text, after.aliases) == ("罗晓山", ("罗小山",))
    with registry.read() as tx:
        assert [r.uid for r in tx.people.find("罗小山")] == [uid]


@pytest.mark.parametrize(
    "text",
    [
        "罗小山",
        " 罗 小 山 ",
        "小山",
        "522730201602290019",
        "522730 20160229 0019",
        "0019",
        "13800000001",
        "山娃",
        "522730195803050021",
    ],
)
def test_a_child_is_found_by_what_a_clerk_has_in_hand(registry: Registry, child: ChildRecord, text: str) -> None:
    uid = save(
        registry, replace(child, child=replace(child.child, person=replace(child.child.person, aliases=("山娃",))))
    ).uid
    save(registry, sibling(replace(child, father=NC, carer=NC), "吴晓波"))
    with registry.read() as tx:
        assert [r.uid for r in tx.people.find(text)] == [uid]
        assert [r.uid for r in tx.people.find(uid.lower())] == [uid]


@pytest.mark.parametrize("text", ["", "  ", "%", "_", "王二", "9999", "13900000000", "罗%"])
def test_what_nobody_has_finds_nobody(registry: Registry, child: ChildRecord, text: str) -> None:
    save(registry, child)
    with registry.read() as tx:
        assert tx.people.find(text) == ()


def test_who_was_the_carer_on_a_day_is_known_after_changes_and_corrections(
    registry: Registry, child: ChildRecord
) -> None:
    with Registry(registry._engine, clock=lambda: datetime(2026, 1, 2, tzinfo=UTC)) as early:
        uid = save(early, child, on=FIRST).uid
    uncle = Carer(person=Person(name=PersonName("罗二山")), relation=enums.Relation.UNCLE_AUNT)
    with Registry(registry._engine, clock=lambda: datetime(2026, 4, 1, tzinfo=UTC)) as later:
        save(later, replace(child, carer=uncle), on=date(2026, 3, 1))
    with Registry(registry._engine, clock=lambda: datetime(2026, 6, 1, tzinfo=UTC)) as latest:
        save(latest, replace(child, carer=NA), on=date(2026, 5, 1))
    with registry.read() as tx:

        def carer(day: date, known: datetime | None = None) -> str:
            found = tx.people.history.carer_on(uid, day, known)
            return found.person.name.text if isinstance(found, Carer) else found.value

        assert carer(date(2025, 12, 31)) == "未采集"
        assert [carer(date(2026, 2, 28)), carer(date(2026, 3, 1)), carer(date(2026, 5, 1))] == [
            "王桂花",
            "罗二山",
            "不适用",
        ]
        assert carer(date(2026, 3, 1), datetime(2026, 3, 15, tzinfo=UTC)) == "王桂花"
        before = tx.people.history.record_on(uid, date(2026, 2, 1))
        assert before is not None
        assert without_uids(before) == child


def test_a_person_in_history_is_as_it_was_then(registry: Registry, child: ChildRecord) -> None:
    uid = save(registry, child).uid
    assert isinstance(child.carer, Carer)
    moved = replace(child.carer, person=replace(child.carer.person, address="县城", health="患病"))
    save(registry, replace(child, carer=moved), on=date(2026, 6, 1))
    with registry.read() as tx:
        then, now = (tx.people.history.record_on(uid, day) for day in (date(2026, 5, 31), date(2026, 6, 1)))
    assert then is not None
    assert now is not None
    assert without_uids(then) == child
    assert now == get(registry, uid)


def test_flags_come_from_papers_only_and_are_seen_at_the_address(registry: Registry, child: ChildRecord) -> None:
    assert isinstance(child.carer, Carer)
    said = replace(child.carer.person, flags=(enums.Flag.ABUSE,), address="平山村三组12号")
    uid = save(registry, replace(child, carer=replace(child.carer, person=said))).uid
    record = get(registry, uid)
    assert isinstance(record.carer, Carer)
    assert record.carer.person.flags == ()
    with registry.begin() as tx:
        for paper in ("7K3M9Q2PA4", "7K3M9Q2PA4", "7K3M9Q2PA5"):
            tx.people.flag(record.carer.person.uid, enums.Flag.VIOLENCE_LETTER, paper)
        assert tx.people.flags_at("平山村三组12号") == ((PersonName("王桂花"), enums.Flag.VIOLENCE_LETTER),)
        assert tx.people.flags_at("平山村三组12号", besides=record.carer.person.uid) == ()
        assert tx.people.flags_at("别处") == ()
        carer = tx.people.get(uid).carer
    assert isinstance(carer, Carer)
    assert carer.person.flags == (enums.Flag.VIOLENCE_LETTER,)


def test_a_village_lists_its_children_in_the_order_of_entry(registry: Registry, child: ChildRecord) -> None:
    uids = [save(registry, child).uid, save(registry, sibling(child)).uid]
    with registry.read() as tx:
        assert [r.uid for r in tx.people.in_village(child.child.village_uid)] == uids
        assert [r.uid for r in tx.people.all()] == uids
        assert tx.people.in_village("0000000000") == ()
        with pytest.raises(ChildNotFoundError):
            tx.people.get("0000000000")


def test_identity_is_looked_up_by_number_and_by_name_and_birth(registry: Registry, child: ChildRecord) -> None:
    uid = save(registry, child).uid
    name, birth, number = child.child.person.name, date(2016, 2, 29), IdNumber.parse("522730201602290019")
    with registry.read() as tx:
        found = tx.people.by_id_number(number)
        assert found is not None
        assert found.uid == uid
        assert [r.uid for r in tx.people.by_name_birth(name, birth)] == [uid]
        assert [r.uid for r in tx.people.by_name(name, child.child.village_uid)] == [uid]
        assert tx.people.by_name_birth(name, birth + timedelta(days=1)) == ()
        for person in (Person(name=name), Person(name=PersonName("王二"), id_number=number)):
            assert [r.uid for r in tx.people.alike(person)] == [uid]
        assert tx.people.alike(Person(name=PersonName("王二"), aliases=("小",))) == ()
        assert tx.people.by_name_birth(name, birth, "0000000000") == ()
        grandmother = tx.people.person_by_id_number(IdNumber.parse("522730195803050021"))
        assert grandmother is not None
        assert tx.people.person(grandmother.uid) == grandmother
        assert tx.people.by_id_number(IdNumber.parse("522730195803050021")) is None


def maybe(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.one_of(st.sampled_from([NC, NA]), values)


days = st.dates(date(1940, 1, 1), date(2026, 11, 1))
words = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=8)
persons = st.builds(
    Person,
    name=st.sampled_from(["罗小山", "阿依古丽·买买提", "𬱖龙", "王"]).map(PersonName),
    gender=maybe(st.sampled_from(enums.Gender)),
    birth=maybe(days),
    phones=maybe(
        st.lists(st.sampled_from(["13800000001", "0854-5631234"]).map(Phone), min_size=1, unique=True).map(tuple)
    ),
    address=maybe(words),
    status=st.sampled_from(enums.PersonStatus),
    health=maybe(words),
)
parents = st.builds(
    Parent,
    person=persons,
    away=maybe(st.booleans()),
    left_on=maybe(days),
    custody=maybe(st.sampled_from(enums.Custody)),
)
records = st.builds(
    ChildRecord,
    child=st.builds(
        Child,
        person=persons.map(lambda p: replace(p, status=enums.PersonStatus.REACHABLE)),
        village_uid=st.just(""),
        group=maybe(words),
        hukou_registered=maybe(st.booleans()),
        schooling=maybe(st.sampled_from(enums.Schooling)),
        relief=maybe(st.lists(st.sampled_from(enums.Relief), min_size=1, unique=True).map(tuple)),
        entered_on=maybe(days),
        left_on=maybe(days),
        exit_reason=maybe(words),
    ),
    father=maybe(parents),
    mother=st.sampled_from([NC, NA]),
    carer=st.sampled_from([NC, NA]),
    emergency_contact=maybe(
        st.builds(
            Contact,
            name=st.just(PersonName("罗三山")),
            relation=maybe(words),
            phone=maybe(st.just(Phone("13800000001"))),
        )
    ),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(record=records)
def test_any_record_survives_the_registry_and_a_second_saving(
    registry: Registry, child: ChildRecord, record: ChildRecord
) -> None:
    """Each record stands alone: the transaction is taken back at the end."""
    here = replace(record, child=replace(record.child, village_uid=child.child.village_uid))
    with registry.begin() as tx:
        saved = tx.people.save(here, source="desk", on=FIRST)
        known = tx.people.get(saved.uid)
        assert without_uids(known) == here
        assert tx.people.save(known, source="desk", on=FIRST).outcome == "unchanged"
        assert tx.people.history.record_on(saved.uid, FIRST) == known
        tx.connection.rollback()
