"""Where lines end and how far apart they stand: what LibreOffice was seen to do, rule by rule."""

from __future__ import annotations

import subprocess
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest

from docgen.engine.press.fonts.book import HALF_DASH, LONE_DASH
from docgen.engine.press.model.formats import RunFormat
from docgen.engine.press.setting.pens import PenCase
from docgen.engine.press.setting.scripts import Scripts

if TYPE_CHECKING:
    from pathlib import Path

NUMBERS = "一二三四五六七八九十" * 6
GRID = '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1800" w:bottom="1440" w:left="1800"/>'
PITCH = 15.6
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.fixture
def lay(lay_out: Any, wml: Any) -> Any:
    """Lay out in 10.5 points with single leading."""
    return lambda body, **parts: lay_out(body, **{"styles": wml.SMALL, "section": GRID} | parts)


def ends(paper: Any) -> list[str]:
    return [line.text[-1] for page in paper.pages for line in page.lines]


def steps(paper: Any) -> list[float]:
    """Return the distances between the upper edges of lines, in points."""
    tops = [line.y / 25.4 * 72 for line in paper.pages[0].lines]
    return [round(b - a, 1) for a, b in pairwise(tops)]


@pytest.mark.parametrize("sign", "，。、；：！？")
def test_one_sign_stands_outside_the_edge_and_no_more(lay: Any, wml: Any, sign: str) -> None:
    # 39 characters of 10.5 points fill the line of 415.3
    hung = lay(wml.paragraph(NUMBERS[:39] + sign + NUMBERS[:10]))
    assert [len(line.text) for line in hung.pages[0].lines] == [40, 10]
    two = lay(wml.paragraph(NUMBERS[:39] + sign * 2 + "后"))
    assert [len(line.text) for line in two.pages[0].lines] == [38, 4]


@pytest.mark.parametrize(
    ("properties", "run"),
    [
        ("<w:overflowPunct/>", ""),
        ("", '<w:lang w:eastAsia="en-US"/>'),
        ("", '<w:lang w:eastAsia="zh-Hans"/>'),
    ],
)
def test_no_sign_hangs_where_it_is_forbidden_or_the_language_is_another(
    lay: Any, wml: Any, properties: str, run: str
) -> None:
    paper = lay(wml.paragraph(NUMBERS[:39] + "，后", properties, run))
    assert [len(line.text) for line in paper.pages[0].lines] == [38, 3]


def test_whether_signs_hang_is_read_as_libreoffice_reads_it(lay: Any, wml: Any) -> None:
    text = NUMBERS[:39] + "，后"
    plain, off = (lay(wml.paragraph(text, said)) for said in ("", '<w:overflowPunct w:val="0"/>'))
    assert [len(line.text) for line in off.pages[0].lines] == [len(line.text) for line in plain.pages[0].lines]


def test_indents_in_twips_go_before_those_in_characters_that_stand_beside_them(lay: Any, wml: Any) -> None:
    both, only = (
        lay(wml.paragraph("甲", f"<w:ind {said}/>")).pages[0].lines[0].x
        for said in ('w:firstLineChars="200" w:firstLine="200"', 'w:firstLineChars="200"')
    )
    plain = lay(wml.paragraph("甲")).pages[0].lines[0].x
    assert [round((x - plain) / 25.4 * 72, 1) for x in (both, only)] == [10, 21]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('地址。");然后', '。");'),
        ("甲（abc，def。ghi", "abc，def。ghi"),
        ("a b/cccccccc", "b/cccccccc"),
        ("（a）b（ab）cd", "（a）b（ab）cd"),
    ],
)
def test_what_belongs_together_is_not_parted(lay: Any, wml: Any, text: str, kept: str) -> None:
    for lead in range(24, 40):
        paper = lay(wml.paragraph("字" * lead + text + "尾尾"))
        assert any(kept in line.text for line in paper.pages[0].lines), lead


def test_a_long_address_is_parted_after_a_slash(lay: Any, wml: Any) -> None:
    paper = lay(wml.paragraph("字" * 24 + "http://www.example.com/services/abc"))
    assert ends(paper)[0] == "/"


def test_a_long_path_after_a_blank_is_cut_where_the_line_is_full(lay: Any, wml: Any) -> None:
    """Seen in LibreOffice, which looks for the blank behind the slash and has it on the line before."""
    path = "http://www.example.com/path/to/some/very/long/addresses/that/go/on/for/ever"
    texts = [line.text for line in lay(wml.paragraph("字" * 20 + " " + path)).pages[0].lines]
    assert texts[0] == "字" * 20
    assert not texts[1].endswith("/")
    assert "".join(texts[1:]) == path


@pytest.mark.parametrize(("first", "ended"), [("中文-", "中文-"), ("abc-", "abc-"), ("-", "-")])
def test_a_word_of_another_look_begins_a_line_where_it_would_within_one_word(
    lay: Any, wml: Any, first: str, ended: str
) -> None:
    """Seen: the sign ends its line, and the long word after it is cut on the next one."""
    small = '<w:rPr><w:sz w:val="19"/></w:rPr>'
    runs = f"<w:r><w:t>{first}</w:t></w:r><w:r>{small}<w:t>PlacerAssigningAuthority</w:t></w:r>"
    paper = lay(wml.table([wml.cell(f"<w:p>{runs}</w:p>")], columns=[2000]))
    assert [line.text for line in paper.pages[0].lines] == [ended, "PlacerAssigningAu", "thority"]


def test_latin_letters_said_to_be_chinese_are_parted_anywhere(lay: Any, wml: Any) -> None:
    text = "字" * 35 + "abcdefghijklmnop"
    whole = lay(wml.paragraph(text))
    parted = lay(wml.paragraph(text, run='<w:lang w:val="zh-CN"/>'))
    assert whole.pages[0].lines[1].text == "abcdefghijklmnop"
    assert len(parted.pages[0].lines[0].text) > 38


def test_a_larger_leading_stands_below_its_line_and_not_at_the_foot_of_a_page(lay: Any, wml: Any) -> None:
    double = '<w:spacing w:line="480" w:lineRule="auto"/>'
    paper = lay(wml.paragraph("甲", double) + wml.paragraph("乙") + wml.paragraph("丙"))
    first, second = steps(paper)
    assert first == pytest.approx(2 * second, abs=0.15)
    assert paper.pages[0].lines[0].y == lay(wml.paragraph("甲")).pages[0].lines[0].y


def test_lines_on_a_grid_take_whole_steps_in_the_middle_of_the_page(lay: Any, wml: Any) -> None:
    section = GRID + '<w:docGrid w:type="lines" w:linePitch="312"/>'
    small = wml.paragraph("小")
    body = small + wml.paragraph("大", '<w:spacing w:line="560" w:lineRule="exact"/>', '<w:sz w:val="32"/>') + small
    paper = lay(body + "<w:p><w:pPr><w:rPr><w:sz w:val='48'/></w:rPr></w:pPr></w:p>" + small, section=section)
    assert steps(paper) == [PITCH, 2 * PITCH, 2 * PITCH]
    assert paper.pages[0].lines[0].y / 25.4 * 72 == pytest.approx(72 + (697.9 % PITCH) / 2, abs=0.1)


def test_spaces_between_paragraphs_are_shared_unless_the_document_adds_them_up(lay: Any, wml: Any) -> None:
    body = (
        wml.paragraph("甲", '<w:spacing w:after="200"/>')
        + wml.paragraph("乙", '<w:spacing w:before="260"/>')
        + wml.paragraph("丙")
    )
    shared, plain = steps(lay(body, settings=f"<w:settings {W}/>"))
    assert shared - plain == pytest.approx(13, abs=0.15)
    adding = f"<w:settings {W}><w:compat><w:doNotUseHTMLParagraphAutoSpacing/></w:compat></w:settings>"
    added, plain = steps(lay(body, settings=adding))
    assert added - plain == pytest.approx(23, abs=0.15)


def test_automatic_space_is_what_browsers_give_and_none_at_the_beginning(lay: Any, wml: Any) -> None:
    auto = '<w:spacing w:before="100" w:beforeAutospacing="1" w:after="100" w:afterAutospacing="1"/>'
    body = wml.paragraph("甲", auto) + wml.paragraph("乙", auto) + wml.paragraph("丙") + wml.paragraph("丁")
    paper = lay(body, settings=f"<w:settings {W}/>")
    first, second, plain = steps(paper)
    assert first == second == pytest.approx(plain + 14, abs=0.15)
    assert paper.pages[0].lines[0].y == lay(wml.paragraph("甲")).pages[0].lines[0].y


@pytest.mark.parametrize(
    ("marks", "spaces"),
    [
        ("-11-", (14, 0, 14)),
        ("-12-", (14, 14, 14)),
        ("1-1-", (14, 14, 14)),
        ("---1", (14, 14, 14)),
        ("1111", (0, 0, 0)),
    ],
)
def test_there_is_no_automatic_space_between_the_items_of_a_list(
    lay: Any, wml: Any, marks: str, spaces: tuple[int, ...]
) -> None:
    """Seen, on all levels of one list; browsers have it so, too."""
    auto = '<w:spacing w:before="100" w:beforeAutospacing="1" w:after="100" w:afterAutospacing="1"/>'
    level = '<w:lvl w:ilvl="{0}"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1"/></w:lvl>'
    lists = "".join(
        f'<w:abstractNum w:abstractNumId="{n}">{level.format(0)}{level.format(1)}</w:abstractNum>' for n in (1, 2)
    )
    lists += "".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>' for n in (1, 2))

    def item(i: int, mark: str) -> str:
        number = f'<w:numPr><w:ilvl w:val="{i % 2}"/><w:numId w:val="{mark}"/></w:numPr>' if mark != "-" else ""
        return str(wml.paragraph("甲", number + auto))

    rows = "".join(item(i, mark) for i, mark in enumerate(marks))
    settings, numbering = f"<w:settings {W}/>", f"<w:numbering {W}>{lists}</w:numbering>"
    [plain] = steps(lay(wml.paragraph("甲") * 2))
    free = steps(lay(rows, settings=settings, numbering=numbering))
    assert [step - plain for step in free] == pytest.approx(spaces, abs=0.2)
    cell = wml.table([wml.cell(rows, width=4000)], columns=[4000])
    held = steps(lay(cell, settings=settings, numbering=numbering))
    assert [step - plain for step in held] == pytest.approx(spaces, abs=0.2)


def test_a_line_of_blanks_is_as_high_as_its_styles_say(lay: Any, wml: Any) -> None:
    blanks = wml.paragraph("  　 ", "", '<w:sz w:val="72"/>')
    plain = wml.paragraph("甲")
    before, after, single = steps(lay(plain + blanks + plain + plain))
    assert before == after == pytest.approx(single, abs=0.15)


def test_a_paragraph_that_holds_nothing_but_a_section_takes_no_room(lay: Any, wml: Any) -> None:
    end = f"<w:p><w:pPr><w:sectPr>{GRID}</w:sectPr></w:pPr></w:p>"
    exact = wml.paragraph("甲", '<w:spacing w:line="6960" w:lineRule="exact"/>')
    full = exact + exact  # 696 of 697.9 points
    paper = lay(full + end + wml.paragraph("乙"))
    assert [page.lines[0].text for page in paper.pages] == ["甲", "乙"]
    alone = lay(end + wml.paragraph("乙"))
    assert len(alone.pages) == 2


SPACED = '<w:spacing w:before="480"/>'
BREAK = '<w:r><w:br w:type="page"/></w:r>'


@pytest.mark.parametrize(
    "body",
    [
        f"<w:p>{BREAK}</w:p><w:p><w:pPr>{SPACED}</w:pPr><w:r><w:t>乙</w:t></w:r></w:p>",
        f"<w:p><w:pPr>{SPACED}</w:pPr>{BREAK}<w:r><w:t>乙</w:t></w:r></w:p>",
        f"<w:p><w:pPr><w:pageBreakBefore/>{SPACED}</w:pPr><w:r><w:t>乙</w:t></w:r></w:p>",
    ],
)
def test_space_before_what_follows_a_page_break_is_kept_and_at_the_top_of_any_other_page_it_is_not(
    lay: Any, wml: Any, body: str
) -> None:
    plain = lay(wml.paragraph("甲")).pages[0].lines[0].y
    broken = lay(wml.paragraph("甲") + body)
    assert broken.pages[1].lines[0].y == pytest.approx(plain + 24 / 72 * 25.4, abs=0.05)
    full = wml.paragraph("甲", '<w:spacing w:line="6960" w:lineRule="exact"/>') * 2
    assert lay(full + wml.paragraph("乙", SPACED)).pages[1].lines[0].y == plain


def test_space_in_lines_is_twelve_points_each_and_gives_way_to_space_in_points(lay: Any, wml: Any) -> None:
    section = GRID + '<w:docGrid w:type="lines" w:linePitch="312"/>'
    said = ('w:beforeLines="100"', 'w:beforeLines="100" w:before="60"', 'w:before="60"')
    body = wml.paragraph("甲") + "".join(wml.paragraph("乙", f"<w:spacing {one}/>") for one in said)
    assert steps(lay(body, section=section)) == [pytest.approx(PITCH + more, abs=0.15) for more in (12, 3, 3)]


def test_lines_stand_in_whole_twips_and_leadings_are_whole_percents(lay: Any, wml: Any) -> None:
    def pitch(body: str) -> float:
        lines = lay(body).pages[0].lines
        return float(round((lines[30].y - lines[0].y) / 25.4 * 1440 / 30, 1))

    small = '<w:sz w:val="12"/>'
    assert pitch(wml.paragraph("甲", run=small) * 31) == 173  # of 172.44
    leading = '<w:spacing w:line="278" w:lineRule="auto"/>'
    assert pitch(wml.paragraph("甲", leading, small) * 31) == 198  # 115 percent


@pytest.mark.parametrize(("said", "room"), [("single", 1.0), ("double", 3.0)])
def test_content_of_a_row_begins_below_the_line_above_it(lay: Any, wml: Any, said: str, room: float) -> None:
    lines = "".join(f'<w:{side} w:val="{said}" w:sz="8"/>' for side in ("top", "bottom", "insideH"))
    row = f"<w:tr>{wml.cell(wml.paragraph('格'))}</w:tr>"
    grid = '<w:tblGrid><w:gridCol w:w="2000"/></w:tblGrid>'
    plain = f"<w:tbl><w:tblPr/>{grid}{row * 2}</w:tbl>"
    ruled = plain.replace("<w:tblPr/>", f"<w:tblPr><w:tblBorders>{lines}</w:tblBorders></w:tblPr>")
    around = wml.paragraph("甲")
    bare = steps(lay(around + plain + around))
    assert steps(lay(around + ruled + around)) == [pytest.approx(step + room, abs=0.15) for step in bare]


def test_a_page_break_just_before_the_end_of_a_section_leaves_no_page_blank(lay: Any, wml: Any) -> None:
    end = f"<w:p><w:pPr><w:sectPr>{GRID}</w:sectPr></w:pPr></w:p>"
    paper = lay(wml.paragraph("甲") + f"<w:p>{BREAK}</w:p>" + end + wml.paragraph("乙"))
    assert [page.lines[0].text for page in paper.pages] == ["甲", "乙"]


def test_a_first_section_that_says_it_goes_on_has_no_grid(lay: Any, wml: Any) -> None:
    section = GRID + '<w:docGrid w:type="lines" w:linePitch="312"/>'
    body = wml.paragraph("甲") + wml.paragraph("乙")
    end = f'<w:p><w:pPr><w:sectPr><w:type w:val="continuous"/>{section}</w:sectPr></w:pPr></w:p>'
    first, second = lay(body + end + body, section=section).pages
    assert [round((p.lines[1].y - p.lines[0].y) / 25.4 * 72, 1) for p in (first, second)] == [15.1, PITCH]


@pytest.mark.parametrize(
    ("said", "wide"),
    [
        ('w:w="5000" w:type="pct"', 415.3),
        ('w:w="50%" w:type="pct"', 207.65),
        ('w:w="6000" w:type="dxa"', 300),
        ('w:w="3000"', 150),
        ('w:w="0" w:type="dxa"', 200),
        ('w:w="3000" w:type="auto"', 200),
    ],
)
def test_a_table_that_says_its_width_has_its_grid_fitted_into_it(lay: Any, wml: Any, said: str, wide: float) -> None:
    """Seen, for a share of the column and for a length in twips."""
    cells = "".join(wml.cell(wml.paragraph(text)) for text in "左右")
    grid = '<w:tblGrid><w:gridCol w:w="1000"/><w:gridCol w:w="3000"/></w:tblGrid>'
    body = f"<w:tbl><w:tblPr><w:tblW {said}/></w:tblPr>{grid}<w:tr>{cells}</w:tr></w:tbl>{wml.paragraph('后')}"
    left, right = lay(body).pages[0].lines[:2]
    assert (right.x - left.x) / 25.4 * 72 == pytest.approx(wide / 4, abs=0.1)
    again = lay(body + wml.paragraph("又")).pages[0].lines[:2]  # planned, not parsed
    assert [line.x for line in again] == [left.x, right.x]


@pytest.mark.parametrize(("text", "ems"), [("国——国", 4), ("国—国", 3), ("国———国", 5), ("国————国", 6)])
def test_a_dash_takes_an_em_and_is_found_again(
    lay: Any, wml: Any, printed: Any, tmp_path: Path, *, text: str, ems: int
) -> None:
    """GB/T 15834—2011 §5.1.5; seen: the open faces have it narrower until it is set as Chinese."""
    paper = lay(wml.paragraph(text))
    assert paper.pages[0].lines[0].width / 25.4 * 72 == pytest.approx(ems * 10.5, abs=0.1)
    file = printed(paper)
    assert file.text() == file.text_by_pypdf() == text
    (tmp_path / "dash.pdf").write_bytes(file.data)
    read = subprocess.run(["pdftotext", tmp_path / "dash.pdf", "-"], check=True, capture_output=True, text=True)
    assert read.stdout.strip() == text


def test_a_double_dash_is_one_unbroken_line(lay: Any, wml: Any, printed: Any) -> None:
    data = printed(lay(wml.paragraph("——"))).data
    picture = pypdfium2.PdfDocument(data)[0].render(scale=4).to_pil().convert("L")
    left, top, right, bottom = picture.point(lambda light: 255 if light < 128 else 0).getbbox()
    assert right - left == pytest.approx(4 * 21, abs=3)
    row = [picture.getpixel((x, (top + bottom) // 2)) for x in range(left + 1, right - 1)]
    assert max(row) < 128


def test_no_text_can_ask_for_the_codes_of_dashes(press: Any) -> None:
    pen = PenCase(press.fonts).pen(RunFormat())
    assert pen.word("——", east=True).missing == ""
    assert pen.word(HALF_DASH, east=True).missing == HALF_DASH
    assert pen.word(f"—{LONE_DASH}", east=True).missing == LONE_DASH


@pytest.mark.parametrize(
    "text", ["国" * 10 + "。" + "国" * 7, "国" * 10 + "，" + "国" * 7, "国" * 7 + "JSON。" + "国" * 4]
)
def test_no_sign_hangs_out_of_a_cell(lay: Any, wml: Any, text: str) -> None:
    """Seen in cells whose inside is 105 to 110 points wide: what does not fit goes on with the character before."""
    for width in range(2320, 2421, 20):
        paper = lay(wml.table([wml.cell(wml.paragraph(text), width=width)], columns=[width]))
        first = paper.pages[0].lines[0]
        assert first.text[-1] not in "。，"
        assert first.width / 25.4 * 72 <= width / 20 - 10.8 + 0.1


@pytest.mark.parametrize(
    ("count", "tail", "first"),
    [
        (30, "（html）+家家家家", "（html）"),  # a closing bracket keeps letters and figures, not every sign
        (33, "）&a家家家家家", "）"),
        (32, "a，(a家家家家家", "a，"),
        (34, "`a`家家家家家家", ""),
        (33, "C++家家家家家家", "C+"),
        (32, "2007—2009年家家", "2007"),
        (33, "a/b/c家家家家家", ""),  # not where the line is full just behind the slash
        (31, "http://a.b.c/de家", ""),
        (27, "http://a.b.c/de/fg?h=1&amp;i=2", "http://a.b.c/"),
        (29, "aa-bb/ccccc", "aa-bb/"),
        (27, "aa bb-cc/dddddd", "aa"),  # at a blank rather than in a path
        (30, "render），家家家家", ""),  # behind letters no sign hangs
        (33, "[3]。家家家家家家", ""),
        (33, "a)，家家家家家家家", ""),
        (33, "，家家家家家家家家家", "，"),
        (32, "ab“家家家家", ""),  # letters hold what opens behind them
        (32, "ab（家家家家", "ab"),  # unless it fits and the next character does not
        (33, "·2026年家家家", ""),
        (32, "家①ab家家家", "家"),
        (32, "ab）……家家家", "ab）"),
        (31, "98%……家家家", "98%"),
        (34, "…家家家家家家", ""),
    ],
)
def test_where_a_line_ends_among_letters_and_signs(lay: Any, wml: Any, count: int, tail: str, first: str) -> None:
    """Seen in LibreOffice, which asks the last letter before the place whether Chinese or Latin rules hold there."""
    paper = lay(wml.paragraph("国" * count + tail, run='<w:sz w:val="24"/><w:kern w:val="2"/>'))
    line = paper.pages[0].lines[0].text
    assert line == "国" * count + first


@pytest.mark.parametrize("sign", "!,.:;?")
def test_a_narrow_sign_behind_chinese_hangs_as_a_wide_one_does(lay: Any, wml: Any, sign: str) -> None:
    """Seen in LibreOffice: 34 characters of 12 points fill the line."""
    paper = lay(wml.paragraph("国" * 34 + sign + "国国", '<w:ind w:right="146"/>', '<w:sz w:val="24"/>'))
    assert [len(line.text) for line in paper.pages[0].lines] == [35, 2]


def test_a_word_that_follows_a_sign_it_may_not_be_parted_from_takes_a_letter_along(lay: Any, wml: Any) -> None:
    """Seen in LibreOffice: the stretch before the one that is too long loses its last letter."""
    paper = lay(wml.table([wml.cell(wml.paragraph("mysql、pgsql、sqlite"), width=1560)], columns=[1560]))
    assert paper.pages[0].lines[0].text == "mysq"


def test_figures_go_with_the_letter_before_them(lay: Any, wml: Any) -> None:
    """Seen in LibreOffice; Unicode annex 24: of one width behind Latin letters and before the first of them."""

    def width(text: str) -> float:
        return float(lay(wml.paragraph(text)).pages[0].lines[0].width)

    assert width("国12ab国") < width("国ab12国") - 0.1
    assert width("12ab国") == pytest.approx(width("ab12国"), abs=0.01)
    assert width("ab，12国") == pytest.approx(width("12，ab国"), abs=0.01)
    assert width("ab（国）12ab") < width("ab（国）ab12") - 0.1
    assert width("ab…国") < width("ab，国") - 0.2


@pytest.mark.parametrize(
    ("text", "is_latin"),
    [
        ("(1)ab国", True),  # brackets are no letters
        ("1)ab", True),
        ("(1)国ab", False),
        ("ab《国》1", True),
        ("国《ab》1", False),
        ("ab「国《乙」1", True),  # one that is not closed counts for nothing
        ("国》ab1", True),
        ("国》1", False),
        ("ab》1", True),
    ],
)
def test_figures_behind_brackets_go_with_what_stands_before_those(*, text: str, is_latin: bool) -> None:
    assert Scripts.of(text, start=0).is_latin(text.index("1")) is is_latin


@pytest.mark.parametrize(
    ("text", "plain", "ems"), [("国ab①国", "国ab国", 1), ("国①ab国", "国ab国", 1), ("国Ⅳ国", "国国", 1)]
)
def test_a_number_that_is_one_sign_is_of_the_script_before_it(
    lay: Any, wml: Any, text: str, plain: str, ems: int
) -> None:
    """Seen: the gap between the two scripts stands behind it among Chinese, and among Latin letters."""
    wide, narrow = (lay(wml.paragraph(one)).pages[0].lines[0].width / 25.4 * 72 for one in (text, plain))
    assert wide - narrow == pytest.approx(ems * 10.5, abs=0.05)


@pytest.mark.parametrize("rise", ["superscript", "subscript"])
def test_a_line_of_nothing_but_raised_characters_is_as_high_as_one_of_letters(lay: Any, wml: Any, rise: str) -> None:
    """Seen for the mark of a source that stands alone on the last line."""
    raised = wml.paragraph("[1]", run=f'<w:vertAlign w:val="{rise}"/>')
    assert steps(lay(wml.paragraph("甲") + raised + wml.paragraph("乙"))) == steps(lay(wml.paragraph("甲") * 3))


@pytest.mark.parametrize(("moves", "higher"), [((6,), 3), ((-6,), 3), ((0, 6), 3), ((6, -4), 5), ((4, 12), 6)])
def test_characters_moved_by_points_make_their_line_higher(
    lay: Any, wml: Any, moves: tuple[int, ...], higher: float
) -> None:
    """Seen, for lines of nothing else, too: the other side stays as it is (ECMA-376 part 1 §17.3.2.24)."""
    runs = "".join(f'<w:r><w:rPr><w:position w:val="{move}"/></w:rPr><w:t>甲</w:t></w:r>' for move in moves)
    [plain] = steps(lay(wml.paragraph("甲") * 2))
    [found] = steps(lay(f"<w:p>{runs}</w:p>" + wml.paragraph("甲")))
    assert found - plain == pytest.approx(higher, abs=0.1)


@pytest.mark.parametrize("raised", ["", '<w:vertAlign w:val="superscript"/>'])
def test_a_line_around_characters_needs_its_room_above_and_below(lay: Any, wml: Any, raised: str) -> None:
    framed = wml.paragraph("文字", run=f'{raised}<w:bdr w:val="single" w:sz="8" w:space="6"/>')
    assert steps(lay(wml.paragraph("甲") + framed + wml.paragraph("乙"))) == pytest.approx([15.1, 15.1 + 14], abs=0.1)
