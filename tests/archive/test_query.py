"""The query language: what each word means, and where a query goes wrong."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.query import Aim, QueryError, parse_query
from forms.values.enums import PaperStatus


@pytest.mark.parametrize(
    ("word", "aim"),
    [
        ("张三", Aim.WORD),
        ("A村", Aim.WORD),
        ("zs", Aim.LETTERS),
        ("zhangsan", Aim.LETTERS),
        ("lüming", Aim.LETTERS),
        ("A2", Aim.LETTERS),
        ("5221", Aim.DIGITS),
        ("234X", Aim.DIGITS),
        ("522730201603051234", Aim.DIGITS),
        ("13800001234", Aim.DIGITS),
        ("0854-5561234", Aim.DIGITS),
        ("洗民委照〔2026〕3号", Aim.NUMBER),
        ("[2026]3号", Aim.NUMBER),
        ("2025..2026", Aim.DAY),
        ("2026-03-01", Aim.DAY),
        ("2026/3", Aim.DAY),
        ("2026", Aim.DIGITS),
        ("已归档", Aim.STATUS),
        ('"已归档"', Aim.WORD),
        ("村:平山", Aim.VILLAGE),
        ("村：平山", Aim.VILLAGE),
        ("Form:A2", Aim.FORM),
        ("状态:归档", Aim.STATUS),
        ("姓名:张三", Aim.NAME),
        ("身份证:5221", Aim.ID_NUMBER),
        ("手机:13800001234", Aim.PHONE),
        ("文号:洗民委照〔2026〕3号", Aim.DOCUMENT_NUMBER),
        ("正文:监护", Aim.TEXT),
        ("12:30", Aim.WORD),
    ],
)
def test_a_word_is_told_by_its_field_or_its_shape(word: str, aim: Aim) -> None:
    (clause,) = parse_query(word).clauses
    assert clause.aim is aim


def test_the_query_of_the_manual_is_read_as_a_whole() -> None:
    query = parse_query('张三 村:平山 表:责任书 2025..2026 -作废 "不得脱离监护"')
    assert [(c.aim, c.folded, c.negated, c.exact) for c in query.clauses] == [
        (Aim.WORD, "张三", False, False),
        (Aim.VILLAGE, "平山", False, False),
        (Aim.FORM, "责任书", False, False),
        (Aim.DAY, "2025..2026", False, False),
        (Aim.STATUS, "作废", True, False),
        (Aim.WORD, "不得脱离监护", False, True),
    ]


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2025..2026", date(2025, 1, 1), date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("日期:2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("日期:2026年3月5日", date(2026, 3, 5), date(2026, 3, 5)),
        ("日期:2026-03-01..2026-03-31", date(2026, 3, 1), date(2026, 3, 31)),
        ("2026-02..", date(2026, 2, 1), date.max),
        ("..2026-02", date.min, date(2026, 2, 28)),
        ("日期:2026年3月至2026年4月", date(2026, 3, 1), date(2026, 4, 30)),
    ],
)
def test_days_include_both_ends(typed: str, first: date, last: date) -> None:
    (clause,) = parse_query(typed).clauses
    assert (clause.aim, clause.first, clause.last) == (Aim.DAY, first, last)


def test_a_part_of_a_status_means_all_that_have_it() -> None:
    (clause,) = parse_query("状态:归档").clauses
    assert set(clause.statuses) == {PaperStatus.SIGNED, PaperStatus.ARCHIVED}
    (clause,) = parse_query("状态:已归档").clauses
    assert clause.statuses == (PaperStatus.ARCHIVED,)


def test_a_minus_inside_a_word_or_alone_excludes_nothing() -> None:
    assert not parse_query("0854-5561234").clauses[0].negated
    assert [c.negated for c in parse_query("张三 -李四 －王五").clauses] == [False, True, True]


def test_an_empty_query_asks_for_everything() -> None:
    assert parse_query(" \u3000 ").clauses == ()


@pytest.mark.parametrize(
    ("typed", "reason", "position"),
    [
        ('张三 "不得', "query.quote", 3),
        ("张三 “不得", "query.quote", 3),
        ("村:", "query.empty-value", 2),
        ('张三 ""', "query.empty-value", 3),
        ("张三 备注:很好", "query.unknown-field", 3),
        ("-备注:很好", "query.unknown-field", 1),
        ("2026-13", "query.day", 0),
        ("档号:洗民", "query.reference-code", 3),
        ("张三 日期:昨天", "query.day", 6),
        ("日期:..", "query.day", 3),
        ("日期:2025-02-29", "query.day", 3),
        ("日期:2026..2025", "query.span", 3),
        ("状态:丢失", "query.status", 3),
        ("，。", "query.nothing-to-find", 0),
        ("证件:12", "query.id-number", 3),
        ("电话:12", "query.phone", 3),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_place(typed: str, reason: str, position: int) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(typed)
    assert (caught.value.reason, caught.value.position, caught.value.exit_code) == (reason, position, 2)
    assert f"第 {position + 1} 个字" in str(caught.value)


@given(st.text(st.sampled_from('张三ab12:：-"“”.〔〕 村日期状态表，X')))
def test_any_text_is_read_or_refused(text: str) -> None:
    positions: list[int] = []
    try:
        positions += (clause.position for clause in parse_query(text).clauses)
    except QueryError as error:
        positions.append(error.position)
    assert all(0 <= position <= len(text) for position in positions)
    assert positions == sorted(positions)
