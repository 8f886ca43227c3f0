"""Pinyin: however a name may be read, typing it finds it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.pinyin import sounds


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("张三", "zhangsan"),
        ("單雄", "shanxiong"),
        ("单雄", "danxiong"),
        ("仇英", "qiuying"),
        ("解放", "xiefang"),
        ("解放", "jiefang"),
        ("查小明", "zhaxiaoming"),
        ("曾国", "zengguo"),
        ("任贤", "renxian"),
        ("尉迟恭", "yuchigong"),
        ("长孙无忌", "zhangsunwuji"),
        ("万俟卨", "moqixie"),
        ("黑明", "heming"),
        ("吕布", "lvbu"),
        ("吕布", "lubu"),
        ("吕布", "lyubu"),
        ("张长发", "zhangzhangfa"),
        ("买买提·吐尔逊", "maimaititu" + "erxun"),
        ("Anna Li", "annali"),
    ],
)
def test_every_whole_reading_is_known(name: str, typed: str) -> None:
    assert typed in sounds(name).whole


@pytest.mark.parametrize(
    ("name", "part"),
    [("张三", "zhang"), ("张三", "san"), ("欧阳娜娜", "ouyang"), ("欧阳娜娜", "nana"), ("单雄", "shan")],
)
def test_surname_and_given_name_are_known_alone(name: str, part: str) -> None:
    assert part in sounds(name).parts


@pytest.mark.parametrize(("name", "initials"), [("张三", "zs"), ("单雄", "sx"), ("单雄", "dx"), ("欧阳娜娜", "oynn")])
def test_initials_follow_the_readings(name: str, initials: str) -> None:
    assert initials in sounds(name).initials


def test_a_name_of_one_character_has_a_reading_and_no_initials() -> None:
    heard = sounds("张")
    assert heard.whole == {"zhang"}
    assert heard.initials == frozenset()


@given(st.text(max_size=12))
def test_readings_are_lower_case_letters_and_bounded(name: str) -> None:
    heard = sounds(name)
    assert len(heard.whole) <= 200
    for typed in heard.whole | heard.parts | heard.initials:
        assert typed
        assert typed == typed.lower()


def test_a_character_nobody_can_read_does_not_hide_the_others() -> None:
    assert "zhang" in sounds("张\uf111").whole
