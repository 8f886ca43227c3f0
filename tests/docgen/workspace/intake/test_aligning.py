"""A paper's pages are laid on the sheet they were printed on before anything is looked for."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageDraw

from archive.intake.geometry import A4_MM
from archive.intake.marks import PageRead, read_picture
from archive.intake.picture import open_jpeg
from archive.intake.taking import SpooledPage
from bench.printed import SECRET, Printed, print_paper
from docgen.workspace.intake.signatures import aligned

if TYPE_CHECKING:
    from pathlib import Path

DPI = 150


@pytest.fixture(scope="module")
def paper() -> Printed:
    return print_paper("A1", 1)


def scanned(paper: Printed, folder: Path, *, is_spoilt: bool) -> tuple[PageRead, SpooledPage]:
    """Scan the first page a little crooked, its first code hidden or not."""
    image = paper.page(0, DPI)
    if is_spoilt:
        ImageDraw.Draw(image).rectangle([v * DPI / 25.4 for v in (14, 14, 34, 34)], fill=(30, 30, 30))
    image = image.rotate(1.5, resample=Image.Resampling.BICUBIC, fillcolor="white")
    target = io.BytesIO()
    image.save(target, "JPEG", quality=70)
    picture = open_jpeg(target.getvalue())
    path = folder / "page.image"
    path.write_bytes(target.getvalue())
    read = read_picture(picture, SECRET, scan="0" * 64, index=0)
    return read, SpooledPage(path=path, form=replace(picture.stream(), data=b""))


def test_a_page_with_one_code_is_laid_exactly_by_its_print(paper: Printed, tmp_path: Path) -> None:
    read, spooled = scanned(paper, tmp_path, is_spoilt=True)
    assert read.registration is not None
    assert read.registration.is_rough
    (exact,) = aligned(paper.laid, paper.pdf, [read], {(read.scan, 0): spooled})
    assert exact.registration is not None
    assert exact.registration.is_refined
    middle = exact.registration.to_picture(105, 148.5)
    assert middle == pytest.approx((read.width / 2, read.height / 2), abs=0.3 * DPI / 25.4)


def test_a_flat_page_with_both_codes_is_left_as_it_is(paper: Printed, tmp_path: Path) -> None:
    read, spooled = scanned(paper, tmp_path, is_spoilt=False)
    assert aligned(paper.laid, paper.pdf, [read], {(read.scan, 0): spooled}) == (read,)


def test_a_sheet_that_is_not_the_papers_own_is_put_right(paper: Printed, tmp_path: Path) -> None:
    read, spooled = scanned(paper, tmp_path, is_spoilt=True)
    assert read.registration is not None
    wrong = replace(read, registration=replace(read.registration, width_mm=420.0, height_mm=297.0))
    (exact,) = aligned(paper.laid, paper.pdf, [wrong], {(read.scan, 0): spooled})
    assert exact.registration is not None
    assert (exact.registration.width_mm, exact.registration.height_mm) == A4_MM


def test_without_a_picture_nothing_is_made_up(paper: Printed, tmp_path: Path) -> None:
    read, _ = scanned(paper, tmp_path, is_spoilt=True)
    assert aligned(paper.laid, paper.pdf, [read], {(read.scan, 0): None}) == (read,)
