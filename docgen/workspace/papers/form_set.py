"""本地区用哪些表单: a form that the region's plan does not ask for is refused until the office takes it on.

Source: forms.md §9.2 (“not mentioned: offer, off by default”). What a statute makes due is never off
(`forms.profiles.region`), and a form that only the office knows is its own affair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms.errors import RefusedError
from forms.profiles.region import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docgen.settings import OfficeSettings
    from forms.profiles.region import ProfileForm, RegionProfile
    from forms.spec import FormSpec

_INSTEAD = {"A1": ("A3",), "A2": ("A3",), "A3": ("A1", "A2")}
"""What other plans have in the place of a form."""


class FormOffError(RefusedError):
    """The region's plan does not ask for the form."""

    code = "form.off"

    def __init__(self, spec: FormSpec, profile: RegionProfile, row: ProfileForm) -> None:
        self.form_code = spec.code
        used = [code for code in _INSTEAD.get(spec.code, ()) if (found := profile.form(code)) and found.is_on]
        instead = f"，本地用 {'、'.join(used)}" if used else ""
        note = f"（{row.note}）" if row.note else ""
        super().__init__(
            f"{profile.name}的方案没有要求“{spec.title}”（{spec.code}）{note}{instead}，默认不使用。"
            f'确需使用的，请在 office.toml 的 [forms] 里写 on = ["{spec.code}"]。'
        )


def plan_row(profile: RegionProfile, code: str) -> ProfileForm | None:
    """Return what the plan says of a form; a part of a form (B5a, D13a) goes with the whole."""
    return profile.form(code) or profile.form(code.rstrip("abcd"))


def is_used(code: str, profile: RegionProfile, settings: OfficeSettings) -> bool:
    """Tell whether the office uses a form."""
    row = plan_row(profile, code)
    return row is None or row.is_on or not {code, row.code}.isdisjoint(settings.forms_on)


def place_of(code: str, profile: RegionProfile, settings: OfficeSettings) -> str:
    """Say in a few words what the plan asks of a form."""
    row = plan_row(profile, code)
    if row is None:
        return "本单位自定"
    if row.is_on:
        said = {Mark.NAMED: "方案要求", Mark.FOLLOWS: "按方案办理", Mark.STATUTE: "法律要求", Mark.OWN: "配套使用"}
        return said.get(row.mark, "法律要求")
    return "方案未要求，本单位启用" if is_used(code, profile, settings) else "方案未要求，默认不用"


def refuse_unused(specs: Iterable[FormSpec], profile: RegionProfile, settings: OfficeSettings) -> None:
    """Refuse forms the office does not use.

    Raises:
        FormOffError: The first of them.
    """
    for spec in specs:
        row = plan_row(profile, spec.code)
        if row is not None and not is_used(spec.code, profile, settings):
            raise FormOffError(spec, profile, row)
