"""Text tables (.csv, .tsv) of unknown encoding and delimiter.

Excel in Chinese saves GB 18030 without saying so and “CSV UTF-8” with a byte order mark; web systems
give UTF-8 without one. Strict decoding decides: text that is valid UTF-8 by accident is not met in practice.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from pathlib import PurePath

from forms.errors import UnreadableSheetError
from forms.lists.sheet import Cell, Row, Sheet

_DELIMITERS = (",", "\t", ";", "|", "，")
_MAX_ROWS = 200_000
_SAMPLE_LINES = 60
_FORCED_TEXT = re.compile(r'^="(.*)"$', re.DOTALL)


def read_delimited(data: bytes, *, name: str) -> Sheet:
    """Read one text table; the sheet is named after the file.

    Raises:
        UnreadableSheetError: not text in any known encoding, or not a table.
    """
    text = _decode(data, name)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    rows: list[Row] = []
    try:
        for number, fields in enumerate(reader, 1):
            if number > _MAX_ROWS:
                raise UnreadableSheetError(name, why=f"超过 {_MAX_ROWS} 行", way_out="请把表格按村拆开后再导入。")
            rows.append(Row(number=number, cells=tuple(_cells(fields))))
    except csv.Error:
        raise UnreadableSheetError(
            name, why="不是表格，或其中的引号不成对", way_out="请用 WPS 或 Excel 打开，另存为 .xlsx 后再导入。"
        ) from None
    while rows and not rows[-1].cells:
        rows.pop()
    if max((len(r.cells) for r in rows), default=0) < 2:
        raise UnreadableSheetError(name, why="里面没有分列的表格", way_out="请选择 .xlsx 或 .csv 格式的名单。")
    return Sheet(name=PurePath(name).stem, rows=tuple(rows))


def _cells(fields: list[str]) -> list[Cell]:
    out = []
    for column, field in enumerate(fields, 1):
        forced = _FORCED_TEXT.match(field.strip())
        text = (forced[1] if forced else field).strip(" \t\r\n\u3000\u200b\ufeff\xa0")
        if text:
            out.append(Cell(column=column, text=text))
    return out


def _decode(data: bytes, name: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates: tuple[str, ...] = ("utf-16",)
    elif data[:400].count(0) > len(data[:400]) // 5:
        # UTF-16 without a mark: digits, commas and line ends have one zero byte each
        candidates = ("utf-16-le", "utf-16-be") if data[1:400:2].count(0) >= data[:400:2].count(0) else ("utf-16-be",)
    else:
        candidates = ("utf-8-sig", "gb18030")
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x00-\x08\x0e-\x1f]", text):
            return text
    raise UnreadableSheetError(
        name, why="不是表格，或用了不认识的文字编码", way_out="请用 WPS 或 Excel 打开，另存为 .xlsx 后再导入。"
    )


def _delimiter(text: str) -> str:
    """Return the delimiter that splits most lines into the same number of columns."""
    sample = "".join(text.splitlines(keepends=True)[:_SAMPLE_LINES])

    def weight(delimiter: str) -> tuple[int, int]:
        try:
            widths = Counter(len(r) for r in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if r)
        except csv.Error:
            return (0, 0)
        widths.pop(1, None)
        if not widths:
            return (0, 0)
        width, lines = widths.most_common(1)[0]
        return (lines * (width - 1), width)

    return max(_DELIMITERS, key=weight)
