"""Every rule has a case named after it that triggers it, and one that just passes."""

from __future__ import annotations

import ast
import runpy
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from forms.catalogue.library import FormLibrary
from forms.catalogue.rule_coverage import CATALOGUE, GUARDS, Guard, fixture_names, page
from forms.rules import RULES
from forms.rules.care_more import NOTICE_COPIES

if TYPE_CHECKING:
    from forms.problems import Problem

Problems = Iterable["Problem"]


def _cases() -> dict[str, Callable[[Any], Problems]]:
    """Return the cases of every ``cases_<family>.py`` beside this file, by name."""
    found: dict[str, Any] = {}
    for path in sorted(Path(__file__).parent.glob("cases_*.py")):
        found |= runpy.run_path(str(path))
    return {name: case for name, case in found.items() if name.endswith(("_triggers", "_passes"))}


CASES = _cases()


@pytest.mark.parametrize("code", RULES)
def test_every_rule_is_triggered_by_its_fixture(code: str, kit: Any) -> None:
    triggers: Callable[[Any], Problems] = CASES[fixture_names(code)[0]]
    found = [p for p in triggers(kit) if p.code == code]
    assert found
    for problem in found:
        assert problem.message.endswith("。")
        assert problem.sources == RULES[code].citations
        assert problem.blocking in {RULES[code].blocking, False}
    if RULES[code].blocking and code != "X-02":
        assert any(p.blocking for p in found)


@pytest.mark.parametrize("code", RULES)
def test_every_rule_lets_its_narrow_pass_through(code: str, kit: Any) -> None:
    passes: Callable[[Any], Problems] = CASES[fixture_names(code)[1]]
    assert [p for p in passes(kit) if p.code == code] == []


@pytest.mark.parametrize("code", RULES)
def test_every_rule_is_obeyed_by_a_form(code: str, kit: Any) -> None:
    assert any(code in spec.rules for spec in kit.library.all())


EXTRA = sorted(
    name
    for name in CASES
    if name not in {n for code in RULES for n in fixture_names(code)} and name.endswith("_triggers")
)


@pytest.mark.parametrize("name", EXTRA)
def test_a_second_case_of_a_rule_triggers_it_and_its_twin_passes(name: str, kit: Any) -> None:
    code = max((c for c in RULES if name.startswith(fixture_names(c)[0].removesuffix("triggers"))), key=len)
    assert [p for p in CASES[name](kit) if p.code == code]
    assert [p for p in CASES[name.replace("_triggers", "_passes")](kit) if p.code == code] == []


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_code_of_the_catalogue_is_a_rule_or_kept_by_another_part(code: str) -> None:
    assert (code in RULES) != (code in GUARDS), "forms.md §7 and §11 ask for it"


@pytest.mark.parametrize("guard", GUARDS.values(), ids=GUARDS.keys())
def test_what_another_part_keeps_has_its_two_tests(guard: Guard) -> None:
    root = Path(__file__).parents[3]
    assert (root / guard.kept_by).is_file()
    for name in (guard.triggers, guard.passes):
        file, _, test = name.partition("::")
        found = ast.parse((root / file).read_text("utf-8")).body
        assert test in {node.name for node in found if isinstance(node, ast.FunctionDef)}


def test_the_receipts_of_a_notice_are_those_its_form_asks_for(kit: Any) -> None:
    assert tuple(c.title for c in kit.library.get("A4").copies if c.receipt) == NOTICE_COPIES


def test_the_coverage_page_is_up_to_date() -> None:
    shown = Path(__file__).parents[3] / "docs" / "rules.md"
    assert shown.read_text(encoding="utf-8") == page(FormLibrary.load())
