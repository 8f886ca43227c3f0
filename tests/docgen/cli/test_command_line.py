"""The command line itself: its boundary, its words, its speed to start, what it prints for programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import platformdirs
import pytest

from docgen.cli import messages
from docgen.workspace.papers.reports import PaperRow
from docgen.workspace.people.desk import PeopleDesk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from tests.conftest import Hands, Town

    Cli = Callable[..., Result]

HEAVY = [
    "alembic",
    "docx",
    "docxtpl",
    "fontTools",
    "jinja2",
    "lxml",
    "numpy",
    "openpyxl",
    "PIL",
    "pypdf",
    "pypdfium2",
    "pypinyin",
    "reportlab",
    "rich",
    "segno",
    "sqlalchemy",
    "whoosh",
    "zxingcpp",
    "docgen.workspace",
    "docgen.engine",
    "archive.store",
]


def program(*arguments: str, **how: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the real program in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "docgen", *arguments], capture_output=True, check=False, timeout=60, **how
    )


def broken(*_: Any, **__: Any) -> None:
    raise RuntimeError("罗小水 522799201805200021 住在平山村一组12号")


def test_an_unexpected_fault_is_logged_without_anybodys_data(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(PeopleDesk, "listing", broken)
    monkeypatch.setattr(platformdirs, "user_log_dir", lambda *_, **__: str(tmp_path / "日志"))
    line = one_sentence_with_path(cli("people", "list"))
    (log,) = (tmp_path / "日志").iterdir()
    assert str(log) in line
    text = log.read_text("utf-8")
    assert "RuntimeError" in text
    assert "broken" in text
    for secret in ("罗小水", "522799", "平山村"):
        assert secret not in text


def one_sentence_with_path(result: Result) -> str:
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("错误：程序遇到了没有料到的情况")
    assert line.endswith("。")
    return line


def test_a_fault_that_cannot_even_be_logged_is_said(cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setattr(PeopleDesk, "listing", broken)
    monkeypatch.setattr(platformdirs, "user_log_dir", lambda *_, **__: str(tmp_path / "file" / "log"))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "file" / "tmp"))
    one_sentence_with_path(cli("people", "list"))


def test_stopping_a_command_is_no_fault(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(PeopleDesk, "listing", stop)
    result = cli("people", "list")
    assert result.exit_code == 130
    assert "接着办" in result.stderr


def test_a_reader_that_goes_away_is_no_fault(cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def gone(*_: Any) -> None:
        raise BrokenPipeError(32, "broken pipe")

    monkeypatch.setattr(PeopleDesk, "listing", gone)
    monkeypatch.setattr(platformdirs, "user_log_dir", lambda *_, **__: str(tmp_path / "log"))
    assert "没有料到" not in cli("people", "list").stderr
    assert not (tmp_path / "log").exists()


def test_every_level_of_help_is_in_chinese(office: Path) -> None:
    for arguments in ((), ("make",), ("archive",), ("intake", "file")):
        text = program("--office", str(office), *arguments, "--help").stdout.decode("utf-8")
        for english in ("Usage", "OPTIONS", "COMMAND", "ARGS", "Options:", "Commands:", "Show ", "exit."):
            assert english not in text, (arguments, english)


def test_help_is_given_without_loading_what_does_the_work() -> None:
    code = (
        "import sys\nfrom docgen.cli import main\nsys.argv = ['docgen', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write(' '.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    loaded = set(done.stderr.decode().split())
    assert loaded & set(HEAVY) == set()
    assert "click" in loaded
    assert "命令" in done.stdout.decode()


def test_a_search_does_not_load_what_makes_papers(office: Path) -> None:
    code = "import sys\nfrom docgen.cli.root import run\nsys.exit(f'{run(sys.argv[1:])} ' + ' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code, "--office", str(office), "search", "罗小山"], capture_output=True, check=False
    )
    loaded = set(done.stderr.decode("utf-8").split())
    assert "whoosh" in loaded
    assert loaded & {"docgen.engine.press", "docgen.engine.render", "docgen.engine.sheets", "openpyxl", "lxml"} == set()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--nonsense"], "没有“--nonsense”这个选项。\n"),
        (["飞"], "没有“飞”这个命令。\n"),
        (["seach", "罗"], "没有“seach”这个命令。您是不是想写“search”？\n"),
        (["archive", "chekc"], "没有“chekc”这个命令。您是不是想写“check”？\n"),
        (["archive", "accession"], "缺少选项“--year”。\n"),
        (["search", "罗", "--sort", "x"], "“--sort”填写的内容不对：“x”不在可选项里：“relevance”、“date”。\n"),
        (["make"], "缺少参数"),
        (["make", "A1"], "--child 或 --village"),
        (["papers", "void", "1"], "缺少"),
        (["office", "check", "--level", "deep"], "不在可选项里"),
        (["search", "罗", "--from", "昨天"], "看不出是哪一天"),
        (["search", "罗", "--limit", "很多"], "不是正确的数"),
        (["intake", "file"], "--inbox"),
    ],
)
def test_a_command_that_is_typed_wrongly_is_answered_in_chinese(arguments: list[str], said: str, office: Path) -> None:
    done = program("--office", str(office), *arguments, env={**os.environ, "PYTHONUTF8": "1"})
    text = done.stderr.decode("utf-8").replace("\r\n", "\n")
    assert done.returncode == 2, text
    assert said in text
    assert "用法：" in text
    for english in ("Error", "Usage", "Try ", "No such", "Missing", "Invalid", "OPTIONS", "COMMAND", "ARGS"):
        assert english not in text


def test_the_chinese_phrases_are_compiled_from_their_source() -> None:
    assert messages.compile_catalogue() == messages.TARGET.read_bytes()


def test_a_console_that_cannot_show_a_rare_character_does_not_stop_the_work(office: Path) -> None:
    done = program("--office", str(office), "people", "list", env={**os.environ, "PYTHONIOENCODING": "gbk"})
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode("gbk")
    assert "罗小水" in text
    assert "\\U0002cc56" in text


def test_json_is_utf_8_whatever_the_console(office: Path) -> None:
    done = program("--office", str(office), "people", "list", "--json", env={**os.environ, "PYTHONIOENCODING": "gbk"})
    assert "王𬱖" in {row["name"] for row in json.loads(done.stdout.decode("utf-8"))}


def test_the_office_may_be_named_in_the_environment(office: Path) -> None:
    done = program("people", "list", "--json", env={**os.environ, "DOCGEN_OFFICE": str(office)}, cwd=office.parent)
    assert len(json.loads(done.stdout)) == 12


def test_the_whole_loop_by_commands(cli: Cli, hands: Hands, office: Path, town: Town) -> None:
    hands.workspace.close()
    made = cli("make", "a8", "--child", "罗小水", "--child", "王𬱖", "--json")
    assert made.exit_code == 0, made.stderr
    report = json.loads(made.stdout)
    assert [m["number"] for m in report["made"]] == ["洗民听意〔2026〕1号", "洗民听意〔2026〕2号"]
    stack = office / "out" / report["stack"].replace("\\", "/").rsplit("/", 1)[1]
    assert stack.is_file()
    outstanding = json.loads(cli("papers", "outstanding", "--json").stdout)
    assert {row["subject"] for row in outstanding} == {"罗小水", "王𬱖"}
    assert outstanding[0].keys() == set(PaperRow.__slots__)
    (office / "inbox" / "1.pdf").write_bytes(stack.read_bytes())
    filed = cli("intake", "file", "--inbox")
    assert filed.exit_code == 3, "printed, scanned back and never signed"
    assert "待办" in filed.stderr
    desk = json.loads(cli("intake", "desk", "--json").stdout)
    assert {item["code"] for item in desk} == {"unsigned"}
    found = json.loads(cli("search", report["made"][0]["number"], "--json").stdout)
    assert found["hits"][0]["subject"] == "罗小水"
    assert cli("search", "罗小水").exit_code == 0
    assert cli("search", "查无此人").exit_code == 4
    dossier = cli("dossier", "show", "罗小水")
    assert "A8 听取儿童意见记录" in dossier.stdout
    void = cli("papers", "void", report["made"][1]["number"], "--reason", "填错")
    assert "已作废" in void.stdout
    assert cli("office", "check").exit_code == 0
    assert cli("archive", "check", "--level", "structure", "--json").exit_code == 0
    assert cli("index", "rebuild").exit_code == 0
    number = str(town.record("罗小水").child.person.id_number)
    assert number not in cli("people", "list").stdout


def test_an_office_is_made_by_one_command(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "新办公"
    made = cli(
        "office",
        "init",
        folder,
        "--profile",
        "shouxian",
        "--unit",
        "寿县某镇人民政府",
        "--filler",
        "王丽",
        in_office=False,
    )
    assert made.exit_code == 0, made.stderr
    assert cli("--office", folder, "office", "check", in_office=False).exit_code == 0
    forms = json.loads(cli("--office", folder, "form", "list", "--json", in_office=False).stdout)
    assert {form["code"] for form in forms} >= {"A1", "A2", "A5", "A8", "B1", "B2"}
    shown = cli("--office", folder, "form", "show", "A1", in_office=False)
    assert "委托原因" in shown.stdout


def test_who_is_named_at_the_desk_is_who_is_recorded(cli: Cli, hands: Hands) -> None:
    made = json.loads(cli("--as", "韦小青", "make", "A8", "--child", "罗小水", "--json").stdout)
    with hands.workspace.registry.read() as tx:
        assert {row.actor for row in tx.audit.rows(subject=made["made"][0]["uid"])} == {"韦小青"}
