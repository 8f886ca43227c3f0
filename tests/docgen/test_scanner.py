"""The played scanner: same seed, same scan; what was asked for is on the paper."""

from __future__ import annotations

import io
import random
from typing import TYPE_CHECKING

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from docgen.demo.handwriting import draw_name, glyph_strokes
from docgen.demo.scanner import Copier, InkPlace, play_scan
from docgen.demo.stamps import SEAL_MM, draw_fingerprint, draw_seal

if TYPE_CHECKING:
    from numpy.typing import NDArray

STILL = Copier(skew=0, upside_down=0, is_shuffled=False, noise=0)
K = 200 / 25.4
"""Pixels per mm."""


def printed(pages: int = 3) -> bytes:
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(595.28, 841.89))
    for number in range(pages):
        canvas.setFont("Helvetica", 60)
        canvas.drawString(60, 700, str(number) * 9)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def pixels(scan: bytes, page: int = 0) -> NDArray[np.int16]:
    document = pypdfium2.PdfDocument(scan)
    image = document[page].render(scale=200 / 72, rev_byteorder=True).to_numpy()[..., :3].astype(np.int16)
    document.close()
    return np.asarray(image)


def cut(image: NDArray[np.int16], place: InkPlace, margin: float = 0.0) -> NDArray[np.int16]:
    x, y, m = place.x, place.y, margin
    return image[
        round((y - m) * K) : round((y + place.height + m) * K), round((x - m) * K) : round((x + place.width + m) * K)
    ]


def redness(image: NDArray[np.int16]) -> float:
    """mm² where red is far above green."""
    return float((image[..., 0] - image[..., 1] > 40).sum() / K**2)


def darkness(image: NDArray[np.int16]) -> float:
    """mm² darker than half."""
    return float((image.max(2) < 170).sum() / K**2)


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others() -> None:
    places = [[InkPlace(name="sign_parent", x=60, y=150, width=45, height=14, text="罗大山")]] * 3
    assert play_scan(printed(), places, seed=7) == play_scan(printed(), places, seed=7)
    assert play_scan(printed(), places, seed=7).pdf != play_scan(printed(), places, seed=8).pdf


def test_the_scan_is_one_jpeg_a_page_in_the_size_of_the_paper() -> None:
    document = pypdfium2.PdfDocument(play_scan(printed(), seed=1).pdf)
    assert len(document) == 3
    for page in document:
        (image,) = page.get_objects()
        assert image.get_filters() == ["DCTDecode"]
        assert page.get_size() == pytest.approx((595, 842), abs=1)
        assert page.get_textpage().get_text_range() == ""
    document.close()


def test_order_losses_and_doubles_are_as_told() -> None:
    played = play_scan(printed(3), seed=2, copier=Copier(upside_down=0.5), order=[0, 2, 2])
    assert sorted(played.order) == [0, 2, 2]
    assert len(pypdfium2.PdfDocument(played.pdf)) == 3
    for index, (number, is_turned) in enumerate(zip(played.order, played.upside_down, strict=True)):
        seen = pixels(play_scan(printed(3), seed=2, copier=STILL, order=[number]).pdf)
        page = pixels(played.pdf, index)
        page = page[::-1, ::-1] if is_turned else page
        top, bottom = darkness(page[:1100]), darkness(page[1100:])
        assert top > 100 > bottom
        assert top == pytest.approx(darkness(seen[:1100]), rel=0.1)


def test_a_signature_fills_its_box_with_ink_and_stays_near_it() -> None:
    place = InkPlace(name="sign_parent", x=60, y=180, width=45, height=14, text="欧阳建国")
    for seed in range(5):
        image = pixels(play_scan(printed(1), [[place]], seed=seed, copier=STILL).pdf)
        assert darkness(cut(image, place)) > 15
        assert darkness(cut(image, place, 2)) == pytest.approx(darkness(image[1100:]), rel=0.01)


def test_seal_and_fingerprint_are_red_and_of_their_size() -> None:
    seal = InkPlace(name="seal_office", x=120, y=180, width=42, height=42, text="洗马镇人民政府")
    finger = InkPlace(name="finger_parent", x=40, y=180, width=20, height=25)
    image = pixels(play_scan(printed(1), [[seal, finger]], seed=3, copier=STILL).pdf)
    assert 150 < redness(cut(image, seal, 6)) < 700
    assert 40 < redness(cut(image, finger, 3)) < 300
    assert redness(image) == pytest.approx(redness(cut(image, seal, 6)) + redness(cut(image, finger, 3)), rel=0.02)


def test_a_grey_copier_knows_no_red() -> None:
    seal = InkPlace(name="seal_office", x=120, y=180, width=42, height=42, text="洗马镇人民政府")
    image = pixels(play_scan(printed(1), [[seal]], seed=3, copier=Copier(is_grey=True)).pdf)
    assert redness(image) == 0
    assert darkness(image[1100:]) > 0


def test_what_is_printed_under_a_seal_stays_readable() -> None:
    seal = InkPlace(name="seal_office", x=40, y=30, width=42, height=42, text="洗马镇人民政府")
    bare = pixels(play_scan(printed(1), seed=3, copier=STILL).pdf)
    sealed = pixels(play_scan(printed(1), [[seal]], seed=3, copier=STILL).pdf)
    assert (sealed.max(2) < 120).sum() == pytest.approx((bare.max(2) < 120).sum(), rel=0.05)


def test_strokes_of_a_character_are_lines_and_lie_in_its_square() -> None:
    assert len(glyph_strokes("三")) == 3
    for character in "张欧阳国䶮":
        strokes = glyph_strokes(character)
        assert strokes
        assert all(0 <= u <= 1 and 0 <= v <= 1 for stroke in strokes for u, v in stroke)
    assert glyph_strokes(" ") == ()


def test_no_two_signatures_or_impressions_are_alike() -> None:
    rng = random.Random(1)
    names = {draw_name("罗大山", 300, 100, pixels_per_mm=K, rng=rng).tobytes() for _ in range(5)}
    seals = {draw_seal("洗马镇人民政府", pixels_per_mm=K, rng=rng).tobytes() for _ in range(3)}
    fingers = {draw_fingerprint(pixels_per_mm=K, rng=rng).tobytes() for _ in range(3)}
    assert (len(names), len(seals), len(fingers)) == (5, 3, 3)
    assert draw_seal("洗马镇人民政府", pixels_per_mm=K, rng=rng).size == (round(SEAL_MM * K),) * 2


def test_ink_at_the_edge_of_the_sheet_is_cut_off_and_does_no_harm() -> None:
    places = [
        InkPlace(name="seal_office", x=200, y=285, width=20, height=20, text="印"),
        InkPlace(name="seal_far", x=400, y=400, width=20, height=20, text="印"),
        InkPlace(name="date_signed", x=50, y=200, width=20, height=20, text="不写"),
    ]
    image = pixels(play_scan(printed(1), [places], seed=3, copier=STILL).pdf)
    assert redness(image) > 5
    assert darkness(image[1100:2000]) == 0
    assert isinstance(Image.fromarray(image.astype(np.uint8)), Image.Image)
