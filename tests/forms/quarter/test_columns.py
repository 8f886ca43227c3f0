"""The columns of the quarterly table: all of §8, in its order, each counted from a closed vocabulary."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from forms.profiles.region import RegionProfile
from forms.quarter.columns import Covers, Gaps, QuarterRules, blocks, columns, partitions, resolve, unknown_of
from forms.quarter.frozen_roster import CHILD_FACTS
from forms.strict import BadDataFileError, Table, read_toml
from forms.values.blank import Blank

if TYPE_CHECKING:
    from collections.abc import Mapping

CATALOGUE = (
    "KA1 KA2 KA3 KA4 KA5a KA5b KA6a KA6am KA6af KA6b KA6bm KA6bf KA6c KA6cm KA6cf KA7a KA7b KA7c KA7d KA7e KA7f KA7g "
    "KA7h KA8a KA8b KA9a KA9b KA9c KA10a KA10b KA11a KA11b KA12a KA12b KA12c KA12d KA13a KA13b KA13c KA14 "
    "KB1 KB2 KB3 KB4 KB5 KB6 KB7 KB8a KB8b KB9 KB10 KB11 KC1 KC2 KC3a KC3b KC3c KC3d KC3e KC3f KC3g KC4 KC5 KC5a KC5b "
    "KC5c KC5d KC6 KC7a KC7b KC7c KC8 KC9 KC10 KC11 KC12 KC13 KC14 KC15 KD1 KD2 KD3 KD4 KD5 KD6 KD7 KD8 KD9 KE1 KE2 "
    "KE3 KE4 KE5 KE6 KF1 KF2 KF3 KF4 KF5 KF6 KF7 KF8 KF9 KF10 KG1 KG2 KG3 KG4 KG5 KG6 KH1 KH2 KH3 KH4 KH5 KH6"
)
"""§8.1–8.7 with their parts written out."""


def test_every_column_of_the_catalogue_is_there_and_stands_in_its_block() -> None:
    assert [name for name in CATALOGUE.split() if name not in columns()] == []
    for block in blocks():
        assert all(column.id.startswith(f"K{block.key}") for column in block.columns)
        assert block.verify


def test_a_region_prints_every_column_once() -> None:
    for key in RegionProfile.available():
        printed = [c.id for block in RegionProfile.load(key).quarter.blocks() for c in block.columns]
        assert sorted(printed) == sorted(columns())


def test_stocks_and_flows_are_counted_as_such() -> None:
    for column in columns().values():
        how = resolve(column).count
        if column.kind == "S":
            assert how.source.endswith((".start", ".end")), column.id
        if how.source == "events" and "人次" in column.title:
            assert column.kind == "P", column.id


def test_a_partition_names_every_value_of_its_fact_once() -> None:
    for partition in partitions():
        said = [columns()[name].count.where for name in partition.terms]
        (fact,) = {fact for where in said for fact, _ in where}
        values = [value for where in said for _, values in where for value in values]
        assert fact in CHILD_FACTS
        assert len(values) == len(set(values)), partition.gap


def test_a_part_that_was_never_asked_of_anybody_is_known_by_the_gap_of_its_partition() -> None:
    assert unknown_of(columns()["KA12c"]) == "KA12n"
    assert unknown_of(columns()["KB10"]) == "KA12n"  # the same as KA12c
    assert unknown_of(columns()["KA4"]) == ""


def rules(text: str, folder: Path) -> QuarterRules:
    path = folder / "本地.toml"
    path.write_text(text, "utf-8")
    return QuarterRules.read(read_toml(path))


def test_a_region_gives_its_own_headings_order_and_switches(tmp_path: Path) -> None:
    said = rules(
        'gaps = "block"\ncovers = ["children", "women"]\norder = ["D", "A"]\n[headings]\nKA4 = "期末实有"\n', tmp_path
    )
    assert said.gaps is Gaps.BLOCK
    assert said.covers == (Covers.CHILDREN, Covers.WOMEN)
    assert [b.key for b in said.blocks()] == ["D", "A"]
    assert said.heading(columns()["KA4"]) == "期末实有"
    assert said.heading(columns()["KA1"]) == columns()["KA1"].title
    assert said.silent(columns()["KH4"]) is Blank.NOT_APPLICABLE
    assert said.silent(columns()["KE6"]) is Blank.NOT_COLLECTED
    assert said.silent(columns()["KA4"]) is None


@pytest.mark.parametrize(
    "text", ['gaps = "zero"', 'covers = ["men"]', 'order = ["Z"]', 'headings = { KZ1 = "无" }', 'count = "all"']
)
def test_a_region_cannot_say_what_is_not_in_the_vocabulary(text: str, tmp_path: Path) -> None:
    with pytest.raises(BadDataFileError):
        rules(text, tmp_path)


@pytest.mark.parametrize(
    "count", ["children.middle", "children.end height=1", "events unknown", "persons D1.child age=3", "women.end", "KA"]
)
def test_a_way_of_counting_outside_the_vocabulary_is_refused(count: str) -> None:
    from forms.quarter.columns import _column

    data: Mapping[str, str] = {"id": "KA99", "title": "试", "kind": "S", "count": count}
    with pytest.raises(BadDataFileError):
        _column(Table(dict(data), file="columns.toml"), "A", ("town",))


def test_the_chapter_on_the_quarter_lists_the_blocks_as_they_are() -> None:
    chapter = (Path(__file__).parents[3] / "docs" / "quarter.md").read_text("utf-8")
    told = dict(re.findall(r"^\| ([A-H]) \| ([^|]+?) \|", chapter, re.MULTILINE))
    assert told == {block.key: block.title for block in blocks()}
