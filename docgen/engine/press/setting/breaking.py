"""Where a line may end: characters that may not begin or end one (避头尾), words, gaps.

Source: GB/T 15834—2011 §5.1 (punctuation and line ends), §4.8 (—— is not parted, nor ……);
the two sets are those Word uses for zh-CN. The gap between Chinese and Latin is our choice: 0.2 em,
as LibreOffice sets it.
"""

from __future__ import annotations

import re
from functools import cache

NO_START = frozenset(
    "!%),.:;>?]}¢¨°·ˇˉ―‖’”…‰\u2032″\u203a℃\u2236、。〃〉》」』】〕〗〞︶︺︾﹀﹄﹚﹜﹞！\uff02％\uff07），．：；？\uff3d\uff40\uff5c\uff5d～￠"
)
NO_END = frozenset("$([{£¥‘“〈《「『【〔〖〝﹙﹛﹝\uff04（\uff3b\uff5b￡￥")
HANGING = frozenset("，。、；：？！．")
"""May stand outside the right edge, when a line may end after them."""

AMBIGUOUS = frozenset("“”‘’…—·×÷±°§‰\u2032″")
"""Full-width beside Chinese, narrow beside Latin: their neighbours decide."""

_EAST = (
    "\u1100-\u11ff\u2100-\u214f\u2190-\u22ff\u2460-\u27bf\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7ff"
    "\ue000-\ufaff\ufe30-\ufe4f\uff00-\uffef\U0001f000-\U0001faff\U00020000-\U0003ffff"
)
_EITHER = "".join(sorted(AMBIGUOUS))
_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
TOKEN = re.compile(f"[{_HAN}]{{1,48}}|—{{2,}}|…{{2,}}|\u3000| +|[{_EAST}]|[{_EITHER}]|[^{_EAST}{_EITHER} ]{{1,64}}")
"""What is measured at once: ideographs (a line may end between any two), a sign, spaces, a word.

Bounded, so that cutting a text of ten thousand characters into lines stays linear."""

LATIN_RUN = re.compile(f"[^{_EAST}{_EITHER}]+")
"""Words with the spaces between them."""

LETTERS = re.compile("[A-Za-z\u00c0-\u024f]")

SPACES = frozenset(" \u3000")
"""Hang over the end of a line and never begin one."""

_STRONG_EAST = re.compile(f"[{_EAST}]")
_IDEOGRAPH = re.compile(f"[{_HAN}]")
_CLOSING = r"\s!%),.:;?\]}\"'’”…/|\\\u2013\-"
_INSIDE_WORD = re.compile(
    rf"(?<=[!?|\u2013-])(?=[%]|[^{_CLOSING}])"
    rf"|(?<=[^\s\d][/\\])(?=[^{_CLOSING}])|(?<=\d[/\\])(?=[^{_CLOSING}\d])"
    r"|(?<=[A-Za-z])(?=%)|(?<=[+$])(?=[+$])|(?<=[:;,.!?)\]}])(?=[(\[{])"
)
"""Where a Latin word may be parted: after hyphens and the like, after a slash that does not stand in a fraction.

What LibreOffice does, found by trying every sign between letters and digits (Unicode's annex 14 is stricter)."""

GLUE = frozenset("\"'")
"""Straight quotation marks open and close: a line ends on neither side of them."""

DASHES = frozenset("—…")
"""May end a line even beside letters."""

LOOSE = frozenset("$+([{")
"""Signs before which a line may end though a closing one stands there."""

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
    """Decide on an ambiguous stretch of a paragraph by its nearest neighbours.

    Chinese on either side, or no letters on either side, makes it full-width.
    """
    before = next((c for c in reversed(text[:start]) if c not in AMBIGUOUS and c != " "), "")
    after = next((c for c in text[stop:] if c not in AMBIGUOUS and c != " "), "")
    return (not before and not after) or any(c and is_east(c) for c in (before, after))


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
