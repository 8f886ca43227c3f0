"""The summary table C1: computed and never typed, three names that are three people, corrections that say why.

Sources: forms.md §6 C1, §8 R-17, V-SIGN3.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from forms.law.sources import cite
from forms.rules.base import Finding, Rule
from forms.values.blank import Blank

if TYPE_CHECKING:
    from collections.abc import Iterator

    from forms.cases.case import Case

_NAMES = (("filler", "填表人"), ("reviewer", "复核人"), ("principal", "主要负责同志"))


def is_computed(case: Case) -> Iterator[Finding]:
    """A table is counted from a frozen roster or from the tables below it, by nobody's hand (R-17)."""
    if case.facts.period_table is None:
        message = "汇总表的数由冻结的名册算出，不能手填。请先冻结名册，再用 docgen quarter print 打印。"
        yield Finding(message=message, field="rows")


def three_people(case: Case) -> Iterator[Finding]:
    """Who filled in does not review, and neither of them confirms as the principal leader (V-SIGN3)."""
    for (one, title), (other, other_title) in combinations(_NAMES, 2):
        name = case.text(one)
        if name and name == case.text(other):
            message = f"{title}和{other_title}都是{name}。汇总表由三个人分别填表、复核、签字，请换一个人担任其中一项。"
            yield Finding(message=message, field=other)


def correction_told(case: Case) -> Iterator[Finding]:
    """A second version says why there is one."""
    version = case.value("table_version")
    if isinstance(version, int) and version > 1 and isinstance(case.value("correction"), Blank):
        message = f"这是第{version}版，没有写更正说明。请写明更正了什么、为什么。"
        yield Finding(message=message, field="correction")


RULES = (
    Rule(
        code="C1-TABLE",
        title="汇总表的数由名册算出，不手填。",
        citations=(cite("plan_longli"), cite("office")),
        check=is_computed,
    ),
    Rule(
        code="C1-NAMES",
        title="填表人、复核人、主要负责同志是三个人。",
        citations=(cite("plan_longli"), cite("office")),
        check=three_people,
    ),
    Rule(
        code="C1-CORRECTION",
        title="更正的表写明原因。",
        citations=(cite("office"),),
        check=correction_told,
    ),
)
