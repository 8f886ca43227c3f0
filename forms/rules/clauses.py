"""不得写入文书的内容: clauses the law does not allow (REF-10) and law no longer in force (REF-17).

Source: forms.md §11; 民法典 第三十四条、第三十五条、第一千一百八十九条、第一千二百六十条; 未成年人保护法 第十一条、
第二十二条. A clause that denies the forbidden thing (监护职责不因委托而转移) is what a good paper says and is
let through.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from forms.law.sources import Citation, cite
from forms.problems import Problem, Where

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class ForbiddenText:
    """One kind of sentence that may not stand on a paper."""

    key: str
    code: str
    pattern: re.Pattern[str]
    message: str
    sources: tuple[Citation, ...]
    denied_by: re.Pattern[str] | None = None
    """Words before or inside the match that turn it into its opposite."""


_CARER = r"(?:被委托人|受委托(?:监护|照护)?人|受托人|照护人|代养人|乙方)"
_PARENT = r"(?:父母|父亲|母亲|家长|(?<!被)委托人|原监护人|监护人|甲方)"
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
            r"|(?:私下|自行|内部)(?:解决|了结|处理)[^。；]{0,8}(?:不|勿|无需|无须)[^，。；]{0,6}(?:报警|报案|举报|报告)"
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


def forbidden_clauses(text: str, where: Where | None = None) -> Iterator[Problem]:
    """Yield what may not stand in a text: a template's paragraph or a typed clause."""
    for rule in FORBIDDEN:
        for match in rule.pattern.finditer(text):
            start = max(text.rfind(mark, 0, match.start()) for mark in "。；\n") + 1
            if rule.denied_by and rule.denied_by.search(text[start : match.end()]):
                continue
            message = f"“{match[0]}”：{rule.message}"
            yield Problem(code=rule.code, message=message, where=where or Where(), sources=rule.sources)
