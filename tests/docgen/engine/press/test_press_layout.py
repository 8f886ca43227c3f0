"""Where things stand: lines, tables, pages, headers, measured in millimetres from the upper left corner."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from docgen.engine.press import UnreadableDocxError
from docgen.engine.press.model.numerals import chinese, number_text

PT = 25.4 / 72


def texts(paper: Any, page: int = 0) -> list[str]:
    return [line.text for line in paper.pages[page].lines]


def lefts(paper: Any) -> list[float]:
    """Return where lines begin, in points."""
    return [round(line.x / PT, 1) for line in paper.pages[0].lines]


def test_official_grid_gives_22_lines_of_28_characters(lay_out: Any, wml: Any) -> None:
    # GB/T 9704—2012: 28 characters of 3号 (16 pt) in 156 mm need slightly less than 16 pt each
    styles = wml.STYLES.replace('<w:spacing w:line="560" w:lineRule="exact"/>', "")
    section = wml.A4 + '<w:docGrid w:type="linesAndChars" w:linePitch="579" w:charSpace="-849"/>'
    paper = lay_out(wml.paragraph("字" * 28 * 23), section=section, styles=styles)
    assert [len(page.lines) for page in paper.pages] == [21, 2]
    assert all(len(text) == 28 for page in (0, 1) for text in texts(paper, page))


def test_exact_leading_puts_lines_at_the_asked_distance(lay_out: Any, wml: Any) -> None:
    paper = lay_out(wml.paragraph("字" * 100))
    tops = [line.y for line in paper.pages[0].lines]
    assert tops[0] == pytest.approx(37, abs=0.05)
    assert {round(b - a, 1) for a, b in pairwise(tops)} == {round(28 * PT, 1)}


def test_indent_in_characters_counts_the_size_of_the_text(lay_out: Any, wml: Any) -> None:
    body = wml.paragraph("字" * 60, '<w:ind w:firstLineChars="200"/>', '<w:sz w:val="24"/>')
    first, second, *_ = lay_out(body).pages[0].lines
    assert first.x - second.x == pytest.approx(2 * 12 * PT, abs=0.05)


@pytest.mark.parametrize(
    ("align", "left"), [("left", 28.0), ("center", 28 + 156 / 2 - 16 * PT), ("right", 184 - 32 * PT)]
)
def test_alignment(lay_out: Any, wml: Any, align: str, left: float) -> None:
    (line,) = lay_out(wml.paragraph("两字", f'<w:jc w:val="{align}"/>')).pages[0].lines
    assert line.x == pytest.approx(left, abs=0.1)


def test_letters_stand_a_fifth_of_an_em_from_ideographs_but_not_from_signs(lay_out: Any, wml: Any) -> None:
    widths = {}
    for text in ("字A", "字A字", "字，A"):
        (line,) = lay_out(wml.paragraph(text)).pages[0].lines
        widths[text] = line.width
    em = 16 * PT
    assert widths["字A字"] - widths["字A"] == pytest.approx(1.2 * em, abs=0.03)
    assert widths["字，A"] - widths["字A"] == pytest.approx(0.8 * em, abs=0.03)


def test_tabs_go_to_their_stops_from_the_left_the_middle_and_the_right(lay_out: Any, printed: Any) -> None:
    stops = '<w:tabs><w:tab w:val="center" w:pos="3000"/><w:tab w:val="right" w:pos="8000" w:leader="dot"/></w:tabs>'
    body = f"<w:p><w:pPr>{stops}</w:pPr><w:r><w:t>左</w:t><w:tab/><w:t>中中</w:t><w:tab/><w:t>右右</w:t></w:r></w:p>"
    paper = lay_out(body)
    (line,) = paper.pages[0].lines
    assert line.text == "左\t中中\t右右"
    assert line.x + line.width == pytest.approx(28 + 400 * PT, abs=0.1)
    assert printed(paper).text() == "左中中右右"


def test_style_is_inherited_and_direct_settings_go_before_it(lay_out: Any, wml: Any) -> None:
    styles = wml.STYLES.replace(
        "</w:styles>",
        '<w:style w:type="paragraph" w:styleId="a"><w:name w:val="a"/><w:pPr><w:jc w:val="right"/></w:pPr>'
        '<w:rPr><w:sz w:val="20"/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="b"><w:name w:val="b"/><w:basedOn w:val="a"/>'
        '<w:rPr><w:sz w:val="40"/></w:rPr></w:style></w:styles>',
    )
    body = wml.paragraph("子", '<w:pStyle w:val="b"/>') + wml.paragraph(
        "子", '<w:pStyle w:val="b"/><w:jc w:val="left"/>'
    )
    right, left = lay_out(body, styles=styles).pages[0].lines
    assert right.x + right.width == pytest.approx(184, abs=0.05)
    assert left.x == pytest.approx(28, abs=0.05)
    assert left.width == pytest.approx(20 * PT, abs=0.05)


def test_bookmark_in_a_cell_is_reported_as_the_cells_rectangle(lay_out: Any, wml: Any) -> None:
    place = '<w:p><w:bookmarkStart w:id="1" w:name="sign_father"/><w:bookmarkEnd w:id="1"/></w:p>'
    height = '<w:trPr><w:trHeight w:val="1134" w:hRule="exact"/></w:trPr>'
    rows = [height + wml.cell("甲"), height + wml.cell("签名") + wml.cell(place, width=3402)]
    paper = lay_out(wml.table(rows, columns=[2268, 3402], properties='<w:tblInd w:w="108" w:type="dxa"/>'))
    page, box = paper.boxes["sign_father"]
    assert page == 1
    assert (box.x, box.y) == pytest.approx((28 + 40, 37 + 20), abs=0.15)
    assert (box.width, box.height) == pytest.approx((60, 20), abs=0.15)


def test_bookmark_in_a_line_is_reported_as_the_line(lay_out: Any) -> None:
    paper = lay_out('<w:p><w:r><w:t>签名：</w:t></w:r><w:bookmarkStart w:id="1" w:name="seal_village"/></w:p>')
    _, box = paper.boxes["seal_village"]
    assert (box.x, box.y) == pytest.approx((28, 37), abs=0.05)
    assert box.height == pytest.approx(28 * PT, abs=0.05)


def test_cell_merged_over_rows_and_columns_holds_its_text_once(lay_out: Any, wml: Any) -> None:
    rows = [
        wml.cell("儿童", properties='<w:vMerge w:val="restart"/><w:vAlign w:val="center"/>')
        + wml.cell("甲乙", properties='<w:gridSpan w:val="2"/>'),
        wml.cell("不见", properties="<w:vMerge/>") + wml.cell("丙") + wml.cell("丁"),
    ]
    lines = {line.text: line for line in lay_out(wml.table(rows, columns=[2000] * 3)).pages[0].lines}
    assert lines.keys() == {"儿童", "甲乙", "丙", "丁"}
    middle = lines["儿童"].y + lines["儿童"].height / 2
    assert middle == pytest.approx((lines["甲乙"].y + lines["丁"].y + lines["丁"].height) / 2, abs=0.3)


def test_header_rows_stand_again_on_every_page_and_no_row_is_lost(lay_out: Any, wml: Any) -> None:
    head = "<w:trPr><w:tblHeader/></w:trPr>" + wml.cell("表头")
    rows = [head, *(wml.cell(f"第{i}行") for i in range(60))]
    paper = lay_out(wml.table(rows, columns=[4000]))
    assert len(paper.pages) > 2
    assert all(texts(paper, page)[0] == "表头" for page in range(len(paper.pages)))
    body = [text for page in range(len(paper.pages)) for text in texts(paper, page) if text != "表头"]
    assert body == [f"第{i}行" for i in range(60)]


@pytest.mark.parametrize(("row", "moves"), [("", False), ("<w:trPr><w:cantSplit/></w:trPr>", True)])
def test_row_runs_over_the_end_of_the_page_unless_it_may_not(lay_out: Any, wml: Any, row: str, *, moves: bool) -> None:
    body = wml.paragraph("字" * 27 * 15) + wml.table([row + wml.cell("内" * 11 * 12, width=4000)], columns=[4000])
    paper = lay_out(body)
    assert len(paper.pages) == 2
    assert ("内" not in paper.pages[0].text) is moves


def test_heading_kept_with_next_goes_over_with_its_text(lay_out: Any, wml: Any) -> None:
    filler = "".join(wml.paragraph("字") for _ in range(21))
    paper = lay_out(filler + wml.paragraph("标题", "<w:keepNext/>") + wml.paragraph("字" * 100))
    assert texts(paper, 1)[0] == "标题"


def test_no_single_line_is_left_behind_or_sent_ahead(lay_out: Any, wml: Any) -> None:
    for before in range(17, 24):
        filler = "".join(wml.paragraph("前") for _ in range(before))
        paper = lay_out(filler + wml.paragraph("段" * 27 * 4))
        counts = [sum("段" in text for text in texts(paper, page)) for page in range(len(paper.pages))]
        assert 1 not in counts


def test_page_break_begins_a_page_and_none_is_empty(lay_out: Any, wml: Any) -> None:
    broken = '<w:p><w:r><w:t>一</w:t><w:br w:type="page"/></w:r></w:p>'
    paper = lay_out(broken + wml.paragraph("二") + wml.paragraph("三", "<w:pageBreakBefore/>"))
    assert paper.text == "一\f二\f三"


def test_page_numbers_are_those_of_the_paper_and_not_what_word_stored(lay_out: Any, wml: Any) -> None:
    xmlns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    page, pages = (
        f"<w:r><w:t>{text}</w:t></w:r>{wml.field(kind)}" for text, kind in (("第", "PAGE"), ("页共", "NUMPAGES"))
    )
    footer = f"<w:ftr {xmlns}><w:p>{page}{pages}</w:p></w:ftr>"
    body = wml.paragraph("字" * 27 * 40) + f"<w:p>{wml.field('NUMPAGES')}</w:p>"
    paper = lay_out(body, footer=footer)
    assert [texts(paper, page)[-1] for page in (0, 1)] == ["第1页共2", "第2页共2"]
    assert texts(paper, 1)[-2] == "2"


def test_landscape_section_follows_an_upright_one(lay_out: Any, wml: Any) -> None:
    upright = f"<w:p><w:pPr><w:sectPr>{wml.A4}</w:sectPr></w:pPr><w:r><w:t>竖</w:t></w:r></w:p>"
    across = '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>'
    first, second = lay_out(upright + wml.paragraph("横"), section=across).pages
    assert first.height_pt > first.width_pt
    assert second.width_pt > second.height_pt
    assert (first.text, second.text) == ("竖", "横")


def test_tall_header_pushes_the_text_down(lay_out: Any, wml: Any) -> None:
    xmlns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    header = f"<w:hdr {xmlns}>{''.join(wml.paragraph('眉') for _ in range(6))}</w:hdr>"
    lines = lay_out(wml.paragraph("正文"), header=header).pages[0].lines
    assert [line.text for line in lines] == ["眉"] * 6 + ["正文"]
    assert lines[-1].y == pytest.approx(36 * PT + 6 * 28 * PT, abs=0.1)


def test_automatic_numbers_count_on_and_begin_again_below_their_heading(lay_out: Any, wml: Any) -> None:
    xmlns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    level = (
        '<w:lvl w:ilvl="{}"><w:start w:val="1"/><w:numFmt w:val="{}"/><w:suff w:val="nothing"/>'
        '<w:lvlText w:val="{}"/></w:lvl>'
    )
    numbering = (
        f'<w:numbering {xmlns}><w:abstractNum w:abstractNumId="0">{level.format(0, "chineseCounting", "%1、")}'
        f"{level.format(1, 'chineseCounting', '（%2）')}</w:abstractNum>"
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    at = '<w:numPr><w:ilvl w:val="{}"/><w:numId w:val="1"/></w:numPr>'
    body = "".join(wml.paragraph("项", at.format(i)) for i in (0, 1, 1, 0, 1))
    assert texts(lay_out(body, numbering=numbering)) == ["一、项", "（一）项", "（二）项", "二、项", "（一）项"]


@pytest.mark.parametrize(
    ("levels", "labels"),
    [
        ((1, 1, 0, 1), ("1.1", "1.2", "2", "2.1")),
        ((2, 1, 0, 2), ("1.1.1", "1.2", "2", "2.1.1")),
        ((0, 2, 2, 1, 2, 0), ("1", "1.1.1", "1.1.2", "1.2", "1.2.1", "2")),
    ],
)
def test_a_level_that_was_skipped_counts_as_one(
    lay_out: Any, wml: Any, levels: tuple[int, ...], labels: tuple[str, ...]
) -> None:
    """As LibreOffice was seen to count, and Word in the contents it had written."""
    xmlns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    level = (
        '<w:lvl w:ilvl="{}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:suff w:val="nothing"/>'
        '<w:lvlText w:val="{}"/></w:lvl>'
    )
    patterns = "".join(level.format(i, pattern) for i, pattern in enumerate(("%1", "%1.%2", "%1.%2.%3")))
    numbering = (
        f'<w:numbering {xmlns}><w:abstractNum w:abstractNumId="0">{patterns}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    at = '<w:numPr><w:ilvl w:val="{}"/><w:numId w:val="1"/></w:numPr>'
    body = "".join(wml.paragraph("项", at.format(i)) for i in levels)
    assert texts(lay_out(body, numbering=numbering)) == [f"{label}项" for label in labels]


def test_a_list_goes_before_the_style_with_its_indents_though_it_says_none(lay_out: Any, wml: Any) -> None:
    """Seen in LibreOffice: the first line stands at the margin, not 21 points from it as the style says."""
    xmlns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    numbering = (
        f'<w:numbering {xmlns}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="decimal"/><w:suff w:val="nothing"/><w:lvlText w:val="%1"/></w:lvl>'
        '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    styles = wml.STYLES.replace(
        "</w:styles>",
        '<w:style w:type="paragraph" w:styleId="L"><w:name w:val="List Paragraph"/>'
        '<w:pPr><w:ind w:firstLine="420" w:firstLineChars="200"/></w:pPr></w:style></w:styles>',
    )
    listed = '<w:pStyle w:val="L"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>{}'
    body = "".join(wml.paragraph("项", listed.format(more)) for more in ("", '<w:ind w:firstLineChars="0"/>'))
    paper = lay_out(body, numbering=numbering, styles=styles)
    assert lefts(paper) == lefts(lay_out(wml.paragraph("项"))) * 2


def test_a_hidden_paragraph_takes_no_room_and_its_number_counts(lay_out: Any, wml: Any) -> None:
    """What Word leaves behind where a list of several levels was copied; LibreOffice counts and hides it as well."""
    xmlns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    numbering = (
        f'<w:numbering {xmlns}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="decimal"/><w:suff w:val="nothing"/><w:lvlText w:val="%1"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    hidden = f"<w:p><w:pPr>{numbered}<w:rPr><w:vanish/></w:rPr></w:pPr></w:p>"
    plain = wml.paragraph("项", numbered)
    assert texts(lay_out(plain + plain, numbering=numbering)) == ["1项", "2项"]
    paper = lay_out(plain + hidden * 3 + plain, numbering=numbering)
    assert texts(paper) == ["1项", "5项"]
    first, second = paper.pages[0].lines
    assert second.y - first.y == pytest.approx(28 * PT, abs=0.1)
    cells = wml.table([wml.cell(plain + hidden + plain, width=3000)], columns=[3000])
    assert texts(lay_out(cells, numbering=numbering)) == ["1项", "3项"]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (101, "一百\u3007一"),
        (110, "一百一十"),
        (1005, "一千\u3007五"),
    ],
)
def test_chinese_numbers_are_written_as_they_are_said(number: int, text: str) -> None:
    assert chinese(number) == text


def test_numbers_in_other_formats() -> None:
    assert number_text(4, "upperRoman") == "IV"
    assert number_text(28, "lowerLetter") == "bb"
    assert number_text(3, "decimalEnclosedCircleChinese") == "③"


def test_text_of_a_wrapped_paragraph_is_joined_as_it_was_written(lay_out: Any, wml: Any) -> None:
    paper = lay_out(wml.paragraph("字" * 40 + "，完。") + wml.paragraph("word " * 40 + "end"))
    assert paper.text == "字" * 40 + "，完。\n" + "word " * 40 + "end"


def test_laid_paper_comes_back_from_json(lay_out: Any, wml: Any) -> None:
    paper = lay_out(wml.paragraph("字" * 100) + wml.table([wml.cell("格")], columns=[2000]))
    again = type(paper).from_json(paper.to_json())
    assert again.to_json() == paper.to_json()
    assert again.text == paper.text
    with pytest.raises(ValueError, match="laid paper"):
        type(paper).from_json("{}")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04rubbish", b"%PDF-1.7"])
def test_what_is_no_docx_is_refused_in_one_sentence(press: Any, data: bytes) -> None:
    with pytest.raises(UnreadableDocxError) as refusal:
        press.lay_out(data, name="某模板")
    assert "某模板" in str(refusal.value)
