"""Pages that are not ours, read at leisure: whose they may be, and found by their words once they have a place."""

from __future__ import annotations

import io
from importlib import resources
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont

from archive.intake import ocr
from archive.intake.ocr import OcrMissingError, OcrPage, read_texts
from archive.store import scan_object
from docgen.workspace.intake.desk_views import view
from docgen.workspace.intake.page_texts import page_text, read_pages

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.workspace import Workspace
    from tests.conftest import Hands


def certificate(*lines: str, turned: int = 0) -> Image.Image:
    """Return the picture of a printed certificate of 150 dpi."""
    font_file = resources.files("pylopdf_fonts_zh_cn") / "NotoSerifSC-Regular.otf"
    with resources.as_file(font_file) as path:
        font = ImageFont.truetype(path, 34)
    picture = Image.new("RGB", (1240, 1754), (250, 250, 247))
    for number, line in enumerate(lines):
        ImageDraw.Draw(picture).text((150, 200 + 90 * number), line, font=font, fill=(25, 25, 30))
    return picture.rotate(turned, expand=True)


def pdf_of(*pictures: Image.Image) -> bytes:
    target = io.BytesIO()
    pictures[0].save(target, "PDF", save_all=True, append_images=pictures[1:], resolution=150, quality=80)
    return target.getvalue()


def jpeg(picture: Image.Image, path: Path) -> Path:
    picture.save(path, quality=85)
    return path


def test_a_page_on_the_desk_says_whose_it_may_be(hands: Hands, workspace: Workspace) -> None:
    record = next(r for r in people(workspace) if r[0] == "周浩然")
    number = record[1]
    wrong = number[:7] + str((int(number[7]) + 1) % 10) + number[8:]
    page = certificate(
        "出生医学证明", "姓名 周浩然 性别 男", f"公民身份号码 {wrong}", "签发机构 龙里县人民医院", turned=180
    )
    (made,) = hands.make(["A8"], "周浩然").made
    (item,) = hands.file("外来.pdf", pdf_of(page)).desk
    before = view(workspace, int(item.uid))
    assert before.candidates == ()
    assert not before.is_read
    report = workspace.recognising.read()
    assert (report.pages, report.with_text, report.left) == (1, 1, 0)
    found = view(workspace, int(item.uid))
    assert "出生医学证明" in found.text
    child = next(c for c in found.candidates if c.kind == "儿童")
    assert child.words.startswith("周浩然")
    assert any("差一位" in why for why in child.why)
    assert made.number in [c.key for c in found.candidates if c.kind == "文书"], "his paper is out"
    assert not any(number in why for c in found.candidates for why in c.why)
    assert workspace.recognising.read().pages == 0, "what was read is not read again"
    workspace.deciding.attach([int(item.uid)], child=child.key, title="出生医学证明复印件")
    with workspace.registry.read() as tx:
        (old,) = tx.old.of_child(child.key)
    pdf = workspace.store.read(scan_object(old.sha256), "original.pdf")
    upright = pypdfium2.PdfDocument(pdf)[0].render(scale=1).to_pil().convert("L")
    assert upright.height > upright.width
    assert int(upright.crop((0, 0, 595, 300)).getextrema()[0]) < 120, "the print begins at the top again"
    assert int(upright.crop((0, 500, 595, 842)).getextrema()[0]) > 180
    (hit,) = workspace.finding.search("龙里县人民医院").hits
    assert (hit.kind, hit.subject) == ("item", "周浩然")
    assert workspace.checking.check().problems == ()


def people(workspace: Workspace) -> list[tuple[str, str]]:
    with workspace.registry.read() as tx:
        return [(str(r.child.person.name), str(r.child.person.id_number)) for r in tx.people.all()]


def test_an_enclosure_that_was_placed_first_is_read_afterwards(hands: Hands, workspace: Workspace) -> None:
    pages = [certificate("龙里县人民法院", "民事裁定书"), certificate("本裁定自送达之日起生效")]
    items = [int(i.uid) for i in hands.file("裁定.pdf", pdf_of(*pages)).desk]
    workspace.deciding.attach(items, child="周浩然", title="裁定书")
    assert workspace.finding.search("送达之日起生效").total == 0
    first = workspace.recognising.read(most=1)
    assert (first.pages, first.enclosures, first.left) == (1, 0, 1), "broken off, it goes on where it stopped"
    second = workspace.recognising.read()
    assert (second.pages, second.enclosures, second.left) == (1, 1, 0)
    assert workspace.finding.search("送达之日起生效").total == 1


def test_a_reader_that_dies_costs_one_page(hands: Hands, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    (item,) = hands.file("外来.pdf", pdf_of(certificate("证明"))).desk
    monkeypatch.setattr(
        "docgen.workspace.intake.recognising.read_texts", lambda paths: [OcrPage(is_read=False) for _ in paths]
    )
    report = workspace.recognising.read()
    assert (report.pages, report.with_text, report.left) == (1, 0, 0)
    with workspace.registry.read() as tx:
        (row,) = tx.scans.desk()
    assert read_pages(workspace.store, row.sha256) == {0}
    assert page_text(workspace.store, row.sha256, 0) == ("", 0)
    assert sorted(workspace.store.paths(scan_object(row.sha256))) == ["original.pdf", "text-00000.json"]
    assert view(workspace, int(item.uid)).is_read


def test_text_is_read_whichever_way_the_sheet_lies(tmp_path: Path) -> None:
    lines = ("居民户口簿", "户主姓名 罗大山", "户籍所在地 龙里县洗马镇平山村", "登记机关 洗马派出所")
    paths = [jpeg(certificate(*lines, turned=turn), tmp_path / f"{turn}.jpg") for turn in (0, 180, 90)]
    pages = list(read_texts(paths))
    assert [page.turns for page in pages] == [0, 2, 1]
    for page in pages:
        for line in lines:
            assert line.replace(" ", "") in page.text.replace(" ", "")


def test_a_picture_that_cannot_be_opened_does_not_stop_the_others(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"\xff\xd8\xff no picture")
    pages = list(
        read_texts([bad, jpeg(Image.new("RGB", (600, 800), "white"), tmp_path / "white.jpg")], is_guarded=False)
    )
    assert [(page.is_read, page.lines) for page in pages] == [(False, ()), (True, ())]


def test_without_the_engine_it_says_what_to_do(
    hands: Hands, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands.file("外来.pdf", pdf_of(certificate("证明")))
    monkeypatch.setattr(ocr, "find_spec", lambda _: None)
    with pytest.raises(OcrMissingError):
        workspace.recognising.read()
    assert workspace.recognising.waiting() == 1
