"""Text is read exactly or refused with the reason."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.values.blank import Blank
from forms.values.names_and_numbers import Phone, ValueParseError
from forms.values.parse import parse_blank, parse_bool, parse_date, parse_int, parse_money, parse_phones, split_list

if TYPE_CHECKING:
    from decimal import Decimal

DAYS = st.dates(min_value=date(1900, 3, 1), max_value=date(2099, 12, 31))


@pytest.mark.parametrize(
    "text",
    [
        "2016年3月5日",
        "2016-03-05",
        "2016.3.5",
        "2016/3/5",
        "\uff12\uff10\uff11\uff16\uff0e\uff13\uff0e\uff15",  # full-width digits
        "20160305",
        "20160305.0",
        "2016年3月5号",
        " 2016 年 3 月 5 日 ",
        "2016-03-05 00:00:00",
        "2016-03-05T08:30",
        "二〇一六年三月五日",
        "二○一六年三月五日",
        "42434",
        "42434.0",
    ],
)
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    assert parse_date(text) == date(2016, 3, 5)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("16.3.5", "date.two-digit-year"),
        ("16年3月5日", "date.two-digit-year"),
        ("160305", "date.two-digit-year"),
        ("3/5/2016", "date.two-digit-year"),
        ("2016年3月", "date.no-day"),
        ("2016.3", "date.no-day"),
        ("2016年", "date.no-day"),
        ("2016", "date.no-day"),
        ("201603", "date.no-day"),
        ("2016-02-30", "date.calendar"),
        ("2015年2月29日", "date.calendar"),
        ("20161305", "date.calendar"),
        ("99999", "date.form"),
        ("去年", "date.form"),
    ],
)
def test_a_day_that_would_have_to_be_guessed_is_refused(text: str, rule: str) -> None:
    with pytest.raises(ValueParseError) as caught:
        parse_date(text)
    assert caught.value.rule == rule
    assert text in str(caught.value)


@given(DAYS)
def test_every_written_form_of_a_day_is_the_same_day(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    forms = [
        f"{day.year}年{day.month}月{day.day}日",
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}.{day.month}.{day.day}",
    ]
    assert {parse_date(t) for t in forms} == {day}
    if serial >= 10000:
        assert parse_date(str(serial)) == day


@given(st.text(max_size=30))
def test_any_text_is_a_day_a_blank_or_a_refusal(text: str) -> None:
    found: object
    try:
        found = parse_date(text)
    except ValueParseError as error:
        found = error.rule
    assert isinstance(found, date | Blank) or str(found).startswith("date.")


def test_chinese_numerals_with_ten_are_read() -> None:
    assert parse_date("二〇二六年十一月二十三日") == date(2026, 11, 23)
    assert parse_date("二〇二六年十月三十日") == date(2026, 10, 30)


@pytest.mark.parametrize("text", ["", "  ", "未采集"])
def test_nothing_means_not_collected(text: str) -> None:
    assert parse_date(text) is parse_bool(text) is parse_int(text) is Blank.NOT_COLLECTED


@pytest.mark.parametrize("text", ["—", "——", "-", "/", "无", "不适用"])
def test_a_dash_means_not_applicable(text: str) -> None:
    assert parse_date(text) is parse_phones(text) is Blank.NOT_APPLICABLE


def test_where_none_is_an_answer_it_is_no_dash() -> None:
    assert parse_blank("无", words=False) is None
    assert parse_blank("—", words=False) is Blank.NOT_APPLICABLE
    assert parse_blank("一", words=False) is None


def test_yes_and_no_are_read() -> None:
    assert [parse_bool(t) for t in ("是", "√", "Y", "有")] == [True] * 4
    assert [parse_bool(t) for t in ("否", "×", "n", "没有", "无")] == [False] * 5
    with pytest.raises(ValueParseError):
        parse_bool("也许")


@given(st.integers(min_value=-(10**9), max_value=10**9))
def test_whole_numbers_survive_as_a_spreadsheet_writes_them(number: int) -> None:
    assert parse_int(str(number)) == parse_int(f"{number}.0") == number


@given(st.decimals(min_value=0, max_value=10**7, places=2))
def test_amounts_are_exact_to_the_fen(amount: Decimal) -> None:
    assert parse_money(f"￥{amount}元") == amount


@pytest.mark.parametrize("text", ["-1", "1.234", "若干", "NaN"])
def test_an_amount_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueParseError):
        parse_money(text)


def test_several_numbers_in_one_cell_keep_their_order() -> None:
    first, second = Phone.parse("13800000001"), Phone.parse("0854-1234567")
    for text in ("13800000001、08541234567", "13800000001/0854-1234567", "13800000001 0854-1234567"):
        assert parse_phones(text) == (first, second)
    assert parse_phones("138 0000 0001") == (first,)


def test_a_list_is_split_at_every_sign_clerks_use() -> None:
    assert split_list("低保、医疗救助，临时救助;其他\n无") == ("低保", "医疗救助", "临时救助", "其他", "无")


def test_the_first_serial_is_the_day_after_the_false_leap_day() -> None:
    assert date(1899, 12, 30) + timedelta(days=61) == date(1900, 3, 1)
    with pytest.raises(ValueParseError):
        parse_date("60.0")
