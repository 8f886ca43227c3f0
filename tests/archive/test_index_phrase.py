"""Stretches of text: found by places and comparison exactly where a plain search of the text finds them."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.index import Index, IndexDocument
from archive.index.phrase import standing
from archive.index.plan import make_place
from archive.index.tokens import place_of, text_tokens, text_units
from archive.normal import SPLIT, fold

pieces = st.sampled_from(
    ["监", "护", "监护", "𬱖", "𬱖监", "a", "a1", "1", "2026", "：", "，", "（", "a-1", " ", "不得脱离"]
)
texts = st.lists(pieces, max_size=14).map("".join)


def times(text: str, wanted: str) -> int:
    count, at = 0, place_of(text, wanted)
    while at >= 0:
        count, at = count + 1, place_of(text, wanted, at + 1)
    return count


@given(st.lists(texts, min_size=1, max_size=6), st.lists(st.lists(pieces, max_size=4).map("".join), max_size=12))
@settings(max_examples=60, deadline=None)
def test_a_stretch_stands_where_reading_every_text_finds_it(bodies: list[str], asked: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name, Index.create(Path(name) / "index") as index:
        index.apply(
            [
                IndexDocument(
                    key=str(number),
                    kind="paper",
                    child_uid="",
                    names=(),
                    unit_uid="",
                    status="",
                    day=date(2026, 1, 1),
                    title="",
                    body=body,
                )
                for number, body in enumerate(bodies)
            ],
            [],
            1,
        )
        (leaf,) = index.snapshot().leaves
        held = [leaf.text(document) for document in range(leaf.size)]
        assert Counter(held) == Counter(map(fold, bodies))
        for wanted in filter(SPLIT.search, (fold(text).strip() for text in asked)):
            expected = {document: times(text, wanted) for document, text in enumerate(held) if times(text, wanted)}
            documents, counts = standing(leaf, make_place(wanted))
            assert dict(zip(documents.tolist(), counts.tolist(), strict=True)) == expected
            few = documents[::2]
            assert standing(leaf, make_place(wanted), few)[0].tolist() == few.tolist()


@given(texts)
def test_a_token_stands_at_its_place(body: str) -> None:
    folded = fold(body)
    units = text_units(folded)
    tokens, places = text_tokens(folded)
    for token, place in zip(tokens, places, strict=True):
        assert units[2 * place :].startswith(text_units(token))
