"""Five regions as data: what each plan asks for, and what no profile may switch off."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from forms.profiles.region import Mark, RegionProfile, UnknownOrganError, UnknownProfileError
from forms.strict import BadDataFileError

if TYPE_CHECKING:
    from pathlib import Path

KEYS = ("longli", "qinzhou", "shouxian", "wuhai", "yubei")
CATALOGUE = (
    *(f"A{n}" for n in range(1, 11)),
    *(f"B{n}" for n in range(1, 8)),
    *(f"C{n}" for n in range(1, 7)),
    *(f"D{n}" for n in range(1, 16)),
    *(f"E{n}" for n in range(1, 10)),
)
TODAY = date(2026, 11, 23)
STATUTORY = {"A4", "A8", "D1", "E5"}


def test_all_five_regions_are_there() -> None:
    assert RegionProfile.available() == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_a_profile_says_something_about_every_form_of_the_catalogue(key: str) -> None:
    assert set(RegionProfile.load(key).forms) == set(CATALOGUE)


@pytest.mark.parametrize("key", KEYS)
def test_what_a_statute_makes_due_is_on_in_every_region(key: str) -> None:
    profile = RegionProfile.load(key)
    for code in STATUTORY:
        assert profile.forms[code].is_on


@pytest.mark.parametrize("key", KEYS)
def test_every_recipient_is_an_organ_of_the_region_or_a_unit(key: str) -> None:
    profile = RegionProfile.load(key)
    for recipients in profile.recipients.values():
        for recipient in recipients:
            if recipient not in {"village", "town", "school"}:
                assert profile.organ(recipient, TODAY).name


@pytest.mark.parametrize("key", KEYS)
def test_an_organ_has_one_name_on_any_day(key: str) -> None:
    profile = RegionProfile.load(key)
    for organ in profile.organs:
        for day in (organ.valid_from, organ.valid_to, TODAY):
            if day is not None:
                names = [o.name for o in profile.organs if o.key == organ.key and o.is_valid_on(day)]
                assert len(names) <= 1, (organ.key, day)


@pytest.mark.parametrize("key", KEYS)
def test_there_are_five_duties_and_a_threshold_no_longer_than_the_law(key: str) -> None:
    profile = RegionProfile.load(key)
    assert len(profile.five_duties) == 5
    assert 1 <= profile.thresholds["absence_days"] <= 7
    assert profile.definition.under_age == 16


def test_renamed_departments_are_printed_by_their_present_name() -> None:
    profile = RegionProfile.load("longli")
    assert profile.present_name("县卫计局", TODAY) == "龙里县卫生健康局"
    assert profile.present_name("县扶贫办", TODAY) == "龙里县农业农村局"
    assert profile.organ("health", date(2017, 2, 14)).plan_name == "县卫计局"
    assert profile.present_name("县供电局", TODAY) == "县供电局"


def test_longli_numbers_its_seven_attachments_and_prescribes_their_titles() -> None:
    forms = RegionProfile.load("longli").forms
    numbered = {f.attachment: (f.code, f.title) for f in forms.values() if f.attachment}
    assert [numbered[n][0] for n in range(1, 8)] == ["A1", "A2", "C1", "B1", "B2", "B3", "B4"]
    assert numbered[4][1] == "贵州省农村留守儿童花名册"
    assert forms["A1"].mark is Mark.NAMED
    assert not forms["A3"].is_on


def test_definitions_differ_where_the_plans_differ() -> None:
    assert RegionProfile.load("longli").definition.rural_hukou
    assert RegionProfile.load("wuhai").definition.rural_residence
    assert not RegionProfile.load("qinzhou").definition.rural_hukou


def test_a_local_post_is_printed_with_the_national_name() -> None:
    assert RegionProfile.load("longli").post("village").printed == "儿童福利主任（儿童主任）"
    assert RegionProfile.load("wuhai").post("nobody").printed == ""


def test_region_codes_keep_their_years() -> None:
    codes = {c.code: c for c in RegionProfile.load("shouxian").codes}
    assert codes["341521"].valid_to == date(2015, 12, 2)
    assert codes["340422"].valid_to is None


def _own(folder: Path, key: str, change: tuple[str, str]) -> Path:
    from importlib.resources import files

    folder.mkdir()
    text = files("forms").joinpath("profiles", "longli.toml").read_text(encoding="utf-8")
    assert change[0] in text
    (folder / f"{key}.toml").write_text(text.replace(*change, 1), encoding="utf-8")
    return folder


def test_an_offices_own_profile_comes_before_the_built_in_one(tmp_path: Path) -> None:
    folder = _own(tmp_path / "profiles", "longli", ("absence_days = 7", "absence_days = 3"))
    assert RegionProfile.load("longli", folder).thresholds["absence_days"] == 3
    assert RegionProfile.load("yubei", folder).name == "渝北区"


def test_an_office_may_add_a_region(tmp_path: Path) -> None:
    folder = _own(tmp_path / "profiles", "guiding", ('key = "longli"', 'key = "guiding"'))
    assert "guiding" in RegionProfile.available(folder)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (('wording = "law_2020"', 'wording = "law_2021"'), "wording"),
        (('plan = "plan_longli"', 'plan = "plan_nowhere"'), "plan"),
        (('level = "县"', 'level = "县"\nlevl = "县"'), "levl"),
        (('off = ["A3"', 'off = ["A1"'), "forms.off"),
        (('off = ["A3"', 'off = ["A4", "A3"'), "forms.statute"),
        (('code = "D13"', 'code = "D99"'), "form[D99].code"),
        (('every = "quarter"', 'every = "often"'), "rhythm[quarterly_forms].every"),
        (("absence_days = 7", 'absence_days = "7"'), "thresholds.absence_days"),
    ],
)
def test_a_mistake_in_a_profile_is_refused_with_file_and_key(tmp_path: Path, change: tuple[str, str], key: str) -> None:
    folder = _own(tmp_path / "profiles", "longli", change)
    with pytest.raises(BadDataFileError) as caught:
        RegionProfile.load("longli", folder)
    assert (caught.value.file, caught.value.key) == ("longli.toml", key)


def test_an_unknown_region_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownProfileError, match="longli、qinzhou"):
        RegionProfile.load("atlantis")


def test_an_organ_nobody_named_is_refused() -> None:
    with pytest.raises(UnknownOrganError):
        RegionProfile.load("longli").organ("navy", TODAY)
