"""The JSON Schema (2020-12) of a form's values, derived from its spec.

Values are written as programs exchange them: days as ``2026-03-05``, choices by their printed label,
tables as arrays of objects, a blank as the word 不适用 or 未采集.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from forms.cases.conditions import NAMED
from forms.filling.field_input import option_labels
from forms.spec import FieldType, Required
from forms.values.blank import Blank

if TYPE_CHECKING:
    from forms.spec import FieldSpec, FormSpec

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_BLANKS = {"enum": [b.value for b in Blank]}
_TEXTUAL: dict[FieldType, dict[str, Any]] = {
    FieldType.DATE: {"type": "string", "format": "date"},
    FieldType.DATETIME: {"type": "string", "format": "date-time"},
    FieldType.BOOL: {"type": "boolean"},
    FieldType.MONEY: {"type": "string", "pattern": r"^\d+(\.\d{1,2})?$"},
    FieldType.ID_NUMBER: {"type": "string", "pattern": r"^\d{17}[0-9X]$"},
    FieldType.PHONES: {"type": "array", "items": {"type": "string", "pattern": r"^(1[3-9]\d{9}|0\d{2,3}-\d{7,8})$"}},
    FieldType.FILES: {"type": "array", "items": {"type": "string"}},
    FieldType.CHART: {"type": "array", "items": {"type": "string"}},
    FieldType.CLAUSES: {"type": "array", "items": {"type": "string", "minLength": 1}},
}


def schema_of(spec: FormSpec) -> dict[str, Any]:
    """Return the schema of a form's values; system fields are not part of it."""
    fields = [f for f in spec.fields if not f.system]
    return {
        "$schema": DIALECT,
        "$id": f"urn:docgen:form:{spec.code}",
        "title": spec.title,
        "description": spec.purpose,
        "type": "object",
        "properties": {f.name: property_of(f) for f in fields},
        "required": [f.name for f in fields if _must_be_there(f)],
        "additionalProperties": False,
        "allOf": [rule for f in fields for rule in _conditional(f)],
    }


def property_of(field: FieldSpec) -> dict[str, Any]:
    """Return the schema of one field: its type, or a blank where a blank is an answer."""
    value = _value_of(field)
    schema: dict[str, Any] = {"title": field.title}
    if field.help:
        schema["description"] = field.help
    if field.required is Required.ALWAYS and not (field.pen or field.dash or field.missing):
        schema.update(value)
    else:
        schema["anyOf"] = [value, _BLANKS]
    if field.rules:
        schema["x-rules"] = list(field.rules)
    if field.sensitive:
        schema["x-sensitive"] = True
    return schema


def _value_of(field: FieldSpec) -> dict[str, Any]:
    kind = field.type
    if kind in _TEXTUAL:
        return dict(_TEXTUAL[kind])
    if kind is FieldType.ENUM:
        return {"enum": list(option_labels(field))}
    if kind in {FieldType.MULTI, FieldType.CHECKLIST}:
        labels = option_labels(field) if kind is FieldType.MULTI else field.items
        return {"type": "array", "items": {"enum": list(labels)}, "uniqueItems": True}
    if kind is FieldType.INT:
        bounds = {"minimum": field.minimum, "maximum": field.maximum}
        return {"type": "integer", **{k: v for k, v in bounds.items() if v is not None}}
    if kind is FieldType.STRUCT:
        return _object_of(field)
    if kind is FieldType.TABLE:
        rows = len(field.items)
        exact = {"minItems": rows, "maxItems": rows} if rows else {"minItems": field.min_rows}
        return {"type": "array", "items": _object_of(field), **exact}
    if kind is FieldType.PAPER_REF:
        return {"type": "string", "description": f"文书编号：{'、'.join(field.form)}"}
    longest = {"maxLength": field.max_length} if field.max_length else {}
    return {"type": "string", "minLength": 1, **longest}


def _object_of(field: FieldSpec) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {c.name: property_of(c) for c in field.columns},
        "required": [c.name for c in field.columns if c.required is Required.ALWAYS],
        "additionalProperties": False,
    }


def _must_be_there(field: FieldSpec) -> bool:
    return field.required is Required.ALWAYS and not field.pen and not field.missing


def _conditional(field: FieldSpec) -> list[dict[str, Any]]:
    """Write ``when = a = x|y and b = z`` as if/then; named conditions cannot be written so."""
    if field.required is not Required.CONDITIONAL or field.when in NAMED or field.pen or field.missing:
        return []
    tests: dict[str, Any] = {}
    for part in field.when.split(" and "):
        name, sign, labels = re.split(r"\s*(!?=)\s*", part.strip(), maxsplit=1)
        values: list[Any] = [{"是": True, "否": False}.get(label, label) for label in labels.split("|")]
        tests[name] = {"enum": values} if sign == "=" else {"not": {"enum": values}}
    return [{"if": {"properties": tests, "required": list(tests)}, "then": {"required": [field.name]}}]
