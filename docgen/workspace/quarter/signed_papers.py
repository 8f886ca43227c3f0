"""Signed papers sorted for a freeze: by form and child, each with the day on which its event happened.

Source: forms.md §8 (the right-hand column of each block), REF-22. What must stay true: a paper without its signed
scan is not here.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from forms.cases.facts import PaperRef, as_struct
from forms.values.blank import Blank

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archive.registry.paper_states import PaperRecord, VersionRecord
    from archive.rosters.asof import SignedPapers
    from forms.cases.facts import Value

_DAYS = {
    # form → fields that may hold the day of its event, the first that is filled in counts
    "A1": ("confirmed_on",), "A2": ("signed_on",), "A3": ("signed_on",), "A5": ("assessed_on", "visited_on"),
    "A6": ("returned_on", "reported_on"), "A7": ("effective_on",), "A10": ("admonished_on",), "B4": ("signed_on",),
    "C3": ("visited_at",), "D1": ("reported.reported_at",), "D2": ("notified_on",), "D3": ("ordered_on",),
    "D4": ("reprimanded_on",), "D5": ("warned_on",), "D8": ("visited_at",), "D9": ("date", "registered_on"),
    "D11": ("handed_at", "signed_on"), "D13": ("assessed_on",), "D13a": ("signed_on",), "D14": ("issued_on",),
    "D15": ("asked_on",), "E2": ("signed_on",), "E5": ("signed_on",), "E6": ("signed_on",), "E8": ("on", "signed_on"),
    "E9": ("from_on",),
}  # fmt: skip
FORMS = tuple(_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """One signed paper."""

    uid: str
    form: str
    number: str
    """What a clerk finds it by: its number, else the form's code."""
    child_uid: str
    person_uid: str
    """Carer, or whom a paper about a person is about."""
    village_uid: str
    values: Mapping[str, Value]
    on: date
    """Day of the event."""
    signed_on: date

    def text(self, name: str) -> str:
        """Return a field, or a cell of a struct, as text; empty when blank."""
        value = _field(self.values, name)
        return "" if value is None or isinstance(value, Blank) else str(value)

    def day(self, name: str) -> date | None:
        """Return a field, or a cell of a struct, that is a day."""
        return as_day(_field(self.values, name))

    def ref(self, name: str) -> str:
        """Return the uid of the paper a field refers to."""
        value = self.values.get(name)
        return value.uid if isinstance(value, PaperRef) else ""


class PaperShelf:
    """Every signed paper that counts."""

    def __init__(self, papers: SignedPapers) -> None:
        self._by_form: dict[str, list[Signed]] = defaultdict(list)
        self._of_child: dict[tuple[str, str], list[Signed]] = defaultdict(list)
        self.by_uid: dict[str, Signed] = {}
        for paper, version in papers.of(FORMS):
            signed = _signed(paper, version)
            self._by_form[signed.form].append(signed)
            self._of_child[signed.form, signed.child_uid].append(signed)
            self.by_uid[signed.uid] = signed
        self._ended = {p.ref("old_ref"): p.on for p in self.of("A7") if p.ref("old_ref")}

    def of(self, *forms: str) -> Iterator[Signed]:
        """Yield the papers of some forms in the order of making."""
        for form in forms:
            yield from self._by_form.get(form, ())

    def of_child(self, child_uid: str, *forms: str) -> list[Signed]:
        """Return a child's papers of some forms in the order of their days."""
        return sorted((p for f in forms for p in self._of_child.get((f, child_uid), ())), key=lambda p: p.on)

    def in_force(self, child_uid: str, carer_uid: str, day: date, *forms: str) -> Signed | None:
        """Return the newest entrustment of a child to a carer that is signed, unexpired and not ended on a day."""
        found = [p for p in self.of_child(child_uid, *forms) if self._holds(p, carer_uid, day)]
        return found[-1] if found else None

    def _holds(self, paper: Signed, carer_uid: str, day: date) -> bool:
        last, ended = paper.day("to_on"), self._ended.get(paper.uid)
        return (
            paper.person_uid == carer_uid
            and paper.signed_on <= day
            and (last is None or day <= last)
            and (ended is None or day < ended)
        )


def as_day(value: object) -> date | None:
    """Return the day of a date or a moment."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _field(values: Mapping[str, Value], name: str) -> object:
    head, _, rest = name.partition(".")
    return as_struct(values.get(head)).get(rest) if rest else values.get(head)


def _signed(paper: PaperRecord, version: VersionRecord) -> Signed:
    values = version.known
    assert version.filed_at is not None
    signed_on = version.signed_on or version.filed_at.date()
    said = (as_day(_field(values, name)) for name in _DAYS[paper.form_code])
    return Signed(
        uid=paper.uid,
        form=paper.form_code,
        number=str(paper.document_number or paper.form_code),
        child_uid=paper.child_uid,
        person_uid=paper.carer_uid,
        village_uid=paper.village_uid,
        values=values,
        on=next((day for day in said if day is not None), signed_on),
        signed_on=signed_on,
    )
