"""The person a paper is about who may be no child's parent or carer: an elder, a head of household.

The register keeps them like everybody else, once the first paper about them is made; so the same person
is known again when a child is entrusted to them (WRN-05), and a second paper is a new version of the first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from forms.people import Person
from forms.spec import Subject
from forms.values.blank import Blank
from forms.values.enums import Gender
from forms.values.names_and_numbers import IdNumber, PersonName

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from archive.registry import Tx
    from docgen.workspace.papers.issuing import Draft
    from forms.cases.facts import Value
    from forms.spec import FormSpec

NC = Blank.NOT_COLLECTED


def person_of(spec: FormSpec, values: Mapping[str, Value]) -> Person | None:
    """Return the person a filled-in form is about, by the fields beside its ``person_field``.

    ``elder_name`` names the fields ``elder_id_number``, ``elder_birth``, ``elder_gender``, ``elder_phone``.
    """
    name = values.get(spec.person_field)
    if not isinstance(name, PersonName):
        return None
    prefix = spec.person_field.removesuffix("name")
    number, birth = values.get(f"{prefix}id_number", NC), values.get(f"{prefix}birth", NC)
    gender, phones = values.get(f"{prefix}gender", NC), values.get(f"{prefix}phone", NC)
    address = values.get("residence", NC)
    return Person(
        name=name,
        id_number=number if isinstance(number, IdNumber) else NC,
        birth=number.birth if isinstance(number, IdNumber) else NC if isinstance(birth, Blank) else birth,  # type: ignore[arg-type]
        gender=gender if isinstance(gender, Gender) else NC,
        phones=phones if isinstance(phones, tuple) else NC,  # type: ignore[arg-type]
        address=address if isinstance(address, str) and not isinstance(address, Blank) else NC,
    )


def with_person(tx: Tx, draft: Draft, today: date) -> Draft:
    """Return the draft with the uid of the person it is about, who is entered when the register has nobody such."""
    if draft.spec.subject is not Subject.PERSON:
        return draft
    person = draft.facts.person or person_of(draft.spec, draft.values)
    if person is None:
        return draft
    uid = person.uid or tx.people.note(person, source=draft.spec.code, on=today)
    return replace(draft, facts=replace(draft.facts, person=replace(person, uid=uid)))
