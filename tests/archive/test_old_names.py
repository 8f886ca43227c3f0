"""What names and folders of old scans say."""

from __future__ import annotations

from datetime import date
from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.old_names import NameReading, read_path

TODAY = date(2026, 11, 23)
VILLAGES = ("平山村", "大坝村", "上平山村")
WORDS = ("留守儿童委托监护责任书", "确认书")
ID = "11010519491231002X"


def read(path: str) -> NameReading:
    return read_path(PurePath(path), villages=VILLAGES, words=WORDS, today=TODAY)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("罗小山.pdf", "罗小山"),
        ("罗小山_责任书.pdf", "罗小山"),
        ("罗小山责任书扫描件(1).jpg", "罗小山"),
        ("20190305罗小山.pdf", "罗小山"),
        (f"{ID}罗小山.pdf", "罗小山"),
        ("平山村 罗小山 留守儿童委托监护责任书.pdf", "罗小山"),
        ("吉克・阿牛 确认书.pdf", "吉克·阿牛"),
        ("買買提·吐爾遜江.tif", "買買提·吐爾遜江"),
    ],
)
def test_the_name_is_among_what_could_be_one(path: str, name: str) -> None:
    assert name in read(path).names


def test_words_of_forms_and_villages_are_nobodys_name() -> None:
    assert read("平山村责任书扫描件.pdf").names == ()
    assert "责任书" not in read("罗小山责任书.pdf").names


def test_a_folder_may_carry_the_name() -> None:
    reading = read("2019年/平山村/罗小山/责任书.pdf")
    assert reading.names == ()
    assert "罗小山" in reading.folder_names[0]


@pytest.mark.parametrize(
    ("path", "village"),
    [
        ("平山村/罗小山.pdf", "平山村"),
        ("上平山村/罗小山.pdf", "上平山村"),
        ("平山村/2019/大坝村 罗小山.pdf", "大坝村"),
        ("平山村大坝村/罗小山.pdf", ""),
        ("别处/罗小山.pdf", ""),
    ],
)
def test_the_nearest_village_counts_and_two_are_none(path: str, village: str) -> None:
    assert read(path).village == village


@pytest.mark.parametrize(
    ("path", "day", "year"),
    [
        ("2019年/罗小山.pdf", None, 2019),
        ("2019/罗小山2020.pdf", None, 2020),
        ("罗小山20190305.pdf", date(2019, 3, 5), 2019),
        ("罗小山 2019.3.5.pdf", date(2019, 3, 5), 2019),
        ("罗小山2019年3月5日.pdf", date(2019, 3, 5), 2019),
        ("罗小山20191345.pdf", None, None),
        ("罗小山2019-2020.pdf", None, None),
        ("罗小山2099.pdf", None, None),
        (f"{ID}.pdf", None, None),
        ("扫描00012.pdf", None, None),
    ],
)
def test_days_and_years_are_read_and_numbers_are_not_taken_for_them(
    path: str, day: date | None, year: int | None
) -> None:
    reading = read(path)
    assert (reading.day, reading.year) == (day, year)


def test_numbers_are_read() -> None:
    assert str(read(f"罗小山{ID.lower()}-2.pdf").id_number) == ID
    assert read("罗小山110105194912310021.pdf").id_number is None  # the check character is wrong
    assert str(read("洗民委照（2019）3号.pdf").number) == "洗民委照〔2019〕3号"
    assert str(read("0194-WS·2016-D30-SSB-0001.pdf").code) == "0194-WS·2016-D30-SSB-0001"


def test_rosters_are_told_from_a_childs_papers() -> None:
    assert read("平山村花名册2019.pdf").is_roster
    assert not read("平山村 罗小山.pdf").is_roster


@given(
    st.lists(
        st.text(min_size=1, max_size=12).filter(lambda t: "/" not in t and t not in {".", ".."}), min_size=1, max_size=4
    )
)
def test_whatever_a_file_is_called_it_is_read(parts: list[str]) -> None:
    path = PurePath(*(part.replace("\0", "x") for part in parts))
    reading = read_path(path, villages=VILLAGES, words=WORDS, today=TODAY)
    assert all(len(name) >= 2 for name in reading.names)
