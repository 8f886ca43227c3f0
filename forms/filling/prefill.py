"""Prefill: a dotted path into the facts -> the value of a field.

Roots: ``child father mother carer`` (the record), ``village town office school`` (units), ``filler
reviewer head`` (staff), ``paper.<code>.<name>`` (newest *signed* paper about child and carer, REF-22),
``latest.<code>.<name>`` (newest paper, signed or not), ``person`` (of a paper about a person), ``row.…``
(columns of a roster, whose own prefill is ``roster.<name>``: `forms.computed.rosters`) and ``computed.<name>``. A path
that leads nowhere gives the blank it met.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from forms.computed.rosters import ROSTERS, ROW_TYPES
from forms.computed.suggestions import COMPUTED
from forms.people import Carer, Child, Parent, Person, Staff, Unit
from forms.spec import FieldSpec, FieldType
from forms.values.blank import Blank
from forms.values.names_and_numbers import PersonName, Phone

if TYPE_CHECKING:
    from forms.cases.case import Case
    from forms.cases.facts import PaperFact, Value
    from forms.computed.rosters import Entry

_ROOTS: dict[str, type] = {
    "child": Child,
    "father": Parent,
    "mother": Parent,
    "carer": Carer,
    "village": Unit,
    "town": Unit,
    "office": Unit,
    "school": Unit,
    "filler": Staff,
    "reviewer": Staff,
    "head": Staff,
    "person": Person,
}
_INNER: dict[str, type] = {"person": Person, "child": Child, "father": Parent, "mother": Parent, "carer": Carer}
_PAPER_PROPERTIES = ("ref", "document_number", "signed_on", "made_on")


def resolve(path: str, case: Case, row: Entry | None = None) -> Value:
    """Return what a path leads to; NOT_COLLECTED when nothing is there."""
    root, _, rest = path.partition(".")
    if root == "computed":
        return COMPUTED[rest](case, None)
    if root in {"paper", "latest"}:
        code, _, name = rest.partition(".")
        return _of_paper(case.done(code) if root == "paper" else case.newest(code), name)
    start = _start(root, case, row)
    return _walk(start, rest)


def _start(root: str, case: Case, row: Entry | None) -> Any:
    record = case.record
    if root == "row":
        return row
    if root in {"child", "father", "mother", "carer"}:
        return getattr(record, root) if record is not None else None
    return getattr(case.facts, root)


def _walk(value: Any, path: str) -> Value:
    for name in path.split("."):
        if value is None or isinstance(value, Blank):
            break
        value = value.get(name) if isinstance(value, Mapping) else getattr(value, name)
    return Blank.NOT_COLLECTED if value is None else value


def _of_paper(paper: PaperFact | None, name: str) -> Value:
    if paper is None:
        return Blank.NOT_COLLECTED
    if name in _PAPER_PROPERTIES:
        found: Value | None = getattr(paper, name)
        return Blank.NOT_COLLECTED if found is None or found == "" else found
    return paper.values.get(name, Blank.NOT_COLLECTED)


def coerce(field: FieldSpec, value: Value) -> Value:
    """Fit what a path gave to the type of the field: one phone -> phones, several names -> one text."""
    if isinstance(value, Blank):
        return value
    if value in ("", ()):
        return Blank.NOT_COLLECTED
    if field.type is FieldType.PHONES and isinstance(value, Phone):
        return (value,)
    if field.type is FieldType.TEXT and isinstance(value, tuple):
        return "、".join(str(v) for v in value)
    if field.type is FieldType.NAME and type(value) is str:
        return PersonName.parse(value)
    return value


def fault_of(field: FieldSpec) -> str:
    """Say in Chinese why a prefill path or default leads nowhere in any office; empty when it leads somewhere."""
    if field.default and field.default not in COMPUTED:
        return f"的 default 写的是“{field.default}”，没有这个计算项"
    if not field.prefill:
        return ""
    root, _, rest = field.prefill.partition(".")
    if root == "roster":
        return "" if rest in ROSTERS else f"的 prefill 写的是“{field.prefill}”，没有这种名册"
    if root == "row":
        return "" if any(_leads(kind, rest) for kind in ROW_TYPES) else f"的 prefill 写的是“{field.prefill}”，不存在"
    if root == "computed":
        return "" if rest in COMPUTED else f"的 prefill 写的是“{field.prefill}”，没有这个计算项"
    if root in {"paper", "latest"} and rest.count(".") == 1:
        return ""
    kind: type | None = _ROOTS.get(root)
    return "" if _leads(kind, rest) else f"的 prefill 写的是“{field.prefill}”，其中有不存在的一段"


def _leads(kind: type | None, path: str) -> bool:
    """Tell whether a path leads somewhere from a class; ``paper`` leads to whatever that paper holds."""
    for name in path.split("."):
        known = {f.name for f in dataclasses.fields(kind)} if kind else set()
        if name not in known:
            return False
        if name == "paper":
            return True
        kind = _INNER.get(name)
    return True
