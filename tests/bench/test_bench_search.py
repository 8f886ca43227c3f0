"""The search bench's truth: what an index forgets or makes up is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.index import Index
from bench.corpus import make_corpus
from bench.search import GROUPS, make_groups, wrong_after_changes
from bench.search_truth import wrong_sets

if TYPE_CHECKING:
    from pathlib import Path


def test_an_index_that_forgets_or_makes_up_a_paper_is_counted(tmp_path: Path) -> None:
    documents = list(make_corpus(300))
    one, other = documents[3], documents[200]
    texts = [f"文号:{one.document_number}", f"文号:{other.document_number}"]
    with Index.rebuild(tmp_path / "index", documents) as index:
        assert wrong_sets(index, documents, texts) == []
        assert wrong_sets(index, documents[4:], texts) == texts[:1]
        index.apply([], [other.key], 1)
        assert wrong_sets(index, documents, texts) == texts[1:]


def test_every_class_of_queries_is_answered_whole_after_changes(tmp_path: Path) -> None:
    documents = list(make_corpus(2000))
    with Index.rebuild(tmp_path / "index", documents) as index:
        wrong, asked = wrong_after_changes(index, documents, make_groups(documents, 3))
    assert wrong == 0
    assert asked > 2 * len(GROUPS)
