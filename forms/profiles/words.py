"""What an office says and prints: the terms of its wording with its region's own words, and the titles they give.

Source: forms.md §1.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forms.profiles.region import RegionProfile
    from forms.profiles.wording import Wording
    from forms.spec import FormSpec

DEFAULT_WORDS: dict[str, str] = {
    "group": "农村留守儿童",
    "elders": "农村留守老人",
    "province": "",
    "town": "镇（街道）",
    "village": "村（社区）",
}
"""Region words used when no profile is given."""


def terms(wording: Wording, profile: RegionProfile | None = None) -> dict[str, str]:
    """Return every term a text may hold: those of the wording and the region's own words."""
    return {**DEFAULT_WORDS, **(profile.words if profile else {}), **wording.terms}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintTitle:
    """What stands at the head of a paper."""

    main: str
    other: str
    """The title in the other wording, printed small in brackets so that it is found under both; may be empty."""

    attachment: str
    """``附件1`` where the region numbers it; empty otherwise."""


def print_title(spec: FormSpec, wording: Wording, profile: RegionProfile | None = None) -> PrintTitle:
    """Choose the title of a paper: the one the region prescribes, else the wording's.

    A prescribed title is a name and stays as the plan has it; the body follows present law all the same.
    """
    row = profile.form(spec.code) if profile else None
    own = spec.titles[wording.key]
    main = row.title if row and row.title else own
    other = own if main != own else spec.titles["plan_2016"]
    return PrintTitle(
        main=main,
        other="" if other == main else other,
        attachment=f"附件{row.attachment}" if row and row.attachment else "",
    )
