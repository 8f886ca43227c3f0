"""模板: finding the Word template of a form, and refusing one that cannot be used safely.

The office's own template comes before the packaged one: `<office>/templates/<wording>/<code>.docx`,
then `<office>/templates/<code>.docx` for both wordings, then the package. A template is a file a
stranger may have made: it is measured before it is unpacked, and one that runs macros or fetches
anything from outside is refused.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from lxml import etree

from forms.errors import TemplateError

if TYPE_CHECKING:
    from pathlib import Path

MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_PARTS = 500
MAX_UNPACKED_BYTES = 64 * 1024 * 1024
MAX_PART_BYTES = 32 * 1024 * 1024
_MAIN = "word/document.xml"
_OLE = b"\xd0\xcf\x11\xe0"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_FETCHING = ("/image", "/attachedTemplate", "/oleObject", "/frame", "/subDocument", "/mailMergeSource")


class MissingTemplateError(TemplateError):
    """No template for this form and wording, neither the office's nor ours."""

    code = "template.missing"

    def __init__(self, form_code: str, wording: str) -> None:
        self.form_code = form_code
        super().__init__(
            f"没有找到表格 {form_code} 的 Word 模板（用语方案 {wording}）。"
            f"请把模板命名为 {form_code}.docx，放进办公文件夹的 templates 文件夹后再试。"
        )


class BadTemplateError(TemplateError):
    """A file that is no usable docx."""

    code = "template.broken"

    def __init__(self, name: str, why: str, way_out: str = "请用 Word 或 WPS 打开，另存为 .docx 格式后再试。") -> None:
        self.name = name
        super().__init__(f"模板“{name}”{why}，没有生成任何文书。{way_out}")


class OversizedTemplateError(BadTemplateError):
    """A file too large to be a template, packed or unpacked."""

    code = "template.too-large"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name, why, "模板里多半嵌入了大图片或其他文件，请删去后再试。")


class UnsafeTemplateError(BadTemplateError):
    """A file that runs macros or fetches something from outside."""

    code = "template.unsafe"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name, why, "请删去这些内容，另存为不含宏的 .docx 后再试。")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFile:
    """A template that passed `check_docx`."""

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
        BadTemplateError: It is no docx, too large, or unsafe (subclasses).
    """
    if not _CODE.fullmatch(code) or not _CODE.fullmatch(wording):
        raise MissingTemplateError(code, wording)
    file_name = f"{code}.docx"
    if office_templates is not None:
        for path in (office_templates / wording / file_name, office_templates / file_name):
            if path.is_file():
                return _read_own(path)
    entry = resources.files("templates") / wording / file_name
    try:
        data = entry.read_bytes()
    except OSError:
        raise MissingTemplateError(code, wording) from None
    check_docx(data, name=file_name)
    return TemplateFile(name=file_name, data=data, is_own=False)


def _read_own(path: Path) -> TemplateFile:
    try:
        # measured before it is read: a file of many gigabytes must not fill the memory
        if path.stat().st_size > MAX_FILE_BYTES:
            raise OversizedTemplateError(path.name, f"超过 {MAX_FILE_BYTES // 1024 // 1024} 兆字节")
        data = path.read_bytes()
    except OSError:
        raise BadTemplateError(path.name, "打不开", "请检查文件是否正被其他程序占用，或者是否有读取权限。") from None
    check_docx(data, name=path.name)
    return TemplateFile(name=f"{path.name}（本单位模板）", data=data, is_own=True)


def check_docx(data: bytes, *, name: str) -> None:
    """Refuse what is not a docx of reasonable size without macros and outside links.

    Raises:
        BadTemplateError: Not a docx.
        OversizedTemplateError: Too many or too large parts; checked on the directory of the
            archive and again while unpacking, because the directory may lie.
        UnsafeTemplateError: Macros, embedded programs or content fetched from outside.
    """
    if len(data) > MAX_FILE_BYTES:
        raise OversizedTemplateError(name, f"超过 {MAX_FILE_BYTES // 1024 // 1024} 兆字节")
    if not data:
        raise BadTemplateError(name, "是空文件", "请重新复制一份模板文件。")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            _check_size(entries, name)
            names = {entry.filename for entry in entries}
            if _MAIN not in names or "[Content_Types].xml" not in names:
                raise BadTemplateError(name, "不是 Word 文档（.docx）")
            if any(entry.flag_bits & 1 for entry in entries):
                raise BadTemplateError(name, "加了密码", "请去掉密码后再试。")
            _check_content(package, entries, name)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, UnicodeDecodeError):
        # the signature of an OLE file: a .doc of before 2007, or a docx under a password
        why = "是旧版 .doc 或加了密码的文档" if data.startswith(_OLE) else "不是 Word 文档（.docx），或者已经损坏"
        raise BadTemplateError(name, why) from None


def _check_size(entries: list[zipfile.ZipInfo], name: str) -> None:
    if len(entries) > MAX_PARTS:
        raise OversizedTemplateError(name, f"里面有 {len(entries)} 个部件，超过 {MAX_PARTS} 个")
    total = sum(entry.file_size for entry in entries)
    if total > MAX_UNPACKED_BYTES or any(entry.file_size > MAX_PART_BYTES for entry in entries):
        raise OversizedTemplateError(name, "解开后过大")


def _check_content(package: zipfile.ZipFile, entries: list[zipfile.ZipInfo], name: str) -> None:
    """Unpack every part once within limits, read the XML ones and look at the relations."""
    for entry in entries:
        lower = entry.filename.lower()
        if lower.endswith("vbaproject.bin") or lower.startswith("word/activex/"):
            raise UnsafeTemplateError(name, "里面有宏或控件")
        with package.open(entry) as stream:
            part = stream.read(MAX_PART_BYTES + 1)
        if len(part) > MAX_PART_BYTES:
            raise OversizedTemplateError(name, "解开后过大")
        if lower.endswith((".xml", ".rels")):
            root = _xml(part, name)
            if lower.endswith(".rels"):
                _check_relations(root, name)


def _xml(part: bytes, name: str) -> etree._Element:
    # a document type declaration has no place in a docx and is how entity bombs start
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise UnsafeTemplateError(name, "里面有不该出现的 XML 声明")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(part, parser)
    except etree.XMLSyntaxError:
        raise BadTemplateError(name, "已经损坏") from None


def _check_relations(root: etree._Element, name: str) -> None:
    for relation in root:
        kind = relation.get("Type", "")
        if relation.get("TargetMode") == "External" and kind.endswith(_FETCHING):
            raise UnsafeTemplateError(name, "引用了外部文件或网络图片")
