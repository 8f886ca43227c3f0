"""Text from top to bottom in cells and text boxes."""

from __future__ import annotations

import ctypes
from itertools import pairwise
from typing import Any

import pypdfium2
import pytest

from docgen.engine.press import FontBook, Press

PT = 72 / 25.4
HIGH = '<w:trPr><w:trHeight w:val="2400"/></w:trPr>'


def places(printed: Any) -> list[tuple[str, float, float]]:
    """Characters of the first page with their origins, in points from its upper left corner."""
    page = pypdfium2.PdfDocument(printed.data)[0]
    text, high = page.get_textpage(), page.get_height()
    x, y = ctypes.c_double(), ctypes.c_double()
    found = []
    for i in range(text.count_chars()):
        char = text.get_text_range(i, 1)
        if char.strip():
            pypdfium2.raw.FPDFText_GetCharOrigin(text, i, x, y)
            found.append((char, x.value, high - y.value))
    return found


def upright(wml: Any, text: str, direction: str = "tbRlV", more: str = "") -> str:
    """Return a cell of 80 points whose lines run up or down."""
    found: str = wml.cell(text, width=1600, properties=f'<w:textDirection w:val="{direction}"/>{more}')
    return found


def test_chinese_characters_stand_under_each_other_and_columns_go_to_the_left(
    lay_out: Any, printed: Any, wml: Any
) -> None:
    table = wml.table([HIGH + upright(wml, "家庭成员情况登记表")], columns=[1600])
    found = places(printed(lay_out(table)))
    assert "".join(char for char, _, _ in found) == "家庭成员情况登记表"
    first, second = found[:7], found[7:]
    assert len({round(x) for _, x, _ in first}) == 1
    steps = [b[2] - a[2] for a, b in pairwise(first)]
    assert steps == pytest.approx([16.0] * 6, abs=0.05)
    assert second[0][1] == pytest.approx(first[0][1] - 28, abs=0.1)


def test_letters_lie_with_the_line_and_all_characters_do_in_lines_that_run_up(
    lay_out: Any, printed: Any, wml: Any
) -> None:
    down = places(printed(lay_out(wml.table([HIGH + upright(wml, "甲ab")], columns=[1600]))))
    up = places(printed(lay_out(wml.table([HIGH + upright(wml, "甲乙", "btLr")], columns=[1600]))))
    assert [char for char, _, _ in down] == ["甲", "a", "b"]
    assert down[1][1] == down[2][1]
    assert down[1][2] < down[2][2]
    assert up[0][1] == pytest.approx(up[1][1], abs=0.01)
    assert up[0][2] - up[1][2] == pytest.approx(16, abs=0.05)


@pytest.mark.parametrize("points", [5, -5])
def test_raised_characters_stand_beside_the_line(lay_out: Any, printed: Any, wml: Any, points: int) -> None:
    moved = wml.paragraph("乙", run=f'<w:position w:val="{2 * points}"/>').partition("<w:r>")[2]
    content = wml.paragraph("甲").replace("</w:p>", f"<w:r>{moved}")
    plain, raised = places(printed(lay_out(wml.table([HIGH + upright(wml, content)], columns=[1600]))))
    assert raised[1] - plain[1] == pytest.approx(points, abs=0.05)


@pytest.mark.parametrize("turned", [0, 1])
def test_equal_tables_in_cells_are_set_by_the_cell_they_stand_in(wml: Any, turned: int) -> None:
    """Whichever of them comes first and is remembered."""
    inner = wml.table([wml.cell("甲乙", width=1500)], columns=[1500]) + "<w:p/>"
    cells = [wml.cell(inner, width=3000), HIGH + upright(wml, inner)]
    tables = [wml.table([cells[i]], columns=[3000]) for i in (turned, 1 - turned)]
    paper = Press(FontBook.default()).lay_out(wml.Docx(body="<w:p/>".join(tables)).bytes(), name="样张")
    fragments = [placed.fragment.operators for placed in paper.pages[0].art if "<7532" in placed.fragment.operators]
    assert [" 0 1 -1 0 " in operators for operators in fragments] == [bool(turned), not turned]


def test_merged_cell_gives_its_text_the_height_of_all_its_rows(lay_out: Any, printed: Any, wml: Any) -> None:
    rows = [
        upright(wml, "家庭主要成员" * 2, more='<w:vMerge w:val="restart"/>') + wml.cell("一", width=4000),
        *[upright(wml, "", more="<w:vMerge/>") + wml.cell("二", width=4000) for _ in range(7)],
    ]
    paper = lay_out(wml.table(rows, columns=[1600, 4000]))
    found = [place for place in places(printed(paper)) if place[0] in "家庭主要成员"]
    assert len(found) == 12
    assert len({round(x) for _, x, _ in found}) == 1
    assert next(line.text for line in paper.pages[0].lines if len(line.text) > 3) == "家庭主要成员" * 2


def test_row_without_a_height_grows_to_the_text(lay_out: Any, printed: Any, wml: Any) -> None:
    paper = lay_out(wml.table([upright(wml, "家庭主要成员")], columns=[1600]) + wml.paragraph("后"))
    found = places(printed(paper))
    assert len({round(x) for _, x, _ in found[:6]}) == 1
    assert found[-1][2] - found[0][2] > 5 * 16


@pytest.mark.parametrize("flow", ["eaVert", "vert", "vert270"])
def test_text_boxes_run_down_and_up(lay_out: Any, printed: Any, wml: Any, flow: str) -> None:
    shape = wml.shape(60, 120, wml.paragraph("竖框")).replace("<wps:bodyPr", f'<wps:bodyPr vert="{flow}"')
    body = wml.around(wml.anchored(shape, 60, 120, across="page:200", down="page:300"), "")
    first, second = places(printed(lay_out(body)))
    assert first[1] == pytest.approx(second[1], abs=0.01)
    assert (first[2] < second[2]) is (flow != "vert270")


def test_bold_and_colour_are_kept_and_signs_are_all_there(lay_out: Any, printed: Any, wml: Any) -> None:
    text = "甲，（乙）——丙：丁。2026年"
    cell = upright(wml, wml.paragraph(text, run='<w:b/><w:color w:val="FF0000"/>'))
    row = HIGH.replace("2400", "6000") + cell
    data = printed(lay_out(wml.table([row], columns=[1600])))
    assert sorted(data.text()) == sorted(text)
    bitmap = pypdfium2.PdfDocument(data.data)[0].render(scale=1).to_pil().convert("RGB")
    assert (255, 0, 0) in {bitmap.getpixel((x, y)) for x in range(80, 160) for y in range(105, 400)}
