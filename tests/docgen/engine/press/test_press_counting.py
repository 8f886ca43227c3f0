"""Automatic numbers and numbers of pages, however often what they stand in is laid out; as LibreOffice counts them."""

from __future__ import annotations

from typing import Any

import pytest

NUMBER = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
DOWN = '<w:textDirection w:val="tbRlV"/>'
HIGH = '<w:trPr><w:trHeight w:val="1400"/></w:trPr>'
TWO_COLUMNS = '<w:cols w:num="2" w:space="425"/>'


@pytest.fixture
def lines(lay_out: Any, wml: Any) -> Any:
    """The lines of every page, sorted; numbers and what they stand before are one."""

    def found(body: str, **parts: str) -> list[list[str]]:
        paper = lay_out(body, styles=wml.SMALL, numbering=wml.NUMBERING, **parts)
        return [sorted(line.text for line in page.lines) for page in paper.pages]

    return found


def plain(body: str) -> str:
    return body


def parsed(body: str) -> str:
    """A content control is not planned but parsed."""
    return f"<w:sdt><w:sdtContent>{body}</w:sdtContent></w:sdt>"


def boxed(wml: Any, content: str, text: str, properties: str = "", *, wrap: str = "Square") -> str:
    return str(wml.around(wml.anchored(wml.shape(90, 60, content), 90, 60, wrap=wrap), text, properties))


@pytest.mark.parametrize("wrap", ["None", "Square"])
def test_text_boxes_count_by_themselves_all_together(lines: Any, wml: Any, wrap: str) -> None:
    """What stands beside one is laid out twice, and counts once."""
    first = boxed(wml, wml.paragraph("盒", NUMBER), "乙", NUMBER, wrap=wrap)
    second = boxed(wml, wml.paragraph("子", NUMBER) + wml.paragraph("孙", NUMBER), "丙", NUMBER, wrap=wrap)
    body = wml.paragraph("甲", NUMBER) + first + wml.paragraph("\n" * 5) + second
    assert lines(body) == [["1、甲", "1、盒", "2、乙", "2、子", "3、丙", "3、孙"]]


def test_a_box_in_a_box_counts_on_however_often_they_are_laid_out(lines: Any, wml: Any) -> None:
    inner = boxed(wml, wml.paragraph("内", NUMBER), "外", NUMBER)
    body = wml.table([wml.cell(boxed(wml, inner, "甲", NUMBER), width=6000)], columns=[6000])
    assert lines(body + wml.paragraph("乙", NUMBER)) == [["1、外", "1、甲", "2、乙", "2、内"]]


def test_every_header_and_footer_counts_by_itself_and_alike_on_every_page(lines: Any, wml: Any) -> None:
    running = {
        name: wml.part(root, wml.paragraph(name, NUMBER)) for name, root in (("header", "hdr"), ("footer", "ftr"))
    }
    body = wml.paragraph("甲", NUMBER) + wml.paragraph("乙", f"<w:pageBreakBefore/>{NUMBER}")
    assert lines(body, **running) == [["1、footer", "1、header", "1、甲"], ["1、footer", "1、header", "2、乙"]]


def test_notes_count_by_themselves(lines: Any, wml: Any) -> None:
    notes = wml.notes(["注"]).replace(
        "<w:p><w:r><w:footnoteRef/>", f"<w:p><w:pPr>{NUMBER}</w:pPr><w:r><w:footnoteRef/>"
    )
    body = wml.paragraph("甲", NUMBER) + wml.calling("乙", 1) + wml.paragraph("丙", NUMBER)
    assert lines(body, footnotes=notes) == [["1、1 注", "1、甲", "2、丙", "乙1"]]


@pytest.mark.parametrize("height", ["", HIGH])
def test_numbers_in_turned_cells_count_once_and_where_they_stand(lines: Any, wml: Any, height: str) -> None:
    """Though a cell is set when its row is placed, and again on every page that repeats it."""
    head = "<w:trPr><w:tblHeader/></w:trPr>" + wml.cell(wml.paragraph("题", NUMBER), properties=DOWN)
    turned = height + wml.cell(wml.paragraph("甲", NUMBER), properties=DOWN)
    rows = [head, turned, *[wml.cell("格")] * 60]
    first, second = lines(wml.table(rows, columns=[2000]) + wml.paragraph("乙", NUMBER))
    assert "".join(first + second).replace("格", " ").split() == ["1、题2、甲", "1、题3、乙"]


@pytest.mark.parametrize("section", ["", TWO_COLUMNS])
def test_a_table_that_says_its_page_counts_its_numbers_once(lines: Any, wml: Any, section: str) -> None:
    """Columns of equal height are filled again and again."""
    page = f"<w:p>{wml.field('PAGE')}</w:p>"
    ended = f"<w:p><w:pPr><w:sectPr>{wml.A4}{section}</w:sectPr></w:pPr></w:p>"
    table = wml.table([wml.cell(wml.paragraph("甲", NUMBER)), wml.cell(page)], columns=[2000])
    body = wml.paragraph("首", NUMBER) + table + ended + wml.paragraph("乙", NUMBER)
    found = lines(body, section=f'<w:type w:val="continuous"/>{wml.A4}')
    assert found == [["1", "1、首", "2、甲", "3、乙"]]


@pytest.mark.parametrize("way", [plain, parsed])
@pytest.mark.parametrize("name", ["header", "footer"])
@pytest.mark.parametrize("place", ["paragraph", "nested table", "text box", "box in a nested table", "turned cell"])
def test_every_page_says_its_own_number(lines: Any, wml: Any, way: Any, name: str, place: str) -> None:
    page = f"<w:p>{wml.field('PAGE')}</w:p>"
    box = boxed(wml, page, "")

    def nested(content: str) -> str:
        inner = wml.table([wml.cell(content)], columns=[2500])
        return str(wml.table([wml.cell(inner + "<w:p/>")], columns=[3000]))

    content = {
        "paragraph": page,
        "nested table": nested(page),
        "text box": box,
        "box in a nested table": nested(box),
        "turned cell": wml.table([HIGH + wml.cell(page, properties=DOWN)], columns=[2000]),
    }[place]
    body = wml.paragraph("\n", "<w:pageBreakBefore/>") * 3
    assert lines(body, **{name: wml.part("hdr" if name == "header" else "ftr", way(content))}) == [["1"], ["2"], ["3"]]


def test_a_turned_cell_of_a_header_stands_off_the_grid(lay_out: Any, wml: Any) -> None:
    """As everything in headers does."""
    table = wml.part("hdr", wml.table([HIGH + wml.cell("甲乙", properties=DOWN)], columns=[2000]))
    grid = '<w:docGrid w:type="linesAndChars" w:linePitch="400" w:charSpace="8000"/>'
    sizes = [
        [(line.width, line.height) for line in paper.pages[0].lines]
        for paper in (lay_out("<w:p/>", styles=wml.SMALL, section=wml.A4 + said, header=table) for said in ("", grid))
    ]
    assert sizes[0] == sizes[1] != []
