"""Pages as scanners of all kinds encode them: each is read, and what is locked or swollen is treated by what it is."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import numpy as np
import pypdf
import pypdfium2
import pytest
from PIL import Image

from archive.intake.limits import ScanTooLargeError
from archive.intake.pages import open_scan
from archive.intake.pdf_writer import PdfObjects
from archive.intake.picture import _group4
from archive.intake.taking import take_scan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from forms.marks import PageMark

DPI = 150
A4 = b"595.28 841.89"


@pytest.fixture(scope="module")
def marks(marks_of: Callable[..., list[PageMark]]) -> list[PageMark]:
    return marks_of(21, 1)


@pytest.fixture(scope="module")
def sheet(print_marked: Callable[..., bytes], marks: list[PageMark]) -> Image.Image:
    document = pypdfium2.PdfDocument(print_marked(marks))
    image: Image.Image = document[0].render(scale=DPI / 72, grayscale=True).to_pil().convert("L")
    document.close()
    return image


class Page:
    """A PDF of one page made of images that are drawn one over the other."""

    def __init__(self) -> None:
        self.pdf = PdfObjects()
        self.catalog, self.tree = self.pdf.reserve(), self.pdf.reserve()
        self.names: list[bytes] = []
        self.drawing: list[bytes] = []

    def image(self, data: bytes, entries: bytes) -> int:
        return self.pdf.add_stream(b"/Type /XObject /Subtype /Image " + entries, data, is_encoded=True)

    def draw(self, number: int, box: tuple[float, float, float, float] = (0, 0, 595.28, 841.89)) -> None:
        """Put an image at left, bottom, width, height in points."""
        name = b"/I%d" % number
        self.names.append(b"%b %d 0 R" % (name, number))
        self.drawing.append(b"q %.3f 0 0 %.3f %.3f %.3f cm %b Do Q" % (box[2], box[3], box[0], box[1], name))

    def finish(self) -> bytes:
        content = self.pdf.add_stream(b"", b"\n".join(self.drawing))
        page = self.pdf.add(
            b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %b] /Contents %d 0 R /Resources << /XObject << %b >> >> >>"
            % (self.tree, A4, content, b" ".join(self.names))
        )
        self.pdf.put(self.tree, b"<< /Type /Pages /Count 1 /Kids [%d 0 R] >>" % page)
        self.pdf.put(self.catalog, b"<< /Type /Catalog /Pages %d 0 R >>" % self.tree)
        return self.pdf.finish(self.catalog)


def size_of(image: Image.Image) -> bytes:
    return b"/Width %d /Height %d " % image.size


def jpeg(image: Image.Image, quality: int = 70) -> bytes:
    target = io.BytesIO()
    image.save(target, "JPEG", quality=quality)
    return target.getvalue()


def bilevel(image: Image.Image) -> Image.Image:
    return image.point([0] * 150 + [255] * 106).convert("1")


def jpeg_2000(sheet: Image.Image) -> bytes:
    target = io.BytesIO()
    sheet.save(target, "JPEG2000", quality_mode="rates", quality_layers=[40])
    page = Page()
    page.draw(
        page.image(
            target.getvalue(), size_of(sheet) + b"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /JPXDecode"
        )
    )
    return page.finish()


def fax_strips(sheet: Image.Image) -> bytes:
    """Eight strips of group 4, as many copiers write black and white."""
    page, image = Page(), bilevel(sheet)
    rows = -(-image.height // 8)
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(top + rows, image.height)))
        number = page.image(
            _group4(strip),
            size_of(strip)
            + b"/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode"
            + b" /DecodeParms << /K -1 /Columns %d /Rows %d /BlackIs1 false >>" % strip.size,
        )
        k = 841.89 / image.height
        page.draw(number, (0, 841.89 - (top + strip.height) * k, 595.28, strip.height * k))
    return page.finish()


def jbig2(sheet: Image.Image) -> bytes:
    """One generic region, coded like a fax (ITU-T T.88, 7.4.6 with MMR), behind the page's information."""
    image = bilevel(sheet)
    width, height = image.size
    region = struct.pack(">IIIIBB", width, height, 0, 0, 0, 1) + _group4(image)
    data = struct.pack(">IBBBI", 0, 48, 0, 1, 19) + struct.pack(">IIIIBH", width, height, 0, 0, 0, 0)
    data += struct.pack(">IBBBI", 1, 38, 0, 1, len(region)) + region
    page = Page()
    page.draw(page.image(data, size_of(image) + b"/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /JBIG2Decode"))
    return page.finish()


def layers(sheet: Image.Image) -> bytes:
    """Mixed raster content: a coarse background, and black through a mask of full sharpness."""
    page, mask = Page(), bilevel(sheet)
    background = Image.new("L", (sheet.width // 4, sheet.height // 4), 246)
    page.draw(
        page.image(
            jpeg(background), size_of(background) + b"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode"
        )
    )
    stencil = page.image(
        _group4(mask),
        size_of(mask)
        + b"/ColorSpace /DeviceGray /BitsPerComponent 1 /Decode [1 0] /Filter /CCITTFaxDecode"
        + b" /DecodeParms << /K -1 /Columns %d /Rows %d /BlackIs1 false >>" % mask.size,
    )
    ink = Image.new("L", (40, 56), 20)
    page.draw(
        page.image(
            jpeg(ink),
            size_of(ink) + b"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode /SMask %d 0 R" % stencil,
        )
    )
    return page.finish()


def locked_against_changes(sheet: Image.Image) -> bytes:
    """AES-256 with an owner's password only: everybody may open it."""
    page = Page()
    page.draw(
        page.image(jpeg(sheet), size_of(sheet) + b"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode")
    )
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(page.finish()))
    writer.encrypt("", "owner", algorithm="AES-256")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


@pytest.mark.parametrize("made", [jpeg_2000, fax_strips, jbig2, layers, locked_against_changes])
def test_the_marks_are_read_whatever_the_scanner_writes(
    tmp_path: Path, secret: bytes, marks: list[PageMark], sheet: Image.Image, made: Callable[[Image.Image], bytes]
) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(made(sheet))
    taken = take_scan(path, secret, tmp_path, is_guarded=False)
    (page,) = taken.pages
    assert page.read.mark == marks[0]
    assert len(page.read.marks) == 2
    assert page.spooled is not None
    dark = page.spooled.load().luma() < 128
    # as dark as what was printed: neither lost nor turned inside out
    assert dark.mean() == pytest.approx((np.asarray(sheet) < 128).mean(), rel=0.25)


def tiff(width: int, height: int, *, following: int = 0) -> bytes:
    """A group 4 TIFF of next to no bytes that claims so many pixels, and says at which byte the next frame is."""
    data = b"\x00\x10\x01\x00\x10\x01"
    entries = [
        (256, 4, width),
        (257, 4, height),
        (258, 3, 1),
        (259, 3, 4),
        (262, 3, 0),
        (273, 4, 8 + 2 + 8 * 12 + 4),
        (278, 4, height),
        (279, 4, len(data)),
    ]
    body = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return struct.pack("<2sHIH", b"II", 42, 8, len(entries)) + body + struct.pack("<I", following) + data


def test_a_tiff_that_claims_more_pixels_than_paper_has_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    path.write_bytes(tiff(40_000, 40_000))
    with pytest.raises(ScanTooLargeError):
        open_scan(path)
    path.write_bytes(tiff(9_700, 9_700))  # just over what one page may have
    with pytest.raises(ScanTooLargeError):
        open_scan(path)


def test_frames_of_a_tiff_that_follow_each_other_in_a_ring_come_to_an_end(tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    path.write_bytes(tiff(600, 800, following=8))
    with open_scan(path) as scan:
        assert len(scan.pages) == 1
