"""From a query's clauses to what is looked up, nothing else: no index is needed here.

A clause is a choice of `Lookup` (a token that must be there) and `Place` (a stretch of text); conditions on
columns are `Sieve`, days are a span. The scope – whose papers may be seen – is a sieve like the others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from archive.index.schema import day_number, folded_parts
from archive.index.tokens import code_token, digit_tokens, id_tokens, near_keys, phone_tokens
from archive.normal import SPLIT, WORD, name_key
from archive.query import Aim, Clause, Query, document_number_key

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

WHOLE = 3.0
"""Rank of a whole name, identity number, telephone or document number."""

PART = 2.0
"""Rank of a part of a name or number, or of a reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """A token that must be there."""

    field: str
    token: str
    rank: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Folded text that must stand in the searched text."""

    text: str
    tokens: tuple[str, ...]
    """Tokens that are certainly there if the text is; rarest not first."""

    first_character: str = ""
    """Where there is no token: a single ideograph to look up by the tokens that begin with it."""

    verified: bool = True
    """False where the tokens alone prove it."""

    has_edges: bool = False
    """Begins or ends with a letter or digit, whose word must not be cut in two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One clause: any of its lookups, or its place."""

    lookups: tuple[Lookup, ...]
    place: Place | None = None
    near: tuple[Lookup, ...] = ()
    """Lookups of merely similar names."""

    @property
    def by_rank(self) -> list[Lookup]:
        """The lookups, highest rank last."""
        return sorted(self.lookups, key=lambda lookup: lookup.rank)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sieve:
    """A condition on a column of few values."""

    column: str
    key: Hashable
    """Equal keys accept equal values; what was decided for a segment is kept under it."""

    accepts: Callable[[str], bool]
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """A span of days as numbers, both ends included."""

    first: int
    last: int
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A query ready to run."""

    wanted: tuple[Choice, ...]
    unwanted: tuple[Choice, ...]
    sieves: tuple[Sieve, ...]
    days: tuple[Days, ...]

    @property
    def has_near(self) -> bool:
        """Whether similar names could add anything."""
        return any(choice.near for choice in self.wanted)

    only_lookups: tuple[tuple[str, str, float], ...] | None = None
    """Field, token and rank of each lookup, highest rank last, of a plan that asks for nothing else; those of merely
    similar names, which have no rank, come first."""


@lru_cache(maxsize=1024)
def make_plan(query: Query, units: frozenset[str] | None) -> Plan:
    """Turn a query into a plan; ``units`` are those whose papers may be seen, None for all."""
    wanted: list[Choice] = []
    unwanted: list[Choice] = []
    sieves: list[Sieve] = []
    days: list[Days] = []
    if units is not None:
        sieves.append(Sieve(column="c_unit", key=units, accepts=units.__contains__))
    for clause in query.clauses:
        sieve = _sieve(clause)
        if sieve is not None:
            sieves.append(sieve)
        elif clause.aim is Aim.DAY:
            first, last = clause.first, clause.last
            days.append(
                Days(
                    first=day_number(first.year, first.month, first.day),
                    last=day_number(last.year, last.month, last.day),
                    negated=clause.negated,
                )
            )
        else:
            (unwanted if clause.negated else wanted).append(_choice(clause))
    only = None
    if len(wanted) == 1 and not unwanted and not days and wanted[0].place is None:
        lookups = (*wanted[0].near, *wanted[0].by_rank)
        only = tuple((lookup.field, lookup.token, lookup.rank) for lookup in lookups)
    return Plan(
        wanted=tuple(wanted), unwanted=tuple(unwanted), sieves=tuple(sieves), days=tuple(days), only_lookups=only
    )


def _sieve(clause: Clause) -> Sieve | None:
    if clause.aim is Aim.STATUS:
        statuses = frozenset(status.value for status in clause.statuses)
        return Sieve(column="c_status", key=statuses, accepts=statuses.__contains__, negated=clause.negated)
    if clause.aim in {Aim.FORM, Aim.VILLAGE}:
        column = "c_form" if clause.aim is Aim.FORM else "c_village"
        return Sieve(
            column=column,
            key=clause.folded,
            accepts=lambda value: _labelled(value, clause),
            negated=clause.negated,
        )
    return None


def _labelled(value: str, clause: Clause) -> bool:
    """Tell whether a form or village goes by what was asked: its code, or a part of its name."""
    code, *names = folded_parts(value)
    if clause.aim is Aim.FORM and re.fullmatch(r"[a-z]\d+", clause.folded):
        return code == clause.folded
    if clause.aim is Aim.VILLAGE and re.fullmatch(r"\d{6}|\d{9}|\d{12}", clause.folded):
        return code.startswith(clause.folded)
    return any(clause.folded in name for name in names)


def _choice(clause: Clause) -> Choice:
    folded = clause.folded
    lookups: list[Lookup] = []
    near: list[Lookup] = []
    place: Place | None = None

    def look(field: str, tokens: tuple[str, ...] | set[str], rank: float) -> None:
        lookups.extend(Lookup(field=field, token=token, rank=rank) for token in sorted(tokens))

    match clause.aim:
        case Aim.NAME | Aim.WORD:
            key = name_key(folded)
            if key:
                _look_for_name(key, clause, lookups, near)
            if clause.aim is Aim.WORD:
                place = make_place(folded)
            elif key.isascii():
                _look_for_sound(key, lookups)
        case Aim.LETTERS:
            key = name_key(folded)
            _look_for_name(key, clause, lookups, [])
            _look_for_sound(key, lookups)
            look("codes", (code_token("f", folded),), PART)
            place = make_place(folded)
        case Aim.DIGITS:
            _look_for_codes(digit_tokens(folded), lookups)
            place = make_place(folded)
        case Aim.NUMBER | Aim.DOCUMENT_NUMBER:
            key = document_number_key(folded) or folded
            look("codes", (code_token("n", key),), WHOLE)
            if clause.aim is Aim.NUMBER:
                place = make_place(folded)
        case Aim.REFERENCE_CODE:
            look("codes", (code_token("r", folded),), WHOLE)
        case Aim.ID_NUMBER:
            _look_for_codes(id_tokens(folded), lookups)
        case Aim.PHONE:
            _look_for_codes(phone_tokens(folded), lookups)
        case Aim.TEXT:
            place = make_place(folded)
        case _:
            raise AssertionError(clause.aim)
    return Choice(lookups=tuple(lookups), place=place, near=tuple(near))


def _look_for_name(key: str, clause: Clause, lookups: list[Lookup], near: list[Lookup]) -> None:
    lookups.append(Lookup(field="names", token="=" + key, rank=WHOLE))
    pair_in_a_row = clause.exact and len(key) == 2
    lookups.append(Lookup(field="names", token="+" + key if pair_in_a_row else key, rank=PART))
    if not clause.exact and not clause.negated and len(key) > 2:
        near.extend(Lookup(field="names", token="~" + k, rank=0.0) for k in sorted(near_keys(key)))


def _look_for_sound(key: str, lookups: list[Lookup]) -> None:
    letters = key.replace("ü", "v")
    lookups.append(Lookup(field="sounds", token="=" + letters, rank=WHOLE))
    lookups.extend(Lookup(field="sounds", token=mark + letters, rank=PART) for mark in ".-")


def _look_for_codes(tokens: tuple[str, ...], lookups: list[Lookup]) -> None:
    for token in tokens:
        rank = WHOLE if token[0] in "ip" else PART
        lookups.append(Lookup(field="codes", token=token, rank=rank))


@lru_cache(maxsize=512)
def make_place(folded: str) -> Place:
    """Return how to look for a stretch of folded text."""
    tokens: dict[str, None] = {}
    single = ""
    for run in SPLIT.finditer(folded):
        if run[2]:
            tokens[run[2]] = None
        elif len(run[1]) == 1:
            single = single or run[1]
        else:
            tokens.update(dict.fromkeys(map(str.__add__, run[1], run[1][1:])))
    whole = SPLIT.fullmatch(folded)
    alone = bool(whole and (whole[2] or len(folded) <= 2))
    return Place(
        text=folded,
        tokens=tuple(tokens),
        first_character="" if tokens else single,
        verified=not alone,
        has_edges=bool(WORD.match(folded[0]) or WORD.match(folded[-1])),
    )
