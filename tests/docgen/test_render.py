"""A record made here equals the same record made by docxtpl, part by part, feature by feature."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
import segno
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage, Listing, RichText, RichTextParagraph
from jinja2 import Environment, StrictUndefined

from bench.render import differing_parts
from bench.samples import agreement
from docgen.engine.render import Picture, compile_template, link_to
from docgen.engine.render.errors import BadCharacterError, BadValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docx.document import Document as Paper


def docx(fill: Callable[[Paper], object]) -> bytes:
    paper = Document()
    fill(paper)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def lines(*texts: str) -> bytes:
    def fill(paper: Paper) -> None:
        for text in texts:
            paper.add_paragraph().add_run(text).bold = True

    return docx(fill)


def table(*rows: tuple[str, ...]) -> bytes:
    def fill(paper: Paper) -> None:
        grid = paper.add_table(rows=len(rows), cols=max(map(len, rows)))
        for row, texts in zip(grid.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=False):
                cell.text = text

    return docx(fill)


def oracle(data: bytes, context: Mapping[str, Any], images: Mapping[str, Picture] | None = None) -> bytes:
    template = DocxTemplate(io.BytesIO(data))
    values = dict(context)
    for key, picture in (images or {}).items():
        values[key] = InlineImage(
            template,
            io.BytesIO(picture.data),
            width=picture.width,
            height=picture.height,
            anchor=picture.link or None,
        )
    template.render(values, Environment(autoescape=True, undefined=StrictUndefined))
    out = io.BytesIO()
    template.save(out)
    return out.getvalue()


def assert_equal(data: bytes, context: Mapping[str, Any], images: Mapping[str, Picture] | None = None) -> bytes:
    made = compile_template(data, name="样张").render({**context, **(images or {})})
    assert differing_parts(made, oracle(data, context, images)) == []
    return made


def png(text: str, scale: int = 3) -> bytes:
    out = io.BytesIO()
    segno.make(text, micro=False).save(out, kind="png", scale=scale)
    return out.getvalue()


def text_of(made: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(made)).paragraphs)


PEOPLE = [{"name": "王小明", "age": 9, "on": True}, {"name": "A & B <李>", "age": 10, "on": False}]

COLUMNS = ("{%tc for p in people %}", "{{ p.name }}", "{%tc endfor %}")
AGES = ("{%tc for p in people %}", "{{ p.age }}", "{%tc endfor %}")
HEADS = ("{%tc for p in people %}", "头{% hm %}", "{%tc endfor %}")
START = "{%tr for p in people %}"
END = "{%tr endfor %}"
CONDITION = ("{%p if on %}", "在{{ name }}", "{%p else %}", "无", "{%p endif %}")
SUM = "{% set n = namespace(s=0) %}{% for p in people %}{% set n.s = n.s + p.age %}{% endfor %}{{ n.s }}"
SHADE = "{% cellbg '00FF00' if p.on else 'FF0000' %}{{ p.name }}"

TEMPLATES: dict[str, tuple[bytes, dict[str, Any]]] = {
    "plain tags": (lines("姓名：{{ name }}，{{ name }}", "{{ age }}岁"), {"name": "吴晓波", "age": 8}),
    "spaces are kept": (lines("甲 {{ a }} 乙 {{ b }}"), {"a": "  x  ", "b": "   "}),
    "paragraph condition": (lines(*CONDITION), {"on": False}),
    "inline condition": (lines("{% if on %}是{% else %}否{% endif %}。{{ 'x' if on else 'y' }}"), {"on": True}),
    "merged lines": (lines("甲", "{%- if on -%}", "乙", "{%- endif %}丙"), {"on": True}),
    "paragraph loop": (
        lines("{%p for p in people %}", "{{ loop.index }}. {{ p.name }}", "{%p endfor %}"),
        {"people": PEOPLE},
    ),
    "empty loop": (lines("{%p for p in people %}", "{{ p.name }}", "{%p endfor %}", "完"), {"people": []}),
    "comments": (lines("甲{# 说明 #}乙", "{#p 整段说明 #}", "丙"), {}),
    "escapes for braces": (lines("{_{ 不是标记 }_} {_% 也不是 %_} {{ a }}"), {"a": "值"}),
    "chinese names": (lines("{{ 姓名 }}：{{ 人.年龄 }}"), {"姓名": "龙小花", "人": {"年龄": 7}}),
    "quotes made straight": (lines("{{ ‘甲’ ~ a }}{% if a == “乙” %}是{% endif %}"), {"a": "乙"}),
    "macro without markup": (lines("{% macro m(x) %}[{{ x }}]{% endmacro %}{{ m(a) }}"), {"a": "<值>"}),
    "set and namespace": (lines(SUM), {"people": PEOPLE}),
    "row loop": (
        table(("姓名", "年龄"), (START, ""), ("{{ p.name }}", "{{ p.age }}"), (END, "")),
        {"people": PEOPLE},
    ),
    "row loop with vertical merge": (table((START, ""), ("组{% vm %}", "{{ p.name }}"), (END, "")), {"people": PEOPLE}),
    "column loop": (table(("名", *COLUMNS), ("岁", *AGES)), {"people": PEOPLE * 2}),
    "column loop with nothing": (table(("名", *COLUMNS), ("岁", *AGES)), {"people": []}),
    "horizontal merge": (table(("名", *HEADS), ("岁", *AGES)), {"people": PEOPLE * 2}),
    "column span": (table(("{% colspan n %}总{{ a }}", "b"), ("c", "d")), {"n": 2, "a": "计"}),
    "cell shading": (table((START,), (SHADE,), (END,)), {"people": PEOPLE}),
    "only a loop's rows": (table((START, ""), ("{{ p.name }}", "{{ p.age }}"), (END, "")), {"people": []}),
    "line ends": (lines("甲{{ a }}乙", "{{ b }}"), {"a": "一\n二\n\n三", "b": "\n"}),
    "tabs": (lines("甲{{ a }}乙"), {"a": "\t一\t\t二"}),
    "paragraph and page breaks": (lines("甲{{ a }}乙"), {"a": "一\a二\f三"}),
    "line ends in a row": (table((START,), ("{{ p }}",), (END,)), {"people": ["一\n二", "三\a四", "五"]}),
    "listing": (lines("{{ a }}"), {"a": Listing("一<\n&二\a三")}),
    "rich text": (
        lines("甲{{r a }}乙"),
        {"a": RichText("红\n<字>", color="#FF0000", bold=True, font="eastAsia:仿宋", url_id=None)},
    ),
    "rich paragraphs": (lines("{{p a }}"), {"a": RichTextParagraph("一", parastyle="Title")}),
    "numbers and odd objects": (lines("{{ a }} {{ b }} {{ c }}"), {"a": 1.5, "b": ["x", "<"], "c": True}),
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_record_equals_docxtpls(name: str) -> None:
    data, context = TEMPLATES[name]
    assert_equal(data, context)


def test_the_agreement_of_the_bench_equals_docxtpls_for_every_record() -> None:
    data = agreement.template()
    compiled = compile_template(data, name="协议")
    assert (compiled.path.kind, compiled.path.code) == ("fast", "proved")
    for record in agreement.records(6):
        picture = Picture.mm(record["qr"], width=25, height=25)
        made = compiled.render({**record, "qr": picture})
        assert differing_parts(made, oracle(data, record, {"qr": picture})) == []


def test_headers_footers_and_properties_equal_docxtpls() -> None:
    def fill(paper: Paper) -> None:
        paper.add_paragraph("{{ name }}")
        section = paper.sections[0]
        section.header.paragraphs[0].text = "编号 {{ number }}"
        section.footer.paragraphs[0].text = "{% if name %}{{ name }}{% endif %}"
        section.different_first_page_header_footer = True
        section.first_page_header.paragraphs[0].text = "首页\t{{ number }}"
        paper.core_properties.title = "{{ name }}的文书"
        paper.core_properties.subject = "{{ number }}"

    made = assert_equal(docx(fill), {"name": "石老伍", "number": "〔2026〕1号"})
    assert Document(io.BytesIO(made)).core_properties.title == "石老伍的文书"


def test_footnotes_equal_docxtpls() -> None:
    def fill(paper: Paper) -> None:
        paper.add_paragraph("正文 {{ name }}")
        notes = (
            f"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n<w:footnotes {nsdecls('w')}>"
            '<w:footnote w:id="2"><w:p><w:r><w:t>注：{{ name }}</w:t></w:r></w:p></w:footnote></w:footnotes>'
        )
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
        part = Part(PackURI("/word/footnotes.xml"), kind, notes.encode(), paper.part.package)
        paper.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)

    assert_equal(docx(fill), {"name": "杨 & 李"})


def test_pictures_equal_docxtpls_in_body_loop_and_header() -> None:
    first, second = png("一"), png("二", scale=5)

    def fill(paper: Paper) -> None:
        paper.add_picture(io.BytesIO(png("template")), width=Mm(10))
        paper.add_paragraph("{{ a }}{{ b }}{{ a }}")
        paper.add_picture(io.BytesIO(first), width=Mm(12))
        paper.sections[0].header.paragraphs[0].text = "{{ b }} {{ c }}"

    images = {
        "a": Picture(data=first, width=Mm(20)),
        "b": Picture(data=second, height=Mm(9)),
        "c": Picture(data=second, link="https://example.org/?a=1&b=2"),
    }
    made = assert_equal(docx(fill), {}, images)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        media = [name for name in archive.namelist() if name.startswith("word/media/")]
        assert sorted(archive.read(name) for name in media) == sorted([png("template"), first, second])


def test_drawings_of_the_template_are_numbered_as_docxtpl_does_even_in_loops() -> None:
    def fill(paper: Paper) -> None:
        paper.add_paragraph("{%p for p in people %}")
        paper.add_picture(io.BytesIO(png("x")), width=Mm(10))
        paper.add_paragraph("{{ p.name }}")
        paper.add_paragraph("{%p endfor %}")

    assert_equal(docx(fill), {"people": PEOPLE * 3})


def test_docxtpls_own_picture_value_is_taken_over_without_its_template() -> None:
    data = lines("{{ a }}")
    picture = Picture(data=png("甲"), width=Mm(20))
    made = compile_template(data, name="x").render({"a": InlineImage(None, io.BytesIO(picture.data), width=Mm(20))})
    assert differing_parts(made, oracle(data, {}, {"a": picture})) == []


def test_links_of_rich_text_get_their_relationship() -> None:
    data = lines("{{r a }}")
    address = "https://example.org/?a=1&b=2"
    template = DocxTemplate(io.BytesIO(data))
    template.render({"a": RichText("看这里", url_id=template.build_url_id(address))}, autoescape=True)
    out = io.BytesIO()
    template.save(out)
    made = compile_template(data, name="x").render({"a": RichText("看这里", url_id=link_to(address))})
    assert differing_parts(made, out.getvalue()) == []


def test_text_boxes_and_nested_tables_equal_docxtpls() -> None:
    def fill(paper: Paper) -> None:
        outer = paper.add_table(rows=1, cols=2)
        inner = outer.cell(0, 0).add_table(rows=1, cols=3)
        for number in range(3):
            inner.cell(0, number).text = "{{ a }}"
        outer.cell(0, 1).text = "{{ a }}"
        box = parse_xml(
            f"<w:p {nsdecls('w')}><w:pPr><w:jc w:val='center'/></w:pPr><w:r><w:pict><v:shape xmlns:v='urn:schemas-"
            "microsoft-com:vml'><v:textbox><w:txbxContent><w:p><w:r><w:t>{{ a }}</w:t></w:r></w:p></w:txbxContent>"
            "</v:textbox></v:shape></w:pict></w:r></w:p>"
        )
        paper.element.body.insert(0, box)

    assert_equal(docx(fill), {"a": "值"})
    assert_equal(docx(fill), {"a": "一\n二\a三"})


def test_a_condition_from_one_paragraph_into_another_equals_docxtpls() -> None:
    def fill(paper: Paper) -> None:
        paper.add_paragraph("甲{% if on %}乙")
        paper.add_paragraph("丙{% endif %}丁")

    data = docx(fill)
    compiled = compile_template(data, name="x")
    assert compiled.path.code == "proved"
    assert differing_parts(compiled.render({"on": False}), oracle(data, {"on": False})) == []


def test_a_plain_text_between_runs_or_paragraphs_is_still_printed() -> None:
    made = compile_template(lines("甲{{r a }}乙", "{{p b }}"), name="x").render({"a": "一<", "b": "二&"})
    assert text_of(made) == "甲一<乙\n二&"


def test_a_rich_text_written_as_plain_tag_is_printed_and_the_text_after_it_keeps_its_look() -> None:
    made = compile_template(lines("甲{{ a }}乙"), name="x").render({"a": RichText("红", color="FF0000")})
    paragraph = Document(io.BytesIO(made)).paragraphs[0]
    assert paragraph.text == "甲红乙"
    assert [run.bold for run in paragraph.runs if run.text] == [True, None, True]


def test_the_same_record_gives_the_same_bytes_whatever_was_made_before() -> None:
    data = agreement.template()
    first, second = compile_template(data, name="x"), compile_template(data, name="x")
    records = [{**r, "qr": Picture.mm(r["qr"], width=25, height=25)} for r in agreement.records(30)]
    for record in reversed(records):
        second.render(record)
    assert [first.render(record) for record in records] == [second.render(record) for record in records]


def test_a_table_of_a_thousand_rows_stays_near_docxtpls_size() -> None:
    data = table(("姓名", "年龄"), (START, ""), ("{{ p.name }}", "{{ p.age }}"), (END, ""))
    people = [{"name": f"人{n}", "age": n} for n in range(1000)]
    made = compile_template(data, name="x").render({"people": people})
    assert len(made) < 1.3 * len(oracle(data, {"people": people}))
    assert len(Document(io.BytesIO(made)).tables[0].rows) == 1001


def test_the_parts_without_packing_are_the_parts_inside_the_file() -> None:
    data = agreement.template()
    compiled = compile_template(data, name="x")
    record = agreement.records(1)[0]
    context = {**record, "qr": Picture.mm(record["qr"], width=25, height=25)}
    rendered = compiled.render_parts(context)
    with zipfile.ZipFile(io.BytesIO(compiled.render(context))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {**compiled.base, **rendered.parts}


class Subdoc:
    """What docxtpl's class of that name is to a template; the real one needs docxcompose."""

    def __init__(self, owner: DocxTemplate, text: str) -> None:
        self.tpl = owner
        self._text = text

    def __html__(self) -> str:
        return f"<w:p><w:r><w:t>{self._text}</w:t></w:r></w:p>"


Subdoc.__module__ = "docxtpl.subdoc"


def test_a_record_with_a_subdocument_is_made_by_the_template_object_that_owns_it() -> None:
    data = lines("{{p part }}", "{{ name }}", "{{ qr }}")
    compiled = compile_template(data, name="x")
    name = "{_{ & <李> }_}"
    context = {"name": name, "qr": Picture.mm(png("x"), width=20)}

    def with_part() -> dict[str, Any]:
        return {**context, "part": Subdoc(DocxTemplate(io.BytesIO(data)), "附件")}

    made = compiled.render(with_part())
    assert text_of(made).split("\n")[:2] == ["附件", name]
    assert made == compiled.render(with_part())
    assert len(Document(io.BytesIO(made)).inline_shapes) == 1
    rendered = compiled.render_parts(with_part())
    assert (rendered.path.kind, rendered.path.code) == ("docxtpl", "subdocument")
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert rendered.parts["word/document.xml"] == archive.read("word/document.xml")


@pytest.mark.parametrize(("bad", "error"), [("\x01", BadCharacterError), (None, BadValueError)])
def test_the_road_through_docxtpl_refuses_the_same_values(bad: object, error: type[Exception]) -> None:
    data = lines("{{p part }}", "{{ name }}")
    part = Subdoc(DocxTemplate(io.BytesIO(data)), "附件")
    with pytest.raises(error):
        compile_template(data, name="x").render({"part": part, "name": bad})


def test_a_header_used_under_two_relationships_is_written_once() -> None:
    def fill(paper: Paper) -> None:
        header = paper.sections[0].header
        header.paragraphs[0].text = "{{ a }}"
        paper.part.rels.add_relationship(RELATIONSHIP_TYPE.HEADER, header.part, "rId99")

    made = compile_template(docx(fill), name="x").render({"a": "值"})
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert len(set(archive.namelist())) == len(archive.namelist())
    assert Document(io.BytesIO(made)).sections[0].header.paragraphs[0].text == "值"
