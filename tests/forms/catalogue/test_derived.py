"""What is derived from a spec: the JSON Schema, the manual."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from forms.catalogue.json_schema import schema_of
from forms.catalogue.library import FormLibrary
from forms.catalogue.manual import pages
from forms.spec import FieldType


@pytest.mark.parametrize("spec", FormLibrary.load().all(), ids=lambda s: s.code)
def test_the_schema_names_every_field_and_is_json(spec: Any) -> None:
    schema = schema_of(spec)
    assert json.loads(json.dumps(schema, ensure_ascii=False)) == schema
    assert list(schema["properties"]) == [f.name for f in spec.fields if not f.system]
    assert set(schema["required"]) <= set(schema["properties"])
    for name, shown in schema["properties"].items():
        assert shown["title"] == spec.field(name).title


def test_the_schema_tells_types_choices_and_blanks() -> None:
    properties = schema_of(FormLibrary.load().get("A1"))["properties"]
    assert properties["from_on"]["format"] == "date"
    assert properties["child_gender"]["enum"] == ["男", "女"]
    assert properties["carer_load"]["type"] == "integer"
    assert properties["carer_load"]["minimum"] == 1
    assert properties["carer_load"]["x-rules"] == ["WRN-02"]
    assert {"enum": ["不适用", "未采集"]} in properties["illness"]["anyOf"]
    assert properties["carer_id_number"]["x-sensitive"]
    lines = properties["screening"]["anyOf"][0]
    assert (lines["minItems"], lines["maxItems"]) == (4, 4)


def _plain(value: Any) -> Any:
    """Write a value as programs exchange it."""
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if isinstance(value, bool | int):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def _conforms(value: Any, schema: dict[str, Any]) -> bool:
    """Check the keywords our schemas use."""
    if "anyOf" in schema:
        return any(_conforms(value, s) for s in schema["anyOf"])
    if "enum" in schema:
        return value in schema["enum"]
    return _CHECKS[schema["type"]](value, schema)


def _fits_text(value: Any, schema: dict[str, Any]) -> bool:
    if not isinstance(value, str):
        return False
    if schema.get("format") == "date":
        return re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) is not None
    long_enough = schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
    return long_enough and re.search(schema.get("pattern", ""), value) is not None


def _fits_number(value: Any, schema: dict[str, Any]) -> bool:
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))


def _fits_list(value: Any, schema: dict[str, Any]) -> bool:
    if not isinstance(value, list):
        return False
    length_fits = schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value))
    return length_fits and all(_conforms(v, schema["items"]) for v in value)


def _fits_object(value: Any, schema: dict[str, Any]) -> bool:
    known = schema["properties"]
    if not isinstance(value, dict) or not set(schema["required"]) <= set(value) <= set(known):
        return False
    return all(_conforms(v, known[k]) for k, v in value.items())


_CHECKS: dict[str, Callable[[Any, dict[str, Any]], bool]] = {
    "string": _fits_text,
    "integer": _fits_number,
    "array": _fits_list,
    "object": _fits_object,
    "boolean": lambda value, _: isinstance(value, bool),
}


@pytest.mark.parametrize("code", ["A1", "A5", "A8", "B1", "B2"])
def test_what_is_filled_in_conforms_to_its_own_schema(code: str, kit: Any) -> None:
    facts = kit.facts(record=None, roster=(kit.record(),)) if code == "B1" else kit.facts()
    typed = {"A1": {"parent_consent_mode": "当面|视频见证"}, "A5": {"screening": "无"}}.get(code, {})
    filled = kit.fill(code, typed, facts=facts)
    assert filled.is_ready
    schema = schema_of(kit.library.get(code))
    assert [n for n, v in filled.values.items() if not _conforms(_plain(v), schema["properties"][n])] == []
    assert set(schema["required"]) <= set(filled.values)


def test_what_does_not_fit_does_not_conform(kit: Any) -> None:
    properties = schema_of(kit.library.get("A1"))["properties"]
    wrong = {"child_gender": "未知", "carer_load": 0, "from_on": 5, "screening": [], "child_birth": "未采集"}
    for name, bad in wrong.items():
        assert not _conforms(bad, properties[name]), name


def test_a_condition_that_can_be_written_is_in_the_schema() -> None:
    rules = schema_of(FormLibrary.load().get("A1"))["allOf"]
    assert {
        "if": {"properties": {"reason": {"enum": ["患病", "其他正当理由"]}}, "required": ["reason"]},
        "then": {"required": ["reason_detail"]},
    } in rules


def test_the_manual_describes_every_field_rule_and_copy() -> None:
    library = FormLibrary.load()
    shown = pages(library)
    for spec in library.all():
        assert f"## {spec.code} {spec.title}" in shown
        for field in spec.fields:
            assert f"`{field.name}`" in shown
        for copy in spec.copies:
            assert copy.title in shown
    assert "{" not in shown


def test_the_manual_page_is_up_to_date() -> None:
    shown = Path(__file__).parents[3] / "docs" / "forms.md"
    assert shown.read_text(encoding="utf-8") == pages(FormLibrary.load())


def test_every_kind_of_field_has_a_word_in_the_manual() -> None:
    from forms.catalogue.manual import TYPE_TITLES

    assert set(TYPE_TITLES) == set(FieldType)
