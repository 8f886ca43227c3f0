"""Where the end of a page parts rows of tables, as LibreOffice 7.4 was seen to part them.

Lines are of 12 points (17.3 with their leading); `room` is what is left on the first page for the rows under a row of
one line. Most tests say how many lines stayed there with each room; the figures were seen with the press's own faces.
"""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docgen.engine.press.pages import parting
from docgen.engine.press.pages.parting import split_row

FOOT = 672.0
MERGED, GOES_ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
WHOLE = "<w:cantSplit/>"
CENTERED, AT_BOTTOM = '<w:vAlign w:val="center"/>', '<w:vAlign w:val="bottom"/>'
SPACED = '<w:spacing w:after="240"/>'
DOUBLE = '<w:spacing w:line="480" w:lineRule="auto"/>'


@pytest.mark.parametrize(
    ("height", "sizes", "seen"),
    [
        (100, (6,), {12: 0, 21: 1, 57: 3, 93: 5}),  # no paragraph stands wholly in 100 points
        (100, (3, 3), {21: 1, 57: 3}),  # one does, and may go
        (200, (5, 5, 5, 5), {84: 0, 93: 5, 129: 7}),  # two do: the first must stay
        (200, (3, 3, 3, 3, 3), {102: 0, 111: 6}),
        (100, (4,), {66: 0}),  # all of it does
        (700, (50,), {30: 1}),  # and when no page holds it
    ],
)
def test_a_row_said_to_be_tall_is_parted_where_all_but_the_last_paragraph_that_its_height_holds_fit(
    probe: Any, height: int, sizes: tuple[int, ...], seen: dict[int, int]
) -> None:
    row = probe.row(probe.cell("签", (1,)), probe.cell("行", sizes), height=height)
    assert probe.stay(row, rooms=seen) == seen


@pytest.mark.parametrize(
    ("left", "right", "place", "seen"),
    [
        ((6,), (1,) * 4, "", {20: 1, 42: 2}),  # the left one decides, which 100 points do not hold
        ((2, 2, 2), (1,) * 6, "", {32: 0, 42: 2}),
        ((1,) * 4, (6,), "", {44: 0, 56: 3}),  # the right one and what stands before it
        ((6,), (1,) * 4, CENTERED, {20: 1, 38: 2}),
        ((1,), (6,), CENTERED, {36: 0, 44: 2}),  # a line in the middle of 100 points
        ((1,) * 4, (6,), AT_BOTTOM, {80: 0, 86: 4}),
    ],
)
def test_the_first_cell_that_a_tall_row_does_not_hold_decides(
    probe: Any, left: tuple[int, ...], right: tuple[int, ...], place: str, seen: dict[int, int]
) -> None:
    cells = [probe.cell(sign, sizes, properties=place) for sign, sizes in (("左", left), ("右", right))]
    row = probe.row(*cells, height=100)
    assert probe.stay(row, rooms=seen, sign="左" if left == (6,) or len(left) == 3 else "右") == seen


def test_a_cell_merged_over_rows_does_not_decide_where_a_tall_row_is_parted(probe: Any) -> None:
    """The other one does, all of which 100 points hold."""
    begun = probe.row(probe.cell("左", (6,), properties=MERGED), probe.cell("行", (4,)), height=100)
    gone_on = probe.row(str(probe.wml.cell("<w:p/>", properties=GOES_ON)), probe.cell("后", (1,)))
    seen = {66: 0, 102: 4}
    assert probe.stay(begun, gone_on, rooms=seen) == seen


@pytest.mark.parametrize(
    ("look", "height", "sizes", "seen"),
    [
        (SPACED, 0, (4,), {18: 1, 54: 3, 72: 3, 84: 4}),  # the last line needs the space after it
        (SPACED, 0, (2, 2), {36: 1, 48: 2, 66: 2, 78: 3}),  # and the first one of the cell's last paragraph
        (SPACED, 0, (2, 2, 2), {66: 3, 111: 4, 123: 5}),
        (DOUBLE, 0, (1, 1, 1, 1), {54: 1, 66: 2, 90: 2, 102: 3}),  # so do they their leading
        (SPACED, 60, (2, 3), {37: 2, 47: 2}),  # not in a row said to be taller than the room
        (DOUBLE, 200, (6, 6, 6), {187: 5, 192: 6}),
        (DOUBLE, 200, (1,) * 12, {152: 0, 157: 5}),
        ("<w:widowControl/>", 0, (4,), {18: 1, 54: 3}),  # lines may stand alone
        ("<w:keepLines/>", 0, (4,), {18: 1, 54: 3}),
        ("<w:keepNext/>", 0, (1, 1, 1), {18: 1, 36: 2}),
    ],
)
def test_what_stands_under_a_paragraph_counts_where_it_ends_the_page(
    probe: Any, look: str, height: int, sizes: tuple[int, ...], seen: dict[int, int]
) -> None:
    row = probe.row(probe.cell("签", (1,)), probe.cell("行", sizes, look=look), height=height)
    assert probe.stay(row, rooms=seen) == seen


@pytest.mark.parametrize("sizes", [(4,), (2, 2), (1, 1, 1, 1)])
def test_what_begins_the_next_page_has_its_space_before_it(probe: Any, sizes: tuple[int, ...]) -> None:
    """Seen: even the rest of a paragraph, and one whose space the paragraph before it shared."""
    wml = probe.wml
    text = probe.cell("行", sizes, look='<w:spacing w:before="240" w:after="240"/>')
    row = probe.row(probe.cell("签", (1,)), text)
    paper = probe._lay_out(
        wml.paragraph("上", '<w:spacing w:line="10600" w:lineRule="exact"/>') + wml.table([row], columns=[2000, 2000]),
        styles=probe._styles,
        section=probe.section,
    )
    first = paper.pages[1].lines[0]
    assert first.y * 72 / 25.4 == pytest.approx(72 + 12 + 0.5, abs=0.3)


def test_a_cells_margins_must_fit_around_its_first_line(probe: Any) -> None:
    """Seen with 10 points above and 15 below: with 36 points left the row goes whole."""
    margins = '<w:tcMar><w:top w:w="200" w:type="dxa"/><w:bottom w:w="300" w:type="dxa"/></w:tcMar>'
    row = probe.row(probe.cell("签", (1,)), probe.cell("行", (6,), properties=margins))
    pages = {room: probe.pages(row, room=room)[0] for room in (36, 48)}
    assert pages == {36: Counter(), 48: Counter("签行")}


def merged(
    probe: Any, left: tuple[int, ...], right: int, properties: str = "", place: str = "", *, height: float = 0
) -> list[str]:
    """Return three rows whose left cells are one."""
    side = probe.cell("右", (right,))
    begun, gone_on = (
        probe.cell("左", left, properties=MERGED + place),
        str(probe.wml.cell("<w:p/>", properties=GOES_ON)),
    )
    return [probe.row(cell, side, properties=properties, height=height) for cell in (begun, gone_on, gone_on)]


@pytest.mark.parametrize(
    ("left", "right", "room", "seen"),
    [
        ((6,), 1, 60, ["左左左右右右", "左左左尾"]),  # the last row is as high as the merged cell wants, and parted
        ((1,) * 6, 1, 96, ["左左左左左右右右", "左尾"]),
        ((6,), 3, 24, ["左右", "左左左左左右右右右右右右右尾"]),
        ((12,), 1, 144, ["左左左左左左左左右右右", "左左左左尾"]),
        ((12,), 3, 168, ["左左左左左左左左左右右右右右右右右右", "左左左尾"]),
    ],
)
def test_merged_cells_go_on_on_the_next_page(
    probe: Any, left: tuple[int, ...], right: int, room: int, seen: list[str]
) -> None:
    pages = probe.pages(*merged(probe, left, right), room=room)
    assert ["".join(sorted(page.elements())) for page in pages] == ["".join(sorted(page)) for page in seen]


def test_cells_beside_one_that_goes_on_stay_in_their_row(probe: Any, lay_out: Any) -> None:
    goes_on = str(probe.wml.cell("<w:p/>", properties=GOES_ON))
    for place in range(3):
        rows = [[probe.cell(sign, (1,)) for sign in "中右"] for _ in range(3)]
        left = probe.cell("左", (6,), properties=MERGED)
        for row, cell in zip(rows, (left, goes_on, goes_on), strict=True):
            row.insert(place, cell)
        above = probe.wml.paragraph("上", '<w:spacing w:line="10800" w:lineRule="exact"/>')
        table = probe.wml.table(["".join(row) for row in rows], columns=[2000] * 3)
        pages = lay_out(above + table, styles=probe._styles, section=probe.section).pages
        assert Counter("".join(line.text for line in pages[0].lines)) == Counter("上左左左中中中右右右")


def test_rest_of_a_merged_cell_makes_its_last_row_as_high_as_it_still_needs(probe: Any) -> None:
    """What a line too high for the first page left free there holds some of the merged cell."""
    high = probe.wml.paragraph("右", '<w:spacing w:line="1200" w:lineRule="exact"/>')
    goes_on = str(probe.wml.cell("<w:p/>", properties=GOES_ON))
    rows = [
        probe.row(probe.cell("左", (24,), properties=MERGED), probe.cell("右", (1,))),
        probe.row(goes_on, probe.wml.cell(high * 2)),
        probe.row(goes_on, probe.cell("右", (1,))),
    ]
    second = probe.paper(*rows, room=130, under=False).pages[1].lines
    tops = {line.text: line.y * 72 / 25.4 for line in second}
    assert tops["尾"] - tops["左"] == pytest.approx(17.25 + 0.5, abs=0.1)


def test_rows_of_merged_cells_that_may_not_be_parted_go_whole(probe: Any) -> None:
    """Seen: two rows stay with 60 to 96 points; with 108 all stay."""
    rows = merged(probe, (6,), 1, WHOLE)
    seen = {60: 2, 96: 2, 108: 3}
    assert probe.stay(*rows, rooms=seen, sign="右") == seen


def test_a_tall_row_that_a_merged_cell_makes_higher_is_parted_below_its_height(probe: Any) -> None:
    """Seen with rows of 80 points: the last one goes whole with 40 points left for it and is parted with 120."""
    rows = merged(probe, (80,), 2, height=80)
    assert [page["左"] for page in probe.pages(*rows, room=200, under=False)][:2] == [9, 34]
    assert [page["左"] for page in probe.pages(*rows, room=280, under=False)][:2] == [16, 34]


@pytest.mark.parametrize("room", [40, 60])
def test_what_is_merged_over_the_end_of_a_page_stands_at_the_top(probe: Any, lay_out: Any, room: int) -> None:
    """Seen: in the middle of its rows only where they stand on one page."""
    rows = merged(probe, (1,), 3, place=CENTERED)
    above = probe.wml.paragraph("上", f'<w:spacing w:line="{(600 - room) * 20}" w:lineRule="exact"/>')
    paper = lay_out(above + probe.wml.table(rows, columns=[2000, 2000]), styles=probe._styles, section=probe.section)
    tops = {line.text: line.y for line in reversed(paper.pages[0].lines)}
    assert tops["左"] == tops["右"]


def test_rest_of_a_merged_cell_stands_under_repeated_rows(probe: Any) -> None:
    """Nothing of it is lost, over three pages too."""
    head = probe.row(probe.cell("标", (1,)) * 2, properties="<w:tblHeader/>")
    pages = probe.pages(head, *merged(probe, (80,), 2), room=120, under=False)
    assert [page["标"] for page in pages] == [2, 2, 2, 2]
    assert [page["左"] for page in pages] == [5, 33, 33, 9]


@pytest.mark.parametrize(
    ("count", "size", "properties", "seen"),
    [
        (1, 6, "", {20: 1, 36: 2, 92: 5}),  # within a row
        (2, 3, "", {36: 2, 76: 4}),
        (4, 1, "", {36: 1, 44: 2}),  # the line under the last row counts
        (3, 2, WHOLE, {36: 2, 60: 2, 76: 4}),
    ],
)
def test_tables_in_cells_are_parted_within_their_rows(
    probe: Any, count: int, size: int, properties: str, seen: dict[int, int]
) -> None:
    inner = probe.wml.table([probe.row(probe.cell("内", (size,)), properties=properties)] * count, columns=[1500])
    outer = probe.row(probe.cell("签", (1,)), probe.wml.cell(inner + probe.wml.paragraph("后")))
    assert probe.stay(outer, rooms=seen, sign="内") == seen


def test_a_table_without_rows_in_a_cell_takes_no_room(probe: Any) -> None:
    nothing = "<w:tbl><w:tblPr/><w:tblGrid/></w:tbl>"
    rows = [probe.row(probe.wml.cell(inside + "<w:p/>"), probe.cell("行", (4,))) for inside in (nothing, "")]
    assert probe.pages(rows[0], room=40) == probe.pages(rows[1], room=40)
    assert probe.stay(rows[0], rooms={40: 2}) == {40: 2}


def test_work_grows_with_the_depth_of_tables_and_no_faster(probe: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    parted: list[float] = []

    def counted(row: Any, room: float, **more: Any) -> Any:
        parted.append(room)
        return split_row(row, room, **more)

    monkeypatch.setattr(parting, "split_row", counted)
    inside = probe.wml.paragraph("行\n" * 20)
    for _ in range(12):
        rows = [probe.wml.cell(inside) + probe.wml.cell(inside if "w:tbl" not in inside else "右")]
        inside = probe.wml.table(rows, columns=[4000, 1000]) + "<w:p/>"
    assert probe.pages(probe.wml.cell(inside) * 2, room=300)[1]["行"] > 0
    assert len(parted) < 200


@pytest.mark.parametrize(("lines", "seen"), [(1, {22: 0, 38: 2}), (3, {22: 0, 54: 0, 78: 4})])
def test_repeated_rows_stand_with_the_row_under_them(probe: Any, lines: int, seen: dict[int, int]) -> None:
    """Seen: they go to the next page with it."""
    head = probe.row(probe.cell("标", (lines,)), probe.cell("标", (1,)), properties="<w:tblHeader/>")
    rows = [head] + [probe.row(probe.cell("签", (1,)), probe.cell("行", (4,)))] * 2
    assert probe.stay(*rows, rooms=seen, sign="标", under=False) == seen


def test_a_row_of_an_exact_height_that_no_page_holds_is_parted_though_it_may_not_be(probe: Any) -> None:
    """LibreOffice cuts off what does not fit."""
    row = probe.row(probe.cell("签", (1,)), probe.cell("行", (40,))).replace(
        "<w:trPr>", '<w:trPr><w:trHeight w:val="16000" w:hRule="exact"/>'
    )
    assert [page["行"] for page in probe.pages(row, room=300)] == [0, 34, 6]


def test_a_line_higher_than_any_page_stands_on_one(probe: Any) -> None:
    high = probe.wml.paragraph("高", '<w:spacing w:line="14000" w:lineRule="exact"/>')
    rows = [probe.row(probe.wml.cell(high) * 2), probe.row(probe.cell("行", (1,)) * 2)]
    assert probe.pages(*rows, room=300) == [Counter(), Counter("高高"), Counter("行行尾")]


def test_of_a_row_that_no_page_holds_under_its_head_nothing_is_lost(probe: Any) -> None:
    """It goes on, as in LibreOffice, which cuts off what does not fit there."""
    head = probe.row(probe.cell("标", (4,)), probe.cell("标", (1,)), properties="<w:tblHeader/>")
    for lines, seen in ((29, [0, 29]), (31, [0, 30, 1])):
        high = probe.row(probe.cell("签", (1,)), probe.cell("行", (lines,)), properties=WHOLE)
        low = probe.row(probe.cell("签", (1,)), probe.cell("低", (1,)))
        assert [page["行"] for page in probe.pages(head, low, high, room=200, under=False)] == seen


@pytest.mark.parametrize("properties", ["", "<w:tblHeader/>"])
def test_the_line_under_a_row_that_ends_a_page_needs_its_room(probe: Any, properties: str) -> None:
    """Lines of six points; a head goes with the row under it."""
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="48"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    cell = probe.cell("行", (1,))
    rows = [probe.row(cell * 2, properties=properties), *[probe.row(cell * 2, properties=WHOLE)] * 3]
    table = probe.wml.table(rows, columns=[2000, 2000])
    start, stop = table.index("<w:tblBorders>"), table.index("</w:tblBorders>")
    table = f"{table[:start]}<w:tblBorders>{edges}{table[stop:]}"
    for room, there in ((50, 0 if properties else 1), (54, 2)):
        above = f'<w:spacing w:line="{(600 - room) * 20}" w:lineRule="exact"/>'
        paper = probe._lay_out(probe.wml.paragraph("上", above) + table, styles=probe._styles, section=probe.section)
        assert sum(line.text == "行" for line in paper.pages[0].lines) == 2 * there


def test_a_row_that_no_page_holds_is_parted_at_once(probe: Any) -> None:
    """Seen: though it may not be parted; one that a page holds goes there."""
    high = probe.row(probe.cell("签", (1,)), probe.cell("行", (50,)), properties=WHOLE)
    assert [page["行"] for page in probe.pages(high, room=120)] == [6, 34, 10]
    low = probe.row(probe.cell("签", (1,)), probe.cell("行", (20,)), properties=WHOLE)
    assert [page["行"] for page in probe.pages(low, room=120)] == [0, 20]


@pytest.mark.parametrize(
    ("under", "between", "seen"), [(4, 4, {61: 2, 62: 3, 77: 4}), (12, 4, {62: 2, 63: 3, 77: 3, 78: 4})]
)
def test_a_part_of_a_row_ends_in_the_line_under_the_table(
    probe: Any, under: int, between: int, seen: dict[int, int]
) -> None:
    """Seen with lines of half a point and one and a half, in letters of 10.5 points."""
    look, small = '<w:rPr><w:sz w:val="21"/></w:rPr>', '<w:sz w:val="21"/>'
    lines = probe.wml.paragraph("\n".join(["行"] * 6), look, small)
    one = probe.wml.paragraph("签", look, small)
    rows = [probe.wml.cell(one) * 2, probe.wml.cell(one) + probe.wml.cell(lines), probe.wml.cell(one) * 2]
    sizes = {"top": 4, "left": 4, "bottom": under, "right": 4, "insideH": between, "insideV": 4}
    edges = "".join(f'<w:{side} w:val="single" w:sz="{size}"/>' for side, size in sizes.items())
    table = probe.wml.table(rows, columns=[2000, 2000])
    start, stop = table.index("<w:tblBorders>"), table.index("</w:tblBorders>")
    table = f"{table[:start]}<w:tblBorders>{edges}{table[stop:]}"
    for room, lines_there in seen.items():
        above = f'<w:spacing w:line="{(600 - room) * 20}" w:lineRule="exact"/>'
        paper = probe._lay_out(probe.wml.paragraph("上", above) + table, styles=probe._styles, section=probe.section)
        assert "".join(line.text for line in paper.pages[0].lines).count("行") == lines_there


@pytest.mark.parametrize(
    ("first", "second", "look", "seen"),
    [
        ("行2", "右1", "", {36: 1, 44: 1, 48: 2}),
        ("行3", "右2", "", {36: 2, 54: 2, 66: 3}),
        ("行3", "右3", "", {36: 2, 54: 0, 60: 0, 66: 3}),  # the last line would leave less than the other cell holds
        ("行2", "右1", '<w:spacing w:before="200"/>', {28: 1, 36: 0, 44: 0, 48: 2}),
        ("行6", "右3", "", {54: 3, 78: 4}),  # not where lines have no room
        ("右2", "行2", "", {48: 2}),
        ("右1", "行2", '<w:spacing w:before="200"/>', {28: 1, 36: 1, 48: 2}),  # nor where the first cell is whole
    ],
)
def test_a_row_goes_whole_where_only_the_space_under_its_first_cell_has_no_room(
    probe: Any, first: str, second: str, look: str, seen: dict[int, int]
) -> None:
    cells = [probe.cell(text[0], (int(text[1]),), look=SPACED if text[0] == "行" else look) for text in (first, second)]
    assert probe.stay(probe.row(*cells), rooms=seen) == seen


@pytest.mark.parametrize(
    ("right", "seen"),
    [
        ("one", {14: 0, 16: 1, 32: 2}),
        ("empty", {16: 0, 22: 0, 24: 1}),  # what holds nothing needs its space
        ("two", {16: 1, 32: 1, 38: 1, 40: 2}),  # and so does the beginning of the last paragraph
    ],
)
def test_space_in_rows_said_to_be_taller_than_what_is_left(probe: Any, right: str, seen: dict[int, int]) -> None:
    """Seen with 10.5 points, rows of 40 points and 8 points after the paragraph; the row above is not there."""
    spaced, small = '<w:spacing w:after="160"/>', '<w:sz w:val="21"/>'
    last = probe.wml.paragraph("右", spaced, small)
    cells = {
        "one": last,
        "empty": f"<w:p><w:pPr>{spaced}<w:rPr>{small}</w:rPr></w:pPr></w:p>",
        "two": probe.wml.paragraph("右", "", small) + last,
    }
    left = probe.wml.paragraph("\n".join(["左"] * 4), "", small)
    row = probe.row(probe.wml.cell(left), probe.wml.cell(cells[right]), height=40)
    table = probe.wml.table([row], columns=[2000, 2000]).replace("w:tblBorders", "w:none")
    for room, lines in seen.items():
        above = f'<w:spacing w:line="{(600 - room) * 20}" w:lineRule="exact"/>'
        paper = probe._lay_out(probe.wml.paragraph("上", above) + table, styles=probe._styles, section=probe.section)
        there = "".join(line.text for line in paper.pages[0].lines)
        assert there.count("右" if right == "two" else "左") == lines


LOOKS = ("", SPACED, DOUBLE, "<w:keepNext/>", "<w:keepLines/>", '<w:spacing w:before="120" w:after="60"/>')
PLACES = ("", CENTERED, AT_BOTTOM)


@st.composite
def contents(draw: st.DrawFn, *, deep: bool = True) -> list[Any]:
    """Paragraphs, each its look and how many lines it has, and tables, each its rows."""
    found: list[Any] = []
    for _ in range(draw(st.integers(1, 3))):
        if deep and draw(st.integers(0, 5)) == 0:
            found.append(draw(st.lists(contents(deep=False), min_size=1, max_size=4)))
        else:
            found.append((draw(st.sampled_from(LOOKS)), draw(st.integers(1, 9))))
    return found


@st.composite
def tables(draw: st.DrawFn) -> list[Any]:
    """Rows of two cells, each its properties, its height, and its cells with theirs."""
    found, is_merged = [], False
    for _ in range(draw(st.integers(1, 6))):
        merge = (
            draw(st.sampled_from([MERGED, GOES_ON, GOES_ON, ""])) if is_merged else draw(st.sampled_from(["", MERGED]))
        )
        is_merged = bool(merge)
        left = [] if merge == GOES_ON else draw(contents())
        properties = WHOLE if draw(st.integers(0, 3)) == 0 else ""
        height = draw(st.sampled_from([0, 0, 0, 40, 100, 300]))
        place = draw(st.sampled_from(PLACES))
        found.append((properties, height, [(merge + place, left), (place, draw(contents()))]))
    return found


@given(table=tables(), room=st.integers(0, 400))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_pages_end_every_line_of_a_table_is_on_one_of_them_and_within_it(
    probe: Any, table: list[Any], room: int
) -> None:
    signs = map(chr, itertools.count(0x6000))
    used: list[str] = []

    def content(items: list[Any]) -> str:
        out = ""
        for item in items:
            if isinstance(item, list):
                rows = [f"{probe.wml.cell(content(row), width=1500)}" for row in item]
                out += probe.wml.table(rows, columns=[1500]) + probe.wml.paragraph("。")
                continue
            look, count = item
            lines = [next(signs) for _ in range(count)]
            used.extend(lines)
            out += probe.wml.paragraph("\n".join(lines), look)
        return out or "<w:p/>"

    rows = [
        probe.row(
            *(probe.wml.cell(content(inside), properties=look) for look, inside in cells),
            height=height,
            properties=properties,
        )
        for properties, height, cells in table
    ]
    lines = [line for page in probe.paper(*rows, room=room).pages for line in page.lines]
    printed = Counter("".join(line.text for line in lines))
    assert [sign for sign in used if printed[sign] != 1] == []
    assert max(line.y for line in lines) * 72 / 25.4 < FOOT
