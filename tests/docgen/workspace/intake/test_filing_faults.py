"""Stacks as they come: pages missing, doubled, of two versions, strangers between; blank copies; files that bite."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pypdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from archive.intake import taking
from archive.intake.guard import ChildDiedError
from archive.intake.stack import StrangerReason
from archive.registry.scans import PageState
from archive.store import paper_object, scan_object
from bench.wear import Condition, Scanner, play
from docgen.workspace.intake import filing
from docgen.workspace.intake.desk_items import MISSING_PAGES, UNSIGNED
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.workspace import Workspace
    from docgen.workspace.intake.reports import FilingReport
    from tests.conftest import Hands

PHOTO = Path(__file__).parents[3] / "archive" / "intake" / "photos" / "upright.heic"
"""A page of another office."""


def one_picture_pdf(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    picture.save(target, "PDF", resolution=150)
    return target.getvalue()


def shopping_list() -> bytes:
    picture = Image.new("RGB", (1240, 1754), (247, 246, 243))
    for line in range(200, 900, 90):
        ImageDraw.Draw(picture).line((150, line, 700, line), fill=(40, 40, 90), width=8)
    return one_picture_pdf(picture)


def joined(*pdfs: bytes) -> bytes:
    writer = pypdf.PdfWriter()
    for pdf in pdfs:
        writer.append(io.BytesIO(pdf))
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def photocopied(scan: bytes) -> bytes:
    """Return the scan of a grey photocopy of what was scanned."""
    document = pypdfium2.PdfDocument(scan)
    return joined(*(one_picture_pdf(page.render(scale=150 / 72).to_pil().convert("L")) for page in document))


def codes(report: FilingReport) -> list[str]:
    return sorted(item.code for item in report.desk)


def states(workspace: Workspace, *scans: bytes) -> list[PageState]:
    with workspace.registry.read() as tx:
        return [page.state for scan in scans for page in tx.scans.pages(hashlib.sha256(scan).hexdigest())]


def said(report: FilingReport) -> str:
    return " ".join((*(item.reason for item in report.desk), *(note for scan in report.scans for note in scan.notes)))


def signed_scans(workspace: Workspace, uid: str) -> list[str]:
    return [p for p in workspace.store.paths(paper_object(uid)) if p.startswith("signed-") and p.endswith(".pdf")]


def test_every_fault_of_a_stack_is_reported_by_name(hands: Hands, workspace: Workspace) -> None:
    old = hands.make(["A8"], "罗小水")
    old_scan = hands.scan(old)
    hands.make(["A8"], "罗小水", revise=True)
    report = hands.make(["A5"], "罗小山", "吉克·阿牛")
    whole, torn = (paper[0] for paper in hands.sides(report))
    stack = hands.scan(report, [whole[0], whole[1], whole[0], torn[1]], is_shuffled=False)
    filed = hands.file("一叠.pdf", joined(stack, old_scan, shopping_list()))
    assert [p.uid for p in filed.filed] == [report.made[0].uid]
    assert codes(filed) == [MISSING_PAGES, StrangerReason.NO_MARK.value, StrangerReason.OLD_VERSION.value]
    words = said(filed)
    assert f"{report.made[0].number}》第 1 页重复扫描" in words
    assert f"{report.made[1].number}》共 2 页，还缺第 1 页" in words
    assert filed.exit_code == 3
    assert workspace.checking.check().problems == ()


def test_a_paper_stays_open_until_its_page_arrives_a_week_later(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A5"], "罗小山")
    (made,) = report.made
    pages = hands.sides(report)[0][0]
    first = hands.scan(report, pages[:1], seed=1)
    (item,) = hands.file("上周.pdf", first).desk
    assert states(workspace, first) == [PageState.WAITING]
    assert [row.uid for row in workspace.papers.outstanding()] == [made.uid], "it is still out"
    again = hands.scan(report, pages[:1], seed=2)
    (same,) = hands.file("又扫第一页.pdf", again).desk
    assert same.code == MISSING_PAGES
    assert len(workspace.filing.desk()) == 1, "one item a paper, however often a part of it comes"
    second = hands.scan(report, pages[1:], seed=3)
    late = hands.file("本周.pdf", second)
    assert [p.uid for p in late.filed] == [made.uid]
    assert late.desk == ()
    assert workspace.filing.desk() == ()
    assert sorted(states(workspace, first, again, second)) == [PageState.DUPLICATE, PageState.FILED, PageState.FILED]
    assert workspace.papers.outstanding() == ()
    assert item.uid != same.uid or item.reason == same.reason
    assert workspace.checking.check().problems == ()


def test_what_waited_is_set_aside_when_the_whole_paper_is_scanned_again(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A5"], "罗小山")
    pages = hands.sides(report)[0][0]
    first = hands.scan(report, pages[:1], seed=1)
    hands.file("上周.pdf", first)
    assert len(hands.file("整份.pdf", hands.scan(report, seed=2)).filed) == 1
    assert states(workspace, first) == [PageState.DUPLICATE]
    with workspace.registry.read() as tx:
        assert tx.scans.waiting_marks() == ()


def test_a_rescan_of_a_filed_paper_is_a_new_version_and_the_old_one_is_kept(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A8"], "罗小山")
    (made,) = report.made
    hands.file("0001.pdf", hands.scan(report, seed=1))
    (first,) = signed_scans(workspace, made.uid)
    head = workspace.store.head(paper_object(made.uid))
    before = workspace.store.read(paper_object(made.uid), first)
    again = hands.file("0002.pdf", hands.scan(report, seed=2))
    assert [p.outcome for p in again.filed] == ["又一份扫描件，与先前的一并保存"]
    assert workspace.store.head(paper_object(made.uid)) == head + 1
    assert workspace.store.read(paper_object(made.uid), first) == before
    assert len(signed_scans(workspace, made.uid)) == 2


def test_a_photocopy_of_an_unsigned_print_is_not_signed(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A8"], "罗小山")
    filed = hands.file("复印件.pdf", photocopied(hands.scan(report, is_signed=False)))
    assert filed.filed == ()
    assert codes(filed) == [UNSIGNED]
    with workspace.registry.read() as tx:
        assert tx.papers.get(report.made[0].uid).status is PaperStatus.ISSUED


def test_a_photo_of_a_telephone_is_filed_like_a_scan(hands: Hands, workspace: Workspace) -> None:
    filed = workspace.filing.file([PHOTO])
    assert codes(filed) == [StrangerReason.FOREIGN_OFFICE.value]
    data = PHOTO.read_bytes()
    assert workspace.store.read(scan_object(hashlib.sha256(data).hexdigest()), "original.heic") == data
    assert (workspace.folder / "desk" / filed.desk[0].uid / "page.jpg").stat().st_size > 1000
    assert hands.file("照片.heic", data).scans[0].known


def test_a_turned_jpeg_and_a_tiff_of_several_pages_are_filed(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A8", "A5"], "罗小山")
    document = pypdfium2.PdfDocument(hands.scan(report, is_shuffled=False, upside_down=0.0))
    pages = [page.render(scale=150 / 72).to_pil().convert("RGB") for page in document]
    exif = Image.Exif()
    exif[0x0112] = 6
    pages[0].rotate(90, expand=True).save(workspace.folder / "inbox" / "1.jpg", quality=85, exif=exif.tobytes())
    pages[1].save(workspace.folder / "inbox" / "2.tif", save_all=True, append_images=pages[2:], compression="jpeg")
    filed = workspace.filing.file_inbox()
    assert {p.uid for p in filed.filed} == {made.uid for made in report.made}
    assert filed.desk == ()


def test_signed_pages_photographed_aslant_on_a_dark_table_are_filed_and_shown_flat(
    hands: Hands, workspace: Workspace
) -> None:
    report = hands.make(["A8"], "罗小山")
    document = pypdfium2.PdfDocument(hands.scan(report, is_shuffled=False, upside_down=0.0, skew=0.3, dpi=150))
    camera = Condition(name="camera", group="", scanner=Scanner(dpi=150, perspective=0.04, gloom=0.2, skew=2.0))
    for number, page in enumerate(document):
        photo = play(camera, page.render(scale=150 / 72).to_pil().convert("RGB"), str(number))
        (workspace.folder / "inbox" / f"{number}.jpg").write_bytes(photo)
    filed = workspace.filing.file_inbox()
    assert [p.uid for p in filed.filed] == [report.made[0].uid], said(filed)
    assert filed.desk == ()
    (signed,) = signed_scans(workspace, report.made[0].uid)
    flat = pypdfium2.PdfDocument(workspace.store.read(paper_object(report.made[0].uid), signed))
    for page in flat:
        assert page.get_size() == pytest.approx((595.28, 841.89), abs=0.1)
        rim = np.asarray(page.render(scale=1).to_pil().convert("L"))[20:-20, 12:-12]
        assert np.median(rim[:, :6]) > 120, "the table is cut away"


def test_a_file_that_kills_its_reader_is_quarantined_and_the_next_is_filed(
    hands: Hands, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = hands.make(["A8"], "罗小山")
    bomb = b"%PDF-1.7 kills whoever reads it"
    path = hands.drop("0_炸弹.pdf", bomb)
    hands.drop("1_好.pdf", hands.scan(report))
    honest = taking.take_scan

    def dies(path: Path, *args: Any, **how: Any) -> Any:
        if path.name.startswith("0_"):
            monkeypatch.setattr(taking, "guarded", _dead)
        else:
            monkeypatch.undo()
            monkeypatch.setattr(filing, "take_scan", dies)
        return honest(path, *args, **how)

    monkeypatch.setattr(filing, "take_scan", dies)
    filed = workspace.filing.file_inbox()
    assert [scan.error_code for scan in filed.scans] == ["scan.too-heavy", ""]
    assert len(filed.filed) == 1
    assert codes(filed) == ["quarantined"]
    assert not path.exists(), "it is not left where the next filing would die of it again"
    sha256 = hashlib.sha256(bomb).hexdigest()
    assert list(workspace.store.paths(scan_object(sha256))) == ["quarantine.bin"]
    assert workspace.store.read(scan_object(sha256), "quarantine.bin") == bomb
    again = hands.file("0_又来.pdf", bomb)
    assert [scan.known for scan in again.scans] == [True]
    workspace.deciding.discard(int(filed.desk[0].uid), reason="纸已重扫")
    assert workspace.filing.desk() == ()
    assert workspace.checking.check().problems == ()


def _dead(*_: Any, **__: Any) -> Iterator[Any]:
    """Stand for a child process that dies before its first word."""
    yield from ()
    raise ChildDiedError("gone")


def test_a_file_with_a_script_is_kept_apart_and_its_pages_filed_without_it(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A8"], "罗小山")
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(hands.scan(report)))
    script = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(script)
    target = io.BytesIO()
    writer.write(target)
    filed = hands.file("脚本.pdf", target.getvalue())
    assert [p.uid for p in filed.filed] == [report.made[0].uid]
    assert codes(filed) == ["active-content"]
    sha256 = hashlib.sha256(target.getvalue()).hexdigest()
    assert list(workspace.store.paths(scan_object(sha256))) == ["quarantine.pdf"]
    (path,) = signed_scans(workspace, report.made[0].uid)
    assert b"JavaScript" not in workspace.store.read(paper_object(report.made[0].uid), path)
    again = hands.file("脚本2.pdf", target.getvalue())
    assert again.scans[0].known
    assert workspace.checking.check().problems == ()
