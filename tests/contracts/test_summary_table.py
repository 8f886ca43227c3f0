"""The form and the template of the summary table hold every column of the catalogue of columns, once."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from docgen.engine.context import template_names
from docgen.engine.render import compile_template
from docgen.engine.source.summary import OVERVIEW, form_columns, printed_parts, summary_source, summary_template
from docgen.engine.template import find_template
from forms.catalogue.library import FormLibrary
from forms.computed.summary_paper import KEY_FIGURES
from forms.profiles.wording import WORDINGS, find_wording
from forms.quarter.columns import Gaps, QuarterRules, columns


def test_the_packaged_source_is_what_the_columns_give() -> None:
    source = (resources.files("templates") / "source" / "C1.txt").read_text("utf-8")
    assert source == summary_source(QuarterRules()), "python -m docgen.engine.source.summary, then make templates"


def test_the_form_has_the_fields_that_the_columns_give() -> None:
    form = (resources.files("forms") / "catalogue" / "C1.toml").read_text("utf-8")
    assert form == form_columns(form), "python -m docgen.engine.source.summary"


def test_every_column_stands_in_exactly_one_part_of_at_most_seventeen() -> None:
    parts = printed_parts(QuarterRules())
    printed = [p.column.id for _, part in parts for p in part]
    assert sorted(printed) == sorted(columns())
    assert all(len(part) <= 17 for _, part in parts)
    assert len({title for title, _ in parts}) == len(parts)


def test_no_heading_is_lost_below_its_group() -> None:
    for _, part in printed_parts(QuarterRules()):
        for printed in part:
            assert printed.path[-1], printed.column.id
            assert not re.fullmatch("（[^（）]*）", printed.path[-1]), printed.column.id
        assert len({p.path for p in part}) == len(part), "two columns under the same heading"


def test_old_people_stand_in_a_table_of_their_own() -> None:
    for _, part in printed_parts(QuarterRules()):
        assert len({p.column.block == "H" for p in part}) == 1


@pytest.mark.parametrize("wording", sorted(WORDINGS))
def test_the_form_asks_for_every_column_and_the_template_prints_it(wording: str) -> None:
    spec = FormLibrary.load(wording=find_wording(wording)).get("C1")
    asked = {c.name for c in spec.field("rows").columns}
    wanted = {c.lower() for c in columns()}
    assert wanted == {name for name in asked if name.startswith("k") and name != "kind"}
    names = compile_template(find_template("C1", wording).data, name="C1").names
    assert {f"rows[].{name}" for name in asked} <= names


def test_the_figures_of_a_report_are_columns() -> None:
    assert set(KEY_FIGURES) | set(OVERVIEW) <= set(columns())
    assert len(set(KEY_FIGURES)) == len(KEY_FIGURES)


def test_a_region_prints_its_own_headings_in_its_own_order_and_leaves_parts_out() -> None:
    rules = QuarterRules(headings={"KD5": "期末应复学未复学"}, order=("D", "A"), gaps=Gaps.BLOCK)
    parts = printed_parts(rules)
    printed = [p.column for _, part in parts for p in part]
    assert {c.block for c in printed} == {"A", "D"}
    assert printed[0].block == "D"
    assert not any(c.is_gap for c in printed)
    source = summary_source(rules)
    assert "期末应复学未复学" in source
    assert "r.kb1" not in source


def test_a_region_with_headings_of_its_own_gets_a_template_of_its_own() -> None:
    assert summary_template(QuarterRules(), "law_2020") is None
    rules = QuarterRules(headings={"KD5": "期末应复学未复学"}, order=("D", "A", "H"))
    for wording in sorted(WORDINGS):
        data = summary_template(rules, wording)
        assert data is not None
        names = compile_template(data, name="C1").names
        assert names <= template_names(FormLibrary.load(wording=find_wording(wording)).get("C1"))
        assert "rows[].kd5" in names
        assert "rows[].kb1" not in names
