"""鉴定 and 销毁: only what is due, only by two, with a certificate, carried through whatever happens."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from openpyxl import load_workbook
from PIL import Image
from pypdf import PdfWriter

from archive.registry.scans import DeskItemNotFoundError
from archive.store import Store, disposal_object, paper_object, registry_object, scan_object
from docgen.workspace import Actor, Workspace
from docgen.workspace.intake.deciding import DestroyedCopyError, WhyKeptError
from docgen.workspace.keeping.destroying import carry_through
from docgen.workspace.keeping.disposing import (
    AppraisalListError,
    DisposalNotFoundError,
    LateCopyError,
    NotDueError,
    TwoPersonsError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from archive.registry.scans import Stack

YEAR = 2026
LATER = datetime(2060, 1, 5, 9, tzinfo=UTC)
"""30 years and more after: the A1 and A5 are due, the A8 are kept for ever."""


@pytest.fixture
def late(filed_folder: Path, open_office: Callable[[Path], Workspace]) -> Iterator[Workspace]:
    """Give the office long after its papers were numbered."""
    with open_office(filed_folder) as early:
        early.describing.accession(YEAR)
    with Workspace.open(filed_folder, actor=Actor(name="潘文海"), clock=lambda: LATER) as opened:
        yield opened


def decided(workspace: Workspace, **decisions: tuple[str, str]) -> Path:
    """Return an appraisal list filled in; ``first=("销毁", "")`` for the first row, ``rest`` for the others."""
    path = workspace.disposing.appraise().path
    assert path is not None
    book = load_workbook(path)
    page = book.worksheets[0]
    for number, row in enumerate(page.iter_rows(min_row=3)):
        decision, until = decisions.get("first" if not number else "rest", ("", ""))
        row[7].value, row[8].value = decision or None, until or None
    book.save(path)
    return path


def test_nothing_is_due_before_its_time_and_what_is_kept_for_ever_never(
    filed_folder: Path, open_office: Callable[[Path], Workspace], late: Workspace
) -> None:
    assert len(late.disposing.appraise().rows) == 3
    for year, due in ((2056, 0), (2057, 3)):
        with Workspace.open(filed_folder, clock=partial(datetime, year, 6, 1, tzinfo=UTC)) as opened:
            assert len(opened.disposing.appraise().rows) == due
    with open_office(filed_folder) as now:
        assert now.disposing.appraise().path is None


def test_one_person_is_not_two(late: Workspace) -> None:
    path = decided(late, first=("销毁", ""))
    for second in ("罗建国", " 罗 建国", "", "　"):
        with pytest.raises(TwoPersonsError, match="第二十一条"):
            late.disposing.dispose(path, first="罗建国", second=second)
    assert late.checking.check().problems == ()
    assert len(late.disposing.appraise().rows) == 3


def test_a_destroyed_paper_is_gone_from_store_registry_and_index(late: Workspace) -> None:
    with late.registry.read() as tx:
        (uid,) = [g.uid for g in tx.codes.all() if str(g.code).endswith("D30-SSB-0001")]
        number = tx.papers.get(uid).document_number
        form, child = tx.papers.get(uid).form_code, tx.papers.get(uid).child_uid
    before = late.finding.search(str(number)).total
    assert before
    report = late.disposing.dispose(decided(late, first=("销毁", "")), first="罗建国", second="龙秀英")
    assert (report.destroyed, report.kept, report.undecided) == (1, 0, 2)
    assert not late.store.exists(paper_object(uid))
    with late.registry.read() as tx:
        assert tx.papers.version(uid, 1).values == {}
        assert tx.papers.get(uid).reference_code
    assert not [hit for hit in late.finding.search(str(number)).hits if hit.key == uid]
    late.finding.rebuild()
    assert not [hit for hit in late.finding.search(str(number)).hits if hit.key == uid]
    assert late.checking.check().problems == ()
    (view,) = late.dossiers.show(child)
    assert [row[5] for row in view.rows if row[1].startswith(form)] == ["已销毁"]


def test_no_byte_of_what_a_destroyed_paper_said_is_left_in_the_store(late: Workspace) -> None:
    late.safety.snapshot()
    with late.registry.read() as tx:
        (uid,) = [g.uid for g in tx.codes.all() if str(g.code).endswith("D30-SSB-0001")]
        mark = tx.papers.version(uid, 1).values["document_uid"]
    assert mark == uid

    def told() -> bool:
        rows = [
            gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
            for path in sorted(late.store.root.rglob("content/**/*"))
            if path.is_file() and b"urn%3adocgen%3aregistry" in str(path).encode()
            for data in [path.read_bytes()]
        ]
        return any(
            b'"document_uid": "' + uid.encode() in row or b'"document_uid":"' + uid.encode() in row for row in rows
        )

    assert told()
    late.disposing.dispose(decided(late, first=("销毁", "")), first="罗建国", second="龙秀英")
    assert not told()
    assert late.store.head(registry_object()) == 1
    assert late.checking.check().problems == ()


def test_the_certificate_proves_what_it_was_and_names_nobody_but_the_two(late: Workspace) -> None:
    with late.registry.read() as tx:
        (uid,) = [g.uid for g in tx.codes.all() if str(g.code).endswith("D30-SSB-0001")]
    files = dict(late.store.paths(paper_object(uid)))
    report = late.disposing.dispose(decided(late, first=("销毁", "")), first="罗建国", second="龙秀英")
    said = late.store.read(disposal_object(report.uid), "disposal.json").decode()
    data = json.loads(said)
    assert data["items"][0]["files"] == files
    assert (data["first_by"], data["second_by"]) == ("罗建国", "龙秀英")
    assert "罗小" not in said
    assert report.folder is not None
    assert {path.name for path in report.folder.iterdir()} == {"销毁清册.pdf", "销毁清册.xlsx"}
    scan = report.folder / "签字.pdf"
    scan.write_bytes(b"%PDF-1.7 signed")
    late.disposing.add_signed(report.uid, scan)
    assert [p for p in late.store.paths(disposal_object(report.uid)) if p.startswith("signed-")]
    with pytest.raises(DisposalNotFoundError):
        late.disposing.add_signed("0000000000", scan)


def test_a_scan_goes_with_the_last_paper_in_it(late: Workspace) -> None:
    with late.registry.read() as tx:
        stacks = {stack.sha256 for stack in tx.scans.stacks()}
    first = late.disposing.dispose(decided(late, first=("销毁", "")), first="罗建国", second="龙秀英")
    second = late.disposing.dispose(decided(late, first=("销毁", ""), rest=("销毁", "")), first="甲", second="乙")
    assert first.held == 1  # the two A5 were put through the copier together
    left = {sha256 for sha256 in stacks if late.store.exists(scan_object(sha256))}
    assert second.held == 0
    assert len(left) == 1  # the A8, kept for ever
    with late.registry.read() as tx:
        assert {s.name for s in tx.scans.stacks() if s.sha256 not in left} == {"已销毁"}
    assert late.checking.check().problems == ()


def test_keeping_longer_takes_an_item_off_the_list_until_then(late: Workspace, filed_folder: Path) -> None:
    path = decided(late, first=("续存", "2070"), rest=("续存", "永久"))
    report = late.disposing.dispose(path, first="罗建国", second="龙秀英")
    assert (report.destroyed, report.kept, report.uid) == (0, 3, "")
    assert late.disposing.appraise().rows == ()
    moment = datetime(2071, 1, 1, 12, tzinfo=UTC)
    with Workspace.open(filed_folder, clock=lambda: moment) as opened:
        assert len(opened.disposing.appraise().rows) == 1


def test_one_row_that_is_not_due_stops_the_whole_list(late: Workspace) -> None:
    path = decided(late, first=("销毁", ""), rest=("销毁", ""))
    book = load_workbook(path)
    book.worksheets[0].cell(row=5, column=2).value = "0194-WS·2026-Y-SSB-0001"
    book.save(path)
    with pytest.raises(NotDueError) as refused:
        late.disposing.dispose(path, first="罗建国", second="龙秀英")
    assert refused.value.code == "REF-19"
    assert len(late.disposing.appraise().rows) == 3


@pytest.mark.parametrize(
    ("decision", "until", "error"),
    [
        ("烧掉", "", AppraisalListError),
        ("", "", AppraisalListError),
        ("续存", "", NotDueError),
        ("续存", "2059", NotDueError),
        ("续存", "很久", NotDueError),
    ],
)
def test_a_decision_nobody_can_read_changes_nothing(
    late: Workspace, decision: str, until: str, error: type[Exception]
) -> None:
    path = decided(late, first=(decision, until))
    with pytest.raises(error):
        late.disposing.dispose(path, first="罗建国", second="龙秀英")
    assert len(late.disposing.appraise().rows) == 3


def test_the_same_list_twice_destroys_once(late: Workspace) -> None:
    path = decided(late, first=("销毁", ""))
    late.disposing.dispose(path, first="罗建国", second="龙秀英")
    with pytest.raises(NotDueError):
        late.disposing.dispose(path, first="罗建国", second="龙秀英")
    with late.registry.read() as tx:
        assert len(tx.disposals.all()) == 1


def test_what_was_decided_is_carried_through_after_a_crash(
    late: Workspace, filed_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCutError(Exception):
        pass

    def cut(_store: Store, object_id: str) -> bool:
        raise PowerCutError(object_id)

    path = decided(late, first=("销毁", ""), rest=("销毁", ""))
    with monkeypatch.context() as patch:
        patch.setattr(Store, "purge", cut)
        with pytest.raises(PowerCutError):
            late.disposing.dispose(path, first="罗建国", second="龙秀英")
    with late.registry.read() as tx:
        (disposal,) = tx.disposals.unfinished()
        objects = tx.disposals.objects(disposal.uid)
    assert any(late.store.exists(object_id) for object_id in objects)
    with Workspace.open(filed_folder, clock=lambda: LATER) as opened:
        assert not any(opened.store.exists(object_id) for object_id in objects)
        with opened.registry.read() as tx:
            assert tx.disposals.unfinished() == ()
        assert opened.checking.check().problems == ()


def test_without_its_certificate_nothing_is_taken_out(late: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(Store, "purge", lambda _, object_id: kept.append(object_id))
        late.disposing.dispose(decided(late, first=("销毁", "")), first="罗建国", second="龙秀英")
    with late.registry.read() as tx:
        (disposal,) = tx.disposals.all()
    assert kept
    assert late.store.purge(disposal_object(disposal.uid))
    with late.registry.begin() as tx:
        assert {p.code for p in late.checking.check().problems} >= {"agreement.certificate"}
    monkeypatch.setattr("archive.registry.disposals.Disposals.unfinished", lambda self: self.all())
    carry_through(late)
    assert late.store.exists(kept[0])


def test_an_old_scan_is_destroyed_like_a_paper(
    filed_folder: Path, open_office: Callable[[Path], Workspace], tmp_path: Path
) -> None:
    folder = tmp_path / "旧" / "2020年"
    folder.mkdir(parents=True)
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(folder / "罗小水.pdf")
    with open_office(filed_folder) as early:
        assert early.adopting.adopt(folder.parent, dry_run=False).children == 1
        assert early.describing.accession(2020).given == 1
    with Workspace.open(filed_folder, actor=Actor(name="潘文海"), clock=lambda: LATER) as opened:
        assert len(opened.disposing.appraise().rows) == 1
        report = opened.disposing.dispose(decided(opened, first=("销毁", "")), first="罗建国", second="龙秀英")
        assert report.destroyed == 1
        with opened.registry.read() as tx:
            (old,) = [tx.old.get(uid) for uid in tx.old.uids()]
            stack = tx.scans.stack(old.sha256)
        assert stack is not None
        assert (old.title, stack.name) == ("已销毁", "已销毁")
        assert not opened.store.exists(scan_object(old.sha256))
        assert not [hit for hit in opened.finding.search("表:旧档").hits if hit.key == old.uid]
        assert opened.checking.check().problems == ()


def came_late(office: Workspace, *, beside: bool = False) -> str:
    """Destroy a paper, then scan a copy of it, alone or before a page of nobody's; return the first certificate."""
    with office.registry.read() as tx:
        (uid,) = [g.uid for g in tx.codes.all() if str(g.code).endswith("D30-SSB-0001")]
    with pypdfium2.PdfDocument(office.store.read(paper_object(uid), "issued-v1.pdf")) as printed:
        first, *others = [page.render(scale=150 / 72).to_pil().convert("RGB") for page in printed]
    if beside:
        others.append(Image.effect_noise(first.size, 80).convert("RGB"))
    report = office.disposing.dispose(decided(office, first=("销毁", "")), first="罗建国", second="龙秀英")
    first.save(office.folder / "inbox" / "又一份.pdf", "PDF", save_all=True, append_images=others, resolution=150)
    filed = office.filing.file_inbox()
    assert filed.filed == ()
    assert {item.code for item in filed.desk} >= {"destroyed"}
    assert all(report.uid in item.reason for item in filed.desk if item.code == "destroyed")
    assert not office.store.exists(paper_object(uid))
    return report.uid


def late_items(office: Workspace) -> list[int]:
    return [int(item.uid) for item in office.filing.desk() if item.code == "destroyed"]


def test_a_copy_of_a_destroyed_paper_that_turns_up_is_not_filed_again(late: Workspace) -> None:
    came_late(late)
    assert not any(problem.blocking for problem in late.checking.check().problems)


def test_a_late_copy_is_destroyed_by_two_with_a_certificate_that_names_the_first(
    late: Workspace, filed_folder: Path
) -> None:
    before = came_late(late)
    items = late_items(late)
    with late.registry.read() as tx:
        sha256 = tx.scans.desk()[0].sha256
    with pytest.raises(TwoPersonsError):
        late.disposing.dispose_copy(items[0], first="罗建国", second="罗建国")
    assert late.store.exists(scan_object(sha256))
    report = late.disposing.dispose_copy(items[0], first="罗建国", second="龙秀英")
    assert not late.store.exists(scan_object(sha256))
    assert late_items(late) == []
    said = json.loads(late.store.read(disposal_object(report.uid), "disposal.json"))
    assert said["objects"] == [scan_object(sha256)]
    assert said["items"][0]["files"]
    with pypdfium2.PdfDocument(late.store.read(disposal_object(report.uid), "certificate.pdf")) as printed:
        assert before in printed[0].get_textpage().get_text_bounded()
    with pytest.raises(DestroyedCopyError):
        late.deciding.undo(items[0])
    with Workspace.open(filed_folder, clock=lambda: LATER) as again:
        assert again.checking.check().problems == ()
        assert [stack.name for stack in again_stacks(again) if stack.sha256 == sha256] == ["已销毁"]


def again_stacks(office: Workspace) -> tuple[Stack, ...]:
    with office.registry.read() as tx:
        return tx.scans.stacks()


def test_a_late_copy_beside_other_material_is_held_until_that_is_gone(late: Workspace) -> None:
    came_late(late, beside=True)
    items = late_items(late)
    with pytest.raises(LateCopyError, match="还有没有销毁的材料"):
        late.disposing.dispose_copy(items[0], first="罗建国", second="龙秀英")
    assert late_items(late) == items
    assert late.checking.check().problems == ()


def test_a_late_copy_is_kept_only_for_a_reason(late: Workspace) -> None:
    came_late(late)
    (item, *_) = late_items(late)
    with pytest.raises(WhyKeptError, match="dispose-copy"):
        late.deciding.discard(item)
    late.deciding.discard(item, reason="原件由家长留存，法院调取")
    assert item not in late_items(late)
    late.deciding.undo(item)
    assert item in late_items(late)


def test_only_a_copy_of_a_destroyed_paper_goes_this_way(late: Workspace, tmp_path: Path) -> None:
    page = tmp_path / "外来.png"
    Image.effect_noise((600, 800), 80).convert("RGB").save(page, dpi=(72, 72))
    late.filing.file([page])
    (item,) = late.filing.desk()
    with pytest.raises(LateCopyError, match="第二十一条"):
        late.disposing.dispose_copy(int(item.uid), first="罗建国", second="龙秀英")
    with pytest.raises(DeskItemNotFoundError):
        late.disposing.dispose_copy(999, first="罗建国", second="龙秀英")


def test_a_late_copy_whose_destruction_was_cut_off_is_gone_at_the_next_opening(
    late: Workspace, filed_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCutError(Exception):
        pass

    def cut(_store: Store, object_id: str) -> bool:
        raise PowerCutError(object_id)

    came_late(late)
    with late.registry.read() as tx:
        sha256 = tx.scans.desk()[0].sha256
    with monkeypatch.context() as patch:
        patch.setattr(Store, "purge", cut)
        with pytest.raises(PowerCutError):
            late.disposing.dispose_copy(late_items(late)[0], first="罗建国", second="龙秀英")
    assert late.store.exists(scan_object(sha256))
    with Workspace.open(filed_folder, clock=lambda: LATER) as opened:
        assert not opened.store.exists(scan_object(sha256))
        assert opened.checking.check().problems == ()
