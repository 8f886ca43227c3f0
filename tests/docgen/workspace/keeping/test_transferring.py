"""移交: a bag that bagit accepts, two lists that agree, a report with every item, a receipt kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import bagit
import pytest
from lxml import etree
from openpyxl import load_workbook

from archive.registry.transfers import ReceiptExistsError, TransferNotFoundError
from archive.store import transfer_object
from docgen.workspace.keeping.transferring import NothingToTransferError, NotNumberedError, PackageFailedError

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.workspace import Workspace

YEAR = 2026


@pytest.fixture
def to(tmp_path: Path) -> Path:
    folder = tmp_path / "移动硬盘"
    folder.mkdir()
    return folder


@pytest.fixture
def numbered(filed: Workspace) -> Workspace:
    filed.describing.accession(YEAR)
    return filed


def test_the_package_is_a_bag_with_every_file_of_every_item(numbered: Workspace, to: Path) -> None:
    report = numbered.transferring.make(to, years=[YEAR])
    bag = bagit.Bag(str(report.folder))
    bag.validate()
    assert report.items == 5
    with numbered.registry.read() as tx:
        for given in tx.codes.of_year(YEAR):
            held = numbered.store.paths(f"urn:docgen:paper:{given.uid}")
            folder = report.folder / "data" / "件" / str(given.code)
            files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
            assert files == set(held)
            for name, digest in held.items():
                entry = bag.entries[f"data/件/{given.code}/{name}"]
                assert entry["sha512"] == digest
        assert tx.transfers.get(report.uid).size == report.size


def test_the_two_lists_say_the_same(numbered: Workspace, to: Path) -> None:
    data = numbered.transferring.make(to, years=[YEAR]).folder / "data"
    root = etree.parse(data / "目录.xml").getroot()
    in_xml = [item.findtext("档号") for item in root.findall("件")]
    page = load_workbook(data / "目录.xlsx").worksheets[0]
    in_xlsx = [row[1].value for row in page.iter_rows(min_row=3)]
    assert in_xml == in_xlsx
    assert len(in_xml) == 5
    files = root.findall("件/计算机文件/文件")
    for item in root.findall("件"):
        folder = data / "件" / str(item.findtext("档号"))
        for file in item.findall("计算机文件/文件"):
            assert (folder / str(file.findtext("计算机文件名"))).stat().st_size == int(
                file.findtext("计算机文件大小") or 0
            )
        assert item.findall("业务行为/行为")
    assert files


def test_the_report_names_every_item_with_its_outcome(numbered: Workspace, to: Path) -> None:
    report = numbered.transferring.make(to, years=[YEAR])
    results = json.loads((report.folder / "data" / "四性检测报告.json").read_text("utf-8"))["results"]
    assert {row["property"] for row in results} == {"真实性", "完整性", "可用性", "安全性"}
    assert {row["outcome"] for row in results} == {"合格", "不适用"}
    assert all(row["detail"] for row in results if row["outcome"] == "不适用")


def test_a_receipt_is_kept_and_what_was_received_is_not_handed_over_again(numbered: Workspace, to: Path) -> None:
    report = numbered.transferring.make(to, years=[YEAR])
    receipt = to / "回执.pdf"
    receipt.write_bytes(b"%PDF-1.7 signed")
    numbered.transferring.receive(report.uid, receipt)
    held = numbered.store.paths(transfer_object(report.uid))
    assert [path for path in held if path.startswith("receipt-")]
    with pytest.raises(ReceiptExistsError):
        numbered.transferring.receive(report.uid, receipt)
    with pytest.raises(TransferNotFoundError):
        numbered.transferring.receive("0000000000", receipt)
    with pytest.raises(NothingToTransferError):
        numbered.transferring.make(to, years=[YEAR])
    assert numbered.checking.check().problems == ()


def test_single_items_are_handed_over_by_code_or_number(numbered: Workspace, to: Path) -> None:
    with numbered.registry.read() as tx:
        one, two = [p for p in tx.papers.all() if p.reference_code][:2]
    report = numbered.transferring.make(to, papers=[one.reference_code, str(two.document_number)])
    assert report.items == 2


def test_what_has_no_code_is_refused(numbered: Workspace, to: Path) -> None:
    with numbered.registry.read() as tx:
        unsigned = next(p for p in tx.papers.all() if not p.signed_version)
    with pytest.raises(NotNumberedError):
        numbered.transferring.make(to, papers=[unsigned.uid])
    assert list(to.iterdir()) == []


def test_a_package_that_fails_its_test_is_not_made(
    numbered: Workspace, to: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.registry.audit.Audit.verify", lambda _: ("fault",))
    with pytest.raises(PackageFailedError, match="操作过程安全性检测"):
        numbered.transferring.make(to, years=[YEAR])
    assert list(to.iterdir()) == []
    with numbered.registry.read() as tx:
        assert tx.transfers.all() == ()


def test_nobodys_name_is_in_a_file_name(numbered: Workspace, to: Path) -> None:
    report = numbered.transferring.make(to, years=[YEAR])
    assert not [path for path in report.folder.rglob("*") if "罗" in path.name]
