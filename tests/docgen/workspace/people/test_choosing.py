"""Who is meant by a name or number: nobody and several are refused, each with its own way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive.registry.old_items import OldItemNotFoundError
from docgen.workspace.people.choosing import PersonNotFoundError, SeveralPersonsError, one_person
from forms.people import Person
from forms.values.names_and_numbers import PersonName

if TYPE_CHECKING:
    from docgen.workspace import Workspace


def test_two_persons_of_one_name_are_told_apart_by_a_number_only(workspace: Workspace) -> None:
    with workspace.registry.read() as tx:
        names = [str(r.child.person.name) for r in tx.people.all()]
        twice = next(name for name in names if names.count(name) > 1)
        once = next(name for name in names if names.count(name) == 1 and len(tx.people.persons(name)) == 1)
        with pytest.raises(SeveralPersonsError) as several:
            one_person(tx, twice)
        with pytest.raises(PersonNotFoundError):
            one_person(tx, "查无此人")
        assert one_person(tx, once).name == Person(name=PersonName.parse(once)).name
    assert several.value.code == "person.several"
    assert "公民身份号码" in str(several.value)


def test_an_old_item_nobody_took_over_is_not_found(workspace: Workspace) -> None:
    with workspace.registry.read() as tx, pytest.raises(OldItemNotFoundError) as missing:
        tx.old.get("NOSUCHITEM")
    assert missing.value.code == "old-item.not-found"
