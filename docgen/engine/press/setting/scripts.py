"""Which script figures belong to: that of the letter before them, as in Unicode's annex 24.

Seen in LibreOffice: figures behind a Latin letter are of one width, behind a Chinese character as wide as each is,
whatever follows them; those before the first letter of a paragraph go with that. What stands behind brackets goes with
what stands before them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Self

from docgen.engine.press.setting.breaking import HAN

if TYPE_CHECKING:
    from collections.abc import Sequence

LETTER = re.compile(
    "[A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u0370-\u0527\u1e00-\u1fff\u2160-\u2188]"
)
"""Of the Latin script, Greek or Cyrillic; Roman numbers that are one sign, too."""

_BRACKETS = "()<>[]{}«»\u2018\u2019“”\u2039\u203a〈〉《》「」『』【】〔〕〖〗"
_PAIRS = dict(zip(_BRACKETS[1::2], _BRACKETS[::2], strict=True))
"""Opening brackets by closing ones."""

_OPENING = frozenset(_PAIRS.values())
_DECIDING = re.compile(f"({LETTER.pattern})|[{HAN}]|[{re.escape(''.join((*_PAIRS, *_PAIRS.values())))}]")


class Scripts:
    """Where a text is Latin and where it is Chinese."""

    def __init__(self, places: Sequence[int], latin: Sequence[bool]) -> None:
        self._places = places
        self._latin = latin

    @classmethod
    def of(cls, text: str, *, start: int) -> Self:
        """Find the scripts of a text.

        Args:
            text: A paragraph.
            start: Characters of its automatic number, which is a text of its own.
        """
        places, latin = [0], [False]
        for begin, stop in ((0, start), (start, len(text))):
            _follow(text, begin, stop, places, latin)
        return cls(places, latin)

    def is_latin(self, at: int) -> bool:
        """Whether what stands at a place is Latin unless it says so itself."""
        return self._latin[bisect_right(self._places, at) - 1]


def _follow(text: str, begin: int, stop: int, places: list[int], latin: list[bool]) -> None:
    """Note where the script changes in a part of a text."""
    first = next((found for found in _DECIDING.finditer(text, begin, stop) if _is_strong(found)), None)
    places.append(begin)
    latin.append(first is not None and first[1] is not None)
    opened: list[tuple[str, bool]] = []
    for found in _DECIDING.finditer(text, begin, stop):
        now = latin[-1]
        if _is_strong(found):
            now = found[1] is not None
        elif found[0] not in _PAIRS:
            opened.append((found[0], now))
        else:
            while opened and opened[-1][0] != _PAIRS[found[0]]:
                opened.pop()
            now = opened[-1][1] if opened else now
        if now is not latin[-1]:
            places.append(found.start())
            latin.append(now)


def _is_strong(found: re.Match[str]) -> bool:
    return found[1] is not None or (found[0] not in _PAIRS and found[0] not in _OPENING)
