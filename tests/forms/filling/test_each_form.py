"""Every form of the catalogue has a filling that passes and one that is refused, in ``forms_<family>.py``."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from forms.catalogue.library import FormLibrary
from forms.problems import blocking

if TYPE_CHECKING:
    from forms.filling.fill import Filled

Fill = Callable[[Any], "Filled"]
CODES = [spec.code for spec in FormLibrary.load().all()]


def _cases() -> dict[str, Fill]:
    found: dict[str, Any] = {}
    for path in sorted(Path(__file__).parent.parent.glob("forms_*.py")):
        found |= runpy.run_path(str(path))
    return {name: case for name, case in found.items() if name.endswith(("_passes", "_refuses"))}


CASES = _cases()


@pytest.mark.parametrize("code", CODES)
def test_a_form_rightly_filled_in_may_be_made(code: str, kit: Any) -> None:
    filled = CASES[f"{code.lower()}_passes"](kit)
    assert [str(p) for p in blocking(filled.problems)] == []


@pytest.mark.parametrize("code", CODES)
def test_a_form_wrongly_filled_in_is_refused_with_a_reason(code: str, kit: Any) -> None:
    filled = CASES[f"{code.lower()}_refuses"](kit)
    assert not filled.is_ready
    assert all(p.message.endswith("。") for p in blocking(filled.problems))


@pytest.mark.parametrize("code", CODES)
def test_the_case_that_passes_fills_every_field_or_leaves_it_to_the_pen(code: str, kit: Any) -> None:
    values = CASES[f"{code.lower()}_passes"](kit).values
    names = {f.name for f in FormLibrary.load().get(code).fields if not f.system}
    assert set(values) == names


def test_no_case_is_for_a_form_that_does_not_exist() -> None:
    known = {code.lower() for code in CODES}
    assert {name.rsplit("_", 1)[0] for name in CASES} <= known
