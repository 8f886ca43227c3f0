"""The documents that the press is held against come with the source, with their origin and without anybody's name."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "fixtures" / "heldout"
FILES = sorted(FOLDER.glob("*.docx"))
PERSON = re.compile(rb"<(?:dc:creator|cp:lastModifiedBy|Manager|Company)(?: [^>]*)?>[^<]+<|w:author=\"[^\"]+\"")


def test_readme_names_every_document_and_no_other() -> None:
    told = re.findall(r"^\| `([^`]+\.docx)`", (FOLDER / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(told) == [path.name for path in FILES]
    assert 30 <= len(FILES) <= 60
    assert sum(path.stat().st_size for path in FILES) < 2_000_000


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_document_names_no_author(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".xml"):
                assert not PERSON.search(archive.read(name)), name
