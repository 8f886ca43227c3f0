"""Tables with a place of their own, and the text beside them.

Figures are those of small documents given to LibreOffice with the press's own faces, in points.
"""

from __future__ import annotations

from typing import Any

import pytest

from docgen.engine.press import FontBook, Press

SECTION = '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1800" w:bottom="1440" w:left="1800"/>'
LEFT, TOP = 90.0, 72.0
LINE, ROW = 15.1, 15.6
CELL = 5.4
"""Margin of a cell, by which the text of a table stands in from its edge."""

PT = 72 / 25.4
LONG = "".join(chr(0x4E00 + i) for i in range(90))
TEXT = 'w:leftFromText="180" w:rightFromText="180" w:vertAnchor="text" w:horzAnchor="margin" w:tblpY="1"'
PAGE = 'w:leftFromText="180" w:rightFromText="180" w:vertAnchor="text" w:horzAnchor="page" w:tblpX="2000"'
NUMBER = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'


@pytest.fixture
def lay(lay_out: Any, wml: Any) -> Any:
    return lambda body, **parts: lay_out(body, **{"styles": wml.SMALL, "section": SECTION} | parts)


def table(wml: Any, wide: int, place: str, *, rows: int = 3, look: str = "", cell: str = "") -> str:
    """Return a table of one column with ruled lines; its cells say the number of their row."""
    edges = "".join(f'<w:{edge} w:val="single" w:sz="4"/>' for edge in ("top", "left", "bottom", "right", "insideH"))
    body = "".join(f"<w:tr><w:tc>{wml.paragraph(f'格{row}', cell)}</w:tc></w:tr>" for row in range(rows))
    return (
        f'<w:tbl><w:tblPr><w:tblpPr {place}/><w:tblW w:w="{wide}" w:type="dxa"/>{look}<w:tblBorders>{edges}'
        f'</w:tblBorders></w:tblPr><w:tblGrid><w:gridCol w:w="{wide}"/></w:tblGrid>{body}</w:tbl>'
    )


def places(paper: Any, page: int = 0) -> dict[str, tuple[float, float]]:
    """Return left edge and top of the lines of a page, counted from its type area."""
    return {line.text: (line.x * PT - LEFT, line.y * PT - TOP) for line in paper.pages[page].lines}


def is_told(paper: Any) -> bool:
    return any("表格的文字环绕" in problem.message for problem in paper.problems)


def near(x: float, y: float) -> Any:
    return pytest.approx((x, y), abs=0.3)


def test_text_stands_beside_a_table_and_under_it_again(lay: Any, wml: Any) -> None:
    """The text of its cells, not its edge, stands where it says; half of its line stands out, too."""
    paper = lay(wml.paragraph("前") + table(wml, 4000, TEXT) + wml.paragraph(LONG))
    found = places(paper)
    edge = 200 + 9 - CELL - 0.25
    assert found["格0"] == near(-0.25, LINE + 0.5)
    assert found["格2"] == near(-0.25, LINE + 0.5 + 2 * ROW)
    starts = [(x, y) for text, (x, y) in found.items() if text[0] not in "前格"]
    assert starts[:4] == [near(edge, LINE * (1 + i)) for i in range(4)]
    assert starts[4] == near(0, LINE * 5)
    assert not is_told(paper)


@pytest.mark.parametrize(
    ("place", "x", "y"),
    [
        ('w:vertAnchor="text" w:horzAnchor="text" w:tblpXSpec="center" w:tblpY="400"', 107.6 + CELL, LINE + 20),
        ('w:vertAnchor="text" w:horzAnchor="margin" w:tblpXSpec="right" w:tblpY="1"', 215.3 + CELL, LINE),
        ('w:vertAnchor="margin" w:horzAnchor="margin" w:tblpYSpec="top"', -0.25, 0),
        ('w:vertAnchor="page" w:horzAnchor="page" w:tblpX="1000" w:tblpY="300"', 50 - LEFT - 0.25, 15 - TOP),
        ('w:tblpX="300"', 15 - 0.25, 0),
        ('w:vertAnchor="text" w:tblpYSpec="bottom"', -0.25, LINE),
        ('w:vertAnchor="text" w:horzAnchor="page" w:tblpX="10500"', 595.3 - 200 - LEFT + CELL, LINE),
    ],
)
def test_place_of_a_table(lay: Any, wml: Any, place: str, x: float, y: float) -> None:
    """The last one would run over the edge of the page."""
    paper = lay(wml.paragraph("前") + table(wml, 4000, place) + wml.paragraph(LONG))
    assert places(paper)["格0"] == near(x, y + 0.5)


@pytest.mark.parametrize(
    ("wide", "place", "leaves"),
    [
        (7660, TEXT, "beside"),
        (7680, TEXT, "in the text"),
        (7900, TEXT.replace("180", "0"), "beside"),
        (9460, PAGE, "beside"),
        (9480, PAGE, "in the text"),
        (4000, 'w:vertAnchor="page" w:horzAnchor="page" w:tblpY="15800"', "in the text"),
        (9600, TEXT.replace('"1"', '"-1"'), "beside"),
        (9600, PAGE + ' w:tblpY="-1"', "in the text"),
    ],
)
def test_table_leaves_the_text_where_text_has_room_beside_it_or_it_goes_up(
    lay: Any, wml: Any, wide: int, place: str, leaves: str
) -> None:
    paper = lay(wml.paragraph("前") + table(wml, wide, place) + wml.paragraph("后"))
    assert is_told(paper) == (leaves == "in the text")


def test_table_that_stays_begins_where_the_text_does_and_stands_in_line_as_its_place_says(lay: Any, wml: Any) -> None:
    own = '<w:tblInd w:w="500" w:type="dxa"/>'
    wide = places(lay(wml.paragraph("前") + table(wml, 8000, TEXT, look=own) + wml.paragraph("后")))
    assert wide["格0"] == near(CELL, LINE + 0.5)
    assert wide["后"] == near(0, LINE + 3 * ROW + 0.5)
    centred = TEXT + ' w:tblpXSpec="center"'
    assert places(lay(table(wml, 8000, centred) + wml.paragraph("后")))["格0"] == near(7.6 + CELL, 0.5)


@pytest.mark.parametrize(
    "after", ["", '<w:p><w:pPr><w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:pPr></w:p>']
)
def test_table_that_no_paragraph_follows_stays(lay: Any, wml: Any, after: str) -> None:
    paper = lay(table(wml, 4000, TEXT) + after + (wml.paragraph("后") if after else ""))
    assert is_told(paper)
    assert "格2" in paper.pages[0].text


@pytest.mark.parametrize("rows", [46, 70])  # the lower one is no higher than the paper, but than its text
def test_table_that_no_page_holds_stays_and_is_parted(lay: Any, wml: Any, rows: int) -> None:
    paper = lay(wml.paragraph("前") + table(wml, 4000, TEXT, rows=rows) + wml.paragraph("后"))
    assert len(paper.pages) == 2
    assert f"格{rows - 1}" in paper.pages[1].text
    assert is_told(paper)


@pytest.mark.parametrize("width", ['w:w="8200" w:type="dxa"', 'w:w="4935" w:type="pct"', 'w:w="8190" w:type="dxa"'])
def test_text_before_a_table_that_goes_up_makes_room_and_the_table_keeps_its_place(
    lay: Any, wml: Any, width: str
) -> None:
    upper = table(wml, 8200, TEXT.replace('"1"', '"-300"')).replace('w:w="8200" w:type="dxa"', width)
    found = places(lay("".join(map(wml.paragraph, ("一", "二", "三"))) + upper + wml.paragraph("后")))
    assert found["格0"][1] == pytest.approx(3 * LINE - 15 + 0.5, abs=0.3)
    assert found["三"][1] == pytest.approx(3 * LINE - 15 + 3 * ROW + 0.5, abs=0.3)
    assert found["后"][1] == pytest.approx(4 * LINE - 15 + 3 * ROW + 0.5, abs=0.3)


@pytest.mark.parametrize(("before", "up"), [(43, -300), (43, -1500), (45, -1500)])
def test_table_for_which_no_room_can_be_made_begins_a_page_with_its_paragraph(
    lay: Any, wml: Any, before: int, up: int
) -> None:
    """Text before it would push its paragraph to the next page; it stays where it is instead."""
    body = "".join(wml.paragraph(f"行{i}") for i in range(before))
    paper = lay(body + table(wml, 8200, TEXT.replace('"1"', f'"{up}"')) + wml.paragraph("后"))
    assert [y for _, y in places(paper).values()] == pytest.approx([i * LINE for i in range(before)], abs=0.3)
    found = places(paper, 1)
    assert found["格0"][1] == pytest.approx(max(up / 20, -TOP) + 0.5, abs=0.3)
    assert found["后"][1] == pytest.approx(max(0.0, found["格2"][1] + ROW), abs=0.3)


def test_table_at_the_foot_moves_up_to_the_edge_of_the_page(lay: Any, wml: Any) -> None:
    before = "".join(wml.paragraph(f"行{i}") for i in range(44))
    paper = lay(before + table(wml, 4000, TEXT, rows=8) + wml.paragraph("后"))
    assert len(paper.pages) == 1
    assert places(paper)["格7"][1] == pytest.approx(841.9 - TOP - ROW, abs=0.3)


def test_tables_bound_to_one_paragraph_do_not_cover_each_other(lay: Any, wml: Any) -> None:
    second = table(wml, 2000, TEXT).replace("格", "乙")
    found = places(lay(wml.paragraph("前") + table(wml, 2000, TEXT) + second + wml.paragraph(LONG)))
    assert found["乙0"][1] - found["格0"][1] == pytest.approx(3 * ROW + 0.5, abs=0.3)
    beside = table(wml, 2000, TEXT + ' w:tblpX="5000"').replace("格", "乙")
    found = places(lay(wml.paragraph("前") + table(wml, 2000, TEXT) + beside + wml.paragraph(LONG)))
    assert found["乙0"][1] == pytest.approx(found["格0"][1], abs=0.1)


def test_blank_paragraph_stands_where_hardly_any_room_is_left(lay: Any, wml: Any) -> None:
    """6.7 points beside the table are none for text."""
    body = wml.paragraph("前") + table(wml, 7900, PAGE) + "{}" + wml.paragraph("后")
    under = LINE + 3 * ROW + 0.5
    assert places(lay(body.format("<w:p/>")))["后"] == near(0, under)
    assert places(lay(body.format(wml.paragraph("\u3000"))))["后"] == near(0, under)
    assert places(lay(body.format(wml.paragraph("甲"))))["后"] == near(0, under + LINE)
    full = body.replace('"2000"', '"1786"').replace("7900", "8732")
    assert places(lay(full.format("<w:p/>")))["后"] == near(0, under + LINE)


def test_heading_that_goes_below_its_table_takes_both_to_the_page_of_its_text(lay: Any, wml: Any) -> None:
    before = "".join(wml.paragraph(f"行{i}") for i in range(42))
    heading = wml.paragraph("题", "<w:keepNext/>")
    paper = lay(before + table(wml, 8700, PAGE.replace("2000", "1786")) + heading + wml.paragraph("文"))
    assert [sorted({"格0", "题", "文"} & set(places(paper, page))) for page in (0, 1)] == [[], ["文", "格0", "题"]]


def test_numbers_in_a_table_beside_the_text_count_once(lay: Any, wml: Any) -> None:
    body = wml.paragraph("前", NUMBER) + "{}" + wml.paragraph(LONG, NUMBER) + wml.paragraph("后", NUMBER)
    numbered = table(wml, 4000, TEXT, cell=NUMBER)
    text = lay(body.format(numbered), numbering=wml.NUMBERING).text
    assert all(label in text for label in ("1、前", "2、格0", "4、格2", "5、一丁", "6、后"))
    tall = lay(body.format(table(wml, 4000, TEXT, rows=70, cell=NUMBER)), numbering=wml.NUMBERING).text
    assert all(label in tall for label in ("2、格0", "71、格69", "73、后"))


def test_table_of_a_planned_part_has_its_place(wml: Any) -> None:
    """The second paper is filled into the plan of the first; what is written in an unusual way is parsed."""
    press = Press(FontBook.default())
    body = wml.paragraph("前") + table(wml, 4000, TEXT) + wml.paragraph(LONG)
    unusual = body.replace("<w:tc>", '<w:tc><w:tcPr><w:hMerge w:val="restart"/></w:tcPr>', 1)
    papers = [
        press.lay_out(wml.Docx(body=xml, styles=wml.SMALL, section=SECTION).bytes(), name="件")
        for xml in (body.replace("前", "先"), body, unusual)
    ]
    assert papers[1].pages[0].lines[1:] == papers[0].pages[0].lines[1:]
    assert papers[2].to_json() == papers[1].to_json()
    assert places(papers[1])["格0"] == near(-0.25, LINE + 0.5)
