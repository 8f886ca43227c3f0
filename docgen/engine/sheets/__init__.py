"""Sheets of offices: .xlsx, .csv and .tsv in, rows of text with their places out; nothing is interpreted.

What a file is, is told by its bytes, not by its name: clerks rename files. Whatever cannot be read is
refused with one sentence that says what to do instead (`forms.errors.UnreadableSheetError`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.engine.sheets.delimited import read_delimited
from docgen.engine.sheets.rejected import Finding, write_rejected
from docgen.engine.sheets.xlsx import read_xlsx
from forms.errors import UnreadableSheetError

if TYPE_CHECKING:
    from pathlib import Path

    from forms.lists.sheet import Sheet

__all__ = ["MAX_BYTES", "Finding", "load_file", "read_bytes", "read_sheet", "write_rejected"]

MAX_BYTES = 30 * 1024 * 1024
"""Largest file taken; the list of a whole county is below 3 MB."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE_AS = "请用 WPS 或 Excel 打开它，选“另存为”，类型选“Excel 工作簿（*.xlsx）”，再导入新存的文件。"


def read_sheet(path: Path) -> list[Sheet]:
    """Read every sheet of a file, in the file's order, hidden and empty ones included.

    Raises:
        UnreadableSheetError: missing, empty, too large, protected by a password, of another kind, or broken.
    """
    return read_bytes(load_file(path), name=path.name)


def load_file(path: Path) -> bytes:
    """Return the bytes of a file, not yet looked into.

    Raises:
        UnreadableSheetError: missing, a folder, in use, or too large.
    """
    name = path.name
    if path.is_dir():
        raise UnreadableSheetError(name, why="是一个文件夹，不是表格", way_out="请指明其中的表格文件。")
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise UnreadableSheetError(
                name,
                why=f"有 {size // 1024 // 1024} MB，超过 {MAX_BYTES // 1024 // 1024} MB 的上限",
                way_out="村级名单不会这么大：请检查是否选错文件，或删去图片、把表格按村拆开后再导入。",
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise UnreadableSheetError(name, why="不存在", way_out="请检查文件名和所在位置。") from None
    except PermissionError:
        raise UnreadableSheetError(
            name, why="打不开，可能正被 Excel 或 WPS 占用", way_out="请先关闭它，再导入一次。"
        ) from None


def read_bytes(data: bytes, *, name: str) -> list[Sheet]:
    """Read every sheet of a file given as its bytes; ``name`` is for messages and for the sheet of a CSV."""
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise UnreadableSheetError(name, why="是空文件", way_out="请检查是否保存成功，或向报送人重新要一份。")
    if data.startswith(b"PK"):
        return read_xlsx(data, name=name)
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            way_out = "请用原来的软件打开，在“文件—信息—保护工作簿”里取消密码，保存后再导入。"
            raise UnreadableSheetError(name, why="加了打开密码", way_out=way_out)
        raise UnreadableSheetError(name, why="是旧格式（.xls 或 .et）的表格", way_out=_SAVE_AS)
    head = data[:2048].lstrip().lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml", b"mime-version")):
        raise UnreadableSheetError(name, why="其实是网页，不是真正的表格文件", way_out=_SAVE_AS)
    if head.startswith((b"%pdf", b"{\\rtf", b"\x89png", b"\xff\xd8\xff", b"gif8", b"rar!", b"7z\xbc\xaf")):
        raise UnreadableSheetError(name, why="不是表格文件", way_out="请选择 .xlsx 或 .csv 文件。")
    return [read_delimited(data, name=name)]
