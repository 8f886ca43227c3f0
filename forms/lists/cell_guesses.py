"""What villages write instead of a label of a closed set, where a word is not enough and a pattern is needed.

Each function returns ``None`` when the text does not decide; nothing falls back to a most likely value.
"""

from __future__ import annotations

import re

from forms.values.blank import Blank, is_value
from forms.values.enums import AwayPattern, Boarding, CareActual, Gender, Health, PersonStatus, Relation, Schooling

_OUT = r"(外出|务工|打工|在外)"


_AWAY = (
    (r"双方无监护能力|均无监护能力|都无监护能力", AwayPattern.BOTH_INCAPABLE),
    (rf"(双方|双亲|父母(均|都|双双)?|均|都){_OUT}", AwayPattern.BOTH_AWAY),
    (rf"(一方|父亲?|母亲?|爸爸|妈妈|单方){_OUT}", AwayPattern.ONE_AWAY),
)
_HEALTH = ((r"残", Health.DISABLED), (r"病|症|癫痫|哮喘", Health.ILL), (r"健康|良好|正常|^好$|一般", Health.HEALTHY))
_CARE = (
    (r"无人|独居|独自|自己照顾|单独", CareActual.NOBODY),
    (r"祖父|祖母|爷爷|奶奶|外公|外婆|公公|婆婆|姥|隔代", CareActual.GRANDPARENTS),
    (r"亲戚|朋友|亲友|伯|叔|姑|舅|姨|邻居", CareActual.RELATIVES),
    (r"一方|父亲|母亲", CareActual.INCAPABLE_PARENT),
)
_SCHOOLING = (
    (r"辍学|失学", Schooling.DROPPED_OUT),
    (r"未(上|入)|没有?上|不到入园|未到|散居|学龄前(未|不)", Schooling.NOT_YET),
    (r"不在学|毕业|未升学", Schooling.NOT_IN_SCHOOL),
)
_RELATION = (
    (r"^(爷孙|公孙|祖孙\(?爷|爷)", Relation.GRANDFATHER),
    (r"^(婆孙|奶孙|祖孙\(?奶|奶)", Relation.GRANDMOTHER),
    (r"^外(公|祖父)", Relation.MATERNAL_GRANDFATHER),
    (r"^外(婆|祖母)", Relation.MATERNAL_GRANDMOTHER),
    (r"^(大|二|三|四|五|小|幺|堂|表)?(伯|叔|姑|舅|姨|婶)(父|母|妈|爹|爸|娘|婆|爷|侄)?$", Relation.UNCLE_AUNT),
    (r"^(叔侄|伯侄|姑侄|舅甥|姨甥|甥舅)$", Relation.UNCLE_AUNT),
    (r"^(亲兄|大哥|二哥|堂兄|表兄)$", Relation.BROTHER),
    (r"^(大姐|二姐|姐弟|姐妹)$", Relation.SISTER),
    (r"亲戚|亲属|堂|表|姑婆|舅公|叔公|曾祖|太", Relation.OTHER_RELATIVE),
)
_MEN = {Relation.GRANDFATHER, Relation.MATERNAL_GRANDFATHER, Relation.BROTHER, Relation.FATHER}
_WOMEN = {Relation.GRANDMOTHER, Relation.MATERNAL_GRANDMOTHER, Relation.SISTER, Relation.MOTHER}
_STATUS = (
    (r"死|亡|故|去世|过世|不在世|^否$", PersonStatus.DEAD),
    (r"失联|失踪|出走|联系不上|下落不明", PersonStatus.LOST),
    (r"服刑|戒毒|羁押|监狱|看守", PersonStatus.DETAINED),
    (r"不详|不清|未知", PersonStatus.UNKNOWN),
    (r"健在|在世|正常|^是$", PersonStatus.REACHABLE),
)


def away_pattern(text: str) -> AwayPattern | None:
    """父母均在外打工 and the like."""
    return next((value for pattern, value in _AWAY if re.search(pattern, text)), None)


def health(text: str) -> Health | None:
    """良好, 听力残疾二级, 先天性心脏病."""
    return next((value for pattern, value in _HEALTH if re.search(pattern, text)), None)


def care_actual(text: str) -> CareActual | None:
    """随爷爷奶奶生活 and the like."""
    return next((value for pattern, value in _CARE if re.search(pattern, text)), None)


def schooling(text: str) -> Schooling | None:
    """The stages that no name of a school tells."""
    return next((value for pattern, value in _SCHOOLING if re.search(pattern, text)), None)


def boarding(text: str) -> Boarding | None:
    """是/否 under 是否寄宿."""
    if text in {"是", "√", "有"} or (re.search(r"住校|寄宿|住读", text) and not re.search(r"[不非未]", text)):
        return Boarding.BOARDING
    if text in {"否", "×", "无", "不"} or re.search(r"走读|不住|非寄宿|未寄宿|通学", text):
        return Boarding.DAY
    return None


def relation(text: str, gender: Gender | Blank) -> Relation | None:
    """祖孙 with the carer's sex, 叔侄, 大伯."""
    plain = re.sub(r"[\s()（）]|关系", "", text)
    if plain in {"祖孙", "隔代", "孙子", "孙女", "爷爷奶奶", "祖父母"} and is_value(gender):
        return Relation.GRANDFATHER if gender is Gender.MALE else Relation.GRANDMOTHER
    if plain in {"外祖孙", "外孙", "外孙女", "外公外婆", "外祖父母"} and is_value(gender):
        return Relation.MATERNAL_GRANDFATHER if gender is Gender.MALE else Relation.MATERNAL_GRANDMOTHER
    parent = re.match(r"^(父|母)(子|女)$", plain)
    if parent:
        return Relation.FATHER if parent[1] == "父" else Relation.MOTHER
    return next((value for pattern, value in _RELATION if re.search(pattern, plain)), None)


def gender_of(kin: Relation) -> Gender | None:
    """The sex a relation implies."""
    return Gender.MALE if kin in _MEN else Gender.FEMALE if kin in _WOMEN else None


def status(text: str) -> PersonStatus | None:
    """健在, 已去世, 失联."""
    return next((value for pattern, value in _STATUS if re.search(pattern, text)), None)


_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任"
    "袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝安常乐于傅皮卞齐康伍余元顾孟黄穆萧尹姚邵汪祁毛米贝明臧计成戴谈宋庞熊纪舒屈项"
    "祝董梁杜阮蓝季贾路江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍虞万柯管卢莫经房丁宣邓洪包左石崔吉龚程邢裴陆荣翁侯宁仇"
    "甘武刘景龙叶黎白赖卓蒙池乔阴温庄晏柴瞿阎充习艾向古易廖终匡文欧利师聂冷辛简饶曾关查游权班冉覃闭农"
)
_DOUBLE = re.compile("欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|夏侯|令狐|长孙|宇文|司徒|端木|南宫|独孤|申屠")


def names_apart(text: str) -> tuple[str, ...]:
    """Return the names when a cell with blanks, line breaks or 和 between its words holds more than one.

    One name may be written with blanks (``张 三``, ``欧阳 沐晨``): each part of several has two characters at
    least and begins with a surname. Whoever writes a name of two words with a blank is asked, not guessed.
    """
    parts = [part for part in re.split(r"[\s\u3000]+", text.strip()) if part]
    if len(parts) == 1:
        parts = re.split("[和与及]", parts[0])
    if len(parts) < 2 or _DOUBLE.fullmatch(parts[0]):
        return ()
    if all(2 <= len(part) <= 4 and re.fullmatch("[\u3400-\u9fff]+", part) and part[0] in _SURNAMES for part in parts):
        return tuple(parts)
    return ()
