"""The index's fields in Whoosh's terms. A class named here is named in the index on disk (see `codec`)."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any

from whoosh.columns import NumericColumn, RefBytesColumn, VarBytesColumn
from whoosh.fields import COLUMN, FieldType, Schema
from whoosh.formats import Existence

from archive.index.tokens import (
    SEPARATOR,
    code_tokens,
    name_tokens,
    searched_text,
    sound_tokens,
    text_tokens,
    text_units,
)
from archive.normal import fold

if TYPE_CHECKING:
    from collections.abc import Generator

    from archive.index.document import IndexDocument

WITHIN = "\x1f"
"""Between the parts of one column value."""

TIE_BITS = 37


class Tokens(FieldType):
    """Tokens that are either there or not; the value is the ready set, so Whoosh's analysers stay out of it."""

    def __init__(self) -> None:
        self.format = Existence()
        self.scorable = False
        self.stored = False
        self.unique = False

    def index(self, value: Any, **_: Any) -> Generator[tuple[bytes, int, float, bytes], Any, None]:
        """Yield Whoosh's tuples of token, count, weight, payload for a set of tokens."""
        for token in value:
            yield token.encode(), 1, 1.0, b""


class PlacedText(Tokens):
    """Tokens with every place where they stand; how often is a posting's weight."""

    def __init__(self) -> None:
        super().__init__()
        self.scorable = True

    def index(self, value: Any, **_: Any) -> Generator[tuple[bytes, int, float, bytes], Any, None]:
        """Yield Whoosh's tuples of token, count, weight, payload for `PlacedTokens`."""
        for token, count in Counter(value.tokens).items():
            yield token.encode(), count, float(count), b""


def make_schema() -> Schema:
    """Return the fields of the index."""
    return Schema(
        key=Tokens(),
        names=Tokens(),
        sounds=Tokens(),
        codes=Tokens(),
        body=PlacedText(),
        c_key=COLUMN(VarBytesColumn(allow_offsets=False)),
        c_text=COLUMN(VarBytesColumn(allow_offsets=False)),
        c_unit=COLUMN(RefBytesColumn()),
        c_village=COLUMN(RefBytesColumn()),
        c_form=COLUMN(RefBytesColumn()),
        c_status=COLUMN(RefBytesColumn()),
        c_kind=COLUMN(RefBytesColumn()),
        c_day=COLUMN(NumericColumn("I")),
        c_tie=COLUMN(NumericColumn("Q")),
    )


def fields_of(document: IndexDocument) -> dict[str, Any]:
    """Return what Whoosh's writer is given for one document."""
    text = searched_text(document)
    names = [n for n in document.names if n]
    return {
        "key": (key_token(document.key),),
        "names": name_tokens(names),
        "sounds": sound_tokens(names),
        "codes": code_tokens(document),
        "body": text_tokens(text),
        "c_key": document.key.encode(),
        "c_text": text_units(text + SEPARATOR),
        "c_unit": document.unit_uid.encode(),
        "c_village": f"{document.village_code}{WITHIN}{document.village_name}".encode(),
        "c_form": WITHIN.join((document.form_code, *document.form_terms)).encode(),
        "c_status": document.status.encode(),
        "c_kind": document.kind.encode(),
        "c_day": day_number(document.day.year, document.day.month, document.day.day),
        "c_tie": tie_number(document.key),
    }


def key_token(key: str) -> str:
    """Return the token of a document's key, backwards because keys differ at their end."""
    return key[::-1]


def day_number(year: int, month: int, day: int) -> int:
    """Return a day as a number that sorts like it: 20260301."""
    return year * 10_000 + month * 100 + day


def tie_number(key: str) -> int:
    """Return a number that orders documents of equal score and day the same way for ever.

    37 bits, so that day and tie are one number of 64 bits that sorts.
    """
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest()) >> 64 - TIE_BITS


def folded_parts(value: str) -> list[str]:
    """Return the folded parts of a label of several parts."""
    return [fold(part) for part in value.split(WITHIN)]
