"""The archivist's commands, called as typed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from docgen.cli.root import root

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result


@pytest.fixture
def run(office: Path) -> Callable[..., Result]:
    """Give a way to run a command on an office that has its 全宗号."""
    settings = office / "office.toml"
    settings.write_text(settings.read_text("utf-8").replace('fonds_number = ""', 'fonds_number = "0194"'), "utf-8")

    def call(*arguments: Any) -> Result:
        return CliRunner().invoke(root, ["--office", str(office), *map(str, arguments)], prog_name="docgen")

    return call


def test_an_empty_year_is_said_in_one_sentence(run: Callable[..., Result]) -> None:
    done = run("archive", "accession", "--year", 2026)
    assert done.exit_code == 0, done.output
    assert done.output.strip() == "2026年：这次编档号 0 件，全年共 0 件。"
    assert json.loads(run("archive", "accession", "--year", 2026, "--json").stdout)["total"] == 0


def test_nothing_is_due_and_nothing_is_asked(run: Callable[..., Result]) -> None:
    assert "没有保管期限届满的档案" in run("archive", "appraise").output


def test_old_scans_are_only_looked_at_unless_told_otherwise(run: Callable[..., Result], tmp_path: Path) -> None:
    folder = tmp_path / "旧"
    folder.mkdir()
    (folder / "扫描.pdf").write_bytes(b"%PDF-1.4")
    done = run("archive", "adopt", folder)
    assert done.exit_code == 0, done.output
    assert "预查" in done.output
    assert "--apply" in done.output


def test_a_volume_is_bound_by_name(run: Callable[..., Result]) -> None:
    done = run("dossier", "bind", "罗小水", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["items"] == 0


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (("archive", "void-code", "0194-WS·2026-D30-0001", "--reason", "错"), 4, "没有编过档号"),
        (("archive", "void-code", "什么", "--reason", "错"), 3, "不是档号"),
        (("archive", "place", "0000000000", "罗小水"), 4, "没有编号为"),
        (("archive", "transfer", "--to", "."), 2, "--year"),
        (("archive", "transfer", "--year", "2026", "--to", "."), 3, "没有可移交的档案"),
        (("dossier", "bind", "罗小水", "--recipient", "nobody"), 3, "不认识接收方"),
        (("dossier", "bind", "没有这个人"), 4, "没有"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_own_exit_code(
    run: Callable[..., Result], arguments: tuple[str, ...], exit_code: int, said: str
) -> None:
    done = run(*arguments)
    assert done.exit_code == exit_code, done.output
    assert said in done.output


def test_destroying_asks_first_and_no_is_no(run: Callable[..., Result], tmp_path: Path) -> None:
    sheet = tmp_path / "清单.xlsx"
    sheet.write_bytes(b"x")
    done = CliRunner().invoke(root, ["archive", "dispose", str(sheet), "--by", "甲", "--second", "乙"], input="n\n")
    assert done.exit_code == 1
    assert "不能恢复" in done.output
    assert run("archive", "dispose", sheet, "--by", "甲", "--second", "甲", "--yes").exit_code == 5


@pytest.mark.parametrize(
    "name",
    ["accession", "void-code", "appraise", "dispose", "certificate", "transfer", "receipt", "adopt", "place"],
)
def test_every_command_has_help_and_stands_in_the_manual(name: str, manual: str) -> None:
    shown = CliRunner().invoke(root, ["archive", name, "--help"])
    assert shown.exit_code == 0
    assert len(shown.output.splitlines()) > 3
    assert f"docgen archive {name}" in manual


@pytest.fixture
def manual() -> str:
    from pathlib import Path

    import docgen

    return (Path(docgen.__file__).parent.parent / "docs" / "archiving.md").read_text("utf-8")
