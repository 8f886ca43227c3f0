"""签名、捺印、盖章: which places a paper must have filled, and what the scan shows there.

A scan counts as signed only when every place that is required is found filled (REF-22); whatever
is missing or cannot be told goes to a person, who decides by name and with a reason. Presence
only: whose hand it was is never judged here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from archive.intake.alignment import is_doubtful, refine
from archive.intake.geometry import register
from archive.intake.judging import Presence
from archive.intake.presence import PageInk, Place, draw_printed
from archive.intake.text_layer import POINTS_PER_MM
from forms.cases.case import Case
from forms.cases.conditions import holds
from forms.spec import Required

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from archive.intake.marks import PageRead
    from archive.intake.presence import Finding
    from archive.intake.taking import SpooledPage
    from docgen.engine.press import LaidPaper
    from forms.cases.facts import Facts, Value
    from forms.profiles.region import RegionProfile
    from forms.spec import FormSpec, SignerSpec

_KINDS = {"sign": "签名", "finger": "捺印", "seal": "盖章"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A required place that was not found filled."""

    finding: Finding
    title: str
    """Who and what, in the form's words: ``被委托人签名``."""

    def __str__(self) -> str:
        return f"{self.title}（{self.finding.presence.label}）"


def required_places(
    spec: FormSpec, facts: Facts, values: Mapping[str, Value], *, today: date, profile: RegionProfile
) -> dict[str, str]:
    """Return the boxes that must be filled, each with who and what in words.

    A signer whose condition is not known yet is required: better asked once too often.
    """
    case = Case(spec=spec, facts=facts, values=values, today=today, profile=profile)
    return {
        box: f"{signer.title}{_KINDS[box.partition('_')[0]]}"
        for signer in spec.signers
        if _is_due(signer, case)
        for box in signer.boxes
    }


def _is_due(signer: SignerSpec, case: Case) -> bool:
    if signer.required is Required.OPTIONAL:
        return False
    return signer.required is Required.ALWAYS or holds(signer.when, case.values, case) is not False


def look_at(
    layout: LaidPaper,
    printed: bytes,
    reads: Sequence[PageRead],
    pictures: Mapping[tuple[str, int], SpooledPage | None],
) -> dict[str, Finding]:
    """Look into every named place of a paper's pages.

    Args:
        layout: As issued; says where the places are.
        printed: The issued PDF.
        reads: The scanned pages in page order.
        pictures: Their pictures.
    """
    found: dict[str, Finding] = {}
    for number, read in enumerate(reads):
        boxes = [box for box in layout.pages[number].boxes if box.name.partition("_")[0] in _KINDS]
        picture = pictures[read.scan, read.index]
        if not boxes or picture is None:
            continue
        ink = PageInk(picture.load(), read.registration, draw_printed(printed, number))
        for box in boxes:
            found[box.name] = ink.look(Place(name=box.name, x=box.x, y=box.y, width=box.width, height=box.height))
    return found


def aligned(
    layout: LaidPaper,
    printed: bytes,
    reads: Sequence[PageRead],
    pictures: Mapping[tuple[str, int], SpooledPage | None],
) -> tuple[PageRead, ...]:
    """Return the reads with exact registrations: photos, half-hidden pages and pages a person named.

    The sheet is that of the issued layout, so a page of A3 is never taken for one of A4.
    """
    return tuple(
        _aligned(layout, printed, number, read, pictures[read.scan, read.index]) for number, read in enumerate(reads)
    )


def _aligned(layout: LaidPaper, printed: bytes, number: int, read: PageRead, picture: SpooledPage | None) -> PageRead:
    page = layout.pages[number]
    sheet = round(page.width_pt / POINTS_PER_MM), round(page.height_pt / POINTS_PER_MM)
    guess = read.registration
    if guess is not None and (round(guess.width_mm), round(guess.height_mm)) != sheet:
        found = register([mark.corners for mark in read.marks[:2]], (read.width, read.height), [sheet])
        guess = found[0] if found else None
    if picture is None or not read.is_whole or not is_doubtful(guess, (read.width, read.height)):
        return replace(read, registration=guess)
    exact = refine(picture.load(), guess, draw_printed(printed, number), sheet)
    return replace(read, registration=exact, turns=exact.quarter_turns if exact else read.turns)


def doubts(required: Mapping[str, str], found: Mapping[str, Finding]) -> tuple[Doubt, ...]:
    """Return the required places that are not found filled; a place the template lacks is none."""
    return tuple(
        Doubt(finding=found[box], title=title)
        for box, title in required.items()
        if box in found and found[box].presence is not Presence.FOUND
    )
