"""A new office folder: whole and provable from the first minute, and never on top of anything."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.settings import FOLDERS, KEY_FILE, SettingsError, read_settings
from docgen.workspace import Workspace, find_office, init_office
from docgen.workspace.office.founding import OfficeExistsError
from forms.errors import NotAnOfficeError, NotFoundError
from forms.profiles.region import RegionProfile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docgen.settings import OfficeSettings


@pytest.mark.parametrize("profile", RegionProfile.available(None))
def test_an_office_of_every_region_opens_whole(profile: str, tmp_path: Path, office_settings: OfficeSettings) -> None:
    wording = RegionProfile.load(profile).wording
    settings = replace(office_settings, profile=profile, wording=wording)
    init_office(tmp_path / "office", settings)
    assert read_settings(tmp_path / "office") == replace(settings, series=read_settings(tmp_path / "office").series)
    with Workspace.open(tmp_path / "office") as workspace:
        assert workspace.profile.key == profile
        assert workspace.library.get("A1").code == "A1"
        assert workspace.title_of("A1")
        assert workspace.checking.check().problems == ()
        with workspace.registry.read() as tx:
            assert tx.units.owner().name == settings.unit_name


def test_all_five_regions_are_there() -> None:
    assert {"wuhai", "yubei", "qinzhou", "shouxian", "longli"} <= set(RegionProfile.available(None))


def test_an_office_is_not_made_over_an_office(office: Path, office_settings: OfficeSettings) -> None:
    before = {p: p.read_bytes() for p in office.rglob("*") if p.is_file()}
    with pytest.raises(OfficeExistsError, match="已经是办公文件夹"):
        init_office(office, office_settings)
    assert {p: p.read_bytes() for p in office.rglob("*") if p.is_file()} == before


def test_an_office_is_not_made_over_other_files(tmp_path: Path, office_settings: OfficeSettings) -> None:
    (tmp_path / "重要.txt").write_text("别动", "utf-8")
    with pytest.raises(OfficeExistsError, match="已有别的文件"):
        init_office(tmp_path, office_settings)
    assert [p.name for p in tmp_path.iterdir()] == ["重要.txt"]


def test_an_office_is_made_in_a_folder_that_is_empty(tmp_path: Path, office_settings: OfficeSettings) -> None:
    init_office(tmp_path, office_settings)
    assert {p.name for p in tmp_path.iterdir() if p.is_dir()} == set(FOLDERS)


def test_an_unknown_region_leaves_nothing_behind(tmp_path: Path, office_settings: OfficeSettings) -> None:
    with pytest.raises(NotFoundError):
        init_office(tmp_path / "office", replace(office_settings, profile="atlantis"))
    assert list(tmp_path.iterdir()) == []


def test_an_office_is_found_from_the_folders_inside_it(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(office / "out")
    assert find_office(None) == office
    assert find_office(office) == office
    with pytest.raises(NotAnOfficeError):
        find_office(office / "out")


def test_an_office_copied_elsewhere_is_the_same_office(
    loop_office: Path, tmp_path: Path, open_office: Callable[[Path], Workspace]
) -> None:
    moved = shutil.copytree(loop_office, tmp_path / "另一台电脑")
    with open_office(moved) as workspace:
        assert workspace.checking.check().problems == ()
        assert workspace.finding.search("罗小山").total


def test_a_village_committee_may_own_an_office(tmp_path: Path, office_settings: OfficeSettings) -> None:
    init_office(tmp_path / "office", replace(office_settings, unit_name="洗马镇平山村村民委员会"))
    with Workspace.open(tmp_path / "office") as workspace, workspace.registry.read() as tx:
        owner = tx.units.owner()
        assert tx.units.get(owner.parent_uid).name == office_settings.town_name


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[people]", "[peoples]"),
        ("filler =", "fillers ="),
        ('unit = "龙里县洗马镇人民政府"', "unit = 7"),
        ('wording = "law_2020"', 'wording = "law_1999"'),
        ("installed_fonts = false", 'installed_fonts = "no"'),
        ("[office]", "[office"),
        ('unit = "龙里县洗马镇人民政府"', ""),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_not_ignored(old: str, new: str, office: Path) -> None:
    path = office / "office.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(SettingsError):
        Workspace.open(office)


def test_settings_saved_by_a_windows_editor_are_read(office: Path) -> None:
    path = office / "office.toml"
    path.write_text(path.read_text("utf-8"), "utf-8-sig", newline="\r\n")
    with Workspace.open(office) as workspace:
        assert workspace.settings.unit_name == "龙里县洗马镇人民政府"


@pytest.mark.parametrize("content", [None, "", "abc", "zz" * 32, "ab" * 100])
def test_without_the_secret_no_office_opens(content: str | None, office: Path) -> None:
    if content is None:
        (office / KEY_FILE).unlink()
    else:
        (office / KEY_FILE).write_text(content, "ascii")
    with pytest.raises(SettingsError, match=KEY_FILE):
        Workspace.open(office)


def test_a_second_close_does_nothing(workspace: Workspace) -> None:
    workspace.finding.search("罗")
    workspace.close()
    workspace.close()
