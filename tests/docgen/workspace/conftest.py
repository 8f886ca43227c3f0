"""An office that has its 全宗号, in which five papers of two children are filed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docgen.workspace import Workspace

SCHEME = {'fonds_number = ""': 'fonds_number = "0194"', 'office_code = ""': 'office_code = "SSB"'}


@pytest.fixture
def filed_folder(loop_office: Path, tmp_path: Path) -> Path:
    """Give a copy of the looped office with the archive's scheme filled in; A8 is kept for ever."""
    folder = Path(shutil.copytree(loop_office, tmp_path / "filed"))
    settings = folder / "office.toml"
    text = settings.read_text("utf-8")
    for empty, said in SCHEME.items():
        assert empty in text
        text = text.replace(empty, said)
    assert "[archive.retention]" in text
    lines = [f'{line}\nA8 = "Y"' if line.startswith("[archive.retention]") else line for line in text.splitlines()]
    settings.write_text("\n".join(lines) + "\n", "utf-8")
    return folder


@pytest.fixture
def filed(filed_folder: Path, open_office: Callable[[Path], Workspace]) -> Iterator[Workspace]:
    """Give the same, open."""
    with open_office(filed_folder) as opened:
        yield opened
