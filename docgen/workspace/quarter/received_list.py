"""A received roster as a workbook, so that education and police can compare it with their own systems.

Source: forms.md C4 (verification by roll, household and case system), §13. It holds what came in the package and
nothing else; it lies in `out/`, and making it is an act in the audit chain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.engine.sheets.lists import ListSheet, write_lists
from forms.quarter.columns import columns
from forms.quarter.frozen_roster import UNKNOWN

if TYPE_CHECKING:
    from forms.quarter.frozen_roster import FrozenRoster

_TITLES = {
    "child_name": ("姓名", 10),
    "child_gender": ("性别", 6),
    "child_birth": ("出生日期", 12),
    "child_id_number": ("公民身份号码", 22),
    "schooling": ("就学情况", 10),
    "school": ("学校", 18),
    "grade": ("年级", 8),
    "boarding": ("寄宿", 8),
    "hukou_registered": ("是否登记户口", 8),
    "hukou_address": ("户籍所在地", 24),
    "residence": ("现居住地", 24),
    "father_name": ("父亲", 10),
    "mother_name": ("母亲", 10),
    "carer_name": ("被委托人", 10),
    "carer_relation": ("关系", 8),
}
"""Cells that tell who a child is, with their heading and width in characters."""


def received_list(roster: FrozenRoster) -> bytes:
    """Return the children of a roster, village by village, and what happened in the period."""
    head = roster.head
    title = f"{head.unit_name}{head.period.label}名册第{head.version}版"
    names = [name for name in _TITLES if any(name in p.details for p in roster.children)]
    people = [
        (
            str(number),
            roster.units.get(p.unit_uid, ""),
            "在册" if p.at_end else "已退出",
            *(p.details.get(name, UNKNOWN) for name in names),
        )
        for number, p in enumerate(roster.children, start=1)
    ]
    events = [
        (
            str(number),
            e.on.isoformat(),
            roster.units.get(e.unit_uid, ""),
            e.person_name,
            _what(e.kind),
            e.label,
            e.paper,
        )
        for number, e in enumerate(roster.events, start=1)
    ]
    return write_lists(
        [
            ListSheet(
                name="儿童",
                title=title,
                head=("序号", "村（居）", "期末", *(_TITLES[name][0] for name in names)),
                rows=people,
                widths=(6, 14, 8, *(_TITLES[name][1] for name in names)),
            ),
            ListSheet(
                name="本期事项",
                title=f"{title}：本期事项",
                head=("序号", "日期", "村（居）", "姓名", "计入哪一栏", "情形", "依据文书"),
                rows=events,
                widths=(6, 12, 14, 10, 24, 18, 24),
            ),
        ]
    )


def _what(kind: str) -> str:
    """Return the column an event counts in, or that it is the paper behind."""
    counted = [c for c in columns().values() if kind in {c.count.name, c.ground} and not c.count.where]
    found = counted or [c for c in columns().values() if kind in {c.count.name, c.ground}]
    return f"{found[0].id} {found[0].title}" if found else "其他"
