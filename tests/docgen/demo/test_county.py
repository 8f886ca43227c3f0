"""The story of the county is told whole: the figures it proves are the assertions; then its offices are looked at."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from docgen.cli.root import run
from docgen.demo import county
from forms.catalogue.library import FormLibrary
from forms.profiles.region import RegionProfile
from forms.profiles.wording import LAW_2020
from forms.quarter.table import TableState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from forms.quarter.table import PeriodTable


@pytest.fixture(scope="module", autouse=True)
def _one_library() -> Iterator[None]:
    """Read the forms once: every office here has the same ones."""
    with pytest.MonkeyPatch.context() as patch:
        loaded = FormLibrary.load(None, wording=LAW_2020, profile=RegionProfile.load("longli"))
        patch.setattr(FormLibrary, "load", lambda *_, **__: loaded)
        yield


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, PeriodTable, str]:
    """The folder with all offices, the county's table, what was said."""
    folder = tmp_path_factory.mktemp("story") / "county"
    lines: list[str] = []
    table = county.play(folder, say=lines.append)
    return folder, table, "\n".join(lines)


Told = tuple["Path", "PeriodTable", str]


def test_a_county_of_twelve_towns_adds_up_right_and_says_so(told: Told) -> None:
    _, table, text = told
    assert len(table.rows) == 12
    assert {row.state for row in table.rows} == {TableState.ADOPTED}
    assert table.version == 2
    for said in ("未报：龙里县松林镇人民政府", "package.replayed", "table.open", "县级汇总表正确", "与县里一致"):
        assert said in text
    assert text.count("调整：") == 2


def asked(folder: Path, office: str, capfdbinary: pytest.CaptureFixture[bytes], *words: str) -> Any:
    capfdbinary.readouterr()
    assert run(["--office", str(folder / office), "quarter", *words, "--json"]) == 0
    return json.loads(capfdbinary.readouterr().out)


def test_the_county_sees_every_version_and_every_step(told: Told, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    found = asked(told[0], "县民政局", capfdbinary, "state", "2026Q3")
    mine = [s for s in found if s["is_own"]]
    assert [(s["version"], s["state"]) for s in mine] == [(1, "退回更正"), (2, "已报送")]
    returned = [s for s in found if county.RETURNED in s["unit"]]
    assert [(s["version"], s["state"]) for s in returned] == [(1, "退回更正"), (2, "锁定")]
    steps = [e["state"] for e in returned[1]["events"]]
    assert steps == ["已报送", "核实中", "已核实", "县级采用", "锁定"]
    assert all(e["by"] and e["day"] for s in found for e in s["events"])


def test_the_county_shows_each_double_and_each_figure_beside_what_was_verified(
    told: Told, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    found = asked(told[0], "县民政局", capfdbinary, "rollup", "2026Q3")
    assert {d["kept_by"] for d in found["doubles"]} == {"龙里县醒狮镇人民政府", "龙里县大坝镇人民政府"}
    (disputed,) = (r for r in found["rows"] if county.DISPUTED in r["unit"])
    assert disputed["figures"]["KD5"] == {"reported": 0, "verified": 1, "by": "龙里县教育局"}
    assert found["missing"] == []


def test_the_people_behind_a_county_figure_are_as_many_as_the_figure(
    told: Told, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    folder, table, _ = told
    for column in ("KA4", "KA2", "KA8b"):
        behind = asked(folder, "县民政局", capfdbinary, "why", column, "2026Q3")
        assert len(behind) == table.total.figures[column].reported
