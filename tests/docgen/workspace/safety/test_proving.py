"""`check` proves that an office is whole: what was flipped, lost or only claimed to be signed is found."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING

import pytest

from archive.store import paper_object
from docgen.settings import FOLDERS
from forms.errors import ArchiveBrokenError
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from docgen.workspace import Workspace
    from tests.conftest import Hands


@pytest.fixture
def kept(loop_office: Path, tmp_path: Path, open_office: Callable[[Path], Workspace]) -> Iterator[Workspace]:
    with open_office(shutil.copytree(loop_office, tmp_path / "loop")) as opened:
        yield opened


def test_a_whole_office_is_whole_at_every_level(kept: Workspace) -> None:
    for level in ("structure", "completeness", "fixity"):
        report = kept.checking.check(level)
        assert report.problems == ()
        assert not report.is_broken
    assert report.objects == 9, "six papers and three scans"


def test_any_flipped_byte_is_found(kept: Workspace) -> None:
    chance = random.Random(7)
    files = [p for p in sorted((kept.folder / "store").rglob("*")) if p.is_file() and p.stat().st_size]
    for path in chance.sample(files, 25):
        data = bytearray(path.read_bytes())
        at = chance.randrange(len(data))
        data[at] ^= 0xFF
        path.write_bytes(data)
        assert kept.checking.check().is_broken, path.name
        data[at] ^= 0xFF
        path.write_bytes(data)
    assert not kept.checking.check().is_broken


def test_a_lost_file_is_found_without_reading_every_byte(kept: Workspace) -> None:
    next(p for p in (kept.folder / "store").rglob("signed-*.pdf")).unlink()
    assert not kept.checking.check("structure").is_broken
    assert kept.checking.check("completeness").is_broken


def test_a_lost_object_is_found(kept: Workspace) -> None:
    lost = next(p for p in (kept.folder / "store").rglob("issued-v1.pdf")).parents[2]
    assert (lost / "inventory.json").is_file()
    shutil.rmtree(lost)
    assert "agreement.paper-missing" in {p.code for p in kept.checking.check().problems}


def test_a_paper_that_only_claims_to_be_signed_counts_nowhere(hands: Hands, workspace: Workspace) -> None:
    (made,) = hands.make(["A5"], "罗小山").made
    with workspace.registry.begin() as tx:
        tx.papers.set_status(made.uid, 1, PaperStatus.ARCHIVED)
    problems = workspace.checking.check().problems
    assert "agreement.unsigned" in {p.code for p in problems}
    assert workspace.checking.check().is_broken


def test_an_unsigned_paper_is_no_fact(hands: Hands, workspace: Workspace) -> None:
    hands.make(["A5", "A8"], "罗小山")
    with workspace.registry.read() as tx:
        assert [fact.is_done for fact in tx.papers.facts(hands.uid("罗小山"))] == [False, False]
    missing = workspace.dossiers.show(hands.uid("罗小山"))[0].missing
    assert {line.split(" ")[0] for line in missing} >= {"A5", "A8", "A1"}
    assert workspace.finding.search("", status="已归档").total == 0


@pytest.mark.parametrize("name", ["inbox", "desk", "out", "work", "templates"])
def test_a_missing_folder_is_named(name: str, kept: Workspace) -> None:
    shutil.rmtree(kept.folder / name)
    report = kept.checking.check()
    assert [p.where.subject for p in report.problems if p.code == "office.folder-missing"] == [name]
    assert not report.is_broken


def test_an_office_without_its_store_does_not_open(office: Path, open_office: Callable[[Path], Workspace]) -> None:
    shutil.rmtree(office / "store")
    with pytest.raises(ArchiveBrokenError):
        open_office(office)


def test_an_office_whose_empty_folders_were_lost_on_the_way_works_on(
    office: Path, open_office: Callable[[Path], Workspace], hands_of: Callable[[Workspace], Hands]
) -> None:
    for name in FOLDERS:
        if not any((office / name).iterdir()):
            (office / name).rmdir()
    with open_office(office) as workspace:
        assert workspace.filing.file_inbox().scans == ()
        hands = hands_of(workspace)
        report = hands.make(["A8"], "罗小水")
        (office / "inbox").mkdir(exist_ok=True)
        assert len(hands.file("1.pdf", hands.scan(report)).filed) == 1
        assert not workspace.checking.check().is_broken


def test_an_object_that_nobody_registered_is_a_finding_and_no_loss(kept: Workspace) -> None:
    kept.store.put(paper_object("ABCDEFGH23"), {"inputs-v1.json": b"{}"}, message="m", user="u", at=kept.now)
    report = kept.checking.check()
    assert [p.code for p in report.problems] == ["agreement.unrecorded"]
    assert not report.is_broken


def test_a_check_that_found_nothing_says_what_it_looked_at(kept: Workspace) -> None:
    assert "9 件档案" in kept.checking.check().summary
    assert kept.checking.check("structure").as_json()["problems"] == []
