"""Names and numbers found in what was read on a page, one wrong character allowed, the surest first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archive.intake.candidates import (
    NAME,
    NEAR_NAME,
    NEAR_NUMBER,
    NUMBER,
    SHORT_NAME,
    PageText,
    best_page,
    ranked,
    signs,
)

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
NAMES = st.text(HAN, min_size=3, max_size=5)
NUMBERS = st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True)


@given(
    before=st.text(HAN, max_size=30), name=NAMES, after=st.text(HAN, max_size=30), gap=st.sampled_from(["", " ", "·"])
)
def test_a_name_is_found_wherever_it_stands_and_however_it_is_spaced(
    before: str, name: str, after: str, gap: str
) -> None:
    assert PageText(before + gap.join(name) + after).has_name(name) == NAME


@given(name=NAMES, place=st.integers(0, 4), wrong=HAN)
def test_one_wrong_character_in_a_name_is_allowed(name: str, place: int, wrong: str) -> None:
    k = place % len(name)
    read = name[:k] + wrong + name[k + 1 :]
    assert PageText(f"姓名{read}性别").has_name(name) == (NAME if read == name else NEAR_NAME)


@given(number=NUMBERS, place=st.integers(0, 17), wrong=st.sampled_from("0123456789"))
def test_one_wrong_digit_in_a_number_is_allowed(number: str, place: int, wrong: str) -> None:
    read = number[:place] + wrong + number[place + 1 :]
    assert PageText(f"公民身份号码：{read}。").has_number(number) == (NUMBER if read == number else NEAR_NUMBER)


@given(number=NUMBERS, place=st.integers(1, 16))
def test_a_number_is_found_though_it_was_read_in_two_pieces(number: str, place: int) -> None:
    assert PageText(f"号码 {number[:place]} {number[place:]}").has_number(number) == NUMBER


def test_a_name_of_two_characters_says_less_and_must_be_exact() -> None:
    assert PageText("证明：罗山同志").has_name("罗山") == SHORT_NAME
    assert PageText("证明：罗小同志").has_name("罗山") == 0


def test_two_wrong_characters_are_somebody_else() -> None:
    assert PageText("姓名 罗大水").has_name("杨小水") == 0
    assert PageText("522799201602290014").has_number("522799201602290022") == 0


def test_letters_that_look_like_digits_are_taken_for_them() -> None:
    assert PageText("5227992O16O229OOl4").has_number("522799201602290014") == NUMBER


def test_the_surest_comes_first_and_chance_is_left_out() -> None:
    people = [
        ("one", "罗小山", "522799201602290014"),
        ("two", "罗小水", "522799201805200028"),
        ("three", "吉克·阿牛", ""),
    ]
    page = PageText("出生医学证明\n姓名：罗小山\n公民身份号码 522799201602290O14\n母亲：李秋月")
    found = ranked(signs(page, people))
    assert [(key, weight) for key, weight, _ in found] == [("one", NAME + NUMBER)]
    assert not any("522799201602290014" in word for _, _, words in found for word in words), "only the last digits"
    assert ranked(signs(PageText(""), people)) == []


def test_the_page_that_is_most_like_is_chosen() -> None:
    printed = {1: "农村留守儿童委托照护协议第一条甲方", 2: "第七条违约责任由双方协商解决"}
    number, likeness = best_page(PageText("第七条违约责任由双万协商解决"), printed)
    assert number == 2
    assert 0.6 < likeness < 1
    assert best_page(PageText("别的"), {}) == (0, 0.0)
