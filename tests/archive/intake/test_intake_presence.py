"""Signatures, fingerprints and seals: found where they are, not found where they are not."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pypdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from archive.intake.judging import Presence
from archive.intake.marks import PageRead, read_page, read_picture
from archive.intake.pages import open_scan
from archive.intake.picture import RasterPicture, open_jpeg
from archive.intake.presence import Finding, Kind, PageInk, Place, draw_printed
from docgen.demo.scanner import Copier, InkPlace, play_scan
from docgen.demo.stamps import draw_fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from archive.intake.picture import Picture, Pixels
    from forms.marks import PageMark

PARENT = Place(name="sign_parent", x=28, y=150, width=70, height=18)
FINGER = Place(name="finger_parent", x=100, y=150, width=30, height=24)
CARER = Place(name="sign_carer", x=28, y=180, width=70, height=18)
SEAL = Place(name="seal_office", x=110, y=195, width=60, height=45)
PLACES = (PARENT, FINGER, CARER, SEAL)
INK = {
    place.name: InkPlace(name=place.name, x=place.x + shift, y=place.y + 1, width=width, height=height, text=text)
    for place, shift, width, height, text in (
        (PARENT, 31.0, 36.0, 15.0, "罗大山"),
        (FINGER, 0.0, 30.0, 22.0, ""),
        (CARER, 31.0, 36.0, 15.0, "王桂花"),
        (SEAL, 0.0, 60.0, 43.0, "洗马镇人民政府"),
    )
}
K = 200 / 25.4


@pytest.fixture(scope="module")
def form(print_marked: Callable[..., bytes], marks_of: Callable[..., list[PageMark]]) -> bytes:
    """A page with ruled boxes and a label printed in each, over the marked page."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(210 * mm, 297 * mm))
    for place in PLACES:
        canvas.rect(place.x * mm, (297 - place.y - place.height) * mm, place.width * mm, place.height * mm)
        canvas.setFont("Helvetica", 10)
        canvas.drawString((place.x + 2) * mm, (297 - place.y - 6) * mm, place.name.replace("_", " of "))
    canvas.save()
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(print_marked(marks_of(6, 1))))
    writer.pages[0].merge_page(pypdf.PdfReader(target).pages[0])
    merged = io.BytesIO()
    writer.write(merged)
    return merged.getvalue()


@pytest.fixture(scope="module")
def printed(form: bytes) -> Pixels:
    return draw_printed(form, 0)


def looked(picture: Picture, read: PageRead, printed: Pixels) -> dict[str, Finding]:
    page = PageInk(picture, read.registration, printed)
    return {place.name: page.look(place) for place in PLACES}


def scanned(image: Image.Image, secret: bytes) -> tuple[Picture, PageRead]:
    target = io.BytesIO()
    image.save(target, "JPEG", quality=80)
    picture = open_jpeg(target.getvalue())
    return picture, read_picture(picture, secret, scan="0" * 64, index=0)


@pytest.fixture(scope="module")
def sheet(form: bytes) -> Image.Image:
    document = pypdfium2.PdfDocument(form)
    image: Image.Image = document[0].render(scale=200 / 72).to_pil().convert("RGB")
    document.close()
    return image


@pytest.mark.parametrize(
    "copier",
    [
        pytest.param(Copier(skew=3), id="200 dpi"),
        pytest.param(Copier(dpi=150, quality=30, skew=3, noise=8), id="150 dpi, JPEG 30"),
        pytest.param(Copier(dpi=300, skew=2, upside_down=1), id="300 dpi, upside down"),
        pytest.param(Copier(is_grey=True, skew=2), id="grey"),
    ],
)
def test_what_was_put_on_the_paper_is_found_and_nothing_else(
    tmp_path: Path, form: bytes, printed: Pixels, secret: bytes, copier: Copier
) -> None:
    rng = random.Random(copier.dpi)
    given = [{name for name in INK if rng.random() < 0.5} for _ in range(5)]
    for seed, names in enumerate(given):
        path = tmp_path / "scan.pdf"
        path.write_bytes(play_scan(form, [[INK[n] for n in sorted(names)]], seed=1000 + seed, copier=copier).pdf)
        with open_scan(path) as scan:
            findings = looked(scan.pages[0].load(), read_page(scan.pages[0], secret), printed)
        for name, finding in findings.items():
            there = Presence.FOUND
            if copier.is_grey and finding.kind is not Kind.SIGNATURE:
                there = Presence.CANNOT_TELL
            assert finding.presence is (there if name in names else Presence.NOT_FOUND), (seed, finding)
            assert Image.open(io.BytesIO(finding.crop)).format == "JPEG"


def test_a_stroke_that_comes_in_from_next_door_is_left_to_a_person(
    sheet: Image.Image, printed: Pixels, secret: bytes
) -> None:
    image = sheet.copy()
    ImageDraw.Draw(image).line((20 * K, 140 * K, 60 * K, 153 * K), fill=(20, 30, 110), width=4)
    assert looked(*scanned(image, secret), printed)["sign_parent"].presence is Presence.CANNOT_TELL


def test_dust_and_a_streak_are_no_signature(sheet: Image.Image, printed: Pixels, secret: bytes) -> None:
    image = sheet.copy()
    pen = ImageDraw.Draw(image)
    rng = random.Random(2)
    for _ in range(12):
        x, y = rng.uniform(30, 96) * K, rng.uniform(152, 166) * K
        pen.ellipse((x - 3, y - 3, x + 3, y + 3), fill=(30, 30, 30))
    pen.line((700, 0, 700, image.height), fill=(60, 60, 60), width=3)
    findings = looked(*scanned(image, secret), printed)
    assert findings["sign_parent"].presence is Presence.NOT_FOUND
    assert findings["sign_carer"].presence is Presence.NOT_FOUND


@pytest.mark.parametrize("ink", [(20, 20, 24), (30, 40, 120), (110, 130, 205), (120, 120, 120)])
def test_a_thin_signature_in_any_ink_is_found(
    sheet: Image.Image, printed: Pixels, secret: bytes, ink: tuple[int, int, int]
) -> None:
    image = sheet.copy()
    pen = ImageDraw.Draw(image)
    points = [((62 + 3 * step) * K, (158 + (4 if step % 2 else -3)) * K) for step in range(8)]
    pen.line(points, fill=ink, width=3)
    assert looked(*scanned(image, secret), printed)["sign_parent"].presence is Presence.FOUND


def test_a_fingerprint_is_not_taken_for_a_seal(sheet: Image.Image, printed: Pixels, secret: bytes) -> None:
    image = sheet.copy()
    pen = ImageDraw.Draw(image)
    for reach in range(1, 9):
        pen.ellipse(((140 - reach) * K, (215 - 1.3 * reach) * K, (140 + reach) * K, (215 + 1.3 * reach) * K),
                    outline=(205, 60, 60), width=4)  # fmt: skip
    assert looked(*scanned(image, secret), printed)["seal_office"].presence is Presence.CANNOT_TELL


@pytest.mark.parametrize("pressed", [{0}, {1}, {2}, {0, 2}, {0, 1}, {1, 2}, {0, 1, 2}, set()])
def test_prints_in_low_rows_are_told_apart_though_they_reach_into_each_other(
    sheet: Image.Image, printed: Pixels, secret: bytes, pressed: set[int]
) -> None:
    rows = [Place(name=f"finger_{row}", x=150, y=60 + 12 * row, width=32, height=12) for row in range(3)]
    image = sheet.copy()
    rng = random.Random(len(pressed) + sum(pressed))
    for row in pressed:
        mask = draw_fingerprint(pixels_per_mm=K, rng=rng)
        x, y = (
            (166 + rng.uniform(-2, 2)) * K - mask.width / 2,
            (66 + 12 * row + rng.uniform(-2, 2)) * K - mask.height / 2,
        )
        image.paste((206, 60, 60), (round(x), round(y)), mask)
    picture, read = scanned(image, secret)
    page = PageInk(picture, read.registration, printed)
    found = {row for row, place in enumerate(rows) if page.look(place).presence is Presence.FOUND}
    doubtful = {row for row, place in enumerate(rows) if page.look(place).presence is Presence.CANNOT_TELL}
    assert found | doubtful >= pressed
    assert found <= pressed
    assert len(doubtful) <= 1


def test_one_code_is_enough_to_look(sheet: Image.Image, printed: Pixels, secret: bytes) -> None:
    image = sheet.copy()
    pen = ImageDraw.Draw(image)
    pen.rectangle((14 * K, 14 * K, 33 * K, 33 * K), fill="black")
    pen.line(
        [((62 + 3 * step) * K, (158 + (4 if step % 2 else -3)) * K) for step in range(8)], fill=(20, 20, 80), width=4
    )
    picture, read = scanned(image.rotate(1.5, fillcolor="white", resample=Image.Resampling.BICUBIC), secret)
    assert read.registration is not None
    assert read.registration.codes == 1
    findings = looked(picture, read, printed)
    assert findings["sign_parent"].presence is Presence.FOUND
    assert findings["sign_carer"].presence is Presence.NOT_FOUND


def test_what_the_scan_cannot_show_is_left_to_a_person(sheet: Image.Image, printed: Pixels, secret: bytes) -> None:
    picture, read = scanned(sheet, secret)
    unplaced = looked(picture, replace(read, registration=None), printed)
    cut_off = looked(RasterPicture(sheet, is_whole=False), read, printed)
    low = sheet.crop((0, 0, sheet.width, round(215 * K)))
    half = looked(RasterPicture(low), read, printed)
    assert {f.presence for f in unplaced.values()} == {Presence.CANNOT_TELL}
    assert {f.presence for f in cut_off.values()} == {Presence.CANNOT_TELL}
    assert half["seal_office"].presence is Presence.CANNOT_TELL
    assert half["sign_parent"].presence is Presence.NOT_FOUND


def test_a_box_that_is_for_nothing_of_the_kind_is_a_mistake_of_the_caller(
    sheet: Image.Image, printed: Pixels, secret: bytes
) -> None:
    picture, read = scanned(sheet, secret)
    with pytest.raises(ValueError, match="date_signed"):
        PageInk(picture, read.registration, printed).look(replace(PARENT, name="date_signed"))
    assert [kind.value for kind in map(Kind.of_box, ("sign_a", "finger_a", "seal_a")) if kind] == list(Kind)
    assert all(presence.label for presence in Presence)
