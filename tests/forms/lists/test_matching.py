"""Same-person check: two children are never made one by a guess, one child is never made two."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.lists.matching import Likeness, compare, find_same
from forms.people import Child, ChildRecord, Parent, Person
from forms.values.blank import Blank
from forms.values.names_and_numbers import IdNumber, PersonName, id_check_character

NC = Blank.NOT_COLLECTED
BIRTH = date(2016, 3, 5)


def number(serial: str = "001", birth: date = BIRTH) -> IdNumber:
    first = f"522799{birth:%Y%m%d}{serial}"
    return IdNumber.parse(first + id_check_character(first))


def child(
    name: str = "张小明", *, birth: date | Blank = BIRTH, id_number: IdNumber | Blank = NC, village: str = "平山",
    father: str = "", mother: str = "", aliases: tuple[str, ...] = (), uid: str = "",
) -> ChildRecord:  # fmt: skip
    person = Person(uid=uid, name=PersonName.parse(name), birth=birth, id_number=id_number, aliases=aliases)
    return ChildRecord(
        child=Child(person=person, village_uid=village),
        father=Parent(person=Person(name=PersonName.parse(father))) if father else NC,
        mother=Parent(person=Person(name=PersonName.parse(mother))) if mother else NC,
    )


@pytest.mark.parametrize(
    ("draft", "kept", "likeness"),
    [
        # the number decides, as long as the name fits
        (child(id_number=number()), child(id_number=number()), Likeness.SURE),
        (child(id_number=number()), child(id_number=number(), birth=NC), Likeness.SURE),
        (child("张大毛", id_number=number()), child(id_number=number(), aliases=("张大毛",)), Likeness.SURE),
        (child("李四", id_number=number()), child(id_number=number()), Likeness.LIKELY),
        (child(id_number=number(), village="大坝"), child(id_number=number()), Likeness.LIKELY),
        # without it name, birth date and village
        (child(), child(), Likeness.SURE),
        (child(), child(id_number=number()), Likeness.SURE),
        (child("毛毛"), child(aliases=("毛毛",)), Likeness.SURE),
        (child(aliases=("张小明",), name="毛毛"), child(), Likeness.SURE),
        (child(village="大坝"), child(), Likeness.LIKELY),
        (child(father="张大", mother="李二"), child(father="张五", mother="王六"), Likeness.LIKELY),
        (child(father="张大", mother="李二"), child(father="张大", mother="王六"), Likeness.SURE),
        # two numbers that differ are two children unless everything else agrees
        (child(id_number=number("001")), child(id_number=number("003")), Likeness.LIKELY),
        (child(id_number=number("001"), village="大坝"), child(id_number=number("003")), Likeness.NEW),
        (child("张小红", id_number=number("001")), child(id_number=number("003")), Likeness.NEW),
        # another birth date is another child, unless both parents are the same
        (child(birth=date(2016, 3, 6)), child(), Likeness.NEW),
        (child(birth=date(2016, 3, 6), father="张大", mother="李二"), child(father="张大", mother="李二"),
         Likeness.LIKELY),
        (child(birth=date(2016, 3, 6), father="张大"), child(father="张大"), Likeness.NEW),
        # no birth date
        (child(birth=NC, father="张大", mother="李二"), child(father="张大", mother="李二"), Likeness.SURE),
        (child(birth=NC, father="张大"), child(father="张大", village="大坝"), Likeness.LIKELY),
        (child(birth=NC), child(), Likeness.LIKELY),
        (child(birth=NC, village="大坝"), child(), Likeness.NEW),
        # another name
        (child("李四"), child(), Likeness.NEW),
    ],
)  # fmt: skip
def test_what_makes_two_records_one_child(draft: ChildRecord, kept: ChildRecord, likeness: Likeness) -> None:
    found = compare(draft, kept)
    assert found.likeness is likeness
    assert bool(found.reason) is (likeness is not Likeness.NEW)
    assert (found.record is None) is (likeness is Likeness.NEW)


def test_twins_are_two_children() -> None:
    first = child("张一", id_number=number("001"), father="张大", mother="李二", uid="A")
    assert (
        find_same(child("张二", id_number=number("003"), father="张大", mother="李二"), [first]).likeness
        is Likeness.NEW
    )


def test_a_sure_match_wins_over_a_doubtful_one() -> None:
    doubtful, sure = child(village="大坝", uid="A"), child(uid="B")
    found = find_same(child(), [doubtful, sure])
    assert found.likeness is Likeness.SURE
    assert found.record is sure


def test_two_sure_matches_are_left_to_a_person() -> None:
    found = find_same(child(), [child(uid="A"), child(uid="B")])
    assert found.likeness is Likeness.LIKELY
    assert "2" in found.reason


NAMES = st.sampled_from(["张三", "张四", "毛毛"])
BIRTHS = st.sampled_from([BIRTH, date(2017, 1, 1), NC])
RECORDS = st.builds(
    child,
    NAMES,
    birth=BIRTHS,
    id_number=st.sampled_from([number("001"), number("003"), NC]),
    village=st.sampled_from(["平山", "大坝"]),
    father=st.sampled_from(["", "张大", "张五"]),
    mother=st.sampled_from(["", "李二"]),
    aliases=st.sampled_from([(), ("毛毛",)]),
)


@given(RECORDS, RECORDS)
def test_the_check_is_the_same_both_ways(one: ChildRecord, other: ChildRecord) -> None:
    assert compare(one, other).likeness is compare(other, one).likeness


@given(RECORDS, RECORDS)
def test_a_sure_match_shares_name_village_and_no_contradicting_number(one: ChildRecord, other: ChildRecord) -> None:
    if compare(one, other).likeness is not Likeness.SURE:
        return
    mine, theirs = one.child.person, other.child.person
    assert {str(mine.name), *mine.aliases} & {str(theirs.name), *theirs.aliases}
    assert one.child.village_uid == other.child.village_uid
    assert NC in (mine.id_number, theirs.id_number) or mine.id_number == theirs.id_number


@given(RECORDS)
def test_a_record_with_a_birth_date_or_number_is_sure_to_match_itself(record: ChildRecord) -> None:
    person = record.child.person
    if person.birth is NC and person.id_number is NC:
        return
    kept = replace(record, child=replace(record.child, person=replace(person, uid="A")))
    assert find_same(record, [kept]).likeness is Likeness.SURE
