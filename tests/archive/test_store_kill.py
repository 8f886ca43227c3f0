"""Killed at any instant, filing loses nothing it acknowledged and leaves nothing half there."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import ocfl
import pytest

from archive.check import Level, check_archive
from archive.registry import Registry, sqlite_url
from archive.store import Store, digest_of, paper_object
from forms.people import Unit
from forms.values.enums import PaperStatus, UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterator

KILLS = 55
WORKER = Path(__file__).with_name("filing_worker.py")


def run_and_kill(folder: Path, seed: int) -> Iterator[list[str]]:
    """Start the worker, kill it some milliseconds after one of its first words, yield what it acknowledged."""
    worker = subprocess.Popen(
        [sys.executable, str(WORKER), str(folder), str(seed)], stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert worker.stdout is not None
    with worker:
        assert worker.stdout.readline() == "ready\n"
        chance = random.Random(seed)
        first = [worker.stdout.readline() for _ in range(chance.randrange(6))]
        time.sleep(chance.uniform(0, 0.04))
        worker.kill()
        for line in [*first, *worker.stdout]:
            if line.endswith("\n"):
                yield line.split()


@pytest.mark.kill
def test_a_killed_filing_loses_nothing_acknowledged_and_leaves_nothing_half(tmp_path: Path) -> None:
    Store.create(tmp_path / "store", work=tmp_path / "work")
    with Registry.create(sqlite_url(tmp_path / "registry.db")) as registry, registry.begin() as tx:
        tx.units.set_owner(tx.units.save(Unit(kind=UnitKind.TOWN, name="洗马镇人民政府")).uid)
    made: dict[int, str] = {}
    signed: set[str] = set()
    for seed in range(KILLS):
        for word, serial, uid in run_and_kill(tmp_path, seed):
            assert int(serial) not in made or made[int(serial)] == uid, "a number was given twice"
            made[int(serial)] = uid
            if word == "signed":
                signed.add(uid)
        store = Store.open(tmp_path / "store", work=tmp_path / "work")
        assert [p.name for p in (tmp_path / "work").iterdir() if p.is_dir()] == []
        with Registry.open(sqlite_url(tmp_path / "registry.db")) as registry, registry.read() as tx:
            assert (
                made.items() <= {p.document_number.serial: p.uid for p in tx.papers.all() if p.document_number}.items()
            )
            for uid in made.values():
                version = tx.papers.version(uid, 1)
                assert version.status is PaperStatus.SIGNED or uid not in signed
                assert version.digests.items() <= store.paths(paper_object(uid)).items()
            given = [g.number.serial for g in tx.numbers.given("洗民委照", 2026)]
            assert given == list(range(1, len(given) + 1))
    with Registry.open(sqlite_url(tmp_path / "registry.db")) as registry:
        report = check_archive(store, registry, level=Level.FIXITY)
        assert {p.code for p in report.problems} <= {"agreement.unrecorded"}
        for uid in signed:
            with registry.read() as tx:
                wanted = tx.papers.version(uid, 1).digests["signed-v1-1.pdf"]
            assert digest_of(store.read(paper_object(uid), "signed-v1-1.pdf")) == wanted
    assert len(signed) > KILLS // 2
    checker = ocfl.StorageRoot(root=str(store.root))
    assert checker.validate(log_warnings=True, log_errors=False)
    assert checker.errors == []


def test_two_processes_file_at_once_and_both_are_whole(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store", work=tmp_path / "work")
    with Registry.create(sqlite_url(tmp_path / "registry.db")) as registry, registry.begin() as tx:
        tx.units.set_owner(tx.units.save(Unit(kind=UnitKind.TOWN, name="洗马镇人民政府")).uid)
    workers = [
        subprocess.Popen(
            [sys.executable, str(WORKER), str(tmp_path), str(seed)],
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        for seed in (1, 2)
    ]
    said = []
    for worker in workers:
        assert worker.stdout is not None
        said += [worker.stdout.readline() for _ in range(13)]
    for worker in workers:
        worker.kill()
        said += worker.communicate()[0].splitlines()
    made = [line.split()[1:] for line in said if line.startswith("made")]
    assert len({serial for serial, _ in made}) == len(made) >= 12
    with Registry.open(sqlite_url(tmp_path / "registry.db")) as registry, registry.read() as tx:
        assert {uid for _, uid in made} <= {paper.uid for paper in tx.papers.all()}
    store = Store.open(store.root, work=tmp_path / "work")
    with Registry.open(sqlite_url(tmp_path / "registry.db")) as registry:
        assert {p.code for p in check_archive(store, registry).problems} <= {"agreement.unrecorded"}


def test_opening_takes_back_what_was_staged_and_keeps_what_was_stored(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store", work=tmp_path / "work")
    store.put("urn:docgen:paper:1", {"a": b"1"}, message="m", user="u", at=datetime.now(UTC))
    (tmp_path / "work" / "put-0123456789abcdef" / "object" / "v1").mkdir(parents=True)
    again = Store.open(tmp_path / "store", work=tmp_path / "work")
    assert [p for p in (tmp_path / "work").iterdir() if p.is_dir()] == []
    assert again.read("urn:docgen:paper:1", "a") == b"1"
