"""What cannot be drawn is said: content that would be lost stops the paper, a look is a problem."""

from __future__ import annotations

from typing import Any

import pytest

from docgen.engine.press import Press, UnsupportedLayoutError

LOST = {
    "footnote": '<w:p><w:r><w:footnoteReference w:id="1"/></w:r></w:p>',
    "deleted text": "<w:p><w:del><w:r><w:delText>丙</w:delText></w:r></w:del></w:p>",
    "turned text box": (
        "<w:p><w:r><w:pict><v:shape xmlns:v='urn:v' style='rotation:45'><v:textbox><w:txbxContent><w:p/>"
        "</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
    ),
    "note in a text box": (
        "<w:p><w:r><w:pict><v:shape xmlns:v='urn:v'><v:textbox><w:txbxContent><w:p><w:r><w:footnoteReference w:id='1'/>"
        "</w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
    ),
    "word art": "<w:p><w:r><w:pict><v:shape xmlns:v='urn:v' type='#_x0000_t136'/></w:pict></w:r></w:p>",
    "formula": '<w:p><m:oMath xmlns:m="urn:m"/></w:p>',
    "object": "<w:p><w:r><w:object/></w:r></w:p>",
    "unknown symbol": '<w:p><w:r><w:sym w:font="Webdings" w:char="F061"/></w:r></w:p>',
    "unknown element": "<w:p><w:r><w:futureThing/></w:r></w:p>",
    "missing picture": "<w:p><w:r><w:drawing><inline><extent cx='9' cy='9'/><blip/></inline></w:drawing></w:r></w:p>",
    "floating picture": "<w:p><w:r><w:drawing><anchor/></w:drawing></w:r></w:p>",
}


@pytest.mark.parametrize("body", LOST.values(), ids=LOST.keys())
def test_content_that_would_be_lost_stops_the_paper(press: Press, wml: Any, body: str) -> None:
    docx = wml.Docx(body=wml.paragraph("前") + body).bytes()
    for _ in range(2):  # what is remembered is reported again
        with pytest.raises(UnsupportedLayoutError) as refusal:
            press.lay_out(docx, name="模板")
        assert refusal.value.what
    assert [problem.code for problem in press.check(docx, name="模板")] == ["layout.unsupported"]


@pytest.mark.parametrize(
    "body",
    [
        '<w:p><w:r><w:rPr><w:em w:val="dot"/></w:rPr><w:t>点</w:t></w:r></w:p>',
        '<w:p><w:pPr><w:framePr w:w="100"/></w:pPr><w:r><w:t>框</w:t></w:r></w:p>',
        (
            '<w:tbl><w:tblPr><w:tblpPr w:tblpX="1"/></w:tblPr><w:tblGrid><w:gridCol w:w="500"/></w:tblGrid>'
            "<w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"
        ),
    ],
)
def test_look_that_is_not_drawn_is_a_problem_each_time(press: Press, wml: Any, body: str) -> None:
    docx = wml.Docx(body=body).bytes()
    for _ in range(2):
        assert [(p.code, p.blocking) for p in press.lay_out(docx, name="模板").problems] == [("layout.undrawn", False)]


def test_columns_without_room_and_those_that_call_notes_are_reported(press: Press, wml: Any) -> None:
    narrow = '<w:cols w:num="2" w:space="20000"/>'
    noted = '<w:p><w:r><w:t>字</w:t><w:footnoteReference w:id="2"/></w:r></w:p>'
    notes = (
        '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:footnote w:id="2">'
        "<w:p><w:r><w:t>注</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    for docx in (
        wml.Docx(body=wml.paragraph("字"), section=wml.A4 + narrow),
        wml.Docx(body=noted, footnotes=notes, section=wml.A4 + '<w:cols w:num="2"/>'),
    ):
        (problem,) = press.check(docx.bytes(), name="模板")
        assert "分栏" in problem.message


def test_check_finds_everything_at_once(press: Press, wml: Any) -> None:
    body = wml.paragraph("张\u200b三", run="<w:emboss/>") + LOST["footnote"]
    codes = [problem.code for problem in press.check(wml.Docx(body=body).bytes(), name="模板")]
    assert codes == ["layout.unsupported", "glyph.missing", "layout.undrawn"]


def test_text_in_the_corner_of_a_mark_is_reported(press: Press, wml: Any) -> None:
    low = wml.A4.replace('w:top="2098"', 'w:top="600"')
    body = wml.paragraph("字" * 200)
    assert [p.code for p in press.lay_out(wml.Docx(body=body, section=low).bytes(), name="模板").problems] == [
        "mark.zone"
    ]
    assert press.lay_out(wml.Docx(body=body).bytes(), name="模板").problems == ()


def test_tick_boxes_of_forms_and_symbol_fonts_are_drawn(lay_out: Any, printed: Any) -> None:
    body = (
        '<w:p><w:r><w:t>☐☑☒</w:t><w:sym w:font="Wingdings" w:char="F0FE"/></w:r><w:r><w:fldChar w:fldCharType="begin">'
        "<w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData></w:fldChar></w:r><w:r><w:instrText>FORMCHECKBOX"
        '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    paper = lay_out(body)
    assert paper.text == "☐☑☒☑☑"
    assert printed(paper).text() == "☐☑☒☑☑"
