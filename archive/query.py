"""The query language: one for the command line, a page and a program.

Words stand beside each other and must all be met; ``-`` before a word excludes; quotation marks keep a phrase
together and exact. ``村: 表: 状态: 日期: 姓名: 证件: 电话: 文号: 档号: 正文:`` (with their English names) narrow to one
field, ``2025..2026`` is a span of days with both ends included. What a bare word is – number of an identity
card, its last four positions, telephone, document number, pinyin, initials, Chinese – is told by its shape.
What cannot be understood is refused with the place where it stands, never guessed over.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from archive.normal import IDEOGRAPHS, SPLIT, fold, name_key
from forms.errors import AppError
from forms.values.enums import PaperStatus, options


class QueryError(AppError):
    """The query cannot be understood; `code` is the cause, `position` the place, counted from 0."""

    code = "query"
    exit_code = 2

    def __init__(self, code: str, sentence: str, *, position: int) -> None:
        self.position = position
        self.reason = code
        super().__init__(f"查询的第 {position + 1} 个字处：{sentence}")


class Aim(StrEnum):
    """What a clause looks at."""

    WORD = "word"
    """Names, or text of the page with its title, form and village."""

    LETTERS = "letters"
    """Pinyin or initials of a name, a code of a form, or a word of the text."""

    DIGITS = "digits"
    """Identity number or a part of it, telephone, region code, or a word of the text."""

    NUMBER = "number"
    """文号, or the text."""

    REFERENCE_CODE = "reference-code"
    """档号, or the class of one: all of it but the item number."""

    NAME = "name"
    ID_NUMBER = "id-number"
    PHONE = "phone"
    DOCUMENT_NUMBER = "document-number"
    TEXT = "text"
    FORM = "form"
    VILLAGE = "village"
    STATUS = "status"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One condition of a query."""

    aim: Aim
    text: str
    """What was typed, without field, sign and quotation marks."""

    folded: str
    """``text`` as `fold` leaves it; what is compared."""

    negated: bool = False
    exact: bool = False
    """In quotation marks: no names that are merely alike."""

    position: int = 0
    """Place of the first character in the query, from 0."""

    first: date = date.min
    last: date = date.max
    """For `Aim.DAY`: both ends included."""

    statuses: tuple[PaperStatus, ...] = ()
    """For `Aim.STATUS`: any of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Conditions that must all be met; none at all means everything."""

    text: str
    clauses: tuple[Clause, ...]


FIELDS = {
    **dict.fromkeys(("村", "村居", "village"), Aim.VILLAGE),
    **dict.fromkeys(("表", "表单", "form"), Aim.FORM),
    **dict.fromkeys(("状态", "status"), Aim.STATUS),
    **dict.fromkeys(("日期", "时间", "date"), Aim.DAY),
    **dict.fromkeys(("姓名", "人", "name"), Aim.NAME),
    **dict.fromkeys(("证件", "身份证", "id"), Aim.ID_NUMBER),
    **dict.fromkeys(("电话", "手机", "phone"), Aim.PHONE),
    **dict.fromkeys(("文号", "编号", "number"), Aim.DOCUMENT_NUMBER),
    **dict.fromkeys(("档号", "code"), Aim.REFERENCE_CODE),
    **dict.fromkeys(("正文", "全文", "text"), Aim.TEXT),
}

_FIELD_HELP = "村: 表: 状态: 日期: 姓名: 证件: 电话: 文号: 档号: 正文:"
_OPENING = '"“”„‟\uff02「『'
_CLOSING = '"“”„‟\uff02」』'
_MINUS = "-－–\u2212"
_BLANK = re.compile(r"\s")
_FIELD = re.compile(rf"([a-zA-Z]+|[{IDEOGRAPHS}]+)[:：]")
_DAY = r"\d{4}(?:[-./年]\d{1,2}(?:[-./月]\d{1,2}日?|月)?|年)?"
_RANGE = re.compile(r"(.*?)(?:\.\.+|…+|至|～|~)(.*)")
_BARE_DAY = re.compile(r"\d{4}([-./])\d{1,2}(?:\1\d{1,2})?")
_REFERENCE_CODE = re.compile(r"[a-z0-9]{1,8}-[a-z]{2,4}·\d{4}-(?:y|d\d\d)(?:-[a-z0-9]{1,8}?)?(?:-\d{4})?")
_DOCUMENT_NUMBER = re.compile(r"([^()]*)\((\d{4})\)第?0*(\d+)号?")


@lru_cache(maxsize=1024)
def parse_query(text: str) -> Query:
    """Read a query.

    Raises:
        QueryError: reasons ``query.quote``, ``.empty-value``, ``.unknown-field``, ``.day``, ``.span``,
            ``.status``, ``.nothing-to-find``, ``.id-number``, ``.phone`` or ``.reference-code``.
    """
    clauses: list[Clause] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        clause, at = _read_clause(text, at)
        clauses.append(clause)
    return Query(text=text, clauses=tuple(clauses))


def document_number_key(text: str) -> str | None:
    """Return a 文号 as it is compared, e.g. ``洗民委照(2026)3号``; None where ``text`` is none."""
    found = _DOCUMENT_NUMBER.fullmatch(fold(text))
    return f"{found[1]}({found[2]}){found[3]}号" if found else None


def _read_clause(text: str, at: int) -> tuple[Clause, int]:
    start = at
    negated = text[at] in _MINUS and at + 1 < len(text) and not text[at + 1].isspace()
    at += negated
    aim: Aim | None = None
    named = _FIELD.match(text, at)
    if named:
        aim = FIELDS.get(named[1].lower())
        if aim is None:
            raise QueryError(
                "query.unknown-field",
                f"没有“{named[1]}”这个查询项。可以用的有：{_FIELD_HELP}。要找的内容里本来就有冒号时，请加上引号。",
                position=at,
            )
        at = named.end()
    value, quoted, end = _read_value(text, at)
    if not value.strip():
        if quoted or aim is None:
            raise QueryError("query.empty-value", "引号里没有内容。请写上要找的字，或去掉引号。", position=at)
        raise QueryError(
            "query.empty-value", f"“{text[start:at]}”后面没有内容。请紧接着写，中间不留空格。", position=at
        )
    return _clause(aim, value, quoted=quoted, negated=negated, position=at), end


def _read_value(text: str, at: int) -> tuple[str, bool, int]:
    """Return the value from ``at``, whether it was quoted, and the position after it."""
    if at < len(text) and text[at] in _OPENING:
        for end in range(at + 1, len(text)):
            if text[end] in _CLOSING:
                return text[at + 1 : end], True, end + 1
        raise QueryError("query.quote", "这个引号没有配对的另一半。请补上，或去掉它。", position=at)
    blank = _BLANK.search(text, at)
    stop = blank.start() if blank else len(text)
    return text[at:stop], False, stop


def _clause(aim: Aim | None, value: str, *, quoted: bool, negated: bool, position: int) -> Clause:
    first, last = date.min, date.max
    statuses: tuple[PaperStatus, ...] = ()
    if aim is None and not quoted:
        aim = _shape(value)
    match aim:
        case Aim.DAY:
            first, last = _span(value, position)
        case Aim.STATUS:
            statuses = _statuses(value, position)
        case Aim.ID_NUMBER:
            _check_id_part(value, position)
        case Aim.PHONE:
            _check_phone(value, position)
        case Aim.REFERENCE_CODE:
            if not _REFERENCE_CODE.fullmatch(_reference_code(value)):
                raise QueryError(
                    "query.reference-code",
                    f"“{value}”不是档号。可以写整个档号，如 0194-WS·2026-D30-SSB-0001，或不写最后的件号。",
                    position=position,
                )
        case _:
            if not SPLIT.search(fold(value)):
                raise QueryError(
                    "query.nothing-to-find", f"“{value}”里没有可以查找的字、字母或数字。请换一个词。", position=position
                )
    if aim is Aim.REFERENCE_CODE:
        folded = _reference_code(value)
    else:
        folded = name_key(value) if aim is Aim.NAME else fold(value).strip()
    return Clause(
        aim=aim or Aim.WORD,
        text=value,
        folded=folded,
        negated=negated,
        exact=quoted,
        position=position,
        first=first,
        last=last,
        statuses=statuses,
    )


def _shape(value: str) -> Aim:
    """Tell by its shape what a bare word is."""
    folded = fold(value)
    if value in options(PaperStatus):
        return Aim.STATUS
    if _BARE_DAY.fullmatch(folded) or (".." in folded and re.fullmatch(r"[\d.\-/年月日]*", folded)):
        return Aim.DAY
    if document_number_key(value):
        return Aim.NUMBER
    if _REFERENCE_CODE.fullmatch(_reference_code(value)):
        return Aim.REFERENCE_CODE
    if re.fullmatch(r"\d+x?|0\d{2,3}-\d{7,8}", folded):
        return Aim.DIGITS
    if re.fullmatch(r"[a-zü']+|[a-z]\d{1,2}", folded):
        return Aim.LETTERS
    return Aim.WORD


def _reference_code(value: str) -> str:
    """Return a 档号 as it is compared; a full stop is often typed for its middle dot."""
    return fold(value).strip().replace(".", "·").replace("。", "·")


def _statuses(value: str, position: int) -> tuple[PaperStatus, ...]:
    same = tuple(s for s in PaperStatus if s.value == value)
    found = same or tuple(s for s in PaperStatus if value in s.value)
    if not found:
        raise QueryError(
            "query.status", f"没有“{value}”这种状态。可以填：{'、'.join(options(PaperStatus))}。", position=position
        )
    return found


def _check_id_part(value: str, position: int) -> None:
    if not re.fullmatch(r"\d{6}|\d{8}|\d{14}|\d{15}|\d{17}[\dx]|\d{3}[\dx]", fold(value)):
        raise QueryError(
            "query.id-number",
            f"“{value}”不能按证件号码查找。可以写全部18位、前6位、前14位、出生日期8位或后4位。",
            position=position,
        )


def _check_phone(value: str, position: int) -> None:
    if not re.fullmatch(r"\d{4}|\d{7,12}", re.sub(r"[-+ ]", "", fold(value))):
        raise QueryError("query.phone", f"“{value}”不能按电话查找。可以写完整的号码或后4位。", position=position)


def _span(value: str, position: int) -> tuple[date, date]:
    """Return first and last day of a day, month, year or span, both included."""
    folded = fold(value)
    ends = _RANGE.fullmatch(folded)
    if ends is None:
        return _first_day(folded, position), _last_day(folded, position)
    if not (ends[1] or ends[2]):
        raise QueryError("query.day", "“..”两边至少要写一个日期，例如 2025..2026。", position=position)
    first = _first_day(ends[1], position) if ends[1] else date.min
    last = _last_day(ends[2], position) if ends[2] else date.max
    if first > last:
        raise QueryError("query.span", f"“{value}”的开始晚于结束。请把两个日期对调。", position=position)
    return first, last


def _day_parts(text: str, position: int) -> list[int]:
    if not re.fullmatch(_DAY, text):
        raise QueryError(
            "query.day", f"“{text}”不是日期。可以写 2026、2026-03、2026-03-01，或 2025..2026。", position=position
        )
    return [int(part) for part in re.findall(r"\d+", text)]


def _first_day(text: str, position: int) -> date:
    year, month, day = (*_day_parts(text, position), 1, 1)[:3]
    return _existing(year, month, day, text, position)


def _last_day(text: str, position: int) -> date:
    parts = _day_parts(text, position)
    year, month = (*parts, 12)[:2]
    if len(parts) == 3:
        return _existing(year, month, parts[2], text, position)
    start = _existing(year, month, 1, text, position)
    return start.replace(day=calendar.monthrange(year, month)[1])


def _existing(year: int, month: int, day: int, text: str, position: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise QueryError("query.day", f"日历上没有“{text}”这一天。请核对日期。", position=position) from None
