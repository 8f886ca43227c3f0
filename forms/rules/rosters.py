"""What a roster refuses: REF-12, the same child twice; and what it counts.

Sources: the definition in every plan (未满16周岁); forms.md §6 B1, §11.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from forms.law.time import print_date, protected_age_on
from forms.rules.base import Finding
from forms.values.blank import Blank
from forms.values.names_and_numbers import IdNumber

if TYPE_CHECKING:
    from collections.abc import Iterator

    from forms.cases.case import Case


def ref_12(case: Case) -> Iterator[Finding]:
    """Refuse a child of 16 on the cut-off day; 16 is reached the day after the birthday."""
    cutoff = case.day("cutoff_on") or case.today
    limit = case.profile.definition.under_age
    for number, row in enumerate(case.rows("rows"), start=1):
        birth = row.get("child_birth")
        if isinstance(birth, date) and protected_age_on(birth, cutoff) >= limit:
            who = f"第{number}行{row.get('child_name', '')}（{print_date(birth)}出生）"
            message = f"{who}在{print_date(cutoff)}已满{limit}周岁。请先办理退出，退出原因写“年满{limit}周岁”。"
            yield Finding(message=message, field="rows", row=number)


def duplicates(case: Case) -> Iterator[Finding]:
    """Refuse the same child twice: by uid, by ID number, else by name and birth date."""
    seen: dict[object, int] = {}
    for number, row in enumerate(case.rows("rows"), start=1):
        uid, id_number = row.get("child_uid"), row.get("child_id_number", row.get("elder_id_number"))
        keys: list[object] = [
            k for k in (uid if uid not in set(Blank) else "", id_number) if k and not isinstance(k, Blank)
        ]
        if not isinstance(id_number, IdNumber):
            keys.append((row.get("child_name", row.get("elder_name")), row.get("child_birth", row.get("elder_birth"))))
        earlier = next((seen[k] for k in keys if k in seen), None)
        if earlier is not None:
            name, who = (row["elder_name"], "人") if "elder_name" in row else (row.get("child_name", ""), "名儿童")
            message = f"第{number}行{name}和第{earlier}行是同一{who}。请删去重复的一行。"
            yield Finding(message=message, field="rows", row=number)
        for key in keys:
            seen.setdefault(key, number)


def gaps(case: Case) -> Iterator[Finding]:
    """Count what is not collected; an empty roster is printed as a nil return."""
    count = case.number("not_collected") or 0
    if count:
        message = f"名册里还有{count}项没有采集，会如实印在表尾。请尽量补齐后再签字。"
        yield Finding(message=message, field="not_collected")
    if not case.rows("rows"):
        yield Finding(message="名册里没有人，将作为零报告打印。请确认确实没有。", field="rows")
