"""模板预览: every template of the catalogue can be looked at; values and samples stand where their names do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdf
import pytest

from bench.tagged import read_tagged
from docgen.workspace.own_forms.preview import LABEL, BadValuesError, preview_template, read_values, sample_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.workspace import Workspace

TEMPLATES = Path("templates/law_2020")


def text_of(pdf: Path | None) -> str:
    assert pdf is not None
    return "".join(page.extract_text() for page in pypdf.PdfReader(pdf).pages).replace("\n", "")


@pytest.mark.parametrize("part", "ABCDE")
def test_every_template_of_the_catalogue_is_previewed_with_samples(part: str, workspace: Workspace) -> None:
    paths = sorted(TEMPLATES.glob(f"{part}*.docx"))
    assert paths
    for path in paths:
        found = preview_template(workspace, path, spec=workspace.library.get(path.stem))
        assert found.pdf is not None, found.problems
        tagged = read_tagged(found.pdf.read_bytes())
        assert tagged.faults == [], path
        assert all(LABEL in text for text in tagged.artifacts)


def test_samples_are_the_titles_of_the_form(workspace: Workspace) -> None:
    found = preview_template(workspace, TEMPLATES / "A2.docx", spec=workspace.library.get("A2"))
    assert "〔儿童姓名〕" in text_of(found.pdf) or "〔姓名〕" in text_of(found.pdf)
    assert "〔文号〕" in text_of(found.pdf)
    bare = preview_template(workspace, TEMPLATES / "A2.docx")
    assert "〔child_name〕" in text_of(bare.pdf)


def test_given_values_stand_over_samples(workspace: Workspace, tmp_path: Path) -> None:
    values = tmp_path / "x.toml"
    values.write_text('child_name = "石小山"\nfrom_on = 2026-03-05\n', "utf-8")
    found = preview_template(workspace, TEMPLATES / "A2.docx", values=values, sample=True)
    assert "石小山" in text_of(found.pdf)
    assert "〔child_name〕" not in text_of(found.pdf)


def test_values_alone_must_be_complete(workspace: Workspace, tmp_path: Path) -> None:
    values = tmp_path / "x.toml"
    values.write_text('child_name = "石小山"\n', "utf-8")
    found = preview_template(workspace, TEMPLATES / "A2.docx", values=values, sample=False)
    assert found.pdf is None
    assert any(problem.blocking for problem in found.problems)


@pytest.mark.parametrize("text", ["a = \n", "姓名：甲", '= "x"'])
def test_values_that_are_no_toml_are_refused_with_their_file(text: str, tmp_path: Path) -> None:
    values = tmp_path / "x.toml"
    values.write_text(text, "utf-8")
    with pytest.raises(BadValuesError, match=r"x\.toml"):
        read_values(values)
    with pytest.raises(BadValuesError, match=r"y\.toml"):
        read_values(tmp_path / "y.toml")


def test_names_of_groups_lists_and_counts_become_what_a_template_can_loop_over() -> None:
    found = sample_of(["about.title", "rows[].name", "rows[].boxes.result", "scope[]", "count.rows", "one"])
    assert found["about"] == {"title": "〔about.title〕"}
    assert found["rows"] == [{"name": "〔rows.name〕", "boxes": {"result": "〔rows.boxes.result〕"}}] * 2
    assert found["scope"] == ["〔scope〕"] * 2
    assert found["count"] == {"rows": 2}
    assert found["one"] == "〔one〕"


def test_an_unusable_template_is_named_and_nothing_is_written(workspace: Workspace, tmp_path: Path) -> None:
    broken = tmp_path / "坏的.docx"
    broken.write_bytes(b"PK\x03\x04 no docx")
    found = preview_template(workspace, broken)
    assert found.pdf is None
    assert len(found.problems) == 1
    assert not list((workspace.folder / "out").glob("*.pdf"))


def test_the_command_writes_pdf_and_pictures_and_forgets_those_of_the_preview_before(
    cli_of: Callable[..., Any], office: Path
) -> None:
    stale = office / "out" / "预览-A1-99.png"
    stale.parent.mkdir(exist_ok=True)
    stale.write_bytes(b"")
    told = cli_of("template", "preview", TEMPLATES / "A1.docx", "--form", "A1", "--pages", "--json")
    assert told.exit_code == 0, told.output
    found = json.loads(told.stdout)
    assert Path(found["pdf"]).is_file()
    assert len(found["pictures"]) == found["pages"] > 0
    assert all(Path(picture).read_bytes().startswith(b"\x89PNG") for picture in found["pictures"])
    assert not stale.exists()
    plain = cli_of("template", "preview", TEMPLATES / "A1.docx")
    assert f"预览 {found['pages']} 页" in plain.output


@pytest.fixture
def cli_of(office: Path) -> Callable[..., Any]:
    """Give a way to run a command on `office`."""
    from click.testing import CliRunner

    from docgen.cli.root import root

    return lambda *arguments: CliRunner().invoke(root, ["--office", str(office), *map(str, arguments)])
