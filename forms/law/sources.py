"""Statutes and standards we rely on, with the day each came into force.

Whatever a user is refused is refused with one of these; the printed form is `法规简称 第N条`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A statute, regulation, standard or plan."""

    key: str
    """Stable ASCII key used in TOML (`minors`)."""

    title: str
    """Full Chinese title."""

    short: str
    """Short title as printed."""

    in_force: date | None
    """First day in force of the text used; ``None`` for plans and our own rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """One place in a source, e.g. 未成年人保护法 第二十二条."""

    source: Source
    article: str
    """As printed after the short title, e.g. ``第二十二条``; empty for the whole text."""

    def __str__(self) -> str:
        return f"{self.source.short}{' ' + self.article if self.article else ''}"


def _s(key: str, title: str, short: str, in_force: date | None) -> Source:
    return Source(key=key, title=title, short=short, in_force=in_force)


SOURCES: dict[str, Source] = {
    s.key: s
    for s in (
        _s("minors", "中华人民共和国未成年人保护法", "未成年人保护法", date(2021, 6, 1)),
        _s("civil", "中华人民共和国民法典", "民法典", date(2021, 1, 1)),
        _s("dv", "中华人民共和国反家庭暴力法", "反家庭暴力法", date(2016, 3, 1)),
        _s(
            "dv_interpretation",
            "最高人民法院关于办理人身安全保护令案件适用法律若干问题的规定",
            "法释〔2022〕17号",
            date(2022, 8, 1),
        ),
        _s("dv_opinion", "关于加强家庭暴力告诫制度贯彻实施的意见", "公通字〔2024〕34号", date(2024, 12, 6)),
        _s("police_procedure", "公安机关办理行政案件程序规定", "公安机关办理行政案件程序规定", date(2020, 8, 6)),
        _s("security_penalties", "中华人民共和国治安管理处罚法", "治安管理处罚法", date(2026, 1, 1)),
        _s("prevent_crime", "中华人民共和国预防未成年人犯罪法", "预防未成年人犯罪法", date(2021, 6, 1)),
        _s(
            "report_opinion",
            "关于建立侵害未成年人案件强制报告制度的意见（试行）",
            "强制报告制度的意见（试行）",
            date(2020, 5, 7),
        ),
        _s("family_edu", "中华人民共和国家庭教育促进法", "家庭教育促进法", date(2022, 1, 1)),
        _s("compulsory_edu", "中华人民共和国义务教育法", "义务教育法", date(2018, 12, 29)),
        _s("elderly", "中华人民共和国老年人权益保障法", "老年人权益保障法", date(2018, 12, 29)),
        _s("pipl", "中华人民共和国个人信息保护法", "个人信息保护法", date(2021, 11, 1)),
        _s("esign", "中华人民共和国电子签名法", "电子签名法", date(2019, 4, 23)),
        _s("archives", "中华人民共和国档案法", "档案法", date(2021, 1, 1)),
        _s("gb11643", "GB 11643—1999 公民身份号码", "GB 11643—1999", date(1999, 7, 1)),
        _s("gb9704", "GB/T 9704—2012 党政机关公文格式", "GB/T 9704—2012", date(2012, 7, 1)),
        _s("gb18030", "GB 18030—2022 信息技术 中文编码字符集", "GB 18030—2022", date(2023, 8, 1)),
        _s("minwei33", "民委发〔2016〕33号", "民委发〔2016〕33号", date(2016, 4, 5)),
        _s("plan_wuhai", "乌海政办发〔2016〕71号", "乌海市实施方案", None),
        _s("plan_yubei", "渝北区农村留守儿童关爱保护工作方案", "渝北区实施方案", None),
        _s("plan_qinzhou", "钦政办〔2017〕141号", "钦州市实施方案", None),
        _s("plan_shouxian", "寿政秘〔2016〕278号", "寿县实施方案", None),
        _s("plan_longli", "龙里县“合力监护、相伴成长”专项行动实施方案（试行）", "龙里县实施方案", None),
        _s("office", "本系统的办理规则", "本系统办理规则", None),
    )
}


def cite(key: str, article: str = "") -> Citation:
    """Return the citation of one article, e.g. ``cite("minors", "第二十二条")``.

    Raises:
        KeyError: no such source; a programming error or a bad TOML file.
    """
    return Citation(source=SOURCES[key], article=article)
