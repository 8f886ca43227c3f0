"""Which papers a query means, found by reading every one: slow, and plain enough to be believed.

The property test of the index holds it against these functions at small sizes, `bench.search` at its own.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

from archive.normal import WORD_CHARACTERS, fold, name_key
from archive.pinyin import sounds
from archive.query import Aim, Clause, Query, document_number_key, parse_query
from archive.search import EVERYTHING, Scope, find_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archive.index import Index, IndexDocument

_heard = lru_cache(maxsize=200_000)(sounds)
_folded = lru_cache(maxsize=200)(fold)  # one document is held against many queries in turn
_keyed = lru_cache(maxsize=200)(name_key)


def text_parts(document: IndexDocument) -> list[str]:
    """Return what is searched as text, folded."""
    return [_folded(part) for part in (document.title, document.village_name, *document.form_terms, document.body)]


def stands_in(text: str, wanted: str) -> bool:
    """Tell whether a folded text holds a word; letters and digits count whole."""
    left = f"(?<![{WORD_CHARACTERS}])" if re.match(f"[{WORD_CHARACTERS}]", wanted[0]) else ""
    right = f"(?![{WORD_CHARACTERS}])" if re.match(f"[{WORD_CHARACTERS}]", wanted[-1]) else ""
    return re.search(left + re.escape(wanted) + right, text) is not None


def in_order(short: str, long: str) -> bool:
    """Tell whether characters stand in a name in this order."""
    rest = iter(long)
    return all(char in rest for char in short)


def name_meets(key: str, clause: Clause, document: IndexDocument) -> bool:
    """Tell whether somebody on a paper has a name."""
    names = [_keyed(name) for name in document.names]
    if len(key) == 2 and not clause.exact:
        return any(in_order(key, name) for name in names)
    return bool(key) and any(key in name for name in names)


def alike(one: str, other: str) -> bool:
    """Tell whether two names differ by one character, missing or wrong."""

    def leaving_out_at_most_one(name: str) -> set[str]:
        return {name, *("".join(kept) for kept in combinations(name, len(name) - 1))}

    shared = leaving_out_at_most_one(one) & leaving_out_at_most_one(other)
    return any(len(key) > 1 for key in shared)


def sound_meets(key: str, document: IndexDocument) -> bool:
    """Tell whether somebody on a paper is called so, by pinyin or initials."""
    letters = key.replace("ü", "v")
    heard = [_heard(name) for name in document.names]
    return any(letters in one.whole | one.parts | one.initials for one in heard)


def plain(text: str) -> str:
    """Return digits and letters alone."""
    return re.sub("[^0-9a-z]", "", fold(text))


def id_meets(digits: str, document: IndexDocument) -> bool:
    """Tell whether an identity number stands on a paper, whole or by a part people know."""
    for number in map(plain, document.id_numbers):
        if digits == number or (len(digits) == 4 and number.endswith(digits)):
            return True
        if len(digits) in {6, 14} and len(number) == 18 and number.startswith(digits):
            return True
        if len(digits) == 8 and number[6:14] == digits and len(number) == 18:
            return True
    return False


def phone_meets(digits: str, document: IndexDocument) -> bool:
    """Tell whether a telephone stands on a paper."""
    digits = digits.removeprefix("86") if len(digits) == 13 else digits
    return any(
        digits == phone or (len(digits) == 4 and phone.endswith(digits)) for phone in map(plain, document.phones)
    )


def number_meets(folded: str, document: IndexDocument) -> bool:
    """Tell whether a paper has a document number."""
    if not document.document_number:
        return False
    wanted = document_number_key(folded) or folded
    own = document_number_key(document.document_number) or fold(document.document_number)
    return own == wanted or ("(" in own and own[own.index("(") :] == wanted)


def clause_meets(clause: Clause, document: IndexDocument) -> bool:  # noqa: C901 - one case an aim
    """Tell whether a paper meets a clause."""
    folded = clause.folded
    in_text = any(stands_in(text, folded) for text in text_parts(document) if text) if folded else False
    key = name_key(folded)
    match clause.aim:
        case Aim.WORD:
            return name_meets(key, clause, document) or in_text
        case Aim.NAME:
            return name_meets(key, clause, document) or (key.isascii() and sound_meets(key, document))
        case Aim.LETTERS:
            is_form = fold(document.form_code) == folded
            return name_meets(key, clause, document) or sound_meets(key, document) or is_form or in_text
        case Aim.DIGITS:
            digits = plain(folded)
            code = document.village_code
            is_region = len(digits) in {6, 9, 12} and code.startswith(digits)
            is_phone = (len(digits) == 4 or 7 <= len(digits) <= 12) and phone_meets(digits, document)
            return id_meets(digits, document) or is_phone or is_region or in_text
        case Aim.NUMBER:
            return number_meets(folded, document) or in_text
        case Aim.DOCUMENT_NUMBER:
            return number_meets(folded, document)
        case Aim.ID_NUMBER:
            return id_meets(plain(folded), document)
        case Aim.PHONE:
            return phone_meets(plain(folded), document)
        case Aim.TEXT:
            return in_text
        case Aim.FORM:
            if re.fullmatch(r"[a-z]\d+", folded):
                return fold(document.form_code) == folded
            return any(folded in fold(term) for term in document.form_terms)
        case Aim.VILLAGE:
            if re.fullmatch(r"\d{6}|\d{9}|\d{12}", folded):
                return document.village_code.startswith(folded)
            return folded in fold(document.village_name)
        case Aim.STATUS:
            return document.status in {status.value for status in clause.statuses}
        case Aim.DAY:
            return clause.first <= document.day <= clause.last
    raise AssertionError(clause)


def clause_nearly_meets(clause: Clause, document: IndexDocument) -> bool:
    """Tell whether a paper meets a clause but for one character of a name."""
    key = name_key(clause.folded)
    may = clause.aim in {Aim.WORD, Aim.NAME} and not clause.exact and not clause.negated and len(key) > 2
    return may and any(alike(key, name_key(name)) for name in document.names)


def meets(query: Query, document: IndexDocument, scope: Scope, *, nearly: bool) -> bool:
    """Tell whether a paper is an answer; `nearly` lets a name differ by one character."""
    if scope.units is not None and document.unit_uid not in scope.units:
        return False
    return all(
        (clause_meets(clause, document) or (nearly and clause_nearly_meets(clause, document))) != clause.negated
        for clause in query.clauses
    )


def wrong_sets(index: Index, documents: Iterable[IndexDocument], texts: Sequence[str]) -> list[str]:
    """Return the queries that the index answers otherwise than reading every paper does."""
    queries = [parse_query(text) for text in texts]
    wanted: list[set[str]] = [set() for _ in queries]
    for document in documents:
        for query, keys in zip(queries, wanted, strict=True):
            if meets(query, document, EVERYTHING, nearly=True):
                keys.add(document.key)
    return [
        text
        for text, query, keys in zip(texts, queries, wanted, strict=True)
        if (found := find_keys(index, query, limit=len(index))).total != len(keys) or set(found.keys) != keys
    ]
