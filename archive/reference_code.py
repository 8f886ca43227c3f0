"""档号: where an archived item stands in the fonds, given once and never again.

Source: DA/T 13—2022 §5, DA/T 22—2015 §5.4: 全宗号-档案门类代码·年度-保管期限-机构（问题）代码-件号; a hyphen
between the levels, a middle dot between two codes of one level. The 机构（问题） code may be left out.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Self

from forms.errors import RefusedError
from forms.values.names_and_numbers import MIDDLE_DOT, ValueParseError

RETENTION_YEARS: dict[str, int] = {"Y": 0, "D30": 30, "D10": 10}
"""保管期限代码 → years; 0: for ever."""

RETENTION_WORDS: dict[str, str] = {"Y": "永久", "D30": "30年", "D10": "10年"}

LAST_ITEM = 9999
"""件号 has four digits."""

_DOTS = re.compile(r"[\u30fb\u2022\u2027\uff0e\u2219\u22c5\u25cf\u3002.\ufe52\uff65]")
_DASHES = re.compile(r"[\u2010-\u2015\u2212\ufe63\uff0d]")
_FORM = re.compile(
    r"(?P<fonds_number>[A-Z0-9]{1,8})-(?P<category_code>[A-Z]{2,4})·(?P<year>\d{4})-(?P<retention>Y|D30|D10)"
    r"(?:-(?P<office_code>[A-Z0-9]{1,8}))?-(?P<item>\d{4})"
)


class ClassFullError(RefusedError):
    """Four digits are used up."""

    code = "reference-code.full"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"“{name}”这一类的件号已经用到 {LAST_ITEM}。请与档案馆商定分设机构（问题）代码，写进 office.toml 后再编。"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemClass:
    """The lowest class (最低一级类目), within which item numbers run on without a gap."""

    fonds_number: str
    category_code: str
    year: int
    """Year of filing, by the date of the paper."""
    retention: str
    """``Y``, ``D30`` or ``D10``."""
    office_code: str = ""

    def __str__(self) -> str:
        """The 档号 without its item number."""
        parts = [self.fonds_number, f"{self.category_code}{MIDDLE_DOT}{self.year:04}", self.retention]
        return "-".join([*parts, self.office_code] if self.office_code else parts)

    def code(self, item: int) -> ReferenceCode:
        """Return the code of an item in this class.

        Raises:
            ClassFullError: more than four digits.
        """
        if not 1 <= item <= LAST_ITEM:
            raise ClassFullError(str(self))
        return ReferenceCode(item_class=self, item=item)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceCode:
    """One 档号; `parse` and `str` undo each other."""

    item_class: ItemClass
    item: int
    """件号, from 1."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a 档号 as typed: full-width letters, other dots and dashes and blanks are accepted.

        Raises:
            ValueParseError: ``reference-code.form``.
        """
        plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", _DOTS.sub(MIDDLE_DOT, text)))
        plain = _DASHES.sub("-", _DOTS.sub(MIDDLE_DOT, plain)).upper()
        found = _FORM.fullmatch(plain)
        if found is None or not int(found["item"]):
            raise ValueParseError(
                "reference-code.form",
                f"“{text}”不是档号。档号写成 0194-WS·2026-D30-SSB-0001（全宗号-门类·年度-保管期限-机构-件号）。",
                text=text,
            )
        parts = found.groupdict(default="")
        item, year = int(parts.pop("item")), int(parts.pop("year"))
        return cls(item_class=ItemClass(year=year, **parts), item=item)

    def __str__(self) -> str:
        return f"{self.item_class}-{self.item:04}"

    @property
    def retention_words(self) -> str:
        """保管期限 as the stamp and the lists print it."""
        return RETENTION_WORDS[self.item_class.retention]

    def next(self) -> Self:
        """Return the code after this one in its class."""
        return replace(self, item=self.item_class.code(self.item + 1).item)


def retention_ends(year: int, retention: str) -> int | None:
    """Return the last year of keeping, counted from the year after filing; ``None``: kept for ever.

    A paper of 2026 kept for 10 years is kept through 2036 and due for appraisal (鉴定) from 2037.
    """
    years = RETENTION_YEARS[retention]
    return year + years if years else None
