"""Hard inputs (design/intake.md §7): one clear refusal or the pages that can be saved, never a crash."""

from __future__ import annotations

import io
import struct
import sys
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pypdf
import pytest
from PIL import Image

from archive.intake.limits import (
    DEFAULT_LIMITS,
    DamagedScanError,
    NotAScanError,
    ScanTooHeavyError,
    ScanTooLargeError,
)
from archive.intake.pages import open_scan
from archive.intake.pdf_writer import PdfObjects
from archive.intake.taking import TakenScan, take_scan
from forms.errors import EmptyScanError, EncryptedScanError, UnreadableScanError

if TYPE_CHECKING:
    from pathlib import Path

SECRET = b"s" * 32
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"


def objects(*bodies: bytes) -> bytes:
    """A PDF of the given objects; number 1 is the catalog."""
    pdf = PdfObjects()
    for body in bodies:
        pdf.add(body)
    return pdf.finish(1)


def tree(kids: bytes, count: int) -> tuple[bytes, bytes]:
    return b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count %d /Kids [%b] >>" % (count, kids)


def scanned(pages: int = 3) -> bytes:
    """A PDF as a copier writes it, the page tree last."""
    images = [Image.fromarray(np.random.default_rng(n).integers(90, 250, (900, 640), np.uint8)) for n in range(pages)]
    target = io.BytesIO()
    images[0].save(target, "PDF", save_all=True, append_images=images[1:])
    return target.getvalue()


def locked(data: bytes, password: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(data)))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width + 1) * height), 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def noise_jpeg() -> bytes:
    target = io.BytesIO()
    pixels = np.random.default_rng(3).integers(80, 250, (1600, 1100), np.uint8)
    Image.fromarray(pixels).save(target, "JPEG", quality=60)
    return target.getvalue()


def flate_bomb(size: int) -> bytes:
    """Page 1 unpacks to so many bytes of drawing, page 2 is harmless."""
    packer = zlib.compressobj(9)
    block = b"0 0 m 10 10 l S\n" * 65536
    packed = b"".join(packer.compress(block) for _ in range(size // len(block))) + packer.flush()
    return objects(
        *tree(b"3 0 R 5 0 R", 2),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(packed), packed),
        PAGE,
    )


def take(tmp_path: Path, data: bytes, *, is_guarded: bool = False) -> TakenScan:
    path = tmp_path / "scan.pdf"
    path.write_bytes(data)
    spool = tmp_path / "spool"
    spool.mkdir()
    return take_scan(path, SECRET, spool, is_guarded=is_guarded)


LOOP = objects(*tree(b"3 0 R 4 0 R", 10), b"<< /Type /Pages /Count 5 /Kids [2 0 R] /Parent 2 0 R >>", PAGE)
THOUSANDS = objects(*tree(b" ".join(b"%d 0 R" % (n + 3) for n in range(10_000)), 10_000), *[PAGE] * 10_000)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param(b"", EmptyScanError, id="no bytes"),
        pytest.param(objects(*tree(b"", 0)), EmptyScanError, id="no pages"),
        pytest.param(locked(scanned(1), "secret"), EncryptedScanError, id="password"),
        pytest.param("村里的名单".encode(), NotAScanError, id="text"),
        pytest.param(b"PK\x03\x04" + bytes(500), NotAScanError, id="a zip or docx"),
        pytest.param(b"%PDF-1.4\n" + np.random.default_rng(0).bytes(50_000), DamagedScanError, id="garbage"),
        pytest.param(scanned()[:1000], DamagedScanError, id="cut off before the first page"),
        pytest.param(LOOP, DamagedScanError, id="page tree in a loop"),
        pytest.param(THOUSANDS, ScanTooLargeError, id="10,000 pages"),
        pytest.param(png(20_000, 20_000), ScanTooLargeError, id="PNG of 400 megapixels"),
        pytest.param(png(9_500, 9_500), ScanTooLargeError, id="PNG just over the limit"),
        pytest.param(noise_jpeg()[:300], DamagedScanError, id="JPEG without pixels"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(
    tmp_path: Path, data: bytes, error: type[UnreadableScanError]
) -> None:
    with pytest.raises(error) as caught:
        take(tmp_path, data)
    assert type(caught.value) is error
    assert str(caught.value).startswith("“scan.pdf”")
    assert "原文件没有动" in str(caught.value)
    assert (tmp_path / "scan.pdf").read_bytes() == data


def test_a_file_without_pages_is_not_taken_for_the_locked_file_before_it(tmp_path: Path) -> None:
    """PDFium remembers its last error for the life of the process."""
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(locked(scanned(1), "secret"))
    with pytest.raises(EncryptedScanError), open_scan(scan):
        pass
    scan.write_bytes(objects(*tree(b"", 0)))
    with pytest.raises(EmptyScanError), open_scan(scan):
        pass


def test_a_folder_with_the_name_of_a_scan_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "scan.pdf"
    folder.mkdir()
    with pytest.raises(NotAScanError):
        open_scan(folder)


def test_a_file_beyond_the_size_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(scanned(1))
    with pytest.raises(ScanTooLargeError):
        open_scan(path, limits=replace(DEFAULT_LIMITS, file_bytes=1000))


@pytest.mark.parametrize(("share", "saved"), [(0.95, 2), (0.5, 1)])
def test_whole_pages_of_a_cut_off_pdf_are_saved_and_the_loss_is_said(tmp_path: Path, share: float, saved: int) -> None:
    data = scanned(3)
    taken = take(tmp_path, data[: int(len(data) * share)])
    assert taken.head.pages == saved
    assert "缺页" in taken.head.notes[0]
    assert all(page.spooled and page.spooled.form.is_original for page in taken.pages)


def test_a_cut_off_photo_is_shown_as_far_as_it_goes_and_never_counts_as_blank(tmp_path: Path) -> None:
    data = noise_jpeg()
    (page,) = take(tmp_path, data[: len(data) // 4]).pages
    assert not page.read.is_whole
    assert not page.read.is_blank
    assert page.spooled is not None
    assert page.spooled.load().luma()[:300].std() > 20


def test_a_picture_larger_than_its_limit_inside_a_pdf_is_left_to_a_person(tmp_path: Path) -> None:
    pixels = zlib.compress(bytes(60_000 * 60_000 // 8), 9)
    giant = objects(
        *tree(b"3 0 R 6 0 R", 2),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /XObject << /I 5 0 R >> >> >>",
        b"<< /Length 29 >>\nstream\nq 595 0 0 842 0 0 cm /I Do Q\nendstream",
        b"<< /Type /XObject /Subtype /Image /Width 60000 /Height 60000 /BitsPerComponent 1 /ColorSpace /DeviceGray"
        b" /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (len(pixels), pixels),
        PAGE,
    )
    taken = take(tmp_path, giant)
    assert [page.read.is_readable for page in taken.pages] == [False, True]


@pytest.mark.parametrize("box", [b"0 0 2000000 2000000", b"0 0 0.001 0.001", b"0 0 100000 1"])
def test_an_absurd_page_size_costs_nothing(tmp_path: Path, box: bytes) -> None:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [%b] >>" % box
    (taken,) = take(tmp_path, objects(*tree(b"3 0 R", 1), page)).pages
    assert taken.read.width * taken.read.height <= 2339 * 2339


def test_a_tiff_with_too_many_pages_is_refused(tmp_path: Path) -> None:
    frame = Image.new("1", (8, 8), 1)
    target = io.BytesIO()
    frame.save(target, "TIFF", save_all=True, append_images=[frame] * 30)
    path = tmp_path / "scan.tif"
    path.write_bytes(target.getvalue())
    with pytest.raises(ScanTooLargeError):
        open_scan(path, limits=replace(DEFAULT_LIMITS, pages=20))


def test_a_png_that_ends_early_is_left_to_a_person(tmp_path: Path) -> None:
    (page,) = take(tmp_path, png(500, 500)[:60]).pages
    assert not page.read.is_readable
    assert page.spooled is None


@pytest.mark.kill
@pytest.mark.skipif(sys.platform == "win32", reason="no RLIMIT_AS: there the time limit does it")
def test_a_page_that_unpacks_without_end_dies_alone(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(flate_bomb(768 * 1024**2))
    limits = replace(DEFAULT_LIMITS, memory_bytes=1024**3)
    taken = take_scan(path, SECRET, tmp_path, limits=limits)
    assert [page.read.is_readable for page in taken.pages] == [False, True]


@pytest.mark.kill
def test_a_page_that_takes_too_long_is_stopped_and_the_next_one_is_read(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(flate_bomb(640 * 1024**2))
    taken = take_scan(path, SECRET, tmp_path, limits=replace(DEFAULT_LIMITS, page_seconds=1.0))
    assert [page.read.is_readable for page in taken.pages] == [False, True]


def test_a_child_that_dies_before_the_first_page_refuses_the_file(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(scanned(1))
    with pytest.raises(ScanTooHeavyError):
        take_scan(path, SECRET, tmp_path, limits=replace(DEFAULT_LIMITS, start_seconds=0.0))
