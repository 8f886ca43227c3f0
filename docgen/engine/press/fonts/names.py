"""Names that Chinese documents use for the same type, and what stands in for it.

The names are those of Windows, Office, WPS, macOS and the free fonts. A face is first looked for
under its own name, then under the other names of its row, then the open face of its kind is taken.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache


class Kind(StrEnum):
    """Which of the open faces stands in."""

    SERIF = "serif"
    SANS = "sans"


_ROWS: tuple[tuple[Kind, bool, str], ...] = (
    # kind of the stand-in, whether it is set bold, names
    (
        Kind.SERIF,
        False,
        (
            "宋体|SimSun|新宋体|NSimSun|宋体-简|Songti SC|华文宋体|STSong|方正书宋_GBK|方正书宋简体|思源宋体|"
            "Source Han Serif SC|Noto Serif CJK SC|Noto Serif SC|FandolSong|AR PL UMing CN"
        ),
    ),
    (
        Kind.SERIF,
        False,
        (
            "仿宋|FangSong|仿宋_GB2312|FangSong_GB2312|华文仿宋|STFangsong|方正仿宋_GBK|方正仿宋简体|"
            "FandolFang|FandolFang R|朱雀仿宋|Zhuque Fangsong (technical preview)"
        ),
    ),
    (
        Kind.SERIF,
        False,
        (
            "楷体|KaiTi|楷体_GB2312|KaiTi_GB2312|楷体-简|Kaiti SC|华文楷体|STKaiti|方正楷体_GBK|方正楷体简体|"
            "霞鹜文楷|LXGW WenKai|FandolKai|AR PL UKai CN"
        ),
    ),
    (
        Kind.SERIF,
        True,
        "方正小标宋简体|方正小标宋_GBK|FZXiaoBiaoSong-B05S|FZXiaoBiaoSong-B05|小标宋|小标宋体|方正小标宋|华文中宋|STZhongsong",
    ),
    (
        Kind.SANS,
        False,
        (
            "黑体|SimHei|黑体-简|Heiti SC|华文黑体|STHeiti|方正黑体_GBK|方正黑体简体|思源黑体|Source Han Sans SC|"
            "Noto Sans CJK SC|Noto Sans SC|FandolHei|文泉驿正黑|WenQuanYi Zen Hei"
        ),
    ),
    (Kind.SANS, False, "微软雅黑|Microsoft YaHei|Microsoft YaHei UI|苹方-简|PingFang SC"),
    (Kind.SANS, False, "等线|DengXian|等线 Light|DengXian Light"),
    (Kind.SERIF, False, "Times New Roman|Times|Liberation Serif|Tinos|Nimbus Roman"),
    (Kind.SANS, False, "Arial|Helvetica|Liberation Sans|Arimo|Nimbus Sans"),
    (Kind.SANS, False, "Calibri|Carlito"),
    (Kind.SERIF, False, "Cambria|Caladea"),
    (Kind.SANS, False, "Verdana|Tahoma|Segoe UI|DejaVu Sans|Aptos|Trebuchet MS"),
    (Kind.SERIF, False, "Georgia|Garamond|Book Antiqua|Century|DejaVu Serif"),
)

RARE_PLANES = (
    "SimSun-ExtB",
    "SimSun-ExtG",
    "HanaMinA",
    "HanaMinB",
    "BabelStone Han",
    "TW-Sung-Ext-B",
    "TW-Kai-Ext-B",
    "Noto Serif CJK SC",
    "Noto Sans CJK SC",
    "DejaVu Sans",
)
"""Installed faces asked for characters that no other face has, in this order."""


def normal(name: str) -> str:
    """Return a family name as it is compared: no case, no spaces at the ends, no vertical mark."""
    return name.strip().lstrip("@").casefold()


@cache
def _by_name() -> dict[str, tuple[Kind, bool, tuple[str, ...]]]:
    found: dict[str, tuple[Kind, bool, tuple[str, ...]]] = {}
    for kind, is_bold, row in _ROWS:
        others = tuple(normal(name) for name in row.split("|"))
        found |= dict.fromkeys(others, (kind, is_bold, others))
    return found


def relatives(name: str) -> tuple[str, ...]:
    """Return the normal names of the same type, the asked one first."""
    asked = normal(name)
    known = _by_name().get(asked)
    return (asked, *(other for other in known[2] if other != asked)) if known else (asked,)


def stand_in(name: str) -> tuple[Kind, bool]:
    """Return the kind of open face for a family, and whether it is to be set bold."""
    asked = normal(name)
    known = _by_name().get(asked)
    if known:
        return known[0], known[1]
    if any(sign in asked for sign in ("小标宋", "xiaobiaosong", "中宋", "粗宋", "大标宋")):
        return Kind.SERIF, True
    if any(sign in asked for sign in ("黑", "hei", "sans", "yuan", "圆", "gothic")):
        return Kind.SANS, False
    return Kind.SERIF, False
