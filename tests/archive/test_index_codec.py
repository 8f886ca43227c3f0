"""What lies on disk: our dictionary and postings, and what we rely on in Whoosh."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh.columns import NumericColumn, RefBytesColumn, VarBytesColumn
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.query.compound import And
from whoosh.query.terms import Term
from whoosh.query.wrappers import Not

from archive.index import Index, IndexDocument
from archive.index.buffers import ViewBuffer, ViewStorage, open_storage
from archive.index.codec import PlainPool, PlainTermsReader
from archive.index.manifest import NAME
from archive.index.rows import contains, counted, intersect, places_of, union
from archive.index.schema import TIE_BITS
from archive.index.terms import Terms, read_terms, write_terms

if TYPE_CHECKING:
    from pathlib import Path

    from archive.index.leaf import Leaf
    from archive.index.terms import Numbers

postings = st.dictionaries(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=12),
    st.dictionaries(st.integers(0, 100_000), st.integers(1, 300), min_size=1, max_size=20),
    max_size=15,
)


def written(content: dict[str, dict[int, int]], *, placed: bool) -> tuple[PlainTermsReader, Terms, memoryview]:
    """Write each token so often into each document: at places of its own number plus three times the count so far."""
    pool = PlainPool()
    for document in sorted({document for where in content.values() for document in where}):
        tokens = {token: where[document] for token, where in content.items() if document in where}
        if placed:
            every = [token for token, count in tokens.items() for _ in range(count)]
            places = [3 * n for count in tokens.values() for n in range(count)]
            pool.field("field").add_placed(document, every, places)
        else:
            pool.field("field").add(document, tokens)
    posts, terms = io.BytesIO(), io.BytesIO()
    field, end = pool.field("field").write(posts, 0)
    assert end == len(posts.getvalue())
    write_terms(terms, {"field": field})
    view = memoryview(terms.getvalue())
    return PlainTermsReader(view, memoryview(posts.getvalue())), read_terms(view)["field"], view


@given(postings, st.booleans())
def test_what_is_written_of_a_field_is_read_again(content: dict[str, dict[int, int]], placed: bool) -> None:  # noqa: FBT001
    reader, terms, _ = written(content, placed=placed)
    assert [terms.token(at) for at in range(len(terms))] == sorted(token.encode() for token in content)
    for token, where in content.items():
        documents, counts = reader.postings("field", token.encode())
        often = [1] * len(documents) if counts is None else counts.tolist()
        assert documents.tolist() == sorted(where)
        assert often == [where[d] if placed else 1 for d in sorted(where)]
        if placed:
            held, places = reader.occurrences("field", token.encode())
            assert held.tolist() == [d for d in sorted(where) for _ in range(where[d])]
            assert places.tolist() == [3 * n for d in sorted(where) for n in range(where[d])]


@given(postings)
def test_occurrences_too_many_for_one_number_are_sorted_alike(content: dict[str, dict[int, int]]) -> None:
    far = {token: {document * 40_000: count for document, count in where.items()} for token, where in content.items()}
    reader, _, _ = written({**far, "far": {(1 << 32) - 1: 1}}, placed=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("archive.index.pool._PACKED_BITS", 0)
        other, _, _ = written({**far, "far": {(1 << 32) - 1: 1}}, placed=True)
    for token in (*far, "far"):
        for one, two in zip(
            reader.occurrences("field", token.encode()), other.occurrences("field", token.encode()), strict=True
        ):
            assert one.tolist() == two.tolist()


@given(postings, st.binary(min_size=1, max_size=10))
def test_a_token_that_was_not_written_is_not_found(content: dict[str, dict[int, int]], token: bytes) -> None:
    _, terms, _ = written(content, placed=False)
    known = {t.encode() for t in content}
    assert (terms.find(token) >= 0) == (token in known)


@given(postings, st.text("\u4e00ab", min_size=1, max_size=2))
def test_tokens_are_found_by_their_beginning(content: dict[str, dict[int, int]], prefix: str) -> None:
    _, terms, _ = written(content, placed=False)
    start = prefix.encode()
    assert [terms.token(at) for at in terms.span(start)] == [
        token for token in sorted(t.encode() for t in content) if token.startswith(start)
    ]


numbers = st.lists(st.integers(0, 200), unique=True).map(lambda n: np.array(sorted(n), dtype=np.uint32))


@given(numbers, numbers)
def test_sets_of_documents_are_joined_cut_and_asked_as_sets_are(left: Numbers, right: Numbers) -> None:
    one, other = set(left.tolist()), set(right.tolist())
    assert intersect(left, right).tolist() == sorted(one & other)
    for size in (201, 100_000):
        assert union([left, right], size).tolist() == sorted(one | other)
    assert contains(left, right).tolist() == [n in one for n in right.tolist()]
    assert left[places_of(left, right)].tolist() == sorted(one & other)


@given(st.lists(numbers.filter(len), min_size=2, max_size=2), st.sampled_from([1, 7]))
def test_counts_are_found_again_by_looking_up_and_by_spreading_out(pair: list[Numbers], most: int) -> None:
    documents, wanted = pair
    counts = None if most == 1 else (documents % most + 1).astype(np.uint8)
    often = {n: n % most + 1 for n in documents.tolist()}
    assert counted(documents, counts, wanted).tolist() == [often.get(n, 0) for n in wanted.tolist()]
    spread = np.arange(0, 3000, 3, dtype=np.uint32)
    assert counted(spread, None, wanted).tolist() == [float(n % 3 == 0) for n in wanted.tolist()]


# ---------------------------------------------------------------- contracts with Whoosh


@pytest.fixture
def made(tmp_path: Path) -> Path:
    with Index.create(tmp_path / "index") as index:
        for batch in range(3):
            index.apply(
                [
                    IndexDocument(
                        key=f"p{number}",
                        kind="paper",
                        child_uid="",
                        names=(("张三", "李四")[number % 2],),
                        unit_uid=f"u{number % 300}",
                        village_name=f"第{number}村",
                        status="已归档",
                        day=date(2026, 1, 1 + number % 28),
                        title="责任书",
                        body=f"不得脱离监护 {number}" if number % 3 else "",
                    )
                    for number in range(batch * 300, batch * 300 + 300)
                ],
                [f"p{batch * 7}"],
                batch,
            )
    return tmp_path / "index"


def test_whoosh_itself_reads_the_index_and_finds_the_same(made: Path) -> None:
    whoosh = FileIndex(FileStorage(str(made)), indexname=NAME)
    query = And([Term("names", "=张三"), Term("body", "监护"), Not(Term("body", "30"))])
    with Index.open(made) as index, whoosh.searcher() as searcher:
        snapshot = index.snapshot()
        base, ours = 0, set()
        for leaf in snapshot.leaves:
            both = intersect(leaf.documents("names", "=张三"), leaf.documents("body", "监护"))
            both = both[~contains(leaf.documents("body", "30"), both)]
            ours |= {base + int(d) for d in both if leaf.live is None or leaf.live[d]}
            base += leaf.size
        assert ours
        assert set(searcher.docs_for_query(query)) == ours


def test_columns_are_read_as_whoosh_reads_them(made: Path) -> None:
    with Index.open(made) as index:
        for leaf in index.snapshot().leaves:
            storage = open_storage(made / f"{leaf.segment_id}.seg")
            assert leaf.days().tolist() == read_column(storage, leaf, "c_day", NumericColumn("I"))
            ties = read_column(storage, leaf, "c_tie", NumericColumn("Q"))
            assert [number & (1 << TIE_BITS) - 1 for number in leaf.order().tolist()] == ties
            codes, values = leaf.labels("c_unit")
            units = [values[code].encode() for code in codes.tolist()]
            assert units == read_column(storage, leaf, "c_unit", RefBytesColumn())
            keys = [leaf.bytes_of("c_key", n) for n in range(leaf.size)]
            assert keys == read_column(storage, leaf, "c_key", VarBytesColumn())
            storage.close()


def read_column(storage: ViewStorage, leaf: Leaf, name: str, kind: Any) -> list[object]:
    part = f"{leaf.segment_id}.{name}.col"
    reader = kind.reader(storage.open_file(part), 0, storage.file_length(part), leaf.size)
    return [reader[n] for n in range(leaf.size)]


@given(st.binary(max_size=50), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=10))
def test_a_view_is_read_as_a_file_is(data: bytes, reads: list[tuple[int, int]]) -> None:
    view, file = ViewBuffer(memoryview(data)), io.BytesIO(data)
    for at, size in reads:
        view.seek(at)
        file.seek(at)
        assert view.read(size) == file.read(size)
        assert view.get(at, size) == data[at : at + size]
