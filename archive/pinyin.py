"""How a name may sound (拼音): every whole reading, every reading of surname and given name, and the initials.

Readings come from pypinyin, all that a character has (单 is shan, dan and chan: people also type the common one);
a few surnames are read in a way of their own. All is lower case without tones;
ü is kept as each of the three ways it is typed (lv, lu, lyu).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product

from archive.normal import name_key

_SURNAME_READINGS: dict[str, tuple[str, ...]] = {
    "万俟": ("mo qi",),
    "尉迟": ("yu chi",),
    "长孙": ("zhang sun",),
    "澹台": ("tan tai",),
    "单于": ("chan yu",),
    "宰父": ("zai fu",),
    "黑": ("he",),
    "费": ("bi",),
    "谌": ("shen",),
}

_TWO_CHARACTER_SURNAMES = re.compile(
    "欧阳|上官|司马|司徒|司空|诸葛|夏侯|皇甫|令狐|慕容|公孙|东方|西门|南宫|百里|呼延|端木|轩辕|钟离|宇文|独孤|闻人|"
    "濮阳|淳于|太史|申屠|公羊|赫连|仲孙|第五|拓跋|完颜|纳兰|鲜于|闾丘|东郭|南门|羊舌|微生|公冶|梁丘|左丘|谷梁|乐正|"
    "漆雕|壤驷|万俟|尉迟|长孙|澹台|单于|宰父"
)

_READINGS_A_NAME = 32
_READINGS_A_CHARACTER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Sounds:
    """The ways one name may be typed in letters."""

    whole: frozenset[str]
    """All syllables in a row, e.g. ``zhangsan``."""

    parts: frozenset[str]
    """The surname or the given name alone, e.g. ``zhang`` and ``san``."""

    initials: frozenset[str]
    """First letter of each syllable, at least two, e.g. ``zs``."""


@lru_cache(maxsize=20_000)
def sounds(name: str) -> Sounds:
    """Return how ``name`` may sound; a name in letters sounds as it is written."""
    key = name_key(name)
    if key.isascii():
        written = frozenset({key} if key else ())
        return Sounds(whole=written, parts=frozenset(), initials=frozenset())
    cut = 2 if len(key) > 2 and _TWO_CHARACTER_SURNAMES.match(key) else 1
    surnames = _surname_readings(key[:cut])
    share = max(1, _READINGS_A_NAME // len(surnames))
    given = list(islice(product(*(_readings(c)[:_READINGS_A_CHARACTER] for c in key[cut:])), share))
    whole: set[str] = set()
    parts: set[str] = set()
    initials: set[str] = set()
    for surname, rest in product(surnames, given):
        syllables = [s for s in (*surname, *rest) if s]
        whole |= _typed("".join(syllables))
        parts |= _typed("".join(surname)) | _typed("".join(rest))
        initials.add("".join(s[0] for s in syllables))
    return Sounds(
        whole=frozenset(whole - {""}),
        parts=frozenset(parts - {""} - whole),
        initials=frozenset(i for i in initials if len(i) > 1),
    )


def _typed(letters: str) -> set[str]:
    return {letters.replace("v", written) for written in ("v", "u", "yu")} if "v" in letters else {letters}


def _surname_readings(surname: str) -> list[tuple[str, ...]]:
    own = [tuple(r.split()) for r in _SURNAME_READINGS.get(surname, ())]
    common = list(product(*(_readings(c) for c in surname)))
    return list(dict.fromkeys(own + common))


@lru_cache(maxsize=10_000)
def _readings(char: str) -> tuple[str, ...]:
    """All readings of one character, the usual one first; ``("",)`` where none is known."""
    if char.isascii():
        return (char,)
    from pypinyin import Style, pinyin  # its dictionaries take longer to load than a search; only indexing needs them

    found = pinyin(char, style=Style.NORMAL, heteronym=True, errors="ignore")
    known = tuple(dict.fromkeys(r for group in found for r in group if r.isascii() and r.isalpha()))
    return known or ("",)
