"""The printed table that goes up with the figures, and the whole way by commands."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from archive.store import digest_of, paper_object
from docgen.cli.root import run
from docgen.demo.county_people import settings_of
from docgen.workspace import init_office
from docgen.workspace.duties.signed import mark_signed
from docgen.workspace.office.objects import signed_path
from docgen.workspace.quarter.keys import Role
from docgen.workspace.quarter.package import open_package
from docgen.workspace.quarter.sending import (
    NoScanError,
)
from forms.quarter.table import TableState

if TYPE_CHECKING:
    from pathlib import Path


from tests.docgen.workspace.quarter.sample_offices import Q3, SOURCE, UPPER, XIMA, Offices


def printed(offices: Offices, town: str) -> tuple[str, bytes]:
    """Print a town's table as a paper, and file a signed scan of it as intake does; return its uid and the scan."""
    ws = offices[town]
    offices.desk(town, "潘文海")
    report = ws.quarter_printer.print(Q3, codes=("C1",), formats=("pdf",))
    (made,) = report.made
    data = b"%PDF-1.7 signed C1"
    files = {signed_path(made.version, digest_of(data)): data}
    ws.store.put(paper_object(made.uid), files, message="收回签字件", user="潘文海", at=ws.now)
    with ws.registry.begin() as tx:
        tx.papers.add_files(made.uid, made.version, {path: digest_of(d) for path, d in files.items()})
        paper, version = tx.papers.get(made.uid), tx.papers.version(made.uid, made.version)
        mark_signed(ws, tx, paper, version, signed_on=ws.today)
    return made.uid, data


def test_the_printed_table_comes_back_by_intake_and_goes_up_with_the_figures(offices: Offices) -> None:
    offices.desk(XIMA).return_table(Q3, reason="重来")
    offices.desk(XIMA, "潘文海")
    offices[XIMA].quarter.freeze(Q3, reason="重来")
    desk = offices.desk(XIMA)
    desk.review(Q3)
    with pytest.raises(NoScanError):
        desk.sign(Q3)
    _, scan = printed(offices, XIMA)
    assert offices.desk(XIMA).sign(Q3).state is TableState.SIGNED
    sent = desk.pack(Q3, Role.COUNTY)
    package = open_package(sent.path.read_bytes(), desk.shelf.partners, name="x", own=desk.shelf.key.public)
    assert [data for path, data in package.files.items() if path.startswith("signed/")] == [scan]
    assert package.files["printed/C1.pdf"].startswith(b"%PDF")
    book = load_workbook(io.BytesIO(package.files["printed/C1.xlsx"]))
    assert len(book.sheetnames) > 1


def test_a_clerk_does_the_whole_way_by_commands(
    offices: Offices, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    offices.close()
    monkeypatch.setattr("docgen.cli.quarter_send.keep_snapshot", lambda _: None)

    def said(office: str, *words: str, code: int = 0) -> str:
        capsys.readouterr()
        who = ["--as", "龙秀英", "--office", str(offices.folder / office), "quarter", *words]
        assert run(who) == code, capsys.readouterr().err
        out = capsys.readouterr()
        return out.out + out.err

    def newest(office: str, start: str) -> str:
        found = (offices.folder / office / "out").glob(f"{start}*")
        return str(max(found, key=lambda p: p.stat().st_mtime_ns))

    for name, role in UPPER.items():
        assert "报送包已生成" in said(XIMA, "pack", "2026Q3", "--to", role.value)
        text = said(name, "receive", newest(XIMA, "汇总表"), "--period", "2026Q3")
        assert "验包合格" in text
        assert said(XIMA, "receive", newest(name, "签收回执"))
    assert "已报送" in said(XIMA, "state", "2026Q3")
    assert "期末失学辍学" in said("县教育局", "verify", "2026Q3")
    assert "名册：" in said("县教育局", "verify", "2026Q3", "--list")
    book = load_workbook(newest("县教育局", "名册-"))
    rows = list(book["儿童"].iter_rows(min_row=2, values_only=True))
    assert rows[0] == (
        "序号",
        "村（居）",
        "期末",
        "姓名",
        "性别",
        "出生日期",
        "公民身份号码",
        "就学情况",
        "学校",
        "年级",
        "寄宿",
    )
    assert len(rows) == 4
    assert {row[1] for row in rows[1:]} == {"洗马村"}
    wrong = said("县教育局", "verify", "2026Q3", "KE5", "1", "--reason", "漏报", "--source", SOURCE, code=5)
    assert "KE5 不由县级教育部门核实" in wrong
    said("县教育局", "verify", "2026Q3", "KD5", "1", "--reason", "漏报", "--source", SOURCE, "--child", "某某")
    for name in ("县教育局", "县公安局"):
        assert "已确认" in said(name, "verify", "2026Q3", "--agree", "--source", SOURCE)
        said(name, "pack", "2026Q3", "--to", "county", "--unit", XIMA)
        assert "数据核实反馈" in said("县民政局", "receive", newest(name, "数据核实反馈"))
    assert "已采用 1 个单位" in said("县民政局", "adopt", "2026Q3")
    rolled = said("县民政局", "rollup", "2026Q3")
    assert "未报" in rolled
    assert "KD5 报送 0，龙里县教育局核实 1" in rolled
    assert "已复核" in said("县民政局", "review", "2026Q3")
    said("县民政局", "sign", "2026Q3", "--scan", str(offices.scan("县民政局")))
    assert "醒狮镇人民政府未报，不能锁定" in said("县民政局", "lock", "2026Q3", code=5)
    assert "已锁定" in said("县民政局", "lock", "2026Q3", "--reason", "醒狮镇推迟报送")
    assert "锁定" in said("县民政局", "state", "2026Q3", "--all")
    assert "未报" in said("县民政局", "table", "2026Q3", "--block", "D")


def test_keys_are_exchanged_by_commands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("龙里县洗马镇人民政府", "黔南布依族苗族自治州民政局"):
        init_office(tmp_path / name, settings_of(name))

    def said(office: str, *words: str, code: int = 0) -> str:
        capsys.readouterr()
        assert run(["--office", str(tmp_path / office), "quarter", "keys", *words]) == code
        out = capsys.readouterr()
        return out.out + out.err

    town, above = "龙里县洗马镇人民政府", "黔南布依族苗族自治州民政局"
    assert "州（市）民政部门" in said(above, "show")
    exported = said(town, "export")
    path = next((tmp_path / town / "out").glob("公钥*.json"))
    digits = exported.split("核对码：")[1].splitlines()[0]
    assert "不一致，没有登记" in said(above, "add", str(path), "--fingerprint", "1" * 40, code=5)
    monkeypatch.setattr("click.confirm", lambda *_, **__: True)
    assert "已登记：龙里县洗马镇人民政府" in said(above, "add", str(path))
    assert digits in said(above, "show")
    assert json.loads(said(above, "show", "--json"))["partners"][0]["fingerprint"] == digits
