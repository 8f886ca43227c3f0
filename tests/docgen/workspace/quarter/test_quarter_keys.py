"""The office's signing key and the list of offices it knows."""

from __future__ import annotations

import json
import os
import re
import stat
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.settings import SIGNING_KEY_FILE
from docgen.workspace.quarter.keys import (
    BadKeyFileError,
    FingerprintError,
    PartnerChangedError,
    PartnerNotFoundError,
    Partners,
    PublicKey,
    Role,
    SigningKey,
    SigningKeyError,
)

if TYPE_CHECKING:
    from pathlib import Path

TOWN, COUNTY = "龙里县洗马镇人民政府", "龙里县民政局"
DAY = date(2026, 10, 8)


def key_of(folder: Path, unit: str = TOWN, role: Role = Role.TOWN) -> SigningKey:
    folder.mkdir(exist_ok=True)
    return SigningKey.make(folder, unit=unit, role=role)


def test_a_key_is_drawn_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    first = key_of(tmp_path)
    assert key_of(tmp_path).public == first.public
    if os.name != "nt":
        assert stat.S_IMODE((tmp_path / SIGNING_KEY_FILE).stat().st_mode) == 0o600


def test_an_office_without_a_key_has_none(tmp_path: Path) -> None:
    assert SigningKey.open(tmp_path) is None


def test_a_damaged_key_is_named_and_not_replaced(tmp_path: Path) -> None:
    key_of(tmp_path)
    (tmp_path / SIGNING_KEY_FILE).write_text('{"format": "docgen-signing-key"}', "utf-8")
    with pytest.raises(SigningKeyError):
        key_of(tmp_path)


@given(st.binary(max_size=200), st.binary(min_size=1, max_size=200))
def test_only_what_was_signed_is_proved(data: bytes, other: bytes) -> None:
    key = SigningKey.from_seed(bytes(32), unit=TOWN, role=Role.TOWN)
    signature = key.sign(data)
    assert key.public.is_signed(data, signature)
    assert key.public.is_signed(other, signature) is (other == data)
    assert not key.public.is_signed(data, signature[:-1])


def test_a_fingerprint_is_eight_groups_of_five_digits_over_unit_level_and_key(tmp_path: Path) -> None:
    public = key_of(tmp_path).public
    assert re.fullmatch(r"\d{5}(?: \d{5}){7}", public.fingerprint)
    others = (
        PublicKey(unit=COUNTY, role=public.role, key=public.key),
        PublicKey(unit=public.unit, role=Role.COUNTY, key=public.key),
        PublicKey(unit=public.unit, role=public.role, key=bytes(32)),
    )
    assert len({public.fingerprint, *(o.fingerprint for o in others)}) == 4


def test_the_public_file_reads_back_and_holds_nothing_private(tmp_path: Path) -> None:
    key = key_of(tmp_path)
    data = key.public.to_bytes()
    assert PublicKey.from_bytes(data, name="x") == key.public
    private = json.loads((tmp_path / SIGNING_KEY_FILE).read_bytes())["private_key"]
    assert private not in data.decode()


@pytest.mark.parametrize("change", ["unit", "role", "public_key", "fingerprint", "format"])
def test_a_public_file_that_was_changed_is_refused(tmp_path: Path, change: str) -> None:
    said = json.loads(key_of(tmp_path).public.to_bytes())
    said[change] = {"unit": COUNTY, "role": "county", "public_key": "00" * 32}.get(change, "1")
    with pytest.raises(BadKeyFileError):
        PublicKey.from_bytes(json.dumps(said).encode(), name="x")


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff\xfe", b'{"unit": 1}'])
def test_what_is_no_public_file_is_refused(data: bytes) -> None:
    with pytest.raises(BadKeyFileError):
        PublicKey.from_bytes(data, name="x")


def test_an_office_is_known_only_after_its_digits_were_compared(tmp_path: Path) -> None:
    public = key_of(tmp_path / "town").public
    partners = Partners(tmp_path)
    with pytest.raises(FingerprintError):
        partners.add(public, fingerprint="00000 " * 8, by="陈立新", on=DAY)
    assert partners.all() == ()
    added = partners.add(public, fingerprint=public.fingerprint.replace(" ", "  "), by="陈立新", on=DAY)
    assert partners.add(public, fingerprint=public.fingerprint, by="别人", on=DAY) == added
    assert Partners(tmp_path).all() == (added,)
    assert partners.by_fingerprint(public.fingerprint) == added
    assert partners.by_unit(TOWN) == added


def test_another_key_of_a_known_unit_takes_its_place_only_when_asked_to(tmp_path: Path) -> None:
    old, new = key_of(tmp_path / "one").public, key_of(tmp_path / "two").public
    partners = Partners(tmp_path)
    partners.add(old, fingerprint=old.fingerprint, by="陈立新", on=DAY)
    with pytest.raises(PartnerChangedError):
        partners.add(new, fingerprint=new.fingerprint, by="陈立新", on=DAY)
    partners.add(new, fingerprint=new.fingerprint, by="陈立新", on=DAY, replace=True)
    assert [(p.key, p.retired_on) for p in partners.all()] == [(old, DAY), (new, None)]
    assert partners.by_fingerprint(old.fingerprint) is None


def test_an_office_is_found_by_level_and_by_a_part_of_its_name(tmp_path: Path) -> None:
    partners = Partners(tmp_path)
    with pytest.raises(PartnerNotFoundError):
        partners.of_role(Role.TOWN)
    for name in ("龙里县洗马镇人民政府", "龙里县醒狮镇人民政府", "龙里县醒狮镇人民政府二处"):
        public = key_of(tmp_path / name, name).public
        partners.add(public, fingerprint=public.fingerprint, by="陈立新", on=DAY)
    assert partners.of_role(Role.TOWN, "洗马").key.unit == TOWN
    assert partners.of_role(Role.TOWN, "龙里县醒狮镇人民政府").key.unit == "龙里县醒狮镇人民政府"
    for unclear in ("", "醒狮"):
        with pytest.raises(PartnerNotFoundError):
            partners.of_role(Role.TOWN, unclear)


def test_a_damaged_list_of_offices_is_named(tmp_path: Path) -> None:
    (tmp_path / "partners.json").write_text("[]", "utf-8")
    with pytest.raises(BadKeyFileError):
        Partners(tmp_path).all()
