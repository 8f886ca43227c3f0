"""Between a record's fields and a row's columns: gaps, enumerations, and the words for a change.

A value that is 未采集 is NULL; 不适用 is NULL too and its column is named in the row's `gaps`.
Columns have the names of the fields, so one table of readers serves all of them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from forms.people import Carer, Child, ChildRecord, Contact, Parent, Person
from forms.values import enums
from forms.values.blank import Blank
from forms.values.names_and_numbers import IdNumber, PersonName, Phone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Reader = Callable[[Any], Any]
Row = dict[str, Any]


def _several(kind: Callable[[str], Any]) -> Reader:
    return lambda texts: tuple(kind(text) for text in texts)


def _same(value: Any) -> Any:
    return value


PERSON: dict[str, Reader] = {
    "gender": enums.Gender,
    "ethnicity": _same,
    "birth": _same,
    "id_type": enums.IdType,
    "id_number": IdNumber,
    "phones": _several(Phone),
    "address": _same,
    "health": _same,
    "education": _same,
    "occupation": _same,
}
CHILD: dict[str, Reader] = {
    "group": _same,
    "hukou_registered": _same,
    "hukou_kind": enums.HukouKind,
    "hukou_address": _same,
    "health_primary": enums.Health,
    "disability": _same,
    "illness": _same,
    "schooling": enums.Schooling,
    "school": _same,
    "grade": _same,
    "school_class": _same,
    "student_number": _same,
    "boarding": enums.Boarding,
    "away_pattern": enums.AwayPattern,
    "care_actual": enums.CareActual,
    "care_quality": enums.CareQuality,
    "income_sources": _several(enums.IncomeSource),
    "relief": _several(enums.Relief),
    "entered_on": _same,
    "left_on": _same,
    "exit_reason": _same,
    "remark": _same,
}
PARENT: dict[str, Reader] = {
    "away": _same,
    "work_place": _same,
    "employer": _same,
    "left_on": _same,
    "returns_on": _same,
    "capable": _same,
    "incapable_reason": enums.IncapableReason,
    "custody": enums.Custody,
}
CARER: dict[str, Reader] = {"relation": enums.Relation, "lives_with_child": _same}
CONTACT: dict[str, Reader] = {"relation": _same, "phone": Phone}

TITLES = {
    "name": "姓名",
    "aliases": "曾用名/小名",
    "gender": "性别",
    "ethnicity": "民族",
    "birth": "出生日期",
    "id_type": "证件类型",
    "id_number": "公民身份号码",
    "phones": "联系电话",
    "address": "现居住地",
    "status": "状态",
    "health": "健康状况",
    "education": "文化程度",
    "occupation": "职业",
    "village": "所在村（居）",
    "group": "村民小组",
    "hukou_registered": "是否登记户口",
    "hukou_kind": "户口性质",
    "hukou_address": "户籍所在地",
    "health_primary": "身体情况",
    "disability": "残疾类别及等级",
    "illness": "患病类型",
    "schooling": "就学情况",
    "school": "学校",
    "grade": "年级",
    "school_class": "班级",
    "student_number": "学籍号",
    "boarding": "是否寄宿",
    "away_pattern": "留守原因",
    "care_actual": "实际照护",
    "care_quality": "监护情况评估",
    "income_sources": "家庭经济来源",
    "relief": "救助帮扶情况",
    "entered_on": "在册起始日期",
    "left_on": "退出日期",
    "exit_reason": "退出原因",
    "remark": "备注",
    "away": "是否外出务工",
    "work_place": "务工地点",
    "employer": "用工单位",
    "returns_on": "预计返回",
    "capable": "有无监护能力",
    "incapable_reason": "无监护能力原因",
    "custody": "婚姻/抚养关系",
    "relation": "与儿童关系",
    "lives_with_child": "是否与儿童共同居住",
    "phone": "联系电话",
}
ROLES = {"child": "", "father": "父亲", "mother": "母亲", "carer": "被委托人", "contact": "应急联系人"}


def to_row(item: object, readers: Mapping[str, Reader]) -> Row:
    """Return the columns of one record, `gaps` included."""
    row: Row = {"gaps": []}
    for name in readers:
        value = getattr(item, name)
        row[name] = None if isinstance(value, Blank) else _plain(value)
        if value is Blank.NOT_APPLICABLE:
            row["gaps"].append(name)
    return row


def from_row(row: Mapping[str, Any], readers: Mapping[str, Reader]) -> dict[str, Any]:
    """Return constructor arguments read from columns."""
    return {
        name: (Blank.NOT_APPLICABLE if name in row["gaps"] else Blank.NOT_COLLECTED)
        if row[name] is None
        else read(row[name])
        for name, read in readers.items()
    }


def merge(old: Row, new: Row, readers: Iterable[str]) -> Row:
    """Return a row in which what is newly said replaces what was known; 未采集 says nothing."""
    merged: Row = {"gaps": []}
    for name in readers:
        silent = new[name] is None and name not in new["gaps"]
        source = old if silent else new
        merged[name] = source[name]
        if name in source["gaps"]:
            merged["gaps"].append(name)
    return merged


def jsonable(row: Mapping[str, Any]) -> Row:
    """Return a row as history keeps it: days as ISO text."""
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()}


def unjsonable(state: Mapping[str, Any]) -> Row:
    """Undo `jsonable` for the columns that are days."""
    days = {"birth", "entered_on", "left_on", "returns_on"}
    return {k: date.fromisoformat(v) if k in days and v is not None else v for k, v in state.items()}


def person_row(person: Person) -> Row:
    """Return the columns of a person that a record may set."""
    return to_row(person, PERSON) | {
        "name": person.name.text,
        "aliases": list(person.aliases),
        "status": person.status.value,
    }


def person_from(row: Mapping[str, Any], flags: Iterable[enums.Flag] = ()) -> Person:
    """Return the person of a row."""
    return Person(
        uid=row["uid"],
        name=PersonName(row["name"]),
        aliases=tuple(row["aliases"]),
        status=enums.PersonStatus(row["status"]),
        flags=tuple(flags),
        **from_row(row, PERSON),
    )


def contact_from(row: Mapping[str, Any]) -> Contact:
    """Return the contact of a row."""
    return Contact(name=PersonName(row["name"]), **from_row(row, CONTACT))


def printed(value: object) -> str:
    """Return a value as a clerk reads it in a list of changes."""
    if isinstance(value, Blank):
        return "—" if value is Blank.NOT_APPLICABLE else ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, tuple):
        return "、".join(printed(item) for item in value)
    return str(value)


def flat(record: ChildRecord | None, village: str) -> dict[str, str]:
    """Return every field of a record in print, keyed ``role.field``; for comparing two states."""
    if record is None:
        return {}
    out = {"child.village": village}
    parts: tuple[tuple[str, object], ...] = (
        ("child", record.child),
        ("father", record.father),
        ("mother", record.mother),
        ("carer", record.carer),
        ("contact", record.emergency_contact),
    )
    for role, part in parts:
        if isinstance(part, Blank):
            out[f"{role}.name"] = printed(part)
            continue
        assert isinstance(part, Child | Parent | Carer | Contact)
        person = {} if isinstance(part, Contact) else _fields(part.person)
        out.update({f"{role}.{k}": v for k, v in (person | _fields(part)).items()})
    return out


def _fields(item: Person | Child | Parent | Carer | Contact) -> dict[str, str]:
    skipped = {"uid", "person", "village_uid", "flags"}
    return {f.name: printed(getattr(item, f.name)) for f in dataclasses.fields(item) if f.name not in skipped}


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, IdNumber | Phone | PersonName):
        return value.text
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
