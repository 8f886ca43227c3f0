"""What a template sees: typed values as printed words, every name given, nothing cut or cleaned in silence."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.engine.context import DocumentHead, build_context, template_names, unprinted_fields
from docgen.engine.printed import UnexpectedValueError, UnprintableValueError, choices, print_boxes, print_value
from forms.cases.facts import Facts
from forms.catalogue.library import FormLibrary
from forms.errors import DataError
from forms.people import Staff, Unit
from forms.profiles.wording import LAW_2020, PLAN_2016
from forms.spec import FieldSpec, FieldType
from forms.values.blank import Blank
from forms.values.enums import Gender, IncomeSource, Relief, UnitKind
from forms.values.names_and_numbers import DocumentNumber, Phone

NC, NA = Blank.NOT_COLLECTED, Blank.NOT_APPLICABLE
VILLAGE = Unit(kind=UnitKind.VILLAGE, name="云岭镇石桥村村民委员会", short="石桥村", contact_name="吴秋")
TOWN = Unit(kind=UnitKind.TOWN, name="云岭镇人民政府", contact_phone=NA)
FACTS = Facts(village=VILLAGE, town=TOWN, office=TOWN, filler=Staff(name="吴秋"))
HEAD = DocumentHead(
    title="责任书",
    number=DocumentNumber(series="云民委照", year=2026, serial=3),
    made_on=date(2026, 11, 5),
    copies=4,
    version=2,
    uid="u1",
)


FORMS = FormLibrary.load()


def context(code: str, values: dict[str, Any], **more: Any) -> dict[str, Any]:
    return build_context(FORMS.get(code), values, FACTS, wording=LAW_2020, profile=None, document=HEAD, **more)


def field(kind: FieldType, **more: Any) -> FieldSpec:
    return FieldSpec(name="it", title=more.pop("title", "某项"), type=kind, **more)


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (date(2026, 11, 5), "2026年11月5日"),
        (date(2026, 3, 9), "2026年3月9日"),
        (datetime(2026, 3, 9, 8, 5), "2026年3月9日8时05分"),  # noqa: DTZ001  a wall clock time on paper
        (Decimal("1200.00"), "1200"),
        (Decimal("1200.5"), "1200.50"),
        (0, "0"),
        (True, "是"),
        (False, "否"),
        (NC, ""),
        (NA, "—"),
        (Gender.FEMALE, "女"),
        ((Phone("13800001234"), Phone("0854-5631234")), "13800001234、0854-5631234"),
        ((IncomeSource.WAGES, IncomeSource.FARMING), "打工收入、种养殖业"),
        ("古丽娜尔·阿布都拉", "古丽娜尔·阿布都拉"),
        ("𬱖䶮㛃", "𬱖䶮㛃"),
    ],
)
def test_each_kind_of_value_has_its_printed_form(value: Any, printed: str) -> None:
    assert print_value(value, field(FieldType.TEXT)) == printed


def test_boxes_tick_what_was_chosen_and_only_that() -> None:
    gender = field(FieldType.ENUM, enum="Gender")
    assert print_boxes(Gender.FEMALE, gender) == "□男　☑女"
    assert print_boxes(NC, gender) == "□男　□女"
    assert print_boxes(NA, gender) == "—"
    relief = field(FieldType.MULTI, enum="Relief")
    assert print_boxes((Relief.MINIMUM_LIVING, Relief.NONE), relief).count("☑") == 2
    assert print_boxes((Relief.MINIMUM_LIVING,), relief).endswith("□无")


def test_a_yes_or_no_field_uses_the_words_of_its_title() -> None:
    assert print_boxes(True, field(FieldType.BOOL, title="父亲有无监护能力")) == "☑有　□无"  # noqa: FBT003  a value
    assert print_boxes(False, field(FieldType.BOOL, title="能否表达意愿")) == "□能　☑不能"  # noqa: FBT003  a value
    assert print_boxes(NC, field(FieldType.BOOL, title="是否补签")) == "□是　□否"


def test_a_choice_that_exists_to_be_refused_is_printed_only_when_it_was_made() -> None:
    reason = field(FieldType.ENUM, enum="EntrustReason")
    assert "无" not in choices(reason)
    assert print_boxes("无", reason) == "□外出务工　□患病　□其他正当理由　☑无"
    assert "父" not in choices(field(FieldType.ENUM, enum="Relation"))
    # the same word in another set is an ordinary choice
    assert choices(field(FieldType.ENUM, enum="Screening"))[0] == "无"


def test_a_name_that_has_no_value_is_given_all_the_same() -> None:
    blank = context("A1", {})
    assert blank["child_name"] == ""
    assert blank["boxes"]["child_gender"] == "□男　□女"
    assert blank["emergency_contact"]["phone"] == ""
    assert [row["boxes"]["result"] for row in blank["screening"]] == ["□无　□有　□待查"] * 4
    assert blank["screening"][0]["item"].startswith("曾实施性侵害")
    assert blank["duties_ack"][0].startswith("□照料儿童")
    assert blank["unit"]["school"] == {"name": "", "short": "", "address": "", "contact": "", "phone": ""}
    assert blank["staff"] == {"filler": "吴秋", "reviewer": "", "head": ""}


def test_not_applicable_and_not_collected_print_differently_everywhere() -> None:
    one = context("A1", {"father_name": NA, "mother_name": NC, "emergency_contact": NA, "screening": NA})
    assert (one["father_name"], one["mother_name"]) == ("—", "")
    assert one["emergency_contact"]["phone"] == "—"
    assert one["screening"][0]["result"] == "—"


def test_the_head_of_the_paper_is_printed_from_the_document_and_not_from_values() -> None:
    one = context("A1", {"document_number": "假的〔2020〕9号", "version": 9})
    assert one["doc"]["number"] == one["document_number"] == "云民委照〔2026〕3号"
    assert (one["doc"]["copies"], one["copies"], one["version"]) == ("四", "4", "2")
    assert (one["doc"]["made_on"], one["doc"]["title"]) == ("2026年11月5日", "责任书")
    assert one["term_profile"] == "law_2020"


def test_units_staff_and_words_are_given() -> None:
    one = context("A1", {})
    assert one["unit"]["village"]["short"] == "石桥村"
    assert (one["unit"]["town"]["short"], one["unit"]["town"]["phone"]) == ("云岭镇人民政府", "—")
    assert one["words"]["carer"] == "被委托人"
    assert one["words"]["group"] == "农村留守儿童"


def test_rows_are_numbered_counted_and_filled_up_for_the_pen() -> None:
    rows = tuple({"name": name, "relation": NC, "age": 60, "finding": NC} for name in ("甲", "乙"))
    one = context("A5", {"household": rows})
    assert [(r["no"], r["name"], r["relation"]) for r in one["household"]] == [("1", "甲", ""), ("2", "乙", "")]
    assert (one["count"]["household"], one["gaps"]["household"]) == ("2", "4")
    empty = context("A5", {})
    assert [r["name"] for r in empty["household"]] == [""]
    assert empty["count"]["household"] == "0"


def test_clauses_are_lines_in_their_order() -> None:
    one = context("A2", {"carer_duties": ("第一；", "第二。"), "town_duties": NA})
    assert one["carer_duties"] == ["第一；", "第二。"]
    assert one["town_duties"] == ["—"]
    assert one["parent_duties"] == list(FORMS.get("A2").field("parent_duties").items)


def test_what_a_recipient_must_not_see_is_left_out_of_the_copy() -> None:
    rows = ({"child_name": "甲", "health_detail": "先天性心脏病", "relief": (Relief.MEDICAL,)},)
    one = context("B1", {"rows": rows, "town_name": "云岭镇"}, hide=["rows.health_detail", "rows.relief", "town_name"])
    row = one["rows"][0]
    assert (row["child_name"], row["health_detail"], row["relief"]) == ("甲", "（略）", "（略）")
    assert one["town_name"] == "（略）"
    assert "医疗救助" not in str(one)
    whole = context("A1", {"screening": ({"item": "某事", "result": "有"},)}, hide=["screening"])
    assert "有" not in whole["screening"][0]["boxes"]["result"]


@given(
    st.text(
        st.one_of(st.characters(categories=("Cc", "Cf", "Cs", "Zl", "Zp")), st.sampled_from("\ufffe\uffff\U0001ffff")),
        min_size=1,
        max_size=1,
    ),
    st.sampled_from(["child_name", "residence", "single_parent_evidence"]),
)
def test_a_character_that_cannot_be_printed_is_refused_with_its_field(character: str, name: str) -> None:
    with pytest.raises(UnprintableValueError) as caught:
        context("A1", {name: f"张{character}三"})
    assert caught.value.field == name
    assert isinstance(caught.value, DataError)
    assert "张" not in str(caught.value)


def test_bad_characters_are_refused_in_rows_units_and_titles_too() -> None:
    with pytest.raises(UnprintableValueError):
        context("A5", {"household": ({"name": "甲\x0b"},)})
    with pytest.raises(UnprintableValueError):
        context("A2", {"carer_duties": ("好\x00",)})
    spec = FORMS.get("A1")
    facts = Facts(village=Unit(kind=UnitKind.VILLAGE, name="村\ud800"), town=TOWN, office=TOWN)
    with pytest.raises(UnprintableValueError):
        build_context(spec, {}, facts, wording=LAW_2020, profile=None, document=HEAD)


PRINTABLE = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Cn")), min_size=0, max_size=300)


@given(PRINTABLE)
def test_any_printable_text_reaches_the_template_character_for_character(text: str) -> None:
    assert context("A1", {"residence": text})["residence"] == text
    assert context("A8", {"child_words": f"{text}\r\n{text}"})["child_words"] == f"{text}\n{text}"


def test_a_line_end_belongs_only_where_lines_are_asked_for() -> None:
    with pytest.raises(UnprintableValueError):
        context("A1", {"residence": "一\n二"})


@pytest.mark.parametrize(
    ("name", "value"), [("household", "甲"), ("carer_phone", {"a": "b"}), ("health_items", "好"), ("residence", ({},))]
)
def test_a_value_of_another_kind_is_refused(name: str, value: Any) -> None:
    with pytest.raises(UnexpectedValueError) as caught:
        context("A5", {name: value})
    assert caught.value.field == name


def test_wordings_give_the_same_names() -> None:
    for spec in FormLibrary.load(wording=PLAN_2016).all():
        assert template_names(spec) == template_names(FORMS.get(spec.code))


def test_a_field_printed_as_boxes_or_lines_counts_as_printed() -> None:
    spec = FORMS.get("A8")
    missing = {f.name for f in unprinted_fields(spec, {"boxes.preference", "lines.matter", "child_words"})}
    assert not {"preference", "matter", "child_words"} & missing
    assert "options_shown" in missing
    assert "title" not in missing
