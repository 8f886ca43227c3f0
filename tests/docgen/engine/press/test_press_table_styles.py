"""Special looks of a table style: first row, last column, bands and corners, by the place of a cell in its table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from docgen.engine.press import FontBook, Press
from docgen.engine.press.reading.places import places_of
from docgen.engine.press.reading.styles import StyleBook
from docgen.engine.render import compile_template

if TYPE_CHECKING:
    from collections.abc import Callable

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SIZES = {
    "band1Vert": 7,
    "band2Vert": 8,
    "band1Horz": 9,
    "band2Horz": 11,
    "firstCol": 12,
    "lastCol": 13,
    "firstRow": 14,
    "lastRow": 15,
    "neCell": 16,
    "nwCell": 17,
    "seCell": 18,
    "swCell": 19,
}
LEFT = 90.0
TOP = 110.0
PAGE = '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2200" w:right="1800" w:bottom="1440" w:left="1800"/>'
GREEN, RED = (0, 255, 0), (255, 0, 0)


def sized(points: int) -> str:
    return f'<w:rPr><w:sz w:val="{2 * points}"/></w:rPr>'


def filled(color: str) -> str:
    return f'<w:tcPr><w:shd w:val="clear" w:fill="{color}"/></w:tcPr>'


def lined(**sides: int) -> str:
    """Return borders in eighths of a point; 0 says that there is none."""
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="{width}"/>' if width else f'<w:{side} w:val="nil"/>'
        for side, width in sides.items()
    )
    return f"<w:tcPr><w:tcBorders>{lines}</w:tcBorders></w:tcPr>"


def style(parts: dict[str, str], *, own: str = "", name: str = "T", based: str = "") -> str:
    inside = "".join(f'<w:tblStylePr w:type="{kind}">{said}</w:tblStylePr>' for kind, said in parts.items())
    ancestor = f'<w:basedOn w:val="{based}"/>' if based else ""
    return f'<w:style w:type="table" w:styleId="{name}"><w:name w:val="{name}"/>{ancestor}{own}{inside}</w:style>'


def sheet(*styles: str) -> str:
    defaults = '<w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="10"/></w:rPr></w:rPrDefault></w:docDefaults>'
    return f"<w:styles {W}>{defaults}{''.join(styles)}</w:styles>"


def cell(text: str = "甲乙丙", properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"


def table(rows: list[str], columns: int, look: str = 'w:val="01E0"', name: str = "T") -> str:
    asked = f"<w:tblLook {look}/>" if look else ""
    grid = '<w:gridCol w:w="1400"/>' * columns
    body = "".join(f"<w:tr>{row}</w:tr>" for row in rows)
    return f'<w:tbl><w:tblPr><w:tblStyle w:val="{name}"/>{asked}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>'


def even(rows: int, columns: int, look: str = 'w:val="01E0"', name: str = "T") -> str:
    """Return a table whose rows are all the same XML."""
    return table([cell() * columns] * rows, columns, look, name)


def planned(body: str) -> str:
    return body


def parsed(body: str) -> str:
    return f"<w:sdt><w:sdtContent>{body}</w:sdtContent></w:sdt>"


@pytest.fixture(params=[planned, parsed])
def sizes(lay_out: Any, request: pytest.FixtureRequest) -> Callable[..., list[float]]:
    """The sizes of characters in the cells of the first page, row by row, on either way of reading."""

    def found(body: str, *styles: str) -> list[float]:
        paper = lay_out(request.param(body), styles=sheet(*styles), section=PAGE)
        assert not paper.problems
        return [round(line.width / 25.4 * 72 / len(line.text), 1) for line in paper.pages[0].lines]

    return found


ALL = style({kind: sized(points) for kind, points in SIZES.items()})


def test_every_cell_looks_as_its_place_says_though_all_rows_are_the_same(sizes: Any) -> None:
    assert sizes(even(5, 5), ALL) == [
        *(17, 14, 14, 14, 16),
        *(12, 7, 8, 7, 13),
        *(12, 7, 8, 7, 13),
        *(12, 7, 8, 7, 13),
        *(19, 15, 15, 15, 18),
    ]


def test_bands_are_counted_behind_the_first_row_and_only_where_nothing_else_stands(sizes: Any) -> None:
    assert sizes(even(5, 1, 'w:val="0460"'), ALL) == [14, 9, 11, 9, 15]
    assert sizes(even(4, 1, 'w:val="0400"'), ALL) == [9, 11, 9, 11]
    assert sizes(even(3, 1, 'w:val="0600"'), ALL) == [5, 5, 5]


def test_rows_go_over_columns_and_corners_over_both(sizes: Any) -> None:
    parts = {
        kind: sized(SIZES[kind]) for kind in ("firstRow", "firstCol", "lastCol", "neCell", "band1Horz", "band1Vert")
    }
    assert sizes(even(2, 3, 'w:val="01A0"'), style(parts)) == [14, 14, 16, 12, 7, 13]


@pytest.mark.parametrize(
    ("look", "expected"),
    [
        ('w:val="0620"', [14, 14, 5, 5, 5, 5]),
        ('w:firstRow="1" w:noHBand="1" w:noVBand="1"', [14, 14, 5, 5, 5, 5]),
        ('w:val="0620" w:firstRow="0" w:lastRow="true" w:noHBand="1" w:noVBand="on"', [5, 5, 5, 5, 15, 15]),
        ("", [17, 14, 12, 9, 12, 11]),
        ('w:val="odd" w:noVBand="1"', [9, 9, 11, 11, 9, 9]),
        ('w:val="zz"', [7, 8, 7, 8, 7, 8]),
    ],
)
def test_what_is_asked_for_is_read_from_attributes_else_from_the_number(
    sizes: Any, look: str, expected: list[int]
) -> None:
    assert sizes(even(3, 2, look), ALL) == expected


def test_one_row_or_column_is_the_first_and_not_the_last(sizes: Any) -> None:
    assert sizes(even(1, 2, 'w:val="0660"'), ALL) == [14, 14]
    assert sizes(even(2, 1, 'w:val="0780"'), ALL) == [12, 12]


def test_bands_have_the_size_that_the_style_says(sizes: Any) -> None:
    said = '<w:tblPr><w:tblStyle{}BandSize w:val="2"/></w:tblPr>'
    rows = {kind: sized(SIZES[kind]) for kind in ("band1Horz", "band2Horz")}
    assert sizes(even(6, 1, 'w:val="0420"'), style(rows, own=said.format("Row"))) == [5, 9, 9, 11, 11, 9]
    columns = {kind: sized(SIZES[kind]) for kind in ("band1Vert", "band2Vert")}
    assert sizes(even(1, 5, 'w:val="0200"'), style(columns, own=said.format("Col"))) == [7, 7, 8, 8, 7]


def test_cells_are_counted_for_columns_and_a_row_that_ends_early_has_no_last_one(sizes: Any) -> None:
    wide = cell(properties='<w:gridSpan w:val="2"/>') + cell()
    short = '<w:trPr><w:gridAfter w:val="1"/></w:trPr>' + cell() * 2
    parts = {kind: sized(SIZES[kind]) for kind in ("band1Vert", "band2Vert", "lastCol")}
    assert sizes(table([cell() * 3, wide, short], 3, 'w:val="0300"'), style(parts)) == [7, 8, 13, 7, 13, 7, 8]


def test_cell_that_reaches_over_others_is_one(sizes: Any) -> None:
    merged = cell(properties='<w:hMerge w:val="restart"/>') + cell(properties="<w:hMerge/>")
    parts = {"firstCol": sized(12), "lastCol": sized(13)}
    assert sizes(table([cell() * 3, cell() + merged], 3, 'w:val="0780"'), style(parts)) == [12, 5, 13, 12, 13]


def test_special_looks_are_inherited_and_those_of_the_child_go_over_them(sizes: Any) -> None:
    child = style({"firstRow": '<w:rPr><w:spacing w:val="100"/></w:rPr>', "lastRow": sized(6)}, name="U", based="T")
    parent = style({"firstRow": sized(14), "lastRow": sized(15), "wholeTable": sized(8)})
    first, *others = sizes(even(3, 1, 'w:val="0660"', "U"), parent, child)
    assert first > 14  # its size and the child's spacing
    assert others == [8, 6]


def test_default_table_style_counts_where_none_is_named(sizes: Any) -> None:
    default = style({"firstRow": sized(14)}).replace("<w:style ", '<w:style w:default="1" ')
    bare = even(2, 1).replace('<w:tblStyle w:val="T"/>', "")
    assert sizes(bare, default) == [14, 5]


def test_paragraph_style_goes_over_the_special_look_and_what_is_said_directly_over_both(sizes: Any) -> None:
    own = '<w:style w:type="paragraph" w:styleId="P"><w:name w:val="P"/><w:rPr><w:sz w:val="40"/></w:rPr></w:style>'
    styled = '<w:tc><w:p><w:pPr><w:pStyle w:val="P"/></w:pPr><w:r><w:t>甲乙</w:t></w:r></w:p></w:tc>'
    direct = '<w:tc><w:p><w:r><w:rPr><w:sz w:val="44"/></w:rPr><w:t>甲乙</w:t></w:r></w:p></w:tc>'
    assert sizes(table([cell() + styled + direct], 3, 'w:val="0620"'), style({"firstRow": sized(14)}), own) == [
        *(14, 20, 22)
    ]


def test_table_in_a_cell_has_its_own_style(sizes: Any) -> None:
    inner = even(2, 1, 'w:val="0620"', "U")
    outer = table([f"<w:tc>{inner}<w:p><w:r><w:t>丁</w:t></w:r></w:p></w:tc>", cell()], 1, 'w:val="0620"')
    two = style({"firstRow": sized(14)}), style({"firstRow": sized(8)}, name="U")
    assert sizes(outer, *two) == [8, 5, 14, 5]


def test_further_header_rows_look_like_the_first_one(sizes: Any) -> None:
    head = "<w:trPr><w:tblHeader/></w:trPr>" + cell()
    assert sizes(table([head, head, cell(), cell()], 1, 'w:val="0420"'), ALL) == [14, 14, 11, 9]
    assert sizes(table([head, head, cell()], 1, 'w:val="0600"'), ALL) == [5, 5, 5]


@pytest.mark.parametrize("way", [planned, parsed])
def test_style_makes_the_first_row_a_header_that_repeats(lay_out: Any, way: Any) -> None:
    header = style({"firstRow": "<w:trPr><w:tblHeader/></w:trPr>"})
    rows = [cell("抬头"), *([cell("行")] * 130)]
    heads = [
        lay_out(way(table(rows, 1, look)), styles=sheet(header), section=PAGE).pages[1].lines[0].text
        for look in ('w:val="0620"', 'w:val="0600"')
    ]
    assert heads == ["抬头", "行"]


@pytest.mark.parametrize("way", [planned, parsed])
def test_settings_of_paragraphs_and_cells_belong_to_the_place(lay_out: Any, way: Any) -> None:
    margin = '<w:tcMar><w:left w:w="300" w:type="dxa"/></w:tcMar>'
    parts = {
        "firstRow": f'<w:pPr><w:spacing w:before="200"/></w:pPr><w:tcPr>{margin}<w:vAlign w:val="bottom"/></w:tcPr>',
        "lastRow": '<w:pPr><w:jc w:val="center"/></w:pPr>',
    }
    tall = '<w:trPr><w:trHeight w:val="1000"/></w:trPr>' + cell()
    paper = lay_out(way(table([tall] * 3, 1, 'w:val="0660"')), styles=sheet(style(parts)), section=PAGE)
    first, second, third = [(line.x / 25.4 * 72, line.y / 25.4 * 72) for line in paper.pages[0].lines]
    assert [round(x - LEFT, 1) for x, _ in (first, second, third)] == [9.6, 0.0, 22.1]
    assert round(first[1] + 7.2 - TOP) == 50
    assert round(second[1] - TOP) == 50


@pytest.mark.parametrize("way", [planned, parsed])
def test_backgrounds_follow_the_bands_of_equal_rows(lay_out: Any, printed: Any, way: Any) -> None:
    parts = {"firstRow": filled("FF0000"), "band1Horz": filled("00FF00")}
    tall = '<w:trPr><w:trHeight w:val="400" w:hRule="exact"/></w:trPr>' + cell("")
    data = printed(lay_out(way(table([tall] * 5, 1, 'w:val="0420"')), styles=sheet(style(parts)), section=PAGE))
    colors = [data.pixel(LEFT + 30, TOP + 20 * row + 10) for row in range(5)]
    assert colors == [RED, GREEN, (255, 255, 255), GREEN, (255, 255, 255)]


def test_lines_of_a_part_are_its_edges_and_inside_lines_stand_between_its_cells(lay_out: Any, printed: Any) -> None:
    own = '<w:tblPr><w:tblBorders><w:insideV w:val="single" w:sz="16"/></w:tblBorders></w:tblPr>'
    parts = {
        "firstRow": lined(left=16, bottom=16, insideV=0),
        "firstCol": lined(top=0, insideH=16),
        "lastRow": lined(top=0, insideH=16),
    }
    tall = '<w:trPr><w:trHeight w:val="400" w:hRule="exact"/></w:trPr>' + cell("") * 3
    data = printed(lay_out(table([tall] * 4, 3, 'w:val="06E0"'), styles=sheet(style(parts, own=own)), section=PAGE))
    left = LEFT - 5.4

    def is_dark(x: float, y: float) -> bool:
        return bool(sum(data.pixel(left + x, TOP + y)) < 300)

    upright = [[is_dark(x, 20 * row + 10) for x in (0, 70, 140, 210)] for row in range(4)]
    assert upright == [[True, False, False, False], *([[False, True, True, False]] * 3)]
    level = [[is_dark(x, 20 * row) for x in (35, 105, 175)] for row in range(5)]
    assert level == [[False] * 3, [True] * 3, *([[True, False, False]] * 2), [False] * 3]  # a line goes before none


def dark(data: Any, places: list[tuple[float, float]]) -> list[bool]:
    """Whether something is drawn at places of a table, from its upper left corner."""
    return [bool(sum(data.pixel(LEFT - 5.4 + x, TOP + y)) < 300) for x, y in places]


@pytest.mark.parametrize("look", ["0440", "0400"])
def test_lines_of_a_band_are_those_around_all_its_rows(lay_out: Any, printed: Any, look: str) -> None:
    """The last band is cut short by the last row, where one is asked for, and by the end of the table."""
    own = '<w:tblPr><w:tblStyleRowBandSize w:val="2"/></w:tblPr>'
    parts = {"band1Horz": lined(top=16, bottom=16, insideH=0), "lastRow": filled("FFFFFF")}
    tall = '<w:trPr><w:trHeight w:val="400" w:hRule="exact"/></w:trPr>' + cell("")
    body = table([tall] * 5 + [tall] * (look == "0440"), 1, f'w:val="{look}"')
    data = printed(lay_out(body, styles=sheet(style(parts, own=own)), section=PAGE))
    assert dark(data, [(35, 20 * row) for row in range(6)]) == [True, False, True, False, True, True]


def test_a_band_of_columns_ends_with_a_row_that_ends_early(lay_out: Any, printed: Any) -> None:
    own = '<w:tblPr><w:tblStyleColBandSize w:val="2"/></w:tblPr>'
    parts = {"band2Vert": lined(left=16, right=16, insideV=0), "lastCol": filled("FFFFFF")}
    row = '<w:trPr><w:gridAfter w:val="1"/><w:trHeight w:val="400" w:hRule="exact"/></w:trPr>' + cell("") * 3
    data = printed(lay_out(table([row], 4, 'w:val="0300"'), styles=sheet(style(parts, own=own)), section=PAGE))
    assert dark(data, [(70 * i, 10) for i in range(5)]) == [False, False, True, True, False]


@pytest.mark.parametrize(
    ("part", "upright", "level"),
    [
        ({"wholeTable": lined(top=16, left=16, bottom=16, right=16)}, [True, False, True], [True, False, True]),
        ({"nwCell": lined(bottom=16, right=16)}, [False, True, False], [False, True, False]),
    ],
)
def test_lines_of_the_whole_are_its_edges_and_those_of_a_corner_stand_around_its_cell(
    lay_out: Any, printed: Any, part: dict[str, str], upright: list[bool], level: list[bool]
) -> None:
    tall = '<w:trPr><w:trHeight w:val="400" w:hRule="exact"/></w:trPr>' + cell("") * 2
    paper = lay_out(table([tall] * 2, 2, 'w:val="06A0"'), styles=sheet(style(part)), section=PAGE)
    data = printed(paper)
    assert dark(data, [(70 * i, 10) for i in range(3)]) == upright
    assert dark(data, [(35, 20 * i) for i in range(3)]) == level


def test_row_grows_by_the_line_that_its_part_of_the_style_draws(lay_out: Any) -> None:
    plain, ruled = (
        [round(line.y / 25.4 * 72, 1) for line in paper.pages[0].lines]
        for paper in (
            lay_out(even(3, 1, 'w:val="0620"'), styles=sheet(style({"firstRow": said})), section=PAGE)
            for said in ("", lined(top=16, bottom=48))
        )
    )
    assert [round(b - a, 1) for a, b in zip(plain, ruled, strict=True)] == [2, 8, 8]


def test_rows_that_a_record_repeats_have_the_bands_of_their_numbers(wml: Any) -> None:
    rows = [cell("序号"), cell("{%tr for name in names %}"), cell("{{ name }}"), cell("{%tr endfor %}"), cell("合计")]
    docx = wml.Docx(body=table(rows, 1, 'w:val="0460"') + wml.paragraph(""), styles=sheet(ALL), section=PAGE).bytes()
    template = compile_template(docx, name="名单")
    used = Press(FontBook.default())
    for names in (["甲"], ["甲", "乙", "丙"], ["乙", "丙"], ["甲", "乙", "丙", "甲"], ["甲", "乙", "丙"]):
        paper = used.lay_out_rendered(template.render_parts({"names": names}), name="名单")
        found = [round(line.width / 25.4 * 72 / len(line.text), 1) for line in paper.pages[0].lines]
        assert found == [14, *([9, 11, 9, 11][: len(names)]), 15]
        assert (
            paper.to_json()
            == Press(FontBook.default()).lay_out(template.render({"names": names}), name="名单").to_json()
        )


@pytest.mark.parametrize(
    ("kind", "look", "matters"),
    [("firstRow", "0620", True), ("firstRow", "0600", False), ("nwCell", "06A0", True), ("nwCell", "0620", False)],
)
def test_places_are_looked_at_only_where_the_style_has_something_that_is_asked_for(
    kind: str, look: str, *, matters: bool
) -> None:
    book = StyleBook(etree.fromstring(sheet(style({kind: sized(9)}), style({}, name="U")).encode()), None)
    asked = etree.fromstring(f'<w:tblLook {W} w:val="{look}"/>')
    assert (places_of(book.table("T"), asked) is not None) is matters
    assert places_of(book.table("U"), asked) is None
