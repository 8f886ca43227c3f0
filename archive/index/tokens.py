"""Tokens: what of a document is looked up, and which tokens a piece of a query asks for.

``names`` holds ``=whole``, every character, every pair of characters in order (``+``
where they are neighbours), every longer run of a name, and ``~`` the name with one character left out;
``codes`` holds numbers backwards after a letter for their kind – the dictionary compares the first bytes at once,
and numbers differ at their end.
The body holds pairs of neighbouring ideographs, the last ideograph of each run, and whole words of letters
or digits, each with the places where it stands; the last ideograph makes single characters findable without a
token for each of them.
"""

from __future__ import annotations

import re
from itertools import accumulate, combinations, pairwise
from typing import TYPE_CHECKING, NamedTuple

from archive.normal import SPLIT, WORD, fold, name_key
from archive.pinyin import sounds
from archive.query import document_number_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archive.index.document import IndexDocument

SEPARATOR = "\n"
"""Between the parts of the searched text; folding leaves none, so nothing is found across it."""


def searched_text(document: IndexDocument) -> str:
    """Return the folded text a word or phrase is looked for in: title, village, form, then the body."""
    parts = (document.title, document.village_name, *document.form_terms, document.body)
    return SEPARATOR.join(dict.fromkeys(folded for folded in map(fold, parts) if folded))


def text_units(text: str) -> bytes:
    """Return text as the index keeps it: two bytes for a character, four beyond U+FFFF; places count in twos."""
    return text.encode("utf-16-le")


class PlacedTokens(NamedTuple):
    """The tokens of a text, one for each occurrence, and where each begins."""

    tokens: list[str]
    places: list[int]
    """Rising; counted as `text_units` counts."""


def text_tokens(folded: str) -> PlacedTokens:
    """Return the body tokens of folded text."""
    tokens: list[str] = []
    places: list[int] = []
    for run in SPLIT.finditer(folded):
        if run[2]:
            tokens.append(run[2])
            places.append(run.start())
            continue
        chars = run[1]
        tokens.extend(map(str.__add__, chars, chars[1:]))
        tokens.append(chars[-1])
        places.extend(range(run.start(), run.end()))
    if not folded.isascii() and max(folded) > "\uffff":
        beyond = [0, *accumulate(char > "\uffff" for char in folded)]
        places = [at + beyond[at] for at in places]
    return PlacedTokens(tokens, places)


def name_tokens(names: Iterable[str]) -> set[str]:
    """Return the tokens of people's names."""
    found: set[str] = set()
    for key in {name_key(name) for name in names}:
        if not key:
            continue
        found.add("=" + key)
        found.update(key)
        found.update(a + b for a, b in combinations(key, 2))
        found.update("+" + a + b for a, b in pairwise(key))
        found.update(key[i:j] for i in range(len(key)) for j in range(i + 3, len(key) + 1))
        found.update("~" + left for left in near_keys(key))
    return found


def near_keys(key: str) -> set[str]:
    """Return ``key`` and ``key`` with each one character left out, down to two characters.

    Two names share one of these if one character is missing, added, wrong or in another place.
    """
    shorter = {key[:i] + key[i + 1 :] for i in range(len(key))}
    return {k for k in (key, *shorter) if len(k) > 1}


def sound_tokens(names: Iterable[str]) -> set[str]:
    """Return the pinyin tokens: ``=`` whole, ``-`` surname or given name, ``.`` initials."""
    found: set[str] = set()
    for name in names:
        heard = sounds(name)
        found.update("=" + s for s in heard.whole)
        found.update("-" + s for s in heard.parts)
        found.update("." + s for s in heard.initials)
    return found


def code_tokens(document: IndexDocument) -> set[str]:
    """Return the tokens of identity numbers, telephones, document number, village and form code."""
    found: set[str] = set()
    for number in map(_code, document.id_numbers):
        found.add(code_token("i", number))
        found.add(code_token("t", number[-4:]))
        if len(number) == 18:
            found.update((code_token("h", number[:6]), code_token("h", number[:14]), code_token("b", number[6:14])))
    for phone in map(_code, document.phones):
        found.add(code_token("p", phone))
        found.add(code_token("q", phone[-4:]))
    if document.document_number:
        found.update(document_number_tokens(document.document_number))
    if document.reference_code:
        found.update(code_token("r", part) for part in reference_parts(document.reference_code))
    found.update(code_token("v", document.village_code[:n]) for n in (6, 9, 12) if len(document.village_code) >= n)
    if document.form_code:
        found.add(code_token("f", fold(document.form_code)))
    return {token for token in found if len(token) > 1}


def code_token(kind: str, code: str) -> str:
    """Return the token of a number of a kind."""
    return kind + code[::-1]


def document_number_tokens(number: str) -> set[str]:
    """Return the whole number and, without its series, the bracketed year and serial."""
    key = document_number_key(number)
    if key is None:
        return {code_token("n", fold(number))}
    return {code_token("n", key), code_token("n", key[key.index("(") :])}


def reference_parts(code: str) -> tuple[str, ...]:
    """Return a folded 档号 and its class, which is the code without its item number."""
    folded = fold(code)
    return folded, folded.rpartition("-")[0]


def id_tokens(folded: str) -> tuple[str, ...]:
    """Return the tokens that a whole identity number or a part of it asks for."""
    kinds = {4: "t", 6: "h", 8: "b", 14: "h", 15: "i", 18: "i"}
    kind = kinds.get(len(folded))
    return (code_token(kind, folded),) if kind else ()


def phone_tokens(folded: str) -> tuple[str, ...]:
    """Return the tokens that a telephone number or its last four digits ask for."""
    digits = _code(folded)
    digits = digits.removeprefix("86") if len(digits) == 13 else digits
    return (code_token("q" if len(digits) == 4 else "p", digits),)


def digit_tokens(folded: str) -> tuple[str, ...]:
    """Return all code tokens that bare digits may mean."""
    digits = _code(folded)
    found = list(id_tokens(digits))
    if len(digits) == 4 or 7 <= len(digits) <= 12:
        found.extend(phone_tokens(digits))
    if len(digits) in {6, 9, 12}:
        found.append(code_token("v", digits))
    return tuple(found)


def _code(text: str) -> str:
    return re.sub(r"[^0-9a-z]", "", fold(text))


def place_of(text: str, wanted: str, start: int = 0) -> int:
    """Return where folded ``wanted`` next stands in folded ``text`` from ``start`` on, or -1.

    A word of letters or digits is not cut in two.
    """
    whole_start = bool(WORD.match(wanted[0]))
    whole_end = bool(WORD.match(wanted[-1]))
    at = text.find(wanted, start)
    while at >= 0:
        end = at + len(wanted)
        cut = (whole_start and at > 0 and WORD.match(text[at - 1])) or (
            whole_end and end < len(text) and WORD.match(text[end])
        )
        if not cut:
            return at
        at = text.find(wanted, at + 1)
    return -1
