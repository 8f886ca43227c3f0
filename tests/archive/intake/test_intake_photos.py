"""Photos of telephones and pages of a fax: HEIC, JPEG turned by EXIF, TIFF of several pages."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
from PIL import Image

from archive.intake import photos
from archive.intake.limits import DamagedScanError, Limits, ScanTooLargeError
from archive.intake.marks import read_page
from archive.intake.pages import open_scan
from archive.intake.taking import take_scan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from forms.marks import PageMark

HERE = Path(__file__).parent / "photos"
"""Two photos of the same page, 1 of 1 of `marks_of(5, 1)`: held upright, and with the telephone on its side."""

TURNS = {3: 2, 6: 1, 8: 3}
"""EXIF orientation → clockwise quarter turns that bring the picture upright."""


@pytest.fixture
def drawn(print_marked: Callable[..., bytes]) -> Callable[[Sequence[PageMark]], list[Image.Image]]:
    """Give pages as pictures of 150 dpi."""

    def draw(marks: Sequence[PageMark]) -> list[Image.Image]:
        document = pypdfium2.PdfDocument(print_marked(marks))
        return [page.render(scale=150 / 72).to_pil().convert("RGB") for page in document]

    return draw


@pytest.mark.parametrize("name", ["upright", "sideways"])
def test_a_telephones_photo_is_a_page(name: str, secret: bytes, marks_of: Callable[..., list[PageMark]]) -> None:
    with open_scan(HERE / f"{name}.heic") as scan:
        assert (scan.kind, len(scan.pages)) == ("heic", 1)
        read = read_page(scan.pages[0], secret)
    assert read.mark == marks_of(5, 1)[0]
    assert read.turns == 0, "the picture is upright as the telephone was held"
    assert read.height > read.width


def test_a_photo_is_taken_in_the_child_process_as_it_came(tmp_path: Path, secret: bytes) -> None:
    taken = take_scan(HERE / "upright.heic", secret, tmp_path)
    assert taken.head.kind == "heic"
    (page,) = taken.pages
    assert page.read.mark is not None
    assert page.spooled is not None
    assert not page.spooled.form.is_original


def test_a_photo_cut_off_or_too_large_is_refused_in_words(tmp_path: Path) -> None:
    whole = (HERE / "upright.heic").read_bytes()
    cut = tmp_path / "断.heic"
    cut.write_bytes(whole[:300])
    with pytest.raises(DamagedScanError), open_scan(cut):
        pass
    with pytest.raises(ScanTooLargeError), open_scan(HERE / "upright.heic", limits=Limits(page_pixels=1_000_000)):
        pass


def test_a_photo_of_which_the_end_is_missing_is_left_to_a_person(tmp_path: Path, secret: bytes) -> None:
    whole = (HERE / "upright.heic").read_bytes()
    cut = tmp_path / "断.heic"
    cut.write_bytes(whole[: len(whole) * 2 // 3])
    (page,) = take_scan(cut, secret, tmp_path, is_guarded=False).pages
    assert page.read.mark is None


def test_without_the_part_that_opens_them_photos_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "find_spec", lambda _: None)
    with pytest.raises(photos.PhotoFormatError) as refused, open_scan(HERE / "upright.heic"):
        pass
    assert "JPEG" in str(refused.value)


@pytest.mark.parametrize("orientation", TURNS)
def test_a_jpeg_that_says_how_it_was_held_keeps_its_bytes(
    tmp_path: Path,
    secret: bytes,
    marks_of: Callable[..., list[PageMark]],
    drawn: Callable[..., list[Image.Image]],
    orientation: int,
) -> None:
    (page,) = drawn(marks_of(7, 1))
    turns = TURNS[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "照片.jpg"
    page.rotate(90 * turns, expand=True).save(path, quality=80, exif=exif.tobytes())
    taken = take_scan(path, secret, tmp_path, is_guarded=False)
    (one,) = taken.pages
    assert one.read.mark == marks_of(7, 1)[0]
    assert one.spooled is not None
    assert one.spooled.stream().data == path.read_bytes()
    assert one.read.turns == turns


@pytest.mark.parametrize("how", [{"compression": "group4"}, {"compression": "jpeg"}, {"compression": "tiff_lzw"}])
def test_every_page_of_a_tiff_is_read(
    tmp_path: Path,
    secret: bytes,
    marks_of: Callable[..., list[PageMark]],
    drawn: Callable[..., list[Image.Image]],
    how: dict[str, Any],
) -> None:
    marks = marks_of(9, 3)
    pages = drawn(marks)
    if how["compression"] == "group4":
        pages = [page.convert("L").point(lambda v: 255 * (v > 128)).convert("1") for page in pages]
    path = tmp_path / "传真.tif"
    pages[0].save(path, save_all=True, append_images=pages[1:], **how)
    reads = take_scan(path, secret, tmp_path, is_guarded=False).reads
    assert [read.mark for read in reads] == marks


def test_only_the_pages_that_are_wanted_are_read(
    tmp_path: Path, secret: bytes, marks_of: Callable[..., list[PageMark]], print_marked: Callable[..., bytes]
) -> None:
    marks = marks_of(11, 5)
    path = tmp_path / "0001.pdf"
    path.write_bytes(print_marked(marks))
    taken = take_scan(path, secret, tmp_path, only={3, 1})
    assert [(p.read.index, p.read.mark) for p in taken.pages] == [(1, marks[1]), (3, marks[3])]
    assert taken.head.pages == 5


def test_the_kind_is_told_by_the_first_bytes(tmp_path: Path) -> None:
    disguised = tmp_path / "照片.jpg"
    shutil.copyfile(HERE / "upright.heic", disguised)
    with open_scan(disguised) as scan:
        assert scan.kind == "heic"
