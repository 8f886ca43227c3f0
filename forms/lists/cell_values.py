"""What one cell of a village's list says: names with telephones, ID numbers, days, schools.

Everything is read exactly or refused with a reason (`ValueParseError`). A number that a spreadsheet
has shortened to 15 digits is refused even when a guess would fit: about one guess in eleven passes
the check character of GB 11643—1999 and is somebody else's number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from forms.values.blank import Blank
from forms.values.enums import PersonStatus, Relation, Schooling, read
from forms.values.names_and_numbers import (
    MIDDLE_DOT,
    IdNumber,
    PersonName,
    Phone,
    ValueParseError,
    half_width,
    id_check_character,
)
from forms.values.parse import parse_blank, parse_date

if TYPE_CHECKING:
    from forms.lists.sheet import Cell

FIX_AS_TEXT = "请先把这一列的单元格格式设为“文本”，再对照户口簿重新录入18位号码。"

_NUMBER_IN_TEXT = re.compile(
    r"(?<![0-9])(?:(?:\+|00)?86[- ]?)?(1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4})(?![0-9])"
    r"|(?<![0-9])(\(?0[0-9]{2,3}\)?[- ]?[0-9]{7,8})(?![0-9])"
)
_PHONE_WORDS = re.compile(r"(联系|家庭)?(电话|手机|座机|微信同号|微信|号码)(号码|号)?[:：]?|(?i:tel)[:：]?")
_STATUS_WORDS = {
    PersonStatus.DEAD: ("去世", "已故", "死亡", "病故", "亡故", "过世", "不在世", "车祸身亡", "殁", "亡"),
    PersonStatus.LOST: ("失联", "失去联系", "联系不上", "失踪", "离家出走", "出走", "下落不明", "无音讯"),
    PersonStatus.DETAINED: ("服刑", "坐牢", "监狱", "强制戒毒", "强戒", "羁押", "看守所"),
    PersonStatus.UNKNOWN: ("不详", "不知道", "不清楚", "未知"),
}
_RELATION_MARKS = {
    "父": "父",
    "母": "母",
    "父亲": "父",
    "母亲": "母",
    "爸": "父",
    "妈": "母",
    "爸爸": "父",
    "妈妈": "母",
}
_GRADES = {
    Schooling.KINDERGARTEN: re.compile(r"托班|小班|中班|大班|学前班|幼儿园|幼儿"),
    Schooling.PRIMARY: re.compile(r"小学|[一二三四五六1-6]年级"),
    Schooling.JUNIOR: re.compile(r"初中|初[一二三123]|[七八九789]年级"),
    Schooling.SENIOR: re.compile(r"高中|高[一二三123]"),
    Schooling.VOCATIONAL: re.compile(r"中职|职高|技校|中专|职校|职业"),
}
_GRADE = re.compile(r"([初高]中)?[一二三四五六七八九1-9]年级|[初高][一二三123]|托班|小班|中班|大班|学前班")
_CLASS = re.compile(r"[(（]?([0-9一二三四五六七八九十]{1,3})[)）]?班")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One person named in a cell, with what stands beside the name."""

    name: PersonName | None
    status: PersonStatus | None = None
    phones: tuple[Phone, ...] = ()
    mark: str = ""
    """父 or 母 when the cell says which parent it is, or the carer's relation as written."""
    changed: str = ""
    """The name as written, when its separator had to be replaced (V-NAME); empty otherwise."""
    is_absent: bool = False
    """A dash stands where the name would: there is no such person any more (V-DASH)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Everything one cell with names says."""

    entries: tuple[Entry, ...] = ()
    problems: tuple[ValueParseError, ...] = field(default=())


def read_id_number(cell: Cell) -> IdNumber | Blank:
    """Read 公民身份号码, refusing what a spreadsheet has shortened.

    Raises:
        ValueParseError: ``id-number.precision`` or a rule of `IdNumber.parse`.
    """
    text = half_width(cell.text).strip()
    blank = parse_blank(text)
    if blank is not None:
        return blank
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", text) or (isinstance(cell.raw, float) and abs(cell.raw) >= 1e15):
        raise _precision(cell)
    if isinstance(cell.raw, int) and not isinstance(cell.raw, bool) and cell.raw >= 10**15:
        # whole digits in the file were not written by a spreadsheet program; Excel leaves zeros
        digits = str(cell.raw)
        if digits.endswith("000") or len(digits) != 18 or id_check_character(digits[:17]) != digits[17]:
            raise _precision(cell)
    return IdNumber.parse(text)


def _precision(cell: Cell) -> ValueParseError:
    return ValueParseError(
        "id-number.precision",
        f"“{cell.text}”是按“数字”存的，表格软件只保留前15位，后3位已经丢失，无法恢复。{FIX_AS_TEXT}",
        text=cell.text,
    )


def read_day(cell: Cell) -> date | Blank:
    """Read a day from a date cell, a serial number or text.

    Raises:
        ValueParseError: ``date.lunar`` or a rule of `forms.values.parse.parse_date`.
    """
    if isinstance(cell.raw, datetime):
        return cell.raw.date()
    if isinstance(cell.raw, date):
        return cell.raw
    if re.search(r"农历|阴历|旧历|腊月|正月|冬月|闰", cell.text):
        raise ValueParseError("date.lunar", f"“{cell.text}”是农历。请按户口簿填写公历日期。", text=cell.text)
    text = re.sub(r"(出生|生)$|^(生于|出生于|公历|阳历)", "", cell.text.strip())
    if isinstance(cell.raw, float) and not cell.raw.is_integer():
        # 2016.1 can be January or October; 42434.5 is a day with a time
        text = str(int(cell.raw)) if cell.raw > 20000 else f"{text}"
        if cell.raw < 20000:
            raise ValueParseError(
                "date.no-day", f"“{cell.text}”没有写到日。请写成“2016年3月5日”或“2016-03-05”。", text=cell.text
            )
    return parse_date(text)


def read_people(text: str, *, several: bool = True) -> Read:
    """Read the names in a cell, each with its telephones, state and 父/母.

    Several names are separated by 、／；, or line breaks; telephones belong to the name before them.
    """
    problems: list[ValueParseError] = []
    entries: list[Entry] = []
    source = half_width(text)
    marks = list(_NUMBER_IN_TEXT.finditer(source))
    pieces: list[tuple[str, list[Phone]]] = []
    position = 0
    for found in marks:
        before = source[position : found.start()]
        if _wordless(before) and pieces:
            pieces[-1][1].append(Phone.parse(found[0]))
        else:
            pieces.append((before, [Phone.parse(found[0])]))
        position = found.end()
    rest = source[position:]
    if not _wordless(rest) or not pieces:
        pieces.append((rest, []))
    for words, phones in pieces:
        parts = [p for p in re.split(r"[、,;\n|/]+", words) if not _wordless(p)] if several else [words]
        for index, part in enumerate(parts or [""]):
            last = index == len(parts or [""]) - 1
            try:
                entries.append(_entry(part, tuple(phones) if last else ()))
            except ValueParseError as error:
                problems.append(error)
    return Read(entries=tuple(entries), problems=tuple(problems))


def _wordless(text: str) -> bool:
    return not re.sub(r"[\s、,;:|/()\-—.。]+", "", _PHONE_WORDS.sub("", text))


def _entry(text: str, phones: tuple[Phone, ...]) -> Entry:
    remarks = re.findall(r"[(\[【〔]([^)\]】〕]*)[)\]】〕]", text)
    bare = _PHONE_WORDS.sub("", re.sub(r"[(\[【〔][^)\]】〕]*[)\]】〕]", "", text))
    mark = next((_RELATION_MARKS[r.strip()] for r in remarks if r.strip() in _RELATION_MARKS), "")
    lead = re.match(r"\s*(父亲?|母亲?|爸爸?|妈妈?)\s*[:：]\s*", bare)
    if lead:
        mark, bare = _RELATION_MARKS[lead[1]], bare[lead.end() :]
    status = next((s for s, words in _STATUS_WORDS.items() for r in remarks if r.strip() in words), None)
    for state, words in _STATUS_WORDS.items():
        tail = next((w for w in words if len(w) > 1 and bare.strip().endswith(w)), "")
        if tail:
            status, bare = state, bare.strip().removesuffix(tail).rstrip(" ,-—(:")
            break
    if not mark and not status:
        mark = next((r.strip() for r in remarks if _is_relation(r)), "")
    is_absent = parse_blank(bare, words=False) is Blank.NOT_APPLICABLE
    bare = bare.strip(" ,;:、-—/()[]\t\r\n\u3000")
    if not bare or is_absent:
        return Entry(name=None, status=status, phones=phones, mark=mark, is_absent=is_absent)
    name = PersonName.parse(bare)
    separated = MIDDLE_DOT in name.text and MIDDLE_DOT not in bare
    return Entry(name=name, status=status, phones=phones, mark=mark, changed=bare if separated else "")


def _is_relation(text: str) -> bool:
    try:
        read(Relation, text)
    except ValueParseError:
        return False
    return True


def read_phones(cell: Cell) -> tuple[tuple[Phone, ...] | Blank, tuple[Entry, ...]]:
    """Read the telephones of a cell and, when it also names people, who they belong to.

    Raises:
        ValueParseError: ``phone.form`` when there are digits and no number among them.
    """
    blank = parse_blank(cell.text)
    if blank is not None or re.fullmatch(r"(没有?|无)(电话|手机|联系方式|联系电话)", cell.text.strip()):
        return blank or Blank.NOT_APPLICABLE, ()
    found = read_people(cell.text)
    phones = tuple(dict.fromkeys(p for e in found.entries for p in e.phones))
    left = _NUMBER_IN_TEXT.sub("", half_width(cell.text))
    stray = re.search(r"[0-9][0-9\- ]{4,}[0-9]", left)
    if stray or not phones:
        wrong = stray[0].strip() if stray else cell.text.strip()
        digits = len(re.sub(r"\D", "", wrong))
        raise ValueParseError(
            "phone.form",
            f"“{wrong}”有{digits}位数字，不是11位手机号，也不是带区号的座机号。请核对；没有电话请写“无”。",
            text=cell.text,
        )
    return phones, tuple(e for e in found.entries if e.name)


def split_phones(text: str) -> tuple[str, tuple[Phone, ...]]:
    """Take the telephones out of a text about something else: 浙江温州 19900000011."""
    plain = half_width(text)
    phones = tuple(Phone.parse(m[0]) for m in _NUMBER_IN_TEXT.finditer(plain))
    if not phones:
        return text, ()
    rest = re.sub(r"[(\[]\s*[)\]]", "", _PHONE_WORDS.sub("", _NUMBER_IN_TEXT.sub("", plain)))
    return rest.strip(" ,;:、/\n"), phones


def read_parent_state(text: str) -> PersonStatus | None:
    """Return the state that stands alone in a parent's cell: 已故, 失联, 不详."""
    stripped = text.strip().strip("()（）")
    return next((s for s, words in _STATUS_WORDS.items() if stripped in words), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolText:
    """A school, a grade and a class out of one cell; empty where not said."""

    school: str = ""
    grade: str = ""
    school_class: str = ""


def read_school(text: str) -> SchoolText:
    """Split 洗马小学三年级（2）班 into its parts; text without a grade is all school."""
    cleaned = re.sub(r"\s+", "", text)
    grade = _GRADE.search(cleaned)
    class_ = _CLASS.search(cleaned[grade.end() :] if grade else "")
    if not grade:
        return SchoolText(school=cleaned)
    return SchoolText(
        school=(cleaned[: grade.start()] + (grade[1] or "")).strip("、,，/／ -（("),
        grade=grade[0],
        school_class=f"{class_[1]}班" if class_ else "",
    )


def read_schooling(*texts: str) -> Schooling | None:
    """Tell the stage of schooling from the cells of school and grade; ``None`` when they do not say."""
    for text in texts:
        hits = [stage for stage, words in _GRADES.items() if words.search(text)]
        if len(hits) == 1:
            return hits[0]
    return None
