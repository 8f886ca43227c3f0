"""The manual's pages about the forms, derived from their specs: ``python -m forms.catalogue.manual`` writes them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from forms.catalogue.library import FormLibrary
from forms.filling.field_input import option_labels
from forms.law.calendar import DayCount
from forms.rules import RULES, VALUE_RULES
from forms.spec import FieldType, Required
from forms.values.enums import SignMode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from forms.spec import CopySpec, DutySpec, FieldSpec, FormSpec, SignerSpec

TYPE_TITLES = {
    FieldType.TEXT: "文字",
    FieldType.LONG_TEXT: "长文字",
    FieldType.CLAUSES: "条款",
    FieldType.DATE: "日期",
    FieldType.DATETIME: "日期和时间",
    FieldType.BOOL: "是/否",
    FieldType.ENUM: "单选",
    FieldType.MULTI: "多选",
    FieldType.INT: "整数",
    FieldType.MONEY: "金额（元）",
    FieldType.ID_NUMBER: "身份号码",
    FieldType.NAME: "姓名",
    FieldType.PHONES: "电话",
    FieldType.ADDRESS: "地址",
    FieldType.CHECKLIST: "逐项勾选",
    FieldType.STRUCT: "几格一组",
    FieldType.TABLE: "表格",
    FieldType.PAPER_REF: "文书编号",
    FieldType.STAFF: "工作人员",
    FieldType.UNIT: "单位",
    FieldType.FILES: "附件",
    FieldType.CHART: "图",
}


def pages(library: FormLibrary) -> str:
    """Return the whole page about the forms, in Markdown."""
    head = [
        "# 文书",
        "",
        "本页由程序从表单文件生成：`python -m forms.catalogue.manual`。填写时用的项目名写在每张表的第二列。",
        "",
        "| 代码 | 名称 | 用途 |",
        "| --- | --- | --- |",
        *(f"| [{s.code}](#{s.code.lower()}) | {s.title} | {s.purpose} |" for s in library.all()),
        "",
    ]
    tail = ["## 填写时就检查的规则", "", "| 代码 | 内容 |", "| --- | --- |"]
    tail += [f"| {code} | {text} |" for code, text in VALUE_RULES.items()]
    return "\n".join([*head, *(line for spec in library.all() for line in page(spec)), *tail]) + "\n"


def page(spec: FormSpec) -> Iterator[str]:
    """Yield the lines about one form."""
    yield from (f'<a id="{spec.code.lower()}"></a>', "", f"## {spec.code} {spec.title}", "", spec.purpose, "")
    yield f"- 别名：{'、'.join(dict.fromkeys((*spec.titles.values(), *spec.aliases)))}"
    yield f"- 出具单位：{'、'.join(k.value for k in spec.issuers)}"
    if spec.trigger:
        yield f"- 什么时候办：{spec.trigger}"
    if spec.deadlines:
        yield f"- 期限：{'；'.join(d.text for d in spec.deadlines)}"
    yield f"- 份数：{spec.originals}份原件。{'；'.join(_copy(c) for c in spec.copies)}"
    yield f"- 签署：{'；'.join(_signer(s) for s in spec.signers)}"
    if spec.restricted:
        yield "- 限阅：只有办案人员可以查看。"
    if spec.opens:
        yield f"- 签字归档以后要办：{'；'.join(_duty(d) for d in spec.opens)}"
    yield f"- 依据：{'、'.join(str(c) for c in spec.sources)}"
    for group in spec.groups:
        yield from (
            "",
            f"### {group.title}",
            "",
            "| 名称 | 项目名 | 类型 | 必填 | 说明 |",
            "| --- | --- | --- | --- | --- |",
        )
        yield from (_field(f) for f in group.fields)
    yield from ("", "### 检查", "", "| 代码 | 内容 | 结果 | 依据 |", "| --- | --- | --- | --- |")
    for code in spec.rules:
        rule = RULES[code]
        basis = "、".join(str(c) for c in rule.citations)
        yield f"| {code} | {rule.title} | {'拦下' if rule.blocking else '提醒'} | {basis} |"
    yield ""


def _field(field: FieldSpec) -> str:
    notes = [field.help] if field.help else []
    if field.type in {FieldType.ENUM, FieldType.MULTI}:
        notes.append(f"可填：{'、'.join(option_labels(field))}。")
    if field.columns:
        notes.append(f"各格：{'、'.join(f'{c.title}（`{c.name}`）' for c in field.columns)}。")
    if field.prefill and not field.editable:
        notes.append("从档案带出，在档案里更正。")
    elif field.prefill or field.default:
        notes.append("自动给出，可以改。")
    if field.max_length:
        notes.append(f"最多{field.max_length}个字。")
    if field.rules:
        notes.append(f"检查：{'、'.join(field.rules)}。")
    cells = (field.title, f"`{field.name}`", TYPE_TITLES[field.type], _required(field), "".join(notes))
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _required(field: FieldSpec) -> str:
    if field.system:
        return "系统给出"
    words = {Required.ALWAYS: "必填", Required.CONDITIONAL: "有条件", Required.OPTIONAL: "选填"}[field.required]
    return f"{words}，可用笔填" if field.pen else words


def _copy(copy: CopySpec) -> str:
    receipt = "，要回执" if copy.receipt else ""
    return f"{copy.title}{'' if copy.original else '（复制件）'}{receipt}"


def _signer(signer: SignerSpec) -> str:
    parts = [SignMode.SIGNATURE.value if signer.signature else "", "捺印" if signer.fingerprint else ""]
    parts.append("盖章" if signer.seal else "")
    need = {Required.ALWAYS: "", Required.CONDITIONAL: "（视情况）", Required.OPTIONAL: "（自愿）"}[signer.required]
    return f"{signer.title}{need}：{'、'.join(p for p in parts if p)}"


def _duty(duty: DutySpec) -> str:
    unit = {DayCount.CALENDAR: "日", DayCount.WORKING: "个工作日", DayCount.MONTHS: "个月"}[duty.count]
    when = f"（{abs(duty.days)}{unit}{'前' if duty.days < 0 else '内'}）" if duty.days else ""
    form = f"，用{duty.form}" if duty.form else ""
    return f"{duty.title}{when}{form}"


if __name__ == "__main__":
    sys.stdout.buffer.write(pages(FormLibrary.load()).encode("utf-8"))
