"""四性检测: each item of the test fails for its own reason, and nothing is left out."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from archive.description import ArchivalItem, Origin
from archive.four_properties import (
    CheckedFile,
    CheckedItem,
    Outcome,
    PackageFacts,
    Property,
    check_package,
    has_failed,
    look_at_file,
)
from archive.package_list import PackageHead, read_list, write_list
from archive.reference_code import ReferenceCode

ITEM = ArchivalItem(
    uid="0000000001",
    origin=Origin.PAPER,
    object_id="urn:docgen:paper:0000000001",
    form_code="A1",
    code=ReferenceCode.parse("0194-WS·2026-D30-SSB-0001"),
    number="洗民委照〔2026〕1号",
    responsible="龙里县洗马镇人民政府",
    title="责任确认书[罗小山]",
    plain_title="责任确认书",
    day=date(2026, 11, 5),
    year=2026,
    pages=2,
    retention="D30",
    retention_is_set=True,
    restricted=False,
    child_uid="",
    village_uid="",
    version=1,
    order=43,
)
FILE = CheckedFile(path="signed-v1-ab.pdf", size=9, sha512="0" * 128, fault="", active=False, pages=2)
ONE = CheckedItem(item=ITEM, files=(FILE,), recorded={FILE.path: FILE.sha512}, history=("paper.issue", "paper.file"))
FACTS = PackageFacts(
    items=(ONE,), listed=1, parsed=(1, 9), gaps=(), whole_year=True, audit_faults=0, today=date(2026, 12, 1)
)


def failed(facts: PackageFacts) -> set[str]:
    return {result.name for result in check_package(facts) if result.outcome is Outcome.FAILED}


def item(**changes: Any) -> PackageFacts:
    return replace(FACTS, items=(replace(ONE, item=replace(ITEM, **changes)),))


def file(**changes: Any) -> PackageFacts:
    return replace(FACTS, items=(replace(ONE, files=(replace(FILE, **changes),)),))


BREAKS: dict[str, tuple[PackageFacts, str]] = {
    "a file differs from the registry": (file(sha512="1" * 128), "固化信息有效性检测"),
    "a title too long": (item(title="长" * 201), "元数据项数据长度检测"),
    "no page": (item(pages=0), "元数据项数据类型、格式检测"),
    "an unknown retention": (item(retention="D20"), "设定值域的元数据项值域符合度检测"),
    "a date in the future": (item(day=date(2026, 12, 2)), "元数据项数据值合理性检测"),
    "a date of another year": (item(day=date(2025, 11, 5)), "元数据项数据值合理性检测"),
    "a control character": (item(title="责\x07任"), "元数据项数据包含特殊字符检测"),
    "no code": (item(code=None), "档号规范性检测"),
    "a code twice": (replace(FACTS, items=(ONE, ONE), listed=2, parsed=(2, 18)), "元数据项数据重复性检测"),
    "an empty file": (file(size=0), "内容数据的电子属性一致性检测"),
    "an item without files": (
        replace(FACTS, items=(replace(ONE, files=(), recorded={}),)),
        "元数据是否关联内容数据检测",
    ),
    "lists that differ": (replace(FACTS, parsed=(2, 9)), "说明文件和目录文件规范性检测"),
    "a row missing": (replace(FACTS, listed=0), "总件数相符性检测"),
    "bytes missing": (replace(FACTS, parsed=(1, 8)), "总字节数相符性检测"),
    "no responsible unit": (item(responsible=""), "元数据必填著录项目检测"),
    "no history": (replace(FACTS, items=(replace(ONE, history=()),)), "过程信息完整性检测"),
    "a gap": (replace(FACTS, gaps=("0194-WS·2026-D30-SSB-0002",)), "连续性元数据项检测"),
    "a page missing": (file(pages=1), "内容数据完整性检测"),
    "a strange format": (file(fault="格式“.exe”不在可移交的格式之列"), "内容数据格式检测"),
    "a file that does not open": (file(fault="打不开"), "内容数据的可读性检测"),
    "a script": (file(active=True), "活动内容检测"),
    "a broken chain": (replace(FACTS, audit_faults=1), "操作过程安全性检测"),
}


def test_a_sound_package_passes_every_item_that_applies() -> None:
    results = check_package(FACTS)
    assert failed(FACTS) == set()
    assert not has_failed(results)
    assert {result.property for result in results} == set(Property)
    assert all(result.detail for result in results)
    assert len({(r.property, r.name) for r in results}) == len(results)


@pytest.mark.parametrize("what", BREAKS)
def test_each_fault_fails_its_item(what: str) -> None:
    facts, name = BREAKS[what]
    assert name in failed(facts)
    assert has_failed(check_package(facts))


def test_numbers_need_not_run_on_when_single_items_are_handed_over() -> None:
    results = {r.name: r.outcome for r in check_package(replace(FACTS, whole_year=False, gaps=("x",)))}
    assert results["连续性元数据项检测"] is Outcome.NOT_APPLICABLE


def pdf(*, script: str = "", lock: str = "") -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    if script:
        action = DictionaryObject(
            {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(script)}
        )
        writer.root_object[NameObject("/OpenAction")] = action
    if lock:
        writer.encrypt(lock)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def docx(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name in names:
            package.writestr(name, b"x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("path", "data", "fault", "active", "pages"),
    [
        ("signed-v1-a.pdf", pdf(), "", False, 1),
        ("a.pdf", pdf(script="0"), "", True, 1),
        ("a.pdf", b"%PDF-1.7 broken", "打不开", False, 0),
        ("a.pdf", b"PK\x03\x04", "内容与扩展名不符", False, 0),
        ("a.docx", docx("word/document.xml"), "", False, 0),
        ("a.docx", docx("word/document.xml", "word/vbaProject.bin"), "", True, 0),
        ("a.docx", docx("x"), "打不开", False, 0),
        ("a.json", b"{}", "", False, 0),
        ("a.txt", b"\xff\xfe", "不是 UTF-8 文本", False, 0),
        ("a.exe", b"MZ", "格式“.exe”不在可移交的格式之列", False, 0),
    ],
)
def test_files_are_opened(path: str, data: bytes, fault: str, *, active: bool, pages: int) -> None:
    seen = look_at_file(path, data, "0" * 128)
    assert (seen.fault, seen.active, seen.pages, seen.size) == (fault, active, pages, len(data))


def test_a_locked_pdf_is_a_fault() -> None:
    assert look_at_file("a.pdf", pdf(lock="x"), "").fault


def test_the_list_is_read_back_as_written() -> None:
    head = PackageHead(
        uid="0000000009", unit_name="洗马镇", fonds_number="0194", receiver="县档案馆", made_at="", made_by="潘文海"
    )
    data = write_list(head, [ONE, ONE], {})
    assert read_list(data) == (2, 18)
    text = data.decode()
    assert "<档号>0194-WS·2026-D30-SSB-0001</档号>" in text
    assert "<题名>责任确认书[罗小山]</题名>" in text
