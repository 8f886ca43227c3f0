"""Segments of the index joined: while papers are filed, aside, by one process at a time, and no answer changes."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from filelock import FileLock
from whoosh.codec.whoosh3 import W3Segment

import archive.index.manager as manager_module
from archive.index import Index, IndexDocument, joining
from archive.index.codec import PlainCodec
from archive.index.joining import SCATTERED
from archive.index.writer import MOST_SEGMENTS, segments_to_join
from forms.errors import DiskFullError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MakeDocument: TypeAlias = "Callable[..., IndexDocument]"
KeysOf: TypeAlias = "Callable[[Index, str], set[str]]"


def test_segments_are_joined_before_they_are_many(folder: Path, make_document: MakeDocument, keys_of: KeysOf) -> None:
    with Index.create(folder) as index:
        for number in range(3 * MOST_SEGMENTS):
            index.apply([make_document(number)], [f"paper-{number - 2}"] if number % 3 == 0 else [], number)
            assert len(index.snapshot().leaves) <= MOST_SEGMENTS
        known = keys_of(index, "张三")
        index.tidy()
        assert keys_of(index, "张三") == known
        index.check()


def test_a_filing_never_joins_a_big_segment() -> None:
    segments = [W3Segment(PlainCodec(), "MAIN", doccount=n) for n in (90_000, 5000, 300, 200, 1, 1, 1, 1, 1, 1)]
    joined = segments_to_join(segments, most_documents=400)
    assert sorted(segment.doc_count_all() for segment in joined) == [1, 1, 1, 1]
    assert segments_to_join(segments[:4], most_documents=400) == []


def test_big_segments_do_not_make_the_small_ones_many() -> None:
    """Else a filing in an office of many big segments joins its few small ones at every other time."""
    segments = [W3Segment(PlainCodec(), "MAIN", doccount=n) for n in (*[90_000] * 20, *[1] * (MOST_SEGMENTS - 1))]
    assert segments_to_join(segments, most_documents=400) == []


@pytest.fixture
def scattered(folder: Path, monkeypatch: pytest.MonkeyPatch, make_document: MakeDocument) -> Iterator[Index]:
    """Eighty documents in sixteen segments, 李四 every third; two of them deleted."""
    with Index.create(folder) as index, monkeypatch.context() as patch:
        patch.setattr(manager_module, "JOINED_AT_ONCE", 0)
        for number in range(0, 80, 5):
            batch = [make_document(n, name=("张三", "李四", "张小三")[n % 3]) for n in range(number, number + 5)]
            index.apply(batch, ["paper-7", "paper-31"] if number == 75 else [], number)
        assert len(index.snapshot().leaves) == SCATTERED
        assert index.is_scattered
        patch.undo()
        yield index


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Let something happen after segments were joined aside and before they are taken over."""

    def let(happen: Callable[[], None]) -> None:
        join = joining.join_aside

        def joined(*args: Any) -> Any:
            made = join(*args)
            happen()
            return made

        monkeypatch.setattr(manager_module, "join_aside", joined)

    return let


def test_what_changes_while_segments_are_joined_is_not_undone(
    scattered: Index,
    folder: Path,
    meanwhile: Callable[[Callable[[], None]], None],
    make_document: MakeDocument,
    keys_of: KeysOf,
) -> None:
    def file_and_delete() -> None:
        with Index.open(folder) as other, pytest.MonkeyPatch.context() as patch:  # another process
            patch.setattr(manager_module, "JOINED_AT_ONCE", 0)  # filing joins none of those that are being joined
            other.apply([make_document(100, name="王五"), make_document(1, name="赵六")], ["paper-3", "paper-44"], 95)

    before, many = keys_of(scattered, "张三"), len(scattered.snapshot().leaves)
    held, size = keys_of(scattered, "李四"), len(scattered)
    meanwhile(file_and_delete)
    assert scattered.tidy()
    assert len(scattered.snapshot().leaves) < many
    assert not scattered.is_scattered
    assert scattered.watermark == 95
    assert keys_of(scattered, "张三") == before - {"paper-3", "paper-44"}
    assert keys_of(scattered, "李四") == held - {"paper-1", "paper-44"}
    assert keys_of(scattered, "王五") == {"paper-100"}
    assert keys_of(scattered, "赵六") == {"paper-1"}
    assert len(scattered) == size - 2 + 1
    scattered.check()


def test_segments_that_filing_joins_meanwhile_are_left_to_it(
    scattered: Index,
    folder: Path,
    meanwhile: Callable[[Callable[[], None]], None],
    make_document: MakeDocument,
    keys_of: KeysOf,
) -> None:
    def file_many() -> None:
        with Index.open(folder) as other:
            for number in range(100, 112):
                other.apply([make_document(number)], [], number)

    before = keys_of(scattered, "张三")
    meanwhile(file_many)
    assert not scattered.tidy()
    assert keys_of(scattered, "张三") == before | {f"paper-{number}" for number in range(100, 112)}
    assert not (folder / "tidying").exists()
    scattered.check()


def test_only_one_tidies_and_what_a_broken_one_left_does_no_harm(
    scattered: Index, folder: Path, keys_of: KeysOf
) -> None:
    before = keys_of(scattered, "张三")
    with FileLock(folder / "tidy.lock"):
        assert not scattered.tidy()
    (folder / "tidying").mkdir()
    (folder / "tidying" / "half").write_bytes(b"half")
    assert scattered.tidy()
    assert keys_of(scattered, "张三") == before
    assert not (folder / "tidying").exists()


def test_a_full_disk_leaves_the_segments_as_they_were(
    scattered: Index, monkeypatch: pytest.MonkeyPatch, keys_of: KeysOf
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = keys_of(scattered, "张三")
    monkeypatch.setattr(manager_module, "join_aside", full)
    with pytest.raises(DiskFullError):
        scattered.tidy()
    assert keys_of(scattered, "张三") == before
    scattered.check()


def test_segments_of_nothing_but_deleted_papers_go(folder: Path, make_document: MakeDocument, keys_of: KeysOf) -> None:
    with Index.create(folder) as index:
        for number in range(3):
            index.apply([make_document(number)], [], number)
        index.apply([], [f"paper-{number}" for number in range(3)], 99)
        assert index.snapshot().leaves == ()
        assert not index.tidy()
        assert (len(index), keys_of(index, "")) == (0, set())
        index.check()


def test_an_index_is_not_scattered_when_nothing_could_be_joined(
    scattered: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else every filing would begin a process that finds nothing to do."""
    monkeypatch.setattr(joining, "TIDIED_AT_ONCE", 9)  # segments of five: two are more than that
    assert not scattered.is_scattered
    assert not scattered.tidy()
    monkeypatch.setattr(joining, "TIDIED_AT_ONCE", 10)
    assert scattered.is_scattered


def test_joining_keeps_every_answer(folder: Path, make_document: MakeDocument, keys_of: KeysOf) -> None:
    words = ["张三", "脱离监护", "监", "1234", "zs", "洗民委照〔2026〕13号", "责任书 -李四"]
    with Index.create(folder) as index:
        for number in range(0, 40, 5):
            batch = [make_document(n, name=("张三", "李四", "张小三")[n % 3]) for n in range(number, number + 5)]
            index.apply(batch, [f"paper-{number - 3}"], number)
        before = [keys_of(index, word) for word in words]
        index.tidy()
        assert len(index.snapshot().leaves) < MOST_SEGMENTS
        assert [keys_of(index, word) for word in words] == before
