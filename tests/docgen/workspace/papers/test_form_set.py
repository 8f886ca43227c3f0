"""Forms the region's plan does not ask for are refused with the reason until the office takes them on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.settings import SettingsError, read_settings, write_settings
from docgen.workspace.papers.form_set import FormOffError, is_used, place_of, refuse_unused
from forms.catalogue.library import FormLibrary
from forms.profiles.region import RegionProfile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docgen.settings import OfficeSettings
    from docgen.workspace import Workspace

OFF = {
    "longli": {"A3", "A6", "B6", "D13", "D13a", "D15", "E7", "E9"},
    "wuhai": {
        *("A1", "A2", "A3", "A5", "B5", "B5a", "B5b", "B5c", "B5d", "B6", "B7", "C1", "C2", "C4", "C5", "C5a"),
        *("D15", "E7", "E9"),
    },
    "yubei": {"A1", "A2", "A5", "B3", "B4", "C1", "C2", "C4", "D15", "E7"},
    "qinzhou": {
        *("A1", "A2", "A5", "A6", "B3", "B4", "B5", "B5a", "B5b", "B5c", "B5d", "B6", "C1", "C2", "C4", "C5", "C5a"),
        "E9",
    },
    "shouxian": {"A1", "A2", "B6", "C1", "C2", "D15", "E7", "E9"},
}


@pytest.mark.parametrize("key", sorted(OFF))
def test_the_forms_that_are_off_are_refused_with_the_plan_and_the_way_to_use_them(
    key: str, office_settings: OfficeSettings
) -> None:
    settings, profile = replace(office_settings, profile=key, forms_on=()), RegionProfile.load(key)
    refused = set()
    for spec in FormLibrary.load(profile=profile).all():
        if is_used(spec.code, profile, settings):
            refuse_unused((spec,), profile, settings)
            continue
        with pytest.raises(FormOffError, match=profile.name) as refusal:
            refuse_unused((spec,), profile, settings)
        assert f'on = ["{spec.code}"]' in str(refusal.value)
        assert place_of(spec.code, profile, settings) == "方案未要求，默认不用"
        refused.add(spec.code)
    assert refused == OFF[key]


def test_a_refusal_names_the_papers_used_instead(office_settings: OfficeSettings) -> None:
    settings = replace(office_settings, forms_on=())
    for key, code, instead in (("longli", "A3", "本地用 A1、A2"), ("yubei", "A1", "本地用 A3")):
        profile = RegionProfile.load(key)
        with pytest.raises(FormOffError, match=instead):
            refuse_unused((FormLibrary.load().get(code),), profile, settings)


def test_taking_on_a_form_takes_on_its_parts_and_nothing_else(office_settings: OfficeSettings) -> None:
    settings, profile = replace(office_settings, forms_on=("D13",)), RegionProfile.load("longli")
    assert is_used("D13", profile, settings)
    assert is_used("D13a", profile, settings)
    assert not is_used("A6", profile, settings)
    assert is_used("Z1", profile, settings), "a form only the office knows"
    assert place_of("D13", profile, settings) == "方案未要求，本单位启用"
    assert place_of("A1", profile, settings) == "方案要求"
    assert place_of("A4", profile, settings) == "法律要求"
    assert place_of("Z1", profile, settings) == "本单位自定"


def test_no_paper_of_a_form_that_is_off_is_made(
    office: Path, office_settings: OfficeSettings, open_office: Callable[[Path], Workspace]
) -> None:
    write_settings(office, replace(office_settings, forms_on=()))
    with open_office(office) as workspace:
        uid = workspace.people.listing()[0].uid
        with pytest.raises(FormOffError):
            workspace.papers.make(["A6"], children=[uid])
        assert workspace.papers.listing() == ()
    write_settings(office, replace(office_settings, forms_on=("A6",)))
    with open_office(office) as workspace:
        workspace.papers.make(["A6"], children=[uid], dry_run=True)


def test_the_setting_is_read_back_and_nothing_but_a_list_is_taken(
    office: Path, office_settings: OfficeSettings
) -> None:
    settings = replace(office_settings, forms_on=("A6", "D13"))
    write_settings(office, settings)
    assert read_settings(office).forms_on == ("A6", "D13")
    path = office / "office.toml"
    path.write_text(path.read_text("utf-8").replace('on = ["A6", "D13"]', 'on = "A6"'), "utf-8")
    with pytest.raises(SettingsError, match="列表"):
        read_settings(office)
