"""Sheets as offices send them: read with every place kept, or refused with one sentence."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import struct
import zipfile
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from docgen.engine.sheets import Finding, read_bytes, read_sheet, write_rejected
from docgen.engine.sheets import xlsx as xlsx_module
from docgen.engine.sheets.rejected import DECISION_TITLE, REASON_TITLE
from forms.errors import UnreadableSheetError
from forms.lists.sheet import CellState, Sheet, column_letter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet


def workbook(rows: list[list[Any]], change: Callable[[Worksheet], None] = lambda _page: None) -> bytes:
    book = Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    change(page)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def texts(sheet: Sheet) -> list[list[str]]:
    return [[c.text for c in r.cells] for r in sheet.rows]


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            content = source.read(entry)
            target.writestr(entry, change(content) if entry == name else content)
    return out.getvalue()


# workbooks


def test_values_come_as_a_clerk_reads_them_and_keep_their_raw_form() -> None:
    moment = datetime(2016, 3, 5, tzinfo=UTC).replace(tzinfo=None)
    data = workbook([["姓名", 19900000012.0, 3.5, 42434, True, date(2016, 3, 5), moment, " 李四\n "]])
    cells = read_bytes(data, name="x.xlsx")[0].rows[0].cells
    assert [c.text for c in cells] == ["姓名", "19900000012", "3.5", "42434", "是", "2016-03-05", "2016-03-05", "李四"]
    assert cells[1].raw == 19900000012
    assert cells[5].raw == datetime(2016, 3, 5)  # noqa: DTZ001  sheets know no zone
    assert [c.letter for c in cells] == list("ABCDEFGH")


def test_rows_keep_the_numbers_that_excel_shows() -> None:
    sheet = read_bytes(workbook([[], ["", "标题"], [], ["姓名", "性别"]]), name="x.xlsx")[0]
    assert [r.number for r in sheet.rows if r.cells] == [2, 4]
    assert sheet.rows[1].text(2) == "标题"
    assert len(sheet.rows) == 4


def test_a_merged_cell_is_spread_with_the_place_it_came_from() -> None:
    def merge(page: Worksheet) -> None:
        page.merge_cells("B1:C2")

    sheet = read_bytes(workbook([["a", "父亲", ""], ["b", "", ""], ["c", "x", "y"]], merge), name="x.xlsx")[0]
    spread = [(r.number, c.letter, c.origin) for r in sheet.rows for c in r.cells if c.text == "父亲"]
    assert spread == [(1, "B", ""), (1, "C", "B1"), (2, "B", "B1"), (2, "C", "B1")]
    assert [c.text for c in sheet.rows[1].own_cells] == ["b"]
    assert sheet.rows[0].distinct_texts == ("a", "父亲")


def test_hidden_rows_columns_and_sheets_are_told() -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(["姓名", "性别"])
    page.append(["张三", "男"])
    page.row_dimensions[2].hidden = True
    page.column_dimensions["B"].hidden = True
    book.create_sheet("旧名单").append(["李四"])
    book["旧名单"].sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    first, second = read_bytes(buffer.getvalue(), name="x.xlsx")
    assert [r.hidden for r in first.rows] == [False, True]
    assert first.hidden_columns == {2}
    assert (first.hidden, second.hidden) == (False, True)


def test_a_formula_without_saved_result_and_a_fault_are_told() -> None:
    data = workbook([["姓名", "=1+1", "#N/A"]])
    cells = read_bytes(data, name="x.xlsx")[0].rows[0].cells
    assert [c.state for c in cells] == [CellState.PLAIN, CellState.NO_RESULT, CellState.FAULT]
    assert cells[1].text == ""


def test_a_saved_result_of_a_formula_is_read() -> None:
    data = with_part(
        workbook([["姓名", "=1+1"]]), "xl/worksheets/sheet1.xml", lambda x: re.sub(rb"<v\s*/>|<v></v>", b"<v>2</v>", x)
    )
    assert texts(read_bytes(data, name="x.xlsx")[0]) == [["姓名", "2"]]


def test_a_million_formatted_empty_rows_cost_little() -> None:
    def swell(xml: bytes) -> bytes:
        empty = b"".join(b'<row r="%d" ht="20"><c r="A%d" s="0"/></row>' % (n, n) for n in range(3, 300_000))
        return xml.replace(b"</sheetData>", empty + b"</sheetData>")

    data = with_part(workbook([["姓名", "性别"], ["张三", "男"]]), "xl/worksheets/sheet1.xml", swell)
    sheet = read_bytes(data, name="x.xlsx")[0]
    assert len(sheet.rows) == 2


def test_rows_without_numbers_are_counted() -> None:
    data = with_part(
        workbook([["姓名", "性别"], ["张三", "男"]]),
        "xl/worksheets/sheet1.xml",
        lambda x: re.sub(rb'<row r="\d+"', b"<row", x),
    )
    assert len(read_bytes(data, name="x.xlsx")[0].rows) == 2


def _zip(names: list[str], *, flag: int = 0) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name in names:
            package.writestr(name, "<x/>")
    data = bytearray(buffer.getvalue())
    if flag:
        at = data.find(b"PK\x01\x02")
        struct.pack_into("<H", data, at + 8, flag)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "空文件"),
        (b"\x00" * 500, "空文件"),
        (b"\xef\xbb\xbf \r\n", "空文件"),
        (b"PK\x03\x04 rubbish", "损坏"),
        (_zip(["word/document.xml"]), "Word"),
        (_zip(["content.xml", "mimetype"]), "不是 .xlsx"),
        (_zip(["xl/workbook.xml"], flag=1), "密码"),
        (_zip(["xl/workbook.xml"]), "损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "旧格式"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
        (b"%PDF-1.7 ...", "不是表格"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "不是表格"),
        ("只有一列\n没有分列\n".encode(), "没有分列"),
        (bytes(range(256)) * 20, "不是表格"),
    ],
)
def test_what_is_no_sheet_is_refused_with_what_to_do(data: bytes, said: str) -> None:
    with pytest.raises(UnreadableSheetError) as caught:
        read_bytes(data, name="名单.xlsx")
    assert said in str(caught.value)
    assert str(caught.value).endswith("。")
    assert caught.value.exit_code == 10


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "没有.xlsx", tmp_path):
        with pytest.raises(UnreadableSheetError):
            read_sheet(path)


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_module, "MAX_UNPACKED", 100_000)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b"0" * 10_000_000)
    with pytest.raises(UnreadableSheetError) as caught:
        read_bytes(buffer.getvalue(), name="x.xlsx")
    assert "解开后" in str(caught.value)


def test_entities_are_refused() -> None:
    data = with_part(workbook([["姓名"]]), "xl/worksheets/sheet1.xml", lambda x: b'<!DOCTYPE a [<!ENTITY b "c">]>' + x)
    with pytest.raises(UnreadableSheetError):
        read_bytes(data, name="x.xlsx")


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_read_or_refused(data: bytes, packed: bool) -> None:  # noqa: FBT001  drawn by the test
    try:
        sheets = read_bytes(b"PK\x03\x04" + data if packed else data, name="x")
    except UnreadableSheetError:
        return
    assert sheets


@given(st.integers(0, 20_000), st.integers(0, 255))
def test_a_workbook_with_one_wrong_byte_is_read_or_refused(place: int, value: int) -> None:
    data = bytearray(GOOD)
    data[place % len(data)] = value
    with contextlib.suppress(UnreadableSheetError):
        read_bytes(bytes(data), name="x.xlsx")


GOOD = workbook([["姓名", "性别"], ["张三", "男"]])


# text tables


TABLE = '姓名,性别,备注\r\n张三,男,"一,二"\r\n王𬱖,女,\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_gives_the_same_table(encoding: str) -> None:
    sheet = read_bytes(TABLE.encode(encoding), name="花名册.csv")[0]
    assert texts(sheet) == [["姓名", "性别", "备注"], ["张三", "男", "一,二"], ["王𬱖", "女"]]
    assert sheet.name == "花名册"


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    rows = [["洗马镇平山村名单", "", ""], ["姓名", "性别", "电话"], ["张三", "男", "199,000;1"], ["李四", "女", ""]]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    assert texts(read_bytes(out.getvalue().encode(), name="x.csv")[0])[1:] == [
        r[:3] if r[2] else r[:2] for r in rows[1:]
    ]


def test_numbers_forced_to_text_lose_only_the_force() -> None:
    sheet = read_bytes('姓名,号码\n张三,="522799201603050012"\n'.encode(), name="x.csv")[0]
    assert sheet.rows[1].text(2) == "522799201603050012"


def test_line_breaks_inside_cells_do_not_shift_rows() -> None:
    sheet = read_bytes('姓名,电话\n张三,"199\n000"\n李四,1\n'.encode(), name="x.csv")[0]
    assert [r.number for r in sheet.rows] == [1, 2, 3]
    assert sheet.rows[2].text(1) == "李四"


@given(st.integers(1, 16_384))
def test_column_letters_count_as_excel_does(column: int) -> None:
    from openpyxl.utils import get_column_letter

    assert column_letter(column) == get_column_letter(column)


# the copy with reasons


def copy_of(tmp_path: Path, data: bytes, findings: list[Finding], heads: dict[str, int]) -> Worksheet:
    target = tmp_path / "未导入.xlsx"
    write_rejected(target, data, read_bytes(data, name="名单.csv"), findings, header_rows=heads)
    page = load_workbook(target).worksheets[0]
    assert not list(tmp_path.glob("*.part"))
    return page


def test_the_reason_stands_beside_the_cell_and_in_a_column_of_its_own(tmp_path: Path) -> None:
    data = workbook([["姓名", "身份证号"], ["张三", "1"], ["李四", "2"]])
    found = [
        Finding(sheet="Sheet", row=3, column=2, message="号码不对。"),
        Finding(sheet="Sheet", row=3, column=0, message="整行的原因。"),
    ]
    page = copy_of(tmp_path, data, found, {"Sheet": 1})
    assert [c.value for c in page[1]] == ["姓名", "身份证号", REASON_TITLE, DECISION_TITLE]
    assert page["C3"].value == "号码不对。\n整行的原因。"
    assert page["B3"].comment is not None
    assert page["B3"].comment.text == "号码不对。"
    assert page["C2"].value is None
    assert page["A3"].fill.fgColor.rgb != page["A2"].fill.fgColor.rgb


def test_a_reason_in_a_merged_cell_goes_to_the_cell_that_shows(tmp_path: Path) -> None:
    def merge(page: Worksheet) -> None:
        page.merge_cells("B2:B3")

    data = workbook([["姓名", "父亲"], ["张三", "张大"], ["李四", ""]], merge)
    page = copy_of(tmp_path, data, [Finding(sheet="Sheet", row=3, column=2, message="原因。")], {"Sheet": 1})
    assert page["B2"].comment is not None


def test_the_copy_of_a_text_table_keeps_long_numbers_as_text(tmp_path: Path) -> None:
    data = "姓名,号码\n张三,522799201603050012\n=1+1,2\n".encode()
    page = copy_of(tmp_path, data, [Finding(sheet="名单", row=2, column=2, message="原因。")], {"名单": 1})
    assert page["B2"].value == "522799201603050012"
    assert page["B2"].number_format == "@"
    assert page["A3"].data_type == "s"


def test_reasons_of_an_earlier_copy_are_wiped_and_decisions_kept(tmp_path: Path) -> None:
    data = workbook([["姓名", "号码"], ["张三", "1"]])
    copy_of(tmp_path, data, [Finding(sheet="Sheet", row=2, column=2, message="旧的原因。")], {"Sheet": 1})
    target = tmp_path / "未导入.xlsx"
    book = load_workbook(target)
    book.worksheets[0]["D2"] = "同一人"
    book.save(target)
    again = copy_of(tmp_path, target.read_bytes(), [], {"Sheet": 1})
    assert [c.value for c in again[1]] == ["姓名", "号码", REASON_TITLE, DECISION_TITLE]
    assert again["C2"].value is None
    assert again["D2"].value == "同一人"
    assert again["B2"].comment is None
