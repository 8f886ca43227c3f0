"""A town that is empty, and a county of two towns that share a child, both tables signed."""

from __future__ import annotations

import shutil
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archive.registry import Registry, sqlite_url
from docgen.demo import county as demo
from docgen.demo.county_people import child_of, entered_on, settings_of
from docgen.workspace import init_office
from docgen.workspace.quarter.keys import Role
from forms.catalogue.library import FormLibrary
from forms.people import Unit
from forms.profiles.region import RegionProfile
from forms.profiles.wording import LAW_2020
from forms.values.enums import UnitKind
from tests.docgen.workspace.quarter.sample_offices import FOLDERS, Q3, UPPER, XIMA, XINGSHI, Offices
from tests.docgen.workspace.quarter.sample_year import NOW, VILLAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive.registry import Tx


@cache
def library() -> FormLibrary:
    """Read the forms once: every office here has the same ones."""
    return FormLibrary.load(None, wording=LAW_2020, profile=RegionProfile.load("longli"))


@pytest.fixture(scope="session")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two towns that share a child, both signed; the three bureaus; everybody knows everybody."""
    folder, loaded = tmp_path_factory.mktemp("county"), library()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FormLibrary, "load", lambda *_, **__: loaded)
        _reported(folder)
    return folder


def _reported(folder: Path) -> None:
    for name in FOLDERS:
        full = f"龙里县{name}人民政府" if name not in UPPER else f"龙里{name}"
        init_office(folder / name, settings_of(full))
    offices = Offices(folder)
    keys = {name: offices.desk(name).shelf.key.public for name in FOLDERS}
    for name in FOLDERS:
        for other in FOLDERS:
            if other != name and (name in UPPER or other in UPPER):
                offices.desk(name).add_partner(keys[other], fingerprint=keys[other].fingerprint)
    twice = child_of(50, 0)
    for number, town in enumerate((XIMA, XINGSHI)):
        office = demo.Office(offices[town], Role.TOWN, town)
        for place in range(2):
            demo.register(office, child_of(number, place), on=date(2026, 3, 10))
        entered = date(2026, 3, 10) if town == XIMA else date(2026, 8, 15)
        demo.register(office, entered_on(twice, entered), on=entered)
        offices.desk(town, "潘文海")
        offices[town].quarter.freeze(Q3)
        offices.desk(town).review(Q3)
        offices.sign(town)
    offices.close()


@pytest.fixture
def offices(signed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Offices]:
    """Give a copy of them to change."""
    loaded = library()
    monkeypatch.setattr(FormLibrary, "load", lambda *_, **__: loaded)
    found = Offices(shutil.copytree(signed, tmp_path / "county"))
    yield found
    found.close()


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the registry of a town of three villages in which nobody lives."""
    path = tmp_path_factory.mktemp("empty") / "registry.db"
    with Registry.create(sqlite_url(path)) as registry, registry.begin() as tx:
        town = tx.units.save(Unit(uid="TOWN000000", kind=UnitKind.TOWN, name="洗马镇人民政府", short="洗马镇"))
        tx.units.set_owner(town.uid)
        for uid, name in zip(VILLAGES, ("平山村", "大坝村", "上寨村"), strict=True):
            unit = Unit(uid=uid, kind=UnitKind.VILLAGE, name=f"{name}民委员会", short=name, parent_uid=town.uid)
            tx.units.save(unit)
    return path


@pytest.fixture
def tx(empty: Path, tmp_path: Path) -> Iterator[Tx]:
    """Give a copy of it, open for writing."""
    url = sqlite_url(Path(shutil.copy(empty, tmp_path / "registry.db")))
    with Registry.open(url, clock=lambda: NOW) as registry, registry.begin() as opened:
        yield opened
