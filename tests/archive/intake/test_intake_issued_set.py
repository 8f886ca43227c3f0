"""Codes that are written over: the second decoder, likeness to what is out, and nothing that is not."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.intake import decoders
from archive.intake.issued_set import IssuedSet
from archive.intake.marks import BY_LIKENESS, PageRead, read_picture
from archive.intake.picture import open_jpeg
from archive.intake.symbols import SIDE, modules_of
from bench.intake_campaign import blank_pages, coded
from bench.intake_presence import decide
from bench.printed import SECRET
from bench.wear import CONDITIONS, Condition, play
from forms.marks import ALPHABET, PAYLOAD_LENGTH, QR_MASK, PageMark, mark_id_from

RNG = random.Random("issued")
OUT = tuple((mark_id_from(RNG.getrandbits(50)), 1 + n % 3) for n in range(400))
OURS = PageMark(mark_id=OUT[7][0], page=1, pages=OUT[7][1])
HEAVY = next(c for c in CONDITIONS if c.name == "heavy strokes on both")
BLUE = next(c for c in CONDITIONS if c.name == "blue names on both")


@pytest.fixture(scope="module")
def issued() -> IssuedSet:
    return IssuedSet(OUT, SECRET)


def scan(payload: str, condition: Condition, seed: str) -> bytes:
    condition = replace(condition, scanner=replace(condition.scanner, dpi=150))
    return play(condition, coded(blank_pages()[0], (payload, payload)), seed)


def read(payload: str, condition: Condition, seed: str, issued: IssuedSet | None) -> PageRead:
    return read_picture(open_jpeg(scan(payload, condition, seed)), SECRET, scan="0" * 64, index=0, issued=issued)


@given(st.text(ALPHABET, min_size=PAYLOAD_LENGTH - 1, max_size=PAYLOAD_LENGTH - 1))
@settings(max_examples=40, deadline=None)
def test_symbols_by_the_thousand_equal_those_made_one_by_one(body: str) -> None:
    made = segno.make(
        "Y" + body, mode="alphanumeric", error="M", version=1, mask=QR_MASK, boost_error=False, micro=False
    )
    assert modules_of(["Y" + body])[0].reshape(SIDE, SIDE).tolist() == [list(row) for row in made.matrix]


@pytest.fixture
def no_second_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work as where tapirscan is not installed."""
    monkeypatch.setattr(decoders, "_tapir", lambda: None)


@pytest.mark.usefixtures("no_second_decoder")
def test_a_page_whose_codes_nobody_can_decode_is_known_by_its_likeness(issued: IssuedSet) -> None:
    found = [read(OURS.payload(SECRET), HEAVY, f"{n}", issued) for n in range(3)]
    assert [page.mark for page in found] == [OURS] * 3
    by_likeness = [mark for page in found for mark in page.marks if mark.decoder == BY_LIKENESS]
    assert by_likeness
    assert all(mark.score is not None and 0.3 < mark.score <= 1 for mark in by_likeness)
    assert all(page.registration is not None for page in found)


@pytest.mark.usefixtures("no_second_decoder")
def test_a_page_that_is_not_out_is_never_taken_for_one_that_is(issued: IssuedSet) -> None:
    rng = random.Random(4)
    for number in range(3):
        strange = PageMark(mark_id=mark_id_from(rng.getrandbits(50)), page=1, pages=1)
        page = read(strange.payload(SECRET), HEAVY, f"strange/{number}", issued)
        assert page.mark in {None, strange}


@pytest.mark.usefixtures("no_second_decoder")
def test_a_code_altered_in_one_character_is_contradicted_by_the_paper_that_shines(issued: IssuedSet) -> None:
    text = list(OURS.payload(SECRET))
    text[4] = next(c for c in ALPHABET if c != text[4])
    assert issued.match(np.asarray(open_jpeg(scan("".join(text), HEAVY, "altered")).luma())) is None


def test_without_anything_out_there_is_no_likeness() -> None:
    assert not IssuedSet((), SECRET)
    assert IssuedSet((), SECRET).match(np.full((1754, 1240), 255, np.uint8)) is None


def test_the_second_decoder_reads_codes_with_names_across_them() -> None:
    assert decoders.has_second_decoder()
    found = [read(OURS.payload(SECRET), BLUE, f"{n}", None) for n in range(4)]
    # a name may cover a code for good: that is what the likeness to what is out is for
    assert {page.mark for page in found} <= {None, OURS}
    assert sum(page.mark == OURS for page in found) >= 3
    assert "second-decoder" in {mark.decoder for page in found for mark in page.marks}


@pytest.mark.usefixtures("no_second_decoder")
def test_without_the_second_decoder_nothing_breaks_and_less_is_read() -> None:
    assert not decoders.has_second_decoder()
    assert list(decoders.decode_with_tapir(np.full((60, 60), 255, np.uint8))) == []
    found = [read(OURS.payload(SECRET), BLUE, f"{n}", None) for n in range(4)]
    assert {page.mark for page in found} <= {None, OURS}
    assert sum(len(page.marks) for page in found) < 8


@pytest.mark.parametrize("is_grey", [False, True], ids=["colour", "grey"])
def test_on_seeds_held_out_nothing_is_decided_wrongly_and_grey_leaves_red_to_a_person(*, is_grey: bool) -> None:
    decisions = decide(4, is_grey=is_grey)
    assert decisions.worst == 0
    assert decisions.asked["sign"] > 8
    left = decisions.left["finger"] + decisions.left["seal"]
    assert (left > 0) == is_grey
    assert decisions.left["sign"] <= (3 if is_grey else 0)
