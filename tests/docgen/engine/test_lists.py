"""Lists as xlsx: every cell is text, equal rows give equal bytes."""

from __future__ import annotations

import io

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from docgen.engine.sheets.lists import ListSheet, write_lists

texts = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cn"), max_codepoint=0x2FFFF), max_size=20)


def sheet(*rows: tuple[str, ...], name: str = "目录") -> ListSheet:
    return ListSheet(name=name, title="标题", head=("甲", "乙"), rows=rows, widths=(10, 20))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(texts, texts), max_size=4))
def test_what_goes_in_is_read_back_as_text(rows: list[tuple[str, str]]) -> None:
    page = load_workbook(io.BytesIO(write_lists([sheet(*rows)]))).worksheets[0]
    read = [tuple(cell.value or "" for cell in row) for row in page.iter_rows(min_row=3)]
    assert read == rows
    assert {cell.data_type for row in page.iter_rows(min_row=3) for cell in row if cell.value} <= {"s"}


def test_formulas_and_leading_zeros_stay_what_they_are() -> None:
    page = load_workbook(io.BytesIO(write_lists([sheet(("=1+1", "0001"))]))).worksheets[0]
    assert [(c.value, c.data_type) for c in page[3]] == [("=1+1", "s"), ("0001", "s")]


def test_equal_lists_are_equal_files() -> None:
    assert write_lists([sheet(("a", "b"))]) == write_lists([sheet(("a", "b"))])


def test_sheet_names_are_made_legal_for_excel() -> None:
    book = load_workbook(io.BytesIO(write_lists([sheet(name="2026/D30:SSB*"), sheet(name="很" * 40)])))
    assert book.sheetnames == ["2026_D30_SSB_", "很" * 31]
