"""A check sees store, registry and index, is noted, written down, repeated when due; what it finds is repaired."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archive.index import Index
from archive.store import layout, paper_object
from docgen.cli.root import run
from docgen.settings import SettingsError, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.workspace import Workspace
    from tests.conftest import Hands


def codes(workspace: Workspace) -> set[str]:
    return {problem.code for problem in workspace.checking.check().problems}


def test_what_the_index_lacks_and_what_it_has_too_much_is_noted(hands: Hands, workspace: Workspace) -> None:
    made = hands.make(["B2"], "罗小山").made[0]
    workspace.finding.rebuild()
    assert codes(workspace) == set()
    workspace.finding.close()
    with Index.open(workspace.folder / "index") as index:
        index.apply([], [made.uid], index.watermark)
    assert codes(workspace) == {"index.missing"}
    workspace.finding.rebuild()
    with workspace.registry.begin() as tx:
        document = workspace.finding._document(tx, "paper", made.uid)
    assert document is not None
    workspace.finding.close()
    with Index.open(workspace.folder / "index") as index:
        index.apply([replace(document, key="0000000000")], [], index.watermark)
    report = workspace.checking.check()
    assert [p.code for p in report.problems] == ["index.stray"]
    assert not report.is_broken


def test_what_the_index_is_still_owed_is_no_finding(hands: Hands, workspace: Workspace) -> None:
    workspace.finding.rebuild()
    with workspace.registry.begin() as tx:
        uid = tx.papers.new(form_code="A1", issuer_uid=tx.units.owner().uid, by="张敏").uid
        tx.papers.new_version(
            uid, values={}, mark_id="0000000000", pages=1, digests={}, made_on=workspace.today, made_by="张敏"
        )
    assert not {code for code in codes(workspace) if code.startswith("index.")}
    del hands


def test_a_check_is_noted_and_written_down(workspace: Workspace) -> None:
    assert workspace.checking.last() is None
    report, path = workspace.checking.run()
    assert report.level == "fixity"
    assert workspace.checking.last() == workspace.now
    assert workspace.checking.due_on() == workspace.now + timedelta(days=30)
    text = path.read_text("utf-8")
    for words in ("龙里县洗马镇人民政府", "逐字节校验", "结论：完整", "没有发现问题"):
        assert words in text
    with workspace.registry.read() as tx:
        assert [row.action for row in tx.audit.rows()][-1] == "office.check"
        assert f"第 {tx.audit.head()[0]} 条" in text


def test_the_report_names_what_is_broken(hands: Hands, workspace: Workspace) -> None:
    uid = hands.make(["B2"], "罗小山").made[0].uid
    place = layout.object_path(paper_object(uid))
    (workspace.folder / "store" / place / "v1" / "content" / "issued-v1.pdf").write_bytes(b"x")
    report, path = workspace.checking.run("fixity")
    assert report.is_broken
    text = path.read_text("utf-8")
    assert "〔必须处理〕ocfl.E092" in text
    assert f"{place}/v1/content/issued-v1.pdf" in text


def test_a_check_that_is_not_due_is_left(
    office: Path, workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.close()
    line = ["--office", str(office), "office", "check", "--due"]
    assert run(line) == 0
    assert "核查" in capsys.readouterr().out
    assert run(line) == 0
    said = capsys.readouterr()
    assert (said.out, "还没有到期" in said.err) == ("", True)
    assert len(list((office / "out").glob("核查-*.txt"))) == 1


@pytest.mark.parametrize("line", ["every_days = 0", 'every_days = "30"', 'level = "deep"'])
def test_a_schedule_that_makes_no_sense_is_refused(line: str, office: Path) -> None:
    text = (office / "office.toml").read_text("utf-8").split("[check]")[0]
    (office / "office.toml").write_text(f"{text}[check]\n{line}\n", "utf-8")
    with pytest.raises(SettingsError):
        read_settings(office)


def test_the_schedule_of_the_office_counts(office: Path, open_office: Callable[[Path], Workspace]) -> None:
    text = (office / "office.toml").read_text("utf-8")
    text = text.replace("every_days = 30", "every_days = 7").replace('level = "fixity"', 'level = "structure"')
    (office / "office.toml").write_text(text, "utf-8")
    with open_office(office) as workspace:
        assert workspace.checking.run()[0].level == "structure"
        assert workspace.checking.due_on() == workspace.now + timedelta(days=7)


def test_a_damaged_office_is_repaired_from_its_backup(
    loop_office: Path, tmp_path: Path, open_office: Callable[[Path], Workspace], capsys: pytest.CaptureFixture[str]
) -> None:
    office = Path(shutil.copytree(loop_office, tmp_path / "office"))
    with open_office(office) as workspace:
        workspace.safety.backup(tmp_path / "backup", plain=True)
    victims = sorted((office / "store").rglob("content/issued-v1.pdf"))
    victims[0].unlink()
    victims[1].write_bytes(b"x")
    shutil.rmtree(victims[2].parents[2])
    base = ["--office", str(office), "archive"]
    assert run([*base, "check"]) == 7
    capsys.readouterr()
    assert run([*base, "repair", "--from", str(tmp_path / "backup"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (len(said["repaired"]), said["left"], said["problems"]) == (3, [], [])
    assert run([*base, "check"]) == 0
    assert run([*base, "repair", "--from", str(tmp_path / "backup")]) == 0
    assert "不用修复" in capsys.readouterr().out
    with open_office(office) as workspace, workspace.registry.read() as tx:
        assert [row.action for row in tx.audit.rows()].count("store.repair") == 3


def test_a_store_elsewhere_is_checked_without_an_office(
    office: Path, workspace: Workspace, tmp_path: Path, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands.make(["B2"], "罗小山")
    workspace.close()
    monkeypatch.chdir(tmp_path)
    assert run(["archive", "check", "--root", str(office / "store")]) == 0
    next((office / "store").rglob("issued-v1.pdf")).write_bytes(b"x")
    assert run(["archive", "check", "--root", str(office / "store")]) == 7
    assert run(["archive", "check", "--root", str(tmp_path / "nothing")]) == 4
