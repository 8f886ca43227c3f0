"""Reads form specs from TOML, strictly: an unknown key, type, class, rule or field name is refused.

`read_groups` reads ``groups.toml``; `read_form` reads one form and takes its groups from there.
"""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from forms.catalogue.spec_check import faults
from forms.law.calendar import DayCount
from forms.law.sources import SOURCES, Citation
from forms.profiles.wording import WORDINGS, UnknownTermError, put_terms
from forms.spec import (
    CopySpec,
    Deadline,
    DutySpec,
    EffectSpec,
    FieldGroup,
    FieldSpec,
    FieldType,
    FormSpec,
    LinkSpec,
    Required,
    SignerSpec,
    Subject,
)
from forms.strict import BadDataFileError, Table
from forms.values import enums

if TYPE_CHECKING:
    from collections.abc import Mapping

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
_CODE = re.compile(r"[A-Z][0-9A-Za-z_-]{0,15}")

Groups = dict[str, dict[str, Any]]
"""Raw groups by key, their ``{as}`` and ``{label}`` still to be filled in."""


def read_groups(table: Table) -> Groups:
    """Read ``groups.toml``: raw, because a form may change rows before they are checked."""
    groups: Groups = {}
    for raw in table.tables("group"):
        key = raw.text("key")
        if key in groups:
            raise raw.bad("key", f"重复写了“{key}”")
        groups[key] = {"title": raw.text("title"), "fields": [f.rest() for f in raw.tables("fields")]}
        raw.close()
    table.close()
    return groups


def read_form(table: Table, *, groups: Groups, words: Mapping[str, str]) -> FormSpec:
    """Read one form.

    Args:
        table: The file.
        groups: What ``use = "…"`` refers to.
        words: Terms by name (`forms.profiles.wording.terms`), put into every text.

    Raises:
        BadDataFileError: naming file and key.
    """
    try:
        worded = Table(_worded(table.rest(), words), file=table.file)
        worded_groups: Groups = {k: _worded(g, {**words, "as": "{as}", "label": "{label}"}) for k, g in groups.items()}
    except UnknownTermError as error:
        raise BadDataFileError(table.file, "{" + error.term + "}", "不是认识的用语") from None
    spec = replace(_form(worded, worded_groups), words=dict(words))
    fault = next(faults(spec), None)
    if fault is not None:
        raise BadDataFileError(table.file, *fault)
    return spec


def _worded(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return put_terms(value, words)
    if isinstance(value, list):
        return [_worded(v, words) for v in value]
    if isinstance(value, dict):
        return {k: _worded(v, words) for k, v in value.items()}
    return value


def _form(t: Table, groups: Groups) -> FormSpec:
    code = t.text("code")
    if not _CODE.fullmatch(code):
        raise t.bad("code", f"写的是“{code}”，应当以大写字母开头，例如 A1")
    titles = t.mapping("titles")
    for key in WORDINGS:
        if key not in titles:
            raise t.bad(f"titles.{key}", "没有写，两套用语的标题都是必需的")
    for key in titles:
        if key not in WORDINGS:
            raise t.bad(f"titles.{key}", "不是认识的用语")
    spec = FormSpec(
        code=code,
        identifier=t.text("identifier"),
        titles=titles,
        aliases=t.texts("aliases"),
        purpose=t.text("purpose"),
        subject=t.choice("subject", Subject),
        groups=tuple(_group(g, groups) for g in t.tables("groups")),
        signers=tuple(_signer(s) for s in t.tables("signers")),
        copies=tuple(_copy(c) for c in t.tables("copies")),
        rules=t.texts("rules"),
        sources=tuple(_citation(t, s) for s in t.texts("sources", required=True)),
        issuers=tuple(_unit_kind(t, k) for k in t.texts("issuers", required=True)),
        series=t.text("series", ""),
        dossier_order=t.number("dossier_order", 0),
        retention=t.text("retention", "D30"),
        every_child=t.flag("every_child"),
        restricted=t.flag("restricted"),
        signed_field=t.text("signed_field", ""),
        valid_until=t.text("valid_until", ""),
        person_field=t.text("person_field", ""),
        trigger=t.text("trigger", ""),
        deadlines=tuple(_deadline(d) for d in t.tables("deadlines")),
        opens=tuple(_duty(d) for d in t.tables("opens")),
        closes=tuple(_duty(d) for d in t.tables("closes")),
        effects=tuple(_effect(e) for e in t.tables("effects")),
        same_by=t.texts("same_by"),
        links=tuple(_link(k) for k in t.tables("links")),
    )
    t.close()
    return spec


def _group(t: Table, groups: Groups) -> FieldGroup:
    if not t.has("use"):
        group = FieldGroup(
            key=t.text("key"), title=t.text("title"), fields=tuple(_field(f) for f in t.tables("fields"))
        )
        t.close()
        return group
    use = t.text("use")
    if use not in groups:
        raise t.bad("use", f"写的是“{use}”，groups.toml 里没有这一组")
    alias, label = t.text("as", ""), t.text("label", "")
    raw = _substituted(copy.deepcopy(groups[use]), {"{as}": alias, "{label}": label})
    fields: list[dict[str, Any]] = raw["fields"]
    names = [f.get("name") for f in fields]
    only, without = t.texts("only"), t.texts("without")
    change = t.table("change")
    changes = {name: change.table(name).rest() for name in change.keys()}  # noqa: SIM118  Table is no mapping
    for name in (*only, *without, *changes):
        if name not in names:
            raise t.bad(name, f"不在“{use}”这一组里")
    if only:
        fields = [f for f in fields if f["name"] in only]
    fields = [{**f, **changes.get(str(f["name"]), {})} for f in fields if f["name"] not in without]
    inner = Table({"fields": fields}, file=t.file, path=t.path)
    group = FieldGroup(
        key=f"{use}_{alias}" if alias else use,
        title=t.text("title", raw["title"]),
        fields=tuple(_field(f) for f in inner.tables("fields")),
    )
    t.close()
    return group


def _substituted(value: Any, marks: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for mark, text in marks.items():
            value = value.replace(mark, text)
        return value
    if isinstance(value, list):
        return [_substituted(v, marks) for v in value]
    if isinstance(value, dict):
        return {k: _substituted(v, marks) for k, v in value.items()}
    return value


def _field(t: Table) -> FieldSpec:
    name = t.text("name")
    if not _IDENTIFIER.fullmatch(name):
        raise t.bad("name", f"写的是“{name}”，只能用小写字母、数字和下划线")
    kind = t.choice("type", FieldType)
    enum = t.text("enum", "")
    if enum and not isinstance(getattr(enums, enum, None), type):
        raise t.bad("enum", f"写的是“{enum}”，没有这个选项表")
    field = FieldSpec(
        name=name,
        title=t.text("title"),
        type=kind,
        required=t.choice("required", Required, Required.OPTIONAL),
        when=t.text("when", ""),
        missing=t.text("missing", ""),
        enum=enum,
        options=t.texts("options"),
        items=t.texts("items"),
        columns=tuple(_field(c) for c in t.tables("columns")),
        prefill=t.text("prefill", ""),
        default=t.text("default", ""),
        editable=t.flag("editable"),
        pen=t.flag("pen"),
        dash=t.flag("dash"),
        system=t.flag("system"),
        printed=t.flag("printed", default=True),
        sensitive=t.flag("sensitive"),
        max_length=t.number("max_length", 0),
        minimum=t.number("minimum") if t.has("minimum") else None,
        maximum=t.number("maximum") if t.has("maximum") else None,
        min_rows=t.number("min_rows", 0),
        form=t.texts("form"),
        signed=t.flag("signed"),
        rules=t.texts("rules"),
        help=t.text("help", ""),
    )
    if kind in {FieldType.ENUM, FieldType.MULTI} and bool(enum) == bool(field.options):
        raise t.bad("enum", "和 options 必须且只能写一个")
    if kind in {FieldType.TABLE, FieldType.STRUCT} and not field.columns:
        raise t.bad("columns", "没有写，表格要有列")
    if field.required is Required.CONDITIONAL and not field.when:
        raise t.bad("when", "没有写，有条件的必填项要写明条件")
    t.close()
    return field


def _signer(t: Table) -> SignerSpec:
    signer = SignerSpec(
        role=t.text("role"),
        title=t.text("title"),
        name_field=t.text("name_field", ""),
        signature=t.flag("signature", default=True),
        fingerprint=t.flag("fingerprint"),
        seal=t.text("seal", ""),
        required=t.choice("required", Required, Required.ALWAYS),
        when=t.text("when", ""),
        principal=t.flag("principal"),
        substitutes=t.texts("substitutes"),
    )
    t.close()
    return signer


def _copy(t: Table) -> CopySpec:
    spec = CopySpec(
        key=t.text("key"),
        recipient=t.text("recipient"),
        title=t.text("title"),
        original=t.flag("original", default=True),
        receipt=t.flag("receipt"),
        statutory=t.flag("statutory"),
        hide=t.texts("hide"),
        when=t.text("when", ""),
    )
    t.close()
    return spec


def _deadline(t: Table) -> Deadline:
    spec = Deadline(
        text=t.text("text"),
        event=t.text("event"),
        days=t.number("days", 0),
        count=t.choice("count", DayCount, DayCount.CALENDAR),
        source=t.text("source", "office"),
    )
    if spec.source not in SOURCES:
        raise t.bad("source", f"写的是“{spec.source}”，没有这个依据")
    t.close()
    return spec


def _duty(t: Table) -> DutySpec:
    spec = DutySpec(
        duty=t.text("duty"),
        title=t.text("title", ""),
        form=t.text("form", ""),
        who=t.text("who", ""),
        field=t.text("field", ""),
        days=t.number("days", 0),
        count=t.choice("count", DayCount, DayCount.CALENDAR),
        threshold=t.text("threshold", ""),
        rows=t.text("rows", ""),
        every=t.number("every", 0),
        when=t.text("when", ""),
    )
    t.close()
    return spec


def _effect(t: Table) -> EffectSpec:
    spec = EffectSpec(
        kind=t.text("kind"),
        role=t.text("role", ""),
        flag=t.text("flag", ""),
        field=t.text("field", ""),
        when=t.text("when", ""),
    )
    t.close()
    return spec


def _link(t: Table) -> LinkSpec:
    spec = LinkSpec(target=t.text("target"), role=t.text("role"), field=t.text("field", ""))
    t.close()
    return spec


def _citation(t: Table, text: str) -> Citation:
    key, _, article = text.partition(" ")
    if key not in SOURCES:
        raise t.bad("sources", f"里的“{key}”不是认识的依据")
    return Citation(source=SOURCES[key], article=article)


def _unit_kind(t: Table, label: str) -> enums.UnitKind:
    for kind in enums.UnitKind:
        if kind.value == label:
            return kind
    raise t.bad("issuers", f"里的“{label}”不是认识的单位类别")
