"""No character vanishes: what is laid out extracts again, or the paper is refused."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from docgen.engine.press import FontBook, MissingGlyphError, Press
from docgen.engine.press.setting.breaking import holds

TYPEFACE = FontBook.default().typeface("仿宋")
LATIN = FontBook.default().typeface("Times New Roman")
NO_START = set("，。、；：！？）》”’】〕%")
NO_END = set("（《“‘【〔")


def draws(char: str) -> bool:
    return TYPEFACE.draw(char) is not None and LATIN.draw(char) is not None


HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
RARE = st.sampled_from("𬱖䶮㛃珺昇𬀩〇")
SIGNS = st.sampled_from("，。、；：！？（）《》“”‘’【】〔〕…—·℃％①☑□☐☒")
ASCII = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
WRITTEN = st.text(HAN | RARE | SIGNS | ASCII, min_size=1, max_size=120)
ANY = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\x85")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=WRITTEN)
@example(text="𬱖䶮㛃𬀩，身份证号522701201603150017")
@example(text="{{ x }} {_{ <w:t> &amp; & ]]>")
@example(text="——……“‘’”（（（）））")
def test_every_drawn_character_extracts_again(text: str, press: Press, printed: Any, wml: Any) -> None:
    body = wml.paragraph(text) + wml.paragraph(text, run="<w:b/><w:i/><w:u w:val='single'/>")
    paper = press.lay_out(wml.Docx(body=body).bytes(), name="样张")
    wanted = sorted("".join(text.split())) * 2
    file = printed(paper)
    for read in (file.text, file.text_by_pypdf):
        assert sorted("".join(read(page) for page in range(file.pages))) == sorted(wanted)
    assert "".join(paper.text.split()) == "".join(text.split()) * 2


@settings(max_examples=60, deadline=None)
@given(text=st.text(ANY, min_size=1, max_size=20))
@example(text="\u200b")
@example(text="\ufeff")
@example(text="e\u0301")
@example(text="张ئ三")
def test_any_character_is_drawn_or_refused_by_name(text: str, press: Press, wml: Any) -> None:
    docx = wml.Docx(body=wml.paragraph(text)).bytes()
    lacking = {char for char in text if not draws(char)}
    if any(TYPEFACE.draw(char) is None and LATIN.draw(char) is None for char in text):
        with pytest.raises(MissingGlyphError) as refusal:
            press.lay_out(docx, name="样张")
        assert refusal.value.missing.keys() <= lacking
    else:
        assert "".join(press.lay_out(docx, name="样张").text.split()) == "".join(text.split())


def test_refusal_names_character_code_point_and_the_text_around_it(press: Press, wml: Any) -> None:
    docx = wml.Docx(body=wml.paragraph("儿童姓名：张\U000323b0三，男")).bytes()
    with pytest.raises(MissingGlyphError) as refusal:
        press.lay_out(docx, name="确认书")
    assert refusal.value.exit_code == 3
    assert refusal.value.missing.keys() == {"\U000323b0"}
    assert "姓名：张" in refusal.value.missing["\U000323b0"]
    assert "U+323B0" in str(refusal.value)


def test_ten_thousand_characters_in_a_cell_run_over_pages_and_none_is_lost(
    lay_out: Any, printed: Any, wml: Any
) -> None:
    text = "".join(chr(0x4E00 + i * 7 % 20000) for i in range(10_000))
    paper = lay_out(wml.table([wml.cell("左") + wml.cell(text, width=6000)], columns=[1000, 6000]))
    file = printed(paper)
    assert len(paper.pages) > 10
    assert "".join(file.text(page) for page in range(file.pages)) == "左" + text


@settings(max_examples=60, deadline=None)
@given(text=WRITTEN, width=st.integers(3, 30))
@example(text="00℃0》", width=3)
def test_no_line_begins_or_ends_with_a_sign_that_may_not_stand_there(
    text: str, width: int, press: Press, wml: Any
) -> None:
    section = wml.A4.replace('w:right="1474"', f'w:right="{11906 - 1588 - width * 320}"')
    paper = press.lay_out(wml.Docx(body=wml.paragraph(text), section=section).bytes(), name="样张")
    lines = [line for page in paper.pages for line in page.lines]
    for line, following in pairwise(lines):
        if line.joint != "\n" and any(_may_part(before, after) for before, after in pairwise(line.text)):
            # a line of one word and such signs has no better place to end
            assert following.text.lstrip()[:1] not in NO_START or _is_word(following.text)
            assert line.text[-1] not in NO_END or _is_word(line.text)
    assert "".join("".join(line.text for line in lines).split()) == "".join(text.split())


def _may_part(before: str, after: str) -> bool:
    """Not where Latin rules would hold them: a line of ℃ between figures has no place but its end."""
    is_held = (before.isascii() and after.isascii()) or holds(before, after)
    return before not in NO_END and after not in NO_START and not is_held


def _is_word(text: str) -> bool:
    """Signs inside a Latin word stay with it, and a word longer than the line is cut anywhere."""
    return any(c.isascii() for c in text)


@settings(max_examples=30, deadline=None)
@given(text=st.text(HAN | SIGNS, min_size=60, max_size=150))
def test_justified_lines_all_end_at_the_margin(text: str, press: Press, wml: Any) -> None:
    paper = press.lay_out(wml.Docx(body=wml.paragraph(text, '<w:jc w:val="both"/>')).bytes(), name="样张")
    for line in paper.pages[0].lines[:-1]:
        assert line.x == pytest.approx(28, abs=0.05)
        # a line that would need a character more than it has room for is never longer than the margin
        assert line.x + line.width == pytest.approx(184, abs=0.1)


def test_hidden_text_is_not_printed_and_inserted_text_is(lay_out: Any) -> None:
    body = (
        "<w:p><w:r><w:t>甲</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>乙</w:t></w:r>"
        "<w:ins><w:r><w:t>丁</w:t></w:r></w:ins></w:p>"
    )
    assert lay_out(body).text == "甲丁"
