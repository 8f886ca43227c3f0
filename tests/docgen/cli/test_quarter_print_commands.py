"""`docgen quarter print` and `report`, called as typed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from forms.quarter.period import Period

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from docgen.workspace import Workspace

QUARTER = "2026Q3"


@pytest.fixture(scope="module")
def frozen_office(
    town_office: Path, open_office: Callable[[Path], Workspace], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Give the office with its third quarter frozen, once for all."""
    folder = Path(shutil.copytree(town_office, tmp_path_factory.mktemp("quarter") / "office"))
    with open_office(folder) as workspace:
        workspace.quarter.freeze(Period.parse(QUARTER))
    return folder


@pytest.fixture
def office(frozen_office: Path, tmp_path: Path) -> Path:
    """Give a copy of it; `cli` runs its commands there."""
    return Path(shutil.copytree(frozen_office, tmp_path / "office"))


@pytest.fixture
def frozen(office: Path) -> Path:
    """Give the same folder."""
    return office


def test_a_table_is_printed_and_its_files_are_named(frozen: Path, cli: Callable[..., Result]) -> None:
    done = cli("quarter", "print", QUARTER, "--attachments", "3", "--why", "--for", "education")
    assert done.exit_code == 0, done.output
    assert "汇总表：" in done.output
    files = [Path(line.strip()) for line in done.output.splitlines() if line.startswith("  /") or line[3:4] == ":"]
    assert {path.suffix for path in files} == {".pdf", ".xlsx", ""}
    assert all(path.exists() for path in files)
    assert all(frozen in path.parents for path in files)


def test_the_same_as_json(frozen: Path, cli: Callable[..., Result]) -> None:
    done = cli("quarter", "print", QUARTER, "--attachments", "3", "--format", "xlsx", "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert [made["form_code"] for made in said["made"]] == ["C1"]
    assert [Path(name).suffix for name in said["files"]] == [".xlsx"]
    assert frozen.exists()


def test_two_posts_in_one_hand_are_refused_with_the_rule(frozen: Path, cli: Callable[..., Result]) -> None:
    filler = "潘文海"
    assert filler in (frozen / "office.toml").read_text("utf-8")
    done = cli("quarter", "print", QUARTER, "--attachments", "3", "--set", f"复核人={filler}")
    assert done.exit_code == 3
    assert "C1-NAMES" in done.output


@pytest.mark.parametrize(
    ("arguments", "code"),
    [((QUARTER, "--attachments", "9"), 2), (("2026Q9",), 2), (("2025Q1",), 4)],
)
def test_what_cannot_be_printed_says_why(
    frozen: Path, cli: Callable[..., Result], arguments: tuple[str, ...], code: int
) -> None:
    done = cli("quarter", "print", *arguments)
    assert done.exit_code == code, done.output
    assert done.output.startswith("错误：")
    assert not list((frozen / "out").glob("*"))


def test_a_report_without_its_words_names_what_is_missing(frozen: Path, cli: Callable[..., Result]) -> None:
    done = cli("quarter", "report", QUARTER, "--set", "控辍保学责任=已逐户劝返。")
    assert done.exit_code == 3
    assert "下步打算" in done.output
    assert frozen.exists()
