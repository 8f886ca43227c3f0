"""Numbers written out: 一, 十二, 甲, ①, iv.

Source: ECMA-376 part 1 §17.18.59 (number formats).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_ZERO = "\u3007"
_DIGITS = f"{_ZERO}一二三四五六七八九"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"


def number_text(number: int, style: str) -> str:
    """Write a number in one of the formats of `w:numFmt`; unknown ones as digits."""
    if style in {"none", "bullet"}:
        return ""
    if style.startswith("decimalEnclosedCircle"):
        style = "decimalEnclosedCircle"
    write = _FORMATS.get(style, str)
    return write(number) if number > 0 else str(number)


def _pick(signs: str) -> Callable[[int], str]:
    return lambda number: signs[number - 1] if number <= len(signs) else str(number)


def _letters(number: int) -> str:
    return chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def chinese(number: int) -> str:
    """Write 1 to 9999 as it is counted aloud: 十二, 一百〇五."""
    if not 0 < number < 10000:
        return "".join(_DIGITS[int(d)] for d in str(abs(number)))
    text = ""
    for size, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // size % 10
        if digit:
            text += _DIGITS[digit] + unit
        elif text and not text.endswith(_ZERO) and number % size:
            text += _ZERO
    return text[1:] if text.startswith("一十") else text


def _roman(number: int) -> str:
    text = ""
    for size, sign in (
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
        (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ):  # fmt: skip
        text += sign * (number // size)
        number %= size
    return text


_FORMATS: dict[str, Callable[[int], str]] = {
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "japaneseCounting": chinese,
    "taiwaneseCounting": chinese,
    "ideographDigital": lambda number: "".join(_DIGITS[int(digit)] for digit in str(number)),
    "decimalEnclosedCircle": _pick(_CIRCLED),
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": lambda number: "".join(chr(ord(digit) + 0xFEE0) for digit in str(number)),
    "decimalEnclosedParen": lambda number: f"（{number}）",
    "ideographTraditional": _pick(_STEMS),
    "ideographZodiac": _pick(_BRANCHES),
    "upperLetter": _letters,
    "lowerLetter": lambda number: _letters(number).lower(),
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
}
