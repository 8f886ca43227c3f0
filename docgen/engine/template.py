"""模板: finding the Word template of a form, and refusing one that runs or fetches anything.

The office's own template comes before the packaged one: `<office>/templates/<wording>/<code>.docx`,
then `<office>/templates/<code>.docx` for both wordings, then the package. A template is a file a
stranger may have made: its size is judged before it is read and unpacked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from lxml import etree

from docgen.engine.render.errors import TemplateFileError, TemplateTooLargeError
from docgen.engine.render.package import read_package
from forms.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAX_FILE_BYTES = 16 << 20
"""Of a template on disk, judged before it is read."""

_MAIN = "word/document.xml"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a .doc of before 2007 begins, and a docx under a password."""

_FETCHING = ("/image", "/attachedTemplate", "/oleObject", "/frame", "/subDocument", "/mailMergeSource")
_RESAVE = "请用 Word 或 WPS 打开，另存为“Word 文档（.docx）”后再试。"


class MissingTemplateError(TemplateError):
    """No template for this form and wording, neither the office's nor ours."""

    code = "template.missing"

    def __init__(self, form_code: str, wording: str) -> None:
        self.form_code = form_code
        self.wording = wording
        super().__init__(
            f"没有找到表格 {form_code} 的 Word 模板（用语 {wording}）。"
            f"请把模板命名为 {form_code}.docx，放进办公文件夹的 templates 文件夹后再试。"
        )


class UnsafeTemplateError(TemplateError):
    """A template that holds macros, controls or content fetched from elsewhere."""

    code = "template.unsafe"

    def __init__(self, template: str, what: str) -> None:
        self.template = template
        super().__init__(f"模板“{template}”里有{what}，不能使用。请删去这些内容，另存为不含宏的 .docx 后再试。")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFile:
    """A template that is a docx, of reasonable size and without active content."""

    name: str
    """For people: ``A1.docx（本单位模板）``."""

    data: bytes
    is_own: bool
    """The office's own, not the packaged one."""


def find_template(code: str, wording: str, office_templates: Path | None = None) -> TemplateFile:
    """Find, measure and read the template of a form.

    Args:
        code: Form code as in the catalogue, ``A1``.
        wording: ``plan_2016`` or ``law_2020``.
        office_templates: The office's `templates` folder, if there is one.

    Raises:
        MissingTemplateError: There is none.
        TemplateFileError: It is no docx, damaged, encrypted or too large.
        UnsafeTemplateError: It runs macros or fetches something from outside.
    """
    if not _NAME.fullmatch(code) or not _NAME.fullmatch(wording):
        raise MissingTemplateError(code, wording)
    file_name = f"{code}.docx"
    if office_templates is not None:
        for path in (office_templates / wording / file_name, office_templates / file_name):
            if path.is_file():
                return read_own(path)
    try:
        data = (resources.files("templates") / wording / file_name).read_bytes()
    except OSError:
        raise MissingTemplateError(code, wording) from None
    read_parts(data, name=file_name)
    return TemplateFile(name=file_name, data=data, is_own=False)


def read_own(path: Path) -> TemplateFile:
    """Measure and read a template of the office's own.

    Raises:
        TemplateFileError: It is no docx, damaged, encrypted or too large.
        UnsafeTemplateError: It runs macros or fetches something from outside.
    """
    name = f"{path.name}（本单位模板）"
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise TemplateTooLargeError(name, what=f"超过 {MAX_FILE_BYTES >> 20} 兆字节")
        data = path.read_bytes()
    except OSError:
        raise TemplateFileError(
            name, why="打不开", way_out="请检查文件是否正被其他程序占用，是否有读取权限。"
        ) from None
    read_parts(data, name=name)
    return TemplateFile(name=name, data=data, is_own=True)


def read_parts(data: bytes, *, name: str) -> Mapping[str, bytes]:
    """Return the parts of a template by name, or refuse it.

    Raises:
        TemplateFileError: It is no docx, damaged, encrypted or too large.
        UnsafeTemplateError: It runs macros or fetches something from outside.
    """
    if not data:
        raise TemplateFileError(name, why="是空文件", way_out="请重新复制一份模板文件。")
    if data.startswith(_OLE):
        raise TemplateFileError(name, why="是旧版 .doc 文件，或者加了密码", way_out=_RESAVE)
    parts = read_package(data, template=name)
    if _MAIN not in parts:
        raise TemplateFileError(name, why="不是 Word 文档", way_out=_RESAVE)
    for part, content in parts.items():
        lower = part.lower()
        if lower.endswith("vbaproject.bin") or lower.startswith(("word/activex/", "word/embeddings/")):
            raise UnsafeTemplateError(name, "宏、控件或嵌入的文件")
        if lower.endswith(".rels") and _fetches(read_xml(content, name=name)):
            raise UnsafeTemplateError(name, "指向外部文件或网络图片的链接")
    return parts


def read_xml(content: bytes, *, name: str) -> etree._Element:
    """Parse one part; entities and the network stay off.

    Raises:
        TemplateFileError: It is not XML.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise TemplateFileError(name, why="已经损坏", way_out=_RESAVE) from None


def _fetches(relations: etree._Element) -> bool:
    return any(r.get("TargetMode") == "External" and r.get("Type", "").endswith(_FETCHING) for r in relations)
