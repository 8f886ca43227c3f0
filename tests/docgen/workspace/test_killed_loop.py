"""Killed at any instant of making and filing, an office loses nothing it acknowledged and keeps nothing half."""

from __future__ import annotations

import hashlib
import itertools
import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archive.store import paper_object
from forms.values.enums import PaperStatus
from forms.values.names_and_numbers import IdNumber, PersonName, id_check_character

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.workspace import Workspace
    from forms.people import ChildRecord
    from tests.conftest import Hands, Town

KILLS = int(os.environ.get("DOCGEN_KILLS", "50"))
"""`make kill` asks for more."""
WORKER = Path(__file__).with_name("loop_worker.py")
GIVEN = "一二三四五六七八九十"


def children(model: ChildRecord, village: str, count: int, first: int) -> list[ChildRecord]:
    """Return so many children like one, each with a name and a number of its own."""
    made = []
    for n, (one, two, three) in enumerate(itertools.islice(itertools.product(GIVEN, repeat=3), first, first + count)):
        birth = date(2016, 1, 1) + timedelta(days=first + n)
        digits = f"522799{birth:%Y%m%d}{900:03d}"
        number = IdNumber.parse(digits + id_check_character(digits))
        person = replace(
            model.child.person, name=PersonName.parse(f"莫{one}{two}{three}"), birth=birth, id_number=number
        )
        made.append(replace(model, child=replace(model.child, person=person, village_uid=village)))
    return made


@dataclass(slots=True)
class Promised:
    """What the clerk was told is done."""

    made: dict[str, str] = field(default_factory=dict)
    filed: set[str] = field(default_factory=set)

    def hear(self, line: str) -> None:
        """Take note of one acknowledgement."""
        word, *rest = line.split()
        if word == "made":
            assert self.made.setdefault(rest[0], rest[1]) == rest[1], "a paper was given two numbers"
        elif word == "filed":
            self.filed.add(rest[0])


def run_and_kill(office: Path, waiting: Path, promised: Promised, *, chance: random.Random, pace: float) -> None:
    """Start the worker, kill it some time after it is ready, take note of what it acknowledged.

    Args:
        office: The office.
        waiting: Scans that have not come in yet.
        promised: What was acknowledged so far.
        chance: Chooses the moment.
        pace: Seconds the worker needs to file a scan and to make a paper.
    """
    with worker_for(office, waiting, is_guarded=chance.random() < 0.1) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 2 * pace))
        worker.kill()
        for line in worker.stdout:
            if line.endswith("\n"):
                promised.hear(line)


def worker_for(office: Path, waiting: Path, *, is_guarded: bool = False) -> subprocess.Popen[str]:
    """Start the worker."""
    command = [sys.executable, str(WORKER), str(office), str(waiting), "guarded" if is_guarded else "unguarded"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")


def pace_of(office: Path, waiting: Path, promised: Promised) -> float:
    """Let the worker file and make once, unharmed; return the seconds it took on this machine, as it is now."""
    with worker_for(office, waiting) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        start = time.perf_counter()
        for line in worker.stdout:
            promised.hear(line)
            if line.startswith("made"):
                break
        took = time.perf_counter() - start
        worker.kill()
        for line in worker.stdout:
            if line.endswith("\n"):
                promised.hear(line)
    return took


def check_whole(workspace: Workspace, promised: Promised, scans: dict[str, str], places: tuple[Path, ...]) -> None:
    """Assert everything that must hold after every reopening."""
    report = workspace.checking.check()
    assert not report.is_broken, report.problems
    assert {p.code for p in report.problems} <= {"agreement.unrecorded"}
    with workspace.registry.read() as tx:
        papers = {p.uid: p for p in tx.papers.all()}
        numbers = [str(p.document_number) for p in papers.values()]
        assert len(set(numbers)) == len(numbers), "a number was given twice"
        serials = [g.number.serial for g in tx.numbers.given("洗民听意", 2026)]
        assert serials == list(range(1, len(serials) + 1)), "a number was lost"
        assert len([n for n in numbers if "听意" in n]) == len(serials), "a number belongs to no paper"
        for uid, number in promised.made.items():
            assert str(papers[uid].document_number) == number
        for uid, paper in papers.items():
            version = tx.papers.version(uid, paper.version)
            assert version.digests.items() <= workspace.store.paths(paper_object(uid)).items(), "half a paper"
            assert version.status is PaperStatus.ARCHIVED or uid not in promised.filed
        for digest, name in scans.items():
            stack = tx.scans.stack(digest)
            is_recorded = stack is not None and len(tx.scans.pages(digest)) == stack.page_count
            held = [folder for folder in places if (folder / name).is_file()]
            assert is_recorded or held, "a scan is nowhere"
            for folder in held:
                assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


@pytest.mark.kill
def test_a_clerk_killed_at_random_moments_loses_nothing(
    office: Path,
    tmp_path: Path,
    town: Town,
    open_office: Callable[[Path], Workspace],
    hands_of: Callable[[Workspace], Hands],
) -> None:
    waiting = tmp_path / "waiting"
    waiting.mkdir()
    model = town.record("罗小水")
    here, there = (village.uid for village in town.villages)
    with open_office(office) as workspace:
        with workspace.registry.begin() as tx:
            for record in (*children(model, here, KILLS, 0), *children(model, there, KILLS, KILLS)):
                tx.people.save(record, source="名单", on=date(2026, 3, 10))
        hands = hands_of(workspace)
        names = [str(r.child.person.name) for r in children(model, here, KILLS, 0)]
        singles = hands.make(["A8"], *names[: KILLS * 3 // 5])
        doubles = hands.make(["A5"], *names[KILLS * 3 // 5 : KILLS * 4 // 5])
        stacks = [paper[0] for paper in hands.sides(singles)]
        stacks[:6] = [stacks[0] + stacks[1], stacks[2] + stacks[3], stacks[4] + stacks[5]]
        for n, stack in enumerate(stacks):
            (waiting / f"{n:03}-a.pdf").write_bytes(hands.scan(singles, stack, seed=n, dpi=120, noise=0.0))
        for n, page in enumerate(page for paper in hands.sides(doubles) for page in paper[0]):
            (waiting / f"{n:03}-b.pdf").write_bytes(hands.scan(doubles, [page], seed=n, dpi=120, noise=0.0))
    scans = {hashlib.sha256(p.read_bytes()).hexdigest(): p.name for p in waiting.iterdir()}
    promised = Promised()
    chance = random.Random(20261123)
    pace = min(pace_of(office, waiting, promised), 4.0)  # on a machine that is very busy, fewer papers get through
    for _ in range(KILLS):
        run_and_kill(office, waiting, promised, chance=chance, pace=pace)
        with open_office(office) as workspace:
            check_whole(workspace, promised, scans, (waiting, office / "inbox"))
    assert len(promised.filed) > 1
    assert len(promised.made) > 1
    # what is left is finished by the same program, and everything is there once
    with worker_for(office, waiting) as worker:
        assert worker.communicate()[0].endswith("done\n")
    with open_office(office) as workspace:
        check_whole(workspace, promised, scans, (waiting, office / "inbox"))
        assert list((office / "inbox").iterdir()) == []
        assert workspace.filing.desk() == ()
        status = {row.uid: row.status for row in workspace.papers.listing()}
        for made in (*singles.made, *doubles.made):
            signed = [p for p in workspace.store.paths(paper_object(made.uid)) if p.startswith("signed-")]
            assert len([p for p in signed if p.endswith(".pdf")]) == 1
            assert status[made.uid] == PaperStatus.ARCHIVED.value
            assert workspace.finding.search(made.number).hits[0].key == made.uid
        assert {row.prints for row in workspace.papers.listing(village="大坝村")} == {"1"}
        assert workspace.checking.check().problems == ()
