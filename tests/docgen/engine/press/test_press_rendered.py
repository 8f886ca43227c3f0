"""A paper laid out from a template's parts, from its docx, and from parsed XML is one and the same paper."""

from __future__ import annotations

import io
from typing import Any

import pytest
from docx.shared import Mm
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.samples import agreement
from docgen.engine.press import FontBook, Press, PrintJob
from docgen.engine.press.reading import reader
from docgen.engine.press.reading.chunks import Chunks
from docgen.engine.press.reading.cutting import cut, cut_even, open_part
from docgen.engine.render import CompiledTemplate, Picture, compile_template

W = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.fixture(scope="module")
def template() -> CompiledTemplate:
    return compile_template(agreement.template(), name="协议")


def context(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "qr": Picture(data=record["qr"], width=Mm(25), height=Mm(25))}


def drawn(paper: Any, press: Press) -> tuple[str, bytes]:
    out = io.BytesIO()
    press.write([PrintJob(paper=paper)], out, title="")
    return paper.to_json(), out.getvalue()


def test_parts_docx_and_parsed_docx_give_the_same_paper(
    template: CompiledTemplate, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsing = Press(FontBook.default())
    for i, record in enumerate(agreement.records(6)):
        rendered = template.render_parts(context({**record, "special_terms": "甲 & 乙\n<丙>\t“丁”" * i}))
        docx = rendered.pack()
        expected = drawn(press.lay_out(docx, name="协议"), press)
        assert drawn(press.lay_out_rendered(rendered, name="协议"), press) == expected
        with monkeypatch.context() as patch:
            patch.setattr(reader, "open_part", lambda _: None)  # everything is parsed
            assert drawn(parsing.lay_out(docx, name="协议"), press) == expected


def test_packed_parts_are_the_rendered_docx(template: CompiledTemplate) -> None:
    record = context(agreement.records(1)[0])
    assert template.render_parts(record).pack() == template.render(record)


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(st.text("甲乙 &<>\"'ab\u3000\xa0", max_size=6), min_size=1, max_size=5), keep=st.booleans())
def test_words_filled_into_a_recipe_are_those_the_parser_reads(
    texts: list[str], press: Press, wml: Any, *, keep: bool
) -> None:
    from xml.sax.saxutils import escape

    tag = '<w:t xml:space="preserve">' if keep else "<w:t>"
    looks = ("", "<w:rPr><w:b/></w:rPr>", "")
    runs = "".join(f"<w:r>{looks[i % 3]}{tag}{escape(text)}</w:t></w:r>" for i, text in enumerate(texts))
    body = f"<w:p><w:r><w:tab/></w:r>{runs}<w:r><w:t>完</w:t></w:r></w:p>"
    docx = wml.Docx(body=body).bytes()
    mended = press.lay_out(docx, name="样张")
    parsed = wml.Docx(body=f"<w:sdt><w:sdtContent>{body}</w:sdtContent></w:sdt>").bytes()
    assert drawn(press.lay_out(parsed, name="样张"), press) == drawn(mended, press)


@pytest.mark.parametrize(
    "raw",
    [
        b"<w:p><w:r/></w:p>text",
        b"<w:p><w:r/>",
        b"<w:sdt><w:p/></w:sdt>",
        b'<w:bookmarkStart w:id="1">x</w:bookmarkStart>',
        b'<w:p a="b/>',
    ],
)
def test_what_is_written_in_an_unusual_way_is_not_cut(raw: bytes) -> None:
    assert cut(raw, wanted=frozenset({b"p", b"tbl"})) is None


def test_paragraph_inside_a_paragraph_and_table_inside_a_table_are_cut_as_one() -> None:
    inner = b'<w:p><w:txbxContent><w:p w:x="1"><w:r/></w:p><w:p/></w:txbxContent></w:p>'
    table = b"<w:tbl><w:tr><w:tc><w:tbl><w:tr/></w:tbl></w:tc></w:tr></w:tbl>"
    found = cut(inner + b' \n<w:proofErr w:type="spellStart"/>' + table, wanted=frozenset({b"p", b"tbl"}))
    assert found == [(b"p", inner), (b"tbl", table)]
    assert cut_even(table, b"tr") is None


@pytest.mark.parametrize(
    "raw",
    [
        b"<w:document %b><w:body><!-- --></w:body></w:document>" % W,
        b"<w:document %b><w:body><![CDATA[]]></w:body></w:document>" % W,
        b'<w:document %b><w:body><w:p xmlns:w="urn:other"/></w:body></w:document>' % W,
        b'<w:document xmlns:w="urn:other"><w:body/></w:document>',
        b'<?xml version="1.0" encoding="UTF-16"?><w:document %b><w:body></w:body></w:document>' % W,
        b"<w:document %b><w:body><w:p\n/></w:body></w:document>" % W,
        b"<x:document %b/>" % W,
    ],
)
def test_part_that_cannot_be_cut_safely_is_left_to_the_parser(raw: bytes) -> None:
    assert open_part(raw) is None


def test_batch_of_new_values_parses_next_to_nothing(
    template: CompiledTemplate, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = agreement.records(30)
    for record in records[:20]:
        press.lay_out_rendered(template.render_parts(context(record)), name="协议")
    parsed: list[bytes] = []
    original = Chunks.parsed

    def counted(chunks: Chunks, chunk: bytes) -> Any:
        parsed.append(chunk)
        return original(chunks, chunk)

    monkeypatch.setattr(Chunks, "parsed", counted)
    for record in records[20:]:
        press.lay_out_rendered(template.render_parts(context(record)), name="协议")
    assert parsed == []
