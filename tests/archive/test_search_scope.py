"""The scope is part of the query: an answer is the one that an index of nothing but the scope would give."""

from __future__ import annotations

import contextlib
import tempfile
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.index import Index, IndexDocument
from archive.query import QueryError, parse_query
from archive.search import Scope, find_keys, search

UNITS = ("u0", "u1", "u2")

documents = st.builds(
    IndexDocument,
    key=st.sampled_from([f"paper-{n}" for n in range(14)]),
    kind=st.sampled_from(["paper", "child", "item"]),
    child_uid=st.just("child"),
    names=st.lists(st.text("张章小晓明", min_size=1, max_size=3), max_size=2).map(tuple),
    id_numbers=st.lists(st.sampled_from(["522730201603051234", "52273020150102234X"]), max_size=1).map(tuple),
    document_number=st.sampled_from(["", "洗民委照〔2026〕3号"]),
    reference_code=st.sampled_from(["", "0194-WS·2026-D30-0001"]),
    unit_uid=st.sampled_from(UNITS),
    village_code=st.sampled_from(["522730101001", "522730101002"]),
    village_name=st.sampled_from(["平山村", "新寨村", "大坝村"]),
    form_code=st.sampled_from(["A2", "B1"]),
    status=st.sampled_from(["已归档", "作废"]),
    day=st.integers(0, 900).map(lambda n: date(2025, 1, 1) + timedelta(days=n)),
    title=st.sampled_from(["责任书", "花名册"]),
    body=st.lists(st.sampled_from(["监护", "脱离", "不得", "张明", "2026", "，"]), max_size=8).map("".join),
)
words = st.sampled_from(
    [
        "",
        *(
            "张",
            "张明",
            "张晓明",
            "姓名:张小明",
            '"章明"',
            "zm",
            "zhang",
            "1234",
            "证件:52273020150102234X",
            "脱离监护",
        ),
        *(
            "不得",
            "监",
            "正文:监护",
            "洗民委照〔2026〕3号",
            "0194-WS·2026-D30-0001",
            "2026",
            "村:平山",
            "表:A2",
            "作废",
        ),
    ]
)
queries = st.lists(st.tuples(st.sampled_from(["", "", "-"]), words), min_size=1, max_size=3).map(
    lambda parts: " ".join(sign + word for sign, word in parts if word)
)


@given(
    st.lists(st.lists(documents, max_size=8), min_size=1, max_size=4),
    st.sets(st.sampled_from(UNITS)),
    st.lists(queries, min_size=4, max_size=10),
)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_outside_the_scope_shows_counts_or_changes_an_answer(
    batches: list[list[IndexDocument]], units: set[str], texts: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as name, Index.create(Path(name) / "all") as index:
        kept: dict[str, IndexDocument] = {}
        for number, batch in enumerate(batches):
            index.apply(batch, [], number)
            kept.update({document.key: document for document in batch})
        own = [document for document in kept.values() if document.unit_uid in units]
        scope = Scope(units=frozenset(units))
        with Index.rebuild(Path(name) / "own", own) as alone:
            for text in texts:
                with contextlib.suppress(QueryError):
                    query = parse_query(text)
                    # the same hits, total, similar names, facets and snippets, in the same order
                    assert search(index, query, scope=scope, sort="date", limit=50) == search(
                        alone, query, sort="date", limit=50
                    )
                    by_fit = search(index, query, scope=scope, limit=50)
                    assert {hit.key for hit in by_fit.hits} == {hit.key for hit in search(alone, query, limit=50).hits}
                    assert find_keys(index, query, scope=scope, limit=50).keys == tuple(h.key for h in by_fit.hits)
