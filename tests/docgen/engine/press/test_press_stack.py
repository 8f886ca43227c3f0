"""The written file: marks that scan, one subset of each font, fit for keeping, the same bytes each time."""

from __future__ import annotations

import io
import re
from typing import Any

import pypdf
import pypdfium2
import pytest
import zxingcpp

from docgen.engine.press import MissingGlyphError, Press, PrintJob
from forms.marks import PageMark, parse_payload

SECRET = b"0123456789abcdef"


def job_of(paper: Any, mark_id: str = "7K3M9Q2PA4", label: str = "") -> PrintJob:
    count = len(paper.pages)
    marks = tuple(PageMark(mark_id=mark_id, page=i, pages=count) for i in range(1, count + 1))
    return PrintJob(paper=paper, marks=marks, secret=SECRET, copy_label=label)


@pytest.fixture
def paper(lay_out: Any, wml: Any) -> Any:
    return lay_out(wml.paragraph("字" * 27 * 50) + wml.table([wml.cell("表")], columns=[2000]))


def test_both_codes_of_every_page_are_read_from_a_200_dpi_picture(paper: Any, printed: Any) -> None:
    file = printed(job_of(paper, label="第1份，存村民委员会"))
    for i in range(file.pages):
        picture = pypdfium2.PdfDocument(file.data)[i].render(scale=200 / 72, grayscale=True).to_numpy()
        found = zxingcpp.read_barcodes(picture)
        assert [parse_payload(code.text, SECRET) for code in found] == [
            PageMark(mark_id="7K3M9Q2PA4", page=i + 1, pages=file.pages)
        ] * 2
        pixels = 200 / 25.4
        corners = sorted((code.position.top_left.x / pixels, code.position.top_left.y / pixels) for code in found)
        assert corners[0] == pytest.approx((16, 16), abs=0.4)
        assert corners[1] == pytest.approx((210 - 31, 297 - 31), abs=0.4)


def test_digits_for_the_eye_stand_twice_and_the_label_once_on_every_page(paper: Any, printed: Any) -> None:
    file = printed(job_of(paper, label="第1份，存村民委员会"))
    for i in range(file.pages):
        readable = PageMark(mark_id="7K3M9Q2PA4", page=i + 1, pages=file.pages).readable(SECRET)
        text = file.text(i)
        assert text.count("".join(readable.split())) == 2
        assert text.count("第1份，存村民委员会") == 1


def test_label_with_a_character_nobody_has_is_refused(paper: Any, printed: Any) -> None:
    with pytest.raises(MissingGlyphError):
        printed(job_of(paper, label="存\u200b档"))


def test_pages_of_many_cells_are_packed_quickly(lay_out: Any, printed: Any, wml: Any) -> None:
    """What packed a page is said by the second byte of its content (RFC 1950)."""
    cells = "".join(wml.cell(wml.paragraph("甲乙", run='<w:sz w:val="8"/>'), width=400) for _ in range(20))
    table = wml.table([cells] * 40, columns=[400] * 20)
    data = printed(lay_out(table, styles=wml.SMALL), lay_out(wml.paragraph("甲"))).data
    contents: list[Any] = [page["/Contents"].get_object() for page in pypdf.PdfReader(io.BytesIO(data)).pages]
    many, few = contents
    assert (len(many.get_data()) > 20_000, len(few.get_data()) > 20_000) == (True, False)
    assert (many._data[1], few._data[1]) == (0x5E, 0xDA)


def test_copies_differ_in_label_and_mark_only(paper: Any, printed: Any) -> None:
    file = printed(job_of(paper, label="第1份"), job_of(paper, mark_id="8K3M9Q2PA4", label="第2份"))
    half = file.pages // 2
    assert file.text(0).replace("第1份", "").replace("7K3M9-Q2PA4", "")[30:-30] in file.text(half)
    assert "第2份" in file.text(half)


def test_every_job_of_a_double_sided_stack_begins_on_a_front_side(lay_out: Any, wml: Any, printed: Any) -> None:
    one, two, three = (lay_out(wml.paragraph("字" * 27 * 22 * n)) for n in (1, 2, 3))
    file = printed(one, three, two, one, duplex=True)
    assert [bool(file.text(i)) for i in range(file.pages)] == [True, False, True, True, True, False, True, True, True]
    assert printed(one, three, two, one).pages == 7


def test_progress_is_told_after_each_job(paper: Any, press: Press) -> None:
    told: list[tuple[int, int]] = []
    pages = press.write([PrintJob(paper=paper)] * 3, io.BytesIO(), title="", progress=lambda *at: told.append(at))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert pages == 3 * len(paper.pages)


def test_stack_holds_one_subset_of_each_face_however_many_papers(lay_out: Any, wml: Any, printed: Any) -> None:
    papers = [lay_out(wml.paragraph(f"第{i}号" + chr(0x4E00 + i), run="<w:b/>")) for i in range(40)]
    one, many = printed(papers[0]), printed(*papers)
    assert many.programs() == one.programs() == ["/FontFile3"]
    assert len(many.data) < 2 * len(one.data) + 40 * 700


def test_rare_character_adds_a_font_for_its_plane_and_reads_back(lay_out: Any, wml: Any, printed: Any) -> None:
    file = printed(lay_out(wml.paragraph("张𬱖䶮㛃")))
    assert file.programs() == ["/FontFile3"] * 2
    assert file.text() == file.text_by_pypdf() == "张𬱖䶮㛃"


def test_same_papers_give_the_same_bytes(press: Press, wml: Any) -> None:
    files = []
    for maker in (press, Press(press.fonts)):
        paper = maker.lay_out(wml.Docx(body=wml.paragraph("一样的字𬱖 Aa")).bytes(), name="样张")
        out = io.BytesIO()
        maker.write([job_of(paper, label="第1份")], out, title="同一份")
        files.append(out.getvalue())
    assert files[0] == files[1]


def test_file_has_what_an_archive_asks_for(paper: Any, printed: Any) -> None:
    data = printed(job_of(paper), title="平山村责任书 <2026> & 附件").data
    reader = pypdf.PdfReader(io.BytesIO(data))
    root: Any = reader.root_object
    metadata = root["/Metadata"].get_object().get_data().decode("utf-8")
    assert root["/Lang"] == "zh-CN"
    assert reader.metadata is not None
    assert reader.metadata.title == "平山村责任书 <2026> & 附件"
    assert "平山村责任书 &lt;2026&gt; &amp; 附件" in metadata
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in metadata
    (intent,) = root["/OutputIntents"]
    assert intent.get_object()["/S"] == "/GTS_PDFA1"
    assert intent.get_object()["/DestOutputProfile"].get_object()["/N"] == 3
    assert b"Helvetica" not in data
    assert b"/JavaScript" not in data
    # ISO 19005-2 §6.1.7: an end of line before endstream, and lengths that are true
    assert len(re.findall(rb"\nendstream", data)) == data.count(b"endstream") > 5
    for number in range(1, len(reader.xref[0]) + 1):
        reader.get_object(number)


def test_every_font_is_embedded_and_maps_to_unicode(paper: Any, printed: Any) -> None:
    reader = pypdf.PdfReader(io.BytesIO(printed(job_of(paper)).data))
    resources: Any = reader.pages[0]["/Resources"]
    fonts = resources["/Font"].get_object()
    assert fonts
    for name in fonts:
        font: Any = fonts[name].get_object()
        descendant = font["/DescendantFonts"][0].get_object()
        descriptor = descendant["/FontDescriptor"].get_object()
        assert font["/Encoding"] == "/Identity-H"
        assert "/ToUnicode" in font
        assert {"/FontFile2", "/FontFile3"} & descriptor.keys()
        assert re.match(r"/[A-Z]{6}\+", descendant["/BaseFont"])


def test_file_without_a_title_names_nobody(paper: Any, printed: Any) -> None:
    reader: Any = pypdf.PdfReader(io.BytesIO(printed(paper, title="").data))
    assert dict(reader.metadata) == {"/Producer": "docgen"}


def test_picture_is_put_in_once_and_seen(press: Press, wml: Any, printed: Any) -> None:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGBA", (40, 20), (200, 0, 0, 255)).save(out, "PNG")
    place = (
        '<w:p><w:r><w:drawing><wp:inline xmlns:wp="urn:wp" xmlns:a="urn:a"><wp:extent cx="1080000" cy="540000"/>'
        '<a:blip r:embed="p"/></wp:inline></w:drawing></w:r></w:p>'
    )
    docx = wml.Docx(body=place * 2, media={"p": out.getvalue()}).bytes()
    file = printed(press.lay_out(docx, name="样张"))
    assert len(re.findall(rb"/Subtype\s*/Image", file.data)) == 2  # the picture and its transparency
    page = pypdfium2.PdfDocument(file.data)[0].render(scale=72 / 25.4 / 2).to_pil()
    red = [xy for xy in ((x, y) for x in range(page.width) for y in range(page.height)) if page.getpixel(xy)[1] < 60]
    assert red
