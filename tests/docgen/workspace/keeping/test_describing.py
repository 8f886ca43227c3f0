"""Numbering a year: every filed paper once, the lists beside it, nothing unsigned among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pypdf
import pytest
from openpyxl import load_workbook

from archive.reference_code import ReferenceCode
from docgen.workspace.keeping.describing import HEAD, NoFondsNumberError
from docgen.workspace.keeping.items import Describer, ItemNotFoundError

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.workspace import Workspace

YEAR = 2026


def codes(workspace: Workspace) -> dict[str, str]:
    """Reference code by uid of the paper."""
    with workspace.registry.read() as tx:
        return {p.uid: p.reference_code for p in tx.papers.all() if p.reference_code}


def text_of(path: Path) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def test_filed_papers_get_a_code_once_and_unsigned_ones_get_none(filed: Workspace) -> None:
    report = filed.describing.accession(YEAR)
    given = codes(filed)
    with filed.registry.read() as tx:
        done = {p.uid for p in tx.papers.all() if p.signed_version}
        assert any(not p.signed_version for p in tx.papers.all())
    assert set(given) == done
    assert (report.given, report.total) == (5, 5)
    again = filed.describing.accession(YEAR)
    assert (again.given, again.total) == (0, 5)
    assert codes(filed) == given


def test_each_class_counts_from_one_by_the_units_own_table(filed: Workspace) -> None:
    report = filed.describing.accession(YEAR)
    by_class: dict[str, list[int]] = {}
    for row in report.rows:
        code = ReferenceCode.parse(row.code)
        by_class.setdefault(str(code.item_class), []).append(code.item)
    assert by_class == {"0194-WS·2026-D30-SSB": [1, 2, 3], "0194-WS·2026-Y-SSB": [1, 2]}
    kept = {filed.title_of("A8"): "Y", filed.title_of("A5"): "D30"}
    for row in report.rows:
        for title, retention in kept.items():
            assert (f"-{retention}-" in row.code) or not row.title.startswith(title)


def test_what_the_unit_has_not_decided_is_flagged_everywhere(filed: Workspace) -> None:
    report = filed.describing.accession(YEAR)
    assert report.unset == ("A1", "A5")
    assert "期限还没有定" in report.summary
    assert report.folder is not None
    assert "期限待定" in text_of(report.folder / "归档文件目录.pdf").replace("\n", "")
    assert "尚未经本单位批准" in text_of(report.folder / "备考表.pdf").replace("\n", "")


def test_the_lists_hold_every_item_and_the_stamps_only_what_is_new(filed: Workspace) -> None:
    report = filed.describing.accession(YEAR)
    assert report.folder is not None
    book = load_workbook(report.folder / "归档文件目录.xlsx")
    rows = [[cell.value or "" for cell in row] for page in book.worksheets for row in page.iter_rows(min_row=3)]
    assert [cell.value for cell in book.worksheets[0][2]] == list(HEAD)
    assert sorted(str(row[1]) for row in rows) == sorted(codes(filed).values())
    assert {len(str(row[5])) for row in rows} == {8}
    assert all("[罗小" in str(row[4]) for row in rows)
    printed = text_of(report.folder / "归档文件目录.pdf").replace("\n", "")
    assert all(code in printed for code in codes(filed).values())
    stamps = pypdf.PdfReader(report.folder / "归档章.pdf")
    assert len(stamps.pages) == 5
    again = filed.describing.accession(YEAR)
    assert again.folder is not None
    assert not (again.folder / "归档章.pdf").exists()


def test_a_void_code_stays_and_the_item_is_numbered_behind_the_last(filed: Workspace) -> None:
    first = filed.describing.accession(YEAR).rows[0]
    filed.describing.void(first.code, reason="重复编号")
    report = filed.describing.accession(YEAR)
    assert report.void == (first.code,)
    assert report.given == 1
    assert first.code not in codes(filed).values()
    assert report.folder is not None
    assert "重复编号" in text_of(report.folder / "备考表.pdf")


def test_without_a_fonds_number_nothing_is_numbered(workspace: Workspace) -> None:
    with pytest.raises(NoFondsNumberError):
        workspace.describing.accession(YEAR)


def test_a_year_without_papers_gives_no_lists(filed: Workspace) -> None:
    report = filed.describing.accession(2025)
    assert (report.given, report.total, report.folder) == (0, 0, None)


def test_an_item_is_found_by_code_number_or_uid(filed: Workspace) -> None:
    filed.describing.accession(YEAR)
    with filed.registry.read() as tx:
        describer = Describer(filed, tx)
        paper = next(p for p in tx.papers.all() if p.reference_code)
        for text in (paper.reference_code, str(paper.document_number), paper.uid):
            assert describer.find(text).uid == paper.uid
        for text in ("0194-WS·2026-D30-SSB-0099", "洗民委照〔2026〕999号", "没有的"):
            with pytest.raises(ItemNotFoundError):
                describer.find(text)


def test_file_names_carry_nobodys_name(filed: Workspace) -> None:
    report = filed.describing.accession(YEAR)
    assert report.folder is not None
    assert not [path for path in report.folder.rglob("*") if "罗" in path.name]
