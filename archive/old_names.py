"""What the name and the folders of an old scan say: a number, names, a village, a day or a year.

Offices named such files by hand: ``2019年/平山村/张三_委托监护责任书.pdf``, ``5227…0081 李四.jpg``,
``洗民委照〔2019〕3号.pdf``. Nothing is decided here; what is read is held against the registry by the
caller. Pure: no file is opened.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from archive.reference_code import ReferenceCode
from forms.values.names_and_numbers import DocumentNumber, IdNumber, PersonName, ValueParseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import PurePath

ROSTER_WORDS = re.compile("花名册|名册|汇总|台账|统计表|一览表")
"""Papers of a whole village."""

FIRST_YEAR = 1980
_MOST_NAMES = 80
_LONGEST_NAME = 6
"""Characters of a name without a dot; longer ones are looked for whole."""

_ID = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_NUMBER = re.compile(r"[^\W\d_]{1,12}[〔\[(【]\s*(?:19|20)\d{2}\s*[〕\])】]\s*第?\s*\d{1,5}\s*号?")
_CODE = re.compile(r"[A-Z0-9]{1,8}-[A-Z]{2,4}·\d{4}-(?:Y|D30|D10)(?:-[A-Z0-9]{1,8})?-\d{4}")
_DAY = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:[-./年_](\d{1,2})[-./月_](\d{1,2})日?|(\d{2})(\d{2}))(?!\d)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=年|(?!\d))")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\u3007·]{2,}")
_COMMON = (
    "扫描件", "扫描", "复印件", "身份证", "户口簿", "户口本", "户口页", "责任书", "确认书", "协议书", "协议",
    "登记表", "评估表", "记录表", "告知书", "照片", "档案", "材料", "正面", "反面", "签字", "盖章", "委托",
    "监护", "照护", "留守", "儿童", "农村", "副本", "定稿", "村委会", "村民委员会", "居委会",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NameReading:
    """What a path says."""

    title: str
    """The file's name without its ending."""
    id_number: IdNumber | None
    number: DocumentNumber | None
    code: ReferenceCode | None
    names: tuple[str, ...]
    """What could be a person's name in the file's name, longest first."""
    folder_names: tuple[tuple[str, ...], ...]
    """The same for each folder above it, nearest first."""
    village: str
    """Short name of a known village, nearest to the file; empty when none or several stand there."""
    day: date | None
    year: int | None
    is_roster: bool


def read_path(path: PurePath, *, villages: Sequence[str], words: Iterable[str], today: date) -> NameReading:
    """Read the path of a file relative to the folder that is taken over.

    Args:
        path: Relative.
        villages: Short names of the office's villages.
        words: Titles and other names of forms, which are nobody's name.
        today: Years after it are no years.
    """
    parts = [_plain(part) for part in (*path.parts[:-1], path.stem)]
    stem = parts[-1]
    id_number, rest = _id_number(stem)
    number, rest = _cut_number(rest)
    code, rest = _cut_code(rest)
    day, rest = _day(rest, today)
    years = (_year(rest, today), *(_year(part, today) for part in reversed(parts[:-1])))
    stop = sorted({*words, *_COMMON, *villages}, key=len, reverse=True)
    return NameReading(
        title=path.stem,
        id_number=id_number,
        number=number,
        code=code,
        names=_names(rest, stop),
        folder_names=tuple(_names(_YEAR.sub(" ", part), stop) for part in reversed(parts[:-1])),
        village=_village(parts, villages),
        day=day,
        year=day.year if day else next((year for year in years if year), None),
        is_roster=ROSTER_WORDS.search(stem) is not None,
    )


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    return re.sub("[・•‧∙⋅●﹒]", "·", plain)


def _id_number(text: str) -> tuple[IdNumber | None, str]:
    found = _ID.search(text)
    if found is None:
        return None, text
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    try:
        return IdNumber.parse(found[0]), rest
    except ValueParseError:
        return None, rest  # a number typed wrongly is nobody's, and no date either


def _cut_number(text: str) -> tuple[DocumentNumber | None, str]:
    found = _NUMBER.search(text)
    if found is None:
        return None, text
    try:
        return DocumentNumber.parse(found[0]), f"{text[: found.start()]} {text[found.end() :]}"
    except ValueParseError:
        return None, text


def _cut_code(text: str) -> tuple[ReferenceCode | None, str]:
    found = _CODE.search(text)
    if found is None:
        return None, text
    return ReferenceCode.parse(found[0]), f"{text[: found.start()]} {text[found.end() :]}"


def _day(text: str, today: date) -> tuple[date | None, str]:
    for found in _DAY.finditer(text):
        year, month, day = int(found[1]), int(found[2] or found[4]), int(found[3] or found[5])
        try:
            read = date(year, month, day)
        except ValueError:
            continue
        if year >= FIRST_YEAR and read <= today:
            return read, f"{text[: found.start()]} {text[found.end() :]}"
    return None, text


def _year(text: str, today: date) -> int | None:
    years = {int(found[1]) for found in _YEAR.finditer(text)}
    years = {year for year in years if FIRST_YEAR <= year <= today.year}
    return years.pop() if len(years) == 1 else None


def _village(parts: Sequence[str], villages: Sequence[str]) -> str:
    for part in reversed(parts):
        found = {name for name in villages if name and name in part}
        found = {name for name in found if not any(name != other and name in other for other in found)}
        if found:
            return found.pop() if len(found) == 1 else ""
    return ""


def _names(text: str, stop: Sequence[str]) -> tuple[str, ...]:
    """Return every stretch of a text that could be a name, longest first; cut at words that are none."""
    for word in stop:
        text = text.replace(word, " ")
    found: dict[str, None] = {}
    for run in _HAN.findall(text):
        whole = run.strip("·")
        if "·" in whole:
            found.setdefault(whole)
        for piece in whole.split("·"):
            for length in range(min(len(piece), _LONGEST_NAME), 1, -1):
                for start in range(len(piece) - length + 1):
                    found.setdefault(piece[start : start + length])
    names = sorted(found, key=len, reverse=True)[:_MOST_NAMES]
    return tuple(str(PersonName.parse(name)) for name in names)
