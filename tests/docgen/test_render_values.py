"""No value is lost or changed on its way into a docx: it is printed, or refused by name."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from docx import Document
from docx.shared import Mm
from docxtpl import RichText
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from docgen.engine.render import CompiledTemplate, Picture, compile_template
from docgen.engine.render.errors import BadCharacterError, BadValueError


def build() -> bytes:
    paper = Document()
    paper.add_paragraph().add_run("前{{ a }}中{{ b }}后").italic = True
    grid = paper.add_table(rows=3, cols=1)
    for row, text in zip(grid.rows, ("{%tr for row in rows %}", "{{ row.x }}", "{%tr endfor %}"), strict=True):
        row.cells[0].text = text
    paper.sections[0].header.paragraphs[0].text = "{{ a }}"
    paper.core_properties.title = "{{ t }}"
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


TEMPLATE = compile_template(build(), name="样张")

printable = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
    | st.sampled_from("\n\t{}%_<>&'\""),
    max_size=60,
)
refused = st.sampled_from([*map(chr, [0, 1, 6, 8, 11, 14, 27, 31, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF])])


def read_back(made: bytes) -> tuple[str, str, str, str]:
    paper = Document(io.BytesIO(made))
    assert len(paper.paragraphs) == 1
    cell = paper.tables[0].rows[0].cells[0] if paper.tables[0].rows else None
    header = paper.sections[0].header.paragraphs[0].text
    return paper.paragraphs[0].text, cell.text if cell else "", header, paper.core_properties.title


@settings(deadline=None, max_examples=200)
@given(a=printable, b=printable)
@example(a="{_{ x }_} {_% %_}", b="{{ 7*7 }}")
@example(a="]]>", b="<!--")
@example(a="</w:t></w:r></w:p><w:p>", b="&lt;&#60;")
@example(a="\u202e右到左\u200f", b="𠮷𰻝" * 10)
@example(a="{", b="{ x }}")
@example(a="\x85\u2028\x7f", b="")
def test_any_printable_text_survives_into_the_paragraph_unchanged(a: str, b: str) -> None:
    title = (a + b).replace("\n", "")[:200]
    paragraph, cell, header, read_title = read_back(TEMPLATE.render({"a": a, "b": b, "rows": [{"x": a}], "t": title}))
    assert (paragraph, cell, header, read_title) == (f"前{a}中{b}后", a, a, title)


@settings(deadline=None, max_examples=60)
@given(a=printable, bad=refused, place=st.sampled_from(["a", "b", "x", "t"]))
def test_a_character_no_docx_can_hold_is_refused_by_the_name_of_its_field(a: str, bad: str, place: str) -> None:
    values: dict[str, Any] = {"a": "一", "b": "二", "rows": [{"x": "三"}, {"x": "四"}], "t": "五"}
    if place == "x":
        values["rows"][1]["x"] = a + bad
    else:
        values[place] = a + bad
    with pytest.raises(BadCharacterError) as caught:
        TEMPLATE.render(values)
    assert caught.value.name == ("rows[1].x" if place == "x" else place)
    assert caught.value.character == bad
    assert f"U+{ord(bad):04X}" in str(caught.value)


@pytest.mark.parametrize(("given_text", "read"), [("一\r\n二", "一\n二"), ("一\r二", "一\n二"), ("\r", "\n")])
def test_every_kind_of_line_end_becomes_a_line_break(given_text: str, read: str) -> None:
    paragraph, *_ = read_back(TEMPLATE.render({"a": given_text, "b": "", "rows": [], "t": ""}))
    assert paragraph == f"前{read}中后"


def test_ten_thousand_characters_survive() -> None:
    long = "".join(chr(0x4E00 + n % 20000) for n in range(10_000))
    paragraph, *_ = read_back(TEMPLATE.render({"a": long, "b": long[::-1], "rows": [], "t": ""}))
    assert paragraph == f"前{long}中{long[::-1]}后"


@settings(deadline=None, max_examples=60)
@given(values=st.lists(printable, max_size=12))
def test_every_member_is_well_formed_and_every_checksum_right(values: list[str]) -> None:
    made = TEMPLATE.render({"a": "、".join(values), "b": "", "rows": [{"x": v} for v in values], "t": ""})
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))


def one(text: str) -> CompiledTemplate:
    paper = Document()
    paper.add_paragraph(text)
    out = io.BytesIO()
    paper.save(out)
    return compile_template(out.getvalue(), name="样张")


def test_a_value_that_is_none_is_refused_rather_than_printed_as_a_word() -> None:
    with pytest.raises(BadValueError) as caught:
        one("{{ child.name }}").render({"child": {"name": None}})
    assert caught.value.name == "child.name"


def test_an_escaped_value_that_a_filter_cut_in_the_middle_is_refused() -> None:
    with pytest.raises(BadValueError):
        one("{{ (a|e)[:3] }}").render({"a": "<x>"})


def test_bytes_that_are_no_picture_are_refused_by_name() -> None:
    with pytest.raises(BadValueError) as caught:
        one("{{ face }}").render({"face": Picture(data=b"GIF89a no", width=Mm(20))})
    assert caught.value.name == "face"


def test_a_picture_in_a_document_property_is_refused() -> None:
    with pytest.raises(BadValueError):
        TEMPLATE.render({"a": "", "b": "", "rows": [], "t": Picture(data=b"x")})


def test_a_title_longer_than_word_reads_is_refused() -> None:
    with pytest.raises(BadValueError, match="标题"):
        TEMPLATE.render({"a": "", "b": "", "rows": [], "t": "长" * 256})


def test_rich_text_with_a_link_of_another_file_is_refused() -> None:
    with pytest.raises(BadValueError) as caught:
        one("{{r a }}").render({"a": RichText("x", url_id="rId99")})
    assert caught.value.name == "a"


def test_rich_text_whose_markup_does_not_close_is_refused() -> None:
    with pytest.raises(BadValueError) as caught:
        one("{{r a }}").render({"a": RichText("x", color='"><w:b>')})
    assert caught.value.name == "a"


def test_rendering_does_not_change_the_values() -> None:
    values: dict[str, Any] = {"a": "一", "b": "二", "rows": [{"x": "三"}], "t": "五"}
    before = repr(values)
    TEMPLATE.render(values)
    assert repr(values) == before
