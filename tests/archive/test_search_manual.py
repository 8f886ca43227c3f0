"""The manual's chapter on searching and the query language say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archive.query import FIELDS, parse_query
from forms.values.enums import PaperStatus

CHAPTER = Path(__file__).parents[2] / "docs" / "search.md"
TEXT = CHAPTER.read_text(encoding="utf-8").split("## For developers")[0]
EXAMPLES = [code for code in re.findall(r"`([^`]+)`", TEXT) if not re.fullmatch(r"docgen search|index/|\S+[:：]", code)]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_the_manual_can_be_asked(example: str) -> None:
    assert parse_query(example).clauses


def test_every_field_stands_in_the_manual_and_no_other() -> None:
    written = {word for code in re.findall(r"`([^`]+)`", TEXT) for word in re.findall(r"(?<!\S)(\w+):", code)}
    assert written == set(FIELDS)


def test_every_status_stands_in_the_manual() -> None:
    assert all(status.value in TEXT for status in PaperStatus)
