"""The chapter on the format on disk names every table, every code of the check and the way of the chain."""

from __future__ import annotations

import re
from pathlib import Path

from archive import check, schema
from archive.registry import audit, values
from archive.store import layout

ROOT = Path(check.__file__).parent.parent
CHAPTER = (ROOT / "docs" / "on-disk.md").read_text(encoding="utf-8")


def test_every_table_is_in_the_chapter_and_no_other() -> None:
    told = set()
    for row in re.findall(r"^\| (`[a-z_` ]+`) \|", CHAPTER.split("### 文书的状态")[0], re.MULTILINE):
        told |= set(re.findall(r"`([a-z_]+)`", row))
    assert told == set(schema.metadata.tables)


def test_every_code_of_the_check_is_in_the_chapter_and_no_other() -> None:
    sources = Path(check.__file__).read_text(encoding="utf-8") + Path(audit.__file__).read_text(encoding="utf-8")
    pattern = r"\b(?:ocfl\.E\d{3}|(?:store|registry|audit|agreement)\.[a-z-]+)"
    raised = set(re.findall(rf'_problem\(\s*"({pattern})"', sources)) | set(re.findall(r'"(ocfl\.E\d{3})"', sources))
    told = set(re.findall(rf"`({pattern})`", CHAPTER.split("## 检查")[1]))
    assert told == raised


def test_every_type_of_value_is_in_the_chapter() -> None:
    told = set(re.findall(r"`([a-z-]+)`", CHAPTER.split("## 值的写法")[1].split("## 检查")[0]))
    assert {name for name in values._READERS if not name.startswith("enum.")} <= told


def test_the_layout_is_the_one_in_the_chapter() -> None:
    assert layout.LAYOUT in CHAPTER
    folder = layout.object_path("urn:docgen:paper:7K3M9Q2PA4").split("/")[1]
    assert folder in CHAPTER
