"""Whose may this page be: names and numbers of the people of the office looked for in what was read on it.

Readers mistake one character for another that looks alike; so one wrong character is allowed, in a name of
three characters or more and in an identity number. The result is a list for a person to choose from and is
never acted upon. Pure functions, quick enough for a county: 20,000 names in a page take about 0.1 s.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

NAME, NEAR_NAME, NUMBER, NEAR_NUMBER = 40, 15, 100, 80
"""Weights: an identity number is as good as a finger, a name of two characters occurs by chance."""

SHORT_NAME = 20
"""A name of two characters."""

_LEAST_NEAR = 3
_ID_LENGTH = 18
_DIGITS = re.compile(r"[0-9Xx]{17,19}")
_ALIKE = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1", "B": "8", "S": "5", "Z": "2"})
_GAPS = re.compile(r"[\s·•・．.‧:：|]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One thing on a page that points to somebody."""

    key: str
    """Whom it points to."""
    weight: int
    words: str
    """What was found, for a person to compare: a name, or the masked number."""


class PageText:
    """The text of a page, ready to be asked."""

    def __init__(self, text: str) -> None:
        self._whole = _GAPS.sub("", text)
        self._exact: dict[int, set[str]] = {}
        self._holes: dict[int, set[str]] = {}
        runs = _DIGITS.findall(_GAPS.sub("", text.translate(_ALIKE)))
        self._numbers = {run[k : k + _ID_LENGTH].upper() for run in runs for k in range(len(run) - _ID_LENGTH + 1)}
        self._numbers |= {run.upper() for run in runs}

    def __bool__(self) -> bool:
        return bool(self._whole)

    def has(self, words: str) -> bool:
        """Tell whether words stand on the page, gaps left out."""
        return bool(words) and _GAPS.sub("", words) in self._whole

    def has_name(self, name: str) -> int:
        """Return the weight with which a name stands on the page; 0: not at all."""
        plain = _GAPS.sub("", name)
        if len(plain) < 2:
            return 0
        if plain in self._windows(len(plain)):
            return NAME if len(plain) >= _LEAST_NEAR else SHORT_NAME
        if len(plain) < _LEAST_NEAR:
            return 0
        return NEAR_NAME if any(hole in self._holes_of(len(plain)) for hole in _holes(plain)) else 0

    def has_number(self, number: str) -> int:
        """Return the weight with which an identity number stands on the page; 0: not at all."""
        if len(number) != _ID_LENGTH:
            return 0
        if number in self._numbers:
            return NUMBER
        return NEAR_NUMBER if any(_differ_by_one(number, found) for found in self._numbers) else 0

    def likeness(self, printed: str) -> float:
        """Return the share of the pairs of characters of a printed page that are on this one, 0 to 1."""
        plain = _GAPS.sub("", printed)
        pairs = {plain[k : k + 2] for k in range(len(plain) - 1)}
        return len(pairs & self._windows(2)) / len(pairs) if pairs else 0.0

    def _windows(self, length: int) -> set[str]:
        if length not in self._exact:
            self._exact[length] = {self._whole[k : k + length] for k in range(len(self._whole) - length + 1)}
        return self._exact[length]

    def _holes_of(self, length: int) -> set[str]:
        if length not in self._holes:
            self._holes[length] = {hole for window in self._windows(length) for hole in _holes(window)}
        return self._holes[length]


def signs(page: PageText, people: Iterable[tuple[str, str, str]]) -> Iterator[Sign]:
    """Yield what on a page points to whom.

    Args:
        page: What was read.
        people: Key, name and identity number (or empty) of everybody it may be about.
    """
    for key, name, number in people:
        weight = page.has_name(name)
        if weight:
            near = "（像）" if weight == NEAR_NAME else ""
            yield Sign(key=key, weight=weight, words=f"姓名“{name}”{near}")
        weight = page.has_number(number)
        if weight:
            near = "（差一位）" if weight == NEAR_NUMBER else ""
            yield Sign(key=key, weight=weight, words=f"证件号码尾号 {number[-4:]}{near}")


def ranked(signs_of: Iterable[Sign], least: int = SHORT_NAME) -> list[tuple[str, int, tuple[str, ...]]]:
    """Add the signs up; return key, weight and the words found, the likeliest first."""
    weights: dict[str, int] = defaultdict(int)
    words: dict[str, list[str]] = defaultdict(list)
    for sign in signs_of:
        weights[sign.key] += sign.weight
        words[sign.key].append(sign.words)
    order = sorted(weights, key=lambda key: (-weights[key], key))
    return [(key, weights[key], tuple(dict.fromkeys(words[key]))) for key in order if weights[key] >= least]


def best_page(page: PageText, printed: Mapping[int, str]) -> tuple[int, float]:
    """Return which of several printed pages a read one is most like, and how much; 0 when there is none."""
    scores = {number: page.likeness(text) for number, text in printed.items()}
    best = max(scores, key=lambda number: (scores[number], -number), default=0)
    return best, scores.get(best, 0.0)


def _holes(word: str) -> Iterator[str]:
    """Yield a word with each of its characters left open in turn."""
    for k in range(len(word)):
        yield f"{word[:k]}\0{word[k + 1 :]}"


def _differ_by_one(one: str, other: str) -> bool:
    """Tell whether one character was read wrongly, lost or added."""
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    if abs(len(one) - len(other)) != 1:
        return False
    short, long = sorted((one, other), key=len)
    return any(long[:k] + long[k + 1 :] == short for k in range(len(long)))
