"""Photos, half-hidden pages and pages a person named: the sheet is found by its print."""

from __future__ import annotations

import io
import math
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pypdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFilter
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from archive.intake.alignment import is_doubtful, refine
from archive.intake.derive import DerivedPage, derive_pdf
from archive.intake.geometry import A3_MM, A4_MM, Registration, fit_homography
from archive.intake.judging import Presence
from archive.intake.marks import PageRead, read_picture
from archive.intake.picture import open_jpeg
from archive.intake.presence import PageInk, Place, draw_printed
from archive.intake.text_layer import TextRun

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from archive.intake.picture import Picture, PictureStream
    from forms.marks import PageMark

    Matrix = NDArray[np.float64]

DPI = 150
SHEETS = {"A4": A4_MM, "A3 landscape": A3_MM[::-1], "A3 upright": A3_MM}
LEFT, RIGHT = (Place(name=f"sign_{who}", x=x, y=258, width=60, height=18) for who, x in (("left", 30), ("right", 100)))


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture and the truth about it."""

    picture: Picture
    truth: Matrix
    """From mm on the sheet to pixels."""

    sheet: tuple[float, float]

    def worst_mm(self, fit: Registration) -> float:
        """How far off the registration is where it is worst."""
        off = []
        for x in np.linspace(16, self.sheet[0] - 16, 7).tolist():
            for y in np.linspace(16, self.sheet[1] - 16, 7).tolist():
                u, v, w = self.truth @ (x, y, 1)
                seen = fit.to_picture(x, y)
                off.append(math.hypot(seen[0] - u / w, seen[1] - v / w) / fit.scale)
        return max(off)

    def read(self, secret: bytes) -> PageRead:
        return read_picture(self.picture, secret, scan="0" * 64, index=0)


def drawn(pdf: bytes, page: int = 0) -> Image.Image:
    document = pypdfium2.PdfDocument(pdf)
    image: Image.Image = document[page].render(scale=DPI / 72).to_pil().convert("RGB")
    document.close()
    return image


def photographed(page: Image.Image, sheet: tuple[float, float], *, seed: int, share: float, turn: int = 0) -> Photo:
    """Lay the page on a dark table and look at it aslant; corners move by up to `share` of the width."""
    rng = random.Random(seed)
    w, h = round(page.width * 1.08), round(page.height * 1.08)
    slant = math.radians(rng.uniform(-4, 4))
    shown = []
    for x, y in ((-0.46, -0.46), (0.46, -0.46), (0.46, 0.46), (-0.46, 0.46)):
        x, y = x * w, y * h  # noqa: PLW2901 - from shares to pixels
        u = w / 2 + x * math.cos(slant) - y * math.sin(slant) + rng.uniform(-share, share) * w
        v = h / 2 + x * math.sin(slant) + y * math.cos(slant) + rng.uniform(-share, share) * w
        shown.append((u, v))
    flat = [(0, 0), (page.width, 0), (page.width, page.height), (0, page.height)]
    back = fit_homography(np.array(shown, float), np.array(flat, float))
    assert back is not None
    seen = page.transform(
        (w, h),
        Image.Transform.PERSPECTIVE,
        tuple(back.reshape(-1)[:8].tolist()),
        resample=Image.Resampling.BICUBIC,
        fillcolor=(92, 74, 60),
    ).filter(ImageFilter.GaussianBlur(0.6))
    truth = np.asarray(np.linalg.inv(back) @ np.diag([page.width / sheet[0], page.height / sheet[1], 1.0]), np.float64)
    for _ in range(turn):
        seen = seen.transpose(Image.Transpose.ROTATE_270)
        truth = np.array([[0, -1, seen.width], [1, 0, 0], [0, 0, 1]], float) @ truth
    light = np.linspace(1.0, 0.78, seen.width, dtype=np.float32)[None, :, None]
    shaded = np.asarray(seen, np.float32) * light + np.random.default_rng(seed).normal(0, 4, (seen.height, 1, 1))
    target = io.BytesIO()
    Image.fromarray(shaded.clip(0, 255).astype(np.uint8)).save(target, "JPEG", quality=75)
    return Photo(open_jpeg(target.getvalue()), truth, sheet)


def form(sheet: tuple[float, float]) -> bytes:
    """Lines of text over the width of the sheet and a ruled table, as forms have them."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(sheet[0] * mm, sheet[1] * mm))
    canvas.setFont("Helvetica", 11)
    words = random.Random(sheet[0]).choices(("consent", "guardian", "village", "of", "child", "and", "care"), k=400)
    for row, y in enumerate(np.arange(45, sheet[1] - 40, 9).tolist()):
        line = " ".join(words[8 * row : 8 * row + 8 + round(sheet[0] / 40)])
        canvas.drawString(28 * mm, (sheet[1] - y) * mm, line)
        if row % 3 == 0:
            canvas.line(28 * mm, (sheet[1] - y - 3) * mm, (sheet[0] - 26) * mm, (sheet[1] - y - 3) * mm)
    canvas.save()
    return target.getvalue()


@pytest.fixture(scope="module")
def printed(
    print_pages: Callable[..., bytes], marks_of: Callable[..., list[PageMark]], secret: bytes
) -> dict[str, bytes]:
    payload, papers = marks_of(5, 1)[0].payload(secret), {}
    for name, sheet in SHEETS.items():
        writer = pypdf.PdfWriter(clone_from=io.BytesIO(form(sheet)))
        writer.pages[0].merge_page(
            pypdf.PdfReader(io.BytesIO(print_pages([(payload, payload)], sheet=sheet, text=False))).pages[0]
        )
        target = io.BytesIO()
        writer.write(target)
        papers[name] = target.getvalue()
    return papers


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize(("turn", "share"), [(0, 0.02), (1, 0.03), (2, 0.05)])
def test_a_photo_of_either_sheet_is_registered_to_less_than_a_millimetre(
    printed: dict[str, bytes], secret: bytes, sheet: str, turn: int, share: float
) -> None:
    pdf = printed[sheet]
    photo = photographed(drawn(pdf), SHEETS[sheet], seed=turn + 1, share=share, turn=turn)
    read = photo.read(secret)
    assert read.mark is not None
    assert is_doubtful(read.registration, (read.width, read.height))
    exact = refine(photo.picture, read.registration, draw_printed(pdf, 0), SHEETS[sheet])
    assert exact is not None
    assert exact.is_refined
    assert (exact.width_mm, exact.height_mm) == SHEETS[sheet]
    assert photo.worst_mm(exact) < 0.8
    assert exact.quarter_turns == -turn % 4


def covered(image: Image.Image, *corners: tuple[float, float]) -> Image.Image:
    """Paint a hand's breadth black at places given in mm."""
    pen, k = ImageDraw.Draw(image), DPI / 25.4
    for x, y in corners:
        pen.rectangle((x * k, y * k, (x + 20) * k, (y + 20) * k), fill=(20, 20, 20))
    return image


def test_a_scan_that_shows_one_code_only_becomes_exact(printed: dict[str, bytes], secret: bytes) -> None:
    image = covered(drawn(printed["A4"]), (14, 14)).rotate(2.5, resample=Image.Resampling.BICUBIC, fillcolor="white")
    target = io.BytesIO()
    image.save(target, "JPEG", quality=60)
    picture = open_jpeg(target.getvalue())
    read = read_picture(picture, secret, scan="0" * 64, index=0)
    rough = read.registration
    assert rough is not None
    assert rough.codes == 1
    assert is_doubtful(rough, (read.width, read.height))
    exact = refine(picture, rough, draw_printed(printed["A4"], 0), A4_MM)
    assert exact is not None
    # the middle of a turn stays where it is, and the upper left code is 2.5 degrees around it
    middle = exact.to_picture(105, 148.5)
    assert middle == pytest.approx((image.width / 2, image.height / 2), abs=0.3 * DPI / 25.4)
    assert not is_doubtful(exact, (read.width, read.height))


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_a_page_without_codes_that_a_person_named_is_found_any_way_up(
    printed: dict[str, bytes], secret: bytes, turn: int
) -> None:
    image = covered(drawn(printed["A4"]), (14, 14), (176, 263))
    photo = photographed(image, A4_MM, seed=turn, share=0.005, turn=turn)
    assert photo.read(secret).marks == ()
    exact = refine(photo.picture, None, draw_printed(printed["A4"], 0), A4_MM)
    assert exact is not None
    assert photo.worst_mm(exact) < 0.8
    assert exact.quarter_turns == -turn % 4


def other_page() -> bytes:
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(210 * mm, 297 * mm))
    for row in range(24):
        for column in range(4):
            canvas.rect((30 + 37 * column) * mm, (45 + 9 * row) * mm, 37 * mm, 9 * mm)
    canvas.save()
    return target.getvalue()


def test_the_print_of_another_page_is_not_forced_upon_a_photo(printed: dict[str, bytes], secret: bytes) -> None:
    photo = photographed(drawn(printed["A4"]), A4_MM, seed=8, share=0.02)
    guess = photo.read(secret).registration
    assert refine(photo.picture, guess, draw_printed(other_page(), 0), A4_MM) is guess
    assert refine(photo.picture, None, draw_printed(other_page(), 0), A4_MM) is None


def test_a_flat_scan_with_both_codes_needs_no_second_look(printed: dict[str, bytes], secret: bytes) -> None:
    target = io.BytesIO()
    drawn(printed["A4"]).save(target, "JPEG", quality=75)
    read = read_picture(open_jpeg(target.getvalue()), secret, scan="0" * 64, index=0)
    size = read.width, read.height
    assert read.registration is not None
    assert not is_doubtful(read.registration, size)
    assert is_doubtful(None, size)
    assert is_doubtful(replace(read.registration, scale=0.9 * read.registration.scale), size)
    assert read.registration.affine() == read.registration.matrix


class Loaded:
    """A page whose picture is in memory."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture

    def stream(self) -> PictureStream:
        return self._picture.stream()

    def load(self) -> Picture:
        return self._picture


def test_a_photo_lies_flat_on_an_exact_sheet_in_the_derived_file(printed: dict[str, bytes], secret: bytes) -> None:
    pdf = printed["A4"]
    photo = photographed(drawn(pdf), A4_MM, seed=4, share=0.04, turn=1)
    read = photo.read(secret)
    exact = refine(photo.picture, read.registration, draw_printed(pdf, 0), A4_MM)
    assert exact is not None
    assert exact.affine() is None
    run = TextRun(text="照片", x=40, baseline=60, width=20, size=16)
    page = DerivedPage(source=Loaded(photo.picture), read=replace(read, registration=exact), text=(run,))
    document = pypdfium2.PdfDocument(derive_pdf([page]))
    assert document[0].get_size() == pytest.approx((595.28, 841.89), abs=0.01)
    seen = document[0].render(scale=DPI / 72, grayscale=True).to_numpy().squeeze().astype(float)
    meant = np.asarray(drawn(pdf).convert("L"), float)
    document.close()
    rows, columns = np.minimum(seen.shape, meant.shape).tolist()  # PDFium rounds up
    seen, dark = seen[:rows, :columns], meant[:rows, :columns] < 100
    # the codes and the lines of print lie on each other: what is printed dark is dark, the rest is not
    assert seen[dark].mean() < seen[~dark].mean() - 90


def test_signatures_on_a_photo_are_looked_for_where_they_are(printed: dict[str, bytes], secret: bytes) -> None:
    pdf = printed["A4"]
    image, k = drawn(pdf), DPI / 25.4
    strokes = [((LEFT.x + 6 + 5 * step) * k, (LEFT.y + (5 if step % 2 else 13)) * k) for step in range(9)]
    ImageDraw.Draw(image).line(strokes, fill=(20, 24, 90), width=4)
    photo = photographed(image, A4_MM, seed=6, share=0.05)
    exact = refine(photo.picture, photo.read(secret).registration, draw_printed(pdf, 0), A4_MM)
    ink = PageInk(photo.picture, exact, draw_printed(pdf, 0))
    assert [ink.look(place).presence for place in (LEFT, RIGHT)] == [Presence.FOUND, Presence.NOT_FOUND]
