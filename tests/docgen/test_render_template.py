"""What a template may be: names it uses, tags that are wrong, files that are no docx."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from docx import Document

from docgen.engine.render import compile_template
from docgen.engine.render.errors import (
    MissingNameError,
    RenderFailedError,
    TemplateDoctypeError,
    TemplateFileError,
    TemplateForbiddenError,
    TemplateMarkupError,
    TemplateSyntaxError,
    TemplateTooLargeError,
)


def lines(*texts: str) -> bytes:
    paper = Document()
    for text in texts:
        paper.add_paragraph(text)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def changed(data: bytes, name: str, content: bytes | None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        if content is not None:
            new.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("tags", "names"),
    [
        ("{{ name }}", {"name"}),
        ("{{ child.person.name }}{{ child['birth'] }}", {"child.person.name", "child.birth"}),
        ("{% for r in rows %}{{ loop.index }}{{ r.x }}{% endfor %}", {"rows", "rows[].x"}),
        ("{% for r in rows|sort(attribute='x') if r.on %}{{ r.y }}{% endfor %}", {"rows", "rows[].on", "rows[].y"}),
        ("{% for a in xs %}{% for b in a.ys %}{{ b.z }}{% endfor %}{% endfor %}", {"xs", "xs[].ys", "xs[].ys[].z"}),
        ("{% for k, v in d.items() %}{{ k }}{{ v }}{% endfor %}", {"d"}),
        ("{% if a and not b.c %}{{ d|default(e) }}{% endif %}", {"a", "b.c", "d", "e"}),
        ("{% set x = p.q %}{{ x.r }}{{ range(3) }}", {"p.q", "p.q.r"}),
        ("{{ rows[0].x }}{{ name.strip() }}", {"rows[].x", "name"}),
        ("{% macro m(x) %}{{ x }}{{ y }}{% endmacro %}{{ m(z) }}", {"y", "z"}),
        ("{% with w = a.b %}{{ w.c }}{% endwith %}", {"a.b", "a.b.c"}),
    ],
)
def test_the_names_a_template_uses_are_dotted_and_loop_variables_resolved(tags: str, names: set[str]) -> None:
    assert compile_template(lines(tags), name="x").names == names


def test_names_are_found_in_headers_footers_and_properties_too() -> None:
    paper = Document(io.BytesIO(lines("{{ a }}")))
    paper.sections[0].header.paragraphs[0].text = "{{ b.c }}"
    paper.sections[0].footer.paragraphs[0].text = "{{ d }}"
    paper.core_properties.title = "{{ e }}"
    out = io.BytesIO()
    paper.save(out)
    assert compile_template(out.getvalue(), name="x").names == {"a", "b.c", "d", "e"}


@pytest.mark.parametrize(
    ("tags", "context", "name"),
    [
        ("{{ nmae }}", {"name": "x"}, "nmae"),
        ("{{ child.nmae }}", {"child": {"name": "x"}}, "child.nmae"),
        ("{% if nmae %}x{% endif %}", {}, "nmae"),
        ("{% for r in rows %}{{ r.nmae }}{% endfor %}", {"rows": [{"a": 1}, {"a": 2}]}, "rows[0].nmae"),
        ("{{ a.b.c }}", {"a": {}}, "a.b"),
    ],
)
def test_an_undefined_name_is_refused_by_name_and_place(tags: str, context: dict[str, object], name: str) -> None:
    with pytest.raises(MissingNameError) as caught:
        compile_template(lines("开头", f"这里{tags}"), name="入户登记表").render(context)
    assert caught.value.name == name
    assert "入户登记表" in str(caught.value)
    assert "这里" in caught.value.where


@pytest.mark.parametrize(
    "tags",
    [
        "{{ }}",
        "{% if a %}x",
        "{% endif %}",
        "{{ a b }}",
        "{{ a",
        "{% wat %}",
        "{{ “x” ? }}",
        "{{ a|}}",
        "{% for x %}{% endfor %}",
    ],
)
def test_a_wrong_tag_is_refused_with_its_place_in_chinese(tags: str) -> None:
    with pytest.raises(TemplateSyntaxError) as caught:
        compile_template(lines("好的一段", tags), name="登记表")
    assert caught.value.template == "登记表"
    assert "Jinja" not in str(caught.value)
    assert "expected" not in str(caught.value)


@pytest.mark.parametrize(
    "tags",
    [
        "{% autoescape false %}{{ a }}{% endautoescape %}",
        "{{ a|safe }}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{{ a|nosuch }}",
    ],
)
def test_what_a_template_may_not_do_is_refused_when_it_is_compiled(tags: str) -> None:
    with pytest.raises(TemplateForbiddenError):
        compile_template(lines(tags), name="x")


@pytest.mark.parametrize("tags", ["{{ ''.__class__.__mro__ }}", "{{ a.__init__.__globals__ }}", "{{ rows.append(1) }}"])
def test_reaching_into_the_program_or_changing_the_record_is_refused(tags: str) -> None:
    with pytest.raises((TemplateForbiddenError, MissingNameError)):
        compile_template(lines(tags), name="x").render({"a": "x", "rows": []})


@pytest.mark.parametrize("tags", ["{{ 9 ** 99999 }}", "{{ 'x' * 999999999 }}", "{{ 1 // 0 }}", "{{ a + 1 }}"])
def test_an_expression_that_fails_or_would_never_end_is_named(tags: str) -> None:
    with pytest.raises(RenderFailedError) as caught:
        compile_template(lines(f"合计{tags}"), name="x").render({"a": "x"})
    assert "合计" in caught.value.where


def test_markup_broken_by_a_condition_is_refused_not_repaired_by_leaving_text_out() -> None:
    paper = Document()
    grid = paper.add_table(rows=1, cols=2)
    grid.cell(0, 0).text = "甲{% if on %}"
    grid.cell(0, 1).text = "乙"
    paper.add_paragraph("丙{% endif %}丁")
    out = io.BytesIO()
    paper.save(out)
    compiled = compile_template(out.getvalue(), name="x")
    assert compiled.path.code == "checked"
    assert compiled.render({"on": True})
    with pytest.raises(TemplateMarkupError):
        compiled.render({"on": False})


def test_parts_docxtpl_never_fills_are_reported_when_they_hold_tags() -> None:
    data = lines("{{ a }}")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        settings = archive.read("word/settings.xml")
    with_tag = changed(
        data, "word/settings.xml", settings.replace(b"</w:settings>", b"<w:x>{{ b }}</w:x></w:settings>")
    )
    assert compile_template(with_tag, name="x").untouched == ("word/settings.xml",)
    assert compile_template(data, name="x").untouched == ()


@pytest.mark.parametrize("data", [b"", b"PK\3\4", b"%PDF-1.7", b"\xd0\xcf\x11\xe0" * 200, b"x" * 100_000])
def test_what_is_no_docx_is_refused(data: bytes) -> None:
    with pytest.raises(TemplateFileError):
        compile_template(data, name="x")


@pytest.mark.parametrize("name", ["word/document.xml", "[Content_Types].xml", "_rels/.rels"])
def test_a_docx_without_its_main_parts_is_refused(name: str) -> None:
    with pytest.raises(TemplateFileError):
        compile_template(changed(lines("x"), name, None), name="x")


def test_a_spreadsheet_is_refused() -> None:
    from openpyxl import Workbook

    out = io.BytesIO()
    Workbook().save(out)
    with pytest.raises(TemplateFileError):
        compile_template(out.getvalue(), name="x")


def test_a_docx_with_other_prefixes_than_word_writes_is_refused_where_docxtpl_would_fail() -> None:
    data = lines("{{ a }}")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("word/document.xml").decode()
    xml = xml.replace("<w:", "<n:").replace("</w:", "</n:").replace(" w:", " n:").replace("xmlns:w=", "xmlns:n=")
    with pytest.raises(TemplateFileError):
        compile_template(changed(data, "word/document.xml", xml.encode()), name="x")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["word/document.xml", "word/styles.xml", "word/_rels/document.xml.rels"])
def test_a_document_type_is_refused_in_every_part(part: str, encoding: str) -> None:
    data = lines("{{ a }}")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        body = archive.read(part).decode().split("?>", 1)[1]
    evil = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>{body}'
    with pytest.raises(TemplateDoctypeError):
        compile_template(changed(data, part, evil.encode(encoding)), name="x")


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = changed(lines("x"), "word/media/image1.png", b"\0" * (80 << 20))
    assert len(bomb) < 1 << 20
    with pytest.raises(TemplateTooLargeError):
        compile_template(bomb, name="x")


def test_a_member_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(lines("x"))
    position = data.find(b"PK\1\2")
    struct.pack_into("<I", data, position + 24, 10)
    with pytest.raises(TemplateFileError):
        compile_template(bytes(data), name="x")


def test_doubled_and_unsafe_member_names_are_refused() -> None:
    for name in ("WORD/document.xml", "../x.xml", "/x.xml", "a\\..\\x.xml"):
        with pytest.raises(TemplateFileError):
            compile_template(changed(lines("x"), name, b"<x/>"), name="x")


def test_a_flipped_byte_never_gives_a_traceback() -> None:
    data = lines("{{ a }}" * 3)
    for position in range(0, len(data), 997):
        spoilt = bytearray(data)
        spoilt[position] ^= 0xFF
        try:
            compile_template(bytes(spoilt), name="x").render({"a": "一"})
        except (TemplateFileError, TemplateSyntaxError):
            continue
