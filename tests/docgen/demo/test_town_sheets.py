"""The demo's town: its sheets are what the generator writes, and the import gives what is expected of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive.registry import Registry, sqlite_url
from docgen.demo.town import COUNTY_CODE, LISTED_ON, make_town
from docgen.demo.town_sheets import ASSESSMENTS, FOLDER, LISTS, OPINIONS, files, main
from docgen.engine.sheets import read_sheet
from docgen.workspace.papers.typed import read_values_sheet
from docgen.workspace.people.desk import PeopleDesk
from docgen.workspace.people.import_report import Outcome
from forms.cases.facts import Facts
from forms.catalogue.library import FormLibrary
from forms.filling.fill import fill
from forms.people import Staff, Unit
from forms.problems import blocking
from forms.profiles.region import RegionProfile
from forms.values.blank import Blank, is_value
from forms.values.enums import AssessmentResult, UnitKind
from forms.values.names_and_numbers import IdNumber
from tests.docgen.bare_office import TODAY, BareOffice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def office(tmp_path: Path) -> Iterator[BareOffice]:
    with Registry.create(sqlite_url(tmp_path / "registry.db")) as registry:
        with registry.begin() as tx:
            town = tx.units.save(Unit(kind=UnitKind.TOWN, name="洗马镇人民政府", short="洗马镇"))
            tx.units.set_owner(town.uid)
        yield BareOffice(folder=tmp_path, registry=registry)


def test_the_shipped_sheets_are_what_the_generator_writes() -> None:
    assert main(["--check"]) == 0
    for name, data in files().items():
        assert (FOLDER / name).read_bytes() == data


def test_nobody_in_the_town_can_be_met() -> None:
    for village in make_town():
        for family, kid in village.kids:
            adults = [a for a in (family.father, family.mother, family.carer) if a]
            for number in (kid.id_number, *(a.id_number for a in adults)):
                assert not number or IdNumber.parse(number).text.startswith(COUNTY_CODE)
            for phone in (p for a in adults for p in a.phones):
                assert phone.startswith(("1990000", "0854-0000"))


def test_numbers_names_and_telephones_are_given_out_once() -> None:
    families = [f for v in make_town() for f in v.families]
    adults = [a for f in families for a in (f.father, f.mother, f.carer) if a]
    kids = [k for f in families for k in f.kids]
    numbers = [a.id_number for a in adults] + [k.id_number for k in kids if k.id_number]
    assert len(set(numbers)) == len(numbers)
    assert len({k.name for k in kids} | {a.name for a in adults}) == len(kids) + len(adults)
    assert len(kids) >= 60


GOLDEN: dict[str, tuple[dict[Outcome, int], dict[int, set[str]]]] = {
    LISTS[0]: (
        {Outcome.NEW: 22, Outcome.REJECTED: 3, Outcome.NOT_A_PERSON: 11},
        {
            17: {"name.separator"},
            30: {"duplicate.in-list"},
            31: {"id-number.check-digit"},
            32: {"id-number.birth-mismatch"},
        },
    ),
    LISTS[1]: (
        {Outcome.NEW: 22, Outcome.REJECTED: 3, Outcome.NOT_A_PERSON: 8},
        {8: {"name.separator"}, 27: {"match.likely"}, 28: {"id-number.precision"}, 29: {"id-number.precision"}},
    ),
    LISTS[2]: (
        {Outcome.NEW: 22, Outcome.REJECTED: 4, Outcome.NOT_A_PERSON: 6},
        {
            9: {"name.separator"},
            26: {"id-number.precision"},
            27: {"date.two-digit-year", "id-number.missing"},
            28: {"REF-12"},
            29: {"id-number.gender-mismatch"},
        },
    ),
}


def test_the_three_lists_import_as_expected_and_twice_changes_nothing(office: BareOffice) -> None:
    desk = PeopleDesk(office)
    for name in LISTS:
        counts, findings = GOLDEN[name]
        report = desk.import_sheet(FOLDER / name)
        assert {o: n for o, n in report.counts.items() if n} == counts
        assert {r.row: {p.code for p in r.problems} for r in report.rows if r.problems} == findings
        assert report.rejected_file is not None
    with office.registry.read() as tx:
        before = tx.people.all()
    for name in LISTS:
        report = desk.import_sheet(FOLDER / name)
        assert report.counts[Outcome.NEW] == report.counts[Outcome.CHANGED] == 0
        assert report.counts[Outcome.UNCHANGED] == 22
    with office.registry.read() as tx:
        assert tx.people.all() == before


def test_every_child_arrives_as_the_town_has_it(office: BareOffice) -> None:
    desk = PeopleDesk(office)
    for name in LISTS:
        desk.import_sheet(FOLDER / name)
    with office.registry.read() as tx:
        kept = {str(r.child.person.name): r for r in tx.people.all()}
        villages = {u.uid: u.short for u in tx.units.of_kind(UnitKind.VILLAGE)}
    assert len(kept) == 66
    for village in make_town():
        for family, kid in village.kids:
            record = kept[kid.name]
            person = record.child.person
            assert villages[record.child.village_uid] == village.name
            assert (person.birth, str(person.ethnicity)) == (kid.birth, family.ethnicity)
            number = person.id_number
            assert (number.text if is_value(number) else "") == kid.id_number
            assert record.child.hukou_registered is bool(kid.id_number)
            for parent, found in ((family.father, record.father), (family.mother, record.mother)):
                if parent is None:
                    assert found is Blank.NOT_APPLICABLE
                    continue
                assert is_value(found)
                assert str(found.person.name) == parent.name
                assert is_value(found.person.phones)
                assert tuple(map(str, found.person.phones)) == parent.phones
            assert is_value(record.carer)
            assert str(record.carer.person.id_number) == family.carer.id_number
            assert is_value(record.carer.person.phones)
            assert tuple(map(str, record.carer.person.phones)) == family.carer.phones
            assert is_value(record.carer.relation)


@pytest.mark.parametrize(("name", "code"), [(ASSESSMENTS, "A5"), (OPINIONS, "A8")])
def test_the_sheets_of_the_visit_fill_their_form_for_every_child(office: BareOffice, name: str, code: str) -> None:
    PeopleDesk(office).import_sheet(FOLDER / LISTS[0])
    spec = FormLibrary.load(None).get(code)
    with office.registry.read() as tx:
        records = tx.people.all()
        town = tx.units.owner()
        (village,) = tx.units.of_kind(UnitKind.VILLAGE)
    typed = read_values_sheet(FOLDER / name, [spec], records)
    profile = RegionProfile.load("longli", None)
    for record in records:
        facts = Facts(
            record=record, village=village, town=town, office=village, filler=Staff(name="罗文静", post="儿童主任"),
            reviewer=Staff(name="杨国平"),
        )  # fmt: skip
        row = typed.of(code, record.uid)
        assert row.texts, record.child.person.name
        assert row.faults == ()
        filled = fill(spec, facts, row.texts, today=TODAY, profile=profile)
        assert not blocking(filled.problems), [str(p) for p in filled.problems]
        if code == "A5":
            assert filled.values["result"] in {AssessmentResult.PASSED, AssessmentResult.CONDITIONAL}


def test_the_lists_were_drawn_up_before_today() -> None:
    assert LISTED_ON < TODAY
    assert {s.name for s in read_sheet(FOLDER / LISTS[1])} >= {"填表说明", "Sheet1"}
