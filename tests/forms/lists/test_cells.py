"""Cells of village lists: each is read exactly or refused with a reason."""

from __future__ import annotations

import runpy
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.values.blank import Blank, is_value
from forms.values.enums import (
    AwayPattern,
    Boarding,
    Gender,
    Health,
    IdType,
    IncomeSource,
    PersonStatus,
    Relation,
    Schooling,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from forms.lists.row_reader import Draft
    from forms.lists.sheet import Raw, Sheet
    from forms.people import Carer, ChildRecord, Parent

_S = runpy.run_path(str(Path(__file__).parent / "village_sheets.py"))
TODAY: date = _S["TODAY"]
NC, NA = Blank.NOT_COLLECTED, Blank.NOT_APPLICABLE
number_for: Callable[..., str] = _S["number_for"]
sheet_of: Callable[..., Sheet] = _S["sheet_of"]
draft_of: Callable[..., Draft] = _S["draft_of"]
record_of: Callable[..., ChildRecord] = _S["record_of"]
codes: Callable[..., set[str]] = _S["codes"]
parent: Callable[[ChildRecord, str], Parent] = _S["parent"]
carer: Callable[[ChildRecord], Carer] = _S["carer"]


# days


@pytest.mark.parametrize(
    "written",
    ["2016.3.5", "2016年3月5日", "2016-03-05", "2016/3/5", "20160305", 20160305, 42434, 42434.0, date(2016, 3, 5),
     datetime(2016, 3, 5, 8, 0),  # noqa: DTZ001  as sheets hold it
     "二〇一六年三月五日"],
)  # fmt: skip
def test_every_way_to_write_a_day_gives_the_same_day(written: Raw) -> None:
    assert record_of(出生日期=written).child.person.birth == date(2016, 3, 5)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("16.3.5", "date.two-digit-year"),
        ("2016.3", "date.no-day"),
        (2016.3, "date.no-day"),
        ("2015年2月29日", "date.calendar"),
        ("农历2016年3月5日", "date.lunar"),
        ("春天", "date.form"),
        ("2027.1.1", "birth.future"),
    ],
)
def test_a_day_that_cannot_be_told_keeps_the_row_out(written: Raw, code: str) -> None:
    draft = draft_of(出生日期=written)
    assert not draft.is_taken
    assert codes(draft, blocking=True) == {code}


def test_a_child_born_on_29_february_is_taken() -> None:
    assert record_of(出生日期="2016.2.29").child.person.birth == date(2016, 2, 29)


@given(st.dates(date(2011, 1, 1), date(2026, 11, 21)))
def test_any_day_written_with_dots_is_read_back(day: date) -> None:
    record = record_of(出生日期=f"{day.year}.{day.month}.{day.day}")
    assert record.child.person.birth == day


@pytest.mark.parametrize(("birth", "is_taken"), [("2010.11.20", False), ("2010.11.21", True), ("2010.11.22", True)])
def test_a_child_of_sixteen_is_left_out_from_the_day_after_the_birthday(birth: str, *, is_taken: bool) -> None:
    draft = draft_of(出生日期=birth)
    assert draft.is_taken is is_taken
    assert ("REF-12" in codes(draft)) is not is_taken


# identity


@pytest.mark.parametrize("blank", ["", " ", "　", "-"])
def test_an_id_number_is_read_through_blanks(blank: str) -> None:
    text = number_for("20160305")
    record = record_of(身份证号=blank.join((text[:6], text[6:14], text[14:])))
    assert str(record.child.person.id_number) == text
    assert record.child.person.id_type is IdType.RESIDENT
    assert record.child.hukou_registered is True


@pytest.mark.parametrize(
    "written",
    [float(number_for("20160305")),
     int(number_for("20160305")[:15] + "000"), "5.22799E+17", "5.227990e+17", 5.22799201603050e17],
)  # fmt: skip
def test_an_id_number_that_lost_digits_keeps_the_row_out_and_says_how_to_mend_it(written: Raw) -> None:
    draft = draft_of(身份证号=written)
    assert codes(draft, blocking=True) == {"id-number.precision"}
    assert "文本" in str(draft.remarks[0].problem)


def test_an_id_number_stored_whole_by_another_program_is_taken() -> None:
    text = number_for("20160305")
    assert str(record_of(身份证号=int(text)).child.person.id_number) == text


def test_a_birth_date_that_contradicts_the_number_needs_a_second_person() -> None:
    cells: dict[str, Raw] = {"身份证号": number_for("20160305"), "出生日期": "2016.3.6"}
    draft = draft_of(**cells)
    assert codes(draft, blocking=True) == {"id-number.birth-mismatch"}
    assert draft.remarks[0].column == 2
    assert draft.remarks[0].problem.override
    decided = draft_of(**cells, 处理意见="户口簿登记如此，杨国平核实")
    assert decided.is_taken
    assert codes(decided) == {"id-number.birth-mismatch"}
    assert decided.record is not None
    assert decided.record.child.person.birth == date(2016, 3, 6)


def test_a_sex_that_contradicts_the_number_needs_a_second_person() -> None:
    draft = draft_of(身份证号=number_for("20160305", "002"))
    assert codes(draft, blocking=True) == {"id-number.gender-mismatch"}
    assert draft_of(身份证号=number_for("20160305", "002"), 处理意见="已核实").is_taken


def test_a_decision_does_not_let_a_wrong_number_in() -> None:
    wrong = number_for("20160305")[:17] + ("1" if number_for("20160305")[17] != "1" else "2")
    assert not draft_of(身份证号=wrong, 处理意见="已核实").is_taken


def test_birth_and_sex_follow_from_the_number() -> None:
    record = record_of(身份证号=number_for("20170101", "002"), 出生日期="", 性别="", 民族="苗")
    assert record.child.person.birth == date(2017, 1, 1)
    assert record.child.person.gender is Gender.FEMALE
    assert record.child.person.ethnicity == "苗族"


@pytest.mark.parametrize(
    "cells",
    [{"身份证号": "未上户"}, {"身份证号": "无"}, {"身份证号": "—"}, {"是否上户": "否"},
     {"是否登记户口": "没有户口"}, {"备注": "未上户口"},
     {"户口登记情况": "正在办理"}],
)  # fmt: skip
def test_a_child_without_hukou_is_taken_without_a_number(cells: dict[str, Raw]) -> None:
    record = record_of(**cells)
    assert record.child.hukou_registered is False
    assert record.child.person.id_number is NA
    assert record.child.person.id_type is IdType.NONE


def test_a_birth_certificate_is_kept_in_the_remarks() -> None:
    record = record_of(身份证号="Q520123456", 备注="奶奶带")
    assert record.child.person.id_type is IdType.BIRTH_CERTIFICATE
    assert record.child.remark == "奶奶带；出生医学证明 Q520123456"


def test_no_hukou_and_a_number_contradict_each_other() -> None:
    assert "hukou.contradiction" in codes(draft_of(身份证号=number_for("20160305"), 是否上户="否"), blocking=True)


def test_a_missing_number_is_said_but_does_not_keep_the_row_out() -> None:
    draft = draft_of(民族="汉族")
    assert draft.is_taken
    assert codes(draft) == {"id-number.missing"}


# names


@pytest.mark.parametrize("dot", "·・•‧．")
def test_the_separator_of_a_name_is_made_the_right_one_and_shown(dot: str) -> None:
    draft = draft_of(姓名=f"吉克{dot}阿牛", 父亲=f"吉克{dot}木呷")
    assert draft.record is not None
    assert str(draft.record.child.person.name) == "吉克·阿牛"
    assert str(parent(draft.record, "father").person.name) == "吉克·木呷"
    shown = [r.problem.where.field for r in draft.remarks if r.problem.code == "name.separator"]
    assert shown == ([] if dot == "·" else ["child_name", "father_name"])


@pytest.mark.parametrize("name", ["王𬱖", "罗䶮", "陈㛃"])
def test_a_rare_character_is_kept(name: str) -> None:
    assert str(record_of(姓名=name).child.person.name) == name


def test_a_nickname_in_brackets_is_an_alias_and_other_words_go_to_the_remarks() -> None:
    record = record_of(姓名="李　四（小名：狗娃）（双胞胎）")
    assert str(record.child.person.name) == "李四"
    assert record.child.person.aliases == ("狗娃",)
    assert record.child.remark == "双胞胎"


@pytest.mark.parametrize("name", ["张三 李四", "张小明　王小红", "张小明\n王小红", "张小明和李四", "韦明 韦亮 韦光"])
def test_two_names_in_one_cell_are_not_made_one(name: str) -> None:
    draft = draft_of(姓名=name)
    assert not draft.is_taken
    assert codes(draft, blocking=True) == {"name.several"}


@pytest.mark.parametrize("name", ["张 三", "张　小明", "欧阳 沐晨", "罗永和", "李和平", "王和", "吉克 阿牛"])
def test_one_name_written_with_blanks_or_with_a_word_that_joins_is_one_name(name: str) -> None:
    assert "name.several" not in codes(draft_of(姓名=name))


@pytest.mark.parametrize("written", ["张大山 李秋月", "张大山和李秋月"])
def test_two_adults_in_one_cell_are_told_apart_and_said(written: str) -> None:
    draft = draft_of(监护人=written)
    assert "name.several" in codes(draft)
    assert draft.record is not None
    assert str(carer(draft.record).person.name) == "张大山"


@pytest.mark.parametrize(("name", "code"), [("", "name.empty"), ("无", "name.empty"), ("张3", "name.characters")])
def test_a_row_without_a_name_stays_out(name: str, code: str) -> None:
    draft = draft_of(姓名=name, 民族="汉族", 学校="小学")
    assert draft.record is None
    assert codes(draft, blocking=True) == {code}


# the people around


def test_a_dash_for_a_parent_means_deceased_and_an_empty_cell_not_asked() -> None:
    record = record_of(父亲姓名="—", 母亲姓名="", 母亲电话="")
    assert record.father is NA
    assert record.mother is NC


@pytest.mark.parametrize(
    ("written", "status"),
    [("张大（已故）", PersonStatus.DEAD), ("张大失联", PersonStatus.LOST),
     ("张大(服刑)", PersonStatus.DETAINED), ("张大", PersonStatus.REACHABLE)],
)  # fmt: skip
def test_the_state_beside_a_parents_name_is_read(written: str, status: PersonStatus) -> None:
    found = parent(record_of(父亲姓名=written), "father")
    assert str(found.person.name) == "张大"
    assert found.person.status is status


def test_a_state_without_a_name_is_said() -> None:
    draft = draft_of(母亲姓名="离家出走")
    assert "name.unknown" in codes(draft, blocking=False)
    assert draft.record is not None
    assert draft.record.mother is NC


@pytest.mark.parametrize(
    ("written", "phones"),
    [
        ("李桂芳 19900000012 / 0854-0000123", ["19900000012", "0854-0000123"]),
        ("李桂芳19900000012", ["19900000012"]),
        ("李桂芳（电话：199 0000 0012）", ["19900000012"]),
        ("李桂芳、19900000012、19900000013", ["19900000012", "19900000013"]),
        ("李桂芳\n199-0000-0012", ["19900000012"]),
        ("李桂芳(08540000123)", ["0854-0000123"]),
    ],
)
def test_a_name_and_its_telephones_share_a_cell(written: str, phones: list[str]) -> None:
    found = carer(record_of(监护人=written, 关系="奶奶"))
    assert str(found.person.name) == "李桂芳"
    assert is_value(found.person.phones)
    assert [str(p) for p in found.person.phones] == phones
    assert found.relation is Relation.GRANDMOTHER
    assert found.person.gender is Gender.FEMALE


def test_both_parents_in_one_cell_with_their_telephones() -> None:
    record = record_of(父母姓名="父：张大 19900000012；母：李二 19900000013", 父母务工地点="浙江省温州市")
    assert parent(record, "father").person.phones != parent(record, "mother").person.phones
    assert str(parent(record, "mother").person.name) == "李二"
    assert parent(record, "mother").work_place == "浙江省温州市"
    assert parent(record, "mother").away is True


def test_a_deceased_parent_among_both_in_one_cell() -> None:
    record = record_of(父母姓名="父：—；母：李二", 家长电话="李二19900000013")
    assert record.father is NA
    assert str(parent(record, "mother").person.phones[0]) == "19900000013"


def test_a_parent_that_cannot_be_told_is_not_guessed() -> None:
    draft = draft_of(家长姓名="张大")
    assert "parents.unclear" in codes(draft)
    assert draft.record is not None
    assert draft.record.father is NC


def test_a_telephone_under_one_parent_that_names_the_other_goes_to_the_other() -> None:
    record = record_of(父亲="张大", 父亲电话="张大19900000012、李二19900000013", 母亲="李二", 母亲电话="")
    assert [str(p) for p in parent(record, "father").person.phones] == ["19900000012"]
    assert [str(p) for p in parent(record, "mother").person.phones] == ["19900000013"]


def test_no_telephone_is_told_from_not_asked() -> None:
    assert parent(record_of(父亲="张大", 父亲电话="无"), "father").person.phones is NA
    assert parent(record_of(父亲="张大", 父亲电话=""), "father").person.phones is NC


def test_a_wrong_telephone_is_left_out_and_said_and_the_row_is_taken() -> None:
    draft = draft_of(父亲="张大", 父亲电话="1990000001")
    assert draft.is_taken
    remark = next(r for r in draft.remarks if r.problem.code == "phone.form")
    assert remark.column == 5
    assert draft.record is not None
    assert parent(draft.record, "father").person.phones is NC


def test_a_carer_who_is_the_mother_is_recorded_as_the_mother() -> None:
    draft = draft_of(父亲="张大", 母亲="李二", 监护人="李二 19900000013", 与儿童关系="母亲")
    assert draft.record is not None
    assert draft.record.carer is NA
    assert [str(p) for p in parent(draft.record, "mother").person.phones] == ["19900000013"]
    assert "carer.is-parent" in codes(draft, blocking=False)


@pytest.mark.parametrize(
    ("word", "serial", "relation"),
    [("祖孙", "001", Relation.GRANDFATHER), ("祖孙", "002", Relation.GRANDMOTHER),
     ("外祖孙", "002", Relation.MATERNAL_GRANDMOTHER),
     ("大伯", "001", Relation.UNCLE_AUNT), ("婆孙关系", "002", Relation.GRANDMOTHER)],
)  # fmt: skip
def test_a_relation_is_read_with_the_carers_number(word: str, serial: str, relation: Relation) -> None:
    record = record_of(监护人="李四", 与儿童关系=word, 监护人身份证号=number_for("19580101", serial))
    assert carer(record).relation is relation
    assert carer(record).person.birth == date(1958, 1, 1)


def test_cells_about_somebody_not_named_are_said() -> None:
    draft = draft_of(母亲姓名="", 母亲务工地点="浙江省温州市")
    assert [r.problem.where.field for r in draft.remarks if r.problem.code == "person.no-name"] == ["mother_work_place"]


def test_an_emergency_contact_is_read_with_the_telephone() -> None:
    record = record_of(应急联系人="赵六（邻居）19900000015")
    assert is_value(record.emergency_contact)
    assert str(record.emergency_contact.name) == "赵六"
    assert str(record.emergency_contact.phone) == "19900000015"
    assert record.emergency_contact.relation == "邻居"


# schooling and the rest


@pytest.mark.parametrize(
    ("cells", "school", "grade", "stage"),
    [
        ({"就读学校及年级": "洗马镇中心小学三年级（2）班"}, "洗马镇中心小学", "三年级", Schooling.PRIMARY),
        ({"学校": "洗马中学", "年级": "八年级"}, "洗马中学", "八年级", Schooling.JUNIOR),
        ({"学校": "镇中心幼儿园大班"}, "镇中心幼儿园", "大班", Schooling.KINDERGARTEN),
        ({"就学情况": "未上学"}, NC, NC, Schooling.NOT_YET),
        ({"就学情况": "小学", "学校": "洗马小学"}, "洗马小学", NC, Schooling.PRIMARY),
    ],
)
def test_school_grade_and_stage_are_taken_apart(
    cells: dict[str, Raw], school: object, grade: object, stage: Schooling
) -> None:
    child = record_of(**cells).child
    assert (child.school, child.grade, child.schooling) == (school, grade, stage)


@pytest.mark.parametrize(
    ("heading", "text", "field", "value"),
    [
        ("是否寄宿", "是", "boarding", Boarding.BOARDING),
        ("是否住校", "否", "boarding", Boarding.DAY),
        ("留守类型", "父母均外出打工", "away_pattern", AwayPattern.BOTH_AWAY),
        ("身体状况", "听力残疾二级", "health_primary", Health.DISABLED),
        ("身体状况", "听力残疾二级", "disability", "听力残疾二级"),
        ("身体情况", "良好", "health_primary", Health.HEALTHY),
        ("经济来源", "打工收入、种养殖业", "income_sources", (IncomeSource.WAGES, IncomeSource.FARMING)),
        ("组", "三组", "group", "三组"),
    ],
)
def test_closed_sets_are_read_from_what_villages_write(heading: str, text: str, field: str, value: object) -> None:
    assert getattr(record_of(**{heading: text}).child, field) == value


def test_a_word_that_is_no_option_is_left_out_and_said() -> None:
    draft = draft_of(留守类型="说不清")
    assert draft.is_taken
    assert "enum.unknown" in codes(draft)


@pytest.mark.parametrize(
    ("written", "village", "group"),
    [
        ("平山村三组", "平山村", "三组"),
        ("平山村", "平山村", NC),
        ("三组", "", "三组"),
        ("平山村 第2村民小组", "平山村", "第2村民小组"),
    ],
)
def test_village_and_group_may_share_a_cell(written: str, village: str, group: object) -> None:
    draft = draft_of(村组=written)
    assert draft.record is not None
    assert (draft.village, draft.record.child.group) == (village, group)


def test_a_telephone_in_the_place_of_work_is_the_parents() -> None:
    found = parent(record_of(父亲="张大", 父亲务工地点及联系电话="浙江省温州市（电话：19900000011）"), "father")
    assert found.work_place == "浙江省温州市"
    assert is_value(found.person.phones)
    assert [str(p) for p in found.person.phones] == ["19900000011"]


@pytest.mark.parametrize("word", ["是", "在校", "在读"])
def test_being_at_school_leaves_the_stage_to_the_grade(word: str) -> None:
    assert record_of(是否在校=word, 年级="五年级").child.schooling is Schooling.PRIMARY
    assert not codes(draft_of(是否在校=word, 身份证号=number_for("20160305")))
