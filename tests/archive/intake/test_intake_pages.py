"""Files opened: which pictures are taken as they are, and which pages have to be drawn."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pypdf
import pytest
from PIL import Image

from archive.intake.pages import Scan, kind_of, open_scan
from archive.intake.pdf_writer import PdfObjects

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = b"/DeviceRGB"
FILLING = b"q 595 0 0 842 0 0 cm /Im Do Q"


def picture(width: int = 827, height: int = 1170) -> Image.Image:
    """A picture that tells its corners apart: red top left, green top right, blue bottom left."""
    image = Image.new("RGB", (width, height), "white")
    w, h = width // 4, height // 4
    image.paste((220, 0, 0), (0, 0, w, h))
    image.paste((0, 200, 0), (width - w, 0, width, h))
    image.paste((0, 0, 220), (0, height - h, w, height))
    return image


def jpeg(image: Image.Image | None = None, **options: object) -> bytes:
    target = io.BytesIO()
    (image or picture()).save(target, "JPEG", quality=90, **options)
    return target.getvalue()


def pdf(
    data: bytes,
    *,
    content: bytes = FILLING,
    page: bytes = b"",
    image: bytes = b"",
    resources: bytes = b"",
    size: tuple[int, int] = (827, 1170),
    space: bytes = PLAIN,
) -> bytes:
    """A PDF of one page with one picture, and whatever a scanner might do to it."""
    objects = PdfObjects()
    catalog, tree = objects.reserve(), objects.reserve()
    stream = objects.add_stream(
        b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace %b /Filter /DCTDecode %b"
        % (*size, space, image),
        data,
        is_encoded=True,
    )
    text = objects.add_stream(b"", content)
    leaf = objects.add(
        b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
        b" /Resources << /XObject << /Im %d 0 R >> %b >> %b >>" % (tree, text, stream, resources, page)
    )
    objects.put(tree, b"<< /Type /Pages /Count 1 /Kids [%d 0 R] >>" % leaf)
    objects.put(catalog, b"<< /Type /Catalog /Pages %d 0 R >>" % tree)
    return objects.finish(catalog)


def opened(tmp_path: Path, data: bytes) -> Scan:
    path = tmp_path / "scan.bin"
    path.write_bytes(data)
    return open_scan(path)


FONT = b"/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"


@pytest.mark.parametrize(
    ("changes", "turns"),
    [
        ({}, 0),
        ({"page": b"/Rotate 90"}, 1),
        ({"page": b"/Rotate 180"}, 2),
        ({"content": b"q -595 0 0 -842 595 842 cm /Im Do Q"}, 2),
        ({"content": FILLING + b" BT 3 Tr /F 12 Tf 72 700 Td (scanner's own OCR) Tj ET", "resources": FONT}, 0),
    ],
)
def test_a_page_that_is_one_plain_jpeg_keeps_its_bytes(tmp_path: Path, changes: dict[str, bytes], turns: int) -> None:
    data = jpeg()
    with opened(tmp_path, pdf(data, **changes)) as scan:  # type: ignore[arg-type]
        stream = scan.pages[0].stream()
    assert stream.data == data
    assert stream.is_original
    assert stream.turns == turns


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"content": FILLING + b" 0 0 0 rg 100 100 200 50 re f"}, id="something drawn over it"),
        pytest.param(
            {"content": FILLING + b" BT /F 30 Tf 72 700 Td (void) Tj ET", "resources": FONT}, id="visible text"
        ),
        pytest.param({"content": b"q 595 0 0 421 0 421 cm /Im Do Q"}, id="half the page"),
        pytest.param({"content": FILLING + b" q 100 0 0 100 0 0 cm /Im Do Q"}, id="drawn twice"),
        pytest.param({"content": b"q -595 0 0 842 595 0 cm /Im Do Q"}, id="mirrored"),
        pytest.param({"content": b"q 594.3 29.3 -41.5 841 0 0 cm /Im Do Q"}, id="straightened by the scanner"),
        pytest.param({"image": b"/Decode [1 0 1 0 1 0]"}, id="inverted"),
        pytest.param({"image": b"/Mask [0 10 0 10 0 10]"}, id="masked"),
        pytest.param(
            {"page": b"/Annots [<< /Type /Annot /Subtype /Square /Rect [9 9 99 99] /C [1 0 0] >>]"}, id="note"
        ),
        pytest.param({"space": b"[/Lab << /WhitePoint [0.95 1 1.09] >>]"}, id="odd colours"),
        pytest.param({"size": (400, 600)}, id="a size that is not the JPEG's"),
    ],
)
def test_a_page_that_is_more_than_one_plain_jpeg_is_drawn(tmp_path: Path, changes: dict[str, bytes]) -> None:
    data = jpeg()
    with opened(tmp_path, pdf(data, **changes)) as scan:  # type: ignore[arg-type]
        stream = scan.pages[0].stream()
    assert not stream.is_original
    assert stream.data != data
    assert max(stream.width, stream.height) == 2339


def test_strips_of_a_page_are_drawn_as_one_picture(tmp_path: Path) -> None:
    content = b"q 595 0 0 421 0 421 cm /Im Do Q q 595 0 0 421 0 0 cm /Im Do Q"
    with opened(tmp_path, pdf(jpeg(picture(827, 585)), content=content, size=(827, 585))) as scan:
        colour = scan.pages[0].load().colour()
    assert tuple(colour[10, 10] > 128) == (True, False, False)
    assert tuple(colour[1180, 10] > 128) == (True, False, False)


def test_junk_before_the_header_does_no_harm(tmp_path: Path) -> None:
    data = jpeg()
    with opened(tmp_path, b"\r\n" * 250 + pdf(data)) as scan:
        assert scan.kind == "pdf"
        assert scan.pages[0].stream().data == data


def test_a_pdf_locked_against_changes_only_is_read(tmp_path: Path) -> None:
    data = jpeg()
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(pdf(data))))
    writer.encrypt("", "owner", algorithm="RC4-128")
    target = io.BytesIO()
    writer.write(target)
    with opened(tmp_path, target.getvalue()) as scan:
        assert scan.pages[0].stream().data == data


def test_a_photo_lying_on_its_side_keeps_its_bytes_and_says_how_to_turn_it(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = jpeg(exif=exif)
    with opened(tmp_path, data) as scan:
        stream = scan.pages[0].stream()
    assert (scan.kind, stream.data, stream.turns) == ("jpeg", data, 1)


def test_a_mirrored_photo_is_turned_the_right_way(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 2
    with opened(tmp_path, jpeg(exif=exif)) as scan:
        loaded = scan.pages[0].load()
        assert not loaded.stream().is_original
        assert tuple(loaded.colour()[10, -10] > 128) == (True, False, False)


def test_every_frame_of_a_tiff_is_a_page_and_bilevel_stays_bilevel(tmp_path: Path) -> None:
    frames = []
    for number in range(5):
        frame = Image.new("1", (850, 1169), 1)
        frame.paste(0, (100 + 50 * number, 200, 140 + 50 * number, 900))
        frames.append(frame)
    target = io.BytesIO()
    frames[0].save(target, "TIFF", save_all=True, append_images=frames[1:], compression="group4")
    with opened(tmp_path, target.getvalue()) as scan:
        assert (scan.kind, len(scan.pages)) == ("tiff", 5)
        for frame, page in zip(frames, scan.pages, strict=True):
            assert np.array_equal(page.load().luma() > 0, np.asarray(frame))
            assert page.stream().filter == "CCITTFaxDecode"


def test_transparent_and_deep_pngs_are_read_as_on_white_paper(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (600, 800), (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), (100, 100, 200, 200))
    deep = Image.fromarray(np.full((800, 600), 60000, np.uint16))
    for image, paper in ((clear, 255), (deep, 233)):
        target = io.BytesIO()
        image.save(target, "PNG")
        with opened(tmp_path, target.getvalue()) as scan:
            assert scan.pages[0].load().luma()[700, 500] == pytest.approx(paper, abs=1)


def test_the_kind_is_told_by_the_bytes_and_not_by_the_name() -> None:
    assert kind_of(jpeg()) == "jpeg"
    assert kind_of(pdf(jpeg())) == "pdf"
    assert kind_of(b"II*\0....") == "tiff"
    assert kind_of("责任书.pdf".encode()) is None


def test_a_long_stack_is_opened_afresh_now_and_then_and_reads_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheets = [picture(827 + n, 1170) for n in range(5)]
    target = io.BytesIO()
    sheets[0].save(target, "PDF", save_all=True, append_images=sheets[1:])
    with opened(tmp_path, target.getvalue()) as scan:
        whole = [page.stream() for page in scan.pages]
    monkeypatch.setattr("archive.intake.pdf._FRESH_EVERY", 2)
    with opened(tmp_path, target.getvalue()) as scan:
        assert [page.stream() for page in scan.pages] == whole
        assert [scan.pages[n].stream() for n in (4, 0, 4)] == [whole[4], whole[0], whole[4]]
