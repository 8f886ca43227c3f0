"""The fictitious town of the demo: three villages, their families, and nobody who exists.

Nobody here can be met: ID numbers begin with 522799, which is no county's code; mobile numbers are
1990000xxxx and landlines 0854-0000xxx, which no exchange gives out; villages and names are invented.
The same seed gives the same town. How each village writes its people down is in `town_sheets`.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count
from typing import TYPE_CHECKING

from forms.law.time import age_on
from forms.values.names_and_numbers import id_check_character

if TYPE_CHECKING:
    from collections.abc import Iterator

COUNTY_CODE = "522799"
"""Of no county: GB/T 2260 has no such code, so no number here is anybody's."""
TOWN = "洗马镇"
VILLAGES = ("平山村", "大坝村", "花京村")
LISTED_ON = date(2026, 3, 10)
"""The day the villages drew their lists up."""
SEED = 20260310


def _words(*lines: str) -> tuple[str, ...]:
    return tuple(word for line in lines for word in line.split())


_SURNAMES = "罗陈王杨吴李张周刘莫岑韦班龙潘石蒙黎唐谢田冉郭余邓曹"
_BOYS = _words(
    "浩然 子轩 宇航 文博 俊杰 家豪 志远 天佑 明哲 嘉诚 建业 承恩 梓涵 春生 小龙 国栋 永康 启航",
)
_GIRLS = _words(
    "雨桐 思雨 欣怡 诗涵 梦琪 雅婷 秀兰 春燕 静怡 佳慧 小凤 丽娟 晓燕 慧敏 紫萱 桂花 若兮 可馨",
)
_MEN = _words(
    "国强 建国 志明 大勇 德才 兴旺 光明 永福 发财 天贵 世昌 文武 成华 正平 开明 顺发 朝林 昌贵",
)
_WOMEN = _words(
    "桂芳 秀英 玉梅 小兰 春花 金凤 光秀 德珍 兴菊 永芬 素珍 仕英 正芬 朝珍 文秀 国珍 红梅 艳群",
)
_PLACES = _words(
    "浙江省温州市 广东省东莞市 浙江省宁波市 福建省泉州市 江苏省苏州市",
    "广东省佛山市 贵州省贵阳市 重庆市渝北区 云南省昆明市 上海市松江区",
)
_PEOPLE = ("汉族", "布依族", "苗族")


@dataclass(frozen=True, slots=True, kw_only=True)
class Adult:
    """A parent or a carer."""

    name: str
    birth: date
    is_woman: bool
    id_number: str
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kid:
    """A child."""

    name: str
    birth: date
    is_girl: bool
    id_number: str
    """Empty: not registered with any household."""
    school: str = ""
    grade: str = ""
    stage: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The children of one couple and who looks after them."""

    group: str
    """村民小组."""
    ethnicity: str
    father: Adult | None
    """``None``: deceased."""
    mother: Adult | None
    father_place: str
    mother_place: str
    carer: Adult
    relation: str
    kids: tuple[Kid, ...]
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Village:
    """One village."""

    name: str
    families: tuple[Family, ...]

    @property
    def kids(self) -> tuple[tuple[Family, Kid], ...]:
        """Every child with its family, in the order of the list."""
        return tuple((f, k) for f in self.families for k in f.kids)


@dataclass(slots=True)
class _Maker:
    """Draws people; every name, number and telephone is given out once."""

    rng: random.Random
    names: set[str] = field(default_factory=set)
    serial: Iterator[int] = field(default_factory=lambda: count(1))
    phone: Iterator[int] = field(default_factory=lambda: count(11))
    landline: Iterator[int] = field(default_factory=lambda: count(101))

    def name(self, surname: str, given: tuple[str, ...]) -> str:
        free = [surname + g for g in given if surname + g not in self.names]
        chosen = self.rng.choice(free or [surname + a[0] + b[1] for a in given for b in given])
        self.names.add(chosen)
        return chosen

    def id_number(self, birth: date, *, is_woman: bool) -> str:
        serial = next(self.serial) * 2 + (0 if is_woman else 1)
        first = f"{COUNTY_CODE}{birth:%Y%m%d}{serial % 1000:03d}"
        return first + id_check_character(first)

    def mobile(self) -> str:
        return f"1990000{next(self.phone):04d}"

    def day(self, first: int, last: int) -> date:
        start = date(first, 1, 1)
        return start + timedelta(days=self.rng.randrange((date(last, 12, 31) - start).days))

    def adult(self, surname: str, *, first: int, last: int, is_woman: bool, phones: int = 1) -> Adult:
        birth = self.day(first, last)
        return Adult(
            name=self.name(surname, _WOMEN if is_woman else _MEN),
            birth=birth,
            is_woman=is_woman,
            id_number=self.id_number(birth, is_woman=is_woman),
            phones=tuple(self.mobile() for _ in range(phones)),
        )

    def kid(self, surname: str, birth: date, *, is_girl: bool | None = None, name: str = "") -> Kid:
        girl = self.rng.random() < 0.5 if is_girl is None else is_girl
        school, grade, stage = schooling(birth)
        return Kid(
            name=name or self.name(surname, _GIRLS if girl else _BOYS),
            birth=birth,
            is_girl=girl,
            id_number=self.id_number(birth, is_woman=girl),
            school=school,
            grade=grade,
            stage=stage,
        )

    def family(self, village: str, group: str, kids: int) -> Family:
        surname, other = self.rng.sample(_SURNAMES, 2)
        relation = self.rng.choice(("奶奶", "奶奶", "爷爷", "爷爷", "外婆", "外公", "大伯", "姑姑"))
        theirs = other if relation.startswith("外") else surname
        old = relation[-1] in "婆奶爷公"
        years = self.rng.sample(range(2013, 2023), kids)
        return Family(
            group=group,
            ethnicity=self.rng.choice(_PEOPLE),
            father=self.adult(surname, first=1980, last=1990, is_woman=False),
            mother=self.adult(other, first=1982, last=1992, is_woman=True),
            father_place=self.rng.choice(_PLACES),
            mother_place=self.rng.choice(_PLACES),
            carer=self.adult(
                theirs, first=1955 if old else 1974, last=1966 if old else 1982, is_woman=relation[-1] in "婆奶姑"
            ),
            relation=relation,
            kids=tuple(self.kid(surname, self.day(y, y)) for y in sorted(years)),
            address=f"{village}{group}{self.rng.randrange(1, 60)}号",
        )


def schooling(birth: date) -> tuple[str, str, str]:
    """Return school, grade and stage in the school year of the lists."""
    age = age_on(birth, date(2025, 8, 31))
    if age < 3:
        return "", "", "未入园"
    if age < 6:
        return f"{TOWN}中心幼儿园", ("小班", "中班", "大班")[age - 3], "幼儿园"
    if age < 12:
        return f"{TOWN}中心小学", f"{'一二三四五六'[age - 6]}年级", "小学"
    return f"{TOWN}初级中学", f"{'七八九'[min(age - 12, 2)]}年级", "初中"


def make_town(seed: int = SEED) -> tuple[Village, ...]:
    """Draw the town; the same every time, another one of the same kind for another seed."""
    maker = _Maker(rng=random.Random(seed))
    plans = (
        (2, 1, 1, 2, 1, 2, 1, 1, 2, 1, 2, 1, 2, 1, 2),
        (1, 2, 1, 2, 1, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2),
        (2, 1, 2, 1, 1, 2, 1, 2, 1, 2, 1, 1, 2, 1, 2),
    )
    villages = [
        Village(
            name=name,
            families=tuple(
                maker.family(name, f"{'一二三'[i * 3 // len(plan)]}组", kids) for i, kids in enumerate(plan)
            ),
        )
        for name, plan in zip(VILLAGES, plans, strict=True)
    ]
    return tuple(_odd(maker, village) for village in villages)


def _odd(maker: _Maker, village: Village) -> Village:
    """Put the odd cases in: what any real list of seventy children has."""
    families = list(village.families)
    if village.name == "平山村":
        families[1] = _renamed(families[1], "王𬱖")
        families[2] = replace(families[2], father=None, father_place="—")
        families[3] = _twins(maker, families[3])
        families[4] = _born(maker, families[4], date(2016, 2, 29))
        families[6] = _unregistered(families[6])
        families[7] = _renamed(families[7], "吉克·阿牛", ethnicity="彝族")
        carer = families[8].carer
        families[8] = replace(
            families[8], carer=replace(carer, phones=(*carer.phones, f"0854-0000{next(maker.landline)}"))
        )
        families[9] = replace(families[9], carer=_aged(maker, families[9].carer, 1951))
    elif village.name == "大坝村":
        families[0] = _renamed(families[0], "罗䶮")
        families[2] = _renamed(families[2], "阿西·木呷", ethnicity="彝族")
        families[4] = replace(families[4], mother=None, mother_place="—")
        families[5] = _unregistered(families[5])
        families[8] = _twins(maker, families[8])
    else:
        families[1] = _renamed(families[1], "陈㛃")
        families[3] = _renamed(families[3], "买热·古丽娜", ethnicity="维吾尔族")
        families[4] = _born(maker, families[4], date(2020, 2, 29))
        families[7] = replace(families[7], father=None, father_place="—")
    return replace(village, families=tuple(families))


def _renamed(family: Family, name: str, *, ethnicity: str = "") -> Family:
    kids = (replace(family.kids[0], name=name), *family.kids[1:])
    return replace(family, kids=kids, ethnicity=ethnicity or family.ethnicity)


def _born(maker: _Maker, family: Family, birth: date) -> Family:
    first = family.kids[0]
    school, grade, stage = schooling(birth)
    number = maker.id_number(birth, is_woman=first.is_girl)
    kid = replace(first, birth=birth, id_number=number, school=school, grade=grade, stage=stage)
    return replace(family, kids=(kid, *family.kids[1:]))


def _twins(maker: _Maker, family: Family) -> Family:
    first = family.kids[0]
    number = maker.id_number(first.birth, is_woman=first.is_girl)
    second = replace(family.kids[1], birth=first.birth, is_girl=first.is_girl, id_number=number, remark="双胞胎")
    second = replace(second, school=first.school, grade=first.grade, stage=first.stage)
    return replace(family, kids=(replace(first, remark="双胞胎"), second))


def _unregistered(family: Family) -> Family:
    return replace(family, kids=(replace(family.kids[0], id_number="", remark="未上户"), *family.kids[1:]))


def _aged(maker: _Maker, adult: Adult, year: int) -> Adult:
    birth = adult.birth.replace(year=year, day=min(adult.birth.day, 28))
    return replace(adult, birth=birth, id_number=maker.id_number(birth, is_woman=adult.is_woman))
