"""Clauses that may not stand on a paper are found; those that say what the law says are let through."""

from __future__ import annotations

import pytest

from forms.rules.clauses import forbidden_clauses


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("自本协议签订之日起，监护权转移给被委托人。", "REF-10"),
        ("父母将监护职责全部移交给受委托监护人。", "REF-10"),
        ("委托期间由被委托人承担全部监护职责。", "REF-10"),
        ("委托期间，被委托人成为儿童的监护人。", "REF-10"),
        ("委托期间父母不再承担任何责任。", "REF-10"),
        ("外出期间免除父母的抚养义务。", "REF-10"),
        ("父母外出期间无需支付抚养费。", "REF-10"),
        ("儿童造成他人损害的，被委托人承担连带责任。", "REF-10"),
        ("受委托监护人与父母连带赔偿损失。", "REF-10"),
        ("发生问题双方约定不向公安机关报警。", "REF-10"),
        ("如有纠纷，私下解决，不得报警。", "REF-10"),
        ("依照《中华人民共和国民法通则》第十六条。", "REF-17"),
        ("依照《婚姻法》《收养法》办理。", "REF-17"),
        ("根据合同法有关规定。", "REF-17"),
        ("依照《治安管理处罚法》第四十五条处罚。", "REF-17"),
    ],
)
def test_a_clause_the_law_does_not_allow_is_found(text: str, code: str) -> None:
    problems = list(forbidden_clauses(text))
    assert problems
    assert {problem.code for problem in problems} == {code}
    assert all(problem.sources and problem.blocking for problem in problems)


@pytest.mark.parametrize(
    "text",
    [
        "监护职责不因委托照护转移或者免除。",
        "委托的只是日常照护，监护权不转移给被委托人。",
        "父母仍是儿童的监护人，外出期间不因委托照护免除监护职责；",
        "父母不依法履行监护职责的，由居住地的村（居）民委员会予以劝诫、制止。",
        "儿童造成他人损害的，由监护人承担侵权责任；被委托人有过错的，承担相应的责任。",
        "被委托人不承担连带责任。",
        "发现儿童受到侵害的，任何一方都应当立即报警，不得瞒报。",
        "双方承诺不瞒报、不迟报。",
        "依照《中华人民共和国劳动合同法》签订劳动合同。",
        "依照《中华人民共和国民法典》《中华人民共和国治安管理处罚法》。",
        "未经父母同意，不得将儿童转交他人照护。",
        "在约定期限内不能完全履行监护职责的，应当委托他人代为照护。",
    ],
)
def test_a_clause_that_says_what_the_law_says_is_let_through(text: str) -> None:
    assert list(forbidden_clauses(text)) == []
