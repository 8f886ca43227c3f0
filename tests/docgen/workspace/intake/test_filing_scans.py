"""Signed scans come back: each complete paper to the archive, the rest to the desk, nothing twice, nothing lost."""

from __future__ import annotations

import hashlib
import io
import shutil
from datetime import date
from typing import TYPE_CHECKING, Any

import pypdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw

from archive.registry.scans import DeskItemNotFoundError, PageState
from archive.store import paper_object, scan_object
from docgen.workspace.intake.archiving import Archiver
from docgen.workspace.intake.filing import NotAcceptableError
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from archive.store import Store
    from docgen.workspace import Workspace
    from tests.conftest import Hands


def state(workspace: Workspace) -> tuple[Any, ...]:
    """Return everything that filing could change."""
    with workspace.registry.read() as tx:
        papers = tx.papers.all()
        return (
            {object_id: workspace.store.head(object_id) for object_id in workspace.store.objects()},
            papers,
            [tx.papers.versions(p.uid) for p in papers],
            [tx.scans.pages(s.sha256) for s in tx.scans.stacks()],
            tx.scans.desk(),
            tx.audit.head(),
        )


def states(workspace: Workspace, scan: bytes) -> list[PageState]:
    with workspace.registry.read() as tx:
        pages = tx.scans.pages(hashlib.sha256(scan).hexdigest())
    return [page.state for page in sorted(pages, key=lambda page: page.page_index)]


def signed_files(store: Store, uid: str) -> list[str]:
    return sorted(p for p in store.paths(paper_object(uid)) if p.startswith("signed-") and p.endswith(".pdf"))


def blank_page_pdf() -> bytes:
    page = io.BytesIO()
    Image.new("L", (1240, 1754), 250).save(page, "PDF", resolution=150)
    return page.getvalue()


def joined(*pdfs: bytes) -> bytes:
    writer = pypdf.PdfWriter()
    for pdf in pdfs:
        writer.append(io.BytesIO(pdf))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_shuffled_stack_with_pages_upside_down_is_archived_whole(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A5", "A8"], "罗小山", "吉克·阿牛")
    scan = hands.scan(report, seed=5)
    filed = hands.file("0001.pdf", scan, signed_on=date(2026, 11, 22))
    assert {p.uid for p in filed.filed} == {m.uid for m in report.made}
    assert filed.desk == ()
    assert filed.exit_code == 0
    assert states(workspace, scan) == [PageState.FILED] * 6
    assert list((workspace.folder / "inbox").iterdir()) == []
    original = workspace.store.read(scan_object(hashlib.sha256(scan).hexdigest()), "original.pdf")
    assert original == scan
    for made in report.made:
        with workspace.registry.read() as tx:
            version = tx.papers.version(made.uid, 1)
        assert (version.status, version.signed_on) == (PaperStatus.ARCHIVED, date(2026, 11, 22))
        (path,) = signed_files(workspace.store, made.uid)
        pdf = workspace.store.read(paper_object(made.uid), path)
        assert hashlib.sha512(pdf).hexdigest() == version.digests[path]
        document = pypdfium2.PdfDocument(pdf)
        assert len(document) == made.pages
        words = "".join(document[n].get_textpage().get_text_range() for n in range(made.pages))
        assert made.subject in words.replace("\r\n", ""), "the text layer lies under the picture, in page order"
    assert workspace.checking.check().problems == ()


def test_the_same_file_again_changes_nothing(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A8"], "罗小山", "罗小水")
    scan = hands.scan(report)
    hands.file("0001.pdf", scan)
    before = state(workspace)
    again = hands.file("换了名字.pdf", scan)
    assert [s.known for s in again.scans] == [True]
    assert again.filed == ()
    assert list((workspace.folder / "inbox").iterdir()) == []
    elsewhere = workspace.folder / "外面.pdf"
    elsewhere.write_bytes(scan)
    assert workspace.filing.file([elsewhere]).scans[0].known
    assert elsewhere.exists()
    assert state(workspace) == before


def test_a_missing_page_waits_and_completes_its_paper_when_it_arrives(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A5"], "罗小山", "罗小水")
    (first, second) = ((paper[0][0], paper[0][1]) for paper in hands.sides(report))
    scan = hands.scan(report, [first[0], second[0], second[1]], seed=3)
    filed = hands.file("0001.pdf", scan)
    assert [p.uid for p in filed.filed] == [report.made[1].uid]
    assert [i.code for i in filed.desk] == ["missing-pages"]
    assert "第 2 页" in filed.desk[0].reason
    assert filed.exit_code == 3
    assert list((workspace.folder / "inbox").iterdir()) == [], "the waiting page is recorded, so the file may leave"
    assert sorted(states(workspace, scan)) == [PageState.FILED, PageState.FILED, PageState.WAITING]
    with workspace.registry.read() as tx:
        assert tx.papers.get(report.made[0].uid).status is PaperStatus.ISSUED
    late = hands.file("0002.pdf", hands.scan(report, [first[1]], seed=4))
    assert [p.uid for p in late.filed] == [report.made[0].uid]
    assert workspace.filing.desk() == ()
    assert PageState.WAITING not in states(workspace, scan)
    (path,) = signed_files(workspace.store, report.made[0].uid)
    assert len(pypdfium2.PdfDocument(workspace.store.read(paper_object(report.made[0].uid), path))) == 2
    assert workspace.checking.check().problems == ()


def test_a_rescan_is_kept_beside_the_first_scan(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A8"], "罗小山")
    (made,) = report.made
    hands.file("0001.pdf", hands.scan(report, seed=1))
    (first,) = signed_files(workspace.store, made.uid)
    kept = workspace.store.read(paper_object(made.uid), first)
    again = hands.file("0002.pdf", hands.scan(report, seed=2))
    assert [p.uid for p in again.filed] == [made.uid]
    assert len(signed_files(workspace.store, made.uid)) == 2
    assert workspace.store.read(paper_object(made.uid), first) == kept
    with workspace.registry.read() as tx:
        version = tx.papers.version(made.uid, 1)
    assert {p for p in version.digests if p.startswith("signed-")} >= set(signed_files(workspace.store, made.uid))
    assert version.status is PaperStatus.ARCHIVED
    assert workspace.checking.check().problems == ()


def test_two_originals_of_one_paper_in_one_stack_are_both_kept(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A5"], "罗小山")
    originals = hands.sides(report)[0]
    assert len(originals) > 1
    filed = hands.file("0001.pdf", hands.scan(report, [*originals[0], *originals[1]], seed=7))
    assert len(filed.filed) == 2
    assert filed.desk == ()
    assert len(signed_files(workspace.store, report.made[0].uid)) == 2
    assert workspace.checking.check().problems == ()


def test_one_page_scanned_twice_is_no_second_original(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A5"], "罗小山")
    one, two = hands.sides(report)[0][0]
    scan = hands.scan(report, [one, two, one], seed=7)
    filed = hands.file("0001.pdf", scan)
    assert [p.uid for p in filed.filed] == [report.made[0].uid]
    assert sorted(states(workspace, scan)) == [PageState.DUPLICATE, PageState.FILED, PageState.FILED]
    assert len(signed_files(workspace.store, report.made[0].uid)) == 1


def test_blank_backs_and_foreign_pages_are_told_apart(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A8"], "罗小山")
    foreign = io.BytesIO()
    picture = Image.new("L", (1240, 1754), 245)
    for line in range(200, 1500, 60):
        ImageDraw.Draw(picture).line((150, line, 1050, line), fill=20, width=9)
    picture.save(foreign, "PDF", resolution=150)
    scan = joined(blank_page_pdf(), hands.scan(report), foreign.getvalue())
    filed = hands.file("0001.pdf", scan)
    assert [p.uid for p in filed.filed] == [report.made[0].uid]
    assert (filed.scans[0].pages, filed.scans[0].blanks) == (3, 1)
    assert [(i.code, i.pages) for i in filed.desk] == [("no-mark", "第 3 页")]
    assert states(workspace, scan) == [PageState.BLANK, PageState.FILED, PageState.DESK]
    assert [i.uid for i in workspace.filing.desk()] == [filed.desk[0].uid]


@pytest.fixture
def scanned_elsewhere(
    tmp_path: Path,
    town_office: Path,
    open_office: Callable[[Path], Workspace],
    hands_of: Callable[[Workspace], Hands],
) -> Callable[[str], bytes]:
    """Give the scan of a paper printed in another folder, with this office's secret or another one."""

    def scan(secret: str) -> bytes:
        folder = shutil.copytree(town_office, tmp_path / "别处")
        if secret:
            (folder / "office.key").write_text(secret, "ascii")
        with open_office(folder) as other:
            theirs = hands_of(other)
            return theirs.scan(theirs.make(["A8"], "罗小山"))

    return scan


def test_a_page_of_another_office_is_not_taken(hands: Hands, scanned_elsewhere: Callable[[str], bytes]) -> None:
    filed = hands.file("邻镇.pdf", scanned_elsewhere("5a" * 32))
    assert [i.code for i in filed.desk] == ["foreign-office"]
    assert filed.filed == ()


def test_a_page_that_the_registry_does_not_know_is_kept_and_not_taken(
    hands: Hands, workspace: Workspace, scanned_elsewhere: Callable[[str], bytes]
) -> None:
    scan = scanned_elsewhere("")
    filed = hands.file("旧电脑.pdf", scan)
    assert [i.code for i in filed.desk] == ["unknown-mark"]
    assert list(workspace.store.objects()) == [scan_object(hashlib.sha256(scan).hexdigest())]


def test_an_unreadable_file_stays_and_does_not_stop_the_others(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A8"], "罗小山")
    hands.drop("0000.pdf", b"%PDF-1.7 this is not one")
    filed = hands.file("0001.pdf", hands.scan(report))
    assert [bool(s.error) for s in filed.scans] == [True, False]
    assert len(filed.filed) == 1
    assert filed.exit_code == filed.scans[0].exit_code >= 10
    assert [p.name for p in (workspace.folder / "inbox").iterdir()] == ["0000.pdf"]
    assert filed.scans[0].error.endswith("。")


def test_files_that_programs_leave_beside_are_not_scans(hands: Hands, workspace: Workspace) -> None:
    hands.drop(".DS_Store", b"x")
    hands.drop("~$0001.pdf", b"x")
    assert workspace.filing.file_inbox().scans == ()


def test_a_file_that_grew_while_it_was_filed_stays(
    hands: Hands, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = hands.make(["A8"], "罗小山", "罗小水")
    both = hands.scan(report)
    path = hands.drop("0001.pdf", hands.scan(report, hands.sides(report)[0][0]))
    honest = type(workspace.filing)._sort

    def copier_goes_on(*args: Any) -> Any:
        path.write_bytes(both)
        return honest(*args)

    with monkeypatch.context() as patch:
        patch.setattr(type(workspace.filing), "_sort", copier_goes_on)
        assert len(workspace.filing.file_inbox().filed) == 1
    assert path.read_bytes() == both
    assert len(workspace.filing.file_inbox().filed) == 2
    assert not path.exists()


def test_a_scan_is_in_the_store_and_recorded_before_it_leaves_the_inbox(
    hands: Hands, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = hands.make(["A8"], "罗小山", "罗小水")
    scan = hands.scan(report)
    path = hands.drop("0001.pdf", scan)
    honest, calls = Archiver.archive, []

    def power_cut(*args: Any, **how: Any) -> Any:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return honest(*args, **how)

    with monkeypatch.context() as patch:
        patch.setattr(Archiver, "archive", power_cut)
        with pytest.raises(KeyboardInterrupt):
            workspace.filing.file_inbox()
    assert path.read_bytes() == scan
    assert sorted(r.status for r in workspace.papers.listing()) == ["已归档", "已生成待签"], "what was filed is filed"
    again = workspace.filing.file_inbox()
    assert sorted(p.outcome for p in again.filed) == ["以前收过同样的页，没有变化", "归档"]
    assert [len(signed_files(workspace.store, m.uid)) for m in report.made] == [1, 1]
    assert not path.exists()
    assert workspace.checking.check().problems == ()


def test_a_picture_is_a_scan_too(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A8"], "罗小山")
    picture = pypdfium2.PdfDocument(hands.scan(report))[0].render(scale=150 / 72).to_pil()
    path = workspace.folder / "照片.jpg"
    picture.save(path, quality=80)
    filed = workspace.filing.file([path])
    assert [p.uid for p in filed.filed] == [report.made[0].uid]


def test_a_paper_without_signatures_waits_for_a_person(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A8"], "罗小山")
    scan = hands.scan(report, is_signed=False)
    filed = hands.file("空白.pdf", scan)
    assert filed.filed == ()
    (item,) = filed.desk
    assert item.code == "unsigned"
    assert [r.status for r in workspace.papers.listing()] == ["已生成待签"]
    assert workspace.finding.search("", status="已归档").total == 0
    for by, reason in (("", "看过原件"), ("罗建国", " ")):
        with pytest.raises(NotAcceptableError):
            workspace.filing.accept(int(item.uid), by=by, reason=reason)
    with pytest.raises(DeskItemNotFoundError):
        workspace.filing.accept(999, by="罗建国", reason="看过原件")
    accepted = workspace.filing.accept(int(item.uid), by="罗建国", reason="看过原件，笔迹很淡")
    assert [p.uid for p in accepted.filed] == [report.made[0].uid]
    assert workspace.filing.desk() == ()
    with workspace.registry.read() as tx:
        acts = [(row.action, row.actor) for row in tx.audit.rows(subject=report.made[0].uid)]
    assert ("paper.accept", "罗建国") in acts
    assert workspace.checking.check().problems == ()


def test_a_signed_scan_of_the_same_paper_settles_the_doubt(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A8"], "罗小山")
    hands.file("空白.pdf", hands.scan(report, is_signed=False))
    assert len(workspace.filing.desk()) == 1
    assert len(hands.file("补签.pdf", hands.scan(report, seed=2)).filed) == 1
    assert workspace.filing.desk() == ()


def test_only_doubts_about_signatures_can_be_vouched_for(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A5"], "罗小山")
    (item,) = hands.file("缺页.pdf", hands.scan(report, hands.sides(report)[0][0][:1])).desk
    with pytest.raises(NotAcceptableError):
        workspace.filing.accept(int(item.uid), by="罗建国", reason="就这样")


def test_what_is_signed_opens_its_duties(hands: Hands, workspace: Workspace, assessed: Mapping[str, str]) -> None:
    report = hands.make(["A5"], "罗小山", typed=assessed)
    hands.sign(report, signed_on=date(2026, 11, 21))
    with workspace.registry.read() as tx:
        duties = {d.kind: d.due_on for d in tx.duties.of_child(hands.uid("罗小山"))}
    assert duties == {"reassess": date(2027, 10, 24)}, "30 days before the day written as its last"
    assert "2027年10月24日" in workspace.dossiers.show(hands.uid("罗小山"))[0].due[0]
