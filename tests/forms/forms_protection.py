# mypy: disable-error-code="no-any-return"
"""A filling of each form of Part D that passes, and one that is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from forms.cases.facts import PaperRef
from forms.values.enums import Flag
from forms.values.names_and_numbers import PersonName

if TYPE_CHECKING:
    from forms.filling.fill import Filled

REPORT = {
    "found": "2026-11-18 08:10|平山小学|早读时发现手臂有多处青紫",
    "reported": "2026-11-18 08:30|拨打110|龙里县公安局洗马派出所|岑志远",
    "report_kind": "疑似遭受家庭暴力",
    "details": "左臂、背部有多处青紫，本人说是在家里被打。",
    "condition": "已由学校送镇卫生院检查，没有骨折。",
    "measures": "送医、专人陪护",
}
DISPOSAL = {
    "facts": "石大山酒后用衣架打伤儿童左臂、背部，情节较轻。",
    "measures": "批评教育、告诫书、护送临时监护",
    "child_at": "洗马镇平山村下寨组2号|韦明远|13900000001",
    "requests": "跟踪回访、调查评估、帮扶",
}
LETTER = {
    "facts": "2026-11-17|家中|用衣架抽打|左臂、背部青紫",
    "violence_kinds": "殴打",
    "evidence": "受害人陈述、就诊记录、伤情检查",
    "light_reason": "初次实施，伤情轻微，认错态度好",
}
HANDOVER = {
    "ground": "家庭暴力",
    "receiver_kind": "近亲属",
    "parents_contact": "石大山|2026-11-18 10:00|13800000021|已告知；李秋月|2026-11-18 10:10|13800000022|承诺返回",
}
ASSESSMENT = {
    "methods": "入户、访谈儿童、学校了解",
    "safety": "有隐患|父亲酒后动手，现由叔叔临时照料",
    "guardianship": "差|父亲管教粗暴，母亲在外务工",
    "health": "需要关注|夜里惊醒，不愿回家",
    "family": "叔叔一家愿意照料，母亲年底可以返回",
    "conclusion": "变更照护人",
    "conclusion_reason": "由母亲返回照护，返回前由叔叔照料",
    "participants": "龙里县洗马镇人民政府|罗晓芸；龙里县民政局|吴秀英；龙里县公安局洗马派出所|岑志远",
}
PROPOSAL = {
    "grounds": "实施严重损害被监护人身心健康的行为",
    "plan_grounds": "实施家庭暴力、虐待、遗弃造成严重后果",
    "facts": "2026-11-17|石大山多次殴打儿童|就诊记录",
    "evidence": "家庭暴力告诫书|洗公告诫〔2026〕1号|2026-11-19",
    "interim": "由叔叔韦明远临时照料",
}


def letter(kit: Any, **changes: Any) -> Any:
    values = {"perpetrator_name": PersonName.parse("石大山"), "title": "家庭暴力告诫书", **changes.pop("values", {})}
    known = {"document_number": "洗公告诫〔2026〕1号", "signed_on": date(2026, 11, 19), "carer_uid": ""}
    return kit.paper("D5", values=values, **{**known, **changes})


def ref(code: str) -> PaperRef:
    return PaperRef(uid=f"paper-{code}", form_code=code)


def d1_passes(kit: Any) -> Filled:
    return kit.fill("D1", REPORT, facts=kit.town())


def d1_refuses(kit: Any) -> Filled:
    return kit.fill("D1", {**REPORT, "details": "莫春燕老师说孩子在家被打。"}, facts=kit.town())


def d2_passes(kit: Any) -> Filled:
    return kit.fill("D2", DISPOSAL, facts=kit.police())


def d2_refuses(kit: Any) -> Filled:
    return kit.fill("D2", DISPOSAL, facts=kit.town())  # not the town's to issue


ALONE = {"facts": "父母外出务工，儿童自2026年11月10日起独自居住。", "interim": "韦明远|洗马镇平山村下寨组2号"}


def d3_passes(kit: Any) -> Filled:
    return kit.fill("D3", ALONE, facts=kit.police())


def d3_refuses(kit: Any) -> Filled:
    return kit.fill("D3", {"facts": ALONE["facts"]}, facts=kit.police())  # nobody cares for the child meanwhile


def d4_passes(kit: Any) -> Filled:
    return kit.fill("D4", {"facts": ALONE["facts"]}, facts=kit.police())


def d4_refuses(kit: Any) -> Filled:
    return kit.fill("D4", {"facts": ALONE["facts"], "subject_name": kit.names["carer"]}, facts=kit.police())


def d5_passes(kit: Any) -> Filled:
    return kit.fill("D5", LETTER, facts=kit.police())


def d5_refuses(kit: Any) -> Filled:
    return kit.fill("D5", {k: v for k, v in LETTER.items() if k != "facts"}, facts=kit.police())


def d6_passes(kit: Any) -> Filled:
    return kit.fill("D6", facts=kit.police(letter(kit)))


def d6_refuses(kit: Any) -> Filled:
    typed = {"recipient_role": "受害人一方", "recipient": "石大山"}
    return kit.fill("D6", typed, facts=kit.police(letter(kit)))


def d7_passes(kit: Any) -> Filled:
    return kit.fill("D7", facts=kit.police(letter(kit)))


def d7_refuses(kit: Any) -> Filled:
    return kit.fill("D7", facts=kit.police())  # no signed letter


def d8_passes(kit: Any) -> Filled:
    return kit.fill("D8", facts=kit.police(letter(kit)))


def d8_refuses(kit: Any) -> Filled:
    return kit.fill("D8", {"visited_at": "2026-11-18 09:00"}, facts=kit.police(letter(kit)))  # before its service


ORDER = {
    "kind": "督促监护令",
    "issuer": "龙里县人民检察院",
    "number": "龙检督监〔2026〕2号",
    "date": "2026-11-20",
    "subject": "石大山",
    "demands": "按期参加家庭教育指导，每周与儿童联系。",
    "from_on": "2026-11-25",
    "to_on": "2027-02-25",
}


def d9_passes(kit: Any) -> Filled:
    return kit.fill("D9", ORDER, facts=kit.town())


def d9_refuses(kit: Any) -> Filled:
    return kit.fill("D9", {**ORDER, "issuer": "龙里县人民法院"}, facts=kit.town())


RULING = {
    "ruling_no": "（2026）黔2730民保令3号",
    "court": "龙里县人民法院",
    "measures": "禁止实施家庭暴力",
    "from_on": "2026-11-20",
}


def d10_passes(kit: Any) -> Filled:
    return kit.fill("D10", RULING, facts=kit.town())


def d10_refuses(kit: Any) -> Filled:
    return kit.fill("D10", {**RULING, "to_on": "2027-05-21"}, facts=kit.town())


def d11_passes(kit: Any) -> Filled:
    return kit.fill("D11", HANDOVER, facts=kit.police(kit.opinion(carer_uid="")))


def d11_refuses(kit: Any) -> Filled:
    return kit.fill("D11", {**HANDOVER, "receiver": "石大山"}, facts=kit.police())


def d12_passes(kit: Any) -> Filled:
    return kit.fill("D12", facts=kit.police())


def d12_refuses(kit: Any) -> Filled:
    return kit.fill("D12", {"next_at": "明天"}, facts=kit.police())


def _source(kit: Any) -> tuple[Any, Any]:
    return kit.paper("D2", values={}, carer_uid=""), kit.opinion(carer_uid="")


def d13_passes(kit: Any) -> Filled:
    return kit.fill("D13", ASSESSMENT, facts=kit.town(*_source(kit)))


def d13_refuses(kit: Any) -> Filled:
    alone = {**ASSESSMENT, "participants": "龙里县洗马镇人民政府|罗晓芸；平山小学|莫春燕；平山村|韦小青"}
    return kit.fill("D13", alone, facts=kit.town(*_source(kit)))


def d13a_passes(kit: Any) -> Filled:
    report = kit.paper("D13", values={"conclusion": "变更照护人", "risk": "中", "review_on": date(2027, 1, 20)})
    return kit.fill("D13a", {"goal": "三个月内由母亲稳定照护"}, facts=kit.town(replace(report, carer_uid="")))


def d13a_refuses(kit: Any) -> Filled:
    return kit.fill("D13a", {"goal": "三个月内由母亲稳定照护"}, facts=kit.town())  # no assessment


def _basis(kit: Any) -> tuple[Any, Any]:
    return kit.paper("D13", values={}, carer_uid=""), kit.opinion(carer_uid="")


def d14_passes(kit: Any) -> Filled:
    return kit.fill("D14", PROPOSAL, facts=kit.town(*_basis(kit)))


def d14_refuses(kit: Any) -> Filled:
    short = {**PROPOSAL, "plan_grounds": "拒不履行监护职责六个月以上导致生活无着", "from_on": "2026-06-01"}
    return kit.fill("D14", {**short, "to_on": "2026-11-20"}, facts=kit.town(*_basis(kit)))


def d15_passes(kit: Any) -> Filled:
    return kit.fill("D15", {"subject": "石大山", "measure": "行政拘留"}, facts=kit.police())


def d15_refuses(kit: Any) -> Filled:
    flagged = kit.case_person("接收人", "杨发财", uid="uid-bad", flags=(Flag.VIOLENCE_LETTER,))
    facts = kit.police(case=kit.case_file(flagged))
    return kit.fill("D15", {"subject": "石大山", "measure": "行政拘留", "wish": "杨发财"}, facts=facts)
