"""How a typed value stands on paper: dates, money, tick boxes, — and room for the pen.

Sources: GB/T 9704—2012 (dates in Arabic numerals without leading zeros); forms.md V-DASH (— for
what does not exist, nothing for what was not asked). A value is printed character for character
or refused with the field's title: text is never cut and never cleaned in silence.
"""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from forms.errors import DataError
from forms.law.time import print_date
from forms.spec import FieldSpec, FieldType
from forms.values import enums
from forms.values.blank import Blank

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from enum import StrEnum

TICKED = "☑"
OPEN = "□"
DASH = "—"
HIDDEN = "（略）"
"""Printed where a copy's recipient has no need to know (REF-20)."""

GAP = "　"
"""Between one choice and the next."""
_NEVER_OFFERED: Mapping[str, frozenset[str]] = {
    "EntrustReason": frozenset({enums.EntrustReason.NONE.value}),
    "Relation": frozenset({enums.Relation.FATHER.value, enums.Relation.MOTHER.value}),
    "AwayPattern": frozenset({enums.AwayPattern.BOTH_INCAPABLE.value}),
    "ConsentMode": frozenset({enums.ConsentMode.BY_PHONE.value}),
}
"""Members that exist to be refused (REF-04, REF-07, X-07) or that do not suffice: printed only if chosen."""

_BREAKING = {FieldType.LONG_TEXT, FieldType.CLAUSES}
_FORMAT_CHARACTERS = {"Cc", "Cf", "Cs", "Zl", "Zp"}


class UnprintableValueError(DataError):
    """A value holds something that cannot be printed as it stands."""

    code = "value.unprintable"

    def __init__(self, field: FieldSpec | str, character: str) -> None:
        self.field = field.name if isinstance(field, FieldSpec) else field
        self.character = character
        title = field.title if isinstance(field, FieldSpec) else field
        super().__init__(
            f"“{title}”里有看不见、印不出的字符（U+{ord(character):04X}），没有生成文书。"
            f"请删掉这一项，用键盘重新输入，不要从网页或聊天软件粘贴。"
        )


class UnexpectedValueError(DataError):
    """A value is of another kind than its field; a fault of the caller, yet nothing is printed."""

    code = "value.kind"

    def __init__(self, field: FieldSpec, kind: str) -> None:
        self.field = field.name
        super().__init__(f"“{field.title}”的内容（{kind}）与表格要求的类型（{field.type.value}）不符，没有生成文书。")


def checked(text: str, field: FieldSpec | str, *, breaks: bool = False) -> str:
    r"""Return ``text`` as it is, with ``\r\n`` as ``\n``.

    Args:
        text: Any text that goes on paper.
        field: What is named in the refusal.
        breaks: Whether lines may end inside.

    Raises:
        UnprintableValueError: Control and format characters, lone surrogates, non-characters.
            A private character is let through: the press knows whether it has a picture of it.
    """
    if breaks:
        text = text.replace("\r\n", "\n")
    for character in text:
        if character == "\n" and breaks:
            continue
        if unicodedata.category(character) in _FORMAT_CHARACTERS or ord(character) & 0xFFFE == 0xFFFE:
            raise UnprintableValueError(field, character)
    return text


def print_value(value: Any, field: FieldSpec) -> str:
    """Return the words for one value; empty where the pen is to write, — where nothing can be.

    Raises:
        UnprintableValueError: See `checked`.
        UnexpectedValueError: The value is a mapping or another kind that has no printed form.
    """
    return checked(_words(value, field), field, breaks=field.type in _BREAKING)


def _words(value: Any, field: FieldSpec) -> str:
    if value is None or value is Blank.NOT_COLLECTED:
        return ""
    if value is Blank.NOT_APPLICABLE:
        return DASH
    if isinstance(value, bool):
        return bool_labels(field)[0 if value else 1]
    if isinstance(value, datetime):
        return f"{print_date(value.date())}{value.hour}时{value.minute:02d}分"
    if isinstance(value, date):
        return print_date(value)
    if isinstance(value, Decimal):
        return f"{value:.2f}" if value != value.to_integral_value() else f"{value:.0f}"
    if isinstance(value, tuple):
        if any(not _is_scalar(entry) for entry in value):
            raise UnexpectedValueError(field, "多行")
        return ("\n" if field.type in _BREAKING else "、").join(_words(entry, field) for entry in value)
    if not _is_scalar(value):
        raise UnexpectedValueError(field, type(value).__name__)
    return str(value)


def _is_scalar(value: object) -> bool:
    return not isinstance(value, (dict, list, set)) and not hasattr(value, "items")


def bool_labels(field: FieldSpec) -> tuple[str, str]:
    """Return the words for true and false as the field's title asks: 有无…, 能否… or 是否…."""
    if field.options:
        return field.options[0], field.options[1]
    if "有无" in field.title:
        return "有", "无"
    if "能否" in field.title:
        return "能", "不能"
    return "是", "否"


def choices(field: FieldSpec) -> tuple[str, ...]:
    """Return the labels a field offers, in printed order; empty for a field without a closed set."""
    if field.type is FieldType.BOOL:
        return bool_labels(field)
    if field.type is FieldType.CHECKLIST:
        return field.items
    if field.options:
        return field.options
    if field.enum:
        kind: type[StrEnum] = getattr(enums, field.enum)
        never = _NEVER_OFFERED.get(field.enum, frozenset())
        return tuple(member.value for member in kind if member.value not in never)
    return ()


def print_boxes(value: Any, field: FieldSpec) -> str:
    """Return every choice with its box, ``☑男　□女``; all open while not collected, — if not applicable.

    Raises:
        UnprintableValueError: See `checked`.
    """
    return GAP.join(box_lines(value, field))


def box_lines(value: Any, field: FieldSpec) -> list[str]:
    """Return the same, one text a choice."""
    if value is Blank.NOT_APPLICABLE:
        return [DASH]
    chosen = _chosen(value, field)
    labels = list(choices(field))
    # what was chosen is printed even if it is not usually offered
    labels += [label for label in chosen if label not in labels]
    return [checked(f"{TICKED if label in chosen else OPEN}{label}", field) for label in labels]


def _chosen(value: Any, field: FieldSpec) -> tuple[str, ...]:
    if value is None or isinstance(value, Blank):
        return ()
    entries: Iterable[Any] = value if isinstance(value, tuple) else (value,)
    return tuple(_words(entry, field) for entry in entries)
