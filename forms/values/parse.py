"""Text from a sheet, a page or the command line -> values, one function a kind of value.

What was read is returned exact or refused with the reason; nothing is guessed. A date without
its century or its day is refused, because both guesses have put children on the wrong roster.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from forms.values.blank import DASHES, Blank
from forms.values.names_and_numbers import Phone, ValueParseError, half_width

_DASH_SIGNS = DASHES - {"无", "一"}
_NOT_COLLECTED = frozenset({"", "未采集", "待采集", "未填", "不清楚"})
_YES = frozenset({"是", "有", "能", "对", "√", "✓", "✔", "☑", "y", "yes", "true", "1"})
_NO = frozenset({"否", "无", "不", "不能", "没有", "不是", "×", "x", "n", "no", "false", "0"})
_EXCEL_EPOCH = date(1899, 12, 30)
"""Day 0 of the 1900 date system; right for every serial after its false 29 February 1900."""
_FIRST_SERIAL, _LAST_SERIAL = 61, 73050
"""1900-03-01 to 2099-12-31; smaller and larger numbers are no dates a form asks for."""
_CHINESE_DIGITS = str.maketrans("\u3007○零一二三四五六七八九", "000123456789")
_DATE_WAY = "请写成“2016年3月5日”或“2016-03-05”。"


def parse_blank(text: str, *, words: bool = True) -> Blank | None:
    """Tell whether text stands for no value: dashes -> NOT_APPLICABLE, empty or 未采集 -> NOT_COLLECTED.

    Args:
        text: As typed.
        words: Also take 无 and 一 for a dash; false where 无 is an answer (核查结果, free text).
    """
    stripped = text.strip()
    if stripped in _NOT_COLLECTED:
        return Blank.NOT_COLLECTED
    dashes = DASHES if words else _DASH_SIGNS
    if stripped == "不适用" or (stripped and set(stripped) <= dashes and (words or len(set(stripped)) == 1)):
        return Blank.NOT_APPLICABLE
    return None


def parse_date(text: str) -> date | Blank:
    """Read a day as clerks and spreadsheets write it.

    Accepted: ``2016年3月5日``, ``2016.3.5``, ``2016-03-05``, ``2016/3/5``, ``20160305``, the same with
    Chinese numerals, with a time of day behind it, and serial numbers of Excel's 1900 system (``45678``).

    Raises:
        ValueParseError: ``date.two-digit-year``, ``date.no-day``, ``date.calendar`` or ``date.form``.
    """
    blank = parse_blank(text)
    if blank is not None:
        return blank
    cleaned = re.sub(r"[\s\u3000]+", " ", half_width(text)).strip()
    cleaned = re.sub(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$", "", cleaned).replace(" ", "")
    if re.fullmatch(r"[\u3007○零一二三四五六七八九十]+年.*", cleaned):
        cleaned = _arabic(cleaned)
    if re.fullmatch(r"\d{5}(\.\d+)?", cleaned) or re.fullmatch(r"\d{2,4}\.0+", cleaned):
        return _from_serial(cleaned, text)
    parts = re.fullmatch(r"(\d{4})(\d{2})(\d{2})(?:\.0)?", cleaned) or re.fullmatch(
        r"(\d{4})[年./\-—–．。、](\d{1,2})[月./\-—–．。、](\d{1,2})[日号]?", cleaned
    )
    if parts:
        try:
            return date(int(parts[1]), int(parts[2]), int(parts[3]))
        except ValueError:
            raise ValueParseError(
                "date.calendar", f"“{text.strip()}”不是日历上的日子，请核对年、月、日。", text=text
            ) from None
    if re.fullmatch(r"\d{4}([年./\-—–](\d{1,2}月?)?)?|(19|20)\d{2}(0[1-9]|1[0-2])", cleaned):
        raise ValueParseError("date.no-day", f"“{text.strip()}”没有写到日。{_DATE_WAY}", text=text)
    if re.fullmatch(r"\d{2}[年./\-—–]\d{1,2}[月./\-—–]\d{1,2}[日号]?|\d{6}", cleaned) or re.fullmatch(
        r"\d{1,2}[./\-]\d{1,2}[./\-]\d{2,4}", cleaned
    ):
        raise ValueParseError(
            "date.two-digit-year", f"“{text.strip()}”的年份不是四位数，分不清是哪一年。{_DATE_WAY}", text=text
        )
    raise ValueParseError("date.form", f"“{text.strip()}”看不出是哪一天。{_DATE_WAY}", text=text)


def _from_serial(cleaned: str, text: str) -> date:
    serial = int(float(cleaned))
    if not _FIRST_SERIAL <= serial <= _LAST_SERIAL:
        raise ValueParseError("date.form", f"“{text.strip()}”看不出是哪一天。{_DATE_WAY}", text=text)
    return _EXCEL_EPOCH + timedelta(days=serial)


def _arabic(text: str) -> str:
    """Write the Chinese numerals of a date in digits: 二〇一六年三月十五日 -> 2016年3月15日."""

    def number(match: re.Match[str]) -> str:
        numeral = match[0]
        if "十" not in numeral:
            return numeral.translate(_CHINESE_DIGITS)
        tens, _, ones = numeral.partition("十")
        return (tens.translate(_CHINESE_DIGITS) or "1") + (ones.translate(_CHINESE_DIGITS) or "0")

    return re.sub(r"[\u3007○零一二三四五六七八九十]+", number, text)


def parse_bool(text: str) -> bool | Blank:
    """Read 是/否 and what sheets write for them.

    Raises:
        ValueParseError: ``bool.unknown``.
    """
    word = half_width(text).strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    blank = parse_blank(text)
    if blank is not None:
        return blank
    raise ValueParseError("bool.unknown", f"“{text.strip()}”应当写“是”或“否”。", text=text)


def parse_int(text: str) -> int | Blank:
    """Read a whole number; ``3.0`` from a spreadsheet and a trailing 人/个/分钟 are accepted.

    Raises:
        ValueParseError: ``int.form``.
    """
    blank = parse_blank(text)
    if blank is not None:
        return blank
    found = re.fullmatch(r"(-?\d+)(?:\.0+)?\s*(人|个|名|分钟|天|岁|年|分)?", half_width(text).strip().replace(",", ""))
    if not found:
        raise ValueParseError("int.form", f"“{text.strip()}”应当是整数。", text=text)
    return int(found[1])


def parse_money(text: str) -> Decimal | Blank:
    """Read an amount in yuan, exact to the fen.

    Raises:
        ValueParseError: ``money.form``.
    """
    blank = parse_blank(text)
    if blank is not None:
        return blank
    cleaned = re.sub(r"[¥￥,，元\s]|人民币", "", half_width(text))
    try:
        amount = Decimal(cleaned)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0 or amount != round(amount, 2):
        raise ValueParseError("money.form", f"“{text.strip()}”应当是金额，以元为单位，最多两位小数。", text=text)
    return amount


def split_list(text: str) -> tuple[str, ...]:
    """Split what was typed in one cell for several answers: 、 ， , ; ； and line breaks."""
    return tuple(part.strip() for part in re.split(r"[、,，;；\n|\uff5c]+", text) if part.strip())


def parse_phones(text: str) -> tuple[Phone, ...] | Blank:
    """Read one or several numbers from one cell, in their order, repeats dropped.

    Raises:
        ValueParseError: ``phone.form``.
    """
    blank = parse_blank(text)
    if blank is not None:
        return blank
    parts = [p for p in re.split(r"[、,，;；/／或\n]+|\s{2,}", text) if p.strip()]
    if len(parts) == 1:
        # two numbers with one space between them; a single number may hold spaces too
        words = parts[0].split()
        if len(words) > 1 and all(re.fullmatch(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}", half_width(w)) for w in words):
            parts = words
    return tuple(dict.fromkeys(Phone.parse(p) for p in parts))
