"""Scan against issued page: what was added, struck out or lost is shown, what belongs there is not."""

from __future__ import annotations

import io
import random

import numpy as np
import pytest
from PIL import Image, ImageDraw

from archive.intake.differences import Change, Difference, PrintedLine, compare_page
from archive.intake.judging import DPI
from archive.intake.presence import Place
from bench.intake_differences import ALTERATIONS, alter, compared
from bench.printed import Printed, print_paper
from bench.wear import Condition, Scanner
from docgen.demo.handwriting import draw_name
from docgen.demo.stamps import draw_fingerprint, draw_seal

K = 200 / 25.4
COLOUR = Condition(name="colour", group="graded", scanner=Scanner(skew=2.0))
GREY = Condition(name="grey", group="graded", scanner=Scanner(grey=True, turn=2, quality=50))
EXPECTED = {
    "written beside": Change.ADDED,
    "struck out": Change.STRUCK,
    "scribbled out": Change.STRUCK,
    "written over": Change.STRUCK,
    "whited out": Change.GONE,
}


@pytest.fixture(scope="module")
def paper() -> Printed:
    return print_paper("A1", 5)


def signed(paper: Printed) -> Image.Image:
    """The last page with every place filled and the dates written."""
    image, rng = paper.page(2, 200), random.Random(3)
    for box in paper.laid.pages[2].boxes:
        kind = box.name.partition("_")[0]
        if kind == "sign":
            mask = draw_name("罗大山", round(box.width * K), round(box.height * K), pixels_per_mm=K, rng=rng)
            image.paste((24, 30, 96), (round(box.x * K), round(box.y * K)), mask)
            continue
        mask = (
            draw_fingerprint(pixels_per_mm=K, rng=rng)
            if kind == "finger"
            else draw_seal("洗马镇人民政府", pixels_per_mm=K, rng=rng)
        )
        middle = (box.x + box.width / 2) * K, (box.y + box.height / 2) * K
        image.paste((200, 34, 40), (round(middle[0] - mask.width / 2), round(middle[1] - mask.height / 2)), mask)
    for line in paper.laid.pages[2].lines:
        if "年\u3000\u3000月" in line.text and "{" not in line.text:
            for part in (0.05, 0.5, 0.75):
                mask = draw_name("三", round(6 * K), round(6 * K), pixels_per_mm=K, rng=rng)
                image.paste((24, 30, 96), (round((line.x + part * line.width) * K), round((line.y - 1) * K)), mask)
    return image


@pytest.mark.parametrize("condition", [COLOUR, GREY], ids=["colour", "grey"])
def test_names_prints_seals_and_dates_where_they_belong_are_no_difference(paper: Printed, condition: Condition) -> None:
    assert compared(paper, 2, signed(paper), condition, "1") == ()


@pytest.mark.parametrize("what", ALTERATIONS)
def test_an_altered_page_shows_what_and_where(paper: Printed, what: str) -> None:
    image = paper.page(0, 200)
    x, y, width, height = alter(image, paper, 0, what, random.Random(8))
    found = compared(paper, 0, image, COLOUR, "2")
    assert found
    assert {d.change for d in found} <= {EXPECTED[what], Change.ADDED}
    assert any(d.change is EXPECTED[what] for d in found)
    for d in found:
        assert x - 6 < d.x + d.width / 2 < x + width + 6
        assert y - 6 < d.y + d.height / 2 < y + height + 6
        with Image.open(io.BytesIO(d.crop)) as crop:
            assert crop.format == "JPEG"
            assert crop.width >= d.width * DPI / 25.4
    if EXPECTED[what] is not Change.ADDED:
        named = {line.text.strip() for line in paper.laid.pages[0].lines}
        assert {d.printed for d in found if d.change is not Change.ADDED} <= named


def plain(*, ink: Image.Image | None = None, places: tuple[Place, ...] = ()) -> tuple[Difference, ...]:
    """Compare a page with one ruled line of text and perhaps some ink."""
    printed = Image.new("L", (1240, 1754), 255)
    pen = ImageDraw.Draw(printed)
    pen.text((200, 400), "The village committee visits every month.", fill=0, font_size=32)
    pen.rectangle((200, 700, 600, 800), outline=0, width=2)
    scan = Image.fromarray(np.minimum(np.asarray(printed), np.asarray(ink)) if ink else np.asarray(printed))
    lines = [PrintedLine(text="The village committee visits every month.", x=34, y=67, width=105, height=7)]
    return compare_page(np.asarray(scan.convert("RGB")), np.asarray(printed), places=places, lines=lines)


def test_an_empty_cell_is_for_the_pen_and_the_space_beside_it_is_not() -> None:
    within, beside = Image.new("L", (1240, 1754), 255), Image.new("L", (1240, 1754), 255)
    ImageDraw.Draw(within).line([(230, 760), (300, 720), (360, 780), (420, 730)], fill=20, width=4)
    ImageDraw.Draw(beside).line([(730, 760), (800, 720), (860, 780), (920, 730)], fill=20, width=4)
    assert plain(ink=within) == ()
    (found,) = plain(ink=beside)
    assert found.change is Change.ADDED
    box = (Place(name="sign_carer", x=120, y=118, width=40, height=16),)
    assert plain(ink=beside, places=box) == ()


def test_dust_a_streak_a_punch_hole_and_the_edge_are_no_handwriting() -> None:
    ink = Image.new("L", (1240, 1754), 255)
    pen = ImageDraw.Draw(ink)
    rng = random.Random(5)
    for _ in range(40):
        x, y = rng.uniform(100, 1100), rng.uniform(900, 1600)
        pen.ellipse((x, y, x + 5, y + 5), fill=40)
    pen.line((900, 0, 900, 1754), fill=60, width=2)
    pen.ellipse((60, 850, 95, 885), fill=30)
    pen.rectangle((0, 0, 20, 1754), fill=50)
    assert plain(ink=ink) == ()


def test_two_equal_pages_do_not_differ_and_every_kind_has_words() -> None:
    assert plain() == ()
    assert len({change.label for change in Change}) == len(Change)
