"""Pictures, shapes and text boxes with places of their own, and text beside them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
from PIL import Image

from docgen.engine.press.reading.vml_path import steps_of_path

if TYPE_CHECKING:
    from docgen.engine.press import Press

LEFT, TOP, LINE = 79.4, 104.9, 28.0
"""Of the type area, and between its lines, in points."""

PT = 72 / 25.4
LONG = "一二三四五六七八九十" * 12


@pytest.fixture(scope="module")
def red() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 30, 30)).save(out, "PNG")
    return out.getvalue()


def lines_of(paper: Any) -> list[tuple[Any, Any, Any]]:
    """Text, left edge and top of each line of the first page, in points."""
    return [(line.text, line.x * PT, line.y * PT) for line in paper.pages[0].lines]


@pytest.mark.parametrize(
    ("across", "left"), [("column:0", 188.4), ("column:right", LEFT), ("margin:left", 188.4), ("page:79", 188.0)]
)
def test_text_stands_beside_a_square_picture_and_under_it_again(
    lay_out: Any, wml: Any, red: bytes, across: str, left: float
) -> None:
    drawing = wml.anchored(wml.picture("pic", 100, 100), 100, 100, across=across, wrap="Square")
    lines = lines_of(lay_out(wml.paragraph("甲") + wml.around(drawing, LONG), media={"pic": red}))
    assert [text for text, _, _ in lines[1:5]] == ["一二三四五六七八九十" * 2] * 4
    assert [x for _, x, _ in lines[1:5]] == pytest.approx([left] * 4, abs=0.5)
    assert lines[5][1] == pytest.approx(LEFT, abs=0.1)
    assert len(lines[5][0]) == 27


def test_text_runs_over_a_picture_in_the_middle_from_left_to_right(lay_out: Any, wml: Any, red: bytes) -> None:
    drawing = wml.anchored(wml.picture("pic", 100, 100), 100, 100, across="column:170", wrap="Square")
    lines = lines_of(lay_out(wml.paragraph("甲") + wml.around(drawing, LONG), media={"pic": red}))
    first, second, third = lines[1:4]
    assert first[0] + second[0] == "一二三四五六七八九十" * 2
    assert (first[2], second[2]) == (pytest.approx(third[2] - LINE, abs=0.1),) * 2
    assert second[1] == pytest.approx(LEFT + 170 + 100 + 9, abs=0.2)


def test_text_stands_above_and_below_a_picture_that_leaves_no_sides(lay_out: Any, wml: Any, red: bytes) -> None:
    drawing = wml.anchored(wml.picture("pic", 100, 100), 100, 100, wrap="TopAndBottom")
    lines = lines_of(lay_out(wml.paragraph("甲") + wml.around(drawing, "乙"), media={"pic": red}))
    assert lines[1] == ("乙", pytest.approx(LEFT, abs=0.1), pytest.approx(TOP + LINE + 100, abs=0.2))


def test_text_in_a_cell_stands_beside_its_picture_and_the_row_holds_it(lay_out: Any, wml: Any, red: bytes) -> None:
    drawing = wml.anchored(wml.picture("pic", 60, 60), 60, 60, wrap="Square")
    inside = wml.around(drawing, "甲") + wml.paragraph("一二三四五六七八九十" * 2)
    table = wml.table([wml.cell(inside, width=5000)], columns=[5000])
    lines = lines_of(lay_out(table + wml.paragraph("后"), media={"pic": red}))
    assert [text for text, _, _ in lines] == ["甲", "一二三四五六七八九十", "一二三四五六七八九十", "后"]
    assert lines[1][1] == pytest.approx(LEFT + 69, abs=0.2)
    alone = wml.table([wml.cell(wml.around(drawing, "甲"), width=5000)], columns=[5000])
    after = lines_of(lay_out(alone + wml.paragraph("后"), media={"pic": red}))[-1]
    assert after[2] == pytest.approx(TOP + 61, abs=0.5)


def test_table_goes_below_what_would_stand_beside_it(lay_out: Any, wml: Any, red: bytes) -> None:
    drawing = wml.anchored(wml.picture("pic", 60, 60), 60, 60, wrap="Square")
    body = wml.around(drawing, "甲") + wml.table([wml.cell("格", width=8000)], columns=[8000])
    lines = lines_of(lay_out(body, media={"pic": red}))
    assert lines[1][2] == pytest.approx(TOP + 60.5, abs=0.3)


def test_earlier_text_keeps_away_from_a_picture_bound_to_later_text(lay_out: Any, wml: Any, red: bytes) -> None:
    drawing = wml.anchored(wml.picture("pic", 60, 60), 60, 60, across="page:150", down="page:110", wrap="Square")
    body = wml.paragraph("甲" * 60) + wml.around(drawing, "乙")
    paper = lay_out(body, media={"pic": red})
    lines = lines_of(paper)
    assert "".join(text for text, _, _ in lines) == "甲" * 60 + "乙"
    assert [round(x - LEFT) for text, x, _ in lines if text.startswith("甲")][1] == round(150 + 60 + 9 - LEFT)


def test_place_is_counted_from_the_top_of_the_paragraph_with_its_space(
    lay_out: Any, printed: Any, wml: Any, red: bytes
) -> None:
    drawing = wml.anchored(wml.picture("pic", 100, 100), 100, 100)
    space = '<w:spacing w:before="400"/>'
    paper = lay_out(wml.paragraph("甲") + wml.around(drawing, "乙", space), media={"pic": red})
    data = printed(paper)
    assert lines_of(paper)[1][2] == pytest.approx(TOP + LINE + 20, abs=0.2)
    assert data.pixel(LEFT + 50, TOP + LINE + 3) == (200, 30, 30)
    assert data.pixel(LEFT + 50, TOP + LINE - 3) != (200, 30, 30)


@pytest.mark.parametrize("behind", [True, False])
def test_picture_behind_the_text_lets_it_be_seen(
    lay_out: Any, printed: Any, wml: Any, red: bytes, *, behind: bool
) -> None:
    drawing = wml.anchored(wml.picture("pic", 100, 100), 100, 100, behind=behind)
    data = printed(lay_out(wml.around(drawing, "█" * 3), media={"pic": red}))
    assert (data.pixel(LEFT + 8, TOP + 14) == (200, 30, 30)) is not behind
    assert data.text().startswith("█")


def test_drawings_lie_over_each_other_as_their_heights_say(lay_out: Any, printed: Any, wml: Any, red: bytes) -> None:
    over = wml.anchored(wml.picture("pic", 60, 60), 60, 60, down="page:300").replace('Height="2"', 'Height="9"')
    under = wml.anchored(wml.shape(60, 60, fill="00FF00"), 60, 60, down="page:300")
    data = printed(lay_out(wml.around(over, "") + wml.around(under, ""), media={"pic": red}))
    assert data.pixel(LEFT + 30, 330) == (200, 30, 30)


def test_text_box_holds_its_paragraphs_and_tables_and_they_can_be_searched(
    lay_out: Any, printed: Any, wml: Any
) -> None:
    table = wml.table([wml.cell("格", width=1000)], columns=[1000])
    inside = wml.paragraph("框内文字" * 3) + table + wml.paragraph("末")
    drawing = wml.anchored(wml.shape(150, 140, inside), 150, 140, across="page:300", down="page:400")
    paper = lay_out(wml.around(drawing, "正文"))
    found = {text: (x, y) for text, x, y in lines_of(paper)}
    assert found["框内文字框内文字"] == (pytest.approx(307.2, abs=0.1), pytest.approx(403.6, abs=0.1))
    assert {"正文", "框内文字", "格", "末"} < found.keys()
    assert "框内文字" in printed(paper).text()
    assert paper.problems == ()


def test_box_grows_with_its_text_and_pushes_what_follows(lay_out: Any, wml: Any) -> None:
    inside = wml.paragraph("字\n字\n字")
    drawing = wml.anchored(
        wml.shape(150, 10, inside, body="<a:spAutoFit/>"), 150, 10, down="paragraph:0", wrap="TopAndBottom"
    )
    lines = lines_of(lay_out(wml.around(drawing, "乙")))
    assert next(y for text, _, y in lines if text == "乙") == pytest.approx(TOP + 3 * LINE + 7.2, abs=0.2)


def test_page_number_in_a_text_box_of_the_footer_counts(lay_out: Any, wml: Any) -> None:
    box = wml.anchored(wml.shape(80, 40, f"<w:p>{wml.field('PAGE')}</w:p>"), 80, 40, across="margin:center")
    body = wml.paragraph("甲") + wml.paragraph("乙", "<w:pageBreakBefore/>")
    paper = lay_out(body, footer=wml.part("ftr", wml.around(box, "")))
    assert [page.lines[-1].text for page in paper.pages] == ["1", "2"]


@pytest.mark.parametrize(
    "kind", ["rect", "roundRect", "ellipse", "star5", "diamond", "leftBrace", "rightArrow", "line"]
)
def test_shapes_are_drawn_with_their_lines(lay_out: Any, printed: Any, wml: Any, kind: str) -> None:
    fill = "" if kind in {"leftBrace", "line"} else "FFE000"
    drawing = wml.anchored(wml.shape(100, 80, kind=kind, fill=fill), 100, 80, across="page:200", down="page:300")
    data = printed(lay_out(wml.around(drawing, "")))
    paths = [o.get_bounds() for o in pypdfium2.PdfDocument(data.data)[0].get_objects(max_depth=4) if o.type == 2]
    assert any(abs(left - 200) < 5 and abs(right - 300) < 5 for left, _, right, _ in paths)
    assert (data.pixel(250, 340) == (255, 224, 0)) is bool(fill)


def test_page_number_in_a_table_of_the_footer_counts(lay_out: Any, wml: Any) -> None:
    table = wml.table([wml.cell(f"<w:p>{wml.field('PAGE')}</w:p>")], columns=[2000])
    body = wml.paragraph("甲") + wml.paragraph("乙", "<w:pageBreakBefore/>")
    paper = lay_out(body, footer=wml.part("ftr", table + wml.paragraph("")))
    assert [page.lines[-1].text for page in paper.pages] == ["1", "2"]


def test_page_number_in_a_table_of_the_text_counts(lay_out: Any, wml: Any) -> None:
    table = wml.table([wml.cell(f"<w:p>{wml.field('PAGE')}</w:p>")], columns=[2000])
    paper = lay_out(wml.paragraph("甲") + wml.paragraph("乙", "<w:pageBreakBefore/>") + table)
    assert paper.pages[1].lines[-1].text == "2"


@pytest.mark.parametrize(
    ("place", "x", "y"),
    [
        ('w:hAnchor="page" w:vAnchor="page" w:x="3000" w:y="5000"', 150, 250),
        ('w:hAnchor="margin" w:vAnchor="page" w:xAlign="center" w:y="5000"', LEFT + (442.2 - 100) / 2, 250),
        ('w:hAnchor="text" w:vAnchor="text" w:x="20" w:y="1200"', LEFT + 1, TOP + LINE + 60),
        ("", LEFT, TOP + LINE),
    ],
)
def test_frame_stands_at_its_place_and_text_beside_it(lay_out: Any, wml: Any, place: str, x: float, y: float) -> None:
    frame = f'<w:framePr w:w="2000" w:wrap="around" {place}/>'
    framed = wml.paragraph("框一", frame) + wml.paragraph("框二", frame)
    paper = lay_out(wml.paragraph("甲") + framed + wml.paragraph(LONG * 3))
    found = lines_of(paper)
    lines = {text: (left, top) for text, left, top in found}
    assert lines["框一"] == (pytest.approx(x, abs=0.1), pytest.approx(y, abs=0.1))
    assert lines["框二"] == (pytest.approx(x, abs=0.1), pytest.approx(y + LINE, abs=0.1))
    beside = [text for text, _, top in found if abs(top - y) < LINE and not text.startswith("框") and text != "甲"]
    assert beside
    assert max(map(len, beside)) < 27
    assert paper.problems == ()


def test_frame_in_a_footer_holds_the_page_number_at_the_right(lay_out: Any, wml: Any) -> None:
    place = '<w:framePr w:wrap="around" w:vAnchor="text" w:hAnchor="margin" w:xAlign="right" w:y="1"/>'
    footer = f"<w:p><w:pPr>{place}</w:pPr>{wml.field('PAGE')}</w:p>{wml.paragraph('页脚')}"
    paper = lay_out(wml.paragraph("甲"), footer=wml.part("ftr", footer))
    foot, number = paper.pages[0].lines[-2:]
    assert (foot.text, number.text) == ("页脚", "1")
    assert foot.y == pytest.approx(number.y, abs=0.1)
    assert (number.x + number.width) * PT == pytest.approx(LEFT + 442.2, abs=0.2)


def test_frame_that_nothing_follows_stays_in_the_text_and_is_told(lay_out: Any, wml: Any) -> None:
    paper = lay_out(wml.paragraph("甲") + wml.paragraph("框", '<w:framePr w:w="2000" w:hAnchor="page" w:x="9"/>'))
    assert [text for text, _, _ in lines_of(paper)] == ["甲", "框"]
    assert [problem.code for problem in paper.problems] == ["layout.undrawn"]


def test_tab_that_knows_its_place_goes_there(lay_out: Any) -> None:
    tab = '<w:r><w:ptab w:relativeTo="margin" w:alignment="{}" w:leader="none"/></w:r>'
    middle, right = tab.format("center"), tab.format("right")
    body = f"<w:p>{middle}<w:r><w:t>中</w:t></w:r>{right}<w:r><w:t>右</w:t></w:r></w:p>"
    (line,) = lay_out(body).pages[0].lines
    assert line.text == "\t中\t右"
    assert (line.x + line.width) * PT == pytest.approx(LEFT + 442.2, abs=0.2)


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("m0,0l100,0,100,50xe", [("m", 0, 0), ("l", 1, 0), ("l", 1, 1), ("h",)]),
        ("m,l,50r100,l100,xe", [("m", 0, 0), ("l", 0, 1), ("l", 1, 1), ("l", 1, 0), ("h",)]),
        ("m50 25c50,0,100,0,100,25nfe", [("m", 0.5, 0.5), ("c", 0.5, 0, 1, 0, 1, 0.5)]),
        ("m10-5v1,1,2,2,3,3e", [("m", 0.1, -0.1), ("c", 0.11, -0.08, 0.12, -0.06, 0.13, -0.04)]),
        ("m0,0ar1,2,3,4,5,6,7,8e", None),
        ("m@0,@1l5,5e", None),
    ],
)
def test_paths_of_vector_markup_are_read_or_refused(path: str, steps: Any) -> None:
    found = steps_of_path(path, (100.0, 50.0))
    expected: Any = None if steps is None else [(sign, pytest.approx(tuple(points))) for sign, *points in steps]
    assert (None if found is None else list(found)) == expected


def test_groups_and_vector_markup_are_drawn(lay_out: Any, printed: Any, wml: Any) -> None:
    inside = f"<v:textbox><w:txbxContent>{wml.paragraph('旧框')}</w:txbxContent></v:textbox>"
    group = (
        '<w:r><w:pict><v:group style="position:absolute;margin-left:100pt;margin-top:50pt;width:200pt;height:100pt"'
        f' coordsize="400,200"><v:rect style="position:absolute;left:200;top:0;width:200;height:200">{inside}</v:rect>'
        '<v:line from="0,0" to="200,200"/></v:group></w:pict></w:r>'
    )
    paper = lay_out(wml.around(group, "正文"))
    assert ("旧框", pytest.approx(LEFT + 200 + 7.2, abs=0.1), pytest.approx(TOP + 50 + 3.6, abs=0.1)) in lines_of(paper)
    assert "旧框" in printed(paper).text()


@pytest.mark.parametrize(
    ("graphic", "words"),
    [
        ("<a:graphic><a:graphicData><c:chart xmlns:c='urn:c'/></a:graphicData></a:graphic>", "图表"),
        ("cloud", "cloud"),
        ('<wps:bodyPr vert="mongolianVert"', "竖排"),
        ('<a:xfrm rot="5400000">', "旋转"),
    ],
)
def test_drawings_we_do_not_know_are_named(press: Press, wml: Any, graphic: str, words: str) -> None:
    shape = graphic
    if not graphic.startswith("<a:graphic>"):
        shape = wml.shape(80, 40, wml.paragraph("字"), kind=graphic if graphic == "cloud" else "rect")
        shape = shape.replace(graphic.split(maxsplit=1)[0] + (">" if "xfrm" in graphic else ""), graphic, 1)
    docx = wml.Docx(body=wml.around(wml.anchored(shape, 80, 40), "")).bytes()
    (problem,) = press.check(docx, name="模板")
    assert problem.code == "layout.unsupported"
    assert words in problem.message


def test_looks_of_drawings_that_are_left_out_are_problems(press: Press, wml: Any) -> None:
    shape = wml.shape(80, 40, kind="line").replace("</a:ln>", '<a:tailEnd type="triangle"/></a:ln>')
    docx = wml.Docx(body=wml.around(wml.anchored(shape, 80, 40), "字")).bytes()
    for _ in range(2):
        (problem,) = press.lay_out(docx, name="模板").problems
        assert (problem.code, problem.blocking) == ("layout.undrawn", False)
        assert "箭头" in problem.message


@pytest.mark.parametrize(("down", "corner"), [("page:50", "左上角"), ("page:400", "")])
def test_picture_in_the_corner_of_a_mark_is_told(lay_out: Any, wml: Any, red: bytes, down: str, corner: str) -> None:
    drawing = wml.anchored(wml.picture("pic", 60, 60), 60, 60, across="page:40", down=down)
    problems = lay_out(wml.around(drawing, "甲"), media={"pic": red}).problems
    assert [(p.code, corner in p.message, "图片" in p.message) for p in problems] == (
        [("mark.zone", True, True)] if corner else []
    )


def test_same_words_around_another_picture_give_another_page(lay_out: Any, printed: Any, wml: Any, red: bytes) -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (30, 30, 200)).save(out, "PNG")
    cell = wml.cell(wml.around(wml.anchored(wml.picture("pic", 20, 20), 20, 20, down="paragraph:2"), "甲"), width=4000)
    body = wml.table([cell], columns=[4000])
    colors = [printed(lay_out(body, media={"pic": data})).pixel(LEFT + 10, TOP + 15) for data in (red, out.getvalue())]
    assert colors == [(200, 30, 30), (30, 30, 200)]
