"""A case that triggers each rule of Part D, and one that just passes."""

from __future__ import annotations

import runpy
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forms.cases.casefile import CaseRole, Service

if TYPE_CHECKING:
    from forms.problems import Problem
    from forms.values.enums import Flag

Problems = Iterable["Problem"]
_FILLINGS = runpy.run_path(str(Path(__file__).parent.parent / "forms_protection.py"))
HANDOVER, LETTER, REPORT = _FILLINGS["HANDOVER"], _FILLINGS["LETTER"], _FILLINGS["REPORT"]
RULING, ORDER, ALONE = _FILLINGS["RULING"], _FILLINGS["ORDER"], _FILLINGS["ALONE"]
ASSESSMENT, PROPOSAL = _FILLINGS["ASSESSMENT"], _FILLINGS["PROPOSAL"]
letter: Any = _FILLINGS["letter"]
EVIDENCE = "受害人陈述、就诊记录、伤情检查"


def made(kit: Any, code: str, typed: dict[str, str], facts: Any) -> Problems:
    problems: Problems = kit.fill(code, typed, facts=facts).problems
    return problems


def ref_16_triggers(kit: Any) -> Problems:
    return made(kit, "D11", {**HANDOVER, "receiver": "石大山"}, kit.police())


def ref_16_passes(kit: Any) -> Problems:
    return made(kit, "D11", {**HANDOVER, "receiver": "李秋月"}, kit.police())


def ref_18_triggers(kit: Any) -> Problems:
    profile = replace(kit.profile, copies={"D1": ("file",)})
    return made(replace(kit, profile=profile), "D1", REPORT, kit.town())


def ref_18_passes(kit: Any) -> Problems:
    profile = replace(kit.profile, copies={"D1": ("police", "file")})
    return made(replace(kit, profile=profile), "D1", REPORT, kit.town())


def ref_20_triggers(kit: Any) -> Problems:
    return made(kit, "D1", {**REPORT, "details": "莫春燕老师发现手臂青紫。"}, kit.town())


def ref_20_passes(kit: Any) -> Problems:
    return made(kit, "D1", {**REPORT, "details": "老师发现手臂青紫。"}, kit.town())


def _stranger(kit: Any, *, lives: str) -> Problems:
    man = kit.case_person("加害人", "杨发财", uid="uid-bad", relation="邻居")
    people = tuple(p for p in kit.case_file(man).people if str(p.person.name) != "石大山")
    facts = kit.police(case=kit.case_file(people=people))
    typed = {**LETTER, "relation": "其他共同生活的人", "lives_together": lives}
    return made(kit, "D5", {**typed, "perpetrator_id_number": str(kit.id_number(date(1980, 1, 2)))}, facts)


def ref_21_triggers(kit: Any) -> Problems:
    return _stranger(kit, lives="否")


def ref_21_passes(kit: Any) -> Problems:
    return _stranger(kit, lives="是")


def ref_28_triggers(kit: Any) -> Problems:
    typed = {"recipient_role": "受害人一方", "serve_method": "成年家属代收", "substitute": "石大山|父亲|同住"}
    return made(kit, "D6", typed, kit.police(letter(kit)))


def ref_28_passes(kit: Any) -> Problems:
    typed = {"recipient_role": "受害人一方", "serve_method": "成年家属代收", "substitute": "石老根|祖父|同住"}
    return made(kit, "D6", typed, kit.police(letter(kit)))


def d5_content_triggers(kit: Any) -> Problems:
    return made(kit, "D5", {k: v for k, v in LETTER.items() if k != "facts"}, kit.police())


def d5_content_passes(kit: Any) -> Problems:
    return made(kit, "D5", LETTER, kit.police())


def d4_parent_triggers(kit: Any) -> Problems:
    return made(kit, "D4", {"facts": ALONE["facts"], "subject_name": kit.names["carer"]}, kit.police())


def d4_parent_passes(kit: Any) -> Problems:
    return made(kit, "D4", {"facts": ALONE["facts"], "subject_name": "李秋月"}, kit.police())


def _public(kit: Any, last: str) -> Problems:
    typed = {"serve_method": "公告送达", "notice_from": "2026-11-20", "notice_to": last}
    return made(kit, "D6", typed, kit.police(letter(kit)))


def d6_method_triggers(kit: Any) -> Problems:
    return _public(kit, "2027-01-18")  # 59 days


def d6_method_passes(kit: Any) -> Problems:
    return _public(kit, "2027-01-19")  # 60 days


def d8_alone_triggers(kit: Any) -> Problems:
    return made(kit, "D8", {"role": "受害人", "alone": "否"}, kit.police(letter(kit)))


def d8_alone_passes(kit: Any) -> Problems:
    return made(kit, "D8", {"role": "加害人", "alone": "否"}, kit.police(letter(kit)))


def d9_issuer_triggers(kit: Any) -> Problems:
    return made(kit, "D9", {**ORDER, "issuer": "龙里县人民法院"}, kit.town())


def d9_issuer_passes(kit: Any) -> Problems:
    return made(kit, "D9", ORDER, kit.town())


def d10_term_triggers(kit: Any) -> Problems:
    return made(kit, "D10", {**RULING, "to_on": "2027-05-21"}, kit.town())


def d10_term_passes(kit: Any) -> Problems:
    return made(kit, "D10", {**RULING, "to_on": "2027-05-20"}, kit.town())


def d13_parties_triggers(kit: Any) -> Problems:
    without_police = "龙里县洗马镇人民政府|罗晓芸；龙里县民政局|吴秀英；平山小学|莫老师"
    return made(kit, "D13", {**ASSESSMENT, "participants": without_police}, kit.town())


def d13_parties_passes(kit: Any) -> Problems:
    return made(kit, "D13", ASSESSMENT, kit.town())


def d13_risk_triggers(kit: Any) -> Problems:
    return made(kit, "D13", {**ASSESSMENT, "risk": "高", "review_on": "2026-12-24"}, kit.town())  # 31 days


def d13_risk_passes(kit: Any) -> Problems:
    return made(kit, "D13", {**ASSESSMENT, "risk": "高", "review_on": "2026-12-23"}, kit.town())  # 30 days


def _refusal(kit: Any, last: str) -> Problems:
    typed = {"plan_grounds": "拒不履行监护职责六个月以上导致生活无着", "from_on": "2026-05-01", "to_on": last}
    return made(kit, "D14", {**PROPOSAL, **typed}, kit.town())


def d14_grounds_triggers(kit: Any) -> Problems:
    return _refusal(kit, "2026-10-30")


def d14_grounds_passes(kit: Any) -> Problems:
    return _refusal(kit, "2026-10-31")


def d14_proposed_triggers(kit: Any) -> Problems:
    return made(kit, "D14", {**PROPOSAL, "proposed": "石大山"}, kit.town())


def d14_proposed_passes(kit: Any) -> Problems:
    return made(kit, "D14", {**PROPOSAL, "proposed": "李秋月"}, kit.town())


def _visited(kit: Any, served: date) -> Problems:
    service = Service(
        paper_uid="paper-D5",
        form_code="D5",
        version=1,
        copy_number=1,
        recipient="加害人收执",
        role=CaseRole.PERPETRATOR,
        method="直接送达",
        served_on=served,
    )
    return made(kit, "D8", {}, kit.police(letter(kit), case=kit.case_file(services=(service,))))


def wrn_11_triggers(kit: Any) -> Problems:
    return _visited(kit, date(2026, 11, 15))  # due on the 22nd, yesterday


def wrn_11_passes(kit: Any) -> Problems:
    return _visited(kit, date(2026, 11, 16))  # due today


def flagged_receiver(kit: Any, flag: Flag) -> Problems:
    man = kit.case_person("接收人", "杨发财", uid="uid-bad", flags=(flag,))
    facts = kit.police(case=kit.case_file(man))
    return made(kit, "D11", {**HANDOVER, "receiver": "杨发财"}, facts)
