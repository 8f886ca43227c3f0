"""The list of contradictions on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pypdf

from docgen.workspace.quarter.contradiction_sheet import print_contradictions
from docgen.workspace.quarter.contradictions import Contradiction
from forms.quarter.period import Period

if TYPE_CHECKING:
    from docgen.workspace import Workspace

PERIOD = Period.quarter(2026, 3)


def one(village: str, number: int, *, blocking: bool = False) -> Contradiction:
    return Contradiction(
        village=village,
        code="X-03",
        who="甲",
        message=f"第{number}项互相矛盾。",
        mend="在名单里改正",
        blocking=blocking,
        basis="本系统办理规则",
    )


def test_each_village_gets_a_list_of_its_own_on_a_front_side(workspace: Workspace) -> None:
    found = [one("大坝村", 1, blocking=True), *(one("大坝村", n) for n in range(2, 5)), one("平山村", 9)]
    path = print_contradictions(workspace, PERIOD, found)
    assert path is not None
    texts = ["".join(page.extract_text().split()) for page in pypdf.PdfReader(path).pages]
    first, second = (next(k for k, text in enumerate(texts) if name in text) for name in ("大坝村", "平山村"))
    assert second % 2 == first % 2 == 0
    assert "共4处，其中1处不更正就不能冻结" in texts[first]
    assert all(f"第{n}项互相矛盾。（本系统办理规则）" in texts[first] for n in range(1, 5))
    assert texts[first].count("必须更正") == 1
    assert "大坝村" not in texts[second]


def test_nothing_to_mend_prints_nothing(workspace: Workspace) -> None:
    assert print_contradictions(workspace, PERIOD, []) is None
    assert not list((workspace.folder / "out").glob("矛盾清单*"))
