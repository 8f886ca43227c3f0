"""Every computed suggestion and condition by name: the tables of the families of forms put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms.computed import (
    assessment,
    care,
    child_and_carer,
    protection,
    reports,
    school,
    summary_charts,
    summary_paper,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from forms.cases.case import Case
    from forms.cases.facts import Value
    from forms.spec import FieldSpec

COMPUTED: dict[str, Callable[[Case, FieldSpec | None], Value]] = {
    **child_and_carer.COMPUTED,
    **care.COMPUTED,
    **protection.COMPUTED,
    **assessment.COMPUTED,
    **school.COMPUTED,
    **reports.COMPUTED,
    **summary_paper.COMPUTED,
    **summary_charts.COMPUTED,
}
"""Name -> function of the case and, where it matters, of the field."""
