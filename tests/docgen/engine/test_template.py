"""Templates: the office's own first, dangerous ones refused; lint finds what the law does not allow."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from docgen.engine.lint import lint_template
from docgen.engine.render.errors import TemplateFileError, TemplateTooLargeError
from docgen.engine.source import build_template
from docgen.engine.template import (
    MAX_FILE_BYTES,
    MissingTemplateError,
    TemplateFile,
    UnsafeTemplateError,
    find_template,
    read_parts,
)
from forms.catalogue.library import FormLibrary
from forms.errors import TemplateError

if TYPE_CHECKING:
    from pathlib import Path


def repacked(data: bytes, **changes: bytes) -> bytes:
    """Return the docx with parts replaced or added; ``__`` stands for ``/`` and a dot is kept."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts.update({name.replace("__", "/"): content for name, content in changes.items()})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def with_text(text: str) -> TemplateFile:
    return TemplateFile(name="试.docx", data=build_template("A8", "law_2020", text=text), is_own=True)


@pytest.fixture
def good() -> bytes:
    return build_template("A8", "law_2020")


def test_the_packaged_template_is_found() -> None:
    found = find_template("A1", "law_2020")
    assert (found.name, found.is_own) == ("A1.docx", False)
    assert "word/document.xml" in read_parts(found.data, name=found.name)


def test_the_office_comes_first_and_its_wording_before_its_common_one(tmp_path: Path, good: bytes) -> None:
    (tmp_path / "A1.docx").write_bytes(good)
    assert find_template("A1", "law_2020", tmp_path).data == good
    (tmp_path / "law_2020").mkdir()
    special = build_template("A5", "law_2020")
    (tmp_path / "law_2020" / "A1.docx").write_bytes(special)
    assert find_template("A1", "law_2020", tmp_path).data == special
    assert find_template("A1", "plan_2016", tmp_path).data == good
    assert find_template("A1", "law_2020", tmp_path).is_own
    assert not find_template("A2", "law_2020", tmp_path).is_own


@pytest.mark.parametrize("code", ["Z9", "../A1", "A1/../A2", "", "a" * 40, "A1.docx", "公"])
def test_a_missing_template_and_a_path_for_a_code_are_refused_alike(code: str, tmp_path: Path) -> None:
    with pytest.raises(MissingTemplateError) as caught:
        find_template(code, "law_2020", tmp_path)
    assert caught.value.exit_code == TemplateError.exit_code


@pytest.mark.parametrize("content", [b"", b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", b"%PDF-1.7", b"x" * 4096])
def test_what_is_no_docx_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "A1.docx").write_bytes(content)
    with pytest.raises(TemplateFileError) as caught:
        find_template("A1", "law_2020", tmp_path)
    assert "A1.docx" in str(caught.value)


def test_a_zip_without_a_document_is_refused(good: bytes) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", zipfile.ZipFile(io.BytesIO(good)).read("[Content_Types].xml"))
    with pytest.raises(TemplateFileError):
        read_parts(out.getvalue(), name="x")


def test_a_damaged_docx_is_refused(good: bytes) -> None:
    middle = len(good) // 3
    with pytest.raises(TemplateError):
        read_parts(good[:middle] + b"\0" * 64 + good[middle + 64 :], name="x")


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "A1.docx").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(TemplateTooLargeError):
        find_template("A1", "law_2020", tmp_path)


def test_a_zip_bomb_is_refused(good: bytes) -> None:
    with pytest.raises(TemplateTooLargeError):
        read_parts(repacked(good, word__media__big=b"\0" * (8 << 20)), name="x")


def test_entities_are_refused(good: bytes) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    with pytest.raises(TemplateError):
        read_parts(repacked(good, **{"word__extra.xml": bomb}), name="x")


@pytest.mark.parametrize("part", ["word__vbaProject.bin", "word__activeX__a.xml", "word__embeddings__a.bin"])
def test_active_content_is_refused(part: str, good: bytes) -> None:
    with pytest.raises(UnsafeTemplateError):
        read_parts(repacked(good, **{part: b"<a/>"}), name="x")


@pytest.mark.parametrize(("kind", "refused"), [("image", True), ("attachedTemplate", True), ("hyperlink", False)])
def test_what_fetches_from_outside_is_refused_and_a_link_to_click_is_not(
    kind: str, *, refused: bool, good: bytes
) -> None:
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" '
        f'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
        'Target="http://example.org/x" TargetMode="External"/></Relationships>'
    )
    data = repacked(good, **{"word___rels__footer1.xml.rels": relations.encode()})
    if refused:
        with pytest.raises(UnsafeTemplateError):
            read_parts(data, name="x")
    else:
        assert read_parts(data, name="x")


def test_lint_reads_tables_and_footers_and_names_the_template() -> None:
    template = with_text("@footer 依照民法通则\n@table 100\n| 监护权转让给被委托人 |")
    assert [(p.code, p.where.sheet) for p in lint_template(template)] == [("REF-10", "试.docx"), ("REF-17", "试.docx")]


def test_lint_reads_a_text_box_once_and_by_itself(good: bytes) -> None:
    inside = "<w:txbxContent><w:p><w:r><w:t>监护权转让给被委托人</w:t></w:r></w:p></w:txbxContent>"
    box = (
        '<w:p><w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f'<mc:Choice Requires="wps"><w:drawing>{inside}</w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict>{inside}</w:pict></mc:Fallback></mc:AlternateContent><w:t>外面的话</w:t></w:r></w:p>"
    )
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        body = archive.read("word/document.xml")
    changed = repacked(good, **{"word/document.xml": body.replace(b"<w:body>", b"<w:body>" + box.encode(), 1)})
    found = [p for p in lint_template(TemplateFile(name="试", data=changed, is_own=True)) if p.code == "REF-10"]
    assert [p.where.subject for p in found] == ["监护权转让给被委托人"]


@pytest.mark.parametrize("text", ["姓名：\uff5b\uff5b child_name \uff5d\uff5d", "{％ if x ％}", "好 ％ }"])
def test_tags_in_full_width_braces_are_noticed(text: str) -> None:
    template = with_text("占位").data
    document = zipfile.ZipFile(io.BytesIO(template)).read("word/document.xml").decode()
    changed = repacked(template, **{"word__document.xml": document.replace("占位", text).encode()})
    problems = lint_template(TemplateFile(name="试", data=changed, is_own=True))
    assert [problem.code for problem in problems] == ["template.full-width-brace"]


def test_a_missing_signature_place_of_a_required_signer_blocks() -> None:
    spec = FormLibrary.load().get("A8")
    problems = lint_template(with_text("{sign:asker}{sign:recorder}"), spec)
    assert [(p.code, p.where.field, p.blocking) for p in problems] == [
        ("template.no-place", "sign_child", False),
        ("template.no-place", "finger_child", False),
    ]
    problems = lint_template(with_text("{sign:child}{finger:child}{sign:asker}"), spec)
    assert [(p.where.field, p.blocking) for p in problems] == [("sign_recorder", True)]


def test_a_name_the_form_does_not_give_blocks_and_a_field_not_printed_is_told() -> None:
    spec = FormLibrary.load().get("A8")
    template = with_text("{sign:child}{finger:child}{sign:asker}{sign:recorder}")
    problems = lint_template(template, spec, names={"child_nam", "child_name", "present[].name"})
    assert [(p.where.field, p.blocking) for p in problems if p.code == "template.unknown-name"] == [("child_nam", True)]
    unprinted = {p.where.field for p in problems if p.code == "template.field-not-printed"}
    assert {"preference", "options_shown", "child_words"} <= unprinted
    assert "child_name" not in unprinted
