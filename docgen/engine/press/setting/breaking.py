"""Where a line may end: characters that may not begin or end one (避头尾), words, gaps.

Source: GB/T 15834—2011 §5.1 (punctuation and line ends), §4.8 (—— is not parted, nor ……); the two sets are those of
ECMA-376 part 1 §17.3.1.16 for simplified Chinese with what LibreOffice adds; where Latin rules hold, Unicode annex 14.
The gap between Chinese and Latin is our choice: 0.2 em, as LibreOffice sets it.
"""

from __future__ import annotations

import re
from functools import cache

NO_START = frozenset(
    "!\"%'),-.:;?]}¢°·ˇ―‖’”•\u2032\u203a℃\u2236、。〃々〉》」』】〕〗〞\ufe30︶︺︾﹀﹄﹐﹔﹕﹗﹚﹜﹞！\uff02％\uff07），．：；？\uff3d\uff5c\uff5d～￠"
)
NO_END = frozenset("$([{£¥‘“〈《「『【〔〖〝﹙﹛﹝\uff04（\uff3b\uff5b￡￥")
HANGING = frozenset("，。、；：？！．!,.:;?")
"""May stand outside the right edge, when a line may end after them."""

AMBIGUOUS = frozenset("“”‘’…—·×÷±°§‰\u2032″") | {chr(c) for c in (*range(0x2150, 0x2190), *range(0x2460, 0x2500))}
"""Chinese behind Chinese, Latin behind Latin: what stands before them decides. Numbers that are one sign, too."""

_EAST = (
    "\u1100-\u11ff\u2100-\u214f\u2190-\u22ff\u2500-\u27bf\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7ff"
    "\ue000-\ufaff\ufe30-\ufe4f\uff00-\uffef\U0001f000-\U0001faff\U00020000-\U0003ffff"
)
_EITHER = "".join(sorted(AMBIGUOUS))
HAN = "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
"""Ideographs, kana, syllables of Hangul."""

TOKEN = re.compile(f"[{HAN}]{{1,48}}|—{{2,}}|…{{2,}}|\u3000| +|[{_EAST}]|[{_EITHER}]|[^{_EAST}{_EITHER} ]{{1,64}}")
"""What is measured at once: ideographs (a line may end between any two), a sign, spaces, a word.

Bounded, so that cutting a text of ten thousand characters into lines stays linear."""

LATIN_RUN = re.compile(f"[^{_EAST}{_EITHER}]+")
"""Words with the spaces between them."""

SPACES = frozenset(" \u3000")
"""Hang over the end of a line and never begin one."""

_STRONG_EAST = re.compile(f"[{_EAST}]")
_IDEOGRAPH = re.compile(f"[{HAN}]")
_CLOSING = r"\s!%),.:;?\]}\"'’”…/|\\\u2013\-"
_INSIDE_WORD = re.compile(
    rf"(?<=[!?|\u2013-])(?=[%]|[^{_CLOSING}])"
    rf"|(?<=[^\s\d][/\\])(?=[^{_CLOSING}])|(?<=\d[/\\])(?=[^{_CLOSING}\d])"
    r"|(?<=[A-Za-z])(?=%)|(?<=%)(?=[(\[{](?!\d))|(?<=[+$])(?=[+$])|(?<=[:;,.!?)\]}])(?=[(\[{])"
)
"""Where a Latin word may be parted: after hyphens and the like, after a slash that does not stand in a fraction.

What LibreOffice does, found by trying every sign between letters and digits (Unicode's annex 14 is stricter)."""

GAP = 0.2
"""Between an ideograph and a letter or digit, in em of the ideograph."""


@cache
def is_east(char: str) -> bool:
    """Whether a character is set in the Chinese face whatever stands beside it."""
    return _STRONG_EAST.match(char) is not None


@cache
def is_ideograph(char: str) -> bool:
    """Whether a gap is due between this character and a letter."""
    return _IDEOGRAPH.match(char) is not None


def leans_east(text: str, start: int, stop: int) -> bool:
    """Decide on an ambiguous stretch of a paragraph by what stands before it; by what follows where it comes first.

    Without any neighbour it is full-width.
    """
    before = next((c for c in reversed(text[:start]) if c not in AMBIGUOUS and c != " "), "")
    decides = before or next((c for c in text[stop:] if c not in AMBIGUOUS and c != " "), "")
    return not decides or is_east(decides)


@cache
def may_part(before: str, after: str) -> bool:
    """Whether a line may end between two Latin words without a space between them, as inside of one word.

    Args:
        before: The last two characters of the first word.
        after: The first character of the second one.
    """
    return _INSIDE_WORD.match(before + after, len(before)) is not None


def words(token: str) -> list[str]:
    """Part a Latin token where a line may end inside it."""
    return [part for part in _INSIDE_WORD.split(token) if part]


_CLASSES = {
    "open": "([{〈《「『【〔〖〝﹙﹛﹝（\uff3b\uff5b｟",
    "close": ")]}〉》」』】〕〗〞﹚﹜﹞）\uff3d\uff5d｠、。，．︶︺︾﹀﹄",
    "never first": "!?/\\|\u2013-！？：；‼⁇⁈⁉・ー々〻ヽヾゝゞ\u3005",
    "comma": ",.:;",
    "quote": "\"'«»‘’“”\u2039\u203a",
    "after figure": "%‰％℃℉¢￠\u2032″",
    "before figure": "$+£¥±￥￡￦№€\u2212∓",
    "dots": "…‥",
    "dash": "—",
}
_CLASS_OF = {char: name for name, chars in _CLASSES.items() for char in chars}
_WIDE = re.compile(f"[{HAN}\u3200-\u33ff\u3000-\u303f\uff00-\uffef\U0001f000-\U0001faff]")
_HELD = frozenset(
    {
        ("letter", "dots"), ("wide", "dots"), ("dots", "dots"), ("figure", "dots"),
        ("wide", "after figure"), ("before figure", "wide"),
        ("letter", "before figure"), ("before figure", "letter"), ("after figure", "letter"),
        ("before figure", "figure"), ("after figure", "figure"),
        ("figure", "after figure"), ("figure", "before figure"),
        ("letter", "open"), ("figure", "open"), ("dash", "dash"),
        ("letter", "letter"), ("letter", "figure"), ("figure", "letter"), ("figure", "figure"),
        ("close", "letter"), ("close", "figure"), ("comma", "letter"), ("comma", "figure"),
    }
)  # fmt: skip
"""Classes that stay together, apart from those that hold whatever stands beside them."""


@cache
def holds(before: str, after: str, following: str = "") -> bool:
    """Whether two characters, one of them Chinese or ambiguous, stay on one line where Latin rules hold.

    Source: Unicode annex 14 in the version that LibreOffice has: rules 13, 14, 16, 17, 19 and 21 to 30.

    Args:
        before: The first one.
        after: The second one.
        following: What stands behind it: a sign before a number in brackets stays with those.
    """
    first, second = _class(before), _class(after)
    if first == "open" or "quote" in {first, second} or second in {"close", "never first", "comma"}:
        return True
    if second == "open" and first in {"before figure", "after figure"}:
        return following.isdecimal()
    return (first, second) in _HELD


def _class(char: str) -> str:
    """Return the class that a character has in annex 14, in our own words."""
    found = _CLASS_OF.get(char)
    if found is not None:
        return found
    if _WIDE.match(char):
        return "wide"
    return "figure" if char.isdecimal() else "letter"
