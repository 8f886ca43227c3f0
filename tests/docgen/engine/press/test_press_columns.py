"""Sections of several columns, as LibreOffice 7.4 was seen to fill them.

Figures are those of small documents given to LibreOffice with the press's own faces, in points.
"""

from __future__ import annotations

from typing import Any

import pypdfium2
import pytest

from docgen.engine.press import FontBook, Press

PAGE = '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1800" w:bottom="1440" w:left="1800"/>'
TWO = PAGE + '<w:cols w:num="2" w:space="425"/>'
THREE = PAGE + '<w:cols w:num="3" w:space="300"/>'
OWN = PAGE + '<w:cols w:num="2" w:equalWidth="0"><w:col w:w="2000" w:space="300"/><w:col w:w="6006"/></w:cols>'
SECOND = (8306 + 425) / 40
"""Left edge of the second of two columns, from that of the text area."""

LEFT, TOP, LINE, LINES = 90.0, 72.0, 15.1, 46
PT = 72 / 25.4
SPACED = '<w:spacing w:before="200" w:after="100"/>'
SETTINGS = '<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{}</w:settings>'
GOES_ON = '<w:type w:val="continuous"/>'


@pytest.fixture
def lay(lay_out: Any, wml: Any) -> Any:
    """Lay out with the settings of the last section."""
    return lambda body, section=TWO, **parts: lay_out(body, **{"styles": wml.SMALL, "section": section} | parts)


def ends(section: str) -> str:
    """Return an empty paragraph that ends a section."""
    return f"<w:p><w:pPr><w:sectPr>{section}</w:sectPr></w:pPr></w:p>"


def rows(wml: Any, count: int, name: str = "行", look: str = "") -> str:
    return "".join(wml.paragraph(f"{name}{i}", look) for i in range(count))


def places(paper: Any, page: int = 0) -> dict[str, tuple[float, float]]:
    """Return column and line of what stands on a page, from its type area; the column by its left edge."""
    return {
        line.text: (round(line.x * PT - LEFT), round((line.y * PT - TOP) / LINE, 2)) for line in paper.pages[page].lines
    }


def columns(paper: Any, page: int = 0) -> list[list[str]]:
    """Return the lines of each column of a page."""
    found: dict[float, list[str]] = {}
    for text, (x, _) in places(paper, page).items():
        found.setdefault(x, []).append(text)
    return [found[x] for x in sorted(found)]


def test_text_fills_column_after_column_and_then_the_next_page(lay: Any, wml: Any) -> None:
    paper = lay(rows(wml, 2 * LINES + 3))
    first, second = columns(paper)
    assert (first[0], first[-1], second[0], second[-1]) == ("行0", "行45", "行46", "行91")
    assert columns(paper, 1) == [["行92", "行93", "行94"]]
    assert places(paper)["行46"] == (round(SECOND), 0)
    assert not any("分栏" in problem.message for problem in paper.problems)


@pytest.mark.parametrize(
    ("count", "section", "expected"), [(11, TWO, [6, 5]), (7, THREE, [3, 3, 1]), (4, THREE, [2, 2]), (1, TWO, [1])]
)
def test_columns_are_equally_high_before_a_section_that_goes_on(
    lay: Any, wml: Any, count: int, section: str, expected: list[int]
) -> None:
    body = rows(wml, 3, "前") + ends(PAGE) + rows(wml, count) + ends(GOES_ON + section) + wml.paragraph("后")
    paper = lay(body, GOES_ON + PAGE)
    found = [[text for text in column if text[0] == "行"] for column in columns(paper)]
    assert [len(column) for column in found] == expected
    assert places(paper)["后"] == (0, 3 + expected[0])


def test_columns_before_a_new_page_or_the_end_are_filled_down(lay: Any, wml: Any) -> None:
    assert columns(lay(rows(wml, 3, "前") + ends(PAGE) + rows(wml, 11), GOES_ON + TWO))[0][-1] == "行10"
    paper = lay(rows(wml, 11) + ends(TWO) + wml.paragraph("后"), PAGE)
    assert [len(columns(paper, page)[0]) for page in (0, 1)] == [11, 1]


def test_only_the_last_page_of_columns_is_made_even(lay: Any, wml: Any) -> None:
    body = rows(wml, 30, "前") + ends(PAGE) + rows(wml, 60) + ends(GOES_ON + TWO) + wml.paragraph("后")
    paper = lay(body, GOES_ON + PAGE)
    assert columns(paper)[1] == [f"行{i}" for i in range(16, 32)]
    assert columns(paper, 1) == [[*(f"行{i}" for i in range(32, 46)), "后"], [f"行{i}" for i in range(46, 60)]]


def test_document_may_say_that_columns_are_not_made_even(lay: Any, wml: Any) -> None:
    settings = SETTINGS.format("<w:compat><w:noColumnBalance/></w:compat>")
    paper = lay(rows(wml, 11) + ends(TWO) + wml.paragraph("后"), GOES_ON + PAGE, settings=settings)
    assert columns(paper) == [[*(f"行{i}" for i in range(11)), "后"]]


def test_column_break_goes_to_the_next_column_and_a_page_break_to_the_next_page(lay: Any, wml: Any) -> None:
    broken = '<w:p><w:r><w:t>断前</w:t><w:br w:type="{}"/><w:t>断后</w:t></w:r></w:p>'
    assert columns(lay(rows(wml, 2) + broken.format("column"))) == [["行0", "行1", "断前"], ["断后"]]
    paper = lay(rows(wml, 2) + broken.format("page"))
    assert [columns(paper, page) for page in (0, 1)] == [[["行0", "行1", "断前"]], [["断后"]]]
    alone = '<w:p><w:r><w:br w:type="column"/></w:r></w:p>'
    assert places(lay(rows(wml, 2) + alone + wml.paragraph("后")))["后"] == (round(SECOND), 1)
    assert places(lay(rows(wml, 2) + alone + wml.paragraph("后"), PAGE), 1)["后"] == (0, 1)


def test_breaks_count_when_columns_are_made_even(lay: Any, wml: Any) -> None:
    broken = '<w:p><w:r><w:br w:type="column"/><w:t>断后</w:t></w:r></w:p>'
    paper = lay(rows(wml, 2) + broken + rows(wml, 5, "尾") + ends(TWO) + wml.paragraph("后"), GOES_ON + PAGE)
    assert columns(paper) == [["行0", "行1", "后"], ["断后", *(f"尾{i}" for i in range(5))]]
    assert places(paper)["后"] == (0, 6)


def test_columns_have_their_own_widths_and_a_paragraph_goes_on_in_the_next(lay: Any, wml: Any) -> None:
    text = "".join(chr(0x4E00 + i) for i in range(60))
    paper = lay(rows(wml, 44) + wml.paragraph(text), OWN)
    first, second = columns(paper)
    assert [len(line) for line in first[44:]] == [9, 9]
    assert [len(line) for line in second] == [28, 14]
    assert "".join((*first[44:], *second)) == text
    assert places(paper)[second[0]] == (115, 0)


def test_space_before_the_first_paragraph_lowers_all_columns_and_later_ones_have_none(lay: Any, wml: Any) -> None:
    def laid(body: str) -> dict[str, tuple[float, float]]:
        return places(lay(wml.paragraph("前") + ends(PAGE) + body + ends(GOES_ON + TWO), GOES_ON + PAGE))

    spaced = laid(rows(wml, 7, look=SPACED))
    assert spaced["行0"][1] == spaced["行4"][1] == pytest.approx(1 + 10 / LINE, abs=0.02)
    plain = laid(wml.paragraph("无") + rows(wml, 6, look=SPACED))
    assert plain["无"][1] == plain["行3"][1] == 1


def test_space_after_the_longest_column_is_shared_with_what_follows(lay: Any, wml: Any) -> None:
    body = rows(wml, 7, look=SPACED) + ends(TWO) + wml.paragraph("后", SPACED)
    found = places(lay(body, GOES_ON + PAGE, settings=SETTINGS.format("")))
    assert found["后"][1] - found["行3"][1] == pytest.approx(1 + 10 / LINE, abs=0.02)


def test_tables_and_headings_stand_in_their_column(lay: Any, wml: Any) -> None:
    cell = "<w:tr><w:tc>" + wml.paragraph("格{}") + "</w:tc></w:tr>"
    table = '<w:tbl><w:tblPr><w:jc w:val="center"/></w:tblPr><w:tblGrid><w:gridCol w:w="2000"/></w:tblGrid>{}</w:tbl>'
    paper = lay(rows(wml, 44) + table.format("".join(cell.format(i) for i in range(4))) + wml.paragraph("后"))
    found = places(paper)
    slack = (SECOND - 21.25 - 100) / 2 + 5.4
    assert found["格0"][0] == pytest.approx(slack, abs=0.6)
    assert found["格2"] == pytest.approx((SECOND + slack, 0), abs=0.6)
    assert found["后"] == pytest.approx((SECOND, 2), abs=0.5)
    heading = wml.paragraph("题", "<w:keepNext/>")
    assert columns(lay(rows(wml, 45) + heading + wml.paragraph("文")))[1] == ["题", "文"]


def test_line_stands_between_columns_that_are_filled(lay: Any, printed: Any, wml: Any) -> None:
    ruled = TWO.replace("w:cols", 'w:cols w:sep="1"')

    def ink(body: str) -> int:
        bitmap = pypdfium2.PdfDocument(printed(lay(body, ruled)).data)[0].render(scale=4).to_pil().convert("L")
        middle = (LEFT + SECOND - 21.25 / 2) * 4
        return min(int(bitmap.getpixel((round(middle) + dx, 400))) for dx in (-2, -1, 0, 1, 2))

    assert ink(rows(wml, 60)) < 200
    assert ink(rows(wml, 20)) == 255


def test_line_between_columns_ends_with_their_text(lay: Any, printed: Any, wml: Any) -> None:
    """And begins with it: space above and below is left out."""
    ruled = TWO.replace("w:cols", 'w:cols w:sep="1"')
    body = rows(wml, 10, look=SPACED) + ends(ruled) + wml.paragraph("后")
    paper = lay(body, GOES_ON + PAGE, settings=SETTINGS.format(""))
    page = pypdfium2.PdfDocument(printed(paper).data)[0]
    (line,) = page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_PATH])
    _, low, _, high = line.get_bounds()
    assert (841.9 - high, 841.9 - low) == pytest.approx((TOP + 10, TOP + 10 + 5 * LINE + 4 * 10), abs=0.6)


def test_columns_of_a_planned_part(wml: Any) -> None:
    """The second paper is filled into the plan of the first; what is written in an unusual way is parsed."""
    press = Press(FontBook.default())
    row = "<w:tr><w:tc><w:tcPr>{}</w:tcPr><w:p/></w:tc></w:tr>"
    merged = f'<w:tbl><w:tblGrid><w:gridCol w:w="900"/></w:tblGrid>{row}</w:tbl>'
    body = rows(wml, 11) + "{}" + ends(TWO) + wml.paragraph("后")
    papers = [
        press.lay_out(wml.Docx(body=xml, styles=wml.SMALL, section=GOES_ON + PAGE).bytes(), name="件")
        for xml in (
            body.format(merged.format("")).replace("行9", "别9"),
            body.format(merged.format("")),
            body.format(merged.format('<w:hMerge w:val="restart"/>')),
        )
    ]
    assert [len(column) for column in columns(papers[0])] == [len(column) for column in columns(papers[1])]
    assert papers[2].to_json() == papers[1].to_json()
