"""旧档: recognised by their names, nothing lost, started again at will."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfWriter
from reportlab.pdfgen.canvas import Canvas

from archive.intake.old_scans import look_at
from archive.store import scan_object
from docgen.workspace.keeping.adopting import NoFolderError
from forms.values.blank import is_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from archive.intake.old_scans import OldScan
    from docgen.workspace import Workspace
    from docgen.workspace.keeping.reports import AdoptionReport


def pdf(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if text:
        canvas = Canvas(str(path))
        canvas.drawString(100, 700, text)
        canvas.showPage()
        canvas.save()
    else:
        writer = PdfWriter()
        writer.add_blank_page(595, 842)
        writer.add_metadata({"/Title": path.as_posix()[-40:]})
        writer.write(path)


def verdicts(report: AdoptionReport) -> Mapping[str, tuple[str, str]]:
    """By path: verdict and child."""
    with report.path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return {row[0]: (row[1], row[2]) for row in rows}


@dataclass(frozen=True)
class People:
    """Names to call files by."""

    one: str
    """Nobody else has it."""
    other: str
    """Nor this."""
    twice: str
    """Two children have it."""
    number: str
    """Of one of the children."""
    village: str
    """Of `one`."""


@pytest.fixture
def people(workspace: Workspace) -> People:
    with workspace.registry.read() as tx:
        records = tx.people.all()
        names = [str(record.child.person.name) for record in records]
        single = [r for r in records if names.count(str(r.child.person.name)) == 1 and is_value(r.child.person.birth)]
        village = tx.units.get(single[0].child.village_uid).short
    return People(
        one=str(single[0].child.person.name),
        other=str(single[1].child.person.name),
        twice=next(name for name in names if names.count(name) > 1),
        number=next(str(r.child.person.id_number) for r in records if is_value(r.child.person.id_number)),
        village=village,
    )


@pytest.fixture
def old(tmp_path: Path, people: People) -> Path:
    """Give a folder of old scans of the town's children."""
    folder = tmp_path / "旧扫描件"
    pdf(folder / "2024年" / people.village / f"{people.one}_责任书.pdf", "undertaking of 2024")
    pdf(folder / "2024年" / f"{people.number}.pdf")
    pdf(folder / "2024年" / people.other / "登记表.pdf")
    pdf(folder / "2024年" / people.village / "花名册.pdf")
    pdf(folder / "2024年" / f"{people.twice}.pdf")
    pdf(folder / "2024年" / "扫描0001.pdf")
    pdf(folder / "2001" / f"{people.one}.pdf")
    pdf(folder / "2024年" / f"{people.one} {people.other}.pdf")
    (folder / "Thumbs.db").write_bytes(b"x")
    (folder / "说明.txt").write_text("x", "utf-8")
    (folder / "坏.pdf").write_bytes(b"%PDF-1.4 junk")
    return folder


def test_a_dry_run_says_what_would_happen_and_changes_nothing(workspace: Workspace, old: Path) -> None:
    before = list(workspace.store.objects())
    report = workspace.adopting.adopt(old)
    assert report.dry_run
    assert (report.files, report.children, report.villages) == (10, 3, 1)
    assert verdicts(report)["说明.txt"][0] == "读不出来"
    assert list(workspace.store.objects()) == before
    with workspace.registry.read() as tx:
        assert tx.old.count() == 0
        assert tx.scans.stacks() == ()


def test_files_go_to_their_child_and_doubtful_ones_to_the_desk(workspace: Workspace, old: Path, people: People) -> None:
    report = workspace.adopting.adopt(old, dry_run=False)
    said = verdicts(report)
    assert said[f"2024年/{people.other}/登记表.pdf"] == ("归到儿童", people.other)
    assert said[f"2024年/{people.village}/{people.one}_责任书.pdf"] == ("归到儿童", people.one)
    assert said[f"2024年/{people.village}/花名册.pdf"] == ("归到村（居）", "")
    assert {path for path, (verdict, _) in said.items() if verdict == "待认定"} == {
        f"2001/{people.one}.pdf",
        "2024年/扫描0001.pdf",
        f"2024年/{people.one} {people.other}.pdf",
        f"2024年/{people.twice}.pdf",
    }
    assert {path for path, (verdict, _) in said.items() if verdict == "读不出来"} == {"坏.pdf", "说明.txt"}
    assert (report.children, report.villages, report.unclear, report.unreadable) == (3, 1, 4, 2)
    assert [item.code for item in workspace.filing.desk()] == ["old-unplaced"] * 4
    assert len([path for path in old.rglob("*") if path.is_file()]) == 11
    assert workspace.checking.check().problems == ()


def test_what_was_taken_is_found_by_its_text_its_title_and_its_child(
    workspace: Workspace, old: Path, people: People
) -> None:
    workspace.adopting.adopt(old, dry_run=False)
    (hit,) = workspace.finding.search('"undertaking of 2024"').hits
    assert (hit.kind, hit.subject, hit.title) == ("item", people.one, f"{people.one}_责任书")
    assert workspace.finding.search(f"表:旧档 村:{people.village}").total
    workspace.finding.rebuild()
    assert [h.key for h in workspace.finding.search('"undertaking of 2024"').hits] == [hit.key]
    (view,) = workspace.dossiers.show(people.one)
    assert f"旧档 {people.one}_责任书" in [row[1] for row in view.rows]


def test_a_second_run_takes_nothing_twice(workspace: Workspace, old: Path) -> None:
    first = workspace.adopting.adopt(old, dry_run=False)
    with workspace.registry.read() as tx:
        count, audit = tx.old.count(), tx.audit.head()
    again = workspace.adopting.adopt(old, dry_run=False)
    assert (again.known, again.children, again.unclear) == (first.files - 2, 0, 0)
    with workspace.registry.read() as tx:
        assert (tx.old.count(), tx.audit.head()) == (count, audit)


def test_a_run_broken_off_between_store_and_registry_goes_on_where_it_was(
    workspace: Workspace, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCutError(Exception):
        pass

    def cut(*_: object, **__: object) -> None:
        raise PowerCutError

    with monkeypatch.context() as patch:
        patch.setattr("docgen.workspace.keeping.adopting._Run._register", cut)
        with pytest.raises(PowerCutError):
            workspace.adopting.adopt(old, dry_run=False)
    stored = set(workspace.store.objects())
    assert stored
    report = workspace.adopting.adopt(old, dry_run=False)
    assert (report.children, report.unclear) == (3, 4)
    assert set(workspace.store.objects()) == stored
    assert {workspace.store.head(object_id) for object_id in stored} == {1}
    assert workspace.checking.check().problems == ()


def test_the_same_bytes_under_two_names_are_one_item(workspace: Workspace, tmp_path: Path, people: People) -> None:
    folder = tmp_path / "旧"
    pdf(folder / f"{people.one}.pdf")
    (folder / f"{people.one} 副本.pdf").write_bytes((folder / f"{people.one}.pdf").read_bytes())
    report = workspace.adopting.adopt(folder, dry_run=False)
    assert (report.children, report.known) == (1, 1)


def test_somebody_says_whose_it_is(workspace: Workspace, old: Path, people: People) -> None:
    workspace.adopting.adopt(old, dry_run=False)
    with workspace.registry.read() as tx:
        unclear = [old for old in map(tx.old.get, tx.old.uids()) if old.title == "扫描0001"]
        wanted = next(r.uid for r in tx.people.find(people.other))
    child = workspace.adopting.place(unclear[0].uid, wanted)
    assert child == wanted
    assert len(workspace.filing.desk()) == 3
    with workspace.registry.read() as tx:
        assert unclear[0].uid in {old.uid for old in tx.old.of_child(wanted)}


def test_the_original_bytes_are_kept(workspace: Workspace, old: Path, people: People) -> None:
    workspace.adopting.adopt(old, dry_run=False)
    with workspace.registry.read() as tx:
        (one,) = [item for item in map(tx.old.get, tx.old.uids()) if item.title == "登记表"]
    data = (old / "2024年" / people.other / "登记表.pdf").read_bytes()
    assert workspace.store.read(scan_object(one.sha256), "original.pdf") == data


def test_an_old_scan_is_bound_into_the_full_volume_only(workspace: Workspace, old: Path) -> None:
    workspace.adopting.adopt(old, dry_run=False)
    with workspace.registry.read() as tx:
        uid = next(item.child_uid for item in map(tx.old.get, tx.old.uids()) if item.title == "登记表")
    volume = workspace.binding.bind(uid)
    assert (volume.items, volume.pages, volume.lost_pages) == (1, 1, 0)
    assert workspace.binding.bind(uid, recipient="restricted").left_out == 1


def test_many_batches_are_all_taken(
    workspace: Workspace, tmp_path: Path, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("docgen.workspace.keeping.adopting.BATCH", 3)
    folder = tmp_path / "旧"
    for number in range(8):
        pdf(folder / f"{people.one}{number}.pdf")
    steps: list[int] = []
    report = workspace.adopting.adopt(folder, dry_run=False, progress=lambda done, _: steps.append(done))
    assert report.children == 8
    assert steps == [3, 6, 8]


def test_a_folder_that_is_not_there_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(NoFolderError):
        workspace.adopting.adopt(tmp_path / "没有")


def test_a_name_that_looks_like_a_formula_stays_text_in_the_report(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "旧"
    pdf(folder / "=1+1.pdf")
    assert list(verdicts(workspace.adopting.adopt(folder))) == ["'=1+1.pdf"]


def test_filing_afterwards_leaves_what_was_taken_over_alone(workspace: Workspace, old: Path) -> None:
    workspace.adopting.adopt(old, dry_run=False)
    before = workspace.filing.desk()
    with workspace.registry.read() as tx:
        assert tx.scans.unfinished() == ()
    assert workspace.filing.file_inbox().scans == ()
    (again,) = workspace.filing.file([old / "2024年" / "扫描0001.pdf"]).scans
    assert again.known
    assert workspace.filing.desk() == before


def test_a_folder_that_cannot_be_opened_is_named(
    workspace: Workspace, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = os.scandir

    def scandir(path: Any) -> Any:
        if str(path).endswith("2001"):
            raise PermissionError(13, "no", str(path))
        return honest(path)

    monkeypatch.setattr(os, "scandir", scandir)
    report = workspace.adopting.adopt(old, dry_run=False)
    assert verdicts(report)["2001"][0] == "读不出来"
    assert report.unreadable == 3
    assert report.children == 3


def test_a_network_drive_that_goes_away_is_named_and_the_run_goes_on_when_it_is_back(
    workspace: Workspace, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("docgen.workspace.keeping.adopting.BATCH", 5)
    monkeypatch.setattr("docgen.workspace.keeping.adopting.LOOKED_AT", 5)
    away = old.with_name("拔掉")

    def unplug(*_: int) -> None:
        old.rename(away)

    with pytest.raises(NoFolderError, match="网络盘"):
        workspace.adopting.adopt(old, dry_run=False, progress=unplug)
    with workspace.registry.read() as tx:
        taken = tx.old.count()
    assert 0 < taken < 8
    away.rename(old)
    report = workspace.adopting.adopt(old, dry_run=False)
    with workspace.registry.read() as tx:
        assert (report.known, tx.old.count()) == (taken, 8)
    assert workspace.checking.check().problems == ()


def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_time(
    workspace: Workspace, tmp_path: Path, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "旧"
    pdf(folder / f"{people.one}.pdf")

    def look(paths: Sequence[Path]) -> Iterator[OldScan]:
        for scan in look_at(paths):
            pdf(scan.path, "written again")
            yield scan

    with monkeypatch.context() as patch:
        patch.setattr("docgen.workspace.keeping.adopting.look_at", look)
        assert workspace.adopting.adopt(folder, dry_run=False).unreadable == 1
    assert list(workspace.store.objects()) == []
    assert workspace.adopting.adopt(folder, dry_run=False).children == 1
    assert workspace.checking.check().problems == ()
