"""The command line called in this process, and one look at an office that sees every loss."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from docgen.cli.root import root

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result


@pytest.fixture
def cli(office: Path) -> Callable[..., Result]:
    """Give a way to run a command on `office`."""

    def run(*arguments: Any, in_office: bool = True) -> Result:
        where = ["--office", str(office)] if in_office else []
        return CliRunner().invoke(root, [*where, *map(str, arguments)], prog_name="docgen")

    return run


@pytest.fixture
def look(office: Path) -> Callable[[], tuple[str, dict[str, str]]]:
    """Give a way to see everything that must not be lost: every row, every file of the store and the inbox."""

    def everything() -> tuple[str, dict[str, str]]:
        with closing(sqlite3.connect(office / "registry.db")) as database:
            rows = "\n".join(database.iterdump())
        files = [p for name in ("store", "inbox") for p in (office / name).rglob("*") if p.is_file()]
        held = {str(p.relative_to(office)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
        return hashlib.sha256(rows.encode()).hexdigest(), held

    return everything


def assert_one_sentence(result: Result, exit_code: int) -> str:
    """Assert that a command ended with one line in plain Chinese and its exit code; return the line."""
    assert result.exit_code == exit_code, result.output
    lines = [line for line in result.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, lines
    (line,) = lines
    assert line.startswith("错误："), line
    assert line.endswith("。"), line
    for foreign in ("Traceback", "Error", "Exception", "Errno", "None", "/venv/", "site-packages", "urn:"):
        assert foreign not in line, line
    return line


@pytest.fixture
def one_sentence() -> Callable[[Result, int], str]:
    """Give `assert_one_sentence`."""
    return assert_one_sentence
