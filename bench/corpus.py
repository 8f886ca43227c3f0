"""A made-up archive for the benchmarks: deterministic, of any size, nobody in it exists.

Surnames are drawn by their share in the census, given names by a Zipf law; identity numbers carry a valid check
digit; a page is the head of a form, sentences of the kind the plans prescribe, words drawn by a Zipf law from a
word list, and what a scan does to them: blanks, line ends and look-alike characters in the wrong places.
A smaller corpus is the beginning of a larger one.
"""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from pypinyin.phrases_dict import phrases_dict

from archive.index import IndexDocument
from forms.values.names_and_numbers import id_check_character

if TYPE_CHECKING:
    from collections.abc import Iterator

_SURNAMES = """
王725 李719 张683 刘538 陈453 杨308 黄223 赵229 吴205 周212 徐166 孙154 马129 朱126 胡131 郭115 何117 高100
林115 罗86 郑94 梁85 谢76 宋81 唐72 许71 韩75 冯64 邓62 曹60 彭57 曾58 肖56 田53 董57 袁52 潘47 于57 蒋47
蔡48 余45 杜44 叶43 程44 苏42 魏44 吕43 丁41 任38 沈38 姚35 卢37 姜34 崔33 钟32 谭31 陆30 汪30 范31 金29
石29 廖28 贾29 夏27 韦26 付25 方26 白25 邹24 孟24 熊23 秦23 邱22 江22 尹21 薛21 闫20 段20 雷20 侯20 龙19
史19 陶18 黎18 贺17 顾17 毛16 郝16 龚16 邵15 万15 钱14 严14 覃13 武13 戴13 莫12 孔12 单4 仇2 解3 查2 尉迟1
欧阳6 蒙6 班4 岑3 陇2
"""
"""Surname and its bearers in ten thousand, end to end."""

_GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂玉萍红梅建华国文辉鹏飞婷宇浩欣怡梓涵子轩雨晨思佳俊豪志小"
    "晓春海燕云龙凤林森峰雪琴莲珍荣贵福兴德忠义仁礼智信天安宁康乐开心诗琪若曦语嫣博睿泽铭昊然一诺可馨奕辰依家"
    "永胜光启宗耀祖淑贞惠翠花金银朝阳向东卫援跃进"
)
_VILLAGE_WORDS = "平山石桥大寨新田水头龙塘高坡上坝下坝马场麻芝羊场谷脚湾滩云台双河红岩白果青杠沙坪黄泥乌江老屋新庄三岔"
_FORMS: tuple[tuple[str, str, str], ...] = (
    ("A1", "农村留守儿童委托监护确认书", "确认书"),
    ("A2", "农村留守儿童委托监护责任书", "责任书"),
    ("A3", "委托照护协议书", "协议书"),
    ("A4", "监护责任告知书", "告知书"),
    ("A5", "被委托人照护能力评估表", "评估表"),
    ("A6", "外出务工备案登记表", "备案表"),
    ("A8", "听取儿童意见记录", "意见记录"),
    ("B1", "农村留守儿童花名册", "花名册"),
    ("B2", "农村留守儿童登记表", "登记表"),
    ("C3", "入户走访记录", "走访记录"),
    ("D1", "强制报告登记表", "报告表"),
    ("E1", "缺勤登记与劝返记录", "劝返记录"),
)
_SENTENCES = (
    "外出务工人员要与留守未成年子女常联系、多见面，及时了解掌握他们的生活、学习和心理状况，给予更多亲情关爱。",
    "父母要依法履行对未成年子女的监护职责和抚养义务，不得让不满十六周岁的儿童脱离监护单独居住生活。",
    "受委托监护人应当按照约定履行照护责任，保障儿童人身安全，督促其按时入学并完成义务教育。",
    "村（居）民委员会要定期走访、全面排查，及时掌握留守儿童的家庭情况、监护情况和就学情况。",
    "发现儿童脱离监护单独居住生活或失踪、监护人丧失监护能力的，应当第一时间向公安机关报告。",
    "学校要加强对留守儿童受教育情况的全程管理，利用电话、家访等方式加强与家长的沟通交流。",
    "乡镇人民政府（街道办事处）要建立翔实完备的农村留守儿童信息台账，一人一档案，实行动态管理。",
    "本责任书一式三份，村民委员会、委托人、被委托人各执一份，自签字之日起生效。",
    "对实施家庭暴力、虐待或遗弃的父母或受委托监护人，公安机关应当给予批评教育，必要时予以治安管理处罚。",
    "委托人联系方式如有变动，应当自变动之日起五日内告知被委托人和村民委员会。",
)
_STATUSES = ("已归档", "已签待归档", "已生成待签", "作废", "被替代")
_LOOK_ALIKE = {
    "未": "末",
    "己": "已",
    "日": "曰",
    "大": "太",
    "人": "入",
    "士": "土",
    "责": "贵",
    "监": "盐",
    "护": "沪",
}


class _Person(NamedTuple):
    name: str
    id_number: str
    phone: str


@lru_cache(maxsize=1)
def _words() -> tuple[list[str], list[float]]:
    words = sorted((w for w in phrases_dict if 2 <= len(w) <= 4), key=lambda w: (len(w), w))
    random.Random(7).shuffle(words)
    return words, list(accumulate(1 / (rank + 3) for rank in range(len(words))))


def make_corpus(size: int) -> Iterator[IndexDocument]:
    """Yield ``size`` papers, about three a child, 111 a village."""
    rng = random.Random(20260301)
    shares = {m[1]: int(m[2]) for m in re.finditer(r"(\D+)(\d+)", "".join(_SURNAMES.split()))}
    surnames, weights = list(shares), list(accumulate(shares.values()))
    given_weights = list(accumulate(1 / (n + 6) for n in range(len(_GIVEN))))
    family: list[_Person] = []
    left = 0
    village = ("", "")
    for number in range(size):
        if not left:
            left = rng.choice((1, 2, 3, 3, 4, 5, 6))
            village = _village(rng.randrange(max(3, number // 111 + 3)))
            surname = rng.choices(surnames, cum_weights=weights)[0]
            others = rng.choices(surnames, cum_weights=weights, k=2)
            family = [
                _Person(
                    name=s + "".join(rng.choices(_GIVEN, cum_weights=given_weights, k=rng.choice((1, 2, 2, 2)))),
                    id_number=_id_number(rng, born),
                    phone=f"1{rng.choice('3578')}{rng.randrange(10**9):09d}",
                )
                for s, born in ((surname, 2013), (surname, 1985), (others[0], 1987), (others[1], 1956))
            ]
        left -= 1
        yield _paper(rng, number, family, village)


def _paper(
    rng: random.Random,
    number: int,
    family: list[_Person],
    village: tuple[str, str],
) -> IndexDocument:
    words, weights = _words()
    code, title, alias = rng.choice(_FORMS)
    day = date(2021, 1, 1) + timedelta(days=int(rng.betavariate(2, 1) * 2100))
    document_number = f"洗民委照〔{day.year}〕{number + 1}号"
    child, father, mother, carer = family
    head = (
        f"{title}\n编号：{document_number}\n儿童姓名：{child.name} 性别：{'女男'[int(child.id_number[16]) % 2]} "
        f"公民身份号码：{child.id_number}\n父亲：{father.name} 母亲：{mother.name} 联系电话：{father.phone}\n"
        f"受委托监护人：{carer.name} 住址：{village[1]}{rng.randrange(1, 12)}组\n{day.year}年{day.month}月{day.day}日\n"
    )
    body = "".join(rng.sample(_SENTENCES, rng.randrange(2, 5)))
    drawn = rng.choices(words, cum_weights=weights, k=rng.randrange(25, 56))
    body += "，".join("".join(drawn[n : n + 5]) for n in range(0, len(drawn), 5)) + "。"
    return IndexDocument(
        key=f"paper-{number:08d}",
        kind="paper",
        child_uid=f"child-{child.id_number}",
        names=tuple(person.name for person in family),
        id_numbers=(child.id_number, carer.id_number),
        phones=(father.phone,),
        document_number=document_number,
        unit_uid=f"unit-{village[0]}",
        village_code=village[0],
        village_name=village[1],
        form_code=code,
        form_terms=(title, alias),
        status=rng.choices(_STATUSES, cum_weights=(60, 80, 92, 97, 100))[0],
        day=day,
        title=title,
        body=_scanned(rng, head + body),
    )


def _village(number: int) -> tuple[str, str]:
    rng = random.Random(number)
    name = "".join(rng.sample(_VILLAGE_WORDS, 2)) + ("" if number < 200 else rng.choice("上下东西")) + "村"
    return f"5227{30 + number // 300:02d}{100 + number // 20 % 15:03d}{200 + number % 20:03d}", name


def _id_number(rng: random.Random, born: int) -> str:
    day = date(born, 1, 1) + timedelta(days=rng.randrange(-1500, 1500))
    first = f"5227{rng.choice((30, 30, 30, 31, 22, 25))}{day:%Y%m%d}{rng.randrange(1000):03d}"
    return first + id_check_character(first)


def _scanned(rng: random.Random, text: str) -> str:
    """Return text as recognition gives it: some characters wrong, blanks and line ends strewn in."""
    chars = list(text)
    for _ in range(len(chars) // 60):
        at = rng.randrange(len(chars))
        chars[at] = _LOOK_ALIKE.get(chars[at], chars[at])
    for _ in range(len(chars) // 25):
        chars.insert(rng.randrange(len(chars)), rng.choice(" \n "))
    return "".join(chars)
