"""Conditions of fields, signers and copies: yes, no or unknown; one that points nowhere is a fault."""

from __future__ import annotations

from typing import Any

import pytest

from forms.cases.conditions import fault_of, holds
from forms.values.blank import Blank
from forms.values.enums import Schooling

NC, NA = Blank.NOT_COLLECTED, Blank.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("condition", "values", "answer"),
    [
        ("", {}, True),
        ("a = 小学|初中", {"a": Schooling.PRIMARY}, True),
        ("a = 小学|初中", {"a": Schooling.SENIOR}, False),
        ("a = 小学|初中", {"a": NC}, None),
        ("a = 小学|初中", {"a": NA}, False),
        ("a != 小学", {"a": Schooling.SENIOR}, True),
        ("a = 是", {"a": True}, True),
        ("a = 否", {"a": False}, True),
        ("a = 低保", {"a": ("低保", "其他")}, True),
        ("a = 是 and b = 甲", {"a": True, "b": "甲"}, True),
        ("a = 是 and b = 甲", {"a": True, "b": "乙"}, False),
        ("a = 是 and b = 甲", {"a": NC, "b": "乙"}, False),
        ("a = 是 and b = 甲", {"a": NC, "b": "甲"}, None),
    ],
)
def test_a_condition_is_yes_no_or_unknown(condition: str, values: dict[str, Any], answer: bool | None) -> None:  # noqa: FBT001
    assert holds(condition, values) is answer


def test_a_condition_on_nothing_is_a_fault() -> None:
    assert fault_of("a = 是", {"a"}) == ""
    assert "b" in fault_of("a = 是 and b = 否", {"a"})
    assert fault_of("father_signs", set()) == ""
    assert "father_signs" in fault_of("father_sings", set())
