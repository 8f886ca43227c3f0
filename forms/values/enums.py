"""Closed sets of values; the stored code is the printed Chinese label.

Source: forms.md §3.1 and §4. `options(cls)` lists labels in printed order; `read(cls, text)`
finds one by label or alias.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from forms.values.names_and_numbers import ValueParseError


class Gender(StrEnum):
    """性别."""

    MALE = "男"
    FEMALE = "女"


class IdType(StrEnum):
    """证件类型 (V-ID-TYPE)."""

    RESIDENT = "居民身份证/户口簿"
    BIRTH_CERTIFICATE = "出生医学证明"
    HMT_RESIDENCE = "港澳台居民居住证"
    FOREIGN_RESIDENCE = "外国人永久居留身份证"
    PASSPORT = "护照"
    NONE = "无"


class HukouKind(StrEnum):
    """户口性质."""

    RURAL = "农村居民户口"
    URBAN = "城镇居民户口"
    OTHER = "其他"


class Schooling(StrEnum):
    """就学情况: one value partitions the roster."""

    NOT_YET = "未入园"
    KINDERGARTEN = "幼儿园"
    PRIMARY = "小学"
    JUNIOR = "初中"
    SENIOR = "高中"
    VOCATIONAL = "中职"
    DROPPED_OUT = "辍学"
    NOT_IN_SCHOOL = "不在学"


class Boarding(StrEnum):
    """是否寄宿."""

    BOARDING = "寄宿"
    DAY = "非寄宿"


class Health(StrEnum):
    """身体情况, primary."""

    HEALTHY = "健康"
    DISABLED = "残疾"
    ILL = "患病"


class AwayPattern(StrEnum):
    """留守类型; the third is not a left-behind child in the plans' sense (X-07)."""

    BOTH_AWAY = "父母双方外出务工"
    ONE_AWAY = "父母一方外出另一方无监护能力"
    BOTH_INCAPABLE = "父母双方无监护能力"


class PersonStatus(StrEnum):
    """状态 of a parent or relative."""

    REACHABLE = "在世可联系"
    LOST = "失联"
    DEAD = "死亡"
    DETAINED = "被限制人身自由"
    UNKNOWN = "不详"


class Custody(StrEnum):
    """婚姻/抚养关系."""

    SHARED = "共同抚养"
    FATHER = "离异由父直接抚养"
    MOTHER = "离异由母直接抚养"
    OTHER = "其他"


class IncapableReason(StrEnum):
    """无监护能力原因."""

    ILLNESS = "重病"
    DISABILITY = "重残"
    OTHER = "其他"


class Relation(StrEnum):
    """与儿童关系; 父 and 母 can never be a carer (REF-07)."""

    GRANDFATHER = "祖父"
    GRANDMOTHER = "祖母"
    MATERNAL_GRANDFATHER = "外祖父"
    MATERNAL_GRANDMOTHER = "外祖母"
    BROTHER = "兄"
    SISTER = "姐"
    UNCLE_AUNT = "伯叔姑舅姨"
    OTHER_RELATIVE = "其他亲属"
    FRIEND = "朋友"
    NEIGHBOUR = "邻居"
    OTHER = "其他"
    FATHER = "父"
    MOTHER = "母"


class CareActual(StrEnum):
    """实际照护."""

    GRANDPARENTS = "（外）祖父母"
    RELATIVES = "亲戚朋友"
    NOBODY = "无人监护"
    INCAPABLE_PARENT = "一方外出另一方无监护能力"


class CareQuality(StrEnum):
    """监护情况评估."""

    GOOD = "较好"
    FAIR = "一般"
    POOR = "差"


class IncomeSource(StrEnum):
    """家庭经济来源, several allowed."""

    WAGES = "打工收入"
    FARMING = "种养殖业"
    RELIEF = "政府救助"
    FAMILY = "亲朋接济"
    OTHER = "其他"


class Relief(StrEnum):
    """救助帮扶情况, several allowed; 无 excludes the others."""

    MINIMUM_LIVING = "低保"
    EXTREME_POVERTY = "特困供养"
    TEMPORARY = "临时救助"
    MEDICAL = "医疗救助"
    HOUSING = "住房救助"
    DISABILITY_LIVING = "残疾人生活补贴"
    DISABILITY_CARE = "残疾人护理补贴"
    ORPHAN = "孤儿/事实无人抚养儿童保障"
    OTHER = "其他"
    NONE = "无"


class EntrustReason(StrEnum):
    """委托原因 (未成年人保护法 第二十二条); 无 is on the list only to be refused (REF-04)."""

    WORK = "外出务工"
    ILLNESS = "患病"
    OTHER = "其他正当理由"
    NONE = "无"


class ConsentMode(StrEnum):
    """父母同意方式."""

    IN_PERSON = "当面"
    PRE_SIGNED = "预签"
    BY_POST = "邮寄"
    BY_VIDEO = "视频见证"
    BY_PHONE = "电话"


class SingleParentReason(StrEnum):
    """单方签署理由."""

    DEAD = "死亡"
    LOST = "失联"
    INCAPABLE = "无监护能力"
    CUSTODY = "离异由一方直接抚养"


class Screening(StrEnum):
    """核查结果 of each art 22(3) line; 待查 blocks signing."""

    CLEAR = "无"
    HIT = "有"
    PENDING = "待查"


class Willingness(StrEnum):
    """照护意愿."""

    WILLING = "自愿"
    RELUCTANT = "勉强"
    UNWILLING = "不愿"


class AssessmentResult(StrEnum):
    """评估结论."""

    PASSED = "合格"
    CONDITIONAL = "基本合格（限期改善）"
    FAILED = "不合格"


class Preference(StrEnum):
    """儿童态度."""

    AGREES = "同意"
    DISAGREES = "不同意"
    WANTS_OTHER = "希望其他人"
    UNCLEAR = "无法判断"


class SignMode(StrEnum):
    """签署方式."""

    SIGNATURE = "签名"
    SIGNATURE_FINGERPRINT = "签名并捺印"
    FINGERPRINT = "捺印（不会书写）"
    SEAL = "盖章"
    REFUSED = "拒签"


class PaperStatus(StrEnum):
    """record_status of a paper."""

    DRAFT = "草稿"
    ISSUED = "已生成待签"
    SIGNED = "已签待归档"
    ARCHIVED = "已归档"
    VOID = "作废"
    REPLACED = "被替代"


class UnitKind(StrEnum):
    """Kinds of unit that act (forms.md §2)."""

    VILLAGE = "村（居）民委员会"
    TOWN = "镇（街道）"
    COUNTY = "县级民政部门"
    SCHOOL = "学校"
    POLICE = "公安机关"
    EDUCATION = "教育部门"


class Flag(StrEnum):
    """Something about a person that bars care (REF-01, REF-09, X-09)."""

    ABUSE = "性侵害、虐待、遗弃、拐卖、暴力伤害"
    ADDICTION = "吸毒、酗酒、赌博等恶习"
    NEGLECT = "曾拒不履行或长期怠于履行监护、照护职责"
    UNFIT = "其他不适宜担任被委托人的情形"
    VIOLENCE_LETTER = "家庭暴力告诫书中的加害人"
    PROTECTION_ORDER = "人身安全保护令的被申请人"
    UNDER_INVESTIGATION = "因涉嫌侵害未成年人被调查"
    INFECTIOUS = "患有严重传染性疾病"
    NO_CAPACITY = "不具有完全民事行为能力"


ALIASES: dict[str, str] = {
    # what village lists write for the labels above
    "爷爷": "祖父", "公公": "祖父", "阿公": "祖父", "奶奶": "祖母", "婆婆": "祖母", "外公": "外祖父",
    "姥爷": "外祖父", "外婆": "外祖母", "姥姥": "外祖母", "哥哥": "兄", "姐姐": "姐", "伯父": "伯叔姑舅姨",
    "伯伯": "伯叔姑舅姨", "叔叔": "伯叔姑舅姨", "叔父": "伯叔姑舅姨", "伯母": "伯叔姑舅姨", "婶婶": "伯叔姑舅姨",
    "姑姑": "伯叔姑舅姨", "姑妈": "伯叔姑舅姨", "舅舅": "伯叔姑舅姨", "舅妈": "伯叔姑舅姨", "姨妈": "伯叔姑舅姨",
    "阿姨": "伯叔姑舅姨", "姨": "伯叔姑舅姨", "亲戚": "其他亲属", "父亲": "父", "爸爸": "父", "母亲": "母",
    "妈妈": "母", "男性": "男", "女性": "女", "男孩": "男", "女孩": "女", "住校": "寄宿", "走读": "非寄宿",
    "双方外出": "父母双方外出务工", "父母外出": "父母双方外出务工", "双亲外出": "父母双方外出务工",
    "一方外出": "父母一方外出另一方无监护能力", "祖父母": "（外）祖父母", "外祖父母": "（外）祖父母",
    "(外)祖父母": "（外）祖父母", "去世": "死亡", "已故": "死亡", "亡故": "死亡", "病故": "死亡", "失去联系": "失联",
    "服刑": "被限制人身自由", "身份证": "居民身份证/户口簿", "居民身份证": "居民身份证/户口簿",
    "户口簿": "居民身份证/户口簿", "农业": "农村居民户口", "农村": "农村居民户口", "农业户口": "农村居民户口",
    "城镇": "城镇居民户口", "非农业": "城镇居民户口", "务工": "外出务工", "打工": "打工收入", "低保户": "低保",
    "未上学": "未入园", "幼儿": "幼儿园", "学前班": "幼儿园", "基本合格": "基本合格（限期改善）",
    "限期改善": "基本合格（限期改善）",
}  # fmt: skip

E = TypeVar("E", bound=StrEnum)


def options(kind: type[E]) -> tuple[str, ...]:
    """Return the labels in printed order."""
    return tuple(m.value for m in kind)


def read(kind: type[E], text: str) -> E:
    """Find a member by label or by what village lists write for it.

    Raises:
        ValueParseError: ``enum.unknown``, naming the labels that are possible.
    """
    wanted = text.strip()
    for candidate in (wanted, ALIASES.get(wanted, wanted), ALIASES.get(ALIASES.get(wanted, ""), wanted)):
        for member in kind:
            if member.value == candidate:
                return member
    raise ValueParseError("enum.unknown", f"“{wanted}”不在可选项里。可以填：{'、'.join(options(kind))}。", text=text)
