"""Fill in a form: prefill, typed text, computed suggestions, required check, rules. Pure.

Every finding is collected; nothing here prints, asks or stops. A paper may be made when
`Filled.is_ready`; what was overridden, by whom and why, stays with it for the file note.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from forms.cases.case import NO_GLYPHS, Case
from forms.cases.conditions import holds
from forms.cases.facts import as_rows
from forms.computed.rosters import ROSTERS
from forms.computed.suggestions import COMPUTED
from forms.filling.field_input import gather_typed, parse_field, put_cells
from forms.filling.prefill import coerce, resolve
from forms.problems import Problem, Where, blocking
from forms.rules import RULES
from forms.spec import FieldType, Required
from forms.values.blank import Blank
from forms.values.names_and_numbers import ValueParseError

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from forms.cases.facts import Facts, Row, Signature, Value
    from forms.profiles.region import RegionProfile
    from forms.spec import FieldSpec, FormSpec

NC = Blank.NOT_COLLECTED
NA = Blank.NOT_APPLICABLE
SIGNING_RULES = frozenset({"REF-25", "REF-27"})
"""What only the signed paper can break; everything else was judged when it was made."""
EMERGENCY_DAYS = 15
"""REF-06: within how many days the assessment must follow when the town head let the paper pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A second person's decision to let a refusal pass, where the rule allows it."""

    code: str
    by: str
    """Name and post; may not be the filler."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Followup:
    """What an override obliges to, and by when."""

    code: str
    due_on: date
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overridden:
    """A refusal that was let pass: for the file note, never for the paper."""

    problem: Problem
    override: Override


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A form as filled in, with everything found about it."""

    values: Mapping[str, Value]
    """By field identifier, in printed order; system fields are not among them."""
    problems: tuple[Problem, ...]
    """What blocks first; then in the order of the fields, the whole paper last."""
    overridden: tuple[Overridden, ...] = ()
    followups: tuple[Followup, ...] = ()

    @property
    def is_ready(self) -> bool:
        """Tell whether the paper may be made."""
        return not blocking(self.problems)


def fill(
    spec: FormSpec,
    facts: Facts,
    typed: Mapping[str, str],
    *,
    today: date,
    profile: RegionProfile,
    missing_glyphs: Container[str] = NO_GLYPHS,
    overrides: tuple[Override, ...] = (),
) -> Filled:
    """Fill in a form.

    Args:
        spec: The form, its texts in the office's wording.
        facts: What is known.
        typed: What somebody typed, by field identifier or dotted cell (``emergency_contact.phone``);
            empty text means nothing was typed, — means 不适用, 未采集 means left open.
        today: The day the paper is made.
        profile: The office's region.
        missing_glyphs: Characters the print font lacks.
        overrides: Decisions by a second person.
    """
    problems: list[Problem] = []
    values: dict[str, Value] = {}
    unread: dict[str, ValueParseError] = {}
    case = Case(
        spec=spec,
        facts=facts,
        values=values,
        today=today,
        profile=profile,
        unread=unread,
        missing_glyphs=missing_glyphs,
    )
    fields = [f for f in spec.fields if not f.system]
    for field in fields:
        values[field.name] = NC
    for field in fields:
        values[field.name] = _given(field, case, typed, problems, unread)
    for field in fields:
        if values[field.name] is NC and field.default and field.name not in unread:
            values[field.name] = coerce(field, COMPUTED[field.default](case, field))
    _finish_rosters(case, values)
    for field in fields:
        if field.required is Required.CONDITIONAL and values[field.name] is NC and _due(field, case) is False:
            values[field.name] = NA
    problems += _unknown_names(spec, typed)
    problems += _missing(case, unread)
    for code in spec.rules:
        problems += RULES[code].run(case)
    kept, overridden, followups = _apply(tuple(problems), overrides, facts, today)
    return Filled(values=values, problems=_in_order(spec, kept), overridden=overridden, followups=followups)


def check_signatures(
    spec: FormSpec,
    facts: Facts,
    values: Mapping[str, Value],
    signatures: tuple[Signature, ...],
    *,
    today: date,
    made_on: date,
    profile: RegionProfile,
) -> tuple[Problem, ...]:
    """Look at the signatures of a signed paper as somebody read them from the scan.

    Args:
        spec: The form.
        facts: What is known now.
        values: What the signed version was made from.
        signatures: One entry a signature place that was read.
        today: The day of reading.
        made_on: The day the signed version was made.
        profile: The office's region.
    """
    case = Case(
        spec=spec,
        facts=facts,
        values=values,
        today=today,
        profile=profile,
        signatures=signatures,
        made_on=made_on,
    )
    return tuple(p for code in spec.rules if code in SIGNING_RULES for p in RULES[code].run(case))


def _given(
    field: FieldSpec, case: Case, typed: Mapping[str, str], problems: list[Problem], unread: dict[str, ValueParseError]
) -> Value:
    """Return the prefilled or typed value; typed text must agree with what cannot be changed here."""
    known: Value = NC
    if field.prefill:
        known = _rows(field, case) if _is_roster(field) else coerce(field, resolve(field.prefill, case))
    cells = gather_typed(field, typed)
    if not cells:
        return known
    try:
        whole = cells.pop(field.name, "")
        value = parse_field(field, whole, case.facts) if whole else known
        if cells:
            if value is NC and field.default:
                value = COMPUTED[field.default](case, field)
            value = put_cells(field, value, cells)
    except ValueParseError as error:
        unread[field.name] = error
        return known
    if known is NC or field.editable or value == known or value is NC:
        return known if value is NC else value
    problems.append(
        Problem(
            code="field.prefilled",
            message=f"“{field.title}”来自档案，这里不能另写。请先在档案里更正，再重新生成。",
            where=_where(case, field),
        )
    )
    return known


def _rows(field: FieldSpec, case: Case) -> tuple[Row, ...]:
    """Fill in the rows of a roster, each by its own record."""
    filled: list[Row] = []
    for entry in ROSTERS[field.prefill.removeprefix("roster.")](case):
        row: dict[str, Value] = {c.name: NC for c in field.columns}
        inner = replace(case, values=row, facts=replace(case.facts, record=entry.record))
        for column in field.columns:
            if column.prefill:
                row[column.name] = coerce(column, resolve(column.prefill, inner, entry))
        for column in field.columns:
            if row[column.name] is NC and column.default:
                row[column.name] = coerce(column, COMPUTED[column.default](inner, column))
        for column in field.columns:
            if column.required is Required.CONDITIONAL and row[column.name] is NC and holds(column.when, row) is False:
                row[column.name] = NA
        filled.append(row)  # type: ignore[arg-type]
    return tuple(filled)


def _is_roster(field: FieldSpec) -> bool:
    """Tell whether the rows of a table are entries of a roster, each with a record of its own."""
    return field.prefill.startswith("roster.")


def _finish_rosters(case: Case, values: dict[str, Value]) -> None:
    """Number typed rows and compute once more what counts over rows that are filled in only now."""
    for field in case.spec.fields:
        if _is_roster(field) and any(c.name == "no" for c in field.columns):
            values[field.name] = tuple(
                {**row, "no": number} for number, row in enumerate(as_rows(values[field.name]), start=1)
            )
    for field in case.spec.fields:
        if field.prefill in {"computed.roster_not_collected", "computed.rows_total"}:
            values[field.name] = resolve(field.prefill, case)


def _due(field: FieldSpec, case: Case) -> bool | None:
    if field.required is Required.OPTIONAL:
        return False
    return True if field.required is Required.ALWAYS else holds(field.when, case.values, case)


def _unknown_names(spec: FormSpec, typed: Mapping[str, str]) -> list[Problem]:
    found = []
    for key in typed:
        field = spec.find_field(key.split(".", 1)[0])
        if field is None or field.system or ("." in key and field.type not in {FieldType.TABLE, FieldType.STRUCT}):
            message = f"{spec.code} 里没有“{key}”这一项，填写的内容没有用上。请核对项目名。"
            found.append(Problem(code="field.unknown", message=message, where=Where(field=key, column=key)))
    return found


def _missing(case: Case, unread: Mapping[str, ValueParseError]) -> list[Problem]:
    problems: list[Problem] = []
    for_pen: list[str] = []
    for field in case.spec.fields:
        if field.system:
            continue
        error = unread.get(field.name)
        if error is not None:
            if not (error.rule.startswith("id-number.") and "REF-14" in case.spec.rules):
                problems.append(Problem(code=error.rule, message=str(error), where=_where(case, field)))
            continue
        value = case.values[field.name]
        if not field.dash and value is NA and field.required is Required.ALWAYS:
            message = f"“{field.title}”不能写“—”。请填写实际情况；还没有了解到的，先空着。"
            problems.append(Problem(code="field.dash", message=message, where=_where(case, field)))
        holes = _holes(field, value)
        if not holes or not _due(field, case) or field.missing:
            continue
        if field.pen:
            if field.name != case.spec.signed_field:
                for_pen.append(field.title)
            continue
        message = f"{'、'.join(f'“{h}”' for h in holes)}没有填写。请在档案里补充，或者在填写时写明。"
        problems.append(Problem(code="field.required", message=message, where=_where(case, field)))
    if for_pen:
        message = f"还有{len(for_pen)}项没有采集，纸面上留空由人用笔填写：{'、'.join(for_pen)}。"
        where = Where(subject=case.child_name)
        problems.append(Problem(code="field.for-pen", message=message, where=where, blocking=False))
    return problems


def _holes(field: FieldSpec, value: Value) -> list[str]:
    """Return the titles of what is not there: the field itself, or required cells of it."""
    if value is NC:
        return [field.title]
    needed = [c for c in field.columns if c.required is Required.ALWAYS and c.name != "item"]
    if field.type is FieldType.STRUCT and isinstance(value, Mapping):
        if all(v is NC for v in value.values()):
            return [field.title]
        return [f"{field.title}（{c.title}）" for c in needed if value.get(c.name, NC) is NC]
    if field.type is FieldType.TABLE and isinstance(value, tuple) and not _is_roster(field):
        if len(value) < field.min_rows:
            return [field.title]
        empty = {c.title: [n for n, r in enumerate(as_rows(value), 1) if r.get(c.name, NC) is NC] for c in needed}
        return [f"{field.title}{_lines(at, len(value))}（{title}）" for title, at in empty.items() if at]
    return []


def _lines(at: Sequence[int], rows: int) -> str:
    """Name the rows of a table, counted from 1; nothing when it is all of them."""
    return f"第{'、'.join(map(str, at))}行" if len(at) < rows else ""


def _where(case: Case, field: FieldSpec) -> Where:
    return Where(field=field.name, column=field.title, subject=case.child_name)


def _apply(
    problems: tuple[Problem, ...], overrides: tuple[Override, ...], facts: Facts, today: date
) -> tuple[tuple[Problem, ...], tuple[Overridden, ...], tuple[Followup, ...]]:
    kept = list(problems)
    passed: list[Overridden] = []
    followups: list[Followup] = []
    for override in overrides:
        refusal = _refusal(override, facts, kept)
        if refusal:
            kept.append(Problem(code="override.refused", message=refusal))
            continue
        hits = [p for p in kept if p.code == override.code and p.blocking]
        kept = [p for p in kept if p not in hits]
        passed += [Overridden(problem=p, override=override) for p in hits]
        if override.code == "REF-06":
            due = today + timedelta(days=EMERGENCY_DAYS)
            text = "紧急情况下先行办理的，应当在15日内完成评估并归档评估表。"
            followups.append(Followup(code="REF-06", due_on=due, text=text))
    return tuple(kept), tuple(passed), tuple(followups)


def _refusal(override: Override, facts: Facts, problems: list[Problem]) -> str:
    """Say why an override does not count; empty when it does."""
    hits = [p for p in problems if p.code == override.code and p.blocking]
    if not hits:
        return f"{override.code} 没有拦下这份文书，不需要放行。请去掉这条放行。"
    if any(not p.override for p in hits):
        return f"{override.code} 不允许任何人放行。请按提示解决问题后再办理。"
    if not override.by.strip() or not override.reason.strip():
        return f"放行 {override.code} 要写明放行人和理由。"
    if facts.filler.name and override.by.strip().startswith(facts.filler.name):
        return f"放行 {override.code} 的人不能是填表人本人，请由上一级负责人决定。"
    return ""


def _in_order(spec: FormSpec, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    order = {f.name: number for number, f in enumerate(spec.fields)}
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda p: (not p.blocking, order.get(p.where.field, len(order)))))
