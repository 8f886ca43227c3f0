"""Domain values read from text at the edge: `parse()` and `str()` undo each other.

Sources: GB 11643—1999 (公民身份号码), 民委发〔2016〕33号 (separator in names),
GB/T 9704—2012 (发文字号), GB/T 2260 and the statistical codes (regions).
Text is stored in Unicode NFC; nothing here knows the present day.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Self

from forms.errors import DataError

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"

MIDDLE_DOT = "\u00b7"
"""The one separator in minority names, by 民委发〔2016〕33号."""

_DOTS = "・•‧．∙⋅●。.﹒･\u2012"
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
"""Marks of width and direction that come with text copied from chats and web pages."""
_SPACES = re.compile(r"[\s\u3000\u200b\ufeff]+")


class ValueParseError(DataError):
    """Text is not of the printed form of a value; `code` tells which rule failed."""

    code = "value"

    def __init__(self, rule: str, message: str, *, text: str) -> None:
        self.rule = rule
        """Stable problem code, e.g. ``id-number.check-digit``."""
        self.text = text
        super().__init__(message)


def half_width(text: str) -> str:
    """Return ``text`` with full-width ASCII letters, digits and signs made half-width."""
    return "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else " " if c == "\u3000" else c for c in text)


@dataclass(frozen=True, slots=True)
class IdNumber:
    """公民身份号码 of 18 positions; equal numbers compare equal, printed as stored."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a number: spaces and hyphens dropped, full-width digits and lower-case x accepted.

        Raises:
            ValueParseError: ``id-number.length``, ``.fifteen``, ``.characters``, ``.birth`` or
                ``.check-digit`` (GB 11643—1999).
        """
        cleaned = _SPACES.sub("", half_width(text)).replace("-", "").replace("'", "").upper()
        if re.fullmatch(r"[0-9]{15}", cleaned):
            raise ValueParseError(
                "id-number.fifteen",
                f"“{text}”是15位的旧号码，现已停用。请按户口簿或居民身份证填写18位号码。",
                text=text,
            )
        if len(cleaned) != 18:
            raise ValueParseError(
                "id-number.length",
                f"“{text}”有{len(cleaned)}位，公民身份号码应为18位。请对照户口簿更正。",
                text=text,
            )
        if not re.fullmatch(r"[0-9]{17}[0-9X]", cleaned):
            raise ValueParseError(
                "id-number.characters",
                f"“{text}”里有不是数字的字符（只有最后一位可以是X）。请对照户口簿更正。",
                text=text,
            )
        try:
            date(int(cleaned[6:10]), int(cleaned[10:12]), int(cleaned[12:14]))
        except ValueError:
            raise ValueParseError(
                "id-number.birth",
                f"“{text}”第7至14位“{cleaned[6:14]}”不是日历上的日子。请对照户口簿更正。",
                text=text,
            ) from None
        if id_check_character(cleaned[:17]) != cleaned[17]:
            raise ValueParseError(
                "id-number.check-digit",
                f"“{text}”的校验码不对，多半有一位抄错了。请对照户口簿逐位核对。",
                text=text,
            )
        return cls(cleaned)

    def __str__(self) -> str:
        return self.text

    @property
    def birth(self) -> date:
        """Birth date as written in positions 7 to 14."""
        return date(int(self.text[6:10]), int(self.text[10:12]), int(self.text[12:14]))

    @property
    def is_male(self) -> bool:
        """Position 17 is odd for men."""
        return int(self.text[16]) % 2 == 1

    @property
    def masked(self) -> str:
        """First six and last two positions, for lists (PIPL 28)."""
        return self.text[:6] + "*" * 10 + self.text[16:]


def id_check_character(first17: str) -> str:
    """Return the check character of 17 digits (GB 11643—1999, ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(int(d) * w for d, w in zip(first17, _WEIGHTS, strict=True)) % 11]


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name as it is printed: NFC, U+00B7 between the parts of a minority name."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a name; spaces around and between single Chinese characters are dropped.

        Raises:
            ValueParseError: ``name.empty``, ``name.characters`` or ``name.too-long`` (over 50).
        """
        name = unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).strip()
        if not name:
            raise ValueParseError("name.empty", "姓名是空的。请填写户口簿上的姓名。", text=text)
        inner = name
        for dot in _DOTS:
            inner = inner.replace(dot, MIDDLE_DOT)
        inner = re.sub(rf"\s*{MIDDLE_DOT}+\s*", MIDDLE_DOT, inner).strip(MIDDLE_DOT)
        inner = unicodedata.normalize("NFC", re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", inner))
        bad = [
            c for c in inner if unicodedata.category(c)[0] in "CNSZ" and c not in " \u3007" and not _is_private_han(c)
        ]
        bad += [c for c in inner if unicodedata.category(c)[0] == "P" and c not in f"{MIDDLE_DOT}'-"]
        if bad or not inner:
            raise ValueParseError(
                "name.characters",
                f"姓名“{text.strip()}”里有不属于姓名的字符“{''.join(dict.fromkeys(bad))}”。请对照户口簿更正。",
                text=text,
            )
        if len(inner) > 50:
            raise ValueParseError("name.too-long", f"姓名“{inner[:10]}…”超过50个字，请检查是否粘贴错列。", text=text)
        return cls(inner)

    def __str__(self) -> str:
        return self.text


def _is_private_han(char: str) -> bool:
    """Unassigned in this Python's Unicode data, yet inside the ideograph planes (new extensions)."""
    return 0x20000 <= ord(char) <= 0x3FFFF


@dataclass(frozen=True, slots=True)
class Phone:
    """A mainland mobile or landline number, digits only; a landline keeps ``0`` + area code + ``-``."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a number; +86, spaces, dots and hyphens are accepted.

        Raises:
            ValueParseError: ``phone.form``.
        """
        digits = re.sub(r"[^0-9+]", "", half_width(text))
        digits = re.sub(r"^(\+86|0086|86(?=1[3-9][0-9]{9}$))", "", digits)
        if re.fullmatch(r"1[3-9][0-9]{9}", digits):
            return cls(digits)
        landline = re.fullmatch(r"(0(?:10|2[0-9]|[3-9][0-9]{2}))([0-9]{7,8})", digits)
        if landline:
            return cls(f"{landline[1]}-{landline[2]}")
        raise ValueParseError(
            "phone.form",
            f"“{text}”不是11位手机号，也不是带区号的座机号。请核对；没有电话请写“无”。",
            text=text,
        )

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class RegionCode:
    """A region code of 6 (county), 9 (town) or 12 (village) digits."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a code.

        Raises:
            ValueParseError: ``region.form``.
        """
        digits = half_width(text).strip()
        if not re.fullmatch(r"[0-9]{6}([0-9]{3}([0-9]{3})?)?", digits):
            raise ValueParseError("region.form", f"“{text}”不是6、9或12位的区划代码。", text=text)
        return cls(digits)

    def __str__(self) -> str:
        return self.text

    @property
    def county(self) -> str:
        """The first six digits."""
        return self.text[:6]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentNumber:
    """发文字号: ``洗民委照〔2026〕3号`` (GB/T 9704—2012; brackets U+3014/U+3015)."""

    series: str
    """机关代字 with the series, e.g. ``洗民委照``."""

    year: int
    serial: int
    """From 1, printed without leading zeros."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a number as printed; square, round and black brackets are accepted.

        Raises:
            ValueParseError: ``document-number.form``.
        """
        m = re.fullmatch(
            r"(\D{1,20}?)[〔\[(【]\s*([0-9]{4})\s*[〕\])】]\s*第?\s*0*([1-9][0-9]{0,6})\s*号?", half_width(text).strip()
        )
        if not m:
            raise ValueParseError("document-number.form", f"“{text}”不像文号，例如“洗民委照〔2026〕3号”。", text=text)
        return cls(series=m[1].strip(), year=int(m[2]), serial=int(m[3]))

    def __str__(self) -> str:
        return f"{self.series}〔{self.year}〕{self.serial}号"
