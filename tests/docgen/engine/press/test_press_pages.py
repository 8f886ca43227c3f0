"""How far down a page is filled: lines, rows, heads, feet and notes, as LibreOffice 7.4 was seen to set them.

Figures are those of small documents given to LibreOffice with the press's own faces, in points.
"""

from __future__ import annotations

import io
from itertools import pairwise
from typing import Any

import pytest
from PIL import Image

PAGE = '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1800" w:bottom="1440" w:left="1800"'
ROOM = ' w:header="851" w:footer="992"/>'
GRID = f'{PAGE}{ROOM}<w:docGrid w:type="lines" w:linePitch="312"/>'
PITCH = 15.6
NATURAL = 15.1
"""Height of a line of 10.5 points, rounded."""

PT = 72 / 25.4
BIG = '<w:sz w:val="32"/>'


@pytest.fixture
def lay(lay_out: Any, wml: Any) -> Any:
    """Lay out in 10.5 points with single leading."""
    styles = wml.STYLES.replace(BIG, '<w:sz w:val="21"/>').replace('<w:spacing w:line="560" w:lineRule="exact"/>', "")
    return lambda body, **parts: lay_out(body, **{"styles": styles, "section": PAGE + ROOM} | parts)


def tops(paper: Any, page: int = 0) -> dict[str, float]:
    """Return the upper edges of the lines of a page."""
    return {line.text: line.y * PT for line in paper.pages[page].lines}


def steps(paper: Any) -> list[float]:
    places = [line.y * PT for line in paper.pages[0].lines]
    return [round(b - a, 1) for a, b in pairwise(places)]


def run(text: str, look: str = "") -> str:
    inside = text if text.startswith("<") else f'<w:t xml:space="preserve">{text}</w:t>'
    return f"<w:r><w:rPr>{look}</w:rPr>{inside}</w:r>"


def paragraph(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def picture(high: int) -> str:
    """Return the run of a picture of 50 points by so many."""
    size = f'cx="{50 * 12700}" cy="{high * 12700}"'
    return (
        f'<w:r><w:drawing><wp:inline><wp:extent {size}/><a:graphic><a:graphicData uri="urn:picture"><pic:pic>'
        f'<pic:blipFill><a:blip r:embed="p"/></pic:blipFill><pic:spPr><a:xfrm><a:ext {size}/></a:xfrm></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


@pytest.mark.parametrize("blank", ["  ", "\u3000", "<w:tab/>"])
def test_blanks_and_tabs_make_no_line_higher(lay: Any, wml: Any, blank: str) -> None:
    """Seen with 16 points: before, behind and between words, and alone."""
    plain = wml.paragraph("甲")
    parts = [(blank, "x"), ("x", blank), ("x", blank, "x"), (blank,)]
    for texts in parts:
        line = paragraph(*(run(text, BIG if text == blank else "") for text in texts))
        assert sum(steps(lay(plain + line + plain))) == pytest.approx(2 * NATURAL, abs=0.15)


def test_a_line_of_nothing_but_its_break_is_as_high_as_the_break(lay: Any, wml: Any) -> None:
    """Seen: 23.15 for a break of 16 points; the line after the last break has the look of the styles."""
    line_break = run("<w:br/>", BIG)
    paper = lay(wml.paragraph("甲") + paragraph(line_break) + wml.paragraph("乙"))
    assert sum(steps(paper)) == pytest.approx(2 * NATURAL + 23.15, abs=0.2)
    mark = f"<w:rPr>{BIG}</w:rPr>"
    behind = lay(wml.paragraph("甲") + paragraph(run("x"), line_break, properties=mark) + wml.paragraph("乙"))
    assert sum(steps(behind)) == pytest.approx(3 * NATURAL, abs=0.2)


def test_a_line_around_characters_takes_its_room_above_and_below(lay: Any, wml: Any) -> None:
    """Seen: a line of half a point at a distance of four adds nine points."""
    framed = paragraph(run("乙", '<w:bdr w:val="single" w:sz="4" w:space="4"/>'))
    assert sum(steps(lay(wml.paragraph("甲") + framed + wml.paragraph("丙")))) == pytest.approx(
        2 * NATURAL + 9, abs=0.2
    )


@pytest.mark.parametrize(
    ("style", "room"),
    [
        ("single", 1.5),
        ("double", 4.5),
        ("triple", 4.5),
        ("thick", 3.0),
        ("inset", 3.0),
        ("thinThickSmallGap", 3.0),
        ("thickThinMediumGap", 3.0),
        ("thinThickLargeGap", 3.75),
    ],
)
def test_lines_of_a_table_take_the_room_of_all_their_parts(lay: Any, wml: Any, style: str, room: float) -> None:
    """Seen with `w:sz="12"`: what each style adds to a row."""
    table = wml.table([wml.cell("格", width=4000)] * 2, columns=[4000])
    ruled = table.replace('w:val="single" w:sz="4"', f'w:val="{style}" w:sz="12"')
    assert steps(lay(wml.paragraph("甲") + ruled))[-1] == pytest.approx(NATURAL + room, abs=0.15)


def test_a_leading_at_the_end_of_a_cell_is_that_of_the_style_and_of_the_mark_where_nothing_else_stands(
    lay: Any, wml: Any
) -> None:
    """Seen at one and a half lines: half of the ascent of 10.5 points, whatever the mark says; of the mark alone."""
    leading = '<w:spacing w:line="360" w:lineRule="auto"/>'
    marked = f"{leading}<w:rPr>{BIG}</w:rPr>"

    def row_height(inside: str) -> float:
        table = wml.table([wml.cell(inside, width=4000), wml.cell("丙", width=4000)], columns=[4000])
        return steps(lay(table + wml.paragraph("丁")))[0]

    assert row_height(wml.paragraph("甲", marked)) == row_height(wml.paragraph("甲", leading))
    empty = lay(wml.paragraph("甲") + wml.table([wml.cell(paragraph(properties=marked), width=4000)], columns=[4000]))
    assert len(empty.pages[0].lines) == 1
    assert row_height(wml.paragraph("甲", leading)) == pytest.approx(NATURAL + 6.05 + 0.5, abs=0.15)


@pytest.mark.parametrize(("line", "step"), [(276, 15.75), (312, 17.4), (360, 19.6)])
def test_a_leading_at_the_end_of_a_cell_is_of_whole_twips(lay: Any, wml: Any, line: int, step: float) -> None:
    """Seen with 30 rows of 9.5 points."""
    text = wml.paragraph("甲", f'<w:spacing w:line="{line}" w:lineRule="auto"/>', run='<w:sz w:val="19"/>')
    low = wml.paragraph("乙", run='<w:sz w:val="19"/>')
    styles = wml.STYLES.replace(BIG, '<w:sz w:val="19"/>').replace('<w:spacing w:line="560" w:lineRule="exact"/>', "")
    rows = [wml.cell(text, width=2000) + wml.cell(low, width=2000)] * 30
    paper = lay(wml.table(rows, columns=[2000] * 2), styles=styles)
    places = [line.y * PT for line in paper.pages[0].lines]
    assert places[-1] - places[0] == pytest.approx(29 * step, abs=0.5)


@pytest.mark.parametrize("part", ["header", "footer"])
def test_no_grid_lies_on_heads_and_feet(lay: Any, wml: Any, part: str) -> None:
    """Seen: three lines of 18 points stand 25.85 apart, not in two steps of 15.6."""
    root = {"header": "hdr", "footer": "ftr"}[part]
    lines = wml.part(root, wml.paragraph("首", run='<w:sz w:val="36"/>') * 3)
    paper = lay(wml.paragraph("文"), section=GRID, **{part: lines})
    places = [line.y * PT for line in paper.pages[0].lines if line.text == "首"]
    assert [round(b - a, 1) for a, b in pairwise(places)] == [pytest.approx(25.85, abs=0.1)] * 2


def test_no_grid_lies_on_notes_and_text_boxes(lay: Any, wml: Any) -> None:
    """Seen: lines of 12 points in a note and in a box stand 17.25 apart."""
    look = '<w:sz w:val="24"/>'
    note = "注</w:t></w:r></w:p>"
    notes = wml.notes(["注"]).replace(note, note + wml.paragraph("尾", run=look) * 2)
    paper = lay(wml.calling("甲", 1), section=GRID, footnotes=notes)
    places = [line.y * PT for line in paper.pages[0].lines if line.text == "尾"]
    assert places[1] - places[0] == pytest.approx(17.3, abs=0.15)
    box = wml.anchored(wml.shape(100, 90, wml.paragraph("盒", run=look) * 2), 100, 90, across="page:300")
    boxed = lay(wml.around(box, ""), section=GRID)
    places = [line.y * PT for line in boxed.pages[0].lines if line.text == "盒"]
    assert places[1] - places[0] == pytest.approx(17.3, abs=0.15)


def test_the_leading_of_a_heads_last_line_pushes_the_text_down(lay: Any, wml: Any) -> None:
    """Seen: four lines of one and a half end half an ascent (6.05) lower than their letters."""
    leading = '<w:spacing w:line="360" w:lineRule="auto"/>'
    single = tops(lay(wml.paragraph("文"), header=wml.part("hdr", wml.paragraph("首") * 4)))["文"]
    loose = tops(lay(wml.paragraph("文"), header=wml.part("hdr", wml.paragraph("首", leading) * 4)))["文"]
    assert loose - single == pytest.approx(3 * 7.5 + 6.05, abs=0.2)


def test_without_a_head_or_foot_their_distance_does_not_count(lay: Any, wml: Any) -> None:
    """Seen: text begins at the margin of 20 points although heads would stand at 42.55."""
    section = PAGE.replace('w:top="1440"', 'w:top="400"').replace('w:bottom="1440"', 'w:bottom="400"') + ROOM
    full = '<w:spacing w:line="15800" w:lineRule="exact"/>'  # 790 of 801.9 points
    paper = lay(wml.paragraph("甲") + wml.paragraph("乙", full.replace("15800", "15700")), section=section)
    assert len(paper.pages) == 1
    assert tops(paper)["甲"] == pytest.approx(20, abs=0.1)


def test_text_goes_down_below_a_drawing_in_whole_steps_of_the_grid(lay: Any, wml: Any) -> None:
    """Seen: a drawing of 100 points moves the text by seven steps of 15.6, by 100 points without a grid."""
    drawing = wml.anchored(wml.shape(415, 100), 415, 100, wrap="TopAndBottom")
    body = wml.paragraph("甲") + wml.around(drawing, "乙")
    for section, moved in ((GRID, 7 * PITCH + PITCH), (PAGE + ROOM, 100 + NATURAL)):
        assert steps(lay(body, section=section)) == [pytest.approx(moved, abs=0.15)]


def test_space_before_a_paragraph_and_its_leading_are_kept_below_a_drawing(lay: Any, wml: Any) -> None:
    """Seen: five points before it stand under the drawing, too; half a line at one and a half."""
    drawing = wml.anchored(wml.shape(415, 100), 415, 100, wrap="TopAndBottom")
    plain = wml.around(drawing, "乙")

    def moved(properties: str) -> float:
        body = plain.replace("<w:p>", f"<w:p><w:pPr>{properties}</w:pPr>", 1)
        return steps(lay(wml.paragraph("甲") + body))[0]

    assert moved('<w:spacing w:before="100"/>') == pytest.approx(105 + NATURAL, abs=0.15)
    assert moved('<w:spacing w:line="360" w:lineRule="auto"/>') == pytest.approx(107.55 + NATURAL, abs=0.15)


def test_space_before_what_begins_a_page_by_itself_is_not_shared_with_the_page_before(lay: Any, wml: Any) -> None:
    """Seen: ten points before a `pageBreakBefore` stand whole after fifteen points on the page before."""
    body = wml.paragraph("甲", '<w:spacing w:after="300"/>')
    broken = lay(body + wml.paragraph("乙", '<w:pageBreakBefore/><w:spacing w:before="200"/>'))
    assert tops(broken, 1)["乙"] == pytest.approx(72 + 10, abs=0.1)


def test_the_part_of_a_row_before_the_end_of_a_page_stands_at_its_top(lay: Any, wml: Any) -> None:
    """Seen: content that is centred or at the bottom stands so only in the part on the last page."""

    def first(place: str) -> float:
        cell = wml.cell(
            "".join(wml.paragraph(f"格{i}") for i in range(30)), width=4000, properties=f'<w:vAlign w:val="{place}"/>'
        )
        rows = [f'<w:trPr><w:trHeight w:val="2000"/></w:trPr>{cell}']
        return tops(lay(wml.paragraph("行") * 40 + wml.table(rows, columns=[4000])))["格0"]

    assert first("center") == first("bottom") == first("top")


@pytest.mark.parametrize(
    ("height", "lines", "place", "seen"),
    [
        (0, 4, "center", {18: 1}),  # no height is said: a line is enough
        (800, 4, "center", {18: 0, 22: 1}),  # 40 points hold two lines and 5.4 more: a line and half of that must fit
        (800, 4, "top", {18: 1}),
        (1200, 4, "top", {34: 0, 38: 2}),
        (2000, 6, "top", {66: 0, 70: 4}),
        (2000, 6, "center", {74: 0, 78: 4}),
        (2000, 6, "bottom", {82: 0, 86: 4}),
        (1400, 4, "top", {66: 0, 70: 4}),  # 70 points hold all four lines: it stays whole
        (1927, 2, "center", {34: 0, 94: 0}),
    ],
)
def test_a_row_said_to_be_tall_is_parted_only_near_its_height(
    lay: Any, wml: Any, *, height: int, lines: int, place: str, seen: dict[int, int]
) -> None:
    """Seen with lines of 12 points (17.3 with their leading), above them a row of one line: room to lines that stay."""
    look = '<w:sz w:val="24"/>'
    size = f'<w:trPr><w:trHeight w:val="{height}"/></w:trPr>' if height else ""
    aligned = f'<w:vAlign w:val="{place}"/>'
    section = PAGE.replace('w:h="16838"', 'w:h="14880"') + ROOM

    def cell(texts: list[str], properties: str = "") -> str:
        inside = "".join(wml.paragraph(text, run=look) for text in texts)
        return str(wml.cell(inside, width=2000, properties=properties))

    tall = size + cell(["签"], aligned) + cell([f"行{i}" for i in range(lines)], aligned)
    table = wml.table([cell(["头"]) + cell(["头"]), tall], columns=[2000, 2000])

    def stay(room: float) -> int:
        above = wml.paragraph("上", f'<w:spacing w:line="{round((600 - room - 18.3) * 20)}" w:lineRule="exact"/>')
        page = lay(above + table + wml.paragraph("尾"), section=section).pages[0]
        return sum(line.text.startswith("行") for line in page.lines)

    assert {room: stay(room) for room in seen} == seen


@pytest.mark.parametrize(
    ("leading", "section", "seen"),
    [
        (240, PAGE + ROOM, (77.3, 50.7, 34.5)),
        (360, PAGE + ROOM, (94.5, 67.9, 51.7)),
        (240, GRID, (93.6, 78.0, 62.4)),
        (360, GRID, (110.8, 95.2, 79.6)),
    ],
)
def test_leading_is_of_letters_and_not_of_pictures(
    lay_out: Any, wml: Any, leading: int, section: str, seen: tuple[float, ...]
) -> None:
    """Seen with 12 points: between two words a picture of 60 points, a word with one of 30 behind it, one of 5."""
    drawn = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(drawn, "PNG")
    spacing = f'<w:spacing w:line="{leading}" w:lineRule="auto"/>'
    styles = wml.STYLES.replace(BIG, '<w:sz w:val="24"/>').replace('<w:spacing w:line="560" w:lineRule="exact"/>', "")

    def line(text: str, high: int = 0) -> str:
        runs = [run(text)] if text else []
        return paragraph(*runs, *([picture(high)] if high else []), properties=spacing)

    body = line("甲") + line("", 60) + line("乙") + line("丙", 30) + line("丁") + line("", 5) + line("己")
    paper = lay_out(body, styles=styles, section=section, media={"p": drawn.getvalue()})
    places = [found.y * PT for found in paper.pages[0].lines if found.text in "甲乙丁己"]
    assert [round(b - a, 1) for a, b in pairwise(places)] == [pytest.approx(step, abs=0.3) for step in seen]


def test_a_document_without_settings_adds_spaces_up(lay: Any, wml: Any) -> None:
    """Seen: without the part 16 points after and 10 before make 26; with an empty one 16."""
    body = wml.paragraph("甲", '<w:spacing w:after="320"/>') + wml.paragraph("乙", '<w:spacing w:before="200"/>')
    empty = '<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'
    assert steps(lay(body)) == [pytest.approx(NATURAL + 26, abs=0.15)]
    assert steps(lay(body, settings=empty)) == [pytest.approx(NATURAL + 16, abs=0.15)]


@pytest.mark.parametrize(
    "inside",
    ["", '<w:bookmarkStart w:id="1" w:name="x"/><w:bookmarkEnd w:id="1"/>', '<w:r><w:br w:type="page"/></w:r>'],
)
@pytest.mark.parametrize("lines", [38, 40])
def test_the_paragraph_that_ends_a_section_and_holds_nothing_takes_no_room(
    lay: Any, wml: Any, inside: str, lines: int
) -> None:
    """Seen: no empty page comes between, not where the page is full (40 lines) nor where a break stands at the end."""
    end = f"<w:p><w:pPr><w:sectPr>{PAGE}{ROOM}</w:sectPr></w:pPr>{inside}</w:p>"
    full = wml.paragraph("行", run='<w:sz w:val="24"/>') * lines
    paper = lay(full + end + wml.paragraph("尾"))
    assert [len(page.lines) for page in paper.pages] == [lines, 1]


@pytest.mark.parametrize("apart", [False, True])
def test_what_goes_on_after_a_page_break_stands_on_the_new_page(lay: Any, wml: Any, *, apart: bool) -> None:
    """The break and the end of the section in one paragraph, or in two."""
    broken, ended = '<w:r><w:br w:type="page"/></w:r>', f"<w:pPr><w:sectPr>{PAGE}{ROOM}</w:sectPr></w:pPr>"
    end = f"<w:p>{broken}</w:p><w:p>{ended}</w:p>" if apart else f"<w:p>{ended}{broken}</w:p>"
    section = f'<w:type w:val="continuous"/>{PAGE}{ROOM}'
    paper = lay(wml.paragraph("甲") + end + wml.paragraph("乙") + wml.paragraph("丙"), section=section)
    assert [[line.text for line in page.lines if line.text] for page in paper.pages] == [["甲"], ["乙", "丙"]]


def test_a_section_that_says_no_size_is_a_letter_sheet_with_an_inch_around(lay: Any, wml: Any) -> None:
    """Seen; Word takes the same."""
    paper = lay(wml.paragraph("甲"), section="")
    page = paper.pages[0]
    assert (page.width_pt, page.height_pt) == (612, 792)
    assert (page.lines[0].x * PT, page.lines[0].y * PT) == (pytest.approx(72, abs=0.1), pytest.approx(72, abs=0.1))


@pytest.mark.parametrize(
    ("align", "mark", "steps_taken"),
    [("left", BIG, 1), ("left", '<w:rStyle w:val="big"/>', 2), ("center", BIG, 2), ("left", "", 1)],
)
def test_an_empty_paragraph_on_a_grid(lay: Any, wml: Any, align: str, mark: str, steps_taken: int) -> None:
    """Seen: set left it takes one step whatever its mark says, unless the mark has a style."""
    big = f'<w:style w:type="character" w:styleId="big"><w:name w:val="Big"/><w:rPr>{BIG}</w:rPr></w:style></w:styles>'
    styles = wml.STYLES.replace(BIG, '<w:sz w:val="21"/>', 1).replace("</w:styles>", big)
    styles = styles.replace('<w:spacing w:line="560" w:lineRule="exact"/>', "")
    empty = f'<w:p><w:pPr><w:jc w:val="{align}"/><w:rPr>{mark}</w:rPr></w:pPr></w:p>'
    places = tops(lay(wml.paragraph("甲") + empty + wml.paragraph("乙"), styles=styles, section=GRID))
    assert places["乙"] - places["甲"] == pytest.approx((1 + steps_taken) * PITCH, abs=0.1)


@pytest.mark.parametrize("in_cell", [False, True])
def test_paragraphs_in_the_same_frame_have_one_frame(lay: Any, wml: Any, *, in_cell: bool) -> None:
    """Seen: lines of a framed listing stand as close as without a frame; a paragraph framed otherwise stands apart."""
    edge = 'w:val="single" w:sz="4" w:space="1" w:color="auto"'
    frame = f"<w:pBdr><w:top {edge}/><w:left {edge}/><w:bottom {edge}/><w:right {edge}/></w:pBdr>"
    ruled = frame.replace("</w:pBdr>", f"<w:between {edge}/></w:pBdr>")

    def between(*frames: str) -> list[float]:
        body = "".join(wml.paragraph("甲", properties) for properties in ("", *frames, ""))
        return steps(lay(wml.table([wml.cell(body, width=4000)], columns=[4000]) if in_cell else body))

    room = 1.5
    assert between(frame) == [pytest.approx(step + NATURAL, abs=0.1) for step in (0, 2 * room)]
    assert between(frame, frame, frame) == [pytest.approx(step + NATURAL, abs=0.1) for step in (0, room, 0, room)]
    assert between(ruled, ruled) == [pytest.approx(step + NATURAL, abs=0.1) for step in (0, 2 * room, room)]
    other = frame + '<w:ind w:left="400"/>'
    assert between(frame, other) == [pytest.approx(step + NATURAL, abs=0.1) for step in (0, 2 * room, 2 * room)]


def test_a_cell_reaches_over_those_that_go_on_with_it(lay: Any, wml: Any) -> None:
    """ECMA-376 part 1 §17.4.22 (hMerge): an older way to say gridSpan, which some programs still write."""
    begun, gone_on = '<w:hMerge w:val="restart"/>', '<w:hMerge w:val="continue"/>'
    text = "十" * 20
    wide = wml.cell(wml.paragraph(text), width=3000, properties=begun)
    rows = [wide + wml.cell("", width=3000, properties=gone_on) * 2, wml.cell("甲", width=3000) * 3]
    lines = lay(wml.table(rows, columns=[3000] * 3)).pages[0].lines
    assert [line.text for line in lines] == [text, "甲", "甲", "甲"]
    assert round((lines[2].x - lines[1].x) * PT) == 150


@pytest.mark.parametrize(("follows", "pages"), [("", [40, 0, 1]), ("<w:r><w:t>同段</w:t></w:r>", [40, 2])])
def test_a_paragraph_of_nothing_but_a_page_break_needs_its_room(
    lay: Any, wml: Any, follows: str, pages: list[int]
) -> None:
    """Seen, and Word's way too: where the page is full it stands on the next one; with text after it, it does not."""
    full = wml.paragraph("行", run='<w:sz w:val="24"/>') * 40
    broken = f'<w:p><w:r><w:br w:type="page"/></w:r>{follows}</w:p>'
    paper = lay(full + broken + wml.paragraph("尾"))
    assert [len([line for line in page.lines if line.text]) for page in paper.pages] == pages
