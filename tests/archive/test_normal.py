"""Folding: what a clerk types and what stands on a page become the same characters."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.normal import fold, fold_with_positions, name_key


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("張三", "张三"),
        ("洗民委照\uff3b\uff12\uff10\uff12\uff16\uff3d3号", "洗民委照(2026)3号"),
        ("洗民委照〔2026〕3号", "洗民委照(2026)3号"),
        ("不得 脱离\n监　护", "不得脱离监护"),
        ("（ 2026 ） 年度", "(2026)年度"),
        ("ABC  def", "abc def"),
        ("\uff21\uff22", "ab"),
        ("张\u200b三\ufeff", "张三"),
        ("買買提‧吐爾遜", "买买提·吐尔逊"),
        ("“责任书”", '"责任书"'),
        ("2026－03－01", "2026-03-01"),
        ("\U00020c41", "\U00020c41"),
    ],
)
def test_other_ways_of_writing_become_one(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_folding_any_single_character_twice_changes_nothing() -> None:
    for code in range(0x110000):
        if not 0xD800 <= code < 0xE000:
            once = fold(f"a{chr(code)}b")
            assert fold(once) == once, hex(code)


@given(st.text(st.sampled_from("张三監護 \n a1（）・\u3000é")))
def test_each_folded_character_knows_where_it_stood(text: str) -> None:
    known = fold_with_positions(text)
    assert known.folded == fold(text)
    assert known.original == unicodedata.normalize("NFC", text)
    assert list(known.positions) == sorted(known.positions)
    for char, at in zip(known.folded, known.positions, strict=False):
        assert char in fold(known.original[at]) or char == " "


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("买买提·吐尔逊", "买买提吐尔逊"),
        ("Anna  Li", "annali"),
        ("欧阳 娜娜", "欧阳娜娜"),
        ("·", ""),
        ("\ue863明", "\ue863明"),
    ],
)
def test_a_name_is_compared_without_dots_and_blanks(name: str, key: str) -> None:
    assert name_key(name) == key
