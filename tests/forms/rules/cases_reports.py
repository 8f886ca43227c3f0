"""Cases of the rules of visits, verification and reports (forms/rules/reports.py)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from forms.people import Unit
from forms.values.enums import Flag, UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from forms.problems import Problem

EDUCATION = Unit(uid="e1", kind=UnitKind.EDUCATION, name="龙里县教育局")
POLICE = Unit(uid="p1", kind=UnitKind.POLICE, name="龙里县公安局")
FIGURES = (
    {"cell": "KA4", "title": "期末在册留守儿童数", "amount": 126},
    {"cell": "KB5", "title": "期末已签订责任确认书数", "amount": 118},
    {"cell": "KD5", "title": "期末失学辍学", "amount": 2},
    {"cell": "KE5", "title": "期末无户籍", "amount": 1},
)
DUTIES = ("家庭监护责任", "强制报告责任", "控辍保学责任", "户籍登记责任", "兜底保障责任")
TOLD = {f"duties.{n}.work_done": f"已落实{name}。" for n, name in enumerate(DUTIES, start=1)}
REPORT = {**TOLD, "problems": "个别家长联系不及时。", "next_steps": "加强走访。", "attachments": "汇总表"}


def made(kit: Any, code: str, typed: dict[str, str] | None = None, **changes: Any) -> Iterable[Problem]:
    problems: Iterable[Problem] = kit.fill(code, typed, **changes).problems
    return problems


def _unit(kit: Any, *papers: Any, **changes: Any) -> Any:
    return replace(kit.facts(papers=papers or (_summary(kit),), **changes), record=None)


def _summary(kit: Any, **values: Any) -> Any:
    known = {"figures": FIGURES, "period_from": date(2026, 10, 1), "period_to": date(2026, 12, 31)}
    return kit.paper("C1", values=known | values, carer_uid="")


def wrn_16_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "C2", {**REPORT, "duties.1.work_done": "全镇在册留守儿童数为127名。"}, facts=_unit(kit))


def wrn_16_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "C2", {**REPORT, "duties.1.work_done": "全镇在册留守儿童数为126名。"}, facts=_unit(kit))


def c2_duties_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "C2", {**REPORT, "duties.5.heading": "资金保障责任"}, facts=_unit(kit))


def c2_duties_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "C2", REPORT, facts=_unit(kit))


def c2_names_triggers(kit: Any) -> Iterable[Problem]:
    facts = _unit(kit, roster=(kit.record(),))
    return made(kit, "C2", {**REPORT, "examples": f"{kit.names['child']}的祖母照护周到。"}, facts=facts)


def c2_names_passes(kit: Any) -> Iterable[Problem]:
    facts = _unit(kit, roster=(kit.record(),))
    return made(kit, "C2", {**REPORT, "examples": "一名儿童的祖母照护周到。"}, facts=facts)


def report_period_triggers(kit: Any) -> Iterable[Problem]:
    typed = {**REPORT, "period_from": "2026-07-01", "period_to": "2026-09-30"}
    return made(kit, "C2", typed, facts=_unit(kit))


def report_period_passes(kit: Any) -> Iterable[Problem]:
    typed = {**REPORT, "period_from": "2026-10-01", "period_to": "2026-12-31"}
    return made(kit, "C2", typed, facts=_unit(kit))


SEEN = {"visited_at": "2026-11-20 10:00", "mode": "入户", "care_now": "较好", "contact": "每周有"}


def c3_harm_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "C3", {**SEEN, "wellbeing": "左臂有淤青，说不清来由。", "suspicious": "否"})


def c3_harm_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "C3", {**SEEN, "wellbeing": "没有外伤，情绪平稳。", "suspicious": "否"})


def c3_mode_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "C3", {**SEEN, "mode": "电话", "visit_kind": "季度核查"})


def c3_mode_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "C3", {**SEEN, "mode": "电话", "visit_kind": "月度联系"})


def c3_next_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "C3", {**SEEN, "risk": "高", "next_due": "2026-12-21"})  # the 31st day


def c3_next_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "C3", {**SEEN, "risk": "高", "next_due": "2026-12-20"})


def _flagged(kit: Any, flag: Flag) -> Any:
    return kit.facts(flagged=(kit.person("other", date(1980, 1, 1), sequence=41, flags=(flag,)),))


def c3_visitors_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "C3", {**SEEN, "visitor": kit.names["other"]}, facts=_flagged(kit, Flag.VIOLENCE_LETTER))


def c3_visitors_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "C3", {**SEEN, "visitor": kit.names["other"]}, facts=_flagged(kit, Flag.INFECTIOUS))


def _checked(verified: str, reason: str = "") -> dict[str, str]:
    typed = {"rows.1.verified": verified, "source": "全国学籍系统，2026-11-20查询"}
    return {**typed, "rows.1.reason": reason} if reason else typed


def c4_block_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "C4", {**_checked("2"), "block": "E 户籍登记"}, facts=_unit(kit, office=EDUCATION))


def c4_block_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "C4", {**_checked("1"), "block": "E 户籍登记"}, facts=_unit(kit, office=POLICE))


def c4_diff_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "C4", _checked("3"), facts=_unit(kit, office=EDUCATION))


def c4_diff_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "C4", _checked("2"), facts=_unit(kit, office=EDUCATION))


def c4_children_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "C4", _checked("3", "漏报"), facts=_unit(kit, office=EDUCATION))


def c4_children_passes(kit: Any) -> Iterable[Problem]:
    typed = {**_checked("3", "漏报"), "children": f"KD5|{kit.names['child']}|0118|平山村|未列入名册"}
    return made(kit, "C4", typed, facts=_unit(kit, office=EDUCATION))


def c6_items_triggers(kit: Any) -> Iterable[Problem]:
    twice = "汇总表|洗民〔2026〕9号|1|2|；汇总表|洗民〔2026〕9号|1|2|"
    return made(kit, "C6", {"materials": twice}, facts=_unit(kit))


def c6_items_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "C6", {"materials": "汇总表|洗民〔2026〕9号|1|2|；花名册|洗民〔2026〕8号|1|3|"}, facts=_unit(kit))
