"""Automatic numbers of paragraphs: 一、（一） 1. （1） and bullets, counted as the text goes on.

Source: ECMA-376 part 1 §17.9 (numbering).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from docgen.engine.press.model.numerals import number_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.engine.press.model.formats import RunFormat


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
    paragraph: dict[str, Any]
    """Settings that it gives its paragraphs, under their own."""

    run: dict[str, Any]
    """The same for the look of its numbers."""

    restart: int | None
    legal: bool


@dataclass(slots=True)
class Counters:
    """Where the lists of one document stand."""

    values: dict[tuple[str, int], int] = field(default_factory=dict)
    started: set[tuple[str, int]] = field(default_factory=set)

    def copied(self) -> Counters:
        """Return the same, to be counted on by itself."""
        return Counters(dict(self.values), set(self.started))


class NumberingBook:
    """The lists of one document."""

    def __init__(
        self, lists: Mapping[str, tuple[str, Mapping[int, Level]]], starts: Mapping[tuple[str, int], int]
    ) -> None:
        self._lists = lists
        """By id: the abstract list behind a list, and its levels from 0."""

        self._starts = starts
        """Where a level of a list begins anew."""

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

    def paragraph_settings(self, number: str, at: int) -> dict[str, Any]:
        """Return the indents that a level gives its paragraphs."""
        level = self.level(number, at)
        return level.paragraph if level else {}

    def next_label(self, number: str, at: int, counters: Counters) -> str:
        """Count one paragraph and return its label; lists of one base count on together."""
        base, levels = self._lists.get(number, ("", {}))
        if at not in levels:
            return ""
        values = counters.values
        for higher in levels:
            if higher < at and (base, higher) not in values:  # what stands above a first 1.1 counts as a 1
                self._count(number, higher, counters)
        self._count(number, at, counters)
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

    def _count(self, number: str, at: int, counters: Counters) -> None:
        base, levels = self._lists[number]
        if (number, at) in self._starts and (number, at) not in counters.started:
            counters.started.add((number, at))
            counters.values[base, at] = self._starts[number, at]
        else:
            counters.values[base, at] = counters.values.get((base, at), levels[at].start - 1) + 1
