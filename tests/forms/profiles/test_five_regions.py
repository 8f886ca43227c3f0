"""The same child under all five regions: titles, organs, words, recipients and the set of papers of each plan."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from forms.catalogue.library import FormLibrary
from forms.people import Unit
from forms.profiles.region import Every, Mark, RegionProfile
from forms.profiles.wording import WORDINGS
from forms.profiles.words import print_title
from forms.values.enums import UnitKind

if TYPE_CHECKING:
    from forms.spec import FormSpec

KEYS = ("longli", "qinzhou", "shouxian", "wuhai", "yubei")
MATRIX = {
    # forms.md §9.2, columns longli qinzhou shouxian wuhai yubei: ● ○ – ; L beside it is `STATUTE`
    "A1": "●––––",
    "A2": "●––––",
    "A3": "–●●–●",
    "A4": "LL●●L",
    "A5": "●–●––",
    "A6": "––○○●",
    "A8": "L●LLL",
    "A10": "●●●●●",
    "B1": "●○○○○",
    "B2": "●○○○○",
    "B3": "●–○○–",
    "B4": "●–○○–",
    "B5": "●–○–○",
    "B6": "––––●",
    "B7": "○○○–●",
    "C1": "●––––",
    "C2": "●––––",
    "C3": "○○●●●",
    "C4": "●–●––",
    "C5": "●–○–●",
    "D1": "●●●●●",
    "D2": "●●●●●",
    "D3": "●●●●●",
    "D5": "LLL●L",
    "D10": "LLL●L",
    "D11": "○●○○○",
    "D13": "–●●●●",
    "D14": "●●●●●",
    "D15": "–●–––",
    "E2": "○●●●●",
    "E3": "○●●●●",
    "E5": "●●●●●",
    "E6": "○○○○L",
    "E7": "–●–––",
    "E9": "––––●",
}
STATUTE = {"A4", "A8", "D1", "D5", "D7", "D8", "D10", "E5", "E6"}
"""Due by law in every region, whatever its plan says (L in the matrix)."""
SIGNS = {"●": Mark.NAMED, "○": Mark.FOLLOWS, "–": Mark.OFF, "L": Mark.STATUTE}
ORGANS = {
    # who gets the report of a dropout, who verifies, whom the mandatory report goes to
    "longli": ("龙里县教育局", "龙里县公安局", "龙里县民政局"),
    "qinzhou": ("教育", "公安", "民政"),
    "shouxian": ("寿县教育", "寿县公安局", "寿县民政局"),
    "wuhai": ("教育", "公安", "民政"),
    "yubei": ("渝北区教育委员会", "重庆市公安局渝北区分局", "渝北区民政局"),
}
OLD_NAMES = re.compile("卫计|卫生和计划生育|扶贫|综治|国家税务局$|地方税务|(?<!住房和)城乡建设委员会$")


def regional(key: str, wording: str) -> tuple[RegionProfile, FormLibrary]:
    profile = RegionProfile.load(key)
    return profile, FormLibrary.load(wording=WORDINGS[wording], profile=profile)


def filled(kit: Any, key: str, code: str, typed: dict[str, str] | None = None, **changes: Any) -> Any:
    profile, library = regional(key, "law_2020")
    town = Unit(uid="t1", kind=UnitKind.TOWN, name=f"{profile.name}洗马镇人民政府", short="洗马镇")
    facts = kit.facts(**{"town": town, "office": town, **changes})
    return replace(kit, profile=profile, library=library).fill(code, typed, facts=facts)


@pytest.mark.parametrize("key", KEYS)
def test_the_set_of_papers_is_that_of_the_plan(key: str) -> None:
    forms = RegionProfile.load(key).forms
    for code, row in MATRIX.items():
        sign = row[KEYS.index(key)]
        if sign == "–":
            assert not forms[code].is_on, code
        else:
            assert forms[code].is_on, code
            assert forms[code].mark is SIGNS[sign], code
    assert all(forms[code].is_on and forms[code].statutory for code in STATUTE)


@pytest.mark.parametrize("wording", sorted(WORDINGS))
@pytest.mark.parametrize("key", KEYS)
def test_titles_are_those_the_plan_prescribes_or_the_words_of_the_office(key: str, wording: str) -> None:
    profile, library = regional(key, wording)
    spoken = {"law_2020": "委托照护", "plan_2016": "委托监护"}[wording]
    for code in ("A1", "A2", "A3", "A4"):
        title = print_title(library.get(code), WORDINGS[wording], profile)
        row = profile.form(code)
        assert row is not None
        assert title.main == row.title or spoken in title.main
        assert bool(title.attachment) == bool(row.attachment)
    group = profile.words["group"]
    for code in ("B1", "B2"):
        row = profile.form(code)
        main = print_title(library.get(code), WORDINGS[wording], profile).main
        assert group in main or (row is not None and main == row.title)


def test_the_seven_attachments_of_longli_bear_their_titles_in_both_wordings() -> None:
    titles = (
        "留守儿童委托监护责任确认书",
        "农村留守儿童委托监护责任书",
        "农村留守儿童关爱保护专项行动情况汇总表",
        "贵州省农村留守儿童花名册",
        "农村留守儿童基本情况登记表",
        "农村留守老人花名册",
        "农村留守老人基本情况登记表",
    )
    for wording in WORDINGS:
        profile, library = regional("longli", wording)
        for number, title in enumerate(titles, start=1):
            code = next(f.code for f in profile.forms.values() if f.attachment == number)
            printed = print_title(library.get(code), WORDINGS[wording], profile)
            assert (printed.main, printed.attachment) == (title, f"附件{number}")


def test_attachment_two_is_found_under_both_of_its_names() -> None:
    _, library = regional("longli", "law_2020")
    for name in ("留守儿童委托监护责任书", "农村留守儿童委托监护责任书"):
        found: tuple[FormSpec, ...] = tuple(library.find(name))
        assert "A2" in [spec.code for spec in found]


@pytest.mark.parametrize("key", KEYS)
def test_letters_and_reports_go_to_the_organs_of_the_region_by_their_present_names(key: str, kit: Any) -> None:
    profile = RegionProfile.load(key)
    education, police, civil = ORGANS[key]
    on = kit.today
    assert education in profile.organ("education", on).name
    assert police in profile.organ("police", on).name
    assert civil in profile.organ("civil_affairs", on).name
    names = [o.name for o in profile.organs if o.is_valid_on(on)]
    assert not [name for name in names if OLD_NAMES.search(name)]
    assert len(set(names)) == len(names)
    assert profile.recipients["E5"][0] == "education", "the statutory recipient comes first"
    assert "police" in profile.recipients["D1"]


@pytest.mark.parametrize("key", KEYS)
def test_the_same_child_is_entrusted_by_the_papers_of_the_region(key: str, kit: Any) -> None:
    profile = RegionProfile.load(key)
    codes = [code for code in ("A1", "A3") if profile.forms[code].is_on]
    assert codes == {"longli": ["A1"], "wuhai": []}.get(key, ["A3"])
    for code in codes:
        done = filled(kit, key, code, {"paid": "无偿"} if code == "A3" else None)
        assert done.is_ready, [str(p) for p in done.problems if p.blocking]
        assert done.values["fill_unit"].startswith(profile.name)


@pytest.mark.parametrize("key", KEYS)
def test_the_statutory_papers_are_made_in_every_region_with_its_own_organs(key: str, kit: Any) -> None:
    report = {
        "found": "2026-11-18 08:10|平山小学|早读时发现手臂有多处青紫",
        "reported": "2026-11-18 08:30|拨打110|派出所|岑志远",
        "report_kind": "疑似遭受家庭暴力",
        "details": "左臂、背部有多处青紫，本人说是在家里被打。",
        "condition": "已由学校送镇卫生院检查，没有骨折。",
        "measures": "送医、专人陪护",
    }
    made = filled(kit, key, "D1", report, case=kit.case_file(), papers=())
    assert made.is_ready, [str(p) for p in made.problems if p.blocking]


@pytest.mark.parametrize(
    ("key", "kind", "units"),
    [
        ("longli", "事实无人监护留守儿童", ("龙里县公安局", "龙里县卫生健康局", "龙里县妇女联合会", "各镇（街道）")),
        ("longli", "失学辍学、不在学留守儿童", ("龙里县教育局", "各镇（街道）")),
        ("longli", "无户籍留守儿童", ("龙里县公安局", "各镇（街道）")),
        (
            "longli",
            "家庭生活困难、患重大疾病、残疾留守儿童",
            (
                *("龙里县人力资源和社会保障局", "龙里县卫生健康局", "龙里县农业农村局"),
                *("龙里县残疾人联合会", "各镇（街道）"),
            ),
        ),
        ("longli", "留守老人", ("龙里县公安局", "龙里县卫生健康局", "龙里县妇女联合会", "各镇（街道）")),
    ],
)
def test_each_list_of_key_subjects_goes_to_its_own_departments(
    key: str, kind: str, units: tuple[str, ...], kit: Any
) -> None:
    office = Unit(uid="c1", kind=UnitKind.COUNTY, name="龙里县民政局")
    assert (
        filled(kit, key, "B5", {"list_kind": kind}, record=None, papers=(), office=office).values["to_units"] == units
    )


@pytest.mark.parametrize(("key", "towns"), [("yubei", "各镇（街）"), ("shouxian", "各乡镇")])
def test_towns_are_called_as_the_region_calls_them(key: str, towns: str, kit: Any) -> None:
    office = Unit(uid="c1", kind=UnitKind.COUNTY, name="民政局")
    values = filled(kit, key, "B5", {"list_kind": "无户籍留守儿童"}, record=None, papers=(), office=office).values
    assert values["to_units"][-1] == towns


def test_rhythm_and_thresholds_are_those_of_the_plans() -> None:
    profiles = {key: RegionProfile.load(key) for key in KEYS}
    checks = {k: next((r.every for r in p.rhythm if r.key == "ledger_check"), None) for k, p in profiles.items()}
    assert checks == {
        "longli": None,
        "qinzhou": Every.DYNAMIC,
        "shouxian": Every.QUARTER,
        "wuhai": Every.QUARTER,
        "yubei": Every.MONTH,
    }
    (annual,) = (r for r in profiles["yubei"].rhythm if r.key == "annual_report")
    assert (annual.month, annual.day) == (12, 10)
    (fund,) = (r for r in profiles["longli"].rhythm if r.key == "fund")
    assert (fund.month, fund.day) == (3, 31)
    assert profiles["yubei"].thresholds["visit_days"] == 31


def test_definitions_are_tested_as_the_plans_word_them() -> None:
    rural = {key: RegionProfile.load(key).definition.rural_hukou for key in KEYS}
    home = {key: RegionProfile.load(key).definition.rural_residence for key in KEYS}
    assert [key for key, flag in rural.items() if flag] == ["longli"]
    assert [key for key, flag in home.items() if flag] == ["wuhai"]
    for key in KEYS:
        text = RegionProfile.load(key).definition.text
        assert "不满16周岁" in text
        assert ("农村户籍" in text) == (key == "longli")
        assert ("农区" in text) == (key == "wuhai")
