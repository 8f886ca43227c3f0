"""Faults of a form that only the whole form shows: names that repeat, or point nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms.cases import conditions
from forms.cases.casefile import CaseRole
from forms.filling import prefill
from forms.rules import RULES, VALUE_RULES
from forms.values.enums import Flag, Schooling

if TYPE_CHECKING:
    from collections.abc import Iterator
    from enum import StrEnum

    from forms.spec import FieldSpec, FormSpec

EFFECTS = ("flag", "serve", "number", "close", "flag_carer", "away", "end_care", "replace", "record")
RECORDED: dict[str, type[StrEnum]] = {"schooling": Schooling}
"""What a paper may change in a child's record when it is filed."""
TARGETS = ("child", "person", "case", "paper", "unit")
Fault = tuple[str, str]
"""The key in the file, and what is wrong with it in Chinese."""


def faults(spec: FormSpec) -> Iterator[Fault]:
    """Yield what is wrong with a form, in file order."""
    names = [f.name for f in spec.fields]
    yield from ((name, "重复出现") for name in dict.fromkeys(names) if names.count(name) > 1)
    for field in spec.fields:
        yield from _field_faults(field, field.name, set(names))
        yield from _column_faults(field)
    yield from (("rules", f"里的“{code}”不是认识的规则") for code in spec.rules if code not in RULES)
    yield from _pointers(spec, set(names))
    yield from _when_faults(spec, set(names))


def _field_faults(field: FieldSpec, place: str, names: set[str]) -> Iterator[Fault]:
    path = prefill.fault_of(field)
    if path:
        yield place, path
    when = conditions.fault_of(field.when, names)
    if when:
        yield f"{place}.when", when
    unknown = [code for code in field.rules if code not in RULES and code not in VALUE_RULES]
    yield from ((f"{place}.rules", f"里的“{code}”不是认识的规则") for code in unknown)
    if field.missing and field.missing not in RULES:
        yield f"{place}.missing", f"写的是“{field.missing}”，没有这条规则"


def _column_faults(field: FieldSpec) -> Iterator[Fault]:
    names = [c.name for c in field.columns]
    yield from ((f"{field.name}.{n}", "重复出现") for n in dict.fromkeys(names) if names.count(n) > 1)
    for column in field.columns:
        yield from _field_faults(column, f"{field.name}.{column.name}", set(names))
    if field.items and field.columns and "item" not in names:
        yield f"{field.name}.columns", "缺少 item 列，固定行的表第一列叫 item"


def _pointers(spec: FormSpec, names: set[str]) -> Iterator[Fault]:
    pointers = [("signed_field", spec.signed_field), ("valid_until", spec.valid_until)]
    pointers += [("person_field", spec.person_field)]
    pointers += [(f"signers[{s.role}].name_field", s.name_field) for s in spec.signers]
    pointers += [(f"opens[{d.duty}].field", d.field) for d in (*spec.opens, *spec.closes)]
    pointers += [(f"opens[{d.duty}].rows", d.rows) for d in spec.opens]
    pointers += [(f"links[{link.role}].field", link.field) for link in spec.links]
    pointers += [("same_by", name) for name in spec.same_by]
    pointers += [(f"effects[{e.kind}].field", e.field) for e in spec.effects]
    yield from ((key, f"写的是“{name}”，这张表里没有这一项") for key, name in pointers if name and name not in names)
    for link in spec.links:
        if link.target not in TARGETS:
            yield f"links[{link.role}].target", f"写的是“{link.target}”，只能是：{'、'.join(TARGETS)}"
    yield from _effect_faults(spec)
    known = set(spec.template_names())
    for copy in spec.copies:
        yield from ((f"copies[{copy.key}].hide", f"里的“{h}”不在这张表里") for h in copy.hide if h not in known)


def _effect_faults(spec: FormSpec) -> Iterator[Fault]:
    for effect in spec.effects:
        if effect.kind not in EFFECTS:
            yield "effects.kind", f"写的是“{effect.kind}”，只能是：{'、'.join(EFFECTS)}"
        elif effect.kind == "flag" and (effect.role not in set(CaseRole) or effect.flag not in set(Flag)):
            yield "effects.flag", f"写的是“{effect.role}”“{effect.flag}”，不是认识的身份和情形"
        elif effect.kind == "flag_carer" and effect.flag not in set(Flag):
            yield "effects.flag", f"写的是“{effect.flag}”，不是认识的情形"
        elif effect.kind == "record" and effect.flag not in set(RECORDED.get(effect.field, ())):
            yield "effects.flag", f"写的是“{effect.flag}”，不能记入“{effect.field}”"
        elif effect.kind in {"serve", "number", "replace"} and not effect.field:
            yield "effects.field", "没有写"


def _when_faults(spec: FormSpec, names: set[str]) -> Iterator[Fault]:
    whens = [(f"signers[{s.role}].when", s.when) for s in spec.signers]
    whens += [(f"copies[{c.key}].when", c.when) for c in spec.copies]
    whens += [(f"opens[{d.duty}].when", d.when) for d in (*spec.opens, *spec.closes) if not d.rows]
    whens += [(f"effects[{e.kind}].when", e.when) for e in spec.effects]
    for key, when in whens:
        fault = conditions.fault_of(when, names)
        if fault:
            yield key, fault
    for duty in spec.opens:
        table = spec.find_field(duty.rows)
        if table is not None:
            fault = conditions.fault_of(duty.when, names | {c.name for c in table.columns})
            if fault:
                yield f"opens[{duty.duty}].when", fault
