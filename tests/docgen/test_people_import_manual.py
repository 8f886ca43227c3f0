"""The manual's page about importing names every finding that the program can report."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import docgen
import forms

MANUAL = Path(docgen.__file__).parent.parent / "docs" / "people-import.md"
READERS = ("row_reader", "row_adults", "row_cells", "village", "cell_values")
MODULES = [
    *(Path(forms.__file__).parent / "lists" / f"{name}.py" for name in READERS),
    Path(docgen.__file__).parent / "workspace" / "people" / "importing.py",
]
KINDS = "name id-number hukou date birth age phone parents person carer adult cell row column sheet total village match"
CODE = re.compile(rf'"((?:{KINDS.replace(" ", "|")}|duplicate|child)\.[a-z-]+|REF-[0-9]+)"')


def codes() -> list[str]:
    return sorted({c for m in MODULES for c in CODE.findall(m.read_text("utf-8"))})


@pytest.mark.parametrize("code", codes())
def test_every_finding_of_an_import_stands_in_the_manual(code: str) -> None:
    rows = [line for line in MANUAL.read_text("utf-8").splitlines() if line.startswith("| `")]
    head, _, tail = code.partition(".")
    assert any(f"`{code}`" in row or (f"`{head}." in row and f"`.{tail}`" in row) for row in rows)
