"""The manual says what the program says: every command, exit code and code of a finding, no more and no less."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from docgen.cli.codes import errors, said_codes, sentence_of
from docgen.cli.manual import DOCS, GENERAL, leaves, pages
from docgen.cli.root import COMMANDS, root
from forms.errors import AppError
from forms.rules import RULES

PAGES = pages()
ROOT = DOCS.parent
TESTS = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "tests").rglob("*.py")) if path != Path(__file__))
"""All tests as one text: a code that none of them names is a code that none of them holds to anything."""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_made_from_the_program_is_up_to_date(name: str) -> None:
    written = (DOCS / name).read_text("utf-8")
    assert written == PAGES[name], "write it again: python -m docgen.cli.manual"


def test_every_command_has_help_and_stands_in_the_manual() -> None:
    seen = 0
    for path, command in leaves():
        seen += 1
        assert f"## docgen {' '.join(path)}\n" in PAGES["commands.md"]
        assert command.help, path
        assert "。" in command.help, path
    assert seen >= len(COMMANDS)


def test_every_group_has_the_help_that_the_list_of_commands_promises() -> None:
    context = click.Context(root, info_name="docgen")
    for name, (module, line) in COMMANDS.items():
        command = root.get_command(context, name)
        assert command is not None, module
        assert command.name == name
        assert command.help, name
        assert line
        assert not line.endswith("。"), "one line of a list is no sentence"


def test_every_argument_and_option_is_named_in_chinese() -> None:
    for path, command in leaves():
        for parameter in command.params:
            named = parameter.metavar or ""
            if isinstance(parameter, click.Argument):
                assert re.search("[\u4e00-\u9fff]", named), (path, parameter.name)
            elif isinstance(parameter, click.Option) and "--json" not in parameter.opts:
                assert parameter.help or named, (path, parameter.name)


def test_every_kind_of_error_has_a_code_of_its_own() -> None:
    seen: dict[str, str] = {}
    for kind in errors():
        assert "code" in vars(kind), f"{kind.__qualname__} borrows the code of its base"
        assert seen.setdefault(kind.code, kind.__qualname__) == kind.__qualname__, kind.code
        assert re.fullmatch(r"(?:REF-\d+|[a-z]+(?:-[a-z]+)*)(?:\.[a-z]+(?:-[a-z]+)*)?", kind.code), kind.code


def test_every_kind_of_error_has_a_known_exit_code_and_stands_in_the_manual() -> None:
    for kind in errors():
        assert kind.exit_code in GENERAL or 10 <= kind.exit_code < 64, kind.code
        assert f"| {kind.exit_code} | `{kind.code}` |" in PAGES["exit-codes.md"]
    assert AppError in errors()


def test_every_sentence_of_an_error_ends_as_a_sentence() -> None:
    for kind in errors():
        said = sentence_of(kind)
        assert not said or said.endswith(("。", "…", "？")), kind.code
        assert "Error" not in said


def test_every_code_of_a_finding_stands_in_the_manual() -> None:
    named: set[str] = set()
    for package in ("forms", "archive", "docgen"):
        for path in (ROOT / package).rglob("*.py"):
            if "demo" not in path.parts:
                text = path.read_text("utf-8")
                named |= set(re.findall(r"""Problem\(\s*code="([^"]+)\"""", text))
                named |= set(re.findall(r"""ValueParseError\(\s*"([^"]+)\"""", text))
                named |= set(re.findall(r"""_problem\(\s*"([^"]+)\"""", text))
    told = {said.code for said in said_codes()} | {kind.code for kind in errors()}
    assert len(named) > 40
    assert named <= told
    assert set(RULES) <= told


def findings_without_a_test() -> set[str]:
    """Return the codes of findings that stand in no test, neither as text nor as a member of an enumeration."""
    found = set()
    for code in {said.code for said in said_codes()} - set(RULES):
        member = code.upper().replace("-", "_")
        last = re.escape(code.rpartition(".")[2])
        if not re.search(rf"""["'.]{last}["'`]|\.{re.escape(member)}\b""", TESTS):
            found.add(code)
    return found


def errors_without_a_test() -> set[str]:
    """Return the codes of errors that no test names by class, code or an exit code that is theirs alone."""
    return {
        kind.code
        for kind in errors()
        if not kind.__subclasses__()
        and kind.__name__ not in TESTS
        and f'"{kind.code}"' not in TESTS
        and not (10 <= kind.exit_code <= 14 and str(kind.exit_code) in TESTS)
    }


def test_every_code_is_brought_about_by_a_test() -> None:
    assert findings_without_a_test() | errors_without_a_test() == set()
