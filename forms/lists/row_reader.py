"""One row of a village's list -> one child with the people around it, and what was wrong in which cell.

A wrong name, number or day of the child keeps the row out; anything else that cannot be read is left
out of the record and said, so that one wrong telephone does not cost a child its papers. A birth date
or sex that contradicts the number keeps the row out until somebody writes down why (V-ID-MATCH).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from forms.law.sources import cite
from forms.law.time import age_on, print_date, protected_age_on
from forms.lists import cell_guesses as guess
from forms.lists import cell_values
from forms.lists.row_adults import AdultsReader, ethnicity
from forms.people import Child, ChildRecord, Person
from forms.values.blank import Blank, is_value
from forms.values.enums import (
    AwayPattern,
    Boarding,
    CareActual,
    CareQuality,
    Gender,
    Health,
    HukouKind,
    IdType,
    IncomeSource,
    Relief,
    Schooling,
)
from forms.values.names_and_numbers import IdNumber, PersonName, ValueParseError, half_width
from forms.values.parse import parse_blank, parse_int, split_list

if TYPE_CHECKING:
    from datetime import date

    from forms.lists.row_cells import Remark, RowCells
    from forms.problems import Problem

NC, NA = Blank.NOT_COLLECTED, Blank.NOT_APPLICABLE

ROSTER_AGE = 16
"""不满十六周岁: who has reached it is no left-behind child (REF-12)."""
OVERRIDE = "请另一人对照户口簿核实后，在“处理意见”一栏写明原因和核实人，再导入一次。"
_NO_HUKOU = re.compile(
    r"(未|没有?|无|尚未|暂未|待)(上|登记|办理?|落|入)?(户口?|户籍|身份证|证)|黑户|未上|未办|未登记|正在办理"
)
_GROUP = re.compile(r"第?[一二三四五六七八九十0-9]{1,3}(村民)?小?组$")
_AT_SCHOOL = frozenset({"是", "在校", "在读", "就读", "已入学", "正常", "√"})
"""Under 就学情况 these do not say at which stage."""
_BIRTH_CERTIFICATE = re.compile(r"[A-Z]\d{9}")
_BRACKETED = re.compile(r"[(（【]([^)）】]*)[)）】]")
_ALIAS = re.compile(r"(小名|曾用名|又名|乳名)[:：]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What one row says."""

    row: int
    record: ChildRecord | None
    """``None`` when not even a name could be read; `village_uid` is empty."""
    village: str = ""
    """The village the row names; empty when it names none."""
    decision: str = ""
    """处理意见 as written by the clerk."""
    remarks: tuple[Remark, ...] = ()

    @property
    def is_taken(self) -> bool:
        """Nothing in the row itself keeps it out."""
        return self.record is not None and not any(r.problem.blocking for r in self.remarks)


def read_row(cells: RowCells, *, today: date) -> Draft:
    """Return what a row says; ``today`` decides on ages."""
    return _RowReader(cells, today=today).read()


class _RowReader:
    def __init__(self, cells: RowCells, *, today: date) -> None:
        self._cells = cells
        self._today = today
        self._extra: list[str] = []
        """What belongs into the remarks, from other cells."""

    def read(self) -> Draft:
        decision = self._cells.text("decision")
        name, aliases = self._child_name()
        record = self._record(name, aliases) if name else None
        remarks = self._cells.remarks
        if record and decision:
            remarks = [replace(r, problem=_overridden(r.problem)) if r.problem.override else r for r in remarks]
        return Draft(
            row=self._cells.row.number, record=record, village=self._place()[0], decision=decision,
            remarks=tuple(remarks),
        )  # fmt: skip

    def _place(self) -> tuple[str, str]:
        """Return village and 村民小组; one cell may hold both (平山村三组), or the group alone."""
        text = self._cells.text("village")
        group = _GROUP.search(half_width(text))
        if not group:
            return text, ""
        return text[: group.start()].strip(" 、/-"), group[0]

    def _child_name(self) -> tuple[PersonName | None, tuple[str, ...]]:
        cells = self._cells
        cell = cells.cell("child_name")
        if cell is None or parse_blank(cell.text) is not None:
            if not cells.has_blocking("child_name"):
                cells.say("child_name", "name.empty", "姓名是空的。请填写户口簿上的姓名；不是儿童的行请删去。")
            return None, ()
        if cells.is_ditto("child_name"):
            cells.say("child_name", "cell.ditto", "姓名不能写“同上”。请填写户口簿上的姓名。")
            return None, ()
        if cell.origin and not cell.origin.endswith(str(cells.row.number)):
            cells.say(
                "child_name", "row.continued",
                f"姓名格与 {cell.origin} 合并，分不清这一行是同一个儿童还是另一个儿童。请取消合并，一个儿童只写一行。",
            )  # fmt: skip
            return None, ()
        remarks = [r.strip() for r in _BRACKETED.findall(cell.text) if r.strip()]
        bare = _BRACKETED.sub("", cell.text)
        aliases = [_ALIAS.sub("", r, count=1) for r in remarks if _ALIAS.match(r)]
        self._extra += [r for r in remarks if not _ALIAS.match(r)]
        apart = guess.names_apart(bare)
        if apart:
            cells.say(
                "child_name", "name.several",
                f"一格里像是有几个人：{'、'.join(apart)}。一个儿童只写一行；是一个人的姓名的，请去掉中间的空格。",
            )  # fmt: skip
            return None, ()
        try:
            name = PersonName.parse(bare)
        except ValueParseError as error:
            cells.say("child_name", error.rule, str(error))
            return None, ()
        cells.show_separator("child_name", name, bare)
        column = cells.text("child_alias")
        aliases += split_list(column) if parse_blank(column) is None else ()
        return name, tuple(dict.fromkeys(a for a in aliases if a and a != name.text))

    def _identity(self) -> tuple[IdNumber | Blank, IdType | Blank, bool | Blank]:
        """Return number, kind of document and whether the household is registered."""
        said = self._cells.text("hukou_registered")
        registered: bool | Blank = NC
        if said:
            if _NO_HUKOU.search(said):
                registered = False
            elif re.search(r"已(上|登记|落|入)", said):
                registered = True
            else:
                registered = self._cells.bool("hukou_registered")
        cell = self._cells.cell("child_id_number")
        text = re.sub(r"\s", "", half_width(cell.text)).upper() if cell else ""
        if not cell and not said and _NO_HUKOU.search(self._cells.text("remark")):
            registered = False
        if cell and (_NO_HUKOU.search(text) or parse_blank(text) is NA):
            return NA, IdType.NONE, registered if is_value(registered) else False
        if _BIRTH_CERTIFICATE.fullmatch(text):
            self._extra.append(f"出生医学证明 {text}")
            return NA, IdType.BIRTH_CERTIFICATE, registered if is_value(registered) else False
        number = self._cells.attempt("child_id_number", cell_values.read_id_number)
        if not is_value(number):
            kind = self._cells.choice("child_id_type", IdType)
            if cell is None and registered is not False:
                self._cells.say(
                    "child_id_number",
                    "id-number.missing",
                    "没有填写公民身份号码，请尽快补上；没有户口的请写“未上户”。",
                    blocking=False,
                )
            return (
                (NA, kind if is_value(kind) else IdType.NONE, False) if registered is False else (NC, kind, registered)
            )
        if registered is False:
            self._cells.say(
                "hukou_registered", "hukou.contradiction",
                "写的是没有登记户口，却填了公民身份号码，两处矛盾。请核对后改正其中一处。", blocking=True,
            )  # fmt: skip
        hmt = number.text.startswith(("81", "82", "83"))
        return number, IdType.HMT_RESIDENCE if hmt else IdType.RESIDENT, True

    def _birth(self, number: IdNumber | Blank) -> date | Blank:
        birth = self._cells.attempt("child_birth", cell_values.read_day)
        said = any(
            r.problem.where.field in {"child_birth", "child_id_number"} and r.problem.blocking
            for r in self._cells.remarks
        )
        if not is_value(birth):
            if is_value(number):
                return number.birth
            if not said:
                self._cells.say(
                    "child_birth",
                    "birth.missing",
                    "既没有出生日期，也没有公民身份号码，无法核对年龄和是否同一人。请补上出生日期。",
                )
            return NC
        if is_value(number) and number.birth != birth:
            self._cells.say(
                "child_birth", "id-number.birth-mismatch",
                f"写的是{print_date(birth)}，公民身份号码里是{print_date(number.birth)}，两处不一致。请对照户口簿更正。",
                override=f"户口簿确实如此的，{OVERRIDE}", sources=(cite("gb11643"),),
            )  # fmt: skip
        return birth

    def _check_age(self, birth: date | Blank) -> None:
        if not is_value(birth):
            return
        if birth > self._today:
            message = f"{print_date(birth)}晚于今天{print_date(self._today)}。请对照户口簿更正。"
            self._cells.say("child_birth", "birth.future", message)
            return
        if protected_age_on(birth, self._today) >= ROSTER_AGE:
            self._cells.say(
                "child_birth", "REF-12",
                f"{print_date(birth)}出生，已满{ROSTER_AGE}周岁，不再列入留守儿童名单。请从名单中删去，已在册的另办退出。",
                blocking=True, sources=(cite("office", "留守儿童指不满十六周岁的未成年人（各地实施方案）"),),
            )  # fmt: skip
        age = self._cells.attempt("child_age", lambda cell: parse_int(re.sub(r"周岁|岁半?|虚岁", "", cell.text)))
        if is_value(age) and abs(age - age_on(birth, self._today)) > 2:
            message = f"年龄写的是{age}岁，按出生日期应为{age_on(birth, self._today)}岁。请核对。"
            self._cells.say("child_age", "birth.age-mismatch", message, blocking=False)

    def _gender(self, number: IdNumber | Blank) -> Gender | Blank:
        gender = self._cells.choice(
            "child_gender", Gender, lambda t: {"M": Gender.MALE, "F": Gender.FEMALE}.get(t.upper())
        )
        if not is_value(number):
            return gender
        by_number = Gender.MALE if number.is_male else Gender.FEMALE
        if is_value(gender) and gender is not by_number:
            self._cells.say(
                "child_gender", "id-number.gender-mismatch",
                f"“{gender}”与公民身份号码（倒数第二位为{number.text[16]}，应为“{by_number}”）不一致。请对照户口簿更正。",
                blocking=True, override=f"户口簿确实如此的，{OVERRIDE}", sources=(cite("gb11643"),),
            )  # fmt: skip
        return gender if is_value(gender) else by_number

    def _record(self, name: PersonName, aliases: tuple[str, ...]) -> ChildRecord:
        cells = self._cells
        number, id_type, registered = self._identity()
        birth = self._birth(number)
        self._check_age(birth)
        gender = self._gender(number)
        health, disability, illness = self._health()
        school, grade, school_class, schooling = self._school()
        group = cells.words("group")
        group = group if is_value(group) else self._place()[1] or group
        pattern = cells.choice("away_pattern", AwayPattern, guess.away_pattern)
        around = AdultsReader(cells, today=self._today, both_away=pattern is AwayPattern.BOTH_AWAY).read()
        person = Person(
            name=name, aliases=aliases, gender=gender, ethnicity=ethnicity(cells, "child_ethnicity"), birth=birth,
            id_type=id_type, id_number=number, phones=around.household_phones, address=cells.words("residence"),
        )  # fmt: skip
        child = Child(
            person=person, village_uid="", group=group, hukou_registered=registered,
            hukou_kind=cells.choice("hukou_kind", HukouKind), hukou_address=cells.words("hukou_address"),
            health_primary=health, disability=disability, illness=illness, schooling=schooling, school=school,
            grade=grade, school_class=school_class, student_number=cells.words("student_number"),
            boarding=cells.choice("boarding", Boarding, guess.boarding), away_pattern=pattern,
            care_actual=cells.choice("care_actual", CareActual, guess.care_actual),
            care_quality=cells.choice("care_quality", CareQuality),
            income_sources=cells.choices("income_sources", IncomeSource), relief=cells.choices("relief", Relief),
            entered_on=cells.attempt("entered_on", cell_values.read_day), remark=self._remark(),
        )  # fmt: skip
        return ChildRecord(
            child=child,
            father=around.father,
            mother=around.mother,
            carer=around.carer,
            emergency_contact=around.contact,
        )

    def _remark(self) -> str | Blank:
        said = self._cells.words("remark")
        parts = [*([said] if is_value(said) else []), *self._extra]
        return "；".join(dict.fromkeys(parts)) if parts else said

    def _health(self) -> tuple[Health | Blank, str | Blank, str | Blank]:
        primary = self._cells.choice("health_primary", Health, guess.health)
        detail = self._cells.words("health_detail")
        if not is_value(detail):
            written = self._cells.text("health_primary")
            plain = written in {m.value for m in Health} or not is_value(primary) or primary is Health.HEALTHY
            detail = detail if plain else written
        disabled = is_value(detail) and bool(re.search(r"残|级|视力|听力|言语|肢体|智力|精神", detail))
        if is_value(detail) and not is_value(primary):
            primary = Health.DISABLED if disabled else Health.ILL
        return primary, detail if disabled else NC, NC if disabled else detail

    def _school(self) -> tuple[str | Blank, str | Blank, str | Blank, Schooling | Blank]:
        said = self._cells.words("school")
        found = cell_values.read_school(said) if is_value(said) else cell_values.SchoolText()
        grade, class_ = self._cells.words("grade"), self._cells.words("school_class")
        if is_value(grade):
            own = cell_values.read_school(grade)
            if own.grade and not own.school and own.school_class and not is_value(class_):
                grade, class_ = own.grade, own.school_class
        school: str | Blank = (found.school or NC) if is_value(said) else said
        grade = grade if is_value(grade) else found.grade or grade
        class_ = class_ if is_value(class_) else found.school_class or class_
        texts = [t for t in (grade, said) if is_value(t)]
        said_stage = self._cells.text("schooling")
        stage: Schooling | Blank = (
            NC
            if said_stage in _AT_SCHOOL
            else self._cells.choice(
                "schooling", Schooling, lambda t: guess.schooling(t) or cell_values.read_schooling(t, *texts)
            )
        )
        if not is_value(stage):
            stage = cell_values.read_schooling(*texts) or stage
        return school, grade, class_, stage


def _overridden(problem: Problem) -> Problem:
    return replace(problem, blocking=False, override="", message=problem.message.removesuffix(problem.override))
