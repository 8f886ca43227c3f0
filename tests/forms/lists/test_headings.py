"""Headings of village lists: found under any titles, each column given to the right person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.lists.headings import Heading, UnknownColumnFieldError, field_named, find_heading, label
from forms.lists.sheet import Cell, Row, Sheet


def sheet_of(*rows: str) -> Sheet:
    """Return a sheet; cells are parted by blanks, a full stop is an empty cell, ^ repeats a merged cell above."""
    out: list[Row] = []
    for number, text in enumerate(rows, 1):
        cells = []
        for column, word in enumerate(text.split(), 1):
            if word == "^":
                above = out[-1].text(column)
                cells.append(Cell(column=column, text=above, origin=f"A{number - 1}"))
            elif word != ".":
                cells.append(Cell(column=column, text=word))
        out.append(Row(number=number, cells=tuple(cells)))
    return Sheet(name="Sheet1", rows=tuple(out))


def heading_of(*rows: str) -> Heading:
    found = find_heading(sheet_of(*rows))
    assert found is not None
    return found


def fields_of(*rows: str) -> list[str]:
    return [c.field for c in heading_of(*rows).columns]


def test_titles_above_the_heading_are_passed_over() -> None:
    heading = heading_of(
        "平山村留守儿童花名册", ".", "填报单位：平山村 . 2026年3月", "序号 姓名 性别 身份证号", "1 张三 男 无"
    )
    assert (heading.first_row, heading.last_row) == (4, 4)


@pytest.mark.parametrize(
    "word",
    [
        "身份证号",
        "公民身份号码",
        "证件号",
        "身份证号码（18位）",
        "身份证号码(必填)",
        "*身份证号码",
        "居民身份证号码",
        "身 份 证 号".replace(" ", "\u3000"),
    ],
)
def test_words_for_the_id_number_mean_the_same_field(word: str) -> None:
    sheet = sheet_of("姓名 性别 出生日期 X", "张三 男 2016.1.1 1")
    cells = (*sheet.rows[0].cells[:3], Cell(column=4, text=word))
    heading = find_heading(Sheet(name="", rows=(Row(number=1, cells=cells), sheet.rows[1])))
    assert heading is not None
    assert heading.columns[3].field == "child_id_number"


@pytest.mark.parametrize(
    "word", ["监护人", "照护人", "受托人", "受委托监护人", "被委托人", "委托监护人", "实际照料人", "看护人"]
)
@pytest.mark.parametrize("tail", ["", "姓名", "（姓名）"])
def test_words_for_the_carer_mean_the_carer(word: str, tail: str) -> None:
    assert fields_of(f"姓名 性别 {word}{tail} 电话", "张三 男 李四 1")[2:] == ["carer_name", "carer_phone"]


def test_a_group_of_two_rows_says_whose_column_it_is() -> None:
    assert fields_of(
        "序号 儿童基本情况 儿童基本情况 儿童基本情况 父亲 父亲 父亲 母亲信息 母亲信息 监护人情况 监护人情况 备注",
        ". 姓名 性别 身份证号码 姓名 务工地点 电话 姓名 联系电话 姓名 与儿童关系 .",
        "1 张三 男 无 张大 温州 1 李四 1 王五 奶奶 .",
    ) == [
        "number", "child_name", "child_gender", "child_id_number", "father_name", "father_work_place", "father_phone",
        "mother_name", "mother_phone", "carer_name", "carer_relation", "remark",
    ]  # fmt: skip


def test_a_bare_column_belongs_to_the_person_on_its_left_and_says_so() -> None:
    heading = heading_of(
        "姓名 身份证号 父亲 电话 母亲 电话 监护人 关系 身份证号 手机 家庭住址 备注",
        "张三 无 张大 1 李四 1 王五 奶奶 1 1 一组 .",
    )
    assert [c.field for c in heading.columns] == [
        "child_name", "child_id_number", "father_name", "father_phone", "mother_name", "mother_phone", "carer_name",
        "carer_relation", "carer_id_number", "carer_phone", "residence", "remark",
    ]  # fmt: skip
    assert [c.letter for c in heading.columns if c.by_context] == ["D", "F", "H", "I", "J"]


def test_the_owner_may_stand_in_brackets() -> None:
    assert fields_of("姓名 性别 电话（父亲） 联系电话(母) 手机【监护人】", "张三 男 1 1 1")[2:] == [
        "father_phone",
        "mother_phone",
        "carer_phone",
    ]


def test_a_merged_heading_over_two_rows_is_read_once() -> None:
    heading = heading_of("序号 姓名 父亲 父亲 备注", "^ ^ 姓名 电话 ^", "1 张三 张大 1 .")
    assert [c.heading for c in heading.columns] == ["序号", "姓名", "父亲／姓名", "父亲／电话", "备注"]
    assert heading.last_row == 2


def test_a_row_of_data_is_no_second_row_of_the_heading() -> None:
    assert heading_of("姓名 性别 学校 年级", "张三 男 小学 三年级").last_row == 1


def test_what_is_not_understood_is_listed() -> None:
    heading = heading_of("姓名 性别 年龄 鞋码 班主任姓名", "张三 男 9 33 赵老师")
    assert [c.heading for c in heading.unknown] == ["鞋码", "班主任姓名"]


def test_two_columns_of_one_field_are_named() -> None:
    heading = heading_of("姓名 性别 父亲电话 父亲手机号", "张三 男 1 1")
    assert [(a.letter, b.letter) for a, b in heading.doubled] == [("C", "D")]
    column = heading.column("father_phone")
    assert column is not None
    assert column.letter == "C"


@pytest.mark.parametrize(
    "rows", [("性别 民族 学校 年级", "男 汉 小学 三"), ("1 2 3 4",), ("姓名 张三",), ("说明 注意 事项 其一",)]
)
def test_a_sheet_without_a_column_of_names_has_no_heading(rows: tuple[str, ...]) -> None:
    assert find_heading(sheet_of(*rows)) is None


def test_every_field_has_a_label_for_reports() -> None:
    heading = heading_of(
        "姓名 性别 父亲姓名 母亲务工地点 照护人身份证号 应急联系人 应急联系人电话 父母姓名 村名",
        "张三 男 . . . . . . .",
    )
    for column in heading.columns:
        assert column.field
        assert label(column.field) != column.field
    assert label("mother_work_place") == "母亲务工地点"


@given(st.lists(st.lists(st.text(max_size=6), max_size=8), max_size=6))
def test_any_sheet_is_looked_at_without_failing(rows: list[list[str]]) -> None:
    sheet = Sheet(
        name="x",
        rows=tuple(
            Row(number=n, cells=tuple(Cell(column=c, text=t) for c, t in enumerate(row, 1) if t.strip()))
            for n, row in enumerate(rows, 1)
        ),
    )
    heading = find_heading(sheet)
    assert heading is None or heading.column("child_name") is not None


def test_a_clerk_says_what_a_column_is() -> None:
    sheet = sheet_of("姓名 身份证号 生日 娃的住处", "罗小山 . 2016年3月5日 平山村一组")
    heading = find_heading(sheet)
    assert heading is not None
    assert [c.heading for c in heading.unknown] == ["娃的住处"]
    told = find_heading(sheet, {"D": field_named("现居住地")})
    assert told is not None
    assert told.unknown == ()
    assert told.columns[3].field == field_named("现居住地")


def test_a_column_that_no_list_holds_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(UnknownColumnFieldError) as refused:
        field_named("鞋码")
    assert "儿童姓名" in str(refused.value)


def test_other_words_of_villages_are_understood() -> None:
    fields = fields_of("姓名 男/女 身份证 爸爸 . 代管人情况 . .", "^ ^ ^ 姓名 在哪打工 姓名 关系 电话")
    assert fields[1] == "child_gender"
    assert fields[3:5] == ["father_name", "father_work_place"]
