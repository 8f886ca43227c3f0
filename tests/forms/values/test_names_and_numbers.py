"""Values read from text: what is printed reads back equal, and a wrong character is noticed."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from forms.values.names_and_numbers import (
    DocumentNumber,
    IdNumber,
    PersonName,
    Phone,
    RegionCode,
    ValueParseError,
    half_width,
    id_check_character,
)

BIRTHS = st.dates(date(1900, 1, 1), date(2030, 12, 31))
ID_NUMBERS = st.builds(
    lambda region, birth, serial: _complete(f"{region:06d}{birth:%Y%m%d}{serial:03d}"),
    st.integers(110000, 829999),
    BIRTHS,
    st.integers(1, 999),
)


def _complete(first17: str) -> str:
    return first17 + id_check_character(first17)


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) for c in text)


@pytest.mark.parametrize("text", ["11010519491231002X", "440524188001010014"])
def test_published_numbers_pass(text: str) -> None:
    assert str(IdNumber.parse(text)) == text


@given(ID_NUMBERS)
def test_id_number_reads_back_what_it_prints(text: str) -> None:
    number = IdNumber.parse(text)
    assert str(number) == text
    assert IdNumber.parse(str(number)) == number
    assert f"{number.birth:%Y%m%d}" == text[6:14]


@given(ID_NUMBERS, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_every_single_changed_character_of_an_id_number_is_noticed(text: str, place: int, digit: str) -> None:
    assume(text[place] != digit)
    with pytest.raises(ValueParseError):
        IdNumber.parse(text[:place] + digit + text[place + 1 :])


@given(ID_NUMBERS, st.integers(0, 16))
def test_every_swap_of_neighbours_in_an_id_number_is_noticed(text: str, place: int) -> None:
    assume(text[place] != text[place + 1])
    with pytest.raises(ValueParseError):
        IdNumber.parse(text[:place] + text[place + 1] + text[place] + text[place + 2 :])


@given(ID_NUMBERS, st.sampled_from([" ", "\u3000", "\t", "-", "\u200b", "\xa0"]), st.integers(0, 18))
def test_id_number_is_read_through_blanks_and_full_width_digits(text: str, blank: str, place: int) -> None:
    written = (text[:place] + blank + text[place:]).lower()
    assert str(IdNumber.parse(written)) == text
    assert str(IdNumber.parse(_wide(text))) == text


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("522799160305001", "id-number.fifteen"),
        ("52279920160305001", "id-number.length"),
        ("", "id-number.length"),
        ("5227992016030500IX", "id-number.characters"),
        ("\u0661" * 18, "id-number.characters"),
        (_complete("52279920150229001"), "id-number.birth"),
        (_complete("52279900000101001"), "id-number.birth"),
        ("522799201603050011", "id-number.check-digit"),
    ],
)
def test_wrong_id_number_says_which_rule_failed(text: str, rule: str) -> None:
    with pytest.raises(ValueParseError) as caught:
        IdNumber.parse(text)
    assert caught.value.rule == rule
    assert caught.value.text == text


def test_sex_and_mask_of_an_id_number() -> None:
    number = IdNumber.parse("11010519491231002X")
    assert not number.is_male
    assert number.masked == "110105**********2X"
    assert IdNumber.parse("440524188001010014").is_male


@pytest.mark.parametrize("dot", "·・•‧．・∙⋅●。.﹒･")
def test_every_separator_in_a_name_becomes_the_one_of_the_standard(dot: str) -> None:
    assert str(PersonName.parse(f"阿依{dot}古丽")) == "阿依·古丽"
    assert str(PersonName.parse(f"阿依 {dot} 古丽")) == "阿依·古丽"


@pytest.mark.parametrize(
    "name", ["王𬱖", "罗䶮", "陈㛃", "欧阳娜娜", "买买提·吐尔逊", "O'Neil", "李〇", "\U00031350生"]
)
def test_rare_and_foreign_names_are_kept_as_they_are(name: str) -> None:
    assert str(PersonName.parse(name)) == name


@pytest.mark.parametrize("written", ["李　四", " 李 四 ", "李\u200b四", "\ufeff李四", "李\xa0四", "李\n四"])
def test_blanks_in_a_chinese_name_are_dropped(written: str) -> None:
    assert str(PersonName.parse(written)) == "李四"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "name.empty"),
        ("　", "name.empty"),
        ("张三1", "name.characters"),
        ("张三（小）", "name.characters"),
        ("·", "name.characters"),
        ("张\u0000三", "name.characters"),
        ("张" * 51, "name.too-long"),
    ],
)
def test_what_is_no_name_says_why(text: str, rule: str) -> None:
    with pytest.raises(ValueParseError) as caught:
        PersonName.parse(text)
    assert caught.value.rule == rule


@given(st.text(max_size=60))
def test_a_name_reads_back_what_it_prints(text: str) -> None:
    try:
        name = PersonName.parse(text)
    except ValueParseError:
        return
    assert PersonName.parse(str(name)) == name
    assert unicodedata.is_normalized("NFC", str(name))
    assert str(name)


@given(st.from_regex(r"\A1[3-9][0-9]{9}\Z") | st.from_regex(r"\A0(10|2[0-9]|[3-9][0-9]{2})-?[1-9][0-9]{6,7}\Z"))
def test_a_telephone_reads_back_what_it_prints(text: str) -> None:
    phone = Phone.parse(text)
    assert Phone.parse(str(phone)) == phone
    assert str(phone).replace("-", "") == text.replace("-", "")


@given(st.text(alphabet="0123456789+- ().\uff11\uff12\u0661\u0662abc", max_size=20))
def test_a_telephone_never_holds_anything_but_ascii_digits(text: str) -> None:
    try:
        phone = Phone.parse(text)
    except ValueParseError:
        return
    assert str(phone).isascii()
    assert Phone.parse(str(phone)) == phone


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("+86 199-0000-0012", "19900000012"),
        ("0086 19900000012", "19900000012"),
        (_wide("19900000012"), "19900000012"),
        ("(0854)0000123", "0854-0000123"),
        ("010 0000 0123", "010-00000123"),
    ],
)
def test_telephones_as_people_write_them(text: str, printed: str) -> None:
    assert str(Phone.parse(text)) == printed


@pytest.mark.parametrize("text", ["1990000001", "199000000123", "12345678901", "无", "119", "0854-123"])
def test_what_is_no_telephone_is_refused(text: str) -> None:
    with pytest.raises(ValueParseError) as caught:
        Phone.parse(text)
    assert caught.value.rule == "phone.form"


@given(st.from_regex(r"\A[0-9]{6}([0-9]{3}([0-9]{3})?)?\Z"))
def test_a_region_code_reads_back_what_it_prints(text: str) -> None:
    code = RegionCode.parse(text)
    assert str(code) == text
    assert code.county == text[:6]


@pytest.mark.parametrize("text", ["52273", "5227300", "52273A", "\u0665" * 6, ""])
def test_what_is_no_region_code_is_refused(text: str) -> None:
    with pytest.raises(ValueParseError) as caught:
        RegionCode.parse(text)
    assert caught.value.rule == "region.form"


@given(
    st.text(alphabet="洗马民委照府办教龙公", min_size=1, max_size=12),
    st.integers(1949, 2999),
    st.integers(1, 9_999_999),
)
def test_a_document_number_reads_back_what_it_prints(series: str, year: int, serial: int) -> None:
    number = DocumentNumber(series=series, year=year, serial=serial)
    assert DocumentNumber.parse(str(number)) == number
    assert "〔" in str(number)


@pytest.mark.parametrize(
    "written",
    [
        "洗民委照[2026]3号",
        "洗民委照（2026）第3号",
        "洗民委照【2026】003",
        f"洗民委照〔{_wide('2026')}〕{_wide('3')}号",
        " 洗民委照〔2026〕 3 号 ",
    ],
)
def test_document_numbers_as_people_write_them(written: str) -> None:
    assert str(DocumentNumber.parse(written)) == "洗民委照〔2026〕3号"


@pytest.mark.parametrize("text", ["", "洗民委照2026-3", "〔2026〕3号", "洗民委照〔2026〕0号", "洗民委照〔26〕3号"])
def test_what_is_no_document_number_is_refused(text: str) -> None:
    with pytest.raises(ValueParseError) as caught:
        DocumentNumber.parse(text)
    assert caught.value.rule == "document-number.form"


@given(st.text(max_size=30))
def test_making_half_width_twice_changes_nothing_more(text: str) -> None:
    assert half_width(half_width(text)) == half_width(text)
