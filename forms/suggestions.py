"""Every computed suggestion and condition by name: the tables of the families of forms put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms import (
    computed,
    computed_assessment,
    computed_care,
    computed_protection,
    computed_reports,
    computed_school,
    summary_charts,
    summary_paper,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from forms.case import Case
    from forms.facts import Value
    from forms.spec import FieldSpec

COMPUTED: dict[str, Callable[[Case, FieldSpec | None], Value]] = {
    **computed.COMPUTED,
    **computed_care.COMPUTED,
    **computed_protection.COMPUTED,
    **computed_assessment.COMPUTED,
    **computed_school.COMPUTED,
    **computed_reports.COMPUTED,
    **summary_paper.COMPUTED,
    **summary_charts.COMPUTED,
}
"""Name -> function of the case and, where it matters, of the field."""
