"""The derived file: upright, straight, searchable, the scanner's bytes untouched, nothing active."""

from __future__ import annotations

import hashlib
import io
import unicodedata
from typing import TYPE_CHECKING

import numpy as np
import pypdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from archive.intake.derive import TEXT_LAYER_NOTE, DerivedPage, derive_pdf
from archive.intake.marks import PageRead
from archive.intake.picture import RasterPicture, open_jpeg
from archive.intake.taking import TakenScan, take_scan
from archive.intake.text_layer import TextRun
from docgen.demo.scanner import Copier, play_scan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from archive.intake.picture import Picture, PictureStream
    from forms.marks import PageMark

POINT = 25.4 / 72


class Loaded:
    """A page whose picture is in memory."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture

    def stream(self) -> PictureStream:
        return self._picture.stream()

    def load(self) -> Picture:
        return self._picture


@pytest.fixture
def taken(
    tmp_path: Path, print_marked: Callable[..., bytes], marks_of: Callable[..., list[PageMark]], secret: bytes
) -> TakenScan:
    played = play_scan(print_marked(marks_of(3, 4)), seed=4, copier=Copier(skew=3, upside_down=0.5))
    assert any(played.upside_down)
    path = tmp_path / "scan.pdf"
    path.write_bytes(played.pdf)
    return take_scan(path, secret, tmp_path, is_guarded=False)


def derived(taken: TakenScan, *runs: TextRun) -> bytes:
    pages = sorted(taken.pages, key=lambda page: page.read.mark.page if page.read.mark else 0)
    return derive_pdf(
        [DerivedPage(source=p.spooled, read=p.read, text=runs) for p in pages if p.spooled], title="确认书"
    )


def test_the_image_streams_are_those_of_the_scanner(taken: TakenScan) -> None:
    originals = {hashlib.sha256(p.spooled.stream().data).hexdigest() for p in taken.pages if p.spooled}
    reader = pypdf.PdfReader(io.BytesIO(derived(taken)), strict=True)
    embedded = set()
    for page in reader.pages:
        image = page["/Resources"]["/XObject"]["/Im"]  # type: ignore[index]
        assert image["/Filter"] == "/DCTDecode"
        embedded.add(hashlib.sha256(image._data).hexdigest())
    assert embedded == originals


def offset_mm(seen: NDArray[np.float64], meant: NDArray[np.float64], *, pixels_per_mm: float) -> float:
    """How far one page must be moved to lie on the other; upside down it fits nowhere."""
    spectra = np.fft.rfft2(seen - seen.mean()) * np.fft.rfft2(meant - meant.mean()).conj()
    likeness = np.fft.irfft2(spectra, seen.shape) / (seen.std() * meant.std() * seen.size)
    assert likeness.max() > 0.75
    place = np.unravel_index(int(likeness.argmax()), likeness.shape)
    shift = [min(int(v), n - int(v)) for v, n in zip(place, likeness.shape, strict=True)]
    return float(np.hypot(*shift)) / pixels_per_mm


def test_every_page_is_exact_a4_upright_and_straight(
    taken: TakenScan, print_marked: Callable[..., bytes], marks_of: Callable[..., list[PageMark]]
) -> None:
    straight = pypdfium2.PdfDocument(derived(taken))
    printed = pypdfium2.PdfDocument(print_marked(marks_of(3, 4)))
    for number in range(4):
        assert straight[number].get_size() == pytest.approx((210 / POINT, 297 / POINT), abs=0.01)
        seen, meant = (
            document[number].render(scale=3.0).to_numpy().astype(float).mean(2) for document in (straight, printed)
        )
        assert offset_mm(seen, meant, pixels_per_mm=3.0 * 72 / 25.4) < 0.5
    straight.close()
    printed.close()


def test_the_issued_text_is_found_where_it_was_printed(taken: TakenScan) -> None:
    run = TextRun(text="委托照护确认书 𬱖小䶮", x=40, baseline=60, width=70, size=16)
    document = pypdfium2.PdfDocument(derived(taken, run))
    page = document[0].get_textpage()
    assert page.get_text_range() == run.text
    left, bottom, _, top = page.get_charbox(0)
    right = page.get_charbox(page.count_chars() - 1)[2]
    assert left * POINT == pytest.approx(40, abs=0.2)
    assert right * POINT == pytest.approx(110, abs=0.5)
    assert bottom * POINT <= 297 - 60 <= top * POINT
    page.close()
    document.close()


def _reads_onwards(character: str) -> bool:
    """Readers put what is written from right to left into another order."""
    return unicodedata.bidirectional(character) not in {"R", "AL", "AN"}


@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["C", "Z", "M"]).filter(_reads_onwards), min_size=1, max_size=40
    )
)
@settings(deadline=None)  # the first file builds a font
def test_any_text_comes_back_character_for_character(text: str) -> None:
    source = Loaded(RasterPicture(Image.new("L", (40, 60), 255)))
    run = TextRun(text=text, x=20, baseline=50, width=4 * len(text), size=11)
    read = PageRead(scan="0" * 64, index=0, width=40, height=60)
    reader = pypdf.PdfReader(io.BytesIO(derive_pdf([DerivedPage(source=source, read=read, text=(run,))])))
    assert reader.pages[0].extract_text() == text


def test_equal_input_gives_equal_bytes(taken: TakenScan) -> None:
    run = TextRun(text="同样的输入", x=40, baseline=60, width=70, size=16)
    assert derived(taken, run) == derived(taken, run)


def test_nothing_active_and_no_name_reaches_the_derived_file(tmp_path: Path, taken: TakenScan, secret: bytes) -> None:
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(tmp_path / "scan.pdf"))
    writer.add_attachment("罗小山.exe", b"MZ")
    action = pypdf.generic.DictionaryObject()
    action.update(
        {
            pypdf.generic.NameObject("/S"): pypdf.generic.NameObject("/JavaScript"),
            pypdf.generic.NameObject("/JS"): pypdf.generic.TextStringObject("app.alert(1)"),
        }
    )
    writer.root_object[pypdf.generic.NameObject("/OpenAction")] = action
    writer.add_metadata({"/Author": "罗小山"})
    path = tmp_path / "active.pdf"
    writer.write(path)
    assert b"/JavaScript" in path.read_bytes()
    again = take_scan(path, secret, tmp_path, is_guarded=False)
    assert [page.read.mark for page in again.pages] == [page.read.mark for page in taken.pages]
    data = derived(again)
    for word in (b"/JavaScript", b"/OpenAction", b"/EmbeddedFile", b"/Names", b"/AA", b"/Author", b"/Annots"):
        assert word not in data
    assert TEXT_LAYER_NOTE.encode() in data


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_page_without_marks_is_shown_as_its_file_says(turns: int) -> None:
    upright = Image.new("RGB", (600, 800), "white")
    upright.paste((200, 0, 0), (0, 0, 300, 400))
    target = io.BytesIO()
    upright.rotate(90 * turns, expand=True).save(target, "JPEG", quality=92)
    picture = open_jpeg(target.getvalue(), turns=turns)
    read = PageRead(scan="0" * 64, index=0, width=picture.width, height=picture.height, turns=turns)
    document = pypdfium2.PdfDocument(derive_pdf([DerivedPage(source=Loaded(picture), read=read)]))
    seen = document[0].render(scale=0.5, rev_byteorder=True).to_numpy()
    height, width = seen.shape[:2]
    assert (width, height) == pytest.approx((298, 421), abs=1)
    assert seen[height // 4, width // 4, 1] < 60
    assert seen[3 * height // 4, 3 * width // 4, 1] > 200
    document.close()


def test_a_bilevel_page_is_embedded_bilevel_and_looks_the_same() -> None:
    image = Image.new("1", (850, 1169), 1)
    image.paste(0, (200, 300, 420, 700))
    read = PageRead(scan="0" * 64, index=0, width=850, height=1169)
    data = derive_pdf([DerivedPage(source=Loaded(RasterPicture(image)), read=read)])
    assert len(data) < 8_000
    document = pypdfium2.PdfDocument(data)
    seen = document[0].render(scale=850 / 595.28).to_numpy().mean(2)
    document.close()
    assert seen[500, 300] < 10
    assert seen[100, 100] > 245
