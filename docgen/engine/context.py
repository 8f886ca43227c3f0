"""填充内容: what a template sees. Typed values become printed words, and every name is given.

The names, for a form with the fields ``child_gender``, ``screening`` (a table) and ``scope`` (clauses):

===========================  ============================================================
``child_gender``             the printed value: ``女``; empty for the pen; — if not applicable
``boxes.child_gender``       all choices with boxes: ``□男　☑女`` (enum, multi, bool, checklist)
``lines.child_gender``       the same as a list, for layouts that break between choices
``screening``                list of rows to loop over: ``{%tr for r in screening %}``
``screening[].item``         a column, in the loop ``r.item``; of a struct ``living_cost.amount``
``screening[].boxes.result`` the boxes of a column, in the loop ``r.boxes.result``
``screening[].no``           number of the row from 1; empty rows for the pen are numbered too
``charts[].picture``         a column of type ``chart``, drawn
``scope``, ``scope[]``       list of lines: ``{%p for line in scope %}`` (clauses, checklists)
``count.screening``          how many rows are filled in; ``gaps.screening`` cells not collected
``doc.…``                    see `DocumentHead`
``unit.village.…``           ``name short address contact phone`` of village, town, office, school
``staff.filler``             names of ``filler``, ``reviewer``, ``head``
``words.group``              the region's and the wording's words: ``group province town village carer …``
===========================  ============================================================

`template_names` gives them from the form alone; a contract test holds it against the templates in
both directions and against `build_context`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date  # noqa: TC003  part of the public annotations read at run time
from typing import TYPE_CHECKING, Any

from docgen.engine.charts import chart_picture
from docgen.engine.printed import (
    DASH,
    GAP,
    HIDDEN,
    UnexpectedValueError,
    box_lines,
    checked,
    choices,
    print_boxes,
    print_value,
)
from forms.law.time import print_date
from forms.profiles.wording import LAW_2020
from forms.profiles.words import DEFAULT_WORDS, terms
from forms.spec import FieldSpec, FieldType, FormSpec, Required
from forms.values.blank import Blank

if TYPE_CHECKING:
    from docgen.engine.render.pictures import Picture
    from forms.cases.facts import Facts, Value
    from forms.people import Unit
    from forms.profiles.region import RegionProfile
    from forms.profiles.wording import Wording
    from forms.values.names_and_numbers import DocumentNumber

_LINES = {FieldType.CLAUSES, FieldType.CHECKLIST}
_GROUPS = {FieldType.STRUCT, FieldType.TABLE}
_UNITS = ("village", "town", "office", "school")
_UNIT_WORDS = ("name", "short", "address", "contact", "phone")
_STAFF = ("filler", "reviewer", "head")
_DOCUMENT_WORDS = ("title", "other_title", "attachment", "number", "made_on", "copies", "version", "uid")
_WORDS = (*DEFAULT_WORDS, *LAW_2020.terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentHead:
    """What a paper says about itself; printed as ``doc.title``, ``doc.number`` and so on."""

    title: str
    """Title as the region prints it (`forms.profiles.words.print_title`)."""

    other_title: str = ""
    """The title in the other wording, printed small in brackets."""

    attachment: str = ""
    """``附件1`` where the region numbers its forms."""

    number: DocumentNumber | str = ""
    """文书编号; empty for papers that carry none."""

    made_on: date
    copies: int
    """How many originals: 一式四份."""

    version: int = 1
    uid: str = ""
    """文书唯一码."""


def template_names(spec: FormSpec) -> frozenset[str]:
    """Return every dotted name a template of this form may use, tables as ``table[].column``."""
    names = {f"doc.{word}" for word in _DOCUMENT_WORDS}
    names |= {f"unit.{unit}.{word}" for unit in _UNITS for word in _UNIT_WORDS}
    names |= {f"staff.{who}" for who in _STAFF} | {f"words.{word}" for word in _WORDS}
    for field in spec.fields:
        names.update(_field_names(field))
    return frozenset(names)


def _field_names(field: FieldSpec) -> Iterator[str]:
    yield field.name
    if choices(field):
        yield from (f"boxes.{field.name}", f"lines.{field.name}", f"lines.{field.name}[]")
    if field.type in _LINES:
        yield f"{field.name}[]"
    prefix = f"{field.name}[]" if field.type is FieldType.TABLE else field.name
    for column in field.columns:
        yield f"{prefix}.{column.name}"
        if choices(column):
            yield f"{prefix}.boxes.{column.name}"
    if field.type is FieldType.TABLE:
        yield from (f"{prefix}.no", f"count.{field.name}", f"gaps.{field.name}")


def unprinted_fields(spec: FormSpec, names: Collection[str]) -> Iterator[FieldSpec]:
    """Yield the fields and columns that must be printed and are not among a template's names.

    Asked for: whatever is always or conditionally required and not marked as unprinted. Title and
    number of the paper count as printed by ``doc.title`` and ``doc.number``.
    """
    for field in spec.fields:
        if field.system or not field.printed or field.required is Required.OPTIONAL:
            continue
        if field.columns:
            prefix = f"{field.name}[]" if field.type is FieldType.TABLE else field.name
            yield from (
                column
                for column in field.columns
                if column.printed and not {f"{prefix}.{column.name}", f"{prefix}.boxes.{column.name}"} & set(names)
            )
        elif not {field.name, f"boxes.{field.name}", f"lines.{field.name}"} & set(names):
            yield field


def build_context(
    spec: FormSpec,
    values: Mapping[str, Value],
    facts: Facts,
    *,
    wording: Wording,
    profile: RegionProfile | None,
    document: DocumentHead,
    hide: Collection[str] = (),
) -> dict[str, Any]:
    """Turn typed values into what the template of ``spec`` sees.

    Args:
        spec: The form.
        values: By field identifier; one that is missing counts as not collected.
        facts: Names of units and staff.
        wording: The office's wording, for ``words.…``.
        profile: The region, for ``words.…``; ``None`` for the default words.
        document: Title, number, date, copies of this paper.
        hide: Fields (``screening``) and columns (``rows.relief``) that a copy's recipient must not
            see; printed as （略）.

    Raises:
        UnprintableValueError: A value holds control characters, lone surrogates or the like.
        UnexpectedValueError: A value does not fit the type of its field.
    """
    context: dict[str, Any] = {
        "doc": _document(document),
        "words": {word: checked(text, "用语") for word, text in terms(wording, profile).items() if word in _WORDS},
        "unit": {key: _unit(getattr(facts, key), key) for key in _UNITS},
        "staff": {
            "filler": checked(facts.filler.name, "填表人"),
            "reviewer": checked(facts.reviewer.name, "复核人") if facts.reviewer else "",
            "head": checked(facts.head.name, "负责人") if facts.head else "",
        },
        "boxes": {},
        "lines": {},
        "count": {},
        "gaps": {},
    }
    system = {
        "title": document.title,
        "document_number": str(document.number),
        "document_uid": document.uid,
        "version": document.version,
        "copies": document.copies,
        "region_profile": profile.key if profile else "",
        "term_profile": wording.key,
    }
    for field in spec.fields:
        given = system.get(field.name) if field.system else None
        value = values.get(field.name, Blank.NOT_COLLECTED) if given is None else given
        _put(context, field, value, frozenset(hide))
    return context


def _document(document: DocumentHead) -> dict[str, str]:
    return {
        "title": checked(document.title, "文书名称"),
        "other_title": checked(document.other_title, "文书别名"),
        "attachment": checked(document.attachment, "附件号"),
        "number": checked(str(document.number), "文书编号"),
        "made_on": print_date(document.made_on),
        "copies": _chinese_count(document.copies),
        "version": str(document.version),
        "uid": checked(document.uid, "文书唯一码"),
    }


def _chinese_count(number: int) -> str:
    """Return 一…十 for small numbers as papers write 一式四份, digits beyond."""
    return "〇一二三四五六七八九十"[number] if 0 <= number <= 10 else str(number)


def _unit(unit: Unit | None, key: str) -> dict[str, str]:
    """Return the words about a unit; all empty when there is none."""
    if unit is None:
        return dict.fromkeys(_UNIT_WORDS, "")
    words = {
        "name": unit.name,
        "short": unit.short or unit.name,
        "address": unit.address,
        "contact": unit.contact_name,
        "phone": unit.contact_phone,
    }
    return {word: checked(_plain(value), f"{key} 单位信息") for word, value in words.items()}


def _plain(value: object) -> str:
    if value is Blank.NOT_COLLECTED:
        return ""
    return DASH if value is Blank.NOT_APPLICABLE else str(value)


def _put(context: dict[str, Any], field: FieldSpec, value: Any, hide: frozenset[str]) -> None:
    """Put the names of one field into the context."""
    if field.type is FieldType.TABLE:
        rows = _rows(field, value)
        filled = [row for row in rows if row]
        context["count"][field.name] = str(len(filled))
        context["gaps"][field.name] = str(sum(_gaps(field, row) for row in filled))
        context[field.name] = [
            {"no": str(number), **_group(field, row, hide)} for number, row in enumerate(rows, start=1)
        ]
    elif field.type is FieldType.STRUCT:
        context[field.name] = _group(field, _mapping(field, value), hide)
    elif field.type in _LINES:
        context[field.name] = [] if field.name in hide else _lines(field, value)
    else:
        context[field.name] = HIDDEN if field.name in hide else print_value(value, field)
    if choices(field):
        lines = [HIDDEN] if field.name in hide else box_lines(value, field)
        context["lines"][field.name] = lines
        context["boxes"][field.name] = GAP.join(lines)


def _lines(field: FieldSpec, value: Any) -> list[str]:
    """Return clauses, the standing text while none are given, or a checklist's lines with their boxes."""
    if field.type is FieldType.CHECKLIST:
        return box_lines(value, field)
    if value is Blank.NOT_APPLICABLE:
        return [DASH]
    if value is None or value is Blank.NOT_COLLECTED:
        value = field.items
    if not isinstance(value, tuple):
        raise UnexpectedValueError(field, type(value).__name__)
    return [print_value(line, field) for line in value]


def _rows(field: FieldSpec, value: Any) -> list[Mapping[str, Any] | Blank]:
    """Return the rows of a table, then empty ones until there are ``min_rows``."""
    if isinstance(value, Blank) or value is None:
        rows: list[Mapping[str, Any] | Blank] = []
        filler: Mapping[str, Any] | Blank = value if value is Blank.NOT_APPLICABLE else {}
    elif isinstance(value, tuple):
        rows = [_mapping(field, row) for row in value]
        filler = {}
    else:
        raise UnexpectedValueError(field, type(value).__name__)
    if not rows and field.items and value is not Blank.NOT_APPLICABLE:
        # the fixed first column stands on the paper even when the rest is for the pen
        rows = [{"item": item} for item in field.items]
    return rows + [filler] * (max(field.min_rows, 1) - len(rows))


def _mapping(field: FieldSpec, value: Any) -> Mapping[str, Any] | Blank:
    if value is None or value is Blank.NOT_COLLECTED:
        return {}
    if isinstance(value, (Mapping, Blank)):
        return value
    raise UnexpectedValueError(field, type(value).__name__)


def _group(field: FieldSpec, row: Mapping[str, Any] | Blank, hide: frozenset[str]) -> dict[str, Any]:
    """Return the columns of one row or struct; every column is there, whatever the row holds."""
    words: dict[str, Any] = {"boxes": {}}
    for column in field.columns:
        value = row if isinstance(row, Blank) else row.get(column.name, Blank.NOT_COLLECTED)
        hidden = field.name in hide or f"{field.name}.{column.name}" in hide
        if column.type is FieldType.CHART:
            words[column.name] = HIDDEN if hidden else _picture(value)
        else:
            words[column.name] = HIDDEN if hidden else print_value(value, column)
        if choices(column):
            words["boxes"][column.name] = HIDDEN if hidden else print_boxes(value, column)
    return words


def _picture(value: Any) -> Picture | str:
    """Return the picture of a chart as wide as a letter's text; nothing where there is no chart."""
    if not isinstance(value, tuple) or not value:
        return ""
    return chart_picture(value)


def _gaps(field: FieldSpec, row: Mapping[str, Any] | Blank) -> int:
    if isinstance(row, Blank):
        return 0
    return sum(row.get(column.name, Blank.NOT_COLLECTED) is Blank.NOT_COLLECTED for column in field.columns)
