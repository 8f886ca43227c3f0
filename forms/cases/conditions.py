"""When a conditional field is due, a signer signs, a copy is printed: expressions and named conditions.

``schooling = 小学|初中`` and ``result != 不合格`` compare the printed label of a field; parts are joined
with `` and ``. A single word names a function of `NAMED`. The answer is yes, no, or unknown (``None``)
when the field is not collected yet: unknown makes nothing due and prints room for the pen, not —.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from forms.values.blank import Blank
from forms.values.enums import CareActual, CareQuality, Custody, PersonStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from forms.cases.case import Case
    from forms.cases.facts import Value

_COMPARE = re.compile(r"\s*([a-z][a-z0-9_]*)\s*(!?=)\s*(.+?)\s*")

UNREACHABLE = frozenset({PersonStatus.DEAD, PersonStatus.LOST, PersonStatus.UNKNOWN})
"""Who cannot entrust a child to anybody; a detained parent still can, in writing."""


def label(value: Value) -> str:
    """Return the printed label a condition compares with."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


def holds(condition: str, values: Mapping[str, Value], case: Case | None = None) -> bool | None:
    """Evaluate a condition.

    Args:
        condition: Expression or name; empty holds always.
        values: What fields hold, by identifier: of the form, or of one row.
        case: Needed by named conditions only.
    """
    if not condition:
        return True
    if condition in NAMED:
        assert case is not None, "a named condition needs the whole paper"
        return NAMED[condition](case)
    answers = [_compare(part, values) for part in condition.split(" and ")]
    if False in answers:
        return False
    return None if None in answers else True


def _compare(part: str, values: Mapping[str, Value]) -> bool | None:
    match = _COMPARE.fullmatch(part)
    assert match is not None, f"checked when the form was read: {part}"
    value = values.get(match[1], Blank.NOT_COLLECTED)
    if value is Blank.NOT_COLLECTED:
        return None
    wanted = set(match[3].split("|"))
    held = {label(v) for v in value} if isinstance(value, tuple) else {label(value)}
    return bool(held & wanted) == (match[2] == "=")


def fault_of(condition: str, names: Collection[str]) -> str:
    """Say in Chinese why a condition cannot be evaluated; empty when it can."""
    if not condition or condition in NAMED:
        return ""
    for part in condition.split(" and "):
        match = _COMPARE.fullmatch(part)
        if match is None:
            return f"写的是“{condition}”，应当是“项目 = 选项|选项”或者已有的条件名：{'、'.join(sorted(NAMED))}"
        if match[1] not in names:
            return f"里的“{match[1]}”不在这张表里"
    return ""


def can_entrust(case: Case, side: str) -> bool | None:
    """Tell whether the father or mother is alive, can be reached and has guardianship capacity."""
    status = case.value(f"{side}_status")
    capable = case.value(f"{side}_capable")
    if status is Blank.NOT_APPLICABLE or status in UNREACHABLE or capable is False:
        return False
    return None if isinstance(status, Blank) else True


def has_custody(case: Case, side: str) -> bool:
    """Tell whether a parent raises the child: both do unless one was given 直接抚养."""
    other = Custody.MOTHER if side == "father" else Custody.FATHER
    return other not in {case.value("father_custody"), case.value("mother_custody")}


def parent_signs(case: Case, side: str) -> bool | None:
    """Tell whether a parent's signature is due (REF-26)."""
    can = can_entrust(case, side)
    if not can:
        return can
    return case.value(f"{side}_status") == PersonStatus.REACHABLE and has_custody(case, side)


def _one_parent_signs(case: Case) -> bool | None:
    father, mother = parent_signs(case, "father"), parent_signs(case, "mother")
    if father is None or mother is None:
        return None
    return father != mother


def _express_reason_needed(case: Case) -> bool | None:
    able = case.value("can_express")
    if isinstance(able, Blank):
        return None
    return able is False or (case.child_age is not None and case.child_age < 8)


def _plan_needed(case: Case) -> bool | None:
    quality = case.value("care_quality")
    harm = case.value("harm_flags")
    harmed = isinstance(harm, tuple) and any(str(h) != "无" for h in harm)
    if harmed or quality == CareQuality.POOR:
        return True
    return None if isinstance(quality, Blank) else False


def _unattended(case: Case) -> bool | None:
    if case.record is not None and case.record.child.care_actual == CareActual.NOBODY:
        return True
    both, carer = case.value("both_away"), case.value("has_carer")
    if isinstance(both, Blank) or isinstance(carer, Blank):
        return None
    return both is True and carer is False


def _scoring_used(case: Case) -> bool:
    return case.profile.thresholds.get("assessment_scoring", 0) > 0


def is_ordered(case: Case, side: str) -> bool:
    """Tell whether a parent can be called upon to send the child to school: alive, reachable, capable, with custody."""
    parent = case.parent(side)
    if parent is None or parent.person.status in UNREACHABLE or parent.capable is False:
        return False
    other = Custody.MOTHER if side == "father" else Custody.FATHER
    return other not in {p.custody for s in ("father", "mother") if (p := case.parent(s)) is not None}


def _system_mark_needed(case: Case) -> bool:
    return case.profile.thresholds.get("dropout_mark", 0) > 0


def _system_marked(case: Case) -> bool:
    marked = [p for p in case.facts.papers if p.form_code in {"E2", "E5"} and p.is_done]
    return any(isinstance(p.values.get(n), date) for p in marked for n in ("marked_on", "marked"))


NAMED: dict[str, Callable[[Case], bool | None]] = {
    "father_signs": lambda case: parent_signs(case, "father"),
    "mother_signs": lambda case: parent_signs(case, "mother"),
    "one_parent_signs": _one_parent_signs,
    "express_reason_needed": _express_reason_needed,
    "plan_needed": _plan_needed,
    "unattended": _unattended,
    "scoring_used": _scoring_used,
    "father_ordered": lambda case: is_ordered(case, "father"),
    "mother_ordered": lambda case: is_ordered(case, "mother"),
    "system_mark_needed": _system_mark_needed,
    "system_marked": _system_marked,
}
