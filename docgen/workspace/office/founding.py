"""A new office folder: everything in its place, the unit known, the secret drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.registry import Registry
from archive.store import Store
from docgen.settings import FOLDERS, SETTINGS_FILE, OfficeSettings, make_secret, write_settings
from docgen.workspace.office.issuers import kind_of
from docgen.workspace.office.opened import registry_url
from forms.errors import RefusedError
from forms.people import Unit
from forms.profiles.region import RegionProfile
from forms.values.enums import UnitKind

if TYPE_CHECKING:
    from pathlib import Path


class OfficeExistsError(RefusedError):
    """The folder is an office already, or holds other files."""

    code = "office.exists"

    def __init__(self, folder: Path, *, is_office: bool) -> None:
        why = "已经是办公文件夹" if is_office else "里面已有别的文件"
        super().__init__(f"“{folder}”{why}，没有改动它。请换一个空文件夹。")


def init_office(folder: Path, settings: OfficeSettings) -> None:
    """Make an office folder.

    Args:
        folder: A folder that does not exist or is empty.
        settings: What office.toml will say; the profile must be one that can be loaded.

    Raises:
        OfficeExistsError: the folder is not empty.
        NotFoundError: no such profile.
    """
    RegionProfile.load(settings.profile, folder / "profiles")
    if folder.exists() and any(folder.iterdir()):
        raise OfficeExistsError(folder, is_office=(folder / SETTINGS_FILE).exists())
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    Store.create(folder / "store", work=folder / "work")
    make_secret(folder)
    registry = Registry.create(settings.registry_url or registry_url(folder))
    try:
        with registry.begin() as tx:
            county_uid = ""
            if settings.county_name:
                county_uid = tx.units.save(Unit(kind=UnitKind.COUNTY, name=settings.county_name)).uid
            is_town = settings.unit_name != settings.town_name
            kind = UnitKind.TOWN if is_town else kind_of(settings.unit_name)  # a bureau is its own, and no town
            town = tx.units.save(Unit(kind=kind, name=settings.town_name, parent_uid=county_uid))
            owner = town
            if is_town:
                owner = tx.units.save(
                    Unit(kind=kind_of(settings.unit_name), name=settings.unit_name, parent_uid=town.uid)
                )
            tx.units.set_owner(owner.uid)
    finally:
        registry.close()
    write_settings(folder, settings)  # last: a folder without it is no office yet
