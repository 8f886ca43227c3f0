"""Computed suggestions of the papers around an entrustment and of the rosters beside B1.

Sources: forms.md §6 A3, A4, A6, A7, A9, A10, B3–B7; 未成年人保护法 第二十三条 (每周至少一次).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from forms.case import Case
    from forms.facts import Value
    from forms.spec import FieldSpec

COMPUTED: dict[str, Callable[[Case, FieldSpec | None], Value]] = {
    "rows_total": lambda case, _: len(case.rows("rows")),
}
