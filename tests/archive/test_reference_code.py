"""档号: printed and read back, in classes that count on their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.reference_code import LAST_ITEM, ClassFullError, ItemClass, ReferenceCode, retention_ends
from forms.values.names_and_numbers import ValueParseError

upper = st.text(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), min_size=2, max_size=4)
mixed = st.text(st.sampled_from("ABCXYZ0123456789"), min_size=1, max_size=8)
classes = st.builds(
    ItemClass,
    fonds_number=mixed,
    category_code=upper,
    year=st.integers(1949, 2100),
    retention=st.sampled_from(["Y", "D30", "D10"]),
    office_code=st.one_of(st.just(""), mixed),
)
codes = st.builds(ReferenceCode, item_class=classes, item=st.integers(1, LAST_ITEM))


@given(codes)
def test_a_code_is_read_back_as_it_was_printed(code: ReferenceCode) -> None:
    assert ReferenceCode.parse(str(code)) == code


@given(codes, st.sampled_from("・•．●"), st.sampled_from("–—－"))
def test_other_dots_and_dashes_and_full_width_letters_are_the_same_code(
    code: ReferenceCode, dot: str, dash: str
) -> None:
    typed = str(code).replace("·", dot).replace("-", dash)
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in typed)
    assert ReferenceCode.parse(f" {wide} ") == code


def test_the_example_of_the_catalogue_has_these_parts() -> None:
    code = ReferenceCode.parse("0194-WS·2026-D30-SSB-0001")
    assert code.item_class == ItemClass(
        fonds_number="0194", category_code="WS", year=2026, retention="D30", office_code="SSB"
    )
    assert (code.item, code.retention_words) == (1, "30年")
    assert str(ReferenceCode.parse("Z109-WS·2011-Y-0001").item_class.office_code) == ""


@pytest.mark.parametrize(
    "text",
    ["", "0194-WS·2026-D30-SSB", "0194-WS·2026-D20-SSB-0001", "0194-WS·2026-D30-SSB-0000", "0194-WS2026-D30-SSB-0001",
     "0194-WS·2026-D30-SSB-00011", "洗民委照〔2026〕3号"],
)  # fmt: skip
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(ValueParseError) as refused:
        ReferenceCode.parse(text)
    assert refused.value.rule == "reference-code.form"


def test_the_next_item_follows_until_four_digits_are_used_up() -> None:
    code = ReferenceCode.parse("0194-WS·2026-D30-SSB-9998")
    assert str(code.next()).endswith("-9999")
    with pytest.raises(ClassFullError):
        code.next().next()


def test_keeping_is_counted_from_the_year_after_filing() -> None:
    assert retention_ends(2026, "D10") == 2036
    assert retention_ends(2026, "D30") == 2056
    assert retention_ends(2026, "Y") is None
