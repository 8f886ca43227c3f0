"""What a person reads from a signed paper and types in: only what the pen wrote, by the form's own types. Pure.

Source: forms.md §4 (G-SIGN), REF-22 (nothing counts before the scan is there), REF-25 (how a signature
may stand). What was printed is not typed again: it can be corrected by a new version only. What the pen
wrote is taken down as it stands, even where a rule would have refused it; then the rule is a warning
here, and refuses the next paper that rests on it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from forms.cases.case import Case
from forms.cases.facts import Signature, as_rows, as_struct
from forms.computed.child_and_carer import COMPUTED
from forms.filling.field_input import gather_typed, parse_field, put_cells
from forms.filling.fill import SIGNING_RULES, check_signatures
from forms.problems import Problem, Where
from forms.rules import RULES
from forms.spec import FieldType
from forms.values import enums
from forms.values.blank import Blank
from forms.values.enums import ConsentMode, SignMode
from forms.values.names_and_numbers import ValueParseError
from forms.values.parse import parse_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from forms.cases.facts import Facts, Row, Value
    from forms.profiles.region import RegionProfile
    from forms.spec import FieldSpec, FormSpec

NC = Blank.NOT_COLLECTED
_WRITTEN = frozenset({SignMode.SIGNATURE, SignMode.SIGNATURE_FINGERPRINT})
_KEYS = {
    "签名": "name",
    "代签": "written_by",
    "见证": "witnesses",
    "日期": "signed_on",
    "方式": "setting",
    "说明": "note",
}
"""What may be said of a signature, in the clerk's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBack:
    """What was read, with everything found about it."""

    values: Mapping[str, Value]
    """Only the fields that were read, each whole."""
    signatures: tuple[Signature, ...]
    problems: tuple[Problem, ...]
    """Nothing may be kept while one of them blocks."""


def read_back(
    spec: FormSpec,
    facts: Facts,
    issued: Mapping[str, Value],
    known: Mapping[str, Value],
    typed: Mapping[str, str],
    *,
    signatures: Sequence[tuple[str, str]] = (),
    signed_on: date | None = None,
    today: date,
    made_on: date,
    profile: RegionProfile,
) -> ReadBack:
    """Judge what was typed from a signed paper.

    Args:
        spec: The form.
        facts: What is known now.
        issued: The values the signed version was made from.
        known: The same with earlier readings.
        typed: Field identifier or dotted cell → text.
        signatures: Role or title of the signer → how it was signed; see `parse_signature`.
        signed_on: Day of the last signature.
        today: The day of reading.
        made_on: The day the signed version was made.
        profile: The office's region.
    """
    problems: list[Problem] = []
    values: dict[str, Value] = {}
    case = Case(spec=spec, facts=facts, values=known, today=today, profile=profile, made_on=made_on)
    for field in spec.fields:
        cells = gather_typed(field, typed)
        if not cells:
            continue
        try:
            values[field.name] = _read(field, cells, case, issued.get(field.name, NC))
        except ValueParseError as error:
            problems.append(_problem(error.rule, str(error), field))
    problems += _strangers(spec, typed)
    if signed_on is not None:
        problems += _day(spec, signed_on, today=today, made_on=made_on)
        if spec.signed_field:
            values.setdefault(spec.signed_field, signed_on)
    merged = {**known, **values}
    read: list[Signature] = []
    for role, text in signatures:
        try:
            read.append(parse_signature(spec, merged, role, text))
        except ValueParseError as error:
            problems.append(Problem(code=error.rule, message=str(error), where=Where(column=role)))
    problems += check_signatures(spec, facts, merged, tuple(read), today=today, made_on=made_on, profile=profile)
    problems += _warnings(replace(case, values=merged, signatures=tuple(read)), frozenset(values))
    return ReadBack(values=values, signatures=tuple(read), problems=tuple(dict.fromkeys(problems)))


def to_read(spec: FormSpec, known: Mapping[str, Value]) -> tuple[FieldSpec, ...]:
    """Return the fields that were left to the pen and have not been typed in yet."""
    return tuple(
        field
        for field in spec.fields
        if (field.pen or field.name == spec.signed_field) and not field.system and _is_open(known.get(field.name, NC))
    )


def parse_signature(spec: FormSpec, values: Mapping[str, Value], role: str, text: str) -> Signature:
    """Read one signature place: ``签名并捺印`` or ``捺印（不会书写）；见证:潘文海；说明:潘文海宣读``.

    Args:
        spec: The form.
        values: Gives the party's name where none is typed.
        role: Role or printed title of the place.
        text: How it was signed, then 签名 代签 见证 日期 方式 说明 with their texts.

    Raises:
        ValueParseError: ``signature.role``, ``signature.form`` or that of a part.
    """
    signer = next((s for s in spec.signers if role.strip() in {s.role, s.title}), None)
    if signer is None:
        known = "、".join(f"{s.role}（{s.title}）" for s in spec.signers)
        raise ValueParseError("signature.role", f"{spec.code} 没有“{role}”这个签字处。可以写：{known}。", text=role)
    head, *parts = [part.strip() for part in re.split(r"[;\uff1b]", text) if part.strip()] or [""]
    mode = SignMode.FINGERPRINT if head == "捺印" else enums.read(SignMode, head)
    said: dict[str, str] = {}
    for part in parts:
        key, _, value = (piece.strip() for piece in part.replace("\uff1a", ":").partition(":"))
        if key not in _KEYS or not value:
            raise ValueParseError(
                "signature.form", f"“{part}”看不懂。每项写成“名目:内容”，名目有{'、'.join(_KEYS)}。", text=part
            )
        said[_KEYS[key]] = value
    party = values.get(signer.name_field, NC) if signer.name_field else NC
    name = "" if isinstance(party, Blank) or mode not in _WRITTEN else str(party)
    return Signature(
        role=signer.role,
        name=said.get("name", name),
        written_by=said.get("written_by", ""),
        mode=mode,
        setting=enums.read(ConsentMode, said["setting"]) if "setting" in said else NC,
        signed_on=parse_date(said["signed_on"]) if "signed_on" in said else NC,
        witnesses=tuple(w for w in re.split(r"[、,\uff0c\s]+", said.get("witnesses", "")) if w),
        note=said.get("note", ""),
    )


def _read(field: FieldSpec, cells: dict[str, str], case: Case, printed: Value) -> Value:
    """Return a field's whole value; what stands in print keeps standing."""
    base = case.value(field.name)
    whole = cells.pop(field.name, "")
    if whole:
        base = parse_field(field, whole, case.facts)
    if cells:
        if base is NC and field.default:
            base = COMPUTED[field.default](case, field)
        base = put_cells(field, base, cells)
    if not _agrees(base, printed):
        message = f"“{field.title}”在这份文书上是印好的，不能另录。纸面有更正的，请用 --revise 出新版本重新签字。"
        raise ValueParseError("reading.printed", message, text="")
    return base


def _agrees(new: Value, printed: Value) -> bool:
    """Tell whether a value leaves what is printed as it is, cell by cell."""
    if _is_open(printed) and not as_rows(printed) and not as_struct(printed):
        return True
    if as_struct(printed):
        return _row_agrees(as_struct(new), as_struct(printed))
    rows, old = as_rows(new), as_rows(printed)
    if old:
        return len(rows) >= len(old) and all(_row_agrees(r, o) for r, o in zip(rows, old, strict=False))
    return new == printed


def _row_agrees(new: Row, printed: Row) -> bool:
    return all(value is NC or new.get(name) == value for name, value in printed.items())


def _is_open(value: Value) -> bool:
    """Tell whether a value, or any cell of it, is still to be collected."""
    if value is NC or value == ():
        return True
    rows = as_rows(value) or ((as_struct(value),) if as_struct(value) else ())
    return any(cell is NC for row in rows for cell in row.values())


def _strangers(spec: FormSpec, typed: Mapping[str, str]) -> Iterator[Problem]:
    for key in typed:
        field = spec.find_field(key.split(".", 1)[0])
        if field is None or field.system or ("." in key and field.type not in {FieldType.TABLE, FieldType.STRUCT}):
            message = f"{spec.code} 里没有“{key}”这一项，没有录入。请核对项目名。"
            yield Problem(code="field.unknown", message=message, where=Where(field=key, column=key))


def _day(spec: FormSpec, day: date, *, today: date, made_on: date) -> Iterator[Problem]:
    field = spec.find_field(spec.signed_field) if spec.signed_field else None
    for is_wrong, why in ((day > today, "还没有到"), (day < made_on, "早于这一版文书的生成日期")):
        if is_wrong:
            yield _problem("reading.signed-on", f"签字日期{day}{why}。请对照纸面更正。", field)


def _warnings(case: Case, read: frozenset[str]) -> Iterator[Problem]:
    """Say what the form's rules think of the fields that were read; the paper is signed, so none blocks."""
    for code in case.spec.rules:
        if code in SIGNING_RULES or code == "REF-22":
            continue
        for problem in RULES[code].run(case):
            if problem.where.field in read:
                yield replace(problem, blocking=False)


def _problem(code: str, message: str, field: FieldSpec | None) -> Problem:
    where = Where(field=field.name, column=field.title) if field else Where()
    return Problem(code=code, message=message, where=where)
