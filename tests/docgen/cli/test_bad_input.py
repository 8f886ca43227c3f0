"""Bad input gets one clear Chinese sentence and an exit code of its own, and nothing is lost."""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pypdf
import pytest
from PIL import Image

from docgen.engine.template import find_template

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Cli = Callable[..., Result]
    Look = Callable[[], object]
    OneSentence = Callable[[Result, int], str]

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
"""How a file of Excel 97 begins."""


def pdf(pages: int, *, password: str = "") -> bytes:
    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("L", (1240, 1754), 200).save(out, "JPEG")
    return out.getvalue()


def empty_workbook() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


SHEETS = {
    "random.xlsx": bytes(range(256)) * 9,
    "text.xlsx": "这是一段文字，不是表格。".encode(),
    "old.xls": OLE,
    "renamed.xlsx": OLE,
    "empty.xlsx": b"",
    "nothing-in-it.xlsx": empty_workbook(),
    "page.pdf": pdf(1),
    "no-table.csv": "今天天气很好\n".encode(),
    "word.docx": b"PK\x03\x04" + bytes(80),
}


@pytest.mark.parametrize("name", SHEETS)
def test_what_is_no_list_of_people_is_refused(
    name: str, cli: Cli, look: Look, one_sentence: OneSentence, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(SHEETS[name])
    before = look()
    line = one_sentence(cli("people", "import", path), 10)
    assert f"“{name}”" in line
    assert look() == before


def test_a_list_that_is_not_there_or_is_a_folder_is_refused(
    cli: Cli, look: Look, one_sentence: OneSentence, tmp_path: Path
) -> None:
    before = look()
    one_sentence(cli("people", "import", tmp_path / "没有.xlsx"), 10)
    (tmp_path / "文件夹.xlsx").mkdir()
    one_sentence(cli("people", "import", tmp_path / "文件夹.xlsx"), 10)
    assert look() == before


SCANS = {
    "encrypted.pdf": (pdf(2, password="1234"), 12),  # noqa: S106  of a file that is thrown away
    "no-pages.pdf": (pdf(0), 13),
    "nothing.jpg": (b"", 13),
    "nothing.pdf": (b"", 13),
    "text.pdf": ("只是一段文字".encode(), 11),
    "text.tif": ("只是一段文字".encode(), 11),
    "begins-like-one.pdf": (b"%PDF-1.7\n" + bytes(400), 11),
    "word.docx": (b"PK\x03\x04" + bytes(80), 11),
    "half.jpg": (jpeg()[:300], 11),
}


@pytest.mark.parametrize("name", SCANS)
def test_what_is_no_scan_is_refused_and_stays(
    name: str, cli: Cli, look: Look, one_sentence: OneSentence, office: Path
) -> None:
    data, exit_code = SCANS[name]
    path = office / "inbox" / name
    path.write_bytes(data)
    before = look()
    line = one_sentence(cli("intake", "file", "--inbox"), exit_code)
    assert f"“{name}”" in line
    assert look() == before
    assert path.read_bytes() == data
    assert cli("intake", "file", path).exit_code == exit_code


def test_a_scan_that_is_not_there_or_is_a_folder_is_refused(
    cli: Cli, look: Look, one_sentence: OneSentence, tmp_path: Path
) -> None:
    before = look()
    one_sentence(cli("intake", "file", tmp_path / "没有.pdf"), 11)
    one_sentence(cli("intake", "file", tmp_path), 11)
    assert look() == before


def with_text(docx: bytes, old: str, new: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/document.xml":
                assert old.encode() in data
                data = data.replace(old.encode(), new.encode(), 1)
            target.writestr(name, data)
    return out.getvalue()


@pytest.fixture
def bad_template(office: Path) -> Path:
    """Give the A8 of the office with a name in it that no form gives."""
    folder = office / "templates" / "law_2020"
    folder.mkdir(parents=True)
    good = find_template("A8", "law_2020", None).data
    path = folder / "A8.docx"
    path.write_bytes(with_text(good, "{{ asked_place", "{{ asked_planet"))
    return path


def test_a_template_with_an_unknown_name_makes_nothing(
    bad_template: Path, cli: Cli, look: Look, one_sentence: OneSentence
) -> None:
    before = look()
    line = one_sentence(cli("make", "A8", "--village", "平山村"), 15)
    assert "asked_planet" in line
    assert look() == before
    checked = cli("template", "check", bad_template, "--form", "A8")
    assert checked.exit_code == 3
    assert "asked_planet" in checked.stderr


@pytest.mark.parametrize("data", [b"", b"not a docx", b"PK\x03\x04" + bytes(90), OLE])
def test_a_template_that_is_no_docx_makes_nothing(
    data: bytes, bad_template: Path, cli: Cli, look: Look, one_sentence: OneSentence
) -> None:
    bad_template.write_bytes(data)
    before = look()
    one_sentence(cli("make", "A8", "--village", "平山村"), 15)
    assert look() == before
    assert cli("template", "check", bad_template, "--form", "A8").exit_code in {3, 15}


def test_what_does_not_exist_is_said(cli: Cli, look: Look, one_sentence: OneSentence, tmp_path: Path) -> None:
    before = look()
    for arguments in (
        ("make", "Z9", "--child", "罗小水"),
        ("make", "A8", "--child", "查无此人"),
        ("make", "A8", "--village", "没有村"),
        ("make", "A8", "--child", "罗小水", "--set", "血型=A"),
        ("dossier", "show", "查无此人"),
        ("papers", "void", "洗民委照〔2026〕99号", "--reason", "无"),
        ("papers", "list", "--village", "没有村"),
        ("people", "list", "--village", "没有村"),
        ("form", "show", "Z9"),
        ("template", "check", tmp_path / "没有.docx", "--form", "Z9"),
    ):
        one_sentence(cli(*arguments), 4)
    assert look() == before


def test_a_child_of_whom_there_are_two_is_asked_for_again(cli: Cli, look: Look, one_sentence: OneSentence) -> None:
    before = look()
    line = one_sentence(cli("make", "A8", "--child", "罗小山"), 3)
    assert "大坝村" in line
    assert look() == before


def test_a_sheet_of_values_that_is_none_makes_nothing(
    cli: Cli, look: Look, one_sentence: OneSentence, tmp_path: Path
) -> None:
    path = tmp_path / "values.xlsx"
    path.write_bytes(b"no sheet")
    before = look()
    one_sentence(cli("make", "A8", "--child", "罗小水", "--values", path), 10)
    assert look() == before


def test_a_query_that_cannot_be_read_is_said(cli: Cli, one_sentence: OneSentence) -> None:
    for words in ('"没有关', "性别:男", "日期:昨天", "状态:飞走了"):
        assert "查询" in one_sentence(cli("search", words), 2)


def test_what_is_no_office_is_said(cli: Cli, one_sentence: OneSentence, tmp_path: Path, monkeypatch: Any) -> None:
    empty = tmp_path / "空"
    empty.mkdir()
    monkeypatch.chdir(empty)
    monkeypatch.delenv("DOCGEN_OFFICE", raising=False)
    one_sentence(cli("people", "list", in_office=False), 18)
    one_sentence(cli("--office", empty, "people", "list", in_office=False), 18)
    one_sentence(cli("--office", tmp_path / "没有", "people", "list", in_office=False), 18)


@pytest.mark.parametrize("content", [b"[office", b"\xff\xfe\x00", b"[office]\nunit = 3\n", b"[offices]\n", b""])
def test_settings_that_cannot_be_read_are_said(
    content: bytes, cli: Cli, one_sentence: OneSentence, office: Path
) -> None:
    (office / "office.toml").write_bytes(content)
    assert "office.toml" in one_sentence(cli("people", "list"), 17)


def test_a_region_that_nobody_knows_is_said(cli: Cli, one_sentence: OneSentence, tmp_path: Path) -> None:
    new = tmp_path / "新"
    line = one_sentence(cli("office", "init", new, "--profile", "atlantis", "--unit", "某镇", in_office=False), 4)
    assert "longli" in line
    assert not new.exists()


def test_an_office_is_not_made_twice(cli: Cli, one_sentence: OneSentence, office: Path, look: Look) -> None:
    before = look()
    one_sentence(cli("office", "init", office, "--profile", "longli", "--unit", "某镇", in_office=False), 5)
    assert look() == before


@pytest.mark.parametrize("content", [b"", b"not a database" * 99])
def test_a_registry_that_is_none_is_said(content: bytes, cli: Cli, one_sentence: OneSentence, office: Path) -> None:
    (office / "registry.db").write_bytes(content)
    one_sentence(cli("people", "list"), 7)


def test_a_registry_or_store_that_is_gone_is_said(cli: Cli, one_sentence: OneSentence, office: Path) -> None:
    shutil.move(office / "store", office / "elsewhere")
    one_sentence(cli("people", "list"), 7)
    (office / "registry.db").unlink()
    one_sentence(cli("people", "list"), 7)
    assert not (office / "registry.db").exists(), "no empty registry takes its place"


def test_an_index_full_of_rubbish_is_made_again(cli: Cli, office: Path, look: Look) -> None:
    for name in ("CURRENT", "_MAIN_1.toc", "index.json"):
        (office / "index" / name).write_bytes(b"\x80\x04rubbish")
    before = look()
    found = cli("search", "罗小水")
    assert found.exit_code == 0
    assert "罗小水" in found.stdout
    assert "自动重建" in found.stderr
    after = look()
    assert after == before or cli("search", "罗小水").stderr == ""


@pytest.mark.parametrize("name", ["out", "work"])
def test_a_folder_that_cannot_be_written_is_said(name: str, cli: Cli, one_sentence: OneSentence, office: Path) -> None:
    shutil.rmtree(office / name)
    (office / name).write_bytes(b"a file where a folder should be")
    one_sentence(cli("make", "A8", "--child", "罗小水"), 16)
    assert (office / name).read_bytes() == b"a file where a folder should be"


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EIO])
def test_a_disk_that_takes_no_more_is_said_and_loses_nothing(
    fault: int, cli: Cli, look: Look, one_sentence: OneSentence, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_more(_: int) -> None:
        raise OSError(fault, os.strerror(fault))

    before = look()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", no_more)
        line = one_sentence(cli("make", "A8", "--child", "罗小水"), 16)
    assert ("磁盘空间不足" in line) == (fault == errno.ENOSPC)
    assert look() == before
    assert cli("make", "A8", "--child", "罗小水").exit_code == 0


def test_json_that_is_asked_for_is_json_also_when_a_row_fails(cli: Cli) -> None:
    result = cli("make", "A1", "--child", "罗小水", "--json")
    assert result.exit_code == 3
    data = json.loads(result.stdout)
    assert data["made"] == []
    assert {p["code"] for p in data["failed"][0]["problems"]} >= {"REF-05", "REF-06"}
    assert all(p["sources"] for p in data["failed"][0]["problems"] if p["code"] == "REF-06")
