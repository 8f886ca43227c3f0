"""What the index knows of one paper or child."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexDocument:
    """One thing that can be found; a later one with the same key takes its place."""

    key: str
    """Paper uid, scan-page key or child uid; unique in the index."""

    kind: Literal["paper", "child", "item"]
    """``item``: an old scan that was taken over."""

    child_uid: str
    names: tuple[str, ...]
    """All people on it: child, parents, carers, staff who signed; aliases too."""

    id_numbers: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    document_number: str = ""
    reference_code: str = ""
    """档号; empty before one is given."""

    unit_uid: str
    """The unit whose paper it is; what a user may see is a set of these."""

    village_code: str = ""
    """Region code of 12 digits (9 or 6 where no village is known)."""

    village_name: str = ""
    form_code: str = ""
    form_terms: tuple[str, ...] = ()
    """Titles and aliases of the form in every wording."""

    status: str
    day: date
    """Signing day, else the day it was made; what is sorted and filtered by."""

    title: str
    body: str = ""
    """Text of the pages, as printed or as read from the scan."""
