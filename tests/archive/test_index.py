"""The index folder: opened only when it is ours and whole, changed by one writer, read in whole generations."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pytest
from filelock import FileLock

import archive.index.manager as manager_module
from archive.index import Index, IndexDamagedError, IndexDocument
from archive.index.leaf import _Kept
from archive.index.manifest import latest_generation, seal_path, toc_name
from forms.errors import DiskFullError, OfficeBusyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MakeDocument: TypeAlias = "Callable[..., IndexDocument]"
KeysOf: TypeAlias = "Callable[[Index, str], set[str]]"


def test_a_new_index_is_empty_and_current_to_nothing(folder: Path, keys_of: KeysOf) -> None:
    with Index.create(folder) as index:
        assert (len(index), index.watermark) == (0, 0)
        assert keys_of(index, "") == set()


def test_what_was_applied_is_found_by_the_next_question_and_by_another_opening(
    folder: Path, make_document: MakeDocument, keys_of: KeysOf
) -> None:
    with Index.create(folder) as index, Index.open(folder) as other:
        assert keys_of(other, "张三") == set()
        index.apply([make_document(1)], [], 7)
        assert keys_of(index, "张三") == {"paper-1"}
        assert keys_of(other, "张三") == {"paper-1"}
        assert other.watermark == 7


def test_a_later_state_takes_the_place_of_an_earlier_one(
    folder: Path, make_document: MakeDocument, keys_of: KeysOf
) -> None:
    with Index.create(folder) as index:
        index.apply([make_document(1), make_document(1, name="李四")], [], 1)
        index.apply([make_document(1, name="王五")], [], 2)
        assert (keys_of(index, "张三"), keys_of(index, "李四"), keys_of(index, "王五")) == (set(), set(), {"paper-1"})
        index.apply([], ["paper-1", "never-there"], 3)
        assert (len(index), keys_of(index, "")) == (0, set())


def test_the_watermark_never_goes_back(folder: Path, make_document: MakeDocument) -> None:
    with Index.create(folder) as index:
        index.apply([], [], 9)
        index.apply([make_document(1)], [], 4)
        assert index.watermark == 9
    with Index.open(folder) as index:
        assert index.watermark == 9


def test_the_short_rows_are_kept_when_the_long_ones_are_too_many() -> None:
    kept = _Kept()
    kept.keep(("names", "张三"), (np.arange(3, dtype=np.uint32), None))
    for number in range(9):
        kept.keep(("body", f"{number}"), (np.arange(400_000, dtype=np.uint32), None))
    assert ("names", "张三") in kept
    assert 1 <= sum(field == "body" for field, _ in kept) <= 5


def test_an_index_whose_last_paper_went_answers_every_question(
    folder: Path, make_document: MakeDocument, keys_of: KeysOf
) -> None:
    """A segment of nothing had no text to look in."""
    with Index.create(folder) as index:
        index.apply([make_document(1)], [], 1)
        for watermark in (2, 3):
            index.apply([], ["paper-1"], watermark)
            assert sum(leaf.size for leaf in index.snapshot().leaves) in {0, 1}
            assert all(leaf.size for leaf in index.snapshot().leaves)
            assert keys_of(index, "脱离监护") == set()


def test_rebuilding_gives_the_same_answers_and_the_given_watermark(
    folder: Path, make_document: MakeDocument, keys_of: KeysOf
) -> None:
    documents = [make_document(n, name=("张三", "李四")[n % 2]) for n in range(30)]
    done: list[int] = []
    with Index.create(folder) as index:
        index.apply(documents, [], 5)
        before = keys_of(index, "张三")
    with Index.rebuild(folder, iter(documents), done.append, watermark=12) as index:
        assert (keys_of(index, "张三"), index.watermark, done) == (before, 12, list(range(1, 31)))
    assert not (folder / "rebuild").exists()


def test_a_rebuild_in_many_batches_is_one_index(
    folder: Path, monkeypatch: pytest.MonkeyPatch, make_document: MakeDocument, keys_of: KeysOf
) -> None:
    monkeypatch.setattr(manager_module, "REBUILD_BATCH", 4)
    with Index.rebuild(folder, map(make_document, range(11))) as index:
        assert [leaf.size for leaf in index.snapshot().leaves] == [4, 4, 3]
        assert len(keys_of(index, "张三")) == 11


def test_a_very_large_rebuild_makes_few_segments_and_an_ordinary_one_the_usual_ones() -> None:
    most, usual = manager_module.REBUILD_BATCH_MOST, manager_module.REBUILD_BATCH
    sizes = (0, 60_000, 200_000, 400_000, 1_000_000, 5_000_000)
    assert [manager_module.batch_of(n) for n in sizes] == [usual, usual, usual, 100_000, most, most]


def test_a_rebuild_that_fails_leaves_the_old_index(folder: Path, make_document: MakeDocument, keys_of: KeysOf) -> None:
    def broken() -> Iterator[IndexDocument]:
        yield make_document(2)
        raise OSError(28, "No space left on device")

    with Index.create(folder) as index:
        index.apply([make_document(1)], [], 1)
        with pytest.raises(DiskFullError):
            Index.rebuild(folder, broken())
        assert keys_of(index, "张三") == {"paper-1"}
    with Index.open(folder) as index:
        assert keys_of(index, "张三") == {"paper-1"}


def test_an_open_index_goes_over_to_a_rebuilt_one(folder: Path, make_document: MakeDocument, keys_of: KeysOf) -> None:
    with Index.create(folder) as index:
        index.apply([make_document(1)], [], 1)
        Index.rebuild(folder, [make_document(2)]).close()
        assert keys_of(index, "") == {"paper-2"}


def test_readers_in_other_threads_see_whole_generations(
    folder: Path, make_document: MakeDocument, keys_of: KeysOf
) -> None:
    seen: list[int] = []
    with Index.create(folder) as index:
        stop = threading.Event()

        def read() -> None:
            while not stop.is_set():
                seen.append(len(keys_of(index, "张三")))

        reader = threading.Thread(target=read)
        reader.start()
        for number in range(20):
            index.apply([make_document(2 * number), make_document(2 * number + 1)], [], number)
        stop.set()
        reader.join()
    assert seen
    assert all(count % 2 == 0 for count in seen)
    assert seen == sorted(seen)


def test_a_second_writer_waits_and_is_then_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, make_document: MakeDocument
) -> None:
    monkeypatch.setattr(manager_module, "LOCK_WAIT_S", 0.05)
    with Index.create(folder) as index:
        with FileLock(folder / "write.lock"), pytest.raises(OfficeBusyError):
            index.apply([make_document(1)], [], 1)
        index.apply([make_document(1)], [], 1)
        assert len(index) == 1


def test_two_processes_that_write_lose_nothing(folder: Path, keys_of: KeysOf) -> None:
    Index.create(folder).close()
    program = (
        "import sys; from pathlib import Path; from datetime import date; from archive.index import *\n"
        "index = Index.open(Path(sys.argv[1]))\n"
        "for n in range(10):\n"
        "    index.apply([IndexDocument(key=sys.argv[2] + str(n), kind='paper', child_uid='', names=('张三',), "
        "unit_uid='u', status='', day=date(2026, 1, 1), title='')], [], n)\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", program, str(folder), name]) for name in "ab"]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    with Index.open(folder) as index:
        assert keys_of(index, "") == {f"{name}{n}" for name in "ab" for n in range(10)}


# ---------------------------------------------------------------- damage


def damaged(folder: Path) -> str:
    with pytest.raises(IndexDamagedError) as caught:
        Index.open(folder)
    assert (caught.value.exit_code, caught.value.code) == (7, "index.damaged")
    return caught.value.why


def test_an_absent_or_empty_folder_says_that_there_is_no_index_yet(folder: Path) -> None:
    assert "还没有建立" in damaged(folder)
    folder.mkdir()
    assert "还没有建立" in damaged(folder)


def test_a_folder_of_rubbish_is_refused_and_then_rebuilt(
    folder: Path, make_document: MakeDocument, keys_of: KeysOf
) -> None:
    folder.mkdir()
    (folder / "photo.jpg").write_bytes(b"\xff\xd8rubbish")
    (folder / "MAIN_abc.seg").write_bytes(os.urandom(100))
    (folder / "_MAIN_7.toc").write_bytes(b"rubbish")
    (folder / "seal-7.json").write_bytes(b"[1, 2")
    damaged(folder)
    with Index.rebuild(folder, [make_document(1)]) as index:
        assert keys_of(index, "张三") == {"paper-1"}
    assert (folder / "photo.jpg").exists()
    assert not (folder / "MAIN_abc.seg").exists()


class _Runs:
    """Pickled, it makes a file when it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (open, (self.path, "w"))


@pytest.mark.parametrize("part", ["toc", "directory"])
def test_a_pickle_from_elsewhere_is_never_run(
    folder: Path, tmp_path: Path, part: str, make_document: MakeDocument
) -> None:
    with Index.create(folder) as index:
        index.apply([make_document(1)], [], 1)
    trap = pickle.dumps(_Runs(str(tmp_path / "it-ran")))
    if part == "toc":
        path = folder / toc_name(latest_generation(folder))
        path.write_bytes(path.read_bytes()[:20] + trap)
    else:
        (path,) = folder.glob("*.seg")
        data = bytearray(path.read_bytes())
        start = int.from_bytes(data[:8], "big")
        data[start : start + len(trap)] = trap[: len(data) - start]
        path.write_bytes(data)
    damaged(folder)
    assert not (tmp_path / "it-ran").exists()


def test_a_foreign_index_of_whoosh_is_refused(folder: Path) -> None:
    from whoosh.fields import ID, Schema
    from whoosh.index import create_in

    folder.mkdir()
    create_in(str(folder), Schema(key=ID))
    assert "缺少封记" in damaged(folder)


def test_an_index_of_other_versions_is_rebuilt(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Index.create(folder).close()
    monkeypatch.setattr("archive.index.manifest.FORMAT", 999)
    assert "另一个版本" in damaged(folder)


def test_a_changed_seal_is_refused(folder: Path) -> None:
    Index.create(folder).close()
    path = seal_path(folder, latest_generation(folder))
    seal = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**seal, "watermark": 5}), encoding="utf-8")
    assert "封记" in damaged(folder)


def test_every_torn_file_is_noticed_at_opening(folder: Path, tmp_path: Path, make_document: MakeDocument) -> None:
    with Index.create(folder) as index:
        index.apply([make_document(1)], [], 1)
        index.apply([make_document(2)], [], 2)
    for path in [p for p in folder.iterdir() if p.suffix in {".seg", ".toc", ".json"}]:
        torn = tmp_path / "torn"
        shutil.copytree(folder, torn)
        data = path.read_bytes()
        (torn / path.name).write_bytes(data[: len(data) // 2])
        damaged(torn)
        shutil.rmtree(torn)


def test_every_flipped_byte_is_noticed_by_the_check_and_named(folder: Path, make_document: MakeDocument) -> None:
    with Index.create(folder) as index:
        index.apply([make_document(1)], [], 1)
    (path,) = folder.glob("*.seg")
    good = path.read_bytes()
    for at in range(0, len(good), max(1, len(good) // 40)):
        path.write_bytes(good[:at] + bytes((good[at] ^ 0xFF,)) + good[at + 1 :])
        with pytest.raises(IndexDamagedError) as caught, Index.open(folder) as index:
            index.check()
        assert path.name in caught.value.why
    path.write_bytes(good)
    with Index.open(folder) as index:
        index.check()


@pytest.mark.kill
@pytest.mark.skipif(not hasattr(os, "kill"), reason="needs signals")
def test_a_writer_killed_at_any_moment_loses_nothing_it_reported(folder: Path, keys_of: KeysOf) -> None:
    Index.create(folder).close()
    program = (
        "import sys; from pathlib import Path; from datetime import date; from archive.index import *\n"
        "index = Index.open(Path(sys.argv[1])); first = int(sys.argv[2])\n"
        "for n in range(first, first + 1000):\n"
        "    index.apply([IndexDocument(key=f'paper-{n}', kind='paper', child_uid='', names=('张三',), "
        "unit_uid='u', status='', day=date(2026, 1, 1), title='')], [], n + 1)\n"
        "    print(n, flush=True)\n"
    )
    first = 0
    for trial in range(6):
        writer = subprocess.Popen(
            [sys.executable, "-c", program, str(folder), str(first)], stdout=subprocess.PIPE, text=True
        )
        with writer:
            assert writer.stdout is not None
            reported = [int(writer.stdout.readline()) for _ in range(2 + trial)]
            writer.kill()
            reported += map(int, writer.stdout.read().split())
        with Index.open(folder) as index:
            found = keys_of(index, "")
            assert {f"paper-{n}" for n in range(max(reported) + 1)} <= found
            assert index.watermark >= max(reported) + 1
            index.check()
            first = index.watermark


def test_deleted_documents_stay_deleted_in_a_kept_segment(
    folder: Path, make_document: MakeDocument, keys_of: KeysOf
) -> None:
    """Whoosh's own refresh brings them back; see docs/search.md."""
    with Index.create(folder) as index, Index.open(folder) as reader:
        index.apply([make_document(n) for n in range(50)], [], 1)
        assert len(keys_of(reader, "张三")) == 50
        index.apply([replace(make_document(7), names=("李四",))], ["paper-9"], 2)
        assert len(keys_of(reader, "张三")) == 48
        assert keys_of(reader, "李四") == {"paper-7"}
        assert len(reader) == 49
