"""Closed sets: every label and every word villages use finds its member, nothing else does."""

from __future__ import annotations

import enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.values import enums
from forms.values.enums import (
    ALIASES,
    AwayPattern,
    Boarding,
    CareActual,
    Gender,
    PersonStatus,
    Relation,
    Schooling,
    options,
    read,
)
from forms.values.names_and_numbers import ValueParseError

KINDS = sorted(
    (k for k in vars(enums).values() if isinstance(k, type) and issubclass(k, enum.StrEnum) and k is not enum.StrEnum),
    key=lambda k: k.__name__,
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.__name__)
def test_every_label_reads_back_as_its_member(kind: type[enum.StrEnum]) -> None:
    for member in kind:
        assert read(kind, str(member)) is member
        assert read(kind, f"  {member.value} ") is member


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.__name__)
def test_options_are_all_labels_in_printed_order(kind: type[enum.StrEnum]) -> None:
    assert options(kind) == tuple(m.value for m in kind)
    assert len(set(options(kind))) == len(kind)


@pytest.mark.parametrize("alias", sorted(ALIASES))
def test_every_alias_leads_to_a_label_of_some_set(alias: str) -> None:
    found = [k for k in KINDS if _reads(k, alias)]
    assert found, alias


def _reads(kind: type[enum.StrEnum], text: str) -> bool:
    try:
        read(kind, text)
    except ValueParseError:
        return False
    return True


@pytest.mark.parametrize(
    ("kind", "text", "member"),
    [
        (Relation, "奶奶", Relation.GRANDMOTHER),
        (Relation, "外婆", Relation.MATERNAL_GRANDMOTHER),
        (Relation, "爸爸", Relation.FATHER),
        (Gender, "女孩", Gender.FEMALE),
        (Schooling, "学前班", Schooling.KINDERGARTEN),
        (Boarding, "走读", Boarding.DAY),
        (AwayPattern, "双亲外出", AwayPattern.BOTH_AWAY),
        (CareActual, "(外)祖父母", CareActual.GRANDPARENTS),
        (PersonStatus, "病故", PersonStatus.DEAD),
    ],
)
def test_words_of_villages_find_the_label(kind: type[enum.StrEnum], text: str, member: enum.StrEnum) -> None:
    assert read(kind, text) is member


@given(st.sampled_from(KINDS), st.text(max_size=8))
def test_what_is_no_label_is_refused_with_the_labels_that_are(kind: type[enum.StrEnum], text: str) -> None:
    if text.strip() in {*options(kind), *ALIASES}:
        return
    with pytest.raises(ValueParseError) as caught:
        read(kind, text)
    assert caught.value.rule == "enum.unknown"
    assert all(label in str(caught.value) for label in options(kind))
