"""The people around the child in one row: father, mother, carer, emergency contact.

Names and telephones stand in any cell in villages' lists: two parents in one cell, a telephone behind a
name, a grandmother's number under the father. What a cell names goes to whom it names; what belongs to
nobody in particular is said and not guessed. — for a parent means deceased (V-DASH).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from forms.law.time import age_on, print_date
from forms.lists import cell_guesses as guess
from forms.lists import cell_values
from forms.lists.headings import label
from forms.people import Carer, Contact, Parent, Person
from forms.values.blank import Blank, is_value
from forms.values.enums import Gender, IdType, PersonStatus, Relation, read
from forms.values.names_and_numbers import IdNumber, PersonName, Phone, ValueParseError
from forms.values.parse import parse_blank, parse_int

if TYPE_CHECKING:
    from datetime import date

    from forms.lists.row_cells import RowCells

NC, NA = Blank.NOT_COLLECTED, Blank.NOT_APPLICABLE
_AT_HOME = re.compile(r"在家|本村|务农|未外出|未务工|没有?外出|本地")


@dataclass(slots=True)
class _Adult:
    """What cells in different places say about one adult."""

    name: PersonName | Blank = NC
    status: PersonStatus | None = None
    phones: list[Phone] = field(default_factory=list)
    has_no_phone: bool = False
    mark: str = ""
    """Relation as written beside the name."""

    @property
    def phone_values(self) -> tuple[Phone, ...] | Blank:
        if self.phones:
            return tuple(dict.fromkeys(self.phones))
        return NA if self.has_no_phone else NC


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The people around one child."""

    father: Parent | Blank
    mother: Parent | Blank
    carer: Carer | Blank
    contact: Contact | Blank
    household_phones: tuple[Phone, ...] | Blank
    """Telephones of nobody in particular."""


def ethnicity(cells: RowCells, name: str) -> str | Blank:
    """Read 民族, with 族 added where it was left away."""
    said = cells.words(name)
    if not is_value(said):
        return said
    return said if said.endswith(("族", "人")) or len(said) > 4 else f"{said}族"


class AdultsReader:
    """Reads the adults of one row; used once."""

    def __init__(self, cells: RowCells, *, today: date, both_away: bool) -> None:
        self._cells = cells
        self._today = today
        self._both_away = both_away
        self._adults = {role: _Adult() for role in ("father", "mother", "carer")}
        self._household: list[Phone] = []

    def read(self) -> Around:
        """Return everybody."""
        for role in self._adults:
            self._read_name(role)
        self._read_parents_names()
        for role in self._adults:
            self._read_phone(role)
        for role in ("father", "mother"):
            self._adults[role].phones += cell_values.split_phones(self._cells.text(f"{role}_work_place"))[1]
        self._read_parents_phone()
        self._read_shared_phone()
        parent = self._parent_who_cares()
        father, mother = self._parent("father"), self._parent("mother")
        return Around(
            father=father, mother=mother, carer=NA if parent else self._carer(), contact=self._contact(),
            household_phones=tuple(self._household) or NC,
        )  # fmt: skip

    def _read_name(self, role: str) -> None:
        name, adult = f"{role}_name", self._adults[role]
        cell = self._cells.cell(name)
        if cell is None:
            return
        blank = parse_blank(cell.text)
        state = cell_values.read_parent_state(cell.text)
        if blank is not None or state is PersonStatus.DEAD:
            adult.name = blank or NA
            return
        if state is not None:
            self._cells.say(
                name, "name.unknown", f"只写了“{cell.text}”，没有姓名。知道姓名的请补上，写成“姓名（{cell.text}）”。"
            )
            return
        apart = guess.names_apart(cell.text)
        found = cell_values.read_people("、".join(apart) or cell.text)
        for error in found.problems:
            self._cells.say(name, error.rule, str(error))
        named = [e for e in found.entries if e.name]
        if not named:
            adult.phones += [p for e in found.entries for p in e.phones]
            return
        first = named[0]
        if len(named) > 1:
            others = "、".join(str(e.name) for e in named[1:])
            self._cells.say(
                name,
                "name.several",
                f"一格里有几个人，只登记了“{first.name}”，没有登记“{others}”。需要登记的请另行补充。",
            )
        assert first.name is not None
        adult.name, adult.status, adult.mark = first.name, first.status, first.mark
        adult.phones += [*first.phones, *(p for e in found.entries if e.name is None for p in e.phones)]
        if first.changed:
            self._cells.show_separator(name, first.name, first.changed)

    def _read_parents_names(self) -> None:
        cell = self._cells.cell("parents_names")
        if cell is None or parse_blank(cell.text) is not None:
            return
        found = cell_values.read_people(cell.text)
        named = [e for e in found.entries if e.name]
        unmarked = [e for e in named if e.mark not in {"父", "母"}]
        if found.problems or (unmarked and len(named) != 2):
            self._cells.say(
                "parents_names",
                "parents.unclear",
                f"“{cell.text}”分不清哪个是父亲、哪个是母亲，没有登记。请写成“父：姓名；母：姓名”。",
            )
            return
        for entry in found.entries:
            if (
                entry.mark in {"父", "母"}
                and entry.name is None
                and (entry.is_absent or entry.status is PersonStatus.DEAD)
            ):
                self._adults["father" if entry.mark == "父" else "mother"].name = NA
        for entry, order in zip(named, ("father", "mother"), strict=False):
            role = {"父": "father", "母": "mother"}.get(entry.mark, order)
            adult = self._adults[role]
            if not is_value(adult.name) and entry.name:
                adult.name, adult.status = entry.name, entry.status
                adult.phones += entry.phones

    def _phones(self, name: str) -> tuple[tuple[Phone, ...] | Blank, tuple[cell_values.Entry, ...]]:
        cell = self._cells.cell(name)
        if cell is None:
            return NC, ()
        try:
            return cell_values.read_phones(cell)
        except ValueParseError as error:
            self._cells.say(name, error.rule, str(error))
            return NC, ()

    def _read_phone(self, role: str) -> None:
        phones, named = self._phones(f"{role}_phone")
        adult = self._adults[role]
        if is_value(phones):
            elsewhere = self._give_to_named(named, besides=role)
            adult.phones += [p for p in phones if p not in elsewhere]
            if not is_value(adult.name) and len(named) == 1 and not elsewhere and named[0].name:
                adult.name = named[0].name
        elif phones is NA and is_value(adult.name):
            adult.has_no_phone = True

    def _give_to_named(self, named: tuple[cell_values.Entry, ...], *, besides: str = "") -> set[Phone]:
        """Give telephones to the father, mother or carer the cell names; return those given away."""
        given: set[Phone] = set()
        for entry in named:
            role = {"父": "father", "母": "mother"}.get(entry.mark, "") or next(
                (r for r, a in self._adults.items() if is_value(a.name) and a.name == entry.name), ""
            )
            if role and role != besides:
                self._adults[role].phones += entry.phones
                given.update(entry.phones)
        return given

    def _read_parents_phone(self) -> None:
        phones, named = self._phones("parents_phone")
        if not is_value(phones):
            return
        rest = [p for p in phones if p not in self._give_to_named(named)]
        living = [r for r in ("father", "mother") if is_value(self._adults[r].name)]
        if len(rest) == 2 and len(living) == 2:
            for role, phone in zip(living, rest, strict=True):
                self._adults[role].phones.append(phone)
        elif len(living) == 1:
            self._adults[living[0]].phones += rest
        elif rest:
            self._cells.say(
                "parents_phone", "phone.unclear", "看不出这个电话是父亲的还是母亲的，没有登记。请在号码前写上姓名。"
            )

    def _read_shared_phone(self) -> None:
        """A telephone of nobody in particular is that of the household: the carer's, if one is named."""
        phones, named = self._phones("contact_phone")
        if not is_value(phones):
            return
        given = self._give_to_named(named)
        rest = [p for p in phones if p not in given]
        carer = self._adults["carer"]
        if is_value(carer.name) and not carer.phones:
            carer.phones += rest
        else:
            self._household += rest

    # records

    def _parent_who_cares(self) -> str:
        """A 监护人 who is father or mother is no carer (REF-07): the cells speak of that parent."""
        relation = self._relation()
        role = {Relation.FATHER: "father", Relation.MOTHER: "mother"}.get(relation) if is_value(relation) else None
        carer = self._adults["carer"]
        if role is None or not is_value(carer.name):
            return ""
        parent = self._adults[role]
        if is_value(parent.name) and parent.name != carer.name:
            other = f"{label(role + '_name')}“{parent.name}”"
            message = f"写的是儿童的{relation}亲，姓名却与{other}不同，没有登记为受委托人。请核对。"
            self._cells.say("carer_name", "carer.is-parent", message)
            return role
        parent.name = carer.name
        parent.phones += carer.phones
        self._cells.say(
            "carer_name", "carer.is-parent", f"“{carer.name}”是儿童的{relation}亲，登记为父母，不登记为受委托人。"
        )
        return role

    def _relation(self) -> Relation | Blank:
        said = self._cells.choice("carer_relation", Relation, lambda text: guess.relation(text, self._carer_gender()))
        mark = self._adults["carer"].mark
        if not is_value(said) and mark:
            try:
                return read(Relation, mark)
            except ValueParseError:
                return said
        return said

    def _carer_gender(self) -> Gender | Blank:
        number = self._cells.attempt("carer_id_number", cell_values.read_id_number)
        if is_value(number):
            return Gender.MALE if number.is_male else Gender.FEMALE
        return self._cells.choice("carer_gender", Gender)

    def _person(self, role: str, *, gender: Gender | Blank) -> Person | Blank:
        adult = self._adults[role]
        if isinstance(adult.name, Blank):
            self._say_unowned(role)
            return adult.name
        cells = self._cells
        number = cells.attempt(f"{role}_id_number", cell_values.read_id_number)
        return Person(
            name=adult.name, gender=gender, birth=self._birth(role, number), id_number=number,
            id_type=IdType.RESIDENT if is_value(number) else NC, phones=adult.phone_values,
            status=adult.status or PersonStatus.REACHABLE, ethnicity=ethnicity(cells, f"{role}_ethnicity"),
            address=cells.words(f"{role}_address"), health=cells.words(f"{role}_health"),
            education=cells.words(f"{role}_education"), occupation=cells.words(f"{role}_occupation"),
        )  # fmt: skip

    def _birth(self, role: str, number: IdNumber | Blank) -> date | Blank:
        cells = self._cells
        birth = cells.attempt(f"{role}_birth", cell_values.read_day)
        if is_value(number) and is_value(birth) and number.birth != birth:
            cells.say(
                f"{role}_birth", "id-number.birth-mismatch",
                f"出生日期{print_date(birth)}与公民身份号码里的{print_date(number.birth)}不一致，按号码登记。请核对。",
            )  # fmt: skip
        if is_value(number):
            birth = number.birth
        age = cells.attempt(f"{role}_age", lambda cell: parse_int(re.sub(r"周岁|岁", "", cell.text)))
        if is_value(age) and is_value(birth) and abs(age - age_on(birth, self._today)) > 2:
            message = f"年龄写的是{age}岁，按出生日期应为{age_on(birth, self._today)}岁。请核对。"
            cells.say(f"{role}_age", "birth.age-mismatch", message)
        if is_value(age) and not is_value(birth):
            cells.say(f"{role}_age", "age.not-kept", f"年龄“{age}”每年会变，没有登记。请补上出生日期或公民身份号码。")
        return birth

    def _say_unowned(self, role: str) -> None:
        """Cells about somebody who is not named are not taken."""
        if self._adults[role].name is NA:
            return
        for name, column in self._cells.columns.items():
            cell = self._cells.resolved.get(column)
            if name.startswith(f"{role}_") and name != f"{role}_name" and cell and parse_blank(cell.text) is None:
                message = f"没有写{label(role + '_name')}，这一格没有登记。请补上姓名。"
                self._cells.say(name, "person.no-name", message)

    def _parent(self, role: str) -> Parent | Blank:
        cells = self._cells
        person = self._person(role, gender=Gender.MALE if role == "father" else Gender.FEMALE)
        if isinstance(person, Blank):
            return person
        status = cells.choice(f"{role}_status", PersonStatus, guess.status)
        if is_value(status):
            person = replace(person, status=status)
        if person.status is PersonStatus.DEAD:
            return Parent(person=person, away=NA, work_place=NA)
        place = cells.words(f"{role}_work_place")
        if is_value(place):
            place = cell_values.split_phones(place)[0] or NC
        if not is_value(place):
            shared = cells.words("parents_work_place")
            place = shared if is_value(shared) else place
        away = cells.bool(f"{role}_away")
        if not is_value(away):
            away = True if self._both_away else away
            if is_value(place):
                away = not _AT_HOME.search(place)
        left = cells.attempt(f"{role}_left_on", cell_values.read_day)
        return Parent(
            person=person, away=away, work_place=place, employer=cells.words(f"{role}_employer"),
            left_on=left if is_value(left) else cells.attempt("parents_left_on", cell_values.read_day),
            returns_on=cells.attempt(f"{role}_returns_on", cell_values.read_day),
            capable=cells.bool(f"{role}_capable"),
        )  # fmt: skip

    def _carer(self) -> Carer | Blank:
        relation = self._relation()
        gender = self._carer_gender()
        if not is_value(gender) and is_value(relation):
            gender = guess.gender_of(relation) or gender
        person = self._person("carer", gender=gender)
        if isinstance(person, Blank):
            return person
        return Carer(person=person, relation=relation, lives_with_child=self._cells.bool("carer_lives_with_child"))

    def _contact(self) -> Contact | Blank:
        cell = self._cells.cell("contact_name")
        if cell is None:
            return NC
        blank = parse_blank(cell.text)
        if blank is not None:
            return blank
        found = cell_values.read_people(cell.text)
        named = next((e for e in found.entries if e.name), None)
        if named is None or named.name is None:
            self._cells.say(
                "contact_name", "name.unknown", f"“{cell.text}”里没有看出姓名，没有登记。请写成“姓名 电话”。"
            )
            return NC
        phones, _ = self._phones("contact_person_phone")
        first = phones[0] if is_value(phones) else next(iter(named.phones), NC)
        relation = self._cells.words("contact_relation")
        return Contact(
            name=named.name, phone=first, relation=relation if is_value(relation) else named.mark or relation
        )
