"""Automatic numbers of paragraphs: 一、（一） 1. （1） and bullets.

Source: ECMA-376 part 1 §17.9 (numbering), §17.18.59 (number formats).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docgen.engine.press.ooxml import W, is_on, local, value, whole
from docgen.engine.press.properties import paragraph_settings, run_settings
from docgen.engine.press.symbols import symbol_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docgen.engine.press.model import RunFormat
    from docgen.engine.press.ooxml import Element
    from docgen.engine.press.properties import Settings

_ZERO = "\u3007"
_DIGITS = f"{_ZERO}一二三四五六七八九"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One level of a list."""

    start: int
    style: str
    pattern: str
    """With ``%1`` for the number of the first level."""

    suffix: str
    """`tab`, `space` or `nothing`."""

    align: str
    paragraph: Settings
    run: Settings
    restart: int | None
    legal: bool


@dataclass(slots=True)
class Counters:
    """Where the lists of one document stand."""

    values: dict[tuple[str, int], int] = field(default_factory=dict)
    started: set[tuple[str, int]] = field(default_factory=set)


class NumberingBook:
    """The lists of one `numbering.xml`."""

    def __init__(self, root: Element | None, theme: Mapping[str, str]) -> None:
        abstract: dict[str, dict[int, Level]] = {}
        self._lists: dict[str, tuple[str, dict[int, Level]]] = {}
        self._starts: dict[tuple[str, int], int] = {}
        for child in root if root is not None else ():
            if local(child) == "abstractNum":
                levels = (_level(level, theme) for level in child.findall(f"{W}lvl"))
                abstract[value(child, "abstractNumId") or ""] = dict(levels)
            elif local(child) == "num":
                number = value(child, "numId") or ""
                base = value(child.find(f"{W}abstractNumId")) or ""
                levels_of = dict(abstract.get(base, {}))
                for override in child.findall(f"{W}lvlOverride"):
                    at, own = whole(value(override, "ilvl")), override.find(f"{W}lvl")
                    if own is not None:
                        levels_of[at] = _level(own, theme)[1]
                    start = override.find(f"{W}startOverride")
                    if start is not None:
                        self._starts[number, at] = whole(value(start), 1)
                self._lists[number] = (base, levels_of)

    def level(self, number: str, at: int) -> Level | None:
        """Return a level of a list; ``None`` when the document does not define it."""
        return self._lists.get(number, ("", {}))[1].get(at)

    def base(self, number: str) -> str:
        """Return the abstract list behind a list: lists of one base count on together."""
        return self._lists.get(number, ("", {}))[0]

    @staticmethod
    def look(level: Level, mark: RunFormat) -> RunFormat:
        """Return the look of a level's numbers in a paragraph with this mark."""
        settings = {key: setting for key, setting in level.run.items() if key != "undrawn"}
        return replace(mark, **(settings | {"underline": ""})) if settings else mark

    def paragraph_settings(self, number: str, at: int) -> Settings:
        """Return the indents that a level gives its paragraphs."""
        level = self.level(number, at)
        return level.paragraph if level else {}

    def next_label(self, number: str, at: int, counters: Counters) -> str:
        """Count one paragraph and return its label; lists of one base count on together."""
        base, levels = self._lists.get(number, ("", {}))
        if at not in levels:
            return ""
        values = counters.values
        if (number, at) in self._starts and (number, at) not in counters.started:
            counters.started.add((number, at))
            values[base, at] = self._starts[number, at]
        else:
            values[base, at] = values.get((base, at), levels[at].start - 1) + 1
        for deeper, level in levels.items():
            if deeper > at and (level.restart is None or 0 < level.restart <= at + 1 or level.restart == at + 1):
                values.pop((base, deeper), None)
        own = levels[at]

        def fill(found: re.Match[str]) -> str:
            index = int(found[1]) - 1
            level = levels.get(index)
            if level is None:
                return ""
            style = "decimal" if own.legal and index != at else level.style
            return number_text(values.get((base, index), level.start), style)

        return re.sub(r"%([1-9])", fill, own.pattern)


def _level(element: Element, theme: Mapping[str, str]) -> tuple[int, Level]:
    restart = element.find(f"{W}lvlRestart")
    run = run_settings(element.find(f"{W}rPr"), theme)
    pattern = value(element.find(f"{W}lvlText")) or ""
    style = value(element.find(f"{W}numFmt")) or "decimal"
    if style == "bullet":  # bullets are letters of symbol fonts in the private area
        pattern = "".join(
            symbol_text(run.get("latin", ""), f"{ord(c):04X}") or "●" if 0xF000 <= ord(c) <= 0xF0FF else c
            for c in pattern
        )
    return whole(value(element, "ilvl")), Level(
        start=whole(value(element.find(f"{W}start")), 0 if style == "bullet" else 1),
        style=style,
        pattern=pattern,
        suffix=value(element.find(f"{W}suff")) or "tab",
        align=value(element.find(f"{W}lvlJc")) or "left",
        paragraph=paragraph_settings(element.find(f"{W}pPr")),
        run=run,
        restart=whole(value(restart)) if restart is not None else None,
        legal=is_on(element.find(f"{W}isLgl")),
    )


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
