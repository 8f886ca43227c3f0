"""四性检测: is a package genuine, complete, usable and safe – every item of the test named with its outcome.

Source: DA/T 70—2018 (items of the stage 移交与接收). What a program cannot see – the state of a carrier,
a virus scanner that runs elsewhere – is 不适用 with the reason, never silently left out.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence  # noqa: TC003  dataclass fields are read at run time
from dataclasses import dataclass
from datetime import date  # noqa: TC003  the same
from enum import StrEnum
from typing import TYPE_CHECKING

import pypdf
import pypdf.errors

from archive.reference_code import RETENTION_WORDS

if TYPE_CHECKING:
    from archive.description import ArchivalItem

_LONGEST = 200
_MAGIC: dict[str, tuple[bytes, ...]] = {
    ".pdf": (b"%PDF-",),
    ".docx": (b"PK\x03\x04",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".jpg": (b"\xff\xd8\xff",),
    ".png": (b"\x89PNG",),
    ".tiff": (b"II*\0", b"MM\0*"),
}
_TEXT = {".json", ".txt"}
_ACTIVE_ROOT = ("/OpenAction", "/AA", "/AcroForm", "/Collection")
_ACTIVE_NAMES = ("/JavaScript", "/EmbeddedFiles")
_SHOWN = 5
_PDF_TROUBLE = (pypdf.errors.PyPdfError, ValueError, LookupError, TypeError, AttributeError, OSError, RecursionError)


class Property(StrEnum):
    """The four."""

    AUTHENTIC = "真实性"
    COMPLETE = "完整性"
    USABLE = "可用性"
    SAFE = "安全性"


class Outcome(StrEnum):
    """What a test said."""

    PASSED = "合格"
    FAILED = "不合格"
    NOT_APPLICABLE = "不适用"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """One content file of an item."""

    path: str
    """In the item's folder of the package."""
    size: int
    sha512: str
    fault: str
    """Why it cannot be used; empty: it opens and its bytes are of its kind."""
    active: bool
    """It holds something that could run."""
    pages: int
    """Of a PDF; 0 for others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedItem:
    """One item with what is in the package for it."""

    item: ArchivalItem
    files: tuple[CheckedFile, ...]
    recorded: Mapping[str, str]
    """Path → SHA-512 as the registry has it."""
    history: tuple[str, ...]
    """Actions in the audit chain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFacts:
    """What is known of the package as a whole."""

    items: tuple[CheckedItem, ...]
    listed: int
    """Rows of the 目录 in xlsx, read back."""
    parsed: tuple[int, int]
    """Items and bytes of content by the 目录 in XML, read back."""
    gaps: tuple[str, ...]
    """件号 of whole classes that are neither in the package nor accounted for."""
    whole_year: bool
    """Whole classes are handed over, so that 件号 must run on."""
    audit_faults: int
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyResult:
    """One item of the test."""

    property: Property
    name: str
    outcome: Outcome
    detail: str


def look_at_file(path: str, data: bytes, sha512: str) -> CheckedFile:
    """Open a content file as far as its kind allows."""
    suffix = re.search(r"\.[a-z0-9]+$", path.lower())
    kind = suffix[0] if suffix else ""
    fault, active, pages = "", False, 0
    if kind in _TEXT:
        fault = "" if _is_text(data) else "不是 UTF-8 文本"
    elif kind not in _MAGIC:
        fault = f"格式“{kind}”不在可移交的格式之列"
    elif not data[:1024].lstrip().startswith(_MAGIC[kind]):
        fault = "内容与扩展名不符"
    elif kind == ".pdf":
        fault, active, pages = _look_at_pdf(data)
    elif kind == ".docx":
        fault, active = _look_at_docx(data)
    return CheckedFile(path=path, size=len(data), sha512=sha512, fault=fault, active=active, pages=pages)


def check_package(facts: PackageFacts) -> tuple[PropertyResult, ...]:
    """Return every item of the test with its outcome, in the order of the standard."""
    return (*_authentic(facts), *_complete(facts), *_usable(facts), *_safe(facts))


def has_failed(results: Iterable[PropertyResult]) -> bool:
    """Tell whether any item failed."""
    return any(result.outcome is Outcome.FAILED for result in results)


def _authentic(facts: PackageFacts) -> list[PropertyResult]:
    items = facts.items
    each = _Each(Property.AUTHENTIC, items)
    codes = [str(one.item.code) for one in items]
    numbers = [one.item.number for one in items if one.item.number]
    same = [] if facts.listed == facts.parsed[0] else [f"XLSX {facts.listed} 件，XML {facts.parsed[0]} 件"]
    return [
        each("固化信息有效性检测", _recorded_differs, "每个文件的 SHA-512 与入库时登记的一致"),
        each("元数据项数据长度检测", lambda one: max(map(len, _texts(one))) > _LONGEST, f"各项不超过 {_LONGEST} 字"),
        each("元数据项数据类型、格式检测", _bad_format, "日期 8 位数字，页数为正整数"),
        each("设定值域的元数据项值域符合度检测", _bad_retention, "保管期限为 Y、D30、D10"),
        each("元数据项数据值合理性检测", lambda one: _unlikely(one.item, facts.today), "年度与日期一致、不晚于今天"),
        each("元数据项数据包含特殊字符检测", lambda one: any(map(_has_control, _texts(one))), "没有控制字符"),
        each("档号规范性检测", lambda one: one.item.code is None, "每件都有符合 DA/T 22—2015 的档号"),
        _said(Property.AUTHENTIC, "元数据项数据重复性检测", _twice(codes) + _twice(numbers), "档号、文号没有重复"),
        each("内容数据的电子属性一致性检测", lambda one: any(f.size <= 0 for f in one.files), "文件大小与清单一致"),
        each("元数据是否关联内容数据检测", lambda one: not one.files, "每件都有对应的文件"),
        _said(Property.AUTHENTIC, "说明文件和目录文件规范性检测", same, "目录有 XML、XLSX 两种，件数相同，编码 UTF-8"),
        _passed(Property.AUTHENTIC, "信息包目录结构规范性检测", "BagIt 1.0（RFC 8493）；每件一个文件夹，以档号命名"),
        _passed(Property.AUTHENTIC, "信息包一致性检测", "manifest-sha512.txt 逐个文件校验，装包后由独立的程序再核对"),
    ]  # fmt: skip


def _complete(facts: PackageFacts) -> list[PropertyResult]:
    each = _Each(Property.COMPLETE, facts.items)
    size = sum(f.size for one in facts.items for f in one.files)
    count = [] if facts.listed == len(facts.items) else [f"目录 {facts.listed} 件，实际 {len(facts.items)} 件"]
    sizes = [] if facts.parsed[1] == size else [f"目录 {facts.parsed[1]} 字节，实际 {size} 字节"]
    running = (
        _said(Property.COMPLETE, "连续性元数据项检测", facts.gaps, "件号连续；缺号都是登记在案的作废号或已销毁的件")
        if facts.whole_year
        else _not_applicable(Property.COMPLETE, "连续性元数据项检测", "只移交选定的件，不要求件号连续")
    )
    return [
        _said(Property.COMPLETE, "总件数相符性检测", count, f"目录与内容均为 {len(facts.items)} 件"),
        _said(Property.COMPLETE, "总字节数相符性检测", sizes, f"目录与内容均为 {size} 字节"),
        each("元数据项完整性检测", lambda one: not all(_texts(one)), "档号、责任者、题名、日期、保管期限、页数齐全"),
        each("元数据必填著录项目检测", lambda one: not (one.item.responsible and one.item.title), "必填项目都有内容"),
        each("过程信息完整性检测", lambda one: not one.history, "每件都有形成、归档的操作记录"),
        running,
        each("内容数据完整性检测", _pages_differ, "签署件（或原件）在包内，页数与著录一致"),
        _not_applicable(Property.COMPLETE, "附件数据完整性检测", "正文与附件合为一件，没有单独的附件"),
    ]


def _usable(facts: PackageFacts) -> list[PropertyResult]:
    each = _Each(Property.USABLE, facts.items)
    read = [] if facts.parsed[0] == len(facts.items) else ["目录 XML 读不全"]
    return [
        _said(Property.USABLE, "信息包中元数据的可读性检测", read, "目录 XML 生成后重新解析，件数相符"),
        _not_applicable(Property.USABLE, "目标数据库中的元数据可访问性检测", "由接收单位导入后检测"),
        each("内容数据格式检测", lambda one: any("格式" in f.fault or "扩展名" in f.fault for f in one.files),
             "PDF、DOCX、JPEG、PNG、TIFF、JSON、TXT"),
        each("内容数据的可读性检测", lambda one: any(f.fault for f in one.files), "逐个打开，都能读"),
        _passed(Property.USABLE, "软硬件环境合规性检测", "都是公开格式，不依赖专用软件"),
        _passed(Property.USABLE, "信息包可用性检测", "没有加密，没有压缩打包"),
    ]  # fmt: skip


def _safe(facts: PackageFacts) -> list[PropertyResult]:
    each = _Each(Property.SAFE, facts.items)
    audit = [] if not facts.audit_faults else [f"操作记录的链有 {facts.audit_faults} 处不符"]
    return [
        _not_applicable(Property.SAFE, "系统环境中是否安装杀毒软件检测", "移交前由本单位的杀毒软件检查，结果另附"),
        _not_applicable(Property.SAFE, "病毒感染检测", "本系统不带病毒库；下一项检查了能自动运行的内容"),
        each("活动内容检测", lambda one: any(f.active for f in one.files), "没有脚本、宏、嵌入文件和自动打开的动作"),
        _passed(Property.SAFE, "载体中多余文件检测", "包内文件与清单一一对应，没有多余文件"),
        _not_applicable(Property.SAFE, "载体读取速度、外观、光盘合格性检测", "由双方交接载体时当面检查"),
        _said(Property.SAFE, "操作过程安全性检测", audit, "操作记录的链完整，经办人和时间可追溯"),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Each:
    """A test that looks at every item."""

    property: Property
    items: Sequence[CheckedItem]

    def __call__(self, name: str, is_wrong: Callable[[CheckedItem], bool], detail: str) -> PropertyResult:
        return _said(
            self.property, name, [str(one.item.code or one.item.uid) for one in self.items if is_wrong(one)], detail
        )


def _said(which: Property, name: str, faults: Sequence[str], detail: str) -> PropertyResult:
    if not faults:
        return _passed(which, name, detail)
    shown = "、".join(faults[:_SHOWN]) + ("等" if len(faults) > _SHOWN else "")
    return PropertyResult(property=which, name=name, outcome=Outcome.FAILED, detail=f"{len(faults)} 处：{shown}")


def _passed(which: Property, name: str, detail: str) -> PropertyResult:
    return PropertyResult(property=which, name=name, outcome=Outcome.PASSED, detail=detail)


def _not_applicable(which: Property, name: str, detail: str) -> PropertyResult:
    return PropertyResult(property=which, name=name, outcome=Outcome.NOT_APPLICABLE, detail=detail)


def _texts(one: CheckedItem) -> tuple[str, ...]:
    item = one.item
    return (str(item.code or ""), item.responsible, item.title, item.day_digits, item.retention, str(item.pages or ""))


def _recorded_differs(one: CheckedItem) -> bool:
    held = {f.path: f.sha512 for f in one.files}
    return any(held.get(path) != digest for path, digest in one.recorded.items())


def _bad_format(one: CheckedItem) -> bool:
    return not re.fullmatch(r"\d{8}", one.item.day_digits) or one.item.pages < 1


def _bad_retention(one: CheckedItem) -> bool:
    return one.item.retention not in RETENTION_WORDS


def _unlikely(item: ArchivalItem, today: date) -> bool:
    if item.day is not None and (item.day > today or item.day.year != item.year):
        return True
    return item.code is not None and item.code.item_class.year != item.year


def _pages_differ(one: CheckedItem) -> bool:
    """The file that is the item itself must be there with as many pages as described."""
    own = [f for f in one.files if f.path.startswith((f"signed-v{one.item.version}-", "original.")) and f.pages]
    pictures = any(f.path.startswith("original.") and not f.pages for f in one.files)
    return not pictures and not any(f.pages == one.item.pages for f in own)


def _has_control(text: str) -> bool:
    return any(unicodedata.category(char) in {"Cc", "Cs", "Cn"} for char in text)


def _twice(texts: Sequence[str]) -> list[str]:
    return sorted({text for text in texts if texts.count(text) > 1}) if len(set(texts)) < len(texts) else []


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _look_at_pdf(data: bytes) -> tuple[str, bool, int]:
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            return "加了密码", False, 0
        root = reader.root_object
        names = root.get("/Names", {})
        active = any(key in root for key in _ACTIVE_ROOT) or any(key in names for key in _ACTIVE_NAMES)
        active = active or any("/AA" in page or "/Annots" in page for page in reader.pages)
        return "", active, len(reader.pages)
    except _PDF_TROUBLE:
        return "打不开", False, 0


def _look_at_docx(data: bytes) -> tuple[str, bool]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = package.namelist()
            fault = "打不开" if package.testzip() or "word/document.xml" not in names else ""
            return fault, any("vbaProject" in name or "/embeddings/" in name for name in names)
    except (zipfile.BadZipFile, OSError):
        return "打不开", False
