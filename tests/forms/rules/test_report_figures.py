"""Numbers in the prose of a report are held against the figure of the same name and the same moment (WRN-16)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

FIGURES = (
    {"cell": "KD1", "title": "期初失学辍学", "amount": 1},
    {"cell": "KD5", "title": "期末失学辍学", "amount": 2},
    {"cell": "KA4", "title": "期末在册留守儿童数", "amount": 126},
)
DUTIES = ("家庭监护责任", "强制报告责任", "控辍保学责任", "户籍登记责任", "兜底保障责任")


def found(kit: Any, words: str) -> list[str]:
    values = {"figures": FIGURES, "period_from": date(2026, 10, 1), "period_to": date(2026, 12, 31), "title": "汇总表"}
    facts = replace(kit.facts(papers=(kit.paper("C1", values=values, carer_uid=""),)), record=None)
    typed = {f"duties.{n}.work_done": f"已落实{name}。" for n, name in enumerate(DUTIES, start=1)}
    typed |= {"problems": "无。", "no_problems_confirmed": "是", "next_steps": words, "attachments": "汇总表"}
    return [p.message for p in kit.fill("C2", typed, facts=facts).problems if p.code == "WRN-16"]


@pytest.mark.parametrize(
    "words",
    [
        "期初失学辍学1人，期末失学辍学2人。",
        "失学辍学共2名，比期初多。",
        "在册留守儿童数为126名。",
        "继续走访 12 户。",
    ],
)
def test_a_number_that_agrees_passes(kit: Any, words: str) -> None:
    assert found(kit, words) == []


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("期初失学辍学2人。", "1"),
        ("期末失学辍学1人。", "2"),
        ("失学辍学3人。", "1、2"),
        ("在册留守儿童数127人。", "126"),
    ],
)
def test_a_number_that_differs_is_refused_and_told(kit: Any, words: str, right: str) -> None:
    told = found(kit, words)
    assert len(told) == 1
    assert f"汇总表里是{right}。" in told[0]
