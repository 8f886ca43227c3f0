"""An intake killed at any instant: every page is filed once or on the desk, and the scan left the inbox last."""

from __future__ import annotations

import hashlib
import io
import itertools
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageDraw

from archive.registry.scans import PageState
from archive.store import paper_object
from forms.values.enums import PaperStatus
from forms.values.names_and_numbers import IdNumber, PersonName, id_check_character

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.workspace import Workspace
    from forms.people import ChildRecord
    from tests.conftest import Hands, Town

KILLS = int(os.environ.get("DOCGEN_KILLS", "6"))
"""`make kill-intake` asks for 200."""
PAPERS = 17 if KILLS >= 50 else 4
"""In the stack, of three pages each."""
WORKER = Path(__file__).with_name("intake_worker.py")


def kids(model: ChildRecord, village: str, count: int) -> list[ChildRecord]:
    """Return so many children like one, each with a name and a number of its own."""
    made = []
    for n, (one, two) in enumerate(itertools.islice(itertools.product("甲乙丙丁戊己", repeat=2), count)):
        birth = date(2016, 1, 1) + timedelta(days=n)
        digits = f"522799{birth:%Y%m%d}900"
        number = IdNumber.parse(digits + id_check_character(digits))
        person = replace(model.child.person, name=PersonName.parse(f"韦{one}{two}"), birth=birth, id_number=number)
        made.append(replace(model, child=replace(model.child, person=person, village_uid=village)))
    return made


def list_of_errands() -> bytes:
    """A page that is nobody's."""
    image = Image.new("L", (1240, 1754), 250)
    ImageDraw.Draw(image).text((200, 300), "salt  eggs  batteries", fill=30, font_size=60)
    target = io.BytesIO()
    image.save(target, "JPEG")
    return target.getvalue()


def worker_for(office: Path, *, is_guarded: bool = False) -> subprocess.Popen[str]:
    command = [sys.executable, str(WORKER), str(office), "guarded" if is_guarded else "unguarded"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")


def finish(office: Path) -> float:
    """Let the intake run to its end; return the seconds after it was ready."""
    with worker_for(office) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        start = time.perf_counter()
        assert worker.communicate()[0] == "done\n"
        return time.perf_counter() - start


def kill(office: Path, chance: random.Random, within: float) -> bool:
    """Kill an intake within so many seconds of its beginning; tell whether it had been done before."""
    with worker_for(office, is_guarded=chance.random() < 0.1) as worker:
        assert worker.stdout is not None
        if chance.random() < 0.1:
            time.sleep(chance.uniform(0, 1.0))  # while the office is being opened
        else:
            assert worker.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0, within))
        worker.kill()
        return worker.stdout.read().endswith("done\n")


def check_whole(workspace: Workspace, scans: dict[str, tuple[str, int]]) -> None:
    """Assert what must hold after every reopening."""
    report = workspace.checking.check()
    assert not report.is_broken, report.problems
    with workspace.registry.read() as tx:
        for digest, (name, pages) in scans.items():
            stack = tx.scans.stack(digest)
            rows = tx.scans.pages(digest)
            assert len({row.page_index for row in rows}) == len(rows), "a page is in two places"
            if not (workspace.folder / "inbox" / name).exists():
                assert stack is not None
                assert stack.page_count == len(rows) == pages, "the scan left the inbox too early"


def check_done(workspace: Workspace, scans: dict[str, tuple[str, int]], complete: set[str]) -> None:
    """Assert what must be there in the end: everything, and everything once."""
    check_whole(workspace, scans)
    assert list((workspace.folder / "inbox").iterdir()) == []
    states: Counter[PageState] = Counter()
    with workspace.registry.read() as tx:
        for digest, (_, pages) in scans.items():
            rows = tx.scans.pages(digest)
            assert sorted(row.page_index for row in rows) == list(range(pages))
            states.update(row.state for row in rows)
    # of the last paper a page was lost, of the first one came twice, the list of errands is nobody's
    assert states == {
        PageState.FILED: 3 * len(complete),
        PageState.WAITING: 2,
        PageState.DUPLICATE: 1,
        PageState.DESK: 1,
    }
    assert len(workspace.filing.desk()) == 2
    for row in workspace.papers.listing():
        files = workspace.store.paths(paper_object(row.uid))
        signed = [path for path in files if path.startswith("signed-") and path.endswith(".pdf")]
        assert len(signed) == (row.uid in complete), "a paper was filed twice, or not at all"
        assert (row.status == PaperStatus.ARCHIVED.value) == (row.uid in complete)
    assert workspace.checking.check().problems == ()


@pytest.mark.kill
def test_an_intake_killed_at_random_moments_files_every_page_once(
    office: Path,
    tmp_path: Path,
    town: Town,
    open_office: Callable[[Path], Workspace],
    hands_of: Callable[[Workspace], Hands],
) -> None:
    with open_office(office) as workspace:
        records = kids(town.record("罗小水"), town.villages[0].uid, PAPERS)
        with workspace.registry.begin() as tx:
            for record in records:
                tx.people.save(record, source="名单", on=date(2026, 3, 10))
        hands = hands_of(workspace)
        report = hands.make(["A5"], *(str(r.child.person.name) for r in records))
        sides = [paper[0] for paper in hands.sides(report)]
        assert [len(pages) for pages in sides] == [3] * PAPERS
        order = [page for pages in sides for page in pages]
        order[-1] = order[0]
        inbox = office / "inbox"
        (inbox / "a.pdf").write_bytes(hands.scan(report, order, dpi=120, noise=0.0))
        (inbox / "b.jpg").write_bytes(list_of_errands())
        complete = {made.uid for made in report.made[:-1]}
    scans = {
        hashlib.sha256((inbox / name).read_bytes()).hexdigest(): (name, pages)
        for name, pages in (("a.pdf", 3 * PAPERS), ("b.jpg", 1))
    }
    chance = random.Random(20261122)
    unharmed = Path(shutil.copytree(office, tmp_path / "unharmed"))
    took = finish(unharmed)
    with open_office(unharmed) as workspace:
        check_done(workspace, scans, complete)
    kills = rounds = 0
    while kills < KILLS:
        rounds += 1
        victim = Path(shutil.copytree(office, tmp_path / f"round-{rounds}"))
        is_done = False
        while not is_done and kills < KILLS:
            is_done = kill(victim, chance, took / 2)
            kills += 1
            with open_office(victim) as workspace:
                check_whole(workspace, scans)
        finish(victim)
        with open_office(victim) as workspace:
            check_done(workspace, scans, complete)
        shutil.rmtree(victim)
