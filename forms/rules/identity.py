"""Numbers, names and who is who: REF-14, V-ID-MATCH, X-04, WRN-14, WRN-15.

Sources: GB 11643—1999; forms.md §3 and §7.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from forms.law.time import age_on, print_date
from forms.rules.base import Finding
from forms.spec import FieldType
from forms.values.blank import Blank
from forms.values.enums import Gender, IdType
from forms.values.names_and_numbers import IdNumber

if TYPE_CHECKING:
    from collections.abc import Iterator

    from forms.cases.case import Case
    from forms.cases.facts import Cell, Row, Value

PEOPLE = (("child", "儿童"), ("carer", "被委托人"))
_OLDEST = 120


def id_numbers(case: Case) -> list[tuple[str, int, IdNumber]]:
    """Return every ID number on the paper: field, row (0 outside tables), number."""
    found: list[tuple[str, int, IdNumber]] = []
    for field in case.spec.fields:
        value = case.value(field.name)
        if isinstance(value, IdNumber):
            found.append((field.name, 0, value))
        columns = [c.name for c in field.columns if c.type is FieldType.ID_NUMBER]
        for number, row in enumerate(case.rows(field.name), start=1):
            found += [(field.name, number, v) for c in columns if isinstance(v := row.get(c), IdNumber)]
    return found


def ref_14(case: Case) -> Iterator[Finding]:
    """Refuse an ID number that fails its form, its check digit or the calendar; warn of an unlikely age."""
    for name, error in case.unread.items():
        if error.rule.startswith("id-number."):
            yield Finding(message=str(error), field=name)
    seen: dict[IdNumber, str] = {}
    for name, row, number in id_numbers(case):
        if number.birth > case.today:
            message = f"“{number}”里的出生日期{print_date(number.birth)}还没有到。请对照户口簿更正。"
            yield Finding(message=message, field=name, row=row)
        elif age_on(number.birth, case.today) > _OLDEST:
            message = f"“{number}”里的出生日期是{print_date(number.birth)}，年龄超过{_OLDEST}岁。请核对有没有抄错。"
            yield Finding(message=message, field=name, row=row, blocking=False)
        if not row and number in seen and seen[number] != name:
            other = case.spec.field(seen[number]).title
            message = (
                f"“{case.spec.field(name).title}”和“{other}”是同一个号码。两个人的号码不会相同，请对照户口簿更正。"
            )
            yield Finding(message=message, field=name)
        if not row:
            seen.setdefault(number, name)


def id_match(case: Case) -> Iterator[Finding]:
    """Refuse a birth date or sex that differs from the ID number; a second person may decide otherwise."""
    override = "另一名工作人员核对户口簿原件后，写明理由可以放行（户口登记有误的情况）。"
    for prefix, title in PEOPLE:
        number = case.value(f"{prefix}_id_number")
        if not isinstance(number, IdNumber):
            continue
        birth = case.value(f"{prefix}_birth")
        if isinstance(birth, date) and birth != number.birth:
            message = (
                f"{title}的出生日期是{print_date(birth)}，身份号码里是{print_date(number.birth)}，两处不一致。"
                "请对照户口簿更正其中一处。"
            )
            yield Finding(message=message, field=f"{prefix}_birth", override=override)
        gender = case.value(f"{prefix}_gender")
        expected = Gender.MALE if number.is_male else Gender.FEMALE
        if isinstance(gender, Gender) and gender is not expected:
            message = (
                f"{title}的性别是“{gender}”，身份号码第17位表示“{expected}”，两处不一致。请对照户口簿更正其中一处。"
            )
            yield Finding(message=message, field=f"{prefix}_gender", override=override)


def x_04(case: Case) -> Iterator[Finding]:
    """Refuse a resident's ID number for a child without hukou."""
    pairs: list[tuple[str, int, Value | Cell, Value | Cell, Value | Cell]] = [
        (
            "child_id_number",
            0,
            case.value("hukou_registered"),
            case.value("child_id_number"),
            case.value("child_id_type"),
        )
    ]
    pairs += [
        ("rows", n, r.get("hukou_registered", Blank.NOT_COLLECTED), r.get("child_id_number", Blank.NOT_COLLECTED), "")
        for n, r in enumerate(case.rows("rows"), start=1)
    ]
    for field, row, registered, number, kind in pairs:
        if registered is False and isinstance(number, IdNumber) and kind is not IdType.HMT_RESIDENCE:
            message = (
                "“是否登记户口”是“否”，却有公民身份号码，两处矛盾。"
                "已经上户的改为“是”；没有上户的，号码留空，列入无户籍儿童名册。"
            )
            yield Finding(message=message, field=field, row=row)


def missing_glyphs(case: Case) -> Iterator[Finding]:
    """Warn of characters the print font lacks: found before printing, never replaced by a box."""
    for field in case.spec.fields:
        if field.system:
            continue
        absent = [c for c in dict.fromkeys(_text(case.value(field.name))) if c in case.missing_glyphs]
        if absent:
            shown = "、".join(f"“{c}”（U+{ord(c):04X}）" for c in absent)
            message = f"打印字体里没有{shown}。请安装含有这个字的字体后再打印，不要用别的字代替。"
            yield Finding(message=message, field=field.name)


def _text(value: Value | Cell | Row) -> str:
    if isinstance(value, Blank):
        return ""
    if isinstance(value, tuple):
        return "".join(_text(v) for v in value)
    if isinstance(value, Mapping):
        return "".join(_text(v) for v in value.values())
    return str(value)


def same_clerk(case: Case) -> Iterator[Finding]:
    """Warn when filler and reviewer, head and filler, or both assessors are one person."""
    for one, other, titles in (
        ("filler", "reviewer", "填表人和复核人"),
        ("filler", "head", "填表人和单位负责人"),
        ("filler", "second_assessor", "两名评估人"),
    ):
        name = case.text(one)
        if name and name == case.text(other):
            yield Finding(message=f"{titles}都是{name}。请由另一个人担任其中一项。", field=other)
