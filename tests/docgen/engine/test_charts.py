"""Charts: every number and name can be read, also without colour; equal charts are equal files."""

from __future__ import annotations

import io
from typing import Any

import pypdfium2
import pytest
from PIL import Image

from docgen.engine.charts import chart_picture, draw_chart, height_mm
from docgen.engine.press import FontBook, MissingGlyphError
from forms.quarter.chart import Chart, ChartKind

FONTS = FontBook.default()
VILLAGES = ("平山村", "大坝村", "花京村")


def chart(kind: ChartKind, **changes: Any) -> Chart:
    known: dict[str, Any] = {
        "title": "各村就学情况",
        "kind": kind,
        "unit": "人",
        "series": ("小学", "初中"),
        "categories": VILLAGES,
        "numbers": ((31, 17), (None, None), (29, 13)),
    }
    return Chart(**{**known, **changes})


def words(drawn: Chart) -> str:
    """Return what a reader finds in the chart drawn as lines and letters."""
    page = pypdfium2.PdfDocument(draw_chart(drawn, FONTS, kind="pdf"))[0]
    return "".join(page.get_textpage().get_text_range().split())


@pytest.mark.parametrize("kind", list(ChartKind))
def test_every_name_and_number_stands_in_the_chart(kind: ChartKind) -> None:
    read = words(chart(kind))
    for text in (*VILLAGES, "小学", "初中", "31", "17", "29", "13", "单位：人", "未报"):
        assert text in read, text


def test_the_whole_stands_at_the_end_of_its_parts() -> None:
    read = words(chart(ChartKind.STACK))
    assert "48" in read
    assert "42" in read


@pytest.mark.parametrize("kind", list(ChartKind))
def test_series_are_told_apart_in_black_and_white(kind: ChartKind) -> None:
    """One series drawn in the other's place gives another picture even in grey."""
    one = chart(kind, numbers=((31, 0), (0, 0), (0, 0)))
    other = chart(kind, numbers=((0, 31), (0, 0), (0, 0)))
    greys = [Image.open(io.BytesIO(draw_chart(c, FONTS, dpi=100))).convert("L").point(_ink) for c in (one, other)]
    size = (min(g.width for g in greys), min(g.height for g in greys))
    left, right = (grey.crop((0, size[1] // 4, *size)).tobytes() for grey in greys)
    assert left != right


def _ink(value: int) -> int:
    return 0 if value < 128 else 255


@pytest.mark.parametrize("kind", ["png", "pdf"])
def test_equal_charts_are_equal_files(kind: Any) -> None:
    drawn = chart(ChartKind.STACK)
    assert draw_chart(drawn, FONTS, kind=kind) == draw_chart(drawn, FONTS, kind=kind)


def test_a_picture_is_as_large_as_it_says() -> None:
    drawn = chart(ChartKind.BARS)
    with Image.open(io.BytesIO(draw_chart(drawn, FONTS, width_mm=150, dpi=100))) as picture:
        assert picture.width == pytest.approx(150 / 25.4 * 100, abs=1)
        assert picture.height == pytest.approx(height_mm(drawn) / 25.4 * 100, abs=1)
    assert chart_picture(drawn.to_lines()).width == 150 * 36_000


def test_many_units_lie_so_that_their_names_are_read_upright() -> None:
    names = tuple(f"第{n}村" for n in range(1, 25))
    few, many = chart(ChartKind.BARS), chart(ChartKind.BARS, categories=names, numbers=((1, 2),) * 24)
    assert height_mm(many) > height_mm(few)
    assert all(name in words(many) for name in names)


def test_a_character_no_font_has_is_refused() -> None:
    with pytest.raises(MissingGlyphError):
        draw_chart(chart(ChartKind.BARS, categories=("\U0010ffff", "乙", "丙")), FONTS)
