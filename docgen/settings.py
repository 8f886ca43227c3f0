"""Settings of one office, read once from `office.toml`, frozen, passed by argument.

The file is written by `docgen office init` and edited by people; an unknown key is refused by
name, so that a misspelt setting is noticed and not silently ignored. The secret that signs the
marks stands in a file of its own (`office.key`), so that office.toml can be shown to anybody.
"""

from __future__ import annotations

import re
import secrets
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from forms.errors import AppError, NotAnOfficeError
from forms.people import Staff
from forms.profiles.wording import LAW_2020, WORDINGS, Wording

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SETTINGS_FILE = "office.toml"
KEY_FILE = "office.key"
SIGNING_KEY_FILE = "sign.key"
PARTNERS_FILE = "partners.json"
FOLDERS = ("store", "index", "inbox", "desk", "out", "work", "forms", "templates", "profiles")
"""Every folder of an office; `work` holds what is being written and is empty at rest."""


class SettingsError(AppError):
    """office.toml cannot be used as it stands."""

    code = "office.settings"
    exit_code = 17

    def __init__(self, why: str) -> None:
        super().__init__(f"office.toml 里的设置有误：{why}。请改正后再试；改之前可以先另存一份。")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveScheme:
    """How the office's papers are classed and how long they are kept (DA/T 22—2015, DA/T 13—2022)."""

    fonds_number: str = ""
    """全宗号, given by the county archives; empty until it is."""

    category_code: str = "WS"
    """门类代码: WS 文书, or the class agreed with the local archives."""

    office_code: str = ""
    """机构（问题）代码; empty: the code is left out of the 档号."""

    retention_period: str = ""
    """Y, D30 or D10 for every form the table below does not name; empty until the unit has approved one."""

    retention: Mapping[str, str] = field(default_factory=dict)
    """The unit's own table: form code → Y, D30, D10."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeSettings:
    """What one office has decided."""

    unit_name: str
    """Full name as on the seal."""

    profile: str
    """Key of the region profile, e.g. ``longli``."""

    wording: Wording
    number_prefix: str
    """机关代字 before the series, e.g. ``洗民``."""

    town_name: str
    county_name: str = ""
    filler: Staff = field(default_factory=lambda: Staff(name=""))
    reviewer: Staff | None = None
    head: Staff | None = None
    archive: ArchiveScheme = field(default_factory=ArchiveScheme)
    series: Mapping[str, str] = field(default_factory=dict)
    """Words of the number series that depart from `SERIES_WORDS`: ``{"care": "委照"}``."""

    issuers: Mapping[str, str] = field(default_factory=dict)
    """Other units whose papers are made here (派出所, 学校): full name as on the seal → 机关代字."""

    forms_on: tuple[str, ...] = ()
    """Codes of forms the region's plan does not ask for and this office uses all the same."""

    installed_fonts: bool = False
    """Draw with the 仿宋, 楷体 … installed on this machine instead of the fonts shipped."""

    registry_url: str = ""
    """Empty: `registry.db` in the office folder; else an SQLAlchemy URL (PostgreSQL)."""

    check_days: int = 30
    """After how many days a check of the whole office is due again."""

    check_level: str = "fixity"
    """How far a check looks that was asked for by the schedule."""

    def series_name(self, key: str, issuer: str = "") -> str:
        """Return the printed series of a form's number: ``洗民委照``; another unit has its own 机关代字."""
        return self.issuers.get(issuer, self.number_prefix) + (self.series.get(key) or SERIES_WORDS.get(key) or key)


SERIES_WORDS: dict[str, str] = {
    "care": "委照",
    "assessment": "评估",
    "opinion": "听意",
    "roster": "名册",
    "registration": "登记",
    "notice": "书告",
    "filing": "备案",
    "admonition": "劝诫",
    "elder": "老登",
    "family": "家档",
    "school": "校登",
    "letter": "函",
    "report": "强报",
    "disposal": "通报",
    "return_order": "责返",
    "reprimand": "训诫",
    "dv_warning": "告诫",
    "dv_notice": "告知",
    "handover": "交接",
    "case_assessment": "评帮",
    "proposal": "建议",
    "official": "报",
    "verification": "核",
    "dropout": "辍登",
    "school_notice": "劝返",
    "resume_order": "责学",
    "return": "销号",
    "holiday": "假交",
}
"""What stands between 机关代字 and the year, by the series a form belongs to (GB/T 9704—2012)."""

_KEYS: dict[str, set[str] | None] = {
    # None: any key
    "office": {"unit", "town", "county", "profile", "wording", "number_prefix", "fonds_number", "retention_period"},
    "people": {"filler", "filler_post", "reviewer", "reviewer_post", "head", "head_post"},
    "printing": {"installed_fonts"},
    "numbers": None,
    "archive": {"fonds_number", "category_code", "office_code", "retention_period", "retention"},
    "issuers": None,
    "forms": {"on"},
    "registry": {"url"},
    "check": {"every_days", "level"},
}


def read_settings(folder: Path) -> OfficeSettings:
    """Read `office.toml`.

    Raises:
        NotAnOfficeError: there is none.
        SettingsError: it is not TOML, a key is unknown or missing, a value is of the wrong kind.
    """
    path = folder / SETTINGS_FILE
    try:
        data = tomllib.loads(path.read_text("utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        raise NotAnOfficeError(str(folder)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"不是正确的 TOML 文件（{error}）") from None
    for table, keys in data.items():
        if table not in _KEYS or not isinstance(keys, dict):
            raise SettingsError(f"不认识的一节“[{table}]”，可用的有 {'、'.join(_KEYS)}")
        known = _KEYS[table]
        for key in keys.keys() - known if known is not None else ():
            raise SettingsError(f"[{table}] 里不认识的一项“{key}”，可用的有 {'、'.join(sorted(known or ()))}")
    office, people = data.get("office", {}), data.get("people", {})
    return OfficeSettings(
        unit_name=_text(office, "unit", required=True),
        town_name=_text(office, "town") or _text(office, "unit"),
        county_name=_text(office, "county"),
        profile=_text(office, "profile", required=True),
        wording=_wording(_text(office, "wording") or LAW_2020.key),
        number_prefix=_text(office, "number_prefix"),
        archive=_scheme(data.get("archive", {}), office),
        filler=_staff(people, "filler") or Staff(name=""),
        reviewer=_staff(people, "reviewer"),
        head=_staff(people, "head"),
        series={key: _text(data.get("numbers", {}), key) for key in data.get("numbers", {})},
        issuers={name: _text(data.get("issuers", {}), name) for name in data.get("issuers", {})},
        forms_on=_codes(data.get("forms", {}), "on"),
        installed_fonts=_flag(data.get("printing", {}), "installed_fonts"),
        registry_url=_text(data.get("registry", {}), "url"),
        check_days=_days(data.get("check", {}), "every_days", 30),
        check_level=_level(_text(data.get("check", {}), "level") or "fixity"),
    )


def write_settings(folder: Path, settings: OfficeSettings) -> None:
    """Write `office.toml` for a new office, with a comment at each setting."""
    (folder / SETTINGS_FILE).write_text(_render(settings), "utf-8", newline="\n")


def make_secret(folder: Path) -> None:
    """Write a new 32-byte secret for the marks; never overwrites one that is there.

    Without the old secret, pages already printed could no longer be read.
    """
    path = folder / KEY_FILE
    if not path.exists():
        path.write_text(secrets.token_hex(32) + "\n", "ascii")
        path.chmod(0o600)  # on Windows this only clears read-only; the folder's own rights protect it there


def read_secret(folder: Path) -> bytes:
    """Read the secret that signs the marks.

    Raises:
        SettingsError: the file is missing or damaged.
    """
    try:
        secret = bytes.fromhex((folder / KEY_FILE).read_text("ascii").strip())
    except (OSError, ValueError):
        secret = b""
    if not 16 <= len(secret) <= 64:
        raise SettingsError(f"{KEY_FILE} 缺失或损坏，印在纸上的标识无法核对；请从备份中恢复这个文件")
    return secret


def _text(table: dict[str, Any], key: str, *, required: bool = False) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise SettingsError(f"“{key}”应当是加引号的文字")
    if required and not value.strip():
        raise SettingsError(f"缺少“{key}”")
    return value.strip()


def _flag(table: dict[str, Any], key: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise SettingsError(f"“{key}”只能写 true 或 false")
    return value


def _codes(table: dict[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
        raise SettingsError(f'“{key}”应当是表单代码的列表，例如 {key} = ["A6", "D13"]')
    return tuple(value)


def _days(table: dict[str, Any], key: str, default: int) -> int:
    value = table.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 3660:
        raise SettingsError(f"“{key}”应当是 1 到 3660 之间的天数")
    return value


def _level(text: str) -> str:
    if text not in {"structure", "completeness", "fixity"}:
        raise SettingsError("[check] 的 level 只能是 structure（结构）、completeness（完整）、fixity（逐字节）")
    return text


_RETENTION = ("Y", "D30", "D10")
_CODES = {"fonds_number": r"[A-Z0-9]{1,8}", "category_code": r"[A-Z]{2,4}", "office_code": r"[A-Z0-9]{1,8}|"}
"""DA/T 22—2015 §5.4.2: what the parts of a 档号 are made of."""


def _scheme(table: dict[str, Any], office: dict[str, Any]) -> ArchiveScheme:
    """Read `[archive]`; two of its settings once stood in `[office]`."""

    def code(key: str, default: str = "") -> str:
        text = _text(table, key) or _text(office, key) or default
        if text and not re.fullmatch(_CODES[key], text):
            raise SettingsError(f"“{key}”只能用大写字母和数字，现在是“{text}”")
        return text

    def retention(text: str, key: str) -> str:
        if text not in {"", *_RETENTION}:
            raise SettingsError(f"“{key}”只能是 Y（永久）、D30（30年）、D10（10年），现在是“{text}”")
        return text

    own = table.get("retention", {})
    if not isinstance(own, dict):
        raise SettingsError('[archive.retention] 里每行写一张表，例如 A1 = "D30"')
    return ArchiveScheme(
        fonds_number=code("fonds_number"),
        category_code=code("category_code", "WS"),
        office_code=code("office_code"),
        retention_period=retention(
            _text(table, "retention_period") or _text(office, "retention_period"), "retention_period"
        ),
        retention={form: retention(_text(own, form), form) for form in own},
    )


def _wording(text: str) -> Wording:
    if text not in WORDINGS:
        raise SettingsError(f"wording 只能是 {'、'.join(WORDINGS)}")
    return WORDINGS[text]


def _staff(table: dict[str, Any], key: str) -> Staff | None:
    name = _text(table, key)
    return Staff(name=name, post=_text(table, f"{key}_post")) if name else None


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _render(s: OfficeSettings) -> str:
    def staff(key: str, person: Staff | None) -> str:
        name, post = (person.name, person.post) if person else ("", "")
        return f"{key} = {_quoted(name)}\n{key}_post = {_quoted(post)}\n"

    return f"""# 本办公文件夹的设置。改动后保存即可，下次运行时生效。
[office]
unit = {_quoted(s.unit_name)}            # 单位全称，与公章一致
town = {_quoted(s.town_name)}            # 镇（街道）名称，印在文书上
county = {_quoted(s.county_name)}        # 县（区）名称
profile = {_quoted(s.profile)}           # 地区方案：wuhai yubei qinzhou shouxian longli，或 profiles/ 里自己的
wording = {_quoted(s.wording.key)}     # 用语：law_2020（委托照护）或 plan_2016（委托监护）
number_prefix = {_quoted(s.number_prefix)}  # 发文字号的机关代字，如“洗民”

[people]                     # 填表人与复核人不能是同一人
{staff("filler", s.filler)}{staff("reviewer", s.reviewer)}{staff("head", s.head)}
[numbers]                    # 各类文书文号里的字，如“洗民委照〔2026〕3号”
{"".join(f"{key} = {_quoted(s.series.get(key, word))}{chr(10)}" for key, word in SERIES_WORDS.items())}
[archive]                    # 档号：全宗号-门类代码·年度-保管期限-机构（问题）代码-件号
fonds_number = {_quoted(s.archive.fonds_number)}            # 全宗号，由县档案馆给定；没有先留空，暂不能编档号
category_code = {_quoted(s.archive.category_code)}         # 档案门类代码，文书档案为 WS
office_code = {_quoted(s.archive.office_code)}             # 机构（问题）代码，如 SSB；不分机构的留空
retention_period = {_quoted(s.archive.retention_period)}        # 一般的保管期限：Y、D30、D10；单位的表批准以前留空

[archive.retention]          # 与一般期限不同的表，每行一张，如 A1 = "Y"
{"".join(f"{_quoted(key)} = {_quoted(value)}{chr(10)}" for key, value in s.archive.retention.items())}
[printing]
installed_fonts = {"true" if s.installed_fonts else "false"}       # true：用本机安装的仿宋、楷体等字体

[issuers]                    # 由本办公室代为打印文书的其他单位和它的机关代字，如 "某某派出所" = "洗公"
{"".join(f"{_quoted(key)} = {_quoted(value)}{chr(10)}" for key, value in s.issuers.items())}
[forms]                      # 地区方案没有要求、本单位也要使用的表单，如 on = ["A6", "D13"]
on = [{", ".join(_quoted(code) for code in s.forms_on)}]

[registry]
url = {_quoted(s.registry_url)}                     # 留空：用本文件夹里的 registry.db

[check]                      # 定期检查：docgen office check --due 到期才查
every_days = {s.check_days}
level = {_quoted(s.check_level)}            # structure 结构、completeness 完整、fixity 逐字节校验
"""
