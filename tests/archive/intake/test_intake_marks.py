"""Pages read from pictures: marks, how the sheet lies, blank sides."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pypdfium2
import pytest
import segno
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from archive.intake.geometry import SHEETS_MM, code_corners, register
from archive.intake.marks import PageRead, read_page, read_picture
from archive.intake.pages import open_scan
from archive.intake.picture import RasterPicture, open_jpeg
from archive.intake.stack import IssuedPaper, StrangerReason, sort_stack
from docgen.demo.scanner import Copier, InkPlace, play_scan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from forms.marks import PageMark

MM = 200 / 25.4
"""Pixels at the resolution these tests draw with."""


def drawn(pdf: bytes, page: int = 0) -> Image.Image:
    document = pypdfium2.PdfDocument(pdf)
    image: Image.Image = document[page].render(scale=200 / 72).to_pil().convert("RGB")
    document.close()
    return image


def read(image: Image.Image, secret: bytes, *, quality: int = 75) -> PageRead:
    target = io.BytesIO()
    image.save(target, "JPEG", quality=quality)
    return read_picture(open_jpeg(target.getvalue()), secret, scan="0" * 64, index=0)


@pytest.fixture(scope="session")
def sheet(print_marked: Callable[..., bytes], marks_of: Callable[..., list[PageMark]]) -> Image.Image:
    return drawn(print_marked(marks_of(1, 1)))


def test_a_played_scan_of_twelve_pages_is_sorted_into_its_papers(
    tmp_path: Path,
    print_marked: Callable[..., bytes],
    marks_of: Callable[..., list[PageMark]],
    secret: bytes,
) -> None:
    papers = [marks_of(number, 3) for number in range(4)]
    flat = [mark for paper in papers for mark in paper]
    places = [
        [
            InkPlace(name="sign_parent", x=60, y=190, width=45, height=14, text="罗大山"),
            InkPlace(name="seal_office", x=130, y=200, width=40, height=40, text="洗马镇人民政府"),
        ]
    ] * len(flat)
    # page 5 is lost, page 7 was scanned twice
    order = [n for n in range(12) if n != 5] + [7]
    played = play_scan(print_marked(flat), places, seed=11, copier=Copier(skew=2.5, upside_down=0.4), order=order)
    path = tmp_path / "scan.pdf"
    path.write_bytes(played.pdf)
    with open_scan(path) as scan:
        reads = [read_page(page, secret) for page in scan.pages]
    assert [r.mark for r in reads] == [flat[n] for n in played.order]
    assert [r.turns == 2 for r in reads] == list(played.upside_down)
    assert all(len(r.marks) == 2 and r.registration and r.registration.residual_mm < 0.5 for r in reads)
    stack = sort_stack(reads, {p[0].mark_id: IssuedPaper(mark_id=p[0].mark_id, pages=3) for p in papers}.get)
    by_name = {p.mark_id: p for p in stack.papers}
    assert [by_name[p[0].mark_id].missing for p in papers] == [(), (3,), (), ()]
    assert [len(by_name[p[0].mark_id].repeated) for p in papers] == [0, 0, 1, 0]
    assert stack.strangers == ()


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("skew", [-5.0, 0.0, 3.0])
def test_any_turn_is_read_and_the_sheet_is_found_to_half_a_millimetre(
    sheet: Image.Image, secret: bytes, turns: int, skew: float
) -> None:
    # Pillow turns counter-clockwise; so many clockwise turns bring it upright again
    lying = sheet.rotate(90 * turns, expand=True).rotate(skew, resample=Image.Resampling.BICUBIC, fillcolor="white")
    page = read(lying, secret)
    assert page.mark is not None
    assert page.turns == turns
    assert page.skew == pytest.approx(-skew, abs=0.15)
    fit = page.registration
    assert fit is not None
    middle = fit.to_picture(105, 148.5)
    assert middle[0] == pytest.approx(lying.width / 2, abs=0.5 * MM)
    assert middle[1] == pytest.approx(lying.height / 2, abs=0.5 * MM)
    assert fit.to_sheet(*middle) == pytest.approx((105, 148.5))


def test_a_landscape_sheet_is_told_from_an_upright_one(
    print_marked: Callable[..., bytes], marks_of: Callable[..., list[PageMark]], secret: bytes
) -> None:
    image = drawn(print_marked(marks_of(1, 1), sheet=(297.0, 210.0)))
    for turns in range(4):
        page = read(image.rotate(90 * turns, expand=True), secret)
        assert page.turns == turns
        assert page.registration is not None
        assert (page.registration.width_mm, page.registration.height_mm) == (297.0, 210.0)


@pytest.mark.parametrize("covered", ["top-left", "bottom-right"])
@pytest.mark.parametrize("turns", [0, 2])
def test_one_code_is_enough_and_its_place_is_known(sheet: Image.Image, secret: bytes, covered: str, turns: int) -> None:
    image = sheet.copy()
    corner = 14 if covered == "top-left" else 170, 14 if covered == "top-left" else 260
    x, y = corner[0] * MM, corner[1] * MM
    ImageDraw.Draw(image).rectangle((x, y, x + 24 * MM, y + 24 * MM), fill="black")
    page = read(image.rotate(90 * turns), secret)
    assert [f.place for f in page.marks] == ["bottom-right" if covered == "top-left" else "top-left"]
    assert page.turns == turns
    assert page.registration is not None
    assert page.registration.codes == 1
    assert page.registration.to_picture(105, 148.5) == pytest.approx((sheet.width / 2, sheet.height / 2), abs=4 * MM)


def test_red_seals_over_both_codes_do_not_hide_them(sheet: Image.Image, secret: bytes) -> None:
    ink = Image.new("RGB", sheet.size, "white")
    pen = ImageDraw.Draw(ink)
    for x, y in ((23, 23), (187, 274)):
        for reach in range(1, 14, 2):
            pen.ellipse([(v + s * reach) * MM for s in (-1, 1) for v in (x, y)], outline=(214, 40, 44), width=6)
    image = ImageChops.multiply(sheet, ink)  # stamp ink is transparent: black stays black
    assert not read(image.convert("L").convert("RGB"), secret).marks  # in grey they do hide them
    page = read(image, secret)
    assert page.mark is not None
    assert len(page.marks) == 2


def test_a_hard_scan_is_still_read(sheet: Image.Image, secret: bytes) -> None:
    small = sheet.resize((sheet.width // 2, sheet.height // 2), Image.Resampling.BOX).convert("L")
    assert read(small.filter(ImageFilter.GaussianBlur(0.8)), secret, quality=30).mark is not None


def test_a_page_marked_by_another_office_is_not_ours(sheet: Image.Image) -> None:
    page = read(sheet, b"another office's secret")
    assert page.marks == ()
    assert page.alien_codes == 1
    assert page.mark is None
    assert sort_stack([page], lambda _: None).strangers[0].reason is StrangerReason.FOREIGN_OFFICE


def test_two_sheets_caught_together_contradict_each_other(
    print_pages: Callable[..., bytes], marks_of: Callable[..., list[PageMark]], secret: bytes
) -> None:
    upper, lower = marks_of(1, 1)[0], marks_of(2, 1)[0]
    page = read(drawn(print_pages([(upper.payload(secret), lower.payload(secret))])), secret)
    assert {f.mark for f in page.marks} == {upper, lower}
    assert page.mark is None
    assert page.registration is None


def test_codes_that_are_not_marks_are_ignored(secret: bytes) -> None:
    image = Image.new("RGB", (1654, 2339), "white")
    target = io.BytesIO()
    segno.make("https://example.org/health-code").save(target, kind="png", scale=8)
    image.paste(Image.open(target).convert("RGB"), (300, 300))
    page = read(image, secret)
    assert (page.marks, page.alien_codes, page.is_blank) == ((), 0, False)


@pytest.mark.parametrize("ink", [False, True])
def test_a_blank_back_is_told_from_a_side_with_one_signature(
    tmp_path: Path, print_pages: Callable[..., bytes], secret: bytes, *, ink: bool
) -> None:
    place = InkPlace(name="sign_parent", x=80, y=120, width=30, height=10, text="罗丁")
    played = play_scan(print_pages([("", "")], text=False), [[place]] if ink else [], seed=5)
    path = tmp_path / "back.pdf"
    path.write_bytes(played.pdf)
    with open_scan(path) as scan:
        assert read_page(scan.pages[0], secret).is_blank is not ink


def test_show_through_streaks_and_a_dark_rim_leave_a_side_blank(secret: bytes) -> None:
    image = Image.new("L", (1654, 2339), 246)
    pen = ImageDraw.Draw(image)
    for y in range(300, 2000, 60):
        pen.line((250, y, 1400, y), fill=222, width=14)
    pen.line((700, 0, 700, 2339), fill=90, width=2)
    pen.rectangle((0, 0, 20, 2339), fill=40)
    assert read_picture(RasterPicture(image), secret, scan="0" * 64, index=0).is_blank


def test_codes_that_fit_no_sheet_give_no_registration() -> None:
    first = code_corners("top-left")
    assert register([first, tuple((x + 40, y + 40) for x, y in first)], (210, 297)) is None  # type: ignore[list-item]
    assert register([], (210, 297)) is None
    assert len(SHEETS_MM) == 4
