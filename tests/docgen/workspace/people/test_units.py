"""Units of an office: whom to ask for and how to reach them, entered by a command and printed on the papers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from docgen.cli.root import root
from docgen.demo.arguments import folder_of
from docgen.workspace.people.units import UnitChange, UnitDesk, UnitExistsError, UnitPhoneError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docgen.workspace import Workspace


def typed(office: Path, *arguments: str) -> Any:
    return CliRunner().invoke(root, ["--office", str(office), "office", "unit", *arguments], prog_name="docgen")


def test_contact_and_telephone_are_entered_and_stand_on_the_next_paper(
    office: Path, open_office: Callable[[Path], Workspace]
) -> None:
    done = typed(office, "平山村", "--contact", "潘文海", "--phone", "19900008888", "--address", "平山村委会", "--json")
    assert done.exit_code == 0, done.output
    (row,) = json.loads(done.output)
    assert (row["contact"], row["phone"], row["address"]) == ("潘文海", "19900008888", "平山村委会")
    with open_office(office) as workspace:
        assert UnitDesk(workspace).listing("平山村")[0].phone == "19900008888"
        with workspace.registry.read() as tx:
            unit = tx.units.by_name("平山村")
    assert (unit.contact_name, str(unit.contact_phone)) == ("潘文海", "19900008888")


def test_what_is_not_typed_stays_as_it_is_and_none_is_an_answer(
    office: Path, open_office: Callable[[Path], Workspace]
) -> None:
    with open_office(office) as workspace:
        desk = UnitDesk(workspace)
        desk.change("平山村", UnitChange(contact="潘文海", phone="0854-5630001"))
        assert desk.change("平山村", UnitChange(phone="无")).phone == ""
        assert desk.listing("平山村")[0].contact == "潘文海"


def test_a_unit_is_added_under_its_full_name_once(office: Path, open_office: Callable[[Path], Workspace]) -> None:
    with open_office(office) as workspace:
        desk = UnitDesk(workspace)
        row = desk.add("龙里县洗马镇中心小学", UnitChange(short="中心小学", contact="岑秀芳"))
        assert (row.kind, row.short) == ("学校", "中心小学")
        with pytest.raises(UnitExistsError):
            desk.add("龙里县洗马镇中心小学", UnitChange())
        assert [r.name for r in desk.listing()].count("龙里县洗马镇中心小学") == 1


def test_a_telephone_that_is_none_changes_nothing(office: Path, open_office: Callable[[Path], Workspace]) -> None:
    with open_office(office) as workspace:
        desk = UnitDesk(workspace)
        before = desk.listing("平山村")
        with pytest.raises(UnitPhoneError):
            desk.change("平山村", UnitChange(contact="某人", phone="123"))
        assert desk.listing("平山村") == before


def test_the_command_lists_shows_and_refuses(office: Path) -> None:
    everything = typed(office)
    assert everything.exit_code == 0
    assert "平山村" in everything.output
    assert typed(office, "没有村").exit_code == 4
    assert typed(office, "--phone", "19900008888").exit_code == 2


@pytest.mark.parametrize("word", ["--help", "-h", "--helb"])
def test_a_demo_reads_its_arguments_and_makes_no_folder_of_an_option(
    word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        folder_of("docgen.demo", "演示。", "demo-office", [word])
    assert left.value.code == (2 if word == "--helb" else 0)
    assert "文件夹" in "".join(capsys.readouterr())
    assert list(tmp_path.iterdir()) == []
    assert folder_of("docgen.demo", "演示。", "demo-office", []) == (tmp_path / "demo-office").resolve()
    assert folder_of("docgen.demo", "演示。", "demo-office", ["x"]) == (tmp_path / "x").resolve()
