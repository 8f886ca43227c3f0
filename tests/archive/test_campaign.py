"""Store, registry and index together: killed at any instant, torn or flipped in any file.

Nothing that was acknowledged is lost, what a kill leaves opens again by itself, and every damage is reported by
the path of the file it is in. `make kill-store` asks for 200 kills and 50 damages; the suite runs a few of each.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archive.check import Level, check_archive
from archive.index import Index, IndexDamagedError
from archive.index.manifest import check_seal, seal_path, toc_name
from archive.query import parse_query
from archive.registry import Registry, sqlite_url
from archive.search import find_keys
from archive.store import Store, paper_object
from forms.errors import AppError
from forms.people import Unit
from forms.values.enums import PaperStatus, UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterator

KILLS = int(os.environ.get("DOCGEN_KILLS", "6"))
TORN = int(os.environ.get("DOCGEN_TORN", "12"))
WORKER = Path(__file__).with_name("filing_worker.py")


@dataclass(slots=True)
class Said:
    """What was acknowledged, by uid of the paper."""

    made: set[str] = field(default_factory=set)
    signed: set[str] = field(default_factory=set)
    found: set[str] = field(default_factory=set)

    def hear(self, line: str) -> None:
        """Take note of a line; one that was cut off by the kill does not count."""
        if line.endswith("\n"):
            word, _, uid = line.split()
            {"made": self.made, "signed": self.signed, "found": self.found}[word].add(uid)


def registry_of(folder: Path) -> Registry:
    return Registry.open(sqlite_url(folder / "registry.db"))


def store_of(folder: Path) -> Store:
    return Store.open(folder / "store", work=folder / "work")


def begin(folder: Path) -> None:
    """Make an empty office of the three."""
    Store.create(folder / "store", work=folder / "work")
    with Registry.create(sqlite_url(folder / "registry.db")) as registry, registry.begin() as tx:
        tx.units.set_owner(tx.units.save(Unit(kind=UnitKind.TOWN, name="洗马镇人民政府")).uid)
    Index.create(folder / "index").close()


def worker_for(folder: Path, seed: int) -> subprocess.Popen[str]:
    """Start the worker; it says “ready” first."""
    worker = subprocess.Popen(
        [sys.executable, str(WORKER), str(folder), str(seed), "indexed"],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"
    return worker


def pace_of(folder: Path, said: Said) -> float:
    """Let the worker file its first papers; return the seconds it takes for one."""
    with worker_for(folder, KILLS) as worker:
        assert worker.stdout is not None
        start = time.monotonic()
        while len(said.found) < 3:
            said.hear(worker.stdout.readline())
        worker.kill()
        seconds = (time.monotonic() - start) / 3
        for line in worker.stdout:
            said.hear(line)
    return seconds


def run_and_kill(folder: Path, seed: int, said: Said, pace: float) -> None:
    """Start the worker and kill it while it is at its first papers."""
    with worker_for(folder, seed) as worker:
        assert worker.stdout is not None
        time.sleep(random.Random(seed).uniform(0, 3 * pace))
        worker.kill()
        for line in worker.stdout:
            said.hear(line)


def prove(folder: Path, said: Said) -> None:
    """Open everything again; what was acknowledged is there."""
    store = store_of(folder)
    with registry_of(folder) as registry, registry.read() as tx, Index.open(folder / "index") as index:
        for uid in said.made:
            version = tx.papers.version(uid, 1)
            assert version.status is PaperStatus.SIGNED or uid not in said.signed
            assert version.digests.items() <= store.paths(paper_object(uid)).items()
        owed = {row.uid for row in tx.outbox.take(10**6)}
        keys = set(index.keys())
        assert said.found <= keys
        assert {paper.uid for paper in tx.papers.all() if paper.version} <= keys | owed
        assert set(find_keys(index, parse_query("脱离监护"), limit=10**6).keys) == keys


def reported(folder: Path) -> list[str]:
    """Check everything; return the places of what was found, or the sentences of what could not be opened."""
    places: list[str] = []
    try:
        with Index.open(folder / "index") as index:
            index.check()
    except IndexDamagedError as error:
        places.append(f"index/{error.why}")
    try:
        with registry_of(folder) as registry:
            report = check_archive(store_of(folder), registry, level=Level.FIXITY)
    except AppError as error:
        return [*places, str(error)]
    return places + [p.where.subject for p in report.problems if p.code != "agreement.unrecorded"]


def damages(folder: Path, count: int) -> Iterator[tuple[Path, bytes]]:
    """Yield files of store, registry and index in turns, each with the bytes it is damaged to."""
    rng = random.Random(5)
    stored = sorted(path for path in (folder / "store").rglob("*") if path.is_file())
    index = folder / "index"
    seal = check_seal(index)  # a kill may have left a segment that no generation names
    indexed = [seal_path(index, seal.generation), index / toc_name(seal.generation)]
    indexed += [index / segment.name for segment in seal.segments]
    for number in range(count):
        path = rng.choice((stored, indexed, [folder / "registry.db"], stored)[number % 4])
        good = path.read_bytes()
        at = rng.randrange(len(good))
        if number // 4 % 2 and len(good) > 1:
            yield path, good[:at]
        else:
            yield path, good[:at] + bytes((good[at] ^ 1 << rng.randrange(8),)) + good[at + 1 :]


@pytest.mark.kill
def test_killed_or_damaged_anywhere_nothing_acknowledged_is_lost_and_every_damage_is_named(tmp_path: Path) -> None:
    said = Said()
    begin(tmp_path)
    pace = pace_of(tmp_path, said)
    for seed in range(KILLS):
        run_and_kill(tmp_path, seed, said, pace)
        prove(tmp_path, said)
    assert reported(tmp_path) == []
    for path, bad in damages(tmp_path, TORN):
        good, stat = path.read_bytes(), path.stat()
        path.write_bytes(bad)
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # a disk that fails does not tell the time
        places = reported(tmp_path)
        assert places, path
        name = path.relative_to(tmp_path / "store").as_posix() if "store" in path.parts else path.name
        assert any(name in place or (place in name and "/" in place) for place in places), (name, places)
        path.write_bytes(good)
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert reported(tmp_path) == []
    prove(tmp_path, said)
