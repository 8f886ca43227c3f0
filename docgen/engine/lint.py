"""模板检查: what a template says and lacks, found before anybody signs it.

Source: forms.md §11 REF-10 (clauses the law does not allow) and REF-17 (law no longer in force). The same
clauses are looked for in typed text with `lint_text`. A clause that denies the forbidden thing
(监护职责不因委托而转移) is what a good paper says and is let through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.engine.context import template_names, unprinted_fields
from docgen.engine.template import read_parts, read_xml
from forms.problems import Problem, Where
from forms.sources import Citation, cite
from forms.spec import Required

if TYPE_CHECKING:
    from collections.abc import Collection

    from lxml import etree

    from docgen.engine.template import TemplateFile
    from forms.spec import FormSpec

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PRINTED = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class ForbiddenText:
    """One kind of sentence that may not stand on a paper."""

    key: str
    code: str
    pattern: re.Pattern[str]
    message: str
    sources: tuple[Citation, ...]
    denied_by: re.Pattern[str] | None = field(default=None)
    """Words before or inside the match that turn it into its opposite."""


_CARER = r"(?:被委托人|受委托(?:监护|照护)?人|受托人|照护人|代养人|乙方)"
_PARENT = r"(?:父母|父亲|母亲|家长|委托人|原监护人|监护人|甲方)"
_NOT = re.compile(r"不(?!仅|但|论|管)|非|无权|未|勿|禁止|仍|无效")

FORBIDDEN: tuple[ForbiddenText, ...] = (
    ForbiddenText(
        key="guardianship-transfer",
        code="REF-10",
        pattern=re.compile(
            rf"监护(?:权|职责|责任|义务|资格|人身份)[^，。；]{{0,10}}(?:转移|移交|转让|让渡|转归|交由|交给|归{_CARER})"
            rf"|(?:转移|移交|转让|让渡|转给|交给|交由)[^，。；]{{0,12}}监护(?:权|职责|责任|义务|资格)"
            rf"|{_CARER}[^，。；]{{0,8}}(?:成为|担任|作为)[^，。；]{{0,6}}监护人(?!的)"
            rf"|由{_CARER}(?:承担|履行|行使)[^，。；]{{0,4}}(?:全部|一切|所有)?[^，。；]{{0,2}}监护(?:权|职责|责任|义务)"
        ),
        denied_by=_NOT,
        message="写有把监护权（监护职责）转给照护人的内容。委托的只是日常照护，监护人不变，请删去这一条。",
        sources=(cite("civil", "第三十四条"), cite("minors", "第二十二条")),
    ),
    ForbiddenText(
        key="parent-released",
        code="REF-10",
        pattern=re.compile(
            rf"{_PARENT}[^。；]{{0,24}}(?:不再|免予|免于|免除|无需|无须|不必|概不|不)"
            r"(?:承担|负担|负责|支付|履行|负|对)[^，。；]{0,16}(?:责任|义务|职责|费|赔偿)"
            rf"|免除{_PARENT}[^，。；]{{0,10}}(?:责任|义务|职责)"
        ),
        denied_by=re.compile(
            r"不(?:得|能|可|因|会|应)[^，。；]{0,16}(?:不|免)|(?:不|拒不|未)(?:依法|按|完全|能)|的，|拒不"
        ),
        message="写有免除父母责任的内容。父母的抚养、教育、保护责任不因委托免除，请删去这一条。",
        sources=(cite("civil", "第三十五条"), cite("civil", "第一千一百八十九条")),
    ),
    ForbiddenText(
        key="carer-jointly-liable",
        code="REF-10",
        pattern=re.compile(
            rf"{_CARER}[^。；]{{0,24}}(?:承担|负|担)[^，。；]{{0,6}}(?:连带|全部|一切|所有)[^，。；]{{0,8}}(?:责任|赔偿)"
            rf"|{_CARER}(?:与|和|同)[^，。；]{{0,8}}(?:共同|连带)(?:承担|负|赔偿)"
        ),
        denied_by=re.compile(r"不(?:承担|负|得|与)|有过错"),
        message="写有照护人承担连带或者全部赔偿责任的内容。照护人只对自己的过错承担相应的责任，请改正这一条。",
        sources=(cite("civil", "第一千一百八十九条"),),
    ),
    ForbiddenText(
        key="no-reporting",
        code="REF-10",
        pattern=re.compile(
            r"(?:双方|各方|约定|同意|承诺|保证|自愿)[^。；]{0,20}(?:不|放弃|不得|不再|不予|不向)[^，。；]{0,10}"
            r"(?:报警|报案|举报|报告|上报|声张|控告)"
            r"|(?:私下|自行|内部)(?:解决|了结|处理)[^，。；]{0,8}(?:不|勿|无需|无须)[^，。；]{0,6}(?:报警|报案|举报|报告)"
        ),
        denied_by=re.compile(r"不得不|不(?:瞒报|隐瞒|迟报|漏报)"),
        message="写有约定不报警、不报告的内容。任何人都有权报告，有关单位和人员必须报告，请删去这一条。",
        sources=(cite("minors", "第十一条"),),
    ),
    ForbiddenText(
        key="repealed-law",
        code="REF-17",
        pattern=re.compile(r"民法通则|民法总则|(?<!劳动)合同法|侵权责任法|婚姻法|收养法|继承法|物权法|担保法"),
        message="引用了已经废止的法律，请改为《中华人民共和国民法典》的相应条文。",
        sources=(cite("civil", "第一千二百六十条"),),
    ),
    ForbiddenText(
        key="old-penalties",
        code="REF-17",
        pattern=re.compile(r"治安管理处罚法》?(?:[（(]2012[^）)]*[）)])?\s*第?\s*(?:四十[三四五]|4[345])\s*条"),
        message="引用了《治安管理处罚法》修订前的条文序号，请按2026年1月1日起施行的文本核对，或者只写法律名称。",
        sources=(cite("office"),),
    ),
    ForbiddenText(
        key="old-roll-rules",
        code="REF-17",
        pattern=re.compile(r"教基一〔2013〕7号|中小学生学籍管理办法》?[（(]2013"),
        message="引用了2013年的学籍管理办法，请改为教基〔2025〕1号。",
        sources=(cite("office"),),
    ),
)


def lint_text(text: str, where: Where | None = None) -> Iterator[Problem]:
    """Yield what may not stand in a text: a template's paragraph or a typed clause."""
    for rule in FORBIDDEN:
        for match in rule.pattern.finditer(text):
            start = max(text.rfind(mark, 0, match.start()) for mark in "。；\n") + 1
            if rule.denied_by and rule.denied_by.search(text[start : match.end()]):
                continue
            message = f"“{match[0]}”：{rule.message}"
            yield Problem(code=rule.code, message=message, where=where or Where(), sources=rule.sources)


def lint_template(
    template: TemplateFile, spec: FormSpec | None = None, *, names: Collection[str] = ()
) -> list[Problem]:
    """Return the findings on a template, in the order of the text.

    Args:
        template: As `find_template` returns it.
        spec: Its form; with it the signature places and the names are judged, too.
        names: Dotted names the template uses (`CompiledTemplate.names`); empty: not judged.
    """
    problems: list[Problem] = []
    bookmarks: set[str] = set()
    for part, content in read_parts(template.data, name=template.name).items():
        if not _PRINTED.fullmatch(part):
            continue
        root = read_xml(content, name=template.name)
        bookmarks.update(mark.get(f"{_W}name", "") for mark in root.iter(f"{_W}bookmarkStart"))
        for text in _paragraphs(root):
            where = Where(sheet=template.name, subject=text[:30])
            problems.extend(lint_text(text, where))
            problems.extend(_braces(text, where))
    if spec is not None:
        problems.extend(_places(template, spec, bookmarks))
        problems.extend(_names(template, spec, names))
    return problems


def _paragraphs(root: etree._Element) -> Iterator[str]:
    """Yield the text of each paragraph that has any."""
    for paragraph in root.iter(f"{_W}p"):
        text = "".join(piece.text or "" for piece in paragraph.iter(f"{_W}t"))
        if text.strip():
            yield text


def _braces(text: str, where: Where) -> Iterator[Problem]:
    """Yield tags typed with full-width braces: they would be printed as they stand."""
    if re.search(r"[｛｝]|\{\s*[｛%％]|％\s*\}", text) and re.search(r"[｛｝％]", text):
        yield Problem(
            code="template.full-width-brace",
            message=f"“{text[:40]}”里有全角的花括号或百分号，不会被替换。请改用半角的 {{{{ }}}} 和 {{% %}}。",
            where=where,
        )


def _places(template: TemplateFile, spec: FormSpec, bookmarks: Collection[str]) -> Iterator[Problem]:
    """Yield signature places the form needs and the template lacks."""
    for signer in spec.signers:
        for box in signer.boxes:
            if box not in bookmarks:
                yield Problem(
                    code="template.no-place",
                    message=f"缺少“{signer.title}”的签章位置。请在签章的单元格里插入名为 {box} 的书签。",
                    where=Where(sheet=template.name, field=box),
                    blocking=signer.required is Required.ALWAYS,
                )


def _names(template: TemplateFile, spec: FormSpec, names: Collection[str]) -> Iterator[Problem]:
    """Yield names the form does not give, and required fields the template does not print."""
    if not names:
        return
    given = template_names(spec)
    for name in sorted(set(names) - given):
        yield Problem(
            code="template.unknown-name",
            message=f"用到了“{name}”，表格 {spec.code} 没有这一项。请检查名称是否写错。",
            where=Where(sheet=template.name, field=name),
        )
    for missing in unprinted_fields(spec, names):
        yield Problem(
            code="template.field-not-printed",
            message=f"没有印出必填项“{missing.title}”。请在模板里加上 {{{{ {missing.name} }}}}。",
            where=Where(sheet=template.name, field=missing.name, column=missing.title),
            blocking=False,
        )
