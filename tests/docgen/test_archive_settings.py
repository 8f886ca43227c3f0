"""The archive's scheme in office.toml: written, read back, refused where it cannot be meant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.settings import ArchiveScheme, OfficeSettings, SettingsError, read_settings, write_settings

if TYPE_CHECKING:
    from pathlib import Path

SCHEME = ArchiveScheme(
    fonds_number="0194",
    category_code="WS",
    office_code="SSB",
    retention_period="D30",
    retention={"A1": "Y", "旧档": "D10"},
)


def test_a_scheme_is_read_back_as_it_was_written(tmp_path: Path, office_settings: OfficeSettings) -> None:
    for scheme in (SCHEME, ArchiveScheme()):
        settings = replace(office_settings, archive=scheme)
        write_settings(tmp_path, settings)
        assert read_settings(tmp_path).archive == scheme


def test_settings_of_an_older_office_are_still_understood(tmp_path: Path, office_settings: OfficeSettings) -> None:
    write_settings(tmp_path, office_settings)
    path = tmp_path / "office.toml"
    text = path.read_text("utf-8")
    head, _, tail = text.partition("[archive]")
    tail = tail[tail.index("[printing]") :]
    old = head.replace("[office]\n", '[office]\nfonds_number = "0194"\nretention_period = "D10"\n') + tail
    path.write_text(old, "utf-8")
    assert read_settings(tmp_path).archive == ArchiveScheme(fonds_number="0194", retention_period="D10")


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ('fonds_number = "全宗一"', "fonds_number"),
        ('category_code = "ws"', "category_code"),
        ('office_code = "S S"', "office_code"),
        ('retention_period = "D20"', "retention_period"),
        ('[archive.retention]\nA1 = "长期"', "A1"),
        ("retention = 3", "retention"),
    ],
)
def test_what_cannot_stand_in_a_code_is_refused_by_name(
    tmp_path: Path, office_settings: OfficeSettings, line: str, word: str
) -> None:
    write_settings(tmp_path, office_settings)
    path = tmp_path / "office.toml"
    head, _, tail = path.read_text("utf-8").partition("[archive]")
    path.write_text(f"{head}[archive]\n{line}\n{tail[tail.index('[printing]') :]}", "utf-8")
    with pytest.raises(SettingsError, match=word):
        read_settings(tmp_path)
