"""What a section says of its pages: numbers of lines, where text stands that leaves some of a page free, borders.

Figures are those of small documents given to LibreOffice with the press's own faces, in points.
"""

from __future__ import annotations

import ctypes
from itertools import pairwise
from typing import Any

import pypdfium2
import pytest

from bench.tagged import read_tagged

PAGE = '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1800" w:bottom="1440" w:left="1800"'
ROOM = ' w:header="851" w:footer="992"/>'
PT = 72 / 25.4
LEFT = 90.0
TOP, BOTTOM = 72.0, 841.9 - 72.0
SLIP = 0.1
HALF_CENTIMETRE = 72 / 2.54 / 2
BIG = '<w:sz w:val="44"/>'
BREAK = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'


@pytest.fixture
def lay(lay_out: Any, wml: Any) -> Any:
    """Lay out in 10.5 points with single leading; `section` follows size and margins of the page."""

    def laid(body: str, section: str = "", *, more: str = "", **parts: str) -> Any:
        return lay_out(
            body, section=PAGE + ROOM + section, styles=wml.SMALL.replace("</w:styles>", f"{more}</w:styles>"), **parts
        )

    return laid


def numbered(said: str = 'w:countBy="1"') -> str:
    return f"<w:lnNumType {said}/>"


def in_margin(paper: Any) -> list[list[str]]:
    """Return the numbers on each page."""
    return [[line.text for line in page.lines if (line.x + line.width) * PT < LEFT - 0.1] for page in paper.pages]


def ended(section: str) -> str:
    """Return the paragraph that ends a section."""
    return f"<w:p><w:pPr><w:sectPr>{PAGE}{ROOM}{section}</w:sectPr></w:pPr></w:p>"


def base_lines(data: bytes, page: int = 0) -> dict[float, str]:
    """Return what stands on each base line of a page, from left to right, as pdfium finds it."""
    text = pypdfium2.PdfDocument(data)[page].get_textpage()
    x, y = ctypes.c_double(), ctypes.c_double()
    rows: dict[float, list[tuple[float, str]]] = {}
    for i in range(text.count_chars()):
        char = text.get_text_range(i, 1)
        if char.strip("\0\r\n "):
            pypdfium2.raw.FPDFText_GetCharOrigin(text, i, x, y)
            base = next((base for base in rows if abs(base - y.value) < SLIP), y.value)
            rows.setdefault(base, []).append((x.value, char))
    return {base: "".join(char for _, char in sorted(row)) for base, row in rows.items()}


def test_lines_are_numbered_on_their_base_lines_and_anew_on_each_page(lay: Any, wml: Any, printed: Any) -> None:
    """Empty lines count; a line has its number whatever its size and leading."""
    tall = wml.paragraph("丙", '<w:spacing w:line="480" w:lineRule="exact"/>')
    framed = wml.paragraph("戊", '<w:pBdr><w:top w:val="single" w:sz="8" w:space="6"/></w:pBdr>')
    body = wml.paragraph("甲\n\n乙") + wml.paragraph("大", run=BIG) + tall + framed + BREAK + wml.paragraph("丁")
    paper = lay(body, numbered())
    assert in_margin(paper) == [["1", "2", "3", "4", "5", "6", "7"], ["1"]]
    data = printed(paper).data
    assert sorted(base_lines(data).values()) == ["1甲", "2", "3乙", "4大", "5丙", "6戊", "7"]
    assert list(base_lines(data, 1).values()) == ["1丁"]


@pytest.mark.parametrize(
    ("said", "distance"), [("", HALF_CENTIMETRE), (' w:distance="0"', HALF_CENTIMETRE), (' w:distance="400"', 20.0)]
)
def test_numbers_end_beside_the_text(lay: Any, wml: Any, said: str, distance: float) -> None:
    """Seen: half a centimetre, where nothing is said. An indent does not move them."""
    paper = lay(wml.paragraph("甲", '<w:ind w:left="800"/>') * 10, numbered(f'w:countBy="1"{said}'))
    edges = {line.text: (line.x + line.width) * PT for line in paper.pages[0].lines if line.text != "甲"}
    assert edges == pytest.approx({str(i): LEFT - distance for i in range(1, 11)}, abs=0.05)


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ('w:countBy="3"', ["3", "6"]),
        ('w:countBy="1" w:start="3"', ["4", "5", "6", "7", "8", "9", "10"]),
        ('w:countBy="5" w:start="3"', ["5", "10"]),
        ('w:start="3"', []),
    ],
)
def test_numbers_say_every_how_many_lines_and_where_they_begin(lay: Any, wml: Any, said: str, seen: list[str]) -> None:
    """What is said of the beginning is one less than the first; without `countBy` there are none."""
    paper = lay(wml.paragraph("甲") * 7, numbered(said))
    assert in_margin(paper) == [seen]
    assert [problem.code for problem in paper.problems] == ["mark.zone"]


@pytest.mark.parametrize(
    ("restart", "seen"),
    [
        ("newPage", [["1", "2", "3"], ["1"], ["1", "2"]]),
        ("newSection", [["1", "2", "3"], ["4"], ["1", "2"]]),
        ("continuous", [["1", "2", "3"], ["4"], ["5", "6"]]),
    ],
)
def test_numbers_begin_again_where_the_section_says(lay: Any, wml: Any, restart: str, seen: list[list[str]]) -> None:
    said = numbered(f'w:countBy="1" w:restart="{restart}"')
    body = wml.paragraph("甲") * 2 + BREAK + wml.paragraph("乙") + ended(said) + wml.paragraph("丙") * 2
    assert in_margin(lay(body, said)) == seen


def test_lines_of_a_section_without_numbers_are_not_counted(lay: Any, wml: Any) -> None:
    plain = ended('<w:type w:val="continuous"/>')
    body = wml.paragraph("甲") * 2 + ended(numbered()) + wml.paragraph("乙") * 3 + plain + wml.paragraph("丙") * 2
    assert in_margin(lay(body, f'<w:type w:val="continuous"/>{numbered()}')) == [["1", "2", "3", "4"]]


def test_only_lines_of_the_text_are_counted(lay: Any, wml: Any) -> None:
    """Not those of tables, headers, footers, notes, frames, and of paragraphs that say so themselves or by style."""
    quiet = '<w:style w:type="paragraph" w:styleId="Q"><w:pPr><w:suppressLineNumbers/></w:pPr></w:style>'
    body = (
        wml.paragraph("一")
        + wml.table([wml.cell("格", width=4000)] * 2, columns=[4000])
        + wml.paragraph("不计", "<w:suppressLineNumbers/>")
        + wml.paragraph("不计", '<w:pStyle w:val="Q"/>')
        + wml.paragraph("框", '<w:framePr w:w="2000" w:hAnchor="page" w:vAnchor="page" w:x="5000" w:y="9000"/>')
        + wml.calling("二", 1)
        + wml.paragraph("三", '<w:pStyle w:val="Q"/><w:suppressLineNumbers w:val="0"/>')
    )
    running = {name: wml.part(root, wml.paragraph("页")) for name, root in (("header", "hdr"), ("footer", "ftr"))}
    paper = lay(body, numbered(), more=quiet, footnotes=wml.notes(["注"]), **running)
    assert in_margin(paper) == [["1", "2", "3"]]


def test_a_line_on_both_sides_of_a_drawing_has_one_number(lay: Any, wml: Any) -> None:
    drawing = wml.anchored(wml.shape(100, 40), 100, 40, across="column:150", wrap="Square")
    paper = lay(wml.around(drawing, "两边都有字" * 14) + wml.paragraph("后"), numbered())
    tops = {round(line.y, 2) for line in paper.pages[0].lines if len(line.text) > 1 or line.text == "后"}
    assert in_margin(paper) == [[str(i) for i in range(1, len(tops) + 1)]]
    assert len(paper.pages[0].lines) > 2 * len(tops)


def test_numbers_have_the_look_of_their_style(lay: Any, wml: Any, printed: Any) -> None:
    """Of the document where there is none, whatever the paragraphs have."""
    style = (
        '<w:style w:type="character" w:styleId="a9"><w:name w:val="line number"/><w:rPr><w:sz w:val="42"/></w:rPr>'
        "</w:style>"
    )
    body = wml.paragraph("甲", run=BIG)
    plain, styled = (lay(body, numbered(), more=more) for more in ("", style))
    widths = [next(line.width for line in paper.pages[0].lines if line.text == "1") for paper in (plain, styled)]
    assert widths[1] == pytest.approx(2 * widths[0], abs=0.02)
    assert list(base_lines(printed(styled).data).values()) == ["1甲"]


def test_numbers_are_none_of_the_content(lay: Any, wml: Any, printed: Any) -> None:
    table = wml.table([wml.cell("格", width=4000)], columns=[4000])
    footer = wml.part("ftr", wml.paragraph("页脚"))
    drawing = wml.anchored(wml.shape(50, 50, wml.paragraph("盒")), 50, 50, across="page:400", down="page:500")
    body = wml.around(drawing, "甲") + table + wml.paragraph("乙")
    found = read_tagged(printed(lay(body, numbered(), footer=footer)).data)
    assert found.faults == []
    assert [node.text for node in found.root.all("P") if node.text] == ["甲", "乙", "盒"]
    assert found.artifacts == ["页脚12"]


def test_numbers_are_the_same_however_the_body_is_read(lay: Any, wml: Any) -> None:
    """A content control is not planned but parsed."""
    body = wml.paragraph("甲") * 3 + wml.paragraph("不计", "<w:suppressLineNumbers/>") + wml.paragraph("乙")
    parsed = f"<w:sdt><w:sdtContent>{body}</w:sdtContent></w:sdt>"
    planned = lay(body, numbered())
    assert in_margin(planned) == [["1", "2", "3", "4"]]
    assert planned.to_json() == lay(parsed, numbered()).to_json()


# where text stands


def standing(where: str) -> str:
    return f'<w:vAlign w:val="{where}"/>'


def reach(paper: Any, page: int = 0) -> tuple[float, float]:
    """Return top and bottom of the lines of a page, in points."""
    lines = paper.pages[page].lines
    return min(line.y for line in lines) * PT, max(line.y + line.height for line in lines) * PT


@pytest.mark.parametrize(("where", "share"), [("top", 0.0), ("center", 0.5), ("bottom", 1.0), ("both", 0.0)])
def test_text_stands_on_its_page_where_the_section_wants_it(lay: Any, wml: Any, where: str, share: float) -> None:
    """As Word has it; a page that is not full is never spread."""
    table = wml.table([wml.cell("格", width=4000)] * 2, columns=[4000])
    body = wml.paragraph("甲") + table + '<w:p><w:bookmarkStart w:id="1" w:name="签"/><w:r><w:t>乙</w:t></w:r></w:p>'
    paper = lay(body + BREAK + wml.paragraph("丙"), numbered() + standing(where))
    plain = lay(body + BREAK + wml.paragraph("丙"), numbered())
    assert "layout.undrawn" not in {problem.code for problem in paper.problems}
    for page in range(2):
        top, bottom = reach(plain, page)
        moved = share * (BOTTOM - bottom)
        assert reach(paper, page) == pytest.approx((top + moved, bottom + moved), abs=0.2)
    steps = [[b.y - a.y for a, b in pairwise(one.pages[0].lines)] for one in (paper, plain)]
    assert steps[0] == pytest.approx(steps[1], abs=0.02)
    line = next(line for line in paper.pages[0].lines if line.text == "乙")
    assert paper.boxes["签"][1].y == pytest.approx(line.y, abs=0.02)


def test_only_full_pages_are_spread(lay: Any, wml: Any) -> None:
    """Paragraphs move apart evenly, a table stays whole, and the last page stands at the top."""
    rows = wml.table([wml.cell("格", width=4000)] * 3, columns=[4000])
    body = (wml.paragraph("甲", '<w:keepLines/><w:spacing w:line="400" w:lineRule="exact"/>') + rows) * 14
    paper, plain = lay(body, standing("both")), lay(body)
    assert len(paper.pages) == len(plain.pages) == 2
    assert reach(paper) != pytest.approx(reach(plain), abs=0.2)
    assert reach(paper)[0] == pytest.approx(TOP, abs=0.2)
    assert reach(paper, 1) == pytest.approx(reach(plain, 1), abs=0.05)
    grown = [
        (b.y - a.y) - (d.y - c.y)
        for (a, b), (c, d) in zip(pairwise(paper.pages[0].lines), pairwise(plain.pages[0].lines), strict=True)
    ]
    apart = max(grown)
    assert apart > 0.01
    assert [round(step / apart) for step in grown] == [
        int("甲" in (a.text, b.text)) for a, b in pairwise(plain.pages[0].lines)
    ]


def test_text_with_drawings_or_notes_stays_at_the_top_and_is_named(lay: Any, wml: Any) -> None:
    drawing = wml.anchored(wml.shape(50, 50), 50, 50, across="page:400", down="page:500")
    noted = {"footnotes": wml.notes(["注"])}
    for body, parts in ((wml.around(drawing, "甲"), {}), (wml.calling("甲", 1), noted)):
        paper = lay(body, standing("center"), **parts)
        assert reach(paper)[0] == pytest.approx(TOP, abs=0.2)
        assert any("页面垂直对齐" in problem.message for problem in paper.problems)


def test_each_section_has_its_own_place_and_heads_and_feet_stay(lay: Any, wml: Any) -> None:
    footer = wml.part("ftr", wml.paragraph("页脚"))
    body = wml.paragraph("封面") + ended(standing("center")) + wml.paragraph("正文")
    paper = lay(body, footer=footer)
    cover, text = ({line.text: line.y * PT for line in page.lines} for page in paper.pages)
    assert cover["封面"] == pytest.approx((TOP + BOTTOM - 15.1) / 2, abs=0.2)
    assert text["正文"] == pytest.approx(TOP, abs=0.1)
    assert "layout.undrawn" not in {problem.code for problem in paper.problems}


# borders

WIDE, HIGH = 11906 / 20, 16838 / 20
HEADED = {"header": ("hdr", "页眉"), "footer": ("ftr", "页脚")}
ALL = ("top", "left", "bottom", "right")


def bordered(said: str = "", *, style: str = "single", space: int = 4, sides: tuple[str, ...] = ALL) -> str:
    """Return borders of a point, or three where they are double."""
    size = 24 if style == "double" else 8
    edges = "".join(f'<w:{side} w:val="{style}" w:sz="{size}" w:space="{space}" w:color="FF0000"/>' for side in sides)
    return f"<w:pgBorders {said}>{edges}</w:pgBorders>"


def border_lines(data: bytes, page: int = 0) -> list[tuple[float, ...]]:
    """Return the lines of a page as pdfium finds them: left, top, right and bottom of their middles."""
    found = pypdfium2.PdfDocument(data)[page]
    lines = []
    for thing in found.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_PATH]):
        left, low, right, high = thing.get_bounds()
        thick = min(right - left, high - low) / 2
        edges = left + thick, HIGH - high + thick, right - thick, HIGH - low - thick
        lines.append(tuple(round(edge, 1) for edge in edges))
    return sorted(lines)


def box(left: float, top: float, right: float, bottom: float) -> list[tuple[float, ...]]:
    """Return the four lines of a box."""
    edges = [
        (left, top, left, bottom),
        (left, top, right, top),
        (left, bottom, right, bottom),
        (right, top, right, bottom),
    ]
    return sorted(tuple(round(edge, 1) for edge in one) for one in edges)


def near(lines: list[tuple[float, ...]]) -> Any:
    return [pytest.approx(line, abs=0.15) for line in lines]


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        (bordered(), [box(85.5, 67.5, WIDE - 85.5, HIGH - 67.5)]),
        (bordered('w:offsetFrom="page"', space=24), [box(24.5, 24.5, WIDE - 24.5, HIGH - 24.5)]),
        (bordered(space=31).replace('w:space="31"', 'w:space="99"'), [box(0.5, 0.5, WIDE - 0.5, HIGH - 0.5)]),
        (bordered(style="double"), [box(i, i - 18, WIDE - i, HIGH - i + 18) for i in (78.5, 84.5)]),
        (bordered(sides=("top",)), [[(90.0, 67.5, WIDE - 90.0, 67.5)]]),
        (
            bordered('w:offsetFrom="page"', space=24, sides=("top", "left")),
            [[(24.5, 24.5, 24.5, HIGH - 72), (24.5, 24.5, WIDE - 90.0, 24.5)]],
        ),
    ],
)
def test_borders_stand_around_the_page_where_they_were_seen(
    lay: Any, wml: Any, printed: Any, said: str, seen: list[list[tuple[float, ...]]]
) -> None:
    """Seen: the text does not move for them."""
    paper = lay(wml.paragraph("甲") * 60, said)
    data = printed(paper).data
    wanted = sorted(line for ring in seen for line in ring)
    assert [border_lines(data, page) for page in range(2)] == [near(wanted)] * 2
    assert paper.to_json() == lay(wml.paragraph("甲") * 60).to_json()
    assert "layout.undrawn" not in {problem.code for problem in paper.problems}


@pytest.mark.parametrize(
    ("without", "insets"),
    [((), (42.55 - 4.5, 49.6 - 4.5)), (("Header", "Footer"), (67.5, 67.5)), (("Header",), (67.5, 49.6 - 4.5))],
)
def test_borders_kept_away_from_the_text_stand_around_heads_and_feet(
    lay: Any, wml: Any, printed: Any, without: tuple[str, ...], insets: tuple[float, float]
) -> None:
    """Unless the document says otherwise (LibreOffice does not ask)."""
    running = {name: wml.part(root, wml.paragraph(text)) for name, (root, text) in HEADED.items()}
    flags = "".join(f"<w:bordersDoNotSurround{which}/>" for which in without)
    root = wml.STYLES.partition(">")[0].replace("styles", "settings")
    paper = lay(wml.paragraph("甲"), bordered(), settings=f"{root}>{flags}</w:settings>", **running)
    assert border_lines(printed(paper).data) == near(box(85.5, insets[0], WIDE - 85.5, HIGH - insets[1]))


@pytest.mark.parametrize(
    ("display", "seen"), [("allPages", [4, 4, 4]), ("firstPage", [4, 0, 4]), ("notFirstPage", [0, 4, 0])]
)
def test_borders_stand_on_the_pages_that_the_section_names(
    lay: Any, wml: Any, printed: Any, display: str, seen: list[int]
) -> None:
    said = bordered(f'w:display="{display}"')
    data = printed(
        lay(wml.paragraph("甲") + BREAK + wml.paragraph("乙") + ended(said) + wml.paragraph("丙"), said)
    ).data
    assert [len(border_lines(data, page)) for page in range(3)] == seen


def test_borders_of_pictures_are_named_and_say_nothing(lay: Any, wml: Any, printed: Any) -> None:
    paper = lay(wml.paragraph("甲"), bordered(style="apples"))
    assert any("页面边框的图案" in problem.message for problem in paper.problems)
    assert border_lines(printed(paper).data) == []


def test_borders_are_none_of_the_content(lay: Any, wml: Any, printed: Any) -> None:
    running = {name: wml.part(root, wml.paragraph(text)) for name, (root, text) in HEADED.items()}
    table = wml.table([wml.cell("格", width=4000)], columns=[4000])
    found = read_tagged(printed(lay(wml.paragraph("甲") + table, bordered(), **running)).data)
    assert found.faults == []
    assert [node.text for node in found.root.all("P", "TD")] == ["甲", "格"]


@pytest.mark.parametrize(("space", "told"), [(24, []), (60, ["mark.zone"])])
def test_borders_in_the_place_of_a_mark_are_told(lay_out: Any, wml: Any, space: int, told: list[str]) -> None:
    """The code of a page that is crossed by a line cannot be read from its scan."""
    paper = lay_out(wml.paragraph("甲"), section=wml.A4 + bordered('w:offsetFrom="page"', space=space))
    assert [problem.code for problem in paper.problems] == told
    assert all("请去掉页面边框" in problem.message for problem in paper.problems)  # margins would not help


@pytest.mark.parametrize(
    ("said", "is_drawn"),
    [
        ((11900, 16840), (11906, 16838)),
        ((11895, 16850), (11906, 16850)),
        ((11893, 16851), (11893, 16851)),
        ((11918, 16826), (11918, 16826)),
        ((12250, 15830), (12240, 15840)),
        ((7370, 10430), (7370, 10440)),
        ((8390, 11900), (8391, 11906)),
        ((9000, 9000), (9000, 9000)),
    ],
)
def test_a_sheet_that_is_nearly_a_known_one_is_that_one(
    lay_out: Any, wml: Any, said: tuple[int, int], is_drawn: tuple[int, int]
) -> None:
    """Seen: sides within a fifth of a millimetre; some programs write A4 as 11900 by 16840."""
    paper = lay_out(wml.paragraph("甲"), section=f'<w:pgSz w:w="{said[0]}" w:h="{said[1]}"/>')
    page = paper.pages[0]
    assert (round(page.width_pt * 20), round(page.height_pt * 20)) == is_drawn


@pytest.mark.parametrize(
    ("pitch", "height", "lines"),
    [(423, 16840, 32), (423, 16851, 33), (400, 16480, 33), (400, 16490, 34), (391, 16571, 34), (312, 16608, 44)],
)
def test_a_page_holds_as_many_lines_of_its_grid_as_twips_and_hundredths_of_millimetres_both_allow(
    lay_out: Any, wml: Any, pitch: int, height: int, lines: int
) -> None:
    """Seen; 33 lines of 423 twips would have room on 16840, but not on the A4 sheet that it is taken for."""
    section = (
        f'<w:pgSz w:w="11906" w:h="{height}"/><w:pgMar w:top="1440" w:right="1800" w:bottom="1440" w:left="1800"/>'
        f'<w:docGrid w:type="lines" w:linePitch="{pitch}"/>'
    )
    body = "".join(wml.paragraph(f"行{i}", run='<w:sz w:val="14"/>') for i in range(60))
    assert len(lay_out(body, section=section, styles=wml.SMALL).pages[0].lines) == lines


@pytest.mark.parametrize("side", ALL)
def test_a_border_between_two_marks_is_not_told(lay_out: Any, wml: Any, side: str) -> None:
    """A line at the edge of the paper whose ends are far from its corners."""
    margins = dict.fromkeys(("top", "right", "bottom", "left"), 2600) | {side: 1000}
    said = " ".join(f'w:{name}="{width}"' for name, width in margins.items())
    section = f'<w:pgSz w:w="11906" w:h="16838"/><w:pgMar {said}/>'
    assert lay_out(wml.paragraph("\n" * 6 + "甲"), section=section + bordered(sides=(side,))).problems == ()


@pytest.mark.parametrize("said", ["nan", "inf", "-inf", "1e999"])
def test_a_length_that_is_no_number_is_as_if_it_were_not_said(lay_out: Any, wml: Any, said: str) -> None:
    section = (
        f'<w:pgSz w:w="{said}" w:h="{said}"/><w:pgMar w:top="1440" w:right="{said}" w:bottom="1440" w:left="1440"/>'
        f'<w:docGrid w:type="lines" w:linePitch="{said}"/>'
    )
    table = wml.table([wml.cell(wml.paragraph("格"))], columns=[2000])
    wide = table.replace("<w:tblPr>", f'<w:tblPr><w:tblW w:w="{said}" w:type="dxa"/>')
    assert said in wide
    page = lay_out(wml.paragraph("甲") + wide, section=section).pages[0]
    assert (page.width_pt, page.height_pt) == (612, 792)
    assert [line.text for line in page.lines] == ["甲", "格"]
