"""Volumes: pages carried over untouched, overlays over them, one PDF/A with bookmarks and labels."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pypdf
import pypdfium2
import pytest
from PIL import Image

from archive.intake.derive import DerivedPage, derive_pdf
from archive.intake.marks import PageRead
from archive.intake.picture import RasterPicture
from bench.tagged import read_tagged
from docgen.engine.archive_sheets import SHEETS, lay_out_sheet, sheet_docx
from docgen.engine.overlay import OverlayPage, StampText, write_overlay
from docgen.engine.press import FontBook, Press, PrintJob
from docgen.engine.printed import UnprintableValueError
from docgen.engine.volume import VolumePart, bind_volume, page_sizes

if TYPE_CHECKING:
    from docgen.engine.press.fonts.book import Typeface

A4 = (595.28, 841.89)
STAMP = StampText(fonds_number="0194", year="2026", item="0001", office_code="SSB", retention="30年", pages="3")


@pytest.fixture(scope="module")
def press() -> Press:
    return Press(FontBook.default())


@pytest.fixture(scope="module")
def typeface(press: Press) -> Typeface:
    return press.fonts.typeface("黑体")


def remarks(press: Press, said: str = "一") -> bytes:
    context = {
        "subject_word": "案卷",
        "subject": "甲",
        "count": 1,
        "pages": 2,
        "lines": said,
        "by": "乙",
        "made_on": "丙",
    }
    out = io.BytesIO()
    press.write([PrintJob(paper=lay_out_sheet(press, "remarks", context))], out)
    return out.getvalue()


class Loaded(RasterPicture):
    """A page whose picture is in memory."""

    __slots__ = ()

    def load(self) -> Loaded:
        return self


def scan() -> bytes:
    picture = Loaded(Image.effect_noise((300, 424), 60).convert("RGB"))
    read = PageRead(scan="0" * 64, index=0, width=300, height=424)
    return derive_pdf([DerivedPage(source=picture, read=read)])


def overlay(**how: Any) -> OverlayPage:
    return OverlayPage(**{"width_pt": A4[0], "height_pt": A4[1], **how})


def picture(pdf: bytes, page: int = 0) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return np.asarray(document[page].render(scale=72 / 25.4 * 2 / 72 * 25.4).to_pil().convert("RGB"))
    finally:
        document.close()


def test_the_stamp_is_45_by_16_mm_in_the_blank_space_at_the_upper_right(typeface: Typeface) -> None:
    out = io.BytesIO()
    write_overlay([overlay(stamp=STAMP)], out, typeface=typeface)
    red = picture(out.getvalue())
    dots = np.argwhere((red[..., 0] > 120) & (red[..., 1] < 120))
    top, left = dots.min(axis=0) / 2 / 72 * 25.4
    bottom, right = dots.max(axis=0) / 2 / 72 * 25.4
    assert abs((right - left) - 45) < 1
    assert abs((bottom - top) - 16) < 1
    assert left > 110
    assert bottom < 34  # above the type area of our papers, and of a 公文 (37 mm)
    text = pypdf.PdfReader(out).pages[0].extract_text()
    assert [word for word in ("0194", "2026", "0001", "SSB", "30年", "3") if word not in text] == []


def test_a_scheme_without_office_code_leaves_its_cell_empty(typeface: Typeface) -> None:
    out = io.BytesIO()
    stamp = StampText(fonds_number="0194", year="2026", item="0001", office_code="", retention="永久", pages="3")
    write_overlay([overlay(stamp=stamp)], out, typeface=typeface)
    assert "SSB" not in pypdf.PdfReader(out).pages[0].extract_text()


def test_long_codes_stay_inside_their_cell(typeface: Typeface) -> None:
    out = io.BytesIO()
    stamp = StampText(
        fonds_number="ZZ999999", year="2026", item="0001", office_code="ABCDEFGH", retention="永久", pages="1"
    )
    write_overlay([overlay(stamp=stamp)], out, typeface=typeface)
    red = picture(out.getvalue())
    dots = np.argwhere((red[..., 0] > 120) & (red[..., 1] < 120)) / 2 / 72 * 25.4
    assert dots[:, 1].max() - dots[:, 1].min() < 46


def test_the_picture_of_a_scan_is_carried_over_byte_for_byte(typeface: Typeface) -> None:
    data = scan()
    volume = bind_volume(
        [VolumePart(pdf=data, bookmark="一", overlays=(overlay(stamp=STAMP, page_number="1"),))],
        title="卷",
        typeface=typeface,
    )

    def stream(pdf: bytes) -> bytes:
        page: Any = pypdf.PdfReader(io.BytesIO(pdf)).pages[0]
        images = [o.get_object() for o in page["/Resources"]["/XObject"].values()]
        (own,) = [image for image in images if image["/Subtype"] == "/Image"]
        return bytes(own._data)

    assert stream(volume) == stream(data)
    plain, stamped = picture(data), picture(volume)
    below = int(34 / 25.4 * 144)
    assert np.abs(plain[below:].astype(int) - stamped[below:]).max() <= 2
    assert np.abs(plain[:below].astype(int) - stamped[:below]).max() > 100


def test_bookmarks_labels_and_title(press: Press, typeface: Typeface) -> None:
    front, back = remarks(press), remarks(press, "二")
    parts = [
        VolumePart(pdf=front, bookmark="封面", page_labels=("封面",)),
        VolumePart(pdf=scan(), bookmark="01 责任书", overlays=(overlay(page_number="1"),), page_labels=("1",)),
        VolumePart(pdf=back, bookmark="", page_labels=("备考表",)),
    ]
    read = pypdf.PdfReader(io.BytesIO(bind_volume(parts, title="案卷 0000000001", typeface=typeface)))
    outline: Any = read.outline
    assert [entry["/Title"] for entry in outline] == ["封面", "01 责任书"]
    assert [read.get_destination_page_number(entry) for entry in outline] == [0, 1]
    assert read.page_labels == ["封面", "1", "备考表"]
    assert read.metadata is not None
    assert read.metadata.title == "案卷 0000000001"
    assert "1" in read.pages[1].extract_text()


def test_the_volume_declares_pdf_a_and_keeps_what_it_needs_for_it(press: Press, typeface: Typeface) -> None:
    data = bind_volume(
        [VolumePart(pdf=remarks(press), bookmark="一"), VolumePart(pdf=scan(), bookmark="二")],
        title="卷",
        typeface=typeface,
    )
    assert data.startswith(b"%PDF-1.7\n%")
    root: Any = pypdf.PdfReader(io.BytesIO(data)).root_object
    xmp = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in xmp
    (intent,) = root["/OutputIntents"]
    assert intent.get_object()["/S"] == "/GTS_PDFA1"
    assert not {"/OpenAction", "/AA", "/AcroForm", "/Names"} & set(root)
    for page in pypdf.PdfReader(io.BytesIO(data)).pages:
        resources: Any = page["/Resources"]
        for font in resources.get("/Font", {}).values():
            (descendant,) = font.get_object()["/DescendantFonts"]
            descriptor = descendant.get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_the_volume_keeps_the_structure_of_its_papers(press: Press, typeface: Typeface) -> None:
    over = OverlayPage(width_pt=A4[0], height_pt=A4[1], stamp=STAMP, page_number="7")
    one, two = remarks(press, "第一件"), remarks(press, "第二件")
    parts = [VolumePart(pdf=pdf, bookmark="件", overlays=(over,)) for pdf in (one, two, one)]
    found = read_tagged(bind_volume(parts, title="卷", typeface=typeface))
    assert found.faults == []
    assert [kid.role for kid in found.root.kids] == ["Sect"] * 3
    assert [kid.text for kid in found.root.kids] == [read_tagged(pdf).root.text for pdf in (one, two, one)]
    assert all("0194" in text and "7" in text for text in found.artifacts)


def test_a_volume_with_a_scan_does_not_claim_to_be_tagged_throughout(press: Press, typeface: Typeface) -> None:
    scan = pypdf.PdfWriter()
    scan.add_blank_page(*A4)
    blank = io.BytesIO()
    scan.write(blank)
    parts = [VolumePart(pdf=pdf, bookmark="") for pdf in (blank.getvalue(), remarks(press, "第一件"))]
    root: Any = pypdf.PdfReader(io.BytesIO(bind_volume(parts, title="卷", typeface=typeface))).root_object
    assert root["/MarkInfo"] == {"/Marked": False}
    assert len(root["/StructTreeRoot"]["/K"]["/K"]) == 1


def test_equal_parts_give_equal_bytes_and_shared_things_are_kept_once(press: Press, typeface: Typeface) -> None:
    part = VolumePart(pdf=scan(), bookmark="一", overlays=(overlay(page_number="1"),))
    once, again = (bind_volume([part], title="卷", typeface=typeface) for _ in range(2))
    assert once == again
    four = bind_volume(
        [VolumePart(pdf=remarks(press), bookmark=str(n)) for n in range(4)], title="卷", typeface=typeface
    )
    assert len(four) < 2.5 * len(remarks(press))  # each has pages and elements of its own


def test_sizes_are_those_of_the_pages() -> None:
    ((width, height),) = page_sizes(scan())
    assert (round(width), round(height)) == (595, 842)


@pytest.mark.parametrize("name", SHEETS)
def test_every_sheet_refuses_a_missing_name(name: str) -> None:
    with pytest.raises(Exception, match=r"[一-鿿]"):
        sheet_docx(name, {})


def test_sheets_print_what_they_are_given_and_refuse_what_cannot_be_printed(press: Press) -> None:
    row = {"no": "1", "code": "=1+1", "number": "{{ x }}", "responsible": "<甲>", "title": "龘[罗小山]",
           "day": "20261105", "secrecy": "", "pages": "2", "remark": "一\n二"}  # fmt: skip
    context = {"title": "归档文件目录", "fonds_name": "甲", "fonds_number": "0194", "year": 2026, "retention": "30年",
               "office_code": "—", "count": 1, "pages": 2, "rows": [row], "note": ""}  # fmt: skip
    text = lay_out_sheet(press, "item_list", context).text
    for said in ("=1+1", "{{ x }}", "<甲>", "龘[罗小山]"):
        assert said in text
    with pytest.raises(UnprintableValueError):
        lay_out_sheet(press, "item_list", {**context, "fonds_name": "\x07"})
